"""Counting requests in windows of time: in this process, or where another package shares counts between replicas."""

import time
from collections import OrderedDict
from typing import Protocol

from pullquote.settings import Settings, registered

SHARED = "pullquote.counts"  # the group of entry points of what shares counts, by URL scheme


class Counts(Protocol):
    """Counts by key in fixed windows of time."""

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more; how many there are now, and the seconds until they are forgotten."""

    async def reached(self) -> bool:
        """Whether the place that all count in can be used now."""

    async def close(self) -> None:
        """Let go of what was opened."""


class Windows:
    """Counts in this process; of more keys than `size` the one not counted for longest is forgotten."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()  # count, and when it ends

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more, by a clock that nobody sets: one set back would lock clients out."""
        now = time.monotonic()
        count, ends = self._counts.get(key, (0, 0.0))
        count, ends = (count + 1, ends) if ends > now else (1, now + seconds)
        self._counts[key] = (count, ends)
        self._counts.move_to_end(key)
        if len(self._counts) > self._size:
            self._counts.popitem(last=False)
        return count, ends - now

    async def reached(self) -> bool:
        """It is this process."""
        return True

    async def close(self) -> None:
        """Nothing was opened."""


def counts_of(settings: Settings) -> Counts:
    """What the settings want counted with.

    Raises:
        SettingsError: what speaks to that server is not installed, or it is no address.
    """
    local = Windows(settings.max_clients)
    if settings.state is None:
        return local
    shared: Counts = registered(SHARED, settings.state.scheme, "shared")(settings.state, local)
    return shared


async def reached(settings: Settings) -> bool:
    """Whether the place that the settings want counted in can be used now.

    Raises:
        SettingsError: as `counts_of`.
    """
    counts = counts_of(settings)
    try:
        return await counts.reached()
    finally:
        await counts.close()
