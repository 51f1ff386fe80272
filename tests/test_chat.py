"""The streamed answer: events in order, problems before the stream with their status, errors inside as events."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import Run, Settle
from fakes import HashEncoder, environ_of, open_with_fake
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.app import create_app
from pullquote.cli.asking import converse
from pullquote.cli.main import main
from pullquote.errors import IndexCorrupt
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

QUESTION = "Who should pay for a road?"
Events = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def client(explainer: Explainer) -> Iterator[TestClient]:
    with TestClient(create_app(explainer), raise_server_exceptions=False) as opened:
        yield opened


def events_of(text: str) -> Events:
    """The events of a stream."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def chat(client: TestClient, question: str = QUESTION, **more: object) -> Events:
    response = client.post("/v1/chat", json={"question": question, **more})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return events_of(response.text)


def test_status_comes_first_and_done_last_with_the_answer_of_ask(client: TestClient):
    events = chat(client)
    assert events[0] == ("status", {"stage": "searching"})
    name, last = events[-1]
    asked = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert name == "done"
    assert {**last["answer"], "timings_ms": 0} == {**asked, "timings_ms": 0}


def test_parts_come_whole_and_in_order_each_quote_before_its_place(client: TestClient):
    events = chat(client)
    answer = events[-1][1]["answer"]
    assert [data["part"] for name, data in events if name == "text"] == answer["parts"]
    assert [data["quote"] for name, data in events if name == "quote"] == answer["quotes"]
    seen: set[int] = set()
    for name, data in events:
        if name == "quote":
            seen.add(data["quote"]["n"])
        if name == "text" and data["part"]["kind"] == "quote":
            assert data["part"]["n"] in seen


def test_an_abstention_streams_its_frame_and_brings_the_nearest_passage_when_done(settle: Settle):
    settings = settle(min_confidence=1.0)
    index_corpus(settings, HashEncoder())
    events = chat(TestClient(create_app(open_with_fake(settings))), "What do penguins eat at the pole?")
    answer = events[-1][1]["answer"]
    assert answer["status"] == "abstained"
    assert not [name for name, _ in events if name == "quote"]


def test_how_the_question_was_understood_comes_before_anything_that_answers_it(client: TestClient):
    events = chat(client)
    answer = events[-1][1]["answer"]
    assert events[1][0] == "question"
    assert events[1][1] == {"resolved_question": answer["resolved_question"], "proposition": None}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"question": " "}, 422), ({"question": "Why?", "debate": "none"}, 404), ({"question": "x" * 2001}, 422),
     ({"question": "a", "typo": 1}, 422), ({}, 422),
     ({"question": "a", "history": [{"question": "b", "quotes": [{"document_id": "x", "start": 3, "end": 1}]}]}, 422)],
)  # fmt: skip
def test_a_bad_request_is_a_problem_before_any_event(client: TestClient, body: dict[str, object], status: int):
    response = client.post("/v1/chat", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (IndexCorrupt("/secret/path is damaged"), 503, "the index cannot be used"),
        (RuntimeError("/secret"), 500, "went wrong"),
    ],
)
def test_an_error_after_the_first_byte_is_an_event_without_secrets(
    own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
):
    def fail(query: Query) -> None:
        raise error

    monkeypatch.setattr(own_explainer, "ask", fail)
    events = chat(TestClient(create_app(own_explainer)))
    assert [name for name, _ in events] == ["status", "error"]
    problem = events[-1][1].pop("problem")
    assert problem == events[-1][1]
    assert problem["status"] == status
    assert said in problem["detail"]
    assert "secret" not in json.dumps(events)


def test_a_follow_up_is_resolved_by_the_turn_before_it(client: TestClient):
    place = chat(client)[-1][1]["answer"]["quotes"][0]
    quotes = [{key: place[key] for key in ("document_id", "start", "end")}]
    answer = chat(client, "And why is that?", history=[{"question": QUESTION, "quotes": quotes}])[-1][1]["answer"]
    assert answer["resolved_question"] != "And why is that?"
    assert "road" in answer["resolved_question"]


def test_every_quote_says_whose_words_it_holds(client: TestClient):
    quotes = [data["quote"] for name, data in chat(client) if name == "quote"]
    assert quotes
    assert all(quote["byline"] for quote in quotes)


def test_slow_answers_keep_nobody_waiting(own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    ask, waiting, go = own_explainer.ask, threading.Semaphore(0), threading.Event()

    def slow(query: Query) -> object:
        if "slow" in query.question:
            waiting.release()
            go.wait(60)
        return ask(query)

    monkeypatch.setattr(own_explainer, "ask", slow)
    with TestClient(create_app(own_explainer)) as client:
        threads = [threading.Thread(target=chat, args=(client, f"slow {n} tolls?")) for n in range(3)]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert waiting.acquire(timeout=30)
        begun = time.perf_counter()
        assert client.get("/healthz").status_code == 200
        assert chat(client)[-1][0] == "done"
        assert time.perf_counter() - begun < 30  # who waited for them would wait a minute
        go.set()
        for thread in threads:
            thread.join(30)


def test_a_silent_stream_is_kept_open_by_comments(own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    ask = own_explainer.ask
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    monkeypatch.setattr(own_explainer, "ask", lambda query: (time.sleep(0.3), ask(query))[1])
    response = TestClient(create_app(own_explainer)).post("/v1/chat", json={"question": QUESTION})
    assert "\n\n: ping\n\n" in response.text


def converse_with(explainer: Explainer, *lines: str) -> str:
    """What a terminal conversation of these lines prints."""
    said: list[str] = []
    converse(explainer, lines, said.append)
    return "\n".join(said)


def test_the_terminal_answers_resolves_follow_ups_and_goes_on_after_a_bad_line(explainer: Explainer):
    said = converse_with(explainer, QUESTION, "!?", "", "And why is that?", "/quit", "never read")
    assert "“Drivers who use a road should pay for it." in said
    assert "the question is empty" in said
    assert "Understood as:" in said


def test_in_the_terminal_new_forgets_what_was_said(explainer: Explainer):
    assert "Understood as:" not in converse_with(explainer, QUESTION, "/new", "And why is that?")


def test_in_the_terminal_a_number_asks_a_suggestion(explainer: Explainer):
    offered = explainer.suggestions()
    if not offered:
        pytest.skip("the small debates have no proven suggestion")
    assert "“" in converse_with(explainer, "1")


def test_the_chat_command_reads_lines_until_they_end(shared: Settings, fake_model: HashEncoder):
    done = CliRunner().invoke(main, ["chat"], env=environ_of(shared), input=f"{QUESTION}\n")
    assert done.exit_code == 0
    assert "“Drivers who use a road should pay for it." in done.output


def test_the_chat_command_goes_on_after_what_is_no_text(shared: Settings, fake_model: HashEncoder):
    lines = b"\xff\xfe tolls?\n" + QUESTION.encode() + b"\n"
    done = CliRunner().invoke(main, ["chat"], env=environ_of(shared), input=lines)
    assert done.exit_code == 0
    assert "“Drivers who use a road should pay for it." in done.output


def test_the_chat_command_ends_where_it_is_given_nothing_to_read_from(
    shared: Settings, fake_model: HashEncoder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    for name, value in environ_of(shared).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", None)
    assert main.main(["chat"], standalone_mode=False) in (None, 0)
    assert "Ask a question" in capsys.readouterr().out


def test_the_report_command_needs_a_file_of_records(shared: Settings, run: Run):
    done = run(shared, "report")
    assert done.exit_code == 1
    assert "PULLQUOTE_STORE" in done.stderr
