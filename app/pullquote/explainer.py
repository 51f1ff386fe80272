"""The explainer: opens everything once, then answers. The edges parse, call it and render."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache

from pullquote import calibrate, conversation
from pullquote.about import Subject, asked_about, described, documents_meant, quoted
from pullquote.answer import Answer, Citation, Frame, Part, abstain, cite, compose
from pullquote.calibrate import Calibration, Reason
from pullquote.conversation import Query
from pullquote.decide import decide
from pullquote.documents import Document, corpus_hashes
from pullquote.encoder import Encoder, Vectors, open_encoder
from pullquote.errors import CorpusError, IndexFault
from pullquote.fitting import read_fitted
from pullquote.quote import Quote, quote_span
from pullquote.rerank import Ranker, open_ranker
from pullquote.retrieve import Hit, retrieve
from pullquote.select import Choice, Role, cut
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.store import Opened, current_name, open_index
from pullquote.store.generation import Generation
from pullquote.store.lexical import clean, terms
from pullquote.suggestions import next_questions, suggestions_of
from pullquote.verify import MATCHES, Place, Result, Verdict, compare, find
from pullquote.voicebook import VoiceBook

STALE_SECONDS = 5.0  # how long a comparison of corpus and index holds
QUERY_CACHE = 1_024  # vectors of questions asked lately, 1.5 kB each


class Ready:
    """A generation with all that answering from it needs."""

    def __init__(
        self, opened: Opened, encoder: Encoder, ranker: Ranker | None = None, fitted: Calibration | None = None
    ) -> None:
        self.generation = opened.generation
        self.degraded = opened.degraded
        self.encoder = encoder
        self.ranker = ranker
        self.fitted = fitted
        self.voices = VoiceBook(opened.generation)
        self.suggestions = suggestions_of(opened.generation)
        self.vector = lru_cache(maxsize=QUERY_CACHE)(self._vector)

    def _vector(self, question: str) -> Vectors:
        vector: Vectors = self.encoder.encode([question])[0]
        vector.setflags(write=False)  # it is shared by all who ask the same
        return vector

    @classmethod
    def open(cls, settings: Settings) -> "Ready":
        """Open the current generation and the encoder that its vectors were made by."""
        opened = open_index(settings)
        card = opened.generation.card
        ranker = open_ranker(settings.reranker)
        fitted = read_fitted(settings.index, card.encoder, ranker.name if ranker else None)
        encoder = open_encoder(settings.index, card.encoder, card.model)
        return cls(opened, encoder, ranker, fitted.calibration if fitted else None)


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
        self._changed: tuple[float, tuple[str, ...]] | None = None
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
            self._ready, self._changed = fresh, None
            return True

    def ask(self, query: Query) -> Answer:
        """Answer a question with quotes, or abstain and say why.

        Raises:
            UnknownDebate: the query names one that there is not.
        """
        ready, timings = self._ready, Timings()
        generation = ready.generation
        documents = generation.documents_of(query.debate)
        subject = asked_about(query)
        if subject is not None:
            return self._about(ready, query, subject)
        resolved = conversation.resolve(query)
        languages = {generation.rows[number].language or "en" for number in documents}
        reason = calibrate.unaskable(
            query.question, resolved=resolved, has_history=bool(query.history), languages=languages
        )
        choices: tuple[Choice, ...] = ()
        confidence = 0.0
        if reason is None:
            hits = self._hits(ready, resolved, documents, timings)
            with timings.stage("select"):
                decision = decide(generation, resolved, hits, query.max_quotes, ready.ranker, ready.fitted)
            choices, confidence = decision.choices, decision.confidence
            sure = bool(choices) and confidence >= self.settings.min_confidence  # no quote, no answer
            reason = None if sure else calibrate.silence(query.question)
        with timings.stage("compose"):
            parts, citations, nearest = _compose(ready, choices, reason)
            suggestions = _suggest(ready, query, (*citations, *nearest))
        return Answer(
            question=query.question, resolved_question=resolved, debate=_debate(generation, query),
            reason=reason, confidence=confidence, parts=parts, citations=citations, nearest=nearest,
            suggestions=suggestions, generation=generation.card.name, built_at=generation.card.built_at,
            stale=bool(self.changed_files()), timings_ms=timings.taken,
        )  # fmt: skip

    def _about(self, ready: Ready, query: Query, subject: Subject) -> Answer:
        """What is recorded of the documents; their own words only where those are asked for."""
        generation, timings = ready.generation, Timings()
        role = Role.CLAIM if subject is Subject.SPEAKER else Role.CONTEXT
        with timings.stage("compose"):
            quotes = quoted(generation, query, subject)
            citations = tuple(
                Citation(n, quote, role, ready.voices.of_quote(quote), 1.0) for n, quote in enumerate(quotes, start=1)
            )
            line = described(generation, subject, documents_meant(generation, query))
        return Answer(
            question=query.question, resolved_question=query.question, debate=_debate(generation, query), reason=None,
            confidence=1.0, parts=(Frame(line), *compose(citations)), citations=citations, nearest=(),
            suggestions=_suggest(ready, query, citations), generation=generation.card.name,
            built_at=generation.card.built_at, stale=bool(self.changed_files()), timings_ms=timings.taken,
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

    def changed_files(self) -> tuple[str, ...]:
        """The corpus files that differ from what the generation was built from, by path.

        None differ where there is no corpus folder: an index may serve without it.
        """
        now = time.monotonic()
        if self._changed is None or now - self._changed[0] > STALE_SECONDS:
            self._changed = (now, _changed_files(self.settings, self.generation))
        return self._changed[1]

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
    ready: Ready, choices: Sequence[Choice], reason: Reason | None
) -> tuple[tuple[Part, ...], tuple[Citation, ...], tuple[Citation, ...]]:
    if reason is None:
        citations = cite([(choice, ready.voices.of_quote(choice.quote)) for choice in choices])
        return compose(citations), citations, ()
    nearest = _as_context(ready, choices[:1])
    return abstain(reason, nearest), (), nearest


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


def _changed_files(settings: Settings, generation: Generation) -> tuple[str, ...]:
    try:
        now = corpus_hashes(settings)
    except CorpusError:
        return ()
    then = {row.path: row.file_sha256 for row in generation.rows}
    # A file that could not be read then is not news while it still cannot be.
    skipped = {path for path, _ in generation.card.skipped}
    return tuple(
        path for path in sorted(now.keys() | then.keys())
        if now.get(path) != then.get(path) and path not in skipped
    )  # fmt: skip
