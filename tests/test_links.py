"""Links to the place of a quote, here and where it was published."""

from urllib.parse import unquote, urlsplit

import pytest
from fakes import document_of

from pullquote.corpus.documents import Source
from pullquote.corpus.sentences import split_sentences
from pullquote.index.quote import Quote
from pullquote.verify.cite import EXACT_LIMIT, reader_link, source_link


def quote_of(text: str, url: str | None = "https://a.example/page") -> Quote:
    document = document_of(text, source=Source(url=url))
    sentences = split_sentences(document)
    return Quote(document, sentences, 0, len(sentences) - 1)


def test_the_reader_is_linked_by_id_and_offsets():
    assert reader_link(quote_of("Kings fall.")) == "/documents/page?start=0&end=11#quote"


def test_without_a_url_there_is_no_link_to_the_source():
    assert source_link(quote_of("Kings fall.", url=None)) is None


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("https://a.example/page", "https://a.example/page#:~:text="),
        ("https://a.example/page?x=1", "https://a.example/page?x=1#:~:text="),
        ("https://a.example/page#part", "https://a.example/page#part:~:text="),
    ],
)
def test_a_text_fragment_is_added_to_the_url(url: str, start: str):
    assert source_link(quote_of("Kings fall.", url)) == f"{start}Kings%20fall."


@pytest.mark.parametrize(
    "text", ["Well-known, and “odd” & more.", "50 % of 7 / 8?", "É \U0001f600 #1.", "<b>a</b> is it."]
)
def test_what_means_something_in_a_fragment_is_encoded_and_comes_back_whole(text: str):
    directive = source_link(quote_of(text)).split("#:~:text=")[1]
    assert not set(directive) & set('-,&#<>" ')
    assert unquote(directive) == text


@pytest.mark.parametrize(
    "text", ["One two three four five six.\n\nSeven eight nine ten eleven.", "A " + "word " * 80 + "z."]
)
def test_a_long_quote_or_one_of_two_paragraphs_is_named_by_its_ends(text: str):
    start, end = source_link(quote_of(text)).split("#:~:text=")[1].split(",")
    assert text.startswith(unquote(start))
    assert text.endswith(unquote(end))


def test_the_whole_text_is_named_up_to_the_limit():
    text = "A" + "x" * (EXACT_LIMIT - 2) + "."
    assert "," not in source_link(quote_of(text))
    assert urlsplit(source_link(quote_of(text))).hostname == "a.example"
