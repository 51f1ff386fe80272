"""Measure how often a side that is told is right, and draw coverage against accuracy.

    python benchmarks/fit_stance.py [--model FOLDER] [--fold 1] [--most 500] [--precision 0.8] [--write]

Reads the visible stance sets below PULLQUOTE_EVAL_DATA (perspectrum, ibm-claim-stance, argkp), the given fold of
each. Where the model has trained on that fold its figures are too good: give it weights that never saw the fold.
"""

import argparse
import math
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranker_examples import AGAINST, FOR, Opinion, opinions

from pullquote.models.ranker import NAMES, OnnxJudge
from pullquote.sides.judging import read
from pullquote.sides.stance import Side

PICTURE = Path(__file__).parents[1] / "docs" / "stance-coverage.png"
SETS = ("perspectrum", "ibm-claim-stance", "argkp")


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair as the model reads it: the probability of the surer side, whether that is right, and shown."""

    source: str
    probability: float
    right: bool
    shown: bool


def judged(model: OnnxJudge, pairs: Sequence[Opinion]) -> list[Judged]:
    """Read every pair, of which it is known that it takes a side."""
    found = []
    for pair in pairs:
        reading = read(model, pair.proposition, pair.sentence)
        probability = 1 / (1 + math.exp(-abs(reading.margin)))
        right = (reading.likelier is Side.FOR) == (pair.side == FOR)
        found.append(
            Judged(pair.source, probability, right, reading.stance.side is reading.likelier)
        )
    return found


def curve(found: Sequence[Judged]) -> list[tuple[float, float, float]]:
    """Threshold, share of pairs that reach it, share of these that are right; the surest first."""
    ordered = sorted(found, key=lambda one: -one.probability)
    right, points = 0, []
    for count, one in enumerate(ordered, start=1):
        right += one.right
        points.append((one.probability, count / len(ordered), right / count))
    return points


def threshold(points: Sequence[tuple[float, float, float]], precision: float) -> float | None:
    """The lowest probability from which at least this share is right; None where none reaches it."""
    fitting = [
        probability for probability, share, right in points if right >= precision and share >= 0.02
    ]
    return min(fitting, default=None)


def draw(curves: dict[str, list[tuple[float, float, float]]]) -> None:
    """The picture of docs/sides.md."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6.4, 4.4))
    for name, points in curves.items():
        kept = [(share, right) for _, share, right in points if share >= 0.02]
        axes.plot(*zip(*kept, strict=True), label=name)
    axes.set(
        xlabel="share of pairs given a side, the surest first",
        ylabel="share of these that are right",
    )
    axes.set(xlim=(0, 1), ylim=(0.45, 1.01))
    axes.axhline(0.5, color="k", linestyle=":", linewidth=1)
    axes.legend(loc="lower left")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=NAMES["on"])
    parser.add_argument("--fold", type=int, default=1)
    parser.add_argument(
        "--most", type=int, default=500, help="pairs of a set at most, drawn with a fixed seed"
    )
    parser.add_argument("--precision", type=float, default=0.8)
    parser.add_argument("--write", action="store_true", help="write docs/stance-coverage.png")
    given = parser.parse_args()
    model = OnnxJudge.open(given.model)
    every = [
        pair
        for pair in opinions(Path(os.environ["PULLQUOTE_EVAL_DATA"]) / "eval")
        if pair.side in (FOR, AGAINST)
    ]
    curves = {}
    for name in SETS:
        pairs = [pair for pair in every if pair.source == name and pair.fold == given.fold]
        pairs = random.Random(7).sample(pairs, min(given.most, len(pairs)))
        found = judged(model, pairs)
        points = curve(found)
        half = points[len(points) // 2]
        fitted = threshold(points, given.precision)
        curves[name] = points
        shown = [one.right for one in found if one.shown]
        print(
            f"{name}: {len(pairs)} pairs, right {points[-1][2]:.3f}, in the surer half {half[2]:.3f}; "
            f"{len(shown) / len(pairs):.2f} get a side, {sum(shown) / max(1, len(shown)):.3f} right; "
            f"{given.precision:.0%} right from {fitted}"
        )
    if given.write:
        draw(curves)


if __name__ == "__main__":
    main()
