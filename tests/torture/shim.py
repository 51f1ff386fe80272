"""A shim between the program and the disk: it counts, records and fails every operation below a folder."""

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

OPENS = frozenset({"open", "create"})
HALF = frozenset({"torn", "ENOSPC"})  # a write then leaves its first half behind


class Killed(BaseException):
    """The process ends here: nothing that it does after this reaches the disk."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing done to the disk; `path` and `target` are relative to the folder that is watched."""

    kind: str
    path: str
    content: bytes = b""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong: `kill`, `torn` (killed within a write) or an errno's name, at the operation of this number."""

    kind: str
    at: int
    lasting: bool = False

    def strikes(self, number: int, operation: Operation) -> bool:
        if self.kind == "EMFILE" and operation.kind not in OPENS:
            return False
        return number == self.at or (
            number > self.at and (self.lasting or self.kind in ("kill", "torn"))
        )


class Disk:
    """Everything that was done below `root`, in order, while it stood in for the system's calls."""

    def __init__(self, root: Path, fault: Fault | None = None) -> None:
        self.root = str(root)
        self.fault = fault
        self.log: list[Operation] = []
        self.struck = False

    def name(self, path: Any, dir_fd: int | None = None) -> str | None:
        """The path relative to the root, or None where it lies outside."""
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        given = os.fspath(path)
        if dir_fd is not None:
            given = os.path.join(os.readlink(f"/proc/self/fd/{dir_fd}"), given)
        given = os.path.abspath(given)
        inside = given == self.root or given.startswith(self.root + "/")
        return os.path.relpath(given, self.root) if inside else None

    def did(
        self,
        operation: Operation,
        real: Callable[[], Any],
        half: Callable[[], object] = lambda: None,
    ) -> Any:
        """Do one operation, or let it fail; what the system itself refuses did not happen."""
        self.step(operation, half)
        number = len(self.log) - 1
        try:
            return real()
        except OSError:
            self.log[number] = Operation("refused", operation.path)
            raise

    def step(self, operation: Operation, half: Callable[[], object] = lambda: None) -> None:
        """Count one operation, and let it fail where it should; `half` leaves what a failed write leaves."""
        number = len(self.log)
        self.log.append(operation)
        if self.fault is None or not self.fault.strikes(number, operation):
            return
        first, self.struck = not self.struck, True
        if (
            operation.kind == "write"
            and self.fault.kind in HALF
            and (first or self.fault.kind == "ENOSPC")
        ):
            half()
        if self.fault.kind in ("kill", "torn"):
            raise Killed
        code = getattr(errno, self.fault.kind)
        raise OSError(code, os.strerror(code), operation.path)


class _File(io.RawIOBase):
    """A file whose every write is an operation of its own."""

    def __init__(self, disk: Disk, name: str, raw: Any) -> None:
        super().__init__()
        self._disk, self._name, self._raw = disk, name, raw

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        content = bytes(content)
        return self._disk.did(
            Operation("write", self._name, content),
            lambda: int(self._raw.write(content)),
            lambda: self._raw.write(content[: len(content) // 2]),
        )

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def close(self) -> None:
        self._raw.close()
        super().close()


@contextmanager
def watched(root: Path, fault: Fault | None = None) -> Iterator[Disk]:
    """Stand between the program and everything below `root`."""
    disk = Disk(root.resolve(), fault)
    with pytest.MonkeyPatch.context() as patch:
        _stand_in_for_paths(disk, patch)
        _stand_in_for_files(disk, patch)
        yield disk


def _stand_in_for_paths(disk: Disk, patch: pytest.MonkeyPatch) -> None:
    def one(kind: str, call: str) -> None:
        real = getattr(os, call)

        def instead(path: Any, *arguments: Any, dir_fd: int | None = None, **options: Any) -> Any:
            name = disk.name(path, dir_fd)
            if name is None:
                return real(path, *arguments, dir_fd=dir_fd, **options)
            return disk.did(
                Operation(kind, name), lambda: real(path, *arguments, dir_fd=dir_fd, **options)
            )

        patch.setattr(os, call, instead)

    for kind, call in (
        ("mkdir", "mkdir"),
        ("unlink", "unlink"),
        ("unlink", "remove"),
        ("rmdir", "rmdir"),
    ):
        one(kind, call)

    for call in ("rename", "replace"):
        real = getattr(os, call)

        def instead(source: Any, target: Any, *, _real: Any = real, **options: Any) -> None:
            name = disk.name(source)
            if name is None:
                _real(source, target, **options)
            else:
                operation = Operation("rename", name, target=disk.name(target) or "")
                disk.did(operation, lambda: _real(source, target, **options))

        patch.setattr(os, call, instead)


def _stand_in_for_files(disk: Disk, patch: pytest.MonkeyPatch) -> None:
    real_open, real_os_open = io.open, os.open

    def fsync(descriptor: int) -> None:
        name = disk.name(descriptor)
        if name is not None:  # the disk of a test that ends in a minute need not hold anything
            disk.step(Operation("fsync", name))

    def opened(path: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        name = None if isinstance(path, int) else disk.name(path)
        if name is None:
            return real_open(path, mode, *arguments, **options)
        writes = set(mode) & set("wxa+")
        if writes:
            return _File(
                disk, name, disk.did(Operation("create", name), lambda: real_open(path, mode, 0))
            )
        return disk.did(
            Operation("open", name), lambda: real_open(path, mode, *arguments, **options)
        )

    def os_open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        name = disk.name(path, dir_fd)
        if name is None:
            return real_os_open(path, flags, mode, dir_fd=dir_fd)
        kind = "create" if flags & os.O_CREAT and not Path(path).exists() else "open"
        return disk.did(
            Operation(kind, name), lambda: real_os_open(path, flags, mode, dir_fd=dir_fd)
        )

    patch.setattr(os, "fsync", fsync)
    patch.setattr(os, "open", os_open)
    patch.setattr(io, "open", opened)
