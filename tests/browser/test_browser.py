"""In a real browser: the conversation, the widget on other people's pages, and the reader."""

import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent

import pytest

pytest.importorskip(
    "playwright", reason="the Python package playwright is not installed", exc_type=ImportError
)

from fakes import (
    NAMED,
    TEXTS,
    TOLLS,
    HashEncoder,
    WordJudge,
    built_below,
    open_with_fake,
    settings_below,
    write_corpus,
)
from playwright.sync_api import Browser, BrowserContext, Frame, Locator, Page, expect
from serving import free_port
from stage import AXE_LOOKS, GROUPS, PAYLOADS, CutOff, Service, axe_faults, npm_file, site

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.index import open_index
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import text_directive

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong
pytestmark = [
    pytest.mark.slow,
    # Chromium's own pipes are closed when it is, which may be after the collector looks.
    pytest.mark.filterwarnings(
        "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
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
    page.on(
        "console",
        lambda message: page.faults.append(message.text) if _counts(message.text) else None,
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def _counts(text: str) -> bool:
    return bool(
        re.search(
            r"Content Security Policy|Content-Security-Policy|TrustedHTML|Trusted Type|PWNED", text
        )
    )


def ask(frame: Page | Frame, question: str = QUESTION) -> None:
    """Ask in the page or the frame, and wait until the answer is whole."""
    before = frame.locator('[data-f="tools"]:not([hidden])').count()
    frame.fill("#q", question)
    frame.press("#q", "Enter")
    expect(frame.locator('[data-f="tools"]:not([hidden])')).to_have_count(before + 1)


def host(
    other_site: dict[str, Any],
    service: str,
    body: str = "",
    head: str = "",
    *,
    tag: str = "data-label='Ask'",
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
    assert page.locator(".turn .question").all_inner_texts() == [QUESTION, "And why is that?"]
    assert page.locator('[data-f="follows"]:visible').count() == 1
    assert page.faults == []


def test_copy_share_and_cite(browser: Browser, service: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = watched(context.new_page())
    page.goto(service)
    ask(page)
    figure = page.locator("figure", has_text=WORDS).first
    figure.get_by_role("button", name="Copy").first.click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.split("\n")[0].startswith("“")
    assert WORDS in text
    assert "Ada Finch, The Toll Review, March 2021" in text
    assert "https://tolls.example/case#:~:text=" in text
    figure.evaluate(
        "node => node.querySelector('[data-f=original]').removeAttribute('href')"
    )  # as where none is known
    figure.get_by_role("button", name="Copied").click()
    until(page, "navigator.clipboard.readText().then((text) => text.includes('/documents/'))")
    assert "back=" not in page.evaluate("navigator.clipboard.readText()"), (
        "what was asked is nobody else's business"
    )
    figure.locator("summary", has_text="More").click()
    figure.get_by_role("link", name="Share").click()
    until(page, "navigator.clipboard.readText().then((text) => text.startsWith('http'))")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "&g=" in link
    page.get_by_role("link", name="Link to this answer").click()
    until(
        page,
        f"navigator.clipboard.readText().then((text) => text === {json.dumps(link.partition('#')[0])})",
    )
    figure.get_by_role("link", name="BibTeX").click()
    expect(figure.locator(".cited")).to_contain_text("@misc{finch2021")
    page.goto(link)
    assert WORDS in page.inner_text(".turn")
    assert page.faults == []
    context.close()


def test_a_server_that_goes_away_is_said_in_plain_words_and_what_came_stays(
    page: Page, service: str, gate: CutOff
):
    page.goto(service)
    with gate.cutting():
        page.fill("#q", QUESTION)
        page.press("#q", "Enter")
        expect(page.locator(".state:visible")).to_contain_text(
            "The connection broke", timeout=20_000
        )
    assert page.locator("figure").count() == 1
    assert (
        page.locator('[data-f="share"], [data-f="feedback"], .take, [data-f="permalink"]')
        .locator("visible=true")
        .count()
        == 0
    )
    page.reload()
    assert page.locator(".turn .question").all_inner_texts() == [QUESTION]
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


# The source beside the answer, conversations, colours


def place_of(page: Page, n: int = 0) -> Locator:
    return page.locator('figure a[data-f="place"]').nth(n)


@pytest.mark.parametrize("size", [(1280, 800), (360, 700)], ids=["panel", "sheet"])
def test_a_source_opens_over_the_address_and_back_escape_and_the_button_close_it(
    page: Page, service: str, size: tuple[int, int]
):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(service)
    ask(page)
    before, panel = page.url, page.locator("dialog.source")
    for close in ("Escape", "back", "button"):
        place_of(page).focus()
        page.keyboard.press("Enter")
        expect(panel.locator("mark.here")).to_have_text(re.compile(re.escape(WORDS[:20])))
        assert panel.evaluate("node => node.matches(':modal')") == (size[0] < 1000)
        assert "source=1#quote-1" in page.url
        assert page.evaluate("document.activeElement.id") == "source-title"
        if close == "Escape":
            page.keyboard.press("Escape")
        elif close == "back":
            page.go_back()
        else:
            button = panel.get_by_role("button", name="Close")
            assert min(button.bounding_box()["height"], button.bounding_box()["width"]) >= 44
            button.click()
        expect(panel).to_have_count(0)
        assert page.url == before
        assert page.evaluate("document.activeElement.dataset.f") == "place"
    place_of(page).click()
    expect(panel.locator("mark.here")).to_be_visible()
    assert axe_faults(page) == []
    for direction in ("rtl", "ltr"):
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        (left, right) = sorted(
            (box.bounding_box() for box in (panel, page.locator("main"))), key=lambda box: box["x"]
        )
        assert size[0] < 1000 or left["x"] + left["width"] <= right["x"], (
            "the panel lies over the answer"
        )
    shared = page.url
    panel.get_by_role("button", name="Next quote [2]").click()
    expect(panel.locator("#source-title")).to_have_text("Source [2]")
    assert "#quote-2" in page.url
    page.goto("about:blank")
    page.goto(shared)
    expect(panel.locator("mark.here")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert "source=" not in page.url
    assert page.faults == []


def test_conversations_and_colours_stay_in_this_browser_and_can_be_deleted(
    context: BrowserContext, service: str, gate: CutOff, monkeypatch: pytest.MonkeyPatch
):
    page = watched(context.new_page())
    page.goto(service)
    assert page.evaluate("document.activeElement.id") == "q", (
        "on an empty page of a desktop one may type at once"
    )
    ask(page)
    ask(page, "And why is that?")
    page.get_by_label("Colours").select_option("dark")
    other = watched(context.new_page())
    other.goto(service)
    assert other.evaluate("document.documentElement.dataset.theme") == "dark"
    row = other.locator("#kept li")
    expect(row).to_have_text(re.compile(f"^{re.escape(QUESTION)} 2 questions"))
    row.get_by_role("link").click()
    assert other.locator(".turn .question").all_inner_texts() == [QUESTION, "And why is that?"]
    other.locator("h2.question").first.click()
    other.keyboard.press("/")
    assert other.evaluate("document.activeElement.id + document.activeElement.value") == "q"
    other.locator("#kept summary").click()
    row.get_by_role("button", name="Delete").click()
    expect(other.locator("#kept")).to_be_hidden()
    assert other.locator(".turn").count() == 0
    ask(other)
    monkeypatch.setattr(
        gate.explainer,
        "settings",
        dataclasses.replace(gate.explainer.settings, conversations=False),
    )
    other.goto(service)
    assert other.evaluate("Object.keys(localStorage)") == ["pullquote:theme"]
    assert page.faults == other.faults == []


def test_an_answer_is_copied_in_the_form_that_is_asked_for(browser: Browser, service: str):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = watched(context.new_page())
    page.goto(service)
    ask(page)
    page.locator(".take summary").click()
    for form, begins in (("text", QUESTION), ("markdown", f"## {QUESTION}"), ("html", QUESTION)):
        page.evaluate("navigator.clipboard.writeText('')")
        button = page.locator(f'.take [data-copies="{form}"]')
        button.click()
        expect(button).to_have_text("Copied")
        text = page.evaluate("navigator.clipboard.readText()")
        assert text.startswith(begins)
        assert WORDS in text
        assert f"{service}/?q=Who" in text
    types = page.evaluate("navigator.clipboard.read().then(([one]) => one.types)")
    assert set(types) == {"text/plain", "text/html"}
    assert page.faults == []
    context.close()


def test_an_abstention_shows_the_nearest_passage_as_no_answer(
    page: Page, service: str, gate: CutOff, monkeypatch
):
    explainer = gate.explainer
    monkeypatch.setattr(
        explainer, "settings", dataclasses.replace(explainer.settings, min_confidence=1.1)
    )
    page.goto(service)
    ask(page, "What is said about ferries?")
    assert page.locator("figure.nearest").count() == 1
    assert "The nearest passage, which may not" in page.inner_text(
        ".frame.said:has(+ figure.nearest)"
    )
    assert (
        page.locator(
            'figure.nearest [data-f="feedback"], figure.nearest [data-f="disputes"]'
        ).count()
        == 0
    )
    assert page.inner_text("#live") == "Nothing here clearly answers this."
    assert axe_faults(page) == []


# Everyone


DRAFT = "Ada Finch wrote: “Drivers who use a road must pay for it.” “Nobody else should have to,” she added."
STATES = {
    "dark": ({"color_scheme": "dark"}, (1280, 720)), "phone": ({}, (320, 640)), "zoom": ({}, (500, 400)),
    "forced": ({"forced_colors": "active"}, (1280, 720)),
}  # fmt: skip
LIGHT = {"color_scheme": "light", "forced_colors": "none"}


@pytest.mark.parametrize("path", [
    "/", f"/?q={percent(QUESTION)}", "/documents", "/documents/for-tolls?start=0&end=43", "/documents/arabic", "/report",
    "/documents/none", "/sides", f"/sides?proposition={percent('Road tolls are fair.')}",
    "/disputes?document=for-tolls&start=0&end=43", "/?q=%3F", "/embed", "/demo", "/check", "/docs",
])  # fmt: skip
def test_axe_finds_nothing_and_nothing_is_cut_off(page: Page, service: str, path: str):
    page.goto(service + path)
    if path == "/check":
        page.get_by_role("textbox").fill(DRAFT)
        page.get_by_role("button", name="Check the quotations").press("Enter")
        page.locator(".next a").first.press("Enter")
        expect(page.locator(".finding:target")).to_contain_text("should pay for it")
    if path == f"/?q={percent(QUESTION)}":
        page.locator(".turn .actions summary").first.click()
        page.get_by_role("link", name="APA").first.click()
        expect(page.locator(".cited:visible")).to_have_count(1)
        page.locator(".take summary").click()
    assert axe_faults(page) == []
    for name, (media, (width, height)) in STATES.items():
        page.emulate_media(**{**LIGHT, **media})
        page.set_viewport_size({"width": width, "height": height})
        assert axe_faults(page, AXE_LOOKS) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), (
            f"{name} scrolls sideways"
        )
    assert page.faults == []


def test_the_keyboard_alone_reaches_everything_of_a_quote(page: Page, service: str):
    page.goto(f"{service}/documents")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.goto(service)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator('[data-f="tools"]:not([hidden])')).to_have_count(1)
    page.keyboard.press("Escape")
    reached = []
    for _ in range(18):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            page.keyboard.press("Enter")
        reached.append(page.evaluate("document.activeElement.innerText?.split(':')[0].trim()"))
    assert "Who disputes this?" not in reached  # nobody does
    names = "Read in context|More|Open original|Copy|Share|APA|Feedback|Helpful|Wrong quote|Wrong speaker"
    for name in names.split("|"):
        assert name in reached, (name, reached)


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


def test_a_site_that_is_not_listed_is_told_at_once_whom_to_ask(
    page: Page, service: str, stranger: dict[str, Any]
):
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.goto(host({"pages": stranger["pages"], "origin": stranger["origin"]}, service))
    page.locator("pullquote-chat button").first.click()
    page.get_by_role("alert").wait_for(timeout=3_000)
    assert page.get_by_role("alert").get_by_role("link").get_attribute("href") == f"{service}/"
    told = [line for line in logged if "PULLQUOTE_ALLOWED_ORIGINS" in line]
    assert len(told) == 1
    assert stranger["origin"] in told[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_widget_speaks_the_pages_language_names_its_window_and_keeps_clear_of_a_box(
    browser: Browser, service: str, other_site: dict[str, Any], scripts: bool
):
    context = browser.new_context(
        viewport={"width": 1000, "height": 800}, java_script_enabled=scripts
    )
    page, logged = context.new_page(), []
    page.on("console", lambda message: logged.append(message.text))
    bubble = "<div lang=de-AT><pullquote-chat label='Fragen Sie uns' accent='#0a7a3d'><a href='/more'>Alle Quellen</a></pullquote-chat></div>"
    url = host(
        other_site,
        service,
        f"{bubble}<div style='height:1500px'></div><pullquote-chat layout=inline></pullquote-chat>",
        "<link rel=icon href='data:,'>",
        tag="",
    )
    page.goto(url)
    expect(page.get_by_role("link", name="Alle Quellen")).to_be_visible(visible=not scripts)
    if scripts:
        button = page.locator("pullquote-chat button").first
        page.mouse.wheel(0, 3_000)
        expect(button).to_be_hidden()
        page.mouse.wheel(0, -3_000)
        expect(button).to_be_visible()
        opened(page, url)
        frame = next(frame for frame in page.frames if "bubble=1" in frame.url)
        assert frame.locator("h1").inner_text() == "Fragen Sie uns"
        assert (
            frame.locator("html").get_attribute("lang"),
            frame.locator("#ask [type=submit]").inner_text(),
        ) == ("de", "Fragen")
        colour = "getComputedStyle(document.querySelector('#ask [type=submit]')).backgroundColor"
        assert frame.evaluate(colour) == "rgb(10, 122, 61)"
        assert logged == []
    context.close()


HOSTILE = """<style>
* { all: unset !important; display: none !important; transform: scale(0) !important; opacity: 0 !important; }
html, body, main, pullquote-chat { display: block !important; opacity: 1 !important; transform: none !important; }
pullquote-chat { position: static !important; width: 0 !important; height: 0 !important; visibility: hidden !important; font-size: 1px !important; }
pullquote-chat * , iframe, button, dialog, div { display: none !important; color: red !important; }
</style>"""


def test_forged_messages_of_a_hostile_page_change_nothing(
    page: Page, service: str, stranger: dict[str, Any], other_site: dict[str, Any]
):
    stranger["pages"]["/frame"] = (
        f"<!doctype html><iframe id=f src='{service}/embed'></iframe><iframe id=g src='{other_site['origin']}/none'></iframe>"
    )
    page.goto(f"{stranger['origin']}/frame")
    page.wait_for_timeout(500)
    embedded = [frame for frame in page.frames if frame.url.startswith(service)]
    assert not embedded or embedded[0].locator("#ask").count() == 0, (
        "the browser refused to show it there"
    )
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


# The reader and the links


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
def test_a_text_fragment_selects_exactly_the_quote(
    page: Page, service: str, gate: CutOff, oracle: str, name: str
):
    explainer = gate.explainer
    document = explainer.document(name)
    sentences = explainer.generation.sentences(explainer.generation.number(name))
    page.goto(f"{service}/documents/{name}")
    page.evaluate("document.querySelector('.document > header').remove()")
    for first, last in [(n, n) for n in range(len(sentences))] + [
        (0, 1),
        (len(sentences) - 2, len(sentences) - 1),
    ]:
        words = document.text[sentences[first].span.start : sentences[last].span.end]
        directive = text_directive(
            document.text, Span(sentences[first].span.start, sentences[last].span.end)
        )
        if directive is None:
            assert document.text.count(words) > 1, words
            continue
        assert "".join(page.evaluate(oracle, directive).split()) == "".join(words.split()), (
            directive
        )


# Both sides, opened in place

DEBATED = "Should cities charge road tolls?"


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


def test_both_sides_open_under_their_answer_take_the_focus_and_close_again(
    page: Page, debated: str
):
    page.goto(debated)
    ask(page, DEBATED)
    offer = page.locator('.turn [data-f="proposition"]')
    offer.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".turn .both")).to_be_visible()
    assert page.evaluate("document.activeElement.innerText.trim()").endswith(TOLLS)
    assert side_by_side(page)
    assert page.locator(
        ".both figure .stance", has_text="This site’s label for the document"
    ).count()
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


# Nothing of what strangers write is ever run


def test_two_hundred_payloads_run_nowhere(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
):
    assert len(PAYLOADS) >= 200
    folder: Path = tmp_path_factory.mktemp("payloads")
    files = {
        f"evil/{n:03}.md": "---\n" + "".join(
            f"{key}: {json.dumps(payload)}\n" for key, payload in zip(("title", "author", "publisher", "licence"), group, strict=True)
        ) + f"url: {json.dumps('https://evil.example/' + group[n % 4])}\nlanguage: en\n---\nPayload number {n} says {' and '.join(group)} and ends.\n"
        for n, group in enumerate(GROUPS)
    }  # fmt: skip
    settings = built_below(folder, files)
    context = browser.new_context()
    page = watched(context.new_page())
    with Service(create_app(open_with_fake(settings)), free_port()) as service:
        page.goto(f"{service.origin}/documents")
        for n, group in enumerate(GROUPS):
            asked, debate, generation, _ = map(percent, group[n % 4 :] + group[: n % 4])
            page.goto(f"{service.origin}/documents/{n:03}?start=0&end=14")
            page.goto(
                f"{service.origin}/?q={asked}&debate={debate if n % 2 else 'evil'}&g={generation[:199]}"
            )
        page.goto(
            f"{service.origin}/embed?debate=evil#greeting={percent(PAYLOADS[2])}&strings={percent(json.dumps({'ask': PAYLOADS[0]}))}"
        )
        stream = ""
        page.route(
            "**/v1/chat", lambda route: route.fulfill(body=stream, content_type="text/event-stream")
        )
        for group in GROUPS:
            stream = hostile_stream(group)
            ask(page, group[0] + "?")
        assert page.locator(".turn").count() == len(GROUPS)
        assert (
            page.evaluate(
                "document.querySelectorAll('main script, main img, main svg, main iframe, main style').length"
            )
            == 0
        )
        assert (
            page.evaluate(
                "[...document.links].filter((link) => !['http:', 'https:'].includes(link.protocol)).length"
            )
            == 0
        )
        assert page.title() == "Ask the sources – Pullquote"
    assert page.faults == []
    context.close()


def hostile_stream(group: list[str]) -> str:
    """An answer whose every string is one of these payloads in turn, as a hostile model might cause."""
    left = itertools.cycle(group)

    def filled(*keys: str) -> dict[str, Any]:
        return {key: next(left) for key in keys}

    source, links = (
        filled("title", "name", "author", "publisher", "url", "licence"),
        filled("reader", "source"),
    )
    quote = filled(
        "n", "document_id", "exact", "before", "section", "language", "role", "byline", "after"
    )
    quote |= {"start": 0, "end": 1, "leans": True, "source": source, "links": links}
    answer = filled("id", "question", "resolved_question", "debate", "gap") | {
        "status": "answered", "parts": [{"kind": "frame", "text": next(left)}], "quotes": [quote], "nearest": [quote],
        "suggestions": group, "as_of": {"oldest": "2020", "newest": "2021-01"},
        "index": {"generation": next(left), "stale": True},
    }  # fmt: skip
    answer["resolved_question"] += "."
    events = [
        ("text", {"part": {"kind": "frame", "text": next(left)}}),
        ("quote", {"quote": quote}),
        ("done", {"answer": answer}),
    ]
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
