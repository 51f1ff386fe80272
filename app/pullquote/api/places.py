"""Ranges that a client names: in the text that they were made for, and no more than one quote of what is not shown whole."""

from fastapi.responses import HTMLResponse

from pullquote.answers.explainer import Explainer
from pullquote.api import render
from pullquote.corpus.documents import Document
from pullquote.errors import InvalidSpan, NotFound, PullquoteError, TextChanged, UnknownDocument
from pullquote.index.quote import quote_span
from pullquote.index.search import MAX_SENTENCES, MAX_WORDS
from pullquote.span import Span

TOO_MUCH = (
    "this range holds more than one quote, and whole texts are not shown here: "
    f"name one sentence, or up to {MAX_SENTENCES} of at most {MAX_WORDS} words together"
)
PAST = "this link points past the end of the document"
BROKEN = "This link does not work"
TEXT = (  # what is said of the parameter `text`
    "The first digits, such as 12, of the sha256 that the document had when the place was found: "
    "where its text is another now, the answer is a problem, not other words. Without them nothing is compared."
)


def numbers(start: str, end: str) -> tuple[int, int]:
    """Where a place starts and ends, as a link to a page has it: whoever follows a broken one wants a page.

    Raises:
        InvalidSpan: they are no numbers.
    """
    try:
        return int(start), int(end)
    except ValueError:
        raise InvalidSpan(
            "this address names no quote; it must have the parts of the link beside a quote, with “start” and “end” in figures"
        ) from None


def same_text(document: Document, text: str) -> bool:
    """Whether a document's text is the one that a link was made for, as far as the link tells."""
    return document.sha256.startswith(text.lower())


def in_same_text(document: Document, text: str) -> None:
    """Refuse a place that was found in another text.

    Raises:
        TextChanged: it was.
    """
    if not same_text(document, text):
        raise TextChanged(
            f"the text of {document.id!r} has changed since this link was made, so the place cannot be told; "
            f"the text as it is now: /documents/{document.id}"
        )


def told(explainer: Explainer, document_id: str, end: str, error: PullquoteError) -> str:
    """Why a link's range cannot be shown, to a reader who has only followed the link."""
    try:
        length = len(explainer.document(document_id).text)
    except UnknownDocument:
        return str(error)
    digits = end.lstrip("0") if end.isdecimal() else ""
    past = len(digits) > len(str(length)) or int(digits or "0") > length  # of very many digits Python makes no number
    return PAST if past else str(error)


def missing(error: NotFound) -> str:
    """What a page says is not there: it leads on by itself."""
    return str(error).partition(";")[0]


def broken(status: int, message: str, document: str) -> HTMLResponse:
    """A page that says why a link does not work, and leads on to the document that it names."""
    return render.page("missing.html", status, heading=BROKEN, message=message, document=document)


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
    if not shown(explainer, document_id, span):
        raise InvalidSpan(TOO_MUCH)


def shown(explainer: Explainer, document_id: str, span: Span) -> bool:
    """Whether all of a range may be shown: a sentence always may, however long, since answers quote it whole.

    Raises:
        UnknownDocument: there is no such id.
    """
    if explainer.settings.full_text:
        return True
    generation = explainer.generation
    number = generation.number(document_id)
    quote = quote_span(generation.document(number), generation.sentences(number), span)
    if quote is None or quote.first == quote.last:
        return True
    return quote.last - quote.first < MAX_SENTENCES and quote.words <= MAX_WORDS
