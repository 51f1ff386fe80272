"""Measuring: the figures, on sets small enough to work out by hand."""

import json

import pytest
from fakes import HashEncoder, rows

from pullquote.errors import CorpusError
from pullquote.index import build_index
from pullquote_eval.datasets import load_dataset
from pullquote_eval.evaluate import auroc, figures, table
from pullquote_eval.evaluate import run as ask_all

TEXT = "Road tolls cut traffic. Fuel taxes are cheap to collect.\n\nHelmets protect the skull in a fall."
ROWS = [
    ({"id": "q1", "text": "What do road tolls cut?", "answerable": True}, [(0, 23)]),
    (
        {"id": "q2", "text": "Which taxes are cheap to collect?", "answerable": True, "half": "b"},
        [(24, 56)],
    ),
    ({"id": "q3", "text": "Zebra xylophones?", "answerable": False}, []),
    ({"id": "q4", "text": "What is undecided?", "answerable": None}, []),
]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "tiny"
    place.mkdir()
    labels = [
        {
            "query_id": row["id"],
            "doc_id": "d1",
            "relevance": 1,
            "evidence": [{"start": s, "end": e} for s, e in marks],
        }
        for row, marks in ROWS
        if marks
    ]
    for name, records in (
        ("corpus", [{"id": "d1", "title": "", "text": TEXT}]),
        ("queries", [row for row, _ in ROWS]),
        ("qrels", labels),
    ):
        content = "".join(json.dumps(row) + "\n" for row in records)
        (place / f"{name}.jsonl").write_text(content, encoding="utf-8")
    return place


def test_a_set_is_asked_and_summed_up_each_time_alike(folder, settle):
    settings = settle()
    trials, again = (
        ask_all(load_dataset(folder, settings), settings, HashEncoder()) for _ in range(2)
    )
    actual = [(one.confidence, one.hits) for one in trials]
    assert actual == [(one.confidence, one.hits) for one in again]
    found = figures("tiny", trials, 0.1)
    assert found["questions"] == 3
    assert {
        found[name] for name in ("hit_at_1", "hit_at_3", "recall_at_5", "ndcg_at_10", "auroc")
    } == {1.0}
    assert min(found["word_f1"], found["plain_word_f1"]) > 0.7
    assert found["right_at_coverage"]["0.7"][0] == 1.0
    assert "| tiny | 3 | 1.000 |" in table([found])


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
    "no JSON": ("queries", "garbage", r"queries.jsonl:5: no JSON \(Expecting value: line 1 column 1"),
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


def test_files_of_one_name_in_several_folders_are_several_documents(folder, settle):
    words = {"tolls": "Tolls cut traffic.", "taxes": "Taxes are cheap to collect."}
    for debate, text in words.items():
        (folder / debate).mkdir()
        (folder / debate / "report.txt").write_text(text, encoding="utf-8")
    (folder / "corpus.jsonl").unlink()
    (folder / "documents.json").write_text(json.dumps({"debates": {name: name for name in words}}))
    (folder / "qrels.jsonl").write_text(
        "".join(
            json.dumps(
                {"query_id": "q1", "doc_id": f"{name}/report", "evidence": [{"start": 0, "end": 5}]}
            )
            + "\n"
            for name in words
        )
    )
    dataset = load_dataset(folder, settle())
    generation = build_index(settle(), HashEncoder(), corpus=dataset.corpus).generation
    texts = {name: generation.document(generation.number(f"{name}/report")).text for name in words}
    assert texts == words


@rows("scored, area")
def test_the_area_under_the_curve(scored, area):
    assert auroc(scored) == area


# On the command line


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A set of one question, measured with a fake encoder."""
    monkeypatch.setattr(
        "pullquote.models.encoder.prepare_encoder", lambda model, index: HashEncoder()
    )
    folder = tmp_path / "small"
    folder.mkdir()
    rows = {
        "corpus": {"id": "d", "title": "", "text": "Road tolls cut traffic. Buses are free."},
        "queries": {"id": "q", "text": "What do road tolls cut?", "answerable": True},
        "qrels": {"query_id": "q", "doc_id": "d", "evidence": [{"start": 0, "end": 23}]},
    }
    for name, row in rows.items():
        (folder / f"{name}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return folder


def test_a_set_is_measured_as_a_table_and_for_programs(small, run, settle):
    settings = settle()
    assert "| small | 1 | 1.000 |" in run(settings, "eval", str(small)).stdout
    (figures,) = json.loads(run(settings, "eval", str(small), "--json").stdout)
    assert figures["hit_at_1"] == 1.0
    assert set(figures["right_at_coverage"]) == {"0.5", "0.7", "0.75"}


def test_too_few_questions_are_not_fitted_to(small, run, settle):
    settings = settle()
    result = run(settings, "eval", str(small), "--fit")
    assert result.exit_code == 1
    assert "there are 1 questions, 1 of them answered rightly; fitting needs 20" in result.stderr
    assert not (settings.index / "calibration.json").exists()
