"""Offices: the words of a name that tell what somebody is, and not who."""

import re

from pullquote.voice.phrases import ROLE
from pullquote.voice.titles import OFFICES, TITLE

POSTS = (  # of a town's, a county's or a firm's staff
    r"manager|engineer|marshal|warden|registrar|assessor|coroner|planner|surveyor|librarian|paramedic|firefighter|organi[sz]er|"
    r"coordinator|co-ordinator|controller|auditor|actuary|dispatcher|assistant"
)
_TITLE = re.compile(rf"(?!congressional)(?:{TITLE}|Jr|Sr|Vice|Prime|Former|Late|{ROLE}|{POSTS})", re.IGNORECASE)
ROLE_NAMED = re.compile(rf"\b(?!congressional)(?:{ROLE}|{POSTS})\b", re.IGNORECASE)
# After other words of an office: "Fire Chief", "County Executive". Of these some are family names too: "Ann King Roe Lee".
_POST = re.compile(
    rf"(?!congressional|(?:author|bishop|cardinal|head|king|major|pope|prince|queen)$)(?:{OFFICES}|{ROLE}|{POSTS}|executive|"
    r"Sen|Rep|Cllr|selectperson|alderperson|chairperson|ombudsman|solicitor|counsel|captain|lieutenant)",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"(?:secretary|minister|general|justice|president|governor|ambassador|director|commissioner|officer|chancellor|attorney|"
    r"manager|superintendent|chairman|chairwoman|chair|speaker|treasurer|comptroller|auditor|ombudsman|rapporteur|counsel)",
    re.IGNORECASE,
)


def is_title(word: str) -> bool:
    """Whether a word is a form of address or an office: "Mr.", "Senator"."""
    return bool(_TITLE.fullmatch(word.rstrip(".")))


def is_office(name: str) -> bool:
    """Whether a name is an office's, whoever holds it: "the Inspector General"."""
    return bool(_OFFICE.fullmatch(name.rpartition(" ")[2]))


def ends_office(word: str) -> bool:
    """Whether an office of several words may end so, after which a name follows: the "Chief" of "Fire Chief Ann Lee"."""
    return bool(_POST.fullmatch(word.rstrip(".")))
