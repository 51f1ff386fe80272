"""Links to the place: our own reader, and the text fragment of the page where it was published."""

import re
from urllib.parse import quote as percent

from pullquote.quote import Quote

EXACT_LIMIT = 300  # characters up to which a fragment names the whole text
EDGE_WORDS = 5


def reader_link(quote: Quote) -> str:
    """The reader's page, scrolled to the quote."""
    return f"/documents/{quote.document.id}?start={quote.span.start}&end={quote.span.end}#quote"


def source_link(quote: Quote) -> str | None:
    """The published page with a text fragment (WICG scroll-to-text-fragment), or None without a URL."""
    url = quote.document.source.url
    if url is None:
        return None
    separator = ":~:" if "#" in url else "#:~:"
    return f"{url}{separator}text={_directive(quote.text)}"


def _directive(text: str) -> str:
    """The whole text where it is short and of one paragraph, else its first and last words."""
    if len(text) <= EXACT_LIMIT and not re.search(r"[\r\n\u2028\u2029]", text):
        return _encoded(text)
    words = text.split()
    return f"{_encoded(' '.join(words[:EDGE_WORDS]))},{_encoded(' '.join(words[-EDGE_WORDS:]))}"


def _encoded(text: str) -> str:
    # A dash, a comma and an ampersand have a meaning of their own inside a fragment.
    return percent(text, safe="").replace("-", "%2D")
