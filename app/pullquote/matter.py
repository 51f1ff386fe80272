"""What a question is about: the proposition that it puts up for debate, and the side of it that it asks for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pullquote.camps import favours_asked
from pullquote.pleas import asks_for_dissent, plea_of
from pullquote.proposition import proposition_of
from pullquote.relation import relation
from pullquote.stance import Side
from pullquote.store.lexical import terms

_WHY_SHOULD = re.compile(
    r"(?:(?:and|but|so|well|ok|okay|then|now),? )?why (?:should|must|ought|shall)(?:n['’]t)?\b", re.IGNORECASE
)
_DISAGREES = re.compile(r"\bdisagree", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Matter:
    """What an answer is weighed on: the proposition, the side asked for, if any, and whether the question puts it up itself."""

    question: str
    proposition: str
    asked: Side | None = None
    put_up: bool = False


def matter_of(question: str, named: Sequence[str], before: str = "") -> Matter | None:
    """What a question is about, among the operator's propositions where it is one of these, or None where it is nothing.

    Args:
        named: the operator's propositions of the debates that are asked.
        before: the question that this one leans on. Who asks who disagrees asks for the other side of that.
    """
    leans = before and asks_for_dissent(question) and favours_of(question, named) is None
    asked = before if leans else question
    proposition = under_debate(asked, named)
    if proposition is None:
        return None
    side = asked_side(asked, proposition)
    if leans:
        side = Side.FOR if side is Side.AGAINST and _DISAGREES.search(question) else Side.AGAINST
    own = proposition_of(asked)
    return Matter(question, proposition, side, own is not None and relation(own, proposition) != 0)


def under_debate(question: str, named: Sequence[str]) -> str | None:
    """What a question puts up for debate: one of the operator's propositions that it asks arguments on, or its own.

    Where the operator names but one, that is meant by who asks about reasons. A question such as "Who said it?" puts
    up nothing.
    """
    if (chosen := favours_of(question, named)) is not None:
        return chosen
    asked, own = proposition_of(question), named[0] if len(named) == 1 else None
    if asked is None or own is None:
        return asked
    reasons = question.lower().lstrip().startswith(("why", "how", "what")) or plea_of(question) is not None
    return own if relation(asked, own) > 0 or (reasons and set(terms(asked)) & set(terms(own))) else asked


def favours_of(question: str, named: Sequence[str]) -> str | None:
    """The one of the operator's propositions on which a question asks for a side, or None."""
    chosen = [one for one in named if asked_side(question, one) is not None]
    return chosen[0] if len(chosen) == 1 else None


def asked_side(question: str, proposition: str) -> Side | None:
    """The side of a proposition that arguments are asked for, or None where both or none are.

    Who asks why something should be done asks for those who want it done.
    """
    favour = favours_asked(question, proposition)
    if favour is None and _WHY_SHOULD.match(question.lstrip()) and (asked := proposition_of(question)):
        same = relation(asked, proposition)
        favour = same > 0 if same else None
    return None if favour is None else Side.FOR if favour else Side.AGAINST
