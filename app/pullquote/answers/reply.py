"""One reply to one query: an answer composed of quotes, or a typed silence."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np

from pullquote.answers.about import leads, overview_of
from pullquote.answers.answer import (
    Answer,
    Frame,
    Part,
    Pointed,
    Timings,
    abstain,
    cite,
    compose,
    render,
)
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
from pullquote.answers.ready import (
    Ready,
    as_context,
    choose,
    find,
    greets,
    is_foreign,
    selected,
    sought_for,
)
from pullquote.answers.select import Decision, decide
from pullquote.answers.speakers import LEADS, MOST_SPOKEN, SAID, Witness
from pullquote.answers.suggestions import Suggester, first_questions, quotes_at
from pullquote.corpus.quote import Quote
from pullquote.index.desk import row_of
from pullquote.index.engine import Selection
from pullquote.index.facets import EVERYTHING
from pullquote.index.lexical import clean, in_words
from pullquote.index.search import Choice, Hit, Role, cut, rerank, retrieve_among
from pullquote.sides.balance import Balanced
from pullquote.sides.columns import GAPS
from pullquote.sides.debater import balance, concerned, labelled_on, marked
from pullquote.sides.proposition import Concern, proposition_of
from pullquote.sides.routes import Route
from pullquote.sides.stance import Basis, Citation
from pullquote.voice.voices import speaker_line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What there is to show for a question, and why it is not shown as an answer, if so."""

    reason: Reason | None
    choices: tuple[Choice, ...] = ()
    confidence: float = 0.0
    hits: tuple[Hit, ...] = ()
    witness: Witness | None = None  # whoever was asked about
    mentions: int = 0  # documents that name them, where they do not answer
    pointed: Pointed | None = None
    greets: bool = False  # it asks nothing of the sources
    pinned: bool = False  # an editor chose it for this question


def reply(ready: Ready, query: Query, *, min_confidence: float, timings: Timings) -> Answer:
    """Answer a question with quotes, or abstain and say why; each stage is timed.

    Raises:
        UnknownDebate: the query names a debate that does not exist.
        QuestionError: its filter names nothing that is here.
    """
    among = selected(ready, query.filter)
    ready = ready.for_question(query.question)
    answer = _reply_among(ready, query, among, min_confidence, timings)
    if query.only == EVERYTHING:
        return answer
    answer = replace(answer, only=query.only, passing=len(among.documents))
    if answer.reason not in (Reason.NOT_COVERED, Reason.PREDICTION_OR_ADVICE):
        return answer
    wider = replace(query, only=EVERYTHING)
    beyond = reply(ready, wider, min_confidence=min_confidence, timings=timings).citations
    voices = dict.fromkeys(speaker_line(one.voice, one.quote.document) for one in beyond)
    text = render(
        "narrowed",
        filter=str(query.only),
        passing=len(among.documents),
        of=len(ready.generation.documents_of(query.debate)),
        quotes=len(beyond),
        voices="; ".join(voices),
    )
    return replace(answer, beyond=beyond, parts=(*answer.parts, Frame(text)))


def _reply_among(
    ready: Ready, query: Query, among: Selection, min_confidence: float, timings: Timings
) -> Answer:
    asking = _Asking(ready, query, among, min_confidence, timings)
    request = asking.request()
    if pinned := asking.pinned(request):
        return asking.reply(request, pinned)
    with timings.stage("about"):
        overview = overview_of(ready.generation, ready.voices, query, among)
    if overview is None:
        return asking.argued(request) or asking.reply(request, asking.find(request))
    request, outcome = Request(Resolved(query.question)), Outcome(None, confidence=1.0)
    answer = asking.answer(request, outcome, overview.parts, overview.citations, opening=True)
    return replace(answer, about=tuple((quote.document.id, quote.span) for quote in overview.about))


@dataclass(frozen=True, slots=True)
class _Asking:
    """One query to what passes its filter."""

    ready: Ready
    query: Query
    among: Selection
    min_confidence: float
    timings: Timings

    def reply(self, request: Request, outcome: Outcome) -> Answer:
        """The answer to a question about what the sources say."""
        with self.timings.stage("sides"):
            balanced = self.balance(request, outcome)
        with self.timings.stage("compose"):
            parts, citations = _compose(self.ready, outcome, balanced)
        answer = self.answer(request, outcome, parts, citations, opening=outcome.greets)
        proposition = balanced.proposition or request.proposition
        return replace(answer, proposition=proposition, gap=balanced.gap)

    def argued(self, request: Request) -> Answer | None:
        """Quotes on the side that is asked for, or that there are none; None where it is to be searched for."""
        stances, route, debate = self.ready.stances, request.route, self.query.debate
        if not route.asks_for_sides or self._unaskable(request):
            return None
        with self.timings.stage("sides"):
            motion = motion_of(stances, self.query, route, self._shown_last, debate)
            if motion is None:
                return None
            among, count = (
                None if self.query.only == EVERYTHING else self.among,
                self.query.max_quotes,
            )
            arguments = arguments_on(stances, motion, debate, among, count, self._shown)
        gap = GAPS[motion.side] if arguments.absent else None
        if not arguments.found and not (gap or route.turns_round):
            return None
        choices = tuple(one.choice for one in arguments.found)
        likely = max([self.min_confidence, *(one.likely for one in arguments.found)])
        reason, likely = (None, likely) if choices else (Reason.NOT_COVERED, 0.0)
        outcome = Outcome(reason, choices, likely)
        balanced = Balanced(choices, arguments.stances, motion.shown, gap)
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
        debates, card = self.ready.generation.debates, self.ready.generation.card
        with self.timings.stage("compose"):
            citations = marked(self.ready.stances, citations)
            suggestions = self._suggestions(citations, opening=opening)
        cited, nearest = (citations, ()) if outcome.reason is None else ((), citations)
        return Answer(
            question=self.query.question,
            resolved_question=request.question,
            debate=self.query.debate or (debates[0] if len(debates) == 1 else None),
            reason=outcome.reason,
            confidence=outcome.confidence,
            parts=parts,
            citations=cited,
            nearest=nearest,
            suggestions=suggestions,
            generation=card.name,
            built_at=card.built_at,
            pointed=self._summarised(request.question, outcome.pointed, cited),
            basis=Basis.EDITOR.value if outcome.pinned else None,
        )

    def pinned(self, request: Request) -> Outcome | None:
        """What an editor chose for a question, as far as its number of quotes reaches."""
        generation, key = self.ready.generation, in_words(request.question)
        debates = [self.query.debate] if self.query.debate else generation.debates
        pins = (generation.desk.pins.get((debate, key), ()) for debate in debates)
        found = (place for place in next(filter(None, pins), ()) if place[0] in self.among)
        places = list(islice(found, self.query.max_quotes))
        quotes = (quotes_at(generation, [(generation.rows[n].id, span)]) for n, span in places)
        hits = (
            Hit(row_of(generation, *place) or 0, place[0], 0, 0, *(1.0,) * 5) for place in places
        )
        pairs = zip(chain.from_iterable(quotes), hits, strict=True)
        choices = tuple(Choice(quote, hit, 1.0, Role.CLAIM) for quote, hit in pairs)
        return Outcome(None, choices, 1.0, pinned=True) if choices else None

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
        speaker = speaker_in(self.query, lambda name: bool(roster.witness(name, self.among)))
        return Request(resolved, proposition_of(question), route.side, route, speaker)

    def find(self, request: Request) -> Outcome:
        """What answers, or the nearest with the reason why it does not, or that nothing is asked."""
        outcome = self._searched(request)
        if not outcome.reason or outcome.witness or not greets(self.ready, self.query.question):
            return outcome
        return Outcome(Reason.TOO_VAGUE, greets=True)

    def _searched(self, request: Request) -> Outcome:
        if reason := self._unaskable(request):
            return Outcome(reason)
        speaker = request.speaker
        if speaker and (witness := self.ready.roster.witness(speaker, self.among)):
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
        labelled = labelled_on(
            self.ready.stances, concern.proposition, side, self.query.debate, self.among
        )
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
            pinned=outcome.pinned,
            among=self.among,
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
        ready, hits = self.ready, find(self.ready, wording, self.among, self.timings)
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
        topical = [self._chosen(speaker.topic)] if speaker.topic else []
        decisions = [self._owned_decision(witness, outcome) for outcome in (ordinary, *topical)]
        wordings = dict.fromkeys((request.question, speaker.topic or request.question))
        for wording in wordings:
            decisions += self._spoken(wording, speaker, witness)
        # Where all that they say answers, their own words go first however sure.
        best = self._own_first(witness, decisions, 0.0 if speaker.anything else LEADS)
        sure = max(best.confidence, SAID) if speaker.anything and best.choices else best.confidence
        if best.choices and sure >= self.min_confidence:
            return Outcome(None, best.choices, sure, witness=witness)
        return self._beside(request, witness, best.choices or ordinary.choices, sure)

    def _beside(
        self, request: Request, witness: Witness, nearest: tuple[Choice, ...], confidence: float
    ) -> Outcome:
        """What others say that names somebody who does not answer, where that clearly does; else a silence with the nearest."""
        ready, generation, count = self.ready, self.ready.generation, self.query.max_quotes
        mentions, naming = ready.roster.naming(witness, self.among)
        with self.timings.stage("select"):
            # Without the name, as among somebody's own words
            sought = sought_for(ready, request.question.replace(witness.name, "they"))
            own, named = (
                retrieve_among(generation, sought, self.among.keep(rows), self.among)
                for rows in (witness.rows, naming)
            )
            hits = named[:MOST_SPOKEN]
            decision = decide(generation, request.question, hits, count, ready.ranker, ready.fitted)
        if decision.choices and decision.confidence >= max(SAID, self.min_confidence):
            return Outcome(None, decision.choices, decision.confidence, witness=witness)
        best = ready.roster.nearest(witness, own or named, count)
        return Outcome(
            _silence(request), best or nearest[:1], confidence, witness=witness, mentions=mentions
        )

    def _spoken(self, wording: str, speaker: NamedSpeaker, witness: Witness) -> Iterator[Decision]:
        """What the witness's own words, and those reported of them, answer to a wording."""
        ready, generation, count = self.ready, self.ready.generation, self.query.max_quotes
        with self.timings.stage("select"):
            # Without the name: the label of a turn or a note on an author would fit it best.
            sought = sought_for(ready, wording.replace(speaker.name, "they"))
            found = retrieve_among(generation, sought, self.among.keep(witness.rows), self.among)
            hits: Sequence[Hit] = ready.roster.spoken(witness, found)
            hits = rerank(generation, wording, hits, ready.ranker) if ready.ranker else hits
            own = [hit for hit in hits if ready.roster.is_own(witness, cut(generation, hit))]
            for pool in (own, [hit for hit in hits if hit not in own]):
                yield decide(generation, wording, pool, count, fitted=ready.fitted)

    def _own_first(self, witness: Witness, decisions: Sequence[Decision], share: float) -> Decision:
        """The surest decision, of those that show somebody's own words first where one is sure enough beside it."""
        surest = max(decisions, key=lambda decision: decision.confidence)
        near = (
            one for one in decisions if one.choices and one.confidence >= share * surest.confidence
        )
        is_own = self.ready.roster.is_own
        own = [one for one in near if is_own(witness, one.choices[0].quote)]
        return max(own, key=lambda decision: decision.confidence, default=surest)

    def _owned_decision(self, witness: Witness, outcome: Outcome) -> Decision:
        """What of an ordinary outcome is the witness's."""
        choices = self._owned(witness, outcome.choices)
        return Decision(choices, outcome.confidence if choices else 0.0)

    def _best_of(self, witness: Witness) -> tuple[Choice, ...]:
        """The best of all that somebody wrote; no question ranks it."""
        generation = self.ready.generation
        numbers = [generation.number(document_id) for document_id in sorted(witness.documents)]
        best = leads(generation, self.ready.voices, numbers, self.query.max_quotes, self.among)
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
    witness = outcome.witness
    nearest = as_context(ready, outcome.choices if witness else outcome.choices[:1])
    sources = np.unique(ready.generation.places[witness.rows, 0]) if witness else ()
    parts = abstain(
        outcome.reason,
        language_names(ready.languages),
        nearest=len(nearest),
        far=outcome.confidence < FAR,
        speaker=witness.name if witness else None,
        known=len(sources),
        mentions=outcome.mentions,
        greets=outcome.greets,
        sided=sided,
    )
    return parts, nearest
