"""How two propositions stand to each other: the same, opposite, or of different things."""

import re

from pullquote.negation import denies, negate
from pullquote.store.lexical import terms

# "US" reads as a word that is not searched ("us"), so the long form must count as little.
_LONG_NAME = re.compile(r"\b(?:the )?United States(?: of America)?\b|\bU\.S\.?(?!\w)", re.IGNORECASE)
SAME = 0.6  # share of stems in common from which two propositions are about the same
_OPPOSING = frozenset(
    terms(
        "ban abolish stop end cease halt repeal scrap oppose reject refuse prohibit avoid refrain withdraw wrong unfair"
    )
)
# One who is against a thing in one of these ways may not be in another: nothing follows for the other proposition.
_JUDGING = frozenset(
    terms(
        "unlawful illegal unconstitutional legal immoral moral bad good harmful dangerous safe fail backfire mistake justified"
        " unjustified effective ineffective counterproductive"
    )
)
# Within a statement these deny or weaken a part of it, who knows which.
_INSIDE = re.compile(r"(?<=\w\s)(?:no|nor|neither|without|hardly|barely|seldom|rarely|few|only)\b", re.IGNORECASE)
# "Be against tolls" takes a side; "force against cartels" only says whom it strikes.
_AGAINST = re.compile(
    r"\b(?P<verb>am|is|are|was|were|be|been|stands?|stood|argues?|argued|votes?|voted|speaks?|spoke|decides?|decided)\s+"
    r"(?:\w+ly\s+)?against\b",
    re.IGNORECASE,
)


def relation(asked: str, named: str) -> int:
    """1 where two propositions say the same, -1 where one denies the other, 0 where they are of different things.

    Example: relation("Tolls are not fair.", "Tolls are fair.") -> -1
    """
    one, other = _stems(asked), _stems(named)
    left, right = one - _OPPOSING, other - _OPPOSING
    if not left or not right or len(left & right) < SAME * len(left | right) or (one ^ other) & _JUDGING:
        return 0
    if bool(_INSIDE.search(asked)) != bool(_INSIDE.search(named)):
        return 0
    return -1 if _turns(asked, one - other) ^ _turns(named, other - one) else 1


def turns(proposition: str) -> bool:
    """Whether a proposition is against the thing it names: by a negation or a word such as "abolish", not by both."""
    return _turns(proposition, _stems(proposition))


def _turns(proposition: str, stems: frozenset[str]) -> bool:
    """The same, as far as these of its stems tell: what two propositions share turns neither against the other."""
    return denies(proposition) ^ (len(stems & _OPPOSING) % 2 == 1)


def _stems(proposition: str) -> frozenset[str]:
    words = negate(proposition) if denies(proposition) else proposition
    words = _AGAINST.sub(lambda found: f"{found['verb']} oppose", words)
    return frozenset(terms(_LONG_NAME.sub(" ", words))) - {"true", *terms("against")}
