"""Stance: which side of a proposition a quote takes, how surely, and who says so: the operator or a model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pullquote.corpus.documents import Position
from pullquote.sides.demand import demand_of
from pullquote.sides.negation import denies, negate
from pullquote.sides.relation import relation
from pullquote.voice import Voice, VoiceKind, summary
from pullquote.voice.tags import only_attributes


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


WEAK = 60  # percent, below which a model's reading is told as a weak guess; the widget has the same figure


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
    """How likely a quote must be to argue for a side, chosen on whole debates in which every sentence is labelled.

    shown: to be shown on it where both sides are looked for; surer: share of the likelier of two sides, below which it
    may as well be the other; plain: in an ordinary answer, and for what a model alone reads where the operator puts
    documents on sides; leans: so that nobody may say that the side is missing; concedes: what a model must read, for
    the other side, to take the label off a labelled author's words; subject: relevance, as a logit, under
    which a sentence is not on the subject at all (docs/sides.md).
    """

    shown: float = 0.15
    surer: float = 0.51
    plain: float = 0.4
    leans: float = 0.1
    concedes: float = 0.8
    subject: float = -4.0


BAR = Bar()


@dataclass(frozen=True, slots=True)
class Weights:
    """Log-odds that a quote argues for a side, fitted by `benchmarks/fit_sides.py` on those debates.

    stance: for each unit of the log of the probability that the model gives the side; relevance: for each unit of its
    logit; label: where the operator puts these words on the side; base: without any of these.
    """

    stance: float = 0.83
    relevance: float = 0.16
    label: float = 1.49
    base: float = -0.45


WEIGHTS = Weights()
LEAST = 1e-3  # probability that counts
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

    def mean(self, other: "Reading") -> "Reading":
        """What two readings of the same sentence say together; as relevant as the first."""
        return Reading((self.margin + other.margin) / 2, (self.neither + other.neither) / 2, self.relevance)

    def probability(self, side: Side) -> float:
        """How likely it is that the sentence is for, or against, rather than the other or neither."""
        against = 1 / (1 + math.exp(min(30.0, self.margin)))
        return (1 - self.neither) * {Side.FOR: 1 - against, Side.AGAINST: against}[side]

    @property
    def likelier(self) -> Side:
        """The side that it is on, if it is on one."""
        return Side.FOR if self.margin > 0 else Side.AGAINST

    def argues(self, side: Side, *, labelled: bool = False) -> float:
        """How likely it is that the sentence argues for, or against: on the subject, and on this side of it.

        Args:
            labelled: whether the operator puts these words on the side.
        """
        read = WEIGHTS.stance * math.log(max(LEAST, self.probability(side))) + WEIGHTS.relevance * self.relevance
        return 1 / (1 + math.exp(-(WEIGHTS.base + read + WEIGHTS.label * labelled)))

    def argued(self, stance: Stance) -> float:
        """The same for a side that is told."""
        return self.argues(stance.side, labelled=stance.basis is Basis.LABEL)

    def concedes(self, side: Side) -> bool:
        """Whether the words of an author who is labelled with this side read as conceding something to the other."""
        return self.probability(side.other) >= BAR.concedes

    @property
    def leans(self) -> Side | None:
        """The side that it may well argue for, clear enough to be shown or not."""
        return self.likelier if self.argues(self.likelier) >= BAR.leans else None

    def stance(self, bar: float = BAR.plain) -> Stance:
        """The side that it argues for likely enough; `neutral` where it leans to none, else `unclear`."""
        probability, rest = self.argues(self.likelier), self.argues(self.likelier.other)
        if probability >= bar and probability >= BAR.surer * (probability + rest):
            return Stance(self.likelier, probability, Basis.MODEL)
        if probability < BAR.leans:
            return Stance(Side.NEUTRAL, 1 - probability, Basis.MODEL)
        return Stance(Side.UNCLEAR, probability, Basis.MODEL)


def read(judge: Judge, proposition: str, sentence: str) -> Reading:
    """Read a sentence against a proposition in its positive form; a denial gets the opposite of what is read.

    So the two always get opposite sides: the model alone hardly hears a "not". Nor does it hear well which way a verb
    such as "abolish" or "fund" goes: of a demand it also reads what the demand is about, called good, and the mean of
    both counts, the second turned round where the demand is against the thing (after Bar-Haim et al. 2017, "Stance
    Classification of Context-Dependent Claims", who take target and sentiment apart).
    """
    plain = negate(proposition) if denies(proposition) else proposition
    found = _one(judge, plain, sentence)
    demand = demand_of(plain)
    if demand is not None:
        verdict = _one(judge, demand.verdict, sentence)
        found = found.mean(verdict if demand.wanted else verdict.turned)
    return found.turned if plain != proposition else found


def _one(judge: Judge, proposition: str, sentence: str) -> Reading:
    relevance, (favour, against, neither) = judge.read(proposition, sentence)
    return Reading(favour - against, _share(favour, against, neither), relevance)


def _share(favour: float, against: float, neither: float) -> float:
    """The probability of the third of three logits."""
    top = max(favour, against, neither)
    powers = [math.exp(value - top) for value in (favour, against, neither)]
    return powers[2] / sum(powers)


def one_speaker(text: str, voices: tuple[Voice, ...]) -> bool:
    """Whether all that a quote claims is one speaker's, be it in their words or retold.

    What the author says before another's words only to tell whose they are ("The minister said that") claims nothing.

    Args:
        text: of the document that the voices' spans are in.
    """
    follows = (*voices[1:], None)
    claims = [one for one, after in zip(voices, follows, strict=True) if not _introduces(text, one, after)]
    return len({(voice.kind is VoiceKind.AUTHOR, voice.speaker) for voice in claims}) == 1


def _introduces(text: str, voice: Voice, after: Voice | None) -> bool:
    """Whether an author's words only tell that what comes after them is somebody's whom they name."""
    if after is None or voice.kind is not VoiceKind.AUTHOR or after.kind is VoiceKind.AUTHOR or after.speaker is None:
        return False
    return only_attributes(voice.span.cut(text), after.cue)


def side_of(positions: Sequence[Position], proposition: str) -> Side | None:
    """Where the operator puts a document on a proposition, or None where nothing is said of it.

    What is said of the very proposition goes before what is said of one like it.
    """
    for position in sorted(positions, key=lambda one: not _same_words(one.proposition, proposition)):
        side = _SIDES.get(position.side.casefold())
        same = relation(proposition, position.proposition)
        if side is not None and same:
            return side if same > 0 else side.other
    return None


def _same_words(one: str, other: str) -> bool:
    return one.casefold().strip(" .") == other.casefold().strip(" .")


def labelled(positions: Sequence[Position], proposition: str, voices: tuple[Voice, ...]) -> Stance | None:
    """The operator's label of a document, where it speaks of this proposition and the words are the author's.

    What an author reports of others is not on the document's side.
    """
    side = side_of(positions, proposition) if summary(voices).kind is VoiceKind.AUTHOR else None
    return None if side is None else Stance(side, 1.0, Basis.LABEL)
