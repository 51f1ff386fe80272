"""What the words weigh: the same numbers as bm25s, and the same again from what was counted before."""

import json
import random
from dataclasses import replace

import bm25s
import numpy as np
import pytest
from conftest import Settle
from fakes import HashEncoder

from pullquote.index import layout, open_index
from pullquote.index.files import array_bytes, array_of
from pullquote.index.lexical import K1, B, Lexical, lexical_files, terms
from pullquote.upkeep.indexing import index_corpus

WORDS = "tolls bridge road helmets laws buses traffic the and of cycling cities fall rise".split()


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randrange(0, 12))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(5))
def test_the_weights_are_those_of_bm25s(seed: int):
    rows = [terms(text) for text in texts(40, seed)]
    weights, indices, starts, listed, _ = lexical_files(texts(40, seed))
    vocabulary = {term: number for number, term in enumerate(json.loads(listed))}
    scorer = bm25s.BM25(method="lucene", k1=K1, b=B)
    numbers = [[vocabulary[term] for term in row] for row in rows]
    scorer.index((numbers, dict(vocabulary)), show_progress=False, create_empty_token=False)
    assert np.array_equal(array_of(weights), scorer.scores["data"])
    assert np.array_equal(array_of(indices), scorer.scores["indices"])
    assert np.array_equal(array_of(starts), scorer.scores["indptr"][: len(vocabulary) + 1])


@pytest.mark.parametrize("seed", range(5))
def test_counts_taken_over_give_the_same_files_as_counting_anew(seed: int):
    before, chance = texts(40, seed), random.Random(seed)
    *files, counts = lexical_files(before)
    same = {row: chance.randrange(40) for row in range(30) if chance.random() < 0.7}  # also one row taken twice
    after = texts(30, seed + 100)
    after = [before[same[row]] if row in same else text for row, text in enumerate(after)]
    after[-1] = "an unheard word"
    same.pop(29, None)
    postings = Lexical.open(files, 40).postings(counts)
    assert lexical_files(after, postings, same) == lexical_files(after)


def test_a_word_that_no_text_holds_any_more_is_forgotten():
    *files, counts = lexical_files(["toll road", "helmet"])
    after = lexical_files(["toll road"], Lexical.open(files, 2).postings(counts), {0: 0})
    assert json.loads(after[3]) == ["road", "toll"]


def test_counts_that_do_not_fit_are_not_used():
    *files, _ = lexical_files(["toll road", "helmet"])
    assert Lexical.open(files, 2).postings(lexical_files(["toll"])[4]) is None


def test_building_again_after_a_change_weighs_as_building_from_nothing(settle: Settle):
    settings = settle({f"{name}.txt": f"The {name} toll pays for the road. Nobody wants it.\n" for name in "abc"})
    index_corpus(settings, HashEncoder())
    (settings.corpus / "b.txt").write_text("The second bridge has no toll. Drivers like it.\n", encoding="utf-8")
    index_corpus(settings, HashEncoder())
    anew = replace(settings, index=settings.index.with_name("anew"))
    index_corpus(anew, HashEncoder())
    folders = [each.index / "generations" / open_index(each).generation.card.name for each in (settings, anew)]
    for name in (*layout.LEXICAL, layout.COUNTS):
        assert len({(folder / name).read_bytes() for folder in folders}) == 1


@pytest.mark.parametrize("counts", [b"", b"no array", array_bytes(np.zeros(1)), array_bytes(np.array([-1, -1]))])
def test_counts_that_are_none_are_counted_anew(counts: bytes):
    *files, _ = lexical_files(["toll road"])
    assert Lexical.open(files, 1).postings(counts) is None


def test_a_score_is_the_same_to_the_last_digit_whatever_order_the_words_come_in():
    lexical = Lexical.open(lexical_files(texts(400, 1))[:4], 400)
    query = list(lexical.numbers)
    expected = np.zeros(400, np.float32)
    for term in sorted(query):
        expected += lexical.score([term])
    for order in (query, query[::-1], random.Random(1).sample(query, len(query))):
        assert np.array_equal(lexical.score(order), expected)


def test_rows_are_told_by_all_of_their_words_and_by_how_telling_the_shared_ones_are():
    lexical = Lexical.open(lexical_files(["toll road", "toll bridge on a very long road", "toll"])[:4], 3)
    assert lexical.holding(["road", "toll"]).tolist() == [0, 1]
    assert lexical.holding(["bridg", "toll", "road"]).tolist() == [1]
    assert lexical.holding(["toll", "unheard"]).tolist() == lexical.holding([]).tolist() == []
    shared = lexical.shared(["toll", "bridg", "unheard"]).tolist()
    assert shared[1] > shared[0] == shared[2] > 0
