"""People: everybody whose words a generation holds, each once, with offices, forms of the name and passages."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from pullquote.corpus.english import LANGUAGE
from pullquote.corpus.ids import slug
from pullquote.errors import IndexMissing, NotFound, spend
from pullquote.index.files import whole
from pullquote.index.generation import Generation
from pullquote.index.layout import PEOPLE
from pullquote.voice.book import VoiceBook
from pullquote.voice.entities import names_somebody
from pullquote.voice.names import (
    LONGEST,
    PARTICLES,
    SMALL,
    fold,
    is_body,
    is_person,
    is_several,
    is_title,
    names_of,
    parsed,
    same_person,
)
from pullquote.voice.offices import is_common, title_lines, titled
from pullquote.voice.voices import in_small

NEAREST = 3  # names that an unknown one is answered with
TYPED = 5  # letters from which a name may hold one typing error
COURTESY = frozenset({"mr", "mrs", "ms", "miss"})
OWNED = re.compile(r"[’']s\s")
SpokenPlace = tuple[int, int, bool]  # a document, a sentence's place in it, whether it is sure


@dataclass(slots=True)
class Person:
    """Somebody, or a body, under the fullest name that the sources have.

    `family` is a body's whole name. `forms` are all names that they have in labels and bylines, `wrote` the numbers of
    the documents that they wrote, `places` the sentences of others' documents that hold their words.
    """

    id: str
    name: str
    family: str
    given: str
    offices: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    wrote: list[int] = field(default_factory=list)
    places: list[SpokenPlace] = field(default_factory=list)

    @property
    def sure_places(self) -> list[tuple[int, int]]:
        """The places of words that are surely theirs."""
        return [(number, position) for number, position, sure in self.places if sure]

    @property
    def documents(self) -> list[int]:
        """The numbers of the documents that surely hold their words, upwards."""
        return sorted({*self.wrote, *(number for number, _ in self.sure_places)})

    def line(self) -> bytes:
        """As a line of the file."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(values, ensure_ascii=False).encode() + b"\n"


class People:
    """The people of one generation, read when they are first asked for."""

    def __init__(self, generation: Generation) -> None:
        if PEOPLE not in generation.extra:
            raise IndexMissing("this index was built without people; run `pullquote index`")
        lines = bytes(whole(generation.extra[PEOPLE])).split(b"\n")[:-1]
        self.all = [_person(json.loads(line)) for line in lines]
        self._by_form = defaultdict[str, list[Person]](list)
        self._by_document = defaultdict[int, list[Person]](list)
        for person in self.all:
            for number in person.documents:
                self._by_document[number].append(person)
            for form in dict.fromkeys(map(fold, (person.id, person.name, *person.forms))):
                self._by_form[form].append(person)

    def heard_in(self, number: int) -> list[Person]:
        """Everybody whose words a document holds."""
        return self._by_document.get(number, [])

    def called(self, name: str) -> list[Person]:
        """Everybody whom a name fits: by any of their forms, or with one letter mistyped."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        wanted = fold(" ".join(name[:LONGEST].split()))
        people = self._by_form.get(wanted) or [
            person for person in self.all if same_person(name, person.name)
        ]
        if parsed(name).given:  # "Ms. Lee" may be any of several
            people = [person for person in people if person.given] or people
        if not people and len(wanted) >= TYPED:
            forms = process.extract(
                wanted, list(self._by_form), scorer=OSA.distance, score_cutoff=1, limit=NEAREST
            )
            people = [person for form, _, _ in forms for person in self._by_form[form]]
        return list({person.id: person for person in people}.values())

    def one(self, name: str) -> Person:
        """The one whom a name or an id means.

        Raises:
            NotFound: nobody, or several, are called so; the message names the nearest.
        """
        people = self.called(name)
        if len(people) == 1:
            return people[0]
        if people:
            names = ", ".join(f"{person.name} ({person.id})" for person in people[:NEAREST])
            raise NotFound(f"several here are called so; name one by its id: {names}")
        names = ", ".join(person.name for person in self.nearest(name))
        raise NotFound(f"there is no such voice here; the nearest: {names or 'none'}")

    def nearest(self, name: str) -> list[Person]:
        """Whose names are most like one."""
        from rapidfuzz import process

        names = [fold(person.name) for person in self.all]
        ranked = process.extract(fold(name[:LONGEST]), names, limit=NEAREST)
        return [self.all[position] for _, _, position in ranked]


def _person(facts: dict[str, Any]) -> Person:
    places = [(number, position, sure) for number, position, sure in facts["places"]]
    return Person(**{**facts, "places": places})


def dump_people(generation: Generation, voices: VoiceBook) -> bytes:
    """The file of everybody whose words a generation holds."""
    wrote, places = defaultdict[str, list[int]](list), defaultdict[str, list[SpokenPlace]](list)
    for number, row in enumerate(generation.rows):
        spend()
        for name in names_of(row.source.author):
            wrote[name].append(number)
    for number, position, name, sure in voices.spoken():
        if _is_voice(name, generation.document(number).text):
            places[name].append((number, position, sure))
    known = [name for name in places if any(sure for _, _, sure in places[name])]
    register = _Register([row.debate for row in generation.rows])
    register.enter(dict.fromkeys((*wrote, *known)), places, wrote)
    people = register.people
    _add_offices(generation, people)
    return b"".join(person.line() for person in sorted(people, key=lambda person: person.id))


def _is_voice(name: str, text: str) -> bool:
    """Whether a speaker's name is one person's or body's: not "critics", "One of the sheriffs", or "Authorities" in a text that
    has "authorities" too.
    """
    words = [word for word in name.split() if word.lower() not in SMALL | PARTICLES]
    proper = bool(words) and all(word[:1].isupper() for word in words)
    common = len(words) == 1 and is_common(text, words[0])
    return proper and not common and names_somebody(name) and not is_several(name)


class _Register:
    """People as their names are entered: whole names join where they fit exactly one, the fullest first.

    A family name alone means somebody only where it is heard: who has it in the document, else in the debate.
    """

    def __init__(self, debates: Sequence[str]) -> None:
        self._debates = debates  # of each document
        self._families = defaultdict[str, list[Person]](list)
        self._where = defaultdict[str, set[int]](set)  # the documents of each person
        self._taken = Counter[str]()

    @property
    def people(self) -> list[Person]:
        """Everybody who was entered."""
        return [person for bearers in self._families.values() for person in bearers]

    def enter(
        self,
        labels: Iterable[str],
        places: Mapping[str, list[SpokenPlace]],
        wrote: Mapping[str, list[int]],
    ) -> None:
        """Enter all names; a name of which something was written is a whole one."""
        named = {label: _parted(label) for label in labels}
        alone = [label for label in named if label not in wrote and _is_alone(named[label][0])]
        whole_names = named.keys() - {*alone}
        given = {label: len(parsed(named[label][0]).given) for label in named}
        for label in sorted(whole_names, key=lambda label: (-given[label], label)):
            spend()
            self._enter(label, *named[label], places.get(label, []), wrote.get(label, []))
        for label in sorted(alone, key=lambda label: (not parsed(label).title, label)):
            for number, here in groupby(sorted(places[label]), key=itemgetter(0)):
                spend()
                name, office = named[label]
                person = self._meant(name, number) or self._new(name)
                self._add(person, label, office or parsed(name).title, list(here), [])

    def _enter(
        self, label: str, name: str, office: str, places: list[SpokenPlace], wrote: list[int]
    ) -> None:
        fitting = [person for person in self._bearers(name) if same_person(name, person.name)]
        if len(fitting) > 1:
            numbers = {number for number, _, _ in places} | {*wrote}
            fitting = [person for person in fitting if numbers <= self._where[person.id]]
        person = fitting[0] if len(fitting) == 1 else self._new(name)
        self._add(person, label, office or parsed(name).title, places, wrote)

    def _meant(self, name: str, number: int) -> Person | None:
        """Whom a family name alone means in a document; nobody where several fit."""
        addressed = _addressed([name])
        fitting = [
            person
            for person in self._bearers(name)
            if same_person(name, person.name)
            and not (addressed and addressed.isdisjoint(_addressed(person.forms) or addressed))
        ]
        debate = self._debates[number]
        near = [
            person
            for person in fitting
            if any(self._debates[each] == debate for each in self._where[person.id])
        ]
        whole_names = [person for person in near if not _is_alone(person.name)]
        here = [person for person in whole_names if number in self._where[person.id]]
        if len(meant := here or whole_names) == 1:
            return meant[0]
        others = [person for person in near if person not in whole_names]
        return others[0] if len(others) == 1 else None

    def _bearers(self, name: str) -> list[Person]:
        return self._families[fold(parsed(name).family).rpartition(" ")[2]]

    def _new(self, whole_name: str) -> Person:
        name = parsed(whole_name)
        straight = f"{name.straight} {name.suffix}".strip() if name.given else whole_name
        self._taken[plain := slug(fold(straight)) or "voice"] += 1
        person_id = plain if self._taken[plain] == 1 else f"{plain}-{self._taken[plain]}"
        person = Person(person_id, straight, name.family, name.given)
        self._bearers(whole_name).append(person)
        return person

    def _add(
        self, person: Person, label: str, office: str, places: list[SpokenPlace], wrote: list[int]
    ) -> None:
        person.wrote += wrote
        person.places += places
        self._where[person.id].update(wrote, (number for number, _, _ in places))
        call(person, label, office)


def _is_alone(name: str) -> bool:
    """Whether a name is a family name alone, or one word that may be one: "Mr. Green", "GREEN"."""
    person = parsed(name)
    return not person.given and (not person.body or " " not in name)


def _addressed(names: Iterable[str]) -> set[bool]:
    """Whether names have "Mr.", or one of the other forms of courtesy."""
    titles = (word for name in names for word in fold(parsed(name).title).split())
    return {word == "mr" for word in titles if word in COURTESY}


def _parted(label: str) -> tuple[str, str]:
    """A label's name and the office that runs into it: "House Majority Whip Ann Lee"; capitals are set in small letters."""
    line = titled(label, 0, len(label))
    bodily = (
        parsed(label).body or is_body(label.split(maxsplit=1)[0]) or OWNED.search(label)
    )  # "NSC", "Newsmax’s"
    runs_in = bodily and line.name != label and is_person(line.name)
    name, office = (line.name, line.office) if runs_in else (label, "")
    return in_small(name) if " " in name and name.isupper() else name, office


def _add_offices(generation: Generation, people: Sequence[Person]) -> None:
    """Add what title lines in the documents of each person call them."""
    by_document = defaultdict[int, dict[str, list[Person]]](lambda: defaultdict(list))
    for person in people:
        for number in person.documents if person.given else ():
            by_document[number][fold(person.family)].append(person)
    for number, bearers in by_document.items():
        for _, line in title_lines(generation.document(number).text):
            for person in bearers.get(fold(parsed(line.name).family), ()) if line.office else ():
                if same_person(line.name, person.name):
                    call(person, f"{line.title} {line.name}".strip(), line.office)


def call(person: Person, form: str, office: str) -> None:
    """Add a form of a person's name and an office, each once; "Mr." and the like are no office."""
    if form and form not in person.forms:
        person.forms.append(form)
    known = {*map(fold, person.offices), *COURTESY}
    if office and fold(office) not in known and not _is_cut(office):
        person.offices.append(office)


def _is_cut(office: str) -> bool:
    """Whether an office is cut badly: "When President", or that of another first, "President Ann Lee and Vice President"."""
    opens = office.partition(" ")[0].casefold() in LANGUAGE.stop_words
    return opens or any(map(is_title, office.rpartition(" and ")[2].split() * (" and " in office)))
