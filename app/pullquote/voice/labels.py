"""Labels: what opens a paragraph of a record to say who speaks: "RESIDENT 2:", "[00:01:40] Mayor Lopez:", "Q6 **Ann Lee:**"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pullquote.voice.phrases import ROLE
from pullquote.voice.titles import OFFICES

SPOKEN_WORDS = 4  # up to the last mark that ends a sentence: "Chair: Ann Lee" is no turn
SPOKEN_WITHIN = 300  # code points
SEATS = 2  # groups in brackets after a member's name: "(Mid Norfolk) (Con)"

_CAPITAL = r"[A-Z][\w.’'-]*"
_HANGS = r"(?:at|from|in|of|on|for|to|with|and|de|van|von|la|al)(?:[ ](?:the|an?))?[ ][\w’'-]+"
_ASIDE = r"\([^()\n\r]{1,40}\)|\[[^\[\]\n\r]{1,40}\]"
_ANYBODY = (
    rf"(?:{ROLE}|{OFFICES}|cllr|residents?|neighbou?r|host|interviewer|interviewee|questioner|audience|witness|"
    r"caller|voice|man|woman|participant|panell?ist|applicant|defendant|"
    r"narrator|presenter|student|teacher|parent|delegate|facilitator|translator|interpreter|tenant|farmer|shopkeeper|counsel|"
    r"court|juror|attendee|guest)"
)
_WHICH = r"(?:the|madam|mr\.?|an?|unidentified|unknown|male|female|first|second|third|another|vice|deputy|acting|young|old|older|committee|council|town|city|parish|police|hon\.?)"
_OFFICE = r"The[ ][A-Z][^():.*_\n\r]{5,100}[ ]\([A-Z][\w.’' -]{3,40}\)"  # "The Secretary of State for Trade, Energy and Work (Kit Lee)"
_TIME = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?[ \t]+(?:[-–—][ \t]+)?)"
_NUMBER = r"(?:Q[ \t]?\d{1,4}[.:]?[*_]{0,3}[ \t]{1,40}|\d{1,4}[.)]?[ \t]{1,40}(?=\*\*|__))"  # of a question; a bare one before bold letters
LABEL = re.compile(  # with the marks of bold or italic letters that printed text leaves out
    rf"(?:\A|(?<=[\n\r]))[ \t]*(?P<turn>[*_]{{0,3}}(?P<number>{_NUMBER})?(?P<time>{_TIME})?[*_]{{0,3}}"
    rf"(?P<label>{_CAPITAL}(?:,?[ ](?:{_CAPITAL}|\d{{1,3}}|{_ASIDE}|{_HANGS}|(?i:{_ANYBODY})(?=[\s:*_]))){{0,5}}|{_OFFICE})"
    rf"(?:[*_]{{0,3}}(?P<seat>(?:[ ](?:{_ASIDE})){{0,3}})[*_]{{0,3}}:|(?:,[ ](?P<calling>[^.:*_\n\r]{{2,80}}))?(?P<dash>\.[*_]{{2,3}}[ \t]+[–—](?=[ \t])))"
    r")[*_]{0,3}[ \t]+(?=\S)"
)
MEMBER = re.compile(  # "Sir Gerald Finch", "Hon. Marie Leclerc", "M. Luc Gagnon"
    r"(?P<title>(?:(?:The[ ])?(?:Rt\.?[ ])?Hon\.?|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|M\.|Mme|Sir|Dame|Lord|Lady|Baroness)[ ])?"
    r"(?P<name>[A-Z][\w’'-]*(?:[ ](?:(?:de|del|van|von|der|la|al)[ ])?[A-Z][\w.’'-]*){0,4})"
)
_ROLE_LABEL = re.compile(  # "CHAIR", "Resident 2", "Woman at the back", "Councilmember Smith"
    rf"(?i:{_WHICH}[ ]){{0,3}}(?i:{_ANYBODY})(?:[ ](?i:{_ANYBODY})){{0,2}}(?:,?[ ]{_CAPITAL}){{0,3}}(?:[ ](?:\d{{1,3}}|{_ASIDE}|{_HANGS})){{0,2}}"
)
_BESIDE = re.compile(rf"[ ](?:{_ASIDE})")
_NEXT = re.compile(r"[\n\r][ \t]*(?:[\n\r]|[*_]{0,3}[A-Z][^\n\r:]{0,60}:)")  # an empty line, or another label
_ENDED = re.compile(r"\S[.?!…][\"”’)\]]*(?=\s|\Z)")
_HELD = re.compile(rf"The[ ][^()]{{5,110}}[ ]\((?P<name>(?:{_CAPITAL}[ ]){{1,3}}{_CAPITAL})\)")
_LISTED = re.compile(r"[A-Z][\w.’'-]*(?:[ ][A-Z][\w.’'-]*){1,5}[,;][^?\n\r]*(?=[\n\r]|\Z)")  # "Ann Lee, mayor; Bob Ott"
_BARE = re.compile(  # "Ann Lee, Chief Engineer, Northgrid.", "Ann Lee and Bob Ott": not a word of a sentence
    rf"{_CAPITAL}(?:[ ](?:{_CAPITAL}|de|van|von|la|al)){{1,5}}"
    rf"(?:[,;]?[ ](?:(?:and|of|the|for|at|in|&)[ ]){{0,3}}(?:{_CAPITAL}|(?=[a-z])(?i:{_ANYBODY})(?=[,;.\s]|\Z))){{1,40}}"
    r"[.;]?[ \t]*(?=[\n\r]|\Z)"
)
_SEVERAL = re.compile(r"[,;]|\band\b")
_PANEL = re.compile(r"[IVX]{1,5}")
_YEAR = re.compile(r"\d{3}")  # "Ann Lee (1900-1980)"
_ADDRESSED = re.compile(
    r"(?:Mr|Madam|Frau|Herr|Mister)\.?\s(?:[A-Z]\w+\s)?(?:Speaker|President|Präsidentin|Präsident|Chair\w*),"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph's opening that says who speaks: by which name, in which letters, and whether it is the author.

    Nobody's name where nothing tells whose label it is; not `sure` where two people of the document bear it.
    """

    name: str | None
    label: str
    own: bool = False
    sure: bool = False


def labels_in(text: str) -> Iterator[re.Match[str]]:
    """The labels of a text that may say who speaks; not "II: Ann Lee, mayor; Bob Ott, clerk" or "Witness: Ann Lee, mayor"."""
    return (match for match in LABEL.finditer(text) if not _lists(match))


def _lists(match: re.Match[str]) -> bool:
    """Whether a label only numbers those who are listed after it, or tells what they are; "Chair: Ann Lee." calls her."""
    if match["number"] is not None or match["time"] is not None:
        return False
    if _PANEL.fullmatch(match["label"]):
        return _LISTED.match(match.string, match.end()) is not None
    bare = _BARE.match(match.string, match.end())
    return bare is not None and not bare.group().isupper() and _SEVERAL.search(bare.group()) is not None


def is_role(label: str) -> bool:
    """Whether a label is what somebody is there: "CHAIR", "Resident 2 (Ms Angove)"; not "Next Steps"."""
    return _ROLE_LABEL.fullmatch(label) is not None


def member(match: re.Match[str]) -> str | None:
    """The full name in a label that tells by itself that it is a person's: with a title, a seat in brackets, or a calling before a dash.

    Example: "**Ann Lee** (Mid Norfolk) (Con):", "**Ann Lee, rapporteur.** –" and "Hon. Ann Lee:" are Ann Lee's.
    """
    label = match["label"]
    if held := _HELD.fullmatch(label):
        return held["name"]
    name, _, calling = bare(label).partition(", ") if match["dash"] else (bare(label), "", "")
    person = MEMBER.fullmatch(name)
    seats = "".join(_BESIDE.findall(f"{label}{match['seat'] or ''}"))
    seated = bool(seats or calling or match["calling"]) and not _YEAR.search(seats)
    return person["name"] if person and " " in person["name"] and (person["title"] or seated) else None


def takes_floor(match: re.Match[str]) -> bool:
    """Whether a label is that of somebody who speaks in a chamber: seat and party, a dash, or a form of address."""
    words = _NEXT.split(match.string[match.end() : match.end() + SPOKEN_WITHIN], maxsplit=1)[0]
    seats = f"{match['seat'] or ''}{match['label']}".count("(")
    spoken = match["dash"] or seats >= SEATS or _ADDRESSED.match(words)
    return bool(spoken) and member(match) is not None and speaks_after(match.string, match.end())


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
