"""The corpus folder file by file: what there is, what its bytes hash to, and which files need not be read again."""

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import NamedTuple

from pullquote.corpus.corpus import (
    BESIDE,
    Corpus,
    CorpusFile,
    Kept,
    Known,
    Skipped,
    corpus_files,
    debate_of,
    left_out,
    parse_document,
    read_beside,
    remarks_on,
    too_large,
)
from pullquote.corpus.documents import Document
from pullquote.corpus.ids import Ids
from pullquote.errors import CorpusError, DocumentError
from pullquote.settings import Settings

SETTLED_SECONDS = 2.0  # a file changed so short a time before it was read may change again without its times telling
Stat = tuple[
    int, int, int, int
]  # when it was written and changed, in nanoseconds, its size and its number
Facts = Mapping[str, tuple[Stat, str]]  # of each file by path, with the SHA-256 of its bytes


class Entry(NamedTuple):
    """A document before it is read. `beside` is the SHA-256 of the file of facts beside it, "" where there is none.

    `sha256` is of its file, or, of a document that lies in no folder, of all that is known of it.
    """

    path: str
    debate: str
    id: str
    sha256: str
    beside: str
    size: int


class Loaded(NamedTuple):
    """A document, what is odd about its file, and the SHA-256 of what was read for it, by path."""

    document: Document
    remarks: tuple[str, ...] = ()
    hashes: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Listing:
    """What is to be indexed: an entry a document, by debate and path, and what loads one.

    `load` raises DocumentError for what turns out to be no document. `held` are documents that are in memory already.
    """

    entries: tuple[Entry, ...]
    load: Callable[[Entry], Loaded]
    skipped: tuple[Skipped, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Skipped, ...] = ()
    facts: Facts = field(default_factory=dict)
    held: Mapping[str, Document] | None = None


def list_corpus(
    settings: Settings,
    known_ids: Known = None,
    known_hashes: Known = None,
    kept: Kept = lambda sha256: None,
    facts: Facts | None = None,
) -> Listing:
    """List the corpus folder; arguments as of `load_corpus`, and what was known of its files: those are not read again.

    Raises:
        CorpusError: the folder is missing, holds too much, or cannot be read just now.
    """
    files = _Files(settings, facts or {})
    paths = [path for path in files.paths if not path.endswith(BESIDE)]
    ids = Ids(known_ids or {}, known_hashes or {}, paths)
    entries, skipped, left = list[Entry](), list[Skipped](), settings.max_corpus_bytes
    for path in paths:
        beside = ""
        try:
            sha256, size = files.hash(path)
            if path + BESIDE in files.hashes:
                beside, _ = files.hash(path + BESIDE)
        except DocumentError as error:
            skipped.append(Skipped(path, str(error)))
            continue
        entries.append(Entry(path, debate_of(path), ids.give(path, sha256), sha256, beside, size))
        left -= size
    if left < 0:
        raise too_large(settings)
    entries.sort(key=lambda entry: (entry.debate, entry.path))
    load, odd = Reader(settings, kept), tuple(left_out(settings))
    return Listing(tuple(entries), load, tuple(skipped), files.hashes, odd, files.facts)


def listed(corpus: Corpus) -> Listing:
    """A corpus that is in memory already, as a listing.

    Raises:
        CorpusError: two documents have the same path or the same id: one would take the other's place.
    """
    for name in ("path", "id"):
        counts = Counter(getattr(document, name) for document in corpus.documents)
        if repeated := [value for value, count in counts.items() if count > 1]:
            raise CorpusError(
                f"several documents have the {name} {repeated[0]!r}; give each its own"
            )
    documents = {document.path: document for document in corpus.documents}
    ordered = sorted(corpus.documents, key=lambda document: (document.debate, document.path))
    entries = [_entry(document, corpus) for document in ordered]

    def load(entry: Entry) -> Loaded:
        return Loaded(
            documents[entry.path], hashes={entry.path: entry.sha256} if entry.sha256 else {}
        )

    return Listing(
        tuple(entries), load, corpus.skipped, corpus.hashes, corpus.remarks, held=documents
    )


def _entry(document: Document, corpus: Corpus) -> Entry:
    sha256, facts_hash = corpus.hashes.get(document.path, ""), _print_of(document)
    size = len(document.text)
    return Entry(document.path, document.debate, document.id, sha256, facts_hash, size)


def _print_of(document: Document) -> str:
    facts = ", ".join(
        f"{attribute.name}={getattr(document, attribute.name)!r}" for attribute in fields(document)
    )
    return hashlib.sha256(f"Document({facts})".encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reader:
    """Loads the documents of a corpus folder, one at a time."""

    settings: Settings
    kept: Kept

    def __call__(self, entry: Entry) -> Loaded:
        """The document of an entry as its file is now.

        Raises:
            DocumentError: it is none.
            CorpusError: it cannot be read just now.
        """
        hashes = {entry.path + BESIDE: ""} if entry.beside else {}
        file: CorpusFile = read_beside(self.settings, entry.path, hashes)
        document = parse_document(file, document_id=entry.id, kept=self.kept)
        return Loaded(document, tuple(remarks_on(file, document)), hashes)


class _Files:
    """The files of a corpus folder with their hashes, read only where their facts are not those that are known."""

    def __init__(self, settings: Settings, known: Facts) -> None:
        self._settings, self._known, self._now = settings, known, time.time_ns()
        self._root = f"{settings.corpus}{os.sep}"
        self.paths: Sequence[str] = corpus_files(settings)
        self.hashes = dict.fromkeys(self.paths, "")
        self.facts: dict[str, tuple[Stat, str]] = {}

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
            hashes: dict[str, str] = {}
            size = len(read_beside(self._settings, path, hashes).content)
            sha256 = hashes[path]
        if stat and self._now - max(stat[:2]) > SETTLED_SECONDS * 1e9:
            self.facts[path] = stat, sha256
        self.hashes[path] = sha256
        return sha256, size


def _stat(path: str) -> Stat | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def folder_hashes(settings: Settings, facts: Facts) -> tuple[dict[str, str], Facts]:
    """SHA-256 of every document's file, and of the facts beside it, by path, "" where it cannot be read; and what is known now.

    Files that are still as `facts` says are not read.

    Raises:
        CorpusError: there is no corpus folder.
    """
    files = _Files(settings, facts)
    for path in files.paths:
        with suppress(DocumentError):
            files.hash(path)
    return files.hashes, files.facts


def read_facts(path: Path) -> Facts:
    """What a file of facts holds; nothing where there is none or it is damaged: all is then read again."""
    try:
        rows = json.loads(path.read_bytes())
        return {name: ((a, b, c, d), str(sha256)) for name, (a, b, c, d, sha256) in rows.items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write_facts(path: Path, facts: Facts) -> None:
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
