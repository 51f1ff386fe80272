"""Voices: everybody whose words the index holds, and all that one of them says, as pages, JSON and on the command line."""

import json
import re
from pathlib import Path

import pytest
from fakes import built_below, open_with_fake
from starlette.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.answers.finding import passages_of
from pullquote.api.app import create_app
from pullquote.span import Span
from pullquote.voice.people import People
from pullquote_desk.ledger import add, quote_of

TEXTS = {
    "tolls/one.md": "---\ntitle: For\nauthor: Sen. Ada Finch\ndate: 2020\n---\nTolls work. They pay for roads.\n",
    "tolls/hall.md": "---\ntitle: The hall\ndate: 2021-05\n---\nMS. FINCH: Tolls are fair. They pay. They last. They are cheap.\n\n"
    "BO REED: I doubt that.\n\nMS. FINCH: You will see. I say so.\n\nBO REED: We will see.\n",
    "taxes/tax.md": "---\ntitle: The tax\ndate: 2023\n---\nMS. POLE: Taxes fall.\n\nBO REED: I doubt that.\n\nMS. POLE: You will see.\n\nBO REED: We will see.\n",
}


@pytest.fixture(scope="module")
def explainer(tmp_path_factory: pytest.TempPathFactory) -> Explainer:
    return open_with_fake(built_below(tmp_path_factory.mktemp("voices"), TEXTS))


@pytest.fixture(scope="module")
def client(explainer: Explainer) -> TestClient:
    return TestClient(create_app(explainer))


def test_everybody_is_listed_by_family_name_in_all_debates_or_one(client: TestClient):
    body = client.get("/v1/voices").json()
    assert [one["name"] for one in body["voices"]] == ["Ada Finch", "Ms. Pole", "Bo Reed"]
    assert (body["total"], body["debate"]) == (3, None)
    taxes = client.get("/v1/voices", params={"debate": "taxes", "count": 1}).json()
    assert ([one["id"] for one in taxes["voices"]], taxes["total"]) == (["ms-pole"], 2)
    assert client.get("/v1/voices", params={"debate": "none"}).status_code == 404
    html = client.get("/voices").text
    assert re.findall(r'href="/voices/([^"]+)"', html) == ["ada-finch", "ms-pole", "bo-reed"]
    assert "bo-reed" not in client.get("/voices?start=99").text
    assert "ada-finch" not in client.get("/voices?debate=taxes").text
    assert client.get("/voices?debate=none").status_code == 404


def test_all_that_one_says_stands_in_quotes_the_latest_first_and_own_documents_beside(
    client: TestClient,
):
    body = client.get("/v1/voices/Bo Reed").json()
    assert [quote["source"]["name"] for quote in body["quotes"]][::2] == ["The tax", "The hall"]
    assert all(quote["voice"]["speaker"] == "BO REED" for quote in body["quotes"])
    ada = client.get("/v1/voices/ada-finch").json()
    assert [document["source"]["title"] for document in ada["wrote"]] == ["For"]
    said = [quote["shown"] for quote in ada["quotes"]]
    assert said == [
        "Tolls are fair. They pay. They last.",
        "They are cheap.",
        "You will see. I say so.",
    ]
    second = client.get("/v1/voices/ada-finch", params={"start": 1, "count": 1}).json()
    assert [(quote["n"], quote["shown"]) for quote in second["quotes"]] == [(2, "They are cheap.")]
    assert second["total"] == 3


def test_a_page_shows_the_same_by_document_each_with_a_link_into_it(client: TestClient):
    html = client.get("/voices/ada-finch").text
    assert 'href="/documents/one"' in html
    links = re.findall(r'data-f="place" href="(/documents/[^"]+)"', html)
    assert len(links) == 3
    marked = client.get(links[0].replace("&amp;", "&")).text
    assert "<mark" in marked
    assert 'href="/voices/ada-finch"' in marked
    assert 'href="/voices"' in client.get("/documents").text


@pytest.mark.parametrize(
    ("name", "said", "nearest"),
    [
        ("Bo Reader", "There is no such voice here", "Bo Reed"),
        ("<b>", "There is no such voice here", ""),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    client: TestClient, name: str, said: str, nearest: str
):
    page, problem = client.get(f"/voices/{name}"), client.get(f"/v1/voices/{name}")
    assert (page.status_code, problem.status_code) == (404, 404)
    assert said in page.text
    assert nearest in page.text
    assert nearest in problem.json()["detail"]
    assert "<b>" not in page.text
    german = client.get("/voices/Zacharias", headers={"Accept-Language": "de"}).text
    assert "Eine solche Stimme gibt es hier nicht." in german


@pytest.mark.parametrize(
    "decision",
    [{"kind": "hide", "reason": "Misprinted."}, {"kind": "speaker", "speaker": "Al Dow"}],
)
def test_what_an_editor_withholds_or_gives_to_another_is_left_out(
    tmp_path: Path, decision: dict[str, str]
):
    explainer = open_with_fake(built_below(tmp_path, TEXTS))
    person = People(explainer.generation).one("ada-finch")
    span = passages_of(explainer.ready, person)[1][1]
    quotes = [quote_of(explainer.document("hall"), span)]
    add(explainer.settings.corpus, "tolls", "ana", {**decision, "quotes": quotes})
    explainer.refresh()
    left = [place for _, place in passages_of(explainer.ready, person)]
    assert len(left) == 2
    assert not any(place.overlaps(span) for place in left)


def test_what_is_not_sure_is_not_listed(explainer: Explainer):
    person = People(explainer.generation).one("ada-finch")
    person.places = [(number, position, position != 3) for number, position, _ in person.places]
    assert len(passages_of(explainer.ready, person)) == 2


def test_what_an_editor_gives_to_somebody_is_shown_with_their_words(tmp_path: Path):
    explainer = open_with_fake(built_below(tmp_path, TEXTS))
    person = People(explainer.generation).one("bo-reed")
    start = explainer.document("hall").text.index("They are cheap.")
    span = Span(start, start + 15)
    quotes = [quote_of(explainer.document("hall"), span)]
    decision = {"kind": "speaker", "speaker": "Bo Reed", "quotes": quotes}
    add(explainer.settings.corpus, "tolls", "ana", decision)
    explainer.refresh()
    assert "They are cheap." in [
        place.cut(explainer.document("hall").text)
        for number, place in passages_of(explainer.ready, person)
        if number == explainer.generation.number("hall")
    ]


def test_an_index_without_people_says_what_to_run(tmp_path: Path):
    explainer = open_with_fake(built_below(tmp_path, TEXTS))
    del explainer.generation.extra["people.jsonl"]
    client = TestClient(create_app(explainer))
    for path in ("/voices", "/voices/ada-finch", "/v1/voices"):
        reply = client.get(path)
        assert reply.status_code == 503
        assert path.startswith("/v1") or "built without people" in reply.text
    assert client.get("/documents/hall").status_code == 200


def test_the_command_lists_everybody_or_shows_all_that_one_says(run, explainer: Explainer):
    settings = explainer.settings
    listed = run(settings, "voices")
    assert "ada-finch  Ada Finch, Sen." in listed.stdout
    said = run(settings, "voices", "Ada Finch")
    assert "“They are cheap.”" in " ".join(said.stdout.split())
    assert json.loads(run(settings, "voices", "ada-finch", "--json").stdout)["total"] == 3
    unknown = run(settings, "voices", "Bo Reader")
    assert unknown.exit_code == 1
    assert "the nearest: Bo Reed" in unknown.stderr
