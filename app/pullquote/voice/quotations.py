"""Quotation marks: which stretches of a text stand inside them, over sentences and paragraphs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pullquote.span import Span

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
_APOSTROPHES = frozenset("'’")
_OPENS_AFTER = "([{—–-/“‘\"'„«:"
LEAST_WRAPPED = 3  # ends of sentences before the last; a shorter text in marks is a quotation
_SENTENCE_ENDS = re.compile(r"[.!?]\s")
_ENDS = frozenset(".!?…")
_TAG_FIRST = re.compile(r"According\sto\s|[^.?!]{1,80}\b(?:said|says|wrote|writes|argued|argues|stated|states)\b")
_FIGURE = re.compile(r"\d\ds?\b")


@dataclass(frozen=True, slots=True)
class Quotation:
    """One outermost quotation, its marks included; `part` tells paragraphs of the same one."""

    span: Span
    number: int
    closed: bool

    def words(self, text: str) -> list[str]:
        """The words inside the marks. Example: “war on drugs” -> ["war", "on", "drugs"]."""
        return self.span.cut(text).strip("“”„‟«»‹›‘’‚'\"「」『』`＂ ,.;").split()


def find_quotations(text: str, blocks: Iterable[Span]) -> tuple[Quotation, ...]:
    """The outermost quotations of each block of a text, in order.

    A quotation left open at the end of a block goes on in the next one when that opens with the
    same mark again, as printers do from paragraph to paragraph.
    """
    found: list[Quotation] = []
    wrapped = _wrapped(text)
    number = 0
    left_open: str | None = None
    for block in (_within(block, wrapped) for block in blocks) if wrapped else blocks:
        goes_on = left_open is not None and text.startswith(left_open, block.start)
        if left_open is not None and not goes_on:
            left_open = None
        for start, end, mark, closed in _outermost(text, block):
            number += not (goes_on and start == block.start)
            found.append(Quotation(Span(start, end), number, closed))
            left_open = None if closed else mark
    return _without_stray_opens(found)


def _wrapped(text: str) -> Span | None:
    """The text inside marks that only hold it together, as a table's cell does: every mark within is doubled."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if end - start < 2 or text[start] != '"' or text[end - 1] != '"':
        return None
    within = text[start + 1 : end - 1]
    several = '""' in within or len(_SENTENCE_ENDS.findall(within)) >= LEAST_WRAPPED
    return Span(start + 1, end - 1) if several and '"' not in within.replace('""', "") else None


def is_wrapped(text: str) -> bool:
    """Whether a text of several sentences stands in one pair of marks, so that all of it may be somebody's."""
    return _wrapped(text) is not None and '""' not in text


def _within(block: Span, wrapped: Span) -> Span:
    start, end = max(block.start, wrapped.start), min(block.end, wrapped.end)
    return Span(start, end) if start < end else block


def _without_stray_opens(found: list[Quotation]) -> tuple[Quotation, ...]:
    """A quotation that stays open is only closed in the end if a later part of it is."""
    ended = {quotation.number for quotation in found if quotation.closed}
    return tuple(
        Quotation(quotation.span, quotation.number, quotation.closed or quotation.number in ended)
        for quotation in found
    )


def _outermost(text: str, block: Span) -> Iterator[tuple[int, int, str, bool]]:
    stack: list[tuple[str, int]] = []
    if (torn := _torn(text, block)) is not None:
        yield block.start, torn, "“", True
        block = Span(torn, block.end) if torn < block.end else Span(block.end - 1, block.end)
    last_single = _last_single_closer(text, block)
    for match in _MARK.finditer(text, block.start, block.end):
        mark, at = match.group(), match.start()
        if stack and _closes(text, stack, mark, at, match.end()):
            opener, start = _pop(stack, mark)
            if not stack:
                yield start, match.end(), opener, True
        elif len(stack) < MAX_DEPTH and _opens(text, block, mark, at, last_single):
            stack.append((mark, at))
    while stack and stack[0][0] in {"'", "‘", "‚"}:
        stack.pop(0)  # an apostrophe after all: ‘90s
    if stack:
        yield stack[0][1], block.end, stack[0][0], False


def _torn(text: str, block: Span) -> int | None:
    """Where a quotation ends that began before this text did: its first mark closes, after the end of a sentence."""
    first = _MARK.search(text, block.start, block.end) if text.find("”", block.start, block.end) >= 0 else None
    closes = first and first.group() == "”" and text[first.start() - 1 : first.start()] in _ENDS
    named = closes and _TAG_FIRST.match(text, block.start)  # there the opening mark is only missing
    return first.end() if first and closes and not named else None


def _last_single_closer(text: str, block: Span) -> int:
    at = text.rfind("'", block.start, block.end)
    while at > block.start and not _ends_word(text, at, at + 1):
        at = text.rfind("'", block.start, at)
    return at


def _ends_word(text: str, start: int, end: int) -> bool:
    """Whether a mark at [start, end) stands at the end of a word."""
    before = text[start - 1 : start]
    return bool(before) and not before.isspace() and not text[end : end + 1].isalnum()


def _closes(text: str, stack: list[tuple[str, int]], mark: str, at: int, end: int) -> bool:
    openers = [opener for opener, _ in stack if mark in _closers(opener)]
    if not openers:
        return False
    if mark in _APOSTROPHES:
        return _ends_word(text, at, end) and not _is_plural_possessive(text, at, end)
    if mark in {'"', "''", "＂"} and _begins_word(text, at, end) and not _ends_word(text, at, end):
        return False
    return mark != "“" or not _begins_word(text, at, end)


def _closers(opener: str) -> tuple[str, ...]:
    closers = _CLOSERS[opener]
    return (closers,) if closers == "''" else tuple(closers)


def _is_plural_possessive(text: str, at: int, end: int) -> bool:
    """Whether "cartels’ routes" is meant: an s before, a space and a small letter after."""
    return text[at - 1 : at] == "s" and text[end : end + 1] == " " and text[end + 1 : end + 2].islower()


def _pop(stack: list[tuple[str, int]], mark: str) -> tuple[str, int]:
    while len(stack) > 1 and mark not in _closers(stack[-1][0]):
        stack.pop()
    return stack.pop() if mark in _closers(stack[-1][0]) else stack.pop(0)


def _begins_word(text: str, at: int, end: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[end : end + 1]
    return (not before or before.isspace() or before in _OPENS_AFTER) and bool(after) and not after.isspace()


def _opens(text: str, block: Span, mark: str, at: int, last_single: int) -> bool:
    if mark not in _CLOSERS:
        return False
    if mark in {"'", "‘"} and _FIGURE.match(text, at + 1):
        return False
    if mark == "'":
        return last_single > at and _opens_here(text, block, at, at + 1)
    if mark in _SAME_BOTH_WAYS:
        return _opens_here(text, block, at, at + len(mark))
    return True


def _opens_here(text: str, block: Span, at: int, end: int) -> bool:
    after = text[end : end + 1]
    return (at == block.start or _begins_word(text, at, end)) and bool(after) and not after.isspace()
