"""Bugs that others had at their edge, each tried here: named after what went wrong, with where it did."""

import asyncio
import gzip
import json
import logging
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import asgi
import pytest
from asgi import app_with
from fakes import CHECKOUT, HashEncoder, open_with_fake, settings_below, write_corpus
from growth import assert_in_proportion
from serving import served
from starlette.types import Message

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api import edge as logs
from pullquote.api.app import create_app
from pullquote.api.guard import Keys
from pullquote.api.responses import Kind
from pullquote.cli.terminal import visible
from pullquote.settings import Settings, sealed
from pullquote.upkeep.indexing import index_corpus

ADMIN, SEARCH = "the-operator's-own-key", "a-search-key-of-a-site"
JSON = {"Content-Type": "application/json"}
API = CHECKOUT / "app" / "pullquote" / "api"


def test_1_an_address_rebuilt_from_the_host_header_takes_part_in_no_decision(explainer: Explainer):
    """Starlette CVE-2026-48710: `request.url` was made of an unchecked Host while routing used the raw path."""
    app = app_with(explainer, admin_key=ADMIN, trusted_hosts=("*",))
    for host in ("a/healthz?", "a/healthz#", "a?x=/healthz", "healthz", "a/../healthz", "a\\healthz", "a:0/healthz"):
        for path in ("/v1/report", "/metrics"):
            assert asgi.ask(app, "GET", path, headers={"Host": host}).status in (400, 401)
    for path in sorted(API.glob("*.py")):
        assert not re.search(r"request\.(url|base_url)|url_for|URL\(", path.read_bytes().decode()), path


def test_2_nothing_is_loaded_searched_or_read_before_the_key_was_checked(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    """Chroma CVE-2026-45829: the handler loaded the model that the request named, then looked for a key."""
    app = app_with(explainer, admin_key=ADMIN, search_keys=(SEARCH,))
    worked: list[str] = []
    for name in ("ask", "search", "verify", "suggestions", "document"):
        monkeypatch.setattr(app.state.explainer, name, lambda *_, _name=name, **__: worked.append(_name))
    for path in ("/v1/ask", "/v1/chat", "/v1/verify", "/v1/feedback"):
        reply = asgi.ask(app, "POST", path, headers=JSON, body=b'{"question": "a", "model": "evil/model"}')
        assert (reply.status, reply.received) == (401, 0)
    for path in ("/v1/search?q=a", "/v1/suggestions", "/v1/documents/helmets", "/v1/report", "/metrics"):
        assert asgi.ask(app, "GET", path).status == 401
    assert not worked


def test_11_no_route_that_takes_a_name_leads_out_of_the_index(explainer: Explainer):
    """Langflow CVE-2026-33497, then -42867: a traversal mended in one route and left in the next."""
    app = app_with(explainer, admin_key=ADMIN)
    named = [route.path for route in app.routes if "{" in route.path]
    assert len(named) >= 3
    for template in named:
        for name in ("..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "..%5c..%5cwin.ini", "a%00b", "CON",
                     "helmets%2f..%2f..", "a" * 300, "file:%2f%2f%2fetc%2fpasswd", "~root", "$HOME"):  # fmt: skip
            reply = asgi.ask(app, "GET", re.sub(r"\{\w+\}", name, template))
            assert reply.status == 404, (template, name)
            assert b"root:" not in reply.body


@pytest.mark.slow
def test_13_time_to_read_a_request_grows_no_faster_than_its_size(explainer: Explainer):
    """python-multipart CVE-2024-53981, CVE-2026-53539 and Starlette CVE-2025-62727: parsing in the square of the size."""
    app = app_with(explainer)

    def ask(path: str, headers: dict[str, str], body: bytes) -> None:
        assert asgi.ask(app, "POST" if body else "GET", path, headers=headers, body=body).status < 500

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for make in (
        lambda n: ("/report", form, b"\r\n" * n),
        lambda n: ("/report", {"Content-Type": "application/x-www-form-urlencoded"}, b"&a=b" * (n // 4)),
        lambda n: ("/v1/ask", form, b"--x\r\n" * (n // 5)),
        lambda n: ("/v1/ask", JSON, b'{"a": "' + b"\\u0061" * (n // 6) + b'"}'),
        lambda n: ("/v1/ask", JSON, b"[" * n),
        lambda n: ("/v1/ask", JSON, b'{"question": "' + b"a" * n + b'"}'),
        lambda n: ("/widget.js", {"Range": "bytes=" + "0-," * (n // 3)}, b""),
        lambda n: ("/widget.js", {"If-None-Match": '"a", ' * (n // 5), "Accept-Encoding": "gzip," * (n // 5)}, b""),
        lambda n: ("/v1/debates", {"X-Forwarded-For": "1.1.1.1, " * (n // 9), "Host": "a" * n}, b""),
    ):
        assert_in_proportion(lambda size, make=make: partial(ask, *make(size)), 800_000)


def test_13_a_range_is_not_read_at_all(explainer: Explainer):
    """Starlette CVE-2025-62727: a Range header of many parts; no route here serves ranges."""
    reply = asgi.ask(app_with(explainer), "GET", "/widget.js", headers={"Range": "bytes=0-0,1-1,2-2"})
    assert (reply.status, "content-range" in reply.headers) == (200, False)


def test_14_a_request_that_never_ends_is_let_go(explainer: Explainer):
    """uvicorn as in xinference #5213: each byte that drips set the clock back. Headers: tests/test_proxy.py."""
    app = app_with(explainer, body_seconds=1)

    drops = []

    async def drip() -> Message:
        await asyncio.sleep(0.3)
        drops.append(b" ")
        return {"type": "http.request", "body": drops[-1], "more_body": True}

    assert asgi.ask(app, "POST", "/v1/ask", headers={**JSON, "Content-Length": "9999"}, receive=drip).status == 408
    assert len(drops) < 9


UNSENDABLE = ['"\\ud800"', '"why \\udfff tolls"', '"\\u0000"', "NaN", "1e999", "9" * 5_000, '{"\\ud800": 1}']


@pytest.mark.parametrize("value", UNSENDABLE, ids=range(len(UNSENDABLE)))
def test_15_a_refusal_never_breaks_on_the_input_it_is_about(explainer: Explainer, value: str):
    """fal #1106, textgen #7658, Rapid-MLX #730: the handler of a 422 echoed what no UTF-8 can hold, and became a 500."""
    app = app_with(explainer)
    for path, fields in {
        "/v1/ask": ("question", "debate", "max_quotes", "mode", "history"), "/v1/chat": ("question", "debate"),
        "/v1/verify": ("quote", "speaker", "document_id"), "/v1/feedback": ("verdict", "question", "start"),
    }.items():  # fmt: skip
        for field in fields:
            reply = asgi.ask(
                app, "POST", path, headers=JSON, body=f'{{"question": "why tolls", "{field}": {value}}}'.encode()
            )
            assert reply.status in (200, 400, 404, 422), (path, field, reply.body)
            assert "\\ud8" not in reply.body.decode("utf-8")


def test_15_an_error_inside_a_stream_is_an_event_that_tells_nothing(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    """Rapid-MLX #730: the text of the exception went out with the stream."""

    def broken(query: Query) -> None:
        raise RuntimeError("/srv/secret \ud800")

    app = app_with(explainer)
    monkeypatch.setattr(app.state.explainer, "ask", broken)
    reply = asgi.ask(app, "POST", "/v1/chat", headers=JSON, body=b'{"question": "why tolls"}')
    assert b"event: error" in reply.body
    assert b"secret" not in reply.body


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://news.example.evil.example", "*",
                                    "https://evilnews.example", "http://news.example", "https://news.example:8443",
                                    "https://news.example/", "HTTPS://NEWS.EXAMPLE", "https://news.example\n"])  # fmt: skip
def test_16_no_origin_but_the_listed_ones_is_ever_reflected(explainer: Explainer, origin: str):
    """Starlette #3137, open-webui PR 28961: a wildcard with credentials reflected every origin."""
    app = app_with(explainer, allowed_origins=("https://news.example",))
    preflight = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type")]
    for method, more in (("GET", []), ("OPTIONS", preflight)):
        reply = asgi.ask(app, method, "/v1/debates", headers=[("Origin", origin), *more])
        assert "access-control-allow-origin" not in reply.headers
        assert "access-control-allow-credentials" not in reply.headers
        assert "origin" in reply.headers["vary"].lower()


def test_20_a_forged_address_gains_nothing_and_refusals_count_too(explainer: Explainer):
    """agent-os #354 and its like: the limiter believed X-Forwarded-For, grew for ever, and ran before the key check."""
    app = app_with(explainer, rate_limit="5/minute", search_keys=(SEARCH,))
    forged = [asgi.ask(app, "GET", "/v1/debates", headers={"X-Forwarded-For": f"10.0.0.{n}"}).status for n in range(8)]
    assert forged == [401] * 5 + [429] * 3


def test_21_a_full_line_empties_itself(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    """Meilisearch #4654: at a hundred clients the search queue stood still until a restart."""
    app = app_with(explainer, workers=2, max_queue=4, queue_seconds=1)
    ask = app.state.explainer.ask
    monkeypatch.setattr(app.state.explainer, "ask", lambda query: (time.sleep(0.01), ask(query))[1])

    async def scene() -> None:
        body = b'{"question": "Who should pay for a road?"}'
        for _ in range(3):
            replies = await asyncio.gather(
                *(asgi.request(app, "POST", "/v1/ask", headers=JSON, body=body) for _ in range(100))
            )
            assert {reply.status for reply in replies} == {200, 503}
            assert (app.state.line.working, app.state.line.waiting) == (0, 0)
            assert (await asgi.request(app, "POST", "/v1/ask", headers=JSON, body=body)).status == 200

    asyncio.run(scene())


TEMPLATES = "{{7*7}} ${7*7} <%= 7*7 %> #{7*7} {% for x in range(49) %}x{% endfor %} tolls"


def test_22_braces_in_questions_documents_titles_and_names_stay_braces(tmp_path: Path):
    """Haystack #8095/#8096, banks CVE-2026-44209: users' words were rendered as a template."""
    files = {
        "a/{{7*7}}.md": f'---\ntitle: "{TEMPLATES}"\nauthor: "{{{{7*7}}}}"\n---\nRoad tolls cost {TEMPLATES} a lot.\n'
    }
    settings = settings_below(tmp_path)
    write_corpus(settings.corpus, files)
    index_corpus(settings, HashEncoder())
    app = create_app(open_with_fake(settings))
    body = json.dumps({"question": f"What do road tolls cost? {TEMPLATES}"}).encode()
    answers = [asgi.ask(app, "POST", path, headers=JSON, body=body) for path in ("/v1/ask", "/v1/chat")]
    pages = [
        asgi.ask(app, "GET", path)
        for path in ("/?q=What+do+road+tolls+cost+%7B%7B7*7%7D%7D", "/documents", "/embed?debate=%7B%7B7*7%7D%7D")
    ]
    for reply in [*answers, *pages]:
        assert reply.status in (200, 404)
        assert "{{7*7}}" in reply.body.decode()
        assert not re.search(r"(?<![\w.-])49(?!\w)[^,.}-]", re.sub(r"range\(49\)", "", reply.body.decode()))


@pytest.mark.slow
def test_23_the_process_listens_on_one_socket_and_the_figures_are_no_second_way_in(shared: Settings, tmp_path: Path):
    """Milvus CVE-2026-26190: the whole API stood open on the port for figures."""
    with served(shared, tmp_path, admin_key=ADMIN) as service:
        sockets = {
            Path(f"/proc/{service.process.pid}/fd/{fd.name}").readlink().name
            for fd in Path(f"/proc/{service.process.pid}/fd").iterdir()
            if fd.is_symlink()
        }
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/{service.process.pid}/net/{table}").read_bytes().decode().split("\n")[1:]
            if line and line.split()[3] == "0A" and f"socket:[{line.split()[9]}]" in sockets
        ]
    assert listening == [f"0100007F:{service.port:04X}"]


def test_23_a_key_that_was_taken_away_opens_nothing_on_any_path(explainer: Explainer):
    """AnythingLLM CVE-2026-32717: a second way of checking keys skipped the suspended ones. Here there is one way."""
    keys = Keys(sealed(ADMIN), (sealed(SEARCH),))
    assert keys.kind("a-search-key-of-before") is Kind.WRONG
    app = app_with(explainer, search_keys=(SEARCH,))
    for name, value in (("X-API-Key", "a-search-key-of-before"), ("Authorization", "Bearer a-search-key-of-before")):
        assert asgi.ask(app, "GET", "/v1/debates", headers={name: value}).status == 401
    checks = [path.name for path in API.glob("*.py") if "compare_digest" in path.read_bytes().decode()]
    assert checks == ["keys.py"]


def test_24_escape_sequences_reach_no_log_and_no_terminal():
    """uvicorn CVE-2020-7694: a request's path coloured the operator's terminal."""
    hostile = "\x1b[2J\x1b]0;owned\x07\r\nforged \x9b31m"
    record = logging.makeLogRecord(
        {"levelno": logging.INFO, "levelname": "INFO", "msg": "%s", "args": (hostile,), "facts": {"path": hostile}}
    )
    for formatter in (logs.JsonLines(), logs.Terminal()):
        assert re.fullmatch(r"[\x20-\x7e]+", formatter.format(record))
    assert "\x1b" not in visible(hostile)


def test_24_what_a_spreadsheet_would_run_is_exported_by_no_route(explainer: Explainer):
    """Gradio CVE-2022-24770: formulas in CSV files. No route writes CSV; the command line's is tested beside it."""
    app = app_with(explainer)
    media = {
        name for methods in app.openapi()["paths"].values() for operation in methods.values()
        for answer in operation["responses"].values() for name in answer.get("content", {})
    }  # fmt: skip
    citations = {
        "application/x-bibtex", "application/vnd.citationstyles.csl+json", "application/x-research-info-systems",
        "text/markdown",
    }  # fmt: skip
    assert media <= {"application/json", "application/problem+json", "text/event-stream", "text/plain", *citations}


def test_a_compressed_body_is_never_unpacked(explainer: Explainer):
    """Threat N1: a bomb in a request; nothing here unpacks one, so it is bytes that are no JSON."""
    bomb = gzip.compress(b"[" * 10_000_000)
    headers = {**JSON, "Content-Encoding": "gzip"}
    assert asgi.ask(app_with(explainer), "POST", "/v1/ask", headers=headers, body=bomb).status == 422


def test_the_command_line_pays_nothing_for_the_edge(tmp_path: Path):
    """Cold answers on the command line import neither the limiter nor the figures."""
    script = (
        "import sys\nfrom pullquote import explainer, cli, settings, feedback, terminal, wire\n"
        "assert not {'limits', 'prometheus_client', 'fastapi', 'uvicorn'} & set(sys.modules)"
    )
    environ = {"PYTHONPATH": ":".join(sys.path)}
    subprocess.run([sys.executable, "-c", script], check=True, env=environ)
