"""Telling: whether running text tells what somebody says or wants; its grammar is another than a question's."""

import re
from collections.abc import Iterable

from pullquote.answers.spoken.naming import Body, Named, unaccented
from pullquote.voice.phrases import AUX, ROLE
from pullquote.voice.titles import TITLE

_STATED = (
    r"says?|said|tells?|told|thinks?|thought|believe[sd]?|argue[sd]?|propose[sd]?|suggest(?:s|ed)?|recommend(?:s|ed)?|"
    r"support(?:s|ed)?|oppose[sd]?|favou?r(?:s|ed)?|critici[sz]e[sd]?|warn(?:s|ed)?|writes?|wrote|maintain(?:s|ed)?|"
    r"insist(?:s|ed)?|contend(?:s|ed)?|assert(?:s|ed)?|claim(?:s|ed)?|reject(?:s|ed)?|dispute[sd]?|den(?:y|ies|ied)|"
    r"acknowledge[sd]?|admit(?:s|ted)?|concede[sd]?|conclude[sd]?|explain(?:s|ed)?|describe[sd]?|predict(?:s|ed)?|"
    r"agree[sd]?|disagree[sd]?|condemn(?:s|ed)?|demand(?:s|ed)?|urge[sd]?|call(?:s|ed)? (?:for|on)|want(?:s|ed)?|"
    r"prefer(?:s|red)?|defend(?:s|ed)?|justif(?:y|ies|ied)|complain(?:s|ed)?|protest(?:s|ed)?|advocate[sd]?|pledge[sd]?|"
    r"vow(?:s|ed)?|promise[sd]?|announce[sd]?|reported|stated|saying|arguing|urging|calling (?:for|on)|warning|demanding"
)
_STANCE = r"(?:view|position|opinion|stance|argument|proposal|claim|criticism|objection|statement|call|plan|demand)s?"
_SUBJECT_OF = re.compile(  # after the name, within its clause
    rf"(?:,\s[^,.;:?!]{{1,60}},)?(?:\s(?:who|{AUX})){{0,3}}\s(?:{_STATED})\b"
)
_HAS = re.compile(rf"[’']s?\s(?:[a-z]+\s){{0,2}}{_STANCE}\b")  # "in Roe's view", "Roe's main objection"
_TITLE = rf"(?:[Tt]he|[Ff]ormer|[Mm](?:rs?|s)\.?|[Dd]r\.?|(?:{TITLE})\.?|U\.?S\.?|American|(?i:{ROLE}))"
_TITLES = re.compile(rf"(?:{_TITLE}\s)+$")
_SOURCE = re.compile(rf"\b(?:[Aa]ccording to|(?:{_STATED}) by)\s$")
_OBJECT = re.compile(
    r"\b(?i:of|in|to|for|from|by|with|on|at|against|about|between|than|like|near|as|over|via|within)\s$"
)
_ANOTHER = re.compile(
    r"\b(?!(?:In|For|By|To|On|As|If|And|But|So|When|While|Yet|That)\b)[A-Z][\w.’'-]*\s$"
)  # "Melania Roe", "New Roeland"
_STARTS = re.compile(r"(?:^|[.!?\n]\W*)$")
BEFORE = 80  # letters, at most, that are looked at before a name


class Telling:
    """Finds where a text tells what one of `entities` says, by the name as it was asked for.

    `given` are names by which the sources know a bearer of the family name; "Ada Roe" tells of the Roe asked for where
    she is known as Ada.
    """

    def __init__(self, entities: Iterable[Named], given: frozenset[str] = frozenset()) -> None:
        names: list[str] = []
        for entity in entities:
            names += _names(entity, known=bool(given))
        self.mention = re.compile(rf"\b(?:{'|'.join(dict.fromkeys(names)) or '(?!)'})\b", re.IGNORECASE)
        self._given = given

    def tells(self, text: str) -> bool:
        """Whether accentless text tells what they say: "Roe proposed", "according to Roe", "Roe's view", "Roe: No."."""
        return any(self._tells(text, match) for match in self.mention.finditer(text))

    def _tells(self, text: str, match: re.Match[str]) -> bool:
        if not match.group()[0].isupper():
            return False
        before = text[max(0, match.start() - BEFORE) : match.start()]
        before = self._bare(before)
        if _SOURCE.search(before):
            return True
        if _ANOTHER.search(before):
            return False
        if _HAS.match(text, match.end()):
            return True
        if _OBJECT.search(before):
            return False
        starts = _STARTS.search(before) is not None and text.startswith(": ", match.end())
        return starts or _SUBJECT_OF.match(text, match.end()) is not None

    def _bare(self, before: str) -> str:
        """What stands before a name without titles and the given names that are known to be theirs."""
        words = before.split(" ")
        while len(words) > 1 and words[-2].strip(".").casefold() in self._given:
            del words[-2]
        return _TITLES.sub("", " ".join(words))


def _names(entity: Named, *, known: bool) -> list[str]:
    if isinstance(entity, Body):
        shorts = [re.escape(short) for short in entity.short if len(short) > 2]
        return [r"(?:[’']s?)?\s".join(map(re.escape, unaccented(entity.name).split())), *shorts]
    family = r"[\s-]".join(map(re.escape, entity.family))
    if known or not (entity.given or entity.titles):
        return [family]
    if not entity.given:  # "Secretary Roe" is not told of by "President Roe said"
        return [rf"(?:{'|'.join(map(re.escape, sorted(entity.titles)))})\.?\s{family}"]
    given = r"\.?\s".join(map(re.escape, entity.given))
    return [rf"{given}\.?\s(?:[A-Z]\.\s)?{family}"]
