"""Blocks: the headings, paragraphs, list entries, tables and code that a document consists of.

markdown-it tells them apart; only the line numbers of its tokens are used, so every block is a range of the stored text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pullquote.corpus.documents import BYTE_ORDER_MARK
from pullquote.errors import spend
from pullquote.span import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

WRAPPED_LINE = 120  # no line of a hard-wrapped paragraph is longer than this many characters
# Characters of the longest line up to which lines were ended for the sake of what they say
NARROW = 50
ROOM = 20  # characters by which a full line falls short at most: a longer word is broken, or an address
FEWEST_ROWS = 3  # two lines show too little
LONGEST_CAPTION = 120  # characters
LONGEST_WORD = 40  # letters
LEAST_WORDS = 0.25  # of what stands between blanks in prose

END_MARK = re.compile(r"[.!?…:;,][\"'”’»)\]*_]*$")
IMAGE = re.compile(
    r"(\[!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])?\](?:\([^()]*\)|\[[^\[\]]*\])?|!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])?)\s*"
)
_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]*(?:\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]|\Z)")
_ENTRY = re.compile(r"\s*(?:[-*+•–]\s|\d{1,3}[.)]\s|\((?:\d{1,2}|[a-z]|[ivx]{1,4})\)\s|\||\[?!\[)")
_TAGS = re.compile(r"\s*(?:(?:<!--[^<>]*-->|</?[a-zA-Z][^<>]*>)\s*)+")
_GAP = re.compile(r"\S(?:\t| {3})\s*\S")
_INNER = str.maketrans("", "", "'-./,:")
_RAW = {
    "<!--": "-->",
    "<script": "</script>",
    "<style": "</style>",
    "<pre": "</pre>",
}  # HTML that holds no prose


class Kind(StrEnum):
    """What a block or a sentence is: prose may be quoted, the others are structure."""

    PROSE = "prose"
    HEADING = "heading"
    NOT_PROSE = "not_prose"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text, without white space around it, and what it is by its form."""

    span: Span
    kind: Kind


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of a text, in order; together they hold every visible letter."""
    lines = list(_lines(text))
    words = [text[start:end].rstrip("\r\n\x0b\x0c\x85\u2028\u2029") for start, end in lines]
    plan = {
        token.map[0]: (token.map[1], _kind_of(token, words))
        for token in _leaves("\n".join(words))
        if token.map
    }
    number = 0
    while number < len(lines):
        spend()
        end, kind = plan.get(number, (number + 1, Kind.PROSE))
        if kind is Kind.PROSE:
            yield from _paragraphs(text, lines[number:end])
        else:
            yield from (
                Block(span, kind) for span in trimmed(text, lines[number][0], lines[end - 1][1])
            )
        number = end


def extracted_blocks(text: str) -> Iterator[Block]:
    """The blocks of a text that was taken out of a file, by the marks that `extraction` sets."""
    start = 0
    while start < len(text):
        end = text.find("\n\n", start)
        end = len(text) if end < 0 else end
        words = text[start:end]
        level = len(words) - len(words.lstrip("#"))
        while text.startswith("> ", start):
            start += 2
        if words.startswith("| ") or (0 < level <= 6 and words[level : level + 1] == " "):
            kind = Kind.HEADING if level else Kind.NOT_PROSE
            yield from (Block(span, kind) for span in trimmed(text, start + level, end))
        elif start < end:
            yield from _paragraphs(text, [line.span() for line in _LINE.finditer(text, start, end)])
        start = end + 2


def trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """A range of the text without the white space around it; nothing where it holds no more than that."""
    words = text[start:end]
    left = start + len(words) - len(words.lstrip())
    right = start + len(words.rstrip())
    if left < right:
        yield Span(left, right)


def is_wrapped(block: str) -> bool:
    """Whether a paragraph's lines end only where it was wide enough, so that each end says no more than a space."""
    lines = block.replace("\r\n", "\n").split("\n")
    longest = max(map(len, lines))
    if len(lines) < FEWEST_ROWS or longest < NARROW or not all(map(str.strip, lines)):
        return False
    full = sum(
        len(line) + min(ROOM, len(after.split()[0])) >= longest for line, after in pairwise(lines)
    )
    opened = sum(line.lstrip()[0].isupper() for line in lines[1:])
    ended = sum(bool(END_MARK.search(line)) for line in lines[:-1])
    ends = len(lines) - 1
    return 4 * full >= 3 * ends and 2 * opened <= ends and 2 * ended < ends


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line starts and ends; an empty one more where a page or a paragraph ends by a letter of its own."""
    for line in _LINE.finditer(text, text.startswith(BYTE_ORDER_MARK)):
        yield line.span()
        if line.group().endswith(("\x0c", "\u2029")):
            yield line.end(), line.end()


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # What would be misread in plain text is off: code by indentation, headings by a line of dashes, links' definitions.
    parser = MarkdownIt("commonmark").enable("table").disable(["code", "lheading", "reference"])
    # asked at each block, and at each line that may end one
    parser.block.ruler.before(
        "table", "spend", _spent, {"alt": ["paragraph", "blockquote", "list"]}
    )
    return parser


def _spent(_state: "StateBlock", _line: int, _end: int, _silent: bool) -> bool:
    """A rule that finds nothing: the parser's work counts at each line of a request's text."""
    spend()
    return False


class _Leaves(list["Token"]):
    """The tokens that hold no further blocks, in order; the others, several for each of these, are not kept."""

    TYPES = frozenset({"heading_open", "paragraph_open", "fence", "hr", "html_block", "table_open"})

    def append(self, token: "Token") -> None:
        """Keep a token, where it is one of these."""
        if token.type in self.TYPES:
            super().append(token)


def _leaves(source: str) -> Sequence["Token"]:
    leaves = _Leaves()
    _parser().block.parse(source, _parser(), {}, leaves)
    return leaves


def _kind_of(token: "Token", lines: Sequence[str]) -> Kind:
    """What a token stands for: code and raw HTML that nothing ends are text, or all that follows would be lost."""
    first, end = token.map or (0, 1)
    if token.type == "fence":
        closed = end - first > 1 and lines[end - 1].strip(" \t>").startswith(token.markup)
        return Kind.NOT_PROSE if closed else Kind.PROSE
    if token.type == "html_block":
        content = token.content.lstrip().lower()
        raw = any(content.startswith(opens) and ends in content for opens, ends in _RAW.items())
        return Kind.NOT_PROSE if raw else Kind.PROSE
    return {"heading_open": Kind.HEADING, "paragraph_open": Kind.PROSE}.get(
        token.type, Kind.NOT_PROSE
    )


def _paragraphs(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """A paragraph of Markdown, cut where plain text starts a new one: at an entry of a list, and at lines too long to be wrapped."""
    start = end = lines[0][0]
    before = ""
    for line in lines:
        spend()
        words = text[slice(*line)]
        if _breaks(before, words):
            yield from _parts(text, start, end)
            start = line[0]
        end, before = line[1], words
    yield from _parts(text, start, end)


def _breaks(before: str, line: str) -> bool:
    return (
        not line.strip()
        or max(len(before.rstrip()), len(line.rstrip())) > WRAPPED_LINE
        or bool(_ENTRY.match(line) or _TAGS.fullmatch(line) or _TAGS.fullmatch(before))
    )


def _parts(text: str, start: int, end: int) -> Iterator[Block]:
    """The images that a paragraph opens with, each by itself, then what is left of it."""
    for paragraph in trimmed(text, start, end):
        start_of_rest = paragraph.start
        while image := IMAGE.match(text, start_of_rest, paragraph.end):
            yield Block(Span(image.start(1), image.end(1)), Kind.NOT_PROSE)
            start_of_rest = image.end()
        if start_of_rest < paragraph.end:
            words = text[start_of_rest : paragraph.end]
            caption = (
                start_of_rest > paragraph.start
                and len(words) <= LONGEST_CAPTION
                and not END_MARK.search(words)
            )
            prose = not (
                caption or _TAGS.fullmatch(words) or _are_rows(words) or not _has_words(words)
            )
            yield Block(Span(start_of_rest, paragraph.end), Kind.PROSE if prose else Kind.NOT_PROSE)


def _are_rows(words: str) -> bool:
    """Whether lines are the rows of a table, a menu or a letter's head: none ends a clause, each opens anew or has a gap."""
    rows = [row.strip() for row in words.replace("\r", "\n").split("\n") if row.strip()]
    if len(rows) < FEWEST_ROWS or any(END_MARK.search(row) for row in rows):
        return False
    return all(row[0].isupper() or row[0].isdigit() or _GAP.search(row) for row in rows)


def _has_words(words: str) -> bool:
    """Whether enough of what stands between blanks are words, as in no key, dump or minified script."""
    tokens = [token.strip("\"'“”‘’.,;:!?()[]*_-").translate(_INNER) for token in words.split()]
    plain = sum(
        len(token) <= LONGEST_WORD and token.isalpha() if token.isascii() else True
        for token in tokens
    )
    return plain >= LEAST_WORDS * len(tokens)
