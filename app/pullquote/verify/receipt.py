"""Receipts: whether what an answer said of its quotes is what is stored and heard."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

from pullquote.corpus.documents import Document
from pullquote.corpus.quote import CONTEXT, quote_span
from pullquote.corpus.sentences import split_sentences
from pullquote.errors import InvalidSpan, ReceiptError
from pullquote.index.generation import Generation
from pullquote.index.search import Role
from pullquote.sides.judging import decided, labelled, positions_of
from pullquote.sides.stance import Citation
from pullquote.span import Span, utf16_span
from pullquote.verify.match import Match, Result, places_of
from pullquote.voice.book import VoiceBook
from pullquote.voice.voices import Voice, VoiceKind

HEARD = ("voices", "voice", "byline", "shown")  # what cannot be worked out where nobody is heard
JUDGED = ("n", "role", "stance", "disputed", "score")  # what no stored text can prove
# The lists of a debate, and the side that all in one is said to take
SIDES = {"for": "for", "against": "against", "context": None}
SIDE = "stance.side"
LOOKED_AT = 100  # places of words of a text that is another now
ToWire = Callable[[Citation], Mapping[str, Any]]
"""Everything that an answer says of a quote, as it is sent."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says of one quote, and below which side of what it stands."""

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
    """What became of a claim on a document, by the names of fields.

    `wrong` is what is not so, `unchecked` what could not be compared, `unknown` what no quote has, `missing` what every
    quote has; `now` is where the words stand where there is no such text, `citation` the quote as it is stored and heard.
    """

    result: Result
    document: Document | None = None
    wrong: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    now: Match | None = None
    citation: Citation | None = None


def read_receipt(content: bytes) -> tuple[Claim, ...]:
    """The claims of a receipt: an answer in the wire form, both sides, or one quote of them.

    Raises:
        ReceiptError: not JSON, or without quotes, or one lacks a field.
    """
    return claims_of(read_json(content))


def read_json(content: bytes) -> Any:
    """What a receipt holds.

    Raises:
        ReceiptError: it is not JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReceiptError(f"the receipt is not JSON: {error}") from error


def claims_of(body: Any) -> tuple[Claim, ...]:
    """The claims of what a receipt holds: of an answer those of its quotes, then those of the nearest passages.

    Raises:
        ReceiptError: there is none, or one lacks a field.
    """
    claims = _quotes(body) if isinstance(body, dict) else body
    if not isinstance(claims, list) or not claims:
        raise ReceiptError(
            "the receipt holds no quotes; save one with `pullquote ask QUESTION --json`"
        )
    return tuple(_claim(*claim) if isinstance(claim, tuple) else _claim(claim) for claim in claims)


def _quotes(facts: Mapping[str, Any]) -> Any:
    """The quotes of an answer, or of both sides, each with the side it stands on and of what; else the one that this is."""
    on = facts.get("proposition")
    proposition = on if isinstance(on, str) else None
    if isinstance(quotes := facts.get("quotes"), list):
        nearest = facts.get("nearest")
        return [*quotes, *nearest] if isinstance(nearest, list) else quotes
    sides = {name: facts[name] for name in SIDES if isinstance(facts.get(name), list)}
    both = [(quote, SIDES[name], proposition) for name, side in sides.items() for quote in side]
    return facts.get("quotes", both if sides else [facts])


def _claim(quote: Any, side: str | None = None, proposition: str | None = None) -> Claim:
    if not isinstance(quote, dict):
        raise ReceiptError("a quote of the receipt lacks 'document_id': it is no object with names")
    try:
        document_id, source = str(quote["document_id"]), quote["source"]
        start, end = quote["start"], quote["end"]
        for name in ("voice", "stance", "links"):
            _ = {**(quote.get(name) or {})}  # or it is no object
        sha256, exact = str(source["sha256"]), str(quote["exact"])
        claim = Claim(document_id, sha256, start, end, exact, quote, side, proposition)
    except KeyError as error:
        raise ReceiptError(f"a quote of the receipt lacks {error}") from error
    except (AttributeError, TypeError) as error:
        raise ReceiptError(
            "a quote of the receipt lacks names in its source, voice, stance or links"
        ) from error
    if type(start) is not int or type(end) is not int:
        raise ReceiptError("a quote's start and end must be whole numbers")
    return claim


class Checker:
    """Holds claims against documents, of which two of one id are newest first, and against who is heard by an index."""

    def __init__(
        self, documents: Sequence[Document], generation: Generation | None, to_wire: ToWire
    ) -> None:
        self._documents, self._generation, self._to_wire = documents, generation, to_wire
        self._book = VoiceBook(generation) if generation else None
        self._split = cache(split_sentences)  # many quotes of a receipt stand in one document

    def check(self, claim: Claim) -> Checked:
        """Hold a claim against the documents whose text has the hash that it names.

        The result is verbatim, altered (the words are not those at the place), misattributed (the words are, but
        something that an answer says of them is not so), or not_found (no such text).
        """
        documents = [match for match in self._documents if match.sha256 == claim.sha256]
        checks = [self._compare(claim, document) for document in documents]
        if not checks:
            return self._changed(claim)
        return min(checks, key=lambda checked: (len(checked.wrong), len(checked.unchecked)))

    def _changed(self, claim: Claim) -> Checked:
        """What became of a claim whose text there is none of: its words may stand in what the document is now, or in another."""
        latest = {document.id: document for document in reversed(self._documents)}
        current = latest.pop(claim.document_id, None)
        now = None
        for document in filter(None, (current, *latest.values())):
            matches = islice(places_of(claim.exact, document), LOOKED_AT)
            now = min(matches, key=lambda match: abs(match.span.start - claim.start), default=None)
            if now:
                break
        wrong = ("sha256",) if current else ("document_id", "sha256") if now else ()
        return Checked(Result.NOT_FOUND, current, wrong, now=now)

    def _compare(self, claim: Claim, document: Document) -> Checked:
        try:
            span = Span(claim.start, claim.end)
            altered = span.cut(document.text) != claim.exact
        except InvalidSpan:
            altered = True
        quote = None if altered else quote_span(document, self._split(document), span)
        if quote is None:  # or no sentence stands there
            return Checked(Result.ALTERED, document)
        voices, label = self._heard(document, span, claim.proposition)
        unheard = (Voice(span=quote.span, kind=VoiceKind.UNCLEAR, speaker=None),)
        citation = Citation(1, quote, Role.CONTEXT, voices or unheard, 0.0)
        wire, left_out = dict(self._to_wire(citation)), list(JUDGED)
        if not voices:
            left_out += HEARD
        if quote.span != span:
            wire |= _within(document, span)
            left_out += (*HEARD, "links")
        stored = {name: fact for name, fact in wire.items() if name not in left_out}
        claimed = {name: fact for name, fact in claim.facts.items() if name not in left_out}
        faults: dict[str, list[str]] = {"wrong": [], "unknown": [], "missing": []}
        for kind, name in _compared(stored, claimed):
            faults[kind].append(name)
        if not _on_its_side(claim, label):
            faults["wrong"].append(SIDE)
        faults["missing"] += [name for name in left_out if name in wire and name not in claim.facts]
        unchecked = tuple(name for name in dict.fromkeys(left_out) if name in claim.facts)
        result = Result.MISATTRIBUTED if faults["wrong"] else Result.VERBATIM
        wrong, unknown, missing = map(tuple, faults.values())
        return Checked(result, document, wrong, unchecked, unknown, missing, citation=citation)

    def _heard(
        self, document: Document, span: Span, proposition: str | None
    ) -> tuple[tuple[Voice, ...], str | None]:
        """The voices at a place, none where the index has no such document or read another text, and the operator's side."""
        generation = self._generation
        if generation is None or self._book is None or not generation.has(document.id):
            return (), None
        number = generation.number(document.id)
        if generation.rows[number].sha256 != document.sha256:
            return (), None
        quote = quote_span(document, generation.sentences(number), span)
        voices = self._book.of_quote(quote) if quote else ()
        if quote is None or proposition is None:
            return voices, None
        positions = positions_of(generation, number, proposition)
        stance = decided(generation, quote, proposition) or labelled(positions, proposition, voices)
        return voices, stance.side if stance else None


def _within(document: Document, span: Span) -> dict[str, Any]:
    """What is said of the words at a place by themselves, where they are no whole sentences."""
    text, (start, end) = document.text, utf16_span(document.text, span)
    return {
        "exact": span.cut(text),
        "start": span.start,
        "end": span.end,
        "start_utf16": start,
        "end_utf16": end,
        "prefix": text[max(0, span.start - CONTEXT) : span.start],
        "suffix": text[span.end : span.end + CONTEXT],
    }


def _on_its_side(claim: Claim, label: str | None) -> bool:
    side = (claim.facts.get("stance") or {}).get("side", claim.side)
    return claim.side in (None, side) and (side is None or label in (None, side))


def _compared(stored: Any, claimed: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Where what is said differs from what is stored: the kind of fault with the field's name, below another after a dot."""
    if isinstance(stored, dict) and isinstance(claimed, dict):
        below = "" if name in ("", "source", "voice") else f"{name}."
        yield from (("unknown", below + key) for key in claimed if key not in stored)
        yield from (("missing", below + key) for key in stored if key not in claimed)
        for key in stored.keys() & claimed.keys():
            yield from _compared(stored[key], claimed[key], below + key)
    elif not same(stored, claimed):
        yield "wrong", name


def same(stored: Any, claimed: Any) -> bool:
    """Whether two values are the same JSON, in which 1 is not true."""
    return json.dumps(stored, sort_keys=True) == json.dumps(claimed, sort_keys=True)
