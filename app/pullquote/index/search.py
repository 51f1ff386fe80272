"""Finding: windows of whole sentences that may answer a question, by meaning and by words."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote
from pullquote.errors import spend
from pullquote.index.engine import Rows, Selection, Window
from pullquote.index.files import Within
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean, in_words, seen, stems
from pullquote.index.shard import Grain, Shard
from pullquote.models.interaction import QueryTokens
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import Ranker

NEAR_WINDOWS, NEAR_PASSAGES, NEAR_WORDS = (
    100,
    20,
    80,
)  # looked at: by meaning in two grains, and by words
# Near-copies of one text, planted or syndicated, may hold every place above. Where more than half of
# the very nearest windows are copies of a nearer one, the copies give way to what lies further off.
COPY = 0.7  # share of words in common
SAMPLED = 12
FAR_WINDOWS = 1_000
FEW_WINDOWS = (
    2_000  # that a filter leaves of very many: all are compared, which takes a millisecond
)
# Weights of the parts of a score, without late interaction and with it, chosen on the topics kept for that (docs/quality.md).
# With it a constant is taken away, so that both kinds of scores lie alike and one set of limits fits them.
PLAIN = (1.0, 0.3, 0.8, 0.0, 0.0)  # of dense, passage, words and tokens, and what is taken away
LATE = (0.1, 0.3, 0.15, 1.5, 0.44)
WORDS_SCALE = 2.2  # the BM25 of a text that holds each of the question's words about once, over the words' rarities
MAX_WORDS = 80  # of a quote of several sentences; a single sentence is never shortened
MAX_SENTENCES = 3
ALIKE = 0.7  # share of stems in common from which two quotes say the same
# Of the windows that a ranker may read, so many at least, and how much of its word another one would have to add to what
# it has in order to come first: chosen on 12 debates (benchmarks/results/finding.md).
LEAST_READ, ENOUGH = 2, 0.5
# Logits that the next sentence must add to the best window in order to be quoted with it: chosen on the same 12 debates.
COMPLETES = 0.15
PHRASES_READ = 1_000  # windows with all of the words of a phrase, which may be two very common ones
PASSAGES_OPENED = 200  # whose windows are looked at where all are too many
RAREST = 3  # terms by which documents are looked for
MIN_LETTERS = 4  # of a word that is looked for by itself
_QUOTED = re.compile(r"“([^”]+)”|«([^»]+)»|\"([^\"]+)\"")


@dataclass(frozen=True, slots=True)
class Hit(Window):
    """A window that may answer, and how well it fits, part by part.

    `dense` and `passage` are cosines; `words` is BM25 over the rarity of the question's words and `tokens` the late
    interaction, both about 0 to 1; `score` is their weighted sum. `relevance` is the logit of how likely it answers, where
    a learned ranker was asked.
    """

    dense: float
    passage: float
    words: float
    tokens: float
    score: float
    relevance: float | None = None


class Role(StrEnum):
    """The part that a quote plays in an answer."""

    CLAIM = "claim"
    EVIDENCE = "evidence"
    COUNTERPOINT = "counterpoint"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Choice:
    """A quote that is to be shown, with the score it was chosen by."""

    quote: Quote
    hit: Hit
    score: float
    role: Role = Role.CLAIM


@dataclass(frozen=True, slots=True)
class Sought:
    """A question as it is looked for: its words, its vector and, where there is a late interaction, its tokens."""

    question: str
    vector: Vectors
    tokens: QueryTokens | None = None


def retrieve(generation: Generation, sought: Sought, among: range | Selection) -> tuple[Hit, ...]:
    """The windows that fit a question best, in documents side by side or a selection."""
    among = generation.selection(among)
    if not len(among.windows):
        return ()
    weights = generation.words.weights(generation.words.terms(sought.question), among)
    rows, crowded = _candidate_rows(generation, sought.vector, weights, among)
    hits = _score(generation, sought, weights, rows, among.mean_words)
    if not crowded:
        return hits
    return tuple(hits[position] for position in _distinct(generation, [hit.row for hit in hits]))


def retrieve_among(
    generation: Generation,
    sought: Sought,
    rows: Rows,
    among: Selection,
    count: int = NEAR_WINDOWS,
) -> tuple[Hit, ...]:
    """The windows among these rows of a selection that fit a question best, best first; of very many
    rows, those that share its words. The rows go upwards.
    """
    if not len(rows):
        return ()
    weights = generation.words.weights(generation.words.terms(sought.question), among)
    if len(rows) > FAR_WINDOWS:
        scores = generation.words.scores(weights, rows, mean_words=among.mean_words)
        rows = np.sort(rows[np.argsort(-scores, kind="stable")[:FAR_WINDOWS]])
    return _score(generation, sought, weights, rows, among.mean_words)[:count]


def _candidate_rows(
    generation: Generation, vector: Vectors, weights: Mapping[str, float], among: Selection
) -> tuple[Rows, bool]:
    """The rows to score, upwards, and whether near-copies crowd the nearest of them."""
    nearest_passages = search_vector(
        generation, Grain.PASSAGES, vector, max(PASSAGES_OPENED, NEAR_PASSAGES), among.passages
    )

    def nearest_windows(top_k: int) -> Rows:
        return search_windows(generation, vector, top_k, among, nearest_passages)

    # Where not all windows are searched further ones cost nothing.
    nearest = nearest_windows(NEAR_WINDOWS if generation.exact else FAR_WINDOWS)
    sample = nearest[:SAMPLED].tolist()
    enough = SAMPLED // 2
    crowded = len(sample) == SAMPLED and len(_distinct(generation, sample, enough)) < enough
    if crowded and generation.exact:
        nearest = nearest_windows(FAR_WINDOWS)
    if crowded:
        nearest = nearest[_distinct(generation, nearest.tolist(), NEAR_WINDOWS)]
    in_passages = generation.windows_of_passages(nearest_passages[:NEAR_PASSAGES])
    by_words = generation.words.search(weights, NEAR_WORDS, among.windows)
    rows = np.concatenate([nearest[:NEAR_WINDOWS], among.keep(in_passages), by_words])
    return np.unique(rows), crowded


def search_vector(
    generation: Generation, grain: Grain, vector: Vectors, top_k: int, within: Within
) -> Rows:
    """The rows of a grain most like a vector, best first, over all shards."""

    def search(shard: Shard, wanted: int, local: Within) -> Sequence[int] | NDArray[np.int64]:
        return generation.engine.search_vector(shard, grain, vector, wanted, local)

    rows = generation.numbering.propose(grain, top_k, within, search)
    if len(generation.numbering.shards) == 1:
        return rows
    windows = grain is Grain.WINDOWS
    vectors = (generation.window_vectors if windows else generation.passage_vectors).take(rows)
    return np.asarray(rows[np.lexsort((rows, -(vectors @ vector)))][:top_k], np.int64)


def search_windows(
    generation: Generation, vector: Vectors, top_k: int, among: Selection, nearest_passages: Rows
) -> Rows:
    """The windows most like a vector, best first; where they are too many to compare all, of those in
    the nearest passages.
    """
    if generation.exact:
        return search_vector(generation, Grain.WINDOWS, vector, top_k, among.windows)
    if among.mean_words and len(among.windows) <= FEW_WINDOWS:
        rows = np.asarray(among.windows, np.int64)
    else:
        rows = among.keep(generation.windows_of_passages(nearest_passages[:PASSAGES_OPENED]))
    cosines = generation.window_vectors.take(rows) @ vector
    return np.asarray(rows[np.argsort(-cosines, kind="stable")[:top_k]], np.int64)


def _late_interaction(
    generation: Generation, query: QueryTokens, rows: Rows
) -> NDArray[np.float32]:
    """How well the windows of these rows answer, token by token, shape (rows,); 0 where the index has
    no tokens.
    """
    scores = np.zeros(len(rows), np.float32)
    for number, positions, local_rows in generation.numbering.split(Grain.WINDOWS, rows):
        shard = generation.numbering.shards[number]
        if shard.tokens:
            vectors, starts = shard.tokens
            lengths = starts[local_rows + 1] - starts[local_rows]
            firsts = np.cumsum(lengths) - lengths
            offsets = np.arange(int(lengths.sum())) - np.repeat(firsts, lengths)
            token_rows = np.repeat(starts[local_rows], lengths) + offsets
            scores[positions] = query.maxsim(vectors.take(token_rows), firsts)
    return scores


def unchecked_words(generation: Generation, window: Window) -> str:
    """The words of a window, of a text that is not held against its hash: for telling copies, never
    to be shown.
    """
    shard, local = generation.numbering.home(window.document)
    first = int(shard.first_sentences[local])
    start, end = shard.table[first + window.first, 0], shard.table[first + window.last, 1]
    return shard.unchecked_text(local)[start:end]


def _distinct(generation: Generation, rows: Sequence[int], most: int = FAR_WINDOWS) -> list[int]:
    """The positions, among these rows, of the first texts that do not nearly repeat an earlier one."""
    distinct: dict[int, frozenset[str]] = {}  # their words, by position
    positions_of: defaultdict[str, list[int]] = defaultdict(list)  # by word
    for position, row in enumerate(rows):
        if len(distinct) == most:
            break
        spend()
        text = unchecked_words(generation, generation.window(row))
        words = frozenset(clean(text).split()) or frozenset([""])
        shared = Counter(chain.from_iterable(positions_of[word] for word in words))
        if not any(
            count >= COPY * (len(words) + len(distinct[other]) - count)
            for other, count in shared.items()
        ):
            distinct[position] = words
            for word in words:
                positions_of[word].append(position)
    return list(distinct)


def _score(
    generation: Generation,
    sought: Sought,
    weights: Mapping[str, float],
    rows: Rows,
    mean_words: float,
) -> tuple[Hit, ...]:
    """The windows of these rows, which go upwards, with the parts of their scores, best first; none that an editor
    never shows.
    """
    if hidden := generation.desk.hidden:
        rows = rows[~np.isin(rows, list(hidden))]
    words = generation.words.scores(weights, rows, mean_words=mean_words)
    words /= WORDS_SCALE * sum(weights.values()) or 1.0
    dense = generation.window_vectors.take(rows) @ sought.vector
    passage_rows = generation.passage_of_window[rows]
    passage = generation.passage_vectors.take(passage_rows) @ sought.vector
    tokens = np.zeros_like(dense)
    if sought.tokens:
        tokens = _late_interaction(generation, sought.tokens, rows)
    *factors, offset = LATE if sought.tokens else PLAIN
    parts = np.column_stack([dense, passage, words, tokens])
    score = parts @ np.array(factors, np.float32) - np.float32(offset)
    order = np.lexsort((rows, -score))  # ties in the order of the text, so always the same
    columns = (column[order].tolist() for column in (dense, passage, words, tokens, score))
    windows = generation.places[rows[order]].tolist()
    return tuple(
        Hit(row, *window, *values)
        for row, window, *values in zip(rows[order].tolist(), windows, *columns, strict=True)
    )


def documents_containing(generation: Generation, text: str) -> Sequence[int]:
    """The numbers of the documents that may hold a text word for word: of a large corpus those whose
    prose has its RAREST terms.
    """
    weights = generation.words.weights(generation.words.terms(text))
    documents = range(len(generation.rows))
    if generation.exact or not weights:
        return documents
    windows, numbers = range(len(generation.places)), np.arange(len(documents))
    for term in sorted(weights, key=lambda term: -weights[term])[:RAREST]:
        rows = generation.words.rows_containing([term], windows)
        numbers = np.intersect1d(numbers, generation.places[rows, 0])
    return [int(number) for number in numbers]


def rerank(
    generation: Generation, question: str, hits: Sequence[Hit], ranker: Ranker,
    named: Callable[[Quote], str] = lambda quote: lead(quote.document.source),
) -> tuple[Hit, ...]:  # fmt: skip
    """The hits anew, the first few with what the ranker says of them; it reads `named` before a quote.

    It stops where none that is left could come first but with ENOUGH of what its word can add. The best
    one takes in the sentence after it where the two together answer better.
    """

    def relevance_of(quote: Quote) -> float:
        spend()
        return ranker.relevance(seen(question), f"{named(quote)}{quote.text}")

    read: list[Hit] = []
    for hit in hits[: ranker.reads]:
        if (
            len(read) >= LEAST_READ
            and max(one.score for one in read) >= hit.score + ENOUGH * ranker.weight
        ):
            break
        relevance = relevance_of(cut(generation, hit))
        read.append(
            replace(hit, relevance=relevance, score=hit.score + ranker.weight * likely(relevance))
        )
    ranked = sorted((*read, *hits[len(read) :]), key=lambda hit: -hit.score)
    return (*(_completed(generation, hit, relevance_of) for hit in ranked[:1]), *ranked[1:])


def _completed(generation: Generation, best: Hit, relevance_of: Callable[[Quote], float]) -> Hit:
    """The best hit, with the next sentence of its section where that answers better."""
    quote = cut(generation, best)
    sentences, following = quote.sentences, quote.last + 1
    if best.relevance is None or following == len(sentences):
        return best
    longer = Quote(quote.document, sentences, quote.first, following)
    if sentences[following].heading != sentences[quote.last].heading or not fits(longer):
        return best
    if relevance_of(longer) < best.relevance + COMPLETES:
        return best
    return replace(best, first=quote.first, last=following)


def likely(logit: float) -> float:
    """A logit as a probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def lead(source: Source) -> str:
    """What the ranker reads before a quote, so that "what does the senator want?" can be told."""
    named = ": ".join(part for part in (source.author, source.title) if part)
    return f"{named}. " if named else ""


def cut(generation: Generation, window: Window) -> Quote:
    """A window as a quote, without its lead where that makes it too long."""
    document, sentences = (
        generation.document(window.document),
        generation.sentences(window.document),
    )
    first = window.first
    while first < window.last and not fits(Quote(document, sentences, first, window.last)):
        first += 1
    return Quote(document, sentences, first, window.last)


def fits(quote: Quote) -> bool:
    """Whether a quote is short enough to be shown: one sentence always is."""
    return quote.first == quote.last or (
        quote.last - quote.first < MAX_SENTENCES and quote.words <= MAX_WORDS
    )


def is_question(words: str) -> bool:
    """Whether words end in a question, whatever marks close it."""
    return words.rstrip('"”’)*_ ').endswith("?")


def alike(one: str, other: str) -> bool:
    """Whether two texts are near-copies, by the stems they share."""
    ours, theirs = stems(one), stems(other)
    return bool(ours and theirs) and len(ours & theirs) / len(ours | theirs) >= ALIKE


def literal_rows(generation: Generation, query: str, among: range | Selection) -> Rows:
    """The windows of documents side by side or a selection that hold a query, or all that stands in its quotation marks, word for word.

    Marks and capitals are set aside. A short word by itself is no phrase.
    """
    quoted = ["".join(found.groups("")) for found in _QUOTED.finditer(query)]
    phrases = [
        phrase
        for phrase in map(in_words, quoted or [query])
        if " " in phrase or len(phrase) >= MIN_LETTERS
    ]
    wanted = generation.words.terms(" ".join(phrases))
    among = generation.selection(among)
    rows = generation.words.rows_containing(wanted, among.windows)
    weights = generation.words.weights(wanted, among)
    scores = generation.words.scores(weights, rows, mean_words=among.mean_words)
    rows = rows[np.argsort(-scores, kind="stable")[:PHRASES_READ]]
    texts = (
        (row, in_words(cut(generation, generation.window(row)).text))
        for row in sorted(rows.tolist())
    )
    return np.array(
        [row for row, text in texts if all(f" {phrase} " in f" {text} " for phrase in phrases)],
        np.int64,
    )
