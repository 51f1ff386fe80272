"""Findings: what was looked at in an installation, how bad it is and what to do next."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad a finding is."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and what to do about it."""

    subject: str
    state: State
    found: str
    step: str | None = None

    @property
    def text(self) -> str:
        """As a line or two to read."""
        mark = {State.FINE: "ok   ", State.NOTE: "note ", State.WRONG: "WRONG"}[self.state]
        step = f"\n      Next: {self.step}." if self.step else ""
        return f"{mark} {self.subject}: {self.found}{step}"


def fine(subject: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(subject, State.FINE, found)


def note(subject: str, found: str, step: str | None = None) -> Finding:
    """Worth knowing; everything works."""
    return Finding(subject, State.NOTE, found, step)


def wrong(subject: str, found: str, step: str) -> Finding:
    """Something does not work, or soon will not."""
    return Finding(subject, State.WRONG, found, step)


def report(findings: tuple[Finding, ...]) -> str:
    """The findings as text, what is wrong first, and a verdict."""
    order = [State.WRONG, State.NOTE, State.FINE]
    lines = [finding.text for finding in sorted(findings, key=lambda finding: order.index(finding.state))]
    count = sum(finding.state is State.WRONG for finding in findings)
    verdict = "Nothing is wrong." if not count else f"{count} thing{'s are' if count > 1 else ' is'} wrong."
    return "\n".join([*lines, "", verdict])


def wire(findings: tuple[Finding, ...]) -> dict[str, object]:
    """The findings for a program."""
    return {"healthy": healthy(findings), "findings": [asdict(finding) for finding in findings]}


def healthy(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing is wrong."""
    return all(finding.state is not State.WRONG for finding in findings)
