"""Replying: a generation made ready for questions, and one reply from it."""

import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

import numpy as np

from pullquote.answers.about import leads, overview_of
from pullquote.answers.answer import (
    Answer,
    Cache,
    Counts,
    Part,
    Pointed,
    Timings,
    abstain,
    cite,
    compose,
)
from pullquote.answers.confidence import (
    FAR,
    Calibration,
    Reason,
    foreign,
    language_names,
    read_fitted,
    silence,
    unaskable,
)
from pullquote.answers.pointing import Pointing, pointing_of
from pullquote.answers.query import (
    AFTER,
    GREETS,
    Asked,
    Query,
    Request,
    Subject,
    asked_in,
    courteous,
    greetings,
    leant_on,
    resolve,
    subject_asked,
)
from pullquote.answers.select import Decision, decide
from pullquote.answers.speakers import SAID, Hearing, Roster, Witness
from pullquote.answers.suggestions import Raising, first_questions, suggestions_of
from pullquote.corpus.quote import quote_span
from pullquote.index import Opened, current_card, open_index
from pullquote.index.layout import Card
from pullquote.index.lexical import clean, terms
from pullquote.index.search import (
    Choice,
    Hit,
    Role,
    Sought,
    cut,
    literal_rows,
    rerank,
    retrieve,
    retrieve_among,
)
from pullquote.models.encoder import Encoder, open_encoder
from pullquote.models.interaction import bundled as interaction
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import Ranker, bundled_judge, open_ranker
from pullquote.settings import Settings
from pullquote.sides.debater import Debater, Weighed
from pullquote.sides.proposition import Concern, proposition_of, side_asked
from pullquote.sides.stance import Citation, Judge
from pullquote.span import Span
from pullquote.voice.book import VoiceBook

QUERY_CACHE = 1_024  # vectors of questions asked lately, 1.5 kB each
TOKENS_KEPT = 64  # questions' tokens
QUERY_CACHE_BYTES = (
    4_000_000  # with the questions themselves: a long one takes more than its vector
)


class Ready:
    """A generation made ready: opened once, with all that answering from it needs."""

    def __init__(
        self, opened: Opened, encoder: Encoder, ranker: Ranker | None = None, judge: Judge | None = None, *,
        fitted: Calibration | None = None, answers: int = 1_000, answer_bytes: int = 16_000_000,
        pointing: Pointing | None = None,
    ) -> None:  # fmt: skip
        self.generation, self.degraded = opened.generation, opened.degraded
        self.encoder, self.ranker, self.fitted, self.pointing = encoder, ranker, fitted, pointing
        self.voices = VoiceBook(opened.generation)
        self.suggestions = suggestions_of(opened.generation)
        self.languages = frozenset(
            (name or "en").lower().split("-")[0] for name in opened.generation.languages
        )
        self._vectors: Cache[str, Vectors] = Cache(QUERY_CACHE, QUERY_CACHE_BYTES)
        self.vector = partial(_vector, encoder, self._vectors)
        """A question's vector; those asked for lately are remembered."""
        self._tokens = lru_cache(TOKENS_KEPT)(interaction().query) if self._late() else None
        self.debater = Debater(
            self.generation, self.voices, self.vector, lambda: judge or bundled_judge()
        )
        self.answers: Cache[tuple[Query, Settings], Answer] = Cache(answers, answer_bytes)

    def _late(self) -> bool:
        """Whether the windows have token vectors that the bundled network made: those of another mean something else."""
        return self.generation.tokens and self.generation.card.interaction == interaction().identity

    @classmethod
    def open(cls, settings: Settings, opened: Opened | None = None) -> "Ready":
        """Open the current generation, where none that was opened is given, and the encoder that its vectors were made by."""
        ahead = opened.generation.card if opened else current_card(settings)
        with ThreadPoolExecutor(3) as pool:  # each model takes as long to open as the index
            pool.submit(interaction)
            opening = pool.submit(_encoder, settings, ahead) if ahead else None
            ranking = pool.submit(open_ranker, settings.reranker)
            opened = opened or open_index(settings)
        card, ranker = opened.generation.card, ranking.result()
        fitted = read_fitted(settings.index, card.encoder, ranker.name if ranker else None)
        encoder = opening.result() if opening and card == ahead else _encoder(settings, card)
        return cls(
            opened, encoder, ranker, fitted=fitted.calibration if fitted else None,
            answers=settings.answer_cache, answer_bytes=settings.answer_cache_bytes,
            pointing=pointing_of(settings, card.encoder, ranker),
        )  # fmt: skip

    @cached_property
    def roster(self) -> Roster:
        """Whose words the generation holds, by name: made when it is first needed, since most questions name nobody."""
        return Roster(self.generation, self.voices)

    def expect_many(self) -> None:
        """Get ready for many questions at once, not when they have come."""
        self.debater.expect_many()
        _ = self.roster
        threading.Thread(target=self.generation.check_ahead, daemon=True).start()

    @property
    def counts(self) -> dict[str, Counts]:
        """How often questions and answers were known already, since this generation was opened."""
        return {"answers": self.answers.counts, "vectors": self._vectors.counts}

    def foreign(self, question: str) -> bool:
        """Whether a question is in a language that none of the sources is written in."""
        return foreign(question, self.languages, self.generation.words.knows)

    @cached_property
    def _greetings(self) -> Vectors:
        return self.encoder.encode([clean(text) for text in greetings()])

    def greets(self, question: str) -> bool:
        """Whether it is a greeting, thanks, or asks what can be asked here."""
        if courteous(question):
            return True
        return bool((self._greetings @ self.vector(clean(question))).max() >= GREETS)

    def find(self, question: str, documents: range, timings: Timings) -> tuple[Hit, ...]:
        """The windows of these documents that fit a question best, best first."""
        with timings.stage("encode"):
            sought = self.sought(question)
        with timings.stage("retrieve"):
            return retrieve(self.generation, sought, documents)

    def choose(
        self, question: str, hits: Sequence[Hit], count: int
    ) -> tuple[Decision, Pointed | None]:
        """What answers, however sure, as the ranker has it or, where one is set, as the language model points at it."""
        if self.pointing is None:
            return decide(self.generation, question, hits, count, self.ranker, self.fitted), None
        read = rerank(self.generation, question, hits, self.ranker) if self.ranker else tuple(hits)
        decision = decide(self.generation, question, read, count, None, self.fitted)
        if not decision.choices:
            return decision, None
        return self.pointing.point(self.generation, question, read, decision, count, self.ranker)

    def sought(self, question: str) -> Sought:
        """A question as it is looked for; those asked for lately are remembered."""
        words = clean(question)
        return Sought(question, self.vector(words), self._tokens(words) if self._tokens else None)

    def search(self, question: str, count: int, debate: str | None = None) -> tuple[Citation, ...]:
        """The windows of a debate that fit best, whether or not they answer; first those that hold the very words."""
        documents = self.generation.documents_of(debate)
        if not terms(question):
            return ()
        rows = literal_rows(self.generation, question, documents)
        literal = retrieve_among(self.generation, self.sought(question), rows, count)
        first = {hit.row for hit in literal}
        others = [hit for hit in self.find(question, documents, Timings()) if hit.row not in first]
        hits = [*literal, *others][:count]
        return self.as_context([Choice(cut(self.generation, hit), hit, hit.score) for hit in hits])

    def quote_at(self, document_id: str, span: Span) -> Citation | None:
        """The whole sentences around a range of a document, or None where it holds none."""
        number = self.generation.number(document_id)
        quote = quote_span(
            self.generation.document(number), self.generation.sentences(number), span
        )
        if quote is None:
            return None
        return self.debater.marked(
            [Citation(1, quote, Role.CONTEXT, self.voices.of_quote(quote), 1.0)]
        )[0]

    def as_context(self, choices: Sequence[Choice]) -> tuple[Citation, ...]:
        """Quotes as they were found, not given as an answer."""
        cited = cite(
            [
                (replace(choice, role=Role.CONTEXT), self.voices.of_quote(choice.quote))
                for choice in choices
            ]
        )
        return self.debater.marked(cited)


def _vector(encoder: Encoder, known: Cache[str, Vectors], question: str) -> Vectors:
    vector = known.get(question)
    if vector is None:
        vector = encoder.encode([question])[0]
        vector.setflags(write=False)  # it is shared by all who ask the same
        known.put(question, vector, {object(): vector.nbytes + sys.getsizeof(question)})
    return vector


def _encoder(settings: Settings, card: Card) -> Encoder:
    return open_encoder(settings.index, card.encoder, card.model)


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to show for a question, and why it is not shown as an answer, if so."""

    reason: Reason | None
    choices: tuple[Choice, ...] = ()
    confidence: float = 0.0
    hits: tuple[Hit, ...] = ()
    witness: Witness | None = None  # whoever was asked about
    pointed: Pointed | None = None
    greets: bool = False  # it asks nothing of the sources


def reply(ready: Ready, query: Query, *, min_confidence: float, timings: Timings) -> Answer:
    """Answer a question with quotes, or abstain and say why; the stages are timed beside it.

    Raises:
        UnknownDebate: the query names one that there is not.
    """
    generation = ready.generation
    documents = generation.documents_of(query.debate)
    with timings.stage("about"):
        overview = overview_of(generation, ready.voices, query)
    request, found, weighed = Request(query.question), _Found(None, confidence=1.0), Weighed((), {})
    if overview is None:
        asking = _Asking(ready, query, documents, min_confidence, timings)
        request = asking.request()
        found = asking.find(request)
        with timings.stage("sides"):
            weighed = asking.weigh(request, found)
    with timings.stage("compose"):
        parts, shown = (
            (overview.parts, overview.citations) if overview else _compose(ready, found, weighed)
        )
        shown = ready.debater.marked(shown)
        suggestions = Raising(ready.suggestions, generation, ready.vector).next_questions(
            query, shown
        )
        if overview or found.greets:
            suggestions = suggestions or first_questions(ready.suggestions, query.debate)
    only = generation.debates[0] if len(generation.debates) == 1 else None
    cited, nearest = (shown, ()) if found.reason is None else ((), shown)
    return Answer(
        question=query.question, resolved_question=request.question, debate=query.debate or only,
        reason=found.reason, confidence=found.confidence, parts=parts, citations=cited, nearest=nearest,
        suggestions=suggestions, generation=generation.card.name, built_at=generation.card.built_at, stale=False,
        timings_ms={}, pointed=_summed_up(ready, request.question, found.pointed, cited, timings), proposition=weighed.proposition or request.proposition, gap=weighed.gap,
        about=tuple((quote.document.id, quote.span) for quote in overview.about) if overview else (),
    )  # fmt: skip


def _summed_up(
    ready: Ready,
    question: str,
    pointed: Pointed | None,
    cited: Sequence[Citation],
    timings: Timings,
) -> Pointed | None:
    """What the language model told, with its summary of the quotes where the operator wants one."""
    pointing = ready.pointing
    if not (pointing and pointing.sums_up and pointed and cited) or pointed.fault:
        return pointed
    with timings.stage("summary"):
        return replace(pointed, summary=pointing.summary(question, cited))


@dataclass(frozen=True, slots=True)
class _Asking:
    """One query to the documents of its debate."""

    ready: Ready
    query: Query
    documents: range
    least: float  # confidence
    timings: Timings

    def request(self) -> Request:
        """What is asked, read once."""
        question, resolved = self.query.question, resolve(self.query)
        side = side_asked(question, resolved.removeprefix(question))
        speaker = asked_in(
            self.query, lambda one: self.ready.roster.witness(one, self.documents) is not None
        )
        return Request(resolved, proposition_of(question), side, speaker)

    def find(self, request: Request) -> _Found:
        """What answers, or the nearest with the reason why it does not, or that nothing is asked."""
        found = self._sought(request)
        if found.reason is None or not self.ready.greets(self.query.question):
            return found
        return _Found(Reason.TOO_VAGUE, greets=True)

    def _sought(self, request: Request) -> _Found:
        if reason := self._unaskable(request):
            return _Found(reason)
        witness = (
            self.ready.roster.witness(request.speaker, self.documents) if request.speaker else None
        )
        if witness and request.speaker:
            return self._find_spoken(request, request.speaker, witness)
        found = [self._chosen(request.question, pointing=not self.query.extractive)]
        if (
            found[0].confidence < self.least
            and self._concern(request, self.query.debate)
            and request.side
        ):
            # After "Should X?", "What do critics say?" is answered by what answers that: few sources say who is a critic.
            before = leant_on([turn.question for turn in self.query.history])
            found += [self._chosen(before)] if before else []
        best = max(found, key=lambda one: (bool(one.choices), one.confidence))
        if best.choices and best.confidence >= self.least:  # no quote, no answer
            return replace(best, pointed=found[0].pointed)
        otherwise = self._labelled(request) or replace(found[0], reason=_silence(request))
        return replace(otherwise, pointed=found[0].pointed)

    def _labelled(self, request: Request) -> _Found | None:
        """What the operator put on the side that is asked for, which needs no finding."""
        concern = self._concern(request, self.query.debate)
        side = concern.side(request.side) if concern else None
        if concern is None or side is None:
            return None
        told = self.ready.debater.labelled(concern.proposition, side, self.query.debate)
        choices = tuple(choice for choice, _ in told[: self.query.max_quotes])
        return _Found(None, choices, max(self.least, told[0][1])) if choices else None

    def weigh(self, request: Request, found: _Found) -> Weighed:
        """What was found with the sides that it takes of what the operator put up for debate, and the other side beside it."""
        shown = found.choices if found.reason is None else ()
        debate = self.query.debate or next((choice.quote.document.debate for choice in shown), None)
        concern = self._concern(request, debate)
        side, count = concern.side(request.side) if concern else None, self.query.max_quotes
        weighed = self.ready.debater.weigh(
            concern, side, shown, found.hits, debate=debate, count=count
        )
        return (
            replace(weighed, gap=None) if found.witness else weighed
        )  # only one speaker was asked about

    def _concern(self, request: Request, debate: str | None) -> Concern | None:
        return self.ready.debater.concerned(
            request.question, self.ready.vector(clean(request.question)), debate
        )

    def _unaskable(self, request: Request) -> Reason | None:
        """Why a question is not searched for, or None when it is."""
        question = self.query.question
        if subject_asked(question) is Subject.SPEAKERS:  # no quote was shown that it could be about
            return Reason.NEEDS_CONTEXT
        if courteous(question):
            return Reason.TOO_VAGUE
        reason = unaskable(question, request.question, has_history=bool(self.query.history))
        return reason or (Reason.UNSUPPORTED_LANGUAGE if self.ready.foreign(question) else None)

    def _chosen(self, wording: str, *, pointing: bool = False) -> _Found:
        """What is chosen for a wording of the question, however sure; the language model is asked of the question alone."""
        ready, hits = self.ready, self.ready.find(wording, self.documents, self.timings)
        count, pointed = self.query.max_quotes, None
        with self.timings.stage("select"):
            if pointing:
                decision, pointed = ready.choose(wording, hits, count)
            else:
                decision = decide(
                    ready.generation, wording, hits, count, ready.ranker, ready.fitted
                )
        return _Found(None, decision.choices, decision.confidence, hits, pointed=pointed)

    def _find_spoken(self, request: Request, asked: Asked, witness: Witness) -> _Found:
        """What somebody says on the question; where that is nothing, the nearest passage, whosever it is."""
        if asked.whole and (own := self._own_best(witness)):
            return _Found(None, own, SAID, witness=witness)
        ordinary = self._chosen(request.question)
        longer = request.question.replace(
            asked.name, witness.long or asked.name
        )  # by what the sources call them
        wordings = dict.fromkeys((longer, asked.topic or longer))
        found = [
            self._theirs(witness, one)
            for one in (ordinary, *map(self._chosen, filter(None, [asked.topic])))
        ]
        found += [self._heard(wording, asked, witness) for wording in wordings]
        best = max(found, key=lambda one: one.confidence)
        sure = max(best.confidence, SAID) if asked.whole and best.choices else best.confidence
        reason = None if best.choices and sure >= self.least else _silence(request)
        return _Found(reason, best.choices or ordinary.choices, sure, witness=witness)

    def _heard(self, wording: str, asked: Asked, witness: Witness) -> Decision:
        ready, hits = self.ready, self.ready.find(wording, self.documents, self.timings)
        with self.timings.stage("select"):
            # Without the name, by which the label of a turn or a note on an author would fit it best.
            unnamed = wording.replace(asked.name, "they")
            own = retrieve_among(ready.generation, ready.sought(unnamed), witness.rows)
            hearing = Hearing(ready.generation, ready.voices, witness)
            return hearing.decide(
                wording, own, hits, self.query.max_quotes, ready.ranker, ready.fitted
            )

    def _theirs(self, witness: Witness, found: _Found) -> Decision:
        """What of the ordinary answer is somebody's."""
        kept = self._owned(witness, found.choices)
        return Decision(kept, found.confidence if kept else 0.0)

    def _own_best(self, witness: Witness) -> tuple[Choice, ...]:
        """The best of all that somebody wrote, which no question ranks."""
        numbers = [
            self.ready.generation.number(document_id) for document_id in sorted(witness.documents)
        ]
        best = leads(self.ready.generation, self.ready.voices, numbers, self.query.max_quotes)
        return self._owned(witness, [replace(one, role=Role.CLAIM) for one in best])

    def _owned(self, witness: Witness, choices: Sequence[Choice]) -> tuple[Choice, ...]:
        voices = self.ready.voices
        return tuple(one for one in choices if witness.owns(one.quote, voices.of_quote(one.quote)))


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of asking: how sure the answer is, and its first quote with the row of its window."""

    row: int
    confidence: float
    first: Citation


Prover = Callable[[str, str], Proof | None]
"""Asks a question of a debate; None when it abstains."""


def prover(ready: Ready, least: float) -> Prover:
    """Asks as a visitor would, and tells the first quote with the row of its window and how sure it is."""

    def prove(question: str, debate: str) -> Proof | None:
        answer = reply(
            ready, Query(question=question, debate=debate), min_confidence=least, timings=Timings()
        )
        if not answer.citations:
            return None
        first, generation = answer.citations[0], ready.generation
        last = (
            generation.first_sentences[generation.number(first.quote.document.id)]
            + first.quote.last
        )
        return Proof(int(np.searchsorted(generation.ends, last)), answer.confidence, first)

    return prove


def _sources_of(ready: Ready, witness: Witness) -> int:
    """In how many documents somebody speaks."""
    return len(np.unique(ready.generation.places[witness.rows, 0]))


def _silence(request: Request) -> Reason:
    return silence(request.question.partition(AFTER)[0], request.question)


def _with_verdict(ready: Ready, citation: Citation, shown: Sequence[Citation]) -> Citation:
    """A quote with the sentence that judges it, unless another quote holds that one."""
    longer = ready.voices.judged(citation.quote)
    others = (
        one.quote
        for one in shown
        if one is not citation and one.quote.document.id == longer.document.id
    )
    if longer is citation.quote or any(longer.span.overlaps(other.span) for other in others):
        return citation
    return replace(citation, quote=longer, voices=ready.voices.of_quote(longer))


def _compose(
    ready: Ready, found: _Found, weighed: Weighed
) -> tuple[tuple[Part, ...], tuple[Citation, ...]]:
    """What is said, and the quotes in it, or the nearest one where it is a silence."""
    if found.reason is None:
        cited = cite([(choice, ready.voices.of_quote(choice.quote)) for choice in weighed.choices])
        cited = tuple(
            replace(citation, stance=weighed.stance(citation.quote)) for citation in cited
        )
        cited = tuple(_with_verdict(ready, citation, cited) for citation in cited)
        return compose(cited), cited
    nearest, languages, witness = (
        ready.as_context(found.choices[:1]),
        language_names(ready.languages),
        found.witness,
    )
    speaker, known = (witness.name, _sources_of(ready, witness)) if witness else (None, 0)
    told = {"nearest": bool(nearest), "far": found.confidence < FAR, "greets": found.greets}
    return abstain(found.reason, languages, **told, speaker=speaker, known=known), nearest
