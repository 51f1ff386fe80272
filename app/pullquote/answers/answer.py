"""Answers: quotes in a fixed frame, or an honest silence."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pullquote.answers.calibrate import Reason
from pullquote.answers.frame import render
from pullquote.answers.select import only_asks
from pullquote.index.search import Choice, Role
from pullquote.sides.stance import Citation, Side
from pullquote.span import Span
from pullquote.voice import Voice, VoiceKind, in_doubt, inline, opening
from pullquote.voice.names import straight_line


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of the fixed frame."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The place of a quote in an answer: its number, from 1."""

    n: int


Part = Frame | Shown


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
    about: tuple[tuple[str, Span], ...] = ()  # where the quotes stand, shown before, that the question is about

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
        """The parts in plain text."""
        return plain(self.parts, self.citations)

    @property
    def one_sided(self) -> bool:
        """Whether a quote shown takes a side of what the operator put up for debate, and none leans the other way."""
        sided = any(citation.stance and citation.stance.side in (Side.FOR, Side.AGAINST) for citation in self.citations)
        return sided and all(citation.role is not Role.COUNTERPOINT for citation in self.citations)

    @property
    def as_of(self) -> tuple[str | None, str | None]:
        """The oldest and the newest date of the sources quoted."""
        quoted = self.citations or self.nearest
        dates = sorted(filter(None, (citation.quote.document.source.date for citation in quoted)))
        return (dates[0], dates[-1]) if dates else (None, None)


_ORDER = {Role.COUNTERPOINT: 1, Role.CONTEXT: 2}


def plain(parts: Sequence[Part], citations: Sequence[Citation]) -> str:
    """Frame lines and quotes as paragraphs, the quotes in quotation marks with their numbers."""
    quoted = {citation.n: citation.quote.text for citation in citations}
    lines = [part.text if isinstance(part, Frame) else f"“{quoted[part.n]}” [{part.n}]" for part in parts]
    return "\n\n".join(lines)


def cite(choices: Sequence[tuple[Choice, tuple[Voice, ...]]]) -> tuple[Citation, ...]:
    """Number quotes in the order in which they are read: by force, then what leans the other way, then context."""
    ordered = sorted(choices, key=lambda pair: _ORDER.get(pair[0].role, 0))
    return tuple(
        Citation(n, choice.quote, choice.role, voices, choice.score)
        for n, (choice, voices) in enumerate(ordered, start=1)
    )


def compose(citations: Sequence[Citation]) -> tuple[Part, ...]:
    """The frame around the quotes of an answer."""
    parts: list[Part] = []
    before: Citation | None = None
    for citation in citations:
        parts += [Frame(_lead(citation, before)), Shown(citation.n)]
        before = citation
    return tuple(parts)


def _lead(citation: Citation, before: Citation | None) -> str:
    voice, document = citation.voice, citation.quote.document
    return render(
        "frame",
        role=citation.role.value,
        kind=voice.kind.value,
        speaker=None if voice.kind is VoiceKind.AUTHOR or not voice.speaker else opening(voice.speaker),
        quoted=inline(voice.speaker) if voice.speaker else None,
        doubt=in_doubt(voice),
        asks=only_asks(citation.quote),
        author=straight_line(document.source.author),
        name=document.name,
        opens=before is None or before.role is not citation.role,
        same=before is not None and _speaks(before) == _speaks(citation),
        neutral=document.is_neutral,
    )


def _speaks(citation: Citation) -> tuple[str, str | None]:
    return citation.quote.document.id, citation.voice.speaker


def abstain(
    reason: Reason, nearest: Sequence[Citation], languages: str = "English", *, speaker: str | None = None,
    known: bool = False,
) -> tuple[Part, ...]:  # fmt: skip
    """What is said when nothing answers.

    Args:
        languages: those of the sources, in words.
        speaker: whose words were asked for; `known` where the sources hold any of theirs.
    """
    return (
        Frame(
            render(
                "abstention", reason=reason.value, nearest=bool(nearest), languages=languages, speaker=speaker,
                known=known,
            )
        ),
    )  # fmt: skip
