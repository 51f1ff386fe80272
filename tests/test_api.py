"""The JSON API: the wire form is kept, and whatever is sent, the answer is a document that says what was wrong."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from asgi import assert_shape
from conftest import Settle
from fakes import TEXTS, HashEncoder, OtherEncoder, WordJudge, open_with_fake, settings_below, write_corpus
from fastapi.testclient import TestClient
from httpx import Response
from serving import wait_for

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.api.guard import Rates
from pullquote.corpus.corpus import load_corpus
from pullquote.errors import EncoderError, IndexCorrupt
from pullquote.index import build_index, open_index
from pullquote.index.layout import TEXTS as STORED_TEXTS
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

KINDS = r"about:blank|invalid-request|unusable-question|unknown-debate|unknown-document|not-found|index-unavailable|internal|too-large"

ON_HELMETS = {"question": "Does a helmet protect the skull in a fall?", "debate": "bicycle-helmets"}


def client_of(explainer: Explainer) -> TestClient:
    return TestClient(create_app(explainer), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(explainer: Explainer) -> Iterator[TestClient]:
    with client_of(explainer) as opened:
        yield opened


def assert_problem(response: Response, status: int) -> dict[str, Any]:
    """A problem document of this status, with an id and without a secret."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() == {"type", "title", "status", "detail", "request_id"}
    assert problem["status"] == status
    assert problem["title"]
    assert re.fullmatch(KINDS, problem["type"])
    assert response.headers["x-request-id"] == problem["request_id"]
    assert not re.search(r"Traceback|\.py|/tmp|site-packages", response.text)
    return problem


def ask(client: TestClient, question: str = "Who should pay for a road?", **options: object) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **options})
    assert response.status_code == 200, response.text
    return response.json()


# ask


def test_an_answer_has_every_key_of_the_wire_form_and_no_other(client: TestClient):
    answer = ask(client)
    assert answer["status"] == "answered"
    assert_shape("AnswerBody", answer)
    for quote in answer["quotes"]:
        assert_shape("QuoteBody", quote)


def test_the_quotes_of_an_answer_are_numbered_and_each_is_shown_once(client: TestClient):
    answer = ask(client, max_quotes=10)
    numbers = [quote["n"] for quote in answer["quotes"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [part["n"] for part in answer["parts"] if part["kind"] == "quote"] == numbers
    assert answer["parts"][0]["kind"] == "frame"
    assert all(f"“{quote['exact']}”" in answer["text"] for quote in answer["quotes"])


def test_a_quote_is_what_stands_in_the_corpus_at_its_offsets(client: TestClient, shared: Settings):
    texts = {document.id: document for document in load_corpus(shared).documents}
    for quote in ask(client, "helmet laws and road tolls", max_quotes=10)["quotes"]:
        document = texts[quote["document_id"]]
        assert document.text[quote["start"] : quote["end"]] == quote["exact"]
        assert quote["source"]["sha256"] == document.sha256


def test_what_the_front_matter_says_of_a_source_is_told(client: TestClient):
    quote = next(quote for quote in ask(client, max_quotes=10)["quotes"] if quote["document_id"] == "for-tolls")
    assert quote["source"]["title"] == "The case for road tolls"
    assert (quote["source"]["author"], quote["source"]["date"], quote["language"]) == ("Ada Finch", "2021-03", "en")
    assert quote["links"]["reader"] == f"/documents/for-tolls?start={quote['start']}&end={quote['end']}#quote"
    assert quote["links"]["source"].startswith("https://tolls.example/case")
    assert quote["section"] == "Fairness"


def test_the_same_question_has_the_same_answer_and_id(client: TestClient):
    first, second = ask(client), ask(client)
    assert {**first, "timings_ms": 0} == {**second, "timings_ms": 0}
    assert ask(client, "Do helmets help?")["id"] != first["id"]


@pytest.mark.parametrize("count", [1, 2])
def test_no_more_quotes_are_given_than_asked_for(client: TestClient, count: int):
    assert len(ask(client, "road tolls", max_quotes=count)["quotes"]) <= count


def test_a_debate_can_be_asked_alone(client: TestClient):
    answer = ask(client, "Who should pay for a road?", debate="bicycle-helmets")
    assert answer["debate"] == "bicycle-helmets"
    assert {quote["document_id"] for quote in answer["quotes"]} == {"helmets"}


def test_a_follow_up_carries_its_history(client: TestClient):
    history = [
        {
            "question": "Do helmet laws discourage cycling?",
            "quotes": [{"document_id": "helmets", "start": 0, "end": 31}],
        }
    ]
    answer = ask(client, "And why is that?", history=history)
    assert "helmet laws" in answer["resolved_question"]
    assert answer["quotes"][0]["document_id"] == "helmets"


def test_history_that_names_what_is_no_longer_there_does_no_harm(client: TestClient):
    places = [
        {"document_id": "gone", "start": 0, "end": 1},
        {"document_id": "helmets", "start": 10**9, "end": 10**9 + 1},
    ]
    assert ask(client, "And why is that?", history=[{"question": "Do helmet laws work?", "quotes": places}])["question"]


def test_an_abstention_says_why_and_shows_the_nearest_passage_as_no_answer(settle: Settle):
    settings = settle(min_confidence=1.0)
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        answer = ask(client, "What is the toll on the capital of Australia?")
    assert_shape("AnswerBody", answer)
    assert (answer["status"], answer["reason"], answer["quotes"]) == ("abstained", "not_covered", [])
    assert len(answer["nearest"]) == 1
    assert all(part["kind"] == "frame" for part in answer["parts"])
    assert answer["nearest"][0]["exact"] not in answer["text"]


def test_without_any_quote_there_is_no_answer_however_low_the_threshold(settle: Settle):
    settings = settle({"a/only.md": "# Road tolls\n\nhttps://tolls.example/\n"}, min_confidence=0.0)
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        answer = ask(client, "Do road tolls work?")
    assert (answer["status"], answer["quotes"], answer["nearest"]) == ("abstained", [], [])


@pytest.mark.parametrize("question", ["", " \n ", "?!", "\u200b", "\0", "x" * 100_000, "x" * 2_001])
def test_a_question_that_cannot_be_used_is_told_why(client: TestClient, question: str):
    problem = assert_problem(client.post("/v1/ask", json={"question": question}), 422)
    assert re.search(r"is empty|the limit is 2,000", problem["detail"])


def test_a_question_may_be_as_long_as_the_limit(client: TestClient):
    assert ask(client, "toll " * 399 + "toll?")["status"] == "answered"


def test_an_unknown_debate_names_those_there_are(client: TestClient):
    problem = assert_problem(client.post("/v1/ask", json={"question": "Who pays?", "debate": "tolls"}), 404)
    assert problem["type"] == "unknown-debate"
    assert "bicycle-helmets, road-tolls" in problem["detail"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "question"),
        ({"question": None}, "question"),
        ({"question": 7}, "question"),
        ({"question": ["why"]}, "question"),
        ({"question": "Why?", "max_quotes": 0}, "max_quotes"),
        ({"question": "Why?", "max_quotes": 11}, "max_quotes"),
        ({"question": "Why?", "max_quotes": 10**400}, "max_quotes"),
        ({"question": "Why?", "max_quotes": "many"}, "max_quotes"),
        ({"question": "Why?", "max_quotes": True}, "max_quotes: Input should be a valid integer"),
        ({"question": "Why?", "max_quotes": "3"}, "max_quotes: Input should be a valid integer"),
        ({"question": "Why?", "max_quotes": 2.5}, "max_quotes"),
        ({"question": "Why?", "mode": "poetic"}, "mode"),
        ({"question": "Why?", "model": "evil/model"}, "model"),
        ({"question": "Why?", "history": [{"question": "Why?"}] * 7}, "history"),
        ({"question": "Why?", "history": [{"question": "Why?", "answer": "x"}]}, "history.0.answer"),
        (
            {
                "question": "Why?",
                "history": [{"question": "Why?", "quotes": [{"document_id": "a", "start": -1, "end": 2}]}],
            },
            "start",
        ),
        ([], "body"),
        ("why", "body"),
        (None, "body"),
    ],
)
def test_a_body_of_another_shape_names_the_field_and_does_not_echo_it(client: TestClient, body: object, named: str):
    problem = assert_problem(client.post("/v1/ask", json=body), 422)
    assert named in problem["detail"]
    assert "evil" not in problem["detail"]


def test_history_whose_range_ends_before_it_starts_is_refused(client: TestClient):
    history = [{"question": "Why?", "quotes": [{"document_id": "helmets", "start": 5, "end": 3}]}]
    assert_problem(client.post("/v1/ask", json={"question": "And then?", "history": history}), 422)


def test_an_earlier_question_over_the_limit_is_told_like_the_question_itself(client: TestClient):
    history = [{"question": "x" * 2_001}]
    for path in ("/v1/ask", "/v1/chat"):
        problem = assert_problem(client.post(path, json={"question": "And then?", "history": history}), 422)
        assert problem["type"] == "unusable-question"
        assert problem["detail"] == "the earlier question has 2,001 characters; the limit is 2,000"
    long = " ".join(["tolls"] * 329)
    resolved = ask(client, "And then?", history=[{"question": long}])["resolved_question"]
    assert resolved == "And then? (asked after: " + long + ")"
    assert ask(client, "And then?", history=[{"question": long + " toll"}])["resolved_question"] == "And then?"


@pytest.mark.parametrize("mode", ["auto", "extractive", "generative"])
def test_whatever_the_mode_answers_are_made_of_quotes_while_there_is_no_language_model(client: TestClient, mode: str):
    found = client.post("/v1/ask", json={"question": "Who pays road tolls?", "mode": mode})
    assert found.json()["quotes"] == client.post("/v1/ask", json={"question": "Who pays road tolls?"}).json()["quotes"]


# Ranges, where whole texts are not shown

LONG = [f"Road tolls number {n} pay for {n} new bridges in town." for n in range(40)]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A server that shows only the quote in its context, with a document of forty sentences."""
    folder = tmp_path_factory.mktemp("guarded")
    write_corpus(folder / "corpus", {"road-tolls/long.txt": " ".join(LONG)})
    settings = settings_below(folder, full_text=False)
    index_corpus(settings, HashEncoder())
    explainer = Explainer(settings, Ready(open_index(settings), HashEncoder(), None, WordJudge()))
    with client_of(explainer) as opened:
        yield opened


def through(sentences: int) -> dict[str, object]:
    """The range of the first sentences of the long document."""
    return {"start": 0, "end": len(" ".join(LONG[:sentences]))}


MANY = [pytest.param(40, id="whole"), pytest.param(4, id="four")]


@pytest.mark.parametrize("count", MANY)
def test_the_reader_shows_no_more_than_one_quote_in_its_context(guarded: TestClient, count: int):
    shown = guarded.get("/documents/long", params=through(count))
    assert (shown.status_code, shown.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "This range holds more than one quote, and whole texts are not shown here" in shown.text
    assert LONG[1] not in shown.text
    assert "tolls number 2" in guarded.get("/documents/long", params=through(3)).text


@pytest.mark.parametrize("count", MANY)
def test_no_more_than_one_quote_is_cited(guarded: TestClient, count: int):
    problem = assert_problem(guarded.get("/v1/documents/long/cite", params=through(count)), 422)
    assert problem["detail"].endswith("name one sentence, or up to 3 of at most 80 words together")
    assert LONG[2] in guarded.get("/v1/documents/long/cite", params={**through(3), "style": "card"}).text


@pytest.mark.parametrize("count", MANY)
def test_no_more_than_one_quote_is_held_against_the_others(guarded: TestClient, count: int):
    for place in (through(count), through(3)):
        posted = guarded.post("/v1/disputes", json={"document_id": "long", **place})
        shown = guarded.get("/disputes", params={"document": "long", **place})
        if place == through(3):
            assert (posted.json()["quote"]["exact"], shown.status_code) == (" ".join(LONG[:3]), 200)
        else:
            assert_problem(posted, 422)
            assert (shown.status_code, LONG[0] in shown.text) == (422, False)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat"])
@pytest.mark.parametrize("count", MANY)
def test_no_more_than_one_quote_comes_back_from_an_earlier_turn(guarded: TestClient, path: str, count: int):
    places = [{"document_id": "long", **through(count)}, {"document_id": "gone", "start": 0, "end": 1}]
    asked = {"question": "Who said that?", "history": [{"question": "Why tolls?", "quotes": places}]}
    assert LONG[1] not in guarded.post(path, json=asked).text
    places[0] |= through(3)
    assert LONG[1] in guarded.post(path, json=asked).text


def test_one_sentence_may_be_shown_however_long_and_many_short_ones_may_not(settle: Settle):
    words = "tolls " * 200
    settings = settle(
        {"a/one.txt": f"Road {words}.", "a/many.txt": f"Road {words[:240]}. More {words[:240]}."}, full_text=False
    )
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        assert client.get("/documents/one", params={"start": 0, "end": 1_200}).status_code == 200
        assert client.get("/documents/many", params={"start": 0, "end": 490}).status_code == 422


def words_of(sentences: int, each: int) -> list[str]:
    """Sentences of which no two share a word but one."""
    return [f"Toll {' '.join(f's{n:03}w{word:03}' for word in range(each))}." for n in range(sentences)]


SHAPES = {
    "line": " ".join(words_of(30, 9)),
    "lines": "\n".join(words_of(30, 9)),
    "paragraphs": "\n\n".join(words_of(30, 9)),
    "long": " ".join(words_of(12, 120)),
    "mixed": " ".join(words_of(12, 120) + ["Tiny s900w001.", "Tiny s901w001."] + words_of(20, 60)[12:]),
    "list": "# Tolls s990w001\n\nNone of this s991w001 is so:\n\n- " + "\n- ".join(words_of(24, 12)),
    "lists": "None of this s991w001 is so:\n\n"
    + "\n".join(f"{n}. {words}" for n, words in enumerate(words_of(24, 12))),
}


def held(text: str) -> set[str]:
    return set(re.findall(r"s\d{3}w\d{3}", text))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_answer_and_no_page_holds_more_of_a_text_than_the_reader_shows_around_the_quote(settle: Settle, shape: str):
    settings = settle({"a/page.md": SHAPES[shape]}, full_text=False)
    index_corpus(settings, HashEncoder())
    explainer = open_with_fake(settings)
    with client_of(explainer) as client:

        def read(place: dict[str, int]) -> set[str]:
            return held(client.get("/documents/page", params=place).text)

        assert held(client.get("/documents/page").text) | held(client.get("/v1/documents/page").text) == set()
        for sentence in explainer.generation.sentences(0):
            place, words = {"start": sentence.span.start, "end": sentence.span.end}, sentence.span.cut(SHAPES[shape])
            named = {"document_id": "page", **place}
            past = [{"question": "Why tolls?", "quotes": [named]}]
            assert held(words) <= read(place)
            for answer in (
                client.get("/v1/documents/page/cite", params=place),
                client.get("/v1/documents/page/cite", params={**place, "style": "card"}),
                client.post("/v1/disputes", json=named),
                client.get("/disputes", params={"document": "page", **place}),
            ):
                assert held(answer.text) <= read(place), answer.url
            for answer in (
                client.get("/v1/search", params={"q": words, "k": 1}),
                client.post("/v1/verify", json={"quote": words, "document_id": "page"}),
                client.post("/v1/ask", json={"question": "And why tolls?", "history": past, "max_quotes": 1}),
            ):
                body = answer.json()
                quotes = [*body.get("quotes", ()), *body.get("nearest", ()), *body.get("matches", ())]
                assert len(quotes) == 1
                assert held(json.dumps(quotes)) <= read({name: quotes[0][name] for name in ("start", "end")})


CITED = ["Tolls pay for it."] * 60 + ["Nobody else pays."] + ["Buses gain from it."] * 60
CUT = '<p class="cut"'


@pytest.mark.parametrize(("number", "cuts"), [(60, 2), (0, 1), (120, 1)])
@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_where_the_reader_leaves_text_out_it_cuts_between_sentences_and_says_so(
    settle: Settle, number: int, cuts: int, between: str
):  # fmt: skip
    settings = settle({"a/page.txt": between.join(CITED), "a/short.txt": between.join(CITED[58:63])}, full_text=False)
    index_corpus(settings, HashEncoder())
    start = len("".join(one + between for one in CITED[:number]))
    with client_of(open_with_fake(settings)) as client:
        shown = client.get("/documents/page", params={"start": start, "end": start + len(CITED[number])}).text
        short = client.get("/documents/short", params={"start": 0, "end": 17}).text
    words = re.sub(r"<[^>]*>", "", shown.partition(' id="text"')[2].partition(">")[2].partition("</div>")[0])
    words = words.replace("Text left out here", "")
    assert set(re.split(r"(?<=\.)\s+", words.replace("Quote begins. ", "").replace("Quote ends.", "").strip())) <= set(
        CITED
    )
    assert (shown.count(CUT), short.count(CUT)) == (cuts, 0)


def test_the_reader_shows_what_leads_in_a_list_however_far_above_and_where_text_is_left_out_between(settle: Settle):
    text = "# Tolls\n\nNone of this is so:\n\n- " + "\n- ".join(LONG) + "\n"
    settings = settle({"a/page.md": text}, full_text=False)
    index_corpus(settings, HashEncoder())
    place = {"start": text.index(f"- {LONG[20]}"), "end": text.index(LONG[20]) + len(LONG[20])}
    with client_of(open_with_fake(settings)) as client:
        shown = client.get("/documents/page", params=place).text
    assert re.search(r"<h2># Tolls</h2>\s*<p>None of this is so:</p>\s*<p class=\"cut\"", shown)
    assert shown.count(CUT) == 2
    assert LONG[1] not in shown


def test_a_long_table_beside_a_quote_is_shown_only_as_far_as_the_quotes_context_where_texts_are_not_shown_whole(
    settle: Settle,
):
    rows = "\n".join(f"| Berth {number} | 21 | 49 tons |" for number in range(400))
    quote = "The port should close because it poisons the bay."
    settings = settle({"a/page.md": f"{quote}\n\n{rows}\n\nThe port feeds four thousand families."}, full_text=False)
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        shown = client.get("/documents/page", params={"start": 0, "end": len(quote)}).text
    assert "Berth 0 |" in shown
    assert "Berth 40 |" not in shown
    assert not re.search(r"tons \|\s*\|? Ber<", shown)  # whole lines
    assert shown.count(CUT) == 1


def test_pages_keep_the_debate_that_is_named_with_its_accents_apart(settle: Settle):
    settings = settle({"caf\u00e9s/a.txt": "Cafes close at ten.", "tolls/b.txt": "Tolls pay for roads."})
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        for path in ("/", "/sides"):
            page = client.get(path, params={"debate": "cafe\u0301s"}).text
            assert re.search(r'<option value="caf\u00e9s"[^>]* selected', page)
        assert "1 source" in client.get("/embed", params={"debate": "cafe\u0301s"}).text


def test_no_name_and_no_date_of_a_document_turns_another_one_round(settle: Settle):
    named = "---\npublisher: \u05e2\u05d9\u05ea\u05d5\u05df\nauthor: \u05e0\u05d5\u05e2\u05d4\ndate: 2024-05-02\n---\nTolls pay.\n"
    settings = settle({"a/named.md": named, "a/bare.md": "Tolls pay.\n"})
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        shown, bare = (client.get(f"/documents/{name}").text for name in ("named", "bare"))
    kicker = re.search(r'<p class="kicker" dir="ltr">(.*)</p>', shown)[1]
    assert re.fullmatch(r"<bdi>\w+</bdi> · <bdi><time[^>]*>2 May 2024</time></bdi>", kicker)
    assert '<p class="kicker" dir="ltr">Publisher not recorded · date not recorded</p>' in bare
    assert re.search(r'<p class="by">By <bdi>\w+</bdi></p>', shown)


def test_where_whole_texts_are_shown_a_range_may_be_any(client: TestClient, shared: Settings):
    text = next(document.text for document in load_corpus(shared).documents if document.id == "for-tolls")
    whole = {"start": 0, "end": len(text)}
    assert client.get("/documents/for-tolls", params=whole).status_code == 200
    assert client.get("/v1/documents/for-tolls/cite", params=whole).status_code == 200
    assert client.post("/v1/disputes", json={"document_id": "for-tolls", **whole}).status_code == 200


# Feedback


def test_feedback_on_a_long_question_is_taken_wherever_the_question_is(settle: Settle, tmp_path: Path):
    settings = settle(max_question=5_000, store=tmp_path / "records.db")
    index_corpus(settings, HashEncoder())
    given = {
        "verdict": "helpful", "question": "tolls " * 400 + "?", "answer_id": "a", "generation": "g",
        "document_id": "helmets", "start": 0, "end": 5,
    }  # fmt: skip
    with client_of(open_with_fake(settings)) as client:
        assert client.post("/v1/feedback", json=given).status_code == 204
        problem = assert_problem(client.post("/v1/feedback", json={**given, "question": "x" * 5_001}), 422)
        assert problem["detail"] == "the question has 5,001 characters; the limit is 5,000"
        problem = assert_problem(client.post("/v1/feedback", json={**given, "start": 900_000}), 422)
        assert "is not a range of text" in problem["detail"]


# Hostile bodies

STRANGE = {
    "lone surrogate": '"\\ud800 why tolls"',
    "surrogates the wrong way round": '"\\udc00\\ud800 why tolls"',
    "NUL": '"why \\u0000 tolls"',
    "only NUL": '"\\u0000"',
    "escape": '"why \\u001b[2J tolls"',
    "bidi": '"why \\u202e tolls"',
    "tag characters": '"\\udb40\\udc41 why tolls"',
    "noncharacter": '"why \\uffff tolls"',
    "NaN": "NaN",
    "infinity": "-Infinity",
    "huge number": "9" * 5_000,
    "deep list": "[" * 50_000 + "]" * 50_000,
    "deep object": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "template": '"{{ 7 * 7 }} ${7*7} <%= 7 * 7 %> tolls"',
    "markup": '"<script>alert(1)</script> tolls"',
    "long": '"' + "toll " * 30_000 + '"',
    "path": '"../../etc/passwd"',
}
FIELDS = {
    "ask.question": ("/v1/ask", '{"question": %s}'),
    "ask.debate": ("/v1/ask", '{"question": "why tolls", "debate": %s}'),
    "ask.mode": ("/v1/ask", '{"question": "why tolls", "mode": %s}'),
    "ask.max_quotes": ("/v1/ask", '{"question": "why tolls", "max_quotes": %s}'),
    "ask.history.question": ("/v1/ask", '{"question": "and that?", "history": [{"question": %s}]}'),
    "ask.history.document": (
        "/v1/ask",
        '{"question": "and that?", "history": [{"question": "a", "quotes": [{"document_id": %s, "start": 0, "end": 1}]}]}',
    ),
    "ask.history.start": (
        "/v1/ask",
        '{"question": "and that?", "history": [{"question": "a", "quotes": [{"document_id": "a", "start": %s, "end": 1}]}]}',
    ),
    "verify.quote": ("/v1/verify", '{"quote": %s}'),
    "verify.speaker": ("/v1/verify", '{"quote": "Nobody else should have to.", "speaker": %s}'),
    "verify.document": ("/v1/verify", '{"quote": "Nobody else should have to.", "document_id": %s}'),
    "whole": ("/v1/ask", "%s"),
    "key": ("/v1/ask", '{"question": "why", %s: 1}'),
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_whatever_stands_in_a_field_the_answer_is_valid_or_a_problem_of_the_clients(
    client: TestClient, field: tuple[str, str], value: str
):
    path, body = field
    response = client.post(path, content=(body % value).encode(), headers={"Content-Type": "application/json"})
    if response.status_code != 200:
        assert 400 <= response.status_code < 500, response.text
        assert_problem(response, response.status_code)
    json.dumps(response.json()).encode("utf-8")
    assert "49" not in json.dumps(response.json().get("text", ""))


@pytest.mark.parametrize(
    "query", ["%00", "%ff%fe", "%ed%a0%80", "%F0%9F%9A%B2 tolls", "a" * 3_000, "%0d%0aX: y", "&q=", ";", "[]"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/search?q={}",
        "/v1/search?q=tolls&debate={}",
        "/v1/search?q=tolls&k={}",
        "/v1/suggestions?debate={}",
        "/v1/documents/{}",
    ],
)
def test_whatever_stands_in_an_address_the_answer_is_valid_or_a_problem_of_the_clients(
    client: TestClient, path: str, query: str
):
    response = client.get(path.format(query))
    if response.status_code != 200:
        assert 400 <= response.status_code < 500, response.text
        assert_problem(response, response.status_code)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"question": "why"',
        b"\xff\xfe",
        b"\x1f\x8b\x08",
        b"question=why",
        b"null",
        b'{"question": "\xed\xa0\x80"}',
        b"\0",
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/verify"])
def test_a_body_that_is_no_json_is_a_problem(client: TestClient, path: str, content: bytes):
    response = client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert_problem(response, response.status_code)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/verify"])
def test_a_body_over_the_limit_is_too_large_with_and_without_a_stated_length(client: TestClient, path: str):
    body = b'{"question": "' + b"x" * 1_000_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    assert_problem(client.post(path, content=body, headers=headers), 413)
    assert_problem(client.post(path, content=iter([body[:500_000], body[500_000:]]), headers=headers), 413)


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/v1/ask", 405), ("DELETE", "/v1/search", 405), ("GET", "/v1/nothing", 404), ("GET", "/v1//ask", 404),
    ("GET", "/v1/documents/%2e%2e%2fsecret", 404), ("GET", "/v1/documents/nothing", 404),
    ("GET", f"/v1/documents/{'a' * 300}", 404), ("GET", "/v1/search", 422), ("GET", "/v1/search?q=a&k=0", 422),
    ("GET", "/v1/search?q=a&k=51", 422), ("GET", "/v1/search?q=%20", 422), ("GET", "/v1/search?q=toll&debate=x", 404),
    ("GET", "/v1/suggestions?debate=x", 404),
])  # fmt: skip
def test_a_request_for_what_there_is_not_is_a_problem(client: TestClient, method: str, path: str, status: int):
    assert_problem(client.request(method, path), status)


# The other routes


def test_search_gives_what_fits_best_and_how_many_were_asked_for(client: TestClient):
    found = client.get("/v1/search", params={"q": "helmet laws", "k": 2}).json()
    assert_shape("SearchBody", found)
    assert len(found["quotes"]) == 2
    assert {quote["role"] for quote in found["quotes"]} == {"context"}
    assert found["quotes"][0]["exact"].startswith("Helmet laws discourage cycling.")


@pytest.mark.parametrize(("path", "named"), [
    ("/v1/search?q=zebra&debat=odd", "debat: there is no such parameter; there are: q, k, debate"),
    ("/v1/suggestions?Debate=odd", "Debate: there is no such parameter; there are: debate"),
    ("/v1/debates?debate=odd", "debate: this takes no parameters"),
])  # fmt: skip
def test_a_parameter_that_there_is_not_is_told_with_those_there_are(client: TestClient, path: str, named: str):
    assert assert_problem(client.get(path), 422)["detail"] == named


def test_a_parameter_that_stands_twice_is_a_mistake_as_a_name_in_a_body_is(client: TestClient):
    problem = assert_problem(client.get("/v1/search?q=tolls&q=helmets&k=2"), 422)
    assert problem["detail"] == "q: stands there more than once"


def test_what_other_sites_add_to_a_link_changes_nothing(client: TestClient):
    for path in ("/", "/documents/helmets", "/v1/documents/helmets/cite", "/readyz", "/widget.js"):
        assert client.get(path, params={"utm_source": "letter"}).status_code == 200
    assert client.get("/v1/debates", params={"_": "1"}).status_code == 200  # so that no cache answers


def test_search_keeps_to_a_debate(client: TestClient):
    found = client.get("/v1/search", params={"q": "helmets", "debate": "road-tolls"}).json()
    assert all(quote["document_id"] != "helmets" for quote in found["quotes"])


def test_debates_are_listed_with_their_size_and_dates(client: TestClient):
    listed = client.get("/v1/debates").json()
    assert_shape("DebatesBody", listed)
    assert [(debate["name"], debate["documents"]) for debate in listed["debates"]] == [
        ("bicycle-helmets", 1),
        ("road-tolls", 2),
    ]
    assert (listed["debates"][1]["oldest"], listed["debates"][0]["oldest"]) == ("2021-03", None)


def test_documents_are_listed_without_and_given_with_their_text(client: TestClient, shared: Settings):
    listed = client.get("/v1/documents").json()
    assert_shape("DocumentsBody", listed)
    assert {document["text"] for document in listed["documents"]} == {None}
    for document in load_corpus(shared).documents:
        shown = client.get(f"/v1/documents/{document.id}").json()
        assert_shape("DocumentBody", shown)
        assert (shown["text"], shown["source"]["sha256"]) == (document.text, document.sha256)
        assert shown["characters"] == len(document.text)


def test_the_list_of_documents_reads_no_text(shared: Settings):
    explainer = open_with_fake(shared)
    with client_of(explainer) as client:
        listed = client.get("/v1/documents").json()["documents"]
    assert explainer.generation.document.cache_info().misses == 0
    texts = {document.id: document.text for document in load_corpus(shared).documents}
    assert {facts["id"]: facts["characters"] for facts in listed} == {key: len(text) for key, text in texts.items()}


def test_a_documents_text_is_kept_back_where_the_operator_says_so(settle: Settle):
    settings = settle(full_text=False)
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        assert client.get("/v1/documents/helmets").json()["text"] is None


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ({"quote": "Wealthy drivers barely notice the charge."}, "verbatim"),
        ({"quote": '"Wear one \N{BICYCLE}," said the surgeon.'}, "typography_only"),
        ({"quote": "Wealthy drivers hardly notice the charge."}, "altered"),
        ({"quote": "Wealthy drivers barely notice the charge.", "document_id": "helmets"}, "misattributed"),
        ({"quote": "Soap is cheap in winter."}, "not_found"),
    ],
)
def test_a_quote_is_checked(client: TestClient, body: dict[str, str], result: str):
    verdict = client.post("/v1/verify", json=body).json()
    assert_shape("VerdictBody", verdict)
    assert verdict["result"] == result
    assert bool(verdict["matches"]) == (result != "not_found")
    assert bool(verdict["diff"]) == (result == "altered")


@pytest.mark.parametrize(
    ("body", "status"), [({"quote": ""}, 422), ({}, 422), ({"quote": "a", "document_id": "none"}, 404)]
)
def test_a_quote_that_cannot_be_checked_is_a_problem(client: TestClient, body: dict[str, str], status: int):
    assert_problem(client.post("/v1/verify", json=body), status)


def test_suggestions_are_answered_when_asked(client: TestClient):
    for debate in ("bicycle-helmets", "road-tolls", None):
        shown = client.get("/v1/suggestions", params={"debate": debate} if debate else {}).json()
        assert_shape("SuggestionsBody", shown)
        for question in shown["suggestions"]:
            assert ask(client, question, debate=debate)["status"] == "answered"
    assert shown["suggestions"]


def test_the_process_is_alive_and_ready(client: TestClient, explainer: Explainer):
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert_shape("ReadyBody", ready)
    assert (ready["status"], ready["stale"], ready["advice"]) == ("ready", False, None)
    assert ready["generation"] == explainer.generation.card.name
    assert ready["skipped"] == 0


def test_files_that_were_skipped_are_counted_and_keep_nothing_from_being_ready(settle: Settle):
    settings = settle()
    write_corpus(settings.corpus, {"road-tolls/bad.txt": b"\xff", "road-tolls/worse.md": "---\ndate: May 5\n---\nA."})
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        ready = client.get("/readyz").json()
    assert (ready["status"], ready["stale"], ready["advice"], ready["skipped"]) == ("ready", False, None, 2)


def test_a_changed_corpus_is_told_with_how_many_files_and_the_command(own_explainer: Explainer):
    write_corpus(own_explainer.settings.corpus, {"road-tolls/new.txt": "New."})
    with client_of(own_explainer) as client:
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["stale"], ready["changed"]) == ("ready", True, 1)
        assert "run `pullquote index`" in ready["advice"]
        assert ask(client)["index"]["stale"] is True


def test_a_damaged_generation_is_told_while_the_one_before_serves(indexed: Settings):
    built = index_corpus(indexed, HashEncoder())
    Layout(indexed.index).generation(built.generation.card.name).file(STORED_TEXTS).write_bytes(b"")
    with client_of(open_with_fake(indexed)) as client:
        ready = client.get("/readyz").json()
        assert ready["status"] == "degraded"
        assert "run `pullquote index`" in ready["advice"]
        assert ask(client)["status"] == "answered"


def test_a_newer_generation_that_cannot_be_used_is_told_without_a_path_and_the_next_is_taken_up(
    own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    """A model that this machine lacks, an error in looking itself, then an index that it can use."""
    settings, look = own_explainer.settings, own_explainer.refresh
    looks = iter([RuntimeError("the disk is on fire")])

    def looked() -> bool:
        for error in looks:
            raise error
        return look()

    monkeypatch.setattr(own_explainer, "refresh", looked)
    monkeypatch.setattr("pullquote.api.app.REFRESH_SECONDS", 0.01)
    write_corpus(settings.corpus, {"road-tolls/new.txt": "New."})
    refused = build_index(replace(settings, model="somebody/else"), OtherEncoder()).generation.card.name
    with client_of(own_explainer) as client:
        wait_for(lambda: client.get("/readyz").json()["refused"])
        ready = client.get("/readyz").json()
        assert_shape("ReadyBody", ready)
        assert ready["status"] == "degraded"
        assert ready["refused"] == {
            "generation": refused,
            "reason": "a model that it needs is not here, or cannot be used",
        }
        assert "run `pullquote index`" in ready["advice"]
        assert str(settings.index) not in str(ready)
        monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
        fresh = index_corpus(settings, HashEncoder()).generation.card.name
        wait_for(lambda: client.get("/readyz").json()["generation"] == fresh)
        assert (client.get("/readyz").json()["status"], client.get("/readyz").json()["refused"]) == ("ready", None)


@pytest.mark.parametrize(
    ("looked", "method", "path", "sent", "told"),
    [
        ("routes.asked", "POST", "/v1/ask", {"json": ON_HELMETS}, "protects the skull"),
        ("routes.asked", "POST", "/v1/chat", {"json": ON_HELMETS}, "protects the skull"),
        (
            "reader.checked", "POST", "/v1/disputes", {"json": {"document_id": "helmets", "start": 0, "end": 32}},
            "Helmet laws discourage",
        ),
        ("pages.both_sides", "GET", "/sides", {"params": {"proposition": "Helmets protect skulls."}}, "bicycle-helmets"),
        (
            "pages._asked", "GET", "/",
            {"params": {"q": "Should laws demand helmets?", "debate": "bicycle-helmets", "sides": "1"}},
            '<option value="bicycle-helmets" selected ',
        ),
    ],
)  # fmt: skip
def test_a_request_that_looks_at_the_index_twice_is_answered_from_one_generation(
    own_explainer: Explainer, looked: str, method: str, path: str, sent: dict[str, Any], told: str,
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    """The index is swapped after the first look for one that holds nothing of the debate."""
    settings = own_explainer.settings
    (settings.corpus / "bicycle-helmets" / "helmets.txt").unlink()
    index_corpus(settings, HashEncoder())
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
    module, _, name = f"pullquote.api.{looked}".rpartition(".")
    look = getattr(import_module(module), name)

    def swapping(*given: object) -> object:
        found = look(*given)
        assert own_explainer.refresh()
        return found

    monkeypatch.setattr(f"{module}.{name}", swapping)
    monkeypatch.setattr("pullquote.api.app.REFRESH_SECONDS", 3_600.0)
    with client_of(own_explainer) as client:
        shown = client.request(method, path, **sent)
    assert (shown.status_code, "event: error" in shown.text) == (200, False)
    assert told in shown.text


@pytest.mark.parametrize("fault", [IndexCorrupt("/srv/secret/texts.bin is damaged"), EncoderError("/srv/secret")])
def test_a_fault_of_the_index_is_503_and_names_no_path(explainer: Explainer, fault: Exception, monkeypatch, caplog):
    def broken(query: object) -> None:
        raise fault

    broken_explainer = Explainer(explainer.settings, explainer._ready)
    monkeypatch.setattr(broken_explainer, "ask", broken)
    with client_of(broken_explainer) as client, caplog.at_level(logging.ERROR, "pullquote"):
        problem = assert_problem(client.post("/v1/ask", json={"question": "Who pays?"}), 503)
    assert "secret" not in problem["detail"]
    assert "/srv/secret" in caplog.text


def test_an_unforeseen_error_is_500_and_says_nothing_of_itself(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret at /srv/app.py")

    broken_explainer = Explainer(explainer.settings, explainer._ready)
    monkeypatch.setattr(broken_explainer, "search", broken)
    with client_of(broken_explainer) as client:
        problem = assert_problem(client.get("/v1/search?q=tolls"), 500)
    assert "secret" not in problem["detail"]


def test_an_unforeseen_error_in_a_layer_around_the_application_is_one_too(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    async def broken(*_: object) -> None:
        raise RuntimeError("secret at /srv/app.py")

    monkeypatch.setattr(Rates, "__call__", broken)
    problem = assert_problem(client_of(explainer).get("/v1/search?q=tolls"), 500)
    assert "secret" not in problem["detail"]


# The description


def test_the_description_names_every_json_route_with_an_example_or_a_model(client: TestClient):
    described = client.get("/openapi.json").json()
    assert described["info"]["title"] == "Pullquote"
    assert {"/v1/ask", "/v1/search", "/v1/verify", "/v1/debates", "/v1/suggestions", "/v1/documents",
            "/v1/documents/{document_id}", "/healthz", "/readyz"} <= described["paths"].keys()  # fmt: skip
    schemas = described["components"]["schemas"]
    assert schemas["AskBody"]["examples"] == [{"question": "Why should drivers pay for the road?"}]
    assert schemas["VerifyBody"]["examples"]
    assert described["paths"]["/v1/ask"]["post"]["responses"].keys() >= {"200", "404", "413", "422", "503"}


def test_every_answer_carries_the_security_headers_and_is_not_stored(client: TestClient):
    for response in (client.get("/v1/debates"), client.get("/v1/nothing"), client.post("/v1/ask", json={})):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert "server" not in response.headers
    assert client.get("/v1/debates").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://news.example.evil.example", "http://news.example"]
)
def test_only_listed_origins_may_read_answers(settle: Settle, origin: str):
    settings = settle(allowed_origins=("https://news.example",))
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        allowed = client.get("/v1/debates", headers={"Origin": "https://news.example"})
        refused = client.get("/v1/debates", headers={"Origin": origin})
    assert allowed.headers["access-control-allow-origin"] == "https://news.example"
    assert "access-control-allow-credentials" not in allowed.headers
    assert "access-control-allow-origin" not in refused.headers


def test_without_listed_origins_no_other_site_may_read_answers(client: TestClient):
    assert (
        "access-control-allow-origin" not in client.get("/v1/debates", headers={"Origin": "https://a.example"}).headers
    )


def test_a_document_of_hostile_text_comes_back_as_text(settle: Settle):
    hostile = "<script>alert(1)</script> {{ 7 * 7 }} \u202e tolls \U000e0041 =cmd() work."
    settings = settle({**TEXTS, "evil/<b>.txt": hostile})
    index_corpus(settings, HashEncoder())
    with client_of(open_with_fake(settings)) as client:
        answer = ask(client, "Do tolls work?", debate="evil")
        assert answer["quotes"][0]["exact"] == hostile
        assert hostile in answer["text"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/nothing", 404, "Nothing is at this address."),
        ("/documents/none", 404, "There is no document “none” here."),
    ],
)
def test_a_person_is_told_of_a_mistake_on_a_page_and_a_program_in_a_problem(client, path, status, words):
    shown = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (shown.status_code, shown.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert words in shown.text
    assert 'href="/documents"' in shown.text
    if not path.startswith("/documents"):  # that is a page of its own, whoever asks
        assert_problem(client.get(path), status)


@pytest.mark.parametrize(("words", "status"), [("Fairness", 422), ("Picture of a bridge.", 422), ("Nobody else", 200)])
def test_a_place_that_nobody_says_anything_at_is_disputed_by_none(client: TestClient, words: str, status: int):
    text = client.get("/v1/documents/for-tolls").json()["text"]
    start = text.index(words)
    place = {"start": start, "end": start + len(words)}
    answered = client.post("/v1/disputes", json={"document_id": "for-tolls", **place})
    assert answered.status_code == status
    if status == 422:
        assert assert_problem(answered, 422)["detail"].startswith("there is no sentence at")
    assert client.get("/disputes", params={"document": "for-tolls", **place}).status_code == status


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 422, "This address names no quote; it must have the parts of the link beside a quote"),
        ("?document=helmets&start=x&end=2", 422, "This address names no quote"),
        ("?document=helmets&start=5&end=2", 422, "is not a range of text"),
        ("?document=helmets&start=0&end=99999", 422, "past "),
        ("?document=none&start=0&end=2", 404, "There is no document “none” here."),
        ("?document=none&start=a&end=2", 422, "This address names no quote; "),
    ],
)
def test_the_page_of_disputes_stays_a_page_whatever_its_address_lacks(client, query, status, words):
    shown = client.get(f"/disputes{query}")
    assert (shown.status_code, shown.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert words in shown.text
    assert "<h1>This link does not work</h1>" in shown.text or status == 404


def test_a_message_on_a_page_is_a_sentence(client):
    shown = client.get("/", params={"q": "x" * 3_000})
    assert "The question has 3,000 characters; the limit is 2,000." in shown.text


def test_a_body_that_is_no_json_object_is_told_what_to_send(client):
    headers = {"Content-Type": "application/json"}
    broken = assert_problem(client.post("/v1/ask", content='{"question": ', headers=headers), 422)
    assert broken["detail"].startswith("the body is no JSON, from character ")
    for content, kind in (('{"question": "x"}', "text/plain"), ('["x"]', "application/json")):
        other = assert_problem(client.post("/v1/ask", content=content, headers={"Content-Type": kind}), 422)
        assert other["detail"] == "the body must be a JSON object, sent with `Content-Type: application/json`"
