"""Words in common: BM25 over stemmed words.

The words are weighed when an index is built (`postings`). A query only adds up the columns of its
words, and no query parser ever sees a user's text.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
STOP_WORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her
    here hers herself him himself his how i if in into is it its itself just many may me might more most much
    my myself nor of off on once only or other our ours ourselves out over own said same say says she should
    so some such tell than that the their theirs them themselves then there these they this those through to
    too under until up upon us very was we were what when where which while who whom whose why will with would
    you your yours yourself yourselves""".split()  # noqa: SIM905 -- a list of 130 lines would say the same
)


def clean(text: str) -> str:
    """A search key: compatibility forms folded, invisible and direction marks taken out.

    Only ever for matching; what is quoted is cut from the text as it is stored.
    """
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
    """The stems of a text's words, in order, without stop words.

    Example: terms("Killing the kingpins") -> ["kill", "kingpin"]
    """
    words = [word for word in in_words(text).split() if word not in STOP_WORDS]
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
class Postings:
    """For each term in turn, the rows that hold it and how often: those of term t are `starts[t]:starts[t + 1]`."""

    terms: tuple[str, ...]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.int64]

    def of_rows(self, chosen: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The postings of these rows: the term, the place of the row among those chosen, and the count."""
        numbers = np.repeat(np.arange(len(self.terms), dtype=np.int64), np.diff(self.starts))
        order = np.argsort(self.rows, kind="stable")
        top = int(max(chosen.max(initial=-1), self.rows.max(initial=-1))) + 1
        first = np.concatenate([[0], np.cumsum(np.bincount(self.rows, minlength=top))])
        lengths = first[chosen + 1] - first[chosen]
        ends = np.cumsum(lengths)
        inside = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
        taken = order[np.repeat(first[chosen], lengths) + inside]
        return numbers[taken], np.repeat(np.arange(len(chosen)), lengths), self.counts[taken].astype(np.int64)


def count_terms(
    rows: int, fresh: Mapping[int, Sequence[str]], before: Postings | None = None, same: Mapping[int, int] | None = None
) -> Postings:
    """The postings of `rows` texts.

    Args:
        fresh: the terms of the texts that are counted now, by row.
        before: postings that hold the others.
        same: where, in `before`, each of the others is; by row.
    """
    vocabulary = {term: number for number, term in enumerate(before.terms if before else ())}
    named = [vocabulary.setdefault(term, len(vocabulary)) for found in fresh.values() for term in found]
    lengths = [len(found) for found in fresh.values()]
    places = np.repeat(np.fromiter(fresh, np.int64, len(fresh)), lengths)
    marks, counts = np.unique(np.array(named, np.int64) * max(rows, 1) + places, return_counts=True)
    numbers, places = np.divmod(marks, max(rows, 1))
    if before and same:
        of_same = before.of_rows(np.fromiter(same.values(), np.int64, len(same)))
        mine = np.fromiter(same, np.int64, len(same))
        numbers = np.concatenate([numbers, of_same[0]])
        places = np.concatenate([places, mine[of_same[1]]])
        counts = np.concatenate([counts, of_same[2]])
    return _in_order(list(vocabulary), numbers, places, counts)


def _in_order(
    vocabulary: Sequence[str], numbers: NDArray[np.int64], rows: NDArray[np.int64], counts: NDArray[np.int64]
) -> Postings:
    """Terms in the order of their letters, without those that no row holds any more; rows upwards."""
    held = np.flatnonzero(np.bincount(numbers, minlength=len(vocabulary))).tolist()
    ordered = sorted(held, key=vocabulary.__getitem__)
    rank = np.zeros(len(vocabulary), np.int64)
    rank[ordered] = np.arange(len(ordered))
    ranked = rank[numbers]
    order = np.lexsort((rows, ranked))
    starts = np.concatenate([[0], np.cumsum(np.bincount(ranked, minlength=len(ordered)))]).astype(np.int64)
    terms = tuple(vocabulary[number] for number in ordered)
    return Postings(terms, starts, rows[order].astype(np.int32), counts[order])


def weigh(postings: Postings, rows: int) -> NDArray[np.float32]:
    """The BM25 weight of each posting, as Lucene counts it (Kamphuis et al. 2020); the same numbers as bm25s."""
    if not rows:
        return np.zeros(0, np.float32)
    lengths = np.bincount(postings.rows, weights=postings.counts, minlength=rows)
    held = np.diff(postings.starts)
    rarity = np.log(1 + (rows - held + 0.5) / (held + 0.5)).astype(np.float32)
    tempered = K1 * ((1 - B) + B * lengths[postings.rows] / (lengths.mean() or 1.0))
    weights = np.repeat(rarity, held) * (postings.counts / (tempered + postings.counts))
    return np.asarray(weights, np.float32)


def lexical_files(
    texts: Sequence[str], before: Postings | None = None, same: Mapping[int, int] | None = None
) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Weigh every word of every text (one row each): weights, rows, starts, terms and counts, as files.

    Args:
        before: postings of the generation before.
        same: the rows there, by the rows here, of texts that it held.
    """
    same = same or {}
    fresh = {row: terms(text) for row, text in enumerate(texts) if row not in same}
    found = count_terms(len(texts), fresh, before, same)
    listed = json.dumps(found.terms, ensure_ascii=False).encode("utf-8")
    counts = found.counts.astype(np.min_scalar_type(int(found.counts.max(initial=0))))
    weights = weigh(found, len(texts))
    return array_bytes(weights), array_bytes(found.rows), array_bytes(found.starts), listed, array_bytes(counts)


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
        fits = kinds and len(weights) == len(indices) and len(starts) == len(listed) + 1
        ordered = fits and starts[0] >= 0 and starts[-1] <= len(weights) and bool(np.all(np.diff(starts) >= 0))
        if not ordered or (len(indices) and not 0 <= int(indices.min()) <= int(indices.max()) < rows):
            raise IndexCorrupt("the lexical index does not fit together")
        return cls(rows, weights, indices, starts, {term: number for number, term in enumerate(listed)})

    def postings(self, counts: bytes) -> Postings | None:
        """What the weights were made of, with the file of counts; None where that does not fit, so all is counted anew."""
        try:
            held = array_of(counts)
        except ValueError:
            return None
        if held.shape != self.indices.shape or held.dtype.kind not in "iu" or (len(held) and held.min() < 1):
            return None
        return Postings(tuple(self.numbers), self.starts, self.indices, held)

    def score(self, query: Iterable[str]) -> NDArray[np.float32]:
        """BM25 of every row for these terms, shape (rows,); each term counts once."""
        totals = np.zeros(self.rows, dtype=np.float32)
        for _, held in self._held(query):
            totals[self.indices[held]] += self.weights[held]
        return totals

    def shared(self, query: Iterable[str]) -> NDArray[np.float32]:
        """How telling the terms are that every row holds of these, together, shape (rows,); of a row of any length."""
        totals = np.zeros(self.rows, dtype=np.float32)
        for term, held in self._held(query):
            totals[self.indices[held]] += self.rarity(term)
        return totals

    def holding(self, query: Iterable[str]) -> NDArray[np.int64]:
        """The rows that hold every one of these terms, upwards."""
        wanted = set(query)
        held = sorted((self.indices[held] for _, held in self._held(wanted)), key=len)
        if len(held) < len(wanted) or not held:
            return np.zeros(0, np.int64)
        rows = held[0]
        for others in held[1:]:
            rows = rows[np.isin(rows, others, assume_unique=True)]
        return np.sort(rows).astype(np.int64)

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
