"""Quotation marks: which stretches of a text stand inside them, over sentences and paragraphs."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby

from pullquote.corpus.sentences import Sentence
from pullquote.errors import spend
from pullquote.span import Span

CARRIED = 6  # paragraphs over which a mark may stay open
MAX_DEPTH = 12  # deeper nesting is a broken text, and counting on would cost without gain

_MARK = re.compile(r"``|''|[\"“”„‟«»‹›‘’‚'「」『』＂]")
_CLOSERS = {
    "“": '”"',  # printers mix them: “like this"
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
    "‘": "’",
    "‚": "‘’",
    "「": "」",
    "『": "』",
    "``": "''",
    "''": "''",
    '"': '"”',
    "＂": "＂",
    "'": "'",
}
_SAME_BOTH_WAYS = frozenset({'"', "''", "＂", "'", "»", "›"})
_SINGLE = frozenset({"'", "‘", "‚"})  # an apostrophe, where nothing closes them
_OPENS_AFTER = "([{—–-/“‘\"'„«:*_"


def quotations_in(text: str, sentences: Sequence[Sentence]) -> list[tuple[Span, ...]]:
    """What of every sentence stands in quotation marks, these included; the outermost only."""
    outermost = list(quotations(text, sentences))
    starts, ends = [span.start for span in outermost], [span.end for span in outermost]
    inside: list[tuple[Span, ...]] = []
    for start, end in ((sentence.span.start, sentence.span.end) for sentence in sentences):
        within = outermost[bisect_right(ends, start) : bisect_left(starts, end)]
        inside.append(tuple(Span(max(q.start, start), min(q.end, end)) for q in within))
    return inside


def quotations(text: str, sentences: Sequence[Sentence]) -> Iterator[Span]:
    """The outermost quotations of a text, with their marks, in order; one goes on over paragraphs that open with its mark,
    or up to the one that closes it.
    """
    blocks = list(_blocks(sentences))
    opened = -1  # the block in which a mark stayed open
    for number, block in enumerate(blocks):
        carried = opened >= 0 and number - opened <= CARRIED
        if closed := _closed(text, block) if carried else None:
            yield from blocks[opened + 1 : number]
            yield Span(block.start, closed)
            opened = -1
        for start, end in _outermost(text, block.start if closed is None else closed, block.end):
            yield Span(start, end)
            opened = number if end == block.end and _stays_open(text, start, end) else -1


def _blocks(sentences: Sequence[Sentence]) -> Iterator[Span]:
    for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        spend()
        paragraph = list(group)
        yield Span(paragraph[0].span.start, paragraph[-1].span.end)


def _stays_open(text: str, start: int, end: int) -> bool:
    """Whether a quotation that ends with its block has no mark that closes it."""
    opener = next(mark for mark in ("``", "''", text[start]) if text.startswith(mark, start))
    return not any(text.endswith(closer, start + 1, end) for closer in _closers(opener))


def _closed(text: str, block: Span) -> int | None:
    """Where the first mark of a block closes what was opened before it; None where it opens something, or there is none."""
    for match in _MARK.finditer(text, block.start, block.end):
        if match.group() not in _SINGLE and match.group() != "’":
            opens = _begins_word(text, *match.span()) and match.group() in _CLOSERS
            return None if opens else match.end()
    return None


def _outermost(text: str, begins: int, ends: int) -> Iterator[tuple[int, int]]:
    """Start and end of each; one that stays open ends with the block."""
    stack: list[tuple[str, int]] = []
    last_single = _last_single_closer(text, begins, ends)
    for match in _MARK.finditer(text, begins, ends):
        spend()
        mark, at, end = match.group(), match.start(), match.end()
        if stack and _closes(text, stack, mark, at, end):
            start = _pop(stack, mark)
            if not stack:
                yield start, end
        elif len(stack) < MAX_DEPTH and _opens(text, begins, match, last_single):
            stack.append((mark, at))
    while stack and stack[0][0] in _SINGLE:
        stack.pop(0)
    if stack:
        yield stack[0][1], ends


def _last_single_closer(text: str, begins: int, ends: int) -> int:
    at = text.rfind("'", begins, ends)
    while at > begins and not _ends_word(text, at, at + 1):
        at = text.rfind("'", begins, at)
    return at


def _ends_word(text: str, start: int, end: int) -> bool:
    """Whether a mark at [start, end) stands at the end of a word."""
    before = text[start - 1 : start]
    return bool(before) and not before.isspace() and not text[end : end + 1].isalnum()


def _begins_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return (
        (not before or before.isspace() or before in _OPENS_AFTER)
        and bool(after)
        and not after.isspace()
    )


def _closes(text: str, stack: Sequence[tuple[str, int]], mark: str, at: int, end: int) -> bool:
    if not any(mark in _closers(opener) for opener, _ in stack):
        return False
    if mark in "'’":
        plural = (
            text[at - 1 : at] == "s"
            and text[end : end + 1] == " "
            and text[end + 1 : end + 2].islower()
        )
        return _ends_word(text, at, end) and not plural
    begins = _begins_word(text, at, end)
    if mark in {'"', "''", "＂"}:
        return not begins or _ends_word(text, at, end)
    return mark != "“" or not begins


def _closers(opener: str) -> tuple[str, ...]:
    closers = _CLOSERS[opener]
    return (closers,) if closers == "''" else tuple(closers)


def _pop(stack: list[tuple[str, int]], mark: str) -> int:
    """Where the quotation began that a mark closes."""
    while len(stack) > 1 and mark not in _closers(stack[-1][0]):
        stack.pop()
    return stack.pop()[1]


def _opens(text: str, begins: int, match: re.Match[str], last_single: int) -> bool:
    mark, at, end = match.group(), match.start(), match.end()
    if mark not in _CLOSERS or (mark in _SINGLE and text[end : end + 1].isdigit()):
        return False
    if mark == "'" and last_single <= at:
        return False
    if mark in _SAME_BOTH_WAYS:
        after = text[end : end + 1]
        return bool(after) and not after.isspace() and (at == begins or _begins_word(text, at, end))
    return True
