"""Measure a language model that points beside the built-in ranker, on the same few questions of each set.

    python benchmarks/pointed.py URL MODEL [--questions N] [--seconds S] [--debate NAME]... [SET ...]

Figures are of the questions on which the model had a say. The sets are those of evaluate.py by name; the article's and the debates kept for choosing where none is named. The
questions are taken evenly from each set, or from the debates named, of which alone the documents are then indexed.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from evaluate import datasets

from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings
from pullquote_eval.datasets import Dataset
from pullquote_eval.evaluate import figures, run, table


def fewer(dataset: Dataset, count: int, debates: Sequence[str]) -> Dataset:
    """A set with so many of its questions, taken evenly from those that are decided."""
    if named := {*debates} & {document.debate for document in dataset.corpus.documents}:
        kept = tuple(document for document in dataset.corpus.documents if document.debate in named)
        asked = tuple(question for question in dataset.questions if question.debate in named)
        dataset = replace(dataset, corpus=replace(dataset.corpus, documents=kept), questions=asked)
    decided = [question for question in dataset.questions if question.answerable is not None]
    step = max(1, len(decided) / count)
    return replace(
        dataset,
        questions=tuple(decided[int(place * step)] for place in range(min(count, len(decided)))),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("model")
    parser.add_argument("sets", nargs="*", default=["article", "debates-choose"])
    parser.add_argument("--debate", action="append", default=[])
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    pointed = replace(
        settings, llm_url=given.url, llm_model=given.model, llm_seconds=given.seconds, llm_daily_tokens=0, llm_key=settings.llm_key
    )  # fmt: skip
    encoder, rows = prepare_encoder(settings.model, settings.index), []
    for dataset in islice(
        (one for one in datasets(settings) if one.name in given.sets), len(given.sets)
    ):
        some = fewer(dataset, given.questions, given.debate)
        without, trials = run(some, settings, encoder), run(some, pointed, encoder)
        faults = Counter(trial.fault for trial in trials if trial.fault)
        print(
            f"{dataset.name}: {len(trials)} questions, faults: {dict(faults) or 'none'}",
            file=sys.stderr,
            flush=True,
        )
        told = {trial.question.id for trial in trials if not trial.fault}
        for name, asked in (("ranker", without), (given.model, trials)):
            kept = [trial for trial in asked if trial.question.id in told]
            rows.append(figures(f"{dataset.name}, {name}", kept, settings.threshold))
    print(table(rows))


if __name__ == "__main__":
    main()
