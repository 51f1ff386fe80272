"""What waits for an editor, what matters most first: unsure sides and voices, and questions answered badly or in vain."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pullquote.corpus.decisions import DecisionKind, Decisions, EditorDecision
from pullquote.corpus.quote import Quote
from pullquote.errors import SettingsError, UnknownDocument
from pullquote.index.desk import decided, row_of
from pullquote.index.generation import Generation
from pullquote.index.lexical import in_words
from pullquote.index.search import cut, is_question
from pullquote.sides.book import judged_at_build, readings_of
from pullquote.sides.judging import own_propositions, stance_of
from pullquote.sides.stance import Basis, Stance, StanceReading
from pullquote.span import Span
from pullquote.upkeep.records import Records
from pullquote.upkeep.report import gaps
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import Voice, VoiceKind, summary

AT_ONCE = 3  # quotes of one empty column before those of the next: .69 of sides after ten decisions, .62 without
MOST_JUDGED = 1_000  # quotes that readers judged, the latest of which are looked at
Key = tuple[str, ...]


class Kind(StrEnum):
    """The queues."""

    SIDES = "sides"
    VOICES = "voices"
    QUESTIONS = "questions"


class Reason(StrEnum):
    """Why something waits, in the order in which it matters; `EMPTY` closes a gap."""

    EMPTY = "empty"
    WRONG = "wrong"
    BAD = "bad"
    SHOWN = "shown"
    LEANS = "leans"
    UNSURE = "unsure"
    VAIN = "vain"


ORDER = tuple(Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is to be decided: the side of words on `subject`, who speaks them, or what answers `subject`.

    `guess` is what the program would say, `likely` how sure it is (0 to 1), `count` how often readers met it;
    `turn` in which round of the empty columns its own has it.
    """

    kind: Kind
    debate: str
    reason: Reason
    subject: str = ""
    document: str = ""
    span: Span | None = None
    guess: str = ""
    likely: float = 0.0
    count: int = 0
    turn: int = 0

    @property
    def key(self) -> Key:
        """What a decision on it is about."""
        if self.span is None:
            return (DecisionKind.PIN, in_words(self.subject))
        location = (self.document, str(self.span.start), str(self.span.end))
        kind = DecisionKind.SIDE if self.kind is Kind.SIDES else DecisionKind.SPEAKER
        return (kind, in_words(self.subject), *location)

    @property
    def id(self) -> str:
        """The same for the same item, whatever else waits."""
        return hashlib.sha256("\0".join(self.key).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Settled:
    """What is decided already: by key, and the sides of propositions that have a quote by an editor's word."""

    keys: frozenset[Key]
    filled: frozenset[tuple[str, str]]

    @classmethod
    def by(cls, decisions: Decisions, generation: Generation) -> "Settled":
        """What these decisions settle, and those that hold for words of a generation that stand elsewhere now."""
        sides = (entry for entry in decisions.made if entry.kind is DecisionKind.SIDE)
        filled = frozenset((in_words(entry.proposition), entry.side) for entry in sides)
        ids = generation.rows
        moved = (
            replace(
                decision,
                words=tuple(
                    replace(words, document=ids[number].id, span=span)
                    for words, (number, span) in zip(decision.words, ranges, strict=True)
                ),
            )
            for decision, ranges in generation.desk.holding
            if any(
                words.span != span for words, (_, span) in zip(decision.words, ranges, strict=True)
            )
        )
        settling = (*decisions.made, *moved)
        return cls(frozenset(key for decision in settling for key in keys_of(decision)), filled)


def keys_of(decision: EditorDecision) -> Iterator[Key]:
    """The keys of the items that a decision settles."""
    if decision.kind is DecisionKind.PIN:
        for question in (decision.question, *decision.rewordings):
            yield (decision.kind, in_words(question))
    for words in decision.words if decision.kind is not DecisionKind.PIN else ():
        location = (words.document, str(words.span.start), str(words.span.end))
        if decision.kind is DecisionKind.HIDE and not decision.question:
            yield (decision.kind, "", *location)
        elif decision.kind is not DecisionKind.HIDE:
            yield (decision.kind, in_words(decision.proposition), *location)


class Waiting:
    """Everything of a generation that may be decided, worked out once; `left` leaves out what is decided since."""

    def __init__(self, generation: Generation, records: Records) -> None:
        self._generation = decided(generation, Decisions())  # as the program by itself sees it
        self._voices = VoiceBook(self._generation)
        self._judged = judged_at_build(generation)
        self._sided: Counter[int] = Counter()  # rows that stand on a side
        sides = [item for debate in generation.debates for item in self._sides(debate)]
        self._passages = (*sides, *self._unsure(records))
        self.ask_anew(records)

    def ask_anew(self, records: Records) -> None:
        """Look again at what readers asked and said."""
        self.items = (*self._passages, *_questions(records))

    def left(self, kind: Kind, debate: str | None, settled: Settled) -> list[Item]:
        """What of a kind is undecided in a debate, what matters most first."""
        items = [
            item
            for item in self.items
            if item.kind is kind
            and (not debate or item.debate in (debate, ""))
            and item.key not in settled.keys
            and (DecisionKind.HIDE, "", *item.key[2:]) not in settled.keys
        ]
        return sorted(items, key=lambda item: _importance(item, settled))

    def _sides(self, debate: str) -> Iterator[Item]:
        for proposition in own_propositions(self._generation, debate):
            ranks = Counter[str]()
            for item in sorted(self._sides_on(debate, proposition), key=lambda item: -item.likely):
                yield replace(item, turn=ranks[item.guess] // AT_ONCE)
                ranks[item.guess] += 1

    def _sides_on(self, debate: str, proposition: str) -> Iterator[Item]:
        """The quotes that a model alone puts on a side of a proposition, and those that lean to one."""
        readings = readings_of(self._judged, debate, proposition) or {}
        quoted = [(row, cut(self._generation, self._generation.window(row))) for row in readings]
        stances = [
            (row, quote, self._stance(quote, proposition, readings[row])) for row, quote in quoted
        ]
        sides_taken = {stance.taken for _, _, stance in stances if stance}
        self._sided.update(row for row, _, stance in stances if stance and stance.taken)
        for row, quote, stance in stances:
            reading = readings[row]
            leaning = reading.leans
            if (
                not stance
                or stance.basis is not Basis.MODEL
                or not leaning
                or is_question(quote.text)
            ):
                continue
            reason = Reason.SHOWN if stance.taken else Reason.LEANS
            yield Item(
                kind=Kind.SIDES,
                debate=debate,
                reason=reason if leaning in sides_taken else Reason.EMPTY,
                subject=proposition,
                document=quote.document.id,
                span=quote.span,
                guess=leaning.value,
                likely=reading.argues(leaning),
            )

    def _stance(self, quote: Quote, proposition: str, reading: StanceReading) -> Stance | None:
        voices = self._voices.of_quote(quote)
        return stance_of(self._generation, quote, voices, proposition, reading)

    def _unsure(self, records: Records) -> Iterator[Item]:
        """The words whose speaker is not sure, and those whose speaker readers called wrong."""
        wrong = Counter[tuple[str, int, int]]()
        for entry in _kept(lambda: records.quotes_judged(MOST_JUDGED)):
            if entry["verdict"] == "wrong_speaker":
                wrong[entry["document_id"], entry["start"], entry["end"]] += entry["count"]
        for (document_id, start, end), count in wrong.items():
            yield from self._told_wrong(document_id, Span(start, end), count)
        questions = _kept(records.questions)
        shown = Counter(document for entry in questions for document in entry["documents"])
        for number, row in enumerate(self._generation.rows):
            for quote, voice in self._doubtful(number):
                at = row_of(self._generation, number, quote.span)
                reason = Reason.SHOWN if at is not None and self._sided[at] else Reason.UNSURE
                yield _voice_item(quote, voice, reason, shown[row.id])

    def _told_wrong(self, document_id: str, span: Span, count: int) -> Iterator[Item]:
        try:
            number = self._generation.number(document_id)
        except UnknownDocument:
            return
        sentences = self._generation.sentences(number)
        inside = [n for n, sentence in enumerate(sentences) if sentence.span.overlaps(span)]
        if inside and span.end <= len(self._generation.document(number).text):
            quote = Quote(self._generation.document(number), sentences, inside[0], inside[-1])
            yield _voice_item(quote, summary(self._voices.of_quote(quote)), Reason.WRONG, count)

    def _doubtful(self, number: int) -> Iterator[tuple[Quote, Voice]]:
        """Each sentence of a document with the words in it whose speaker is unsure."""
        sentences = self._generation.sentences(number)
        for position in self._voices.unsure(number):
            quote = Quote(self._generation.document(number), sentences, position, position)
            for voice in self._voices.of_quote(quote):
                if not voice.sure or voice.kind is VoiceKind.UNCLEAR:
                    yield quote, voice


def _voice_item(quote: Quote, voice: Voice, reason: Reason, count: int) -> Item:
    return Item(
        kind=Kind.VOICES,
        debate=quote.document.debate,
        reason=reason,
        document=quote.document.id,
        span=voice.span,
        guess=voice.speaker or "",
        count=count,
    )


def _questions(records: Records) -> Iterator[Item]:
    """The questions that were answered badly, by readers' word, and those asked in vain."""
    bad = Counter[str]()
    for entry in _kept(lambda: records.quotes_judged(MOST_JUDGED)):
        if entry["verdict"] == "wrong_quote":
            bad[entry["question"]] += entry["count"]
    yield from (_question(question, "", Reason.BAD, count) for question, count in bad.items())
    asked = _kept(records.questions)
    debates = {entry["question"]: entry["debate"] or "" for entry in asked}
    for gap in gaps(entry for entry in asked if entry["reason"]):
        question = gap["question"]
        yield _question(question, debates.get(question, ""), Reason.VAIN, gap["count"])


def _question(question: str, debate: str, reason: Reason, count: int) -> Item:
    return Item(kind=Kind.QUESTIONS, debate=debate, reason=reason, subject=question, count=count)


def _reason(item: Item, settled: Settled) -> Reason:
    """Why an item waits now: a column is empty until something is decided to be on it."""
    filled = (in_words(item.subject), item.guess) in settled.filled
    return Reason.LEANS if item.reason is Reason.EMPTY and filled else item.reason


def _importance(item: Item, settled: Settled) -> tuple[Any, ...]:
    """What sorts first matters most; what fills an empty column, the likeliest first, until one of it is filled."""
    reason = _reason(item, settled)
    unsure_first = reason is Reason.SHOWN and item.kind is Kind.SIDES
    likely = item.likely if unsure_first else -item.likely
    subject = item.subject if item.kind is Kind.SIDES else ""
    location = (item.document, item.span or Span(0, 1))
    turn = item.turn if reason is Reason.EMPTY else 0
    return (ORDER.index(reason), turn, item.debate, subject, -item.count, likely, *location)


def _kept(read: Any) -> Sequence[dict[str, Any]]:
    """What records hold; nothing where they cannot be read."""
    try:
        rows: Sequence[dict[str, Any]] = read()
    except SettingsError:
        return ()
    return rows
