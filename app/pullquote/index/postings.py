"""Postings: which texts hold which terms, how often, and what that weighs by BM25.

Texts that the generation before held are not taken apart again: their terms are counted already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75


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
