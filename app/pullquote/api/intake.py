"""Taking a body in: whole, within its size, its time and its depth, before anything else sees it."""

import asyncio
import json
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from anyio import to_thread
from numpy.typing import NDArray
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api import problems
from pullquote.settings import Settings

MAX_VALUES = 10_000  # of a JSON body; the fullest that any route takes has a few hundred
SMALL = 65_536  # bytes up to which a body is checked at once: a thread would cost more
_STEPS = np.zeros(256, np.int8)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1
_OPENS = np.zeros(256, bool)  # what a further value follows
_OPENS[[ord(letter) for letter in "[{,:"]] = True


class Unfit(Exception):
    """A body that is not read on: its status, why, and the kind of problem."""

    def __init__(self, status: int, detail: str, kind: str = "invalid-request") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind


class Intake:
    """Reads the body and hands it on in one piece."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._limit, self._seconds, self._depth = settings.max_body, settings.body_seconds, settings.max_json_depth

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 408, 413 or 422, or go on; who left meanwhile gets nothing."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body = await self._read(scope, receive)
            if body and b"json" in _header(scope, b"content-type"):
                await self._check(body)
        except Unfit as error:
            await problems.problem(error.status, error.detail, kind=error.kind)(scope, receive, send)
            return
        if body is not None:
            whole = {"type": "http.request", "body": body, "more_body": False}
            await self.app(scope, replaying(whole, receive), send)

    async def _check(self, body: bytes) -> None:
        """Check a JSON body, a large one without holding up everybody else."""
        if len(body) <= SMALL:
            check_json(body, depth=self._depth)
        else:
            await to_thread.run_sync(partial(check_json, body, depth=self._depth))

    async def _read(self, scope: Scope, receive: Receive) -> bytes | None:
        stated = _header(scope, b"content-length")
        if stated.isdigit() and (len(stated) > 18 or int(stated) > self._limit):
            raise _too_large()
        try:
            async with asyncio.timeout(self._seconds):
                return await self._parts(receive)
        except TimeoutError as error:
            raise Unfit(408, f"the body did not arrive within {self._seconds} seconds", "too-slow") from error

    async def _parts(self, receive: Receive) -> bytes | None:
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self._limit:
                raise _too_large()
            if not message.get("more_body", False):
                return bytes(body)


def _too_large() -> Unfit:
    return Unfit(413, "the body is over the limit of this server", "too-large")


def _header(scope: Scope, wanted: bytes) -> bytes:
    values: Iterable[bytes] = (value for name, value in scope["headers"] if name == wanted)
    return next(iter(values), b"").lower()


def replaying(first: Message, receive: Receive) -> Receive:
    """A `receive` that gives a message that was taken already, then goes on."""
    left = [first]

    async def replay() -> Message:
        return left.pop() if left else await receive()

    return replay


def check_json(body: bytes, *, depth: int) -> None:
    """Refuse what parsers read differently: other encodings, deep nesting, a name twice, numbers that are none.

    So is what would take them long: a body may hold MAX_VALUES values, counted before any of them is made.

    Raises:
        Unfit: with 422. What is no JSON at all is left to the route, which names the place.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unfit(422, "body: must be UTF-8") from error
    letters = bare(body)
    if nesting(letters) > depth:
        raise Unfit(422, f"body: is nested more than {depth} deep")
    if values(letters) > MAX_VALUES:
        raise Unfit(422, f"body: holds more than {MAX_VALUES} values")
    try:
        json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError as error:
        raise Unfit(422, f"body: is nested more than {depth} deep") from error
    except ValueError:  # no JSON, or an integer of thousands of digits
        return


def bare(body: bytes) -> NDArray[np.uint8]:
    """The letters of a body, 0 for each that stands in a string."""
    # An escape hides what follows it: both are blanked, then every second quotation mark closes a string.
    letters = np.frombuffer(body.replace(b"\\\\", b"  ").replace(b'\\"', b"  "), np.uint8)
    return np.where((letters == ord('"')).cumsum(dtype=np.int32) % 2 == 0, letters, np.uint8(0))


def nesting(letters: NDArray[np.uint8]) -> int:
    """The greatest depth of brackets. Example: nesting(bare(b'{"a": [1, "[["]}')) -> 2"""
    return int(_STEPS[letters].cumsum(dtype=np.int32).max(initial=0))


def values(letters: NDArray[np.uint8]) -> int:
    """How many values and names there are, as brackets and marks between them tell, or more."""
    return 1 + int(np.count_nonzero(_OPENS[letters]))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unfit(422, "body: a name stands twice in one object")
    return found


def _no_number(_: str) -> Any:
    raise Unfit(422, "body: NaN and Infinity are no JSON")


class CloseUnread:
    """Ends the connection after an answer that did not wait for the body, so that nobody sends one for ever.

    So too where two headers tell the body's end: a proxy that believes the other one would take its rest for a request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add `Connection: close` where the body is still on its way, or where it ends is told twice."""
        if scope["type"] != "http" or not _has_body(scope):
            await self.app(scope, receive, send)
            return
        read, twice = False, bool(_header(scope, b"transfer-encoding") and _header(scope, b"content-length"))

        async def noting(*_: object) -> Message:
            nonlocal read
            message = await receive()
            read = read or not message.get("more_body", False)
            return message

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and (twice or not read):
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        await self.app(scope, noting, closing)


def _has_body(scope: Scope) -> bool:
    return bool(_header(scope, b"transfer-encoding")) or _header(scope, b"content-length") not in (b"", b"0")
