"""Balance: the stances of an answer's quotes, and a counterpoint beside them where the sources hold one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from pullquote.corpus.quote import Quote
from pullquote.index.generation import Generation
from pullquote.index.search import Choice, Hit, Role, cut, is_question
from pullquote.sides.columns import NO_OTHER_SIDE, apart
from pullquote.sides.judging import JudgedChoice, Readings, stance_of
from pullquote.sides.stance import Basis, Side, Stance
from pullquote.span import Span
from pullquote.voice.book import VoiceBook

LABELLED = 0.5  # least likelihood of a quote in a dispute, and of a model's reading beside labels


@dataclass(frozen=True, slots=True)
class Balanced:
    """An answer's choices after both sides were looked for."""

    choices: tuple[Choice, ...]
    stances: Mapping[tuple[str, Span], Stance]
    proposition: str | None = None
    gap: str | None = None

    def stance(self, quote: Quote) -> Stance | None:
        """The stance of a quote of the answer, where it is known."""
        return self.stances.get((quote.document.id, quote.span))


@dataclass(frozen=True, slots=True)
class Balancer:
    """Balances the quotes of one answer by what was judged at build: nothing is read now."""

    generation: Generation
    voices: VoiceBook
    proposition: str
    hits: Sequence[Hit]  # judged, and good enough to be shown
    readings: Readings
    labelled: Sequence[JudgedChoice]

    def balance(
        self, choices: Sequence[Choice], asked_side: Side | None, count: int, *, worded: bool
    ) -> Balanced:
        """Give the quotes of an answer their stances, and it a counterpoint where the readings hold one.

        Where one side is asked for, quotes on it come first, with one quote of the other side. Where the proposition
        itself is asked (`worded`) and no quote takes a side, one that the operator put on a side comes last.
        """
        chosen = list(choices)
        if asked_side:
            chosen = self._on_side(chosen, asked_side, count)
        elif worded and count > 1 and not any(map(self.side, chosen)):
            room = count - len(self._labelled_sides)
            chosen = [*chosen[:room], *(choice for choice, _, _ in self.labelled[:1])]
        side = asked_side or next(filter(None, map(self.side, chosen)), None)
        if side is None:
            return self.balanced(chosen)
        chosen = [
            self._with_role(choice, side, first=index == 0 and not asked_side)
            for index, choice in enumerate(chosen)
        ]
        if any(choice.role is Role.COUNTERPOINT for choice in chosen):
            return self.balanced(chosen)
        return self._with_counterpoint(chosen, side.other, count)

    def stance(self, choice: Choice) -> Stance | None:
        """The stance of a quote; beside what the operator put on a side, what a model reads there must be plain."""
        quote, reading = choice.quote, self.readings.get(choice.hit.row)
        voices = self.voices.of_quote(quote)
        stance = stance_of(self.generation, quote, voices, self.proposition, reading)
        doubtful = stance and stance.basis is Basis.MODEL and stance.probability < LABELLED
        if stance and doubtful and stance.side in self._labelled_sides:
            return replace(stance, side=Side.UNCLEAR)
        return stance

    def side(self, choice: Choice) -> Side | None:
        """The side that a quote takes, if any."""
        stance = self.stance(choice)
        return stance.taken if stance else None

    @property
    def _labelled_sides(self) -> set[Side]:
        """The sides that the operator put something on."""
        return {stance.side for _, stance, _ in self.labelled}

    def _alternatives(self, side: Side, beside: Sequence[Choice]) -> Iterator[JudgedChoice]:
        """What else there is: what the question found, then what the operator put on a side, found or not."""
        choices = (Choice(cut(self.generation, hit), hit, hit.score) for hit in self.hits)
        judged = (
            (choice, stance, self.readings[choice.hit.row])
            for choice in choices
            if (stance := self.stance(choice))
        )
        labelled = (entry for entry in self.labelled if entry[1].side is side)
        for entry in chain(judged, labelled):
            quote = entry[0].quote
            if not is_question(quote.text) and all(apart(ours.quote, quote) for ours in beside):
                yield entry

    def _on_side(self, chosen: list[Choice], side: Side, count: int) -> list[Choice]:
        """The quotes that take a side, or else one more that does, then those that take none."""
        on_side = [choice for choice in chosen if self.side(choice) is side]
        if not on_side:
            judged = self._alternatives(side, chosen)
            candidates = (choice for choice, stance, _ in judged if stance.taken is side)
            on_side = list(islice(candidates, 1))
        neutral = [choice for choice in chosen if self.side(choice) is None]
        return [*on_side, *neutral][:count] if on_side else chosen

    def _with_role(self, choice: Choice, side: Side, *, first: bool) -> Choice:
        """A quote of the other side is a counterpoint; one of the same side is none, whatever its first word."""
        taken_side = self.side(choice)
        if taken_side is side.other and not first:
            return replace(choice, role=Role.COUNTERPOINT)
        supports = taken_side is side and choice.role is Role.COUNTERPOINT
        return replace(choice, role=Role.CLAIM) if supports else choice

    def _with_counterpoint(self, chosen: Sequence[Choice], side: Side, count: int) -> Balanced:
        """An answer with a counterpoint on this side, or with the gap where nothing even leans to it.

        Where there is no room, the last quote goes that is neither the first nor the only one to take a side.
        """
        sided = next((choice for choice in chosen if self.side(choice)), None)
        full = len(chosen) == count
        spare = [choice for choice in chosen[1:] if full and choice is not sided]
        remaining = [choice for choice in chosen if choice not in spare[-1:]]
        leaning = False
        for candidate, stance, reading in self._alternatives(side, chosen):
            leaning = leaning or side in (reading.leans, stance.side)
            if stance.side is side and len(remaining) < count:
                return self.balanced([*remaining, replace(candidate, role=Role.COUNTERPOINT)])
        return self.balanced(chosen, None if leaning else NO_OTHER_SIDE)

    def balanced(self, choices: Sequence[Choice], gap: str | None = None) -> Balanced:
        """An answer with these quotes."""
        quotes = [(choice.quote, stance) for choice in choices if (stance := self.stance(choice))]
        stances = {(quote.document.id, quote.span): stance for quote, stance in quotes}
        return Balanced(tuple(choices), stances, self.proposition, gap)
