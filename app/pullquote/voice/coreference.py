"""Coreference: who is meant by a name, in full as the document names them first."""

from dataclasses import dataclass, replace
from functools import cached_property

from pullquote.errors import spend
from pullquote.voice.entities import entities, fits
from pullquote.voice.names import fold, is_person, is_several, parsed, same_person
from pullquote.voice.offices import RUN, without_office

MOST = 16  # fuller names that one is compared with
PRONOUNS = frozenset(
    "both he her him i it one she that them there these they this those us we which who you".split()  # noqa: SIM905
)

_EDGES = ' \t\r\n,;:.–—-*_#>“”"()[]'


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is meant; `sure` where only one of that name can be."""

    name: str | None
    sure: bool = True


class Coreference:
    """The people and bodies whom one document names, asked about in the order of its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._called: dict[
            str, list[str]
        ] = {}  # by which name each was meant first, by the last word of their family's

    def meant(self, words: str) -> Speaker:
        """Who is meant: always by the name that they were called first; nobody by a pronoun."""
        name = cleaned(words)
        if name.casefold() in PRONOUNS or not any(map(str.isalpha, name)):
            return Speaker(None)
        speaker = Speaker(name) if is_several(name) else self._in_full(name)
        before = self._called.setdefault(
            fold(parsed(f"{speaker.name}").family).rpartition(" ")[2], []
        )
        first_mention = next(
            (
                earlier_name
                for earlier_name in before[:MOST]
                if same_person(earlier_name, f"{speaker.name}")
            ),
            None,
        )
        if first_mention is None:
            before.append(f"{speaker.name}")
        return replace(speaker, name=first_mention or speaker.name)

    def _in_full(self, name: str) -> Speaker:
        """A person by the first full name that the text has for theirs."""
        runs = self._runs.get(name.rpartition(" ")[2].casefold(), ())
        fuller = [run for run in runs[:MOST] if same_person(run, name)]
        given_names = [parsed(run).given for run in fuller]
        best = next(
            (run for run, given_name in zip(fuller, given_names, strict=True) if given_name), name
        )
        several = {given_name.partition(" ")[0] for given_name in given_names if given_name}
        return Speaker(
            best if len(best) > len(name) else name, len(several) < 2 or bool(parsed(name).given)
        )

    @cached_property
    def _runs(self) -> dict[str, list[str]]:
        """The names of several words in the text, by the last of these."""
        runs_by_last: dict[str, dict[str, None]] = {}
        for match in RUN.finditer(self._text):
            run = cleaned(without_office(self._text, *match.span()))
            runs_by_last.setdefault(run.rpartition(" ")[2].casefold(), {})[run] = None
        return {last: list(runs) for last, runs in runs_by_last.items()}


def people_in(text: str) -> list[str]:
    """The people whom a text names in full, or by title and family name, in its order."""
    return [
        name
        for name in (cleaned(without_office(text, *match.span())) for match in RUN.finditer(text))
        if is_person(name)
    ]


def is_named(name: str, text: str) -> bool:
    """Whether a text names somebody: as asked, or all whom it names by their family name can be they."""
    spend()
    person, bare = parsed(name), name.removeprefix("the ").replace("'", "’")
    if (whole := bare in text.replace("'", "’")) or person.body or person.family not in text:
        return whole
    same_family = filter(lambda one: parsed(one).family == person.family, people_in(text))
    bearers = [one for one in same_family if parsed(one).given or not person.given]
    fit = [any(fits(a, b) for a in entities(name) for b in entities(one)) for one in bearers]
    return bool(fit) and all(fit)


def cleaned(words: str) -> str:
    """A name without the marks and spaces around it, and without a possessive's ending."""
    name = " ".join(words.split()).strip(_EDGES)
    return name[:-2] if name.endswith(("’s", "'s")) else name.rstrip("’'")
