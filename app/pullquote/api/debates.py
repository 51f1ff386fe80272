"""The debates as the pages name them: what each is on, and what its sources are."""

from dataclasses import dataclass

from pullquote.corpus import DEFAULT_DEBATE
from pullquote.dates import long_date
from pullquote.store.generation import Generation


@dataclass(frozen=True, slots=True)
class Debate:
    """One debate, or all of them, whose name is ""; `sources` says how many there are and from when."""

    name: str
    sources: str

    @property
    def topic(self) -> str:
        """What it is on, within a sentence; "" where its name does not tell. Example: "phones in schools"."""
        return "" if self.name == DEFAULT_DEBATE else self.name.replace("-", " ")


def choices(generation: Generation) -> tuple[Debate, ...]:
    """What a page may ask: the only debate; or all of them, and each."""
    names = generation.debates
    return tuple(_debate(generation, name) for name in (names if len(names) == 1 else ("", *names)))


def chosen(debates: tuple[Debate, ...], name: str) -> Debate:
    """The debate of that name, or where there is none what is asked without one."""
    return next((debate for debate in debates if debate.name == name), debates[0])


def _debate(generation: Generation, name: str) -> Debate:
    rows = [row for row in generation.rows if name in ("", row.debate)]
    dates = sorted(row.source.date for row in rows if row.source.date)
    ends = dict.fromkeys(long_date(date) for date in (dates[:1] + dates[-1:]))
    count = f"{len(rows)} source{'' if len(rows) == 1 else 's'}"
    return Debate(name, ", ".join(part for part in (count, " to ".join(ends)) if part))
