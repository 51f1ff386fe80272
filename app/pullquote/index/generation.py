"""One generation of the index: an immutable snapshot that answers come from."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.errors import IndexCorrupt, UnknownDebate, UnknownDocument
from pullquote.index import layout
from pullquote.index.files import array_of, whole
from pullquote.index.layout import COUNTED, Card, DocumentRow, GenerationLayout, Layout
from pullquote.index.lexical import terms
from pullquote.index.numbering import Numbering, Rows, Spread, Words, proposed
from pullquote.index.shard import Engine, Grain, Local, Shard, map_files, read_files
from pullquote.models.interaction import QueryTokens
from pullquote.models.onnx import Vectors

PASSAGES_OPENED = 200  # whose windows are looked at where all are too many
AHEAD = 2_000_000  # passages whose vectors and words are checked before they are asked for: 5.2 GB a million
RAREST = 3  # terms by which documents are looked for
Engines = Callable[[Shard], Engine]


@dataclass(frozen=True, slots=True)
class Window:
    """The self-contained window of a sentence of prose: its row, its document, and which sentences, its own last."""

    row: int
    document: int
    first: int
    last: int


class Generation:
    """A snapshot of the corpus with its structure, vectors and words.

    `places` and `passages` are as in a `Shard`, over all documents. `extra` are files worked out from the whole snapshot,
    `before` is what this one will replace, while it is built.

    Args:
        order: as `Numbering` has it.
        engines: what proposes the rows of a shard.

    Raises:
        IndexCorrupt: the parts do not fit together.
    """

    def __init__(
        self, card: Card, shards: Sequence[Shard], extra: Mapping[str, Any], order: NDArray[np.int32] | None = None,
        before: "Generation | None" = None, engines: Engines = Local,
    ) -> None:  # fmt: skip
        self.card, self.before, self.extra = card, before, dict(extra)
        self._named: dict[str, tuple[str, ...]] = {}
        self.numbering = Numbering(shards, order)
        self._engines = tuple(map(engines, shards))
        self.rows: Sequence[DocumentRow] = shards[0].rows if order is None else _Rows(self.numbering)
        self.first_sentences = self.numbering.starts(lambda shard: shard.first_sentences)
        self.places, self.passages = (self.numbering.table(grain) for grain in (Grain.WINDOWS, Grain.PASSAGES))
        counts = (len(self.rows), int(self.first_sentences[-1]), len(self.passages), len(self.places))
        if card.counts != dict(zip(COUNTED, counts, strict=True)):
            raise IndexCorrupt(f"generation {card.name} does not hold what its card counts")
        one = shards[0] if order is None else None
        self.window_vectors = one.window_vectors if one else Spread(self.numbering, Grain.WINDOWS, card.dimension)
        self.passage_vectors = one.passage_vectors if one else Spread(self.numbering, Grain.PASSAGES, card.dimension)
        self.words = Words(self.numbering, self._engines)
        self._number_all()

    def _number_all(self) -> None:
        opens = self.first_sentences[self.passages[:, 0]] + self.passages[:, 1]
        # The last sentence of each window, counted over all documents.
        self.ends = self.first_sentences[self.places[:, 0]] + self.places[:, 2]
        self._window_starts = np.append(np.searchsorted(self.ends, opens), len(self.ends))
        lengths = np.diff(self._window_starts, prepend=0)
        self.passage_of_window = np.repeat(np.arange(-1, len(opens)), lengths)
        self._debates, at = dict[str, range](), 0
        for debate, held in groupby(self.column("debate")):
            self._debates[debate] = range(at, at := at + len(list(held)))  # those of a debate lie side by side
        self.debates = tuple(self._debates)
        self._numbers = {name: number for number, name in enumerate(self.column("id"))}

    @classmethod
    def open(
        cls, root: Layout, name: str, card_sha256: str, engines: Engines = Local, known: Sequence[Shard] = ()
    ) -> "Generation":
        """Read a generation; its small files are checked against their stamps, large ones as they are used. Of what it goes on
        using the shards that are `known` are taken as they are.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
        """
        files = root.generation(name)
        card = Card.read(files, card_sha256)
        if any("/" in name or name.startswith(".") for name in (*card.files, *(base for base, _ in card.bases))):
            raise IndexCorrupt(f"{files.card} does not list the files of a generation")
        shards, own = [_base(root.generation(base), sha256, card, known) for base, sha256 in card.bases], card.own
        if own or not shards:
            shards.append(Shard.open(files.folder, own, card.dimension, card_sha256))
        rest = {file: stamp for file, stamp in card.files.items() if file not in own}
        try:
            extra = read_files(files.folder, rest)
            order = array_of(whole(extra.pop(layout.ORDER))) if card.bases else None
            return cls(card, shards, extra, order, engines=engines)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise IndexCorrupt(f"generation {card.name} does not fit together") from error

    @classmethod
    def draft(
        cls, card: Card, folder: Path, bases: Sequence[Shard], before: "Generation | None" = None
    ) -> "Generation":
        """One that is being built: what lies in its folder, which was just written, with shards that it goes on using."""
        contents = map_files(folder)
        order = array_of(whole(contents.pop(layout.ORDER))) if bases else None
        own = [Shard(card.name, contents, card.dimension)] if layout.DOCUMENTS in contents else []
        return cls(card, [*bases, *own], {}, order, before)

    @property
    def languages(self) -> frozenset[str | None]:
        """The languages that documents state."""
        return frozenset(self.column("language"))

    def check_engines(self) -> None:
        """Ask the engines whether they are there and hold everything.

        Raises:
            EngineError: one is not, or does not.
        """
        for engine in self._engines:
            engine.check()

    def look_over(self) -> None:
        """Check vectors and postings of shards of up to AHEAD passages: questions read them here and there, and need not then."""
        with suppress(IndexCorrupt):  # the question that meets it tells, and another generation is taken
            for shard in (one for one in self.numbering.shards if len(one.passages) <= AHEAD):
                words = (shard.lexical.indices, shard.lexical.weights)
                for rows in (shard.passage_vectors.rows, shard.window_vectors.rows, *words):
                    rows.whole()

    @property
    def tokens(self) -> bool:
        """Whether every window has token vectors."""
        return all(shard.tokens for shard in self.numbering.shards)

    def document(self, number: int) -> Document:
        """A document, its text checked."""
        shard, local = self.numbering.home(number)
        return shard.document(local)

    def sentences(self, number: int) -> Sequence[Sentence]:
        """The sentences of a document."""
        shard, local = self.numbering.home(number)
        return shard.sentences(local)

    def glance(self, window: Window) -> str:
        """The words of a window, of a text that is not held against its hash: for telling copies, never to be shown."""
        held, local = self.numbering.home(window.document)
        first = int(held.first_sentences[local])
        start, end = held.table[first + window.first, 0], held.table[first + window.last, 1]
        return held.glanced(local)[start:end]

    def told(self, number: int) -> bytes:
        """What was heard in a document, as `voice/book` writes it; empty where nothing was."""
        shard, local = self.numbering.home(number)
        return shard.voices[local] if local < len(shard.voices) else b""

    @property
    def file_hashes(self) -> dict[str, str]:
        """SHA-256 of each file that this was built from by path, those that were skipped included."""
        paths, hashes = self.column("path"), self.column("file_sha256")
        return self.card.skipped_hashes | dict(zip(paths, hashes, strict=True))

    def column(self, name: str) -> list[Any]:
        """A fact of all documents, in order; quick for those in `layout.COLUMNS`."""
        return self.numbering.column(name)

    def has(self, document_id: str) -> bool:
        """Whether there is a document with this id."""
        return document_id in self._numbers

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
        known = self._named.get(debate)
        if known is None:
            held = self.documents_of(debate)
            own, positions = (self.column(name)[held.start : held.stop] for name in ("proposition", "positions"))
            named = (
                name
                for first, more in zip(own, positions, strict=True)
                for name in (first, *(one["proposition"] for one in more))
            )
            known = self._named[debate] = tuple(dict.fromkeys(filter(None, named)))
        return known

    @cached_property
    def sided(self) -> NDArray[np.int64]:
        """The numbers of the documents that the operator puts on a side of anything, upwards."""
        sides, positions = self.column("side"), self.column("positions")
        return np.flatnonzero([side is not None or bool(more) for side, more in zip(sides, positions, strict=True)])

    def windows_of_passages(self, passages: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of `places` whose last sentence lies in any of these passages, passage by passage."""
        first = self._window_starts[passages]
        lengths = self._window_starts[passages + 1] - first
        ends = np.cumsum(lengths)
        return np.asarray(np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum())), np.int64)

    @cached_property
    def _originals(self) -> dict[str, int]:
        origins = self.column("origin")
        return {origin["sha256"]: number for number, origin in reversed(list(enumerate(origins))) if origin}

    def taken_out(self, sha256: str) -> Document | None:
        """The document whose text was taken out of a file with this hash, if there is one."""
        number = self._originals.get(sha256)
        return None if number is None else self.document(number)

    def holding(self, text: str) -> Sequence[int]:
        """The numbers of the documents that may hold a text word for word: of a large corpus those whose prose has its RAREST terms."""
        weights = self.words.weights(terms(text))
        if self.exact or not weights:
            return range(len(self.rows))
        every, found = range(len(self.places)), np.arange(len(self.rows))
        for term in sorted(weights, key=lambda term: -weights[term])[:RAREST]:
            found = np.intersect1d(found, self.places[self.words.holding([term], every), 0])
        return [int(number) for number in found]

    def window(self, row: int) -> Window:
        """The window of a row."""
        return Window(row, *self.places[row].tolist())

    @property
    def exact(self) -> bool:
        """Whether every window's vector is searched, and kept whole."""
        return self.numbering.order is None and self.numbering.shards[0].exact

    def nearest(self, vector: Vectors, counts: tuple[int, int], windows: range, passages: range) -> tuple[Rows, Rows]:
        """The windows (of the PASSAGES_OPENED nearest passages where not all are searched) and the passages most like a
        vector, so many of each, best first, among these rows.
        """
        if self.exact:
            near = self._near(Grain.WINDOWS, vector, counts[0], windows)
            return near, self._near(Grain.PASSAGES, vector, counts[1], passages)
        around = self._near(Grain.PASSAGES, vector, max(PASSAGES_OPENED, counts[1]), passages)
        rows = self.windows_of_passages(around[:PASSAGES_OPENED])
        order = np.argsort(-(self.window_vectors.take(rows) @ vector), kind="stable")
        return np.asarray(rows[order[: counts[0]]], dtype=np.int64), around[: counts[1]]

    def _near(self, grain: Grain, vector: Vectors, count: int, within: range) -> Rows:
        found = proposed(
            self.numbering, self._engines, grain, count, within,
            lambda engine, wanted, local: engine.near(grain, vector, wanted, local),
        )  # fmt: skip
        if len(self._engines) == 1:
            return found
        vectors = (self.window_vectors if grain is Grain.WINDOWS else self.passage_vectors).take(found)
        return np.asarray(found[np.lexsort((found, -(vectors @ vector)))][:count], np.int64)

    def interaction(self, asked: QueryTokens, rows: Rows) -> NDArray[np.float32]:
        """How well the windows of these rows answer, token by token, shape (rows,); 0 where the index has no tokens."""
        found = np.zeros(len(rows), np.float32)
        for number, mine, local in self.numbering.split(Grain.WINDOWS, rows) if len(rows) else ():
            shard = self.numbering.shards[number]
            if shard.tokens:
                vectors, starts = shard.tokens
                lengths = starts[local + 1] - starts[local]
                firsts = np.cumsum(lengths) - lengths
                places = np.repeat(starts[local] - firsts, lengths) + np.arange(int(lengths.sum()))
                found[mine] = asked.maxsim(vectors.take(places), firsts)
        return found

    def window_rows(self, documents: range) -> range:
        """The rows of `places` that belong to these documents."""
        starts = self.numbering.begins[Grain.WINDOWS]
        return range(int(starts[documents.start]), int(starts[documents.stop]))

    def passage_rows(self, documents: range) -> range:
        """The rows of `passages` that belong to these documents."""
        starts = self.numbering.begins[Grain.PASSAGES]
        return range(int(starts[documents.start]), int(starts[documents.stop]))


class _Rows(Sequence[DocumentRow]):
    """The facts of all documents, wherever they live."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering, self._count = numbering, len(numbering.column("id"))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return tuple(map(self.__getitem__, range(*number.indices(self._count))))
        shard, local = self._numbering.home(range(self._count)[number])
        return shard.rows[local]


def _base(files: GenerationLayout, sha256: str, card: Card, known: Sequence[Shard]) -> Shard:
    """The shard of an older generation that one with this card goes on using."""
    base = Card.read(files, sha256)
    if (base.encoder, base.dimension, base.program) != (card.encoder, card.dimension, card.program):
        raise IndexCorrupt(f"generation {card.name} was built otherwise than {base.name}, which it goes on using")
    held = (shard for shard in known if (shard.name, shard.card_sha256) == (files.folder.name, sha256))
    return next(held, None) or Shard.open(files.folder, base.own, card.dimension, sha256)
