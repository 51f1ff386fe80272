"""What proposes candidates. Which of them are shown, and every word of them, is decided by exact scores of our own files."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.index.shard import Shard
from pullquote.models.onnx import Vectors


class Grain(StrEnum):
    """What is searched: windows of sentences, or passages of neighbouring ones."""

    WINDOWS = "windows"
    PASSAGES = "passages"


class Engine(Protocol):
    """Proposes rows of one shard, which count within it, best first; its scores are never used."""

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """The `count` rows most like a vector (dimension,), among the rows in `within`."""

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> NDArray[np.int64]:
        """The `count` windows whose terms weigh the most by these weights of stems, among the rows in `within`."""


@dataclass(frozen=True, slots=True)
class Local:
    """The shard's own files: FAISS over its vectors, and the postings of its words."""

    shard: Shard

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """As the protocol says."""
        table = self.shard.window_vectors if grain is Grain.WINDOWS else self.shard.passage_vectors
        return table.search(vector, count, within)

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> NDArray[np.int64]:
        """As the protocol says."""
        return self.shard.lexical.best(weights, count, within)
