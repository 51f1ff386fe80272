"""Staleness: which files of the corpus differ from what an index was built from."""

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from pullquote.corpus.corpus import corpus_paths, read_file
from pullquote.errors import CorpusError, DocumentError
from pullquote.index.generation import Generation
from pullquote.settings import Settings

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
