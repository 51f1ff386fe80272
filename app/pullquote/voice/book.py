"""The voices of a document, worked out when it is indexed, and those of a generation, read as they are asked for."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from pullquote.corpus.documents import Document
from pullquote.corpus.quote import Quote
from pullquote.corpus.sentences import Sentence
from pullquote.index.generation import Generation
from pullquote.span import Span
from pullquote.voice.voices import Voice, VoiceKind, voices_of

if TYPE_CHECKING:
    from pullquote.voice.listener import Reader

Voices = tuple[tuple[Voice, ...], ...]


def line_of(reader: "Reader | None", document: Document, sentences: Sequence[Sentence]) -> bytes:
    """What is heard in a document, as a line of JSON: rows of sentence, start, end, kind, speaker, via, cue, sure, turn; and verdicts.

    The author's own sentences are left out: they are most, and follow from the document.

    Args:
        reader: what reads the text; None leaves all to marks and labels.
    """
    from pullquote.voice.listener import hear  # answering needs nothing of it

    heard = hear(document, sentences, reader)
    rows = [_row(position, voice) for position, voice in _told(heard.voices)]
    return json.dumps({"voices": rows, "verdicts": heard.verdicts}, ensure_ascii=False).encode(
        "utf-8"
    )


def _told(sentence_voices: Voices) -> list[tuple[int, Voice]]:
    return [
        (position, voice)
        for position, voices in enumerate(sentence_voices)
        if [voice.kind for voice in voices] != [VoiceKind.AUTHOR] or not voices[0].sure
        for voice in voices
    ]


def _row(position: int, voice: Voice) -> list[object]:
    span = voice.span
    return [
        position,
        span.start,
        span.end,
        voice.kind.value,
        voice.speaker,
        voice.via,
        voice.cue,
        voice.sure,
        voice.turn,
    ]


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
        yield from (row[:3] for row in self.named_surely(documents))

    def named_surely(
        self, documents: Iterable[int] | None = None
    ) -> Iterator[tuple[int, int, str, bool]]:
        """The same, each with whether it is sure."""
        for number in range(len(self._generation.rows)) if documents is None else documents:
            for position, _, _, kind, speaker, via, _, sure, *_ in _parsed(
                self._generation.voice_record(number)
            )["voices"]:
                if kind != VoiceKind.AUTHOR.value:
                    for name in filter(None, (speaker, *via)):
                        yield number, position, name, sure

    def judged(self, quote: Quote) -> Quote:
        """A quote with the sentence after it where that one answers, denies or doubts it."""
        number = self._generation.number(quote.document.id)
        return (
            replace(quote, last=quote.last + 1)
            if quote.last + 1 in self._verdicts(number)
            else quote
        )

    def of_quote(self, quote: Quote) -> tuple[Voice, ...]:
        """The voices that cover a quote."""
        document_voices = self._told(self._generation.number(quote.document.id))
        author = quote.document.source.author
        sentence_voices = [
            document_voices.get(position)
            or (Voice(quote.sentences[position].span, VoiceKind.AUTHOR, author),)
            for position in range(quote.first, quote.last + 1)
        ]
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


def _read(generation: Generation, number: int) -> dict[int, tuple[Voice, ...]]:
    """The voices of a document that are not simply the author's, by the sentence's place in it."""
    voices: dict[int, tuple[Voice, ...]] = {}
    for position, start, end, kind, speaker, via, *details in _parsed(
        generation.voice_record(number)
    )["voices"]:
        voice = Voice(Span(start, end), VoiceKind(kind), speaker, tuple(via), *details)
        voices[position] = (*voices.get(position, ()), voice)
    return voices
