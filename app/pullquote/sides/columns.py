"""Both sides: what the sources say for a proposition and against it, and which side they leave out."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count

from pullquote.corpus.quote import Quote
from pullquote.index.generation import Generation
from pullquote.index.search import Hit, Role, alike, cut, is_question
from pullquote.sides.judging import Readings, stance_of
from pullquote.sides.stance import Citation, Side, StanceReading
from pullquote.span import shortened
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import Voice, VoiceKind, summary

EACH = 3  # quotes of a side
MOST_EACH = 10  # the same, where more are asked for
CONTEXT = 2  # quotes that take neither
# Of the log of its probability, what a quote loses each time its voice has spoken: a fifth less likely.
AGAIN = 0.2
NO_OTHER_SIDE = "none found that argues the other side"
NO_SUPPORT = "none found that argues for this"
NO_SIDE = "none found that argues either side"
GAPS: dict[Side | None, str] = {Side.FOR: NO_SUPPORT, Side.AGAINST: NO_OTHER_SIDE, None: NO_SIDE}


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
        sides = ((Side.FOR, self.favour), (Side.AGAINST, self.against))
        return [side for side, citations in sides if not citations]


def both_sides(
    generation: Generation,
    voices: VoiceBook,
    proposition: str,
    hits: Sequence[Hit],
    readings: Readings,
    *,
    debate: str | None = None,
    each: int = EACH,
) -> Sides:
    """Sort what was found by the side it takes, up to `each` a side; a quote counts for whoever says it."""
    read_hits = [hit for hit in hits if hit.row in readings]
    cited = (_cited(generation, voices, proposition, hit, readings[hit.row]) for hit in read_hits)
    ranked = sorted(filter(None, cited), key=lambda citation: -citation.score)
    favour, against = (
        _diverse([citation for citation in ranked if _side(citation) is side], each + 1)
        for side in (Side.FOR, Side.AGAINST)
    )
    more = max(len(favour), len(against)) > each
    favour, against = favour[:each], against[:each]
    neutral = [citation for citation in ranked if _side(citation) is None]
    context = _diverse(neutral, CONTEXT, beside=[*favour, *against])
    columns = ((favour, Role.CLAIM), (against, Role.COUNTERPOINT), (context, Role.CONTEXT))
    numbers = count(1)
    first, second, third = (
        tuple(replace(citation, n=next(numbers), role=role) for citation in citations)
        for citations, role in columns
    )
    leaning = frozenset(side for hit in read_hits if (side := readings[hit.row].leans))
    return Sides(proposition, debate, first, second, third, leaning, more)


def _cited(
    generation: Generation, voices: VoiceBook, proposition: str, hit: Hit, reading: StanceReading
) -> Citation | None:
    """A hit by the log of how likely it argues for its side, or, on none, for either; None where nothing is said of it."""
    quote = cut(generation, hit)
    quote_voices = voices.of_quote(quote)
    stance = stance_of(generation, quote, quote_voices, proposition, reading)
    if stance is None or is_question(quote.text):
        return None
    likely = reading.argued(stance) if stance.taken else reading.argues(reading.likelier)
    return Citation(0, quote, Role.CONTEXT, quote_voices, math.log(likely), stance)


def _side(citation: Citation) -> Side | None:
    return citation.stance.taken if citation.stance else None


def _diverse(
    citations: Sequence[Citation], most: int, beside: Sequence[Citation] = ()
) -> list[Citation]:
    """The strongest first; a voice that has spoken yields to others that are nearly as strong."""
    chosen: list[Citation] = []
    remaining = [(citation, speaker_of(citation.quote, citation.voices)) for citation in citations]
    spoken = Counter[str]()
    while remaining and len(chosen) < most:
        best = max(remaining, key=lambda pair: pair[0].score - AGAIN * spoken[pair[1]])
        remaining.remove(best)
        citation, speaker = best
        if all(apart(earlier.quote, citation.quote) for earlier in (*beside, *chosen)):
            chosen.append(citation)
            spoken[speaker] += 1
    return chosen


def apart(ours: Quote, theirs: Quote) -> bool:
    """Whether two quotes neither overlap nor say the same."""
    overlap = ours.document.id == theirs.document.id and ours.span.overlaps(theirs.span)
    return not overlap and not alike(ours.text, theirs.text)


def speaker_of(quote: Quote, voices: tuple[Voice, ...]) -> str:
    """Who says it: the author of a document, or whom it names; the same name twice is one voice."""
    voice, author = summary(voices), quote.document.source.author or quote.document.id
    return author if voice.kind is VoiceKind.AUTHOR else voice.speaker or author
