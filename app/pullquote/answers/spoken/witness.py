"""The witness: somebody whose words are asked for, and which quotes hold them."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.spoken.asked import Asked
from pullquote.answers.spoken.naming import Named, Person, fold, named, signed, unaccented
from pullquote.answers.spoken.telling import Telling
from pullquote.corpus.documents import Source
from pullquote.index.quote import Quote
from pullquote.voice import Voice, VoiceKind

SHARE = 3  # a quote of which one part in so many is reported of somebody is taken to be about what they say
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|``.*?(?:''|$)|''.*?(?:''|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody whose words are asked for: by which names the sources hold them, and where, if at all.

    `long` is what the sources call them where the question has only initials that these never use. `speakers` are the
    names by which they are reported, `documents` the ids of what they wrote, and `rows` the windows that may hold
    their words. `entire` where texts are asked for, in which nobody is told from anybody else.
    """

    name: str
    long: str | None
    speakers: frozenset[str]
    documents: frozenset[str]
    rows: NDArray[np.int64]
    telling: Telling
    government: re.Pattern[str]
    entire: bool = False

    @property
    def known(self) -> bool:
        """Whether the documents asked hold any words of theirs."""
        return len(self.rows) > 0

    def reworded(self, question: str, asked: Asked) -> str:
        """The question with the name that the sources use: they cannot be searched for initials that they never use."""
        return question if self.long is None else question.replace(asked.name, self.long)

    def unnamed(self, question: str, asked: Asked) -> str:
        """The question without the name, by which the label of a turn or a note on an author would fit it best.

        Example: unnamed("What does Roe say about tolls?", Asked("Roe")) -> "What does they say about tolls?"
        """
        names = "|".join(re.escape(name) for name in (self.long, asked.name) if name)
        return re.sub(rf"\b(?:{names})(?!\w)", "they", question)

    def leads(self, source: Source) -> bool:
        """Whether an author's name as it stands before a quote is the name that was asked for."""
        if self.entire:
            return True
        return bool(source.author) and set(fold(self.name).split()) <= set(fold(source.author or "").split())

    def teller(self, voices: Sequence[Voice]) -> str | None:
        """By which name another reports their words in a quote, or None where a small part of it is theirs at most."""
        heard = self._heard(voices)
        if not heard or SHARE * _letters(heard) < _letters(voices):
            return None
        return heard[0].speaker if heard[0].speaker in self.speakers else self.name

    def owns(self, quote: Quote, voices: Sequence[Voice]) -> bool:
        """Whether a quote holds their words: as another reports them, or mostly their own in what they wrote."""
        if self.entire:
            return quote.document.id in self.documents
        if heard := _letters(self._heard(voices)):
            enough = SHARE * heard >= _letters(voices)
            return enough and heard >= max(self._others(voices).values(), default=0)
        own = _letters([voice for voice in voices if voice.kind is VoiceKind.AUTHOR])
        return quote.document.id in self.documents and 2 * own >= _letters(voices) and not _cited(quote.text)

    def told(self, quote: Quote) -> bool:
        """Whether a quote tells what they say or want, whoever tells it."""
        return self.telling.tells(unaccented(quote.text)) or self._announces(quote.document.source)

    def alone(self, voices: Sequence[Voice]) -> bool:
        """Whether a quote holds nobody else's words who is named."""
        return not any(named(speaker) for speaker in self._others(voices))

    def _heard(self, voices: Sequence[Voice]) -> list[Voice]:
        """Their voices, but for those that no word gives away: who asks for somebody's words gets no guess."""
        others = (voice for voice in voices if voice.kind is not VoiceKind.AUTHOR and voice.cue)
        return [one for one in others if one.speaker in self.speakers or not self.speakers.isdisjoint(one.via)]

    def _others(self, voices: Sequence[Voice]) -> Counter[str]:
        """How many letters of a quote are anybody else's whom its author reports."""
        others = Counter[str]()
        for voice in voices:
            if voice.kind is not VoiceKind.AUTHOR and voice.speaker and voice.speaker not in self.speakers:
                others[voice.speaker] += len(voice.span)
        return others

    def _announces(self, source: Source) -> bool:
        """Whether a text is a government's own about itself: the Roe administration's, by no author of flesh and blood."""
        if not source.title or not self.government.search(fold(source.title)):
            return False
        return bool(source.author) and not any(isinstance(one, Person) for one in signed(source.author or ""))


def _cited(text: str) -> bool:
    """Whether most letters of a text are in quotation marks, whatever the voices make of it."""
    return 2 * sum(len(match.group()) for match in _QUOTED.finditer(text)) > len(text)


def _letters(voices: Iterable[Voice]) -> int:
    return sum(len(voice.span) for voice in voices)


def government_of(entities: Iterable[Named]) -> re.Pattern[str]:
    """What finds, in a folded title, that a government of these tells of itself: "The Roe administration acts"."""
    bodies = "administration|government|cabinet"
    names = (one.family[-1] if isinstance(one, Person) else fold(one.name) for one in entities)
    bare = (re.sub(rf"\s(?:{bodies})$", "", name) for name in names)
    some = "|".join(map(re.escape, bare)) or r"(?!)"
    return re.compile(rf"\b(?:{some})(?:-\w+)?\s(?:{bodies})\b")
