"""The reader: a document as it is stored, block by block, with the quotes marked where they stand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from pullquote.answer import Citation
from pullquote.documents import Document
from pullquote.sentences import Kind, Sentence
from pullquote.sides import Sides
from pullquote.span import Span
from pullquote.stance import Side

CONTEXT = 600  # code points shown around a quote where the text may not be shown whole


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
    """A paragraph, heading or line of structure."""

    kind: Kind
    pieces: tuple[Piece, ...]


def marks_of(sides: Sides) -> tuple[Mark, ...]:
    """Where the quotes on both sides stand."""

    def marks(side: Side, quotes: Sequence[Citation]) -> tuple[Mark, ...]:
        return tuple(Mark(citation.quote.span, side, citation.n) for citation in quotes)

    return marks(Side.FOR, sides.favour) + marks(Side.AGAINST, sides.against)


def blocks(
    document: Document, sentences: Iterable[Sentence], quote: Span | None, sided: Sequence[Mark] = (), *, whole: bool
) -> tuple[Block, ...]:
    """The blocks to show: all of them, or where that is not allowed those near the quote."""
    shown = Span(0, max(1, len(document.text))) if whole else _near(quote)
    marks = [*([Mark(quote)] if quote else []), *sided]
    return tuple(
        Block(kind, tuple(_pieces(document.text, part, marks)))
        for kind, span in _spans(sentences)
        if (part := _common(span, shown)) is not None
    )


def _near(quote: Span | None) -> Span | None:
    return None if quote is None else Span(max(0, quote.start - CONTEXT), quote.end + CONTEXT)


def _common(span: Span, shown: Span | None) -> Span | None:
    """What both ranges hold."""
    if shown is None or not span.overlaps(shown):
        return None
    return Span(max(span.start, shown.start), min(span.end, shown.end))


def _spans(sentences: Iterable[Sentence]) -> Iterator[tuple[Kind, Span]]:
    for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        together = list(group)
        kinds = {sentence.kind for sentence in together}
        kind = Kind.PROSE if Kind.PROSE in kinds else together[0].kind
        yield kind, Span(together[0].span.start, together[-1].span.end)


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
