"""Deciding: which quotes to show, and how sure to be of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.calibrate import DEFAULT, RANKED, features
from pullquote.rerank import Ranker, rerank
from pullquote.retrieve import Hit
from pullquote.select import Choice, select
from pullquote.store.generation import Generation


@dataclass(frozen=True, slots=True)
class Decision:
    """The quotes chosen, best first, and the probability that they answer."""

    choices: tuple[Choice, ...]
    confidence: float


def decide(
    generation: Generation, question: str, hits: Sequence[Hit], count: int, ranker: Ranker | None = None
) -> Decision:
    """Choose from the hits, with the learned ranker's help where there is one."""
    if ranker is not None:
        hits = rerank(generation, question, hits, ranker)
    choices = select(generation, question, hits, count)
    if not choices:
        return Decision((), 0.0)
    values = features(generation, question, choices)
    read = [hit.relevance for hit in hits if hit.relevance is not None]
    if not read:
        return Decision(choices, DEFAULT.probability(values))
    return Decision(choices, RANKED.probability((*values, max(read))))
