"""What the manifest names: published, opened (the one before where the current one is damaged), and all else swept."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullquote.errors import IndexCorrupt
from pullquote.index import layout
from pullquote.index.files import json_bytes, swap_in
from pullquote.index.generation import Generation
from pullquote.index.hosting import engines_of
from pullquote.index.layout import Layout, read_manifest
from pullquote.models.encoder import unfinished_exports
from pullquote.settings import Settings

DRAFT = ".building-"  # how the folder of a generation that is not whole yet begins


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation that can be used, and what is wrong if it is not the newest one."""

    generation: Generation
    degraded: str | None = None


def open_index(settings: Settings, serving: Generation | None = None, *, thorough: bool = False) -> Opened:
    """Open the current generation, or the one before it when the current one is damaged.

    The one that serves already, where it is either of them, is taken as it is and not opened a second time. To be
    `thorough` is to look at the last piece of every large file, which are else looked at as they are used.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: neither generation can be used, or they are of another format.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    try:
        return Opened(open_named(settings, named["current"], serving, thorough=thorough))
    except IndexCorrupt as damage:
        if read_manifest(root) != named:  # a build replaced it in this very moment
            return open_index(settings, serving, thorough=thorough)
        if not named.get("previous"):
            raise IndexCorrupt(f"{damage}; {layout.MEND}") from damage
        try:
            before = open_named(settings, named["previous"], serving, thorough=thorough)
            return Opened(before, degraded=f"{damage}; the previous generation serves; {layout.MEND}")
        except IndexCorrupt as worse:
            raise IndexCorrupt(f"{damage}; {worse}; {layout.MEND}") from worse


def open_named(
    settings: Settings, named: Mapping[str, str], serving: Generation | None = None, *, thorough: bool = False
) -> Generation:
    """The generation that the manifest names so.

    Raises:
        IndexCorrupt: it cannot be used.
    """
    root = Layout(settings.index)
    try:
        if serving is not None and named["generation"] == serving.card.name:
            return serving
        if "/" in named["generation"] or named["generation"].startswith("."):
            raise IndexCorrupt(f"{root.manifest} names no generation")
        known = serving.numbering.shards if serving else ()
        found = Generation.open(root, named["generation"], named["sha256"], engines_of(settings), known)
        for shard in found.numbering.shards if thorough else ():
            shard.check()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged") from error
    return found


def publish(root: Layout, current: tuple[str, str], previous: tuple[str, str] | None) -> None:
    """Make a whole generation the current one, in one step."""
    pairs = {"current": current, "previous": previous}
    named = {role: pair and {"generation": pair[0], "sha256": pair[1]} for role, pair in pairs.items()}
    swap_in(root.manifest, json_bytes({"format": layout.FORMAT, **named}))


def sweep(root: Layout, keep: Sequence[str] | None = None) -> None:
    """Remove what interrupted builds left, but for parts, or parts and all generations but those to keep."""
    left = root.generations.glob(f"{DRAFT}*" if keep is None else "*")
    parts = [] if keep is None else [root.parts]
    for folder in (*left, *parts, *unfinished_exports(root.root)):
        if keep is None or folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
    for draft in (*root.root.glob(".MANIFEST.json.*"), *root.root.glob(".facts.json.*"), *root.parts.glob(".*")):
        draft.unlink(missing_ok=True)
