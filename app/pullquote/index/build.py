"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.corpus import Corpus, Listing, Skipped, list_corpus, listed, nothing_to_read
from pullquote.corpus.files import make_folder, only_writer, sync_folder
from pullquote.corpus.folder import read_facts, write_facts
from pullquote.errors import IndexCorrupt, IndexFault
from pullquote.index import layout, plan, vectors
from pullquote.index.engine import fill, open_engine, switch
from pullquote.index.files import FileWriter, Stamp, array_bytes, write_durably
from pullquote.index.generation import Draft, Generation, open_index
from pullquote.index.layout import (
    DRAFT,
    Card,
    Layout,
    check_room,
    publish,
    read_manifest,
    sweep,
)
from pullquote.index.parts import (
    Attribute,
    Models,
    Progress,
    Work,
    make_parts,
)
from pullquote.index.plan import BuildOptions, Contents, Enrich, Plan
from pullquote.index.postings import merge_words
from pullquote.index.shard import RAGGED, Run, Source, write_tables
from pullquote.models.encoder import Encoder
from pullquote.models.interaction import DIMENSION, Interaction
from pullquote.settings import Settings

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
        IndexLocked, IndexFull: another process is building, or the disk has too little room.
    """
    models = Models(encoder, interaction, attribute)
    return _build_alone(
        settings, BuildOptions(models, enrich, progress, work, again, apart), corpus
    )


def _build_alone(settings: Settings, options: BuildOptions, corpus: Corpus | None) -> Built:
    """Build while no other process does."""
    root = Layout(settings.index)
    open_engine(settings)  # one that cannot be used at all is named before anything is encoded
    make_folder(root.root)
    with only_writer(root.lock):
        sweep(root)  # before the room is looked at: they may be what takes it
        check_room(root, settings.min_free_bytes)
        previous, pair = _previous(settings)
        try:
            built, sha256 = _build(settings, options, previous, corpus)
        except IndexCorrupt:
            # Found while large files of the one before were read: then there is none.
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
        kind = np.float32 if windows <= plan.EXACT_WINDOWS else np.float16
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
