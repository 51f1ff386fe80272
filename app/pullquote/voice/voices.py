"""Voices: whose words a range of a document is, who speaks, and the lines that say so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pullquote.corpus.documents import Document, Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span

# Words that have a capital only where a sentence starts with them.
_DETERMINERS = frozenset(
    """a all an another both dozens each few four five her his hundreds its many millions most no one other others several six some ten their these this those thousands three two various""".split()  # noqa: SIM905
)
_GROUPS = frozenset(
    """activists advocates critics experts observers officials opponents people police proponents researchers residents
    sceptics scholars scientists skeptics studies supporters""".split()  # noqa: SIM905
)
_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ]{2,}")
_SHARE = re.compile(
    r"(?:[\d.,]+\s?(?:%|per\s?cent)(?:\sof\s(?:those|people|respondents|them|us))?|half|most|many|some|several|few|others|both)\b(?:\s[a-z]+){0,3}",
    re.IGNORECASE,
)


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
    `turn` is whether a label gives the word to them, or to the last of those in between, as in a transcript; an author's
    own words have it where the document is of what was said aloud. `likely` is whether one who is not sure is probable.
    `parts` is only for a summary: the voices it sums up that are not the author's.
    """

    span: Span
    kind: VoiceKind
    speaker: str | None
    via: tuple[str, ...] = ()
    cue: str | None = None
    sure: bool = True
    turn: bool = False
    likely: bool = False
    parts: tuple["Voice", ...] = ()
    edited: bool = False  # whether an editor says whose it is


def recast(
    voices: Sequence[Voice], span: Span, speaker: str | None, author: str | None
) -> tuple[Voice, ...]:
    """Voices anew where an editor says who speaks in a range; None is the author."""
    recast: list[Voice] = []
    for voice in voices:
        start, end = max(voice.span.start, span.start), min(voice.span.end, span.end)
        if start >= end:
            recast.append(voice)
            continue
        heard = voice.kind in (VoiceKind.QUOTED, VoiceKind.REPORTED)
        kind = VoiceKind.AUTHOR if speaker is None else voice.kind if heard else VoiceKind.REPORTED
        turn = voice.turn and speaker is not None and not voice.via
        who = speaker or author
        edges = ((voice.span.start, start), (end, voice.span.end))
        before, after = (
            [replace(voice, span=Span(*edge))] if len({*edge}) > 1 else [] for edge in edges
        )
        recast += [*before, Voice(Span(start, end), kind, who, turn=turn, edited=True), *after]
    return tuple(recast)


def spoken(voices: Sequence[Voice]) -> Voice:
    """The longest of the voices that are not the author's, or of all where there is none."""
    other_voices = [voice for voice in voices if voice.kind is not VoiceKind.AUTHOR]
    return max(other_voices or voices, key=lambda voice: len(voice.span))


def voices_of(
    sentence_voices: Sequence[tuple[Voice, ...]],
    sentences: Sequence[Sentence],
    first: int,
    last: int,
) -> tuple[Voice, ...]:
    """The voices of the quote made of `sentences` first to last, both included.

    White space between two sentences goes to the earlier voice; neighbours of one voice are joined.
    """
    joined: list[Voice] = []
    for voice in (
        voice
        for voices in sentence_voices[first : min(last + 1, len(sentences))]
        for voice in voices
    ):
        before = joined[-1] if joined else None
        if before and _whose(before) == _whose(voice):
            sure, likely = before.sure and voice.sure, _is_likely(before) and _is_likely(voice)
            span = Span(before.span.start, voice.span.end)
            joined[-1] = replace(before, span=span, sure=sure, likely=likely)
            continue
        if before and before.span.end < voice.span.start:
            joined[-1] = replace(before, span=Span(before.span.start, voice.span.start))
        joined.append(voice)
    return tuple(joined)


def _whose(voice: Voice) -> tuple[VoiceKind, str | None, tuple[str, ...], bool]:
    return voice.kind, voice.speaker, voice.via, voice.edited


def _is_likely(voice: Voice) -> bool:
    return voice.sure or voice.likely


def summary(voices: tuple[Voice, ...]) -> Voice:
    """The voice of a whole quote: the one voice there is, or `mixed`.

    What several are reported to say is `reported` still, with nobody named. A mixed voice has a
    speaker only when all that is not the author's comes from one.
    """
    if len(voices) == 1:
        return voices[0]
    other_voices = tuple(voice for voice in voices if voice.kind is not VoiceKind.AUTHOR)
    speakers, via = {voice.speaker for voice in other_voices}, {voice.via for voice in other_voices}
    kinds = {voice.kind for voice in voices}
    return Voice(
        span=Span(voices[0].span.start, voices[-1].span.end),
        kind=kinds.pop() if len(kinds) == 1 else VoiceKind.MIXED,
        speaker=speakers.pop() if len(speakers) == 1 else None,
        via=via.pop() if len(via) == 1 else (),
        cue=next((voice.cue for voice in other_voices if voice.cue), None),
        sure=all(voice.sure for voice in voices),
        likely=all(map(_is_likely, other_voices)),
        parts=other_voices,
        edited=any(voice.edited for voice in voices),
    )


def called(voice: Voice) -> str | None:
    """Who speaks, as names are written: a label in capitals, or a name all in them, is set in small letters."""
    name = voice.speaker
    label = voice.turn and not voice.via
    return in_small(name) if name and (label or (name.isupper() and " " in name)) else name


def floor(voice: Voice) -> str | None:
    """Who surely says all of it, in their own words or another's: whose turn it is."""
    holders = {
        (component.via[-1] if component.via else component.speaker)
        if component.turn and component.kind is not VoiceKind.AUTHOR
        else None
        for component in voice.parts or (voice,)
    }
    holder = holders.pop() if len(holders) == 1 else None
    return in_small(holder) if holder else None


def in_small(label: str) -> str:
    """A label in capitals, set in small letters."""
    return _CAPITALS.sub(lambda run: run[0].capitalize(), label)


def inline(name: str) -> str:
    """A speaker's name inside a line, without a capital that it has only from the start of a sentence."""
    first, _, remainder = name.partition(" ")
    small = first.lower() in _DETERMINERS or (
        first.lower() in _GROUPS and not remainder[:1].isupper()
    )
    owned = first.lower() in {"my", "our"} and remainder[:1].islower()
    return f"the author’s {remainder}" if owned else name[0].lower() + name[1:] if small else name


def opening(name: str) -> str:
    """A speaker's name at the start of a line; a name that begins small stays as it is."""
    name = inline(name) if name[:3].lower() in {"my ", "our"} else name
    return name[0].upper() + name[1:] if name.partition(" ")[0].islower() else name


def only_counts(name: str) -> bool:
    """Whether a name says that there are several, and hardly who: "some", "many critics"; nobody cites these."""
    return bool(_SHARE.fullmatch(name)) and name[1:].islower()


def source_line(source: Source) -> str:
    """Who published what and when, as far as it is recorded."""
    facts = (source.author, source.publisher, source.date and long_date(source.date))
    return ", ".join(
        dict.fromkeys(fact for fact in facts if fact)
    )  # an office that publishes itself is named once


def speaker_line(voice: Voice, document: Document) -> str:
    """Who speaks and where it stands, for display; nobody is named of whom that is not sure."""
    source = source_line(document.source) or document.name
    if voice.kind is VoiceKind.AUTHOR:
        return source
    if in_doubt(voice) and voice.kind is not VoiceKind.UNCLEAR:
        return _unsure_line(probably(voice), voice.kind, source)
    several = voice.speaker is None and len({component.speaker for component in voice.parts}) > 1
    if several and sum(len(component.span) for component in voice.parts) == len(voice.span):
        return f"Several voices, {_manner(voice.kind)} {source}"
    # Part of it is the author's own: the speaker must not be given all of it.
    if voice.kind is VoiceKind.MIXED:
        return f"{source}, {_retelling(voice)}{_through(voice)}"
    if voice.kind is VoiceKind.UNCLEAR or voice.speaker is None:
        return f"Speaker unclear, in {f'a text by {source}' if document.source.author else source}"
    manner = "recorded by" if voice.turn and not voice.via else _manner(voice.kind)
    return f"{opening(called(voice) or '')}{_through(voice)}, {manner} {source}"


def _unsure_line(probable: str | None, kind: VoiceKind, source: str) -> str:
    if probable and kind is VoiceKind.MIXED:
        return f"{source}, probably citing {inline(probable)}"
    return f"{f'Probably {inline(probable)}, as' if probable else 'As'} told by {source}"


def in_doubt(voice: Voice) -> bool:
    """Whether it is not sure who else than the author speaks; that the author's own part is unsure does not matter."""
    return voice.kind is not VoiceKind.AUTHOR and not all(
        component.sure for component in voice.parts or (voice,)
    )


def probably(voice: Voice) -> str | None:
    """Who speaks where that is not sure but likely; None where nobody may be named."""
    return called(voice) if voice.likely and in_doubt(voice) else None


def spoken_by(voice: Voice) -> str:
    """Who else than the author surely says all of it, as a citation names them; "" where nobody does."""
    told = voice.kind in (VoiceKind.QUOTED, VoiceKind.REPORTED) and not in_doubt(voice)
    return called(voice) or "" if told else ""


def _through(voice: Voice) -> str:
    return "".join(f", via {inline(name)}" for name in voice.via)


def _retelling(voice: Voice) -> str:
    """What the author does with the words of others."""
    quoting = any(component.kind is VoiceKind.QUOTED for component in voice.parts)
    if voice.speaker is not None and not only_counts(voice.speaker):
        return f"{'quoting' if quoting else 'citing'} {inline(voice.speaker)}"
    speakers = inline(voice.speaker or "others")
    return f"quoting {speakers}" if quoting else f"reporting what {speakers} say"


def _manner(kind: VoiceKind) -> str:
    return "quoted by" if kind is VoiceKind.QUOTED else "as reported by"
