"""Extraction: what a reader of a page or a hearer of a recording gets, letter for letter; fetching it, and checking it again."""

import codecs
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from bisect import bisect_left, bisect_right
from dataclasses import replace
from functools import partial
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import EntryPoint
from itertools import pairwise
from pathlib import Path

import pytest
from asgi import client_with
from conftest import EVAL_DATA
from fakes import CHECKOUT, HashEncoder, cases, document_of, load_benchmark, rows
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st

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
from pullquote_extract import ExtractionError, Place, extract, html, subtitles

APP, TAKES_OUT = CHECKOUT / "app", "pullquote.corpus.parsing.extract_file"
CUES = cases("extraction", "sentences_go_over_the_borders_of_cues_and_speakers_and_times_stay")[0][
    0
]
PAGE = """<html><head><title>Fees <script>alert(1)</script></title><meta name=author content="Ann Lee">
<meta property=article:published_time content=2021-03-04T10:00></head><body><article><h1>Fees</h1>
<p>The fee rose by half in two years. Nobody had asked the tenants.</p><p>It must fall again, says the board.</p></article></body></html>"""


def page_of(written, charset=None):
    return extract("a.html", written.encode() if isinstance(written, str) else written, charset)


def built(settings, **options):
    """The generation that indexing these settings leaves."""
    return indexing.index_corpus(settings, HashEncoder(), **options).generation


@rows("page, text")
def test_a_page_gives_what_a_reader_of_it_is_shown(page, text):
    assert page_of(page).text == text


@rows("cues, text, times")
def test_sentences_go_over_the_borders_of_cues_and_speakers_and_times_stay(cues, text, times):
    found = extract("a.vtt", cues.replace("\n", "\r\n").encode())
    assert (found.text, tuple(place.time for place in found.places)) == (text, times)
    assert all(not found.text[place.start].isspace() for place in found.places)


def test_what_a_page_tells_of_itself_is_read_and_a_script_in_its_title_is_only_letters():
    found = page_of(PAGE.encode("utf-16"))
    assert (found.title, found.author, found.date) == ("Fees", "Ann Lee", "2021-03-04")
    script = "<script>alert(1)</script>"
    assert page_of(f"<title>{script}</title><p>Words.").title == script
    assert page_of("<meta charset=windows-1252><p>caf\xe9".encode("cp1252")).text == "café\n"


@rows("linked, author, date")
def test_linked_data_of_whatever_shape_gives_what_it_says_or_nothing(linked, author, date):
    found = page_of(f"<script type='application/ld+json'>{linked}</script><p>One word.")
    assert (found.text, found.author, found.date) == ("One word.\n", author, date)


@pytest.mark.parametrize(
    "charset",
    [*"undefined idna punycode unicode_escape raw_unicode_escape utf-7 hex rot13 none".split(), "a\0b", "\ud800", "x" * 9_000],
)  # fmt: skip
def test_what_is_no_encoding_of_pages_is_refused_and_a_text_is_taken_as_it_came(charset):
    with pytest.raises(ExtractionError, match="names an encoding that is not known"):
        page_of(b"<p>caf\xe9 \\ud800", charset)
    assert _utf8(fetching.Fetched("http://a/", b"caf\xe9", ".txt", "", charset)) == b"caf\xe9"
    # Each package has its own list: what extracts imports nothing of Pullquote.
    assert html._NO_CHARSETS == adding.NO_CHARSETS


DECLARED = b"<meta charset=%s><p>caf"


@pytest.mark.parametrize(
    ("content", "charset", "words"),
    [
        (codecs.BOM_UTF8 + DECLARED % b"windows-1252" + "é".encode() + b"\xff", "latin1", "café\ufffd"),
        (codecs.BOM_UTF16_BE + "<meta charset=latin1><p>café".encode("utf-16-be"), "utf-8", "café"),
        (DECLARED % b"utf-16" + "é".encode() + b"\xff", "", "café\ufffd"),
        (DECLARED % b"UTF-16BE" + "é".encode() + b"\xff", "", "café\ufffd"),
        (DECLARED % b"utf-16" + b"\xe9", "latin1", "café"),
        (DECLARED % b"l1" + b"\x80", "", "caf€"),
        *(("<meta charset=utf-16><p>€".encode(wide), "", "€") for wide in ("utf-16-le", "utf-16-be")),
    ],
)  # fmt: skip
def test_a_byte_order_mark_is_believed_first_and_a_page_that_was_readable_is_in_no_wide_encoding(
    content, charset, words
):
    assert page_of(content, charset).text == f"{words}\n"


def test_a_text_is_kept_in_the_encoding_that_its_byte_order_mark_tells_whatever_its_server_says():
    for content in ("\ufeffcafé".encode(), "café".encode("utf-16")):
        kept = _utf8(fetching.Fetched("http://a/", content, ".txt", "", "latin1"))
        assert kept.decode("utf-8-sig") == "café"


@rows("style")
def test_what_a_page_hides_by_style_is_no_part_of_it(style):
    sheet = f"<style>.a {{{style}}}</style><p>Seen.<p class=a>Unseen."
    for page in (f"<p>Seen.<p style='{style}'>Unseen.", sheet):
        assert page_of(page).text == "Seen.\n"


@rows("style")
def test_what_a_style_only_moves_or_colours_is_read(style):
    assert page_of(f"<p>Seen.<p style='{style}'>Too.").text == "Seen.\n\nToo.\n"


@rows("named")
def test_what_calls_itself_others_words_is_left_out_and_told(named):
    others = f"<section {named}><p>{'I say otherwise. ' * 5}</section>"
    found = page_of(f"<h1>Fees</h1><p>The fee rose by half.</p>{others}")
    assert found.text == "# Fees\n\nThe fee rose by half.\n"
    assert found.left_out == ("1 × others' words and the like",)


@rows("page")
def test_a_name_that_fits_the_text_itself_leaves_nothing_out(page):
    found = page_of(page)
    assert ("It rose" in found.text, found.left_out) == (True, ())


HIDDEN_DEEP = "<div class=comment style='color:#fff;font-size:1px'>"
LINKED = "<script type=application/ld+json>"
HOSTILE_PAGES = {
    "deep": lambda size: "<p>b" + HIDDEN_DEEP * (size // 8) + "<p style='font-size:0'>a",
    "wide": lambda size: "<p class=share style='opacity:0;left:-1px'>a<h1>b" * size,
    "named": lambda size: f"<p class='{'aA-' * size * 9}'>a",
    "colours": lambda size: f"<p style='color:rgb({'1,' * size * 9})'>a" * 2,
    "moves": lambda size: f"<p style='transform:translate({'1' * size * 9}'>a",
    "graph": lambda size: f"{LINKED}{'[[1],' * (size // 8)}1{']' * (size // 8)}</script><p>a",
    "figure": lambda size: f"{LINKED}{'9' * size}</script><p>a",
    "headers": lambda size: f"<p>b{'<header>a' * size}",
    "tables": lambda size: f"<p>b{'<table><tr><td>a' * (size // 4)}",
    "raised": lambda size: f"<p>b{'<sup>a' * size}",
    "contained": lambda size: f"{'<div>' * size}<p>a b c<h1>d</h1>",
}


@pytest.mark.parametrize("shape", HOSTILE_PAGES)
def test_a_hostile_page_is_read_in_time_that_grows_with_its_length(shape):
    assert_in_proportion(lambda size: partial(page_of, HOSTILE_PAGES[shape](size)), 8_000)


CUE = "WEBVTT\n\n00:01.000 --> 00:02.000\n{}\n"
HOSTILE_CUES = ["<v ", "<v.", "<v a", "a{}b", "b. [a] ", ">> ", ">> Ann Lee: ", "- ", "{\\", "([", "♪ "]  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE_CUES)
def test_a_hostile_cue_is_read_in_time_that_grows_with_its_length(line):
    def prepare(size):
        words = line.format(" " * size) if "{}" in line else line * (size // len(line))
        return partial(subtitles.extract, CUE.replace("{}", f"So{words}it is.").encode())

    assert_in_proportion(prepare, 400_000)


@rows("name, content, reason")
def test_what_holds_no_text_says_so(name, content, reason):
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
    with pytest.raises(DocumentError, match=r"parsed \(16,000,000 letters\); save its text in"):
        extract_file("a.html", b"<b>a" * 4_000_000)
    assert time.monotonic() - began < 90  # of a busy machine; ten of the processor's each


def test_structure_is_told_by_marks_and_what_only_looks_like_them_is_prose():
    prose = ["One says so.", "Two does.", "Three was said.", "# no head, but words.", "*Four* stays <b>as it is</b>."]  # fmt: skip
    one, two, three, head, four = prose
    text = f"# Head\n\n{one} {two}\n\n> {three}\n\n| a | b |\n| 1 | 2 |\n\n {head}\n\n{four}\n"
    sentences = split_sentences(document_of(text, origin=Origin("", "html 1", Source())))
    assert [one.span.cut(text) for one in sentences if one.kind is Kind.HEADING] == ["Head"]
    assert [one.span.cut(text) for one in sentences if one.kind is Kind.PROSE] == prose


def quotes_of(document):
    """Each sentence of a document as a quote, and what is shown of it."""
    sentences = split_sentences(document)
    quotes = [Quote(document, sentences, number, number) for number in range(len(sentences))]
    return quotes, tuple(shown(document, sentences, quote.span) for quote in quotes)


def test_an_entry_is_shown_without_the_mark_that_the_extractor_set():
    text = "They say:\n\n- Rents rose. - Wages did not.\n\n- Fees fell."
    facts = dict(origin=Origin("", "pdf 2", Source()), source=Source(url="https://a.example/a"))
    (_, rents, _, fees), words = quotes_of(document_of(text, **facts))
    assert words[1:] == ("Rents rose.", "- Wages did not.", "Fees fell.")
    linked = [source_link(quote).partition("text=")[2].partition("&")[0] for quote in (rents, fees)]
    assert linked == ["Rents%20rose.", "Fees%20fell."]
    assert read_span(fees.document, fees.span).between(-1, 0) == "- "


@rows("written, words")
def test_an_entry_of_a_list_is_shown_without_its_mark_and_quoted_with_it(written, words):
    quotes, told = quotes_of(document_of(written))
    assert told == words
    assert all(quote.text == quote.span.cut(written) for quote in quotes)


def test_a_quote_opens_its_recording_at_its_time_and_its_file_at_its_page():
    places = (Place(0, time=5.5), Place(11, time=3_723.9))
    source = Source(url="https://www.youtube.com/watch?v=a")
    document = document_of("One is so. Two is so.", source=source, places=places)
    quote = quote_span(document, split_sentences(document), Span(11, 21))
    assert source_link(quote) == "https://www.youtube.com/watch?v=a&t=3723s"
    assert placed("https://a.example/a.mp4", Place(0, time=83.2)) == "https://a.example/a.mp4#t=83"
    assert placed("https://a.example/a.pdf#top", Place(0, page=7)).endswith("/a.pdf#page=7")
    asked = ((7, None), (None, 83.2), (None, 3_723.9), (None, None))
    assert [whereabouts(*one) for one in asked] == ["p. 7", "at 1:23", "at 1:02:03", ""]


@rows("written, words")
def test_markdown_is_read_without_its_marks_and_each_letter_knows_its_place(written, words):
    document = document_of(written, path="a.md")
    sentences, whole = split_sentences(document), Span(0, len(written.partition("\n\n[x]:")[0]))
    assert shown(document, sentences, whole) == words
    plain = shown(replace(document, path="a.txt"), sentences, whole)
    assert plain == whole.cut(written).removeprefix("- ")
    found = read(written, definitions(written))
    assert list(found.places) == sorted(found.places)
    pairs = zip(found.text, found.places, strict=True)
    assert not [one for one, place in pairs if one.isalpha() and one != written[place]]


BITS = [*"* ** _ [ ](https://a.example/fee) [^1] <b> </b> ` \\ &amp; fee rose Ann".split(), "![pic](y)", " ", "\n", ". "]  # fmt: skip


@given(st.lists(st.sampled_from(BITS), max_size=14).map("".join))
def test_no_word_is_read_that_is_not_written_and_their_order_stays(written):
    found = read(written)
    pairs = zip(found.text, found.places, strict=True)
    own = [(letter, place) for letter, place in pairs if not letter.isspace()]
    # A list's mark stands before its place, at the very start before all places.
    assert all(letter == written[place] or letter == "*" for letter, place in own)
    for (_, start), (_, end) in pairwise(own):
        between = written[start + 1 : end]
        parted = set(found.text[bisect_right(found.places, start) : bisect_left(found.places, end)])
        assert start < end or written[start] in "\n*"
        words = start >= 0 and written[start].isalnum() and written[end].isalnum()
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


def test_a_quote_is_shown_as_it_is_read_wherever_it_is_shown_and_kept_as_it_is_written(settle, run):
    words = "I say the tenants cannot pay the fee that you raised."
    question = "Why can tenants not pay the fee?"
    asked = f"?q={question}&max_quotes=1"
    with client_with(settle, {"d/hall.md": HALL}) as client:
        answer = client.post("/v1/ask", json={"question": question, "max_quotes": 1}).json()
        [quote] = answer["quotes"]
        forms = (f"/answer{asked}&form={form}" for form in ("text", "html", "markdown"))
        pages = [client.get(path).text for path in (f"/{asked}", *forms, quote["links"]["reader"])]
        verdict = client.post("/v1/verify", json={"quote": words}).json()
    assert (quote["shown"], quote["section"]) == (words, "On fees")
    assert quote["voice"]["speaker"] == "Ann Lee"
    assert quote["exact"].startswith("**Ann Lee:** I say the *tenants* cannot [pay")
    link = "https://hall.example/hearing#:~:text=Ann%20Lee%3A%20I%20say%20the%20tenants"
    assert quote["links"]["source"].startswith(link)
    assert all(f"“{words}”" in page or f">{words}<" in page for page in pages[:-1])
    unmarked = [re.sub("(?s)<script.*?</script>", "", page) for page in pages]
    assert [page for page in unmarked if "*tenants*" in page] == []
    marked = rf'<mark[^>]*id="quote".*?</span>Ann Lee: {re.escape(words)}<'
    assert re.search(marked, pages[-1])
    assert "They cannot pay it. You know that." in unescape(re.sub("<[^>]*>", "", pages[-1]))
    assert verdict["result"] == "typography_only"
    assert verdict["matches"][0]["exact"] == quote["exact"]
    settings = settle({"d/hall.md": HALL})
    printed = run(settings, "ask", question, "--max-quotes", "1").output
    assert f"“{words}”" in printed.replace("\n    ", " ")
    receipt = settings.corpus.parent / "r.json"
    receipt.write_text(json.dumps(answer))
    assert run(settings, "verify", str(receipt)).output.startswith("verbatim")


FILES = {
    "d/page.html": PAGE,
    "d/page.html.yaml": "author: Bo Chen\nurl: https://a.example/fees\n",
    "d/two.md": "Two words are here.",
}


def test_facts_beside_a_file_come_before_its_own_and_mistakes_are_named(settle):
    settings = settle(FILES)
    page, _ = load_corpus(settings).documents
    own = (page.source.author, page.source.date, page.source.url)
    assert own == ("Bo Chen", "2021-03-04", "https://a.example/fees")
    assert page.origin.tells(page.source) == ("title", "date")
    (settings.corpus / "d/page.html.yaml").write_text("writer: Bo\n")
    [skipped] = load_corpus(settings).skipped
    assert skipped.reason.startswith("facts in page.html.yaml: front matter has no key writer")


def test_a_text_is_taken_out_once_and_its_hash_and_places_are_kept(settle, monkeypatch):
    settings = settle({**FILES, "d/talk.vtt": CUES})
    before = built(settings)
    monkeypatch.setattr(TAKES_OUT, lambda *_: pytest.fail("again"))
    (settings.corpus / "d/two.md").write_text("Three words are here.")
    letters = []
    after = built(settings, progress=lambda done, of: letters.append(of))
    assert {*letters} == {len("Three words are here.")}  # nothing but two.md is worked on
    known, talk = (one.document(one.number("talk")) for one in (before, after))
    assert known == talk
    assert [place.time for place in talk.places] == [1.0, 2.0, 4.0]
    assert [turn.speaker for turn in talk.turns] == ["Ann Lee", "Bo"]
    (settings.corpus / "d/page.html.yaml").write_text("author: Cy Ray\n")
    assert [row.source.author for row in after.rows if row.id == "page"] == ["Bo Chen"]
    assert "d/page.html.yaml" in after.file_hashes


def test_a_newer_extractor_gives_a_new_text_when_asked_and_says_what_moved(settle, monkeypatch):
    settings = settle(FILES)
    before = built(settings)
    newer = ExtractedText("It must fall again, says the board.\n", "html 3")
    monkeypatch.setattr(TAKES_OUT, lambda *_: newer)
    assert built(settings).rows[0].sha256 == before.rows[0].sha256
    [line] = indexing.moved(before, built(settings, again=True))
    assert line.startswith(
        "d/page.html: “html 2” gave way to “html 3”; 2 of 3 sentences are no longer"
    )
    assert line.endswith(" in its text, the first: “The fee rose by half in two years.”")


@rows("public, addresses")
def test_only_public_addresses_are_fetched_however_they_are_written(public, addresses):
    assert {fetching.is_public(one) for one in addresses} == {public}


LEADS = dict(cases("extraction", "leads"))  # where a path of the site sends on to
SENT = {
    "/cyrillic": ("text/html; charset=koi8-r", "<p>Плата выросла вдвое за год.".encode("koi8-r")),
    "/latin.txt": ("text/plain; charset=iso-8859-2", "Opłata wzrosła.".encode("iso-8859-2")),
    "/picture": ("image/png", b"\x89PNG"),
}


class Site(BaseHTTPRequestHandler):
    """Pages good and bad, by their path."""

    page = PAGE

    def do_GET(self):
        if self.path == "/gone":
            return self.send_error(410)
        kind, body = SENT.get(self.path, ("text/html", self.page.encode()))
        headers = {"Content-Type": kind}
        if self.path in LEADS:
            headers["Location"] = LEADS[self.path]
        if self.path == "/large":
            headers["Content-Length"] = "99999999"
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
def site(monkeypatch):
    """The address of a site on this machine; the system's own names are looked up as ever."""
    monkeypatch.setattr(Site, "page", PAGE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.005,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@rows("path, reason")
def test_what_cannot_be_fetched_says_why(site, path, reason, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    known = fetching.is_public
    monkeypatch.setattr(fetching, "is_public", lambda one: one == "127.0.0.1" or known(one))
    with pytest.raises(FetchError) as caught:
        fetching.fetch(site + path, most=1_000_000)
    assert str(caught.value).startswith(reason)


@rows("url")
def test_addresses_of_this_machine_and_of_its_network_are_refused(url, monkeypatch):
    known, inside = socket.getaddrinfo, {"inside.example": "10.0.0.7"}
    monkeypatch.setattr(socket, "getaddrinfo", lambda h, *a, **k: known(inside.get(h, h), *a, **k))
    with pytest.raises(FetchError, match="which is not fetched|is not an address|holds a name"):
        fetching.fetch(url, most=1_000)


@pytest.mark.parametrize("path", LEADS)
def test_wherever_a_page_leads_adding_goes_on_with_the_next(site, settle, path):
    settings = settle({"d/a.md": "One word is here."})
    led, other = add(settings, [site + path, f"{site}/other.html"], "d", local=True)
    assert (led.path, other.path) == (None, "d/other.html")
    assert "; " in led.reason


def test_rechecking_goes_on_after_pages_that_fail_and_says_what_to_do_next(site, settle, run):
    pages = {path.strip("/"): site + path for path in [*LEADS, "/picture", "/gone", "/page"]}
    pages |= {"torn": "http://[::1"}
    facts = {f"d/{name}.html.yaml": f"url: {json.dumps(url)}\n" for name, url in pages.items()}
    settings = settle({f"d/{name}.html": PAGE for name in pages} | facts)
    found = list(rechecking.recheck(settings, built(settings), "d", local=True))
    assert len({one.document_id for one in found}) == len(pages)
    assert [(one.document_id, one.state) for one in found if not one.reason] == [
        ("page", "present")
    ]
    assert [one for one in found if one.reason and "; " not in one.reason] == []
    told = run(settings, "recheck", "--allow-local")
    assert (told.exit_code, told.output.count("unreachable")) == (3, len(pages) - 2)


def test_what_is_added_lies_in_the_corpus_as_received_with_its_address(settle, run, site, tmp_path):
    settings = settle({"d/a.md": "One word is here."})
    (tmp_path / "talk.vtt").write_text(CUES)
    asked = [f"{site}/fees.html#top", f"{site}/fees.html", str(tmp_path / "talk.vtt"), "none.html"]
    found = list(add(settings, asked, None, local=True))
    assert [one.path for one in found] == ["d/fees.html", None, "d/talk.vtt", None]
    assert [one.reason.split(";")[0] for one in found[1::2]] == [
        "is in the corpus already, as fees.html", "cannot be read (No such file or directory)",
    ]  # fmt: skip
    assert (settings.corpus / "d/fees.html").read_bytes() == PAGE.encode()
    paths = {one.path for one in load_corpus(settings).documents}
    assert paths == {"d/a.md", "d/fees.html", "d/talk.vtt"}
    assert run(settings, "add", f"{site}/x.html").exit_code == 1
    assert run(settings, "add").exit_code == 2


def test_a_page_is_read_as_its_server_names_the_encoding_and_parts_of_one_are_none(settle, site):
    settings = settle({f"d/{name}.html": PAGE for name in ("a", "a_files/frame", "b_files/own")})
    found = list(add(settings, [f"{site}/cyrillic", f"{site}/latin.txt"], "d", local=True))
    assert [(one.path, one.reason) for one in found] == [("d/cyrillic.html", None), ("d/latin.txt", None)]  # fmt: skip
    texts = {one.path: one.text.strip() for one in load_corpus(settings).documents}
    assert texts.keys() == {"d/a.html", "d/b_files/own.html", "d/cyrillic.html", "d/latin.txt"}
    assert texts["d/cyrillic.html"] == "Плата выросла вдвое за год."
    assert texts["d/latin.txt"] == "Opłata wzrosła."
    assert (settings.corpus / "d/cyrillic.html").read_bytes() == SENT["/cyrillic"][1]
    checked = rechecking.recheck(settings, built(settings), "d", local=True)
    known = {one.document_id: (one.state, one.compared, one.changes) for one in checked}
    assert known["cyrillic"] == known["latin"] == ("present", 1, ())


def test_one_files_change_takes_out_and_encodes_that_file_alone(settle, monkeypatch):
    names, taken, known = ("bus", "rail", "road"), [], extract_file
    pages = {f"d/{name}.html": PAGE.replace("fee", f"{name} fee") for name in names}
    settings = settle(pages | {"d/talk.vtt": CUES, "d/two.md": "Two words."})
    monkeypatch.setattr(TAKES_OUT, lambda name, *rest: taken.append(name) or known(name, *rest))
    built(settings)
    assert sorted(taken) == ["d/bus.html", "d/rail.html", "d/road.html", "d/talk.vtt"]
    taken.clear()
    changed = pages["d/rail.html"].replace("by half", "by a third")
    (settings.corpus / "d/rail.html").write_text(changed)
    indexing.index_corpus(settings, encoder := HashEncoder())
    assert taken == ["d/rail.html"]
    # The rest are topics to ask about next.
    of_documents = [text for text in encoder.encoded if len(text.split()) > 2]
    assert of_documents
    assert [text for text in of_documents if "by a third" not in text] == []


def test_a_page_that_changed_or_went_is_told_with_the_words(settle, run, site, monkeypatch):
    files = {"d/page.html": PAGE, "d/page.html.yaml": f"url: {site}/a.html\n"}
    with client_with(settle, files) as client:
        asked = {"question": "Why must it fall again?", "max_quotes": 1}
        answer = client.post("/v1/ask", json=asked)
    settings = settle(files)
    generation = built(settings)

    def checked():
        [found] = rechecking.recheck(settings, generation, "d", local=True)
        return found

    assert (checked().state, checked().compared) == ("present", 3)
    monkeypatch.setattr(Site, "page", PAGE.replace("by half", "by a third"))
    found = checked()
    [change] = found.changes
    assert (found.state, change.was) == ("changed", "The fee rose by half in two years.")
    assert change.now == "The fee rose by a third in two years."
    rechecking.keep(settings, [found], {"page": "0" * 64})
    assert last_checks(settings.index)["page"]["state"] == "changed"
    assert rechecking.csv_of([found]).count("\r\n") == 2
    receipt = settings.corpus.with_name("r.json")
    receipt.write_bytes(answer.content)
    told = run(settings, "recheck", "--allow-local", "--receipt", str(receipt), "--json")
    [one] = json.loads(told.output)["documents"]  # what is quoted did not change
    assert (told.exit_code, one["state"], one["compared"]) == (0, "present", 1)
    monkeypatch.setattr(Site, "page", "<p>Nothing of the kind stands on this page any more.")
    assert checked().state == "gone"
    assert next(rechecking.recheck(settings, generation)).state == "unreachable"


@pytest.mark.skipif(EVAL_DATA is None, reason="PULLQUOTE_EVAL_DATA names no folder with documents/")
@pytest.mark.parametrize("kind", ["html", "captions"])
def test_real_files_give_their_sentences_letter_for_letter(kind):
    benchmark, folder = load_benchmark("extraction"), Path(EVAL_DATA or os.devnull) / "documents"
    paths = sorted((folder / kind).iterdir())
    scores = [benchmark.score(folder, path, benchmark.ours, tell=True) for path in paths]
    whole = sum(scores[1:], scores[0])
    assert whole.right >= 0.99 * whole.of > 0
    assert (whole.present, whole.failed) == (0, 0)


# The package of extractors, and the core without it


def test_the_readme_of_the_package_that_extracts_shows_what_runs(capsys):
    readme = (APP / "pullquote_extract" / "README.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    exec(example, {})
    printed = [line for line in capsys.readouterr().out.split("\n") if line]
    assert printed == re.findall(r"\)  # (.*)", example)


ALONE = """
import sys
from pathlib import Path
sys.path[:] = [path for path in sys.path if not Path(path, 'pullquote_extract').is_dir()]
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.extractors import extract_file
from pullquote.errors import DocumentError
from pullquote.settings import Settings
corpus = load_corpus(Settings(corpus=Path(sys.argv[1])))
print([document.path for document in corpus.documents], corpus.remarks[0].reason)
try: extract_file('b.html', b'')
except DocumentError as error: print(error)
assert 'pullquote_extract' not in sys.modules
"""


def test_the_core_reads_texts_where_no_extractor_is_and_says_what_to_install(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "pullquote").symlink_to(APP / "pullquote")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.txt").write_text("Words.")
    (tmp_path / "corpus" / "b.html").write_text(PAGE)
    search_path = [str(tmp_path / "app"), *(path for path in sys.path if path != str(APP))]
    command = [sys.executable, "-c", ALONE, tmp_path / "corpus"]
    environ = {"PYTHONPATH": os.pathsep.join(search_path)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    first, second = done.stdout.strip().split("\n")
    assert first.startswith("['a.txt'] holds 1 file that is of no kind that is read")
    assert "b.html; run `pip install" in first
    assert second.startswith("is of a kind that no installed package reads; run `pip install")


NOTES = """
from dataclasses import dataclass
suffixes, media_types = ('.note',), {'text/x-note': '.note'}
failure = KeyError
@dataclass
class Note:
    text: str
    extractor: str = 'note 1'
    places: tuple = ()
    turns: tuple = ((0, 5, 'Bo'),)
    left_out: tuple = ()
def version(name): return 'note 1'
def has_pages(name): return False
def extract(name, content, charset): return Note(content.decode().upper())
"""


def test_an_extractor_of_another_package_is_used_for_its_files(tmp_path, monkeypatch, settle):
    (tmp_path / "of_notes.py").write_text(NOTES)
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
