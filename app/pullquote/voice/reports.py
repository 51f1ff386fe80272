"""Reports: what the reader makes of a sentence, as voices."""

import math
from collections.abc import Sequence
from dataclasses import replace

from pullquote.models.reader import Mention, Reading
from pullquote.span import Span
from pullquote.voice.coreference import Coreference, Speaker
from pullquote.voice.quotations import Quotation
from pullquote.voice.voices import Voice, VoiceKind

# Chosen on half a of the documents labelled whole (docs/voice.md).
OWN = 0.6  # probability of the author's own words from which a sentence is theirs
SURE_OWN = 0.95  # from which that is sure
SURE = 0.96  # probability of another's words, and of whom their source names, from which that is sure
CHANGE = 3.0  # odds that a change between author and another costs
LEAST = 0.02  # probability of anything
OPENING = "“\"‘'`„«‹「『([*_$€£#"  # signs that a part may begin with
LEAST_WORDS = 3  # of a part of its own
CUED = 0.5  # probability of a word's telling of a report
LONGEST_CUE = 40  # code points

Part = tuple[int, int, VoiceKind]


def voices_in(
    text: str,
    span: Span,
    reading: Reading,
    quotations: Sequence[Quotation],
    coreference: Coreference,
    author: str | None,
) -> tuple[Voice, ...]:
    """The voices of a sentence as it was read."""
    own = reading.kinds["author"]
    whole = span.end <= reading.end or not any(map(str.isalnum, text[reading.end : span.end]))
    if own >= OWN:
        marked = 2 * sum(len(each.span) for each in quotations) > len(span)  # it may be another's after all
        return (Voice(span, VoiceKind.AUTHOR, author, sure=own >= SURE_OWN and whole and not marked),)
    kind = max(list(VoiceKind)[1:], key=lambda kind: reading.kinds.get(kind, 0.0))
    parts = _parts(text, span, reading, quotations) if kind is VoiceKind.MIXED else [(span.start, span.end, kind)]
    if kind is VoiceKind.QUOTED and not quotations:
        parts = [(span.start, span.end, VoiceKind.REPORTED)]
    if all(part is VoiceKind.AUTHOR for _, _, part in parts):
        parts = [(span.start, span.end, VoiceKind.REPORTED)]
    return tuple(
        Voice(Span(start, end), VoiceKind.AUTHOR, author, sure=False)
        if part is VoiceKind.AUTHOR
        else _told(text, span, (start, end, part), reading, coreference)
        for start, end, part in parts
    )


def _parts(text: str, span: Span, reading: Reading, quotations: Sequence[Quotation]) -> list[Part]:
    """A mixed sentence cut where the kind of part changes, at starts of words."""
    tokens = reading.others()
    told = _others([likely for _, _, likely in tokens])
    quoted = [each.span for each in quotations if _is_others(each.span, tokens, told)]
    cuts: list[tuple[int, VoiceKind]] = []
    for (start, _, _), others in zip(tokens, told, strict=True):
        kind = VoiceKind.REPORTED if others else VoiceKind.AUTHOR
        kind = VoiceKind.QUOTED if any(each.start <= start < each.end for each in quoted) else kind
        if not cuts or (kind is not cuts[-1][1] and _opens_word(text, start)):
            cuts.append((start if cuts else span.start, kind))
    ends = [*(start for start, _ in cuts[1:]), span.end]
    return _joined(text, [(start, end, kind) for (start, kind), end in zip(cuts, ends, strict=True)])


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
        best = [scores[side] if stays[side] else scores[not side] - CHANGE for side in (False, True)]
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
    for start, end, kind in parts:
        if found and (found[-1][2] is kind or _is_short(text, start, end, kind)):
            found[-1] = found[-1][0], end, found[-1][2]
        elif len(found) == 1 and _is_short(text, *found[0]):
            found = [(found[0][0], end, kind)]
        else:
            found.append((start, end, kind))
    return found


def _is_short(text: str, start: int, end: int, kind: VoiceKind) -> bool:
    return kind is not VoiceKind.QUOTED and len(text[start:end].split()) < LEAST_WORDS


def _is_others(span: Span, tokens: Sequence[tuple[int, int, float]], told: Sequence[bool]) -> bool:
    """Whether most of what stands in quotation marks is not the author's."""
    inside = [others for (start, _, _), others in zip(tokens, told, strict=True) if span.start <= start < span.end]
    return 2 * sum(inside) >= len(inside) > 0


def _told(text: str, span: Span, part: Part, reading: Reading, coreference: Coreference) -> Voice:
    """The voice of a part that is not the author's."""
    start, end, kind = part
    source, named, between = reading.source(start, end), reading.named(start, end), reading.between(start, end)
    speaker = _speaker(text, source, named, coreference)
    via = coreference.meant(_words(text, between)).name if between else None
    likely = (1 - reading.kinds["author"]) * (source.likely if source else 0)
    sure = likely >= SURE and speaker.sure
    return Voice(
        Span(start, end),
        kind,
        speaker.name,
        (via,) if via and via != speaker.name else (),
        _cue(text, span, reading, source),
        sure,
    )


def _speaker(text: str, source: Mention | None, named: Mention | None, coreference: Coreference) -> Speaker:
    """Who is named best; surely where that is the source, or hardly anybody else can be meant by it."""
    best = named or source
    found = coreference.meant(_words(text, best)) if best else Speaker(None)
    near = source and named and (_overlap(source, named) or named.likely >= SURE)
    return replace(found, sure=found.sure and bool(near))


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _words(text: str, mention: Mention) -> str:
    return text.__getitem__(slice(*whole_words(text, mention.start, mention.end)))


def _cue(text: str, span: Span, reading: Reading, source: Mention | None) -> str | None:
    """The words that tell of a report, those nearest to its source where there are several."""
    runs: list[tuple[int, int]] = []
    for start, end, likely in reading.cues():
        if likely >= CUED:
            runs[-1:] = [(runs[-1][0], end)] if runs and start - runs[-1][1] <= 1 else [*runs[-1:], (start, end)]
    if not runs:
        return None
    at = source.start if source else span.start
    start, end = whole_words(text, *min(runs, key=lambda run: min(abs(run[0] - at), abs(run[1] - at))))
    return " ".join(text[start:end][:LONGEST_CUE].split())


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """A range of text that begins and ends with a word."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
