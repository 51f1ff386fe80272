"""Vectors in exact FAISS indexes, checked byte by byte before FAISS reads them."""

import struct
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt
from pullquote.index.files import array_bytes, array_of
from pullquote.index.layout import WINDOW_HALVES, WINDOW_VECTORS
from pullquote.models.onnx import Vectors

EXACT = 20_000  # windows up to which all are searched; past it only those of the nearest passages
# fourcc, dimension, count, two unused numbers, trained?, metric, then the vector's own length
_HEADER = struct.Struct("<4siqqqBiQ")
_READING = threading.Lock()
_FLAT = b"IxFI"  # IndexFlatIP, the only kind that is written and so the only one that is read


def flat_bytes(vectors: Vectors) -> bytes:
    """An exact inner-product FAISS index of these vectors (rows, dimension), as FAISS itself would write it."""
    rows, dimension = vectors.shape
    unused = 1 << 20  # what FAISS puts in two fields that it does not read
    header = _HEADER.pack(_FLAT, dimension, rows, unused, unused, 1, 0, rows * dimension)
    return header + np.ascontiguousarray(vectors, dtype=np.float32).tobytes()


def window_files(vectors: Vectors) -> dict[str, bytes]:
    """The windows' vectors as a file of the index: an exact one up to EXACT rows, halves past them."""
    if len(vectors) <= EXACT:
        return {WINDOW_VECTORS: flat_bytes(vectors)}
    return {WINDOW_HALVES: array_bytes(vectors.astype(np.float16))}


def check_flat(content: bytes, rows: int, dimension: int) -> None:
    """Refuse bytes that are not a flat index of just this shape and length: FAISS trusts the sizes that a file states.

    Raises:
        IndexCorrupt: anything differs.
    """
    if len(content) < _HEADER.size:
        raise IndexCorrupt("a vector file is cut short")
    fourcc, width, count, _, _, trained, metric, length = _HEADER.unpack_from(content)
    expected = (_FLAT, dimension, rows, 1, 0, rows * dimension * 4)
    if (fourcc, width, count, trained, metric, length * 4) != expected:
        raise IndexCorrupt("a vector file is not a flat index of the shape that the manifest states")
    if len(content) != _HEADER.size + rows * dimension * 4:
        raise IndexCorrupt("a vector file is longer or shorter than its header says")


@dataclass(frozen=True, slots=True)
class FlatVectors:
    """An exact index in memory: searched by FAISS, and read row by row without a copy."""

    index: Any
    rows: Vectors

    @classmethod
    def open(cls, content: bytes, rows: int, dimension: int) -> "FlatVectors":
        """Read a flat index from checked bytes.

        Raises:
            IndexCorrupt: not a flat index of this shape.
        """
        check_flat(content, rows, dimension)
        import faiss

        faiss.omp_set_num_threads(1)  # its threads and onnxruntime's fight: 4.5 ms a search, not 0.4
        with _READING:
            # For the whole process, so one at a time: no vector may be larger than the file it comes from.
            faiss.set_deserialization_vector_byte_limit(len(content))
            index: Any = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
        matrix = faiss.rev_swig_ptr(index.get_xb(), rows * dimension) if rows else np.zeros(0, np.float32)
        return cls(index, matrix.reshape(rows, dimension))

    def take(self, rows: NDArray[np.int64] | list[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension)."""
        taken: Vectors = self.rows[rows]
        return taken

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


@dataclass(frozen=True, slots=True)
class HalfVectors:
    """Vectors of 16-bit numbers in a file mapped into memory: only the rows that are asked for are read.

    Their cosines differ from those of the whole vectors by less than a thousandth.
    """

    rows: NDArray[np.float16]

    @classmethod
    def open(cls, content: bytes | memoryview, rows: int, dimension: int) -> "HalfVectors":
        """View checked bytes without a copy.

        Raises:
            IndexCorrupt: not an array of this shape.
        """
        halves = array_of(content)
        if halves.shape != (rows, dimension) or halves.dtype != np.float16:
            raise IndexCorrupt("a vector file is not of the shape that the manifest states")
        return cls(halves)

    def take(self, rows: NDArray[np.int64] | list[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension)."""
        return self.rows[rows].astype(np.float32)
