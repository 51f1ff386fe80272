"""A first look: vectors in 8 bits a number, a quarter of what an exact search reads from memory.

It only finds the rows worth weighing; these are weighed with the whole vectors. The largest error that
rounding made is known, so it is known too when a row that was not found might belong among the best:
then nothing is said, and an exact search decides.
"""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.models.encoder import Vectors

MANY = 3_000  # rows below which an exact search costs nothing worth saving
AFTER = 32  # searches: for fewer, as a command asks them, making the small vectors costs more than it saves
_LOOK = 4  # rows looked at for each that is wanted, and
_MORE = 60  # so many more
_LEVELS = 127
_EQUAL = 1e-6  # likenesses no further apart may change places with the order of adding up
_BLOCK = 4_096


class Coarse:
    """Rounded vectors of the rows of an exact index."""

    def __init__(self, rows: Vectors) -> None:
        import faiss

        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._index: Any = faiss.IndexScalarQuantizer(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        self._scale = _scale(rows)
        self._error = self._length = 0.0
        codes = np.empty(rows.shape, np.uint8)
        for start in range(0, len(rows), _BLOCK):
            part = rows[start : start + _BLOCK]
            rounded = np.rint(part * self._scale)
            self._error = max(self._error, float(np.linalg.norm(part - rounded / self._scale, axis=1).max()))
            self._length = max(self._length, float(np.linalg.norm(rounded, axis=1).max()) / self._scale)
            codes[start : start + _BLOCK] = rounded + _LEVELS + 1
        faiss.copy_array_to_vector(
            codes.ravel(), self._index.codes
        )  # added in parts, it would take up to twice the room
        self._index.ntotal = len(rows)

    def search(
        self, rows: Vectors, vector: Vectors, count: int, within: range, chosen: Any
    ) -> NDArray[np.int64] | None:
        """The `count` rows most like `vector`, best first, or None where rounding leaves a doubt.

        Args:
            rows: the whole vectors.
            chosen: FAISS's parameters for searching `within` alone.
        """
        wanted = min(_LOOK * count + _MORE, len(within))
        scale = _scale(vector)
        asked = np.rint(vector * scale)  # FAISS would cut its numbers off: 8 bits on both sides
        likeness, places = self._index.search(asked.reshape(1, -1), wanted, params=chosen)
        found = np.asarray(places[0], dtype=np.int64)
        scores = rows[found] @ vector
        order = np.lexsort((found, -scores))
        error = self._error * np.linalg.norm(vector) + self._length * np.linalg.norm(vector - asked / scale)
        unseen = likeness[0][-1] / (self._scale * scale) + error
        if wanted < len(within) and scores[order[count - 1]] <= max(unseen, scores[order[count]] + _EQUAL):
            return None
        return found[order[:count]]


def _scale(vectors: Vectors) -> float:
    return _LEVELS / (float(np.abs(vectors).max()) or 1.0)


class FirstLook:
    """The rounded vectors of an index that is searched often; made once, by whichever thread needs them first."""

    def __init__(self) -> None:
        self._searches = 0
        self._coarse: Coarse | None = None
        self._making = threading.Lock()

    def of(self, rows: Vectors) -> Coarse | None:
        """The rounded vectors, or None for a small index and for the first searches."""
        if self._coarse is None and len(rows) >= MANY:
            self._searches += 1  # a count lost between threads does no harm
            if self._searches > AFTER:
                self.make(rows)
        return self._coarse

    def make(self, rows: Vectors) -> None:
        """Make the rounded vectors now, unless the index is small or another thread makes them."""
        if len(rows) >= MANY and self._making.acquire(blocking=False):
            try:  # whoever comes meanwhile searches exactly
                self._coarse = self._coarse or Coarse(rows)
            finally:
                self._making.release()
