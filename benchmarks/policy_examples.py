"""The project's own labelled policy texts made into training examples for the ranker.

`benchmarks/policy/written` holds invented documents of many kinds, with freely worded questions,
questions that come near but have no answer, and sides on propositions; for part of them it is also
told which of the windows that finding puts first answer (`judged.jsonl`), and what side every
sentence of a document takes (`sides.jsonl`). `passages` and `paragraphs` hold such labels for
passages of the public sets, which lie in the evaluation data and are named by their offsets.
`topics` has sentences without a document, each with its side on three propositions.
Only what is of half "train" is trained on.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finder import Finder, Window
from ranker_examples import (
    AGAINST,
    FOR,
    NEITHER,
    Asked,
    Candidate,
    Group,
    Opinion,
    group_of,
    holds,
    read,
)
from sentencex import get_sentence_boundaries

from pullquote.corpus.documents import Source
from pullquote.index.search import lead as product_lead

HOME = Path(__file__).parent / "policy"
WRONG = 3  # windows of a broad question that do not answer it
IDLE = 0.35  # share of the sentences without a side, of those labelled densely, that is used
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
    """One of the sets: its folder of labels, documents by id, what each is about, and the finder over them."""

    folder: Path
    documents: dict[str, dict[str, Any]]
    topic: dict[str, str]
    finder: Finder


def sets(data: Path, finders: Mapping[str, Finder], home: Path = HOME) -> Iterator[Labelled]:
    """The three sets; topics are what must not be split between training and measuring."""
    written = {row["id"]: row for row in read(home / "written" / "corpus.jsonl")}
    yield Labelled(
        home / "written",
        written,
        {name: row["debate"] for name, row in written.items()},
        finders["written"],
    )
    source = data / "ibm-claim-stance"
    passages = {row["id"]: row for row in read(source / "corpus.jsonl")}
    motion = {row["doc_id"]: row["query_id"] for row in read(source / "qrels.jsonl")}
    yield Labelled(home / "passages", passages, motion, finders["passages"])
    paragraphs = {
        row["id"]: row
        for name in ("clapnq-dev", "squad2-dev-half")
        for row in read(data / name / "corpus.jsonl")
    }
    titles = {name: row.get("title", "").replace("_", " ") for name, row in paragraphs.items()}
    yield Labelled(home / "paragraphs", paragraphs, titles, finders["paragraphs"])


def fold(row: dict[str, Any]) -> int:
    """What is not for training, whole topics and motions, makes up the fold that is held out."""
    return 0 if row["half"] == "train" else 1


def lead(document: dict[str, Any]) -> str:
    """What stands before a window's text when the product asks the ranker, without its last stop."""
    source = Source(
        title=document.get("title", "").replace("_", " "), author=document.get("author")
    )
    return product_lead(source).removesuffix(". ")


def policy_groups(labelled: Labelled, draw: random.Random) -> Iterator[Group]:
    """Each labelled question with a window that answers, if there is one, and wrong ones."""
    rows = {row["query_id"]: row for row in read(labelled.folder / "qrels.jsonl")}
    judged = {row["query_id"]: judgements(row) for row in rows_of(labelled.folder / "judged.jsonl")}
    for query in read(labelled.folder / "queries.jsonl"):
        row = rows[query["id"]]
        asked = Asked(
            query["text"], row["doc_id"], query.get("debate"), fold(query),
            row["evidence"], row.get("also", []), row.get("lure", []), judged.get(query["id"], {}),
        )  # fmt: skip
        group = group_of(asked, labelled.finder, labelled.topic, draw, exact=False)
        if group:
            yield group


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file that a set need not have."""
    return read(path) if path.is_file() else []


def judgements(row: dict[str, Any]) -> dict[tuple[str, int, int], bool | None]:
    """Whether each window that was shown to the reader answers; None where it does in part."""
    return {(doc, start, end): answers for doc, start, end, answers in row["windows"]}


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand, as the dense labels count them."""
    found = []
    for bounds in get_sentence_boundaries("en", text):
        sentence = text[bounds["start_index"] : bounds["end_index"]].strip()
        if sentence:
            start = text.index(sentence, bounds["start_index"])
            found.append((start, start + len(sentence)))
    return found


def dense_opinions(labelled: Labelled, draw: random.Random) -> Iterator[Opinion]:
    """Documents labelled whole: what takes a side on a proposition, and a share of what does not."""
    for row in rows_of(labelled.folder / "sides.jsonl"):
        for name, sides in row["documents"].items():
            text = labelled.documents[name]["text"]
            told = {place: side for side in ("for", "against") for place in sides[side]}
            for place, (start, end) in enumerate(sentences(text)):
                side = told.get(place)
                if side or draw.random() < IDLE:
                    yield Opinion(
                        row["proposition"],
                        text[start:end],
                        SIDES[side or "neutral"],
                        fold(row),
                        "dense",
                    )


def broad_groups(labelled: Labelled, draw: random.Random) -> Iterator[Group]:
    """Questions that name only who speaks or what of: "what did the minister say?", "what is said about rent?".

    The labelled questions ask for one thing each; people also ask broadly, and then any window that
    has the speaker's words, or speaks of the subject, is an answer. Half of the questions name a
    speaker or a subject of another document, and have none.
    """
    half = {row["doc_id"]: row["half"] for row in read(labelled.folder / "stances.jsonl")}
    own = {name: labelled.finder.of(name) for name in sorted(half)}
    named = {
        name: [(topic, window) for window in found for topic in subjects(window.text)]
        for name, found in own.items()
    }
    for name, found in own.items():
        other = draw.choice(
            [
                one
                for one in own
                if labelled.topic[one] != labelled.topic[name] and half[one] == half[name]
            ]
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
                    Candidate(one.text, lead(labelled.documents[name]), answers=one in right)
                    for one in chosen
                )
                yield Group(
                    draw.choice(FORMS[kind]).format(topic),
                    candidates,
                    0 if half[name] == "train" else 1,
                )


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
        others = [
            one
            for one in by_document
            if labelled.topic[one] == labelled.topic[name] and one != name
        ]
        found = [one for one in labelled.finder.of(name) if touches(one, rows)]
        wrong = [
            one
            for other in others
            for one in labelled.finder.of(other)
            if touches(one, by_document[other])
        ]
        if not found or len(wrong) < WRONG:
            continue
        right = draw.choice(found)
        asked = draw.choice(FORMS["author"]).format(document["author"].split(",")[0])
        chosen = [(right, True), *((one, False) for one in draw.sample(wrong, WRONG))]
        candidates = tuple(
            Candidate(one.text, lead(labelled.documents[one.document]), answers=ok)
            for one, ok in chosen
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


def topic_opinions(folder: Path) -> Iterator[Opinion]:
    """Short arguments on many topics, each read against every proposition of its topic."""
    for topic in read(folder / "topics.jsonl"):
        for sentence in topic["sentences"]:
            for proposition, side in zip(topic["propositions"], sentence["sides"], strict=True):
                yield Opinion(proposition, sentence["text"], SIDES[side], fold(topic), "topics")


def policy_examples(
    data: Path, finders: Mapping[str, Finder], seed: int
) -> tuple[list[Group], list[Group]]:
    """Everything in the sets, in a fixed order: labelled questions, and broad ones made from the texts."""
    draw = random.Random(seed)
    groups: list[Group] = []
    broad: list[Group] = []
    for labelled in sets(data, finders):
        groups += policy_groups(labelled, draw)
        broad += [*broad_groups(labelled, draw), *author_groups(labelled, draw)]
    return groups, broad
