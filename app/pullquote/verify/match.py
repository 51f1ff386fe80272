"""Matching: where words stand in the sources, letter for letter, or with typography set aside."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, islice

from pullquote.corpus.documents import Document
from pullquote.corpus.reading import is_markdown, read_whole
from pullquote.errors import spend
from pullquote.span import Span

MATCHES = 5
OUTER = "\"'“”„«»‘’"
PIECE = 128  # letters of a text whose places are counted together
# Places; no fewer than the letters around a place that decide whether words are whole there
REACH = 16
MOST_LETTERS = 20_000  # that are remembered with what becomes of them
HIDDEN = ("\u00ad", "\u200b", "\ufeff")
_FOLDED = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞＂", '"')
    | dict.fromkeys("‘’‚‛′‹›＇`´", "'")
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
)
_SPACES = re.compile(" {2,}")
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
    if matches := _places(map(_Variant, forms), documents(), most):
        return Verdict(Result.VERBATIM, matches)
    *_, clause = folded = [fold(form) for form in forms]
    # A word of Latin letters stands in the stored text too, unless a hidden one parts it; a K may have been a Kelvin sign.
    signs = (*HIDDEN, max(filter(is_plain, clause.split()[1:-1]), key=len, default=""))
    likely = (document for document in documents() if any(sign in document.text for sign in signs))
    if matches := _places([*map(_Variant, folded), *_as_set(clause)], likely, most, folded=True):
        return Verdict(Result.TYPOGRAPHY_ONLY, matches)
    marked = (document for document in documents() if is_markdown(document))
    if matches := tuple(islice(_as_read([*folded], marked), most)):
        return Verdict(Result.TYPOGRAPHY_ONLY, matches)
    return Verdict(Result.NOT_FOUND)


def is_plain(word: str) -> bool:
    """Whether a word consists of Latin letters that typography leaves as they are."""
    return word.isascii() and word.isalpha() and "K" not in word


def _as_read(forms: Iterable[str], documents: Iterable[Document]) -> Iterator[Match]:
    """Where words stand in Markdown as its readers see it."""
    for document in documents:
        spend()
        read = read_whole(document.text)
        page = Page(read.text, folded=True)
        spans = (list(_Variant(words).spans(page)) for words in forms if words)
        for span in next(filter(None, spans), []):
            yield Match(document, Span(read.places[span.start], read.places[span.end - 1] + 1))


def places_of(words: str, document: Document) -> Iterator[Match]:
    """Where words stand in a document, letter for letter."""
    spans = _Variant(words).spans(Page(document.text)) if words else ()
    return (Match(document, span) for span in spans)


class _Letters(dict[int, str]):
    """What becomes of each letter, worked out where it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_LETTERS:
            self.clear()
        letter = chr(code)
        # taken apart first: what comes of it (U+1FEF is a grave accent) may be typography itself
        apart = unicodedata.normalize("NFD", letter).translate(_FOLDED)
        self[code] = " " if letter.isspace() else "" if letter in HIDDEN else apart
        return self[code]


_LETTERS = _Letters()


def fold(text: str) -> str:
    """A text with typography set aside. Example: fold("a  – b") -> "a - b"."""
    return _SPACES.sub(" ", text.translate(_LETTERS)).strip(" ")


class Page:
    """A text as words are looked for in it: as it is stored, or folded."""

    def __init__(self, stored: str, *, folded: bool = False) -> None:
        self.text, self._stored = fold(stored) if folded else stored, stored

    @cached_property
    def _starts(self) -> list[int]:
        """How many letters, white space left out, come from before each piece of the stored text."""
        pieces = (
            self._stored[first : first + PIECE] for first in range(0, len(self._stored), PIECE)
        )
        return [0, *accumulate(len(piece.translate(_LETTERS).replace(" ", "")) for piece in pieces)]

    def origin(self, offset: int) -> int:
        """The offset in the stored text that a letter, no white space, came from."""
        if self.text is self._stored:
            return offset
        before = offset - self.text.count(" ", 0, offset)
        number = bisect_right(self._starts, before) - 1
        first, left = number * PIECE, before - self._starts[number]
        counts = accumulate(
            len(_LETTERS[ord(letter)].strip()) for letter in self._stored[first : first + PIECE]
        )
        return first + next(position for position, count in enumerate(counts) if count > left)


@dataclass(frozen=True, slots=True)
class _Variant:
    """Words that are looked for, of which the last `beyond` letters are not part of what is found."""

    words: str
    beyond: int = 0

    def spans(self, page: Page) -> Iterator[Span]:
        """Where they stand in a text."""
        for start in _starts(page.text, self.words):
            end = start + len(self.words[: len(self.words) - self.beyond].rstrip(" "))
            yield Span(page.origin(start), page.origin(end - 1) + 1)


def _as_set(folded: str) -> list[_Variant]:
    """What a clause of two words or more may be in the source that an editor quotes it from: its first letter small or
    capital, and, where a mark closes it there, a comma or a full stop, or nothing, before that where it has another here.
    """
    if " " not in folded:
        return []
    heads = dict.fromkeys((folded, folded[0].swapcase() + folded[1:]))
    forms = [_Variant(words) for words in heads if words != folded]
    if folded[-1] in ".,":
        closed = [f"{stop}{mark}" for stop in ",." for mark in "\"'"]
        closed += ['"'] * (
            not folded[-2].isdigit()
        )  # not inches; a single mark alone may be an apostrophe
        forms += [_Variant(words[:-1] + end, 1) for words in heads for end in closed]
    return forms


def _places(
    forms: Iterable[_Variant], documents: Iterable[Document], most: int, *, folded: bool = False
) -> tuple[Match, ...]:
    """The places of the first of the forms that stands anywhere; each text is laid out once for all of them."""
    matches_by_variant: dict[_Variant, list[Match]] = {form: [] for form in forms if form.words}
    for document in documents if matches_by_variant else ():
        spend()
        page = Page(document.text, folded=folded)
        for form, matches in matches_by_variant.items():
            matches.extend(
                Match(document, span) for span in islice(form.spans(page), most - len(matches))
            )
        if len(next(iter(matches_by_variant.values()))) == most:
            break
    return next((tuple(matches) for matches in matches_by_variant.values() if matches), ())


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
