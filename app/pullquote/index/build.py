"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.corpus import BESIDE, Corpus, Skipped, nothing_to_read
from pullquote.corpus.documents import Document
from pullquote.corpus.files import make_folder, only_writer, sync_folder
from pullquote.corpus.folder import Entry, Listing, list_corpus, listed, read_facts, write_facts
from pullquote.errors import IndexCorrupt, IndexFault
from pullquote.index import layout, vectors
from pullquote.index.engine import fill, open_engine, switch
from pullquote.index.files import FileWriter, Stamp, array_bytes, write_durably
from pullquote.index.generation import Draft, Generation, open_index
from pullquote.index.layout import (
    DRAFT,
    Card,
    Layout,
    check_room,
    facts_of,
    publish,
    read_manifest,
    sweep,
)
from pullquote.index.lexical import merge_words
from pullquote.index.parts import (
    Attribute,
    Models,
    Part,
    Progress,
    Work,
    batch_key,
    batches,
    counting,
    finished_part,
    make_parts,
    part_file,
)
from pullquote.index.shard import RAGGED, Run, Shard, ShardSource, Source, runs, write_tables
from pullquote.models.encoder import Encoder
from pullquote.models.interaction import DIMENSION, Codes, Interaction
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

EXACT_WINDOWS = 20_000  # searched each by itself; of more, those of the nearest passages
CHANGED = 0.1  # of a base's windows: where more changed or are gone, a new base is made
Enrich = Callable[[Draft], None]  # works further files out of a whole snapshot
Origin = tuple[Source, int]  # where a document is taken from: its source, and its number there
Named = tuple[str, str]  # a generation's name, and its card's SHA-256


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made; the files that could not be used; what is odd about those that were read;
    how many parts of it an interrupted build had left.
    """

    generation: Generation
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Skipped, ...] = ()
    resumed: int = 0


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


def build_index(
    settings: Settings,
    encoder: Encoder,
    enrich: Enrich = lambda draft: None,
    progress: Progress = lambda done, of: None,
    corpus: Corpus | None = None,
    interaction: Interaction | None = None,
    *,
    attribute: Attribute | None = None,
    work: Work = make_parts,
    again: bool = False,
    apart: bool = False,
) -> Built:
    """Build a new generation from the corpus and make it the current one.

    What did not change is taken from the generation before, but for `again`. A `corpus` given is
    taken instead of the folder. Without an `interaction` the windows have no token vectors, and
    without `attribute` nobody's words are told apart.

    Raises:
        CorpusError: nothing to build from; the index stays as it was.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    root = Layout(settings.index)
    open_engine(settings)  # one that cannot be used at all is named before anything is encoded
    make_folder(root.root)
    with only_writer(root.lock):
        sweep(root)  # before the room is looked at: they may be what takes it
        check_room(root, settings.min_free_bytes)
        models = Models(encoder, interaction, attribute)
        options = BuildOptions(models, enrich, progress, work, again, apart)
        previous, pair = _previous(settings)
        try:
            built, sha256 = _build(settings, options, previous, corpus)
        except (
            IndexCorrupt
        ):  # found while large files of the one before were read: then there is none
            previous, pair = None, None
            built, sha256 = _build(settings, options, previous, corpus)
        pairs = (built.generation.card.name, sha256), pair
        _make_current(settings, built.generation, previous, pairs)
    return built


def _make_current(
    settings: Settings,
    generation: Generation,
    previous: Generation | None,
    pairs: tuple[Named, Named | None],
) -> None:
    """Make a generation the current one, and remove what neither it nor the one before uses."""
    root, shards = Layout(settings.index), generation.numbering.shards
    fill(settings, shards)  # before the switch: where it fails the old generation serves on
    publish(root, *pairs)
    switch(
        settings, shards, [shard.mark for shard in previous.numbering.shards] if previous else []
    )
    cards = [each.card for each in (generation, previous) if each]
    bases = [name for card in cards for name, _ in card.bases]
    sweep(root, [*(card.name for card in cards), *bases])


def _build(
    settings: Settings, options: BuildOptions, previous: Generation | None, corpus: Corpus | None
) -> tuple[Built, str]:
    """A generation that is whole and not yet the current one, and its card's SHA-256."""
    root = Layout(settings.index)
    listing = listed(corpus) if corpus else _list(settings, previous, root, again=options.again)
    contents = Plan(listing, options, previous).execute(root.parts)
    if not contents.origins:
        raise nothing_to_read(settings, contents.skipped)
    card = _card(settings, options.models, contents)
    named = _write(root, card, contents, options, previous)
    if corpus is None:
        write_facts(root.facts, listing.facts)
    generation = Generation.open(root, *named, opened=[contents.base] if contents.base else ())
    return Built(generation, contents.skipped, contents.remarks, contents.resumed), named[1]


def _list(settings: Settings, previous: Generation | None, root: Layout, *, again: bool) -> Listing:
    """The corpus, its documents with the ids that they had, and the texts that were taken out of
    files before.
    """
    facts = read_facts(root.facts)
    if previous is None:
        return list_corpus(settings, facts=facts)
    paths, ids, hashes = map(previous.column, ("path", "id", "file_sha256"))
    taken_out = (lambda sha256: None) if again else previous.taken_out
    ids_by_path = dict(zip(paths, ids, strict=True))
    hashes_by_path = dict(zip(paths, hashes, strict=True))
    return list_corpus(settings, ids_by_path, hashes_by_path, taken_out, facts)


def _previous(settings: Settings) -> tuple[Generation | None, Named | None]:
    """The generation to take from and to keep: the newest that is whole."""
    try:
        opened = open_index(settings)
    except IndexFault:
        return None, None
    named = read_manifest(Layout(settings.index))
    pair = named["previous"] if opened.degraded else named["current"]
    return opened.generation, (pair["generation"], pair["sha256"])


# Planning: what is worked on, and what is taken as it is
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

    def tokens(self, document_id: str) -> Mapping[bytes, Codes]:
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


# Writing
def _card(settings: Settings, models: Models, contents: Contents) -> Card:
    now, base = datetime.now(UTC), contents.base
    return Card(
        name=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}",
        built_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        encoder=models.encoder.identity,
        dimension=models.encoder.dimension,
        model=settings.model,
        counts=contents.counts,
        files={},
        program=layout.program(),
        answering=layout.answering(settings),
        skipped=tuple((file.path, file.reason) for file in contents.skipped),
        skipped_hashes=contents.other_hashes,
        bases=((base.name, base.card_sha256),) if base else (),
        interaction=models.interaction.identity if models.interaction else "",
    )


def _write(
    root: Layout, card: Card, contents: Contents, options: BuildOptions, previous: Generation | None
) -> Named:
    """Write all files into a new folder: its name and its card's SHA-256."""
    folder = root.generations / f"{DRAFT}{card.name}"
    make_folder(root.generations)
    folder.mkdir()
    final = root.generation(card.name)
    try:
        stamps: dict[str, Stamp] = {}
        if contents.own or contents.base is None:
            voices = options.models.attribute is not None
            stamps = write_shard(folder, contents.own, card, voices=voices)
        if contents.order is not None:
            stamps[layout.ORDER] = write_durably(folder / layout.ORDER, array_bytes(contents.order))
        draft = Draft(card, folder, [contents.base] if contents.base else [], previous)
        options.enrich(draft)
        for file, content in draft.extra.items():
            stamps[file] = write_durably(folder / file, content)
        card_bytes = replace(card, files=stamps).to_bytes()
        stamp = write_durably(folder / final.card.name, card_bytes)
        sync_folder(folder)
        folder.rename(final.folder)
    except OSError:  # on a full disk it would take the room that the next build needs
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sync_folder(root.generations)
    return card.name, stamp.sha256


def write_shard(folder: Path, own: Sequence[Run], card: Card, *, voices: bool) -> dict[str, Stamp]:
    """Write the files of a shard that holds these documents into a folder, and wait for the disk;
    their stamps.

    Raises:
        IndexCorrupt: an older shard that is taken from is not what was written.
        OSError: there is no room, or the disk fails.
    """
    with FileWriter(folder) as writer:
        write_tables(writer, own, voices=voices)
        windows, passages = (
            sum(run.count(name) for run in own) for name in ("windows", "passages")
        )
        kind = np.float32 if windows <= EXACT_WINDOWS else np.float16
        rows = (run.take("window-vectors") for run in own)
        writer.write_array(layout.WINDOW_VECTORS, kind, (windows, card.dimension), rows)
        rows = (run.take("passage-vectors") for run in own)
        writer.write_array(layout.PASSAGE_VECTORS, np.float32, (passages, card.dimension), rows)
        vectors.write_codes_of(folder, writer)
        if card.interaction:
            tokens = sum(run.count("tokens") for run in own)
            rows = (run.take("tokens") for run in own)
            writer.write_array(layout.TOKEN_VECTORS, np.int8, (tokens, DIMENSION), rows)
            counts = [np.zeros(1, np.int64), *(run.take("token-counts") for run in own)]
            starts = np.cumsum(np.concatenate(counts))
            writer.write_array(layout.TOKEN_STARTS, np.int64, starts.shape, [starts])
        _write_words(writer, own)
        writer.finish()
        return writer.stamps


def _write_words(writer: FileWriter, own: Sequence[Run]) -> None:
    """The words of all windows, from each source once."""
    row_count, new_rows, sources = 0, dict[int, NDArray[np.int32]](), dict[int, Source]()
    for run in own:
        bounds = run.source.bounds[:, RAGGED.index("windows")]
        key = id(run.source)
        if key not in new_rows:
            sources[key], new_rows[key] = run.source, np.full(int(bounds[-1]), -1, np.int32)
        first, end = int(bounds[run.documents.start]), int(bounds[run.documents.stop])
        new_rows[key][first:end] = np.arange(row_count, row_count + end - first)
        row_count += end - first
    counted = [(source.counts(), new_rows[key]) for key, source in sources.items()]
    merge_words(counted, row_count, writer.append)
