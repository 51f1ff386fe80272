"""What finding and judging are worth on the labelled debates: a right window first, among three, eight and twenty.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/finding.py PART [--judge FOLDER=WINDOWS]... [--read N] [--fit]

Every part of a score is taken alone and away from the sum; AUROC tells near questions by the best score. `--fit` searches
the weights (only ever on `choose`).
"""

import argparse
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from debates import Labelled, asked
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from pullquote.index import build_index
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean, seen
from pullquote.index.search import LATE, Sought, cut, lead, retrieve
from pullquote.models.encoder import prepare_encoder
from pullquote.models.interaction import bundled
from pullquote.models.ranker import OnnxRanker
from pullquote.settings import Settings
from pullquote_eval.datasets import Dataset
from pullquote_eval.evaluate import auroc

UNREAD = -20.0
DEPTHS = (1, 3, 8, 20)
Weights = dict[str, float]


@dataclass(frozen=True, eq=False)
class Asked:
    """A question's windows: by name of a part their scores, which answer, and which may be shown besides."""

    answerable: bool
    parts: dict[str, NDArray[np.float32]]
    right: NDArray[np.bool_]

    def order(self, weights: Weights, read: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Places by score, where a judge adds to what it was given, and the scores."""
        total = sum(
            weight * self.parts[name]
            for name, weight in weights.items()
            if not name.startswith("judge")
        )
        order = np.argsort(-total, kind="stable")
        judged = sum((weight * self.parts[name] for name, weight in weights.items() if name.startswith("judge")),
                     np.zeros(len(order), np.float32))  # fmt: skip
        total = total.copy()
        total[order[:read]] += judged[order[:read]]
        first = order[:read][np.argsort(-total[order[:read]], kind="stable")]
        return np.concatenate([first, order[read:]]), total


def gathered(part: str, judges: Sequence[tuple[OnnxRanker, int]], every: int = 1) -> list[Asked]:
    """All questions of a part with what each part of a score says; judges read so many of the first by the rest."""
    settings, tokens = Settings.read(os.environ), bundled()
    encoder = prepare_encoder(settings.model, settings.index)

    def build(dataset: Dataset, settings: Settings) -> Generation:
        own = replace(settings, index=settings.index / "debates" / dataset.name)
        return build_index(own, encoder, corpus=dataset.corpus, interaction=tokens).generation

    labelled = Labelled.open(part, settings, build)
    generation, found = labelled.generation, []
    for question in labelled.questions[::every]:
        text = asked(question)
        words = clean(text)
        sought = Sought(text, encoder.encode([words])[0], tokens.query(words))
        hits = retrieve(generation, sought, generation.documents_of(question.debate))
        quotes = [cut(generation, hit) for hit in hits]
        parts = {
            name: np.array([getattr(hit, name) for hit in hits], np.float32)
            for name in ("dense", "passage", "words", "tokens")
        }
        for number, (judge, most) in enumerate(judges):
            told = [
                judge.relevance(seen(text), f"{lead(quote.document.source)}{quote.text}")
                for quote in quotes[:most]
            ]
            logits = np.array([*told, *[UNREAD] * (len(quotes) - len(told))], np.float32)
            parts[f"judge{number}"] = 1 / (1 + np.exp(-logits))
        right = np.array([labelled.answers(question, quote) is not None for quote in quotes])
        found.append(Asked(bool(question.answerable), parts, right))
    return found


def calibrated(questions: Sequence[Asked], name: str) -> tuple[float, float]:
    """Scale and shift of a judge's logits by which they tell how likely a window answers (Platt 1999)."""
    likely = np.concatenate([one.parts[name] for one in questions]).astype(np.float64)
    right = np.concatenate([one.right for one in questions])
    read = likely > 1 / (1 + np.exp(-UNREAD - 1))
    logits = np.log(likely[read] / (1 - likely[read]).clip(1e-12))
    model = LogisticRegression(C=1e6).fit(logits[:, None], right[read])
    return float(model.coef_[0][0]), float(model.intercept_[0])


def told(questions: Sequence[Asked], weights: Weights, read: int) -> list[float]:
    """A right one first, among three, eight and twenty; AUROC of near ones by the best score, and by the best judge's."""
    firsts, scored = [], []
    for one in questions:
        if not len(one.right):
            continue
        order, total = one.order(weights, read)
        judged = [name for name in weights if name.startswith("judge")]
        best = max(
            (float(one.parts[judged[0]][order[:read]].max()) if judged else float(total.max())), -30
        )
        scored.append((best, one.answerable))
        if one.answerable:
            ranks = np.flatnonzero(one.right[order])
            firsts.append(int(ranks[0]) if len(ranks) else 1_000)
    return [
        *(float(np.mean([first < depth for first in firsts])) for depth in DEPTHS),
        auroc(scored) or 0.0,
    ]


def fitted(
    questions: Sequence[Asked], start: Weights, read: int, goal: Callable[[list[float]], float]
) -> Weights:
    """Coordinate search over factors of the weights."""
    best, weights = goal(told(questions, start, read)), dict(start)
    draw = random.Random(0)
    for factor in (2.0, 1.5, 1.25):
        for _ in range(2):
            for name in draw.sample(sorted(weights), len(weights)):
                for change in (factor, 1 / factor, 0.0):
                    tried = {**weights, name: weights[name] * change}
                    if (score := goal(told(questions, tried, read))) > best:
                        best, weights = score, tried
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part")
    parser.add_argument(
        "--judge", nargs="*", default=[], help="FOLDER=WINDOWS, a ranker and how many it reads"
    )
    parser.add_argument("--read", type=int, default=8)
    parser.add_argument("--every", type=int, default=1, help="ask only each so manieth question")
    parser.add_argument("--fit", action="store_true")
    given = parser.parse_args()
    named = [
        (Path(folder), int(count))
        for folder, _, count in (one.rpartition("=") for one in given.judge)
    ]
    questions = gathered(
        given.part, [(OnnxRanker.open(folder), count) for folder, count in named], given.every
    )
    old: Weights = {"dense": 1.0, "passage": 0.3, "words": 0.8}
    whole: Weights = dict(zip(old | {"tokens": 0.0}, LATE, strict=False))
    rows: list[tuple[str, Weights, int]] = [("finding without tokens", old, 0)]
    rows += [(f"{name} alone", {name: 1.0}, 0) for name in whole]
    if given.fit:
        whole = fitted(questions, whole, 0, lambda row: row[0] + row[1] + row[2])
    rows.append(("finding", whole, 0))
    rows += [(f"finding less {name}", {**whole, name: 0.0}, 0) for name in whole]
    for number, (folder, count) in enumerate(named):
        name = f"judge{number}"
        print(folder.name, "scale and shift", calibrated(questions, name))
        rows.append(
            (
                f"{folder.name} on the first {given.read} without tokens",
                {**old, name: 0.6},
                given.read,
            )
        )
        rows.append(
            (f"{folder.name} alone on {count}", {**dict.fromkeys(whole, 1e-6), name: 0.6}, count)
        )
        for weight in (0.1, 0.2, 0.4, 0.6, 1.0):
            rows.append(
                (
                    f"finding, {weight} {folder.name}",
                    {**whole, name: weight},
                    min(given.read, count),
                )
            )
    print(
        f"{sum(one.answerable for one in questions)} questions with an answer, {sum(not one.answerable for one in questions)} near"
    )
    for title, weights, read in rows:
        print(f"{title:44}", *(f"{value:.3f}" for value in told(questions, weights, read)))
    print(whole)


if __name__ == "__main__":
    main()
