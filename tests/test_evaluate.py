"""Measuring: the figures, on sets small enough to work out by hand."""

import json
import math
from dataclasses import replace

import pytest
from fakes import HashEncoder

from pullquote.errors import CorpusError
from pullquote.upkeep.datasets import load_dataset
from pullquote.upkeep.evaluate import figures, figures_wire, reliability, risk_coverage, run, table
from pullquote.upkeep.scores import auroc, calibration_error, wilson

TEXT = "Road tolls cut traffic. Fuel taxes are cheap to collect.\n\nHelmets protect the skull in a fall."
ROWS = [
    ({"id": "q1", "text": "What do road tolls cut?", "answerable": True}, [(0, 23)]),
    ({"id": "q2", "text": "Which taxes are cheap to collect?", "answerable": True, "half": "b"}, [(24, 56)]),
    ({"id": "q3", "text": "Zebra xylophones?", "answerable": False}, []),
    ({"id": "q4", "text": "What is undecided?", "answerable": None}, []),
]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "tiny"
    place.mkdir()
    labels = [
        {"query_id": row["id"], "doc_id": "d1", "relevance": 1, "evidence": [{"start": s, "end": e} for s, e in marks]}
        for row, marks in ROWS
        if marks
    ]
    for name, rows in (
        ("corpus", [{"id": "d1", "title": "", "text": TEXT}]),
        ("queries", [row for row, _ in ROWS]),
        ("qrels", labels),
    ):
        content = "".join(json.dumps(row) + "\n" for row in rows)
        (place / f"{name}.jsonl").write_text(content, encoding="utf-8")
    return place


def test_a_set_is_asked_and_summed_up(folder, settle):
    settings = settle()
    trials = run(load_dataset(folder, settings), settings, HashEncoder())
    found = figures("tiny", trials, 0.1)
    assert found.questions == 3
    assert found.hit_at_1 == found.hit_at_3 == 1.0
    assert found.recall_at_5 == found.ndcg_at_10 == 1.0
    assert found.auroc == 1.0
    assert found.word_f1 > 0.7
    assert found.plain_word_f1 > 0.7
    assert found.right_at_coverage["0.7"][0] == 1.0
    assert "tiny" in table([found])
    assert figures_wire(found)["name"] == "tiny"


def test_measuring_twice_gives_the_same(folder, settle):
    settings = settle()
    first, second = (run(load_dataset(folder, settings), settings, HashEncoder()) for _ in range(2))
    assert [(t.confidence, t.hits) for t in first] == [(t.confidence, t.hits) for t in second]


def test_risk_falls_with_silence(folder, settle):
    settings = settle()
    trials = run(load_dataset(folder, settings), settings, HashEncoder())
    curve = risk_coverage(trials)
    assert curve[0][1] == 0.0
    assert curve[-1] == (1.0, pytest.approx(1 / 3))
    assert sum(count for _, _, count in reliability(trials)) == len(trials)


@pytest.mark.parametrize("missing", ["queries.jsonl", "qrels.jsonl", "corpus.jsonl"])
def test_a_folder_that_is_no_set_is_named(folder, settle, missing):
    (folder / missing).unlink()
    with pytest.raises(CorpusError, match="is no labelled set"):
        load_dataset(folder, settle())


LABEL = '{"query_id": "q1", "doc_id": "d1", "evidence": [{"start": 0, "end": 23}]}'
WRONG = {
    "an unknown document": ("qrels", LABEL.replace("d1", "d9"), "qrels.jsonl:3: the set has no document 'd9'"),
    "an unknown question": ("qrels", LABEL.replace("q1", "q9"), "qrels.jsonl:3: queries.jsonl has no question 'q9'"),
    "no range": ("qrels", LABEL.replace("23", "-3"), "qrels.jsonl:3: evidence for 'q1' in 'd1': 0 to -3 is not a range"),
    "past the end": ("qrels", LABEL.replace("23", "999"), "qrels.jsonl:3: evidence for 'q1' in 'd1': 0 to 999 runs past"),
    "no evidence": ("qrels", '{"query_id": "q1", "doc_id": "d1"}', "qrels.jsonl:3: 'evidence' is missing"),
    "no JSON": ("queries", "garbage", r"queries.jsonl:5: no JSON \(Expecting value, column 1\)"),
    "no object": ("queries", "[1]", "queries.jsonl:5: must be a JSON object"),
    "no UTF-8": ("corpus", "\udcff", "corpus.jsonl:2: 'utf-8' codec can't decode"),
    "a word for yes": ("queries", '{"id": "q5", "text": "Why?", "answerable": "yes"}', "queries.jsonl:5: 'answerable' must be"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "line", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_a_set_is_told_with_its_file_and_line(folder, settle, file, line, said):
    with (folder / f"{file}.jsonl").open("ab") as content:
        content.write(line.encode("utf-8", "surrogateescape") + b"\n")
    with pytest.raises(CorpusError, match=said):
        load_dataset(folder, settle())


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.jsonl", "corpus.jsonl"])
def test_a_set_with_nothing_in_it_is_no_set(folder, settle, name):
    (folder / name).write_bytes(b"\n")
    with pytest.raises(CorpusError, match=f"{name} is empty"):
        load_dataset(folder, settle())


def test_where_there_is_no_set_that_is_said(folder, settle):
    (folder / "corpus.jsonl").unlink()
    with pytest.raises(CorpusError, match="it has neither corpus.jsonl nor documents.json"):
        load_dataset(folder, settle())
    with pytest.raises(CorpusError, match="there is no such folder"):
        load_dataset(folder / "nowhere", settle())


def test_documents_may_lie_below_the_folder_that_the_settings_name(folder, settle, tmp_path):
    (tmp_path / "data").mkdir()
    (folder / "corpus.jsonl").rename(tmp_path / "data" / "corpus.jsonl")
    (folder / "documents.json").write_text('{"folders": ["$PULLQUOTE_EVAL_DATA/"]}', encoding="utf-8")
    with pytest.raises(CorpusError, match="PULLQUOTE_EVAL_DATA, which is not set"):
        load_dataset(folder, settle())
    settings = replace(settle(), eval_data=tmp_path / "data")
    assert [document.text for document in load_dataset(folder, settings).corpus.documents] == [TEXT]


@pytest.mark.parametrize(
    ("scored", "area"),
    [
        ([(0.9, True), (0.1, False)], 1.0),
        ([(0.1, True), (0.9, False)], 0.0),
        ([(0.5, True), (0.5, False)], 0.5),
        ([(0.9, True), (0.5, False), (0.4, True), (0.1, False)], 0.75),
        ([(0.9, True)], None),
        ([], None),
    ],
)
def test_the_area_under_the_curve(scored, area):
    assert auroc(scored) == area


def test_the_interval_holds_the_share_and_narrows():
    low, high = wilson(9, 10)
    assert low < 0.9 < high
    assert wilson(900, 1000)[1] - wilson(900, 1000)[0] < high - low
    assert wilson(0, 0) == (0.0, 1.0)
    assert math.isclose(wilson(5, 10)[0], 1 - wilson(5, 10)[1])


def test_the_calibration_error_is_the_distance_of_stated_from_true():
    assert calibration_error([(0.75, True), (0.75, False)]) == 0.25
    assert calibration_error([(1.0, True), (0.0, False)]) == 0.0
