"""Blocks: the paragraphs, headings, list entries and images that a document consists of."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pullquote.corpus.documents import BYTE_ORDER_MARK
from pullquote.span import Span

WRAPPED_LINE = 120  # no line of a hard-wrapped paragraph is longer than this many characters
NARROW = 50  # characters of the longest line up to which lines were ended for the sake of what they say
FEWEST_WRAPPED = 3  # lines: two show too little
ROOM = 20  # characters by which a full line falls short at most: a longer word is broken, or an address
FENCED = 4_000  # characters of fenced code, at most: one mark far from another is no fence

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]*(\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]|\Z)")
_OWN_BLOCK = re.compile(
    r"\s*(#{1,6}\s|[-*+•–]\s|(?:\*\*|__)?\d{1,3}[.)]\s|>|\||\[?!\[|\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s)"
)
# "1.1 Costs" opens a paragraph where a tab sets the number off, or what stands before it has come to an end or has
# the same first number; else it may be the rest of "spending reached / 3.5 Million pounds".
_NUMBERED = re.compile(
    r"\s*(?P<first>\d{1,2})\.(?:\d{1,2}(?:\.\d{1,2})*\.?)?(?P<gap>\s+)[\"'“‘(*_]*(?P<letter>[^\W\d_])"
)
_ENDED = re.compile(r"[.!?:;…][\"'”’»)\]*_]*\s*$")
_PAUSED = re.compile(r"[.!?:;,…][\"'”’»)\]*_]{0,4}\s*$")
_LABELLED = re.compile(  # "ann: the fee must go", "9:15 the boat leaves", "second, the quay"
    r"\W{0,4}(?:[^\s:]{1,30}(?:\s[^\s:]{1,30}){0,2}:|\d{1,2}[:.]\d\d|\d{1,3}[.)]?(?:st|nd|rd|th)?\s|(?:first|second|third|four|fif|six|seven|"
    r"eigh|nin|ten|last|final)(?:th)?(?:ly)?\b)",
    re.IGNORECASE,
)
HEADING = re.compile(r"\s*#{1,6}\s+\S")
# What may stand within a sentence, where a page ends or an editor left a word.
_PASSING = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->|page\s\d+\s(?:of|/)\s\d+)\s*", re.IGNORECASE)
# A line that is no prose and no part of any: the tag of an HTML block, a mark for a table of contents, a page's number.
ALONE = re.compile(
    r"\s*(?:</?(?:article|aside|blockquote|center|details|div|figcaption|figure|footer|header|hr|main|nav|ol|p|section|"
    r"summary|table|tbody|td|tfoot|th|thead|tr|ul)\b[^<>]*>|<!--(?:(?!-->).)*-->|\[\[?_?TOC_?\]?\]|page\s\d+\s(?:of|/)\s\d+)\s*",
    re.IGNORECASE,
)
FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})[^`\r\n]*(?:[\r\n]|\Z)")
_LINK = r"(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\]]*\])"
IMAGE = re.compile(rf"(\[!\[[^\]]*\]{_LINK}?\]{_LINK}?|!\[[^\]]*\]{_LINK}?)\s*")


def blocks_of(text: str) -> Iterator[Span]:
    """Paragraphs, headings, list entries and images, trimmed; together they hold every visible letter."""
    for block in _paragraphs(text):
        yield from _images_apart(text, block)


def _paragraphs(text: str) -> Iterator[Span]:
    start: int | None = None
    end, before = 0, ""
    fenced = sought = 0  # where the fenced code ends that was met last, and where to look for one again
    for line in _lines(text):
        words = line.cut(text)
        if line.start < fenced:
            end = line.end if words.strip() else end
            continue
        if line.start >= sought and FENCE.match(words):
            fenced = _fence_end(text, line) or fenced
            sought = sought if fenced > line.start else line.end + FENCED  # none ends there: no use in asking again
        if start is not None and (fenced > line.start or _breaks(before, words)):
            yield from trimmed(text, start, end)
            start = None
        if words.strip():
            inside = start is not None and bool(_PASSING.fullmatch(words))
            start = line.start if start is None else start
            end, before = line.end, before if inside else words
    if start is not None:
        yield from trimmed(text, start, end)


def is_wrapped(block: str) -> bool:
    """Whether a paragraph's lines end only where it was wide enough, so that each end says no more than a space.

    Most lines are then too full for the first word of the next, and end within a clause. Verse, lists and talk have
    lines that open with a capital, open alike, or end where something ends.
    """
    lines = block.replace("\r\n", "\n").split("\n")
    opens = [line.lstrip()[:1] for line in lines[1:]]
    longest = max(map(len, lines), default=0)
    if len(lines) < FEWEST_WRAPPED or longest < NARROW or not all(opens):
        return False
    if any(line.endswith(("  ", "\\")) for line in lines[:-1]) or _ends_or_opens_alike(lines):
        return False
    full = sum(
        " " in line and len(line) + min(ROOM, len(after.split()[0])) >= longest for line, after in pairwise(lines)
    )
    return full * 4 >= len(opens) * 3 and sum(map(str.isupper, opens)) * 2 <= len(opens)


def _ends_or_opens_alike(lines: Sequence[str]) -> bool:
    """Whether half of some lines end with a mark, or open with a label, a number or one and the same word."""
    ended = sum(bool(_PAUSED.search(line)) for line in lines[:-1])
    labelled = sum(bool(_LABELLED.match(line)) for line in lines)
    same = max(Counter(line.split()[0].casefold() for line in lines if line.strip()).values(), default=0)
    return 2 * ended >= len(lines) - 1 or 2 * labelled >= len(lines) or 2 * same > len(lines)


def _fence_end(text: str, opening: Span) -> int | None:
    """Where the fenced code ends that a line opens; None where no line soon does, and the marks are only text."""
    mark = FENCE.match(opening.cut(text))
    closing = mark and re.compile(rf"(?:\r\n|[\r\n])[ ]{{0,3}}{re.escape(mark[1])}[`~]*[ \t]*(?=[\r\n]|\Z)").search(
        text, opening.end - 1, opening.end + FENCED
    )
    return closing.end() if closing else None


def _images_apart(text: str, block: Span) -> Iterator[Span]:
    """The images that a block opens with, each by itself, then what is left of it."""
    start = block.start
    while image := IMAGE.match(text, start, block.end):
        yield Span(image.start(1), image.end(1))
        start = image.end()
    if start < block.end:
        yield Span(start, block.end)


def _lines(text: str) -> Iterator[Span]:
    for match in _LINE.finditer(text, text.startswith(BYTE_ORDER_MARK)):
        if match.end() > match.start():
            yield Span(match.start(), match.end())


def _breaks(before: str, line: str) -> bool:
    """Whether `line` starts a new block after the line `before`."""
    return (
        not line.strip()
        or before.endswith(("\u2029", "\x0c"))
        or bool(_OWN_BLOCK.match(line))
        or _opens_numbered(before, line)
        or bool(HEADING.match(before) or ALONE.fullmatch(before) or FENCE.match(before))
        or (bool(ALONE.fullmatch(line)) and bool(_ENDED.search(before) or not _PASSING.fullmatch(line)))
        or max(len(before.rstrip()), len(line.rstrip())) > WRAPPED_LINE
    )


def _opens_numbered(before: str, line: str) -> bool:
    found, last = _NUMBERED.match(line), _NUMBERED.match(before)
    if not found or "\t" in found["gap"]:
        return bool(found)
    follows = _ENDED.search(before) or (last and last["first"] == found["first"])
    return found["letter"].isupper() and bool(follows)


def trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """A range of the text without the white space around it; nothing where it holds no more than that."""
    words = text[start:end]
    left = start + len(words) - len(words.lstrip())
    right = start + len(words.rstrip())
    if left < right:
        yield Span(left, right)
