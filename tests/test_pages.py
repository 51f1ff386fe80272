"""What people are shown: pages complete without JavaScript, strict policies, links to a place, and static files."""

import gzip
import io
import itertools
import re
import zipfile
from html import escape, unescape
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from asgi import client_with
from fakes import CHECKOUT, TEXTS, cases, judged_below, rows
from fastapi.testclient import TestClient

from pullquote.answers.answer import abstain
from pullquote.answers.confidence import Reason
from pullquote.api.app import create_app
from pullquote.api.languages import LANGUAGES, STRINGS
from pullquote.api.responses import TEMPLATES, _templates, groups, permalink
from pullquote.api.static_files import FILES
from pullquote.sides.columns import NO_OTHER_SIDE, NO_SIDE, NO_SUPPORT
from pullquote.sides.debater import NONE, sides_around
from pullquote.verify.cite import STYLES
from pullquote.verify.export import FORMS

TOLLS, QUESTION, KEY = "Cities should charge road tolls.", "Who should pay for a road?", "k" * 20
DEBATED, WORDS = "Should cities charge road tolls?", "Drivers who use a road should pay for it."
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FAVOUR, AGAINST = "road-tolls/for-tolls.md", "road-tolls/against-tolls.txt"
LABELLED = {
    **TEXTS,
    FAVOUR: TEXTS[FAVOUR].replace("side: for", f"proposition: {TOLLS}\nside: for"),
    AGAINST: f"---\nproposition: {TOLLS}\nside: against\n---\n{TEXTS[AGAINST]}",
}


@pytest.fixture(scope="module")
def explainer(tmp_path_factory):
    """The small debates with a proposition that documents are labelled on, and a judge."""
    return judged_below(tmp_path_factory.mktemp("pages"), LABELLED)


@pytest.fixture(scope="module")
def client(explainer):
    with TestClient(create_app(explainer)) as opened:
        yield opened


def without(pattern, text):
    return re.sub(pattern, "", text, flags=re.DOTALL)


def shown(client, path, status=200, **query):
    """A page as it is shown without a script: the templates and strings for one left out."""
    response = client.get(path, params=query or None, headers={"Accept": "text/html"})
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    scripted = r'<template.*?</template>|<script type="application/json".*?</script>'
    return without(scripted, response.text)


PAGES = cases("pages", "pages")
POLICY = "default-src 'none'|script-src 'self'|style-src 'self'|require-trusted-types-for 'script'"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy_nothing_inline_and_no_id_twice(client, path):
    response = client.get(path, headers={"Accept": "text/html"})
    policy = response.headers["content-security-policy"]
    assert [part for part in POLICY.split("|") if part not in policy] == []
    assert "unsafe" not in policy
    inline = r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*(?:src=|application/json))"
    assert not re.search(inline, response.text)
    html = without(r"<template.*?</template>", response.text)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    named = re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html)
    linked = re.findall(r'href="#([^"]+)"', html)
    assert {*linked, *" ".join(named).split()} <= set(ids)
    assert re.findall(r'(?:href|cite)="[^"]*start=\d+&amp;end=\d+(?!\d|&amp;text=)', html) == []


def test_only_the_operators_sites_may_frame_the_conversation(settle, client):
    sites = ("https://news.example", "https://blog.example:8443")
    listed, both = client_with(settle, allowed_origins=sites), " ".join(sites)
    for one, path, ancestors in (
        (client, "/embed", "'self'"), (listed, "/embed", f"'self' {both}"), (listed, "/", "'none'"),
    ):  # fmt: skip
        policy = one.get(path).headers["content-security-policy"]
        assert f"frame-ancestors {ancestors};" in policy
    assert f'data-origins="{both}"' in listed.get("/embed").text


# The chat page


def test_the_page_answers_without_a_script_and_a_follow_up_is_told(client):
    text = unescape(shown(client, "/", q=QUESTION))
    assert WORDS in text
    assert re.search(r'<blockquote[^>]* cite="https://tolls\.example/case#:~:text=', text)
    assert [style.name for style in STYLES if f"style={style.name}" not in text] == []
    caption = re.search(r"<figcaption>(.*?)</figcaption>", text, re.DOTALL)[1]
    assert "Ada Finch" in caption
    assert not re.search("<a |<button|<summary", caption)
    follow = shown(client, "/", q="And why is that?", after=QUESTION)
    assert re.search(r'data-f="follows"><span[^>]*>As a follow-up to:', follow)


def test_what_stands_before_a_quote_is_not_said_again_where_the_quote_above_ends_with_it(client):
    [quote, *_] = client.post("/v1/ask", json={"question": QUESTION}).json()["quotes"]
    asked = quote | {"leans": True, "before": "So."}
    above = [None, asked | {"exact": "Roads cost. So.\n"}, asked | {"exact": "So. Roads cost."}]
    card = _templates().from_string('{% import "_parts.html" as all with context %}{{ all.card(asked, 1, "", 0, above=one) }}')  # fmt: skip
    cards = [card.render(asked=asked, one=one, s=STRINGS) for one in above]
    assert ['data-f="near" hidden' in one for one in cards] == [False, True, False]


@rows("path, query, status, told")
def test_what_cannot_be_shown_is_said_on_a_page_that_leads_on(client, path, query, status, told):
    long = {"x2001": "x" * 2_001, "x300": "x" * 300, "long": "x " * 2_000, "nines": "9" * 5_000}
    asked = {name: long.get(value, value) for name, value in query.items()}
    page = unescape(shown(client, path, status, **asked))
    assert told in page
    assert 'href="/documents"' in page
    assert ('value="none"' in page) == (path == "/embed")
    assert "for-tolls" not in path or 'href="/documents/for-tolls"' in page


def test_what_is_asked_is_kept_once_and_told_to_the_operator_alone(settle, client):
    assert client.get("/embed").text.count("wrong_quote") == 1, "no buttons, for nothing is kept"
    kept = client_with(settle, store=settle().index.parent / "kept" / "r.db", admin_key=KEY)
    assert kept.get("/embed").text.count("wrong_quote") > 1
    answer = kept.post("/v1/ask", json={"question": QUESTION}).json()
    for path in (permalink(answer, ""), f"/?q={QUESTION}&sides=1", f"/?q={QUESTION}"):
        kept.get(path)
    assert kept.get("/v1/report", headers={"X-API-Key": KEY}).json()["questions"] == 2
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = [kept.post("/report", content=f"admin_key={key}", headers=form) for key in (KEY, "", "k" * 19)]  # fmt: skip
    assert [reply.status_code for reply in posted] == [200, 401, 401]
    assert "2 questions on record" in posted[0].text


# Both sides


def opened_part(html):
    """What is opened, up to where the answer or the reader's part ends."""
    opened = r'<section class="both".*?(?:</article>|<div class="text")'
    return unescape(re.search(opened, html, re.DOTALL).group())


def quotes_of(html):
    return re.findall(r'data-f="exact"[^>]*>([^<]+)<', html)


def test_both_sides_open_under_their_answer_as_on_a_page_of_their_own_and_close_again(client):
    asked = {"q": DEBATED, "debate": "road-tolls"}
    closed = shown(client, "/", **asked)
    assert '<section class="both"' not in closed
    link = re.search(r'<a data-f="proposition" rel="nofollow" href="([^"]+)"', closed)[1]
    part = opened_part(shown(client, unescape(link)))
    assert part.index(STRINGS["sides_note"]) < part.index(">For</h4>") < part.index(">Against</h4>")
    own_page = shown(client, "/sides", proposition=TOLLS, debate="road-tolls")
    assert quotes_of(part) == quotes_of(own_page) != []
    assert "This site’s label for the document" in part
    # Which opens both by itself.
    follow = shown(client, "/", q="pros and cons", after=DEBATED, debate="road-tolls")
    assert quotes_of(opened_part(follow)) == quotes_of(part)
    shut = re.search(r'data-f="shut"[^>]* href="([^"]+)"', part)[1]
    assert "sides=" not in shut
    assert f"{shut}&sides=1#side-1" in part


def test_the_reader_opens_both_sides_and_marks_the_documents_own(client, explainer):
    html = shown(client, "/documents/for-tolls", sides=TOLLS, start=0, end=43)
    own, others = html[html.index(STRINGS["own"]) :].split(STRINGS["others"])
    documents = [set(re.findall(r'data-document="([^"]+)"', part)) for part in (own, others)]
    assert documents == [{"for-tolls"}, {"against-tolls"}]
    number = explainer.generation.number("for-tolls")
    inside, _ = sides_around(explainer.ready.stances, number, TOLLS)
    for one in inside.favour:
        assert re.search(rf'<a class="flag for" id="text-{one.n}" href="#own-{one.n}"', html)
    body = re.search(r'<div class="text".*?</div>', html, re.DOTALL).group()
    words = unescape(without(r"<[^>]+>", without(r'<a class="flag.*?</a>', body)))
    assert words.split() == explainer.document("for-tolls").text.split()
    unnamed = shown(client, "/documents/for-tolls", sides="Whales should sing opera.")
    assert (STRINGS["unnamed"] in unnamed, "Whales" in unnamed) == (True, False)


# The reader


def test_the_reader_marks_exactly_the_quote_and_shows_what_is_recorded(client, explainer):
    words = explainer.document("against-tolls").text
    for start, end in ((0, 39), (40, 109), (0, 109)):
        page = shown(client, "/documents/against-tolls", start=start, end=end)
        pieces = re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)
        marked = "\n\n".join(re.sub(r"<span.*?</span>", "", piece) for piece in pieces)
        assert unescape(marked) == words[start:end]
    page = shown(client, "/documents/for-tolls")
    facts = "Ada Finch|The Toll Review|March 2021|CC0|https://tolls.example/case|<h2>Fairness</h2>"
    assert [fact for fact in facts.split("|") if fact not in page] == []


def test_a_heading_that_repeats_the_title_is_shown_neither_under_it_nor_beside_a_quote(settle):
    page = "<title>Harbour fees</title><main><h1>Harbour fees</h1><p>{}</p><h2>Boats</h2><p>{}</p></main>"
    words = "The harbour fee keeps the quays in repair.", "Boats pay the harbour fee at night."
    client = client_with(settle, {"d/a.html": page.format(*words)})
    reader = shown(client, "/documents/a")
    assert (reader.count(">Harbour fees<"), reader.count("<h2>Boats</h2>")) == (1, 1)
    answer = shown(client, "/", q="What does the harbour fee do to the quays?")
    assert words[0] in answer
    assert "§ Harbour fees" not in answer


def test_where_the_text_may_not_be_shown_the_quotes_surroundings_are_and_cuts_are_said(settle):
    berths = "\n".join(f"| Berth {number} | 21 | 49 tons |" for number in range(400))
    padding = "Padding words here. " * 200
    text = f"First of all. {padding}The point stands. It is near.\n\n{berths}\n\nThe last."
    client = client_with(settle, {"d/long.md": text}, full_text=False)
    at = text.index("The point")
    page = shown(client, "/documents/long", start=at, end=at + 17)
    assert "Berth 0 |" in page
    assert [far for far in ("First of all", "The last.", "Berth 60 |") if far in page] == []
    assert page.count('<p class="cut"') == 2
    assert "Padding" not in shown(client, "/documents/long")


def test_a_place_leads_back_to_its_question_and_marks_the_answers_other_quotes(client):
    place = unescape(re.search(r'data-f="place" href="([^"]+)"', shown(client, "/", q=QUESTION))[1])
    page = shown(client, f"{place.partition('#')[0]}&also=2:44-77&also=3:900-990&also=x")
    back, words = re.search(r'<a href="([^"]+)">Back to the question: <bdi>([^<]+)<', page).groups()
    assert (words, "#quote-1" in back) == (QUESTION, True)
    assert ('id="also-2"' in page, 'id="also-3"' in page) == (True, False)
    assert WORDS in shown(client, unescape(back))
    for address in (
        "//evil.example/?q=x",
        "https://evil.example/?q=x",
        "/report?q=x",
        "/?debate=x",
    ):
        page = shown(client, "/documents/for-tolls", back=address)
        assert not re.search("evil|Back to", page)


@rows("quotes, opened")
def test_more_than_two_quotes_stand_under_one_line_where_they_share_a_speaker_or_a_side(
    quotes, opened
):
    nobody = {"author": None, "publisher": None}
    told = [
        dict(n=n, document_id=who, byline=f"{who}, 2021", voice={"speaker": who}, source=nobody, stance={"side": side})
        for n, (who, side) in enumerate(quotes, 1)
    ]  # fmt: skip
    found = groups({"quotes": told, "proposition": TOLLS})
    opens = [[n, one["side"] or one["byline"]] for n, one in found.items() if one["opens"]]
    assert opens == [list(one) for one in opened]


# Taking an answer away


@pytest.mark.parametrize("form", [form.name for form in FORMS])
def test_an_answer_is_taken_away_whole_with_its_own_address(client, form):
    asked = {"q": DEBATED, "debate": "road-tolls", "sides": "1"}
    response = client.get("/answer", params={**asked, "form": form, "secure": "1"})
    named = 'attachment; filename="should-cities-charge-road-tolls.'
    assert response.headers["content-disposition"].startswith(named)
    words = response.text if form != "docx" else word_texts(response.content)
    answer = client.post("/v1/ask", json={"question": DEBATED, "debate": "road-tolls"}).json()
    link = f"https://testserver{permalink(answer, 'road-tolls')}"
    assert (link if form != "html" else escape(link)) in words
    assert [quote for quote in answer["quotes"] if quote["exact"] not in unescape(words)] == []
    assert "https://tolls.example/case#:~:text=" in words
    assert STRINGS["basis_label"].replace("{side}", "For") in unescape(words)
    assert client.get("/answer", params={"form": form}).status_code == 422


def word_part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read(name))


def told(node):
    return "".join(one.text or "" for one in node.iter(f"{W}t"))


def word_texts(content):
    """The texts of a Word document, and the addresses that it links to."""
    runs = [told(run) for run in word_part(content, "word/document.xml").iter(f"{W}r")]
    links = word_part(content, "word/_rels/document.xml.rels")
    return " ".join([*runs, *(one.get("Target") or "" for one in links)])


def test_a_word_document_has_the_styles_that_debaters_cut_cards_in(client):
    content = client.get("/answer", params={"q": QUESTION, "form": "docx"}).content
    document, known = word_part(content, "word/document.xml"), word_part(content, "word/styles.xml")
    styled = {
        style.get(f"{W}val"): told(node)
        for kind, name in (("p", "pStyle"), ("r", "rStyle")) for node in document.iter(W + kind) for style in node.iter(W + name)
    }  # fmt: skip
    assert set(styled) <= {one.get(f"{W}styleId") for one in known}
    assert styled["Heading2"] == QUESTION
    assert styled["Heading4"].endswith(":")
    assert styled["Style13ptBold"].endswith("21")
    assert styled["StyleUnderline"] in "".join(TEXTS.values())


# Words of strangers


def test_words_of_strangers_stay_words_everywhere(settle):
    braces = "{{7*7}} ${7*7} <%= 7*7 %> {% for x in range(49) %}x{% endfor %}"
    evil = f"Cities should charge <img src=x onerror=pwn()> road \u202e tolls {braces} now."
    front = f'---\ntitle: "{braces}"\nauthor: "<b>Bo</b>"\nproposition: "{evil}"\nside: for\n---\n'
    words = "Cities should charge <script>pwn()</script> road tolls.\n"
    client = client_with(settle, {"road\u202etolls/<b>.md": front + words})
    for path, query in (
        ("/", {"q": f"Should cities charge <i>road</i> tolls? {braces}", "sides": "1"}), ("/documents", {}), ("/documents/b", {"sides": evil}),
        ("/sides", {"proposition": evil}), ("/embed", {}),
    ):  # fmt: skip
        page = shown(client, path, **query)
        assert not re.search(r"<img|<b>|<i>|<script>", re.sub(r'value="[^"]*"', "", page)), path
        assert "\u202e" not in re.sub(r"<[^>]*>", "", page), path
        computed = page.replace("range(49)", "").replace("49%", "")
        assert not re.search(r"(?<![\w.-])49(?!\w)", computed)
    answer = client.post("/v1/ask", json={"question": DEBATED}).json()
    assert "<script>pwn()</script>" in answer["quotes"][0]["exact"]


# Shared links


def told_elsewhere(html):
    """What the head of a page tells other sites, by name."""
    head = r'<(?:meta (?:property|name)|link rel)="([^"]+)"[^>]*? (?:content|href)="([^"]*)"'
    return {name: unescape(value) for name, value in re.findall(head, html)}


def test_a_shared_link_tells_the_question_the_quote_and_its_speaker(client, monkeypatch):
    head = told_elsewhere(shown(client, "/", q=QUESTION, g="older", shown="for-tolls:0-43"))
    assert head["og:title"] == QUESTION
    assert head["og:description"] == f"“{WORDS}” — Ada Finch, The Toll Review, March 2021"
    assert head["canonical"] == f"http://testserver/?{urlencode({'q': QUESTION})}"
    assert head["robots"] == "noindex, nofollow"
    drawn = client.get(head["og:image"])
    assert drawn.headers["content-type"] == "image/png"
    assert (drawn.content[:4], drawn.content[16:24]) == (b"\x89PNG", b"\0\0\x04\xb0\0\0\x02\x76")
    monkeypatch.setattr("pullquote.api.sharing.find_spec", lambda name: None)  # nothing draws it
    assert "og:image" not in told_elsewhere(shown(client, "/", q=QUESTION))
    assert client.get(head["og:image"]).status_code == 404


@rows("query, status")
def test_of_what_the_page_does_not_show_nothing_is_told_elsewhere(client, query, status):
    assert "Drivers" not in str(told_elsewhere(shown(client, "/", status, **query)))
    assert client.get("/card.png", params=query).status_code == max(status, 404)
    told = client.get("/oembed", params={"url": f"http://testserver/?{urlencode(query)}"})
    assert (told.status_code, "blockquote" in told.text) == (status, False)


def test_oembed_gives_an_answers_quote_or_the_conversation_and_nothing_of_other_sites(client):
    def oembed(url, **more):
        return client.get("/oembed", params={"url": url, **more})

    site = "http://testserver/"
    told = oembed(f"{site}?q={QUESTION}", maxwidth=300).json()
    assert (told["type"], told["width"]) == ("rich", 300)
    assert re.search(rf"<blockquote.*{re.escape(WORDS)}.*Ada Finch", told["html"])
    for asked in (
        "debate=road-tolls",
        "lang=de&amp;debate=road-tolls",
    ):  # else a reader's own language
        frame = oembed(f"{site}?{unescape(asked)}").json()["html"]
        assert f'src="{site}embed?{asked}"' in frame
    assert oembed(site, maxwidth=-5).json()["width"] == 640
    refused = ("http://evil.example/", "", "http://testserver/report", "//", "http://[")
    assert {oembed(url).status_code for url in refused} == {404}
    assert oembed(site, format="xml").status_code == 501
    assert "Disallow: /v1/" in client.get("/robots.txt").text


# Languages


def placeholders(table):
    return {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in table.items()}


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_a_language_has_every_word_with_every_placeholder_and_no_other(tag):
    table = LANGUAGES[tag]
    assert list(table) == list(STRINGS)
    assert placeholders(table) == placeholders(STRINGS)
    assert len(table["months"].split()) == 12
    same = [key for key, text in table.items() if text == STRINGS[key] and len(text.split()) > 3]
    assert tag == "en" or same == [], "not translated"


def test_every_fixed_line_on_a_silence_or_a_gap_has_its_words_in_the_tables_and_no_other_is_kept():
    vague, unclear = Reason.TOO_VAGUE, Reason.NEEDS_CONTEXT
    advice, uncovered = Reason.PREDICTION_OR_ADVICE, Reason.NOT_COVERED
    fixed = [(vague, False), (unclear, False), *itertools.product((advice, uncovered), (False, True))]  # fmt: skip
    facts = dict(speaker=None, known=False)
    silences = {
        abstain(reason, "", nearest=nearest, far=far, **facts)[0].text
        for reason, nearest in fixed for far in (False, True)
    }  # fmt: skip
    silences.add(abstain(vague, "", nearest=False, far=True, greets=True, **facts)[0].text)
    gaps = {f"{gap}." for gap in (NO_OTHER_SIDE, NO_SUPPORT, NO_SIDE)}
    keys = [key for key in STRINGS if key.startswith("told_") and not key.startswith("told_empty_")]
    refused = {STRINGS["told_paused"], STRINGS["told_daily"]}
    assert {STRINGS[key] for key in keys} == silences | gaps | {NONE} | refused


# The page on the API is in English throughout.
TEMPLATE_FILES = sorted(path for path in TEMPLATES.glob("*.html") if path.name != "docs.html")


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: path.name)
def test_no_template_holds_words_of_its_own(path):
    code = re.sub(r"\{#.*?#\}|<script.*?</script>", " ", path.read_text(), flags=re.DOTALL)
    held = r'(?:aria-label|placeholder|title|alt|data-said)="([^"]*)"'
    labels = re.findall(held, re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", code))
    spoken = re.sub(r"<[^>]*>", " ", without(r"\{\{.*?\}\}|\{%.*?%\}", code))
    words = re.findall(r"\b[A-Z][A-Za-z]+|\b[a-z]+(?: [a-z]+){2,}", " ".join([spoken, *labels]))
    assert set(words) <= {"Pullquote", "API"}


@rows("path, accepted, tag")
def test_a_page_speaks_the_language_asked_for_then_the_browsers(client, path, accepted, tag):
    accepted = ",;q=," * 9_000 if accepted == "endless" else accepted
    answer = client.get(path, headers={"Accept-Language": accepted, "Accept": "text/html"})
    assert answer.headers["content-language"] == tag
    assert answer.headers["vary"] == "Accept-Language"
    assert f'<html lang="{tag}" dir="ltr">' in answer.text
    assert unescape(LANGUAGES[tag]["ask"]) in answer.text


PSEUDO = {key: re.sub(r"(?<!\{)\b[A-Za-z]+\b(?!\})", "ئئ", text) for key, text in STRINGS.items()}


@pytest.mark.parametrize("path", PAGES)
def test_a_language_from_right_to_left_is_one_table_more(client, path, monkeypatch):
    table = {**PSEUDO, "lang": "qps", "dir": "rtl", "locale": "en-GB"}
    monkeypatch.setitem(LANGUAGES, "qps", table)
    status = client.get(path, headers={"Accept": "text/html"}).status_code
    page = shown(client, f"{path}{'&' if '?' in path else '?'}lang=qps", status)
    html = without(r"<head>.*?</head>", page)
    assert '<html lang="qps" dir="rtl">' in html
    spoken = unescape(re.sub(r"<[^>]*>", "\n", html))
    phrases = (text for text in STRINGS.values() if len(text.split()) > 1 and "{" not in text)
    assert [text for text in phrases if text in spoken] == [], "left in English"


# Files


@pytest.mark.parametrize(("name", "most"), [("widget.js", 12_000), ("embed.js", 12_000), ("page.js", 8_000)])  # fmt: skip
def test_a_script_is_small_holds_no_words_and_never_turns_text_into_markup(client, name, most):
    response = client.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
    assert len(gzip.compress(response.content, 9)) < most
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|srcdoc|\.cookie"
    banned += r"|postMessage\([^)]*\*|https?://(?!\$)[a-z]"
    # A frame on another site keeps nothing beyond its tab.
    banned += "" if name == "page.js" else "|localStorage"
    assert not re.search(banned, response.text)
    written = (CHECKOUT / "app" / "pullquote" / FILES[f"/{name}"][0]).read_text()
    code = re.sub(r"^\s*(?://|/\*).*$|//\s.*$", "", written, flags=re.MULTILINE)
    assert re.findall(r"[\"`]([A-Z][a-z]+(?: [a-z]+)+[^\"`]*)[\"`]", code) == []
    assert client.get("/widget.js").headers["cross-origin-resource-policy"] == "cross-origin"
