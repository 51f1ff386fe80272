"""Alterations: whether a text is a stored one with some words changed, and which."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import itemgetter

from pullquote.corpus.quote import Quote
from pullquote.errors import spend
from pullquote.index.lexical import stems
from pullquote.span import Span
from pullquote.verify.match import Match, Result, Verdict
from pullquote.verify.words import OUTER, fold

# Letters of a text, from its start, that are held against what it may be altered from
COMPARED = 4_000
MIN_LIKENESS = 0.75  # twice the words in common, of the words of both, from which one is an altered form of the other
MIN_TERMS = 2  # words in common that say something
# Words in common that outweigh one word that only the stored text has
LOSS = MIN_LIKENESS / (2 - MIN_LIKENESS)
LONGEST = 20_000  # letters of a stored text; no sentence that makes sense has as many
LONGEST_GAP = 100  # words that are left out whole, at most; what is further apart is no one text
GAP_LOSS = 2  # words in common that outweigh what is left out whole
_STOPS = ".,;:!?…"
_Block = tuple[int, int, int]  # where words in common start in either row, and how many they are


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, its offset, without typography and the marks around it, and in small letters without stops too."""

    text: str
    start: int
    bare: str
    key: str

    @property
    def ends_sentence(self) -> bool:
        """Whether a sentence may end with it."""
        return self.text.rstrip(OUTER).endswith((".", "!", "?", "…"))


def nearest(
    words: str, find_passages: Callable[[str], Iterable[Quote]], document_id: str | None = None
) -> Verdict:
    """The stored words near these passages that a text differs from in the fewest places, those of a document first."""
    words = words.strip()
    words = words if len(words) <= COMPARED else words[:COMPARED].rsplit(maxsplit=1)[0]
    return min(
        compare(words, dict.fromkeys(_around(quote, len(words)) for quote in find_passages(words))),
        key=lambda verdict: (verdict.places[0].document.id != document_id, verdict.changed),
        default=Verdict(Result.NOT_FOUND),
    )


def _around(quote: Quote, letters: int) -> Match:
    """The whole sentences within so many letters before and after a quote, and those at the edges."""
    sentences, span = quote.sentences, quote.span
    first = bisect_right(sentences, span.start - letters, key=lambda sentence: sentence.span.end)
    last = bisect_left(sentences, span.end + letters, key=lambda sentence: sentence.span.start) - 1
    return Match(quote.document, Span(sentences[first].span.start, sentences[last].span.end))


def compare(words: str, passages: Iterable[Match]) -> list[Verdict]:
    """Which of some places hold what a text was altered from, in their order, with the differences word by word.

    Letters' case and stops are held for the same until the differences are told, quotation marks unless nothing else differs.
    What is left out whole, sentences or what stands between two quotations, as "she said", is shown and not weighed.
    """
    ours, terms = _words_of(words), stems(words)
    short = (passage for passage in passages if len(passage.span) <= LONGEST)
    return list(filter(None, (_compared(ours, terms, passage) for passage in short)))


def _words_of(text: str) -> list[_Token]:
    """The words of a text, but for those that are only marks and stops."""
    words = []
    for match in re.finditer(r"\S+", text):
        bare = fold(match.group()).strip(OUTER)
        if key := bare.strip(OUTER + _STOPS).casefold():
            words.append(_Token(match.group(), match.start(), bare, key))
    return words


def _compared(ours: Sequence[_Token], terms: frozenset[str], passage: Match) -> Verdict | None:
    spend()
    theirs = _nearest_part(ours, _words_of(passage.text))
    blocks = _in_common(ours, theirs)
    common = [word for _, low, size in blocks for word in theirs[low : low + size]]
    gaps = ((before[1] + before[2], after[1]) for before, after in pairwise(blocks))
    weighed = len(theirs) - sum(high - low for low, high in gaps if _is_whole(theirs, low, high))
    if 2 * len(common) < MIN_LIKENESS * (len(ours) + weighed):
        return None
    if len(terms & stems(_joined(common))) < MIN_TERMS:
        return None
    start, last = passage.span.start, theirs[-1]
    span = Span(start + theirs[0].start, start + last.start + len(last.text))
    diff = tuple(_differences(ours, theirs, blocks))
    if all(kind == "same" for kind, _ in diff):
        diff = tuple(_differing(ours, theirs))
    return Verdict(Result.ALTERED, (Match(passage.document, span),), diff)


def _nearest_part(ours: Sequence[_Token], theirs: Sequence[_Token]) -> Sequence[_Token]:
    """The part of a text in which what is in common most outweighs the rest, with the words at its ends that others may stand for."""
    _, (last, low, _) = _outweighing(_in_common(ours, theirs), theirs)
    theirs = theirs[: low + len(ours) - last]
    (ahead, low, _), _ = _outweighing(_in_common(ours, theirs, -1), theirs)
    return theirs[max(0, low - ahead) :]


def _in_common(ours: Sequence[_Token], theirs: Sequence[_Token], step: int = 1) -> list[_Block]:
    """The longest row of words in common, in blocks; where one stands more than once the first counts, or by a step of -1 the last."""
    from rapidfuzz.distance import LCSseq

    keys, stored = ([word.key for word in words[::step]] for words in (ours, theirs))
    matching = LCSseq.editops(keys, stored).as_matching_blocks()
    blocks = [(block.a, block.b, block.size) for block in matching if block.size]
    if step > 0:
        return blocks
    backwards = reversed(blocks)
    return [(len(keys) - a - size, len(stored) - b - size, size) for a, b, size in backwards]


def _outweighing(blocks: Iterable[_Block], theirs: Sequence[_Token]) -> tuple[_Block, _Block]:
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


def _is_whole(stored: Sequence[_Token], low: int, high: int) -> bool:
    """Whether what is left out at a place is whole sentences, or what stands between two quotations."""
    if not 0 < low < high or high - low > LONGEST_GAP:
        return False
    quoted = stored[low - 1].text[-1] in OUTER and stored[high].text[0] in OUTER
    return quoted or (stored[low - 1].ends_sentence and stored[high - 1].ends_sentence)


def _differences(
    ours: Sequence[_Token], theirs: Sequence[_Token], blocks: Sequence[_Block]
) -> Iterator[tuple[str, str]]:
    """The words of both in order, those that are the same once; the letters' case and stops count here."""
    at = low = 0
    for ahead, start, size in (*blocks, (len(ours), len(theirs), 0)):
        yield from _differing(ours[at:ahead], theirs[low:start])
        at, low = ahead + size, start + size
        pairs = zip(ours[ahead:at], theirs[start:low], strict=True)
        rows = ((_alike(word, stored_word, ours), word, stored_word) for word, stored_word in pairs)
        for is_same, run in groupby(rows, key=itemgetter(0)):
            _, words, stored_words = zip(*run, strict=True)
            yield from [("same", _joined(words))] if is_same else _differing(words, stored_words)


def _differing(ours: Sequence[_Token], theirs: Sequence[_Token]) -> list[tuple[str, str]]:
    rows = (("only_given", ours), ("only_stored", theirs))
    return [(kind, _joined(words)) for kind, words in rows if words]


def _alike(word: _Token, stored_word: _Token, ours: Sequence[_Token]) -> bool:
    """Whether a word is a stored one, but for what an editor sets: the first letter, and the stop at the end or a closing mark."""
    given_word, stored = word.bare, stored_word.bare
    if word is ours[-1] or stored_word.text[-1] in OUTER:
        given_word, stored = given_word.rstrip(_STOPS), stored.rstrip(_STOPS)
    return given_word == stored or (
        word is ours[0] and given_word[:1].swapcase() + given_word[1:] == stored
    )


def _joined(words: Iterable[_Token]) -> str:
    return " ".join(word.text for word in words)
