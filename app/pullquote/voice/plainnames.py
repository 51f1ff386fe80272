"""Plain names: a speaker's name without the numbers, marks, soft hyphens and brackets that a text has in or beside it."""

import re

_UNSEEN = re.compile("[\u00ad\u200b\u2060]")
_NUMBER = re.compile(r"^\(?\d{1,3}(?:(?:\.\d{1,3})+[.)]?|[.)])\s+(?=[A-Z])|^\d{1,2}\s+(?=The\s|[A-Z]\w+$)")
_LINK = re.compile(r"\]\([^()\s]*\)?")
_MARKS = re.compile(r"[*`\[\]]|(?<!\w)_+|_+(?!\w)")
_NOTE = re.compile(r"\[\^?\w{1,3}\]")  # of a note: "Lee[3]"
_BRACKET = re.compile(  # the year of what they wrote, or what the text calls them: "Lee (2021)", "the Board (“the Respondent”)"
    r"(?<=\w)\s\((?:\d{4}[a-z]?|(?:[a-z]+\s){0,3}[\"“‘][^\"“”‘’()]{1,60}[\"”’])\)(?=$|,|\sand\s|[’']s)"
)
_SET_APART = re.compile(r"(?<=\w)\s(?=[’']s\s)")  # "Politico 's Rebecca Kern"


def plain(name: str) -> str:
    """A name as it would be said.

    Example: plain("1.2 The [Harbour Board](https://…)") -> "The Harbour Board"
    """
    words = _MARKS.sub("", _LINK.sub("", _NOTE.sub("", _SET_APART.sub("", _UNSEEN.sub("", name)))))
    words = _BRACKET.sub("", _NUMBER.sub("", words))
    return words if words == name else " ".join(words.split()).strip(" :;,")
