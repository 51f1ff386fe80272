"""Engines that others run: believed only as far as our own files prove them."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import EngineError, spend
from pullquote.index.engine import Engine, Rows, passing
from pullquote.index.files import Stored, Within
from pullquote.index.shard import Grain, Shard
from pullquote.models.onnx import Vectors

MAX_ROWS = 16_000  # that are asked for at once: Milvus gives no more than 16,384
BUILDING = 3_600.0  # seconds that filling an engine with one shard may take
# Seconds in which an engine that just failed is not asked again: the others fail at once
REST = 1.0
REFUSING = 0.3  # seconds within which a failure is a refusal, as after a restart: it is asked again


def searched(shard: Shard) -> dict[Grain, Stored]:
    """The vectors of a shard that are searched: its windows' only where all of these are."""
    passages = {Grain.PASSAGES: shard.passage_vectors.rows}
    return passages | {Grain.WINDOWS: shard.window_vectors.rows} if shard.exact else passages


def numbered(shard: Shard, weights: Mapping[str, float]) -> dict[int, float]:
    """The weights by the terms' numbers in the shard, of those that it has."""
    numbers = shard.lexical.numbers
    return {numbers[term]: weight for term, weight in weights.items() if term in numbers}


@dataclass(slots=True)
class _Health:
    """What is known of a shard in a database."""

    is_whole: bool = False  # whether it was found to hold the whole shard, since it last failed
    checked_at: float = 0.0
    rests_until: float = 0.0
    fault: str = ""


@dataclass(slots=True)
class ProvenEngine:
    """A database that others run, whose proposals are proven as far as our own files can."""

    database: Engine
    _health: dict[str, _Health] = field(default_factory=dict)

    def search_vector(
        self, shard: Shard, grain: Grain, vector: Vectors, top_k: int, within: Within
    ) -> Rows:
        """As the protocol says; in the order of our own vectors."""
        row_count = min(top_k, len(within), MAX_ROWS)
        if row_count <= 0:
            return np.zeros(0, np.int64)
        search = self.database.search_vector
        rows = self._proven(
            shard,
            lambda: search(shard, grain, vector, row_count, within),
            row_count,
            row_count,
            within,
        )
        cosines = shard.vectors(grain).take(rows) @ vector
        return rows[np.lexsort((rows, -cosines))]

    def search_text(
        self, shard: Shard, weights: Mapping[str, float], top_k: int, within: Within
    ) -> Rows:
        """As the protocol says."""
        lexical, wanted = shard.lexical, min(top_k, len(within), MAX_ROWS)
        positive = {term: weight for term, weight in weights.items() if weight > 0}
        counts = lexical.counts_within(positive, within)
        held_weights = {term: weights[term] for term, count in counts.items() if count}
        if wanted <= 0 or not held_weights:
            return np.zeros(0, np.int64)
        least, search = min(wanted, max(counts.values())), self.database.search_text
        return self._proven(
            shard, lambda: search(shard, held_weights, wanted, within), least, wanted, within
        )

    def check(self, shard: Shard) -> None:
        """As the protocol says; what was found lately holds, however often this is asked."""
        health = self._health.setdefault(shard.mark, _Health())
        if time.monotonic() - health.checked_at > REST:
            health.is_whole = False
        self._ask(shard, lambda: ())

    def put(self, shard: Shard) -> None:
        """As the protocol says."""
        try:
            self.database.check(shard)
        except EngineError:
            self.database.put(shard)
        self._health.pop(shard.mark, None)

    def switch(self, marks: Mapping[str, str], keep: Collection[str]) -> None:
        """As the protocol says."""
        self.database.switch(marks, keep)
        self._health.clear()

    def close(self) -> None:
        """As the protocol says."""
        self.database.close()

    def _ask(
        self, shard: Shard, search: Callable[[], Sequence[int] | NDArray[Any]]
    ) -> Sequence[int] | NDArray[Any]:
        spend()
        started, health = time.monotonic(), self._health.setdefault(shard.mark, _Health())
        if started < health.rests_until:
            raise EngineError(health.fault)
        try:
            if health.is_whole:
                try:
                    return search()
                except EngineError:
                    if time.monotonic() - started > REFUSING:
                        raise
            self.database.check(shard)
            health.is_whole, health.checked_at = True, time.monotonic()
            return search()
        except EngineError as error:
            health.is_whole, health.fault = False, str(error)
            health.rests_until = time.monotonic() + REST
            raise

    def _proven(
        self,
        shard: Shard,
        search: Callable[[], Sequence[int] | NDArray[Any]],
        least: int,
        most: int,
        within: Within,
    ) -> Rows:
        """The rows that it gives, of which none is missing, named twice or outside of what was asked.

        It is asked a second time where they are not so: Milvus 2.3 gave none at all now and then
        while it was hard at work.
        """
        fault = ""
        for _ in range(2):
            rows = np.asarray(self._ask(shard, search), np.int64)
            fitting = len(np.unique(rows[passing(rows, within)]))
            if least <= len(rows) <= most and fitting == len(rows):
                return rows
            self._health[shard.mark].is_whole = False
            fault = f"{len(rows)} rows, of which {fitting} are valid, instead of {least} to {most}"
        raise EngineError(f"the engine gave {fault}; fill it again with `pullquote index`")
