"""Verifying: does a text stand in the sources, letter for letter?"""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from pullquote.documents import Document, Source
from pullquote.errors import InvalidSpan, ReceiptError, UnknownDocument
from pullquote.quote import quote_span
from pullquote.span import Span
from pullquote.store.generation import Generation
from pullquote.typography import Folded, Plain, fold, may_hold
from pullquote.voice import Voice, VoiceKind, inline, summary
from pullquote.voice.voicebook import VoiceBook

MIN_LIKENESS = 0.75  # of two sentences, by difflib, from which one is called an altered form of the other
MATCHES = 5
FACTS = ("title", "author", "publisher", "date", "url")  # of a source, which a receipt's are held against
_OUTER = "\"'“”„«»‘’"


class Result(StrEnum):
    """What a check found."""

    VERBATIM = "verbatim"
    TYPOGRAPHY_ONLY = "typography_only"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


class Attribution(StrEnum):
    """Whether words are those of whom, and stand where, they are said to: the best of several places comes first."""

    RIGHT = "right"
    UNSURE = "unsure"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Place:
    """A range of a document."""

    document: Document
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found, where, and for an altered text the stored words and the differences.

    `attribution` is None where neither a speaker nor a document was asked about, or nothing was found.
    """

    result: Result
    places: tuple[Place, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    """("same" | "only_given" | "only_stored", words), in order."""
    attribution: Attribution | None = None


def find(words: str, documents: Callable[[], Iterable[Document]], *, most: int = MATCHES) -> Verdict:
    """Look for a text in the documents: as it is, then with typography set aside.

    Typography is the shape of quotation marks and dashes, white space, and composed or decomposed
    accents: never a letter, a digit or a word. At most so many places are given.

    Args:
        documents: gives them from the first each time that it is called, so that none is held while others are read.
        most: how many places are looked for.
    """
    given = words.strip()
    forms = list(dict.fromkeys((given, given.strip(_OUTER).strip())))
    if places := _places(forms, documents(), most, Plain):
        return Verdict(Result.VERBATIM, places)
    folded = [fold(form).text for form in forms]
    likely = (document for document in documents() if may_hold(document.text, folded[-1]))
    if places := _places(folded, likely, most, fold):
        return Verdict(Result.TYPOGRAPHY_ONLY, places)
    return Verdict(Result.NOT_FOUND)


def _places(
    forms: Iterable[str], documents: Iterable[Document], most: int, laid: Callable[[str], Plain | Folded]
) -> tuple[Place, ...]:
    """The places of the first of the forms that stands anywhere; each text is laid out once for all of them."""
    found: dict[str, list[Place]] = {form: [] for form in forms if form}
    for document in documents if found else ():
        page = laid(document.text)
        for form, places in found.items():
            places.extend(Place(document, span) for span in islice(page.places(form), most - len(places)))
        if len(next(iter(found.values()))) == most:
            break
    return next((tuple(places) for places in found.values() if places), ())


def compare(given: str, place: Place) -> Verdict | None:
    """Whether a stored text is what a given one was altered from, with the differences word by word."""
    stored = place.span.cut(place.document.text)
    ours, theirs = given.split(), stored.split()
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < MIN_LIKENESS:
        return None
    pieces: list[tuple[str, str]] = []
    for kind, start, end, low, high in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(("same", " ".join(ours[start:end])))
            continue
        pieces += [("only_given", " ".join(ours[start:end]))] * (end > start)
        pieces += [("only_stored", " ".join(theirs[low:high]))] * (high > low)
    return Verdict(Result.ALTERED, (place,), tuple(pieces))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says of one quote."""

    document_id: str
    sha256: str
    start: int
    end: int
    exact: str
    facts: Mapping[str, object] = field(default_factory=dict)
    """Those of `FACTS`, the speaker and the byline that it gives."""


Hear = Callable[[Document, Span], Voice | None]
"""Tells the voice at a place of a document, or None where that cannot be told."""


def voices_at(voices: Sequence[Voice], span: Span) -> tuple[Voice, ...]:
    """The voices of a quote that say a part of it."""
    return tuple(voice for voice in voices if voice.span.overlaps(span))


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
        voices = voices_at(book.of_quote(quote), span) if quote else ()
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
    quotes = facts.get("quotes", [facts]) if isinstance(facts, dict) else facts
    if not isinstance(quotes, list) or not quotes:
        raise ReceiptError("the receipt holds no quotes; save one with `pullquote ask QUESTION --json`")
    return tuple(_claim(quote) for quote in quotes)


def _claim(quote: Any) -> Claim:
    try:
        document_id, source, voice = str(quote["document_id"]), quote["source"], quote.get("voice") or {}
        told = [*((fact, source) for fact in FACTS), ("speaker", voice), ("byline", quote)]
        claim = Claim(
            document_id, str(source["sha256"]), quote["start"], quote["end"], str(quote["exact"]),
            {fact: of[fact] for fact, of in told if fact in of},
        )  # fmt: skip
    except (AttributeError, KeyError, TypeError) as error:
        raise ReceiptError(f"a quote of the receipt lacks {error}") from error
    if type(claim.start) is not int or type(claim.end) is not int:
        raise ReceiptError("a quote's start and end must be whole numbers")
    return claim


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a claim: the document whose text it names, if there is one, and what it says wrongly of it."""

    result: Result
    document: Document | None = None
    wrong: tuple[str, ...] = ()


def check(claim: Claim, documents: Iterable[Document], *, hear: Hear | None = None) -> Checked:
    """Hold a claim against the documents whose text has the hash that it names.

    The result is verbatim, altered (the words are not those at the place), misattributed (the words are, but the
    document's id, its source or the speaker is another), or not_found (no such text).

    Args:
        hear: without it no speaker is compared.
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
    wrong += [fact for fact, said in claim.facts.items() if not _holds(fact, said, document.source, voice)]
    return Checked(Result.MISATTRIBUTED if wrong else Result.VERBATIM, document, tuple(wrong))


def _holds(fact: str, said: object, source: Source, voice: Voice | None) -> bool:
    if fact == "speaker":
        return voice is None or said == voice.speaker
    if fact == "byline":  # by the names in it: a later version may word it otherwise
        heard = voice.speaker if voice and voice.kind is not VoiceKind.UNCLEAR else None
        place, line = source.author or source.publisher or "", str(said).casefold()
        named = heard is None or inline(heard).casefold() in line or heard.casefold() in line
        return named and place.casefold() in line
    return bool(said == getattr(source, fact))
