"""The names of authors, as citations have them: persons by family name, bodies whole."""

import re
from dataclasses import dataclass

_PARTICLES = frozenset("al ap bin da de del della den der di dos du el la le ter van von".split())  # noqa: SIM905 (shorter)
_BODY = re.compile(
    r"\b(?:agency|administration|association|bank|board|bureau|centre|center|coalition|commission|committee|company|"
    r"conference|congress|council|court|department|editors?|federation|foundation|fund|government|group|inc|institute|"
    r"ltd|ministry|nations|network|office|organi[sz]ation|parliament|party|press|project|service|society|staff|state|"
    r"trust|union|university|watch)\b|^the\b|[\d@/]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Author:
    """An author: a person's family and given name, or a body's whole name."""

    family: str
    given: str = ""

    @property
    def initials(self) -> str:
        """Given names as APA has them. Example: "Jean-Paul Marie" -> "J.-P. M."."""
        parts = (part.split("-") for part in self.given.split())
        return " ".join("-".join(f"{bit[0]}." for bit in part if bit) for part in parts)

    @property
    def inverted(self) -> str:
        """Family name first."""
        return f"{self.family}, {self.given}" if self.given else self.family

    @property
    def straight(self) -> str:
        """As one says it."""
        return f"{self.given} {self.family}".strip()


def authors_of(author: str | None) -> tuple[Author, ...]:
    """The authors of a line such as "Amalendu Misra and Ann Lee"; a body is kept whole."""
    if not author:
        return ()
    if _BODY.search(author):
        return tuple(Author(part.strip()) for part in author.split(";") if part.strip())
    parts = re.split(r"\s*;\s*|,?\s+(?:and|&)\s+", author.strip())
    if len(parts) > 1 or author.count(",") > 1:
        parts = [piece for part in parts for piece in _listed(part)]
    return tuple(_name(part) for part in parts if part)


def _listed(part: str) -> list[str]:
    """The names of "Ann Lee, Bo Chen"; but "Lee, Ann" is one."""
    pieces = [piece.strip() for piece in part.split(",")]
    return pieces if all(" " in piece for piece in pieces) else [part]


def _name(person: str) -> Author:
    family, comma, given = person.partition(",")
    if comma:
        return Author(family.strip(), given.strip())
    words = person.split()
    if not words[1:]:
        return Author(person)
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES:
        first -= 1
    return Author(" ".join(words[first:]), " ".join(words[:first]))
