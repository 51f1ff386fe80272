"""Guests: who else than the author of a document says what stands in a part of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.voice.voices import Voice, VoiceKind

PLAIN = 7  # the level of a heading without "#"
ANY = PLAIN  # what any heading ends

_HASHES = re.compile(r"\s*(#{1,6})\s")
_FRAME = " \t\r\n*_#"
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = re.compile(r"\b(?:Of|And|The|For)\b(?!$)")
_FIRST_PERSON = re.compile(r"(?<![\w’'.])(?:I|[Mm]e|[Mm]y|[Ww]e|[Uu]s|[Oo]urs?)(?![\w.])")
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")


@dataclass(frozen=True, slots=True)
class Guest:
    """Another than the author, by name or by none; `doubtful` where it may be the author after all."""

    name: str | None
    cue: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph by the positions of its sentences, with the level of a heading and None for all else."""

    first: int
    last: int
    words: str
    level: int | None

    @property
    def bare(self) -> str:
        """Its words without the marks of a heading and of emphasis around them."""
        return self.words.strip(_FRAME)


@dataclass(frozen=True, slots=True)
class Opening:
    """From where on a guest speaks, or with None the author again; a heading of that `level` or above ends it.

    After `near` paragraphs it may be the author again.
    """

    guest: Guest | None
    level: int
    near: int | None = None


def paragraphs_of(document: Document, sentences: Sequence[Sentence]) -> tuple[Paragraph, ...]:
    """All paragraphs of a document in order, headings among them."""
    found = []
    for _, group in groupby(enumerate(sentences), key=lambda each: each[1].paragraph):
        told = list(group)
        (first, opening), (last, closing) = told[0], told[-1]
        words = document.text[opening.span.start : closing.span.end]
        found.append(Paragraph(first, last, words, _level(words) if opening.kind is Kind.HEADING else None))
    return tuple(found)


def under(paragraphs: Sequence[Paragraph], openings: Mapping[int, Opening]) -> Iterator[tuple[int, Guest]]:
    """Each sentence that a guest says, by its position.

    Args:
        openings: by the number of the paragraph that they are made with.
    """
    opened: Opening | None = None
    since = 0  # paragraphs that have passed
    for number, paragraph in enumerate(paragraphs):
        since += 1
        if number in openings:
            opened, since = openings[number], 0
        elif opened and paragraph.level is not None and paragraph.level <= opened.level:
            opened = None
        if opened and opened.guest:
            far = opened.near is not None and since >= opened.near
            guest = replace(opened.guest, doubtful=True) if far else opened.guest
            yield from ((position, guest) for position in range(paragraph.first, paragraph.last + 1))


def hosted(voices: Sequence[Voice], guest: Guest) -> tuple[Voice, ...]:
    """The voices of a sentence that a guest says: what is the author's there is the guest's, and nothing is sure."""
    if guest.doubtful:
        return tuple(replace(voice, sure=False) for voice in voices)
    return tuple(_heard(voice, guest) for voice in voices)


def _heard(voice: Voice, guest: Guest) -> Voice:
    if voice.kind is VoiceKind.AUTHOR:
        kind = VoiceKind.QUOTED if guest.name else VoiceKind.UNCLEAR
        return replace(voice, kind=kind, speaker=guest.name, cue=guest.cue, sure=False)
    if guest.name is None or voice.speaker == guest.name:
        return replace(voice, sure=voice.sure and voice.speaker == guest.name)
    if voice.kind is VoiceKind.QUOTED and voice.speaker is None:
        return replace(voice, speaker=guest.name, sure=False)
    return replace(voice, via=(*voice.via, guest.name), sure=False)


def words_of(name: str | None) -> frozenset[str]:
    """The words of a name, by which two forms of it are compared; initials are none."""
    return frozenset(word for word in _WORD.findall((name or "").casefold()) if len(word) > 1)


def in_small_letters(name: str) -> str:
    """A name that stands in capitals as it is usually written.

    Example: in_small_letters("REPRESENTATIVE JOAN PIKE OF OHIO") -> "Representative Joan Pike of Ohio"
    """
    return _SMALL.sub(lambda match: match.group().lower(), name.title()) if name.isupper() else name


def says_i(words: str) -> bool:
    """Whether somebody speaks of themselves in words that no marks give to another: "I", "our"."""
    return _FIRST_PERSON.search(_QUOTED.sub("", words)) is not None


def _level(words: str) -> int:
    hashes = _HASHES.match(words)
    return len(hashes[1]) if hashes else PLAIN
