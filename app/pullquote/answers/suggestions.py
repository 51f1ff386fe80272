"""Suggestions: the questions that were proven when the index was built, and which of them an answer raises."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pullquote.answers.query import Query
from pullquote.corpus.quote import Quote, quote_span
from pullquote.index.generation import Generation
from pullquote.index.layout import SUGGESTIONS
from pullquote.index.lexical import clean, stems
from pullquote.models.onnx import Vectors
from pullquote.sides.stance import Citation

FIRST = 5  # that a page shows before anything is asked
NEXT = 3  # that are suggested after an answer
SEEN = 0.1  # cosine that a first page's question loses: it was seen already
SHARED = 0.3  # what all words shared with the quotes shown add to the cosine with them
RAISED = 1.0  # least sum of that and the cosine of the two questions (benchmarks/suggestions.py)
LOOKED_AT = 8  # questions whose cosine with the one asked is worked out
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


@dataclass(frozen=True, slots=True)
class Raising:
    """What tells the questions that an answer raises: those proven, the generation, and a question's vector."""

    pool: Sequence[Suggestion]
    generation: Generation
    vector: Callable[[str], Vectors]

    def next_questions(self, query: Query, shown: Sequence[Citation]) -> tuple[str, ...]:
        """The proven questions that the quotes shown raise, but none asked or shown before in the conversation.

        What was shown after an earlier turn is worked out anew from its quotes. The questions are of the debate that
        was asked, or else of the one that the quotes are from.
        """
        asked_before, generation = set[str](), self.generation
        for turn in query.history:
            spans = ((generation.number(name), span) for name, span in turn.quotes if generation.has(name))
            quotes = [
                quote_span(self.generation.document(at), self.generation.sentences(at), span) for at, span in spans
            ]
            asked_before.add(turn.question.casefold())
            asked_before.update(
                map(str.casefold, self._raised(turn.question, [*filter(None, quotes)], asked_before, query.debate))
            )
        asked_before.add(query.question.casefold())
        return tuple(self._raised(query.question, [citation.quote for citation in shown], asked_before, query.debate))

    def _raised(self, question: str, quotes: Sequence[Quote], asked_before: set[str], debate: str | None) -> list[str]:
        """The questions not yet asked, near to a question and its quotes, whose own first quotes stand elsewhere."""
        debate = debate or (quotes[0].document.debate if quotes else None)
        shown_rows, vectors = set(self._rows(quotes)), self.generation.window_vectors
        pool = [entry for entry in self.pool if entry.debate == debate]
        fresh = (entry for entry in pool if entry.question.casefold() not in asked_before)
        left = [entry for entry in fresh if entry.row not in shown_rows]
        if not left or not shown_rows:
            return []
        words = frozenset[str]().union(*(stems(quote.text) for quote in quotes))
        cosines = vectors.take([entry.row for entry in left]) @ vectors.take(sorted(shown_rows)).mean(axis=0)
        worth = {
            entry.question: float(cosine) + SHARED * _share(entry.question, words)
            for entry, cosine in zip(left, cosines, strict=True)
        }
        question_vector, first = self.vector(clean(question)), {entry.question for entry in pool[:FIRST]}
        for text in sorted(worth, key=lambda text: -worth[text])[:LOOKED_AT]:
            worth[text] += float(self.vector(clean(text)) @ question_vector)
        chosen: list[str] = []
        for text in sorted(worth, key=lambda text: (SEEN * (text in first) - worth[text], text)):
            new = all(_share(text, stems(other)) <= ALIKE for other in chosen)
            if worth[text] >= RAISED and new:
                chosen.append(text)
        return chosen[:NEXT]

    def _rows(self, quotes: Sequence[Quote]) -> Iterator[int]:
        """The windows that quotes show."""
        for quote in quotes:
            number = self.generation.number(quote.document.id)
            windows = map(self.generation.window, self.generation.window_rows(range(number, number + 1)))
            yield from (at.row for at in windows if quote.first <= at.last <= quote.last)


def _share(question: str, words: frozenset[str]) -> float:
    """The share of a question's stems that are among some."""
    question_stems = stems(question)
    return len(question_stems & words) / len(question_stems) if question_stems else 0.0
