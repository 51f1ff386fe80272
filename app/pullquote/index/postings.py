"""Postings written: the words of texts counted in parts, and put together in bounded memory."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.english import LANGUAGE as ENGLISH
from pullquote.corpus.language import Language
from pullquote.index import layout
from pullquote.index.files import Append, array_head
from pullquote.index.lexical import B, Lexical, words_of

K1 = 1.2
BLOCK = 2_000_000  # postings that are sorted at a time


@dataclass(frozen=True, slots=True)
class TermCounts:
    """The terms of some rows, counted: `rows[starts[t]:starts[t + 1]]` hold term t, upwards, each
    `frequencies` so often.

    `terms` are the terms, sorted, as JSON; `lengths` has the words of each row. The arrays may be
    mapped.
    """

    terms: bytes
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    frequencies: NDArray[np.int32]
    lengths: NDArray[np.int32]


def count_words(texts: Sequence[str], languages: Sequence[Language] = ()) -> TermCounts:
    """Count the stems of the words of every text, one row each, but for stop words.

    `languages` has that of each text; without, all are English.
    """
    languages = languages or [ENGLISH] * len(texts)
    words_by_row = [words_of(text) for text in texts]
    stems_by_language = {
        language: _stems_by_word(language, words_by_row, languages)
        for language in dict.fromkeys(languages)
    }
    terms = sorted(set().union(*(stems.values() for stems in stems_by_language.values())))
    first_key = {term: number * len(texts) for number, term in enumerate(terms)}
    keys = [
        first_key[stem] + row
        for row, (row_words, language) in enumerate(zip(words_by_row, languages, strict=True))
        for stem in map(stems_by_language[language].get, row_words)
        if stem is not None
    ]
    postings, frequencies = np.unique(np.array(keys, np.int64), return_counts=True)
    numbers, rows = np.divmod(postings, max(len(texts), 1))
    starts = np.searchsorted(numbers, np.arange(len(terms) + 1))
    lengths = np.bincount(rows, weights=frequencies, minlength=len(texts)).astype(np.int32)
    return TermCounts(
        _json(terms), starts, rows.astype(np.int32), frequencies.astype(np.int32), lengths
    )


def _stems_by_word(
    language: Language, words_by_row: Sequence[Sequence[str]], languages: Sequence[Language]
) -> dict[str, str]:
    """The stem of each different word of a language's rows, but for its stop words."""
    rows = zip(words_by_row, languages, strict=True)
    words = set[str]().union(*(row_words for row_words, of_row in rows if of_row is language))
    kept_words = sorted(words - language.stop_words)
    return dict(zip(kept_words, language.stem(kept_words), strict=True))


def counts_of(lexical: Lexical) -> TermCounts:
    """The counts that an index was weighed from, worked out of its weights, exactly: a base is
    copied, not read again.
    """
    arrays = (lexical.lengths, lexical.indices, lexical.weights)
    lengths, rows, weights = (array.whole() for array in arrays)
    norms = _norms(lengths)
    frequencies = np.empty(len(rows), np.int32)
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        weight = weights[block].astype(np.float64)
        frequencies[block] = np.rint(weight * norms[rows[block]] / (1 - weight))
    return TermCounts(_json(list(lexical.numbers)), lexical.starts, rows, frequencies, lengths)


def merge_words(
    counted: Sequence[tuple[TermCounts, NDArray[np.int32]]], row_count: int, append: Append
) -> None:
    """Write the lexical index of so many rows, put together from counts, as files that grow block by
    block.

    Beside each stands the new row of each of its rows, upwards, -1 for one that is left out; the
    rows of several may lie between one another. Memory: some BLOCK postings, a few numbers for each
    row and term, and the terms.
    """
    all_terms = sorted(set().union(*(json.loads(counts.terms) for counts, _ in counted)))
    number_of = {term: number for number, term in enumerate(all_terms)}
    lengths, sizes = np.zeros(row_count, np.int32), np.zeros(len(all_terms), np.int64)
    numbered = []
    for counts, new_rows in counted:
        numbers = np.array([number_of[term] for term in json.loads(counts.terms)], np.int64)
        lengths[new_rows[new_rows >= 0]] = counts.lengths[new_rows >= 0]
        sizes[numbers] += _remaining(counts, new_rows)
        numbered.append(numbers)
    stays = sizes > 0
    renumbered = np.where(stays, np.cumsum(stays) - 1, -1)
    starts = np.concatenate([[0], np.cumsum(sizes[stays])]).astype(np.int64)
    terms = [term for term, stay in zip(all_terms, stays.tolist(), strict=True) if stay]
    sources = [
        _Source(counts, new_rows, renumbered[numbers])
        for (counts, new_rows), numbers in zip(counted, numbered, strict=True)
    ]
    _write(sources, terms, starts, lengths, append)


@dataclass(frozen=True, slots=True)
class _Source:
    """Counts, the new rows of their rows, and the new numbers of their terms; -1: left out."""

    counts: TermCounts
    new_rows: NDArray[np.int32]
    numbers: NDArray[np.int64]

    def postings(
        self, first: int, last: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """The postings of the new terms from first to before last: new term, new row, frequency."""
        inside = np.flatnonzero((self.numbers >= first) & (self.numbers < last))
        if not len(inside):
            return np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
        # The terms are sorted as all are: what lies between is side by side, but for those left out.
        start, end, starts = inside[0], inside[-1] + 1, self.counts.starts
        span = slice(int(starts[start]), int(starts[end]))
        terms = np.repeat(self.numbers[start:end], np.diff(starts[start : end + 1]))
        rows = self.new_rows[self.counts.rows[span]]
        stays = (rows >= 0) & (terms >= 0)
        return terms[stays], rows[stays], self.counts.frequencies[span][stays]


def _remaining(counts: TermCounts, new_rows: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many rows of each term stay."""
    remaining = np.zeros(len(counts.starts) - 1, np.int64)
    for first, last in _blocks(counts.starts):
        span = slice(int(counts.starts[first]), int(counts.starts[last]))
        sums = np.concatenate([[0], np.cumsum(new_rows[counts.rows[span]] >= 0)])
        remaining[first:last] = np.diff(sums[counts.starts[first : last + 1] - span.start])
    return remaining


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
    terms: Sequence[str],
    starts: NDArray[np.int64],
    lengths: NDArray[np.int32],
    append: Append,
) -> None:
    weight_file, row_file, start_file, term_file, peak_file, length_file = layout.LEXICAL
    for name, kind in ((weight_file, np.float32), (row_file, np.int32)):
        append(name, array_head((int(starts[-1]),), kind))
    norms, peaks = _norms(lengths), np.zeros(len(terms), np.float32)
    for first, last in _blocks(starts):
        blocks = [source.postings(first, last) for source in sources]
        numbers, rows, frequencies = (np.concatenate(each) for each in zip(*blocks, strict=True))
        if len(sources) > 1:
            order = np.argsort(numbers * len(lengths) + rows)
            rows, frequencies = rows[order], frequencies[order]
        # BM25 as Lucene counts it (Kamphuis et al. 2020)
        weights = (frequencies / (norms[rows] + frequencies)).astype(np.float32)
        peaks[first:last] = np.maximum.reduceat(weights, starts[first:last] - starts[first])
        append(weight_file, weights.tobytes())
        append(row_file, rows.astype(np.int32).tobytes())
    append(start_file, array_head(starts.shape, np.int64) + starts.tobytes())
    append(term_file, _json(terms))
    append(peak_file, array_head(peaks.shape, np.float32) + peaks.tobytes())
    append(length_file, array_head(lengths.shape, np.int32) + lengths.tobytes())


def _norms(lengths: NDArray[np.int32]) -> NDArray[np.float64]:
    """What a term's frequency in each row is tempered by, from the row's length."""
    mean = lengths.mean() if len(lengths) else 1.0
    return np.asarray(K1 * ((1 - B) + B * lengths / (mean or 1.0)), np.float64)


def _json(terms: Sequence[str]) -> bytes:
    return json.dumps(terms, ensure_ascii=False).encode("utf-8")
