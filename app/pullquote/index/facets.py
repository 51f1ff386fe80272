"""Filters: what may be found, by what is recorded of documents and by whose words they hold."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.frontmatter import calendar_day
from pullquote.errors import QuestionError
from pullquote.index.generation import Generation

SIDES = ("for", "against", "neutral")
TRANSCRIPT = "transcript"  # a kind, beside that of the file: its file marks who has the word
NEAREST, ALIKE = 3, 0.4  # names that are suggested for one that is unknown, and how like they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What may be found: only what passes all that is given.

    `who` is whose words, as author or as quoted; `outlet` the publisher; `since` and `until` are
    dates of the document, YYYY[-MM[-DD]], both included; `kind` is the file's (pdf, html, ...) or
    "transcript"; `side` is that on which the operator puts the document.
    """

    who: str | None = None
    document: str | None = None
    outlet: str | None = None
    since: str | None = None
    until: str | None = None
    kind: str | None = None
    side: str | None = None
    debate: str | None = None

    @classmethod
    def checked(cls, **values: str | None) -> "Filter":
        """A filter of single-spaced values, empty ones left out.

        Raises:
            QuestionError: a date is none, or the dates are the wrong way round.
        """
        spaced = {name: " ".join((value or "").split()) or None for name, value in values.items()}
        only = cls(**spaced)
        for name in ("since", "until"):
            date = spaced.get(name)
            if date and calendar_day(date) is None:
                raise QuestionError(
                    f"{name} “{date}” is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
                )
        if only.since and only.until and not _not_before(only.until, only.since):
            fault = f"since {only.since} is after until {only.until}"
            raise QuestionError(f"{fault}; exchange them, or leave one out")
        return only

    @property
    def values(self) -> dict[str, str]:
        """What is given, by name, but for the debate."""
        named = asdict(self).items()
        return {name: value for name, value in named if value and name != "debate"}

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.values.items())


EVERYTHING = Filter()


def _not_before(date: str, since: str) -> bool:
    """Whether a date is not before another, as far as both are known: 2021 is not before 2021-03."""
    known = min(len(date), len(since))
    return date[:known] >= since[:known]


class Facets:
    """What documents are filtered and counted by, read once of a generation."""

    def __init__(self, generation: Generation) -> None:
        self._generation, rows = generation, generation.rows
        self.outlets = [row.source.publisher for row in rows]
        self.dates = [row.source.date for row in rows]
        self.kinds = [(row.path.rpartition(".")[2].lower(), bool(row.turns)) for row in rows]
        self.sides = [
            {row.side, *(position.side for position in row.positions)} - {None} for row in rows
        ]

    def passing(self, only: Filter) -> NDArray[np.int64]:
        """The numbers of the documents that pass, upwards; whose words they hold is not looked at.

        Raises:
            UnknownDebate: there is no such debate.
            QuestionError: there is no such document, outlet, kind or side.
        """
        self._check(only)
        numbers: Iterator[int] = iter(self._generation.documents_of(only.debate))
        if only.document:
            number = self._generation.number(only.document)
            numbers = (each for each in numbers if each == number)
        if only.outlet:
            outlet = only.outlet.casefold()
            numbers = (each for each in numbers if (self.outlets[each] or "").casefold() == outlet)
        if only.kind:
            numbers = (each for each in numbers if only.kind.lower() in self.kinds_of(each))
        if only.side:
            numbers = (each for each in numbers if only.side in self.sides[each])
        return np.fromiter((each for each in numbers if self._in_time(each, only)), np.int64)

    def kinds_of(self, number: int) -> tuple[str, ...]:
        """The kinds that a document is of."""
        kind, marked = self.kinds[number]
        return (kind, TRANSCRIPT) if marked else (kind,)

    def _in_time(self, number: int, only: Filter) -> bool:
        date = self.dates[number]
        if not (only.since or only.until):
            return True
        in_time = date and (not only.since or _not_before(date, only.since))
        return bool(in_time and (not only.until or _not_before(only.until, date or "")))

    def _check(self, only: Filter) -> None:
        if only.document and not self._generation.has(only.document):
            lists = "`pullquote documents` and GET /v1/documents list them"
            raise QuestionError(f"there is no document “{only.document}” here; {lists}")
        if only.outlet and only.outlet.casefold() not in self._folded:
            raise QuestionError(unknown("outlet", only.outlet, filter(None, self.outlets)))
        if only.kind and only.kind.lower() not in self._known_kinds:
            raise QuestionError(unknown("kind of document", only.kind, self._known_kinds))
        if only.side and only.side not in SIDES:
            raise QuestionError(unknown("side", only.side, SIDES))

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(outlet.casefold() for outlet in self.outlets if outlet)

    @cached_property
    def _known_kinds(self) -> frozenset[str]:
        return frozenset(
            kind for number in range(len(self.kinds)) for kind in self.kinds_of(number)
        )


def unknown(noun: str, name: str, known: Iterable[str]) -> str:
    """That nothing is called so, with the names that may be meant, or else some that there are."""
    by_fold = {each.casefold(): each for each in known}
    nearest = difflib.get_close_matches(name.casefold(), by_fold, NEAREST, ALIKE)
    names = [by_fold[each] for each in nearest] or sorted(by_fold.values())[:NEAREST]
    such = f"try {', '.join(f'“{each}”' for each in names)}" if names else "leave it out"
    return f"there is no {noun} “{name}” here; {such}"
