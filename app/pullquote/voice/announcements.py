"""Announcements: sentences that say of the next ones that they tell another's view: "Here is the usual case against it."."""

import re
from dataclasses import dataclass

from pullquote.voice.holders import PEOPLE, is_text, left_by
from pullquote.voice.neighbours import THEIRS, VIEWS, Doubt, answers

MOST = 240  # letters; a longer sentence does more than announce

_HELD = rf"(?:{VIEWS}|(?:answer|criticism|excuse|explanation|objection|point|reason|script|slogan|talking\spoint)s?|repl(?:y|ies))"
_NEVER_OWN = (
    r"(?:complaint|criticism|excuse|myth|objection|(?:sales\s)?pitch|script|slogan|spiel|talking\spoint)(?:s|es)?"
)
_STALE = (  # what nobody says of a view of their own
    r"(?:classic|common|conventional|familiar|fashionable|glib|lazy|official|old|opposing|orthodox|popular|prevailing|received|standard|"
    r"stock|textbook|tired|traditional|usual|well-worn)"
)
_SEVERAL = r"(?:two|three|four|five|six|several|many|some|various|a\s(?:few|number\sof|couple\sof|host\sof)|the\s(?:same|usual))"
_KNOWN_TO_ALL = r"(?:by\snow\s)?(?:an?\s)?(?:familiar(?:\sone)?|well\s(?:known|rehearsed|worn)|easily\s(?:put|stated|told|summari[sz]ed))"
_SORT = r"(?:[\w-]+\s){0,3}?"
_ABOUT = r"(?:\s(?:for|against|of|behind|about|on|in\sfavou?r\sof|that|to)\s(?!(?:this|my|our|tell)\b)[^.,:;?!]{2,80}?|\s(?:for|against))?"
_THUS = (
    r"(?:(?:usually|often|always|typically|generally)\s)?(?:runs?|ran|goes|went)\s(?:(?:usually|often|roughly|more\sor\sless)\s)?"
    r"(?:as\sfollows|thus|this\sway|(?:something\s|somewhat\s)?like\s(?:this|so))"
)
_MAKES = r"(?:makes?|made|raises?|raised|offers?|offered|gives?|gave|lists?|listed|cites?|cited)"
_OWNED = (  # "The ministry's case is simple", "Her argument ran as follows"
    rf"(?P<owner>{THEIRS})(?:\w+\s)?{VIEWS}\s(?:(?:is|was|are|were)\s(?:(?:very|quite|brutally)\s)?(?:simple|clear|plain|straightforward|"
    rf"blunt|stark|this|these|twofold|as\sfollows|{_KNOWN_TO_ALL})|{_THUS})"
)
_GOES = (  # "The argument for public money goes something like this", "The case against wind power is familiar"
    rf"(?:the|one|an?|that)\s{_SORT}(?:{VIEWS}|{_NEVER_OWN}|wisdom){_ABOUT}\s(?:{_THUS}|(?P<familiar>(?:is|are|was|were)\s{_KNOWN_TO_ALL}))"
)
_HERE = (  # "Here is the usual case for the tax break"; "Here is the case for it" may be the author's
    rf"(?:here|there)(?:\sis|\sare|[’']s|\scomes?)\s(?:(?:the|an?|one)\s{_SORT}(?:{_STALE}\s(?:[\w-]+\s)?{_HELD}|{_NEVER_OWN})|"
    rf"(?P<whose>{THEIRS}){_SORT}{_HELD}){_ABOUT}"
)
_KNOWN = (  # "You know the pitch by now", "We have all heard the boosters' talking points"
    r"(?:you|we|every(?:one|body)|readers)(?:[’']ve|\s(?:have|has|will\shave|must\shave))?\s"
    rf"(?:(?:all|probably|surely|doubtless|by\snow)\s){{0,2}}(?:know|knows|heard)\s(?:all\s)?(?:the\s|(?P<theirs>{THEIRS})){_SORT}"
    rf"(?:{_NEVER_OWN}|(?P<heard>arguments?|case(?=\s(?:for|against)\b)|claims?|lines?|refrain|reasoning)){_ABOUT}(?:\s(?:by\snow|already|before))?"
)
_HOLDERS = (  # "Proponents of the fee make three claims"; "Critics have a point" grants them one
    rf"(?:the\s)?{_SORT}{PEOPLE}(?:\s[^.,:;?!]{{2,60}}?)?\s(?:{_MAKES}|have|had|tells?|told)\s(?:(?:{_SEVERAL}|an?)\s{_SORT}"
    r"(?:answer|argument|claim|complaint|concern|explanation|objection|reason|reply|response|story|theory)"
    rf"|{_SEVERAL}\s(?:[\w-]+\s)?(?:point|repl|theor|worr))(?:s|ies)?{_ABOUT}"
)
_COUNTED = (  # "The mayor gives three reasons"
    r"(?P<subject>(?!(?:i|we|my|our|this|here|there|it|that)\b)[\w’'-]+(?:\s[^\s.,:;?!]+){0,5}?)\s"
    rf"{_MAKES}\s(?:two|three|four|five|six|several)\s{_SORT}(?:arguments|claims|complaints|objections|points|reasons){_ABOUT}"
)
_ASKED = (  # "What would the mayor say?"
    r"what\s(?P<asks>would|will|do|does|did|might)\s(?!(?:i|we|you|your|my|our|this|that|it)\b)(?P<asked>(?:[\w.’'-]+\s){1,8}?)"
    r"(?:say|argue|answer|reply|respond|object|claim|tell\s(?:us|you))(?:\sto\s(?:this|that|us))?\?"
)
_ANNOUNCES = re.compile(
    rf"(?:(?:and|but|meanwhile|now|so|then|well|yet),?\s)?"
    rf"(?:(?:{_OWNED}|{_GOES}|{_HERE}|{_KNOWN}|{_HOLDERS}|{_COUNTED})\s?(?:[.:]|$)|{_ASKED})[\s*_\"”’)]*",
    re.IGNORECASE,
)
_OURS = re.compile(  # "The argument of this paper runs as follows.", "Our city's case is simple."
    rf"\b(?:my|our|this)\s(?:[\w’'-]+\s)?(?:{VIEWS}|article|book|brief|chapter|column|essay|paper|report|series|study|submission)\b",
    re.IGNORECASE,
)
_FAIR = re.compile(  # what the author may as well hold: "There is a common explanation", "We all know the arguments about cost"
    r"\b(?:classic|common|familiar|old|popular|standard|textbook|traditional|usual)\s(?:\w+\s)?(?:answer|explanation|reason|reply|replies|story|theory)s?\b"
    r"|\b(?:classic|common|old|popular|traditional)\s(?:\w+\s)?(?:arguments?|case)\s(?:for|in\sfavou?r)\b"
    r"|\b(?:fair|good|just|legitimate|powerful|real|serious|sound|strong|valid)\s(?:\w+\s)?(?:answer|argument|claim|concern|objection|point|reason)s?\b",
    re.IGNORECASE,
)
_PERFECT = re.compile(  # what is past may be answered at once: "We have all heard the excuses"
    r"(?<!\bwill)(?<!\bmust)(?:\s(?:have|has|had)|[’']ve)\s(?:\w+\s){0,2}?(?:heard|given|made|raised|offered|listed|cited|told)\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(rf"\b(?:against|wisdom|{_NEVER_OWN})\b", re.IGNORECASE)
_FOLLOWS = re.compile(r"(?:follows|this|so|thus|way)\s?[.:][\s*_]*$")  # so that the next paragraph tells it
_ENDS = re.compile(  # "None of it is true.", "It is a tidy story.", "I believed this once."
    r"(?:I|My|Let\sus|Let[’']s|Now)\b|(?:Every(?:\ssingle)?\sone|All|Each|Both)\sof\s(?:this|that|it|them|these|those)\s"
    r"(?:[\w’'-]+\s){1,5}?(?:untrue|wrong|nonsense|false|mistaken|fails?|collapses?)\b|(?:None|Not\sone|Little|Nothing|Not\sa\sword)\sof\s(?:this|that|it|them|these|those)\b"
    r"|None\s(?:survives?|holds?|stands?|withstands?|bears?)\b|(?:Nonsense|Rubbish|Wrong|Not\sso|Hardly|Fair\senough)\b"
    r"|(?:(?:It|That|This)(?:[’']s|\sis|\swas)|(?:They|These|Those)(?:[’']re|\sare|\swere))\s(?:all\s)?(?:"
    rf"(?:untrue|wrong|nonsense|false|true|mistaken)\s?[.,;!]|(?:an?|the)\s(?:[\w-]+\s){{0,2}}(?:{_HELD}|fallacy|fantasy|mistake|myth|tale)\b)"
    rf"|(?:This|That|These|Those)\s(?:\w+\s)?{_HELD}\b"
)
_TURNS = re.compile(  # the author's answer, or a part of what is told
    r"(?:But|Yet|However|Still|Actually|Alas|Of\scourse|In\s(?:fact|truth|reality)|(?:All|Much|Most|Some|Each|Both)\sof\s(?:this|that|it|them|these|those)|"
    r"The\s(?:truth|reality|facts?|data|evidence|record|trouble|catch|flaw|(?:first|second|third|last)\s(?:of\sthese|argument|claim|objection|reason)))\b"
)
_WE_OPEN = re.compile(r"(?:We|Our)\b")
_WE = re.compile(r"\b(?:[Ww]e|us|[Oo]urs?)\b")


@dataclass(slots=True)
class Announcement:
    """What is left of the author in the rest of a paragraph once a sentence of it has announced another's view."""

    author: str | None = None
    _paragraph: int = -1
    _doubt: Doubt = Doubt.NONE
    _goes_on: bool = False  # in the next paragraph

    def hear(self, paragraph: int, words: str, *, named: bool) -> Doubt:
        """The doubt about a sentence, and a look at what it announces itself; `named`: whether it says who speaks."""
        if paragraph != self._paragraph:
            near = self._goes_on and paragraph == self._paragraph + 1
            self._paragraph, self._doubt = paragraph, self._doubt if near else Doubt.NONE
        begun = announces(words, self.author)
        self._goes_on = bool(begun and _FOLLOWS.search(words))
        if begun:
            told, self._doubt = self._doubt, begun
            return min(told, Doubt.SOME)
        self._doubt = Doubt.NONE if named else _after(words, self._doubt)
        return self._doubt


def _after(words: str, doubt: Doubt) -> Doubt:
    """What is left of a doubt where a sentence may answer what was told."""
    if not doubt or _ENDS.match(words) or (doubt is Doubt.SOME and _WE_OPEN.match(words)):
        return Doubt.NONE
    turns = answers(words) or _TURNS.match(words) or _WE.search(words)
    return Doubt.SOME if turns else doubt


def announces(words: str, author: str | None = None) -> Doubt:
    """What a sentence leaves of the author in the next ones.

    Example: announces("The ministry's case is simple.") -> Doubt.SPEAKER
    """
    found = _ANNOUNCES.match(words) if len(words) <= MOST else None
    if found is None or _OURS.search(words):
        return Doubt.NONE
    doubt = _left(found, author)
    if found.end() == len(words):
        return min(doubt, Doubt.SOME) if _FAIR.search(words) or _PERFECT.search(words) else doubt
    return min(doubt, Doubt.SOME) if found["owner"] else Doubt.NONE  # it tells the view itself, so the next may answer


def _left(found: re.Match[str], author: str | None) -> Doubt:
    """What an announcement leaves of the author, by whose view it announces."""
    if found["asked"]:
        if is_text(found["asked"]):
            return Doubt.NONE
        doubt, asks = left_by(found["asked"], author), found["asks"].lower()
        if doubt and asks in {"would", "might"}:
            return Doubt.SPEAKER
        return min(doubt, Doubt.SOME) if asks == "did" else doubt  # what somebody did say, the author tells
    if holder := found["owner"] or found["subject"]:
        return left_by(holder, author)
    holder = found["whose"] or found["theirs"]
    fair = found["familiar"] or (found["heard"] and not holder)
    if fair and not _AGAINST.search(found.group()):
        return Doubt.SOME
    return Doubt.SPEAKER if holder is None or left_by(holder, author) else Doubt.NONE
