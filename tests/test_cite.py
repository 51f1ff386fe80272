"""Citations: every style, with what is missing said so and nothing that a program would misread."""

import json
import re

import pytest
from fakes import document_of
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.corpus.documents import Source
from pullquote.corpus.sentences import split_sentences
from pullquote.index.quote import quote_span
from pullquote.span import Span
from pullquote.verify.cite import STYLES, Reference, apa, bibtex, card, chicago, citations, csl_json, mla, ris

TEXT = "Jams cost time.\n\nTolls cut jams. Nobody likes them *much*. Buses gain.\n\nThe end."
FULL = Source(
    title="Roads & tolls", author="Ada Finch and Bo van der Berg", publisher="The Toll Review", date="2021-03-04",
    url="https://a.example/x_1?a=1&b=2", licence="CC0",
)  # fmt: skip
BARE = Source(author="Amalendu Misra", publisher="The Conversation", date="2025-10")


def place_of(source: Source, words: str = "Nobody likes them *much*.", text: str = TEXT, **facts: object) -> Reference:
    document = document_of(text, source=source, language="en")
    span = Span(text.index(words), text.index(words) + len(words))
    return Reference(document, span, quote_span(document, split_sentences(document), span), **facts)


def test_apa():
    assert apa(place_of(FULL)) == (
        "Finch, A., & van der Berg, B. (2021, March 4). Roads & tolls. The Toll Review. https://a.example/x_1?a=1&b=2"
    )
    assert apa(place_of(BARE)) == "Misra, A. (2025, October). [title not recorded]. The Conversation."
    assert apa(place_of(Source())) == "[title not recorded]. (n.d.)."


def test_mla():
    assert mla(place_of(FULL)) == (
        "Finch, Ada, and Bo van der Berg. “Roads & tolls.” The Toll Review, 4 Mar. 2021, a.example/x_1?a=1&b=2."
    )
    assert mla(place_of(BARE)) == "Misra, Amalendu. [title not recorded]. The Conversation, Oct. 2025."


def test_chicago():
    assert chicago(place_of(FULL)) == (
        "Finch, Ada, and Bo van der Berg. “Roads & tolls.” The Toll Review, March 4, 2021. https://a.example/x_1?a=1&b=2."
    )
    assert chicago(place_of(BARE)) == "Misra, Amalendu. [title not recorded]. The Conversation, October 2025."


def test_bibtex_escapes_what_latex_would_read_as_a_command():
    entry = bibtex(place_of(Source(title=r"50% \input{x} & $", author="A_b Cd", url="https://a.example/{x}")))
    assert entry.startswith("@misc{cd,")
    assert r"50\% \textbackslash{}input\{x\} \& \$" in entry
    assert "https://a.example/%7Bx%7D" in entry
    assert entry.count("{") - entry.count("\\{") == entry.count("}") - entry.count("\\}")


def test_ris_has_one_field_a_line_whatever_a_title_holds():
    record = ris(place_of(Source(title="One\r\nER  - \r\nTY  - BOOK", date="2020")))
    lines = record.split("\r\n")
    assert [line[:6] for line in lines if line] == ["TY  - ", "TI  - ", "PY  - ", "LA  - ", "ER  - "]


def test_csl_json_is_json_with_what_is_known():
    (record,) = json.loads(csl_json(place_of(FULL)))
    assert record["author"] == [{"family": "Finch", "given": "Ada"}, {"family": "van der Berg", "given": "Bo"}]
    assert record["issued"] == {"date-parts": [[2021, 3, 4]]}
    (record,) = json.loads(csl_json(place_of(Source())))
    assert record["title"] == "[title not recorded]"
    assert "issued" not in record


def test_a_debate_card_holds_the_paragraph_with_the_quote_in_bold():
    written = card(place_of(FULL, byline="Ada Finch", tag="Tolls *work*"))
    assert written.startswith("### Tolls \\*work\\*\n\n**Finch 21** (")
    assert written.endswith("Ada Finch\n\n> Tolls cut jams. **Nobody likes them \\*much\\*.** Buses gain.\n")


LISTED = "None of this is so:\n\n- Tolls cut jams. They pay.\n- Buses gain.\n\nJams last. So do queues.\nWe wait."


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("- Tolls cut jams.", "Just before it: None of this is so:\n\n> **- Tolls cut jams.** They pay."),
        ("They pay.", "Just before it: None of this is so:\n\n> - Tolls cut jams. **They pay.**"),
        ("- Buses gain.", "Just before it: None of this is so:\n\n> **- Buses gain.**"),
        ("Jams last.", "Just before it: - Buses gain.\n\n> **Jams last.** So do queues. We wait."),
        ("do queues.\nWe", "> Jams last. So **do queues. We** wait."),
        (" They pay.\n- Buses", "Just before it: None of this is so:\n\n> - Tolls cut jams. **They pay.**\n>\n> **- Buses** gain."),
        ("None of this is so:", "> **None of this is so:**"),
    ],
)  # fmt: skip
def test_a_debate_card_shows_what_stands_just_before_its_words_too(words: str, shown: str):
    assert card(place_of(FULL, words, LISTED)).partition("\n\n")[2] == f"{shown}\n"


def test_a_debate_card_shows_one_sentence_on_each_side_where_the_text_may_not_be_shown_whole():
    text = "One sings. Two dance. Three play. Four eat. Five sleep.\nSix leave."
    kept, whole = card(place_of(FULL, "Three play.", text, whole=False)), card(place_of(FULL, "Three play.", text))
    assert kept.endswith("> Two dance. **Three play.** Four eat.\n")
    assert whole.endswith("> One sings. Two dance. **Three play.** Four eat. Five sleep. Six leave.\n")


def test_a_missing_title_is_said_in_every_style():
    for style, text in citations(place_of(BARE)).items():
        assert "title not recorded" in text, style


@pytest.fixture(scope="module")
def client(explainer: Explainer) -> TestClient:
    return TestClient(create_app(explainer))


def test_all_styles_come_as_json_and_one_as_a_file(client: TestClient):
    body = client.get("/v1/documents/for-tolls/cite?start=0&end=43").json()
    assert body["citations"].keys() == {style.name for style in STYLES}
    for style in STYLES:
        response = client.get(f"/v1/documents/for-tolls/cite?style={style.name}&start=0&end=43")
        assert response.text.strip() == body["citations"][style.name].strip()
        assert response.headers["content-type"].startswith(style.media_type)
        assert ("attachment" in response.headers.get("content-disposition", "")) == bool(style.suffix)


@pytest.mark.parametrize(
    ("query", "status"),
    [("for-tolls/cite?start=5&end=3", 422), ("for-tolls/cite?start=5", 422), ("for-tolls/cite?start=0&end=99999", 422), ("nothing/cite", 404),
     ("for-tolls/cite?style=vogue", 422), (f"{'x' * 99}/cite", 404)],
)  # fmt: skip
def test_what_cannot_be_cited_is_a_problem(client: TestClient, query: str, status: int):
    assert client.get(f"/v1/documents/{query}").status_code == status


def test_the_card_names_whose_words_they_are(client: TestClient):
    found = client.get("/v1/documents/for-tolls/cite?style=card&start=0&end=43&tag=Why%3F").text
    assert re.search(r"### Why\?\n\n\*\*Finch 21\*\*", found)
    assert "Ada Finch, The Toll Review, March 2021" in found
