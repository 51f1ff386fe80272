"""PDF: the words of its pages in reading order, and the picture of a page with a passage marked on it."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted, borne_out
from pullquote_extract.limits import extend_cpu_limit

if TYPE_CHECKING:
    import pypdfium2

    from pullquote_extract.glyphs import Sheet
    from pullquote_extract.joining import Letter

EXTRACTOR = "pdf 3"
SECONDS_A_PAGE = (
    0.1  # of the processor that each page which was read earns; print takes 0.02 to 0.15
)
MAX_PAGES = 5_000
SIDE = 1_600  # dots of the longer side of a page's picture, at most
SCALE = 2.5  # dots a point, at most
SHORTEST = 12  # letters of a passage that must stand on a page to be marked there
MARK = bytes(
    level * 3 // 8 for level in range(256)
)  # what a mark leaves of the blue: paper turns yellow, print stays black


def extract(content: bytes) -> Extracted:
    """The text of a PDF: paragraphs over line, column and page ends, then its notes; a `Place` where each page starts.

    Raises:
        ExtractionError: damaged, protected by a password, without text, or of too many pages.
        ModuleNotFoundError: the package that reads PDF is not installed.
    """
    import pypdfium2

    try:
        return _extracted(_opened(content))
    except pypdfium2.PdfiumError as error:
        raise ExtractionError("is a damaged PDF; get it anew, or print it to a new PDF") from error


def picture(content: bytes, page: int, passage: str) -> bytes:
    """A page, counted from 1, as PNG with the part of a passage marked that stands on it; at most SIDE dots high and wide.

    Raises:
        ExtractionError: damaged, protected by a password, or there is no such page.
        ModuleNotFoundError: the package that reads PDF is not installed.
    """
    import pypdfium2

    try:
        document = _opened(content)
        if not 1 <= page <= len(document):
            raise ExtractionError(f"has no page {page}")
        return _pictured(document, page, passage)
    except pypdfium2.PdfiumError as error:
        raise ExtractionError("is a damaged PDF; get it anew, or print it to a new PDF") from error


def _opened(content: bytes) -> "pypdfium2.PdfDocument":
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ExtractionError("is a PDF with a password; save it without one") from error
        raise


def _extracted(document: "pypdfium2.PdfDocument") -> Extracted:
    from pullquote_extract.joining import Joiner, text_of
    from pullquote_extract.paragraphs import pages_of

    if len(document) > MAX_PAGES:
        raise ExtractionError(
            f"is a PDF of {len(document)} pages; split it into files of {MAX_PAGES}"
        )
    sheets = list(_sheets(document))
    scans = Counter(
        {
            True: sum(sheet.scanned for sheet in sheets),
            False: sum(sheet.pictured and not sheet.runs for sheet in sheets),
        }
    )
    pages = pages_of(sheets)
    joiner = Joiner(pages)
    text, places = text_of(joiner.blocks())
    if not text.strip():
        raise ExtractionError(_NO_WORDS[bool(scans[False])])
    # Its date is the file's, not the publication's.
    facts = document.get_metadata_dict(skip_empty=True)
    return Extracted(
        text,
        EXTRACTOR,
        title=borne_out(facts.get("Title"), text),
        author=borne_out(facts.get("Author"), text),
        places=tuple(places),
        left_out=tuple(_told_left_out(pages.left_out + joiner.left_out, scans)),
    )


_NO_WORDS = {
    True: "is a scan without text; run `ocrmypdf` over it, or another program that reads letters, and add what that makes",
    False: "is a PDF without text; save it from the program that it was written with, or run `ocrmypdf` over it",
}


def _sheets(document: "pypdfium2.PdfDocument") -> Iterator["Sheet"]:
    from pullquote_extract.glyphs import sheet_of

    for number in range(1, len(document) + 1):
        yield sheet_of(document, number)
        extend_cpu_limit(number * SECONDS_A_PAGE)


def _told_left_out(counts: Counter[str], scans: Counter[bool]) -> Iterator[str]:
    """What was left out, in words."""
    for kind, count in counts.items():
        if count:
            unit = "pages" if kind in _BY_PAGE else "letters" if kind in _BY_LETTER else ""
            yield f"{kind} ({count} {unit})".replace(" )", ")")
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


def _pictured(document: "pypdfium2.PdfDocument", number: int, passage: str) -> bytes:
    from pullquote_extract.glyphs import sheet_of

    sheet = sheet_of(document, number)
    longer = max(sheet.width, sheet.height, 1)
    scale = min(SIDE / longer, SCALE)
    page = document[number - 1]
    bitmap = page.render(scale=scale, rev_byteorder=True, maybe_alpha=False)
    width, height, stride, deep = bitmap.width, bitmap.height, bitmap.stride, bitmap.n_channels
    dots = bytearray(bitmap.buffer)
    for left, bottom, right, top in _marked(sheet, passage):
        for row in range(
            max(int(height - top * scale), 0), min(int(height - bottom * scale) + 1, height)
        ):
            start, end = (
                row * stride + max(int(left * scale) - 1, 0) * deep,
                row * stride + min(int(right * scale) + 1, width) * deep,
            )
            dots[start + 2 : end : deep] = dots[start + 2 : end : deep].translate(MARK)
    rows = [dots[row * stride : row * stride + width * deep] for row in range(height)]
    return _png(width, height, rows, deep)


def _marked(sheet: "Sheet", passage: str) -> Iterator[tuple[float, float, float, float]]:
    """The boxes of a passage's lines on a page: left, bottom, right, top."""
    from pullquote_extract.joining import NOWHERE, Joiner
    from pullquote_extract.paragraphs import pages_of

    letters = [
        letter
        for block in Joiner(pages_of([sheet])).blocks()
        for letter in block
        if letter.box != NOWHERE and letter.text.isalnum()
    ]
    lines: list[list[Letter]] = []
    for letter in _found(letters, "".join(filter(str.isalnum, passage))):
        if (
            not lines
            or lines[-1][0].box[2] != letter.box[2]
            or letter.box[0] < lines[-1][-1].box[0]
        ):
            lines.append([])
        lines[-1].append(letter)
    for line in lines:
        left, _, base, size = line[0].box
        yield left, base - 0.25 * size, line[-1].box[1], base + 0.85 * size


def _found(letters: "Sequence[Letter]", passage: str) -> "Sequence[Letter]":
    """The letters that are a passage, or as much of its start or end as stands on the page."""
    text = "".join(letter.text for letter in letters)
    if passage and passage in text:
        return letters[text.index(passage) :][: len(passage)]
    start, end = (_longest(text, passage, from_end=from_end) for from_end in (False, True))
    opened = [*letters[text.rfind(start) :][: len(start)]] if len(start) >= SHORTEST else []
    closed = [*letters[text.find(end) :][: len(end)]] if len(end) >= SHORTEST else []
    return opened if opened and opened == closed else opened + closed


def _longest(text: str, passage: str, *, from_end: bool) -> str:
    """The longest start (or end) of a passage that a text holds; what is shorter than a held one is held too."""
    fitting, beyond = 0, len(passage) + 1
    while beyond - fitting > 1:
        half = (fitting + beyond) // 2
        fitting, beyond = (
            (half, beyond)
            if (passage[-half:] if from_end else passage[:half]) in text
            else (fitting, half)
        )
    return (passage[-fitting:] if from_end else passage[:fitting]) if fitting else ""


def _png(width: int, height: int, rows: Sequence[bytes | bytearray], deep: int) -> bytes:
    """Rows of red, green and blue dots as a PNG file (RFC 2083), each row unfiltered."""
    if deep > 3:
        rows = [bytes(level for at, level in enumerate(row) if at % deep < 3) for row in rows]
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 6)),
        (b"IEND", b""),
    ]
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)
