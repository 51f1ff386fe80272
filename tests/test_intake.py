"""What a request waits for: its body, whole and within its size, time and depth, then its turn to be worked on."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asgi
import pytest
from asgi import app_with
from fastapi import FastAPI
from starlette.types import Message

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.intake import MAX_VALUES, RequestQueue, TurnOutcome, Unfit, check_json
from pullquote.errors import spend

JSON = {"Content-Type": "application/json"}
LIMIT = 2_000
ASK = '{"question": "Who should pay for a road?"%s}'
BODY = (ASK % "").encode()


@pytest.fixture(scope="module")
def app(explainer: Explainer) -> FastAPI:
    return app_with(explainer, max_body=LIMIT, body_seconds=1, max_json_depth=6)


def post(
    app: FastAPI, body: bytes | list[bytes], path: str = "/v1/ask", **headers: str
) -> asgi.Reply:
    return asgi.ask(app, "POST", path, headers={**JSON, **headers}, body=body)


def filled(size: int) -> bytes:
    return BODY.ljust(size)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat", "/v1/verify", "/report", "/v1/nothing"])
def test_a_body_at_the_limit_is_read_and_a_byte_more_is_not_with_and_without_a_stated_length(
    app: FastAPI, path: str
):
    assert post(app, filled(LIMIT), path).status != 413
    assert post(app, [filled(LIMIT)[:900], filled(LIMIT)[900:]], path).status != 413
    for body in (filled(LIMIT + 1), [filled(LIMIT)[:900], filled(LIMIT + 1)[900:], b"and so on"]):
        reply = post(app, body, path)
        assert (reply.status, reply.json["type"], reply.headers["connection"]) == (
            413,
            "too-large",
            "close",
        )


@pytest.mark.parametrize(
    ("stated", "received"), [("2001", 0), ("9" * 30, 0), ("1", 2), ("-1", 2), ("x", 2)]
)
def test_a_stated_length_over_the_limit_is_refused_unread_and_a_lie_gets_nothing_past_it(
    app, stated: str, received: int
):
    reply = asgi.ask(
        app, "POST", "/v1/ask", headers={**JSON, "Content-Length": stated}, body=[filled(1_500)] * 2
    )
    assert (reply.status, reply.received) == (413, received)


def test_a_body_that_drips_is_let_go_though_each_byte_comes_soon(app: FastAPI):
    drops: list[bytes] = []

    async def drip() -> Message:
        await asyncio.sleep(0.2)
        drops.append(b" ")
        return {"type": "http.request", "body": drops[-1], "more_body": True}

    reply = asgi.ask(
        app, "POST", "/v1/ask", headers={**JSON, "Transfer-Encoding": "chunked"}, receive=drip
    )
    assert (reply.status, reply.json["type"], reply.headers["connection"]) == (
        408,
        "too-slow",
        "close",
    )
    assert len(drops) < 9


def nested(depth: int) -> bytes:
    """A body whose brackets are so deep, its own included."""
    return (ASK % f', "history": {"[" * (depth - 1)}{"]" * (depth - 1)}').encode()


def test_nesting_at_the_limit_is_read_and_one_more_is_not(app: FastAPI):
    assert "history" in post(app, nested(6)).json["detail"]
    assert post(app, nested(7)).json["detail"] == "body: is nested more than 6 deep"
    assert "history" in post(app, (ASK % ', "history": ["[[[[[[[["]').encode()).json["detail"]
    for well in (b"[" * 1_900, b'{"a":' * 350, b"[" * 900 + b"]" * 900):
        assert post(app, well).status == 422


@pytest.mark.parametrize("value", [b"{}", b'{"a":1}', b"1", b'"a"', b"[1]"])
def test_a_body_of_more_values_than_any_route_takes_is_refused(value: bytes):
    check_json(b"[" + b",".join([value] * (MAX_VALUES // 4)) + b"]", depth=5)
    with pytest.raises(Unfit, match=f"more than {MAX_VALUES} values"):
        check_json(b"[" + b",".join([value] * MAX_VALUES) + b"]", depth=5)


@pytest.mark.parametrize(("more", "reason"), [
    (', "question": "Do tolls work?"', "a name stands twice"), (', "qu\\u0065stion": "b"', "a name stands twice"),
    (', "history": [{"question": "a", "question": "b"}]', "a name stands twice"), (', "max_quotes": NaN', "NaN and Infinity"),
    (', "max_quotes": -Infinity', "NaN and Infinity"), (', "max_quotes": 1e999', "max_quotes"),
    (f', "max_quotes": {"9" * 1_500}', ""),
])  # fmt: skip
def test_what_parsers_read_differently_is_refused_and_not_echoed(
    app: FastAPI, more: str, reason: str
):
    reply = post(app, (ASK % more).encode())
    assert (reply.status, reason in reply.json["detail"], "999" in reply.json["detail"]) == (
        422,
        True,
        False,
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_json_is_utf_8_and_nothing_else(app: FastAPI, encoding: str):
    body = json.dumps({"question": "Who should pay for a röad?"}, ensure_ascii=False).encode(
        encoding
    )
    assert post(app, body).status in (400, 422)


# The line


async def staying() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def leaving() -> Message:
    return {"type": "http.disconnect"}


async def breaking() -> Message:
    raise ConnectionResetError


async def until(fact: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not fact():  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.002)


def run(scene: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(60):
            return await scene()

    return asyncio.run(bounded())


def test_at_the_limit_one_waits_one_more_is_sent_away_and_turns_come_in_order():
    async def scene() -> None:
        line, order = RequestQueue(at_work=1, waiting=3, seconds=5), []

        async def work(number: int) -> None:
            assert await line.enter(staying) is TurnOutcome.WORK
            order.append(number)
            line.leave()

        assert await line.enter(staying) is TurnOutcome.WORK
        tasks = []
        for number in range(3):
            assert not line.full
            tasks.append(asyncio.create_task(work(number)))
            await until(lambda number=number: line.waiting == number + 1)
        assert line.full
        assert await line.enter(staying) is TurnOutcome.FULL
        line.leave()
        await asyncio.gather(*tasks)
        assert (order, line.working, line.waiting) == ([0, 1, 2], 0, 0)

    run(scene)


def test_who_waits_too_long_leaves_breaks_or_is_cancelled_takes_no_turn_along():
    async def scene() -> None:
        line = RequestQueue(at_work=1, waiting=5, seconds=0.2)
        await line.enter(staying)
        assert await line.enter(staying) is TurnOutcome.LATE
        assert await line.enter(leaving) is TurnOutcome.GONE
        with pytest.raises(ConnectionResetError):
            await line.enter(breaking)
        for hand_over in (False, True):
            task = asyncio.create_task(line.enter(staying))
            await until(lambda: line.waiting == 1)
            if hand_over:
                line.leave()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (line.working, line.waiting) == (0, 0)
        assert await line.enter(staying) is TurnOutcome.WORK
        assert line.counts == {
            TurnOutcome.WORK: 2,
            TurnOutcome.FULL: 0,
            TurnOutcome.LATE: 1,
            TurnOutcome.GONE: 1,
        }

    run(scene)


class Slow:
    """An application whose answers wait until they may go on."""

    def __init__(self, explainer: Explainer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = app_with(
            explainer, workers=2, max_queue=2, queue_seconds=1, admin_key="the-operators-own-key"
        )
        self.line: RequestQueue = self.app.state.line
        self.go, self.asked = threading.Event(), 0
        answer = explainer.ask

        def ask(query: Query) -> object:
            self.asked += 1
            while not self.go.wait(0.01):
                spend()
            return answer(query)

        monkeypatch.setattr(self.app.state.explainer, "ask", ask)

    def begin(
        self, count: int, path: str = "/v1/ask", **options: object
    ) -> "list[asyncio.Task[asgi.Reply]]":
        given = {"body": BODY, **options}
        return [
            asyncio.create_task(asgi.request(self.app, "POST", path, headers=JSON, **given))
            for _ in range(count)
        ]

    async def busy(self, working: int, waiting: int) -> None:
        await until(
            lambda: (
                (self.line.working, self.line.waiting) == (working, waiting)
                and self.asked >= working
            )
        )


@pytest.fixture
def slow(explainer: Explainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(explainer, monkeypatch)
    yield slow
    slow.go.set()


def test_a_client_that_goes_away_leaves_the_line_or_ends_its_work_and_its_turn_is_free(slow: Slow):
    def until_gone(gone: asyncio.Event) -> Callable[[], Awaitable[Message]]:
        pieces = iter([{"type": "http.request", "body": BODY, "more_body": False}])

        async def receive() -> Message:
            for piece in pieces:
                return piece
            await gone.wait()
            return {"type": "http.disconnect"}

        return receive

    async def scene() -> None:
        [other], gone, left = slow.begin(1), [asyncio.Event(), asyncio.Event()], []
        for waiting, one in enumerate(gone):
            left += slow.begin(1, receive=until_gone(one))
            await slow.busy(2, waiting)
        for one, task in reversed(list(zip(gone, left, strict=True))):
            one.set()
            assert (await task).status == 0
        await slow.busy(1, 0)
        slow.go.set()
        assert ((await other).status, slow.asked, slow.line.waiting) == (200, 2, 0)

    run(scene)


def test_work_that_takes_more_of_the_processor_than_it_may_is_stopped_and_told_so(
    explainer, monkeypatch
):
    app = app_with(explainer, workers=1, cpu_seconds=0.05)
    monkeypatch.setattr(app.state.explainer, "ask", lambda query: [*iter(spend, 0)])
    told, streamed = post(app, BODY), post(app, BODY, "/v1/chat")
    assert (told.status, told.headers["content-type"]) == (503, "application/problem+json")
    assert (told.json["type"], "than the 0.05 seconds of the processor" in told.json["detail"]) == (
        "too-costly",
        True,
    )
    assert asgi.events_of(streamed.body.decode())[-1][1]["type"] == "too-costly"
    assert app.state.line.working == 0


@pytest.mark.parametrize(("path", "body"), [
    ("/v1/ask", BODY), ("/v1/sides", b'{"proposition": "Drivers should pay for roads."}'), ("/v1/verify", b'{"quote": "Not there."}'),
    ("/v1/search?q=bus", b""), ("/v1/documents", b""), ("/documents/helmets", b""), ("/v1/report", b""),
])  # fmt: skip
def test_every_kind_of_long_work_looks_at_what_it_may_take(
    explainer: Explainer, tmp_path, path: str, body: bytes
):
    app = app_with(
        explainer, cpu_seconds=0, store=tmp_path / "records.db", admin_key="the-operators-own-key"
    )
    headers = {**JSON, "X-API-Key": "the-operators-own-key"}
    reply = asgi.ask(app, "POST" if body else "GET", path, headers=headers, body=body)
    assert (reply.status, reply.json["type"]) == (503, "too-costly")
