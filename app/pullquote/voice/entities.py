"""Entities: whom a speaker's name stands for, and whether two such names can mean the same."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pullquote.voice.names import (
    LONGEST,
    SMALL,
    Name,
    fold,
    has_noun,
    is_several,
    name_words,
    names_of,
    parsed,
    same_person,
)

SHORTEST = 3  # letters of what a body's name is shortened to
# Words with capitals, and the small ones between them
_RUN = re.compile(r"[A-Z][\w.&’'-]*(?:\s(?:(?:of|on|for|in|and|the)\s){0,2}[A-Z][\w.&’'-]*)*")
_HANGS = frozenset({"of", "to", "for", "in"})  # after these a name is no subject
_LANDS = frozenset({"us", "uk", "american", "united"})  # before a body's name
_TEXTS = frozenset({"memo", "report", "study", "letter"})
_OFFICES = tuple(  # forms of address of one office
    frozenset(forms.split())
    for forms in """rep congressman congresswoman representative/sen senator/president/secretary/general/
    governor/mrs""".split("/")  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody whom a label names: a person, or a body by the telling words of its name and its initials."""

    label: str
    name: str
    person: Name | None = None
    words: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[str]:
        """The words under which it is found."""
        if self.person:
            return frozenset(fold(self.person.family).split()[-1:])
        return self.words | self.short


def entities(label: str) -> tuple[Entity, ...]:
    """Everybody whom a name stands for; nobody where it is a description: "critics", "the mayor of Roeville"."""
    people = []
    for name in names_of(label) if " and " in label else (label,):
        person = parsed(name)
        if not person.body and (person.given or person.title):
            people.append(Entity(label, name, person))
    return tuple(people or _bodies(label))


def _bodies(label: str) -> Iterator[Entity]:
    for run in _RUN.finditer(label := label[:LONGEST]):
        bare = run.group().replace("’s", "").replace("'s", "").split()
        words = [word.strip(".,") for word in bare if not word.endswith("-based")]
        telling = [word for word in words if fold(word) not in _LANDS and word.lower() not in SMALL]
        before = label[: run.start()].split()[-1:]
        if not telling or _HANGS.intersection(before):  # "a memo sent to Congress"
            continue
        initials = "".join(word[0] for word in telling).upper()
        all_initials = "".join(word[0] for word in words if word.lower() != "the").upper()
        in_brackets = label[run.end() :].removeprefix(" (").partition(")")[0]
        forms = (initials, all_initials, *telling, in_brackets) if len(telling) > 1 else ()
        short = (fold(form) for form in forms if len(form) >= SHORTEST and form.isupper())
        yield Entity(label, run.group(), None, frozenset(map(fold, telling)), frozenset(short))


def fits(wanted: Entity, candidate: Entity) -> bool:
    """Whether a known name can be the one asked for: a family name is enough, and an office must be one of theirs."""
    if candidate.person and not wanted.person:
        return wanted.words == {fold(candidate.person.family)}
    if wanted.person and candidate.person and same_person(wanted.name, candidate.name):
        ours = set(fold(wanted.label).replace(",", "").split())
        theirs = set(fold(candidate.label).replace(",", "").split())
        return all(theirs & office for office in _OFFICES if ours & office)
    if wanted.person or candidate.person:
        return False
    shortened = wanted.words & candidate.short or candidate.words & wanted.short
    return wanted.words == candidate.words or bool(shortened)


def names_somebody(label: str) -> bool:
    """Whether a name is a person's or a body's, no description: not "parents", "A lawsuit in Texas", "the Lee amendment"."""
    last = label.partition(", ")[0].split()[-1:]
    return bool(entities(label)) and any(word[:1].isupper() or has_noun(word) for word in last)


def same_speaker(name: str, speaker: str) -> bool | None:
    """Whether a name that somebody says is that of a known speaker; None where a guess would tell.

    "The surgeon" may be Ann Lee; "critics" and "a memo" are not.
    """
    ours, theirs = entities(name.title() if name.islower() else name), entities(speaker)
    words, speaker_words = name_words(name), name_words(speaker)
    if words == speaker_words or any(fits(a, b) for a in ours for b in theirs):
        return True
    people = [entity.person for entity in theirs if entity.person and entity.person.given]
    shared = (words & speaker_words).intersection(*(fold(a.family).split() for a in people))
    if people:
        apart = any(entity.person and entity.person.given for entity in ours)
    else:
        apart = not any(a.words < b.words or b.words < a.words for a in ours for b in theirs)
    if ours and theirs and (apart or not shared):
        return False
    nobody = is_several(speaker) or not _TEXTS.isdisjoint(speaker_words)
    return False if nobody and not shared else None
