"""Denials: whether what follows in a sentence is said not to be so, or not to have been said."""

import re
from dataclasses import replace

from pullquote.voice.parts import Voice

_DENIES = re.compile(
    r"\bden(?:y|ies|ied|ying)\b|"
    r"\b(?:reject(?:s|ed|ing)?|disput(?:e|es|ed|ing)|refut(?:e|es|ed|ing)|rebut(?:s|ted|ting)?|dismiss(?:es|ed|ing)?|"
    r"contradict(?:s|ed|ing)?|debunk(?:s|ed|ing)?|disavow(?:s|ed|ing)?|repudiat(?:e|es|ed|ing)|contest(?:s|ed|ing)?)\s(?:[\w’'-]+\s){0,3}?"
    r"(?:that|ideas?|claims?|notions?|arguments?|views?|findings?|suggestions?|allegations?|charges?|accusations?|assertions?|theory|"
    r"statements?|conclusions?|criticisms?|reports?|myths?)\b|"
    r"(?:\bnot|n[’']t|\bnever|\bno\slonger)\s(?:\w+ly\s)?(?:true|the\scase|say|said|saying|claim|claimed|believe|believed|think|thought|accept|accepted|agree|agreed|imply|mean)\b|"
    r"\b(?:untrue|false|wrong|nonsense|absurd|an?\s(?:myth|lie|fiction|fallacy))\s(?:to\s(?:say|claim|suggest|think)\s)?that\b|"
    r"\bno\s(?:\w+\s)?(?:evidence|proof|signs?|truth)\b",
    re.IGNORECASE,
)
_SAYS = r"(?:said|says?|add(?:s|ed)?|argue[sd]?|insist(?:s|ed)?|claim(?:s|ed)?|wrote|writes|told|tells|warn(?:s|ed)?|saying|adding|arguing|insisting|claiming|warning)"
_OVER = re.compile(
    rf"[.;:!?]\s|\b(?:but|because|since|as|instead|although|though|while|whereas)\s|(?:,|\band|\bbut)\s(?:[\w’'.-]+\s){{0,4}}?{_SAYS}\b",
    re.IGNORECASE,
)


def denies(words: str) -> bool:
    """Whether the words of a sentence before a part of it deny that part, so that whoever speaks does not say it.

    Example: denies("Ann Lee denied that ") is True; denies("Ann Lee denied it and said that ") is not
    """
    places = [match.end() for match in _DENIES.finditer(words)]
    return bool(places) and _OVER.search(words, places[-1]) is None


def without_denied(voices: tuple[Voice, ...], words: str) -> tuple[Voice, ...]:
    """The voices of a sentence, not sure where a part is what somebody denies to be so or to have said."""
    first = voices[0].span.start
    return tuple(
        replace(voice, sure=False) if voice.span.start > first and denies(words[: voice.span.start - first]) else voice
        for voice in voices
    )
