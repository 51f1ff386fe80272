"""The explainer: opens everything once, then answers. The edges parse, call it and render."""

import sys
import threading
import time
from collections.abc import Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pullquote import calibrate, conversation
from pullquote.about import tell
from pullquote.answer import Answer, Citation, Part, abstain, cite, compose
from pullquote.cache import Cache, Counts
from pullquote.calibrate import Calibration, Reason
from pullquote.conversation import Query
from pullquote.debater import Debater
from pullquote.decide import decide
from pullquote.documents import Document
from pullquote.encoder import Encoder, Vectors, open_encoder
from pullquote.errors import IndexFault, QuestionError
from pullquote.fitting import read_fitted
from pullquote.language import foreign, language_names
from pullquote.quote import Quote, quote_span
from pullquote.rerank import Ranker, judge_of, open_ranker
from pullquote.retrieve import Hit, retrieve
from pullquote.select import Choice, Role, cut
from pullquote.settings import Settings
from pullquote.sides import Sides, Weighed
from pullquote.span import Span
from pullquote.staleness import Staleness
from pullquote.stance import Judge
from pullquote.store import Opened, current_card, current_name, open_index
from pullquote.store.generation import Card, Generation
from pullquote.store.lexical import clean, terms
from pullquote.suggestions import next_questions, suggestions_of
from pullquote.verify import MATCHES, Place, Result, Verdict, compare, find
from pullquote.voicebook import VoiceBook

QUERY_CACHE = 1_024  # vectors of questions asked lately, 1.5 kB each
ANSWER_BYTES = 4_000  # what an answer takes beside the documents that it quotes, about
SENTENCE_BYTES = 250  # a sentence with its span, about


class Ready:
    """A generation with all that answering from it needs."""

    def __init__(
        self, opened: Opened, encoder: Encoder, ranker: Ranker | None = None, judge: Judge | None = None, *,
        fitted: Calibration | None = None, answers: int = 1_000, answer_bytes: int = 16_000_000,
    ) -> None:  # fmt: skip
        self.generation = opened.generation
        self.degraded = opened.degraded
        self.encoder = encoder
        self.ranker = ranker
        self.fitted = fitted
        self.voices = VoiceBook(opened.generation)
        self.suggestions = suggestions_of(opened.generation)
        self.languages = frozenset((row.language or "en").lower().split("-")[0] for row in opened.generation.rows)
        self.vector = lru_cache(maxsize=QUERY_CACHE)(self._vector)
        self.debater = Debater(self.generation, self.voices, self.vector, lambda: judge or judge_of(ranker))
        self.answers: Cache[Hashable, Answer] = Cache(answers, answer_bytes)

    def foreign(self, question: str) -> bool:
        """Whether a question is in a language that none of the sources is written in."""
        return foreign(question, self.languages, self.generation.lexical.knows)

    def _vector(self, question: str) -> Vectors:
        vector: Vectors = self.encoder.encode([question])[0]
        vector.setflags(write=False)  # it is shared by all who ask the same
        return vector

    @classmethod
    def open(cls, settings: Settings) -> "Ready":
        """Open the current generation and the encoder that its vectors were made by."""
        ahead = current_card(settings)
        with ThreadPoolExecutor(1) as pool:  # the model takes as long to open as the index
            opening = pool.submit(_encoder, settings, ahead) if ahead else None
            opened = open_index(settings)
        card = opened.generation.card
        ranker = open_ranker(settings.reranker)
        fitted = read_fitted(settings.index, card.encoder, ranker.name if ranker else None)
        encoder = opening.result() if opening and card == ahead else _encoder(settings, card)
        return cls(
            opened, encoder, ranker, fitted=fitted.calibration if fitted else None, answers=settings.answer_cache, answer_bytes=settings.answer_cache_bytes
        )  # fmt: skip

    @property
    def counts(self) -> dict[str, Counts]:
        """How often questions and answers were known already, since this generation was opened."""
        vectors = self.vector.cache_info()
        return {"answers": self.answers.counts, "vectors": Counts(vectors.hits, vectors.misses, vectors.currsize)}


def _encoder(settings: Settings, card: Card) -> Encoder:
    return open_encoder(settings.index, card.encoder, card.model)


@dataclass(slots=True)
class Timings:
    """Milliseconds by stage."""

    taken: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block."""
        start = time.perf_counter()
        yield
        self.taken[name] = (time.perf_counter() - start) * 1_000


class Explainer:
    """Answers questions from one generation at a time; safe to call from several threads.

    A newer generation is taken up whole by `refresh`: each answer comes from exactly one.
    """

    def __init__(self, settings: Settings, ready: Ready) -> None:
        self.settings = settings
        self._ready = ready
        self._staleness = Staleness(settings)
        self._before: dict[str, Counts] = {}
        self._refreshing = threading.Lock()

    @classmethod
    def open(cls, settings: Settings) -> "Explainer":
        """Open the current generation and its encoder.

        Raises:
            IndexFault: there is no index, or it cannot be used.
            EncoderError: its model is not there.
        """
        return cls(settings, Ready.open(settings))

    @property
    def generation(self) -> Generation:
        """The generation that answers come from now."""
        return self._ready.generation

    @property
    def encoder(self) -> Encoder:
        """The encoder that questions go through."""
        return self._ready.encoder

    @property
    def degraded(self) -> str | None:
        """Why an older generation than the newest serves, or None."""
        return self._ready.degraded

    def now(self) -> "Explainer":
        """The same over the generation of this moment: several calls to it see no swap between them."""
        return Explainer(self.settings, self._ready)

    @property
    def counts(self) -> dict[str, Counts]:
        """Hits and misses since the start, and entries now, of the caches of "answers" and of question "vectors"."""
        return {name: now.after(self._before.get(name, Counts())) for name, now in self._ready.counts.items()}

    def refresh(self) -> bool:
        """Take up a newer generation if there is one; whether it did.

        A newer one that cannot be used leaves the present one serving.
        """
        with self._refreshing:
            name = current_name(self.settings)
            if name is None or name == self.generation.card.name or (self.degraded and name in self.degraded):
                return False
            try:
                fresh = Ready.open(self.settings)
            except IndexFault:
                return False
            self._before, self._ready = self.counts, fresh
            return True

    def ask(self, query: Query) -> Answer:
        """Answer a question with quotes, or abstain and say why.

        A question asked before is answered from memory, as long as the same generation serves; the
        timings are then those of looking it up, and whether the corpus moved on is told as of now.

        Raises:
            UnknownDebate: the query names one that there is not.
        """
        ready, timings = self._ready, Timings()
        asked = (query, self.settings)
        with timings.stage("recall"):
            known = ready.answers.get(asked)
        if known is None:
            known = self._answer(ready, query, timings)
            ready.answers.put(asked, known, _parts(known))
        return replace(known, stale=bool(self._staleness.changed(ready.generation)), timings_ms=timings.taken)

    def _answer(self, ready: Ready, query: Query, timings: Timings) -> Answer:
        generation = ready.generation
        documents = generation.documents_of(query.debate)
        resolved = conversation.resolve(query)
        choices: tuple[Choice, ...] = ()
        confidence = 0.0
        hits: tuple[Hit, ...] = ()
        with timings.stage("about"):
            told = tell(generation, ready.voices, query)
        reason = (
            None if told else calibrate.unaskable(query.question, resolved=resolved, has_history=bool(query.history))
        )
        if reason is None and not told and ready.foreign(query.question):
            reason = Reason.UNSUPPORTED_LANGUAGE
        if reason is None and not told:
            hits = self._hits(ready, resolved, documents, timings)
            with timings.stage("select"):
                decision = decide(generation, resolved, hits, query.max_quotes, ready.ranker, ready.fitted)
            choices, confidence = decision.choices, decision.confidence
            sure = bool(choices) and confidence >= self.settings.min_confidence  # no quote, no answer
            reason = None if sure else calibrate.silence(query.question)
        with timings.stage("sides"):
            weighed = ready.debater.weigh(query, choices if reason is None else (), hits)
        with timings.stage("compose"):
            parts, citations, nearest = (
                (told.parts, told.citations, ()) if told
                else _compose(ready, weighed if reason is None else Weighed(choices, {}), reason)
            )  # fmt: skip
            confidence = 1.0 if told else confidence
            suggestions = _suggest(ready, query, (*citations, *nearest))
        return Answer(
            question=query.question, resolved_question=resolved, debate=_debate(generation, query),
            reason=reason, confidence=confidence, parts=parts, citations=citations, nearest=nearest,
            suggestions=suggestions, generation=generation.card.name, built_at=generation.card.built_at,
            stale=False, timings_ms={}, proposition=weighed.proposition, gap=weighed.gap,
        )  # fmt: skip

    def _hits(self, ready: Ready, question: str, documents: range, timings: Timings) -> tuple[Hit, ...]:
        with timings.stage("encode"):
            vector = ready.vector(clean(question))
        with timings.stage("retrieve"):
            return retrieve(ready.generation, question, vector, documents)

    def search(self, question: str, *, count: int = 10, debate: str | None = None) -> tuple[Citation, ...]:
        """The windows that fit best, whether or not they answer.

        Raises:
            UnknownDebate: there is no such debate.
        """
        ready = self._ready
        documents = ready.generation.documents_of(debate)
        if not terms(question):
            return ()
        hits = self._hits(ready, question, documents, Timings())[:count]
        return _as_context(ready, [Choice(cut(ready.generation, hit), hit, hit.score) for hit in hits])

    def retrieve(self, question: str, *, debate: str | None = None) -> tuple[Hit, ...]:
        """The windows that fit best with the parts of their scores, best first.

        Raises:
            UnknownDebate: there is no such debate.
        """
        ready = self._ready
        return self._hits(ready, question, ready.generation.documents_of(debate), Timings())

    def weigh(self, query: Query) -> tuple[tuple[float, ...], tuple[Choice, ...]]:
        """The features that the confidence in an answer rests on, and the quotes chosen, for fitting.

        Raises:
            UnknownDebate: the query names one that there is not.
        """
        ready, resolved = self._ready, conversation.resolve(query)
        hits = self._hits(ready, resolved, ready.generation.documents_of(query.debate), Timings())
        decision = decide(ready.generation, resolved, hits, query.max_quotes, ready.ranker)
        return decision.values, decision.choices

    def suggestions(self, debate: str | None = None) -> tuple[str, ...]:
        """Questions that were answered when the index was built.

        Raises:
            UnknownDebate: there is no such debate.
        """
        ready = self._ready
        ready.generation.documents_of(debate)
        return tuple(entry.question for entry in ready.suggestions if debate in (None, entry.debate))

    def sides(self, statement: str, *, debate: str | None = None) -> Sides:
        """What the sources say for a proposition and against it, and which side they leave out.

        Raises:
            UnknownDebate: there is no such debate.
            QuestionError: nothing is put up for debate.
        """
        return self._ready.debater.sides(statement, debate=debate)

    def propositions(self) -> tuple[str, ...]:
        """The propositions that the operator names for the debates."""
        return self._ready.debater.stances.propositions

    def disputes(self, document_id: str, span: Span) -> tuple[Citation, Citation | None]:
        """The quote at a range of a document, and the strongest clash with it from another voice, if there is one.

        Raises:
            UnknownDocument: there is no such id.
            QuestionError: the range holds no sentence.
        """
        quoted = self.quote_at(document_id, span)
        if quoted is None:
            raise QuestionError(f"there is no sentence at {span.start} to {span.end} of {document_id}")
        return quoted, self._ready.debater.dispute(quoted.quote)

    def changed_files(self) -> tuple[str, ...]:
        """The corpus files that differ from what the generation was built from, by path.

        None differ where there is no corpus folder: an index may serve without it.
        """
        return self._staleness.changed(self.generation)

    def document(self, document_id: str) -> Document:
        """A document as it is stored.

        Raises:
            UnknownDocument: there is no such id.
        """
        return self.generation.document(self.generation.number(document_id))

    def quote_at(self, document_id: str, span: Span) -> Citation | None:
        """The whole sentences around a range of a document, or None where it holds none.

        Raises:
            UnknownDocument: there is no such id.
        """
        ready = self._ready
        number = ready.generation.number(document_id)
        quote = quote_span(ready.generation.document(number), ready.generation.sentences(number), span)
        return None if quote is None else Citation(1, quote, Role.CONTEXT, ready.voices.of_quote(quote), 1.0)

    def verify(self, words: str, *, speaker: str | None = None, document_id: str | None = None) -> Verdict:
        """Whether words stand in the sources, and where they are said to.

        Raises:
            UnknownDocument: `document_id` is none of the documents'.
        """
        generation = self.generation
        if document_id is not None:
            generation.number(document_id)
        verdict = find(words, (generation.document(number) for number in range(len(generation.rows))))
        if not verdict.places:
            return self._altered(words)
        right = [place for place in verdict.places if self._as_said(place, speaker, document_id)]
        if right:
            return Verdict(verdict.result, tuple(right))
        return Verdict(Result.MISATTRIBUTED, verdict.places)

    def _altered(self, words: str) -> Verdict:
        for citation in self.search(words[: self.settings.max_question], count=MATCHES):
            quote = citation.quote
            for first in range(quote.first, quote.last + 1):
                part = Quote(quote.document, quote.sentences, first, quote.last)
                verdict = compare(words, Place(part.document, part.span))
                if verdict is not None:
                    return verdict
        return Verdict(Result.NOT_FOUND)

    def _as_said(self, place: Place, speaker: str | None, document_id: str | None) -> bool:
        if document_id not in (None, place.document.id):
            return False
        if speaker is None:
            return True
        citation = self.quote_at(place.document.id, place.span)
        known = {voice.speaker for voice in citation.voices if voice.span.overlaps(place.span)} if citation else set()
        return any(set(terms(speaker)) <= set(terms(name)) for name in known if name)


def _compose(
    ready: Ready, weighed: Weighed, reason: Reason | None
) -> tuple[tuple[Part, ...], tuple[Citation, ...], tuple[Citation, ...]]:
    if reason is None:
        citations = cite([(choice, ready.voices.of_quote(choice.quote)) for choice in weighed.choices])
        citations = tuple(replace(citation, stance=weighed.stance(citation.quote)) for citation in citations)
        return compose(citations), citations, ()
    nearest = _as_context(ready, weighed.choices[:1])
    return abstain(reason, nearest, language_names(ready.languages)), (), nearest


def _as_context(ready: Ready, choices: Sequence[Choice]) -> tuple[Citation, ...]:
    """Quotes as they were found, not given as an answer."""
    return cite([(replace(choice, role=Role.CONTEXT), ready.voices.of_quote(choice.quote)) for choice in choices])


def _suggest(ready: Ready, query: Query, cited: Sequence[Citation]) -> tuple[str, ...]:
    """The nearest proven questions whose best window is not already shown."""
    generation = ready.generation
    shown = [(generation.number(citation.quote.document.id), citation.quote) for citation in cited]

    def told(row: int) -> bool:
        number, _, last = (int(value) for value in generation.windows[row])
        place = last - generation.rows[number].first_sentence
        return any(number == there and quote.first <= place <= quote.last for there, quote in shown)

    return next_questions(ready.suggestions, query.question, told=told, debate=query.debate)


def _debate(generation: Generation, query: Query) -> str | None:
    """The debate that was asked: the one named, or the only one there is."""
    return query.debate or (generation.debates[0] if len(generation.debates) == 1 else None)


def _parts(answer: Answer) -> dict[Hashable, int]:
    """What an answer keeps in memory: itself, and the documents that its quotes are cut from."""
    shown = (*answer.citations, *answer.nearest)
    documents = {id(citation.quote.document): citation.quote for citation in shown}
    return {object(): ANSWER_BYTES} | {
        number: sys.getsizeof(quote.document.text) + SENTENCE_BYTES * len(quote.sentences)
        for number, quote in documents.items()
    }
