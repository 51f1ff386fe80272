"""Labelled sets: questions, whether the documents answer them, and where."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pullquote.answers.query import MAX_TURNS, Query, Turn
from pullquote.corpus.corpus import Corpus, load_corpus
from pullquote.corpus.documents import Document, Source
from pullquote.errors import CorpusError, InvalidSpan
from pullquote.settings import Settings
from pullquote.span import Span

DATA = "$PULLQUOTE_EVAL_DATA"
Read = TypeVar("Read")
Evidence = tuple[str, Span]
"""The id of a document, and a range of it that answers a question."""


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, whether the documents answer it (None: undecided), and where; `debate` None asks all of them."""

    id: str
    text: str
    answerable: bool | None
    half: str | None
    debate: str | None
    history: tuple[Turn, ...]
    relevant: frozenset[str] = frozenset()
    evidence: tuple[Evidence, ...] = ()

    @property
    def query(self) -> Query:
        """As it is asked."""
        return Query(question=" ".join(self.text.split()), debate=self.debate, history=self.history)


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
        raise CorpusError(
            f"{folder} is no labelled set ({why}); docs/quality.md describes the format"
        ) from error
    return Dataset(folder.name, corpus, questions)


def _rows(path: Path, read: Callable[[dict[str, Any]], Read]) -> list[Read]:
    """What is read from each line; one that cannot be used is named by its file and number."""
    rows = []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            rows += [read(_object(line))] if line.strip() else []
        except (ValueError, TypeError, KeyError, InvalidSpan) as error:
            why = f"{error} is missing" if isinstance(error, KeyError) else error
            why = f"no JSON ({error})" if isinstance(error, json.JSONDecodeError) else why
            raise ValueError(f"{path.name}:{number}: {why}") from error
    if not rows:
        raise ValueError(f"{path.name} is empty")
    return rows


def _object(line: bytes) -> dict[str, Any]:
    row = json.loads(line.decode("utf-8"))
    if not isinstance(row, dict):
        raise TypeError("must be a JSON object")
    return row


def _labelled(folder: Path, texts: Mapping[str, str]) -> tuple[LabelledQuestion, ...]:
    """The questions with what answers them."""
    questions = {question.id: question for question in _rows(folder / "queries.jsonl", _question)}

    def mark(row: Mapping[str, Any]) -> None:
        name, document = row["query_id"], row["doc_id"]
        if name not in questions:
            raise ValueError(f"queries.jsonl has no question {name!r}")
        if document not in texts:
            raise ValueError(f"the set has no document {document!r}")
        try:
            spans = [(document, Span(mark["start"], mark["end"])) for mark in row["evidence"]]
            _ = [span.cut(texts[document]) for _, span in spans]
        except InvalidSpan as error:
            raise ValueError(f"evidence for {name!r} in {document!r}: {error}") from error
        if row.get("relevance", 1) > 0:
            question = questions[name]
            questions[name] = replace(
                question,
                relevant=question.relevant | {document},
                evidence=(*question.evidence, *spans),
            )

    _rows(folder / "qrels.jsonl", mark)
    return tuple(questions.values())


def _question(row: Mapping[str, Any]) -> LabelledQuestion:
    if row["answerable"] not in (True, False, None):
        raise ValueError("'answerable' must be true, false or null")
    turns = [turn["text"] for turn in row.get("history", []) if turn["speaker"] == "user"]
    history = tuple(Turn(text) for text in turns[-MAX_TURNS:])
    return LabelledQuestion(
        row["id"], row["text"], row["answerable"], row.get("half"), row.get("debate"), history
    )


def _corpus(folder: Path, settings: Settings) -> Corpus:
    """The documents of a set; those of other folders are named from its own, or below PULLQUOTE_EVAL_DATA."""
    if not folder.is_dir():
        raise ValueError("there is no such folder")
    if (folder / "corpus.jsonl").is_file():
        return Corpus(tuple(_folder(folder, settings)))
    if not (folder / "documents.json").is_file():
        raise ValueError("it has neither corpus.jsonl nor documents.json")
    facts = json.loads((folder / "documents.json").read_bytes())
    folders = [
        *(("", name) for name in facts.get("folders", ())),
        *facts.get("debates", {}).items(),
    ]
    # the environment where a measurement makes its settings by itself
    data = settings.eval_data or os.environ.get(DATA[1:])
    if not data and any(name.startswith(DATA) for _, name in folders):
        raise CorpusError(f"{folder.name} needs documents from {DATA[1:]}, which is not set")

    def documents(debate: str, name: str) -> Iterator[Document]:
        path = Path(name.replace(DATA, str(data))) if name.startswith(DATA) else folder / name
        read_documents = _folder(path, settings)
        if not debate:
            return (replace(document, debate=folder.name) for document in read_documents)
        return (_moved(document, debate) for document in read_documents)

    return Corpus(tuple(document for row in folders for document in documents(*row)))


def _moved(document: Document, debate: str) -> Document:
    document_id, path = f"{debate}/{Path(document.path).stem}", f"{debate}/{document.path}"
    return replace(document, debate=debate, id=document_id, path=path)


def _folder(folder: Path, settings: Settings) -> Sequence[Document]:
    """The documents of a corpus.jsonl, or files with their front matter or a manifest.jsonl beside them."""

    def document(row: Mapping[str, Any]) -> Document:
        source = Source(title=row.get("title") or None, author=row.get("author") or None)
        debate = row.get("debate") or folder.name
        return Document(
            id=row["id"], debate=debate, path=f"{row['id']}.txt", text=row["text"], source=source
        )

    def described(row: Mapping[str, Any]) -> tuple[str, Source]:
        return row["file"], Source(
            **{field.name: row.get(field.name) or None for field in fields(Source)}
        )

    if (folder / "corpus.jsonl").is_file():
        return _rows(folder / "corpus.jsonl", document)
    documents = load_corpus(replace(settings, corpus=folder)).documents
    if not (folder / "manifest.jsonl").is_file():
        return documents
    facts = dict(_rows(folder / "manifest.jsonl", described))
    return [replace(document, source=facts[document.path]) for document in documents]
