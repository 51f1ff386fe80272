"""Checking a text: every quotation of a draft held against the sources, and what is not as it should be."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, pairwise

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote
from pullquote.errors import spend
from pullquote.index.lexical import stems
from pullquote.span import Span
from pullquote.verify.alteration import MIN_TERMS, nearest
from pullquote.verify.concordance import STOPS, Word, concordance
from pullquote.verify.draft import Quotation
from pullquote.verify.joins import SEAM, parted, sentences_of, spliced
from pullquote.verify.match import Attribution, Place, Result
from pullquote.voice.voices import Voice

LEAST = 4  # words of a quotation that is held against who is said to have said it; fewer are anybody's
WEIGHED = 20  # places of a whole quotation at each of which its speaker is told
FARTHEST = 4_000  # letters of the source over which two parts of one quotation may stand apart
REACH = 60  # letters after a quotation in which the draft may say itself how it goes on
ENDS = (".", "!", "?")  # of a sentence, inside a quotation's marks
LONG = 6  # words from which something in marks quotes somebody, whatever the draft says of it, unless it is a title
TITLE = 4  # letters of a word, from more of which most words of a title have a capital
_TURNS = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|nothing|without|cannot|but|unless|except|however|although|though)\b|n['’]t\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:den(?:y|ie[sd])|refus\w+|oppos\w+|reject\w+|rul(?:ed?|ing) out|against)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:.!?()—–]|--")


class Outcome(StrEnum):
    """What became of a quotation; MENTION is of words that are set in marks and quote nobody, or are too few to tell.

    UNCLEAR is of words that stand in the sources, where only a guess would tell whose they are.
    """

    VERBATIM = "verbatim"
    TYPOGRAPHY_ONLY = "typography_only"
    UNCLEAR = "unclear"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    SHORTENED = "shortened"
    NOT_FOUND = "not_found"
    MENTION = "mention"


RIGHT = frozenset({Outcome.VERBATIM, Outcome.TYPOGRAPHY_ONLY, Outcome.UNCLEAR, Outcome.MENTION})


@dataclass(frozen=True, slots=True)
class Held:
    """A quotation, what became of it, and where in the sources its words, or those that it was altered from, stand.

    `omitted` are the source's words without which a shortened quotation may say something else. `nearest`: the sentence
    that has the most in common with one that is not found, if any has.
    """

    quotation: Quotation
    outcome: Outcome
    places: tuple[Place, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    attribution: Attribution | None = None
    omitted: str = ""
    nearest: Place | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is to be said against it."""
        return self.outcome in RIGHT


@dataclass(frozen=True, slots=True)
class Sources:
    """What a draft is held against: documents, passages near to words, whole sentences and voices at a place, and whose they are."""

    documents: Iterable[Document]
    near: Callable[[str], Iterable[Quote]]
    sentence: Callable[[Place], Span]
    voices: Callable[[Place], Sequence[Voice]]
    fit: Callable[[str, Sequence[Voice], Source], tuple[Attribution, bool] | None]


def check(text: str, quotations: Sequence[Quotation], sources: Sources) -> tuple[Held, ...]:
    """Hold each quotation of a draft against the sources."""
    parts = [words for quotation in quotations for words in quotation.parts]
    places = iter(concordance(parts, sources.documents))
    return tuple(_Holding(text, one, [next(places) for _ in one.parts], sources).held() for one in quotations)


@dataclass(frozen=True, slots=True)
class _Holding:
    """One quotation, with where its parts stand."""

    text: str
    quotation: Quotation
    places: Sequence[Sequence[Place]]
    sources: Sources

    def held(self) -> Held:
        """What becomes of it."""
        spend()
        if found := [self.found(row) for row in islice(_rows(self.places), WEIGHED)]:
            best = min(found, key=lambda one: _WORST.index(one.outcome))
            short = self.quotation.length < LEAST and not best.right
            return Held(self.quotation, Outcome.MENTION) if short else best
        parts = zip(self.quotation.parts, self.places, strict=True)
        words = max((words for words, places in parts if not places), key=len, default=())
        if not words and self.quotation.length >= LEAST:  # each part stands somewhere, and not one after another
            return Held(self.quotation, Outcome.ALTERED, tuple(places[0] for places in self.places))
        if len(words) < LEAST - 1:
            return self._missing("", ())
        given = self.text[words[0].start : words[-1].end]
        near = list(self.sources.near(given))
        return self._altered(words, given, near) or self._missing(given, near)

    def found(self, row: Sequence[Place]) -> Held:
        """What becomes of it with its parts at these places."""
        same = all(self._cut(n) == place.span.cut(place.document.text) for n, place in enumerate(row))
        outcome, attribution = Outcome.VERBATIM if same else Outcome.TYPOGRAPHY_ONLY, None
        whose, omitted = self._fits(row), self._omitted(row)
        if whose:
            attribution, may = whose
            outcome = Outcome.UNCLEAR if attribution is Attribution.UNSURE else outcome
            outcome = Outcome.MISATTRIBUTED if attribution is Attribution.WRONG or not may else outcome
        outcome = Outcome.SHORTENED if omitted and outcome is not Outcome.MISATTRIBUTED else outcome
        return Held(self.quotation, outcome, tuple(row), attribution=attribution, omitted=omitted)

    def _cut(self, number: int) -> str:
        words = self.quotation.parts[number]
        return self.text[words[0].start : words[-1].end]

    def _fits(self, row: Sequence[Place]) -> tuple[Attribution, bool] | None:
        """Whether words at these places are those of the speaker whom the draft names."""
        speaker = self.quotation.speaker
        if speaker is None:
            return None
        voices = [voice for place in row for voice in self.sources.voices(place)]
        return self.sources.fit(speaker, voices, row[0].document.source)

    # What is left out
    def _omitted(self, row: Sequence[Place]) -> str:
        """Words of the source next to what is quoted, of its own sentence, that may turn it and that the draft does not say."""
        text = row[0].document.text
        sentences = [self.sources.sentence(place) for place in row]
        said = self.quotation.before, self.quotation.after[:REACH]
        inner = (
            SEAM.sub(" ", part)
            for (place, own), (other, its) in pairwise(zip(row, sentences, strict=True))
            for part in _between(text, place.span, own, other.span, its)
        )
        if turn := next((part for part in inner if _TURNS.search(part)), ""):
            return turn.strip()
        lead = _CLAUSE.split(text[sentences[0].start : row[0].span.start])[-1]
        if row[0].span.start > sentences[0].start and _TURNS.search(lead) and not _denied(said[0]):
            return lead.strip()
        following = text[row[-1].span.end : sentences[-1].end]
        rest = following.lstrip(" ,;:.—–-\"'”’)")
        if _TURNS.match(rest):
            return "" if _TURNS.search(said[1]) else rest
        ended = self.quotation.parts[-1][-1].key.endswith(ENDS)
        whole = not any(map(str.isalnum, text[sentences[0].start : row[0].span.start]))
        return rest.strip() if ended and whole and following[:1].isspace() else ""

    # What is not found
    def _altered(self, words: Sequence[Word], given: str, near: Sequence[Quote]) -> Held | None:
        verdict = nearest(given, lambda _: near)
        whole = len(self.quotation.parts) == 1
        if whole and verdict.places and (runs := parted(words, verdict.places[0])):
            parts, row = zip(*runs, strict=True)
            joined = replace(self, quotation=replace(self.quotation, parts=tuple(map(tuple, parts))))
            return replace(joined.found(row), quotation=self.quotation)
        halves = spliced(words, near) if whole else None
        if halves and not all(_holds(place, half) for place in verdict.places or halves[:1] for half in halves):
            verdict = replace(verdict, result=Result.ALTERED, places=halves, diff=())
        if verdict.result is not Result.ALTERED:
            return None
        whose = self._fits(verdict.places)
        return Held(self.quotation, Outcome.ALTERED, verdict.places, verdict.diff, whose[0] if whose else None)

    def _missing(self, given: str, near: Sequence[Quote]) -> Held:
        quotation = self.quotation
        keys = [word.key for part in quotation.parts for word in part]
        long = [key for key in keys if len(key.rstrip(STOPS)) > TITLE]
        title = 3 * sum(key[0].isupper() for key in long) >= 2 * len(long)
        theirs = quotation.others or quotation.block or quotation.length >= LONG
        theirs = theirs and quotation.length >= LEAST and not title
        if not theirs:
            return Held(quotation, Outcome.MENTION)
        likest = max(sentences_of(near), key=lambda place: _likeness(given, place), default=None)
        likest = likest if likest and _likeness(given, likest) else None
        return Held(quotation, Outcome.NOT_FOUND, nearest=likest)


_WORST = (
    Outcome.VERBATIM, Outcome.TYPOGRAPHY_ONLY, Outcome.UNCLEAR, Outcome.SHORTENED, Outcome.MISATTRIBUTED, Outcome.ALTERED,
    Outcome.NOT_FOUND, Outcome.MENTION,
)  # fmt: skip


def _holds(place: Place, half: Place) -> bool:
    """Whether a place holds another."""
    within = place.span.start <= half.span.start and half.span.end <= place.span.end
    return within and place.document is half.document


def _likeness(words: str, place: Place) -> float:
    """Twice the stems in common, of the stems of both; 0 where too few are."""
    spend()
    given, stored = stems(words), stems(place.span.cut(place.document.text))
    common = len(given & stored)
    return 2 * common / (len(given) + len(stored)) if common >= MIN_TERMS else 0.0


def _denied(words: str) -> bool:
    """Whether a draft says itself that what it quotes is not so, or not wanted."""
    turns = {turn.lower() for turn in _TURNS.findall(words)} - {"nothing"}  # "nothing less than" denies nothing
    return bool(turns or _DENIES.search(words))


def _rows(places: Sequence[Sequence[Place]]) -> Iterator[tuple[Place, ...]]:
    """The ways in which the parts of a quotation stand one after another in one document."""
    for place in places[0]:
        row = [place]
        for part in places[1:]:
            spend()
            if not (following := _following(row[-1], part)):
                break
            row += following
        if len(row) == len(places):
            yield tuple(row)


def _following(place: Place, part: Sequence[Place]) -> list[Place]:
    """The first of these places that comes after one in its document, not too far."""
    own = (one for one in part if one.document is place.document)
    near = (one for one in own if 0 <= one.span.start - place.span.end <= FARTHEST)
    return list(islice(near, 1))


def _between(text: str, one: Span, own: Span, other: Span, its: Span) -> Iterator[str]:
    """What stands between two parts and is of the sentence of either."""
    if own.end > other.start:
        yield text[one.end : other.start]
    else:
        yield text[one.end : own.end]
        yield text[its.start : other.start]
