"""Verifying: where words stand in the sources, whose they are there, and what they were altered from."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote
from pullquote.verify.alteration import nearest
from pullquote.verify.match import MATCHES, Attribution, Match, Result, Verdict, find
from pullquote.voice.voices import Voice

# Places of words that may be several people's, at each of which their speaker is told
WEIGHED = 100
Fit = Callable[[Sequence[Voice], Source], tuple[Attribution, bool]]
"""Whether words of these voices are a claimed speaker's, and whether they may be as far as anybody can tell."""


def verify(
    words: str,
    documents: Callable[[], Iterable[Document]],
    near: Callable[[str], Iterable[Quote]],
    voices: Callable[[Match], Sequence[Voice]],
    *,
    document_id: str | None = None,
    fit: Fit | None = None,
) -> Verdict:
    """Whether words stand in the sources, and are whose they are said to be, where they are said to stand.

    Args:
        documents: gives all documents each time that it is called, first the one where the words are said to stand.
        near: gives the passages that a text may be altered from.
        voices: tells who says the words at a match.
        fit: tells whether they are a claimed speaker's.
    """
    verdict = find(words, documents, most=WEIGHED if fit else MATCHES)
    verdict = verdict if verdict.places else nearest(words, near, document_id)
    if not verdict.places or (fit is None and document_id is None):
        return verdict
    ranked: dict[Attribution, list[Match]] = {attribution: [] for attribution in Attribution}
    for match in verdict.places:
        attribution, possible = Attribution.RIGHT, True
        if fit:
            attribution, possible = fit(voices(match), match.document.source)
        possible = possible and document_id in (None, match.document.id)
        ranked[attribution if possible else Attribution.WRONG].append(match)
    return _best(verdict, ranked)


def _best(verdict: Verdict, ranked: Mapping[Attribution, Sequence[Match]]) -> Verdict:
    """A verdict with the matches of the best attribution that any has."""
    best, matches = next(row for row in ranked.items() if row[1])
    result = verdict.result
    # Unclear words are nobody else's
    if best is Attribution.WRONG and result is not Result.ALTERED:
        result = Result.MISATTRIBUTED
    return Verdict(result, tuple(matches[:MATCHES]), verdict.diff, best)
