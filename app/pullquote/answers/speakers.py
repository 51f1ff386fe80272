"""Speakers: whose words a generation holds, by name, and the choice among one speaker's words."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.confidence import Calibration
from pullquote.answers.query import NamedSpeaker, courteous, worded
from pullquote.answers.select import CONSIDERED, Decision, decide
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote
from pullquote.errors import QuestionError
from pullquote.index.engine import Selection
from pullquote.index.generation import Generation
from pullquote.index.lexical import PRONOUNS
from pullquote.index.search import Hit, cut, rerank
from pullquote.models.ranker import Ranker
from pullquote.verify.match import Attribution
from pullquote.voice.book import VoiceBook
from pullquote.voice.entities import Entity, entities, fits, same_speaker
from pullquote.voice.names import fold, name_words, names_of
from pullquote.voice.voices import Voice, VoiceKind

LONGEST = 500  # characters of a claimed speaker's name
SPEAKER = ("speaker", "write who is said to have said it, such as: Ann Lee")
MOST_SPOKEN = 20  # of a speaker's windows, the best, that are chosen from
SHARE = 3  # a quote of which one part in so many is reported of somebody is about what they say
SAID = 0.5  # confidence in anything that they say, where anything was asked for
# What they say goes before what is said of them from this share of the latter's confidence.
LEADS = 0.4
BESIDE = 40  # letters before a name in which a text says "according to"

_TELLS = re.compile(  # what follows a name in its clause, and what is its bearer's
    r"(?:,\s[^,.;]{1,60},)?(?:\s(?:who|has|had)){0,2}\s(?:says?|said|thinks?|thought"
    r"|(?:argu|believ|propos|support|oppos|want|warn|reject|claim|recommend|call|ask)\w*)\b|[’']s?\s(?:\w+\s)?(?:view|position|proposal)"
)
_SMALL = frozenset({"of", "on", "for", "in", "and", "the"})
_HANGS = frozenset({"of", "to", "for", "in"})  # after these a name is no subject


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody whose words are asked for: by which names the sources hold them, and where, if at all.

    `speakers` are the names by which they are reported, `documents` the ids of what they wrote, and `rows` the windows
    that may hold their words; `long` is what the sources call them where the question has only initials.
    """

    name: str
    speakers: frozenset[str]
    documents: frozenset[str]
    rows: NDArray[np.int64]
    long: str = ""

    def owns(self, quote: Quote, voices: Sequence[Voice]) -> bool:
        """Whether a quote holds their words: as another reports them, or mostly their own in what they wrote."""
        letters, reported_letters = _letters(voices), _letters(self._reported(voices))
        if reported_letters:
            most_of_another = max(self._other_letters(voices).values(), default=0)
            return SHARE * reported_letters >= letters and reported_letters >= most_of_another
        written = _letters(voice for voice in voices if voice.kind is VoiceKind.AUTHOR)
        return quote.document.id in self.documents and 2 * written >= letters

    def is_told(self, quote: Quote, voices: Sequence[Voice]) -> bool:
        """Whether a quote tells what they say or want, and holds no other named speaker's words."""
        has_words = len(self.rows) > 0
        name = self.name.split()[-1] if has_words else self.name
        title = (quote.document.source.title or "").replace("-Harris", "")
        tells = has_words and f"{name} Administration" in title
        before, *after = quote.text.split(name)
        for left, right in zip((before, *after), after, strict=False):
            subject = _TELLS.match(right) and not _HANGS.intersection(left.split()[-1:])
            tells = tells or bool(subject) or "ccording to" in left[-BESIDE:]
        return tells and not any(map(entities, self._other_letters(voices)))

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
            _long(wanted[0], labels),
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

    def decide(
        self,
        witness: Witness,
        question: str,
        spoken_hits: Sequence[Hit],
        hits: Sequence[Hit],
        count: int,
        ranker: Ranker | None,
        fitted: Calibration | None,
    ) -> Decision:
        """Choose among somebody's own words or, where they do not answer, what authors tell of them.

        Args:
            spoken_hits: the windows that may hold their words, best first.
            hits: those that fit the question, whoever speaks.
        """
        generation = self._generation
        spoken = [hit for hit in spoken_hits if self._is_spoken(witness, hit)][:MOST_SPOKEN]
        rows = {hit.row for hit in spoken}
        others = (hit for hit in hits[:CONSIDERED] if hit.row not in rows)
        told = [hit for hit in others if self._is_told(witness, hit)]
        if ranker is not None:
            few = ranker.reads - min(len(told), max(1, ranker.reads // 4))
            reranked = rerank(generation, question, spoken[:few], ranker)
            told = list(rerank(generation, question, told[: ranker.reads - len(reranked)], ranker))
            spoken = [*reranked, *spoken[few:]]
        ours, of_them = (
            decide(generation, question, pool, count, fitted=fitted) for pool in (spoken, told)
        )
        return ours if ours.choices and ours.confidence >= LEADS * of_them.confidence else of_them

    def _is_spoken(self, witness: Witness, hit: Hit) -> bool:
        quote = cut(self._generation, hit)
        # As in "Lee testified that:", the words themselves come after.
        opens = quote.text.endswith(":") and quote.document.id in witness.documents
        empty = opens or courteous(quote.text.partition(": ")[2] or quote.text)
        return not empty and witness.owns(quote, self._voices.of_quote(quote))

    def _is_told(self, witness: Witness, hit: Hit) -> bool:
        quote = cut(self._generation, hit)
        complete = not quote.text.endswith(":")
        return complete and witness.is_told(quote, self._voices.of_quote(quote))


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


def _long(wanted: Entity, labels: Iterable[str]) -> str:
    """The long name behind the initials in a question, or "" where the sources have the same as the question."""
    typed_long = wanted.person or len(wanted.words) > 1
    as_typed = typed_long or any(wanted.words <= set(fold(label).split()) for label in labels)
    return "" if as_typed else min(labels, default="")


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
