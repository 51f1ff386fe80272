"""Disputes: the strongest verbatim clash with a quote, from another voice."""

from collections.abc import Sequence

from pullquote.answer import Citation
from pullquote.judged import Readings
from pullquote.quote import Quote
from pullquote.retrieve import Hit
from pullquote.select import Role, alike, cut
from pullquote.stance import Basis, Side, Stance
from pullquote.store.generation import Generation
from pullquote.voice import Voice, VoiceKind, summary
from pullquote.voice.voicebook import VoiceBook

# A false clash blames a speaker: more is asked than for a side (docs/sides.md has what the side's bar would show).
CLEAR = 0.7  # probability that the other speaks against
ON_SUBJECT = 0.0  # relevance, as a logit
CLAIM_WORDS = 60  # of a longer quote only its last sentence is held against the others
NONE = "No other voice in these sources clearly disputes this."


def claim_of(quote: Quote) -> str:
    """What a quote asserts, short enough to be read together with another sentence."""
    if quote.words <= CLAIM_WORDS:
        return quote.text
    return quote.sentences[quote.last].span.cut(quote.document.text)


def strongest_dispute(
    generation: Generation, voices: VoiceBook, quote: Quote, hits: Sequence[Hit], readings: Readings
) -> Citation | None:
    """The clearest contradiction of a quote that another document or another speaker utters, or None."""
    own = _speaker(quote, voices.of_quote(quote))
    found: list[tuple[float, Quote, Hit]] = []
    for hit in hits:
        reading, other = readings.get(hit.row), cut(generation, hit)
        if reading is None or reading.relevance < ON_SUBJECT or reading.probability(Side.AGAINST) < CLEAR:
            continue
        same_place = other.document.id == quote.document.id and other.span.overlaps(quote.span)
        if same_place or _speaker(other, voices.of_quote(other)) == own or alike(other.text, quote.text):
            continue
        found.append((reading.relevance - reading.margin, other, hit))
    if not found:
        return None
    _, other, hit = max(found, key=lambda entry: entry[0])
    stance = Stance(Side.AGAINST, readings[hit.row].probability(Side.AGAINST), Basis.MODEL)
    return Citation(1, other, Role.COUNTERPOINT, voices.of_quote(other), hit.score, stance)


def _speaker(quote: Quote, voices: tuple[Voice, ...]) -> tuple[str, str | None]:
    """Who says it: the author of a document, or whom it names; the same name twice is one voice."""
    voice = summary(voices)
    if voice.kind is VoiceKind.AUTHOR or voice.speaker is None:
        return ("author", quote.document.source.author or quote.document.id)
    return ("named", voice.speaker)
