"""A document's pages as paragraphs: without what is repeated on each page, over line, column and page ends, notes apart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pullquote_extract.columns import (
    BULLETS,
    CLOSING,
    ENDS,
    INDENT,
    LOOSE,
    Column,
    Line,
    alike,
)
from pullquote_extract.furniture import drop_furniture, drop_line_numbers, with_initials
from pullquote_extract.glyphs import Sheet, undoubled
from pullquote_extract.grids import Table, parts_of

MUCH = 0.2  # of a document's letters: headings never hold so many
SMALLER = 0.93  # of the body's size: notes are set at 0.92 or less
LONGEST_HEADING = 3  # lines
LONG_CELL = 200  # letters: a table with such a cell is read cell by cell
LARGER = 1.12  # of the body's size: what is set so much larger is a heading
_MARKS = frozenset("*†‡§¶")


class Kind(StrEnum):
    """What a paragraph is by its place and look."""

    BODY = "body"
    HEADING = "heading"
    ENTRY = "entry"
    ROW = "row"
    NOTE = "note"


@dataclass(slots=True)
class Paragraph:
    """Lines that are read on, and the column that they began in."""

    kind: Kind
    lines: list[Line]
    column: Column
    mark: str = ""
    cells: list[list[Line]] = field(default_factory=list)  # of a row

    @property
    def size(self) -> float:
        """The size of its first line."""
        return self.lines[0].size


@dataclass(slots=True)
class Pages:
    """What a document's pages hold: the text in reading order, its notes, the size it is set in, and what was left out."""

    body: list[Paragraph] = field(default_factory=list)
    notes: list[Paragraph] = field(default_factory=list)
    size: float = 0.0
    left_out: Counter[str] = field(default_factory=Counter)


def pages_of(sheets: Sequence[Sheet]) -> Pages:
    """All pages as one text; sheets lose what is repeated on each."""
    pages = Pages()
    for sheet in sheets:
        sheet.runs = with_initials(undoubled(sheet.runs))
        pages.left_out["the numbers of lines"] += drop_line_numbers(sheet)
        pages.left_out.update(sheet.left_out)
    pages.left_out["running heads and page numbers"] += drop_furniture(sheets)
    pages.size = _body_size(sheets)
    ends: list[Paragraph] = []  # the last paragraph of each column of this page and the one before
    for sheet in sheets:
        tails: list[Paragraph] = []
        for region in parts_of(sheet):
            if isinstance(region, Table):
                pages.body += _cells(region, pages.size)
            else:
                _take(region, sheet, pages, [*ends, *tails], tails)
        ends = tails or ends
    return pages


def _take(
    column: Column, sheet: Sheet, pages: Pages, ends: Sequence[Paragraph], tails: list[Paragraph]
) -> None:
    """Add a column's paragraphs and notes, the first joined to what it continues."""
    rows = column.lines
    start = _notes_start(column, sheet.rules, pages.size)
    for lines, note in ((rows[:start], False), (rows[start:], True)):
        if not lines:
            continue
        target = pages.notes if note else pages.body
        paragraphs = list(_notes(lines, column) if note else _paragraphs(lines, column, pages.size))
        earlier = target[-1:] if note else reversed(ends)
        before = next((end for end in earlier if continues(end, paragraphs[0])), None)
        if before:
            before.lines += paragraphs.pop(0).lines
        target += paragraphs
        if not note:
            tails.append(paragraphs[-1] if paragraphs else before or ends[-1])


def _cells(table: Table, body: float) -> Iterator[Paragraph]:
    """A table row by row; where a cell holds more than a few words, the row's cells one after the other."""
    for row in table.rows:
        cells = [
            [paragraph for column in cell for paragraph in _paragraphs(column.lines, column, body)]
            for cell in row
        ]
        for paragraph in (
            paragraph for cell in cells for paragraph in cell if paragraph.kind is Kind.HEADING
        ):
            paragraph.kind = Kind.BODY
        if all(
            len(cell) == 1 and sum(len(line.text) for line in cell[0].lines) <= LONG_CELL
            for cell in cells
        ):
            first = cells[0][0]
            yield Paragraph(
                Kind.ROW, first.lines, first.column, cells=[cell[0].lines for cell in cells]
            )
        else:
            yield from (paragraph for cell in cells for paragraph in cell)


def _body_size(sheets: Iterable[Sheet]) -> float:
    """The largest size that much is set in: notes may hold more letters than the text that they belong to."""
    sizes = Counter[float]()
    for sheet in sheets:
        for run in sheet.runs:
            sizes[round(2 * run.size) / 2] += len(run.text)
    return max(
        (size for size, letters in sizes.items() if letters >= MUCH * sizes.total()), default=10.0
    )


def _notes_start(column: Column, rules: Sequence[tuple[float, float, float]], body: float) -> int:
    """Where the notes at a column's foot start: small print that a mark opens or a short rule parts from the text."""
    lines, start = column.lines, len(column.lines)
    while start and lines[start - 1].size <= SMALLER * body:
        start -= 1
    return next(
        (number for number in range(start, len(lines)) if _opens_notes(column, number, rules)),
        len(lines),
    )


def _opens_notes(column: Column, number: int, rules: Sequence[tuple[float, float, float]]) -> bool:
    line = column.lines[number]
    above = column.lines[number - 1].bottom if number else line.top + 4 * line.size
    ruled = any(
        line.top - 2 <= height <= above + 2
        and abs(left - column.left) <= 2 * line.size
        and right - left <= 0.6 * (column.right - column.left)
        for left, right, height in rules
    )
    return ruled or bool(_note_mark(line))


def _note_mark(line: Line) -> str:
    """The mark that a note opens with: raised, or a number or sign by itself."""
    first = line.runs[0]
    if (
        len(line.runs) > 1
        and (first.size <= 0.85 * line.size or line.is_raised(first))
        and len(first.text) <= 3
    ):
        return first.text
    word = first.text.split(" ")[0]
    return word if len(word) <= 3 and (word.isdecimal() or set(word) <= _MARKS) else ""


def _notes(lines: Sequence[Line], column: Column) -> Iterator[Paragraph]:
    """Notes, each from its mark to the next one's."""
    paragraph: Paragraph | None = None
    expected = 0
    for line in lines:
        mark = _note_mark(line)
        # A number that opens a line by chance is hardly the next note's.
        if mark and (
            paragraph is None or not mark.isdecimal() or not expected or int(mark) == expected
        ):
            expected = int(mark) + 1 if mark.isdecimal() else 0
            if paragraph:
                yield paragraph
            paragraph = Paragraph(Kind.NOTE, [line], column, mark)
        elif paragraph:
            paragraph.lines.append(line)
        else:
            paragraph = Paragraph(Kind.NOTE, [line], column)
    if paragraph:
        yield paragraph


def _paragraphs(lines: Sequence[Line], column: Column, body: float) -> Iterator[Paragraph]:
    """A column's lines, cut where a paragraph, an entry, a heading or a row starts."""
    start, rows = 0, _rows(lines)
    for number in range(1, len(lines) + 1):
        if (
            number == len(lines)
            or rows[number]
            or rows[number - 1]
            or _parts(lines[start:number], lines[number], column)
        ):
            piece = list(lines[start:number])
            cells = (
                [[Line(cell, piece[0].page)] for cell in piece[0].cells()] if rows[start] else []
            )
            yield Paragraph(Kind.ROW if cells else _kind(piece, body), piece, column, cells=cells)
            start = number


def _rows(lines: Sequence[Line]) -> list[bool]:
    """Which lines are rows of a table: some near each other have cells, and what stands between them goes with them."""
    cells = [_has_cells(line) for line in lines]
    rows = [has and sum(cells[max(n - 2, 0) : n + 3]) > 1 for n, has in enumerate(cells)]
    between = [any(rows[max(n - 2, 0) : n]) and any(rows[n + 1 : n + 3]) for n in range(len(lines))]
    return [
        row or enclosed or _has_leader(line)
        for row, enclosed, line in zip(rows, between, lines, strict=True)
    ]


def _has_cells(line: Line) -> bool:
    cells = line.cells()
    return len(cells) > 1 and not (len(cells) == 2 and is_mark(cells[0][0].text))


def _has_leader(line: Line) -> bool:
    """Whether dots lead from a heading to its page, as in a list of contents."""
    return "....." in line.text.replace(" ", "")


def _kind(lines: Sequence[Line], body: float) -> Kind:
    first = lines[0]
    if is_mark(first.text.split(" ")[0]) and not first.strong:
        return Kind.ENTRY
    words = lines[-1].text.rstrip(CLOSING)
    short = len(lines) <= LONGEST_HEADING and words[-1:] not in ENDS - {"?"}
    larger = all(line.size >= LARGER * body for line in lines)
    return (
        Kind.HEADING
        if (short or larger) and (larger or all(line.strong for line in lines))
        else Kind.BODY
    )


def is_mark(word: str) -> bool:
    """Whether a word is the mark of an entry: a bullet, a number or a letter with a point or bracket."""
    if word in BULLETS:
        return True
    bare = word.strip("().")
    return bare != word and (
        (bare.isdecimal() and len(bare) <= 2)
        or (len(bare) == 1 and bare.isalpha() and bare.isascii())
    )


def _parts(paragraph: Sequence[Line], line: Line, column: Column) -> bool:
    """Whether a line starts a new paragraph."""
    first, before = paragraph[0], paragraph[-1]
    gap, marked = before.base - line.base, is_mark(line.text.split(" ")[0])
    if (
        not alike(before.size, line.size)
        or before.strong != line.strong
        or gap > 2 * max(column.leading, line.size)
    ):
        return True
    ended = before.text.rstrip(CLOSING)[-1:] in ENDS
    if not ended and not marked and _opens_small(line):
        return False
    # Where a paragraph is set narrower than its column, its own lines tell how wide.
    right = max(row.right for row in (*paragraph, line)) if len(paragraph) > 1 else column.right
    full = _is_full(before, line, right)
    if gap > LOOSE * column.leading:
        return ended or not full  # some paragraphs are set looser than the others
    if marked:
        listed = is_mark(first.text.split(" ")[0]) and abs(first.left - line.left) < 0.3 * line.size
        return line.text[0] in BULLETS or listed or not full or line.left - before.left > line.size
    if column.centred or _is_middle(before, line):
        return False
    indented = INDENT[0] <= (line.left - before.left) / line.size <= INDENT[1]
    return (ended or not full) and ((indented and not _hangs(paragraph)) or (ended and not full))


def _opens_small(line: Line) -> bool:
    return line.text.lstrip("\"'“‘([")[:1].islower()


def _hangs(paragraph: Sequence[Line]) -> bool:
    """Whether a paragraph's second line may stand further in than its first: an entry's."""
    return len(paragraph) == 1 and is_mark(paragraph[0].text.split(" ")[0])


def _is_middle(before: Line, line: Line) -> bool:
    """Whether two lines are set around the same middle, neither of them at the other's side."""
    off = abs(before.left + before.right - line.left - line.right) / 2
    return off < 0.4 * line.size < abs(line.left - before.left)


def _is_full(before: Line, line: Line, right: float) -> bool:
    """Whether the next line's first word had no room left before the right edge."""
    return before.right + line.first_word() + 0.3 * line.size >= right - 0.5 * line.size


def _inset(paragraph: Paragraph) -> float:
    """How far inside its column a paragraph's further lines stand."""
    line = paragraph.lines[-1]
    if len(paragraph.lines) > 1:
        return line.left - paragraph.column.left
    return (
        line.runs[1].left - paragraph.column.left
        if paragraph.kind is Kind.ENTRY and line.runs[1:]
        else 0.0
    )


def continues(before: Paragraph, after: Paragraph) -> bool:
    """Whether a paragraph reads on in the one that opens a later column or page."""
    last, line = before.lines[-1], after.lines[0]
    if (
        before.kind in {Kind.HEADING, Kind.ROW}
        or after.kind not in {Kind.BODY, Kind.NOTE}
        or after.mark
    ):
        return False
    narrow, wide = sorted(
        (before.column.right - before.column.left, after.column.right - after.column.left)
    )
    if not alike(last.size, line.size) or last.strong != line.strong or narrow < 0.7 * wide:
        return False
    words = last.text.rstrip(CLOSING)
    if _opens_small(line) and words[-1:] not in ENDS:
        return True
    indented = line.left - after.column.left - _inset(before) >= INDENT[0] * line.size
    return _is_full(last, line, before.column.right) and not indented and not before.column.centred
