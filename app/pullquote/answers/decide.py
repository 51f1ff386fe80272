"""Deciding: which quotes to show, and how sure to be of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.answers.calibrate import Calibration, features, shipped
from pullquote.answers.select import select
from pullquote.index.generation import Generation
from pullquote.index.search import Choice, Hit, rerank
from pullquote.models.ranker import Ranker


@dataclass(frozen=True, slots=True)
class Decision:
    """The quotes chosen, best first, the probability that they answer, and the features it rests on."""

    choices: tuple[Choice, ...]
    confidence: float
    values: tuple[float, ...] = ()


def decide(
    generation: Generation, question: str, hits: Sequence[Hit], count: int, ranker: Ranker | None = None,
    fitted: Calibration | None = None,
) -> Decision:  # fmt: skip
    """Choose from the hits, with the learned ranker's help where there is one, or has read them already.

    Args:
        fitted: the operator's own weights of the confidence; None means those shipped.
    """
    if ranker is not None:
        hits = rerank(generation, question, hits, ranker)
    choices = select(generation, question, hits, count)
    if not choices:
        return Decision((), 0.0)
    values = features(generation, question, choices)
    read = [hit.relevance for hit in hits if hit.relevance is not None]
    if read:
        values = (*values, max(read))
    weights = fitted or shipped(ranked=bool(read))
    return Decision(choices, weights.probability(values), values)
