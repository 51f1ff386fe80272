"""Vectors: all compared by FAISS, where they are very many first by their codes."""

import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index import layout
from pullquote.index.files import Stored, array_head
from pullquote.models.onnx import Vectors

# fourcc, dimension, count, two numbers that nobody reads, trained?, metric, then the vector's own length
_HEADER = struct.Struct("<4siqqqBiQ")
_READING = threading.Lock()
CODED = 20_000  # rows up to which all are compared as they are; docs/scale.md has the measurements
WIDE = 1_600  # rows at least that the codes bring, for the exact comparison
NUMBERS = (3, 4, 2, 1)  # of a vector that get one code together: the first that divides it
VALUES = 16  # of a code
TRAINED = 65_536  # rows that the values are learned from
BLOCK = 65_536  # rows worked on at a time
PACKED = 8  # ranges of rows kept ready to be compared: all rows, and large debates
Append = Callable[[str, bytes], None]  # the name of a file, and what comes next in it


def flat_head(rows: int, dimension: int) -> bytes:
    """What FAISS writes before the numbers of an exact inner-product index, the only kind that is written and read."""
    return _HEADER.pack(b"IxFI", dimension, rows, 1 << 20, 1 << 20, 1, 0, rows * dimension)


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)  # its threads and onnxruntime's fight: 4.5 ms a search, not 0.4
    return faiss


@dataclass(frozen=True, slots=True)
class Codes:
    """A product quantizer's codes of rows, two a byte (Jégou, Douze and Schmid 2011).

    Both files are plain arrays; FAISS compares the codes once they are packed for it (`IndexPQFastScan`; André, Kermarrec and Le
    Scouarnec 2015), and parses no file.
    """

    rows: int
    packed: Callable[[int, int], Any]

    @classmethod
    def open(cls, contents: Mapping[str, Any], rows: int, dimension: int) -> "Codes":
        """Read the files of `layout.CODES`.

        Raises:
            IndexCorrupt: their shapes do not fit together.
        """
        values, codes = (Stored.open(contents[name]) for name in layout.CODES)
        parts = dimension // _numbers(dimension)
        shapes = (values.shape, codes.shape) == ((parts, VALUES, dimension // parts), (rows, (parts + 1) // 2))
        if not shapes or [values.dtype, codes.dtype] != [np.float32, np.uint8]:
            raise IndexCorrupt("the codes of the vectors do not fit together")
        packed = lru_cache(PACKED)(partial(_packed, values.whole(), codes))
        packed(0, rows)  # who asks first does not wait for it
        return cls(rows, packed)

    def near(self, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """Rows of a range among which the `count` most like a vector are, nearly always, upwards."""
        wide = min(max(WIDE, 4 * count), len(within))
        index = self.packed(within.start, within.stop)
        found = index.search(np.ascontiguousarray(vector, np.float32).reshape(1, -1), wide)[1][0]
        return np.sort(found[found >= 0]) + within.start


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
        return cls(Stored(matrix.reshape(rows, dimension)), index)

    @classmethod
    def mapped(cls, contents: Mapping[str, Any], rows: int, dimension: int) -> "VectorTable":
        """The vectors of `layout.PASSAGES_WHOLE`, with their codes where they are more than CODED.

        Raises:
            IndexCorrupt: they are of another shape, or their codes are not there or do not fit.
        """
        whole = Stored.open(contents[layout.PASSAGES_WHOLE])
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
            likeness, rows = self._searched(vector, count, within)
        elif self.codes is None or len(within) <= CODED:
            likeness, rows = self._compared(vector, count, within)
        else:
            rows = self.codes.near(vector, count, within)
            likeness = self.take(rows) @ vector
        order = np.lexsort((rows, -likeness))  # equals in the order of the text, whichever way they were found
        return np.asarray(rows[order[:count]], dtype=np.int64)

    def _searched(self, vector: Vectors, count: int, within: range) -> tuple[Vectors, NDArray[np.int64]]:
        faiss = _faiss()
        inside = faiss.IDSelectorRange(within.start, within.stop)
        chosen = None if len(within) == len(self.rows) else faiss.SearchParameters(sel=inside)
        likeness, found = self.index.search(vector.reshape(1, -1), count, params=chosen)
        return likeness[0], found[0]

    def _compared(self, vector: Vectors, count: int, within: range) -> tuple[Vectors, NDArray[np.int64]]:
        spend()
        faiss, rows = _faiss(), self.rows.slice(within.start, within.stop)
        likeness, found = faiss.knn(vector.reshape(1, -1), rows, count, metric=faiss.METRIC_INNER_PRODUCT)
        return likeness[0], found[0] + within.start


def _numbers(dimension: int) -> int:
    return next(count for count in NUMBERS if dimension % count == 0)


def _packed(values: Vectors, codes: Stored, start: int, stop: int) -> Any:
    """What compares the codes of these rows."""
    faiss = _faiss()
    parts, _, numbers = values.shape
    plain: Any = faiss.IndexPQ(parts * numbers, parts, 4, faiss.METRIC_INNER_PRODUCT)
    faiss.copy_array_to_vector(np.ascontiguousarray(values, np.float32).ravel(), plain.pq.centroids)
    faiss.copy_array_to_vector(np.ascontiguousarray(codes.slice(start, stop)).ravel(), plain.codes)
    plain.ntotal, plain.is_trained = stop - start, True
    return faiss.IndexPQFastScan(plain)


def write_codes(vectors: Stored, append: Append) -> None:
    """Write the codes of vectors (rows, dimension) as the files of `layout.CODES`; of CODED rows or fewer nothing is written.

    The same for the same vectors on the same machine. Memory: TRAINED rows as they are and some BLOCK rows.
    """
    if len(vectors) <= CODED:
        return
    import faiss

    count, dimension = vectors.shape
    numbers = _numbers(dimension)
    quantizer: Any = faiss.ProductQuantizer(dimension, dimension // numbers, 4)
    drawn = np.linspace(0, count - 1, min(count, TRAINED)).astype(np.int64)
    quantizer.train(np.ascontiguousarray(vectors.take(drawn), np.float32))
    values = faiss.vector_to_array(quantizer.centroids).reshape(dimension // numbers, VALUES, numbers)
    first, second = layout.CODES
    append(first, array_head(values.shape, np.float32) + values.tobytes())
    append(second, array_head((count, quantizer.code_size), np.uint8))
    for block in _blocks(vectors):
        append(second, quantizer.compute_codes(block).tobytes())


def _blocks(vectors: Stored) -> Iterator[Vectors]:
    for start in range(0, len(vectors), BLOCK):
        yield np.ascontiguousarray(vectors.slice(start, min(start + BLOCK, len(vectors))), np.float32)
