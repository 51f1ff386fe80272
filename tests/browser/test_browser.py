"""In a real browser: the conversation, the widget on other people's pages, and the reader."""

import base64
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

import pytest

pytest.importorskip("playwright", reason="the Python package playwright is not installed", exc_type=ImportError)

from fakes import NAMED, TEXTS, TOLLS, HashEncoder, WordJudge, open_with_fake, settings_below, write_corpus
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect
from serving import free_port
from stage import PAYLOADS, CutOff, Service, axe_faults, npm_file, site

from pullquote.answers.explainer import Explainer
from pullquote.answers.reply import Ready
from pullquote.api.app import create_app
from pullquote.api.responses import STRINGS
from pullquote.index import open_index
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import text_directive

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
QUESTION = "Who should pay for a road?"
WORDS = "Drivers who use a road should pay for it."
MORE = {
    "road-tolls/arabic.txt": (
        "---\nlanguage: ar\nauthor: سلمى حداد\npublisher: الطريق\ndate: 2022\n---\n"
        "رسوم الطرق تقلل الازدحام في Qusayr اليوم (50 %). السائق الذي يستعمل الطريق يدفع ثمنه.\n"
    ),
    "road-tolls/hidden.md": "---\ntitle: Hidden \u202eeltit\n---\nZebra \u202eyawhgih\u202c tolls are hid\u00adden\u200b here.\n",
    "road-tolls/repeats.md": (
        "---\nurl: https://repeats.example/\n---\n"
        "The mayor spoke first. Tolls are fair. Everyone clapped.\n\nThe driver spoke next. Tolls are fair. Nobody clapped.\n\n"
         "A very long sentence about ferries goes on " + "and on and over the water " * 14 + "until it ends.\n"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def other_site() -> Iterator[dict[str, Any]]:
    """Another site whose pages and headers the tests write."""
    held: dict[str, Any] = {"pages": {}, "headers": {}}
    with site(held["pages"], lambda path: held["headers"].get(path, {})) as origin:
        held["origin"] = origin
        yield held


@pytest.fixture(scope="module")
def stranger() -> Iterator[dict[str, Any]]:
    """A site that the operator did not list."""
    held: dict[str, Any] = {"pages": {}}
    with site(held["pages"]) as origin:
        held["origin"] = origin
        yield held


def same_place(origin: str) -> str:
    """Another origin on the service's own site: chromium's fresh profiles deny storage to frames of other sites."""
    return origin.replace("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory, other_site: dict[str, Any]) -> CutOff:
    folder = tmp_path_factory.mktemp("browser")
    write_corpus(folder / "corpus", {**TEXTS, **MORE})
    origins = (other_site["origin"], same_place(other_site["origin"]))
    settings = settings_below(folder, allowed_origins=origins, store=folder / "records.db")
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    cut = CutOff(create_app(explainer))
    cut.explainer = explainer
    return cut


@pytest.fixture(scope="module")
def service(gate: CutOff) -> Iterator[str]:
    with Service(gate, free_port()) as running:
        yield running.origin


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1000, "height": 800})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return watched(context.new_page())


def watched(page: Page) -> Page:
    """A page that remembers what went against a policy and what was thrown."""
    page.faults = []
    page.add_init_script("window.pwn = () => console.error('PWNED'); window.alert = window.pwn;")
    page.on("console", lambda message: page.faults.append(message.text) if _counts(message.text) else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def _counts(text: str) -> bool:
    return bool(re.search(r"Content Security Policy|Content-Security-Policy|TrustedHTML|Trusted Type|PWNED", text))


def ask(frame: Page | Frame, question: str = QUESTION) -> None:
    """Ask in the page or the frame, and wait until the answer is whole."""
    before = frame.locator('[data-f="tools"]:not([hidden])').count()
    frame.fill("#q", question)
    frame.press("#q", "Enter")
    expect(frame.locator('[data-f="tools"]:not([hidden])')).to_have_count(before + 1)


def host(
    other_site: dict[str, Any], service: str, body: str = "", head: str = "", *, tag: str = "data-label='Ask'"
) -> str:
    """A page of the other site that carries the widget; its address."""
    path = f"/{len(other_site['pages'])}"
    other_site["pages"][path] = (
        f"<!doctype html><html lang=en><head><title>Host</title><meta name=viewport content='width=device-width'>{head}"
        f"<script src='{service}/widget.js' {tag} defer></script></head><body><main><h1>Host</h1><p>Words.</p>{body}</main></body></html>"
    )
    return other_site["origin"] + path


def opened(page: Page, url: str) -> Frame:
    """The frame of a page's bubble, opened."""
    page.goto(url)
    page.locator("pullquote-chat button").first.click()
    until(page, "document.querySelector('pullquote-chat').ready === true")
    return next(frame for frame in page.frames if "/embed" in frame.url)


def until(page: Page | Frame, condition: str) -> None:
    """Wait without the browser's eval, which a strict policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {condition}")


# The chat page


def test_a_question_streams_its_quote_and_a_follow_up_is_resolved(page: Page, service: str):
    page.goto(service)
    ask(page)
    assert WORDS in page.inner_text(".turn")
    assert "q=Who" in page.url
    ask(page, "And why is that?")
    assert page.locator('[data-f="follows"]:visible').count() == 1
    assert page.inner_text("#live").startswith(("Answer complete", "No answer"))
    page.reload()  # the address holds the question as it was understood
    assert questions(page) == [QUESTION, "And why is that?"]
    assert page.locator('[data-f="follows"]:visible').count() == 1
    assert page.faults == []


def test_the_quote_is_shown_before_the_answer_is_whole(page: Page, service: str):
    page.goto(service)
    page.evaluate(
        "() => { window.order = []; new MutationObserver((all) => { for (const one of all) for (const node of one.addedNodes)"
        " if (node.className?.startsWith?.('quote')) order.push('quote'); "
        "if (document.querySelector('[data-f=tools]:not([hidden])')) order.push('whole'); })"
        ".observe(document.body, {subtree: true, childList: true, attributes: true}); }"
    )
    ask(page)
    order = page.evaluate("order")
    assert order[0] == "quote"
    assert "whole" in order


def test_the_same_answer_comes_without_javascript(browser: Browser, service: str):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(service)
    page.fill("#q", QUESTION)
    page.press("#q", "Enter")
    page.wait_for_url("**/?q=*")
    assert WORDS in page.inner_text(".turn")
    assert page.locator("[data-do=copy]:visible").count() == 0
    page.get_by_role("link", name="Read in context").first.click()
    assert page.inner_text("mark").strip().endswith(WORDS) or WORDS in page.text_content("mark")
    context.close()


def test_copy_share_and_cite(browser: Browser, service: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = watched(context.new_page())
    page.goto(service)
    ask(page)
    figure = page.locator("figure", has_text=WORDS).first
    figure.locator("summary", has_text="More").click()
    figure.get_by_role("button", name="Copy").first.click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.split("\n")[0].startswith("“")
    assert WORDS in text
    assert "Ada Finch, The Toll Review, March 2021" in text
    assert "https://tolls.example/case#:~:text=" in text
    figure.get_by_role("link", name="Share").click()
    until(page, "navigator.clipboard.readText().then((text) => text.startsWith('http'))")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "&g=" in link
    figure.get_by_role("link", name="BibTeX").click()
    expect(figure.locator(".cited")).to_contain_text("@misc{finch2021")
    page.goto(link)
    assert WORDS in page.inner_text(".turn")
    assert page.faults == []
    context.close()


def test_edit_replaces_the_turn_and_those_after_it(page: Page, service: str):
    page.goto(service)
    ask(page)
    page.get_by_role("button", name="Edit question").click()
    assert page.input_value("#q") == QUESTION
    page.fill("#q", "Do helmet laws discourage cycling?")
    page.press("#q", "Enter")
    expect(page.locator(".turn h2", has_text="helmet laws")).to_have_count(1)
    expect(page.locator(".turn")).to_have_count(1)
    assert "Helmet laws" in page.inner_text(".turn")


def questions(page: Page | Frame) -> list[str]:
    return page.locator(".turn .question").all_inner_texts()


def test_ask_again_stands_where_an_answer_did_not_come_and_replaces_its_own_turn(page: Page, service: str):
    asked = [QUESTION, "Do helmet laws discourage cycling?", "Who should pay for roads?"]
    page.goto(service)
    for question in asked[:2]:
        ask(page, question)
    assert page.get_by_role("button", name="Ask again").count() == 0, "nothing went wrong"
    page.route("**/v1/chat", lambda route: route.abort())
    ask(page, asked[2])
    page.unroute_all()
    page.locator(".failed").get_by_role("button", name="Ask again").click()
    expect(page.locator(".turn:has(figure)")).to_have_count(3)
    assert questions(page) == asked


def test_an_edit_is_shown_and_can_be_left(page: Page, service: str):
    page.goto(service)
    note = page.locator("#editing")
    ask(page)
    page.get_by_role("button", name="Edit question").click()
    expect(note.locator("bdi")).to_have_text(f"Replaces “{QUESTION}”")  # nothing follows it
    page.keyboard.press("Escape")
    ask(page, "Do helmet laws discourage cycling?")
    for leave in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.fill("#q", ""),
        lambda: page.get_by_role("button", name="Cancel").click(),
    ):
        page.get_by_role("button", name="Edit question").first.click()
        expect(note).to_contain_text(f"Replaces “{QUESTION}” and what follows it.")
        assert page.locator("#q").get_attribute("aria-describedby") == "editing"
        leave()
        expect(note).to_be_hidden()
        assert page.input_value("#q") == ""
    ask(page, "Who should pay for roads?")
    assert len(questions(page)) == 3
    page.get_by_role("button", name="Edit question").nth(1).click()
    page.route("**/v1/chat", lambda route: route.abort())
    page.press("#q", "Enter")
    expect(page.locator(".failed")).to_have_count(1)
    assert page.locator(".turn:has(figure)").count() == 3
    assert page.faults == []


def test_all_debates_are_asked_also_after_a_link_of_one(page: Page, service: str):
    page.goto(f"{service}/?debate=road-tolls")
    page.select_option("#debate", "")
    with page.expect_request("**/v1/chat") as sent:
        ask(page)
    assert sent.value.post_data_json["debate"] is None


def test_each_debate_keeps_its_conversation_until_another_begins(page: Page, service: str):
    page.goto(service)
    assert page.locator("#new").is_hidden()
    ask(page)
    ask(page, "Do helmet laws discourage cycling?")
    assert page.title() == "Do helmet laws discourage cycling? – Pullquote"
    page.goto(f"{service}/?debate=bicycle-helmets")
    assert page.locator(".turn").count() == 0
    ask(page, "Do helmet laws discourage cycling?")
    page.goto(service)
    assert questions(page) == [QUESTION, "Do helmet laws discourage cycling?"]
    page.get_by_role("button", name="New conversation").click()
    assert page.locator(".turn").count() == 0
    assert page.url == f"{service}/"
    assert page.evaluate("document.activeElement.id") == "q"
    page.reload()
    assert page.locator(".turn").count() == 0
    page.goto(f"{service}/?debate=bicycle-helmets")
    assert page.locator(".turn").count() == 1


def test_a_question_too_long_is_sent_whole_and_said_to_be_so(page: Page, service: str):
    page.set_viewport_size({"width": 400, "height": 700})
    page.goto(service)
    page.fill("#q", "x" * 9900)
    page.press("#q", "Enter")
    expect(page.locator(".failed .state")).to_contain_text("the limit is 2,000")
    expect(page.locator(".failed .state")).to_be_in_viewport()
    assert page.input_value("#q") == page.inner_text(".question") == "x" * 9900


def test_a_suggestion_is_asked_by_a_click(page: Page, service: str):
    page.goto(service)
    links = page.locator(".next a")
    if not links.count():
        pytest.skip("the small debates have no proven suggestion")
    question = links.first.inner_text()
    links.first.click()
    expect(page.locator('[data-f="tools"]:not([hidden])')).to_have_count(1)
    assert page.inner_text(".question") == question


def test_what_is_offered_is_of_the_debate_chosen_and_is_asked_in_its_own(page: Page, service: str):
    page.goto(service)
    page.route("**/v1/suggestions?debate=road-tolls", lambda route: route.fulfill(json={"suggestions": [QUESTION] * 9}))
    page.select_option("#debate", "road-tolls")
    expect(page.locator(".next a", has_text=QUESTION)).to_have_count(5)
    page.route("**/v1/suggestions**", lambda route: route.abort())
    page.select_option("#debate", "bicycle-helmets")
    with page.expect_request("**/v1/chat") as sent:
        page.locator(".next a").first.click()
    assert sent.value.post_data_json["debate"] == "road-tolls"
    assert page.input_value("#debate") == "road-tolls"


def test_stop_keeps_the_question_and_says_so(page: Page, service: str):
    page.goto(service)
    page.route("**/v1/chat", lambda route: None)
    page.fill("#q", QUESTION)
    page.press("#q", "Enter")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".state")).to_contain_text("Stopped")
    page.unroute("**/v1/chat")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("figure").first).to_be_visible()
    assert page.locator(".turn").count() == 1


def test_a_server_that_goes_away_is_said_in_plain_words_and_what_came_stays(page: Page, service: str, gate: CutOff):
    page.goto(service)
    with gate.cutting():
        page.fill("#q", QUESTION)
        page.press("#q", "Enter")
        expect(page.locator(".state:visible")).to_contain_text("The connection broke", timeout=20_000)
    assert page.locator("figure").count() == 1
    assert page.locator('figure [data-f="share"]:visible, figure [data-f="feedback"]:visible').count() == 0
    page.reload()
    assert questions(page) == [QUESTION]
    expect(page.locator(".state:visible")).to_contain_text("Stopped before")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator('.turn:not(.failed) [data-f="tools"]:not([hidden])')).to_have_count(1)
    page.route("**/v1/chat", lambda route: route.abort())
    page.fill("#q", "Who pays?")
    page.press("#q", "Enter")
    expect(page.locator(".state:visible").last).to_contain_text("cannot be reached")
    page.context.set_offline(True)
    page.get_by_role("button", name="Ask again").last.click()
    expect(page.locator(".state:visible").last).to_contain_text("offline")


def test_an_abstention_shows_the_nearest_passage_as_no_answer(page: Page, service: str, gate: CutOff, monkeypatch):
    explainer = gate.explainer
    monkeypatch.setattr(explainer, "settings", dataclasses.replace(explainer.settings, min_confidence=1.1))
    page.goto(service)
    ask(page, "What is said about ferries?")
    assert page.locator("figure.nearest").count() == 1
    assert "do not answer" in page.inner_text(".frame.said:has(+ figure.nearest)")
    assert page.locator('figure.nearest [data-f="feedback"], figure.nearest [data-f="disputes"]').count() == 0
    assert page.inner_text("#live") == "No answer in the sources."
    assert axe_faults(page) == []


# Everyone


STATES = [
    ("light", {}), ("dark", {"color_scheme": "dark"}), ("phone", {"viewport": {"width": 320, "height": 640}}),
    ("zoom", {"viewport": {"width": 500, "height": 400}, "device_scale_factor": 2}),
    ("forced", {"forced_colors": "active"}), ("still", {"reduced_motion": "reduce"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), STATES, ids=[name for name, _ in STATES])
def test_axe_finds_nothing_and_nothing_is_cut_off(browser: Browser, service: str, name: str, options: dict[str, Any]):
    context = browser.new_context(**options)
    page = watched(context.new_page())
    paths = ["/", f"/?q={percent(QUESTION)}", "/documents", "/documents/for-tolls?start=0&end=43", "/documents/arabic",
             "/report", "/documents/none", "/sides", f"/sides?proposition={percent('Road tolls are fair.')}",
             "/disputes?document=for-tolls&start=0&end=43", "/?q=%3F", "/embed", "/demo"]  # fmt: skip
    for path in paths:
        page.goto(service + path)
        if path == f"/?q={percent(QUESTION)}":
            page.locator(".turn summary").first.click()
            page.get_by_role("link", name="APA").first.click()
            expect(page.locator(".cited:visible")).to_have_count(1)
        assert axe_faults(page) == [], f"{path} {name}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), (
            f"{path} {name} scrolls sideways"
        )
    assert page.faults == []
    context.close()


def test_axe_finds_nothing_in_the_widget_open_asked_and_failed(page: Page, service: str, other_site: dict[str, Any]):
    frame = opened(page, host(other_site, service))
    assert axe_faults(page) == []
    assert axe_faults(frame) == []
    ask(frame)
    for summary in frame.locator("figure").first.locator("summary").all():
        summary.click()
    assert axe_faults(frame) == []
    page.route("**/v1/chat", lambda route: route.abort())
    ask(frame, "Who pays?")
    assert axe_faults(frame) == []
    assert page.faults == []


def test_every_target_is_24_pixels_or_stands_in_a_line_of_text(page: Page, service: str):
    for path in (f"/?q={percent(QUESTION)}", "/embed", "/documents"):
        page.goto(service + path)
        small = page.evaluate(
            "() => [...document.querySelectorAll('a, button, input, select, summary')].filter((e) => e.checkVisibility() && !e.closest('.hidden, .skip'))"
            ".filter((e) => !e.closest('p:not(.feedback, .turn-actions)') || e.tagName === 'BUTTON')"
            ".map((e) => [e.textContent.trim().slice(0, 30), e.getBoundingClientRect().height]).filter(([, h]) => h > 0 && h < 24)"
        )
        assert small == [], path


def test_the_keyboard_alone_reaches_everything_of_a_quote(page: Page, service: str):
    page.goto(service)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#q")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator('[data-f="tools"]:not([hidden])')).to_have_count(1)
    page.evaluate("document.querySelector('.turn').tabIndex = -1; document.querySelector('.turn').focus()")
    reached = []
    for _ in range(18):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
        reached.append(page.evaluate("document.activeElement.innerText?.split(':')[0].trim()"))
    for name in (
        "Read in context",
        "Who disputes this?",
        "More",
        "Open original",
        "Copy",
        "Share",
        "APA",
        "Feedback",
        "Helpful",
        "Wrong quote",
        "Wrong speaker",
    ):
        assert name in reached, (name, reached)


def test_right_to_left_words_keep_their_direction_and_language(page: Page, service: str):
    page.goto(service)
    ask(page, "What is said of Qusayr?")
    figure = page.locator("figure", has_text="الازدحام").first
    words = figure.locator("blockquote p")
    assert words.get_attribute("lang") == "ar"
    assert words.evaluate("(node) => getComputedStyle(node).direction") == "rtl"
    assert figure.evaluate("(node) => getComputedStyle(node.querySelector('.actions')).direction") == "ltr"
    page.goto(f"{service}/documents/arabic")
    assert page.locator(".text").evaluate("(node) => getComputedStyle(node).direction") == "rtl"


def test_an_interface_from_right_to_left_turns_around_and_its_quotes_do_not(page: Page, service: str):
    page.goto(f"{service}/embed#lang=ar")
    ask(page)
    figure = page.locator("figure", has_text=WORDS).first
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert figure.evaluate("(node) => parseFloat(getComputedStyle(node).paddingRight)") > 20
    assert figure.locator("blockquote p").evaluate("(node) => getComputedStyle(node).direction") == "ltr"
    page.goto(f"{service}/embed?#lang=ur-Latn")
    assert page.evaluate("document.documentElement.dir") == ""


def test_letters_that_hide_or_turn_are_written_out(page: Page, service: str):
    page.goto(service)
    ask(page, "Zebra tolls hidden?")
    shown = page.locator("figure", has_text="Zebra").first.inner_text()
    assert "\\u202eyawhgih\\u202c" in shown
    assert "hid\u00adden\\u200b" in shown


def test_an_answer_is_announced_once_when_it_is_whole(page: Page, service: str):
    page.goto(service)
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => said.push(document.getElementById('live').textContent))"
        ".observe(document.getElementById('live'), {childList: true, subtree: true, characterData: true}); }"
    )
    ask(page)
    waiting, whole = page.evaluate("said")
    assert waiting == "Searching the sources…"
    assert whole.startswith("Answer complete.")
    assert page.evaluate("document.querySelector('#log').closest('[aria-live], [role=status], [role=log]')") is None


# The widget on other people's pages


def test_the_bubble_is_a_dialog_that_escape_closes_and_gives_the_focus_back(
    page: Page, service: str, other_site: dict[str, Any]
):
    frame = opened(page, host(other_site, service))
    assert page.get_by_role("dialog").get_attribute("aria-label") == "Ask"
    until(page, "document.activeElement.shadowRoot?.activeElement?.tagName === 'IFRAME'")
    until(frame, "document.activeElement.id === 'q'")
    ask(frame)
    page.keyboard.press("Escape")
    until(page, "document.activeElement.shadowRoot?.activeElement?.tagName === 'BUTTON'")
    assert page.get_by_role("dialog").is_hidden()
    assert page.locator("pullquote-chat button").get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    until(frame, "document.activeElement.id === 'q'")
    assert frame.locator(".turn").count() == 1
    assert page.faults == []


def test_escape_outside_of_the_frame_closes_the_bubble_too(page: Page, service: str, other_site: dict[str, Any]):
    opened(page, host(other_site, service, "<button id=own>Own</button>"))
    page.focus("#own")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#own")).to_be_focused()


def test_what_the_page_has_for_itself_is_left_to_it(page: Page, service: str, other_site: dict[str, Any]):
    own = "<input id=field><button id=own>Own</button><dialog id=modal><button>In it</button></dialog>"
    frame = opened(page, host(other_site, service, own))
    bubble = page.locator("pullquote-chat dialog")
    page.focus("#field")
    page.keyboard.press("Escape")
    expect(page.locator("#field")).to_be_focused()
    page.evaluate("document.getElementById('modal').showModal()")
    page.keyboard.press("Escape")
    expect(page.locator("#modal")).to_be_hidden()
    composed = "document.getElementById('q').dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true, isComposing: true}))"
    frame.evaluate(composed)
    page.evaluate(composed.replace("'q'", "'own'"))
    page.wait_for_timeout(200)
    expect(bubble).to_be_visible()
    page.focus("#own")
    for change, shown in (("removeAttribute('open')", False), ("setAttribute('open', '')", True)):
        page.evaluate(f"document.querySelector('pullquote-chat').{change}")
        expect(bubble).to_be_visible(visible=shown)
        page.wait_for_timeout(100)
        expect(page.locator("#own")).to_be_focused()


def test_a_bubble_whose_frame_does_not_come_can_be_left(page: Page, service: str, other_site: dict[str, Any]):
    page.set_viewport_size({"width": 390, "height": 780})
    page.clock.install()
    page.route("**/embed", lambda route: route.abort())
    page.goto(host(other_site, service, tag="data-open"))
    bubble, close = page.locator("pullquote-chat dialog"), page.get_by_role("button", name="Close")
    expect(close).to_be_in_viewport()
    assert not bubble.evaluate("(node) => node.matches(':modal')"), "nobody asked for it"
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    page.locator("pullquote-chat .launch").click()
    assert bubble.evaluate("(node) => node.matches(':modal')")
    page.clock.run_for(11_000)
    expect(page.get_by_role("alert")).to_contain_text("The chat cannot be shown here.")
    assert page.locator("iframe").is_hidden()
    expect(close).to_be_focused()
    page.keyboard.press("Enter")
    expect(bubble).to_be_hidden()
    expect(page.locator("pullquote-chat .launch")).to_be_focused()


CONTRAST = """(accent) => {
  const one = document.createElement('pullquote-chat');
  one.setAttribute('accent', accent);
  document.body.append(one);
  const { color, backgroundColor } = getComputedStyle(one.shadowRoot.querySelector('.launch'));
  one.remove();
  const light = (colour) => colour.match(/\\d+/g).map((part) => part / 255)
    .map((part) => (part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [.2126, .7152, .0722][at], 0);
  const [low, high] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
  return (high + .05) / (low + .05);
}"""


def test_size_colours_and_place_are_no_matter_of_what_the_page_calls_its_own(
    page: Page, service: str, other_site: dict[str, Any]
):
    head = "<style>:root { --height: 64px; --accent: #fff; --paper: #fff } body { transform: translateZ(0); min-height: 3000px }</style>"
    page.goto(host(other_site, service, "<pullquote-chat layout=inline></pullquote-chat>", head))
    assert page.locator("main pullquote-chat").bounding_box()["height"] == 640
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_in_viewport()
    for accent in ("#0d6efd", "#007bff", "#d9534f", "#777777", "#757575", "#28a745", "#ffffff", "#000000"):
        assert page.evaluate(CONTRAST, accent) >= 4.5, accent


def test_where_the_bubble_covers_the_page_nothing_behind_it_takes_the_focus(
    page: Page, service: str, other_site: dict[str, Any]
):
    page.set_viewport_size({"width": 400, "height": 700})
    opened(page, host(other_site, service, "<a href=#one>one</a> <button>two</button>"))
    for key in ["Shift+Tab"] * 6 + ["Tab"] * 6:
        page.keyboard.press(key)
        assert page.evaluate("['BODY', 'PULLQUOTE-CHAT'].includes(document.activeElement.tagName)"), key
        assert page.evaluate("document.querySelector('pullquote-chat').shadowRoot.activeElement?.tagName !== 'BUTTON'")
    page.set_viewport_size({"width": 1000, "height": 700})
    until(page, "!document.querySelector('pullquote-chat').shadowRoot.querySelector('dialog').matches(':modal')")
    assert page.get_by_role("dialog").is_visible()
    page.set_viewport_size({"width": 400, "height": 700})
    page.evaluate("document.querySelector('pullquote-chat').hidden = true")
    page.get_by_role("button", name="two").focus()  # an open modal dialog would forbid it
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_a_widget_that_is_moved_goes_on(page: Page, service: str, other_site: dict[str, Any]):
    frame = opened(page, host(other_site, service, "<div id=other></div>"))
    page.evaluate("document.getElementById('other').append(document.querySelector('pullquote-chat'))")
    until(page, "document.querySelector('pullquote-chat').ready === true")
    frame = next(frame for frame in page.frames if "/embed" in frame.url)
    frame.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.evaluate("document.querySelector('pullquote-chat').hidden = true")
    assert page.locator("pullquote-chat button").is_hidden()
    page.evaluate("document.querySelector('pullquote-chat').hidden = false")
    page.evaluate("document.querySelector('pullquote-chat').ask('x'.repeat(2500))")
    expect(frame.locator(".failed .state")).to_contain_text("the limit is 2,000")
    assert page.faults == []


def test_a_script_in_the_head_waits_for_the_page(page: Page, service: str, other_site: dict[str, Any]):
    other_site["pages"]["/head"] = (
        f"<!doctype html><title>Head</title><script src='{service}/widget.js'></script><pullquote-chat></pullquote-chat>"
    )
    page.goto(f"{other_site['origin']}/head")
    expect(page.locator("pullquote-chat button")).to_have_count(1)
    assert page.faults == []


def test_the_focus_on_the_bubble_is_seen_on_any_page(page: Page, service: str, other_site: dict[str, Any]):
    page.goto(host(other_site, service))
    page.keyboard.press("Tab")
    style = page.locator("pullquote-chat button").evaluate(
        "(node) => { const { outlineStyle, outlineColor, boxShadow } = getComputedStyle(node); return [outlineStyle, outlineColor, boxShadow]; }"
    )
    assert style == ["solid", "rgb(251, 250, 247)", "rgb(28, 27, 25) 0px 0px 0px 6px"]


def test_an_inline_box_leaves_the_page_around_it_where_it_is(page: Page, service: str, other_site: dict[str, Any]):
    url = same_place(host(other_site, service, "<p style='height: 700px'></p><pullquote-chat layout=inline></pullquote-chat>", tag=""))  # fmt: skip
    for visit in range(2):
        page.goto(url)
        until(page, "document.querySelector('pullquote-chat').ready === true")
        frame = next(frame for frame in page.frames if "/embed" in frame.url)
        assert frame.locator(".turn").count() == 2 * visit
        for question in [QUESTION, "Who should pay for roads?"][visit * 2 :]:
            page.evaluate("(question) => document.querySelector('pullquote-chat').ask(question)", question)
            expect(frame.locator(".turn h2", has_text=question)).to_have_count(1)
            expect(frame.locator("#stop")).to_be_hidden()
        assert frame.evaluate("document.querySelector('main').scrollTop") > 100
        assert page.evaluate("scrollY") == 0


def test_turns_survive_a_reload_of_the_host_page(page: Page, service: str, other_site: dict[str, Any]):
    url = same_place(host(other_site, service))
    ask(opened(page, url))
    frame = opened(page, url)
    expect(frame.locator(".turn")).to_have_count(1)
    frame.get_by_role("button", name="New conversation").click()
    expect(frame.locator(".turn")).to_have_count(0)


def test_widgets_of_one_debate_each_keep_their_own_conversation(page: Page, service: str, other_site: dict[str, Any]):
    boxes = "<pullquote-chat layout=inline height=300></pullquote-chat>" * 2
    url = same_place(host(other_site, service, boxes, tag="data-open"))
    for turns in ([0, 0, 0], [0, 1, 0]):
        page.goto(url)
        until(page, "[...document.querySelectorAll('pullquote-chat')].filter((one) => one.ready).length === 3")
        shown = [one.content_frame() for one in page.query_selector_all("pullquote-chat iframe")]
        assert [frame.locator(".turn").count() for frame in shown] == turns[1:] + turns[:1]
        if not any(turns):
            ask(shown[0])


def test_two_widgets_keep_to_themselves(page: Page, service: str, other_site: dict[str, Any]):
    boxes = "".join(
        f"<pullquote-chat layout=inline height=420 debate={name}></pullquote-chat>"
        for name in ("road-tolls", "bicycle-helmets")
    )
    page.goto(host(other_site, service, boxes, tag=""))
    until(page, "[...document.querySelectorAll('pullquote-chat')].every((one) => one.ready)")
    assert page.locator("pullquote-chat button").count() == 0
    first, second = (
        next(frame for frame in page.frames if name in frame.url) for name in ("road-tolls", "bicycle-helmets")
    )
    ask(first)
    ask(second, "Do helmet laws discourage cycling?")
    assert first.locator(".turn").count() == second.locator(".turn").count() == 1
    assert "Helmet" in second.inner_text(".turn")
    assert axe_faults(page) == []


def test_the_words_colours_and_theme_are_the_sites(page: Page, service: str, other_site: dict[str, Any]):
    strings = json.dumps({"ask": "Fragen", "label": "Frage die Quellen", "copy": "Kopieren"})
    tag = f"data-theme=dark data-accent='#336699' data-lang=de data-greeting='Guten <b>Tag</b>' data-strings='{strings}' data-position=left data-open"
    page.goto(host(other_site, service, tag=tag))
    until(page, "document.querySelector('pullquote-chat').ready === true")
    frame = next(frame for frame in page.frames if "/embed" in frame.url)
    assert frame.inner_text("#greeting") == "Guten <b>Tag</b>"
    assert frame.inner_text("form [type=submit]") == "Fragen"
    assert frame.evaluate("document.documentElement.lang") == "de"
    assert frame.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 22, 20)"
    ask(frame)
    frame.locator("figure summary").first.click()
    assert frame.get_by_role("button", name="Kopieren").count() >= 1
    assert page.locator("pullquote-chat").evaluate("(node) => node.getBoundingClientRect().left") == 20
    assert axe_faults(frame) == []


def test_every_word_of_the_interface_can_be_the_sites(page: Page, service: str, other_site: dict[str, Any]):
    strings = {name: f"«{name}»" for name in STRINGS} | {"dates": "{from} – {to}", "dates_one": "{from}"}
    page.goto(host(other_site, service, tag=f"data-lang=de data-strings='{json.dumps(strings)}' data-open"))
    until(page, "document.querySelector('pullquote-chat').ready === true")
    frame = next(frame for frame in page.frames if "/embed" in frame.url)
    ask(frame)
    ask(frame, "And why is that?")
    left = frame.evaluate(
        """() => {
          const rest = [], words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (words.nextNode()) {
            const node = words.currentNode.parentElement, text = words.currentNode.data.trim();
            const own = node.closest('script, noscript, blockquote, cite, [lang="en"], [data-f="question"], [data-f="before-it"],'
              + ' [data-f="dates"], [data-f="n"], [data-f="section"], .styles a, .next li');
            if (text && !own && node.checkVisibility() && !/^«\\w+»$/.test(text)) rest.push(text);
          }
          for (const node of document.querySelectorAll('[aria-label], [placeholder]')) {
            for (const name of ['aria-label', 'placeholder']) {
              if (node.hasAttribute(name) && !/^«\\w+»$/.test(node.getAttribute(name))) rest.push(node.getAttribute(name));
            }
          }
          return rest;
        }"""
    )
    assert left == []
    assert "März 2021" in frame.locator('[data-f="dates"]').first.inner_text()
    assert frame.locator(".frame").first.get_attribute("lang") == "en"


HOSTILE = """<style>
* { all: unset !important; display: none !important; transform: scale(0) !important; opacity: 0 !important; }
html, body, main, pullquote-chat { display: block !important; opacity: 1 !important; transform: none !important; }
pullquote-chat { position: static !important; width: 0 !important; height: 0 !important; visibility: hidden !important; font-size: 1px !important; }
pullquote-chat * , iframe, button, dialog, div { display: none !important; color: red !important; }
</style>"""


def test_hostile_styles_of_the_host_page_do_not_reach_the_widget(page: Page, service: str, other_site: dict[str, Any]):
    frame = opened(page, host(other_site, service, head=HOSTILE))
    box = page.locator("pullquote-chat button").bounding_box()
    assert box["height"] >= 44
    assert box["width"] > 60
    assert page.get_by_role("dialog").bounding_box()["height"] > 400
    ask(frame)


def test_a_host_page_with_the_strictest_policy_needs_two_words(page: Page, service: str, other_site: dict[str, Any]):
    url = host(other_site, service)
    other_site["headers"][url.removeprefix(other_site["origin"])] = {
        "Content-Security-Policy": f"default-src 'none'; script-src {service}; frame-src {service}; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
    }
    ask(opened(page, url))
    assert page.faults == []


def test_forged_messages_of_a_hostile_page_change_nothing(
    page: Page, service: str, stranger: dict[str, Any], other_site: dict[str, Any]
):
    stranger["pages"]["/frame"] = (
        f"<!doctype html><iframe id=f src='{service}/embed'></iframe><iframe id=g src='{other_site['origin']}/none'></iframe>"
    )
    page.goto(f"{stranger['origin']}/frame")
    page.wait_for_timeout(500)
    embedded = [frame for frame in page.frames if frame.url.startswith(service)]
    assert not embedded or embedded[0].locator("#ask").count() == 0, "the browser refused to show it there"
    url = host(other_site, service)
    frame = opened(page, url)
    page.evaluate(
        "() => { const box = document.querySelector('pullquote-chat'); const inner = box.shadowRoot.querySelector('iframe').contentWindow;"
        " for (const forged of [{pullquote: 1, type: 'close'}, {pullquote: 1, type: 'ready'}, 'close', null, 7]) window.postMessage(forged, '*');"
        " for (const forged of [{pullquote: 1, type: 'ask', question: 7}, {pullquote: 2, type: 'ask', question: 'x'}, 'ask', null, []])"
        " inner.postMessage(forged, '*'); }"
    )
    page.wait_for_timeout(300)
    assert page.get_by_role("dialog").is_visible()
    assert frame.locator(".turn").count() == 0
    page.evaluate("document.querySelector('pullquote-chat').ask('Who should pay for a road?')")
    expect(frame.locator('[data-f="tools"]:not([hidden])')).to_have_count(1)


def test_a_sibling_frame_of_another_site_is_not_heard(
    page: Page, service: str, stranger: dict[str, Any], other_site: dict[str, Any]
):
    stranger["pages"]["/sibling"] = (
        "<!doctype html><script>setInterval(() => { parent.postMessage({pullquote: 1, type: 'close'}, '*');"
        " for (let n = 0; n < parent.frames.length; n++) parent.frames[n].postMessage({pullquote: 1, type: 'ask', question: 'forged'}, '*'); }, 50)</script>"
    )
    frame = opened(page, host(other_site, service, f"<iframe title=x src='{stranger['origin']}/sibling'></iframe>"))
    page.wait_for_timeout(500)
    assert page.get_by_role("dialog").is_visible()
    assert frame.locator(".turn").count() == 0


def test_the_host_page_does_not_shift_and_gets_nothing_but_the_bubble(
    page: Page, service: str, other_site: dict[str, Any]
):
    url = host(other_site, service)
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) shift += one.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    frame = opened(page, url)
    ask(frame)
    page.wait_for_timeout(300)
    assert page.evaluate("shift") == 0
    assert page.evaluate("[document.body.children.length, document.documentElement.children.length]") == [1, 3]
    assert page.evaluate("document.cookie") == frame.evaluate("document.cookie") == ""


def test_where_storage_is_denied_the_turns_are_kept_in_memory(page: Page, service: str, other_site: dict[str, Any]):
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('denied', 'SecurityError'); }});"
    )
    frame = opened(page, host(other_site, service))
    ask(frame)
    ask(frame, "And why is that?")
    assert frame.locator(".turn").count() == 2
    assert page.faults == []


def test_feedback_is_sent_and_thanked(page: Page, service: str, gate: CutOff):
    page.goto(service)
    ask(page)
    feedback = page.locator('[data-f="feedback"]').first
    feedback.locator("summary").click()
    page.route("**/v1/feedback", lambda route: route.abort())
    feedback.get_by_role("button", name="Wrong speaker").click()
    expect(feedback).to_contain_text("cannot be reached")
    page.unroute_all()
    feedback.get_by_role("button", name="Wrong quote").click()
    expect(feedback).to_have_text("Noted, thank you")  # and no button that sends it again
    expect(feedback).to_be_focused()
    for again in (page.reload, lambda: page.goto(service)):
        again()
        expect(feedback).to_have_text("Noted, thank you")  # given once, whichever way the answer is shown again


def test_a_citation_that_does_not_come_is_no_citation(page: Page, service: str):
    page.goto(service)
    ask(page)
    figure = page.locator("figure").first
    figure.locator("summary").first.click()
    page.route("**/cite?**", lambda route: route.abort())
    figure.get_by_role("link", name="APA").click()
    expect(figure.locator(".cited")).to_contain_text("cannot be reached")
    assert "question" not in figure.locator(".cited").inner_text()
    assert figure.locator('[data-do="copy-cited"]').is_hidden()
    page.unroute_all()
    page.route("**/cite?**", lambda route: route.fulfill(status=409, json={"status": 409, "detail": "this text has changed"}))  # fmt: skip
    figure.get_by_role("link", name="APA").click()
    expect(figure.locator(".cited")).to_have_text("This text has changed.")
    page.unroute_all()
    figure.get_by_role("link", name="APA").click()
    expect(figure.locator('[data-do="copy-cited"]')).to_be_visible()
    assert figure.get_by_role("link", name="APA").get_attribute("aria-current") == "true"


# The reader and the links


def test_show_in_place_opens_the_reader_at_the_mark(page: Page, service: str, gate: CutOff):
    page.goto(service)
    ask(page)
    figure = page.locator("figure", has_text=WORDS).first
    text = f"&text={gate.explainer.document(figure.get_attribute('data-document')).sha256[:12]}"
    for link in ("place", "disputes"):
        assert text in figure.locator(f'[data-f="{link}"]').get_attribute("href")
    assert text in figure.locator("[data-style]").first.get_attribute("href")
    page.locator("figure", has_text=WORDS).first.get_by_role("link", name="Read in context").click()
    page.wait_for_url("**/documents/**#quote")
    assert WORDS in page.text_content("mark")
    assert page.locator("mark").evaluate(
        "(node) => { const box = node.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; }"
    )
    assert "Quote begins." in page.locator("mark").aria_snapshot()


@pytest.fixture(scope="module")
def oracle() -> str:
    """A script that gives the text which the reference polyfill selects for a directive."""
    source = npm_file("text-fragments-polyfill/src/text-fragment-utils.js")
    plain = re.sub(r"^export (?=const|function|let)", "", source, flags=re.MULTILINE)
    plain = re.sub(r"^(?:import|export) [^;]*;", "", plain, flags=re.MULTILINE)
    return (
        f"(directive) => {{ {plain}; const parsed = parseFragmentDirectives({{text: [directive]}}).text[0];"
        " const ranges = processTextFragmentDirective(parsed, document); return ranges.length ? ranges[0].toString() : ''; }"
    )


@pytest.mark.parametrize("name", ["for-tolls", "against-tolls", "repeats", "helmets"])
def test_a_text_fragment_selects_exactly_the_quote(page: Page, service: str, gate: CutOff, oracle: str, name: str):
    explainer = gate.explainer
    document = explainer.document(name)
    sentences = explainer.generation.sentences(explainer.generation.number(name))
    page.goto(f"{service}/documents/{name}")
    page.evaluate("document.querySelector('.document > header').remove()")
    for first, last in [(n, n) for n in range(len(sentences))] + [(0, 1), (len(sentences) - 2, len(sentences) - 1)]:
        words = document.text[sentences[first].span.start : sentences[last].span.end]
        directive = text_directive(document.text, Span(sentences[first].span.start, sentences[last].span.end))
        if directive is None:
            assert document.text.count(words) > 1, words
            continue
        assert "".join(page.evaluate(oracle, directive).split()) == "".join(words.split()), directive


def test_chromium_highlights_exactly_the_quote(browser: Browser, service: str, gate: CutOff):
    text = gate.explainer.document("repeats").text
    start = text.rindex("Nobody clapped.")
    span = Span(start, start + len("Nobody clapped."))
    # The policy would keep the test's own style out; the highlight is painted in a colour nothing else has.
    context = browser.new_context(bypass_csp=True, viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.route(
        "**/style.css",
        lambda route: route.fulfill(body="::target-text { background: #f0f; color: #f0f; }", content_type="text/css"),
    )
    page.goto(f"{service}/documents/repeats#:~:text={text_directive(text, span)}")
    page.wait_for_timeout(300)
    box = page.evaluate(
        "() => { const node = document.querySelectorAll('.text p')[1].firstChild, at = node.data.indexOf('Nobody clapped.');"
        " const range = document.createRange(); range.setStart(node, at); range.setEnd(node, at + 15);"
        " const {left, right, top, bottom} = range.getBoundingClientRect(); return [left, top, right, bottom]; }"
    )
    painted = coloured(context.new_page(), page.screenshot())
    assert painted == pytest.approx(box, abs=3)
    context.close()


def coloured(page: Page, png: bytes) -> list[int]:
    """The box around all pixels of the highlight's colour."""
    return page.evaluate(
        "async (png) => { const image = new Image(); image.src = 'data:image/png;base64,' + png; await image.decode();"
        " const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;"
        " const brush = canvas.getContext('2d'); brush.drawImage(image, 0, 0); const {data} = brush.getImageData(0, 0, image.width, image.height);"
        " let box = [1e9, 1e9, 0, 0]; for (let at = 0; at < data.length; at += 4) { if (data[at] > 200 && data[at + 1] < 60 && data[at + 2] > 200) {"
        " const x = at / 4 % image.width, y = Math.floor(at / 4 / image.width);"
        " box = [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x + 1), Math.max(box[3], y + 1)]; } } return box; }",
        base64.b64encode(png).decode(),
    )


# Both sides, opened in place

DEBATED = "Should cities charge road tolls?"
IN_ANSWER = f"/?q={percent(DEBATED)}&sides=1#both-sides"
IN_READER = f"/documents/for-tolls?sides={percent(TOLLS)}#both-sides"


@pytest.fixture(scope="module")
def debated(tmp_path_factory: pytest.TempPathFactory, other_site: dict[str, Any]) -> Iterator[str]:
    """A service over the small debates, one of them with its proposition named and judged."""
    folder = tmp_path_factory.mktemp("debated")
    write_corpus(folder / "corpus", NAMED)
    settings = settings_below(folder, allowed_origins=(other_site["origin"],))
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    explainer = Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))
    with Service(create_app(explainer), free_port()) as running:
        yield running.origin


def side_by_side(page: Page | Frame) -> bool:
    """Whether the two columns stand beside each other, not one under the other."""
    left, right = (page.locator(f".columns > section >> nth={n}").bounding_box() for n in (0, 1))
    return bool(left["y"] == right["y"] and left["x"] + left["width"] <= right["x"])


def test_both_sides_open_under_their_answer_take_the_focus_and_close_again(page: Page, debated: str):
    page.goto(debated)
    ask(page, DEBATED)
    offer = page.locator('.turn [data-f="proposition"]')
    offer.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".turn .both")).to_be_visible()
    assert page.evaluate("document.activeElement.innerText.trim()").endswith(TOLLS)
    assert side_by_side(page)
    assert page.locator(".both figure .stance", has_text="This site’s label for the document").count()
    assert "sides=1" in page.url
    page.reload()
    expect(page.locator(".turn .both")).to_be_visible()
    page.locator(".both summary").first.click()
    page.locator(".both").get_by_role("button", name="Copy").first.wait_for()
    page.get_by_role("link", name="Close both sides").click()
    assert page.locator(".turn .both").count() == 0
    assert page.evaluate("document.activeElement.innerText") == TOLLS
    assert "sides=1" not in page.url
    assert page.faults == []


def test_what_is_copied_out_of_the_reader_and_looked_for_in_it_is_the_source_alone(browser: Browser, debated: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(debated + IN_READER.replace("?", "?start=0&end=43&"))
    assert page.locator(".text mark.here").count() == 1
    assert page.locator(".text .flag").count() >= 1
    page.evaluate("getSelection().selectAllChildren(document.getElementById('text'))")
    page.keyboard.press("Control+c")
    copied = page.evaluate("navigator.clipboard.readText()")
    text = next(words for name, words in NAMED.items() if name.endswith("for-tolls.md")).split("---\n")[2]
    assert copied.split() == text.split()
    page.evaluate("getSelection().removeAllRanges()")
    assert not page.evaluate("find('Quote begins')")
    context.close()


def test_the_sides_of_several_answers_stand_beside_each_other_without_an_id_twice(page: Page, debated: str):
    page.goto(debated)
    for count, question in enumerate((DEBATED, "Do road tolls cut traffic jams in crowded cities?"), start=1):
        ask(page, question)
        page.locator('.turn [data-f="proposition"]:visible').click()
        expect(page.locator(".turn .both")).to_have_count(count)
    assert page.evaluate("[...document.querySelectorAll('[id]')].every((one, at, all) => all.findIndex((other) => other.id === one.id) === at)")  # fmt: skip
    bylines = page.evaluate("[...document.querySelectorAll('main [aria-describedby]')].map((one) => one.closest('figure').querySelector('.speaker').id === one.getAttribute('aria-describedby'))")  # fmt: skip
    assert len(bylines) > 9
    assert all(bylines)
    assert axe_faults(page) == []


def test_both_sides_that_do_not_come_are_said_in_plain_words(page: Page, debated: str):
    page.goto(debated)
    ask(page, DEBATED)
    page.route("**/v1/sides", lambda route: route.abort())
    page.locator('.turn [data-f="proposition"]').click()
    expect(page.locator('[data-f="sides-state"]')).to_contain_text("cannot be reached")
    page.unroute_all()
    page.locator('.turn [data-f="proposition"]').click()
    expect(page.locator(".turn .both")).to_be_visible()
    assert page.locator('[data-f="sides-state"]:visible').count() == 0


def test_both_sides_open_without_javascript_at_their_heading(browser: Browser, debated: str):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.goto(f"{debated}/?q={percent(DEBATED)}")
    page.locator('.turn [data-f="proposition"]').click()
    page.wait_for_url("**#both-sides")
    expect(page.locator("#both-sides")).to_be_focused()
    expect(page.locator("#both-sides")).to_be_in_viewport()
    assert side_by_side(page)
    page.goto(f"{debated}/documents/for-tolls")
    page.locator(".debated a").click()
    expect(page.locator("#both-sides")).to_be_focused()
    page.get_by_role("link", name="Show in the text").first.click()
    expect(page.locator("mark.for").first).to_be_in_viewport()
    page.locator(".text .flag").first.click()
    expect(page.locator("#own-1")).to_be_in_viewport()
    context.close()


@pytest.mark.parametrize(("name", "options"), STATES, ids=[name for name, _ in STATES])
def test_axe_finds_nothing_in_both_sides_in_place(browser: Browser, debated: str, name: str, options: dict[str, Any]):
    context = browser.new_context(**options)
    page = watched(context.new_page())
    for path in (IN_ANSWER, IN_READER, IN_READER.replace("?", "?start=0&end=60&"), f"/sides?proposition={percent(TOLLS)}"):  # fmt: skip
        page.goto(debated + path)
        assert axe_faults(page) == [], f"{path} {name}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), f"{path} {name}"
        assert side_by_side(page) == (page.viewport_size["width"] > 640), f"{path} {name}"
    assert page.faults == []
    context.close()


def test_the_marks_of_the_two_sides_differ_in_more_than_colour(page: Page, debated: str):
    page.goto(f"{debated}/documents/against-tolls?sides={percent(TOLLS)}")
    lines = page.locator("mark.against").first.evaluate("(node) => getComputedStyle(node).textDecorationStyle")
    assert lines == "dashed"
    assert page.locator(".text .flag.against").first.inner_text().startswith("Against 1")
    page.goto(debated + IN_READER)
    assert page.locator("mark.for").first.evaluate("(node) => getComputedStyle(node).textDecorationStyle") == "solid"
    assert page.locator(".text .flag.for").first.inner_text().startswith("For 1")


def test_both_sides_open_in_the_widget_too(page: Page, debated: str, other_site: dict[str, Any]):
    strings = json.dumps({"for": "Dafür", "sides_shut": "Schließen"})
    frame = opened(page, host(other_site, debated, tag=f"data-label='Ask' data-strings='{strings}'"))
    ask(frame, DEBATED)
    frame.locator('.turn [data-f="proposition"]').click()
    expect(frame.locator(".turn .both")).to_be_visible()
    assert not side_by_side(frame)
    assert frame.locator(".columns h4").first.inner_text() == "Dafür"
    assert frame.locator(".both [data-f=place]").first.get_attribute("target") == "_blank"
    assert axe_faults(frame) == []
    frame.get_by_role("link", name="Schließen").click()
    assert frame.locator(".turn .both").count() == 0
    assert page.faults == []


# Nothing of what strangers write is ever run


def test_two_hundred_payloads_run_nowhere(browser: Browser, tmp_path_factory: pytest.TempPathFactory):
    assert len(PAYLOADS) >= 200
    folder: Path = tmp_path_factory.mktemp("payloads")
    files = {
        f"evil/{n:03}.md": "---\n" + "".join(
            f"{key}: {json.dumps(payload)}\n" for key in ("title", "author", "publisher", "licence")
        ) + f"url: {json.dumps('https://evil.example/' + payload)}\nlanguage: en\n---\nPayload number {n} says {payload} and ends.\n"
        for n, payload in enumerate(PAYLOADS)
    }  # fmt: skip
    write_corpus(folder / "corpus", files)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder())
    context = browser.new_context()
    page = watched(context.new_page())
    with Service(create_app(open_with_fake(settings)), free_port()) as service:
        page.goto(f"{service.origin}/documents")
        for n, payload in enumerate(PAYLOADS):
            page.goto(f"{service.origin}/documents/{n:03}?start=0&end=14")
            page.goto(
                f"{service.origin}/?q={percent(payload)}&debate={percent(payload) if n % 2 else 'evil'}&g={percent(payload)[:199]}"
            )
        page.goto(
            f"{service.origin}/embed?debate=evil#greeting={percent(PAYLOADS[2])}&strings={percent(json.dumps({'ask': PAYLOADS[0]}))}"
        )
        stream = ""
        page.route("**/v1/chat", lambda route: route.fulfill(body=stream, content_type="text/event-stream"))
        for payload in PAYLOADS:
            stream = hostile_stream(payload)
            ask(page, payload + "?")
        assert page.locator(".turn").count() == len(PAYLOADS)
        assert (
            page.evaluate(
                "document.querySelectorAll('main script, main img, main svg, main iframe, main style').length"
            )
            == 0
        )
        assert (
            page.evaluate("[...document.links].filter((link) => !['http:', 'https:'].includes(link.protocol)).length")
            == 0
        )
        assert page.title() == "Ask the sources – Pullquote"
    assert page.faults == []
    context.close()


def hostile_stream(payload: str) -> str:
    """An answer whose every string is the payload, as a hostile model might cause."""
    quote = {
        "n": payload, "document_id": payload, "exact": payload, "start": 0, "end": 1, "before": payload, "leans": True,
        "section": payload, "language": payload, "role": payload, "byline": payload, "after": payload,
        "source": {"title": payload}, "links": {"reader": payload, "source": payload},
    }  # fmt: skip
    answer = {
        "id": payload, "question": payload, "resolved_question": payload + ".", "debate": payload, "status": "answered",
        "parts": [{"kind": "frame", "text": payload}], "quotes": [quote], "nearest": [quote], "gap": payload,
        "suggestions": [payload], "as_of": {"oldest": "2020", "newest": "2021-01"}, "index": {"generation": payload, "stale": True},
    }  # fmt: skip
    events = [
        ("text", {"part": {"kind": "frame", "text": payload}}),
        ("quote", {"quote": quote}),
        ("done", {"answer": answer}),
    ]
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)


def test_where_the_api_needs_a_key_the_page_brings_its_own_and_the_widget_that_of_its_site(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, other_site: dict[str, Any]
):
    folder: Path = tmp_path_factory.mktemp("keyed")
    write_corpus(folder / "corpus", {**TEXTS, **MORE})
    origin = same_place(other_site["origin"])
    key = "a-search-key-of-a-site"
    settings = settings_below(folder, allowed_origins=(origin,), search_keys=(key,))
    index_corpus(settings, HashEncoder())
    context = browser.new_context()
    page = watched(context.new_page())
    sent: list[str | None] = []
    page.on("request", lambda request: sent.append(request.headers.get("x-api-key")) if "/v1/" in request.url else None)
    with Service(create_app(open_with_fake(settings)), free_port()) as service:
        page.goto(service.origin)
        ask(page)
        address = host(other_site, service.origin, tag=f"data-label='Ask' data-key='{key}'")
        frame = opened(page, same_place(address))
        ask(frame)
    assert len(sent) == 2
    assert str(sent[0]).startswith("page-")
    assert sent[1] == key
    assert page.faults == []
    context.close()
