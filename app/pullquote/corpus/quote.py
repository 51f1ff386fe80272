"""Quotes: words cut from a stored document. They have no other origin."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pullquote.corpus.blocks import is_wrapped
from pullquote.corpus.documents import Document, Place, place_at
from pullquote.corpus.language import language_of
from pullquote.corpus.passages import lead_in
from pullquote.corpus.reading import shown
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.span import Span, shortened, utf16_span

NEAR = 24  # sentences of the same paragraph, on each side, that tell how its lines end
CONTEXT = 32  # code points of W3C TextQuoteSelector prefix and suffix


@dataclass(frozen=True)
class Quote:
    """Whole sentences [first, last] of a document, as positions in its list of sentences; cut once, choosing asks often."""

    document: Document
    sentences: Sequence[Sentence] = field(compare=False, repr=False)
    first: int
    last: int

    def __repr__(self) -> str:
        return (
            f"<Quote {self.document.id}:{self.span.start}-{self.span.end}: {shortened(self.text)}>"
        )

    @cached_property
    def span(self) -> Span:
        """Where the words stand, in code points."""
        if self.first == self.last:
            return self.sentences[self.first].span
        return Span(self.sentences[self.first].span.start, self.sentences[self.last].span.end)

    @cached_property
    def text(self) -> str:
        """The words, letter for letter."""
        return self.span.cut(self.document.text)

    @property
    def utf16(self) -> tuple[int, int]:
        """Where the words stand, as a browser counts."""
        return utf16_span(self.document.text, self.span)

    @property
    def place(self) -> Place | None:
        """Where the words start in the file that the text was taken from, as far as that has pages or times."""
        return place_at(self.document.places, self.span.start)

    @property
    def prefix(self) -> str:
        """The letters just before, as W3C selectors give them."""
        return self.document.text[max(0, self.span.start - CONTEXT) : self.span.start]

    @property
    def suffix(self) -> str:
        """The letters just after."""
        return self.document.text[self.span.end : self.span.end + CONTEXT]

    @property
    def before(self) -> str:
        """What leads in the list that the quote is an item of, else the sentence before, or "" at the start or after a heading."""
        return self._before.cut(self.document.text) if self._before else ""

    @property
    def shown_before(self) -> str:
        """The same as a reader of the document sees it."""
        return shown(self.document, self.sentences, self._before) if self._before else ""

    @property
    def after(self) -> str:
        """The sentence after, or "" at the end or before a heading."""
        return self._after.cut(self.document.text) if self._after else ""

    @property
    def shown_after(self) -> str:
        """The same as a reader of the document sees it."""
        return shown(self.document, self.sentences, self._after) if self._after else ""

    @property
    def leans(self) -> bool:
        """Whether the first sentence still needs what `before` holds: it points back, or is an item of a list."""
        opening = self.sentences[self.first].span.cut(self.document.text)
        return self._led is not None or language_of(self.document.language).leans(opening)

    @property
    def section(self) -> str | None:
        """The heading that the quote stands under, as it is read."""
        heading = self.sentences[self.first].heading
        if heading is None:
            return None
        return shown(self.document, self.sentences, self.sentences[heading].span).strip(" #*_")

    @property
    def is_prose(self) -> bool:
        """Whether somebody says it: a heading, a caption or a byline by itself says nothing."""
        return any(
            sentence.kind is Kind.PROSE for sentence in self.sentences[self.first : self.last + 1]
        )

    @property
    def wrapped(self) -> bool:
        """Whether a single line end in it says no more than a space: its paragraphs stand apart and were written to a width."""
        paragraphs = range(
            self.sentences[self.first].paragraph, self.sentences[self.last].paragraph + 1
        )
        neighbours = [
            sentence
            for sentence in self.sentences[max(0, self.first - NEAR) : self.last + NEAR + 1]
            if sentence.paragraph in paragraphs
        ]
        text = self.document.text[neighbours[0].span.start : neighbours[-1].span.end].replace(
            "\r\n", "\n"
        )
        blocks = text.split("\n\n")
        apart = len(blocks) == len({sentence.paragraph for sentence in neighbours})
        return (
            "\n" in text and apart and all(is_wrapped(block) for block in blocks if "\n" in block)
        )

    @property
    def words(self) -> int:
        """How many words, counted between white space."""
        return len(self.text.split())

    @cached_property
    def _led(self) -> int | None:
        return lead_in(self.document.text, self.sentences, self.first)

    @property
    def _before(self) -> Span | None:
        return self._neighbour(self.first - 1 if self._led is None else self._led)

    @property
    def _after(self) -> Span | None:
        return self._neighbour(self.last + 1)

    def _neighbour(self, position: int) -> Span | None:
        if (
            not 0 <= position < len(self.sentences)
            or self.sentences[position].kind is not Kind.PROSE
        ):
            return None
        return self.sentences[position].span


def quote_span(document: Document, sentences: Sequence[Sentence], span: Span) -> Quote | None:
    """The smallest quote of whole sentences that covers a range of the text, or None outside any or past the end."""
    if span.end > len(document.text):
        return None
    first = bisect_right(sentences, span.start, key=lambda sentence: sentence.span.end)
    last = bisect_left(sentences, span.end, key=lambda sentence: sentence.span.start) - 1
    return Quote(document, sentences, first, last) if first <= last else None
