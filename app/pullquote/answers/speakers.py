"""Speakers: whose words a generation holds, by name, and choosing where somebody's are asked for; nobody else's stand in."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.confidence import Calibration
from pullquote.answers.query import Asked, courteous, worded
from pullquote.answers.select import CONSIDERED, Decision, decide
from pullquote.corpus.documents import Source
from pullquote.corpus.quote import Quote
from pullquote.errors import QuestionError
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
KEPT = 20  # of the asked one's windows, the best, that are chosen from
SHARE = 3  # a quote of which one part in so many is reported of somebody is taken to be about what they say
SAID = 0.5  # confidence in anything that they say, where anything was asked for
LEADS = (
    0.4  # share of the other's confidence from which what they say goes before what is said of them
)
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

    @property
    def known(self) -> bool:
        """Whether the documents asked hold any words of theirs."""
        return len(self.rows) > 0

    def owns(self, quote: Quote, voices: Sequence[Voice]) -> bool:
        """Whether a quote holds their words: as another reports them, or mostly their own in what they wrote."""
        if heard := _letters(self._heard(voices)):
            return SHARE * heard >= _letters(voices) and heard >= max(
                self._others(voices).values(), default=0
            )
        own = _letters([voice for voice in voices if voice.kind is VoiceKind.AUTHOR])
        return quote.document.id in self.documents and 2 * own >= _letters(voices)

    def told(self, quote: Quote, voices: Sequence[Voice]) -> bool:
        """Whether a quote tells what they say or want, or their administration does, and holds no named other's words."""
        name = self.name.split()[-1] if self.known else self.name
        before, *after = quote.text.split(name)
        tells = self.known and f"{name} Administration" in (
            quote.document.source.title or ""
        ).replace("-Harris", "")
        for left, right in zip((before, *after), after, strict=False):
            subject = _TELLS.match(right) and not _HANGS.intersection(left.split()[-1:])
            tells = tells or bool(subject) or "ccording to" in left[-BESIDE:]
        return tells and not any(map(entities, self._others(voices)))

    def _heard(self, voices: Sequence[Voice]) -> list[Voice]:
        others = (voice for voice in voices if voice.kind is not VoiceKind.AUTHOR)
        return [
            one
            for one in others
            if one.speaker in self.speakers or not self.speakers.isdisjoint(one.via)
        ]

    def _others(self, voices: Sequence[Voice]) -> Counter[str]:
        """How many letters of a quote are anybody else's whom its author reports."""
        others = Counter[str]()
        for voice in voices:
            if (
                voice.kind is not VoiceKind.AUTHOR
                and voice.speaker
                and voice.speaker not in self.speakers
            ):
                others[voice.speaker] += len(voice.span)
        return others


def _letters(voices: Iterable[Voice]) -> int:
    return sum(len(voice.span) for voice in voices)


class Roster:
    """The speakers, authors and outlets of a generation by name."""

    def __init__(self, generation: Generation, voices: VoiceBook) -> None:
        self._generation = generation
        self._heard, self._wrote = (
            defaultdict[str, list[tuple[int, int]]](list),
            defaultdict[str, list[int]](list),
        )
        for number, place, name in voices.named():
            self._heard[name].append((number, place))
        for number, row in enumerate(generation.rows):
            for name in filter(None, (*names_of(row.source.author), row.source.publisher)):
                self._wrote[name].append(number)
        self._entities = defaultdict[str, list[Entity]](list)
        for one in (one for label in {**self._heard, **self._wrote} for one in entities(label)):
            for key in one.keys:
                self._entities[key].append(one)

    def knows(self, name: str) -> bool:
        """Whether anybody whose words are held here is called so."""
        return any(key in self._entities for one in entities(name) for key in one.keys)

    def witness(self, asked: Asked, documents: range) -> Witness | None:
        """Whom a question asks about, or None where it names nobody.

        Somebody whom these documents do not hold is told by having no rows. A name that fits several means all of
        them: each quote says by the full name whose it is.
        """
        typed = any(map(str.isupper, asked.name))
        name = asked.name if typed else asked.name.title()
        wanted = entities(name) if name.split()[-1][0].isupper() else ()  # not "Roe's lawyers"
        found = {
            one.label
            for each in wanted
            for one in self._matching(each)
            if self._stands(one.label, documents)
        }
        if not wanted or (not found and (asked.bare or not typed or not _is_name(name))):
            return None
        numbers = sorted(
            {
                number
                for label in found
                for number in self._wrote.get(label, ())
                if number in documents
            }
        )
        ids = frozenset(self._generation.rows[number].id for number in numbers)
        shown = asked.name if typed else min(found, key=lambda label: (len(label), label))
        rows, speakers = (
            self._rows(found, numbers, documents),
            frozenset(found & self._heard.keys()),
        )
        return Witness(shown, speakers, ids, rows, _long(wanted[0], found))

    def _matching(self, wanted: Entity) -> Iterator[Entity]:
        near = {one for key in wanted.keys for one in self._entities.get(key, ())}
        exact = [one for one in near if fits(wanted, one)]
        if (
            wanted.person
            and wanted.person.given
            and not any(one.person and one.person.given for one in exact)
        ):
            # "Senator Roe" is the Ann Roe known here, and not the Bo Roe asked for.
            exact = [] if any(one.person and one.person.given for one in near) else exact
        longer = {one.words for one in near if len(wanted.words) > 1 and wanted.words < one.words}
        yield from exact or (one for one in near if len(longer) == 1 and one.words in longer)

    def _stands(self, label: str, documents: range) -> bool:
        """Whether any of these documents is by somebody or holds words of theirs."""
        places = (
            *(number for number, _ in self._heard.get(label, ())),
            *self._wrote.get(label, ()),
        )
        return any(number in documents for number in places)

    def _rows(
        self, labels: Iterable[str], numbers: Iterable[int], documents: range
    ) -> NDArray[np.int64]:
        generation = self._generation
        written = [
            np.array(generation.window_rows(range(number, number + 1)), np.int64)
            for number in numbers
        ]
        bases, ends = generation.first_sentences, generation.ends
        places = (place for label in labels for place in self._heard.get(label, ()))
        heard = np.array(
            sorted({bases[number] + place for number, place in places if number in documents}),
            ends.dtype,
        )
        return np.unique(np.concatenate([_places(ends, heard), *written])).astype(np.int64)


def _places(ends: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows of `ends`, which rise, that are among those wanted."""
    found = np.searchsorted(ends, wanted)
    return found[ends[np.minimum(found, len(ends) - 1)] == wanted] if len(ends) else found


def _is_name(name: str) -> bool:
    """Whether words that the sources do not know can only be a name: "Ann Lee", "the CEA"; not "the Council", "Americans"."""
    words = name.split()
    alone = len(words) == 2 and words[0] == "the" and words[1].istitle()
    several = len(words) == 1 and name.endswith("s") and not name.endswith("ss")
    return all(word[:1].isupper() or word in _SMALL for word in words) and not (alone or several)


def _long(asked: Entity, found: Iterable[str]) -> str:
    """The long name behind the initials in a question, or nothing where the sources have the same as the question."""
    same = (
        asked.person
        or len(asked.words) > 1
        or any(asked.words <= set(fold(label).split()) for label in found)
    )
    return "" if same else min(found, default="")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a generation holds of somebody's words and of what is told of them."""

    generation: Generation
    voices: VoiceBook
    witness: Witness

    def decide(
        self, question: str, own: Sequence[Hit], hits: Sequence[Hit], count: int, ranker: Ranker | None, fitted: Calibration | None
    ) -> Decision:  # fmt: skip
        """Choose among their own words; where they do not answer, among what authors tell of them; else nothing.

        Args:
            own: the windows that may hold their words, best first; `hits`: those that fit the question, whoever speaks.
        """
        theirs = [hit for hit in own if self._is_theirs(hit)][:KEPT]
        rows = {hit.row for hit in theirs}
        told = [hit for hit in hits[:CONSIDERED] if hit.row not in rows and self._tells(hit)]
        if ranker is not None:
            few = ranker.reads - min(len(told), max(1, ranker.reads // 4))
            read = rerank(self.generation, question, theirs[:few], ranker)
            told = list(rerank(self.generation, question, told[: ranker.reads - len(read)], ranker))
            theirs = [*read, *theirs[few:]]
        said, of_them = (
            decide(self.generation, question, part, count, fitted=fitted) for part in (theirs, told)
        )
        return said if said.choices and said.confidence >= LEADS * of_them.confidence else of_them

    def _is_theirs(self, hit: Hit) -> bool:
        quote = cut(self.generation, hit)
        told = self.voices.of_quote(quote)
        opens = (
            quote.text.endswith(":") and quote.document.id in self.witness.documents
        )  # "Lee testified that:"
        empty = opens or courteous(quote.text.partition(": ")[2] or quote.text)
        return self.witness.owns(quote, told) and not empty

    def _tells(self, hit: Hit) -> bool:
        quote = cut(self.generation, hit)
        return not quote.text.endswith(":") and self.witness.told(
            quote, self.voices.of_quote(quote)
        )


def claimed(speaker: str) -> str:
    """A speaker who is said to have said something, with single spaces.

    Raises:
        QuestionError: it is empty or too long, or no word of it could name somebody: "the", "Senator".
    """
    name = worded(speaker, *SPEAKER, limit=LONGEST)
    office = (
        name.lower().startswith("the ") and "the" not in name.lower().split()[1:]
    )  # may be all that a source says
    named = any(map(str.isalpha, "".join(name_words(name))))
    if not (named or office) or name.lower() in PRONOUNS:
        raise QuestionError(f"the speaker is no name; {SPEAKER[1]}")
    return name


def attribution(speaker: str, voices: Iterable[Voice], source: Source) -> tuple[Attribution, bool]:
    """Whether words that these voices say are those of a claimed speaker, and whether they may be.

    It is unsure wherever a guess would decide it; then they may be whose the guess is, or the author's.
    """
    wrote = [same_speaker(speaker, name) for name in names_of(source.author)]
    published = (same_speaker(speaker, source.publisher) or None) if source.publisher else None
    told: list[tuple[bool | None, bool]] = []
    for voice in voices:
        if voice.kind is not VoiceKind.AUTHOR:
            told.append(
                (same_speaker(speaker, voice.speaker) if voice.speaker else None, voice.sure)
            )
        else:  # where nobody is recorded, the publisher's words are its own
            unsure = None if None in wrote else False
            told.append((True if True in wrote else unsure if wrote else published, voice.sure))
    may = True in wrote or any(same is not False for same, _ in told)
    if (True, True) in told:
        return Attribution.RIGHT, may
    return Attribution.WRONG if told and all(
        one == (False, True) for one in told
    ) else Attribution.UNSURE, may
