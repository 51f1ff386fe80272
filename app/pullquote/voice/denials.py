"""Denials: whether what follows in a sentence is said not to be so, or not to have been said."""

import re
from dataclasses import replace

from pullquote.span import Span
from pullquote.voice.frames import PREDICATE
from pullquote.voice.parts import Voice, VoiceKind

_SAYING = r"(?:say|claim|argu|suggest|stat|assert|writ|call|insist|declar|describ|tell|tweet|post|brand|label|compar|think|believ|imply)ing\b"
_OBJECT = r"(?:(?!(?:after|at|by|from|in|on|over)\s)[^\s,;:]+\s)(?:[^\s,;:]+\s){0,6}?"  # not "was condemned by Lee for saying"
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
_BLAMES = re.compile(  # what another is blamed or thanked for saying, or told to say no more
    rf"\b(?:accus|applaud|attack|blam|blast|chid|condemn|criticiz|criticis|denounc|fault|fir|jail|mock|prais|rebuk|reprimand|ridicul|sack|"
    rf"scold|slam|su|thank)(?:e|es|ed|ing|m?ed|s)?\s{_OBJECT}(?:of|for)\s(?:\w+ly\s)?(?:having\s)?(?:{_SAYING}|said\b)|"
    rf"\b(?:resign|apologi[sz]e|be\s(?:\w+ed))\sfor\s(?:\w+ly\s)?{_SAYING}|"
    rf"\b(?:advise?|ask|begg?|implore?|order|press|told|tells?|urge?|warn)(?:e?d|ing|s)?\s{_OBJECT}"
    rf"(?:(?:to\s(?:avoid|keep|quit|stop)|against)\s(?:\w+ly\s)?{_SAYING}|not\sto\s(?:say|claim|argue|suggest|write|call)\b)",
    re.IGNORECASE,
)
_SAYS = r"(?:said|says?|add(?:s|ed)?|argue[sd]?|insist(?:s|ed)?|claim(?:s|ed)?|wrote|writes|told|tells|warn(?:s|ed)?|saying|adding|arguing|insisting|claiming|warning)"
_OVER = re.compile(
    rf"[.;:!?]\s|\b(?:but|because|since|as|instead|although|though|while|whereas)\s|(?:,|\band|\bbut)\s(?:[\w’'.-]+\s){{0,4}}?{_SAYS}\b",
    re.IGNORECASE,
)

_TURNS = re.compile(
    r",\s(?P<tail>(?:but|yet)\s(?=[A-Z]|(?:an?|his|her|its|many|most|other|some|the|their|these|this|those)\s))"
)


def denies(words: str) -> bool:
    """Whether the words of a sentence before a part of it deny that part, so that whoever speaks does not say it.

    Example: denies("Ann Lee denied that ") is True; denies("Ann Lee denied it and said that ") is not
    """
    return _is_open(words, _DENIES) or blames(words)


def blames(words: str) -> bool:
    """Whether the words of a sentence before a part of it blame or thank another for saying that part.

    Example: blames("Bob Moe condemned Ann Lee for saying that ") is True; blames("Bob Moe insulted Ann Lee, saying that ") is not
    """
    return _is_open(words, _BLAMES)


def _is_open(words: str, pattern: re.Pattern[str]) -> bool:
    """Whether what a pattern finds last in the words still governs what comes after them."""
    places = [match.end() for match in pattern.finditer(words)]
    return bool(places) and _OVER.search(words, places[-1]) is None


def without_denied(voices: tuple[Voice, ...], words: str) -> tuple[Voice, ...]:
    """The voices of a sentence, not sure where a part is what somebody denies to be so or to have said, or is set against it."""
    first = voices[0].span.start
    return tuple(
        replace(voice, sure=False) if voice.span.start > first and denies(words[: voice.span.start - first]) else voice
        for whole in voices
        for voice in _turned(whole, words[whole.span.start - first : whole.span.end - first])
    )


def _turned(voice: Voice, words: str) -> tuple[Voice, ...]:
    """A report cut where the author may set something against it: "Lee said that it failed, but the firm disagrees"."""
    told = words.find(voice.cue) if voice.kind is VoiceKind.REPORTED and voice.sure and voice.cue else -1
    turn = _TURNS.search(words, told) if told >= 0 else None
    if turn is None or not PREDICATE.search(f" {words[turn.end() :].rstrip('.!?”)')} "):
        return (voice,)
    at = voice.span.start + turn.start("tail")
    head, tail = Span(voice.span.start, at), Span(at, voice.span.end)
    return replace(voice, span=head), replace(voice, span=tail, sure=False)
