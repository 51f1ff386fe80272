"""A bounded memory of what was worked out: by entries and by bytes, the least recently used goes first."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Parts = Mapping[Hashable, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a cache was asked with and without success, and what it holds now."""

    hits: int = 0
    misses: int = 0
    entries: int = 0

    def after(self, before: "Counts") -> "Counts":
        """These counts with the hits and misses of the cache that was there before."""
        return Counts(self.hits + before.hits, self.misses + before.misses, self.entries)


class Cache(Generic[Key, Value]):
    """Values by key; safe to use from several threads.

    A value is weighed by its parts. Each part has a name and is counted once, however many values
    share it, as answers share the documents that they quote.
    """

    def __init__(self, entries: int, size: int) -> None:
        self._most_entries, self._most_bytes = entries, size
        self._kept: OrderedDict[Key, tuple[Value, Parts]] = OrderedDict()
        self._sharing: Counter[Hashable] = Counter()
        self._bytes = 0
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    @property
    def counts(self) -> Counts:
        """The counts since it was made."""
        return Counts(self._hits, self._misses, len(self._kept))

    @property
    def size(self) -> int:
        """What the values weigh together, in bytes."""
        return self._bytes

    def get(self, key: Key) -> Value | None:
        """The value kept under a key, or None."""
        with self._lock:
            if key not in self._kept:
                self._misses += 1
                return None
            self._hits += 1
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Key, value: Value, parts: Parts) -> None:
        """Keep a value, unless it alone is over the bounds; what was used longest ago makes room."""
        if self._most_entries < 1 or sum(parts.values()) > self._most_bytes:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = value, parts
            for part, weight in parts.items():
                self._bytes += 0 if self._sharing[part] else weight
                self._sharing[part] += 1
            while len(self._kept) > self._most_entries or self._bytes > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        _, parts = self._kept.pop(key, (None, {}))
        for part, weight in parts.items():
            self._sharing[part] -= 1
            if not self._sharing[part]:
                del self._sharing[part]
                self._bytes -= weight
