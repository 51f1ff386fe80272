"""The corpus: what is to be indexed, listed before it is read, and read one document at a time."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import NamedTuple

from pullquote.corpus.documents import Document
from pullquote.corpus.folder import RAISE, FileStates, FolderFiles, other_paths, read_path
from pullquote.corpus.ids import Ids
from pullquote.corpus.parsing import (
    BESIDE,
    Kept,
    conversion,
    debate_of,
    document_suffixes,
    parse_document,
    remarks_on,
)
from pullquote.errors import CorpusError, DocumentError
from pullquote.settings import Settings

MAX_NAMED = 5  # files that are no documents: so many are named, the others counted
ByPath = Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file of the corpus folder and why it could not be read, or what is odd about it."""

    path: str
    reason: str


@dataclass(frozen=True)
class Corpus:
    """All documents that could be read, in the order of their paths, and those that could not."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file by path, as it was read; "" where it could not be. Files of facts are among them."""
    remarks: tuple[Skipped, ...] = ()
    """Files that were read, and what is odd about them."""


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
    facts: FileStates = field(default_factory=dict)
    held: Mapping[str, Document] | None = None


def list_corpus(
    settings: Settings,
    known_ids: ByPath = None,
    known_hashes: ByPath = None,
    kept: Kept = lambda sha256: None,
    facts: FileStates | None = None,
) -> Listing:
    """List the corpus folder.

    Args:
        known_ids, known_hashes: as of `Ids`.
        kept: what was taken out of a file before, which is not taken out again.
        facts: what was known of the files: those that are still so are not read again.

    Raises:
        CorpusError: the folder is missing, holds too much, or cannot be read just now.
    """
    files = FolderFiles(settings, facts or {})
    paths = [path for path in files.paths if not path.endswith(BESIDE)]
    ids = Ids(known_ids or {}, known_hashes or {}, paths)
    entries, skipped = _entries(paths, files, ids)
    if sum(entry.size for entry in entries) > settings.max_corpus_bytes:
        limit = f"PULLQUOTE_MAX_CORPUS_BYTES={settings.max_corpus_bytes}"
        advice = f"take documents out, or {RAISE}"
        raise CorpusError(f"{settings.corpus} holds more than {limit}; {advice}")
    entries.sort(key=lambda entry: (entry.debate, entry.path))
    load, remarks = DocumentLoader(settings, kept), tuple(_left_out(settings))
    return Listing(tuple(entries), load, tuple(skipped), files.hashes, remarks, files.states)


def _entries(
    paths: Sequence[str], files: FolderFiles, ids: Ids
) -> tuple[list[Entry], list[Skipped]]:
    entries, skipped = list[Entry](), list[Skipped]()
    for path in paths:
        try:
            sha256, size = files.hash(path)
            beside = files.hash(path + BESIDE)[0] if path + BESIDE in files.hashes else ""
        except DocumentError as error:
            skipped.append(Skipped(path, str(error)))
            continue
        entries.append(Entry(path, debate_of(path), ids.give(path, sha256), sha256, beside, size))
    return entries, skipped


def load_corpus(
    settings: Settings,
    known_ids: ByPath = None,
    known_hashes: ByPath = None,
    kept: Kept = lambda sha256: None,
) -> Corpus:
    """Read every document below the corpus folder; arguments as of `list_corpus`.

    Raises:
        CorpusError: as `list_corpus`, or there is no readable document.
    """
    listing = list_corpus(settings, known_ids, known_hashes, kept)
    documents, skipped, remarks = list[Document](), [*listing.skipped], list[Skipped]()
    hashes = {**listing.hashes}
    for entry in sorted(listing.entries, key=lambda entry: entry.path):
        try:
            loaded = listing.load(entry)
        except DocumentError as error:
            skipped.append(Skipped(entry.path, str(error)))
            continue
        documents.append(loaded.document)
        hashes |= loaded.hashes
        remarks += [Skipped(entry.path, remark) for remark in loaded.remarks]
    skipped.sort(key=lambda file: file.path)
    if not documents:
        raise nothing_to_read(settings, skipped)
    return Corpus(tuple(documents), tuple(skipped), hashes, (*remarks, *listing.remarks))


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
        hashes = {entry.path: entry.sha256} if entry.sha256 else {}
        return Loaded(documents[entry.path], hashes=hashes)

    files = corpus.skipped, corpus.hashes, corpus.remarks
    return Listing(tuple(entries), load, *files, held=documents)


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
class DocumentLoader:
    """Loads the documents of a corpus folder, one at a time."""

    settings: Settings
    kept: Kept

    def __call__(self, entry: Entry) -> Loaded:
        """The document of an entry as its file is now.

        Raises:
            DocumentError: it is none.
            CorpusError: it cannot be read just now.
        """
        file = read_path(self.settings, entry.path)
        hashes = {entry.path: file.sha256}
        if entry.beside:
            beside = read_path(self.settings, entry.path + BESIDE)
            hashes[beside.path] = beside.sha256
            file = replace(file, facts=beside.content)
        document = parse_document(file, document_id=entry.id, kept=self.kept)
        return Loaded(document, tuple(remarks_on(file, document)), hashes)


def _left_out(settings: Settings) -> Iterator[Skipped]:
    """That some files are no documents, where there are such but README files."""
    if names := [path for path in other_paths(settings) if Path(path).stem.upper() != "README"]:
        files = "1 file that is" if len(names) == 1 else f"{len(names)} files that are"
        kinds = f"of no kind that is read ({', '.join(document_suffixes())})"
        step = next(filter(None, map(conversion, names)), "")
        yield Skipped(str(settings.corpus), f"holds {files} {kinds}: {_some(names)}{step}")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def nothing_to_read(settings: Settings, skipped: Sequence[Skipped]) -> CorpusError:
    """That there is no document, and what there is in place of one."""
    folder, unread = settings.corpus, other_paths(settings)
    reasons = "".join(f"\n  {file.path}: {file.reason}" for file in skipped)
    reasons += f"\n  of no kind that is read, or a README: {_some(unread)}" if unread else ""
    reasons += next(filter(None, map(conversion, unread)), "")
    return CorpusError(
        f"no readable document in {folder}{reasons}\n"
        f"put Markdown, text, web pages or subtitles into {folder / 'NAME-OF-THE-DEBATE'}, then run `pullquote index`"
    )
