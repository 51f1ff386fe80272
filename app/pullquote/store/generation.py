"""One generation of the index: an immutable snapshot that answers come from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.documents import Document, Position, Source
from pullquote.errors import IndexCorrupt, IndexMismatch, UnknownDebate, UnknownDocument
from pullquote.sentences import Kind, Sentence
from pullquote.span import Span
from pullquote.store import layout
from pullquote.store.files import Stamp, array_of, json_bytes, read_checked
from pullquote.store.layout import FORMAT, GenerationLayout
from pullquote.store.lexical import Lexical
from pullquote.store.vectors import FlatVectors

KINDS = (Kind.PROSE, Kind.HEADING, Kind.NOT_PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a generation was built from and with, and the stamps of its files."""

    name: str
    built_at: str
    encoder: str
    model: str
    dimension: int
    counts: dict[str, int]
    skipped: tuple[tuple[str, str], ...]
    files: dict[str, Stamp]
    program: str
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """The card as it is written."""
        return json_bytes(asdict(self))

    @classmethod
    def of(cls, content: bytes) -> "Card":
        """Read a card.

        Raises:
            IndexMismatch: another format of the index.
            IndexCorrupt: not a card.
        """
        try:
            facts = json.loads(content)
            if facts["format"] != FORMAT:
                raise IndexMismatch(
                    f"the index has format {facts['format']}, this program reads {FORMAT}; run `pullquote index`"
                )
            files = {name: Stamp(**stamp) for name, stamp in facts["files"].items()}
            skipped = tuple((path, reason) for path, reason in facts["skipped"])
            return cls(**{**facts, "files": files, "skipped": skipped})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IndexCorrupt("the generation's card is damaged") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document's facts and where its parts lie in the generation's arrays."""

    id: str
    debate: str
    path: str
    sha256: str
    file_sha256: str
    start: int
    size: int
    first_sentence: int
    end_sentence: int
    source: Source
    language: str | None
    side: str | None
    headings: tuple[str, ...]
    not_prose: tuple[str, ...]
    proposition: str | None = None
    positions: tuple[Position, ...] = ()

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "DocumentRow":
        """From the JSON form."""
        tuples = {name: tuple(facts[name]) for name in ("headings", "not_prose")}
        positions = tuple(Position(**position) for position in facts.get("positions", ()))
        return cls(**{**facts, **tuples, "positions": positions, "source": Source(**facts["source"])})


class Generation:
    """A snapshot of the corpus with its structure, vectors and words.

    `windows` has one row a prose sentence: document, first and last sentence (both counted over
    the whole generation) of its self-contained window. `passages`: document, first, end.
    """

    def __init__(self, card: Card, contents: Mapping[str, bytes]) -> None:
        self.card = card
        self.rows = tuple(DocumentRow.of(facts) for facts in json.loads(contents[layout.DOCUMENTS]))
        self._texts = contents[layout.TEXTS]
        self._sentences = array_of(contents[layout.SENTENCES])
        self.passages = array_of(contents[layout.PASSAGES])
        self.windows = array_of(contents[layout.WINDOWS])
        self.keys = array_of(contents[layout.KEYS])
        self._check_counts()
        self.passage_vectors = FlatVectors.open(contents[layout.PASSAGE_VECTORS], len(self.passages), card.dimension)
        self.window_vectors = FlatVectors.open(contents[layout.WINDOW_VECTORS], len(self.windows), card.dimension)
        self.lexical = Lexical.open([contents[name] for name in layout.LEXICAL], len(self.windows))
        self.passage_of_window = np.searchsorted(self.passages[:, 1], self.windows[:, 2], "right") - 1
        self.extra = {name: content for name, content in contents.items() if name not in layout.CORE}
        self._numbers = {row.id: number for number, row in enumerate(self.rows)}
        self.document = lru_cache(maxsize=256)(self._document)
        self.sentences = lru_cache(maxsize=256)(self._sentences_of)

    @classmethod
    def open(cls, files: GenerationLayout, card_sha256: str) -> "Generation":
        """Check every file against its stamp, then read it.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
            IndexMismatch: built in another format.
        """
        try:
            content = files.card.read_bytes()
        except OSError as error:
            raise IndexCorrupt(f"{files.card} cannot be read ({error.strerror})") from error
        if Stamp.of(content).sha256 != card_sha256:
            raise IndexCorrupt(f"{files.card} is not what was written (SHA-256 differs)")
        card = Card.of(content)
        contents = {name: read_checked(files.file(name), stamp) for name, stamp in card.files.items()}
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
    def debates(self) -> tuple[str, ...]:
        """The debates' names, sorted."""
        return tuple(sorted({row.debate for row in self.rows}))

    def number(self, document_id: str) -> int:
        """A document's place in `rows`.

        Raises:
            UnknownDocument: there is no such id.
        """
        if document_id not in self._numbers:
            raise UnknownDocument(f"no document {document_id!r}; GET /v1/documents lists them")
        return self._numbers[document_id]

    def documents_of(self, debate: str | None) -> range:
        """The documents of a debate (None: of all), which lie side by side.

        Raises:
            UnknownDebate: there is no such debate.
        """
        if debate is None:
            return range(len(self.rows))
        inside = [number for number, row in enumerate(self.rows) if row.debate == debate]
        if not inside:
            raise UnknownDebate(f"no debate {debate!r}; there are: {', '.join(self.debates)}")
        return range(inside[0], inside[-1] + 1)

    def window_rows(self, documents: range) -> range:
        """The rows of `windows` that belong to these documents."""
        return _rows(self.windows[:, 0], documents)

    def passage_rows(self, documents: range) -> range:
        """The rows of `passages` that belong to these documents."""
        return _rows(self.passages[:, 0], documents)

    def _document(self, number: int) -> Document:
        row = self.rows[number]
        text = self._texts[row.start : row.start + row.size].decode("utf-8")
        return Document(
            id=row.id, debate=row.debate, path=row.path, text=text, source=row.source,
            language=row.language, side=row.side, headings=row.headings, not_prose=row.not_prose,
            proposition=row.proposition, positions=row.positions,
        )  # fmt: skip

    def _sentences_of(self, number: int) -> tuple[Sentence, ...]:
        row = self.rows[number]
        return tuple(
            Sentence(Span(start, end), KINDS[kind], paragraph, None if heading < 0 else heading)
            for start, end, kind, paragraph, heading in self._sentences[row.first_sentence : row.end_sentence].tolist()
        )


def _rows(column: NDArray[np.int32], documents: range) -> range:
    start, stop = np.searchsorted(column, [documents.start, documents.stop])
    return range(int(start), int(stop))
