"""Links to a place of a text: they mark the words they were made for, or say plainly that they cannot."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from conftest import Settle
from fakes import NAMED, TOLLS, HashEncoder, document_of, open_with_fake
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.api.reader import same_text
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import place_query

QUOTED = "Road tolls are fair to all drivers."
TEXT = f"{QUOTED} Nobody else should pay for a road. The town gains from it.\n"
LONGER, SHORTER = f"Tolls differ. {TEXT}", "Roads are fair.\n"
MANY = "9" * 5_000  # more digits than Python makes a number of
NOTICE = "This text has changed since the link was made, so the place is not marked."


@dataclass
class Shelf:
    """A document whose text may change, and a page's links to a quote in it as they were made before."""

    settle: Settle

    def __post_init__(self) -> None:
        self.hold(TEXT)
        words = self.client.get("/", params={"q": "Are road tolls fair?"}).text
        self.links = [unescape(link) for link in re.findall(r'href="([^"]*start=0&amp;end=35[^"]*)"', words)]

    def hold(self, text: str, **values: object) -> None:
        settings = self.settle({"roads/t.md": f"---\nauthor: Ann Lee\n---\n{text}"}, **values)
        index_corpus(settings, HashEncoder())
        self.client = TestClient(create_app(open_with_fake(settings)))

    def link(self, start: str) -> str:
        return next(link for link in self.links if link.startswith(start))


@pytest.fixture
def shelf(settle: Settle) -> Shelf:
    return Shelf(settle)


def test_every_link_of_a_page_to_a_place_tells_the_text_it_was_found_in(shelf: Shelf):
    digits = document_of(TEXT).sha256[:12]
    assert shelf.link("/documents/t") == f"/documents/t?start=0&end=35&text={digits}#quote"
    assert shelf.link("/disputes") == f"/disputes?document=t&start=0&end=35&text={digits}"
    assert all(f"&text={digits}" in link for link in shelf.links)
    for link in ("/documents/t", "/disputes"):
        onward = unescape(shelf.client.get(shelf.link(link)).text)
        assert re.findall(r'href="[^"]*start=\d+&end=\d+(?!\d|&text=)', onward) == []
        assert f"cite?start=0&end=35&text={digits}&style=apa" in onward


def test_the_sides_and_the_reader_beside_the_text_link_so_too(settle: Settle):
    settings = settle(NAMED)
    index_corpus(settings, HashEncoder())
    client = TestClient(create_app(open_with_fake(settings)))
    for path, query in (("/sides", {}), ("/documents/for-tolls", {"sides": TOLLS, "start": 0, "end": 43})):
        html = unescape(client.get(path, params={"proposition": TOLLS, **query}).text)
        assert "&text=" in html
        assert re.findall(r'(?:href|cite)="[^"]*start=\d+&end=\d+(?!\d|&text=)', html) == []


def test_the_reader_link_of_the_wire_stays_as_it_was(shelf: Shelf):
    answer = shelf.client.post("/v1/ask", json={"question": "Are road tolls fair?"}).json()
    assert answer["quotes"][0]["links"]["reader"] == "/documents/t?start=0&end=35#quote"


@pytest.mark.parametrize("text", [LONGER, SHORTER], ids=["longer", "shorter"])
def test_in_another_text_the_reader_marks_nothing_and_says_so(shelf: Shelf, text: str):
    before = shelf.client.get(shelf.link("/documents/t")).text
    assert QUOTED in before
    assert "<mark" in before
    assert NOTICE not in before
    shelf.hold(text)
    after = shelf.client.get(shelf.link("/documents/t"))
    assert after.status_code == 200
    assert NOTICE in after.text
    assert "<mark" not in after.text
    assert "Marked below" not in after.text
    assert text.split(".", maxsplit=1)[0] in after.text


@pytest.mark.parametrize("text", [LONGER, SHORTER], ids=["longer", "shorter"])
def test_in_another_text_nothing_is_cited_and_nothing_disputed(shelf: Shelf, text: str):
    cite, disputes = shelf.link("/v1/documents/t/cite"), shelf.link("/disputes")
    body = {"document_id": "t", "start": 0, "end": 35, "text": document_of(TEXT).sha256}
    assert shelf.client.get(cite).status_code == 200
    assert shelf.client.get(disputes).status_code == 200
    assert shelf.client.post("/v1/disputes", json=body).status_code == 200
    shelf.hold(text)
    for answer in (shelf.client.get(cite), shelf.client.post("/v1/disputes", json=body)):
        assert (answer.status_code, answer.json()["type"]) == (404, "text-changed")
        assert "the text of 't' has changed since this link was made" in answer.json()["detail"]
    shown = shelf.client.get(disputes)
    assert shown.status_code == 404
    assert "has changed since this link was made" in shown.text
    assert 'href="/documents/t"' in shown.text


def test_where_the_whole_text_may_not_be_shown_a_changed_one_shows_none_of_it(shelf: Shelf):
    shelf.hold(LONGER, full_text=False)
    shown = shelf.client.get(shelf.link("/documents/t")).text
    assert NOTICE in shown
    assert "Tolls differ" not in shown


def test_a_link_that_tells_no_text_is_taken_at_its_word(shelf: Shelf):
    shelf.hold(LONGER)
    assert "<mark" in shelf.client.get("/documents/t?start=0&end=35").text
    assert shelf.client.get("/v1/documents/t/cite?start=0&end=35").status_code == 200
    assert NOTICE not in shelf.client.get("/documents/t?text=older").text, "nothing was to be marked"


def test_any_number_of_the_digits_tells_a_text_and_in_either_case():
    document = document_of(TEXT)
    for text in ("", document.sha256[:12], document.sha256, document.sha256[:12].upper()):
        assert same_text(document, text)
    for text in ("older", document.sha256[1:13], document_of(LONGER).sha256[:12]):
        assert not same_text(document, text)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/documents/for-tolls?start=0&end=99999", 404, "This link points past the end of the document."),
        ("/documents/for-tolls?start=abc&end=4", 404, "This address names no quote; "),
        ("/disputes?document=for-tolls&start=0&end=99999", 422, "This link points past the end of the document."),
        ("/disputes?document=for-tolls&start=abc&end=4", 422, "This address names no quote; "),
        ("/documents/for-tolls?start=0&end=%C2%B2", 404, "This address names no quote; "),
        ("/disputes?document=for-tolls&start=0&end=%C2%B2", 422, "This address names no quote; "),
        (f"/documents/for-tolls?start=0&end={MANY}", 404, "This link points past the end of the document."),
        (f"/disputes?document=for-tolls&start=0&end={MANY}", 422, "This link points past the end of the document."),
        (f"/documents/for-tolls?start={MANY}&end=4", 404, "This address names no quote; "),
    ],
)
def test_a_page_for_a_place_that_is_not_there_leads_to_the_document(
    explainer: Explainer, path: str, status: int, words: str
):
    shown = TestClient(create_app(explainer)).get(path)
    assert shown.status_code == status
    assert words in shown.text
    assert "Input should be" not in shown.text
    assert '<a href="/documents/for-tolls">Read the document</a>' in shown.text


def test_a_page_for_a_document_that_is_not_there_leads_to_none(explainer: Explainer):
    client = TestClient(create_app(explainer))
    for path in ("/documents/none?start=0&end=4", "/disputes?document=none&start=0&end=4"):
        shown = client.get(path)
        assert shown.status_code == 404
        assert "Read the document" not in shown.text


def test_the_description_tells_of_the_parameter(explainer: Explainer):
    client = TestClient(create_app(explainer))
    described = client.get("/openapi.json").json()
    told = [one for one in described["paths"]["/v1/documents/{document_id}/cite"]["get"]["parameters"] if one["name"] == "text"]  # fmt: skip
    told.append(described["components"]["schemas"]["DisputedPlace"]["properties"]["text"])
    assert all("the sha256 that the document had when the place was found" in one["description"] for one in told)
    assert client.get("/docs").text.count("the sha256 that the document had when the place was found") == len(told)


def test_a_place_is_written_with_twelve_digits_of_its_text():
    assert place_query(4, 9, "0123456789abcdef") == "start=4&end=9&text=0123456789ab"
