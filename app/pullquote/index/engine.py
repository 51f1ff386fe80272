"""What proposes candidates: rows of one shard. Which of them are shown, and every word, is decided by our own files."""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from typing import Protocol
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import EngineError, SettingsError, spend
from pullquote.index.lexical import Lexical
from pullquote.index.vectors import VectorTable
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

Rows = NDArray[np.int64]
MOST = 16_000  # rows that are asked for at once: Milvus gives no more than 16,384
MARK = 16  # hexadecimal digits that name a shard
REST = 1.0  # seconds in which an engine that just failed is not asked again: those who wait are told at once
BUILDING = 600.0  # seconds that one step of filling an engine may take
log = logging.getLogger("pullquote")


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
        return _table(self.shard, grain).search(vector, count, within)

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


@dataclass(slots=True)
class Hosted:
    """A shard in a database that others run, whose proposals are proven as far as our own files can."""

    host: Host
    shard: Shard
    _whole: bool = False  # whether it was found to hold the whole shard, since it last failed
    _known: float = 0.0  # when that was
    _rested: float = 0.0  # when it may be asked again
    _fault: str = ""

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> Rows:
        """As the protocol says; in the order of our own vectors."""
        wanted = min(count, len(within), MOST)
        if wanted <= 0:
            return np.zeros(0, np.int64)
        found = self._asked(lambda: self.host.near(self.shard.mark, grain, vector, wanted, within))
        rows = self._proven(found, wanted, wanted, within)
        likeness = _table(self.shard, grain).take(rows) @ vector
        return rows[np.lexsort((rows, -likeness))]

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> Rows:
        """As the protocol says."""
        lexical, wanted = self.shard.lexical, min(count, len(within), MOST)
        inside = {term: lexical.inside(term, within) for term, weight in weights.items() if weight > 0}
        known = {lexical.numbers[term]: weights[term] for term, rows in inside.items() if rows}
        if wanted <= 0 or not known:
            return np.zeros(0, np.int64)
        found = self._asked(lambda: self.host.worded(self.shard.mark, known, wanted, within))
        if found is None:
            return lexical.best(weights, wanted, within)
        return self._proven(found, min(wanted, max(inside.values())), wanted, within)

    def check(self) -> None:
        """As the protocol says; what was found lately holds, however often this is asked."""
        if time.monotonic() - self._known > REST:
            self._whole = False
        self._asked(lambda: ())

    def _asked(self, ask: Callable[[], Sequence[int] | None]) -> Sequence[int] | None:
        spend()
        if time.monotonic() < self._rested:
            raise EngineError(self._fault)
        try:
            if not self._whole:
                self.host.check(self.shard)
                self._whole, self._known = True, time.monotonic()
            return ask()
        except EngineError as error:
            self._whole, self._rested, self._fault = False, time.monotonic() + REST, str(error)
            raise

    def _proven(self, found: Sequence[int] | None, least: int, most: int, within: range) -> Rows:
        """The rows, of which none is missing, named twice or outside of what was asked."""
        rows = np.asarray(found, np.int64)
        inside = rows[(rows >= within.start) & (rows < within.stop)]
        if not least <= len(rows) <= most or len(np.unique(inside)) != len(rows):
            self._whole = False
            raise EngineError(
                f"the engine gave {len(rows)} rows, {len(np.unique(inside))} of them fit, where {least} to {most} are there; "
                "fill it again with `pullquote index`"
            )
        return rows


def _table(shard: Shard, grain: Grain) -> VectorTable:
    return shard.passage_vectors if grain is Grain.PASSAGES else shard.window_vectors


def engines_of(settings: Settings) -> Callable[[Shard], Engine]:
    """What makes the engine of a shard: our own files, or the database that the settings name, which need not be there yet."""
    if settings.engine is None:
        return Local
    return partial(Hosted, open_host(settings.engine.url, settings.engine_seconds))


def fill(settings: Settings, shard: Shard) -> None:
    """Put a shard into the database that the settings name, unless it is there; nothing where they name none."""
    if settings.engine:
        host = open_host(settings.engine.url, settings.engine_seconds)
        try:
            host.check(shard)
        except EngineError:
            host.put(shard)


def switch(settings: Settings, marks: Mapping[str, str], kept: Collection[str]) -> None:
    """As `Host.switch`. A database that fails now serves the new shards all the same; the next build tidies it."""
    if settings.engine:
        try:
            open_host(settings.engine.url, settings.engine_seconds).switch(marks, kept)
        except EngineError as error:
            log.warning("the names in the engine were not switched, or older shards not dropped: %s", error)


@lru_cache
def open_host(address: str, seconds: float) -> Host:
    """The database at an address, the same for all who ask, not yet asked for anything; a call may take so many seconds.

    Raises:
        SettingsError: the address is none of an engine, or what talks to it is not installed.
    """
    scheme = urlsplit(address).scheme
    try:
        if scheme.startswith("milvus+"):
            from pullquote.index.milvus import Milvus

            return Milvus.at(address, seconds)
        if scheme in ("postgres", "postgresql"):
            from pullquote.index.postgresql import PostgreSQL

            return PostgreSQL.at(address, seconds)
    except ImportError as error:
        extra = "milvus" if scheme.startswith("milvus+") else "postgresql"
        raise SettingsError(f"{error.name} is not installed; run `pip install 'pullquote[{extra}]'`") from error
    raise SettingsError("PULLQUOTE_INDEX names no engine that is known; milvus+http:// and postgresql:// are")
