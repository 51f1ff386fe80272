"""The reader: a document as it is stored, block by block, with the quotes marked where they stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from pullquote.answers.answer import Citation
from pullquote.corpus.documents import Document
from pullquote.corpus.passages import lead_in
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.index import quote as quotes
from pullquote.sides.columns import Sides
from pullquote.sides.stance import Side
from pullquote.span import Span

CONTEXT = 600  # code points on each side of a quote whose sentences are shown where the text may not be shown whole


@dataclass(frozen=True, slots=True)
class Mark:
    """A range to be marked: the quote that is asked for, or with a side one that is shown on it, by its number there."""

    span: Span
    side: Side | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a block and the marks that they lie in; `opens` and `closes` are those that start or end with them."""

    text: str
    marks: tuple[Mark, ...] = ()
    opens: tuple[Mark, ...] = ()
    closes: tuple[Mark, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """What they are marked as: "here" for the quote that is asked for, "for", "against"."""
        return tuple(dict.fromkeys(mark.side.value if mark.side else "here" for mark in self.marks))

    @property
    def flags(self) -> tuple[Mark, ...]:
        """The quotes on a side that start here."""
        return tuple(mark for mark in self.opens if mark.side)

    @property
    def quoted(self) -> bool:
        """Whether the quote that is asked for starts here."""
        return any(mark.side is None for mark in self.opens)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or line of structure, or what is shown of it; no kind where text is left out."""

    kind: Kind | None
    pieces: tuple[Piece, ...] = ()


CUT = Block(None)


def marks_of(sides: Sides) -> tuple[Mark, ...]:
    """Where the quotes on both sides stand."""

    def marks(side: Side, quotes: Sequence[Citation]) -> tuple[Mark, ...]:
        return tuple(Mark(citation.quote.span, side, citation.n) for citation in quotes)

    return marks(Side.FOR, sides.favour) + marks(Side.AGAINST, sides.against)


def blocks(
    document: Document, sentences: Sequence[Sentence], quote: Span | None, sided: Sequence[Mark] = (), *, whole: bool
) -> tuple[Block, ...]:
    """The blocks to show: all of them, or where that is not allowed those near the quote, and where text is left out."""
    shown = range(len(sentences)) if whole else _near(document, sentences, quote)
    reach = _reach(quote) if quote and not whole else Span(0, len(document.text) or 1)
    return tuple(_blocks(document.text, sentences, shown, [*([Mark(quote)] if quote else []), *sided], reach))


def _near(document: Document, sentences: Sequence[Sentence], span: Span | None) -> Sequence[int]:
    """The sentences of a quote, those beside it, what it needs to be understood, and what else lies whole within reach."""
    quote = span and quotes.quote_span(document, sentences, span)
    if not quote:
        return ()
    first, last = max(0, quote.first - 1), min(len(sentences) - 1, quote.last + 1)
    while first > 0 and _within(sentences[first - 1].span, quote.span):
        first -= 1
    while last < len(sentences) - 1 and _within(sentences[last + 1].span, quote.span):
        last += 1
    apart = (lead_in(document.text, sentences, quote.first), sentences[quote.first].heading)
    return sorted({*range(first, last + 1), *(position for position in apart if position is not None)})


def _reach(quote: Span) -> Span:
    return Span(max(0, quote.start - CONTEXT), quote.end + CONTEXT)


def _within(sentence: Span, quote: Span) -> bool:
    """Whether a sentence lies within reach of a quote, or words of it stand so near that they come with the quote."""
    reach = _reach(quote)
    beside = Span(max(0, quote.start - quotes.CONTEXT), quote.end + quotes.CONTEXT)
    return (reach.start <= sentence.start and sentence.end <= reach.end) or sentence.overlaps(beside)


def _blocks(
    text: str, sentences: Sequence[Sentence], shown: Sequence[int], marks: Sequence[Mark], reach: Span
) -> Iterator[Block]:
    following, cut = 0, False
    for run in _runs(sentences, shown):
        kinds = {sentences[position].kind for position in run}
        kind = Kind.PROSE if Kind.PROSE in kinds else sentences[run[0]].kind
        whole = Span(sentences[run[0]].span.start, sentences[run[-1]].span.end)
        span = whole if kind is Kind.PROSE else _clipped(text, whole, reach)
        if cut or run[0] > following or span.start > whole.start:
            yield CUT
        yield Block(kind, tuple(_pieces(text, span, marks)))
        following, cut = run[-1] + 1, span.end < whole.end
    if cut or 0 < following < len(sentences):
        yield CUT


def _clipped(text: str, span: Span, reach: Span) -> Span:
    """The lines of a table or the like that lie within reach, which has no sentences to end with; all where none does."""
    start, end = max(span.start, reach.start), min(span.end, reach.end)
    if start >= end:
        return span
    if start > span.start:
        start = text.find("\n", start, end) + 1 or start
    if end < span.end:
        end = max(text.rfind("\n", start, end), start) if "\n" in text[start:end] else end
    return Span(start, end) if start < end else span


def _runs(sentences: Sequence[Sentence], shown: Iterable[int]) -> Iterator[list[int]]:
    """The shown sentences of each paragraph, those in a row together."""
    for _, run in groupby(enumerate(shown), lambda one: (sentences[one[1]].paragraph, one[1] - one[0])):
        yield [position for _, position in run]


def _pieces(text: str, block: Span, marks: Sequence[Mark]) -> Iterator[Piece]:
    """A block cut wherever a mark starts or ends: marks may overlap."""
    inside = [mark for mark in marks if block.overlaps(mark.span)]
    ends = {end for mark in inside for end in (mark.span.start, mark.span.end) if block.start < end < block.end}
    for start, end in pairwise(sorted({block.start, block.end, *ends})):
        held = tuple(mark for mark in inside if mark.span.start <= start and end <= mark.span.end)
        words = text[start:end]
        ending = held if words.strip() else ()  # white space neither starts a mark nor ends one
        yield Piece(
            words, held,
            opens=tuple(mark for mark in ending if not text[mark.span.start : start].strip()),
            closes=tuple(mark for mark in ending if not text[end : mark.span.end].strip()),
        )  # fmt: skip
