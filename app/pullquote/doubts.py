"""Doubts: whether a sentence that attributes nothing may still tell what others say."""

import re

from pullquote.frames import LONGEST
from pullquote.verbs import find_verbs

NEAR = 80  # letters before a verb that tell whether it is hedged
_AS_SOME = re.compile(r"\bas\s(?:some|others|many|critics)\b|\bwhat\s(?:some|others|many)\scall\b")
_HINT = re.compile(
    r"\b(?:according\sto|(?:claiming|arguing|saying|suggesting|citing|alleging|contending|noting|finding|concluding)\sthat|"
    r"(?:claims?|beliefs?|arguments?|views?|criticisms?|theory|allegations?|concerns?|fears?|accusations?|conclusions?|findings?|"
    r"contention|assertion|notion|idea|premise)(?:\s\w+){0,2}\s(?:is|are|was|were|that|goes)\b|"
    r"(?:allegation|accusation|claim|argument|charge)\b[^.;]{0,40}?\s(?:is|was)\sthat\b|(?:reported|alleged|supposed|purported)ly\b|"
    r"(?:believed|thought|alleged|supposed|reported|reputed|considered|held|said)\sto\b|(?:seen|viewed|regarded|perceived|described)\sas\b|"
    r"(?:point\sof\sview|in\s(?:their|his|her)\s(?:view|opinion|eyes|words))|oppos(?:e|es|ed)\b|advocat(?:e|es|ed)\b|"
    r"(?:critics|opponents|proponents|supporters|advocates)\b)",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"(?:\b(?:will|shall|can|could|should|must|(?-i:may)|might|to|not|never|cannot|don[’']t|doesn[’']t|didn[’']t|won[’']t|"
    r"let|let[’']s|being|be|been|is|are|was|were|am|isn[’']t|it[’']s|of|in|with|by|for|from|on|about|into|these|those|"
    r"this|recent|such|no|any|without|a|an|the|its|their|his|her|our|my|your|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|dozens|several|other|\d+(?:[.,]\d+)*|than|as\sotherwise)"
    r"(?:\s\w+ly|\salso|\sever|\seven|\soften|\ssometimes|\slong|\sstill|\snow|\sonce|\syet)*)\s$",
    re.IGNORECASE,
)
_COUNTRIES = re.compile(
    r"\b(?:member|nation|city|client|arab|western|islamic|southern|northern|many|all|some|most|several|other|few|which|between|among)\s$",
    re.IGNORECASE,
)
_FIRST_PERSON_BEFORE = re.compile(r"\b(?:I|[Ww]e|you|who|which|and(?!\s(?:he|she|it|they)\b))\s(?:\w+\s)?$")


def may_report(masked: str) -> bool:
    """Whether a sentence without attribution still holds a reporting verb somebody else may govern."""
    words = masked[:LONGEST]
    for match in find_verbs(words):
        before = words[max(0, match.start() - NEAR) : match.start()]
        if match.group() == "states" and _COUNTRIES.search(before):
            continue
        if HEDGED.search(before):
            continue
        if not _FIRST_PERSON_BEFORE.search(before):
            return True
        if before.endswith((", which ", ", who ")) and words.startswith(" that", match.end()):
            return True
    return bool(_HINT.search(words))


def hints_at_others(masked: str) -> bool:
    """Whether the author, in words of their own, points at what others say: "as some have"."""
    return bool(_AS_SOME.search(masked[:LONGEST]))
