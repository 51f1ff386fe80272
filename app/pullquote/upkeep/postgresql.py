"""The operator's records in PostgreSQL, in a schema of their own, for all replicas."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pullquote.errors import SettingsError
from pullquote.settings import Address

LATEST = 100  # records that tell how large one is
_SIZES = {  # what a record takes, about, as in SQLite
    "asked": "60 + octet_length(question || documents)",
    "feedback": "60 + octet_length(question || answer || document)",
}


class Postgresql:
    """A database that this user may make a schema in, or that has one called pullquote, for tables as SQLite makes them."""

    def __init__(self, address: Address, tables: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise SettingsError("records in PostgreSQL need psycopg; run `pip install 'pullquote[shared]'`") from error
        self.faults: tuple[type[Exception], ...] = (psycopg.Error,)
        self._address, self._away = address, psycopg.OperationalError
        self._tables = tables.replace(");", ", rowid BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY);")

    @contextmanager
    def open(self, seconds: float) -> Iterator["_Connection"]:
        """A connection with the tables there, its work done whole or not at all."""
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(self._address.url, row_factory=dict_row, connect_timeout=2) as connection:
            # In the session and not in the address, which a pool of connections would refuse.
            told = "SELECT set_config('search_path', 'pullquote', true), set_config('statement_timeout', %s, true), "
            made = connection.execute(
                f"{told} to_regclass('pullquote.feedback') IS NOT NULL AS there",
                [str(round(max(1.0, seconds) * 1_000))],
            ).fetchone()
            if not (made and made["there"]):
                connection.execute("SELECT pg_advisory_xact_lock(hashtext('pullquote'))")  # of two that begin at once
                connection.execute("CREATE SCHEMA IF NOT EXISTS pullquote")
                connection.execute(self._tables)
            yield _Connection(connection)

    def is_held(self, error: Exception) -> bool:
        """Whether the server is away, or somebody else holds the tables."""
        return isinstance(error, self._away)

    def sizes(self, connection: "_Connection") -> dict[str, float]:
        """From how many there may be and the size of the latest: rows that were deleted take room until it is used again."""
        found = {}
        for kind, size in _SIZES.items():
            row = connection.execute(
                f"SELECT (max(rowid) - min(rowid) + 1) * (SELECT avg({size}) FROM "  # noqa: S608
                f"(SELECT * FROM {kind} ORDER BY rowid DESC LIMIT {LATEST}) AS latest) AS bytes FROM {kind}"
            ).fetchone()
            found[kind] = float(row["bytes"] or 0)
        return found

    def used(self, connection: "_Connection") -> int:
        """Bytes of all of them, about."""
        return round(sum(self.sizes(connection).values()))


class _Connection:
    """Takes statements as SQLite does: ? for a value, NUL replaced, which no text of PostgreSQL may hold."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[object] = ()) -> Any:
        return self._connection.execute(statement.replace("?", "%s"), _clean(values))

    def executemany(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.cursor().executemany(statement.replace("?", "%s"), [_clean(row) for row in rows])


def _clean(values: Sequence[object]) -> list[object]:
    plain = (int(value) if isinstance(value, bool) else value for value in values)
    return [value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value for value in plain]
