"""The operator's report: what is one gap, how much is read for it, and where it is worked out."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Settle
from fakes import HashEncoder, open_with_fake
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from pullquote.api.app import create_app
from pullquote.index.lexical import terms
from pullquote.upkeep import records as feedback
from pullquote.upkeep import report
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Asked, Records
from pullquote.upkeep.report import ALIKE, gaps, report_of

KEY = "an-admin-key-of-the-tests"
WORDS = ("toll", "road", "bus", "fee", "car", "jam", "the", "of")


def asked(question: str) -> Asked:
    return Asked(question, None, "not_covered", one_sided=False, documents=())


def by_comparing_each_with_each(questions: Sequence[str]) -> list[tuple[str, int]]:
    found: list[tuple[str, frozenset[str], list[str]]] = []
    for question in questions:
        words = frozenset(terms(question))
        for _, other, members in found:
            if words == other or len(words & other) >= ALIKE * len(words | other) > 0:
                members.append(question)
                break
        else:
            found.append((question, words, [question]))
    return [(name, len(members)) for name, _, members in sorted(found, key=lambda gap: -len(gap[2]))[:20]]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join), max_size=30))
def test_gaps_are_those_that_comparing_each_question_with_each_gap_would_find(questions: list[str]):
    assert [(gap.question, gap.count) for gap in gaps(map(asked, questions))] == by_comparing_each_with_each(questions)


def test_questions_are_compared_only_with_gaps_that_share_a_telling_word(monkeypatch: pytest.MonkeyPatch):
    compared = []
    alike = report._alike
    monkeypatch.setattr(report, "_alike", lambda one, other: compared.append(one) or alike(one, other))
    gaps(asked(f"What of the toll on road{number} and jam{number} in town{number}?") for number in range(2_000))
    assert len(compared) < 2_000


def test_the_latest_questions_are_looked_at_and_all_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    records = Records(tmp_path / "r.db")
    with closing(sqlite3.connect(tmp_path / "r.db")) as connection, connection:
        for question in ("Are trains late?", "Are roads wet?", "Do helmets help?"):
            connection.execute(
                "INSERT INTO asked VALUES ('2099-01-01', 'g', NULL, ?, 'not_covered', 0, '[]')", [question]
            )
    for module in (feedback, report):
        monkeypatch.setattr(module, "MOST_READ", 2)
    found = report_of(records)
    assert (found.questions, found.unanswered) == (3, 3)
    assert [gap.question for gap in found.gaps] == ["Are roads wet?", "Do helmets help?"]
    assert "What is below is about the latest 2 of them." in found.text


def test_the_page_says_how_many_questions_its_lists_look_at(
    settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = settle(store=tmp_path / "r.db", admin_key=KEY)
    index_corpus(settings, HashEncoder())
    monkeypatch.setattr("pullquote.api.pages.MOST_READ", 2)
    client = TestClient(create_app(open_with_fake(settings)))
    note = "Of the questions, the lists below look at the latest 2."
    for question, told in (("Are trains late?", False), ("Are roads wet?", False), ("Do helmets help?", True)):
        client.post("/v1/ask", json={"question": question})
        assert (note in client.post("/report", data={"admin_key": KEY}).text) is told


def test_without_records_the_report_is_empty():
    assert report_of(Records(None)).wire["questions"] == 0


def test_a_report_holds_up_no_other_request(settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = settle(store=tmp_path / "r.db", admin_key=KEY)
    index_corpus(settings, HashEncoder())
    monkeypatch.setattr("pullquote.api.routes.report_of", off_the_event_loop)
    client = TestClient(create_app(open_with_fake(settings)))
    assert client.post("/report", data={"admin_key": KEY}).status_code == 200
    assert client.get("/v1/report", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


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
    assert (told.status_code, "the records cannot be read just now" in told.json()["detail"]) == (503, True)
    assert client.post("/report", data={"admin_key": KEY}).status_code == 503
    assert str(store) not in told.text
    assert str(store) in caplog.text


def off_the_event_loop(*arguments) -> report.Report:
    with pytest.raises(RuntimeError, match="no running event loop"):
        asyncio.get_running_loop()
    return report_of(*arguments)
