"""Endnotes: the numbered notes under a text, whose numbers stand as marks in it."""

import re
from collections.abc import Sequence

from pullquote.blocks import trimmed
from pullquote.span import Span
from pullquote.structure import claims

FEWEST = 2  # notes: a single number may be anything
LONGEST_NOTE = 400  # letters
_NUMBERED = re.compile(r"(?:\A|(?<=[\r\n]))[ \t]{0,8}(?P<number>\d{1,2})[.)]?[ \t]{1,8}(?=[^\W_]|[\"'“‘(])")
_APART = re.compile(r"(?:\r\n|[\r\n])[ \t]*(?:\r\n|[\r\n])")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def endnotes_of(text: str) -> tuple[Span, ...]:
    """The notes that a text ends with, in order; none where their numbers are no marks in the text above.

    That tells them from a list of arguments: "of the median.1" and "in England.2" over "1  Before tax." and "2  In 2022.".
    """
    lines = list(_NUMBERED.finditer(text))
    first = next((place for place in range(len(lines) - 1, -1, -1) if int(lines[place]["number"]) == 1), len(lines))
    lines = lines[first:]
    if len(lines) < FEWEST or [int(line["number"]) for line in lines] != [*range(1, len(lines) + 1)]:
        return ()
    ends = [*(line.start() for line in lines[1:]), len(text)]
    notes = [part for line, end in zip(lines, ends, strict=True) for part in trimmed(text, line.start(), end)]
    whole = all(note.end - note.start <= LONGEST_NOTE and not _APART.search(note.cut(text)) for note in notes)
    return tuple(notes) if whole and _are_marked(text, lines[0].start(), len(notes)) else ()


def with_endnotes(text: str, blocks: Sequence[Span]) -> tuple[list[Span], frozenset[Span]]:
    """The blocks of a text with each of its endnotes by itself, and those notes that claim nothing."""
    notes = endnotes_of(text)
    if not notes:
        return list(blocks), frozenset()
    start = notes[0].start
    above = [
        part for block in blocks if block.start < start for part in trimmed(text, block.start, min(block.end, start))
    ]
    return [*above, *notes], frozenset(note for note in notes if not _claims(note.cut(text)))


def _claims(note: str) -> bool:
    return claims(note.rstrip("."))  # so that "costs" in "after housing costs." is sooner a noun


def _are_marked(text: str, end: int, count: int) -> bool:
    """Whether the numbers from 1 stand as marks in the text before `end`, one after the other."""
    place = 0
    for number in range(1, count + 1):
        raised = str(number).translate(_RAISED)
        mark = re.compile(
            rf"(?:(?<=[^\W\d_])[.,;:!?)”\"’']{{0,2}}(?:{number}|{raised})|\[\^?{number}\])(?=[\s.,;:)]|\Z)"
        )
        found = mark.search(text, place, end)
        if found is None:
            return False
        place = found.end()
    return True
