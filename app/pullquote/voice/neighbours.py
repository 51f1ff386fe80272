"""Neighbours: sentences that tell of the one before them that somebody else holds it, or answer it."""

import re
from enum import IntEnum

VIEWS = (
    r"(?:argument|assumption|belief|case|claim|complaint|conclusion|fear|line|logic|message|opinion|pitch|position|reasoning|"
    r"story|theory|thesis|verdict|view|worry)s?"
)
THEIRS = (
    r"(?:(?:[Tt]heir|[Hh]er|[Hh]is|[Ii]ts|(?:(?:[Tt]he|[A-Z][\w.’'-]*)\s)?(?:[\w.-]+\s){0,3}?[\w.-]+(?:[’']s|s[’']))\s)"
)
_TOLD_OF = re.compile(  # of the sentence before
    r"(?:So|Thus)\s(?:says?|said|argues?|argued|runs?|ran|goes|went|claims?|claimed|wrote|writes|thinks?)\b"
    r"|(?:That|This|Such|These|Those)(?:,\s[\w\s]{2,20},)?\s(?:is|was|are|were)(?:,\s[\w\s]{2,20},)?\s"
    r"(?:(?:what|how)\s(?!(?:I|we)\b)(?:[\w.’'-]+\s){1,6}?"
    r"(?:says?|said|tells?|told|thinks?|thought|believes?|argues?|argued|claims?|claimed|sees?|saw|puts?|fears?|feared|wants?|calls?|called)\b"
    rf"|(?:the\s|their\s|his\s|her\s|its\s|[A-Z][\w.’'-]*[’']s\s)(?:\w+\s)?{VIEWS}\b)"
)
_ANSWERS = re.compile(
    r"(?:That|This)\s(?:is|was)\s(?:an?\s(?!(?:claim|view|fear|argument)\s(?:that|shared)\b)|not\b|true\b|false\b|wrong\b|right\b|fair\b|nonsense\b|mistaken\b)"
    r"|They\s(?:do\snot|don[’']t)\b|(?:He|She|They|It)\s(?:is|are|was|were)\s(?:\w+ly\s)?(?:right|wrong|mistaken)\b"
    r"|(?:I|We)\s(?:\w+\s)?(?:disagree|agree)\b"
)


class Doubt(IntEnum):
    """What leaves a sentence that reads as the author's to them: it surely is, perhaps is not, or nobody knows whose it is."""

    NONE = 0
    SOME = 1
    SPEAKER = 2


def tells_of(words: str) -> bool:
    """Whether a sentence gives the one before it to somebody: "So says Senator Horn."."""
    return bool(_TOLD_OF.match(words))


def answers(words: str) -> bool:
    """Whether the author answers a report with a sentence, so that what follows is theirs: "That is a serious objection."."""
    return bool(_ANSWERS.match(words))
