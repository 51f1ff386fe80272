"""From the nodes of a page to blocks of text, as a browser would show it, with no words joined or dropped."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullquote_extract.preformatted import paragraphs_of
from pullquote_extract.shown import Shown, steps

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLANK = str.maketrans(
    "\t\n\f\r", "    ", "\xad\u200b\u2060\ufeff"
)  # and what only tells where a line may break
_FIGURES = "0123456789+-−()"
_RAISED = str.maketrans(_FIGURES, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
LONG_CELL = 200  # characters; a table with such a cell is there for the layout


@dataclass(slots=True)
class _Table:
    """The blocks of each cell, row by row."""

    laid_out: bool
    rows: list[list[list[str]]] = field(default_factory=list)

    def blocks(self) -> list[str]:
        """One block of all rows, or those of the cells where the table only lays them out."""
        cells = [cell for row in self.rows for cell in row if cell]
        if (
            self.laid_out
            or len(cells) == 1
            or any(len(cell) > 1 or len(cell[0]) > LONG_CELL for cell in cells)
        ):
            return [block for cell in cells for block in cell]
        rows = [
            [" ".join(cell).replace("\n", " ").strip() for cell in row]
            for row in self.rows
            if any(row)
        ]
        return ["\n".join(f"| {' | '.join(row)} |" for row in rows)] if rows else []


class Walk:
    """One way through what is shown of a page; `blocks` is what it found."""

    def __init__(self, shown: Shown) -> None:
        self.blocks: list[str] = []
        self._shown = shown
        self._out = [self.blocks]  # the blocks of the page, and of each cell that is being filled
        self._tables: list[_Table] = []
        self._inline: list[str] = []
        self._numbers: list[
            int | None
        ] = []  # of the lists that are open: their next entry's number
        self._marks: list[
            str
        ] = []  # of the entries that are open: what their next block opens with
        self._quoted = self._plain = self._heading = self._quotes = 0
        self._linked = False  # whether a link has just ended

    def through(self, root: "LexborNode") -> None:
        """Take the text of a node."""
        start = root.mem_id  # comparing nodes compares all that is in them
        steps(
            root, lambda node: node.mem_id == start or self._shown(node), self._enter, self._leave
        )
        self._flush()

    def _enter(self, node: "LexborNode") -> None:
        if node.is_text_node:
            self._take(node)
        elif self._shown.is_block(node):
            self._flush()
        elif (node.tag == "a" and self._linked) or self._shown.is_apart(node):
            self._inline.append(" ")  # as a browser shows them apart
        self._linked = False
        if node.is_element_node:
            self._open(node)

    def _leave(self, node: "LexborNode") -> None:
        if not node.is_element_node:
            return
        if self._shown.is_block(node):
            self._flush()
        elif self._shown.is_apart(node):
            self._inline.append(" ")
        self._linked = node.tag == "a"
        self._close(node.tag or "")

    def _take(self, node: "LexborNode") -> None:
        words, above = node.text_content or "", node.parent
        if (
            above is not None
            and self._shown.is_raised(above)
            and set(words.strip()) <= set(_FIGURES)
        ):
            words = words.strip().translate(_RAISED)
        self._inline.append(words if self._plain else words.translate(_BLANK))

    def _open(self, node: "LexborNode") -> None:
        match node.tag or "":
            case "br":
                self._inline.append("\n")
            case "pre" | "listing" | "plaintext" | "xmp":
                self._plain += 1
            case "ul" | "ol" | "dir":
                self._open_list(node)
            case "li":
                self._open_entry(node)
            case "blockquote":
                self._quoted += 1
            case "q":
                self._inline.append("‘" if self._quotes % 2 else "“")
                self._quotes += 1
            case "table":
                self._open_table(node)
            case "tr" if self._tables:
                self._tables[-1].rows.append([])
            case "td" | "th" if self._tables and self._tables[-1].rows:
                self._out.append([])
                self._tables[-1].rows[-1].append(self._out[-1])
            case tag:
                self._heading = _HEADINGS.get(tag, self._heading)

    def _close(self, tag: str) -> None:
        match tag:
            case "pre" | "listing" | "plaintext" | "xmp":
                self._plain -= 1
            case "ul" | "ol" | "dir":
                self._numbers.pop()
            case "li":
                self._marks.pop()
            case "blockquote":
                self._quoted -= 1
            case "q":
                self._quotes -= 1
                self._inline.append("’" if self._quotes % 2 else "”")
            case "table":
                self._out[-1] += self._tables.pop().blocks()
            case "td" | "th" if len(self._out) > 1:
                self._out.pop()
            case _ if tag in _HEADINGS:
                self._heading = 0

    def _open_table(self, node: "LexborNode") -> None:
        for outer in self._tables[-1:]:  # which holds this one, so it is there for the layout
            outer.laid_out = True
        self._tables.append(_Table(node.attributes.get("role") in {"presentation", "none"}))

    def _open_list(self, node: "LexborNode") -> None:
        start, kind = node.attributes.get("start") or "1", node.attributes.get("type") or "1"
        counted = node.tag == "ol" and kind == "1" and start.isascii() and start.isdigit()
        self._numbers.append(int(start[:9]) if counted else None)

    def _open_entry(self, node: "LexborNode") -> None:
        number, value = (
            self._numbers[-1] if self._numbers else None,
            node.attributes.get("value") or "",
        )
        if number is None:
            self._marks.append("- ")
            return
        number = int(value[:9]) if value.isascii() and value.isdigit() else number
        self._numbers[-1] = number + 1
        self._marks.append(f"{number}. ")

    def _flush(self) -> None:
        """End the block that is being filled; an empty line in it ends a paragraph too."""
        text = "".join(self._inline)
        self._inline.clear()
        if self._plain:
            paragraphs = paragraphs_of(text)
        else:
            lines = [" ".join(filter(None, line.split(" "))) for line in text.split("\n")]
            paragraphs = (
                ["\n".join(lines)] if not self._heading else [" ".join(filter(None, lines))]
            )
        for paragraph in paragraphs:
            for block in paragraph.split("\n\n"):
                self._add(block.strip("\n"))

    def _add(self, block: str) -> None:
        if not block.strip():
            return
        mark = "#" * self._heading + " " if self._heading else ""
        if self._marks and not mark:
            mark, self._marks[-1] = self._marks[-1], ""
        mark = "> " * self._quoted + mark
        self._out[-1].append(mark + block if mark or block[0] not in "#>|" else f" {block}")
