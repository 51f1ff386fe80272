"""A folder of files that anybody may have put there: nothing in it leads outside, hangs or is too deep."""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pullquote.errors import DocumentError

# Faults of the machine, not of the file: it is still there.
JUST_NOW = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE)


def walk(root: Path, wanted: Callable[[str], bool], *, depth: int) -> Iterator[str]:
    """The paths, relative to the root, of files whose names are wanted; hidden ones are left out.

    A folder deeper than `depth`, and a link to a folder, is named itself and not looked into.

    Raises:
        OSError: a folder cannot be read.
    """
    yield from _walk(root, root, wanted, depth)


def _walk(root: Path, folder: Path, wanted: Callable[[str], bool], depth: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            inside = entry.is_dir(follow_symlinks=False)
            if inside and depth:
                yield from _walk(root, Path(entry.path), wanted, depth - 1)
            elif inside or wanted(entry.name) or _links_to_folder(entry):
                path = Path(entry.path).relative_to(root).as_posix()
                yield path.encode("utf-8", "backslashreplace").decode("utf-8")  # a name no file here has, but readable


def _links_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:  # it leads round in a circle, or where this user may not look
        return False


def read_regular(folder: Path, parts: Sequence[str], limit: int) -> tuple[bytes, int]:
    """The bytes of a file, one more than the limit at most, and how many names it has on the disk.

    Every folder on the way is opened inside the one before it, so none can be swapped for a link.

    Raises:
        DocumentError: not a regular file.
        OSError: a link on the way, nothing there, or the system refuses.
    """
    # O_NOFOLLOW: a link could lead outside; O_NONBLOCK: opening a named pipe must not hang.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    above = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = os.open(part, flags | os.O_DIRECTORY, dir_fd=above)
            os.close(above)
            above = below
        descriptor = os.open(parts[-1], flags, dir_fd=above)
    finally:
        os.close(above)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise DocumentError("is not a regular file")
        return file.read(limit + 1), facts.st_nlink
