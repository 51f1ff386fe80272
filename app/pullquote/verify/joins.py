"""Joins: words that a draft runs together, and the source does not: over "said the mayor", or out of two sentences."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from pullquote.corpus.quote import Quote
from pullquote.errors import spend
from pullquote.span import Span
from pullquote.verify.match import Match
from pullquote.verify.words import STOPS, Word, words_of

HALF = 3  # words of either half of a splice, at least
SEAM = re.compile(r"[”\"’'»]\s[^“”\"«»]{1,200}?(?<=\s)[“\"‘'«](?=\S|\Z)")
"""What a source sets between two parts of a quotation: from a closing mark to an opening one."""


def parted(words: Sequence[Word], match: Match) -> list[tuple[Sequence[Word], Match]]:
    """The words in the parts in which the source has them, each with its place; none where they are not all that is quoted there."""
    text, span = match.document.text, match.span
    seams = list(SEAM.finditer(text, span.start, span.end))
    bounds = [span.start, *(at for seam in seams for at in seam.span()), span.end]
    edges = zip(bounds[::2], bounds[1::2], strict=True)
    runs = [
        run for start, end in edges if start < end and (run := words_of(text, Span(start, end)))
    ]
    if len(runs) < 2 or [key for run in runs for key in _ended(run)] != _ended(words, runs):
        return []
    starts = accumulate(map(len, runs), initial=0)
    matches = [Match(match.document, Span(run[0].start, run[-1].end)) for run in runs]
    slices = (words[first:last] for first, last in pairwise(starts))
    return list(zip(slices, matches, strict=True))


def _ended(words: Sequence[Word], runs: Sequence[Sequence[Word]] = ()) -> list[str]:
    """Words as they are compared, without the stop at the end of all, and of each of these runs."""
    keys, at = [word.key for word in words], 0
    for length in [len(run) for run in runs] or [len(words)]:
        at += length
        keys[at - 1 : at] = [key.rstrip(STOPS) for key in keys[at - 1 : at]]
    return keys


def spliced(words: Sequence[Word], passages: Iterable[Quote]) -> tuple[Match, Match] | None:
    """Where the first of some words stand and where all the others do, in the longest halves that any of these quotes hold."""
    keys = [_plain(word) for word in words]
    lengths, matches = [0, 0], list[Match | None]([None, None])  # of the first half, and the last
    for quote in passages:
        spend()
        stored = words_of(quote.document.text, quote.span)
        line = f" {' '.join(map(_plain, stored))} "
        for last, longest in enumerate(lengths):
            count, half = _longest(keys, line, last=bool(last))
            if count > longest:
                first = line.count(" ", 0, line.find(half))
                span = Span(stored[first].start, stored[first + count - 1].end)
                lengths[last], matches[last] = count, Match(quote.document, span)
    head, tail = matches
    complete = sum(lengths) >= len(keys) > max(lengths) and min(lengths) >= HALF
    return (head, tail) if complete and head and tail else None


def _longest(keys: Sequence[str], line: str, *, last: bool) -> tuple[int, str]:
    """How many of the first words, or of the last, stand in a line one after another, and these."""
    low, high, half = 0, len(keys), ""
    while low < high:
        middle = (low + high + 1) // 2
        some = f" {' '.join(keys[-middle:] if last else keys[:middle])} "
        low, high, half = (middle, high, some) if some in line else (low, middle - 1, half)
    return low, half


def _plain(word: Word) -> str:
    return word.key.strip(STOPS).casefold()


def sentences_of(passages: Iterable[Quote]) -> Iterator[Match]:
    """Each sentence of some quotes once."""
    spans = {
        (quote.document.id, sentence.span): quote.document
        for quote in passages
        for sentence in quote.sentences[quote.first : quote.last + 1]
    }
    return (Match(document, span) for (_, span), document in spans.items())
