"""A first look: vectors in 8 bits a number, a quarter of what an exact search reads from memory.

It only finds the rows worth weighing; these are weighed with the whole vectors. The largest error that
rounding made is known, so it is known too when a row that was not found might belong among the best:
then nothing is said, and an exact search decides.
"""

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.encoder import Vectors

MANY = 2_000  # rows below which an exact search costs nothing worth saving
AFTER = 32  # searches: for fewer, as a command asks them, making the small vectors costs more than it saves
_LOOK = 2  # rows looked at for each that is wanted, and
_MORE = 60  # so many more
_LEVELS = 127
_BLOCK = 4_096


class Coarse:
    """Rounded vectors of the rows of an exact index."""

    def __init__(self, rows: Vectors) -> None:
        import faiss

        kind = faiss.ScalarQuantizer.QT_8bit_direct_signed
        self._scale = _LEVELS / (float(np.abs(rows).max()) or 1.0)
        self._index: Any = faiss.IndexScalarQuantizer(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        self._error = 0.0
        for start in range(0, len(rows), _BLOCK):
            part = rows[start : start + _BLOCK]
            rounded = np.rint(part * self._scale)
            self._error = max(self._error, float(np.linalg.norm(part - rounded / self._scale, axis=1).max()))
            self._index.add(rounded)

    def search(self, rows: Vectors, vector: Vectors, count: int, within: range, chosen: Any) -> NDArray[np.int64] | None:
        """The `count` rows most like `vector`, best first, or None where rounding leaves a doubt.

        Args:
            rows: the whole vectors.
            chosen: FAISS's parameters for searching `within` alone.
        """
        wanted = min(_LOOK * count + _MORE, len(within))
        rounded, places = self._index.search(vector.reshape(1, -1), wanted, params=chosen)
        found = np.asarray(places[0], dtype=np.int64)
        scores = rows[found] @ vector
        order = np.lexsort((found, -scores))[:count]
        unseen = float(rounded[0][-1]) / self._scale + self._error * float(np.linalg.norm(vector))
        sure = wanted == len(within) or scores[order[-1]] > unseen
        return found[order] if sure else None


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
            if self._searches > AFTER and self._making.acquire(blocking=False):
                try:  # whoever comes meanwhile searches exactly
                    self._coarse = self._coarse or Coarse(rows)
                finally:
                    self._making.release()
        return self._coarse
