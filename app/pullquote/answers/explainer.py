"""The explainer: opens everything once, then answers. The edges parse, call it and render."""

import logging
import threading
import time
from copy import copy
from dataclasses import dataclass, field, replace

from pullquote.answers.answer import Answer, Counts, Timings, memory_sizes
from pullquote.answers.checking import check_draft, verify_words
from pullquote.answers.confidence import language_names
from pullquote.answers.query import Query
from pullquote.answers.ready import (
    Ready,
    expect_many,
    find,
    is_foreign,
    quote_at,
    search,
    selected,
)
from pullquote.answers.reply import reply
from pullquote.corpus.decisions import desk_states, read_decisions
from pullquote.corpus.documents import Document
from pullquote.errors import EncoderError, IndexCorrupt, IndexFault, QuestionError
from pullquote.index import Opened, Staleness, current_name, open_index
from pullquote.index.desk import decided
from pullquote.index.engine import Replica, replica_of
from pullquote.index.facets import EVERYTHING, Filter
from pullquote.index.generation import Generation
from pullquote.index.search import Hit
from pullquote.settings import Settings
from pullquote.sides.columns import EACH, Sides
from pullquote.sides.debater import Dispute, dispute_of, sides_of
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.verify.check import QuotationCheck
from pullquote.verify.match import Verdict

REFUSED_SECONDS = 60.0  # how long a generation that could not be opened is left alone
DAMAGED = "it is damaged, or of another format"
log = logging.getLogger("pullquote")


@dataclass(frozen=True, slots=True)
class Refused:
    """A newer generation that could not be opened: its name, what may be told of the reason, and when that was.

    `damage` is for the operator alone: what is wrong, by the file's name.
    """

    generation: str
    reason: str
    damage: str | None = None
    at: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, generation: str, error: Exception) -> "Refused":
        """Without the error itself: it may name folders, and keeps alive all that was half opened."""
        reasons = (
            (EncoderError, "a model that it needs is not here, or cannot be used"),
            (IndexFault, DAMAGED),
        )
        fitting = (reason for kind, reason in reasons if isinstance(error, kind))
        return cls(generation, next(fitting, "something went wrong on the server"))

    def holds(self, generation: str) -> bool:
        """Whether this one was tried a short while ago."""
        return generation == self.generation and time.monotonic() - self.at < REFUSED_SECONDS

    def __str__(self) -> str:
        return f"the newest generation, {self.generation}, cannot be used: {self.reason}; the one before it serves"


class Explainer:
    """Answers questions from one generation at a time; safe to call from several threads.

    A newer generation is taken up whole by `refresh`: each answer comes from exactly one.

    Attributes:
        ready: the generation that answers come from now, with its models.
        refused: the newest generation, where it could not be taken up and this one serves.

    Raises:
        UnknownDebate: wherever a debate is named that there is not.
        UnknownDocument: wherever there is no such id.
    """

    def __init__(self, settings: Settings, ready: Ready, replica: Replica | None = None) -> None:
        self.settings = settings
        self.replica = replica or replica_of(settings)
        self.ready = ready
        self.refused = _fallen(current_name(settings), ready.degraded)
        self._staleness = Staleness(settings)
        self._before: dict[str, Counts] = {}
        self._damaged: set[str] = set()  # generations that a question found damaged
        self._refreshing = threading.Lock()

    def __repr__(self) -> str:
        card = self.generation.card
        return f"<Explainer over {len(self.generation.rows):,} documents, generation {card.name}>"

    @classmethod
    def open(cls, settings: Settings) -> "Explainer":
        """Open the current generation, pulled first where the index is at an address, and its encoder.

        Raises:
            IndexFault: there is no index, or it cannot be used.
            EncoderError: its model is not there.
        """
        replica = replica_of(settings)
        replica.first()
        return cls(settings, Ready.open(settings), replica)

    @property
    def generation(self) -> Generation:
        """The generation that answers come from now."""
        return self.ready.generation

    @property
    def degraded(self) -> str | None:
        """Why an older generation than the newest serves, or may, or None."""
        if self.refused:
            return self.refused.damage or str(self.refused)
        return str(fault) if (fault := self.replica.fault) else None

    def now(self) -> "Explainer":
        """The same over the generation of this moment: several calls to it see no swap between them."""
        return copy(self)  # with what is known of the corpus, which would else be read again

    @property
    def counts(self) -> dict[str, Counts]:
        """Hits and misses since the start, and entries now, of the caches "answers" and "vectors"."""
        ready = self.ready
        counts = {"answers": ready.answers.counts, "vectors": ready.vectors.counts}
        return {name: now.after(self._before.get(name, Counts())) for name, now in counts.items()}

    def refresh(self) -> bool:
        """Take up a newer generation if there is one; whether it did.

        A newer one that cannot be used leaves the present one serving; it is tried again after a while.
        """
        with self._refreshing:
            self._take_decisions()
            name, refused = current_name(self.settings), self.refused
            if name is None or name == self.generation.card.name:
                self.refused = None
                return False
            if name in self._damaged or (refused and refused.holds(name)):
                return False
            # Logged once, however often it is tried.
            again = refused is not None and refused.generation == name
            try:
                opened, fresh = self._opened()
            except Exception as error:  # whatever is wrong with it, this one serves on
                if not again:
                    message = "generation %s cannot be used; %s serves on"
                    log.exception(message, name, self.generation.card.name)
                self.refused = Refused.of(name, error)
                return False
            if opened.degraded and not again:
                log.warning("%s", opened.degraded)
            newer = fresh is not self.ready
            self._before = self.counts if newer else self._before
            self.ready, self.refused = fresh, _fallen(name, opened.degraded)
            return newer

    def _take_decisions(self) -> None:
        """Take up what editors decided since, whole, as a newer generation is."""
        ready = self.ready
        if desk_states(self.settings.corpus) == ready.generation.desk.states:
            return
        fresh = ready.over(decided(ready.generation, read_decisions(self.settings.corpus)))
        expect_many(fresh)
        self._before, self.ready = self.counts, fresh

    def _opened(self) -> tuple[Opened, Ready]:
        """The newest generation that can be opened, made ready: the present one where it is that."""
        opened = open_index(self.settings, serving=self.generation)
        serving = opened.generation is self.generation
        ready = self.ready if serving else Ready.open(self.settings, opened)
        expect_many(ready)  # whoever asks next does not wait for it
        return opened, ready

    def ask(self, query: Query | str) -> Answer:
        """Answer a question, or a query that says more of it, with quotes, or abstain and say why.

        A question asked before is answered from memory, as long as the same generation serves. Its
        timings are then those of looking it up, and `stale` is of now. Where a large file turns out
        to be damaged, the generation before is taken up and asked.
        """
        name = self.generation.card.name
        query = Query(question=query) if isinstance(query, str) else query
        try:
            return self._ask(query)
        except IndexCorrupt:
            if not self._fall_back(name):
                raise
            return self._ask(query)

    def _fall_back(self, damaged: str) -> bool:
        """Take up another generation than the one that a question found damaged; whether there is one."""
        with self._refreshing:
            if self.generation.card.name != damaged:
                return True
            opened = open_index(self.settings, thorough=True)
            if opened.generation.card.name == damaged:
                return False
            fallback = f"generation {damaged} is damaged; another one serves"
            log.error("%s", opened.degraded or fallback)
            self._damaged.add(damaged)
            self._before, self.ready = self.counts, Ready.open(self.settings, opened)
            self.refused = _fallen(damaged, opened.degraded)
            return True

    def _ask(self, query: Query) -> Answer:
        ready, timings = self.ready, Timings()
        query = replace(query, debate=_debate_name(ready, query.debate))
        key = (query, self.settings)
        with timings.stage("recall"):
            answer = ready.answers.get(key)
        if answer is None:
            answer = reply(ready, query, min_confidence=self.settings.threshold, timings=timings)
            # After a fault the language model is asked next time.
            if answer.pointed is None or answer.pointed.fault is None:
                ready.answers.put(key, answer, memory_sizes(query, answer))
        stale = bool(self._staleness.changed(ready.generation))
        return replace(answer, stale=stale, timings_ms=timings.taken)

    def search(
        self,
        question: str,
        *,
        count: int = 10,
        debate: str | None = None,
        only: Filter = EVERYTHING,
    ) -> tuple[Citation, ...]:
        """The windows that fit best, whether or not they answer."""
        return search(self.ready, question, count, replace(only, debate=debate))

    def check_filter(self, only: Filter) -> None:
        """See that a filter can be used.

        Raises:
            QuestionError: a value of it names nothing that is here.
        """
        selected(self.ready, only)

    def passing(self, only: Filter, debate: str | None = None) -> int:
        """How many documents pass a filter."""
        return len(selected(self.ready, replace(only, debate=debate)).documents)

    def retrieve(
        self, question: str, *, debate: str | None = None, only: Filter = EVERYTHING
    ) -> tuple[Hit, ...]:
        """The windows that fit best with the parts of their scores, best first."""
        among = selected(self.ready, replace(only, debate=debate))
        return find(self.ready, question, among, Timings())

    def suggestions(self, debate: str | None = None) -> tuple[str, ...]:
        """Questions that were answered when the index was built, each once."""
        name = _debate_name(self.ready, debate)
        entries = self.ready.suggestions
        questions = (entry.question for entry in entries if name in (None, entry.debate))
        return tuple(dict.fromkeys(questions))

    def sides(
        self,
        statement: str,
        *,
        debate: str | None = None,
        each: int = EACH,
        only: Filter = EVERYTHING,
    ) -> Sides:
        """What the sources say for a proposition and against it, up to `each` quotes a side, and which side they leave out.

        Raises:
            QuestionError: nothing is put up for debate, or in another language than the sources are in.
        """
        ready = self.ready
        if is_foreign(ready, statement):
            languages = language_names(ready.languages)
            raise QuestionError(f"the sources are in {languages}; write the statement so")
        name = _debate_name(ready, debate)
        among = selected(ready, replace(only, debate=name)) if only != EVERYTHING else None
        return sides_of(ready.stances, statement, debate=name, each=each, among=among)

    def disputes(self, document_id: str, span: Span) -> tuple[Citation, Dispute | None]:
        """The quote at a range of a document, and who takes the other side of what the operator put up for debate.

        Raises:
            QuestionError: the range holds no sentence, or only headings and the like.
        """
        ready = self.ready
        quoted = quote_at(ready, document_id, span)
        if quoted is None or not quoted.quote.is_prose:
            offsets = f"{span.start} to {span.end}"
            raise QuestionError(f"there is no sentence at {offsets} of {document_id}")
        return quoted, dispute_of(ready.stances, quoted.quote)

    def changed_files(self) -> tuple[str, ...]:
        """The corpus files that differ from what the generation was built from, by path.

        None differ where there is no corpus folder: an index may serve without it.
        """
        return self._staleness.changed(self.generation)

    def document(self, document_id: str) -> Document:
        """A document as it is stored."""
        generation = self.generation
        return generation.document(generation.number(document_id))

    def quote_at(self, document_id: str, span: Span) -> Citation | None:
        """The whole sentences around a range of a document, or None where it holds none."""
        return quote_at(self.ready, document_id, span)

    def verify(
        self, words: str, *, speaker: str | None = None, document_id: str | None = None
    ) -> Verdict:
        """Whether the sources hold words, and whether they are whose and from where they are said to be.

        Raises:
            QuestionError: `speaker` could name nobody.
        """
        return verify_words(self.ready, words, speaker=speaker, document_id=document_id)

    def check(self, text: str, *, bounded: bool = True) -> tuple[QuotationCheck, ...]:
        """Every quotation of a draft, Markdown or plain text, in order, compared with the sources.

        `bounded`: it is a visitor's, and may hold no more than one check takes.

        Raises:
            QuestionError: there is no letter or figure in it, or too much for one request.
        """
        return check_draft(self.ready, text, bounded=bounded)


def _fallen(generation: str | None, damage: str | None) -> Refused | None:
    """What an older generation was opened instead of, or None where there is no damage."""
    return Refused(generation or "", DAMAGED, damage) if damage else None


def _debate_name(ready: Ready, debate: str | None) -> str | None:
    """A debate's name as the index has it, however its accents are written in a request.

    Raises:
        UnknownDebate: there is no such debate.
    """
    documents = ready.generation.documents_of(debate)
    return debate and ready.generation.rows[documents.start].debate
