"""What a request passes before its route runs: pause and daily limit, body checks, the queue."""

import asyncio
import json
import math
import os
import re
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import chain
from typing import Any

from anyio import to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api.guard import adding, beyond
from pullquote.api.languages import STRINGS
from pullquote.api.responses import VISIT, Access, KeyKind, Layer, Visit, problem
from pullquote.errors import BUDGET, Budget
from pullquote.settings import Settings
from pullquote.upkeep.counts import Counts

MAX_VALUES = 10_000  # of a JSON body; the fullest that any route takes has a few hundred
TOO_LARGE = "the body is over the limit of this server"
SMALL = 65_536  # bytes up to which a body is checked at once: a thread would cost more
SPARE = 8  # threads for what never waits: health, scripts, the look for a newer index

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")  # of a letter, as JSON writes it
_DAY = 86_400  # seconds
_LISTED = ("debates", "suggestions", "documents", "documents/{document_id}", "feedback")
_LISTS = {f"/v1/{route}" for route in _LISTED}
_ANSWERING = {"/", "/answer", "/search", "/sides", "/disputes", "/card.png", "/oembed"}  # pages


@dataclass
class Unfit(Exception):
    """A body that is not read on: its status, why, and the kind of problem."""

    status: int
    detail: str
    kind: str = "invalid-request"


class Closed(Layer):
    """Answers no question while paused, nor beyond the day's total (UTC); sources stay readable.

    Who brings the admin key is neither held up nor counted.
    """

    def __init__(self, app: ASGIApp, *, paused: str | None, daily: int, counts: Counts) -> None:
        super().__init__(app)
        self._paused = STRINGS["told_paused"] if paused == "on" else paused
        self._daily, self._counts = daily, counts

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, or say that nothing is answered."""
        asks = _asks(VISIT.get(), scope["query_string"])
        if asks and self._paused:
            await problem(503, self._paused, kind="paused", scope=scope)(scope, receive, send)
        elif asks and self._daily and await self._spent():
            wait = {"Retry-After": str(math.ceil(_DAY - time.time() % _DAY))}
            detail = STRINGS["told_daily"]
            refusal = problem(429, detail, kind="daily-limit", headers=wait, scope=scope)
            await refusal(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _spent(self) -> bool:
        count, _ = await self._counts.count(f"day {int(time.time() // _DAY)}", _DAY)
        return count > self._daily


def _asks(visit: Visit, query: bytes) -> bool:
    """Whether a request is to be answered from the sources, and not only to show or list them."""
    if visit.kind is KeyKind.ADMIN:
        return False
    if visit.access is Access.SEARCH:
        return visit.template not in _LISTS
    return visit.template in _ANSWERING and (visit.template != "/" or b"&q=" in b"&" + query)


class Intake(Layer):
    """Reads the body and hands it on in one piece."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app)
        self._limit = settings.max_body
        self._seconds = settings.body_seconds
        self._depth = settings.max_json_depth

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 408, 413 or 422, or go on; who left meanwhile gets nothing."""
        try:
            body = await self._read(scope, receive)
            if body and b"json" in _header(scope, b"content-type"):
                check = partial(check_json, body, depth=self._depth)
                body = await to_thread.run_sync(check) if len(body) > SMALL else check()
        except Unfit as error:
            await problem(error.status, error.detail, kind=error.kind)(scope, receive, send)
            return
        if body is not None:
            message = {"type": "http.request", "body": body, "more_body": False}
            await self.app(scope, replaying(message, receive), send)

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        stated = _header(scope, b"content-length")
        if stated.isdigit() and (len(stated) > 18 or int(stated) > self._limit):
            raise Unfit(413, TOO_LARGE, "too-large")
        try:
            async with asyncio.timeout(self._seconds):
                return await self._parts(receive)
        except TimeoutError as error:
            late = f"the body did not arrive within {self._seconds} seconds"
            raise Unfit(408, late, "too-slow") from error

    async def _parts(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise Unfit(413, TOO_LARGE, "too-large")
            if not message.get("more_body", False):
                return bytes(body)


def _header(scope: Scope, wanted: bytes) -> bytes:
    values: Iterable[bytes] = (value for name, value in scope["headers"] if name == wanted)
    return next(iter(values), b"").lower()


def replaying(first: Message, receive: Receive) -> Receive:
    """A `receive` that gives a message that was taken already, then goes on."""
    left = [first]

    async def replay() -> Message:
        return left.pop() if left else await receive()

    return replay


def check_json(body: bytes, *, depth: int) -> bytes:
    """The body, with lone surrogates replaced by "?", so that every route can echo it.

    Refused: other encodings, repeated names, NaN and Infinity, and whatever is too large.

    Raises:
        Unfit: with 422. What is no JSON at all is left to the route, which names the place.
    """
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Unfit(422, "body: must be UTF-8") from error
    except RecursionError as error:
        raise Unfit(422, f"body: is nested more than {depth} deep") from error
    except ValueError:  # no JSON, or an integer of thousands of digits
        return body
    _check_size(value, depth)
    if _HALF.search(body):
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return body


def _check_size(value: Any, depth: int) -> None:
    level, count = [value], 0
    for deep in range(depth + 1):
        count += len(level)
        if count > MAX_VALUES:
            raise Unfit(422, f"body: holds more than {MAX_VALUES} values")
        containers = [nested for nested in level if isinstance(nested, (dict, list))]
        if deep == depth and containers:
            raise Unfit(422, f"body: is nested more than {depth} deep")
        values = (nested.values() if isinstance(nested, dict) else nested for nested in containers)
        level = list(chain.from_iterable(values))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Unfit(422, "body: a name stands twice in one object")
    return members


def _no_number(_: str) -> Any:
    raise Unfit(422, "body: NaN and Infinity are no JSON")


class CloseUnread(Layer):
    """Closes the connection after an answer that did not wait for the body.

    It also closes where two headers state the body's length, against request smuggling.
    """

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add `Connection: close` if the body is unread or its length is stated twice."""
        chunked, stated = _header(scope, b"transfer-encoding"), _header(scope, b"content-length")
        read = not chunked and stated in (b"", b"0")

        async def noting() -> Message:
            nonlocal read
            message = await receive()
            read = read or not message.get("more_body", False)
            return message

        async def closing(message: Message) -> None:
            close = not read or (chunked and stated)
            await (adding(send, {"Connection": "close"}) if close else send)(message)

        await self.app(scope, noting, closing)


# The line
class TurnOutcome(Enum):
    """What waiting came to."""

    WORK = "work"
    FULL = "full"
    LATE = "late"
    GONE = "gone"


def at_work(settings: Settings) -> int:
    """How many requests run at once: beyond the available cores they only delay each other."""
    if hasattr(os, "sched_getaffinity"):
        return settings.workers or len(os.sched_getaffinity(0)) + 2
    return settings.workers or (os.cpu_count() or 1) + 2


class RequestQueue:
    """A bounded queue, first come, first served. Belongs to one event loop; no call blocks."""

    def __init__(self, *, at_work: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self.working = 0
        self.counts = dict.fromkeys(TurnOutcome, 0)
        self._at_work, self._most = at_work, waiting
        self._waiters: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiters)

    @property
    def full(self) -> bool:
        """Whether whoever comes now is sent away."""
        return self.working >= self._at_work and self.waiting >= self._most

    async def enter(self, receive: Receive) -> TurnOutcome:
        """Wait for a turn; whoever got WORK must `leave`."""
        outcome = TurnOutcome.FULL
        if self.working < self._at_work:
            self.working += 1
            outcome = TurnOutcome.WORK
        elif not self.full:
            outcome = await self._wait(receive)
        self.counts[outcome] += 1
        return outcome

    async def _wait(self, receive: Receive) -> TurnOutcome:
        turn = asyncio.get_running_loop().create_future()
        gone = asyncio.ensure_future(_gone(receive))
        self._waiters.append(turn)
        outcome, first = TurnOutcome.LATE, asyncio.FIRST_COMPLETED
        try:
            await asyncio.wait({turn, gone}, timeout=self.seconds, return_when=first)
            if gone.done():
                outcome = gone.result()
            elif turn.done():
                outcome = TurnOutcome.WORK
        finally:
            gone.cancel()
            if outcome is not TurnOutcome.WORK and turn.done():
                self.leave()  # a turn that is lost never comes back
            elif outcome is not TurnOutcome.WORK:
                self._waiters.remove(turn)
        return outcome

    def leave(self) -> None:
        """Give the turn to the next who waits."""
        if self._waiters:
            self._waiters.popleft().set_result(None)
        else:
            self.working -= 1


async def _gone(receive: Receive) -> TurnOutcome:
    while (await receive())["type"] != "http.disconnect":
        pass
    return TurnOutcome.GONE


class TurnAway(Layer):
    """Says 503 to whoever comes while the line is full, before the body is read."""

    def __init__(self, app: ASGIApp, line: RequestQueue) -> None:
        super().__init__(app)
        self._line = line

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on where there is a place, on a connection for which there is room."""
        if beyond(scope, VISIT.get()) or (costs(VISIT.get()) and self._line.full):
            self._line.counts[TurnOutcome.FULL] += 1
            await self.busy(scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def busy(self, scope: Scope) -> ASGIApp:
        """The answer of a server that has its hands full."""
        headers = {"Retry-After": str(max(1, -int(-self._line.seconds // 1)))}
        detail = "too many are asking just now; try again shortly"
        return problem(503, detail, kind="busy", headers=headers, scope=scope)


class Waiting(TurnAway):
    """Queues every request that costs work, once its body has arrived.

    The work has a CPU budget, and stops at its next step when the client leaves or the
    server stops.
    """

    def __init__(self, app: ASGIApp, line: RequestQueue, seconds: float) -> None:
        super().__init__(app, line)
        self._seconds = seconds

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work when it is this request's turn, or answer 503."""
        if not costs(VISIT.get()):
            await self.app(scope, receive, send)
            return
        # whole, from the intake; what comes after it is that the client left
        body = await receive()
        outcome = await self._line.enter(receive)
        if outcome in (TurnOutcome.FULL, TurnOutcome.LATE):
            await self.busy(scope)(scope, receive, send)
        if outcome is TurnOutcome.WORK:
            await self._work(scope, body, receive, send)

    async def _work(self, scope: Scope, body: Message, receive: Receive, send: Send) -> None:
        has_turn, pieces, budget = True, 0, Budget(self._seconds)
        leaving = asyncio.ensure_future(_gone(receive))  # which also comes once all is sent
        leaving.add_done_callback(lambda _: budget.end())

        def leave() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                self._line.leave()

        async def freeing(message: Message) -> None:
            # The work is done once a length or a second event is sent: slow readers hold no turn.
            nonlocal pieces
            if budget.ended:  # nobody is there
                return
            pieces += b"event:" in message.get("body", b"")
            if pieces > 1 or b"content-length" in dict(message.get("headers", ())):
                leave()
            await send(message)

        token = BUDGET.set(budget)
        try:
            await self.app(scope, replaying(body, receive), freeing)
        finally:
            BUDGET.reset(token)
            budget.end()
            leaving.cancel()
            leave()


def costs(visit: Visit) -> bool:
    """Whether a request must queue: missing and open routes and the metrics never do.

    Metrics are needed most when the queue is full; who may not read them is refused at no cost.
    """
    return visit.access is not Access.OPEN and visit.template not in (None, "/metrics")
