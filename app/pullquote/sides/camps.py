"""Camps: those who are for a thing or against it, whose words a question asks for or a sentence tells."""

import re

from pullquote.corpus.clauses import is_plural
from pullquote.sides.pleas import LEADS_IN, asks_for_dissent, favours, plea_of

_FOR = (
    r"advocates?|backers?|champions?|defenders?|enthusiasts?|proponents?|supporters?"
    r"|(?:people|those)(?: who are)? in favou?r|(?:people|those) (?:who )?(?:back|favou?r|support)(?:ing)?"
)
_AGAINST = (
    r"critics?|detractors?|enemies|foes|objectors?|opponents?|s[ck]eptics?"
    r"|(?:people|those)(?: who are)? (?:against|opposed)|(?:people|those) (?:who )?oppos(?:e|ing)"
)
_SAYS = (
    r"(?:answer|argue|argued|argues|believe|believed|believes|claim|claimed|claims|complain|contend|contended|contends|counter"
    r"|fear|insist|maintain|object|point out|reply|respond|said|say|says|think|thinks|thought|want|warn|warned|warns|worry)"
)
_CAMP = rf"(?:(?P<favour>{_FOR})|{_AGAINST})"
_POINTING = frozenset({"", "it", "that", "this", "them"})
_PLAIN = r"[\w’'-]{1,40} "
_WORD = r"[\w’'-]{1,40},? "
# "What do opponents of tolls say?", "Which arguments do critics make against tolls?"
_ASKED = re.compile(
    rf"{LEADS_IN}(?:what|how|which)(?: (?:arguments?|objections?|points?|reasons?))?"
    rf"(?: (?:do|did|would|might|could|can|have))? (?:the |some |many |most )?(?:{_WORD})?{_CAMP}"
    rf"(?: (?:(?:of|to|for) )?(?P<thing>(?:{_WORD}){{1,15}}?))??(?: )?(?:{_SAYS}|give|have|make|offer|raise)\b"
    r"(?: (?:about|against|for|of|on) (?P<about>[^:;?]{1,200}))?(?P<end>\W*$)?",
    re.IGNORECASE,
)
# "Who is against tolls?", "Who supports tolls, and why?"
_WHO = re.compile(
    rf"{LEADS_IN}who(?: else)?(?: (?:is|are|was|were))? (?:all |strongly )?(?:(?P<favour>"
    r"(?:in (?:favou?r|support) of|back(?:s|ed|ing)?|favou?r(?:s|ed|ing)?|support(?:s|ed|ing)?|(?P<bare>for)))"
    r"|against|opposed to|oppos(?:es?|ed|ing)|object(?:s|ed|ing)? to|disagree(?:s|d|ing)? with) "
    r"(?P<thing>[^,:;?]{1,200}?)(?:,? and (?:how|what|when|where|which|why)\b[^:;?]{0,200})?\W{0,5}",
    re.IGNORECASE,
)
# "Who backs up files?", "Who supports him?", "Who opposes tolls and who supports them?", "Who disagrees with Lee about tolls?"
_NO_THING = re.compile(
    r"(?:up|out|off|away|down|into|it|that|this|these|those|them|him|her|me|us|you|each)\b(?! \w+ing\b)"
    r"|.{0,200}\b(?:whom?|about|(?:and|or|but) (?:against|for|oppos\w+|support\w*))\b",
    re.IGNORECASE,
)
_DETERMINED = re.compile(
    r"(?:the|more|fewer|less|such|any|\w+ing) ", re.IGNORECASE
)  # "Who is for dinner?" asks for guests
# Who disagrees, or objects to what somebody says, may be on either side.
_WITH_WHOM = re.compile(r"\b(?:disagree|object)", re.IGNORECASE)
_BOTH = re.compile(
    rf"\b(?:disagree\w*|whom|both|her|him|his|their|them|{_FOR}|supports?|in favou?r|(?:is|are) for|for (?:and|or|&) against)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    rf"\b(?:{_FOR}|{_AGAINST}|each other|(?:her|him|me|us|you|one another)\W*$|(?:her|him|them|your?)sel(?:f|ves))\b",
    re.IGNORECASE,
)
_OTHERS = r"(?!(?:against|as|by|for|from|how|if|like|that|to|unlike|what|when|where|which|while|who|why|with) )"
_TOLD = re.compile(
    rf"\W{{0,5}}(?:(?:and|but|however|meanwhile|still|yet),? )?(?:the |some |many |most |its |their )?{_OTHERS}(?:{_PLAIN})?{_CAMP} "
    rf"(?:(?:of|to|for) (?:{_PLAIN}){{1,10}}?)?{_SAYS}\b",
    re.IGNORECASE,
)


def favours_asked(question: str, proposition: str) -> bool | None:
    """Whether what is for a proposition is asked for, or what is against it, or None where both, neither or who knows.

    Example: favours_asked("What do opponents of tolls say?", "Cities should charge tolls.") -> False
    """
    plea = plea_of(question)
    if plea is not None:
        return favours(plea, proposition)
    asked = _ASKED.match(question.lstrip())
    found = asked or _who(question)
    if found is None:
        return None
    favour = found["favour"] is not None
    thing = (found["thing"] or (asked and asked["about"]) or "").strip(" ,.")
    if thing.lower() in _POINTING:
        return favour if asked is None or asked["end"] is not None else None
    of_thing = plea_of(f"What are the arguments {'for' if favour else 'against'} {thing}?")
    return favours(of_thing, proposition) if of_thing else None


def camp_asked(question: str) -> bool | None:
    """Whether the words of those who are for a thing are asked for, or of those who are against it, or None for neither.

    Whatever asks for dissent asks for those against it, unless those for it are named too: "Do supporters oppose fees?"
    """
    plea = plea_of(question)
    if plea is not None:
        return plea.favour
    named = camp_named(question)
    if named is not None or not asks_for_dissent(question) or _BOTH.search(question):
        return named
    return False


def camp_named(question: str) -> bool | None:
    """The same where it is the camp itself that a question names, and not arguments for or against a thing."""
    asked = _ASKED.match(question.lstrip()) or _who(question)
    return None if asked is None else asked["favour"] is not None


def points_back(question: str) -> bool:
    """Whether a question names a camp, but not of what: "Who supports it?", "What do critics say?"."""
    asked = _ASKED.match(question.lstrip())
    found = asked or _who(question)
    if found is None or (asked is not None and asked["end"] is None):
        return False
    return (found["thing"] or (asked and asked["about"]) or "").strip(" ,.").lower() in _POINTING


def topic_of(question: str) -> str:
    """What a camp is asked about. Example: topic_of("What do critics say about the price?") -> "the price"."""
    asked = _ASKED.match(question.lstrip())
    return ((asked and asked["about"]) or "").strip(" ,.!\"'“”‘’")


def is_of_people(topic: str) -> bool:
    """Whether a topic is about a camp, or somebody spoken of before: "the opponents", "her"."""
    return _PEOPLE.search(topic) is not None


def asks_who(question: str) -> bool:
    """Whether a question asks who is for a thing or against it, and not what they say."""
    return _who(question) is not None


def _who(question: str) -> re.Match[str] | None:
    """The question who is for a thing or against it. Example: "Who is against tolls?", but not "Who is against whom?"."""
    asked = _WHO.fullmatch(question.strip())
    if asked is not None and asked["thing"].lower() in _POINTING:
        return None if _WITH_WHOM.search(question) else asked
    if asked is None or _NO_THING.match(asked["thing"]):
        return None
    named = asked["bare"] is None or _DETERMINED.match(asked["thing"]) or is_plural(asked["thing"].split() or [""])
    return asked if named else None


def camp_told(words: str) -> bool | None:
    """Whether a text opens with what those say who are for a thing, or those who are against it, or None."""
    told = _TOLD.match(words)
    return None if told is None else told["favour"] is not None


def names_no_thing(question: str) -> bool:
    """Whether a camp is asked for without what it is for or against: "What do critics say about the price?"."""
    asked = _ASKED.match(question.lstrip())
    return points_back(question) or (asked is not None and (asked["thing"] or "").strip(" ,.").lower() in _POINTING)
