"""The operator's report: what was asked in vain, where answers show one side, what they lean on."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pullquote.errors import UnknownDocument
from pullquote.index.generation import Generation
from pullquote.index.lexical import terms
from pullquote.span import Span
from pullquote.upkeep.balance import Balance, balance_of
from pullquote.upkeep.records import MOST_READ, Asked, Judged, Records

LONGEST = 20  # rows of each list
ALIKE = 0.4  # share of words that two questions of one gap have in common
OTHERS = 5  # further wordings that are shown of a gap
OLDER = "quoted from an older index: the words may stand elsewhere now, or nowhere"
_WORDLESS = frozenset({""})  # stands for no words, so that two questions without any are alike


@dataclass(slots=True)
class Gap:
    """Questions alike, counted; the first names them."""

    question: str
    words: frozenset[str]
    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    others: list[str] = field(default_factory=list)

    def add(self, entry: Asked) -> None:
        """Count one more question."""
        self.count += 1
        self.reasons[entry.reason or "one_sided"] += 1
        if entry.question not in (self.question, *self.others) and len(self.others) < OTHERS:
            self.others.append(entry.question)

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "question": self.question, "count": self.count, "reasons": dict(self.reasons), "others": self.others,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remark:
    """A verdict on a quote, and what can be told of the quote now."""

    judged: Judged
    older: bool | None
    """Whether it was quoted from another generation than this, so that its place may hold other words; None without one."""
    words: str | None

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self.judged), "older": self.older, "words": self.words}

    @property
    def lines(self) -> Iterator[str]:
        """For a terminal, with the place as `pullquote disputes` takes it."""
        one = self.judged
        yield f"  {one.count:4}  {one.verdict.replace('_', ' ')}, {one.document_id}:{one.start}-{one.end}, asked “{one.question}”"
        if self.older:
            yield f"        ({OLDER})"
        if self.words is not None:
            yield f"        “{self.words}”"


@dataclass(frozen=True, slots=True)
class Report:
    """What the records show."""

    questions: int
    unanswered: int
    gaps: tuple[Gap, ...]
    one_sided: tuple[Gap, ...]
    sources: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, str, int], ...]
    judged: tuple[Remark, ...] = ()
    one_author: tuple[Gap, ...] = ()
    balance: tuple[Balance, ...] = ()

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "questions": self.questions,
            "unanswered": self.unanswered,
            "gaps": [gap.wire for gap in self.gaps],
            "one_sided": [gap.wire for gap in self.one_sided],
            "one_author": [gap.wire for gap in self.one_author],
            "balance": [debate.wire for debate in self.balance],
            "sources": [{"document_id": name, "answers": count} for name, count in self.sources],
            "verdicts": [{"document_id": name, "verdict": said, "count": count} for name, said, count in self.verdicts],
            "judged": [remark.wire for remark in self.judged],
        }

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.questions} questions, {self.unanswered} not answered"]
        if self.questions > MOST_READ:
            lines.append(f"What is below is about the latest {MOST_READ:,} of them.")
        for title, gaps in (
            ("Asked in vain", self.gaps),
            ("Answered from one side only", self.one_sided),
            ("Answered by one author alone", self.one_author),
        ):
            lines += ["", f"{title}:", *(f"  {gap.count:4}  {gap.question}" for gap in gaps)]
        lines += ["", "Documents quoted most:", *(f"  {count:4}  {name}" for name, count in self.sources)]
        if self.verdicts:
            lines += ["", "What visitors said of quotes:"]
            lines += [f"  {count:4}  {said.replace('_', ' ')}, in {name}" for name, said, count in self.verdicts]
            lines += ["", "The latest of these:", *(line for remark in self.judged for line in remark.lines)]
        lines += [line for debate in self.balance for line in ("", debate.text)]
        return "\n".join(lines).rstrip("\n")


def report_of(records: Records, generation: Generation | None = None) -> Report:
    """The report over what is on record; with a generation, whose authors and balance it adds."""
    asked, (questions, unanswered) = records.questions(), records.counts()
    silent = [entry for entry in asked if entry.reason]
    sources = Counter(document for entry in asked for document in entry.documents)
    return Report(
        questions=questions, unanswered=unanswered, gaps=gaps(silent),
        one_sided=gaps(entry for entry in asked if entry.one_sided),
        sources=tuple(sources.most_common(LONGEST)), verdicts=tuple(records.verdicts()[:LONGEST]),
        judged=tuple(_remark(one, generation) for one in records.quotes_judged(LONGEST)),
        one_author=() if generation is None else gaps(_by_one_author(asked, generation)),
        balance=() if generation is None else balance_of(generation),
    )  # fmt: skip


def _remark(one: Judged, generation: Generation | None) -> Remark:
    """A verdict with what was judged, where the generation that it was quoted from is this one."""
    if generation is None or generation.card.name != one.generation:
        return Remark(one, older=None if generation is None else True, words=None)
    words = None
    with suppress(UnknownDocument):
        words = Span(one.start, one.end).cut(generation.document(generation.number(one.document_id)).text)
    return Remark(one, older=False, words=words)


def _by_one_author(asked: Iterable[Asked], generation: Generation) -> Iterator[Asked]:
    """The answered questions whose quotes all come from one author's documents, in a debate of several authors."""
    author = {row.id: row.source.author or row.id for row in generation.rows}
    debate = {row.id: row.debate for row in generation.rows}
    one = {row.debate: author[row.id] for row in generation.rows}
    several = {row.debate for row in generation.rows if author[row.id] != one[row.debate]}
    for entry in asked:
        known = [name for name in entry.documents if name in author]
        if entry.reason is None and len({author[name] for name in known}) == 1 and debate[known[0]] in several:
            yield replace(entry, reason="one_author")


def gaps(asked: Iterable[Asked]) -> tuple[Gap, ...]:
    """Questions with enough words in common become one gap, the most frequent first."""
    entries = [(entry, frozenset(terms(entry.question)) or _WORDLESS) for entry in asked]
    rarity = Counter(word for _, words in entries for word in words)
    found: list[Gap] = []
    naming: defaultdict[str, list[int]] = defaultdict(list)  # the gaps by each of their telling words
    for entry, words in entries:
        telling = _telling(words, rarity)
        near = sorted({number for word in telling for number in naming[word]})
        gap = next((found[number] for number in near if _alike(words, found[number].words)), None)
        if gap is None:
            gap = Gap(entry.question, words)
            for word in telling:
                naming[word].append(len(found))
            found.append(gap)
        gap.add(entry)
    return tuple(sorted(found, key=lambda gap: -gap.count)[:LONGEST])


def _telling(words: frozenset[str], rarity: Counter[str]) -> Sequence[str]:
    """The rarest words of a question, so many that one of another that is alike must be among its own."""
    common = math.ceil(ALIKE * len(words))  # words that they have in common at least
    return sorted(words, key=lambda word: (rarity[word], word))[: len(words) - common + 1]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
