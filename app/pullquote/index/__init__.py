"""The index on disk: build a generation, open the current one, fall back to the one before."""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pullquote.corpus.corpus import Corpus, corpus_hashes, load_corpus
from pullquote.durable import make_folder, only_writer
from pullquote.errors import IndexCorrupt, IndexFault, IndexMissing
from pullquote.index.build import Enrich, check_room, prepare, publish, sweep, sweep_drafts, write_generation
from pullquote.index.card import Card, read_card
from pullquote.index.encoded import Encoded
from pullquote.index.encoding import Progress
from pullquote.index.files import read_regular
from pullquote.index.generation import Generation
from pullquote.index.layout import FORMAT, Layout, program
from pullquote.models.encoder import Encoder, encoder_folder
from pullquote.settings import Settings

MAX_MANIFEST = 65_536
MEND = "run `pullquote index` to build it again"


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation that can be used, and what is wrong if it is not the newest one."""

    generation: Generation
    degraded: str | None = None


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made, from which corpus."""

    generation: Generation
    corpus: Corpus


def open_index(settings: Settings, serving: Generation | None = None) -> Opened:
    """Open the current generation, or the one before it when the current one is damaged.

    The one that serves already, where it is either of them, is taken as it is and not opened a second time.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: neither generation can be used.
        IndexMismatch: built in another format.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    try:
        return Opened(_open(root, named["current"], serving))
    except IndexCorrupt as damage:
        if read_manifest(root) != named:  # a build replaced it in this very moment
            return open_index(settings, serving)
        if not named.get("previous"):
            raise IndexCorrupt(f"{damage}; {MEND}") from damage
        try:
            before = _open(root, named["previous"], serving)
            return Opened(before, degraded=f"{damage}; the previous generation serves; {MEND}")
        except IndexCorrupt as worse:
            raise IndexCorrupt(f"{damage}; {worse}; {MEND}") from worse


def _open(root: Layout, named: Mapping[str, str], serving: Generation | None) -> Generation:
    try:
        if serving is not None and named["generation"] == serving.card.name:
            return serving
        if "/" in named["generation"] or named["generation"].startswith("."):
            raise IndexCorrupt(f"{root.manifest} names no generation")
        return Generation.open(root.generation(named["generation"]), named["sha256"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged") from error


def read_manifest(root: Layout) -> dict[str, dict[str, str]]:
    """Which generation is the current one and which the one before, each with its card's SHA-256.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: it cannot be read or understood.
    """
    if not os.path.lexists(root.manifest):
        raise IndexMissing(f"there is no index in {root.root}; run `pullquote index`")
    try:
        content = read_regular(root.manifest, MAX_MANIFEST)
    except IndexCorrupt as damage:
        raise IndexCorrupt(f"{damage}; {MEND}") from damage
    try:
        named = json.loads(content)
        if named["format"] == FORMAT and named["current"]["generation"]:
            return dict(named)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged; {MEND}") from error
    raise IndexCorrupt(f"{root.manifest} is of another format; {MEND}")


def current_name(settings: Settings) -> str | None:
    """The current generation's name, or None when there is none that can be named."""
    try:
        return read_manifest(Layout(settings.index))["current"]["generation"]
    except IndexFault:
        return None


def current_card(settings: Settings) -> Card | None:
    """The card of the generation that the manifest names, checked, or None where there is none to read."""
    try:
        named = read_manifest(Layout(settings.index))["current"]
        return read_card(Layout(settings.index).generation(named["generation"]), named["sha256"])
    except (IndexFault, KeyError, TypeError, ValueError, AttributeError):
        return None


def up_to_date(settings: Settings) -> Generation | None:
    """The current generation where building again would change nothing, else None.

    Raises:
        CorpusError: there is no corpus folder.
    """
    hashes = corpus_hashes(settings)
    try:
        opened = open_index(settings)
    except IndexFault:
        return None
    card = opened.generation.card
    same_program = (card.program, card.model, card.answering) == (program(), settings.model, _answering(settings))
    whole = not opened.degraded and encoder_folder(settings.index, card.encoder).is_dir()
    return opened.generation if hashes == opened.generation.file_hashes and same_program and whole else None


def _answering(settings: Settings) -> str:
    """A fingerprint of what decides, beside texts and program, whether a question is answered."""
    digest = hashlib.sha256(f"{settings.threshold} {settings.reranker}\n".encode())
    with suppress(OSError):  # none was fitted; one that cannot be read is told where it is used
        digest.update(Layout(settings.index).calibration.read_bytes())
    return digest.hexdigest()[:16]


def build_index(
    settings: Settings,
    encoder: Encoder,
    enrich: Enrich = lambda generation: {},
    progress: Progress = lambda done, of: None,
    corpus: Corpus | None = None,
) -> Built:
    """Build a new generation from the corpus and make it the current one.

    Texts that the generation before held already are not encoded again. `enrich` may add files
    that are worked out from the whole snapshot. A `corpus` given is taken instead of the folder.

    Raises:
        CorpusError: nothing to build from; the index stays as it was.
        IndexLocked: another process is building.
        IndexFull: too little room on the disk.
    """
    root = Layout(settings.index)
    make_folder(root.root)
    with only_writer(root.lock):
        sweep_drafts(root)  # before the room is looked at: they may be what takes it
        check_room(root.root, settings.min_free_bytes)
        previous, pair = _previous(settings)
        known = {row.path: row.id for row in previous.rows} if previous else {}
        parsed = previous.parsed if previous else lambda path, sha256: None
        hashes = {row.path: row.file_sha256 for row in previous.rows} if previous else {}
        corpus = corpus or load_corpus(settings, known, parsed, hashes)
        prepared = prepare(corpus, previous)
        kept = Encoded(root.encoded(encoder.identity), encoder.dimension, settings.vector_cache_bytes)
        current = write_generation(
            prepared, corpus, encoder, root=root, previous=previous, model=settings.model,
            answering=_answering(settings), enrich=enrich, progress=progress, kept=kept,
        )  # fmt: skip
        generation = Generation.open(root.generation(current[0]), current[1])
        publish(root, current, pair)
        kept.trim()
        sweep(root, [current[0], *([pair[0]] if pair else [])])
    return Built(generation, corpus)


def _previous(settings: Settings) -> tuple[Generation | None, tuple[str, str] | None]:
    """The generation to take vectors from and to keep: the newest that is whole."""
    try:
        opened = open_index(settings)
    except IndexFault:
        return None, None
    named = read_manifest(Layout(settings.index))
    pair = named["previous"] if opened.degraded else named["current"]
    return opened.generation, (pair["generation"], pair["sha256"])
