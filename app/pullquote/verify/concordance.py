"""Concordance: where many texts stand in the sources, found in one pass, with typography and editors' marks set aside."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import StringIO
from itertools import islice

from pullquote.corpus.documents import Document
from pullquote.errors import spend
from pullquote.span import Span
from pullquote.verify.match import HIDDEN, OUTER, Match, fold, is_plain

MOST = 500  # places of one text that are kept: a short part of a quotation may stand in many before the right one
# Places kept of all texts together, and of each at least: with very many texts, fewer of each
ALL, LEAST = 100_000, 5
KEPT, LONGEST = 20_000, 40  # words whose bare forms are remembered, and their letters
WORDS = 256  # words of a text between two looks at what a request may still take
STOPS = ".,;:!?…"
# Dashes part words; that of "10–12" is a hyphen
_WORD = re.compile(r"--+|(?:(?!--)[^\s—―–]|(?<=\d)–(?=\d))+")
_MARKS = str.maketrans("", "", '"()[]')
_EDGES = OUTER + "()[]*_`"


@dataclass(frozen=True, slots=True)
class Word:
    """A word without the marks around it: its range in the text, and as it is compared, its stops with it."""

    start: int
    end: int
    key: str


def _bare(token: str) -> str:
    """A token as it is compared. Example: _bare("‘tolls’,") -> "tolls,"."""
    return _remembered(token) if len(token) <= LONGEST else _remembered.__wrapped__(token)


@lru_cache(KEPT)
def _remembered(token: str) -> str:
    key = fold(token).replace("''", "").replace("``", "").translate(_MARKS).strip("'*_`")
    body = key.rstrip(STOPS)
    return body.rstrip("'*_") + key[len(body) :]


def words_of(text: str, within: Span | None = None) -> list[Word]:
    """The words of a text, or of a range of it; what is only marks and stops is none."""
    return list(each_word(text, within))


def each_word(text: str, within: Span | None = None) -> Iterator[Word]:
    """The same, one by one."""
    bounds = (within.start, within.end) if within else (0, len(text))
    for number, match in enumerate(_WORD.finditer(text, *bounds)):
        if not number % WORDS:
            spend()
        key = _bare(match.group())
        if key.strip(STOPS + "-"):
            start = match.end() - len(match.group().lstrip(_EDGES))
            end = match.start() + len(match.group().rstrip(_EDGES + STOPS))
            yield Word(start, max(end, start + 1), key)


class Phrase:
    """Words that are looked for: those at the edges without stops, and the first letter as it comes."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.keys = [word.key for word in words]
        self.keys[-1] = self.keys[-1].rstrip(STOPS)
        self.line = " ".join(self.keys).casefold()
        # The first letter at an edge may be small there, or a capital
        inner = {*self.keys[1:-1], self.keys[0][1:], self.keys[-1][1:]}
        self._plain = sorted(filter(is_plain, inner), key=len, reverse=True)

    def likely(self, text: str) -> bool:
        """Whether a text has each plain word, so that it is worth a closer look; a hidden letter in one would part it."""
        return all(word in text for word in self._plain) or any(sign in text for sign in HIDDEN)

    def equals(self, stored: Sequence[str]) -> bool:
        """Whether stored words are the same in their letters' case too, but for the first letter."""
        keys = [*stored[:-1], stored[-1].rstrip(STOPS)]
        if len(keys) > 1 and keys[0][:1] != self.keys[0][:1]:
            keys[0] = keys[0][:1].swapcase() + keys[0][1:]
        return keys == self.keys


class WordLine:
    """A document as words are looked for in it."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def _words(self) -> "tuple[str, array[int], array[int]]":
        """The words in one line in small letters, where each starts there, and the range of each in the text.

        Packed, as a word by itself takes a hundred bytes and a document has up to a million.
        """
        text, at = self.document.text, 1
        line, starts, ranges = StringIO(), array("I"), array("I")
        line.write(" ")
        for word in each_word(text):
            key = word.key.casefold()
            starts.append(at)
            ranges.extend((word.start, word.end))
            at += line.write(f"{key} ")
        return line.getvalue(), starts, ranges

    def spans(self, phrase: Phrase) -> Iterator[Span]:
        """Where the words stand, letter for letter but for the marks around them."""
        spend()
        if not phrase.likely(self.document.text):
            return
        line, starts, ranges = self._words
        at = line.find(f" {phrase.line}")
        while at >= 0:
            spend()
            end = at + 1 + len(phrase.line)
            if not line[end : line.find(" ", end)].strip(STOPS):
                first = bisect_left(starts, at + 1)
                span = Span(ranges[2 * first], ranges[2 * (first + len(phrase.keys)) - 1])
                if phrase.equals([word.key for word in words_of(self.document.text, span)]):
                    yield span
            at = line.find(f" {phrase.line}", at + 1)


def concordance(
    texts: Sequence[Sequence[Word]], documents: Iterable[Document]
) -> list[list[Match]]:
    """Where each of some texts stands in the documents, up to MOST places of each, those of a document in their order."""
    keys = [tuple(word.key for word in words) for words in texts]
    phrases = {key: Phrase(words) for key, words in zip(keys, texts, strict=True)}
    most = min(MOST, max(LEAST, ALL // (len(phrases) or 1)))
    matches: dict[tuple[str, ...], list[Match]] = {key: [] for key in phrases}
    for document in documents:
        spend()
        line = WordLine(document)
        for key, phrase in phrases.items():
            if (room := most - len(matches[key])) > 0:
                spans = islice(line.spans(phrase), room)
                matches[key].extend(Match(document, span) for span in spans)
    return [matches[key] for key in keys]
