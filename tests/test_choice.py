"""Choices: which neighbours make one quote, and what is too weak to stand beside the best."""

from types import SimpleNamespace

import numpy as np
import pytest
from fakes import HashEncoder

from pullquote.answers.select import select
from pullquote.index.search import Hit
from pullquote.upkeep.indexing import index_corpus

TOLLS = (
    "Tolls cut traffic in the centre of the city. The council found that buses ran faster by a fifth. "
    "Nobody asked the farmers in the hills.\n"
)


def many(who: str, thing: str) -> str:
    """A sentence of so many words that two of them are too many for one quote."""
    return f"{who} closed {' and '.join(f'{thing}{number}' for number in range(30))} for a year."


@pytest.fixture
def quoted(settle):
    """The first and last sentence of each quote that is chosen where windows of a text score so much."""

    def choose(text: str, scores: dict[int, float]) -> list[tuple[int, int]]:
        generation = index_corpus(settle({"d/a.txt": text}), HashEncoder()).generation
        count = len(generation.places)
        generation.window_vectors = SimpleNamespace(take=lambda rows: np.eye(count)[rows])
        windows = [(generation.window(row), score) for row, score in scores.items()]
        hits = [Hit(one.row, 0, one.first, one.last, 0.5, 0.5, 0.5, score) for one, score in windows]
        chosen = select(generation, "What did tolls do to traffic?", hits, 3)
        return [(choice.quote.first, choice.quote.last) for choice in chosen]

    return choose


def test_a_quote_far_weaker_than_the_best_is_left_out(quoted):
    assert quoted(TOLLS, {0: 1.0, 2: 0.2}) == [(0, 0)]


def test_neighbours_in_two_paragraphs_are_two_quotes(quoted):
    assert quoted(TOLLS.replace("city. The", "city.\n\nThe"), {0: 1.0, 1: 0.95}) == [(0, 0), (1, 1)]


def test_a_weak_neighbour_stands_by_itself(quoted):
    assert quoted(TOLLS, {0: 1.0, 1: 0.7}) == [(0, 0), (1, 1)]


def test_neighbours_that_are_too_many_words_together_are_two_quotes(quoted):
    text = f"{many('The council', 'lane')} {many('Drivers', 'shop')} Nobody asked.\n"
    assert quoted(text, {0: 1.0, 1: 0.95}) == [(0, 0), (1, 1)]
