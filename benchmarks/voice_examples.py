"""Sentences labelled with whose words they hold, made into examples for the reader.

`benchmarks/voices/documents.jsonl` has documents labelled whole, some of them written for it
(`written.jsonl`), `tests/gold/voice` single sentences. Halves `b` and `c` of the former are kept aside.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.settings import Settings
from pullquote.span import Span

ROOT = Path(__file__).parents[1]
WHOLE = ROOT / "benchmarks" / "voices" / "documents.jsonl"
CUES = WHOLE.with_name("cues.jsonl")
SINGLE = ROOT / "tests" / "gold" / "voice" / "labels.jsonl"
WRITTEN = {
    "policy": ROOT / "benchmarks" / "policy" / "written" / "corpus.jsonl",
    "voices": WHOLE.with_name("written.jsonl"),
}
LEARNED = "train debates-learn"
NEIGHBOURS = ROOT / "benchmarks" / "debates" / "learn" / "neighbours.jsonl"
PUBLIC = ("ibm-claim-stance", "clapnq-dev", "mtrag-un", "squad2-dev-half")


@dataclass(frozen=True)
class Told:
    """A document and what is told of it: labels and cues of sentences by their position, mentions of speakers by their key."""

    document: Document
    sentences: tuple[Sentence, ...]
    labels: Mapping[int, Mapping[str, Any]]
    cues: Mapping[int, tuple[int, int]]
    mentions: Mapping[str, Sequence[tuple[int, int]]]
    via: Mapping[int, Sequence[tuple[int, int]]]
    verdicts: Mapping[int, bool] = field(default_factory=dict)


def is_named(speaker: str | None, label: Mapping[str, Any]) -> bool:
    """Whether a speaker is one of those that a label names."""
    names = [label["speaker_key"], label["speaker"], *label.get("accept", [])]
    if speaker is None:
        return "unclear" in names
    given = speaker.casefold()
    return any(name and (name.casefold() in given or given in name.casefold()) for name in names)


def texts(data: Path) -> dict[str, Document]:
    """The labelled documents by the names that the labels give them."""
    found: dict[str, Document] = {}
    for name, path in WRITTEN.items():
        for row in _rows(path):
            source = Source(title=row["title"], author=row["author"])
            found[f"{name}/{row['id']}"] = Document(
                id="d", debate="d", path="d.txt", text=row["text"], source=source
            )
    articles: dict[str, list[tuple[int, str]]] = {}
    for name in PUBLIC:
        for row in _rows(data / "eval" / name / "corpus.jsonl"):
            found[f"{name}/{row['id']}"] = _passage(row["text"])
            if name.startswith("squad2"):
                article, _, number = row["id"].rpartition("#")
                articles.setdefault(f"{name}/{article}", []).append((int(number), row["text"]))
    found |= {
        name: _passage("\n\n".join(text for _, text in sorted(parts)))
        for name, parts in articles.items()
    }
    for row in _rows(data / "demo-docs" / "manifest.jsonl"):
        text = (data / "demo-docs" / row["file"]).read_bytes().decode("utf-8")
        source = Source(title=row["title"], author=row["author"], publisher=row["publisher"])
        found[Path(row["file"]).stem] = Document(
            id="d", debate="d", path="d.txt", text=text, source=source
        )
    for manifest in sorted((data / "real-debates").glob("*/manifest.jsonl")):
        for row in _rows(manifest):
            text = (manifest.parent / row["file"]).read_bytes().decode("utf-8")
            source = Source(title=row["title"], author=row["author"], publisher=row["publisher"])
            name = f"real-debates/{manifest.parent.name}/{Path(row['file']).stem}"
            found[name] = Document(id="d", debate="d", path="d.txt", text=text, source=source)
    article = load_corpus(Settings(corpus=ROOT / "corpus")).documents[0]
    return found | {article.id: article}


def _passage(text: str) -> Document:
    return Document(
        id="d", debate="d", path="d.txt", text=text, source=Source(publisher="Wikipedia")
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def whole_labels(halves: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The labels of the documents labelled whole, with their names."""
    return ((row["doc_id"], row["labels"]) for row in _rows(WHOLE) if row["half"] in halves.split())


def single_labels() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The labels of the single sentences, by document."""
    found: dict[str, list[dict[str, Any]]] = {}
    for label in _rows(SINGLE):
        found.setdefault(label["doc_id"], []).append(label)
    return iter(found.items())


def labelled(data: Path) -> Iterator[Told]:
    """Whatever the reader may learn from: the documents labelled whole for that, and the single sentences."""
    documents = texts(data)
    cues = {row["doc_id"]: row["cues"] for row in _rows(CUES)}
    pairs = neighbours(NEIGHBOURS)
    for name, labels in whole_labels(LEARNED):
        told = [*cues.get(name, ()), *(label["cue"] for label in labels if label.get("cue"))]
        yield judged(
            _told(documents[name], list(map(_in_turn, labels)), told, rest="author"),
            pairs.pop(name, {}),
        )
    for name, listed in pairs.items():
        yield judged(_told(documents[name], (), (), rest=None), listed)
    for name, labels in single_labels():
        yield _told(documents[name], [_with_parts(label) for label in labels], (), rest=None)


def neighbours(path: Path) -> dict[str, dict[int, bool]]:
    """By document: where a sentence begins, and whether it judges the one before; what readers doubted is left out."""
    found: dict[str, dict[int, bool]] = {}
    for row in _rows(path):
        told = row.get("judged", row["relation"])
        if told != "doubtful":
            found.setdefault(f"real-debates/{row['doc_id']}", {})[row["next"]] = told == "verdict"
    return found


def judged(told: Told, listed: Mapping[int, bool]) -> Told:
    """A document with what readers said of its neighbouring sentences."""
    starts = {sentence.span.start: n for n, sentence in enumerate(told.sentences)}
    return replace(
        told,
        verdicts={starts[start]: verdict for start, verdict in listed.items() if start in starts},
    )


def _in_turn(label: dict[str, Any]) -> dict[str, Any]:
    """A label as the reader needs it: what is a turn's own is its author's, and who that is others find out."""
    return (
        {"start": label["start"], "end": label["end"], "kind": "author"}
        if label.get("turn") is True
        else label
    )


def _with_parts(label: dict[str, Any]) -> dict[str, Any]:
    """A label of a single sentence in the form of the others; where the speaker is named it does not tell."""
    voices = [part for part in label["voices"] if part["kind"] != "author"]
    parts = [[part["start"], part["end"], part["kind"], part["speaker_key"]] for part in voices]
    return {**label, "parts": parts, "source": None}


def _told(
    document: Document,
    labels: Sequence[Mapping[str, Any]],
    cues: Sequence[Sequence[int]],
    rest: str | None,
) -> Told:
    """Labels at their sentences, the others `rest`; what is not one sentence as the labels have it stays untold."""
    sentences = split_sentences(document)
    placed: dict[int, Mapping[str, Any]] = {}
    for position, sentence in enumerate(sentences):
        told = [
            label for label in labels if sentence.span.overlaps(Span(label["start"], label["end"]))
        ]
        if sentence.kind is not Kind.HEADING and all(
            label["start"] == sentence.span.start for label in told
        ):
            label = told[0] if told else {"kind": rest}
            if label["kind"] and not (label["kind"] == "mixed" and not label.get("parts")):
                placed[position] = label
    starts = [sentence.span.start for sentence in sentences]
    found = {bisect_right(starts, cue[0]) - 1: (cue[0], cue[1]) for cue in cues}
    via = {
        position: _via(document.text, label["via"])
        for position, label in placed.items()
        if label.get("via")
    }
    return Told(
        document, sentences, placed, found, _mentions(document.text, list(placed.values())), via
    )


def _via(text: str, via: str | Sequence[str]) -> list[tuple[int, int]]:
    """Where whoever is between author and speaker is named."""
    names = [via] if isinstance(via, str) else via
    return [
        (m.start(), m.end())
        for name in names
        for m in re.finditer(re.escape(name), text, re.IGNORECASE)
    ]


def _mentions(text: str, labels: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, int]]]:
    """Where each speaker is named: by the whole name of a label, else by its key, as long as the source has it."""
    found: dict[str, list[tuple[int, int]]] = {}
    for label in labels:
        key, speaker, source = label.get("speaker_key"), label.get("speaker"), label.get("source")
        if not key or not speaker or speaker == "unclear":
            continue
        places = found.setdefault(key, [])
        named = [
            (match.start(), match.end())
            for match in re.finditer(re.escape(speaker), text, re.IGNORECASE)
        ]
        if source and key.casefold() in text[source[0] : source[1]].casefold():
            named.append((source[0], source[1]))
        if key != key.lower() or not named:
            named += [
                (match.start(), match.end())
                for match in re.finditer(rf"\b{re.escape(key)}\b", text, re.IGNORECASE)
            ]
        places += named
    for key in {
        part[3]
        for label in labels
        for part in label.get("parts") or ()
        if len(part) > 3 and part[3]
    } - set(found):
        found[key] = [
            (match.start(), match.end())
            for match in re.finditer(rf"\b{re.escape(key)}\b", text, re.IGNORECASE)
        ]
    return {key: _outermost(places) for key, places in found.items()}


def _outermost(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(places), key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
