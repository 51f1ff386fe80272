"""The operator's report: what is one gap, how much is read for it, and where it is worked out."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Settle
from fakes import (
    NAMED,
    TEXTS,
    TOLLS,
    HashEncoder,
    WordJudge,
    open_with_fake,
    settings_below,
    write_corpus,
)
from fastapi.testclient import TestClient

from pullquote.api.app import create_app
from pullquote.index import open_index
from pullquote.settings import Settings
from pullquote.upkeep import records as feedback
from pullquote.upkeep import report
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Records
from pullquote.upkeep.report import balance_of, csv_of, report_of

KEY = "an-admin-key-of-the-tests"
WORDS = ("toll", "road", "bus", "fee", "car", "jam", "the", "of")


def asked(question: str) -> dict[str, object]:
    return {"question": question, "reason": "not_covered"}


def test_the_latest_questions_are_looked_at_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    records = Records(tmp_path / "r.db")
    with closing(sqlite3.connect(tmp_path / "r.db")) as connection, connection:
        for question in ("Are trains late?", "Are roads wet?", "Do helmets help?"):
            connection.execute(
                "INSERT INTO asked VALUES ('2099-01-01', 'g', NULL, ?, 'not_covered', 0, '[]')",
                [question],
            )
    for module in (feedback, report):
        monkeypatch.setattr(module, "MOST_READ", 2)
    found = report_of(records)
    assert (found.wire["questions"], found.wire["unanswered"]) == (3, 3)
    assert [gap["question"] for gap in found.wire["gaps"]] == ["Are roads wet?", "Do helmets help?"]
    assert "The lists below cover the latest 2 of them." in found.text


def test_without_records_the_report_is_empty():
    assert report_of(Records(None)).wire["questions"] == 0


def test_a_damaged_store_is_told_to_the_operator_and_named_in_the_log_alone(
    settle: Settle, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    store = tmp_path / "r.db"
    settings = settle(store=store, admin_key=KEY)
    index_corpus(settings, HashEncoder())
    client = TestClient(create_app(open_with_fake(settings)))
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("ALTER TABLE asked RENAME COLUMN question TO words")
    told = client.get("/v1/report", headers={"Authorization": f"Bearer {KEY}"})
    assert (told.status_code, "the records cannot be read just now" in told.json()["detail"]) == (
        503,
        True,
    )
    assert client.post("/report", data={"admin_key": KEY}).status_code == 503
    assert str(store) not in told.text
    assert str(store) in caplog.text


# The balance


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index whose documents take sides, which no test may change."""
    folder = tmp_path_factory.mktemp("named")
    against = {
        name: f"---\nside: against\n---\n{TEXTS[name]}" for name in TEXTS if "against" in name
    }
    write_corpus(folder / "corpus", NAMED | against)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    return settings


def test_the_balance_counts_every_sentence_once_a_list(named):
    for debate in balance_of(open_index(named).generation):
        for counts in (*debate.counts.values(),):
            assert sum(counts.values()) == debate.sentences
    helmets, tolls = balance_of(open_index(named).generation)
    assert helmets.sides == {}
    assert tolls.sides[TOLLS].judged["for"] > 0
    assert tolls.counts["outlet"]["The Toll Review"] == 4


def test_the_balance_is_printed_as_text_json_and_csv(run, named):
    assert "By outlet" in run(named, "balance").output
    assert {row["debate"] for row in json.loads(run(named, "balance", "--json").stdout)} == {
        "road-tolls",
        "bicycle-helmets",
    }
    assert run(named, "balance", "--csv").output.splitlines()[0] == "debate,by,name,sentences"


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠SUM(A1)"]
)
def test_no_cell_of_the_csv_is_a_formula(settle, name):
    settings = settle({"tolls/a.md": f"---\npublisher: {json.dumps(name)}\n---\nTolls are fair.\n"})
    index_corpus(settings, HashEncoder())
    rows = csv_of(balance_of(open_index(settings).generation)).split("\r\n")
    assert not any(
        cell.strip('"').startswith(tuple("=+-@\t＝＋－＠"))
        for row in rows
        for cell in row.split(",")
    )
