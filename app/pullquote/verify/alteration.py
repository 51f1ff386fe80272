"""Alterations: whether a text is a stored one with some words changed, and which."""

import difflib
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from pullquote.corpus.sentences import Sentence
from pullquote.index.lexical import stems
from pullquote.index.quote import Quote
from pullquote.span import Span
from pullquote.verify.match import OUTER, Place, Result, Verdict
from pullquote.verify.typography import fold_words

MIN_LIKENESS = 0.75  # of two texts, by difflib, from which one is called an altered form of the other
MIN_TERMS, MIN_SHARE = 2, 0.5  # of the words that say something, which are the same where only a part is compared
MIN_KEPT = MIN_LIKENESS / (2 - MIN_LIKENESS)  # of a text's words: with fewer no part of another is as like as that
CELLS = 2_000_000  # pairs of words that one text is aligned over, beside the first place
LONGEST = 20_000  # letters of a stored text; no sentence that makes sense has as many
LONGEST_GAP = (
    100  # words of sentences that are left out between two others, at most; what is further apart is no one text
)
LONGEST_TAG = 20  # words between two quotations that say whose they are, at most; more are the text's own
SAME, CHANGED, MISSING = -3, 1, 2  # what a word costs: one of both rows, one for another, and one that only one has
_STOPS = ".,;:!?…"
_WORD = re.compile(r"\S+")
_QUOTED = re.compile(r"“[^”]*(?:”|\Z)|\A[^“”\"]*”|«[^»]*(?:»|\Z)|\"[^\"]*(?:\"|\Z)")


def compare(
    given: str, places: Iterable[Place], sentences: Mapping[str, Sequence[Sentence]] | None = None
) -> list[Verdict]:
    """Which of some places hold what a text was altered from, in their order, with the differences word by word.

    Small and capital letters are held for the same until the differences are told, where only the first letter of the text
    may be either. Quotation marks make no difference, unless nothing else does; what stands outside them, as "she said"
    does, is not weighed where the given text leaves it out. Of less than a whole place, words that say something must be the same.
    Only places that may be like enough are weighed: those with most words in common first, then the shortest, as long
    as the work stays within `CELLS`. Where none is found, what the text leaves out between two sentences is not weighed.

    Args:
        sentences: of the places' documents, by their ids.
    """
    ours = _words_of(given)
    weighed = [(place, _words_of(place.span.cut(place.document.text))) for place in _likely(ours, list(places))]
    found = _altered(given, ours, weighed)
    if found or not sentences:
        return found
    gaps = [(place, _with_gaps(ours, theirs, place, sentences[place.document.id])) for place, theirs in weighed]
    return _altered(given, ours, [(place, theirs) for place, theirs in gaps if theirs])


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
    """A word of a text, its offset, itself without typography and marks around it, in small letters too, and whether it stands between quotations, as "she said" does."""

    text: str
    start: int
    bare: str
    key: str
    outside: bool = False


def _likely(ours: Sequence[_Word], places: Sequence[Place]) -> list[Place]:
    """The places that may hold enough of some words, as many as may be aligned with them."""
    given = [word.key.rstrip(_STOPS) for word in ours]
    counted, least = Counter(given), int(MIN_KEPT * len(given))
    found = []
    for at, place in enumerate(places if ours else ()):
        text = place.span.cut(place.document.text)
        stored = [key.rstrip(_STOPS) for key in _small(_bare(text.split()))] if len(text) <= LONGEST else []
        if (Counter(stored) & counted).total() >= least and (kept := _common(given, stored)) >= least:
            found.append((-kept, len(stored), at))
    return [places[at] for at in sorted(_affordable(len(ours), sorted(found)))]


def _affordable(words: int, found: Iterable[tuple[int, int, int]]) -> Iterator[int]:
    cells = 0
    for _, size, at in found:
        if not cells or cells + size * words <= CELLS:
            cells += size * words
            yield at


def _common(given: Sequence[str], stored: Sequence[str]) -> int:
    """How many words of one row stand in another in the same order, at most (Hyyrö 2004): all of a row in one number.

    Example: _common(["a", "b", "a", "c"], ["a", "c", "b", "c"]) -> 3
    """
    at = dict.fromkeys(given, 0)
    for number, word in enumerate(stored):
        if word in at:
            at[word] |= 1 << number
    every = open_ = (1 << len(stored)) - 1
    for word in given:
        met = open_ & at[word]
        open_ = (open_ + met | open_ - met) & every
    return len(stored) - open_.bit_count()


def _with_gaps(
    ours: Sequence[_Word], theirs: Sequence[_Word], place: Place, sentences: Sequence[Sentence]
) -> list[_Word] | None:
    """The words of a place, those of sentences that a text leaves out between others marked; None where it leaves out none.

    A sentence is left out of a text that shares no three words running with it.
    """
    starts = [sentence.span.start - place.span.start for sentence in sentences]
    parts = [list(part) for _, part in groupby(theirs, lambda word: bisect_right(starts, word.start))]
    known = set(_threes(ours))
    runs = [(out, list(run)) for out, run in groupby(parts, lambda part: known.isdisjoint(_threes(part)))]
    marked: list[_Word] = []
    for at, (out, run) in enumerate(runs):
        words = [word for part in run for word in part]
        gap = out and 0 < at < len(runs) - 1 and len(words) <= LONGEST_GAP
        marked += [replace(word, outside=True) for word in words] if gap else words
    return None if marked == theirs else marked


def _threes(words: Sequence[_Word]) -> Iterator[tuple[str, ...]]:
    keys = [word.key for word in words]
    return zip(keys, keys[1:], keys[2:], strict=False)


def _altered(given: str, ours: Sequence[_Word], weighed: Iterable[tuple[Place, Sequence[_Word]]]) -> list[Verdict]:
    found = (_compared(given, ours, place, theirs) for place, theirs in weighed if theirs)
    return [verdict for verdict in found if verdict]


def _compared(given: str, ours: Sequence[_Word], place: Place, theirs: Sequence[_Word]) -> Verdict | None:
    keys, stored = _keys(ours, theirs)
    start, end = _aligned(keys, stored, [word.outside for word in theirs])
    part = theirs[start:end]
    same = difflib.SequenceMatcher(None, keys, stored[start:end], autojunk=False)
    kept, cased = _kept(ours, part, same.get_matching_blocks())
    weighed = sum(at in kept or not word.outside for at, word in enumerate(part))
    if 2 * len(kept) < MIN_LIKENESS * (len(ours) + weighed):
        return None
    if len(part) < len(theirs) and not _telling(given, " ".join(part[at].text for at in sorted(kept))):
        return None
    if cased == len(ours) == len(part):
        same = difflib.SequenceMatcher(None, _texts(ours), _texts(part), autojunk=False)
    at = place.span.start
    found = Place(place.document, Span(at + part[0].start, at + part[-1].start + len(part[-1].text)))
    return Verdict(Result.ALTERED, (found,), tuple(_pieces(same, ours, part)))


def _kept(ours: Sequence[_Word], part: Sequence[_Word], blocks: Iterable[difflib.Match]) -> tuple[set[int], int]:
    """The words of a part that a text keeps, and how many of them in the same case: in another, no word by itself, which may be chance."""
    kept, cased = set(), 0
    for block in blocks:
        alike = [_cased_alike(ours, block.a + n, part[block.b + n]) for n in range(block.size)]
        kept |= {block.b + n for n in range(block.size) if block.size > 1 or alike[n]}
        cased += sum(alike)
    return kept, cased


def _words_of(text: str) -> list[_Word]:
    """The words of a text, but for those that are only quotation marks."""
    quoted = [Span(*found.span()) for found in _QUOTED.finditer(text)]
    spans = [span for found in _WORD.finditer(text) if (span := Span(*found.span())).cut(text).strip(OUTER)]
    runs = [(outside, list(run)) for outside, run in groupby(spans, lambda span: _outside(span, quoted))]
    outside = [outside and len(run) <= LONGEST_TAG for outside, run in runs for _ in run]
    texts = [span.cut(text) for span in spans]
    bare = _bare(texts)
    return list(map(_Word, texts, [span.start for span in spans], bare, _small(bare), outside))


def _bare(words: Iterable[str]) -> list[str]:
    """Words without typography and quotation marks."""
    return [word.strip(OUTER) for word in fold_words(words)]


def _small(words: Iterable[str]) -> list[str]:
    """Words as they are told apart whatever their letters' case is: a headline has them in capitals."""
    return [word.casefold() for word in words]


def _outside(span: Span, quoted: Sequence[Span]) -> bool:
    """Whether a text has quotations, and a range of it stands in none of them."""
    following = bisect_right(quoted, span.start, key=lambda each: each.end)
    return bool(quoted) and not (following < len(quoted) and quoted[following].overlaps(span))


def _keys(ours: Sequence[_Word], theirs: Sequence[_Word]) -> tuple[list[str], list[str]]:
    """The words as they are compared: in small letters, and the stop at a closing mark as an editor sets it."""
    keys = [word.key for word in ours]
    known = set(keys)
    return keys, [_nearest(word, known, keys[-1]) for word in theirs]


def _nearest(word: _Word, known: Container[str], last: str) -> str:
    """A stored word as it is compared with the known ones, of which the last may be followed by what was left out."""
    key = word.key
    if word.text[-1] not in OUTER:
        return last if key.rstrip(_STOPS) == last else key
    stem = key.rstrip(".,")
    return next((form for form in (stem + ".", stem + ",", stem) if form in known), key)


def _cased_alike(ours: Sequence[_Word], at: int, stored: _Word) -> bool:
    """Whether a given word has the letters of a stored one that it was found to be, the first one's first as an editor sets it."""
    given, other = ours[at].bare.rstrip(_STOPS), stored.bare.rstrip(_STOPS)
    return given == other or (not at and given[:1].swapcase() + given[1:] == other)


def _texts(words: Iterable[_Word]) -> list[str]:
    return [word.text for word in words]


def _telling(given: str, same: str) -> bool:
    """Whether enough of the words that say something are the same."""
    shared = stems(given) & stems(same)
    return len(shared) >= MIN_TERMS and len(shared) >= MIN_SHARE * len(stems(given))


def _pieces(
    matcher: "difflib.SequenceMatcher[str]", ours: Sequence[_Word], theirs: Sequence[_Word]
) -> Iterator[tuple[str, str]]:
    for kind, start, end, low, high in matcher.get_opcodes():
        if kind == "equal":
            yield from _cased(ours, range(start, end), theirs[low:high])
        else:
            yield from _differing(ours[start:end], theirs[low:high])


def _cased(ours: Sequence[_Word], places: range, stored: Sequence[_Word]) -> Iterator[tuple[str, str]]:
    """The words at some places, which are the stored ones, those apart that have other letters in capitals."""
    pairs = zip(places, stored, strict=True)
    for alike, run in groupby(pairs, lambda pair: _cased_alike(ours, *pair)):
        at, words = zip(*run, strict=True)
        if alike:
            yield "same", _joined(ours[at[0] : at[-1] + 1])
        else:
            yield from _differing(ours[at[0] : at[-1] + 1], words)


def _differing(ours: Sequence[_Word], theirs: Sequence[_Word]) -> Iterator[tuple[str, str]]:
    if ours:
        yield "only_given", _joined(ours)
    if theirs:
        yield "only_stored", _joined(theirs)


def _joined(words: Iterable[_Word]) -> str:
    return " ".join(_texts(words))


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
