"""Alterations: whether a text is a stored one with some words changed, and which."""

import difflib
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from pullquote.quote import Quote
from pullquote.span import Span
from pullquote.store.lexical import stems
from pullquote.typography import fold
from pullquote.verify import OUTER, Place, Result, Verdict

MIN_LIKENESS = 0.75  # of two texts, by difflib, from which one is called an altered form of the other
MIN_TERMS, MIN_SHARE = 2, 0.5  # of the words that say something, which are the same where only a part is compared
LONGEST = 20_000  # letters of a stored text; no sentence that makes sense has as many
LONGEST_TAG = 20  # words between two quotations that say whose they are, at most; more are the text's own
SAME, CHANGED, MISSING = -3, 1, 2  # what a word costs: one of both rows, one for another, and one that only one has
_STOPS = ".,;:!?…"
_WORD = re.compile(r"\S+")
_QUOTED = re.compile(r"“[^”]*(?:”|\Z)|\A[^“”\"]*”|«[^»]*(?:»|\Z)|\"[^\"]*(?:\"|\Z)")


def compare(given: str, place: Place) -> Verdict | None:
    """Whether a part of a stored text is what a given one was altered from, with the differences word by word.

    Quotation marks make no difference, unless nothing else does; what stands outside them, as "she said" does, is not
    weighed where the given text leaves it out. Of less than the whole text, words that say something must be the same.
    """
    text = place.span.cut(place.document.text)
    ours, theirs = _words_of(given), _words_of(text[:LONGEST])
    if not ours or not theirs or len(text) > LONGEST:
        return None
    keys, stored = _keys(ours, theirs)
    start, end = _aligned(keys, stored, [word.outside for word in theirs])
    part = theirs[start:end]
    same = difflib.SequenceMatcher(None, keys, stored[start:end], autojunk=False)
    kept = {at for block in same.get_matching_blocks() for at in range(block.b, block.b + block.size)}
    weighed = sum(at in kept or not word.outside for at, word in enumerate(part))
    if 2 * len(kept) < MIN_LIKENESS * (len(ours) + weighed):
        return None
    if len(part) < len(theirs) and not _telling(given, " ".join(part[at].text for at in sorted(kept))):
        return None
    if len(kept) == len(ours) == len(part):
        same = difflib.SequenceMatcher(None, _texts(ours), _texts(part), autojunk=False)
    at = place.span.start
    found = Place(place.document, Span(at + part[0].start, at + part[-1].start + len(part[-1].text)))
    return Verdict(Result.ALTERED, (found,), tuple(_pieces(same, _texts(ours), _texts(part))))


def stretches(quotes: Iterable[Quote], letters: int) -> list[Place]:
    """The places that a text of so many letters may have been taken from, where it holds a part of these passages.

    Around each of them as many letters on either side, in whole sentences; those that overlap are one.
    """
    found: list[Place] = []
    for quote in quotes:
        place = Place(quote.document, _around(quote, letters))
        for known in [known for known in found if known.document.id == place.document.id]:
            joined = Span(min(known.span.start, place.span.start), max(known.span.end, place.span.end))
            if known.span.overlaps(place.span) and len(joined) <= LONGEST:
                found.remove(known)
                place = Place(place.document, joined)
        found.append(place)
    return found


def _around(quote: Quote, letters: int) -> Span:
    """The whole sentences within so many letters before and after a quote, and those at the edges."""
    sentences, span = quote.sentences, quote.span
    first = bisect_right(sentences, span.start - letters, key=lambda sentence: sentence.span.end)
    last = bisect_left(sentences, span.end + letters, key=lambda sentence: sentence.span.start) - 1
    return Span(sentences[first].span.start, sentences[last].span.end)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text, its offset, and whether it stands between quotations, as "she said" does."""

    text: str
    start: int
    outside: bool = False

    @property
    def bare(self) -> str:
        """Without typography and quotation marks."""
        return fold(self.text).text.strip(OUTER)


def _words_of(text: str) -> list[_Word]:
    """The words of a text, but for those that are only quotation marks."""
    quoted = [Span(*found.span()) for found in _QUOTED.finditer(text)]
    spans = [span for found in _WORD.finditer(text) if (span := Span(*found.span())).cut(text).strip(OUTER)]
    runs = [(outside, list(run)) for outside, run in groupby(spans, lambda span: _outside(span, quoted))]
    return [
        _Word(span.cut(text), span.start, outside and len(run) <= LONGEST_TAG) for outside, run in runs for span in run
    ]


def _outside(span: Span, quoted: Sequence[Span]) -> bool:
    """Whether a text has quotations, and a range of it stands in none of them."""
    following = bisect_right(quoted, span.start, key=lambda each: each.end)
    return bool(quoted) and not (following < len(quoted) and quoted[following].overlaps(span))


def _keys(ours: Sequence[_Word], theirs: Sequence[_Word]) -> tuple[list[str], list[str]]:
    """The words as they are compared: the first letter of a quote and the stop at a closing mark as an editor sets them."""
    keys = [word.bare for word in ours]
    known = set(keys)
    stored = [_nearest(word, known, keys[-1]) for word in theirs]
    first = keys[0][:1].swapcase() + keys[0][1:]
    return [first if keys[0] not in stored and first in stored else keys[0], *keys[1:]], stored


def _nearest(word: _Word, known: Container[str], last: str) -> str:
    """A stored word as it is compared with the known ones, of which the last may be followed by what was left out."""
    bare = word.bare
    if word.text[-1] not in OUTER:
        return last if bare.rstrip(_STOPS) == last else bare
    stem = bare.rstrip(".,")
    return next((form for form in (stem + ".", stem + ",", stem) if form in known), bare)


def _texts(words: Iterable[_Word]) -> list[str]:
    return [word.text for word in words]


def _telling(given: str, same: str) -> bool:
    """Whether enough of the words that say something are the same."""
    shared = stems(given) & stems(same)
    return len(shared) >= MIN_TERMS and len(shared) >= MIN_SHARE * len(stems(given))


def _pieces(
    matcher: "difflib.SequenceMatcher[str]", ours: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for kind, start, end, low, high in matcher.get_opcodes():
        if kind == "equal":
            yield "same", " ".join(ours[start:end])
            continue
        if end > start:
            yield "only_given", " ".join(ours[start:end])
        if high > low:
            yield "only_stored", " ".join(theirs[low:high])


def _aligned(given: Sequence[str], stored: Sequence[str], free: Sequence[bool]) -> tuple[int, int]:
    """Where the part of `stored` starts and ends that is nearest to `given`, word by word (Sellers 1980).

    Args:
        free: which of the stored words cost nothing where the given ones leave them out.

    Example: _aligned(["a", "x", "c"], ["0", "a", "b", "c", "d"], [False] * 5) -> (1, 4)
    """
    numbers = {word: number for number, word in enumerate(dict.fromkeys(stored))}
    words = np.array([numbers[word] for word in stored], np.int64)
    # Of each cell the cost, and in its lower part how far from the end the part starts: the shortest part wins.
    unit = len(stored) + 1
    skipped = np.concatenate([[0], np.cumsum(np.where(free, 0, MISSING))]) * unit
    row = np.arange(len(stored), -1, -1, dtype=np.int64)
    for word in given:
        next_row = row + MISSING * unit
        changed = row[:-1] + np.where(words == numbers.get(word, -1), SAME, CHANGED) * unit
        next_row[1:] = np.minimum(next_row[1:], changed)
        row = np.minimum.accumulate(next_row - skipped) + skipped
    end = int(np.argmin(row // unit))
    return len(stored) - int(row[end] % unit), end
