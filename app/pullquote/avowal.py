"""Avowals: whether who speaks holds what a quote says, or grants it to the other side, or once thought so.

English only; what no plain word tells is taken to be held.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pullquote.quote import Quote
from pullquote.sentences import Kind

LONGEST = 2_000  # code points of a sentence that are looked at
REACH = 3  # sentences of the paragraph before one that may tell that it is granted, or of long ago
TOLD = 2  # sentences after one that may take it back
_OPENS = r"\A[\"'“‘(\[*_\s-]{0,20}"
_GRANTS = re.compile(
    r"\b(?:I|we)(?:\s(?:must|will|would|do|can|have\sto|should|too|also|readily|freely|gladly|[’']ll)){0,2}\s"
    r"(?:concede(?!\s(?:no|nothing)\b)|(?:admit|grant)(?=\sthat\b|[,:;.]|\sit\b)|grant\s(?:him|her|them|you)\s(?:that|this|the|half|one)\b)"
    r"|\b(?:I|we)\s(?:do\snot|don[’']t|would\snot|wouldn[’']t|cannot|can[’']t)\s(?:deny|dispute)\b"
    r"|\b(?<!if\s)(?<!whether\s)it(?:\s(?:is|was)|[’']s)\s(?:(?:certainly|perfectly|quite|indeed)\s)?true(?:,|\sthat\b)"
    r"|\bit\smust\sbe\s(?:conceded|admitted|granted)\b|\b(?:I\swant|let\sme|I\s(?:shall|will|must)(?:\stry)?(?:\sto)?)\s(?:to\s)?be\sfair\b"
    r"|\badmittedly\b|,\s(?:to\sbe\s(?:fair|just|sure)|in\s(?:all\s)?fairness),"
    r"|\b(?:strongest|best|better|good|fair|serious|real|strong)\s(?:argument|card|case|objection|point|reason)s?\s(?:on|for|from|of)\s"
    r"(?:the\sother\sside|(?:my|our)\s(?:opponents|critics))\b"
    rf"|{_OPENS}(?:(?:but|and|still),?\s)?(?:granted|true|to\sbe\s(?:fair|just|sure)|in\s(?:all\s)?fairness)[,:]",
    re.IGNORECASE,
)
# A sentence that says no more than that something is granted: what it is comes after it.
_ANNOUNCES = re.compile(
    rf"{_OPENS}(?:(?:but|and|still),?\s)?(?:(?:here\s|there\s)?(?:I|we)(?:\s[\w’']+){{0,2}}?\s(?:concede|grant|admit|allow)(?:\s[\w’']+){{0,3}}?"
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
_SINCE = r"(?:\s(?:also|even|first|had|long|once|myself|then|too|[a-z]{2,12}ly))?"
_THOUGHT = re.compile(
    rf"(?<!\bwhat\s)(?<!\bthan\s)(?<!\b[Aa]s\s)(?<!\b[Ii]f\s)\bI{_SINCE}\s(?:assumed|believed|imagined|supposed|thought"
    r"|was\s(?:certain|convinced|sure))\b(?!,|\s(?:about|every|her|him|of|that\sI|them|you)\b)"
    r"|\b(?:I|[Ww]e)\s(?:[a-z]{2,12}\s)?used\sto\s(?:argue|assume|be\s(?:against|for|in)|believe|claim|defend|fear|hold|insist|oppose|say|support|tell|think|write)\b"
    r"|\b(?:I|[Ww]e)\sonce\s(?:argued|called|claimed|held|opposed|said|supported|told|wrote)\b"
    r"|\bI\swould\s(?:once\s)?have\s(?:argued|said|sworn|told\s(?:you|anyone|anybody))\b"
)
_SAID = re.compile(
    rf"(?<![Aa]s\s)\b(?:I|[Ww]e){_SINCE}\s(?:argued|assumed|believed|called|claimed|declared|defended|dismissed|insisted|maintained|mocked"
    r"|opposed|predicted|promised|said|supported|thought|told|voted|warned|wrote)\b"
)
_LONG_AGO = re.compile(
    r"\b(?:years|months|decades|a\s(?:decade|generation|year))\sago\b|\bback\sthen\b|\bat\s(?:the|that)\stime\b|\bin\sthose\sdays\b"
    r"|\bin\s(?:19|20)\d\d\b|\bwhen\sI\swas\s(?:a\s)?(?:boy|girl|student|young|younger)\b|\b(?:formerly|originally|at\sfirst|in\smy\syouth)\b",
    re.IGNORECASE,
)
_WRONG = re.compile(
    r"(?<!\bthat\s)(?<!\b[Ii]f\s)\bI\s(?:was|have\sbeen|had\sbeen)\s(?:[a-z]{2,12}\s)?(?:wrong|mistaken|in\serror)\b"
)
_RETRACTS = re.compile(
    rf"{_WRONG.pattern}|\b[Ww]e\swere\s(?:[a-z]{{2,12}}\s)?(?:wrong|mistaken)\b"
    r"|\b(?:I|[Ww]e)(?:[’']ve|\shave|\shad)?\s(?:since\s|now\s)?changed\s(?:my|our)\sminds?\b"
    r"|\b(?:I|[Ww]e)\s(?:no\slonger|do\snot\snow)\s(?:believe|hold|say|think)\b"
)
_STANDS = re.compile(
    r"\b(?:still|stand\sby|(?:say|think|believe)\s(?:so\s)?(?:again|now|today)|was\sright|were\sright)\b"
)


@dataclass(frozen=True, slots=True)
class _Signs:
    """What one sentence tells of whether it is held."""

    granted: bool  # by a word in it, with no turn after that
    announces: bool
    turns: bool
    thought: bool  # once, as the sentence itself says
    said: bool  # of one's own, in the past: once, where what stands around it says so
    long_ago: bool
    wrong: bool
    retracts: bool


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
    if own.thought or not own.said:
        return own.thought
    before = [_signs(_words(quote, place)) for place in _before(quote, position)]
    if own.long_ago or any(one.long_ago and (one.said or one.thought) for one in before):
        return True
    after = range(position, min(position + TOLD + 1, len(quote.sentences)))
    return any(_signs(_words(quote, place)).retracts for place in after)


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
    grants = _GRANTS.search(words)
    thought = _THOUGHT.search(words) if own else None
    stands = own and _STANDS.search(words) is not None
    return _Signs(
        granted=grants is not None and not _ALTHOUGH.match(words) and not _TURNS.search(words, grants.end()),
        announces=own and _ANNOUNCES.match(words) is not None,
        turns=_TURNS.search(words) is not None,
        thought=thought is not None and not stands and not _TURNS.search(words, thought.end()),
        said=own and not stands and _SAID.search(words) is not None,
        long_ago=own and _LONG_AGO.search(words) is not None,
        wrong=own and _WRONG.search(words) is not None,
        retracts=own and _RETRACTS.search(words) is not None,
    )
