"""One reply to one query: an answer composed of quotes, or a typed silence."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pullquote.answers.about import leads, overview_of
from pullquote.answers.answer import Answer, Part, Pointed, Timings, abstain, cite, compose
from pullquote.answers.arguing import arguments_on, motion_of, route_taken
from pullquote.answers.confidence import FAR, Reason, language_names, silence, unaskable
from pullquote.answers.query import (
    NamedSpeaker,
    Query,
    Request,
    Resolved,
    Subject,
    courteous,
    leant_on,
    resolve,
    speaker_in,
    subject_asked,
)
from pullquote.answers.ready import Ready, as_context, choose, find, greets, is_foreign, sought_for
from pullquote.answers.select import Decision, decide
from pullquote.answers.speakers import SAID, Witness
from pullquote.answers.suggestions import Suggester, first_questions, quotes_at
from pullquote.corpus.quote import Quote
from pullquote.index.lexical import clean
from pullquote.index.search import Choice, Hit, Role, retrieve_among
from pullquote.sides.balance import Balanced
from pullquote.sides.columns import GAPS
from pullquote.sides.debater import balance, concerned, labelled_on, marked
from pullquote.sides.proposition import Concern, proposition_of
from pullquote.sides.routes import Route
from pullquote.sides.stance import Citation


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to show for a question, and why it is not shown as an answer, if so."""

    reason: Reason | None
    choices: tuple[Choice, ...] = ()
    confidence: float = 0.0
    hits: tuple[Hit, ...] = ()
    witness: Witness | None = None  # whoever was asked about
    pointed: Pointed | None = None
    greets: bool = False  # it asks nothing of the sources


def reply(ready: Ready, query: Query, *, min_confidence: float, timings: Timings) -> Answer:
    """Answer a question with quotes, or abstain and say why; each stage is timed.

    Raises:
        UnknownDebate: the query names a debate that does not exist.
    """
    documents = ready.generation.documents_of(query.debate)
    with timings.stage("about"):
        overview = overview_of(ready.generation, ready.voices, query)
    asking = _Asking(ready, query, documents, min_confidence, timings)
    if overview is None:
        return asking.reply()
    request, outcome = Request(Resolved(query.question)), Outcome(None, confidence=1.0)
    answer = asking.answer(request, outcome, overview.parts, overview.citations, opening=True)
    return replace(answer, about=tuple((quote.document.id, quote.span) for quote in overview.about))


@dataclass(frozen=True, slots=True)
class _Asking:
    """One query to the documents of its debate."""

    ready: Ready
    query: Query
    documents: range
    min_confidence: float
    timings: Timings

    def reply(self) -> Answer:
        """The answer to a question about what the sources say, or to one for who takes a side."""
        request = self.request()
        if argued := self._argued(request):
            return argued
        outcome = self.find(request)
        with self.timings.stage("sides"):
            balanced = self.balance(request, outcome)
        with self.timings.stage("compose"):
            parts, citations = _compose(self.ready, outcome, balanced)
        answer = self.answer(request, outcome, parts, citations, opening=outcome.greets)
        proposition = balanced.proposition or request.proposition
        return replace(answer, proposition=proposition, gap=balanced.gap)

    def _argued(self, request: Request) -> Answer | None:
        """Quotes on the side that is asked for, or that there are none; None where no side is, or it may be found by searching."""
        stances, route = self.ready.stances, request.route
        if not route.asks_for_sides or self._unaskable(request):
            return None
        with self.timings.stage("sides"):
            motion = motion_of(stances, self.query, route, self._shown_last, self.query.debate)
            if motion is None:
                return None
            arguments = arguments_on(
                stances, motion, self.query.debate, self.query.max_quotes, self._shown
            )
        gap = GAPS[motion.side] if arguments.absent else None
        if not arguments.found and not (gap or route.turns_round):
            return None
        likely = max([self.min_confidence, *(one.likely for one in arguments.found)])
        choices = tuple(one.choice for one in arguments.found)
        outcome = Outcome(
            None if choices else Reason.NOT_COVERED, choices, likely if choices else 0.0
        )
        stances_by_place = {
            (one.choice.quote.document.id, one.choice.quote.span): one.stance
            for one in arguments.found
        }
        balanced = Balanced(choices, stances_by_place, motion.shown, gap)
        with self.timings.stage("compose"):
            parts, citations = _compose(self.ready, outcome, balanced, sided=True)
        answer = self.answer(request, outcome, parts, citations, opening=False)
        both = route is Route.BOTH and motion.shown is not None
        return replace(answer, proposition=motion.shown, gap=gap, sides_asked=both)

    @property
    def _shown(self) -> list[Quote]:
        """The quotes that were shown before in the conversation."""
        generation = self.ready.generation
        return [
            quote for turn in self.query.history for quote in quotes_at(generation, turn.quotes)
        ]

    @property
    def _shown_last(self) -> list[Quote]:
        """Those of the last turn that had any."""
        turns = (
            quotes_at(self.ready.generation, turn.quotes) for turn in reversed(self.query.history)
        )
        return next(filter(None, turns), [])

    def answer(
        self,
        request: Request,
        outcome: Outcome,
        parts: tuple[Part, ...],
        citations: tuple[Citation, ...],
        *,
        opening: bool,
    ) -> Answer:
        """These quotes as an answer or a silence, with the questions that they raise."""
        generation = self.ready.generation
        with self.timings.stage("compose"):
            citations = marked(self.ready.stances, citations)
            suggestions = self._suggestions(citations, opening=opening)
        only_debate = generation.debates[0] if len(generation.debates) == 1 else None
        cited, nearest = (citations, ()) if outcome.reason is None else ((), citations)
        return Answer(
            question=self.query.question,
            resolved_question=request.question,
            debate=self.query.debate or only_debate,
            reason=outcome.reason,
            confidence=outcome.confidence,
            parts=parts,
            citations=cited,
            nearest=nearest,
            suggestions=suggestions,
            generation=generation.card.name,
            built_at=generation.card.built_at,
            pointed=self._summarised(request.question, outcome.pointed, cited),
        )

    def _suggestions(self, citations: Sequence[Citation], *, opening: bool) -> tuple[str, ...]:
        """The questions that quotes raise; `opening`: else those that a page opens with."""
        pool, generation = self.ready.suggestions, self.ready.generation
        raised = Suggester(pool, generation, self.ready.vector).next_questions(
            self.query, citations
        )
        return first_questions(pool, self.query.debate) if opening and not raised else raised

    def _summarised(
        self, question: str, pointed: Pointed | None, cited: Sequence[Citation]
    ) -> Pointed | None:
        """What the language model said, with its summary of the quotes where one is wanted."""
        pointing = self.ready.pointing
        if not (pointing and pointing.sums_up and pointed and cited) or pointed.fault:
            return pointed
        with self.timings.stage("summary"):
            return replace(pointed, summary=pointing.summary(question, cited))

    def request(self) -> Request:
        """What is asked, read once."""
        question, resolved = self.query.question, resolve(self.query)
        route = route_taken(self.ready.stances, self.query)
        roster = self.ready.roster
        speaker = speaker_in(self.query, lambda name: bool(roster.witness(name, self.documents)))
        return Request(resolved, proposition_of(question), route.side, route, speaker)

    def find(self, request: Request) -> Outcome:
        """What answers, or the nearest with the reason why it does not, or that nothing is asked."""
        outcome = self._searched(request)
        if outcome.reason is None or not greets(self.ready, self.query.question):
            return outcome
        return Outcome(Reason.TOO_VAGUE, greets=True)

    def _searched(self, request: Request) -> Outcome:
        if reason := self._unaskable(request):
            return Outcome(reason)
        speaker = request.speaker
        if speaker and (witness := self.ready.roster.witness(speaker, self.documents)):
            return self._find_spoken(request, speaker, witness)
        first = best = self._chosen(request.question, pointing=not self.query.extractive)
        unsure = first.confidence < self.min_confidence
        if unsure and request.side and self._concern(request, self.query.debate):
            # After "Should X?", few sources say who is a critic: what answers that also answers
            # "What do critics say?".
            before = leant_on([turn.question for turn in self.query.history])
            outcomes = [first, *map(self._chosen, filter(None, [before]))]
            best = max(outcomes, key=lambda outcome: (bool(outcome.choices), outcome.confidence))
        if not best.choices or best.confidence < self.min_confidence:  # no quote, no answer
            best = self._labelled(request) or replace(first, reason=_silence(request))
        return replace(best, pointed=first.pointed)

    def _labelled(self, request: Request) -> Outcome | None:
        """What the operator put on the side that is asked for; it needs no search."""
        concern = self._concern(request, self.query.debate)
        side = concern.side(request.side) if concern else None
        if concern is None or side is None:
            return None
        labelled = labelled_on(self.ready.stances, concern.proposition, side, self.query.debate)
        choices = tuple(choice for choice, _ in labelled[: self.query.max_quotes])
        confidence = max([self.min_confidence, *(likely for _, likely in labelled[:1])])
        return Outcome(None, choices, confidence) if choices else None

    def balance(self, request: Request, outcome: Outcome) -> Balanced:
        """The quotes found with the sides that they take, and the other side beside them."""
        choices = outcome.choices if outcome.reason is None else ()
        debate = self.query.debate or next(
            (choice.quote.document.debate for choice in choices), None
        )
        concern = self._concern(request, debate)
        balanced = balance(
            self.ready.stances,
            concern,
            concern.side(request.side) if concern else None,
            choices,
            outcome.hits,
            debate=debate,
            count=self.query.max_quotes,
        )
        # Of one speaker alone nobody expects both sides.
        return replace(balanced, gap=None) if outcome.witness else balanced

    def _concern(self, request: Request, debate: str | None) -> Concern | None:
        vector = self.ready.vector(clean(request.question))
        asks = request.route.asks_for_sides
        return concerned(self.ready.stances, request.question, vector, debate, asks=asks)

    def _unaskable(self, request: Request) -> Reason | None:
        """Why a question is not searched for, or None when it is."""
        question = self.query.question
        if subject_asked(question) is Subject.SPEAKERS:  # no quote was shown that it could be about
            return Reason.NEEDS_CONTEXT
        if courteous(question):
            return Reason.TOO_VAGUE
        reason = unaskable(question, request.question, has_history=bool(self.query.history))
        return reason or (Reason.UNSUPPORTED_LANGUAGE if is_foreign(self.ready, question) else None)

    def _chosen(self, wording: str, *, pointing: bool = False) -> Outcome:
        """What is chosen for a wording of the question, however sure.

        The language model is asked only about the question itself (`pointing`).
        """
        ready = self.ready
        hits = find(ready, wording, self.documents, self.timings)
        if route_taken(ready.stances, self.query) is Route.MORE:
            hits = self._unseen(hits)
        count, pointed = self.query.max_quotes, None
        with self.timings.stage("select"):
            if pointing:
                decision, pointed = choose(ready, wording, hits, count)
            else:
                decision = decide(
                    ready.generation, wording, hits, count, ready.ranker, ready.fitted
                )
        return Outcome(None, decision.choices, decision.confidence, hits, pointed=pointed)

    def _unseen(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits but those whose own sentence was shown before in the conversation."""
        generation = self.ready.generation
        shown = [(generation.number(quote.document.id), quote) for quote in self._shown]
        return tuple(
            hit
            for hit in hits
            if not any(
                hit.document == number and quote.first <= hit.last <= quote.last
                for number, quote in shown
            )
        )

    def _find_spoken(self, request: Request, speaker: NamedSpeaker, witness: Witness) -> Outcome:
        """What somebody says on the question; where that is nothing, the nearest passage of anybody."""
        if speaker.anything and (choices := self._best_of(witness)):
            return Outcome(None, choices, SAID, witness=witness)
        ordinary = self._chosen(request.question)
        # By the name that the sources use.
        longer = request.question.replace(speaker.name, witness.long or speaker.name)
        topical = [self._chosen(speaker.topic)] if speaker.topic else []
        decisions = [self._owned_decision(witness, outcome) for outcome in (ordinary, *topical)]
        wordings = dict.fromkeys((longer, speaker.topic or longer))
        decisions += [self._spoken(wording, speaker, witness) for wording in wordings]
        best = max(decisions, key=lambda decision: decision.confidence)
        sure = max(best.confidence, SAID) if speaker.anything and best.choices else best.confidence
        reason = None if best.choices and sure >= self.min_confidence else _silence(request)
        return Outcome(reason, best.choices or ordinary.choices, sure, witness=witness)

    def _spoken(self, wording: str, speaker: NamedSpeaker, witness: Witness) -> Decision:
        """What the witness's own words, or what is told of them, answer to a wording."""
        ready, hits = self.ready, find(self.ready, wording, self.documents, self.timings)
        with self.timings.stage("select"):
            # Without the name: the label of a turn or a note on an author would fit it best.
            sought = sought_for(ready, wording.replace(speaker.name, "they"))
            spoken_hits = retrieve_among(ready.generation, sought, witness.rows)
            return ready.roster.decide(
                witness,
                wording,
                spoken_hits,
                hits,
                self.query.max_quotes,
                ready.ranker,
                ready.fitted,
            )

    def _owned_decision(self, witness: Witness, outcome: Outcome) -> Decision:
        """What of an ordinary outcome is the witness's."""
        choices = self._owned(witness, outcome.choices)
        return Decision(choices, outcome.confidence if choices else 0.0)

    def _best_of(self, witness: Witness) -> tuple[Choice, ...]:
        """The best of all that somebody wrote; no question ranks it."""
        generation = self.ready.generation
        numbers = [generation.number(document_id) for document_id in sorted(witness.documents)]
        best = leads(generation, self.ready.voices, numbers, self.query.max_quotes)
        return self._owned(witness, [replace(choice, role=Role.CLAIM) for choice in best])

    def _owned(self, witness: Witness, choices: Iterable[Choice]) -> tuple[Choice, ...]:
        quoted = ((choice, self.ready.voices.of_quote(choice.quote)) for choice in choices)
        return tuple(choice for choice, voices in quoted if witness.owns(choice.quote, voices))


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of asking: how sure the answer is, and its first quote with the row of its window."""

    row: int
    confidence: float
    first: Citation


Prover = Callable[[str, str], Proof | None]
"""Asks a question of a debate; None when it abstains."""


def prover(ready: Ready, min_confidence: float) -> Prover:
    """A function that asks as a visitor would and returns the first quote, its row and its confidence."""

    def prove(question: str, debate: str) -> Proof | None:
        query, generation = Query(question=question, debate=debate), ready.generation
        answer = reply(ready, query, min_confidence=min_confidence, timings=Timings())
        if not answer.citations:
            return None
        first = answer.citations[0]
        number = generation.number(first.quote.document.id)
        last = generation.first_sentences[number] + first.quote.last
        return Proof(int(np.searchsorted(generation.ends, last)), answer.confidence, first)

    return prove


def _silence(request: Request) -> Reason:
    return silence(request.resolved.question, request.question)


def _with_verdict(ready: Ready, citation: Citation, citations: Sequence[Citation]) -> Citation:
    """A quote with the sentence that judges it, unless another quote holds that sentence."""
    longer = ready.voices.judged(citation.quote)
    beside = [
        other_citation.quote for other_citation in citations if other_citation is not citation
    ]
    repeats = (
        quote.document.id == longer.document.id and longer.span.overlaps(quote.span)
        for quote in beside
    )
    if longer is citation.quote or any(repeats):
        return citation
    return replace(citation, quote=longer, voices=ready.voices.of_quote(longer))


def _compose(
    ready: Ready, outcome: Outcome, balanced: Balanced, *, sided: bool = False
) -> tuple[tuple[Part, ...], tuple[Citation, ...]]:
    """What is said, and the quotes in it, or the nearest quote where it is a silence."""
    if outcome.reason is None:
        pairs = [(choice, ready.voices.of_quote(choice.quote)) for choice in balanced.choices]
        cited = [
            replace(citation, stance=balanced.stance(citation.quote)) for citation in cite(pairs)
        ]
        citations = tuple(_with_verdict(ready, citation, cited) for citation in cited)
        return compose(citations), citations
    nearest, witness = as_context(ready, outcome.choices[:1]), outcome.witness
    sources = np.unique(ready.generation.places[witness.rows, 0]) if witness else ()
    parts = abstain(
        outcome.reason,
        language_names(ready.languages),
        nearest=bool(nearest),
        far=outcome.confidence < FAR,
        speaker=witness.name if witness else None,
        known=len(sources),
        greets=outcome.greets,
        sided=sided,
    )
    return parts, nearest
