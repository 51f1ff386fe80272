"""One generation of the index: an immutable snapshot that answers come from, over one or two shards."""

import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.decisions import Desk
from pullquote.corpus.documents import Document
from pullquote.corpus.language import Language, language_of
from pullquote.corpus.sentences import Sentence
from pullquote.errors import IndexCorrupt, UnknownDebate, UnknownDocument
from pullquote.index import layout
from pullquote.index.engine import (
    AllVectors,
    Engine,
    LocalEngine,
    Numbering,
    Rows,
    Selection,
    Window,
    open_engine,
    passing,
)
from pullquote.index.files import Within, array_of, whole
from pullquote.index.layout import (
    COUNTED,
    Card,
    DocumentRow,
    GenerationLayout,
    Layout,
    read_manifest,
)
from pullquote.index.lexical import Lexical, terms
from pullquote.index.shard import Grain, Shard, map_files, read_files
from pullquote.settings import Settings

AHEAD = 2_000_000  # passages whose vectors and words are checked ahead: 5.2 GB a million


class Words:
    """The words of all windows. IDF is counted over whole shards, documents that are gone included."""

    def __init__(self, numbering: Numbering, engine: Engine) -> None:
        self._numbering, self._engine = numbering, engine

    @cached_property
    def language(self) -> Language:
        """That of most documents."""
        tags = Counter(self._numbering.column("language"))
        return language_of(max(tags, key=lambda tag: tags[tag], default=None))

    def terms(self, text: str) -> list[str]:
        """The stems of a text's words, by the language of most documents."""
        return terms(text, self.language)

    def __contains__(self, term: str) -> bool:
        return self._count(term) > 0

    def _count(self, term: str) -> int:
        return sum(shard.lexical.count(term) for shard in self._numbering.shards)

    def knows(self, word: str) -> bool:
        """Whether any window holds a word in one of its forms."""
        return any(term in self for term in self.terms(word))

    def weights(
        self, query_terms: Iterable[str], among: Selection | None = None
    ) -> dict[str, float]:
        """The inverse document frequency of each different term, highest for one never seen; counted
        among the windows of a selection where that is narrowed.
        """
        rows = sum(shard.lexical.rows for shard in self._numbering.shards)
        wanted = sorted(set(query_terms))
        if among and among.mean_words:
            rows, counts = len(among.windows), self._counts(wanted, among.windows)
        else:
            counts = Counter({term: self._count(term) for term in wanted})
        return {n: math.log(1 + (rows - df + 0.5) / (df + 0.5)) for n, df in counts.items()}

    def _counts(self, wanted: Iterable[str], within: Within) -> Counter[str]:
        counts = Counter[str]()
        for number, shard in enumerate(self._numbering.shards):
            local = self._numbering.inside(Grain.WINDOWS, number, within)
            counts.update(shard.lexical.counts_within(wanted, local))
        return counts

    def scores(
        self,
        weights: Mapping[str, float],
        rows: Rows,
        *,
        flat: bool = False,
        mean_words: float = 0.0,
    ) -> NDArray[np.float32]:
        """BM25 of these rows, shape (rows,), for terms with their IDF; `flat`: a term counts once,
        however often it is there; `mean_words`: as if the mean window had so many words.
        """
        scores = np.zeros(len(rows), np.float32)
        for shard, positions, local_rows in self._numbering.split(Grain.WINDOWS, rows):
            lexical = self._numbering.shards[shard].lexical
            scores[positions] = lexical.scores(
                weights, local_rows, flat=flat, mean_words=mean_words
            )
        return scores

    def search(self, weights: Mapping[str, float], top_k: int, within: Within) -> Rows:
        """The rows of the highest BM25, best first, among the rows in `within`."""

        def search(shard: Shard, wanted: int, local: Within) -> Any:
            return self._engine.search_text(shard, weights, wanted, local)

        rows = self._numbering.propose(Grain.WINDOWS, top_k, within, search)
        return self._best_first(rows, self.scores(weights, rows), top_k)

    def search_flat(self, weights: Mapping[str, float], top_k: int) -> Rows:
        """The rows that share the terms of the highest IDF, however long they are, best first."""
        rows = self._joined(
            lambda _, lexical: lexical.search(weights, top_k, range(lexical.rows), flat=True)
        )
        return self._best_first(rows, self.scores(weights, rows, flat=True), top_k)

    def _best_first(self, rows: Rows, scores: NDArray[np.float32], top_k: int) -> Rows:
        """The first of several shards' rows by their scores; those of one are in order."""
        if len(self._numbering.shards) == 1:
            return rows
        return rows[np.lexsort((rows, -scores))][:top_k]

    def rows_containing(self, all_terms: Collection[str], within: Within) -> Rows:
        """The rows in `within` that hold every one of these terms, upwards."""

        def search(shard: int, lexical: Lexical) -> Rows:
            local = self._numbering.inside(Grain.WINDOWS, shard, within)
            return lexical.rows_containing(all_terms, local)

        return np.sort(self._joined(search))

    def mean_words(self, windows: Rows) -> float:
        """The mean of the words of some windows, of which there is one at least."""
        split = self._numbering.split(Grain.WINDOWS, windows)
        shards = self._numbering.shards
        counts = (shards[shard].lexical.lengths.take(local).sum() for shard, _, local in split)
        return float(sum(counts)) / len(windows)

    def _joined(self, search: Callable[[int, Lexical], Rows]) -> Rows:
        shards = enumerate(self._numbering.shards)
        local_rows = [(number, search(number, shard.lexical)) for number, shard in shards]
        join = self._numbering.join
        return np.concatenate([join(Grain.WINDOWS, number, rows) for number, rows in local_rows])


class Generation:
    """A snapshot of the corpus with its structure, vectors and words.

    `places` and `passages` are as in a `Shard`, over all documents. `extra` are files worked out from
    the whole snapshot. Without an `order` there is one shard, and all of its documents are there.

    Raises:
        IndexCorrupt: the parts do not fit together.
    """

    def __init__(
        self,
        card: Card,
        shards: Sequence[Shard],
        extra: Mapping[str, Any],
        order: NDArray[np.int32] | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.card, self.extra, self.engine = card, dict(extra), engine or LocalEngine()
        self.desk = Desk()  # what editors decided, of which a view of it knows (`index/desk`)
        self._propositions: dict[str, tuple[str, ...]] = {}
        self.numbering = Numbering.of_one(shards[0]) if order is None else Numbering(shards, order)
        self.rows: Sequence[DocumentRow] = _AllRows(self.numbering)
        self.first_sentences = self.numbering.first_sentences
        self.places, self.passages = map(self.numbering.table, (Grain.WINDOWS, Grain.PASSAGES))
        sentence_count = int(self.first_sentences[-1])
        counts = (len(self.rows), sentence_count, len(self.passages), len(self.places))
        if card.counts != dict(zip(COUNTED, counts, strict=True)):
            raise IndexCorrupt(f"generation {card.name} does not hold what its card counts")
        self.window_vectors = AllVectors(self.numbering, Grain.WINDOWS, card.dimension)
        self.passage_vectors = AllVectors(self.numbering, Grain.PASSAGES, card.dimension)
        self.words = Words(self.numbering, self.engine)
        self._number_all()

    def _number_all(self) -> None:
        opens = self.first_sentences[self.passages[:, 0]] + self.passages[:, 1]
        # The last sentence of each window, counted over all documents.
        self.ends = self.first_sentences[self.places[:, 0]] + self.places[:, 2]
        self._window_starts = np.append(np.searchsorted(self.ends, opens), len(self.ends))
        lengths = np.diff(self._window_starts, prepend=0)
        self.passage_of_window = np.repeat(np.arange(-1, len(opens)), lengths)
        self._debates, begin = dict[str, range](), 0
        for debate, group in groupby(self.column("debate")):
            # The documents of a debate lie side by side.
            self._debates[debate] = range(begin, begin := begin + len(list(group)))
        self.debates = tuple(self._debates)
        self._numbers = {name: number for number, name in enumerate(self.column("id"))}

    @classmethod
    def open(
        cls,
        root: Layout,
        name: str,
        card_sha256: str,
        engine: Engine | None = None,
        opened: Sequence[Shard] = (),
    ) -> "Generation":
        """Read a generation; its small files are checked against their stamps, large ones as they are
        used. Of what it goes on using the shards that are `opened` are taken as they are.

        Raises:
            IndexCorrupt: a file is missing, altered or does not fit the others.
        """
        files = root.generation(name)
        card = Card.read(files, card_sha256)
        names = (*card.files, *(base for base, _ in card.bases))
        if any("/" in name or name.startswith(".") for name in names):
            raise IndexCorrupt(f"{files.card} does not list the files of a generation")
        bases = ((root.generation(base), sha256) for base, sha256 in card.bases)
        shards, own = [_base(base, sha256, card, opened) for base, sha256 in bases], card.own
        if own or not shards:
            shards.append(Shard.open(files.folder, own, card.dimension, card_sha256))
        rest = {file: stamp for file, stamp in card.files.items() if file not in own}
        try:
            extra = read_files(files.folder, rest)
            order = array_of(whole(extra.pop(layout.ORDER))) if card.bases else None
            return cls(card, shards, extra, order, engine)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise IndexCorrupt(f"generation {card.name} does not fit together") from error

    @property
    def languages(self) -> frozenset[str | None]:
        """The languages that documents state."""
        return frozenset(self.column("language"))

    def check_engine(self) -> None:
        """Ask the engine whether it is there and holds everything.

        Raises:
            EngineError: it is not, or does not.
        """
        for shard in self.numbering.shards:
            self.engine.check(shard)

    def check_ahead(self) -> None:
        """Check vectors and postings of shards of up to AHEAD passages before questions read them."""
        with suppress(IndexCorrupt):  # the question that meets it says so
            for shard in self.numbering.shards:
                vectors = (shard.passage_vectors.rows, shard.window_vectors.rows)
                if len(shard.passages) <= AHEAD:
                    for rows in (*vectors, shard.lexical.indices, shard.lexical.weights):
                        rows.whole()

    @property
    def tokens(self) -> bool:
        """Whether every window has token vectors."""
        return all(shard.tokens for shard in self.numbering.shards)

    @property
    def exact(self) -> bool:
        """Whether every window's vector is searched, and kept whole."""
        return all(shard.exact for shard in self.numbering.shards)

    def document(self, number: int) -> Document:
        """A document, its text checked."""
        shard, local = self.numbering.home(number)
        return shard.document(local)

    def sentences(self, number: int) -> Sequence[Sentence]:
        """The sentences of a document."""
        shard, local = self.numbering.home(number)
        return shard.sentences(local)

    def voice_record(self, number: int) -> bytes:
        """Whose words a document holds, as `voice/book` writes it; empty where nobody listened."""
        shard, local = self.numbering.home(number)
        return shard.voices[local] if local < len(shard.voices) else b""

    @property
    def file_hashes(self) -> dict[str, str]:
        """SHA-256 of each file that this was built from by path, those skipped included."""
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
        composed = unicodedata.normalize("NFC", debate)
        documents = self._debates.get(debate) or self._debates.get(composed)
        if documents is None:
            known = ", ".join(self.debates)
            raise UnknownDebate(f"there is no debate called “{debate}”; there are: {known}")
        return documents

    def propositions(self, debate: str) -> tuple[str, ...]:
        """The propositions that the documents of a debate name, each once, in their order."""
        if debate not in self._propositions:
            documents = self.documents_of(debate)
            columns = map(self.column, ("proposition", "positions"))
            own, positions = (column[documents.start : documents.stop] for column in columns)
            named = (
                name
                for first, more in zip(own, positions, strict=True)
                for name in (first, *(position["proposition"] for position in more))
            )
            self._propositions[debate] = tuple(dict.fromkeys(filter(None, named)))
        return self._propositions[debate]

    @cached_property
    def sided(self) -> NDArray[np.int64]:
        """The numbers of the documents that the operator puts on a side of anything, upwards."""
        columns = zip(self.column("side"), self.column("positions"), strict=True)
        return np.flatnonzero([side is not None or bool(more) for side, more in columns])

    @cached_property
    def _originals(self) -> dict[str, int]:
        origins = list(enumerate(self.column("origin")))
        return {origin["sha256"]: number for number, origin in reversed(origins) if origin}

    def taken_out(self, sha256: str) -> Document | None:
        """The document whose text was taken out of a file with this hash, if there is one."""
        number = self._originals.get(sha256)
        return None if number is None else self.document(number)

    def window(self, row: int) -> Window:
        """The window of a row."""
        return Window(row, *self.places[row].tolist())

    def windows_of_passages(self, passages: Rows) -> Rows:
        """The rows of `places` whose last sentence lies in any of these passages, in their order."""
        first = self._window_starts[passages]
        lengths = self._window_starts[passages + 1] - first
        offsets = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.asarray(np.repeat(first, lengths) + offsets, np.int64)

    def window_rows(self, documents: range) -> range:
        """The rows of `places` that belong to these documents."""
        starts = self.numbering.begins[Grain.WINDOWS]
        return range(int(starts[documents.start]), int(starts[documents.stop]))

    def passage_rows(self, documents: range) -> range:
        """The rows of `passages` that belong to these documents."""
        starts = self.numbering.begins[Grain.PASSAGES]
        return range(int(starts[documents.start]), int(starts[documents.stop]))

    def selection(self, among: range | Selection) -> Selection:
        """All that may be found in documents that lie side by side."""
        if isinstance(among, Selection):
            return among
        return Selection(among, self.window_rows(among), self.passage_rows(among))

    def in_document(self, number: int, among: Selection) -> Selection:
        """What of a selection may be found in one document."""
        document, windows = self.selection(range(number, number + 1)), among.windows
        if isinstance(windows, range):
            return document
        return self.narrowed(np.array([number]), windows[passing(windows, document.windows)])

    def narrowed(self, documents: Rows, windows: Rows | None = None) -> Selection:
        """What may be found in some documents, upwards, or only some of their windows, upwards."""
        chosen = np.zeros(len(self.rows), np.bool_)
        chosen[documents] = True
        per_document = (np.diff(self.numbering.begins[grain]) for grain in Grain)
        passages, in_documents = (np.flatnonzero(np.repeat(chosen, n)) for n in per_document)
        if windows is None:
            windows = in_documents
        else:
            passages = np.unique(self.passage_of_window[windows])
            documents = np.unique(self.places[windows, 0]).astype(np.int64)
        mean_words = self.words.mean_words(windows) if len(windows) else 1.0
        return Selection(documents, windows, passages, mean_words or 1.0)


class Draft(Generation):
    """A generation that is being built, whose further files are worked out one after another; each is
    in `extra` for the next. `before` is what it will replace.
    """

    def __init__(
        self, card: Card, folder: Path, bases: Sequence[Shard], before: Generation | None
    ) -> None:
        contents = map_files(folder)
        order = array_of(whole(contents.pop(layout.ORDER))) if bases else None
        own = [Shard(card.name, contents, card.dimension)] if layout.DOCUMENTS in contents else []
        super().__init__(card, [*bases, *own], {}, order)
        self.before = before

    def add(self, name: str, content: bytes) -> None:
        """Add a file that was worked out of the whole."""
        self.extra[name] = content


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation that can be used, and what is wrong if it is not the newest one."""

    generation: Generation
    degraded: str | None = None


def open_index(
    settings: Settings, serving: Generation | None = None, *, thorough: bool = False
) -> Opened:
    """Open the current generation, or the one before it when the current one is damaged.

    The one that serves already, where it is either of them, is taken as it is and not opened a second
    time. To be `thorough` is to look at the last piece of every large file, which are else looked at
    as they are used.

    Raises:
        IndexMissing: nothing was built yet.
        IndexCorrupt: neither generation can be used, or they are of another format.
    """
    root = Layout(settings.index)
    named = read_manifest(root)
    try:
        return Opened(open_named(settings, named["current"], serving, thorough=thorough))
    except IndexCorrupt as damage:
        if read_manifest(root) != named:  # a build replaced it in this very moment
            return open_index(settings, serving, thorough=thorough)
        if not named.get("previous"):
            raise IndexCorrupt(f"{damage}; {layout.MEND}") from damage
        try:
            before = open_named(settings, named["previous"], serving, thorough=thorough)
        except IndexCorrupt as worse:
            raise IndexCorrupt(f"{damage}; {worse}; {layout.MEND}") from worse
        return Opened(before, f"{damage}; the previous generation serves; {layout.MEND}")


def open_named(
    settings: Settings,
    named: Mapping[str, str],
    serving: Generation | None = None,
    *,
    thorough: bool = False,
) -> Generation:
    """The generation that the manifest names so.

    Raises:
        IndexCorrupt: it cannot be used.
    """
    root = Layout(settings.index)
    try:
        if serving is not None and named["generation"] == serving.card.name:
            return serving
        if "/" in named["generation"] or named["generation"].startswith("."):
            raise IndexCorrupt(f"{root.manifest} names no generation")
        shards, engine = serving.numbering.shards if serving else (), open_engine(settings)
        name, sha256 = named["generation"], named["sha256"]
        generation = Generation.open(root, name, sha256, engine, shards)
        for shard in generation.numbering.shards if thorough else ():
            shard.check()
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise IndexCorrupt(f"{root.manifest} is damaged") from error
    return generation


class _AllRows(Sequence[DocumentRow]):
    """The facts of all documents, wherever they live."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering

    def __len__(self) -> int:
        return len(self._numbering.order)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return tuple(map(self.__getitem__, range(*number.indices(len(self)))))
        shard, local = self._numbering.home(range(len(self))[number])
        return shard.rows[local]


def _base(files: GenerationLayout, sha256: str, card: Card, opened: Sequence[Shard]) -> Shard:
    """The shard of an older generation that one with this card goes on using."""
    base = Card.read(files, sha256)
    made_with = (base.encoder, base.dimension, base.program)
    if made_with != (card.encoder, card.dimension, card.program):
        raise IndexCorrupt(
            f"generation {card.name} was built otherwise than {base.name}, which it goes on using"
        )
    identity = (files.folder.name, sha256)
    same = (shard for shard in opened if (shard.name, shard.card_sha256) == identity)
    return next(same, None) or Shard.open(files.folder, base.own, card.dimension, sha256)
