"""What office files share: their archive within limits, how blocks are marked; and a Word file's styles and lists."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from pullquote_extract.errors import ExtractionError

if TYPE_CHECKING:
    from collections.abc import Mapping

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"  # the same names in the standard's strict form
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
PART_BYTES = 32_000_000  # of one part unpacked: a book of 1,000 pages has 10 million, and its tree takes ten times as much
LONG_CELL = 200  # characters: a row with such a cell is read cell by cell
RAISED = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
_ENDS = (".", ";", ".”", ".’", '."', ".)")
_ENTITIES = "declares XML entities, which no office file does; save it again with the program that it was written with"
_ENCODED = "is written in an encoding that is not read ({}); save it as UTF-8 with the program that it was written with"
_ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the older container, in which protected files lie
)
_BOMB = f"unpacks to more than {PART_BYTES // 1_000_000} MB; save its text in a new file"


class Archive:
    """The parts of an office file by name, each parsed when it is asked for."""

    def __init__(self, content: bytes, kind: str = "Word file") -> None:
        """Open it.

        Raises:
            ExtractionError: no such archive, or one with a password.
        """
        self._damaged = f"is a damaged {kind}; get it anew, or save it again"
        if content.startswith(_ENCRYPTED):
            raise ExtractionError(
                "is an older Word file or has a password; save it as .docx without one"
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
            raise ExtractionError(self._damaged) from error

    def part(self, name: str) -> Element | None:
        """The root of a part, None where there is none.

        Raises:
            ExtractionError: damaged, too large, or XML with declarations of its own or in an unknown encoding.
        """
        if (content := self._read(name)) is None:
            return None
        try:
            return _parsed(content.replace(STRICT.encode(), WORD[1:-1].encode()))
        except ExtractionError:  # a ValueError too
            raise
        except (expat.ExpatError, ValueError) as error:
            raise ExtractionError(self._damaged) from error

    def _read(self, name: str) -> bytes | None:
        try:
            entry = self._zip.getinfo(name)
            if entry.file_size > PART_BYTES:
                raise ExtractionError(_BOMB)
            with self._zip.open(entry) as file:
                content = file.read(PART_BYTES + 1)  # what the directory says may be untrue
        except KeyError:
            return None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            RuntimeError,
            NotImplementedError,
            OSError,
        ) as error:
            raise ExtractionError(self._damaged) from error
        if len(content) > PART_BYTES:
            raise ExtractionError(_BOMB)
        return content

    def main(self) -> str:
        """The name of the part that holds the text."""
        root = self.part("_rels/.rels")
        for relation in root.iter(f"{PACKAGE}Relationship") if root is not None else ():
            if relation.get("Type", "").endswith("/officeDocument"):
                return relation.get("Target", "").lstrip("/")
        return "word/document.xml"


def _parsed(content: bytes) -> Element:
    """XML as a tree; what declares entities of its own is refused, since these may grow without end."""
    builder, parser = TreeBuilder(), expat.ParserCreate(namespace_separator="}")

    def start(name: str, attributes: dict[str, str]) -> None:
        builder.start(_qualified(name), {_qualified(key): text for key, text in attributes.items()})

    def refuse(*_: object) -> None:
        raise ExtractionError(_ENTITIES)

    declared: list[str | None] = []
    parser.XmlDeclHandler = lambda _version, encoding, _alone: declared.append(encoding)
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, builder.data
    parser.EndElementHandler = lambda name: builder.end(_qualified(name))
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 -- this is all
    except (LookupError, ValueError) as error:
        if isinstance(error, ExtractionError) or not any(declared):
            raise
        raise ExtractionError(_ENCODED.format(declared[0])) from error
    return builder.close()


def _qualified(name: str) -> str:
    return "{" + name if "}" in name else name


def heading_of(text: str, level: int) -> str:
    """A heading with its mark; "" where it ends as a sentence: numbered paragraphs may be styled as headings."""
    return (
        ""
        if text.endswith(_ENDS)
        else "#" * max(1, min(level, 6)) + " " + " ".join(text.split("\n"))
    )


def row_of(text: str) -> str:
    """A line of the contents: a heading and its page."""
    heading, _, page = text.rpartition(" ")
    return f"| {heading} | {page} |" if page.isdecimal() else f"| {text} |"


def guarded(text: str) -> str:
    """A paragraph, further in where its own words open as a mark does."""
    return f" {text}" if text.startswith(("#", ">", "|", "- ", "* ", "+ ")) else text


def as_blocks(table: Iterable[list[list[str]]]) -> Iterator[str]:
    """A table row by row; where a cell holds more than a few words, the row's cells one after the other."""
    rows: list[str] = []
    for cells in table:
        if not any(cells):
            continue
        if len(cells) > 1 and all(
            len(cell) <= 1 and len("".join(cell)) <= LONG_CELL for cell in cells
        ):
            rows.append(
                f"| {' | '.join(' '.join(cell).replace(chr(10), ' ').strip() for cell in cells)} |"
            )
            continue
        if rows:
            yield "\n".join(rows)
            rows = []
        yield from (block for cell in cells for block in cell)
    if rows:
        yield "\n".join(rows)


def as_text(blocks: Iterable[str]) -> str:
    """Blocks with what parts them: rows of tables that follow each other are one table."""
    pieces: list[str] = []
    for block in blocks:
        if pieces:
            rows = pieces[-1].startswith("| ") and block.startswith("| ")
            pieces.append("\n" if rows else "\n\n")
        pieces.append(block)
    return "".join(pieces) + "\n"


@dataclass(frozen=True, slots=True)
class Style:
    """What a style tells of its text: its name in small letters, whether it is hidden, its heading's level, its list."""

    name: str = ""
    hidden: bool = False
    heading: int | None = None
    numbering: str | None = None
    level: int = 0


def child(node: Element | None, *names: str) -> Element | None:
    """The element that lies inside of elements of these names."""
    for name in names:
        node = node.find(WORD + name) if node is not None else None
    return node


def value(node: Element | None, name: str = "val") -> str | None:
    """An attribute of Word's own."""
    return node.get(WORD + name) if node is not None else None


def is_on(node: Element | None) -> bool | None:
    """Whether a switch is on; None where it is not told."""
    return None if node is None else value(node) not in {"0", "false", "off"}


def styles_of(root: Element | None) -> dict[str, Style]:
    """Styles by their ids, with what they take over from those they build on."""
    raw = (
        {value(node, "styleId") or "": node for node in root.iter(f"{WORD}style")}
        if root is not None
        else {}
    )
    styles: dict[str, Style] = {}
    for key, node in raw.items():
        chain: list[str] = []
        above: str | None = key
        while above in raw and above not in chain and above is not None:
            chain.append(above)
            above = value(child(raw[above], "basedOn"))
        style = Style()
        for style_id in reversed(chain):
            style = changed(style, child(raw[style_id], "pPr"), child(raw[style_id], "rPr"))
        name = (value(child(node, "name")) or "").lower()
        styles[key] = replace(style, name=name, heading=0 if name == "title" else style.heading)
    return styles


def changed(style: Style, paragraph: Element | None, run: Element | None) -> Style:
    """A style with what a paragraph or a run tells for itself."""
    hidden, outline = is_on(child(run, "vanish")), value(child(paragraph, "outlineLvl"))
    number, level = (
        value(child(paragraph, "numPr", "numId")),
        value(child(paragraph, "numPr", "ilvl")),
    )
    return replace(
        style,
        hidden=style.hidden if hidden is None else hidden,
        heading=style.heading
        if outline is None
        else int(outline)
        if outline in set("012345678")
        else None,
        numbering=style.numbering if number is None else number,
        level=style.level if level is None or not level.isdecimal() else int(level),
    )


class Lists:
    """Which mark an entry of a list opens with: "- ", or its number where the list counts 1, 2, 3."""

    def __init__(self, root: Element | None) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = dict(_levels(root))
        self._counts: dict[tuple[str, int], int] = {}

    def mark(self, number: str, level: int) -> str:
        """The mark of the next entry; nothing for the numbers of a text's paragraphs ("4.2"), which are no list's."""
        form, text, start = self._levels.get((number, level), ("none", "", 1))
        if number == "0" or form == "none":
            return ""
        if text.count("%") > 1:
            return ""
        for key in [key for key in self._counts if key[0] == number and key[1] > level]:
            del self._counts[key]
        count = self._counts[number, level] = self._counts.get((number, level), start - 1) + 1
        return f"{count}. " if form == "decimal" and text.rstrip(".)") == f"%{level + 1}" else "- "


def _levels(root: Element | None) -> "Iterator[tuple[tuple[str, int], tuple[str, str, int]]]":
    """Each list's levels: how they count, what stands around the number, and where they start."""
    if root is None:
        return
    forms: Mapping[str | None, Element] = {
        value(node, "abstractNumId"): node for node in root.iter(f"{WORD}abstractNum")
    }
    for number in root.iter(f"{WORD}num"):
        outline = forms.get(value(child(number, "abstractNumId")))
        for level in outline.iter(f"{WORD}lvl") if outline is not None else ():
            depth, start = value(level, "ilvl") or "0", value(child(level, "start")) or "1"
            form = value(child(level, "numFmt")) or "decimal"
            text = value(child(level, "lvlText")) or ""
            if depth.isdecimal():
                yield (
                    (value(number, "numId") or "", int(depth)),
                    (form, text, int(start) if start.isdecimal() else 1),
                )
