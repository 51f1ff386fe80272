"""Fit how likely a quote is to argue for a side, from what is read in it and what the operator says of its author.

    python benchmarks/fit_sides.py [--half a] [--model FOLDER]

Every quote that finding brings for the propositions of half a (`benchmarks/policy/written/sides.jsonl`: whole
debates, every sentence labelled), on each side that its operator's label allows. Prints the values for `WEIGHTS` in
app/pullquote/sides/stance.py, and how well they tell right from wrong in debates that they were not fitted on.
"""

import argparse
import math
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sides_debates import corpus_of, debater, labelled, told
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict

from pullquote.index.search import Role, cut
from pullquote.models.encoder import prepare_encoder
from pullquote.models.ranker import BUNDLED, OnnxRanker
from pullquote.settings import Settings
from pullquote.sides.debater import Debater
from pullquote.sides.judging import candidates, positions_of, read
from pullquote.sides.judging import labelled as label_of
from pullquote.sides.stance import LEAST, Citation, Side

FOLDS = 5
Row = tuple[str, tuple[float, float, bool], bool]  # debate, features, right


def rows_of(debates: Debater, judge: OnnxRanker, half: str) -> Iterator[Row]:
    """Each quote on each side that it may be on."""
    generation = debates.generation
    for row in labelled(half):
        proposition, documents = row["proposition"], generation.documents_of(row["debate"])
        encode = debates._encode  # noqa: SLF001
        hits = candidates(generation, proposition, encode, documents)
        readings = {hit.row: read(judge, proposition, cut(generation, hit).text) for hit in hits}
        for hit in hits:
            quote, reading = cut(generation, hit), readings[hit.row]
            voices = debates.voices.of_quote(quote)
            places = positions_of(generation, generation.number(quote.document.id), proposition)
            label = label_of(places, proposition, voices)
            gold = told(row, Citation(1, quote, Role.CLAIM, voices, 0.0))
            for side in (Side.FOR, Side.AGAINST):
                if label is None or label.side is side:
                    likely = math.log(max(LEAST, reading.probability(side)))
                    yield row["debate"], (likely, reading.relevance, label is not None), side.value in gold


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["a", "b"], default="a")
    parser.add_argument("--model", type=Path, default=BUNDLED)
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder, judge = prepare_encoder(settings.model, settings.index), OnnxRanker.open(given.model)
    corpus = corpus_of(settings, labelled(given.half), labels=True)
    debates = debater(settings, encoder, judge, corpus, f"sides-{given.half}-True")
    names, values, right = zip(*rows_of(debates, judge, given.half), strict=True)
    model, features = LogisticRegression(), np.array(values, dtype=float)
    apart = cross_val_predict(
        model, features, right, groups=names, cv=GroupKFold(FOLDS), method="predict_proba"
    )  # fmt: skip
    print(
        f"{len(right)} pairs of quote and side, {sum(right)} right; AUROC on other debates {roc_auc_score(right, apart[:, 1]):.3f}"
    )
    stance, relevance, label = model.fit(features, right).coef_[0]
    print(f"stance {stance:.2f}, relevance {relevance:.2f}, label {label:.2f}, base {model.intercept_[0]:.2f}")


if __name__ == "__main__":
    main()
