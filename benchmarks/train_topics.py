"""Learn which of the names that several documents use are worth a question, from the labelled questions of real debates.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/train_topics.py [--out app/pullquote/upkeep/topics.json]

A name counts as asked for where a question of its debate holds its words and at most `COMMON` of the 60 debates to learn
from use it: what all of them speak of ("people") is no topic of one. The model is logistic, on the default encoder's
vector of the name and a few figures. It is fitted on `learn`; what is printed is of `choose`.
"""

import argparse
import json
import os
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from debates import HOME
from debates import topics as all_debates
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.index.lexical import stems
from pullquote.models.encoder import prepare_encoder
from pullquote.settings import Settings
from pullquote.upkeep.topics import Topic, topics

COMMON = 6  # debates of those to learn from that may use a name
FIRST = 10  # names of a debate, best first, of which the share that was asked for is printed
OUT = Path(__file__).parents[1] / "app" / "pullquote" / "upkeep" / "topics.json"

Debate = tuple[
    list[Topic], int, list[frozenset[str]]
]  # its names, how many documents it has, its questions' stems


def debates(part: str, data: Path) -> list[Debate]:
    """The debates of a part."""
    asked = defaultdict(list)
    for row in map(
        json.loads, (HOME / part / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    ):
        asked[row["debate"]].append(stems(row["text"]))
    found = []
    for name, debate in all_debates(data).items():
        if name in asked:
            documents = [document for _, document in debate.documents]
            texts = [
                [
                    " ".join(one.span.cut(each.text).split())
                    for one in split_sentences(each)
                    if one.kind is Kind.PROSE
                ]
                for each in documents
            ]
            people = {word for each in documents for word in (each.source.author or "").split()}
            found.append((topics(texts, frozenset(people)), len(documents), asked[name]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    settings, data = Settings.read(os.environ), Path(os.environ["PULLQUOTE_EVAL_DATA"])
    encoder = prepare_encoder(settings.model, settings.index)
    parts = {part: debates(part, data) for part in ("learn", "choose")}
    used = Counter(frozenset(stems(one.words)) for found, _, _ in parts["learn"] for one in found)

    def rows(debate: Debate) -> tuple[np.ndarray, np.ndarray]:
        found, count, asked = debate
        vectors = encoder.encode([one.words for one in found])
        values = np.hstack([vectors, [one.figures(count) for one in found]])
        return values, np.array(
            [
                used[one.stems] <= COMMON and any(one.stems <= each for each in asked)
                for one in found
            ]
        )

    learned = [rows(debate) for debate in parts["learn"]]
    model = LogisticRegression(max_iter=3000, fit_intercept=False)
    model.fit(
        np.vstack([values for values, _ in learned]), np.hstack([asked for _, asked in learned])
    )
    weights, held = model.coef_[0], [rows(debate) for debate in parts["choose"]]
    first = [asked[np.argsort(-(values @ weights))[:FIRST]].mean() for values, asked in held]
    every = np.vstack([values for values, _ in held]) @ weights
    area = roc_auc_score(np.hstack([asked for _, asked in held]), every)
    print(f"AUROC {area:.3f}, asked for of the first {FIRST}: {np.mean(first):.2f}")
    size = len(weights) - len(Topic("a", {0: 1}).figures(1))
    parted = {"meaning": weights[:size], "figures": weights[size:]}
    told = {name: [round(float(weight), 3) for weight in part] for name, part in parted.items()}
    given.out.write_text(json.dumps(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
