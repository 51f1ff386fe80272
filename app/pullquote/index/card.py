"""The card of a generation, and the rows of its documents: what was built from what, and where each part lies."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from pullquote.corpus.documents import Position, Source
from pullquote.errors import IndexCorrupt, IndexMismatch
from pullquote.index.files import Stamp, json_bytes, read_regular
from pullquote.index.layout import FORMAT, GenerationLayout

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
