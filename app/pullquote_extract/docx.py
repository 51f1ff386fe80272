"""Word files: the text as it reads with all changes accepted, without comments and what is hidden, notes at its end.

The parts of the file are read as they are: every converter that was tried alters words (benchmarks/extraction.py).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted, borne_out
from pullquote_extract.office import (
    RAISED,
    WORD,
    Archive,
    Lists,
    Style,
    as_blocks,
    as_text,
    changed,
    child,
    guarded,
    heading_of,
    row_of,
    styles_of,
    value,
)

EXTRACTOR = "docx 2"
_CORE = {  # its dates are the file's, not the publication's
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
}
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DELETED = {WORD + name: "deletions" for name in ("del", "moveFrom")}
_LETTERS = {
    WORD + "tab": " ",
    WORD + "ptab": " ",
    WORD + "br": "\n",
    WORD + "cr": "\n",
    WORD + "noBreakHyphen": "\u2011",
}
# What holds no words of the text: settings, what a field is told to do, the reading aid over a word.
_SKIPPED = frozenset(
    WORD + name
    for name in ("pPr", "rPr", "instrText", "delInstrText", "sdtPr", "sdtEndPr", "rt", "fldData")
)
_COUNTED = {WORD + "commentReference": "comments", WORD + "sym": "signs of symbol fonts"}
_BOX = WORD + "txbxContent"


_TOO_DEEP = "is a Word file that is nested too deeply; save its text in a new file"


def extract(content: bytes) -> Extracted:
    """The text of a Word file.

    Raises:
        ExtractionError: damaged, with a password, unpacking to too much, or nested too deeply.
    """
    archive = Archive(content)
    name = archive.main()
    root = archive.part(name)
    body = child(root, "body")
    if root is None or body is None:
        raise ExtractionError("is no Word file; save it as .docx")
    folder = name.rpartition("/")[0] + "/"
    styles = styles_of(archive.part(folder + "styles.xml"))
    walk = _Walk(styles, Lists(archive.part(folder + "numbering.xml")))
    try:
        text = as_text([*walk.blocks(body), *walk.notes(archive, folder)])
    except RecursionError as error:
        raise ExtractionError(_TOO_DEEP) from error
    left_out = tuple(f"{count} × {kind}" for kind, count in sorted(walk.left_out.items()) if count)
    core = archive.part("docProps/core.xml")
    facts = {key: core.findtext(tag) if core is not None else None for key, tag in _CORE.items()}
    return Extracted(
        text,
        EXTRACTOR,
        title=borne_out(facts["title"], text),
        author=borne_out(facts["author"], text),
        left_out=left_out,
    )


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is being read: its words, and the boxes that hang on it."""

    words: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)


class _Walk:
    """One way through the parts of a file."""

    def __init__(self, styles: dict[str, Style], lists: Lists) -> None:
        self._styles, self._lists = styles, lists
        self._notes: list[
            tuple[str, str]
        ] = []  # the kind and number of each note that the text refers to
        self._fields: list[bool] = []  # of the fields that are open: whether their result has begun
        self._carried = ""  # of a paragraph whose end was deleted
        self.left_out: Counter[str] = Counter()

    def blocks(self, parent: Element) -> Iterator[str]:
        """The blocks of a body, a cell, a note or a box."""
        for node in parent:
            if node.tag == WORD + "p":
                yield from self._paragraph(node)
            elif node.tag == WORD + "tbl":
                yield from self._table(node)
            elif node.tag == WORD + "altChunk":
                self.left_out["inserted files"] += 1
            elif node.tag in _DELETED:
                self.left_out["deletions"] += 1
            elif node.tag == _COMPATIBLE + "AlternateContent":
                yield from self.blocks(_chosen(node))
            elif node.tag not in _SKIPPED:
                yield from self.blocks(node)
        if self._carried and parent.tag in {
            WORD + "body",
            WORD + "tc",
            WORD + "footnote",
            WORD + "endnote",
            _BOX,
        }:
            yield self._carried
            self._carried = ""

    def notes(self, archive: Archive, folder: str) -> Iterator[str]:
        """The notes that the text refers to, in its order."""
        held = {}
        for kind in ("footnote", "endnote"):
            root = archive.part(f"{folder}{kind}s.xml")
            for node in root.iter(WORD + kind) if root is not None else ():
                held[kind, value(node, "id") or ""] = node
        for key in list(dict.fromkeys(self._notes)):
            if key in held:
                yield from self.blocks(held[key])

    def _paragraph(self, node: Element) -> Iterator[str]:
        settings = child(node, "pPr")
        style = self._styles.get(value(child(settings, "pStyle")) or "", Style())
        style = changed(style, settings, None)
        paragraph = _Paragraph()
        self._through(node, paragraph, style)
        lines = [
            " ".join(filter(None, line.split(" "))) for line in "".join(paragraph.words).split("\n")
        ]
        text = "\n".join(lines).strip("\n")
        mark = child(settings, "rPr")
        if child(mark, "del") is not None or child(mark, "moveFrom") is not None:
            self._carried += "".join(paragraph.words)
            yield from paragraph.boxes
            return
        if self._carried:
            text = " ".join(filter(None, (self._carried + "".join(paragraph.words)).split(" ")))
            self._carried = ""
        if text.strip():
            yield self._marked(text.strip(), style)
        yield from paragraph.boxes

    def _marked(self, text: str, style: Style) -> str:
        """A paragraph with the mark of what it is."""
        if style.heading is not None and (heading := heading_of(text, style.heading + 1)):
            return heading
        if style.name.startswith("toc "):
            return row_of(text)
        if style.numbering and (mark := self._lists.mark(style.numbering, style.level)):
            return mark + text
        if "quote" in style.name.split():
            return "\n".join(f"> {line}" for line in text.split("\n"))
        return guarded(text)

    def _through(self, node: Element, paragraph: _Paragraph, style: Style) -> None:
        """Take the words inside a node."""
        for node_inside in node:
            tag = node_inside.tag
            if tag == WORD + "r":
                self._run(node_inside, paragraph, style)
            elif tag in _DELETED:
                self.left_out["deletions"] += 1
            elif tag == _COMPATIBLE + "AlternateContent":
                self._through(_chosen(node_inside), paragraph, style)
            elif tag == _BOX:
                paragraph.boxes += self.blocks(node_inside)
            elif tag == _MATHS + "oMath":
                self._formula(node_inside, paragraph)
            elif tag not in _SKIPPED:
                self._through(node_inside, paragraph, style)

    def _formula(self, formula: Element, paragraph: _Paragraph) -> None:
        """A formula that is one line of signs; what stands above or below another cannot be written as text."""
        if all(node.tag == _MATHS + "r" for node in formula):
            paragraph.words += [node.text or "" for node in formula.iter(_MATHS + "t")]
        else:
            self.left_out["formulas"] += 1

    def _run(self, run: Element, paragraph: _Paragraph, style: Style) -> None:
        """Take the words of letters set alike."""
        settings = child(run, "rPr")
        style = self._styles.get(value(child(settings, "rStyle")) or "", style)
        hidden = changed(style, None, settings).hidden
        raised = value(child(settings, "vertAlign")) == "superscript"
        for node in run:
            self._field(node)
            words = self._words(node)
            if words is None:
                self._through_one(node, paragraph, style)
            elif hidden:
                self.left_out["hidden letters"] += len(words.strip())
            elif all(self._fields):
                figures = raised and not any(letter.isalpha() for letter in words)
                paragraph.words.append(words.translate(RAISED) if figures else words)

    def _field(self, node: Element) -> None:
        """Of a field the result is shown, not what it is told to do."""
        match value(node, "fldCharType") if node.tag == WORD + "fldChar" else None:
            case "begin":
                self._fields.append(False)
            case "separate" if self._fields:
                self._fields[-1] = True
            case "end" if self._fields:
                self._fields.pop()

    def _words(self, node: Element) -> str | None:
        """The words that a part of a run stands for; None where more lies inside of it."""
        tag = node.tag
        if tag == WORD + "t":
            return (node.text or "").replace("\xad", "").replace("\n", " ").replace("\t", " ")
        if tag == WORD + "br" and value(node, "type") in {"page", "column"}:
            return " "
        if tag in _LETTERS:
            return _LETTERS[tag]
        if tag in {WORD + "footnoteReference", WORD + "endnoteReference"}:
            self._notes.append(
                (tag.removeprefix(WORD).removesuffix("Reference"), value(node, "id") or "")
            )
            self.left_out["marks of notes"] += 1
            return ""
        if tag in _COUNTED:
            self.left_out[_COUNTED[tag]] += 1
            return ""
        return "" if tag in _SKIPPED else None

    def _through_one(self, node: Element, paragraph: _Paragraph, style: Style) -> None:
        if node.tag == _COMPATIBLE + "AlternateContent":
            node = _chosen(node)
        self._through(node, paragraph, style)

    def _table(self, table: Element) -> Iterator[str]:
        yield from as_blocks(self._rows(table))

    def _rows(self, table: Element) -> Iterator[list[list[str]]]:
        """The blocks of each cell, row by row."""
        for row in _within(table, WORD + "tr", WORD + "tbl"):
            if child(row, "trPr", "del") is not None:
                self.left_out["deletions"] += 1
            else:
                yield [list(self.blocks(cell)) for cell in _within(row, WORD + "tc", WORD + "tr")]


def _within(parent: Element, wanted: str, but: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also where content controls or changes hold them."""
    for node in parent:
        if node.tag == wanted:
            yield node
        elif node.tag != but and node.tag not in _DELETED:
            yield from _within(node, wanted, but)


def _chosen(node: Element) -> Element:
    """Of the same in two forms the first that is there: text boxes are stored so."""
    return next(iter(node), node)
