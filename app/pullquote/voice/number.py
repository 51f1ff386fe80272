"""Number: whether a name means one, several, or either: "the Trade Board", "critics of the plan", "Starbucks"."""

import re
from enum import StrEnum

from pullquote.voice.phrases import DETERMINER, PEOPLE, ROLE
from pullquote.voice.titles import ABBREVIATED

MANY = re.compile(
    r"(?:some|many|most|several|few|both|others|other|various|numerous|(?:two|three|four|five|six)(?=\s(?-i:[a-z]))|"
    r"a\s(?:few|number\sof|majority\sof))\b",
    re.IGNORECASE,
)
_PART_OF = re.compile(  # "71 percent of", "half of", "a fair amount of": as many as what comes next
    r"(?:(?:[\d.,]+|[\w-]+)\sper\s?cent|half|(?:an?|one|two)\s(?:thirds?|quarters?|fifths?)|"
    r"the\s(?:[a-z]+\s)?majority|an?\s(?:[a-z]+\s)?(?:amount|couple|handful|host|minority|proportion|share))\sof\s",
    re.IGNORECASE,
)
_HANGS = r"\s(?:of|in|from|to|for|on|at|by|with|within|like|who|such|including|opposed|against|close|near)\s"
_HEAD_ENDS = re.compile(rf",|\s\(|{_HANGS}")
_HANGS_ON = re.compile(_HANGS)
_APPOSED = re.compile(r",\s(?:the|an?|his|her|its|their)\s")
_AND = re.compile(r",?\sand\s|;\s")
_JOINS = re.compile(r"\s(?:and|&)\s")
_WHEN = frozenset({"later", "today", "then", "now", "alike", "elsewhere"})
_OFFICES = re.compile(rf"(?:{ROLE}|democrat|republican)s", re.IGNORECASE)
_GROUPS = re.compile(PEOPLE, re.IGNORECASE)
_FORM = re.compile(r"[\w-]*(?:[^s\Wui]s|ies)|(?:[\w-]*wo|fisher)?men|people|police|children")
_ONE = frozenset("news series species politics economics physics mathematics ethics headquarters means".split())  # noqa: SIM905
_FIRST = re.compile(r"(?:the|an?|his|her|its|their|our|my|this|that|these|those)\s", re.IGNORECASE)
_BODY_ENDS = re.compile(
    r"(?:Administration|Agency|Alliance|Association|Authority|Bank|Board|Bureau|Cent(?:er|re)s?|Commission|Committee|Company|"
    r"Corporation|Council|Department|Federation|Foundation|Fund|Group|Institute|Ministry|Office|Organi[sz]ation|Party|Press|"
    r"Prevention|School|Services?|Society|Sons|Union|University)$"
)
_TRADE = re.compile(  # "Traders", "Cyclists"; a capital only since a sentence opens with it
    r"[A-Z][a-z]+(?:(?<=[a-z]{3})ers|[st]ors|(?<=[a-z]{3})ists|tants|dents|icians|arians|ees|keepers|men|women|mongers)"
)
_FAMILY = re.compile(  # names of people, papers and firms that end so
    r"(?:Ak|And|Ay|Bow|By|Carruth|Chalm|Chamb|Child|Coop|Danv|Ehl|Ev|Flow|Jasp|Jeff|Land|Lubb|Mast|Math|Mey|Mill|My|Pet|Pi|Pow|"
    r"Reut|Riv|Rodg|Rog|Sand|Saund|Sawy|Sell|Snyd|Som|Somm|Sout|Summ|Trav|Vick|Walt|Wat|Wint|With|Yonk)ers|Connors|Lees"
)
_COMMON = re.compile(  # in the plural and no surname, nor a firm's name
    r"(?!(?:Bill|Cumm|Gidd|Hast|Hemm|Hutch|Jenn|Mull|Rawl|Snell|Spald|Stebb)ings)\w{3,}ings|\w{3,}(?:panies|ncies|sities|ustries|istries|ments|tions|sions|isms|ures|ances|ences)|(?:Count|Part|Cit|Stud|Famil|Communit|Charit)ies|"
    r"Businesses|Churches|Hospitals|Schools|Shops|Governments|Nations|Newspapers|Papers|Unions|Europeans|Landlords|Tenants|Users"
)
_PLACE = re.compile(  # papers, countries, houses and offices that are one, though each has an s and "the" before it
    r"(?:Times|Netherlands|Philippines|Bahamas|Maldives|Seychelles|Emirates|States|Nations|Commons|Lords|Customs|Archives|Works|Atlas|Canvas|Lens)"
)
_TITLED = re.compile(rf"(?:{ABBREVIATED})\.?|Reverend")  # "The Rev. Paul Timmons"
_ET_AL = re.compile(r"\set\sal\b")
_FOR_NAME = re.compile(r"\sfor\s[A-Z]")  # "Lawyers for Peace" is one body


class Number(StrEnum):
    """How many a name means; open where its form fits both, or nothing but knowledge of the world would tell."""

    ONE = "one"
    OPEN = "open"
    SEVERAL = "several"


def is_several(name: str) -> bool:
    """Whether a speaker is more than one: "critics of the plan", "Ann Lee and Bob Bell"; not "the United States"."""
    return number_of(name) is Number.SEVERAL


def may_be_several(name: str) -> bool:
    """Whether a speaker can be more than one: "the United States", "Starbucks"; not "Ann Rogers"."""
    return number_of(name) is not Number.ONE


def number_of(name: str) -> Number:
    """How many a name means, as far as it shows."""
    if part := _PART_OF.match(name):
        return number_of(name[part.end() :])
    if MANY.match(name) or _ET_AL.search(name) or _is_joint(name):
        return Number.SEVERAL
    head = _HEAD_ENDS.split(name, maxsplit=1)[0]
    number = _of_noun(head, name[len(head) :])
    joins = number is Number.ONE and _JOINS.search(name)
    return Number.OPEN if joins and not _APPOSED.search(name) else number


def _of_noun(head: str, rest: str) -> Number:
    """The number of a noun phrase without what hangs on it: "The Governors", "Mexican counterparts"."""
    words = [word for word in DETERMINER.sub("", head).split() if word not in _WHEN]
    last = words[-1] if words else ""
    if not _FORM.fullmatch(last.lower()) or last.lower() in _ONE:
        return Number.ONE
    if last[0].islower():
        return Number.SEVERAL
    the = head.lower().startswith("the ")
    if len(words) == 1:
        return _of_word(last, the=the, named=bool(_FOR_NAME.match(rest)))
    if _OFFICES.fullmatch(last) or (the and _is_people(last)):
        return Number.SEVERAL
    # "Godfried Danneels", "The historian Ann Rogers", "The Rev. Paul Timmons"
    titled = not the or any(word[0].islower() for word in words) or _TITLED.fullmatch(words[0])
    return Number.ONE if titled else Number.OPEN


def _of_word(word: str, *, the: bool, named: bool) -> Number:
    """The number of one word with a capital and an s: "Traders", "the Kennedys", "Starbucks"."""
    people = _is_people(word) or _OFFICES.fullmatch(word) or _COMMON.fullmatch(word)
    if (people or the) and not (named or (the and _PLACE.fullmatch(word))):
        return Number.SEVERAL
    return Number.OPEN


def _is_people(word: str) -> bool:
    return bool(_GROUPS.fullmatch(word)) or _is_trade(word)


def _is_trade(word: str) -> bool:
    """Whether a word with a capital is what several do or are, and no family name: "Traders"; not "Rogers"."""
    return _TRADE.fullmatch(word) is not None and _FAMILY.fullmatch(word) is None


def _is_joint(name: str) -> bool:
    """Whether "and" joins two speakers, and is no part of one body's name: "the Food and Drug Administration"."""
    joint = _AND.search(name)
    if joint is None:
        return False
    left, right = name[: joint.start()], _HEAD_ENDS.split(name[joint.end() :], maxsplit=1)[0]
    if _APPOSED.search(left):  # "Lee, a member of the board and the head of the union"
        return False
    alone = not _HANGS_ON.search(left)
    if first := _FIRST.match(right):
        return alone or right[first.end() :][:1].islower()
    if right.rpartition(" ")[2][:1].islower():
        return alone and _of_noun(right, "") is Number.SEVERAL
    return alone and not (_BODY_ENDS.search(right) or _names_a_body(left))


def _names_a_body(left: str) -> bool:
    """Whether a name is cut by "and" after its first words: "the Food" of "the Food and Drug Administration"."""
    return left[:4].lower() == "the " and left[4:5].isupper()
