"""How long records stay: until they are too old, or the file takes too much."""

import datetime as dt
import logging
import sqlite3

log = logging.getLogger("pullquote")
# What each kind takes, about: its long columns, and the rest of a row.
_SIZES = {
    "asked": "SELECT total(60 + length(CAST(question || documents AS BLOB))) FROM asked",
    "feedback": "SELECT total(60 + length(CAST(question || answer || document AS BLOB))) FROM feedback",
}
_TOO_OLD = (
    ("SELECT 1 FROM asked WHERE day < ? LIMIT 1", "DELETE FROM asked WHERE day < ?"),
    ("SELECT 1 FROM feedback WHERE day < ? LIMIT 1", "DELETE FROM feedback WHERE day < ?"),
)


def clear(connection: sqlite3.Connection, *, before: dt.date) -> None:
    """Delete what is older than a day."""
    first = [before.isoformat()]
    for old, deletion in _TOO_OLD:
        if connection.execute(old, first).fetchone():  # who only reads needs no right to write, and no lock
            connection.execute(deletion, first)


def make_room(connection: sqlite3.Connection, most_bytes: int) -> None:
    """Where the file takes too much, let the oldest hundredth go of the kind that takes more, until it does not.

    So whoever sends a flood of the one kind does not push the other out. What else the file holds stays.
    """
    if _bytes_used(connection) <= most_bytes:
        return
    log.warning("the oldest records go: PULLQUOTE_STORE_BYTES=%s is reached", most_bytes)
    sizes = {kind: float(connection.execute(size).fetchone()[0]) for kind, size in _SIZES.items()}
    while sizes and _bytes_used(connection) > most_bytes:
        kind = max(sizes, key=sizes.__getitem__)
        if share := _let_go(connection, kind):
            sizes[kind] *= 1 - share
        else:
            del sizes[kind]
    if not sizes:
        log.warning("no record is kept: what else PULLQUOTE_STORE holds takes more than PULLQUOTE_STORE_BYTES")


def _let_go(connection: sqlite3.Connection, kind: str) -> float:
    """Delete the oldest hundredth of a kind, one record at least; the share of it that went."""
    # The first and the last tell how many there are, at most; counting them one by one would take long.
    ends = f"SELECT (SELECT min(rowid) FROM {kind}), (SELECT max(rowid) FROM {kind})"  # noqa: S608
    first, last = connection.execute(ends).fetchone()
    if first is None:
        return 0
    most = (last - first) // 100
    connection.execute(f"DELETE FROM {kind} WHERE rowid <= ?", (first + most,))  # noqa: S608
    return float((most + 1) / (last - first + 1))


def _bytes_used(connection: sqlite3.Connection) -> int:
    """Bytes of the pages in use; those of deleted records are used again."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
