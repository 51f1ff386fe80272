"""The documents that a receipt is held against."""

from contextlib import suppress

from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Document
from pullquote.errors import CorpusError, IndexFault
from pullquote.index import open_index
from pullquote.settings import Settings


def every_document(settings: Settings) -> tuple[Document, ...]:
    """What the corpus folder and the index hold: a receipt may be older than the files are now.

    Raises:
        CorpusError: there is neither.
    """
    found: list[Document] = []
    with suppress(CorpusError):
        found += load_corpus(settings).documents
    with suppress(IndexFault):
        generation = open_index(settings).generation
        found += [generation.document(number) for number in range(len(generation.rows))]
    if not found:
        raise CorpusError(
            f"there are no documents to check against in {settings.corpus} or {settings.index}; "
            "set PULLQUOTE_CORPUS to the folder that holds them"
        )
    return tuple(found)
