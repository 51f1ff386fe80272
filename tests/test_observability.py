"""Figures and logs: what an operator needs to know, and nothing that a client could forge or should not have told."""

import asyncio
import io
import json
import logging
import re
from collections.abc import Iterator
from types import SimpleNamespace

import asgi
import pytest
from asgi import app_with
from fastapi import FastAPI
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import Message

from pullquote.answers.explainer import Explainer
from pullquote.api import edge as logs
from pullquote.errors import SettingsError
from pullquote.settings import Settings

ADMIN = "the-operator's-own-key"
JSON = {"Content-Type": "application/json"}


def question(text: str) -> bytes:
    return json.dumps({"question": text}).encode()


def figures(app: FastAPI, **options: object) -> dict[tuple[str, ...], float]:
    """The figures by name and labels."""
    reply = asgi.ask(app, "GET", "/metrics", **options)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.body.decode())
        for sample in family.samples
    }


# Figures


def test_figures_count_requests_by_route_and_status_and_answers_by_reason(explainer: Explainer):
    app = app_with(explainer, metrics="open")
    for text in ("Who should pay for a road?", "Do helmets help?", "?"):
        asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question(text))
    asgi.ask(app, "POST", "/v1/chat", headers=JSON, body=question("Why is this?"))
    asgi.ask(app, "GET", "/v1/documents/helmets")
    found = figures(app)
    assert found["pullquote_requests_total", "method=POST", "route=/v1/ask", "status=200"] == 2
    assert found["pullquote_requests_total", "method=POST", "route=/v1/ask", "status=422"] == 1
    assert found["pullquote_requests_total", "method=GET", "route=/v1/documents/{document_id}", "status=200"] == 1
    assert found["pullquote_request_seconds_count", "route=/v1/ask"] == 3
    assert found["pullquote_answers_total", "reason=answered"] == 2
    assert found["pullquote_answers_total", "reason=needs_context"] == 1
    for stage in ("encode", "retrieve", "select", "compose"):
        assert found["pullquote_answer_stage_seconds_count", f"stage={stage}"] >= 2
    assert (found[("pullquote_line_waiting",)], found[("pullquote_line_working",)]) == (0, 0)
    assert found["pullquote_line_turns_total", "turn=work"] >= 4


def test_figures_tell_the_generation_its_age_and_whether_it_is_the_newest(explainer: Explainer):
    found = figures(app_with(explainer, metrics="open"))
    assert found["pullquote_generation_info", f"generation={explainer.generation.card.name}"] == 1
    assert 0 <= found[("pullquote_generation_age_seconds",)] < 3_600
    assert found[("pullquote_degraded",)] == 0


def test_figures_tell_how_often_a_cache_helped_where_there_are_some(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    app = app_with(explainer, metrics="open")
    monkeypatch.setattr(Explainer, "counts", {"answers": SimpleNamespace(hits=3, misses=7)}, raising=False)
    found = figures(app)
    assert found["pullquote_cache_total", "cache=answers", "result=hit"] == 3
    assert found["pullquote_cache_total", "cache=answers", "result=miss"] == 7


def test_what_clients_write_never_becomes_a_label(explainer: Explainer):
    app = app_with(explainer, metrics="open")
    rows = []
    for n in range(30):
        asgi.ask(app, "GET", f"/made-up-{n}")
        asgi.ask(app, f"MADE{n}", "/v1/ask")
        asgi.ask(app, "GET", f"/v1/documents/none-{n}")
        asgi.ask(app, "GET", f"/v1/search?q=x&debate=d{n}", headers={"Host": f"h{n}"})
        rows.append(len(figures(app)))
    assert rows[-1] == rows[1]
    assert not re.search(r"made-up|MADE|none-|h1\b", asgi.ask(app, "GET", "/metrics").body.decode())


def test_every_application_has_figures_of_its_own(explainer: Explainer):
    first, second = (app_with(explainer, metrics="open") for _ in range(2))
    asgi.ask(first, "GET", "/v1/debates")
    row = ("pullquote_requests_total", "method=GET", "route=/v1/debates", "status=200")
    assert (figures(first).get(row), figures(second).get(row)) == (1, None)
    assert not [family.name for family in REGISTRY.collect() if "pullquote" in family.name]


def test_figures_need_the_admin_key_unless_the_operator_opens_them_or_switches_them_off(explainer: Explainer):
    assert asgi.ask(app_with(explainer), "GET", "/metrics").status == 401
    keyed = app_with(explainer, admin_key=ADMIN)
    assert asgi.ask(keyed, "GET", "/metrics").status == 401
    assert figures(keyed, headers={"Authorization": f"Bearer {ADMIN}"})
    assert figures(app_with(explainer, metrics="open", admin_key=ADMIN))
    assert asgi.ask(app_with(explainer, metrics="off", admin_key=ADMIN), "GET", "/metrics").status == 404
    with pytest.raises(SettingsError, match="must be admin, open or off"):
        Settings.read({"PULLQUOTE_METRICS": "on"})


# Logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service writes to its log."""
    root, package = logging.getLogger(), logging.getLogger("pullquote")
    before = root.handlers[:], root.level, package.level
    for name in ("uvicorn", "uvicorn.error"):  # as a fresh process has them, whatever servers other tests ran
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate, library.disabled = True, False
        library.setLevel(logging.NOTSET)
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    package.setLevel(before[2])


def records(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().strip().split("\n")]


def test_a_request_is_one_line_with_the_id_that_its_answer_and_its_problem_carry(
    explainer: Explainer, lines: io.StringIO
):
    app = app_with(explainer)
    ok = asgi.ask(app, "GET", "/v1/debates", headers={"X-API-Key": "x" * 20})
    bad = asgi.ask(app, "GET", "/v1/documents/none/cite?secret=1")
    done = [record for record in records(lines) if record["message"] == "request"]
    assert [record["request_id"] for record in done] == [ok.headers["x-request-id"], bad.json["request_id"]]
    assert bad.headers["x-request-id"] == bad.json["request_id"]
    assert {key: done[0][key] for key in ("route", "method", "status", "client", "level")} == {
        "route": "/v1/debates", "method": "GET", "status": 200, "client": "wrong", "level": "info",
    }  # fmt: skip
    assert [record["problem"] for record in done] == [None, "unknown-document"]
    assert done[1]["route"] == "/v1/documents/{document_id}/cite"
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(done[0]["time"]))
    assert float(str(done[0]["ms"])) >= 0


def test_an_id_that_the_client_brings_is_not_taken(explainer: Explainer, lines: io.StringIO):
    forged = {"X-Request-Id": "f" * 32, "Traceparent": "f" * 32}
    reply = asgi.ask(app_with(explainer), "GET", "/v1/debates", headers=forged)
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["x-request-id"])
    assert reply.headers["x-request-id"] != "f" * 32
    assert "ffffffff" not in lines.getvalue()


HOSTILE = 'x\r\n{"level": "forged"}\x1b[2J\x1b]0;title\x07\x9b31m\u2028\u202e\x00\x7f tolls'


def test_no_value_can_forge_a_line_or_move_the_terminal(explainer: Explainer, lines: io.StringIO):
    app = app_with(explainer, log_questions=True)
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question(HOSTILE))
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=json.dumps({"question": "tolls", "debate": HOSTILE}).encode())
    asgi.ask(app, "GET", "/v1/documents/%0d%0a%1b%5b2J")
    asgi.ask(app, "GET", "/%1b%5b2J%0d%0aforged")
    logging.getLogger("pullquote").error("%s", HOSTILE, extra={"facts": {HOSTILE: HOSTILE}})
    logging.getLogger("uvicorn.error").warning(HOSTILE)
    assert re.fullmatch(r"[\x20-\x7e\n]+", lines.getvalue())
    assert len(records(lines)) == lines.getvalue().count("\n")
    assert all(record["level"] != "forged" for record in records(lines))


def test_on_a_terminal_lines_are_short_and_as_safe():
    stream = io.StringIO()
    stream.isatty = lambda: True
    formatter = logs.Terminal()
    record = logging.makeLogRecord({
        "name": "pullquote", "levelno": logging.INFO, "levelname": "INFO", "msg": "%s", "args": (HOSTILE,),
        "facts": {"route": "/v1/ask", "method": "GET", "status": 200, "ms": 1.5, "client": HOSTILE},
    })  # fmt: skip
    text = formatter.format(record)
    assert re.fullmatch(r"[\x20-\x7e]+", text)
    assert text.endswith("/v1/ask GET 200 1.5")


@pytest.mark.parametrize("kept", [False, True])
def test_a_question_is_logged_only_where_the_operator_says_so(explainer: Explainer, lines: io.StringIO, kept: bool):
    app = app_with(explainer, log_questions=kept)
    words = "Who pays for zebra crossings and tolls?"
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question(words))
    asgi.ask(app, "POST", "/v1/chat", headers=JSON, body=question(words))
    asgi.ask(app, "GET", "/?q=Who+pays+for+zebra+crossings+and+tolls")
    asgi.ask(app, "GET", "/v1/search?q=zebra")
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question("zebra " * 2_000))
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=b'{"question": "zebra", "zebra": 1}')
    told = [record for record in records(lines) if record["message"] == "answer"]
    assert len(told) == 3
    assert {record.get("question") for record in told[:2]} == {words if kept else None}
    assert kept or "zebra" not in lines.getvalue()
    assert {"reason", "confidence", "quotes", "generation", "request_id"} <= told[0].keys()


def test_an_error_nobody_foresaw_is_logged_whole_under_the_id_that_the_client_got(
    explainer: Explainer, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
):
    app = app_with(explainer, allowed_origins=("https://news.example",))
    monkeypatch.setattr(app.state.explainer, "search", lambda *_, **__: 1 / 0)
    reply = asgi.ask(app, "GET", "/v1/search?q=tolls", headers={"Origin": "https://news.example"})
    assert reply.status == 500
    assert "ZeroDivisionError" not in reply.body.decode()
    [record] = [record for record in records(lines) if "trace" in record]
    assert record["request_id"] == reply.json["request_id"]
    assert "ZeroDivisionError" in str(record["trace"])
    assert {"x-content-type-options", "content-security-policy", "access-control-allow-origin"} <= reply.headers.keys()


def test_a_client_that_leaves_while_a_stream_is_sent_is_no_error(explainer: Explainer, lines: io.StringIO):
    async def scene() -> None:
        body = [{"type": "http.request", "body": question("Who should pay for a road?"), "more_body": False}]
        left = asyncio.Event()

        async def receive() -> Message:
            if body:
                return body.pop()
            while "confidence" not in lines.getvalue():  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)  # by then the next events wait to be sent
            left.set()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                await left.wait()

        async with asyncio.timeout(20):
            await app_with(explainer)(asgi.scope_of("POST", "/v1/chat", JSON, asgi.PEER), receive, send)

    asyncio.run(scene())
    assert [line for line in records(lines) if line["message"] == "request" and line["route"] == "/v1/chat"]
    assert not [line for line in records(lines) if line["level"] in ("warning", "error")]


def test_libraries_are_heard_from_warnings_on(lines: io.StringIO):
    logging.getLogger("uvicorn.error").info("started")
    logging.getLogger("uvicorn.error").warning("careful")
    assert [record["message"] for record in records(lines)] == ["careful"]


# Headers


@pytest.mark.parametrize(("method", "path", "headers", "body"), [
    ("GET", "/", {}, b""), ("GET", "/v1/debates", {}, b""), ("GET", "/nothing", {}, b""), ("PUT", "/v1/ask", {}, b""),
    ("GET", "/v1/report", {}, b""), ("GET", "/v1/debates", {"Host": "evil.example"}, b""), ("GET", "/docs", {}, b""),
    ("POST", "/v1/ask", JSON, b"{"), ("POST", "/v1/ask", {"Content-Length": "99999999"}, b""),
    ("POST", "/v1/chat", JSON, b'{"question": "tolls"}'), ("GET", "/widget.js", {}, b""), ("GET", "/healthz", {}, b""),
    ("OPTIONS", "/v1/ask", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}, b""),
    ("OPTIONS", "/v1/ask", {"Origin": "https://news.example", "Access-Control-Request-Method": "POST"}, b""),
    ("GET", "/v1/documents/none", {"Origin": "null"}, b""), ("HEAD", "/", {}, b""),
])  # fmt: skip
def test_every_answer_errors_too_carries_the_security_headers(
    explainer: Explainer, method: str, path: str, headers: dict[str, str], body: bytes
):
    app = app_with(explainer, allowed_origins=("https://news.example",))
    reply = asgi.ask(app, method, path, headers=headers, body=body)
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert reply.headers["permissions-policy"]
    assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    assert reply.headers["x-request-id"]
    assert not {"server", "x-powered-by", "set-cookie", "access-control-allow-credentials"} & reply.headers.keys()
    if (origin := headers.get("Origin")) != "https://news.example":
        assert "access-control-allow-origin" not in reply.headers or (path, origin) == ("/widget.js", None)
