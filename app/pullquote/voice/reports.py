"""Reports: what the reader makes of a sentence, as voices."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pullquote.corpus.documents import Document
from pullquote.models.reader import BETWEEN, NAMED, SOURCE, Reading
from pullquote.span import Span
from pullquote.voice.coreference import Coreference, Speaker
from pullquote.voice.names import names_of, same_person
from pullquote.voice.voices import Voice, VoiceKind

# Chosen on half a of the documents labelled whole (docs/voice.md).
OWN = 0.6  # probability of the author's own words from which a sentence is theirs
SURE_OWN = 0.95  # from which that is sure
SURE = (
    0.96  # probability of another's words, and of whom their source names, from which that is sure
)
CHANGE = 3.0  # odds that a change between author and another costs
LEAST = 0.02  # probability of anything
OPENING = "“\"‘'`„«‹「『([*_$€£#"  # signs that a part may begin with
LEAST_WORDS = 3  # of a part of its own
CUED = 0.5  # probability of a word's telling of a report; where none has it, the likeliest does
LEAST_CUE = 0.05  # and below this none
LONGEST_CUE = 40  # code points
MENTION = 40  # tokens of a name

Array = Any

KINDS = (VoiceKind.QUOTED, VoiceKind.REPORTED, VoiceKind.MIXED)


class Mention(NamedTuple):
    """Letters of the document that name somebody, and how likely they are the ones pointed to."""

    start: int
    end: int
    likely: float


class Part(NamedTuple):
    """A range of a sentence, in letters of the document, and its kind."""

    start: int
    end: int
    kind: VoiceKind


class Reports:
    """What one document reports of others, asked sentence by sentence."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._author = document.source.author
        self._authors = names_of(self._author)
        self._coreference = Coreference(document.text)
        self._before: str | None = None  # the cue of the last sentence that plainly had one

    def heard(self, span: Span, reading: Reading, quotations: Sequence[Span]) -> tuple[Voice, ...]:
        """The voices of a sentence as it was read, with what of it stands in quotation marks."""
        voices = self._voices(span, reading, quotations)
        if reading.cues[reading.sentence].max(initial=0.0) >= CUED:
            self._before = self._cue(reading, None)
        return voices

    def _voices(
        self, span: Span, reading: Reading, quotations: Sequence[Span]
    ) -> tuple[Voice, ...]:
        own = reading.kinds["author"]
        if own >= OWN:
            marked = 2 * sum(map(len, quotations)) > len(span)  # it may be another's after all
            unread = self._text[reading.places[reading.sentence.stop - 1][1] : span.end]
            sure = own >= SURE_OWN and not marked and not any(map(str.isalnum, unread))
            return (Voice(span, VoiceKind.AUTHOR, self._author, sure=sure),)
        parts = self._parts(span, reading, quotations)
        return tuple(self._told(part, reading) for part in parts)

    def _parts(self, span: Span, reading: Reading, quotations: Sequence[Span]) -> list[Part]:
        """A sentence with another's words in it, cut where it is mixed; without marks nothing is quoted."""
        kind = max(KINDS, key=lambda kind: reading.kinds[kind])
        parts = _cut(self._text, span, reading, quotations) if kind is VoiceKind.MIXED else []
        if all(part.kind is VoiceKind.AUTHOR for part in parts):
            kind = (
                VoiceKind.QUOTED if kind is VoiceKind.QUOTED and quotations else VoiceKind.REPORTED
            )
            parts = [Part(span.start, span.end, kind)]
        return parts

    def _told(self, part: Part, reading: Reading) -> Voice:
        """The voice of a part; whoever wrote the text and is told of in it stays its author."""
        span = Span(part.start, part.end)
        source = point(reading, SOURCE, span, reading.sentence)
        named, between = (
            point(reading, number, span, slice(reading.lead, None)) for number in (NAMED, BETWEEN)
        )
        speaker = self._meant(named or source)
        own = speaker.name and any(same_person(speaker.name, name) for name in self._authors)
        if part.kind is VoiceKind.AUTHOR or own:
            return Voice(span, VoiceKind.AUTHOR, self._author, sure=False)
        via = self._meant(between).name
        agreed = source and named and (_overlap(source, named) or named.likely >= SURE)
        likely = (
            (1 - reading.kinds["author"]) * source.likely
            if source and agreed and speaker.name
            else 0.0
        )
        through = (via,) if via and via != speaker.name else ()
        cue = self._cue(reading, source) or (self._before if named and not source else None)
        return Voice(span, part.kind, speaker.name, through, cue, likely >= SURE and speaker.sure)

    def _meant(self, mention: Mention | None) -> Speaker:
        """Who is meant by what names somebody; nobody by nothing."""
        if mention is None:
            return Speaker(None)
        start, end = _whole_words(self._text, mention.start, mention.end)
        return self._coreference.meant(self._text[start:end])

    def _cue(self, reading: Reading, source: Mention | None) -> str | None:
        """The words that tell of a report, those nearest to its source where there are several."""
        cues = reading.cues[reading.sentence]
        bar = max(LEAST_CUE, min(CUED, float(cues.max(initial=0.0))))
        runs: list[tuple[int, int]] = []
        for (start, end), likely in zip(reading.places[reading.sentence], cues, strict=True):
            if likely < bar:
                continue
            if runs and start - runs[-1][1] <= 1:
                runs[-1] = runs[-1][0], end
            else:
                runs.append((start, end))
        at = source.start if source else 0
        start, end = min(
            runs, key=lambda run: min(abs(run[0] - at), abs(run[1] - at)), default=(0, 0)
        )
        start, end = _whole_words(self._text, start, end)
        return " ".join(self._text[start:end][:LONGEST_CUE].split()) or None


def _cut(text: str, span: Span, reading: Reading, quotations: Sequence[Span]) -> list[Part]:
    """A mixed sentence cut where the kind of part changes, at starts of words."""
    starts = [start for start, _ in reading.places[reading.sentence]]
    told = _others([1 - float(parts[0]) for parts in reading.parts[reading.sentence]])
    quoted = [each for each in quotations if _is_others(each, starts, told)]
    cuts: list[tuple[int, VoiceKind]] = []
    for start, others in zip(starts, told, strict=True):
        kind = VoiceKind.REPORTED if others else VoiceKind.AUTHOR
        kind = VoiceKind.QUOTED if any(each.start <= start < each.end for each in quoted) else kind
        if not cuts or (kind is not cuts[-1][1] and _opens_word(text, start)):
            cuts.append((start if cuts else span.start, kind))
    ends = [*(start for start, _ in cuts[1:]), span.end]
    return _joined(
        text, [Part(start, end, kind) for (start, kind), end in zip(cuts, ends, strict=True)]
    )


def _opens_word(text: str, at: int) -> bool:
    return not text[at - 1].isalnum() and (text[at].isalnum() or text[at] in OPENING)


def _others(likely: Sequence[float]) -> list[bool]:
    """Which tokens are another's: the likeliest way to tell it in few changes, and one that has both."""
    odds = [math.log(max(each, LEAST) / max(1 - each, LEAST)) for each in likely]
    told = _fewest_changes(odds)
    if len(set(told)) == 1:
        told = _fewest_changes([each - sum(odds) / len(odds) for each in odds])
    return told


def _fewest_changes(odds: Sequence[float]) -> list[bool]:
    """The signs of odds, but for where a change from one to the other costs more than it explains."""
    scores, steps = [0.0, 0.0], []
    for each in odds:
        stays = [scores[side] >= scores[not side] - CHANGE for side in (False, True)]
        best = [
            scores[side] if stays[side] else scores[not side] - CHANGE for side in (False, True)
        ]
        scores = [best[False] - each / 2, best[True] + each / 2]
        steps.append(stays)
    side, told = scores[True] > scores[False], []
    for stays in reversed(steps):
        told.append(side)
        side = side if stays[side] else not side
    return told[::-1]


def _joined(text: str, parts: Sequence[Part]) -> list[Part]:
    """The parts that stay: short ones without marks join what stands before, and the first of all what stands after."""
    found: list[Part] = []
    for part in parts:
        if found and (found[-1].kind is part.kind or _is_short(text, part)):
            found[-1] = found[-1]._replace(end=part.end)
        elif len(found) == 1 and _is_short(text, found[0]):
            found = [part._replace(start=found[0].start)]
        else:
            found.append(part)
    return found


def _is_short(text: str, part: Part) -> bool:
    return (
        part.kind is not VoiceKind.QUOTED and len(text[part.start : part.end].split()) < LEAST_WORDS
    )


def _is_others(span: Span, starts: Sequence[int], told: Sequence[bool]) -> bool:
    """Whether most of what stands in quotation marks is not the author's."""
    inside = [
        others for start, others in zip(starts, told, strict=True) if span.start <= start < span.end
    ]
    return 2 * sum(inside) >= len(inside) > 0


def point(reading: Reading, number: int, span: Span, within: slice) -> Mention | None:
    """Where the letters asked about point to, inside some tokens; None where that is likelier nowhere: at the first token.

    Args:
        number: the first of the pointers that are asked.
    """
    first = reading.sentence.start
    places = reading.places[reading.sentence]
    held = [
        first + n for n, (start, end) in enumerate(places) if start < span.end and end > span.start
    ]
    if not held:
        return None
    begun = first - 1 if span.start <= places[0][0] else held[0]  # the mark stands for the sentence
    begins, ends = (
        _likely(reading.pointers, side, slice(begun, held[-1] + 1), within)
        for side in (number, number + 2)
    )
    joint = np.tril(np.triu(np.outer(begins[1:], ends[1:])), MENTION - 1)
    opens, closes = divmod(int(joint.argmax()), joint.shape[1])
    if joint[opens, closes] <= begins[0] * ends[0]:
        return None
    places = reading.places[within]
    return Mention(places[opens][0], places[closes][1], float(joint[opens, closes]))


def _likely(pointers: Array, number: int, asked: slice, within: slice) -> Array:
    """How likely each of some tokens is the one pointed to, the first being nowhere."""
    keys = np.concatenate([pointers[:1, number + 1], pointers[within, number + 1]])
    scores = keys @ pointers[asked, number].mean(0) / keys.shape[1] ** 0.5
    likely = np.exp(scores - scores.max())
    return likely / likely.sum()


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A range of text that begins and ends with a word."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
