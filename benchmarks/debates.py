"""Real debates labelled by reading: a reader's rows by sentence number made into labels by offset, and these into groups.

    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/debates.py view TOPIC
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/debates.py convert ROWS...
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/debates.py windows PART... --out FOLDER
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/debates.py judged FOLDER
    PULLQUOTE_EVAL_DATA=FOLDER python benchmarks/debates.py groups PART... --out G.pkl

`debates/README.md` tells the rows and the conventions. A topic's part (`learn`, `choose`, `report`) is dealt by the MD5
of its name.
"""

import argparse
import json
import os
import pickle
import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

from label import label_of, view
from ranker_examples import Candidate, Group
from voice_examples import texts

from pullquote.answers.query import Query, Turn, resolve
from pullquote.corpus.documents import Document
from pullquote.corpus.quote import Quote
from pullquote.corpus.sentences import split_sentences
from pullquote.index import build_index
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean
from pullquote.index.search import Sought, cut, lead, retrieve
from pullquote.models.encoder import prepare_encoder
from pullquote.models.interaction import BUNDLED, FILE, bundled
from pullquote.settings import Settings
from pullquote_eval.datasets import Dataset, LabelledQuestion, load_dataset

HOME = Path(__file__).parent / "debates"
PARTS = {"learn": 60, "choose": 12, "report": 13}
PLACE = re.compile(r"(\d+):(\d+)(?:-(\d+))?")
COVERED = 0.8  # of a labelled sentence, from which a window holds it
WRONG = 6  # windows of a question that do not answer it
NEAREST = 40  # windows among which they are
RIGHT = 2
SHOWN = 20  # windows that are judged one by one
JUDGED = {
    "learn": {True: 16, False: 6},
    "choose": {True: 20, False: 10},
    "report": {True: 20, False: 10},
}  # questions a topic

Row = dict[str, Any]


def parts(topics: Sequence[str]) -> dict[str, str]:
    """Which part each topic falls to."""
    order = sorted(topics, key=lambda topic: md5(topic.encode()).hexdigest())
    ends = [part for part, count in PARTS.items() for _ in range(count)]
    return dict(zip(order, ends, strict=True))


@dataclass(frozen=True, eq=False)
class Topic:
    """A topic's documents in the order in which readers number them, with the spans of their sentences."""

    name: str
    documents: Sequence[tuple[str, Document]]

    @cache  # noqa: B019 -- topics live as long as the program
    def spans(self, number: int) -> list[tuple[int, int]]:
        return [
            (each.span.start, each.span.end) for each in split_sentences(self.documents[number][1])
        ]

    def id(self, number: int) -> str:
        """A document's id in the labelled sets."""
        return self.documents[number][0].removeprefix("real-debates/")

    def place(self, written: str) -> tuple[int, int, int]:
        """Document, start and end of "3:12" or "3:12-13"."""
        found = PLACE.fullmatch(written)
        if not found:
            raise ValueError(f"{written!r} is no place")
        number, first, last = int(found[1]), int(found[2]), int(found[3] or found[2])
        spans = self.spans(number)
        return number, spans[first][0], spans[last][1]


def topics(data: Path) -> dict[str, Topic]:
    """All topics with their documents."""
    found: dict[str, list[tuple[str, Document]]] = {}
    for name, document in texts(data).items():
        if name.startswith("real-debates/"):
            found.setdefault(name.split("/")[1], []).append((name, document))
    return {name: Topic(name, sorted(documents)) for name, documents in found.items()}


def evidence(topic: Topic, places: Sequence[str]) -> dict[str, list[dict[str, int]]]:
    """Ranges by document."""
    found: dict[str, list[dict[str, int]]] = {}
    for number, start, end in dict.fromkeys(map(topic.place, places)):
        found.setdefault(topic.id(number), []).append({"start": start, "end": end})
    return found


def questions_of(topic: Topic, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Lines of queries.jsonl and qrels.jsonl; what only helps has relevance 0."""
    queries: list[Row] = []
    qrels: list[Row] = []
    for number, row in enumerate([row for row in rows if row["t"] in ("q", "near")]):
        name = f"{topic.name}-{number:03}"
        history = [{"speaker": "user", "text": text} for text in row.get("history", [])]
        queries.append({"id": name, "text": row["q"], "answerable": row["t"] == "q", "debate": topic.name,
                        "kind": row.get("kind", "near"), "register": row["reg"], **({"history": history} if history else {})})  # fmt: skip
        for relevance, places in ((1, row.get("a", [])), (0, row.get("h", []))):
            for document, ranges in evidence(topic, places).items():
                qrels.append(
                    {
                        "query_id": name,
                        "doc_id": document,
                        "relevance": relevance,
                        "evidence": ranges,
                    }
                )
    return queries, qrels


def sides_of(topic: Topic, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        if row["t"] == "side":
            told = [[topic.id(number), start, end, side, who]
                    for side in ("for", "against") for place, who in row[side]
                    for number, start, end in [topic.place(place)]]  # fmt: skip
            yield {
                "debate": topic.name,
                "proposition": row["p"],
                "question": row["ask"],
                "sentences": told,
            }


def neighbours_of(topic: Topic, rows: Sequence[Row]) -> Iterator[Row]:
    for row in rows:
        if row["t"] == "pair":
            start, middle, end = (
                topic.spans(row["d"])[row["n"]][0],
                *topic.spans(row["d"])[row["n"] + 1],
            )
            yield {
                "doc_id": topic.id(row["d"]),
                "start": start,
                "next": middle,
                "end": end,
                "relation": row["rel"],
            }


def voices_of(topic: Topic, rows: Sequence[Row], half: str) -> Iterator[Row]:
    """Lines of voices/documents.jsonl, for the documents that were read to their end."""
    for number in sorted({row["d"] for row in rows if row["t"] == "voice" and row["n"] == -1}):
        name, document = topic.documents[number]
        spans, labels = topic.spans(number), {}
        for row in (row for row in rows if row["t"] == "turn" and row["d"] == number):
            for n in range(row["from"], row["to"] + 1):
                labels[n] = {"start": spans[n][0], "end": spans[n][1], "kind": "quoted", "turn": True, "speaker": row["speaker"],
                             "speaker_key": row["speaker"].split()[-1]}  # fmt: skip
        for row in (
            row for row in rows if row["t"] == "voice" and row["d"] == number and row["n"] >= 0
        ):
            turn = labels.get(row["n"], {}).get("speaker")
            labels[row["n"]] = label_of(row, document) | ({"turn": turn} if turn else {})
        yield {"doc_id": name, "half": half, "sha256": sha256(document.text.encode()).hexdigest(), "sentences": len(spans),
               "labels": [labels[n] for n in sorted(labels)]}  # fmt: skip


def written(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")


def convert(data: Path, paths: Sequence[Path]) -> None:
    """Write the labelled sets of all parts, and print the lines for voices/documents.jsonl."""
    known = topics(data)
    dealt = parts(list(known))
    wrong: list[str] = []
    for part in PARTS:
        queries, qrels, sides, neighbours = [], [], [], []
        used: dict[str, str] = {}
        for path in sorted(path for path in paths if dealt[path.stem] == part):
            topic, rows = (
                known[path.stem],
                [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()],
            )
            used[topic.name] = f"$PULLQUOTE_EVAL_DATA/real-debates/{topic.name}"
            try:
                asked_of, answering = questions_of(topic, rows)
                queries += asked_of
                qrels += answering
                sides += sides_of(topic, rows)
                neighbours += neighbours_of(topic, rows)
                for row in voices_of(topic, rows, f"debates-{part}"):
                    print(json.dumps(row, ensure_ascii=False))
            except (KeyError, ValueError, IndexError) as error:
                wrong.append(f"{path.name}: {type(error).__name__} {error}")
        folder = HOME / part
        folder.mkdir(parents=True, exist_ok=True)
        hashes = {name.removeprefix("real-debates/"): sha256(document.text.encode()).hexdigest()
                  for topic in used for name, document in known[topic].documents}  # fmt: skip
        (folder / "documents.json").write_text(
            json.dumps({"debates": used, "sha256": hashes}, indent=1) + "\n", "utf-8"
        )
        for name, lines in (
            ("queries", queries),
            ("qrels", qrels),
            ("sides", sides),
            ("neighbours", neighbours),
        ):
            written(folder / f"{name}.jsonl", lines)
    if wrong:
        sys.exit("\n".join(wrong))


@dataclass(frozen=True, eq=False)
class Labelled:
    """A part's questions over an index of its documents; `helps` are ranges that neither answer nor are wrong, by question."""

    generation: Generation
    questions: Sequence[LabelledQuestion]
    helps: Mapping[str, Sequence[tuple[str, int, int]]]

    @classmethod
    def open(cls, part: str, settings: Settings, build: Any) -> "Labelled":
        """Build or open the index of a part."""
        dataset = load_dataset(HOME / part, settings)
        rows = [
            json.loads(line)
            for line in (HOME / part / "qrels.jsonl").read_text("utf-8").splitlines()
        ]
        helps: dict[str, list[tuple[str, int, int]]] = {}
        for row in rows:
            if not row["relevance"]:
                helps.setdefault(row["query_id"], []).extend(
                    (row["doc_id"], r["start"], r["end"]) for r in row["evidence"]
                )
        return cls(build(dataset, settings), dataset.questions, helps)

    def answers(self, question: LabelledQuestion, quote: Quote) -> tuple[int, int] | None:
        """Where in a window the first labelled range stands that it holds, in letters from its start."""
        for name, span in question.evidence:
            if name == quote.document.id and quote.span.overlaps(span):
                start, end = max(span.start, quote.span.start), min(span.end, quote.span.end)
                if end - start >= COVERED * (span.end - span.start):
                    return start - quote.span.start, end - quote.span.start
        return None

    def doubtful(self, question: LabelledQuestion, quote: Quote) -> bool:
        """Whether a window holds a part of an answer, or what helps."""
        told = [(name, span.start, span.end) for name, span in question.evidence]
        return any(name == quote.document.id and start < quote.span.end and quote.span.start < end
                   for name, start, end in (*told, *self.helps.get(question.id, ())))  # fmt: skip


def asked(question: LabelledQuestion) -> str:
    """As it is looked for: with what it points back to."""
    history = tuple(Turn(turn.question) for turn in question.history)
    return str(resolve(Query(question=" ".join(question.text.split()), history=history)))


def group_of(
    labelled: Labelled,
    question: LabelledQuestion,
    vector: Any,
    draw: random.Random,
    tokens: Any = None,
) -> Group | None:
    """A question with windows that answer and some of those that finding puts first and that do not."""
    generation, text = labelled.generation, asked(question)
    documents = generation.documents_of(question.debate)
    hits = retrieve(generation, Sought(text, vector, tokens), documents)
    quotes = {hit.row: cut(generation, hit) for hit in hits[:NEAREST]}
    for name, span in question.evidence:
        number = generation.number(name)
        for row in generation.window_rows(range(number, number + 1)):
            quote = cut(generation, generation.window(row))
            if quote.span.overlaps(span):
                quotes.setdefault(row, quote)
    right, wrong = [], []
    for quote in quotes.values():
        place, title = (
            labelled.answers(question, quote),
            lead(quote.document.source).removesuffix(". "),
        )
        if place:
            right.append(Candidate(quote.text, title, answers=True, answer=place))
        elif not labelled.doubtful(question, quote):
            wrong.append(Candidate(quote.text, title, answers=False))
    if question.answerable and not right:
        return None
    hard = wrong[: WRONG * 3]
    chosen = [
        *draw.sample(right, min(RIGHT, len(right))),
        *draw.sample(hard, min(WRONG, len(hard))),
    ]
    return Group(text, tuple(chosen), 0, judged=True)


def groups(named: Sequence[str], settings: Settings, build: Any, tokens: Any = None) -> list[Group]:
    """The groups of parts."""
    draw, found = random.Random(7), []
    encoder = prepare_encoder(settings.model, settings.index)
    for part in named:
        labelled = Labelled.open(part, settings, build)
        for question in labelled.questions:
            words = clean(asked(question))
            group = group_of(
                labelled,
                question,
                encoder.encode([words])[0],
                draw,
                tokens(words) if tokens else None,
            )
            found += [group] if group else []
    return found


def windows(part: str, labelled: Labelled, encode: Any, tokens: Any, folder: Path) -> None:
    """Write what is to be judged, a file a topic: for a share of its questions the first windows of finding."""
    by_topic: dict[str, list[LabelledQuestion]] = {}
    for question in labelled.questions:
        by_topic.setdefault(question.debate or "", []).append(question)
    folder.mkdir(parents=True, exist_ok=True)
    for topic, questions in by_topic.items():
        draw = random.Random(topic)
        some = []
        for kind, count in JUDGED[part].items():
            own = [one for one in questions if one.answerable is kind]
            some += draw.sample(own, min(count, len(own)))
        lines, places = [], {}
        for question in draw.sample(some, len(some)):
            text = asked(question)
            words = clean(text)
            hits = retrieve(labelled.generation, Sought(text, encode([words])[0], tokens(words)),
                            labelled.generation.documents_of(topic))[:SHOWN]  # fmt: skip
            lines.append(f"\n## {question.id}: {text}")
            for number, hit in enumerate(hits, 1):
                quote = cut(labelled.generation, hit)
                lines.append(
                    f"[{number}] {lead(quote.document.source)}| {' '.join(quote.text.split())}"
                )
                places[f"{question.id} {number}"] = [
                    quote.document.id,
                    quote.span.start,
                    quote.span.end,
                ]
        (folder / f"{topic}.txt").write_text("\n".join(lines) + "\n", "utf-8")
        (folder / f"{topic}.places.json").write_text(json.dumps(places), "utf-8")


def judged(folder: Path) -> None:
    """Take up what readers said of the windows in a folder: all verdicts, and further answers and helps for the labels."""
    verdicts = {path.name.removesuffix(".out.jsonl"): path for path in folder.glob("*.out.jsonl")}
    for part in PARTS:
        lines = [
            json.loads(line)
            for line in (HOME / part / "qrels.jsonl").read_text("utf-8").splitlines()
        ]
        held: dict[tuple[str, str, int], list[dict[str, int]]] = {}
        for row in lines:
            held.setdefault((row["query_id"], row["doc_id"], row["relevance"]), []).extend(
                row["evidence"]
            )
        may = {
            row["id"]: row["answerable"]
            for row in map(
                json.loads, (HOME / part / "queries.jsonl").read_text("utf-8").splitlines()
            )
        }
        rows = []
        for topic in json.loads((HOME / part / "documents.json").read_text("utf-8"))["debates"]:
            if topic not in verdicts:
                continue
            places = json.loads((folder / f"{topic}.places.json").read_text("utf-8"))
            for told in map(json.loads, verdicts[topic].read_text("utf-8").splitlines()):
                name, windows = told["id"], []
                for number in range(1, SHOWN + 1):
                    if place := places.get(f"{name} {number}"):
                        verdict = (
                            "answers"
                            if number in told["yes"]
                            else "helps"
                            if number in told["helps"]
                            else "no"
                        )
                        windows.append([*place, verdict])
                        near = [
                            *held.get((name, place[0], 1), ()),
                            *(held.get((name, place[0], 0), ()) if verdict == "helps" else ()),
                        ]
                        known = any(
                            one["start"] < place[2] and place[1] < one["end"] for one in near
                        )
                        if verdict != "no" and not known:
                            lines.append({"query_id": name, "doc_id": place[0], "relevance": int(verdict == "answers" and may[name]),
                                          "evidence": [{"start": place[1], "end": place[2]}], "judged": True})  # fmt: skip
                rows.append({"query_id": name, "windows": windows})
        if not rows:
            continue
        written(HOME / part / "judged.jsonl", rows)
        written(HOME / part / "qrels.jsonl", lines)
        print(
            part,
            len(rows),
            "questions,",
            sum(bool(row.get("judged")) for row in lines),
            "further ranges",
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["view", "convert", "groups", "windows", "judged"])
    parser.add_argument("given", nargs="+")
    parser.add_argument("--out", type=Path)
    told = parser.parse_args()
    data = Path(os.environ["PULLQUOTE_EVAL_DATA"])
    if told.action == "view":
        for number, (_, document) in enumerate(topics(data)[told.given[0]].documents):
            print(f"\n## D{number}", *view(document), sep="\n")
    elif told.action == "judged":
        judged(Path(told.given[0]))
    elif told.action == "convert":
        convert(data, [Path(path) for path in told.given])
    else:
        settings = Settings.read(os.environ)
        encoder = prepare_encoder(settings.model, settings.index)
        interaction = (
            bundled() if (BUNDLED / FILE).is_file() else None
        )  # there is none before the first training

        def build(dataset: Dataset, settings: Settings) -> Generation:
            own = replace(settings, index=settings.index / "debates" / dataset.name)
            return build_index(
                own, encoder, corpus=dataset.corpus, interaction=interaction
            ).generation

        if told.action == "windows":
            for part in told.given:
                windows(
                    part,
                    Labelled.open(part, settings, build),
                    encoder.encode,
                    bundled().query,
                    told.out,
                )
            return
        told.out.write_bytes(
            pickle.dumps(
                groups(told.given, settings, build, interaction.query if interaction else None)
            )
        )


if __name__ == "__main__":
    main()
