"""Verifying: does a text stand in the sources, letter for letter?"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from pullquote.corpus.documents import Document
from pullquote.index.quote import Quote
from pullquote.span import Span
from pullquote.verify.typography import Folded, Plain, fold, may_hold
from pullquote.voice import Voice
from pullquote.voice.denials import denies

MATCHES = 5
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

    Its first letter small or capital, as the editor's sentence wants it; and where a mark closes it there, a comma or a
    full stop before the mark, or nothing before a double one, and a full stop or a comma here.
    """
    if " " not in folded:
        return []
    other = folded[0].swapcase()
    heads = [(folded, False)] + [(other + folded[1:], other.isupper())] * (len(other) == 1 and other != folded[0])
    forms = [_Form(words, at_start=at_start) for words, at_start in heads[1:]]
    if folded[-1] in ".,":
        closed = [f"{stop}{mark}" for stop in ",." for mark in "\"'"]
        closed += ['"'] * (not folded[-2].isdigit())  # not inches; a single mark alone may be an apostrophe
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


def voices_at(quote: Quote, voices: Sequence[Voice], span: Span) -> tuple[Voice, ...]:
    """The voices of a quote that say a part of it; none is sure of what it denies to be so, or to have said."""
    said = tuple(voice for voice in voices if voice.span.overlaps(span))
    starts = [
        each.span.start for each in quote.sentences[quote.first : quote.last + 1] if each.span.start <= span.start
    ]
    denied = bool(starts) and denies(quote.document.text[starts[-1] : span.start])
    return tuple(replace(voice, sure=False) for voice in said) if denied else said
