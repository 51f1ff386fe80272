"""Engines that others run: filled by a build, opened by who serves, and believed only as far as our own files prove them."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from urllib.parse import urlsplit

import numpy as np

from pullquote.errors import EngineError, SettingsError, StoreFault, spend
from pullquote.index.engine import MOST, PARTS, Host
from pullquote.index.numbering import Rows
from pullquote.index.shard import Engine, Grain, Local, Shard, table
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

REST = 1.0  # seconds in which an engine that just failed is not asked again: those who wait are told at once
REFUSING = 0.3  # seconds within which a failure is a refusal, as after a restart: it is asked once more
log = logging.getLogger("pullquote")


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
        rows = self._proven(
            lambda: self.host.near(self.shard.mark, grain, vector, wanted, within), wanted, wanted, within
        )
        assert rows is not None
        return rows[np.lexsort((rows, -(table(self.shard, grain).take(rows) @ vector)))]

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> Rows:
        """As the protocol says."""
        lexical, wanted = self.shard.lexical, min(count, len(within), MOST)
        inside = {term: lexical.inside(term, within) for term, weight in weights.items() if weight > 0}
        known = {lexical.numbers[term]: weights[term] for term, rows in inside.items() if rows}
        if wanted <= 0 or not known:
            return np.zeros(0, np.int64)
        least = min(wanted, max(inside.values()))
        found = self._proven(lambda: self.host.worded(self.shard.mark, known, wanted, within), least, wanted, within)
        return lexical.best(weights, wanted, within) if found is None else found

    def check(self) -> None:
        """As the protocol says; what was found lately holds, however often this is asked."""
        if time.monotonic() - self._known > REST:
            self._whole = False
        self._asked(lambda: ())

    def _asked(self, ask: Callable[[], Sequence[int] | None]) -> Sequence[int] | None:
        spend()
        started = time.monotonic()
        if started < self._rested:
            raise EngineError(self._fault)
        try:
            if self._whole:
                try:
                    return ask()
                except EngineError:
                    if time.monotonic() - started > REFUSING:
                        raise
            self.host.check(self.shard)
            self._whole, self._known = True, time.monotonic()
            return ask()
        except EngineError as error:
            self._whole, self._rested, self._fault = False, time.monotonic() + REST, str(error)
            raise

    def _proven(self, ask: Callable[[], Sequence[int] | None], least: int, most: int, within: range) -> Rows | None:
        """The rows that it gives, of which none is missing, named twice or outside of what was asked.

        It is asked a second time where they are not so: Milvus 2.3 gave none at all now and then while it was hard at work.
        """
        told = ""
        for _ in range(2):
            if (found := self._asked(ask)) is None:
                return None
            rows = np.asarray(found, np.int64)
            fit = len(np.unique(rows[(rows >= within.start) & (rows < within.stop)]))
            if least <= len(rows) <= most and fit == len(rows):
                return rows
            self._whole, told = False, f"{len(rows)} rows, {fit} of them fit, where {least} to {most} are there"
        raise EngineError(f"the engine gave {told}; fill it again with `pullquote index`")


def engines_of(settings: Settings) -> Callable[[Shard], Engine]:
    """What makes the engine of a shard: our own files, or the database that the settings name, which need not be there yet."""
    if settings.engine is None:
        return Local
    return partial(Hosted, open_host(settings.engine.url, settings.engine_seconds))


def fill(settings: Settings, shards: Iterable[Shard]) -> None:
    """Put shards into the database that the settings name, unless they are there; nothing where they name none.

    Raises:
        EngineError: it cannot be reached, or refuses.
    """
    if settings.engine:
        host = open_host(settings.engine.url, settings.engine_seconds)
        for shard in shards:
            try:
                host.check(shard)
            except EngineError:
                host.put(shard)


def switch(settings: Settings, shards: Sequence[Shard], kept: Callable[[], Collection[str]]) -> None:
    """Point the names in the database at the parts that serve now, base and delta, and drop all but these and the marks kept.

    Where it fails, or what is kept cannot be known, the new shards serve all the same; the next new generation tidies it.
    """
    if settings.engine:
        marks = {part: shard.mark for part, shard in zip(PARTS, shards, strict=False)}
        try:
            open_host(settings.engine.url, settings.engine_seconds).switch(marks, kept())
        except (EngineError, StoreFault) as error:
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
