"""Building a generation: beside the old one, durable, and visible only when it is whole."""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pullquote.corpus.corpus import Corpus, Skipped, nothing_to_read
from pullquote.corpus.files import make_folder, only_writer, sync_folder
from pullquote.corpus.folder import Listing, folder_hashes, list_corpus, listed, read_facts, write_facts
from pullquote.errors import IndexCorrupt, IndexFault, IndexFull
from pullquote.index import layout
from pullquote.index.assembly import write_shard
from pullquote.index.files import Stamp, array_bytes, write_durably
from pullquote.index.generation import Generation
from pullquote.index.hosting import engines_of, fill, switch
from pullquote.index.layout import Card, Layout, read_manifest
from pullquote.index.opening import DRAFT, open_index, publish, sweep
from pullquote.index.part import Hear, Makers
from pullquote.index.plan import Plan, Planned, Progress, Work, work_here
from pullquote.index.store import retained
from pullquote.models.encoder import Encoder, at_hand
from pullquote.models.interaction import Interaction
from pullquote.settings import Settings

Enrich = Callable[[Generation], Mapping[str, bytes]]  # works further files, by name, out of a whole snapshot


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made; the files that could not be used; what is odd about those that were read; how many parts of it
    an interrupted build had left.
    """

    generation: Generation
    skipped: tuple[Skipped, ...] = ()
    remarks: tuple[Skipped, ...] = ()
    resumed: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """How an index is built: what works on documents and on the whole, where, and who is told.

    `again`: texts are taken out of files anew. `apart`: what changed stays apart from the large rest, however much it is.
    """

    makers: Makers
    enrich: Enrich = lambda generation: {}
    progress: Progress = lambda done, of: None
    work: Work = work_here
    again: bool = False
    apart: bool = False


def build_index(
    settings: Settings, encoder: Encoder, enrich: Enrich = lambda generation: {},
    progress: Progress = lambda done, of: None, corpus: Corpus | None = None, interaction: Interaction | None = None,
    *, hear: Hear | None = None, work: Work = work_here, again: bool = False, apart: bool = False,
) -> Built:  # fmt: skip
    """Build a new generation from the corpus and make it the current one.

    What did not change is taken from the generation before, but for `again`. A `corpus` given is taken instead of the
    folder. Without an `interaction` the windows have no token vectors, and without `hear` nobody is heard.

    Raises:
        CorpusError: nothing to build from; the index stays as it was.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    root = Layout(settings.index)
    engines_of(settings)  # one that cannot be used at all is told before anything is encoded
    make_folder(root.root)
    with only_writer(root.lock):
        sweep(root)  # before the room is looked at: they may be what takes it
        _check_room(root, settings.min_free_bytes)
        way = Way(Makers(encoder, interaction, hear), enrich, progress, work, again, apart)
        previous, pair = _previous(settings)
        try:
            built, sha256 = _build(settings, way, previous, corpus)
        except IndexCorrupt:  # found while large files of the one before were read: then there is none
            previous, pair = None, None
            built, sha256 = _build(settings, way, previous, corpus)
        _serve(settings, built.generation, previous, ((built.generation.card.name, sha256), pair))
    return built


def _serve(
    settings: Settings, generation: Generation, previous: Generation | None,
    pairs: tuple[tuple[str, str], tuple[str, str] | None],
) -> None:  # fmt: skip
    """Make a generation the current one, and remove what neither it nor the one before is made of."""
    root, shards = Layout(settings.index), generation.numbering.shards
    fill(settings, shards)  # before the switch: where it fails the old generation serves on
    publish(root, *pairs)
    before = {shard.mark for shard in previous.numbering.shards} if previous else set()
    switch(settings, shards, lambda: before | retained(settings))
    sweep(root, [*_used(generation), *(_used(previous) if previous else ())])


def _used(generation: Generation) -> Iterator[str]:
    """The generations whose files one is made of."""
    yield from (generation.card.name, *(name for name, _ in generation.card.bases))


def _build(settings: Settings, way: Way, previous: Generation | None, corpus: Corpus | None) -> tuple[Built, str]:
    """A generation that is whole and not yet the current one, and its card's SHA-256."""
    root = Layout(settings.index)
    listing = listed(corpus) if corpus else _list(settings, previous, root, again=way.again)
    planned = Plan(listing, way.makers, previous, again=way.again, apart=way.apart).worked(
        root.parts, way.work, way.progress
    )
    if not planned.places:
        raise nothing_to_read(settings, planned.skipped)
    current = _write(root, _card(settings, way.makers, planned), planned, way.enrich, previous)
    if corpus is None:
        write_facts(root.facts, listing.facts)
    generation = Generation.open(root, *current, known=[planned.base] if planned.base else ())
    return Built(generation, planned.skipped, planned.remarks, planned.resumed), current[1]


def _list(settings: Settings, previous: Generation | None, root: Layout, *, again: bool) -> Listing:
    """The corpus, its documents with the ids that they had, and the texts that were taken out of files before."""
    facts = read_facts(root.facts)
    if previous is None:
        return list_corpus(settings, facts=facts)
    paths, ids, hashes = map(previous.column, ("path", "id", "file_sha256"))
    kept = (lambda sha256: None) if again else previous.taken_out
    return list_corpus(settings, dict(zip(paths, ids, strict=True)), dict(zip(paths, hashes, strict=True)), kept, facts)


def _previous(settings: Settings) -> tuple[Generation | None, tuple[str, str] | None]:
    """The generation to take from and to keep: the newest that is whole."""
    try:
        opened = open_index(settings)
    except IndexFault:
        return None, None
    named = read_manifest(Layout(settings.index))
    pair = named["previous"] if opened.degraded else named["current"]
    return opened.generation, (pair["generation"], pair["sha256"])


def up_to_date(settings: Settings) -> Generation | None:
    """The current generation where building again would change nothing, else None; an engine that lost it is filled again.

    Raises:
        CorpusError: there is no corpus folder.
        EngineError: the engine cannot be asked, or filled.
    """
    root = Layout(settings.index)
    hashes, _ = folder_hashes(settings, read_facts(root.facts))
    try:
        opened = open_index(settings)
    except IndexFault:
        return None
    card = opened.generation.card
    now = (layout.program(), settings.model, _answering(settings))
    whole = not opened.degraded and at_hand(settings.index, card.encoder)
    same = (card.program, card.model, card.answering) == now and hashes == opened.generation.file_hashes
    if not (same and whole):
        return None
    fill(settings, opened.generation.numbering.shards)
    return opened.generation


def _answering(settings: Settings) -> str:
    """A fingerprint of what decides, beside texts and program, whether a question is answered."""
    digest = hashlib.sha256(f"{settings.threshold} {settings.reranker}\n".encode())
    with suppress(OSError):  # none was fitted; one that cannot be read is told where it is used
        digest.update(Layout(settings.index).calibration.read_bytes())
    return digest.hexdigest()[:16]


def _card(settings: Settings, makers: Makers, planned: Planned) -> Card:
    now = datetime.now(UTC)
    return Card(
        name=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}", built_at=f"{now:%Y-%m-%dT%H:%M:%SZ}",
        encoder=makers.encoder.identity, dimension=makers.encoder.dimension, model=settings.model, counts=planned.counts,
        files={}, program=layout.program(), answering=_answering(settings),
        skipped=tuple((file.path, file.reason) for file in planned.skipped), skipped_hashes=planned.other_hashes,
        bases=((planned.base.name, planned.base.card_sha256),) if planned.base else (),
        interaction=makers.interaction.identity if makers.interaction else "",
    )  # fmt: skip


def _write(root: Layout, card: Card, planned: Planned, enrich: Enrich, previous: Generation | None) -> tuple[str, str]:
    """Write all files into a new folder: its name and its card's SHA-256."""
    draft = root.generations / f"{DRAFT}{card.name}"
    make_folder(root.generations)
    draft.mkdir()
    final = root.generation(card.name)
    try:
        stamps = _write_own(draft, card, planned)
        bases = [planned.base] if planned.base else []
        further = enrich(Generation.draft(card, draft, bases, previous))
        stamps |= {file: write_durably(draft / file, content) for file, content in further.items()}
        stamp = write_durably(draft / final.card.name, replace(card, files=stamps).to_bytes())
        sync_folder(draft)
        draft.rename(final.folder)
    except OSError:  # on a full disk it would take the room that the next build needs
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(root.generations)
    return card.name, stamp.sha256


def _write_own(draft: Path, card: Card, planned: Planned) -> dict[str, Stamp]:
    """The files of the documents that no base holds, and the order of all where there is a base."""
    stamps: dict[str, Stamp] = {}
    if planned.own or planned.base is None:
        tokens, voices = bool(card.interaction), planned.voices
        stamps = write_shard(draft, planned.own, card.dimension, tokens=tokens, voices=voices)
    if planned.order is not None:
        stamps[layout.ORDER] = write_durably(draft / layout.ORDER, array_bytes(planned.order))
    return stamps


def _check_room(root: Layout, floor: int) -> None:
    """See that there is room; what interrupted builds worked out gives way."""
    if shutil.disk_usage(root.root).free < floor:
        shutil.rmtree(root.parts, ignore_errors=True)
    free = shutil.disk_usage(root.root).free
    if free < floor:
        raise IndexFull(
            f"only {free:,} bytes are free in {root.root}, fewer than PULLQUOTE_MIN_FREE_BYTES={floor:,}; "
            "make room, or set PULLQUOTE_INDEX to a folder on another disk"
        )
