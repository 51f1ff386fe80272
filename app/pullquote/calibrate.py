"""Silence: how likely it is that the best quotes answer the question, and why not if not."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pullquote.retrieve import Hit
from pullquote.store.lexical import terms


class Reason(StrEnum):
    """Why no quote is given."""

    NOT_COVERED = "not_covered"
    TOO_VAGUE = "too_vague"
    NEEDS_CONTEXT = "needs_context"
    PREDICTION_OR_ADVICE = "asks_prediction_or_advice"
    UNSUPPORTED_LANGUAGE = "unsupported_language"


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of the best hit's parts; fitted by benchmarks/fit_calibration.py."""

    constant: float
    dense: float
    passage: float
    words: float

    def probability(self, hits: Sequence[Hit]) -> float:
        """The probability, 0 to 1, that the quotes chosen from these hits answer."""
        if not hits:
            return 0.0
        best = hits[0]
        weight = self.constant + self.dense * best.dense + self.passage * best.passage + self.words * best.words
        return 1 / (1 + math.exp(-weight))


DEFAULT = Calibration(constant=-6.0, dense=6.0, passage=3.0, words=4.0)

_POINTING = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|the latter|the former)\b", re.IGNORECASE
)
_ADVICE = re.compile(
    r"\bshould (?:i|we|my)\b|\bwhat (?:should|can|must) (?:i|we)\b|\bwill (?:\w+ ){1,6}(?:win|happen|rise|fall|be)\b"
    r"|\bwho will\b|\bwhen will\b|\bpredict\b|\bforecast\b|\bnext (?:year|month|week)\b|\btomorrow\b",
    re.IGNORECASE,
)


def unaskable(question: str, *, has_history: bool) -> Reason | None:
    """Why a question cannot be looked up at all, or None when it can."""
    if _foreign(question):
        return Reason.UNSUPPORTED_LANGUAGE
    if terms(question):
        return None
    return Reason.NEEDS_CONTEXT if _POINTING.search(question) and not has_history else Reason.TOO_VAGUE


def silence(question: str) -> Reason:
    """What to say of a question that was looked up without finding enough."""
    if _ADVICE.search(question):
        return Reason.PREDICTION_OR_ADVICE
    return Reason.NOT_COVERED if len(terms(question)) > 1 or not _POINTING.search(question) else Reason.TOO_VAGUE


def _foreign(question: str) -> bool:
    """Whether most letters are of a script that the index's language is not written in."""
    letters = [character for character in question if character.isalpha()]
    return bool(letters) and sum(character > "\u024f" for character in letters) > len(letters) / 2
