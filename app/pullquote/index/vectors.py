"""Vectors in exact FAISS indexes, checked byte by byte before FAISS reads them."""

import struct
import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt
from pullquote.index import layout
from pullquote.index.files import array_bytes, mapped_array
from pullquote.models.onnx import Vectors

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


EXACT = 50_000  # windows up to which all are searched; past it only those of the nearest passages
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
        return {layout.WINDOW_VECTORS: flat_bytes(vectors)}
    return {layout.WINDOW_HALVES: array_bytes(vectors.astype(np.float16))}


def check_flat(content: bytes, rows: int, dimension: int) -> None:
    """Refuse bytes that are not a flat index of just this shape and length.

    FAISS trusts the sizes that a file states; this does not.

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
    look: FirstLook = field(default_factory=FirstLook, compare=False, repr=False)

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
        whole = len(within) == len(self.rows)
        inside = faiss.IDSelectorRange(within.start, within.stop)
        chosen = None if whole else faiss.SearchParameters(sel=inside)  # type: ignore[call-arg]  # its stub lacks it
        coarse = self.look.of(self.rows)
        sure = coarse.search(self.rows, vector, count, within, chosen) if coarse else None
        if sure is not None:
            return sure
        likeness, found = self.index.search(vector.reshape(1, -1), count, params=chosen)
        order = np.lexsort((found[0], -likeness[0]))  # equals in the order of the text, whichever way they were found
        return np.asarray(found[0][order][found[0][order] >= 0], dtype=np.int64)


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
        halves = mapped_array(content)
        if halves.shape != (rows, dimension) or halves.dtype != np.float16:
            raise IndexCorrupt("a vector file is not of the shape that the manifest states")
        return cls(halves)

    def take(self, rows: NDArray[np.int64] | list[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension)."""
        return self.rows[rows].astype(np.float32)
