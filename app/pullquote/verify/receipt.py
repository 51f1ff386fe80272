"""Receipts: whether what an answer said of its quotes is what is stored and heard."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote, quote_span
from pullquote.corpus.sentences import split_sentences
from pullquote.errors import InvalidSpan, ReceiptError
from pullquote.index.generation import Generation
from pullquote.sides.judging import labelled, positions_of
from pullquote.span import Span, utf16_span
from pullquote.verify.cite import placed
from pullquote.verify.match import Place, Result, places_of
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import Voice, VoiceKind, inline, summary

VOICE = ("speaker", "kind", "sure", "via")
VOICES = "voices"  # part by part
SIDES = {"for": "for", "against": "against", "context": None}  # and the side that all below says it takes
SIDE = "stance.side"
LOOKED_AT = 100  # places of words of a text that is another now


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says of one quote, further facts by their names on the wire, and below which side of what it stands."""

    document_id: str
    sha256: str
    start: int
    end: int
    exact: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    side: str | None = None
    proposition: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a claim on a document: what it says wrongly, what it says of voices where none can be told, where its words
    stand now where there is no such text.
    """

    result: Result
    document: Document | None = None
    wrong: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    now: Place | None = None


def read_receipt(content: bytes) -> tuple[Claim, ...]:
    """The claims of a receipt: an answer in the wire form, both sides, or one quote of them.

    Raises:
        ReceiptError: not JSON, or without quotes, or one lacks a field.
    """
    try:
        facts = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"the receipt is not JSON: {error}") from error
    claims = _quotes(facts) if isinstance(facts, dict) else facts
    if not isinstance(claims, list) or not claims:
        raise ReceiptError("the receipt holds no quotes; save one with `pullquote ask QUESTION --json`")
    return tuple(_claim(*claim) if isinstance(claim, tuple) else _claim(claim) for claim in claims)


def _quotes(facts: Mapping[str, Any]) -> Any:
    """The quotes of an answer, or of both sides, each with the side it stands on and of what; else the one that this is."""
    on = facts.get("proposition")
    asked = on if isinstance(on, str) else None
    sides = {name: facts[name] for name in SIDES if isinstance(facts.get(name), list)}
    both = [(quote, SIDES[name], asked) for name, side in sides.items() for quote in side]
    return facts.get("quotes", both if sides else [facts])


def _claim(quote: Any, side: str | None = None, proposition: str | None = None) -> Claim:
    if not isinstance(quote, dict):
        raise ReceiptError("a quote of the receipt lacks 'document_id': it is no object with names")
    try:
        document_id, source, start, end = str(quote["document_id"]), quote["source"], quote["start"], quote["end"]
        facts = {f"{of}.{name}": said for of in ("links", "stance") for name, said in (quote.get(of) or {}).items()}
        facts |= {**quote, **source, **(quote.get("voice") or {})}
        claim = Claim(document_id, str(source["sha256"]), start, end, str(quote["exact"]), facts, side, proposition)
    except KeyError as error:
        raise ReceiptError(f"a quote of the receipt lacks {error}") from error
    except (AttributeError, TypeError) as error:
        raise ReceiptError("a quote of the receipt lacks names in its source, voice, stance or links") from error
    if type(start) is not int or type(end) is not int:
        raise ReceiptError("a quote's start and end must be whole numbers")
    return claim


class Checker:
    """Holds claims against documents, of which two of one id are newest first, and against who is heard by an index."""

    def __init__(self, documents: Sequence[Document], generation: Generation | None = None) -> None:
        self._documents, self._generation = documents, generation
        self._book = VoiceBook(generation) if generation else None
        self._split = cache(split_sentences)  # many quotes of a receipt stand in one document

    def check(self, claim: Claim) -> Checked:
        """Hold a claim against the documents whose text has the hash that it names.

        The result is verbatim, altered (the words are not those at the place), misattributed (the words are, but the
        document's id, its source, what stands around them or the voice is another), or not_found (no such text).
        """
        same = [self._held(claim, document) for document in self._documents if document.sha256 == claim.sha256]
        return min(same, key=lambda checked: len(checked.wrong)) if same else self._changed(claim)

    def _changed(self, claim: Claim) -> Checked:
        """What became of a claim whose text there is none of: its words may stand in what the document is now, or in another."""
        latest = {document.id: document for document in reversed(self._documents)}
        own = latest.pop(claim.document_id, None)
        first = (islice(places_of(claim.exact, one), LOOKED_AT) for one in (own, *latest.values()) if one)
        near = (min(places, key=lambda place: abs(place.span.start - claim.start), default=None) for places in first)
        now = next(filter(None, near), None)
        wrong = ("sha256",) if own else ("document_id", "sha256") if now else ()
        return Checked(Result.NOT_FOUND, own, wrong, now=now)

    def _held(self, claim: Claim, document: Document) -> Checked:
        try:
            span = Span(claim.start, claim.end)
            altered = span.cut(document.text) != claim.exact
        except InvalidSpan:
            altered = True
        if altered:
            return Checked(Result.ALTERED, document)
        quote = quote_span(document, self._split(document), span)
        voices, label = self._heard(document, span, claim.proposition)
        known = _known(document, span, quote, voices)
        wrong = ["document_id"] if claim.document_id != document.id else []
        wrong += [fact for fact, so in known.items() if fact in claim.facts and not _holds(so, claim.facts[fact])]
        said = claim.facts.get(SIDE, claim.side)
        on_its_side = claim.side in (None, said) and (said is None or label in (None, said))
        wrong += [] if on_its_side else [SIDE]
        spoken = [fact for fact in (VOICES, *VOICE) if fact in claim.facts and fact not in known]
        return Checked(Result.MISATTRIBUTED if wrong else Result.VERBATIM, document, tuple(wrong), tuple(spoken))

    def _heard(self, document: Document, span: Span, proposition: str | None) -> tuple[tuple[Voice, ...], str | None]:
        """The voices at a place, none where the index has no such document or read another text, and the operator's side."""
        generation = self._generation
        if generation is None or self._book is None or not generation.has(document.id):
            return (), None
        number = generation.number(document.id)
        if generation.rows[number].sha256 != document.sha256:
            return (), None
        quote = quote_span(document, generation.sentences(number), span)
        voices = self._book.of_quote(quote) if quote else ()
        positions = positions_of(generation, number, proposition) if proposition is not None else ()
        stance = labelled(positions, proposition or "", voices)
        return voices, stance.side if stance else None


def _known(document: Document, span: Span, quote: Quote | None, voices: tuple[Voice, ...]) -> dict[str, Any]:
    """What is so at a place of a stored document, by its names on the wire: a value, or what tells whether another is as good."""
    source, left, right = document.source, document.text[: span.start], document.text[span.end :]
    start, end = utf16_span(document.text, span)
    said = tuple(voice for voice in voices if voice.span.overlaps(span))
    voice = summary(said) if said else None
    there = [
        f"/documents/{document.id}?start={one.start}&end={one.end}" for one in (span, quote.span if quote else span)
    ]
    known = {
        **asdict(source),
        "start_utf16": start,
        "end_utf16": end,
        "prefix": lambda said: left.endswith(str(said)) and bool(said) == bool(left),
        "suffix": lambda said: right.startswith(str(said)) and bool(said) == bool(right),
        "byline": lambda line: _names(str(line), document, voice),
        # the fragment only helps to find the place
        "links.source": lambda said: str(said or "").partition("#")[0] in _published(source, quote),
        "links.reader": lambda said: str(said).partition("#")[0] in there,
    }
    if quote:
        known |= {"leans": quote.leans, "section": quote.section, "before": quote.before, "after": quote.after}
    if voice:
        parts = [{"start": one.span.start, "end": one.span.end, **_voice(one)} for one in voices]
        known |= {VOICES: lambda said: _same_voices(said, parts), **_voice(voice)}
    return known


def _published(source: Source, quote: Quote | None) -> tuple[str, str]:
    """The document's address, and that of its page or time."""
    url, place = (source.url or "").partition("#")[0], quote.place if quote else None
    return url, placed(url, place).partition("#")[0] if url and place else url


def _holds(so: Any, said: object) -> bool:
    return bool(so(said) if callable(so) else so == said)


def _voice(voice: Voice) -> dict[str, object]:
    return {fact: list(voice.via) if fact == "via" else getattr(voice, fact) for fact in VOICE}


def _same_voices(said: Any, voices: Sequence[Mapping[str, object]]) -> bool:
    """Whether the parts that a receipt gives are those heard, each as far as it is told."""
    if not isinstance(said, list) or len(said) != len(voices) or not all(isinstance(one, dict) for one in said):
        return False
    return all({**voice, **one}.items() >= voice.items() for one, voice in zip(said, voices, strict=True))


def _names(line: str, document: Document, voice: Voice | None) -> bool:
    """Whether a byline holds the names that it must: a later version may word it otherwise."""
    heard = voice.speaker if voice and voice.kind is not VoiceKind.UNCLEAR else None
    place, line = document.source.author or document.source.publisher or "", line.casefold()
    named = heard is None or inline(heard).casefold() in line or heard.casefold() in line
    return named and place.casefold() in line
