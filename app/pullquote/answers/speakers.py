"""Speakers: whose words a generation holds, by name, and the choice among one speaker's words."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.query import NamedSpeaker, courteous, worded
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote
from pullquote.errors import QuestionError
from pullquote.index.engine import Selection
from pullquote.index.generation import Generation
from pullquote.index.lexical import PRONOUNS
from pullquote.index.search import Choice, Hit, cut, documents_containing
from pullquote.verify.match import Attribution
from pullquote.voice.book import VoiceBook
from pullquote.voice.coreference import is_named
from pullquote.voice.entities import Entity, entities, fits, same_speaker
from pullquote.voice.names import name_words, names_of, parsed
from pullquote.voice.voices import Voice, VoiceKind

LONGEST = 500  # characters of a claimed speaker's name
SPEAKER = ("speaker", "write who is said to have said it, such as: Ann Lee")
MOST_SPOKEN = 20  # of a speaker's windows, the best, that are chosen from
SHARE = 3  # a quote of which one part in so many is reported of somebody is about what they say
SAID = 0.5  # confidence in anything that they say, where anything was asked for
# What they say goes before what is said of them from this share of the likeliest's confidence.
LEADS = 0.4
MOST_NAMING = 200  # documents that are looked through for a name

_SMALL = frozenset({"of", "on", "for", "in", "and", "the"})


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody whose words are asked for: by which names the sources hold them, and where, if at all.

    `speakers` are the names by which they are reported, `documents` the ids of what they wrote, and `rows` the windows
    that may hold their words.
    """

    name: str
    speakers: frozenset[str]
    documents: frozenset[str]
    rows: NDArray[np.int64]

    def owns(self, quote: Quote, voices: Sequence[Voice]) -> bool:
        """Whether a quote holds their words: as another reports them, or mostly their own in what they wrote."""
        letters, reported_letters = _letters(voices), _letters(self._reported(voices))
        if reported_letters:
            most_of_another = max(self._other_letters(voices).values(), default=0)
            return SHARE * reported_letters >= letters and reported_letters >= most_of_another
        written = _letters(voice for voice in voices if voice.kind is VoiceKind.AUTHOR)
        return quote.document.id in self.documents and 2 * written >= letters

    def _reported(self, voices: Sequence[Voice]) -> Iterator[Voice]:
        for voice in voices:
            names = {voice.speaker, *voice.via}
            if voice.kind is not VoiceKind.AUTHOR and not self.speakers.isdisjoint(names):
                yield voice

    def _other_letters(self, voices: Sequence[Voice]) -> Counter[str]:
        """How many letters of a quote its author reports of each other speaker."""
        letters = Counter[str]()
        for voice in voices:
            reported = voice.kind is not VoiceKind.AUTHOR and voice.speaker
            if reported and voice.speaker not in self.speakers:
                letters[reported] += len(voice.span)
        return letters


def _letters(voices: Iterable[Voice]) -> int:
    return sum(len(voice.span) for voice in voices)


class Roster:
    """The speakers, authors and outlets of a generation by name."""

    def __init__(self, generation: Generation, voices: VoiceBook) -> None:
        self._generation, self._voices = generation, voices
        self._reported = defaultdict[str, list[tuple[int, int]]](list)
        for number, sentence, name in voices.named():
            self._reported[name].append((number, sentence))
        self._wrote = defaultdict[str, list[int]](list)
        for number, row in enumerate(generation.rows):
            for name in filter(None, (*names_of(row.source.author), row.source.publisher)):
                self._wrote[name].append(number)
        self._entities = defaultdict[str, list[Entity]](list)
        for label in {**self._reported, **self._wrote}:
            for entity in entities(label):
                for key in entity.keys:
                    self._entities[key].append(entity)

    @property
    def labels(self) -> frozenset[str]:
        """Every name by which somebody is quoted, writes or publishes."""
        return frozenset((*self._reported, *self._wrote))

    def knows(self, name: str) -> bool:
        """Whether anybody whose words are held here is called so."""
        return any(key in self._entities for entity in entities(name) for key in entity.keys)

    def witness(self, speaker: NamedSpeaker, documents: range | Selection) -> Witness | None:
        """Whom a question asks about, or None where it names nobody.

        Somebody whom these documents do not hold has no rows. A name that fits several means all of
        them: each quote gives the full name of whose it is.
        """
        typed = any(map(str.isupper, speaker.name))
        name = speaker.name if typed else speaker.name.title()
        wanted = entities(name) if name.split()[-1][0].isupper() else ()  # not "Roe's lawyers"
        matching = (entity.label for entry in wanted for entity in self._matching(entry))
        labels = {label for label in matching if self._in_documents(label, documents)}
        only_words = speaker.bare or not typed or not _is_name(name)
        if not wanted or (not labels and only_words):
            return None
        written = {number for label in labels for number in self._wrote.get(label, ())}
        numbers = sorted(number for number in written if number in documents)
        return Witness(
            speaker.name if typed else min(labels, key=lambda label: (len(label), label)),
            frozenset(labels & self._reported.keys()),
            frozenset(self._generation.rows[number].id for number in numbers),
            self._rows(labels, numbers, documents),
        )

    def _matching(self, wanted: Entity) -> Iterator[Entity]:
        candidates = {entity for key in wanted.keys for entity in self._entities.get(key, ())}
        exact = [entity for entity in candidates if fits(wanted, entity)]
        if wanted.person and wanted.person.given and not any(map(_has_given_name, exact)):
            # "Senator Roe" is the Ann Roe known here, and not the Bo Roe asked for.
            exact = [] if any(map(_has_given_name, candidates)) else exact
        several = len(wanted.words) > 1
        longer = {entity.words for entity in candidates if several and wanted.words < entity.words}
        one_name = len(longer) == 1
        yield from exact or (entity for entity in candidates if one_name and entity.words in longer)

    def _in_documents(self, label: str, documents: range | Selection) -> bool:
        """Whether any of these documents is by somebody or holds words of theirs."""
        reported = (number for number, _ in self._reported.get(label, ()))
        return any(number in documents for number in (*reported, *self._wrote.get(label, ())))

    def _rows(
        self, labels: Iterable[str], numbers: Iterable[int], documents: range | Selection
    ) -> NDArray[np.int64]:
        """The windows that may hold words of the bearers of these labels."""
        generation = self._generation
        ends = generation.ends
        written = [
            np.array(generation.window_rows(range(number, number + 1)), np.int64)
            for number in numbers
        ]
        sentences = {
            generation.first_sentences[number] + sentence
            for label in labels
            for number, sentence in self._reported.get(label, ())
            if number in documents
        }
        reported = _positions(ends, np.array(sorted(sentences), ends.dtype))
        return np.unique(np.concatenate([reported, *written])).astype(np.int64)

    def naming(self, witness: Witness, among: Selection) -> tuple[int, NDArray[np.int64]]:
        """How many documents name somebody, in full, by title or as asked, and their windows that hold the name."""
        generation, family = self._generation, parsed(witness.name).family
        terms = generation.words.terms(family)
        rows = generation.words.rows_containing(terms, among.windows)
        likely = (n for n in documents_containing(generation, family) if n in among)
        numbers = [
            number
            for number in islice(likely, MOST_NAMING)
            if is_named(witness.name, generation.document(number).text)
        ]
        return len(numbers), rows[np.isin(generation.places[rows, 0], numbers)]

    def nearest(self, witness: Witness, hits: Sequence[Hit], count: int) -> tuple[Choice, ...]:
        """The first hit of each document, of somebody's own words where they have any."""
        best: dict[int, Hit] = {}
        for hit in self.spoken(witness, hits) if witness.rows.size else hits:
            best.setdefault(hit.document, hit)
        first = islice(best.values(), count)
        return tuple(Choice(cut(self._generation, hit), hit, hit.score) for hit in first)

    def spoken(self, witness: Witness, hits: Iterable[Hit]) -> list[Hit]:
        """The first of these windows that hold somebody's words."""
        return list(islice((hit for hit in hits if self._is_spoken(witness, hit)), MOST_SPOKEN))

    def is_own(self, witness: Witness, quote: Quote) -> bool:
        """Whether a quote is of what they say or write themselves, with nobody in between."""
        voices = self._voices.of_quote(quote)
        told = [voice for voice in voices if voice.kind is not VoiceKind.AUTHOR]
        return all(voice.turn and voice.speaker in witness.speakers for voice in told)

    def _is_spoken(self, witness: Witness, hit: Hit) -> bool:
        quote = cut(self._generation, hit)
        # As in "Lee testified that:", the words themselves come after.
        opens = quote.text.endswith(":") and quote.document.id in witness.documents
        empty = opens or courteous(quote.text.partition(": ")[2] or quote.text)
        return not empty and witness.owns(quote, self._voices.of_quote(quote))


def _has_given_name(entity: Entity) -> bool:
    return entity.person is not None and bool(entity.person.given)


def _positions(ends: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of `ends`, which rise, that are among those wanted."""
    rows = np.searchsorted(ends, wanted)
    return rows[ends[np.minimum(rows, len(ends) - 1)] == wanted] if len(ends) else rows


def _is_name(name: str) -> bool:
    """Whether words that the sources do not know can only be a name: "Ann Lee", "the CEA"; not "the Council", "Americans"."""
    words = name.split()
    alone = len(words) == 2 and words[0] == "the" and words[1].istitle()
    several = len(words) == 1 and name.endswith("s") and not name.endswith("ss")
    return all(word[:1].isupper() or word in _SMALL for word in words) and not (alone or several)


def claimed(speaker: str) -> str:
    """A speaker who is said to have said something, with single spaces.

    Raises:
        QuestionError: it is empty or too long, or no word of it could name somebody: "the", "Senator".
    """
    name = worded(speaker, *SPEAKER, limit=LONGEST)
    # "The ministry" may be all that a source says.
    office = name.lower().startswith("the ") and "the" not in name.lower().split()[1:]
    proper = any(map(str.isalpha, "".join(name_words(name))))
    if not (proper or office) or name.lower() in PRONOUNS:
        raise QuestionError(f"the speaker is no name; {SPEAKER[1]}")
    return name


def attribution(speaker: str, voices: Iterable[Voice], source: Source) -> tuple[Attribution, bool]:
    """Whether words that these voices say are those of a claimed speaker, and whether they may be.

    It is unsure wherever a guess would decide it; then they may be whose the guess is, or the author's.
    """
    wrote = [same_speaker(speaker, name) for name in names_of(source.author)]
    published = (same_speaker(speaker, source.publisher) or None) if source.publisher else None
    readings: list[tuple[bool | None, bool]] = []  # whether a voice is theirs, and surely so
    for voice in voices:
        if voice.kind is not VoiceKind.AUTHOR:
            theirs = same_speaker(speaker, voice.speaker) if voice.speaker else None
        elif wrote:
            theirs = True if True in wrote else None if None in wrote else False
        else:  # where nobody is recorded, the publisher's words are its own
            theirs = published
        readings.append((theirs, voice.sure))
    possible = True in wrote or any(theirs is not False for theirs, _ in readings)
    if (True, True) in readings:
        return Attribution.RIGHT, possible
    wrong = bool(readings) and set(readings) == {(False, True)}
    return (Attribution.WRONG if wrong else Attribution.UNSURE), possible
