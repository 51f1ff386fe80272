"""Vectors in exact FAISS indexes, checked byte by byte before FAISS reads them."""

import struct
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index.files import Stored
from pullquote.models.onnx import Vectors

# fourcc, dimension, count, two numbers that nobody reads, trained?, metric, then the vector's own length
_HEADER = struct.Struct("<4siqqqBiQ")
_READING = threading.Lock()


def _header(rows: int, dimension: int) -> bytes:
    """What FAISS writes before the numbers of an exact inner-product index, the only kind that is written and read."""
    return _HEADER.pack(b"IxFI", dimension, rows, 1 << 20, 1 << 20, 1, 0, rows * dimension)


def flat_bytes(vectors: Vectors) -> bytes:
    """An exact inner-product FAISS index of these vectors (rows, dimension), as FAISS itself would write it."""
    return _header(*vectors.shape) + np.ascontiguousarray(vectors, dtype=np.float32).tobytes()


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Vectors row by row, shape (rows, dimension); `index` is FAISS's over them, where all are searched.

    Without one they are of 16 bits a number in a file mapped into memory, and cosines differ by less than a thousandth.
    """

    index: Any
    rows: Any

    @classmethod
    def open(cls, content: bytes, rows: int, dimension: int) -> "VectorTable":
        """Read a flat index of just this shape and length: FAISS trusts the sizes that a file states, this does not.

        Raises:
            IndexCorrupt: anything differs.
        """
        header = _header(rows, dimension)
        if not content.startswith(header) or len(content) != len(header) + rows * dimension * 4:
            raise IndexCorrupt("a vector file is not a flat index of the shape that the manifest states")
        import faiss

        faiss.omp_set_num_threads(1)  # its threads and onnxruntime's fight: 4.5 ms a search, not 0.4
        with _READING:
            # For the whole process, so one at a time: no vector may be larger than the file it comes from.
            faiss.set_deserialization_vector_byte_limit(len(content))
            index: Any = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        matrix = faiss.rev_swig_ptr(index.get_xb(), rows * dimension) if rows else np.zeros(0, np.float32)
        return cls(index, matrix.reshape(rows, dimension))

    def take(self, rows: NDArray[np.int64] | list[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension); every kind of finding comes by here."""
        spend()
        held = self.rows.take(rows) if isinstance(self.rows, Stored) else self.rows[rows]
        return held.astype(np.float32, copy=False)

    def search(self, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """The `count` rows most like `vector` (dimension,), best first, among the rows in `within`."""
        import faiss

        count = min(count, len(within))
        if count <= 0:
            return np.zeros(0, dtype=np.int64)
        inside = faiss.IDSelectorRange(within.start, within.stop)
        whole = len(within) == len(self.rows)
        chosen = None if whole else faiss.SearchParameters(sel=inside)  # type: ignore[call-arg]  # its stub lacks it
        likeness, found = self.index.search(vector.reshape(1, -1), count, params=chosen)
        order = np.lexsort((found[0], -likeness[0]))  # equals in the order of the text, whichever way they were found
        return np.asarray(found[0][order], dtype=np.int64)
