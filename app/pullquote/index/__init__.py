"""The index on disk: built whole, opened with the generation before to fall back to, compared with its corpus."""

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from pullquote.corpus.folder import FileStates, folder_hashes, read_facts
from pullquote.errors import CorpusError, IndexFault
from pullquote.index import layout
from pullquote.index.build import Built, build_index
from pullquote.index.engine import fill
from pullquote.index.generation import Generation, Opened, open_index, open_named
from pullquote.index.layout import Card, Layout, read_manifest
from pullquote.models.encoder import at_hand, unfinished_exports
from pullquote.settings import Settings

__all__ = [
    "Built",
    "Opened",
    "Staleness",
    "build_index",
    "current_card",
    "current_name",
    "damage",
    "differing",
    "is_locked",
    "leftovers",
    "open_index",
    "read_manifest",
    "up_to_date",
]

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
    faults: dict[str, str | None] = {role: None for role in _ROLES if named.get(role)}
    for role in faults:
        try:
            open_named(settings, named[role], thorough=True)
        except IndexFault as fault:
            faults[role] = str(fault)
    return faults


def leftovers(settings: Settings) -> tuple[str, ...]:
    """What interrupted builds left below the index folder, by path relative to it; the next build sweeps it."""
    root = Layout(settings.index)
    used: set[str] = set()
    with suppress(IndexFault):
        named = read_manifest(root)
        used = {str(named[role]["generation"]) for role in _ROLES if named.get(role)}
    unused = (path for path in root.generations.glob("*") if path.name not in used)
    drafts = (*unfinished_exports(root.root), *root.root.glob(".MANIFEST.json.*"))
    return tuple(sorted(path.relative_to(root.root).as_posix() for path in (*drafts, *unused)))


def up_to_date(settings: Settings) -> Generation | None:
    """The current generation where building again would change nothing, else None; an engine that
    lost it is filled again.

    Raises:
        CorpusError: there is no corpus folder.
        EngineError: the engine cannot be asked, or filled.
    """
    hashes, _ = folder_hashes(settings, read_facts(Layout(settings.index).facts))
    try:
        opened = open_index(settings)
    except IndexFault:
        return None
    generation, card = opened.generation, opened.generation.card
    now = (layout.program(), settings.model, layout.answering(settings))
    if opened.degraded or not at_hand(settings.index, card.encoder):
        return None
    if (card.program, card.model, card.answering) != now or hashes != generation.file_hashes:
        return None
    fill(settings, generation.numbering.shards)
    return generation


def is_locked(settings: Settings) -> bool:
    """Whether a process is building this index now."""
    import fcntl

    with (
        suppress(FileNotFoundError, PermissionError),
        Layout(settings.index).lock.open("rb") as file,
    ):
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A generation, the files that differ from it, and until when that holds."""

    generation: str = ""
    changed: tuple[str, ...] = ()
    until: float = 0.0


class Staleness:
    """Compares a corpus folder with a generation, and reads its files only where the facts of one
    changed since it was built.

    Safe to call from several threads: while one compares, the others get what was known before. Many
    files are compared beside, and less often; none differs until that is done.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._facts: FileStates = read_facts(Layout(settings.index).facts)
        self._latest = Comparison()
        self._comparing = threading.Lock()

    def changed(self, generation: Generation) -> tuple[str, ...]:
        """The files that differ, by path; none where there is no corpus folder, as an index may serve
        without it.
        """
        latest = self._latest
        compared = latest.generation == generation.card.name
        changed = latest.changed if compared else ()
        many = generation.card.counts["documents"] > MANY_FILES
        if compared and time.monotonic() < latest.until:
            return changed
        if not self._comparing.acquire(blocking=not (compared or many)):
            return changed
        if many:
            threading.Thread(target=self._compare, args=(generation,), daemon=True).start()
            return changed
        self._compare(generation)
        return self._latest.changed

    def _compare(self, generation: Generation) -> None:
        changed: tuple[str, ...] = ()
        start = time.monotonic()
        try:
            with suppress(CorpusError):
                hashes, self._facts = folder_hashes(self._settings, self._facts)
                changed = differing(generation, hashes)
            now = time.monotonic()
            until = now + max(STALE_SECONDS, (now - start) / SHARE)
            self._latest = Comparison(generation.card.name, changed, until)
        finally:
            self._comparing.release()


def differing(generation: Generation, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """The files that are not, or no longer, what a generation was built from, by path; `hashes` are those of now."""
    then = generation.file_hashes
    return tuple(
        path for path in sorted(hashes.keys() | then.keys()) if hashes.get(path) != then.get(path)
    )
