"""Homographs: words that look like reporting verbs and are nouns, or verbs that report nothing here."""

import re

from pullquote.voice.doubts import NEAR
from pullquote.voice.frames import LOOK_BACK, PREDICATE, closed_aside
from pullquote.voice.phrases import PEOPLE
from pullquote.voice.pieces import MASK
from pullquote.voice.verbs import NOUN_LIKE, NOUNS_TOO, SAID_PLAINLY

_CAUSED = re.compile(
    r"\b(?:help|make|made|making|let|have|see|saw|hear|heard|watch|cause|lead|led(?!\sby)|ask)(?:s|ed|ing)?\s(?:[\w’'-]+\s){1,5}$"
)
_NATIONS = re.compile(
    r"\b(?:member|nation|city|united|client|many|all|these|those|most|several|other|some|which|the|U\.S\.|American|Arab|Baltic|Gulf|"
    r"European|Southern|Northern|Western|Eastern|Balkan|two|three|four|five|\d+)\s$",
    re.IGNORECASE,
)
_SINGULAR = re.compile(r"\b(?:[Aa]n?|[Tt]his|[Aa]nother|[Ee]ach|[Oo]ne|[Ii]ts)\s(?:[\w’'-]+\s){0,3}$")
_MODAL_JOINED = re.compile(r"\b(?:must|may|can|could|should|shall|will|would|might|to)\s[^.;:]{1,160}\b(?:or|and)\s$")
_OWNED = re.compile(r"(?:[A-Za-z][’']s|s[’'])\s(?:\w+ly\s)?$")
_CONTINUED = re.compile(r"\s(?!(?:in|by|on|with|after|his|her)\b)[a-z]")  # "continued development of:"
_THOUGHT = re.compile(  # "which states that thought is free", "the following thought"
    r"\b(?:that|of|in|free|political|modern|western|economic|liberal|following|school\sof|into|and|for|on|human)\s$",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"\b(?:TV|television|radio|talk|game|trade|fashion|reality|air|stage)\s$", re.IGNORECASE)
_REPORTS_IT = re.compile(r"\s(?:\w+ly\s)?(?:on\b|(?:the|a|an|his|her|its|their|this|these)\s)")
_ONE_BEFORE = re.compile(
    rf"(?:\b(?:it|he|she|who|which|also|that)|ly|\)|,|\b[A-Z][\w.’'-]*|\b(?:{PEOPLE})(?<!s)|law|code|act|bill|article|section|clause|constitution|letter|statement|declaration|"
    rf"resolution|plan|policy|text|book|page|site|sign|charter|treaty|amendment|newspaper|magazine|journal|channel|network|website)\s$"
)
_SINGLE_BEFORE = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|one|other|[\w’']+[’']s?)\s(?:[\w’'./-]+\s){1,4}$|\)\s$"
)
_NAMED_LAST = re.compile(
    rf"\s(?:(?:the|an?|one|his|her|its)\s(?:[\w-]+\s){{0,3}}?(?:{PEOPLE})\b|(?-i:[A-Z]))", re.IGNORECASE
)
_CONTRARY = re.compile(  # "Contrary to what the mayor said, the bridge is safe"
    r"\b(?:(?:[Cc]ontrary\sto|[Dd]espite|[Uu]nlike|[Rr]egardless\sof|[Ff]or\sall|[Nn]otwithstanding)\s(?:what|anything|all)|[Ww]hatever|[Nn]o\smatter\swhat)\s[^,;:]{1,60}$"
)
_BY = re.compile(r"\s(?:(?:at|on|to|upon|of)\s)?by\s(?!e-?mail|phone|telephone|text|letter|message|video|fax)")
_HEARD = re.compile(r"\b(?:hear|heard)\s(?:[\w’'-]+\s){1,6}$")
_TWO_BEFORE = re.compile(
    r"[\w)]\sand\s(?:the\s)?(?:[A-Z][\w.’'-]*\s){1,5}(?:also\s|both\s)?$"
)  # "the ministry and World Bank estimate"
_EXAMPLES_LAST = re.compile(r",\s(?:like|such\sas|including|among\sthem)\s[^;:§]{1,90},\s$")
_PAREN_LAST = re.compile(r"\s\([^()]*\)\s$")
_JOINT_FIRST = re.compile(r"[A-Z][\w’'-]+\sand\s[A-Z][\w’'-]+\s$")  # "Bell and Lee (2003, 2005), while agreeing, state"
_CONDITION = re.compile(
    r"\b(?:(?:[Ii]f|[Uu]nless|[Uu]ntil|[Oo]nce|[Ii]n\scase)\s(?:[\w’'-]+\s){1,3}|"
    r"[Ww]hen\s[^;:]{1,160}\s(?:has|have)|(?:[Ww]hen|[Ww]henever|[Ww]here)\s(?:an?|any|someone|one|you|people|somebody)\s(?:[\w’'-]+\s){0,3})$"
)
_NAME_AFTER = re.compile(r"\s(?:the\s)?[A-Z][\w.’'-]*(?:\s[\w’'-]+){0,3},\s")
_CLAIMED = re.compile(  # "reported a rise", "reported the plan was dead"; but "reported the threats to the police"
    r"\d|\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|did|does|do|not|being|[a-z]{3,}ed|rise|"
    r"increase|decline|drop|fall|surge|decrease|growth|loss(?:es)?|profits?|deaths?|cases?|success|progress)\b"
)
_FOLLOWS = re.compile(r"\s(?:(?:the|an?|one|his|her|its|their)\s[a-z]|[A-Z])[^,;:§]{0,80}(?=,|[.!?]?\s*$)")
_RELATIVE = re.compile(r",\s(?:who|which|whose)\s[^,]{1,120},")
_TAKES = re.compile(r"\s(?:the\s)?(?:[A-Z][\w-]*\s){1,3}(?:as|for)\s")
_NOUN_QUOTED = re.compile(  # "Phone rules “in their current forms” do not help"
    rf"\s{MASK}+\s(?:do|does|did|is|are|was|were|has|have|had|will|would|can|could|may|might|must|should)\b"
)
_BASE_FORM = re.compile(r"(?:[a-z]+[^s\Wd]|add|find|hold|concede|understand|feel|need|discuss|stress|express|assess)")
_DEFINES = re.compile(r"(?:\(|\balso|\bsometimes|\boften|\bcommonly|\bso(?:\s?-)?|\bthey|\bis|\bare|,)\s?$")
_OBJECT_FIRST = re.compile(r"\b(?:what|which|whom)\s[^,;:§]{1,60}$")  # "what Smith called “…”"
_PLURAL_HEAD = re.compile(
    r"(?:^|[,;]\s|\b(?:and|but|while|that)\s)(?:[Ss]ome\s|[Mm]any\s|[Tt]he\s)?(?:[\w-]+\s)?[A-Za-z]+(?:ics|nents|ters|cates|sts|ers|ents|ians|ars|als)\s"
    r"(?:of|to|in|for|from|on|at|with|led\sby|like|such\sas|including|working\s\w+)\s(?!\bthat\b)[^,;:§]{1,80}\s$"
)
_SOME_OF = re.compile(  # "Some of our friends on the Left reply", "Two judges in the north doubt"
    r"(?:^|[,;]\s|\b(?:and|but|while|that)\s)(?:[Ss]ome|[Mm]any|[Mm]ost|[Ss]everal|[Ff]ew|[Bb]oth|[Tt]wo|[Tt]hree|[Ff]our)\s"
    r"(?:of\s(?:the|our|my|his|her|its|their|these|those)\s)?(?:[\w-]+\s){0,2}[a-z]+s\s(?:of|to|in|for|from|on|at|with|around|near|within)\s[^,;:§]{1,60}\s$"
)
MANY_BEFORE = re.compile(
    r"(?:\b[Dd]id|\b[Dd]oes|\b[Mm]ajority|\w[^’'\W]*s|\b[Ss]ome|\b[Mm]any|\b[Tt]hey|\b[Pp]eople|\bwho|\b[Oo]thers|\b[Aa]ll|\b[Ff]ew|\b[A-Z]{2,}|ly|also)\s$"
)


def is_no_report(verb: str, before: str, ahead: str) -> bool:
    """Whether a verb only defines ("also called “X”") or is governed by another ("made Plato conclude")."""
    near = before[-NEAR:]
    if _BY.match(ahead) and verb.endswith(("d", "n", "t")):  # "recorded by a singer in May"
        return True
    if verb == "called":
        aside = near.endswith(", ") and not re.match(rf"\s(?:an?\s|the\s)?{MASK}", ahead)  # "Lee, the mayor, called it"
        return bool(
            (_DEFINES.search(near) and not aside)
            or (re.match(rf"\s(?:the\s|an?\s)?{MASK}", ahead) and not _OBJECT_FIRST.search(near))
        )
    if (verb in NOUN_LIKE and not has_many(before)) or _OWNED.search(near):  # "the minister's calls for"
        return True
    governed = _BASE_FORM.fullmatch(verb) and (
        _MODAL_JOINED.search(before)
        or (_CAUSED.search(before[-90:]) and not (verb in SAID_PLAINLY and _HEARD.search(before[-90:])))
    )
    if verb in NOUNS_TOO and _NOUN_QUOTED.match(ahead):
        return True
    nation = verb == "states" and _NATIONS.search(near) and not (near.endswith(", which ") and ahead[:6] == " that ")
    mind = verb == "thought" and (_THOUGHT.search(near) or ahead.startswith(" experiment"))
    restrictive = verb.startswith("criticiz") and before.endswith("who ")  # "those who criticize it"
    nation = nation or (verb == "states" and not _is_one(verb, near))
    plural = (verb in NOUNS_TOO or verb.startswith("calls ")) and not _is_one(verb, near)  # "they enforce rules that"
    court = verb == "claims" and before.lower().endswith("small ")
    takes = verb in {"claimed", "claims"} and _TAKES.match(ahead)  # "claimed Vermont for France"
    inverted = near.endswith(", ") and (_NAME_AFTER.match(ahead) or _is_inverted(before, ahead))
    goes_on = verb.startswith("continue") and _CONTINUED.match(ahead)
    shows = goes_on or (verb == "shows" and _SHOWN.search(near))
    thing = verb.startswith("report") and _REPORTS_IT.match(ahead) and not _CLAIMED.search(ahead.partition(",")[0])
    mind = mind or near.endswith("heard it ")  # "I have heard it said that"
    never = mind or shows or thing or inverted or nation or restrictive or plural or court or takes
    return bool(governed or never or _CONDITION.search(near) or _CONTRARY.search(before[-120:]))  # "if the court finds"


def _is_one(verb: str, near: str) -> bool:
    """Whether a singular subject stands before a form that would else be a plural noun: "the federation objects"."""
    single = verb in {"objects", "states"} and _SINGLE_BEFORE.search(near)
    return bool(_ONE_BEFORE.search(near) or single)


def _is_inverted(before: str, ahead: str) -> bool:
    """Whether a verb after a comma has its subject behind it: "Crime is down, said the mayor's aide, Jim Dale"."""
    follows = _FOLLOWS.match(ahead)
    if not follows or PREDICATE.search(f"{follows.group()} "):
        return False
    ends = not ahead[follows.end() :].strip(" .!?") and _NAMED_LAST.match(ahead)  # "Not so, says Sheriff Dale."
    return bool(ends or PREDICATE.search(_RELATIVE.sub(" ", before[-LOOK_BACK:])))


def has_many(before: str) -> bool:
    """Whether a plural subject stands before a verb that would else be a noun: "critics of the plan claim"."""
    before = before[: closed_aside(before, 0, len(before))].rstrip() + " "
    before = _PAREN_LAST.sub(" ", _EXAMPLES_LAST.sub(" ", before) if ", " in before else before)
    if _PLURAL_HEAD.search(before[-120:]) or _SOME_OF.search(before[-120:]):
        return True
    if _TWO_BEFORE.search(before[-NEAR:]) or _JOINT_FIRST.match(before):
        return True
    return bool(MANY_BEFORE.search(before[-NEAR:]) and not _SINGULAR.search(before[-NEAR:]))
