"""Fit the confidence: logistic regression of "one of three quotes is right" on the features.

    python benchmarks/fit_calibration.py --data FOLDER_WITH_eval --index index

Every labelled set is asked its own questions and questions of another set, which nothing in it
answers. Half "a" of the debate set counts in three forms: as it is, without titles and authors (as
operators often bring documents), and one untitled document at a time (a corpus may be a single
article). With the ranker, half "a" of the policy texts counts too, each debate on its own, and of
squad2 and clapnq only the fold that the ranker never learned; without it they count little, since
encyclopedia questions repeat their text's words and people in a debate do not. The article's own
questions and the halves "b" are never used. Prints the constants for app/pullquote/calibrate.py.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
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
from pullquote.index.search import rerank, retrieve
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.ranker import OnnxRanker, Ranker
from pullquote.settings import Settings
from pullquote.upkeep.evaluate import Dataset, Evidence, LabelledQuestion, is_hit, load_dataset

ROOT = Path(__file__).parents[1]
ARTICLE = "cartels-misra-conversation"
STRANGERS = 200  # questions of another set, asked of each
# With the ranker only the scale and the constant are fitted: near, dense and its logit, in shares that were chosen
# on sets of several kinds (docs/quality.md).
MIX = np.array([4.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5])
HELD = 1  # the fold that the ranker never learned
SQUAD = 1_000  # questions of the largest set, which counts little
STRANGE_SHARE = 0.3  # of a set's weight; with the ranker, which knows them by itself, a third of that
Row = tuple[tuple[float, ...], bool, bool]  # features, right, strange


class Asker:
    """Asks one snapshot and tells features and whether a quote is right."""

    def __init__(self, generation: Generation, encoder: Encoder, ranker: Ranker | None) -> None:
        self.generation = generation
        self.ranker = ranker
        self.encoder = encoder

    def ask(self, text: str, documents: range, evidence: tuple[Evidence, ...], *, strange: bool) -> Iterator[Row]:
        words = " ".join(text.split())
        hits = retrieve(self.generation, words, self.encoder.encode([words])[0], documents)
        if self.ranker:
            hits = rerank(self.generation, words, hits, self.ranker)
        choices = select(self.generation, words, hits, 3)
        if choices:
            cited = cite([(choice, ()) for choice in choices])
            right = any(is_hit(citation, evidence) for citation in cited)
            read = [hit.relevance for hit in hits if hit.relevance is not None]
            yield (*features(self.generation, words, choices), *([max(read)] if read else [])), right, strange

    def whole(self, questions: list[LabelledQuestion], strangers: list[LabelledQuestion]) -> list[Row]:
        everything = range(len(self.generation.rows))
        rows = [row for q in questions for row in self.ask(q.text, everything, q.evidence, strange=False)]
        return rows + [row for q in strangers for row in self.ask(q.text, everything, (), strange=True)]

    def apart(self, questions: list[LabelledQuestion], strangers: list[LabelledQuestion]) -> list[Row]:
        """Each question to its own debate; strangers to one debate after the other."""
        rows: list[Row] = []
        for q in questions:
            rows += self.ask(q.text, self.generation.documents_of(q.debate), q.evidence, strange=False)
        debates = sorted({q.debate for q in questions if q.debate})
        for place, stranger in enumerate(strangers):
            home = self.generation.documents_of(debates[place % len(debates)])
            rows += self.ask(stranger.text, home, (), strange=True)
        return rows

    def singly(self, questions: list[LabelledQuestion], strangers: list[LabelledQuestion]) -> list[Row]:
        count = len(self.generation.rows)
        rows: list[Row] = []
        for place, question in enumerate(questions):
            homes = [self.generation.number(name) for name in sorted(question.relevant - {ARTICLE})][:3]
            for home in homes or [place % count]:
                rows += self.ask(question.text, range(home, home + 1), question.evidence, strange=False)
        for place, stranger in enumerate(strangers):
            home = place % count
            rows += self.ask(stranger.text, range(home, home + 1), (), strange=True)
        return rows


def unlearned(dataset: Dataset, folder: Path) -> list[LabelledQuestion]:
    """The questions on the fold of a public set that the ranker never learned."""
    title = {document.id: (document.source.title or "").replace("_", " ") for document in dataset.corpus.documents}
    part = folds(list(title.values()))
    home = {label["query_id"]: label["doc_id"] for label in read(folder / "qrels.jsonl")}
    return [q for q in dataset.questions if q.answerable is not None and part[title[home[q.id]]] == HELD]


def collect(
    data: Path, settings: Settings, encoder: Encoder, ranker: Ranker | None
) -> Iterator[tuple[float, list[Row]]]:
    """Each set's share of the weight and its rows."""
    clapnq = load_dataset(data / "eval" / "clapnq-dev", settings)
    squad = load_dataset(data / "eval" / "squad2-dev-half", settings)
    debate = load_dataset(ROOT / "tests/gold/debate", settings)
    untitled = Corpus(tuple(replace(document, source=Source()) for document in debate.corpus.documents))

    def asker(dataset: Dataset, corpus: Corpus | None = None, name: str | None = None) -> Asker:
        place = replace(settings, index=settings.index / "eval" / (name or dataset.name))
        return Asker(build_index(place, encoder, corpus=corpus or dataset.corpus).generation, encoder, ranker)

    half = [question for question in debate.questions if question.half == "a"]
    strangers = list(squad.questions[-STRANGERS:])
    if ranker is None:
        yield 0.1, asker(clapnq).whole(list(clapnq.questions), strangers)
        yield 0.1, asker(squad).whole(list(squad.questions)[:SQUAD], list(clapnq.questions[-STRANGERS:]))
    else:
        policy = load_dataset(ROOT / "benchmarks/policy/written", settings)
        yield 0.1, asker(clapnq).whole(unlearned(clapnq, data / "eval/clapnq-dev"), strangers)
        yield (
            0.1,
            asker(squad).whole(unlearned(squad, data / "eval/squad2-dev-half"), list(clapnq.questions[-STRANGERS:])),
        )
        yield 0.4, asker(policy).apart([q for q in policy.questions if q.half == "a"][::3], strangers)
    yield 0.2, asker(debate).whole(half, strangers)
    bare = asker(debate, untitled, "debate-untitled")
    yield 0.2, bare.whole(half, strangers)
    yield 0.1 if ranker else 0.4, bare.singly(half, strangers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--ranker", action="store_true", help="fit RANKED, with the learned ranker's score")
    given = parser.parse_args()
    settings = Settings(index=given.index)
    ranker = OnnxRanker.open() if given.ranker else None
    table: list[Row] = []
    weights: list[float] = []
    stranger_share = STRANGE_SHARE / 3 if ranker else STRANGE_SHARE
    for share, rows in collect(given.data, settings, prepare_encoder(settings.model, settings.index), ranker):
        strange = sum(row[2] for row in rows)
        own = len(rows) - strange
        table += rows
        weights += [share * (stranger_share / strange if row[2] else (1 - stranger_share) / own) for row in rows]
    values = np.array([row[0] for row in table])
    right = np.array([row[1] for row in table])
    weight = np.array(weights) * len(weights)
    mixed = values @ MIX[:, None] if ranker else values
    model = LogisticRegression(C=100.0, max_iter=5_000)
    params = {"sample_weight": weight}
    held = cross_val_predict(model, mixed, right, cv=5, method="predict_proba", params=params)[:, 1]
    model.fit(mixed, right, sample_weight=weight)
    fitted = model.coef_[0] * MIX if ranker else model.coef_[0]
    print(f"{len(right)} questions, held-out AUROC {roc_auc_score(right, held, sample_weight=weight):.3f}")
    print("features", FEATURES)
    print(
        f"{'RANKED' if ranker else 'DEFAULT'} = Calibration({model.intercept_[0]:.3f}, ({', '.join(f'{c:.3f}' for c in fitted)}))"
    )


if __name__ == "__main__":
    main()
