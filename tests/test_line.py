"""The waiting line: bounded, fair, emptied by those who leave, and free again afterwards."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import asgi
import pytest
from fastapi import FastAPI
from starlette.types import Message

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.app import create_app
from pullquote.api.intake import Line, Outcome, at_work

BODY = b'{"question": "Who should pay for a road?"}'
JSON = {"Content-Type": "application/json"}


async def staying() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


async def leaving() -> Message:
    return {"type": "http.disconnect"}


async def waits_in(line: Line, count: int) -> None:
    async with asyncio.timeout(30):
        while line.waiting != count:  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.001)


def run(scene: Callable[[], Awaitable[Any]]) -> Any:
    async def bounded() -> Any:
        async with asyncio.timeout(60):
            return await scene()

    return asyncio.run(bounded())


def test_at_the_limit_one_waits_and_one_more_is_sent_away():
    async def scene() -> None:
        line = Line(at_work=2, waiting=1, seconds=5)
        assert [await line.enter(staying) for _ in range(2)] == [Outcome.WORK] * 2
        assert not line.full
        third = asyncio.create_task(line.enter(staying))
        await waits_in(line, 1)
        assert line.full
        assert await line.enter(staying) is Outcome.FULL
        line.leave()
        assert await third is Outcome.WORK
        line.leave()
        line.leave()
        assert (line.working, line.waiting) == (0, 0)

    run(scene)


def test_turns_come_in_the_order_of_arrival():
    async def scene() -> list[int]:
        line, order = Line(at_work=1, waiting=5, seconds=5), []

        async def work(number: int) -> None:
            assert await line.enter(staying) is Outcome.WORK
            order.append(number)
            line.leave()

        await line.enter(staying)
        tasks = []
        for number in range(5):
            tasks.append(asyncio.create_task(work(number)))
            await waits_in(line, number + 1)
        line.leave()
        await asyncio.gather(*tasks)
        return order

    assert run(scene) == [0, 1, 2, 3, 4]


def test_who_waits_too_long_is_told_and_who_left_makes_room():
    async def scene() -> None:
        line = Line(at_work=1, waiting=5, seconds=0.05)
        await line.enter(staying)
        assert await line.enter(staying) is Outcome.LATE
        assert await line.enter(leaving) is Outcome.GONE
        assert (line.working, line.waiting) == (1, 0)
        line.leave()
        assert await line.enter(staying) is Outcome.WORK
        assert line.counts == {Outcome.WORK: 2, Outcome.FULL: 0, Outcome.LATE: 1, Outcome.GONE: 1}

    run(scene)


def test_who_breaks_while_waiting_takes_no_turn_along():
    async def breaking() -> Message:
        raise ConnectionResetError

    async def scene() -> None:
        line = Line(at_work=1, waiting=5, seconds=5)
        await line.enter(staying)
        with pytest.raises(ConnectionResetError):
            await line.enter(breaking)
        assert (line.working, line.waiting) == (1, 0)
        line.leave()
        assert await line.enter(staying) is Outcome.WORK

    run(scene)


def test_a_turn_given_to_one_who_leaves_in_that_moment_is_passed_on():
    async def scene() -> None:
        for _ in range(50):
            line, left = Line(at_work=1, waiting=5, seconds=5), asyncio.Event()

            async def hanging_up(left: asyncio.Event = left) -> Message:
                await left.wait()
                return {"type": "http.disconnect"}

            await line.enter(staying)
            first, second = (asyncio.create_task(line.enter(who)) for who in (hanging_up, staying))
            await waits_in(line, 2)
            left.set()
            line.leave()
            turns = await asyncio.gather(first, second)
            assert turns[1] is Outcome.WORK or turns[0] is Outcome.WORK
            if turns[0] is Outcome.WORK:
                line.leave()
            line.leave()
            assert (line.working, line.waiting) == (0, 0)

    run(scene)


def test_who_is_cancelled_leaves_no_trace():
    async def scene() -> None:
        line = Line(at_work=1, waiting=5, seconds=5)
        await line.enter(staying)
        for hand_over in (False, True):
            task = asyncio.create_task(line.enter(staying))
            await waits_in(line, 1)
            if hand_over:
                line.leave()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (line.working, line.waiting) == (0, 0)

    run(scene)


def test_without_a_setting_the_line_has_places_for_this_machine(explainer: Explainer):
    assert at_work(explainer.settings) == len(os.sched_getaffinity(0)) + 2
    assert at_work(replace(explainer.settings, workers=3)) == 3


# Around the application


class Slow:
    """An explainer whose answers wait until they may go on."""

    def __init__(self, explainer: Explainer, monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
        settings = replace(explainer.settings, **{"workers": 2, "max_queue": 2, "queue_seconds": 1, **values})
        self.explainer = Explainer(settings, explainer._ready)
        self.app: FastAPI = create_app(self.explainer)
        self.line: Line = self.app.state.line
        self.go, self.asked = threading.Event(), 0
        answer = self.explainer.ask

        def ask(query: Query) -> object:
            self.asked += 1
            self.go.wait(30)
            return answer(query)

        monkeypatch.setattr(self.explainer, "ask", ask)

    def begin(self, count: int, path: str = "/v1/ask") -> "list[asyncio.Task[asgi.Reply]]":
        return [
            asyncio.create_task(asgi.request(self.app, "POST", path, headers=JSON, body=BODY)) for _ in range(count)
        ]

    async def busy(self, *, working: int, waiting: int) -> None:
        async with asyncio.timeout(30):
            while (self.line.working, self.line.waiting) != (working, waiting) or self.asked < working:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.005)

    async def free(self) -> None:
        async with asyncio.timeout(30):
            while self.line.working:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.005)


@pytest.fixture
def slow(explainer: Explainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    slow = Slow(explainer, monkeypatch)
    yield slow
    slow.go.set()


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat"])
def test_beyond_the_line_is_503_with_the_time_to_come_again_and_afterwards_all_is_as_before(slow: Slow, path: str):
    async def scene() -> None:
        tasks = slow.begin(4, path)
        await slow.busy(working=2, waiting=2)
        refused = await asgi.request(slow.app, "POST", path, headers=JSON, body=BODY)
        assert (refused.status, refused.json["type"], refused.headers["retry-after"]) == (503, "busy", "1")
        assert refused.received == 0
        slow.go.set()
        assert [reply.status for reply in await asyncio.gather(*tasks)] == [200] * 4
        assert (slow.line.working, slow.line.waiting) == (0, 0)
        assert {reply.status for reply in await asyncio.gather(*slow.begin(2, path))} == {200}

    run(scene)


def test_waiting_too_long_is_503(slow: Slow):
    async def scene() -> None:
        tasks = slow.begin(3)
        await slow.busy(working=2, waiting=1)
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED, timeout=29)
        assert [task.result().status for task in done] == [503]
        assert not slow.go.is_set()
        slow.go.set()
        assert sorted(reply.status for reply in await asyncio.gather(*tasks)) == [200, 200, 503]
        assert slow.asked == 2

    run(scene)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/widget.js", "/embed", "/openapi.json"])
def test_health_and_scripts_never_wait(slow: Slow, path: str):
    async def scene() -> None:
        tasks = slow.begin(4)
        await slow.busy(working=2, waiting=2)
        assert (await asgi.request(slow.app, "GET", path)).status == 200
        assert (slow.line.working, slow.go.is_set()) == (2, False)
        slow.go.set()
        await asyncio.gather(*tasks)

    run(scene)


def test_the_operators_figures_never_wait(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    slow = Slow(explainer, monkeypatch, admin_key="the-operators-own-key")

    async def scene() -> None:
        tasks = slow.begin(4)
        await slow.busy(working=2, waiting=2)
        shown = await asgi.request(slow.app, "GET", "/metrics", headers={"X-API-Key": "the-operators-own-key"})
        assert (shown.status, b"pullquote_line_waiting 2.0" in shown.body) == (200, True)
        assert (await asgi.request(slow.app, "GET", "/metrics")).status == 401
        slow.go.set()
        await asyncio.gather(*tasks)

    run(scene)


def test_a_client_that_goes_away_leaves_the_line_and_its_question_is_never_asked(slow: Slow):
    async def scene() -> None:
        tasks = slow.begin(2)
        await slow.busy(working=2, waiting=0)
        pieces = iter([{"type": "http.request", "body": BODY, "more_body": False}])
        gone = asyncio.Event()

        async def hanging_up() -> Message:
            for piece in pieces:
                return piece
            await gone.wait()
            return {"type": "http.disconnect"}

        left = asyncio.create_task(asgi.request(slow.app, "POST", "/v1/ask", headers=JSON, receive=hanging_up))
        await slow.busy(working=2, waiting=1)
        gone.set()
        assert (await left).status == 0
        assert slow.line.waiting == 0
        slow.go.set()
        assert {reply.status for reply in await asyncio.gather(*tasks)} == {200}
        assert slow.asked == 2

    run(scene)


def test_a_slow_sender_holds_no_turn(slow: Slow):
    async def scene() -> None:
        arrived = asyncio.Event()
        pieces = iter([{"type": "http.request", "body": BODY[:5], "more_body": True}])

        async def dripping() -> Message:
            for piece in pieces:
                return piece
            await arrived.wait()
            return {"type": "http.request", "body": BODY[5:], "more_body": False}

        slow.go.set()
        senders = [
            asyncio.create_task(asgi.request(slow.app, "POST", "/v1/ask", headers=JSON, receive=dripping))
            for _ in range(20)
        ]
        await asyncio.sleep(0.05)
        assert slow.line.working == 0
        assert {reply.status for reply in await asyncio.gather(*slow.begin(2))} == {200}
        for sender in senders:
            sender.cancel()

    run(scene)


@pytest.mark.parametrize(
    ("method", "path", "body"), [("GET", "/v1/documents/helmets", b""), ("POST", "/v1/chat", BODY)]
)
def test_a_slow_reader_of_a_document_or_a_stream_holds_no_turn(slow: Slow, method: str, path: str, body: bytes):
    async def scene() -> None:
        slow.go.set()
        reading, go_on = asyncio.Event(), asyncio.Event()

        async def send(message: Message) -> None:
            if message["type"] == "http.response.body":
                reading.set()
                await go_on.wait()

        scope = asgi.scope_of(method, path, JSON, asgi.PEER)
        pieces = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Message:
            for piece in pieces:
                return piece
            return await staying()

        task = asyncio.create_task(slow.app(scope, receive, send))
        await reading.wait()
        await slow.free()
        go_on.set()
        await task

    run(scene)


def test_an_error_gives_its_turn_back(slow: Slow, monkeypatch: pytest.MonkeyPatch):
    def broken(query: Query) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(slow.explainer, "ask", broken)

    async def scene() -> None:
        assert {reply.status for reply in await asyncio.gather(*slow.begin(2))} == {500}
        assert slow.line.working == 0
        assert (await asgi.request(slow.app, "POST", "/v1/ask", headers=JSON, body=b"{")).status == 422
        assert slow.line.working == 0

    run(scene)


def test_a_line_of_no_length_sends_away_at_once(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    slow = Slow(explainer, monkeypatch, workers=1, max_queue=0)

    async def scene() -> None:
        tasks = slow.begin(1)
        await slow.busy(working=1, waiting=0)
        assert (await slow.begin(1)[0]).status == 503
        slow.go.set()
        assert (await tasks[0]).status == 200

    run(scene)
