"""The index on disk: built whole, opened with the generation before to fall back to, compared with its corpus."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pullquote.corpus.folder import Facts, folder_hashes, read_facts
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

STALE_SECONDS = 5.0  # how long a comparison of corpus and index holds at least
MANY_FILES = 1_000  # more than a question may wait for: about a tenth of a second
SHARE = 0.01  # of the time that may go into comparing
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


@dataclass(frozen=True, slots=True)
class Compared:
    """A generation, the files that differ from it, and until when that holds."""

    generation: str = ""
    found: tuple[str, ...] = ()
    until: float = 0.0


class Staleness:
    """Compares a corpus folder with a generation, and reads its files only where the facts of one changed since it was built.

    Safe to call from several threads: while one compares, the others are told what was known before. Many files are
    compared beside, and less often; none differs until that is done.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._facts: Facts = read_facts(Layout(settings.index).facts)
        self._known = Compared()
        self._comparing = threading.Lock()

    def changed(self, generation: Generation) -> tuple[str, ...]:
        """The files that differ, by path; none where there is no corpus folder, as an index may serve without it."""
        known = self._known
        told = known.generation == generation.card.name
        found, beside = known.found if told else (), generation.card.counts["documents"] > MANY_FILES
        if (told and time.monotonic() < known.until) or not self._comparing.acquire(blocking=not (told or beside)):
            return found
        if beside:
            threading.Thread(target=self._compare, args=(generation,), daemon=True).start()
            return found
        self._compare(generation)
        return self._known.found

    def _compare(self, generation: Generation) -> None:
        found: tuple[str, ...] = ()
        start = time.monotonic()
        try:
            with suppress(CorpusError):
                hashes, self._facts = folder_hashes(self._settings, self._facts)
                found = differing(generation, hashes)
            now = time.monotonic()
            self._known = Compared(generation.card.name, found, now + max(STALE_SECONDS, (now - start) / SHARE))
        finally:
            self._comparing.release()


def differing(generation: Generation, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not, or no longer, what a generation was built from, by path; `hashes` are those of now."""
    then = generation.file_hashes
    return tuple(path for path in sorted(hashes.keys() | then.keys()) if hashes.get(path) != then.get(path))
