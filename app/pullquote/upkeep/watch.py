"""Watching the corpus: what changes is indexed while the old index goes on serving."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from pullquote.errors import PullquoteError, SettingsError
from pullquote.index import Built, open_index
from pullquote.index.plan import merge_due
from pullquote.settings import Settings
from pullquote.upkeep.indexing import Tell

# How long nothing must change before a build starts: an editor saves in several steps
QUIET_MS = 800
LONGEST_MS = 10_000  # after which one starts all the same
# The first of these tells that the folder is listened to; at each the folder is looked for
TICK_MS = 500
# After which a build that failed is tried again though nothing changed; doubled each time
RETRY_SECONDS = 15.0
LONGEST_RETRY_SECONDS = 300.0
Build = Callable[[], Built | None]
"""Makes a new generation, or gives None where nothing changed."""

log = logging.getLogger("pullquote")


def changes(
    settings: Settings, stopped: threading.Event, due: Callable[[], bool] = lambda: False
) -> Iterator[None]:
    """One item once the corpus folder, or another in its place, is listened to, and one when it changed and is quiet, or is due.

    Raises:
        SettingsError: the library that watches is not installed, or there is no folder to watch.
    """
    listen = _listener(settings, stopped)
    while not stopped.is_set():
        with suppress(FileNotFoundError):  # it went away in this very moment
            folder_id = _place(settings.corpus)
            if folder_id is None:
                stopped.wait(TICK_MS / 1_000)
            for number, changed in enumerate(listen() if folder_id else ()):
                if changed or number == 0 or due():
                    yield
                if _place(settings.corpus) != folder_id:
                    break


def _listener(settings: Settings, stopped: threading.Event) -> Callable[[], Iterable[object]]:
    try:
        from watchfiles import watch
    except ImportError as error:
        step = "run `pip install watchfiles`"
        raise SettingsError(f"watching needs the package watchfiles; {step}") from error
    if not settings.corpus.is_dir():
        raise SettingsError(
            f"there is no folder {settings.corpus} to watch; create it, or set PULLQUOTE_CORPUS"
        )
    return partial(
        watch,
        settings.corpus,
        watch_filter=None,
        debounce=LONGEST_MS,
        step=QUIET_MS,
        stop_event=stopped,
        rust_timeout=TICK_MS,
        raise_interrupt=False,
        yield_on_timeout=True,
    )


def _place(folder: Path) -> tuple[int, int] | None:
    """Which folder a path leads to now, or None where there is none."""
    status = folder.stat() if folder.is_dir() else None
    return (status.st_dev, status.st_ino) if status else None


def follow(
    settings: Settings, build: Build, tell: Tell, stopped: threading.Event | None = None
) -> None:
    """Build at once and after every change; a build that fails leaves the index as it was, says why, and is tried again."""
    attempts = _Attempts(build, tell)
    # listened to before the first build, which may take minutes: what is saved meanwhile is a change
    for number, _ in enumerate(changes(settings, stopped or threading.Event(), attempts.are_due)):
        if attempts.make() is None and number == 0:
            with suppress(PullquoteError):  # no index, which is told elsewhere
                # Which a build would have told
                for path, reason in open_index(settings).generation.card.skipped:
                    tell(f"skipped {path}: {reason}")


class _Attempts:
    """Builds, of which one that failed is due again after a while that doubles, and says so once; so is one that left more to do."""

    def __init__(self, build: Build, tell: Tell) -> None:
        self._build, self._tell = build, tell
        self._failures, self._due, self._why, self._more = 0, 0.0, "", False

    def are_due(self) -> bool:
        return self._more or (self._failures > 0 and time.monotonic() >= self._due)

    def make(self) -> Built | None:
        """What was built; None where nothing changed, or it failed."""
        self._more = False
        try:
            built = self._build()
        except Exception as error:  # whatever it is: the next one may go through all the same
            if not isinstance(error, (PullquoteError, OSError)):
                log.exception("unforeseen error while indexing")
            why = str(error) or type(error).__name__
            if why != self._why:
                self._tell(
                    f"not indexed: {why}; the index stays as it was, and it will be tried again automatically"
                )
            self._due = time.monotonic() + min(
                RETRY_SECONDS * 2**self._failures, LONGEST_RETRY_SECONDS
            )
            self._failures, self._why = self._failures + 1, why
            return None
        self._failures, self._why, self._more = (
            0,
            "",
            built is not None and merge_due(built.generation),
        )
        for line in _told(built) if built else ():
            self._tell(line)
        return built


def _told(built: Built) -> Iterator[str]:
    card = built.generation.card
    count = card.counts["documents"]
    yield f"indexed {count} document{'' if count == 1 else 's'} (generation {card.name})"
    yield from (f"skipped {file.path}: {file.reason}" for file in built.skipped)
    yield from (f"note: {file.path} {file.reason}" for file in built.remarks)


def follow_beside(settings: Settings, build: Build, tell: Tell) -> Callable[[], None]:
    """Follow the corpus on a thread of its own; what is returned stops it and waits for it."""
    stopped = threading.Event()

    def run() -> None:
        try:
            follow(settings, build, tell, stopped)
        except PullquoteError as error:
            tell(f"not watching: {error}")
        except Exception as error:
            log.exception("unforeseen error while watching")
            tell(
                f"stopped watching: {str(error) or type(error).__name__}; start the service again to watch"
            )

    thread = threading.Thread(target=run, name="watch", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(10)

    return stop
