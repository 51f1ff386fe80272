"""Stance: which side of a proposition a quote takes, how surely, and who says so: an editor, the operator's label or a model."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pullquote.corpus.quote import Quote
from pullquote.corpus.reading import shown
from pullquote.index.search import Role
from pullquote.span import Span
from pullquote.voice.transcripts import after_label
from pullquote.voice.voices import Voice, VoiceKind, summary


class Side(StrEnum):
    """The sides; `unclear` where nothing is known well enough."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"
    UNCLEAR = "unclear"

    @property
    def other(self) -> "Side":
        """The opposite side; the rest have none."""
        return {Side.FOR: Side.AGAINST, Side.AGAINST: Side.FOR}.get(self, self)


class Basis(StrEnum):
    """Who says which side it is."""

    EDITOR = "editor"
    LABEL = "label"
    MODEL = "model"


WEAK = 60  # percent, below which a model's reading is told as a weak guess; the widget has the same figure


@dataclass(frozen=True, slots=True)
class Stance:
    """The side of a quote on a proposition, with the probability that it is this one."""

    side: Side
    probability: float
    basis: Basis

    @property
    def taken(self) -> Side | None:
        """The side, where it is for or against."""
        return self.side if self.side in (Side.FOR, Side.AGAINST) else None


class Judge(Protocol):
    """Reads a proposition and a text together, one pair at a time."""

    def read(self, proposition: str, text: str) -> tuple[float, float, float]:
        """How much a text speaks for a proposition, or the yes to a question, against it, and for neither: calibrated logits."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How likely a quote must be to argue for a side, chosen on whole debates in which every sentence is labelled (docs/sides.md)."""

    shown: float = 0.5  # to be shown on it by a model's reading alone: so nine in ten are right
    labelled: float = 0.2  # to stand on the side of the operator's label
    leans: float = 0.1  # so that nobody may say that the side is missing


BAR = Bar()
# Log-odds that a quote argues for a side, fitted by `benchmarks/fit_sides.py`: for each unit of the log-odds that the
# model gives the side, for the operator's label, without these.
WEIGHTS = (1.22, 1.58, -1.03)
LEAST = 1e-3  # probability that counts
INTRODUCTION = 120  # code points of an author's at most that only tell whose words come next


@dataclass(frozen=True, slots=True)
class StanceReading:
    """What the judge says of a pair: log-odds of for over against, and the probability of neither."""

    margin: float
    neither: float

    @classmethod
    def of(cls, read: tuple[float, float, float]) -> "StanceReading":
        """From what a judge gives."""
        favour, against, neither = read
        sides = sum(math.exp(min(30.0, side - neither)) for side in (favour, against))
        return cls(favour - against, 1 / (1 + sides))

    @property
    def turned(self) -> "StanceReading":
        """The reading on the opposite proposition."""
        return StanceReading(-self.margin, self.neither)

    def probability(self, side: Side) -> float:
        """How likely it is that the sentence is for, or against, rather than the other or neither."""
        against = 1 / (1 + math.exp(min(30.0, self.margin)))
        return (1 - self.neither) * {Side.FOR: 1 - against, Side.AGAINST: against}[side]

    @property
    def likelier(self) -> Side:
        """The side that it is on, if it is on one."""
        return Side.FOR if self.margin > 0 else Side.AGAINST

    def argues(self, side: Side, *, labelled: bool = False) -> float:
        """How likely it is that the sentence argues for, or against."""
        probability = min(max(LEAST, self.probability(side)), 1 - LEAST)
        values = (math.log(probability / (1 - probability)), labelled, 1)
        logit = sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True))
        return 1 / (1 + math.exp(-logit))

    def argued(self, stance: Stance) -> float:
        """The same for a side that is told, by the operator or not; an editor has the last word."""
        if stance.basis is Basis.EDITOR:
            return 1.0
        return self.argues(stance.side, labelled=stance.basis is Basis.LABEL)

    @property
    def leans(self) -> Side | None:
        """The side that it may well argue for, clear enough to be shown or not."""
        return self.likelier if self.argues(self.likelier) >= BAR.leans else None

    @property
    def stance(self) -> Stance:
        """The side that it argues for likely enough; `neutral` where it leans to none, else `unclear`."""
        probability = self.argues(self.likelier)
        if probability >= BAR.shown:
            return Stance(self.likelier, probability, Basis.MODEL)
        if probability < BAR.leans:
            return Stance(Side.NEUTRAL, 1 - probability, Basis.MODEL)
        return Stance(Side.UNCLEAR, probability, Basis.MODEL)


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote with whose words it holds, the part it plays and the side it takes."""

    n: int
    quote: Quote
    role: Role
    voices: tuple[Voice, ...]
    score: float
    stance: Stance | None = None
    disputed: bool = False  # by another voice, as far as was found when the index was built

    def __repr__(self) -> str:
        return f"<Citation {self.n}, {self.role.value}: {self.quote!r}>"

    @property
    def voice(self) -> Voice:
        """The voice of the whole quote."""
        return summary(self.voices)

    @property
    def said(self) -> Span:
        """Where the words stand without the label of who speaks that they may open with."""
        span = self.quote.span
        return Span(after_label(self.quote.document.text, span, self.voices), span.end)

    @property
    def shown(self) -> str:
        """What is said, as a reader of the document sees it."""
        return shown(self.quote.document, self.quote.sentences, self.said)


def one_speaker(voices: tuple[Voice, ...]) -> bool:
    """Whether all that a quote claims is one speaker's, be it in their words or retold.

    A few words of the author's before those of somebody whom they name only tell whose these are.
    """
    claims = {
        (voice.kind is VoiceKind.AUTHOR, voice.speaker)
        for voice, after in zip(voices, (*voices[1:], None), strict=True)
        if not (after and after.speaker and _introduces(voice))
    }
    return len(claims) == 1


def _introduces(voice: Voice) -> bool:
    return voice.kind is VoiceKind.AUTHOR and len(voice.span) <= INTRODUCTION
