"""The ids of documents, as requests name them."""

from pullquote.errors import UnknownDocument

LENGTH = 80  # characters


def checked(document_id: str) -> str:
    """An id that may be a document's.

    Raises:
        UnknownDocument: it is longer than any, so it is not even repeated in the message.
    """
    if len(document_id) > LENGTH:
        raise UnknownDocument("no such document; GET /v1/documents lists them")
    return document_id
