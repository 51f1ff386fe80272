"""What kind of answer a question asks for, and whether a text holds one of that kind."""

import re
from enum import StrEnum


class Expected(StrEnum):
    """The kinds of answer that show in a text's form."""

    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    NAME = "name"


_ASKS: tuple[tuple[Expected, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Expected.MONEY, (r"\bhow much (?:money|cash|funding|aid|does? \w+ (?:cost|spend|earn|pay)|did .{0,60}\b(?:cost|spend|earn|pay))"
                         r"|\bwhat (?:is|was|are|were) the (?:\w+ )?(?:price|cost|salary|bounty|budget)\b")),
        (Expected.NUMBER, (r"\bhow (?:many|often|large|big|tall|far|long|old|fast)\b|\bhow much\b"
                          r"|\b(?:what|which) (?:\w+ )?(?:number|percentage|percent|share|proportion|rate|figure|amount|size|quantity)\b"
                          r"|\bexact (?:number|figure)\b")),
        (Expected.TIME, r"^\W*(?:and |but )?when\b|\b(?:in |since |until |by |from |on )?(?:what|which) (?:year|date|month|day|century|decade|time)\b"),
        (Expected.NAME, r"^\W*(?:and |but )?who(?:m|se)?\b(?! (?:is|are|was|were) to blame)|\bwhat (?:is|was) the name\b|\bwhich (?:person|politician|senator|author)\b"),
    )
)  # fmt: skip
_NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|dozens?|hundreds?|thousands?|millions?|billions?|trillions?|half|quarter|thirds?|twice|double|"
    r"none|once|single|both|percent|majority|most)\b"
)
_HOLDS: dict[Expected, re.Pattern[str]] = {
    Expected.NUMBER: re.compile(_NUMBER, re.IGNORECASE),
    Expected.MONEY: re.compile(r"[$£€]\s?\d|\d.{0,20}\b(?:dollars?|pounds?|euros?|cents?)\b|\b(?:million|billion)\b", re.IGNORECASE),
    Expected.TIME: re.compile(
        r"\b1\d{3}s?\b|\b20\d\ds?\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december"
        r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|century|decades?|today|yesterday|years? ago|last (?:year|month|week))\b"
        r"|\b(?:after|before|until|since|during)\b|\d{1,2}:\d\d",
        re.IGNORECASE,
    ),
    # A capital inside a sentence: the first word's says nothing.
    Expected.NAME: re.compile(r"(?<=[\w,;:’'”\"-] )[“\"(]?[A-Z][\w.’'-]*[a-z]|\b[A-Z]{2,}\b|\b(?:I|we|government|president|people|officials?|cartels?)\b"),
}  # fmt: skip


def expected(question: str) -> Expected | None:
    """The kind of answer asked for, or None where any text may do.

    Example: expected("How many people were killed?") -> Expected.NUMBER
    """
    return next((kind for kind, pattern in _ASKS if pattern.search(question)), None)


def holds(kind: Expected | None, words: str) -> bool:
    """Whether a text has something of that kind in it."""
    return kind is None or bool(_HOLDS[kind].search(words))
