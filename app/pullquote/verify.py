"""Verifying: does a text stand in the sources, letter for letter?"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import Any

from pullquote.documents import Document, Source
from pullquote.errors import InvalidSpan, ReceiptError, UnknownDocument
from pullquote.quote import Quote, quote_span
from pullquote.span import Span
from pullquote.store.generation import Generation
from pullquote.typography import Folded, Plain, fold, may_hold
from pullquote.voice import Voice, VoiceKind, inline, summary
from pullquote.voice.denials import denies
from pullquote.voice.voicebook import VoiceBook

MATCHES = 5
FACTS = ("title", "author", "publisher", "date", "url")  # of a source, which a receipt's are held against
LONGEST_START = 8  # letters between two sentences: white space, marks
OUTER = "\"'“”„«»‘’"
_STARTS = re.compile(r"(?:\A|[.!?:…\n\r“„«\"])[\s\"'“”‘’«»„*_>(\[-]*\Z")


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

    @property
    def changed(self) -> int:
        """How many words differ, of an altered text."""
        return sum(len(words.split()) for kind, words in self.diff if kind != "same")


def find(words: str, documents: Callable[[], Iterable[Document]], *, most: int = MATCHES) -> Verdict:
    """Look for a text in the documents: as it is, then with typography set aside.

    Typography is the shape of quotation marks and dashes, white space, and composed or decomposed
    accents: never a letter, a digit or a word; and what an editor does at the edges of a clause (`_as_set`).
    At most so many places are given.

    Args:
        documents: gives them from the first each time that it is called, so that none is held while others are read.
        most: how many places are looked for.
    """
    given = words.strip()
    forms = list(dict.fromkeys((given, given.strip(OUTER).strip())))
    if places := _places(list(map(_Form, forms)), documents(), most, Plain):
        return Verdict(Result.VERBATIM, places)
    folded = [fold(form).text for form in forms]
    clause = folded[-1]
    likely = (document for document in documents() if may_hold(document.text, clause[1:].rstrip(".,")))
    if places := _places([*map(_Form, folded), *_as_set(clause)], likely, most, fold):
        return Verdict(Result.TYPOGRAPHY_ONLY, places)
    return Verdict(Result.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class _Form:
    """Words that are looked for, of which the last `beyond` letters are not part of what is found.

    `at_start`: only where a sentence starts, which is what its capital comes from.
    """

    words: str
    beyond: int = 0
    at_start: bool = False

    def places(self, page: Plain | Folded, text: str) -> Iterator[Span]:
        """Where they stand in a text that is laid out as this page."""
        for span in page.places(self.words):
            if not self.at_start or _STARTS.search(text, max(0, span.start - LONGEST_START), span.start):
                yield Span(span.start, span.end - self.beyond)


def _as_set(folded: str) -> list[_Form]:
    """What a clause may be in the source that an editor quotes it from, where it is two words or more.

    Its first letter small or capital, as the editor's sentence wants it; and where a mark closes it there, a comma, a
    full stop or nothing before the mark, and a full stop or a comma here.
    """
    if " " not in folded:
        return []
    other = folded[0].swapcase()
    heads = [(folded, False)] + [(other + folded[1:], other.isupper())] * (len(other) == 1 and other != folded[0])
    forms = [_Form(words, at_start=at_start) for words, at_start in heads[1:]]
    if folded[-1] in ".,":
        closed = [f"{stop}{mark}" for stop in (",", ".", "") for mark in "\"'"]
        forms += [_Form(words[:-1] + end, 1, at_start) for words, at_start in heads for end in closed]
    return forms


def _places(
    forms: Iterable[_Form], documents: Iterable[Document], most: int, laid: Callable[[str], Plain | Folded]
) -> tuple[Place, ...]:
    """The places of the first of the forms that stands anywhere; each text is laid out once for all of them."""
    found: dict[_Form, list[Place]] = {form: [] for form in forms if form.words}
    for document in documents if found else ():
        page = laid(document.text)
        for form, places in found.items():
            spans = islice(form.places(page, document.text), most - len(places))
            places.extend(Place(document, span) for span in spans)
        if len(next(iter(found.values()))) == most:
            break
    return next((tuple(places) for places in found.values() if places), ())


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


def voices_at(quote: Quote, voices: Sequence[Voice], span: Span) -> tuple[Voice, ...]:
    """The voices of a quote that say a part of it; none is sure of what it denies to be so, or to have said."""
    said = tuple(voice for voice in voices if voice.span.overlaps(span))
    starts = [
        each.span.start for each in quote.sentences[quote.first : quote.last + 1] if each.span.start <= span.start
    ]
    denied = bool(starts) and denies(quote.document.text[starts[-1] : span.start])
    return tuple(replace(voice, sure=False) for voice in said) if denied else said


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
