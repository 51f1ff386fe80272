"""Titles: the one list of what stands before a name to say how somebody is addressed or which office they hold."""

import re

ABBREVIATED = "Mr|Mrs|Ms|Dr|Gen|Sen|Rep|Gov|Lt|Col|Capt|Prof|Hon|Pres|Sec|Cllr|Rev"  # written with a point, or without
ADDRESS = rf"{ABBREVIATED}|Miss|Sir|Lord|Lady|Dame|Baroness|Madam|Sister|Father|Reverend|Dean"
OFFICES = (
    r"President|Senator|Secretary|Minister|Premier|Governor|Ambassador|Representative|Delegate|Commissioner|Mayor|Sheriff|"
    r"(?:Council|Alder|Assembly|Select)(?:wo)?man|Council(?:l?or|member)|Assemblymember|Trustee|Supervisor|Regent|Member|MP|"
    r"Speaker|Moderator|Clerk|Treasurer|Justice|Judge|Solicitor|General|Colonel|Major|Captain|Lieutenant|Commodore|Admiral|"
    r"Sergeant|Chief|Superintendent|Inspector|Detective|Constable|Professor|Provost|Coach|Nurse|Bishop|Pastor|Rabbi|Imam"
)
TITLE = rf"{ADDRESS}|{OFFICES}"
HERS = frozenset(("Mrs", "Miss", "Ms", "Lady", "Dame", "Baroness"))
SEXED = rf"Mr|Sir|Lord|{'|'.join(sorted(HERS))}"


def differ(title: str, name: str) -> bool:
    """Whether a title, such as "Professor", cannot be that of a name which has another, such as "Councillor Ann Lee"."""
    held = {word[0] for word in re.findall(rf"\b(?:{TITLE})\b", name) if not re.match(SEXED, word)}
    return bool(held) and not re.match(SEXED, title) and title[0] not in held
