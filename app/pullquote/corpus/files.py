"""Files: what survives a crash, a folder that anybody may have put files into, and what only looks like a text."""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pullquote.errors import DocumentError, IndexLocked

# Faults of the machine, not of the file: it is still there.
JUST_NOW = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE)
HEAD = 1_000  # letters of a text, from its start, that its format is told by
MIN_TAGS, MIN_SHARE = (
    3,
    0.33,
)  # of the lines with words or tags, how many have tags where it is HTML
_OPENINGS = (
    ("%PDF-", "is a PDF file; give its name the ending .pdf"),
    ("{\\rtf", "is an RTF file; save it as plain text from the program that it was written with"),
    (
        "PK\x03\x04",
        "is a ZIP or an office file; give a Word document the ending .docx, and save any other as plain text",
    ),
)
_PAGE = re.compile(  # a tag must follow: "<html> is what the clerk wrote" is a sentence
    r"(?:<\?xml[^<>]{0,200}>\s{0,99}|<!--[^>]{0,500}>\s{0,99}){0,3}<(?:!doctype\s{1,9}html\b|html(?:\s[^<>]{0,300}=|>\s{0,99}<))",
    re.IGNORECASE,
)
_XML = re.compile(r"<\?xml[^<>]{0,200}>\s{0,99}<[\w!]", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:[abipu]|br|em|h[1-6]|li|[ou]l|t[dhr]|div|span|strong|table|body)(?:[\s/][^<>]{0,500})?>",
    re.IGNORECASE,
)
# What is not drawn, as Unicode has it (Default_Ignorable_Code_Point, to which later versions hardly add), but for U+200C to
# U+200F: these joiners and marks are ordinary in the scripts that are written with them.
_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMULA = (
    *"=+-@",
    *"＝＋－＠",
    "\t",
    "\r",
    "\n",
)  # the wide ones are signs to a spreadsheet in some languages
# With what drives a terminal, ends a line unseen or is half a pair. `embed.js` has the same for what the browser shows.
_HIDING = re.compile(
    f"[{_UNSEEN}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\ud800-\udfff]"
)
# The categories of what has variants, with punctuation and symbols, and but for U+2139.
_VARIED = frozenset({"Lo", "Lm", "Nd"})


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


def walk(root: Path, wanted: Callable[[str], bool], *, depth: int) -> Iterator[str]:
    """The paths, relative to the root, of files whose names are wanted; hidden ones are left out.

    A folder deeper than `depth`, and a link to a folder, is named itself and not looked into.

    Raises:
        OSError: a folder cannot be read.
    """
    yield from _walk(str(root), "", wanted, depth)


def _walk(folder: str, above: str, wanted: Callable[[str], bool], depth: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            inside = entry.is_dir(follow_symlinks=False)
            if inside and depth:
                yield from _walk(entry.path, f"{above}{entry.name}/", wanted, depth - 1)
            elif inside or wanted(entry.name) or _links_to_folder(entry):
                path = above + entry.name
                # A name no file here has, but readable
                yield path.encode("utf-8", "backslashreplace").decode("utf-8")


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
        for name in parts[:-1]:
            below = os.open(name, flags | os.O_DIRECTORY, dir_fd=above)
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


def refuse_code(text: str) -> None:
    """Say what to do with the code of a page or a file of another kind, which would be quoted as somebody's words.

    Raises:
        DocumentError: the text is such code.
    """
    head = text[:HEAD].lstrip("\ufeff \t\r\n")
    if _PAGE.match(head):
        raise DocumentError("is a web page (HTML); give its name the ending .html")
    if _XML.match(head):
        raise DocumentError("is an XML file; save the text that it holds")
    if reason := next((reason for opening, reason in _OPENINGS if head.startswith(opening)), None):
        raise DocumentError(reason)


def looks_like_html(text: str) -> bool:
    """Whether many lines of a text hold tags of HTML."""
    lines = [line for line in text.replace("\r", "\n").split("\n") if line.strip()]
    tags = [len(_TAG.findall(line)) for line in lines]
    return sum(tags) >= MIN_TAGS and sum(map(bool, tags)) >= MIN_SHARE * len(lines)


def hidden(text: str) -> list[str]:
    """The letters of a text that hide, or turn others around, in their order."""
    return [match.group() for match in _HIDING.finditer(text) if not _is_ordinary(match)]


def visible(text: str) -> str:
    """The text with hidden letters written out, as Python and JavaScript write them."""
    return _HIDING.sub(_written, text.replace("\r\n", "\n"))


def safe_cell(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and that drives no terminal."""
    plain = visible(cell).replace("\r", "\\r")
    return f"'{plain}" if cell.startswith(_FORMULA) else plain


def _written(match: re.Match[str]) -> str:
    letter, code = match.group(), ord(match.group())
    if _is_ordinary(match):
        return letter
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _is_ordinary(match: re.Match[str]) -> bool:
    """Whether it only says where a word may be broken, or which form an emoji, a sign or a letter without case has."""
    letter, text, (start, end) = match.group(), match.string, match.span()
    before = text[max(start - 1, 0) : start]
    if not before or _HIDING.match(before):
        return False
    if letter == "\xad":
        return before.isalpha() and text[end : end + 1].isalpha()
    kind = unicodedata.category(before)
    return "VARIATION SELECTOR" in unicodedata.name(letter, "") and (
        kind in _VARIED or kind[0] in "PS" or before == "\u2139"
    )
