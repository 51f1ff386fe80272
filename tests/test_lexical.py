"""Words: matched by their stems, weighed as bm25s weighs them, found without looking at all, and never read past their files."""

import json
import random
from collections.abc import Sequence

import bm25s
import numpy as np
import pytest
from fakes import lexical_files
from hypothesis import given, settings
from hypothesis import strategies as st

from pullquote.errors import IndexCorrupt
from pullquote.index import layout, lexical, postings
from pullquote.index.files import array_bytes, array_of
from pullquote.index.lexical import Lexical, terms
from pullquote.index.postings import K1, B, TermCounts, count_words, counts_of, merge_words

WORDS = "tolls bridge road helmets laws buses traffic the and of cycling cities fall rise".split()


def texts(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randrange(0, 12))) for _ in range(count)]


def opened(given: Sequence[str]) -> Lexical:
    return Lexical.open(lexical_files(given), len(given))


@pytest.mark.parametrize(
    ("text", "stems"),
    [("Killing the kingpins", ["kill", "kingpin"]), ("£10,000 and 16.7%", ["10,000", "16.7"]), ("what is it?", []),
     ("ﬁnance \u00adsoft\u00adly", ["financ", "soft"]), ("\U000e0041hidden\u202e \ud800 half", ["hidden", "half"])],
)  # fmt: skip
def test_words_are_matched_by_their_stems(text: str, stems: list[str]):
    assert terms(text) == stems


@pytest.mark.parametrize("seed", range(3))
def test_weights_times_rarity_are_the_weights_of_bm25s(seed: int):
    rows = [terms(text) for text in texts(40, seed)]
    weights, indices, starts, listed = lexical_files(texts(40, seed))[:4]
    vocabulary = {term: number for number, term in enumerate(json.loads(listed))}
    scorer = bm25s.BM25(method="lucene", k1=K1, b=B)
    numbers = [[vocabulary[term] for term in row] for row in rows]
    scorer.index((numbers, dict(vocabulary)), show_progress=False, create_empty_token=False)
    held = np.diff(array_of(starts))
    rarity = np.repeat(np.log(1 + (40 - held + 0.5) / (held + 0.5)), held)
    assert np.allclose(array_of(weights) * rarity, scorer.scores["data"], rtol=1e-6)
    assert np.array_equal(array_of(indices), scorer.scores["indices"])
    assert np.array_equal(array_of(starts), scorer.scores["indptr"][: len(vocabulary) + 1])


@pytest.mark.parametrize("flat", [False, True])
def test_a_score_is_the_sum_of_its_terms_to_the_last_digit_whatever_order_they_come_in(flat: bool):
    words, rows = opened(texts(400, 1)), np.arange(0, 400, 3)
    query = {term: 0.1 + number for number, term in enumerate(words.numbers)}
    expected = np.zeros(len(rows), np.float32)
    for term in sorted(query):
        expected += words.scores({term: query[term]}, rows, flat=flat)
    for order in (query, dict(reversed(query.items()))):
        assert np.array_equal(words.scores(order, rows, flat=flat), expected)


@settings(max_examples=300)
@given(
    held=st.lists(st.lists(st.integers(0, 9).map(lambda n: n * n // 9), max_size=14), min_size=1, max_size=90),
    asked=st.dictionaries(st.integers(0, 12), st.floats(0.0625, 9, width=16), max_size=8),
    count=st.integers(0, 12), ends=st.tuples(st.integers(0, 90), st.integers(0, 90)), flat=st.booleans(), seeds=st.sampled_from([3, 1_000]),
)  # fmt: skip
def test_the_best_are_those_of_scoring_every_row(held, asked, count, ends, flat, seeds):
    words = opened([" ".join(f"w{number}" for number in row) for row in held])
    within = range(min(*ends, len(held)), min(max(ends), len(held)))
    query = {f"w{number}": weight for number, weight in asked.items()}
    scores = words.scores(query, np.arange(len(held)), flat=flat)
    expected = sorted(
        (row for row in within if scores[row] > 0), key=lambda row: (-scores[row], row)
    )[:count]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexical, "SEEDS", seeds)
        for _ in range(2):  # what is kept between questions is as it was
            assert words.search(query, count, within, flat=flat).tolist() == expected
    known = [{row for row, its in enumerate(held) if number in its} & {*within} for number in asked]
    assert words.rows_containing(list(query), within).tolist() == sorted(
        set.intersection(*known) if known else ()
    )


def test_where_a_question_costs_too_much_its_commonest_terms_bring_no_rows(
    monkeypatch: pytest.MonkeyPatch,
):
    words = opened(["rare common", *["common common"] * 50, *["other"] * 9])
    query = {"rare": 3.0, "common": 1.0}
    assert len(words.search(query, 20, range(60))) == 20
    monkeypatch.setattr(lexical, "MAX_POSTINGS", 10)
    assert words.search(query, 20, range(60)).tolist() == [0]


def test_texts_without_words_have_an_empty_lexical_index():
    for count in (0, 2):
        words = opened(["???"] * count)
        assert list(words.scores({"toll": 1.0}, np.arange(count))) == [0.0] * count
        assert not len(words.search({"toll": 1.0}, 3, range(count)))


# Put together from parts


def merged(sources: Sequence[tuple[TermCounts, Sequence[int]]], rows: int) -> tuple[bytes, ...]:
    files = dict.fromkeys(layout.LEXICAL, b"")
    merge_words(
        [(part, np.array(new, np.int32)) for part, new in sources], rows,
        lambda name, more: files.update({name: files[name] + more}),
    )  # fmt: skip
    return tuple(files.values())


@pytest.mark.parametrize("block", [1, 7, 1_000])
def test_parts_that_lie_between_one_another_make_what_all_texts_make_together(
    block: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(postings, "BLOCK", block)
    all_texts = [
        f"{text} {'x' * (number % 3)} only{number}" for number, text in enumerate(texts(50, 5))
    ]
    whole = lexical_files(all_texts)
    numbers = list(range(50))
    parts = [numbers[0:10] + numbers[30:50], numbers[10:20], [], numbers[20:30]]
    counted_parts = [(count_words([all_texts[n] for n in part]), part) for part in parts]
    assert merged(counted_parts, 50) == whole
    copied = counts_of(Lexical.open(whole, 50))
    assert merged([(copied, numbers)], 50) == whole
    some = [n - n // 4 - 1 if n % 4 else -1 for n in numbers]
    assert merged([(copied, some)], 37) == lexical_files(
        [text for n, text in enumerate(all_texts) if n % 4]
    )


def test_a_lexical_index_that_does_not_fit_together_is_refused():
    weights, rows, starts, listed, peaks, lengths = lexical_files(["toll road", "toll bridge"])
    for files in (
        (weights, rows, starts, b'["toll"]', peaks, lengths), (weights[:-4], rows, starts, listed, peaks, lengths),
        (weights, array_bytes(array_of(rows) - 5), starts, listed, peaks, lengths),
        (weights, array_bytes(array_of(rows) + 5), starts, listed, peaks, lengths),
        (weights, rows, array_bytes(array_of(starts)[::-1].copy()), listed, peaks, lengths),
        (weights, rows, array_bytes(array_of(starts).astype(np.int32)), listed, peaks, lengths),
        (weights, rows, starts, listed, array_bytes(array_of(peaks)[1:]), lengths),
        (weights, rows, starts, listed, peaks, array_bytes(array_of(lengths)[1:])),
    ):  # fmt: skip
        with pytest.raises((IndexCorrupt, ValueError)):
            Lexical.open(files, 2)


def test_postings_too_many_to_look_at_when_opened_are_refused_when_asked_for(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(lexical, "CHECKED", 2)
    weights, rows, *others = lexical_files(["toll road", "toll bridge"])
    for off in (-5, 5):
        words = Lexical.open((weights, array_bytes(array_of(rows) + off), *others), 2)
        with pytest.raises(IndexCorrupt, match="points to a row that there is not"):
            words.search({"toll": 1.0}, 2, range(2))
