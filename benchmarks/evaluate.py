"""Measure every labelled set found and write the figures into benchmarks/results/answers.md, and the plot of docs/quality.md.

    python benchmarks/evaluate.py [--write] [--keep FOLDER]

The sets of the project lie in tests/gold and in benchmarks/policy, further ones are looked for in PULLQUOTE_EVAL_DATA.
Of all of them only what the ranker never learned is asked. With --keep a run that was cut short goes on with the sets
that are not yet in the folder.
"""

import argparse
import os
import pickle
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from nets import HELD, chosen

from pullquote.errors import CorpusError
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.settings import Settings
from pullquote_eval.datasets import Dataset, load_dataset
from pullquote_eval.evaluate import Figures, Trial, figures, reliability, run, table

ROOT = Path(__file__).parents[1]
SETS = {"clapnq-dev": "fold", "squad2-dev-half": "fold", "mtrag-un": None}
PAGE = ROOT / "benchmarks" / "results" / "answers.md"
MARKS = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)


def datasets(settings: Settings) -> Iterator[Dataset]:
    for name in ("article", "debate"):
        try:
            yield load_dataset(ROOT / "tests/gold" / name, settings)
        except CorpusError as error:
            print(f"left out: {error}")
    written = load_dataset(ROOT / "benchmarks/policy/written", settings)
    kept = tuple(question for question in written.questions if question.half != "train")
    yield replace(written, name="policy", questions=kept)
    data = os.environ.get("PULLQUOTE_EVAL_DATA")
    if not data:
        print("left out: the public sets, since PULLQUOTE_EVAL_DATA is not set")
        return
    for part in ("choose", "report"):
        yield replace(
            load_dataset(ROOT / "benchmarks/debates" / part, settings), name=f"debates-{part}"
        )
    for name, half in SETS.items():
        folder = Path(data) / "eval" / name
        asked, dataset = {row["id"] for row in chosen(folder, half)}, load_dataset(folder, settings)
        kept = tuple(question for question in dataset.questions if question.id in asked)
        yield replace(dataset, name=f"{name}, fold {HELD}" if half else name, questions=kept)


def halves(name: str, trials: Sequence[Trial], threshold: float) -> Iterator[Figures]:
    yield figures(name, trials, threshold)
    for half in sorted({trial.question.half for trial in trials if trial.question.half}):
        part = [trial for trial in trials if trial.question.half == half]
        yield figures(f"{name}, half {half}", part, threshold)


def risk_coverage(trials: Sequence[Trial]) -> list[tuple[float, float]]:
    """(share answered, share of those answered wrongly) as the threshold falls."""
    ordered = sorted(trials, key=lambda trial: -trial.confidence)
    wrong = list(accumulate(not trial.hit(3) for trial in ordered))
    return [(count / len(ordered), missed / count) for count, missed in enumerate(wrong, start=1)]


def plot(results: Sequence[tuple[str, Sequence[Trial]]], path: Path) -> None:
    """Risk against coverage, and stated against true confidence, as a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4.2))
    for name, trials in results:
        if any(trial.question.evidence for trial in trials):
            left.plot(*zip(*risk_coverage(trials), strict=True), label=name)
            bins = reliability([(trial.confidence, trial.hit(3)) for trial in trials])
            right.plot(
                *zip(*[(stated, true) for stated, true, _ in bins], strict=True), "o-", label=name
            )
    left.set(
        xlabel="share of questions answered", ylabel="share of those answered wrongly", ylim=(0, 1)
    )
    right.plot([0, 1], [0, 1], "k:", linewidth=1)
    right.set(xlabel="stated confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1))
    left.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def measured(
    dataset: Dataset, settings: Settings, encoder: Encoder, keep: Path | None
) -> Sequence[Trial]:
    """What was answered, asked now or in a run before."""
    kept = keep / f"{dataset.name}.pickle" if keep else None
    if kept and kept.exists():
        found: Sequence[Trial] = pickle.loads(kept.read_bytes())
        return found
    trials = run(dataset, settings, encoder)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(trials))
    return trials


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--write", action="store_true", help="write the figures into benchmarks/results/ and docs/"
    )
    parser.add_argument("--keep", type=Path, help="a folder for what is answered")
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder = prepare_encoder(settings.model, settings.index)
    results = [
        (dataset.name, measured(dataset, settings, encoder, given.keep))
        for dataset in datasets(settings)
    ]
    rows = [row for name, trials in results for row in halves(name, trials, settings.threshold)]
    print(table(rows))
    if given.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(
            MARKS.sub(lambda m: m[1] + table(rows) + "\n" + m[2], page), encoding="utf-8"
        )
        plot(results, ROOT / "docs" / "risk-coverage.png")


if __name__ == "__main__":
    main()
