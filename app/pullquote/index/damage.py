"""What is wrong with an index on disk, file by file: for whoever has to mend it."""

import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress

from pullquote.errors import IndexCorrupt, IndexFault
from pullquote.index import read_manifest
from pullquote.index.card import MAX_CARD, Card
from pullquote.index.files import Stamp, read_checked, read_regular
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.models.encoder import unfinished_exports
from pullquote.settings import Settings

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
