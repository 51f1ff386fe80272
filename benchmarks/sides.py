"""Measure both sides on the ten propositions of tests/gold/sides, with and without the operator's labels.

    python benchmarks/sides.py [--model FOLDER] [--quotes]

Needs PULLQUOTE_EVAL_DATA for the demonstration documents. FOLDER holds a ranker (config.json, tokenizer.json
and three graphs) other than the bundled one.
"""

import argparse
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from pullquote.corpus.corpus import Corpus
from pullquote.corpus.documents import Document, Position
from pullquote.index import build_index
from pullquote.index.layout import STANCES
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.ranker import NAMES, OnnxJudge
from pullquote.models.reader import bundled
from pullquote.settings import Settings
from pullquote.sides.book import StanceBook
from pullquote.sides.columns import Sides
from pullquote.sides.debater import sides_of
from pullquote.sides.stance import Citation, Judge
from pullquote.voice.book import VoiceBook, line_of
from pullquote_eval.datasets import load_dataset

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold" / "sides"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was given for one proposition: for each side that exists whether a right quote came; for the others silence."""

    id: str
    sides: Sides
    right: Mapping[str, bool]
    silent: Mapping[str, bool]
    labelled: tuple[int, int]
    """Shown quotes that carry a gold label, and those of them on their right side."""


def propositions() -> list[dict[str, Any]]:
    """The gold, a line each."""
    return [
        json.loads(line)
        for line in (GOLD / "propositions.jsonl").read_bytes().decode().split("\n")
        if line
    ]


def labelled_corpus(settings: Settings, *, labels: bool) -> Corpus:
    """The article and the demonstration documents as one debate, with the operator's labels or without any."""
    corpus = load_dataset(ROOT / "tests/gold/debate", settings).corpus
    given = json.loads((GOLD / "positions.json").read_bytes()) if labels else {}
    named = {row["id"]: row["proposition"] for row in propositions()}

    def position(document: Document) -> tuple[Position, ...]:
        return tuple(
            Position(named[name], side)
            for name, sides in given.items()
            for side, documents in sides.items()
            if document.id in documents
        )

    return Corpus(
        tuple(
            replace(one, positions=position(one), proposition=None, side=None)
            for one in corpus.documents
        )
    )


def debater(settings: Settings, encoder: Encoder, judge: Judge, *, labels: bool) -> StanceBook:
    """An index of that corpus, judged anew for each proposition."""
    own = replace(settings, index=settings.index / "eval" / f"sides-{labels}")
    built = build_index(
        own, encoder, lambda draft: draft.add(STANCES, b"[]"), attribute=partial(line_of, bundled()),
        corpus=labelled_corpus(settings, labels=labels),
    )  # fmt: skip
    generation = built.generation
    return StanceBook(
        generation, VoiceBook(generation), lambda text: encoder.encode([text])[0], lambda: judge
    )


def outcomes(debates: StanceBook) -> Iterator[Outcome]:
    """Ask for both sides of each proposition and hold what comes against the gold."""
    for row in propositions():
        found = sides_of(debates, row["proposition"])
        shown = {"for": found.favour, "against": found.against}
        hits = {side: [_labels(row, citation) for citation in shown[side]] for side in shown}
        yield Outcome(
            row["id"], found,
            {side: any(side in labels for labels in hits[side]) for side in row["sides"]},
            {side: not shown[side] for side in shown if side not in row["sides"]},
            (sum(bool(labels) for each in hits.values() for labels in each),
             sum(side in labels for side, each in hits.items() for labels in each)),
        )  # fmt: skip


def _labels(row: Mapping[str, Any], citation: Citation) -> set[str]:
    """The gold sides of the sentences in a quote."""
    span = citation.quote.span
    return {
        label["side"] for label in row["labels"]
        if label["document_id"] == citation.quote.document.id and label["start"] < span.end and span.start < label["end"]
    }  # fmt: skip


def table(found: list[Outcome]) -> str:
    """One line a proposition, then the sums."""
    lines = ["| proposition | for | against | gap said |", "| --- | --- | --- | --- |"]
    for one in found:
        cells = [
            _cell(one, "for", len(one.sides.favour)),
            _cell(one, "against", len(one.sides.against)),
        ]
        lines.append(
            f"| {one.sides.proposition} | {cells[0]} | {cells[1]} | {one.sides.gap or ''} |"
        )
    right = [value for one in found for value in one.right.values()]
    silent = [value for one in found for value in one.silent.values()]
    shown, true = (sum(one.labelled[place] for one in found) for place in (0, 1))
    lines.append("")
    lines.append(
        f"Side coverage {sum(right)} of {len(right)}; honest gaps {sum(silent)} of {len(silent)}; "
    )
    lines.append(f"shown quotes that the gold labels: {shown}, on their right side {true}.")
    return "\n".join(lines)


def _cell(one: Outcome, side: str, count: int) -> str:
    if side in one.silent:
        return "absent, silent" if one.silent[side] else f"absent, but {count} shown"
    return ("right" if one.right[side] else "none right") + f" ({count})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=NAMES["on"])
    parser.add_argument(
        "--labels-only", action="store_true", help="leave out the run without labels"
    )
    parser.add_argument("--quotes", action="store_true", help="print every quote too")
    given = parser.parse_args()
    settings = Settings.read(os.environ)
    encoder, judge = prepare_encoder(settings.model, settings.index), OnnxJudge.open(given.model)
    for labels in (True,) if given.labels_only else (False, True):
        found = list(outcomes(debater(settings, encoder, judge, labels=labels)))
        print(f"\n{'With' if labels else 'Without'} the operator's labels\n\n{table(found)}")
        for one in found if given.quotes else ():
            print(f"\n## {one.sides.proposition}")
            for citation in (*one.sides.favour, *one.sides.against, *one.sides.context):
                print(
                    f"{citation.stance.side if citation.stance else ''}: {citation.quote.document.id} {citation.quote.text}"
                )


if __name__ == "__main__":
    main()
