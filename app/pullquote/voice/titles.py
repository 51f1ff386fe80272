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
ADDRESSES = frozenset(("mr", "mrs", "ms", "miss", "hon"))  # of no office
TITLED = re.compile(rf"(?:(?!(?:Chief|General|Major|Member|MP)\b)(?:{TITLE})\b\.?\s)+(?=\S)")
_SPELLED = {
    "prof": "professor", "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general", "lt": "lieutenant",
    "col": "colonel", "capt": "captain", "pres": "president", "sec": "secretary", "cllr": "councillor", "rev": "reverend",
    "councilor": "councillor", "doctor": "dr", "adm": "admiral", "sgt": "sergeant", "insp": "inspector", "supt": "superintendent",
}  # fmt: skip


def spelled(words: str) -> frozenset[str]:
    """The words of a title or an office, each as it is spelled in full.

    Example: spelled("Prof. Dame") -> {"professor", "dame"}
    """
    bare = (word.rstrip(".,").lower() for word in words.split())
    return frozenset(_SPELLED.get(word, word) for word in bare if word)
