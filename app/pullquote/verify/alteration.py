"""Alterations: whether a text is a stored one with some words changed, and which."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

from pullquote.index.lexical import stems
from pullquote.index.quote import Quote
from pullquote.span import Span
from pullquote.verify.match import OUTER, Place, Result, Verdict, fold_words

COMPARED = 4_000  # letters of a text, from its start, that are held against what it may be altered from
MIN_LIKENESS = 0.75  # twice the words in common, of the words of both, from which one is an altered form of the other
MIN_TERMS, MIN_SHARE = 2, 0.5  # of the words that say something, which are the same where only a part is compared
LOSS = MIN_LIKENESS / (2 - MIN_LIKENESS)  # words in common that outweigh one word that only the stored text has
LONGEST = 20_000  # letters of a stored text; no sentence that makes sense has as many
LONGEST_GAP = 100  # words that are left out whole, at most; what is further apart is no one text
GAP_LOSS = 2  # words in common that outweigh what is left out whole
_STOPS = ".,;:!?…"
_ENDS = (".", "!", "?", "…")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text, its offset, itself without typography and the marks around it, and as it is told apart: in small letters and without stops."""

    text: str
    start: int
    bare: str
    key: str

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence may end with it."""
        return self.text.rstrip(OUTER).endswith(_ENDS)


_Block = tuple[int, int, int]  # where words in common start in either row, and how many they are


def nearest(words: str, near: Callable[[str], Iterable[Quote]], document_id: str | None = None) -> Verdict:
    """The stored words that a text differs from in the fewest places, or that there are none.

    Args:
        near: gives the passages around which they are looked for.
        document_id: whose words come before those of others.
    """
    words = words.strip()
    words = words if len(words) <= COMPARED else words[:COMPARED].rsplit(maxsplit=1)[0]
    return min(
        compare(words, stretches(near(words), len(words))),
        key=lambda verdict: (verdict.places[0].document.id != document_id, verdict.changed),
        default=Verdict(Result.NOT_FOUND),
    )


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
    return list(dict.fromkeys(found))


def _around(quote: Quote, letters: int) -> Span:
    """The whole sentences within so many letters before and after a quote, and those at the edges."""
    sentences, span = quote.sentences, quote.span
    first = bisect_right(sentences, span.start - letters, key=lambda sentence: sentence.span.end)
    last = bisect_left(sentences, span.end + letters, key=lambda sentence: sentence.span.start) - 1
    return Span(sentences[first].span.start, sentences[last].span.end)


def compare(given: str, places: Iterable[Place]) -> list[Verdict]:
    """Which of some places hold what a text was altered from, in their order, with the differences word by word.

    Small and capital letters, and stops, are held for the same until the differences are told. Quotation marks make no
    difference, unless nothing else does. What is left out whole, sentences or what stands between two quotations, as "she
    said" does, is shown and not weighed. Of less than whole sentences, words that say something must be the same.
    """
    ours = _words_of(given)
    texts = [(place, place.span.cut(place.document.text)) for place in places]
    found = (_compared(given, ours, place, _words_of(text)) for place, text in texts if len(text) <= LONGEST)
    return [verdict for verdict in found if verdict]


def _words_of(text: str) -> list[_Word]:
    """The words of a text, but for those that are only marks and stops."""
    found = list(_WORD.finditer(text))
    bare = [word.strip(OUTER) for word in fold_words(one.group() for one in found)]
    rows = ((one, word, word.strip(OUTER + _STOPS).casefold()) for one, word in zip(found, bare, strict=True))
    return [_Word(one.group(), one.start(), word, key) for one, word, key in rows if key]


def _compared(given: str, ours: Sequence[_Word], place: Place, theirs: Sequence[_Word]) -> Verdict | None:
    start, end = _nearest_part(ours, theirs)
    part = theirs[start:end]
    blocks = _in_common(ours, part)
    kept = [at + n for _, at, size in blocks for n in range(size)]
    left_out = sum(high - low for low, high in _gaps(blocks) if _is_whole(part, low, high))
    if not blocks or 2 * len(kept) < MIN_LIKENESS * (len(ours) + len(part) - left_out):
        return None
    whole = _opens(theirs, start) and (part[-1].ends_sentence or end == len(theirs))
    if not whole and not _telling(given, " ".join(part[at].text for at in kept)):
        return None
    first = place.span.start
    found = Place(place.document, Span(first + part[0].start, first + part[-1].start + len(part[-1].text)))
    differing = tuple(_differences(ours, part, blocks))
    if all(kind == "same" for kind, _ in differing):
        differing = tuple(_differences(ours, part, blocks, exact=True))
    return Verdict(Result.ALTERED, (found,), differing)


def _in_common(ours: Sequence[_Word], theirs: Sequence[_Word], step: int = 1) -> list[_Block]:
    """The longest row of words that two texts have in common, in blocks; in other letters no word by itself, which may be chance.

    Where a word stands more than once the first counts, or with a step of -1 the last.
    """
    from rapidfuzz.distance import LCSseq

    given, stored = ([word.key for word in words[::step]] for words in (ours, theirs))
    found = [(one.a, one.b, one.size) for one in LCSseq.editops(given, stored).as_matching_blocks() if one.size]
    if step < 0:
        found = [(len(given) - a - size, len(stored) - b - size, size) for a, b, size in reversed(found)]
    return [block for block in found if block[2] > 1 or ours[block[0]].bare[0] == theirs[block[1]].bare[0]]


def _nearest_part(ours: Sequence[_Word], theirs: Sequence[_Word]) -> tuple[int, int]:
    """Where the part of a text starts and ends in which what both have in common most outweighs what it has besides.

    With as many words at either end as the given text has there that are not in common.
    """
    _, (last, low, _) = _outweighing(_in_common(ours, theirs), theirs)
    end = min(len(theirs), low + len(ours) - last)
    (ahead, low, _), _ = _outweighing(_in_common(ours, theirs[:end], -1), theirs)
    return max(0, low - ahead), end


def _outweighing(blocks: Iterable[_Block], theirs: Sequence[_Word]) -> tuple[_Block, _Block]:
    """The first and the last of the blocks that most outweigh what lies between them."""
    first: _Block = (0, 0, 0)
    best, most, score, previous = (first, first), 0.0, 0.0, 0
    for block in blocks:
        _, low, size = block
        loss = GAP_LOSS if _is_whole(theirs, previous, low) else LOSS * (low - previous)
        if score <= loss:
            score, first = loss, block
        score += size - loss
        if score > most:
            most, best = score, (first, block)
        previous = low + size
    return best


def _gaps(blocks: Iterable[_Block]) -> Iterator[tuple[int, int]]:
    """What of the stored words lies between two blocks."""
    return ((before[1] + before[2], after[1]) for before, after in pairwise(blocks))


def _is_whole(stored: Sequence[_Word], low: int, high: int) -> bool:
    """Whether what is left out at a place is whole sentences, or what stands between two quotations."""
    if not 0 < low < high or high - low > LONGEST_GAP:
        return False
    quoted = stored[low - 1].text[-1] in OUTER and stored[high].text[0] in OUTER
    return quoted or (stored[low - 1].ends_sentence and stored[high - 1].ends_sentence)


def _opens(words: Sequence[_Word], at: int) -> bool:
    return at == 0 or words[at - 1].ends_sentence


def _telling(given: str, same: str) -> bool:
    """Whether enough of the words that say something are the same."""
    shared = stems(given) & stems(same)
    return len(shared) >= MIN_TERMS and len(shared) >= MIN_SHARE * len(stems(given))


def _differences(
    ours: Sequence[_Word], theirs: Sequence[_Word], blocks: Sequence[_Block], *, exact: bool = False
) -> Iterator[tuple[str, str]]:
    """The words of both in order, those that are the same once; their letters' case and stops count here, and marks where it is to be exact."""
    at = low = 0
    for ahead, start, size in (*blocks, (len(ours), len(theirs), 0)):
        yield from _differing(ours[at:ahead], theirs[low:start])
        at, low = ahead + size, start + size
        mine, stored = ours[ahead:at], theirs[start:low]
        alike = [
            word.text == other.text if exact else _alike(word, other, ours)
            for word, other in zip(mine, stored, strict=True)
        ]
        for same, run in groupby(zip(alike, mine, stored, strict=True), key=itemgetter(0)):
            _, words, others = zip(*run, strict=True)
            if same:
                yield "same", _joined(words)
            else:
                yield from _differing(words, others)


def _differing(ours: Sequence[_Word], theirs: Sequence[_Word]) -> Iterator[tuple[str, str]]:
    if ours:
        yield "only_given", _joined(ours)
    if theirs:
        yield "only_stored", _joined(theirs)


def _alike(word: _Word, other: _Word, ours: Sequence[_Word]) -> bool:
    """Whether a word has the letters and stops of a stored one, but for what an editor sets: the first letter, and the stop at the end or at a closing mark."""
    given, stored = word.bare, other.bare
    if word is ours[-1] or other.text[-1] in OUTER:
        given, stored = given.rstrip(_STOPS), stored.rstrip(_STOPS)
    return given == stored or (word is ours[0] and given[:1].swapcase() + given[1:] == stored)


def _joined(words: Iterable[_Word]) -> str:
    return " ".join(word.text for word in words)
