"""The debates as the pages name them: what each is on, and what its sources are."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from weakref import WeakKeyDictionary

from pullquote.api.wire import Wire
from pullquote.corpus.corpus import DEFAULT_DEBATE
from pullquote.corpus.dates import long_date
from pullquote.index.generation import Generation
from pullquote.index.layout import DocumentRow

_JOINT = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")  # between letters, unlike that of "COVID-19"


@dataclass(frozen=True, slots=True)
class Debate:
    """One debate, or all of them, whose name is ""; `sources` says how many there are and from when."""

    name: str
    sources: str

    @property
    def topic(self) -> str:
        """What it is on, within a sentence; "" where its name does not tell. Example: "phones in schools"."""
        return "" if self.name == DEFAULT_DEBATE else in_words(self.name)


# By generation, and for no longer than it is in memory: a page names all debates each time it is looked at.
_CHOICES: WeakKeyDictionary[Generation, tuple[Debate, ...]] = WeakKeyDictionary()


def in_words(name: str) -> str:
    """A debate's name in words. Example: in_words("phones-in-schools") -> "phones in schools"."""
    return _JOINT.sub(" ", name)


def by_debate(generation: Generation) -> list[tuple[str, list[DocumentRow]]]:
    """The documents of each debate, which lie side by side."""
    return [(name, list(rows)) for name, rows in groupby(generation.rows, lambda row: row.debate)]


def debate_wire(name: str, rows: Sequence[DocumentRow]) -> Wire:
    """A debate and its documents as `GET /v1/debates` sends them."""
    dates = _dates(rows)
    oldest, newest = (dates[0], dates[-1]) if dates else (None, None)
    return {"name": name, "documents": len(rows), "oldest": oldest, "newest": newest}


def choices(generation: Generation) -> tuple[Debate, ...]:
    """What a page may ask: the only debate; or all of them, and each."""
    known = _CHOICES.get(generation)
    if known is None:
        known = _CHOICES[generation] = tuple(_choices(generation))
    return known


def known(generation: Generation, name: str) -> str:
    """The index's own name of the debate that is asked for, or "" where there is none; accents may come apart from letters."""
    names = (name, unicodedata.normalize("NFC", name))
    return next((each for each in names if each in generation.debates), "")


def chosen(debates: tuple[Debate, ...], name: str) -> Debate:
    """The debate of that name, or where there is none what is asked without one."""
    return next((debate for debate in debates if debate.name == name), debates[0])


def _choices(generation: Generation) -> Iterable[Debate]:
    if len(generation.debates) != 1:
        yield _debate("", generation.rows)
    for name, rows in by_debate(generation):
        yield _debate(name, rows)


def _debate(name: str, rows: Sequence[DocumentRow]) -> Debate:
    dates = _dates(rows)
    ends = dict.fromkeys(long_date(date) for date in (dates[:1] + dates[-1:]))
    count = f"{len(rows)} source{'' if len(rows) == 1 else 's'}"
    return Debate(name, ", ".join(part for part in (count, " to ".join(ends)) if part))


def _dates(rows: Iterable[DocumentRow]) -> list[str]:
    return sorted(row.source.date for row in rows if row.source.date)
