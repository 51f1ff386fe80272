"""What the tests share: a tiny debate with a fake encoder, and the real corpus with the real model."""

import atexit
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from fakes import (
    CHECKOUT,
    TEXTS,
    HashEncoder,
    built_below,
    environ_of,
    open_with_fake,
    settings_below,
    write_corpus,
)
from hypothesis import HealthCheck
from hypothesis import settings as configured
from reports import pytest_report_to_serializable  # noqa: F401 -- a hook that pytest finds here
from skips import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401 -- hooks that pytest finds here

from pullquote.answers.explainer import Explainer
from pullquote.cli.main import main
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

if TYPE_CHECKING:
    from playwright.sync_api import Browser

EVAL_DATA = os.environ.get("PULLQUOTE_EVAL_DATA")  # the tests' own environment holds no settings
Settle = Callable[..., Settings]
Run = Callable[..., Result]


def register_neighbours() -> None:
    """Register what pyproject.toml names where the environment was installed from before it did."""
    groups = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["entry-points"]
    lines = [
        f"[{group}]\n{name} = {value}\n"
        for group, values in groups.items()
        for name, value in values.items()
        if name not in entry_points(group=group).names
    ]
    if not lines:
        return
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    metadata = Path(folder, "checkout-0.dist-info")
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: checkout\nVersion: 0\n")
    (metadata / "entry_points.txt").write_text("".join(lines))
    sys.path.append(folder)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))


register_neighbours()

# A busy machine is no fault.
configured.register_profile(
    "unhurried", suppress_health_check=[HealthCheck.too_slow], deadline=None
)
configured.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files with the longest tests first: a worker that took one last would keep all others waiting."""
    longest = ("test_browser", "test_law", "test_load", "torture")
    items.sort(
        key=lambda item: next(
            (n for n, name in enumerate(longest) if name in str(item.path)), len(longest)
        )
    )


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PULLQUOTE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def settle(tmp_path: Path) -> Settle:
    """Lay out a corpus of these files and give the settings that name it."""

    def lay(files: Mapping[str, str | bytes] = TEXTS, **values: object) -> Settings:
        write_corpus(tmp_path / "corpus", files)
        return settings_below(tmp_path, **values)

    return lay


@pytest.fixture
def indexed(settle: Settle) -> Settings:
    """Settings of a built index of the small debates, this test's own."""
    settings = settle()
    index_corpus(settings, HashEncoder())
    return settings


@pytest.fixture
def own_explainer(indexed: Settings) -> Explainer:
    """An explainer whose corpus and index this test may damage."""
    return open_with_fake(indexed)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a built index of the small debates, which no test may change."""
    return built_below(tmp_path_factory.mktemp("shared"), TEXTS)


@pytest.fixture(scope="session")
def explainer(shared: Settings) -> Explainer:
    """An explainer over the small debates, which no test may change."""
    return open_with_fake(shared)


@pytest.fixture
def fake_model(monkeypatch: pytest.MonkeyPatch) -> HashEncoder:
    """Puts the fake encoder where the program would open a model."""
    encoder = HashEncoder()
    monkeypatch.setattr(
        "pullquote.answers.ready.open_encoder", lambda index, identity, model: encoder
    )
    monkeypatch.setattr("pullquote.upkeep.indexing.prepare_encoder", lambda model, index: encoder)
    return encoder


@pytest.fixture
def run(fake_model: HashEncoder) -> Run:
    """Run a command line with the fake encoder and these settings."""

    def invoke(settings: Settings, *arguments: str) -> Result:
        return CliRunner().invoke(
            main, list(arguments), env=environ_of(settings), prog_name="pullquote"
        )

    return invoke


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an index of the checkout's corpus, built with the real model."""
    settings = Settings(
        corpus=CHECKOUT / "corpus",
        index=tmp_path_factory.mktemp("real") / "index",
        min_free_bytes=0,
    )
    index_corpus(settings)
    return settings


@pytest.fixture(scope="session")
def real_explainer(real_index: Settings) -> Explainer:
    """An explainer over the checkout's corpus with the real model."""
    return Explainer.open(real_index)


@pytest.fixture(
    scope="module"
)  # no longer: while it is open no other test can run a loop of its own
def browser() -> "Iterator[Browser]":
    """Chromium, for the tests in browser/."""
    from playwright.sync_api import sync_playwright
    from stage import FLAGS, chromium

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo_documents() -> Path:
    """The folder of the demo documents, where PULLQUOTE_EVAL_DATA names one."""
    folder = Path(EVAL_DATA or os.devnull) / "demo-docs" / "texts"
    if not folder.is_dir():
        pytest.skip("PULLQUOTE_EVAL_DATA names no folder that holds demo-docs/")
    return folder
