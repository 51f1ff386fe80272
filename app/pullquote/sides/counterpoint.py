"""Counterpoints: the quotes of an answer weighed against each other, and the other side beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pullquote.answers.select import role_of
from pullquote.index.generation import Generation, Window
from pullquote.index.quote import Quote
from pullquote.index.search import Choice, Hit, Role, cut
from pullquote.sides.camps import asks_who, camp_named, camp_told
from pullquote.sides.columns import NO_OTHER_SIDE, apart, is_open, takes_side
from pullquote.sides.dissent import settled
from pullquote.sides.judging import CONSIDERED, Readings, stance_of, taking_sides
from pullquote.sides.matter import Matter
from pullquote.sides.stance import BAR, Basis, Reading, Side, Stance
from pullquote.voice.book import VoiceBook

NEAR_SHARE = 0.45  # of the best quote's score that the other side needs: it seldom fits the question as well
LABELLED = 0.5  # least likelihood of what a model alone reads for a side that the operator puts documents on

Told = tuple[Choice, Stance, Reading]
"""A quote with its stance and what was read in it."""


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


def labelled_quotes(
    generation: Generation, voices: VoiceBook, proposition: str, readings: Readings, documents: range
) -> Mapping[Side, tuple[Told, ...]]:
    """What the operator's documents say on their side of a proposition, likeliest first; nothing is read now."""
    numbers = {one.start for one in taking_sides(generation, proposition, documents)}
    told: dict[Side, list[Told]] = {Side.FOR: [], Side.AGAINST: []}
    for row, reading in readings.items():
        window = generation.window(row)
        if window.document not in numbers:
            continue
        quote = cut(generation, window)
        stance = stance_of(generation, quote, voices.of_quote(quote), proposition, reading)
        labelled = stance if stance is not None and stance.basis is Basis.LABEL else None
        if labelled and takes_side(labelled) and reading.argued(labelled) >= BAR.shown and not is_open(quote):
            told[labelled.side].append((Choice(quote, _unscored(window), 0.0), labelled, reading))
    return {side: tuple(sorted(found, key=lambda one: -one[2].argued(one[1]))) for side, found in told.items() if found}


def _unscored(window: Window) -> Hit:
    """A window as a hit that no question found."""
    return Hit(window.row, window.document, window.first, window.last, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the quotes of one answer are weighed with."""

    generation: Generation
    voices: VoiceBook
    matter: Matter
    hits: Sequence[Hit]  # that were read, and good enough to be shown
    readings: Readings
    labelled: Mapping[Side, Sequence[Told]]

    def stance(self, choice: Choice) -> Stance | None:
        told = self.voices.of_quote(choice.quote)
        reading = self.readings.get(choice.hit.row)
        found = stance_of(self.generation, choice.quote, told, self.matter.proposition, reading)
        return found if found is None or self._counts(found) else replace(found, side=Side.UNCLEAR)

    def _counts(self, stance: Stance) -> bool:
        """Whether a stance is the operator's, or likely enough to stand beside what the operator put on that side."""
        return stance.basis is Basis.LABEL or stance.side not in self.labelled or stance.probability >= LABELLED

    def stances(self, choices: Sequence[Choice]) -> dict[tuple[str, int, int], Stance]:
        return {_place(choice.quote): found for choice in choices if (found := self.stance(choice))}

    def fits(self, choice: Choice, stance: Stance | None, side: Side) -> bool:
        """Whether a quote may stand for the side asked for: it takes it, and is not opened by those of the other.

        Where those of a side are asked for by name, what they are told to say takes it unless it was read otherwise.
        """
        told, favour = camp_told(choice.quote.text), side is Side.FOR
        if told is None or told is not favour:
            return told is None and _taken(stance) is side
        return _taken(stance) is side or (self.camp is favour and _taken(stance) is None)

    @property
    def camp(self) -> bool | None:
        """Whether the question names those who are for a thing as whose words it asks for, or those against it."""
        return camp_named(self.matter.question)

    def is_told_by_asked(self, choice: Choice) -> bool:
        """Whether a quote opens with what those say whose words are asked for by name."""
        return self.camp is not None and camp_told(choice.quote.text) is self.camp

    def is_told_by_others(self, choice: Choice) -> bool:
        """Whether it opens with what those say who are against them."""
        return self.camp is not None and camp_told(choice.quote.text) is (not self.camp)

    def beside(self, shown: Sequence[Choice]) -> Iterator[Told]:
        """What else was found, that says something of its own."""
        for hit in self.hits:
            other = Choice(cut(self.generation, hit), hit, hit.score)
            found = self.stance(other)
            if found and not is_open(other.quote) and self._apart(other, shown):
                yield other, found, self.readings[hit.row]

    def labels(self, side: Side, shown: Sequence[Choice]) -> Iterator[Told]:
        """What the operator put on a side, whether the question found it or not."""
        return (told for told in self.labelled.get(side, ()) if self._apart(told[0], shown))

    @staticmethod
    def _apart(other: Choice, shown: Sequence[Choice]) -> bool:
        return all(apart(choice.quote, other.quote) for choice in shown)


def weigh(
    generation: Generation, voices: VoiceBook, matter: Matter, choices: Sequence[Choice], hits: Sequence[Hit],
    readings: Readings, labelled: Mapping[Side, Sequence[Told]], *, count: int,
) -> Weighed:  # fmt: skip
    """Give the quotes of an answer their stances, and it a counterpoint where the readings hold one.

    Where arguments for one side are asked for, what takes it comes first. The other side is looked for among the
    question's own hits, then in what the operator labelled; `gap` says so where none is there.
    """
    least = NEAR_SHARE * choices[0].hit.score
    near = [hit for hit in hits[:CONSIDERED] if hit.row in readings and hit.score >= least]
    scale = _Scale(generation, voices, matter, near, readings, labelled)
    if matter.asked is not None:
        choices = _asked_first(scale, choices, matter.asked, count)
    elif matter.put_up and not any(map(_taken, scale.stances(choices).values())):
        choices = _with_label(scale, choices, count)
    stances = scale.stances(choices)
    turned = settled(voices, matter.question, choices)
    side = matter.asked or _side_of([stances.get(_place(choice.quote)) for choice in turned])
    if side is None:
        return Weighed(turned, stances, matter.proposition)
    first = 0 if matter.asked else 1
    turned = tuple(
        _with_role(choice, stances.get(_place(choice.quote)), side, after=place >= first)
        for place, choice in enumerate(turned)
    )
    if any(choice.role is Role.COUNTERPOINT for choice in turned):
        return Weighed(turned, stances, matter.proposition)
    return _with_other(scale, turned, stances, side, count)


def _asked_first(scale: _Scale, choices: Sequence[Choice], asked: Side, count: int) -> tuple[Choice, ...]:
    """The choices that take the asked side, then those of no side and one of the other; unchanged where none takes it.

    What else takes the asked side has the places of the others. Who asks who takes it may be told so by a quote of no
    side: these two stay in the order in which they were found.
    """
    stances = scale.stances(choices)
    taking = {_place(choice.quote): _taken(stances.get(_place(choice.quote))) for choice in choices}
    own = [choice for choice in choices if scale.fits(choice, stances.get(_place(choice.quote)), asked)]
    told = [choice for choice in choices if choice not in own and scale.is_told_by_others(choice)]
    rest = [one for one in choices if one not in (*own, *told) and taking[_place(one.quote)] is not asked.other]
    other = [one for one in choices if one not in told and taking[_place(one.quote)] is asked.other][:1]
    own += _more(scale, choices, own, asked, max(1, len(choices) - len(rest) - len(other)))
    who = asks_who(scale.matter.question)
    labelled = [] if own else [one for one, _, _ in scale.labels(asked, choices)][:1]
    if not own and not labelled:
        return tuple(choices)
    other = other[: count - len(own or labelled)]
    rest = rest[: count - len(own or labelled) - len(other)]
    first = sorted((*own, *rest), key=[*choices, *own].index) if who else [*own, *rest]
    front = (*first, *labelled, *other) if who else (*labelled, *first, *other)
    return (*front, *told[: max(0, len(choices) - len(front))])


def _more(scale: _Scale, choices: Sequence[Choice], own: Sequence[Choice], asked: Side, places: int) -> list[Choice]:
    """What else was found that takes the asked side, for the places that are left; what its camp is told to say first."""
    found: list[Choice] = []
    others = list(scale.beside(choices)) if len(own) < places else []
    for one, stance, reading in sorted(others, key=lambda told: not scale.is_told_by_asked(told[0])):
        fits = scale.fits(one, stance, asked) and (scale.is_told_by_asked(one) or reading.argued(stance) >= BAR.shown)
        if fits and len(own) + len(found) < places and all(apart(had.quote, one.quote) for had in (*own, *found)):
            found.append(one)
    return found


def _with_label(scale: _Scale, choices: Sequence[Choice], count: int) -> tuple[Choice, ...]:
    """The choices with a quote that the operator put on a side, and room for one of the other; unchanged where none is.

    An answer of one quote stays as it is: it would be one side's.
    """
    sides = [side for side in (Side.FOR, Side.AGAINST) if next(scale.labels(side, choices), None)]
    if not sides or count == 1:
        return tuple(choices)
    first, _, _ = next(scale.labels(sides[0], choices))
    return (*choices[: count - len(sides)], first)


def _with_other(
    scale: _Scale, choices: tuple[Choice, ...], stances: Mapping[tuple[str, int, int], Stance], side: Side, count: int
) -> Weighed:
    """The choices with a counterpoint to the side that they take, or with the gap where there is none."""
    # Who asks what one camp says gets no quote of the other in the place of one that the question found.
    kept = choices if len(choices) < count or scale.camp is not None else _with_room(choices, stances)
    leaning = False
    for other, found, reading in chain(scale.beside(choices), scale.labels(side.other, choices)):
        leaning = leaning or reading.leans is side.other or _taken(found) is side.other
        if _is_plainly(side.other, found, reading) and len(kept) < count:
            counter = replace(other, role=Role.COUNTERPOINT)
            stances = {**stances, _place(other.quote): found}
            return Weighed((*kept, counter), stances, scale.matter.proposition)
    return Weighed(choices, stances, scale.matter.proposition, None if leaning else NO_OTHER_SIDE)


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


def _with_role(choice: Choice, stance: Stance | None, side: Side, *, after: bool) -> Choice:
    """A quote of the other side is a counterpoint; one of the same side is none, whatever its first word."""
    if stance is not None and stance.side is side.other and after:
        return replace(choice, role=Role.COUNTERPOINT)
    if stance is not None and stance.side is side and choice.role is Role.COUNTERPOINT:
        return replace(choice, role=role_of(choice.quote.text, first=True))
    return choice
