"""Source names: the noun phrase after "according to", after "by" or after an inverted verb."""

import re

from pullquote.corpus.institutions import NOUN
from pullquote.voice.lists import list_from
from pullquote.voice.number import is_several
from pullquote.voice.phrases import PEOPLE, ROLE
from pullquote.voice.tidying import FOOTNOTE, NO_TITLE, TIME_TAIL, tidy

_CALLED_BY_OFFICE = re.compile(rf"\b(?:{ROLE})$", re.IGNORECASE)
_CALLED_BY_THEM = re.compile(r"(?:its|his|her|their)\s(?:[a-z-]+\s){0,3}[a-z-]+")  # "said its founder, Father Bell."
_NAME_NEXT = re.compile(r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){1,3}(?=[,:;.]|\s?§|\s?$)")
_HAS_ROLE = re.compile(
    rf"(?:the|an?|one|its|their|his|her|[A-Z][\w.’'-]*[’']s?)\s(?:[\w’'-]+\s){{0,4}}(?:{ROLE})\s(?:for|of|at|from|with|in)\s",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(r"[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){1,3}(?=[.,:;§]|\s?$)")
_SOMEBODY = re.compile(
    r"(?:the|an?|its|his|her|their|my|our|(?:[Tt]he\s)?(?:[\w.-]+\s){0,3}?[\w.-]+(?:[’']s|s[’']))(?:\s[a-z][\w’'-]*){1,5}"
)
_NAMED = re.compile(
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,2}(?=[.,;](?:\s|$)|\s?§|\s?$)"
)
_CROWD_FIRST = re.compile(  # "According to most economists heavy spending slows growth"
    rf"(?P<crowd>(?:most|many|some|several)\s(?:[\w-]+\s){{0,2}}?(?:{PEOPLE})(?<=s))\s"
    r"(?!(?:of|in|at|from|who|with|such|like|for|and|or|on|that|within|outside|working|including|have|has)\b)"
)
_PUBLISHED_BY = re.compile(
    r"\b(?:study|survey|report|poll|analysis|review|research|assessment|paper)\b[^,;]*?\b(?:by|from)\s(?P<owner>(?:the\s)?[A-Z].*)$"
)

_ENDS = re.compile(
    rf",\s|\sand\s(?:not|according)\s|\s(?:as|about|regarding|to\sbe|to\shave|on\sthe|because|in\sresponse|where|whose)\s|[;:§]|\s[—–-]+\s|\.(?=\s[A-Z]|$)(?<!\b[A-Z]\.)(?<!\bSt\.){NO_TITLE}|\s(?:which|who|that|this|reports?:|while)\s|\s(?:is|are|was|were|has|have|they|he|she|it|we|I)\s"
)
_AT_PLACE = re.compile(  # "Ann Lee at the rally in Leeds": where, when and how it was said are no part of a name
    r"(?P<name>(?:[Tt]he\s)?[A-Z][\w.’'-]*(?:\s(?:(?:of|for|the|de|del|van|von|der|la|al)\s){0,2}[A-Z][\w.’'-]*){1,5})\s"
    r"(?:after|at|before|by|during|in|inside|near|on|outside|over|to)\s"
    rf"(?!(?:[\w-]+\s){{1,3}}?(?:(?!(?:assembly|congress|court|parliament|senate)\b){NOUN}|charity|college|hospital|school|think\stank)\b)[a-z]"
)
_TEXT_OF = re.compile(  # "the DEA report", "Bell University study": not "the Bell study", where "the Bell" is nobody
    r"(?P<name>(?:[Tt]he\s(?=[A-Z.]{2,}\s|\S+\s(?:(?:of|for)\s(?:the\s)?)?[A-Z])|(?!(?:The|An?|This|That)\s))[A-Z][\w.&-]*(?:\s(?:(?:of|for|the|and|on|in)\s){0,2}[A-Z][\w.&-]*){0,8})\s(?:report|study)",
    re.ASCII,
)
_LOOSE_END = re.compile(r"\s(?:on|in|of|to|by|from|with)$|\sfor\s\w+ing\s.*$", re.IGNORECASE)


def source_of(right: str, *, tag: bool = False) -> str:
    """The noun phrase after "according to". Example: "the DEA, in 2003," -> "the DEA".

    Args:
        tag: whether it follows a verb of saying after a quotation, where a name that a comma sets apart is the speaker's.
    """
    words = " ".join(FOOTNOTE.sub(" ", right).split())
    if several := list_from(words):
        return tidy(several)
    end = _ENDS.search(words)
    phrase = words[: end.start()] if end else words
    if (
        end
        and end.group() == ", "
        and _CALLED_BY_OFFICE.search(phrase)
        and (name := _NAME_NEXT.match(words, end.end()))
    ):
        phrase = f"{phrase}, {name.group()}"  # "the words of a German economist, Friedrich List"
    elif (
        end
        and end.group() == ", "
        and (_HAS_ROLE.match(phrase) or _CALLED_BY_THEM.fullmatch(phrase))
        and (name := _NAME_ENDS.match(words, end.end()))
    ):
        phrase = f"{phrase}, {name.group()}"  # "a spokeswoman for the union, Ann Lee"
    elif (
        tag and end and end.group() == ", " and _SOMEBODY.fullmatch(phrase) and (name := _NAMED.match(words, end.end()))
    ):
        phrase = f"{phrase}, {name.group()}"  # "said a plumber, Joel Marin."
    if phrase in {"one", "another"} and end and (name := _NAME_NEXT.match(words, end.end())):
        phrase = name.group()  # "said one, Ann Lee, who had been there"
    if (said := _AT_PLACE.match(phrase)) and not is_several(said["name"]):
        phrase = said["name"]
    if crowd := _CROWD_FIRST.match(phrase):
        phrase = crowd["crowd"]
    owner = _PUBLISHED_BY.search(phrase)
    phrase = owner["owner"] if owner else phrase
    phrase = _LOOSE_END.sub("", texts["name"] if (texts := _TEXT_OF.fullmatch(phrase)) else phrase)
    return tidy(TIME_TAIL.sub("", phrase))
