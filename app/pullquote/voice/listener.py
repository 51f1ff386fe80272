"""Listener: whose words every sentence of a document holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import repeat
from typing import NamedTuple, Protocol

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.models.reader import Reading
from pullquote.span import Span
from pullquote.voice.names import same_person
from pullquote.voice.quotations import quotations_in
from pullquote.voice.reports import Reports
from pullquote.voice.transcripts import Turn, is_speech, statements_in, turns_in
from pullquote.voice.voices import Voice, VoiceKind

LEAST_QUOTED = 4  # words in marks that are somebody's, where nothing was read
VERDICT = 0.4  # likelihood from which a sentence judges the one before (docs/voice.md)


class Reader(Protocol):
    """Reads the sentences of a document; the same document always gets the same readings."""

    def read(self, document: Document, sentences: Sequence[Sentence]) -> Iterator[Reading]:
        """What every sentence holds, in order."""


class Heard(NamedTuple):
    """Of every sentence, structure included, the voices that cover it; which sentences judge the one before them; and
    whether the document is of what was said aloud.
    """

    voices: tuple[tuple[Voice, ...], ...]
    verdicts: tuple[int, ...]
    speech: bool = False


def hear(document: Document, sentences: Sequence[Sentence], reader: Reader | None = None) -> Heard:
    """Hear a document.

    Turns of a transcript go before what was read. Without a reader only marks and labels tell: nobody is named for a
    quotation, and no report is heard.
    """
    readings: Iterable[Reading | None] = (
        reader.read(document, sentences) if reader else repeat(None, len(sentences))
    )
    marked = quotations_in(document.text, sentences)
    turns = turns_in(document, sentences) or statements_in(document.text, sentences, marked)
    reports, author = Reports(document), document.source.author
    sentence_voices: list[tuple[Voice, ...]] = []
    verdicts: list[int] = []
    rows = enumerate(zip(sentences, readings, marked, strict=True))
    for position, (sentence, reading, quotations) in rows:
        if sentence.kind is Kind.HEADING:
            voices: tuple[Voice, ...] = (Voice(sentence.span, VoiceKind.AUTHOR, author),)
        elif reading:
            voices = reports.heard(sentence.span, reading, quotations)
        else:
            voices = _marked(document, sentence, quotations)
        sentence_voices.append(
            _in_turn(voices, turns[position], sentence) if position in turns else voices
        )
        if reading and reading.verdict >= VERDICT and _goes_on(sentences, position):
            verdicts.append(position)
    speech = is_speech(document, sentences, turns)
    return Heard(tuple(sentence_voices), tuple(verdicts), speech)


def _goes_on(sentences: Sequence[Sentence], position: int) -> bool:
    """Whether a sentence and the one before it are both prose of one paragraph."""
    both = sentences[max(0, position - 1) : position + 1]
    return (
        len(both) == 2
        and both[0].paragraph == both[1].paragraph
        and all(sentence.kind is Kind.PROSE for sentence in both)
    )


def _marked(
    document: Document, sentence: Sentence, quotations: Sequence[Span]
) -> tuple[Voice, ...]:
    """What marks alone tell."""
    voices: list[Voice] = []
    reached = sentence.span.start
    author_voice = Voice(sentence.span, VoiceKind.AUTHOR, document.source.author)
    for quotation in quotations:
        if len(quotation.cut(document.text).split()) >= LEAST_QUOTED:
            if quotation.start > reached:
                voices.append(
                    replace(author_voice, span=Span(reached, quotation.start), sure=False)
                )
            voices.append(Voice(quotation, VoiceKind.QUOTED, None, sure=False))
            reached = quotation.end
    if reached < sentence.span.end:
        voices.append(replace(author_voice, span=Span(reached, sentence.span.end), sure=not voices))
    return tuple(voices)


def _in_turn(voices: tuple[Voice, ...], turn: Turn, sentence: Sentence) -> tuple[Voice, ...]:
    """The voices of a sentence that somebody says: what is the author's there is that one's."""
    if turn.own:
        return voices
    if turn.speaker is None:
        unknown = Voice(sentence.span, VoiceKind.UNCLEAR, None, cue=turn.label, sure=False)
        return tuple(
            replace(unknown, span=voice.span)
            if voice.kind is VoiceKind.AUTHOR
            else replace(voice, sure=False)
            for voice in voices
        )
    theirs = Voice(sentence.span, VoiceKind.QUOTED, turn.speaker, cue=turn.label, sure=False)
    theirs = replace(theirs, turn=True, likely=not turn.sure)
    if all(_is_theirs(voice, turn) for voice in voices):
        sure = turn.sure and all(voice.sure or voice.likely or turn.stated for voice in voices)
        return (replace(theirs, sure=sure),)
    return tuple(
        replace(theirs, span=voice.span)
        if _is_theirs(voice, turn)
        else replace(voice, via=(*voice.via, turn.speaker), sure=False, turn=True)
        for voice in voices
    )


def _is_theirs(voice: Voice, turn: Turn) -> bool:
    """Whether words that somebody says are their own: nobody else's whom they report, be it themselves."""
    if voice.speaker and turn.speaker and same_person(voice.speaker, turn.speaker):
        return True
    return voice.kind is VoiceKind.AUTHOR or (turn.stated and voice.kind is VoiceKind.QUOTED)
