"""In a real browser: a quote's card, what stands around its words, and what can be done with it."""

from collections.abc import Iterator
from urllib.parse import quote as percent

import pytest

pytest.importorskip("playwright", reason="the Python package playwright is not installed", exc_type=ImportError)

from fakes import HashEncoder, WordJudge, settings_below, write_corpus
from playwright.sync_api import Browser, Page, sync_playwright
from stage import FLAGS, Service, chromium, free_port
from test_sides import NAMED

from pullquote.api import create_app
from pullquote.explainer import Explainer
from pullquote.indexing import index_corpus
from pullquote.ready import Ready
from pullquote.store import open_index

pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
DEBATED = f"/?q={percent('Should cities charge road tolls?')}"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small debates, one of them with its proposition named and judged, where what readers say is kept."""
    folder = tmp_path_factory.mktemp("cards")
    write_corpus(folder / "corpus", NAMED)
    settings = settings_below(folder, store=folder / "records.db")
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    explainer = Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))
    with Service(create_app(explainer), free_port()) as running:
        yield running.origin


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 760})
    yield context.new_page()
    context.close()


def drawn(page: Page, selector: str) -> list[str]:
    """What stands before each of these in the styles alone."""
    return page.locator(selector).evaluate_all(
        "nodes => nodes.map((node) => getComputedStyle(node, '::before').content)"
    )


def test_the_mark_opens_the_quoted_words_and_not_what_stands_above_them(page: Page, service: str):
    page.goto(service + DEBATED)
    assert set(drawn(page, ".turn figure.quote")) == {"none"}
    assert all("“" in mark for mark in drawn(page, ".turn figure.quote blockquote"))


def test_one_rule_opens_the_other_side_above_its_first_line_and_moves_nothing(page: Page, service: str):
    page.goto(service + DEBATED)
    before = page.locator(".turn").evaluate("node => node.offsetHeight")
    assert page.locator(".frame + .quote").count() == 3
    for other in page.locator(".frame + .quote").all()[1:]:
        other.evaluate("node => { node.className = 'quote counterpoint'; }")
    assert [mark != "none" for mark in drawn(page, ".turn .frame")] == [False, True, False]
    assert page.locator(".turn").evaluate("node => node.offsetHeight") == before
