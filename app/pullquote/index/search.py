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
from pullquote.index.generation import Generation, Window
from pullquote.index.lexical import clean, in_words, seen, stems, terms
from pullquote.models.interaction import QueryTokens
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import Ranker

NEAR_WINDOWS, NEAR_PASSAGES, NEAR_WORDS = 100, 20, 80  # looked at: by meaning in two grains, and by words
# Near-copies of one text, planted or syndicated, may hold every place above. Where more than half of
# the very nearest windows are copies of a nearer one, the copies give way to what lies further off.
COPY = 0.7  # share of words in common
SAMPLED = 12
FAR_WINDOWS = 1_000
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
PHRASES_READ = 1_000  # windows with all of the words of a phrase, which may be two very common ones
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


def retrieve(generation: Generation, sought: Sought, documents: range) -> tuple[Hit, ...]:
    """The windows among these documents, which lie side by side, that fit a question best, best first."""
    if not generation.window_rows(documents):
        return ()
    weights = generation.words.weights(terms(sought.question))
    rows, crowded = _candidates(generation, sought.vector, weights, documents)
    hits = _hits(generation, sought, weights, rows)
    return tuple(hits[place] for place in _distinct(generation, [hit.row for hit in hits])) if crowded else hits


def retrieve_among(
    generation: Generation, sought: Sought, rows: NDArray[np.int64], count: int = NEAR_WINDOWS
) -> tuple[Hit, ...]:
    """The windows among these rows that fit a question best, best first; of very many rows, those that share its words.

    The rows go upwards.
    """
    if not len(rows):
        return ()
    weights = generation.words.weights(terms(sought.question))
    if len(rows) > FAR_WINDOWS:
        scores = generation.words.scores(weights, rows)
        rows = np.sort(rows[np.argsort(-scores, kind="stable")[:FAR_WINDOWS]])
    return _hits(generation, sought, weights, rows)[:count]


def _candidates(
    generation: Generation, vector: Vectors, weights: Mapping[str, float], documents: range
) -> tuple[NDArray[np.int64], bool]:
    """The rows to look at, upwards, and whether near-copies crowd the nearest of them."""
    windows, passages = generation.window_rows(documents), generation.passage_rows(documents)
    reach = NEAR_WINDOWS if generation.exact else FAR_WINDOWS  # where not all are searched further ones cost nothing
    near, around = generation.nearest(vector, (reach, NEAR_PASSAGES), windows, passages)
    sample = near[:SAMPLED].tolist()
    crowded = len(sample) == SAMPLED and len(_distinct(generation, sample, SAMPLED // 2)) < SAMPLED // 2
    if crowded and generation.exact:
        near = generation.nearest(vector, (FAR_WINDOWS, 0), windows, passages)[0]
    near = near[_distinct(generation, near.tolist(), NEAR_WINDOWS)] if crowded else near[:NEAR_WINDOWS]
    inside = generation.windows_of_passages(around)
    worded = generation.words.best(weights, NEAR_WORDS, windows)
    return np.unique(np.concatenate([near, inside, worded])), crowded


def _distinct(generation: Generation, rows: Sequence[int], most: int = FAR_WINDOWS) -> list[int]:
    """The places, among these rows, of the first texts that do not nearly repeat an earlier one."""
    kept: dict[int, frozenset[str]] = {}  # the words of those that stay, by place
    having: defaultdict[str, list[int]] = defaultdict(list)  # which of these have a word
    for place, row in enumerate(rows):
        if len(kept) == most:
            break
        spend()
        words = frozenset(clean(generation.glance(generation.window(row))).split()) or frozenset([""])
        shared = Counter(chain.from_iterable(having[word] for word in words))
        if not any(n >= COPY * (len(words) + len(kept[other]) - n) for other, n in shared.items()):
            kept[place] = words
            for word in words:
                having[word].append(place)
    return list(kept)


def _hits(
    generation: Generation, sought: Sought, weights: Mapping[str, float], rows: NDArray[np.int64]
) -> tuple[Hit, ...]:
    """The windows of these rows, which go upwards, with the parts of their scores, best first."""
    words = generation.words.scores(weights, rows) / (WORDS_SCALE * sum(weights.values()) or 1.0)
    dense = generation.window_vectors.take(rows) @ sought.vector
    passage = generation.passage_vectors.take(generation.passage_of_window[rows]) @ sought.vector
    tokens = generation.interaction(sought.tokens, rows) if sought.tokens else np.zeros_like(dense)
    *parts_of, less = LATE if sought.tokens else PLAIN
    score = np.column_stack([dense, passage, words, tokens]) @ np.array(parts_of, np.float32) - np.float32(less)
    order = np.lexsort((rows, -score))  # by score; ties in the order of the text, so always the same
    parts = (column[order].tolist() for column in (dense, passage, words, tokens, score))
    places = generation.places[rows[order]].tolist()
    return tuple(
        Hit(row, *place, *values) for row, place, *values in zip(rows[order].tolist(), places, *parts, strict=True)
    )


def rerank(
    generation: Generation, question: str, hits: Sequence[Hit], ranker: Ranker,
    named: Callable[[Quote], str] = lambda quote: lead(quote.document.source),
) -> tuple[Hit, ...]:  # fmt: skip
    """The hits anew, the first few with what the ranker says of them; it reads `named` before a quote.

    It stops where none that is left could come first but with ENOUGH of what its word can add.
    """
    read: list[Hit] = []
    for hit in hits[: ranker.reads]:
        if len(read) >= LEAST_READ and max(one.score for one in read) >= hit.score + ENOUGH * ranker.weight:
            break
        spend()
        quote = cut(generation, hit)
        relevance = ranker.relevance(seen(question), f"{named(quote)}{quote.text}")
        read.append(replace(hit, relevance=relevance, score=hit.score + ranker.weight * likely(relevance)))
    return tuple(sorted((*read, *hits[len(read) :]), key=lambda hit: -hit.score))


def likely(logit: float) -> float:
    """A logit as a probability."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def lead(source: Source) -> str:
    """What the ranker reads before a quote, so that "what does the senator want?" can be told."""
    named = ": ".join(part for part in (source.author, source.title) if part)
    return f"{named}. " if named else ""


def cut(generation: Generation, window: Window) -> Quote:
    """A window as a quote, without its lead where that makes it too long."""
    document, sentences = generation.document(window.document), generation.sentences(window.document)
    first = window.first
    while first < window.last and not fits(Quote(document, sentences, first, window.last)):
        first += 1
    return Quote(document, sentences, first, window.last)


def fits(quote: Quote) -> bool:
    """Whether a quote is short enough to be shown: one sentence always is."""
    return quote.first == quote.last or (quote.last - quote.first < MAX_SENTENCES and quote.words <= MAX_WORDS)


def is_question(words: str) -> bool:
    """Whether words end in a question, whatever marks close it."""
    return words.rstrip('"”’)*_ ').endswith("?")


def alike(one: str, other: str) -> bool:
    """Whether two texts are near-copies, by the stems they share."""
    ours, theirs = stems(one), stems(other)
    return bool(ours and theirs) and len(ours & theirs) / len(ours | theirs) >= ALIKE


def literal_rows(generation: Generation, query: str, documents: range) -> NDArray[np.int64]:
    """The windows of these documents that hold a query, or all that stands in its quotation marks, word for word.

    Marks and capitals are set aside. A short word by itself is no phrase.
    """
    quoted = ["".join(found.groups("")) for found in _QUOTED.finditer(query)]
    phrases = [phrase for phrase in map(in_words, quoted or [query]) if " " in phrase or len(phrase) >= MIN_LETTERS]
    wanted = terms(" ".join(phrases))
    windows = generation.window_rows(documents)
    rows = generation.words.holding(wanted, windows)
    scores = generation.words.scores(generation.words.weights(wanted), rows)
    rows = rows[np.argsort(-scores, kind="stable")[:PHRASES_READ]]
    texts = ((row, in_words(cut(generation, generation.window(row)).text)) for row in sorted(rows.tolist()))
    return np.array([row for row, text in texts if all(f" {phrase} " in f" {text} " for phrase in phrases)], np.int64)
