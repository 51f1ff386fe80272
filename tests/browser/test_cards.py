"""In a real browser: a quote's card, what stands around its words, and what can be done with it."""

import re
from collections.abc import Iterator
from urllib.parse import quote as percent

import pytest

pytest.importorskip("playwright", reason="the Python package playwright is not installed", exc_type=ImportError)

from fakes import NAMED, TOLLS, HashEncoder, WordJudge, settings_below, write_corpus
from playwright.sync_api import Browser, Page, Route
from serving import free_port
from stage import Service

from pullquote.answers.explainer import Explainer
from pullquote.answers.reply import Ready
from pullquote.api.app import create_app
from pullquote.api.responses import STRINGS
from pullquote.index import open_index
from pullquote.upkeep.indexing import index_corpus

pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUESTION = "Should cities charge road tolls?"
DEBATED = f"/?q={percent(QUESTION)}"


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


def test_few_things_to_do_stand_under_a_quote_and_the_rest_opens_without_moving_their_names(page: Page, service: str):
    page.goto(service + DEBATED)
    figure = page.locator(".turn figure").first
    names = figure.locator(".actions a:visible, .actions button:visible, .actions summary:visible")
    assert [name.split("\n")[0].strip() for name in names.all_inner_texts()] == [
        "Read in context",
        "Who disputes this?",
        "More",
        "Feedback",
    ]
    line = figure.locator("summary", has_text="Feedback")
    before = line.bounding_box()
    figure.locator("summary", has_text="More").click()
    assert line.bounding_box() == before
    assert figure.get_by_role("button", name="Copy").is_visible()


def test_the_side_of_a_quote_stands_after_its_byline_with_what_it_is_on_once_above_them(page: Page, service: str):
    page.goto(service)
    page.evaluate("() => { window.moved = []; new MutationObserver(() => { const on = document.querySelector('.turn [data-f=on]:not([hidden])');"
        " moved.push([Boolean(document.querySelector('.turn .frame')), Boolean(on)]); }).observe(document.querySelector('#log'), {subtree: true, childList: true}); }")  # fmt: skip
    page.fill("#q", QUESTION)
    page.press("#q", "Enter")
    page.locator('.turn [data-f="tools"]:not([hidden])').wait_for()
    assert [True, False] not in page.evaluate("moved"), "it stands there before the first quote does"
    for _ in range(2):
        assert page.locator('.turn [data-f="on"]:visible').inner_text() == f"On: {TOLLS}"
        figure = page.locator(".turn figure", has_text="(this site’s label for the document)").first
        told = figure.evaluate(
            "node => [...node.querySelectorAll('blockquote, .speaker, .stance')].map((one) => one.className || one.tagName)"
        )
        assert told == ["BLOCKQUOTE", "speaker", "stance"]
        assert figure.locator(".speaker b").inner_text() == "Ada Finch"
        page.goto(service + DEBATED)  # the server writes the same


@pytest.mark.parametrize(("field", "written", "name"), [("speaker", "Ada", "Ada Finch"), ("byline", "Ada Finches", "")])
def test_a_name_in_a_byline_is_whole_as_on_the_page_of_the_server(
    page: Page, service: str, field: str, written: str, name: str
):
    def altered(route: Route) -> None:
        reply = route.fetch()
        body = re.sub(rf'("{field}":\s*)"Ada Finch', rf'\1"{written}', reply.text())
        route.fulfill(response=reply, body=body)

    page.goto(service)
    page.route("**/v1/chat", altered)
    page.fill("#q", QUESTION)
    page.press("#q", "Enter")
    byline = page.locator(".turn figure", has_text="(this site’s label for the document)").first.locator(".speaker")
    byline.wait_for()
    assert byline.locator("b").inner_text() == name
    assert byline.inner_text().startswith("Ada Finch")


def test_a_card_is_copied_wherever_it_stands(browser: Browser, service: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{service}/sides?proposition={percent(TOLLS)}")
    figure = page.locator("figure").first
    figure.locator("summary").click()
    figure.get_by_role("button", name="Copy").first.click()
    figure.get_by_role("button", name="Copied").wait_for()
    words, said, where = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert words == f"“{figure.locator('blockquote').inner_text()}”"
    assert said == f"— {figure.locator('.speaker').inner_text()}"
    assert where.startswith("http")
    context.close()


def test_where_nothing_argues_either_side_one_sentence_says_so(page: Page, service: str):
    page.goto(f"{service}/sides?proposition={percent('Whales should sing opera.')}")
    assert page.locator("main .absent:visible").all_inner_texts() == [STRINGS["absent_both"]]
    assert page.locator(".columns:visible, main .note:visible").count() == 0


def test_a_follow_up_is_told_by_what_it_follows_and_not_in_brackets(page: Page, service: str):
    page.goto(f"{service}/?q={percent('And why is that? (asked after: Who should pay for a road?)')}")
    assert page.inner_text(".question") == "And why is that?"
    assert page.inner_text('[data-f="follows"]') == "As a follow-up to: Who should pay for a road?"


def test_the_page_says_which_debate_is_asked_and_what_its_sources_are_also_when_another_is_chosen(
    page: Page, service: str
):
    page.goto(f"{service}/?debate=road-tolls")
    assert page.inner_text("h1") == "Ask about road tolls"
    about = page.locator("#about a")
    assert about.inner_text().startswith("2 sources")
    assert about.get_attribute("href") == "/documents#road-tolls"
    page.select_option("#debate", label="Bicycle helmets")
    assert page.inner_text("h1") == "Ask about bicycle helmets"
    assert about.get_attribute("href") == "/documents#bicycle-helmets"
    page.goto(f"{service}/embed?debate=road-tolls")
    assert page.inner_text("#about").startswith("On road tolls: 2 sources")


def test_a_long_answer_in_the_frame_scrolls_between_its_head_and_its_foot_alone(page: Page, service: str):
    page.goto(f"{service}/embed")
    page.fill("#q", QUESTION)
    page.press("#q", "Enter")
    page.locator('.turn [data-f="tools"]:not([hidden])').wait_for()
    assert page.locator("main").evaluate("node => node.scrollHeight > node.clientHeight")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_on_paper_a_place_is_a_whole_address_and_no_link_that_opens_something_is_left(page: Page, service: str):
    page.goto(service + DEBATED)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    place = page.locator('.turn [data-f="place"]').first
    assert (
        place.evaluate("node => getComputedStyle(node, '::after').content")
        == f'"{place.evaluate("node => node.href")}"'
    )
    assert page.locator(".turn :is(.offer, summary, [data-f=disputes]):visible").count() == 0


def test_a_link_that_does_not_work_says_so_in_ink_under_a_heading_of_its_own(page: Page, service: str):
    page.goto(f"{service}/documents/for-tolls?start=5&end=99999")
    assert page.inner_text("h1") == "This link does not work"
    colours = page.evaluate("['h1', 'body'].map((name) => getComputedStyle(document.querySelector(name)).color)")
    assert colours[0] == colours[1]
