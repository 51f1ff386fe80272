"""What survives a crash: folders whose names the disk holds, and one process at a time that writes below them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pullquote.errors import IndexLocked


def sync_folder(folder: Path) -> None:
    """Wait until the disk holds the folder's list of names."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder, with those above it, and wait until the disk holds their names."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def lock_of(folder: Path) -> Path:
    """The file that the one process which writes below a folder holds."""
    return folder / "LOCK"


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the kernel's lock on a file: it goes with the process, however that ends.

    Raises:
        IndexLocked: another process holds it.
    """
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexLocked(
                f"another process is building {path.parent}; wait for it, then run `pullquote index` again"
            ) from error
        yield
    finally:
        os.close(descriptor)
