"""Both sides: what the sources say for a proposition and against it, and which side they leave out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.answers.answer import Citation
from pullquote.corpus.passages import only_replies
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote
from pullquote.index.search import Hit, Role, alike, cut, is_question
from pullquote.sides.judging import Readings, stance_of, taking_sides
from pullquote.sides.stance import BAR, Basis, Reading, Side, Stance
from pullquote.voice import VoiceKind, summary
from pullquote.voice.book import VoiceBook

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


def takes_side(stance: Stance | None) -> bool:
    """Whether a stance is known and for or against."""
    return stance is not None and stance.side in (Side.FOR, Side.AGAINST)
