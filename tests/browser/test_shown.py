"""In a real browser: what was shown once is what is copied, come back to and shared."""

import re
from collections.abc import Iterator
from urllib.parse import quote as percent

import pytest

pytest.importorskip("playwright", reason="the Python package playwright is not installed", exc_type=ImportError)

from fakes import TEXTS, HashEncoder, open_with_fake, settings_below, write_corpus
from playwright.sync_api import Browser, Page, expect
from serving import free_port
from stage import Service

from pullquote.api import create_app
from pullquote.indexing import index_corpus

pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
MYTHS = (
    "---\nauthor: Uma Frost\ntitle: Myths of the lighthouse\npublisher: Beacon\ndate: 2020\n---\n"
    "All of this is wrong:\n\n- Foghorns scare the herring.\n- Lamps lure moths from the mainland.\n"
)
FERRIES = "The ferries carry mail and milk to the outer islands in winter,\nand the carts of the farmers.\n"
TIDE = (
    "The fishermen of the eastern harbour sang of the tide,\nOf nets and of lanterns and all that the harbour wide.\n"
)
BUSES, HELMETS = "What pays for better buses?", "Do helmet laws discourage cycling?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("shown")
    write_corpus(
        folder / "corpus",
        {**TEXTS, "lighthouses/myths.md": MYTHS, "ferries/ferries.txt": FERRIES, "ferries/tide.txt": TIDE},
    )
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    with Service(create_app(open_with_fake(settings)), free_port()) as running:
        yield running.origin


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(permissions=["clipboard-read", "clipboard-write"]) as context:
        yield context.new_page()


def ask(page: Page, question: str) -> None:
    """Ask, and wait until the answer is whole."""
    before = page.locator('[data-f="tools"]:not([hidden])').count()
    page.fill("#q", question)
    page.press("#q", "Enter")
    expect(page.locator('[data-f="tools"]:not([hidden])')).to_have_count(before + 1)


def copied(page: Page) -> str:
    """What "Copy" takes of the last quote but one's denied claim."""
    figure = page.locator(".turn figure", has_text="Lamps lure moths").first
    figure.locator("summary", has_text="More").click()
    figure.get_by_role("button", name="Copy").first.click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_an_item_is_copied_with_the_line_that_denies_it(page: Page, service: str):
    question = "Which lamps lure moths from the mainland?"
    before, words = "[Just before it: “All of this is wrong:”]", "“- Lamps lure moths from the mainland.”"
    page.goto(service)
    ask(page, question)
    assert copied(page).split("\n")[:2] == [before, words]
    page.evaluate("sessionStorage.clear()")
    page.goto(f"{service}/?q={percent(question)}")
    assert copied(page).split("\n")[:2] == [before, words]


def test_words_that_stand_alone_are_copied_alone(page: Page, service: str):
    page.goto(f"{service}/?q={percent(HELMETS)}")
    figure = page.locator(".turn figure").first
    figure.locator("summary", has_text="More").click()
    figure.get_by_role("button", name="Copy").first.click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("“Helmet laws")


def last(page: Page) -> str:
    """What the last turn shows, but for buttons."""
    return re.sub(r"\s+", " ", page.locator(".turn [data-f=answer]").last.inner_text())


@pytest.mark.parametrize("question", ["Who wrote this?", "When was that published?", "Who said that?"])
def test_an_answer_about_the_quotes_shown_before_is_the_same_after_a_reload_and_for_others(
    browser: Browser, page: Page, service: str, question: str
):
    page.goto(service)
    for one in (HELMETS, BUSES, question):
        ask(page, one)
    told, kept = last(page), page.evaluate("Object.values(sessionStorage)")
    assert "Finch" in told or "March 2021" in told
    page.reload()
    assert last(page) == told
    assert page.locator(".turn").count() == 3
    page.goto(f"{service}/documents")
    page.go_back()
    assert last(page) == told
    assert len(page.evaluate("Object.values(sessionStorage)")) == len(kept)
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(page.url)
        assert last(other) == told


def test_what_was_read_stays_where_the_address_gives_less(page: Page, service: str):
    page.goto(service)
    for one in (BUSES, HELMETS):
        ask(page, one)
    page.evaluate(
        "() => { for (const key of Object.keys(sessionStorage)) { const list = JSON.parse(sessionStorage[key]);"
        " list[1].parts[0].text = 'Read before:'; sessionStorage[key] = JSON.stringify(list); } }"
    )
    page.reload()
    assert last(page).startswith("Read before:")
    page.reload()
    assert last(page).startswith("Read before:"), "and is not written over"
    assert page.locator(".turn").count() == 2


def lines(page: Page, selector: str) -> int:
    """How many lines the words stand on."""
    return int(
        page.locator(selector).first.evaluate(
            "node => { const range = document.createRange(); range.selectNodeContents(node);"
            " return new Set([...range.getClientRects()].map((box) => Math.round(box.bottom))).size; }"
        )
    )


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize(("question", "shown"), [("What do the ferries carry?", 1), ("Who sang of the tide?", 2)])
def test_full_lines_of_prose_run_on_where_there_is_room_and_those_of_verse_do_not(
    page: Page, service: str, question: str, shown: int, scripted: bool
):
    page.set_viewport_size({"width": 1600, "height": 800})
    if scripted:
        page.goto(service)
        ask(page, question)
    else:
        page.goto(f"{service}/?q={percent(question)}")
    page.evaluate("document.body.style.maxWidth = '100rem'")
    words = page.locator(".turn [data-f=exact]").first.evaluate("node => node.textContent")
    assert words in (FERRIES.strip(), TIDE.strip()), "letter for letter"
    assert lines(page, ".turn [data-f=exact]") == shown
