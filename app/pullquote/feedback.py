"""What visitors asked and thought of the answers, in one SQLite file; off unless the operator names it.

Kept: the day, the question, what became of it. Not kept: addresses, cookies, times of day.
"""

import datetime as dt
import json
import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullquote.answer import Answer
from pullquote.errors import SettingsError
from pullquote.settings import Settings

MOST_READ = 10_000  # questions that a report looks at; older ones are only counted

log = logging.getLogger("pullquote")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS asked (
  day TEXT NOT NULL, generation TEXT NOT NULL, debate TEXT, question TEXT NOT NULL,
  reason TEXT, one_sided INTEGER NOT NULL, documents TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS feedback (
  day TEXT NOT NULL, generation TEXT NOT NULL, answer TEXT NOT NULL, question TEXT NOT NULL,
  document TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL, verdict TEXT NOT NULL);
"""
_TOO_OLD = (
    ("SELECT 1 FROM asked WHERE day < ? LIMIT 1", "DELETE FROM asked WHERE day < ?"),
    ("SELECT 1 FROM feedback WHERE day < ? LIMIT 1", "DELETE FROM feedback WHERE day < ?"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a visitor says of one quote: "helpful", "wrong_quote" or "wrong_speaker"."""

    verdict: str
    question: str
    answer_id: str
    generation: str
    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the records."""

    question: str
    debate: str | None
    reason: str | None
    one_sided: bool
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict on one quote: its place, how often it was given, and what was asked the last time."""

    document_id: str
    start: int
    end: int
    verdict: str
    count: int
    question: str
    generation: str


class Records:
    """The operator's records; every method does nothing where none are kept."""

    def __init__(self, path: Path | None, *, keep_days: int = 90) -> None:
        self.path = path
        self._keep_days = keep_days
        self._lock = threading.Lock()
        self._cleared: dt.date | None = None
        if path is not None:
            self._create(path)

    @classmethod
    def of(cls, settings: Settings) -> "Records":
        """The records that the settings name.

        Raises:
            SettingsError: the file cannot be used.
        """
        return cls(settings.store, keep_days=settings.store_days)

    @property
    def kept(self) -> bool:
        """Whether anything is recorded at all."""
        return self.path is not None

    def asked(self, answer: Answer) -> None:
        """Note a question and whether the sources answered it."""
        documents = sorted({citation.quote.document.id for citation in answer.citations})
        self._insert(
            "INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?)",
            (answer.generation, answer.debate, answer.resolved_question, answer.reason and answer.reason.value,
             answer.one_sided, json.dumps(documents)),
        )  # fmt: skip

    def judged(self, given: Judgement) -> None:
        """Note what a visitor says of a quote."""
        self._insert(
            "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (given.generation, given.answer_id, given.question, given.document_id, given.start, given.end,
             given.verdict),
        )  # fmt: skip

    def questions(self) -> list[Asked]:
        """The latest questions on record, oldest first.

        Raises:
            SettingsError: the file cannot be read, or is damaged.
        """
        with self._usable():
            rows = self._select(
                "SELECT question, debate, reason, one_sided, documents FROM asked ORDER BY rowid DESC LIMIT ?",
                MOST_READ,
            )
            return [Asked(row[0], row[1], row[2], bool(row[3]), tuple(json.loads(row[4]))) for row in rows[::-1]]

    def counts(self) -> tuple[int, int]:
        """How many questions are on record, and how many of them were not answered.

        Raises:
            SettingsError: the file cannot be read, or is damaged.
        """
        with self._usable():
            [(questions, unanswered)] = self._select("SELECT count(*), count(reason) FROM asked") or [(0, 0)]
            return questions, unanswered

    def verdicts(self) -> list[tuple[str, str, int]]:
        """Each document with each verdict on its quotes and how often it was given.

        Raises:
            SettingsError: the file cannot be read, or is damaged.
        """
        with self._usable():
            return self._select("SELECT document, verdict, count(*) FROM feedback GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2")

    def quotes_judged(self, most: int) -> list[Judged]:
        """The verdicts on single quotes, the latest first.

        Raises:
            SettingsError: the file cannot be read, or is damaged.
        """
        with self._usable():
            # With max(), SQLite takes the plain columns from the row that has it.
            rows = self._select(
                "SELECT document, start, end, verdict, count(*), question, generation, max(rowid) FROM feedback "
                "GROUP BY document, start, end, verdict ORDER BY 8 DESC LIMIT ?",
                most,
            )
            return [Judged(*row[:7]) for row in rows]

    def _create(self, path: Path) -> None:
        with self._usable():
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
            with self._open():
                pass  # what is too old goes at the start, whether or not anybody asks

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, ValueError) as error:
            raise SettingsError(f"PULLQUOTE_STORE={self.path} cannot be used ({error}); name another file") from error

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The file without what is too old, which is looked for once a day."""
        today = _today()
        with self._lock, closing(sqlite3.connect(str(self.path), timeout=2)) as connection:
            with connection:
                if self._cleared != today:
                    _clear(connection, before=today - dt.timedelta(days=self._keep_days))
                yield connection
            self._cleared = today  # only now is it so

    def _insert(self, statement: str, values: Sequence[object]) -> None:
        if self.path is None:
            return
        # A lone surrogate cannot be stored as UTF-8.
        clean = [value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in values]
        try:
            with self._open() as connection:
                connection.execute(statement, [_today().isoformat(), *clean])
        except sqlite3.Error as error:
            log.warning("a record was lost: %s", error)  # the answer matters more than its record

    def _select(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        if self.path is None:
            return []
        self._cleared = None  # nothing too old is shown, whoever wrote it
        with self._open() as connection:
            return connection.execute(statement, values).fetchall()


def _clear(connection: sqlite3.Connection, *, before: dt.date) -> None:
    first = [before.isoformat()]
    for old, deletion in _TOO_OLD:
        if connection.execute(old, first).fetchone():  # who only reads needs no right to write, and no lock
            connection.execute(deletion, first)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
