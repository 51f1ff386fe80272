"""A generation made ready for questions: opened once with its models, caches and speakers."""

import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, lru_cache, partial

from pullquote.answers.answer import Answer, Cache, Pointed, Timings, cite
from pullquote.answers.confidence import Calibration, foreign, read_fitted
from pullquote.answers.narrowing import select
from pullquote.answers.pointing import Pointing, pointing_of
from pullquote.answers.query import GREETS, Query, courteous, greetings
from pullquote.answers.select import Decision, decide
from pullquote.answers.speakers import Roster
from pullquote.answers.suggestions import suggestions_of
from pullquote.corpus.decisions import read_decisions
from pullquote.corpus.quote import quote_span
from pullquote.index import Opened, current_card, open_index
from pullquote.index.desk import decided, without
from pullquote.index.engine import Selection
from pullquote.index.facets import EVERYTHING, Facets, Filter
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean, in_words, terms
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
from pullquote.sides.book import StanceBook
from pullquote.sides.debater import marked
from pullquote.sides.stance import Citation, Judge
from pullquote.span import Span
from pullquote.voice.book import VoiceBook

QUERY_CACHE = 1_024  # vectors of questions asked lately, 1.5 kB each
QUERY_CACHE_BYTES = 4_000_000  # with the questions: a long one takes more than its vector
SELECTION_CACHE, SELECTION_CACHE_BYTES = 64, 64_000_000  # filters asked lately: 16 bytes a row
TOKEN_CACHE = 64  # questions whose token vectors are remembered


class Ready:
    """A generation with all that answering from it needs, opened once; the functions below ask it.

    Attributes:
        vector: a question's vector, of shape (dimension,); those asked for lately are remembered.
        tokens: a question's token vectors; None where the windows have none by the bundled network.
    """

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
        generation = opened.generation
        self.generation, self.degraded = generation, opened.degraded
        self.encoder, self.ranker, self.fitted, self.pointing = encoder, ranker, fitted, pointing
        self._judge, self._bounds = judge, (answers, answer_bytes)
        self.voices = VoiceBook(generation)
        self.suggestions = suggestions_of(generation)
        self.languages = frozenset(
            (name or "en").lower().split("-")[0] for name in generation.languages
        )
        self.vectors: Cache[str, Vectors] = Cache(QUERY_CACHE, QUERY_CACHE_BYTES)
        self.vector = partial(_vector, encoder, self.vectors)
        late = generation.tokens and generation.card.interaction == interaction().identity
        self.tokens = lru_cache(TOKEN_CACHE)(interaction().query) if late else None
        self.stances = StanceBook(
            generation, self.voices, self.vector, lambda: judge or bundled_judge()
        )
        self.answers: Cache[tuple[Query, Settings], Answer] = Cache(answers, answer_bytes)
        self.selections: Cache[Filter, Selection] = Cache(SELECTION_CACHE, SELECTION_CACHE_BYTES)

    @classmethod
    def open(cls, settings: Settings, opened: Opened | None = None) -> "Ready":
        """Open the current generation, unless one is given, and the encoder of its vectors."""
        ahead = opened.generation.card if opened else current_card(settings)
        with ThreadPoolExecutor(3) as pool:  # each model takes as long to open as the index
            pool.submit(interaction)
            index, model = settings.index, ahead and (ahead.encoder, ahead.model)
            opening = pool.submit(open_encoder, index, *model) if model else None
            ranking = pool.submit(open_ranker, settings.reranker)
            opened = opened or open_index(settings)
        decisions = read_decisions(settings.corpus)
        opened = replace(opened, generation=decided(opened.generation, decisions))
        card, ranker = opened.generation.card, ranking.result()
        fitted = read_fitted(settings.index, card.encoder, ranker.name if ranker else None)
        ready_ahead = opening.result() if opening and card == ahead else None
        encoder = ready_ahead or open_encoder(index, card.encoder, card.model)
        return cls(
            opened,
            encoder,
            ranker,
            fitted=fitted.calibration if fitted else None,
            answers=settings.answer_cache,
            answer_bytes=settings.answer_cache_bytes,
            pointing=pointing_of(settings, card.encoder, ranker),
        )

    def over(self, generation: Generation) -> "Ready":
        """The same over another view of its generation; nothing is opened again."""
        entries, size = self._bounds
        return Ready(
            Opened(generation, self.degraded),
            self.encoder,
            self.ranker,
            self._judge,
            fitted=self.fitted,
            answers=entries,
            answer_bytes=size,
            pointing=self.pointing,
        )

    def for_question(self, question: str) -> "Ready":
        """The same without what an editor does not show for this question."""
        rows = self.generation.desk.hidden_for.get(in_words(question))
        return self.over(without(self.generation, rows)) if rows else self

    @cached_property
    def roster(self) -> Roster:
        """Whose words the generation holds, by name; made when a question first names somebody."""
        return Roster(self.generation, self.voices)

    @cached_property
    def facets(self) -> Facets:
        """What documents are filtered by; made when a question is first narrowed."""
        return Facets(self.generation)

    @cached_property
    def greetings(self) -> Vectors:
        """The vectors of greetings, of shape (greetings, dimension)."""
        return self.encoder.encode([clean(text) for text in greetings()])


def expect_many(ready: Ready) -> None:
    """Get ready for many questions at once, not when they have come."""
    ready.stances.expect_many()
    _ = ready.roster
    threading.Thread(target=ready.generation.check_ahead, daemon=True).start()


def is_foreign(ready: Ready, question: str) -> bool:
    """Whether a question is in a language that none of the sources is written in."""
    return foreign(question, ready.languages, ready.generation.words.knows)


def greets(ready: Ready, question: str) -> bool:
    """Whether it is a greeting, thanks, or asks what can be asked here."""
    if courteous(question):
        return True
    return bool((ready.greetings @ ready.vector(clean(question))).max() >= GREETS)


def selected(ready: Ready, only: Filter) -> Selection:
    """What passes a filter; those asked for lately are remembered.

    Raises:
        UnknownDebate: there is no such debate.
        QuestionError: a value names nothing that is here.
    """
    generation = ready.generation
    if replace(only, debate=None) == EVERYTHING:
        return generation.selection(generation.documents_of(only.debate))
    selection = ready.selections.get(only)
    if selection is None:
        selection = select(generation, ready.facets, ready.voices, lambda: ready.roster, only)
        rows = (selection.documents, selection.windows, selection.passages)
        size = sum(0 if isinstance(each, range) else 2 * each.nbytes for each in rows)
        ready.selections.put(only, selection, {object(): size})
    return selection


def find(ready: Ready, question: str, among: Selection, timings: Timings) -> tuple[Hit, ...]:
    """The windows of a selection that fit a question best, best first."""
    with timings.stage("encode"):
        sought = sought_for(ready, question)
    with timings.stage("retrieve"):
        return retrieve(ready.generation, sought, among)


def choose(
    ready: Ready, question: str, hits: Sequence[Hit], count: int
) -> tuple[Decision, Pointed | None]:
    """What answers, however sure, by the ranker or, where one is set, the language model."""
    generation, ranker, fitted = ready.generation, ready.ranker, ready.fitted
    if ready.pointing is None:
        return decide(generation, question, hits, count, ranker, fitted), None
    read = rerank(generation, question, hits, ranker) if ranker else tuple(hits)
    decision = decide(generation, question, read, count, None, fitted)
    if not decision.choices:
        return decision, None
    return ready.pointing.point(generation, question, read, decision, count, ranker)


def sought_for(ready: Ready, question: str) -> Sought:
    """A question as it is searched for; those asked lately are remembered."""
    words = clean(question)
    return Sought(question, ready.vector(words), ready.tokens(words) if ready.tokens else None)


def search(
    ready: Ready, question: str, count: int, only: Filter = EVERYTHING
) -> tuple[Citation, ...]:
    """The windows that fit best, whether or not they answer; exact matches come first."""
    generation, among = ready.generation, selected(ready, only)
    if not terms(question):
        return ()
    rows = literal_rows(generation, question, among)
    literal = retrieve_among(generation, sought_for(ready, question), rows, among, count)
    first = {hit.row for hit in literal}
    fitting = find(ready, question, among, Timings())
    hits = [*literal, *(hit for hit in fitting if hit.row not in first)][:count]
    return as_context(ready, [Choice(cut(generation, hit), hit, hit.score) for hit in hits])


def quote_at(ready: Ready, document_id: str, span: Span) -> Citation | None:
    """The whole sentences around a range of a document, or None where it holds none."""
    number = ready.generation.number(document_id)
    document, sentences = ready.generation.document(number), ready.generation.sentences(number)
    quote = quote_span(document, sentences, span)
    if quote is None:
        return None
    citation = Citation(1, quote, Role.CONTEXT, ready.voices.of_quote(quote), 1.0)
    return marked(ready.stances, [citation])[0]


def as_context(ready: Ready, choices: Sequence[Choice]) -> tuple[Citation, ...]:
    """Quotes as they were found, not given as an answer."""
    context = (replace(choice, role=Role.CONTEXT) for choice in choices)
    cited = cite([(choice, ready.voices.of_quote(choice.quote)) for choice in context])
    return marked(ready.stances, cited)


def _vector(encoder: Encoder, cache: Cache[str, Vectors], question: str) -> Vectors:
    vector = cache.get(question)
    if vector is None:
        vector = encoder.encode([question])[0]
        vector.setflags(write=False)  # it is shared by all who ask the same
        cache.put(question, vector, {object(): vector.nbytes + sys.getsizeof(question)})
    return vector
