"""Verification by an index: where words stand, whose they are there, and what they were altered from."""

from collections.abc import Iterator, Sequence

from pullquote.answers.ready import Ready
from pullquote.answers.spoken import claimed
from pullquote.index.quote import Quote
from pullquote.verify.alteration import compare, stretches
from pullquote.verify.match import MATCHES, Attribution, Place, Result, Verdict, find, voices_at
from pullquote.voice import Voice

WEIGHED = 100  # places of words that may be several people's, at each of which their speaker is told
NEAR = 20  # passages that words may be altered from
COMPARED = 4_000  # letters of a text, from its start, that are held against what it may be altered from


def checked(ready: Ready, words: str, *, speaker: str | None, document_id: str | None) -> Verdict:
    """Whether words stand in the sources, and are whose they are said to be, where they are said to stand.

    Raises:
        UnknownDocument: `document_id` is none of the documents'.
        QuestionError: `speaker` could name nobody.
    """
    generation = ready.generation
    numbers = list(range(len(generation.rows)))
    if document_id is not None:
        asked = generation.number(document_id)
        numbers.sort(key=lambda number: number != asked)  # what stands there must be among the places found
    said = None if speaker is None else claimed.checked(speaker)
    most = MATCHES if said is None else WEIGHED
    verdict = find(words, lambda: map(generation.document, numbers), most=most)
    verdict = verdict if verdict.places else _altered(ready, _first(words), document_id)
    if not verdict.places or (said is None and document_id is None):
        return verdict
    found = [(place, _as_said(ready, place, said, document_id)) for place in verdict.places]
    best = next(one for one in Attribution if any(of is one for _, of in found))
    places = tuple(place for place, of in found if of is best)[:MATCHES]
    other = best is Attribution.WRONG or not (said is None or any(_may_have_said(ready, one, said) for one in places))
    other = other and bool(places) and verdict.result is not Result.ALTERED
    return Verdict(Result.MISATTRIBUTED if other else verdict.result, places, verdict.diff, best)


def _altered(ready: Ready, words: str, document_id: str | None) -> Verdict:
    """The passage that words differ from in the fewest places, or that there is none."""
    quotes = [*ready.alike(words, NEAR), *(citation.quote for citation in ready.search(words, MATCHES))]
    apart = {(quote.document.id, quote.first, quote.last): quote for quote in quotes}
    places = [place for quote in apart.values() for place in _parts(quote)]
    places += stretches(apart.values(), len(words))
    return min(
        compare(words, dict.fromkeys(places), {quote.document.id: quote.sentences for quote in quotes}),
        key=lambda verdict: (verdict.places[0].document.id != document_id, verdict.changed),
        default=Verdict(Result.NOT_FOUND),
    )


def _first(words: str) -> str:
    """The first words of a text, as many as are compared."""
    words = words.strip()
    return words if len(words) <= COMPARED else words[:COMPARED].rsplit(maxsplit=1)[0]


def _parts(quote: Quote) -> Iterator[Place]:
    """A passage, and what is left of it without its first sentences."""
    for first in range(quote.first, quote.last + 1):
        yield Place(quote.document, Quote(quote.document, quote.sentences, first, quote.last).span)


def _as_said(ready: Ready, place: Place, speaker: str | None, document_id: str | None) -> Attribution:
    if document_id not in (None, place.document.id):
        return Attribution.WRONG
    if speaker is None:
        return Attribution.RIGHT
    return claimed.attribution(speaker, _voices_at(ready, place), place.document.source)


def _may_have_said(ready: Ready, place: Place, speaker: str) -> bool:
    return claimed.conceivable(speaker, _voices_at(ready, place), place.document.source)


def _voices_at(ready: Ready, place: Place) -> Sequence[Voice]:
    citation = ready.quote_at(place.document.id, place.span)
    return voices_at(citation.quote, citation.voices, place.span) if citation else ()
