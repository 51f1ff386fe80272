"""Tables with drawn cells: which letters stand in which, row by row, whatever their columns would look like."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pullquote_extract.columns import Column, columns_of, cut, lines_of
from pullquote_extract.glyphs import Run, Sheet

TOUCH = 2.5  # points by which strokes of one table miss each other at most
OPEN = -1  # a side without a stroke
FEWEST_CELLS = 4  # two rows of two: fewer are boxes around text, or lines beside and below it

Stroke = tuple[float, float, float]  # from, to, and where across
Sides = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each with its columns (one, but for a cell that is itself laid out in more)."""

    rows: tuple[tuple[tuple[Column, ...], ...], ...]


def parts_of(sheet: Sheet) -> Iterator[Column | Table]:
    """The columns and tables of a page in reading order."""
    runs = list(sheet.runs)
    tables: dict[int, Table] = {}
    for rules, walls in _grids(sheet):
        inside = _inside(runs, rules, walls)
        if table := _table(inside, rules, walls, sheet.number):
            inside_ids = {id(run) for run in inside}
            stand_in = _stand_in(inside)
            tables[id(stand_in)] = table
            runs = [*(run for run in runs if id(run) not in inside_ids), stand_in]
    for column in cut(runs) if runs else ():
        yield from _split(column, tables, sheet.number)


def _split(column: Sequence[Run], tables: dict[int, Table], page: int) -> Iterator[Column | Table]:
    """A column, parted where a table stands in it."""
    pending: list[Run] = []
    for run in sorted(column, key=lambda run: -run.base):
        if id(run) not in tables:
            pending.append(run)
            continue
        above = [
            other_run
            for other_run in column
            if id(other_run) not in tables and other_run in pending and other_run.base > run.base
        ]
        if above:
            yield Column(lines_of(above, page))
        pending = []
        yield tables[id(run)]
    if pending:
        yield Column(lines_of(pending, page))


def _stand_in(runs: Sequence[Run]) -> Run:
    """A run as large as a table, which finds the table's place among the columns."""
    left, right = min(run.left for run in runs), max(run.right for run in runs)
    bottom, top = min(run.bottom for run in runs), max(run.top for run in runs)
    size = (top - bottom) / 0.97
    return Run("", [(left, right)], bottom + 0.22 * size, size, "", runs[0].order)


def _grids(sheet: Sheet) -> Iterator[tuple[list[Stroke], list[Stroke]]]:
    """Strokes that touch each other, level ones and upright ones, where they may make cells."""
    level = [(stroke, True) for stroke in sheet.rules]
    strokes = level + [(stroke, False) for stroke in sheet.walls]
    group = list(range(len(strokes)))

    def first(number: int) -> int:
        while group[number] != number:
            group[number] = group[group[number]]
            number = group[number]
        return number

    for rule_number, (rule, _) in enumerate(level):
        for wall_number in range(len(level), len(strokes)):
            if _touch(rule, strokes[wall_number][0]):
                group[first(wall_number)] = first(rule_number)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = defaultdict(lambda: ([], []))
    for number, (stroke, is_level) in enumerate(strokes):
        groups[first(number)][not is_level].append(stroke)
    yield from (
        (rules, walls) for rules, walls in groups.values() if len(rules) > 2 and len(walls) > 2
    )


def _touch(rule: Stroke, wall: Stroke) -> bool:
    left, right, height = rule
    bottom, top, across = wall
    return left - TOUCH <= across <= right + TOUCH and bottom - TOUCH <= height <= top + TOUCH


def _inside(runs: Sequence[Run], rules: Sequence[Stroke], walls: Sequence[Stroke]) -> list[Run]:
    left, right = min(wall[2] for wall in walls), max(wall[2] for wall in walls)
    bottom, top = min(rule[2] for rule in rules), max(rule[2] for rule in rules)
    return [
        run
        for run in runs
        if left - TOUCH <= (run.left + run.right) / 2 <= right + TOUCH
        and bottom - TOUCH <= run.base <= top
    ]


def _table(
    runs: Sequence[Run], rules: Sequence[Stroke], walls: Sequence[Stroke], page: int
) -> Table | None:
    """The cells that hold something, by rows; nothing where the strokes make too few."""
    cells: dict[Sides, list[Run]] = defaultdict(list)
    for run in runs:
        cells[_sides(run, rules, walls)].append(run)
    if sum(len(inside) for cell, inside in cells.items() if OPEN in cell) > 0.1 * len(runs):
        return None  # lines and boxes that touch, but no cells
    if (
        len(cells) < FEWEST_CELLS
        or len({cell[3] for cell in cells}) < 2
        or len({cell[0] for cell in cells}) < 2
    ):
        return None
    rows: list[tuple[float, list[tuple[float, tuple[Column, ...]]]]] = []
    for (left, _, _, top), inside in sorted(cells.items(), key=lambda one: (-one[0][3], one[0][0])):
        if not rows or rows[-1][0] - top > TOUCH:
            rows.append((top, []))
        rows[-1][1].append((left, tuple(columns_of(inside, page))))
    return Table(
        tuple(tuple(cell for _, cell in sorted(row, key=lambda one: one[0])) for _, row in rows)
    )


def _sides(run: Run, rules: Sequence[Stroke], walls: Sequence[Stroke]) -> Sides:
    """The nearest strokes around a run."""
    across, height = (run.left + run.right) / 2, run.base + 0.3 * run.size
    beside = [wall[2] for wall in walls if wall[0] - TOUCH <= height <= wall[1] + TOUCH]
    along = [rule[2] for rule in rules if rule[0] - TOUCH <= across <= rule[1] + TOUCH]
    return (
        round(max((side for side in beside if side <= across), default=OPEN)),
        round(max((side for side in along if side <= height), default=OPEN)),
        round(min((side for side in beside if side > across), default=OPEN)),
        round(min((side for side in along if side > height), default=OPEN)),
    )
