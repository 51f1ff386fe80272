"""The explainer: opens everything once, then answers. The edges parse, call it and render."""

import logging
import threading
import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from pullquote.answers.answer import Answer, Counts, Timings, memory_sizes
from pullquote.answers.confidence import language_names
from pullquote.answers.query import Query, resolve, worded
from pullquote.answers.ready import Ready
from pullquote.answers.reply import reply
from pullquote.answers.speakers import attribution, claimed
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote, quote_span
from pullquote.errors import EncoderError, IndexCorrupt, IndexFault, QuestionError, spend
from pullquote.index import Opened, Staleness, current_name, open_index
from pullquote.index.engine import Replica, replica_of
from pullquote.index.generation import Generation
from pullquote.index.lexical import terms
from pullquote.index.search import Choice, Hit, cut, documents_containing
from pullquote.settings import Settings
from pullquote.sides.columns import EACH, Sides
from pullquote.sides.debater import Dispute
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.verify import verify
from pullquote.verify.check import QuotationCheck, Sources, check
from pullquote.verify.draft import quotations_of
from pullquote.verify.match import Attribution, Match, Verdict
from pullquote.voice.entities import entities, same_speaker
from pullquote.voice.names import is_body, is_person, name_words, names_of
from pullquote.voice.voices import Voice, VoiceKind

REFUSED_SECONDS = 60.0  # how long a generation that could not be opened is left alone
# Passages that words may be altered from: those that share the most words, and the best found.
NEAR, NEAREST = 20, 5
DRAFT = ("text", "send the draft whose quotations are to be checked")
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

    Raises:
        UnknownDebate: wherever a debate is named that there is not.
        UnknownDocument: wherever there is no such id.
    """

    def __init__(self, settings: Settings, ready: Ready, replica: Replica | None = None) -> None:
        self.settings = settings
        self.replica = replica or replica_of(settings)
        self._ready = ready
        self._staleness = Staleness(settings)
        self._before: dict[str, Counts] = {}
        self._damaged: set[str] = set()  # generations that a question found damaged
        self._refused = self._fallen(current_name(settings), ready.degraded)
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
        return self._ready.generation

    @property
    def degraded(self) -> str | None:
        """Why an older generation than the newest serves, or may, or None."""
        if self._refused:
            return self._refused.damage or str(self._refused)
        return str(fault) if (fault := self.replica.fault) else None

    @staticmethod
    def _fallen(generation: str | None, damage: str | None) -> Refused | None:
        """What an older generation was opened instead of, or None where there is no damage."""
        return Refused(generation or "", DAMAGED, damage) if damage else None

    @property
    def refused(self) -> Refused | None:
        """The newest generation, where it could not be taken up and this one serves."""
        return self._refused

    def now(self) -> "Explainer":
        """The same over the generation of this moment: several calls to it see no swap between them."""
        return copy(self)  # with what is known of the corpus, which would else be read again

    @property
    def counts(self) -> dict[str, Counts]:
        """Hits and misses since the start, and entries now, of the caches "answers" and "vectors"."""
        return {
            name: now.after(self._before.get(name, Counts()))
            for name, now in self._ready.counts.items()
        }

    def refresh(self) -> bool:
        """Take up a newer generation if there is one; whether it did.

        A newer one that cannot be used leaves the present one serving; it is tried again after a while.
        """
        with self._refreshing:
            name, refused = current_name(self.settings), self._refused
            if name is None or name == self.generation.card.name:
                self._refused = None
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
                self._refused = Refused.of(name, error)
                return False
            if opened.degraded and not again:
                log.warning("%s", opened.degraded)
            newer = fresh is not self._ready
            self._before = self.counts if newer else self._before
            self._ready, self._refused = fresh, self._fallen(name, opened.degraded)
            return newer

    def _opened(self) -> tuple[Opened, Ready]:
        """The newest generation that can be opened, made ready: the present one where it is that."""
        opened = open_index(self.settings, serving=self.generation)
        serving = opened.generation is self.generation
        ready = self._ready if serving else Ready.open(self.settings, opened)
        ready.expect_many()  # whoever asks next does not wait for it
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
            self._before, self._ready = self.counts, Ready.open(self.settings, opened)
            self._refused = self._fallen(damaged, opened.degraded)
            return True

    def _ask(self, query: Query) -> Answer:
        ready, timings = self._ready, Timings()
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

    def expect_many(self) -> None:
        """Get ready for many questions at once, not when they have come."""
        self._ready.expect_many()

    def search(
        self, question: str, *, count: int = 10, debate: str | None = None
    ) -> tuple[Citation, ...]:
        """The windows that fit best, whether or not they answer."""
        return self._ready.search(question, count, debate)

    def retrieve(self, question: str, *, debate: str | None = None) -> tuple[Hit, ...]:
        """The windows that fit best with the parts of their scores, best first."""
        ready = self._ready
        return ready.find(question, ready.generation.documents_of(debate), Timings())

    def choose(self, query: Query) -> tuple[tuple[float, ...], tuple[Choice, ...]]:
        """The features behind an answer's confidence, and its quotes, for fitting; none after a fault."""
        ready, question = self._ready, str(resolve(query))
        hits = ready.find(question, ready.generation.documents_of(query.debate), Timings())
        decision, pointed = ready.choose(question, hits, query.max_quotes)
        return ((), ()) if pointed and pointed.fault else (decision.values, decision.choices)

    def suggestions(self, debate: str | None = None) -> tuple[str, ...]:
        """Questions that were answered when the index was built, each once."""
        name = _debate_name(self._ready, debate)
        entries = self._ready.suggestions
        questions = (entry.question for entry in entries if name in (None, entry.debate))
        return tuple(dict.fromkeys(questions))

    def sides(self, statement: str, *, debate: str | None = None, each: int = EACH) -> Sides:
        """What the sources say for a proposition and against it, up to `each` quotes a side, and which side they leave out.

        Raises:
            QuestionError: nothing is put up for debate, or in another language than the sources are in.
        """
        ready = self._ready
        if ready.foreign(statement):
            languages = language_names(ready.languages)
            raise QuestionError(f"the sources are in {languages}; write the statement so")
        return ready.debater.sides(statement, debate=_debate_name(ready, debate), each=each)

    def propositions(self) -> tuple[str, ...]:
        """The propositions that the operator names for the debates."""
        return self._ready.debater.propositions()

    def sides_around(self, document_id: str, proposition: str) -> tuple[Sides, Sides] | None:
        """What a document says on both sides of a named proposition, and what the others of its debate do.

        None where the index holds no readings for it.
        """
        ready = self._ready
        return ready.debater.around(ready.generation.number(document_id), proposition)

    def disputes(self, document_id: str, span: Span) -> tuple[Citation, Dispute | None]:
        """The quote at a range of a document, and who takes the other side of what the operator put up for debate.

        Raises:
            QuestionError: the range holds no sentence, or only headings and the like.
        """
        ready = self._ready
        quoted = ready.quote_at(document_id, span)
        if quoted is None or not quoted.quote.is_prose:
            offsets = f"{span.start} to {span.end}"
            raise QuestionError(f"there is no sentence at {offsets} of {document_id}")
        return quoted, ready.debater.dispute(quoted.quote)

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
        return self._ready.quote_at(document_id, span)

    def verify(
        self, words: str, *, speaker: str | None = None, document_id: str | None = None
    ) -> Verdict:
        """Whether the sources hold words, and whether they are whose and from where they are said to be.

        Raises:
            QuestionError: `speaker` could name nobody.
        """
        name = None if speaker is None else claimed(speaker)
        generation = self.generation
        numbers = list(documents_containing(generation, words))
        if document_id is not None:
            first = generation.number(document_id)
            numbers.sort(key=lambda number: number != first)  # what it holds must be found
        documents = partial(map, generation.document, numbers)
        fit = partial(attribution, name) if name else None
        return verify(
            words, documents, self._near, self._voices_at, document_id=document_id, fit=fit
        )

    def check(self, text: str, *, bounded: bool = True) -> tuple[QuotationCheck, ...]:
        """Every quotation of a draft, Markdown or plain text, in order, compared with the sources.

        `bounded`: it is a visitor's, and may hold no more than one check takes.

        Raises:
            QuestionError: there is no letter or figure in it, or too much for one request.
        """
        worded(text, *DRAFT, limit=len(text))
        from pullquote.models.reader import bundled

        quotations = quotations_of(text, bundled(), bounded=bounded)
        generation = self.generation
        numbers: set[int] = set()
        for words in chain.from_iterable(quotation.parts for quotation in quotations):
            spend()
            numbers.update(documents_containing(generation, " ".join(word.key for word in words)))
        documents = map(generation.document, sorted(numbers))
        sources = Sources(
            documents, self._with_shared_words, self._sentence, self._voices_at, self._whose
        )
        return check(text, quotations, sources)

    def _whose(
        self, speaker: str, voices: Sequence[Voice], source: Source
    ) -> tuple[Attribution, bool] | None:
        """Whether words are those of whom a draft names; None where that names nobody for sure: "critics", "the senator".

        What an author retells in words of their own is theirs too.
        """
        short_name = speaker.partition(" of ")[0]
        name = short_name if is_person(short_name) else speaker
        organisation = is_body(name) or self._ready.roster.knows(name)
        proper = name.rpartition(" ")[2][:1].isupper() and organisation and entities(name)
        if not (is_person(name) or proper):
            return None
        quoted = any(voice.kind is VoiceKind.QUOTED for voice in voices)
        authors = names_of(source.author)
        wrote = any(same_speaker(name, author) for author in authors)
        # The reader may take a word beside a name for a part of it; all of a name means nobody else.
        reported = {voice.speaker or "" for voice in voices if voice.kind is not VoiceKind.AUTHOR}
        held_names = (name_words(label) for label in (reported if quoted else authors))
        words = name_words(name)
        holds = any(len(held_words) > 1 and held_words <= words for held_words in held_names)
        if holds or (wrote and not quoted):
            return Attribution.RIGHT, True
        return attribution(name, voices, source)

    def _sentence(self, match: Match) -> Span:
        """The whole sentences that hold a match."""
        spend()
        sentences = self.generation.sentences(self.generation.number(match.document.id))
        quote = quote_span(match.document, sentences, match.span)
        return quote.span if quote else match.span

    def _near(self, words: str) -> list[Quote]:
        """The windows that share the most telling words with a text, and those that fit it best."""
        best = self._ready.search(words, NEAREST)
        return [*self._with_shared_words(words), *(citation.quote for citation in best)]

    def _with_shared_words(self, words: str) -> list[Quote]:
        """The windows that share the most telling words with a text."""
        lexical = self.generation.words
        rows = lexical.search_flat(lexical.weights(terms(words)), NEAR).tolist()
        return [cut(self.generation, self.generation.window(row)) for row in rows]

    def _voices_at(self, match: Match) -> Sequence[Voice]:
        spend()
        citation = self._ready.quote_at(match.document.id, match.span)
        voices = citation.voices if citation else ()
        return [voice for voice in voices if voice.span.overlaps(match.span)]


def _debate_name(ready: Ready, debate: str | None) -> str | None:
    """A debate's name as the index has it, however its accents are written in a request.

    Raises:
        UnknownDebate: there is no such debate.
    """
    documents = ready.generation.documents_of(debate)
    return debate and ready.generation.rows[documents.start].debate
