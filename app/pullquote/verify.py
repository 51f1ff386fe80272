"""Verifying: does a text stand in the sources, letter for letter?"""

import difflib
import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pullquote.documents import Document
from pullquote.errors import InvalidSpan, ReceiptError
from pullquote.span import Span

MIN_LIKENESS = 0.75  # of two sentences, by difflib, from which one is called an altered form of the other
MATCHES = 5
_QUOTES = dict.fromkeys(map(ord, "“”„‟«»″〝〞＂"), '"') | dict.fromkeys(map(ord, "‘’‚‛′‹›＇`´"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_FOLDED = _QUOTES | _DASHES
_OUTER = "\"'“”„«»‘’"


class Result(StrEnum):
    """What a check found."""

    VERBATIM = "verbatim"
    TYPOGRAPHY_ONLY = "typography_only"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Place:
    """A range of a document."""

    document: Document
    span: Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found, where, and for an altered text the stored words and the differences."""

    result: Result
    places: tuple[Place, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    """("same" | "only_given" | "only_stored", words), in order."""


def find(words: str, documents: Iterable[Document]) -> Verdict:
    """Look for a text in the documents: as it is, then with typography set aside.

    Typography is the shape of quotation marks and dashes, white space, and composed or decomposed
    accents: never a letter, a digit or a word.
    """
    given = words.strip()
    known = list(documents)
    for form in dict.fromkeys((given, given.strip(_OUTER).strip())):
        if form and (places := _verbatim(form, known)):
            return Verdict(Result.VERBATIM, places)
    for form in dict.fromkeys((given, given.strip(_OUTER).strip())):
        if form and (places := _folded(form, known)):
            return Verdict(Result.TYPOGRAPHY_ONLY, places)
    return Verdict(Result.NOT_FOUND)


def _verbatim(words: str, documents: Sequence[Document]) -> tuple[Place, ...]:
    places: list[Place] = []
    for document in documents:
        start = document.text.find(words)
        while start >= 0 and len(places) < MATCHES:
            if _whole_words(document.text, start, start + len(words)):
                places.append(Place(document, Span(start, start + len(words))))
            start = document.text.find(words, start + 1)
    return tuple(places)


def _whole_words(text: str, start: int, end: int) -> bool:
    """Whether neither edge cuts a word or an accent in two."""
    cuts_left = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cuts_right = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not cuts_left and not cuts_right and not (end < len(text) and unicodedata.combining(text[end]))


def _folded(words: str, documents: Sequence[Document]) -> tuple[Place, ...]:
    folded, _ = fold(words)
    places: list[Place] = []
    for document in documents if folded else ():
        text, origins = fold(document.text)
        start = text.find(folded)
        while start >= 0 and len(places) < MATCHES:
            end = start + len(folded)
            span = Span(origins[start], origins[end - 1] + 1)
            if _whole_words(text, start, end):
                places.append(Place(document, _with_accents(document.text, span)))
            start = text.find(folded, start + 1)
    return tuple(places)


def _with_accents(text: str, span: Span) -> Span:
    end = span.end
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return Span(span.start, end)


def fold(text: str) -> tuple[str, list[int]]:
    """The text with typography set aside, and for each letter of it the offset it came from.

    Example: fold("a – b") -> ("a - b", [0, 1, 2, 3, 4])
    """
    letters: list[str] = []
    origins: list[int] = []
    for offset, character in enumerate(text.translate(_FOLDED)):
        if character.isspace():
            if letters and letters[-1] != " ":
                letters.append(" ")
                origins.append(offset)
        elif character not in "\u00ad\u200b\ufeff":
            for part in unicodedata.normalize("NFD", character):
                letters.append(part)
                origins.append(offset)
    if letters and letters[-1] == " ":
        letters.pop()
        origins.pop()
    return "".join(letters), origins


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
        claim = Claim(
            str(quote["document_id"]), str(quote["source"]["sha256"]), quote["start"], quote["end"],
            str(quote["exact"]),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ReceiptError(f"a quote of the receipt lacks {error}") from error
    if type(claim.start) is not int or type(claim.end) is not int:
        raise ReceiptError("a quote's start and end must be whole numbers")
    return claim


def check(claim: Claim, documents: Iterable[Document]) -> Result:
    """Hold a claim against the documents whose text has the hash that it names.

    Returns verbatim, altered (the words are not those at the place), or not_found (no such text).
    """
    for document in documents:
        if document.sha256 == claim.sha256:
            try:
                stored = Span(claim.start, claim.end).cut(document.text)
            except InvalidSpan:
                return Result.ALTERED
            return Result.VERBATIM if stored == claim.exact else Result.ALTERED
    return Result.NOT_FOUND
