"""Retrieval: by meaning and by words, the same every time."""

import random
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from conftest import Settle
from fakes import HashEncoder

from pullquote.answers.explainer import Explainer
from pullquote.index.generation import Generation
from pullquote.index.search import COPY, Hit, _distinct, retrieve
from pullquote.upkeep.indexing import index_corpus


def found(generation: Generation, question: str, debate: str | None = None) -> tuple[Hit, ...]:
    return retrieve(generation, question, HashEncoder().encode([question])[0], generation.documents_of(debate))


def words_of(generation: Generation, hit: Hit) -> str:
    text, sentences = generation.document(hit.document).text, generation.sentences(hit.document)
    return text[sentences[hit.first].span.start : sentences[hit.last].span.end]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who pays for a road?", "Drivers who use a road should pay for it."),
        ("Do helmets protect the skull?", "However, a helmet protects the skull in a fall."),
        ("What about wealthy drivers?", "Wealthy drivers barely notice the charge."),
        ("buses", "They also pay for better buses."),
    ],
)
def test_the_sentence_that_shares_the_questions_words_comes_first(explainer: Explainer, question: str, words: str):
    best = found(explainer.generation, question)[0]
    assert words_of(explainer.generation, best).endswith(words)


def test_hits_come_best_first_and_each_window_once(explainer: Explainer):
    hits = found(explainer.generation, "road tolls")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.row for hit in hits}) == len(hits)


def test_equal_scores_keep_the_order_of_the_text(explainer: Explainer):
    hits = found(explainer.generation, "Nobody else should have to.")
    ties = [(hit.score, hit.row) for hit in hits]
    assert ties == sorted(ties, key=lambda tie: (-tie[0], tie[1]))
    assert hits == found(explainer.generation, "Nobody else should have to.")


def test_only_the_named_debate_is_looked_in(explainer: Explainer):
    generation = explainer.generation
    hits = found(generation, "road tolls and helmets", "bicycle-helmets")
    assert {generation.rows[hit.document].debate for hit in hits} == {"bicycle-helmets"}
    assert {generation.rows[hit.document].debate for hit in found(generation, "helmets")} == set(generation.debates)


def test_structure_is_never_found(explainer: Explainer):
    texts = {words_of(explainer.generation, hit) for hit in found(explainer.generation, "picture of a bridge fairness")}
    assert not any("Picture of a bridge." in text or "Fairness" in text for text in texts)


def test_a_leaning_sentence_is_found_with_the_one_before_it(explainer: Explainer):
    best = found(explainer.generation, "better buses")[0]
    assert words_of(explainer.generation, best) == (
        "Road tolls cut traffic jams in crowded cities. They also pay for better buses."
    )


def test_a_question_of_stop_words_still_has_hits_by_meaning_only(explainer: Explainer):
    assert all(hit.words == 0 for hit in found(explainer.generation, "why is that so?"))


def test_words_that_no_text_holds_give_no_words_score(explainer: Explainer):
    assert {hit.words for hit in found(explainer.generation, "zyzzyva quux")} == {0.0}


def test_documents_without_prose_have_no_hits(settle: Settle):
    generation = index_corpus(settle({"a/only.md": "# Heading\n\nhttps://a.example/\n"}), HashEncoder()).generation
    assert found(generation, "heading") == ()


def test_the_scores_are_finite_and_the_cosines_in_range(explainer: Explainer):
    for hit in found(explainer.generation, "helmet helmet helmet laws"):
        assert np.isfinite(hit.score)
        assert -1.0001 <= hit.dense <= 1.0001
        assert -1.0001 <= hit.passage <= 1.0001
        assert hit.words >= 0


def test_near_copies_are_told_by_the_words_in_common_whichever_way_they_are_looked_for():
    chance = random.Random(3)
    words = [frozenset(chance.sample("abcdefghijkl", chance.randrange(13))) for _ in range(300)]
    kept: list[int] = []
    for place, text in enumerate(words):  # one by one, against all
        if not any(len(text & words[other]) >= COPY * len(text | words[other]) for other in kept):
            kept.append(place)
    stub = cast("Generation", SimpleNamespace(words=words.__getitem__))
    assert _distinct(stub, np.arange(300)) == kept
    assert _distinct(stub, np.arange(300), 5) == kept[:5]
    assert 5 < len(kept) < 295


BIO = "---\nauthor: Ann Rowe\n---\nAnn Rowe is a nurse in Leeland.\n\nTolls are unfair to the poor.\n\nAnn Rowe argues well, a reader said.\n\n*Ann Rowe teaches drivers. Her views are her own.*\n"


@pytest.mark.parametrize(
    ("question", "shown"),
    [("Why does Ann Rowe oppose tolls?", False), ("Who is Ann Rowe?", True), ("What is Ann Rowe's job?", True), ("Ann Rowe nurse", True)],
)  # fmt: skip
def test_a_note_on_who_wrote_a_text_is_found_only_where_it_is_asked_for(settle: Settle, question: str, shown: bool):
    generation = index_corpus(settle({"a/bio.md": BIO}), HashEncoder()).generation
    words = " ".join(words_of(generation, hit) for hit in found(generation, question))
    assert all((note in words) is shown for note in ("is a nurse", "teaches drivers", "Her views"))
    assert "Tolls are unfair" in words
    assert "argues well" in words


def test_what_an_author_is_said_to_be_in_the_midst_of_a_text_is_no_note(settle: Settle):
    text = "---\nauthor: Ann Rowe\n---\nTolls fail.\n\nAnn Rowe is a nurse who knows tolls.\n\nThey cost much.\n"
    generation = index_corpus(settle({"a/bio.md": text}), HashEncoder()).generation
    assert any("nurse" in words_of(generation, hit) for hit in found(generation, "Why does Ann Rowe oppose tolls?"))


FAQ = """# Tolls

## What is the fine for driving without a pass?

Forty dollars. The first week is free.

## How much is a pass?

It is cheap.

**Q: Can bicycles use the toll lane?**

A: Scooters may not.

**Q: Where can I park?**

A: Nowhere near it.

Driving without a pass, a fine driver said, is fine. What is a fine for?
"""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the fine for driving without a pass?", "Forty dollars."),
        ("what's the fine for driving without a pass", "Forty dollars."),
        ("Can bicycles use the toll lane?", "A: Scooters may not."),
        ("Where can I park?", "A: Nowhere near it."),
    ],
)
def test_what_stands_first_under_the_question_that_is_asked_comes_first(settle: Settle, question: str, answer: str):
    generation = index_corpus(settle({"a/faq.md": FAQ}), HashEncoder()).generation
    assert words_of(generation, found(generation, question)[0]).endswith(answer)


def test_what_stands_under_another_question_does_not(settle: Settle):
    generation = index_corpus(settle({"a/faq.md": FAQ}), HashEncoder()).generation
    assert "Forty" not in words_of(generation, found(generation, "Is driving a fine thing?")[0])


def test_a_question_with_a_label_is_no_quote_by_itself(settle: Settle):
    generation = index_corpus(settle({"a/faq.md": FAQ}), HashEncoder()).generation
    texts = [words_of(generation, hit) for hit in found(generation, "Why can bicycles use the toll lane?")]
    assert not [words for words in texts if words.endswith("lane?**")]
    assert any(words.endswith("What is a fine for?") for words in texts)
