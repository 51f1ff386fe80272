"""How two propositions stand to each other: the same, opposite, or of different things."""

import re
from functools import lru_cache

from pullquote.negation import denies, negate
from pullquote.store.lexical import terms

# "US" reads as a word that is not searched ("us"): a name of its own stands for all its forms.
_UNITED_STATES = re.compile(r"\b(?:the )?United States(?: of America)?\b|\bU\.S\.(?:A\.)?(?!\w)|\bUSA?\b")
_EMPTY = frozenset({"true", *terms("against somebody someone something some")})  # of a denial's positive form
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
# Within a statement these deny or weaken a part of it, who knows which, or say it of another case.
_INSIDE = re.compile(
    r"(?<=\w\s)(?:no|nor|neither|without|hardly|barely|seldom|rarely|few|only|if|unless|until|when|before|after|that)\b",
    re.IGNORECASE,
)
# What should be done and what is done are two things.
_POLICY = re.compile(r"\b(?:should|must|ought|shall)\b", re.IGNORECASE)
_DONE = re.compile(r"\b(?:be|been|being|is|are|was|were)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
# "Be against tolls" takes a side; "force against cartels" only says whom it strikes.
_AGAINST = re.compile(
    r"\b(?P<verb>am|is|are|was|were|be|been|stands?|stood|argues?|argued|votes?|voted|speaks?|spoke|decides?|decided)\s+"
    r"(?:\w+ly\s+)?against\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)  # one answer asks the same of every quote
def relation(asked: str, named: str) -> int:
    """1 where two propositions say the same, -1 where one denies the other, 0 where they are of different things.

    One may say more than the other, but not another thing in its place; and who does it to whom must not change.

    Example: relation("Tolls are not fair.", "Tolls are fair.") -> -1
    """
    one, other = _stems(asked), _stems(named)
    left, right = one - _OPPOSING, other - _OPPOSING
    if not left or not right or len(left & right) < SAME * len(left | right) or (one ^ other) & _JUDGING:
        return 0
    if left - right and right - left:
        return 0
    if any(bool(sign.search(asked)) != bool(sign.search(named)) for sign in (_INSIDE, _POLICY)):
        return 0
    if _swapped(asked, named, left & right) or _swapped(named, asked, left & right):
        return 0
    return -1 if _turns(asked, one - other) ^ _turns(named, other - one) else 1


def _swapped(one: str, other: str, shared: frozenset[str]) -> bool:
    """Whether what the one speaks of last is what the other begins with: then somebody else does it to somebody else.

    "Tolls should be charged" is no such case: there a verb stands last.
    """
    first, second = _plain(one), _plain(other)
    ours, theirs = _in_order(first, shared), _in_order(second, shared)
    if len(ours) < 2 or not theirs:
        return False
    last, at = ours[-1]
    return last == theirs[0][0] and not _DONE.search(first[:at])


def _in_order(proposition: str, shared: frozenset[str]) -> list[tuple[str, int]]:
    """The shared stems in the order in which a proposition has them, with their places in it."""
    words = re.finditer(r"[\w’'-]+", proposition)
    return [(stem, word.start()) for word in words for stem in terms(word.group()) if stem in shared]


def turns(proposition: str) -> bool:
    """Whether a proposition is against the thing it names: by a negation or a word such as "abolish", not by both."""
    return _turns(proposition, _stems(proposition))


def _turns(proposition: str, stems: frozenset[str]) -> bool:
    """The same, as far as these of its stems tell: what two propositions share turns neither against the other."""
    return denies(proposition) ^ (len(stems & _OPPOSING) % 2 == 1)


def _stems(proposition: str) -> frozenset[str]:
    return frozenset(terms(_plain(proposition))) - _EMPTY


def _plain(proposition: str) -> str:
    """A proposition in its positive form, with one name for the United States and "oppose" for "be against"."""
    words = negate(proposition) if denies(proposition) else proposition
    words = _AGAINST.sub(lambda found: f"{found['verb']} oppose", words)
    return _UNITED_STATES.sub("Unitedstates", words)
