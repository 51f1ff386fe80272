"""Links to the place: our own reader, and the text fragment of the page where it was published.

A fragment (WICG scroll-to-text-fragment) is tried on the stored text the way a browser would look
for it, and is only used when the first place it finds is the quote.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote as percent

from pullquote.index.quote import Quote
from pullquote.span import Span

EXACT_LIMIT = 300  # characters up to which a fragment names the whole text
EDGE_WORDS = (3, 5, 8, 12)  # words that stand for a longer text's start and end
CONTEXT_WORDS = (0, 3, 6, 10)  # words before and after, where the text itself stands more than once
TEXT_DIGITS = 12  # of a text's SHA-256 that a link carries
PAGES_KEPT = 8  # texts that are kept laid out, each about as large again as itself
# The lookbehind: white space is looked through once, from its start, and not from each of its letters again.
_BREAK = re.compile(r"(?<!\s)\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_BLOCK = "\n"
_GAP = 8  # letters looked at beyond a context term: what lies between is one space


def reader_link(quote: Quote) -> str:
    """The reader's page, scrolled to the quote."""
    return f"/documents/{quote.document.id}?start={quote.span.start}&end={quote.span.end}#quote"


def place_query(start: int, end: int, sha256: str) -> str:
    """A place as our own pages link to it, with the text it was found in: offsets alone mark other words in another.

    Example: place_query(0, 5, "2cf24dba5fb0a30e…") -> "start=0&end=5&text=2cf24dba5fb0"
    """
    return f"start={start}&end={end}&text={sha256[:TEXT_DIGITS]}"


def source_link(quote: Quote) -> str | None:
    """The published page with a text fragment, or None without a URL."""
    url = quote.document.source.url
    if url is None:
        return None
    directive = text_directive(quote.document.text, quote.span)
    if directive is None:
        return url
    return f"{url}{':~:' if '#' in url else '#:~:'}text={directive}"


def text_directive(text: str, span: Span) -> str | None:
    """The shortest directive whose first match in a text is the span, or None where there is none.

    Example: text_directive("One. Two, three.", Span(5, 16)) -> "Two%2C%20three."
    """
    words = span.cut(text)
    bare = words.strip()
    if not bare:
        return None
    page = _page(text)
    start = page.place(text, span.start + len(words) - len(words.lstrip()))
    end = start + len(_laid_out(bare))
    for candidate in _candidates(page.text, start, end):
        if candidate.finds(page.folded) == (start, end):
            return candidate.written
    return None


@dataclass(frozen=True, slots=True)
class _Page:
    """A text as a browser lays it out: white space collapsed, blocks apart; and folded for comparing.

    `blocks` are the offsets at which blocks start in the stored text, `places` the same in this one.
    """

    text: str
    folded: str
    blocks: tuple[int, ...]
    places: tuple[int, ...]

    def place(self, stored: str, offset: int) -> int:
        """Where a letter of the stored text, no white space, stands in this one."""
        block = bisect_right(self.blocks, offset) - 1
        return self.places[block] + len(_laid_out(stored[self.blocks[block] : offset]))


@lru_cache(PAGES_KEPT)
def _page(text: str) -> _Page:
    """A text laid out; those quoted lately are remembered."""
    blocks, places, parts = [0], [0], []
    for found in _BREAK.finditer(text):
        parts.append(_SPACES.sub(" ", text[blocks[-1] : found.start()]))
        blocks.append(found.end())
        places.append(places[-1] + len(parts[-1]) + len(_BLOCK))
    laid = _BLOCK.join((*parts, _SPACES.sub(" ", text[blocks[-1] :])))
    folded = laid.translate({ord(letter): _fold(letter) for letter in set(laid)})
    # A line that ends inside a paragraph is no block on the published page: looked for, both are a space.
    return _Page(laid, folded.replace(_BLOCK, " "), tuple(blocks), tuple(places))


def _laid_out(text: str) -> str:
    return _SPACES.sub(" ", _BREAK.sub(_BLOCK, text))


def _fold(letter: str) -> str:
    """A letter as a browser compares it, without case and accent, one for one."""
    base = unicodedata.normalize("NFKD", letter)[0].casefold()
    return base if len(base) == 1 else letter


def _folded(text: str) -> str:
    return "".join(_fold(letter) for letter in text)


@dataclass(frozen=True, slots=True)
class _Directive:
    """The terms of a text directive; an empty one is not used."""

    prefix: str
    start: str
    end: str
    suffix: str

    @property
    def written(self) -> str:
        """As it stands in a URL."""
        terms = [f"{_encoded(self.prefix)}-"] if self.prefix else []
        terms += [_encoded(term) for term in (self.start, self.end) if term]
        terms += [f"-{_encoded(self.suffix)}"] if self.suffix else []
        return ",".join(terms)

    def finds(self, folded: str) -> tuple[int, int] | None:
        """The first range a browser would select."""
        for start in _matches(folded, _folded(self.start), 0):
            if self.prefix and not _stands_before(folded, _folded(self.prefix), start):
                continue
            end = start + len(self.start)
            if self.end:
                ends = (at + len(self.end) for at in _matches(folded, _folded(self.end), end))
                end = next((at for at in ends if self._suits(folded, at)), -1)
                if end < 0:
                    return None
            elif not self._suits(folded, end):
                continue
            return start, end
        return None

    def _suits(self, folded: str, end: int) -> bool:
        near = folded[end : end + len(self.suffix) + _GAP]
        return not self.suffix or near.lstrip().startswith(_folded(self.suffix))


def _matches(folded: str, term: str, start: int) -> Iterator[int]:
    """Where a term stands as whole words."""
    at = folded.find(term, start)
    while at >= 0:
        if _whole(folded, at, at + len(term)):
            yield at
        at = folded.find(term, at + 1)


def _whole(folded: str, start: int, end: int) -> bool:
    inside_before = start > 0 and folded[start - 1].isalnum() and folded[start].isalnum()
    inside_after = end < len(folded) and folded[end - 1].isalnum() and folded[end].isalnum()
    return not inside_before and not inside_after


def _stands_before(folded: str, prefix: str, start: int) -> bool:
    left = folded[max(0, start - len(prefix) - _GAP) : start].rstrip()
    return left.endswith(prefix) and _whole(left, len(left) - len(prefix), len(left))


def _candidates(text: str, start: int, end: int) -> Iterator[_Directive]:
    words = text[start:end]
    bodies = [(words, "")] if len(words) <= EXACT_LIMIT and _BLOCK not in words else list(_edges(words))
    for context in CONTEXT_WORDS:
        before, after = _words_before(text, start, context), _words_after(text, end, context)
        for first, last in bodies:
            if not context:
                yield _Directive("", first, last, "")
                continue
            yield from (
                _Directive(prefix, first, last, suffix)
                for prefix, suffix in ((before, ""), ("", after), (before, after)) if prefix or suffix
            )  # fmt: skip


def _edges(words: str) -> Iterator[tuple[str, str]]:
    """First and last words, each within one block, that do not overlap."""
    blocks = words.split(_BLOCK)
    head, tail = blocks[0].split(" "), blocks[-1].split(" ")
    one_block = _BLOCK not in words
    for count in EDGE_WORDS:
        if one_block and 2 * count > len(head):
            return
        yield " ".join(head[:count]), " ".join(tail[-count:])


def _words_before(text: str, start: int, count: int) -> str:
    """The last words of what stands before, within one block."""
    left = text[:start].rstrip()
    return " ".join(left[left.rfind(_BLOCK) + 1 :].split(" ")[-count:]) if count else ""


def _words_after(text: str, end: int, count: int) -> str:
    return " ".join(text[end:].lstrip().split(_BLOCK)[0].split(" ")[:count]) if count else ""


def _encoded(text: str) -> str:
    # A dash, a comma and an ampersand have a meaning of their own inside a fragment.
    return percent(text, safe="").replace("-", "%2D")
