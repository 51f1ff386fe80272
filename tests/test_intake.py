"""Bodies: taken in whole, within their size, time and depth, and read as one parser reads them."""

import asyncio
import json
import threading
import time
import tracemalloc
from dataclasses import replace

import asgi
import pytest
from fastapi import FastAPI
from growth import assert_in_proportion
from starlette.types import Message

from pullquote.answers.explainer import Explainer
from pullquote.api import intake
from pullquote.api.app import create_app
from pullquote.api.intake import MAX_VALUES, Unfit, bare, check_json, nesting, values

JSON = {"Content-Type": "application/json"}
LIMIT = 2_000
ASK = '{"question": "Who should pay for a road?"%s}'


@pytest.fixture(scope="module")
def app(explainer: Explainer) -> FastAPI:
    settings = replace(explainer.settings, max_body=LIMIT, body_seconds=1, max_json_depth=6)
    return create_app(Explainer(settings, explainer._ready))


def post(app: FastAPI, body: bytes | list[bytes], path: str = "/v1/ask", **headers: str) -> asgi.Reply:
    return asgi.ask(app, "POST", path, headers={**JSON, **headers}, body=body)


def filled(size: int) -> bytes:
    return (ASK % "").encode().ljust(size)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat", "/v1/verify", "/v1/feedback", "/report", "/", "/v1/nothing"])
def test_a_body_at_the_limit_is_read_and_a_byte_more_is_not_with_and_without_a_stated_length(app: FastAPI, path: str):
    assert post(app, filled(LIMIT), path).status != 413
    assert post(app, [filled(LIMIT)[:900], filled(LIMIT)[900:]], path).status != 413
    for body in (filled(LIMIT + 1), [filled(LIMIT)[:900], filled(LIMIT + 1)[900:], b"and so on"]):
        reply = post(app, body, path)
        assert (reply.status, reply.json["type"]) == (413, "too-large")
        assert reply.headers["connection"] == "close"


@pytest.mark.parametrize("stated", ["2001", "9" * 30])
def test_a_stated_length_over_the_limit_is_refused_before_anything_is_read(app: FastAPI, stated: str):
    reply = asgi.ask(app, "POST", "/v1/ask", headers={**JSON, "Content-Length": stated})
    assert (reply.status, reply.received) == (413, 0)


@pytest.mark.parametrize("stated", ["1", "-1", "x", "0"])
def test_a_length_that_lies_gets_nothing_past_the_limit(app: FastAPI, stated: str):
    reply = asgi.ask(app, "POST", "/v1/ask", headers={**JSON, "Content-Length": stated}, body=[filled(1_500)] * 2)
    assert reply.status == 413


def test_where_two_headers_tell_the_bodys_end_the_connection_ends_after_the_answer(app: FastAPI):
    body = [b'{"question": "Who should pay for a road?"}']
    assert "connection" not in post(app, body).headers
    reply = post(app, body, **{"Content-Length": "5"})
    assert (reply.status, reply.headers["connection"]) == (200, "close")


def test_an_endless_body_costs_no_more_memory_than_the_limit(app: FastAPI):
    tracemalloc.start()
    reply = post(app, [b"x" * 500] * 100_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (reply.status, reply.received) == (413, 5)
    assert peak < 3_000_000


def test_a_body_that_does_not_arrive_in_time_is_let_go(app: FastAPI):
    async def drip() -> Message:
        await asyncio.sleep(0.2)
        return {"type": "http.request", "body": b" ", "more_body": True}

    begun = time.perf_counter()
    reply = asgi.ask(app, "POST", "/v1/ask", headers={**JSON, "Transfer-Encoding": "chunked"}, receive=drip)
    assert (reply.status, reply.json["type"]) == (408, "too-slow")
    assert reply.headers["connection"] == "close"
    assert time.perf_counter() - begun > 0.9  # how long after is the machine's business


def test_who_leaves_while_sending_costs_no_work(app: FastAPI, monkeypatch: pytest.MonkeyPatch):
    asked: list[object] = []
    monkeypatch.setattr(app.state.explainer, "ask", asked.append)
    pieces = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])

    async def leaving() -> Message:
        return next(pieces)

    assert asgi.ask(app, "POST", "/v1/ask", headers=JSON, receive=leaving).status == 0
    assert not asked


# Depth


def nested(depth: int) -> str:
    """A body whose brackets are so deep, its own included."""
    return ASK % f', "history": {"[" * (depth - 1)}{"]" * (depth - 1)}'


def test_nesting_at_the_limit_is_read_and_one_more_is_not(app: FastAPI):
    at, over = post(app, nested(6).encode()), post(app, nested(7).encode())
    assert "history" in at.json["detail"]
    assert (over.status, over.json["detail"]) == (422, "body: is nested more than 6 deep")


@pytest.mark.parametrize("body", [b"[" * 1_900, b'{"a":' * 350, b"[[]" * 600, b"[" * 900 + b"]" * 900])
def test_a_well_of_brackets_is_refused_without_a_parser(app: FastAPI, body: bytes):
    assert "nested more than 6 deep" in post(app, body).json["detail"]


@pytest.mark.parametrize(("text", "depth"), [
    ("", 0), ("[]", 1), ('{"a": [1]}', 2), ('"[[["', 0), ('["[[[", "]"]', 1), (r'["\"[[[", []]', 2),
    (r'["\\", [[]]]', 3), (r'["\\\"[[["]', 1), ("]]]][", 0), ("[][][]", 1),
])  # fmt: skip
def test_depth_counts_brackets_outside_of_strings(text: str, depth: int):
    assert max(nesting(bare(text.encode())), 0) == depth


def test_depth_of_a_full_body_is_told_in_a_blink():
    for piece in (b'["a\\"[", ', b"[]", b'"', b"\\"):
        assert_in_proportion(lambda size, piece=piece: lambda: nesting(bare(piece * (size // len(piece)))), 4_000_000)


# Values


@pytest.mark.parametrize(("text", "count"), [
    ("1", 1), ('"[,:{"', 1), ("[1, 2]", 3), ('{"a": 1, "b": [2, 3]}', 7), (r'["a\",", "b"]', 3),
])  # fmt: skip
def test_values_and_names_are_counted_outside_of_strings(text: str, count: int):
    assert values(bare(text.encode())) == count


@pytest.mark.parametrize("value", [b"{}", b'{"a":1}', b"1", b'"a"', b"[1]"])
def test_a_body_of_more_values_than_any_route_takes_is_refused_before_one_is_made(
    monkeypatch: pytest.MonkeyPatch, value: bytes
):
    made: list[object] = []
    monkeypatch.setattr(intake.json, "loads", lambda text, **options: made.append(text))
    check_json(b"[" + b",".join([value] * (MAX_VALUES // 4)) + b"]", depth=5)
    assert len(made) == 1
    with pytest.raises(Unfit, match=f"more than {MAX_VALUES} values"):
        check_json(b"[" + b",".join([value] * MAX_VALUES) + b"]", depth=5)
    assert len(made) == 1


def test_a_large_body_is_checked_while_others_are_answered(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    where: list[threading.Thread] = []
    real = intake.check_json

    def check(body: bytes, *, depth: int) -> None:
        where.append(threading.current_thread())
        real(body, depth=depth)

    monkeypatch.setattr(intake, "check_json", check)
    app = create_app(explainer)
    assert post(app, filled(intake.SMALL)).status == post(app, filled(intake.SMALL + 1)).status == 200
    assert [thread is threading.main_thread() for thread in where] == [True, False]


# What parsers read differently


@pytest.mark.parametrize(("body", "reason"), [
    (ASK % ', "question": "Do tolls work?"', "a name stands twice"),
    (ASK % ', "history": [{"question": "a", "question": "b"}]', "a name stands twice"),
    (ASK % ', "qu\\u0065stion": "b"', "a name stands twice"),
    (ASK % ', "max_quotes": NaN', "NaN and Infinity"),
    (ASK % ', "max_quotes": -Infinity', "NaN and Infinity"),
    (ASK % ', "max_quotes": 1e999', "max_quotes"),
    (ASK % ', "max_quotes": -1e999', "max_quotes"),
    (ASK % f', "max_quotes": {"9" * 1_500}', ""),
])  # fmt: skip
def test_what_is_no_plain_json_is_refused_and_not_echoed(app: FastAPI, body: str, reason: str):
    reply = post(app, body.encode())
    assert reply.status in (400, 422)
    assert reason in reply.json["detail"]
    assert "999" not in reply.json["detail"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_json_is_utf_8_and_nothing_else(app: FastAPI, encoding: str):
    body = json.dumps({"question": "Who should pay for a röad?"}, ensure_ascii=False).encode(encoding)
    assert post(app, body).status in (400, 422)


def test_what_is_no_json_at_all_is_left_to_the_route_that_names_the_place():
    check_json(b'{"question": ', depth=5)
    with pytest.raises(Unfit, match="twice"):
        check_json(b'{"a": 1, "a": 2}', depth=5)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_form_that_another_site_may_post_unasked_is_never_taken_for_json(app: FastAPI, kind: str):
    assert post(app, filled(100), **{"Content-Type": kind}).status == 422


@pytest.mark.parametrize("value", ['"\\ud800"', '"why \\ud800 tolls"', '"\\udc00\\ud800"', '"\\u0000"', '"a\\u0000b"'])
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat", "/v1/verify"])
def test_input_that_cannot_be_encoded_never_breaks_the_answer_that_mentions_it(app: FastAPI, path: str, value: str):
    field = "quote" if path == "/v1/verify" else "question"
    for body in (f'{{"{field}": {value}}}', f'{{"{field}": "tolls", {value}: 1}}', f'{{"{field}": [{value}]}}'):
        reply = post(app, body.encode())
        assert reply.status in (200, 422)
        reply.body.decode("utf-8")
