"""Reading: debates and ranges as addresses name them, and a document with its marks."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from urllib.parse import parse_qs

from pullquote.answers.explainer import Explainer
from pullquote.api.languages import STRINGS
from pullquote.api.responses import in_words
from pullquote.api.schemas import ID_LENGTH
from pullquote.api.wire import Wire
from pullquote.corpus import quote as quotes
from pullquote.corpus.documents import Document
from pullquote.corpus.parsing import DEFAULT_DEBATE
from pullquote.corpus.passages import lead_in
from pullquote.corpus.reading import Read, read_span
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import (
    IndexMissing,
    InvalidSpan,
    PullquoteError,
    TextChanged,
    UnknownDocument,
    spend,
)
from pullquote.index.generation import Generation
from pullquote.index.layout import DocumentRow
from pullquote.index.search import MAX_SENTENCES, MAX_WORDS
from pullquote.sides.columns import Sides
from pullquote.sides.stance import Citation, Side
from pullquote.span import Span
from pullquote.voice.people import People, Person

# code points on each side of a quote that are shown where the document may not be
CONTEXT = 600
MOST_ALSO = 20  # other quotes that an address may have marked
TOO_MUCH = (
    "this range holds more than one quote, and whole texts are not shown here: "
    f"name one sentence, or up to {MAX_SENTENCES} of at most {MAX_WORDS} words together"
)


@dataclass(frozen=True, slots=True)
class DebateChoice:
    """One debate, or all of them (name ""): the number of its sources and their dates."""

    name: str
    count: int
    oldest: str | None
    newest: str | None

    @property
    def topic(self) -> str:
        """What it is on, within a sentence; "" where its name does not tell."""
        return "" if self.name == DEFAULT_DEBATE else in_words(self.name)


def by_debate(generation: Generation) -> list[tuple[str, list[DocumentRow]]]:
    """The documents of each debate, which lie side by side."""
    return [(name, list(rows)) for name, rows in groupby(generation.rows, lambda row: row.debate)]


def debate_wire(name: str, rows: Sequence[DocumentRow]) -> Wire:
    """A debate and its documents as `GET /v1/debates` sends them."""
    debate = _debate(name, rows)
    return {
        "name": name,
        "documents": debate.count,
        "oldest": debate.oldest,
        "newest": debate.newest,
    }


@lru_cache(maxsize=1)  # a page names all debates each time it is looked at
def choices(generation: Generation) -> tuple[DebateChoice, ...]:
    """What a page may ask: the only debate; or all of them, and each."""
    debates = [_debate(name, rows) for name, rows in by_debate(generation)]
    return tuple(debates if len(debates) == 1 else [_debate("", generation.rows), *debates])


def known(generation: Generation, name: str) -> str:
    """The index's own name of a debate, or "" where there is none; accents are normalised."""
    names = (name, unicodedata.normalize("NFC", name))
    return next((candidate for candidate in names if candidate in generation.debates), "")


def chosen(debates: tuple[DebateChoice, ...], name: str) -> DebateChoice:
    """The debate of that name, or where there is none what is asked without one."""
    return next((debate for debate in debates if debate.name == name), debates[0])


def _debate(name: str, rows: Sequence[DocumentRow]) -> DebateChoice:
    dates = sorted(row.source.date for row in rows if row.source.date)
    return DebateChoice(name, len(rows), *((dates[0], dates[-1]) if dates else (None, None)))


@lru_cache(maxsize=1)  # read again where an editor's decisions make a new view, which is rare
def people_of(generation: Generation) -> People:
    """Everybody in a generation.

    Raises:
        IndexMissing: it was built before there was such a list.
    """
    return People(generation)


def voices_in(generation: Generation, document_id: str) -> list[Person]:
    """Whose words a document holds; nobody where the index has no list of people."""
    try:
        return people_of(generation).heard_in(generation.number(document_id))
    except IndexMissing:
        return []


def document_of(explainer: Explainer, document_id: str) -> Document:
    """The document of an id that a client names.

    Raises:
        UnknownDocument: there is none; an id longer than any is not even repeated in the message.
    """
    if len(document_id) > ID_LENGTH:
        raise UnknownDocument("no such document; GET /v1/documents lists them")
    return explainer.document(document_id)


def numbers(start: str, end: str) -> tuple[int, int]:
    """The start and end in a link to a page, whose reader expects a page even if it is broken.

    Raises:
        InvalidSpan: they are no numbers.
    """
    try:
        return int(start), int(end)
    except ValueError:
        raise InvalidSpan(STRINGS["no_place"]) from None


def place(document: Document, start: int, end: int, text: str = "") -> Span:
    """A range of a document, checked against the first digits of its text's hash in the link.

    Raises:
        TextChanged: the text is another now.
        InvalidSpan: it is no range of this text.
    """
    if not same_text(document, text):
        raise TextChanged(
            f"the text of {document.id!r} has changed since this link was made; "
            f"the text as it is now: /documents/{document.id}"
        )
    span = Span(start, end)
    span.cut(document.text)
    return span


def same_text(document: Document, text: str) -> bool:
    """Whether a document's text is the one that a link was made for, as far as the link tells."""
    return document.sha256.startswith(text.lower())


def told(explainer: Explainer, document_id: str, end: str, error: PullquoteError) -> str:
    """Why a link's range cannot be shown, to a reader who has only followed the link."""
    if not page_of(explainer, document_id):
        return str(error)
    length = len(explainer.document(document_id).text)
    digits = end.lstrip("0") if end.isdecimal() else ""
    # of very many digits Python makes no number
    past = len(digits) > len(str(length)) or int(digits or "0") > length
    return STRINGS["past_end"] if past else str(error)


def page_of(explainer: Explainer, document_id: str) -> str:
    """The reader's page of a document, or nothing where there is no such document."""
    try:
        explainer.generation.number(document_id)
    except UnknownDocument:
        return ""
    return f"/documents/{document_id}"


def checked(explainer: Explainer, document_id: str, span: Span) -> None:
    """Refuse a range of which more would be shown than the operator allows.

    Raises:
        UnknownDocument: there is no such id.
        InvalidSpan: it holds more than one quote may, where whole texts are not shown.
    """
    if not may_be_shown(explainer, document_id, span):
        raise InvalidSpan(TOO_MUCH)


def may_be_shown(explainer: Explainer, document_id: str, span: Span) -> bool:
    """Whether all of a range may be shown: a whole sentence always may, as answers quote it.

    Raises:
        UnknownDocument: there is no such id.
    """
    if explainer.settings.full_text:
        return True
    generation = explainer.generation
    number = generation.number(document_id)
    quote = quotes.quote_span(generation.document(number), generation.sentences(number), span)
    if quote is None or quote.first == quote.last:
        return True
    return quote.last - quote.first < MAX_SENTENCES and quote.words <= MAX_WORDS


# A document with its marks
@dataclass(frozen=True, slots=True)
class Mark:
    """A range to mark: the linked quote, one of a side, or with `n` another of the answer."""

    span: Span
    side: Side | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a block with their marks; `opens` and `closes` are those that begin or end here."""

    text: str
    marks: tuple[Mark, ...] = ()
    opens: tuple[Mark, ...] = ()
    closes: tuple[Mark, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """How they are marked: "here", "also" for the answer's other quotes, "for", "against"."""
        return tuple(
            dict.fromkeys(mark.side or ("also" if mark.n else "here") for mark in self.marks)
        )

    @property
    def flags(self) -> tuple[Mark, ...]:
        """The quotes with a number that start here."""
        return tuple(mark for mark in self.opens if mark.n)

    @property
    def quoted(self) -> bool:
        """Whether the quote that is asked for starts here."""
        return any(not mark.n for mark in self.opens)


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A paragraph, heading or line, or the shown part of it; no kind where text is left out."""

    kind: Kind | None
    pieces: tuple[Piece, ...] = ()


CUT = ShownBlock(None)


def marks_of(sides: Sides) -> tuple[Mark, ...]:
    """Where the quotes on both sides stand."""

    def marks(side: Side, quotes: Sequence[Citation]) -> tuple[Mark, ...]:
        return tuple(Mark(citation.quote.span, side, citation.n) for citation in quotes)

    return marks(Side.FOR, sides.favour) + marks(Side.AGAINST, sides.against)


def also_marked(explainer: Explainer, document: Document, named: Iterable[str]) -> tuple[Mark, ...]:
    """The answer's other quotes in an address, as "2:10-50"; broken places are ignored."""
    marks: list[Mark] = []
    for n, _, offsets in (label.partition(":") for label in named):
        start, _, end = offsets.partition("-")
        with suppress(InvalidSpan, ValueError):
            span = Span(int(start), int(end))
            span.cut(document.text)
            if 0 < int(n) <= MOST_ALSO and may_be_shown(explainer, document.id, span):
                marks.append(Mark(span, None, int(n)))
    return tuple(marks[:MOST_ALSO])


def way_back(address: str) -> tuple[str, str]:
    """The address on this site that led to a document, with its question; empty if not ours."""
    path, _, query = address.partition("?")
    try:
        query_values = parse_qs(query.partition("#")[0], max_num_fields=64)
    except ValueError:
        query_values = {}
    question = query_values.get(
        {"/": "q", "/search": "q", "/sides": "proposition"}.get(path, ""), [""]
    )[0]
    return (address, question) if question else ("", "")


def blocks(
    document: Document,
    sentences: Sequence[Sentence],
    quote: Span | None,
    sided: Sequence[Mark] = (),
    *,
    whole: bool,
) -> tuple[ShownBlock, ...]:
    """The blocks to show: all, or those near the quote with marks for omitted text."""
    positions = range(len(sentences)) if whole else _near(document, sentences, quote)
    reach = _around(quote, CONTEXT) if quote and not whole else Span(0, len(document.text) or 1)
    return tuple(
        _blocks(document, sentences, positions, [*([Mark(quote)] if quote else []), *sided], reach)
    )


def _near(document: Document, sentences: Sequence[Sentence], span: Span | None) -> Sequence[int]:
    """The sentences of a quote, their context, and all others that are whole within reach."""
    quote = span and quotes.quote_span(document, sentences, span)
    if not quote:
        return ()
    reach, beside = _around(quote.span, CONTEXT), _around(quote.span, quotes.CONTEXT)
    apart = {
        quote.first - 1,
        quote.last + 1,
        lead_in(document.text, sentences, quote.first),
        sentences[quote.first].heading,
    }

    def is_near(position: int, sentence: Span) -> bool:
        within = reach.start <= sentence.start and sentence.end <= reach.end
        return (
            within
            or sentence.overlaps(beside)
            or quote.first <= position <= quote.last
            or position in apart
        )

    return [
        position
        for position, candidate in enumerate(sentences)
        if is_near(position, candidate.span)
    ]


def _around(quote: Span, distance: int) -> Span:
    return Span(max(0, quote.start - distance), quote.end + distance)


def _blocks(
    document: Document,
    sentences: Sequence[Sentence],
    shown: Sequence[int],
    marks: Sequence[Mark],
    reach: Span,
) -> Iterator[ShownBlock]:
    text, following, cut = document.text, 0, False
    for run in _runs(sentences, shown):
        spend()
        kinds = {sentences[position].kind for position in run}
        kind = Kind.PROSE if Kind.PROSE in kinds else sentences[run[0]].kind
        paragraph = Span(sentences[run[0]].span.start, sentences[run[-1]].span.end)
        span = paragraph if kind is Kind.PROSE else _clipped(text, paragraph, reach)
        if cut or run[0] > following or span.start > paragraph.start:
            yield CUT
        read = (
            read_span(document, span)
            if kind is not Kind.NOT_PROSE
            else Read(span.cut(text), range(len(span)))
        )
        yield ShownBlock(kind, tuple(_pieces(text, read, span, marks)))
        following, cut = run[-1] + 1, span.end < paragraph.end
    if cut or 0 < following < len(sentences):
        yield CUT


def _clipped(text: str, span: Span, reach: Span) -> Span:
    """The lines of a table or the like within reach, or all of it where none is."""
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
    for _, run in groupby(
        enumerate(shown), lambda pair: (sentences[pair[1]].paragraph, pair[1] - pair[0])
    ):
        yield [position for _, position in run]


def _pieces(text: str, read: Read, block: Span, marks: Sequence[Mark]) -> Iterator[Piece]:
    """A block as it is read, cut wherever a mark starts or ends: marks may overlap."""
    inside = [mark for mark in marks if block.overlaps(mark.span)]
    ends = {
        end
        for mark in inside
        for end in (mark.span.start, mark.span.end)
        if block.start < end < block.end
    }
    # the mark of a list or a quotation
    yield from filter(lambda opens: opens.text, [Piece(read.between(-1, 0))])
    for start, end in pairwise(sorted({block.start, block.end, *ends})):
        active = tuple(mark for mark in inside if mark.span.start <= start and end <= mark.span.end)
        words = read.between(start - block.start, end - block.start)
        ending = active if words.strip() else ()  # white space neither starts a mark nor ends one
        yield Piece(
            words,
            active,
            opens=tuple(mark for mark in ending if not text[mark.span.start : start].strip()),
            closes=tuple(mark for mark in ending if not text[end : mark.span.end].strip()),
        )
