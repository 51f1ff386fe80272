"""Planning a build: which documents are worked on, which are taken from the generation before, and
whether a base goes on.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.corpus import Entry, Listing, Skipped
from pullquote.corpus.documents import Document
from pullquote.corpus.files import make_folder
from pullquote.corpus.parsing import BESIDE
from pullquote.errors import IndexCorrupt
from pullquote.index import layout
from pullquote.index.generation import Draft, Generation
from pullquote.index.layout import facts_of
from pullquote.index.parts import (
    Advance,
    Models,
    Part,
    Progress,
    Work,
    batch_key,
    batches,
    make_parts,
    part_file,
)
from pullquote.index.shard import Run, Shard, ShardSource, Source, runs
from pullquote.models.interaction import TokenCodes
from pullquote.models.onnx import Vectors

EXACT_WINDOWS = 20_000  # searched each by itself; of more, those of the nearest passages
CHANGED = 0.1  # of a base's windows: where more changed or are gone, a new base is made
Enrich = Callable[[Draft], None]  # works further files out of a whole snapshot
Origin = tuple[Source, int]  # where a document is taken from: its source, and its number there


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How an index is built: what works on documents and on the whole, where, and who is told.

    `again`: texts are taken out of files anew. `apart`: what changed stays apart from the large rest,
    however much it is.
    """

    models: Models
    enrich: Enrich = lambda draft: None
    progress: Progress = lambda done, of: None
    work: Work = make_parts
    again: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """What a generation will hold: all documents in order, of which a base has most, or none."""

    origins: Sequence[Origin]
    own: Sequence[Run]
    base: Shard | None
    order: NDArray[np.int32] | None
    skipped: tuple[Skipped, ...]
    remarks: tuple[Skipped, ...]
    other_hashes: dict[str, str]
    resumed: int

    @property
    def counts(self) -> dict[str, int]:
        """How many of each there are in all."""
        all_runs = list(runs(self.origins))
        return {"documents": len(self.origins)} | {
            name: sum(run.count(name) for run in all_runs) for name in layout.COUNTED[1:]
        }


class EncodedBefore:
    """The generation before, as what vectors are taken from where a document changed in part."""

    def __init__(self, generation: Generation | None, models: Models) -> None:
        self._generation, self._sources = generation, dict[str, ShardSource]()
        card, network = generation and generation.card, models.interaction
        self._has_vectors = card and card.encoder == models.encoder.identity
        self._has_tokens = card and network and card.interaction == network.identity

    def vectors(self, document_id: str) -> Mapping[bytes, Vectors]:
        """Of a document's passages and windows, by fingerprint."""
        vectors_by_key: dict[bytes, Vectors] = {}
        if self._has_vectors and (run := self._run(document_id)):
            for grain in ("passage", "window"):
                keys, rows = run.take(f"{grain}-keys"), run.take(f"{grain}-vectors")
                vectors_by_key |= zip(map(bytes, keys), rows.astype(np.float32), strict=True)
        return vectors_by_key

    def tokens(self, document_id: str) -> Mapping[bytes, TokenCodes]:
        """Of a document's windows, by fingerprint."""
        run = self._run(document_id) if self._has_tokens else None
        if run is None or not run.count("tokens"):
            return {}
        ends = np.cumsum(run.take("token-counts"))[:-1]
        tokens = np.split(run.take("tokens"), ends)
        return dict(zip(map(bytes, run.take("window-keys")), tokens, strict=False))

    def _run(self, document_id: str) -> Run | None:
        if self._generation is None or not self._generation.has(document_id):
            return None
        shard, local = self._generation.numbering.home(self._generation.number(document_id))
        if shard.name not in self._sources:
            self._sources[shard.name] = ShardSource(shard)
        return Run(self._sources[shard.name], range(local, local + 1))


class Plan:
    """What has to be done to index a listing where a generation is there already."""

    def __init__(
        self, listing: Listing, options: BuildOptions, previous: Generation | None
    ) -> None:
        self._listing, self._options, self._previous = listing, options, previous
        shards = previous.numbering.shards if previous else []
        self._sources = [ShardSource(shard) for shard in shards]
        self._unchanged: dict[str, Origin] = {}
        if previous and _goes_on(previous, options.models):
            homes = _unchanged(listing, previous, again=options.again)
            for path, (shard, number) in homes.items():
                self._unchanged[path] = self._sources[shard], number

    def execute(self, folder: Path) -> Contents:
        """Work on what is new, part by part, and say where every document is then taken from."""
        options, entries = self._options, self._listing.entries
        halves = any(not source.shard.exact for source in self._sources)
        identity = f"{options.models.identity} {options.again} {halves}"
        new = [entry for entry in entries if entry.path not in self._unchanged]
        wanted = {batch_key(batch, identity): batch for batch in batches(new)}
        _prepare(folder, wanted)
        finished = {key: finished_part(folder, key) for key in wanted}
        parts = {key: part for key, part in finished.items() if part and _is_of(part, wanted[key])}
        resumed, done = len(parts), sum(entry.size for key in parts for entry in wanted[key])
        advance = counting(options.progress, done, sum(entry.size for entry in new))
        if missing := {key: batch for key, batch in wanted.items() if key not in parts}:
            encoded = EncodedBefore(self._previous, options.models)
            load = self._listing.load
            options.work(missing, load, options.models, encoded, folder, advance)
            for key in missing:
                parts[key] = Part.open(part_file(folder, key), check=False)
        contents = self._contents([parts[key] for key in wanted], resumed)
        few = contents.counts["windows"] <= EXACT_WINDOWS
        if halves and contents.base is None and few:
            # Halves are not good enough where every window is searched.
            return Plan(self._listing, options, None).execute(folder)
        return contents

    def _contents(self, parts: Sequence[Part], resumed: int) -> Contents:
        entries, origin_of = self._listing.entries, {**self._unchanged}
        for part in parts:
            origin_of.update({path: (part, number) for number, path in enumerate(part.paths)})
        origins = [origin_of[entry.path] for entry in entries if entry.path in origin_of]
        base = self._base(origins)
        own = [origin for origin in origins if origin[0] is not base]
        order, hashes = _order(origins, base) if base else None, {**self._listing.hashes}
        for part in parts:
            hashes.update(part.hashes)
        skipped = chain(self._listing.skipped, *(part.skipped for part in parts))
        remarks = chain(*(part.remarks for part in parts), self._listing.remarks)
        other_hashes = {path: sha for path, sha in hashes.items() if path not in origin_of}
        return Contents(
            origins,
            tuple(runs(own)),
            base.shard if base else None,
            order,
            tuple(skipped),
            tuple(remarks),
            other_hashes,
            resumed,
        )

    def _base(self, origins: Sequence[Origin]) -> ShardSource | None:
        """The base to go on with, if any: where the windows are many, and few of them are others
        than it has.
        """
        first = next(iter(self._sources), None)
        if first is None or first.shard.exact or not self._unchanged:
            return None
        all_runs = list(runs(origins))
        windows = sum(run.count("windows") for run in all_runs)
        alive = sum(run.count("windows") for run in all_runs if run.source is first)
        limit = 1.0 if self._options.apart else CHANGED
        few_others = _others(first.shard, windows, alive) <= limit
        return first if windows > EXACT_WINDOWS and few_others else None


def _order(origins: Sequence[Origin], base: ShardSource) -> NDArray[np.int32]:
    """As `Numbering` has it: the base is shard 0, all that it does not hold is shard 1, in order."""
    in_base = np.array([source is base for source, _ in origins])
    numbers = np.array([number for _, number in origins], np.int32)
    numbers[~in_base] = np.arange(np.count_nonzero(~in_base))
    return np.stack([np.where(in_base, 0, 1).astype(np.int32), numbers], axis=1)


def _prepare(folder: Path, wanted: Mapping[str, object]) -> None:
    """Make the folder of the parts, without those that nobody wants any more."""
    make_folder(folder)
    names = {part_file(folder, key).name for key in wanted}
    for file in folder.iterdir():
        if file.name not in names:
            file.unlink(missing_ok=True)


def merge_due(generation: Generation) -> bool:
    """Whether so much lies beside the base, or is gone from it, that the next build had better make a
    new one.
    """
    if not generation.card.bases:
        return False
    base, order = generation.numbering.shards[0], generation.numbering.order
    alive = int(np.diff(base.windows_from)[order[order[:, 0] == 0, 1]].sum())
    return _others(base, len(generation.places), alive) > CHANGED


def _others(base: Shard, windows: int, alive: int) -> float:
    """How many of a generation's windows are not the base's, and of the base's not the generation's,
    as a share of the base.
    """
    return (windows - alive + len(base.places) - alive) / len(base.places)


def _goes_on(previous: Generation, models: Models) -> bool:
    """Whether documents that did not change may be taken as they are from the generation before."""
    card, network = previous.card, models.interaction
    if (card.program, card.encoder) != (layout.program(), models.encoder.identity):
        return False
    shards = [shard for shard in previous.numbering.shards if len(shard.rows)]
    attributed = models.attribute is None or all(any(shard.voices) for shard in shards)
    return attributed and (network is None or card.interaction == network.identity)


def _unchanged(
    listing: Listing, previous: Generation, *, again: bool
) -> dict[str, tuple[int, int]]:
    """The documents that did not change, by path: their shard and their number in it."""
    homes = [(shard, number) for shard, number in previous.numbering.order.tolist()]
    if listing.held is not None:
        held = {path: each for path, each in listing.held.items() if _has(previous, each)}
        return {path: homes[previous.number(each.id)] for path, each in held.items()}
    names = ("path", "id", "file_sha256", *(("origin",) if again else ()))
    columns = zip(*map(previous.column, names), strict=True)
    facts_by_path = {path: (number, facts) for number, (path, *facts) in enumerate(columns)}
    others, unchanged = previous.card.skipped_hashes, {}
    for entry in listing.entries:
        number, facts = facts_by_path.get(entry.path, (0, []))
        same_facts = others.get(entry.path + BESIDE, "") == entry.beside
        if facts[:2] == [entry.id, entry.sha256] and same_facts and not any(facts[2:]):
            unchanged[entry.path] = homes[number]
    return unchanged


def _has(generation: Generation, document: Document) -> bool:
    """Whether a generation has a document of the same id, words and facts."""
    if not generation.has(document.id):
        return False
    row = generation.rows[generation.number(document.id)]
    return row.sha256 == document.sha256 and facts_of(row) == facts_of(document)


def _is_of(part: Part, batch: Sequence[Entry]) -> bool:
    """Whether a part was made of the files as they are now."""
    hashes = {entry.path: entry.sha256 for entry in batch}
    hashes |= {entry.path + BESIDE: entry.beside for entry in batch}
    return all(hashes.get(path) == sha256 for path, sha256 in part.hashes.items())


def finished_part(folder: Path, key: str) -> Part | None:
    """The part of a key that an earlier build wrote, where it is there and whole."""
    file = part_file(folder, key)
    if not os.path.lexists(file):
        return None
    try:
        return Part.open(file)
    except (OSError, IndexCorrupt, ValueError, KeyError, TypeError):
        return None


def counting(progress: Progress, done: int, of: int) -> Advance:
    """What counts letters up, from whichever thread, and reports them."""
    lock = threading.Lock()
    progress(done, of)

    def advance(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            progress(done, of)

    return advance
