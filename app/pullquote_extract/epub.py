"""EPUB books: their chapters in the order of the spine, read as web pages are, and what the package tells of the book."""

import io
import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted
from pullquote_extract.html import decode, parsed
from pullquote_extract.limits import extend_cpu_limit
from pullquote_extract.shown import Shown
from pullquote_extract.walk import Walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

EXTRACTOR = "epub 1"
MOST_BYTES, MOST_CHAPTERS = (
    32_000_000,
    2_000,
)  # unpacked, of all that is read; a Bible has 1,189 chapters
SECONDS_A_CHAPTER = 0.05  # of the processor that each earns; 33,000 letters take 0.01, the longest web page known here 0.14
_DAMAGED = "is a damaged EPUB book; get it anew"
# XHTML closes an empty element in its opening tag, which HTML reads as open until the end.
_EMPTY = re.compile(
    r"<(a|b|div|em|i|p|script|span|style|td|title)((?:\s[^<>]{0,999})?)/>", re.IGNORECASE
)
_DECLARED = re.compile(
    r"<!DOCTYPE[^\[>]{0,999}\[[^\]]{0,9999}\]\s{0,99}>", re.IGNORECASE
)  # entities: no words
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?(?=$|T)", re.ASCII)


def extract(content: bytes) -> Extracted:
    """The text of an EPUB book, its chapters' headings as sections.

    Raises:
        ExtractionError: damaged, too large or protected.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _book(_Parts(archive))
    except ExtractionError:  # a ValueError too
        raise
    except (
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        ValueError,
    ) as error:
        raise ExtractionError(_DAMAGED) from error
    except RuntimeError as error:  # of the archive: a password
        raise ExtractionError("is an EPUB book with a password; save it without one") from error


class _Parts:
    """What lies in a book's archive, within a limit for all of it."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._left = MOST_BYTES

    def read(self, name: str) -> str:
        with self._archive.open(name) as file:
            content = file.read(self._left + 1)  # what the directory says may be untrue
        self._left -= len(content)
        if self._left < 0:
            raise ExtractionError(
                f"unpacks to more than {MOST_BYTES // 1_000_000} MB; save its text in a new file"
            )
        return _EMPTY.sub(r"<\1\2></\1>", _DECLARED.sub("", decode(content), count=1))

    def tree(self, name: str) -> "LexborHTMLParser":
        """A part as a tree; entities that it declares are never looked up."""
        return parsed(self.read(name))


def _book(parts: _Parts) -> Extracted:
    root = parts.tree("META-INF/container.xml").css_first("rootfile[full-path]")
    if root is None:
        raise ExtractionError(_DAMAGED)
    package_path = root.attributes.get("full-path") or ""
    package = parts.tree(package_path)
    names = list(_chapters(package, posixpath.dirname(package_path)))
    if len(names) > MOST_CHAPTERS:
        raise ExtractionError(
            f"has more than {MOST_CHAPTERS:,} chapters; save its text in several files"
        )
    blocks: list[str] = []
    left_out: Counter[str] = Counter()
    for number, name in enumerate(names, 1):
        tree = parts.tree(name)
        shown = Shown(tree)
        walk = Walk(shown)
        if tree.body is not None:
            walk.through(tree.body)
        blocks += walk.blocks
        left_out += shown.left_out
        extend_cpu_limit(number * SECONDS_A_CHAPTER)
    dates = (match[0] for date in _facts(package, "date") if (match := _DATE.match(date)))
    return Extracted(
        "\n\n".join(blocks) + "\n",
        EXTRACTOR,
        title=next(_facts(package, "title"), None),
        author="; ".join(dict.fromkeys(_facts(package, "creator"))) or None,
        date=next(dates, None),
        left_out=tuple(f"{number} × {kind}" for kind, number in sorted(left_out.items())),
    )


def _chapters(package: "LexborHTMLParser", folder: str) -> Iterator[str]:
    """The names of the chapters' files in the order of the spine, without what stands outside of the order of reading."""
    items = {
        node.attributes.get("id"): node.attributes.get("href") or ""
        for node in package.css("item[id]")
    }
    for node in package.css("itemref[idref]"):
        href = items.get(node.attributes.get("idref"), "").partition("#")[0]
        if node.attributes.get("linear") != "no" and href:
            yield posixpath.normpath(posixpath.join(folder, unquote(href)))


def _facts(package: "LexborHTMLParser", name: str) -> Iterator[str]:
    return filter(None, (" ".join(node.text().split()) for node in package.css(f"dc\\:{name}")))
