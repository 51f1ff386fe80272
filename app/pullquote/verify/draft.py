"""Drafts: every quotation in a text that somebody writes, and whose words the text says that they are."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, groupby, islice, takewhile

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence, split_sentences
from pullquote.errors import QuestionError, spend
from pullquote.index.lexical import PRONOUNS, STOP_WORDS
from pullquote.span import Span, sendable
from pullquote.verify.words import OUTER, Word, words_of
from pullquote.voice.coreference import people_in
from pullquote.voice.listener import Reader
from pullquote.voice.names import parsed
from pullquote.voice.quotations import quotations, quotations_in
from pullquote.voice.reports import Reports
from pullquote.voice.voices import Voice, VoiceKind

LETTERS, LINES, QUOTATIONS, GAPS = 300_000, 20_000, 1_000, 5_000
"""What a draft that a visitor sends may have, so that a check takes at most 64 MB: GAPS are those in all its quotations."""
LIMITS = f"at most {LETTERS:,} characters in {LINES:,} lines, with {QUOTATIONS:,} quotations"
FENCES = ("```", "~~~")
MARKS = OUTER + "‚‛‟‹›「」『』＂`"
AROUND = 400  # letters of a sentence before and after a quotation in it that are kept with it
TOGETHER = 3  # paragraphs that are read with one that names nobody
PEOPLE = PRONOUNS - {"it", "its"}  # of whom the paragraph before may tell who is meant
_LINE_ENDS = "\n\r\x0b\x0c\x85\u2028\u2029"
# Of the lines of a block quotation in Markdown
_LEAD = re.compile(r"^(?: {0,3}>)+ ?", re.MULTILINE)
_SIGNED = re.compile(r"[\s>]*(?:—|–|―|--?)\s*(?P<name>[^\n,;(]{2,60})(?:[,;(][^\n]{0,80})?")
_LEFT_OUT = re.compile(r"\[\s*(?:…|\.\s?\.\s?\.)\s*\]|…|\.(?:\s?\.){2,3}|\[[^\]\n]{3,60}\]|\(sic\)")

_Heard = Sequence[tuple[Sentence, tuple[Voice, ...]]]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that a draft sets as a quotation, and whose it says that they are, as far as a reader of it can tell.

    `span` has the marks, or the whole of a paragraph set as a block; `parts` are its words between what it leaves out or
    puts in: "…", "[they]". `others`: whether the draft reports them as somebody's, and does not only use them.
    `before` and `after` are what the draft says around it in the same sentence, up to AROUND letters.
    """

    span: Span
    parts: tuple[tuple[Word, ...], ...]
    speaker: str | None
    others: bool
    block: bool
    before: str
    after: str

    @property
    def length(self) -> int:
        """How many words there are."""
        return sum(map(len, self.parts))


def quotations_of(text: str, reader: Reader, *, bounded: bool = False) -> tuple[Quotation, ...]:
    """Every quotation of a draft, Markdown or plain text, in order; of one that is `bounded` no more than one check takes.

    Raises:
        QuestionError: there is more.
    """
    if bounded:
        _refuse_more(len(text), LETTERS, "characters")
        _refuse_more(sum(map(text.count, _LINE_ENDS)) - text.count("\r\n"), LINES, "lines")
    text = sendable(text)
    draft = Document(id="draft", debate="", path="draft", text=text)
    sentences = [
        sentence
        for sentence in split_sentences(draft)
        if not text.startswith(FENCES, sentence.span.start)
    ]
    blocks = list(_block_quotations(text, sentences))
    marked = (
        span
        for span in quotations(text, sentences)
        if not any(map(span.overlaps, _near(blocks, span)))
    )
    spans = sorted([*marked, *blocks])
    if bounded:
        gaps = (_LEFT_OUT.finditer(text, span.start, span.end) for span in spans)
        _refuse_more(len(spans), QUOTATIONS, "quotations")
        _refuse_more(sum(1 for _ in chain.from_iterable(gaps)), GAPS, "gaps in quotations")
    draft = replace(draft, text=_LEAD.sub(lambda lead: " " * len(lead.group()), text))
    return tuple(_DraftReader(draft, sentences, spans, frozenset(blocks), reader).quotations())


def _refuse_more(number: int, limit: int, noun: str) -> None:
    if number > limit:
        advice = "send it in parts, or check the file with pullquote verify"
        raise QuestionError(
            f"the text has more than {limit:,} {noun}, the most that one check takes; {advice}"
        )


def _block_quotations(text: str, sentences: Sequence[Sentence]) -> Iterator[Span]:
    """The paragraphs that are set as block quotations; not the line that says whose they are."""
    for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        spend()
        paragraph = list(group)
        start, end = paragraph[0].span.start, paragraph[-1].span.end
        lead = _LEAD.match(text, text.rfind("\n", 0, start) + 1)
        start = max(start, lead.end()) if lead else start
        if lead and start < end and not _SIGNED.fullmatch(text, start, end):
            yield Span(start, end)


def _near(spans: Sequence[Span], span: Span) -> Sequence[Span]:
    """Those of some spans, in their order, that may share letters with another."""
    first = bisect_left(spans, span.start, key=lambda candidate: candidate.end)
    return spans[first : bisect_right(spans, span.end, key=lambda candidate: candidate.start)]


class _DraftReader:
    """A draft as it is read: paragraph by paragraph, so that nobody who speaks in one is heard in the next."""

    def __init__(
        self,
        draft: Document,
        sentences: Sequence[Sentence],
        spans: Sequence[Span],
        blocks: AbstractSet[Span],
        reader: Reader,
    ) -> None:
        self._text, self._spans, self._blocks, self._reader = draft.text, spans, blocks, reader
        self._draft, self._reports = draft, Reports(draft)
        self._paragraphs = [
            list(group) for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph)
        ]
        self._only_one = lru_cache(TOGETHER)(self._person)

    def quotations(self) -> Iterator[Quotation]:
        """All quotations, in order."""
        for number in range(len(self._paragraphs)):
            spend()
            spans = self._spans_of(number)
            heard = self._heard(number) if spans else []
            for span in spans:
                if parts := tuple(tuple(words) for words in _parts(self._text, span) if words):
                    yield self._quotation(span, parts, heard, number)

    def _heard(self, number: int) -> _Heard:
        """The voices of a paragraph, read by itself; where it names nobody with what is before it, where it goes on with the next."""
        first, last = number, number
        while last - number < TOGETHER and last + 1 < len(self._paragraphs) and self._goes_on(last):
            last += 1
        outside = " ".join(map(self._outside, range(number, last + 1)))
        words = {word.strip(",.:;").lower() for word in outside.split()}
        if not _has_letter(outside) or words & PEOPLE:
            first = max(0, first - 1)
            while 0 < first > number - TOGETHER and not _has_letter(self._outside(first)):
                first -= 1
        sentences = list(chain.from_iterable(self._paragraphs[first : last + 1]))
        marked = quotations_in(self._text, sentences)
        readings = self._reader.read(self._draft, sentences)
        heard = []
        for sentence, reading, quoted in zip(sentences, readings, marked, strict=True):
            spend()
            heard.append((sentence, self._reports.heard(sentence.span, reading, quoted)))
        return heard

    def _paragraph_span(self, number: int) -> Span:
        paragraph = self._paragraphs[number]
        return Span(paragraph[0].span.start, paragraph[-1].span.end)

    def _spans_of(self, number: int) -> list[Span]:
        """The quotations that begin in a paragraph."""
        inside = self._paragraph_span(number)
        spans = _near(self._spans, inside)
        return [span for span in spans if inside.start <= span.start < inside.end]

    def _outside(self, number: int) -> str:
        """What a paragraph says outside quotations."""
        inside, quoted = self._paragraph_span(number), self._spans_of(number)
        starts = [inside.start, *(span.end for span in quoted)]
        ends = [*(span.start for span in quoted), inside.end]
        return " ".join(self._text[start:end] for start, end in zip(starts, ends, strict=True))

    def _goes_on(self, number: int) -> bool:
        """Whether a quotation stays open at a paragraph's end, as printers do where it goes on in the next."""
        last, end = self._spans_of(number)[-1:], self._paragraph_span(number).end
        closed = self._text[end - 1] in MARKS or not self._blocks.isdisjoint(last)
        return not closed and any(span.end == end for span in last)

    def _quotation(
        self, span: Span, parts: tuple[tuple[Word, ...], ...], heard: _Heard, number: int
    ) -> Quotation:
        """One quotation with its words, from the voices of its paragraph."""
        spend()
        paragraph = self._paragraphs[number]
        reached = bisect_left(heard, span.start, key=lambda row: row[0].span.end)
        rows = takewhile(lambda row: row[0].span.start < span.end, islice(heard, reached, None))
        covering = [voice for _, voices in rows for voice in voices if voice.span.overlaps(span)]
        reported = [voice for voice in covering if voice.kind is not VoiceKind.AUTHOR]
        by_sureness = sorted(reported, key=lambda voice: not voice.sure)
        speaker = next((voice.speaker for voice in by_sureness if voice.speaker), None)
        signed = self._signature(span, paragraph, number)
        if reported and not signed and not speaker:
            signed = self._only_one(number)
        first = bisect_right(paragraph, span.start, key=lambda sentence: sentence.span.end)
        last = bisect_left(paragraph, span.end, key=lambda sentence: sentence.span.start) - 1
        before = self._text[max(paragraph[first].span.start, span.start - AROUND) : span.start]
        after = self._text[span.end : min(paragraph[last].span.end, span.end + AROUND)]
        others, block = bool(reported or signed), span in self._blocks
        return Quotation(
            span,
            parts,
            signed or (speaker and _without_opener(speaker)),
            others,
            block,
            before,
            after,
        )

    def _person(self, number: int) -> str | None:
        """The only person whom a paragraph names outside quotations."""
        people: dict[str, str] = {}
        for name in map(_without_opener, people_in(self._outside(number))):
            people.setdefault(parsed(name).family, name)
        return next(iter(people.values())) if len(people) == 1 else None

    def _signature(self, span: Span, paragraph: Sequence[Sentence], number: int) -> str | None:
        """Who signs a quotation: with a dash after it, or under the paragraph that it ends."""
        text, end = self._text, paragraph[-1].span.end
        signature = _SIGNED.fullmatch(text, span.end, end) if span.end < end else None
        for later in range(number + 1, len(self._paragraphs)) if span.end == end else ():
            spend()
            following = self._paragraphs[later]
            bounds = following[0].span.start, following[-1].span.end
            signature = signature or _SIGNED.fullmatch(text, *bounds)
            if signature or text[bounds[0] : bounds[1]].strip(" >"):
                break
        return signature["name"].strip() if signature else None


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _without_opener(name: str) -> str:
    """A name without a word that has a capital only as the first of its sentence. Example: _without_opener("As Misra") -> "Misra"."""
    first, _, rest = name.partition(" ")
    return rest if rest and first.lower() in STOP_WORDS else name


def _parts(text: str, span: Span) -> Iterator[list[Word]]:
    """The words of a quotation, parted where it leaves something out or puts something in."""
    start = span.start
    for gap in _LEFT_OUT.finditer(text, span.start, span.end):
        spend()
        yield words_of(text, Span(start, gap.start())) if gap.start() > start else []
        start = gap.end()
    yield words_of(text, Span(start, span.end)) if span.end > start else []
