"""The JSON API: the wire form is kept, and whatever is sent, the answer is a document that says what was wrong."""

import json
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from asgi import assert_shape, client_with, events_of
from conftest import Settle
from fakes import HashEncoder, OtherEncoder, WordJudge, cases, open_with_fake, write_corpus
from fastapi.testclient import TestClient
from httpx import Response
from serving import wait_for

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.corpus.corpus import load_corpus
from pullquote.errors import EncoderError, IndexCorrupt
from pullquote.index import build_index, open_index
from pullquote.index.layout import TEXTS as STORED_TEXTS
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

QUESTION = "Who should pay for a road?"
ON_HELMETS = {"question": "Does a helmet protect the skull in a fall?", "debate": "bicycle-helmets"}
KINDS = r"about:blank|invalid-request|unusable-question|unknown-debate|unknown-document|not-found|index-unavailable|internal|too-large|not-offered"


def client_of(explainer: Explainer) -> TestClient:
    return TestClient(create_app(explainer), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(explainer: Explainer) -> Iterator[TestClient]:
    with client_of(explainer) as opened:
        yield opened


def assert_problem(response: Response, status: int) -> dict[str, Any]:
    """A problem document of this status, with an id and without a secret."""
    assert (response.status_code, response.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), response.text
    problem: dict[str, Any] = response.json()
    assert_shape("ProblemBody", problem)
    assert (problem["status"], problem["request_id"]) == (status, response.headers["x-request-id"])
    assert re.fullmatch(KINDS, problem["type"])
    assert not re.search(r"Traceback|\.py|/tmp|site-packages", response.text)
    return problem


def ask(client: TestClient, question: str = QUESTION, **options: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **options})
    assert response.status_code == 200, response.text
    return response.json()


# Asking


def test_an_answer_has_the_wire_form_and_its_quotes_stand_at_their_offsets(
    client: TestClient, shared: Settings
):
    answer = ask(client, max_quotes=10)
    assert_shape("AnswerBody", answer)
    numbers = [quote["n"] for quote in answer["quotes"]]
    assert (
        numbers
        == list(range(1, len(numbers) + 1))
        == [p["n"] for p in answer["parts"] if p["kind"] == "quote"]
    )
    texts = {document.id: document for document in load_corpus(shared).documents}
    for quote in answer["quotes"]:
        document = texts[quote["document_id"]]
        assert document.text[quote["start"] : quote["end"]] == quote["exact"]
        assert quote["source"]["sha256"] == document.sha256
        assert (
            quote["links"]["reader"]
            == f"/documents/{document.id}?start={quote['start']}&end={quote['end']}#quote"
        )
        assert f"“{quote['exact']}”" in answer["text"]
    assert {**answer, "timings_ms": 0} == {**ask(client, max_quotes=10), "timings_ms": 0}
    assert len(ask(client, max_quotes=1)["quotes"]) == 1
    assert {quote["document_id"] for quote in ask(client, debate="bicycle-helmets")["quotes"]} == {
        "helmets"
    }


def test_a_follow_up_carries_its_history_and_what_is_no_longer_there_does_no_harm(
    client: TestClient,
):
    place = {"document_id": "helmets", "start": 0, "end": 31}
    for quotes in (
        [place],
        [{**place, "document_id": "gone"}, {**place, "start": 10**9, "end": 10**9 + 1}],
    ):
        answer = ask(
            client,
            "And why is that?",
            history=[{"question": "Do helmet laws work?", "quotes": quotes}],
        )
        assert "helmet laws" in answer["resolved_question"]


def test_an_abstention_says_why_and_shows_the_nearest_passage_as_no_answer(settle: Settle):
    client = client_with(settle, min_confidence=1.0)
    answer = ask(client, "What is the toll on the capital of Australia?")
    assert_shape("AnswerBody", answer)
    assert (answer["status"], answer["reason"], answer["quotes"]) == (
        "abstained",
        "not_covered",
        [],
    )
    assert len(answer["nearest"]) == 1
    assert answer["nearest"][0]["exact"] not in answer["text"]
    streamed = events_of(client.post("/v1/chat", json={"question": "What do penguins eat?"}).text)
    assert (streamed[-1][1]["answer"]["status"], "quote" in dict(streamed)) == ("abstained", False)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat"])
@pytest.mark.parametrize(("body", "status", "named"), [
    ({}, 422, "question"), ({"question": 7}, 422, "question"), ({"question": "Why?", "max_quotes": 0}, 422, "max_quotes"),
    ({"question": "Why?", "max_quotes": 10**400}, 422, "max_quotes"), ({"question": "Why?", "mode": "poetic"}, 422, "mode"),
    ({"question": "Why?", "max_quotes": True}, 422, "max_quotes: Input should be a valid integer"),
    ({"question": "Why?", "max_quotes": "3"}, 422, "max_quotes: Input should be a valid integer"),
    ({"question": "Why?", "model": "evil/model"}, 422, "model"), ([], 422, "must be a JSON object"),
    ({"question": "Why?", "history": [{"question": "Why?"}] * 7}, 422, "history"),
    ({"question": "Why?", "history": [{"question": "Why?", "answer": "x"}]}, 422, "history.0.answer"),
    ({"question": "Why?", "history": [{"question": "a", "quotes": [{"document_id": "a", "start": 5, "end": 3}]}]}, 422, "range"),
    ({"question": "And then?", "history": [{"question": "x" * 2_001}]}, 422, "the earlier question has 2,001 characters"),
    ({"question": " \n "}, 422, "is empty"), ({"question": "\u200b"}, 422, "is empty"),
    ({"question": "x" * 2_001}, 422, "the limit is 2,000"),
    ({"question": "Why?", "debate": "tolls"}, 404, "bicycle-helmets, road-tolls"),
])  # fmt: skip
def test_what_is_wrong_with_a_request_is_a_problem_that_names_the_field(
    client, path: str, body: object, status: int, named: str
):
    problem = assert_problem(client.post(path, json=body), status)
    assert named in problem["detail"]
    assert "evil" not in problem["detail"]


STRANGE = ['"\\ud800 why tolls"', '"\\u0000"', '"why \\u202e tolls"', '"\\udb40\\udc41 why tolls"', "9" * 5_000,
           '{"a":' * 20_000 + "1" + "}" * 20_000, '"{{ 7 * 7 }} ${7*7} <%= 7 * 7 %> tolls"', '"../../etc/passwd"']  # fmt: skip
FIELDS = [
    ("/v1/ask", '{"question": %s}'), ("/v1/chat", '{"question": %s}'), ("/v1/ask", '{"question": "why tolls", "debate": %s}'),
    ("/v1/ask", '{"question": "and?", "history": [{"question": "a", "quotes": [{"document_id": %s, "start": 0, "end": 1}]}]}'),
    ("/v1/verify", '{"quote": %s}'), ("/v1/verify", '{"quote": "Nobody else should have to.", "speaker": %s}'),
    ("/v1/sides", '{"proposition": %s}'), ("/v1/feedback", '{"verdict": %s}'), ("/v1/ask", "%s"), ("/v1/ask", '{"question": "why", %s: 1}'),
    ("/v1/chat/completions", '{"model": "road-tolls", "messages": [{"role": "user", "content": %s}]}'),
    ("/v1/chat/completions", '{"model": "road-tolls", "messages": [{"content": "why?"}, {"role": "assistant", "content": %s}, {"content": "Why tolls?"}]}'),
    ("/v1/chat/completions", '{"model": "road-tolls", "stream": true, "messages": [{"content": [{"type": "text", "text": %s}]}]}'),
    ("/v1/chat/completions", '{"model": "road-tolls", "messages": [{"content": [{"type": %s}]}]}'),
    ("/v1/chat/completions", '{"model": %s, "messages": [{"content": "Why tolls?"}]}'), ("/v1/responses", '{"model": %s, "input": "Why?"}'),
    ("/v1/responses", '{"model": "road-tolls", "input": %s}'), ("/v1/responses", '{"model": "road-tolls", "stream": true, "input": %s}'),
    ("/v1/verify-text", '{"text": %s}'), ("/v1/disputes", '{"claim": %s}'), ("/v1/nothing", "%s"),
]  # fmt: skip


@pytest.mark.parametrize("value", STRANGE)
def test_whatever_stands_in_a_field_the_answer_is_valid_or_a_problem_of_the_clients(
    client: TestClient, value: str
):
    for path, body in FIELDS:
        response = client.post(
            path, content=(body % value).encode(), headers={"Content-Type": "application/json"}
        )
        if response.status_code not in (200, 204):
            assert 400 <= response.status_code < 500, (path, body)
            assert_problem(response, response.status_code)
        told = re.sub(
            r'"[a-z_]*": ?[\d.]+|[0-9a-f]{16,}|\d{8}-\d{6}-\w+|T[\d:.]+|(?:start|end)=\d+',
            "",
            response.text,
        )
        assert "7 * 7" not in value or "49" not in told


# The stream


def test_status_comes_first_then_how_it_was_understood_the_parts_in_order_and_done_with_the_answer_of_ask(
    client: TestClient,
):
    response = client.post("/v1/chat", json={"question": QUESTION})
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    answer = events[-1][1]["answer"]
    assert events[0] == ("status", {"stage": "searching"})
    assert events[1] == (
        "question",
        {"resolved_question": answer["resolved_question"], "proposition": None},
    )
    assert [data["part"] for name, data in events if name == "text"] == answer["parts"]
    assert [data["quote"] for name, data in events if name == "quote"] == answer["quotes"]
    assert {**answer, "timings_ms": 0} == {**ask(client), "timings_ms": 0}


@pytest.mark.parametrize(("error", "status", "said"), [
    (IndexCorrupt("/secret/path is damaged"), 503, "the index cannot be used"), (EncoderError("/secret"), 503, "the index"),
    (RuntimeError("/secret \ud800"), 500, "went wrong"),
])  # fmt: skip
def test_a_fault_names_no_path_and_is_an_event_once_a_stream_has_begun(
    explainer, monkeypatch, caplog, error, status: int, said: str
):
    def fail(*_: object, **__: object) -> None:
        raise error

    own = Explainer(explainer.settings, explainer.ready)
    monkeypatch.setattr(own, "ask", fail)
    with caplog.at_level(logging.ERROR, "pullquote"):
        problem = assert_problem(
            client_of(own).post("/v1/ask", json={"question": QUESTION}), status
        )
        events = events_of(client_of(own).post("/v1/chat", json={"question": QUESTION}).text)
    assert [name for name, _ in events] == ["status", "error"]
    assert {**events[-1][1].pop("problem"), "request_id": ""} == {**problem, "request_id": ""}
    assert said in problem["detail"]
    assert "secret" not in json.dumps([problem, events])
    assert "/secret" in caplog.text


def test_a_silent_stream_is_kept_open_by_comments(
    own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    ask = own_explainer.ask
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    monkeypatch.setattr(own_explainer, "ask", lambda query: (time.sleep(0.3), ask(query))[1])
    response = TestClient(create_app(own_explainer)).post("/v1/chat", json={"question": QUESTION})
    assert "\n\n: ping\n\n" in response.text


# The other routes


@pytest.mark.parametrize(("method", "path", "status", "told"), [
    ("GET", "/v1/ask", 405, "this address takes POST, not GET; for example: curl /v1/ask -H"),
    ("GET", "/v1/ask", 405, """-d '{"question": "..."}'"""), ("GET", "/v1/nothing", 404, "nothing is at this address"), ("GET", "/v1//ask", 404, ""),
    ("GET", "/v1/documents/%2e%2e%2fsecret", 404, ""), ("GET", f"/v1/documents/{'a' * 300}", 404, "no such document; GET"),
    ("GET", "/v1/documents/..%5c..%5cwin.ini", 404, ""), ("GET", "/v1/documents/a%00b", 404, ""), ("GET", "/v1/search", 422, "q"),
    ("GET", "/v1/search?q=a&k=51", 422, "k"), ("GET", "/v1/search?q=%20", 422, "is empty"), ("GET", "/v1/search?q=%ff%00", 422, ""),
    ("GET", "/v1/search?q=toll&debate=x", 404, "there is no debate"), ("GET", "/v1/suggestions?debate=x", 404, ""),
    ("GET", "/v1/search?q=a&debat=odd", 422, "debat: there is no such parameter; there are: q, k, debate"),
    ("GET", "/v1/debates?debate=odd", 422, "debate: this takes no parameters"),
    ("GET", "/v1/search?q=a&q=b", 422, "q: stands there more than once"), ("GET", "/v1/documents/helmets/cite?style=none", 422, "style"),
    ("GET", "/v1/documents/helmets/cite?start=0&end=9&text=older", 404, "has changed since this link was made"),
])  # fmt: skip
def test_a_request_for_what_there_is_not_is_a_problem(
    client, method: str, path: str, status: int, told: str
):
    response = client.request(method, path)
    if path.startswith("/v1/documents/helmets/cite?start"):
        assert (response.status_code, response.json()["type"], told in response.text) == (
            404,
            "text-changed",
            True,
        )
    else:
        assert told in assert_problem(response, status)["detail"]


def test_search_debates_documents_and_suggestions_give_what_there_is(
    client: TestClient, shared: Settings
):
    found = client.get("/v1/search", params={"q": "helmet laws", "k": 2, "_": "1"}).json()
    assert_shape("SearchBody", found)
    assert (len(found["quotes"]), found["quotes"][0]["exact"][:31]) == (
        2,
        "Helmet laws discourage cycling.",
    )
    listed = client.get("/v1/debates").json()
    assert_shape("DebatesBody", listed)
    assert [tuple(one.values()) for one in listed["debates"]] == [
        ("bicycle-helmets", 1, None, None), ("road-tolls", 2, "2021-03", "2021-03"),
    ]  # fmt: skip
    documents = client.get("/v1/documents").json()
    assert_shape("DocumentsBody", documents)
    assert {document["text"] for document in documents["documents"]} == {None}
    page = client.get("/v1/documents?debate=road-tolls&start=1&count=5").json()["documents"]
    assert page == [one for one in documents["documents"] if one["debate"] == "road-tolls"][1:]
    for document in load_corpus(shared).documents:
        shown = client.get(f"/v1/documents/{document.id}").json()
        assert (shown["text"], shown["characters"]) == (document.text, len(document.text))
    suggested = client.get("/v1/suggestions").json()
    assert_shape("SuggestionsBody", suggested)
    assert all(
        ask(client, question)["status"] == "answered" for question in suggested["suggestions"]
    )
    assert client.get("/v1/debates").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("body", "result"), cases("routes", "a_quote_is_checked"))
def test_a_quote_is_checked(client: TestClient, body: dict[str, str], result: str):
    verdict = client.post("/v1/verify", json=body).json()
    assert_shape("VerdictBody", verdict)
    assert (verdict["result"], bool(verdict["matches"])) == (result, result != "not_found")
    unseen = {"not_found": "A paraphrase", "misattributed": "Exact words can be"}.get(
        result, "Nobody was named"
    )
    assert verdict["caveats"][0].startswith("Only the documents of this index")
    assert verdict["caveats"][-1].startswith(unseen)
    assert_problem(client.post("/v1/verify", json={"quote": "a", "document_id": "none"}), 404)


# Health, and the swap to newer generations


def test_readiness_tells_what_changed_what_was_skipped_and_the_command(settle: Settle):
    settings = settle()
    write_corpus(settings.corpus, {"road-tolls/bad.txt": b"\xff"})
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        ready = client.get("/readyz").json()
        assert_shape("ReadyBody", ready)
        assert [ready[key] for key in ("status", "stale", "advice", "skipped")] == [
            "ready",
            False,
            None,
            1,
        ]
    write_corpus(settings.corpus, {"road-tolls/new.txt": "New."})
    with client_of(open_with_fake(settings)) as client:
        ready = client.get("/readyz").json()
        assert [ready[key] for key in ("status", "stale", "changed")] == ["ready", True, 1]
        assert "run `pullquote index`" in ready["advice"]
        assert ask(client)["index"]["stale"] is True
    built = index_corpus(settings, HashEncoder())
    (
        Layout(settings.index).generation(built.generation.card.name).folder / STORED_TEXTS
    ).write_bytes(b"")
    with client_of(open_with_fake(settings)) as client:
        assert (client.get("/readyz").json()["status"], ask(client)["status"]) == (
            "degraded",
            "answered",
        )


def test_a_newer_generation_that_cannot_be_used_is_told_without_a_path_and_the_next_is_taken_up(
    own_explainer, monkeypatch
):
    """An error in looking, a model that this machine lacks, then an index that it can use."""
    settings, look, looks = (
        own_explainer.settings,
        own_explainer.refresh,
        iter([RuntimeError("the disk is on fire")]),
    )

    def looked() -> bool:
        for error in looks:
            raise error
        return look()

    monkeypatch.setattr(own_explainer, "refresh", looked)
    monkeypatch.setattr("pullquote.api.app.REFRESH_SECONDS", 0.01)
    write_corpus(settings.corpus, {"road-tolls/new.txt": "New."})
    refused = build_index(
        replace(settings, model="somebody/else"), OtherEncoder()
    ).generation.card.name
    with client_of(own_explainer) as client:
        wait_for(lambda: client.get("/readyz").json()["refused"])
        ready = client.get("/readyz").json()
        assert_shape("ReadyBody", ready)
        assert (ready["status"], ready["refused"]["generation"]) == ("degraded", refused)
        assert str(settings.index) not in str(ready)
        monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
        fresh = index_corpus(settings, HashEncoder()).generation.card.name
        wait_for(lambda: client.get("/readyz").json()["generation"] == fresh)
        assert (
            client.get("/readyz").json()["status"],
            client.get("/readyz").json()["refused"],
        ) == ("ready", None)


# Where whole texts are not shown

WORDS = [f"Toll {' '.join(f's{n:03}w{word:03}' for word in range(20))}." for n in range(30)]
SHAPES = {
    "prose": " ".join(WORDS),
    "list": "# Tolls s990w001\n\nNone of this s991w001 is so:\n\n- " + "\n- ".join(WORDS),
    "short": " ".join(f"Tolls s{n:03}w001 pay." for n in range(200)),
}


def held(text: str) -> set[str]:
    return set(re.findall(r"s\d{3}w\d{3}", text))


def guarded(settle: Settle, text: str) -> Explainer:
    settings = settle({"a/page.md": text}, full_text=False)
    index_corpus(settings, HashEncoder())
    return Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_answer_and_no_page_holds_more_of_a_text_than_the_reader_shows_around_the_quote(
    settle: Settle, shape: str
):
    explainer = guarded(settle, SHAPES[shape])
    client = client_of(explainer)

    def read(place: dict[str, int]) -> set[str]:
        return held(client.get("/documents/page", params=place).text)

    assert (
        held(client.get("/documents/page").text) | held(client.get("/v1/documents/page").text)
        == set()
    )
    for sentence in explainer.generation.sentences(0)[:40:3]:
        place, words = (
            {"start": sentence.span.start, "end": sentence.span.end},
            sentence.span.cut(SHAPES[shape]),
        )
        named = {"document_id": "page", **place}
        assert held(words) <= read(place)
        for answer in (
            client.get("/v1/documents/page/cite", params={**place, "style": "card"}),
            client.post("/v1/disputes", json=named),
            client.get("/disputes", params={"document": "page", **place}),
        ):
            assert held(answer.text) <= read(place), answer.url
        past = [{"question": "Why tolls?", "quotes": [named]}]
        for answer in (
            client.get("/v1/search", params={"q": words, "k": 1}),
            client.post("/v1/verify", json={"quote": words, "document_id": "page"}),
            client.post(
                "/v1/ask", json={"question": "And why tolls?", "history": past, "max_quotes": 1}
            ),
        ):
            body = answer.json()
            quotes = [*body.get("quotes", ()), *body.get("nearest", ()), *body.get("matches", ())]
            for quote in quotes:
                assert held(json.dumps(quote)) <= read(
                    {name: quote[name] for name in ("start", "end")}
                )
