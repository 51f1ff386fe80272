"""Days that a sentence points at: "after that date", which it tells or leaves to the sentence before it."""

import re

_THAT_DAY = re.compile(
    r"\b(?:after|before|by|from|on|since|until) that (?P<day>date|day|deadline|meeting|vote)\b", re.IGNORECASE
)
_TELLS_DAY = re.compile(  # by a figure or a name: "at Easter", "on Christmas Eve", "last Friday", "yesterday"
    r"\d|\b(?:[A-Z][a-z]+day|January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Advent|Carnival|Christmas|Diwali|Easter|Eid|Epiphany|Halloween|Hanukkah|Lammas|Lent|"
    r"Michaelmas|Passover|Pentecost|Ramadan|Thanksgiving|Whitsun|Eve|Day|Night|[A-Z][a-z]+mas|(?i:today|tomorrow|tonight|yesterday))\b"
)
_LIMIT = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|da(?:te|y)s?|deadlines?|due|end(?:s|ed)?|expir[a-z]+|final|first|last|laps[a-z]+|opens?|opened|start[a-z]*|"
    r"until|when)\b",
    re.IGNORECASE,
)
_MEETING = re.compile(
    r"\b(?:me(?:e?t|eting)s?|assembl[a-z]+|conven[a-z]+|gather[a-z]*|sat|sessions?|summits?|talks)\b", re.IGNORECASE
)
_VOTE = re.compile(
    r"\b(?:vot(?:e[sd]?|ing|ers?)|ballots?|elect[a-z]*|plebiscites?|polls?|polled|referend[a-z]+)\b", re.IGNORECASE
)
_NAMES = {
    "date": _LIMIT,
    "day": _LIMIT,
    "deadline": _LIMIT,
    "meeting": _MEETING,
    "vote": _VOTE,
}  # what "that vote" means


def is_undated(words: str) -> bool:
    """Whether a sentence means a day that it does not tell: "Fines apply after that date."."""
    day = _THAT_DAY.search(words)
    if day is None:
        return False
    before = words[: day.start()]
    return not (_TELLS_DAY.search(before) or _NAMES[day["day"].lower()].search(before))
