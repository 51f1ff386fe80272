"""Where everything lies below the index folder, and what is written down about it."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document, Origin, Position, Source, SpeakerTurn, name_of
from pullquote.corpus.files import lock_of
from pullquote.errors import IndexCorrupt, IndexFull, IndexMissing
from pullquote.index.files import PIECES, Stamp, json_bytes, read_regular, swap_in
from pullquote.models.bundled import cards
from pullquote.models.encoder import unfinished_exports
from pullquote.settings import Settings

# Raised when a file's meaning changes: older generations are then rebuilt, never misread.
FORMAT = 7
# That cut and read texts.
LIBRARIES = ("markdown-it-py", "nameparser", "pystemmer", "pyyaml", "sentencex", "tokenizers")
MAX_MANIFEST = 65_536
# Bytes; a hundred thousand skipped files with their reasons take a tenth of it
MAX_CARD = 100_000_000
MARK = 16  # hexadecimal digits that name a shard
DRAFT = ".building-"  # how the folder of a generation that is not whole yet begins
MEND = "run `pullquote index` to build it again"

DOCUMENTS, TEXTS, PLACES = "documents.jsonl", "texts.bin", "places.npy"
TABLES = SENTENCES, PASSAGES, WINDOWS, KEYS = (
    "sentences.npy",
    "passages.npy",
    "windows.npy",
    "keys.npy",
)
# Facts of which all documents' are at hand when an index is opened.
COLUMNS = (
    "id", "path", "file_sha256", "debate", "language", "side", "proposition", "positions", "size", "characters", "sentences",
)  # fmt: skip
COUNTED = ("documents", "sentences", "passages", "windows")
PASSAGE_VECTORS, WINDOW_VECTORS = "passage-vectors.npy", "window-vectors.npy"
LEXICAL = (
    "lexical-weights.npy", "lexical-rows.npy", "lexical-starts.npy", "lexical-terms.json", "lexical-peaks.npy",
    "lexical-lengths.npy",
)  # fmt: skip
CODES = ("passage-centroids.npy", "passage-codes.npy")  # of very many passages (`vectors.EXACT`)
TOKENS = TOKEN_VECTORS, TOKEN_STARTS = (
    "tokens.npy",
    "token-starts.npy",
)  # of windows that were built with any
CORE = frozenset({DOCUMENTS, TEXTS, PLACES, *TABLES, *LEXICAL, PASSAGE_VECTORS, WINDOW_VECTORS})
VOICES, SUGGESTIONS, STANCES = "voices.jsonl", "suggestions.json", "stances.json"
PEOPLE = "people.jsonl"  # everybody whose words it holds; an older generation has none
DISPUTES = "disputes.json"  # the rows of the windows that another voice disputes
# Of the documents where some live in an older generation's files: which shard, and the number in it.
ORDER = "order.npy"
# What a shard is made of; all other files are worked out of the whole generation.
SHARD = CORE | {*CODES, *TOKENS, VOICES}


@lru_cache(maxsize=1)
def program() -> str:
    """What built an index: a fingerprint of this package's code, word lists and bundled models, and of the libraries'
    versions, which decide how texts are cut, attributed and judged (a model's card names its weights' hash).
    """
    # The parser of mail headers comes with it: only a build asks.
    from importlib.metadata import version

    digest, package = hashlib.sha256(), Path(__file__).parents[1]
    code = sorted(
        [*package.rglob("*.py"), *package.glob("*/*.txt"), *package.glob("upkeep/*.json")]
    )
    for path in [*code, *cards()]:
        digest.update(path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()[:16]


class Layout:
    """The index folder: generations side by side, one manifest that names the current one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        # Names the current and the previous generation; swapped last of all
        self.manifest = root / "MANIFEST.json"
        self.lock = lock_of(root)  # held, by the kernel, by the one process that builds
        # The confidence that the operator fitted, where there is one
        self.calibration = root / "calibration.json"
        # The same with a language model that points
        self.pointed_calibration = root / "calibration-pointed.json"
        self.generations = root / "generations"
        # What a build that is not done yet, or was interrupted, has worked out
        self.parts = root / "parts"
        # When the corpus's files were written: only those that changed are read again
        self.facts = root / "facts.json"

    def generation(self, name: str) -> "GenerationLayout":
        """One generation's files."""
        return GenerationLayout(self.generations / name)


class GenerationLayout:
    """The files of one generation; none is ever changed after it was written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # What it was built from and with; sizes and hashes of the other files
        self.card = folder / "generation.json"


def answering(settings: Settings) -> str:
    """A fingerprint of what decides, beside texts and program, whether a question is answered."""
    digest = hashlib.sha256(f"{settings.threshold} {settings.reranker}\n".encode())
    with suppress(OSError):  # none was fitted; one that cannot be read is reported where it is used
        digest.update(Layout(settings.index).calibration.read_bytes())
    return digest.hexdigest()[:16]


def publish(root: Layout, current: tuple[str, str], previous: tuple[str, str] | None) -> None:
    """Make a whole generation the current one, in one step."""
    pairs = {"current": current, "previous": previous}
    named = {
        role: pair and {"generation": pair[0], "sha256": pair[1]} for role, pair in pairs.items()
    }
    swap_in(root.manifest, json_bytes({"format": FORMAT, **named}))


def sweep(root: Layout, keep: Sequence[str] | None = None) -> None:
    """Remove what interrupted builds left but for their parts; or, where the generations to `keep`
    are named, the parts too, and all other generations.
    """
    folders = root.generations.glob(f"{DRAFT}*" if keep is None else "*")
    parts = [] if keep is None else [root.parts]
    for folder in (*folders, *parts, *unfinished_exports(root.root)):
        if keep is None or folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)
    drafts = (root.root.glob(name) for name in (".MANIFEST.json.*", ".facts.json.*"))
    for draft in (*chain.from_iterable(drafts), *root.parts.glob(".*")):
        draft.unlink(missing_ok=True)


def check_room(root: Layout, floor: int) -> None:
    """See that there is room; what interrupted builds worked out gives way."""
    if shutil.disk_usage(root.root).free < floor:
        shutil.rmtree(root.parts, ignore_errors=True)
    free = shutil.disk_usage(root.root).free
    if free < floor:
        fault = f"only {free:,} bytes are free in {root.root}"
        raise IndexFull(
            f"{fault}, fewer than PULLQUOTE_MIN_FREE_BYTES={floor:,}; "
            "make room, or set PULLQUOTE_INDEX to a folder on another disk"
        )


def mark_of(name: str, card_sha256: str) -> str:
    """A name of a generation's own shard that tells its very contents, as far as they are searched: MARK hexadecimal digits."""
    return hashlib.sha256(f"{name} {card_sha256}".encode()).hexdigest()[:MARK]


def read_manifest(root: Layout) -> dict[str, dict[str, str]]:
    """Which generation is the current one and which the one before, each with its card's SHA-256.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: it cannot be read or understood, or is of another format.
    """
    if not os.path.lexists(root.manifest):
        raise IndexMissing(f"there is no index in {root.root}; run `pullquote index`")
    try:
        named = json.loads(read_regular(root.manifest, MAX_MANIFEST))
        if named["format"] == FORMAT and named["current"]["generation"]:
            return dict(named)
    except IndexCorrupt as damage:
        raise IndexCorrupt(f"{damage}; {MEND}") from damage
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged; {MEND}") from error
    raise IndexCorrupt(f"{root.manifest} is of another format; {MEND}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a generation was built from and with, and the stamps of its files.

    `bases` are the generations whose documents it goes on using, and their cards' SHA-256. `answering` is a fingerprint of threshold, ranker and calibration. `skipped_hashes` are by path, "" for unreadable; files of
    facts that stand beside documents are among them.
    """

    name: str
    built_at: str
    encoder: str
    model: str
    dimension: int
    counts: dict[str, int]
    skipped: tuple[tuple[str, str], ...]
    skipped_hashes: dict[str, str]
    files: dict[str, Stamp]
    program: str
    answering: str
    bases: tuple[tuple[str, str], ...] = ()
    # The SHA-256 of the weights that made the token vectors, where there are any
    interaction: str = ""

    @property
    def own(self) -> dict[str, Stamp]:
        """The stamps of the files that are of its documents alone, not worked out of the whole generation."""
        return {
            file: stamp for file, stamp in self.files.items() if file.removesuffix(PIECES) in SHARD
        }

    def to_bytes(self) -> bytes:
        """The card as it is written."""
        return json_bytes(asdict(self))

    @classmethod
    def read(cls, files: GenerationLayout, sha256: str) -> "Card":
        """A generation's card, if it is the one that was written.

        Raises:
            IndexCorrupt: it is missing, altered or damaged.
        """
        content = read_regular(files.card, MAX_CARD)
        if Stamp.of(content).sha256 != sha256:
            raise IndexCorrupt(f"{files.card} is not what was written (SHA-256 differs)")
        try:
            facts = json.loads(content)
            stamps = {name: Stamp(**stamp) for name, stamp in facts["files"].items()}
            skipped = tuple((path, reason) for path, reason in facts["skipped"])
            bases = tuple((name, sha256) for name, sha256 in facts["bases"])
            return cls(**{**facts, "files": stamps, "skipped": skipped, "bases": bases})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise IndexCorrupt("the generation's card is damaged") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document but for its text, which has so many characters, bytes (`size`) and sentences."""

    id: str
    debate: str
    path: str
    source: Source
    language: str | None
    side: str | None
    proposition: str | None
    positions: tuple[Position, ...]
    headings: tuple[str, ...]
    not_prose: tuple[str, ...]
    origin: Origin | None
    sha256: str
    file_sha256: str
    characters: int
    size: int
    sentences: int
    turns: tuple[SpeakerTurn, ...] = ()  # an older generation has none

    @property
    def name(self) -> str:
        """As `Document.name`."""
        return self.source.title or name_of(self.path)

    def line(self) -> bytes:
        """As a line of the file of the documents."""
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8") + b"\n"

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "DocumentRow":
        """From such a line, read as JSON."""
        tuples = {name: tuple(facts[name]) for name in ("headings", "not_prose")}
        positions = tuple(Position(**position) for position in facts["positions"])
        origin = facts["origin"] and Origin(
            **facts["origin"]
            | {
                "told": Source(**facts["origin"]["told"]),
                "left_out": tuple(facts["origin"]["left_out"]),
            }
        )
        source = Source(**facts["source"])
        turns = tuple(SpeakerTurn(*turn) for turn in facts.get("turns", ()))
        told = {"positions": positions, "source": source, "origin": origin, "turns": turns}
        return cls(**{**facts, **tuples, **told})


def facts_of(document: Document | DocumentRow) -> dict[str, Any]:
    """What is known of a document, but for its text, by the names of its members."""
    return {
        each.name: getattr(document, each.name)
        for each in fields(Document)
        if each.name not in {"text", "places"}
    }


def places_of(documents: Sequence[Document]) -> NDArray[np.int32]:
    """Where their texts stand in the files they were taken from: document, start, page (0: none), milliseconds (-1: none)."""
    rows = [
        (
            number,
            place.start,
            place.page or 0,
            -1 if place.time is None else round(place.time * 1_000),
        )
        for number, document in enumerate(documents)
        for place in document.places
    ]
    return np.array(rows, np.int32).reshape(-1, 4)


def check_originals(characters: Sequence[int], table: NDArray[Any]) -> NDArray[np.int32]:
    """The places, of which none stands in no text; the texts have so many `characters`.

    Raises:
        IndexCorrupt: one does.
    """
    fits = table.dtype == np.int32 and table.ndim == 2 and table.shape[1] == 4
    if fits and len(table):
        numbers, starts = table[:, 0], table[:, 1]
        numbered = numbers.min() >= 0 and numbers.max() < len(characters)
        numbered = numbered and not np.any(np.diff(numbers) < 0)
        fits = bool(numbered and np.all((starts >= 0) & (starts < np.array(characters)[numbers])))
    if not fits:
        raise IndexCorrupt("a place of the index stands in no text")
    return table


def check_places(
    sizes: Sequence[int], counts: Sequence[int], sentences: NDArray[Any], passages: NDArray[Any], windows: NDArray[Any],
    length: int,
) -> None:  # fmt: skip
    """Refuse tables that point outside what they belong to, whatever their hashes say; all texts have `length` bytes.

    The documents have `sizes` bytes and `counts` sentences. A row of the sentences is start, end, kind, paragraph and heading; of the passages document, first sentence and end,
    counted in the document; of the windows document, first and last sentence, likewise.

    Raises:
        IndexCorrupt: one does.
    """
    shaped = all(
        table.dtype == np.int32 and table.ndim == 2 and table.shape[1] == width
        for table, width in ((sentences, 5), (passages, 3), (windows, 3))
    )
    whole = min((*sizes, *counts), default=0) >= 0 and (sum(sizes), sum(counts)) == (
        length,
        len(sentences),
    )
    fits = shaped and whole and _lie_inside(counts, passages, 0) and _lie_inside(counts, windows, 1)
    if not fits or np.any(
        (sentences[:, :3] < 0) | (sentences[:, :1] >= sentences[:, 1:2]) | (sentences[:, 2:3] > 2)
    ):
        raise IndexCorrupt("a table of the index points outside what it belongs to")


def _lie_inside(counts: Sequence[int], table: NDArray[Any], last: int) -> bool:
    """Whether each row's sentences lie inside its document; `last` is 1 where the end is included."""
    document, first, end = table[:, 0], table[:, 1], table[:, 2] + last
    if len(table) and (
        document.min() < 0 or document.max() >= len(counts) or np.any(np.diff(document) < 0)
    ):
        return False
    return bool(
        np.all((first >= 0) & (first < end) & (end <= np.array(counts, np.int64)[document]))
    )
