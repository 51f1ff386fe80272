"""What a question is about: the proposition that it puts up for debate, and the side of it that it asks for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pullquote.sides.camps import (
    camp_asked,
    camp_named,
    favours_asked,
    is_of_people,
    names_no_thing,
    points_back,
    topic_of,
)
from pullquote.sides.demand import wants
from pullquote.sides.inversion import opening
from pullquote.sides.negation import denies, negate
from pullquote.sides.pleas import LEADS_IN, as_arguments, asks_for_dissent, favours, plea_of
from pullquote.sides.proposition import proposition_of
from pullquote.sides.relation import SAME, relation, turns
from pullquote.sides.relation.roles import roles_of
from pullquote.sides.stance import Side

_WHY_SHOULD = re.compile(rf"{LEADS_IN}why (?:should|must|ought|shall)(?:n['’]t)?\b", re.IGNORECASE)
_LEAD = re.compile(rf"{LEADS_IN}(?:why )?", re.IGNORECASE)
_CANNOT = re.compile(r"\bcannot\b", re.IGNORECASE)
_NOT = re.compile(r"\bnot\b|n['’]t\b", re.IGNORECASE)
_MARKS = " .,;:!?…\"'“”‘’"
_DETERMINER = re.compile(r"(?:an?|the|its|our|their) ", re.IGNORECASE)
_ANOTHER = r" (?:at|by|for|from|in|near|of|on|over|to|with)\b"  # "the dam at Ellis" may be another
_OUGHT = re.compile(r"\b(?:should|must|shall|ought)(?:n['’]t)?\b", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z][\w’'-]{0,40}(?: [A-Z][\w’'-]{0,40}){1,5}")
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
        before: the question that this one leans on. Who asks who disagrees asks for the other side of that, and who
            asks who supports it for its own.
    """
    leans = before and _leans(question, named) and under_debate(before, named) is not None
    asked = before if leans else question
    full = in_full(asked, the_one(named))
    asked = full if under_debate(full, named) in named else asked
    proposition = under_debate(asked, named)
    if proposition is None:
        return None
    side = asked_side(asked, proposition) or _side_of_camp(asked, named)
    if leans:
        side = _side_of_it(question, asked, proposition, side)
    return Matter(question, proposition, side, _stands_to(asked, proposition) != 0)


def _leans(question: str, named: Sequence[str]) -> bool:
    """Whether a question asks for a side of what was asked before it: "Who supports it?", "Who disagrees?"."""
    return points_back(question) or (asks_for_dissent(question) and favours_of(question, named) is None)


def _side_of_it(question: str, before: str, proposition: str, asked: Side | None) -> Side | None:
    """The side of a proposition that a question is for of what was asked before it, or None where nothing tells.

    Args:
        asked: the side that the question before it is for.
    """
    camp = camp_asked(question)
    if asked and not camp and _DISAGREES.search(question):
        return asked.other
    side, stands = Side.FOR if camp else Side.AGAINST, _it_stands_to(before, proposition)
    return (side if stands > 0 else side.other) if stands else None


def _it_stands_to(question: str, proposition: str) -> int:
    """How "it" after a question stands to a proposition: the same, 1, its opposite, -1, or nothing tells, 0.

    After "arguments against tolls" and "Who opposes tolls?" it is the tolls. After "Why abolish tolls?" it is the opposite
    of tolls, but not after "Why not charge tolls?".
    """
    plea, camp = plea_of(question), camp_asked(question)
    if plea is not None:
        favour = favours(replace(plea, favour=True), proposition)
    else:
        side = favours_asked(question, proposition)
        favour = None if side is None or camp is None else side is camp
    if favour is not None:
        return 1 if favour else -1
    stands = _stands_to(question, proposition)
    return abs(stands) if _NOT.search(question) else stands


def in_full(question: str, own: str | None) -> str:
    """A question with the whole name of the one thing under debate, where it has only the last word of it.

    Example: in_full("Should the pier be sold?", "Ashby should sell the West Pier.") -> "Should the West Pier be sold?"
    """
    short, full = _names(own) if own else (None, "")
    return short.sub(lambda _: full, question) if short else question


@lru_cache(maxsize=64)
def _names(own: str) -> tuple[re.Pattern[str] | None, str]:
    """How a question may name the thing of a proposition in short, and its whole name."""
    demand = wants(negate(own) if denies(own) else own)
    name = _DETERMINER.sub("", demand.itself if demand else "")
    if " " not in name:
        return None, name
    last = re.escape(name.rsplit(" ", 1)[-1])
    return re.compile(rf"\b(?:the|this|that|these|those) {last}\b(?!['’-]|{_ANOTHER})", re.IGNORECASE), f"the {name}"


def under_debate(question: str, named: Sequence[str]) -> str | None:
    """What a question puts up for debate: one of the operator's propositions that it asks arguments on, or its own.

    Where the operator names but one, that is meant by who asks about reasons and about the same thing. A question such
    as "Who said it?" puts up nothing.
    """
    if (chosen := worded_as(question, named) or favours_of(question, named)) is not None:
        return chosen
    asked, own = proposition_of(question), the_one(named)
    if asked is None or own is None:
        return asked
    reasons = question.lower().lstrip().startswith(("why", "how", "what")) or plea_of(question) is not None
    return own if relation(asked, own) > 0 or (reasons and _of_the_same(asked, own)) else asked


def favours_of(question: str, named: Sequence[str]) -> str | None:
    """The one of the operator's propositions on which a question asks for a side, or None."""
    chosen = _chosen({one: asked_side(question, one) for one in named})
    return chosen if chosen or _side_of_camp(question, named) is None else named[0]


def _chosen(sides: Mapping[str, Side | bool | None]) -> str | None:
    """The one proposition that has a side, where all that have one only say or deny the same and the sides agree.

    Of two that deny each other, who is only called critics is on no side: the order of files must not tell.
    """
    found = {one: side for one, side in sides.items() if side is not None}
    chosen = the_one(list(found))
    others = [one for one in found if one != chosen]
    agreed = chosen and all((found[one] is found[chosen]) is (relation(one, chosen) > 0) for one in others)
    return chosen if agreed else None


def _side_of_camp(question: str, named: Sequence[str]) -> Side | None:
    """The side of those whose words are asked for, where nobody but the one proposition's can be meant.

    Of "What do critics say about the price?" the price is only the topic. Where a thing should not be, its critics and
    those of that demand are on two sides; and of a person or a camp there are critics too.
    """
    camp = camp_named(question) if named and names_no_thing(question) else None
    if camp is None or any(relation(one, named[0]) <= 0 for one in named[1:]):
        return None
    topic = topic_of(question)
    if topic and (_names_somebody(topic, named[0]) or turns(named[0]) or not _OUGHT.search(named[0])):
        return None
    return Side.FOR if camp else Side.AGAINST


def _names_somebody(topic: str, proposition: str) -> bool:
    """Whether a topic has a name that the proposition lacks, or is about a camp."""
    names = {word.casefold() for word in map(_bare, topic.split()) if word[:1].isupper()}
    return is_of_people(topic) or not names <= {*_words(proposition)}


def requested(question: str, named: Sequence[str]) -> str | None:
    """What a request for a side, or for both, is put to as a statement: the operator's proposition, or its denial where
    what the request is for speaks against that; None where it asks for no side of what is named.

    Example: requested("arguments for tolls", ["We should abolish tolls."]) -> "We should not abolish tolls."
    """
    plea, camp = plea_of(question) or plea_of(as_arguments(question)), camp_asked(question)
    wanted = replace(plea, favour=True) if plea else None
    sides = {one: favours(wanted, one) if wanted else favours_asked(question, one) for one in named}
    chosen = _chosen(sides)
    if chosen is None or (wanted is None and camp is None):
        return None
    return chosen if sides[chosen] is (True if wanted else camp) else negate(chosen)


def the_one(named: Sequence[str]) -> str | None:
    """The first of some propositions, where all others only say it in other words or deny it, else None."""
    return named[0] if named and all(relation(one, named[0]) for one in named[1:]) else None


def _of_the_same(asked: str, own: str) -> bool:
    """Whether what a question puts up is about the thing that a proposition is about, and not only shares a word with it.

    Example: _of_the_same("Old barns might leak.", "The county should sell old barns.") -> True
    """
    ours, theirs = roles_of(asked), roles_of(own)
    if ours is None or theirs is None:
        return False
    thing = theirs.thing or theirs.done[1:] or theirs.doer  # of "ban smoking", the smoking
    named = ours.peeled(theirs.does)  # of "rent caps", the rents
    if not named.thing and ours.thing:  # "the ban"
        return True
    if ours.doer == theirs.doer and _in_short(ours.thing, own):
        return True
    who = {*theirs.doer} if ours.doer == theirs.doer else set()
    return any(
        one[-1:] == thing[-1:] and len({*one, *who} & {*thing, *who}) >= SAME * len({*thing, *who})
        for one in (named.thing, ours.thing, ours.doer)
        if one
    )


def _in_short(thing: Sequence[str], own: str) -> bool:
    """Whether a thing is a name in a proposition by its initials. Example: the EU, of "rejoin the European Union"."""
    names = (found[0].split() for found in _NAME.finditer(own))
    return len(thing) == 1 and any(thing[0] == "".join(word[0] for word in name).lower() for name in names)


def asked_side(question: str, proposition: str) -> Side | None:
    """The side of a proposition that arguments are asked for, or None where both or none are.

    Who asks why something should be done asks for those who want it done.
    """
    favour = favours_asked(question, proposition)
    if favour is None and _WHY_SHOULD.match(question.lstrip()):
        same = _stands_to(question, proposition)
        favour = same > 0 if same else None
    return None if favour is None else Side.FOR if favour else Side.AGAINST


def worded_as(question: str, named: Sequence[str]) -> str | None:
    """The one of the operator's propositions that a question asks word for word, or denies, or None.

    The words alone tell, so that no list has to know the verb.
    """
    found = {same_words(question, one): one for one in reversed(named)}
    return found.get(1) or found.get(-1)


def same_words(question: str, proposition: str) -> int:
    """1 where a question is a proposition with its auxiliary in front, -1 where one of the two has a "not" more, else 0.

    Example: same_words("Why should the city not cap rents?", "The city should cap rents.") -> -1
    """
    reason = _LEAD.match(question.lstrip())
    asked = _words(question.lstrip()[reason.end() :] if reason else question)
    opened, stated = opening(asked[0]) if asked else None, _words(proposition)
    if opened is None or abs(len(asked) - len(stated)) > 1:
        return 0
    doubted = opened[1] and _WHY_SHOULD.match(question.lstrip()) is not None  # "Shouldn't cities?": they should
    for place in range(1, len(stated)):
        said = opening(stated[place])
        if said is not None and said[0] == opened[0] and (same := _same(asked[1:], stated, place)):
            return -same if doubted is not said[1] else same
    return 0


def _same(asked: Sequence[str], stated: Sequence[str], place: int) -> int:
    """How what follows the auxiliary of a question stands to a statement whose auxiliary stands at a place."""
    subject, predicate = stated[:place], stated[place + 1 :]
    denied = predicate[:1] == ("not",)
    predicate = predicate[denied:]
    if asked == (*subject, *predicate):
        return -1 if denied else 1
    if asked in ((*subject, "not", *predicate), ("not", *subject, *predicate)):
        return 1 if denied else -1
    return 0


@lru_cache(maxsize=1_024)  # every question is compared with all that the operator names
def _words(text: str) -> tuple[str, ...]:
    """The words of a text in small letters, without marks around them."""
    parted = map(_bare, _CANNOT.sub("can not", text).casefold().split())
    return tuple(word for word in parted if word)


def _bare(word: str) -> str:
    return word.strip(_MARKS)


def _stands_to(question: str, proposition: str) -> int:
    """How what a question puts up stands to a proposition: the same, 1, its opposite, -1, or another thing, 0."""
    if same := same_words(question, proposition):
        return same
    asked = proposition_of(question)
    return relation(asked, proposition) if asked else 0
