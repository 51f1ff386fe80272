"""Denials: whether what follows in a sentence is said not to be so, or not to have been said."""

import re
from dataclasses import replace
from itertools import pairwise

from pullquote.span import Span
from pullquote.voice.frames import LONGEST, PREDICATE
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

_TURNS = re.compile(  # with a clause of its own, where the author may set something against a report or add to it
    r"(?<=,\s)(?:(?:but|yet)\s(?=[A-Z]|(?:an?|his|her|its|many|most|other|some|the|their|these|this|those)\s)|"
    r"while\s(?!\w+ing\b)|(?:which|who)\s(?=(?:actually|are|at\sleast|did|do|does|had|has|have|in\sfact|is|was|were|will|would)\s|"
    r"(?:[\w’'.-]+\s){0,5}?(?:called|calls|contradict(?:s|ed)?|den(?:y|ies|ied)|disput(?:es?|ed)|reject(?:s|ed)?)\b))|"
    r"(?<=\s)(?:although|(?<!as\s)though|whereas|even\s(?:as|though)|despite|in\sspite\sof|when\sin\s(?:fact|reality|truth))\s|"
    rf"(?<=;\s)(?!\(|(?:and\s)?that\s|(?:(?:and|but)\s)?(?:(?:he|she|they|it)\s)?(?:also\s|later\s)?{_SAYS}\b)(?=\S)"
)
_REMARKS = re.compile(  # without one
    r"(?<=,\s)(?:an?\s(?:[\w’'-]+\s){0,2}(?:accusation|allegation|argument|assertion|boast|charge|claim|comparison|conclusion|contention|"
    r"description|estimate|falsehood|figure|idea|lie|line|myth|notion|number|point|position|prediction|promise|remark|statement|"
    r"suggestion|theory|view)\b|(?:claims|figures|numbers|statements)\s(?:that|which|[a-z]+ed)\s|something\s|without\s(?:citing|evidence|explaining|giving|mentioning|naming|noting|offering|presenting|producing|proof|providing|showing)\b|apparently\s|"
    r"contrary\sto\s|(?:contradicting|forgetting|ignoring|omitting|overlooking)\s)"
)
_DASH = r"(?:—|--|(?<=\s)[–-](?=\s))"
_ASIDES = re.compile(rf"\((?P<told>[^()]{{1,400}})\)|{_DASH}(?P<apart>[^—–]{{1,400}}?)(?:{_DASH}|\Z)")
_GOES_ON = re.compile(  # "the port, which is old, would close": what follows the comma is the report's again
    r"[^,;()]{0,200},\s(?:(?:and\s)?that|is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|did|[a-z]+ed)\s"
)
_ACT_TOO = re.compile(
    r"\s(?:deny|disagree|dispute|do|find|indicate|know|remain|say|show|suggest)\s"
)  # as "records show" does
LEAST_CLAUSE = 4  # words that are a clause, whatever their verb is
LEAST_SUBJECT = 2  # and before it, words that are none without a verb: "that the firm, which was sold"


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
        for voice in _turned(
            whole, words[whole.span.start - first : whole.span.end - first], begun=whole.span.start > first
        )
    )


def _turned(voice: Voice, words: str, *, begun: bool) -> tuple[Voice, ...]:
    """A report cut where the author may set something against it: "Lee said that it failed, but the firm disagrees".

    Args:
        begun: whether the report began before these words.
    """
    if voice.kind is not VoiceKind.REPORTED or not voice.sure or not voice.cue or len(words) > LONGEST:
        return (voice,)
    said = words.find(voice.cue)
    if said < 0 and not begun:
        return (voice,)
    content = said + len(voice.cue) if said >= 0 else 0
    places = [0, *(place for aside in doubtful(words, content) for place in aside), len(words)]
    cuts = [(start, end, bool(number % 2)) for number, (start, end) in enumerate(pairwise(places)) if start < end]
    start = voice.span.start
    return tuple(replace(voice, span=Span(start + first, start + end), sure=not doubt) for first, end, doubt in cuts)


def doubtful(words: str, start: int = 0) -> list[tuple[int, int]]:
    """Where, from the content of a report at `start` on, words stand beside a report that may be the author's: asides, and what is set against it.

    Example: in "Lee said that it failed (it had), though few agreed." the words "(it had)" and "though few agreed."
    """
    turn = _turn(words, start)
    found = []
    for aside in _ASIDES.finditer(words, start, turn):
        end = aside.end() if any(letter.isalnum() for letter in words[aside.end() : turn]) else turn
        if _acts(aside["told"] or aside["apart"]):
            found.append((aside.start(), end))
    if turn == len(words):
        return found
    joined = found[-1][0] if found and found[-1][1] == turn else turn
    return [*found[: len(found) - (joined < turn)], (joined, len(words))]


def _turn(words: str, start: int) -> int:
    """Where the author may turn against a report whose content starts at `start`; the end of the words where that is nowhere."""
    turns = (match.start() for match in _TURNS.finditer(words, start) if _is_clause(words, match, start))
    remarks = (match.start() for match in _REMARKS.finditer(words, start) if not _GOES_ON.match(words, match.end()))
    return min(next(turns, len(words)), next(remarks, len(words)))


def _is_clause(words: str, turn: re.Match[str], start: int) -> bool:
    """Whether what opens at a turn is a clause that reaches to the end of the report, and what stands before it another."""
    before, rest = words[start : turn.start()], words[turn.end() :].rstrip(".!?”)")
    goes_on = turn.group() and _GOES_ON.match(words, turn.end())
    if goes_on or (len(before.split()) >= LEAST_SUBJECT and not _acts(before)):
        return False  # "the firm, whose owner had died, shut"
    return len(rest.split()) >= LEAST_CLAUSE or _acts(rest)


def _acts(words: str) -> bool:
    return bool(PREDICATE.search(f" {words} ") or _ACT_TOO.search(f" {words} "))
