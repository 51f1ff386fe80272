"""What visitors asked and thought of the answers, in one SQLite file or for all replicas in PostgreSQL; off unless the
operator names one.

Kept: the day, the question, what became of it. Not kept: addresses, cookies, times of day.
"""

import datetime as dt
import json
import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Protocol

from pullquote.answers.answer import Answer
from pullquote.errors import SettingsError
from pullquote.settings import Address, Settings
from pullquote.span import sendable

MOST_READ = 10_000  # questions that a report looks at; older ones are only counted
MOST_WAITING = 256  # questions kept in memory while the file cannot be written
# Seconds that whoever holds a turn waits for the file: the turn matters more than that
PATIENCE = 0.1
PAUSE = 2.0  # seconds after a wait in vain in which nobody else waits
LONGEST = 2.0  # seconds that whoever reads waits, and what is written at the end

log = logging.getLogger("pullquote")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
  day TEXT NOT NULL, generation TEXT NOT NULL, debate TEXT, question TEXT NOT NULL,
  reason TEXT, one_sided INTEGER NOT NULL, documents TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
  day TEXT NOT NULL, generation TEXT NOT NULL, answer TEXT NOT NULL, question TEXT NOT NULL,
  document TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, verdict TEXT NOT NULL);
"""
_SIZES = {  # what each kind takes, about: its long columns, and the rest of a row
    "asked": "SELECT total(60 + length(CAST(question || documents AS BLOB))) FROM asked",
    "feedback": "SELECT total(60 + length(CAST(question || answer || document AS BLOB))) FROM feedback",
}
LATEST = 100  # records that tell how large one is, in PostgreSQL
_SIZES_THERE = {  # what a record takes there, about
    "asked": "60 + octet_length(question || documents)",
    "feedback": "60 + octet_length(question || answer || document)",
}
# Bytes of the pages in use; those of deleted records are used again
_USED = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
# As columns are called when read
_TEXTS = frozenset({"question", "documents", "document_id", "verdict", "generation"})
_MAYBE = frozenset({"debate", "reason"})
_ENDS = "SELECT (SELECT min(rowid) FROM {0}) AS first, (SELECT max(rowid) FROM {0}) AS last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a visitor says of one quote ("helpful", "wrong_quote" or "wrong_speaker"), as it is stored."""

    generation: str
    answer_id: str
    question: str
    document_id: str
    start: int
    end: int
    verdict: str


class Database(Protocol):
    """Where records lie. A connection takes `execute` and `executemany` with ? for values; rows have their columns by name."""

    faults: tuple[type[Exception], ...]

    def open(self, seconds: float) -> AbstractContextManager[Any]:
        """A connection with the tables there, its work done whole or not at all; waits so long for who has them now."""

    def is_held(self, error: Exception) -> bool:
        """Whether what went wrong may go right a little later."""

    def sizes(self, connection: Any) -> dict[str, float]:
        """Bytes of each kind of record, about."""

    def used(self, connection: Any) -> int:
        """Bytes of all of them."""


class _Sqlite:
    faults: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def open(self, seconds: float) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(str(self._path), timeout=seconds)) as connection:
            # Each time: the file may have been removed since
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(_SCHEMA)
            connection.row_factory = sqlite3.Row
            with connection:
                yield connection

    def is_held(self, error: Exception) -> bool:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY

    def sizes(self, connection: sqlite3.Connection) -> dict[str, float]:
        return {
            kind: float(connection.execute(size).fetchone()[0]) for kind, size in _SIZES.items()
        }

    def used(self, connection: sqlite3.Connection) -> int:
        return int(connection.execute(_USED).fetchone()[0])


class _Postgresql:
    """A database that this user may make a schema in, or that has one called pullquote, for tables as SQLite makes them."""

    def __init__(self, address: Address) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise SettingsError(
                "records in PostgreSQL need psycopg; run `pip install 'pullquote[shared]'`"
            ) from error
        self.faults: tuple[type[Exception], ...] = (psycopg.Error,)
        self._address, self._away = address, psycopg.OperationalError
        self._tables = _SCHEMA.replace(
            ");", ", rowid BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY);"
        )

    @contextmanager
    def open(self, seconds: float) -> Iterator["_Connection"]:
        """A connection with the tables there, its work done whole or not at all."""
        import psycopg
        from psycopg.rows import dict_row

        with psycopg.connect(
            self._address.url, row_factory=dict_row, connect_timeout=2
        ) as connection:
            # In the session and not in the address, which a pool of connections would refuse.
            settings_sql = "SELECT set_config('search_path', 'pullquote', true), set_config('statement_timeout', %s, true), "
            schema = connection.execute(
                f"{settings_sql} to_regclass('pullquote.feedback') IS NOT NULL AS there",
                [str(round(max(1.0, seconds) * 1_000))],
            ).fetchone()
            if not (schema and schema["there"]):
                # Of two that begin at once
                connection.execute("SELECT pg_advisory_xact_lock(hashtext('pullquote'))")
                connection.execute("CREATE SCHEMA IF NOT EXISTS pullquote")
                connection.execute(self._tables)
            yield _Connection(connection)

    def is_held(self, error: Exception) -> bool:
        """Whether the server is away, or somebody else holds the tables."""
        return isinstance(error, self._away)

    def sizes(self, connection: "_Connection") -> dict[str, float]:
        """From how many there may be and the size of the latest: rows that were deleted take room until it is used again."""
        bytes_of_table = {}
        for kind, size in _SIZES_THERE.items():
            row = connection.execute(
                f"SELECT (max(rowid) - min(rowid) + 1) * (SELECT avg({size}) FROM "  # noqa: S608
                f"(SELECT * FROM {kind} ORDER BY rowid DESC LIMIT {LATEST}) AS latest) AS bytes FROM {kind}"
            ).fetchone()
            bytes_of_table[kind] = float(row["bytes"] or 0)
        return bytes_of_table

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
        self._connection.cursor().executemany(
            statement.replace("?", "%s"), [_clean(row) for row in rows]
        )


def _clean(values: Sequence[object]) -> list[object]:
    plain = (int(value) if isinstance(value, bool) else value for value in values)
    return [
        value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for value in plain
    ]


class _Held(Exception):
    """It could not be written a moment ago."""


class Records:
    """The operator's records; every method does nothing where none are kept.

    Raises:
        SettingsError: in any method but `asked` and `flush`: the file cannot be used, or not just now.
    """

    def __init__(
        self, path: Path | Address | None, *, keep_days: int = 90, most_bytes: int = 100_000_000
    ) -> None:
        self.path = path
        self._keep_days, self._most_bytes = keep_days, most_bytes
        self._lock, self._again = threading.Lock(), 0.0
        self._waiting: deque[list[object]] = deque()
        if isinstance(path, Path):
            self._use(_Sqlite(path))
            with self._usable():
                path.parent.mkdir(parents=True, exist_ok=True)
            # What is too old goes at the start, whether or not anybody asks
            self._select("SELECT 1")
        elif path is not None:  # which may be away now, and there when it is needed
            self._use(_Postgresql(path))

    def _use(self, database: Database) -> None:
        self._database = database
        self._faults: tuple[type[Exception], ...] = (OSError, ValueError, _Held, *database.faults)

    @classmethod
    def of(cls, settings: Settings) -> "Records":
        """The records that the settings name."""
        return cls(settings.store, keep_days=settings.store_days, most_bytes=settings.store_bytes)

    @property
    def kept(self) -> bool:
        """Whether anything is recorded at all."""
        return self.path is not None

    def asked(self, answer: Answer) -> None:
        """Note a question and whether the sources answered it; where that cannot be now, with the next one."""
        if self.path is None:
            return
        documents = json.dumps(
            sorted({citation.quote.document.id for citation in answer.citations})
        )
        answer_facts = (
            answer.generation,
            answer.debate,
            answer.resolved_question,
            answer.reason and answer.reason.value,
        )
        self._waiting.append(_row(*answer_facts, answer.one_sided, documents))
        if time.monotonic() >= self._again or len(self._waiting) > MOST_WAITING:
            self._write_waiting()

    def judged(self, judgement: Judgement) -> None:
        """Note what a visitor says of a quote."""
        if self.path is not None:
            with self._usable():
                self._write(
                    "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [_row(*astuple(judgement))],
                )

    def flush(self) -> None:
        """Write what waits for the file, at the end."""
        self._again = 0.0
        self._write_waiting(LONGEST)
        if self._waiting:
            log.warning("records were lost: %s waited to be written to the end", len(self._waiting))

    def questions(self) -> list[dict[str, Any]]:
        """The latest questions on record, oldest first: each with its debate, reason, documents, and whether it is one-sided."""
        latest = "SELECT question, debate, reason, one_sided, documents FROM asked ORDER BY rowid DESC LIMIT ?"
        with self._usable():
            rows = [
                row | {"documents": json.loads(row["documents"])}
                for row in self._select(latest, MOST_READ)[::-1]
            ]
            if not all(isinstance(row["documents"], list) for row in rows):
                raise ValueError("it holds what was never written there")
            return rows

    def counts(self) -> tuple[int, int]:
        """How many questions are on record, and how many of them were not answered."""
        totals = self._select(
            "SELECT count(*) AS questions, count(reason) AS unanswered FROM asked"
        )
        return (totals[0]["questions"], totals[0]["unanswered"]) if totals else (0, 0)

    def verdicts(self) -> list[dict[str, Any]]:
        """Each document with each verdict on its quotes and how often it was given."""
        return self._select(
            "SELECT document AS document_id, verdict, count(*) AS count FROM feedback GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
        )

    def quotes_judged(self, most: int) -> list[dict[str, Any]]:
        """The verdicts on single quotes with their count and what was asked the last time, the latest first."""
        return self._select(
            'SELECT document AS document_id, start, "end", verdict, count, question, generation FROM feedback JOIN '
            '(SELECT max(rowid) AS last, count(*) AS count FROM feedback GROUP BY document, start, "end", verdict) AS judged '
            "ON feedback.rowid = judged.last ORDER BY judged.last DESC LIMIT ?",
            most,
        )

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except self._faults as error:
            locked = isinstance(error, _Held) or self._database.is_held(error)
            fault_and_step = (
                ("cannot be used just now", "try again later")
                if locked
                else ("cannot be used", "name another file")
            )
            # A server's words may name its users
            detail = error if isinstance(self.path, Path) else type(error).__name__
            raise SettingsError(
                f"PULLQUOTE_STORE={self.path} {fault_and_step[0]} ({detail}); {fault_and_step[1]}"
            ) from error

    @contextmanager
    def _open(self, seconds: float = LONGEST) -> Iterator[Any]:
        """The records without what is too old; waits so long for who has them now."""
        before = (_today() - dt.timedelta(days=self._keep_days)).isoformat()
        with self._database.open(seconds) as connection:
            for kind in _SIZES:  # who only reads needs no right to write, and no lock
                first = connection.execute(
                    f"SELECT day FROM {kind} ORDER BY rowid LIMIT 1"  # noqa: S608
                ).fetchone()
                if first and first["day"] < before:
                    connection.execute(f"DELETE FROM {kind} WHERE day < ?", [before])  # noqa: S608
            yield connection

    def _write(self, statement: str, rows: list[list[object]], seconds: float = PATIENCE) -> None:
        """Write soon or fail, and then at once for a while: who stands behind is not to wait as long again."""
        begun = time.monotonic()
        if begun < self._again:
            raise _Held("writing to it failed a moment ago")
        try:
            with self._open(seconds) as connection:
                connection.executemany(statement, rows)
                _make_room(self._database, connection, self._most_bytes)
        except self._database.faults:
            now = time.monotonic()
            self._again = now + max(PAUSE, 10 * (now - begun))
            raise

    def _write_waiting(self, seconds: float = PATIENCE) -> None:
        """Write all that waits, or nothing; of what then waits on, the oldest is lost where it is too much."""
        if not self._waiting or not self._lock.acquire(timeout=seconds):
            return
        rows, gone = list(self._waiting), 0
        try:
            self._write("INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?)", rows, seconds)
            gone = len(rows)
        except self._faults as error:
            log.warning(
                "records wait to be written: %s",
                error if isinstance(self.path, Path) else type(error).__name__,
            )
            if gone := max(0, len(rows) - MOST_WAITING):
                log.warning("records were lost: no more than %s wait to be written", MOST_WAITING)
        finally:
            for _ in range(gone):
                self._waiting.popleft()
            self._lock.release()

    def _select(self, statement: str, *values: object) -> list[dict[str, Any]]:
        if self.path is None:
            return []
        if self._waiting:
            self._again = 0.0  # whoever reads wants it all
            self._write_waiting()
        with self._usable(), self._open() as connection:
            rows = [dict(row) for row in connection.execute(statement, values)]
            if not all(map(_is_own, rows)):
                raise ValueError("it holds what was never written there")
            return rows


def _row(*values: object) -> list[object]:
    """What is stored, after its day; a lone surrogate cannot be stored as UTF-8."""
    clean = (sendable(value) if isinstance(value, str) else value for value in values)
    return [_today().isoformat(), *clean]


def _is_own(row: dict[str, Any]) -> bool:
    """Whether every value is of the kind that is written: a damaged file may hold any under any name."""
    kinds = (
        (str if name in _TEXTS else str | None if name in _MAYBE else int, value)
        for name, value in row.items()
    )
    return all(isinstance(value, kind) for kind, value in kinds)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _make_room(database: Database, connection: Any, most_bytes: int) -> None:
    """Where they take too much, let the oldest hundredth go of the kind that takes more: no flood of one pushes the other out."""
    if database.used(connection) <= most_bytes:
        return
    log.warning("deleting the oldest records: PULLQUOTE_STORE_BYTES=%s is reached", most_bytes)
    sizes = database.sizes(connection)
    while sizes and database.used(connection) > most_bytes:
        kind = max(sizes, key=sizes.__getitem__)
        # The first and the last tell how many there are, at most; counting them one by one would take long.
        ends = connection.execute(_ENDS.format(kind)).fetchone()
        first, last = ends["first"], ends["last"]
        if first is None:
            del sizes[kind]
            continue
        most = (last - first) // 100
        connection.execute(f"DELETE FROM {kind} WHERE rowid <= ?", (first + most,))  # noqa: S608
        sizes[kind] *= 1 - (most + 1) / (last - first + 1)
    if not sizes:
        log.warning(
            "no record is kept: what else PULLQUOTE_STORE holds takes more than PULLQUOTE_STORE_BYTES"
        )
