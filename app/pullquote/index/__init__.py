"""The index on disk: built whole, opened with the generation before to fall back to, compared with its corpus."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress

from pullquote.corpus.folder import Facts, folder_hashes
from pullquote.errors import CorpusError, IndexFault
from pullquote.index.build import Built, build_index, up_to_date
from pullquote.index.generation import Generation
from pullquote.index.layout import Card, Layout, read_manifest
from pullquote.index.opening import Opened, open_index, open_named
from pullquote.models.encoder import unfinished_exports
from pullquote.settings import Settings

__all__ = [
    "Built", "Opened", "Staleness", "build_index", "current_card", "current_name", "damage", "differing", "is_locked",
    "leftovers", "open_index", "read_manifest", "up_to_date",
]  # fmt: skip

STALE_SECONDS = 5.0  # how long a comparison of corpus and index holds
_ROLES = ("current", "previous")


def current_name(settings: Settings) -> str | None:
    """The current generation's name, or None when there is none that can be named."""
    with suppress(IndexFault):
        return read_manifest(Layout(settings.index))["current"]["generation"]
    return None


def current_card(settings: Settings) -> Card | None:
    """The card of the generation that the manifest names, checked, or None where there is none to read."""
    root = Layout(settings.index)
    with suppress(IndexFault, KeyError, TypeError, ValueError, AttributeError):
        named = read_manifest(root)["current"]
        return Card.read(root.generation(named["generation"]), named["sha256"])
    return None


def damage(settings: Settings) -> dict[str, str | None]:
    """What is wrong with the current generation and with the one before, or None, under the name of its role.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: the manifest is damaged.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    found: dict[str, str | None] = {role: None for role in _ROLES if named.get(role)}
    for role in found:
        try:
            open_named(settings, named[role], thorough=True)
        except IndexFault as fault:
            found[role] = str(fault)
    return found


def leftovers(settings: Settings) -> tuple[str, ...]:
    """What interrupted builds left below the index folder, by path relative to it; the next build sweeps it."""
    root = Layout(settings.index)
    kept: set[str] = set()
    with suppress(IndexFault):
        named = read_manifest(root)
        kept = {str(named[role]["generation"]) for role in _ROLES if named.get(role)}
    unused = (path for path in root.generations.glob("*") if path.name not in kept)
    left = (*unfinished_exports(root.root), *root.root.glob(".MANIFEST.json.*"), *unused)
    return tuple(sorted(path.relative_to(root.root).as_posix() for path in left))


def is_locked(settings: Settings) -> bool:
    """Whether a process is building this index now."""
    import fcntl

    with suppress(FileNotFoundError, PermissionError), Layout(settings.index).lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


class Staleness:
    """Compares a corpus folder with a generation, and reads its files only where the facts of one changed since.

    Safe to call from several threads: while one compares, the others are told what was known before.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._facts: Facts = {}
        self._known: tuple[float, str, tuple[str, ...]] = (0.0, "", ())
        self._comparing = threading.Lock()

    def changed(self, generation: Generation) -> tuple[str, ...]:
        """The files that differ, by path; none where there is no corpus folder, as an index may serve without it."""
        when, name, found = self._known
        told = name == generation.card.name
        fresh = told and time.monotonic() - when <= STALE_SECONDS
        if fresh or not self._comparing.acquire(blocking=not told):
            return found
        try:
            self._known = (time.monotonic(), generation.card.name, differing(generation, self._hashes()))
        except CorpusError:
            self._known = (time.monotonic(), generation.card.name, ())
        finally:
            self._comparing.release()
        return self._known[2]

    def _hashes(self) -> Mapping[str, str]:
        hashes, self._facts = folder_hashes(self._settings, self._facts)
        return hashes


def differing(generation: Generation, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not, or no longer, what a generation was built from, by path; `hashes` are those of now."""
    then = generation.file_hashes
    return tuple(path for path in sorted(hashes.keys() | then.keys()) if hashes.get(path) != then.get(path))
