"""The learned ranker: asked of one pair at a time, checked before it is opened, off where it is not wanted."""

import random
import shutil

import pytest
from fakes import HashEncoder

from pullquote.answers.decide import decide
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.corpus.documents import Source
from pullquote.errors import EncoderError
from pullquote.index import open_index
from pullquote.index.search import RERANKED, lead, rerank
from pullquote.models.ranker import BUNDLED, OnnxRanker

QUESTION = "Who is hit by road tolls?"


class LongestFirst:
    """Stands in for the ranker: the longer a text, the better."""

    name = "longest first"

    def __init__(self):
        self.pairs = []

    def relevance(self, question, text):
        self.pairs.append((question, text))
        return len(text) / 100

    def probability(self, relevance):
        return min(1.0, relevance)


def test_the_first_hits_are_read_once_each(explainer):
    ranker, hits = LongestFirst(), explainer.retrieve(QUESTION)
    found = rerank(explainer.generation, QUESTION, hits, ranker)
    assert len(ranker.pairs) == min(RERANKED, len(hits))
    assert sorted(hit.row for hit in found) == sorted(hit.row for hit in hits)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_author_and_title_are_read_with_the_window(explainer):
    ranker = LongestFirst()
    rerank(explainer.generation, "Who should pay for a road?", explainer.retrieve("Who should pay for a road?"), ranker)
    assert any(text.startswith("Ada Finch: The case for road tolls. ") for _, text in ranker.pairs)


def test_a_question_with_half_a_character_is_read_without_it(explainer):
    hits = explainer.retrieve("Who pays tolls?")
    rerank(explainer.generation, "Who \udcff pays tolls?", hits, ranker := LongestFirst())
    assert {question for question, _ in ranker.pairs} == {"Who  pays tolls?"}, "a ranker may heed capitals"
    assert rerank(explainer.generation, "Who \udcff pays tolls?", hits, OnnxRanker.open())


def test_what_a_document_lacks_is_not_read():
    assert lead(Source()) == ""
    assert lead(Source(title="On the Bill")) == "On the Bill. "
    assert lead(Source(author="Senator Roe")) == "Senator Roe. "


def test_a_ranker_can_change_what_is_shown_and_how_sure_it_is(explainer):
    hits = explainer.retrieve(QUESTION)
    without = decide(explainer.generation, QUESTION, hits, 3)
    with_one = decide(explainer.generation, QUESTION, hits, 3, LongestFirst())
    assert with_one.confidence != without.confidence


def test_an_explainer_without_the_setting_opens_no_ranker(shared):
    assert Ready(open_index(shared), HashEncoder()).ranker is None


def test_answers_hold_the_law_with_a_ranker_too(shared):
    explainer = Explainer(shared, Ready(open_index(shared), HashEncoder(), LongestFirst()))
    for citation in explainer.ask(Query(question=QUESTION)).citations:
        quote = citation.quote
        assert quote.text == explainer.document(quote.document.id).text[quote.span.start : quote.span.end]


@pytest.mark.parametrize("name", ["embedding.onnx", "model.onnx", "stance.onnx", "config.json"])
def test_an_altered_or_missing_ranker_is_refused_before_it_is_opened(tmp_path, name):
    shutil.copytree(BUNDLED, tmp_path / "ranker")
    (tmp_path / "ranker" / name).write_bytes(b"{}")
    with pytest.raises(EncoderError, match="train it again"):
        OnnxRanker.open(tmp_path / "ranker")
    (tmp_path / "ranker" / name).unlink()
    with pytest.raises(EncoderError, match="cannot be read; train it again"):
        OnnxRanker.open(tmp_path / "ranker")


@pytest.mark.slow
def test_a_score_does_not_depend_on_who_else_is_asked_about():
    ranker = OnnxRanker.open()
    texts = [f"Road tolls cut traffic by {number} percent in crowded cities." for number in range(6)]
    texts += ["Helmets protect the skull.", "a", "word " * 300]
    alone = {text: ranker.relevance(QUESTION, text) for text in texts}
    random.Random(3).shuffle(texts)
    assert {text: ranker.relevance(QUESTION, text) for text in texts} == alone


@pytest.mark.slow
def test_the_bundled_ranker_prefers_an_answer():
    ranker = OnnxRanker.open()
    question = "How many people were killed?"
    answer, other = (
        ranker.relevance(question, text)
        for text in ("The strikes killed at least 21 people.", "Helmets protect the skull in a fall.")
    )
    assert ranker.probability(answer) > ranker.probability(other)


@pytest.mark.slow
def test_the_real_answer_is_the_same_whatever_the_order_of_the_hits(real_explainer):
    question = "How could the cartels retaliate?"
    hits = list(real_explainer.retrieve(question)[:RERANKED])
    ranker = OnnxRanker.open()

    def spans(order):
        return [c.quote.span for c in decide(real_explainer.generation, question, order, 3, ranker).choices]

    straight = spans(hits)
    random.Random(5).shuffle(hits)
    assert spans(hits) == straight
