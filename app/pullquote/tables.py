"""Tables: rows of short cells with tabs or wide gaps between them."""

import re
from collections.abc import Sequence

from pullquote.span import Span

FEWEST_ROWS = 3  # two may be a letter's head
WIDEST_ROW = 160  # letters, of a row whose cells stand under each other
END_MARK = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_GAP = re.compile(r"(?<=[^ ]) {3,}(?=[^ ])")
_BREAKS = re.compile(r"[\r\n]+")


def is_table(text: str, block: Span) -> bool:
    """Whether a block is some rows of cells, which end no sentence: with a tab in each, or all blank in the same columns."""
    rows = [row.rstrip() for row in _BREAKS.split(_indented(text, block))]
    if len(rows) < FEWEST_ROWS or any(END_MARK.search(row) for row in rows):
        return False
    return all("\t" in row.strip() for row in rows) or _are_columns(rows)


def _indented(text: str, block: Span) -> str:
    """A block with the blanks before its first line, so that its columns are those of the other lines."""
    before = text[max(block.start - WIDEST_ROW, 0) : block.start]
    return before[len(before.rstrip(" ")) :] + block.cut(text)


def _are_columns(rows: Sequence[str]) -> bool:
    if any(len(row) > WIDEST_ROW for row in rows):
        return False
    gaps = [{place for gap in _GAP.finditer(row) for place in range(*gap.span())} for row in rows]
    return bool(set.intersection(*gaps))
