"""Where the parts of a text stand in the file that it was taken out of."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stretch of the text stands in the original; it holds until the next place starts.

    `start` is an offset in code points, `page` counts from 1, `time` is in seconds from the recording's start.
    """

    start: int
    page: int | None = None
    time: float | None = None


def place_at(places: Sequence[Place], offset: int) -> Place | None:
    """The place that an offset of the text stands at, or None before the first."""
    number = bisect_right(places, offset, key=lambda place: place.start)
    return places[number - 1] if number else None
