"""Choosing quotes."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from fakes import HashEncoder

from pullquote.answers.select import rank, role_of, select
from pullquote.index.search import MAX_SENTENCES, MAX_WORDS, Hit, Role, Sought, alike, retrieve
from pullquote.upkeep.indexing import index_corpus

QUESTION = "Who is hit by road tolls?"


def choose(explainer, question, count):
    return select(explainer.generation, question, explainer.retrieve(question), count)


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_no_more_quotes_than_asked_for(explainer, count):
    assert 1 <= len(choose(explainer, QUESTION, count)) <= count


def test_the_quote_that_fits_best_comes_first(explainer):
    assert "poor commuters" in choose(explainer, QUESTION, 3)[0].quote.text


@pytest.fixture
def four(settle):
    """A generation of one paragraph of four sentences, and its windows; only hits give them an order."""
    text = (
        "Tolls cut traffic in the centre of the city. The council found that buses ran faster by a fifth. "
        "It also found that shops on the ring road lost customers to rivals abroad. Nobody asked the farmers in the hills.\n"
    )
    generation = index_corpus(settle({"d/a.txt": text}), HashEncoder()).generation
    generation.window_vectors = SimpleNamespace(take=lambda rows: np.eye(4)[rows])
    return generation, [generation.window(row) for row in range(4)]


def places_quoted(generation, windows):
    """The first and last sentence of each quote chosen where windows are found in this order."""
    hits = [
        Hit(window.row, 0, window.first, window.last, 0.5, 0.5, 0.5, 0.5, 1.0 - 0.05 * place)
        for place, window in enumerate(windows)
    ]
    chosen = select(generation, "What did tolls do to traffic?", hits, 3)
    return [(choice.quote.first, choice.quote.last) for choice in chosen]


def test_no_sentence_is_quoted_twice_in_whatever_order_the_hits_come(four):
    generation, windows = four
    for order in itertools.permutations(windows):
        quoted = [
            place
            for first, last in places_quoted(generation, order)
            for place in range(first, last + 1)
        ]
        assert len(quoted) == len(set(quoted))


@pytest.mark.parametrize("document", range(3))
def test_chosen_quotes_never_overlap_whichever_sentence_is_asked_about(explainer, document):
    text = explainer.generation.document(document).text
    for sentence in explainer.generation.sentences(document):
        chosen = choose(explainer, sentence.span.cut(text), 10)
        for one, other in itertools.combinations([choice.quote for choice in chosen], 2):
            assert one.document.id != other.document.id or not one.span.overlaps(other.span)


def test_several_sentences_stay_within_the_limits(explainer):
    for choice in choose(explainer, QUESTION, 10):
        count = choice.quote.last - choice.quote.first + 1
        assert count == 1 or (count <= MAX_SENTENCES and choice.quote.words <= MAX_WORDS)


def test_a_text_repeated_elsewhere_is_quoted_once(settle):
    words = "Road tolls cut traffic jams in crowded cities by a third."
    settings = settle({f"d/{name}.txt": f"{words}\n" for name in "abcde"})
    generation = index_corpus(settings, HashEncoder()).generation
    vector = HashEncoder().encode(["road tolls traffic"])[0]
    hits = retrieve(generation, Sought("road tolls traffic", vector), generation.documents_of(None))
    assert len(hits) == 5
    assert len(select(generation, "road tolls traffic", hits, 5)) == 1


def test_what_only_asks_the_same_is_no_answer_though_another_question_may_be(settle):
    texts = (
        "Who pays for the tolls?",
        "**RL: And who pays for tolls?**",
        "Would a poor driver pay a toll at noon?",
    )
    settings = settle({f"d/{place}.txt": f"{text}\n" for place, text in enumerate(texts)})
    generation = index_corpus(settings, HashEncoder()).generation
    asked = "Who pays for the tolls?"
    hits = retrieve(
        generation, Sought(asked, HashEncoder().encode([asked])[0]), generation.documents_of(None)
    )
    assert len(hits) == len(texts)
    assert [choice.quote.text for choice in select(generation, asked, hits, 5)] == [texts[2]]


def test_a_question_in_the_text_loses_against_a_statement(settle):
    settings = settle({"d/a.txt": "Do road tolls work?\n\nRoad tolls do work here.\n"})
    generation = index_corpus(settings, HashEncoder()).generation
    vector = HashEncoder().encode(["road tolls work"])[0]
    ranked = rank(
        generation,
        "road tolls work",
        retrieve(generation, Sought("road tolls work", vector), range(1)),
    )
    assert ranked[0].quote.text == "Road tolls do work here."


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("However, tolls are unfair.", Role.CLAIM),
        ("A ban may be unlikely. But it should not be discounted.", Role.CLAIM),
        ("However, critics disagree.", Role.COUNTERPOINT),
        ("Tolls are fair. But critics disagree.", Role.COUNTERPOINT),
        ("Some critics have suggested otherwise.", Role.COUNTERPOINT),
        ("Some observers have suggested this.", Role.CONTEXT),
        ("Some experts say tolls work. Drivers pay them.", Role.CONTEXT),
        ("A 2019 survey of drivers agrees.", Role.EVIDENCE),
        ("The killing was followed by more violence.", Role.EVIDENCE),
        ("3.2 Of 40 teachers most agreed.", Role.EVIDENCE),
        ("3.2 million people pay.", Role.EVIDENCE),
        ("12 people died.", Role.EVIDENCE),
        ("Tolls are fair.", Role.CLAIM),
    ],
)
def test_a_role_shows_in_the_words(words, role):
    assert role_of(words, first=False) is role


def test_the_first_quote_is_always_a_claim():
    assert role_of("However, 40 % disagree.", first=True) is Role.CLAIM


def test_near_copies_are_alike_and_others_are_not():
    assert alike(
        "Road tolls cut traffic jams in cities.", "The road toll cuts traffic jams in a city!"
    )
    assert not alike("Road tolls cut traffic.", "Helmets protect the skull.")
    assert not alike("", "")
