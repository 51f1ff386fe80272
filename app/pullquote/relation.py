"""How two propositions stand to each other: the same, opposite, or of different things."""

import re

from pullquote.negation import denies, negate
from pullquote.store.lexical import terms

# "US" reads as a word that is not searched ("us"), so the long form must count as little.
_LONG_NAME = re.compile(r"\b(?:the )?United States(?: of America)?\b|\bU\.S\.?(?!\w)", re.IGNORECASE)
SAME = 0.6  # share of stems in common from which two propositions are about the same
_OPPOSING = frozenset(
    terms(
        "ban abolish stop end cease halt repeal scrap oppose reject refuse against prohibit avoid withdraw wrong unfair"
    )
)


def relation(asked: str, named: str) -> int:
    """1 where two propositions say the same, -1 where one denies the other, 0 where they are of different things.

    Example: relation("Tolls are not fair.", "Tolls are fair.") -> -1
    """
    one, other = _stems(asked), _stems(named)
    left, right = one - _OPPOSING, other - _OPPOSING
    if not left or not right or len(left & right) < SAME * len(left | right):
        return 0
    return -1 if turns(asked) ^ turns(named) else 1


def turns(proposition: str) -> bool:
    """Whether a proposition is against the thing it names: by a negation or a word such as "abolish", not by both."""
    return denies(proposition) ^ (len(_stems(proposition) & _OPPOSING) % 2 == 1)


def _stems(proposition: str) -> frozenset[str]:
    words = negate(proposition) if denies(proposition) else proposition
    return frozenset(terms(_LONG_NAME.sub(" ", words))) - {"true"}
