"""Sentences: where each one starts and ends in a document, and which of them are prose.

Each paragraph is cut into sentences by `sentencex`, whose offsets are checked against the text and mended where they
are off.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from pullquote.corpus.blocks import END_MARK, Block, Kind, blocks_of, extracted_blocks, trimmed
from pullquote.corpus.documents import Document
from pullquote.errors import spend
from pullquote.span import Span

__all__ = ["Kind", "Sentence", "split_sentences"]

BLOCK_LIMIT = 8_000  # characters: sentencex takes time in the square of a block full of opening quotation marks
# Above this, an unclosed quotation mark has probably swallowed several sentences
LONG_SENTENCE = 900
LAST_LETTERS = 64  # so many letters before a cut tell whether it was right
HEADING_LETTERS, HEADING_WORDS = 80, 12
HEADING_WORD = 4  # letters of the longest word that a heading with a number in front has at least
SHOUTED = 120  # characters of what is all in capitals, and is no prose
NAME_WORDS = 8  # of what only names

# Sentencex takes a blank for one byte
_WIDE_BLANKS = {c: " " for c in range(0x80, 0x3001) if chr(c).isspace()}

_CAPTION = re.compile(
    r"[*_]{0,3}(?:\||https?://\S+$|read more\b.{0,200}$|(?:photo|image|picture|source|credit)s?\s?:.{0,120}$"
    r"|this article (?:is republished|was originally published)\b|by:?\s[^!?\n]{3,80}(?<![.:,;])$)",
    re.IGNORECASE | re.DOTALL,
)
_LISTS_WORKS = re.compile(
    r"[#\d.*_\s]*(?:references|bibliography|works cited|(?:end|foot)?notes|sources|further reading)[:*_\s]*",
    re.IGNORECASE,
)
_WORK = re.compile(r"\b(?:1[5-9]|20)\d\d\b|https?:|\bpp?\.\s?\d|\bibid\b", re.IGNORECASE)
_RUN_OF_LETTERS = re.compile(r"[^\W\d_]+")
# What an editor put in: 74 of 74 in 424 documents
_IN_BRACKETS = re.compile(r"[*_]{0,3}\[[^\[\]]+\][*_.:,;]{0,3}")
_LABEL = re.compile(
    r"[*_]{0,3}(?:(?:Section|Sec\.|Article|Art\.)\s\d+\.|\(?(?:\d{1,3}(?:\.\d{1,2}){0,3}|[A-Za-z]|[ivxIVX]{1,4})[.)])[*_]{0,3}"
    r"|(?:[-*+•]\s)?(?:\d{1,3}[.)]\s)?\*\*[^*:\n]{1,60}\*\*"
)
_ABBREVIATION = re.compile(  # over a cut: "the non-U." and "S. banks", "said Cllr." and "Pascoe"
    r"(?:(?:^|[\s(-])[A-Z]\.[A-Z]\.|(?:^|\s)(?:M[Ss]|Cllr|Ald|Amb|Thos|Wm|Chas)\.\s?[A-Z].)$"
)
_CLOSING = re.compile(  # at the start of a piece: it closes, or annotates, what stands before it
    r"((?:[*_\"'”’»)\]†‡⁰¹²³⁴-⁹]|\[\^\w{1,20}\]|\^\d{1,3}\^|<sup>\d{1,3}</sup>)+)(?:\s+|\Z)"
)
# At the end of a piece: it opens what comes next
_OPENING = re.compile(r"\s*(?<!\S)([\"'“‘«(\[*_]+)\Z")
_FALLBACK = re.compile(r"(?<=[.!?])[\"”’»)]*\s+(?=[\"“‘(]?[A-Z])")
_SMALL = frozenset("a and for from in of on the to with".split())  # noqa: SIM905 -- one line of words


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, trimmed of white space around it.

    `paragraph` counts the blocks of the document from 0; `heading` is the position, in the document's list of sentences,
    of the heading it stands under.
    """

    span: Span
    kind: Kind
    paragraph: int
    heading: int | None


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """All sentences of a document, in order, headings and other structure among them."""
    text = document.text
    blocks = list(extracted_blocks(text) if document.origin else blocks_of(text))
    marked = _marks(text, document.not_prose)
    sentences: list[Sentence] = []
    heading: int | None = None
    works = False  # whether the last heading stands over a list of works
    for paragraph, block in enumerate(blocks):
        spend()
        words = block.span.cut(text)
        turn = document.turn_before(block.span.end)
        # What is spoken is no heading by its look.
        spoken = turn is not None and turn.end > block.span.start
        kind = _kind_of(document, block, words, last=spoken or paragraph == len(blocks) - 1)
        if kind is Kind.HEADING:
            heading, works = len(sentences), bool(_LISTS_WORKS.fullmatch(words))
            sentences.append(Sentence(block.span, kind, paragraph, None))
        elif kind is Kind.NOT_PROSE or (works and _WORK.search(words)):
            sentences.append(Sentence(block.span, Kind.NOT_PROSE, paragraph, heading))
        else:
            start = max(block.span.start, turn.start) if turn and spoken else block.span.start
            labels = trimmed(text, block.span.start, start)
            sentences += [Sentence(span, Kind.NOT_PROSE, paragraph, heading) for span in labels]
            for span in _split_block(text, Span(start, block.span.end), document.language or "en"):
                prose = (spoken or _is_prose(span.cut(text))) and not marked(span)
                sentences.append(
                    Sentence(span, Kind.PROSE if prose else Kind.NOT_PROSE, paragraph, heading)
                )
    return tuple(sentences)


def _kind_of(document: Document, block: Block, words: str, *, last: bool) -> Kind:
    """What a whole block is: as the operator says, by its form, or by the look of its words."""
    if words in document.headings:
        return Kind.HEADING
    if block.kind is not Kind.PROSE or words in document.not_prose or _CAPTION.match(words) or last:
        return block.kind
    if len(words) <= 2 * HEADING_LETTERS and _is_title(words, document.source.title or ""):
        return Kind.HEADING
    bare = words.strip("*_")
    short = (
        len(bare) <= HEADING_LETTERS
        and len(bare.split()) <= HEADING_WORDS
        and not {"\r", "\n"} & set(bare)
    )
    if not short or not (bare[:1].isupper() or bare[:1].isdigit()) or _is_ended(bare):
        return Kind.PROSE
    if bare[0].isdigit() and max(map(len, _RUN_OF_LETTERS.findall(bare)), default=0) < HEADING_WORD:
        # "3:06 P.M. EDT": 25 of 25 such lines of 424 documents were no headings
        return Kind.NOT_PROSE
    slanted = words[0] in "*_" and words[:1] != words[1:2]  # a caption or a note
    return Kind.NOT_PROSE if slanted and words[-1] == words[0] else Kind.HEADING


def _is_title(words: str, title: str) -> bool:
    return words.casefold().split() == title.casefold().split()


def _is_ended(words: str) -> bool:
    """Whether words end as a sentence does, or break off."""
    return bool(END_MARK.search(words)) or words.endswith(("-", "–", "—"))


def _marks(text: str, exact: Iterable[str]) -> Callable[[Span], bool]:
    """Whether a sentence lies wholly inside something that the operator calls no prose, wherever it stands in a text."""
    match = sorted(
        (at, at + len(words)) for words in set(exact) for at in _occurrences(text, words)
    )
    starts, reaches = (
        [start for start, _ in match],
        list(accumulate((end for _, end in match), max, initial=0)),
    )
    return lambda sentence: sentence.end <= reaches[bisect_right(starts, sentence.start)]


def _occurrences(text: str, exact: str) -> Iterator[int]:
    start = text.find(exact)
    while start >= 0:
        yield start
        start = text.find(exact, start + len(exact))


def _is_prose(words: str) -> bool:
    """Whether a sentence is prose by its words: no caption, label, date, tag of a speaker or cry in capitals."""
    if not any(map(str.isalpha, words)) or _LABEL.fullmatch(words) or _CAPTION.match(words):
        return False
    if _IN_BRACKETS.fullmatch(words):
        return False
    shouted = (
        len(words) < SHOUTED
        and words.upper() == words != words.lower()
        and sum(map(str.isalpha, words)) > 3
    )
    return not (shouted or _only_names(words))


def _only_names(words: str) -> bool:
    """Whether every word but the smallest has a capital or is a figure, as in "Mr. Poe of Texas."."""
    words_of_name = words.split()
    if not 1 < len(words_of_name) <= NAME_WORDS or words[-1] not in ".,:":
        return False
    return all(
        word_of_name[0].isupper() or word_of_name[0].isdigit() or word_of_name in _SMALL
        for word_of_name in words_of_name
    )


def _split_block(text: str, block: Span, language: str) -> list[Span]:
    """The sentences of one block, put back together where a label, an abbreviation, a mark or a letter was cut off."""
    mended: list[Span] = []
    for piece in _pieces(text, block):
        spend()
        for span in _split_piece(text, piece, language):
            mended[-1:] = _settled(text, mended[-1], span) if mended else [span]
    return mended


def _pieces(text: str, block: Span) -> Iterator[Span]:
    """The block in parts of at most BLOCK_LIMIT characters, cut at white space where there is some."""
    start = block.start
    while block.end - start > BLOCK_LIMIT:
        window = text[start : start + BLOCK_LIMIT]
        ends = [match.end() for match in _FALLBACK.finditer(window)]
        end = start + (ends[-1] if ends else window.rfind(" ") + 1 or BLOCK_LIMIT)
        yield Span(start, end)
        start = end
    yield Span(start, block.end)


def _split_piece(text: str, piece: Span, language: str) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries

    words = piece.cut(text).translate(_WIDE_BLANKS)
    end = 0
    for match in get_sentence_boundaries(language, words):
        start, stop = match["start_index"], match["end_index"]
        if start != end or words[start:stop] != match["text"]:
            break  # its offsets are off from here on: what is left stays one piece
        yield from _unswallowed(text, piece.start + start, piece.start + stop)
        end = stop
    if end < len(words):
        yield from _unswallowed(text, piece.start + end, piece.end)


def _unswallowed(text: str, start: int, end: int) -> Iterator[Span]:
    if end - start > LONG_SENTENCE:
        for match in list(_FALLBACK.finditer(text, start, end)):
            yield from trimmed(text, start, match.end())
            start = match.end()
    yield from trimmed(text, start, end)


def _settled(text: str, left: Span, right: Span) -> list[Span]:
    """Two pieces, each with the marks that are its own, or the one that they make."""
    if left.end == right.start and (closing := _CLOSING.match(text, right.start)):
        if closing.end() >= right.end or text[closing.end()].islower():
            return [Span(left.start, right.end)]
        left, right = Span(left.start, closing.end(1)), Span(closing.end(), right.end)
    elif left.end == right.start:
        opening = _OPENING.search(text, max(left.start, left.end - LAST_LETTERS), left.end)
        if opening and opening.start() > left.start:
            left, right = Span(left.start, opening.start()), Span(opening.start(1), right.end)
        elif opening:
            return [Span(left.start, right.end)]
    return [Span(left.start, right.end)] if _belongs(text, left, right) else [left, right]


def _belongs(text: str, left: Span, right: Span) -> bool:
    if unicodedata.combining(text[right.start]) or text[right.start] in "\u200d\ufe0f":
        return True
    if len(left) <= LAST_LETTERS and _LABEL.fullmatch(text, left.start, left.end):
        return True
    # Never the whole of what is left: it grows with each piece that is put back.
    return bool(
        _ABBREVIATION.search(text[max(left.start, left.end - LAST_LETTERS) : right.start + 2])
    )
