"""Shards in PostgreSQL, for those who run one already: vectors of pgvector, and words as a table of postings."""

import logging
import math
import os
import socket
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg import sql

from pullquote.errors import EngineError, SettingsError
from pullquote.index.engine import PARTS, Engine
from pullquote.index.files import Stored, Within
from pullquote.index.lexical import Lexical
from pullquote.index.shard import Grain, Shard
from pullquote.models.onnx import Vectors
from pullquote_scale.hosting import BUILDING, ProvenEngine, numbered, searched

GRAPH = 20_000  # rows past which a graph (HNSW) finds the nearest of all; among fewer, or in a range, each is compared
LOOKED_AT = 400  # places of the graph that a search keeps: twice what is asked of it
LONGEST = 40  # letters of a schema
SLICE = 20_000  # rows that are sent at once
# What all sessions have: an order by the graph that gives as many rows as are asked for, and its own limits of time.
_SESSION = f"-c hnsw.ef_search={LOOKED_AT} -c hnsw.iterative_scan=strict_order -c statement_timeout={{}} -c lock_timeout={{}}"
# Rows side by side, and those that pass a filter.
_RANGE, _LISTED = '"row" >= %s AND "row" < %s', '"row" = ANY(%s::int[])'
_BY_VECTOR = {
    True: 'SELECT "row" FROM {} WHERE {} ORDER BY vector <#> %s::vector LIMIT %s',
    # An order that no index serves: in a trial HNSW gave none of the rows of a range that it was asked for.
    False: 'SELECT "row" FROM {} WHERE {} ORDER BY (vector <#> %s::vector) + 0, "row" LIMIT %s',
}
_BY_TEXT = """
SELECT "row" FROM (
  SELECT held."row", sum(held.weight::float8 * asked.weight) AS score
  FROM unnest(%s::int[], %s::float8[]) AS asked(term, weight)
  JOIN {} AS held ON held.term = asked.term AND {}
  GROUP BY held."row"
) AS scored ORDER BY score DESC, "row" LIMIT %s
"""
log = logging.getLogger("pullquote")


@dataclass(slots=True)
class PostgreSQL:
    """A schema of a database, with tables named for the shards and a list of those that are whole."""

    conninfo: str
    schema: str
    seconds: float
    _idle: list[psycopg.Connection[Any]] = field(default_factory=list)

    @classmethod
    def at(cls, address: str, seconds: float) -> "PostgreSQL":
        """From `postgresql://user@host/database?schema=pullquote`; whatever else is asked for is libpq's.

        Raises:
            SettingsError: the schema has no plain name.
        """
        url = urlsplit(address)
        options = dict(parse_qsl(url.query))
        schema = options.pop("schema", "pullquote")
        if not (
            schema.isascii()
            and schema.isidentifier()
            and schema == schema.lower()
            and len(schema) <= LONGEST
        ):
            raise SettingsError(
                "PULLQUOTE_INDEX names a schema with characters other than small letters, digits and _"
            )
        return cls(urlunsplit(url._replace(query=urlencode(options))), schema, seconds)

    def put(self, shard: Shard) -> None:
        """As `Engine` says: in one transaction, so that what was cut short leaves nothing."""
        with self._session(BUILDING) as connection, connection.transaction():
            self._prepare(connection)
            self._drop(connection, [shard.mark])
            for grain, rows in searched(shard).items():
                self._put_vectors(connection, self._table(shard.mark, grain), rows)
            self._put_words(connection, self._table(shard.mark, "words"), shard.lexical)
            connection.execute(
                self._in("INSERT INTO {}.shards VALUES (%s, %s, %s)"), (shard.mark, *_counts(shard))
            )

    def check(self, shard: Shard) -> None:
        """As `Engine` says: what is on the list was written whole."""
        with self._session() as connection:
            query = self._in("SELECT vectors, postings FROM {}.shards WHERE mark = %s")
            counts = connection.execute(query, (shard.mark,)).fetchone()
        if counts != _counts(shard):
            raise EngineError("PostgreSQL does not hold this generation; run `pullquote index`")

    def switch(self, marks: Mapping[str, str], keep: Collection[str]) -> None:
        """As `Engine` says: views BASE_passages and so on, for those who look at them from outside."""
        with self._session(BUILDING) as connection, connection.transaction():
            stored_marks = {
                mark
                for (mark,) in connection.execute(self._in("SELECT mark FROM {}.shards")).fetchall()
            }
            for base in PARTS:
                for name in (*Grain, "words"):
                    view = sql.Identifier(self.schema, f"{base}_{name}")
                    table = self._table(marks.get(base, ""), name)
                    connection.execute(sql.SQL("DROP VIEW IF EXISTS {}").format(view))
                    if base in marks and self._exists(connection, f"{marks[base]}_{name}"):
                        connection.execute(
                            sql.SQL("CREATE VIEW {} AS SELECT * FROM {}").format(view, table)
                        )
            self._drop(connection, stored_marks - {*keep, *marks.values()})

    def search_vector(
        self, shard: Shard, grain: Grain, vector: Vectors, top_k: int, within: Within
    ) -> Sequence[int]:
        """As `Engine` says."""
        with self._session() as connection:
            graph = (
                isinstance(within, range)
                and len(within) > GRAPH
                and top_k * 2 <= LOOKED_AT
                and self._is_all(connection, shard.mark, grain, within)
            )
            condition, bounds = _condition(within)
            query = sql.SQL(_BY_VECTOR[graph]).format(self._table(shard.mark, grain), condition)
            rows = connection.execute(query, (*bounds, _literal(vector), top_k))
            return [row for (row,) in rows.fetchall()]

    def search_text(
        self, shard: Shard, weights: Mapping[str, float], top_k: int, within: Within
    ) -> Sequence[int]:
        """As `Engine` says."""
        condition, bounds = _condition(within, "held.")
        query = sql.SQL(_BY_TEXT).format(self._table(shard.mark, "words"), condition)
        sparse = numbered(shard, weights)
        values = ([*sparse], [*sparse.values()], *bounds, top_k)
        with self._session() as connection:
            return [row for (row,) in connection.execute(query, values).fetchall()]

    def close(self) -> None:
        """As `Engine` says."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _session(self, seconds: float | None = None) -> Iterator[psycopg.Connection[Any]]:
        """A connection, kept for the next who asks where nothing went wrong."""
        limit = seconds or self.seconds
        connection: psycopg.Connection[Any] | None = None
        try:
            connection = self._connected(limit) if seconds else self._idle_or_new(limit)
            with _cut_off(connection, limit):
                yield connection
        except psycopg.Error as error:
            if connection:
                connection.close()
            self.close()  # those that wait are as old
            log.warning("PostgreSQL: %s", f"{error}".partition("\n")[0])
            raise EngineError(_explanation(error, limit)) from error
        if seconds:
            connection.close()
        else:
            self._idle.append(connection)

    def _idle_or_new(self, limit: float) -> psycopg.Connection[Any]:
        with suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if not connection.closed:
                    return connection
        return self._connected(limit)

    def _connected(self, limit: float) -> psycopg.Connection[Any]:
        milliseconds = round(limit * 1_000)
        return psycopg.connect(
            self.conninfo,
            autocommit=True,
            connect_timeout=math.ceil(limit),
            application_name="pullquote",
            options=_SESSION.format(milliseconds, milliseconds),
        )

    def _in(self, statement: str) -> sql.Composed:
        return sql.SQL(statement).format(sql.Identifier(self.schema))

    def _table(self, mark: str, name: str) -> sql.Identifier:
        return sql.Identifier(self.schema, f"{mark}_{name}")

    def _exists(self, connection: psycopg.Connection[Any], table: str) -> bool:
        row = connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL", (f"{self.schema}.{table}",)
        ).fetchone()
        return bool(row and row[0])

    def _is_all(
        self, connection: psycopg.Connection[Any], mark: str, grain: Grain, within: range
    ) -> bool:
        query = sql.SQL('SELECT min("row"), max("row") FROM {}').format(self._table(mark, grain))
        return bool(connection.execute(query).fetchone() == (within.start, within.stop - 1))

    def _prepare(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(self._in("CREATE SCHEMA IF NOT EXISTS {}"))
        connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
        connection.execute(
            self._in(
                "CREATE TABLE IF NOT EXISTS {}.shards (mark text PRIMARY KEY, vectors bigint, postings bigint)"
            )
        )

    def _drop(self, connection: psycopg.Connection[Any], marks: Iterable[str]) -> None:
        for mark in marks:
            connection.execute(self._in("DELETE FROM {}.shards WHERE mark = %s"), (mark,))
            for name in (*Grain, "words"):
                connection.execute(
                    sql.SQL("DROP TABLE IF EXISTS {}").format(self._table(mark, name))
                )

    def _put_vectors(
        self, connection: psycopg.Connection[Any], table: sql.Identifier, rows: Stored
    ) -> None:
        columns = sql.SQL('CREATE TABLE {} ("row" int NOT NULL, vector vector({}) NOT NULL)')
        connection.execute(columns.format(table, sql.Literal(rows.shape[1])))
        for start in range(0, len(rows), SLICE):
            _copy(
                connection,
                table,
                _vector_rows(start, rows.slice(start, min(start + SLICE, len(rows)))),
            )
        connection.execute(sql.SQL('ALTER TABLE {} ADD PRIMARY KEY ("row")').format(table))
        if len(rows) > GRAPH:
            connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
            connection.execute(
                sql.SQL("CREATE INDEX ON {} USING hnsw (vector vector_ip_ops)").format(table)
            )
        connection.execute(sql.SQL("ANALYZE {}").format(table))

    def _put_words(
        self, connection: psycopg.Connection[Any], table: sql.Identifier, lexical: Lexical
    ) -> None:
        columns = 'CREATE TABLE {} (term int NOT NULL, "row" int NOT NULL, weight real NOT NULL)'
        connection.execute(sql.SQL(columns).format(table))
        numbers = np.repeat(
            np.arange(len(lexical.numbers), dtype=np.int32), np.diff(lexical.starts)
        )
        for start in range(0, len(numbers), SLICE * 10):
            end = min(start + SLICE * 10, len(numbers))
            rows, weights = lexical.indices.slice(start, end), lexical.weights.slice(start, end)
            _copy(connection, table, _packed(numbers[start:end], rows, weights))
        connection.execute(
            sql.SQL('ALTER TABLE {} ADD PRIMARY KEY (term, "row") INCLUDE (weight)').format(table)
        )
        connection.execute(sql.SQL("ANALYZE {}").format(table))


def connect(address: str, seconds: float) -> Engine:
    """The engine at an address, not yet asked for anything; a call may take so many seconds."""
    return ProvenEngine(PostgreSQL.at(address, seconds))


def _condition(within: Within, table: str = "") -> tuple[sql.SQL, tuple[Any, ...]]:
    """What a row must meet, with the values for it."""
    if isinstance(within, range):
        return sql.SQL(_RANGE.replace('"row"', f'{table}"row"')), (within.start, within.stop)
    return sql.SQL(f"{table}{_LISTED}"), (within.tolist(),)


def _counts(shard: Shard) -> tuple[int, int]:
    """How many vectors and postings are held of a shard."""
    return sum(map(len, searched(shard).values())), len(shard.lexical.indices)


def _literal(vector: Vectors) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def _explanation(error: psycopg.Error, limit: float) -> str:
    """What went wrong, in words that name neither address nor user."""
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.InvalidSchemaName):
        return "PostgreSQL does not hold this generation; run `pullquote index`"
    if isinstance(error, psycopg.errors.QueryCanceled | psycopg.errors.LockNotAvailable):
        return f"PostgreSQL did not answer within {limit:g} seconds; ease its load, or raise PULLQUOTE_ENGINE_SECONDS"
    if isinstance(error, psycopg.OperationalError):
        away = f"PostgreSQL is down, refuses this user, or did not answer within {limit:g} seconds"
        return f"{away}; start it, correct PULLQUOTE_INDEX, or raise PULLQUOTE_ENGINE_SECONDS"
    kind = error.sqlstate or type(error).__name__
    return f"PostgreSQL refused the request ({kind}); its log says why"


@contextmanager
def _cut_off(connection: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """Shut a connection that is silent past its time: a server that was stopped or cut off keeps no time of its own."""
    late = socket.socket(fileno=os.dup(connection.fileno()))

    def shut() -> None:
        with suppress(OSError):
            late.shutdown(socket.SHUT_RDWR)

    # The server's own limit comes first: its session can be used again.
    timer = threading.Timer(seconds + 0.25, shut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        late.close()


def _copy(connection: psycopg.Connection[Any], table: sql.Identifier, rows: bytes) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(table)) as copy,
    ):
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        copy.write(rows)
        copy.write(b"\xff\xff")


def _packed(*columns: NDArray[Any]) -> bytes:
    """Columns as the rows of PostgreSQL's binary form: how many, then length and value of each, the highest byte first."""
    kinds = [column.dtype.newbyteorder(">") for column in columns]
    fields = [
        (f"{prefix}{column_index}", form)
        for column_index, kind in enumerate(kinds)
        for prefix, form in (("n", ">i4"), ("v", kind))
    ]
    rows = np.zeros(len(columns[0]), np.dtype([("fields", ">i2"), *fields]))
    rows["fields"] = len(columns)
    for column_index, column in enumerate(columns):
        rows[f"n{column_index}"], rows[f"v{column_index}"] = column.dtype.itemsize, column
    return rows.tobytes()


def _vector_rows(first: int, vectors: NDArray[Any]) -> bytes:
    """Vectors with their numbers, from `first` on, in PostgreSQL's and pgvector's binary form."""
    dimension = vectors.shape[1]
    values = np.zeros(
        len(vectors), [("dimension", "i2"), ("unused", "i2"), ("numbers", "f4", dimension)]
    )
    values["dimension"], values["numbers"] = dimension, vectors
    return _packed(np.arange(first, first + len(vectors), dtype=np.int32), values)
