"""In a real browser: the pages where there is little room, on paper, and as they are read out."""

from collections.abc import Iterator

import pytest

pytest.importorskip("playwright", reason="the Python package playwright is not installed", exc_type=ImportError)

from fakes import TEXTS, HashEncoder, open_with_fake, settings_below, write_corpus
from playwright.sync_api import Browser, Page
from serving import free_port
from stage import Service, axe_faults

from pullquote.api.app import create_app
from pullquote.upkeep.indexing import index_corpus

pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
PLACE = "https://ferries.example/winter"
KEY = "an-admin-key-of-the-tests"
BELL = f"---\nauthor: bell hooks\ntitle: Ferries\nurl: {PLACE}\nproposition: Ferries should cross.\nside: for\n---\nFerries cross the water in winter because the bridge is closed.\n"
ASKED = "/?q=Why do ferries cross the water in winter?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("small")
    write_corpus(folder / "corpus", {**TEXTS, "ferries/bell.md": BELL})
    settings = settings_below(folder, store=folder / "records.db", admin_key=KEY)
    index_corpus(settings, HashEncoder())
    with Service(create_app(open_with_fake(settings)), free_port()) as running:
        yield running.origin


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize("width", [1100, 768, 320])
def test_the_manual_is_no_wider_than_the_window(page: Page, service: str, width: int):
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(f"{service}/docs")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".route td code", has_text="document_id").first.evaluate("node => node.getClientRects().length") == 1  # fmt: skip


def test_the_report_is_no_wider_than_the_window(page: Page, service: str):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{service}/report")
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    page.get_by_role("heading", name="By side").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert axe_faults(page) == []


def test_in_a_low_frame_all_of_it_scrolls_and_head_and_foot_take_no_room(page: Page, service: str):
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(f"{service}/embed")
    assert page.evaluate("document.documentElement.scrollHeight") > 256
    assert page.locator("main").evaluate("node => node.scrollHeight <= node.clientHeight")
    page.set_viewport_size({"width": 320, "height": 500})
    assert page.evaluate("document.documentElement.scrollHeight") == 500


def test_an_author_is_written_as_recorded_and_a_decoration_is_not_read_out(page: Page, service: str):
    page.set_viewport_size({"width": 800, "height": 700})
    page.goto(service + ASKED)
    assert page.locator(".turn .speaker").first.inner_text() == "bell hooks"
    tree = page.locator(".turn figure").first.aria_snapshot()
    assert "“" not in tree
    assert tree.splitlines()[0].startswith('- figure "bell hooks')
    assert "Copy" not in tree.splitlines()[0]


def test_on_paper_a_quote_has_two_whole_addresses_and_nothing_to_click(page: Page, service: str):
    page.goto(service + ASKED)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown = page.locator(".turn figure .actions, .turn figure .actions a:visible, .turn figure button:visible")
    written = [node.evaluate("node => getComputedStyle(node, '::after').content") for node in shown.all()]
    place = page.locator('.turn figure a[data-f="place"]').get_attribute("href")
    assert written == [f'"{PLACE}"', f'"{service}{place}"']
    page.emulate_media(media="screen")
