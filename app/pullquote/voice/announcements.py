"""Announcements: sentences that say of the next ones that they tell another's view: "Here is the usual case against it."."""

import re
from dataclasses import dataclass

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
_PEOPLE = (
    r"(?:advocates|backers|boosters|campaigners|champions|critics|defenders|detractors|enthusiasts|foes|lobbyists|opponents|others|"
    r"proponents|sceptics|skeptics|supporters)"
)
_SEVERAL = r"(?:two|three|four|five|six|several|many|some|various|a\s(?:few|number\sof|couple\sof|host\sof)|the\s(?:same|usual))"
_KNOWN_TO_ALL = r"(?:by\snow\s)?(?:an?\s)?(?:familiar(?:\sone)?|well\s(?:known|rehearsed|worn)|easily\s(?:put|stated|told|summari[sz]ed))"
_SORT = r"(?:[\w-]+\s){0,3}?"
_ABOUT = r"(?:\s(?:for|against|of|behind|about|on|in\sfavou?r\sof|that|to)\s(?!(?:this|my|our)\b)[^.,:;?!]{2,80}?|\s(?:for|against))?"
_THUS = (
    r"(?:(?:usually|often|always|typically|generally)\s)?(?:runs?|ran|goes|went)\s(?:(?:usually|often|roughly|more\sor\sless)\s)?"
    r"(?:as\sfollows|thus|this\sway|(?:something\s|somewhat\s)?like\s(?:this|so))"
)
_MAKES = r"(?:makes?|made|raises?|raised|offers?|offered|gives?|gave|lists?|listed|cites?|cited)"
_OWNED = (  # "The ministry's case is simple", "Her argument ran as follows"
    rf"{THEIRS}(?:\w+\s)?{VIEWS}\s(?:(?:is|was|are|were)\s(?:(?:very|quite|brutally)\s)?(?:simple|clear|plain|straightforward|"
    rf"blunt|stark|this|these|twofold|as\sfollows|{_KNOWN_TO_ALL})|{_THUS})"
)
_GOES = (  # "The argument for public money goes something like this", "The case against wind power is familiar"
    rf"(?:the|one|an?|that)\s{_SORT}(?:{VIEWS}|{_NEVER_OWN}|wisdom){_ABOUT}\s(?:{_THUS}|(?:is|are|was|were)\s{_KNOWN_TO_ALL})"
)
_HERE = (  # "Here is the usual case for the tax break"; "Here is the case for it" may be the author's
    rf"(?:here|there)(?:\sis|\sare|[’']s|\scomes?)\s(?:(?:the|an?|one)\s{_SORT}(?:{_STALE}\s(?:[\w-]+\s)?{_HELD}|{_NEVER_OWN})|"
    rf"{THEIRS}{_SORT}{_HELD}){_ABOUT}"
)
_KNOWN = (  # "You know the pitch by now", "We have all heard the boosters' talking points"
    r"(?:you|we|every(?:one|body)|readers)(?:[’']ve|\s(?:have|has|will\shave|must\shave))?\s"
    rf"(?:(?:all|probably|surely|doubtless|by\snow)\s){{0,2}}(?:know|knows|heard)\s(?:all\s)?(?:the\s|{THEIRS}){_SORT}"
    rf"(?:{_NEVER_OWN}|arguments?|case|claims?|lines?|refrain|reasoning){_ABOUT}(?:\s(?:by\snow|already|before))?"
)
_HOLDERS = (  # "Proponents of the fee make three claims"; "Critics have a point" grants them one
    rf"(?:the\s)?{_SORT}{_PEOPLE}(?:\s[^.,:;?!]{{2,60}}?)?\s(?:{_MAKES}|have|had|tells?|told)\s(?:(?:{_SEVERAL}|an?)\s{_SORT}"
    r"(?:answer|argument|claim|complaint|concern|explanation|objection|reason|reply|response|story|theory)"
    rf"|{_SEVERAL}\s(?:[\w-]+\s)?(?:point|repl|theor|worr))(?:s|ies)?{_ABOUT}"
)
_COUNTED = (  # "The mayor gives three reasons"
    r"(?!(?:i|we|my|our|this|here|there|it|that)\b)[\w’'-]+(?:\s[^\s.,:;?!]+){0,5}?\s"
    rf"{_MAKES}\s(?:two|three|four|five|six|several)\s{_SORT}(?:arguments|claims|complaints|objections|points|reasons){_ABOUT}"
)
_ASKED = (  # "What would the mayor say?"
    r"what\s(?:would|will|do|does|did|might)\s(?!(?:i|we|you|your|my|our|this|that|it)\b)(?:[\w.’'-]+\s){1,8}?"
    r"(?:say|argue|answer|reply|respond|object|claim|tell\s(?:us|you))(?:\sto\s(?:this|that|us))?\?"
)
_ANNOUNCES = re.compile(
    rf"(?:(?:and|but|meanwhile|now|so|then|well|yet),?\s)?"
    rf"(?:(?:(?P<owned>{_OWNED})|{_GOES}|{_HERE}|{_KNOWN}|{_HOLDERS}|{_COUNTED})\s?(?:[.:]|$)|{_ASKED})[\s*_\"”’)]*",
    re.IGNORECASE,
)
_OURS = re.compile(  # "The argument of this paper runs as follows.", "Our city's case is simple."
    rf"\b(?:my|our|this)\s(?:[\w’'-]+\s)?(?:{VIEWS}|article|book|brief|chapter|column|essay|paper|report|series|study|submission)\b",
    re.IGNORECASE,
)
_ASKS_TEXT = re.compile(  # "What do the data say?": what they do say
    r"\b(?:bible|constitution|data|evidence|figures|history|laws?|numbers|polls?|records?|reports?|research|science|statute|stud(?:y|ies)|"
    r"texts?|treaty)\s\w+(?:\s(?:us|you))?\?",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"(?:follows|this|so|thus|way)\s?[.:][\s*_]*$")  # so that the next paragraph tells it
_ENDS = re.compile(  # "None of it is true.", "It is a tidy story.", "I believed this once."
    r"(?:I|My)\b|(?:None|Little|Nothing|Not\sa\sword)\sof\s(?:this|that|it|them|these|those)\b"
    r"|None\s(?:survives?|holds?|stands?|withstands?|bears?)\b|(?:Nonsense|Rubbish|Wrong|Not\sso|Hardly|Fair\senough)\b"
    r"|(?:(?:It|That|This)(?:[’']s|\sis|\swas)|(?:They|These|Those)(?:[’']re|\sare|\swere))\s(?:all\s)?(?:"
    rf"(?:untrue|wrong|nonsense|false|true|mistaken)\s?[.,;!]|(?:an?|the)\s(?:[\w-]+\s){{0,2}}(?:{_HELD}|fallacy|fantasy|mistake|myth|tale)\b)"
    rf"|(?:This|That|These|Those)\s(?:\w+\s)?{_HELD}\b"
)
_TURNS = re.compile(  # the author's answer, or a part of what is told
    r"(?:But|Yet|However|Still|Actually|Alas|Of\scourse|In\s(?:fact|truth|reality)|(?:All|Much|Most|Some|Each|Both)\sof\s(?:this|that|it|these|those)|"
    r"The\s(?:truth|reality|facts?|data|evidence|record|trouble|catch|flaw|(?:first|second|third|last)\s(?:of\sthese|argument|claim|objection|reason)))\b"
)


@dataclass(slots=True)
class Announcement:
    """What is left of the author in the rest of a paragraph once a sentence of it has announced another's view."""

    _paragraph: int = -1
    _doubt: Doubt = Doubt.NONE
    _goes_on: bool = False  # in the next paragraph

    def hear(self, paragraph: int, words: str, *, named: bool) -> Doubt:
        """The doubt about a sentence, and a look at what it announces itself; `named`: whether it says who speaks."""
        if paragraph != self._paragraph:
            near = self._goes_on and paragraph == self._paragraph + 1
            self._paragraph, self._doubt = paragraph, self._doubt if near else Doubt.NONE
        begun = announces(words)
        self._goes_on = bool(begun and _FOLLOWS.search(words))
        if begun:
            told, self._doubt = self._doubt, begun
            return min(told, Doubt.SOME)
        if named or _ENDS.match(words):
            self._doubt = Doubt.NONE
        elif self._doubt and (answers(words) or _TURNS.match(words)):
            self._doubt = Doubt.SOME
        return self._doubt


def announces(words: str) -> Doubt:
    """What a sentence leaves of the author in the next ones.

    Example: announces("The ministry's case is simple.") -> Doubt.SPEAKER
    """
    found = _ANNOUNCES.match(words) if len(words) <= MOST else None
    if found is None or _OURS.search(words) or _ASKS_TEXT.search(words):
        return Doubt.NONE
    if found.end() == len(words):
        return Doubt.SPEAKER
    return Doubt.SOME if found["owned"] else Doubt.NONE  # it tells the view itself, so the next one may answer it
