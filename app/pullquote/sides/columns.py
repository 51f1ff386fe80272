"""Both sides: what the sources say for a proposition and against it, and which side they leave out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.corpus.passages import only_replies
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote
from pullquote.index.search import Hit, Role, alike, cut, is_question
from pullquote.sides.judging import Readings, stance_of, taking_sides
from pullquote.sides.stance import BAR, Basis, Citation, Reading, Side, Stance
from pullquote.voice import Voice, VoiceKind, summary
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
    def labels(self) -> tuple[str, str]:
        """What the columns are called: a question that could not be turned into a statement is answered yes or no."""
        return ("Yes", "No") if self.proposition.endswith("?") else ("For", "Against")

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
    voices: tuple[Voice, ...]
    stance: Stance
    weight: float

    @property
    def voice(self) -> str:
        """Who says it: the author of the document, or whom it names."""
        return speaker_of(self.quote, self.voices)


def both_sides(
    generation: Generation, voices: VoiceBook, proposition: str, hits: Sequence[Hit], readings: Readings,
    *, debate: str | None = None,
) -> Sides:  # fmt: skip
    """Sort what was found by the side it takes; a quote counts for whoever says it, not for who reports it."""
    labels = bool(taking_sides(generation, proposition, generation.documents_of(debate)))
    read = [hit for hit in hits if hit.row in readings]
    found = [_weighed(generation, voices, proposition, hit, readings[hit.row], labels=labels) for hit in read]
    every = _agreed(sorted(filter(None, found), key=lambda one: -one.weight))
    favour, against = (
        _diverse([one for one in every if one.stance.side is side], EACH) for side in (Side.FOR, Side.AGAINST)
    )
    around = _diverse([one for one in every if one.stance.taken is None], CONTEXT, beside=[*favour, *against])
    return Sides(
        proposition, debate,
        _cited(favour, Role.CLAIM, 1),
        _cited(against, Role.COUNTERPOINT, 1 + len(favour)),
        _cited(around, Role.CONTEXT, 1 + len(favour) + len(against)),
        frozenset(side for hit in read if (side := readings[hit.row].leans) is not None),
    )  # fmt: skip


def _cited(found: Sequence[Candidate], role: Role, start: int) -> tuple[Citation, ...]:
    return tuple(
        Citation(n, one.quote, role, one.voices, one.weight, one.stance) for n, one in enumerate(found, start=start)
    )


def _weighed(
    generation: Generation, voices: VoiceBook, proposition: str, hit: Hit, reading: Reading, *, labels: bool
) -> Candidate | None:
    """A hit as a candidate, or None where it is on no side and off the subject, or not likely enough on its own.

    `labels`: whether the operator puts documents on sides of this; what a model alone reads must then be plain.
    """
    quote = cut(generation, hit)
    told = voices.of_quote(quote)
    stance = stance_of(generation, quote, told, proposition, reading, BAR.shown)
    if stance is None or is_open(quote):
        return None
    if stance.taken is None:
        return Candidate(quote, told, stance, hit.score) if reading.relevance >= BAR.subject else None
    probability = reading.argued(stance)
    least = BAR.plain if labels and stance.basis is Basis.MODEL else BAR.shown
    return Candidate(quote, told, stance, math.log(probability)) if probability >= least else None


def _agreed(found: Sequence[Candidate]) -> list[Candidate]:
    """Those whose words no longer quote puts on the other side: with its neighbours a sentence is read better."""

    def is_overruled(one: Candidate) -> bool:
        return any(
            other.stance.side is one.stance.side.other
            and other.quote.words > one.quote.words
            and not apart(other.quote, one.quote)
            for other in found
        )

    return [one for one in found if one.stance.taken is None or not is_overruled(one)]


def is_open(quote: Quote) -> bool:
    """Whether the quote takes no side by itself: it asks, or only replies to what it does not hold."""
    sentences = (sentence.span.cut(quote.document.text) for sentence in quote.sentences[quote.first : quote.last + 1])
    return is_question(quote.text) or all(only_replies(words) for words in sentences)


def _diverse(found: Sequence[Candidate], count: int, beside: Sequence[Candidate] = ()) -> list[Candidate]:
    """The strongest first; a voice that has spoken yields to others that are nearly as strong."""
    chosen: list[Candidate] = []
    left = list(found)
    while left and len(chosen) < count:
        best = max(left, key=lambda one: one.weight - AGAIN * sum(one.voice == other.voice for other in chosen))
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
