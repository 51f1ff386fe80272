"""Labels: what opens a paragraph of a record to say who speaks: "RESIDENT 2:", "[00:01:40] Mayor Lopez:"."""

import re
from dataclasses import dataclass

from pullquote.voice.phrases import ROLE
from pullquote.voice.titles import OFFICES

SPOKEN_WORDS = 4  # up to the last mark that ends a sentence: "Chair: Ann Lee" is no turn
SPOKEN_WITHIN = 300  # code points

_CAPITAL = r"[A-Z][\w.’'-]*"
_HANGS = r"(?:at|from|in|of|on|for|to|with|and|de|van|von|la|al)(?:[ ](?:the|an?))?[ ][\w’'-]+"
_ASIDE = r"\([^()\n\r]{1,40}\)|\[[^\[\]\n\r]{1,40}\]"
_ANYBODY = (
    rf"(?:{ROLE}|{OFFICES}|cllr|residents?|neighbou?r|host|interviewer|interviewee|questioner|audience|witness|"
    r"caller|voice|man|woman|participant|panell?ist|applicant|defendant|"
    r"narrator|presenter|student|teacher|parent|delegate|facilitator|translator|interpreter|tenant|farmer|shopkeeper|counsel|"
    r"court|juror|attendee|guest)"
)
_WHICH = r"(?:the|an?|unidentified|unknown|male|female|first|second|third|another|vice|deputy|acting|young|old|older|committee|council|town|city|parish|police|hon\.?)"
_TIME = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?[ \t]+(?:[-–—][ \t]+)?)"
LABEL = re.compile(  # with the marks of bold or italic letters that printed text leaves out
    rf"(?:\A|(?<=[\n\r]))[ \t]*(?P<turn>[*_]{{0,3}}(?P<time>{_TIME})?[*_]{{0,3}}"
    rf"(?P<label>{_CAPITAL}(?:,?[ ](?:{_CAPITAL}|\d{{1,3}}|{_ASIDE}|{_HANGS}|(?i:{_ANYBODY})(?=[\s:*_]))){{0,5}})[*_]{{0,3}}:)[*_]{{0,3}}[ \t]+(?=\S)"
)
_ROLE_LABEL = re.compile(  # "CHAIR", "Resident 2", "Woman at the back", "Councilmember Smith"
    rf"(?i:{_WHICH}[ ]){{0,3}}(?i:{_ANYBODY})(?:[ ](?i:{_ANYBODY})){{0,2}}(?:,?[ ]{_CAPITAL}){{0,3}}(?:[ ](?:\d{{1,3}}|{_ASIDE}|{_HANGS})){{0,2}}"
)
_BESIDE = re.compile(rf"[ ](?:{_ASIDE})")
_NEXT = re.compile(r"[\n\r][ \t]*(?:[\n\r]|[*_]{0,3}[A-Z][^\n\r:]{0,60}:)")  # an empty line, or another label
_ENDED = re.compile(r"\S[.?!…][\"”’)\]]*(?=\s|\Z)")


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph's opening that says who speaks: by which name, in which letters, and whether it is the author.

    Nobody's name where nothing tells whose label it is; not `sure` where two people of the document bear it.
    """

    name: str | None
    label: str
    own: bool = False
    sure: bool = False


def is_role(label: str) -> bool:
    """Whether a label is what somebody is there: "CHAIR", "Resident 2 (Ms Angove)"; not "Next Steps"."""
    return _ROLE_LABEL.fullmatch(label) is not None


def surname(label: str) -> str:
    """The name after what somebody is: "Smith" of "Councilmember Smith"; nothing where there is none."""
    last = label.rpartition(" ")[2]
    return last if is_role(label) and last[0].isupper() and not is_role(last) else ""


def bare(label: str) -> str:
    """A label without what stands in brackets beside it: "RESIDENT 1 (Ms Angove)" is "RESIDENT 1"."""
    return _BESIDE.sub("", label)


def speaks_after(text: str, end: int) -> bool:
    """Whether what follows a label reads like something said, and not like one more line of a list of names."""
    words = _NEXT.split(text[end : end + SPOKEN_WITHIN], maxsplit=1)[0]
    ended = max((match.end() for match in _ENDED.finditer(words)), default=0)
    return len(words[:ended].split()) >= SPOKEN_WORDS


def turn_of(label: str) -> Turn:
    """Who takes the word with a label that no name of the document explains."""
    return Turn(bare(label), label, sure=True) if is_role(label) else Turn(None, label)
