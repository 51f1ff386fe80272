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

# Words of a quotation that is held against who is said to have said it; fewer are anybody's
LEAST = 4
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
_DENIES = re.compile(
    r"\b(?:den(?:y|ie[sd])|refus\w+|oppos\w+|reject\w+|rul(?:ed?|ing) out|against)\b", re.IGNORECASE
)
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
    return tuple(
        _Holding(text, one, [next(places) for _ in one.parts], sources).held() for one in quotations
    )


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
        if candidates := [self.found(row) for row in islice(_rows(self.places), WEIGHED)]:
            best = min(candidates, key=lambda candidate: _WORST.index(candidate.outcome))
            short = self.quotation.length < LEAST and not best.right
            return Held(self.quotation, Outcome.MENTION) if short else best
        part_places = zip(self.quotation.parts, self.places, strict=True)
        words = max(
            (words for words, locations in part_places if not locations), key=len, default=()
        )
        if (
            not words and self.quotation.length >= LEAST
        ):  # each part stands somewhere, and not one after another
            return Held(
                self.quotation, Outcome.ALTERED, tuple(locations[0] for locations in self.places)
            )
        if len(words) < LEAST - 1:
            return self._missing("", ())
        quoted_text = self.text[words[0].start : words[-1].end]
        passages = list(self.sources.near(quoted_text))
        return self._altered(words, quoted_text, passages) or self._missing(quoted_text, passages)

    def found(self, row: Sequence[Place]) -> Held:
        """What becomes of it with its parts at these places."""
        is_verbatim = all(
            self._cut(n) == location.span.cut(location.document.text)
            for n, location in enumerate(row)
        )
        outcome, attribution = Outcome.VERBATIM if is_verbatim else Outcome.TYPOGRAPHY_ONLY, None
        whose, omitted = self._fits(row), self._omitted(row)
        if whose:
            attribution, may = whose
            outcome = Outcome.UNCLEAR if attribution is Attribution.UNSURE else outcome
            outcome = (
                Outcome.MISATTRIBUTED if attribution is Attribution.WRONG or not may else outcome
            )
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
        voices = [voice for location in row for voice in self.sources.voices(location)]
        return self.sources.fit(speaker, voices, row[0].document.source)

    # What is left out
    def _omitted(self, row: Sequence[Place]) -> str:
        """Words of the source next to what is quoted, of its own sentence, that may turn it and that the draft does not say."""
        text = row[0].document.text
        sentences = [self.sources.sentence(location) for location in row]
        context = self.quotation.before, self.quotation.after[:REACH]
        inner = (
            SEAM.sub(" ", stretch)
            for (location, sentence), (next_location, its) in pairwise(
                zip(row, sentences, strict=True)
            )
            for stretch in _between(text, location.span, sentence, next_location.span, its)
        )
        if turn := next((stretch for stretch in inner if _TURNS.search(stretch)), ""):
            return turn.strip()
        lead = _CLAUSE.split(text[sentences[0].start : row[0].span.start])[-1]
        if (
            row[0].span.start > sentences[0].start
            and _TURNS.search(lead)
            and not _denied(context[0])
        ):
            return lead.strip()
        following = text[row[-1].span.end : sentences[-1].end]
        remainder = following.lstrip(" ,;:.—–-\"'”’)")
        if _TURNS.match(remainder):
            return "" if _TURNS.search(context[1]) else remainder
        ended = self.quotation.parts[-1][-1].key.endswith(ENDS)
        opens_sentence = not any(map(str.isalnum, text[sentences[0].start : row[0].span.start]))
        return remainder.strip() if ended and opens_sentence and following[:1].isspace() else ""

    # What is not found
    def _altered(
        self, words: Sequence[Word], quoted_text: str, passages: Sequence[Quote]
    ) -> Held | None:
        verdict = nearest(quoted_text, lambda _: passages)
        undivided = len(self.quotation.parts) == 1
        if undivided and verdict.places and (runs := parted(words, verdict.places[0])):
            part_words, row = zip(*runs, strict=True)
            joined = replace(
                self, quotation=replace(self.quotation, parts=tuple(map(tuple, part_words)))
            )
            return replace(joined.found(row), quotation=self.quotation)
        halves = spliced(words, passages) if undivided else None
        if halves and not all(
            _holds(location, half) for location in verdict.places or halves[:1] for half in halves
        ):
            verdict = replace(verdict, result=Result.ALTERED, places=halves, diff=())
        if verdict.result is not Result.ALTERED:
            return None
        whose = self._fits(verdict.places)
        return Held(
            self.quotation,
            Outcome.ALTERED,
            verdict.places,
            verdict.diff,
            whose[0] if whose else None,
        )

    def _missing(self, quoted_text: str, passages: Sequence[Quote]) -> Held:
        quotation = self.quotation
        keys = [word.key for part_words in quotation.parts for word in part_words]
        long = [key for key in keys if len(key.rstrip(STOPS)) > TITLE]
        title = 3 * sum(key[0].isupper() for key in long) >= 2 * len(long)
        theirs = quotation.others or quotation.block or quotation.length >= LONG
        theirs = theirs and quotation.length >= LEAST and not title
        if not theirs:
            return Held(quotation, Outcome.MENTION)
        likest = max(
            sentences_of(passages),
            key=lambda location: _likeness(quoted_text, location),
            default=None,
        )
        likest = likest if likest and _likeness(quoted_text, likest) else None
        return Held(quotation, Outcome.NOT_FOUND, nearest=likest)


_WORST = (
    Outcome.VERBATIM, Outcome.TYPOGRAPHY_ONLY, Outcome.UNCLEAR, Outcome.SHORTENED, Outcome.MISATTRIBUTED, Outcome.ALTERED,
    Outcome.NOT_FOUND, Outcome.MENTION,
)  # fmt: skip


def _holds(location: Place, half: Place) -> bool:
    """Whether a place holds another."""
    within = location.span.start <= half.span.start and half.span.end <= location.span.end
    return within and location.document is half.document


def _likeness(words: str, location: Place) -> float:
    """Twice the stems in common, of the stems of both; 0 where too few are."""
    spend()
    quoted, stored = stems(words), stems(location.span.cut(location.document.text))
    common = len(quoted & stored)
    return 2 * common / (len(quoted) + len(stored)) if common >= MIN_TERMS else 0.0


def _denied(words: str) -> bool:
    """Whether a draft says itself that what it quotes is not so, or not wanted."""
    turns = {turn.lower() for turn in _TURNS.findall(words)} - {
        "nothing"
    }  # "nothing less than" denies nothing
    return bool(turns or _DENIES.search(words))


def _rows(locations: Sequence[Sequence[Place]]) -> Iterator[tuple[Place, ...]]:
    """The ways in which the parts of a quotation stand one after another in one document."""
    for location in locations[0]:
        row = [location]
        for part_locations in locations[1:]:
            spend()
            if not (following := _following(row[-1], part_locations)):
                break
            row += following
        if len(row) == len(locations):
            yield tuple(row)


def _following(location: Place, candidates: Sequence[Place]) -> list[Place]:
    """The first of these places that comes after one in its document, not too far."""
    same_document = (
        candidate for candidate in candidates if candidate.document is location.document
    )
    in_reach = (
        candidate
        for candidate in same_document
        if 0 <= candidate.span.start - location.span.end <= FARTHEST
    )
    return list(islice(in_reach, 1))


def _between(
    text: str, first: Span, first_sentence: Span, second: Span, second_sentence: Span
) -> Iterator[str]:
    """What stands between two parts and is of the sentence of either."""
    if first_sentence.end > second.start:
        yield text[first.end : second.start]
    else:
        yield text[first.end : first_sentence.end]
        yield text[second_sentence.start : second.start]
