"""Both sides at the edges: routes, pages, commands."""

import json

import pytest
from asgi import assert_shape
from fakes import NAMED, TEXTS, TOLLS, HashEncoder, WordJudge
from fastapi.testclient import TestClient

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.index import open_index
from pullquote.sides.debater import NONE
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus

FOUND, FAILED, USAGE, NONE_FOUND = 0, 1, 2, 3


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    from fakes import settings_below, write_corpus

    folder = tmp_path_factory.mktemp("debating")
    against = {
        name: f"---\nside: against\n---\n{TEXTS[name]}" for name in TEXTS if "against" in name
    }
    write_corpus(folder / "corpus", NAMED | against)
    settings = settings_below(folder)
    index_corpus(settings, HashEncoder(), judge=WordJudge())
    return settings


@pytest.fixture(scope="module")
def client(named):
    explainer = Explainer(named, Ready(open_index(named), HashEncoder(), None, WordJudge()))
    with TestClient(create_app(explainer), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def judge(monkeypatch):
    """Puts the fake judge where the commands would open the model."""
    monkeypatch.setattr("pullquote.answers.ready.bundled_judge", WordJudge)
    monkeypatch.setattr("pullquote.upkeep.indexing.bundled_judge", WordJudge)


def place_of(client, words):
    """The document and offsets of the first search result that holds these words."""
    found = client.get("/v1/search", params={"q": words, "k": 5}).json()["quotes"]
    quote = next(quote for quote in found if words in quote["exact"])
    return {"document_id": quote["document_id"], "start": quote["start"], "end": quote["end"]}


def test_sides_have_every_key_of_their_wire_form(client):
    body = client.post("/v1/sides", json={"proposition": TOLLS, "debate": "road-tolls"}).json()
    assert body.keys() == {
        "proposition",
        "debate",
        "for",
        "against",
        "context",
        "gap",
        "unclear",
        "more",
        "filter",
    }
    assert_shape("SidesBody", body)
    assert body["proposition"] == TOLLS
    assert {quote["stance"]["side"] for quote in body["for"]} == {"for"}
    assert {quote["stance"]["side"] for quote in body["against"]} == {"against"}
    assert {quote["role"] for quote in body["against"]} == {"counterpoint"}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"proposition": ""}, 422), ({"proposition": "Who pays?"}, 422), ({}, 422), ({"proposition": "x" * 5000}, 422),
     ({"proposition": TOLLS, "debate": "none"}, 404), ({"document_id": "none", "start": 0, "end": 5}, 404),
     ({"document_id": "for-tolls", "start": 5, "end": 2}, 422), ({"document_id": "for-tolls", "start": 0}, 422)],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_problem_document(client, body, status):
    response = client.post("/v1/disputes" if "document_id" in body else "/v1/sides", json=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_dispute_is_a_quote_of_another_voice_or_a_plain_sentence(client):
    body = client.post("/v1/disputes", json=place_of(client, "Road tolls cut traffic jams")).json()
    assert_shape("DisputesBody", body)
    (dispute,) = body["disputes"]
    assert dispute["document_id"] != body["quote"]["document_id"]
    assert (body["message"], body["proposition"]) == (None, "Cities should charge road tolls.")
    assert {body["quote"]["stance"]["side"], dispute["stance"]["side"]} == {"for", "against"}
    assert body["quote"]["disputed"]
    assert (
        'href="/disputes?document=for-tolls'
        in client.get("/", params={"q": "Do road tolls cut traffic jams?"}).text
    )
    alone = client.post(
        "/v1/disputes", json=place_of(client, "Helmet laws discourage cycling")
    ).json()
    assert (alone["disputes"], alone["proposition"], alone["message"]) == ([], None, NONE)
    assert not alone["quote"]["disputed"]
    assert (
        'href="/disputes?document=helmets'
        not in client.get("/", params={"q": "Do helmet laws discourage cycling?"}).text
    )


def test_the_page_shows_two_columns_without_a_script(client):
    html = client.get("/sides", params={"proposition": "Should cities charge road tolls?"}).text
    assert '<div class="columns"' in html
    assert html.index('id="for"') < html.index('id="against"')
    assert "This site’s label for the document" in html
    assert TOLLS in html


def test_the_command_shows_both_sides_and_its_exit_code_says_whether_there_is_one(
    run, named, judge
):
    result = run(named, "sides", "Should cities charge road tolls?", "--debate", "road-tolls")
    assert result.exit_code == FOUND, result.output
    assert f"On: {TOLLS}" in result.output
    assert "    For (the operator’s label for the document)" in result.output
    assert max(map(len, result.output.splitlines())) <= 80
    body = json.loads(run(named, "sides", TOLLS, "--json").stdout)
    assert body["for"]
    assert body["against"]
    nothing = run(named, "sides", "Whales should sing opera.")
    assert nothing.exit_code == NONE_FOUND
    assert "Quotes: none found that argues either side." in nothing.output
    vague = run(named, "sides", "Who pays?")
    assert vague.exit_code == FAILED
    assert (
        f"there is nothing here to be for or against; write a statement, such as “{TOLLS.rstrip('.')}”"
        in vague.output
    )
    assert run(named, "sides").exit_code == USAGE


def test_nothing_is_read_or_sought_for_a_quote_on_which_no_side_is_labelled(named):
    encoder = HashEncoder()
    explainer = Explainer(named, Ready(open_index(named), encoder, None, WordJudge()))
    length = len(explainer.document("helmets").text)
    quoted, dispute = explainer.disputes("helmets", Span(0, length))
    assert (len(quoted.quote.span) > length // 2, dispute, encoder.encoded) == (True, None, [])


def test_the_command_shows_who_disputes_a_place(run, named, judge, client):
    place = place_of(client, "Road tolls cut traffic jams")
    words = f"{place['document_id']}:{place['start']}-{place['end']}"
    result = run(named, "disputes", words)
    assert result.exit_code == FOUND, result.output
    assert result.output.startswith("On: Cities should charge road tolls.")
    assert json.loads(run(named, "disputes", words, "--json").stdout)["disputes"]
    for no_place in ("for-tolls", "for-tolls:0-", ":0-4", f"for-tolls:0-{'9' * 5_000}"):
        result = run(named, "disputes", no_place)
        assert (result.exit_code, "is not a place; write it as" in result.stderr) == (FAILED, True)
