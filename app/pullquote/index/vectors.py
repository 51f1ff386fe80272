"""Vectors: few are compared one by one by FAISS, of many first their codes."""

import mmap
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index import layout
from pullquote.index.files import Append, Content, FileWriter, Stored, Within, array_head, array_of
from pullquote.models.onnx import Vectors

# Rows up to which each is compared as it is, past which their codes are compared first; docs/scale.md
# has the measurements.
EXACT = 20_000
RESCORED = 1_600  # rows at least that the codes propose, for the exact comparison
SUBVECTORS = (3, 4, 2, 1)  # numbers of a vector that get one code: the first that divides it
CENTROIDS = 16  # that a code tells apart
TRAINING_ROWS = 65_536
BLOCK = 65_536  # rows coded at a time
PACKED_RANGES = 8  # ranges of rows kept ready to be compared: all rows, and large debates
PACKED_FILTERS = 4  # filters that leave very many rows, whose codes are kept ready
SCATTERED = (
    8  # of so many rows at least one is wanted: then all between are compared, being quicker
)


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)  # its threads and onnxruntime's fight: 4.5 ms a search, not 0.4
    return faiss


@dataclass(frozen=True, slots=True)
class Codes:
    """A product quantizer's codes of rows, two a byte (Jégou, Douze and Schmid 2011).

    Both files are plain arrays; FAISS compares the codes once they are packed for it
    (`IndexPQFastScan`; André, Kermarrec and Le Scouarnec 2015), and parses no file.
    """

    pack: Callable[[Within], Any]
    packed: Callable[[range], Any]
    filtered: deque[tuple[Within, Any]]

    @classmethod
    def open(cls, contents: Mapping[str, Content], rows: int, dimension: int) -> "Codes":
        """Read the files of `layout.CODES`.

        Raises:
            IndexCorrupt: one is missing, or their shapes do not fit together.
        """
        if not contents.keys() >= {*layout.CODES}:
            raise IndexCorrupt("the codes of the vectors are missing")
        centroids, codes = (Stored.open(contents[name]) for name in layout.CODES)
        subvectors = dimension // _width(dimension)
        centroid_shape = (subvectors, CENTROIDS, dimension // subvectors)
        shapes = (centroids.shape, codes.shape) == (centroid_shape, (rows, (subvectors + 1) // 2))
        if not shapes or [centroids.dtype, codes.dtype] != [np.float32, np.uint8]:
            raise IndexCorrupt("the codes of the vectors do not fit together")
        pack = partial(_packed, centroids.whole(), codes)
        packed = lru_cache(PACKED_RANGES)(pack)
        packed(range(rows))  # who asks first does not wait for it
        return cls(pack, packed, deque(maxlen=PACKED_FILTERS))

    def search(self, vector: Vectors, top_k: int, within: Within) -> NDArray[np.int64]:
        """Rows within among which the `top_k` most like a vector are, nearly always, upwards."""
        candidate_count = min(max(RESCORED, 4 * top_k), len(within))
        index = self._packed(within)
        query = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        positions = np.sort(index.search(query, candidate_count)[1][0])
        positions = positions[positions >= 0]
        return positions + within.start if isinstance(within, range) else within[positions]

    def _packed(self, within: Within) -> Any:
        if isinstance(within, range):
            return self.packed(within)
        index = next((index for rows, index in self.filtered if rows is within), None)
        if index is None:  # a filter that is asked again has the same rows
            index = self.pack(within)
            self.filtered.append((within, index))
        return index


@dataclass(frozen=True, slots=True)
class VectorTable:
    """Vectors row by row, shape (rows, dimension): 32 bits a number, or 16, whose cosines differ by
    less than a thousandth; and their codes, where they are many.
    """

    rows: Stored
    codes: Codes | None = None

    @classmethod
    def open(
        cls, contents: Mapping[str, Content], name: str, shape: tuple[int, int], *, coded: bool
    ) -> "VectorTable":
        """Read a file of vectors of this shape, with their codes if they are `coded` and many.

        Raises:
            IndexCorrupt: it is of another shape, or the codes are not there or do not fit.
        """
        rows = Stored.open(contents[name])
        if rows.shape != shape or rows.dtype not in (np.float32, *([] if coded else [np.float16])):
            raise IndexCorrupt("a vector file is not of the shape that the manifest states")
        return cls(rows, Codes.open(contents, *shape) if coded and shape[0] > EXACT else None)

    @property
    def whole(self) -> bool:
        """Whether the vectors are as they were made, of 32 bits."""
        return bool(self.rows.dtype == np.float32)

    def take(self, rows: NDArray[np.int64] | list[int]) -> Vectors:
        """The vectors of these rows, shape (len(rows), dimension); every search comes by here."""
        spend()
        return self.rows.take(rows).astype(np.float32, copy=False)

    def search(self, vector: Vectors, top_k: int, within: Within) -> NDArray[np.int64]:
        """The `top_k` rows most like `vector` (dimension,), best first, among those in `within`.

        Exact but where more than EXACT rows have codes: then it is nearly so.
        """
        top_k = min(top_k, len(within))
        if top_k <= 0:
            return np.zeros(0, dtype=np.int64)
        if self.codes is None or len(within) <= EXACT:
            cosines, rows = self._compare(vector, top_k, within)
        else:
            rows = self.codes.search(vector, top_k, within)
            cosines = self.take(rows) @ vector
        best_first = np.lexsort((rows, -cosines))  # equals in the order of the text
        return np.asarray(rows[best_first[:top_k]], dtype=np.int64)

    def _compare(
        self, vector: Vectors, top_k: int, within: Within
    ) -> tuple[Vectors, NDArray[np.int64]]:
        spend()
        if isinstance(within, range):
            faiss, rows = _faiss(), self.rows.slice(within.start, within.stop)
            rows = np.ascontiguousarray(rows, np.float32)
            query, metric = vector.reshape(1, -1), faiss.METRIC_INNER_PRODUCT
            cosines, neighbours = faiss.knn(query, rows, top_k, metric=metric)
            return cosines[0], neighbours[0] + within.start
        first, stop = int(within[0]), int(within[-1]) + 1
        if len(within) * SCATTERED > stop - first:
            cosines = (self.rows.slice(first, stop) @ vector)[within - first]
        else:
            cosines = self.rows.take(within) @ vector
        nearest = np.argpartition(-cosines, top_k - 1)[:top_k]
        return cosines[nearest], within[nearest]


def _width(dimension: int) -> int:
    """How many numbers of a vector get one code."""
    return next(count for count in SUBVECTORS if dimension % count == 0)


def _packed(centroids: Vectors, codes: Stored, within: Within) -> Any:
    """What compares the codes of these rows."""
    faiss = _faiss()
    subvectors, _, width = centroids.shape
    plain: Any = faiss.IndexPQ(subvectors * width, subvectors, 4, faiss.METRIC_INNER_PRODUCT)
    flat_centroids = np.ascontiguousarray(centroids, np.float32).ravel()
    faiss.copy_array_to_vector(flat_centroids, plain.pq.centroids)
    if isinstance(within, range):
        chosen = codes.slice(within.start, within.stop)
    else:
        chosen = codes.take(within)
    code_bytes = np.ascontiguousarray(chosen).ravel()
    faiss.copy_array_to_vector(code_bytes, plain.codes)
    plain.ntotal, plain.is_trained = len(within), True
    return faiss.IndexPQFastScan(plain)


def write_codes(vectors: Stored, append: Append) -> None:
    """Write the codes of vectors (rows, dimension) as the files of `layout.CODES`, if they are many.

    The same for the same vectors on the same machine. Memory: TRAINING_ROWS as they are and some
    BLOCK rows.
    """
    if len(vectors) <= EXACT:
        return
    import faiss

    count, dimension = vectors.shape
    width = _width(dimension)
    quantizer: Any = faiss.ProductQuantizer(dimension, dimension // width, 4)
    drawn = np.linspace(0, count - 1, min(count, TRAINING_ROWS)).astype(np.int64)
    quantizer.train(np.ascontiguousarray(vectors.take(drawn), np.float32))
    centroids = faiss.vector_to_array(quantizer.centroids)
    centroids = centroids.reshape(dimension // width, CENTROIDS, width)
    centroid_file, code_file = layout.CODES
    append(centroid_file, array_head(centroids.shape, np.float32) + centroids.tobytes())
    append(code_file, array_head((count, quantizer.code_size), np.uint8))
    for block in _blocks(vectors):
        append(code_file, quantizer.compute_codes(block).tobytes())


def write_codes_of(folder: Path, writer: FileWriter) -> None:
    """Write the codes of the passages' vectors that a folder holds, if they are many."""
    with (folder / layout.PASSAGE_VECTORS).open("rb") as file:
        write_codes(_Streamed(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), writer.append)
    writer.finish()


class _Streamed(Stored):
    """A mapped array whose pages leave memory again as soon as rows of it were copied."""

    def __init__(self, mapped: mmap.mmap) -> None:
        super().__init__(array_of(memoryview(mapped)))
        self._mapped = mapped

    def take(self, rows: NDArray[np.int64] | Sequence[int]) -> NDArray[Any]:
        """As of `Stored`."""
        return self._released(super().take(rows))

    def slice(self, start: int, stop: int) -> NDArray[Any]:
        """As of `Stored`, but a copy."""
        return self._released(super().slice(start, stop).copy())

    def _released(self, copied: NDArray[Any]) -> NDArray[Any]:
        self._mapped.madvise(mmap.MADV_DONTNEED)
        return copied


def _blocks(vectors: Stored) -> Iterator[Vectors]:
    for start in range(0, len(vectors), BLOCK):
        stop = min(start + BLOCK, len(vectors))
        yield np.ascontiguousarray(vectors.slice(start, stop), np.float32)
