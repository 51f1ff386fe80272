"""Templates: escaped always, strict about names, with what is invisible written out."""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote as percent
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from pullquote.api import visit
from pullquote.api.debates import in_words
from pullquote.api.strings import STRINGS
from pullquote.api.wire import Wire
from pullquote.corpus.blocks import is_wrapped
from pullquote.corpus.dates import long_date
from pullquote.corpus.hidden import visible
from pullquote.sides.stance import WEAK
from pullquote.verify.links import place_query

_HERE = Path(__file__).parent
_APART = re.compile(r"(\n[^\S\n]*\n\s*)")
_CARRIED = re.compile(r"(.+) \(asked after: (.+)\)")  # as conversation.resolve writes it
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def sentence(message: str) -> str:
    """A message as a sentence of a page, such as "No debate there." for "no debate there"."""
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")


def safe_url(url: str | None) -> str:
    """The address if it is one of the web, else nothing."""
    return url if url and url.startswith(("https://", "http://", "/")) else ""


def at(quote: Wire) -> str:
    """Where a quote stands, for an address."""
    return place_query(quote["start"], quote["end"], quote["source"]["sha256"])


def spot(place: Wire) -> str:
    """Where a quote stands, in one word, such as "for-tolls:0-43"."""
    return f"{place['document_id']}:{place['start']}-{place['end']}"


def permalink(answer: Wire, debate: str) -> str:
    """An address that gives an answer again, with the quotes that its question was about: as in embed.js."""
    named = {
        "q": answer["resolved_question"], "debate": debate, "shown": [spot(place) for place in answer["about"]],
        "g": answer["index"]["generation"],
    }  # fmt: skip
    return "/?" + urlencode({name: value for name, value in named.items() if value}, doseq=True, quote_via=percent)


def paragraphs(text: str) -> list[str]:
    r"""Paragraphs and, every other one, what parts them. Example: paragraphs("a\n\nb") -> ["a", "\n\n", "b"]"""
    return _APART.split(text.replace("\r\n", "\n"))


def titled(debate: str) -> str:
    """A debate's name in words. Example: titled("phones-in-schools") -> "Phones in schools"."""
    words = in_words(debate)
    return words[:1].upper() + words[1:]


def carried(question: str) -> tuple[str, str]:
    """A question as it is resolved, as the words asked and those that they follow up, or "".

    Example: carried("And Lee? (asked after: What does Roe say?)") -> ("And Lee?", "What does Roe say?")
    """
    found = _CARRIED.fullmatch(question)
    return (found[1], found[2]) if found else (question, "")


def byline(quote: Wire) -> tuple[str, str]:
    """A quote's byline as the longest name that it begins with, if it begins with one, and the rest."""
    words: str = quote["byline"]
    names = (quote["voice"]["speaker"], quote["source"]["author"], quote["source"]["publisher"])
    length = max((len(name) for name in names if name and _begins(words, name)), default=0)
    return words[:length], words[length:]


def isolated(rest: str) -> list[str]:
    """What stands between the commas of a byline and, every other one, a comma: each name is read in its own direction.

    Example: isolated(", The Toll Review, 2021") -> ["", ", ", "The Toll Review", ", ", "2021"]
    """
    return re.split("(, )", rest)


def _begins(words: str, name: str) -> bool:
    """Whether words begin with a name, and not with a longer word that begins so."""
    return words[: len(name)].lower() == name.lower() and not words[len(name) :][:1].isalpha()


def sided_on(answer: Wire) -> str | None:
    """What the quotes of an answer are for or against, or None where none of them is."""
    sides = {quote["stance"]["side"] for quote in answer["quotes"] if quote["stance"]}
    proposition: str | None = answer["proposition"]
    return proposition if sides & {"for", "against"} else None


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), undefined=StrictUndefined,
        autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "at": at, "byline": byline, "isolated": isolated, "carried": carried, "permalink": permalink, "spot": spot, "sided_on": sided_on, "titled": titled, "long_date": long_date, "visible": visible,
        "paragraphs": paragraphs, "safe_url": safe_url, "sentence": sentence, "wrapped": is_wrapped,
    }  # fmt: skip
    environment.globals |= {"s": STRINGS, "weak": WEAK}
    return environment


def page(template: str, status: int = 200, *, ancestors: str = "'none'", **values: object) -> HTMLResponse:
    """A page with its own content security policy."""
    asked = visit.current()
    html = _templates().get_template(template).render(**values, manual=asked is None or asked.manual)
    headers = {"Content-Security-Policy": PAGE_POLICY.format(ancestors=ancestors)}
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers)
