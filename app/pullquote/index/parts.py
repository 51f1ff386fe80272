"""Parts of an index: what is worked out of some documents alone, and the file that keeps it until a
generation is whole.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.corpus import Entry, Loaded, Skipped
from pullquote.corpus.documents import Document
from pullquote.corpus.language import language_of
from pullquote.corpus.passages import lead, search_key, split_passages
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.errors import DocumentError, IndexCorrupt
from pullquote.index import layout
from pullquote.index.files import swap_in
from pullquote.index.layout import DocumentRow, facts_of
from pullquote.index.postings import TermCounts, count_words
from pullquote.index.shard import ALIGNED, KINDS, RAGGED, Sentences, Tables
from pullquote.models.encoder import Encoder
from pullquote.models.interaction import DIMENSION, Interaction
from pullquote.models.onnx import Vectors

LETTERS = 200_000  # of a part's files, about: a crash costs the work on two of them at most
# About one document in so many ends a part, whatever comes before it: a change moves the ends of no
# other part.
END = 32
AT_ONCE = 2  # parts: while one is split or written the texts of another keep all cores at work
KEY_BYTES = 16
_MAGIC = b"pullquote part 1\n"
_DIGEST_BYTES = 32
_COUNTS = ("listed", "starts", "postings", "times", "lengths")  # columns of a part's `TermCounts`

Attribute = Callable[[Document, Sequence[Sentence]], bytes]  # whose words it holds, a line of JSON
Advance = Callable[[int], None]  # so many letters more are done
Progress = Callable[[int, int], None]  # letters done, of how many
Load = Callable[[Entry], Loaded]


class Encoded(Protocol):
    """What was encoded before."""

    def vectors(self, document_id: str) -> Mapping[bytes, Vectors]:
        """Vectors of a document's texts, by fingerprint."""

    def tokens(self, document_id: str) -> Mapping[bytes, NDArray[np.int8]]:
        """Token vectors of a document's windows, by fingerprint."""


# Writes the part of each key into a folder, durably, each as it is done.
Batches = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class Models:
    """What turns documents into what an index holds of them."""

    encoder: Encoder
    interaction: Interaction | None = None
    attribute: Attribute | None = None

    @property
    def identity(self) -> str:
        """A fingerprint: parts that others made are not used."""
        late = self.interaction and self.interaction.identity
        names = (layout.program(), self.encoder.identity, late, self.attribute is None)
        return hashlib.sha256(repr(names).encode()).hexdigest()


Work = Callable[[Batches, Load, Models, Encoded, Path, Advance], None]


def batches(entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Documents by the part they go into: of about LETTERS, and ending where a path says so, so that
    most parts stay as they are when documents come.
    """
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        digest = hashlib.blake2b(entry.path.encode("utf-8"), digest_size=1).digest()
        if digest[0] < 256 // END or sum(each.size for each in batch) >= LETTERS:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)


def batch_key(batch: Sequence[Entry], identity: str) -> str:
    """The name of a part: a fingerprint of the documents and of what works on them."""
    return hashlib.sha256(json.dumps([identity, batch]).encode("utf-8")).hexdigest()[:40]


def key_digests(keys: Sequence[str]) -> NDArray[np.uint8]:
    """A fingerprint a row, shape (rows, 16): texts with the same one have the same vector."""
    digests = (hashlib.blake2b(key.encode("utf-8"), digest_size=KEY_BYTES).digest() for key in keys)
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(len(keys), KEY_BYTES)


def split(document: Document) -> Tables:
    """A document's sentences, passages and windows, as rows of the tables; which document it is
    comes later.
    """
    sentences = split_sentences(document)
    passages = [(0, each.first, each.end) for each in split_passages(document, sentences)]
    prose = [last for last, each in enumerate(sentences) if each.kind is Kind.PROSE]
    language = language_of(document.language)
    leads = [lead(document.text, sentences, last, language=language) for last in prose]
    windows = [(0, first, last) for first, last in zip(leads, prose, strict=True)]
    rows = []
    for each in sentences:
        heading = -1 if each.heading is None else each.heading
        kind = KINDS.index(each.kind)
        rows.append((each.span.start, each.span.end, kind, each.paragraph, heading))
    tables = ((rows, 5), (passages, 3), (windows, 3))
    arrays = [np.array(table, np.int32).reshape(-1, width) for table, width in tables]
    return arrays[0], arrays[1], arrays[2]


def keys_of(document: Document, tables: Tables) -> tuple[list[str], list[str]]:
    """What is encoded of a document's passages and of its windows."""
    text, (rows, passages, windows) = document.text, (table.tolist() for table in tables)

    def key(first: int, last: int, heading: int = -1) -> str:
        above = None if heading < 0 else text[rows[heading][0] : rows[heading][1]]
        return search_key(document, text[rows[first][0] : rows[last][1]], above)

    return (
        [key(first, end - 1, rows[first][4]) for _, first, end in passages],
        [key(first, last) for _, first, last in windows],
    )


class _Split(NamedTuple):
    """A document with what is worked out of it without a model."""

    document: Document
    content: bytes
    file_sha256: str
    tables: Tables
    keys: tuple[list[str], list[str]]
    digests: tuple[NDArray[np.uint8], NDArray[np.uint8]]

    @classmethod
    def of(cls, loaded: Loaded) -> "_Split":
        document, tables = loaded.document, split(loaded.document)
        keys, file_sha256 = keys_of(document, tables), loaded.hashes.get(document.path, "")
        digests = key_digests(keys[0]), key_digests(keys[1])
        return cls(document, document.text.encode("utf-8"), file_sha256, tables, keys, digests)

    @property
    def line(self) -> bytes:
        """Its facts as a line of JSON."""
        document = self.document
        row = DocumentRow(
            **facts_of(document),
            sha256=document.sha256,
            file_sha256=self.file_sha256,
            characters=len(document.text),
            size=len(self.content),
            sentences=len(self.tables[0]),
        )
        return row.line()


@dataclass(frozen=True, slots=True)
class Part:
    """What was worked out of some documents, as a file. Of `columns` there are offset, type and
    shape.
    """

    file: Path
    paths: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    remarks: tuple[Skipped, ...]
    hashes: Mapping[str, str]
    columns: Mapping[str, tuple[int, str, tuple[int, ...]]]
    bounds: NDArray[np.int64]

    @classmethod
    def open(cls, file: Path, *, check: bool = True) -> "Part":
        """A part that was written.

        Raises:
            IndexCorrupt: it is not what was written.
            OSError: it is not there, or cannot be read.
        """
        with file.open("rb") as opened:
            if opened.read(len(_MAGIC)) != _MAGIC:
                raise IndexCorrupt(f"{file} is no part")
            digest = opened.read(_DIGEST_BYTES)
            begin = opened.tell()
            if check and hashlib.file_digest(opened, "sha256").digest() != digest:
                raise IndexCorrupt(f"{file} is not what was written")
            opened.seek(begin)
            length = int.from_bytes(opened.read(8), "little")
            head: dict[str, Any] = json.loads(opened.read(length))
        begin += 8 + length
        columns = {
            name: (begin + offset, kind, tuple(shape))
            for name, (offset, kind, shape) in head["columns"].items()
        }
        skipped, remarks = (
            tuple(Skipped(path, reason) for path, reason in head[name])
            for name in ("skipped", "remarks")
        )
        empty = np.zeros(0, np.int64)
        part = cls(file, tuple(head["paths"]), skipped, remarks, head["hashes"], columns, empty)
        return replace(part, bounds=part._rows("bounds", 0, len(part.paths) + 1))

    def take(self, column: str, documents: range) -> NDArray[Any]:
        """The rows of a column that belong to these documents; the tables count the documents of the
        part.
        """
        bounds = self.bounds[:, RAGGED.index(ALIGNED.get(column, column))]
        return self._rows(column, int(bounds[documents.start]), int(bounds[documents.stop]))

    def _rows(self, column: str, start: int, stop: int) -> NDArray[Any]:
        offset, kind, shape = self.columns[column]
        row_bytes = int(np.dtype(kind).itemsize * np.prod(shape[1:], dtype=np.int64))
        with self.file.open("rb") as opened:
            opened.seek(offset + start * row_bytes)
            content = opened.read((stop - start) * row_bytes)
        return np.frombuffer(content, kind).reshape(stop - start, *shape[1:])

    def counts(self) -> TermCounts:
        """The words of its windows."""
        terms, *arrays = (self._mapped(name) for name in _COUNTS)
        return TermCounts(terms.tobytes(), *arrays)

    def _mapped(self, column: str) -> NDArray[Any]:
        """A whole column, which the system may take out of memory again."""
        offset, kind, shape = self.columns[column]
        return np.memmap(self.file, kind, "r", offset, shape) if shape[0] else np.zeros(shape, kind)


class _Report(NamedTuple):
    """What was skipped, what is odd, and the hashes of the files that were read, by path."""

    skipped: list[Skipped]
    remarks: list[Skipped]
    hashes: dict[str, str]


def make_part(
    batch: Sequence[Entry],
    load: Load,
    models: Models,
    encoded: Encoded,
    pool: ThreadPoolExecutor,
    advance: Advance,
    file: Path,
) -> Part:
    """Read, split, encode and attribute some documents, and write what comes of them durably.

    Raises:
        CorpusError: a file cannot be read just now.
        OSError: what was worked out cannot be written.
    """
    report = _Report([], [], {})
    documents = list(_read(batch, load, report))
    letters = sum(entry.size for entry in batch)

    def step(number: int, of: int) -> None:
        advance(letters * number // of - letters * (number - 1) // of)

    columns = _plain_columns(documents) | _model_columns(documents, models, encoded, pool, step)
    swap_in(file, _content(columns, [doc.document.path for doc in documents], report))
    return Part.open(file, check=False)


def _read(batch: Sequence[Entry], load: Load, report: _Report) -> Iterator[_Split]:
    for entry in batch:
        try:
            loaded = load(entry)
        except DocumentError as error:
            report.skipped.append(Skipped(entry.path, str(error)))
            continue
        report.hashes.update(loaded.hashes)
        report.remarks.extend(Skipped(entry.path, remark) for remark in loaded.remarks)
        yield _Split.of(loaded)


def _plain_columns(documents: Sequence[_Split]) -> dict[str, NDArray[Any]]:
    """The columns that need no model."""
    tables = [[doc.tables[kind].copy() for doc in documents] for kind in range(3)]
    for table in tables[1:]:
        for number, rows in enumerate(table):
            rows[:, 0] = number
    languages = [language_of(doc.document.language) for doc in documents for _ in doc.keys[1]]
    words = count_words([key for doc in documents for key in doc.keys[1]], languages)
    counts = (words.starts, words.rows, words.frequencies, words.lengths)
    columns = (np.frombuffer(words.terms, np.uint8), *counts)
    return {
        "rows": _joined([doc.line for doc in documents]),
        "texts": _joined([doc.content for doc in documents]),
        "places": layout.places_of([doc.document for doc in documents]),
        "sentences": _stacked(tables[0], 5, np.int32),
        "passages": _stacked(tables[1], 3, np.int32),
        "windows": _stacked(tables[2], 3, np.int32),
        "passage-keys": _stacked([doc.digests[0] for doc in documents], KEY_BYTES, np.uint8),
        "window-keys": _stacked([doc.digests[1] for doc in documents], KEY_BYTES, np.uint8),
        **dict(zip(_COUNTS, columns, strict=True)),
    }


def _joined(contents: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(contents), np.uint8)


def _stacked(tables: Sequence[NDArray[Any]], width: int, kind: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros((0, width), kind), *tables])


def _model_columns(
    documents: Sequence[_Split],
    models: Models,
    encoded: Encoded,
    pool: ThreadPoolExecutor,
    step: Callable[[int, int], None],
) -> dict[str, NDArray[Any]]:
    """The columns that models make, and where each document's rows of all columns begin."""
    encode, network = models.encoder.encode, models.interaction
    voices = [pool.submit(_voices, doc, models.attribute) for doc in documents]
    vectors = _each(pool, documents, (0, 1), lambda text: encode([text])[0], encoded.vectors)
    codes = [[]] if not network else _each(pool, documents, (1,), network.window, encoded.tokens)
    futures = {*voices, *chain.from_iterable((*vectors, *codes))}
    for number, future in enumerate(as_completed(futures), 1):
        future.result()
        step(number, len(futures))
    tokens = [future.result() for future in codes[0]]
    lines = [future.result() for future in voices]
    rows = [np.array([future.result() for future in grain], np.float32) for grain in vectors]
    token_counts = np.array([len(window) for window in tokens], np.int64)
    return {
        "passage-vectors": rows[0].reshape(-1, models.encoder.dimension),
        "window-vectors": rows[1].reshape(-1, models.encoder.dimension),
        "tokens": _stacked(tokens, DIMENSION, np.int8),
        "token-counts": token_counts,
        "voices": _joined(lines),
        "bounds": _bounds(documents, token_counts, lines),
    }


def _bounds(
    documents: Sequence[_Split], token_counts: NDArray[np.int64], voices: Sequence[bytes]
) -> NDArray[np.int64]:
    """Where each document's rows of the RAGGED columns begin, with the end of all, shape
    (documents + 1, columns).
    """
    windows = np.cumsum([0, *(len(doc.keys[1]) for doc in documents)])
    tokens = np.zeros(len(windows), np.int64)
    if len(token_counts):
        tokens = np.concatenate([[0], np.cumsum(token_counts)])[windows]
    lengths = []
    for doc, token_count, line in zip(documents, np.diff(tokens).tolist(), voices, strict=True):
        texts = (len(doc.line), len(doc.content), len(doc.document.places))
        lengths.append((*texts, *map(len, doc.tables), token_count, len(line)))
    return np.cumsum([[0] * len(RAGGED), *lengths], axis=0, dtype=np.int64)


def _voices(split_document: _Split, attribute: Attribute | None) -> bytes:
    if attribute is None:
        return b""
    return attribute(split_document.document, Sentences(split_document.tables[0])) + b"\n"


def _each(
    pool: ThreadPoolExecutor,
    documents: Sequence[_Split],
    grains: Sequence[int],
    encode: Callable[[str], Any],
    encoded: Callable[[str], Mapping[bytes, Any]],
) -> list[list["Future[Any]"]]:
    """For each grain what is made of its texts, in their order, or was before; each different text
    once, the longest first.
    """
    before: dict[bytes, Any] = {}
    texts: dict[bytes, str] = {}
    for doc in documents:
        before |= encoded(doc.document.id)
        for grain in grains:
            texts |= zip(map(bytes, doc.digests[grain]), doc.keys[grain], strict=True)
    futures: dict[bytes, Future[Any]] = {}
    for digest in sorted(texts, key=lambda digest: (-len(texts[digest]), digest)):
        if digest in before:
            futures[digest] = Future()
            futures[digest].set_result(before[digest])
        else:
            futures[digest] = pool.submit(encode, texts[digest])
    return [
        [futures[digest] for doc in documents for digest in map(bytes, doc.digests[grain])]
        for grain in grains
    ]


def _content(columns: Mapping[str, NDArray[Any]], paths: Sequence[str], report: _Report) -> bytes:
    """A part as it is written: a digest of all that follows, the head's length, the head, and the
    columns.
    """
    offset, described, bodies = 0, {}, []
    for name, array in columns.items():
        body = np.ascontiguousarray(array).tobytes()
        body += bytes(-len(body) % 8)  # so that every column may be mapped
        described[name] = (offset, array.dtype.str, array.shape)
        offset += len(body)
        bodies.append(body)
    facts: dict[str, Any] = {"paths": paths, "columns": described, "hashes": report.hashes}
    for name in ("skipped", "remarks"):
        facts[name] = [(each.path, each.reason) for each in getattr(report, name)]
    head = json.dumps(facts).encode("utf-8")
    head += b" " * (-(len(_MAGIC) + _DIGEST_BYTES + 8 + len(head)) % 8)
    content = b"".join((len(head).to_bytes(8, "little"), head, *bodies))
    return b"".join((_MAGIC, hashlib.sha256(content).digest(), content))


def part_file(folder: Path, key: str) -> Path:
    """Where the part of a key lies."""
    return folder / f"{key}.part"


def make_parts(
    batches: Batches, load: Load, models: Models, encoded: Encoded, folder: Path, advance: Advance
) -> None:
    """One thread a core, one text at a time: onnxruntime runs without the interpreter's lock, and a
    batch would only pad.

    Raises:
        CorpusError: a file cannot be read just now.
        OSError: a part cannot be written.
    """
    text_pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)))
    part_pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures = []
        for key, batch in batches.items():
            arguments = (batch, load, models, encoded, text_pool, advance, part_file(folder, key))
            futures.append(part_pool.submit(make_part, *arguments))
        for future in futures:
            future.result()
    finally:  # what is stopped stops soon: texts that were not begun are not
        part_pool.shutdown(wait=False, cancel_futures=True)
        text_pool.shutdown(cancel_futures=True)
        part_pool.shutdown()
