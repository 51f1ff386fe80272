"""Citing: every style, with what is missing said so; links that lead to the quote and to no other place."""

import json
import random
from dataclasses import replace
from urllib.parse import unquote

import pytest
from fakes import document_of
from fastapi.testclient import TestClient
from growth import assert_in_proportion

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.corpus.documents import Source
from pullquote.corpus.sentences import split_sentences
from pullquote.index.quote import Quote, quote_span
from pullquote.span import Span
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

TEXT = "Jams cost time.\n\nTolls cut jams. Nobody likes them *much*. Buses gain.\n\nThe end."
FULL = Source(
    title="Roads & tolls", author="Ada Finch and Bo van der Berg", publisher="The Toll Review", date="2021-03-04",
    url="https://a.example/x_1?a=1&b=2", licence="CC0",
)  # fmt: skip
BARE = Source(author="Amalendu Misra", publisher="The Conversation", date="2025-10")
THREE = replace(FULL, author="Ann Lee, Bo Chen and Cy Ray")
BODY = replace(FULL, author="Human Rights Watch")


def place_of(source: Source, words: str = "Nobody likes them *much*.", text: str = TEXT, **facts: object) -> Reference:
    document = document_of(text, source=source, language="en")
    span = Span(text.index(words), text.index(words) + len(words))
    return Reference(document, span, quote_span(document, split_sentences(document), span), **facts)


@pytest.mark.parametrize(
    ("style", "source", "written"),
    [
        (apa, FULL, "Finch, A., & van der Berg, B. (2021, March 4). Roads & tolls. The Toll Review. https://a.example/x_1?a=1&b=2"),
        (apa, BARE, "Misra, A. (2025, October). [title not recorded]. The Conversation."),
        (apa, Source(), "[title not recorded]. (n.d.)."),
        (mla, FULL, "Finch, Ada, and Bo van der Berg. “Roads & tolls.” The Toll Review, 4 Mar. 2021, a.example/x_1?a=1&b=2."),
        (mla, BARE, "Misra, Amalendu. [title not recorded]. The Conversation, Oct. 2025."),
        (mla, THREE, "Lee, Ann, et al. “Roads & tolls.” The Toll Review, 4 Mar. 2021, a.example/x_1?a=1&b=2."),
        (chicago, BODY, "Human Rights Watch. “Roads & tolls.” The Toll Review, March 4, 2021. https://a.example/x_1?a=1&b=2."),
        (chicago, BARE, "Misra, Amalendu. [title not recorded]. The Conversation, October 2025."),
    ],
)  # fmt: skip
def test_a_style_is_written_as_its_manual_has_it(style, source: Source, written: str):
    assert style(place_of(source)) == written


def test_bibtex_escapes_what_latex_would_read_as_a_command():
    entry = bibtex(place_of(Source(title=r"50% \input{x} & $", author="A_b Cd", url="https://a.example/{x}")))
    assert entry.startswith("@misc{cd,")
    assert r"50\% \textbackslash{}input\{x\} \& \$" in entry
    assert "https://a.example/%7Bx%7D" in entry
    assert entry.count("{") - entry.count("\\{") == entry.count("}") - entry.count("\\}")
    assert "author = {{Human Rights Watch}}" in bibtex(place_of(BODY))


def test_ris_has_one_field_a_line_whatever_a_title_holds():
    lines = ris(place_of(Source(title="One\r\nER  - \r\nTY  - BOOK", date="2020"))).split("\r\n")
    assert [line[:6] for line in lines if line] == ["TY  - ", "TI  - ", "PY  - ", "LA  - ", "ER  - "]
    assert "AU  - Lee, Ann\r\nAU  - Chen, Bo\r\nAU  - Ray, Cy\r\n" in ris(place_of(THREE))
    assert "DA  - 2021/03/04\r\n" in ris(place_of(FULL))


def test_csl_json_is_json_with_what_is_known():
    (record,) = json.loads(csl_json(place_of(FULL)))
    assert record["author"] == [{"family": "Finch", "given": "Ada"}, {"family": "van der Berg", "given": "Bo"}]
    assert record["issued"] == {"date-parts": [[2021, 3, 4]]}
    (record,) = json.loads(csl_json(place_of(replace(BODY, title=None, date=None))))
    assert (record["title"], record["author"]) == ("[title not recorded]", [{"literal": "Human Rights Watch"}])
    assert "issued" not in record


def test_a_debate_card_holds_the_paragraph_with_the_quote_in_bold():
    written = card(place_of(FULL, byline="the *Times* [sic]", tag="Tolls *work*"))
    assert written.startswith("### Tolls \\*work\\*\n\n**Finch 21** (")
    assert written.endswith(
        "the \\*Times\\* \\[sic\\]\n\n> Tolls cut jams. **Nobody likes them \\*much\\*.** Buses gain.\n"
    )


def test_a_missing_title_is_said_in_every_style():
    assert all("title not recorded" in style.write(place_of(BARE)) for style in STYLES)


def test_all_styles_come_as_json_and_one_as_a_file(explainer: Explainer):
    client = TestClient(create_app(explainer))
    body = client.get("/v1/documents/for-tolls/cite?start=0&end=43").json()
    assert body["citations"].keys() == {style.name for style in STYLES}
    for style in STYLES:
        response = client.get(f"/v1/documents/for-tolls/cite?style={style.name}&start=0&end=43")
        assert response.text.strip() == body["citations"][style.name].strip()
        assert response.headers["content-type"].startswith(style.media_type)
        assert ("attachment" in response.headers.get("content-disposition", "")) == bool(style.suffix)
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


@pytest.mark.parametrize(
    ("url", "link"),
    [
        (None, None),
        ("https://a.example/page?x=1", "https://a.example/page?x=1#:~:text=Kings%20fall."),
        ("https://a.example/page#part", "https://a.example/page#part:~:text=Kings%20fall."),
    ],
)
def test_a_text_fragment_is_added_to_the_url(url: str | None, link: str | None):
    assert source_link(quote_of("Kings fall.", url)) == link
    assert reader_link(quote_of("Kings fall.", url)) == "/documents/page?start=0&end=11#quote"


@pytest.mark.parametrize(
    "text", ["Well-known, and “odd” & more.", "50 % of 7 / 8?", "É \U0001f600 #1.", "<b>a</b> is it."]
)
def test_what_means_something_in_a_fragment_is_encoded_and_comes_back_whole(text: str):
    directive = source_link(quote_of(text)).split("#:~:text=")[1]
    assert not set(directive) & set('-,&#<>" ')
    assert unquote(directive) == text


def find(text: str, directive: str) -> tuple[int, int]:
    """A plain reading of a directive, over a text whose words are one space apart."""
    first, *last = map(unquote, directive.split(","))
    start = text.index(first)
    return start, text.index(last[0], start + len(first)) + len(last[0]) if last else start + len(first)


@pytest.mark.parametrize("seed", range(10))
def test_in_any_text_the_directive_finds_the_quote_first(seed: int):
    chance = random.Random(seed)
    text = (
        " ".join(chance.choice("tolls buses cut jams pay more".split()) for _ in range(chance.choice([40, 400]))) + "."
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
