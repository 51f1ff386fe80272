"""The first look in 8 bits never changes what is found."""

import faiss
import numpy as np
import pytest

from pullquote.index.vectors import AFTER, MANY, Coarse, FirstLook, FlatVectors, flat_bytes
from pullquote.models.onnx import Vectors

ROWS, DIMENSION = MANY + 1_000, 48


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def rows() -> Vectors:
    return unit(np.random.default_rng(5).normal(size=(ROWS, DIMENSION)).astype(np.float32))


@pytest.fixture(scope="module")
def asked() -> Vectors:
    return unit(np.random.default_rng(6).normal(size=(60, DIMENSION)).astype(np.float32))


@pytest.mark.parametrize("within", [range(ROWS), range(700, 3_300), range(10, 60)])
@pytest.mark.parametrize("count", [1, 12, 60])
def test_it_finds_what_an_exact_search_finds_or_says_nothing(rows: Vectors, asked: Vectors, within: range, count: int):
    coarse = Coarse(rows)
    inside = faiss.SearchParameters(sel=faiss.IDSelectorRange(within.start, within.stop))
    known = 0
    for vector in asked:
        found = coarse.search(rows, vector, min(count, len(within)), within, inside)
        exact = within.start + np.argsort(-(rows[within.start : within.stop] @ vector), kind="stable")[:count]
        known += found is not None
        assert found is None or found.tolist() == exact.tolist()
    assert known > len(asked) / 2


def test_where_copies_lie_at_the_edge_it_says_nothing(rows: Vectors):
    copies = rows.copy()
    copies[100:300] = rows[100]
    assert Coarse(copies).search(copies, rows[100], 60, range(ROWS), None) is None


def test_an_index_finds_the_same_rows_the_first_time_and_ever_after(rows: Vectors, asked: Vectors):
    vectors = rows.copy()
    vectors[::7] = rows[0]  # copies: equals come in the order of the text both ways
    flat = FlatVectors.open(flat_bytes(vectors), ROWS, DIMENSION)
    first = [flat.search(vector, 60, range(ROWS)).tolist() for vector in asked[:AFTER]]
    assert flat.look.of(vectors) is not None
    assert [flat.search(vector, 60, range(ROWS)).tolist() for vector in asked[:AFTER]] == first


def test_a_few_searches_or_a_small_index_make_no_rounded_vectors(rows: Vectors):
    look = FirstLook()
    assert all(look.of(rows) is None for _ in range(AFTER))
    assert look.of(rows) is not None
    ready = FirstLook()
    ready.make(rows)
    assert ready.of(rows) is not None
    small = FirstLook()
    assert all(small.of(rows[: MANY - 1]) is None for _ in range(2 * AFTER))


def test_a_flat_index_is_written_as_faiss_writes_it(rows: Vectors):
    for part in (rows[:7], rows[:0]):
        index = faiss.IndexFlatIP(DIMENSION)
        index.add(part)
        assert flat_bytes(part) == bytes(faiss.serialize_index(index))
