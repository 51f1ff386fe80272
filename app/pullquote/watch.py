"""Watching the corpus: what changes is indexed while the old index goes on serving."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

from pullquote.errors import PullquoteError, SettingsError
from pullquote.settings import Settings
from pullquote.store import Built, open_index

QUIET_MS = 800  # how long nothing must change before a build starts: an editor saves in several steps
LONGEST_MS = 10_000  # after which one starts all the same
TICK_MS = 500  # the first of these tells that the folder is listened to
Tell = Callable[[str], None]

log = logging.getLogger("pullquote")


def changes(settings: Settings, stopped: threading.Event) -> Iterator[None]:
    """One item once the corpus folder is listened to, and one whenever it changed and has been quiet since.

    Ends when `stopped` is set.

    Raises:
        SettingsError: the library that watches is not installed, or there is no folder to watch.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise SettingsError("watching needs the package watchfiles; run `pip install watchfiles`") from error
    if not settings.corpus.is_dir():
        raise SettingsError(f"there is no folder {settings.corpus} to watch; create it, or set PULLQUOTE_CORPUS")
    told = watch(
        settings.corpus, watch_filter=None, debounce=LONGEST_MS, step=QUIET_MS, stop_event=stopped,
        rust_timeout=TICK_MS, raise_interrupt=False, yield_on_timeout=True,
    )  # fmt: skip
    for number, changed in enumerate(told):
        if changed or number == 0:
            yield


def follow(
    settings: Settings, build: Callable[[], Built | None], tell: Tell, stopped: threading.Event | None = None
) -> None:
    """Build at once and after every change; a build that fails leaves the index as it was, and says why.

    The folder is listened to before the first build, which may take minutes: what is saved meanwhile is a change.

    Args:
        build: makes a new generation, or gives None where nothing changed.
    """
    stopped = stopped or threading.Event()
    for number, _ in enumerate(changes(settings, stopped)):
        if _try(build, tell) is None and number == 0:
            _name_skipped(settings, tell)


def _name_skipped(settings: Settings, tell: Tell) -> None:
    """Name the files that the index lacks, which a build would have told."""
    with suppress(PullquoteError):  # no index, which is told elsewhere
        for path, reason in open_index(settings).generation.card.skipped:
            tell(f"skipped {path}: {reason}")


def _try(build: Callable[[], Built | None], tell: Tell) -> Built | None:
    try:
        built = build()
    except Exception as error:  # whatever it is: the next change may be read all the same
        if not isinstance(error, (PullquoteError, OSError)):
            log.exception("unforeseen error while indexing")
        why = str(error) or type(error).__name__
        tell(f"not indexed: {why}; the index stays as it was, and the next change is tried again")
        return None
    if built is None:
        return None
    counts = built.generation.card.counts
    tell(f"indexed {counts['documents']} documents (generation {built.generation.card.name})")
    for file in built.corpus.skipped:
        tell(f"skipped {file.path}: {file.reason}")
    for file in built.corpus.remarks:
        tell(f"note: {file.path} {file.reason}")
    return built


def follow_beside(settings: Settings, build: Callable[[], Built | None], tell: Tell) -> Callable[[], None]:
    """Follow the corpus on a thread of its own; what is returned stops it and waits for it."""
    stopped = threading.Event()

    def run() -> None:
        try:
            follow(settings, build, tell, stopped)
        except PullquoteError as error:
            tell(f"not watching: {error}")
        except Exception as error:
            log.exception("unforeseen error while watching")
            tell(f"not watching any more: {str(error) or type(error).__name__}; start the service again to watch")

    thread = threading.Thread(target=run, name="watch", daemon=True)
    thread.start()

    def stop() -> None:
        stopped.set()
        thread.join(10)

    return stop
