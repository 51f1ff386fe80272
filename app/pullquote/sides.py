"""Both sides: what the sources say for a proposition and against it, and which side they leave out."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pullquote.answer import Citation
from pullquote.dissent import settled
from pullquote.judged import CONSIDERED, Readings, stance_of, taking_sides
from pullquote.passages import only_replies
from pullquote.pleas import favours, plea_of
from pullquote.proposition import proposition_of
from pullquote.quote import Quote
from pullquote.relation import relation
from pullquote.retrieve import Hit
from pullquote.select import NEXT_SHARE, Choice, Role, alike, cut, is_question, role_of
from pullquote.stance import BAR, Basis, Reading, Side, Stance
from pullquote.store.generation import Generation
from pullquote.store.lexical import terms
from pullquote.voice import VoiceKind, summary
from pullquote.voice.voicebook import VoiceBook

EACH = 3  # quotes of a side
CONTEXT = 2  # quotes that take neither
AGAIN = 0.2  # of the log of its probability that a quote loses each time its voice has spoken: a fifth less likely
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
    """A quote with its stance, whose words it holds, and how much it weighs.

    The weight is the log of how likely it is to argue for its side; of a quote that takes none, its score.
    """

    quote: Quote
    stance: Stance
    voice: str
    weight: float


def both_sides(
    generation: Generation, voices: VoiceBook, proposition: str, hits: Sequence[Hit], readings: Readings,
    *, debate: str | None = None,
) -> Sides:  # fmt: skip
    """Sort what was found by the side it takes; a quote counts for whoever says it, not for who reports it."""
    labels = bool(taking_sides(generation, proposition, generation.documents_of(debate)))
    found = [
        _weighed(generation, voices, proposition, hit, readings[hit.row], labels) for hit in hits if hit.row in readings
    ]
    every = _agreed(sorted((one for one in found if one is not None), key=lambda one: -one.weight))
    sides = {
        side: _diverse([one for one in every if one.stance.side is side], EACH) for side in (Side.FOR, Side.AGAINST)
    }
    shown = [*sides[Side.FOR], *sides[Side.AGAINST]]
    rest = [one for one in every if one.stance.side in (Side.NEUTRAL, Side.UNCLEAR)]
    around = _diverse([one for one in rest if _adds(shown, one)], CONTEXT)
    roles = ((sides[Side.FOR], Role.CLAIM), (sides[Side.AGAINST], Role.COUNTERPOINT), (around, Role.CONTEXT))
    cited: list[tuple[Citation, ...]] = []
    for chosen, role in roles:
        start = sum(map(len, cited)) + 1
        cited.append(tuple(_cite(voices, one, role, n) for n, one in enumerate(chosen, start=start)))
    favour, against, context = cited
    leaning = frozenset(side for hit in hits if hit.row in readings and (side := readings[hit.row].leans) is not None)
    return Sides(proposition, debate, favour, against, context, leaning)


def _weighed(
    generation: Generation, voices: VoiceBook, proposition: str, hit: Hit, reading: Reading, labels: bool
) -> Candidate | None:
    """A hit as a candidate, or None where it is on no side and off the subject, or not likely enough on its own.

    `labels`: whether the operator puts documents on sides of this; what a model alone reads must then be plain.
    """
    quote = cut(generation, hit)
    told = voices.of_quote(quote)
    stance = stance_of(generation, quote, told, proposition, reading, BAR.shown)
    if stance is None or is_open(quote):
        return None
    weight = hit.score
    if takes_side(stance):
        probability = reading.argued(stance)
        if probability < (BAR.plain if labels and stance.basis is Basis.MODEL else BAR.shown):
            return None
        weight = math.log(probability)
    elif reading.relevance < BAR.subject:
        return None
    voice = summary(told)
    author = quote.document.source.author or quote.document.id
    return Candidate(quote, stance, author if voice.kind is VoiceKind.AUTHOR else voice.speaker or author, weight)


def _agreed(found: Sequence[Candidate]) -> list[Candidate]:
    """Those whose words no longer quote puts on the other side: with its neighbours a sentence is read better."""
    sided = [one for one in found if takes_side(one.stance)]
    return [
        one for one in found
        if not any(
            other.stance.side is one.stance.side.other
            and other.quote.words > one.quote.words
            and not apart(other.quote, one.quote)
            for other in sided
        )
    ]  # fmt: skip


def is_open(quote: Quote) -> bool:
    """Whether the quote takes no side by itself: it asks, or only replies to what it does not hold."""
    sentences = (sentence.span.cut(quote.document.text) for sentence in quote.sentences[quote.first : quote.last + 1])
    return is_question(quote.text) or all(only_replies(words) for words in sentences)


def _diverse(found: Sequence[Candidate], count: int) -> list[Candidate]:
    """The strongest first; a voice that has spoken yields to others that are nearly as strong."""
    chosen: list[Candidate] = []
    left = list(found)
    while left and len(chosen) < count:
        best = max(left, key=lambda one: one.weight - AGAIN * sum(one.voice == other.voice for other in chosen))
        left.remove(best)
        if _adds(chosen, best):
            chosen.append(best)
    return chosen


def _adds(chosen: Sequence[Candidate], one: Candidate) -> bool:
    return all(apart(other.quote, one.quote) for other in chosen)


def apart(ours: Quote, theirs: Quote) -> bool:
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
    reasons = question.lower().lstrip().startswith(("why", "how", "what")) or plea_of(question) is not None
    return own if relation(asked, own) > 0 or (reasons and set(terms(asked)) & set(terms(own))) else asked


def asked_side(question: str, proposition: str) -> Side | None:
    """The side of a proposition that arguments are asked for, or None where both or none are."""
    plea = plea_of(question)
    favour = favours(plea, proposition) if plea else None
    return None if favour is None else Side.FOR if favour else Side.AGAINST


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the quotes of one answer are weighed with."""

    generation: Generation
    voices: VoiceBook
    proposition: str
    hits: Sequence[Hit]  # that were read, and good enough to be shown
    readings: Readings

    def stance(self, choice: Choice) -> Stance | None:
        told = self.voices.of_quote(choice.quote)
        return stance_of(self.generation, choice.quote, told, self.proposition, self.readings.get(choice.hit.row))

    def stances(self, choices: Sequence[Choice]) -> dict[tuple[str, int, int], Stance]:
        return {_place(choice.quote): found for choice in choices if (found := self.stance(choice))}

    def beside(self, shown: Sequence[Choice]) -> Iterator[tuple[Choice, Stance, Reading]]:
        """What else was found, that says something of its own."""
        for hit in self.hits:
            other = Choice(cut(self.generation, hit), hit, hit.score)
            found = self.stance(other)
            if found and not is_open(other.quote) and all(apart(choice.quote, other.quote) for choice in shown):
                yield other, found, self.readings[hit.row]


def weigh(
    generation: Generation, voices: VoiceBook, question: str, proposition: str, choices: Sequence[Choice],
    hits: Sequence[Hit], readings: Readings, *, count: int,
) -> Weighed:  # fmt: skip
    """Give the quotes of an answer their stances, and it a counterpoint where the readings hold one.

    Where arguments for one side are asked for, what takes it comes first. The other side is looked for among the
    question's own hits; `gap` says so where none is there.
    """
    least = NEXT_SHARE * choices[0].hit.score
    near = [hit for hit in hits[:CONSIDERED] if hit.row in readings and hit.score >= least]
    scale = _Scale(generation, voices, proposition, near, readings)
    asked = asked_side(question, proposition)
    if asked is not None:
        choices = _asked_first(scale, choices, asked, count)
    stances = scale.stances(choices)
    turned = settled(voices, question, choices)
    side = _side_of([stances.get(_place(choice.quote)) for choice in turned])
    if side is None:
        return Weighed(turned, stances, proposition)
    turned = tuple(
        _with_role(choice, stances.get(_place(choice.quote)), side, place) for place, choice in enumerate(turned)
    )
    if any(choice.role is Role.COUNTERPOINT for choice in turned):
        return Weighed(turned, stances, proposition)
    return _with_other(scale, turned, stances, side, count)


def _asked_first(scale: _Scale, choices: Sequence[Choice], asked: Side, count: int) -> tuple[Choice, ...]:
    """The choices that take the asked side, then those of no side and one of the other; unchanged where none takes it.

    What else takes the asked side has the places of the others.
    """
    stances = scale.stances(choices)

    def of(side: Side | None) -> list[Choice]:
        return [choice for choice in choices if _taken(stances.get(_place(choice.quote))) is side]

    own, rest, other = of(asked), of(None), of(asked.other)[:1]
    places = max(1, len(choices) - len(rest) - len(other))
    for one, found, reading in scale.beside(choices) if len(own) < places else ():
        fits = found.side is asked and reading.argued(found) >= BAR.shown
        if fits and len(own) < places and all(apart(choice.quote, one.quote) for choice in own):
            own.append(one)
    if not own:
        return tuple(choices)
    other = other[: count - len(own)]
    return (*own, *rest[: count - len(own) - len(other)], *other)


def _with_other(
    scale: _Scale, choices: tuple[Choice, ...], stances: Mapping[tuple[str, int, int], Stance], side: Side, count: int
) -> Weighed:
    """The choices with a counterpoint to the side that they take, or with the gap where there is none."""
    kept = choices if len(choices) < count else _with_room(choices, stances)
    leaning = False
    for other, found, reading in scale.beside(choices):
        leaning = leaning or reading.leans is side.other
        if _is_plainly(side.other, found, reading) and len(kept) < count:
            counter = replace(other, role=Role.COUNTERPOINT)
            return Weighed((*kept, counter), {**stances, _place(other.quote): found}, scale.proposition)
    return Weighed(choices, stances, scale.proposition, None if leaning else NO_OTHER_SIDE)


def _is_plainly(side: Side, stance: Stance, reading: Reading) -> bool:
    """Whether a stance is this one, and the words too argue plainly for it, whoever tells it."""
    plain = stance.basis is Basis.MODEL or reading.argues(side, labelled=True) >= BAR.plain
    return stance.side is side and plain


def _with_room(choices: tuple[Choice, ...], stances: Mapping[tuple[str, int, int], Stance]) -> tuple[Choice, ...]:
    """The choices with room for one more: the last goes that is neither the first nor the first to take a side.

    Where all are one of these, none goes: a counterpoint needs what it counters beside it.
    """
    sided = next((one for one in choices if takes_side(stances.get(_place(one.quote)))), None)
    spare = [one for one in choices[1:] if one is not sided]
    return tuple(one for one in choices if one is not spare[-1]) if spare else choices


def takes_side(stance: Stance | None) -> bool:
    """Whether a stance is known and for or against."""
    return stance is not None and stance.side in (Side.FOR, Side.AGAINST)


def _taken(stance: Stance | None) -> Side | None:
    """The side that a stance takes, for or against, if any."""
    return stance.side if stance is not None and takes_side(stance) else None


def _side_of(stances: Sequence[Stance | None]) -> Side | None:
    """The side that an answer's quotes take first."""
    return next(filter(None, map(_taken, stances)), None)


def _with_role(choice: Choice, stance: Stance | None, side: Side, place: int) -> Choice:
    """A quote of the other side is a counterpoint; one of the same side is none, whatever its first word."""
    if stance is not None and stance.side is side.other and place:
        return replace(choice, role=Role.COUNTERPOINT)
    if stance is not None and stance.side is side and choice.role is Role.COUNTERPOINT:
        return replace(choice, role=role_of(choice.quote.text, first=True))
    return choice
