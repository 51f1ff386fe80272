"""Typography: where words stand in a text as it is, and in the text with typography set aside."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pullquote.span import Span

_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″〝〞＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛′‹›＇`´"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_FOLDED = {code: ord(letter) for code, letter in (_QUOTES | _DASHES).items()}
_HIDDEN = "\u00ad\u200b\ufeff"
_SPACES = re.compile(" {2,}")
_ROW = re.compile("[0-9A-JL-Za-z]{2,}")  # a K may have been a Kelvin sign
_APOSTROPHES = "'’‘′`´＇"
_OPENS_NUMBER = ("", " ", "\n", "\t", "\u00a0", "(", "[", '"', "“")  # what may stand before a sign or a leading point
YEAR = 4  # digits
_NOTED = re.compile(
    r"(?<!\d)(?:1[5-9]|20)\d\d(?:\.\d{1,3}\s+[\"“]?[A-Z]|,\d{1,2}\s)"
)  # "in 2010.5 The": the 5 is a note's
PIECE = 1 << 12  # letters of a text that are folded at once


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as it is."""

    text: str

    def places(self, words: str) -> Iterator[Span]:
        """Where words stand."""
        return (Span(start, start + len(words)) for start in _starts(self.text, words))


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with typography set aside.

    It is folded by pieces of `PIECE` letters, whose starts in it are kept: where a letter of it came from is worked out
    for the one piece that is asked about.
    """

    stored: str
    text: str
    starts: Sequence[int]

    def places(self, words: str) -> Iterator[Span]:
        """Where folded words stand in the stored text."""
        for start in _starts(self.text, words):
            span = Span(self.origin(start), self.origin(start + len(words) - 1) + 1)
            yield _with_accents(self.stored, span)

    def holds(self, words: str) -> bool:
        """Whether folded words stand in it: much faster than to say where."""
        return next(_starts(self.text, words), None) is not None

    def origin(self, offset: int) -> int:
        """The offset in the stored text that a letter came from."""
        number = bisect_right(self.starts, offset) - 1
        return self._origins(number)[offset - self.starts[number]]

    def _origins(self, number: int) -> list[int]:
        first, at, letters = number * PIECE, self.starts[number], _Letters()
        spaced = not at or self.text[at - 1] == " "
        origins: list[int] = []
        for place, letter in enumerate(self.stored[first : first + PIECE], first):
            kept = letters[ord(letter)]
            if kept and not (spaced and kept == " "):
                origins += [place] * len(kept)
                spaced = kept == " "
        return origins


class _Letters(dict[int, str]):
    """What becomes of each letter, worked out where it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        # taken apart first: what comes of it (U+1FEF is a grave accent) may be typography itself
        apart = unicodedata.normalize("NFD", letter).translate(_FOLDED)
        plain = " " if letter.isspace() else "" if letter in _HIDDEN else apart
        self[code] = plain
        return plain


def fold(text: str) -> Folded:
    """Set the typography of a text aside.

    Example: fold("a  – b").text -> "a - b"
    """
    letters, parts, starts = _Letters(), [], []
    length, spaced = 0, True
    for first in range(0, len(text), PIECE):
        part = _SPACES.sub(" ", text[first : first + PIECE].translate(letters))
        part = part[1:] if spaced and part.startswith(" ") else part
        spaced = part.endswith(" ") if part else spaced
        starts.append(length)
        parts.append(part)
        length += len(part)
    return Folded(text, "".join(parts).removesuffix(" "), starts)


def fold_words(words: Iterable[str]) -> list[str]:
    """Words without white space, each folded by itself: faster than one by one, since each letter is worked out once."""
    letters = _Letters()
    return [word.translate(letters) for word in words]


def may_hold(text: str, folded: str) -> bool:
    """Whether a text, once folded, may hold these folded words: much faster to tell than to fold it, and never a wrong no.

    Latin letters stand in the stored text too, unless hidden ones part them; but the last of a row may bear an accent.
    """
    rows = {row[:-1] for row in _ROW.findall(folded)}
    return all(row in text for row in rows) or any(letter in text for letter in _HIDDEN)


def _starts(text: str, words: str) -> Iterator[int]:
    start = text.find(words)
    while start >= 0:
        if _whole_words(text, start, start + len(words)):
            yield start
        start = text.find(words, start + 1)


def _whole_words(text: str, start: int, end: int) -> bool:
    """Whether neither edge cuts a word, a number or an accent in two."""
    accented = end < len(text) and unicodedata.combining(text[end])
    return not (accented or _cuts(text, start) or _cuts(text, end))


def _cuts(text: str, at: int) -> bool:
    """Whether a word or a number goes on over an offset: "pay|ing", "can|'t", "3|.1", "10,|000", "-|10", ".|5"."""
    if not 0 < at < len(text):
        return False
    left, right, before, after = text[at - 1], text[at], text[at - 2 : at - 1], text[at + 1 : at + 2]
    if left.isalnum() and right.isalnum():
        return True
    if left in _APOSTROPHES:
        return right.isalnum() and before.isalnum()
    if right in _APOSTROPHES:
        return left.isalnum() and after.isalnum()
    if right.isdigit() and left in ".-−" and before in _OPENS_NUMBER:
        return True
    mark = at - (left in ".,")  # where the point or comma is that may stand inside a number
    inside = text[mark] in ".," and text[mark - 1 : mark].isdigit() and text[mark + 1 : mark + 2].isdigit()
    return inside and not _NOTED.match(text, max(0, mark - YEAR))


def _with_accents(text: str, span: Span) -> Span:
    end = span.end
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return Span(span.start, end)
