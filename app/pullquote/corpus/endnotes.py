"""Endnotes: the numbered notes under a text, whose numbers stand as marks in it."""

import re
from collections.abc import Sequence

from pullquote.corpus.blocks import trimmed
from pullquote.corpus.structure import claims
from pullquote.corpus.tables import END_MARK
from pullquote.span import Span

FEWEST = 2  # notes: a single number may be anything
LONGEST_NOTE = 400  # letters
_NUMBERED = re.compile(r"(?:\A|(?<=[\r\n]))[ \t]{0,8}(?P<number>\d{1,2})[ \t]{1,8}(?=[^\W_]|[\"'“‘(])")
_LED_IN = re.compile(  # what announces a list: "We ask for two things."
    r"(?:as\sfollows|\b(?:below|following|these|this)\b[^.!?:\r\n]{0,80}"
    r"|\b(?:ask|call|demand|insist|need|pledge|promise|propose|recommend|request|require|seek|suggest|urge|want)[a-z]{0,4}\b[^.!?:\r\n]{0,120}"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|several|some)\s[^.!?:\r\n]{0,60})[.!]?\Z",
    re.IGNORECASE,
)
_NOTES = re.compile(r"[#*_ \t]*(?:(?:end\s?|foot)?notes?|sources?|references?)[*_ \t]*:?[*_ \t]*", re.IGNORECASE)
_LAST_WORDS = 300  # letters above the notes, in which a sentence that leads a list in stands
_APART = re.compile(r"(?:\r\n|[\r\n])[ \t]*(?:\r\n|[\r\n])")
_DIGITS = "0123456789⁰¹²³⁴⁵⁶⁷⁸⁹[]^"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def endnotes_of(text: str) -> tuple[Span, ...]:
    """The notes that a text ends with, in order; none where their numbers are no marks in the text above.

    That tells them from a list of arguments: "of the median.1" and "in England.2" over "1  Before tax." and "2  In 2022.".
    A full stop or a bracket after the numbers makes a list, and so does a line above that leads one in.
    """
    lines = list(_NUMBERED.finditer(text))
    first = next((place for place in range(len(lines) - 1, -1, -1) if int(lines[place]["number"]) == 1), len(lines))
    lines = lines[first:]
    if len(lines) < FEWEST or [int(line["number"]) for line in lines] != [*range(1, len(lines) + 1)]:
        return ()
    ends = [*(line.start() for line in lines[1:]), len(text)]
    notes = [part for line, end in zip(lines, ends, strict=True) for part in trimmed(text, line.start(), end)]
    whole = all(note.end - note.start <= LONGEST_NOTE and not _APART.search(note.cut(text)) for note in notes)
    start = lines[0].start()
    return tuple(notes) if whole and not _is_led_in(text, start) and _are_marked(text, start, len(notes)) else ()


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


def _is_led_in(text: str, end: int) -> bool:
    """Whether the line above the notes is a heading or announces a list, and is not "Notes"."""
    last = text[max(end - _LAST_WORDS, 0) : end].rstrip().replace("\r", "\n").rpartition("\n")[2]
    if _NOTES.fullmatch(last):
        return False
    bare = last.rstrip("*_ ")
    return not END_MARK.search(bare.rstrip(_DIGITS)) or bare.endswith(":") or bool(_LED_IN.search(bare))


def _are_marked(text: str, end: int, count: int) -> bool:
    """Whether the numbers from 1 stand as marks in the text before `end`, one after the other.

    "Q1", "H1" and "No.1" are no marks: one stands after a word in small letters, or after a sentence's end.
    """
    place = 0
    for number in range(1, count + 1):
        raised = str(number).translate(_RAISED)
        mark = re.compile(
            rf"(?:(?:(?<=[a-zß-öø-ÿ]{{3}})|(?<!\b[Nn]o\.)(?<!\b[Pp]p\.)(?<=[^\W_]{{2}}[.,;:!?)”\"’'])|(?<=[.,;:!?][)”\"’']))(?:{number}|{raised})"
            rf"|(?<=[^\W\d_]){raised}|\[\^?{number}\])(?=[\s.,;:)]|\Z)"
        )
        found = mark.search(text, place, end)
        if found is None:
            return False
        place = found.end()
    return True
