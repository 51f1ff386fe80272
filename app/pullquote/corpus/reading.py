"""Markdown as it is read: its words without the marks that only say how they look or where they lead, and where each stands."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

MARKDOWN = (".md", ".markdown")
ENTRY = "- "  # of a list, as extractors mark it
PLAIN_ENTRIES = ("- ", "* ", "+ ", "• ")
LONGEST_NOTE = 40  # letters of a footnote's name
KEPT = 32  # texts
_MARKS = frozenset("*_[<!\\`&>")
_OPENS = tuple("-+#0123456789")  # a list, a heading
_WORDS = frozenset(("text", "text_special", "code_inline"))
_BREAKS = frozenset(("softbreak", "hardbreak"))
_ASIDE = frozenset(("image", "note"))


def is_markdown(document: Document) -> bool:
    """Whether a document's text is Markdown, so that it is shown otherwise than it is written."""
    return document.origin is None and document.path.endswith(MARKDOWN)


@dataclass(frozen=True, slots=True)
class Read:
    """Words as they are read, and the offset that each letter has in what is written; no later letter has an earlier one."""

    text: str
    places: Sequence[int]

    def between(self, start: int, end: int) -> str:
        """What is read of a range of what is written."""
        return self.text[bisect_left(self.places, start) : bisect_left(self.places, end)]


def shown(document: Document, sentences: Sequence[Sentence], span: Span) -> str:
    """A range of a document as its reader sees it: what its paragraphs open before it or close after it is known too."""
    words = span.cut(document.text)
    if not is_markdown(document):
        return words.removeprefix(_entry_mark(document, span))
    if not _has_marks(words):
        return words
    first = bisect_right(sentences, span.start, key=lambda sentence: sentence.span.end)
    last = bisect_left(sentences, span.end, key=lambda sentence: sentence.span.start) - 1
    if first > last:
        return as_read(words)
    start = bisect_left(
        sentences, sentences[first].paragraph, key=lambda sentence: sentence.paragraph
    )
    end = bisect_right(
        sentences, sentences[last].paragraph, key=lambda sentence: sentence.paragraph
    )
    around = Span(
        min(span.start, sentences[start].span.start), max(span.end, sentences[end - 1].span.end)
    )
    return (
        read_span(document, around)
        .between(span.start - around.start, span.end - around.start)
        .strip()
    )


def read_span(document: Document, span: Span) -> Read:
    """A range of whole blocks of a document as it is read, letters placed from its start on."""
    words = span.cut(document.text)
    if is_markdown(document):
        return read(words, definitions(document.text))
    mark = len(_entry_mark(document, span))
    return Read(words, [-1] * mark + [*range(mark, len(words))] if mark else range(len(words)))


def _entry_mark(document: Document, span: Span) -> str:
    """The mark of a list that a range opens with: an extractor's, or one at the start of a line of plain text."""
    text, mark = document.text, document.text[span.start : span.start + len(ENTRY)]
    if document.origin:
        opens = span.start == 0 or text.endswith("\n\n", 0, span.start)
        return ENTRY if opens and mark == ENTRY else ""
    line = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    return (
        mark
        if mark in PLAIN_ENTRIES and not line.strip() and len(mark) < span.end - span.start
        else ""
    )


@lru_cache(maxsize=KEPT)
def read_whole(text: str) -> Read:
    """A whole text of Markdown as it is read."""
    return read(text, definitions(text))


def as_read(words: str) -> str:
    """A stretch of Markdown as a reader sees it: emphasis and links by their words, no footnotes' marks, pictures or tags."""
    return read(words).between(0, len(words) + 1)


def read(words: str, told: str = "") -> Read:
    """Blocks of Markdown as they are read.

    The mark of a list or of a quotation that a block opens with has the place of the letter before it; the number of an
    entry is one of its words.

    Args:
        told: the `definitions` of the text that they are from.
    """
    if not _has_marks(words):
        return Read(words, range(len(words)))
    # A letter for each, so that offsets hold
    text = words.replace("\r\n", " \n").replace("\r", "\n")
    letters: list[tuple[str, int]] = []
    reached = 0
    for lines in _written(text):
        start, between = lines[0][0], text[reached : lines[0][0]]
        mark = between.rpartition("\n")[2]
        opening = "\n" * min(2, between.count("\n") if letters else 0) + mark.lstrip(" \t#")
        letters += ((letter, start - len(mark) - 1) for letter in opening)
        # Where each letter of the lines put together stands in the text.
        places = [place for begin, end in lines for place in range(begin, end + 1)]
        letters += (
            (letter, places[at])
            for letter, at in _letters("\n".join(text[a:b] for a, b in lines), told)
        )
        reached = lines[-1][1]
    return Read("".join(letter for letter, _ in letters), [place for _, place in letters])


def _has_marks(words: str) -> bool:
    return bool(_MARKS & set(words)) or words.startswith(_OPENS)


def _written(text: str) -> Iterator[list[tuple[int, int]]]:
    """Where the words of each block start and end, line by line."""
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for token in _blocks().parse(text):
        if token.type == "inline" and token.map:
            numbered_lines = zip(range(*token.map), token.content.split("\n"), strict=False)
            yield [
                (starts[n] + _opening(lines[n], words), starts[n] + len(lines[n]))
                for n, words in numbered_lines
            ]


def _opening(line: str, words: str) -> int:
    """How many letters before its words a line opens with; the number of an entry is one of its words."""
    opening = line.rstrip().removesuffix(words.rstrip())
    number = "".join(opening.split()[-1:])
    return (
        opening.rindex(number)
        if number.endswith((".", ")"))
        else 0
        if opening == line.rstrip()
        else len(opening)
    )


def _letters(words: str, told: str) -> Iterator[tuple[str, int]]:
    """The letters that are read of a block's words, each with its offset there."""
    tokens: list[Token] = []
    parser = _words()
    parser.inline.parse(words, parser, {"references": _references(told)}, tokens)
    before, reached, gap = "", 0, False
    for token in tokens:
        breaks = token.type in _BREAKS or token.content[:3].lower() == "<br"
        written = token.markup if token.type == "text_special" else token.content or "\n" * breaks
        position = words.find(written, reached)
        # A line's end within code is read as a blank
        start = reached + len(token.markup) if position < 0 else position
        reached, new = (
            token.meta.get("end", start + len(written)),
            "\n" if breaks else token.content if token.type in _WORDS else "",
        )
        start += len(written) - len(new) if token.info == "escape" else 0
        # What was set aside neither brings two words together nor leaves two blanks
        if gap and before and new:
            if before.isalnum() and new[0].isalnum():
                yield " ", start - 1
            start, new = (start + 1, new[1:]) if before == " " == new[0] else (start, new)
        yield from (
            (letter, min(start + n, reached, len(words) - 1)) for n, letter in enumerate(new)
        )
        before, gap = new[-1:] or before, token.type in _ASIDE or (gap and not new)


@cache
def _blocks() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # What would be misread in a part of a text is off, as in `blocks`.
    parser = MarkdownIt("commonmark").disable(
        ["code", "fence", "html_block", "lheading", "reference"]
    )
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _words() -> "MarkdownIt":
    from markdown_it import MarkdownIt, rules_inline

    parser = MarkdownIt("commonmark")
    parser.normalizeLinkText = lambda url: url  # type: ignore[method-assign,assignment]  # letters stay
    for name in ("link", "image", "autolink"):
        parser.inline.ruler.at(name, partial(_measured, getattr(rules_inline, name)))
    parser.inline.ruler.before("link", "note", _note)
    return parser


def _measured(
    rule: "Callable[[StateInline, bool], bool]", state: "StateInline", silent: bool
) -> bool:
    """A rule of the parser, with where what it read ends: an address may hold the letters that follow it."""
    matched = rule(state, silent)
    if matched and not silent:
        state.tokens[-1].meta = {"end": state.pos}
    return matched


def _note(state: "StateInline", silent: bool) -> bool:
    """The mark of a footnote, which is none of CommonMark's, and the colon that the footnote itself has after it."""
    end = state.src.find("]", state.pos, state.pos + LONGEST_NOTE) + 1
    mark = state.src[state.pos : end]
    if not mark.startswith("[^") or len(mark) < len("[^1]") or any(map(str.isspace, mark)):
        return False
    if state.src.startswith(":", end) and state.src[: state.pos].endswith(
        ("", "\n")[state.pos > 0]
    ):
        mark += ":"
    if not silent:
        state.push("note", "", 0).content = mark
    state.pos += len(mark)
    return True


@lru_cache(maxsize=KEPT)
def definitions(text: str) -> str:
    """The lines of a text that say where its links by name lead."""
    lines = text.split("\n") if "]:" in text else []
    return "\n\n".join(line for line in lines if line.lstrip().startswith("[") and "]:" in line)


@lru_cache(maxsize=KEPT)
def _references(told: str) -> object:
    environment: dict[str, object] = {"references": {}}
    if told:
        _words().parse(told, environment)
    return environment["references"]
