"""How well conversations go: routes recognised, follow-ups answered, and nothing shown twice.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/conversations.py routes [PART...]
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/conversations.py turns [PART...] [--show FILE]

`conversations/README.md` tells the sets; `turns` asks each turn with the quotes that the turns before it were given, and
also the follow-ups of `debates/choose`. Nothing is held back for doubt; a silence is a confidence below the threshold.
"""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.models.encoder import prepare_encoder
from pullquote.models.ranker import open_ranker
from pullquote.settings import Settings
from pullquote.sides.proposition import asks_for_both, side_asked
from pullquote.span import Span
from pullquote_eval.datasets import Evidence, load_dataset
from pullquote_eval.evaluate import is_hit, open_set

HOME = Path(__file__).parent
LABELLED = HOME / "debates" / "choose"
PARTS = ("choose", "report")
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def recognised(question: str, history: Sequence[str]) -> str:  # noqa: ARG001
    """The route that the program takes."""
    if asks_for_both(question):
        return "both"
    return str(side_asked(question) or "none")


def routes(parts: Sequence[str]) -> None:
    """Print how many routes of each kind are right, and the ordinary questions that are taken for one."""
    for part in parts:
        labelled = [row for row in rows(HOME / "conversations/routes.jsonl") if row["part"] == part]
        right, kinds, confused = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
        for row in labelled:
            route = recognised(row["text"], row.get("history", []))
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
        taken = [
            row["text"]
            for row in questions
            if recognised(row["text"], [turn["text"] for turn in row.get("history", [])]) != "none"
        ]
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
    parser.add_argument("what", choices=("routes", "turns"))
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--show", type=Path, help="a file for each follow-up with its quotes")
    given = parser.parse_args()
    if given.what == "routes":
        routes(given.parts)
    else:
        turns(given.parts, given.show)


if __name__ == "__main__":
    main()
