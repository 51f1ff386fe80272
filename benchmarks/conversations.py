"""How well conversations go: routes recognised, follow-ups answered, and nothing shown twice.

    python benchmarks/conversations.py fit
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/conversations.py routes [PART...]
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/conversations.py turns [PART...] [--show FILE]

`conversations/README.md` tells the sets; `turns` asks each turn with the quotes that the turns before it were given, and
also the follow-ups of `debates/choose`. Nothing is held back for doubt; a silence is a confidence below the threshold.
"""

import argparse
import json
import os
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.corpus.english import LANGUAGE as ENGLISH
from pullquote.index.lexical import words_of
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import open_ranker
from pullquote.settings import Settings
from pullquote.sides import routes as routing
from pullquote.sides.routes import Route, Router, cues, router
from pullquote.span import Span
from pullquote_eval.datasets import Evidence, load_dataset
from pullquote_eval.evaluate import is_hit, open_set

HOME = Path(__file__).parent
LABELLED = HOME / "debates" / "choose"
PARTS = ("choose", "report")
# Of fitting, chosen on `choose`: debates whose labels share a word that is none of the subject's, and how often a cue
# must come; what a question counts that is told as a later one, and an ordinary one; by how much in log-odds a question
# is held for a route rather than for none; and the weight below which a cue is left out.
DEBATES, TIMES, LATER, ORDINARY, DOUBT, SMALL = 3, 3, 0.3, 0.5, 0.75, 0.05
FLAG, STRENGTH = (
    3.0,
    40.0,
)  # how much coming later counts beside a vector, and how freely its weights are fitted
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def recognised(row: Row) -> Route:
    """The route that the program takes."""
    encode = bundled_encoder().encode
    follows = bool(row.get("history"))
    return router().route(row["text"], follows=follows, encode=lambda text: encode([text])[0])


def examples() -> tuple[list[Row], list[float]]:
    """The questions to learn from, and what each counts.

    Every one that was asked first is there again as one that was asked later, since either may be; the labelled
    questions of the debates are ordinary ones.
    """
    labelled = [row for row in rows(HOME / "conversations/routes.jsonl") if row["part"] == "learn"]
    later = [{**row, "history": ["?"]} for row in labelled if not row.get("history")]
    ordinary = rows(HOME / "debates/learn/queries.jsonl")
    known = [{**row, "route": Route.NONE, "debate": ""} for row in ordinary]
    weights = [1.0] * len(labelled) + [LATER] * len(later) + [ORDINARY] * len(known)
    return [*labelled, *later, *known], weights


def fit() -> None:
    """Learn the routes and write the weights beside the module that reads them."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    learned, counted = examples()
    wanted = [row["route"] for row in learned]
    routed = [row for row in learned if row["debate"]]
    debates: defaultdict[str, set[str]] = defaultdict(set)
    for row in routed:
        for stem in ENGLISH.stem(words_of(row["text"])):
            debates[stem].add(row["debate"])
    shared = {stem: () for stem, named in debates.items() if len(named) >= DEBATES}
    words = Router((), shared, np.zeros(0))

    def cues_of(row: Row) -> set[str]:
        stems = [stem for _, stem in words.words(row["text"])]
        return set(cues(stems, follows=bool(row.get("history"))))

    times = Counter(cue for row in routed for cue in cues_of(row))
    vectorizer = DictVectorizer()
    values = vectorizer.fit_transform({cue: 1 for cue in cues_of(row) if times[cue] >= TIMES} for row in learned)  # fmt: skip
    by_cues = LogisticRegression(max_iter=400).fit(values, wanted, sample_weight=counted)
    # As much as three of a vector, whose length is 1: it is only one value and tells much.
    later = np.array([[FLAG * bool(row.get("history"))] for row in learned])
    texts = [" ".join(word for word, _ in words.words(row["text"])) for row in learned]
    vectors = np.hstack([vectors_of(texts), later])
    by_vector = LogisticRegression(C=STRENGTH, max_iter=400).fit(vectors, wanted, sample_weight=counted)  # fmt: skip
    coefficients = by_vector.coef_ * ([1.0] * (vectors.shape[1] - 1) + [FLAG])
    names = [str(name) for name in by_cues.classes_]
    doubt = DOUBT * (by_cues.classes_ == Route.NONE)
    rows_of = [[round(value, 2) for value in row] for row in np.column_stack([coefficients, by_vector.intercept_ - doubt]).tolist()]  # fmt: skip
    table = {"": (by_cues.intercept_ - doubt).round(2).tolist()}
    for cue, column in zip(vectorizer.get_feature_names_out(), by_cues.coef_.T, strict=True):
        if abs(column).max() >= SMALL or cue in shared:
            table[cue] = column.round(2).tolist()
    lines = ",\n".join(f"{json.dumps(cue, ensure_ascii=False)}: {json.dumps(row)}" for cue, row in table.items())  # fmt: skip
    path = Path(routing.__file__).with_name("routes.json")
    vector_lines = ",\n".join(map(json.dumps, rows_of))
    path.write_text(f'{{"routes": {json.dumps(names)},\n"cues": {{\n{lines}\n}},\n"vector": [\n{vector_lines}\n]}}\n', "utf-8")  # fmt: skip
    print(f"{len(table):,} cues, {path.stat().st_size:,} bytes")


def vectors_of(texts: Sequence[str]) -> Vectors:
    encode = bundled_encoder().encode
    return np.concatenate([encode(list(texts[at : at + 64])) for at in range(0, len(texts), 64)])


@cache
def bundled_encoder() -> Encoder:
    with tempfile.TemporaryDirectory(prefix="pullquote-routes-") as folder:
        return prepare_encoder(Settings().model, Path(folder))


def routes(parts: Sequence[str]) -> None:
    """Print how many routes of each kind are right, and the ordinary questions that are taken for one."""
    for part in parts:
        labelled = [row for row in rows(HOME / "conversations/routes.jsonl") if row["part"] == part]
        right, kinds, confused = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
        for row in labelled:
            route = recognised(row)
            kinds[row["route"]] += 1
            right[row["route"]] += route == row["route"]
            confused[row["route"], route] += route != row["route"]
        wanted = len(labelled) - kinds["none"]
        print(f"{part}: right {right.total() - right['none']} of {wanted} that want one, "
              f"{kinds['none'] - right['none']} of {kinds['none']} look-alikes taken")  # fmt: skip
        print("  ", ", ".join(f"{kind} {right[kind]}/{kinds[kind]}" for kind in sorted(kinds)))
        print("  ", ", ".join(f"{want} as {route} {n}" for (want, route), n in confused.most_common(12)))  # fmt: skip
    for part in ("choose", "report"):
        questions = rows(HOME / "debates" / part / "queries.jsonl")
        taken = [row["text"] for row in questions if recognised(row) is not Route.NONE]
        print(f"labelled questions of debates/{part}: {len(taken)} of {len(questions):,} taken")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A turn of a conversation, and the ranges that answer it; `other` those of the other side."""

    text: str
    kind: str
    evidence: tuple[Evidence, ...]
    other: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    part: str
    debate: str
    turns: tuple[Labelled, ...]


def conversations() -> Iterator[Conversation]:
    """Those that were written, then the labelled follow-ups of the debates."""
    answers: dict[str, list[Evidence]] = {}
    for row in rows(LABELLED / "qrels.jsonl"):
        if row["relevance"] > 0:
            spans = [Span(mark["start"], mark["end"]) for mark in row["evidence"]]
            answers.setdefault(row["query_id"], []).extend((row["doc_id"], span) for span in spans)
    sides = {(row["debate"], row["proposition"]): row["sentences"] for row in rows(LABELLED / "sides.jsonl")}  # fmt: skip

    def turn(row: Row, debate: str) -> Labelled:
        kind = row.get("kind", "first")
        if "side" not in row:
            found = (each for name in row["answered_by"] for each in answers[name])
            return Labelled(row["text"], kind, tuple(dict.fromkeys(found)))
        told = [((name, Span(start, end)), side) for name, start, end, side, _ in sides[debate, row["proposition"]]]  # fmt: skip
        ours = tuple(place for place, side in told if side == row["side"])
        return Labelled(row["text"], kind, ours, tuple(place for place, side in told if side != row["side"]))  # fmt: skip

    parts = {}
    for row in rows(HOME / "conversations/turns.jsonl"):
        parts[row["debate"]] = row["part"]
        turns = tuple(turn(each, row["debate"]) for each in row["turns"])
        yield Conversation(row["id"], row["part"], row["debate"], turns)
    for row in rows(LABELLED / "queries.jsonl"):
        if row["answerable"] and row.get("history"):
            before = [Labelled(each["text"], "first", ()) for each in row["history"]]
            last = Labelled(row["text"], "labelled", tuple(answers[row["id"]]))
            yield Conversation(row["id"], parts[row["debate"]], row["debate"], (*before, last))


def overlapping(answer: Answer, shown: Sequence[Evidence]) -> list[bool]:
    """Of each quote of an answer, whether any of it was shown before."""
    return [
        any(name == each.quote.document.id and span.overlaps(each.quote.span) for name, span in shown)
        for each in answer.citations
    ]  # fmt: skip


def ask(explainer: Explainer, talk: Conversation, threshold: float) -> Iterator[Row]:
    """What comes of each follow-up, asked with what was shown before."""
    history: list[Turn] = []
    for turn in talk.turns:
        query = Query(question=turn.text, debate=talk.debate, history=tuple(history))
        answer = explainer.ask(query)
        shown = [place for earlier in history for place in earlier.quotes]
        repeats = overlapping(answer, shown)
        quotes = tuple((each.quote.document.id, each.quote.span) for each in answer.citations)
        hits = [is_hit(each, turn.evidence) for each in answer.citations]
        wrong = [is_hit(each, turn.other) for each in answer.citations]
        if history and turn.kind != "first":
            yield {
                "id": talk.id, "kind": turn.kind, "first": any(hits[:1]), "three": any(hits),
                "repeats first": any(repeats[:1]), "repeats": any(repeats), "silent": answer.confidence < threshold,
                "other side": any(wrong[:1]), "next": len(answer.suggestions),
                "before": [each.question for each in history], "text": turn.text,
                "resolved": answer.resolved_question, "quotes": [each.quote.text for each in answer.citations],
                "repeated": repeats, "hits": hits,
            }  # fmt: skip
        history.append(Turn(turn.text, quotes))


def turns(parts: Sequence[str], show: Path | None) -> None:
    """Print what came of the follow-ups of each kind."""
    settings = Settings.read(os.environ)
    encoder = prepare_encoder(settings.model, settings.index)
    dataset = load_dataset(LABELLED, settings)
    explainer = open_set(dataset, settings, encoder, lambda done, of: None, open_ranker(settings.reranker))  # fmt: skip
    told = [
        {"part": talk.part, **row}
        for talk in conversations()
        if talk.part in parts
        for row in ask(explainer, talk, settings.threshold)
    ]
    figures = ("first", "three", "repeats first", "repeats", "silent", "other side", "next")
    print("| follow-ups |", " | ".join(("number", *figures)), "|")
    print("| --- |", " | ".join("--:" for _ in range(len(figures) + 1)), "|")
    for part in parts:
        ours = [row for row in told if row["part"] == part]
        for kind in ("all", *dict.fromkeys(row["kind"] for row in ours)):
            of_kind = [row for row in ours if kind in ("all", row["kind"])]
            shares = (f"{sum(bool(row[name]) for row in of_kind) / len(of_kind):.3f}" for name in figures)  # fmt: skip
            print(f"| {part}, {kind} | {len(of_kind)} |", " | ".join(shares), "|")
    if show:
        show.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told), "utf-8")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("fit", "routes", "turns"))
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--show", type=Path, help="a file for each follow-up with its quotes")
    given = parser.parse_args()
    if given.what == "fit":
        fit()
    elif given.what == "routes":
        routes(given.parts)
    else:
        turns(given.parts, given.show)


if __name__ == "__main__":
    main()
