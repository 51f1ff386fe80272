"""The project's own labelled policy texts made into training examples for the ranker.

`benchmarks/policy/written` holds invented documents of many kinds on eighty debates, with freely
worded questions, questions that come near but have no answer, and sides on propositions;
`benchmarks/policy/passages` holds the same labels for passages of the IBM set, which lie in the
evaluation data and are named by their offsets. Halves "a" and "b" are never trained on.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ranker_examples import (
    AGAINST,
    FOR,
    NEITHER,
    Candidate,
    Group,
    Opinion,
    Retriever,
    Window,
    holds,
    read,
    windows,
)

HOME = Path(__file__).parent / "policy"
RIGHT, WRONG = 1, 3  # windows of a group
SIDES = {"for": FOR, "against": AGAINST, "neutral": NEITHER}


@dataclass(frozen=True)
class Labelled:
    """One of the two sets: documents by id, what each is about, and its folder of labels."""

    folder: Path
    documents: dict[str, dict[str, Any]]
    topic: dict[str, str]


def sets(data: Path, home: Path = HOME) -> Iterator[Labelled]:
    """Both sets; topics are what must not be split between training and measuring."""
    written = {row["id"]: row for row in read(home / "written" / "corpus.jsonl")}
    yield Labelled(home / "written", written, {name: row["debate"] for name, row in written.items()})
    source = data / "ibm-claim-stance"
    passages = {row["id"]: row for row in read(source / "corpus.jsonl")}
    motion = {row["doc_id"]: row["query_id"] for row in read(source / "qrels.jsonl")}
    yield Labelled(home / "passages", passages, motion)


def fold(row: dict[str, Any]) -> int:
    """Halves "a" and "b", whole topics and motions, make up the fold that is held out."""
    return 0 if row["half"] == "train" else 1


def lead(document: dict[str, Any]) -> str:
    """What stands before a window's text when the product asks the ranker."""
    title, author = document.get("title", "").replace("_", " "), document.get("author")
    return f"{author}: {title}" if author else title


def policy_groups(labelled: Labelled, draw: random.Random) -> Iterator[Group]:
    """Each question with a right window, if there is one, and wrong ones: the lure and its neighbours first."""
    own: dict[str, list[Window]] = {name: windows(row) for name, row in labelled.documents.items()}
    every = [window for found in own.values() for window in found]
    retriever = Retriever([window.text for window in every])
    rows = {row["query_id"]: row for row in read(labelled.folder / "qrels.jsonl")}
    for query in read(labelled.folder / "queries.jsonl"):
        row = rows[query["id"]]
        home = row["doc_id"]
        ranked = [every[number] for number in retriever.nearest(query["text"], 60)]
        here = [window for window in dict.fromkeys([*ranked, *own[home]]) if window.document == home]
        gold = [window for window in here if touches(window, row["evidence"])]
        fine = [window for window in here if touches(window, row.get("also", []), 0.3)]
        lures = [window for window in here if touches(window, row.get("lure", []))]
        near = [window for window in here if window not in gold and window not in fine and window not in lures]
        far = [window for window in ranked if labelled.topic[window.document] != labelled.topic[home]]
        if not gold and query["answerable"]:
            continue
        draw.shuffle(gold)
        wrong = [*lures, *near[: WRONG - 1], *far[:2]][: WRONG if gold else WRONG + 1]
        chosen = [*gold[:RIGHT], *wrong]
        title = lead(labelled.documents[home])
        candidates = tuple(
            Candidate(window.text, title if window.document == home else lead(labelled.documents[window.document]),
                      answers=window in gold) for window in chosen)  # fmt: skip
        yield Group(query["text"], candidates, fold(query))


def touches(window: Window, spans: Sequence[dict[str, Any]], share: float = 0.8) -> bool:
    """Whether the window holds this much of one of the spans."""
    return any(holds(window, span, share) for span in spans)


def policy_opinions(labelled: Labelled) -> Iterator[Opinion]:
    """The labelled sides; a sentence that takes none is NEITHER."""
    for row in read(labelled.folder / "stances.jsonl"):
        text = labelled.documents[row["doc_id"]]["text"][row["start"] : row["end"]]
        yield Opinion(row["proposition"], text, SIDES[row["side"]], fold(row), "policy")


def policy_examples(data: Path, seed: int) -> tuple[list[Group], list[Opinion]]:
    """Everything in both sets, in a fixed order."""
    draw = random.Random(seed)
    groups: list[Group] = []
    pairs: list[Opinion] = []
    for labelled in sets(data):
        groups += policy_groups(labelled, draw)
        pairs += policy_opinions(labelled)
    return groups, pairs
