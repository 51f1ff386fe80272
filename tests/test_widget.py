"""The widget and the pages as the server sends them: policies, sizes, escaping, feedback and report."""

import gzip
import json
import re
import sqlite3
from collections import UserList
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path
from textwrap import fill

import pytest
from conftest import Settle
from fakes import CHECKOUT, TEXTS, HashEncoder, document_of, open_with_fake
from fastapi.testclient import TestClient
from growth import assert_in_proportion

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.api.reader import Debate, by_debate, choices
from pullquote.api.responses import byline, paragraphs, permalink, safe_url, titled, visible
from pullquote.corpus.blocks import is_wrapped
from pullquote.corpus.sentences import Sentence, split_sentences
from pullquote.index.quote import NEAR, Quote, quote_span
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Asked
from pullquote.upkeep.report import gaps

SCRIPTS = CHECKOUT / "app" / "pullquote" / "widget"
QUESTION = "Who should pay for a road?"
PAGES = (
    "/",
    f"/?q={QUESTION}",
    "/embed",
    "/documents",
    "/documents/for-tolls?start=0&end=43",
    "/report",
    "/documents/none",
)
ORIGINS = ("https://news.example", "https://blog.example:8443")
KEY = "k" * 20


@pytest.fixture(scope="module")
def client(explainer: Explainer) -> Iterator[TestClient]:
    with TestClient(create_app(explainer)) as opened:
        yield opened


def client_with(settle: Settle, *texts: dict[str, str], **values: object) -> TestClient:
    settings = settle(*texts, **values)
    index_corpus(settings, HashEncoder())
    return TestClient(create_app(open_with_fake(settings)))


def policy(client: TestClient, path: str) -> dict[str, str]:
    sent = client.get(path).headers["content-security-policy"]
    return dict(part.strip().split(" ", 1) for part in sent.split(";") if " " in part.strip())


@pytest.mark.parametrize(("name", "limit"), [("widget.js", 12_000), ("embed.js", 15_000)])
def test_a_script_is_small_when_sent(client: TestClient, name: str, limit: int):
    response = client.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert len(gzip.compress(response.content, 9)) < limit


@pytest.mark.parametrize("name", ["widget.js", "embed.js"])
def test_a_script_never_turns_text_into_markup_or_code(name: str):
    code = (SCRIPTS / name).read_bytes().decode()
    banned = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|\.cookie|localStorage"
    )
    assert not re.search(banned, code)
    assert not re.search(r"postMessage\([^)]*\*", code)
    assert not re.search(r"https?://(?!\$)[a-z]", code), "no third party"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy_and_nothing_inline(client: TestClient, path: str):
    response = client.get(path)
    sent = policy(client, path)
    assert sent["default-src"] == "'none'"
    assert sent["script-src"] == sent["style-src"] == "'self'"
    assert sent["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert "set-cookie" not in response.headers
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", response.text)
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", response.text)


def test_only_the_operators_sites_may_frame_the_conversation(settle: Settle, client: TestClient):
    assert policy(client, "/embed")["frame-ancestors"] == "'self'"
    listed = client_with(settle, allowed_origins=ORIGINS)
    assert policy(listed, "/embed")["frame-ancestors"] == "'self' https://news.example https://blog.example:8443"
    assert f'data-origins="{" ".join(ORIGINS)}"' in listed.get("/embed").text
    assert policy(listed, "/")["frame-ancestors"] == "'none'"


def test_any_site_may_load_the_script_and_asks_again_only_when_it_changed(client: TestClient):
    first = client.get("/widget.js")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_a_debate_that_is_not_there_is_said_in_the_frame(client: TestClient):
    response = client.get("/embed?debate=none")
    assert response.status_code == 404
    assert "road-tolls" in response.text


def test_the_page_answers_without_a_script(client: TestClient):
    text = unescape(client.get("/", params={"q": QUESTION}).text)
    assert "Drivers who use a road should pay for it." in text
    assert re.search(r'<blockquote[^>]* cite="https://tolls\.example/case#:~:text=', text)
    assert 'lang="en"' in text
    for style in ("apa", "mla", "chicago", "bibtex", "ris", "csl-json", "card"):
        assert f"style={style}" in text
    assert 'name="after"' in text


def test_a_follow_up_works_without_a_script(client: TestClient):
    text = client.get("/", params={"q": "And why is that?", "after": QUESTION}).text
    assert re.search(r'data-f="follows"><span[^>]*>As a follow-up to:', text)


def quoted_first(client: TestClient) -> dict[str, object]:
    """The turn in which a quote of the case for tolls was shown."""
    quotes = client.post("/v1/ask", json={"question": "What pays for better buses?"}).json()["quotes"][:1]
    return {
        "question": "What pays for better buses?",
        "quotes": [{key: quote[key] for key in ("document_id", "start", "end")} for quote in quotes],
    }


@pytest.mark.parametrize("question", ["Who wrote this?", "When was that published?", "Who said that?"])
def test_a_link_to_an_answer_about_quotes_shown_before_gives_the_same_to_anybody(client: TestClient, question: str):
    answer = client.post("/v1/ask", json={"question": question, "history": [quoted_first(client)]}).json()
    page = client.get(permalink(answer, "")).text
    assert client.get(permalink({**answer, "about": []}, "")).text != page
    again = json.loads(re.search(r'id="answer">(.*?)</script>', page)[1])
    assert (again["id"], again["parts"]) == (answer["id"], answer["parts"])
    assert unescape(page).count(permalink(answer, "")) >= len(answer["quotes"])


def test_the_form_of_a_page_without_a_script_asks_about_the_quotes_on_it(client: TestClient):
    page = client.get("/", params={"q": "What pays for better buses?"}).text
    shown = [unescape(value) for value in re.findall(r'name="shown" value="([^"]*)"', page)]
    told = unescape(client.get("/", params={"q": "Who wrote this?", "after": "What pays for better buses?", "shown": shown}).text)  # fmt: skip
    assert "Ada Finch wrote this" in told


@pytest.mark.parametrize("shown", ["", ":", "for-tolls", "for-tolls:9-3", "gone:0-9", "for-tolls:0-99999999", "x" * 999, "a:1-2" * 99])  # fmt: skip
def test_a_link_whose_quotes_shown_before_are_none_gives_the_answer_without_them(client: TestClient, shown: str):
    page = client.get("/", params={"q": "Who wrote this?", "shown": shown})
    answer = json.loads(re.search(r'id="answer">(.*?)</script>', page.text)[1])
    assert (page.status_code, answer["id"]) == (200, client.post("/v1/ask", json={"question": "Who wrote this?"}).json()["id"])  # fmt: skip


def test_a_permalink_says_when_the_index_is_another(client: TestClient, explainer: Explainer):
    present = explainer.generation.card.name
    assert "indexed anew" not in client.get("/", params={"q": QUESTION, "g": present}).text
    assert "indexed anew" in client.get("/", params={"q": QUESTION, "g": "older"}).text


@pytest.mark.parametrize(
    ("query", "status"), [({"q": "?"}, 422), ({"q": "a", "debate": "none"}, 404), ({"q": "x" * 2001}, 422)]
)
def test_what_cannot_be_asked_is_said_on_the_page(client: TestClient, query: dict[str, str], status: int):
    response = client.get("/", params=query)
    assert response.status_code == status
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("path", ["/", "/sides", "/embed"])
@pytest.mark.parametrize("debate", ["none", "x" * 300], ids=["short", "long"])
def test_a_debate_that_is_not_there_is_said_before_anything_is_asked(client: TestClient, path: str, debate: str):
    shown = client.get(path, params={"debate": debate})
    assert shown.status_code == 404
    listed = "; there are: bicycle-helmets, road-tolls" if path == "/embed" else ""  # the pages offer them to be chosen
    assert f"There is no debate called “{debate}”{listed}." in shown.text


def test_a_debate_that_is_not_there_is_carried_on_by_no_form_and_no_link(settle: Settle):
    client = client_with(settle, files={"road-tolls/a.txt": TEXTS["road-tolls/against-tolls.txt"]})
    for path, query in (("/", {}), ("/", {"q": QUESTION}), ("/sides", {"proposition": "Tolls are fair."})):
        shown = client.get(path, params={"debate": "none", **query}).text
        assert "debate=none" not in shown
        assert 'value="none"' not in shown


def test_what_a_link_says_of_the_index_may_be_of_any_length(client: TestClient):
    shown = client.get("/", params={"q": QUESTION, "g": "x" * 300})
    assert shown.status_code == 200
    assert "indexed anew" in shown.text


def test_no_field_cuts_off_what_is_pasted_since_the_server_says_what_is_too_long(settle: Settle):
    client = client_with(settle, max_question=60)
    for path, name, asked in (("/", "q", "What is fair? " * 9), ("/sides", "proposition", "Tolls are fair. " * 9)):
        assert "maxlength" not in client.get(path).text
        shown = client.get(path, params={name: asked})
        assert shown.status_code == 422
        assert re.search(r"has 1\d\d characters; the limit is 60\.", shown.text)
        assert f'value="{asked}"' in shown.text, "it is still there to be shortened"


def test_a_claim_over_a_debate_card_may_be_as_long_as_a_question(settle: Settle):
    tag = "x" * 2_500
    for limit, status in ((2_000, 422), (3_000, 200)):
        client = client_with(settle, max_question=limit)
        assert client.get("/v1/documents/helmets/cite", params={"style": "card", "tag": tag}).status_code == status


def test_a_quote_is_named_by_its_byline_and_its_work_and_by_none_of_its_buttons(client: TestClient):
    caption = re.search(r"<figcaption>(.*?)</figcaption>", client.get("/", params={"q": QUESTION}).text, re.DOTALL)
    assert "Ada Finch" in caption.group(1)
    assert "The case for road tolls" in caption.group(1)
    assert not re.search("<a |<button|<summary", caption.group(1))


def test_what_can_be_done_with_a_quote_is_told_from_the_same_with_another_by_its_byline(client: TestClient):
    html = client.get("/", params={"q": "Are road tolls fair, and who should pay for a road?"}).text
    figures = re.findall(r"<figure.*?</figure>", html.split("<template")[0], re.DOTALL)
    assert len(figures) > 1
    for figure in figures:
        name = re.search(r'<p class="speaker" id="([^"]+)">', figure).group(1)
        for word in ("Open original", "Who disputes this?", "Copy", "Share", "More"):
            assert re.search(rf'aria-describedby="{name}"[^>]*>{re.escape(word)}<', figure), word


def test_a_works_title_and_its_section_are_two_words(client: TestClient):
    assert "</cite><" not in client.get("/", params={"q": QUESTION}).text


def marked(text: str) -> str:
    pieces = re.findall(r"<mark[^>]*>(.*?)</mark>", text, re.DOTALL)
    return unescape("\n\n".join(re.sub(r"<span.*?</span>", "", piece) for piece in pieces))


def test_the_reader_marks_exactly_the_quote_also_over_two_paragraphs(client: TestClient, explainer: Explainer):
    words = explainer.document("against-tolls").text
    for start, end in ((0, 39), (40, 109), (0, 109)):
        page = client.get(f"/documents/against-tolls?start={start}&end={end}").text
        assert marked(page) == words[start:end]
        assert page.count('id="quote"') == 1


def test_the_reader_shows_every_letter_and_what_is_recorded(client: TestClient, explainer: Explainer):
    page = client.get("/documents/for-tolls").text
    body = re.search(r'<div class="text".*?</div>', page, re.DOTALL).group()
    shown = unescape(re.sub(r"<[^>]+>", "", body))
    assert "".join(shown.split()) == "".join(explainer.document("for-tolls").text.split())
    assert "<h2>Fairness</h2>" in page
    for fact in ("Ada Finch", "The Toll Review", "March 2021", "CC0", "https://tolls.example/case"):
        assert fact in page
    assert '<h1 lang="en"><bdi>The case for road tolls</bdi></h1>' in page


def test_where_the_whole_text_may_not_be_shown_only_the_quotes_surroundings_are(settle: Settle):
    text = (
        "First of all. "
        + "Padding words here. " * 200
        + "The point stands. "
        + "More padding words. " * 200
        + "The last."
    )
    client = client_with(settle, files={"d/long.txt": text}, full_text=False)
    at = text.index("The point")
    page = client.get(f"/documents/long?start={at}&end={at + 17}").text
    assert "The point stands." in marked(page)
    assert "First of all" not in page
    assert "The last." not in page
    assert "Padding" not in client.get("/documents/long").text


@pytest.mark.parametrize("query", ["?start=9&end=3", "?start=0&end=99999999"])
def test_a_place_that_is_not_there_is_said(client: TestClient, query: str):
    assert client.get(f"/documents/for-tolls{query}").status_code == 404


def test_all_debates_and_documents_are_listed(client: TestClient):
    page = client.get("/documents").text
    for name in ("for-tolls", "against-tolls", "helmets"):
        assert f'href="/documents/{name}"' in page


def test_hidden_letters_are_written_out_and_needed_joiners_kept():
    assert visible("a\u202eb\u200bc\ue000\U000e0041") == "a\\u202eb\\u200bc\ue000\\U000e0041"
    assert visible("می\u200cخواهم \U0001f468\u200d\U0001f469\r\n") == "می\u200cخواهم \U0001f468\u200d\U0001f469\n"


def test_python_and_the_script_hide_the_same_letters():
    code = (SCRIPTS / "embed.js").read_bytes().decode()
    ranges = re.search(r"const HIDDEN = /\[(.+)\]/gu;", code).group(1)
    bounds = [int(found, 16) for found in re.findall(r"\\u\{?([0-9a-f]+)", ranges)]
    assert {0x202A, 0x2028, 0xFEFF, 0xE0000, 0xE007F} & set(bounds) >= {0xFEFF, 0xE0000, 0xE007F}
    for code_point in bounds:
        assert visible(chr(code_point)) != chr(code_point), hex(code_point)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", None, " https://a.example"]
)
def test_only_addresses_of_the_web_become_links(url: str | None):
    assert safe_url(url) in ("", "//evil.example") or url.startswith("/")


def judgement(client: TestClient) -> dict[str, object]:
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    quote = answer["quotes"][0]
    return {
        "verdict": "wrong_speaker", "question": QUESTION, "answer_id": answer["id"],
        "generation": answer["index"]["generation"],
        **{key: quote[key] for key in ("document_id", "start", "end")},
    }  # fmt: skip


def test_without_a_store_there_are_no_feedback_buttons_and_no_records(client: TestClient):
    assert "Wrong speaker" not in re.sub(r"<script.*?</script>", "", client.get("/embed").text, flags=re.DOTALL)
    assert client.post("/v1/feedback", json=judgement(client)).status_code == 404


def test_feedback_and_questions_are_kept_without_an_address_and_reported(settle: Settle, tmp_path: Path):
    store = tmp_path / "kept" / "records.db"
    client = client_with(settle, store=store, admin_key=KEY)
    assert "Wrong speaker" in client.get("/embed").text
    assert client.post("/v1/feedback", json=judgement(client)).status_code == 204
    assert client.post("/v1/chat", json={"question": "Why?"}).status_code == 200
    assert client.get("/", params={"q": "Do helmets help?"}).status_code == 200
    report = client.get("/v1/report", headers={"Authorization": f"Bearer {KEY}"}).json()
    assert report["questions"] == 3
    assert report["verdicts"] == [{"document_id": "for-tolls", "verdict": "wrong_speaker", "count": 1}]
    assert report["unanswered"] == 1
    assert report["gaps"][0]["question"] == "Why?"
    page = client.post(
        "/report", content=f"admin_key={KEY}", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert "wrong speaker" in page.text
    with sqlite3.connect(store) as connection:
        columns = {
            row[1] for table in ("asked", "feedback") for row in connection.execute(f"PRAGMA table_info({table})")
        }
    connection.close()
    assert not {column for column in columns if re.search("ip|addr|agent|cookie|time", column)}


def test_a_question_is_on_record_once_however_often_its_answer_is_come_back_to(settle: Settle, tmp_path: Path):
    client = client_with(settle, store=tmp_path / "records.db", admin_key=KEY)
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    for _ in range(2):
        assert client.get(permalink(answer, "")).status_code == 200
    assert client.get("/v1/report", headers={"Authorization": f"Bearer {KEY}"}).json()["questions"] == 1
    assert client.get("/", params={"q": QUESTION}).status_code == 200, "as a form without a script sends it"
    assert client.get("/v1/report", headers={"Authorization": f"Bearer {KEY}"}).json()["questions"] == 2


@pytest.mark.parametrize("key", ["", "wrong", "k" * 19])
def test_the_report_needs_the_admin_key(settle: Settle, tmp_path: Path, key: str):
    client = client_with(settle, store=tmp_path / "r.db", admin_key=KEY)
    assert client.get("/v1/report", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert client.post("/report", content=f"admin_key={key}").status_code == 401


def test_without_an_admin_key_nobody_reads_the_report(client: TestClient):
    assert client.get("/v1/report", headers={"Authorization": "Bearer "}).status_code == 401


def test_records_older_than_the_limit_are_deleted(settle: Settle, tmp_path: Path):
    store = tmp_path / "r.db"
    client = client_with(settle, store=store, store_days=1, admin_key=KEY)
    with sqlite3.connect(store) as connection:
        connection.execute("INSERT INTO asked VALUES ('2001-01-01', 'g', NULL, 'old?', NULL, 0, '[]')")
    connection.close()
    client.post("/v1/ask", json={"question": QUESTION})
    assert client.get("/v1/report", headers={"Authorization": f"Bearer {KEY}"}).json()["questions"] == 1


def test_questions_alike_are_one_gap():
    def asked(question: str) -> Asked:
        return Asked(question, None, "not_covered", one_sided=False, documents=())

    found = gaps([asked("Do penguins fly?"), asked("What is fiat?"), asked("Do penguins fly at all?")])
    assert [(gap.question, gap.count) for gap in found] == [("Do penguins fly?", 2), ("What is fiat?", 1)]


# Names


@pytest.mark.parametrize(
    ("name", "topic", "title"),
    [
        ("phones-in-schools", "phones in schools", "Phones in schools"),
        ("COVID-19", "COVID-19", "COVID-19"),
        ("école-gratuite", "école gratuite", "École gratuite"),
        ("-", "-", "-"),
    ],
)
def test_a_debates_name_in_words_keeps_what_joins_no_words(name: str, topic: str, title: str):
    assert (Debate(name, "").topic, titled(name)) == (topic, title)


def test_a_debates_name_hides_nothing_on_any_page(settle: Settle):
    settings = settle(
        {"toll\u202es/t.md": "---\ntitle: T\npublisher: P\u202eQ\n---\nRoad tolls are fair to all drivers.\n"}
    )
    index_corpus(settings, HashEncoder())
    client = TestClient(create_app(open_with_fake(settings)))
    for path in ("/documents", "/documents/t"):
        words = re.sub("<[^>]*>", "", client.get(path).text)
        assert "Toll\\u202es" in words
        assert "\u202e" not in words


def test_all_debates_are_counted_once_for_a_generation(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    generation = explainer.generation
    monkeypatch.setattr("pullquote.api.reader._CHOICES", {})
    looks: list[object] = []
    monkeypatch.setattr(
        "pullquote.api.reader.by_debate", lambda generation: looks.append(generation) or by_debate(generation)
    )
    found = choices(generation)
    assert choices(generation) is found
    assert looks == [generation]
    counts = [sum(name in ("", row.debate) for row in generation.rows) for name in ("", *generation.debates)]
    assert [(one.name, int(one.sources.split()[0])) for one in found] == list(
        zip(("", *generation.debates), counts, strict=True)
    )


@pytest.mark.parametrize(
    ("words", "speaker", "author", "name"),
    [
        ("Ada Lovelace, The Paper, 2025, quoting Ada (probably)", "Ada", "Ada Lovelace", "Ada Lovelace"),
        ("Adana, The Paper", "Ada", "", ""),
        ("ADA, quoted by Bo Reed", "Ada", "Bo Reed", "ADA"),
        ("The Paper, 2025", "", "", "The Paper"),
        ("2025", None, None, ""),
    ],
)
def test_a_byline_begins_with_the_longest_name_and_never_with_a_part_of_one(
    words: str, speaker: str | None, author: str | None, name: str
):
    quote = {"byline": words, "voice": {"speaker": speaker}, "source": {"author": author, "publisher": "The Paper"}}
    assert byline(quote) == (name, words[len(name) :])


# Lines

MAIL = (
    "The harbour board met on Tuesday to hear what the divers had found\n"
    "under the old pier, and put off its vote until the engineers had\n"
    "seen the drawings. Nobody spoke for closing it at once.\n"
)
SONNET = (
    "The tide that carried out the herring fleet at dawn today,\n"
    "Returned at dusk with nothing but the driftwood from the bay;\n"
    "The lamps were lit, the kettles sang, the doors were opened wide,\n"
    "And no one in the village asked what else was on the tide.\n"
)
MOTIONS = "The board should close the pier before the winter storms come\nThe board should keep it\n"
BROKEN = "The harbour board has its office at the pier, on the left hand side,  \nroom four, up the stairs and along the hall to the very end of it.\n"
NARROWLY = "roses are red and so\nis the rust on the\nold iron of my boat\n"
LISTED = (
    "the harbour board wants a lamp on every boat that leaves the quay,\n"
    "the mayor wants a bell beside the lamp and a boy to ring it at night;\n"
    "the town wants the boats to stay ashore until the winter is well over\n"
)
ALIKE = (
    "ferries keep the town alive through the winter, when no road is open\n"
    "ferries carry the post, the doctor and the schoolmaster to the island\n"
    "ferries have been late since the board let the old engine go to waste\n"
)
TALK = (
    "ann: nobody has asked the boatmen what they would pay for a new lamp\n"
    "bo lee: they told the board last winter that they would pay no fee at\n"
    "ann: then the board should say so before it takes a vote on new lamps\n"
)
SAID = (
    "we shall mend the quay before the winter storms come to the town.\n"
    "we will then buy a boat for the school, and a lamp for the boat.\n"
    "nobody will pay a fee for it, and nobody will have to sail at all.\n"
)
TWO = "no boat shall leave the quay of the town once the lamps are lit\nno fee shall be due\n"
UNCASED = "אבגד הוזח טיכל מנסע פצקר שתאב גדהו זחטי כלמנ סעפצ קרשת אבגד הוזח\nאבגד הוזח טיכל\n"


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [(MAIL, True), (MAIL.replace("\n", "\r\n"), True), (SONNET, False), (MOTIONS, False), (BROKEN, False), (NARROWLY, False),
     (UNCASED, False), (LISTED, False), (ALIKE, False), (TALK, False), (SAID, False), (TWO, False), (TALK.replace("ann", "9:15"), False),
     ("One line alone, however long it is, has no line end that could be one or the other.", False), ("", False)],
)  # fmt: skip
def test_lines_that_were_only_full_are_told_from_lines_that_were_ended(text: str, wrapped: bool):
    assert is_wrapped(text.strip()) is wrapped


@pytest.mark.parametrize("part", ["a ", "\n", "a\n", " \n", "word " * 15 + "\n", "\r\n", "\\\n", ",", "*_"])
def test_telling_them_takes_time_in_proportion(part: str):
    assert_in_proportion(lambda size: partial(is_wrapped, part * size), 50_000)
    assert_in_proportion(lambda size: partial(paragraphs, part * size), 50_000)


@pytest.mark.parametrize("text", ["", "a", "a\nb\n\nc\r\n \r\nd\n\n\ne", "\n\n", "\n \n"])
def test_a_quote_laid_out_in_paragraphs_keeps_every_letter(text: str):
    pieces = paragraphs(text)
    assert "".join(pieces) == text.replace("\r\n", "\n")
    assert all(not piece.strip() and piece.count("\n") > 1 for piece in pieces[1::2])


def wrapped(text: str, words: str) -> bool:
    """Whether the quote of whole sentences that holds these words has lines that were only full."""
    document = document_of(text)
    start = text.index(words)
    quote = quote_span(document, split_sentences(document), Span(start, start + len(words)))
    assert quote is not None
    return quote.wrapped


def test_the_lines_of_a_quote_are_judged_by_its_whole_paragraphs_and_these_must_stand_apart():
    both = f"{MAIL}\n{MAIL.replace('Tuesday', 'Monday')}"
    assert wrapped(MAIL, "Nobody spoke")
    assert wrapped(both, both[:-1])
    assert not wrapped(f"{MAIL}\n{SONNET}", f"{MAIL}\n{SONNET}"[:-1])
    assert wrapped(f"{MAIL}\n{SONNET}", "Nobody spoke")
    entries = "".join(f"- {entry}" for entry in (MAIL, MAIL))
    assert wrapped(entries, "Nobody spoke")
    assert not wrapped(entries, entries[:-1]), "between entries a line end is one"


class Few(UserList[Sentence]):
    """A list of sentences of which only some may be looked at."""

    def __init__(self, length: int, kept: dict[int, Sentence]) -> None:
        super().__init__()
        self.length, self.kept = length, kept

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, place: int) -> Sentence:
        return self.kept[place]


def test_what_is_near_in_a_long_paragraph_tells_how_its_lines_end():
    document = document_of(fill(MAIL * 400, 66))
    sentences = split_sentences(document)
    middle = len(sentences) // 2
    kept = {place: sentence for place, sentence in enumerate(sentences) if abs(place - middle) <= NEAR}
    near = Few(len(sentences), kept)
    assert Quote(document, near, middle, middle).wrapped


def test_a_page_shows_full_lines_as_one_and_every_letter_of_them(settle: Settle):
    client = client_with(settle, {"piers/mail.txt": MAIL, "piers/sonnet.txt": SONNET})
    for question, text, spans in (("What had the divers found?", MAIL, 1), ("Who returned at dusk?", SONNET, 0)):
        quote = client.post("/v1/ask", json={"question": question}).json()["quotes"][0]
        page = client.get("/", params={"q": question}).text
        card = re.search(r'data-f="exact"[^>]*>(.*?)</p>', page, re.DOTALL)[1]
        assert (quote["wrapped"], card.count('<span class="wrapped">')) == (spans == 1, spans)
        assert unescape(re.sub("<[^>]*>", "", card)) == quote["exact"]
        assert quote["exact"] in text
