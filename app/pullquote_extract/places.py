"""Where the parts of a text stand in the file that it was taken out of, and who says them there."""

from bisect import bisect_right
from collections.abc import Sequence
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


def place_at(places: Sequence[Place], offset: int) -> Place | None:
    """The place that an offset of the text stands at, or None before the first."""
    number = bisect_right(places, offset, key=lambda place: place.start)
    return places[number - 1] if number else None
