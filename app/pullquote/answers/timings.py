"""How long each stage of an answer took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Timings:
    """Milliseconds by stage."""

    taken: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block; the times of one that is entered again add up."""
        start = time.perf_counter()
        yield
        self.taken[name] = self.taken.get(name, 0.0) + (time.perf_counter() - start) * 1_000
