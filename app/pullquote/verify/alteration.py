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
from pullquote.verify.match import OUTER, Place, Result, Verdict, fold

COMPARED = 4_000  # letters of a text, from its start, that are held against what it may be altered from
MIN_LIKENESS = 0.75  # twice the words in common, of the words of both, from which one is an altered form of the other
MIN_TERMS, MIN_SHARE = 2, 0.5  # of the words that say something, which are the same where only a part is compared
LOSS = MIN_LIKENESS / (2 - MIN_LIKENESS)  # words in common that outweigh one word that only the stored text has
LONGEST = 20_000  # letters of a stored text; no sentence that makes sense has as many
LONGEST_GAP = 100  # words that are left out whole, at most; what is further apart is no one text
GAP_LOSS = 2  # words in common that outweigh what is left out whole
_STOPS = ".,;:!?…"
_Block = tuple[int, int, int]  # where words in common start in either row, and how many they are


@dataclass(frozen=True, slots=True)
class _Word:
    """A word, its offset, without typography and the marks around it, and as it is told apart: in small letters, without stops."""

    text: str
    start: int
    bare: str
    key: str

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence may end with it."""
        return self.text.rstrip(OUTER).endswith((".", "!", "?", "…"))


def nearest(words: str, near: Callable[[str], Iterable[Quote]], document_id: str | None = None) -> Verdict:
    """The stored words that a text differs from in the fewest places, or that there are none.

    Args:
        near: gives the passages around which they are looked for.
        document_id: whose words come before those of others.
    """
    words = words.strip()
    words = words if len(words) <= COMPARED else words[:COMPARED].rsplit(maxsplit=1)[0]
    places = dict.fromkeys(Place(quote.document, _around(quote, len(words))) for quote in near(words))
    return min(
        compare(words, places),
        key=lambda verdict: (verdict.places[0].document.id != document_id, verdict.changed),
        default=Verdict(Result.NOT_FOUND),
    )


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
    rows = ((one.group(), one.start(), fold(one.group()).strip(OUTER)) for one in re.finditer(r"\S+", text))
    return [_Word(*row, key) for row in rows if (key := row[2].strip(OUTER + _STOPS).casefold())]


def _compared(given: str, ours: Sequence[_Word], place: Place, theirs: Sequence[_Word]) -> Verdict | None:
    start, end = _nearest_part(ours, theirs)
    part = theirs[start:end]
    blocks = _in_common(ours, part)
    kept = [word for _, low, size in blocks for word in part[low : low + size]]
    gaps = ((before[1] + before[2], after[1]) for before, after in pairwise(blocks))
    weighed = len(part) - sum(high - low for low, high in gaps if _is_whole(part, low, high))
    if not blocks or 2 * len(kept) < MIN_LIKENESS * (len(ours) + weighed):
        return None
    opens, ends = not start or theirs[start - 1].ends_sentence, end == len(theirs) or part[-1].ends_sentence
    if not (opens and ends) and not _telling(given, _joined(kept)):
        return None
    first = place.span.start
    span = Span(first + part[0].start, first + part[-1].start + len(part[-1].text))
    diff = list(_differences(ours, part, blocks))
    if all(kind == "same" for kind, _ in diff):
        diff = list(_differences(ours, part, blocks, exact=True))
    return Verdict(Result.ALTERED, (Place(place.document, span),), tuple(diff))


def _nearest_part(ours: Sequence[_Word], theirs: Sequence[_Word]) -> tuple[int, int]:
    """Where the part of a text starts and ends in which what both have in common most outweighs what it has besides.

    With as many words at either end as the given text has there that are not in common.
    """
    _, (last, low, _) = _outweighing(_in_common(ours, theirs), theirs)
    end = min(len(theirs), low + len(ours) - last)
    (ahead, low, _), _ = _outweighing(_in_common(ours, theirs[:end], -1), theirs)
    return max(0, low - ahead), end


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


def _is_whole(stored: Sequence[_Word], low: int, high: int) -> bool:
    """Whether what is left out at a place is whole sentences, or what stands between two quotations."""
    if not 0 < low < high or high - low > LONGEST_GAP:
        return False
    quoted = stored[low - 1].text[-1] in OUTER and stored[high].text[0] in OUTER
    return quoted or (stored[low - 1].ends_sentence and stored[high - 1].ends_sentence)


def _telling(given: str, same: str) -> bool:
    """Whether enough of the words that say something are the same."""
    shared = stems(given) & stems(same)
    return len(shared) >= MIN_TERMS and len(shared) >= MIN_SHARE * len(stems(given))


def _differences(
    ours: Sequence[_Word], theirs: Sequence[_Word], blocks: Sequence[_Block], *, exact: bool = False
) -> Iterator[tuple[str, str]]:
    """The words of both in order, those that are the same once; letters' case and stops count here, and marks where it is to be exact."""
    at = low = 0
    for ahead, start, size in (*blocks, (len(ours), len(theirs), 0)):
        yield from _differing(ours[at:ahead], theirs[low:start])
        at, low = ahead + size, start + size
        pairs = zip(ours[ahead:at], theirs[start:low], strict=True)
        rows = ((one.text == other.text if exact else _alike(one, other, ours), one, other) for one, other in pairs)
        for same, run in groupby(rows, key=itemgetter(0)):
            _, words, others = zip(*run, strict=True)
            yield from [("same", _joined(words))] if same else _differing(words, others)


def _differing(ours: Sequence[_Word], theirs: Sequence[_Word]) -> list[tuple[str, str]]:
    return [(kind, _joined(words)) for kind, words in (("only_given", ours), ("only_stored", theirs)) if words]


def _alike(word: _Word, other: _Word, ours: Sequence[_Word]) -> bool:
    """Whether a word is a stored one, but for what an editor sets: the first letter, and the stop at the end or a closing mark."""
    given, stored = word.bare, other.bare
    if word is ours[-1] or other.text[-1] in OUTER:
        given, stored = given.rstrip(_STOPS), stored.rstrip(_STOPS)
    return given == stored or (word is ours[0] and given[:1].swapcase() + given[1:] == stored)


def _joined(words: Iterable[_Word]) -> str:
    return " ".join(word.text for word in words)
