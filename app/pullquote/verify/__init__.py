"""Verifying: where words stand in the sources, whose they are there, and what they were altered from."""

from collections.abc import Callable, Iterable, Sequence

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote
from pullquote.verify.alteration import nearest
from pullquote.verify.match import MATCHES, Attribution, Place, Result, Verdict, find
from pullquote.voice.voices import Voice

# Places of words that may be several people's, at each of which their speaker is told
WEIGHED = 100
Fit = Callable[[Sequence[Voice], Source], tuple[Attribution, bool]]
"""Whether words of these voices are a claimed speaker's, and whether they may be as far as anybody can tell."""


def verify(
    words: str, documents: Callable[[], Iterable[Document]], near: Callable[[str], Iterable[Quote]],
    voices: Callable[[Place], Sequence[Voice]], *, document_id: str | None = None, fit: Fit | None = None,
) -> Verdict:  # fmt: skip
    """Whether words stand in the sources, and are whose they are said to be, where they are said to stand.

    Args:
        documents: gives all documents each time that it is called, first the one where the words are said to stand.
        near: gives the passages that a text may be altered from.
        voices: tells who says the words at a place.
        fit: tells whether they are a claimed speaker's.
    """
    verdict = find(words, documents, most=WEIGHED if fit else MATCHES)
    verdict = verdict if verdict.places else nearest(words, near, document_id)
    if not verdict.places or (fit is None and document_id is None):
        return verdict
    whose = []
    for place in verdict.places:
        attribution, may = (
            fit(voices(place), place.document.source) if fit else (Attribution.RIGHT, True)
        )
        theirs = may and document_id in (None, place.document.id)
        whose.append(attribution if theirs else Attribution.WRONG)
    best = min(whose, key=list(Attribution).index)
    places = [
        place
        for place, attribution in zip(verdict.places, whose, strict=True)
        if attribution is best
    ][:MATCHES]
    other = (
        best is Attribution.WRONG and verdict.result is not Result.ALTERED
    )  # what is not clear is nobody else's
    return Verdict(
        Result.MISATTRIBUTED if other else verdict.result, tuple(places), verdict.diff, best
    )
