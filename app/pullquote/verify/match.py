"""Matching: where words stand in the sources: letter for letter, with typography set aside, or word for word."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from heapq import merge
from itertools import islice

from pullquote.corpus.documents import Document
from pullquote.corpus.reading import is_markdown, read_whole
from pullquote.errors import spend
from pullquote.span import Span
from pullquote.verify.words import HIDDEN, OUTER, STOPS, Page, Word, fold, unmarked

MATCHES = 5
# Places of one of many texts that are kept: a short part of a quotation may stand in many before the
# right one. Places kept of all texts together, and of each at least: with very many, fewer of each
MOST, ALL, LEAST = 500, 100_000, 5
# Places; no fewer than the letters around a place that decide whether words are whole there
REACH = 16
_CUT = re.compile(  # what a word or number that goes on over a place, marked by a bar, looks like there
    r"""[^\W_]['’‘′`´＇]\|[^\W_]|[^\W_]\|['’‘′`´＇][^\W_]|(?:^|[ \n\t\u00a0(\["“])[.\-−]\|\d|\d\|[.,]\d|\d[.,]\|\d"""
)


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
class Match:
    """A range of a document."""

    document: Document
    span: Span

    @property
    def text(self) -> str:
        """The words there."""
        return self.span.cut(self.document.text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found, where, and of an altered text the differences: "same", "only_given" or "only_stored" with the words.

    `attribution` is None where neither a speaker nor a document was asked about, or nothing was found.
    """

    result: Result
    places: tuple[Match, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    attribution: Attribution | None = None

    @property
    def changed(self) -> int:
        """How many words differ, of an altered text."""
        return sum(len(words.split()) for kind, words in self.diff if kind != "same")


def find(
    words: str, documents: Callable[[], Iterable[Document]], *, most: int = MATCHES
) -> Verdict:
    """Look for at most so many places of a text in the documents: as it is, then with typography set aside.

    Typography is what only marks in Markdown, the shape of quotation marks and dashes, white space, and composed or decomposed accents: never a letter, a
    digit or a word; and what an editor does at the edges of a clause (`_as_set`). Documents are given from the first at each
    call, so that none is held while others are read.
    """
    stripped = words.strip()
    forms = (stripped, stripped.strip(OUTER).strip())
    if matches := _first(map(Variant, forms), documents(), Page, most):
        return Verdict(Result.VERBATIM, matches)
    *_, clause = folded = [fold(form) for form in forms]
    plain = _plain_words(clause.split()[1:-1])
    variants = [*(Variant(words, plain=plain) for words in folded), *_as_set(clause, plain)]
    if matches := _first(variants, documents(), partial(Page, folded=True), most):
        return Verdict(Result.TYPOGRAPHY_ONLY, matches)
    marked = (document for document in documents() if is_markdown(document))
    if matches := tuple(islice(_as_read([*folded], marked), most)):
        return Verdict(Result.TYPOGRAPHY_ONLY, matches)
    return Verdict(Result.NOT_FOUND)


def find_phrases(
    texts: Sequence[Sequence[Word]], documents: Iterable[Document]
) -> list[list[Match]]:
    """Where each of some texts stands word for word, but for the marks around words, the stops at its end and its first
    letter's case; up to MOST places of each, those of a document in their order.
    """
    forms = [_phrase([word.key for word in words]) for words in texts]
    most = min(MOST, max(LEAST, ALL // (len(set(forms)) or 1)))
    matches = _search(forms, documents, lambda text: Page(unmarked(text), folded=True), most)
    return [matches[form] for form in forms]


def _as_read(forms: Iterable[str], documents: Iterable[Document]) -> Iterator[Match]:
    """Where words stand in Markdown as its readers see it."""
    for document in documents:
        spend()
        read = read_whole(document.text)
        page = Page(read.text, folded=True)
        spans = (list(Variant(words).spans(page)) for words in forms if words)
        for span in next(filter(None, spans), []):
            yield Match(document, Span(read.places[span.start], read.places[span.end - 1] + 1))


def places_of(words: str, document: Document) -> Iterator[Match]:
    """Where words stand in a document, letter for letter."""
    spans = Variant(words).spans(Page(document.text)) if words else ()
    return (Match(document, span) for span in spans)


@dataclass(frozen=True, slots=True)
class Variant:
    """Words as they are looked for in a page.

    The last `beyond` letters are not part of what is found. A `phrase` is of whole words, whatever stops follow, and
    may begin with a small letter or a capital. `plain` are words that stand in the stored text too, unless a hidden letter parts them.
    """

    words: str
    beyond: int = 0
    phrase: bool = False
    plain: tuple[str, ...] = ()

    def is_likely(self, stored: str) -> bool:
        """Whether a text has each plain word, so that it is worth a closer look."""
        return all(word in stored for word in self.plain) or any(sign in stored for sign in HIDDEN)

    def spans(self, page: Page) -> Iterator[Span]:
        """Where they stand in a text."""
        heads = {self.words}
        if self.phrase and " " in self.words:
            heads.add(self.words[0].swapcase() + self.words[1:])
        for start in merge(*(_starts(page.text, words) for words in heads)):
            if not self.phrase or self._is_whole(page.text, start):
                end = start + len(self.words[: len(self.words) - self.beyond].rstrip(" "))
                yield Span(page.origin(start), page.origin(end - 1) + 1)

    def _is_whole(self, text: str, start: int) -> bool:
        end = start + len(self.words)
        blank = text.find(" ", end)
        stops = text[end : blank if blank >= 0 else None]
        return not text[max(0, start - 1) : start].strip(" ") and not stops.strip(STOPS)


def _plain_words(words: Iterable[str]) -> tuple[str, ...]:
    """Those of some words that typography leaves as they are, longest first; a K may have been a Kelvin sign."""
    plain = {word for word in words if word.isascii() and word.isalpha() and "K" not in word}
    return tuple(sorted(plain, key=len, reverse=True))


def _phrase(keys: Sequence[str]) -> Variant:
    """The words of these keys."""
    *before, last = [*keys[:-1], keys[-1].rstrip(STOPS)]
    plain = _plain_words({*keys[1:-1], keys[0][1:], last[1:]})
    return Variant(" ".join([*before, last]), phrase=True, plain=plain)


def _as_set(folded: str, plain: tuple[str, ...]) -> list[Variant]:
    """What a clause of two words or more may be in the source that an editor quotes it from: its first letter small or
    capital, and, where a mark closes it there, a comma or a full stop, or nothing, before that where it has another here.
    """
    if " " not in folded:
        return []
    heads = dict.fromkeys((folded, folded[0].swapcase() + folded[1:]))
    forms = [Variant(words, plain=plain) for words in heads if words != folded]
    if folded[-1] in ".,":
        closed = [f"{stop}{mark}" for stop in ",." for mark in "\"'"]
        # not inches; a single mark alone may be an apostrophe
        closed += [] if folded[-2].isdigit() else ['"']
        forms += [Variant(words[:-1] + end, 1, plain=plain) for words in heads for end in closed]
    return forms


def _search(
    forms: Iterable[Variant],
    documents: Iterable[Document],
    lay_out: Callable[[str], Page],
    most: int,
) -> dict[Variant, list[Match]]:
    """At most so many places of each form; each text is laid out once for all of them."""
    matches_by_form: dict[Variant, list[Match]] = {form: [] for form in forms if form.words}
    for document in documents if matches_by_form else ():
        spend()
        page = None
        for form, matches in matches_by_form.items():
            if len(matches) < most and form.is_likely(document.text):
                page = page or lay_out(document.text)
                spans = islice(form.spans(page), most - len(matches))
                matches.extend(Match(document, span) for span in spans)
        if all(len(matches) == most for matches in matches_by_form.values()):
            break
    return matches_by_form


def _first(
    forms: Iterable[Variant],
    documents: Iterable[Document],
    lay_out: Callable[[str], Page],
    most: int,
) -> tuple[Match, ...]:
    """The places of the first of the forms that stands anywhere."""
    matches = _search(forms, documents, lay_out, most)
    return next((tuple(places) for places in matches.values() if places), ())


def _starts(text: str, words: str) -> Iterator[int]:
    """Where words stand in a text and neither edge cuts a word.

    Places that are nearer to each other than half of the words are long lie in a run in which the text repeats itself: all
    around them is the same but at the ends of the run. Where enough of them cut a word, the next are passed over up to the
    last ones, so that the work grows with the text and the words, and not with their product.
    """
    at, step, refused = text.find(words), 0, 0
    while at >= 0:
        spend()
        cut = _cuts(text, at) or _cuts(text, at + len(words))
        if not cut:
            yield at
        following = text.find(words, at + 1)
        refused = refused + 1 if cut and following - at == step else 0
        step = following - at
        if refused > REACH and 2 * step <= len(words):
            following = max(following, _last_of_run(text, words, following, step) - REACH * step)
        at = following


def _last_of_run(text: str, words: str, at: int, step: int) -> int:
    """The last of the places that follow one another at this distance, the first of which is given."""
    leap = len(words) // step * step
    while leap:
        while text.startswith(words, at + leap):
            at += leap
        leap = leap // step // 2 * step
    return at


def _cuts(text: str, at: int) -> bool:
    """Whether a word, a number or an accented letter goes on over an offset: in "paying", "can't", "3.1", "10,000", "-10"."""
    if not 0 < at < len(text):
        return False
    if text[at].isalnum() and text[at - 1].isalnum():
        return True
    accented = unicodedata.combining(text[at]) and not text[at - 1].isspace()
    return bool(accented or _CUT.search(f"{text[max(0, at - 2) : at]}|{text[at : at + 2]}"))
