"""Where the parts of a text stand in the file that it was taken out of, and who says them there."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of the text stands in the original; it holds until the next place starts.

    `start` is an offset in code points, `page` counts from 1, `time` is in seconds from the recording's start.
    """

    start: int
    page: int | None = None
    time: float | None = None


class SpeakerTurn(NamedTuple):
    """Who has the word in text[start:end], as the file writes the name; None where it tells nobody."""

    start: int
    end: int
    speaker: str | None
