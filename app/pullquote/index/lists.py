"""Very many vectors: in lists around centroids, as codes of 8 bits a number, of which a question reads a few."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import IndexCorrupt, spend
from pullquote.index import layout
from pullquote.index.files import Stored, array_head, stored
from pullquote.models.onnx import Vectors

LISTED = 20_000  # rows up to which all are compared; docs/scale.md has the measurement
PER_SQUARE_ROOT = 4  # lists, as multiples of the square root of the rows
TRAINED = 64  # rows a list that the centroids are learned from
ROUNDS = 10
SEED = 20_261_201
READ = 20_000  # rows whose codes a question reads: where these lie in few lists (of a debate), in as many lists as that takes
LEAST = 16  # lists, whatever they hold
BLOCK = 65_536  # rows worked on at a time
Append = Callable[[str, bytes], None]  # the name of a file, and what comes next in it


@dataclass(frozen=True, slots=True)
class Lists:
    """Codes of rows, list by list: `starts[n]:starts[n + 1]` are those of list n, by row; `rows` has the row of each.

    A number is `low + (code + 0.5) / 255 * span`, with low and span (`scale`) of its own for each dimension: FAISS's 8-bit
    scalar quantizer, whose scanner reads them where they lie. No file of FAISS's is ever parsed.
    """

    centroids: Vectors
    starts: NDArray[np.int64]
    rows: Stored
    codes: Stored
    index: Any

    @classmethod
    def open(cls, contents: Mapping[str, Any], rows: int, dimension: int) -> "Lists":
        """Read the files of `layout.LISTS`.

        Raises:
            IndexCorrupt: their shapes do not fit together.
        """
        centroids, scale, starts, numbers, codes = (stored(contents[name]) for name in layout.LISTS)
        kinds = [one.dtype for one in (centroids, scale, starts, numbers, codes)]
        count = len(centroids)
        shaped = [one.shape for one in (centroids, scale, starts, numbers, codes)] == [
            (count, dimension), (2, dimension), (count + 1,), (rows,), (rows, dimension),
        ]  # fmt: skip
        firsts = starts.whole()
        fits = shaped and kinds == [np.float32, np.float32, np.int64, np.int32, np.uint8]
        if not fits or firsts[0] != 0 or firsts[-1] != rows or np.any(np.diff(firsts) < 0):
            raise IndexCorrupt("the lists of the vectors do not fit together")
        return cls(centroids.whole(), firsts, numbers, codes, _scanning(scale.whole(), dimension))

    def near(self, vector: Vectors, count: int, within: range) -> NDArray[np.int64]:
        """About the `count` rows of a range most like a vector, by their codes, in no order that counts.

        The lists of the nearest centroids are read, until READ rows of the range were.
        """
        import faiss

        found, likeness = np.full(count, -1, np.int64), np.full(count, -np.inf, np.float32)
        asked = np.ascontiguousarray(vector, np.float32)
        scanner = self.index.get_InvertedListScanner(False, None, None)  # noqa: FBT003 -- C++ knows no names
        scanner.set_query(faiss.swig_ptr(asked))
        scanner.set_list(0, 0.0)
        read, whole = 0, len(within) == len(self.rows)
        for number, one in enumerate(np.argsort(-(self.centroids @ asked), kind="stable").tolist()):
            if read >= READ and number >= LEAST:
                break
            spend()
            rows, start, stop = self._inside(one, within, whole)
            if start == stop:
                continue
            numbers, codes = rows.astype(np.int64), np.ascontiguousarray(self.codes.slice(start, stop))
            pointers = (faiss.swig_ptr(each) for each in (codes, numbers, likeness, found))
            scanner.scan_codes(len(numbers), *pointers, count)
            read += len(numbers)
        return np.unique(found[found >= 0])

    def _inside(self, one: int, within: range, whole: bool) -> tuple[NDArray[np.int32], int, int]:
        """The rows of a list that lie in a range, and where they stand.

        Raises:
            IndexCorrupt: one is no row.
        """
        start, stop = int(self.starts[one]), int(self.starts[one + 1])
        rows = self.rows.slice(start, stop)
        if len(rows) and (rows[0] < 0 or rows[-1] >= len(self.rows)):
            raise IndexCorrupt("a list of the vectors points to a row that there is not")
        if whole:
            return rows, start, stop
        first, last = np.searchsorted(rows, np.array([within.start, within.stop], np.int32)).tolist()
        return rows[first:last], start + first, start + last


def _scanning(scale: Vectors, dimension: int) -> Any:
    """FAISS's index of one empty list, for what reads codes of this scale."""
    import faiss

    quantizer = faiss.IndexFlatIP(dimension)
    quantizer.add(np.zeros((1, dimension), np.float32))
    kind = faiss.ScalarQuantizer.QT_8bit
    index: Any = faiss.IndexIVFScalarQuantizer(quantizer, dimension, 1, kind, faiss.METRIC_INNER_PRODUCT, False)  # noqa: FBT003
    faiss.copy_array_to_vector(np.ascontiguousarray(scale.ravel(), np.float32), index.sq.trained)
    index.is_trained = True
    return index


def write_lists(vectors: Stored, append: Append) -> None:
    """Put vectors (rows, dimension) into lists, as the files of `layout.LISTS`; of LISTED rows or fewer nothing is written.

    The same for the same vectors on the same machine. Memory: TRAINED rows a list as they are and some BLOCK rows.
    """
    if len(vectors) <= LISTED:
        return
    count, dimension = vectors.shape
    centroids = _centroids(vectors)
    nearest = np.empty(count, np.int32)
    low, high = np.full(dimension, np.inf, np.float32), np.full(dimension, -np.inf, np.float32)
    for start, block in _blocks(vectors):
        nearest[start : start + len(block)] = np.argmax(block @ centroids.T, axis=1)
        low, high = np.minimum(low, block.min(axis=0)), np.maximum(high, block.max(axis=0))
    span = np.maximum(high - low, np.float32(1e-6))
    order = np.argsort(nearest, kind="stable").astype(np.int32)
    starts = np.searchsorted(nearest[order], np.arange(len(centroids) + 1)).astype(np.int64)
    small: tuple[NDArray[Any], ...] = (centroids, np.stack([low, span]), starts, order)
    for name, array in zip(layout.LISTS[:-1], small, strict=True):
        append(name, array_head(array.shape, array.dtype) + array.tobytes())
    append(layout.LISTS[-1], array_head((count, dimension), np.uint8))
    for start in range(0, count, BLOCK):
        block = vectors.take(order[start : start + BLOCK].astype(np.int64)).astype(np.float32, copy=False)
        codes = np.clip(np.floor((block - low) / span * 255), 0, 255).astype(np.uint8)
        append(layout.LISTS[-1], codes.tobytes())


def _blocks(vectors: Stored) -> Iterator[tuple[int, Vectors]]:
    for start in range(0, len(vectors), BLOCK):
        yield start, vectors.slice(start, min(start + BLOCK, len(vectors))).astype(np.float32, copy=False)


def _centroids(vectors: Stored) -> Vectors:
    """The middles of the lists, by k-means over rows drawn evenly, shape (lists, dimension)."""
    import faiss

    count, dimension = vectors.shape
    lists = max(1, round(PER_SQUARE_ROOT * count**0.5))
    drawn = np.linspace(0, count - 1, min(count, lists * TRAINED)).astype(np.int64)
    learner: Any = faiss.Kmeans(
        dimension, lists, niter=ROUNDS, seed=SEED, spherical=True, min_points_per_centroid=1,
        max_points_per_centroid=TRAINED,
    )  # fmt: skip
    learner.train(np.ascontiguousarray(vectors.take(drawn), np.float32))
    return np.asarray(learner.centroids, np.float32).reshape(lists, dimension)
