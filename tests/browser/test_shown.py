"""In a real browser: what was shown is what is copied, come back to and shared, and it is seen everywhere."""

import re
from collections.abc import Iterator
from urllib.parse import quote as percent

import pytest

pytest.importorskip("playwright", reason="the Python package playwright is not installed", exc_type=ImportError)

from fakes import TEXTS, HashEncoder, open_with_fake, settings_below, write_corpus
from playwright.sync_api import Browser, Page, expect
from serving import free_port
from stage import Service

from pullquote.api.app import create_app
from pullquote.api.responses import STRINGS
from pullquote.upkeep.indexing import index_corpus

pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
MYTHS = (
    "---\nauthor: Uma Frost\ntitle: Myths of the lighthouse\npublisher: Beacon\ndate: 2020\n---\n"
    "All of this is wrong:\n\n- Foghorns scare the herring.\n- Lamps lure moths from the mainland.\n"
)
FERRIES = "The ferries carry mail and milk to the outer islands\nin winter, and in summer the carts of all the farmers\nwho want it.\n"
TIDE = (
    "The fishermen of the eastern harbour sang of the tide,\nOf nets and of lanterns and all that the harbour wide.\n"
)
WEST = (
    "---\ntitle: المرفأ\nauthor: نورة سالم\npublisher: صحيفة المرفأ\ndate: 2019-04-07\n---\n"
    "The cranes of the western harbour are to be painted green.\n"
)
CRANES = "Which cranes are to be painted green?"
BUSES, HELMETS = "What pays for better buses?", "Do helmet laws discourage cycling?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("shown")
    write_corpus(
        folder / "corpus",
        {
            **TEXTS,
            "lighthouses/myths.md": MYTHS,
            "ferries/ferries.txt": FERRIES,
            "ferries/tide.txt": TIDE,
            "harbours/west.md": WEST,
        },
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


def places(page: Page, selector: str, pieces: list[str]) -> list[float]:
    """How far from the left each of these pieces of a line begins."""
    return page.locator(selector).first.evaluate(
        "(node, pieces) => pieces.map((piece) => { const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);"
        " for (let text; (text = walker.nextNode()); ) { const at = text.data.indexOf(piece); if (at < 0) continue;"
        " const range = document.createRange(); range.setStart(text, at); range.setEnd(text, at + piece.length);"
        " return range.getBoundingClientRect().left; } return -1; })",
        pieces,
    )


@pytest.mark.parametrize("scripted", [True, False])
def test_a_date_stands_whole_after_names_that_are_read_from_the_right(page: Page, service: str, scripted: bool):
    pieces = ["نورة سالم", "صحيفة المرفأ", "7 April", "2019"]
    if scripted:
        page.goto(service)
        ask(page, CRANES)
    else:
        page.goto(f"{service}/?q={percent(CRANES)}")
    assert page.locator(".turn .speaker").first.inner_text() == "نورة سالم, صحيفة المرفأ, 7 April 2019"
    found = places(page, ".turn .speaker", pieces)
    assert found == sorted(found)
    page.goto(f"{service}/documents#harbours")
    found = places(page, ".by:has-text('نورة')", pieces)
    assert found == sorted(found)
    assert min(found) >= 0


@pytest.mark.parametrize(
    ("wait", "told"),
    [(None, "Wait a moment"), ("2", "Wait a moment"), ("Sun, 06 Nov 2044 08:49:37 GMT", "Wait a moment"),
     ("37", "in about 40 seconds"), ("90", "in about 90 seconds"), ("91", "in about 2 minutes"), ("3571", "in about 60 minutes")],
)  # fmt: skip
def test_whoever_asked_too_often_is_told_for_how_long_to_wait(page: Page, service: str, wait: str | None, told: str):
    headers = {"Content-Type": "application/problem+json"} | ({"Retry-After": wait} if wait else {})
    page.route("**/v1/chat", lambda route: route.fulfill(status=429, headers=headers, body='{"status": 429}'))
    page.goto(service)
    ask(page, HELMETS)
    assert told in page.inner_text(".turn .state")


def test_where_copying_is_denied_the_text_stands_selected_under_a_line_that_says_so(page: Page, service: str):
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false;"
    )
    page.goto(f"{service}/?q={percent(HELMETS)}")
    figure = page.locator(".turn figure").first
    figure.locator("summary", has_text="More").click()
    figure.get_by_role("button", name="Copy").first.click()
    assert page.evaluate("getSelection().toString()").startswith("“Helmet laws")
    page.wait_for_timeout(2700)  # what is told of a copy that was made is gone by then
    assert figure.locator(".uncopied:visible").inner_text() == STRINGS["copy_failed"]
    assert page.evaluate("getSelection().toString()").startswith("“Helmet laws")
    figure.get_by_role("link", name="Share").click()
    assert page.evaluate("getSelection().toString()").startswith(service)
    figure.get_by_role("link", name="BibTeX").click()
    expect(figure.locator(".cited")).to_contain_text("@misc{")
    assert figure.locator(".uncopied").count() == 0


def test_a_quote_that_a_link_leads_to_is_marked_in_forced_colours_too(browser: Browser, service: str):
    with browser.new_context(forced_colors="active") as context:
        page = context.new_page()
        page.goto(f"{service}/?q={percent(BUSES)}#quote-1")
        colours = "node => [getComputedStyle(node).backgroundColor, getComputedStyle(document.body).backgroundColor]"
        marked, paper = page.locator("#quote-1 blockquote p").evaluate(colours)
        assert marked.startswith("rgb(")  # not see-through
        assert marked != paper
        page.goto(f"{service}/?q={percent(BUSES)}#none")
        assert page.locator("#quote-1 blockquote p").evaluate(colours)[0].startswith("rgba(")


@pytest.mark.parametrize(("accent", "own"), [("", False), ("#1a237e", True)])
def test_a_colour_of_a_site_never_hides_that_a_link_is_one(page: Page, service: str, accent: str, own: bool):
    page.goto(f"{service}/embed#theme=dark&accent={percent(accent)}")
    ask(page, HELMETS)
    for selector in (".turn [data-f=place]", ".turn summary", ".turn-actions .plain", "#about a"):
        line, ink, accented = page.locator(selector).first.evaluate(
            "node => { const style = getComputedStyle(node), rule = getComputedStyle(document.querySelector('figcaption'), '::before');"
            " return [style.textDecorationColor, style.color, rule.borderTopColor]; }"
        )
        assert (line == ink, accented == "rgb(26, 35, 126)") == (own, own), selector
