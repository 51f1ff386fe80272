"""Where a generation's parts say they lie, held against what there is: no offset leads astray."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt


class Place(Protocol):
    """Where a document's text and sentences lie."""

    start: int
    size: int
    first_sentence: int
    end_sentence: int


def check_places(
    rows: Sequence[Any], sentences: NDArray[Any], passages: NDArray[Any], windows: NDArray[Any], length: int
) -> None:
    """Refuse tables that point outside what they belong to, whatever their hashes say.

    Args:
        rows: the documents; each has the members of `Place`.
        sentences: start, end, kind, paragraph, heading; shape (sentences, 5).
        passages: document, first sentence, end; shape (passages, 3).
        windows: document, first and last sentence; shape (windows, 3).
        length: bytes of all texts.

    Raises:
        IndexCorrupt: one does.
    """
    fits = (
        _documents_fit(rows, len(sentences), length)
        and _sentences_fit(sentences)
        and _spans_fit(rows, passages, 0)
        and _spans_fit(rows, windows, 1)
    )
    if not fits:
        raise IndexCorrupt("a table of the index points outside what it belongs to")


def _documents_fit(rows: Sequence[Place], sentences: int, length: int) -> bool:
    text = sentence = 0
    for row in rows:
        if row.start != text or row.size < 0 or row.first_sentence != sentence or row.end_sentence < sentence:
            return False
        text, sentence = text + row.size, row.end_sentence
    return (text, sentence) == (length, sentences)


def _sentences_fit(sentences: NDArray[Any]) -> bool:
    if sentences.dtype != np.int32 or sentences.ndim != 2 or sentences.shape[1] != 5:
        return False
    start, end, kind = sentences[:, 0], sentences[:, 1], sentences[:, 2]
    return bool(np.all((start >= 0) & (start < end) & (kind >= 0) & (kind < 3)))


def _spans_fit(rows: Sequence[Place], table: NDArray[Any], last: int) -> bool:
    """Whether each row's sentences lie inside its document; `last` is 1 where the end is included."""
    if table.dtype != np.int32 or table.ndim != 2 or table.shape[1] != 3:
        return False
    if not len(table):
        return True
    document, first, end = table[:, 0], table[:, 1], table[:, 2] + last
    if document.min() < 0 or document.max() >= len(rows) or np.any(np.diff(document) < 0):
        return False
    starts = np.array([row.first_sentence for row in rows])[document]
    ends = np.array([row.end_sentence for row in rows])[document]
    return bool(np.all((starts <= first) & (first < end) & (end <= ends)))
