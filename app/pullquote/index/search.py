"""Finding: windows of whole sentences that may answer a question, by meaning and by words."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.clauses import has_verb
from pullquote.corpus.documents import Source
from pullquote.corpus.notes import asked_by_label, is_about_author
from pullquote.corpus.sentences import Kind
from pullquote.index.generation import Generation, Window
from pullquote.index.lexical import in_words, seen, stems, terms
from pullquote.index.quote import Quote
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import Ranker

MAX_WORDS = 80  # of a quote of several sentences; a single sentence is never shortened
MAX_SENTENCES = 3
ALIKE = 0.7  # share of stems in common from which two quotes say the same
RERANKED = 8  # hits that a ranker reads: with 4, a right one is among them less often (docs/quality.md)
RANKER_WEIGHT = 0.6  # of its probability beside the score
NEAR_WINDOWS = 60
NEAR_PASSAGES = 12
NEAR_WORDS = 40
# Near-copies of one text, planted or syndicated, may hold every place above. Where more than half of
# the very nearest windows are copies of a nearer one, the copies give way to what lies further off.
COPY = 0.7  # share of words in common
SAMPLED = 12
FAR_WINDOWS = 1_000
# Weights of the parts of a score. Chosen together with what the learned ranker adds, among eleven settings, on the
# halves and folds kept for choosing (docs/quality.md); the figures hardly move within half and twice these values.
PASSAGE_WEIGHT = 0.3
WORDS_WEIGHT = 0.8
READ = 40  # of the best windows, those whose texts are looked at
SAME_QUESTION = 0.8  # share of stems in common from which a heading asks what is asked
FIRST = 0.1  # what the answer under such a heading is set above the best of the others
_WHO = re.compile(  # asks who somebody is
    r"\W*(?:who|whom|whose|tell\sme\s(?:more\s)?about)\b|.*\b(?:job|profession|occupation|for\sa\sliving|background|credentials|qualified)\b",
    re.IGNORECASE,
)
# The BM25 of a text that holds each of the question's words about once, over the words' rarities.
WORDS_SCALE = 2.2


@dataclass(frozen=True, slots=True)
class Hit(Window):
    """A window that may answer, and how well it fits, part by part.

    `relevance` is a learned ranker's score (a logit), where one was asked. `dense` and `passage` are cosines; `words` is BM25 over the rarity of the question's words,
    about 0 to 1; `score` is their weighted sum.
    """

    dense: float
    passage: float
    words: float
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


def retrieve(generation: Generation, question: str, vector: Vectors, documents: range) -> tuple[Hit, ...]:
    """The windows among these documents that fit a question best, best first.

    Args:
        vector: the question's vector, shape (dimension,).
        documents: numbers of the documents to look in, which lie side by side.
    """
    windows = generation.window_rows(documents)
    if not windows:
        return ()
    query = terms(question)
    words = generation.lexical.score(query) / _scale(generation, query)
    rows, crowded = _candidates(generation, vector, words, documents)
    hits = _hits(generation, vector, words, rows, distinct=crowded)
    answer = _answer_row(generation, question, hits)
    if answer is not None:
        found = _hits(generation, vector, words, np.array([answer], np.int64))[0]
        first = replace(found, score=max(found.score, hits[0].score + FIRST))
        hits = (first, *(hit for hit in hits if hit.row != answer))
    return _arguing(generation, question, hits)


def retrieve_among(
    generation: Generation, question: str, vector: Vectors, rows: NDArray[np.int64], count: int = NEAR_WINDOWS
) -> tuple[Hit, ...]:
    """The windows among these rows that fit a question best, best first; of very many rows, those that share its words.

    Args:
        vector: the question's vector, shape (dimension,).
    """
    if not len(rows):
        return ()
    query = terms(question)
    words = generation.lexical.score(query) / _scale(generation, query)
    if len(rows) > FAR_WINDOWS:
        rows = np.sort(rows[np.argsort(-words[rows], kind="stable")[:FAR_WINDOWS]])
    return _arguing(generation, question, _hits(generation, vector, words, rows, count=count))


def _arguing(generation: Generation, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """The hits without notes on who wrote a text and questions with a label, unless such may be what is looked for."""
    if _WHO.match(question) or not (question.rstrip().endswith("?") or has_verb(question)):
        return hits
    return (*(hit for hit in hits[:READ] if not _is_note(generation, hit)), *hits[READ:])


def _is_note(generation: Generation, hit: Hit) -> bool:
    document, sentences = generation.document(hit.document), generation.sentences(hit.document)
    asks = asked_by_label(sentences[hit.last].span.cut(document.text)) is not None
    return asks or is_about_author(document, sentences, hit.last)


def _answer_row(generation: Generation, question: str, hits: tuple[Hit, ...]) -> int | None:
    """The first window under a heading, or after a question with a label, that asks just what is asked; None without one."""
    for hit in hits[:READ]:
        text, sentences = generation.document(hit.document).text, generation.sentences(hit.document)
        labelled, heading = asked_by_label(sentences[hit.last].span.cut(text)), sentences[hit.last].heading
        if labelled and _same_question(question, labelled) and hit.last + 1 < len(sentences):
            return (
                hit.row + 1 if sentences[hit.last + 1].kind is Kind.PROSE else None
            )  # a row for each sentence of prose
        if heading is not None and _same_question(question, sentences[heading].span.cut(text)):
            return hit.row - sum(one.kind is Kind.PROSE for one in sentences[heading : hit.last])
    return None


def _same_question(question: str, words: str) -> bool:
    """Whether a question has nearly the stems of these words; of a single stem, just their words."""
    asked, theirs = stems(question), stems(words)
    if len(asked) > 1:
        return len(asked & theirs) >= SAME_QUESTION * len(asked | theirs)
    return asked == theirs and _bare(question) == _bare(words)


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.lower()))


def _hits(
    generation: Generation, vector: Vectors, words: NDArray[np.float32], rows: NDArray[np.int64], *,
    distinct: bool = False, count: int | None = None,
) -> tuple[Hit, ...]:  # fmt: skip
    """The windows of these rows with the parts of their scores, best first."""
    dense = generation.window_vectors.take(rows) @ vector
    passage = generation.passage_vectors.take(generation.passage_of_window[rows]) @ vector
    worded = words[rows]
    score = dense + PASSAGE_WEIGHT * passage + WORDS_WEIGHT * worded
    order = np.lexsort((rows, -score))[:count]  # by score; ties in the order of the text, so always the same
    if distinct:
        order = order[_distinct(generation, rows[order])]
    rows = rows[order]
    parts = (column[order].tolist() for column in (dense, passage, worded, score))
    places = generation.places[rows].tolist()
    return tuple(Hit(row, *place, *values) for row, place, *values in zip(rows.tolist(), places, *parts, strict=True))


def _scale(generation: Generation, query: list[str]) -> float:
    return WORDS_SCALE * sum(generation.lexical.rarity(term) for term in set(query)) or 1.0


def _candidates(
    generation: Generation, vector: Vectors, words: NDArray[np.float32], documents: range
) -> tuple[NDArray[np.int64], bool]:
    """The rows to look at, and whether near-copies crowd the nearest of them."""
    windows = generation.window_rows(documents)
    passages = generation.passage_rows(documents)
    looked = NEAR_WINDOWS if generation.exact else FAR_WINDOWS  # where all are sorted anyway
    near, around = generation.nearest(vector, (looked, NEAR_PASSAGES), windows, passages)
    sample = near[:SAMPLED]
    crowded = len(sample) == SAMPLED and _crowded(generation, sample)
    if crowded:
        far = near if looked == FAR_WINDOWS else generation.nearest(vector, (FAR_WINDOWS, 0), windows, passages)[0]
        near = far[_distinct(generation, far, NEAR_WINDOWS)]
    inside = generation.windows_of_passages(around)
    worded = _top(words[windows.start : windows.stop], NEAR_WORDS)
    return np.unique(np.concatenate([near[:NEAR_WINDOWS], inside, worded + windows.start])), crowded


def _crowded(generation: Generation, rows: NDArray[np.int64]) -> bool:
    """Whether more than half of these rows nearly repeat an earlier one; read no further than it takes to tell."""
    enough = (len(rows) + 1) // 2
    return len(_distinct(generation, rows, enough)) < enough


def _distinct(generation: Generation, rows: NDArray[np.int64], count: int | None = None) -> list[int]:
    """The places, among these rows, of the first texts that do not nearly repeat an earlier one (None: of all)."""
    places: list[int] = []
    holding: dict[str, list[frozenset[str]]] = {}
    for place, row in enumerate(rows.tolist()):
        if len(places) == count:
            break
        words = generation.words(row)
        telling = _telling(words)
        if any(_copied(words, holding[word]) for word in telling if word in holding):
            continue
        for word in telling:
            holding.setdefault(word, []).append(words)
        places.append(place)
    return places


def _copied(words: frozenset[str], others: Iterable[frozenset[str]]) -> bool:
    """Whether a text nearly repeats one of these others."""
    count = len(words)
    for other in others:
        shared = len(words & other)
        if shared >= COPY * (count + len(other) - shared):
            return True
    return False


def _telling(words: frozenset[str]) -> list[str]:
    """The words of which near-copies share at least one, taken in an order that is the same for all texts.

    Prefix filtering (Chaudhuri et al. 2006): of n words, all but COPY * n, and one more. Long words are
    seldom shared by chance, so they come first.
    """
    if not words:
        return [""]
    ordered = sorted(words)
    ordered.sort(key=len, reverse=True)  # in two steps: several times as fast as by a pair
    return ordered[: len(words) - math.ceil(COPY * len(words)) + 1]


def _top(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    count = min(count, len(values))
    best = np.argpartition(-values, count - 1)[:count]
    return np.asarray(best[values[best] > 0], dtype=np.int64)


LOOKED_AT = 1_000  # windows with all of the words, which may be two very common ones
MIN_LETTERS = 4  # of a word that is looked for by itself
_QUOTED = re.compile(r"“([^”]+)”|«([^»]+)»|\"([^\"]+)\"")


def literal_rows(generation: Generation, query: str, documents: range) -> NDArray[np.int64]:
    """The windows of these documents that hold a query, or all that stands in its quotation marks, word for word.

    Typography and capitals are set aside. A short word by itself is no phrase.
    """
    phrases = phrases_of(query)
    wanted = terms(" ".join(phrases))
    windows = generation.window_rows(documents)
    rows = generation.lexical.holding(wanted)
    rows = rows[(rows >= windows.start) & (rows < windows.stop)]
    if len(rows) > LOOKED_AT:
        rows = rows[np.argsort(-generation.lexical.score(wanted)[rows], kind="stable")[:LOOKED_AT]]
    return np.array([row for row in rows.tolist() if _holds(generation, row, phrases)], np.int64)


def phrases_of(query: str) -> list[str]:
    """What is looked for word for word: what stands in quotation marks, or all of the query."""
    quoted = ["".join(found.groups("")) for found in _QUOTED.finditer(query)]
    phrases = map(in_words, quoted or [query])
    return [phrase for phrase in phrases if " " in phrase or len(phrase) >= MIN_LETTERS]


def _holds(generation: Generation, row: int, phrases: list[str]) -> bool:
    words = f" {in_words(cut(generation, generation.window(row)).text)} "
    return all(f" {phrase} " in words for phrase in phrases)


def cut(generation: Generation, window: Window) -> Quote:
    """A window as a quote, without its lead where that makes it too long."""
    document, sentences = generation.document(window.document), generation.sentences(window.document)
    first = window.first
    while first < window.last and not fits(Quote(document, sentences, first, window.last)):
        first += 1
    return Quote(document, sentences, first, window.last)


def fits(quote: Quote) -> bool:
    """Whether a quote is short enough to be shown: one sentence always is."""
    count = quote.last - quote.first + 1
    return count == 1 or (count <= MAX_SENTENCES and quote.words <= MAX_WORDS)


def is_question(words: str) -> bool:
    """Whether words end in a question, whatever marks close it."""
    return words.rstrip('"”’)*_ ').endswith("?")


def alike(one: str, other: str) -> bool:
    """Whether two texts are near-copies, by the stems they share."""
    ours, theirs = stems(one), stems(other)
    return bool(ours and theirs) and len(ours & theirs) / len(ours | theirs) >= ALIKE


def rerank(
    generation: Generation,
    question: str,
    hits: Sequence[Hit],
    ranker: Ranker,
    named: Callable[[Quote], str] | None = None,
) -> tuple[Hit, ...]:
    """The hits anew, the first RERANKED with what the ranker says of them.

    Args:
        named: what it reads before a quote; None means its author and title.
    """
    read = tuple(_reranked(generation, seen(question), hit, ranker, named or _led) for hit in hits[:RERANKED])
    return tuple(sorted((*read, *hits[RERANKED:]), key=lambda hit: -hit.score))


def _reranked(generation: Generation, question: str, hit: Hit, ranker: Ranker, named: Callable[[Quote], str]) -> Hit:
    quote = cut(generation, hit)
    relevance = ranker.relevance(question, f"{named(quote)}{quote.text}")
    return replace(hit, relevance=relevance, score=hit.score + RANKER_WEIGHT * ranker.probability(relevance))


def _led(quote: Quote) -> str:
    return lead(quote.document.source)


def lead(source: Source) -> str:
    """What the ranker reads before a quote, so that "what does the senator want?" can be told."""
    named = ": ".join(part for part in (source.author, source.title) if part)
    return f"{named}. " if named else ""
