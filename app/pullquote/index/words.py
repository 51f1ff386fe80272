"""Words in common, over all shards of a generation."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pullquote.index.engine import Engine, Grain
from pullquote.index.lexical import terms
from pullquote.index.numbering import Numbering, Rows

FURTHER = 4  # times as many are asked of an engine where too many of those it proposed are of documents that are gone


@dataclass(frozen=True, slots=True)
class Words:
    """The words of all windows. What is rare is counted over whole shards, documents that are gone included."""

    numbering: Numbering
    engines: Sequence[Engine]

    def __contains__(self, term: str) -> bool:
        return self._count(term) > 0

    def _count(self, term: str) -> int:
        return sum(shard.lexical.count(term) for shard in self.numbering.shards)

    def knows(self, word: str) -> bool:
        """Whether any window holds a word in one of its forms."""
        return any(term in self for term in terms(word))

    def rarity(self, term: str) -> float:
        """How telling a term is: its inverse document frequency, highest for one never seen."""
        rows, found = sum(shard.lexical.rows for shard in self.numbering.shards), self._count(term)
        return math.log(1 + (rows - found + 0.5) / (found + 0.5))

    def weights(self, query: Iterable[str]) -> dict[str, float]:
        """The rarity of each different term."""
        return {term: self.rarity(term) for term in sorted(set(query))}

    def scores(self, weights: Mapping[str, float], rows: Rows, *, flat: bool = False) -> NDArray[np.float32]:
        """BM25 of these rows, shape (rows,), for terms with their rarity; `flat`: a term counts once, however often it stands there."""
        found = np.zeros(len(rows), np.float32)
        for shard, mine, local in self.numbering.split(Grain.WINDOWS, rows):
            found[mine] = self.numbering.shards[shard].lexical.scores(weights, local, flat=flat)
        return found

    def best(self, weights: Mapping[str, float], count: int, within: range) -> Rows:
        """The rows of the highest BM25, best first, among the rows in `within`."""
        found = proposed(
            self.numbering, self.engines, Grain.WINDOWS, count, within,
            lambda engine, wanted, local: engine.worded(weights, wanted, local),
        )  # fmt: skip
        return self._ordered(found, self.scores(weights, found), count)

    def sharing(self, weights: Mapping[str, float], count: int) -> Rows:
        """The rows that share the most telling terms, however long they are, best first."""
        parts = [
            self.numbering.join(
                Grain.WINDOWS, number, shard.lexical.best(weights, count, range(shard.lexical.rows), flat=True)
            )
            for number, shard in enumerate(self.numbering.shards)
        ]
        found = np.concatenate(parts)
        return self._ordered(found, self.scores(weights, found, flat=True), count)

    def _ordered(self, found: Rows, scores: NDArray[np.float32], count: int) -> Rows:
        """The first of several shards' rows by their scores; those of one are in order."""
        return found if len(self.engines) == 1 else found[np.lexsort((found, -scores))][:count]

    def holding(self, query: Collection[str], within: range) -> Rows:
        """The rows in `within` that hold every one of these terms, upwards."""
        parts = [
            self.numbering.join(
                Grain.WINDOWS,
                number,
                shard.lexical.holding(query, self.numbering.inside(Grain.WINDOWS, number, within)),
            )
            for number, shard in enumerate(self.numbering.shards)
        ]
        return np.sort(np.concatenate(parts))


def proposed(
    numbering: Numbering, engines: Sequence[Engine], grain: Grain, count: int, within: range,
    ask: Callable[[Engine, int, range], Rows],
) -> Rows:  # fmt: skip
    """What the engines of all shards propose, up to `count` rows each, of documents that are there."""
    parts = []
    for number, engine in enumerate(engines):
        local, wanted = numbering.inside(grain, number, within), count
        while True:
            found = ask(engine, wanted, local) if local and wanted else np.zeros(0, np.int64)
            alive = numbering.join(grain, number, found)
            if len(alive) >= count or len(found) < min(wanted, len(local)) or wanted >= len(local):
                break
            wanted *= FURTHER
        parts.append(alive[:count])
    return np.concatenate(parts)
