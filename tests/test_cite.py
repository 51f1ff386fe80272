"""Citing: every style, with what is missing said so; links that lead to the quote and to no other place."""

import csv
import io
import json
import random
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import chain
from urllib.parse import unquote

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts
from fakes import cases, document_of
from fastapi.testclient import TestClient
from growth import assert_in_proportion
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pylatexenc.latex2text import LatexNodes2Text

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.corpus.documents import Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.quote import Quote, quote_span
from pullquote.corpus.sentences import split_sentences
from pullquote.span import Span
from pullquote.upkeep.report import Balance, csv_of
from pullquote.verify.cite import (
    STYLES,
    Reference,
    apa,
    bibtex,
    card,
    chicago,
    csl_json,
    mla,
    reader_link,
    ris,
    source_link,
    text_directive,
)  # fmt: skip
from pullquote.voice.voices import Voice, VoiceKind, spoken_by

TEXT = "Jams cost time.\n\nTolls cut jams. Nobody likes them *much*. Buses gain.\n\nThe end."
FULL = Source(
    title="Roads & tolls", author="Ada Finch and Bo van der Berg", publisher="The Toll Review", date="2021-03-04",
    url="https://a.example/x_1?a=1&b=2", licence="CC0",
)  # fmt: skip
BARE = Source(author="Amalendu Misra", publisher="The Conversation", date="2025-10")
THREE = replace(FULL, author="Ann Lee, Bo Chen and Cy Ray")
BODY = replace(FULL, author="Human Rights Watch")


def place_of(
    source: Source, words: str = "Nobody likes them *much*.", text: str = TEXT, **facts: object
) -> Reference:
    document = document_of(text, source=source, language="en")
    span = Span(text.index(words), text.index(words) + len(words))
    return Reference(document, span, quote_span(document, split_sentences(document), span), **facts)


@pytest.mark.parametrize(
    ("style", "source", "written"),
    [
        (apa, FULL, "Finch, A., & van der Berg, B. (2021, March 4). Roads & tolls. The Toll Review. https://a.example/x_1?a=1&b=2"),
        (apa, BARE, "Misra, A. (2025, October). [page]. The Conversation."),
        (apa, Source(), "[page]. (n.d.)."),
        (mla, FULL, "Finch, Ada, and Bo van der Berg. “Roads & tolls.” The Toll Review, 4 Mar. 2021, a.example/x_1?a=1&b=2."),
        (mla, BARE, "Misra, Amalendu. [page]. The Conversation, Oct. 2025."),
        (mla, THREE, "Lee, Ann, et al. “Roads & tolls.” The Toll Review, 4 Mar. 2021, a.example/x_1?a=1&b=2."),
        (chicago, BODY, "Human Rights Watch. “Roads & tolls.” The Toll Review, March 4, 2021. https://a.example/x_1?a=1&b=2."),
        (chicago, BARE, "Misra, Amalendu. [page]. The Conversation, October 2025."),
    ],
)  # fmt: skip
def test_a_style_is_written_as_its_manual_has_it(style, source: Source, written: str):
    assert style(place_of(source)) == written


def test_whoever_surely_says_the_words_is_named_in_every_style():
    reference = place_of(BARE, speaker="Bo Reed", byline="Bo Reed, quoted by Amalendu Misra")
    for style in (apa, mla, chicago):
        assert style(reference) == f"Bo Reed, quoted in {style(place_of(BARE))}"
    assert "  note = {Words of Bo Reed},\n" in bibtex(reference)
    assert "N1  - Words of Bo Reed\r\n" in ris(reference)
    assert json.loads(csl_json(reference))[0]["note"] == "Words of Bo Reed"


@pytest.mark.parametrize(
    ("voice", "name"),
    [
        (Voice(Span(0, 1), VoiceKind.QUOTED, "Bo Reed"), "Bo Reed"),
        (Voice(Span(0, 1), VoiceKind.QUOTED, "MS. REED", turn=True), "Ms. Reed"),
        (Voice(Span(0, 1), VoiceKind.QUOTED, "Bo Reed", sure=False), ""),
        (Voice(Span(0, 1), VoiceKind.MIXED, "Bo Reed"), ""),
        (Voice(Span(0, 1), VoiceKind.AUTHOR, "Ann Lee"), ""),
    ],
)
def test_a_citation_names_nobody_who_may_not_speak(voice, name):
    assert spoken_by(voice) == name


def test_a_debate_card_holds_the_paragraph_with_the_quote_in_bold():
    written = card(place_of(FULL, byline="the *Times* [sic]", tag="Tolls *work*"))
    assert written.startswith("### Tolls \\*work\\*\n\n**Finch 21** (")
    assert written.endswith(
        "the \\*Times\\* \\[sic\\]\n\n> Tolls cut jams. **Nobody likes them \\*much\\*.** Buses gain.\n"
    )


PIECES = [
    *"\\{}~^`%&#$_*[]<>|!-+=@.;:,\"'()/?é😀“漢\u00a0\u2003\t ", "1.", "2)", "and", " and ", "Lee", "van der", "Bo", "--", "&lt;b&gt;", "&amp",
    '"><script>x()</script>', "](javascript:x)", "@misc{x,", "AT&T", "<!-- ", "ER  - ", "TY  - BOOK", "```", "~~~", "---",
]  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map(
    lambda pieces: "".join(pieces).strip()
)
BESIDE = st.sampled_from(["", " ", "a", "(", "1. ", "Ab. ", "&lt;"])
SOURCES = st.builds(
    Source, title=HOSTILE, author=HOSTILE | st.sampled_from([FULL.author, THREE.author, BODY.author]), publisher=HOSTILE,
    date=st.none() | st.builds(lambda day, length: str(day)[:length], st.dates(), st.sampled_from([4, 7, 10])),
    url=st.none() | HOSTILE.map("https://e.example/{}".format),
)  # fmt: skip


class Rendered(HTMLParser):
    """What some HTML shows: its blocks as text, what is bold, and every attribute."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.blocks, self.bold, self.attributes, self.tags = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        {"p": self.blocks, "h3": self.blocks, "strong": self.bold}.get(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.tags.pop() == tag

    def handle_data(self, data):
        self.blocks[-1] += data.strip("\n")
        if "strong" in self.tags:
            self.bold[-1] += data


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


@given(SOURCES, HOSTILE, HOSTILE.filter(bool), BESIDE, BESIDE)
def test_every_export_gives_a_parser_of_its_format_the_very_same_values(
    source: Source, tag, words, before, after
):
    text = f"{before}{words}{after} c."
    reference = place_of(source, words, f"{text}\n\nEnd.", tag=tag, byline=words)
    title, author, publisher = (
        one_line(source.title) or reference.title,
        one_line(source.author),
        one_line(source.publisher),
    )
    people = [(name.family, name.given) for name in reference.facts[0]]
    date, url = source.date or "", unquote(source.url or "")

    library = bibtexparser.parse_string(
        bibtex(reference), append_middleware=[SeparateCoAuthors(), SplitNameParts()]
    )
    assert (library.failed_blocks, library.comments) == ([], [])
    [entry] = ({field.key: field.value for field in each.fields} for each in library.entries)
    names = [
        (" ".join(name.von + name.last), " ".join(name.first + name.jr))
        for name in entry.get("author", [])
    ]
    written = [
        *(entry.get(field, "") for field in ("title", "howpublished", "year")),
        *chain.from_iterable(names),
    ]
    read = [
        LatexNodes2Text().latex_to_text(each).replace("ˆ", "^") for each in written
    ]  # as it has \textasciicircum
    assert read == [title, publisher, date[:4], *chain.from_iterable(people)]
    assert (unquote(entry.get("url", "")), set(entry.get("url", "")) & set(' <>"{}')) == (
        url,
        set(),
    )

    [record] = rispy.loads(ris(reference))
    assert [record.get(field, "") for field in ("title", "publisher", "year")] == [
        title,
        publisher,
        date[:4],
    ]
    assert record.get("date", "").replace("/", "-").rstrip("-") == (date if date[4:] else "")
    assert record.get("authors", []) == [", ".join(filter(None, name)) for name in people]
    assert unquote(";".join(record.get("urls", []))) == url

    [record] = json.loads(csl_json(reference))
    assert [record.get(field, "") for field in ("title", "container-title")] == [title, publisher]
    assert [
        (one.get("family", one.get("literal")), one.get("given", ""))
        for one in record.get("author", [])
    ] == people
    assert record.get("issued") == (
        {"date-parts": [list(map(int, date.split("-")))]} if date else None
    )
    assert unquote(record.get("URL", "")) == url

    shown = Rendered(
        MarkdownIt("js-default", {"html": True, "linkify": False}).render(card(reference))
    )
    assert shown.blocks == [
        *[one_line(tag)] * bool(tag),
        shown.blocks[bool(tag)],
        one_line(words),
        one_line(text),
    ]
    assert (
        f" ({'; '.join(filter(None, (author, publisher, long_date(date), title)))})"
        in shown.blocks[bool(tag)]
    )
    assert shown.bold[1:] == [one_line(words)]
    assert [(name, unquote(value)) for name, value in shown.attributes] == [("href", url)] * bool(
        url
    )
    assert card(reference).count("<") == bool(
        url
    )  # not every reader of Markdown knows a backslash before it

    [_, row] = csv.reader(
        io.StringIO(csv_of([Balance(title, 1, {}, {"author": Counter([author])})]), newline="")
    )
    assert [
        (cell.removeprefix("'"), cell.startswith(tuple("=+-@"))) for cell in (row[0], row[2])
    ] == [(each.removeprefix("'"), False) for each in (title, author)]
    assert all(len(style(reference).splitlines()) == 1 for style in (apa, mla, chicago))


def test_a_document_without_a_title_has_its_files_name_in_every_style():
    assert all("page" in style.write(place_of(BARE)) for style in STYLES)


def test_all_styles_come_as_json_and_one_as_a_file(explainer: Explainer):
    client = TestClient(create_app(explainer))
    body = client.get("/v1/documents/for-tolls/cite?start=0&end=43").json()
    assert body["citations"].keys() == {style.name for style in STYLES}
    for style in STYLES:
        response = client.get(f"/v1/documents/for-tolls/cite?style={style.name}&start=0&end=43")
        assert response.text.strip() == body["citations"][style.name].strip()
        assert response.headers["content-type"].startswith(style.media_type)
        assert ("attachment" in response.headers.get("content-disposition", "")) == bool(
            style.suffix
        )
    tagged = client.get("/v1/documents/for-tolls/cite?style=card&start=0&end=43&tag=Why%3F").text
    assert "### Why?\n\n**Finch 21**" in tagged
    assert "\n\nAda Finch, The Toll Review, March 2021\n" in tagged


@pytest.mark.parametrize(
    ("query", "status"),
    [("for-tolls/cite?start=5&end=3", 422), ("for-tolls/cite?start=0&end=99999", 422), ("nothing/cite", 404),
     ("for-tolls/cite?style=vogue", 422), (f"{'x' * 99}/cite", 404)],
)  # fmt: skip
def test_what_cannot_be_cited_is_a_problem(explainer: Explainer, query: str, status: int):
    assert TestClient(create_app(explainer)).get(f"/v1/documents/{query}").status_code == status


def quote_of(text: str, url: str | None = "https://a.example/page") -> Quote:
    document = document_of(text, source=Source(url=url))
    sentences = split_sentences(document)
    return Quote(document, sentences, 0, len(sentences) - 1)


@pytest.mark.parametrize(("url", "link"), cases("cite", "a_text_fragment_is_added_to_the_url"))
def test_a_text_fragment_is_added_to_the_url(url: str | None, link: str | None):
    assert source_link(quote_of("Kings fall.", url)) == link
    assert reader_link(quote_of("Kings fall.", url)) == "/documents/page?start=0&end=11#quote"


@pytest.mark.parametrize(
    "text",
    ["Well-known, and “odd” & more.", "50 % of 7 / 8?", "É \U0001f600 #1.", "<b>a</b> is it."],
)
def test_what_means_something_in_a_fragment_is_encoded_and_comes_back_whole(text: str):
    directive = source_link(quote_of(text)).split("#:~:text=")[1]
    assert not set(directive) & set('-,&#<>" ')
    assert unquote(directive) == text


def find(text: str, directive: str) -> tuple[int, int]:
    """A plain reading of a directive, over a text whose words are one space apart."""
    first, *last = map(unquote, directive.split(","))
    start = text.index(first)
    return start, text.index(last[0], start + len(first)) + len(last[0]) if last else start + len(
        first
    )


@pytest.mark.parametrize("seed", range(10))
def test_in_any_text_the_directive_finds_the_quote_first(seed: int):
    chance = random.Random(seed)
    text = (
        " ".join(
            chance.choice("tolls buses cut jams pay more".split())
            for _ in range(chance.choice([40, 400]))
        )
        + "."
    )
    bounds = [0, *(at + 1 for at, letter in enumerate(text) if letter == " "), len(text) + 1]
    for _ in range(40):
        low, high = sorted(chance.sample(bounds, 2))
        directive = text_directive(text, Span(low, high - 1))
        assert directive is None or find(text, directive) == (low, high - 1)


@pytest.mark.parametrize("letter", [" ", "\n", "Kings fall. ", "Kings "])
def test_a_link_costs_no_more_than_the_length_of_its_text(letter: str):
    def prepare(size: int):
        text = f"Kings fall.{letter * (size // len(letter))}Kingpins do not."
        return lambda: text_directive(text, Span(len(text) - 16, len(text)))

    assert_in_proportion(prepare, 400_000)
