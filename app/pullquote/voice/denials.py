"""Denials: whether what follows in a sentence is said not to be so, or not to have been said."""

import re
from bisect import bisect_right
from collections import deque
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from pullquote.span import Span
from pullquote.voice.frames import LONGEST, PREDICATE
from pullquote.voice.voices import Voice, VoiceKind

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
    rf"(?<=;\s)(?!(?:(?:and|or)\s)?\(|(?:and\s)?that\s|(?:(?:and|but)\s)?(?:(?:he|she|they|it)\s)?(?:also\s|later\s)?{_SAYS}\b)(?=\S)"
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
_MEASURE = re.compile(
    r"\s?an?\s[\w-]+\s(?:of|from)\s"
)  # "a fall of 3 percent from the 90 dogs counted in May": no clause
_FINITE = re.compile(
    r"\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|did|that|which|who)\s"
)
_ONLY_THAT = re.compile(r"\s*(?:that\s+)?")
_SECOND_WORD = re.compile(r"\s*\S+\s+")
_WORD = re.compile(r"\S+")
LEAST_CLAUSE = 4  # words that are a clause, whatever their verb is


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
    denied = _Denied(words)
    return tuple(
        replace(voice, sure=False) if voice.span.start > first and denied.at(voice.span.start - first) else voice
        for whole in voices
        for voice in _turned(
            whole, words[whole.span.start - first : whole.span.end - first], begun=whole.span.start > first
        )
    )


class _Denied:
    """Which parts of a sentence it denies or blames another for, looked at once however many parts it has."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._over: dict[int, int] = {}

    @cached_property
    def _ends(self) -> list[list[int]]:
        return [[found.end() for found in pattern.finditer(self._words)] for pattern in (_DENIES, _BLAMES)]

    def at(self, place: int) -> bool:
        """Whether the part that starts there is denied, as in `denies`."""
        lasts = [ends[count - 1] for ends in self._ends if (count := bisect_right(ends, place))]
        return any(self._is_open(last, place) for last in lasts)

    def _is_open(self, last: int, place: int) -> bool:
        if last not in self._over:
            over = _OVER.search(self._words, last)
            self._over[last] = over.end() if over else len(self._words) + 1
        return self._over[last] > place


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
    said = _last_letter(words, turn)
    found = [
        (aside.start(), aside.end() if aside.end() <= said else turn)
        for aside in _ASIDES.finditer(words, start, turn)
        if (_acts(aside["told"]) if aside["told"] else _is_clause(aside["apart"]))
    ]
    if turn == len(words):
        return found
    joined = found[-1][0] if found and found[-1][1] == turn else turn
    return [*found[: len(found) - (joined < turn)], (joined, len(words))]


def _last_letter(words: str, end: int) -> int:
    """Where the last letter or digit before `end` stands, or -1."""
    return next((place for place in range(end - 1, -1, -1) if words[place].isalnum()), -1)


def _is_clause(aside: str) -> bool:
    """Whether what stands between dashes is a clause of its own, and no measure of what stands before it."""
    return bool(_FINITE.search(f" {aside} ")) if _MEASURE.match(aside) else _acts(aside)


def _turn(words: str, start: int) -> int:
    """Where the author may turn against a report whose content starts at `start`; the end of the words where that is nowhere."""
    halves = _Halves(words, start)
    turns = (match.start() for match in _TURNS.finditer(words, start) if halves.are_clauses(match))
    remarks = (match.start() for match in _REMARKS.finditer(words, start) if not _GOES_ON.match(words, match.end()))
    return min(next(turns, len(words)), next(remarks, len(words)))


class _Halves:
    """What stands before and after the turns of a report, looked at once however many turns it has."""

    def __init__(self, words: str, start: int) -> None:
        self._words, self._start = words, start
        self._trimmed = words.rstrip(".!?”)")
        second = _SECOND_WORD.match(words, start)
        self._subject = second.end() if second else len(words)  # a turn after it has so many words before it
        lasts = deque(_WORD.finditer(self._trimmed, start), LEAST_CLAUSE)
        self._clause = lasts[0].start() if len(lasts) == LEAST_CLAUSE else -1  # and one up to it, so many after it
        ends = [found.end() for verb in (PREDICATE, _ACT_TOO) if (found := verb.search(f" {words[start:]} "))]
        self._acted = start + min(ends) - 1 if ends else len(words) + 1  # past the first verb

    def are_clauses(self, turn: re.Match[str]) -> bool:
        """Whether what opens at a turn is a clause that reaches to the end of the report, and what stands before it another."""
        at, end = turn.span()
        opens = self._start and _ONLY_THAT.fullmatch(self._words, self._start, at)  # "said that although it rained, it"
        goes_on = end > at and _GOES_ON.match(self._words, end)
        if opens or goes_on or (at > self._subject and self._acted > at):
            return False  # "the firm, whose owner had died, shut"
        return end <= self._clause or _acts(self._trimmed[end:])


def _acts(words: str) -> bool:
    return bool(PREDICATE.search(f" {words} ") or _ACT_TOO.search(f" {words} "))
