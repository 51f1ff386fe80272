"""Labelled sets: documents, questions, and where the answers stand."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pullquote.answers.query import MAX_TURNS, Turn
from pullquote.corpus.corpus import Corpus, load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.errors import CorpusError, InvalidSpan
from pullquote.settings import Settings
from pullquote.span import Span

DATA_VARIABLE = "$PULLQUOTE_EVAL_DATA"
Row = TypeVar("Row")


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
        CorpusError: a file is missing or not what it should be, or one names what another does not have.
    """
    try:
        corpus = _corpus(folder, settings)
        questions = _labelled(folder, {document.id: document.text for document in corpus.documents})
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else error
        raise CorpusError(f"{folder} is no labelled set ({why}); docs/quality.md describes the format") from error
    return Dataset(folder.name, corpus, questions)


def _rows(path: Path, read: Callable[[dict[str, Any]], Row]) -> list[Row]:
    """What is read from each line.

    Raises:
        ValueError: one cannot be used; it is named by its file and number.
    """
    found = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            with _named(f"{path.name}:{number}"):
                found.append(read(_object(line)))
    if not found:
        raise ValueError(f"{path.name} is empty")
    return found


@contextmanager
def _named(place: str) -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise ValueError(f"{place}: {error} is missing") from error
    except (ValueError, TypeError, InvalidSpan) as error:
        raise ValueError(f"{place}: {error}") from error


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON ({error.msg}, column {error.colno})") from error
    if not isinstance(found, dict):
        raise TypeError("must be a JSON object")
    return found


def _labelled(folder: Path, texts: Mapping[str, str]) -> tuple[LabelledQuestion, ...]:
    """The questions with what answers them."""
    questions = _rows(folder / "queries.jsonl", _question)
    marks: dict[str, dict[str, tuple[Evidence, ...]]] = {question.id: {} for question in questions}

    def mark(row: Mapping[str, Any]) -> None:
        question, document = row["query_id"], row["doc_id"]
        if question not in marks:
            raise ValueError(f"queries.jsonl has no question {question!r}")
        if document not in texts:
            raise ValueError(f"the set has no document {document!r}")
        if row.get("relevance", 1) > 0:
            marks[question][document] = marks[question].get(document, ()) + _evidence(row, texts[document])

    _rows(folder / "qrels.jsonl", mark)
    return tuple(
        replace(
            question, relevant=frozenset(marks[question.id]),
            evidence=tuple(one for found in marks[question.id].values() for one in found),
        )
        for question in questions
    )  # fmt: skip


def _evidence(row: Mapping[str, Any], text: str) -> tuple[Evidence, ...]:
    found = []
    for mark in row["evidence"]:
        try:
            span = Span(mark["start"], mark["end"])
            span.cut(text)
        except InvalidSpan as error:
            raise ValueError(f"evidence for {row['query_id']!r} in {row['doc_id']!r}: {error}") from error
        found.append(Evidence(row["doc_id"], span))
    return tuple(found)


def _question(row: Mapping[str, Any]) -> LabelledQuestion:
    if row["answerable"] not in (True, False, None):
        raise ValueError("'answerable' must be true, false or null")
    asked = [turn["text"] for turn in row.get("history", []) if turn["speaker"] == "user"]
    return LabelledQuestion(
        id=row["id"], text=row["text"], answerable=row["answerable"], half=row.get("half"),
        history=tuple(Turn(text) for text in asked[-MAX_TURNS:]), relevant=frozenset(), evidence=(),
        debate=row.get("debate"),
    )  # fmt: skip


def _corpus(folder: Path, settings: Settings) -> Corpus:
    if not folder.is_dir():
        raise ValueError("there is no such folder")
    if (folder / "corpus.jsonl").is_file():
        return Corpus(tuple(_rows(folder / "corpus.jsonl", lambda row: _document(row, folder.name))))
    if not (folder / "documents.json").is_file():
        raise ValueError("it has neither corpus.jsonl nor documents.json")
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
        return _rows(folder / "corpus.jsonl", lambda row: _document(row, folder.name))
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        return list(load_corpus(replace(settings, corpus=folder)).documents)
    facts = dict(_rows(manifest, lambda row: (row["file"], _manifest_source(row))))
    documents = load_corpus(replace(settings, corpus=folder)).documents
    return [replace(document, source=facts[document.path]) for document in documents]


def _manifest_source(row: Mapping[str, Any]) -> Source:
    keys = ("title", "author", "publisher", "date", "url", "licence")
    return Source(**{key: row.get(key) or None for key in keys})
