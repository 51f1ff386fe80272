"""Checking a text: every quotation of a draft held against the sources, and what is not as it should be."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice, pairwise
from operator import itemgetter

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.quote import Quote
from pullquote.errors import spend
from pullquote.index.lexical import stems
from pullquote.span import Span
from pullquote.verify.alteration import MIN_TERMS, nearest
from pullquote.verify.draft import Quotation
from pullquote.verify.joins import SEAM, parted, sentences_of, spliced
from pullquote.verify.match import Attribution, Match, Result, find_phrases
from pullquote.verify.words import STOPS, Word
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


class QuotationOutcome(StrEnum):
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


RIGHT = frozenset(
    {
        QuotationOutcome.VERBATIM,
        QuotationOutcome.TYPOGRAPHY_ONLY,
        QuotationOutcome.UNCLEAR,
        QuotationOutcome.MENTION,
    }
)


@dataclass(frozen=True, slots=True)
class QuotationCheck:
    """A quotation, what became of it, and where in the sources its words, or those that it was altered from, stand.

    `omitted` are the source's words without which a shortened quotation may say something else. `nearest`: the sentence
    that has the most in common with one that is not found, if any has.
    """

    quotation: Quotation
    outcome: QuotationOutcome
    places: tuple[Match, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    attribution: Attribution | None = None
    omitted: str = ""
    nearest: Match | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is to be said against it."""
        return self.outcome in RIGHT


@dataclass(frozen=True, slots=True)
class Sources:
    """What a draft is held against: documents, passages near to words, whole sentences and voices at a place, and whose they are."""

    documents: Iterable[Document]
    near: Callable[[str], Iterable[Quote]]
    sentence: Callable[[Match], Span]
    voices: Callable[[Match], Sequence[Voice]]
    fit: Callable[[str, Sequence[Voice], Source], tuple[Attribution, bool] | None]


def check(
    text: str, quotations: Sequence[Quotation], sources: Sources
) -> tuple[QuotationCheck, ...]:
    """Compare each quotation of a draft with the sources."""
    texts = [words for quotation in quotations for words in quotation.parts]
    found = iter(find_phrases(texts, sources.documents))
    checkers = (
        _QuotationChecker(text, quotation, list(islice(found, len(quotation.parts))), sources)
        for quotation in quotations
    )
    return tuple(checker.result() for checker in checkers)


@dataclass(frozen=True, slots=True)
class _QuotationChecker:
    """One quotation, with where each of its parts stands."""

    text: str
    quotation: Quotation
    matches: Sequence[Sequence[Match]]
    sources: Sources

    def result(self) -> QuotationCheck:
        """The outcome for the quotation."""
        spend()
        if results := [self.at(row) for row in islice(_rows(self.matches), WEIGHED)]:
            best = min(results, key=lambda result: _WORST.index(result.outcome))
            short = self.quotation.length < LEAST and not best.right
            return QuotationCheck(self.quotation, QuotationOutcome.MENTION) if short else best
        pairs = zip(self.quotation.parts, self.matches, strict=True)
        words = max((words for words, matches in pairs if not matches), key=len, default=())
        if not words and self.quotation.length >= LEAST:  # all parts stand somewhere, but apart
            first_matches = tuple(matches[0] for matches in self.matches)
            return QuotationCheck(self.quotation, QuotationOutcome.ALTERED, first_matches)
        if len(words) < LEAST - 1:
            return self._missing("", ())
        missing_text = self._cut(words)
        passages = list(self.sources.near(missing_text))
        return self._altered(words, passages) or self._missing(missing_text, passages)

    def at(self, row: Sequence[Match]) -> QuotationCheck:
        """The outcome with the quotation's parts at these places."""
        texts = map(self._cut, self.quotation.parts)
        verbatim = all(text == match.text for text, match in zip(texts, row, strict=True))
        outcome = QuotationOutcome.VERBATIM if verbatim else QuotationOutcome.TYPOGRAPHY_ONLY
        attribution, possible = self._attribution(row)
        omitted = self._omitted(row)
        if attribution is Attribution.WRONG or not possible:
            outcome = QuotationOutcome.MISATTRIBUTED
        elif omitted:
            outcome = QuotationOutcome.SHORTENED
        elif attribution is Attribution.UNSURE:
            outcome = QuotationOutcome.UNCLEAR
        matches = tuple(row)
        return QuotationCheck(self.quotation, outcome, matches, (), attribution, omitted)

    def _cut(self, words: Sequence[Word]) -> str:
        return self.text[words[0].start : words[-1].end]

    def _attribution(self, row: Sequence[Match]) -> tuple[Attribution | None, bool]:
        """Whether words at these places are the named speaker's, and whether they can be."""
        speaker = self.quotation.speaker
        if speaker is None:
            return None, True
        voices = [voice for match in row for voice in self.sources.voices(match)]
        return self.sources.fit(speaker, voices, row[0].document.source) or (None, True)

    def _omitted(self, row: Sequence[Match]) -> str:
        """Words of the source's sentence, next to the quoted ones, that may turn what these say and that the draft leaves out."""
        text, first = row[0].document.text, row[0].span
        sentences = [self.sources.sentence(match) for match in row]
        for stretch in _between(row, sentences):
            if _TURNS.search(stretch):
                return stretch.strip()
        before = text[sentences[0].start : first.start]
        clause = _CLAUSE.split(before)[-1]
        if before and _TURNS.search(clause) and not _denied(self.quotation.before):
            return clause.strip()
        following = text[row[-1].span.end : sentences[-1].end]
        remainder = following.lstrip(" ,;:.—–-\"'”’)")
        if _TURNS.match(remainder):
            return "" if _TURNS.search(self.quotation.after[:REACH]) else remainder
        ends_early = self.quotation.parts[-1][-1].key.endswith(ENDS) and following[:1].isspace()
        return remainder.strip() if ends_early and not any(map(str.isalnum, before)) else ""

    def _altered(self, words: Sequence[Word], passages: Sequence[Quote]) -> QuotationCheck | None:
        """The outcome where the words, or two halves of them, stand in the sources in another form."""
        verdict = nearest(self._cut(words), lambda _: passages)
        undivided = len(self.quotation.parts) == 1
        if undivided and verdict.places and (runs := parted(words, verdict.places[0])):
            run_words, row = zip(*runs, strict=True)
            divided = replace(self.quotation, parts=tuple(map(tuple, run_words)))
            return replace(replace(self, quotation=divided).at(row), quotation=self.quotation)
        if undivided and (halves := spliced(words, passages)):
            wholes = verdict.places or halves[:1]
            if not all(_contains(whole_match, half) for whole_match in wholes for half in halves):
                verdict = replace(verdict, result=Result.ALTERED, places=halves, diff=())
        if verdict.result is not Result.ALTERED:
            return None
        attribution, _ = self._attribution(verdict.places)
        matches = verdict.places
        return QuotationCheck(
            self.quotation, QuotationOutcome.ALTERED, matches, verdict.diff, attribution
        )

    def _missing(self, text: str, passages: Sequence[Quote]) -> QuotationCheck:
        """The outcome where the words are not found: a mention, or a quotation that has no source."""
        quotation = self.quotation
        keys = [word.key for words in quotation.parts for word in words]
        long_keys = [key for key in keys if len(key.rstrip(STOPS)) > TITLE]
        title = 3 * sum(key[0].isupper() for key in long_keys) >= 2 * len(long_keys)
        quotes = quotation.others or quotation.block or quotation.length >= LONG
        if not quotes or quotation.length < LEAST or title:
            return QuotationCheck(quotation, QuotationOutcome.MENTION)
        rated = ((_likeness(text, match), match) for match in sentences_of(passages))
        likeness, likest = max(rated, key=itemgetter(0), default=(0.0, None))
        return QuotationCheck(
            quotation, QuotationOutcome.NOT_FOUND, nearest=likest if likeness else None
        )


_WORST = (
    *(
        QuotationOutcome.VERBATIM,
        QuotationOutcome.TYPOGRAPHY_ONLY,
        QuotationOutcome.UNCLEAR,
        QuotationOutcome.SHORTENED,
    ),
    *(
        QuotationOutcome.MISATTRIBUTED,
        QuotationOutcome.ALTERED,
        QuotationOutcome.NOT_FOUND,
        QuotationOutcome.MENTION,
    ),
)


def _contains(match: Match, half: Match) -> bool:
    within = match.span.start <= half.span.start and half.span.end <= match.span.end
    return within and match.document is half.document


def _likeness(words: str, match: Match) -> float:
    """Dice's coefficient of the stems of both; 0 where too few are shared."""
    spend()
    quoted, stored = stems(words), stems(match.text)
    common = len(quoted & stored)
    return 2 * common / (len(quoted) + len(stored)) if common >= MIN_TERMS else 0.0


def _denied(words: str) -> bool:
    """Whether a draft says itself that what it quotes is not so, or not wanted."""
    turns = {turn.lower() for turn in _TURNS.findall(words)}
    return bool(turns - {"nothing"} or _DENIES.search(words))  # "nothing less than" denies nothing


def _rows(matches: Sequence[Sequence[Match]]) -> Iterator[tuple[Match, ...]]:
    """The ways in which the parts of a quotation stand one after another in one document."""
    for first in matches[0]:
        row = [first]
        for candidates in matches[1:]:
            spend()
            if not (following := _following(row[-1], candidates)):
                break
            row.append(following)
        else:
            yield tuple(row)


def _following(match: Match, candidates: Sequence[Match]) -> Match | None:
    """The first of these that comes after a match in its document, not too far."""
    for candidate in candidates:
        distance = candidate.span.start - match.span.end
        if candidate.document is match.document and 0 <= distance <= FARTHEST:
            return candidate
    return None


def _between(row: Sequence[Match], sentences: Sequence[Span]) -> Iterator[str]:
    """What stands between two parts and is of the sentence of either."""
    text = row[0].document.text
    for (match, sentence), (following, next_sentence) in pairwise(zip(row, sentences, strict=True)):
        end, start = match.span.end, following.span.start
        if sentence.end > start:
            yield SEAM.sub(" ", text[end:start])
        else:
            yield SEAM.sub(" ", text[end : sentence.end])
            yield SEAM.sub(" ", text[next_sentence.start : start])
