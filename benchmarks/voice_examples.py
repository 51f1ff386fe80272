"""Sentences labelled with whose words they hold, made into examples for the reader.

`benchmarks/voices/documents.jsonl` has documents labelled whole, some of them written for it
(`written.jsonl`), `tests/gold/voice` single sentences. Halves `b` and `c` of the former are kept aside.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.corpus.sentences import Kind, Sentence, split_sentences
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.voice import Voice, VoiceKind, find_voices, summary
from pullquote.voice.untokenized import untokenized
from pullquote.voice.voices import spoken

ROOT = Path(__file__).parents[1]
WHOLE = ROOT / "benchmarks" / "voices" / "documents.jsonl"
SINGLE = ROOT / "tests" / "gold" / "voice" / "labels.jsonl"
WRITTEN = {
    "policy": ROOT / "benchmarks" / "policy" / "written" / "corpus.jsonl",
    "voices": WHOLE.with_name("written.jsonl"),
}
PUBLIC = ("ibm-claim-stance", "clapnq-dev", "mtrag-un", "squad2-dev-half")


@dataclass(frozen=True)
class Example:
    """A sentence in its document: the kind, those that could also be defended, its parts that are not the author's, and where the speaker is named.

    `parts` is None where they were not told, `named` is None where nobody said whether somebody is named. `told` is
    what the rules alone hear in it, `right` whether that names who speaks, None where they were fitted to it.
    """

    document: Document
    sentences: tuple[Sentence, ...]
    position: int
    kind: str
    also: tuple[str, ...]
    parts: tuple[tuple[int, int, str], ...] | None
    named: tuple[int, int] | tuple[()] | None
    told: tuple[Voice, ...]
    right: bool | None


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
            found[f"{name}/{row['id']}"] = Document(id="d", debate="d", path="d.txt", text=row["text"], source=source)
    articles: dict[str, list[tuple[int, str]]] = {}
    for name in PUBLIC:
        for row in _rows(data / "eval" / name / "corpus.jsonl"):
            found[f"{name}/{row['id']}"] = _passage(row["text"])
            if name.startswith("squad2"):
                article, _, number = row["id"].rpartition("#")
                articles.setdefault(f"{name}/{article}", []).append((int(number), row["text"]))
    found |= {name: _passage("\n\n".join(text for _, text in sorted(parts))) for name, parts in articles.items()}
    for row in _rows(data / "demo-docs" / "manifest.jsonl"):
        text = (data / "demo-docs" / row["file"]).read_bytes().decode("utf-8")
        source = Source(title=row["title"], author=row["author"], publisher=row["publisher"])
        found[Path(row["file"]).stem] = Document(id="d", debate="d", path="d.txt", text=text, source=source)
    article = load_corpus(Settings(corpus=ROOT / "corpus")).documents[0]
    return found | {article.id: article}


def _passage(text: str) -> Document:
    return Document(id="d", debate="d", path="d.txt", text=text, source=Source(publisher="Wikipedia"))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def whole_labels(halves: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The labels of the documents labelled whole, with their names."""
    return ((row["doc_id"], row) for row in _rows(WHOLE) if row["half"] in halves.split())


def single_labels() -> Iterator[tuple[str, dict[str, Any]]]:
    """The labelled single sentences by their documents, in the form of `whole_labels`."""
    found: dict[str, list[dict[str, Any]]] = {}
    for label in _rows(SINGLE):
        found.setdefault(label["doc_id"], []).append(label)
    return ((name, {"labels": labels}) for name, labels in found.items())


def whole(documents: Mapping[str, Document], halves: str) -> Iterator[Example]:
    """Every prose sentence of the documents labelled whole; what is not listed is the author's."""
    for name, row in whole_labels(halves):
        document = documents[name]
        sentences = split_sentences(document)
        for position, sentence in enumerate(sentences):
            told = [label for label in row["labels"] if sentence.span.overlaps(Span(label["start"], label["end"]))]
            if sentence.kind is Kind.HEADING or any(label["start"] != sentence.span.start for label in told):
                continue  # not one sentence as the labels have it
            label = told[0] if told else {"kind": "author"}
            yield _example(document, position, label, right=is_right)


def single(documents: Mapping[str, Document], article: Document, halves: str) -> Iterator[Example]:
    """The labelled single sentences; where the speaker is named they do not tell."""
    every = {**documents, "cartels-misra-conversation": article}
    for label in _rows(SINGLE):
        if label["half"] in halves.split():
            document = every[label["doc_id"]]
            span = Span(label["start"], label["end"])
            position = next(at for at, sentence in enumerate(split_sentences(document)) if sentence.span.overlaps(span))
            parts = [(part["start"], part["end"], part["kind"]) for part in label["voices"] if part["kind"] != "author"]
            if label["kind"] == "mixed" and not parts:
                parts = None  # type: ignore[assignment]
            yield _example(document, position, {**label, "parts": parts, "source": None})


def is_right(told: tuple[Voice, ...], label: Mapping[str, Any]) -> bool | None:
    """Whether voices name who speaks as a label has it; None where a careful reader could also say that."""
    given = summary(told).kind is VoiceKind.AUTHOR
    if (label["kind"] == "author") == given:
        return given or is_named(spoken(told).speaker, label)
    return None if (given and "author" in label.get("kind_also", ())) or (not given and "kind_also" in label) else False


@dataclass(frozen=True)
class Heard:
    """A document as the reader is given it: as printed, where it is stored in tokens, with what the rules hear."""

    document: Document
    sentences: tuple[Sentence, ...]
    voices: tuple[tuple[Voice, ...], ...]
    printed: bool


@cache
def heard(document: Document) -> Heard:
    """What the rules alone hear."""
    sentences = split_sentences(document)
    if plain := untokenized(document, sentences):
        return Heard(plain.document, plain.sentences, find_voices(plain.document, plain.sentences), printed=False)
    return Heard(document, sentences, find_voices(document, sentences), printed=True)


def _example(
    document: Document, position: int, label: Mapping[str, Any], right: Callable[..., bool | None] | None = None
) -> Example:
    """A label at its sentence; texts in tokens are read as they were printed, so their parts are not told."""
    found = heard(document)
    told = found.voices[position]
    own = label["kind"] == "author"
    parts, source = () if own else label.get("parts"), () if own else label.get("source", ())
    if not found.printed and not own:
        parts, source = None, None
    start = found.sentences[position].span.start
    return Example(
        found.document,
        found.sentences,
        position,
        label["kind"],
        tuple(label.get("kind_also", ())),
        None if parts is None else tuple((a - start, b - start, kind) for a, b, kind, *_ in parts),
        None if source is None else tuple(place - start for place in source),
        told,
        right(told, label) if right else None,
    )
