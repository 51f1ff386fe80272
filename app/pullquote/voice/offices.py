"""Offices: whom "the president" means in a document that has named one president."""

import re
from functools import cached_property

from pullquote.corpus.particles import PARTICLES
from pullquote.voice.phrases import ROLE

_OFFICE = re.compile(rf"(?:[Tt]he|[Tt]his)\s(?:[A-Z][\w-]+\s)?(?P<role>(?i:{ROLE}))")
_NAME = rf"[A-Z][\w.’'-]*(?:\s{PARTICLES}[A-Z][\w.’'-]*){{0,3}}"
_BEFORE = re.compile(rf"\b(?P<role>(?i:{ROLE}))\s(?P<name>{_NAME})")
_BESIDE = re.compile(
    rf"(?<![\w.’'-])(?P<name>[A-Z][\w.’'-]*(?:\s{PARTICLES}[A-Z][\w.’'-]*){{1,3}}),\s(?:(?:the|an?|then|former)\s)?(?:[\w-]+\s){{0,3}}?(?P<role>(?i:{ROLE}))\b"
)
_POSSESSIVE = re.compile(r"[’']s?$")


class Offices:
    """The people whom a document names with their office."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _holders(self) -> dict[str, list[tuple[int, str]]]:
        holders: dict[str, list[tuple[int, str]]] = {}
        for pattern in (_BEFORE, _BESIDE):
            for match in pattern.finditer(self._text):
                name = _POSSESSIVE.sub("", match["name"])
                holders.setdefault(_kind(match["role"]), []).append((match.start("name"), name))
        return holders

    def holder(self, subject: str, position: int) -> str | None:
        """The one holder of an office that was named before `position`; None where there are none or several.

        Example: holder("The senator", 90) -> "Ann Lee" where only Senator Ann Lee was named
        """
        office = _OFFICE.fullmatch(subject)
        if office is None:
            return None
        named = [name for at, name in self._holders.get(_kind(office["role"]), []) if at < position]
        people = {name.rsplit(" ", 1)[-1] for name in named}
        return max(named, key=len) if len(people) == 1 else None


def _kind(role: str) -> str:
    return role.lower().rsplit(" ", 1)[-1].removesuffix("s")
