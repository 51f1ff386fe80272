"""Drafts: every quotation in a text that somebody writes, and whose words the text says that they are."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice, takewhile
from typing import Protocol

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence, split_sentences
from pullquote.errors import QuestionError, spend
from pullquote.index.lexical import PRONOUNS, STOP_WORDS
from pullquote.models import reader as readings
from pullquote.span import Span, sendable
from pullquote.verify.concordance import Word, words_of
from pullquote.verify.match import OUTER
from pullquote.voice.coreference import people_in
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
_LEAD = re.compile(
    r"^(?: {0,3}>)+ ?", re.MULTILINE
)  # of the lines of a block quotation in Markdown
_SIGNED = re.compile(r"[\s>]*(?:—|–|―|--?)\s*(?P<name>[^\n,;(]{2,60})(?:[,;(][^\n]{0,80})?")
_LEFT_OUT = re.compile(r"\[\s*(?:…|\.\s?\.\s?\.)\s*\]|…|\.(?:\s?\.){2,3}|\[[^\]\n]{3,60}\]|\(sic\)")


class Reading(Protocol):
    """Reads the sentences of a draft."""

    def read(self, document: Document, sentences: Sequence[Sentence]) -> Iterator[readings.Reading]:
        """What every sentence holds, in order."""


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


def quotations_of(text: str, reader: Reading, *, bounded: bool = False) -> tuple[Quotation, ...]:
    """Every quotation of a draft, Markdown or plain text, in order; of one that is `bounded` no more than one check takes.

    Raises:
        QuestionError: there is more.
    """
    if bounded:
        _bound(len(text), LETTERS, "characters")
        _bound(sum(map(text.count, _LINE_ENDS)) - text.count("\r\n"), LINES, "lines")
    text = sendable(text)
    draft = Document(
        id="draft",
        debate="",
        path="draft",
        text=_LEAD.sub(lambda lead: " " * len(lead.group()), text),
    )
    told = split_sentences(Document(id="draft", debate="", path="draft", text=text))
    sentences = [one for one in told if not text.startswith(FENCES, one.span.start)]
    blocks = list(_block_quotations(text, sentences))
    marked = [
        one for one in quotations(text, sentences) if not any(map(one.overlaps, _near(blocks, one)))
    ]
    spans = sorted([*marked, *blocks])
    if bounded:
        _bound(len(spans), QUOTATIONS, "quotations")
        _bound(
            sum(1 for span in spans for _ in _LEFT_OUT.finditer(text, span.start, span.end)),
            GAPS,
            "gaps in quotations",
        )
    return tuple(_Draft(draft, sentences, spans, frozenset(blocks), reader).quotations())


def _bound(number: int, limit: int, noun: str) -> None:
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


class _Draft:
    """A draft as it is read: paragraph by paragraph, so that nobody who speaks in one is heard in the next."""

    def __init__(
        self, draft: Document, sentences: Sequence[Sentence], spans: Sequence[Span], blocks: AbstractSet[Span], reader: Reading
    ) -> None:  # fmt: skip
        self._text, self._spans, self._blocks, self._reader = draft.text, spans, blocks, reader
        self._draft, self._reports = draft, Reports(draft)
        self._paragraphs = [
            list(group) for _, group in groupby(sentences, key=lambda sentence: sentence.paragraph)
        ]
        self._only_one = lru_cache(TOGETHER)(self._person)

    def quotations(self) -> Iterator[Quotation]:
        """All quotations, in order."""
        for number, paragraph in enumerate(self._paragraphs):
            spend()
            if spans := self._held(number):
                voices = self._heard(number)
                yield from filter(
                    None, (self._quotation(span, paragraph, voices, number) for span in spans)
                )

    def _heard(self, number: int) -> list[tuple[Sentence, tuple[Voice, ...]]]:
        """The voices of a paragraph, read by itself; where it names nobody with what is before it, where it goes on with the next."""
        first, last = number, number
        while last - number < TOGETHER and last + 1 < len(self._paragraphs) and self._goes_on(last):
            last += 1
        own = " ".join(map(self._own, range(number, last + 1)))
        if not any(map(str.isalpha, own)) or not PEOPLE.isdisjoint(
            word.strip(",.:;").lower() for word in own.split()
        ):
            first = max(0, first - 1)
            while (
                number - first < TOGETHER and first and not any(map(str.isalpha, self._own(first)))
            ):
                first -= 1
        chosen = [
            sentence for paragraph in self._paragraphs[first : last + 1] for sentence in paragraph
        ]
        marked = quotations_in(self._text, chosen)
        readings = self._reader.read(self._draft, chosen)
        heard = []
        for one, reading, inside in zip(chosen, readings, marked, strict=True):
            spend()
            heard.append((one, self._reports.heard(one.span, reading, inside)))
        return heard

    def _whole(self, number: int) -> Span:
        paragraph = self._paragraphs[number]
        return Span(paragraph[0].span.start, paragraph[-1].span.end)

    def _held(self, number: int) -> list[Span]:
        """The quotations that begin in a paragraph."""
        paragraph_span = self._whole(number)
        return [
            span
            for span in _near(self._spans, paragraph_span)
            if paragraph_span.start <= span.start < paragraph_span.end
        ]

    def _own(self, number: int) -> str:
        """What a paragraph says outside quotations."""
        paragraph_span, quoted = self._whole(number), self._held(number)
        starts = [paragraph_span.start, *(span.end for span in quoted)]
        ends = [*(span.start for span in quoted), paragraph_span.end]
        return " ".join(self._text[start:end] for start, end in zip(starts, ends, strict=True))

    def _goes_on(self, number: int) -> bool:
        """Whether a quotation stays open at a paragraph's end, as printers do where it goes on in the next."""
        quoted, end = self._held(number), self._whole(number).end
        return (
            bool(quoted)
            and quoted[-1].end == end
            and self._text[end - 1] not in MARKS
            and quoted[-1] not in self._blocks
        )

    def _quotation(
        self, span: Span, paragraph: Sequence[Sentence], heard: Sequence[tuple[Sentence, tuple[Voice, ...]]], number: int
    ) -> Quotation | None:  # fmt: skip
        parts = tuple(tuple(words) for words in _parts(self._text, span) if words)
        if not parts:
            return None
        spend()
        reached = bisect_left(heard, span.start, key=lambda one: one[0].span.end)
        told = takewhile(lambda one: one[0].span.start < span.end, islice(heard, reached, None))
        voices = [voice for _, each in told for voice in each if voice.span.overlaps(span)]
        others = [voice for voice in voices if voice.kind is not VoiceKind.AUTHOR]
        named = next(
            (
                voice.speaker
                for voice in sorted(others, key=lambda one: not one.sure)
                if voice.speaker
            ),
            None,
        )
        signed = (
            self._signature(span, paragraph, number)
            or (others and not named and self._only_one(number))
            or None
        )
        first = bisect_right(paragraph, span.start, key=lambda one: one.span.end)
        last = bisect_left(paragraph, span.end, key=lambda one: one.span.start) - 1
        before = self._text[max(paragraph[first].span.start, span.start - AROUND) : span.start]
        after = self._text[span.end : min(paragraph[last].span.end, span.end + AROUND)]
        block = span in self._blocks
        return Quotation(span, parts, signed or named, bool(others or signed), block, before, after)

    def _person(self, number: int) -> str | None:
        """The only person whom a paragraph names outside quotations."""
        people: dict[str, str] = {}
        for full_name in people_in(self._own(number)):
            first, _, remainder = full_name.partition(" ")
            name = remainder if first.lower() in STOP_WORDS else full_name  # "As Misra puts it"
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


def _parts(text: str, span: Span) -> Iterator[list[Word]]:
    """The words of a quotation, parted where it leaves something out or puts something in."""
    start = span.start
    for gap in _LEFT_OUT.finditer(text, span.start, span.end):
        spend()
        yield words_of(text, Span(start, gap.start())) if gap.start() > start else []
        start = gap.end()
    yield words_of(text, Span(start, span.end)) if span.end > start else []
