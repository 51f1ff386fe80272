"""`pullquote eval --fit`: the confidence fitted to labelled questions, told before and after, and kept."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pullquote.answers.answer import cite
from pullquote.answers.confidence import Fitted, Row, fit, held_out, shipped
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.index.build import Progress
from pullquote.models.encoder import Encoder
from pullquote.models.ranker import open_ranker
from pullquote.settings import Settings
from pullquote.upkeep.datasets import Dataset
from pullquote.upkeep.evaluate import decided, is_hit, open_set
from pullquote.upkeep.scores import auroc, calibration_error


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was fitted, where it lies, and how well the confidence tells right from wrong.

    Each pair is with the weights shipped, and fitted; the latter on questions left out of the fit.
    """

    fitted: Fitted
    path: Path
    auroc: tuple[float | None, float | None]
    error: tuple[float, float]

    @property
    def wire(self) -> dict[str, object]:
        """For programs."""
        return {**asdict(self.fitted), "path": str(self.path), "auroc": self.auroc, "calibration_error": self.error}

    @property
    def text(self) -> str:
        """For people."""
        areas = " -> ".join("-" if area is None else f"{area:.3f}" for area in self.auroc)
        errors = " -> ".join(f"{error:.3f}" for error in self.error)
        return (
            f"fitted to {self.fitted.questions} questions of {', '.join(self.fitted.sets)}, "
            f"{self.fitted.right} of them answered rightly\n"
            f"on questions left out of the fit (shipped -> fitted): AUROC of right against wrong {areas}, "
            f"calibration error {errors}\n"
            f"written to {self.path}; `index`, `ask` and `serve` use it from their next start on; delete it to go back"
        )


def tune(
    sets: Sequence[Dataset], settings: Settings, encoder: Encoder, progress: Progress = lambda done, of: None
) -> Tuned:
    """Fit the confidence to these sets together and write it into the index folder.

    Raises:
        CorpusError: too few labelled questions.
        EncoderError: the ranker is not there.
    """
    ranker = open_ranker(settings.reranker)
    rows = [row for dataset in sets for row in rows_of(dataset, open_set(dataset, settings, encoder, progress, ranker))]
    prior = shipped(ranked=ranker is not None)
    found = fit(rows, prior)
    right = [row[1] for row in rows]
    before = [prior.probability(row[0]) for row in rows]
    after = held_out(rows, prior)
    fitted = Fitted(
        encoder=encoder.identity, ranker=ranker.name if ranker else None, sets=tuple(part.name for part in sets),
        questions=len(rows), right=sum(right), constant=found.constant, weights=found.weights,
    )  # fmt: skip
    scored = [list(zip(stated, right, strict=True)) for stated in (before, after)]
    return Tuned(
        fitted, fitted.write(settings.index), (auroc(scored[0]), auroc(scored[1])),
        (calibration_error(scored[0]), calibration_error(scored[1])),
    )  # fmt: skip


def rows_of(dataset: Dataset, explainer: Explainer) -> list[Row]:
    """The features of each answer and whether one of its quotes is right; unmarked questions are left out."""
    rows: list[Row] = []
    for question in decided(dataset):
        if question.answerable and not question.evidence:
            continue
        query = Query(question=" ".join(question.text.split()), debate=question.debate, history=question.history)
        values, choices = explainer.weigh(query)
        if choices:
            cited = cite([(choice, ()) for choice in choices])
            rows.append((values, any(is_hit(citation, question.evidence) for citation in cited)))
    return rows
