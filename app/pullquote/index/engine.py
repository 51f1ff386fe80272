"""Databases that others run: what one must do to propose rows of shards, which our own files then prove."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from pullquote.index.files import Stored
from pullquote.index.shard import Grain, Shard
from pullquote.models.onnx import Vectors

MOST = 16_000  # rows that are asked for at once: Milvus gives no more than 16,384
PARTS = ("base", "delta")  # that a generation is made of, at most
BUILDING = 3_600.0  # seconds that filling an engine with one shard may take


def searched(shard: Shard) -> dict[Grain, Stored]:
    """The vectors of a shard that are searched: its windows' only where all of these are."""
    passages = {Grain.PASSAGES: shard.passage_vectors.rows}
    return passages | {Grain.WINDOWS: shard.window_vectors.rows} if shard.exact else passages


class Host(Protocol):
    """A database that others run. A shard is put there once, under its mark; what was put is never changed.

    Raises:
        EngineError: wherever it cannot be reached, is too slow, or refuses.
    """

    def put(self, shard: Shard) -> None:
        """Fill in what is searched of a shard, wait until it can be, and count it; nobody asks for it before."""

    def check(self, shard: Shard) -> None:
        """Ask whether it holds a shard, and all of it."""

    def switch(self, marks: Mapping[str, str], kept: Collection[str]) -> None:
        """Point the names of parts ("base", "delta") at shards, in one step, and drop the shards that are not kept."""

    def near(self, mark: str, grain: Grain, vector: Vectors, count: int, within: range) -> Sequence[int]:
        """As `Engine.near`, of the shard of a mark, for 1 to MOST rows of a range that is not empty."""

    def worded(self, mark: str, weights: Mapping[int, float], count: int, within: range) -> Sequence[int] | None:
        """As `Engine.worded`, of terms by their numbers in the shard; None where this one can hold no words."""

    def close(self) -> None:
        """Let go of the connections."""
