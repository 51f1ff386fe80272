"""A generation made ready for questions: opened once with its models, caches and speakers."""

import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, lru_cache, partial

from pullquote.answers.answer import Answer, Cache, Counts, Pointed, Timings, cite
from pullquote.answers.confidence import Calibration, foreign, read_fitted
from pullquote.answers.pointing import Pointing, pointing_of
from pullquote.answers.query import GREETS, Query, courteous, greetings
from pullquote.answers.select import Decision, decide
from pullquote.answers.speakers import Roster
from pullquote.answers.suggestions import suggestions_of
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
from pullquote.sides.debater import Debater
from pullquote.sides.stance import Citation, Judge
from pullquote.span import Span
from pullquote.voice.book import VoiceBook

QUERY_CACHE = 1_024  # vectors of questions asked lately, 1.5 kB each
QUERY_CACHE_BYTES = 4_000_000  # with the questions: a long one takes more than its vector
TOKEN_CACHE = 64  # questions whose token vectors are remembered


class Ready:
    """A generation made ready: opened once, with all that answering from it needs."""

    def __init__(
        self,
        opened: Opened,
        encoder: Encoder,
        ranker: Ranker | None = None,
        judge: Judge | None = None,
        *,
        fitted: Calibration | None = None,
        answers: int = 1_000,
        answer_bytes: int = 16_000_000,
        pointing: Pointing | None = None,
    ) -> None:
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
        self._tokens = lru_cache(TOKEN_CACHE)(interaction().query) if self._late() else None
        self.debater = Debater(
            self.generation, self.voices, self.vector, lambda: judge or bundled_judge()
        )
        self.answers: Cache[tuple[Query, Settings], Answer] = Cache(answers, answer_bytes)

    def _late(self) -> bool:
        """Whether the windows have token vectors made by the bundled network."""
        return self.generation.tokens and self.generation.card.interaction == interaction().identity

    @classmethod
    def open(cls, settings: Settings, opened: Opened | None = None) -> "Ready":
        """Open the current generation, unless one is given, and the encoder of its vectors."""
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
            opened,
            encoder,
            ranker,
            fitted=fitted.calibration if fitted else None,
            answers=settings.answer_cache,
            answer_bytes=settings.answer_cache_bytes,
            pointing=pointing_of(settings, card.encoder, ranker),
        )

    @cached_property
    def roster(self) -> Roster:
        """Whose words the generation holds, by name; made when a question first names somebody."""
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
        """What answers, however sure, by the ranker or, where one is set, the language model."""
        if self.pointing is None:
            return decide(self.generation, question, hits, count, self.ranker, self.fitted), None
        read = rerank(self.generation, question, hits, self.ranker) if self.ranker else tuple(hits)
        decision = decide(self.generation, question, read, count, None, self.fitted)
        if not decision.choices:
            return decision, None
        return self.pointing.point(self.generation, question, read, decision, count, self.ranker)

    def sought(self, question: str) -> Sought:
        """A question as it is searched for; those asked lately are remembered."""
        words = clean(question)
        return Sought(question, self.vector(words), self._tokens(words) if self._tokens else None)

    def search(self, question: str, count: int, debate: str | None = None) -> tuple[Citation, ...]:
        """The windows that fit best, whether or not they answer; exact matches come first."""
        documents = self.generation.documents_of(debate)
        if not terms(question):
            return ()
        rows = literal_rows(self.generation, question, documents)
        literal = retrieve_among(self.generation, self.sought(question), rows, count)
        first = {hit.row for hit in literal}
        fitting = self.find(question, documents, Timings())
        hits = [*literal, *(hit for hit in fitting if hit.row not in first)][:count]
        return self.as_context([Choice(cut(self.generation, hit), hit, hit.score) for hit in hits])

    def quote_at(self, document_id: str, span: Span) -> Citation | None:
        """The whole sentences around a range of a document, or None where it holds none."""
        number = self.generation.number(document_id)
        document, sentences = self.generation.document(number), self.generation.sentences(number)
        quote = quote_span(document, sentences, span)
        if quote is None:
            return None
        citation = Citation(1, quote, Role.CONTEXT, self.voices.of_quote(quote), 1.0)
        return self.debater.marked([citation])[0]

    def as_context(self, choices: Sequence[Choice]) -> tuple[Citation, ...]:
        """Quotes as they were found, not given as an answer."""
        context = (replace(choice, role=Role.CONTEXT) for choice in choices)
        cited = cite([(choice, self.voices.of_quote(choice.quote)) for choice in context])
        return self.debater.marked(cited)


def _vector(encoder: Encoder, cache: Cache[str, Vectors], question: str) -> Vectors:
    vector = cache.get(question)
    if vector is None:
        vector = encoder.encode([question])[0]
        vector.setflags(write=False)  # it is shared by all who ask the same
        cache.put(question, vector, {object(): vector.nbytes + sys.getsizeof(question)})
    return vector


def _encoder(settings: Settings, card: Card) -> Encoder:
    return open_encoder(settings.index, card.encoder, card.model)
