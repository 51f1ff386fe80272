"""One generation of the index: an immutable snapshot that answers come from."""

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import IndexCorrupt, UnknownDebate, UnknownDocument
from pullquote.index import layout
from pullquote.index.files import Stamp, array_of, map_checked, read_checked
from pullquote.index.layout import Card, DocumentRow, GenerationLayout, check_places, read_card
from pullquote.index.lexical import Lexical, clean
from pullquote.index.vectors import FlatVectors, HalfVectors
from pullquote.models.onnx import Vectors
from pullquote.span import Span

KINDS = (Kind.PROSE, Kind.HEADING, Kind.NOT_PROSE)  # a row has the number of its own


class Sentences(Sequence[Sentence]):
    """A document's sentences, each made of its row of the table when it is first asked for."""

    __slots__ = ("_made", "_table")

    def __init__(self, table: NDArray[np.int32]) -> None:
        self._table = table
        self._made: list[Sentence | None] = [None] * len(table)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Sentence: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Sentence, ...]: ...

    def __getitem__(self, place: int | slice) -> Sentence | tuple[Sentence, ...]:
        if isinstance(place, slice):
            return tuple(self[number] for number in range(*place.indices(len(self))))
        found = self._made[place]
        if found is None:
            start, end, kind, paragraph, heading = self._table[place].tolist()
            found = Sentence(Span(start, end), KINDS[kind], paragraph, None if heading < 0 else heading)
            self._made[place] = found
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))


Contents = Mapping[str, Any]  # a file's bytes by its name; a view of what is mapped into memory
PASSAGES_OPENED = 200  # whose windows are looked at where all are too many
DOCUMENTS_KEPT = 1_024  # decoded texts; what is made of their sentences is made as it is needed
WORDS_KEPT = 1_024  # windows whose sets of words are kept, some 3 kB each


@dataclass(frozen=True, slots=True)
class Window:
    """The self-contained window of a sentence of prose: its row, its document, and which sentences of it, its own last."""

    row: int
    document: int
    first: int
    last: int


class Generation:
    """A snapshot of the corpus with its structure, vectors and words.

    `windows` has one row a prose sentence: document, first and last sentence (both counted over
    the whole generation) of its self-contained window; in `places` they are counted in the document.
    `passages`: document, first, end.
    """

    def __init__(self, card: Card, contents: Contents, before: "Generation | None" = None) -> None:
        self.card = card
        self.before = before
        """What this one will replace, while it is built: what is told of an unchanged document may be taken from it."""
        self.rows = tuple(DocumentRow.of(facts) for facts in json.loads(contents[layout.DOCUMENTS]))
        self._sentences = array_of(contents[layout.SENTENCES])
        self.passages = array_of(contents[layout.PASSAGES])
        self.windows = array_of(contents[layout.WINDOWS])
        self.keys = array_of(contents[layout.KEYS])
        self._check_counts()
        check_places(self.rows, self._sentences, self.passages, self.windows, len(contents[layout.TEXTS]))
        self.passage_vectors = FlatVectors.open(contents[layout.PASSAGE_VECTORS], len(self.passages), card.dimension)
        self.window_vectors = _window_vectors(contents, len(self.windows), card.dimension)
        self.lexical = Lexical.open([contents[name] for name in layout.LEXICAL], len(self.windows))
        self.passage_of_window = np.searchsorted(self.passages[:, 1], self.windows[:, 2], "right") - 1
        self._window_starts = np.searchsorted(self.passage_of_window, np.arange(len(self.passages) + 1))
        known = layout.CORE | layout.EITHER
        self.extra = {name: content for name, content in contents.items() if name not in known}
        numbers = np.arange(len(self.rows) + 1, dtype=np.int32)
        self._windows_from: list[int] = np.searchsorted(self.windows[:, 0], numbers).tolist()
        self._passages_from: list[int] = np.searchsorted(self.passages[:, 0], numbers).tolist()
        self._numbers = {row.id: number for number, row in enumerate(self.rows)}
        self._files = {(row.path, row.file_sha256): number for number, row in enumerate(self.rows)}
        self.first_sentences = tuple(row.first_sentence for row in self.rows)
        self.places = _places(self.windows, self.first_sentences)
        self.debates = tuple(sorted({row.debate for row in self.rows}))
        # None of these knows the generation itself: a ring would keep it in memory after another took its place.
        self._document = partial(_document, self.rows, contents[layout.TEXTS])
        self._lengths = lru_cache(1)(partial(_lengths, self.rows, contents[layout.TEXTS]))
        self.document = lru_cache(DOCUMENTS_KEPT)(self._document)
        self.sentences = lru_cache(DOCUMENTS_KEPT)(partial(_sentences_of, self.rows, self._sentences))
        self.documents_of = lru_cache(64)(partial(_documents_of, self.rows, self.debates))
        self.named = lru_cache(64)(partial(_named, self.rows, self.documents_of))
        self.words = lru_cache(WORDS_KEPT)(partial(_words, self.places, self.document, self.sentences))

    @classmethod
    def open(cls, files: GenerationLayout, card_sha256: str) -> "Generation":
        """Check every file against its stamp, then read it.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
            IndexMismatch: built in another format.
        """
        card = read_card(files, card_sha256)
        names = card.files.keys()
        if not names >= layout.CORE or len(names & layout.EITHER) != 1 or any("/" in name for name in names):
            raise IndexCorrupt(f"{files.card} does not list the files of a generation")
        contents = {name: _read(files.file(name), stamp) for name, stamp in card.files.items()}
        try:
            return cls(card, contents)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise IndexCorrupt(f"generation {card.name} does not fit together") from error

    def _check_counts(self) -> None:
        parts = {
            "documents": self.rows,
            "sentences": self._sentences,
            "passages": self.passages,
            "windows": self.windows,
        }
        fits = len(self.keys) == len(self.passages) + len(self.windows)
        if not fits or self.card.counts != {name: len(part) for name, part in parts.items()}:
            raise IndexCorrupt(f"generation {self.card.name} does not hold what its card counts")

    @property
    def file_hashes(self) -> dict[str, str]:
        """SHA-256 of each file that this was built from by path, those that were skipped included."""
        return self.card.skipped_hashes | {row.path: row.file_sha256 for row in self.rows}

    def number(self, document_id: str) -> int:
        """A document's place in `rows`.

        Raises:
            UnknownDocument: there is no such id.
        """
        if document_id not in self._numbers:
            raise UnknownDocument(
                f"there is no document “{document_id}” here; `pullquote documents` and GET /v1/documents list them"
            )
        return self._numbers[document_id]

    def windows_of_passages(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of `windows` whose last sentence lies in any of these passages, passage by passage."""
        first, lengths = self._window_starts[passages], np.diff(self._window_starts)[passages]
        ends = np.cumsum(lengths)
        return np.asarray(np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum())), np.int64)

    def characters(self, number: int) -> int:
        """How many code points a document's text has, told without reading it."""
        return self._lengths()[number]

    def number_of_same(self, row: DocumentRow) -> int | None:
        """The place of a document that differs in nothing that decides how it is read, or None.

        Only where the very same program built this generation.
        """
        number = self._numbers.get(row.id)
        if number is None or self.card.program != layout.program():
            return None
        return number if self.rows[number].reading == row.reading else None

    def parsed(self, path: str, file_sha256: str) -> Document | None:
        """The document that the very same program made of this very file, or None."""
        number = self._files.get((path, file_sha256)) if self.card.program == layout.program() else None
        return None if number is None else self._document(number)

    def structure(self, number: int) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """A document's sentences, passages and windows as they lie in the tables.

        Passages and windows count sentences, and the document, from 0.
        """
        row, only = self.rows[number], range(number, number + 1)
        offset = np.array([number, row.first_sentence, row.first_sentence], np.int32)
        parts = []
        for table, rows in ((self.passages, self.passage_rows(only)), (self.windows, self.window_rows(only))):
            parts.append(table[rows.start : rows.stop] - offset)
        return self._sentences[row.first_sentence : row.end_sentence], parts[0], parts[1]

    def window(self, row: int) -> Window:
        """The window of a row."""
        return Window(row, *self.places[row].tolist())

    @property
    def exact(self) -> bool:
        """Whether every window's vector is searched, and kept whole."""
        return isinstance(self.window_vectors, FlatVectors)

    def nearest(
        self, vector: Vectors, counts: tuple[int, int], windows: range, passages: range
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The windows and the passages most like a vector, so many of each, best first, among these rows.

        Where the windows are too many to look at all, those of the PASSAGES_OPENED nearest passages.
        """
        if isinstance(self.window_vectors, FlatVectors):
            around = self.passage_vectors.search(vector, counts[1], passages)
            return self.window_vectors.search(vector, counts[0], windows), around
        around = self.passage_vectors.search(vector, max(PASSAGES_OPENED, counts[1]), passages)
        rows = self.windows_of_passages(around[:PASSAGES_OPENED])
        order = np.argsort(-(self.window_vectors.take(rows) @ vector), kind="stable")
        return np.asarray(rows[order[: counts[0]]], dtype=np.int64), around[: counts[1]]

    def expect_many(self) -> None:
        """Get ready for many searches at once, not when they have come."""
        for vectors in (self.passage_vectors, self.window_vectors):
            if isinstance(vectors, FlatVectors):
                vectors.look.make(vectors.rows)

    def window_rows(self, documents: range) -> range:
        """The rows of `windows` that belong to these documents."""
        return range(self._windows_from[documents.start], self._windows_from[documents.stop])

    def passage_rows(self, documents: range) -> range:
        """The rows of `passages` that belong to these documents."""
        return range(self._passages_from[documents.start], self._passages_from[documents.stop])


def _document(rows: Sequence[DocumentRow], texts: bytes, number: int) -> Document:
    row = rows[number]
    content = texts[row.start : row.start + row.size]
    if Stamp.of(content).sha256 != row.sha256:
        raise IndexCorrupt(f"the text of document {row.id} is not the one that its hash names; run `pullquote index`")
    return Document(
        id=row.id, debate=row.debate, path=row.path, text=content.decode("utf-8"), source=row.source,
        language=row.language, side=row.side, headings=row.headings, not_prose=row.not_prose,
        proposition=row.proposition, positions=row.positions,
    ).verified(row.sha256)  # fmt: skip


def _lengths(rows: Sequence[DocumentRow], texts: bytes) -> tuple[int, ...]:
    """The code points of each text: of the bytes of a letter in UTF-8, all but the first are from 0x80 to 0xBF."""
    signed = np.frombuffer(texts, np.int8)
    return tuple(int(np.count_nonzero(signed[row.start : row.start + row.size] >= -64)) for row in rows)


def _sentences_of(rows: Sequence[DocumentRow], table: NDArray[np.int32], number: int) -> Sentences:
    return Sentences(table[rows[number].first_sentence : rows[number].end_sentence])


def _documents_of(rows: Sequence[DocumentRow], debates: Sequence[str], debate: str | None) -> range:
    """The documents of a debate (None: of all), which lie side by side; its name may come with letters and accents apart.

    Raises:
        UnknownDebate: there is no such debate.
    """
    if debate is None:
        return range(len(rows))
    named = debate if debate in debates else unicodedata.normalize("NFC", debate)
    inside = [number for number, row in enumerate(rows) if row.debate == named]
    if not inside:
        raise UnknownDebate(f"there is no debate called “{debate}”; there are: {', '.join(debates)}")
    return range(inside[0], inside[-1] + 1)


def _named(rows: Sequence[DocumentRow], documents_of: Callable[[str], range], debate: str) -> tuple[str, ...]:
    """The propositions that the documents of a debate name, each once, in their order."""
    named: dict[str, None] = {}
    for number in documents_of(debate):
        row = rows[number]
        named |= dict.fromkeys(filter(None, (row.proposition, *(position.proposition for position in row.positions))))
    return tuple(named)


def _places(windows: NDArray[np.int32], first_sentences: Sequence[int]) -> NDArray[np.int32]:
    places = windows.copy()
    places[:, 1:] -= np.array(first_sentences, np.int32)[windows[:, :1]]
    return places


def _words(
    places: NDArray[np.int32], document: Callable[[int], Document], sentences: Callable[[int], Sentences], row: int
) -> frozenset[str]:
    """The different words of a window's text, as they are searched."""
    number, first, last = places[row].tolist()
    known = sentences(number)
    span = Span(known[first].span.start, known[last].span.end)
    return frozenset(clean(span.cut(document(number).text)).split())


def _read(path: Path, stamp: Stamp) -> bytes | memoryview:
    return map_checked(path, stamp) if path.name == layout.WINDOW_HALVES else read_checked(path, stamp)


def _window_vectors(contents: Contents, rows: int, dimension: int) -> FlatVectors | HalfVectors:
    if layout.WINDOW_HALVES in contents:
        return HalfVectors.open(contents[layout.WINDOW_HALVES], rows, dimension)
    return FlatVectors.open(bytes(contents[layout.WINDOW_VECTORS]), rows, dimension)
