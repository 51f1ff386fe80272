"""Labelled sets made into training examples for the ranker, with their folds.

Relevance learns from questions with windows of whole sentences (SQuAD 2.0, CLAPnq), from motions
with the sentences that hold a claim (IBM), and from claims with their perspectives (Perspectrum).
Stance learns from Perspectrum, IBM and ArgKP. Folds follow articles, motions, and claims that
share a perspective: what is held out was never seen in training.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import bm25s
from finder import Finder, Window

FOR, AGAINST, NEITHER = 0, 1, 2
FOLDS = 4
WRONG = 4  # windows of a question that do not answer it
STRANGE = 0.3  # share of the questions that also see a window of another subject
SHORTEST = 0.67
OPPOSITES = (
    ("ban", "allow"), ("banned", "allowed"), ("legalize", "prohibit"), ("legal", "illegal"),
    ("legalized", "prohibited"), ("abolish", "keep"), ("abolished", "kept"), ("increase", "reduce"),
    ("increased", "reduced"), ("end", "continue"), ("good", "bad"), ("beneficial", "harmful"),
    ("better", "worse"), ("more", "less"), ("support", "oppose"), ("justified", "unjustified"),
    ("raise", "lower"),
)  # fmt: skip
ANTONYMS = dict(OPPOSITES) | {right: left for left, right in OPPOSITES}


@dataclass(frozen=True)
class Candidate:
    """A window under a question: does it answer, and with which of its characters."""

    text: str
    title: str
    answers: bool
    answer: tuple[int, int] | None = None


@dataclass(frozen=True)
class Group:
    """A question with its candidates; `whole` groups are used in every epoch, others in half.

    `judged`: a reader was shown what finding puts first and told which of it answers.
    """

    question: str
    candidates: tuple[Candidate, ...]
    fold: int
    whole: bool = True
    judged: bool = False


@dataclass(frozen=True)
class Opinion:
    """A sentence and the side that it takes on a proposition."""

    proposition: str
    sentence: str
    side: int
    fold: int
    source: str


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.open(encoding="utf-8")]


def folds(keys: Sequence[str]) -> dict[str, int]:
    """Deal the distinct keys over the folds in sorted order."""
    return {key: number % FOLDS for number, key in enumerate(sorted(set(keys)))}


def holds(window: Window, span: dict[str, Any], share: float) -> bool:
    """Whether the window holds at least this share of the span."""
    shared = min(window.end, span["end"]) - max(window.start, span["start"])
    return bool(shared >= share * (span["end"] - span["start"]))


class Retriever:
    """BM25: where the hard negatives come from."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.index = bm25s.BM25()
        self.index.index(bm25s.tokenize(list(texts), show_progress=False), show_progress=False)

    def nearest(self, question: str, count: int) -> list[int]:
        """The places of the nearest texts, best first."""
        tokens = bm25s.tokenize([question], show_progress=False)
        return [
            int(number)
            for number in self.index.retrieve(tokens, k=count, show_progress=False)[0][0]
        ]


def answer_in(window: Window, spans: Sequence[dict[str, Any]]) -> tuple[int, int] | None:
    """Where the first gold span lies inside the window."""
    inside = [
        (s["start"] - window.start, s["end"] - window.start) for s in spans if holds(window, s, 1.0)
    ]
    return inside[0] if inside else None


@dataclass(frozen=True)
class Asked:
    """A labelled question: where it was asked, and which ranges of its document answer, might, or only seem to.

    `judged` tells of further windows, by document, start and end, whether they answer (None: in part).
    """

    text: str
    home: str
    debate: str | None
    fold: int
    gold: Sequence[dict[str, Any]]
    fine: Sequence[dict[str, Any]] = ()
    lures: Sequence[dict[str, Any]] = ()
    judged: Mapping[tuple[str, int, int], bool | None] = field(default_factory=dict)
    strings: Sequence[str] = ()

    def label(self, window: Window, topic: Mapping[str, str]) -> bool | None:
        """Whether a window answers; None where that is not known."""
        key = (window.document, window.start, window.end)
        if key in self.judged:
            return self.judged[key]
        if window.document == self.home:
            if any(holds(window, span, 0.8) for span in self.gold):
                return True
            return None if any(holds(window, span, 0.3) for span in self.fine) else False
        if topic[window.document] == topic[self.home] or any(
            one in window.text.lower() for one in self.strings
        ):
            return None
        return False


def group_of(
    asked: Asked, finder: Finder, topic: Mapping[str, str], draw: random.Random, *, exact: bool
) -> Group | None:
    """The question with a window that answers, if one does, and the wrong ones that finding puts first.

    Among those that answer a short one is taken twice in three times, so that a ranker learns to prefer it.
    """
    found = dict.fromkeys([*finder.nearest(asked.text, asked.debate), *finder.of(asked.home)])
    told = {window: asked.label(window, topic) for window in found}
    right = sorted(
        (window for window in found if told[window]), key=lambda window: len(window.text)
    )
    lures = [
        window
        for window in finder.of(asked.home)
        if any(holds(window, one, 0.8) for one in asked.lures)
    ]
    wrong = [window for window in dict.fromkeys([*lures[:1], *found]) if told[window] is False]
    if asked.gold and not right:
        return None
    keep = WRONG if right else WRONG - 1
    wrong = wrong[: keep + 2] if len(wrong) > keep else wrong
    chosen = draw.sample(wrong, min(keep, len(wrong)))
    if draw.random() < STRANGE:
        chosen += [
            one
            for one in finder.nearest(asked.text, None, 12)
            if topic[one.document] != topic[asked.home]
        ][:1]
    answers = [right[0] if draw.random() < SHORTEST else draw.choice(right)] if right else []
    candidates = [Candidate(one.text, one.title, answers=True, answer=answer_in(one, asked.gold) if exact else None)
                  for one in answers]  # fmt: skip
    candidates += [
        Candidate(one.text, one.title, answers=False) for one in chosen if one not in answers
    ]
    return (
        Group(asked.text, tuple(candidates), asked.fold, judged=bool(asked.judged))
        if candidates
        else None
    )


def question_groups(
    folder: Path, finder: Finder, draw: random.Random, *, exact: bool
) -> Iterator[Group]:
    """Questions of a public set."""
    title = {
        document["id"]: document.get("title", "").replace("_", " ")
        for document in read(folder / "corpus.jsonl")
    }
    rows = {row["query_id"]: row for row in read(folder / "qrels.jsonl")}
    part = folds(list(title.values()))
    for query in read(folder / "queries.jsonl"):
        home, spans = rows[query["id"]]["doc_id"], rows[query["id"]].get("evidence") or []
        gold = spans if query["answerable"] else []
        strings = [span["text"].lower() for span in spans]
        asked = Asked(query["text"], home, None, part[title[home]], gold, strings=strings)
        group = group_of(asked, finder, title, draw, exact=exact)
        if group:
            yield group


def as_question(proposition: str, draw: random.Random) -> str:
    """A proposition as people ask it: "Should X be banned?", "Why should X be banned?"."""
    match = re.fullmatch(r"(.+?) (should|must) (not )?(.+?)[.]?", proposition)
    if not match or draw.random() < 0.4:
        return proposition
    subject = match[1] if match[1].isupper() else match[1][0].lower() + match[1][1:]
    lead = draw.choice(
        ["Should", "Should", "Why should", "Why should" if match[3] else "Why shouldn't"]
    )
    return f"{lead} {subject} {match[3] or ''}{match[4]}?"


def motion_text(text: str) -> str:
    """A motion without its parliamentary opening."""
    openings = {
        "would": "We should",
        "supports": "We support",
        "believes that ": "",
        "believes ": "",
        "": "",
    }
    for opening, plain in openings.items():
        if text.lower().startswith(f"this house {opening}"):
            text = plain + text[len(f"This house {opening}") :]
            break
    return text[0].upper() + text[1:]


def claim_groups(folder: Path, finder: Finder, draw: random.Random) -> Iterator[Group]:
    """Motions with the sentences that hold a claim about them; other sentences are wrong."""
    documents = {
        document["id"]: finder.of(document["id"]) for document in read(folder / "corpus.jsonl")
    }
    motion = {query["id"]: motion_text(query["text"]) for query in read(folder / "queries.jsonl")}
    part, rows = folds(list(motion)), read(folder / "qrels.jsonl")
    for row in rows:
        topic, own = row["query_id"], documents[row["doc_id"]]
        gold = [w for w in own if any(holds(w, span, 1.0) for span in row["evidence"])]
        rest = [w for w in own if not any(holds(w, span, 1e-9) for span in row["evidence"])]
        others = [
            r["doc_id"]
            for r in rows
            if part[r["query_id"]] == part[topic]
            and r["query_id"] != topic
            and documents[r["doc_id"]]
        ]
        wrong = [*draw.sample(rest, min(2, len(rest))), draw.choice(documents[draw.choice(others)])]
        chosen = [
            Candidate(w.text, w.title, answers=True) for w in draw.sample(gold, min(1, len(gold)))
        ]
        chosen += [Candidate(w.text, w.title, answers=False) for w in wrong]
        yield Group(as_question(motion[topic], draw), tuple(chosen), part[topic], whole=False)


def claim_clusters(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Claims that share a perspective, directly or by way of others, under one name."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for row in rows:
        parent[root(row["doc_id"])] = root(row["query_id"])
    return {row["query_id"]: root(row["query_id"]) for row in rows}


def opinions(data: Path) -> list[Opinion]:
    """All labelled (proposition, sentence) pairs of the three stance sets."""
    side = {"support": FOR, "oppose": AGAINST}
    claims, motions, arguments = (
        data / name for name in ("perspectrum", "ibm-claim-stance", "argkp")
    )
    rows = read(claims / "qrels.jsonl")
    texts = {
        row["id"]: row["text"]
        for row in read(claims / "corpus.jsonl") + read(claims / "queries.jsonl")
    }
    cluster = claim_clusters(rows)
    part = folds(list(cluster.values()))
    found = [Opinion(texts[r["query_id"]], texts[r["doc_id"]], side[r["stance"]], part[cluster[r["query_id"]]],
                     "perspectrum") for r in rows]  # fmt: skip
    motion = {row["id"]: motion_text(row["text"]) for row in read(motions / "queries.jsonl")}
    part = folds(list(motion))
    found += [Opinion(motion[r["query_id"]], s["text"], side[s["stance"]], part[r["query_id"]], "ibm-claim-stance")
              for r in read(motions / "qrels.jsonl") for s in r["evidence"]]  # fmt: skip
    documents = read(arguments / "corpus.jsonl")
    part = folds([d["title"] for d in documents])
    return found + [
        Opinion(d["title"], d["text"], side[d["stance"]], part[d["title"]], "argkp")
        for d in documents
    ]


def perspective_groups(pairs: Sequence[Opinion], draw: random.Random) -> Iterator[Group]:
    """A claim with one of its perspectives and three of other claims, two of them near."""
    usable = [pair for pair in pairs if pair.source == "perspectrum"]
    retriever = Retriever([pair.sentence for pair in usable])
    by_claim: dict[str, list[Opinion]] = defaultdict(list)
    for pair in usable:
        by_claim[pair.proposition].append(pair)
    for claim, own in by_claim.items():
        held = {pair.sentence for pair in own}
        near = [usable[number].sentence for number in retriever.nearest(claim, 60)]
        near = [text for text in dict.fromkeys(near) if text not in held][5:25] or [
            draw.choice(usable).sentence
        ]
        for pair in draw.sample(own, min(2, len(own))):
            wrong = [*draw.sample(near, min(2, len(near))), draw.choice(usable).sentence]
            chosen = [
                Candidate(pair.sentence, "", answers=True),
                *(Candidate(text, "", answers=False) for text in wrong),
            ]
            yield Group(as_question(claim, draw), tuple(chosen), pair.fold, whole=False)


def negate(text: str, draw: random.Random) -> str | None:
    """The opposite proposition by the plainest edit, or None where there is none."""
    words = text.split()
    swaps = [n for n, word in enumerate(words) if word in ANTONYMS]
    if swaps and draw.random() < 0.4:
        place = draw.choice(swaps)
        return " ".join([*words[:place], ANTONYMS[words[place]], *words[place + 1 :]])
    if re.search(r"\b(not|never|cannot)\b|n't\b", text):
        positive = re.sub(
            r"\b(should|must|is|are|does|do|has|will|would|can) not\b", r"\1", text, count=1
        )
        return None if positive == text else positive
    found = re.search(r"\b(should|must|is|are|will|would|can|has been)\b", text)
    return f"{text[: found.end()]} not{text[found.end() :]}" if found else None


def augment(pairs: Sequence[Opinion], draw: random.Random) -> list[Opinion]:
    """One epoch of stance: a share of negated propositions, contrasts, and off-topic pairs."""
    result: list[Opinion] = []
    for pair in pairs:
        if pair.source == "argkp" and draw.random() < 0.5:
            continue
        opposite, chance, other = negate(pair.proposition, draw), draw.random(), draw.choice(pairs)
        if opposite and chance < 0.35:
            side = NEITHER if pair.side == NEITHER else 1 - pair.side
            result.append(replace(pair, proposition=opposite, side=side))
        elif chance > 0.9 and other.proposition != pair.proposition:
            result.append(replace(pair, sentence=other.sentence, side=NEITHER))
        else:
            result.append(pair)
    for proposition in dict.fromkeys(pair.proposition for pair in pairs):
        if opposite := negate(proposition, draw):
            first, second = draw.sample([proposition, opposite], 2)
            same = first if draw.random() < 0.5 else f"I think that {first}"
            result += [
                Opinion(first, second, AGAINST, 0, "contrast"),
                Opinion(first, same, FOR, 0, "contrast"),
            ]
    return result


def examples(data: Path, finders: Mapping[str, Finder], seed: int) -> list[Group]:
    """Everything that there is to learn from in the public sets, in a fixed order."""
    draw = random.Random(seed)
    return [
        *question_groups(data / "squad2-dev-half", finders["squad2-dev-half"], draw, exact=True),
        *question_groups(data / "clapnq-dev", finders["clapnq-dev"], draw, exact=False),
        *claim_groups(data / "ibm-claim-stance", finders["passages"], draw),
        *perspective_groups(opinions(data), draw),
    ]
