"""Fitting the confidence to an operator's own labelled questions, and keeping what was fitted."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.calibrate import Calibration, shipped
from pullquote.corpus.files import make_folder
from pullquote.errors import CorpusError, IndexCorrupt, IndexMismatch
from pullquote.index.files import json_bytes, swap_in
from pullquote.index.layout import Layout

FORMAT = 1
FEWEST = 20  # questions
FEWEST_EACH = 5  # of them answered rightly, and of them not
PULL = 4.0  # how many questions' worth the shipped weights count, feature by feature
STEPS = 50
FOLDS = 5

Row = tuple[tuple[float, ...], bool]  # the features of an answer, and whether one of its quotes is right


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A calibration with what it was fitted on and with; `encoder` and `ranker` must stay the same."""

    encoder: str
    ranker: str | None
    sets: tuple[str, ...]
    questions: int
    right: int
    constant: float
    weights: tuple[float, ...]
    format: int = FORMAT

    @property
    def calibration(self) -> Calibration:
        """What turns features into a probability."""
        return Calibration(self.constant, self.weights)

    def write(self, index: Path) -> Path:
        """Put it into the index folder, where the next start finds it."""
        make_folder(index)
        path = Layout(index).calibration
        swap_in(path, json_bytes(asdict(self)) + b"\n")
        return path


def read_fitted(index: Path, encoder: str, ranker: str | None) -> Fitted | None:
    """What an operator fitted, or None where nothing was.

    Raises:
        IndexCorrupt: the file cannot be understood.
        IndexMismatch: it was fitted with another encoder or ranker.
    """
    path = Layout(index).calibration
    try:
        facts = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise IndexCorrupt(f"{path} is damaged; {_MEND}") from error
    try:
        weights = tuple(float(weight) for weight in facts["weights"])
        found = Fitted(**{**facts, "weights": weights, "sets": tuple(facts["sets"])})
        sound = all(math.isfinite(number) for number in (*weights, float(found.constant)))
    except (TypeError, KeyError, ValueError) as error:
        raise IndexCorrupt(f"{path} is damaged; {_MEND}") from error
    if not sound:
        raise IndexCorrupt(f"{path} is damaged; {_MEND}")
    as_now = (FORMAT, encoder, ranker, len(shipped(ranked=ranker is not None).weights))
    if (found.format, found.encoder, found.ranker, len(weights)) != as_now:
        raise IndexMismatch(f"{path} was fitted with another model, ranker or version; {_MEND}")
    return found


_MEND = "run `pullquote eval DIR --fit` again, or delete it to use the shipped weights"


def fit(rows: Sequence[Row], prior: Calibration) -> Calibration:
    """Logistic regression, held near the prior so that few questions cannot carry it off.

    The penalty is on each weight's difference from the prior's, in units of its feature's spread.

    Raises:
        CorpusError: too few questions, or nearly all of one kind.
    """
    _enough(rows)
    return _solved(rows, prior)


def _enough(rows: Sequence[Row]) -> None:
    right = sum(row[1] for row in rows)
    if len(rows) < FEWEST or min(right, len(rows) - right) < FEWEST_EACH:
        raise CorpusError(
            f"there are {len(rows)} questions, {right} of them answered rightly; fitting needs {FEWEST}, "
            f"and {FEWEST_EACH} of either kind; label more, some without an answer"
        )


def _solved(rows: Sequence[Row], prior: Calibration) -> Calibration:
    right = np.array([row[1] for row in rows], dtype=np.float64)
    values = np.array([row[0] for row in rows], dtype=np.float64)
    spread = np.where(values.std(axis=0) > 0, values.std(axis=0), 1.0)
    start = np.array([prior.constant, *prior.weights])
    pull = PULL * np.array([0.0, *(spread**2)])
    pull[0] = 1e-6
    solved = _newton(np.column_stack([np.ones(len(values)), values]), right, start, pull)
    return Calibration(float(solved[0]), tuple(float(weight) for weight in solved[1:]))


def _newton(
    values: NDArray[np.float64], right: NDArray[np.float64], start: NDArray[np.float64], pull: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The minimum of a convex loss; each step is halved until the loss falls."""

    def loss(weights: NDArray[np.float64]) -> float:
        scores = values @ weights
        return float(np.logaddexp(0, scores).sum() - right @ scores + 0.5 * pull @ (weights - start) ** 2)

    weights = start.copy()
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-np.clip(values @ weights, -30, 30)))
        slope = values.T @ (share - right) + pull * (weights - start)
        bend = (values * (share * (1 - share))[:, None]).T @ values + np.diag(pull + 1e-9)
        step = np.linalg.solve(bend, slope)
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-10:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def held_out(rows: Sequence[Row], prior: Calibration) -> list[float]:
    """Each question's probability by a fit that did not see it, in five folds.

    Raises:
        CorpusError: too few questions, or nearly all of one kind.
    """
    _enough(rows)
    stated = [0.0] * len(rows)
    for fold in range(FOLDS):
        fitted = _solved([row for place, row in enumerate(rows) if place % FOLDS != fold], prior)
        for place in range(fold, len(rows), FOLDS):
            stated[place] = fitted.probability(rows[place][0])
    return stated
