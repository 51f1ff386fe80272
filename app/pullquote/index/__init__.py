"""The index on disk: built whole, opened with the generation before to fall back to, compared with its corpus."""

import fcntl
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pullquote.corpus.corpus import corpus_paths, read_file
from pullquote.errors import CorpusError, DocumentError, IndexFault
from pullquote.index.build import Built, build_index, up_to_date
from pullquote.index.generation import Generation, Opened, open_index
from pullquote.index.layout import Card, Layout, read_card, read_manifest
from pullquote.models.encoder import unfinished_exports
from pullquote.settings import Settings

__all__ = [
    "Built", "Opened", "Staleness", "build_index", "current_card", "current_name", "damage", "differing", "is_locked",
    "leftovers", "open_index", "read_manifest", "up_to_date",
]  # fmt: skip

STALE_SECONDS = 5.0  # how long a comparison of corpus and index holds
# A file changed so short a time before it was read may change again without its times telling.
SETTLED_SECONDS = 2.0
_ROLES = ("current", "previous")
_Facts = tuple[int, int, int, int]


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


def damage(settings: Settings, whole: Generation | None = None) -> dict[str, tuple[str, ...]]:
    """What is wrong with the current generation and with the one before, under the name of its role; none where whole.

    Args:
        whole: a generation that was just opened, and so checked, which is not read again.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: the manifest is damaged.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    return {role: _faults(root, named[role], whole) for role in _ROLES if named.get(role)}


def _faults(root: Layout, pair: Mapping[str, str], whole: Generation | None) -> tuple[str, ...]:
    try:
        if whole is None or pair["generation"] != whole.card.name:
            Generation.open(root.generation(pair["generation"]), pair["sha256"])
    except IndexFault as fault:
        return (str(fault),)
    except (KeyError, TypeError):
        return (f"{root.manifest} is damaged",)
    return ()


def leftovers(settings: Settings) -> tuple[str, ...]:
    """What interrupted builds left below the index folder, by path relative to it; the next build sweeps it."""
    root = Layout(settings.index)
    kept: set[str] = set()
    with suppress(IndexFault):
        named = read_manifest(root)
        kept = {str(named[role]["generation"]) for role in _ROLES if named.get(role)}
    left = [*unfinished_exports(root.root), *root.root.glob(".MANIFEST.json.*")]
    if root.generations.is_dir():
        left += [path for path in root.generations.iterdir() if path.name not in kept]
    return tuple(sorted(path.relative_to(root.root).as_posix() for path in left))


def is_locked(settings: Settings) -> bool:
    """Whether a process is building this index now."""
    try:
        with Layout(settings.index).lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class Staleness:
    """Compares a corpus folder with a generation, and reads only files whose facts changed since.

    Safe to call from several threads: while one compares, the others are told what was known before.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._seen: dict[str, tuple[_Facts, str]] = {}
        self._known: tuple[float, str, tuple[str, ...]] = (0.0, "", ())
        self._comparing = threading.Lock()

    def changed(self, generation: Generation) -> tuple[str, ...]:
        """The files that differ, by path; none where there is no corpus folder, as an index may serve without it."""
        when, name, found = self._known
        told = name == generation.card.name
        if told and time.monotonic() - when <= STALE_SECONDS:
            return found
        if not self._comparing.acquire(blocking=not told):
            return found
        try:
            with suppress(CorpusError):
                hashes = {path: self._hash(path) for path in corpus_paths(self._settings)}
                self._seen = {path: seen for path, seen in self._seen.items() if path in hashes}
                self._known = (time.monotonic(), generation.card.name, differing(generation, hashes))
                return self._known[2]
            self._known = (time.monotonic(), generation.card.name, ())
            return ()
        finally:
            self._comparing.release()

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


def _facts(path: Path) -> _Facts | None:
    """What changes when a file is written or replaced: its times in nanoseconds, size and number."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def differing(generation: Generation, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not, or no longer, what a generation was built from, by path; `hashes` are those of now."""
    then = generation.file_hashes
    return tuple(path for path in sorted(hashes.keys() | then.keys()) if hashes.get(path) != then.get(path))
