"""Plan: which documents are worked on, and how; which are taken from the generation before, and whether a base goes on."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.corpus import BESIDE, Skipped
from pullquote.corpus.documents import Document
from pullquote.corpus.files import make_folder
from pullquote.corpus.folder import Entry, Listing
from pullquote.index import assembly, layout
from pullquote.index.assembly import OfShard, Run, Source, runs
from pullquote.index.generation import Generation
from pullquote.index.layout import facts_of
from pullquote.index.part import Advance, Known, Load, Makers, Part, kept_part, key_of, lots, make_part, part_file
from pullquote.index.shard import Shard
from pullquote.models.interaction import Codes
from pullquote.models.onnx import Vectors

SHARE = 0.1  # of a base's windows: where more changed or are gone, a new base is made
SIDE_BY_SIDE = 2  # parts: while one is cut or written the texts of another keep all cores at work
Place = tuple[Source, int]  # where a document is taken from: its source, and its number there
Progress = Callable[[int, int], None]  # letters done, of how many
# Writes the part of each key into a folder, durably, each as it is done.
Work = Callable[[Mapping[str, Sequence[Entry]], Load, Makers, Known, Path, Advance], None]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a generation will hold: all documents in order, of which a base has most, or none where there is no base."""

    places: Sequence[Place]
    own: Sequence[Run]
    base: Shard | None
    order: NDArray[np.int32] | None
    voices: bool
    skipped: tuple[Skipped, ...]
    remarks: tuple[Skipped, ...]
    other_hashes: dict[str, str]
    resumed: int

    @property
    def counts(self) -> dict[str, int]:
        """How many of each there are in all."""
        held = list(runs(self.places))
        return {"documents": len(self.places)} | {
            name: sum(run.rows(name) for run in held) for name in layout.COUNTED[1:]
        }


class Before:
    """The generation before, as what vectors are taken from where a document changed in part."""

    def __init__(self, generation: Generation | None, makers: Makers) -> None:
        network = makers.interaction
        encoded = generation is not None and generation.card.encoder == makers.encoder.identity
        tokened = generation is not None and network is not None and generation.card.interaction == network.identity
        self._vectors, self._tokens = generation if encoded else None, generation if tokened else None

    def vectors(self, document_id: str) -> Mapping[bytes, Vectors]:
        """Of a document's passages and windows, by fingerprint."""
        held = self._held(self._vectors, document_id)
        if held is None:
            return {}
        source, here = held
        found: dict[bytes, Vectors] = {}
        for grain in ("passage", "window"):
            keys, vectors = source.take(f"{grain}-keys", here), source.take(f"{grain}-vectors", here)
            found |= zip(map(bytes, keys), vectors.astype(np.float32), strict=True)
        return found

    def tokens(self, document_id: str) -> Mapping[bytes, Codes]:
        """Of a document's windows, by fingerprint."""
        held = self._held(self._tokens, document_id)
        if held is None or held[0].shard.tokens is None:
            return {}
        source, here = held
        keys, ends = source.take("window-keys", here), np.cumsum(source.take("token-counts", here))[:-1]
        return dict(zip(map(bytes, keys), np.split(source.take("tokens", here), ends), strict=False))

    @cached_property
    def _sources(self) -> dict[str, OfShard]:
        return {}

    def _held(self, generation: Generation | None, document_id: str) -> tuple[OfShard, range] | None:
        if generation is None or not generation.has(document_id):
            return None
        shard, local = generation.numbering.home(generation.number(document_id))
        if shard.name not in self._sources:
            self._sources[shard.name] = OfShard(shard)
        return self._sources[shard.name], range(local, local + 1)


class Plan:
    """What has to be done to index a listing where a generation is there already."""

    def __init__(
        self, listing: Listing, makers: Makers, previous: Generation | None, *, again: bool = False, apart: bool = False
    ) -> None:
        self._listing, self._makers, self._previous = listing, makers, previous
        self._again, self._apart = again, apart
        self._sources = [OfShard(shard) for shard in previous.numbering.shards] if previous else []
        self._same: dict[str, Place] = {}
        if previous and _goes_on(previous, makers):
            same = _same(listing, previous, again=again)
            self._same = {path: (self._sources[shard], number) for path, (shard, number) in same.items()}

    def worked(self, folder: Path, work: Work, progress: Progress) -> Planned:
        """Work on what is new, part by part, and tell where every document is then taken from."""
        halves = any(not source.shard.exact for source in self._sources)
        identity = f"{self._makers.identity} {self._again} {halves}"
        fresh = [entry for entry in self._listing.entries if entry.path not in self._same]
        wanted = {key_of(lot, identity): lot for lot in lots(fresh)}
        _prepare(folder, wanted)
        kept = {key: part for key, lot in wanted.items() if (part := kept_part(folder, key)) and _is_of(part, lot)}
        done = sum(entry.size for key in kept for entry in wanted[key])
        advance = _advancing(progress, done, sum(entry.size for entry in fresh))
        left = {key: lot for key, lot in wanted.items() if key not in kept}
        if left:
            work(left, self._listing.load, self._makers, Before(self._previous, self._makers), folder, advance)
        parts = [kept.get(key) or Part.open(part_file(folder, key), check=False) for key in wanted]
        planned = self._planned(parts, resumed=len(kept))
        if halves and planned.base is None and planned.counts["windows"] <= assembly.EXACT:
            # What is kept in halves is not good enough for an exact index.
            return Plan(self._listing, self._makers, None, again=self._again).worked(folder, work, progress)
        return planned

    def _planned(self, parts: Sequence[Part], resumed: int) -> Planned:
        made: dict[str, Place] = {path: (part, number) for part in parts for number, path in enumerate(part.paths)}
        found = self._same | made
        places = [found[entry.path] for entry in self._listing.entries if entry.path in found]
        base = self._base(places)
        own, order = places, None
        if base is not None:
            inside = np.array([source is base for source, _ in places])
            own = [place for place, held in zip(places, inside, strict=True) if not held]
            order = np.array([number for _, number in places], np.int32)
            order[~inside] = np.arange(len(own))
            order = np.stack([np.where(inside, 0, 1).astype(np.int32), order], axis=1)
        hashes = {**self._listing.hashes}
        for part in parts:
            hashes.update(part.hashes)
        return Planned(
            places, tuple(runs(own)), base.shard if base else None, order, self._makers.hear is not None,
            (*self._listing.skipped, *(one for part in parts for one in part.skipped)),
            (*(one for part in parts for one in part.remarks), *self._listing.remarks),
            {path: sha256 for path, sha256 in hashes.items() if path not in found}, resumed,
        )  # fmt: skip

    def _base(self, places: Sequence[Place]) -> OfShard | None:
        """The base to go on with, if any: where the windows are many, and few of them are others than it has."""
        first = next(iter(self._sources), None)
        if first is None or first.shard.exact or not self._same:
            return None
        held = list(runs(places))
        windows = sum(run.rows("windows") for run in held)
        alive = sum(run.rows("windows") for run in held if run.source is first)
        few = _others(first.shard, windows, alive) <= (1.0 if self._apart else SHARE)
        return first if windows > assembly.EXACT and few else None


def work_here(
    lots: Mapping[str, Sequence[Entry]], load: Load, makers: Makers, known: Known, folder: Path, advance: Advance
) -> None:
    """One thread a core, one text at a time: onnxruntime runs without the interpreter's lock, and a batch would only pad.

    Raises:
        CorpusError: a file cannot be read just now.
        OSError: a part cannot be written.
    """
    texts = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    parts = ThreadPoolExecutor(SIDE_BY_SIDE)
    try:
        made = [
            parts.submit(make_part, lot, load, makers, known, texts, advance, part_file(folder, key))
            for key, lot in lots.items()
        ]
        for future in made:
            future.result()
    finally:  # what is stopped stops soon: texts that were not begun are not
        parts.shutdown(wait=False, cancel_futures=True)
        texts.shutdown(cancel_futures=True)
        parts.shutdown()


def _advancing(progress: Progress, done: int, of: int) -> Advance:
    """What counts letters up, from whichever thread, and tells."""
    lock = threading.Lock()
    progress(done, of)

    def advance(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            progress(done, of)

    return advance


def _prepare(folder: Path, wanted: Mapping[str, object]) -> None:
    """Make the folder of the parts, without those that nobody wants any more."""
    make_folder(folder)
    names = {part_file(folder, key).name for key in wanted}
    for file in folder.iterdir():
        if file.name not in names:
            file.unlink(missing_ok=True)


def merge_due(generation: Generation) -> bool:
    """Whether so much lies beside the base, or is gone from it, that the next build had better make a new one."""
    base, order = generation.numbering.shards[0], generation.numbering.order
    if order is None or not generation.card.bases:
        return False
    alive = int(np.diff(base.windows_from)[order[order[:, 0] == 0, 1]].sum())
    return _others(base, len(generation.places), alive) > SHARE


def _others(base: Shard, windows: int, alive: int) -> float:
    """How many of a generation's windows are not the base's, and of the base's not the generation's, as a share of the base."""
    return (windows - alive + len(base.places) - alive) / len(base.places)


def _goes_on(previous: Generation, makers: Makers) -> bool:
    """Whether documents that did not change may be taken as they are from the generation before."""
    card, network = previous.card, makers.interaction
    if (card.program, card.encoder) != (layout.program(), makers.encoder.identity):
        return False
    heard = all(any(shard.voices) for shard in previous.numbering.shards if len(shard.rows))
    return (network is None or card.interaction == network.identity) and (makers.hear is None or heard)


def _same(listing: Listing, previous: Generation, *, again: bool) -> dict[str, tuple[int, int]]:
    """The documents that did not change, by path: their shard and their number in it."""
    order = previous.numbering.order
    homes = order.tolist() if order is not None else [(0, number) for number in range(len(previous.rows))]
    if listing.held is not None:
        numbers = {path: previous.number(one.id) for path, one in listing.held.items() if _has(previous, one)}
        return {path: (homes[number][0], homes[number][1]) for path, number in numbers.items()}
    columns = map(previous.column, ("path", "id", "file_sha256", *(("origin",) if again else ())))
    known = {path: (number, facts) for number, (path, *facts) in enumerate(zip(*columns, strict=True))}
    others, found = previous.card.skipped_hashes, {}
    for entry in listing.entries:
        number, facts = known.get(entry.path, (0, []))
        beside = others.get(entry.path + BESIDE, "")
        if facts[:2] == [entry.id, entry.sha256] and beside == entry.beside and not any(facts[2:]):
            found[entry.path] = (homes[number][0], homes[number][1])
    return found


def _has(generation: Generation, document: Document) -> bool:
    """Whether a generation has a document of the same id, words and facts."""
    same = generation.rows[generation.number(document.id)] if generation.has(document.id) else None
    return same is not None and same.sha256 == document.sha256 and facts_of(same) == facts_of(document)


def _is_of(part: Part, lot: Sequence[Entry]) -> bool:
    """Whether a part was made of the files as they are now."""
    given = {entry.path: entry.sha256 for entry in lot} | {entry.path + BESIDE: entry.beside for entry in lot}
    return all(given.get(path) == sha256 for path, sha256 in part.hashes.items())
