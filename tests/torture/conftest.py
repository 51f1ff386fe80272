"""What the harnesses share: places on disk, and a line of figures for each at the end of the run."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pullquote.settings import Settings
from torture.small import NEW, OLD, build, lay_out, settings_of, share_no_lock

Tell = Callable[[str], None]
_told: list[str] = []


@pytest.fixture(autouse=True, scope="session")
def _locks_of_its_own() -> None:
    share_no_lock()


@pytest.fixture(autouse=True)
def _waits_for_no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests write need not outlive them; child processes do wait."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


@pytest.fixture
def tell() -> Tell:
    """Say what was counted; the lines are shown when all tests have run."""
    return _told.append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _told:
        terminalreporter.section("what was counted")
        for line in _told:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of the old edition, whose corpus folder holds the new one by now; tests take copies."""
    settings = settings_of(tmp_path_factory.mktemp("old"))
    lay_out(settings, OLD)
    for _ in range(2):  # the next build then has a generation to remove
        build(settings)
    lay_out(settings, NEW)
    return settings


@pytest.fixture
def again(pristine: Settings, tmp_path: Path) -> Iterator[Callable[[], Settings]]:
    """Puts the old index back, as often as wanted."""
    settings = Settings(
        corpus=pristine.corpus, index=tmp_path / "index", min_confidence=0.0, min_free_bytes=0
    )

    def copy() -> Settings:
        shutil.rmtree(settings.index, ignore_errors=True)
        shutil.copytree(pristine.index, settings.index)
        return settings

    yield copy
    shutil.rmtree(settings.index, ignore_errors=True)
