"""Words as they are compared: with typography and the marks around them set aside, their stops kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pullquote.errors import spend
from pullquote.span import Span
from pullquote.verify.letters import HIDDEN, SHAPES, fold

REMEMBERED, LONGEST = 20_000, 40  # words that are remembered without their marks, and their letters
WORDS = 256  # words of a text between two looks at what a request may still take
STOPS = ".,;:!?…"
# Dashes part words; that of "10–12" is a hyphen
_WORD = re.compile(r"--+|(?:(?!--)[^\s—―–]|(?<=\d)–(?=\d))+")
_BLANK = HIDDEN[0]
_MARKS = str.maketrans(dict.fromkeys('"()[]', _BLANK))
_EDGES = "'*_" + _BLANK
_DASHES = str.maketrans(dict.fromkeys("—―–", " "))


@dataclass(frozen=True, slots=True)
class Word:
    """A word without the marks around it: its range in the text, and as it is compared, its stops with it."""

    start: int
    end: int
    key: str


def bare(token: str) -> str:
    """A token as long as it was, a hidden letter in place of each mark; blanks where it is no word."""
    return _remembered(token) if len(token) <= LONGEST else _remembered.__wrapped__(token)


@lru_cache(REMEMBERED)
def _remembered(token: str) -> str:
    plain = token.translate(SHAPES).replace("''", 2 * _BLANK).translate(_MARKS)
    body = plain.rstrip(STOPS + _EDGES)
    core = body.lstrip(_EDGES)
    if not core.strip("-" + STOPS):
        return " " * len(token)
    stops = "".join(_BLANK if letter in _EDGES else letter for letter in plain[len(body) :])
    return _BLANK * (len(body) - len(core)) + core + stops


def each_word(text: str, within: Span | None = None) -> Iterator[Word]:
    """The words of a text, or of a range of it, one by one; what is only marks and stops is none."""
    bounds = (within.start, within.end) if within else (0, len(text))
    for number, match in enumerate(_WORD.finditer(text, *bounds)):
        if not number % WORDS:
            spend()
        token = bare(match.group())
        if not token.isspace():
            start = match.end() - len(token.lstrip(_BLANK))
            end = match.start() + len(token.rstrip(STOPS + _BLANK))
            yield Word(start, max(end, start + 1), fold(token))


def words_of(text: str, within: Span | None = None) -> list[Word]:
    """All words of a text, or of a range of it."""
    return list(each_word(text, within))


def unmarked(text: str) -> str:
    """A text as long as it was, with what is no part of a word blank or hidden."""
    return _WORD.sub(lambda match: bare(match.group()), text).translate(_DASHES)
