"""Both sides: what the sources say for a proposition and against it, and which side they leave out."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from pullquote.index.generation import Generation
from pullquote.index.quote import Quote
from pullquote.index.search import Hit, Role, alike, cut, is_question
from pullquote.sides.judging import Readings, stance_of
from pullquote.sides.stance import Citation, Reading, Side
from pullquote.span import shortened
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import Voice, VoiceKind, summary

EACH = 3  # quotes of a side
MOST_EACH = 10  # the same, where more are asked for
CONTEXT = 2  # quotes that take neither
AGAIN = 0.2  # of the log of its probability that a quote loses each time its voice has spoken: a fifth less likely
NO_OTHER_SIDE = "none found that argues the other side"
NO_SUPPORT = "none found that argues for this"
NO_SIDE = "none found that argues either side"


@dataclass(frozen=True, slots=True)
class Sides:
    """The quotes on each side of a proposition, strongest first, and what is missing.

    The proposition is a question where it could not be turned into a statement: then for is yes, against is no.
    `leaning` names the sides to which something leans, though nothing is clear enough to be shown on them.
    """

    proposition: str
    debate: str | None
    favour: tuple[Citation, ...]
    against: tuple[Citation, ...]
    context: tuple[Citation, ...]
    leaning: frozenset[Side] = frozenset()
    more: bool = False  # whether a side has more quotes than are shown

    def __repr__(self) -> str:
        counts = f"{len(self.favour)} for, {len(self.against)} against, {len(self.context)} beside"
        return f"<Sides {shortened(self.proposition)}: {counts}>"

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
        words = {(): None, (Side.FOR,): NO_SUPPORT, (Side.AGAINST,): NO_OTHER_SIDE}
        return words.get(self.missing, NO_SIDE)

    @property
    def _empty(self) -> list[Side]:
        return [side for side, quotes in ((Side.FOR, self.favour), (Side.AGAINST, self.against)) if not quotes]


def both_sides(
    generation: Generation, voices: VoiceBook, proposition: str, hits: Sequence[Hit], readings: Readings,
    *, debate: str | None = None, each: int = EACH,
) -> Sides:  # fmt: skip
    """Sort what was found by the side it takes, up to `each` a side; a quote counts for whoever says it, not for who reports it."""
    read = [hit for hit in hits if hit.row in readings]
    found = (_weighed(generation, voices, proposition, hit, readings[hit.row]) for hit in read)
    every = sorted(filter(None, found), key=lambda one: -one.score)
    fitting = [_diverse([one for one in every if _side(one) is side], each + 1) for side in (Side.FOR, Side.AGAINST)]
    favour, against = (found[:each] for found in fitting)
    around = _diverse([one for one in every if _side(one) is None], CONTEXT, beside=[*favour, *against])
    parts = ((favour, Role.CLAIM), (against, Role.COUNTERPOINT), (around, Role.CONTEXT))
    numbers = count(1)
    favour, against, around = ([replace(one, n=next(numbers), role=role) for one in part] for part, role in parts)
    leaning = frozenset(side for hit in read if (side := readings[hit.row].leans))
    more = any(len(found) > each for found in fitting)
    return Sides(proposition, debate, tuple(favour), tuple(against), tuple(around), leaning, more)


def _weighed(
    generation: Generation, voices: VoiceBook, proposition: str, hit: Hit, reading: Reading
) -> Citation | None:
    """A hit by the log of how likely it argues for its side, or, on none, for either; None where nothing is said of it."""
    quote = cut(generation, hit)
    told = voices.of_quote(quote)
    stance = stance_of(generation, quote, told, proposition, reading)
    if stance is None or is_question(quote.text):
        return None
    likely = reading.argued(stance) if stance.taken else reading.argues(reading.likelier)
    return Citation(0, quote, Role.CONTEXT, told, math.log(likely), stance)


def _side(one: Citation) -> Side | None:
    return one.stance.taken if one.stance else None


def _diverse(found: Sequence[Citation], most: int, beside: Sequence[Citation] = ()) -> list[Citation]:
    """The strongest first; a voice that has spoken yields to others that are nearly as strong."""
    chosen: list[Citation] = []
    left = list(found)
    while left and len(chosen) < most:
        spoken = Counter(speaker_of(one.quote, one.voices) for one in chosen)
        best = max(left, key=lambda one: one.score - AGAIN * spoken[speaker_of(one.quote, one.voices)])
        left.remove(best)
        if all(apart(other.quote, best.quote) for other in (*beside, *chosen)):
            chosen.append(best)
    return chosen


def apart(ours: Quote, theirs: Quote) -> bool:
    """Whether two quotes neither overlap nor say the same."""
    overlap = ours.document.id == theirs.document.id and ours.span.overlaps(theirs.span)
    return not overlap and not alike(ours.text, theirs.text)


def speaker_of(quote: Quote, voices: tuple[Voice, ...]) -> str:
    """Who says it: the author of a document, or whom it names; the same name twice is one voice."""
    voice, author = summary(voices), quote.document.source.author or quote.document.id
    return author if voice.kind is VoiceKind.AUTHOR else voice.speaker or author
