"""The corpus folder: which files are documents, what their bytes hash to, and which need not be read again."""

import json
import os
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from pullquote.corpus.decisions import DESK_FILE
from pullquote.corpus.extractors import extracted_suffixes
from pullquote.corpus.files import walk
from pullquote.corpus.parsing import BESIDE, CorpusFile, document_suffixes, read_file
from pullquote.errors import CorpusError, DocumentError
from pullquote.settings import Settings

PARTS = "_files"  # what a browser adds to a saved page's name, for the folder of its parts
RAISE = "raise it where the memory allows"
# A file changed so short a time before it was read may change again without its times telling
SETTLED_SECONDS = 2.0
Stat = tuple[int, int, int, int]
"""When a file was written and changed, in nanoseconds, its size and its number."""
FileStates = Mapping[str, tuple[Stat, str]]
"""Each file by path, with the SHA-256 of its bytes."""


def corpus_files(settings: Settings) -> list[str]:
    """The documents' paths, with those of the files of facts that stand beside some; raises what `corpus_paths` does."""
    paths = corpus_paths(settings)
    beside = set(walk(settings.corpus, _is_beside, depth=settings.max_depth))
    return sorted([*paths, *(path + BESIDE for path in paths if path + BESIDE in beside)])


def corpus_paths(settings: Settings) -> list[str]:
    """The documents' paths relative to the corpus folder, sorted.

    A folder is a debate; a file directly in the corpus folder belongs to `default`.
    Hidden files, those called README and other kinds of file are no documents.

    Raises:
        CorpusError: there is no such folder, part of it cannot be read, or it holds too many files.
    """
    folder = settings.corpus
    if not folder.is_dir():
        raise CorpusError(
            f"there is no corpus folder {folder}; create it and put documents into it, "
            "or name another one with PULLQUOTE_CORPUS"
        )
    try:
        names = walk(folder, _is_document_name, depth=settings.max_depth)
        document_paths = set(islice(names, settings.max_documents + 1))
    except OSError as error:
        raise CorpusError(
            f"{error.filename} cannot be read ({error.strerror}); let this user read it"
        ) from error
    paths = sorted(path for path in document_paths if not _is_part_of_page(path, document_paths))
    if len(paths) > settings.max_documents:
        limit = f"PULLQUOTE_MAX_DOCUMENTS={settings.max_documents}"
        raise CorpusError(
            f"the documents in {folder} are more than {limit}; take some out, or {RAISE}"
        )
    return paths


def other_paths(settings: Settings) -> list[str]:
    """The files that are no documents; as many as documents may be."""
    names = walk(
        settings.corpus,
        lambda name: not (_is_document_name(name) or _is_beside(name) or name == DESK_FILE),
        depth=settings.max_depth,
    )
    paths = (path for path in names if not (settings.corpus / path).is_dir())
    return sorted(islice(paths, settings.max_documents))


def _is_part_of_page(path: str, paths: Collection[str]) -> bool:
    """Whether a file lies in the folder that a browser puts beside a page that it saves: "Fees_files" beside "Fees.html"."""
    if f"{PARTS}/" not in path:
        return False
    pages = (
        above.removesuffix(PARTS) for above in map(str, Path(path).parents) if above.endswith(PARTS)
    )
    return any(f"{page}{suffix}" in paths for page in pages for suffix in extracted_suffixes())


def _is_document_name(name: str) -> bool:
    return (
        name.lower().endswith(document_suffixes()) and name.rpartition(".")[0].upper() != "README"
    )


def _is_beside(name: str) -> bool:
    document = name.removesuffix(BESIDE)
    return (
        len(document) < len(name)
        and document.lower().endswith(extracted_suffixes())
        and _is_document_name(document)
    )


class FolderFiles:
    """The files of a corpus folder with their hashes, read only where their facts are not those that are known."""

    def __init__(self, settings: Settings, known: FileStates) -> None:
        self._settings, self._known, self._now = settings, known, time.time_ns()
        self._root = f"{settings.corpus}{os.sep}"
        self.paths: Sequence[str] = corpus_files(settings)
        self.hashes = dict.fromkeys(self.paths, "")
        self.states: dict[str, tuple[Stat, str]] = {}

    def hash(self, path: str) -> tuple[str, int]:
        """SHA-256 and size of a file; raises what `read_file` does."""
        stat, known_facts = _stat(self._root + path), self._known.get(path)
        if (
            stat
            and known_facts
            and known_facts[0] == stat
            and stat[2] <= self._settings.max_document_bytes
        ):
            sha256, size = known_facts[1], stat[2]
        else:
            file = read_path(self._settings, path)
            sha256, size = file.sha256, len(file.content)
        if stat and self._now - max(stat[:2]) > SETTLED_SECONDS * 1e9:
            self.states[path] = stat, sha256
        self.hashes[path] = sha256
        return sha256, size


def read_path(settings: Settings, path: str) -> CorpusFile:
    """A file of the corpus folder; raises what `read_file` does."""
    limits = {"limit": settings.max_document_bytes, "max_depth": settings.max_depth}
    return read_file(settings.corpus, path, **limits)


def _stat(path: str) -> Stat | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def folder_hashes(settings: Settings, facts: FileStates) -> tuple[dict[str, str], FileStates]:
    """SHA-256 of every document's file, and of the facts beside it, by path, "" where it cannot be read; and what is known now.

    Files that are still as `facts` says are not read.

    Raises:
        CorpusError: there is no corpus folder.
    """
    files = FolderFiles(settings, facts)
    for path in files.paths:
        with suppress(DocumentError):
            files.hash(path)
    return files.hashes, files.states


def read_facts(path: Path) -> FileStates:
    """What a file of facts holds; nothing where there is none or it is damaged: all is then read again."""
    try:
        rows = json.loads(path.read_bytes())
        return {name: ((a, b, c, d), str(sha256)) for name, (a, b, c, d, sha256) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write_facts(path: Path, facts: FileStates) -> None:
    """Keep what is known of the files; where that fails, all is read again some day."""
    content = json.dumps(
        {name: [*stat, sha256] for name, (stat, sha256) in facts.items()}, separators=(",", ":")
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content.encode("utf-8"))
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
