"""The search page and the tray: narrowed step by step, taken away as files, complete without a script."""

import csv
import io
import json
import re
from html import unescape
from pathlib import Path

import pytest
from fakes import NAMED, built_below, open_with_fake
from starlette.testclient import TestClient

from pullquote.api.app import create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """The service of the small debates."""
    settings = built_below(tmp_path_factory.mktemp("searching"), NAMED)
    return TestClient(create_app(open_with_fake(settings)))


def hits(html: str) -> list[str]:
    return re.findall(r'data-document="([^"]+)" data-start="\d', html.replace("\n", " "))


def facet(html: str, name: str) -> str:
    found = re.search(f'href="([^"]*)"[^>]*><bdi>{name}</bdi>', html)
    assert found
    return unescape(found[1])


def test_each_facet_narrows_and_widens_again(client: TestClient):
    html = client.get("/search", params={"q": "tolls"}).text
    assert len(set(hits(html))) > 1
    narrowed = client.get(facet(html, "Ada Finch")).text
    assert set(hits(narrowed)) == {"for-tolls"}
    assert "All again" in narrowed
    assert "since=2021" in facet(html, "2021")
    assert set(hits(client.get(facet(html, "The Toll Review")).text)) == {"for-tolls"}
    assert set(hits(client.get(facet(html, "For")).text)) == {"for-tolls"}


def test_by_words_only_what_has_them_all_is_found_and_the_newest_comes_first(client: TestClient):
    body = client.get("/search", params={"q": "fuel tax", "by": "words", "form": "json"}).json()
    assert [quote["document_id"] for quote in body["quotes"]] == ["against-tolls"]
    assert body["total"] == 1
    quoted = {"q": "“pay for it”", "by": "words", "form": "json"}
    assert "pay for it" in client.get("/search", params=quoted).json()["quotes"][0]["exact"]
    dated = client.get("/search", params={"q": "tolls", "sort": "date", "form": "json"}).json()
    dates = [quote["source"]["date"] or "" for quote in dated["quotes"]]
    assert dates == sorted(dates, reverse=True)
    assert [quote["n"] for quote in dated["quotes"]] == [*range(1, len(dates) + 1)]


def test_what_is_listed_is_taken_away_as_csv(client: TestClient):
    reply = client.get("/search", params={"q": "tolls", "form": "csv"})
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert reply.headers["content-disposition"] == 'attachment; filename="search.csv"'
    assert {"quote", "author", "date", "document", "start"} <= rows[0].keys()
    assert {row["document"] for row in rows} >= {"for-tolls", "against-tolls"}


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"q": "tolls", "since": "March"}, 422, "write YYYY, YYYY-MM or YYYY-MM-DD"),
        ({"q": "tolls", "outlet": "Toll Review"}, 422, "try “The Toll Review”"),
        ({"q": "tolls", "debate": "none"}, 404, "There is no debate called “none”"),
        ({"q": "?"}, 422, "The query is empty"),
        ({"q": "zyzzyva", "by": "words"}, 200, "No passage here fits."),
        ({}, 200, "Find passages by what they mean"),
        ({"q": "tolls", "start": "x" * 9}, 200, "passages"),
    ],
)
def test_what_cannot_be_looked_for_is_said_with_the_next_step(
    client: TestClient, query: dict[str, str], status: int, said: str
):
    reply = client.get("/search", params=query)
    assert (reply.status_code, said in unescape(reply.text)) == (status, True)


def test_the_filter_of_an_answer_stands_in_its_permalink_and_its_sides(client: TestClient):
    html = client.get(
        "/", params={"q": "Who should pay for a road?", "outlet": "the toll review"}
    ).text
    answer = json.loads(re.search(r'id="answer">(.*?)</script>', html)[1])
    assert {quote["document_id"] for quote in answer["quotes"]} == {"for-tolls"}
    assert answer["filter"]["outlet"] == "the toll review"
    assert "&amp;outlet=the%20toll%20review" in html
    assert (
        'name="outlet" type="text" maxlength="500" autocomplete="off" value="the toll review"'
        in html
    )
    frame = client.get("/embed", params={"since": "2021"}).text
    assert '<input type="hidden" name="since" value="2021">' in frame
    assert client.get("/embed", params={"since": "soon"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {"question": "Who should pay for a road?"}),
        ("/v1/sides", {"proposition": "Cities should charge road tolls."}),
    ],
)
def test_the_api_narrows_and_says_by_what(client: TestClient, path: str, body: dict[str, str]):
    reply = client.post(path, json={**body, "outlet": "The Toll Review", "since": "2021"}).json()
    quotes = [*reply.get("quotes", ()), *reply.get("for", ()), *reply.get("against", ())]
    assert {quote["document_id"] for quote in quotes} == {"for-tolls"}
    assert (reply["filter"]["since"], reply["filter"]["documents"]) == ("2021", 1)
    wrong = client.post(path, json={**body, "side": "pro"})
    assert (wrong.status_code, "there is no side" in wrong.json()["detail"]) == (422, True)


def test_a_search_and_openais_interface_narrow_too(client: TestClient):
    found = client.get("/v1/search", params={"q": "tolls", "side": "for"}).json()
    assert {quote["document_id"] for quote in found["quotes"]} == {"for-tolls"}
    assert client.get("/v1/search", params={"q": "tolls", "sied": "for"}).status_code == 422
    asked = {"model": "pullquote", "messages": [{"role": "user", "content": "Who pays tolls?"}]}
    asked["metadata"] = {"outlet": "The Toll Review", "session": "of the client's own"}
    answer = client.post("/v1/chat/completions", json=asked).json()["pullquote"]
    assert {quote["document_id"] for quote in answer["quotes"]} == {"for-tolls"}


def kept(client: TestClient) -> dict[str, list[str]]:
    quotes = client.get("/v1/search", params={"q": "tolls", "k": 3}).json()["quotes"]
    places = [
        f"{one['document_id']}:{one['start']}-{one['end']}:{one['source']['sha256'][:12]}"
        for one in quotes
    ]
    return {"place": places, "note": ["for the opening", "=1+1"]}


def test_a_link_holds_a_tray_that_needs_no_script(client: TestClient):
    tray = kept(client)
    html = client.get("/tray", params=tray).text
    assert len(hits(html)) == 3
    assert "for the opening" in html
    changed = [
        *tray["place"][:1],
        "for-tolls:0-10:000000000000",
        "nowhere:0-10",
        "for-tolls:9-2",
        "x",
    ]
    broken = client.get("/tray", params={"place": changed}).text
    assert len(hits(broken)) == 1
    assert "4 of the quotes in this link cannot be shown" in broken
    assert "data-most" in client.get("/tray").text


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("markdown", "## Tray"),
        ("bibtex", "@misc{"),
        ("ris", "TY  - "),
        ("csl-json", "["),
        ("csv", "quote,"),
        ("docx", "PK"),
    ],
)
def test_a_tray_is_taken_away_in_every_form(client: TestClient, form: str, begins: str):
    tray = kept(client)
    reply = client.get("/tray", params={**tray, "form": form})
    assert reply.content.startswith(begins.encode())
    if form == "csl-json":
        assert len(reply.json()) == len({place.partition(":")[0] for place in tray["place"]})
    if form == "csv":
        assert [row["note"] for row in csv.DictReader(io.StringIO(reply.text))] == [
            "for the opening",
            "'=1+1",
            "",
        ]
    if form == "markdown":
        assert "for the opening" in reply.text
    assert client.get("/tray", params={"form": form, "place": "x"}).status_code == 404


def test_the_scripts_of_the_tray_keep_it_in_the_browser_and_write_no_markup():
    script = (Path(__file__).parents[1] / "app/pullquote/api/static/tray.js").read_text(
        encoding="utf-8"
    )
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|fetch\(|XMLHttpRequest|sendBeacon", script
    )
