"""Suggestions: the questions that were proven when the index was built, and which of them an answer raises."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pullquote.answers.query import Query
from pullquote.corpus.quote import Quote, quote_span
from pullquote.index.generation import Generation
from pullquote.index.layout import SUGGESTIONS
from pullquote.index.lexical import clean, stems
from pullquote.models.onnx import Vectors
from pullquote.sides.stance import Citation
from pullquote.span import Span

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


def first_questions(pool: Sequence[Suggestion], debate: str | None) -> tuple[str, ...]:
    """The questions that a page shows before anything is asked, of a debate or of all."""
    questions = (entry.question for entry in pool if debate in (None, entry.debate))
    return tuple(dict.fromkeys(questions))[:FIRST]


@dataclass(frozen=True, slots=True)
class Suggester:
    """Chooses which of the proven questions an answer raises."""

    pool: Sequence[Suggestion]
    generation: Generation
    vector: Callable[[str], Vectors]

    def next_questions(self, query: Query, citations: Sequence[Citation]) -> tuple[str, ...]:
        """The proven questions that the quotes raise, but none asked or suggested before in the conversation.

        What was suggested after an earlier turn is worked out anew from its quotes. The questions are of the debate
        that was asked, or else of the one that the quotes are from.
        """
        seen_questions = set[str]()
        for turn in query.history:
            seen_questions.add(turn.question.casefold())
            quotes = quotes_at(self.generation, turn.quotes)
            raised = self._raised(turn.question, quotes, seen_questions, query.debate)
            seen_questions.update(text.casefold() for text in raised)
        seen_questions.add(query.question.casefold())
        quotes = [citation.quote for citation in citations]
        return tuple(self._raised(query.question, quotes, seen_questions, query.debate))

    def _raised(
        self, question: str, quotes: Sequence[Quote], seen_questions: set[str], debate: str | None
    ) -> list[str]:
        """The questions not yet seen, near to a question and its quotes, whose own first quotes are others."""
        debate = debate or (quotes[0].document.debate if quotes else None)
        pool = [entry for entry in self.pool if entry.debate == debate]
        rows = self._rows(quotes)
        unseen = (entry for entry in pool if entry.question.casefold() not in seen_questions)
        candidates = [entry for entry in unseen if entry.row not in rows]
        if not candidates or not rows:
            return []
        worth = self._worth(question, candidates, quotes, sorted(rows))
        first_page = {entry.question for entry in pool[:FIRST]}
        chosen: list[str] = []
        for text in sorted(
            worth, key=lambda text: (SEEN * (text in first_page) - worth[text], text)
        ):
            new = all(_share(text, stems(earlier)) <= ALIKE for earlier in chosen)
            if worth[text] >= RAISED and new:
                chosen.append(text)
        return chosen[:NEXT]

    def _worth(
        self,
        question: str,
        candidates: Sequence[Suggestion],
        quotes: Sequence[Quote],
        rows: Sequence[int],
    ) -> dict[str, float]:
        """How near each candidate is to the quotes, and the nearest of them to the question too."""
        vectors = self.generation.window_vectors
        quotes_vector = vectors.take(rows).mean(axis=0)
        cosines = vectors.take([entry.row for entry in candidates]) @ quotes_vector
        words = frozenset[str]().union(*(stems(quote.text) for quote in quotes))
        worth = {
            entry.question: float(cosine) + SHARED * _share(entry.question, words)
            for entry, cosine in zip(candidates, cosines, strict=True)
        }
        question_vector = self.vector(clean(question))
        for text in sorted(worth, key=lambda text: -worth[text])[:LOOKED_AT]:
            worth[text] += float(self.vector(clean(text)) @ question_vector)
        return worth

    def _rows(self, quotes: Sequence[Quote]) -> set[int]:
        """The windows whose last sentence a quote holds."""
        rows = set[int]()
        for quote in quotes:
            number = self.generation.number(quote.document.id)
            document_rows = self.generation.window_rows(range(number, number + 1))
            windows = map(self.generation.window, document_rows)
            rows.update(at.row for at in windows if quote.first <= at.last <= quote.last)
        return rows


def quotes_at(generation: Generation, spans: Iterable[tuple[str, Span]]) -> list[Quote]:
    """The quotes of an earlier answer by document id and span, as far as the sources still hold them there."""
    numbered = ((generation.number(name), span) for name, span in spans if generation.has(name))
    quotes = (
        quote_span(generation.document(number), generation.sentences(number), span)
        for number, span in numbered
    )
    return [quote for quote in quotes if quote]


def _share(question: str, words: frozenset[str]) -> float:
    """The share of a question's stems that are among some."""
    question_stems = stems(question)
    return len(question_stems & words) / len(question_stems) if question_stems else 0.0
