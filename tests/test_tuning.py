"""`pullquote eval` and `eval --fit` on the command line."""

import json

import pytest
from fakes import HashEncoder


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A set of one question, measured with a fake encoder."""
    monkeypatch.setattr("pullquote.models.encoder.prepare_encoder", lambda model, index: HashEncoder())
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


def test_a_folder_that_is_no_set_is_not_fitted_to(tmp_path, run, settle, small):
    result = run(settle(), "eval", str(tmp_path / "nothing"), "--fit")
    assert result.exit_code == 1
    assert "is no labelled set" in result.stderr
    assert "docs/quality.md" in result.stderr
