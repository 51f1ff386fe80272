"""Vectors of texts encoded before, by what was encoded: kept beside the generations, within bounds.

A text that was taken out and comes back, and the part of a build that was cut short, are then not
encoded again. Records are only ever added at the end, each with a checksum: what a crash tore off is
not used. Nothing answers from this file; it may be deleted at any time.
"""

import hashlib
import mmap
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pullquote.models.encoder import Vectors

KEY_BYTES = 16
_CHECK_BYTES = 8
_KEPT_SHARE = 0.75  # of the bound that is left when the oldest go, so that they do not go each time


@dataclass(frozen=True, slots=True)
class Encoded:
    """The kept vectors of one encoder: a file of records of key, vector and checksum."""

    path: Path
    dimension: int
    limit: int
    """Bytes that the file may have; 0 keeps nothing."""

    @property
    def _record(self) -> int:
        return KEY_BYTES + self.dimension * 4 + _CHECK_BYTES

    def find(self, keys: Mapping[bytes, object]) -> dict[bytes, Vectors]:
        """The vectors kept for these keys, each checked."""
        if not keys or not self.path.is_file() or self.path.stat().st_size < self._record:
            return {}
        found = {}
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as kept:
            for start in range(0, len(kept) - self._record + 1, self._record):
                key = kept[start : start + KEY_BYTES]
                if key in keys and (vector := self._checked(kept[start : start + self._record])) is not None:
                    found[key] = vector
        return found

    def _checked(self, record: bytes) -> Vectors | None:
        body = record[:-_CHECK_BYTES]
        if _check(body) != record[-_CHECK_BYTES:]:
            return None
        return np.frombuffer(body, dtype=np.float32, offset=KEY_BYTES)

    def add(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep further vectors. A disk that is full ends no build: the texts are encoded again some day."""
        if not self.limit or not vectors:
            return
        bodies = (key + np.ascontiguousarray(vector, np.float32).tobytes() for key, vector in vectors.items())
        records = b"".join(body + _check(body) for body in bodies)
        with suppress(OSError):
            self.path.parent.mkdir(exist_ok=True)
            with self.path.open("ab") as file:
                if torn := file.tell() % self._record:  # what a crash left would shift all that follows
                    file.truncate(file.tell() - torn)
                file.write(records)

    def trim(self) -> None:
        """Drop the oldest records where the file is over its bound, and the files of other encoders.

        What cannot be dropped, such as somebody's folder, keeps nothing else from being.
        """
        with suppress(OSError):
            for other in self.path.parent.glob("*"):
                if other != self.path:
                    _drop(other)
            if self.path.stat().st_size > self.limit:
                self._keep_newest(int(self.limit * _KEPT_SHARE) // self._record)

    def _keep_newest(self, count: int) -> None:
        draft = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        with self.path.open("rb") as file:
            file.seek(-count * self._record or 0, os.SEEK_END if count else os.SEEK_SET)
            draft.write_bytes(file.read() if count else b"")
        draft.replace(self.path)


def _drop(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _check(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_CHECK_BYTES).digest()
