"""The edge: headers and HEAD, which sites may read answers, and figures and logs that no client can forge."""

import io
import json
import logging
import re

import asgi
import pytest
from asgi import app_with
from fakes import rows
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from pullquote.api import edge
from pullquote.api.app import create_app

ADMIN = "the-operator's-own-key"
JSON = {"Content-Type": "application/json"}
SITE = "https://news.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,x-api-key",
}


FIXED = {
    "x-content-type-options": "nosniff", "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
}  # fmt: skip


def question(text):
    return json.dumps({"question": text}).encode()


@pytest.mark.parametrize(("method", "path", "headers", "body"), [
    ("GET", "/", {}, b""), ("GET", "/v1/debates", {}, b""), ("GET", "/nothing", {}, b""), ("PUT", "/v1/ask", {}, b""),
    ("GET", "/v1/report", {}, b""), ("GET", "/v1/debates", {"Host": "evil.example"}, b""), ("GET", "/docs", {}, b""),
    ("POST", "/v1/ask", JSON, b"{"), ("POST", "/v1/ask", {"Content-Length": "99999999"}, b""),
    ("POST", "/v1/chat", JSON, b'{"question": "tolls"}'), ("GET", "/widget.js", {}, b""), ("GET", "/healthz", {}, b""),
    ("OPTIONS", "/v1/ask", {"Origin": "https://evil.example", **PREFLIGHT}, b""), ("HEAD", "/", {}, b""),
])  # fmt: skip
def test_every_answer_carries_the_security_headers(explainer, method, path, headers, body):
    app = app_with(explainer, allowed_origins=(SITE,))
    told = asgi.ask(app, method, path, headers=headers, body=body).headers
    assert told.items() >= FIXED.items()
    assert told["permissions-policy"]
    assert told["content-security-policy"].startswith("default-src 'none'")
    assert re.fullmatch(r"[0-9a-f]{32}", told["x-request-id"])
    banned = {"server", "x-powered-by", "set-cookie", "access-control-allow-credentials"}
    assert not banned & told.keys()


def test_head_has_the_status_and_the_headers_of_get_and_no_body(explainer):
    app = app_with(explainer, metrics="open")
    shown = "/ /healthz /openapi.json /docs /style.css /widget.js /documents/helmets"
    for path in f"{shown} /v1/search?q=tolls /nothing /v1/ask /v1/search?q= /v1/report".split():
        head, got = (asgi.ask(app, method, path) for method in ("HEAD", "GET"))
        assert (head.status, head.body) == (got.status, b"")
        assert {**head.headers, "x-request-id": ""} == {**got.headers, "x-request-id": ""}
        assert int(head.headers["content-length"]) == len(got.body) > 0
    counted = 'pullquote_requests_total{method="HEAD",route="/v1/search",status="200"} 1.0'
    assert counted in asgi.ask(app, "GET", "/metrics").body.decode()
    for method, path, allowed in (("POST", "/v1/debates", "GET, HEAD"), ("GET", "/v1/ask", "POST")):
        assert asgi.ask(app, method, path).headers["allow"] == allowed


@rows("origin")
def test_no_origin_but_the_listed_ones_is_ever_reflected(explainer, origin):
    app = app_with(explainer, allowed_origins=(SITE,))
    for method, more in (("GET", {}), ("OPTIONS", PREFLIGHT)):
        reply = asgi.ask(app, method, "/v1/debates", headers={"Origin": origin, **more})
        assert not [name for name in reply.headers if name.startswith("access-control-allow")]
        assert "origin" in reply.headers["vary"].lower()
    alone = asgi.ask(create_app(explainer), "GET", "/v1/debates", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in alone.headers


def test_a_listed_site_may_send_a_key_and_reads_why_it_was_refused_but_no_report(explainer):
    values = dict(search_keys=("a-search-key-of-a-site",), metrics="admin")
    app = app_with(explainer, allowed_origins=(SITE,), **values)
    preflight = asgi.ask(app, "OPTIONS", "/v1/ask", headers={"Origin": SITE, **PREFLIGHT})
    refused = asgi.ask(app, "POST", "/v1/ask", headers={"Origin": SITE}, body=question("a"))
    assert (preflight.status, refused.status) == (200, 401)
    for reply in (preflight, refused):
        assert reply.headers["access-control-allow-origin"] == SITE
    for method in ("GET", "OPTIONS"):
        reply = asgi.ask(app, method, "/v1/report", headers={"Origin": SITE, **PREFLIGHT})
        assert not [name for name in reply.headers if name.startswith("access-control")]


# Figures


def figures(app, **options):
    """The figures by name and labels."""
    reply = asgi.ask(app, "GET", "/metrics", **options)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(reply.body.decode())
    return {
        " ".join([one.name, *(f"{key}={value}" for key, value in sorted(one.labels.items()))]): one.value
        for family in families for one in family.samples
    }  # fmt: skip


def test_figures_count_requests_by_route_and_status_answers_by_reason_and_turns(explainer):
    app, other = (app_with(explainer, metrics="open") for _ in range(2))
    for text in ("Who should pay for a road?", "Do helmets help?", "?"):
        asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question(text))
    asgi.ask(app, "POST", "/v1/chat", headers=JSON, body=question("Why is this?"))
    asgi.ask(app, "GET", "/v1/documents/helmets")
    found, asked = figures(app), "requests_total method=POST route=/v1/ask status=200"
    exactly = {
        asked: 2, "requests_total method=POST route=/v1/ask status=422": 1, "request_seconds_count route=/v1/ask": 3,
        "requests_total method=GET route=/v1/documents/{document_id} status=200": 1,
        "answers_total reason=answered": 2, "answers_total reason=needs_context": 1, "degraded": 0,
        "line_waiting": 0, "line_working": 0, f"generation_info generation={explainer.generation.card.name}": 1,
    }  # fmt: skip
    assert {name: found[f"pullquote_{name}"] for name in exactly} == exactly
    for stage in ("encode", "retrieve"):
        assert f"pullquote_answer_stage_seconds_count stage={stage}" in found
    assert found["pullquote_line_turns_total turn=work"] >= 4
    assert 0 <= found["pullquote_generation_age_seconds"] < 3_600
    assert found["pullquote_cache_total cache=answers result=miss"] >= 2
    assert f"pullquote_{asked}" not in figures(other)
    assert not [family.name for family in REGISTRY.collect() if "pullquote" in family.name]


# Logs


@pytest.fixture
def lines():
    """What the service writes to its log."""
    root, package = logging.getLogger(), logging.getLogger("pullquote")
    before = root.handlers[:], root.level, package.level
    for name in ("uvicorn", "uvicorn.error"):  # as a fresh process has them
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate, library.disabled = True, False
        library.setLevel(logging.NOTSET)
    stream = io.StringIO()
    edge.configure(stream)
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    package.setLevel(before[2])


def records(lines):
    return [json.loads(line) for line in lines.getvalue().strip().split("\n")]


def test_a_request_is_one_line_with_the_id_that_its_answer_and_its_problem_carry(explainer, lines):
    app = app_with(explainer)
    sent = {"X-API-Key": "x" * 20, "X-Request-Id": "f" * 32}
    ok = asgi.ask(app, "GET", "/v1/debates", headers=sent)
    bad = asgi.ask(app, "GET", "/v1/documents/none/cite?secret=1")
    done = [record for record in records(lines) if record["message"] == "request"]
    actual = [record["request_id"] for record in done]
    assert actual == [ok.headers["x-request-id"], bad.json["request_id"]]
    assert bad.headers["x-request-id"] == bad.json["request_id"] != "f" * 32
    assert {key: done[0][key] for key in ("route", "method", "status", "client", "level")} == {
        "route": "/v1/debates", "method": "GET", "status": 200, "client": "wrong", "level": "info",
    }  # fmt: skip
    assert [record["problem"] for record in done] == [None, "unknown-document"]
    assert re.fullmatch(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(done[0]["time"]))
    assert "secret" not in lines.getvalue()


HOSTILE = 'x\r\n{"level": "forged"}\x1b[2J\x1b]0;title\x07\x9b31m\u2028\u202e\x00\x7f tolls'


def test_no_value_can_forge_a_line_or_move_the_terminal(explainer, lines):
    app = app_with(explainer, log_questions=True)
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question(HOSTILE))
    asgi.ask(app, "GET", "/v1/documents/%0d%0a%1b%5b2J")
    asgi.ask(app, "GET", "/%1b%5b2J%0d%0aforged")
    logging.getLogger("pullquote").error("%s", HOSTILE, extra={"facts": {HOSTILE: HOSTILE}})
    logging.getLogger("uvicorn.error").warning(HOSTILE)
    logging.getLogger("uvicorn.error").info("of libraries, warnings alone")
    assert re.fullmatch(r"[\x20-\x7e\n]+", lines.getvalue())
    assert len(records(lines)) == lines.getvalue().count("\n")
    assert all(record["level"] != "forged" for record in records(lines))
    assert "of libraries" not in lines.getvalue()
    record = logging.makeLogRecord({
        "name": "pullquote", "levelno": logging.INFO, "levelname": "INFO", "msg": "%s", "args": (HOSTILE,),
        "facts": {"route": "/v1/ask", "method": "GET", "status": 200, "ms": 1.5, "client": HOSTILE},
    })  # fmt: skip
    text = edge.Terminal().format(record)
    assert re.fullmatch(r"[\x20-\x7e]+", text)
    assert text.endswith("/v1/ask GET 200 1.5")


@pytest.mark.parametrize("kept", [False, True])
def test_a_question_is_logged_only_where_the_operator_says_so(explainer, lines, kept):
    app, words = app_with(explainer, log_questions=kept), "Who pays for zebra crossings and tolls?"
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question(words))
    asgi.ask(app, "POST", "/v1/chat", headers=JSON, body=question(words))
    asgi.ask(app, "GET", "/?q=Who+pays+for+zebra+crossings+and+tolls")
    asgi.ask(app, "GET", "/v1/search?q=zebra")
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=question("zebra " * 2_000))
    asgi.ask(app, "POST", "/v1/ask", headers=JSON, body=b'{"question": "zebra", "zebra": 1}')
    told = [record for record in records(lines) if record["message"] == "answer"]
    assert [record.get("question") for record in told[:2]] == [words if kept else None] * 2
    assert (len(told), kept or "zebra" not in lines.getvalue()) == (3, True)
    assert {"reason", "confidence", "quotes", "generation", "request_id"} <= told[0].keys()


def test_an_error_nobody_foresaw_is_logged_whole_under_its_id(explainer, lines, monkeypatch):
    app = app_with(explainer, allowed_origins=(SITE,))
    monkeypatch.setattr(app.state.explainer, "search", lambda *_, **__: 1 / 0)
    reply = asgi.ask(app, "GET", "/v1/search?q=tolls", headers={"Origin": SITE})
    assert (reply.status, "ZeroDivisionError" in reply.body.decode()) == (500, False)
    [record] = [record for record in records(lines) if "trace" in record]
    assert record["request_id"] == reply.json["request_id"]
    assert "ZeroDivisionError" in str(record["trace"])
    assert {"content-security-policy", "access-control-allow-origin"} <= reply.headers.keys()
