"""The project's own labelled policy texts made into training examples for the ranker.

`benchmarks/policy/written` holds invented documents of many kinds on 120 debates, with freely
worded questions, questions that come near but have no answer, and sides on propositions;
`benchmarks/policy/passages` holds the same labels for passages of the IBM set, which lie in the
evaluation data and are named by their offsets. Halves "a" and "b" are never trained on.
"""

import random
import re
from collections import defaultdict
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

from pullquote.documents import Source
from pullquote.rerank import lead as product_lead

HOME = Path(__file__).parent / "policy"
RIGHT, WRONG = 1, 3  # windows of a group
NAME = r"[A-Z][\w’'-]+(?: [A-Z][\w.’'-]+){0,2}"
SAYS = (
    "said|says|argued|argues|claimed|claims|told|warned|warns|insists|insisted|wrote|writes|replied|noted|added|"
    "believes|contends|testified|called"
)
SPEAKER = re.compile(
    rf"(?P<name>{NAME})(?:, [^,.]{{3,40}},)? (?:{SAYS})\b|(?:\bsaid|[Aa]ccording to) (?P<after>{NAME})"
)
CRITICS = re.compile(r"\b(?:critics|opponents|supporters|defenders|skeptics|advocates|experts)\b(?= (?:say|argue|claim|warn|of|point|note))",
                     re.IGNORECASE)  # fmt: skip
PAIR = re.compile(
    r"\b(?!(?:this|that|these|those|with|from|have|which|would|could|should|their|there|where|about|into|been|were|will|your|than|them|they|when|what|some|such|more|most|only|over|very|much|many|each)\b)[a-z]{4,}(?:ing|ed)?\b [a-z]{5,}(?:s|ion|ment|ity|ers?)\b"
)
FORMS = {
    "speaker": ("what did {} say?", "what does {} say?", "what does {} think?", "what does {} argue?", "what is {}'s view?",
                "what did {} claim?", "{}", "what does {} want?", "quote {}", "how does {} see it?"),
    "author": ("what does {} think?", "what does {} argue?", "what is {}'s view?", "where does {} stand?", "what does {} say?"),
    "critics": ("what do {} say?", "what do {} argue?", "what are the {} saying?", "what do the {} think of it?"),
    "topic": ("What is said about {}?", "what about {}?", "{}", "what do the sources say on {}?", "tell me about {}",
              "what is known about {}?", "is there anything on {}?"),
}  # fmt: skip
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
    """What stands before a window's text when the product asks the ranker, without its last stop."""
    source = Source(title=document.get("title", "").replace("_", " "), author=document.get("author"))
    return product_lead(source).removesuffix(". ")


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


def broad_groups(labelled: Labelled, draw: random.Random) -> Iterator[Group]:
    """Questions that name only who speaks or what of: "what did the minister say?", "what is said about rent?".

    The labelled questions ask for one thing each; people also ask broadly, and then any window that
    has the speaker's words, or speaks of the subject, is an answer. Half of the questions name a
    speaker or a subject of another document, and have none.
    """
    half = {row["doc_id"]: row["half"] for row in read(labelled.folder / "stances.jsonl")}
    own = {name: windows(labelled.documents[name]) for name in sorted(half)}
    named = {
        name: [(topic, window) for window in found for topic in subjects(window.text)] for name, found in own.items()
    }
    for name, found in own.items():
        other = draw.choice(
            [one for one in own if labelled.topic[one] != labelled.topic[name] and half[one] == half[name]]
        )
        for home in (name, other):
            for (kind, topic), window in picked(named[home], draw):
                key = topic.lower()
                right = [window] if home == name else []
                wrong = [one for one in found if key not in one.text.lower() and one != window]
                if key in lead(labelled.documents[name]).lower() or len(wrong) < WRONG:
                    continue
                if not right and len(wrong) < len(found):
                    continue
                chosen = [*right, *draw.sample(wrong, min(len(wrong), WRONG))]
                candidates = tuple(
                    Candidate(one.text, lead(labelled.documents[name]), answers=one in right) for one in chosen
                )
                yield Group(draw.choice(FORMS[kind]).format(topic), candidates, 0 if half[name] == "train" else 1)


def picked(
    named: Sequence[tuple[tuple[str, str], Window]], draw: random.Random
) -> list[tuple[tuple[str, str], Window]]:
    """One speaker, if there is one, and one subject."""
    speakers = [one for one in named if one[0][0] != "topic"]
    topics = [one for one in named if one[0][0] == "topic"]
    return draw.sample(speakers, min(1, len(speakers))) + draw.sample(topics, min(1, len(topics)))


def author_groups(labelled: Labelled, draw: random.Random) -> Iterator[Group]:
    """What an author thinks is what stands in the author's document, whatever others say of the same debate."""
    sided = [row for row in read(labelled.folder / "stances.jsonl") if row["side"] != "neutral"]
    by_document: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sided:
        by_document[row["doc_id"]].append(row)
    for name, rows in by_document.items():
        document = labelled.documents[name]
        if not document.get("author"):
            continue
        others = [one for one in by_document if labelled.topic[one] == labelled.topic[name] and one != name]
        found = [one for one in windows(document) if touches(one, rows)]
        wrong = [
            one for other in others for one in windows(labelled.documents[other]) if touches(one, by_document[other])
        ]
        if not found or len(wrong) < WRONG:
            continue
        right = draw.choice(found)
        asked = draw.choice(FORMS["author"]).format(document["author"].split(",")[0])
        chosen = [(right, True), *((one, False) for one in draw.sample(wrong, WRONG))]
        candidates = tuple(
            Candidate(one.text, lead(labelled.documents[one.document]), answers=ok) for one, ok in chosen
        )
        yield Group(asked, candidates, fold(rows[0]))


def subjects(text: str) -> list[tuple[str, str]]:
    """Who is said to speak in a text, and pairs of words that it may be asked about."""
    found = [("speaker", match["name"] or match["after"]) for match in SPEAKER.finditer(text)]
    found += [("critics", match[0].lower()) for match in CRITICS.finditer(text)]
    return found + [("topic", match[0]) for match in PAIR.finditer(text)]


def touches(window: Window, spans: Sequence[dict[str, Any]], share: float = 0.8) -> bool:
    """Whether the window holds this much of one of the spans."""
    return any(holds(window, span, share) for span in spans)


def policy_opinions(labelled: Labelled) -> Iterator[Opinion]:
    """The labelled sides; a sentence that takes none is NEITHER."""
    for row in read(labelled.folder / "stances.jsonl"):
        text = labelled.documents[row["doc_id"]]["text"][row["start"] : row["end"]]
        yield Opinion(row["proposition"], text, SIDES[row["side"]], fold(row), "policy")


def policy_examples(data: Path, seed: int) -> tuple[list[Group], list[Group], list[Opinion]]:
    """Everything in both sets, in a fixed order: labelled questions, broad ones made from the texts, and sides."""
    draw = random.Random(seed)
    groups: list[Group] = []
    broad: list[Group] = []
    pairs: list[Opinion] = []
    for labelled in sets(data):
        groups += policy_groups(labelled, draw)
        broad += [*broad_groups(labelled, draw), *author_groups(labelled, draw)]
        pairs += policy_opinions(labelled)
    return groups, broad, pairs
