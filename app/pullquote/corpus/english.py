"""English, as `language.Language` asks for it."""

import re
from pathlib import Path

from pullquote.corpus.language import Language

_PRONOUN = (
    "it|its|this|these|those|they|them|their|such|he|his|she|her|that|both|neither|others|another|"
    r"(?:[a-z-]+\s){1,3}?of them|(?:one|some|none|many|most|all) of th(?:is|at|[eo]se)"
)
_CONNECTIVE = (
    "but|however|and|so|yet|or|nor|instead|moreover|furthermore|thus|therefore|also|still|then|meanwhile|similarly|indeed|"
    "nevertheless|for (?:example|instance)|as a result|in (?:addition|contrast|other words)|by contrast|on the other hand|"
    "(?:in|at|on|for|with|under|from|by|to|after|against|without) th(?:is|at|em)"
)
_MARKS = r"(?:(?-i:A)[.:][*_]*\s)?[\"'“‘(\[*_\s-]*+"
_POINTING_BACK = re.compile(rf"{_MARKS}(?:{_PRONOUN}|{_CONNECTIVE})(?![\w-])", re.IGNORECASE)
_EXPLETIVE = re.compile(  # opens alike, and points at nothing before it
    rf"{_MARKS}(?:it(?:['’]s|\s(?:is|was|has been|would be|will be))\s(?:[\w-]+\s){{1,3}}?(?:that|to)\b"
    r"|this (?:year|month|week|report|order|article|administration)\b|th(?:is|[eo]se) who\b|both (?:the|of)\b|then there)",
    re.IGNORECASE,
)
_REPLY = re.compile(
    rf"{_MARKS}(?:yes|no|(?:i|we)(?: \w+){{0,3}} (?:(?:dis)?agree|so|not|do))\W*", re.IGNORECASE
)

LANGUAGE = Language(
    code="en",
    stemmer="english",
    stop_words=frozenset(
        Path(__file__).with_name("english_stop_words.txt").read_bytes().decode("ascii").split()
    ),
    pronouns=frozenset("he him his she her they them their it its".split()),  # noqa: SIM905
    pointing_back=_POINTING_BACK,
    expletive=_EXPLETIVE,
    reply=_REPLY,
)
