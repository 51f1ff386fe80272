"""Letters and words as they are compared: with typography and the marks around words set aside, and where each came from."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from pullquote.errors import spend
from pullquote.span import Span

OUTER = "\"'“”„«»‘’"
HIDDEN = ("\u00ad", "\u200b", "\ufeff")
SHAPES = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞＂", '"')
    | dict.fromkeys("‘’‚‛′‹›＇`´", "'")
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
)
_SPACES = re.compile(" {2,}")
PIECE = 128  # letters of a text whose places are counted together
MOST_LETTERS = 20_000  # that are remembered with what becomes of them


class _Letters(dict[int, str]):
    """What becomes of each letter, worked out where it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_LETTERS:
            self.clear()
        letter = chr(code)
        # taken apart first: what comes of it (U+1FEF is a grave accent) may be typography itself
        apart = unicodedata.normalize("NFD", letter).translate(SHAPES)
        self[code] = " " if letter.isspace() else "" if letter in HIDDEN else apart
        return self[code]


_LETTERS = _Letters()


def fold(text: str) -> str:
    """A text with typography set aside. Example: fold("a  – b") -> "a - b"."""
    return _SPACES.sub(" ", text.translate(_LETTERS)).strip(" ")


class Page:
    """A text as words are looked for in it: as it is stored, or folded."""

    def __init__(self, stored: str, *, folded: bool = False) -> None:
        self.text, self._stored = fold(stored) if folded else stored, stored

    @cached_property
    def _starts(self) -> list[int]:
        """How many letters, white space left out, come from before each piece of the stored text."""
        pieces = (
            self._stored[first : first + PIECE] for first in range(0, len(self._stored), PIECE)
        )
        return [0, *accumulate(len(piece.translate(_LETTERS).replace(" ", "")) for piece in pieces)]

    def origin(self, offset: int) -> int:
        """The offset in the stored text that a letter, no white space, came from."""
        if self.text is self._stored:
            return offset
        before = offset - self.text.count(" ", 0, offset)
        number = bisect_right(self._starts, before) - 1
        first, left = number * PIECE, before - self._starts[number]
        counts = accumulate(
            len(_LETTERS[ord(letter)].strip()) for letter in self._stored[first : first + PIECE]
        )
        return first + next(position for position, count in enumerate(counts) if count > left)


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
