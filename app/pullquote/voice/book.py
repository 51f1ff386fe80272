"""The voices of a document, worked out when it is indexed, and those of a generation, read as they are asked for."""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from pullquote.corpus.documents import Document
from pullquote.corpus.quote import Quote
from pullquote.corpus.sentences import Sentence
from pullquote.index.generation import Generation
from pullquote.span import Span
from pullquote.voice.voices import Voice, VoiceKind, recast, voices_of

if TYPE_CHECKING:
    from pullquote.voice.listener import Reader

Voices = tuple[tuple[Voice, ...], ...]


def line_of(reader: "Reader | None", document: Document, sentences: Sequence[Sentence]) -> bytes:
    """What is heard in a document, as a line of JSON: rows of sentence, start, end, kind, speaker, via, cue, sure, turn, likely; verdicts; and whether it is speech.

    The author's own sentences are left out: they are most, and follow from the document.

    Args:
        reader: what reads the text; None leaves all to marks and labels.
    """
    from pullquote.voice.listener import hear  # answering needs nothing of it

    heard = hear(document, sentences, reader)
    rows = [_row(position, voice) for position, voice in _told(heard.voices)]
    record = {"voices": rows, "verdicts": heard.verdicts, "speech": heard.speech}
    return json.dumps(record, ensure_ascii=False).encode("utf-8")


def _told(sentence_voices: Voices) -> list[tuple[int, Voice]]:
    return [
        (position, voice)
        for position, voices in enumerate(sentence_voices)
        if [voice.kind for voice in voices] != [VoiceKind.AUTHOR] or not voices[0].sure
        for voice in voices
    ]


def _row(position: int, voice: Voice) -> list[object]:
    whose = (voice.kind.value, voice.speaker, voice.via, voice.cue)
    span, sure = voice.span, (voice.sure, voice.turn, voice.likely)
    return [position, span.start, span.end, *whose, *sure]


class VoiceBook:
    """The voices of one generation, read document by document when they are asked for."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._told = lru_cache(maxsize=1_024)(
            partial(_read, generation)
        )  # not of the book itself: no ring
        self._verdicts = lru_cache(maxsize=1_024)(partial(_verdicts, generation))

    def named(self, documents: Iterable[int] | None = None) -> Iterator[tuple[int, int, str]]:
        """Everybody who is heard through an author (in some documents): the document's number, the sentence's place in it, and
        the name.
        """
        numbers = range(len(self._generation.rows)) if documents is None else documents
        for number in numbers:
            yield from (row[:3] for row in self._decided(number))
            for position, _, _, kind, speaker, via, *_ in self._rows(number):
                if kind != VoiceKind.AUTHOR.value:
                    yield from ((number, position, name) for name in (speaker, *via) if name)

    def spoken(self) -> Iterator[tuple[int, int, str, bool]]:
        """The speakers alone, each with whether it is sure: nobody who only passes words on."""
        for number in range(len(self._generation.rows)):
            yield from self._decided(number)
            for position, _, _, kind, speaker, _, _, sure, *_ in self._rows(number):
                if kind != VoiceKind.AUTHOR.value and speaker:
                    yield number, position, speaker, sure

    def _rows(self, number: int) -> list[Any]:
        voices: list[Any] = _parsed(self._generation.voice_record(number))["voices"]
        return voices

    def _decided(self, number: int) -> Iterator[tuple[int, int, str, bool]]:
        """Whom an editor names as the speaker of words in a document."""
        for span, speaker in self._generation.desk.speakers.get(number, ()):
            sentences = self._generation.sentences(number)
            place = bisect_right(sentences, span.start, key=lambda sentence: sentence.span.end)
            yield from [(number, place, speaker, True)] if speaker else []

    def unsure(self, number: int) -> list[int]:
        """The sentences of a document of which it is not sure whose words they are, by place."""
        return [
            position
            for position, voices in self.heard(number).items()
            if any(not voice.sure or voice.kind is VoiceKind.UNCLEAR for voice in voices)
        ]

    def heard(self, number: int) -> dict[int, tuple[Voice, ...]]:
        """The voices of a document's sentences, by place, but for those that are its author's alone."""
        return self._told(number)[0]

    def judged(self, quote: Quote) -> Quote:
        """A quote with the sentence after it where that one answers, denies or doubts it."""
        number = self._generation.number(quote.document.id)
        if quote.last + 1 not in self._verdicts(number):
            return quote
        longer = replace(quote, last=quote.last + 1)
        withheld = self._generation.desk.withheld.get(number, ())
        hides = any(longer.span.overlaps(span) for span, _ in withheld)
        return quote if hides else longer

    def of_quote(self, quote: Quote) -> tuple[Voice, ...]:
        """The voices that cover a quote."""
        number = self._generation.number(quote.document.id)
        document_voices, speech = self._told(number)
        author = quote.document.source.author
        sentence_voices = [
            document_voices.get(position)
            or (Voice(quote.sentences[position].span, VoiceKind.AUTHOR, author, turn=speech),)
            for position in range(quote.first, quote.last + 1)
        ]
        for span, speaker in self._generation.desk.speakers.get(number, ()):
            sentence_voices = [recast(voices, span, speaker, author) for voices in sentence_voices]
        return voices_of(
            sentence_voices,
            quote.sentences[quote.first : quote.last + 1],
            0,
            len(sentence_voices) - 1,
        )


def _parsed(line: bytes) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(line or b'{"voices": [], "verdicts": []}')
    return record


def _verdicts(generation: Generation, number: int) -> frozenset[int]:
    """The sentences of a document that judge the one before them, by place."""
    return frozenset(_parsed(generation.voice_record(number))["verdicts"])


def _read(generation: Generation, number: int) -> tuple[dict[int, tuple[Voice, ...]], bool]:
    """The voices of a document that are not simply the author's, by the sentence's place in it; and whether it is speech."""
    voices: dict[int, tuple[Voice, ...]] = {}
    record = _parsed(generation.voice_record(number))
    speech = record.get("speech", False)  # an older generation does not say
    for position, start, end, kind, speaker, via, *details in record["voices"]:
        voice = Voice(Span(start, end), VoiceKind(kind), speaker, tuple(via), *details)
        voice = replace(voice, turn=voice.turn or (speech and voice.kind is VoiceKind.AUTHOR))
        voices[position] = (*voices.get(position, ()), voice)
    return voices, speech
