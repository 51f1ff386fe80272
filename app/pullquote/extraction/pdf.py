"""PDF: the words of its pages in reading order, and the picture of a page with a passage marked.

pdfium reads the file in a process of its own, which has limits and may crash: a damaged file takes no build down.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from itertools import pairwise
from typing import IO, TYPE_CHECKING, Any

from pullquote.errors import DocumentError
from pullquote.extraction.extracted import Extracted, Place, borne_out

if TYPE_CHECKING:
    import pypdfium2

    from pullquote.extraction.columns import Line
    from pullquote.extraction.glyphs import Run, Sheet
    from pullquote.extraction.paragraphs import Pages, Paragraph

EXTRACTOR = "pdf 1"
MAX_BYTES = 100_000_000  # a book of pictures; what is larger is a mistake more often than a source
MEMORY = 450_000_000  # bytes of address space: Python and pdfium take 120 MB of it, a page of print 10
SECONDS, SECONDS_A_PAGE = 8, 0.1  # of the processor, at first and for each page read; print takes 0.02 to 0.15 a page
MAX_PAGES = 5_000
SIDE = 1_600  # dots of the longer side of a page's picture


def extract(content: bytes) -> Extracted:
    """The text of a PDF: paragraphs over line, column and page ends, then its notes; a `Place` where each page starts.

    Raises:
        DocumentError: damaged, protected by a password, without text, or beyond the limits.
        ModuleNotFoundError: the package that reads PDF is not installed.
    """
    found = _asked({"what": "text"}, content)
    places = tuple(Place(**place) for place in found.pop("places"))
    return Extracted(**{**found, "places": places, "left_out": tuple(found["left_out"])})


def picture(content: bytes, page: int, passage: str) -> bytes:
    """A page as PNG, at most SIDE dots high and wide, with the part of a passage that stands on it marked.

    Raises:
        DocumentError: as `extract`, or there is no such page.
        ModuleNotFoundError: the package that reads PDF is not installed.
    """
    return bytes.fromhex(_asked({"what": "picture", "page": page, "passage": passage}, content)["png"])


def _asked(task: dict[str, Any], content: bytes) -> dict[str, Any]:
    """What the other process answers."""
    if find_spec("pypdfium2") is None:
        raise ModuleNotFoundError("pypdfium2", name="pypdfium2")
    if len(content) > MAX_BYTES:
        raise DocumentError(f"is a PDF of {len(content) // 1_000_000} MB; split it into files of {MAX_BYTES // 1_000_000} MB")
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        done = subprocess.run(  # noqa: S603: our own program
            [sys.executable, "-c", "from pullquote.extraction.pdf import answer; answer()", json.dumps(task)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=False,
        )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise DocumentError("is a PDF that cannot be read within the limits; print it to a new PDF") from error
    if "error" in answer:
        raise DocumentError(answer["error"])
    return answer


def answer() -> None:
    """What runs in the process of its own: the task is the first argument, the file is on standard input."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _allow(0)
    task = json.loads(sys.argv[1])
    try:
        told = _told(task, sys.stdin.buffer)
    except DocumentError as error:
        told = {"error": str(error)}
    except MemoryError:
        told = {"error": "is a PDF that needs too much memory; print it to a new PDF"}
    sys.stdout.write(json.dumps(told))


def _allow(pages: int) -> None:
    """Give so much time as the pages read so far earn."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + int(pages * SECONDS_A_PAGE), resource.RLIM_INFINITY))


def _told(task: dict[str, Any], file: IO[bytes]) -> dict[str, Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file)
        if task["what"] == "picture":
            return {"png": _picture(document, task["page"], task["passage"]).hex()}
        return asdict(_extracted(document))
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise DocumentError("is a PDF with a password; save it without one") from error
        raise DocumentError("is a damaged PDF; get it anew, or print it to a new PDF") from error


def _extracted(document: "pypdfium2.PdfDocument") -> Extracted:
    from pullquote.extraction.joining import Joiner, text_of
    from pullquote.extraction.paragraphs import pages_of

    if len(document) > MAX_PAGES:
        raise DocumentError(f"is a PDF of {len(document)} pages; split it into files of {MAX_PAGES}")
    sheets = list(_sheets(document))
    scans = Counter(
        {True: sum(sheet.scanned for sheet in sheets), False: sum(sheet.pictured and not sheet.runs for sheet in sheets)}
    )
    pages = pages_of(sheets)
    joiner = Joiner(pages)
    text, places = text_of(joiner.blocks())
    if not text.strip():
        raise DocumentError(_NO_WORDS[bool(scans[False])])
    facts = document.get_metadata_dict(skip_empty=True)
    date = facts.get("CreationDate", "").removeprefix("D:")[:8]
    return Extracted(
        text,
        EXTRACTOR,
        title=borne_out(facts.get("Title"), text),
        author=borne_out(facts.get("Author"), text),
        date=f"{date[:4]}-{date[4:6]}-{date[6:]}" if date.isdecimal() and len(date) == 8 else None,
        places=tuple(places),
        left_out=tuple(_told_left_out(pages.left_out + joiner.left_out, scans)),
    )


_NO_WORDS = {
    True: "is a scan without text; run `ocrmypdf` over it, or another program that reads letters, and add what that makes",
    False: "is a PDF without text; save it from the program that it was written with, or run `ocrmypdf` over it",
}


def _sheets(document: "pypdfium2.PdfDocument") -> Iterator["Sheet"]:
    from pullquote.extraction.glyphs import sheet_of

    for number in range(1, len(document) + 1):
        yield sheet_of(document, number)
        _allow(number)


def _told_left_out(counts: Counter[str], scans: Counter[bool]) -> Iterator[str]:
    """What was left out, in words."""
    for what, count in counts.items():
        if count:
            unit = "pages" if what in _BY_PAGE else "letters" if what in _BY_LETTER else ""
            yield f"{what} ({count} {unit})".replace(" )", ")")
    if scans[True]:
        yield f"the pictures of {scans[True]} scanned pages: the text is what a program read off them, with its errors"
    if scans[False]:
        yield f"{scans[False]} scanned pages without text; run `ocrmypdf --skip-text` over the file"


_BY_PAGE = {"the numbers of lines", "running heads and page numbers"}
_BY_LETTER = {
    "invisible text",
    "letters too small to be read",
    "text set sideways",
    "text off the page",
    "text in the colour of its paper",
}
