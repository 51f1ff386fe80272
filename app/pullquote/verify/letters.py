"""Letters with typography set aside, and where each came from."""

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate

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
