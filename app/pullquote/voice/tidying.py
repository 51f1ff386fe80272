"""Tidying: names without footnotes, dates and the punctuation around them."""

import re

LONGEST_NAME = 110

FOOTNOTE = re.compile(r"\[[^\]\s]{1,12}\]")
TIME_TAIL = re.compile(
    r"\s(?:a\sfew|several|two|three|many|some|\d+)\s(?:days|weeks|months|years|hours)\s(?:earlier|ago|later|before)$"
    r"|\s(?:on|in)\s(?:(?:early|late|mid)\s)?(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|\d{4}).{0,16}$|\s(?:today|yesterday|(?:last|this)\s(?:week|month|year|spring|summer|autumn|fall|winter|morning))$",
)
_INITIALS = re.compile(r"\b[A-Z]\.[A-Z]$")


def tidy(phrase: str) -> str:
    """A name without the punctuation around it; the stop of "the U.N." is its own."""
    bare = re.sub(r"\s(?:such|--|[—–-])$", "", phrase.strip(" ,.;:\"'“”‘’"))[:LONGEST_NAME]
    bare = f"{bare}”" if "“" in bare and "”" not in bare else bare  # "Its “Basic Laws”"
    return f"{bare}." if _INITIALS.search(bare) and f"{bare}." in phrase else bare
