"""Disputes: who takes the other side of a quote, on something that the operator put up for debate.

Whether two sentences clash by themselves a model of this size cannot tell: of what it took for a clash none was one
(docs/sides.md). So two quotes dispute each other only where both plainly take sides of one named proposition.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullquote.answers.answer import Citation
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote
from pullquote.index.search import Hit, Role, cut
from pullquote.sides.columns import apart, is_open, takes_side
from pullquote.sides.judging import Readings, stance_of
from pullquote.sides.stance import Reading, Stance
from pullquote.voice import Voice, VoiceKind, summary
from pullquote.voice.book import VoiceBook

# How likely each of the two must be to argue for its side. A false clash blames a speaker: more than for a side alone.
# Chosen among .4, .5 and .6 on tests/gold/disputes, with the labels of an operator.
CLEAR = 0.5
CLAIM_WORDS = 60  # of a longer quote only its last sentence is held against the others
NONE = "No other voice in these sources clearly disputes this."


@dataclass(frozen=True, slots=True)
class Dispute:
    """A quote that takes the other side, of what, and the side that the disputed quote takes."""

    citation: Citation
    proposition: str
    own: Stance


def claim_of(quote: Quote) -> str:
    """What a quote asserts, short enough to find what is near it."""
    if quote.words <= CLAIM_WORDS:
        return quote.text
    return quote.sentences[quote.last].span.cut(quote.document.text)


def contested(
    generation: Generation, quote: Quote, told: tuple[Voice, ...], readings: Mapping[str, Reading]
) -> tuple[str, Stance] | None:
    """The proposition, of those whose readings of the quote are given, on which it takes a side most plainly."""
    found = [
        (proposition, taken)
        for proposition, reading in readings.items()
        if (taken := _taken(generation, quote, told, proposition, reading)) is not None
    ]
    if not found:
        return None
    proposition, (_, stance) = max(found, key=lambda entry: entry[1][0])
    return proposition, stance


def nearest_dispute(
    generation: Generation,
    voices: VoiceBook,
    quote: Quote,
    hits: Sequence[Hit],
    on: tuple[str, Stance],
    readings: Readings,
) -> Dispute | None:
    """Of what is near the quote and was judged, the first that plainly takes the other side and is another voice's.

    Args:
        hits: what is near, nearest first.
        on: the proposition, and the quote's own stance on it.
        readings: of that proposition, by row.
    """
    proposition, stance = on
    own = _speaker(quote, voices.of_quote(quote))
    for hit in (hit for hit in hits if hit.row in readings):
        other = cut(generation, hit)
        told = voices.of_quote(other)
        if not apart(other, quote) or _speaker(other, told) == own:
            continue
        taken = _taken(generation, other, told, proposition, readings[hit.row])
        if taken is not None and taken[1].side is stance.side.other:
            return Dispute(Citation(1, other, Role.COUNTERPOINT, told, hit.score, taken[1]), proposition, stance)
    return None


def _taken(
    generation: Generation, quote: Quote, told: tuple[Voice, ...], proposition: str, reading: Reading
) -> tuple[float, Stance] | None:
    """How likely a quote is to argue for its side, and its stance, where both are clear."""
    stance = stance_of(generation, quote, told, proposition, reading, CLEAR)
    if stance is None or not takes_side(stance) or is_open(quote):
        return None
    probability = reading.argued(stance)
    return None if probability < CLEAR else (probability, stance)


def _speaker(quote: Quote, voices: tuple[Voice, ...]) -> tuple[str, str | None]:
    """Who says it: the author of a document, or whom it names; the same name twice is one voice."""
    voice = summary(voices)
    if voice.kind is VoiceKind.AUTHOR or voice.speaker is None:
        return ("author", quote.document.source.author or quote.document.id)
    return ("named", voice.speaker)
