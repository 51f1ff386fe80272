"""Which decisions no longer fit: lines that are none, words that changed or went, editors who disagree."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pullquote.corpus.decisions import DecisionKind, Decisions, EditorDecision
from pullquote.index.desk import decided
from pullquote.index.generation import Generation
from pullquote_desk.waiting import Key, keys_of


@dataclass(frozen=True, slots=True)
class Check:
    """How many decisions hold; what is wrong with the rest, and where editors disagree, a line each."""

    holding: int
    wrong: tuple[str, ...]
    disputed: tuple[str, ...]

    @property
    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {"holding": self.holding, "wrong": [*self.wrong], "disputed": [*self.disputed]}

    @property
    def text(self) -> str:
        """For a terminal."""
        notes = [f"note: {line}" for line in self.disputed]
        return "\n".join(
            [f"{self.holding} decisions hold, {len(self.wrong)} do not", *self.wrong, *notes]
        )


def check(generation: Generation, decisions: Decisions) -> Check:
    """Hold all decisions against the texts of a generation."""
    desk = decided(generation, decisions).desk
    unfit = [f"{named(decision)}: {reason}" for decision, reason in desk.unfit]
    failing = {id(decision) for decision, _ in desk.unfit}
    holding = sum(id(decision) not in failing for decision in decisions.made)
    return Check(holding, (*decisions.damaged, *unfit), tuple(_disputed(decisions)))


def named(decision: EditorDecision) -> str:
    """A decision by its place and what it says, for a line."""
    words = decision.words[0]
    location = f"{words.document}:{words.span.start}-{words.span.end}"
    subject = decision.proposition or decision.question
    about = f" on “{subject}”" if subject else ""
    kind, who = decision.kind.value, f"{decision.who}, {decision.date[:10]}"
    verdict = {
        DecisionKind.SIDE: f" “{decision.side}”",
        DecisionKind.SPEAKER: f" “{decision.speaker or 'the author'}”",
    }.get(decision.kind, "")
    return f"{decision.path}, line {decision.line}: {kind}{verdict} of {location}{about} ({who})"


def _disputed(decisions: Decisions) -> Iterator[str]:
    """The decisions that another editor's later one overrules with another word."""
    by_key = defaultdict[Key, list[EditorDecision]](list)
    for decision in decisions.made:
        for key in keys_of(decision):
            by_key[key].append(decision)
    for group in by_key.values():
        last = group[-1]
        for decision in group[:-1]:
            if decision.who != last.who and _says(decision) != _says(last):
                yield f"{named(decision)} is overruled by {last.who}, line {last.line}"


def _says(decision: EditorDecision) -> object:
    if decision.kind is DecisionKind.PIN:
        return decision.words
    return decision.side, decision.speaker
