"""Numbering: one count of documents and rows over several shards, some of whose documents are gone."""

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index.lexical import Lexical, terms
from pullquote.index.shard import Engine, Grain, Shard, table
from pullquote.models.onnx import Vectors

Rows = NDArray[np.int64]
FURTHER = 4  # times as many are asked of an engine where too many of those it proposed are of documents that are gone


@dataclass(frozen=True)
class Numbering:
    """The documents of a generation in order: `order` has the shard and the number within it of each, shape (documents, 2).

    None where there is one shard and all of its documents are there. The documents of a shard keep their order.
    """

    shards: Sequence[Shard]
    order: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        if self.order is None:
            return
        fits = self.order.dtype == np.int32 and self.order.ndim == 2 and self.order.shape[1] == 2 and len(self.order)
        for shard, held in enumerate(self.shards if fits else ()):
            mine = self.order[self.order[:, 0] == shard, 1]
            rising = bool(np.all(np.diff(mine) > 0))
            fits = fits and rising and (not len(mine) or (mine[0] >= 0 and mine[-1] < len(held.rows)))
        if not fits or self.order[:, 0].min() < 0 or self.order[:, 0].max() >= len(self.shards):
            raise IndexCorrupt("the order of the documents names some that are not there")

    def column(self, name: str) -> list[Any]:
        """A fact of all documents, in order."""
        columns = [shard.rows.column(name) for shard in self.shards]
        if self.order is None:
            return list(columns[0])
        return [columns[shard][number] for shard, number in self.order.tolist()]

    def home(self, number: int) -> tuple[Shard, int]:
        """Where a document lives, and its number there."""
        if self.order is None:
            return self.shards[0], number
        shard, local = self.order[number].tolist()
        return self.shards[shard], local

    def starts(self, of: Callable[[Shard], Rows]) -> Rows:
        """Where the rows of each document begin, with the end of all, from where they do in each shard."""
        if self.order is None:
            return of(self.shards[0])
        lengths = np.zeros(len(self.order), np.int64)
        for shard, held in enumerate(self.shards):
            mine = self.order[:, 0] == shard
            lengths[mine] = np.diff(of(held))[self.order[mine, 1]]
        return np.concatenate([[0], np.cumsum(lengths)])

    @cached_property
    def begins(self) -> dict[Grain, Rows]:
        """Where the windows and the passages of each document begin, with the end of all."""
        return {grain: self.starts(lambda shard, grain=grain: _from(shard, grain)) for grain in Grain}  # type: ignore[misc]

    @cached_property
    def _shifts(self) -> dict[Grain, Rows]:
        """What is added to a row of a document to have its row in the document's shard."""
        shifts = {grain: np.zeros(len(starts) - 1, np.int64) for grain, starts in self.begins.items()}
        if self.order is not None:
            for grain, starts in self.begins.items():
                for shard, held in enumerate(self.shards):
                    mine = self.order[:, 0] == shard
                    shifts[grain][mine] = _from(held, grain)[self.order[mine, 1]] - starts[:-1][mine]
        return shifts

    @cached_property
    def _numbers(self) -> tuple[NDArray[np.int64], ...]:
        """For each shard, which document of all each of its own is; -1 for one that is gone."""
        found = tuple(np.full(len(shard.rows), -1, np.int64) for shard in self.shards)
        if self.order is not None:
            for shard, numbers in enumerate(found):
                mine = self.order[:, 0] == shard
                numbers[self.order[mine, 1]] = np.flatnonzero(mine)
        return found

    def table(self, grain: Grain) -> NDArray[np.int32]:
        """The shards' tables of windows or passages as one, whose first column counts the documents of all."""
        tables = [shard.places if grain is Grain.WINDOWS else shard.passages for shard in self.shards]
        if self.order is None:
            return tables[0]
        starts = self.begins[grain]
        found = np.zeros((int(starts[-1]), 3), np.int32)
        for shard, mine, rows in self.split(grain, np.arange(len(found))):
            found[mine] = tables[shard][rows]
        found[:, 0] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return found

    def split(self, grain: Grain, rows: Rows) -> Iterator[tuple[int, Any, Rows]]:
        """Rows by the shard that they lie in: its number, which of them they are, and the rows within it."""
        if self.order is None:
            yield 0, slice(None), rows
            return
        documents = np.searchsorted(self.begins[grain], rows, "right") - 1
        shards, local = self.order[documents, 0], rows + self._shifts[grain][documents]
        for shard in range(len(self.shards)):
            mine = np.flatnonzero(shards == shard)
            if len(mine):
                yield shard, mine, local[mine]

    def join(self, grain: Grain, shard: int, rows: Rows) -> Rows:
        """Rows of a shard by the count of all, in their order, without those of documents that are gone."""
        if self.order is None:
            return rows
        own = _from(self.shards[shard], grain)
        local = np.searchsorted(own, rows, "right") - 1
        documents = self._numbers[shard][local]
        found = rows - own[local] + self.begins[grain][documents]
        return np.asarray(found[documents >= 0], np.int64)

    def inside(self, grain: Grain, shard: int, within: range) -> range:
        """The range of a shard's rows that holds all of its rows among these, which are of whole documents side by side."""
        if self.order is None or not within:
            return within
        starts = self.begins[grain]
        first, last = np.searchsorted(starts, (within.start, within.stop - 1), "right") - 1
        documents = self.order[first : last + 1]
        mine, own = documents[documents[:, 0] == shard, 1], _from(self.shards[shard], grain)
        return range(int(own[mine[0]]), int(own[mine[-1] + 1])) if len(mine) else range(0)


@dataclass(frozen=True, slots=True)
class Spread:
    """The vectors of one grain, which lie in several shards."""

    numbering: Numbering
    grain: Grain
    dimension: int

    def take(self, rows: Rows | Sequence[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension); every kind of finding comes by here."""
        spend()
        wanted = np.asarray(rows, np.int64)
        found = np.zeros((len(wanted), self.dimension), np.float32)
        for shard, mine, local in self.numbering.split(self.grain, wanted):
            found[mine] = table(self.numbering.shards[shard], self.grain).take(local)
        return found


def _from(shard: Shard, grain: Grain) -> Rows:
    return shard.windows_from if grain is Grain.WINDOWS else shard.passages_from


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
        found = self._joined(lambda _, words: words.best(weights, count, range(words.rows), flat=True))
        return self._ordered(found, self.scores(weights, found, flat=True), count)

    def _ordered(self, found: Rows, scores: NDArray[np.float32], count: int) -> Rows:
        """The first of several shards' rows by their scores; those of one are in order."""
        return found if len(self.engines) == 1 else found[np.lexsort((found, -scores))][:count]

    def holding(self, query: Collection[str], within: range) -> Rows:
        """The rows in `within` that hold every one of these terms, upwards."""
        inside = self.numbering.inside
        return np.sort(self._joined(lambda shard, words: words.holding(query, inside(Grain.WINDOWS, shard, within))))

    def _joined(self, find: Callable[[int, Lexical], Rows]) -> Rows:
        """What is found in the words of each shard, by its number and its words, by the count of all."""
        words = enumerate(shard.lexical for shard in self.numbering.shards)
        return np.concatenate([self.numbering.join(Grain.WINDOWS, shard, find(shard, held)) for shard, held in words])


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
