"""Reading order by geometry: a page's runs become columns, columns become lines, and lines become paragraphs.

A page is cut at its tallest gutter, the columns left and right of it and what stands above and below are cut in turn:
the recursive X-Y cut (Nagy and Seth 1984; with gutters as whitespace, Breuel 2002), but that a gutter may be shorter
than the page. Distances are in the letters' own size, so that no constant knows a paper or a face.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from pullquote_extract.glyphs import WORD_GAP, Run

GUTTER = 0.75  # of the letters' size: columns of print stand 1 and more apart, words of a justified line rarely 0.75
FEWEST_LINES = (
    3  # beside a gutter, on each side: two lines may have a space at the same place by chance
)
LEAST_LETTERS = 12  # in the middle line of a column of prose; marks of lists, numbers of lines and cells have fewer
LEAST_LABEL = 3  # letters in the middle line of labels beside a table's cells
FILLED = 0.6  # from the first to the last letter of a line: prose beside prose covers 0.8 and more, rows of cells less
CELL_GAP = 2.0  # of the letters' size: wider than any space inside a line of prose
INDENT = (
    0.7,
    6.0,
)  # of the letters' size, of a paragraph's first line: less wavers, more is set in the middle
LOOSE = 1.25  # of the usual distance of lines, from which a new paragraph starts
SAME_SIZE = 0.08  # by which sizes differ at most inside a paragraph
RAISED = 0.1  # of the letters' size that the mark of a note stands above its line
BULLETS = frozenset("•‣◦▪●○■□▫➢➤❖◆⁃∙·–—-")
ENDS = frozenset(".!?:;…")
CLOSING = "\"'”’»)]"


@dataclass(slots=True)
class Line:
    """A line of print: its runs from left to right, and the page it stands on."""

    runs: list[Run]
    page: int

    @property
    def size(self) -> float:
        """The size of most of its letters."""
        return max(self.runs, key=lambda run: len(run.text) * run.size).size

    @property
    def base(self) -> float:
        """The height that most of its letters stand on."""
        return max(self.runs, key=lambda run: len(run.text) * run.size).base

    @property
    def top(self) -> float:
        """How high any run reaches."""
        return max(run.top for run in self.runs)

    @property
    def bottom(self) -> float:
        """How low any run reaches."""
        return min(run.bottom for run in self.runs)

    @property
    def left(self) -> float:
        """Where it starts."""
        return self.runs[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(run.right for run in self.runs)

    @property
    def face(self) -> str:
        """The face of its longest run."""
        return max(self.runs, key=lambda run: len(run.text)).face

    @property
    def strong(self) -> bool:
        """Whether all of it is bold."""
        return all(
            "bold" in run.face.lower() or "black" in run.face.lower()
            for run in self.runs
            if len(run.text) > 1
        )

    @property
    def text(self) -> str:
        """Words with a space where room is left between runs; the marks of notes raised."""
        return "".join(text for text, _ in self.letters())

    def letters(self) -> Iterator[tuple[str, Run]]:
        """Each run's text with what parts it from the one before."""
        before: Run | None = None
        for run in self.runs:
            room = run.left - before.right if before else 0.0
            # What lies over another run is no part of its word; the letters of a ligature lie over each other by one width.
            gap = room > WORD_GAP * run.size or (
                before is not None and room < -1.5 * max(run.size, before.size)
            )
            yield (" " if gap else "") + run.text, run
            before = run

    def is_raised(self, run: Run) -> bool:
        """Whether a run is smaller than its line and stands above it, as marks of notes and powers do."""
        small = len(run.text) <= 4 and run.size <= 0.85 * self.size
        return small and run.base - self.base >= RAISED * self.size

    def cells(self) -> list[list[Run]]:
        """The runs, parted where more room is left than between words."""
        cells = [[self.runs[0]]]
        for before, run in pairwise(self.runs):
            if run.left - before.right >= CELL_GAP * self.size:
                cells.append([])
            cells[-1].append(run)
        return cells

    def first_word(self) -> float:
        """The width of the first word."""
        word = self.runs[0].text.split(" ")[0]
        return self.runs[0].boxes[len(word) - 1][1] - self.left


@dataclass(slots=True)
class Column:
    """Lines below each other, from top to bottom."""

    lines: list[Line]
    left: float = field(init=False)
    right: float = field(init=False)
    size: float = field(init=False)
    leading: float = field(init=False)
    centred: bool = field(init=False)

    def __post_init__(self) -> None:
        self.left = min(line.left for line in self.lines)
        self.right = max(line.right for line in self.lines)
        sizes = Counter[float]()
        for line in self.lines:
            sizes[round(line.size, 1)] += len(line.text)
        self.size = sizes.most_common(1)[0][0]
        gaps = [
            upper.base - lower.base
            for upper, lower in pairwise(self.lines)
            if alike(upper.size, self.size)
            and alike(lower.size, self.size)
            and upper.base > lower.base
        ]
        # The lesser half's middle: room between paragraphs is never what is usual between lines.
        self.leading = sorted(gaps)[len(gaps) // 3] if gaps else 1.2 * self.size
        short = [
            line for line in self.lines if line.right - line.left < 0.9 * (self.right - self.left)
        ]
        middle = (self.left + self.right) / 2
        self.centred = len(short) >= FEWEST_LINES and all(
            abs((line.left + line.right) / 2 - middle) < self.size for line in short
        )


def alike(one: float, two: float) -> bool:
    """Whether two sizes of letters are the same to the eye."""
    return abs(one - two) <= SAME_SIZE * max(one, two)


def columns_of(runs: Sequence[Run], page: int) -> list[Column]:
    """The columns of a page, or of a part of one, in reading order."""
    return [Column(lines_of(column_runs, page)) for column_runs in cut(list(runs))] if runs else []


def lines_of(runs: Sequence[Run], page: int) -> list[Line]:
    """Runs that overlap by half their height stand on one line."""
    lines: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.size):
        for line in lines:
            tallest = line[0]
            if min(tallest.top, run.top) - max(tallest.bottom, run.bottom) >= 0.5 * (
                run.top - run.bottom
            ):
                line.append(run)
                break
        else:
            lines.append([run])
    ordered = [Line(sorted(line, key=lambda run: run.left), page) for line in lines]
    return sorted(ordered, key=lambda line: -line.base)


def cut(runs: list[Run]) -> list[list[Run]]:
    """A part of a page as columns, in reading order: above the tallest gutter, left, right, below."""
    bands = _bands(runs)
    best = max(_gutters(bands, median(run.size for run in runs)), default=None)
    if best is None:
        return [runs]
    _, _, first, last, middle = best
    inside = [run for band in bands[first : last + 1] for run in band]
    above = [run for band in bands[:first] for run in band]
    below = [run for band in bands[last + 1 :] for run in band]
    left = [run for run in inside if run.right <= middle]
    right = [run for run in inside if run.right > middle]
    return [piece for region in (above, left, right, below) if region for piece in cut(region)]


def _bands(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that stand beside each other, from top to bottom: between bands a level line crosses no run."""
    bands: list[list[Run]] = []
    floor = float("-inf")
    for run in sorted(runs, key=lambda run: -run.top):
        if not bands or run.top <= floor:
            bands.append([])
            floor = run.bottom
        bands[-1].append(run)
        floor = min(floor, run.bottom)
    return bands


Gutter = tuple[int, float, int, int, float]  # lines beside it, width, first and last band, middle


def _gutters(bands: Sequence[Sequence[Run]], size: float) -> Iterator[Gutter]:
    """Upright strips that no run crosses, each over as many neighbouring bands as it can be."""
    covered = [_merged((run.left, run.right) for run in band) for band in bands]
    covered.append([(float("-inf"), float("inf"))])  # the page's end closes what is open
    for first in range(len(bands)):
        strips = [(float("-inf"), float("inf"))]
        for last in range(first, len(covered)):
            open_strips = []
            for strip in strips:
                pieces = [
                    piece
                    for piece in _without(strip, covered[last])
                    if piece[1] - piece[0] >= GUTTER * size
                ]
                longer = first and any(
                    piece[1] - piece[0] >= GUTTER * size
                    for piece in _without(strip, covered[first - 1])
                )
                if (
                    not pieces
                    and not longer
                    and (gutter := _gutter(bands[first:last], first, strip))
                ):
                    yield gutter
                open_strips += pieces
            strips = open_strips


def _merged(spans: Iterator[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if merged and left <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], right)
        else:
            merged.append((left, right))
    return merged


def _without(
    strip: tuple[float, float], spans: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """What spans of text leave of a strip."""
    left, end = strip
    for start, right in spans:
        if right <= left:
            continue
        if start >= end:
            break
        if start > left:
            yield left, start
        left = max(left, right)
    if left < end:
        yield left, end


def _gutter(
    bands: Sequence[Sequence[Run]], first: int, strip: tuple[float, float]
) -> Gutter | None:
    """A strip beside all of these bands as a gutter, where prose stands on both sides of it."""
    middle = (strip[0] + strip[1]) / 2
    if len(bands) == 0 or not -1e6 < middle < 1e6:
        return None
    sides: tuple[list[Run], list[Run]] = ([], [])
    for band in bands:
        for run in band:
            sides[run.right > middle].append(run)
    lines = [_rows(side) for side in sides]
    least = min(map(len, lines))
    if least < FEWEST_LINES or not all(map(_is_filled, lines)):
        return None
    letters = [median(row.letters for row in rows) for rows in lines]
    # Labels beside cells of prose are no lines of it, unless each stands on one.
    labels = LEAST_LABEL <= letters[0] < LEAST_LETTERS <= letters[1] and not _on_lines(
        lines[0], lines[1]
    )
    if min(letters) < LEAST_LETTERS and not labels:
        return None
    return least, strip[1] - strip[0], first, first + len(bands) - 1, middle


@dataclass(slots=True)
class _Row:
    """What stands on one line at one side of a gutter: its height and ends, how much of it is covered, how many letters."""

    base: float
    left: float
    right: float
    covered: float = 0.0
    letters: int = 0


def _rows(side: Sequence[Run]) -> list[_Row]:
    rows: list[_Row] = []
    for run in sorted(side, key=lambda run: -run.base):
        if not rows or rows[-1].base - run.base > 0.5 * run.size:
            rows.append(_Row(run.base, run.left, run.right))
        row = rows[-1]
        row.left, row.right = min(row.left, run.left), max(row.right, run.right)
        row.covered += run.right - run.left
        row.letters += sum(map(str.isalpha, run.text))
    return rows


def _is_filled(rows: Sequence[_Row]) -> bool:
    return sum(row.covered for row in rows) >= FILLED * sum(row.right - row.left for row in rows)


def _on_lines(labels: Sequence[_Row], lines: Sequence[_Row]) -> bool:
    """Whether each label stands on one of the lines, to a point."""
    return all(any(abs(label.base - line.base) <= 1 for line in lines) for label in labels)
