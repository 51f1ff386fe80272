"""Voices: whose words a range of a document is, and who speaks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pullquote.span import Span
from pullquote.voice.frames import Attribution


class VoiceKind(StrEnum):
    """Whether words are the author's, another's, or another's retold by the author."""

    AUTHOR = "author"
    QUOTED = "quoted"
    REPORTED = "reported"
    UNCLEAR = "unclear"
    MIXED = "mixed"  # only for a summary over several voices


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose voice a range of a document is.

    `speaker` is named as at their first mention in the document; it is None where nobody is named.
    `via` holds the voices in between, the one nearest to the speaker first: what a paper reported
    of a memo has the memo as speaker and ("the paper",) as via. `cue` is what gave it away.
    `parts` is only for a summary: the voices it sums up that are not the author's.
    """

    span: Span
    kind: VoiceKind
    speaker: str | None
    via: tuple[str, ...] = ()
    cue: str | None = None
    sure: bool = True
    parts: tuple["Voice", ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, through whom, and what shows it."""

    name: str | None
    via: tuple[str, ...] = ()
    cue: str | None = None
    sure: bool = True
    own: bool = False


Attributed = Sequence[tuple[Attribution, Speaker]]


def laid_out(parts: Sequence[tuple[int, Voice]], span: Span) -> tuple[Voice, ...]:
    """Voices that start at the given places of a sentence and together cover it."""
    ends = [start for start, _ in parts[1:]] + [len(span)]
    doubted = [False, *(not voice.sure for _, voice in parts[:-1])]  # by what stands before them
    return tuple(
        replace(
            voice,
            span=Span(span.start + start, span.start + end),
            sure=voice.sure and not (doubt and voice.kind is VoiceKind.AUTHOR),
        )
        for (start, voice), end, doubt in zip(parts, ends, doubted, strict=True)
    )


def spoken(voices: Sequence[Voice]) -> Voice:
    """The longest of the voices that are not the author's, or of all where there is none."""
    others = [voice for voice in voices if voice.kind is not VoiceKind.AUTHOR]
    return max(others or voices, key=lambda voice: len(voice.span))
