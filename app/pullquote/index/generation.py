"""One generation of the index: an immutable snapshot that answers come from."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import IndexCorrupt, UnknownDebate, UnknownDocument
from pullquote.index import layout
from pullquote.index.files import Stamp, array_of, map_checked, read_checked
from pullquote.index.layout import Card, DocumentRow, GenerationLayout, Layout, check_places, read_manifest
from pullquote.index.lexical import Lexical
from pullquote.index.vectors import VectorTable
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings
from pullquote.span import Span

Contents = Mapping[str, Any]  # a file's bytes by its name; a view of what is mapped into memory
PASSAGES_OPENED = 200  # whose windows are looked at where all are too many
DOCUMENTS_KEPT = 1_024  # decoded texts; what is made of their sentences is made as it is needed
KINDS = (Kind.PROSE, Kind.HEADING, Kind.NOT_PROSE)  # a row of the sentences has the number of its own
Tables = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]


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


@dataclass(frozen=True, slots=True)
class Window:
    """The self-contained window of a sentence of prose: its row, its document, and which sentences, its own last."""

    row: int
    document: int
    first: int
    last: int


class Generation:
    """A snapshot of the corpus with its structure, vectors and words.

    `windows` has one row a prose sentence: document, first and last sentence (both counted over
    the whole generation) of its self-contained window; in `places` they are counted in the document.
    `passages`: document, first, end. `extra` are the files that were worked out from the whole snapshot. `before` is
    what this one will replace, while it is built: what is told of an unchanged document may be taken from it.
    """

    def __init__(self, card: Card, contents: Contents, before: "Generation | None" = None) -> None:
        self.card = card
        self.before = before
        self.rows = tuple(DocumentRow.of(facts) for facts in json.loads(contents[layout.DOCUMENTS]))
        self._sentences, self.passages, self.windows, self.keys = (array_of(contents[name]) for name in layout.TABLES)
        parts = (self.rows, self._sentences, self.passages, self.windows)
        keyed = len(self.keys) == len(self.passages) + len(self.windows)
        if not keyed or card.counts != dict(zip(layout.COUNTED, map(len, parts), strict=True)):
            raise IndexCorrupt(f"generation {card.name} does not hold what its card counts")
        check_places(self.rows, self._sentences, self.passages, self.windows, len(contents[layout.TEXTS]))
        self.passage_vectors = VectorTable.open(contents[layout.PASSAGE_VECTORS], len(self.passages), card.dimension)
        halves = contents.get(layout.WINDOW_HALVES)
        kept = VectorTable.open if halves is None else VectorTable.halves
        self.window_vectors = kept(halves or contents[layout.WINDOW_VECTORS], len(self.windows), card.dimension)
        self.lexical = Lexical.open([contents[name] for name in layout.LEXICAL], len(self.windows))
        known = layout.CORE | layout.EITHER
        self.extra = {name: content for name, content in contents.items() if name not in known}
        # None of these knows the generation itself: a ring would keep it in memory after another took its place.
        self.document = lru_cache(DOCUMENTS_KEPT)(partial(_document, self.rows, contents[layout.TEXTS]))
        self.sentences = lru_cache(DOCUMENTS_KEPT)(partial(_sentences_of, self.rows, self._sentences))
        self._number_all()

    def _number_all(self) -> None:
        self.first_sentences = tuple(row.first_sentence for row in self.rows)
        self.places = self.windows.copy()
        self.places[:, 1:] -= np.array(self.first_sentences, np.int32)[self.windows[:, :1]]
        self.passage_of_window = np.searchsorted(self.passages[:, 1], self.windows[:, 2], "right") - 1
        self._window_starts = np.searchsorted(self.passage_of_window, np.arange(len(self.passages) + 1))
        numbers = np.arange(len(self.rows) + 1, dtype=np.int32)
        self._windows_from: list[int] = np.searchsorted(self.windows[:, 0], numbers).tolist()
        self._passages_from: list[int] = np.searchsorted(self.passages[:, 0], numbers).tolist()
        self._numbers = {row.id: number for number, row in enumerate(self.rows)}
        debates = [row.debate for row in self.rows]
        ends = {debate: number + 1 for number, debate in enumerate(debates)}  # those of a debate lie side by side
        starts = {debate: number for number, debate in reversed(list(enumerate(debates)))}
        self._debates = {debate: range(starts[debate], ends[debate]) for debate in sorted(ends)}
        self.debates = tuple(self._debates)

    @classmethod
    def open(cls, files: GenerationLayout, card_sha256: str) -> "Generation":
        """Check every file against its stamp, then read it.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
            IndexMismatch: built in another format.
        """
        card = Card.read(files, card_sha256)
        names = card.files.keys()
        if not names >= layout.CORE or len(names & layout.EITHER) != 1 or any("/" in name for name in names):
            raise IndexCorrupt(f"{files.card} does not list the files of a generation")
        readers = {layout.WINDOW_HALVES: map_checked}
        contents: Contents = {
            name: readers.get(name, read_checked)(files.file(name), stamp) for name, stamp in card.files.items()
        }
        try:
            return cls(card, contents)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise IndexCorrupt(f"generation {card.name} does not fit together") from error

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

    def documents_of(self, debate: str | None) -> range:
        """The documents of a debate (None: of all); its name may come with letters and accents apart.

        Raises:
            UnknownDebate: there is no such debate.
        """
        if debate is None:
            return range(len(self.rows))
        found = self._debates.get(debate) or self._debates.get(unicodedata.normalize("NFC", debate))
        if found is None:
            raise UnknownDebate(f"there is no debate called “{debate}”; there are: {', '.join(self.debates)}")
        return found

    def named(self, debate: str) -> tuple[str, ...]:
        """The propositions that the documents of a debate name, each once, in their order."""
        rows = [self.rows[number] for number in self.documents_of(debate)]
        named = (
            each for row in rows for each in (row.proposition, *(one.proposition for one in row.positions)) if each
        )
        return tuple(dict.fromkeys(named))

    def windows_of_passages(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of `windows` whose last sentence lies in any of these passages, passage by passage."""
        first, lengths = self._window_starts[passages], np.diff(self._window_starts)[passages]
        ends = np.cumsum(lengths)
        return np.asarray(np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum())), np.int64)

    def number_of_same(self, row: DocumentRow) -> int | None:
        """The place of a document of the same words and facts, or None; only where the very same program built this."""
        number = self._numbers.get(row.id)
        if number is None or self.card.program != layout.program():
            return None
        same = self.rows[number]
        return number if (same.sha256, same.facts) == (row.sha256, row.facts) else None

    def structure(self, number: int) -> Tables:
        """A document's sentences, passages and windows as they lie in the tables.

        Passages and windows count sentences, and the document, from 0.
        """
        row, only = self.rows[number], range(number, number + 1)
        passages, windows = self.passage_rows(only), self.window_rows(only)
        offset = np.array([number, row.first_sentence, row.first_sentence], np.int32)
        return (
            self._sentences[row.first_sentence : row.end_sentence],
            self.passages[passages.start : passages.stop] - offset,
            self.windows[windows.start : windows.stop] - offset,
        )

    def window(self, row: int) -> Window:
        """The window of a row."""
        return Window(row, *self.places[row].tolist())

    @property
    def exact(self) -> bool:
        """Whether every window's vector is searched, and kept whole."""
        return self.window_vectors.index is not None

    def nearest(
        self, vector: Vectors, counts: tuple[int, int], windows: range, passages: range
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The windows and the passages most like a vector, so many of each, best first, among these rows.

        Where the windows are too many to look at all, those of the PASSAGES_OPENED nearest passages.
        """
        if self.exact:
            around = self.passage_vectors.search(vector, counts[1], passages)
            return self.window_vectors.search(vector, counts[0], windows), around
        around = self.passage_vectors.search(vector, max(PASSAGES_OPENED, counts[1]), passages)
        rows = self.windows_of_passages(around[:PASSAGES_OPENED])
        order = np.argsort(-(self.window_vectors.take(rows) @ vector), kind="stable")
        return np.asarray(rows[order[: counts[0]]], dtype=np.int64), around[: counts[1]]

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
    return Document(text=content.decode("utf-8"), **row.facts).verified(row.sha256)


def _sentences_of(rows: Sequence[DocumentRow], table: NDArray[np.int32], number: int) -> Sentences:
    return Sentences(table[rows[number].first_sentence : rows[number].end_sentence])


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation that can be used, and what is wrong if it is not the newest one."""

    generation: Generation
    degraded: str | None = None


def open_index(settings: Settings, serving: Generation | None = None) -> Opened:
    """Open the current generation, or the one before it when the current one is damaged.

    The one that serves already, where it is either of them, is taken as it is and not opened a second time.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: neither generation can be used.
        IndexMismatch: built in another format.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    try:
        return Opened(open_named(root, named["current"], serving))
    except IndexCorrupt as damage:
        if read_manifest(root) != named:  # a build replaced it in this very moment
            return open_index(settings, serving)
        if not named.get("previous"):
            raise IndexCorrupt(f"{damage}; {layout.MEND}") from damage
        try:
            before = open_named(root, named["previous"], serving)
            return Opened(before, degraded=f"{damage}; the previous generation serves; {layout.MEND}")
        except IndexCorrupt as worse:
            raise IndexCorrupt(f"{damage}; {worse}; {layout.MEND}") from worse


def open_named(root: Layout, named: Mapping[str, str], serving: Generation | None) -> Generation:
    """The generation that a part of the manifest names; the one that serves, where it is that one.

    Raises:
        IndexCorrupt: it cannot be used, or the part is damaged.
    """
    try:
        if serving is not None and named["generation"] == serving.card.name:
            return serving
        if "/" in named["generation"] or named["generation"].startswith("."):
            raise IndexCorrupt(f"{root.manifest} names no generation")
        return Generation.open(root.generation(named["generation"]), named["sha256"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged") from error
