"""What proposes candidates: rows of one shard. Which of them are shown, and every word, is decided by our own files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.index.lexical import Lexical
from pullquote.index.vectors import VectorTable
from pullquote.models.onnx import Vectors

Rows = NDArray[np.int64]
MOST = 16_000  # rows that are asked for at once: Milvus gives no more than 16,384
PARTS = ("base", "delta")  # that a generation is made of, at most
MARK = 16  # hexadecimal digits that name a shard
BUILDING = 3_600.0  # seconds that filling an engine with one shard may take


class Grain(StrEnum):
    """What is searched by vector: windows of sentences, or passages of neighbouring ones."""

    PASSAGES = "passages"
    WINDOWS = "windows"


class Shard(Protocol):
    """What an engine is asked about: documents whose rows are counted from 0; it never changes.

    `mark` names it with its very contents, in MARK hexadecimal digits; `exact` says whether its windows are
    searched by vector too.
    """

    @property
    def mark(self) -> str: ...  # noqa: D102
    @property
    def exact(self) -> bool: ...  # noqa: D102
    @property
    def passage_vectors(self) -> VectorTable: ...  # noqa: D102
    @property
    def window_vectors(self) -> VectorTable: ...  # noqa: D102
    @property
    def lexical(self) -> Lexical: ...  # noqa: D102


class Engine(Protocol):
    """Proposes rows of one shard, those of the highest scores first; the scores are never used.

    Raises:
        EngineError: wherever it is asked and does not answer, or not with all that the shard holds.
    """

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> Rows:
        """The `count` rows most like a vector (dimension,), or all there are among the rows in `within`."""

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> Rows:
        """The `count` windows in `within` whose terms weigh most by these weights of stems; none that shares no term."""

    def check(self) -> None:
        """Ask whether it is there and holds the whole shard."""


@dataclass(frozen=True, slots=True)
class Local:
    """The shard's own files: FAISS over its vectors, and the postings of its words."""

    shard: Shard

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> Rows:
        """As the protocol says."""
        return table(self.shard, grain).search(vector, count, within)

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> Rows:
        """As the protocol says."""
        return self.shard.lexical.best(weights, count, within)

    def check(self) -> None:
        """The files were checked when they were opened."""


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


def table(shard: Shard, grain: Grain) -> VectorTable:
    """The vectors of one grain."""
    return shard.passage_vectors if grain is Grain.PASSAGES else shard.window_vectors
