"""Quotes: cut from a stored document, with their surroundings."""

import pytest
from fakes import cases, document_of
from hypothesis import assume, given
from hypothesis import strategies as st

from pullquote.corpus.documents import Document
from pullquote.corpus.quote import CONTEXT, Quote, quote_span
from pullquote.corpus.sentences import split_sentences
from pullquote.span import Span

MESSY = st.lists(st.sampled_from(["1. ", "Kings fall. ", "“They split,” she said. ", "\n\n", "\n", "# Part\n\n", "- a\n", "\U0001f600 ", "Dr. Ó ", "\r\n"])).map("".join)  # fmt: skip
TEXT = "Before \U0001f600 it. Kings fall. They split.\n\n# Next\n\nOne more. The end."


def quote_of(first: int, last: int, document: Document | None = None) -> Quote:
    document = document or document_of(TEXT)
    return Quote(document, split_sentences(document), first, last)


def test_a_quote_is_the_stored_words_at_its_span_as_python_and_browsers_count():
    quote = quote_of(1, 2)
    assert quote.text == "Kings fall. They split." == TEXT[quote.span.start : quote.span.end]
    assert (quote.words, quote.utf16) == (4, (quote.span.start + 1, quote.span.end + 1))


def test_an_item_of_a_list_leans_on_what_leads_the_list_in_and_shows_it_before_itself():
    document = document_of("We are told lies:\n- Kings fall.\n- Queens rise. They stay.")
    sentences = split_sentences(document)
    for first in (1, 2, 3):
        item = Quote(document, sentences, first, first)
        assert (item.before, item.leans) == ("We are told lies:", True)
    whole = Quote(document, sentences, 0, 1)
    assert (whole.before, whole.leans, whole.after) == ("", False, "- Queens rise.")


def test_the_neighbours_are_the_sentences_beside_it_and_never_structure():
    assert (quote_of(1, 1).before, quote_of(1, 1).after) == ("Before \U0001f600 it.", "They split.")
    assert [
        quote_of(2, 2).after,
        quote_of(4, 4).before,
        quote_of(0, 0).before,
        quote_of(5, 5).after,
    ] == [""] * 4
    assert (quote_of(1, 1).section, quote_of(4, 5).section) == (None, "Next")
    assert (quote_of(1, 2).leans, quote_of(2, 2).leans) == (False, True)


@given(MESSY, st.data())
def test_prefix_quote_and_suffix_stand_side_by_side_in_the_text(text: str, data: st.DataObject):
    document = document_of(text)
    assume(sentences := split_sentences(document))
    first = data.draw(st.integers(0, len(sentences) - 1))
    quote = quote_of(first, data.draw(st.integers(first, len(sentences) - 1)), document)
    start = quote.span.start - len(quote.prefix)
    assert text[start:].startswith(quote.prefix + quote.text + quote.suffix)
    assert len(quote.prefix) == min(CONTEXT, quote.span.start)
    assert len(quote.suffix) == min(CONTEXT, len(text) - quote.span.end)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    cases("quote", "the_smallest_whole_sentences_around_a_range_are_found"),
)
def test_the_smallest_whole_sentences_around_a_range_are_found(
    start: int, end: int, words: str | None
):
    document = document_of("Before it is. Kings fall. They split.")
    quote = quote_span(document, split_sentences(document), Span(start, end))
    assert (quote and quote.text) == words
