"""Ranges of text, in the two units that programs count letters in."""

import re
from dataclasses import dataclass

from pullquote.errors import InvalidSpan

_PLACE = re.compile(r"(?P<document>.+):(?P<start>\d{1,15})-(?P<end>\d{1,15})", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The half-open range [start, end) of one text, in Unicode code points.

    Raises:
        InvalidSpan: start is negative, or end is not after start.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            fault = (
                "the end does not come after the start"
                if self.start >= 0
                else "it starts before the text"
            )
            raise InvalidSpan(f"{self.start} to {self.end} is not a range of text: {fault}")

    def __len__(self) -> int:
        return self.end - self.start

    def cut(self, text: str) -> str:
        """The letters of `text` in this range.

        Raises:
            InvalidSpan: the range runs past the end of the text.
        """
        if self.end > len(text):
            raise InvalidSpan(
                f"{self.start} to {self.end} runs past a text of {len(text)} characters"
            )
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two ranges share at least one letter."""
        return self.start < other.end and other.start < self.end


def read_place(written: str) -> tuple[str, Span] | None:
    """The document's id and the range of "ID:START-END", as `ask` prints it; None for anything else.

    Raises:
        InvalidSpan: the end is not after the start.
    """
    match = _PLACE.fullmatch(written)
    return (match["document"], Span(int(match["start"]), int(match["end"]))) if match else None


def sendable(text: str) -> str:
    """A text with a "?" for each lone half of a letter, which JSON can name and UTF-8 cannot hold; as long as before."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def utf16_length(text: str) -> int:
    """How many UTF-16 units (what JavaScript counts) the text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_span(text: str, span: Span) -> tuple[int, int]:
    """The same range counted in UTF-16 units, as a browser counts."""
    start = utf16_length(text[: span.start])
    return start, start + utf16_length(span.cut(text))


def shortened(text: str, most: int = 60) -> str:
    """A text for a line that a programmer reads: escaped, and cut where it is long."""
    return repr(text if len(text) <= most else f"{text[: most - 1]}…")
