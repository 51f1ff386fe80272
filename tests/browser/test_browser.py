"""In a real browser: the conversation, the widget on other people's pages, and the reader."""

import dataclasses
import itertools
import json
import re
from urllib.parse import quote as percent

import pytest

pytest.importorskip(
    "playwright", reason="the Python package playwright is not installed", exc_type=ImportError
)

from fakes import NAMED, TEXTS, TOLLS, built_below, judged_below, open_with_fake
from playwright.sync_api import expect
from serving import free_port
from stage import AXE_LOOKS, GROUPS, PAYLOADS, CutOff, Service, axe_faults, npm_file, site

from pullquote.api.app import create_app
from pullquote.span import Span
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


def written():
    """A site whose pages the tests write."""
    pages = {}
    with site(pages) as origin:
        yield {"pages": pages, "origin": origin}


other_site = pytest.fixture(scope="module")(written)
stranger = pytest.fixture(scope="module")(written)  # which the operator did not list


@pytest.fixture(scope="module")
def gate(tmp_path_factory, other_site):
    folder = tmp_path_factory.mktemp("browser")
    values = dict(allowed_origins=(other_site["origin"],), store=folder / "records.db")
    explainer = open_with_fake(built_below(folder, {**TEXTS, **MORE}, **values))
    cut = CutOff(create_app(explainer))
    cut.explainer = explainer
    return cut


@pytest.fixture(scope="module")
def service(gate):
    with Service(gate, free_port()) as running:
        yield running.origin


@pytest.fixture
def context(browser):
    opened = browser.new_context(viewport={"width": 1000, "height": 800})
    yield opened
    opened.close()


@pytest.fixture
def page(context):
    """A page that went against no policy and threw nothing; a test that wants it to clears its faults."""
    opened = watched(context.new_page())
    yield opened
    assert opened.faults == []


@pytest.fixture
def pasted(context):
    """What the clipboard of the page's browser holds."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda page: page.evaluate("navigator.clipboard.readText()")


FAULTS = re.compile(
    "Content Security Policy|Content-Security-Policy|TrustedHTML|Trusted Type|PWNED"
)


def watched(page):
    """A page that remembers what went against a policy and what was thrown."""
    page.faults = []
    page.add_init_script("window.pwn = () => console.error('PWNED'); window.alert = window.pwn;")
    page.on(
        "console", lambda said: page.faults.extend((FAULTS.search(said.text) and [said.text]) or ())
    )
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


def ask(frame, question=QUESTION):
    """Ask in the page or the frame, and wait until the answer is whole."""
    before = frame.locator('[data-f="tools"]:not([hidden])').count()
    frame.fill("#q", question)
    frame.press("#q", "Enter")
    expect(frame.locator('[data-f="tools"]:not([hidden])')).to_have_count(before + 1)


def host(other_site, service, body="", head="", *, tag="data-label='Ask'"):
    """A page of the other site that carries the widget; its address."""
    path = f"/{len(other_site['pages'])}"
    other_site["pages"][path] = (
        f"<!doctype html><html lang=en><head><title>Host</title><meta name=viewport content='width=device-width'>{head}"
        f"<script src='{service}/widget.js' {tag} defer></script></head><body><main><h1>Host</h1><p>Words.</p>{body}</main></body></html>"
    )
    return other_site["origin"] + path


def opened(page, url):
    """The frame of a page's bubble, opened."""
    page.goto(url)
    page.locator("pullquote-chat button").first.click()
    until(page, "document.querySelector('pullquote-chat').ready === true")
    return next(frame for frame in page.frames if "/embed" in frame.url)


def until(page, condition):
    """Wait without the browser's eval, which a strict policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never: {condition}")


def set_to(gate, monkeypatch, **values):
    """Change settings of the service for one test."""
    changed = dataclasses.replace(gate.explainer.settings, **values)
    monkeypatch.setattr(gate.explainer, "settings", changed)


# The chat page


def test_a_question_streams_its_quote_and_a_follow_up_is_resolved(page, service):
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


def test_copy_share_and_cite(page, service, pasted):
    page.goto(service)
    ask(page)
    figure = page.locator("figure", has_text=WORDS).first
    figure.get_by_role("button", name="Copy").first.click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    text = pasted(page)
    said = "Ada Finch, The Toll Review, March 2021"
    assert text.split("\n")[0].startswith("“")
    assert [
        one for one in (WORDS, said, "https://tolls.example/case#:~:text=") if one not in text
    ] == []
    # As where none is known.
    figure.evaluate("node => node.querySelector('[data-f=original]').removeAttribute('href')")
    figure.get_by_role("button", name="Copied").click()
    until(page, "navigator.clipboard.readText().then((text) => text.includes('/documents/'))")
    assert "back=" not in pasted(page), "what was asked is nobody else's business"
    figure.locator("summary", has_text="More").click()
    figure.get_by_role("link", name="Share").click()
    until(page, "navigator.clipboard.readText().then((text) => text.startsWith('http'))")
    link = pasted(page)
    assert "&g=" in link
    page.get_by_role("link", name="Link to this answer").click()
    whole = json.dumps(link.partition("#")[0])
    until(page, f"navigator.clipboard.readText().then((text) => text === {whole})")
    figure.get_by_role("link", name="BibTeX").click()
    expect(figure.locator(".cited")).to_contain_text("@misc{finch2021")
    page.goto(link)
    assert WORDS in page.inner_text(".turn")


def test_a_server_that_goes_away_is_said_in_plain_words_and_what_came_stays(page, service, gate):
    page.goto(service)
    with gate.cutting():
        page.fill("#q", QUESTION)
        page.press("#q", "Enter")
        broke = expect(page.locator(".state:visible"))
        broke.to_contain_text("The connection broke", timeout=20_000)
    assert page.locator("figure").count() == 1
    tools = page.locator('[data-f="share"], [data-f="feedback"], .take, [data-f="permalink"]')
    assert tools.locator("visible=true").count() == 0
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


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 700)], ids=["panel", "sheet"])
def test_a_source_opens_over_the_address_and_closes_in_three_ways(page, service, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(service)
    ask(page)
    before, panel = page.url, page.locator("dialog.source")
    place, close_button = (
        page.locator('figure a[data-f="place"]').first,
        panel.get_by_role("button", name="Close"),
    )
    for close in (lambda: page.keyboard.press("Escape"), page.go_back, close_button.click):
        place.focus()
        page.keyboard.press("Enter")
        expect(panel.locator("mark.here")).to_have_text(re.compile(re.escape(WORDS[:20])))
        assert panel.evaluate("node => node.matches(':modal')") == (width < 1000)
        assert "source=1#quote-1" in page.url
        assert page.evaluate("document.activeElement.id") == "source-title"
        close()
        expect(panel).to_have_count(0)
        assert page.url == before
        assert page.evaluate("document.activeElement.dataset.f") == "place"
    place.click()
    expect(panel.locator("mark.here")).to_be_visible()
    assert min(close_button.bounding_box()[side] for side in ("height", "width")) >= 44
    assert axe_faults(page) == []
    for direction in ("rtl", "ltr"):
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        boxes = [one.bounding_box() for one in (panel, page.locator("main"))]
        left, right = sorted(boxes, key=lambda box: box["x"])
        assert width < 1000 or left["x"] + left["width"] <= right["x"], "it lies over the answer"
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


def test_conversations_and_colours_stay_in_this_browser(page, context, service, gate, monkeypatch):
    page.goto(service)
    assert page.evaluate("document.activeElement.id") == "q", "one may type at once"
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
    set_to(gate, monkeypatch, conversations=False)
    other.goto(service)
    assert other.evaluate("Object.keys(localStorage)") == ["pullquote:theme"]
    assert other.faults == []


def test_an_answer_is_copied_in_the_form_that_is_asked_for(page, service, pasted):
    page.goto(service)
    ask(page)
    page.locator(".take summary").click()
    for form, begins in (("text", QUESTION), ("markdown", f"## {QUESTION}"), ("html", QUESTION)):
        page.evaluate("navigator.clipboard.writeText('')")
        button = page.locator(f'.take [data-copies="{form}"]')
        button.click()
        expect(button).to_have_text("Copied")
        text = pasted(page)
        assert text.startswith(begins)
        assert WORDS in text
        assert f"{service}/?q=Who" in text
    types = page.evaluate("navigator.clipboard.read().then(([one]) => one.types)")
    assert set(types) == {"text/plain", "text/html"}


def test_an_abstention_shows_the_nearest_passage_as_no_answer(page, service, gate, monkeypatch):
    set_to(gate, monkeypatch, min_confidence=1.1)
    page.goto(service)
    ask(page, "Do ferries run at night?")
    assert page.locator("figure.nearest").count() == 1
    said = page.inner_text(".frame.said:has(+ figure.nearest)")
    assert "The nearest passage, which may not" in said
    assert (
        page.locator("figure.nearest").locator('[data-f="feedback"], [data-f="disputes"]').count()
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
def test_axe_finds_nothing_and_nothing_is_cut_off(page, service, path):
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


def test_the_keyboard_alone_reaches_everything_of_a_quote(page, service):
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


def test_the_bubble_is_a_dialog_that_escape_closes(page, service, other_site):
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


def test_a_site_that_is_not_listed_is_told_at_once_whom_to_ask(page, service, stranger):
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.goto(host(stranger, service))
    page.locator("pullquote-chat button").first.click()
    page.get_by_role("alert").wait_for(timeout=3_000)
    assert page.get_by_role("alert").get_by_role("link").get_attribute("href") == f"{service}/"
    [told] = [line for line in logged if "PULLQUOTE_ALLOWED_ORIGINS" in line]
    assert stranger["origin"] in told
    page.faults.clear()  # the browser's own words on the frame that it did not show


BUBBLE = (
    "<div lang=de-AT><pullquote-chat label='Fragen Sie uns' accent='#0a7a3d'><a href='/more'>Alle Quellen</a></pullquote-chat></div>"
    "<div style='height:1500px'></div><pullquote-chat layout=inline></pullquote-chat>"
)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_widget_speaks_the_pages_language_and_names_its_window(
    browser, service, other_site, scripts
):
    context = browser.new_context(java_script_enabled=scripts)
    page, logged = context.new_page(), []
    page.on("console", lambda message: logged.append(message.text))
    url = host(other_site, service, BUBBLE, "<link rel=icon href='data:,'>", tag="")
    page.goto(url)
    expect(page.get_by_role("link", name="Alle Quellen")).to_be_visible(visible=not scripts)
    if scripts:
        button = page.locator("pullquote-chat button").first
        for way, visible in ((3_000, False), (-3_000, True)):
            page.mouse.wheel(0, way)
            expect(button).to_be_visible(visible=visible)
        opened(page, url)
        frame = next(frame for frame in page.frames if "bubble=1" in frame.url)
        assert frame.locator("h1").inner_text() == "Fragen Sie uns"
        assert frame.locator("html").get_attribute("lang") == "de"
        assert frame.locator("#ask [type=submit]").inner_text() == "Fragen"
        colour = "getComputedStyle(document.querySelector('#ask [type=submit]')).backgroundColor"
        assert frame.evaluate(colour) == "rgb(10, 122, 61)"
        assert logged == []
    context.close()


def test_forged_messages_of_a_hostile_page_change_nothing(page, service, stranger, other_site):
    stranger["pages"]["/frame"] = (
        f"<!doctype html><iframe id=f src='{service}/embed'></iframe><iframe id=g src='{other_site['origin']}/none'></iframe>"
    )
    page.goto(f"{stranger['origin']}/frame")
    page.wait_for_timeout(500)
    embedded = [frame for frame in page.frames if frame.url.startswith(service)]
    assert not embedded or embedded[0].locator("#ask").count() == 0, "it was not refused"
    page.faults.clear()  # the browser's own words on that
    frame = opened(page, host(other_site, service))
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
def oracle():
    """A script that gives the text which the reference polyfill selects for a directive."""
    source = npm_file("text-fragments-polyfill/src/text-fragment-utils.js")
    plain = re.sub(r"^export (?=const|function|let)", "", source, flags=re.MULTILINE)
    plain = re.sub(r"^(?:import|export) [^;]*;", "", plain, flags=re.MULTILINE)
    return (
        f"(directive) => {{ {plain}; const parsed = parseFragmentDirectives({{text: [directive]}}).text[0];"
        " const ranges = processTextFragmentDirective(parsed, document); return ranges.length ? ranges[0].toString() : ''; }"
    )


@pytest.mark.parametrize("name", ["for-tolls", "against-tolls", "repeats", "helmets"])
def test_a_text_fragment_selects_exactly_the_quote(page, service, gate, oracle, name):
    explainer = gate.explainer
    document = explainer.document(name)
    sentences = explainer.generation.sentences(explainer.generation.number(name))
    page.goto(f"{service}/documents/{name}")
    page.evaluate("document.querySelector('.document > header').remove()")
    several = [sentences[:2], sentences[-2:]]
    for first, last in [*zip(sentences, sentences, strict=True), *several]:
        span = Span(first.span.start, last.span.end)
        words, directive = span.cut(document.text), text_directive(document.text, span)
        if directive is None:
            assert document.text.count(words) > 1, words
        else:
            assert page.evaluate(oracle, directive).split() == words.split(), directive


# Both sides, opened in place

DEBATED = "Should cities charge road tolls?"


@pytest.fixture(scope="module")
def debated(tmp_path_factory, other_site):
    """A service over the small debates, one of them with its proposition named and judged."""
    folder, sites = tmp_path_factory.mktemp("debated"), (other_site["origin"],)
    explainer = judged_below(folder, NAMED, allowed_origins=sites)
    with Service(create_app(explainer), free_port()) as running:
        yield running.origin


def side_by_side(page):
    """Whether the two columns stand beside each other, not one under the other."""
    left, right = (page.locator(f".columns > section >> nth={n}").bounding_box() for n in (0, 1))
    return bool(left["y"] == right["y"] and left["x"] + left["width"] <= right["x"])


def test_both_sides_open_under_their_answer_take_the_focus_and_close_again(page, debated):
    page.goto(debated)
    ask(page, DEBATED)
    offer = page.locator('.turn [data-f="proposition"]')
    offer.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".turn .both")).to_be_visible()
    assert page.evaluate("document.activeElement.innerText.trim()").endswith(TOLLS)
    assert side_by_side(page)
    label = "This site’s label for the document"
    assert page.locator(".both figure .stance", has_text=label).count()
    assert "sides=1" in page.url
    page.reload()
    expect(page.locator(".turn .both")).to_be_visible()
    page.locator(".both summary").first.click()
    page.locator(".both").get_by_role("button", name="Copy").first.wait_for()
    page.get_by_role("link", name="Close both sides").click()
    assert page.locator(".turn .both").count() == 0
    assert page.evaluate("document.activeElement.innerText") == TOLLS
    assert "sides=1" not in page.url


# Nothing of what strangers write is ever run


FACTS = ("title", "author", "publisher", "licence")
MARKUP = (
    "document.querySelectorAll('main script, main img, main svg, main iframe, main style').length"
)
LEADING = (
    "[...document.links].filter((link) => !['http:', 'https:'].includes(link.protocol)).length"
)


def test_two_hundred_payloads_run_nowhere(page, tmp_path):
    assert len(PAYLOADS) >= 200
    files = {
        f"evil/{n:03}.md": "---\n" + "".join(
            f"{key}: {json.dumps(payload)}\n" for key, payload in zip(FACTS, group, strict=True)
        ) + f"url: {json.dumps('https://evil.example/' + group[n % 4])}\nlanguage: en\n---\nPayload number {n} says {' and '.join(group)} and ends.\n"
        for n, group in enumerate(GROUPS)
    }  # fmt: skip
    settings = built_below(tmp_path, files)
    with Service(create_app(open_with_fake(settings)), free_port()) as service:
        page.goto(f"{service.origin}/documents")
        for n, group in enumerate(GROUPS):
            asked, debate, generation, _ = map(percent, group[n % 4 :] + group[: n % 4])
            page.goto(f"{service.origin}/documents/{n:03}?start=0&end=14")
            debate = debate if n % 2 else "evil"
            page.goto(f"{service.origin}/?q={asked}&debate={debate}&g={generation[:199]}")
        strings = percent(json.dumps({"ask": PAYLOADS[0]}))
        hashed = f"greeting={percent(PAYLOADS[2])}&strings={strings}"
        page.goto(f"{service.origin}/embed?debate=evil#{hashed}")
        answer = {"content_type": "text/event-stream", "body": ""}
        page.route("**/v1/chat", lambda route: route.fulfill(**answer))
        for group in GROUPS:
            answer["body"] = hostile_stream(group)
            ask(page, group[0] + "?")
        assert page.locator(".turn").count() == len(GROUPS)
        assert (page.evaluate(MARKUP), page.evaluate(LEADING)) == (0, 0)
        assert page.title() == "Ask the sources – Pullquote"


def hostile_stream(group):
    """An answer whose every string is one of these payloads in turn, as a hostile model might cause."""
    left = itertools.cycle(group)

    def filled(keys):
        return {key: next(left) for key in keys.split()}

    quote = filled("n document_id exact before section language role byline after") | {
        "start": 0, "end": 1, "leans": True, "source": filled("title name author publisher url licence"),
        "links": filled("reader source"),
    }  # fmt: skip
    part = {"part": {"kind": "frame", "text": next(left)}}
    answer = filled("id question resolved_question debate gap") | {
        "status": "answered", "parts": [part["part"]], "quotes": [quote], "nearest": [quote],
        "suggestions": group, "as_of": {"oldest": "2020", "newest": "2021-01"},
        "index": {"generation": next(left), "stale": True},
    }  # fmt: skip
    answer["resolved_question"] += "."
    events = ("text", part), ("quote", {"quote": quote}), ("done", {"answer": answer})
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
