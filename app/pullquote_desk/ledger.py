"""The file of a debate's decisions: lines are added to its end, and the last may be taken back."""

import datetime as dt
import fcntl
import json
import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pullquote.corpus.decisions import DESK_FILE, NO_DECISION, decision_of, sha256_of
from pullquote.corpus.documents import Document
from pullquote.corpus.parsing import DEFAULT_DEBATE, debate_of
from pullquote.errors import CorpusError, PullquoteError
from pullquote.span import Span


class DeskError(PullquoteError):
    """A decision cannot be written, or taken back."""


def quote_of(document: Document, span: Span) -> dict[str, Any]:
    """Words of a document as a decision names them.

    Raises:
        InvalidSpan: the range runs past the end of the text.
    """
    location = {"document": document.id, "start": span.start, "end": span.end}
    return {**location, "sha256": sha256_of(span.cut(document.text)), "text": document.sha256}


def path_of(corpus: Path, debate: str) -> Path:
    """The file of a debate's decisions.

    Raises:
        CorpusError: the corpus folder has no folder of that name.
    """
    composed = unicodedata.normalize("NFC", debate)
    if composed == DEFAULT_DEBATE and corpus.is_dir():
        return corpus / DESK_FILE
    folders = (path for path in corpus.glob("[!.]*") if path.is_dir())
    for folder in folders:
        if debate_of(f"{folder.name}/{DESK_FILE}") == composed:
            return folder / DESK_FILE
    raise CorpusError(
        f"decisions are written beside the documents, and {corpus} has no folder “{debate}”; "
        "name the corpus folder with PULLQUOTE_CORPUS"
    )


def add(corpus: Path, debate: str, who: str, body: Mapping[str, Any]) -> str:
    """Write a decision as a line of its own, whole, whoever else writes; the line.

    Raises:
        CorpusError: the debate has no folder.
        DeskError: it is no decision.
        OSError: it cannot be written.
    """
    path, now = path_of(corpus, debate), dt.datetime.now(dt.UTC)
    date = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = json.dumps({"date": date, "who": who, **body}, ensure_ascii=False)
    try:
        decision_of(line.encode("utf-8", "surrogatepass"), path.name, 1)
        content = f"{line}\n".encode()
    except NO_DECISION as error:
        raise DeskError(f"this is no decision: {error}") from error
    with _held(path) as descriptor:
        if _unfinished(path):  # a line that an editor's program left without its end
            content = b"\n" + content
        os.write(descriptor, content)
        os.fsync(descriptor)
    return line


def take_back(corpus: Path, debate: str, line: str) -> None:
    """Take a line out again, the last of those that are the same.

    Raises:
        DeskError: it is not there any more.
    """
    path = path_of(corpus, debate)
    with _held(path) as descriptor:
        lines = path.read_bytes().split(b"\n")
        ranges = [n for n, known in enumerate(lines) if known == line.encode()]
        if not ranges:
            raise DeskError("the decision is not in the file any more; somebody changed it")
        del lines[ranges[-1]]
        os.ftruncate(descriptor, 0)
        os.write(descriptor, b"\n".join(lines))
        os.fsync(descriptor)


def lines_of(corpus: Path, debate: str) -> Sequence[str]:
    """The lines of a debate's file as they are, none where there is no file."""
    path = path_of(corpus, debate)
    content = path.read_bytes() if path.is_file() else b""
    return [line.decode("utf-8", "replace") for line in content.split(b"\n") if line.strip()]


def _unfinished(path: Path) -> bool:
    content = path.read_bytes()
    return bool(content) and not content.endswith(b"\n")


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """The file, open for adding, while nobody else of this machine writes to it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
