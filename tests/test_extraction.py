"""Extraction: what a person sees of a page or hears of a recording, letter for letter; fetching it, and holding it against its page."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import EVAL_DATA, Run, Settle
from fakes import CHECKOUT, HashEncoder, cases, document_of, load_benchmark, open_with_fake
from fastapi.testclient import TestClient
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

from pullquote.api.app import create_app
from pullquote.corpus import extractors
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.documents import Origin, Source
from pullquote.corpus.extractors import ExtractedText, extract_file
from pullquote.corpus.quote import Quote, quote_span
from pullquote.corpus.reading import definitions, read, read_span, shown
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.errors import DocumentError, FetchError
from pullquote.span import Span
from pullquote.upkeep import indexing
from pullquote.upkeep.rechecked import last_checks
from pullquote.verify.cite import placed, source_link, whereabouts
from pullquote_collect import adding, fetching, rechecking
from pullquote_collect.adding import _utf8, add
from pullquote_extract import ExtractionError, Place, extract, html

APP = CHECKOUT / "app"
CASES = json.loads((CHECKOUT / "tests" / "cases" / "extraction.json").read_bytes())
PAGE = """<html><head><title>Fees <script>alert(1)</script></title><meta name=author content="Ann Lee">
<meta property=article:published_time content=2021-03-04T10:00></head><body><article><h1>Fees</h1>
<p>The fee rose by half in two years. Nobody had asked the tenants.</p><p>It must fall again, says the board.</p></article></body></html>"""


@pytest.mark.parametrize(("page", "text"), CASES["html"])
def test_a_page_gives_what_a_reader_of_it_is_shown(page: str, text: str):
    assert extract("a.html", page.encode()).text == text


@pytest.mark.parametrize(("cues", "text", "times"), CASES["subtitles"])
def test_sentences_go_over_the_borders_of_cues_and_speakers_and_times_stay(
    cues: str, text: str, times: list[float]
):
    found = extract("a.vtt", cues.replace("\n", "\r\n").encode())
    assert (found.text, [place.time for place in found.places]) == (text, times)
    assert all(not found.text[place.start].isspace() for place in found.places)


def test_what_a_page_tells_of_itself_is_read_and_a_script_in_its_title_is_only_letters():
    found = extract("a.html", PAGE.encode("utf-16"))
    assert (found.title, found.author, found.date) == ("Fees", "Ann Lee", "2021-03-04")
    assert (
        extract("a.html", b"<title><script>alert(1)</script></title><p>Words.").title
        == "<script>alert(1)</script>"
    )
    assert (
        extract("a.html", "<meta charset=windows-1252><p>caf\xe9".encode("cp1252")).text == "café\n"
    )


@pytest.mark.parametrize(("linked", "author", "date"), CASES["linked"])
def test_linked_data_of_whatever_shape_gives_what_it_says_or_nothing(
    linked: str, author: str | None, date: str | None
):
    page = f"<script type='application/ld+json'>{linked}</script><p>One word."
    found = extract("a.html", page.encode())
    assert (found.text, found.author, found.date) == ("One word.\n", author, date)


@pytest.mark.parametrize(
    "charset",
    ["undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "hex", "rot13", "none", "a\0b", "\ud800", "x" * 9_000],
)  # fmt: skip
def test_what_is_no_encoding_of_pages_is_refused_by_its_name_and_a_text_is_taken_as_it_came(
    charset: str,
):
    with pytest.raises(ExtractionError, match="names an encoding that is not known"):
        extract("a.html", b"<p>caf\xe9 \\ud800", charset)
    assert _utf8(fetching.Fetched("http://a/", b"caf\xe9", ".txt", "", charset)) == b"caf\xe9"


@pytest.mark.parametrize(
    "linked",
    [
        '{"@graph": 5}', '[[{"@graph": [[{"author": 7, "datePublished": 5}]]}], 3, null]', '{"author": [1, {"name": 2}, []]}',
        '{"author": {"name": {"name": "x"}}, "datePublished": [[]]}', "7", '"x"', '{"@graph": "x"}', "[" * 5_000, "9" * 5_000,
    ],
)  # fmt: skip
def test_no_shape_of_linked_data_refuses_a_page(linked: str):
    page = f"<script type=application/ld+json>{linked}</script><p>The fee rose by half."
    assert extract("a.html", page.encode()).text == "The fee rose by half.\n"


def test_linked_data_is_found_in_lists_of_lists():
    linked = (
        '[[{"@graph": [[{"author": {"name": "Ann \\ud800Lee"}, "datePublished": "2021-03-04"}]]}]]'
    )
    found = extract(
        "a.html", f"<script type=application/ld+json>{linked}</script><p>Words.".encode()
    )
    assert (found.author, found.date) == ("Ann ?Lee", "2021-03-04")


@pytest.mark.parametrize(
    "style",
    cases(
        "extraction", "what_a_page_hides_by_style_is_no_part_of_it_by_its_attribute_or_its_sheet"
    ),
)
def test_what_a_page_hides_by_style_is_no_part_of_it_by_its_attribute_or_its_sheet(style: str):
    for page in (
        f"<p>Seen.<p style='{style}'>Unseen.",
        f"<style>.a {{{style}}}</style><p>Seen.<p class=a>Unseen.",
    ):
        assert extract("a.html", page.encode()).text == "Seen.\n"


@pytest.mark.parametrize("style", cases("extraction", "what_a_style_only_moves_or_colours_is_read"))
def test_what_a_style_only_moves_or_colours_is_read(style: str):
    assert extract("a.html", f"<p>Seen.<p style='{style}'>Too.".encode()).text == "Seen.\n\nToo.\n"
    on_dark = "<div style='background:#000'><p style='color:white'>Too.</div><div style='font-size:0'><p style='font-size:1em'>Three."
    assert extract("a.html", on_dark.encode()).text == "Too.\n\nThree.\n"


@pytest.mark.parametrize(
    "named",
    ["id=comments", "class='post-comments'", "class=relatedStories", "id=newsletter-signup"],
)
def test_what_calls_itself_others_words_is_left_out_and_told(named: str):
    page = f"<h1>Fees</h1><p>The fee rose by half.</p><section {named}><p>{'I say otherwise. ' * 5}</section>"
    found = extract("a.html", page.encode())
    assert (found.text, found.left_out) == (
        "# Fees\n\nThe fee rose by half.\n",
        ("1 × others' words and the like",),
    )


@pytest.mark.parametrize(
    "page", cases("extraction", "a_name_that_fits_the_text_itself_leaves_nothing_out")
)
def test_a_name_that_fits_the_text_itself_leaves_nothing_out(page: str):
    found = extract("a.html", page.encode())
    assert "It rose" in found.text
    assert not found.left_out


HOSTILE_PAGES = {
    "deep": lambda size: (
        "<p>b"
        + "<div class=comment style='color:#fff;font-size:1px'>" * (size // 8)
        + "<p style='font-size:0'>a"
    ),
    "wide": lambda size: "<p class=share style='opacity:0;left:-1px'>a<h1>b" * size,
    "named": lambda size: f"<p class='{'aA-' * size * 9}'>a",
    "colours": lambda size: f"<p style='color:rgb({'1,' * size * 9})'>a" * 2,
    "moves": lambda size: f"<p style='transform:translate({'1' * size * 9}'>a",
    "graph": lambda size: (
        f"<script type=application/ld+json>{'[[1],' * (size // 8)}1{']' * (size // 8)}</script><p>a"
    ),
}


@pytest.mark.parametrize("shape", HOSTILE_PAGES)
def test_a_hostile_page_is_read_in_time_that_grows_with_its_length(shape: str):
    def prepare(size: int) -> Callable[[], object]:
        return partial(extract, "a.html", HOSTILE_PAGES[shape](size).encode())

    assert_in_proportion(prepare, 8_000)


@pytest.mark.parametrize(("name", "content", "reason"), CASES["broken"])
def test_what_holds_no_text_says_so(name: str, content: str, reason: str):
    with pytest.raises(DocumentError, match=reason):
        extract_file(name, content.encode())


@pytest.mark.slow
def test_hostile_pages_cost_seconds_and_a_line_each():
    began = time.monotonic()
    assert len(extract_file("a.html", b"<p>" + b"word " * 1_000_000).text) == 5_000_000
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><html><body><p>&b; stays.'
    assert "&b; stays." in extract_file("a.html", entities).text
    with pytest.raises(DocumentError, match="takes more than|breaks what reads"):
        extract_file("a.html", b"<div>" * 300_000)
    assert time.monotonic() - began < 90  # of a busy machine; ten of the processor's each


def test_structure_is_told_by_marks_and_what_only_looks_like_them_is_prose():
    text = "# Head\n\nOne says so. Two does.\n\n> Three was said.\n\n| a | b |\n| 1 | 2 |\n\n # no head, but words.\n\n*Four* stays <b>as it is</b>.\n"
    document = document_of(text, origin=Origin("", "html 1", Source()))
    kinds = [(one.kind, one.span.cut(text)) for one in split_sentences(document)]
    assert [words for kind, words in kinds if kind is Kind.HEADING] == ["Head"]
    assert [words for kind, words in kinds if kind is Kind.PROSE] == [
        "One says so.", "Two does.", "Three was said.", "# no head, but words.", "*Four* stays <b>as it is</b>.",
    ]  # fmt: skip


def test_an_entry_of_a_list_is_shown_without_the_mark_that_the_extractor_set():
    text = "They say:\n\n- Rents rose. - Wages did not.\n\n- Fees fell."
    facts = {"origin": Origin("", "pdf 2", Source()), "source": Source(url="https://a.example/a")}
    document = document_of(text, **facts)
    sentences = split_sentences(document)
    quotes = [Quote(document, sentences, number, number) for number in range(1, len(sentences))]
    assert [shown(document, sentences, quote.span) for quote in quotes] == [
        "Rents rose.", "- Wages did not.", "Fees fell.",
    ]  # fmt: skip
    assert [source_link(quote).partition("text=")[2].partition("&")[0] for quote in quotes[::2]] == [
        "Rents%20rose.", "Fees%20fell.",
    ]  # fmt: skip
    assert read_span(document, quotes[-1].span).between(-1, 0) == "- "


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("They say:\n\n- Rents rose.\n- Fees fell.\n", ["They say:", "Rents rose.", "Fees fell."]),
        ("* Rents rose - here.\n\n  • Fees fell.", ["Rents rose - here.", "Fees fell."]),
        (
            "-5 degrees it was. - So he said.\n\n1. Fees fell.",
            ["-5 degrees it was.", "- So he said.", "1. Fees fell."],
        ),
    ],
)
def test_an_entry_of_a_list_in_plain_text_is_shown_without_its_mark_and_quoted_with_it(
    written: str, words: list[str]
):
    document = document_of(written)
    sentences = split_sentences(document)
    quotes = [Quote(document, sentences, number, number) for number in range(len(sentences))]
    assert [shown(document, sentences, quote.span) for quote in quotes] == words
    assert all(quote.text == quote.span.cut(written) for quote in quotes)


def test_a_quote_opens_its_recording_at_its_time_and_its_file_at_its_page():
    source = Source(url="https://www.youtube.com/watch?v=a")
    document = document_of(
        "One is so. Two is so.", source=source, places=(Place(0, time=5.5), Place(11, time=3_723.9))
    )
    quote = quote_span(document, split_sentences(document), Span(11, 21))
    assert quote
    assert source_link(quote) == "https://www.youtube.com/watch?v=a&t=3723s"
    assert (
        placed("https://a.example/talk.mp4", Place(0, time=83.2))
        == "https://a.example/talk.mp4#t=83"
    )
    assert (
        placed("https://a.example/a.pdf#top", Place(0, page=7)) == "https://a.example/a.pdf#page=7"
    )
    assert [whereabouts(7, None), whereabouts(None, 83.2), whereabouts(None, 3_723.9), whereabouts(None, None)] == [
        "p. 7", "at 1:23", "at 1:02:03", "",
    ]  # fmt: skip


@pytest.mark.parametrize(("written", "words"), CASES["read"])
def test_markdown_is_read_without_its_marks_and_each_letter_knows_its_place(
    written: str, words: str
):
    document = document_of(written, path="a.md")
    sentences, words_end = split_sentences(document), Span(0, len(written.partition("\n\n[x]:")[0]))
    assert shown(document, sentences, words_end) == words
    plain = shown(replace(document, path="a.txt"), sentences, words_end)
    assert plain == words_end.cut(written).removeprefix("- ")
    found = read(written, definitions(written))
    assert list(found.places) == sorted(found.places)
    plain = [
        (letter, written[place])
        for letter, place in zip(found.text, found.places, strict=True)
        if letter.isalpha()
    ]
    assert {one for one in plain if one[0] != one[1]} == set()


BITS = [
    "*",
    "**",
    "_",
    "[",
    "](https://a.example/fee)",
    "[^1]",
    "<b>",
    "</b>",
    "`",
    "\\",
    "&amp;",
    "![pic](y)",
    " ",
    "\n",
    ". ",
    "fee",
    "rose",
    "Ann",
]


@given(st.lists(st.sampled_from(BITS), max_size=14).map("".join))
def test_no_word_is_read_that_is_not_written_and_their_order_stays(written: str):
    found = read(written)
    own = [
        (letter, place)
        for letter, place in zip(found.text, found.places, strict=True)
        if not letter.isspace()
    ]
    assert all(
        letter == written[place] or letter == "*" for letter, place in own
    )  # a list's mark stands before its place
    for (_, start), (_, end) in pairwise(own):
        between = written[start + 1 : end]
        parted = set(found.text[bisect_right(found.places, start) : bisect_left(found.places, end)])
        assert start < end or written[start] in "\n*"
        words = written[start].isalnum() and written[end].isalnum()
        assert parted or not words or not re.search(r"\s|\[\^1\]|!\[pic\]", between)


HALL = """---
title: The hearing
url: https://hall.example/hearing
---
# On *fees*

**Ann Lee:** I say the *tenants* cannot [pay the fee](https://hall.example/fee) that you raised.[^1]

**Bob Ott:** Do you mean that we should ask them?

**Ann Lee:** I mean what I say. *They cannot pay it. You know that.*

**Bob Ott:** We asked the board, and my office has its answer.
"""


def test_a_quote_is_shown_as_it_is_read_wherever_it_is_shown_and_kept_as_it_is_written(
    settle: Settle, run: Run
):
    settings = settle({"d/hall.md": HALL})
    indexing.index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    words = "I say the tenants cannot pay the fee that you raised."
    with TestClient(create_app(explainer)) as client:
        answer = client.post(
            "/v1/ask", json={"question": "Why can tenants not pay the fee?", "max_quotes": 1}
        ).json()
        [quote] = answer["quotes"]
        assert (quote["shown"], quote["section"], quote["voice"]["speaker"]) == (
            words,
            "On fees",
            "Ann Lee",
        )
        assert quote["exact"].startswith("**Ann Lee:** I say the *tenants* cannot [pay")
        assert quote["links"]["source"].startswith(
            "https://hall.example/hearing#:~:text=Ann%20Lee%3A%20I%20say%20the%20tenants"
        )
        asked = "?q=Why can tenants not pay the fee?&max_quotes=1"
        shown = [
            client.get(f"/{asked}").text,
            *(
                client.get(f"/answer{asked}&form={form}").text
                for form in ("text", "html", "markdown")
            ),
        ]
        reader = client.get(quote["links"]["reader"]).text
        verdict = client.post("/v1/verify", json={"quote": words}).json()
    assert all(f"“{words}”" in page or f">{words}<" in page for page in shown)
    assert [
        page
        for page in (*shown, reader)
        if "*tenants*" in re.sub("(?s)<script.*?</script>", "", page)
    ] == []
    assert re.search(
        r'<mark[^>]*id="quote".*?</span>Ann Lee: I say the tenants cannot pay the fee that you raised\.<',
        reader,
    )
    assert "They cannot pay it. You know that." in unescape(re.sub("<[^>]*>", "", reader))
    assert (verdict["result"], verdict["matches"][0]["exact"]) == (
        "typography_only",
        quote["exact"],
    )
    assert f"“{words}”" in run(
        settings, "ask", "Why can tenants not pay the fee?", "--max-quotes", "1"
    ).output.replace("\n    ", " ")
    receipt = settings.corpus.parent / "r.json"
    receipt.write_text(json.dumps(answer))
    assert run(settings, "verify", str(receipt)).output.startswith("verbatim")


FILES = {
    "d/page.html": PAGE,
    "d/page.html.yaml": "author: Bo Chen\nurl: https://a.example/fees\n",
    "d/two.md": "Two words are here.",
}


def test_facts_beside_a_file_come_before_its_own_and_mistakes_are_named(settle: Settle):
    settings = settle(FILES)
    page, _ = load_corpus(settings).documents
    assert (page.source.author, page.source.date, page.source.url) == (
        "Bo Chen",
        "2021-03-04",
        "https://a.example/fees",
    )
    assert page.origin
    assert page.origin.tells(page.source) == ("title", "date")
    (settings.corpus / "d/page.html.yaml").write_text("writer: Bo\n")
    [skipped] = load_corpus(settings).skipped
    assert skipped.reason.startswith("facts in page.html.yaml: front matter has no key writer")


def test_a_text_is_taken_out_once_and_its_hash_and_places_are_kept(
    settle: Settle, monkeypatch: pytest.MonkeyPatch
):
    settings = settle({**FILES, "d/talk.vtt": CASES["subtitles"][0][0]})
    before = indexing.index_corpus(settings, HashEncoder()).generation
    monkeypatch.setattr(
        "pullquote.corpus.parsing.extract_file", lambda *_: pytest.fail("taken out again")
    )
    (settings.corpus / "d/two.md").write_text("Three words are here.")
    letters = []
    after = indexing.index_corpus(
        settings, HashEncoder(), lambda done, of: letters.append(of)
    ).generation
    assert {*letters} == {len("Three words are here.")}  # nothing but two.md is worked on
    kept = [generation.document(generation.number("talk")) for generation in (before, after)]
    assert kept[0] == kept[1]
    assert [place.time for place in kept[1].places] == [1.0, 2.0, 4.0]
    assert [turn.speaker for turn in kept[1].turns] == ["Ann Lee", "Bo"]
    (settings.corpus / "d/page.html.yaml").write_text("author: Cy Ray\n")
    assert [row.source.author for row in after.rows if row.id == "page"] == ["Bo Chen"]
    assert "d/page.html.yaml" in after.file_hashes


def test_a_newer_extractor_gives_a_new_text_only_when_asked_and_says_what_moved(
    settle: Settle, monkeypatch: pytest.MonkeyPatch
):
    settings = settle(FILES)
    before = indexing.index_corpus(settings, HashEncoder()).generation
    newer = ExtractedText("It must fall again, says the board.\n", "html 3")
    monkeypatch.setattr("pullquote.corpus.parsing.extract_file", lambda *_: newer)
    assert (
        indexing.index_corpus(settings, HashEncoder()).generation.rows[0].sha256
        == before.rows[0].sha256
    )
    after = indexing.index_corpus(settings, HashEncoder(), again=True).generation
    [line] = indexing.moved(before, after)
    assert line == (
        "d/page.html: “html 2” gave way to “html 3”; 2 of 3 sentences are no longer in its text, the first: "
        "“The fee rose by half in two years.”"
    )


@pytest.mark.parametrize("public", [True, False])
def test_only_public_addresses_are_fetched_however_they_are_written(public: bool):
    assert {fetching.is_public(one) for one in CASES["public"]["yes" if public else "no"]} == {
        public
    }


LEADS = {
    "/inside": "http://[::ffff:127.0.0.1]/", "/round": "/round", "/bracket": "http://[::1", "/vx": "http://[v1.x]/", "/port": "http://a:99999/",
    "/letters": "http://a:b/", "/label": f"http://{'a' * 70}.example/", "/empty-label": "http://a..b/", "/dots": "http://.example/",
    "/file": "file:///etc/passwd", "/half": "http://127.0.0.1:1/\udc80", "/nfkc": "http://a\u2100.example/",
}  # fmt: skip


class Site(BaseHTTPRequestHandler):
    """Pages good and bad, by their path."""

    page = PAGE

    def do_GET(self):
        headers, body = {"Content-Type": "text/html"}, self.page.encode()
        match self.path:
            case "/cyrillic":
                headers["Content-Type"], body = (
                    "text/html; charset=koi8-r",
                    "<p>Плата выросла вдвое за год.".encode("koi8-r"),
                )
            case "/latin.txt":
                headers["Content-Type"], body = (
                    "text/plain; charset=iso-8859-2",
                    "Opłata wzrosła.".encode("iso-8859-2"),
                )
            case path if path in LEADS:
                headers["Location"] = LEADS[path]
            case "/picture":
                headers["Content-Type"] = "image/png"
            case "/large":
                headers["Content-Length"] = "99999999"
            case "/gone":
                return self.send_error(410)
        self.send_response(302 if "Location" in headers else 200)
        for name, value in headers.items():
            self._headers_buffer.append(f"{name}: {value}\r\n".encode("utf-8", "surrogateescape"))
        self.end_headers()
        try:
            self.wfile.write(body)
            while self.path == "/endless":
                self.wfile.write(b"<p>more ")
                time.sleep(0.01)
        except OSError:
            return None

    def log_message(self, *_):
        pass


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a site on this machine; the system's own names are looked up as ever."""
    monkeypatch.setattr(Site, "page", PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("path", "reason"), cases("extraction", "what_cannot_be_fetched_says_why"))
def test_what_cannot_be_fetched_says_why(
    site: str, path: str, reason: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    known = fetching.is_public
    monkeypatch.setattr(
        fetching, "is_public", lambda address: address == "127.0.0.1" or known(address)
    )
    with pytest.raises(FetchError) as caught:
        fetching.fetch(site + path, most=1_000_000)
    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://[::1]/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
     "http://[fec0::1]/", "http://[64:ff9b:1::1]/", "http://[::ffff:0:127.0.0.1]/", "http://１２７.0.0.1/", "http://inside.example/", "http://[::1", "ftp://a/", "http://u:p@a/"]
)  # fmt: skip
def test_addresses_of_this_machine_and_of_its_network_are_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
):
    known = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *a, **k: known("10.0.0.7" if host == "inside.example" else host, *a, **k),
    )
    with pytest.raises(FetchError, match="which is not fetched|is not an address|holds a name"):
        fetching.fetch(url, most=1_000)


@pytest.mark.parametrize("path", LEADS)
def test_wherever_a_page_leads_adding_goes_on_with_the_next(site: str, settle: Settle, path: str):
    settings = settle({"d/a.md": "One word is here."})
    led, other = add(settings, [site + path, f"{site}/other.html"], "d", local=True)
    assert (led.path, other.path) == (None, "d/other.html")
    assert led.reason
    assert "; " in led.reason


def test_rechecking_goes_on_after_pages_that_fail_and_says_for_each_what_to_do_next(
    site: str, settle: Settle, run: Run
):
    pages = {path.strip("/"): site + path for path in [*LEADS, "/picture", "/gone", "/page"]}
    pages |= {"torn": "http://[::1"}
    texts = {f"d/{name}.html": PAGE for name in pages}
    settings = settle(
        texts | {f"d/{name}.html.yaml": f"url: {json.dumps(url)}\n" for name, url in pages.items()}
    )
    generation = indexing.index_corpus(settings, HashEncoder()).generation
    found = {
        one.document_id: one for one in rechecking.recheck(settings, generation, "d", local=True)
    }
    assert {name: one.state for name, one in found.items() if one.reason is None} == {
        "page": "present"
    }
    assert len(found) == len(pages)
    assert [name for name, one in found.items() if one.reason and "; " not in one.reason] == []
    told = run(settings, "recheck", "--allow-local")
    assert told.exit_code == 3
    assert told.output.count("unreachable") == len(pages) - 2


def test_what_is_added_lies_in_the_corpus_as_it_was_received_with_its_address(
    settle: Settle, run: Run, site: str, tmp_path: Path
):
    settings = settle({"d/a.md": "One word is here."})
    (tmp_path / "talk.vtt").write_text(CASES["subtitles"][0][0])
    found = list(
        add(
            settings,
            [f"{site}/fees.html#top", f"{site}/fees.html", str(tmp_path / "talk.vtt"), "none.html"],
            None,
            local=True,
        )
    )
    assert [one.path for one in found] == ["d/fees.html", None, "d/talk.vtt", None]
    assert [one.reason and one.reason.split(";")[0] for one in found[1::2]] == [
        "is in the corpus already, as fees.html", "cannot be read (No such file or directory)",
    ]  # fmt: skip
    assert (settings.corpus / "d/fees.html").read_bytes() == PAGE.encode()
    assert {one.path for one in load_corpus(settings).documents} == {
        "d/a.md",
        "d/fees.html",
        "d/talk.vtt",
    }
    assert run(settings, "add", f"{site}/x.html").exit_code == 1
    assert run(settings, "add").exit_code == 2


def test_the_encoding_that_a_server_names_is_that_of_the_page_and_the_parts_of_a_saved_one_are_no_documents(
    settle: Settle, site: str
):
    settings = settle({"d/a.html": PAGE, "d/a_files/frame.html": PAGE, "d/b_files/own.html": PAGE})
    found = list(add(settings, [f"{site}/cyrillic", f"{site}/latin.txt"], "d", local=True))
    assert [one.path for one in found] == ["d/cyrillic.html", "d/latin.txt"]
    documents = {one.path: one for one in load_corpus(settings).documents}
    assert documents.keys() == {"d/a.html", "d/b_files/own.html", "d/cyrillic.html", "d/latin.txt"}
    assert [documents[f"d/{name}"].text.strip() for name in ("cyrillic.html", "latin.txt")] == [
        "Плата выросла вдвое за год.",
        "Opłata wzrosła.",
    ]
    assert (
        settings.corpus / "d/cyrillic.html"
    ).read_bytes() == "<p>Плата выросла вдвое за год.".encode("koi8-r")


def test_one_files_change_takes_out_and_encodes_that_file_alone(
    settle: Settle, monkeypatch: pytest.MonkeyPatch
):
    pages = {
        f"d/{name}.html": PAGE.replace("fee", f"{name} fee") for name in ("bus", "rail", "road")
    }
    settings, taken, known = (
        settle(pages | {"d/talk.vtt": CASES["subtitles"][0][0], "d/two.md": "Two words."}),
        [],
        extract_file,
    )
    monkeypatch.setattr(
        "pullquote.corpus.parsing.extract_file",
        lambda name, *rest: taken.append(name) or known(name, *rest),
    )
    indexing.index_corpus(settings, HashEncoder())
    assert sorted(taken) == ["d/bus.html", "d/rail.html", "d/road.html", "d/talk.vtt"]
    taken.clear()
    (settings.corpus / "d/rail.html").write_text(
        pages["d/rail.html"].replace("by half", "by a third")
    )
    encoder = HashEncoder()
    indexing.index_corpus(settings, encoder)
    assert taken == ["d/rail.html"]
    of_documents = [
        text for text in encoder.encoded if len(text.split()) > 2
    ]  # the rest are topics to ask about next
    assert of_documents
    assert [text for text in of_documents if "by a third" not in text] == []


def test_a_page_that_changed_or_went_is_told_with_the_words(
    settle: Settle, run: Run, site: str, monkeypatch: pytest.MonkeyPatch
):
    settings = settle({"d/page.html": PAGE, "d/page.html.yaml": f"url: {site}/a.html\n"})
    generation = indexing.index_corpus(settings, HashEncoder()).generation

    def checked(url: str = "") -> rechecking.Checked:
        [found] = rechecking.recheck(settings, generation, "d", local=True)
        return found

    assert (checked().state, checked().compared) == ("present", 3)
    monkeypatch.setattr(Site, "page", PAGE.replace("by half", "by a third"))
    found = checked()
    assert (found.state, [(one.was, one.now) for one in found.changes]) == (
        "changed", [("The fee rose by half in two years.", "The fee rose by a third in two years.")],
    )  # fmt: skip
    rechecking.keep(settings, [found], {"page": "0" * 64})
    assert last_checks(settings.index)["page"]["state"] == "changed"
    assert rechecking.csv_of([found]).count("\r\n") == 2
    with TestClient(create_app(open_with_fake(settings))) as client:
        answer = client.post(
            "/v1/ask", json={"question": "Why must it fall again?", "max_quotes": 1}
        )
    settings.corpus.with_name("r.json").write_bytes(answer.content)
    told = run(
        settings,
        "recheck",
        "--allow-local",
        "--receipt",
        str(settings.corpus.with_name("r.json")),
        "--json",
    )
    [one] = json.loads(told.output)["documents"]
    assert (told.exit_code, one["state"], one["compared"]) == (
        0,
        "present",
        1,
    )  # what is quoted did not change
    monkeypatch.setattr(
        Site, "page", "<p>Nothing of the kind stands on this page any more, as you see."
    )
    assert checked().state == "gone"
    assert next(rechecking.recheck(settings, generation)).state == "unreachable"


@pytest.mark.parametrize("path", ["/cyrillic", "/latin.txt"])
def test_a_page_is_rechecked_in_the_encoding_that_its_server_names(
    site: str, settle: Settle, path: str
):
    settings = settle({"d/a.md": "One word is here."})
    [added] = add(settings, [site + path], "d", local=True)
    generation = indexing.index_corpus(settings, HashEncoder()).generation
    [found] = rechecking.recheck(settings, generation, "d", local=True)
    assert (added.reason, found.state, found.compared, found.changes) == (None, "present", 1, ())


@pytest.mark.skipif(EVAL_DATA is None, reason="PULLQUOTE_EVAL_DATA names no folder with documents/")
@pytest.mark.parametrize("kind", ["html", "captions"])
def test_real_files_give_their_sentences_letter_for_letter(kind: str):
    benchmark, folder = load_benchmark("extraction"), Path(EVAL_DATA or os.devnull) / "documents"
    scores = [
        benchmark.score(folder, path, benchmark.ours, tell=True)
        for path in sorted((folder / kind).iterdir())
    ]
    whole = sum(scores[1:], scores[0])
    assert whole.right >= 0.99 * whole.of > 0
    assert (whole.present, whole.failed) == (0, 0)


# The package of extractors, and the core without it


def test_the_readme_of_the_package_that_extracts_shows_what_runs(
    capsys: pytest.CaptureFixture[str],
):
    readme = (CHECKOUT / "app" / "pullquote_extract" / "README.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    exec(example, {})
    printed = [line for line in capsys.readouterr().out.split("\n") if line]
    assert printed == re.findall(r"\)  # (.*)", example)


def test_the_core_reads_a_corpus_of_texts_where_no_extractor_is_and_says_what_to_install(
    tmp_path: Path,
):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "pullquote").symlink_to(CHECKOUT / "app" / "pullquote")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Words.")
    (tmp_path / "corpus" / "b.html").write_text(PAGE)
    script = (
        "import sys; sys.path[:] = [path for path in sys.path if path != sys.argv[2]]\n"
        "from pathlib import Path\nimport pullquote\nfrom pullquote.corpus.corpus import load_corpus\n"
        "from pullquote.corpus.extractors import extract_file\nfrom pullquote.errors import DocumentError\n"
        "from pullquote.settings import Settings\n"
        "corpus = load_corpus(Settings(corpus=Path(sys.argv[1])))\n"
        "print([document.path for document in corpus.documents], corpus.remarks[0].reason)\n"
        "try:\n    extract_file('b.html', b'')\nexcept DocumentError as error:\n    print(error)\n"
        "assert 'pullquote_extract' not in sys.modules"
    )
    search_path = [str(tmp_path / "app"), *(path for path in sys.path if path != str(APP))]
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "corpus", APP],
        env={"PYTHONPATH": os.pathsep.join(search_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.strip().split("\n")
    assert first.startswith("['a.txt'] holds 1 file that is of no kind that is read")
    assert "b.html; run `pip install" in first
    assert second.startswith("is of a kind that no installed package reads; run `pip install")


def test_an_extractor_that_another_package_registers_is_used_for_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settle: Settle
):
    (tmp_path / "of_notes.py").write_text(
        "from dataclasses import dataclass\nsuffixes, media_types = ('.note',), {'text/x-note': '.note'}\n"
        "failure = KeyError\n@dataclass\nclass Note:\n    text: str\n    extractor: str = 'note 1'\n"
        "    places: tuple = ()\n    turns: tuple = ((0, 5, 'Bo'),)\n    left_out: tuple = ()\n"
        "def version(name): return 'note 1'\ndef has_pages(name): return False\n"
        "def extract(name, content, charset): return Note(content.decode().upper())\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    registered = EntryPoint("notes", "of_notes", extractors.GROUP)
    monkeypatch.setattr(extractors, "entry_points", lambda group: [registered])
    extractors.installed.cache_clear()
    try:
        [document] = load_corpus(settle({"d/a.note": "a word."})).documents
        assert (document.text, document.turns[0].speaker) == ("A WORD.", "Bo")
        assert fetching.suffix_by_type()["text/x-note"] == ".note"
    finally:
        extractors.installed.cache_clear()


def test_pages_and_plain_texts_refuse_the_same_encodings():
    # Each package has its own list: what extracts imports nothing of Pullquote.
    assert html._NO_CHARSETS == adding.NO_CHARSETS
