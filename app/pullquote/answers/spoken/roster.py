"""The roster: everybody whose words a generation holds, and where; and whom a name in a question means among them."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.spoken.asked import Asked
from pullquote.answers.spoken.namesake import namesakes
from pullquote.answers.spoken.naming import (
    SUFFIXES,
    Body,
    Named,
    Person,
    fold,
    lone,
    named,
    signed,
    unaccented,
)
from pullquote.answers.spoken.offices import POSTS, is_office
from pullquote.answers.spoken.telling import Telling
from pullquote.answers.spoken.texts import called, is_kind
from pullquote.answers.spoken.witness import Witness, government_of
from pullquote.corpus.particles import PARTICLE
from pullquote.index.generation import Generation
from pullquote.voice.book import VoiceBook
from pullquote.voice.mentions import is_other
from pullquote.voice.phrases import DETERMINER, ROLE
from pullquote.voice.titles import OFFICES

_LABEL = tuple[str, str]  # "speaker", "author" or "outlet", and the name as it stands there
_OTHERS = re.compile(
    r"(?:i|you|we|one|he|she|it|they|this|that|there|who|anyone|someone|everybody|everyone|nobody|anybody|somebody|people|"
    r"(?:the|this|that|your) (?:authors?|writers?|articles?|texts?|sources?|documents?|speakers?|speech))",
    re.IGNORECASE,
)
_NAME = re.compile(  # nothing beside the name but an article and an office: not "the local MP", "the Roe report"
    rf"(?:(?:the|our|a|an|former|late)\s)*(?:(?:[\w.-]+\s){{0,4}}?(?:{ROLE}|{POSTS}|(?i:{OFFICES}))\s)?[A-ZÀ-ÖØ-Þ]\S*"
    rf"(?:\s(?:(?:of|on|for|in|and|the|{PARTICLE})\s)*[A-ZÀ-ÖØ-Þ]\S*)*(?:\s(?:administration|government|cabinet|campaign))?"
)
_PEOPLES = re.compile(
    r"[A-Z][a-z]+(?:ans|ese|ish|ench|utch|ists|crats|[^e]ers|men)|Greeks|Turks|Arabs|Serbs|Swiss|Jews"
)
_BY_SEX = re.compile(r"(?:Mrs|Ms|Miss|Madam)\b", re.IGNORECASE)  # may be the wife of the one whom the sources hold
_HER = frozenset({"mrs", "ms", "miss", "madam"})
_AND = re.compile(r",?\s(?:and|&)\s|,\s(?!(?:Jr|Sr|I+)\b)")
_OWNED = re.compile(r"[’'](?:s?\s|s?$)")  # "the Roes' cabinet"


class Roster:
    """The speakers, authors and outlets of a generation by name."""

    def __init__(self, generation: Generation, voices: VoiceBook) -> None:
        self._generation = generation
        self._heard: dict[str, list[tuple[int, int]]] = {}
        self._wrote: dict[_LABEL, list[int]] = {}
        self._persons: dict[str, list[tuple[Person, _LABEL]]] = {}
        self._bodies: dict[frozenset[str], list[_LABEL]] = {}
        self._short: dict[str, list[_LABEL]] = {}
        self._parts: set[str] = set()
        for number, place, name in voices.named():
            self._heard.setdefault(name, []).append((number, place))
        for number, row in enumerate(generation.rows):
            for kind, who in (("author", row.source.author), ("outlet", row.source.publisher)):
                if who:
                    self._wrote.setdefault((kind, who), []).append(number)
        for label in (*(("speaker", name) for name in self._heard), *self._wrote):
            self._enter(label)

    def _enter(self, label: _LABEL) -> None:
        for entity in _entities(label):
            if isinstance(entity, Person):
                self._persons.setdefault(entity.family[-1], []).append((entity, label))
                continue
            self._bodies.setdefault(entity.words, []).append(label)
            for short in entity.short:
                self._short.setdefault(short, []).append(label)
            if person := lone(entity):
                self._persons.setdefault(person.family[-1], []).append((person, label))
            else:
                self._parts.update(entity.words)

    def witness(self, asked: Asked, documents: range) -> Witness | None:
        """Whom a question asks about, or None where it names nobody.

        A kind of text, such as "the FAQ", means the documents so called; where there are none, it names nobody.
        Somebody whom these documents do not hold is told by having no rows. A name that fits several means all of
        them: each quote says by the full name whose it is. Who may be the one known by a family name only, since the
        full name stands there beside another's, is left to the ordinary way.
        """
        name = re.sub(r"\b(the) the\b", r"\1", " ".join(asked.name.split()))
        if _OTHERS.fullmatch(name):
            return None
        written = name if any(letter.isupper() for letter in name) else name.title()
        entities = named(written) if _NAME.fullmatch(written) else ()
        labels = self._all_of(entities, written, documents)
        plain = written != name or asked.bare
        if not entities or labels is None or not self._is_name(written, labels, plain=plain):
            return self._text(name, documents) if is_kind(name) else None
        if not labels and is_kind(name):
            return self._text(name, documents)
        if not labels and any(self._named_beside(one, documents) for one in entities if isinstance(one, Person)):
            return None
        speakers = frozenset(label for kind, label in labels if kind == "speaker")
        numbers = sorted({number for label in labels for number in self._wrote.get(label, ()) if number in documents})
        ids = frozenset(self._generation.rows[number].id for number in numbers)
        rows = self._rows(speakers, numbers, documents)
        return Witness(
            _shown(labels, name, written),
            _long(labels, written),
            speakers,
            ids,
            rows,
            Telling(entities, self._given(labels)),
            government_of(one for one in entities if labels or _leads(one)),
        )

    def _named_beside(self, asked: Person, documents: range) -> bool:
        """Whether the bearer of a family name who speaks may be somebody named in full beside another.

        "Ann Lee and Bo Bell voted against it. Bell said that …" is of Bo Bell, though no other name stands between.
        """
        alone = [name for one, (_, name) in self._persons.get(asked.family[-1], ()) if one == Person(asked.family)]
        numbers = {number for name in alone for number, _ in self._heard.get(name, ()) if number in documents}
        full = rf"(?i:{Telling((asked,)).mention.pattern})"
        beside = re.compile(rf"\band\s{full}|{full},?(?:\s[A-Z][\w.'-]*,?){{0,8}}\sand\s[A-Z]")
        texts = (unaccented(self._generation.document(number).text) for number in sorted(numbers))
        return bool(asked.given) and any(beside.search(text) for text in texts)

    def _text(self, name: str, documents: range) -> Witness | None:
        """The documents that a question asks after by their kind, in which all words count, whoever says them."""
        numbers = called(name, ((number, self._generation.rows[number]) for number in documents))
        if not numbers:
            return None
        ids = frozenset(self._generation.rows[number].id for number in numbers)
        rows = self._rows((), numbers, documents)
        return Witness(name, None, frozenset(), ids, rows, Telling(()), government_of(()), entire=True)

    def _all_of(self, entities: Sequence[Named], name: str, documents: range) -> set[_LABEL] | None:
        """The labels of everybody named, or None where some of several are nobody known, or it may be a relative."""
        whole = [entity for entity in entities if isinstance(entity, Body) and entity.words in self._bodies][:1]
        parts = _AND.split(name)
        if len(parts) == 1 or whole:
            found = self._standing(whole if len(parts) > 1 else entities, name, documents)
            junior = fold(name).rstrip(".").rpartition(" ")[2] in SUFFIXES
            return None if (junior or _BY_SEX.match(name)) and not found else found
        each = [self._standing(named(part), part, documents) for part in parts]
        return set[_LABEL]().union(*each) if all(each) else None

    def _given(self, labels: Iterable[_LABEL]) -> frozenset[str]:
        """The given names, and the family name by itself, by which somebody is known here."""
        known = [one for label in labels for one in _entities(label) if isinstance(one, Person)]
        return frozenset(name for one in known for name in (*one.given, *one.family))

    def _standing(self, entities: Iterable[Named], name: str, documents: range) -> set[_LABEL]:
        found = {label for label in self._labels(entities, name) if self._stands(label, documents)}
        return _of_her(found, named(name)) if _BY_SEX.match(name) else found

    def _stands(self, label: _LABEL, documents: range) -> bool:
        """Whether any of these documents is by somebody or holds words of theirs."""
        kind, name = label
        places = (number for number, _ in self._heard[name]) if kind == "speaker" else self._wrote[label]
        return any(number in documents for number in places)

    def _is_name(self, name: str, labels: set[_LABEL], *, plain: bool) -> bool:
        """Whether words can only be somebody's name here.

        They may be a people, an office or what belongs to somebody; "the Council" may shorten any council's name; and
        `plain` words, in small letters or standing alone ("And Roeland?"), may be what is asked about.
        """
        bare = DETERMINER.sub("", name)
        if (plain or _PEOPLES.fullmatch(bare)) and not _names_somebody(labels, name):
            return False
        if not labels and is_office(name):
            return False
        if _OWNED.search(name) and not any(fold(bare) in fold(label) for _, label in labels):
            return False  # "Roe's lawyers", but not "the Growers' League"
        short = bare != name and " " not in bare and not bare.isupper()
        return not short or (bool(labels) and fold(bare) not in self._parts)

    def _labels(self, entities: Iterable[Named], name: str) -> set[_LABEL]:
        found: set[_LABEL] = set()
        for entity in entities:
            if isinstance(entity, Person):
                found.update(self._of_person(entity))
            else:
                found.update(self._of_body(entity, name))
        return found

    def _of_body(self, body: Body, name: str) -> Iterator[_LABEL]:
        yield from self._bodies.get(body.words, ())
        if person := lone(body):
            yield from self._short.get(body.name.upper(), ())
            if not name.lower().startswith("the "):
                yield from self._of_person(person)
            return
        for short in body.short:  # a long name, where the sources only have the short one
            yield from self._bodies.get(frozenset({short.casefold()}), ())
        if body.words not in self._bodies:
            yield from self._of_part(body)
        if "administration" in body.words:
            for word in body.words:
                yield from (label for known, label in self._persons.get(word, ()) if "president" in known.titles)

    def _of_part(self, body: Body) -> Iterator[_LABEL]:
        """The one body that a shorter name fits: "the Growers' League" for the Roeland Growers' League."""
        fitting = [words for words in self._bodies if len(body.words) > 1 and body.words < words]
        if len(fitting) == 1:
            yield from self._bodies[fitting[0]]

    def _of_person(self, asked: Person) -> Iterator[_LABEL]:
        known = self._persons.get(asked.family[-1], ())
        right = namesakes(asked, (one for one, _ in known))
        yield from (label for one, label in known if one in right)

    def _rows(self, speakers: Iterable[str], numbers: Iterable[int], documents: range) -> NDArray[np.int64]:
        generation = self._generation
        written = [np.arange(rows.start, rows.stop) for number in numbers
                   if (rows := generation.window_rows(range(number, number + 1)))]  # fmt: skip
        bases = generation.first_sentences
        heard = [
            bases[number] + place for name in speakers for number, place in self._heard[name] if number in documents
        ]
        ends = generation.ends
        places = np.searchsorted(ends, np.array(sorted(set(heard)), dtype=ends.dtype))
        kept = places[places < len(ends)]
        right = kept[np.isin(ends[kept], heard)] if len(kept) else kept
        return np.unique(np.concatenate([right, *written])).astype(np.int64)


def _entities(label: _LABEL) -> tuple[Named, ...]:
    kind, name = label
    return signed(name) if kind == "author" else named(name)


def _of_her(labels: Iterable[_LABEL], asked: Iterable[Named]) -> set[_LABEL]:
    """Of the labels of a family name those of a woman: the sources address her so too, or have the given name asked for.

    "Mrs. Bo Reed" may be the wife of Bo Reed: that is no name of hers.
    """
    wanted = {name for one in asked if isinstance(one, Person) and "mrs" not in one.titles for name in one.given[:1]}
    return {
        label
        for label in labels
        for one in _entities(label)
        if isinstance(one, Person) and not is_other("she", label[1])
        if one.titles & _HER or any(len(name) > 1 and name in wanted for name in one.given[:1])
    }


def _leads(entity: Named) -> bool:
    """Whether somebody of whom these sources have no words may lead the government of that name."""
    return isinstance(entity, Body) or (not entity.given and entity.titles <= {"president", "minister"})


def _names_somebody(labels: set[_LABEL], name: str) -> bool:
    """Whether a name by itself can only be a speaker's: initials, several words, or a person known in full."""
    bare = DETERMINER.sub("", name)
    if bare.isupper() or " " in bare:
        return bool(labels)
    known = [one for label in labels for one in _entities(label)]
    return any(
        (one.given or one.titles) and one.family[-1] == fold(bare)
        if isinstance(one, Person)
        else bare.upper() in one.short
        for one in known
    )


def _long(labels: set[_LABEL], name: str) -> str | None:
    """The long name behind the initials in a question, or None where the sources have the same as the question."""
    bare = DETERMINER.sub("", name)
    if " " in bare or any(
        bare.casefold() in fold(label).replace("(", " ").replace(")", " ").split() for _, label in labels
    ):
        return None
    bodies = (body for label in sorted(labels) for body in _entities(label) if isinstance(body, Body))
    return next((body.name for body in bodies if bare.upper() in body.short), None)


def _shown(labels: set[_LABEL], name: str, written: str) -> str:
    """The name as the message has it: as it was asked, or as the sources write it where it was typed in small letters."""
    if name == written:
        return name
    return min((label for _, label in labels), key=lambda label: (len(label), label))
