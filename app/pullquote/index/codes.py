"""Very many vectors: as codes of 4 bits for each few numbers, of which all are compared, and the best then exactly."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt
from pullquote.index import layout
from pullquote.index.files import Stored, array_head, stored
from pullquote.models.onnx import Vectors

CODED = 20_000  # rows up to which all are compared as they are; docs/scale.md has the measurements
WIDE = 1_600  # rows at least that the codes bring, for the exact comparison
NUMBERS = (3, 4, 2, 1)  # of a vector that get one code together: the first that divides it
VALUES = 16  # of a code
TRAINED = 65_536  # rows that the values are learned from
BLOCK = 65_536  # rows worked on at a time
PACKED = 8  # ranges of rows kept ready to be compared: all rows, and large debates
Append = Callable[[str, bytes], None]  # the name of a file, and what comes next in it


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
        values, codes = (stored(contents[name]) for name in layout.CODES)
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


def _numbers(dimension: int) -> int:
    return next(count for count in NUMBERS if dimension % count == 0)


def _packed(values: Vectors, codes: Stored, start: int, stop: int) -> Any:
    """What compares the codes of these rows."""
    import faiss

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
