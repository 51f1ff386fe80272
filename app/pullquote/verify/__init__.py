"""Verifying: where words stand in the sources, whose they are there, and what they were altered from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pullquote.corpus.documents import Document, Source
from pullquote.index.quote import Quote
from pullquote.verify.alteration import nearest
from pullquote.verify.match import MATCHES, Attribution, Place, Result, Verdict, find, voices_at
from pullquote.voice import Voice

__all__ = ["Attribution", "Fit", "Place", "Result", "Sources", "Verdict", "verify", "voices_at"]

WEIGHED = 100  # places of words that may be several people's, at each of which their speaker is told
Fit = Callable[[Sequence[Voice], Source], tuple[Attribution, bool]]
"""Whether words of these voices are a claimed speaker's, and whether they may be as far as anybody can tell."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What words are held against."""

    documents: Callable[[], Iterable[Document]]
    """Gives all documents, each time that it is called."""
    near: Callable[[str], Iterable[Quote]]
    """The passages that a text may be altered from."""
    voices: Callable[[Place], Sequence[Voice]]
    """Who says the words at a place."""


def verify(words: str, sources: Sources, *, document_id: str | None = None, fit: Fit | None = None) -> Verdict:
    """Whether words stand in the sources, and are whose they are said to be, where they are said to stand.

    Args:
        document_id: of the document where they are said to stand; the sources give it first.
        fit: tells whether they are a claimed speaker's.
    """
    verdict = find(words, sources.documents, most=WEIGHED if fit else MATCHES)
    verdict = verdict if verdict.places else nearest(words, sources.near, document_id)
    if not verdict.places or (fit is None and document_id is None):
        return verdict
    told = [(place, *_fit(place, sources, document_id, fit)) for place in verdict.places]
    best = min((of for _, of, _ in told), key=list(Attribution).index)
    shown = [(place, may) for place, of, may in told if of is best][:MATCHES]
    other = best is Attribution.WRONG or not any(may for _, may in shown)
    misattributed = other and verdict.result is not Result.ALTERED
    result = Result.MISATTRIBUTED if misattributed else verdict.result
    return Verdict(result, tuple(place for place, _ in shown), verdict.diff, best)


def _fit(place: Place, sources: Sources, document_id: str | None, fit: Fit | None) -> tuple[Attribution, bool]:
    """Whether the words at a place are as they are said to be, and whether they may be."""
    if fit is None:
        here = document_id in (None, place.document.id)
        return (Attribution.RIGHT if here else Attribution.WRONG), True
    of, may = fit(sources.voices(place), place.document.source)
    return (of if document_id in (None, place.document.id) else Attribution.WRONG), may
