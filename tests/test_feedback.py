"""The operator's records: how long they are kept, and what becomes of a file that cannot be used."""

import datetime as dt
import html
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from click.testing import CliRunner
from fakes import HashEncoder, environ_of, open_with_fake
from fastapi.testclient import TestClient

from pullquote.answers.query import Query
from pullquote.api.app import create_app
from pullquote.cli.main import main
from pullquote.errors import SettingsError
from pullquote.upkeep import records as feedback
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Judgement, Records

ASKED = "INSERT INTO asked VALUES (?, 'g', NULL, ?, NULL, 0, '[]')"
WRONG = Judgement(
    verdict="wrong_quote",
    question="Why?",
    answer_id="a",
    generation="g",
    document_id="d",
    start=0,
    end=4,
)


@pytest.fixture
def store(tmp_path):
    Records(tmp_path / "r.db")
    return tmp_path / "r.db"


def write(store, statement, values=()):
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute(statement, values)


def questions(store):
    with closing(sqlite3.connect(store)) as connection:
        return [row[0] for row in connection.execute("SELECT question FROM asked ORDER BY rowid")]


def damage(store, row):
    """Overwrite pages of a file that holds so many rows."""
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.executemany(ASKED, [("2099-01-01", f"{number} {row}") for number in range(400)])
    content = store.read_bytes()
    store.write_bytes(content[:8_192] + b"\x07" * 8_192 + content[16_384:])


def test_what_is_too_old_is_deleted_at_the_start_though_nobody_asks(store):
    write(store, ASKED, ("2001-01-01", "old?"))
    write(store, ASKED, ("2099-01-01", "new?"))
    Records(store, keep_days=30)
    assert questions(store) == ["new?"]


def test_what_became_too_old_is_not_shown_however_long_nobody_asked(store, monkeypatch):
    records = Records(store, keep_days=30)
    today = dt.datetime.now(dt.UTC).date()
    write(store, ASKED, (today.isoformat(), "asked today?"))
    assert len(records.questions()) == 1
    monkeypatch.setattr(feedback, "_today", lambda: today + dt.timedelta(days=31))
    assert records.questions() == []
    assert questions(store) == []


@pytest.mark.parametrize("row", ["?" * 100, "{" * 200])
def test_a_damaged_file_is_told_with_the_next_step(store, row):
    damage(store, row)
    with pytest.raises(
        SettingsError, match=r"PULLQUOTE_STORE=.*r\.db cannot be used \(.*\); name another file"
    ):
        Records(store).questions()


def test_the_report_over_a_damaged_file_is_one_line_on_stderr(store):
    damage(store, "?" * 100)
    done = CliRunner().invoke(main, ["report"], env={"PULLQUOTE_STORE": str(store)})
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("pullquote: PULLQUOTE_STORE=")


@pytest.fixture
def waits(monkeypatch):
    """The seconds that each connection to the file may wait for who has it."""
    told, connect = [], sqlite3.connect

    def listening(*args, timeout=5.0, **named):
        told.append(timeout)
        return connect(*args, timeout=timeout, **named)

    monkeypatch.setattr(feedback.sqlite3, "connect", listening)
    return told


@contextmanager
def held(store):
    """Another program writes in the file until the block ends."""
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_no_answer_waits_for_a_file_that_another_program_holds_and_what_was_asked_is_kept_for_later(
    explainer, store, waits, monkeypatch
):
    monkeypatch.setattr(feedback, "PAUSE", 60.0)
    records, answer = (
        Records(store),
        explainer.ask(Query.checked("Who should pay for a road?", limit=100)),
    )
    with held(store):
        waits.clear()
        for _ in range(8):
            records.asked(answer)
        assert waits == [feedback.PATIENCE]  # the first of them waits, and no other
        assert records.counts() == (0, 0)  # whoever only reads is told what was there before
    monkeypatch.setattr(records, "_again", 0.0)
    assert records.counts()[0] == 8
    assert questions(store) == [answer.resolved_question] * 8


def test_each_verdict_is_reported_with_its_quote_and_what_was_asked(settle, tmp_path):
    settings = settle(store=tmp_path / "r.db", admin_key="an-admin-key-of-the-tests")
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    words = explainer.document("helmets").text[:20]
    given = replace(
        WRONG, document_id="helmets", start=0, end=20, generation=explainer.generation.card.name
    )
    records = Records(settings.store)
    for one in (
        replace(given, generation="before"),
        given,
        replace(given, question="Who?"),
        replace(given, end=4, generation="before"),
    ):
        records.judged(one)
    client = TestClient(create_app(explainer))
    told = client.get(
        "/v1/report", headers={"Authorization": "Bearer an-admin-key-of-the-tests"}
    ).json()["judged"]
    assert [(one["start"], one["end"], one["count"], one["question"], one["older"], one["words"]) for one in told] == [
        (0, 4, 1, WRONG.question, True, None), (0, 20, 3, "Who?", False, words),
    ]  # fmt: skip
    shown = client.post("/report", data={"admin_key": "an-admin-key-of-the-tests"}).text
    assert words in html.unescape(shown)
    assert "from an older index" in shown
    printed = CliRunner().invoke(
        main, ["report"], env=environ_of(settings) | {"PULLQUOTE_STORE": str(settings.store)}
    )
    assert f"wrong quote, helmets:0-20, asked “Who?”\n        “{words}”" in printed.stdout
    assert (
        "wrong quote, helmets:0-4, asked “Why?”\n        (quoted from an older index: "
        in printed.stdout
    )
