"""The words of texts counted, and their postings put together from parts, in bounded memory."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.index import layout
from pullquote.index.files import array_head
from pullquote.index.lexical import STOP_WORDS, Lexical, stem_words, words_of

K1 = 1.2
B = 0.75
BLOCK = 2_000_000  # postings that are put in order at a time
Append = Callable[[str, bytes], None]  # the name of a file, and what comes next in it


@dataclass(frozen=True, slots=True)
class Counted:
    """The words of some rows, counted: `rows[starts[t]:starts[t + 1]]` hold term t, upwards, each `times` so often.

    `listed` are the terms, sorted, as JSON; `lengths` has the words of each row. The arrays may be mapped.
    """

    listed: bytes
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    times: NDArray[np.int32]
    lengths: NDArray[np.int32]


def count_words(texts: Sequence[str]) -> Counted:
    """Count the stems of the words of every text, one row each, but for stop words."""
    found = [words_of(text) for text in texts]
    words = sorted(set().union(*found) - STOP_WORDS)
    stem_of: dict[str, str] = dict(zip(words, stem_words(words), strict=True))  # each word but once
    listed = sorted(set(stem_of.values()))
    place = {stem: number * len(texts) for number, stem in enumerate(listed)}
    starts_at = {word: place[stem] for word, stem in stem_of.items()}
    marks = [starts_at[word] + row for row, held in enumerate(found) for word in held if word in starts_at]
    postings, times = np.unique(np.array(marks, np.int64), return_counts=True)
    numbers, rows = np.divmod(postings, max(len(texts), 1))
    starts = np.searchsorted(numbers, np.arange(len(listed) + 1))
    lengths = np.bincount(rows, weights=times, minlength=len(texts)).astype(np.int32)
    return Counted(_json(listed), starts, rows.astype(np.int32), times.astype(np.int32), lengths)


def counted(lexical: Lexical) -> Counted:
    """The counts that an index was weighed from, worked out of its weights, exactly: a base is copied, not read again."""
    lengths, rows, weights = (array.whole() for array in (lexical.lengths, lexical.indices, lexical.weights))
    norms = _norms(lengths, lengths.mean() if len(lengths) else 1.0)
    times = np.empty(len(rows), np.int32)
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        weight = weights[part].astype(np.float64)
        times[part] = np.rint(weight * norms[rows[part]] / (1 - weight))
    return Counted(_json(list(lexical.numbers)), lexical.starts, rows, times, lengths)


def merge_words(sources: Sequence[tuple[Counted, NDArray[np.int32]]], rows: int, append: Append) -> None:
    """Write the lexical index of so many rows, put together from counted parts, as files that grow block by block.

    Beside each part stands the new row of each of its rows, upwards, -1 for one that is left out; the rows of several parts
    may lie between one another. Memory: some BLOCK postings, a few numbers for each row and term, and the terms.
    """
    listed = sorted(set().union(*(json.loads(part.listed) for part, _ in sources)))
    number_of = {term: number for number, term in enumerate(listed)}
    lengths, held, placed = np.zeros(rows, np.int32), np.zeros(len(listed), np.int64), []
    for part, new in sources:
        numbers = np.array([number_of[term] for term in json.loads(part.listed)], np.int64)
        lengths[new[new >= 0]] = part.lengths[new >= 0]
        held[numbers] += _kept(part, new)
        placed.append(_Source(part, new, numbers))
    stays = held > 0
    renumbered = np.cumsum(stays) - 1
    starts = np.concatenate([[0], np.cumsum(held[stays])]).astype(np.int64)
    names = [term for term, stay in zip(listed, stays.tolist(), strict=True) if stay]
    ready = [_Source(one.part, one.new, np.where(stays, renumbered, -1)[one.numbers]) for one in placed]
    _write(ready, names, starts, lengths, append)


@dataclass(frozen=True, slots=True)
class _Source:
    """A part, the new rows of its rows, and the new numbers of its terms, -1 for one that is left out."""

    part: Counted
    new: NDArray[np.int32]
    numbers: NDArray[np.int64]

    def between(self, first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """The postings of the new terms from first to before last: new term, new row, times."""
        inside = np.flatnonzero((self.numbers >= first) & (self.numbers < last))
        if not len(inside):
            return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
        # The terms of a part are sorted as all are: what lies between is side by side, but for those left out.
        start, end = inside[0], inside[-1] + 1
        span = slice(int(self.part.starts[start]), int(self.part.starts[end]))
        terms = np.repeat(self.numbers[start:end], np.diff(self.part.starts[start : end + 1]))
        rows = self.new[self.part.rows[span]]
        keep = (rows >= 0) & (terms >= 0)
        return terms[keep], rows[keep], self.part.times[span][keep]


def _kept(part: Counted, new: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many rows of each term of a part stay."""
    kept = np.zeros(len(part.starts) - 1, np.int64)
    for first, last in _blocks(part.starts):
        span = slice(int(part.starts[first]), int(part.starts[last]))
        sums = np.concatenate([[0], np.cumsum(new[part.rows[span]] >= 0)])
        kept[first:last] = np.diff(sums[part.starts[first : last + 1] - span.start])
    return kept


def _blocks(starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Runs of terms with about BLOCK postings together, one term at least."""
    first, terms = 0, len(starts) - 1
    while first < terms:
        last = int(np.searchsorted(starts, starts[first] + BLOCK, "right")) - 1
        last = min(max(last, first + 1), terms)
        yield first, last
        first = last


def _write(
    sources: Sequence[_Source],
    names: Sequence[str],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    append: Append,
) -> None:
    weights, rows, starting, terms, peaks, counts = layout.LEXICAL
    for name, kind in ((weights, np.float32), (rows, np.int32)):
        append(name, array_head((int(starts[-1]),), kind))
    norms = _norms(lengths, lengths.mean() if len(lengths) else 1.0)
    most = np.zeros(len(names), np.float32)
    for first, last in _blocks(starts):
        parts = [one.between(first, last) for one in sources]
        numbers, found, times = (np.concatenate(column) for column in zip(*parts, strict=True))
        if len(sources) > 1:
            order = np.argsort(numbers * len(lengths) + found)
            found, times = found[order], times[order]
        weighed = (times / (norms[found] + times)).astype(np.float32)  # BM25 as Lucene counts it (Kamphuis et al. 2020)
        most[first:last] = np.maximum.reduceat(weighed, starts[first:last] - starts[first])
        append(weights, weighed.tobytes())
        append(rows, found.astype(np.int32).tobytes())
    append(starting, array_head(starts.shape, np.int64) + starts.tobytes())
    append(terms, _json(names))
    append(peaks, array_head(most.shape, np.float32) + most.tobytes())
    append(counts, array_head(lengths.shape, np.int32) + lengths.tobytes())


def _norms(lengths: NDArray[np.int32], mean: Any) -> NDArray[np.float64]:
    """What a term's count in each row is tempered by, from the row's length."""
    return np.asarray(K1 * ((1 - B) + B * lengths / (mean or 1.0)), np.float64)


def _json(terms: Sequence[str]) -> bytes:
    return json.dumps(terms, ensure_ascii=False).encode("utf-8")
