"""Stance: which side of a proposition a quote takes, how surely, and who says so: the operator or a model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pullquote.documents import Position
from pullquote.negation import denies, negate
from pullquote.relation import relation
from pullquote.voice import Voice, VoiceKind, summary


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

    LABEL = "label"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Stance:
    """The side of a quote on a proposition, with the probability that it is this one."""

    side: Side
    probability: float
    basis: Basis

    @property
    def turned(self) -> "Stance":
        """The same on the opposite proposition."""
        return Stance(self.side.other, self.probability, self.basis)


class Judge(Protocol):
    """Reads a proposition and a sentence together, one pair at a time."""

    def read(self, proposition: str, sentence: str) -> tuple[float, tuple[float, float, float]]:
        """Relevance as a logit; then how much it speaks for, against, and of something else, as calibrated logits."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What a quote must clear to be shown on a side. `probability` is what benchmarks/fit_stance.py fits for precision.

    relevance: logit below which a sentence is not on the subject; labelled: the same where the operator names the side.
    neither: probability of another subject above which a sentence takes no side.
    """

    probability: float = 0.6
    neither: float = 0.3
    relevance: float = 0.0
    labelled: float = -4.0


BAR = Bar()
_SIDES = {"for": Side.FOR, "pro": Side.FOR, "against": Side.AGAINST, "con": Side.AGAINST, "neutral": Side.NEUTRAL}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge says of a pair: log-odds of for over against, probability of neither, relevance as a logit."""

    margin: float
    neither: float
    relevance: float

    @property
    def turned(self) -> "Reading":
        """The reading on the opposite proposition."""
        return Reading(-self.margin, self.neither, self.relevance)

    @property
    def stance(self) -> Stance:
        """The side where it is sure enough, else `unclear`."""
        favour = 1 / (1 + math.exp(-self.margin))
        surer = max(favour, 1 - favour)
        if self.neither >= BAR.neither:
            return Stance(Side.NEUTRAL, self.neither, Basis.MODEL)
        side = Side.FOR if favour > 0.5 else Side.AGAINST
        return Stance(side if surer >= BAR.probability else Side.UNCLEAR, surer, Basis.MODEL)


def read(judge: Judge, proposition: str, sentence: str, *, floor: float = -math.inf) -> Reading:
    """Read a sentence against a proposition and against its negation, and average.

    The two always get opposite sides: the model alone hardly hears a "not". A sentence less
    relevant than `floor` gets no side: the second reading would be in vain.
    """
    plain = negate(proposition) if denies(proposition) else proposition
    relevance, (favour, against, neither) = judge.read(plain, sentence)
    if relevance < floor:
        return Reading(0.0, _share(favour, against, neither), relevance)
    _, (favour_not, against_not, neither_not) = judge.read(negate(plain), sentence)
    margin = ((favour - against) - (favour_not - against_not)) / 2
    apart = (_share(favour, against, neither) + _share(favour_not, against_not, neither_not)) / 2
    found = Reading(margin, apart, relevance)
    return found.turned if plain != proposition else found


def _share(favour: float, against: float, neither: float) -> float:
    """The probability of the third of three logits."""
    top = max(favour, against, neither)
    powers = [math.exp(value - top) for value in (favour, against, neither)]
    return powers[2] / sum(powers)


def one_speaker(voices: tuple[Voice, ...]) -> bool:
    """Whether all of a quote is one speaker's, be it in their words or retold."""
    return len({(voice.kind is VoiceKind.AUTHOR, voice.speaker) for voice in voices}) == 1


def labelled(positions: Sequence[Position], proposition: str, voices: tuple[Voice, ...]) -> Stance | None:
    """The operator's label of a document, where it speaks of this proposition and the words are the author's.

    What an author reports of others is not on the document's side.
    """
    if summary(voices).kind is not VoiceKind.AUTHOR:
        return None
    for position in positions:
        side = _SIDES.get(position.side.casefold())
        same = relation(proposition, position.proposition)
        if side is not None and same:
            return Stance(side if same > 0 else side.other, 1.0, Basis.LABEL)
    return None
