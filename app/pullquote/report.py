"""The operator's report: what was asked in vain, where answers show one side, what they lean on."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pullquote.feedback import Asked, Records
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

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "questions": self.questions,
            "unanswered": self.unanswered,
            "gaps": [gap.wire for gap in self.gaps],
            "one_sided": [gap.wire for gap in self.one_sided],
            "sources": [{"document_id": name, "answers": count} for name, count in self.sources],
            "verdicts": [{"document_id": name, "verdict": said, "count": count} for name, said, count in self.verdicts],
        }

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.questions} questions, {self.unanswered} not answered"]
        for title, gaps in (("Asked in vain", self.gaps), ("Answered from one side only", self.one_sided)):
            lines += ["", f"{title}:", *(f"  {gap.count:4}  {gap.question}" for gap in gaps)]
        lines += ["", "Documents quoted most:", *(f"  {count:4}  {name}" for name, count in self.sources)]
        if self.verdicts:
            lines += ["", "What visitors said of quotes:"]
            lines += [f"  {count:4}  {said.replace('_', ' ')}, in {name}" for name, said, count in self.verdicts]
        return "\n".join(lines)


def report_of(records: Records) -> Report:
    """The report over all that is on record."""
    asked = records.questions()
    silent = [entry for entry in asked if entry.reason]
    sources = Counter(document for entry in asked for document in entry.documents)
    return Report(
        questions=len(asked), unanswered=len(silent), gaps=gaps(silent),
        one_sided=gaps(entry for entry in asked if entry.one_sided),
        sources=tuple(sources.most_common(LONGEST)), verdicts=tuple(records.verdicts()[:LONGEST]),
    )  # fmt: skip


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
