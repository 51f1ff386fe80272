"""Counterpoints: the quotes of an answer weighed against each other, and the other side beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pullquote.dissent import settled
from pullquote.judged import CONSIDERED, Readings, stance_of
from pullquote.pleas import favours, plea_of
from pullquote.proposition import proposition_of
from pullquote.quote import Quote
from pullquote.relation import relation
from pullquote.retrieve import Hit
from pullquote.select import NEXT_SHARE, Choice, Role, cut, role_of
from pullquote.sides import NO_OTHER_SIDE, apart, is_open, takes_side
from pullquote.stance import BAR, Basis, Reading, Side, Stance
from pullquote.store.generation import Generation
from pullquote.store.lexical import terms
from pullquote.voice.voicebook import VoiceBook


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
