"""Words in common: BM25 over stemmed words, weighed when an index is built; a query only adds up columns."""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt
from pullquote.index.files import array_bytes, array_of

K1 = 1.2
B = 0.75
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
# What matching leaves out: with the joiners that scripts need, without the controls (`hidden` has what is written out).
_UNSEEN = dict.fromkeys(
    [0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A),
     *range(0xE0000, 0xE0080), *range(0xD800, 0xE000)]  # the last: halves of pairs, which no tokenizer takes
)  # fmt: skip
# Function words and the words questions are made of. They say nothing about the subject.
STOP_WORDS = frozenset(Path(__file__).with_name("stop_words.txt").read_bytes().decode("ascii").split())
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
    return " ".join(_WORD.findall(clean(text)))


def terms(text: str) -> list[str]:
    """The stems of a text's words, in order, without stop words."""
    words = [word for word in _WORD.findall(clean(text)) if word not in STOP_WORDS]
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


@dataclass(frozen=True, slots=True)
class Lexical:
    """A sparse matrix of word weights: `starts[t]:starts[t + 1]` are the rows that hold term t."""

    rows: int
    weights: NDArray[np.float32]
    indices: NDArray[np.int32]
    starts: NDArray[np.int64]
    numbers: dict[str, int]

    @classmethod
    def open(cls, files: Sequence[bytes], rows: int) -> "Lexical":
        """Read the four files.

        Raises:
            IndexCorrupt: their shapes do not fit together.
        """
        weights, indices, starts = (array_of(content) for content in files[:3])
        listed = json.loads(files[3])
        kinds = [array.dtype for array in (weights, indices, starts)] == [np.float32, np.int32, np.int64]
        fits = kinds and len(weights) == len(indices) == starts[-1] and len(starts) == len(listed) + 1
        rise = fits and starts[0] == 0 and bool(np.all(np.diff(starts) >= 0))
        if not rise or indices.min(initial=0) < 0 or indices.max(initial=-1) >= rows:
            raise IndexCorrupt("the lexical index does not fit together")
        return cls(rows, weights, indices, starts, {term: number for number, term in enumerate(listed)})

    def score(self, query: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every row for these terms, shape (rows,); each term counts once."""
        totals = np.zeros(self.rows, dtype=np.float32)
        for _, held in self._held(query):
            totals[self.indices[held]] += self.weights[held]
        return totals

    def inside(self, term: str, within: range) -> int:
        """How many of these rows hold a term."""
        held = (self.indices[held] for _, held in self._held([term]))
        return sum(int(np.diff(np.searchsorted(rows, (within.start, within.stop)))[0]) for rows in held)

    def best(self, weights: Mapping[str, float], count: int, within: range) -> NDArray[np.int64]:
        """The rows in `within` whose terms weigh the most, best first: each term by its weight, tempered by the row."""
        totals = np.zeros(self.rows, dtype=np.float32)
        for term, held in self._held(weights):
            totals[self.indices[held]] += self.weights[held] * np.float32(weights[term] / self.rarity(term))
        scores = totals[within.start : within.stop]
        rows = np.lexsort((np.arange(len(scores)), -scores))[: max(count, 0)]
        return np.asarray(rows[scores[rows] > 0] + within.start, np.int64)

    @property
    def tempered(self) -> NDArray[np.float32]:
        """What each posting adds to its row's score for a term of weight 1."""
        rarity = np.array([self.rarity(term) for term in self.numbers], np.float32)
        return np.asarray(self.weights / np.repeat(rarity, np.diff(self.starts)), np.float32)

    def shared(self, query: Iterable[str]) -> NDArray[np.float32]:
        """How telling the terms are that every row holds of these, together, shape (rows,); of a row of any length."""
        totals = np.zeros(self.rows, dtype=np.float32)
        for term, held in self._held(query):
            totals[self.indices[held]] += self.rarity(term)
        return totals

    def holding(self, query: Iterable[str]) -> NDArray[np.int64]:
        """The rows that hold every one of these terms, upwards."""
        wanted = set(query)
        held = [self.indices[held] for _, held in self._held(wanted)]
        if len(held) < len(wanted) or not held:
            return np.zeros(0, np.int64)
        return np.flatnonzero(np.bincount(np.concatenate(held), minlength=self.rows) == len(held))

    def _held(self, query: Iterable[str]) -> Iterator[tuple[str, slice]]:
        """Each different term that any row holds with where its postings are, in an order that is always the same."""
        for term in sorted(set(query)):  # else the last digits of a sum would be another in another process
            number = self.numbers.get(term)
            if number is not None:
                yield term, slice(int(self.starts[number]), int(self.starts[number + 1]))

    def knows(self, word: str) -> bool:
        """Whether any row holds a word in one of its forms."""
        return any(term in self.numbers for term in terms(word))

    def rarity(self, term: str) -> float:
        """How telling a term is: its inverse document frequency, highest for one never seen."""
        number = self.numbers.get(term)
        found = 0 if number is None else int(self.starts[number + 1] - self.starts[number])
        return math.log(1 + (self.rows - found + 0.5) / (found + 0.5))


def lexical_files(texts: Sequence[str]) -> tuple[bytes, bytes, bytes, bytes]:
    """Weigh every word of every text (one row each): weights, rows, starts and terms, as files."""
    found = [_WORD.findall(clean(text)) for text in texts]
    words = sorted(set().union(*found) - STOP_WORDS)
    stem_of: dict[str, str] = dict(zip(words, _stemmer().stemWords(words), strict=True))  # each word but once
    listed = sorted(set(stem_of.values()))
    place = {stem: number * len(texts) for number, stem in enumerate(listed)}
    starts_at = {word: place[stem] for word, stem in stem_of.items()}
    marks = [starts_at[word] + row for row, held in enumerate(found) for word in held if word in starts_at]
    postings, times = np.unique(np.array(marks, np.int64), return_counts=True)
    numbers, rows = np.divmod(postings, max(len(texts), 1))
    starts = np.searchsorted(numbers, np.arange(len(listed) + 1))
    weights = _weigh(len(texts), starts, rows, times)
    names = json.dumps(listed, ensure_ascii=False).encode("utf-8")
    return array_bytes(weights), array_bytes(rows.astype(np.int32)), array_bytes(starts), names


def _weigh(
    count: int, starts: NDArray[np.int64], rows: NDArray[np.int64], times: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The BM25 weight of each posting, as Lucene counts it (Kamphuis et al. 2020); the same numbers as bm25s."""
    if not len(rows):
        return np.zeros(0, np.float32)
    lengths = np.bincount(rows, weights=times, minlength=count)
    held = np.diff(starts)
    rarity = np.log(1 + (count - held + 0.5) / (held + 0.5)).astype(np.float32)
    tempered = K1 * ((1 - B) + B * lengths[rows] / lengths.mean())
    return np.asarray(np.repeat(rarity, held) * (times / (tempered + times)), np.float32)
