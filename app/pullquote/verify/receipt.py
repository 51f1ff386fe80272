"""Receipts: whether what an answer said of its quotes is what is stored and heard."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, partial
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urldefrag, urlsplit

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import split_sentences
from pullquote.errors import InvalidSpan, ReceiptError
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote, quote_span
from pullquote.sides.judging import labelled, positions_of
from pullquote.span import Span, utf16_span
from pullquote.verify.match import Place, Result, places_of, voices_at
from pullquote.voice import Voice, VoiceKind, inline, summary
from pullquote.voice.book import VoiceBook

VOICE = ("speaker", "kind", "sure", "via")
VOICES = "voices"  # part by part
SIDES = {"for": "for", "against": "against", "context": None}  # and the side that all below says it takes
SIDE = "stance.side"
LOOKED_AT = 100  # places of words of a text that is another now
Holds = Callable[[Any], bool]
"""Whether what a receipt says of a fact is so."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says of one quote, and below which side of what proposition it stands."""

    document_id: str
    sha256: str
    start: int
    end: int
    exact: str
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else it says, by its names on the wire; those of links and stance behind these."""
    side: str | None = None
    proposition: str | None = None


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


@dataclass(frozen=True, slots=True)
class _Heard:
    """The voices of the sentences at a place, part by part, and in one that of the words there; the operator's side by proposition."""

    voices: tuple[Voice, ...]
    voice: Voice
    label: Callable[[str], str | None]


def read_receipt(content: bytes) -> tuple[Claim, ...]:
    """The claims of a receipt: an answer in the wire form, both sides, or one quote of them.

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
    on = facts.get("proposition")
    asked = on if isinstance(on, str) else None
    sides = {name: facts[name] for name in SIDES if isinstance(facts.get(name), list)}
    return [(quote, SIDES[name], asked) for name, side in sides.items() for quote in side] if sides else [facts]


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
    """Holds claims against documents, and where there is an index also against who is heard there.

    Args:
        documents: of two of one id the first is what the document is now.
    """

    def __init__(self, documents: Sequence[Document], generation: Generation | None = None) -> None:
        self._documents = documents
        self._generation = generation
        self._book = generation and VoiceBook(generation)
        self._split = cache(split_sentences)  # many quotes of a receipt stand in one document

    def check(self, claim: Claim) -> Checked:
        """Hold a claim against the documents whose text has the hash that it names.

        The result is verbatim, altered (the words are not those at the place), misattributed (the words are, but the
        document's id, its source, what stands around them or the voice is another), or not_found (no such text). Of a text
        that is another now, or gone, it is told where the words stand.
        """
        same = [self._held(claim, document) for document in self._documents if document.sha256 == claim.sha256]
        return min(same, key=lambda checked: len(checked.wrong)) if same else self._changed(claim)

    def _changed(self, claim: Claim) -> Checked:
        """What became of a claim whose text there is none of: its words may stand in what the document is now, or in another."""
        latest = {document.id: document for document in reversed(self._documents)}
        own = latest.pop(claim.document_id, None)
        likely = [own, *reversed(latest.values())] if own else reversed(latest.values())
        now = next((place for document in likely if (place := _nearest(claim, document))), None)
        missing = ("sha256",) if own else ("document_id", "sha256")
        return Checked(Result.NOT_FOUND, own, missing if own or now else (), now=now)

    def _held(self, claim: Claim, document: Document) -> Checked:
        try:
            span = Span(claim.start, claim.end)
            stored = span.cut(document.text)
        except InvalidSpan:
            return Checked(Result.ALTERED, document)
        if stored != claim.exact:
            return Checked(Result.ALTERED, document)
        heard = self._heard(document, span)
        facts = _stored(document, span, quote_span(document, self._split(document), span)) | _told(document, heard)
        wrong = ["document_id"] if claim.document_id != document.id else []
        wrong += [fact for fact, holds in facts.items() if fact in claim.facts and not holds(claim.facts[fact])]
        wrong += [] if _on_its_side(claim, heard) else [SIDE]
        spoken = [] if heard else [fact for fact in (VOICES, *VOICE) if fact in claim.facts]
        return Checked(Result.MISATTRIBUTED if wrong else Result.VERBATIM, document, tuple(wrong), tuple(spoken))

    def _heard(self, document: Document, span: Span) -> _Heard | None:
        """Who is heard at a place, or None where the index has no such document, or read another text of it."""
        generation, ids = self._generation, [row.id for row in self._generation.rows] if self._generation else []
        number = ids.index(document.id) if document.id in ids else None
        if not generation or not self._book or number is None or generation.rows[number].sha256 != document.sha256:
            return None
        quote = quote_span(document, generation.sentences(number), span)
        voices = self._book.of_quote(quote) if quote else ()
        said = voices_at(voices, span) if quote else ()

        def label(proposition: str) -> str | None:
            stance = labelled(positions_of(generation, number, proposition), proposition, voices)
            return stance.side if stance else None

        return _Heard(voices, summary(said), label) if said else None


def _nearest(claim: Claim, document: Document) -> Place | None:
    """Where the words of a claim stand in a document, nearest to where they stood, of the first places."""
    places = islice(places_of(claim.exact, document), LOOKED_AT)
    return min(places, key=lambda place: abs(place.span.start - claim.start), default=None)


def _stored(document: Document, span: Span, quote: Quote | None) -> dict[str, Holds]:
    """What follows from a place of a stored document."""
    source, left, right = document.source, document.text[: span.start], document.text[span.end :]
    start, end = utf16_span(document.text, span)
    facts = {"start_utf16": start, "end_utf16": end, **asdict(source)}
    facts |= {"leans": quote.leans, "section": quote.section} if quote else {}
    return {
        **_equal(facts),
        "prefix": lambda said: left.endswith(str(said)) and bool(said) == bool(left),
        "suffix": lambda said: right.startswith(str(said)) and bool(said) == bool(right),
        "before": lambda said: not quote or said in _beside(quote, quote.before, quote.first - 1),
        "after": lambda said: not quote or said in _beside(quote, quote.after, quote.last + 1),
        # the fragment only helps to find the place
        "links.source": lambda said: urldefrag(str(said or "")).url == urldefrag(source.url or "").url,
        "links.reader": lambda said: _leads_there(str(said), document, [span, *([quote.span] if quote else [])]),
    }


def _equal(facts: Mapping[str, object]) -> dict[str, Holds]:
    return {fact: partial(lambda value, said: bool(value == said), value) for fact, value in facts.items()}


def _beside(quote: Quote, shown: str, at: int) -> tuple[str, str]:
    """What may be shown before or after a quote: a version without its rules for lists shows the next sentence."""
    there = shown and 0 <= at < len(quote.sentences)
    return shown, quote.sentences[at].span.cut(quote.document.text) if there else shown


def _leads_there(link: str, document: Document, spans: Sequence[Span]) -> bool:
    try:
        asked = urlsplit(link)
    except ValueError:
        return False
    named = parse_qs(asked.query)
    places = [([str(span.start)], [str(span.end)]) for span in spans]
    return asked.path == f"/documents/{document.id}" and (named.get("start"), named.get("end")) in places


def _told(document: Document, heard: _Heard | None) -> dict[str, Holds]:
    """What is heard at a place; a byline must name who wrote or published the document all the same."""
    byline: dict[str, Holds] = {"byline": lambda said: _names(str(said), document, heard.voice if heard else None)}
    if heard is None:
        return byline
    voices = [{"start": voice.span.start, "end": voice.span.end, **_voice(voice)} for voice in heard.voices]
    return {VOICES: lambda said: _same_voices(said, voices), **_equal(_voice(heard.voice)), **byline}


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


def _on_its_side(claim: Claim, heard: _Heard | None) -> bool:
    """Whether a quote says that it takes the side that it stands on, and the operator's label says no other."""
    said = claim.facts.get(SIDE, claim.side)
    label = heard.label(claim.proposition) if heard and claim.proposition is not None else None
    return said == (said if claim.side is None else claim.side) and (said is None or label in (None, said))
