"""Sentences: where each one starts and ends in a document, and which of them are prose.

Each block of a document is cut into sentences by `sentencex`, whose offsets are checked against the
text and mended where they are off.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from heapq import merge

from pullquote.corpus.blocks import HEADING, IMAGE, blocks_of, trimmed
from pullquote.corpus.clauses import has_verb
from pullquote.corpus.documents import Document
from pullquote.corpus.endnotes import with_endnotes
from pullquote.corpus.sections import section_questions
from pullquote.corpus.structure import (
    LONGEST_LABEL,
    NOT_PROSE,
    Works,
    above_prose,
    is_label,
    is_prose,
    is_structure,
    is_work,
    opening_of,
    works_under,
)
from pullquote.corpus.tables import END_MARK
from pullquote.span import Span

# sentencex takes time that grows with the square of a block full of opening quotation marks.
BLOCK_LIMIT = 8_000
LONG_SENTENCE = 900  # above this, an unclosed quotation mark has probably swallowed several sentences
LAST_LETTERS = 64  # so many letters before a cut tell whether it went through an abbreviation

_RUN_IN = re.compile(  # "**2. Parking.** The fee will rise.", but not "1. **Never again.** We lost."
    r"(?:\d{1,3}[.)]\s+(?:\*\*|__)|(?:\*\*|__)\d{1,3}[.)]\s+)(?!(?:yes|no|not|never|none|nothing|nobody)\b)"
    r"(?P<words>[^\W\d_][^\s*_]*(?:\s+[^\s*_]+)?)(?:\*\*|__)[.:?]?",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|(?:Mr|Ms|Mrs|Dr|St|No|Sen|Rep|Gov|Gen|vs|etc|al))\.$")
# Words before a name that sentencex takes for the end of a sentence: "said Cllr. Morwenna Pascoe".
_TITLE = re.compile(
    r"\b(?:Cllrs?|Coun|Ald|Assemb|Atty|Ofc|Const|Supts|Insps|Amb|Dep|Dir|Commr|Cmsr|Chmn|Treas|Supr|Cdr|Comdr|Cmdt|"
    r"Lieut|Cols|Gens|Govs|Spc|Pte|Revd|Revs|Ven|Bp|Abp|Profs|Mx|Sra|Visc|Wm|Chas|Thos)\.$"
)
_NO_NAME = re.compile(  # so a sentence opens, though its first word is a capital
    r"(?:A|I|An|And|As|At|But|By|For|From|He|Her|His|How|However|If|In|It|Its|My|No|Nobody|Not|On|Our|She|So|Some|"
    r"That|The|Their|Then|There|These|They|This|Those|To|We|What|When|Where|Which|While|Who|Why|With|Yet|You|Your)[\s,]"
)
_RETIRED = re.compile(r"\bRet\.$")
_RANK = re.compile(
    r"(?:(?:U\.S\.\s)?(?:Army|Navy|Air\sForce|Marine)\s)?(?:(?:Rear|Vice)\s)?(?:Adm|Brig|Capt|Cmdr|Col|Gen|Lt|Maj|Sgt)\."
)
_INITIAL = re.compile(r"[A-Z]\.(?:$|\s[a-z])")
_ASKED = re.compile(r"(?:[\"“]?[^\"“”]*[?!][\"”]|[‘'][^\"“”]*[?!][’'])")  # nothing but a quotation, or its end
_ASKER = re.compile(  # "“Who pays?” Ann Lee, the mayor, asked on Monday.", but not "Lee said on Monday the city would"
    r"(?!(?:Critics|Everybody|Everyone|Few|Many|Most|Others|Several|Somebody|Someone)\s)[A-Z][\w.’'-]*"
    r"(?:\s(?:[A-Z][\w.’'-]*|de|del|der|la|van|von)){0,5}(?:,\s[^,.;:?!\"“”]{2,60},)?\s"
    r"(?:said|says|asked|asks|replied|replies|added|adds|answered|answers|wrote|writes|demanded|demands|wondered|continued|"
    r"responded|retorted|joked|quipped|snapped|cried|cries|shouted|shouts|yelled|exclaimed|(?:called|shot|cried)\s(?:out|back)|"
    r"told\s(?:[\w’'-]+\s){0,2}?[\w’'-]+)(?!(?:[^.,;]{0,80}|,[^.,;]{0,60},)\sthat\s)"
    r"(?:\s(?:again|aloud|angrily|back|last|later|of|this|at|from|in|on|outside|through|with|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)"
    r"(?:\s(?!(?:are|can|could|had|has|have|is|must|should|was|were|will|would)\b)[\w’'-]+){0,9}?)?"
    r"(?:[.,;?!]|\s(?:after|as|before|during|when|while)\s|\s*$)"
)
_ORPHAN = re.compile(r"[\"'”’»)\]]+")
_CLOSING = re.compile(  # at the start of a piece: it closes, or annotates, what stands before it
    r"((?:[*_\"'”’»)\]†‡⁰¹²³⁴-⁹]|\[\^\w{1,20}\]|\^\d{1,3}\^|<sup>\d{1,3}</sup>)+)(?:\s+|\Z)"
)
_OPENING = re.compile(r"\s*(?<!\S)([\"'“‘«(\[*_]+)\Z")  # at the end of a piece: it opens what comes next
_FALLBACK = re.compile(r"(?<=[.!?])[\"”’»)]*\s+(?=[\"“‘(]?[A-Z])")


class Kind(StrEnum):
    """What a sentence is: prose may be quoted, the others are structure."""

    PROSE = "prose"
    HEADING = "heading"
    NOT_PROSE = "not_prose"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document, trimmed of white space around it.

    `paragraph` counts the blocks of the document from 0; `heading` is the position, in the
    document's list of sentences, of the heading it stands under.
    """

    span: Span
    kind: Kind
    paragraph: int
    heading: int | None


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """All sentences of a document, in order, headings and other structure among them."""
    text = document.text
    title, byline = opening_of(text) or (None, None)
    blocks, notes = with_endnotes(text, [part for block in blocks_of(text) for part in _apart(text, block, byline)])
    recorded, headlines = above_prose(text, blocks, document.source.title)
    apart = notes | headlines | {byline}
    titles = section_questions(text, blocks) | {title, recorded}
    operators = _Marks(text, document.not_prose)
    sentences: list[Sentence] = []
    heading: int | None = None
    works: Works | None = None  # listed under the last heading
    for paragraph, block in enumerate(blocks):
        image = blocks[paragraph - 1] if paragraph and IMAGE.fullmatch(blocks[paragraph - 1].cut(text)) else None
        if not any(map(str.isalnum, block.cut(text))):
            works = None  # a rule ends the list
        listed = works and is_work(block.cut(text), works)
        if block.cut(text) not in document.headings and (listed or block in apart or is_structure(text, block, image)):
            works = works_under(block.cut(text)) or works  # "**Works cited**"
            sentences.append(Sentence(block, Kind.NOT_PROSE, paragraph, heading))
            continue
        unmarked = not (block.cut(text) in document.not_prose or NOT_PROSE.match(block.cut(text)))
        titled = block in titles and unmarked
        if titled or _is_heading(text, block, document, last=paragraph == len(blocks) - 1):
            heading = len(sentences)
            works = works_under(block.cut(text))
            sentences.append(Sentence(block, Kind.HEADING, paragraph, None))
            continue
        under = heading
        for span in _split_block(text, block, document.language or "en"):
            words = span.cut(text)
            if span.start == block.start and span.end < block.end and _is_run_in(words, document.language):
                under = len(sentences)
                sentences.append(Sentence(span, Kind.HEADING, paragraph, None))
                continue
            prose = not operators.cover(span) and is_prose(words)
            kind = Kind.PROSE if prose else Kind.NOT_PROSE
            sentences.append(Sentence(span, kind, paragraph, under))
    return tuple(sentences)


def _apart(text: str, block: Span, line: Span | None) -> Iterator[Span]:
    """A block cut where one of its lines stands for itself."""
    if line is None or line.start < block.start or line.end > block.end:
        yield block
        return
    for start, end in ((block.start, line.start), (line.start, line.end), (line.end, block.end)):
        yield from trimmed(text, start, end)


class _Marks:
    """What the operator calls no prose, wherever it stands in a text.

    Sentences are asked about in the order of the text, so each mark is looked at once.
    """

    def __init__(self, text: str, exact: Iterable[str]) -> None:
        self._ahead = merge(*(_occurrences(text, words) for words in set(exact)))
        self._next = next(self._ahead, None)
        self._reach = 0  # the farthest end of the marks that start no later than the sentence asked about

    def cover(self, sentence: Span) -> bool:
        """Whether a sentence lies wholly inside one of the marks."""
        while self._next and self._next.start <= sentence.start:
            self._reach = max(self._reach, self._next.end)
            self._next = next(self._ahead, None)
        return sentence.end <= self._reach


def _occurrences(text: str, exact: str) -> Iterator[Span]:
    start = text.find(exact)
    while start >= 0:
        yield Span(start, start + len(exact))
        start = text.find(exact, start + len(exact))


def _is_heading(text: str, block: Span, document: Document, *, last: bool) -> bool:
    words = block.cut(text)
    if words in document.headings or HEADING.match(words):
        return True
    if words in document.not_prose:
        return False
    if works_under(words) and not last:
        return True  # with a colon, too
    if NOT_PROSE.match(words):
        return False
    short = len(words) <= 80 and len(words.split()) <= 12 and not re.search(r"[\r\n]", words)
    opens = words[0].isupper() or words[0].isdigit()
    return short and opens and not last and not END_MARK.search(words)


def _is_run_in(words: str, language: str | None) -> bool:
    """Whether the first sentence of a paragraph is a numbered heading in the paragraph's line: no claim, for want of a verb."""
    found = _RUN_IN.fullmatch(words)
    return bool(
        found and (language or "en").lower().startswith("en") and not has_verb(f"{found['words'].rstrip('.')}.")
    )


def _split_block(text: str, block: Span, language: str) -> list[Span]:
    spans = [span for piece in _pieces(text, block) for span in _split_piece(text, piece, language)]
    return _mend(text, spans)


def _pieces(text: str, block: Span) -> Iterator[Span]:
    """The block in parts of at most BLOCK_LIMIT characters, cut at white space where there is some."""
    start = block.start
    while block.end - start > BLOCK_LIMIT:
        window = text[start : start + BLOCK_LIMIT]
        ends = max((m.end() for m in re.finditer(r"[.!?]\s+", window)), default=0)
        end = start + (ends or (window.rfind(" ") + 1) or BLOCK_LIMIT)
        yield Span(start, end)
        start = end
    yield Span(start, block.end)


def _split_piece(text: str, piece: Span, language: str) -> Iterator[Span]:
    from sentencex import get_sentence_boundaries

    words = piece.cut(text)
    end = 0
    for found in get_sentence_boundaries(language, words):
        start, stop = found["start_index"], found["end_index"]
        if start != end or words[start:stop] != found["text"]:
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


def _mend(text: str, spans: Iterable[Span]) -> list[Span]:
    """Put back together what was cut inside a label, an abbreviation, a quotation's mark or a letter."""
    mended: list[Span] = []
    for span in spans:
        mended[-1:] = _settled(text, mended[-1], span) if mended else [span]
    return mended


def _settled(text: str, left: Span, right: Span) -> list[Span]:
    """Two pieces, each with the marks that are its own, or the one that they make."""
    if left.end == right.start and (closing := _CLOSING.match(text, right.start)):
        if closing.end() >= right.end or text[closing.end()].islower():
            return [Span(left.start, right.end)]
        left, right = Span(left.start, closing.end(1)), Span(closing.end(), right.end)
    elif left.end == right.start:
        opening = _OPENING.search(text, max(left.start, left.end - LAST_LETTERS), left.end)
        if opening and opening.start() == left.start:
            return [Span(left.start, right.end)]
        if opening:
            left, right = Span(left.start, opening.start()), Span(opening.start(1), right.end)
    return [Span(left.start, right.end)] if _belongs(text, left, right) else [left, right]


def _is_initial(before: str, words: str) -> bool:
    """Whether a cut went through an abbreviation of several letters: "non-U." and "S. ships"."""
    cut = before[-1] == "." and before[-2:-1].isupper() and before[-3:-2] in {"", " ", "-", "("}
    return cut and bool(_INITIAL.match(words))


def _is_title(before: str, words: str) -> bool:
    """Whether a cut went between a title and the name after it: "Cllr. Pascoe", but not "the new Cllr. The town"."""
    if _RETIRED.search(before):
        return bool(_RANK.match(words))
    return words[0].isupper() and bool(_TITLE.search(before)) and not _NO_NAME.match(words)


def _is_asked(text: str, left: Span, before: str, words: str) -> bool:
    """Whether a cut went between a question in quotation marks and who asks it: "“Who pays?” Lee asked."."""
    asked = before.rstrip("\"”’'").endswith(("?", "!")) and before[-1] not in "?!"
    named = asked and _ASKER.match(words) and not _NO_NAME.match(words)
    return bool(named and _ASKED.fullmatch(text, left.start, left.end))


def _belongs(text: str, left: Span, right: Span) -> bool:
    # Never the whole of what is left: it grows with each piece that is put back.
    before, words = text[max(left.start, left.end - LAST_LETTERS) : left.end], right.cut(text)
    joined_letter = unicodedata.combining(words[0]) or words[0] in "\u200d\ufe0f"
    broken_abbreviation = words[0].islower() and bool(_ABBREVIATION.search(before))
    broken_abbreviation = (
        broken_abbreviation
        or before.endswith((" Ms.", " MS."))
        or before in {"Ms.", "MS."}
        or _is_initial(before, words)
        or _is_title(before, words)
    )
    orphan = bool(_ORPHAN.fullmatch(words))
    label = left.end - left.start <= LONGEST_LABEL and is_label(left.cut(text))
    return bool(joined_letter) or broken_abbreviation or orphan or label or _is_asked(text, left, before, words)
