"""Words in common: BM25 over stemmed words; the best rows are found without looking at all that hold a word."""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index.files import Stored, whole

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
# What matching leaves out: with the joiners that scripts need, without the controls (`hidden` has what is written out).
_UNSEEN = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A),
     *range(0xE0000, 0xE0080), *range(0xD800, 0xE000)]  # the last: halves of pairs, which no tokenizer takes
)  # fmt: skip
# Function words and the words questions are made of. They say nothing about the subject.
STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_bytes().decode("ascii").split())
# Postings that one search for the best rows reads so that any row may come in, the rarest terms' first. Where a question has more
# (a pasted text), its commonest terms only weigh the rows that others brought.
READ = 1_000_000
SEEDS = 1_000  # weighed whole first, so that it is soon known how much a row needs
SPARE = 4  # sums of all rows, all 0, that are kept from question to question
CHECKED = 8_000_000  # postings up to which all are looked at when they are opened; of more, those of a term when it is asked for
PRONOUNS = frozenset("he him his she her they them their it its".split())  # noqa: SIM905


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


def terms(text: str) -> list[str]:
    """The stems of a text's words, in order, without stop words."""
    return stem_words([word for word in words_of(text) if word not in STOP_WORDS])


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared, in order."""
    return _WORD.findall(clean(text))


def stem_words(words: Sequence[str]) -> list[str]:
    """The stem of each word."""
    stems: list[str] = _stemmer().stemWords(words)
    return stems


@lru_cache(maxsize=1_024)
def stems(text: str) -> frozenset[str]:
    """The different terms of a text; those asked for lately are remembered."""
    return frozenset(terms(text))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


Rows = NDArray[np.int32]
Parts = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Postings:
    """The rows of a range that hold a term, upwards, and what it adds to the score of each: at most `most`."""

    rows: Rows
    parts: Parts
    most: float

    def of(self, rows: Rows, room: Parts | None = None) -> Parts:
        """What the term adds to each of these rows, which go upwards; shape (len(rows),).

        `room` has a 0 for every row, and has it again in the end: so many are looked up at once.
        """
        if room is not None and len(rows) * 8 > len(self.rows):
            room[self.rows] = self.parts
            found = room[rows]
            room[self.rows] = 0
            return found
        added = np.zeros(len(rows), np.float32)
        if len(rows) > len(self.rows):  # the fewer are looked up among the more
            at, held = _found(rows, self.rows)
            added[at] = self.parts[held]
        else:
            at, held = _found(self.rows, rows)
            added[held] = self.parts[at]
        return added


def _found(among: Rows, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The places in `among` of those rows that are in it, and which of `rows` they are; both go upwards."""
    if not len(among):
        return np.zeros(0, np.int64), np.zeros(len(rows), np.bool_)
    at = np.searchsorted(among, rows)
    held = among[np.minimum(at, len(among) - 1)] == rows
    return at[held], held


@dataclass(frozen=True, slots=True)
class Lexical:
    """A sparse matrix of word weights: `starts[t]:starts[t + 1]` are the postings of term t, by row.

    A posting's weight is how much of the term a row holds, tempered by K1 and by the row's length (B), from 0 to 1; `peaks`
    has the largest of each term, `lengths` the words of each row. How rare a term is comes with the question.
    """

    rows: int
    weights: Stored
    indices: Stored
    starts: NDArray[np.int64]
    peaks: NDArray[np.float32]
    lengths: Stored
    numbers: dict[str, int]
    _spare: list[NDArray[np.float32]] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def open(cls, files: Sequence[Any], rows: int) -> "Lexical":
        """Read the six files: weights, rows and starts of the postings, terms, peaks and lengths.

        Raises:
            IndexCorrupt: their shapes do not fit together.
        """
        weights, indices, starts, peaks, lengths = (Stored.open(files[number]) for number in (0, 1, 2, 4, 5))
        listed = json.loads(bytes(whole(files[3])))
        opened = cls(
            rows, weights, indices, starts.whole(), peaks.whole(), lengths, {term: n for n, term in enumerate(listed)}
        )
        kinds = [np.float32, np.int32, np.int64, np.float32, np.int32]
        typed = [array.dtype for array in (weights, indices, starts, peaks, lengths)] == kinds
        if not typed or len(opened.numbers) != len(listed) or not opened._fits():
            raise IndexCorrupt("the lexical index does not fit together")
        return opened

    def _fits(self) -> bool:
        """Whether all lengths agree and, where they are few enough to look at, all postings lie in rows."""
        starts, terms = self.starts, len(self.numbers)
        sized = (len(starts), len(self.peaks), len(self.lengths)) == (terms + 1, terms, self.rows)
        if not sized or not len(self.weights) == len(self.indices) == starts[-1]:
            return False
        if starts[0] != 0 or np.any(np.diff(starts) < 0):
            return False
        if len(self.indices) > CHECKED:
            return True
        whole = self.indices.whole()
        return bool(whole.min(initial=0) >= 0 and whole.max(initial=-1) < self.rows)

    def count(self, term: str) -> int:
        """The rows that hold a term."""
        number = self.numbers.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def inside(self, term: str, within: range) -> int:
        """How many rows of a range hold a term."""
        held = self._postings(term, 1.0, within, flat=True)
        return 0 if held is None else len(held.rows)

    def scores(self, weights: Mapping[str, float], rows: NDArray[Any], *, flat: bool = False) -> Parts:
        """BM25 of these rows, which go upwards, for terms of these weights, shape (len(rows),); `flat`: of rows of any length
        and however often they hold a term.
        """
        totals, asked = np.zeros(len(rows), np.float32), rows.astype(np.int32)
        for term in sorted(weights):  # else the last digits of a sum would be another in another process
            if (held := self._postings(term, weights[term], range(self.rows), flat=flat)) is not None:
                totals += held.of(asked)
        return totals

    def best(self, weights: Mapping[str, float], count: int, within: range, *, flat: bool = False) -> NDArray[np.int64]:
        """The `count` rows of a range that score highest, as by `scores`, best first; equals as they come, and none of 0.

        Exact within READ, which a question of a dozen words stays below at four million windows.
        """
        held = [self._postings(term, weight, within, flat=flat) for term, weight in weights.items()]
        known = sorted((one for one in held if one is not None), key=lambda one: (-one.most, len(one.rows)))
        if not known or count <= 0:
            return np.zeros(0, np.int64)
        rows = self._promising(known, count)
        scores = self.scores(weights, rows, flat=flat)
        order = np.lexsort((rows, -scores))[:count]
        return rows[order[scores[order] > 0]].astype(np.int64)

    def _promising(self, held: Sequence[_Postings], count: int) -> Rows:
        """Few rows, upwards, that the best are among (MaxScore; Turtle and Flood 1995).

        The terms that add most come first. When the others together add less than the `count`th best row has already, no
        further row can get in: they are looked up for those that still can.
        """
        rest = np.cumsum([0.0, *(one.most for one in reversed(held))])[::-1]  # what those from each on may add
        slack = 1e-5 * float(rest[0])  # sums of 32 bits in another order
        room = self._spare.pop() if self._spare else np.zeros(self.rows, np.float32)  # a number a row: all 0
        rows, scores, floor, opened = _opened(held, rest + slack, count, room)
        if len(rows) > SEEDS and opened < len(held):
            first = np.sort(np.argpartition(-scores, SEEDS)[:SEEDS])
            full = scores[first] + sum(one.of(rows[first]) for one in held[opened:])
            floor = max(floor, _least(full, count))
        for number in range(opened, len(held)):
            spend()
            keep = scores >= floor - rest[number] - slack
            rows, scores = rows[keep], scores[keep]
            scores = scores + held[number].of(rows, room)
            floor = max(floor, _least(scores, count))
        if len(self._spare) < SPARE:
            self._spare.append(room)
        return rows[scores >= floor - slack]

    def holding(self, terms: Collection[str], within: range) -> NDArray[np.int64]:
        """The rows of a range that hold every one of these terms, upwards."""
        held = [self._postings(term, 1.0, within, flat=True) for term in set(terms)]
        known = sorted((one.rows for one in held if one is not None), key=len)
        if len(known) < len(held) or not known:
            return np.zeros(0, np.int64)
        rows = known[0]
        for others in known[1:]:
            close = len(rows) * 16 > len(others)  # then sorting both together costs less than looking each up
            rows = np.intersect1d(rows, others, assume_unique=True) if close else rows[_found(others, rows)[1]]
        return rows.astype(np.int64)

    def _postings(self, term: str, weight: float, within: range, *, flat: bool) -> _Postings | None:
        """The postings of a term in a range; None where there are none.

        Raises:
            IndexCorrupt: they point to no row.
        """
        number = self.numbers.get(term)
        if number is None:
            return None
        start, end = (int(place) for place in self.starts[number : number + 2])
        rows: Rows = self.indices.slice(start, end)
        if len(rows) and (rows[0] < 0 or rows[-1] >= self.rows):
            raise IndexCorrupt("the lexical index points to a row that there is not")
        if len(within) < self.rows:
            first, last = np.searchsorted(rows, np.array([within.start, within.stop], np.int32)).tolist()
            rows, start, end = rows[first:last], start + first, start + last
        if not len(rows):
            return None
        told, most = np.float32(weight), weight * (1.0 if flat else float(self.peaks[number]))
        parts = np.full(len(rows), told) if flat else self.weights.slice(start, end) * told
        return _Postings(rows, parts, most)


def _opened(
    held: Sequence[_Postings], rest: NDArray[np.float64], count: int, room: Parts
) -> tuple[Rows, Parts, float, int]:
    """The rows, upwards, that may be among the best, what the first terms add to each, the least that the best have by then,
    and how many terms these are.
    """
    floor, opened, read = 0.0, 0, 0
    for one in held:
        read += len(one.rows)
        if opened and (rest[opened] < floor or read > READ):
            break
        spend()
        now = room[one.rows] + one.parts
        room[one.rows] = now
        floor, opened = max(floor, _least(now, count)), opened + 1
    least, found = max(floor - float(rest[opened]), float(np.finfo(np.float32).tiny)), list[Rows]()
    for one in held[:opened]:
        found.append(one.rows[room[one.rows] >= least])
        room[found[-1]] *= -1  # no other term brings them again
    rows = np.sort(np.concatenate(found))
    scores = -room[rows]
    for one in held[:opened]:
        room[one.rows] = 0
    return rows, scores, floor, opened


def _least(scores: Parts, count: int) -> float:
    """What the `count`th of these scores is at least, 0 where they are fewer: of very many, of the best of each sixteen."""
    if len(scores) > 64 * count:
        scores = scores[: len(scores) // 16 * 16].reshape(16, -1).max(axis=0)
    if len(scores) < count:
        return 0.0
    return float(np.partition(scores, len(scores) - count)[len(scores) - count])
