"""Editors' decisions on a debate, one a line of the file beside its documents; words are named by place and hash."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from pullquote.corpus.files import read_regular
from pullquote.corpus.parsing import debate_of
from pullquote.errors import DocumentError, InvalidSpan
from pullquote.span import Span

DESK_FILE = "desk.jsonl"
# What reading a line raises that is no decision.
NO_DECISION = (ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidSpan)
MOST_BYTES = 64_000_000  # of one such file: a hundred thousand decisions
SIDES = {"for": "for", "against": "against", "neither": "neutral"}  # as they are written and told
FileState = tuple[str, int, int, int]  # path, when it was written, its size and its number


class DecisionKind(StrEnum):
    """What is decided: a quote's side, who speaks, what answers a question, what is not shown."""

    SIDE = "side"
    SPEAKER = "speaker"
    PIN = "pin"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class DecidedWords:
    """Where the words of a decision stand; `sha256` is theirs, `text` that of the whole document."""

    document: str
    span: Span
    sha256: str
    text: str = ""

    def stand_in(self, text: str, start: int) -> bool:
        """Whether they stand in a text from this offset on."""
        return sha256_of(text[start : start + len(self.span)]) == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorDecision:
    """What somebody decided, and where that is written: a path below the corpus folder, and a line.

    `speaker` is None for the author's own words. A `question` is "" where it is about all questions.
    """

    kind: DecisionKind
    words: tuple[DecidedWords, ...]
    date: str
    who: str
    path: str = ""
    line: int = 0
    id: str = ""  # the same as long as the line is, wherever it stands
    proposition: str = ""
    side: str = ""
    speaker: str | None = None
    question: str = ""
    rewordings: tuple[str, ...] = ()
    reason: str = ""

    @property
    def debate(self) -> str:
        """The debate that it is about."""
        return debate_of(self.path)


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of a corpus folder in order of their date, and the lines that are none, with the reason."""

    made: tuple[EditorDecision, ...] = ()
    damaged: tuple[str, ...] = ()
    states: tuple[FileState, ...] = ()


@dataclass(frozen=True, slots=True)
class DecidedSide:
    """A side that an editor put words on; `row` is that of the window that ends with them, if any."""

    span: Span
    proposition: str
    side: str
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The decisions that hold for a generation, by number of the document; rows are those of windows.

    `pins` is by debate and question in plain words, as are the questions of `hidden_for`; `withheld`
    says why words are never shown, `unfit` which decisions do not hold, and why; `holding` are the
    others, each with where its words stand now.
    """

    sides: Mapping[int, tuple[DecidedSide, ...]] = field(default_factory=dict)
    speakers: Mapping[int, tuple[tuple[Span, str | None], ...]] = field(default_factory=dict)
    pins: Mapping[tuple[str, str], tuple[tuple[int, Span], ...]] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    hidden_for: Mapping[str, frozenset[int]] = field(default_factory=dict)
    withheld: Mapping[int, tuple[tuple[Span, str], ...]] = field(default_factory=dict)
    holding: tuple[tuple[EditorDecision, tuple[tuple[int, Span], ...]], ...] = ()
    unfit: tuple[tuple[EditorDecision, str], ...] = ()
    states: tuple[FileState, ...] = ()


def sha256_of(words: str) -> str:
    """SHA-256 of words in UTF-8, in hexadecimal."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def desk_states(corpus: Path) -> tuple[FileState, ...]:
    """The files of decisions that a corpus folder holds, each as it is now."""
    files = ((path, path.lstat()) for path in sorted(_files(corpus)))
    return tuple((str(path), at.st_mtime_ns, at.st_size, at.st_ino) for path, at in files)


def _files(corpus: Path) -> Iterator[Path]:
    for pattern in (DESK_FILE, f"[!.]*/{DESK_FILE}"):
        yield from corpus.glob(pattern)


def read_decisions(corpus: Path) -> Decisions:
    """What editors decided; what cannot be read is named, and the rest holds."""
    states = desk_states(corpus)
    made: list[EditorDecision] = []
    damaged: list[str] = []
    for file, *_ in states:
        path = Path(file).relative_to(corpus).as_posix()
        try:
            content, _ = read_regular(corpus, path.split("/"), MOST_BYTES)
        except (OSError, DocumentError) as error:
            damaged.append(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})")
            continue
        for number, line in enumerate(content.split(b"\n"), start=1):
            try:
                made += [decision_of(line, path, number)] if line.strip() else []
            except NO_DECISION as error:
                damaged.append(f"{path}, line {number}: is no decision ({_fault(error)})")
    return Decisions(tuple(sorted(made, key=lambda made: made.date)), tuple(damaged), states)


def _fault(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error.args[0]}"
    return str(error) if isinstance(error, (ValueError, InvalidSpan)) else "its form is another"


def decision_of(line: bytes, path: str, number: int) -> EditorDecision:
    """A line as a decision.

    Raises:
        NO_DECISION: it is none.
    """
    body: dict[str, Any] = json.loads(line)
    kind = DecisionKind(body["kind"])
    quotes = tuple(_words_of(quote) for quote in body["quotes"])
    texts = {"date": body["date"], "who": body["who"]}
    needed = {DecisionKind.SIDE: ("proposition",), DecisionKind.PIN: ("question",)}
    texts |= {name: body[name] for name in needed.get(kind, ())}
    texts |= {"reason": body["reason"]} if kind is DecisionKind.HIDE else {}
    texts |= {"question": body.get("question") or ""} if kind is DecisionKind.HIDE else {}
    side = SIDES[body["side"]] if kind is DecisionKind.SIDE else ""
    speaker = body["speaker"] if kind is DecisionKind.SPEAKER else None
    rewordings = tuple(body.get("rewordings", ()))
    if not all(isinstance(text, str) for text in (*texts.values(), *rewordings, speaker or "")):
        raise ValueError("a text in it is none")
    if not quotes or (kind is not DecisionKind.PIN and len(quotes) > 1):
        raise ValueError("it names no quote" if not quotes else "it names several quotes")
    more: Any = {**texts, "side": side, "speaker": speaker, "rewordings": rewordings}
    more["id"] = hashlib.sha256(line).hexdigest()[:16]
    return EditorDecision(kind=kind, words=quotes, path=path, line=number, **more)


def _words_of(quote: Mapping[str, Any]) -> DecidedWords:
    words = DecidedWords(
        quote["document"], Span(quote["start"], quote["end"]), quote["sha256"], quote["text"]
    )
    texts, offsets = (words.document, words.sha256, words.text), (words.span.start, words.span.end)
    if {type(text) for text in texts} != {str} or {type(offset) for offset in offsets} != {int}:
        raise ValueError("a quote in it is none")
    return words
