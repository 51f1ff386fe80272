"""The debater: both sides of anything in one generation, and the other side beside an answer's quotes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain

import numpy as np

from pullquote.errors import QuestionError
from pullquote.index.generation import Generation, Window
from pullquote.index.lexical import clean, terms
from pullquote.index.quote import Quote
from pullquote.index.search import Choice, Hit, Role, cut, retrieve
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import OnnxRanker
from pullquote.sides.columns import NO_OTHER_SIDE, Sides, apart, both_sides, is_open, speaker_of
from pullquote.sides.judging import (
    CONSIDERED,
    Encode,
    Readings,
    StanceBook,
    candidates,
    judge_hits,
    stance_of,
    taking_sides,
)
from pullquote.sides.proposition import (
    asks_for_sides,
    opens_yes_or_no,
    put_up,
    same,
    sentence,
    statement_of,
    subject_words,
    turns,
)
from pullquote.sides.stance import BAR, Basis, Citation, Judge, Reading, Side, Stance
from pullquote.voice.book import VoiceBook

LEAST_WORDS = 2  # that say something, of what is put up for debate
UNKNOWN = 0.5  # share of its words above which, where they do not occur in the sources, these say nothing on it
KEPT = 256  # propositions asked lately with both their sides; a new one takes up to a second to judge
# Cosines from which a question concerns one of the operator's propositions (tests/gold/sides/questions.jsonl).
ASKED = 0.45  # where it asks for a side
STATED = 0.65  # where yes or no could answer it
SURELY = 0.8  # the same, for both sides of the proposition to be shown in place of the question's own
NEAR_SHARE = 0.45  # of the best quote's score that the other side needs: it seldom fits the question as well
LABELLED = 0.5  # least likelihood of what a model alone reads for a side that the operator puts documents on
NONE = "No other voice in these sources clearly disputes this."

Told = tuple[Choice, Stance, Reading]
"""A quote with its stance and what was read in it."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One of the operator's propositions that a question is about; whether the question puts up its opposite."""

    proposition: str
    turned: bool = False
    put_up: bool = False

    def side(self, asked: Side | None) -> Side | None:
        """The side of the proposition, for that which a question asks for of what it puts up."""
        return asked.other if asked and self.turned else asked


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer's choices after both sides were looked for."""

    choices: tuple[Choice, ...]
    stances: Mapping[tuple[str, int, int], Stance]
    proposition: str | None = None
    gap: str | None = None

    def stance(self, quote: Quote) -> Stance | None:
        """The stance of a quote of the answer, where it is known."""
        return self.stances.get(_place(quote))


@dataclass(frozen=True, slots=True)
class Dispute:
    """A quote that takes the other side, of what, and the side that the disputed quote takes."""

    citation: Citation
    proposition: str
    own: Stance


class Debater:
    """Answers about sides from one generation; the judge is opened only where the index was not built with it."""

    def __init__(
        self, generation: Generation, voices: VoiceBook, encode: Encode, judge: Callable[[], Judge] = OnnxRanker.open
    ) -> None:
        self.generation = generation
        self.voices = voices
        self.stances = StanceBook(generation)
        self._encode = encode
        known = partial(_both, generation, voices, self.stances, encode, lru_cache(maxsize=1)(judge))
        self._sides = lru_cache(maxsize=KEPT)(known)  # not of the debater itself: no ring
        self._labelled = lru_cache(maxsize=KEPT)(partial(_labelled, generation, voices, self.stances))
        self._vectors = lru_cache(maxsize=KEPT)(partial(_vectors, encode))

    def expect_many(self) -> None:
        """Gather what the operator's labels put on the sides of each proposition now, and not when it is first asked."""
        for debate in self.generation.debates:
            for proposition in self.propositions(debate):
                self._labelled(debate, proposition)

    def propositions(self, debate: str | None = None) -> tuple[str, ...]:
        """The operator's propositions of a debate, or of all of them."""
        return tuple(self.stances.of(debate)) if debate else self.stances.propositions

    def sides(self, statement: str, *, debate: str | None = None) -> Sides:
        """What the sources say for a proposition and against it; of a question, for the proposition that it concerns or puts up.

        Raises:
            UnknownDebate: there is no such debate.
            QuestionError: nothing is put up for debate.
        """
        self.generation.documents_of(debate)
        concern = self.concerned(statement, self._encode(clean(statement)), debate, stated=SURELY)
        proposition = concern.proposition if concern else put_up(statement)
        if proposition is None or len(terms(proposition)) < LEAST_WORDS:
            raise QuestionError(f"there is nothing here to be for or against; {self._what_to_write(debate)}")
        return self._sides(proposition if proposition.endswith("?") else sentence(proposition), debate)

    def _what_to_write(self, debate: str | None) -> str:
        """What would put something up for debate: what the operator named, where there is anything."""
        such = " or ".join(f"“{one.rstrip('.!… ')}”" for one in self.propositions(debate)[:3])
        return f"write a statement, such as {such}" if such else "write a statement that somebody may be for or against"

    def around(self, number: int, proposition: str) -> tuple[Sides, Sides] | None:
        """Both sides within a document and in the others of its debate, from what was judged at build: nothing is read now.

        None for a proposition that was not judged for the debate.
        """
        debate = self.generation.rows[number].debate
        readings = self.stances.readings(debate, proposition)
        if readings is None:
            return None
        hits = candidates(self.generation, proposition, self._encode, self.generation.documents_of(debate))
        inside, outside = (
            both_sides(self.generation, self.voices, proposition, part, readings, debate=debate)
            for part in (
                [hit for hit in hits if hit.document == number], [hit for hit in hits if hit.document != number],
            )
        )  # fmt: skip
        return inside, outside

    def concerned(
        self, question: str, vector: Vectors, debate: str | None = None, stated: float = STATED
    ) -> Concern | None:
        """The one of the operator's propositions that a question asks about, or asks a side of; None where it is none.

        Args:
            question: with what it points back to.
            vector: the question's, shape (dimension,).
            stated: how near a question must be that yes or no could answer.
        """
        named, statement = self.propositions(debate), statement_of(question)
        for proposition in named if statement else ():
            if stands := same(statement or "", proposition):
                return Concern(proposition, stands < 0, put_up=True)
        asks = asks_for_sides(question)
        if not named or not (asks or opens_yes_or_no(question)):
            return None
        if asks and len(named) == 1 and len(terms(subject_words(question))) < LEAST_WORDS:  # "What do critics say?"
            return Concern(named[0])
        nearness = self._vectors(named) @ vector
        proposition = named[int(nearness.argmax())]
        near = nearness.max() >= (ASKED if asks else stated)
        return Concern(proposition, turns(subject_words(question)) is not turns(proposition)) if near else None

    def weigh(
        self, concern: Concern | None, side: Side | None, choices: Sequence[Choice], hits: Sequence[Hit],
        *, debate: str | None, count: int, than: AbstractSet[str] = frozenset(),
    ) -> Weighed:  # fmt: skip
        """Stances and a counterpoint for an answer, from what was judged when the index was built: nothing is read now.

        Args:
            side: that the question asks for, of the proposition.
            count: quotes of an answer at most.
            than: the ids of what somebody wrote, where it is asked who says otherwise.
        """
        debate = debate or next((choice.quote.document.debate for choice in choices), None)
        if concern is None or not choices:
            return Weighed(tuple(choices), {}, concern.proposition if concern else None)
        readings = self.stances.readings(debate, concern.proposition)
        labelled = {} if readings is None else self._labelled(debate, concern.proposition)
        if than:
            theirs = (
                one for one, told in labelled.items() if any(choice.quote.document.id in than for choice, *_ in told)
            )
            side = side or next((one.other for one in theirs), None)
        scale = _Scale(self.generation, self.voices, concern.proposition, hits, readings or {}, labelled, than)
        weighed = _weigh(scale, concern, side, tuple(choices), count)
        return weighed if readings is not None else replace(weighed, gap=None)  # the other side was not looked for

    def dispute(self, quote: Quote) -> Dispute | None:
        """The nearest quote that the operator's labels put on the other side of a proposition, and another voice's, or None."""
        debate = quote.document.debate
        documents, voice = self.generation.documents_of(debate), speaker_of(quote, self.voices.of_quote(quote))
        for proposition in self.propositions(debate):
            told = chain.from_iterable(self._labelled(debate, proposition).values())
            own = next((stance for choice, stance, _ in told if _shares(choice.quote, quote)), None)
            others = self._labelled(debate, proposition).get(own.side.other, ()) if own else ()
            clear = {
                choice.hit.row: (choice.quote, stance)
                for choice, stance, reading in others
                if reading.argued(stance) >= LABELLED
                and speaker_of(choice.quote, self.voices.of_quote(choice.quote)) != voice
            }
            vector = self._encode(clean(quote.text))
            near = (hit for hit in retrieve(self.generation, quote.text, vector, documents) if hit.row in clear)
            if own and (hit := next(near, None)):
                other, stance = clear[hit.row]
                voices = self.voices.of_quote(other)
                return Dispute(Citation(1, other, Role.COUNTERPOINT, voices, hit.score, stance), proposition, own)
        return None


def _shares(one: Quote, other: Quote) -> bool:
    return one.document.id == other.document.id and one.span.overlaps(other.span)


def _both(
    generation: Generation, voices: VoiceBook, stances: StanceBook, encode: Encode, judge: Callable[[], Judge],
    proposition: str, debate: str | None,
) -> Sides:  # fmt: skip
    statement = sentence(proposition)  # of a question as it was asked, all but its mark: so it is read nearly as well
    asked = terms(statement)  # counted, not weighed: in a small corpus no rarity tells anything
    if sum(term not in generation.lexical.numbers for term in asked) > UNKNOWN * len(asked):
        return Sides(proposition, debate, (), (), ())
    hits = candidates(generation, statement, encode, generation.documents_of(debate))
    known = stances.readings(debate, proposition) or {}
    missing = [hit for hit in hits if hit.row not in known]
    read = judge_hits(generation, judge(), statement, missing) if missing else {}
    return both_sides(generation, voices, proposition, hits, {**known, **read}, debate=debate)


def _labelled(
    generation: Generation, voices: VoiceBook, stances: StanceBook, debate: str | None, proposition: str
) -> Mapping[Side, Sequence[Told]]:
    """What the operator's documents say on their side of a proposition, likeliest first; nothing is read now."""
    numbers = {one.start for one in taking_sides(generation, proposition, generation.documents_of(debate))}
    told: dict[Side, list[Told]] = {}
    for row, reading in (stances.readings(debate, proposition) or {}).items():
        window = generation.window(row)
        if window.document not in numbers:
            continue
        quote = cut(generation, window)
        stance = stance_of(generation, quote, voices.of_quote(quote), proposition, reading)
        if stance is None or stance.basis is Basis.MODEL or stance.taken is None or is_open(quote):
            continue
        if reading.argued(stance) >= BAR.shown:
            told.setdefault(stance.side, []).append((Choice(quote, _unscored(window), 0.0), stance, reading))
    return {side: sorted(found, key=lambda one: -one[2].argued(one[1])) for side, found in told.items()}


def _unscored(window: Window) -> Hit:
    """A window as a hit that no question found."""
    return Hit(window.row, window.document, window.first, window.last, 0.0, 0.0, 0.0, 0.0)


def _vectors(encode: Encode, texts: tuple[str, ...]) -> Vectors:
    return np.stack([encode(clean(text)) for text in texts])


def _place(quote: Quote) -> tuple[str, int, int]:
    return quote.document.id, quote.first, quote.last


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the quotes of one answer are weighed with."""

    generation: Generation
    voices: VoiceBook
    proposition: str
    hits: Sequence[Hit]
    readings: Readings
    labelled: Mapping[Side, Sequence[Told]]
    than: AbstractSet[str]

    def stance(self, choice: Choice) -> Stance | None:
        """The stance of a quote; beside what the operator put on a side, what a model reads there must be plain."""
        told, reading = self.voices.of_quote(choice.quote), self.readings.get(choice.hit.row)
        found = stance_of(self.generation, choice.quote, told, self.proposition, reading)
        doubted = found and found.basis is Basis.MODEL and found.side in self.labelled and found.probability < LABELLED
        return replace(found, side=Side.UNCLEAR) if found and doubted else found

    def side(self, choice: Choice) -> Side | None:
        """The side that a quote takes, if any."""
        found = self.stance(choice)
        return found.taken if found else None

    def beside(self, shown: Sequence[Choice]) -> Iterator[Told]:
        """What else was found, good enough to be shown, that says something of its own."""
        least = NEAR_SHARE * shown[0].hit.score
        for hit in self.hits[:CONSIDERED]:
            if hit.row in self.readings and hit.score >= least:
                other = Choice(cut(self.generation, hit), hit, hit.score)
                found = self.stance(other)
                if found and not is_open(other.quote) and _apart(other, shown):
                    yield other, found, self.readings[hit.row]

    def labels(self, side: Side, shown: Sequence[Choice]) -> Iterator[Told]:
        """What the operator put on a side, whether the question found it or not."""
        told = (one for one in self.labelled.get(side, ()) if one[0].quote.document.id not in self.than)
        return (one for one in told if _apart(one[0], shown))


def _apart(other: Choice, shown: Sequence[Choice]) -> bool:
    return all(apart(choice.quote, other.quote) for choice in shown)


def _weigh(scale: _Scale, concern: Concern, asked: Side | None, choices: tuple[Choice, ...], count: int) -> Weighed:
    """Give the quotes of an answer their stances, and it a counterpoint where the readings hold one.

    Where one side is asked for, what takes it comes first. The other side is looked for among the
    question's own hits, then in what the operator labelled; `gap` says so where none is there.
    """
    if asked is not None:
        choices = _asked_first(scale, choices, asked, count)
    elif concern.put_up and not any(map(scale.side, choices)):
        choices = _with_label(scale, choices, count)
    stances = {_place(choice.quote): found for choice in choices if (found := scale.stance(choice))}
    side = asked or next(filter(None, map(scale.side, choices)), None)
    if side is None:
        return Weighed(choices, stances, concern.proposition)
    first = 0 if asked else 1
    choices = tuple(
        _with_role(choice, scale.side(choice), side, after=place >= first) for place, choice in enumerate(choices)
    )
    if any(choice.role is Role.COUNTERPOINT for choice in choices):
        return Weighed(choices, stances, concern.proposition)
    return _with_other(scale, Weighed(choices, stances, concern.proposition), side, count)


def _asked_first(scale: _Scale, choices: tuple[Choice, ...], asked: Side, count: int) -> tuple[Choice, ...]:
    """What takes the asked side, then what takes none and one of the other; unchanged where nothing takes it.

    What else was found that takes the asked side has the places of the others of the other one.
    """
    own = [choice for choice in choices if scale.side(choice) is asked]
    rest = [choice for choice in choices if scale.side(choice) is None]
    other = [choice for choice in choices if scale.side(choice) is asked.other][:1]
    for one, stance, _ in scale.beside(choices):
        if len(own) < max(1, len(choices) - len(rest) - len(other)) and stance.taken is asked and _apart(one, own):
            own.append(one)
    own = own or [one for one, _, _ in scale.labels(asked, choices)][:1]
    if not own:
        return choices
    other = other[: count - len(own)]
    return (*own, *rest[: count - len(own) - len(other)], *other)


def _with_label(scale: _Scale, choices: tuple[Choice, ...], count: int) -> tuple[Choice, ...]:
    """The choices with a quote that the operator put on a side, and room for one of the other; unchanged where none is.

    An answer of one quote stays as it is: it would be one side's.
    """
    found = [next(scale.labels(side, choices), None) for side in (Side.FOR, Side.AGAINST)]
    told = [one[0] for one in found if one]
    return (*choices[: count - len(told)], told[0]) if told and count > 1 else choices


def _with_other(scale: _Scale, weighed: Weighed, side: Side, count: int) -> Weighed:
    """An answer with a counterpoint to the side that it takes, or with the gap where there is none."""
    choices = weighed.choices
    kept = choices if len(choices) < count else _with_room(scale, choices)
    leaning = False
    for other, found, reading in chain(scale.beside(choices), scale.labels(side.other, choices)):
        leaning = leaning or reading.leans is side.other or found.side is side.other
        if found.side is side.other and reading.argued(found) >= BAR.plain and len(kept) < count:
            counter = replace(other, role=Role.COUNTERPOINT)
            return replace(weighed, choices=(*kept, counter), stances={**weighed.stances, _place(other.quote): found})
    return weighed if leaning else replace(weighed, gap=NO_OTHER_SIDE)


def _with_room(scale: _Scale, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The choices with room for one more: the last goes that is neither the first nor the first to take a side."""
    sided = next(filter(scale.side, choices), None)
    spare = [one for one in choices[1:] if one is not sided]
    return tuple(one for one in choices if one is not spare[-1]) if spare else choices


def _with_role(choice: Choice, taken: Side | None, side: Side, *, after: bool) -> Choice:
    """A quote of the other side is a counterpoint; one of the same side is none, whatever its first word."""
    if taken is side.other and after:
        return replace(choice, role=Role.COUNTERPOINT)
    return replace(choice, role=Role.CLAIM) if taken is side and choice.role is Role.COUNTERPOINT else choice
