"""Words: matched by their stems, weighed as bm25s weighs them, and never read past their files."""

import json
import random

import bm25s
import numpy as np
import pytest

from pullquote.errors import IndexCorrupt
from pullquote.index.files import array_bytes, array_of
from pullquote.index.lexical import K1, B, Lexical, lexical_files, terms

WORDS = "tolls bridge road helmets laws buses traffic the and of cycling cities fall rise".split()


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randrange(0, 12))) for _ in range(count)]


@pytest.mark.parametrize(
    ("text", "stems"),
    [("Killing the kingpins", ["kill", "kingpin"]), ("£10,000 and 16.7%", ["10,000", "16.7"]), ("what is it?", []),
     ("ﬁnance \u00adsoft\u00adly", ["financ", "soft"]), ("\U000e0041hidden\u202e \ud800 half", ["hidden", "half"])],
)  # fmt: skip
def test_words_are_matched_by_their_stems(text: str, stems: list[str]):
    assert terms(text) == stems


@pytest.mark.parametrize("seed", range(3))
def test_the_weights_are_those_of_bm25s(seed: int):
    rows = [terms(text) for text in texts(40, seed)]
    weights, indices, starts, listed = lexical_files(texts(40, seed))
    vocabulary = {term: number for number, term in enumerate(json.loads(listed))}
    scorer = bm25s.BM25(method="lucene", k1=K1, b=B)
    numbers = [[vocabulary[term] for term in row] for row in rows]
    scorer.index((numbers, dict(vocabulary)), show_progress=False, create_empty_token=False)
    assert np.array_equal(array_of(weights), scorer.scores["data"])
    assert np.array_equal(array_of(indices), scorer.scores["indices"])
    assert np.array_equal(array_of(starts), scorer.scores["indptr"][: len(vocabulary) + 1])


def test_a_score_is_the_same_to_the_last_digit_whatever_order_the_words_come_in():
    lexical = Lexical.open(lexical_files(texts(400, 1)), 400)
    query = list(lexical.numbers)
    expected = sum((lexical.score([term]) for term in sorted(query)), np.zeros(400, np.float32))
    for order in (query, query[::-1], random.Random(1).sample(query, len(query))):
        assert np.array_equal(lexical.score(order), expected)


def test_texts_without_words_have_an_empty_lexical_index():
    for count in (0, 2):
        assert list(Lexical.open(lexical_files(["???"] * count), count).score(["toll"])) == [0.0] * count


def test_a_lexical_index_that_does_not_fit_together_is_refused():
    weights, rows, starts, listed = lexical_files(["toll road", "toll bridge"])
    for files in (
        (weights, rows, starts, b'["toll"]'), (weights[:-4], rows, starts, listed),
        (weights, array_bytes(array_of(rows) - 5), starts, listed), (weights, array_bytes(array_of(rows) + 5), starts, listed),
        (weights, rows, array_bytes(array_of(starts)[::-1].copy()), listed),
        (weights, rows, array_bytes(array_of(starts).astype(np.int32)), listed),
    ):  # fmt: skip
        with pytest.raises((IndexCorrupt, ValueError)):
            Lexical.open(files, 2)
