"""Rate limits by client and by key, in bounded memory; the counting is done by `limits`."""

import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api import problems, visit
from pullquote.api.visit import Access, Kind


class Bounded(Storage):
    """Counters for at most so many keys: the one not counted for longest is forgotten.

    The library's own memory storage grows with the keys it meets and runs a thread to forget them.
    """

    STORAGE_SCHEME = None

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()  # count, and when it ends

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a storage of this kind may raise."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, from now for `expiry` seconds if this is the first of a window."""
        count, ends = self._live(key)
        self._counts[key] = (count + amount, ends or time.monotonic() + expiry)
        self._counts.move_to_end(key)
        while len(self._counts) > self._size:
            self._counts.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        """The count of the window that runs."""
        return self._live(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the window that runs ends, by a clock that nobody sets: one set back would lock clients out."""
        return self._live(key)[1] or time.monotonic()

    def check(self) -> bool:
        """Memory is always there."""
        return True

    def reset(self) -> int:
        """Forget everything; how much that was."""
        count = len(self._counts)
        self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one key."""
        self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)

    def _live(self, key: str) -> tuple[int, float]:
        count, ends = self._counts.get(key, (0, 0.0))
        return (count, ends) if ends > time.monotonic() else (0, 0.0)


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate, and what it is counted by."""

    name: str
    rate: RateLimitItem

    @property
    def policy(self) -> str:
        """As the RateLimit-Policy header has it."""
        return f'"{self.name}";q={self.rate.amount};w={self.rate.get_expiry()}'


class Rates:
    """Answers 429 to those who ask more often than they may. Who brings the admin key is not counted."""

    def __init__(self, app: ASGIApp, *, client: str | None, key: str | None, size: int) -> None:
        self.app = app
        self.storage = Bounded(size)
        self._limiter = FixedWindowRateLimiter(self.storage)
        self._client = Limit("client", parse(client)) if client else None
        self._key = Limit("key", parse(key)) if key else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and go on, or refuse."""
        counted = self._counted(visit.of(scope)) if scope["type"] == "http" else []
        if not counted:
            await self.app(scope, receive, send)
            return
        for limit, who in counted:
            if not self._limiter.hit(limit.rate, limit.name, who):
                await self._refuse(scope, limit, who)(scope, receive, send)
                return
        await self.app(scope, receive, _adding(send, self._headers(counted)))

    def _counted(self, asked: visit.Visit) -> list[tuple[Limit, str]]:
        if asked.access is Access.OPEN or asked.kind is Kind.ADMIN:
            return []
        found = [(self._client, asked.client)]
        found += [(self._key, asked.key)] if asked.kind is Kind.SEARCH else []
        return [(limit, who) for limit, who in found if limit]

    def _headers(self, counted: Sequence[tuple[Limit, str]]) -> dict[str, str]:
        """Every limit that the request counted against: whichever has fewer left is the next to refuse."""
        left = [f'"{limit.name}";r={self._left(limit, who)};t={self._seconds(limit, who)}' for limit, who in counted]
        return {"RateLimit-Policy": ", ".join(limit.policy for limit, _ in counted), "RateLimit": ", ".join(left)}

    def _left(self, limit: Limit, who: str) -> int:
        return self._limiter.get_window_stats(limit.rate, limit.name, who).remaining

    def _seconds(self, limit: Limit, who: str) -> int:
        ends = self._limiter.get_window_stats(limit.rate, limit.name, who).reset_time
        return max(1, math.ceil(ends - time.monotonic()))

    def _refuse(self, scope: Scope, limit: Limit, who: str) -> ASGIApp:
        seconds = self._seconds(limit, who)
        detail = f"more than {limit.rate.amount} requests in {limit.rate.get_expiry()} seconds; try again in {seconds} seconds"
        more = {**self._headers([(limit, who)]), "Retry-After": str(seconds)}
        return problems.refusal(scope, 429, detail, kind="rate-limited", headers=more)


def _adding(send: Send, headers: dict[str, str]) -> Send:
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *pairs]
        await send(message)

    return with_headers
