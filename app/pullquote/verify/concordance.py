"""Concordance: where many texts stand in the sources, found in one pass, with typography and editors' marks set aside."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from pullquote.corpus.documents import Document
from pullquote.errors import spend
from pullquote.span import Span
from pullquote.verify.match import HIDDEN, OUTER, Place, fold

MOST = 500  # places of one text that are kept: a short part of a quotation may stand in many before the right one
KEPT = 20_000  # words whose bare forms are remembered
STOPS = ".,;:!?…"
_WORD = re.compile(r"--+|(?:(?!--)[^\s—―–]|(?<=\d)–(?=\d))+")  # dashes part words; that of "10–12" is a hyphen
_MARKS = str.maketrans("", "", '"()[]')
_EDGES = OUTER + "()[]*_`"


@dataclass(frozen=True, slots=True)
class Word:
    """A word without the marks around it: its range in the text, and as it is compared, its stops with it."""

    start: int
    end: int
    key: str


@lru_cache(KEPT)
def _bare(token: str) -> str:
    """A token as it is compared. Example: _bare("‘tolls’,") -> "tolls,"."""
    key = fold(token).replace("''", "").replace("``", "").translate(_MARKS).strip("'*_`")
    body = key.rstrip(STOPS)
    return body.rstrip("'*_") + key[len(body) :]


def words_of(text: str, within: Span | None = None) -> list[Word]:
    """The words of a text, or of a range of it; what is only marks and stops is none."""
    found = []
    for match in _WORD.finditer(text, *((within.start, within.end) if within else (0, len(text)))):
        key = _bare(match.group())
        if key.strip(STOPS + "-"):
            start = match.end() - len(match.group().lstrip(_EDGES))
            end = match.start() + len(match.group().rstrip(_EDGES + STOPS))
            found.append(Word(start, max(end, start + 1), key))
    return found


class Sought:
    """Words that are looked for: those at the edges without stops, and the first letter as it comes."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.keys = [word.key for word in words]
        self.keys[-1] = self.keys[-1].rstrip(STOPS)
        self.line = " ".join(self.keys).casefold()
        edges = (self.keys[0][1:], self.keys[-1][1:])  # whose first letter may be small there, or a capital
        plain = {key for key in (*self.keys[1:-1], *edges) if key.isascii() and key.isalpha() and "K" not in key}
        self._plain = sorted(plain, key=len, reverse=True)

    def likely(self, text: str) -> bool:
        """Whether a text has each plain word, so that it is worth a closer look; a hidden letter in one would part it."""
        return all(word in text for word in self._plain) or any(sign in text for sign in HIDDEN)


class Page:
    """A document as words are looked for in it."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def _words(self) -> list[Word]:
        return words_of(self.document.text)

    @cached_property
    def _line(self) -> str:
        return " " + " ".join(word.key.casefold() for word in self._words) + " "

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(word.key.casefold()) + 1 for word in self._words), initial=1))

    def places(self, sought: Sought) -> Iterator[Span]:
        """Where the words stand, letter for letter but for the marks around them."""
        if not sought.likely(self.document.text):
            return
        at = self._line.find(f" {sought.line}")
        while at >= 0:
            spend()
            end = at + 1 + len(sought.line)
            if not self._line[end : self._line.find(" ", end)].strip(STOPS):
                first = bisect_left(self._starts, at + 1)
                words = self._words[first : first + len(sought.keys)]
                if _same(sought.keys, [word.key for word in words]):
                    yield Span(words[0].start, words[-1].end)
            at = self._line.find(f" {sought.line}", at + 1)


def _same(given: Sequence[str], stored: Sequence[str]) -> bool:
    """Whether the words are the same in their letters' case too, but for the first letter."""
    head, last = stored[0], stored[-1].rstrip(STOPS)
    stored = [head[:1].swapcase() + head[1:] if head[:1] != given[0][:1] else head, *stored[1:-1], last][-len(stored) :]
    return list(given) == (stored if len(stored) > 1 else [stored[0].rstrip(STOPS)])


def concordance(texts: Sequence[Sequence[Word]], documents: Iterable[Document]) -> list[list[Place]]:
    """Where each of some texts stands in the documents, up to MOST places of each, those of a document in their order."""
    sought = [Sought(words) for words in texts]
    found: list[list[Place]] = [[] for _ in texts]
    for document in documents:
        spend()
        page = Page(document)
        for places, each in zip(found, sought, strict=True):
            if len(places) < MOST:
                places.extend(Place(document, span) for span in page.places(each))
    return [places[:MOST] for places in found]
