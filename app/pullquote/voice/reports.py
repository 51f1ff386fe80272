"""Reports: what the reader makes of a sentence, as voices."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pullquote.corpus.documents import Document
from pullquote.models.reader import BETWEEN, NAMED, SOURCE, Reading
from pullquote.span import Span
from pullquote.voice.coreference import Coreference, Speaker
from pullquote.voice.entities import names_somebody
from pullquote.voice.names import names_of, same_person
from pullquote.voice.voices import Voice, VoiceKind

# Chosen on half a of the documents labelled whole (docs/voice.md).
OWN = 0.6  # probability of the author's own words from which a sentence is theirs
SURE_OWN = 0.95  # from which that is sure
TURN_OWN = 0.8  # and from which it is, where a label gives the word to somebody
# Probability of another's words, and of whom their source names, from which that is sure
SURE = 0.96
# And from which a name that is not sure is probable: right for 78 % on twelve debates
LIKELY = 0.5
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


class Segment(NamedTuple):
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
        likely_own = reading.kinds["author"]
        if likely_own >= OWN:
            marked = 2 * sum(map(len, quotations)) > len(span)  # it may be another's after all
            unread = self._text[reading.places[reading.sentence.stop - 1][1] : span.end]
            sure = likely_own >= SURE_OWN and not marked and not any(map(str.isalnum, unread))
            in_turn = likely_own >= TURN_OWN
            return (Voice(span, VoiceKind.AUTHOR, self._author, sure=sure, likely=in_turn),)
        segments = self._segments(span, reading, quotations)
        return tuple(self._voice(segment, reading) for segment in segments)

    def _segments(self, span: Span, reading: Reading, quotations: Sequence[Span]) -> list[Segment]:
        """A sentence with another's words in it, cut where it is mixed; without marks nothing is quoted."""
        kind = max(KINDS, key=lambda kind: reading.kinds[kind])
        segments = _cut(self._text, span, reading, quotations) if kind is VoiceKind.MIXED else []
        if all(segment.kind is VoiceKind.AUTHOR for segment in segments):
            quoted = kind is VoiceKind.QUOTED and quotations
            kind = VoiceKind.QUOTED if quoted else VoiceKind.REPORTED
            segments = [Segment(span.start, span.end, kind)]
        return segments

    def _voice(self, segment: Segment, reading: Reading) -> Voice:
        """The voice of a part; whoever wrote the text and is told of in it stays its author."""
        span = Span(segment.start, segment.end)
        source = point(reading, SOURCE, span, reading.sentence)
        window = slice(reading.lead, None)
        name, between = (point(reading, pointer, span, window) for pointer in (NAMED, BETWEEN))
        speaker = self._meant(name or source)
        is_author = speaker.name and any(
            same_person(speaker.name, author) for author in self._authors
        )
        if segment.kind is VoiceKind.AUTHOR or is_author:
            return Voice(span, VoiceKind.AUTHOR, self._author, sure=False)
        via = self._meant(between).name
        sure, pointed = False, max((one.likely for one in (source, name) if one), default=0.0)
        told = (1 - reading.kinds["author"]) * pointed >= LIKELY
        likely = bool(told and speaker.name and names_somebody(speaker.name))
        if source and name and speaker.name and (_overlap(source, name) or name.likely >= SURE):
            sure = (1 - reading.kinds["author"]) * source.likely >= SURE and speaker.sure
        through = (via,) if via and via != speaker.name else ()
        cue = self._cue(reading, source) or (self._before if name and not source else None)
        return Voice(span, segment.kind, speaker.name, through, cue, sure, likely=likely)

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
        nearest = min(runs, key=lambda run: min(abs(run[0] - at), abs(run[1] - at)), default=(0, 0))
        start, end = _whole_words(self._text, *nearest)
        return " ".join(self._text[start:end][:LONGEST_CUE].split()) or None


def _cut(text: str, span: Span, reading: Reading, quotations: Sequence[Span]) -> list[Segment]:
    """A mixed sentence cut where the kind of part changes, at starts of words."""
    starts = [start for start, _ in reading.places[reading.sentence]]
    from_others = _others([1 - float(likely[0]) for likely in reading.parts[reading.sentence]])
    quoted = [quotation for quotation in quotations if _is_others(quotation, starts, from_others)]
    cuts: list[tuple[int, VoiceKind]] = []
    for start, from_other in zip(starts, from_others, strict=True):
        kind = VoiceKind.REPORTED if from_other else VoiceKind.AUTHOR
        if any(quotation.start <= start < quotation.end for quotation in quoted):
            kind = VoiceKind.QUOTED
        if not cuts or (kind is not cuts[-1][1] and _opens_word(text, start)):
            cuts.append((start if cuts else span.start, kind))
    ends = [*(start for start, _ in cuts[1:]), span.end]
    segments = [Segment(start, end, kind) for (start, kind), end in zip(cuts, ends, strict=True)]
    return _joined(text, segments)


def _opens_word(text: str, at: int) -> bool:
    return not text[at - 1].isalnum() and (text[at].isalnum() or text[at] in OPENING)


def _others(likely: Sequence[float]) -> list[bool]:
    """Which tokens are another's: the likeliest way to tell it in few changes, and one that has both."""
    odds = [math.log(max(value, LEAST) / max(1 - value, LEAST)) for value in likely]
    from_others = _fewest_changes(odds)
    if len(set(from_others)) == 1:
        from_others = _fewest_changes([value - sum(odds) / len(odds) for value in odds])
    return from_others


def _fewest_changes(odds: Sequence[float]) -> list[bool]:
    """The signs of odds, but for where a change from one to the other costs more than it explains."""
    scores, steps = [0.0, 0.0], []
    for token_odds in odds:
        stays = [scores[side] >= scores[not side] - CHANGE for side in (False, True)]
        best = [max(scores[side], scores[not side] - CHANGE) for side in (False, True)]
        scores = [best[False] - token_odds / 2, best[True] + token_odds / 2]
        steps.append(stays)
    side, sides = scores[True] > scores[False], []
    for stays in reversed(steps):
        sides.append(side)
        side = side if stays[side] else not side
    return sides[::-1]


def _joined(text: str, segments: Sequence[Segment]) -> list[Segment]:
    """The parts that stay: short ones without marks join what stands before, and the first of all what stands after."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and (joined[-1].kind is segment.kind or _is_short(text, segment)):
            joined[-1] = joined[-1]._replace(end=segment.end)
        elif len(joined) == 1 and _is_short(text, joined[0]):
            joined = [segment._replace(start=joined[0].start)]
        else:
            joined.append(segment)
    return joined


def _is_short(text: str, segment: Segment) -> bool:
    words = text[segment.start : segment.end].split()
    return segment.kind is not VoiceKind.QUOTED and len(words) < LEAST_WORDS


def _is_others(span: Span, starts: Sequence[int], from_others: Sequence[bool]) -> bool:
    """Whether most of what stands in quotation marks is not the author's."""
    tokens = zip(starts, from_others, strict=True)
    inside = [from_other for start, from_other in tokens if span.start <= start < span.end]
    return 2 * sum(inside) >= len(inside) > 0


def point(reading: Reading, number: int, span: Span, within: slice) -> Mention | None:
    """Where the letters asked about point to, inside some tokens; None where that is likelier nowhere: at the first token.

    Args:
        number: the first of the pointers that are asked.
    """
    first = reading.sentence.start
    bounds = reading.places[reading.sentence]
    rows = enumerate(bounds, first)
    tokens = [token for token, (start, end) in rows if start < span.end and end > span.start]
    if not tokens:
        return None
    begun = first - 1 if span.start <= bounds[0][0] else tokens[0]  # the mark is the sentence's
    asking = slice(begun, tokens[-1] + 1)
    begins = _likely(reading.pointers, number, asking, within)
    ends = _likely(reading.pointers, number + 2, asking, within)
    joint = np.tril(np.triu(np.outer(begins[1:], ends[1:])), MENTION - 1)
    opens, closes = divmod(int(joint.argmax()), joint.shape[1])
    if joint[opens, closes] <= begins[0] * ends[0]:
        return None
    bounds = reading.places[within]
    return Mention(bounds[opens][0], bounds[closes][1], float(joint[opens, closes]))


def _likely(pointers: Array, number: int, tokens: slice, within: slice) -> Array:
    """How likely each of some tokens is the one pointed to, the first being nowhere."""
    keys = np.concatenate([pointers[:1, number + 1], pointers[within, number + 1]])
    scores = keys @ pointers[tokens, number].mean(0) / keys.shape[1] ** 0.5
    likely = np.exp(scores - scores.max())
    return likely / likely.sum()


def _overlap(mention: Mention, other_mention: Mention) -> bool:
    return mention.start < other_mention.end and other_mention.start < mention.end


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A range of text that begins and ends with a word."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
