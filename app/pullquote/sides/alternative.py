"""Alternatives: "Do tolls help or hurt?" asks of one thing, for or against; its first half is what is put up for debate."""

import re
from collections.abc import Sequence
from functools import lru_cache

from pullquote.index.lexical import stems

_AGAIN = re.compile(
    r",? or (?:(?:not|will|would|is|are|does|do|should|can|could)\b|(?:did|had|has|have|may|might|must|was|were) (?:he|it|she|they|we)\b).*$",
    re.IGNORECASE,
)
_GOOD = """
    aid assist benefit beneficial best better blessing boost cure defend effective essential fair fix good harmless help
    helpful improve necessary needed opportunity positive protect right safe save solution solve success useful wise
"""
_BAD = """
    bad bane burden curse damage danger dangerous detrimental endanger evil failure foolish harm harmful hinder hindrance hurt
    injure mistake negative pointless problem ruin threat threaten undermine unsafe useless waste worse worsen worst wrong
"""
_OPPOSITES = (  # what one half says, and what the other does
    (_GOOD, _BAD),
    (
        "allow keep legalise legalize maintain permit preserve",
        "abolish ban end forbid outlaw prohibit repeal scrap stop",
    ),
    ("expand extend grow increase lengthen raise rise", "cut decrease fall lower reduce shorten shrink"),
    ("strengthen", "weaken"),
    ("accept back endorse favour favor support", "condemn oppose refuse reject"),
    ("succeed work", "backfire fail"),
    ("encourage", "deter discourage"),
    ("true", "false"),
    ("gain profit win", "lose"),
)
_DENYING = re.compile(
    r"(?:un|dis|non-?)(?P<plain>.{4,})|i[lmnr](?P<latin>.{3,}(?:a[ln]e?t?|ble|ect|ent|i[tv]e|ous|ul?ar|ure))"
)
LOOKED_AT = 4  # times "or" stands in a question
_BEFORE = frozenset({"a", "an", "the", "just", "only", "rather", "simply", "to", "be"})
_POINTING = frozenset(
    ("it", "them", "him", "her", "us", "this", "that", "these", "those", "one", "ones", "thing", "things", "idea", "for", "to", "of")
)  # fmt: skip


def first_half(question: str) -> str:
    """A question without "or not" and its like, and without the other of two opposites.

    Example: first_half("Do tolls help or hurt the poor?") -> "Do tolls help the poor?"
    """
    tokens = _AGAIN.sub("", question).split()
    places = [place for place in range(1, len(tokens) - 1) if tokens[place].lower() == "or"]
    for place in places[:LOOKED_AT]:
        other = next((at for at in range(place + 1, len(tokens)) if tokens[at].lower() not in _BEFORE), None)
        if other is None:
            continue
        before, after = tokens[:place], tokens[other + 1 :]
        if are_opposite(before[-1], tokens[other]):
            return " ".join([*before[:-1], before[-1].rstrip(","), *after])
        if _adds_nothing(before, after) and any(are_opposite(word, tokens[other]) for word in before):
            return " ".join([*before[:-1], before[-1].rstrip(",")])
    return " ".join(tokens)


def _adds_nothing(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the second half speaks of no other thing than the first: "raise fares or cut pay" does."""
    return {word.lower() for word in after} <= {word.lower() for word in before} | _POINTING


def are_opposite(one: str, other: str) -> bool:
    """Whether of two words the one says the opposite of the other. Example: are_opposite("raised", "lowered") -> True"""
    first, second = one.lower().strip(",.;:"), other.lower().strip(",.;:")
    for word, plain in ((first, second), (second, first)):
        if plain and (denied := _DENYING.fullmatch(word)) and plain in denied.groups():
            return True
    sides = [_sides(word) for word in (first, second)]
    return any((pair, not half) in sides[1] for pair, half in sides[0])


@lru_cache(maxsize=1_024)
def _sides(word: str) -> frozenset[tuple[int, bool]]:
    """Of which pairs of opposites a word is on which side."""
    found = stems(word)
    return frozenset(
        (pair, half)
        for pair, halves in enumerate(_stemmed())
        for half in (False, True)
        if found and found <= halves[half]
    )


@lru_cache(maxsize=1)
def _stemmed() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    return tuple((stems(one), stems(other)) for one, other in _OPPOSITES)
