"""Receipts: whether what an answer said of its quotes is what is stored and heard."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlsplit

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence, split_sentences
from pullquote.errors import InvalidSpan, ReceiptError, UnknownDocument
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote, quote_span
from pullquote.sides.judging import positions_of
from pullquote.sides.stance import Stance, labelled
from pullquote.span import Span, utf16_span
from pullquote.verify.match import Place, Result, places_of, voices_at
from pullquote.voice import Voice, VoiceKind, inline, summary
from pullquote.voice.book import VoiceBook

SOURCE = ("title", "author", "publisher", "date", "url", "licence")
PLACE = ("start_utf16", "end_utf16", "prefix", "suffix", "before", "after", "leans", "section", "byline")
VOICE = ("speaker", "kind", "sure", "via")
VOICES = "voices"  # part by part
LINKS = {"source": "links.source", "reader": "links.reader"}
SIDES = {"for": "for", "against": "against", "context": None}  # and the side that all below says it takes
SIDE = "stance.side"
LOOKED_AT = 100  # places of words of a text that is another now


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says of one quote."""

    document_id: str
    sha256: str
    start: int
    end: int
    exact: str
    facts: Mapping[str, object] = field(default_factory=dict)
    """Those of `SOURCE`, `PLACE`, `VOICE` and `LINKS` and the voices that it gives."""
    side: str | None = None
    """The side of a proposition below which it stands."""
    proposition: str | None = None
    """That proposition."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The voices of the sentences at a place, part by part, and in one that of the words there.

    `label` tells which side of a proposition the operator puts them on, or None.
    """

    voices: Sequence[Voice]
    voice: Voice
    label: Callable[[str], Stance | None]

    def holds(self, fact: str, said: object) -> bool:
        """Whether what a receipt says of voices is what is heard."""
        return _same_voices(said, self.voices) if fact == VOICES else said == _told(self.voice, fact)


Hear = Callable[[Document, Span], Heard | None]
"""Tells the voices at a place of a document, or None where they cannot be told."""
Split = Callable[[Document], Sequence[Sentence]]
"""Gives the sentences of a document; who checks many claims of few documents gives one that remembers."""


def hearing(generation: Generation) -> Hear:
    """What tells the voice at a place by a built index, without the model that answers questions."""
    book = VoiceBook(generation)

    def hear(document: Document, span: Span) -> Heard | None:
        try:
            number = generation.number(document.id)
        except UnknownDocument:
            return None
        if generation.document(number).sha256 != document.sha256:  # indexed from other words
            return None
        quote = quote_span(document, generation.sentences(number), span)
        whole = book.of_quote(quote) if quote else ()
        said = voices_at(quote, whole, span) if quote else ()
        return Heard(whole, summary(said), partial(_label, generation, number, whole)) if said else None

    return hear


def _label(generation: Generation, number: int, voices: tuple[Voice, ...], proposition: str) -> Stance | None:
    return labelled(positions_of(generation, number, proposition), proposition, voices)


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
    return tuple(_claim(*quote) if isinstance(quote, tuple) else _claim(quote) for quote in quotes)


def _quotes(facts: Mapping[str, Any]) -> Any:
    """The quotes of an answer, or of both sides, each with the side it stands on and of what; else the one that this is."""
    if "quotes" in facts:
        return facts["quotes"]
    sides = {name: facts[name] for name in SIDES if isinstance(facts.get(name), list)}
    on = facts.get("proposition")
    asked = on if isinstance(on, str) else None
    return [(quote, SIDES[name], asked) for name, side in sides.items() for quote in side] if sides else [facts]


def _claim(quote: Any, side: str | None = None, proposition: str | None = None) -> Claim:
    if not isinstance(quote, dict):
        raise ReceiptError("a quote of the receipt lacks 'document_id': it is no object with names")
    try:
        claim = Claim(
            str(quote["document_id"]), str(quote["source"]["sha256"]), quote["start"], quote["end"],
            str(quote["exact"]), dict(_facts(quote)), side, proposition,
        )  # fmt: skip
    except KeyError as error:
        raise ReceiptError(f"a quote of the receipt lacks {error}") from error
    except (AttributeError, TypeError) as error:
        raise ReceiptError("a quote of the receipt lacks names in its source, voice, stance or links") from error
    if type(claim.start) is not int or type(claim.end) is not int:
        raise ReceiptError("a quote's start and end must be whole numbers")
    return claim


def _facts(quote: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for of, names in ((quote["source"], SOURCE), (quote, (*PLACE, VOICES)), (quote.get("voice") or {}, VOICE)):
        yield from ((name, of[name]) for name in names if name in of)
    links, stance = quote.get("links") or {}, quote.get("stance") or {}
    yield from ((name, links[of]) for of, name in LINKS.items() if of in links)
    if "side" in stance:
        yield SIDE, stance["side"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a claim: the document whose text it names, if there is one, and what it says wrongly of it."""

    result: Result
    document: Document | None = None
    wrong: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    """What it says of voices, where none could be told."""
    now: Place | None = None
    """Where its words stand, where there is no such text any more."""


def check(
    claim: Claim, documents: Sequence[Document], *, hear: Hear | None = None, split: Split = split_sentences
) -> Checked:
    """Hold a claim against the documents whose text has the hash that it names.

    The result is verbatim, altered (the words are not those at the place), misattributed (the words are, but the
    document's id, its source, what stands around them or the voice is another), or not_found (no such text). Of a text that
    is another now, or gone, it is told where the words stand.

    Args:
        documents: of two of one id the first is what the document is now.
        hear: without it no voice is compared.
    """
    same = [_held(claim, document, hear, split) for document in documents if document.sha256 == claim.sha256]
    return min(same, key=lambda checked: len(checked.wrong)) if same else _changed(claim, documents)


def _changed(claim: Claim, documents: Iterable[Document]) -> Checked:
    """What became of a claim whose text there is none of: its words may stand in what the document is now, or in another."""
    latest: dict[str, Document] = {}
    for document in documents:
        latest.setdefault(document.id, document)
    own = latest.pop(claim.document_id, None)
    likely = [own, *latest.values()] if own else latest.values()
    now = next((place for document in likely if (place := _nearest(claim, document))), None)
    if own is None and now is None:
        return Checked(Result.NOT_FOUND)
    return Checked(Result.NOT_FOUND, own, ("sha256",) if own else ("document_id", "sha256"), now=now)


def _nearest(claim: Claim, document: Document) -> Place | None:
    """Where the words of a claim stand in a document, nearest to where they stood, of the first places."""
    places = islice(places_of(claim.exact, document), LOOKED_AT)
    return min(places, key=lambda place: abs(place.span.start - claim.start), default=None)


def _held(claim: Claim, document: Document, hear: Hear | None, split: Split) -> Checked:
    try:
        span = Span(claim.start, claim.end)
        stored = span.cut(document.text)
    except InvalidSpan:
        return Checked(Result.ALTERED, document)
    if stored != claim.exact:
        return Checked(Result.ALTERED, document)
    there = _There(document, span, hear(document, span) if hear else None, split)
    wrong = ["document_id"] if claim.document_id != document.id else []
    wrong += [fact for fact, said in claim.facts.items() if fact != SIDE and not there.holds(fact, said)]
    wrong += [] if _on_its_side(claim, there.heard) else [SIDE]
    spoken = [] if there.heard else [fact for fact in claim.facts if fact in (*VOICE, VOICES)]
    return Checked(Result.MISATTRIBUTED if wrong else Result.VERBATIM, document, tuple(wrong), tuple(spoken))


def _on_its_side(claim: Claim, heard: Heard | None) -> bool:
    """Whether a quote says that it takes the side that it stands on, and the operator's label says no other."""
    said = claim.facts.get(SIDE, claim.side)
    label = heard.label(claim.proposition) if heard and claim.proposition is not None else None
    stood = said if claim.side is None else claim.side
    return said == stood and (said is None or label is None or said == label.side)


@dataclass(frozen=True)
class _There:
    """What is stored and heard at a place."""

    document: Document
    span: Span
    heard: Heard | None
    split: Split

    @cached_property
    def quote(self) -> Quote | None:
        """The whole sentences there."""
        return quote_span(self.document, self.split(self.document), self.span)

    def holds(self, fact: str, said: object) -> bool:
        """Whether what a receipt says is so."""
        if fact in (*VOICE, VOICES):
            return self.heard is None or self.heard.holds(fact, said)
        if fact in SOURCE:
            return bool(said == getattr(self.document.source, fact))
        if fact in LINKS.values():
            return self._leads_there(fact, said)
        if fact == "byline":
            return _names(str(said), self.document, self.heard.voice if self.heard else None)
        return self._stands_there(fact, said)

    def _stands_there(self, fact: str, said: object) -> bool:
        if fact in ("start_utf16", "end_utf16"):
            return said == utf16_span(self.document.text, self.span)[fact == "end_utf16"]
        if fact in ("leans", "section"):
            return self.quote is None or said == getattr(self.quote, fact)
        return self._stands_around(fact, str(said))

    def _leads_there(self, fact: str, said: object) -> bool:
        if fact == LINKS["source"]:  # the fragment only helps to find the place
            return _page(said) == _page(self.document.source.url)
        try:
            asked = urlsplit(str(said))
        except ValueError:
            return False
        named = {name: values[0] for name, values in parse_qs(asked.query).items()}
        spans = [self.span, *([self.quote.span] if self.quote else [])]
        places = [(str(span.start), str(span.end)) for span in spans]
        return asked.path == f"/documents/{self.document.id}" and (named.get("start"), named.get("end")) in places

    def _stands_around(self, fact: str, words: str) -> bool:
        """Whether words stand right before or after a place, or are what is shown there with a quote."""
        left, right = self.document.text[: self.span.start], self.document.text[self.span.end :]
        if fact == "prefix":
            return left.endswith(words) and bool(words) == bool(left)
        if fact == "suffix":
            return right.startswith(words) and bool(words) == bool(right)
        return self.quote is None or words in _beside(self.quote, fact)


def _beside(quote: Quote, fact: str) -> set[str]:
    """What may be shown before or after a quote: a version without its rules for lists shows the next sentence."""
    shown, at = getattr(quote, fact), quote.first - 1 if fact == "before" else quote.last + 1
    next_to = quote.sentences[at].span.cut(quote.document.text) if shown and 0 <= at < len(quote.sentences) else shown
    return {shown, next_to}


def _told(voice: Voice, fact: str) -> object:
    value = getattr(voice, fact)
    return list(value) if fact == "via" else value


def _same_voices(said: object, heard: Sequence[Voice]) -> bool:
    """Whether the parts that a receipt gives are those heard, each as far as it is told."""
    if not isinstance(said, list) or len(said) != len(heard):
        return False
    return all(isinstance(one, dict) and _same_voice(one, voice) for one, voice in zip(said, heard, strict=True))


def _same_voice(said: Mapping[str, object], voice: Voice) -> bool:
    at = {"start": voice.span.start, "end": voice.span.end} | {fact: _told(voice, fact) for fact in VOICE}
    return all(said[name] == value for name, value in at.items() if name in said)


def _page(address: object) -> str | None:
    return None if address is None else urldefrag(str(address)).url


def _names(line: str, document: Document, voice: Voice | None) -> bool:
    """Whether a byline holds the names that it must: a later version may word it otherwise."""
    heard = voice.speaker if voice and voice.kind is not VoiceKind.UNCLEAR else None
    place, line = document.source.author or document.source.publisher or "", line.casefold()
    named = heard is None or inline(heard).casefold() in line or heard.casefold() in line
    return named and place.casefold() in line
