"""The memory of answers: bounded, shared by threads, and never a reason for a wrong word."""

from dataclasses import replace

import pytest
from fakes import HashEncoder

from pullquote.answers.answer import Cache, Counts
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.answers.ready import Ready
from pullquote.index import open_index
from pullquote.settings import Settings

KNOWN = "Do road tolls cut traffic jams in crowded cities?"


def test_the_least_recently_used_goes_first_and_a_shared_part_weighs_once():
    cache = Cache(2, 100)
    for key in "ab":
        cache.put(key, key.upper(), {key: 10, "document": 50})
    assert (cache.get("a"), cache.size) == ("A", 70)
    cache.put("c", "C", {"c": 10})
    assert [cache.get(key) for key in "abc"] == ["A", None, "C"]
    assert cache.counts == Counts(hits=3, misses=1, entries=2)
    cache.put("d", "D", {"d": 101})  # alone over the bound
    cache.put("c", "C again", {"c": 20})
    assert ([cache.get(key) for key in "acd"], cache.size) == (["A", "C again", None], 80)


@pytest.mark.parametrize(
    "other",
    [
        {"debate": "road-tolls"},
        {"max_quotes": 1},
        {"history": (Turn("Who pays?"),)},
        {"question": KNOWN.lower()},
    ],
)
def test_the_same_question_is_worked_out_once_and_whatever_an_answer_depends_on_makes_it_another(
    indexed: Settings, other: dict[str, object]
):
    explainer = Explainer(indexed, Ready(open_index(indexed), encoder := HashEncoder()))
    first, second = (explainer.ask(Query(question=KNOWN)) for _ in range(2))
    assert replace(first, timings_ms={}) == replace(second, timings_ms={})
    assert (second.timings_ms.keys(), len(encoder.encoded)) == ({"recall"}, 1)
    explainer.ask(Query(**{"question": KNOWN} | other))
    assert explainer.counts["answers"] == Counts(hits=1, misses=2, entries=2)
