"""Lists: three or more who speak together, whose commas end no clause: "a study by Bell, Dow and Lee"."""

import re

from pullquote.voice.nameparts import OPENING, PREPOSITION
from pullquote.voice.tidying import LONGEST_NAME, NO_TITLE

_NAME = r"(?:[Tt]he\s)?[A-Z][\w.’'&-]*(?:\s(?:(?:of|for|the|de|del|van|von|al|la)\s){0,2}[A-Z][\w.’'&-]*){0,4}"
_GROUP = r"(?:[a-z][\w-]*\s){0,2}(?:(?:[a-z][\w-]*)?men|people|police|children|[a-z][\w-]*[^s\W]s)"
_ITEM = rf"(?:{_NAME}|{_GROUP})"
_LAST_ITEM = rf"(?:{_ITEM}|(?:the|an?|its|his|her|their|our|some|many|most|other)\s(?:[\w’'-]+\s?){{1,4}})"
_PAIR = re.compile(rf"(?P<first>{_ITEM}),?\s(?:and|or)\s{_LAST_ITEM}(?:\s\(\d{{4}}[a-z]?\))?")
_ONE = re.compile(_ITEM)
_OPENS_LIST = re.compile(rf"(?:{_NAME}|[A-Z][\w-]*[^s\W]s)")
_NO_ITEM = re.compile(  # has its capital, and perhaps its s, from where it stands
    r"\w+ly|Elsewhere|Inside|Outside|Nearby|Abroad|Overseas|Together|Once|Next|Often|Maybe|Perhaps|Later|Afterwards?|Besides|Always|"
    r"Sometimes|Nowadays|(?:Up|Down)stairs|(?:In|Out)doors|Thus|This|Regardless|None\s?theless|Nevertheless|Yes|No|Still|First|Second|Third|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December"
)
_HEAD = re.compile(  # "A study by Bell", "Researchers at Leeds", "Our own poll of 90 cooks"
    r"(?:(?:[Aa]n?|[Tt]he|[Oo]ne|[Tt]wo|[Tt]hree|[Ss]ome|[Mm]any|[Mm]ost|[Ss]everal|[Aa]nother|[Mm]y|[Oo]ur|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|\d+)\s(?:[\w’'-]+\s){1,5}?|"
    r"(?:[A-Z]?[\w-]*\s)??[\w-]{2,}[^s\W]s\s)"
    rf"(?P<joint>by|of|from|at|in|for|among|between|with)\s(?:[\d,.]+\s)?(?P<last>{_ITEM})"
)
_FINITE = re.compile(
    r"\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|does|did|said|[a-z]{3,}ed)(?:\s|$)"
)
_MARK_NEXT = rf"\s?(?:[,;:§]|\.{NO_TITLE}|$)"
_TIME_OR_PLACE = r"\s(?:in|on|at|to|from|after|before|during|for|as|about|who|last|this)\s"
_NO_CLAUSE = r"(?![^,;:.]*\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|do|does|did)\s)"
_LIST = rf"{_ITEM}(?:,\s{_ITEM}){{1,6}},?\s(?:and|or)\s{_ITEM}"
_FROM_START = re.compile(rf"(?P<list>{_LIST})(?={_MARK_NEXT}|{_TIME_OR_PLACE}{_NO_CLAUSE})")
_LEAST_CUT = re.compile(rf",\s(?:{_ITEM},\s)*{_ITEM},?\s(?:and|or)\s{_ITEM}(?={_MARK_NEXT}|{_TIME_OR_PLACE})")


def list_of(parts: list[str]) -> str | None:
    """The whole list that the last parts between commas make up, with what it hangs on; None where they make up none.

    Example: list_of(["A study by Bell", "Dow and Lee"]) -> "A study by Bell, Dow and Lee"
    """
    last = _last_pair(parts)
    if last is None:
        return None
    pair, size = last
    first = None
    for at in range(len(parts) - size - 1, -1, -1):
        first = at if _opens(parts[at], pair["first"]) else first
        if not _ONE.fullmatch(parts[at]):
            break
    whole = ", ".join(parts[first:]) if first is not None else ""
    return whole if 0 < len(whole) <= LONGEST_NAME else None


def list_from(words: str) -> str | None:
    """The list that words open with, up to a mark, a time or a place: "Bell, Dow and Lee, rents rose" -> "Bell, Dow and Lee"."""
    found = _FROM_START.match(words)
    return found["list"] if found and len(found["list"]) <= LONGEST_NAME else None


def is_cut(words: str, subject: str) -> bool:
    """Whether a name seems to be only a part of a list, so that others speak too."""
    at = words.find(subject)
    if at < 0:
        return False
    if _LEAST_CUT.match(words, at + len(subject)):
        return True
    before = words[:at]
    if " and " not in subject or not before.endswith(", "):
        return False
    part = before[:-2].rpartition(", ")[2]
    return not (PREPOSITION.match(part) or OPENING.fullmatch(f"{part}, ") or _FINITE.search(part))


def _last_pair(parts: list[str]) -> tuple[re.Match[str], int] | None:
    """The last two items, and how many parts they stand in: "Dow and Lee" or "Dow", "and Lee"."""
    for size in (1, 2):
        if len(parts) > size and (pair := _PAIR.fullmatch(", ".join(parts[-size:]))):
            return pair, size
    return None


def _opens(part: str, item: str) -> bool:
    """Whether a list of items like the given one begins with the part, or at its end."""
    if PREPOSITION.match(part) or OPENING.fullmatch(f"{part}, ") or _NO_ITEM.fullmatch(part):
        return False
    if _OPENS_LIST.fullmatch(part):
        return (" " in part) == (" " in item) or item.islower() == (part.islower() or part[1:].islower())
    head = _HEAD.fullmatch(part)
    if head is None or _FINITE.search(part) or head["last"].islower() != item.islower():
        return False
    alike = (" " in head["last"]) == (" " in item)  # not "the mayor of Leeds, Ann Lee and Bob Bell"
    return head["joint"] == "by" or alike or item.islower()
