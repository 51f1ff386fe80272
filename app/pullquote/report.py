"""The operator's report: what was asked in vain, where answers show one side, what they lean on."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pullquote.balance import Balance, balance_of
from pullquote.feedback import Asked, Records
from pullquote.store.generation import Generation
from pullquote.store.lexical import terms

LONGEST = 20  # rows of each list
ALIKE = 0.4  # share of words that two questions of one gap have in common


@dataclass(slots=True)
class Gap:
    """Questions alike, counted; the first names them."""

    question: str
    words: frozenset[str]
    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    others: list[str] = field(default_factory=list)

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "question": self.question, "count": self.count, "reasons": dict(self.reasons), "others": self.others[:5],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What the records show."""

    questions: int
    unanswered: int
    gaps: tuple[Gap, ...]
    one_sided: tuple[Gap, ...]
    sources: tuple[tuple[str, int], ...]
    verdicts: tuple[tuple[str, str, int], ...]
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
        }

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.questions} questions, {self.unanswered} not answered"]
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
        lines += ["", *(debate.text for debate in self.balance)]
        return "\n".join(lines).rstrip("\n")


def report_of(records: Records, generation: Generation | None = None) -> Report:
    """The report over all that is on record; with a generation, whose authors and balance it adds."""
    asked = records.questions()
    silent = [entry for entry in asked if entry.reason]
    sources = Counter(document for entry in asked for document in entry.documents)
    return Report(
        questions=len(asked), unanswered=len(silent), gaps=gaps(silent),
        one_sided=gaps(entry for entry in asked if entry.one_sided),
        sources=tuple(sources.most_common(LONGEST)), verdicts=tuple(records.verdicts()[:LONGEST]),
        one_author=() if generation is None else gaps(_by_one_author(asked, generation)),
        balance=() if generation is None else balance_of(generation),
    )  # fmt: skip


def _by_one_author(asked: Iterable[Asked], generation: Generation) -> Iterator[Asked]:
    """The answered questions whose quotes all come from one author's documents, in a debate of several authors."""
    author = {row.id: row.source.author or row.id for row in generation.rows}
    several = {row.debate for row in generation.rows if author[row.id] != author[_first(generation, row.debate)]}
    debate = {row.id: row.debate for row in generation.rows}
    for entry in asked:
        known = [name for name in entry.documents if name in author]
        if entry.reason is None and len({author[name] for name in known}) == 1 and debate[known[0]] in several:
            yield replace(entry, reason="one_author")


def _first(generation: Generation, debate: str) -> str:
    return next(row.id for row in generation.rows if row.debate == debate)


def gaps(asked: Iterable[Asked]) -> tuple[Gap, ...]:
    """Questions with enough words in common become one gap, the most frequent first."""
    found: list[Gap] = []
    for entry in asked:
        words = frozenset(terms(entry.question))
        gap = next((gap for gap in found if _alike(words, gap.words)), None)
        if gap is None:
            gap = Gap(entry.question, words)
            found.append(gap)
        elif entry.question != gap.question and entry.question not in gap.others:
            gap.others.append(entry.question)
        gap.count += 1
        gap.reasons[entry.reason or "one_sided"] += 1
    return tuple(sorted(found, key=lambda gap: -gap.count)[:LONGEST])


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return one == other or len(one & other) >= ALIKE * len(one | other) > 0
