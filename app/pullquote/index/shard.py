"""A shard: documents with all that is worked out of each alone, in files that are never changed."""

import json
import mmap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import IndexCorrupt
from pullquote.extraction.places import Place
from pullquote.index import layout
from pullquote.index.files import PIECES, Content, Lines, Pieces, Stamp, Stored, array_of, read_checked, whole
from pullquote.index.layout import DocumentRow, check_originals, check_places, facts_of
from pullquote.index.lexical import Lexical
from pullquote.index.vectors import VectorTable
from pullquote.models.interaction import DIMENSION
from pullquote.models.onnx import Vectors
from pullquote.span import Span

Contents = Mapping[str, Content]  # a file's bytes by its name, or the large file that checks itself as it is read
Tables = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
DOCUMENTS_KEPT = 1_024  # decoded texts; what is made of their sentences is made as it is needed
GLANCED_KEPT = 64  # texts that were only looked into: a long one is not decoded for each of its windows
ROWS_MADE = 2_000  # documents whose facts are all looked at when they are opened; of more, each as it is needed
KINDS = (Kind.PROSE, Kind.HEADING, Kind.NOT_PROSE)  # a row of the sentences has the number of its own


class Sentences(Sequence[Sentence]):
    """A document's sentences, each made of its row of the table when it is first asked for."""

    def __init__(self, table: NDArray[np.int32]) -> None:
        self._table = table
        self._made: list[Sentence | None] = [None] * len(table)

    def __len__(self) -> int:
        return len(self._made)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return tuple(self[number] for number in range(*place.indices(len(self))))
        found = self._made[place]
        if found is None:
            start, end, kind, paragraph, heading = self._table[place].tolist()
            found = Sentence(Span(start, end), KINDS[kind], paragraph, None if heading < 0 else heading)
            self._made[place] = found
        return found


class Rows(Sequence[DocumentRow]):
    """The facts of documents, a line each: of very many, each read when it is asked for.

    Raises:
        ValueError, TypeError, KeyError: here and below, the lines are not such as are written.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines, self._columns = lines, json.loads(lines[-1])
        few = len(self) <= ROWS_MADE
        self._made = tuple(map(self._read, range(len(self)))) if few else None
        if any(len(self._columns[name]) != len(self) for name in layout.COLUMNS):
            raise ValueError("the documents are not as many as their columns say")

    def __len__(self) -> int:
        return len(self._lines) - 1

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return tuple(map(self.__getitem__, range(*number.indices(len(self)))))
        return self._made[number] if self._made else self._read(range(len(self))[number])

    def _read(self, number: int) -> DocumentRow:
        return DocumentRow.of(json.loads(self._lines[number]))

    def line(self, number: int) -> bytes:
        """A document's facts as they are written."""
        return bytes(self._lines[number])

    def column(self, name: str) -> list[Any]:
        """One fact of every document: those in `layout.COLUMNS` are at hand, for others each line is read."""
        return self._columns.get(name) or [json.loads(line)[name] for line in self._lines[:-1]]


class Shard:
    """Documents in the order of debate and path; all numbers count within the shard.

    `places` has one row a prose sentence: document, first and last sentence of its self-contained window; `passages`
    document, first and end. Both count sentences in the document. `starts` and the like have one number a document, and
    the end of all. `voices` are the lines that `voice/book` makes of a document.
    """

    def __init__(self, name: str, contents: Contents, dimension: int, card_sha256: str = "") -> None:
        self.name, self.card_sha256 = name, card_sha256
        self.rows = Rows(Lines(contents[layout.DOCUMENTS]))
        tables = [Stored.open(contents[file]) for file in layout.TABLES]
        self.table, self.passages, self.places = (table.whole() for table in tables[:3])
        self.keys = tables[3]
        if len(self.keys) != len(self.passages) + len(self.places):
            raise IndexCorrupt(f"generation {name} does not hold a key for all that it finds")
        sizes, counts, texts = self.rows.column("size"), self.rows.column("sentences"), contents[layout.TEXTS]
        length = len(texts.content if isinstance(texts, Pieces) else texts)
        check_places(sizes, counts, self.table, self.passages, self.places, length)
        self.originals = check_originals(self.rows.column("characters"), array_of(whole(contents[layout.PLACES])))
        self.first_sentences = np.array([0, *accumulate(counts)], np.int64)
        numbers = np.arange(len(self.rows) + 1, dtype=np.int32)
        self.windows_from = np.searchsorted(self.places[:, 0], numbers).astype(np.int64)
        self.passages_from = np.searchsorted(self.passages[:, 0], numbers).astype(np.int64)
        self.passage_vectors, self.window_vectors = self._vectors(contents, dimension)
        self.lexical = Lexical.open([contents[file] for file in layout.LEXICAL], len(self.places))
        self.tokens = _tokens(contents, len(self.places)) if layout.TOKEN_VECTORS in contents else None
        self.large = tuple(content for content in contents.values() if isinstance(content, Pieces))
        self.voices: Sequence[bytes] = Lines(contents.get(layout.VOICES, b""))
        starts = [0, *accumulate(sizes)]
        self.text = partial(_text, texts, starts)
        """The bytes of a document's text, unchecked."""
        # None of these knows the shard itself: a ring would keep it in memory after another took its place.
        self.glanced = lru_cache(GLANCED_KEPT)(partial(_glanced, self.text))
        self.document = lru_cache(DOCUMENTS_KEPT)(partial(_document, self.rows, self.text, self.originals))
        self.sentences = lru_cache(DOCUMENTS_KEPT)(partial(_sentences, self.table, self.first_sentences))

    def _vectors(self, contents: Contents, dimension: int) -> tuple[VectorTable, VectorTable]:
        """The passages' and the windows'."""
        if layout.WINDOW_HALVES not in contents:
            return (
                VectorTable.open(whole(contents[layout.PASSAGE_VECTORS]), len(self.passages), dimension),
                VectorTable.open(whole(contents[layout.WINDOW_VECTORS]), len(self.places), dimension),
            )
        passages = VectorTable.mapped(contents, len(self.passages), dimension)
        windows = VectorTable(Stored.open(contents[layout.WINDOW_HALVES]))
        if windows.rows.shape != (len(self.places), dimension):
            raise IndexCorrupt("a vector file is not of the shape that the manifest states")
        return passages, windows

    @classmethod
    def open(cls, folder: Path, stamps: Mapping[str, Stamp], dimension: int, card_sha256: str) -> "Shard":
        """Read a shard's files, those that are small checked against their stamps.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
        """
        names = stamps.keys()
        if not names >= layout.CORE or len(names & layout.EITHER) != 1:
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
        return self.window_vectors.index is not None

    def check(self) -> None:
        """See that the large files are what was written, down to the last piece.

        Raises:
            IndexCorrupt: one is not.
        """
        for content in self.large:
            whole(content)

    def leave(self) -> None:
        """Let the pages of the large files that were read leave memory; they are read again where they are needed."""
        for content in self.large:
            content.leave()


def read_files(folder: Path, stamps: Mapping[str, Stamp]) -> dict[str, Content]:
    """The files of a generation by name: small ones read and checked, large ones mapped.

    Raises:
        IndexCorrupt: one is missing or altered.
    """
    contents: dict[str, Content] = {}
    for name, stamp in stamps.items():
        if name.endswith(PIECES):
            continue
        if told := stamps.get(f"{name}{PIECES}"):
            hashes = read_checked(folder / f"{name}{PIECES}", told)
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
            contents[path.name] = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) if size else b""
    return contents


def _tokens(contents: Contents, windows: int) -> tuple[Stored, NDArray[np.int64]]:
    """The token vectors of all windows, and where each window's begin, with the end of all."""
    vectors, starts = Stored.open(contents[layout.TOKEN_VECTORS]), array_of(whole(contents[layout.TOKEN_STARTS]))
    counted = starts.dtype == np.int64 and starts.shape == (windows + 1,)
    if not counted or starts[0] != 0 or np.any(np.diff(starts) <= 0):
        raise IndexCorrupt("the token vectors do not begin where the windows need them to")
    if vectors.dtype != np.int8 or vectors.shape != (starts[-1], DIMENSION):
        raise IndexCorrupt("the token vectors are not of the shape that the windows need")
    return vectors, starts


def _sentences(table: NDArray[np.int32], firsts: NDArray[np.int64], number: int) -> Sentences:
    return Sentences(table[firsts[number] : firsts[number + 1]])


def _text(texts: Content, starts: Sequence[int], number: int) -> bytes:
    held = texts.content if isinstance(texts, Pieces) else texts  # a document's own hash is looked at when it is made
    return bytes(held[starts[number] : starts[number + 1]])


def _glanced(text: Callable[[int], bytes], number: int) -> str:
    return text(number).decode("utf-8", "replace")


def _document(
    rows: Sequence[DocumentRow], text: Callable[[int], bytes], originals: NDArray[np.int32], number: int
) -> Document:
    row, content = rows[number], text(number)
    if Stamp.of(content).sha256 != row.sha256:
        raise IndexCorrupt(f"the text of document {row.id} is not the one that its hash names; run `pullquote index`")
    first, end = np.searchsorted(originals[:, 0], (number, number + 1))
    places = tuple(
        Place(start, page or None, None if time < 0 else time / 1_000)
        for _, start, page, time in originals[first:end].tolist()
    )
    return Document(text=content.decode("utf-8"), places=places, **facts_of(row)).verified(row.sha256)


class Grain(StrEnum):
    """What is searched by vector: windows of sentences, or passages of neighbouring ones."""

    PASSAGES = "passages"
    WINDOWS = "windows"


class Engine(Protocol):
    """Proposes rows of one shard, those of the highest scores first; the scores are never used.

    Raises:
        EngineError: wherever it is asked and does not answer, or not with all that the shard holds.
    """

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """The `count` rows most like a vector (dimension,), or all there are among the rows in `within`."""

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> NDArray[np.int64]:
        """The `count` windows in `within` whose terms weigh most by these weights of stems; none that shares no term."""

    def check(self) -> None:
        """Ask whether it is there and holds the whole shard."""


@dataclass(frozen=True, slots=True)
class Local:
    """The shard's own files: FAISS over its vectors, and the postings of its words."""

    shard: Shard

    def near(self, grain: Grain, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """As the protocol says."""
        return table(self.shard, grain).search(vector, count, within)

    def worded(self, weights: Mapping[str, float], count: int, within: range) -> NDArray[np.int64]:
        """As the protocol says."""
        return self.shard.lexical.best(weights, count, within)

    def check(self) -> None:
        """The files were checked when they were opened."""


def table(shard: Shard, grain: Grain) -> VectorTable:
    """The vectors of one grain."""
    return shard.passage_vectors if grain is Grain.PASSAGES else shard.window_vectors
