"""Settling: the voices of a sentence where the rules and the learned reader do not tell the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pullquote.span import Span
from pullquote.voice.frames import Attribution
from pullquote.voice.parts import Speaker, Voice, VoiceKind
from pullquote.voice.reading import OTHERS, OWN, PLAIN, STATED, Reading, attribution_of, laid_by

Told = tuple[Voice, ...]
Named = Callable[[Attribution | None], Speaker]


def settled(told: Told, reading: Reading, words: str, author: str | None, named: Named) -> Told:
    """The rules' voices of a sentence, put right where the reading is plain.

    Args:
        named: who the subject of an attribution is; of None, who goes on speaking.
    """
    kinds = {voice.kind for voice in told}
    if VoiceKind.UNCLEAR in kinds:
        return told
    if kinds == {VoiceKind.AUTHOR}:
        return _of_others(told, reading, words, author, named) if reading.own <= OTHERS else _stated(told, reading.own)
    if reading.own >= OWN and VoiceKind.QUOTED not in kinds:
        return (Voice(_whole(told), VoiceKind.AUTHOR, author, sure=False),)
    return _of_kind(_agreed(_stated(told, 1 - reading.own), reading, words, named), reading, words, author)


def _of_others(told: Told, reading: Reading, words: str, author: str | None, named: Named) -> Told:
    """What the rules left to the author and the reader hears somebody else in; never sure."""
    speaker = named(attribution_of(reading, words))
    if speaker.own:
        return tuple(replace(voice, sure=False) for voice in told)
    return laid_by(reading, words, _whole(told), author, replace(speaker, sure=False))


def _of_kind(told: Told, reading: Reading, words: str, author: str | None) -> Told:
    """The same speaker's words, cut or joined as the reading has them."""
    kind = reading.likeliest
    if reading.kinds[kind] < PLAIN or kind is _kind(told):
        return told
    others = [voice for voice in told if voice.kind is not VoiceKind.AUTHOR]
    main = max(others, key=lambda voice: len(voice.span))
    if len({voice.speaker for voice in others}) > 1:
        return told
    if kind is VoiceKind.MIXED:
        return _cut(main, reading, words, _whole(told), author)
    if kind is VoiceKind.QUOTED and all(voice.kind is not VoiceKind.QUOTED for voice in others):
        return told
    return (replace(main, span=_whole(told), kind=kind),)


def _cut(main: Voice, reading: Reading, words: str, span: Span, author: str | None) -> Told:
    speaker = Speaker(main.speaker, main.via, main.cue, main.sure)
    parts = laid_by(reading, words, span, author, speaker)
    return parts if len(parts) > 1 else (replace(main, span=span),)


def _stated(told: Told, likely: float) -> Told:
    """The same voices, not sure where the reader doubts them."""
    return told if likely >= STATED else tuple(replace(voice, sure=False) for voice in told)


def _agreed(told: Told, reading: Reading, words: str, named: Named) -> Told:
    """The same voices, not sure where the reader sees another named than the rules."""
    attribution = attribution_of(reading, words) if any(voice.sure and voice.speaker for voice in told) else None
    if attribution is None:
        return told
    seen = (named(attribution).name or "").casefold()
    return tuple(
        voice
        if voice.kind is VoiceKind.AUTHOR or _same(seen, (voice.speaker or "").casefold())
        else replace(voice, sure=False)
        for voice in told
    )


def _same(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _whole(told: Sequence[Voice]) -> Span:
    return Span(told[0].span.start, told[-1].span.end)


def _kind(told: Told) -> VoiceKind:
    kinds = {voice.kind for voice in told}
    return kinds.pop() if len(kinds) == 1 else VoiceKind.MIXED
