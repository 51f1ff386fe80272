"""Vectors: all compared by FAISS, where they are very many first by their codes."""

import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index import layout
from pullquote.index.codes import CODED, Codes
from pullquote.index.files import Stored, stored
from pullquote.models.onnx import Vectors

# fourcc, dimension, count, two numbers that nobody reads, trained?, metric, then the vector's own length
_HEADER = struct.Struct("<4siqqqBiQ")
_READING = threading.Lock()


def flat_head(rows: int, dimension: int) -> bytes:
    """What FAISS writes before the numbers of an exact inner-product index, the only kind that is written and read."""
    return _HEADER.pack(b"IxFI", dimension, rows, 1 << 20, 1 << 20, 1, 0, rows * dimension)


def flat_bytes(vectors: Vectors) -> bytes:
    """An exact inner-product FAISS index of these vectors (rows, dimension), as FAISS itself would write it."""
    return flat_head(*vectors.shape) + np.ascontiguousarray(vectors, dtype=np.float32).tobytes()


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)  # its threads and onnxruntime's fight: 4.5 ms a search, not 0.4
    return faiss


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Vectors row by row, shape (rows, dimension), and how they are searched.

    `index` is FAISS's over all of them, held in memory. Without one they lie in a file that is mapped: of 32 bits a number, and
    then searched where they lie, by their `codes` where these are; or of 16 bits, only to be taken, and cosines differ by less than
    a thousandth.
    """

    rows: Stored
    index: Any = None
    codes: Codes | None = None

    @classmethod
    def open(cls, content: bytes | memoryview, rows: int, dimension: int) -> "VectorTable":
        """Read a flat index of just this shape and length: FAISS trusts the sizes that a file states, this does not.

        Raises:
            IndexCorrupt: anything differs.
        """
        header = flat_head(rows, dimension)
        if bytes(content[: len(header)]) != header or len(content) != len(header) + rows * dimension * 4:
            raise IndexCorrupt("a vector file is not a flat index of the shape that the manifest states")
        faiss = _faiss()
        with _READING:
            # For the whole process, so one at a time: no vector may be larger than the file it comes from.
            faiss.set_deserialization_vector_byte_limit(len(content))
            index: Any = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        matrix = faiss.rev_swig_ptr(index.get_xb(), rows * dimension) if rows else np.zeros(0, np.float32)
        return cls(Stored.of(matrix.reshape(rows, dimension)), index)

    @classmethod
    def mapped(cls, contents: Mapping[str, Any], rows: int, dimension: int) -> "VectorTable":
        """The vectors of `layout.PASSAGES_WHOLE`, with their codes where they are more than CODED.

        Raises:
            IndexCorrupt: they are of another shape, or their codes are not there or do not fit.
        """
        whole = stored(contents[layout.PASSAGES_WHOLE])
        if whole.shape != (rows, dimension) or whole.dtype != np.float32:
            raise IndexCorrupt("a vector file is not of the shape that the manifest states")
        if rows <= CODED:
            return cls(whole)
        if not contents.keys() >= {*layout.CODES}:
            raise IndexCorrupt("the codes of the vectors are missing")
        return cls(whole, codes=Codes.open(contents, rows, dimension))

    def take(self, rows: NDArray[np.int64] | list[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension); every kind of finding comes by here."""
        spend()
        return self.rows.take(rows).astype(np.float32, copy=False)

    def search(self, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """The `count` rows most like `vector` (dimension,), best first, among the rows in `within`.

        Exact but where a range of more than CODED rows has codes: then it is nearly so (docs/scale.md).
        """
        count = min(count, len(within))
        if count <= 0:
            return np.zeros(0, dtype=np.int64)
        if self.index is not None:
            return self._searched(vector, count, within)
        if self.codes is None or len(within) <= CODED:
            return self._compared(vector, count, within)
        rows = self.codes.near(vector, count, within)
        likeness = self.take(rows) @ vector
        return rows[np.lexsort((rows, -likeness))[:count]]

    def _searched(self, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        faiss = _faiss()
        inside = faiss.IDSelectorRange(within.start, within.stop)
        chosen = None if len(within) == len(self.rows) else faiss.SearchParameters(sel=inside)
        likeness, found = self.index.search(vector.reshape(1, -1), count, params=chosen)
        order = np.lexsort((found[0], -likeness[0]))  # equals in the order of the text, whichever way they were found
        return np.asarray(found[0][order], dtype=np.int64)

    def _compared(self, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        spend()
        faiss, rows = _faiss(), self.rows.slice(within.start, within.stop)
        likeness, found = faiss.knn(vector.reshape(1, -1), rows, count, metric=faiss.METRIC_INNER_PRODUCT)
        order = np.lexsort((found[0], -likeness[0]))
        return np.asarray(found[0][order] + within.start, dtype=np.int64)
