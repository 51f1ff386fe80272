"""Labelled sets: documents, questions, and where the answers stand."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pullquote.conversation import MAX_TURNS, Turn
from pullquote.corpus import Corpus, load_corpus
from pullquote.documents import Document, Source
from pullquote.errors import CorpusError
from pullquote.settings import Settings
from pullquote.span import Span

DATA_VARIABLE = "$PULLQUOTE_EVAL_DATA"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A range of a document that answers a question."""

    document_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, whether the documents answer it (None: undecided), and where; `debate` None asks all of them."""

    id: str
    text: str
    answerable: bool | None
    half: str | None
    history: tuple[Turn, ...]
    relevant: frozenset[str]
    evidence: tuple[Evidence, ...]
    debate: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A labelled set by its folder's name."""

    name: str
    corpus: Corpus
    questions: tuple[LabelledQuestion, ...]


def load_dataset(folder: Path, settings: Settings) -> Dataset:
    """Read queries.jsonl, qrels.jsonl and corpus.jsonl, or documents.json with folders of documents.

    Raises:
        CorpusError: a file is missing or not what it should be.
    """
    try:
        corpus = _corpus(folder, settings)
        qrels: dict[str, list[Mapping[str, Any]]] = {}
        for row in _rows(folder / "qrels.jsonl"):
            if row.get("relevance", 1) > 0:
                qrels.setdefault(row["query_id"], []).append(row)
        questions = tuple(_question(row, qrels.get(row["id"], [])) for row in _rows(folder / "queries.jsonl"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        raise CorpusError(f"{folder} is no labelled set ({why}); docs/quality.md describes the format") from error
    return Dataset(folder.name, corpus, questions)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_bytes().decode("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _question(row: Mapping[str, Any], labels: list[Mapping[str, Any]]) -> LabelledQuestion:
    evidence = tuple(
        Evidence(label["doc_id"], Span(mark["start"], mark["end"])) for label in labels for mark in label["evidence"]
    )
    asked = [turn["text"] for turn in row.get("history", []) if turn["speaker"] == "user"]
    return LabelledQuestion(
        id=row["id"], text=row["text"], answerable=row["answerable"], half=row.get("half"),
        history=tuple(Turn(text) for text in asked[-MAX_TURNS:]),
        relevant=frozenset(label["doc_id"] for label in labels), evidence=evidence,
        debate=row.get("debate"),
    )  # fmt: skip


def _corpus(folder: Path, settings: Settings) -> Corpus:
    if (folder / "corpus.jsonl").is_file():
        return Corpus(tuple(_document(row, folder.name) for row in _rows(folder / "corpus.jsonl")))
    named = json.loads((folder / "documents.json").read_bytes())["folders"]
    documents: list[Document] = []
    for name in named:
        documents += _folder(_resolved(name, folder, settings), settings)
    return Corpus(tuple(replace(document, debate=folder.name) for document in documents))


def _document(row: Mapping[str, Any], debate: str) -> Document:
    source = Source(title=row.get("title") or None, author=row.get("author") or None)
    return Document(
        id=row["id"], debate=row.get("debate") or debate, path=f"{row['id']}.txt", text=row["text"], source=source
    )


def _resolved(name: str, folder: Path, settings: Settings) -> Path:
    """A folder named from the labelled set's own, or below PULLQUOTE_EVAL_DATA."""
    if not name.startswith(DATA_VARIABLE):
        return folder / name
    data = settings.eval_data or os.environ.get(DATA_VARIABLE[1:])  # where a measurement makes its settings by itself
    if not data:
        raise CorpusError(f"{folder.name} needs documents from {DATA_VARIABLE[1:]}, which is not set")
    return Path(data) / name.removeprefix(DATA_VARIABLE).strip("/")


def _folder(folder: Path, settings: Settings) -> list[Document]:
    """Another set's corpus.jsonl, or documents with their front matter or a manifest.jsonl beside them."""
    if (folder / "corpus.jsonl").is_file():
        return [_document(row, folder.name) for row in _rows(folder / "corpus.jsonl")]
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        return list(load_corpus(replace(settings, corpus=folder)).documents)
    facts = {row["file"]: row for row in _rows(manifest)}
    documents = load_corpus(replace(settings, corpus=folder)).documents
    return [replace(document, source=_manifest_source(facts[document.path])) for document in documents]


def _manifest_source(row: Mapping[str, Any]) -> Source:
    keys = ("title", "author", "publisher", "date", "url", "licence")
    return Source(**{key: row.get(key) or None for key in keys})
