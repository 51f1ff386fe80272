"""Words in common: BM25 over stemmed words, whose best rows are found without scoring all of them."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.english import LANGUAGE as ENGLISH
from pullquote.corpus.language import Language
from pullquote.errors import IndexCorrupt, spend
from pullquote.index.files import Stored, Within, whole

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
# What matching leaves out: with the joiners that scripts need, without the controls (`hidden` has what is written out).
_UNSEEN = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A),
     *range(0xE0000, 0xE0080), *range(0xD800, 0xE000)]  # the last: halves of pairs, which no tokenizer takes
)  # fmt: skip
STOP_WORDS, PRONOUNS = ENGLISH.stop_words, ENGLISH.pronouns
# Postings that one search reads to collect candidate rows, the rarest terms' first. Where a question
# has more (a pasted text), its commonest terms only score the rows that others brought.
MAX_POSTINGS = 1_000_000
SEEDS = 1_000  # rows scored whole first, so that it is soon known how much a row needs
B = 0.75  # of BM25: how much a row's length tempers a term's weight
POOLED = 4  # arrays of a 0 for each row that are kept from question to question
# Postings up to which all are checked when opened; of more, those of a term when it is asked for.
CHECKED = 8_000_000


def clean(text: str) -> str:
    """A search key, only ever for matching: compatibility forms folded, invisible and direction marks taken out."""
    if text.isascii():  # nothing to fold, and most texts are
        return text.lower()
    return unicodedata.normalize("NFKC", seen(text)).casefold()


def seen(text: str) -> str:
    """A text without what no reader sees: invisible and direction marks, and halves of pairs. Letters stay as they are."""
    return text if text.isascii() else text.translate(_UNSEEN)


def in_words(text: str) -> str:
    """The words of a text as they are compared, a space between any two: marks, white space and capitals are set aside."""
    return " ".join(words_of(text))


def terms(text: str, language: Language = ENGLISH) -> list[str]:
    """The stems of a text's words, in order, without stop words."""
    return language.stem([word for word in words_of(text) if word not in language.stop_words])


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared, in order."""
    return _WORD.findall(clean(text))


@lru_cache(maxsize=1_024)
def stems(text: str, language: Language = ENGLISH) -> frozenset[str]:
    """The different terms of a text; those asked for lately are remembered."""
    return frozenset(terms(text, language))


Rows = NDArray[np.int32]
Scores = NDArray[np.float32]
_Inside = range | NDArray[np.bool_]  # the same, each row marked where they are no range


@dataclass(frozen=True, slots=True)
class _Postings:
    """The rows of a range that hold a term, upwards, and what it adds to the score of each: at most
    `max_score`.
    """

    rows: Rows
    scores: Scores
    max_score: float

    def score(self, rows: Rows, accumulator: Scores | None = None) -> Scores:
        """What the term adds to each of these rows, which go upwards; shape (len(rows),).

        `accumulator` has a 0 for every row, before and after: so many are looked up at once.
        """
        if accumulator is not None and len(rows) * 8 > len(self.rows):
            accumulator[self.rows] = self.scores
            scores = accumulator[rows]
            accumulator[self.rows] = 0
            return scores
        scores = np.zeros(len(rows), np.float32)
        if len(rows) > len(self.rows):  # the fewer are looked up among the more
            positions, is_member = _lookup(rows, self.rows)
            scores[positions] = self.scores[is_member]
        else:
            positions, is_member = _lookup(self.rows, rows)
            scores[is_member] = self.scores[positions]
        return scores


def _lookup(sorted_rows: Rows, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The positions in `sorted_rows` of those `rows` that are in it, and which these are; both go
    upwards.
    """
    if not len(sorted_rows):
        return np.zeros(0, np.int64), np.zeros(len(rows), np.bool_)
    positions = np.searchsorted(sorted_rows, rows)
    is_member = sorted_rows[np.minimum(positions, len(sorted_rows) - 1)] == rows
    return positions[is_member], is_member


@dataclass(frozen=True, slots=True)
class Lexical:
    """A sparse matrix of term weights: `starts[t]:starts[t + 1]` are the postings of term t, by row.

    A posting's weight is how much of the term a row holds, tempered by K1 and by the row's length
    (B), from 0 to 1; `peaks` has the largest of each term, `lengths` the words of each row. IDF is
    applied at query time.
    """

    rows: int
    weights: Stored
    indices: Stored
    starts: NDArray[np.int64]
    peaks: NDArray[np.float32]
    lengths: Stored
    numbers: dict[str, int]
    _pool: list[Scores] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def open(cls, files: Sequence[Any], rows: int) -> "Lexical":
        """Read the six files: weights, rows and starts of the postings, terms, peaks and lengths.

        Raises:
            IndexCorrupt: their shapes do not fit together.
        """
        arrays = [Stored.open(files[number]) for number in (0, 1, 2, 4, 5)]
        weights, indices, starts, peaks, lengths = arrays
        terms = json.loads(bytes(whole(files[3])))
        numbers = {term: number for number, term in enumerate(terms)}
        opened = cls(rows, weights, indices, starts.whole(), peaks.whole(), lengths, numbers)
        kinds = [np.float32, np.int32, np.int64, np.float32, np.int32]
        typed = [array.dtype for array in arrays] == kinds
        if not typed or len(numbers) != len(terms) or not opened._fits():
            raise IndexCorrupt("the lexical index does not fit together")
        return opened

    def _fits(self) -> bool:
        """Whether all lengths agree and, where they are few, all postings lie in rows."""
        starts, terms = self.starts, len(self.numbers)
        lengths = (len(starts), len(self.peaks), len(self.lengths))
        if lengths != (terms + 1, terms, self.rows):
            return False
        if not len(self.weights) == len(self.indices) == starts[-1]:
            return False
        if starts[0] != 0 or np.any(np.diff(starts) < 0):
            return False
        if len(self.indices) > CHECKED:
            return True
        rows = self.indices.whole()
        return bool(rows.min(initial=0) >= 0 and rows.max(initial=-1) < self.rows)

    def count(self, term: str) -> int:
        """The rows that hold a term."""
        number = self.numbers.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def counts_within(self, terms: Iterable[str], within: Within) -> dict[str, int]:
        """How many of the rows within hold each term."""
        inside = self._inside(within)
        found = {term: self._postings(term, 1.0, inside, flat=True) for term in terms}
        return {term: len(postings.rows) if postings else 0 for term, postings in found.items()}

    def _inside(self, within: Within) -> _Inside:
        if isinstance(within, range):
            return within
        is_inside = np.zeros(self.rows, np.bool_)
        is_inside[within] = True
        return is_inside

    def scores(
        self,
        weights: Mapping[str, float],
        rows: NDArray[Any],
        *,
        flat: bool = False,
        mean_words: float = 0.0,
    ) -> Scores:
        """BM25 of these rows, which go upwards, for terms of these weights, shape (len(rows),);
        `flat`: of rows of any length and however often they hold a term; `mean_words`: as if the
        mean row had so many words.
        """
        scores, wanted_rows = np.zeros(len(rows), np.float32), rows.astype(np.int32)
        tempered = self._tempered(rows, mean_words) if mean_words else None
        for term in sorted(weights):  # else the last digits would differ in another process
            postings = self._postings(term, weights[term], range(self.rows), flat=flat)
            if postings is not None:
                added = postings.score(wanted_rows)
                if tempered is not None and weights[term]:
                    held = added / np.float32(weights[term])  # f / (norm + f)
                    added = np.where(held > 0, added / (held + tempered * (1 - held)), 0)
                scores += added
        return scores

    def _tempered(self, rows: NDArray[Any], mean_words: float) -> Scores:
        """How much more a row's length tempers its weights where the mean row has so many words."""
        lengths, mean = self.lengths.take(rows), self.lengths.whole().mean() or 1.0
        ratio = ((1 - B) + B * lengths / mean_words) / ((1 - B) + B * lengths / mean)
        return np.asarray(ratio, np.float32)

    def search(
        self, weights: Mapping[str, float], top_k: int, within: Within, *, flat: bool = False
    ) -> NDArray[np.int64]:
        """The `top_k` rows within that score highest, as by `scores`, best first; equals as they
        come, and none of 0.

        Exact within MAX_POSTINGS, which a question of a dozen words stays below at four million
        windows.
        """
        inside = self._inside(within)
        terms = [self._postings(term, weights[term], inside, flat=flat) for term in weights]
        by_impact = sorted(
            (postings for postings in terms if postings is not None),
            key=lambda postings: (-postings.max_score, len(postings.rows)),
        )
        if not by_impact or top_k <= 0:
            return np.zeros(0, np.int64)
        rows = self._candidates(by_impact, top_k)
        scores = self.scores(weights, rows, flat=flat)
        best_first = np.lexsort((rows, -scores))[:top_k]
        return rows[best_first[scores[best_first] > 0]].astype(np.int64)

    def _candidates(self, terms: Sequence[_Postings], top_k: int) -> Rows:
        """Few rows, upwards, that the best are among (MaxScore; Turtle and Flood 1995).

        The terms that add most come first. When the others together add less than the `top_k`th best
        row has already, no further row can get in: they are looked up for those that still can.
        """
        # What the terms from each on may add.
        bounds = np.cumsum([0.0, *(postings.max_score for postings in reversed(terms))])[::-1]
        slack = 1e-5 * float(bounds[0])  # sums of 32 bits in another order
        accumulator = self._pool.pop() if self._pool else np.zeros(self.rows, np.float32)
        rows, scores, threshold, used = _collect(terms, bounds + slack, top_k, accumulator)
        if len(rows) > SEEDS and used < len(terms):
            seeds = np.sort(np.argpartition(-scores, SEEDS)[:SEEDS])
            full_scores = scores[seeds] + sum(term.score(rows[seeds]) for term in terms[used:])
            threshold = max(threshold, _kth_best(full_scores, top_k))
        for number in range(used, len(terms)):
            spend()
            still_possible = scores >= threshold - bounds[number] - slack
            rows, scores = rows[still_possible], scores[still_possible]
            scores = scores + terms[number].score(rows, accumulator)
            threshold = max(threshold, _kth_best(scores, top_k))
        if len(self._pool) < POOLED:
            self._pool.append(accumulator)
        return rows[scores >= threshold - slack]

    def rows_containing(self, terms: Collection[str], within: Within) -> NDArray[np.int64]:
        """The rows within that hold every one of these terms, upwards."""
        inside = self._inside(within)
        postings = [self._postings(term, 1.0, inside, flat=True) for term in set(terms)]
        by_length = sorted((term.rows for term in postings if term is not None), key=len)
        if len(by_length) < len(postings) or not by_length:
            return np.zeros(0, np.int64)
        rows = by_length[0]
        for others in by_length[1:]:
            if len(rows) * 16 > len(others):  # sorting both costs less than looking each up
                rows = np.intersect1d(rows, others, assume_unique=True)
            else:
                rows = rows[_lookup(others, rows)[1]]
        return rows.astype(np.int64)

    def _postings(
        self, term: str, weight: float, inside: _Inside, *, flat: bool
    ) -> _Postings | None:
        """The postings of a term in the rows inside; None where there are none.

        Raises:
            IndexCorrupt: they point to no row.
        """
        number = self.numbers.get(term)
        if number is None:
            return None
        start, end = (int(bound) for bound in self.starts[number : number + 2])
        rows: Rows = self.indices.slice(start, end)
        if len(rows) and (rows[0] < 0 or rows[-1] >= self.rows):
            raise IndexCorrupt("the lexical index points to a row that there is not")
        kept: slice | NDArray[np.bool_] = slice(None)
        if not isinstance(inside, range):
            kept = inside[rows]
            rows = rows[kept]
        elif len(inside) < self.rows:
            bounds = np.array([inside.start, inside.stop], np.int32)
            first, last = np.searchsorted(rows, bounds).tolist()
            rows, start, end = rows[first:last], start + first, start + last
        if not len(rows):
            return None
        idf, max_score = np.float32(weight), weight * (1.0 if flat else float(self.peaks[number]))
        scores = np.full(len(rows), idf) if flat else self.weights.slice(start, end)[kept] * idf
        return _Postings(rows, scores, max_score)


def _collect(
    terms: Sequence[_Postings], bounds: NDArray[np.float64], top_k: int, accumulator: Scores
) -> tuple[Rows, Scores, float, int]:
    """The rows, upwards, that may be among the best, what the first terms add to each, the least that
    the best have by then, and how many terms these are.
    """
    threshold, used, read = 0.0, 0, 0
    for term in terms:
        read += len(term.rows)
        if used and (bounds[used] < threshold or read > MAX_POSTINGS):
            break
        spend()
        sums = accumulator[term.rows] + term.scores
        accumulator[term.rows] = sums
        threshold, used = max(threshold, _kth_best(sums, top_k)), used + 1
    smallest = float(np.finfo(np.float32).tiny)
    least, candidates = max(threshold - float(bounds[used]), smallest), list[Rows]()
    for term in terms[:used]:
        candidates.append(term.rows[accumulator[term.rows] >= least])
        accumulator[candidates[-1]] *= -1  # no other term brings them again
    rows = np.sort(np.concatenate(candidates))
    scores = -accumulator[rows]
    for term in terms[:used]:
        accumulator[term.rows] = 0
    return rows, scores, threshold, used


def _kth_best(scores: Scores, top_k: int) -> float:
    """What the `top_k`th of these scores is at least, 0 where they are fewer: of very many, of the
    best of each sixteen.
    """
    if len(scores) > 64 * top_k:
        scores = scores[: len(scores) // 16 * 16].reshape(16, -1).max(axis=0)
    if len(scores) < top_k:
        return 0.0
    return float(np.partition(scores, len(scores) - top_k)[len(scores) - top_k])
