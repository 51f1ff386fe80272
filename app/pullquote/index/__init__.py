"""The index on disk: build a generation, open the current one, fall back to the one before."""

import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pullquote.corpus.corpus import Corpus, corpus_hashes, corpus_paths, load_corpus, read_file
from pullquote.corpus.files import make_folder, only_writer
from pullquote.errors import CorpusError, DocumentError, IndexCorrupt, IndexFault, IndexMissing
from pullquote.index.build import (
    Encoded,
    Enrich,
    Progress,
    check_room,
    prepare,
    publish,
    sweep,
    sweep_drafts,
    write_generation,
)  # fmt: skip
from pullquote.index.files import Stamp, read_checked, read_regular
from pullquote.index.generation import Generation
from pullquote.index.layout import FORMAT, MAX_CARD, Card, Layout, program, read_card
from pullquote.models.encoder import Encoder, encoder_folder, unfinished_exports
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


ROLES = ("current", "previous")


def damage(settings: Settings, whole: Generation | None = None) -> dict[str, tuple[str, ...]]:
    """Every fault of the current generation and of the one before, under the name of its role; none where whole.

    Args:
        whole: a generation that was just opened, and so checked, which is not read again.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: the manifest is damaged.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    return {role: _faults(root, named[role], whole) for role in ROLES if named.get(role)}


def _faults(root: Layout, pair: Mapping[str, str], whole: Generation | None) -> tuple[str, ...]:
    faults: list[str] = []
    try:
        if whole is not None and pair["generation"] == whole.card.name:
            return ()
        files = root.generation(pair["generation"])
        content = read_regular(files.card, MAX_CARD)
        if Stamp.of(content).sha256 != pair["sha256"]:
            return (f"{files.card} is not what was written (SHA-256 differs)",)
        for name, stamp in Card.of(content).files.items():
            try:
                read_checked(files.file(name), stamp)
            except IndexCorrupt as fault:
                faults.append(str(fault))
        if not faults:
            Generation.open(files, pair["sha256"])
    except IndexFault as fault:
        faults.append(str(fault))
    except (KeyError, TypeError):
        faults.append(f"{root.manifest} is damaged")
    return tuple(faults)


def leftovers(settings: Settings) -> tuple[str, ...]:
    """What interrupted builds left below the index folder, by path relative to it; the next build sweeps it."""
    root = Layout(settings.index)
    kept: set[str] = set()
    with suppress(IndexFault):
        named = read_manifest(root)
        kept = {str(named[role]["generation"]) for role in ROLES if named.get(role)}
    drafts = [path.relative_to(root.root).as_posix() for path in unfinished_exports(root.root)]
    drafts += [path.name for path in root.root.glob(".MANIFEST.json.*")]
    if root.generations.is_dir():
        drafts += [f"generations/{path.name}" for path in root.generations.iterdir() if path.name not in kept]
    return tuple(sorted(drafts))


def is_locked(settings: Settings) -> bool:
    """Whether a process is building this index now."""
    try:
        descriptor = os.open(Layout(settings.index).lock, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


STALE_SECONDS = 5.0  # how long a comparison of corpus and index holds
# A file changed so short a time before it was read may change again without its times telling.
SETTLED_SECONDS = 2.0
_Facts = tuple[int, int, int, int]


class Staleness:
    """Compares a corpus folder with a generation, and reads only files whose facts changed since.

    Safe to call from several threads: while one compares, the others are told what was known before.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: dict[str, tuple[_Facts, str]] = {}
        self._known: tuple[float, str, tuple[str, ...]] | None = None
        self._comparing = threading.Lock()

    def changed(self, generation: Generation) -> tuple[str, ...]:
        """The files that differ, by path; none where there is no corpus folder, as an index may serve without it."""
        known, name = self._known, generation.card.name
        if known and known[1] == name and time.monotonic() - known[0] <= STALE_SECONDS:
            return known[2]
        told = known is not None and known[1] == name
        if not self._comparing.acquire(blocking=not told):
            return known[2] if known else ()
        try:
            found = self._differing(generation)
            self._known = (time.monotonic(), name, found)
            return found
        finally:
            self._comparing.release()

    def _differing(self, generation: Generation) -> tuple[str, ...]:
        try:
            return differing(generation, self._hashes())
        except CorpusError:
            return ()

    def _hashes(self) -> dict[str, str]:
        hashes = {path: self._hash(path) for path in corpus_paths(self._settings)}
        for gone in self._seen.keys() - hashes.keys():
            del self._seen[gone]
        return hashes

    def _hash(self, path: str) -> str:
        facts = _facts(self._settings.corpus / path)
        if facts and path in self._seen and self._seen[path][0] == facts:
            return self._seen[path][1]
        try:
            found = read_file(self._settings.corpus, path, limit=self._settings.max_document_bytes).sha256
        except DocumentError:
            found = ""
        self._seen.pop(path, None)
        if facts and time.time() - max(facts[:2]) / 1e9 > SETTLED_SECONDS:
            self._seen[path] = facts, found
        return found


def differing(generation: Generation, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not, or no longer, what a generation was built from, by path; `hashes` are those of now."""
    then = generation.file_hashes
    untold = {path for path, _ in generation.card.skipped} - then.keys()  # by a program that kept no hashes of these
    return tuple(path for path in sorted((hashes.keys() | then.keys()) - untold) if hashes.get(path) != then.get(path))


def _facts(path: Path) -> _Facts | None:
    """What changes when a file is written or replaced: its times in nanoseconds, size and number."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
