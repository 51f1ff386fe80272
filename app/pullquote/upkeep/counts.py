"""Counting requests in windows of time: in this process, or in one place for all replicas."""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from pullquote.errors import SettingsError
from pullquote.settings import Address, Settings

PATIENCE = 0.25  # seconds that a request waits for the place that all count in
PAUSE = 5.0  # seconds after a wait in vain in which nobody waits
SWEPT = 1_000  # counts of one process between two sweeps of what has ended in PostgreSQL
log = logging.getLogger("pullquote")
Count = Callable[[str, int], Awaitable[tuple[int, float]]]  # of a key, in so many seconds


class Counts(Protocol):
    """Counts by key in fixed windows of time."""

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more; how many there are now, and the seconds until they are forgotten."""


class Windows:
    """Counts in this process; of more keys than `size` the one not counted for longest is forgotten."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()  # count, and when it ends

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more, by a clock that nobody sets: one set back would lock clients out."""
        now = time.monotonic()
        count, ends = self._counts.get(key, (0, 0.0))
        count, ends = (count + 1, ends) if ends > now else (1, now + seconds)
        self._counts[key] = (count, ends)
        self._counts.move_to_end(key)
        if len(self._counts) > self._size:
            self._counts.popitem(last=False)
        return count, ends - now


class Shared:
    """Counts in one place for all replicas; while that cannot be reached, each counts by itself, and says so once."""

    def __init__(self, place: Address, count: Count, own: Windows) -> None:
        self._place, self._count, self._own = place, count, own
        self._again, self._lost = 0.0, False

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more. What is kept there is a digest of the key, which may hold an address."""
        if time.monotonic() >= self._again:
            try:
                async with asyncio.timeout(PATIENCE):
                    found = await self._count(hashlib.blake2b(key.encode(), digest_size=16).hexdigest(), seconds)
            except Exception as error:  # whatever is wrong with it: questions are answered
                self._again = time.monotonic() + PAUSE
                self._say(lost=True, more=f" ({type(error).__name__})")  # its words may hold a password
            else:
                self._say(lost=False)
                return found
        return await self._own.count(key, seconds)

    def _say(self, *, lost: bool, more: str = "") -> None:
        if lost and not self._lost:
            log.warning("PULLQUOTE_STATE=%s cannot be used%s; each replica counts by itself until it can", self._place, more)
        elif self._lost and not lost:
            log.warning("PULLQUOTE_STATE=%s can be used again", self._place)
        self._lost = lost


def counts_of(settings: Settings) -> Counts:
    """What the settings want counted with.

    Raises:
        SettingsError: the library that speaks to that server is not installed, or it is no address.
    """
    own = Windows(settings.max_clients)
    if settings.state is None:
        return own
    try:
        count = (_postgresql if settings.state.scheme == "postgresql" else _redis)(settings.state.url)
    except ImportError as error:
        name = str(error.name).partition(".")[0]
        raise SettingsError(f"PULLQUOTE_STATE needs {name}; run `pip install 'pullquote[shared]'`") from error
    except ValueError:
        raise SettingsError(f"PULLQUOTE_STATE={settings.state} is no address of such a server; correct it") from None
    return Shared(settings.state, count, own)


def _redis(url: str) -> Count:
    from redis.asyncio import Redis

    client: Any = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)

    async def count(key: str, seconds: int) -> tuple[int, float]:
        named = f"pullquote:{key}"
        async with client.pipeline(transaction=True) as asked:  # in one step: no count stays without an end
            asked.set(named, 0, ex=seconds, nx=True).incr(named).pttl(named)
            _, found, left = await asked.execute()
        return int(found), left / 1_000

    return count


_TABLE = (
    "CREATE UNLOGGED TABLE IF NOT EXISTS pullquote_counts "
    "(key text PRIMARY KEY, count bigint NOT NULL, ends timestamptz NOT NULL)"
)
_COUNT = """
INSERT INTO pullquote_counts AS kept VALUES (%s, 1, now() + %s * interval '1 second')
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN kept.ends > now() THEN kept.count + 1 ELSE 1 END,
  ends = CASE WHEN kept.ends > now() THEN kept.ends ELSE excluded.ends END
RETURNING count, extract(epoch FROM ends - now())::float8"""


def _postgresql(url: str) -> Count:
    from psycopg import AsyncConnection, ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        raise ValueError("no address") from None
    kept: list[AsyncConnection[Any]] = []
    lock, counted = asyncio.Lock(), 0

    async def count(key: str, seconds: int) -> tuple[int, float]:
        nonlocal counted
        async with lock:
            try:
                if not kept:
                    kept.append(await AsyncConnection.connect(url, autocommit=True))
                    await kept[0].execute(_TABLE)
                if counted % SWEPT == 0:
                    await kept[0].execute("DELETE FROM pullquote_counts WHERE ends < now()")
                counted += 1
                row = await (await kept[0].execute(_COUNT, (key, seconds))).fetchone()
            except BaseException:  # a connection that was cut short in a question is not asked another
                for broken in kept:
                    broken.pgconn.finish()
                kept.clear()
                raise
        assert row
        return int(row[0]), max(0.0, float(row[1]))

    return count
