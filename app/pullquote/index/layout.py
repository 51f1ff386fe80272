"""Where everything lies below the index folder."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Position, Source
from pullquote.corpus.files import lock_of
from pullquote.errors import IndexCorrupt, IndexMismatch
from pullquote.index.files import Stamp, json_bytes, read_regular

FORMAT = 1  # raise it when a file's meaning changes: older generations are then rebuilt, never misread
LIBRARIES = ("pystemmer", "pyyaml", "sentencex", "tokenizers")  # that cut texts and read what stands above them


@lru_cache(maxsize=1)
def program() -> str:
    """What built an index: a fingerprint of this package's code and bundled models, and of the libraries' versions, which
    decide how texts are cut, attributed and judged (a model's card names its weights' hash).
    """
    from importlib.metadata import version  # the parser of mail headers comes with it: only a build asks

    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted([*package.rglob("*.py"), *package.glob("models/weights/*/config.json")]):
        digest.update(path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Layout:
    """The index folder: generations side by side, one manifest that names the current one."""

    root: Path

    @property
    def manifest(self) -> Path:
        """Names the current and the previous generation; swapped by rename, last of all."""
        return self.root / "MANIFEST.json"

    @property
    def lock(self) -> Path:
        """Held, by the kernel, by the one process that builds."""
        return lock_of(self.root)

    @property
    def calibration(self) -> Path:
        """The confidence that the operator fitted, where there is one."""
        return self.root / "calibration.json"

    def encoded(self, identity: str) -> Path:
        """Vectors of texts that an encoder encoded before; only a build reads them."""
        return self.root / "vectors" / f"{identity}.bin"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    def generation(self, name: str) -> "GenerationLayout":
        """One generation's files."""
        return GenerationLayout(self.generations / name)


@dataclass(frozen=True, slots=True)
class GenerationLayout:
    """The files of one generation; none is ever changed after it was written."""

    folder: Path

    @property
    def card(self) -> Path:
        """What was built, from what, with which model; sizes and hashes of the other files."""
        return self.folder / "generation.json"

    def file(self, name: str) -> Path:
        """One of the files that the card lists."""
        return self.folder / name


DOCUMENTS = "documents.json"
TEXTS = "texts.bin"
SENTENCES = "sentences.npy"
PASSAGES = "passages.npy"
WINDOWS = "windows.npy"
KEYS = "keys.npy"
PASSAGE_VECTORS = "passages.faiss"
WINDOW_VECTORS = "windows.faiss"
WINDOW_HALVES = "windows-f16.npy"  # in place of WINDOW_VECTORS where the windows are many
LEXICAL = ("lexical-weights.npy", "lexical-rows.npy", "lexical-starts.npy", "lexical-terms.json")
EITHER = frozenset({WINDOW_VECTORS, WINDOW_HALVES})  # a generation has one of them
CORE = frozenset({DOCUMENTS, TEXTS, SENTENCES, PASSAGES, WINDOWS, KEYS, PASSAGE_VECTORS, *LEXICAL})
COUNTS = "lexical-counts.npy"  # what the weights of the words are made of; read only to build the next generation
VOICES = "voices.jsonl"
SUGGESTIONS = "suggestions.json"
STANCES = "stances.json"


MAX_CARD = 100_000_000  # bytes; a hundred thousand skipped files with their reasons take a tenth of it


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
    answering: str = ""
    """What else decided which suggested questions are answered: a fingerprint of threshold, ranker and calibration."""
    skipped_hashes: dict[str, str] = field(default_factory=dict)
    """SHA-256 of each skipped file by path, "" where it could not even be opened."""
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
            told = {name: value for name, value in facts.items() if name in KNOWN}  # a later program may tell more
            return cls(**{**told, "files": files, "skipped": skipped})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IndexCorrupt("the generation's card is damaged") from error


KNOWN = frozenset(one.name for one in fields(Card))


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

    @property
    def reading(self) -> tuple[object, ...]:
        """All that decides how a document is cut and whose words it holds."""
        return (
            self.id, self.debate, self.path, self.sha256, self.source, self.language, self.side, self.headings,
            self.not_prose,
        )  # fmt: skip

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "DocumentRow":
        """From the JSON form."""
        tuples = {name: tuple(facts[name]) for name in ("headings", "not_prose")}
        positions = tuple(Position(**position) for position in facts.get("positions", ()))
        return cls(**{**facts, **tuples, "positions": positions, "source": Source(**facts["source"])})


def read_card(files: GenerationLayout, card_sha256: str) -> Card:
    """A generation's card, if it is the one that was written.

    Raises:
        IndexCorrupt: it is missing, altered or damaged.
        IndexMismatch: another format of the index.
    """
    content = read_regular(files.card, MAX_CARD)
    if Stamp.of(content).sha256 != card_sha256:
        raise IndexCorrupt(f"{files.card} is not what was written (SHA-256 differs)")
    return Card.of(content)


class Place(Protocol):
    """Where a document's text and sentences lie."""

    start: int
    size: int
    first_sentence: int
    end_sentence: int


def check_places(
    rows: Sequence[Any], sentences: NDArray[Any], passages: NDArray[Any], windows: NDArray[Any], length: int
) -> None:
    """Refuse tables that point outside what they belong to, whatever their hashes say.

    Args:
        rows: the documents; each has the members of `Place`.
        sentences: start, end, kind, paragraph, heading; shape (sentences, 5).
        passages: document, first sentence, end; shape (passages, 3).
        windows: document, first and last sentence; shape (windows, 3).
        length: bytes of all texts.

    Raises:
        IndexCorrupt: one does.
    """
    fits = (
        _documents_fit(rows, len(sentences), length)
        and _sentences_fit(sentences)
        and _spans_fit(rows, passages, 0)
        and _spans_fit(rows, windows, 1)
    )
    if not fits:
        raise IndexCorrupt("a table of the index points outside what it belongs to")


def _documents_fit(rows: Sequence[Place], sentences: int, length: int) -> bool:
    text = sentence = 0
    for row in rows:
        if row.start != text or row.size < 0 or row.first_sentence != sentence or row.end_sentence < sentence:
            return False
        text, sentence = text + row.size, row.end_sentence
    return (text, sentence) == (length, sentences)


def _sentences_fit(sentences: NDArray[Any]) -> bool:
    if sentences.dtype != np.int32 or sentences.ndim != 2 or sentences.shape[1] != 5:
        return False
    start, end, kind = sentences[:, 0], sentences[:, 1], sentences[:, 2]
    return bool(np.all((start >= 0) & (start < end) & (kind >= 0) & (kind < 3)))


def _spans_fit(rows: Sequence[Place], table: NDArray[Any], last: int) -> bool:
    """Whether each row's sentences lie inside its document; `last` is 1 where the end is included."""
    if table.dtype != np.int32 or table.ndim != 2 or table.shape[1] != 3:
        return False
    if not len(table):
        return True
    document, first, end = table[:, 0], table[:, 1], table[:, 2] + last
    if document.min() < 0 or document.max() >= len(rows) or np.any(np.diff(document) < 0):
        return False
    starts = np.array([row.first_sentence for row in rows])[document]
    ends = np.array([row.end_sentence for row in rows])[document]
    return bool(np.all((starts <= first) & (first < end) & (end <= ends)))
