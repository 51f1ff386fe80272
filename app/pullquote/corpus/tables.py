"""Tables: rows of short cells with tabs or wide gaps between them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pullquote.corpus.clauses import has_verb
from pullquote.span import Span

FEWEST_ROWS = 3  # two may be a letter's head
SHORT_CELL = 3  # words, behind the only gap
LONG_CELL = 6  # words, of the last of several cells
WIDEST_ROW = 160  # letters, of a row whose cells stand under each other
END_MARK = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")
_GAP = re.compile(r"(?<=[^ ]) {3,}(?=[^ ])")
_MARKER = re.compile(
    r"\s*(?:[-*+•–]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]|[^\s:]{1,30}(?:\s[^\s:]{1,30}){0,3}:)\s", re.IGNORECASE
)
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
    """Whether rows have cells in common columns: three, or two of which the second is a figure or a word or two.

    What is longer behind a single gap is said there, after a marker, a year, a line's number or a speaker's name.
    """
    if any(len(row) > WIDEST_ROW for row in rows):
        return False
    gaps = [{place for gap in _GAP.finditer(row) for place in range(*gap.span())} for row in rows]
    common = sorted(set.intersection(*gaps))
    if not common or 2 * sum(bool(_MARKER.match(row)) for row in rows) > len(rows):
        return False
    apart = any(right - left > 1 for left, right in pairwise(common))
    longest = LONG_CELL if apart else SHORT_CELL
    cells = [row[common[-1] + 1 :].strip() for row in rows]
    return 2 * sum(len(cell.split()) <= longest and (apart or not has_verb(cell)) for cell in cells) > len(rows)
