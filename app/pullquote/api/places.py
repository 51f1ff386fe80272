"""Ranges that a client names: where whole texts are not shown, none takes in more than one quote."""

from pullquote.errors import InvalidSpan
from pullquote.explainer import Explainer
from pullquote.quote import quote_span
from pullquote.select import MAX_SENTENCES, MAX_WORDS
from pullquote.span import Span

TOO_MUCH = (
    "this range holds more than one quote, and whole texts are not shown here: "
    f"name one sentence, or up to {MAX_SENTENCES} of at most {MAX_WORDS} words together"
)


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
