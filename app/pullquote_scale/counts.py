"""Counting requests in one place for all replicas: in Redis, or in PostgreSQL."""

import asyncio
import hashlib
import logging
import time
from typing import Any

from pullquote.errors import SettingsError
from pullquote.settings import Address
from pullquote.upkeep.counts import Counts

PATIENCE = 0.5  # seconds that a request waits for the place that all count in
PAUSE = 5.0  # seconds after a wait in vain in which nobody waits
SWEPT = 1_000  # counts of one process between two sweeps of what has ended in PostgreSQL
log = logging.getLogger("pullquote")


class Shared:
    """Counts in one place for all replicas; while that cannot be reached, each counts by itself, and says so once."""

    def __init__(self, address: Address, server: "_Redis | _Postgresql", local: Counts) -> None:
        self._place, self._server, self._own = address, server, local
        self._again, self._lost = 0.0, False

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        """Count one more. What is kept there is a digest of the key, which may hold an address."""
        if time.monotonic() >= self._again:
            try:
                async with asyncio.timeout(PATIENCE):
                    counted = await self._server.count(
                        hashlib.blake2b(key.encode(), digest_size=16).hexdigest(), seconds
                    )
            except Exception as error:  # noqa: BLE001 (whatever is wrong with it: questions are answered)
                self._again = time.monotonic() + PAUSE
                # Its words may hold a password.
                self._say(lost=True, more=f" ({type(error).__name__})")
            else:
                self._say(lost=False)
                return counted
        return await self._own.count(key, seconds)

    async def reached(self) -> bool:
        """Whether that place can be used now."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._server.count("doctor", 1)
        except Exception:  # noqa: BLE001 (whatever is wrong with it)
            return False
        return True

    async def close(self) -> None:
        """Let go of the connections."""
        await self._server.close()

    def _say(self, *, lost: bool, more: str = "") -> None:
        if lost and not self._lost:
            log.warning(
                "PULLQUOTE_STATE=%s cannot be used%s; each replica counts on its own until it can",
                self._place,
                more,
            )
        elif self._lost and not lost:
            log.warning("PULLQUOTE_STATE=%s can be used again", self._place)
        self._lost = lost


def connect(address: Address, local: Counts) -> Shared:
    """What counts at an address, and by itself in `local` while that is away.

    Raises:
        SettingsError: the library that speaks to that server is not installed, or it is no address.
    """
    return Shared(address, _server_at(address), local)


def _server_at(address: Address) -> "_Redis | _Postgresql":
    try:
        return (_Postgresql if address.scheme == "postgresql" else _Redis)(address.url)
    except ImportError as error:
        name = str(error.name).partition(".")[0]
        raise SettingsError(
            f"PULLQUOTE_STATE needs {name}; run `pip install 'pullquote[shared]'`"
        ) from error
    except ValueError:
        raise SettingsError(
            f"PULLQUOTE_STATE={address} is not an address of such a server; correct it"
        ) from None


class _Redis:
    def __init__(self, url: str) -> None:
        from redis.asyncio import BlockingConnectionPool, Redis

        seconds = dict.fromkeys(("timeout", "socket_connect_timeout", "socket_timeout"), PATIENCE)
        self._client: Any = Redis.from_pool(
            BlockingConnectionPool.from_url(url, max_connections=8, **seconds)
        )

    async def count(self, key: str, seconds: int) -> tuple[int, float]:
        redis_key = f"pullquote:{key}"
        # In one step: no count stays without an end.
        async with self._client.pipeline(transaction=True) as pipeline:
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
                    await self._connection.execute(
                        "DELETE FROM pullquote_counts WHERE ends < now()"
                    )
                self._counted += 1
                cursor = await self._connection.execute(_COUNT, (key, seconds))
                count, left = await cursor.fetchone()
            except BaseException:  # cut short in a question, a connection is not asked another
                await self.close()
                raise
        return int(count), max(0.0, float(left))

    async def _opened(self) -> Any:
        from psycopg import AsyncConnection

        connection = await AsyncConnection.connect(self._url, autocommit=True)
        async with connection.transaction():
            # One after the other, of two that begin at once.
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('pullquote'))")
            await connection.execute(_TABLE)
        return connection

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
