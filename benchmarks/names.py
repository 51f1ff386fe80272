"""Ask every question of tests/gold/names and tell whose words are shown first; the table of benchmarks/results/names.md.

PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/names.py [--each]
"""

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullquote.answers.query import Query
from pullquote.models.encoder import Encoder, prepare_encoder
from pullquote.models.ranker import open_ranker
from pullquote.settings import Settings
from pullquote.sides.stance import Citation
from pullquote_eval.datasets import LabelledQuestion, load_dataset
from pullquote_eval.evaluate import is_hit, open_set

GOLD = Path(__file__).parents[1] / "tests" / "gold" / "names"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked: whether it was answered, whose words came first and beside, and whether a right quote is shown."""

    question: LabelledQuestion
    answered: bool
    theirs: bool
    all_theirs: bool
    right_first: bool
    right: bool


def ask_all(settings: Settings, encoder: Encoder) -> Iterator[Asked]:
    """Ask every question as a visitor would, at the shipped threshold."""
    dataset = load_dataset(GOLD, settings)
    explainer = open_set(
        dataset, settings, encoder, lambda done, of: None, open_ranker(settings.reranker)
    )
    whose = dict(_theirs())
    for question in dataset.questions:
        answer = explainer.ask(Query(question=question.text))
        quotes = answer.citations
        yield Asked(
            question,
            answered=answer.answered and answer.confidence >= settings.threshold,
            theirs=bool(quotes) and _is_theirs(quotes[0], whose.get(question.id, {})),
            all_theirs=all(_is_theirs(quote, whose.get(question.id, {})) for quote in quotes),
            right_first=bool(quotes) and is_hit(quotes[0], question.evidence),
            right=any(is_hit(quote, question.evidence) for quote in quotes),
        )


def _theirs() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for line in (GOLD / "queries.jsonl").read_bytes().decode("utf-8").split("\n"):
        if line:
            row = json.loads(line)
            yield row["id"], row.get("theirs", {})


def _is_theirs(quote: Citation, theirs: Mapping[str, Any]) -> bool:
    """Whether a quote stands in what the asked one wrote, or on a range where another reports them."""
    document, span = quote.quote.document.id, quote.quote.span
    return document in theirs.get("documents", ()) or any(
        one["document_id"] == document and one["start"] < span.end and span.start < one["end"]
        for one in theirs.get("spans", ())
    )


def row(name: str, asked: Sequence[Asked]) -> str:
    """A row of the table."""
    can = [one for one in asked if one.question.answerable]
    given = [one for one in can if one.answered]
    silent = [one for one in asked if not one.question.answerable and not one.answered]
    cells = (
        name, f"{len(given)} of {len(can)}", f"{sum(one.theirs for one in given)} of {len(given)}",
        f"{sum(one.all_theirs for one in given)} of {len(given)}",
        f"{sum(one.right_first for one in given)} / {sum(one.right for one in given)}",
        f"{len(silent)} of {len(asked) - len(can)}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def table(asked: Iterable[Asked]) -> str:
    """Figures of the halves and of all, in Markdown."""
    everything = list(asked)
    halves = sorted({one.question.half or "" for one in everything})
    heads = "| part | answered | first quote is theirs | every quote is theirs | right first / among three | silent where they say nothing |"
    lines = [row(half, [one for one in everything if one.question.half == half]) for half in halves]
    return "\n".join([heads, "|" + " --- |" * 6, *lines, row("all", everything)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", action="store_true", help="print every question too")
    each = parser.parse_args().each
    settings = Settings.read(os.environ)
    asked = list(ask_all(settings, prepare_encoder(settings.model, settings.index)))
    if each:
        for one in asked:
            told = "theirs" if one.theirs else "others'"
            print(one.question.id, told if one.answered else "silent", one.question.text)
    print(table(asked))


if __name__ == "__main__":
    main()
