"""Camps: those who are for a thing or against it, whose words a question asks for or a sentence tells."""

import re

from pullquote.pleas import favours, plea_of

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
    r"(?:(?:and|but|so|well|ok|okay|then|now),? )?(?:what|how|which)(?: (?:arguments?|objections?|points?|reasons?))?"
    rf"(?: (?:do|did|would|might|could|can|have))? (?:the |some |many |most )?(?:{_WORD})?{_CAMP}"
    rf"(?: (?:(?:of|to|for) )?(?P<thing>(?:{_WORD}){{1,15}}?))??(?: )?(?:{_SAYS}|give|have|make|offer|raise)\b"
    r"(?: (?:about|against|for|of|on) (?P<about>[^:;?]{1,200}))?(?P<end>\W*$)?",
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
    if asked is None:
        return None
    favour = asked["favour"] is not None
    thing = (asked["thing"] or asked["about"] or "").strip(" ,.")
    if thing.lower() in _POINTING:
        return favour if asked["end"] is not None else None
    of_thing = plea_of(f"What are the arguments {'for' if favour else 'against'} {thing}?")
    return favours(of_thing, proposition) if of_thing else None


def camp_asked(question: str) -> bool | None:
    """Whether the words of those who are for a thing are asked for, or of those who are against it, or None for neither."""
    plea = plea_of(question)
    if plea is not None:
        return plea.favour
    return camp_named(question)


def camp_named(question: str) -> bool | None:
    """The same where it is the camp itself that a question names, and not arguments for or against a thing."""
    asked = _ASKED.match(question.lstrip())
    return None if asked is None else asked["favour"] is not None


def camp_told(words: str) -> bool | None:
    """Whether a text opens with what those say who are for a thing, or those who are against it, or None."""
    told = _TOLD.match(words)
    return None if told is None else told["favour"] is not None
