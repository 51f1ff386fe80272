"""Both sides: what the sources say for a proposition and against it, and which side they leave out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pullquote.answer import Citation
from pullquote.judged import CONSIDERED, Readings, stance_of
from pullquote.proposition import proposition_of
from pullquote.quote import Quote
from pullquote.relation import relation
from pullquote.retrieve import Hit
from pullquote.select import NEXT_SHARE, Choice, Role, alike, cut, role_of
from pullquote.stance import BAR, Basis, Reading, Side, Stance
from pullquote.store.generation import Generation
from pullquote.store.lexical import terms
from pullquote.voice import VoiceKind, summary
from pullquote.voicebook import VoiceBook

EACH = 3  # quotes of a side
CONTEXT = 2  # quotes that take neither
LEAST = 1e-3  # probability that counts
NO_OTHER_SIDE = "no source here argues the other side"
NO_SUPPORT = "no source here argues for this"
NO_SIDE = "no source here argues either side"


@dataclass(frozen=True, slots=True)
class Sides:
    """The quotes on each side of a proposition, strongest first, and what is missing.

    `leaning` names the sides to which something leans, though nothing is clear enough to be shown on them.
    """

    proposition: str
    debate: str | None
    favour: tuple[Citation, ...]
    against: tuple[Citation, ...]
    context: tuple[Citation, ...]
    leaning: frozenset[Side] = frozenset()

    @property
    def unclear(self) -> tuple[Side, ...]:
        """The sides that are neither shown nor missing: something leans to them."""
        return tuple(side for side in self._empty if side in self.leaning)

    @property
    def missing(self) -> tuple[Side, ...]:
        """The sides that were looked for and not found."""
        return tuple(side for side in self._empty if side not in self.leaning)

    @property
    def gap(self) -> str | None:
        """What is missing, in words, or None where nothing is."""
        words = {Side.FOR: NO_SUPPORT, Side.AGAINST: NO_OTHER_SIDE}
        if not self.missing:
            return None
        return NO_SIDE if len(self.missing) == len(words) else words[self.missing[0]]

    @property
    def _empty(self) -> tuple[Side, ...]:
        shown = ((Side.FOR, self.favour), (Side.AGAINST, self.against))
        return tuple(side for side, quotes in shown if not quotes)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A quote with its stance, what is read in it, whose words it holds, and how much it weighs."""

    quote: Quote
    stance: Stance
    reading: Reading
    voice: str
    weight: float

    @property
    def concedes(self) -> bool:
        """Whether it speaks for the other side than the one that its document is on."""
        told = self.reading.stance.side
        return self.stance.basis is Basis.LABEL and told in (Side.FOR, Side.AGAINST) and told is self.stance.side.other


def both_sides(
    generation: Generation, voices: VoiceBook, proposition: str, hits: Sequence[Hit], readings: Readings,
    *, debate: str | None = None,
) -> Sides:  # fmt: skip
    """Sort what was found by the side it takes; a quote counts for whoever says it, not for who reports it."""
    every = _weighed(generation, voices, proposition, hits, readings)
    leaning = frozenset(side for one in every if (side := one.reading.leans) is not None)
    found = [one for one in every if not one.concedes]
    sides: dict[Side, list[Candidate]] = {Side.FOR: [], Side.AGAINST: []}
    for side in sides:
        sides[side] = _diverse([candidate for candidate in found if candidate.stance.side is side], EACH)
    shown = [*sides[Side.FOR], *sides[Side.AGAINST]]
    rest = [one for one in found if one.stance.side in (Side.NEUTRAL, Side.UNCLEAR)]
    around = _diverse([one for one in rest if _adds(shown, one)], CONTEXT)
    roles = ((sides[Side.FOR], Role.CLAIM), (sides[Side.AGAINST], Role.COUNTERPOINT), (around, Role.CONTEXT))
    cited: list[tuple[Citation, ...]] = []
    for chosen, role in roles:
        start = sum(map(len, cited)) + 1
        cited.append(tuple(_cite(voices, one, role, n) for n, one in enumerate(chosen, start=start)))
    favour, against, context = cited
    return Sides(proposition, debate, favour, against, context, leaning)


def _weighed(
    generation: Generation, voices: VoiceBook, proposition: str, hits: Sequence[Hit], readings: Readings
) -> list[Candidate]:
    found = []
    for hit in hits:
        reading = readings.get(hit.row)
        quote = cut(generation, hit)
        told = voices.of_quote(quote)
        stance = stance_of(generation, quote, told, proposition, reading)
        if reading is None or stance is None or _asks(quote):
            continue
        if reading.relevance < BAR.relevance:
            continue
        weight = hit.score
        if stance.side in (Side.FOR, Side.AGAINST):
            weight += math.log(max(LEAST, reading.probability(stance.side)))
        voice = summary(told)
        author = quote.document.source.author or quote.document.id
        speaker = author if voice.kind is VoiceKind.AUTHOR else voice.speaker or author
        found.append(Candidate(quote, stance, reading, speaker, weight))
    return sorted(found, key=lambda candidate: -candidate.weight)


def _asks(quote: Quote) -> bool:
    """Whether the quote only asks: a question takes no side."""
    return quote.text.rstrip('"”’) ').endswith("?")


def _diverse(found: Sequence[Candidate], count: int) -> list[Candidate]:
    """The strongest of each voice first, what the operator labelled before what a model reads.

    A voice speaks twice only when all the others have spoken.
    """
    chosen: list[Candidate] = []
    left = list(found)
    while left and len(chosen) < count:
        times = {one.voice: sum(one.voice == other.voice for other in chosen) for one in left}
        best = min(left, key=lambda one: (times[one.voice], one.stance.basis is not Basis.LABEL, -one.weight))
        left.remove(best)
        if _adds(chosen, best):
            chosen.append(best)
    return chosen


def _adds(chosen: Sequence[Candidate], one: Candidate) -> bool:
    return all(_apart(other.quote, one.quote) for other in chosen)


def _apart(ours: Quote, theirs: Quote) -> bool:
    """Whether two quotes neither overlap nor say the same."""
    overlap = ours.document.id == theirs.document.id and ours.span.overlaps(theirs.span)
    return not overlap and not alike(ours.text, theirs.text)


def _cite(voices: VoiceBook, one: Candidate, role: Role, n: int) -> Citation:
    return Citation(n, one.quote, role, voices.of_quote(one.quote), one.weight, one.stance)


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


def _place(quote: Quote) -> tuple[str, int, int]:
    return quote.document.id, quote.first, quote.last


def under_debate(question: str, own: str | None) -> str | None:
    """What a question puts up for debate: its own proposition, or the debate's where it asks about reasons.

    A question such as "Who said it?" puts up nothing.
    """
    asked = proposition_of(question)
    if asked is None or own is None:
        return asked
    reasons = question.lower().lstrip().startswith(("why", "how", "what"))
    return own if relation(asked, own) > 0 or (reasons and set(terms(asked)) & set(terms(own))) else asked


def weigh(
    generation: Generation, voices: VoiceBook, proposition: str, choices: Sequence[Choice], hits: Sequence[Hit],
    readings: Readings, *, count: int,
) -> Weighed:  # fmt: skip
    """Give the quotes of an answer their stances, and it a counterpoint where the readings hold one.

    The other side is looked for among the question's own hits; `gap` says so where none is there.
    """

    def stance(choice: Choice) -> Stance | None:
        told = voices.of_quote(choice.quote)
        return stance_of(generation, choice.quote, told, proposition, readings.get(choice.hit.row))

    stances = {_place(choice.quote): found for choice in choices if (found := stance(choice))}
    side = _side_of([stances.get(_place(choice.quote)) for choice in choices])
    if side is None:
        return Weighed(tuple(choices), stances, proposition)
    turned = tuple(
        _with_role(choice, stances.get(_place(choice.quote)), side, place) for place, choice in enumerate(choices)
    )
    if any(choice.role is Role.COUNTERPOINT for choice in turned):
        return Weighed(turned, stances, proposition)
    kept = turned if len(turned) < count else _with_room(turned, stances)
    least = NEXT_SHARE * choices[0].hit.score
    leaning = False
    for hit in (hit for hit in hits[:CONSIDERED] if hit.row in readings and hit.score >= least):
        other = Choice(cut(generation, hit), hit, hit.score, Role.COUNTERPOINT)
        found = stance(other)
        if found is None or _asks(other.quote) or not all(_apart(choice.quote, other.quote) for choice in turned):
            continue
        leaning = leaning or readings[hit.row].leans is side.other
        if found.side is side.other and readings[hit.row].relevance >= BAR.relevance and len(kept) < count:
            return Weighed((*kept, other), {**stances, _place(other.quote): found}, proposition)
    return Weighed(turned, stances, proposition, None if leaning else NO_OTHER_SIDE)


def _with_room(choices: tuple[Choice, ...], stances: Mapping[tuple[str, int, int], Stance]) -> tuple[Choice, ...]:
    """The choices with room for one more: the last goes that is neither the first nor the first to take a side.

    Where all are one of these, none goes: a counterpoint needs what it counters beside it.
    """
    sided = next((one for one in choices if _takes_side(stances.get(_place(one.quote)))), None)
    spare = [one for one in choices[1:] if one is not sided]
    return tuple(one for one in choices if one is not spare[-1]) if spare else choices


def _takes_side(stance: Stance | None) -> bool:
    return stance is not None and stance.side in (Side.FOR, Side.AGAINST)


def _side_of(stances: Sequence[Stance | None]) -> Side | None:
    """The side that an answer's quotes take first."""
    return next((one.side for one in stances if one is not None and _takes_side(one)), None)


def _with_role(choice: Choice, stance: Stance | None, side: Side, place: int) -> Choice:
    """A quote of the other side is a counterpoint; one of the same side is none, whatever its first word."""
    if stance is not None and stance.side is side.other and place:
        return replace(choice, role=Role.COUNTERPOINT)
    if stance is not None and stance.side is side and choice.role is Role.COUNTERPOINT:
        return replace(choice, role=role_of(choice.quote.text, first=True))
    return choice
