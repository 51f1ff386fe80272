"""The core without the packages beside it: it runs, and a setting that needs one names what to install."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from fakes import CHECKOUT

from pullquote.answers.pointing import open_pointing
from pullquote.errors import PullquoteError
from pullquote.index.engine import open_engine, open_store
from pullquote.models.encoder import prepare_encoder
from pullquote.models.ranker import open_ranker
from pullquote.settings import Address, Settings, registered
from pullquote.upkeep.counts import counts_of

NEIGHBOURS = [
    path.parent.name
    for path in sorted(CHECKOUT.glob("app/*/__init__.py"))
    if path.parent.name != "pullquote"
]
# Tests of the core that take a few seconds together, from documents to answers.
QUICK = ("answer", "explainer", "index", "lexical", "query", "search", "select", "span", "vectors")
MORE = ("check", "cite", "debating", "match", "quote", "routes", "sentences", "verify")
ALONE = (
    "import sys, pytest; sys.modules.update(dict.fromkeys(sys.argv[1].split()));"
    " sys.exit(pytest.main(sys.argv[2:]))"
)
FAST = "not slow and not torture and not quality and not llm"


def run_without(hidden: Sequence[str], tests: Sequence[str], chosen: str) -> None:
    """Run test modules in a process of their own, in which these packages cannot be imported."""
    paths = [str(CHECKOUT / "tests" / f"test_{name}.py") for name in tests]
    environ = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    options = ["-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", chosen]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, " ".join(hidden), *options, *paths],
        check=False, capture_output=True, text=True, env=environ, cwd=CHECKOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-1_000:]
    assert " passed" in done.stdout


@pytest.mark.slow
def test_the_core_passes_its_tests_without_any_package_beside_it():
    run_without(NEIGHBOURS, QUICK, FAST)


@pytest.mark.torture
@pytest.mark.parametrize("hidden", NEIGHBOURS)
def test_the_core_passes_its_tests_without_each_package_beside_it(hidden: str):
    run_without([hidden], [*QUICK, *MORE], FAST)


@pytest.mark.parametrize(
    ("needs", "fault"),
    [
        (lambda: open_engine(Settings(engine=Address("milvus+http://h:1/absent"))), r"^pullquote_scale is not installed; .*pullquote\[milvus\]"),
        (lambda: open_engine(Settings(engine=Address("postgresql://h/absent"))), r"^pullquote_scale is not installed; .*pullquote\[postgresql\]"),
        (lambda: open_store(Settings(files=Address("s3://bucket"))), r"^pullquote_scale is not installed; .*pullquote\[s3\]"),
        (lambda: counts_of(Settings(state=Address("redis://h"))), r"^pullquote_scale is not installed; .*pullquote\[shared\]"),
        (lambda: registered("pullquote.workers", "ray", "ray"), r"^pullquote_scale is not installed; .*pullquote\[ray\]"),
        (lambda: prepare_encoder("some/model", Path("index")), r"^pullquote_eval is not installed; .*pullquote\[models\]"),
        (lambda: open_ranker("some/ranker"), r"^pullquote_eval is not installed; .*pullquote\[models\]"),
        (lambda: open_pointing(Settings(llm_url="http://h", llm_model="m")), "nothing .* language model; run .*pullquote"),
    ],
)  # fmt: skip
def test_a_setting_that_needs_an_absent_package_names_it_and_the_extra(
    monkeypatch: pytest.MonkeyPatch, needs: Callable[[], object], fault: str
):
    for name in [name for name in sys.modules if name.partition(".")[0] in NEIGHBOURS]:
        monkeypatch.delitem(sys.modules, name)
    for name in NEIGHBOURS:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(PullquoteError, match=fault):
        needs()
