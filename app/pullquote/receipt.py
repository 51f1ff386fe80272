"""Receipts: whether what an answer said of its quotes is what is stored and heard."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urldefrag

from pullquote.documents import Document
from pullquote.errors import InvalidSpan, ReceiptError, UnknownDocument
from pullquote.quote import quote_span
from pullquote.sentences import split_sentences
from pullquote.span import Span, utf16_span
from pullquote.store.generation import Generation
from pullquote.verify import Result, voices_at
from pullquote.voice import Voice, VoiceKind, inline, summary
from pullquote.voice.voicebook import VoiceBook

SOURCE = ("title", "author", "publisher", "date", "url", "licence")
PLACE = ("start_utf16", "end_utf16", "prefix", "suffix", "before", "after", "byline")
VOICE = ("speaker", "kind", "sure")
LINK = "link"  # to the source
SIDES = ("for", "against", "context")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says of one quote."""

    document_id: str
    sha256: str
    start: int
    end: int
    exact: str
    facts: Mapping[str, object] = field(default_factory=dict)
    """Those of `SOURCE`, `PLACE` and `VOICE` and the link that it gives."""


Hear = Callable[[Document, Span], Voice | None]
"""Tells the voice at a place of a document, or None where that cannot be told."""


def hearing(generation: Generation) -> Hear:
    """What tells the voice at a place by a built index, without the model that answers questions."""
    book = VoiceBook(generation)

    def hear(document: Document, span: Span) -> Voice | None:
        try:
            number = generation.number(document.id)
        except UnknownDocument:
            return None
        if generation.document(number).sha256 != document.sha256:  # indexed from other words
            return None
        quote = quote_span(document, generation.sentences(number), span)
        voices = voices_at(quote, book.of_quote(quote), span) if quote else ()
        return summary(voices) if voices else None

    return hear


def read_receipt(content: bytes) -> tuple[Claim, ...]:
    """The claims of a receipt: an answer in the wire form, or one quote of it.

    Raises:
        ReceiptError: not JSON, or without quotes, or one lacks a field.
    """
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"the receipt is not JSON: {error}") from error
    quotes = _quotes(facts) if isinstance(facts, dict) else facts
    if not isinstance(quotes, list) or not quotes:
        raise ReceiptError("the receipt holds no quotes; save one with `pullquote ask QUESTION --json`")
    return tuple(_claim(quote) for quote in quotes)


def _quotes(facts: Mapping[str, Any]) -> Any:
    """The quotes of an answer, or of both sides; else the one that this is."""
    if "quotes" in facts:
        return facts["quotes"]
    sides = [facts[name] for name in SIDES if isinstance(facts.get(name), list)]
    return [quote for side in sides for quote in side] if sides else [facts]


def _claim(quote: Any) -> Claim:
    try:
        claim = Claim(
            str(quote["document_id"]), str(quote["source"]["sha256"]), quote["start"], quote["end"],
            str(quote["exact"]), dict(_facts(quote)),
        )  # fmt: skip
    except (AttributeError, KeyError, TypeError) as error:
        raise ReceiptError(f"a quote of the receipt lacks {error}") from error
    if type(claim.start) is not int or type(claim.end) is not int:
        raise ReceiptError("a quote's start and end must be whole numbers")
    return claim


def _facts(quote: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for of, names in ((quote["source"], SOURCE), (quote, PLACE), (quote.get("voice") or {}, VOICE)):
        yield from ((name, of[name]) for name in names if name in of)
    if "source" in (links := quote.get("links") or {}):
        yield LINK, links["source"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a claim: the document whose text it names, if there is one, and what it says wrongly of it."""

    result: Result
    document: Document | None = None
    wrong: tuple[str, ...] = ()


def check(claim: Claim, documents: Iterable[Document], *, hear: Hear | None = None) -> Checked:
    """Hold a claim against the documents whose text has the hash that it names.

    The result is verbatim, altered (the words are not those at the place), misattributed (the words are, but the
    document's id, its source, what stands around them or the voice is another), or not_found (no such text).

    Args:
        hear: without it no voice is compared.
    """
    same = [_held(claim, document, hear) for document in documents if document.sha256 == claim.sha256]
    return min(same, key=lambda checked: len(checked.wrong), default=Checked(Result.NOT_FOUND))


def _held(claim: Claim, document: Document, hear: Hear | None) -> Checked:
    try:
        span = Span(claim.start, claim.end)
        stored = span.cut(document.text)
    except InvalidSpan:
        return Checked(Result.ALTERED, document)
    if stored != claim.exact:
        return Checked(Result.ALTERED, document)
    voice = hear(document, span) if hear else None
    wrong = ["document_id"] if claim.document_id != document.id else []
    wrong += [fact for fact, said in claim.facts.items() if not _holds(fact, said, document, span, voice)]
    return Checked(Result.MISATTRIBUTED if wrong else Result.VERBATIM, document, tuple(wrong))


def _holds(fact: str, said: object, document: Document, span: Span, voice: Voice | None) -> bool:
    if fact in VOICE:
        return voice is None or said == getattr(voice, fact)
    if fact in SOURCE:
        return bool(said == getattr(document.source, fact))
    if fact == LINK:  # the fragment only helps to find the place
        return _page(said) == _page(document.source.url)
    if fact == "byline":
        return _names(str(said), document, voice)
    if fact in ("start_utf16", "end_utf16"):
        return said == utf16_span(document.text, span)[fact == "end_utf16"]
    return _stands_around(fact, str(said), document, span)


def _page(address: object) -> str | None:
    return None if address is None else urldefrag(str(address)).url


def _names(line: str, document: Document, voice: Voice | None) -> bool:
    """Whether a byline holds the names that it must: a later version may word it otherwise."""
    heard = voice.speaker if voice and voice.kind is not VoiceKind.UNCLEAR else None
    place, line = document.source.author or document.source.publisher or "", line.casefold()
    named = heard is None or inline(heard).casefold() in line or heard.casefold() in line
    return named and place.casefold() in line


def _stands_around(fact: str, words: str, document: Document, span: Span) -> bool:
    """Whether words stand right before or after a place, or are what is shown there with a quote."""
    left, right = document.text[: span.start], document.text[span.end :]
    if fact == "prefix":
        return left.endswith(words)
    if fact == "suffix":
        return right.startswith(words)
    if left.rstrip().endswith(words) if fact == "before" else right.lstrip().startswith(words):
        return True
    quote = quote_span(document, split_sentences(document), span)
    return quote is not None and words == getattr(quote, fact)
