"""The formats that can be read, a line each: to add one, write its module and name it in FORMATS.

A module has `EXTRACTOR` (its name and version, such as "html 2") and `extract(content: bytes) -> Extracted`.
"""

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from pullquote_extract.errors import ExtractionError
from pullquote_extract.extracted import Extracted


class Format(NamedTuple):
    """Files of one suffix and media type, the module that reads them, and what to install for it."""

    suffix: str
    media_type: str
    module: str
    extra: str = ""


FORMATS = (
    Format(".html", "text/html", "html"),
    Format(".htm", "text/html", "html"),
    Format(".xhtml", "application/xhtml+xml", "html"),
    Format(".vtt", "text/vtt", "subtitles"),
    Format(".srt", "application/x-subrip", "subtitles"),
    Format(".srt", "text/srt", "subtitles"),
    Format(".pdf", "application/pdf", "pdf", "pullquote[pdf]"),
    Format(
        ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"
    ),
    Format(".odt", "application/vnd.oasis.opendocument.text", "odt"),
    Format(".epub", "application/epub+zip", "epub"),
)
suffixes = tuple(dict.fromkeys(row.suffix for row in FORMATS))
media_types = {row.media_type: row.suffix for row in reversed(FORMATS)}  # the first suffix of each


def extract(name: str, content: bytes, charset: str = "") -> Extracted:
    """The text of a file, by its name's suffix; `charset` is the encoding that a page's server named.

    Raises:
        ExtractionError: it is damaged, holds no text, or needs a package that is not installed.
    """
    file_format = _format_of(name)
    # No other kind leaves its encoding to whoever sends it.
    arguments = (content, charset) if file_format.module == "html" else (content,)
    try:
        extracted: Extracted = _module_of(name).extract(*arguments)
    except ModuleNotFoundError as error:
        if not file_format.extra:
            raise
        raise ExtractionError(
            f"is a {file_format.suffix[1:].upper()} file, which needs a further package; "
            f"run `pip install '{file_format.extra}'`"
        ) from error
    if not extracted.text.strip():
        raise ExtractionError("holds no text")
    title, author, date, url = (
        fact and encodable(fact)
        for fact in (extracted.title, extracted.author, extracted.date, extracted.url)
    )
    text = encodable(extracted.text)
    return replace(extracted, text=text, title=title, author=author, date=date, url=url)


def version(name: str) -> str:
    """The name and version of what reads a file of this name, such as "html 2"."""
    return str(_module_of(name).EXTRACTOR)


def has_pages(name: str) -> bool:
    """Whether `picture` can show the pages of such a file here."""
    return name.lower().endswith(".pdf") and find_spec("pypdfium2") is not None


def picture(content: bytes, page: int, passage: str) -> bytes:
    """A page of a PDF, counted from 1, as PNG with the part of a passage marked that stands on it.

    Raises:
        ExtractionError: the file is damaged, protected by a password, or has no such page.
    """
    from pullquote_extract import pdf

    return pdf.picture(content, page, passage)


def encodable(text: str) -> str:
    """A text with "?" for each lone surrogate, which JSON or a font may name and UTF-8 cannot hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _module_of(name: str) -> Any:
    return import_module(f"pullquote_extract.{_format_of(name).module}")


def _format_of(name: str) -> Format:
    suffix = name[name.rfind(".") :].lower()
    if file_format := next((row for row in FORMATS if row.suffix == suffix), None):
        return file_format
    raise ExtractionError(f"is of no kind that is read ({', '.join(suffixes)})")
