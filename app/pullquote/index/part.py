"""A part of an index: what is worked out of some documents alone, and the file that keeps it until a generation is whole."""

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

from pullquote.corpus.corpus import Skipped
from pullquote.corpus.documents import Document
from pullquote.corpus.folder import Entry, Loaded
from pullquote.corpus.passages import lead, search_key, split_passages
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.errors import DocumentError, IndexCorrupt
from pullquote.index import layout
from pullquote.index.files import swap_in
from pullquote.index.layout import DocumentRow, facts_of
from pullquote.index.postings import Counted, count_words
from pullquote.index.shard import KINDS, Sentences, Tables
from pullquote.models.encoder import Encoder
from pullquote.models.interaction import DIMENSION, Interaction
from pullquote.models.onnx import Vectors

LETTERS = 200_000  # of a part's files, about: what a crash costs at most is the work on two of them
# About one document in so many ends a part, whatever stands before it: a change moves the ends of no other part.
END = 32
KEY_BYTES = 16
_MAGIC = b"pullquote part 1\n"
_DIGEST = 32
# What has so many rows a document, each with where every document's begin in the column `bounds`.
RAGGED = ("rows", "texts", "places", "sentences", "passages", "windows", "tokens", "voices")
# What has a row for each of these.
ALIGNED = {"passage-keys": "passages", "passage-vectors": "passages", "window-keys": "windows",
           "window-vectors": "windows", "token-counts": "windows"}  # fmt: skip
_WORDS = ("listed", "starts", "postings", "times", "lengths")

Hear = Callable[[Document, Sequence[Sentence]], bytes]  # whose words a document holds, as a line of JSON
Advance = Callable[[int], None]  # so many letters more are done
Load = Callable[[Entry], Loaded]


class Known(Protocol):
    """What was encoded before."""

    def vectors(self, document_id: str) -> Mapping[bytes, Vectors]:
        """Vectors of a document's texts, by fingerprint."""

    def tokens(self, document_id: str) -> Mapping[bytes, NDArray[np.int8]]:
        """Token vectors of a document's windows, by fingerprint."""


@dataclass(frozen=True, slots=True)
class Makers:
    """What turns documents into what an index holds of them."""

    encoder: Encoder
    interaction: Interaction | None = None
    hear: Hear | None = None

    @property
    def identity(self) -> str:
        """A fingerprint: parts that others made are not used."""
        late = self.interaction and self.interaction.identity
        names = (layout.program(), self.encoder.identity, late, self.hear is None)
        return hashlib.sha256(repr(names).encode()).hexdigest()


def lots(entries: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Documents in parts: of about LETTERS, and ending where a path says so, so that most stay as they are when others come."""
    lot: list[Entry] = []
    for entry in entries:
        lot.append(entry)
        ends = hashlib.blake2b(entry.path.encode("utf-8"), digest_size=1).digest()[0] < 256 // END
        if ends or sum(one.size for one in lot) >= LETTERS:
            yield tuple(lot)
            lot = []
    if lot:
        yield tuple(lot)


def key_of(lot: Sequence[Entry], identity: str) -> str:
    """The name of a part: a fingerprint of the documents and of what works on them."""
    return hashlib.sha256(json.dumps([identity, lot]).encode("utf-8")).hexdigest()[:40]


def key_digests(keys: Sequence[str]) -> NDArray[np.uint8]:
    """A fingerprint a row, shape (rows, 16): texts with the same one have the same vector."""
    digests = b"".join(hashlib.blake2b(key.encode("utf-8"), digest_size=KEY_BYTES).digest() for key in keys)
    return np.frombuffer(digests, dtype=np.uint8).reshape(len(keys), KEY_BYTES)


def split(document: Document) -> Tables:
    """A document's sentences, passages and windows, as rows of the tables; which document it is comes later."""
    sentences = split_sentences(document)
    passages = [(0, passage.first, passage.end) for passage in split_passages(document, sentences)]
    prose = [last for last, each in enumerate(sentences) if each.kind is Kind.PROSE]
    windows = [(0, lead(document.text, sentences, last), last) for last in prose]
    rows = [
        (each.span.start, each.span.end, KINDS.index(each.kind), each.paragraph, -1 if each.heading is None else each.heading)
        for each in sentences
    ]  # fmt: skip
    tables = [np.array(table, np.int32).reshape(-1, width) for table, width in ((rows, 5), (passages, 3), (windows, 3))]
    return tables[0], tables[1], tables[2]


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


class _Read(NamedTuple):
    """A document with what is worked out of it without a model."""

    document: Document
    content: bytes
    file_sha256: str
    tables: Tables
    keys: tuple[list[str], list[str]]
    digests: tuple[NDArray[np.uint8], NDArray[np.uint8]]

    @classmethod
    def of(cls, loaded: Loaded) -> "_Read":
        document, tables = loaded.document, split(loaded.document)
        keys = keys_of(document, tables)
        digests = key_digests(keys[0]), key_digests(keys[1])
        return cls(document, document.text.encode("utf-8"), loaded.hashes.get(document.path, ""), tables, keys, digests)

    @property
    def line(self) -> bytes:
        """Its facts as a line of JSON."""
        document = self.document
        row = DocumentRow(
            **facts_of(document), sha256=document.sha256, file_sha256=self.file_sha256, characters=len(document.text),
            size=len(self.content), sentences=len(self.tables[0]),
        )  # fmt: skip
        return row.line()


@dataclass(frozen=True, slots=True)
class Part:
    """What was worked out of some documents, as a file. Of `columns` there are offset, type and shape."""

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
            digest = opened.read(_DIGEST)
            begin = opened.tell()
            if check and hashlib.file_digest(opened, "sha256").digest() != digest:
                raise IndexCorrupt(f"{file} is not what was written")
            opened.seek(begin)
            length = int.from_bytes(opened.read(8), "little")
            head: dict[str, Any] = json.loads(opened.read(length))
        columns = {
            name: (begin + 8 + length + at, kind, tuple(shape)) for name, (at, kind, shape) in head["columns"].items()
        }
        told = [tuple(Skipped(path, reason) for path, reason in head[name]) for name in ("skipped", "remarks")]
        made = cls(file, tuple(head["paths"]), told[0], told[1], head["hashes"], columns, np.zeros(0, np.int64))
        return replace(made, bounds=made._rows("bounds", 0, len(made.paths) + 1))

    def take(self, column: str, documents: range) -> NDArray[Any]:
        """The rows of a column that belong to these documents; the tables count the documents of the part."""
        bounds = self.bounds[:, RAGGED.index(ALIGNED.get(column, column))]
        return self._rows(column, int(bounds[documents.start]), int(bounds[documents.stop]))

    def _rows(self, column: str, start: int, stop: int) -> NDArray[Any]:
        offset, kind, shape = self.columns[column]
        wide = int(np.dtype(kind).itemsize * np.prod(shape[1:], dtype=np.int64))
        with self.file.open("rb") as opened:
            opened.seek(offset + start * wide)
            content = opened.read((stop - start) * wide)
        return np.frombuffer(content, kind).reshape(stop - start, *shape[1:])

    def counted(self) -> Counted:
        """The words of its windows."""
        listed, *arrays = (self._mapped(name) for name in _WORDS)
        return Counted(listed.tobytes(), *arrays)

    def _mapped(self, column: str) -> NDArray[Any]:
        """A whole column, which the system may take out of memory again."""
        offset, kind, shape = self.columns[column]
        return np.memmap(self.file, kind, "r", offset, shape) if shape[0] else np.zeros(shape, kind)


def make_part(
    lot: Sequence[Entry],
    load: Load,
    makers: Makers,
    known: Known,
    pool: ThreadPoolExecutor,
    advance: Advance,
    file: Path,
) -> Part:
    """Read, split, encode and hear some documents, and write what comes of them durably.

    Raises:
        CorpusError: a file cannot be read just now.
        OSError: what was worked out cannot be written.
    """
    read, told = list[_Read](), _Told([], [], {})
    for entry in lot:
        try:
            loaded = load(entry)
        except DocumentError as error:
            told.skipped.append(Skipped(entry.path, str(error)))
            continue
        told.hashes.update(loaded.hashes)
        told.remarks.extend(Skipped(entry.path, remark) for remark in loaded.remarks)
        read.append(_Read.of(loaded))
    columns = _columns(read) | _made(read, makers, known, pool, _sharing(lot, advance))
    swap_in(file, _content(columns, [one.document.path for one in read], told))
    return Part.open(file, check=False)


class _Told(NamedTuple):
    skipped: list[Skipped]
    remarks: list[Skipped]
    hashes: dict[str, str]


def _columns(read: Sequence[_Read]) -> dict[str, NDArray[Any]]:
    """The columns that need no model."""
    tables = [[one.tables[place].copy() for one in read] for place in range(3)]
    for table in tables[1:]:
        for number, rows in enumerate(table):
            rows[:, 0] = number
    keys = [[one.digests[place] for one in read] for place in range(2)]
    places = layout.places_of([one.document for one in read])
    words = count_words([key for one in read for key in one.keys[1]])
    counts: tuple[NDArray[Any], ...] = (words.starts, words.rows, words.times, words.lengths)
    named = dict(zip(_WORDS, (np.frombuffer(words.listed, np.uint8), *counts), strict=True))
    return {
        "rows": _joined([one.line for one in read]),
        "texts": _joined([one.content for one in read]),
        "places": places,
        "sentences": np.concatenate([np.zeros((0, 5), np.int32), *tables[0]]),
        "passages": np.concatenate([np.zeros((0, 3), np.int32), *tables[1]]),
        "windows": np.concatenate([np.zeros((0, 3), np.int32), *tables[2]]),
        "passage-keys": np.concatenate([np.zeros((0, KEY_BYTES), np.uint8), *keys[0]]),
        "window-keys": np.concatenate([np.zeros((0, KEY_BYTES), np.uint8), *keys[1]]),
        **named,
    }


def _joined(contents: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(contents), np.uint8)


def _sharing(lot: Sequence[Entry], advance: Advance) -> Callable[[int, int], None]:
    """What is told which step of how many is done, and counts its share of the letters."""
    letters = sum(entry.size for entry in lot)

    def step(number: int, of: int) -> None:
        advance(letters * number // of - letters * (number - 1) // of)

    return step


def _made(
    read: Sequence[_Read], makers: Makers, known: Known, pool: ThreadPoolExecutor, step: Callable[[int, int], None]
) -> dict[str, NDArray[Any]]:
    """The columns that models make, and where each document's rows of all columns begin."""
    network = makers.interaction
    heard = [pool.submit(_heard, one, makers.hear) for one in read]
    vectors = _each(pool, read, (0, 1), lambda text: makers.encoder.encode([text])[0], known.vectors)
    codes = _each(pool, read, (1,), network.window, known.tokens) if network else [[]]
    waited = {*heard, *chain.from_iterable((*vectors, *codes))}
    for number, future in enumerate(as_completed(waited), 1):
        future.result()
        step(number, len(waited))
    tokens, lines = ([future.result() for future in futures] for futures in (codes[0], heard))
    rows = [np.array([future.result() for future in grain], np.float32) for grain in vectors]
    counts = np.array([len(each) for each in tokens], np.int64)
    return {
        "passage-vectors": rows[0].reshape(-1, makers.encoder.dimension),
        "window-vectors": rows[1].reshape(-1, makers.encoder.dimension),
        "tokens": np.concatenate([np.zeros((0, DIMENSION), np.int8), *tokens]),
        "token-counts": counts,
        "voices": _joined(lines),
        "bounds": _bounds(read, counts, lines),
    }


def _bounds(read: Sequence[_Read], counts: NDArray[np.int64], lines: Sequence[bytes]) -> NDArray[np.int64]:
    """Where each document's rows of the RAGGED columns begin, with the end of all, shape (documents + 1, columns)."""
    windows = np.cumsum([0, *(len(one.keys[1]) for one in read)])
    tokens = np.concatenate([[0], np.cumsum(counts)])[windows] if len(counts) else np.zeros(len(windows), np.int64)
    lengths = [
        (len(one.line), len(one.content), len(one.document.places), *map(len, one.tables), spent, len(line))
        for one, spent, line in zip(read, np.diff(tokens).tolist(), lines, strict=True)
    ]
    return np.cumsum([[0] * len(RAGGED), *lengths], axis=0, dtype=np.int64)


def _heard(one: _Read, hear: Hear | None) -> bytes:
    return hear(one.document, Sentences(one.tables[0])) + b"\n" if hear else b""


def _each(
    pool: ThreadPoolExecutor, read: Sequence[_Read], grains: Sequence[int], work: Callable[[str], Any],
    known: Callable[[str], Mapping[bytes, Any]],
) -> list[list["Future[Any]"]]:  # fmt: skip
    """For each grain what is made of its texts, in their order, or was before; each different text once, the longest first."""
    before: dict[bytes, Any] = {}
    texts: dict[bytes, str] = {}
    for one in read:
        before |= known(one.document.id)
        for grain in grains:
            texts |= zip(map(bytes, one.digests[grain]), one.keys[grain], strict=True)
    made: dict[bytes, Future[Any]] = {}
    for mark in sorted(texts, key=lambda mark: (-len(texts[mark]), mark)):
        made[mark] = _there(before[mark]) if mark in before else pool.submit(work, texts[mark])
    return [[made[mark] for one in read for mark in map(bytes, one.digests[grain])] for grain in grains]


def _there(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def _content(columns: Mapping[str, NDArray[Any]], paths: Sequence[str], told: _Told) -> bytes:
    """A part as it is written: a digest of the rest, the head's length, the head, and the columns."""
    offset, listed, bodies = 0, {}, []
    for name, array in columns.items():
        body = np.ascontiguousarray(array).tobytes()
        body += bytes(-len(body) % 8)  # so that every column may be mapped
        listed[name] = (offset, array.dtype.str, array.shape)
        offset += len(body)
        bodies.append(body)
    head = json.dumps({
        "paths": paths, "columns": listed, "hashes": told.hashes,
        "skipped": [(one.path, one.reason) for one in told.skipped], "remarks": [(one.path, one.reason) for one in told.remarks],
    }).encode("utf-8")  # fmt: skip
    head += b" " * (-(len(_MAGIC) + _DIGEST + 8 + len(head)) % 8)
    rest = b"".join((len(head).to_bytes(8, "little"), head, *bodies))
    return b"".join((_MAGIC, hashlib.sha256(rest).digest(), rest))


def part_file(folder: Path, key: str) -> Path:
    """Where the part of a key lies."""
    return folder / f"{key}.part"


def kept_part(folder: Path, key: str) -> Part | None:
    """The part of a key that an earlier build wrote, where it is there and whole."""
    file = part_file(folder, key)
    if not os.path.lexists(file):
        return None
    try:
        return Part.open(file)
    except (OSError, IndexCorrupt, ValueError, KeyError, TypeError):
        return None
