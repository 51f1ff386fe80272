"""Avowals: whether who speaks holds what a quote says, or grants it to the other side, or once thought so.

English only; what no plain word tells is taken to be held.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pullquote.corpus.sentences import Kind
from pullquote.index.quote import Quote

LONGEST = 2_000  # code points of a sentence that are looked at
REACH = 3  # sentences of the paragraph before one that may tell that it is granted, or of long ago
TOLD = 2  # sentences after one that may take it back
_BACK = 60  # code points before a word of granting that may refuse it
_OPENS = r"\A[\"'“‘(\[*_\s-]{0,20}"
# A thing that is not denied, and no second one after it: "deny the cost of it", not "deny a guest a chair".
_DETERMINER = r"\s(?:a|an|the|this|these|those|its|their|his|her|any|some)\b"
_ONE_THING = (
    rf"{_DETERMINER}(?:(?!{_DETERMINER})\s(?![\w’'-]{{0,30}}(?<![us])s\s)[\w’'-]{{1,30}}){{0,3}}?(?!{_DETERMINER})\s[\w’'-]{{1,30}}"
    r"(?=[,.;:!?)—–-]|\s(?:and|at|but|by|for|from|in|of|on|or|that|to|which|with)\b|\s?\Z)"
)
_GRANTS = re.compile(
    r"\b(?:I|we)(?:\s(?:must|will|would|do|can|have\sto|should|too|also|readily|freely|gladly|[’']ll)){0,2}\s"
    r"(?:concede(?!\s(?:no|nothing|too)\b)|(?:admit|grant)(?=\sthat\b|[,:;.]|\sit\b)|grant\s(?:him|her|them|you)\s(?:that|this|the\spoint|half|one)\b)"
    r"|\b(?:I|we)\s(?:do\snot|don[’']t|would\snot|wouldn[’']t|cannot|can[’']t)\s(?:deny|dispute)"
    rf"(?:\s(?:that|there|they|he|she)\b|,|\sit(?=[,.;:!]|\s(?:is|was|has|had|may|will|would|can|does)\b)|{_ONE_THING})"
    r"|\b(?<!if\s)(?<!whether\s)it(?:\s(?:is|was)|[’']s)\s(?:(?:certainly|perfectly|quite|indeed)\s)?true(?:,|\sthat\b)"
    r"|\bit\smust\sbe\s(?:conceded|admitted|granted)\b|\b(?:I\swant|let\sme|I\s(?:shall|will|must)(?:\stry)?(?:\sto)?)\s(?:to\s)?be\sfair\b"
    r"|\badmittedly\b|,\s(?:to\sbe\s(?:fair|just|sure)|in\s(?:all\s)?fairness),"
    r"|\b(?P<theirs>strongest|best|better|good|fair|serious|real|strong)\s(?:argument|card|case|objection|point|reason)s?\s(?:on|for|from|of)\s"
    r"(?:the\sother\sside|(?:my|our)\s(?:opponents|critics))\b"
    r"(?!\sto\b|\sof\s(?!(?:the|this|our)\s(?:aisle|argument|case|chamber|debate|house|issue|question)\b))"
    rf"|{_OPENS}(?:(?:but|and|still),?\s)?(?:granted|true|to\sbe\s(?:fair|just|sure)|in\s(?:all\s)?fairness)[,:]",
    re.IGNORECASE,
)
# What comes right before a word of granting and makes a demand or a condition of it.
_DEMANDS = re.compile(r"\b(?:until|till|when|whenever|unless|before|once|if|if\sonly|time)\s\Z", re.IGNORECASE)
_WE_MUST = re.compile(
    r"\Awe\s(?:must|have\sto|should)\s(?:(?:too|also|readily|freely|gladly)\s)?admit\b", re.IGNORECASE
)
_NONE = re.compile(
    r"(?:\b(?:no|not|never|hardly|none|nothing|nobody|without|yet\sto)\b|n[’']t\b)[^,.;:!?]{0,60}\Z", re.IGNORECASE
)
_REFUSES = r"(?!(?:not|no|never|nothing|hardly|cannot|refuse|too|[a-z]{2,6}n[’']t)\s)"
# A sentence that says no more than that something is granted: what it is comes after it.
_ANNOUNCES = re.compile(
    rf"{_OPENS}(?:(?:but|and|still),?\s)?(?:(?:here\s|there\s)?(?:I|we)(?:\s{_REFUSES}[\w’']+){{0,2}}?\s(?:concede|grant|admit|allow)(?:\s{_REFUSES}[\w’']+){{0,3}}?"
    r"\s(?:point|thing|much)s?\b|let\sme\sbe\sfair\b|I\swant\sto\sbe\sfair\b|I\s(?:can\s|do\s|quite\s)?(?:understand|see|feel)\s(?:the|its|their)\s"
    r"(?:appeal|attraction|temptation|case|force)\b)(?:\s[\w’'-]+){0,6}[.:!\"”’)*_]{0,4}\s*\Z",
    re.IGNORECASE,
)
# That a thing has its limits grants something where who says so is for it; whose side it is no word of these tells.
_LIMITS = re.compile(
    r"\b(?:is|are|was|will\sbe)\s(?:no|not\sa|hardly\sa)\s(?:cure|cure-all|panacea|miracle|silver\sbullet|magic\s(?:bullet|wand))\b"
    r"|\b(?:is|are)\s(?:not|far\sfrom)\sperfect\b|\b(?:will|does|do|can)\s?not\s(?:solve|cure|fix)\s(?:everything|every\sproblem)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    rf"{_OPENS}(?:it(?!\s(?:will|would|is\salso)\b)|its|they|their|he|she|there\s(?:are|were|have\sbeen)|some|and|nor|in\s(?:some|many|a\sfew|others?))\b",
    re.IGNORECASE,
)
_TURNS = re.compile(
    rf"{_OPENS}(?:and\s)?(?:but|yet|however|still|nevertheless|nonetheless|even\sso|all\sthe\ssame|that\ssaid|what|only|instead|so"
    r"|the\s(?:answer|catch|difficulty|fact|point|problem|question|trouble|truth)\s(?:is|was|remains)|my\s(?:answer|objection|point|reply)"
    r"|none\sof\s(?:this|that|it))\b"
    r"|[,;:–—]\s?(?:and\s)?(?:but|yet|however|nevertheless|nonetheless|though|still|only)\b"
    r"|(?<!\bnothing)(?<!\banything)(?<!\ball)(?<!\bnone)\sbut\s|\bis\snot\strue\b",
    re.IGNORECASE,
)
_ALTHOUGH = re.compile(rf"{_OPENS}(?:although|though|while|even\s(?:if|though))\b", re.IGNORECASE)  # turns by itself
_OWN = re.compile(r"\b(?:I|[Ww]e|[Mm]e|[Mm]y)\b")
_RARELY = r"(?!(?:not|never|rarely|hardly|scarcely|barely|seldom)\s)"
_SINCE = rf"(?:\s(?:also|even|had|long|once|myself|then|too|{_RARELY}[a-z]{{2,12}}ly))?"
_THOUGHT = re.compile(
    rf"(?<!\bwhat\s)(?<!\bthan\s)(?<!\b[Aa]s\s)(?<!\b[Ii]f\s)\bI(?:\sfirst(?=\sthought\b)|{_SINCE})\s(?:assumed|believed|imagined|supposed"
    r"|thought(?!\s(?:long|hard|carefully|deeply|twice|again|(?:it|this|that)\s(?:only\s)?(?:(?:my|our|a)\s(?:duty|right)|right|fair|best|wise)\sto)\b)"
    r"|was\s(?:certain|convinced(?=\sthat\b)|sure))\b(?!,|\s(?:about|by|every|her|him|of|that\sI|them|to|you)\b)"
    rf"|\b(?:I|[Ww]e)\s(?:{_RARELY}[a-z]{{2,12}}\s)?used\sto\s(?:argue|assume|be\s(?:against|for|in)|believe|claim|defend|fear|hold|insist|oppose|say|support|tell|think|write)\b"
    r"|\b(?:I|[Ww]e)\sonce\s(?:argued|called|claimed|held|opposed|said|supported|told|wrote)\b"
    r"|\bI\swould\s(?:once\s)?have\s(?:argued|said|sworn|told\s(?:you|anyone|anybody))\b"
)
_SAID = re.compile(
    rf"(?<![Aa]s\s)\b(?:I|[Ww]e){_SINCE}\s(?:argued|assumed|believed|called|claimed|declared|defended|dismissed|insisted|maintained|mocked"
    r"|opposed|predicted|promised|said|supported|thought|told|voted|warned|wrote)\b"
)
# Verbs that tell an opinion in words: with a date one of these is of long ago, where a vote or a warning may hold to this day.
_OPINED = re.compile(
    rf"(?<![Aa]s\s)\b(?:I|[Ww]e){_SINCE}\s(?:argued|assumed|believed|called|claimed|said|thought|told|wrote)\b"
)
_LONG_AGO = re.compile(
    r"\b(?:years|months|decades|a\s(?:decade|generation|year))\sago\b|\bback\sthen\b|\bat\s(?:the|that)\stime\b|\bin\sthose\sdays\b"
    r"|\bin\s(?:19|20)\d\d\b|\bwhen\sI\swas\s(?:a\s)?(?:boy|girl|student|young|younger)\b|\b(?:formerly|originally|at\sfirst|in\smy\syouth)\b",
    re.IGNORECASE,
)
_WRONG = re.compile(
    rf"(?<!\bthat\s)(?<!\b[Ii]f\s)\bI\s(?:was|have\sbeen|had\sbeen)\s(?:{_RARELY}[a-z]{{2,12}}\s)?(?:wrong|mistaken|in\serror)\b"
)
_RETRACTS = re.compile(
    rf"{_WRONG.pattern}|\b[Ww]e\swere\s(?:{_RARELY}[a-z]{{2,12}}\s)?(?:wrong|mistaken)\b"
    r"|\b(?:I|[Ww]e)(?:[’']ve|\shave|\shad)?\s(?:since\s|now\s)?changed\s(?:my|our)\sminds?\b"
    r"|\b(?:I|[Ww]e)\s(?:no\slonger|do\snot\snow)\s(?:believe|hold|say|think)\b"
)
_STANDS = re.compile(
    r"\b(?:still|stand\sby|(?:say|think|believe)\s(?:so\s)?(?:again|now|today)|was\sright|were\sright)\b"
)
# What has come true since, or would be said or done once more: "and they have sold", "; every year since has shown it".
_TRUE_NOW = r"(?:has|have|is|are)\b(?!\s(?:not|never)\b|n[’']t)"
_BORNE_OUT = re.compile(
    rf"(?:,\sand|;(?:\sand)?)\s(?!(?:I|[Ww]e|that)\s)(?:[\w’'-]{{1,30}}\s){{1,5}}?{_TRUE_NOW}"
    rf"|(?:\band|;)\s(?:so\s)?(?:it|they|that|this)\s(?:{_TRUE_NOW}|did\b(?!\s(?:not|never)\b|n[’']t)|was[.!,;])"
    r"|(?:\band|;)\s(?:(?:I|[Ww]e)\s)?would(?:\s(?!(?:not|never)\s)[\w’'-]{1,30}){0,3}?\sagain\b"
    r"|\b(?:I|[Ww]e)\shave\s(?:not|never)\schanged\b"
)
_SAME_NOW = re.compile(
    r"\b(?:I|[Ww]e)\s(?:do\s)?(?:argue|believe|claim|hold|say|think|write)\s(?:the\ssame|as\smuch|again|(?:it|so)(?=[.,;!]|\s(?:again|now|still|today)))\b"
)
_CAME_TRUE = re.compile(rf"{_OPENS}(?:and\s)?(?:so\s)?(?:it|they)\s(?:has|have|did|is|are|was|were)[.!]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What one sentence tells of whether it is held."""

    granted: bool  # by a word in it, with no turn after that
    announces: bool
    turns: bool
    thought: bool  # once, as the sentence itself says
    said: bool  # of one's own, in the past: once, where what stands around it says so
    opined: bool  # said, by a verb that tells an opinion in words
    long_ago: bool
    wrong: bool
    retracts: bool
    confirms: bool  # what the sentence before it told of long ago


def disavows(quote: Quote) -> bool:
    """Whether who speaks does not hold what a quote says: they grant it to the other side, or once thought so.

    Example: "I grant that tolls cost money." and "Ten years ago I wrote that tolls were theft."; not "As I said, tolls are fair."
    """
    return _granted(quote) or _outgrown(quote)


def limits(quote: Quote) -> bool:
    """Whether a quote says that a thing has its limits, or goes on from a sentence that does: "Tolls are no cure-all."."""
    if _LIMITS.search(_words(quote, quote.last)):
        return True
    before = next(_before(quote), None)
    return before is not None and bool(
        _GOES_ON.match(_words(quote, quote.last)) and _LIMITS.search(_words(quote, before))
    )


def _granted(quote: Quote) -> bool:
    """Whether the last sentence is granted: by itself, by one before it that only announces it, or since it goes on from one."""
    own = _signs(_words(quote, quote.last))
    if own.granted or own.turns:
        return own.granted
    for steps, position in enumerate(_before(quote)):
        signs = _signs(_words(quote, position))
        if signs.announces or (signs.granted and not steps and _GOES_ON.match(_words(quote, quote.last))):
            return True
        if signs.turns:
            return False
    return False


def _outgrown(quote: Quote) -> bool:
    """Whether a quote says what its speaker once thought, and nothing in it turns from that."""
    for position in range(quote.last, quote.first - 1, -1):
        signs = _signs(_words(quote, position))
        if signs.wrong or _is_of_old(quote, position):
            return True
        if signs.turns:
            return False
    return False


def _is_of_old(quote: Quote, position: int) -> bool:
    """Whether a sentence says what its speaker once thought or said, and does not say any more."""
    own = _signs(_words(quote, position))
    after = [_signs(_words(quote, place)) for place in _after(quote, position)]
    if own.said and not own.thought and (own.retracts or any(one.retracts for one in after)):
        return True
    if after and after[0].confirms:
        return False
    if own.thought or not own.opined:
        return own.thought
    before = [_signs(_words(quote, place)) for place in _before(quote, position)]
    return own.long_ago or any(one.long_ago and (one.opined or one.thought) for one in before)


def _after(quote: Quote, position: int) -> range:
    return range(position + 1, min(position + TOLD + 1, len(quote.sentences)))


def _before(quote: Quote, position: int | None = None) -> Iterator[int]:
    """The nearest sentences of prose before one (None: the quote's last) in its paragraph, from the nearest on."""
    at = quote.last if position is None else position
    for place in range(at - 1, max(-1, at - REACH - 1), -1):
        sentence = quote.sentences[place]
        if sentence.kind is not Kind.PROSE or sentence.paragraph != quote.sentences[at].paragraph:
            return
        yield place


def _words(quote: Quote, position: int) -> str:
    span = quote.sentences[position].span
    return quote.document.text[span.start : min(span.end, span.start + LONGEST)]


@lru_cache(maxsize=4096)  # one answer asks the same of many quotes
def _signs(words: str) -> _Signs:
    own = _OWN.search(words) is not None  # most sentences have no such word, and need no more than two patterns
    grants = _grant(words)
    thought = _THOUGHT.search(words) if own else None
    retracts = own and _RETRACTS.search(words) is not None
    stands = own and (_STANDS.search(words) is not None or (not retracts and _stands_by(words)))
    return _Signs(
        granted=grants is not None and not _ALTHOUGH.match(words) and not _TURNS.search(words, grants.end()),
        announces=own and _ANNOUNCES.match(words) is not None,
        turns=_TURNS.search(words) is not None,
        thought=thought is not None and not stands and not _TURNS.search(words, thought.end()),
        said=own and not stands and _SAID.search(words) is not None,
        opined=own and not stands and _OPINED.search(words) is not None,
        long_ago=own and _LONG_AGO.search(words) is not None,
        wrong=own and _WRONG.search(words) is not None,
        retracts=retracts,
        confirms=not retracts
        and (_CAME_TRUE.match(words) is not None or (own and _SAME_NOW.search(words) is not None)),
    )


def _stands_by(words: str) -> bool:
    """Whether a sentence tells that what it says of the past holds: "I said it would fall, and it has."."""
    return _BORNE_OUT.search(words) is not None or _SAME_NOW.search(words) is not None


def _grant(words: str) -> re.Match[str] | None:
    """The first word of granting in a sentence that no word before it refuses or makes a demand of."""
    for found in _GRANTS.finditer(words):
        before = words[max(0, found.start() - _BACK) : found.start()]
        refused = found["theirs"] is not None and _NONE.search(before)
        if not (refused or _DEMANDS.search(before) or _WE_MUST.match(found.group())):
            return found
    return None
