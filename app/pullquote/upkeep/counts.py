"""Counting requests in windows of time: in this process, or in one place for all replicas."""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from typing import Any, Protocol

from pullquote.errors import SettingsError
from pullquote.settings import Address, Settings

PATIENCE = 0.5  # seconds that a request waits for the place that all count in
PAUSE = 5.0  # seconds after a wait in vain in which nobody waits
SWEPT = 1_000  # counts of one process between two sweeps of what has ended in PostgreSQL
log = logging.getLogger("pullquote")


class Counts(Protocol):
    """Counts by key in fixed windows of time."""

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more; how many there are now, and the seconds until they are forgotten."""

    async def close(self) -> None:
        """Let go of what was opened."""


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

    async def close(self) -> None:
        """Nothing was opened."""


class Shared:
    """Counts in one place for all replicas; while that cannot be reached, each counts by itself, and says so once."""

    def __init__(self, address: Address, remote: Counts, local: Windows) -> None:
        self._place, self._there, self._own = address, remote, local
        self._again, self._lost = 0.0, False

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more. What is kept there is a digest of the key, which may hold an address."""
        if time.monotonic() >= self._again:
            try:
                async with asyncio.timeout(PATIENCE):
                    counted = await self._there.count(
                        hashlib.blake2b(key.encode(), digest_size=16).hexdigest(), seconds
                    )
            except Exception as error:  # noqa: BLE001 (whatever is wrong with it: questions are answered)
                self._again = time.monotonic() + PAUSE
                self._say(lost=True, more=f" ({type(error).__name__})")  # its words may hold a password
            else:
                self._say(lost=False)
                return counted
        return await self._own.count(key, seconds)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._there.close()

    def _say(self, *, lost: bool, more: str = "") -> None:
        if lost and not self._lost:
            log.warning(
                "PULLQUOTE_STATE=%s cannot be used%s; each replica counts by itself until it can", self._place, more
            )
        elif self._lost and not lost:
            log.warning("PULLQUOTE_STATE=%s can be used again", self._place)
        self._lost = lost


def counts_of(settings: Settings) -> Counts:
    """What the settings want counted with.

    Raises:
        SettingsError: the library that speaks to that server is not installed, or it is no address.
    """
    local = Windows(settings.max_clients)
    return Shared(settings.state, _there(settings.state), local) if settings.state else local


def _there(address: Address) -> Counts:
    try:
        return (_Postgresql if address.scheme == "postgresql" else _Redis)(address.url)
    except ImportError as error:
        name = str(error.name).partition(".")[0]
        raise SettingsError(f"PULLQUOTE_STATE needs {name}; run `pip install 'pullquote[shared]'`") from error
    except ValueError:
        raise SettingsError(f"PULLQUOTE_STATE={address} is no address of such a server; correct it") from None


async def reached(address: Address) -> bool:
    """Whether the place that all count in can be used now.

    Raises:
        SettingsError: as `counts_of`.
    """
    remote = _there(address)
    try:
        async with asyncio.timeout(PATIENCE):
            await remote.count("doctor", 1)
    except Exception:  # noqa: BLE001 (whatever is wrong with it)
        return False
    finally:
        await remote.close()
    return True


class _Redis:
    def __init__(self, url: str) -> None:
        from redis.asyncio import BlockingConnectionPool, Redis

        seconds = dict.fromkeys(("timeout", "socket_connect_timeout", "socket_timeout"), PATIENCE)
        self._client: Any = Redis.from_pool(BlockingConnectionPool.from_url(url, max_connections=8, **seconds))

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        redis_key = f"pullquote:{key}"
        async with self._client.pipeline(transaction=True) as pipeline:  # in one step: no count stays without an end
            pipeline.set(redis_key, 0, ex=seconds, nx=True).incr(redis_key).pttl(redis_key)
            _, counted, left = await pipeline.execute()
        return int(counted), left / 1_000

    async def close(self) -> None:
        await self._client.aclose()


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


class _Postgresql:
    def __init__(self, url: str) -> None:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict

        try:
            conninfo_to_dict(url)
        except ProgrammingError:
            raise ValueError("no address") from None
        self._url, self._lock, self._counted = url, asyncio.Lock(), 0
        self._connection: Any = None

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        async with self._lock:
            try:
                if self._connection is None:
                    self._connection = await self._opened()
                if self._counted % SWEPT == 0:
                    await self._connection.execute("DELETE FROM pullquote_counts WHERE ends < now()")
                self._counted += 1
                count, left = await (await self._connection.execute(_COUNT, (key, seconds))).fetchone()
            except BaseException:  # a connection that was cut short in a question is not asked another
                await self.close()
                raise
        return int(count), max(0.0, float(left))

    async def _opened(self) -> Any:
        from psycopg import AsyncConnection

        connection = await AsyncConnection.connect(self._url, autocommit=True)
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('pullquote'))")  # of two that begin at once
            await connection.execute(_TABLE)
        return connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
