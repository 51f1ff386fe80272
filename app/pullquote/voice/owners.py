"""Owners: whose a quotation most likely is where no words attribute it: whoever the sentence says does something."""

import re

from pullquote.voice.frames import PREDICATE, clause_start
from pullquote.voice.phrases import is_pronoun
from pullquote.voice.pronouns import LONGEST_READ, is_speaker
from pullquote.voice.subjects import main_subject

_RELATIVE = re.compile(r",\s(?:who|which)\s[^,]{1,120},")
_NAME_LAST = re.compile(
    r"(?:^|[,;\]]\s)(?P<name>(?!(?:While|Although|Though|When|If|As|In|On|At|Since|Because|But|And|For|To|Thus|However|Therefore|Yet|So|Also|Or|Not|Both)\b)(?:[Tt]he\s)?[A-Z][\w.’'-]*(?:\s(?:of\s(?:the\s)?)?[A-Z][\w.’'-]*){0,5})\s$"
)
_NAMED_BY_NOBODY = re.compile(  # "which has been called the “…”"
    r"\b(?:been|is|are|was|were|being)\s(?:\w+ly\s|also\s|often\s|sometimes\s)?(?:called|termed|dubbed|known\sas|described\sas|labell?ed|named|considered|deemed)\s(?:the\s|an?\s|as\s)?$"
)
_ACTS_LAST = re.compile(
    r"\s(?:and|then|who)\s(?:\w+ly\s|also\s|later\s)?[a-z]{3,}ed[,:]\s$"
)  # "Lee was there and elaborated, “…”"
_LEANS = re.compile(r"^(?:After|Before|When|While|As|If|In|On|At|For|To|By|With|From|Although|Though|Since|Because)\s")
_LAW = re.compile(
    r"(?:Article|Section|Clause|Rule|Regulation|Schedule|Amendment|Chapter|Title)\s[\dIVX]+\b", re.IGNORECASE
)
_TEXT = re.compile(  # "A protocol of 1987 promises “…”"
    r"(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir)\s)(?:[\w’'-]+\s){0,3}(?:protocol|treaty|charter|act|agreement|constitution|contract|clause|statute|"
    r"code|law|order|decree|bill|manual|permit|licen[cs]e|resolution|directive|convention)(?:\s(?:of|on|for|with)\s.*)?",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"(?:It|There|This|That|These|Those)\b|(?!the\s|an?\s|its\s|their\s|some\s|many\s|most\s|other)[a-z][\w-]*\s[a-z]"
)
_BODY_ALONE = re.compile(r"(?:\[\w+\]\s)?(?P<name>(?:The|Its|His|Her|Their)\s(?:[\w-]+\s){0,2}[\w-]+)\s")
_STATE = re.compile(
    r"\s(?:(?:is|are|was|were|became|began|fell|rose|grew|ran|came|contains?|contained|includes?|included|stands?\sfor|means?|meant)"
    r"|(?:has|have|had)(?=\s(?:an?|the|no|some|many)\s)|(?:has|have|had|can|could|may|might|must|will|would)(?:\s\w+ly)?\s(?:be|been|become))\s"
)


def is_nobodys(words: str) -> bool:
    """Whether what follows is called so without a word of by whom: "which has been called the"."""
    return bool(_NAMED_BY_NOBODY.search(words[-60:]))


def owner_before(words: str) -> str | None:
    """Who a quotation that starts where `words` end belongs to: the subject of a clause in which somebody acts.

    Example: owner_before("The mayor attacked the plan: ") -> "The mayor"; after "The law is" it is nobody's.
    """
    before = words[:LONGEST_READ]
    if is_nobodys(before):
        return None
    before = _RELATIVE.sub("", before)
    start = clause_start(before, len(before))
    for clause in (before[start:], before):
        subject = main_subject(clause)
        subject = _LEANS.sub("", subject)
        if not subject:
            continue
        person = is_pronoun(subject) and subject.lower() in {"he", "she", "they"}
        if not (person or is_speaker(subject) or _LAW.match(subject) or _TEXT.fullmatch(subject)) or _NO_NAME.match(
            subject
        ):
            continue
        verb = PREDICATE.search(clause, max(0, clause.find(subject)) + len(subject))
        stated = verb and _STATE.match(clause, verb.start())
        return None if stated and not _ACTS_LAST.search(clause) else subject
    if name := _NAME_LAST.search(before):
        return name["name"]
    alone = _BODY_ALONE.fullmatch(before)  # "The office “expects half of them” to close"
    return alone["name"] if alone and is_speaker(alone["name"]) else None
