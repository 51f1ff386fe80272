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
from itertools import chain
from pathlib import Path
from typing import Any, Generic, TypeVar

from pullquote.answers.confidence import Reason
from pullquote.answers.query import Query
from pullquote.answers.select import only_asks
from pullquote.index.facets import EVERYTHING, Filter
from pullquote.index.search import Choice, Role
from pullquote.sides.stance import Citation
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
    probably,
)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
ANSWER_BYTES = 4_000  # what an answer takes beside the documents that it quotes, about
SENTENCE_BYTES = 250  # a sentence with its span, about
EARLIER_BYTES = 400  # an earlier question, or a span of a quote with its document's id, about
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
    """What a language model found for and against, or the fault that kept it from answering."""

    model: str
    fault: str | None = None
    favour: tuple[tuple[str, Span], ...] = ()
    against: tuple[tuple[str, Span], ...] = ()
    summary: str | None = None

    def sided(self, citations: Sequence[Citation]) -> tuple[list[int], list[int]]:
        """The numbers of the quotes that it put on either side."""
        favour, against = (
            [
                citation.n
                for citation in citations
                if any(
                    citation.quote.document.id == document_id and citation.quote.span.overlaps(span)
                    for document_id, span in spans
                )
            ]
            for spans in (self.favour, self.against)
        )
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
    stale: bool = False
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    proposition: str | None = None
    gap: str | None = None
    basis: str | None = None  # "editor" where one chose the quotes for this question
    sides_asked: bool = False  # whether both sides of the proposition were asked for
    pointed: Pointed | None = None  # by the language model, where one is set and was asked
    # Where the earlier quotes are that the question is about.
    about: tuple[tuple[str, Span], ...] = ()
    # What it was narrowed by, how many documents pass, and what would answer without that.
    only: Filter = EVERYTHING
    passing: int = 0
    beyond: tuple[Citation, ...] = ()

    def __repr__(self) -> str:
        silence = f"abstained, {self.reason.value}" if self.reason else ""
        return f"<Answer {shortened(self.question)}: {silence or f'{len(self.citations)} quotes'}>"

    @property
    def answered(self) -> bool:
        """Whether there is a quote."""
        return self.reason is None

    @property
    def id(self) -> str:
        """The same for the same question about the same quotes to the same index."""
        spans = (f"{document_id}:{span.start}-{span.end}" for document_id, span in self.about)
        narrowed = [f"{name}={value}" for name, value in self.only.values.items()]
        asked = (self.debate or "", self.resolved_question, *spans, *narrowed)
        key = "\0".join((self.generation, *asked))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def text(self) -> str:
        """Frame lines and quotes as paragraphs, the quotes in quotation marks with their numbers."""
        quoted = {citation.n: citation.quote.text for citation in self.citations}
        return "\n\n".join(
            line.text if isinstance(line, Frame) else f"“{quoted[line.n]}” [{line.n}]"
            for line in self.parts
        )

    @property
    def one_sided(self) -> bool:
        """Whether a quote takes a side of a proposition, and none leans the other way."""
        sided = any(citation.stance and citation.stance.taken for citation in self.citations)
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
    """Number quotes in reading order: by strength, then counterpoints, then context."""
    ordered = enumerate(sorted(choices, key=lambda pair: _ORDER.get(pair[0].role, 0)), start=1)
    return tuple(
        Citation(n, choice.quote, choice.role, voices, choice.score)
        for n, (choice, voices) in ordered
    )


def compose(citations: Sequence[Citation]) -> tuple[Part, ...]:
    """The frame around the quotes of an answer."""
    pairs = zip((None, *citations), citations, strict=False)
    lines = ((Frame(_lead(citation, before)), Shown(citation.n)) for before, citation in pairs)
    return tuple(chain.from_iterable(lines))


def _lead(citation: Citation, before: Citation | None) -> str:
    """The line above a quote."""
    voice, document, speaker = citation.voice, citation.quote.document, called(citation.voice)
    reported = voice.kind in (VoiceKind.QUOTED, VoiceKind.REPORTED) and not voice.turn
    nameless = reported and speaker and not names_somebody(speaker)  # the author tells it
    names_speaker = voice.kind is not VoiceKind.AUTHOR and speaker
    probable = probably(voice)
    return render(
        "frame",
        role=citation.role.value,
        kind=(VoiceKind.MIXED if nameless else voice.kind).value,
        speaker=opening(speaker) if speaker and names_speaker else None,
        turn=voice.turn and not voice.via,
        quoted=inline(speaker) if speaker else None,
        doubt=in_doubt(voice),
        likely=bool(probable),
        asks=only_asks(citation.quote),
        author=floor(voice) or straight_line(document.source.author),
        name=document.name,
        opens=before is None or before.role is not citation.role,
        same=before is not None and _said_by(before) == _said_by(citation),
        speech=voice.kind is VoiceKind.AUTHOR and voice.turn,
        neutral=document.is_neutral,
    )


def _said_by(citation: Citation) -> tuple[object, ...]:
    """What a line tells of whose words a quote is; where it names nobody else, that is whoever wrote the document."""
    voice, document = citation.voice, citation.quote.document.id
    doubt, whose = in_doubt(voice), (voice.kind, voice.speaker, voice.via)
    return (document, floor(voice)) if doubt and not probably(voice) else (document, doubt, *whose)


def abstain(
    reason: Reason,
    languages: str,
    *,
    nearest: int,
    far: bool,
    speaker: str | None,
    known: int,
    mentions: int = 0,
    greets: bool = False,
    sided: bool = False,
) -> tuple[Part, ...]:
    """What is said when nothing answers.

    Args:
        languages: those of the sources, in words.
        nearest: how many of the nearest passages are shown; `far` where they are far from what was asked.
        speaker: whose words were asked for; `known` in how many sources they speak, `mentions` how many name them.
        greets: whether nothing is asked of the sources, as in a greeting.
        sided: whether quotes on a side were asked for.
    """
    facts: dict[str, str | int | None] = {"known": known, "mentions": mentions, "sided": sided}
    facts |= {"languages": languages, "nearest": nearest, "far": far, "speaker": speaker}
    text = render("abstention", reason=reason.value, greets=greets, **facts)
    return (Frame(text),)


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
    # A comma closes what "Lee, a baker" says of herself; none ends "Lee, Bell and Dow".
    apposed = {"apposed": lambda name: ", " in name and not is_list(name)}
    several = {"several": lambda name: is_several(inline(name))}  # "Opponents" as a line starts
    environment.tests.update(apposed, **several, count=only_counts)
    return environment


@lru_cache(maxsize=1_024)
def render(template: str, **values: str | int | None) -> str:
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

    A value's size is that of its components. Each component has a name and is counted once, however
    many values share it, as answers share the documents that they quote.
    """

    def __init__(self, entries: int, size: int) -> None:
        self._most_entries, self._most_bytes, self.size = entries, size, 0
        self._entries: OrderedDict[Key, tuple[Value, Mapping[Hashable, int]]] = OrderedDict()
        self._uses: Counter[Hashable] = Counter()
        self._hits = self._misses = 0
        self._lock = threading.Lock()

    @property
    def counts(self) -> Counts:
        """The counts since it was made."""
        return Counts(self._hits, self._misses, len(self._entries))

    def get(self, key: Key) -> Value | None:
        """The value stored under a key, or None."""
        with self._lock:
            if key not in self._entries:
                self._misses += 1
                return None
            self._hits += 1
            self._entries.move_to_end(key)
            return self._entries[key][0]

    def put(self, key: Key, value: Value, sizes: Mapping[Hashable, int]) -> None:
        """Store a value, unless it alone is over the bounds; the least recently used make room."""
        if self._most_entries < 1 or sum(sizes.values()) > self._most_bytes:
            return
        with self._lock:
            self._drop(key)
            self._entries[key] = value, sizes
            self.size += sum(size for name, size in sizes.items() if not self._uses[name])
            self._uses.update(sizes.keys())
            while len(self._entries) > self._most_entries or self.size > self._most_bytes:
                self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        _, sizes = self._entries.pop(key, (None, {}))
        for name, size in sizes.items():
            self._uses[name] -= 1
            if not self._uses[name]:
                del self._uses[name]
                self.size -= size


def memory_sizes(query: Query, answer: Answer) -> dict[Hashable, int]:
    """Bytes that an answer keeps in memory: its own, and those of the documents it quotes."""
    earlier = [turn.question for turn in query.history]
    texts = (answer.resolved_question, query.question, *earlier)
    spans = sum(len(turn.quotes) for turn in query.history)
    text_bytes = sum(map(sys.getsizeof, texts))
    sizes: dict[Hashable, int] = {
        object(): ANSWER_BYTES + text_bytes + EARLIER_BYTES * (len(earlier) + spans)
    }
    for citation in (*answer.citations, *answer.nearest, *answer.beyond):
        document, sentences = citation.quote.document, citation.quote.sentences
        sizes[id(document)] = sys.getsizeof(document.text) + SENTENCE_BYTES * len(sentences)
    return sizes
