"""OpenDocument texts as they read with all changes accepted, without what is hidden, notes last."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted, borne_out
from pullquote_extract.office import (
    RAISED,
    Archive,
    as_blocks,
    as_text,
    guarded,
    heading_of,
    row_of,
)

EXTRACTOR = "odt 1"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TEXT, _TABLE = _ODF % "office", _ODF % "text", _ODF % "table"
_STYLE, _DRAW, _META = _ODF % "style", _ODF % "drawing", _ODF % "meta"
_CORE = "{http://purl.org/dc/elements/1.1/}"
_LETTERS = {
    _TEXT + "s": " ",
    _TEXT + "tab": " ",
    _TEXT + "soft-page-break": " ",
    _TEXT + "line-break": "\n",
}
_COUNTED = {
    _OFFICE + "annotation": "comments",
    _TEXT + "deletion": "deletions",
    _DRAW + "object": "formulas and other objects",
}
MOST_PARENTS = 100  # of a style: whoever writes by hand builds on fewer than ten
_SVG = _ODF % "svg-compatible"
_SKIPPED = frozenset((_TEXT + "ruby-text", _SVG + "title", _SVG + "desc", _TEXT + "insertion"))


def extract(content: bytes) -> Extracted:
    """The text of an OpenDocument file.

    Raises:
        ExtractionError: damaged, with a password, unpacking to too much, or nested too deeply.
    """
    archive = Archive(content, "OpenDocument text")
    manifest = archive.part("META-INF/manifest.xml")
    if (
        manifest is not None
        and next(manifest.iter(f"{_ODF % 'manifest'}encryption-data"), None) is not None
    ):
        raise ExtractionError("is an OpenDocument text with a password; save it without one")
    root = archive.part("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text") if root is not None else None
    if root is None or body is None:
        raise ExtractionError("is no OpenDocument text; save it as .odt")
    walk = _Walk([node for node in (archive.part("styles.xml"), root) if node is not None])
    try:
        text = as_text(
            [*walk.blocks(body), *(block for note in walk.notes for block in walk.blocks(note))]
        )
    except RecursionError as error:
        raise ExtractionError(
            "is an OpenDocument text that is nested too deeply; save its text in a new file"
        ) from error
    counts = sorted(walk.left_out.items())
    title, author = _facts(archive, text)
    left_out = tuple(f"{count} × {kind}" for kind, count in counts if count)
    return Extracted(text, EXTRACTOR, title=title, author=author, left_out=left_out)


def _facts(archive: Archive, text: str) -> tuple[str | None, str | None]:
    """The title and the author that the text bears out; the file's dates are none of publication."""
    meta = archive.part("meta.xml")
    tags = (f"{_CORE}title", f"{_META}initial-creator", f"{_CORE}creator")
    facts = (meta.findtext(f".//{tag}") if meta is not None else None for tag in tags)
    title, *authors = (borne_out(fact, text) for fact in facts)
    return title, next(filter(None, authors), None)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a style says of its words; `names` are its own and of those that it builds on."""

    names: tuple[str, ...] = ()
    hidden: bool = False
    raised: bool = False


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is being read: its words, and the boxes that hang on it."""

    words: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    hidden: bool = False


class _Walk:
    """One way through the body of a file."""

    def __init__(self, roots: list[Element]) -> None:
        nodes = [node for root in roots for node in root.iter(f"{_STYLE}style")]
        self._styles = {node.get(f"{_STYLE}name", ""): node for node in nodes}
        self._stated: dict[str, tuple[tuple[str, ...], bool | None, bool | None]] = {}
        self._numbered = {
            (form.get(f"{_STYLE}name", ""), level.get(f"{_TEXT}level"))
            for root in roots
            for form in root.iter(f"{_TEXT}list-style")
            for level in form
            if level.get(f"{_STYLE}num-format") == "1"
        }
        self.notes: list[Element] = []
        self.left_out: Counter[str] = Counter()

    def blocks(self, parent: Iterable[Element], mark: str = "") -> Iterator[str]:
        """The blocks of a body, a cell, a note or an entry of a list, which the mark opens."""
        for node in parent:
            if node.tag in {_TEXT + "p", _TEXT + "h"}:
                yield from self._paragraph(node, mark)
                mark = ""
            elif node.tag == _TEXT + "list":
                yield from self._list(node, "", 1)
            elif node.tag == _TABLE + "table":
                rows = ([list(self.blocks(cell)) for cell in row] for row in _rows(node))
                yield from as_blocks(rows)
            elif node.tag in _COUNTED:
                self.left_out[_COUNTED[node.tag]] += 1
            elif _is_hidden(node):
                self.left_out["hidden parts"] += 1
            elif node.tag not in _SKIPPED:
                yield from self.blocks(node)

    def _list(self, node: Element, style: str, level: int) -> Iterator[str]:
        style = node.get(f"{_TEXT}style-name", style)
        number = 0
        for item in node:
            start = item.get(f"{_TEXT}start-value", "")
            number = (
                int(start)
                if start.isdecimal() and len(start) < 9
                else number + (item.tag == _TEXT + "list-item")
            )
            mark = f"{number}. " if (style, str(level)) in self._numbered else "- "
            mark = mark if item.tag == _TEXT + "list-item" else ""
            for child in item:
                if child.tag == _TEXT + "list":
                    yield from self._list(child, style, level + 1)
                else:
                    yield from self.blocks([child], mark)
                    mark = ""

    def _paragraph(self, node: Element, mark: str) -> Iterator[str]:
        look, paragraph = self._look(node, _Look()), _Paragraph()
        self._through(node, paragraph, look)
        lines = [
            " ".join(filter(None, line.split(" "))) for line in "".join(paragraph.words).split("\n")
        ]
        text = "\n".join(lines).strip()
        if text and not paragraph.hidden:
            yield self._marked(text, node, look, mark)
        yield from paragraph.boxes

    def _marked(self, text: str, node: Element, look: _Look, mark: str) -> str:
        """A paragraph with the mark of what it is."""
        level = node.get(f"{_TEXT}outline-level", "1") if node.tag == _TEXT + "h" else ""
        level = "1" if "Title" in look.names else level
        if level.isdecimal() and len(level) < 9 and (heading := heading_of(text, int(level))):
            return heading
        if any(name.startswith("Contents_20_") for name in look.names):
            return row_of(text)
        if mark:
            return mark + text
        if "Quotations" in look.names:
            return "\n".join(f"> {line}" for line in text.split("\n"))
        return guarded(text)

    def _through(self, node: Element, paragraph: _Paragraph, look: _Look) -> None:
        """Take the words inside a node."""
        self._add(node.text, paragraph, look)
        for child in node:
            if child.tag in _LETTERS:
                paragraph.words.append(_LETTERS[child.tag])
            elif child.tag == _TEXT + "note":
                self.left_out["marks of notes"] += 1
                self.notes += child.findall(f"{_TEXT}note-body")
            elif child.tag == _DRAW + "text-box":
                paragraph.boxes += self.blocks(child)
            elif child.tag in _COUNTED:
                self.left_out[_COUNTED[child.tag]] += 1
            elif _is_hidden(child):
                self.left_out["hidden parts"] += 1
                paragraph.hidden |= child.tag == _TEXT + "hidden-paragraph"
            elif child.tag not in _SKIPPED:
                self._through(child, paragraph, self._look(child, look))
            self._add(child.tail, paragraph, look)

    def _add(self, words: str | None, paragraph: _Paragraph, look: _Look) -> None:
        words = (words or "").replace("\xad", "").replace("\n", " ").replace("\t", " ")
        if look.hidden:
            self.left_out["hidden letters"] += len(words.strip())
        else:
            figures = look.raised and not any(map(str.isalpha, words))
            paragraph.words.append(words.translate(RAISED) if figures else words)

    def _look(self, node: Element, above: _Look) -> _Look:
        """What a node's style says, over what holds around it."""
        name = node.get(f"{_TEXT}style-name", "")
        if name not in self._stated:
            self._stated[name] = self._style(name)
        names, hidden, raised = self._stated[name]
        return _Look(
            names,
            above.hidden if hidden is None else hidden,
            above.raised if raised is None else raised,
        )

    def _style(self, name: str) -> tuple[tuple[str, ...], bool | None, bool | None]:
        """The names of a style and of those that it builds on, and what the nearest says; None is nothing."""
        names: dict[str, None] = {}
        hidden = raised = None
        while name and name not in names and len(names) < MOST_PARENTS:
            names[name] = None
            style = self._styles.get(name)
            settings = style.findall(f"{_STYLE}text-properties") if style is not None else []
            for setting in reversed(settings):
                display = setting.get(f"{_TEXT}display")
                position = setting.get(f"{_STYLE}text-position")
                if hidden is None and display is not None:
                    hidden = display == "none"
                if raised is None and position is not None:
                    raised = position.startswith(("super", *"123456789"))
            name = style.get(f"{_STYLE}parent-style-name", "") if style is not None else ""
        return tuple(names), hidden, raised


def _is_hidden(node: Element) -> bool:
    return node.get(f"{_TEXT}display") == "none" or node.get(f"{_TEXT}is-hidden") == "true"


def _rows(table: Element) -> Iterator[list[Element]]:
    """The cells of each row, also of rows in groups; no table inside of it."""
    for node in table:
        if node.tag == _TABLE + "table-row":
            yield node.findall(f"{_TABLE}table-cell")
        elif node.tag.startswith((_TABLE + "table-row", _TABLE + "table-header-rows")):
            yield from _rows(node)
