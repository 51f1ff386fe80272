"""In CI a test that is skipped fails, but for what that machine cannot have: green means that all was tried."""

import os
from collections.abc import Generator, Mapping
from typing import TypeVar

import pytest

EXCUSED = (
    "the superuser may read everything",
    "only the superuser makes devices",
    "devices cannot be made here",
    "a process without a network cannot be made here",
    "a recipe's library is not installed",  # LlamaIndex and LangChain: large, and no part of what is tested
    "npm could not fetch",  # the registry is away: no fault of what is tested
)
Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
ENVIRON = dict(os.environ)  # as it is before a test changes it


def excused(reason: str, environ: Mapping[str, str]) -> bool:
    """Whether a test may be skipped for this reason."""
    if environ.get("CI", "").lower() in ("", "0", "false"):
        return True
    if "PULLQUOTE_EVAL_DATA" in reason:
        return not environ.get("PULLQUOTE_EVAL_DATA")
    return any(known in reason for known in EXCUSED)


def judged(report: Report) -> Report:
    """The report, failed where it skips what has to be tried."""
    if (
        report.outcome == "skipped"
        and not hasattr(report, "wasxfail")
        and isinstance(report.longrepr, tuple)
    ):
        reason = report.longrepr[2]
        if not excused(reason, ENVIRON):
            report.outcome = "failed"
            report.longrepr = f"{reason} (in CI this fails; tests/skips.py)"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test."""
    return judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file of tests that skips itself while it is read."""
    return judged((yield))
