"""Ranges: the whole sentences around them, up to the very end of a text."""

from fakes import document_of

from pullquote.corpus.sentences import split_sentences
from pullquote.index.quote import quote_span
from pullquote.span import Span


def test_a_range_that_ends_with_the_text_is_in_its_last_sentence():
    document = document_of("Roads lead on. Kings fall. They split.")
    last = Span(document.text.index("They"), len(document.text))
    quote = quote_span(document, split_sentences(document), last)
    assert quote
    assert quote.text == "They split."
