"""A store small enough to be built a thousand times: two editions of a corpus, and what must hold after any fault."""

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pullquote.errors import IndexFault, IndexMissing
from pullquote.index import build_index, open_index
from pullquote.index.generation import Generation
from pullquote.index.layout import Layout
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

# One document stays, one changes, one goes, one comes. The words of one edition stand in no other.
OLD = {
    "a/kept.txt": "Tolls are kept.",
    "a/changed.txt": "Old words. Stay old.",
    "b/goes.txt": "Goes away.",
}
NEW = {
    "a/kept.txt": "Tolls are kept.",
    "a/changed.txt": "New words, now.",
    "b/comes.txt": "Comes in. It stays.",
}


class TinyEncoder:
    """Eight numbers a text, from its hash."""

    identity = "7e" * 32
    dimension = 8

    def encode(self, texts: Sequence[str]) -> Vectors:
        digests = b"".join(
            hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8] for text in texts
        )
        vectors = np.frombuffer(digests, np.uint8).reshape(len(texts), 8).astype(np.float32) + 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def share_no_lock() -> None:
    """Take from progress bars the lock that forked processes share: one killed while it holds it stops all."""
    import tqdm
    import tqdm.auto

    for bar in (tqdm.tqdm, tqdm.auto.tqdm):
        bar.set_lock(threading.RLock())


def settings_of(folder: Path, index: Path | None = None) -> Settings:
    return Settings(
        corpus=folder / "corpus",
        index=index or folder / "index",
        min_confidence=0.0,
        min_free_bytes=0,
    )


def lay_out(settings: Settings, edition: dict[str, str]) -> None:
    """Make the corpus folder hold this edition and nothing else."""
    for path in sorted(settings.corpus.rglob("*.txt")):
        path.unlink()
    for name, text in edition.items():
        path = settings.corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def build(settings: Settings) -> str:
    """Build with the tiny encoder; the new generation's name."""
    return build_index(settings, TinyEncoder()).generation.card.name


def edition_of(generation: Generation) -> dict[str, str]:
    """The documents of a generation by path, each letter from the generation itself."""
    return {
        row.path: generation.document(number).text for number, row in enumerate(generation.rows)
    }


def faults_of(
    settings: Settings,
    *,
    before: dict[str, str] | None,
    acknowledged: bool = False,
    after: dict[str, str] = NEW,
) -> list[str]:
    """What is wrong with an index whose build from `before` to `after` was disturbed; nothing should be.

    Args:
        before: what the index held, None where there was none.
        acknowledged: the build said that it was done, so its documents must be there.
    """
    wrong = _opened(settings, before, after, acknowledged=acknowledged)
    try:
        build(settings)
    except (IndexFault, OSError) as error:
        return [*wrong, f"the next build fails: {error}"]
    wrong += _opened(settings, before, after, acknowledged=True)
    kept = {pair["generation"] for pair in _named(settings).values() if isinstance(pair, dict)}
    there = {path.name for path in Layout(settings.index).generations.iterdir()}
    left = {path.name for path in settings.index.iterdir()} - {
        "LOCK",
        "MANIFEST.json",
        "facts.json",
        "generations",
    }
    return wrong + [f"left over: {name}" for name in sorted((there - kept) | left)]


def _named(settings: Settings) -> dict:
    return json.loads(Layout(settings.index).manifest.read_bytes())


def _opened(
    settings: Settings, before: dict[str, str] | None, after: dict[str, str], *, acknowledged: bool
) -> list[str]:
    try:
        opened = open_index(settings)
    except IndexMissing:
        return [] if before is None and not acknowledged else ["the index is gone"]
    except IndexFault as error:
        return [f"it does not open: {error}"]
    wrong = [] if opened.degraded is None else [f"degraded: {opened.degraded}"]
    found = edition_of(opened.generation)
    if found != after and (acknowledged or found != before):
        wrong.append(
            "acknowledged documents are not there" if found == before else f"mixed: {sorted(found)}"
        )
    return wrong + _earlier(settings)


def _earlier(settings: Settings) -> list[str]:
    """The generation before must be whole too: it is what a damaged one falls back to."""
    pair = _named(settings)["previous"]
    if pair is None:
        return []
    try:
        Generation.open(Layout(settings.index), pair["generation"], pair["sha256"])
    except IndexFault as error:
        return [f"the generation before: {error}"]
    return []
