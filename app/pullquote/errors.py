"""What can go wrong, as one tree. Every message names the thing and the next step."""


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


class InvalidSpan(PullquoteError):
    """A pair of offsets is not a range of the text."""


class QuestionError(PullquoteError):
    """The question is empty, or longer than the limit."""


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


class ReceiptError(PullquoteError):
    """A receipt is not JSON, or lacks what a receipt needs."""
