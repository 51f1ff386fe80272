"""Readings: what a learned reader makes of a sentence, and what of it stands beside what the rules found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span
from pullquote.voice.frames import Attribution, Form
from pullquote.voice.plainnames import plain
from pullquote.voice.voices import Speaker, Voice, VoiceKind

# In the order of the reader's answers.
KINDS = (VoiceKind.AUTHOR, VoiceKind.QUOTED, VoiceKind.REPORTED, VoiceKind.MIXED)
OWN = 0.8  # probability of the author's own words above which a report that the rules doubt is dropped
OTHERS = 0.6  # and below which a report is made of what the rules left to the author
STATED = 0.95  # probability that the rules are right, on who speaks and on whether it is the author, below which nothing is sure
CALLED = 0.3  # of a name in the sentence, from which it goes before whom the rules guess at
LONGEST_NAME = 40  # tokens
LEAST = 3  # words that are a part of their own
BESIDE = 60  # letters beside a name in which its verb stands
CUE = re.compile(r"[\s,]*(?:(?:who|which|also|has|have|had|is|was|that|then|\w+ly)\s+)?(?P<verb>[a-z][\w’'-]*)")
MARKED = re.compile(r"[“”„«»\"‘`「」『』]|''")  # without a mark nothing is called quoted
BEFORE = re.compile(r"(?P<cue>according to|[\w’'-]+)\s*(?:the|a|an)?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a word with its place in the sentence, and the kind of part that it is in.

    `opens` and `closes` are how likely the name of who speaks begins and ends with it.
    """

    start: int
    end: int
    part: VoiceKind
    opens: float
    closes: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How likely a sentence is of each kind, its tokens as far as they were read, and how likely the rules told right who speaks."""

    kinds: Mapping[VoiceKind, float]
    tokens: tuple[Token, ...]
    right: float

    @property
    def own(self) -> float:
        """How likely nobody but the author speaks."""
        return self.kinds[VoiceKind.AUTHOR]

    @property
    def likeliest(self) -> VoiceKind:
        """The kind that it most likely is, if it is not the author's."""
        return max(KINDS[1:], key=lambda kind: self.kinds[kind])

    def reaches(self, words: str) -> bool:
        """Whether the sentence was read to its last letter; a long one is cut."""
        end = self.tokens[-1].end if self.tokens else 0
        return not any(letter.isalnum() for letter in words[end:])

    def source(self, least: float = 0.0) -> tuple[int, int] | None:
        """Where in the sentence the one who speaks is named; None where that is likelier nowhere, or less likely than `least`."""
        nowhere = (1 - sum(token.opens for token in self.tokens)) * (1 - sum(token.closes for token in self.tokens))
        likeliest, place = max(nowhere, least), None
        for number, first in enumerate(self.tokens):
            for last in self.tokens[number : number + LONGEST_NAME]:
                if first.opens * last.closes > likeliest:
                    likeliest, place = first.opens * last.closes, (first.start, last.end)
        return place

    def parts(self, words: str) -> list[tuple[int, int, VoiceKind]]:
        """The sentence cut where the kind of part changes, at ends of words; short pieces join what stands before."""
        cuts: list[tuple[int, VoiceKind]] = []
        for token in self.tokens:
            if (not cuts or token.part is not cuts[-1][1]) and not words[
                max(0, token.start - 1) : token.start
            ].isalnum():
                cuts.append((token.start if cuts else 0, token.part))
        if not cuts:
            return [(0, len(words), VoiceKind.AUTHOR)]
        ends = [start for start, _ in cuts[1:]] + [len(words)]
        found: list[tuple[int, int, VoiceKind]] = []
        for (start, part), end in zip(cuts, ends, strict=True):
            short = len(words[start:end].split()) < LEAST
            if found and (short or found[-1][2] is part):
                found[-1] = found[-1][0], end, found[-1][2]
            else:
                found.append((start, end, part))
        if len(found) > 1 and len(words[found[0][0] : found[0][1]].split()) < LEAST:
            found[:2] = [(0, found[1][1], found[1][2])]
        return found


_PROPOSED = re.compile(r"^[a-z]+ed\s(?:by\s)?(?=[A-Z])")  # "(proposed Cllr Lee, seconded Cllr Bell)"
_FROM_PLACE = re.compile(  # "Evidence from Falmouth does not support this"
    r"\b(?:[Tt]he\s)?(?:[Ee]vidence|[Dd]ata|[Ff]igures|[Ee]xperience|[Ll]essons?|[Rr]esults|[Rr]esearch)\s(?:from|in|of|at)\s$"
)


class Reader(Protocol):
    """Reads a sentence in its place; the same place always gets the same reading."""

    def read(self, document: Document, sentences: Sequence[Sentence], position: int, told: Sequence[Voice]) -> Reading:
        """What the sentence at `position` holds, in which the rules heard the voices `told`."""


def attribution_of(reading: Reading, words: str, least: float = 0.0) -> Attribution | None:
    """The attribution that a reading tells of, or None where it is less likely than `least` that it names somebody in the sentence."""
    place = reading.source(least)
    if place is None:
        return None
    start, end = _whole_words(words, *place)
    evidence = _FROM_PLACE.search(words, max(0, start - BESIDE), start)
    start = evidence.start() if evidence else start
    after, before = CUE.match(words, end, end + BESIDE), BEFORE.search(words, max(0, start - BESIDE), start)
    source = before is not None and before["cue"].lower() in {"according to", "by", "of", "for", "said", "to"}
    cue = before["cue"] if source and before else after["verb"] if after else ""
    subject = _PROPOSED.sub("", plain(" ".join(words[start:end].strip(" ,;:").split())))
    if subject.lower() == "you" or not any(letter.isalnum() for letter in subject):
        return None
    form = Form.SOURCE if source else Form.INDIRECT
    return Attribution(f"{subject} ", cue.lower(), form, start, end, end)


def _whole_words(words: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and words[start - 1].isalnum():
        start -= 1
    while end < len(words) and words[end].isalnum():
        end += 1
    return start, end


def laid_by(reading: Reading, words: str, span: Span, author: str | None, speaker: Speaker) -> tuple[Voice, ...]:
    """The voices of a sentence as a reading tells them: what is not the author's is one speaker's, what is, is not sure."""
    other = Voice(span, VoiceKind.REPORTED, speaker.name, speaker.via, speaker.cue or None, speaker.sure)
    marked = MARKED.search(words) is not None
    whole = (0, len(words), reading.likeliest)
    parts = reading.parts(words) if reading.likeliest is VoiceKind.MIXED else [whole]
    if all(part is VoiceKind.AUTHOR for _, _, part in parts):
        return (other,)
    return tuple(
        replace(
            Voice(span, VoiceKind.AUTHOR, author, sure=False)
            if part is VoiceKind.AUTHOR
            else replace(other, kind=part if marked else VoiceKind.REPORTED),
            span=Span(span.start + start, span.start + end),
        )
        for start, end, part in parts
    )
