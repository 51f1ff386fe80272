"""Texts stored in tokens (`` Rain , '' she said .), read as they were printed, with the way back to every letter."""

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span
from pullquote.voice.voices import Voice

LEAST_TOKENS = 2  # commas and stops that stand alone; fewer are slips of the pen

_TOKENS = re.compile(
    r"(?P<open>`` ?)|(?P<close> ?'')|(?P<gone>(?<=\S) (?=[,.;:?!%)\]]+(?:\s|$))|(?<=[(\[]) "
    r"|(?<=\w) (?='(?:s|re|ve|ll|d|m)\b)|(?<=\w) (?=n't\b))|(?P<hyphen>(?<=\w) - (?=\w))"
)
_PRINTED = {"open": "“", "close": "”", "gone": "", "hyphen": "-"}


@dataclass(frozen=True, slots=True)
class Untokenized:
    """A document and its sentences as they were printed."""

    document: Document
    sentences: tuple[Sentence, ...]
    _printed: tuple[int, ...]  # where each stretch of letters begins in the printed text
    _stored: tuple[int, ...]  # and in the stored one

    def restored(self, voices: Sequence[Voice], span: Span) -> tuple[Voice, ...]:
        """Voices of one printed sentence, laid over that sentence as it is stored."""
        ends = [self._back(voice.span.end) for voice in voices[:-1]] + [span.end]
        starts = [span.start, *ends[:-1]]
        return tuple(
            replace(voice, span=Span(start, end)) for voice, start, end in zip(voices, starts, ends, strict=True)
        )

    def _back(self, offset: int) -> int:
        at = bisect.bisect_right(self._printed, offset) - 1
        return self._stored[at] + offset - self._printed[at]


def untokenized(document: Document, sentences: Sequence[Sentence]) -> Untokenized | None:
    """The printed form of a document that is stored in tokens; None for all others.

    Example: "`` Rain , '' she said ." -> "“Rain,” she said."
    """
    text = document.text
    lone, all_of_them = (sum(text.count(f"{before}{sign} ") for sign in ",.") for before in (" ", ""))
    if lone < LEAST_TOKENS or lone < all_of_them - lone:
        return None
    parts: list[str] = []
    printed, stored, reached, length = [0], [0], 0, 0
    for match in _TOKENS.finditer(text):
        sign = _PRINTED[str(match.lastgroup)]
        parts += [text[reached : match.start()], sign]
        length += match.start() - reached
        if sign:  # the sign itself stands for the first letter of what it replaces
            printed.append(length)
            stored.append(match.start())
        length += len(sign)
        printed.append(length)
        stored.append(match.end())
        reached = match.end()
    parts.append(text[reached:])

    def forth(offset: int) -> int:
        at = bisect.bisect_right(stored, offset) - 1
        last = printed[at + 1] if at + 1 < len(printed) else length + len(text) - reached
        return min(printed[at] + offset - stored[at], last)

    ends = [(forth(each.span.start), forth(each.span.end)) for each in sentences]
    if any(start >= end for start, end in ends):
        return None  # a sentence of nothing but a mark
    moved = tuple(replace(each, span=Span(*bounds)) for each, bounds in zip(sentences, ends, strict=True))
    return Untokenized(replace(document, text="".join(parts)), moved, tuple(printed), tuple(stored))
