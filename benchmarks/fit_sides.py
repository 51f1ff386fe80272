"""Fit how likely a quote is to argue for a side, from what is read in it and what the operator says of its author.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/fit_sides.py [PART] [--model FOLDER]

Every quote that finding brings for the propositions of a part (`sides_debates.py`), on each side that its operator's
label allows. Prints the values for `WEIGHTS` in app/pullquote/sides/stance.py, how well they tell right from wrong in
debates that they were not fitted on, and what the columns are worth by `BAR.labelled`, and without labels by the others.
"""

import argparse
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from sides_debates import Contested, Figures, corpus_of, debater, outcome, told, total
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from pullquote.index.search import Hit, Role, cut
from pullquote.models.encoder import prepare_encoder
from pullquote.models.ranker import NAMES, OnnxJudge
from pullquote.settings import Settings
from pullquote.sides import columns, judging, stance
from pullquote.sides.book import StanceBook
from pullquote.sides.columns import both_sides
from pullquote.sides.judging import Readings, candidates, judge_text, positions_of, read
from pullquote.sides.judging import labelled as label_of
from pullquote.sides.stance import LEAST, Citation, Side

FOLDS = 5
SHOWN, LEANS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6), (0.05, 0.1, 0.15, 0.2)
USUAL = stance.BAR
Row = tuple[str, tuple[float, bool], bool]  # debate, features, right
Found = tuple[Contested, Sequence[Hit], Readings]


def readings(debates: StanceBook, judge: OnnxJudge, rows: Sequence[Contested]) -> Iterator[Found]:
    """What finding brings for each proposition, and what is read in it."""
    generation = debates.generation
    for row in rows:
        hits = candidates(
            generation,
            row.proposition,
            debates.encode,
            generation.documents_of(row.debate),
        )
        found = {
            hit.row: read(judge, row.proposition, judge_text(cut(generation, hit))) for hit in hits
        }
        yield row, hits, found


def features(debates: StanceBook, found: Sequence[Found]) -> Iterator[Row]:
    """Each quote on each side that it may be on."""
    generation = debates.generation
    for row, hits, read_ in found:
        for hit in hits:
            quote, reading = cut(generation, hit), read_[hit.row]
            voices = debates.voices.of_quote(quote)
            places = positions_of(generation, generation.number(quote.document.id), row.proposition)
            label = label_of(places, row.proposition, voices)
            gold = told(row, Citation(1, quote, Role.CLAIM, voices, 0.0))
            for side in (Side.FOR, Side.AGAINST):
                if label is None or label.side is side:
                    likely = min(max(LEAST, reading.probability(side)), 1 - LEAST)
                    yield (
                        row.debate,
                        (math.log(likely / (1 - likely)), label is not None),
                        side.value in gold,
                    )


def columns_by(debates: StanceBook, found: Sequence[Found], **bars: float) -> Figures:
    """The columns with other bars."""
    bar = replace(USUAL, **bars)
    for module in (stance, judging, columns):
        module.BAR = bar  # type: ignore[attr-defined]
    return total([
        outcome(row, both_sides(debates.generation, debates.voices, row.proposition, hits, read_, debate=row.debate))
        for row, hits, read_ in found
    ])  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", choices=["a", "b", "choose", "report"], default="choose")
    parser.add_argument("--model", type=Path, default=NAMES["on"])
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder, judge = prepare_encoder(settings.model, settings.index), OnnxJudge.open(given.model)
    for labels in (True, False):
        corpus, contested = corpus_of(given.part, settings, labels=labels)
        debates = debater(settings, encoder, judge, corpus, f"sides-{given.part}-{labels}")
        found = list(readings(debates, judge, contested))
        if labels:
            names, values, right = zip(*features(debates, found), strict=True)
            model, given_values = LogisticRegression(), np.array(values, dtype=float)
            apart = cross_val_predict(
                model,
                given_values,
                right,
                groups=names,
                cv=GroupKFold(FOLDS),
                method="predict_proba",
            )
            print(
                f"{len(right)} pairs of quote and side, {sum(right)} right; AUROC on other debates {roc_auc_score(right, apart[:, 1]):.3f}"
            )
            read_, label = model.fit(given_values, right).coef_[0]
            print(f"WEIGHTS = ({read_:.2f}, {label:.2f}, {model.intercept_[0]:.2f})")
            stance.WEIGHTS = (read_, label, model.intercept_[0])
        print("labels" if labels else "no labels")
        for likely, leans in product(SHOWN, [USUAL.leans] if labels else LEANS):
            bar = {"labelled": likely} if labels else {"shown": likely, "leans": leans}
            print(f"| {likely} | {leans} {columns_by(debates, found, **bar).text}")


if __name__ == "__main__":
    main()
