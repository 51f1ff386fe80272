"""Bearers: whether a title before a family name, such as "Mr", can be that of somebody whom a text names in full."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pullquote.corpus.givennames import is_given_name
from pullquote.voice.genders import MEN, WOMEN
from pullquote.voice.mentions import people_in
from pullquote.voice.phrases import ROLE
from pullquote.voice.titles import ADDRESSES, HERS, SEXED, TITLED, spelled

LONGEST_BESIDE = 120  # letters after or before a name that tell whom it names
_SAYS = (
    r"(?:said|says|told|tells|added|adds|argue[sd]|warn(?:s|ed)|wrote|writes|asked|asks|replied|denie[sd]|admitted|explain(?:s|ed)|"
    r"insist(?:s|ed)|complain(?:s|ed)|testified|recall(?:s|ed)|believe[sd]|thinks|thought|claim(?:s|ed)|call(?:s|ed)\sfor)"
)
_WORK = (
    rf"(?:{ROLE}|executive|owner|manager|farmer|resident|campaigner|spokesman|spokeswoman|teacher|solicitor|barrister|councill?or|"
    r"trustee|engineer|surgeon|nurse|baker|driver|pilot|witness|clerk|warden|treasurer|ranger|architect|banker|coach|student|"
    r"surveyor|planner|consultant|widower?|mother|father|grandmother|grandfather|retired|aged|MP|MSP)s?"
)
_BESIDE = re.compile(rf"\s?[,(]\s?(?:aged\s)?(?:\d{{1,3}}[,)]|(?:[\w’'-]{{1,30}}\s){{0,4}}?{_WORK}\b)|,?\swho\s")
_SAYING = re.compile(
    rf"(?:,[^,.;\n]{{1,60}},)?\s(?:\w{{1,20}}ly\s|also\s|has\s|had\s)?{_SAYS}\b(?!\s(?:that\s)?its?\b)"
)
_SAID_BY = re.compile(rf"\b(?:{_SAYS}|according\sto)\s$")
_OPENS = re.compile(r"(?:^|[.!?”\"\n]\s*)$")
_NEXT = re.compile(r"[^.!?\n]*[.!?]\s+(?:He|She)\s")
_HE, _SHE = re.compile(r"\b[Hh]e\b"), re.compile(r"\b[Ss]he\b")
_DIED = re.compile(
    r"[^.!?\n]*?\b(?:died|dies|(?:was|been|is|found)\s(?:\w{1,20}\s)?(?:killed|murdered|stabbed|shot|buried|drowned|dead))\b|"
    r"[’']s?\s(?:death|body|funeral|murder|killing|killer|grave)\b|,\s(?:\d|1[0-5]),"
)
_DEAD = re.compile(r"\b(?:death|killing|murder|funeral|body|memory|the\slate)(?:\sof)?\s$")
_HEAD_ENDS = re.compile(r"[,;.()\n]|\s(?:of|for|to|at|in|from|on|who|and|with|by)\s")
_POSSESSIVE = re.compile(r"[’']s\s")  # "the judge's clerk, Ines Moor" is no judge
_UNDER = frozenset(("deputy", "vice", "assistant", "lieutenant", "aide", "wife", "husband", "clerk", "son", "daughter"))
_NO_GIVEN = frozenset("Northern Southern Eastern Western Central Upper Lower Great Greater Little Old Mount".split())  # noqa: SIM905
_RELATIVE = r"(?:wi(?:fe|ves)|husbands?|widow(?:er)?|mother|father|parents?|sons?|daughters?|sisters?|brothers?|twins?|spouse|uncle|aunt|cousin|niece|nephew)"
_KIN = re.compile(
    r"(?:\b(?:[Hh]is|[Hh]er|[Tt]heir|whose)|[’']s)\s(?:(?:late|elder|eldest|older|younger|youngest|former|then|ex|estranged|only|twin|first|second|"
    rf"third)[\s-]){{0,2}}{_RELATIVE}\b|\b{_RELATIVE}\s(?:of|to)\s[A-Z]|\b[Tt]he\s(?:\w{{1,20}}\s)?(?:couple|siblings|brothers|sisters|twins)\b"
)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A mention of somebody in full: the name as it stands in the text, and the words before and after it."""

    name: str
    before: str
    after: str
    office: str = ""  # as written before the first mention: "the harbour's chief scientist"

    @property
    def _first(self) -> str:
        """The given name."""
        return TITLED.sub("", self.name).partition(" ")[0]

    def fits(self, title: str) -> bool:
        """Whether a title and the family name can mean this one: the same office, or "Mr" for a man whom the text tells of."""
        words = spelled(title)
        if offices := words - ADDRESSES:
            held = self._held
            return offices <= held and not (held & _UNDER) - offices
        return self._is_person

    def is_not(self, title: str) -> bool:
        """Whether the text shows that a title with no office, such as "Mr", is not that of this one: she is a woman, or dead."""
        return spelled(title) <= ADDRESSES and (self._is_dead or self._is_other(title))

    @property
    def _held(self) -> frozenset[str]:
        """The words of the offices beside the name."""
        before = f"{self.office} {self.name}".rpartition(" ")[0]
        beside = _HEAD_ENDS.split(self.after[2:], maxsplit=1)[0] if self.after.startswith(", ") else ""
        return spelled(f"{_POSSESSIVE.split(before)[-1]} {beside}")

    @property
    def _is_person(self) -> bool:
        """Whether the text shows that this is a person and no place: an office, an age, a verb of saying, "he" or "she"."""
        first = self._first
        if (
            not first
            or first in _NO_GIVEN
            or not people_in(f"{self.name}, a" if is_given_name(first) or self.office else self.name)
        ):
            return False
        told = self.office or TITLED.match(self.name) or _BESIDE.match(self.after) or _SAYING.match(self.after)
        subject = _OPENS.search(self.before) and _NEXT.match(self.after)
        return bool(told or subject or _SAID_BY.search(self.before))

    @property
    def _is_dead(self) -> bool:
        return bool(_DIED.match(self.after) or _DEAD.search(self.before))

    def _is_other(self, title: str) -> bool:
        """Whether the given name, the title or the pronouns show that a man's title is a woman's, or hers a man's."""
        hers = title.split(maxsplit=1)[0].rstrip(".") in HERS
        own = TITLED.match(self.name)
        held = own.group().split(maxsplit=1)[0].rstrip(".") if own else ""
        first = self._first
        if held in HERS or held in {"Mr", "Sir", "Lord"}:
            return (held in HERS) is not hers
        if first in MEN | WOMEN:
            return (first in WOMEN) is not hers
        he, she = bool(_HE.search(self.after)), bool(_SHE.search(self.after))
        return he is not she and she is not hers


class Families:
    """The family names of one text, and whether more than one person may be called by them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._couples: dict[str, bool] = {}

    def have_one(self, title: str, bearers: Sequence[Bearer]) -> bool:
        """Whether a title and the family name of those named in full can only mean them, who are one person."""
        if not bearers or self._are_two(bearers[0].name.rpartition(" ")[2], title):
            return False
        # "Mrs Bell" is perhaps the wife of whoever is named so
        married = title.startswith("Mrs") and not any(re.search(SEXED, each.name) for each in bearers)
        refused = married or any(each.is_not(title) for each in bearers)
        return not refused and any(each.fits(title) for each in bearers)

    @cached_property
    def _tells_of_kin(self) -> bool:
        return _KIN.search(self._text) is not None

    def _are_two(self, last: str, title: str) -> bool:
        """Whether a text tells of two by one family name, or of a family whose "Mrs Bell" may be anybody in it."""
        if last not in self._couples:
            called = re.findall(rf"\b({SEXED})\.?\s(?:[A-Z][\w.’'-]*\s){{0,2}}{re.escape(last)}\b", self._text)
            self._couples[last] = len({each in HERS for each in called}) == 2 or self._share(last)
        return self._couples[last] or (spelled(title) <= ADDRESSES and self._tells_of_kin)

    def _share(self, last: str) -> bool:
        """Whether one family name stands behind two given names, or in the plural: "Tom and Jack Hart", "the Harts"."""
        family = re.escape(last)
        joined = re.finditer(
            rf"(?<![\w’'.-])(?P<first>(?:[A-Z][\w’'-]*\.?\s){{1,3}})(?:and|&)\s(?:[A-Z][\w’'-]*\.?\s){{1,2}}{family}(?![\w’'-])",
            self._text,
        )
        firsts = (match["first"].split() for match in joined)
        given = any(len(words) == 1 or is_given_name(words[-1]) or re.fullmatch(SEXED, words[-1]) for words in firsts)
        return given or re.search(rf"\b[Tt]he\s{family}e?s\b", self._text) is not None
