"""One generation of the index: an immutable snapshot that answers come from."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import IndexCorrupt, UnknownDebate, UnknownDocument
from pullquote.extraction.places import Place
from pullquote.index import layout
from pullquote.index.engine import MARK, Engine, Grain, Local, engines_of
from pullquote.index.files import Stamp, array_of, map_checked, read_checked
from pullquote.index.layout import (
    Card,
    DocumentRow,
    GenerationLayout,
    Layout,
    check_originals,
    check_places,
    facts_of,
    read_manifest,
)
from pullquote.index.lexical import Lexical
from pullquote.index.vectors import VectorTable
from pullquote.models.interaction import DIMENSION, Codes, QueryTokens
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

    def __init__(self, firsts: Sequence[int], table: NDArray[np.int32], number: int) -> None:
        self._table = table[firsts[number] : firsts[number + 1]]
        self._made: list[Sentence | None] = [None] * len(self._table)

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


@dataclass(frozen=True, slots=True)
class Shard:
    """What an engine is asked about, apart from the generation: a ring would keep that in memory."""

    mark: str
    exact: bool
    passage_vectors: VectorTable
    window_vectors: VectorTable
    lexical: Lexical


def _mark(card: Card) -> str:
    searched = (layout.PASSAGE_VECTORS, *sorted(layout.EITHER), *layout.LEXICAL)
    stamps = (stamp.sha256 for name in searched if (stamp := card.files.get(name)))
    return hashlib.sha256("\n".join((card.name, *stamps)).encode()).hexdigest()[:MARK]


class Generation:
    """A snapshot of the corpus with its structure, vectors and words.

    `places` has one row a prose sentence: document, first and last sentence of its self-contained window; `passages`
    document, first and end. Both count sentences in the document. `extra` are files worked out from the whole snapshot,
    `before` is what this one will replace, while it is built.
    """

    def __init__(self, card: Card, contents: Contents, before: "Generation | None" = None) -> None:
        self.card = card
        self.before = before
        self.rows = tuple(DocumentRow.of(facts) for facts in json.loads(contents[layout.DOCUMENTS]))
        self._sentences, self.passages, self.places, self.keys = (array_of(contents[name]) for name in layout.TABLES)
        parts = (self.rows, self._sentences, self.passages, self.places)
        keyed = len(self.keys) == len(self.passages) + len(self.places)
        if not keyed or card.counts != dict(zip(layout.COUNTED, map(len, parts), strict=True)):
            raise IndexCorrupt(f"generation {card.name} does not hold what its card counts")
        check_places(self.rows, self._sentences, self.passages, self.places, len(contents[layout.TEXTS]))
        originals = check_originals(self.rows, array_of(contents[layout.PLACES]))
        self.passage_vectors = VectorTable.open(contents[layout.PASSAGE_VECTORS], len(self.passages), card.dimension)
        if layout.WINDOW_HALVES in contents:
            self.window_vectors = VectorTable(None, array_of(contents[layout.WINDOW_HALVES]))
        else:
            self.window_vectors = VectorTable.open(contents[layout.WINDOW_VECTORS], len(self.places), card.dimension)
        if self.window_vectors.rows.shape != (len(self.places), card.dimension):
            raise IndexCorrupt("a vector file is not of the shape that the manifest states")
        self.lexical = Lexical.open([contents[name] for name in layout.LEXICAL], len(self.places))
        self.shard = Shard(_mark(card), self.exact, self.passage_vectors, self.window_vectors, self.lexical)
        self.engine: Engine = Local(self.shard)
        self.tokens = self._tokens(contents) if layout.TOKEN_VECTORS in contents else None
        known = layout.CORE | layout.EITHER | {*layout.TOKENS}
        self.extra = {name: content for name, content in contents.items() if name not in known}
        starts = [0, *accumulate(row.size for row in self.rows)]
        self.first_sentences = (0, *accumulate(row.sentences for row in self.rows))
        # Neither knows the generation itself: a ring would keep it in memory after another took its place.
        self.document = lru_cache(DOCUMENTS_KEPT)(
            partial(_document, self.rows, starts, contents[layout.TEXTS], originals)
        )
        self.sentences = lru_cache(DOCUMENTS_KEPT)(partial(Sentences, self.first_sentences, self._sentences))
        self._number_all()

    def _tokens(self, contents: Contents) -> tuple[Codes, NDArray[np.int64]]:
        """The token vectors of all windows, and where each window's begin, with the end of all."""
        vectors, starts = (array_of(contents[name]) for name in layout.TOKENS)
        counted = starts.dtype == np.int64 and starts.shape == (len(self.places) + 1,)
        if not counted or starts[0] != 0 or np.any(np.diff(starts) <= 0):
            raise IndexCorrupt("the token vectors do not begin where the windows need them to")
        if vectors.dtype != np.int8 or vectors.shape != (starts[-1], DIMENSION):
            raise IndexCorrupt("the token vectors are not of the shape that the windows need")
        return vectors, starts

    def _number_all(self) -> None:
        firsts = np.array(self.first_sentences, np.int32)
        opens = firsts[self.passages[:, 0]] + self.passages[:, 1]
        self.ends = firsts[self.places[:, 0]] + self.places[:, 2]  # windows' last sentences, of all documents' together
        self.passage_of_window = np.searchsorted(opens, self.ends, "right") - 1
        self._window_starts = np.searchsorted(self.passage_of_window, np.arange(len(self.passages) + 1))
        numbers = np.arange(len(self.rows) + 1, dtype=np.int32)
        self._windows_from: list[int] = np.searchsorted(self.places[:, 0], numbers).tolist()
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
        """
        card = Card.read(files, card_sha256)
        names = card.files.keys()
        if not names >= layout.CORE or len(names & layout.EITHER) != 1 or any("/" in name for name in names):
            raise IndexCorrupt(f"{files.card} does not list the files of a generation")
        readers = dict.fromkeys((layout.WINDOW_HALVES, layout.TOKEN_VECTORS), map_checked)
        contents: Contents = {
            name: readers.get(name, read_checked)(files.folder / name, stamp) for name, stamp in card.files.items()
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
        named = (name for row in rows for name in (row.proposition, *(one.proposition for one in row.positions)))
        return tuple(dict.fromkeys(filter(None, named)))

    def windows_of_passages(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of `places` whose last sentence lies in any of these passages, passage by passage."""
        first, lengths = self._window_starts[passages], np.diff(self._window_starts)[passages]
        ends = np.cumsum(lengths)
        return np.asarray(np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum())), np.int64)

    def number_of_same(self, document: Document | DocumentRow) -> int | None:
        """The place of a document of the same words and facts, or None; only where the very same program built this."""
        number = self._numbers.get(document.id)
        if number is None or self.card.program != layout.program():
            return None
        same = self.rows[number]
        return number if same.sha256 == document.sha256 and facts_of(same) == facts_of(document) else None

    def taken_out(self, sha256: str) -> Document | None:
        """The document whose text was taken out of a file with this hash, if there is one."""
        numbers = (number for number, row in enumerate(self.rows) if row.origin and row.origin.sha256 == sha256)
        return next(map(self.document, numbers), None)

    def structure(self, number: int) -> Tables:
        """A document's rows of the tables: sentences, passages and windows."""
        only = range(number, number + 1)
        sentences = self._sentences[self.first_sentences[number] : self.first_sentences[number + 1]]
        return sentences, self.passages[list(self.passage_rows(only))], self.places[list(self.window_rows(only))]

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
        """The windows (of the PASSAGES_OPENED nearest passages where not all are searched) and the passages most like a
        vector, so many of each, best first, among these rows.
        """
        if self.exact:
            around = self.engine.near(Grain.PASSAGES, vector, counts[1], passages)
            return self.engine.near(Grain.WINDOWS, vector, counts[0], windows), around
        around = self.engine.near(Grain.PASSAGES, vector, max(PASSAGES_OPENED, counts[1]), passages)
        rows = self.windows_of_passages(around[:PASSAGES_OPENED])
        order = np.argsort(-(self.window_vectors.take(rows) @ vector), kind="stable")
        return np.asarray(rows[order[: counts[0]]], dtype=np.int64), around[: counts[1]]

    def interaction(self, asked: QueryTokens, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """How well the windows of these rows answer, token by token, shape (rows,); 0 where the index has no tokens."""
        if self.tokens is None or not len(rows):
            return np.zeros(len(rows), np.float32)
        vectors, starts = self.tokens
        lengths = starts[rows + 1] - starts[rows]
        firsts = np.cumsum(lengths) - lengths
        places = np.repeat(starts[rows] - firsts, lengths) + np.arange(int(lengths.sum()))
        return asked.maxsim(vectors[places], firsts)

    def window_rows(self, documents: range) -> range:
        """The rows of `places` that belong to these documents."""
        return range(self._windows_from[documents.start], self._windows_from[documents.stop])

    def passage_rows(self, documents: range) -> range:
        """The rows of `passages` that belong to these documents."""
        return range(self._passages_from[documents.start], self._passages_from[documents.stop])


def _document(
    rows: Sequence[DocumentRow], starts: Sequence[int], texts: bytes, originals: NDArray[np.int32], number: int
) -> Document:
    row, content = rows[number], texts[starts[number] : starts[number + 1]]
    if Stamp.of(content).sha256 != row.sha256:
        raise IndexCorrupt(f"the text of document {row.id} is not the one that its hash names; run `pullquote index`")
    first, end = np.searchsorted(originals[:, 0], (number, number + 1))
    places = tuple(
        Place(start, page or None, None if time < 0 else time / 1_000)
        for _, start, page, time in originals[first:end].tolist()
    )
    return Document(text=content.decode("utf-8"), places=places, **facts_of(row)).verified(row.sha256)


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
        IndexCorrupt: neither generation can be used, or they are of another format.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    try:
        return Opened(_open_named(settings, root, named["current"], serving))
    except IndexCorrupt as damage:
        if read_manifest(root) != named:  # a build replaced it in this very moment
            return open_index(settings, serving)
        if not named.get("previous"):
            raise IndexCorrupt(f"{damage}; {layout.MEND}") from damage
        try:
            before = _open_named(settings, root, named["previous"], serving)
            return Opened(before, degraded=f"{damage}; the previous generation serves; {layout.MEND}")
        except IndexCorrupt as worse:
            raise IndexCorrupt(f"{damage}; {worse}; {layout.MEND}") from worse


def _open_named(settings: Settings, root: Layout, named: Mapping[str, str], serving: Generation | None) -> Generation:
    try:
        if serving is not None and named["generation"] == serving.card.name:
            return serving
        if "/" in named["generation"] or named["generation"].startswith("."):
            raise IndexCorrupt(f"{root.manifest} names no generation")
        generation = Generation.open(root.generation(named["generation"]), named["sha256"])
        generation.engine = engines_of(settings)(generation.shard)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged") from error
    return generation
