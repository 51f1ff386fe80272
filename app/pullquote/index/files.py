"""Files that survive a crash, and files that are checked before they are used."""

import hashlib
import io
import json
import math
import mmap
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.files import sync_folder
from pullquote.errors import IndexCorrupt

_HEADER_BYTES = 4_096
PIECES_FROM = 4 << 20  # bytes from which a file is mapped, and checked piece by piece as it is used
# Bytes of a piece: a row that a question touches first costs hashing no more than a page or two
PIECE = 4 << 10
PIECES = ".pieces"  # what the file of a file's pieces' hashes is called after it
_HASH_BYTES = hashlib.sha256().digest_size
# Rows side by side, or those that pass a filter, upwards.
Within = range | NDArray[np.int64]
Append = Callable[[str, bytes], None]  # the name of a file, and what comes next in it


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file's size in bytes and its SHA-256."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> "Stamp":
        """The stamp of these bytes."""
        return cls(len(content), hashlib.sha256(content).hexdigest())


def write_durably(path: Path, content: bytes) -> Stamp:
    """Write a new file and wait until the disk holds it.

    A failed fsync is never tried again on the same file: the kernel may have dropped the data.
    """
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Stamp.of(content)


def swap_in(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or the new, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        write_durably(draft, content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


@contextmanager
def _open_regular(path: Path) -> Iterator[io.BufferedReader]:
    """A regular file to read; a named pipe in its place does not hang."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise IndexCorrupt(f"{path} is not a regular file")
            yield file
    except OSError as error:
        raise IndexCorrupt(f"{path} cannot be read ({error.strerror})") from error


def read_regular(path: Path, limit: int) -> bytes:
    """At most `limit` bytes of a regular file.

    Raises:
        IndexCorrupt: it is missing, no regular file, or cannot be read.
    """
    with _open_regular(path) as file:
        return file.read(limit)


def read_checked(path: Path, stamp: Stamp) -> bytes:
    """A whole file, read once and handed out only if it is what was written.

    Raises:
        IndexCorrupt: it is missing, of another size, or altered.
    """
    content = read_regular(path, stamp.size + 1)
    if Stamp.of(content) != stamp:
        raise IndexCorrupt(f"{path} is not what was written (size or SHA-256 differs)")
    return content


class Durable:
    """A new file that grows by appending; a failed fsync is final, as in `write_durably`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb")
        self._digest, self._piece_hashes = hashlib.sha256(), bytearray()
        self._piece_digest, self._piece_size, self._size = hashlib.sha256(), 0, 0

    def write(self, content: bytes | memoryview) -> None:
        """Append bytes."""
        view = memoryview(content).cast("B") if len(content) else memoryview(b"")
        self._file.write(view)
        self._size += len(view)
        self._digest.update(view)
        while len(view):
            block = view[: PIECE - self._piece_size]
            self._piece_digest.update(block)
            self._piece_size, view = self._piece_size + len(block), view[len(block) :]
            if self._piece_size == PIECE:
                self._end_piece()

    def _end_piece(self) -> None:
        self._piece_hashes += self._piece_digest.digest()
        self._piece_digest, self._piece_size = hashlib.sha256(), 0

    def close(self) -> dict[str, Stamp]:
        """Wait until the disk holds it: its stamp by name, and that of its pieces' hashes where it has such a file."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        stamps = {self._path.name: Stamp(self._size, self._digest.hexdigest())}
        if self._size > PIECES_FROM:
            if self._piece_size:
                self._end_piece()
            name = self._path.name + PIECES
            stamps[name] = write_durably(self._path.with_name(name), bytes(self._piece_hashes))
        return stamps

    def abandon(self) -> None:
        """Close it unfinished."""
        self._file.close()


class FileWriter:
    """Files of a folder that grow by appending; `stamps` are of those that were finished."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, Durable] = {}
        self.stamps: dict[str, Stamp] = {}

    def append(self, name: str, content: bytes) -> None:
        """Append to a file, which may be new."""
        if name not in self._open:
            self._open[name] = Durable(self._folder / name)
        self._open[name].write(content)

    def write_array(
        self, name: str, kind: Any, shape: tuple[int, ...], blocks: Iterable[NDArray[Any]]
    ) -> None:
        """Write an array of this shape block by block, and wait for the disk."""
        self.append(name, array_head(shape, kind))
        for block in blocks:
            self.append(name, np.ascontiguousarray(block, kind).tobytes())
        self.finish()

    def finish(self) -> None:
        """Wait until the disk holds what was appended."""
        for file in self._open.values():
            self.stamps |= file.close()
        self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.abandon()


@dataclass(frozen=True, slots=True)
class Pieces:
    """A large file mapped into memory, whose pieces are compared with their hashes before they are first used."""

    path: Path
    content: memoryview
    hashes: bytes
    seen: NDArray[np.bool_]

    @classmethod
    def map(cls, path: Path, size: int, hashes: bytes) -> "Pieces":
        """Map a file of this many bytes; it must never be changed in place.

        Raises:
            IndexCorrupt: it is missing, or of another size.
        """
        with _open_regular(path) as file:
            count = -(-size // PIECE)
            if os.fstat(file.fileno()).st_size == size and len(hashes) == count * _HASH_BYTES:
                mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                return cls(path, memoryview(mapped), hashes, np.zeros(count, np.bool_))
        raise IndexCorrupt(f"{path} is not what was written (size differs)")

    def check(self, pieces: NDArray[np.int64]) -> None:
        """See that these pieces are what was written.

        Raises:
            IndexCorrupt: one is not.
        """
        unseen = pieces[~self.seen[pieces]]
        for piece in np.unique(unseen).tolist() if len(unseen) else ():
            start = piece * PIECE
            digest = hashlib.sha256(self.content[start : start + PIECE]).digest()
            if digest != self.hashes[piece * _HASH_BYTES : (piece + 1) * _HASH_BYTES]:
                raise IndexCorrupt(
                    f"{self.path} is not what was written (SHA-256 of a piece differs)"
                )
            self.seen[piece] = True

    def drop_pages(self) -> None:
        """Let the pages that were read leave this process's memory."""
        mapped = self.content.obj
        if isinstance(mapped, mmap.mmap):
            mapped.madvise(mmap.MADV_DONTNEED)

    def check_range(self, start: int, stop: int) -> None:
        """The same of the pieces that hold these bytes."""
        if stop > start:
            first, end = start // PIECE, -(-stop // PIECE)
            if not self.seen[first:end].all():
                self.check(first + np.flatnonzero(~self.seen[first:end]))


Content = bytes | memoryview | Pieces  # a file, or a large one that checks itself as it is read


def whole(content: Content) -> bytes | memoryview:
    """All of a file; of a large one after its pieces were checked.

    Raises:
        IndexCorrupt: it is not what was written.
    """
    if not isinstance(content, Pieces):
        return content
    content.check_range(0, len(content.content))
    return content.content


class Lines(Sequence[bytes]):
    """The lines of a file, cut out as they are asked for."""

    def __init__(self, content: Content) -> None:
        self._content = whole(content)
        breaks = np.flatnonzero(np.frombuffer(self._content, np.uint8) == ord("\n"))
        self._bounds = np.concatenate([[-1], breaks, [len(self._content)]])

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[line] for line in range(*number.indices(len(self)))]
        start, end = self._bounds[range(len(self))[number] :][:2].tolist()
        return bytes(self._content[start + 1 : end])


class Stored:
    """An array of a generation's file, by rows: in memory, or mapped and checked as it is used."""

    def __init__(self, array: NDArray[Any], pieces: Pieces | None = None) -> None:
        self._array, self._pieces = array, pieces
        self._width = array.strides[0] if array.ndim else 0
        self._start = len(pieces.content) - array.nbytes if pieces else 0

    @classmethod
    def open(cls, content: Content) -> "Stored":
        """Of a file in numpy's format.

        Raises:
            ValueError: it is none.
            IndexCorrupt: its head is not what was written.
        """
        if not isinstance(content, Pieces):
            return cls(array_of(content))
        content.check_range(0, min(_HEADER_BYTES, len(content.content)))
        return cls(array_of(content.content), content)

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, and what a row has."""
        return self._array.shape

    @property
    def dtype(self) -> "np.dtype[Any]":
        """What its numbers are."""
        return self._array.dtype

    def __len__(self) -> int:
        return len(self._array)

    def take(self, rows: "NDArray[np.int64] | Sequence[int]") -> NDArray[Any]:
        """These rows, copied.

        Raises:
            IndexCorrupt: here and below, what is read is not what was written.
        """
        if self._pieces and len(rows):
            starts = self._start + np.asarray(rows, np.int64) * self._width
            first, last = starts // PIECE, (starts + self._width - 1) // PIECE
            if not (self._pieces.seen[first].all() and self._pieces.seen[last].all()):
                widest = int((last - first).max()) + 1
                pieces = np.minimum(first[:, None] + np.arange(widest), last[:, None])
                self._pieces.check(np.unique(pieces))
        return np.asarray(self._array[rows])

    def slice(self, start: int, stop: int) -> NDArray[Any]:
        """Rows that lie side by side, without a copy."""
        if self._pieces:
            self._pieces.check_range(
                self._start + start * self._width, self._start + stop * self._width
            )
        return self._array[start:stop]

    def whole(self) -> NDArray[Any]:
        """All rows, without a copy."""
        return self.slice(0, len(self))


def array_bytes(array: NDArray[Any]) -> bytes:
    """An array in numpy's file format."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def array_of(content: bytes | memoryview) -> NDArray[Any]:
    """An array in numpy's file format, viewed without a copy; pickled objects are refused.

    Raises:
        ValueError: not an array, or one of another size than the file has room for.
    """
    header = io.BytesIO(bytes(content[:_HEADER_BYTES]))
    if np.lib.format.read_magic(header) != (1, 0):
        raise ValueError("another version of the array format")
    try:
        shape, by_columns, kind = np.lib.format.read_array_header_1_0(
            header, max_header_size=_HEADER_BYTES
        )
    except (
        SyntaxError,
        TokenError,
    ) as error:  # numpy parses a header as Python twice, the second time by tokens
        raise ValueError("not the header of an array") from error
    size = math.prod(shape) * kind.itemsize  # numpy trusts what a header claims
    if by_columns or kind.hasobject or size != len(content) - header.tell():
        raise ValueError("not a plain array of the size that its header claims")
    return np.frombuffer(content, kind, offset=header.tell()).reshape(shape)


def array_head(shape: tuple[int, ...], kind: Any) -> bytes:
    """What comes before the numbers of an array of this shape in numpy's file format."""
    head = io.BytesIO()
    described = np.lib.format.dtype_to_descr(np.dtype(kind))
    facts = {"descr": described, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, facts)
    return head.getvalue()


def json_bytes(value: object) -> bytes:
    """JSON in UTF-8, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")
