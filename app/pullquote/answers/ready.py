"""A generation made ready: opened once, with all that answering from it needs."""

import sys
import time
from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from pullquote.answers.answer import Answer, cite
from pullquote.answers.cache import Cache, Counts
from pullquote.answers.calibrate import Calibration
from pullquote.answers.fitting import read_fitted
from pullquote.answers.language import foreign
from pullquote.answers.query import Query
from pullquote.answers.spoken.roster import Roster
from pullquote.answers.spoken.witness import Witness
from pullquote.answers.suggestions import suggestions_of
from pullquote.answers.timings import Timings
from pullquote.errors import EncoderError, IndexFault
from pullquote.index import Opened, current_card, open_index
from pullquote.index.layout import Card
from pullquote.index.lexical import clean, terms
from pullquote.index.quote import Quote, quote_span
from pullquote.index.search import Choice, Hit, Role, cut, literal_rows, retrieve, retrieve_among
from pullquote.models.encoder import Encoder, open_encoder
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import Ranker, judge_of, open_ranker
from pullquote.settings import Settings
from pullquote.sides.debater import Debater
from pullquote.sides.stance import Citation, Judge
from pullquote.span import Span
from pullquote.voice.book import VoiceBook

QUERY_CACHE = 1_024  # vectors of questions asked lately, 1.5 kB each
QUERY_CACHE_BYTES = 4_000_000  # with the questions themselves: a long one takes more than its vector
ANSWER_BYTES = 4_000  # what an answer takes beside the documents that it quotes, about
SENTENCE_BYTES = 250  # a sentence with its span, about
TURN_BYTES = 150  # an earlier question beside its words, about
PLACE_BYTES = 250  # where one of its quotes stood, beside the document's id, about
REFUSED_SECONDS = 60.0  # how long a generation that could not be opened is left alone
DAMAGED = "it is damaged, or of another format"


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
        self._vectors: Cache[str, Vectors] = Cache(QUERY_CACHE, QUERY_CACHE_BYTES)
        self.vector = partial(_vector, encoder, self._vectors)
        """A question's vector; those asked for lately are remembered."""
        self.debater = Debater(self.generation, self.voices, self.vector, lambda: judge or judge_of(ranker))
        self.answers: Cache[Hashable, Answer] = Cache(answers, answer_bytes)

    @cached_property
    def roster(self) -> Roster:
        """Whose words the generation holds, by name: made when it is first needed, since most questions name nobody."""
        return Roster(self.generation, self.voices)

    def expect_many(self) -> None:
        """Get ready for many questions at once, not when they have come."""
        self.debater.expect_many()
        _ = self.roster

    def foreign(self, question: str) -> bool:
        """Whether a question is in a language that none of the sources is written in."""
        return foreign(question, self.languages, self.generation.lexical.knows)

    def find(self, question: str, documents: range, timings: Timings) -> tuple[Hit, ...]:
        """The windows of these documents that fit a question best, best first."""
        with timings.stage("encode"):
            vector = self.vector(clean(question))
        with timings.stage("retrieve"):
            return retrieve(self.generation, question, vector, documents)

    def find_spoken(self, question: str, witness: Witness) -> tuple[Hit, ...]:
        """The windows that may hold somebody's words and fit a question best, best first."""
        return retrieve_among(self.generation, question, self.vector(clean(question)), witness.rows)

    def search(self, question: str, count: int, debate: str | None = None) -> tuple[Citation, ...]:
        """The windows of a debate that fit best, whether or not they answer; first those that hold the very words.

        Raises:
            UnknownDebate: there is no such debate.
        """
        documents = self.generation.documents_of(debate)
        if not terms(question):
            return ()
        rows = literal_rows(self.generation, question, documents)
        literal = retrieve_among(self.generation, question, self.vector(clean(question)), rows, count)
        first = {hit.row for hit in literal}
        others = [hit for hit in self.find(question, documents, Timings()) if hit.row not in first]
        hits = [*literal, *others][:count]
        return self.as_context([Choice(cut(self.generation, hit), hit, hit.score) for hit in hits])

    def alike(self, words: str, count: int) -> list[Quote]:
        """The windows that share the most telling words with a text, however long they are."""
        shared = self.generation.lexical.shared(terms(words))
        rows = np.argsort(-shared, kind="stable")[:count]
        return [cut(self.generation, self.generation.window(row)) for row in rows.tolist() if shared[row]]

    def quote_at(self, document_id: str, span: Span) -> Citation | None:
        """The whole sentences around a range of a document, or None where it holds none.

        Raises:
            UnknownDocument: there is no such id.
        """
        number = self.generation.number(document_id)
        quote = quote_span(self.generation.document(number), self.generation.sentences(number), span)
        return None if quote is None else Citation(1, quote, Role.CONTEXT, self.voices.of_quote(quote), 1.0)

    def as_context(self, choices: Sequence[Choice]) -> tuple[Citation, ...]:
        """Quotes as they were found, not given as an answer."""
        return cite([(replace(choice, role=Role.CONTEXT), self.voices.of_quote(choice.quote)) for choice in choices])

    def keep(self, asked: Hashable, query: Query, answer: Answer) -> None:
        """Remember an answer by all that it depends on."""
        self.answers.put(asked, answer, _parts(query, answer))

    @classmethod
    def open(cls, settings: Settings, opened: Opened | None = None) -> "Ready":
        """Open the current generation, where none that was opened is given, and the encoder that its vectors were made by."""
        ahead = opened.generation.card if opened else current_card(settings)
        with ThreadPoolExecutor(2) as pool:  # either model takes as long to open as the index
            opening = pool.submit(_encoder, settings, ahead) if ahead else None
            ranking = pool.submit(open_ranker, settings.reranker)
            opened = opened or open_index(settings)
        card = opened.generation.card
        ranker = ranking.result()
        fitted = read_fitted(settings.index, card.encoder, ranker.name if ranker else None)
        encoder = opening.result() if opening and card == ahead else _encoder(settings, card)
        return cls(
            opened, encoder, ranker, fitted=fitted.calibration if fitted else None,
            answers=settings.answer_cache, answer_bytes=settings.answer_cache_bytes,
        )  # fmt: skip

    @property
    def counts(self) -> dict[str, Counts]:
        """How often questions and answers were known already, since this generation was opened."""
        return {"answers": self.answers.counts, "vectors": self._vectors.counts}


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
class Refused:
    """A newer generation that could not be opened: its name, what may be told of the reason, and when that was.

    `damage` is for the operator alone: what is wrong, by the file's name.
    """

    generation: str
    reason: str
    at: float
    damage: str | None = None

    @classmethod
    def of(cls, generation: str, error: Exception) -> "Refused":
        """The error itself is for the log: it may name folders, and holds on to all that was half opened."""
        if isinstance(error, EncoderError):
            reason = "a model that it needs is not here, or cannot be used"
        elif isinstance(error, IndexFault):
            reason = DAMAGED
        else:
            reason = "something went wrong on the server"
        return cls(generation, reason, time.monotonic())

    @classmethod
    def fallen(cls, generation: str | None, damage: str | None) -> "Refused | None":
        """What an older generation was opened instead of, or None where there is no damage."""
        return cls(generation or "", DAMAGED, time.monotonic(), damage) if damage else None

    @property
    def told(self) -> str:
        """What the operator is told."""
        return self.damage or str(self)

    def holds(self, generation: str) -> bool:
        """Whether this one was tried a short while ago."""
        return generation == self.generation and time.monotonic() - self.at < REFUSED_SECONDS

    def __str__(self) -> str:
        return f"the newest generation, {self.generation}, cannot be used: {self.reason}; the one before it serves"


def _parts(query: Query, answer: Answer) -> dict[Hashable, int]:
    """What an answer keeps in memory: itself with what was asked, and the documents that its quotes are cut from."""
    shown = (*answer.citations, *answer.nearest)
    documents = {id(citation.quote.document): citation.quote for citation in shown}
    return {object(): ANSWER_BYTES + sys.getsizeof(answer.resolved_question) + _asked_bytes(query)} | {
        number: sys.getsizeof(quote.document.text) + SENTENCE_BYTES * len(quote.sentences)
        for number, quote in documents.items()
    }


def _asked_bytes(query: Query) -> int:
    """What a query takes with the turns before it, which are kept to know the answer by."""
    ids = [document_id for turn in query.history for document_id, _ in turn.quotes]
    words = (query.question, query.debate or "", *(turn.question for turn in query.history), *ids)
    return sum(map(sys.getsizeof, words)) + TURN_BYTES * len(query.history) + PLACE_BYTES * len(ids)
