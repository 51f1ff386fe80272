"""Files that survive a crash, and files that are checked before they are used."""

import hashlib
import io
import json
import math
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.files import sync_folder
from pullquote.errors import IndexCorrupt

_HEADER_BYTES = 4_096


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


def map_checked(path: Path, stamp: Stamp) -> memoryview:
    """The same mapped into memory, for what is large and read in small parts; it must never be changed in place."""
    with _open_regular(path) as file:
        digest = hashlib.file_digest(
            file, "sha256"
        )  # not through the map: what is only hashed should not stay resident
        if Stamp(file.tell(), digest.hexdigest()) == stamp:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    raise IndexCorrupt(f"{path} is not what was written (size or SHA-256 differs)")


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
        shape, by_columns, kind = np.lib.format.read_array_header_1_0(header, max_header_size=_HEADER_BYTES)
    except (SyntaxError, TokenError) as error:  # numpy parses a header as Python twice, the second time by tokens
        raise ValueError("not the header of an array") from error
    whole = math.prod(shape) * kind.itemsize == len(content) - header.tell()  # numpy trusts what a header claims
    if by_columns or kind.hasobject or not whole:
        raise ValueError("not a plain array of the size that its header claims")
    return np.frombuffer(content, kind, offset=header.tell()).reshape(shape)


def array_head(shape: tuple[int, ...], kind: Any) -> bytes:
    """What comes before the numbers of an array of this shape in numpy's file format."""
    head = io.BytesIO()
    told = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(head, told)
    return head.getvalue()


@dataclass(frozen=True, slots=True)
class Stored:
    """An array of a file, read in parts."""

    array: NDArray[Any]

    @classmethod
    def of(cls, array: NDArray[Any]) -> "Stored":
        """An array in memory."""
        return cls(array)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of an array."""
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: NDArray[np.int64] | list[int]) -> NDArray[Any]:
        """A copy of these rows."""
        return self.array[rows]

    def slice(self, start: int, stop: int) -> NDArray[Any]:
        """A view of the rows from start to before stop."""
        return self.array[start:stop]

    def whole(self) -> NDArray[Any]:
        """All of it."""
        return self.array


def stored(content: Any) -> Stored:
    """An array in numpy's file format, or as it was opened already."""
    return content if isinstance(content, Stored) else Stored.of(array_of(content))


def json_bytes(value: object) -> bytes:
    """JSON in UTF-8, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")
