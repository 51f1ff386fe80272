"""The questions of tests/gold/names, with the real models: what docs/quality.md says of them must stay true."""

import json

import pytest
from fakes import CHECKOUT, load_benchmark

from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings

GOLD = CHECKOUT / "tests" / "gold" / "names"


def rows(name):
    return [json.loads(line) for line in (GOLD / name).read_bytes().decode().split("\n") if line]


def test_every_answerable_question_has_evidence_that_is_the_asked_ones_own():
    evidence = {}
    for row in rows("qrels.jsonl"):
        evidence.setdefault(row["query_id"], []).extend(
            (row["doc_id"], mark["start"]) for mark in row["evidence"]
        )
    for question in rows("queries.jsonl"):
        assert (question["id"] in evidence) is question["answerable"]
        assert ("theirs" in question) is question["answerable"]
        for document, start in evidence.get(question["id"], ()):
            theirs = question["theirs"]
            spans = [one for one in theirs["spans"] if one["document_id"] == document]
            assert document in theirs["documents"] or any(
                one["start"] <= start < one["end"] for one in spans
            )


@pytest.mark.quality
def test_every_quote_of_an_answer_is_the_asked_ones_and_most_of_what_they_do_not_say_is_met_with_silence(
    real_index, demo_documents, monkeypatch, tmp_path
):
    monkeypatch.setenv("PULLQUOTE_EVAL_DATA", str(demo_documents.parents[1]))
    settings = Settings(corpus=CHECKOUT / "corpus", index=tmp_path / "index", min_free_bytes=0)
    asked = list(
        load_benchmark("names").ask_all(
            settings, prepare_encoder(real_index.model, real_index.index)
        )
    )
    answered = [one for one in asked if one.question.answerable and one.answered]
    assert len(asked) == 101
    assert len(answered) >= 55
    assert all(one.all_theirs for one in answered)
    assert sum(one.right for one in answered) >= 49
    assert sum(not one.answered for one in asked if not one.question.answerable) >= 38
