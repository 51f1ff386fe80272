"""Settling: the voices of a sentence where the rules and the learned reader do not tell the same."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from pullquote.span import Span
from pullquote.voice.frames import Attribution
from pullquote.voice.nameparts import is_no_name
from pullquote.voice.reading import CALLED, MARKED, OTHERS, OWN, STATED, Reading, attribution_of, laid_by
from pullquote.voice.tags import adds
from pullquote.voice.voices import Speaker, Voice, VoiceKind, spoken

Told = tuple[Voice, ...]
Named = Callable[[Attribution | None], Speaker]
LONGEST_TAG = 12  # words beside a quotation that only say who speaks
_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]")
_DECIDED = re.compile(  # what the author decides on another's plea: "For the reasons given I have concluded that it was not"
    r"(?<![\w’'.-])I\s(?:(?:have|am|must|shall|would|therefore|also|now)\s){0,3}(?:conclude|come\sto|decide|find|hold|satisfied|think\sthat)"
)
SCARE = 3  # quoted words that a report may hold, or the author's that it may begin with


def settled(told: Told, reading: Reading, words: str, author: str | None, named: Named) -> Told:
    """The rules' voices of a sentence, put right where the reading is plain.

    Args:
        named: who the subject of an attribution is; of None, who goes on speaking.
    """
    kinds = {voice.kind for voice in told}
    if VoiceKind.UNCLEAR in kinds:
        return told
    if not reading.reaches(words):
        return _unsure(told)
    if kinds == {VoiceKind.AUTHOR}:
        return _of_others(told, reading, words, author, named) if reading.own <= OTHERS else _stated(told, reading)
    told_of = any(
        voice.speaker and (voice.sure or voice.kind is VoiceKind.QUOTED)
        for voice in told
        if voice.kind is not VoiceKind.AUTHOR
    )
    if reading.own >= OWN and not told_of:
        return (Voice(_whole(told), VoiceKind.AUTHOR, author, sure=False),)
    if kinds == {VoiceKind.QUOTED} and not MARKED.search(words):
        return _stated(told, reading)  # from the middle of a quotation: whoever it names does not speak it
    heard = _of_kind(_agreed(_stated(told, reading), reading, words, named), reading, words, author)
    stated = any(voice.sure for voice in told if voice.kind is not VoiceKind.AUTHOR)
    return heard if stated else _renamed(heard, reading, words, named)


def _of_others(told: Told, reading: Reading, words: str, author: str | None, named: Named) -> Told:
    """What the rules left to the author and the reader hears somebody else in; never sure."""
    attribution = attribution_of(reading, words)
    speaker = named(attribution)
    decided = author and attribution is None and _DECIDED.search(_QUOTED.sub("", words))
    if speaker.own or decided:
        return _unsure(told)
    return laid_by(reading, words, _whole(told), author, replace(speaker, sure=False))


def _of_kind(told: Told, reading: Reading, words: str, author: str | None) -> Told:
    """The same speaker's words, cut or joined as the reading has them."""
    kind, before = reading.likeliest, _kind(told)
    if kind is before or (before is VoiceKind.QUOTED and kind is VoiceKind.REPORTED):
        return told
    others = tuple(voice for voice in told if voice.kind is not VoiceKind.AUTHOR)
    main = spoken(others)
    if len({voice.speaker for voice in others}) > 1:
        return told
    if kind is VoiceKind.MIXED:
        return _cut(main, others, reading, words, _whole(told), author)
    quoted = [_words(voice, told, words) for voice in others if voice.kind is VoiceKind.QUOTED]
    beside = sum(_words(voice, told, words) for voice in told if voice.kind is not VoiceKind.QUOTED)
    if (kind is VoiceKind.QUOTED and (not quoted or beside > LONGEST_TAG or _adds(told, words))) or (
        kind is VoiceKind.REPORTED and max(quoted, default=0) > SCARE
    ):
        return told
    if kind is VoiceKind.REPORTED and _judges(told):
        return told
    own = sum(_words(voice, told, words) for voice in told if voice.kind is VoiceKind.AUTHOR)
    widened = kind is VoiceKind.REPORTED and own > SCARE  # over a clause that the rules leave to the author
    sure = all(voice.sure for voice in others) and not widened
    return (replace(main, span=_whole(told), kind=kind, sure=sure),)


def _words(voice: Voice, told: Told, words: str) -> int:
    return len(_cut_out(voice, told, words).split())


def _cut_out(voice: Voice, told: Told, words: str) -> str:
    start = told[0].span.start
    return words[voice.span.start - start : voice.span.end - start]


def _judges(told: Told) -> bool:
    """Whether the author goes on after a doubtful report: "The people who say that it is safe are wrong"."""
    last, before = told[-1], told[:-1]
    return last.kind is VoiceKind.AUTHOR and any(
        voice.kind is VoiceKind.REPORTED and not voice.sure for voice in before
    )


def _adds(told: Told, words: str) -> bool:
    """Whether the author, after a quotation, tells of more than whose it is."""
    cues = [voice.cue for voice in told]
    own = [number for number, voice in enumerate(told) if number and voice.kind is VoiceKind.AUTHOR]
    return any(adds(_cut_out(told[number], told, words), cues[number - 1]) for number in own)


def unbroken(told: Told, heard: Told, reading: Reading, marked: Sequence[tuple[int, int]]) -> Told:
    """The settled voices, or the rules' where those give the author the end of what stands in one pair of marks.

    Args:
        marked: from where to where the marks of a sentence reach, marks inside marks left out.
    """
    first = heard[0].span.start
    ends = [voice.span.start - first for voice in heard[1:] if voice.kind is VoiceKind.AUTHOR]
    broken = any(start < at < end - 1 for at in ends for start, end in marked)
    named = any(voice.kind is VoiceKind.QUOTED and voice.speaker for voice in told)
    return _stated(told, reading) if broken and named else heard


def _cut(main: Voice, others: Told, reading: Reading, words: str, span: Span, author: str | None) -> Told:
    """The parts as the reading has them, not sure where they hold what the rules are not sure of."""
    parts = laid_by(reading, words, span, author, Speaker(main.speaker, main.via, main.cue))
    doubted = [voice.span for voice in others if not voice.sure]
    if len(parts) == 1:
        return (replace(main, span=span, sure=False),)
    return tuple(
        replace(part, sure=part.sure and not any(_meet(part.span, each) for each in doubted)) for part in parts
    )


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _stated(told: Told, reading: Reading) -> Told:
    """The same voices, not sure where the reader doubts them."""
    own = all(voice.kind is VoiceKind.AUTHOR for voice in told)
    likely = min(reading.right, reading.own if own else 1 - reading.own)
    return told if likely >= STATED else _unsure(told)


def _unsure(told: Told) -> Told:
    return tuple(replace(voice, sure=False) for voice in told)


def _agreed(told: Told, reading: Reading, words: str, named: Named) -> Told:
    """The same voices, not sure where the reader sees another named than the rules."""
    attribution = attribution_of(reading, words) if any(voice.sure and voice.speaker for voice in told) else None
    if attribution is None:
        return told
    seen = _name(named(attribution).name)
    return tuple(
        voice if voice.kind is VoiceKind.AUTHOR or _same(seen, _name(voice.speaker)) else replace(voice, sure=False)
        for voice in told
    )


def _renamed(told: Told, reading: Reading, words: str, named: Named) -> Told:
    """Whom the reader plainly sees named in the sentence, where the rules guess at somebody else or at nobody."""
    others = [voice for voice in told if voice.kind is not VoiceKind.AUTHOR]
    attribution = attribution_of(reading, words, CALLED)
    if attribution is None or len({voice.speaker for voice in others}) > 1:
        return told
    speaker = named(attribution)
    if speaker.name is None or is_no_name(speaker.name, others[0].speaker) or speaker.name in others[0].via:
        return told  # nor those through whom the rules hear somebody: "Police said Moe wrote: “…”"
    if speaker.own or _same(_name(speaker.name), _name(others[0].speaker)):
        return told
    return tuple(
        voice
        if voice.kind is VoiceKind.AUTHOR
        else replace(voice, speaker=speaker.name, via=speaker.via, cue=speaker.cue or voice.cue, sure=False)
        for voice in told
    )


def _name(speaker: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", (speaker or "").casefold()))


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and (one <= other or other <= one)


def _whole(told: Sequence[Voice]) -> Span:
    return Span(told[0].span.start, told[-1].span.end)


def _kind(told: Told) -> VoiceKind:
    kinds = {voice.kind for voice in told}
    return kinds.pop() if len(kinds) == 1 else VoiceKind.MIXED
