"""The questions of tests/gold/names, with the real models: what docs/quality.md says of them must stay true."""

import json
import os
from functools import cache
from pathlib import Path

import pytest
from fakes import CHECKOUT, load_benchmark

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import split_sentences
from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings
from pullquote.voice.names import parsed, same_person
from pullquote.voice.offices import title_lines
from pullquote.voice.transcripts import turns_in

EVAL_DATA = os.environ.get("PULLQUOTE_EVAL_DATA")
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


@cache
def debate(topic):
    """The documents of one of the real debates, by file."""
    if not EVAL_DATA:
        pytest.skip("PULLQUOTE_EVAL_DATA names no folder")
    folder = Path(EVAL_DATA) / "real-debates" / topic
    lines = (folder / "manifest.jsonl").read_text("utf-8").splitlines()
    sources = {row["file"]: row for row in map(json.loads, lines)}
    return {
        name: Document(
            id="a", debate=topic, path=name, text=(folder / name).read_text("utf-8"),
            source=Source(title=row["title"], author=row["author"] or None, date=row["date"]),
        )
        for name, row in sources.items()
    }  # fmt: skip


def test_of_title_lines_the_name_is_told_apart_from_the_office():
    right, wrong = 0, []
    for row in rows("title_lines.jsonl"):
        text = debate(row["topic"])[row["file"]].text
        lines = title_lines(text)
        names = [line.name for span, line in lines if span.start < row["end"] <= span.end]
        name = parsed(names[0]).straight if names else ""
        family = parsed(row["name"] or "").family
        right += name == (row["name"] or "")
        if name not in ("", family, row["name"]):
            wrong.append((text[row["start"] : row["end"]], name))
    assert len(wrong) <= 6, wrong
    assert right >= 245


def test_labels_of_speakers_give_names_and_no_offices_or_fields():
    wrong = []
    for row in rows("labels.jsonl"):
        document = debate(row["topic"])[row["file"]]
        turns = turns_in(document, split_sentences(document)).values()
        speakers = {turn.speaker for turn in turns if turn.label == row["label"]} - {None}
        wrong += [(row, name) for name in speakers if not same_person(name, row["name"])]
    assert wrong == []
