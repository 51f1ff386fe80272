"""Neighbours: sentences that tell of one beside them that somebody else holds it, or answer it."""

import re

REACH = 3  # sentences that one which announces another's view may cover

_VIEWS = (
    r"(?:argument|assumption|belief|case|claim|complaint|conclusion|fear|line|logic|message|opinion|pitch|position|reasoning|"
    r"story|theory|thesis|verdict|view|worry)s?"
)
_THEIRS = (
    r"(?:(?:[Tt]heir|[Hh]er|[Hh]is|[Ii]ts|(?:(?:[Tt]he|[A-Z][\w.’'-]*)\s)?(?:[\w.-]+\s){0,3}?[\w.-]+(?:[’']s|s[’']))\s)"
)
_TOLD_OF = re.compile(  # of the sentence before
    r"(?:So|Thus)\s(?:says?|said|argues?|argued|runs?|ran|goes|went|claims?|claimed|wrote|writes|thinks?)\b"
    r"|(?:That|This|Such|These|Those)(?:,\s[\w\s]{2,20},)?\s(?:is|was|are|were)(?:,\s[\w\s]{2,20},)?\s"
    r"(?:(?:what|how)\s(?!(?:I|we)\b)(?:[\w.’'-]+\s){1,6}?"
    r"(?:says?|said|tells?|told|thinks?|thought|believes?|argues?|argued|claims?|claimed|sees?|saw|puts?|fears?|feared|wants?|calls?|called)\b"
    rf"|(?:the\s|their\s|his\s|her\s|its\s|[A-Z][\w.’'-]*[’']s\s)(?:\w+\s)?{_VIEWS}\b)"
)
_ANNOUNCES = re.compile(  # what the next ones tell
    rf"{_THEIRS}(?:\w+\s)?{_VIEWS}\s(?:(?:is|was|are|were)\s(?:(?:very|quite|brutally)\s)?(?:simple|clear|plain|straightforward|familiar|blunt|stark|this|these|twofold|well\sknown)"
    r"|(?:runs?|ran|goes|went)\s(?:as\sfollows|like\sthis|thus|roughly\sthus|something\slike\sthis))\s?[.:]"
)
_ANSWERS = re.compile(
    r"(?:That|This)\s(?:is|was)\s(?:an?\s(?!(?:claim|view|fear|argument)\s(?:that|shared)\b)|not\b|true\b|false\b|wrong\b|right\b|fair\b|nonsense\b|mistaken\b)"
    r"|They\s(?:do\snot|don[’']t)\b|(?:He|She|They|It)\s(?:is|are|was|were)\s(?:\w+ly\s)?(?:right|wrong|mistaken)\b"
    r"|(?:I|We)\s(?:\w+\s)?(?:disagree|agree)\b"
)


def tells_of(words: str) -> bool:
    """Whether a sentence gives the one before it to somebody: "So says Senator Horn."."""
    return bool(_TOLD_OF.match(words))


def announces(words: str) -> bool:
    """Whether a sentence announces another's view in the next ones: "The ministry's case is simple."."""
    return bool(_ANNOUNCES.match(words))


def answers(words: str) -> bool:
    """Whether the author answers a report with a sentence, so that what follows is theirs: "That is a serious objection."."""
    return bool(_ANSWERS.match(words))
