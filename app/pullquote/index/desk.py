"""Editors' decisions bound to a generation: which hold for its words, and which windows they are about."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np

from pullquote.corpus.decisions import (
    DecidedSide,
    DecidedWords,
    DecisionKind,
    Decisions,
    Desk,
    EditorDecision,
)
from pullquote.corpus.quote import quote_span
from pullquote.errors import PullquoteError, UnknownDebate
from pullquote.index.generation import Generation
from pullquote.index.lexical import in_words
from pullquote.span import Span

GONE = "its document is not here any more"
CHANGED = "its words changed, or stand in several places now"
WITHHELD = "its words are never to be shown"
DecidedPlace = tuple[int, Span]


class DecisionUnfit(PullquoteError):
    """A decision that does not hold, and why."""


def decided(generation: Generation, decisions: Decisions) -> Generation:
    """The same generation under these decisions; what does not fit its words is named and left."""
    view = copy(generation)
    view.desk = _Binder(generation).bind(decisions)
    return view


def without(generation: Generation, rows: frozenset[int]) -> Generation:
    """The same generation, of which these windows too are not shown."""
    view = copy(generation)
    view.desk = replace(generation.desk, hidden=generation.desk.hidden | rows)
    return view


def row_of(generation: Generation, number: int, span: Span) -> int | None:
    """The row of the window that ends with the last sentence of a range, None where that is no prose."""
    quote = quote_span(generation.document(number), generation.sentences(number), span)
    if quote is None:
        return None
    last = generation.first_sentences[number] + quote.last
    row = int(np.searchsorted(generation.ends, last))
    return row if row < len(generation.ends) and generation.ends[row] == last else None


def _withheld(hiding: Mapping[Any, Any]) -> Any:
    """What is never shown, and why, by document."""
    return _by_document(
        (number, (span, decision.reason))
        for (key, *_), (decision, ((number, span),)) in hiding.items()
        if not key
    )


class _Binder:
    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._numbers: dict[range, dict[str, int]] = {}

    def bind(self, decisions: Decisions) -> Desk:
        """The decisions that hold, a later one in place of an earlier one on the same."""
        bound = [(decision, self._places(decision)) for decision in decisions.made]
        tables: dict[str, Any] = {kind.value: {} for kind in DecisionKind}
        unfit = [(decision, reason) for decision, reason in bound if isinstance(reason, str)]
        holding = [(decision, places) for decision, places in bound if not isinstance(places, str)]
        for decision, places in holding:
            for key in _keys(decision, places):
                tables[decision.kind].pop(key, None)
                tables[decision.kind][key] = decision, places
        hidden = defaultdict[str, set[int]](set)
        for key, (_, places) in tables["hide"].items():
            hidden[key[0]].update(self._rows_over(*places[0]))
        never = frozenset(hidden.pop("", ()))
        pins, hiding = self._pins(tables["pin"], never)
        return Desk(
            sides=_by_document(self._sides(tables["side"])),
            speakers=_by_document(
                (number, (span, decision.speaker))
                for decision, ((number, span),) in tables["speaker"].values()
            ),
            pins=pins,
            hidden=never,
            hidden_for={key: frozenset(rows) for key, rows in hidden.items()},
            withheld=_withheld(tables["hide"]),
            holding=tuple(holding),
            unfit=(*unfit, *hiding),
            states=decisions.states,
        )

    def _places(self, decision: EditorDecision) -> tuple[DecidedPlace, ...] | str:
        try:
            documents = self._generation.documents_of(decision.debate)
            return tuple(self._place(words, documents) for words in decision.words)
        except UnknownDebate:
            return GONE
        except DecisionUnfit as reason:
            return str(reason)

    def _place(self, words: DecidedWords, documents: range) -> DecidedPlace:
        """Where words stand now: in their document, or in the same text under another name."""
        generation = self._generation
        named = generation.has(words.document)
        number = generation.number(words.document) if named else self._with(words.text, documents)
        if number is None or number not in documents:
            raise DecisionUnfit(GONE)
        text, span = generation.document(number).text, words.span
        if span.end <= len(text) and words.stand_in(text, span.start):
            return number, span
        starts = (sentence.span.start for sentence in generation.sentences(number))
        found = [start for start in starts if words.stand_in(text, start)]
        if len(found) != 1:
            raise DecisionUnfit(CHANGED)
        return number, Span(found[0], found[0] + len(span))

    def _with(self, sha256: str, documents: range) -> int | None:
        """The document of a debate that has this very text."""
        if documents not in self._numbers:
            rows = self._generation.rows
            self._numbers[documents] = {rows[number].sha256: number for number in documents}
        return self._numbers[documents].get(sha256)

    def _sides(self, sides: Any) -> Iterator[tuple[int, DecidedSide]]:
        for decision, ((number, span),) in sides.values():
            row = row_of(self._generation, number, span)
            yield number, DecidedSide(span, decision.proposition, decision.side, row)

    def _pins(
        self, pins: Any, never: frozenset[int]
    ) -> tuple[Any, list[tuple[EditorDecision, str]]]:
        holding: dict[tuple[str, str], tuple[DecidedPlace, ...]] = {}
        unfit: list[tuple[EditorDecision, str]] = []
        for key, (decision, places) in pins.items():
            if any(not never.isdisjoint(self._rows_over(*place)) for place in places):
                unfit.append((decision, WITHHELD))
            else:
                holding[key] = places
        return holding, unfit

    def _rows_over(self, number: int, span: Span) -> list[int]:
        """The rows of the windows that hold any sentence of a range."""
        generation = self._generation
        quote = quote_span(generation.document(number), generation.sentences(number), span)
        rows = np.asarray(generation.window_rows(range(number, number + 1)))
        if quote is None or not len(rows):
            return []
        places = generation.places[rows]
        over = (places[:, 1] <= quote.last) & (places[:, 2] >= quote.first)
        return [int(row) for row in rows[over]]


def _keys(
    decision: EditorDecision, places: tuple[DecidedPlace, ...]
) -> Iterator[tuple[object, ...]]:
    """What a decision is about: a later one on the same takes its place."""
    match decision.kind:
        case DecisionKind.SIDE:
            yield in_words(decision.proposition), *places
        case DecisionKind.SPEAKER:
            yield places
        case DecisionKind.HIDE:
            yield in_words(decision.question), *places
        case DecisionKind.PIN:
            for question in (decision.question, *decision.rewordings):
                yield decision.debate, in_words(question)


def _by_document(entries: Any) -> dict[int, tuple[Any, ...]]:
    grouped = defaultdict[int, list[Any]](list)
    for number, entry in entries:
        grouped[number].append(entry)
    return {number: tuple(group) for number, group in grouped.items()}
