"""Keeping an index folder level with a store: around a build, and as long as a replica serves."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from pullquote.errors import IndexFull, PullquoteError, StoreFault
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from pullquote_scale.store import (
    GONE,
    Store,
    held_in,
    manifest_before,
    newest_in,
    pull,
    push,
    retained,
)

# Between two looks at the store; doubled up to the second while it fails
LOOK_SECONDS, LONGEST_SECONDS = 5.0, 60.0
WAIT_SECONDS = 0.2  # between two looks at what another process copies
# How long what is damaged in the store is left alone: copying it again costs
DAMAGED_SECONDS = 300.0
SLOW_SECONDS = 300.0  # after which a copy that still goes on is told
log = logging.getLogger("pullquote")


@contextmanager
def level(settings: Settings, tell: Callable[[str], object] = log.info) -> Iterator[None]:
    """Around a build: what others pushed is here before it, so that only what changed is worked on, and it is pushed after.

    Raises:
        StoreFault: the store cannot be used; what was built is pushed by the next `pullquote index`.
    """
    if settings.files is None:
        yield
        return
    manifest, local = manifest_before(Store(settings.files)), held_in(Layout(settings.index))
    # Where that is the one before it, what is here is newer, and was not pushed.
    if manifest and manifest["current"] != local.get("previous"):
        pull(settings)
    yield
    files, size = push(settings)
    tell(
        f"pushed to {settings.files}: {files} files, {size:,} bytes"
        if files
        else f"{settings.files} already has it"
    )


class Replica:
    """Keeps the index folder of a service level with the store, and knows what is wrong with that."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._fault: PullquoteError | None = None
        self._leave_until = 0.0
        self._since = 0.0  # when the look that goes on now began

    @property
    def fault(self) -> PullquoteError | None:
        """Why the store's newest generation may not be here, for the operator, or None."""
        if self._since and time.monotonic() - self._since > SLOW_SECONDS:
            return StoreFault(
                f"{self._settings.files} is slow; the newest generation is still on its way", GONE
            )
        return self._fault

    @property
    def reason(self) -> str | None:
        """The same for everybody: without an address, a name or a folder."""
        return (
            getattr(self.fault, "reason", "the newest generation cannot be copied here")
            if self.fault
            else None
        )

    def first(self) -> None:
        """Pull before anything is opened.

        Raises:
            StoreFault: the store cannot be used, and there is nothing here to serve from.
        """
        if self._settings.files:
            self.look(quietly=True)
            while not held_in(Layout(self._settings.index)):
                if self._fault:
                    raise self._fault
                time.sleep(WAIT_SECONDS)  # another process on this folder is copying it
                self.look(quietly=True)

    def look(self, *, quietly: bool = False) -> None:
        """Pull where there is something newer; a fault is logged once, and kept until the store can be used again."""
        self._since, before = time.monotonic(), self._fault
        known_damaged = (
            before if isinstance(before, StoreFault) and self._since < self._leave_until else None
        )
        try:
            pull(self._settings, leave=known_damaged)
            self._fault = None
        except (PullquoteError, OSError) as error:
            fault = f"the newest generation cannot be written here ({getattr(error, 'strerror', None)}); check the disk"
            self._fault = error if isinstance(error, PullquoteError) else IndexFull(fault)
            if isinstance(error, StoreFault) and error.generation and error is not known_damaged:
                self._leave_until = time.monotonic() + DAMAGED_SECONDS
            if str(self._fault) != str(before) and not quietly:  # else whoever starts says it
                log.warning("%s", self._fault)
        finally:
            self._since = 0.0

    @contextmanager
    def following(self) -> Iterator[None]:
        """Look again and again, on a thread of its own, as long as the block runs."""
        stopped = threading.Event()
        if self._settings.files:
            threading.Thread(
                target=self._follow, args=(stopped,), name="replica", daemon=True
            ).start()
        try:
            yield
        finally:
            stopped.set()  # what is being copied ends with the process, and goes on in the next one

    def _follow(self, stopped: threading.Event) -> None:
        wait = LOOK_SECONDS
        while not stopped.wait(wait):
            try:
                self.look()
            except Exception:  # nobody foresaw it: the next look may succeed
                log.exception("looking at the store failed")
            wait = min(LONGEST_SECONDS, 2 * wait) if self._fault else LOOK_SECONDS


class SharedStore:
    """An object store or a shared folder, as the core asks for it."""

    def level(
        self, settings: Settings, tell: Callable[[str], object]
    ) -> AbstractContextManager[None]:
        """As `Store.level`."""
        return level(settings, tell)

    def replica(self, settings: Settings) -> Replica:
        """As `Store.replica`."""
        return Replica(settings)

    def retained(self, settings: Settings) -> set[str]:
        """As `Store.retained`."""
        return retained(settings)

    def newest(self, settings: Settings) -> str:
        """As `Store.newest`."""
        return newest_in(settings)
