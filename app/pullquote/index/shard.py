"""A shard: documents with all that is worked out of each alone, in files that are never changed."""

import json
import mmap
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document, Place
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import IndexCorrupt
from pullquote.index import layout
from pullquote.index.files import (
    PIECES,
    Content,
    FileWriter,
    Lines,
    Pieces,
    Stamp,
    Stored,
    array_of,
    read_checked,
    whole,
)
from pullquote.index.layout import DocumentRow, check_originals, check_places, facts_of
from pullquote.index.lexical import Lexical
from pullquote.index.postings import TermCounts, counts_of
from pullquote.index.vectors import VectorTable
from pullquote.models.interaction import DIMENSION
from pullquote.span import Span

Contents = Mapping[str, Content]  # a file's bytes by its name, or the large file that checks itself
Tables = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
# Decoded texts that are kept; what is made of their sentences is made as it is needed.
DOCUMENTS_KEPT = 1_024
UNCHECKED_KEPT = 64  # texts that were only looked into: not decoded for each of their windows
PARSED_AT_ONCE = 2_000  # documents whose facts are all parsed when opened; of more, when needed
KINDS = (Kind.PROSE, Kind.HEADING, Kind.NOT_PROSE)  # a row of the sentences has its number
# What has so many rows a document; `Source.bounds` has where every document's begin.
RAGGED = ("rows", "texts", "places", "sentences", "passages", "windows", "tokens", "voices")
# What has a row for each of these.
ALIGNED = {
    "passage-keys": "passages",
    "passage-vectors": "passages",
    "window-keys": "windows",
    "window-vectors": "windows",
    "token-counts": "windows",
}
_NUMBERED = layout.PLACES, layout.PASSAGES, layout.WINDOWS  # that begin with a document's number
MAX_RUN = 64  # documents whose rows are in memory at once


class Grain(StrEnum):
    """What is searched by vector: windows of sentences, or passages of neighbouring ones."""

    PASSAGES = "passages"
    WINDOWS = "windows"


class Sentences(Sequence[Sentence]):
    """A document's sentences, each made of its row of the table when it is first asked for."""

    def __init__(self, table: NDArray[np.int32]) -> None:
        self._table = table
        self._made: list[Sentence | None] = [None] * len(table)

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return tuple(self[each] for each in range(*number.indices(len(self))))
        sentence = self._made[number]
        if sentence is None:
            start, end, kind, paragraph, heading = self._table[number].tolist()
            above = None if heading < 0 else heading
            sentence = Sentence(Span(start, end), KINDS[kind], paragraph, above)
            self._made[number] = sentence
        return sentence


class DocumentRows(Sequence[DocumentRow]):
    """The facts of documents, a line each: of very many, each parsed when it is asked for.

    Raises:
        ValueError, TypeError, KeyError: here and below, the lines are not such as are written.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines, self._columns = lines, json.loads(lines[-1])
        few = len(self) <= PARSED_AT_ONCE
        self._parsed = tuple(map(self._parse, range(len(self)))) if few else None
        if any(len(self._columns[name]) != len(self) for name in layout.COLUMNS):
            raise ValueError("the documents are not as many as their columns say")

    def __len__(self) -> int:
        return len(self._lines) - 1

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return tuple(map(self.__getitem__, range(*number.indices(len(self)))))
        return self._parsed[number] if self._parsed else self._parse(range(len(self))[number])

    def _parse(self, number: int) -> DocumentRow:
        return DocumentRow.of(json.loads(self._lines[number]))

    def line(self, number: int) -> bytes:
        """A document's facts as they are written."""
        return bytes(self._lines[number])

    def column(self, name: str) -> list[Any]:
        """One fact of every document; quick for those in `layout.COLUMNS`."""
        return self._columns.get(name) or [json.loads(line)[name] for line in self._lines[:-1]]


class Shard:
    """Documents in the order of debate and path; all numbers count within the shard.

    `places` has one row a prose sentence: document, first and last sentence of its self-contained
    window; `passages` document, first and end. Both count sentences in the document. `starts` and the
    like have one number a document, and the end of all. `voices` are the lines that `voice/book`
    makes of a document.
    """

    def __init__(
        self, name: str, contents: Contents, dimension: int, card_sha256: str = ""
    ) -> None:
        self.name, self.card_sha256 = name, card_sha256
        self.rows = DocumentRows(Lines(contents[layout.DOCUMENTS]))
        self._open_tables(contents)
        shapes = [(len(table), dimension) for table in (self.passages, self.places)]
        self.passage_vectors = VectorTable.open(
            contents, layout.PASSAGE_VECTORS, shapes[0], coded=True
        )
        self.window_vectors = VectorTable.open(
            contents, layout.WINDOW_VECTORS, shapes[1], coded=False
        )
        self.lexical = Lexical.open([contents[file] for file in layout.LEXICAL], len(self.places))
        has_tokens = layout.TOKEN_VECTORS in contents
        self.tokens = _tokens(contents, len(self.places)) if has_tokens else None
        self.large = tuple(file for file in contents.values() if isinstance(file, Pieces))
        self.voices: Sequence[bytes] = Lines(contents.get(layout.VOICES, b""))
        starts = [0, *accumulate(self.rows.column("size"))]
        self.text = partial(_text, contents[layout.TEXTS], starts)
        """The bytes of a document's text, unchecked."""
        # None of these knows the shard: a ring would keep it in memory after another took its place.
        self.unchecked_text = lru_cache(UNCHECKED_KEPT)(partial(_unchecked, self.text))
        document = partial(_document, self.rows, self.text, self.originals)
        self.document = lru_cache(DOCUMENTS_KEPT)(document)
        sentences = partial(_sentences, self.table, self.first_sentences)
        self.sentences = lru_cache(DOCUMENTS_KEPT)(sentences)

    def _open_tables(self, contents: Contents) -> None:
        tables = [Stored.open(contents[file]) for file in layout.TABLES]
        self.table, self.passages, self.places = (table.whole() for table in tables[:3])
        self.keys = tables[3]
        if len(self.keys) != len(self.passages) + len(self.places):
            raise IndexCorrupt(f"generation {self.name} does not hold a key for all that it finds")
        counts, texts = self.rows.column("sentences"), contents[layout.TEXTS]
        length = len(texts.content if isinstance(texts, Pieces) else texts)
        sizes = self.rows.column("size")
        check_places(sizes, counts, self.table, self.passages, self.places, length)
        originals = array_of(whole(contents[layout.PLACES]))
        self.originals = check_originals(self.rows.column("characters"), originals)
        self.first_sentences = np.array([0, *accumulate(counts)], np.int64)
        numbers = np.arange(len(self.rows) + 1, dtype=np.int32)
        self.windows_from = np.searchsorted(self.places[:, 0], numbers).astype(np.int64)
        self.passages_from = np.searchsorted(self.passages[:, 0], numbers).astype(np.int64)

    @classmethod
    def open(
        cls, folder: Path, stamps: Mapping[str, Stamp], dimension: int, card_sha256: str
    ) -> "Shard":
        """Read a shard's files, those that are small checked against their stamps.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
        """
        if not stamps.keys() >= layout.CORE:
            raise IndexCorrupt(f"the card in {folder} does not list the files of a generation")
        try:
            return cls(folder.name, read_files(folder, stamps), dimension, card_sha256)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise IndexCorrupt(f"generation {folder.name} does not fit together") from error

    @property
    def mark(self) -> str:
        """As `layout.mark_of` has it."""
        return layout.mark_of(self.name, self.card_sha256)

    @property
    def exact(self) -> bool:
        """Whether every window's vector is searched, and kept whole."""
        return self.window_vectors.whole

    def vectors(self, grain: Grain) -> VectorTable:
        """The vectors of one grain."""
        return self.passage_vectors if grain is Grain.PASSAGES else self.window_vectors

    def starts(self, grain: Grain) -> NDArray[np.int64]:
        """Where each document's rows of a grain begin, with the end of all."""
        return self.passages_from if grain is Grain.PASSAGES else self.windows_from

    def check(self) -> None:
        """See that the large files are what was written, down to the last piece.

        Raises:
            IndexCorrupt: one is not.
        """
        for content in self.large:
            whole(content)

    def drop_pages(self) -> None:
        """Let the pages of the large files leave memory; they are read again when needed."""
        for content in self.large:
            content.drop_pages()


def read_files(folder: Path, stamps: Mapping[str, Stamp]) -> dict[str, Content]:
    """The files of a generation by name: small ones read and checked, large ones mapped.

    Raises:
        IndexCorrupt: one is missing or altered.
    """
    contents: dict[str, Content] = {}
    for name, stamp in stamps.items():
        if name.endswith(PIECES):
            continue
        if piece_stamp := stamps.get(f"{name}{PIECES}"):
            hashes = read_checked(folder / f"{name}{PIECES}", piece_stamp)
            contents[name] = Pieces.map(folder / name, stamp.size, hashes)
        else:
            contents[name] = read_checked(folder / name, stamp)
    return contents


def map_files(folder: Path) -> dict[str, Content]:
    """The files of a folder by name, as they are."""
    contents: dict[str, Content] = {}
    for path in folder.iterdir():
        with path.open("rb") as file:
            size = path.stat().st_size
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
            contents[path.name] = memoryview(mapped)
    return contents


def _tokens(contents: Contents, windows: int) -> tuple[Stored, NDArray[np.int64]]:
    """The token vectors of all windows, and where each window's begin, with the end of all."""
    vectors = Stored.open(contents[layout.TOKEN_VECTORS])
    starts = array_of(whole(contents[layout.TOKEN_STARTS]))
    typed = starts.dtype == np.int64 and starts.shape == (windows + 1,)
    if not typed or starts[0] != 0 or np.any(np.diff(starts) <= 0):
        raise IndexCorrupt("the token vectors do not begin where the windows need them to")
    if vectors.dtype != np.int8 or vectors.shape != (starts[-1], DIMENSION):
        raise IndexCorrupt("the token vectors are not of the shape that the windows need")
    return vectors, starts


def _sentences(table: NDArray[np.int32], firsts: NDArray[np.int64], number: int) -> Sentences:
    return Sentences(table[firsts[number] : firsts[number + 1]])


def _text(texts: Content, starts: Sequence[int], number: int) -> bytes:
    # Not checked here: a document's own hash is looked at when it is made.
    content = texts.content if isinstance(texts, Pieces) else texts
    return bytes(content[starts[number] : starts[number + 1]])


def _unchecked(text: Callable[[int], bytes], number: int) -> str:
    return text(number).decode("utf-8", "replace")


def _document(
    rows: Sequence[DocumentRow],
    text: Callable[[int], bytes],
    originals: NDArray[np.int32],
    number: int,
) -> Document:
    row, content = rows[number], text(number)
    if Stamp.of(content).sha256 != row.sha256:
        fault = f"the text of document {row.id} is not the one that its hash names"
        raise IndexCorrupt(f"{fault}; run `pullquote index`")
    first, end = np.searchsorted(originals[:, 0], (number, number + 1))
    places = tuple(
        Place(start, page or None, None if time < 0 else time / 1_000)
        for _, start, page, time in originals[first:end].tolist()
    )
    document = Document(text=content.decode("utf-8"), places=places, **facts_of(row))
    return document.verified(row.sha256)


# What a new shard is put together from
class Source(Protocol):
    """What documents are taken from, by the columns in RAGGED and ALIGNED."""

    @property
    def bounds(self) -> NDArray[np.int64]:
        """Where each document's rows of every ragged column begin, with the end of all."""

    def take(self, column: str, documents: range) -> NDArray[Any]:
        """The rows of a column that belong to these documents."""

    def counts(self) -> TermCounts:
        """The words of its windows."""


class ShardSource:
    """An older shard as a source."""

    def __init__(self, shard: Shard) -> None:
        self.shard, count = shard, len(shard.rows)
        numbers = np.arange(count + 1, dtype=np.int64)
        sizes = np.cumsum([0, *shard.rows.column("size")], dtype=np.int64)
        places = np.searchsorted(shard.originals[:, 0], numbers)
        empty = np.zeros(count + 1, np.int64)
        tokens = shard.tokens[1][shard.windows_from] if shard.tokens else empty
        starts = (shard.first_sentences, shard.passages_from, shard.windows_from)
        columns = [numbers, sizes, places, *starts, tokens, numbers]
        self.bounds = np.stack(columns, axis=1).astype(np.int64)

    def take(self, column: str, documents: range) -> NDArray[Any]:
        """As the protocol says."""
        if column in ("rows", "texts", "voices"):
            contents = (self._content(column, number) for number in documents)
            rows = np.frombuffer(b"".join(contents), np.uint8)
        else:
            bounds = self.bounds[:, RAGGED.index(ALIGNED.get(column, column))]
            start, stop = int(bounds[documents.start]), int(bounds[documents.stop])
            rows = self._rows(column, start, stop).copy()
        self.shard.drop_pages()
        return rows

    def _content(self, column: str, number: int) -> bytes:
        shard = self.shard
        if column == "rows":
            return shard.rows.line(number) + b"\n"
        return shard.text(number) if column == "texts" else shard.voices[number] + b"\n"

    def _rows(self, column: str, start: int, stop: int) -> NDArray[Any]:
        shard = self.shard
        if column == "token-counts":
            starts = shard.tokens[1] if shard.tokens else np.zeros(1, np.int64)
            return np.diff(starts[start : stop + 1])
        if column == "window-keys":
            start, stop = start + len(shard.passages), stop + len(shard.passages)
        array: Any = {
            "places": shard.originals,
            "sentences": shard.table,
            "passages": shard.passages,
            "windows": shard.places,
            "passage-keys": shard.keys,
            "window-keys": shard.keys,
            "passage-vectors": shard.passage_vectors.rows,
            "window-vectors": shard.window_vectors.rows,
            "tokens": shard.tokens[0] if shard.tokens else None,
        }[column]
        rows = array.slice(start, stop) if isinstance(array, Stored) else array[start:stop]
        return np.asarray(rows)

    def counts(self) -> TermCounts:
        """As the protocol says."""
        return counts_of(self.shard.lexical)


class Run(NamedTuple):
    """Documents that lie side by side in a source, and go side by side into a shard."""

    source: Source
    documents: range

    def count(self, column: str) -> int:
        """How many rows of a ragged column they have."""
        bounds = self.source.bounds[:, RAGGED.index(column)]
        return int(bounds[self.documents.stop] - bounds[self.documents.start])

    def take(self, column: str) -> NDArray[Any]:
        """Their rows of a column."""
        return self.source.take(column, self.documents)


def runs(origins: Sequence[tuple[Source, int]]) -> Iterator[Run]:
    """Documents by where they are taken from, in runs of at most MAX_RUN."""
    begin = 0
    for end in range(1, len(origins) + 1):
        (source, first), count = origins[begin], end - begin
        goes_on = end < len(origins) and origins[end][0] is source
        goes_on = goes_on and origins[end][1] == first + count
        if not goes_on or count == MAX_RUN:
            yield Run(source, range(first, first + count))
            begin = end


def write_tables(writer: FileWriter, own: Sequence[Run], *, voices: bool) -> None:
    """Write what a shard holds of documents but for their vectors and words."""
    _write_rows(writer, own)
    for column, name in zip(("places", "passages", "windows"), _NUMBERED, strict=True):
        shape = sum(run.count(column) for run in own), 4 if column == "places" else 3
        writer.write_array(name, np.int32, shape, _renumbered(own, column))
    shape = sum(run.count("sentences") for run in own), 5
    writer.write_array(layout.SENTENCES, np.int32, shape, (run.take("sentences") for run in own))
    keys = [(run, column) for column in ("passages", "windows") for run in own]
    shape = sum(run.count(column) for run, column in keys), 16
    blocks = (run.take(f"{column.removesuffix('s')}-keys") for run, column in keys)
    writer.write_array(layout.KEYS, np.uint8, shape, blocks)
    for number, run in enumerate(own if voices else (), 1):
        lines = run.take("voices").tobytes()  # the last line does not end
        writer.append(layout.VOICES, lines[:-1] if number == len(own) else lines)


def _write_rows(writer: FileWriter, own: Sequence[Run]) -> None:
    """A line a document, and last the columns of all; then their texts."""
    columns: dict[str, list[Any]] = {name: [] for name in layout.COLUMNS}
    for run in own:
        lines = run.take("rows").tobytes()
        writer.append(layout.DOCUMENTS, lines)
        for facts in map(json.loads, lines.split(b"\n")[:-1]):
            for name, column in columns.items():
                column.append(facts[name])
    last_line = json.dumps(columns, ensure_ascii=False).encode("utf-8")
    writer.append(layout.DOCUMENTS, last_line)
    writer.append(layout.TEXTS, b"")
    for run in own:
        writer.append(layout.TEXTS, run.take("texts").tobytes())
    writer.finish()


def _renumbered(own: Sequence[Run], column: str) -> Iterator[NDArray[Any]]:
    """The rows of a table that begin with the document's number."""
    number = 0
    for run in own:
        table = run.take(column).copy()
        table[:, 0] += number - run.documents.start
        yield table
        number += len(run.documents)
