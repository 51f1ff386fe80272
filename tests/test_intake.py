"""What a request waits for: its body, whole and within its size, time and depth, then its turn to be worked on."""

import asyncio
import threading

import asgi
import pytest
from asgi import app_with

from pullquote.api.intake import MAX_VALUES, RequestQueue, TurnOutcome, Unfit, check_json
from pullquote.errors import spend

JSON = {"Content-Type": "application/json"}
LIMIT = 2_000
ASK = '{"question": "Who should pay for a road?"%s}'
BODY = (ASK % "").encode()


@pytest.fixture(scope="module")
def app(explainer):
    return app_with(explainer, max_body=LIMIT, body_seconds=1, max_json_depth=6)


def post(app, body, path="/v1/ask", headers=(), **options):
    return asgi.ask(app, "POST", path, headers={**JSON, **dict(headers)}, body=body, **options)


def refusal(reply):
    return reply.status, reply.json["type"], reply.headers.get("connection")


def filled(size):
    return BODY.ljust(size)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat", "/v1/verify", "/report", "/v1/nothing"])
def test_a_body_at_the_limit_is_read_and_a_byte_more_is_not(app, path):
    assert post(app, filled(LIMIT), path).status != 413
    assert post(app, [filled(LIMIT)[:900], filled(LIMIT)[900:]], path).status != 413
    for body in (filled(LIMIT + 1), [filled(LIMIT)[:900], filled(LIMIT + 1)[900:], b"and so on"]):
        assert refusal(post(app, body, path)) == (413, "too-large", "close")


@pytest.mark.parametrize(
    ("stated", "received"), [("2001", 0), ("9" * 30, 0), ("1", 2), ("-1", 2), ("x", 2)]
)
def test_a_stated_length_over_the_limit_is_refused_unread_and_a_lie_helps_not(
    app, stated, received
):
    reply = post(app, [filled(1_500)] * 2, headers={"Content-Length": stated})
    assert (reply.status, reply.received) == (413, received)


def test_a_body_that_drips_is_let_go_though_each_byte_comes_soon(app):
    drops = []

    async def drip():
        await asyncio.sleep(0.2)
        drops.append(b" ")
        return {"type": "http.request", "body": drops[-1], "more_body": True}

    reply = post(app, b"", headers={"Transfer-Encoding": "chunked"}, receive=drip)
    assert refusal(reply) == (408, "too-slow", "close")
    assert len(drops) < 9


def nested(depth):
    """A body whose brackets are so deep, its own included."""
    return (ASK % f', "history": {"[" * (depth - 1)}{"]" * (depth - 1)}').encode()


def test_nesting_at_the_limit_is_read_and_one_more_is_not(app):
    assert "history" in post(app, nested(6)).json["detail"]
    assert post(app, nested(7)).json["detail"] == "body: is nested more than 6 deep"
    assert "history" in post(app, (ASK % ', "history": ["[[[[[[[["]').encode()).json["detail"]
    for well in (b"[" * 1_900, b'{"a":' * 350, b"[" * 900 + b"]" * 900):
        assert post(app, well).status == 422


@pytest.mark.parametrize("value", [b"{}", b'{"a":1}', b"1", b'"a"', b"[1]"])
def test_a_body_of_more_values_than_any_route_takes_is_refused(value):
    check_json(b"[" + b",".join([value] * (MAX_VALUES // 4)) + b"]", depth=5)
    with pytest.raises(Unfit, match=f"more than {MAX_VALUES} values"):
        check_json(b"[" + b",".join([value] * MAX_VALUES) + b"]", depth=5)


@pytest.mark.parametrize(("more", "reason"), [
    (', "question": "Do tolls work?"', "a name stands twice"), (', "qu\\u0065stion": "b"', "a name stands twice"),
    (', "history": [{"question": "a", "question": "b"}]', "a name stands twice"), (', "max_quotes": NaN', "NaN and Infinity"),
    (', "max_quotes": -Infinity', "NaN and Infinity"), (', "max_quotes": 1e999', "max_quotes"),
    (f', "max_quotes": {"9" * 1_500}', ""),
])  # fmt: skip
def test_what_parsers_read_differently_is_refused_and_not_echoed(app, more, reason):
    reply = post(app, (ASK % more).encode())
    assert reply.status == 422
    assert reason in reply.json["detail"]
    assert "999" not in reply.json["detail"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_json_is_utf_8_and_nothing_else(app, encoding):
    body = '{"question": "Who should pay for a röad?"}'.encode(encoding)
    assert post(app, body).status in (400, 422)


# The line


async def staying():
    await asyncio.Event().wait()
    raise AssertionError


async def leaving():
    return {"type": "http.disconnect"}


async def breaking():
    raise ConnectionResetError


async def until(fact):
    async with asyncio.timeout(30):
        while not fact():  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.002)


def run(scene):
    async def bounded():
        async with asyncio.timeout(60):
            return await scene()

    return asyncio.run(bounded())


def test_at_the_limit_one_waits_one_more_is_sent_away_and_turns_come_in_order():
    async def scene():
        line, order = RequestQueue(at_work=1, waiting=3, seconds=5), []

        async def work(number):
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
    async def scene():
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
        counts = {outcome.name: count for outcome, count in line.counts.items()}
        assert counts == {"WORK": 2, "FULL": 0, "LATE": 1, "GONE": 1}

    run(scene)


class Slow:
    """An application whose answers wait until they may go on."""

    def __init__(self, explainer, monkeypatch):
        values = dict(workers=2, max_queue=2, queue_seconds=1)
        self.app = app_with(explainer, admin_key="the-operators-own-key", **values)
        self.line, self.go, self.asked = self.app.state.line, threading.Event(), 0
        answer = explainer.ask

        def ask(query):
            self.asked += 1
            while not self.go.wait(0.01):
                spend()
            return answer(query)

        monkeypatch.setattr(self.app.state.explainer, "ask", ask)

    def begin(self, **options):
        asked = asgi.request(self.app, "POST", "/v1/ask", headers=JSON, body=BODY, **options)
        return asyncio.create_task(asked)

    async def busy(self, *busy):
        await until(
            lambda: (self.line.working, self.line.waiting) == busy and self.asked >= busy[0]
        )


@pytest.fixture
def slow(explainer, monkeypatch):
    slow = Slow(explainer, monkeypatch)
    yield slow
    slow.go.set()


def test_a_client_that_goes_away_leaves_the_line_or_ends_its_work_and_its_turn_is_free(slow):
    def until_gone(gone):
        pieces = iter([{"type": "http.request", "body": BODY, "more_body": False}])

        async def receive():
            for piece in pieces:
                return piece
            await gone.wait()
            return {"type": "http.disconnect"}

        return receive

    async def scene():
        other, gone, left = slow.begin(), [asyncio.Event(), asyncio.Event()], []
        for waiting, one in enumerate(gone):
            left.append(slow.begin(receive=until_gone(one)))
            await slow.busy(2, waiting)
        for one, task in reversed(list(zip(gone, left, strict=True))):
            one.set()
            assert (await task).status == 0
        await slow.busy(1, 0)
        slow.go.set()
        assert ((await other).status, slow.asked, slow.line.waiting) == (200, 2, 0)

    run(scene)


def test_work_that_takes_more_of_the_processor_than_it_may_is_stopped(explainer, monkeypatch):
    app = app_with(explainer, workers=1, cpu_seconds=0.05)
    monkeypatch.setattr(app.state.explainer, "ask", lambda query: [*iter(spend, 0)])
    told, streamed = post(app, BODY), post(app, BODY, "/v1/chat")
    assert refusal(told)[:2] == (503, "too-costly")
    assert told.headers["content-type"] == "application/problem+json"
    assert "than the 0.05 seconds of processor time" in told.json["detail"]
    assert asgi.events_of(streamed.body.decode())[-1][1]["type"] == "too-costly"
    assert app.state.line.working == 0


@pytest.mark.parametrize(("path", "body"), [
    ("/v1/ask", BODY), ("/v1/sides", b'{"proposition": "Drivers should pay for roads."}'), ("/v1/verify", b'{"quote": "Not there."}'),
    ("/v1/search?q=bus", b""), ("/v1/documents", b""), ("/documents/helmets", b""), ("/v1/report", b""),
])  # fmt: skip
def test_every_kind_of_long_work_looks_at_what_it_may_take(explainer, tmp_path, path, body):
    key, store = "the-operators-own-key", tmp_path / "records.db"
    app = app_with(explainer, cpu_seconds=0, store=store, admin_key=key)
    headers = {**JSON, "X-API-Key": key}
    reply = asgi.ask(app, "POST" if body else "GET", path, headers=headers, body=body)
    assert refusal(reply)[:2] == (503, "too-costly")
