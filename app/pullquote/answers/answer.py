"""Answers: quotes in a fixed frame, or an honest silence."""

import hashlib
import sys
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query
from pullquote.answers.select import only_asks
from pullquote.index.search import Choice, Role
from pullquote.sides.stance import Citation, Side
from pullquote.span import Span, shortened
from pullquote.voice.entities import names_somebody
from pullquote.voice.names import is_list, is_several, straight_line
from pullquote.voice.voices import (
    Voice,
    VoiceKind,
    called,
    floor,
    in_doubt,
    inline,
    only_counts,
    opening,
)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
ANSWER_BYTES = 4_000  # what an answer takes beside the documents that it quotes, about
SENTENCE_BYTES = 250  # a sentence with its span, about
PLACE_BYTES = (
    400  # an earlier question, or where one of its quotes stood, with the document's id, about
)
_PACKAGED = Path(__file__).parents[1] / "prompts"  # in a wheel
_CHECKOUT = Path(__file__).parents[3] / "prompts"  # in an editable install
_ORDER = {Role.COUNTERPOINT: 1, Role.CONTEXT: 2}


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of the fixed frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The place of a quote in an answer: its number, from 1."""

    n: int


Part = Frame | Shown


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a language model had to say in an answer: nothing, for the `fault` told, or where it found words for and against."""

    model: str
    fault: str | None = None
    favour: tuple[tuple[str, Span], ...] = ()
    against: tuple[tuple[str, Span], ...] = ()
    summary: str | None = None

    def sided(self, citations: Sequence[Citation]) -> tuple[list[int], list[int]]:
        """The numbers of the quotes that it put on either side."""
        favour, against = (
            [one.n for one in citations if any(one.quote.document.id == name and one.quote.span.overlaps(span) for name, span in places)]
            for places in (self.favour, self.against)
        )  # fmt: skip
        return favour, against


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was asked, what the sources say to it, and how it was found."""

    question: str
    resolved_question: str
    debate: str | None
    reason: Reason | None
    confidence: float
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    suggestions: tuple[str, ...]
    generation: str
    built_at: str
    stale: bool
    timings_ms: Mapping[str, float]
    proposition: str | None = None
    gap: str | None = None
    pointed: Pointed | None = None  # by the language model, where one is set and was asked
    about: tuple[
        tuple[str, Span], ...
    ] = ()  # where the quotes stand, shown before, that the question is about

    def __repr__(self) -> str:
        outcome = (
            f"{len(self.citations)} quotes"
            if self.reason is None
            else f"abstained, {self.reason.value}"
        )
        return f"<Answer {shortened(self.question)}: {outcome}>"

    @property
    def answered(self) -> bool:
        """Whether there is a quote."""
        return self.reason is None

    @property
    def id(self) -> str:
        """The same for the same question to the same index, and about the same quotes where it is about any."""
        places = (f"{document_id}:{span.start}-{span.end}" for document_id, span in self.about)
        asked = "\0".join((self.generation, self.debate or "", self.resolved_question, *places))
        return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def text(self) -> str:
        """The parts in plain text: frame lines and quotes as paragraphs, the quotes in quotation marks with their numbers."""
        quoted = {citation.n: citation.quote.text for citation in self.citations}
        parts = (
            part.text if isinstance(part, Frame) else f"“{quoted[part.n]}” [{part.n}]"
            for part in self.parts
        )
        return "\n\n".join(parts)

    @property
    def one_sided(self) -> bool:
        """Whether a quote shown takes a side of what the operator put up for debate, and none leans the other way."""
        sided = any(
            citation.stance and citation.stance.side in (Side.FOR, Side.AGAINST)
            for citation in self.citations
        )
        return sided and all(citation.role is not Role.COUNTERPOINT for citation in self.citations)

    @property
    def as_of(self) -> tuple[str | None, str | None]:
        """The oldest and the newest date of the sources quoted."""
        quoted = self.citations or self.nearest
        dates = sorted(filter(None, (citation.quote.document.source.date for citation in quoted)))
        return (dates[0], dates[-1]) if dates else (None, None)


@dataclass(slots=True)
class Timings:
    """How long each stage of an answer took: milliseconds by stage."""

    taken: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block; the times of one that is entered again add up."""
        start = time.perf_counter()
        yield
        self.taken[name] = self.taken.get(name, 0.0) + (time.perf_counter() - start) * 1_000


def cite(choices: Sequence[tuple[Choice, tuple[Voice, ...]]]) -> tuple[Citation, ...]:
    """Number quotes in the order in which they are read: by force, then what leans the other way, then context."""
    ordered = enumerate(sorted(choices, key=lambda pair: _ORDER.get(pair[0].role, 0)), start=1)
    return tuple(
        Citation(n, choice.quote, choice.role, voices, choice.score)
        for n, (choice, voices) in ordered
    )


def compose(citations: Sequence[Citation]) -> tuple[Part, ...]:
    """The frame around the quotes of an answer."""
    parts: list[Part] = []
    for before, citation in zip((None, *citations), citations, strict=False):
        parts += [Frame(_lead(citation, before)), Shown(citation.n)]
    return tuple(parts)


def _lead(citation: Citation, before: Citation | None) -> str:
    voice, document = citation.voice, citation.quote.document
    spoken, speaker = (document.id, voice.speaker), called(voice)
    others = voice.kind in (VoiceKind.QUOTED, VoiceKind.REPORTED) and not voice.turn
    told = others and speaker and not names_somebody(speaker)  # by the author, who names nobody
    return render(
        "frame", role=citation.role.value, kind=(VoiceKind.MIXED if told else voice.kind).value,
        speaker=None if voice.kind is VoiceKind.AUTHOR or not speaker else opening(speaker), turn=voice.turn and not voice.via,
        quoted=inline(speaker) if speaker else None, doubt=in_doubt(voice), asks=only_asks(citation.quote),
        author=floor(voice) or straight_line(document.source.author), name=document.name,
        opens=before is None or before.role is not citation.role,
        same=before is not None and (before.quote.document.id, before.voice.speaker) == spoken, neutral=document.is_neutral,
    )  # fmt: skip


def abstain(
    reason: Reason,
    languages: str,
    *,
    nearest: bool,
    far: bool,
    speaker: str | None,
    known: int,
    greets: bool = False,
) -> tuple[Part, ...]:
    """What is said when nothing answers.

    Args:
        languages: those of the sources, in words.
        nearest: whether the nearest passage is shown; `far` where that is far from what was asked.
        speaker: whose words were asked for; `known` in how many sources they speak.
        greets: whether nothing is asked of the sources.
    """
    told = {
        "languages": languages,
        "nearest": nearest,
        "far": far,
        "speaker": speaker,
        "known": known,
    }
    told["greets"] = greets
    return (Frame(render("abstention", reason=reason.value, **told)),)


def prompts_folder() -> Path:
    """Where the templates lie: inside an installed package, at the top of a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    # No autoescape: this is plain text. Values are only ever data, never templates.
    environment = Environment(
        loader=FileSystemLoader(prompts_folder()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
    )
    # A comma closes what "Lee, a baker" says of herself, and none ends "Lee, Bell and Dow".
    apposed = {"apposed": lambda name: ", " in name and not is_list(name)}
    environment.tests.update(apposed, several=is_several, count=only_counts)
    return environment


@lru_cache(maxsize=1_024)
def render(template: str, **values: str | bool | None) -> str:
    """One template with all its variables given; the lines of a frame are few and come again.

    Raises:
        jinja2.UndefinedError: a variable is missing.
    """
    text: str = _environment().get_template(f"{template}.jinja").render(**values)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a cache was asked with and without success, and what it holds now."""

    hits: int = 0
    misses: int = 0
    entries: int = 0

    def after(self, before: "Counts") -> "Counts":
        """These counts with the hits and misses of the cache that was there before."""
        return Counts(self.hits + before.hits, self.misses + before.misses, self.entries)


class Cache(Generic[Key, Value]):
    """Values by key, bounded by entries and by bytes; the least recently used goes first. Safe to use from several threads.

    A value is weighed by its parts. Each part has a name and is counted once, however many values
    share it, as answers share the documents that they quote.
    """

    def __init__(self, entries: int, size: int) -> None:
        self._most_entries, self._most_bytes, self.size = entries, size, 0
        self._kept: OrderedDict[Key, tuple[Value, Mapping[Hashable, int]]] = OrderedDict()
        self._sharing: Counter[Hashable] = Counter()
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    @property
    def counts(self) -> Counts:
        """The counts since it was made."""
        return Counts(self._hits, self._misses, len(self._kept))

    def get(self, key: Key) -> Value | None:
        """The value kept under a key, or None."""
        with self._lock:
            if key not in self._kept:
                self._misses += 1
                return None
            self._hits += 1
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Key, value: Value, parts: Mapping[Hashable, int]) -> None:
        """Keep a value, unless it alone is over the bounds; what was used longest ago makes room."""
        if self._most_entries < 1 or sum(parts.values()) > self._most_bytes:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = value, parts
            self.size += sum(bytes_ for part, bytes_ in parts.items() if not self._sharing[part])
            self._sharing.update(parts.keys())
            while len(self._kept) > self._most_entries or self.size > self._most_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        _, parts = self._kept.pop(key, (None, {}))
        for part, bytes_ in parts.items():
            self._sharing[part] -= 1
            if not self._sharing[part]:
                del self._sharing[part]
                self.size -= bytes_


def weighed(query: Query, answer: Answer) -> dict[Hashable, int]:
    """What an answer keeps in memory: itself with what was asked, and the documents that its quotes are cut from."""
    asked = (answer.resolved_question, query.question, *(turn.question for turn in query.history))
    places = sum(len(turn.quotes) for turn in query.history)
    own = (
        ANSWER_BYTES + sum(map(sys.getsizeof, asked)) + PLACE_BYTES * (len(query.history) + places)
    )
    sizes: dict[Hashable, int] = {object(): own}
    for quote in (one.quote for one in (*answer.citations, *answer.nearest)):
        sizes[id(quote.document)] = sys.getsizeof(quote.document.text) + SENTENCE_BYTES * len(
            quote.sentences
        )
    return sizes
