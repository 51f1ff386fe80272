"""Fit the confidence: logistic regression of "one of three quotes is right" on the features.

    python benchmarks/fit_calibration.py --data FOLDER_WITH_eval --index index

Every labelled set is asked its own questions and questions of another set, which nothing in it
answers. The real debates' part `choose` counts most, each debate on its own; half "a" of the debate
set counts without titles and authors, as operators often bring documents, and of squad2 and clapnq
the fold that no ranker learned. The article's own questions and the halves "b" are never used.
Prints the constants for answers/confidence.py.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from debates import HOME, asked
from ranker_examples import folds, read
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_predict

from pullquote.answers.answer import cite
from pullquote.answers.confidence import FEATURES, features
from pullquote.answers.select import select
from pullquote.corpus.corpus import Corpus
from pullquote.corpus.documents import Source
from pullquote.index import build_index
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean
from pullquote.index.search import Sought, rerank, retrieve
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.interaction import bundled
from pullquote.models.ranker import OnnxRanker, Ranker
from pullquote.settings import Settings
from pullquote_eval.datasets import Dataset, Evidence, LabelledQuestion, load_dataset
from pullquote_eval.evaluate import is_hit

ROOT = Path(__file__).parents[1]
STRANGERS = 200  # questions of another set, asked of each
# Of the features those that tell more than noise: without a ranker what late interaction says, the passage's cosine and
# names that are missing; with one its logit and margin, late interaction, and the cosine below NEAR.
PLAIN = np.array([0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
RANKED = np.array([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0])
HELD = 1  # the fold that the ranker never learned
STRANGE_SHARE = (
    0.3  # of a set's weight; with the ranker, which knows them by itself, a third of that
)
Row = tuple[tuple[float, ...], bool, bool]  # features, right, strange


class Asker:
    """Asks one snapshot and tells features and whether a quote is right."""

    def __init__(self, generation: Generation, encoder: Encoder, ranker: Ranker | None) -> None:
        self.generation = generation
        self.ranker = ranker
        self.encoder = encoder

    def ask(
        self, text: str, documents: range, evidence: tuple[Evidence, ...], *, strange: bool
    ) -> Iterator[Row]:
        words = " ".join(text.split())
        plain = clean(words)
        sought = Sought(words, self.encoder.encode([plain])[0], bundled().query(plain))
        hits = retrieve(self.generation, sought, documents)
        if self.ranker:
            hits = rerank(self.generation, words, hits, self.ranker)
        choices = select(self.generation, words, hits, 3)
        if choices:
            cited = cite([(choice, ()) for choice in choices])
            right = any(is_hit(citation, evidence) for citation in cited)
            read = sorted(
                (hit.relevance for hit in hits if hit.relevance is not None), reverse=True
            )
            told = [read[0], read[0] - read[min(1, len(read) - 1)]] if read else []
            yield (*features(self.generation, words, choices), *told), right, strange

    def whole(
        self, questions: list[LabelledQuestion], strangers: list[LabelledQuestion]
    ) -> list[Row]:
        everything = range(len(self.generation.rows))
        rows = [
            row
            for q in questions
            for row in self.ask(q.text, everything, q.evidence, strange=False)
        ]
        return rows + [
            row for q in strangers for row in self.ask(q.text, everything, (), strange=True)
        ]

    def apart(
        self, questions: list[LabelledQuestion], strangers: list[LabelledQuestion]
    ) -> list[Row]:
        """Each question to its own debate; strangers to one debate after the other."""
        rows: list[Row] = []
        for q in questions:
            rows += self.ask(
                asked(q), self.generation.documents_of(q.debate), q.evidence, strange=False
            )
        debates = sorted({q.debate for q in questions if q.debate})
        for place, stranger in enumerate(strangers):
            home = self.generation.documents_of(debates[place % len(debates)])
            rows += self.ask(stranger.text, home, (), strange=True)
        return rows


def unlearned(dataset: Dataset, folder: Path) -> list[LabelledQuestion]:
    """The questions on the fold of a public set that the ranker never learned."""
    title = {
        document.id: (document.source.title or "").replace("_", " ")
        for document in dataset.corpus.documents
    }
    part = folds(list(title.values()))
    home = {label["query_id"]: label["doc_id"] for label in read(folder / "qrels.jsonl")}
    return [
        q for q in dataset.questions if q.answerable is not None and part[title[home[q.id]]] == HELD
    ]


def collect(
    data: Path, settings: Settings, encoder: Encoder, ranker: Ranker | None
) -> Iterator[tuple[float, list[Row]]]:
    """Each set's share of the weight and its rows."""
    clapnq = load_dataset(data / "eval" / "clapnq-dev", settings)
    squad = load_dataset(data / "eval" / "squad2-dev-half", settings)
    debate = load_dataset(ROOT / "tests/gold/debate", settings)
    untitled = Corpus(
        tuple(replace(document, source=Source()) for document in debate.corpus.documents)
    )

    def asker(dataset: Dataset, corpus: Corpus | None = None, name: str | None = None) -> Asker:
        place = replace(settings, index=settings.index / "eval" / (name or dataset.name))
        built = build_index(place, encoder, corpus=corpus or dataset.corpus, interaction=bundled())
        return Asker(built.generation, encoder, ranker)

    half = [question for question in debate.questions if question.half == "a"]
    strangers = list(squad.questions[-STRANGERS:])
    real = load_dataset(HOME / "choose", settings)
    yield 0.6, asker(real, name="debates-choose").apart(list(real.questions), strangers)
    yield 0.1, asker(clapnq).whole(unlearned(clapnq, data / "eval/clapnq-dev"), strangers)
    some = unlearned(squad, data / "eval/squad2-dev-half")[::2]
    yield 0.1, asker(squad).whole(some, list(clapnq.questions[-STRANGERS:]))
    yield 0.2, asker(debate, untitled, "debate-untitled").whole(half, strangers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--ranker", type=Path, help="fit to this ranker's scores")
    given = parser.parse_args()
    settings = Settings(index=given.index)
    ranker = OnnxRanker.open(given.ranker) if given.ranker else None
    table: list[Row] = []
    weights: list[float] = []
    stranger_share = STRANGE_SHARE / 2
    for share, rows in collect(
        given.data, settings, prepare_encoder(settings.model, settings.index), ranker
    ):
        strange = sum(row[2] for row in rows)
        own = len(rows) - strange
        table += rows
        weights += [
            share * (stranger_share / strange if row[2] else (1 - stranger_share) / own)
            for row in rows
        ]
    values = np.array([row[0] for row in table])
    right = np.array([row[1] for row in table])
    weight = np.array(weights) * len(weights)
    kept = RANKED if ranker else PLAIN
    mixed = values * kept
    model = LogisticRegression(C=100.0, max_iter=5_000)
    params = {"sample_weight": weight}
    held = cross_val_predict(model, mixed, right, cv=5, method="predict_proba", params=params)[:, 1]
    model.fit(mixed, right, sample_weight=weight)
    fitted = model.coef_[0] * kept
    print(
        f"{len(right)} questions, held-out AUROC {roc_auc_score(right, held, sample_weight=weight):.3f}"
    )
    print("features", FEATURES)
    print(
        f"{'RANKED' if ranker else 'DEFAULT'} = Calibration({model.intercept_[0]:.3f}, ({', '.join(f'{c:.3f}' for c in fitted)}))"
    )


if __name__ == "__main__":
    main()
