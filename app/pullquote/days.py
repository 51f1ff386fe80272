"""Days that a sentence points at: "after that date", which it tells or leaves to the sentence before it."""

import re

_THAT_LIMIT = re.compile(
    r"\b(?:clos(?:e[sd]?|ing)|da(?:te|y)s?|deadlines?|due|end(?:s|ed)?|expir[a-z]+|final|first|last|laps[a-z]+|opens?|opened|start[a-z]*|"
    r"until|when)\b",
    re.IGNORECASE,
)
_NAMES = {  # what "that vote" means
    "date": _LIMIT,
    "day": _LIMIT,
    "deadline": _LIMIT,
    "meeting": re.compile(
        r"\b(?:me(?:e?t|eting)s?|assembl[a-z]+|conven[a-z]+|gather[a-z]*|sat|sessions?|summits?|talks)\b", re.IGNORECASE
    ),
    "vote": re.compile(
        r"\b(?:vot(?:e[sd]?|ing|ers?)|ballots?|elect[a-z]*|plebiscites?|polls?|polled|referend[a-z]+)\b", re.IGNORECASE
    ),
}


def is_undated(words: str) -> bool:
    """Whether a sentence means a day that it does not tell: "Fines apply after that date."."""
    day = _THAT_DAY.search(words)
    if day is None:
        return False
    before = words[: day.start()]
    return not (_TELLS_DAY.search(before) or _NAMES[day["day"].lower()].search(before))
