"""The reader: a document as it is stored, block by block, with the quote marked where it stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from pullquote.documents import Document
from pullquote.sentences import Kind, Sentence
from pullquote.span import Span

CONTEXT = 600  # code points shown around a quote where the text may not be shown whole


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a block, marked or not; `opens` and `closes` say where the mark starts and ends."""

    text: str
    marked: bool = False
    opens: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or line of structure."""

    kind: Kind
    pieces: tuple[Piece, ...]


def blocks(document: Document, sentences: Iterable[Sentence], quote: Span | None, *, whole: bool) -> tuple[Block, ...]:
    """The blocks to show: all of them, or where that is not allowed those near the quote."""
    shown = Span(0, max(1, len(document.text))) if whole else _near(quote)
    return tuple(
        Block(kind, tuple(_pieces(document.text, part, quote)))
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


def _pieces(text: str, block: Span, quote: Span | None) -> Iterator[Piece]:
    if quote is None or not block.overlaps(quote):
        yield Piece(block.cut(text))
        return
    low, high = max(block.start, quote.start), min(block.end, quote.end)
    if block.start < low:
        yield Piece(text[block.start : low])
    opens, closes = not text[quote.start : low].strip(), not text[high : quote.end].strip()
    yield Piece(text[low:high], marked=True, opens=opens, closes=closes)
    if high < block.end:
        yield Piece(text[high : block.end])
