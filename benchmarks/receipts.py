"""Whether every receipt of ours verifies: golden answers, and answers and both sides drawn from the real debates.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/receipts.py [--debates NAME...] [--count 500]

A receipt that does not is printed with what is said to be wrong in it; it ends with their number.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from golden import HOME, rows
from verify_cases import demonstration, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.api.receipts import receipt_wire
from pullquote.api.wire import answer_wire, sides_wire
from pullquote.settings import Settings
from pullquote.upkeep.indexing import every_document, index_corpus

ROOT = Path(__file__).parents[1]
DEBATES = ("tariffs", "minimum-wage", "housing-costs", "cuba-embargo", "stem-cell-research")
FACTS = ("title", "author", "publisher", "date", "url", "licence")
QUESTIONS = ROOT / "benchmarks" / "debates"


def opened(folder: Path) -> Explainer:
    """An explainer over the corpus in a folder, indexed there."""
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    index_corpus(settings)
    return Explainer.open(settings)


def golden(folder: Path, data: Path) -> Iterator[tuple[Explainer, Mapping[str, Any]]]:
    """The answers to the golden questions, as they are sent."""
    write_corpus(folder / "corpus", demonstration(ROOT, data))
    explainer = opened(folder)
    for row in rows(HOME / "questions.jsonl"):
        history = tuple(Turn(turn["question"]) for turn in row.get("history", []))
        yield explainer, answer_wire(explainer.ask(Query(question=row["text"], history=history)))


def drawn(
    folder: Path, data: Path, debates: list[str], count: int
) -> Iterator[tuple[Explainer, Mapping[str, Any]]]:
    """Answers to questions of these debates, in a fixed draw, and both sides of their propositions."""
    for name in debates:
        topic = data / "real-debates" / name
        (folder / "corpus" / name).mkdir(parents=True)
        for row in rows(topic / "manifest.jsonl"):
            facts = [f"{key}: {json.dumps(row[key])}" for key in FACTS if row.get(key)]
            text = (topic / row["file"]).read_bytes().decode()
            file = folder / "corpus" / name / Path(row["file"]).name
            file.write_bytes("\n".join(["---", *facts, "---", text]).encode())
    explainer = opened(folder)
    asked = [
        row
        for path in sorted(QUESTIONS.glob("*/queries.jsonl"))
        for row in rows(path)
        if row["debate"] in debates
    ]
    argued = [
        row
        for path in sorted(QUESTIONS.glob("*/sides.jsonl"))
        for row in rows(path)
        if row["debate"] in debates
    ]
    random.Random(7).shuffle(asked)
    for row in argued:
        yield explainer, sides_wire(explainer.sides(row["proposition"], debate=row["debate"]))
    for row in asked[: count - len(argued)]:
        yield (
            explainer,
            answer_wire(explainer.ask(Query(question=row["text"], debate=row["debate"]))),
        )


def refused(receipts: Iterator[tuple[Explainer, Mapping[str, Any]]]) -> tuple[int, int]:
    """How many receipts there are, and how many of them do not verify; each of these is printed."""
    total = faults = 0
    documents: Any = None
    for explainer, body in receipts:
        documents = documents or every_document(explainer.settings)
        if "for" in body and not any(body[name] for name in ("for", "against", "context")):
            continue  # which is no receipt
        found = receipt_wire(json.dumps(body).encode(), documents, explainer.generation)
        total += 1
        if total % 50 == 0:
            print(f"{total} checked, {faults} refused", flush=True)
        if not found["ok"] or found["unknown"] or found["missing"]:
            faults += 1
            wrong = {
                key: value for key, value in found.items() if key not in ("quotes", "not_covered")
            }
            rows_wrong = [row["wrong"] for row in found["quotes"] if row["wrong"]]
            print(
                json.dumps([body.get("question") or body.get("proposition"), wrong, rows_wrong]),
                flush=True,
            )
    return total, faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debates", nargs="+", default=list(DEBATES))
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--only", choices=["golden", "drawn"], help="one kind of receipt")
    given = parser.parse_args()
    data, faults = Path(os.environ["PULLQUOTE_EVAL_DATA"]), 0
    with tempfile.TemporaryDirectory(prefix="pullquote-receipts-") as name:
        folder = Path(name)
        for kind, receipts in (
            ("golden", golden(folder / "golden", data)),
            ("drawn", drawn(folder / "drawn", data, given.debates, given.count)),
        ):
            if given.only not in (None, kind):
                continue
            total, wrong = refused(receipts)
            faults += wrong
            print(f"{kind}: {total - wrong} of {total} verify", flush=True)
    sys.exit(min(faults, 100))


if __name__ == "__main__":
    main()
