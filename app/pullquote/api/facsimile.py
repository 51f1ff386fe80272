"""A picture of the page that holds a quote, with the quote marked; drawn on demand and cached."""

import hashlib
from threading import BoundedSemaphore

from pullquote.answers.answer import Cache
from pullquote.corpus.documents import Document, place_at
from pullquote.corpus.extractors import has_pages, picture_page
from pullquote.corpus.parsing import read_file
from pullquote.errors import CorpusError, DocumentError, NotFound
from pullquote.settings import Settings
from pullquote.span import Span

KEPT, KEPT_BYTES = 32, 32_000_000  # pictures, and their bytes
AT_ONCE = 2  # that are made: each takes a process of its own
PATIENCE = 10.0  # seconds that a request waits for its turn

_turns = BoundedSemaphore(AT_ONCE)
_pictures: Cache[tuple[str, Span], bytes] = Cache(KEPT, KEPT_BYTES)


def page_of(document: Document, span: Span | None) -> int | None:
    """The page that a range starts on, where the document's file has pages that can be shown."""
    location = place_at(document.places, span.start) if span else None
    return location.page if location and has_pages(document.path) else None


def facsimile(settings: Settings, document: Document, span: Span) -> bytes | None:
    """The page as PNG; None where all turns are taken for too long.

    Raises:
        NotFound: the file has no pages, is no longer there, or is another by now.
        DocumentError: no picture can be made of it.
    """
    page, origin = page_of(document, span), document.origin
    if page is None or origin is None:
        raise NotFound("no page of this document can be shown")
    key = (f"{origin.sha256} {document.sha256}", span)
    if picture := _pictures.get(key):
        return picture
    if not _turns.acquire(timeout=PATIENCE):
        return None
    try:
        content = _content(settings, document, origin.sha256)
        picture = picture_page(document.path, content, page, document.text[span.start : span.end])
    finally:
        _turns.release()
    _pictures.put(key, picture, {key: len(picture)})
    return picture


def _content(settings: Settings, document: Document, sha256: str) -> bytes:
    """The bytes of the file that the text was taken from."""
    try:
        content = read_file(
            settings.corpus, document.path, limit=settings.max_document_bytes
        ).content
    except (DocumentError, CorpusError) as error:
        raise NotFound("the file of this document cannot be read any longer") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotFound("the file of this document has changed since it was read")
    return content
