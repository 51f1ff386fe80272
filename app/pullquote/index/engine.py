"""Engines, which propose rows of shards, and how rows are counted over several shards; stores, which
replicas pull generations from. Both are found by the scheme of their address.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import methodcaller
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import (
    EngineError,
    IndexCorrupt,
    PullquoteError,
    StoreFault,
    spend,
)
from pullquote.index.files import Within
from pullquote.index.shard import Grain, Shard
from pullquote.models.onnx import Vectors
from pullquote.settings import Address, Settings, registered

PARTS = ("base", "delta")  # that a generation is made of, at most
MORE = 4  # times as many are asked of an engine where too many that it proposed are gone
Rows = NDArray[np.int64]
ENGINES, STORES = "pullquote.engines", "pullquote.stores"  # groups of entry points, by URL scheme
EXTRAS = {"milvus+http": "milvus", "milvus+https": "milvus", "postgresql": "postgresql"}
log = logging.getLogger("pullquote")


def passing(rows: Rows, within: Within) -> NDArray[np.bool_]:
    """Which of these rows are among those within; shape (len(rows),)."""
    if isinstance(within, range):
        return (rows >= within.start) & (rows < within.stop)
    if not len(within):
        return np.zeros(len(rows), np.bool_)
    positions = np.searchsorted(within, rows)
    return np.asarray(within[np.minimum(positions, len(within) - 1)] == rows)


@dataclass(frozen=True, slots=True)
class Window:
    """The self-contained window of a sentence of prose: its row, document, and sentences."""

    row: int
    document: int
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Selection:
    """What may be found of a generation: its documents, windows and passages.

    `mean_words` is the mean of the windows' words where a filter leaves but some documents or windows:
    what is found is then ranked as in a corpus that holds only these. 0: by the whole corpus.
    """

    documents: Within
    windows: Within
    passages: Within
    mean_words: float = 0.0

    @cached_property
    def _members(self) -> "range | frozenset[int]":
        documents = self.documents
        return documents if isinstance(documents, range) else frozenset(documents.tolist())

    def __contains__(self, document: int) -> bool:
        return document in self._members

    def keep(self, rows: Rows) -> Rows:
        """Those of some windows that may be found, in their order."""
        return rows[passing(rows, self.windows)]


class Engine(Protocol):
    """Proposes rows of shards, those of the highest scores first; the scores are never used.

    A shard is put into it once, under its mark, and what was put is never changed.

    Raises:
        EngineError: wherever it cannot be reached, is too slow, refuses, or does not hold the shard.
    """

    def search_vector(
        self, shard: Shard, grain: Grain, vector: Vectors, top_k: int, within: Within
    ) -> Sequence[int] | NDArray[Any]:
        """The `top_k` rows in `within` most like a vector (dimension,), or all there are; none is
        asked for that is not in it.
        """

    def search_text(
        self, shard: Shard, weights: Mapping[str, float], top_k: int, within: Within
    ) -> Sequence[int] | NDArray[Any]:
        """The `top_k` windows in `within` whose terms weigh most; none that shares no term."""

    def check(self, shard: Shard) -> None:
        """Ask whether it is there and holds the whole shard."""

    def put(self, shard: Shard) -> None:
        """Fill in what is searched of a shard, unless it is there, and wait until it can be."""

    def switch(self, marks: Mapping[str, str], keep: Collection[str]) -> None:
        """Point the names of parts ("base", "delta") at the shards of these marks, in one step, and
        drop the shards that are neither these nor to be kept.
        """

    def close(self) -> None:
        """Let go of the connections."""


class LocalEngine:
    """The shard's own files: FAISS over its vectors, and the postings of its words."""

    def search_vector(
        self, shard: Shard, grain: Grain, vector: Vectors, top_k: int, within: Within
    ) -> NDArray[Any]:
        """As the protocol says."""
        return shard.vectors(grain).search(vector, top_k, within)

    def search_text(
        self, shard: Shard, weights: Mapping[str, float], top_k: int, within: Within
    ) -> NDArray[Any]:
        """As the protocol says."""
        return shard.lexical.search(weights, top_k, within)

    def check(self, shard: Shard) -> None:
        """The files were checked when they were opened."""

    def put(self, shard: Shard) -> None:
        """They are there."""

    def switch(self, marks: Mapping[str, str], keep: Collection[str]) -> None:
        """They need no other name."""

    def close(self) -> None:
        """There is no connection."""


class Numbering:
    """One count of documents and rows over several shards, some of whose documents are gone.

    `order` has the shard and the number within it of each document, shape (documents, 2); the
    documents of a shard keep their order in it.

    Raises:
        IndexCorrupt: the order names documents that are not there.
    """

    def __init__(self, shards: Sequence[Shard], order: NDArray[np.int32]) -> None:
        self.shards, self.order = shards, order
        fits = order.dtype == np.int32 and order.ndim == 2 and order.shape[1] == 2
        if not (fits and len(order) and 0 <= order[:, 0].min() <= order[:, 0].max() < len(shards)):
            raise IndexCorrupt("the order of the documents names some that are not there")
        self._members = [np.flatnonzero(order[:, 0] == shard) for shard in range(len(shards))]
        for shard, members in zip(shards, self._members, strict=True):
            local = order[members, 1]
            inside = not len(local) or 0 <= local[0] <= local[-1] < len(shard.rows)
            if not inside or np.any(np.diff(local) <= 0):
                raise IndexCorrupt("the order of the documents names some that are not there")
        # Which document of all each of a shard's is; -1 for one that is gone.
        self._numbers = [np.full(len(shard.rows), -1, np.int64) for shard in shards]
        for numbers, members in zip(self._numbers, self._members, strict=True):
            numbers[order[members, 1]] = members
        self.begins = {grain: self._starts(methodcaller("starts", grain)) for grain in Grain}
        """Where the windows and the passages of each document begin, with the end of all."""
        self._is_one = len(shards) == 1 and len(order) == len(shards[0].rows)
        self.first_sentences = self._starts(lambda shard: shard.first_sentences)
        self._shifts = {grain: self._shift(grain) for grain in Grain}

    @classmethod
    def of_one(cls, shard: Shard) -> "Numbering":
        """Of a shard all of whose documents are there."""
        numbers = np.arange(len(shard.rows), dtype=np.int32)
        return cls([shard], np.stack([np.zeros_like(numbers), numbers], axis=1))

    def _starts(self, starts_in: Callable[[Shard], Rows]) -> Rows:
        lengths = np.zeros(len(self.order), np.int64)
        for shard, members in zip(self.shards, self._members, strict=True):
            lengths[members] = np.diff(starts_in(shard))[self.order[members, 1]]
        return np.concatenate([[0], np.cumsum(lengths)])

    def _shift(self, grain: Grain) -> Rows:
        """What is added to a row of each document to have its row in the document's shard."""
        shift = -self.begins[grain][:-1]
        for shard, members in zip(self.shards, self._members, strict=True):
            shift[members] += shard.starts(grain)[self.order[members, 1]]
        return shift

    def column(self, name: str) -> list[Any]:
        """A fact of all documents, in order."""
        columns = [shard.rows.column(name) for shard in self.shards]
        return [columns[shard][number] for shard, number in self.order.tolist()]

    def home(self, number: int) -> tuple[Shard, int]:
        """Where a document lives, and its number there."""
        shard, local = self.order[number].tolist()
        return self.shards[shard], local

    def table(self, grain: Grain) -> NDArray[np.int32]:
        """The shards' tables of windows or passages as one, which counts the documents of all."""
        tables = [
            shard.passages if grain is Grain.PASSAGES else shard.places for shard in self.shards
        ]
        starts = self.begins[grain]
        if len(tables) == 1 and len(tables[0]) == starts[-1]:
            return tables[0]
        table = np.zeros((int(starts[-1]), 3), np.int32)
        for shard, positions, local_rows in self.split(grain, np.arange(len(table))):
            table[positions] = tables[shard][local_rows]
        table[:, 0] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        return table

    def split(self, grain: Grain, rows: Rows) -> Iterator[tuple[int, Rows, Rows]]:
        """Rows by the shard that they lie in: its number, which of them they are, and the rows in it."""
        documents = np.searchsorted(self.begins[grain], rows, "right") - 1
        shards, local_rows = self.order[documents, 0], rows + self._shifts[grain][documents]
        for shard in range(len(self.shards)):
            positions = np.flatnonzero(shards == shard)
            if len(positions):
                yield shard, positions, local_rows[positions]

    def join(self, grain: Grain, shard: int, local_rows: Rows) -> Rows:
        """Rows of a shard by the count of all, in their order, without those of documents that are
        gone.
        """
        starts = self.shards[shard].starts(grain)
        local_documents = np.searchsorted(starts, local_rows, "right") - 1
        documents = self._numbers[shard][local_documents]
        global_rows = local_rows - starts[local_documents] + self.begins[grain][documents]
        return np.asarray(global_rows[documents >= 0], np.int64)

    def inside(self, grain: Grain, shard: int, within: Within) -> Within:
        """A shard's rows among these; of a range, which is of whole documents side by side, the range
        that holds them all.
        """
        if not len(within) or self._is_one:
            return within
        if not isinstance(within, range):
            split = self.split(grain, within)
            return next((local for number, _, local in split if number == shard), range(0))
        bounds = (within.start, within.stop - 1)
        first, last = np.searchsorted(self.begins[grain], bounds, "right") - 1
        documents = self.order[first : last + 1]
        local = documents[documents[:, 0] == shard, 1]
        starts = self.shards[shard].starts(grain)
        return range(int(starts[local[0]]), int(starts[local[-1] + 1])) if len(local) else range(0)

    def propose(
        self, grain: Grain, top_k: int, within: Within, search: Callable[[Shard, int, Within], Any]
    ) -> Rows:
        """What a search of each shard finds, up to `top_k` rows each, of documents that are there."""
        proposals = []
        for number, shard in enumerate(self.shards):
            local, wanted = self.inside(grain, number, within), top_k
            while True:
                rows = search(shard, wanted, local) if len(local) and wanted else ()
                alive = self.join(grain, number, np.asarray(rows, np.int64))
                exhausted = len(rows) < min(wanted, len(local)) or wanted >= len(local)
                if len(alive) >= top_k or exhausted:
                    break
                wanted *= MORE
            proposals.append(alive[:top_k])
        return np.concatenate(proposals)


class AllVectors:
    """The vectors of one grain, wherever they lie."""

    def __init__(self, numbering: Numbering, grain: Grain, dimension: int) -> None:
        self._numbering, self._grain, self._dimension = numbering, grain, dimension

    def take(self, rows: Rows | Sequence[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension); every search comes by here."""
        spend()
        global_rows = np.asarray(rows, np.int64)
        vectors = np.zeros((len(global_rows), self._dimension), np.float32)
        for shard, positions, local_rows in self._numbering.split(self._grain, global_rows):
            table = self._numbering.shards[shard].vectors(self._grain)
            vectors[positions] = table.take(local_rows)
        return vectors


class Replica(Protocol):
    """Keeps the index folder of a service level with a store, and knows what is wrong with that."""

    @property
    def fault(self) -> PullquoteError | None:
        """Why the store's newest generation may not be here, for the operator, or None."""

    @property
    def reason(self) -> str | None:
        """The same for everybody: without an address, a name or a folder."""

    def first(self) -> None:
        """Pull before anything is opened.

        Raises:
            StoreFault: the store cannot be used, and there is nothing here to serve from.
        """

    def following(self) -> AbstractContextManager[None]:
        """Look for something newer again and again, as long as the block runs."""


class NoReplica:
    """Of a folder that is level with no store."""

    fault: PullquoteError | None = None
    reason: str | None = None

    def first(self) -> None:
        """There is nothing to pull."""

    def following(self) -> AbstractContextManager[None]:
        """There is nothing to look for."""
        return nullcontext()


class Store(Protocol):
    """Where generations are pushed to by who builds, and pulled from by each replica that serves.

    Raises:
        StoreFault: wherever it cannot be used, or holds nothing.
    """

    def level(
        self, settings: Settings, tell: Callable[[str], object]
    ) -> AbstractContextManager[None]:
        """Around a build: what others pushed is here before it, and it is pushed after."""

    def replica(self, settings: Settings) -> Replica:
        """What keeps the folder of a service level with it."""

    def retained(self, settings: Settings) -> set[str]:
        """The marks of the shards in it, which replicas may serve a while longer."""

    def newest(self, settings: Settings) -> str:
        """The name of the generation that is current in it."""


def open_engine(settings: Settings) -> Engine:
    """The engine that the settings name, which need not be there yet; else our own files.

    Raises:
        SettingsError: nothing that is installed speaks to it.
    """
    if settings.engine is None:
        return LocalEngine()
    return _engine_at(settings.engine, settings.engine_seconds)


@lru_cache
def _engine_at(address: Address, seconds: float) -> Engine:
    extra = EXTRAS.get(address.scheme, "scale")
    engine: Engine = registered(ENGINES, address.scheme, extra)(address.url, seconds)
    return engine


def open_store(settings: Settings) -> Store | None:
    """The store that the settings name, None where they name none.

    Raises:
        SettingsError: nothing that is installed speaks to it.
    """
    if settings.files is None:
        return None
    store: Store = registered(STORES, settings.files.scheme, "s3")()
    return store


@contextmanager
def level(settings: Settings, tell: Callable[[str], object] = log.info) -> Iterator[None]:
    """Around a build: as `Store.level`, of the store that the settings name, if any."""
    store = open_store(settings)
    with store.level(settings, tell) if store else nullcontext():
        yield


def replica_of(settings: Settings) -> Replica:
    """What keeps the folder of a service level with the store that the settings name, if any."""
    store = open_store(settings)
    return store.replica(settings) if store else NoReplica()


def fill(settings: Settings, shards: Iterable[Shard]) -> None:
    """Put shards into the engine that the settings name, unless they are there.

    Raises:
        EngineError: it cannot be reached, or refuses.
    """
    engine = open_engine(settings)
    for shard in shards:
        engine.put(shard)


def switch(settings: Settings, shards: Sequence[Shard], before: Collection[str]) -> None:
    """Point the engine's names at the shards that serve now, base and delta, and drop all but these,
    those `before` and those that the store retains.

    Where it fails, or what is retained cannot be known, the new shards serve all the same; the next
    new generation tidies it.
    """
    marks = {part: shard.mark for part, shard in zip(PARTS, shards, strict=False)}
    try:
        store = open_store(settings) if settings.engine else None
        retained = store.retained(settings) if store else set()
        open_engine(settings).switch(marks, {*before, *retained})
    except (EngineError, StoreFault) as error:
        fault = "the names in the engine were not switched, or older shards not dropped"
        log.warning("%s: %s", fault, error)
