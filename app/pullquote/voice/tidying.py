"""Tidying: names without footnotes, dates and the punctuation around them."""

import re

from pullquote.corpus.honorifics import TITLES

LONGEST_NAME = 110
NO_TITLE = "".join(rf"(?<!\b{title}\.)" for title in TITLES.split("|"))  # after a stop: it cuts no title short

FOOTNOTE = re.compile(  # a mark of a note, or an editor's: "[citation needed]"
    r"\[[^\]\s]{1,12}\]|\[(?:citation|better\ssource|clarification|(?:non-primary|original|third-party)\s\w+|page)\sneeded[^\]]{0,30}\]|"
    r"\[(?:(?:according\sto|by)\swhom|original\sresearch|who|when|which|vague)\?\]|(?:\[dubious\s?[–—-]?\s?)?discuss\]|\[dubious\]"
)
TIME_TAIL = re.compile(
    r"\s(?:a\sfew|several|two|three|many|some|\d+)\s(?:days|weeks|months|years|hours)\s(?:earlier|ago|later|before)$"
    r"|\s(?:on|in)\s(?:(?:early|late|mid)\s)?(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|\d{4}).{0,16}$|\s(?:today|yesterday|(?:last|this)\s(?:week|month|year|spring|summer|autumn|fall|winter|morning))$",
)
_TITLES_ALONE = re.compile(rf"(?:[Tt]he\s)?(?:(?:{TITLES})\.?\s?)+")
_OPEN = re.compile(r'(?:^|\s)"[^"]*$')
_ABBREVIATED = re.compile(r"\b[A-Z]\.[A-Z]$|\bet\sal$")


def tidy(phrase: str) -> str:
    """A name without the punctuation around it; the stop of "the U.N." is its own."""
    bare = re.sub(r"\s(?:such|--|[—–-])$", "", phrase.strip(" ,.;:\"'“”‘’"))[:LONGEST_NAME]
    bare = f"{bare}”" if "“" in bare and "”" not in bare else bare  # "Its “Basic Laws”"
    bare = f'{bare}"' if _OPEN.search(bare) else bare
    return f"{bare}." if _ABBREVIATED.search(bare) and f"{bare}." in phrase else bare


def is_title(phrase: str) -> bool:
    """Whether a phrase is a form of address without a name, as where a text breaks off after "said Cllr."."""
    return bool(_TITLES_ALONE.fullmatch(phrase))
