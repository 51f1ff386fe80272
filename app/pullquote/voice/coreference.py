"""Coreference: whom a name, a title or a pronoun means, by their first mention in the document."""

import re
from collections import deque
from dataclasses import dataclass
from functools import cached_property

from pullquote.voice.names import is_person, is_several, parsed, same_person

RECENT = 8  # speakers that a pronoun may mean
MOST = 16  # fuller names that are compared with one

_WORD = r"(?:[A-Z]\w?\.|[A-Z][\w’'-]*)"
_RUN = re.compile(rf"{_WORD}(?:[ ](?:(?:de|del|della|den|der|di|du|la|le|van|von|al|bin)(?=[ ])|{_WORD})){{1,7}}")
_ENDS = re.compile(r"(?<=\w\w)[.]$|[’']s?$")
_EDGES = ' \t\r\n,;:.–—-*_#>“”"()[]'
SINGLE = frozenset({"he", "she", "him", "her"})
PLURAL = frozenset({"they", "them", "both", "we", "us"})
PRONOUNS = (
    SINGLE | PLURAL | frozenset({"it", "this", "that", "which", "who", "i", "you", "one", "these", "those", "there"})
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is meant; `sure` where only one can be."""

    name: str | None
    sure: bool = True


class Coreference:
    """The people and bodies of one document, asked about in the order of its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lately: deque[str] = deque(maxlen=RECENT)

    def meant(self, words: str) -> Speaker:
        """Who is meant by words that name somebody."""
        name = cleaned(words)
        if not any(map(str.isalpha, name)):
            return Speaker(None, sure=False)
        if name.casefold() in PRONOUNS:
            return self._fitting(name.casefold())
        found = self._first(name)
        if found.name:
            self._lately.append(found.name)
        return found

    def last(self) -> Speaker:
        """Who was named last."""
        return Speaker(self._lately[-1] if self._lately else None, sure=False)

    def _fitting(self, pronoun: str) -> Speaker:
        """The last who fits a pronoun in number."""
        several = pronoun in PLURAL
        fitting = [
            name for name in reversed(self._lately) if is_several(name) is several or (several and not is_person(name))
        ]
        return Speaker(fitting[0] if fitting and pronoun in SINGLE | PLURAL else None, sure=False)

    def _first(self, name: str) -> Speaker:
        """A person in full as the document names them first; whatever else as it stands."""
        if is_several(name):
            return Speaker(name)
        last = name.rpartition(" ")[2].casefold()
        fuller = [run for run in self._runs.get(last, ())[:MOST] if same_person(run, name)]
        given = list(dict.fromkeys(parsed(run).given for run in fuller if parsed(run).given))
        sure = len({one.partition(" ")[0] for one in given}) < 2 or bool(parsed(name).given)
        best = next((run for run in fuller if parsed(run).given), next(iter(fuller), name))
        return Speaker(best if len(best) > len(name) else name, sure)

    @cached_property
    def _runs(self) -> dict[str, list[str]]:
        """The names of several words in the text, by the last of these."""
        found: dict[str, dict[str, None]] = {}
        for match in _RUN.finditer(self._text):
            run = _ENDS.sub("", match.group())
            found.setdefault(run.rpartition(" ")[2].casefold(), {})[run] = None
        return {last: list(runs) for last, runs in found.items()}


def cleaned(words: str) -> str:
    """A name without the marks and spaces around it, and without a possessive's ending."""
    name = " ".join(words.split()).strip(_EDGES)
    return name[:-2] if name.endswith(("’s", "'s")) else name
