"""What is taken out of a file: one canonical text, what the file tells of itself, and where each stretch stands in it.

The text consists of blocks divided by one blank line. A block is a heading ("# …" to "###### …"), an entry of a list
("- …" or "1. …"), a quotation ("> …" on each line), the rows of a table ("| … | … |" on each line) or, with none of
these marks, a paragraph; a paragraph that a person spoke may open with "NAME: ". Nothing a person sees is escaped: a
paragraph whose own words open with such a mark stands one space further in, and is read as a paragraph by that.
"""

from dataclasses import dataclass, replace
from importlib import import_module

from pullquote.errors import DocumentError
from pullquote.extraction.places import Place, SpeakerTurn, place_at
from pullquote.span import sendable

__all__ = ["SUFFIXES", "Extracted", "Place", "SpeakerTurn", "ends_open", "extract", "extractor_of", "place_at"]

# The module that reads a kind of file; each has a function `extract(content: bytes) -> Extracted`.
_MODULES = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".vtt": "subtitles",
    ".srt": "subtitles",
    ".pdf": "pdf",
    ".docx": "docx",
    ".epub": "epub",
}
_EXTRAS = {"pdf": "pullquote[pdf]"}  # what to install for a kind that the base cannot read
SUFFIXES = tuple(_MODULES)
BORNE_OUT = 0.8  # of the words of a title or a name: running heads, where some of them stand, are left out


@dataclass(frozen=True, slots=True)
class Extracted:
    """The canonical text of a file, made by an extractor of this name and version ("html 1").

        Title, author, date (of publication: YYYY, YYYY-MM or YYYY-MM-DD) and url are what the file itself tells. `left_out`
    says in words what was not taken.
     `turns` follow one another, with the labels that name
    their speakers in between.
    """

    text: str
    extractor: str
    title: str | None = None
    author: str | None = None
    date: str | None = None
    url: str | None = None
    places: tuple[Place, ...] = ()
    turns: tuple[SpeakerTurn, ...] = ()
    left_out: tuple[str, ...] = ()


def extract(name: str, content: bytes, charset: str = "") -> Extracted:
    """The text of a file of one of SUFFIXES; what reads it is imported when it is first needed.

    Raises:
        DocumentError: it is damaged, holds no text, or needs a package that is not installed; in plain words.
    """
    suffix = name[name.rfind(".") :].lower()
    module = _MODULES[suffix]
    try:
        told = (charset,) if module == "html" else ()  # no other kind leaves its encoding to whoever sends it
        found: Extracted = import_module(f"pullquote.extraction.{module}").extract(content, *told)
    except ModuleNotFoundError as error:
        if module not in _EXTRAS:
            raise
        raise DocumentError(
            f"is a {suffix[1:].upper()} file, which needs a further package; run `pip install '{_EXTRAS[module]}'`"
        ) from error
    if not found.text.strip():
        raise DocumentError("holds no text")
    title, author, date, url = (fact and sendable(fact) for fact in (found.title, found.author, found.date, found.url))
    # JSON may name half a letter, and so may a font
    return replace(found, text=sendable(found.text), title=title, author=author, date=date, url=url)


def extractor_of(name: str) -> str:
    """The name and version of what reads a file now; "" where that is not installed."""
    try:
        return str(import_module(f"pullquote.extraction.{_MODULES[name[name.rfind('.') :].lower()]}").EXTRACTOR)
    except ModuleNotFoundError:
        return ""


def ends_open(words: str) -> bool:
    """Whether words break off before their sentence ends."""
    return not words.rstrip(" \"'”’»)]").endswith((".", "!", "?", "…", ":", ";"))


def borne_out(fact: str | None, text: str) -> str | None:
    """A title or an author that the text names too; many files keep another's title, or the name of who typed them."""
    words, known = ([word for word in _words(one) if len(word) > 2] for one in (fact or "", text))
    held = sum(word in set(known) for word in words)
    return fact.strip() if fact and len(words) > 1 and held >= BORNE_OUT * len(words) else None


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalpha() else " " for letter in text.lower()).split()
