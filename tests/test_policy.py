"""The project's own policy texts: labels that fit their texts, and halves that share no debate."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import EVAL_DATA
from fakes import CHECKOUT

HOME = CHECKOUT / "benchmarks" / "policy"
HALVES = {"train", "a", "b", "c"}
SETS = {"passages": ["ibm-claim-stance"], "paragraphs": ["clapnq-dev", "squad2-dev-half"]}


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def texts(name: str) -> dict[str, str]:
    if name == "written":
        return {row["id"]: row["text"] for row in rows(HOME / name / "corpus.jsonl")}
    if not EVAL_DATA:
        pytest.skip("the passages lie in PULLQUOTE_EVAL_DATA, which is not set")
    folders = [Path(EVAL_DATA) / "eval" / folder for folder in SETS[name]]
    return {row["id"]: row["text"] for folder in folders for row in rows(folder / "corpus.jsonl")}


@pytest.mark.parametrize("name", ["written", *SETS])
def test_every_label_marks_a_whole_range_of_its_text(name):
    found = texts(name)
    marks = [(row["doc_id"], mark) for row in rows(HOME / name / "qrels.jsonl")
             for kind in ("evidence", "also", "lure") for mark in row.get(kind, [])]  # fmt: skip
    marks += [(row["doc_id"], row) for row in rows(HOME / name / "stances.jsonl")]
    for document, mark in marks:
        cut = found[document][mark["start"] : mark["end"]]
        assert len(cut) == mark["end"] - mark["start"] > 0
        assert cut == cut.strip()


@pytest.mark.parametrize("name", ["written", *SETS])
def test_questions_with_an_answer_have_evidence_and_the_others_a_lure(name):
    labels = {row["query_id"]: row for row in rows(HOME / name / "qrels.jsonl")}
    questions = rows(HOME / name / "queries.jsonl")
    assert len(labels) == len(questions) == len({question["id"] for question in questions})
    for question in questions:
        label = labels[question["id"]]
        assert bool(label["evidence"]) is question["answerable"]
        assert bool(label.get("lure")) is not question["answerable"]
        assert question["half"] in HALVES


def test_no_debate_is_both_learned_and_measured():
    halves = defaultdict(set)
    for row in rows(HOME / "written" / "queries.jsonl"):
        halves[row["debate"]].add(row["half"])
    assert all(len(found) == 1 for found in halves.values())
    debates = {row["id"]: row["debate"] for row in rows(HOME / "written" / "corpus.jsonl")}
    for row in rows(HOME / "written" / "stances.jsonl"):
        assert halves[debates[row["doc_id"]]] == {row["half"]}
