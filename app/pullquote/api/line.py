"""The waiting line: so many requests at work, so many waiting, so long; the rest is told to come again."""

import asyncio
import os
from collections import deque
from contextlib import suppress
from contextvars import ContextVar
from enum import Enum

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api import problems, visit
from pullquote.api.intake import replaying
from pullquote.api.visit import Access
from pullquote.settings import Settings

SPARE = 8  # threads for what never waits: health, scripts, the look for a newer index
_turn: ContextVar["Turn | None"] = ContextVar("pullquote_turn", default=None)


class Outcome(Enum):
    """What waiting came to."""

    WORK = "work"
    FULL = "full"
    LATE = "late"
    GONE = "gone"


def at_work(settings: Settings) -> int:
    """How many requests are worked on at once: more than the cores only wait for each other."""
    return settings.workers or _cores() + 2


def _cores() -> int:
    """The cores that this process may use, which in a container are often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Line:
    """First come, first served. Belongs to one event loop; no call of it blocks."""

    def __init__(self, *, at_work: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self.working = 0
        self.counts = dict.fromkeys(Outcome, 0)
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

    async def enter(self, receive: Receive) -> Outcome:
        """Wait for a turn; whoever got WORK must `leave`."""
        turn = await self._enter(receive)
        self.counts[turn] += 1
        return turn

    async def _enter(self, receive: Receive) -> Outcome:
        if self.full:
            return Outcome.FULL
        if self.working < self._at_work:
            self.working += 1
            return Outcome.WORK
        place = asyncio.get_running_loop().create_future()
        self._waiters.append(place)
        try:
            return await self._wait(place, receive)
        except BaseException:  # whatever it is: a turn that is lost never comes back
            self._give_up(place)
            raise

    async def _wait(self, place: "asyncio.Future[None]", receive: Receive) -> Outcome:
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({place, gone}, timeout=self.seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left = gone.done()
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone
        if place.done() and not left:
            return Outcome.WORK
        self._give_up(place)
        return Outcome.GONE if left else Outcome.LATE

    def _give_up(self, place: "asyncio.Future[None]") -> None:
        if place.done():
            self.leave()
        else:
            self._waiters.remove(place)
            place.cancel()

    def leave(self) -> None:
        """Give the turn to the next who waits."""
        if self._waiters:
            self._waiters.popleft().set_result(None)
        else:
            self.working -= 1


class Turn:
    """A turn that one request got, given back once however often it is left."""

    def __init__(self, line: Line) -> None:
        self._line, self._held, self._loop = line, True, asyncio.get_running_loop()

    def leave(self) -> None:
        """Give it back, where it is still held."""
        if self._held:
            self._held = False
            self._line.leave()

    def leave_soon(self) -> None:
        """The same from another thread than the line's."""
        self._loop.call_soon_threadsafe(self.leave)


def computed() -> None:
    """Say, from a thread that works for a request, that what is left of it is to be sent: a reader holds no turn."""
    if (turn := _turn.get()) is not None:
        turn.leave_soon()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Waiting:
    """Puts every request that costs work into the line. Its body has arrived: a slow sender holds no turn."""

    def __init__(self, app: ASGIApp, line: Line) -> None:
        self.app = app
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Work when it is this request's turn, or answer 503."""
        if scope["type"] != "http" or not costs(visit.of(scope)):
            await self.app(scope, receive, send)
            return
        body = await receive()  # whole, from the intake; what comes after it is that the client left
        turn = await self._line.enter(receive)
        if turn in (Outcome.FULL, Outcome.LATE):
            await busy(self._line, scope)(scope, receive, send)
        if turn is Outcome.WORK:
            await self._work(scope, replaying(body, receive), send)

    async def _work(self, scope: Scope, receive: Receive, send: Send) -> None:
        turn = Turn(self._line)
        _turn.set(turn)

        async def freeing(message: Message) -> None:
            # A length is known where all is computed: whoever reads slowly then holds no turn.
            if message["type"] == "http.response.start" and any(n == b"content-length" for n, _ in message["headers"]):
                turn.leave()
            await send(message)

        try:
            await self.app(scope, receive, freeing)
        finally:
            turn.leave()


class TurnAway:
    """Says 503 to whoever comes while the line is full, before the body is read."""

    def __init__(self, app: ASGIApp, line: Line) -> None:
        self.app = app
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on where there is a place."""
        if scope["type"] == "http" and costs(visit.of(scope)) and self._line.full:
            self._line.counts[Outcome.FULL] += 1
            await busy(self._line, scope)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def costs(asked: visit.Visit) -> bool:
    """Whether a request is worth a place in the line: what is not there, what is open and the figures never wait.

    The operator asks for figures most when the line is full; whoever may not read them is refused without work.
    """
    return asked.access is not Access.OPEN and asked.template not in (None, "/metrics")


def busy(line: Line, scope: Scope) -> ASGIApp:
    """The answer of a server that has its hands full."""
    headers = {"Retry-After": str(_whole(line.seconds))}
    return problems.refusal(scope, 503, "too many are asking just now; try again shortly", kind="busy", headers=headers)


def _whole(seconds: float) -> int:
    """Whole seconds, at least one."""
    return max(1, -int(-seconds // 1))
