"""Silence: how likely it is that the best quotes answer the question, and why not if not."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pullquote.answers.expect import expected, holds
from pullquote.corpus.passages import search_key
from pullquote.index.generation import Generation
from pullquote.index.lexical import terms
from pullquote.index.search import Choice

NEARBY = 2  # sentences around a quote in which a name of the question may stand


class Reason(StrEnum):
    """Why no quote is given."""

    NOT_COVERED = "not_covered"
    TOO_VAGUE = "too_vague"
    NEEDS_CONTEXT = "needs_context"
    PREDICTION_OR_ADVICE = "asks_prediction_or_advice"
    UNSUPPORTED_LANGUAGE = "unsupported_language"


FEATURES = ("near", "dense", "passage", "words", "unknown", "names_missing", "kind_missing")
NEAR = 0.35  # cosine from which a text is on the subject; below it, every hundredth counts
_NAME = re.compile(r"(?<=[\w,;:’'”\"-] )[A-Z][\w’'-]+|\b\d[\d.,]*\b|\b[A-Z]{2,}\b")


def features(generation: Generation, question: str, choices: Sequence[Choice]) -> tuple[float, ...]:
    """What speaks for and against the quotes chosen, in the order of FEATURES.

    The first four are the best hit's cosine up to NEAR and from there on, its passage's cosine and
    its BM25 share; then, each from 0 to 1: the weight
    of the question's words that no document holds, the question's names and numbers that the best
    quote's passage lacks, and whether no quote has the kind of answer that is asked for.
    """
    best = choices[0]
    kind = expected(question)
    return (
        min(best.hit.dense, NEAR),
        max(best.hit.dense, NEAR),
        best.hit.passage,
        best.hit.words,
        _unknown(generation, question),
        _names_missing(question, best),
        float(not any(holds(kind, choice.quote.text) for choice in choices)),
    )


def _unknown(generation: Generation, question: str) -> float:
    asked = {term: generation.lexical.rarity(term) for term in terms(question)}
    unseen = sum(rarity for term, rarity in asked.items() if term not in generation.lexical.numbers)
    return unseen / (sum(asked.values()) or 1.0)


def _names_missing(question: str, best: Choice) -> float:
    """The share of the question's names and numbers that are not said around the best quote."""
    named = {term for name in _NAME.findall(question) for term in terms(name)}
    if not named:
        return 0.0
    quote = best.quote
    near = range(max(0, quote.first - NEARBY), min(len(quote.sentences), quote.last + NEARBY + 1))
    text = " ".join(quote.sentences[place].span.cut(quote.document.text) for place in near)
    said = set(terms(search_key(quote.document, text)))
    return len(named - said) / len(named)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of the features; fitted by benchmarks/fit_calibration.py."""

    constant: float
    weights: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        """The probability, 0 to 1, that the quotes answer."""
        total = self.constant + sum(weight * value for weight, value in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


DEFAULT = Calibration(-12.459, (26.522, 4.745, 1.222, 3.878, -0.360, -0.965, -1.135))
# With the learned ranker the highest logit it gave comes last. The shares of the three were chosen on sets
# of several kinds (docs/quality.md): the ranker tells near misses, the cosine what is off the subject.
RANKED = Calibration(-3.598, (4.405, 4.405, 0.0, 0.0, 0.0, 0.0, 0.0, 0.551))


def shipped(*, ranked: bool) -> Calibration:
    """The weights that come with the program, with the learned ranker's score or without."""
    return RANKED if ranked else DEFAULT


_POINTING = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|their|he|him|his|she|her|there|the latter|the former)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(  # not "When will it start?", "How will it be paid for?": a source may tell what is planned
    r"\bshould (?:i|we|my)\b|\bwhat (?:should|can|must) (?:i|we)\b|\bwill (?:\w+ ){1,6}(?:win|happen|rise|fall)\b"
    r"|^\W*will (?:\w+ ){1,6}be\b|\bwho will\b|\bpredict\b|\bforecast\b|\bnext (?:year|month|week)\b|\btomorrow\b",
    re.IGNORECASE,
)


def points(words: str) -> bool:
    """Whether words point back to something: "it", "that plan"."""
    return _POINTING.search(words) is not None


def unaskable(question: str, *, resolved: str | None = None, has_history: bool) -> Reason | None:
    """Why a question cannot be looked up at all, or None when it can.

    Args:
        resolved: the question with what it points back to, where it was resolved.
    """
    if terms(resolved or question):
        return None
    return Reason.NEEDS_CONTEXT if points(question) and not has_history else Reason.TOO_VAGUE


def silence(question: str, *, resolved: str | None = None) -> Reason:
    """What to say of a question that was looked up without finding enough.

    Args:
        resolved: the question with what it points back to, where it was resolved; what that asks is no matter.
    """
    if _ADVICE.search(question):
        return Reason.PREDICTION_OR_ADVICE
    whole = resolved or question
    return Reason.NOT_COVERED if len(terms(whole)) > 1 or not points(whole) else Reason.TOO_VAGUE
