"""What a page's designer added to its text: running heads, page numbers, numbered lines, drop caps."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pullquote_extract.columns import Line, lines_of
from pullquote_extract.glyphs import Run, Sheet
from pullquote_extract.vocabulary import ranks

EDGE = 5  # lines from a page's top or bottom among which running heads and page numbers stand
DRIFT = 4.0  # points by which they stand higher or lower on another page
FEWEST_NUMBERS = 8  # lines of a page that are numbered: fewer may be a column of a table


def with_initials(runs: Sequence[Run]) -> list[Run]:
    """Runs in which a drop cap, as high as several lines, is the first letter of the word that it opens."""
    joined: set[int] = set()
    for initial in (run for run in runs if len(run.text) == 1 and run.text.isupper()):
        beside = sorted(
            (run for run in runs if _stands_beside(run, initial)), key=lambda run: -run.base
        )
        lower = [run for run in beside if run.base < beside[0].base - 0.5 * run.size]
        if not lower or not beside[0].text[:1].isalpha():
            continue
        opened, remainder = beside[0], beside[0].text.split(" ")[0].strip(".,;:!?’”").lower()
        apart = initial.text.lower() + remainder not in ranks() and remainder in ranks()
        letters = initial.text + " " * apart
        opened.text = letters + opened.text
        opened.boxes = [(opened.left, opened.left)] * len(letters) + opened.boxes
        joined.add(id(initial))
    return [run for run in runs if id(run) not in joined]


def _stands_beside(run: Run, initial: Run) -> bool:
    """Whether a run starts a line to the right of a drop cap."""
    close = -0.1 * initial.size <= run.left - initial.right <= 0.4 * initial.size
    within = initial.base - 0.3 * run.size <= run.base and run.top <= initial.top + 0.5 * run.size
    return close and within and run.size <= 0.6 * initial.size


def drop_line_numbers(sheet: Sheet) -> int:
    """Take out numbers that count the lines down the left side, as pleadings and transcripts have."""
    numbers = [run for run in sheet.runs if run.text.isdecimal() and len(run.text) <= 3]
    text_starts = [run.left for run in sheet.runs if not run.text.isdecimal()]
    if text_starts:
        inner = sorted(text_starts)[len(text_starts) // 10]  # a stamp may stand further out
        numbers = [run for run in numbers if run.right <= inner]
    numbers.sort(key=lambda run: -run.base)
    counting = [run for before, run in pairwise(numbers) if int(run.text) - int(before.text) == 1]
    steps = [before.base - run.base for before, run in pairwise(numbers)]
    if (
        len(counting) < max(FEWEST_NUMBERS, 0.8 * (len(numbers) - 1))
        or max(steps) > 1.5 * min(steps) + 2
    ):
        return 0
    gone = {id(run) for run in numbers}
    sheet.runs = [run for run in sheet.runs if id(run) not in gone]
    return 1


def drop_furniture(sheets: Sequence[Sheet]) -> int:
    """Take out what stands at the same height of several pages' edges and says the same but for numbers."""
    edges = [(sheet, side) for sheet in sheets for side in _edges(sheet)]
    places_by_pattern: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for sheet, rows in edges:
        for row in rows:
            for run in row.runs:
                places_by_pattern[_pattern(run.text)].append((sheet.number, run.base))
    gone: set[int] = set()
    counts = Counter[int]()  # how far the page's printed number is ahead
    for sheet, rows in edges:
        for run in _repeated(sheet, rows, places_by_pattern):
            gone.add(id(run))
            counts.update(int(word) - sheet.number for word in run.text.split() if word.isdecimal())
    for sheet, rows in edges:
        for run in rows[0].runs if rows else ():
            number = run.text.strip("-–— ")
            if number.isdecimal() and (
                counts[int(number) - sheet.number] >= 2 or int(number) == sheet.number
            ):
                gone.add(id(run))
    touched = sum(any(id(run) in gone for run in sheet.runs) for sheet in sheets)
    for sheet in sheets:
        sheet.runs = [run for run in sheet.runs if id(run) not in gone]
    return touched


def _edges(sheet: Sheet) -> tuple[list[Line], list[Line]]:
    """The outermost lines of a page, from its top down and from its bottom up."""
    rows = lines_of(sheet.runs, sheet.number)
    return rows[:EDGE], rows[::-1][:EDGE]


def _repeated(
    sheet: Sheet, rows: Sequence[Line], places_by_pattern: dict[str, list[tuple[int, float]]]
) -> Iterator[Run]:
    """Runs of an edge that other pages have too, up to the first line that is more than these."""
    for row in rows:
        repeated_runs = [
            run
            for run in row.runs
            if any(
                page != sheet.number and abs(base - run.base) <= DRIFT
                for page, base in places_by_pattern[_pattern(run.text)]
            )
        ]
        yield from repeated_runs
        if len(repeated_runs) < len(row.runs):
            return


def _pattern(text: str) -> str:
    """A text with its numbers, arabic or roman, as one sign."""
    words = ["#" if _is_number(word) else word for word in text.split()]
    return (
        "".join("#" if letter.isdecimal() else letter for letter in " ".join(words))
        .replace("##", "#")
        .replace("##", "#")
    )


def _is_number(word: str) -> bool:
    bare = word.strip("-–—.()[]")
    return bare.isdecimal() or (bool(bare) and len(bare) <= 6 and set(bare.lower()) <= set("ivxlc"))
