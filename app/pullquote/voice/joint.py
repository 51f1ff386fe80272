"""Joint names: the speakers whom a name lists, where its commas belong neither to an office nor to one body's name."""

import re

from pullquote.corpus.institutions import NOUN
from pullquote.voice.lists import list_from, list_of
from pullquote.voice.phrases import DETERMINER, ROLE

_POST = re.compile(rf"\b(?:{ROLE})(?=\s[a-z]|$)", re.IGNORECASE)  # "Secretary of Trade", with nobody's name after it
_ONE_BODY = re.compile(  # "the Department for Food, Farms and Rural Affairs", "the Food, Farms and Countryside Commission"
    rf".*\b(?:School|(?i:{NOUN}))\s(?:of|for|on)\s[^,]+,\s(?!the\s).*|(?:The\s|the\s)?\w+(?:,\s\w+)+,?\sand\s(?:[A-Z][\w-]+\s)+(?:School|(?i:{NOUN}))"
)


def listed(name: str) -> list[str]:
    """The names that a list of three or more joins, or the whole where it is no list.

    Example: listed("Ann Lee, the Moor Trust and Bo Reed") -> ["Ann Lee", "the Moor Trust", "Bo Reed"]
    """
    if list_from(name) != name or _gives_posts(name) or _ONE_BODY.fullmatch(name):
        return [name]
    parts = re.split(r",?\s(?:and|or)\s|,\s", name)
    return parts if all(DETERMINER.sub("", part)[:1].isupper() for part in parts) else [name]


def ends_in_list(name: str) -> bool:
    """Whether the commas of a name are those of a list: "a study by Lee, Bell and Dow"; not "Lee, a baker"."""
    return list_of(name.split(", ")) == name and not _gives_posts(name)


def _gives_posts(name: str) -> bool:
    return any(_POST.search(part) for part in name.split(", ")[1:])
