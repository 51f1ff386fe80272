"""Suggestions: the questions that were proven when the index was built, and which of them an answer raises."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pullquote.answers.query import Query
from pullquote.index.generation import Generation
from pullquote.index.layout import SUGGESTIONS
from pullquote.index.lexical import stems
from pullquote.index.quote import Quote, quote_span
from pullquote.sides.stance import Citation

FIRST = 5  # that a page shows before anything is asked
NEXT = 3  # that are suggested after an answer
SEEN = 0.1  # cosine that a first page's question loses: it was seen already
SHARED = 0.3  # what all words shared with the quotes shown add to it
ALIKE = 0.6  # share of its words from which a question is too like another beside it


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question that was answered, and the row of the window that answered it best."""

    question: str
    row: int
    debate: str


def dump(suggestions: Sequence[Suggestion]) -> bytes:
    """As a file of the index."""
    rows = [[entry.question, entry.row, entry.debate] for entry in suggestions]
    return json.dumps(rows, ensure_ascii=False).encode("utf-8")


def suggestions_of(generation: Generation) -> tuple[Suggestion, ...]:
    """The proven questions that the generation holds."""
    return tuple(Suggestion(*row) for row in json.loads(generation.extra.get(SUGGESTIONS, b"[]")))


def next_questions(
    pool: Sequence[Suggestion], generation: Generation, query: Query, shown: Sequence[Citation]
) -> tuple[str, ...]:
    """The proven questions that the quotes shown raise, but none asked or shown before in the conversation.

    What was shown after an earlier turn is worked out anew from its quotes. The questions are of the debate that was
    asked, or else of the one that the quotes are from.
    """
    known, told = {row.id: number for number, row in enumerate(generation.rows)}, set[str]()
    for turn in query.history:
        places = ((known[name], span) for name, span in turn.quotes if name in known)
        found = (quote_span(generation.document(number), generation.sentences(number), span) for number, span in places)
        told.add(turn.question.casefold())
        told.update(map(str.casefold, _raised(pool, generation, list(filter(None, found)), told, query.debate)))
    told.add(query.question.casefold())
    return tuple(_raised(pool, generation, [one.quote for one in shown], told, query.debate))


def _raised(
    pool: Sequence[Suggestion], generation: Generation, quotes: Sequence[Quote], told: set[str], debate: str | None
) -> list[str]:
    """The questions not yet told whose first quotes are nearest to some quotes, nearer than most, and stand elsewhere."""
    debate = debate or (quotes[0].document.debate if quotes else None)
    own = [entry for entry in pool if entry.debate == debate]
    rows = {row for quote in quotes for row in _rows(generation, quote)}
    left = [entry for entry in own if entry.row not in rows and entry.question.casefold() not in told]
    if not left or not rows:
        return []
    vectors, words = (
        generation.window_vectors.take([entry.row for entry in left]),
        frozenset[str]().union(*(stems(quote.text) for quote in quotes)),
    )
    near = vectors @ generation.window_vectors.take(sorted(rows)).mean(axis=0)
    worth = {
        entry.question: float(cosine) + SHARED * len(asked & words) / len(asked)
        for entry, cosine in zip(left, near, strict=True) if (asked := stems(entry.question))
    }  # fmt: skip
    first, least, chosen = {entry.question for entry in own[:FIRST]}, sum(worth.values()) / len(worth), list[str]()
    for question in sorted(worth, key=lambda one: (SEEN * (one in first) - worth[one], one)):
        others = (stems(question) & stems(other) for other in chosen)
        if worth[question] >= least and all(len(shared) <= ALIKE * len(stems(question)) for shared in others):
            chosen.append(question)
    return chosen[:NEXT]


def _rows(generation: Generation, quote: Quote) -> Iterator[int]:
    """The windows that a quote shows."""
    number = generation.number(quote.document.id)
    for row in generation.window_rows(range(number, number + 1)):
        if quote.first <= generation.window(row).last <= quote.last:
            yield row
