"""The explainer: opens everything once, then answers. The edges parse, call it and render."""

import logging
import threading
import time
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial

from pullquote.answers.answer import Answer, Counts, Timings, weighed
from pullquote.answers.confidence import language_names
from pullquote.answers.query import Query, resolve, worded
from pullquote.answers.reply import Ready, reply
from pullquote.answers.speakers import attribution, claimed
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote, quote_span
from pullquote.errors import EncoderError, IndexCorrupt, IndexFault, QuestionError, spend
from pullquote.index import Staleness, current_name, open_index
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
from pullquote.verify.check import CheckedQuotation, Sources, check
from pullquote.verify.draft import quotations_of
from pullquote.verify.match import Attribution, Match, Verdict
from pullquote.voice.entities import entities, same_speaker
from pullquote.voice.names import is_body, is_person, name_words, names_of
from pullquote.voice.voices import Voice, VoiceKind

REFUSED_SECONDS = 60.0  # how long a generation that could not be opened is left alone
NEAR, NEAREST = (
    20,
    5,
)  # passages that words may be altered from: those that share the most words, and the best found
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
        """The error itself is for the log: it may name folders, and holds on to all that was half opened."""
        reasons = (
            (EncoderError, "a model that it needs is not here, or cannot be used"),
            (IndexFault, DAMAGED),
        )
        told = (reason for kind, reason in reasons if isinstance(error, kind))
        return cls(generation, next(told, "something went wrong on the server"))

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
        self._damaged: set[str] = set()  # generations that a question found to be so
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
        """Hits and misses since the start, and entries now, of the caches of "answers" and of question "vectors"."""
        return {
            name: now.after(self._before.get(name, Counts()))
            for name, now in self._ready.counts.items()
        }

    def refresh(self) -> bool:
        """Take up a newer generation if there is one; whether it did.

        A newer one that cannot be used leaves the present one serving; it is tried again after a while.
        """
        with self._refreshing:
            name, known = current_name(self.settings), self._refused
            if name is None or name == self.generation.card.name:
                self._refused = None
                return False
            if name in self._damaged or (known and known.holds(name)):
                return False
            again = (
                known is not None and known.generation == name
            )  # told once, however often it is tried
            try:
                opened = open_index(self.settings, serving=self.generation)
                fresh = (
                    self._ready
                    if opened.generation is self.generation
                    else Ready.open(self.settings, opened)
                )
                fresh.expect_many()  # whoever asks next does not wait for it
            except (
                Exception
            ) as error:  # whatever is wrong with it: this one serves on, and the next is looked for
                if not again:
                    log.exception(
                        "generation %s cannot be used; %s serves on",
                        name,
                        self.generation.card.name,
                    )
                self._refused = Refused.of(name, error)
                return False
            if opened.degraded and not again:
                log.warning("%s", opened.degraded)
            fallen = self._fallen(name, opened.degraded)
            if fresh is self._ready:
                self._refused = fallen
                return False
            self._before, self._ready, self._refused = self.counts, fresh, fallen
            return True

    def ask(self, query: Query | str) -> Answer:
        """Answer a question, or a query that says more of it, with quotes, or abstain and say why.

        A question asked before is answered from memory, as long as the same generation serves; the
        timings are then those of looking it up, and whether the corpus moved on is told as of now. Where a large file
        turns out to be damaged, the generation before is taken up and asked.
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
            log.error(
                "%s", opened.degraded or f"generation {damaged} is damaged; another one serves"
            )
            self._damaged.add(damaged)
            self._before, self._ready = self.counts, Ready.open(self.settings, opened)
            self._refused = self._fallen(damaged, opened.degraded)
            return True

    def _ask(self, query: Query) -> Answer:
        ready, timings = self._ready, Timings()
        query = replace(query, debate=_named(ready, query.debate))
        asked = (query, self.settings)
        with timings.stage("recall"):
            known = ready.answers.get(asked)
        if known is None:
            known = reply(ready, query, min_confidence=self.settings.threshold, timings=timings)
            if (
                known.pointed is None or known.pointed.fault is None
            ):  # else the language model is asked next time
                ready.answers.put(asked, known, weighed(query, known))
        return replace(
            known, stale=bool(self._staleness.changed(ready.generation)), timings_ms=timings.taken
        )

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

    def weigh(self, query: Query) -> tuple[tuple[float, ...], tuple[Choice, ...]]:
        """The features that the confidence in an answer rests on, and the quotes chosen, for fitting; none after a fault."""
        ready, resolved = self._ready, resolve(query)
        hits = ready.find(resolved, ready.generation.documents_of(query.debate), Timings())
        decision, pointed = ready.choose(resolved, hits, query.max_quotes)
        return ((), ()) if pointed and pointed.fault else (decision.values, decision.choices)

    def suggestions(self, debate: str | None = None) -> tuple[str, ...]:
        """Questions that were answered when the index was built, each once, however many debates answer it."""
        ready = self._ready
        named = _named(ready, debate)
        return tuple(
            dict.fromkeys(
                entry.question for entry in ready.suggestions if named in (None, entry.debate)
            )
        )

    def sides(self, statement: str, *, debate: str | None = None, each: int = EACH) -> Sides:
        """What the sources say for a proposition and against it, up to `each` quotes a side, and which side they leave out.

        Raises:
            QuestionError: nothing is put up for debate, or in another language than the sources are in.
        """
        ready = self._ready
        if ready.foreign(statement):
            raise QuestionError(
                f"the sources are in {language_names(ready.languages)}; write the statement so"
            )
        return ready.debater.sides(statement, debate=_named(ready, debate), each=each)

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
            raise QuestionError(
                f"there is no sentence at {span.start} to {span.end} of {document_id}"
            )
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
        """Whether words stand in the sources, and are whose they are said to be, where they are said to stand.

        Raises:
            QuestionError: `speaker` could name nobody.
        """
        generation, said = self.generation, None if speaker is None else claimed(speaker)
        numbers = list(documents_containing(generation, words))
        if document_id is not None:
            asked = generation.number(document_id)
            numbers.sort(
                key=lambda number: number != asked
            )  # what stands there must be among the places found
        documents, fit = (
            partial(map, generation.document, numbers),
            partial(attribution, said) if said else None,
        )
        return verify(
            words, documents, self._near, self._voices_at, document_id=document_id, fit=fit
        )

    def check(self, text: str, *, bounded: bool = True) -> tuple[CheckedQuotation, ...]:
        """Every quotation of a draft, Markdown or plain text, in order, and what becomes of it when it is held against the sources.

        `bounded`: it is a visitor's, and may hold no more than one check takes.

        Raises:
            QuestionError: there is no letter or figure in it, or too much for one request.
        """
        worded(text, *DRAFT, limit=len(text))
        from pullquote.models.reader import bundled

        quotations = quotations_of(text, bundled(), bounded=bounded)
        generation = self.generation
        parts = (" ".join(word.key for word in words) for one in quotations for words in one.parts)
        numbers: set[int] = set()
        for words in parts:
            spend()
            numbers.update(documents_containing(generation, words))
        documents = map(generation.document, sorted(numbers))
        sources = Sources(documents, self._sharing, self._sentence, self._voices_at, self._whose)
        return check(text, quotations, sources)

    def _whose(
        self, speaker: str, voices: Sequence[Voice], source: Source
    ) -> tuple[Attribution, bool] | None:
        """Whether words are those of whom a draft names; None where that names nobody for sure: "critics", "the senator".

        What an author retells in words of their own is theirs too.
        """
        name = speaker.partition(" of ")[0] if is_person(speaker.partition(" of ")[0]) else speaker
        proper = name.rpartition(" ")[2][:1].isupper() and (
            is_body(name) or self._ready.roster.knows(name)
        )
        if not (is_person(name) or (proper and entities(name))):
            return None
        told = attribution(name, voices, source)
        quoted = any(voice.kind is VoiceKind.QUOTED for voice in voices)
        authors = names_of(source.author)
        wrote = any(same_speaker(name, author) for author in authors)
        # The reader may take a word beside a name for a part of it; who names all of a name means nobody else.
        spoken = (
            {voice.speaker for voice in voices if voice.kind is not VoiceKind.AUTHOR} - {None}
            if quoted
            else authors
        )
        holds = any(
            len(name_words(f"{known}")) > 1 and name_words(f"{known}") <= name_words(name)
            for known in spoken
        )
        return (Attribution.RIGHT, True) if holds or (wrote and not quoted) else told

    def _sentence(self, place: Match) -> Span:
        """The whole sentences that hold a place."""
        spend()
        sentences = self.generation.sentences(self.generation.number(place.document.id))
        quote = quote_span(place.document, sentences, place.span)
        return quote.span if quote else place.span

    def _near(self, words: str) -> list[Quote]:
        """The windows that share the most telling words with a text, and those that fit it best."""
        return [*self._sharing(words), *(one.quote for one in self._ready.search(words, NEAREST))]

    def _sharing(self, words: str) -> list[Quote]:
        held = self.generation.words
        rows = held.search_flat(held.weights(terms(words)), NEAR).tolist()
        return [cut(self.generation, self.generation.window(row)) for row in rows]

    def _voices_at(self, place: Match) -> Sequence[Voice]:
        spend()
        citation = self._ready.quote_at(place.document.id, place.span)
        return (
            [voice for voice in citation.voices if voice.span.overlaps(place.span)]
            if citation
            else ()
        )


def _named(ready: Ready, debate: str | None) -> str | None:
    """A debate's name as the index has it, however its accents are written in what is asked.

    Raises:
        UnknownDebate: there is no such debate.
    """
    documents = ready.generation.documents_of(debate)
    return debate and ready.generation.rows[documents.start].debate
