"""What can go wrong, as one tree; every message names the thing and the next step. And what long work stops by."""

import time
from contextvars import ContextVar
from threading import get_ident


class PullquoteError(Exception):
    """The root of everything this package raises on purpose; "; " parts what is wrong from what to do next."""

    @property
    def found(self) -> str:
        """What is wrong."""
        return str(self).partition("; ")[0]

    @property
    def step(self) -> str | None:
        """What to do next, where the message says it."""
        return str(self).partition("; ")[2] or None


class SettingsError(PullquoteError):
    """A setting is unknown or its value cannot be used."""


class CorpusError(PullquoteError):
    """The corpus folder is missing or holds no readable document."""


class DocumentError(PullquoteError):
    """One document cannot be read; the others still can."""


class FetchError(PullquoteError):
    """A file on the web cannot be fetched; `gone` where its server says that there is none."""

    def __init__(self, message: str, *, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


class InvalidSpan(PullquoteError):
    """A pair of offsets is not a range of the text."""


class QuestionError(PullquoteError):
    """The question is empty, or longer than the limit."""


class NotOffered(PullquoteError):
    """A request asks for what is not given here; `parameter` is the name of it."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class NotFound(PullquoteError):
    """A name that the index does not hold."""


class UnknownDebate(NotFound):
    """No debate of that name; the message lists those there are."""


class UnknownDocument(NotFound):
    """No document of that id."""


class TextChanged(NotFound):
    """A link names a place in a text that its document does not have, or no longer."""


class EncoderError(PullquoteError):
    """The embedding model is missing, altered or cannot be used."""


class IndexFault(PullquoteError):
    """The built index cannot be used as it is."""


class IndexMissing(IndexFault):
    """Nothing has been built yet."""


class IndexCorrupt(IndexFault):
    """A file of the index is not what its manifest says."""


class IndexLocked(IndexFault):
    """Another process is building this index."""


class IndexMismatch(IndexFault):
    """The index was built by another model or in another format."""


class IndexFull(IndexFault):
    """The disk has too little room for a new generation."""


class EngineError(PullquoteError):
    """The engine that others run is away, too slow, or holds not all of the index; it names neither address nor user."""


class StoreFault(IndexFault):
    """Where generations are pushed to and pulled from cannot be used; `reason` says so without an address or a name.

    `generation` is the one that is damaged there, where it is that.
    """

    def __init__(self, message: str, reason: str, generation: str | None = None) -> None:
        super().__init__(message)
        self.reason, self.generation = reason, generation


class ReceiptError(PullquoteError):
    """A receipt is not JSON, or lacks what a receipt needs."""


class WorkStopped(PullquoteError):
    """The work for a request takes more of the processor than one may, or nobody waits for it any longer."""


class Budget:
    """What the work for one request may take, on whatever threads: so many seconds of the processor, until it is ended."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.used, self.ended = seconds, 0.0, False

    def end(self) -> None:
        """Nobody waits for the work any longer: it stops at its next step."""
        self.ended = True

    def spend(self) -> None:
        """Count what this thread did since it last asked; its first time is for free, as it worked for others before.

        Raises:
            WorkStopped: all is spent, or the work is ended.
        """
        thread, now = get_ident(), time.thread_time()
        before, since = _SINCE.get()
        self.used += now - since if before == thread else 0.0
        _SINCE.set((thread, now))
        if self.ended or self.used > self.seconds:
            message = f"this takes more than the {self.seconds:g} seconds of processor time that one request may use"
            raise WorkStopped(
                f"{message}; ask for less, or have the operator raise PULLQUOTE_CPU_SECONDS"
            )


BUDGET: ContextVar[Budget | None] = ContextVar("pullquote_budget", default=None)
# A thread works in a copy of its request's context, made anew for each step: what it did for others never counts.
_SINCE: ContextVar[tuple[int, float]] = ContextVar("pullquote_since", default=(0, 0.0))


def spend() -> None:
    """Ask, at a step of long work, whether to go on: a microsecond, and nothing where no budget is set.

    Raises:
        WorkStopped: the work for this request is to end.
    """
    if (budget := BUDGET.get()) is not None:
        budget.spend()
