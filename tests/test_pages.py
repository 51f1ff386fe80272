"""What people are shown: pages complete without JavaScript, strict policies, links to a place, and static files."""

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from asgi import client_with
from conftest import Settle
from fakes import CHECKOUT, TEXTS, HashEncoder, WordJudge, settings_below, write_corpus
from fastapi.testclient import TestClient

from pullquote.answers.answer import abstain
from pullquote.answers.confidence import Reason
from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.api.languages import LANGUAGES, STRINGS
from pullquote.api.responses import TEMPLATES, _templates, groups, permalink
from pullquote.api.static_files import FILES
from pullquote.index import open_index
from pullquote.sides.columns import NO_OTHER_SIDE, NO_SIDE, NO_SUPPORT
from pullquote.sides.debater import NONE, sides_around
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import STYLES
from pullquote.verify.export import FORMS

TOLLS, QUESTION, KEY = "Cities should charge road tolls.", "Who should pay for a road?", "k" * 20
WORDS_OF_TOLLS, W = (
    "Drivers who use a road",
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
)
LABELLED = {
    **TEXTS,
    "road-tolls/for-tolls.md": TEXTS["road-tolls/for-tolls.md"].replace(
        "side: for", f"proposition: {TOLLS}\nside: for"
    ),
    "road-tolls/against-tolls.txt": f"---\nproposition: {TOLLS}\nside: against\n---\n{TEXTS['road-tolls/against-tolls.txt']}",
}
PLACE = {"start": 0, "end": 43}


@pytest.fixture(scope="module")
def explainer(tmp_path_factory: pytest.TempPathFactory) -> Explainer:
    """The small debates with a proposition that documents are labelled on, and a judge."""
    settings = settings_below(tmp_path_factory.mktemp("pages"))
    write_corpus(settings.corpus, LABELLED)
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    return Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))


@pytest.fixture(scope="module")
def client(explainer: Explainer) -> Iterator[TestClient]:
    with TestClient(create_app(explainer)) as opened:
        yield opened


def shown(client: TestClient, path: str, status: int = 200, **query: object) -> str:
    """A page as it is shown without a script: the templates and strings for one left out."""
    response = client.get(path, params=query or None, headers={"Accept": "text/html"})
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    ), response.text
    return re.sub(
        r'<template.*?</template>|<script type="application/json".*?</script>',
        "",
        response.text,
        flags=re.DOTALL,
    )


PAGES = ["/", f"/?q={QUESTION}", "/?q=Should cities charge road tolls?&sides=1", "/embed", "/documents", "/report", "/documents/none",
         "/documents/for-tolls?start=0&end=43", f"/documents/for-tolls?sides={TOLLS}&start=0&end=43", f"/sides?proposition={TOLLS}",
         "/disputes?document=for-tolls&start=0&end=43", "/nothing"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy_nothing_inline_and_no_id_twice(
    client: TestClient, path: str
):
    response = client.get(path, headers={"Accept": "text/html"})
    policy = response.headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "require-trusted-types-for 'script'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*(?:src=|application/json))",
        response.text,
    )
    html = re.sub(r"<template.*?</template>", "", response.text, flags=re.DOTALL)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    named = {
        one
        for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html)
        for one in names.split()
    }
    assert named <= set(ids)
    assert re.findall(r'(?:href|cite)="[^"]*start=\d+&amp;end=\d+(?!\d|&amp;text=)', html) == []


def test_only_the_operators_sites_may_frame_the_conversation(settle: Settle, client: TestClient):
    listed = client_with(
        settle, allowed_origins=("https://news.example", "https://blog.example:8443")
    )
    for one, path, ancestors in (
        (client, "/embed", "'self'"), (listed, "/embed", "'self' https://news.example https://blog.example:8443"),
        (listed, "/", "'none'"),
    ):  # fmt: skip
        assert f"frame-ancestors {ancestors};" in one.get(path).headers["content-security-policy"]
    assert (
        'data-origins="https://news.example https://blog.example:8443"' in listed.get("/embed").text
    )


# The chat page


def test_the_page_answers_without_a_script_and_a_follow_up_is_told(client: TestClient):
    text = unescape(shown(client, "/", q=QUESTION))
    assert "Drivers who use a road should pay for it." in text
    assert re.search(r'<blockquote[^>]* cite="https://tolls\.example/case#:~:text=', text)
    for style in STYLES:
        assert f"style={style.name}" in text
    caption = re.search(r"<figcaption>(.*?)</figcaption>", text, re.DOTALL)[1]
    assert "Ada Finch" in caption
    assert not re.search("<a |<button|<summary", caption)
    assert re.search(
        r'data-f="follows"><span[^>]*>As a follow-up to:',
        shown(client, "/", q="And why is that?", after=QUESTION),
    )


def test_what_stands_just_before_a_quote_is_not_said_again_where_the_quote_above_ends_with_it(
    client: TestClient,
):
    asked = client.post("/v1/ask", json={"question": QUESTION}).json()["quotes"][0] | {
        "leans": True,
        "before": "So.",
    }
    above = [None, asked | {"exact": "Roads cost. So.\n"}, asked | {"exact": "So. Roads cost."}]
    card = _templates().from_string('{% import "_parts.html" as all with context %}{{ all.card(asked, 1, "", 0, above=one) }}')  # fmt: skip
    assert ['data-f="near" hidden' in card.render(asked=asked, one=one, s=STRINGS) for one in above] == [False, True, False]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "status", "told"), [
    ("/", {"q": "?"}, 422, "is empty"), ("/", {"q": "x" * 2_001}, 422, "The question has 2,001 characters; the limit is 2,000."),
    ("/", {"q": "a", "debate": "none"}, 404, "There is no debate called “none”."),
    ("/sides", {"debate": "x" * 300}, 404, "There is no debate called “xxx"),
    ("/sides", {"proposition": "x " * 2_000}, 422, "the limit is 2,000."),
    ("/embed", {"debate": "none"}, 404, "; there are: bicycle-helmets, road-tolls."),
    ("/nothing", {}, 404, "Nothing is at this address."), ("/documents/none", {}, 404, "There is no document “none” here."),
    ("/disputes", {}, 422, "This address names no quote"), ("/disputes", {"document": "none", **PLACE}, 404, "There is no document “none”"),
    ("/disputes", {"document": "helmets", "start": 5, "end": 2}, 422, "is not a range of text"),
    ("/documents/for-tolls", {"start": 0, "end": "9" * 5_000}, 404, "This link points past the end of the document."),
    ("/documents/for-tolls", {"start": "abc", "end": 4}, 404, "This address names no quote"),
    ("/documents/for-tolls", {"start": 9, "end": 3}, 404, "is not a range of text"),
])  # fmt: skip
def test_what_cannot_be_shown_is_said_on_a_page_that_leads_on(
    client, path: str, query: dict[str, object], status: int, told: str
):
    page = unescape(shown(client, path, status, **query))
    assert told in page
    assert 'href="/documents"' in page
    assert ('value="none"' in page) == (path == "/embed")
    if "for-tolls" in path:
        assert 'href="/documents/for-tolls"' in page


def test_what_is_asked_is_kept_once_without_an_address_and_told_to_the_operator_alone(
    settle: Settle, client: TestClient
):
    assert client.get("/embed").text.count("wrong_quote") == 1, "no buttons, for nothing is kept"
    kept = client_with(settle, store=settle().index.parent / "kept" / "r.db", admin_key=KEY)
    assert kept.get("/embed").text.count("wrong_quote") > 1
    answer = kept.post("/v1/ask", json={"question": QUESTION}).json()
    kept.get(permalink(answer, ""))
    kept.get("/", params={"q": QUESTION, "sides": "1"})
    kept.get("/", params={"q": QUESTION})
    assert kept.get("/v1/report", headers={"X-API-Key": KEY}).json()["questions"] == 2
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = [
        kept.post("/report", content=f"admin_key={key}", headers=form)
        for key in (KEY, "", "k" * 19)
    ]
    assert [reply.status_code for reply in posted] == [200, 401, 401]
    assert "2 questions on record" in posted[0].text


# Both sides


def opened_part(html: str) -> str:
    """What is opened, up to where the answer or the reader's part ends."""
    return re.search(
        r'<section class="both".*?(?:</article>|<div class="text")', html, re.DOTALL
    ).group()


def quotes_of(html: str) -> list[str]:
    return re.findall(r'data-f="exact"[^>]*>([^<]+)<', html)


def test_both_sides_open_under_their_answer_as_on_a_page_of_their_own_and_close_again(
    client: TestClient,
):
    asked = {"q": "Should cities charge road tolls?", "debate": "road-tolls"}
    closed = shown(client, "/", **asked)
    assert '<section class="both"' not in closed
    link = unescape(re.search(r'<a data-f="proposition" rel="nofollow" href="([^"]+)"', closed)[1])
    part = unescape(opened_part(shown(client, link)))
    assert part.index(STRINGS["sides_note"]) < part.index(">For</h4>") < part.index(">Against</h4>")
    assert (
        quotes_of(part)
        == quotes_of(shown(client, "/sides", proposition=TOLLS, debate="road-tolls"))
        != []
    )
    assert "This site’s label for the document" in part
    for phrase in ("pros and cons", "And the other side?"):
        follow = shown(
            client, "/", q=phrase, after="Should cities charge road tolls?", debate="road-tolls"
        )
        assert quotes_of(unescape(opened_part(follow))) == quotes_of(part), (
            "asked for, both sides open by themselves"
        )
    shut = re.search(r'data-f="shut"[^>]* href="([^"]+)"', part)[1]
    assert "sides=" not in shut
    assert f"{shut}&sides=1#side-1" in part


def test_the_reader_opens_both_sides_of_a_named_proposition_and_marks_the_documents_own(
    client: TestClient, explainer: Explainer
):
    html = shown(client, "/documents/for-tolls", sides=TOLLS, **PLACE)
    own, others = html[html.index(STRINGS["own"]) :].split(STRINGS["others"])
    assert set(re.findall(r'data-document="([^"]+)"', own)) == {"for-tolls"}
    assert set(re.findall(r'data-document="([^"]+)"', others)) == {"against-tolls"}
    inside, _ = sides_around(
        explainer.ready.stances, explainer.generation.number("for-tolls"), TOLLS
    )
    for one in inside.favour:
        assert re.search(rf'<a class="flag for" id="text-{one.n}" href="#own-{one.n}"', html)
    body = re.search(r'<div class="text".*?</div>', html, re.DOTALL).group()
    words = unescape(
        re.sub(r"<[^>]+>", "", re.sub(r'<a class="flag.*?</a>', "", body, flags=re.DOTALL))
    )
    assert "".join(words.split()) == "".join(explainer.document("for-tolls").text.split())
    unnamed = shown(client, "/documents/for-tolls", sides="Whales should sing opera.")
    assert (STRINGS["unnamed"] in unnamed, "Whales" in unnamed) == (True, False)


# The reader


def test_the_reader_marks_exactly_the_quote_and_shows_what_is_recorded(
    client: TestClient, explainer: Explainer
):
    words = explainer.document("against-tolls").text
    for start, end in ((0, 39), (40, 109), (0, 109)):
        page = shown(client, "/documents/against-tolls", start=start, end=end)
        pieces = re.findall(r"<mark[^>]*>(.*?)</mark>", page, re.DOTALL)
        assert (
            unescape("\n\n".join(re.sub(r"<span.*?</span>", "", piece) for piece in pieces))
            == words[start:end]
        )
    page = shown(client, "/documents/for-tolls")
    for fact in "Ada Finch|The Toll Review|March 2021|CC0|https://tolls.example/case|<h2>Fairness</h2>".split(
        "|"
    ):
        assert fact in page


def test_a_heading_that_repeats_the_title_is_shown_neither_under_it_nor_beside_a_quote(
    settle: Settle,
):
    page = "<title>Harbour fees</title><main><h1>Harbour fees</h1><p>{}</p><h2>Boats</h2><p>{}</p></main>"
    words = "The harbour fee keeps the quays in repair.", "Boats pay the harbour fee at night."
    client = client_with(settle, {"d/a.html": page.format(*words)})
    reader = shown(client, "/documents/a")
    assert (reader.count(">Harbour fees<"), reader.count("<h2>Boats</h2>")) == (1, 1)
    answer = shown(client, "/", q="What does the harbour fee do to the quays?")
    assert words[0] in answer
    assert "§ Harbour fees" not in answer


def test_where_the_whole_text_may_not_be_shown_only_the_quotes_surroundings_are_and_what_is_left_out_is_said(
    settle: Settle,
):
    rows = "\n".join(f"| Berth {number} | 21 | 49 tons |" for number in range(400))
    text = f"First of all. {'Padding words here. ' * 200}The point stands. It is near.\n\n{rows}\n\nThe last."
    client = client_with(settle, {"d/long.md": text}, full_text=False)
    at = text.index("The point")
    page = shown(client, "/documents/long", start=at, end=at + 17)
    assert "Berth 0 |" in page
    for far in ("First of all", "The last.", "Berth 60 |"):
        assert far not in page
    assert page.count('<p class="cut"') == 2
    assert "Padding" not in shown(client, "/documents/long")


def test_a_place_leads_back_to_its_question_and_marks_the_other_quotes_of_the_answer_with_their_numbers(
    client: TestClient,
):
    place = unescape(re.search(r'data-f="place" href="([^"]+)"', shown(client, "/", q=QUESTION))[1])
    page = shown(client, f"{place.partition('#')[0]}&also=2:44-77&also=3:900-990&also=x")
    back, words = re.search(r'<a href="([^"]+)">Back to the question: <bdi>([^<]+)<', page).groups()
    assert (words, "#quote-1" in back) == (QUESTION, True)
    assert 'id="also-2"' in page
    assert 'id="also-3"' not in page
    assert WORDS_OF_TOLLS in shown(client, unescape(back))
    for address in (
        "//evil.example/?q=x",
        "https://evil.example/?q=x",
        "/report?q=x",
        "/?debate=x",
    ):
        assert "evil" not in shown(client, "/documents/for-tolls", back=address)
        assert "Back to" not in shown(client, "/documents/for-tolls", back=address)


def quoted(n: int, speaker: str, side: str = "unclear") -> dict[str, object]:
    return {
        "n": n, "document_id": speaker, "byline": f"{speaker}, 2021", "voice": {"speaker": speaker},
        "source": {"author": None, "publisher": None}, "stance": {"side": side},
    }  # fmt: skip


def test_more_than_two_quotes_stand_under_one_line_where_they_share_a_speaker_or_else_a_side():
    for quotes, opened in (
        ([quoted(1, "Ann"), quoted(2, "Ann"), quoted(3, "Bo", "for")], {1: "Ann, 2021"}),
        ([quoted(1, "Ann", "for"), quoted(2, "Bo", "for"), quoted(3, "Cy", "against")], {1: "for"}),
        ([quoted(1, "Ann"), quoted(2, "Bo"), quoted(3, "Cy")], {}),
        ([quoted(1, "Ann"), quoted(2, "Ann")], {}),
    ):
        found = groups({"quotes": quotes, "proposition": TOLLS})
        assert {
            n: one["side"] or one["byline"] for n, one in found.items() if one["opens"]
        } == opened


# Taking an answer away


@pytest.mark.parametrize("form", [form.name for form in FORMS])
def test_an_answer_is_taken_away_whole_with_its_own_address(client: TestClient, form: str):
    asked = {"q": "Should cities charge road tolls?", "debate": "road-tolls", "sides": "1"}
    response = client.get("/answer", params={**asked, "form": form, "secure": "1"})
    assert response.headers["content-disposition"].startswith(
        'attachment; filename="should-cities-charge-road-tolls.'
    )
    words = response.text if form != "docx" else " ".join(runs(response.content))
    answer = client.post("/v1/ask", json={"question": asked["q"], "debate": "road-tolls"}).json()
    link = f"https://testserver{permalink(answer, 'road-tolls')}"
    assert (link if form != "html" else escape(link)) in words + " ".join(
        targets(response.content) if form == "docx" else ()
    )
    for quote in answer["quotes"]:
        assert quote["exact"] in unescape(words)
    assert "https://tolls.example/case#:~:text=" in words
    assert STRINGS["basis_label"].replace("{side}", "For") in unescape(words)
    assert client.get("/answer", params={"form": form}).status_code == 422


def word_part(content: bytes, name: str) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ET.fromstring(archive.read(name))


def told(node: ET.Element) -> str:
    return "".join(one.text or "" for one in node.iter(f"{W}t"))


def runs(content: bytes) -> list[str]:
    """The texts of a Word document."""
    return [told(run) for run in word_part(content, "word/document.xml").iter(f"{W}r")]


def targets(content: bytes) -> list[str]:
    """The addresses that a Word document links to."""
    return [one.get("Target") or "" for one in word_part(content, "word/_rels/document.xml.rels")]


def test_a_word_document_has_the_styles_that_debaters_cut_cards_in(client: TestClient):
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


def test_words_of_strangers_stay_words_everywhere(settle: Settle):
    braces = "{{7*7}} ${7*7} <%= 7*7 %> {% for x in range(49) %}x{% endfor %}"
    evil = f"Cities should charge <img src=x onerror=pwn()> road \u202e tolls {braces} now."
    front = f'---\ntitle: "{braces}"\nauthor: "<b>Bo</b>"\nproposition: "{evil}"\nside: for\n---\n'
    client = client_with(
        settle,
        {
            "road\u202etolls/<b>.md": front
            + "Cities should charge <script>pwn()</script> road tolls.\n"
        },
    )
    for path, query in (
        ("/", {"q": f"Should cities charge <i>road</i> tolls? {braces}", "sides": "1"}), ("/documents", {}), ("/documents/b", {"sides": evil}),
        ("/sides", {"proposition": evil}), ("/embed", {}),
    ):  # fmt: skip
        page = shown(client, path, **query)
        assert not re.search(r"<img|<b>|<i>|<script>", re.sub(r'value="[^"]*"', "", page)), path
        assert "\u202e" not in re.sub(r"<[^>]*>", "", page), path
        assert not re.search(
            r"(?<![\w.-])49(?!\w)", page.replace("range(49)", "").replace("49%", "")
        )
    answer = client.post("/v1/ask", json={"question": "Should cities charge road tolls?"}).json()
    assert "<script>pwn()</script>" in answer["quotes"][0]["exact"]


# Shared links


def told_elsewhere(html: str) -> dict[str, str]:
    """What the head of a page tells other sites, by name."""
    found = re.findall(
        r'<(?:meta (?:property|name)|link rel)="([^"]+)"[^>]*? (?:content|href)="([^"]*)"', html
    )
    return {name: unescape(value) for name, value in found}


def test_a_shared_link_tells_the_question_the_quote_and_its_speaker_and_brings_a_picture(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    head = told_elsewhere(shown(client, "/", q=QUESTION, g="older", shown="for-tolls:0-43"))
    assert head["og:title"] == QUESTION
    assert (
        head["og:description"]
        == "“Drivers who use a road should pay for it.” — Ada Finch, The Toll Review, March 2021"
    )
    assert head["canonical"] == f"http://testserver/?{urlencode({'q': QUESTION})}"
    assert head["robots"] == "noindex, nofollow"
    drawn = client.get(head["og:image"])
    assert (drawn.headers["content-type"], drawn.content[:4], drawn.content[16:24]) == (
        "image/png", b"\x89PNG", b"\0\0\x04\xb0\0\0\x02\x76",
    )  # fmt: skip
    monkeypatch.setattr("pullquote.api.sharing.find_spec", lambda name: None)
    assert "og:image" not in told_elsewhere(shown(client, "/", q=QUESTION)), (
        "nothing draws it there"
    )
    assert client.get(head["og:image"]).status_code == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [({"debate": "none", "q": QUESTION}, 404), ({"q": "?"}, 422), ({"q": "And why is that?"}, 200)],
)
def test_of_what_the_page_does_not_show_nothing_is_told_elsewhere(
    client, query: dict[str, str], status: int
):
    head = told_elsewhere(shown(client, "/", status, **query))
    assert "Drivers" not in str(head)
    assert client.get("/card.png", params=query).status_code == max(status, 404)
    told = client.get("/oembed", params={"url": f"http://testserver/?{urlencode(query)}"})
    assert (told.status_code, "blockquote" in told.text) == (status, False)


def test_oembed_gives_an_answers_quote_or_the_conversation_and_nothing_of_other_sites(
    client: TestClient,
):
    told = client.get(
        "/oembed", params={"url": f"http://testserver/?q={QUESTION}", "maxwidth": 300}
    ).json()
    assert (told["type"], told["width"]) == ("rich", 300)
    assert re.search(
        r"<blockquote.*Drivers who use a road should pay for it\..*Ada Finch", told["html"]
    )
    for asked in (
        "debate=road-tolls",
        "lang=de&amp;debate=road-tolls",
    ):  # else a reader's own language
        frame = client.get(
            "/oembed", params={"url": f"http://testserver/?{unescape(asked)}"}
        ).json()["html"]
        assert f'src="http://testserver/embed?{asked}"' in frame
    assert (
        client.get("/oembed", params={"url": "http://testserver/", "maxwidth": -5}).json()["width"]
        == 640
    )
    for url in ("http://evil.example/", "", "http://testserver/report", "//", "http://["):
        assert client.get("/oembed", params={"url": url}).status_code == 404
    assert (
        client.get("/oembed", params={"url": "http://testserver/", "format": "xml"}).status_code
        == 501
    )
    assert "Disallow: /v1/" in client.get("/robots.txt").text


# Languages


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_a_language_has_every_word_with_every_placeholder_and_no_other(tag: str):
    table = LANGUAGES[tag]
    assert list(table) == list(STRINGS)
    assert {key: placeholders(text) for key, text in table.items()} == {
        key: placeholders(text) for key, text in STRINGS.items()
    }
    assert len(table["months"].split()) == 12
    same = [
        key
        for key, text in table.items()
        if tag != "en" and text == STRINGS[key] and len(text.split()) > 3
    ]
    assert same == [], "not translated"


def test_every_fixed_line_of_the_server_on_a_silence_or_a_gap_has_its_words_in_the_tables_and_no_other_is_kept():
    fixed = {
        Reason.TOO_VAGUE: [False],
        Reason.NEEDS_CONTEXT: [False],
        Reason.PREDICTION_OR_ADVICE: [False, True],
        Reason.NOT_COVERED: [False, True],
    }
    silences = {
        abstain(reason, "", nearest=nearest, far=far, speaker=None, known=False)[0].text
        for reason, shown in fixed.items() for nearest in shown for far in (False, True)
    }  # fmt: skip
    told_greeting = {"nearest": False, "far": True, "speaker": None, "known": False, "greets": True}
    silences.add(abstain(Reason.TOO_VAGUE, "", **told_greeting)[0].text)
    told = {
        text
        for key, text in STRINGS.items()
        if key.startswith("told_") and not key.startswith("told_empty_")
    }
    refused = {STRINGS["told_paused"], STRINGS["told_daily"]}
    assert (
        told
        == silences | {f"{gap}." for gap in (NO_OTHER_SIDE, NO_SUPPORT, NO_SIDE)} | {NONE} | refused
    )


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_holds_words_of_its_own(path: Path):
    if path.name == "docs.html":  # the page on the API, in English throughout
        return
    code = re.sub(r"\{#.*?#\}|<script.*?</script>", " ", path.read_text(), flags=re.DOTALL)
    labels = re.findall(
        r'(?:aria-label|placeholder|title|alt|data-said)="([^"]*)"',
        re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", code),
    )
    spoken = re.sub(r"<[^>]*>", " ", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", code, flags=re.DOTALL))
    words = re.findall(r"\b[A-Z][A-Za-z]+|\b[a-z]+(?: [a-z]+){2,}", " ".join([spoken, *labels]))
    assert set(words) <= {"Pullquote", "API"}


@pytest.mark.parametrize("name", ["widget.js", "embed.js", "page.js"])
def test_no_script_holds_words_of_its_own(name: str):
    code = re.sub(
        r"^\s*(?://|/\*).*$|//\s.*$",
        "",
        (CHECKOUT / "app" / "pullquote" / FILES[f"/{name}"][0]).read_text(),
        flags=re.MULTILINE,
    )
    sentences = re.findall(r"[\"`]([A-Z][a-z]+(?: [a-z]+)+[^\"`]*)[\"`]", code)
    assert sentences == []


@pytest.mark.parametrize(("path", "accepted", "tag"), [
    ("/", "de-AT,de;q=0.9,en;q=0.8", "de"), ("/", "it, fr;q=0.5, es;q=0.7", "es"), ("/?lang=pt-BR", "de", "pt"), ("/?lang=it", "fr", "fr"),
    ("/embed?lang=es", "", "es"), ("/nothing", "fr", "fr"), ("/", "x;q=y,*,de;q=0", "en"), ("/", "", "en"), ("/", ",;q=," * 9_000, "en"),
])  # fmt: skip
def test_a_page_speaks_the_language_asked_for_then_the_browsers(
    client: TestClient, path: str, accepted: str, tag: str
):
    answer = client.get(path, headers={"Accept-Language": accepted, "Accept": "text/html"})
    assert (answer.headers["content-language"], answer.headers["vary"]) == (tag, "Accept-Language")
    assert f'<html lang="{tag}" dir="ltr">' in answer.text
    assert unescape(LANGUAGES[tag]["ask"]) in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_language_from_right_to_left_is_one_table_more_and_leaves_no_english_behind(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
):
    pseudo = {
        key: " ".join(re.sub(r"(?<!\{)\b[A-Za-z]+\b(?!\})", "ئئ", word) for word in text.split(" "))
        for key, text in STRINGS.items()
    }
    monkeypatch.setitem(
        LANGUAGES, "qps", {**pseudo, "lang": "qps", "dir": "rtl", "locale": "en-GB"}
    )
    html = re.sub(
        r"<head>.*?</head>",
        "",
        shown(
            client,
            f"{path}{'&' if '?' in path else '?'}lang=qps",
            client.get(path, headers={"Accept": "text/html"}).status_code,
        ),
        flags=re.DOTALL,
    )
    assert '<html lang="qps" dir="rtl">' in html
    spoken = unescape(re.sub(r"<[^>]*>", "\n", html))
    left = [
        text
        for text in STRINGS.values()
        if len(text.split()) > 1 and "{" not in text and text in spoken
    ]
    assert left == []


# Files


@pytest.mark.parametrize(
    ("name", "limit"), [("widget.js", 12_000), ("embed.js", 12_000), ("page.js", 8_000)]
)
def test_a_script_is_small_when_sent_and_never_turns_text_into_markup_or_code(
    client: TestClient, name: str, limit: int
):
    response = client.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
    assert len(gzip.compress(response.content, 9)) < limit
    code = response.text
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b|new Function|srcdoc|\.cookie"
    banned += (
        "" if name == "page.js" else "|localStorage"
    )  # a frame on another site keeps nothing beyond its tab
    assert not re.search(banned + r"|postMessage\([^)]*\*|https?://(?!\$)[a-z]", code)
    assert (client.get("/widget.js").headers["cross-origin-resource-policy"]) == "cross-origin"
