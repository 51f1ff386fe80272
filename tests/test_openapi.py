"""The description of the API holds: whatever it allows or forbids is sent, and only what it says comes back."""

import contextlib
import html
import json
import re
import shlex
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import schemathesis
from conftest import Settle
from fakes import HashEncoder, open_with_fake
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as configured
from pullquote.api.description import PROBLEMS
from pullquote.api.events import Event
from pydantic import BaseModel, TypeAdapter
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR
from test_chat import QUESTION, events_of

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.upkeep.indexing import index_corpus
from pullquote.verify.cite import STYLES

ADMIN, SEARCH = "the-operator's-own-key", "a-search-key-of-a-site"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, missing_required_header, unsupported_method,
]  # fmt: skip
TAKE_INPUT = [
    "POST /v1/ask", "POST /v1/chat", "GET /v1/search", "POST /v1/verify", "GET /v1/suggestions",
    "GET /v1/documents/{document_id}/cite", "POST /v1/feedback",
    "POST /v1/sides", "POST /v1/disputes",
]  # fmt: skip
OPERATIONS = [
    *TAKE_INPUT, "GET /v1/documents/{document_id}", "GET /v1/debates", "GET /v1/documents", "GET /v1/report",
    "GET /healthz", "GET /readyz", "GET /metrics",
]  # fmt: skip
ALLOWED = [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
FORBIDDEN = [(operation, GenerationMode.NEGATIVE) for operation in TAKE_INPUT]
every_operation = pytest.mark.parametrize(
    ("operation", "mode"), ALLOWED + FORBIDDEN, ids=lambda value: getattr(value, "value", value)
)
QUICK, LONG = 12, 300  # cases of each of the two modes


@pytest.fixture(scope="module", params=["open", "guarded"])
def app(explainer: Explainer, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """One application that anyone may use, and one with keys, limits and records."""
    values: dict[str, object] = {}
    if request.param == "guarded":
        folder: Path = tmp_path_factory.mktemp("guarded")
        values = {
            "admin_key": ADMIN, "search_keys": (SEARCH,), "rate_limit": "100/second", "store": folder / "records.db",
            "full_text": False,
        }  # fmt: skip
    return create_app(Explainer(replace(explainer.settings, **values), explainer._ready))


def send(app: FastAPI, operation: str, mode: GenerationMode, count: int) -> None:
    """So many requests of one operation, made up from its description, and every answer held against it."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    schema.config.generation.update(modes=[mode])
    method, path = operation.split(" ")
    described = schema[path][method]
    keys = [{"X-API-Key": ADMIN}, {}] if app.state.explainer.settings.admin_key else [{}]

    @configured(
        max_examples=count, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=described.as_strategy(generation_mode=mode))
    def one(case: schemathesis.Case) -> None:
        for headers in keys:
            case.call_and_validate(checks=CHECKS, headers=headers)

    one()


def test_every_operation_that_is_described_is_tried(app: FastAPI):
    described = app.openapi()["paths"]
    assert {f"{m.upper()} {path}" for path, methods in described.items() for m in methods} == set(OPERATIONS)


def test_every_operation_says_which_problems_it_answers_with_and_in_which_form(app: FastAPI):
    for methods in app.openapi()["paths"].values():
        for operation in methods.values():
            for status in ("400", "401", "403", "404", "405", "408", "413", "422", "429", "500", "503"):
                [media] = operation["responses"][status]["content"]
                assert media == "application/problem+json"
                assert operation["responses"][status]["description"] == PROBLEMS[int(status)]["description"]


def test_the_description_is_openapi_as_its_version_has_it(app: FastAPI):
    described = app.openapi()
    assert described["openapi"].startswith("3.1.")
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(described)] == []


def test_what_every_route_gives_and_takes_is_described_by_name(app: FastAPI):
    described = app.openapi()
    for path, methods in described["paths"].items():
        for operation in methods.values():
            shown = operation["responses"].get("200", {}).get("content", {}).get("application/json")
            assert shown is None or shown["schema"].get("$ref"), path
    for name, schema in described["components"]["schemas"].items():
        for field, told in schema["properties"].items():
            assert told != {}, (name, field)
            assert told.get("items", {}).get("type") != "object", (name, field)


def assert_described(shape: BaseModel, data: dict[str, object]) -> None:
    """Nothing is sent that its shape does not have."""
    assert shape.model_dump(by_alias=True, exclude_unset=True) == data


def test_every_event_of_a_stream_is_described(explainer: Explainer, monkeypatch: pytest.MonkeyPatch):
    app = create_app(explainer)
    client = TestClient(app, raise_server_exceptions=False)
    events = events_of(client.post("/v1/chat", json={"question": QUESTION}).text)
    monkeypatch.setattr(Explainer, "ask", lambda *_: 1 / 0)
    events += events_of(client.post("/v1/chat", json={"question": QUESTION}).text)
    [content] = app.openapi()["paths"]["/v1/chat"]["post"]["responses"]["200"]["content"].values()
    told = content["schema"]["anyOf"]
    shapes = app.openapi()["components"]["schemas"]
    described = [shapes[one["$ref"].rpartition("/")[2]]["properties"]["event"]["const"] for one in told]
    assert {name for name, _ in events} == set(described)
    for name, data in events:
        assert_described(TypeAdapter(Event).validate_python({"event": name, "data": data}).data, data)


@pytest.mark.parametrize("longest", [77, 2_000])
def test_the_limit_of_a_question_is_the_operators(explainer: Explainer, longest: int):
    described = create_app(Explainer(replace(explainer.settings, max_question=longest), explainer._ready)).openapi()
    shapes = described["components"]["schemas"]
    for name, field in (("AskBody", "question"), ("EarlierTurn", "question"), ("FeedbackBody", "question"),
                        ("SidesQuery", "proposition")):  # fmt: skip
        assert shapes[name]["properties"][field]["maxLength"] == longest
    assert described["paths"]["/v1/search"]["get"]["parameters"][0]["schema"]["maxLength"] == longest


def test_every_place_is_told_in_code_points(app: FastAPI):
    described = app.openapi()
    cited = described["paths"]["/v1/documents/{document_id}/cite"]["get"]["parameters"]
    told = {f"cite {one['name']}": one for one in cited}
    told |= {
        f"{shape} {field}": facts
        for shape, schema in described["components"]["schemas"].items() for field, facts in schema["properties"].items()
    }  # fmt: skip
    places = {name: facts.get("description", "") for name, facts in told.items() if name.endswith((" start", " end"))}
    assert len(places) > 12
    assert {name for name, words in places.items() if not words.startswith("In code points")} == set()


def test_what_is_asked_is_told_to_hold_something_and_refused_where_it_does_not(app: FastAPI):
    described = app.openapi()
    shapes = described["components"]["schemas"]
    assert described["paths"]["/v1/search"]["get"]["parameters"][0]["schema"]["minLength"] == 1
    assert shapes["AskBody"]["properties"]["question"]["minLength"] == 1
    assert shapes["SidesQuery"]["properties"]["proposition"]["minLength"] == 1
    client = TestClient(app, headers={"X-API-Key": ADMIN})
    assert client.get("/v1/search", params={"q": ""}).status_code == 422
    assert client.post("/v1/ask", json={"question": ""}).status_code == 422
    assert client.post("/v1/sides", json={"proposition": ""}).status_code == 422


@pytest.mark.parametrize("style", ["", *(style.name for style in STYLES)])
def test_every_form_of_a_citation_is_described(app: FastAPI, style: str):
    reply = TestClient(app).get("/v1/documents/helmets/cite", params={"style": style} if style else {})
    described = app.openapi()["paths"]["/v1/documents/{document_id}/cite"]["get"]["responses"]["200"]["content"]
    assert reply.headers["content-type"].split(";")[0] in described
    assert described["application/json"]["schema"]["$ref"].endswith("/CitationsBody")


@pytest.mark.slow
@every_operation
def test_only_what_is_described_comes_back(app: FastAPI, operation: str, mode: GenerationMode):
    send(app, operation, mode, QUICK)


@pytest.mark.torture
@every_operation
def test_only_what_is_described_comes_back_300_times_over(app: FastAPI, operation: str, mode: GenerationMode):
    send(app, operation, mode, LONG)


def test_the_manual_shows_every_route_with_an_example_and_asks_nobody_else(app: FastAPI):
    shown = TestClient(app).get("/docs")
    assert shown.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in shown.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', shown.text)
    for operation in OPERATIONS:
        assert f"<code>{operation}</code></h2>" in shown.text


EXAMPLES = {
    "road-tolls": "---\nproposition: Road tolls are fair.\nside: for\n---\n# Tolls\n\nRoad tolls pay for better buses.\n",
    "mills": "Disused mills should become homes.\n",
}


@pytest.mark.parametrize(
    ("debates", "told"),
    [
        (["mills", "road-tolls"], {
            "debate": "road-tolls", "document_id": "a-road-tolls", "quote": "Road tolls pay for better buses.", "start": 9,
            "end": 41, "proposition": "Road tolls are fair.",
        }),
        (["mills"], {
            "debate": "mills", "document_id": "a-mills", "quote": "Disused mills should become homes.", "start": 0, "end": 34,
            "proposition": "Disused mills should become homes.",
        }),
    ],
)  # fmt: skip
def test_the_examples_of_the_manual_ask_of_what_this_index_holds(
    settle: Settle, debates: list[str], told: dict[str, object]
):
    settings = settle({f"{name}/a-{name}.md": EXAMPLES[name] for name in debates})
    index_corpus(settings, HashEncoder())
    own = open_with_fake(settings)
    text = html.unescape(TestClient(create_app(own)).get("/docs").text)
    shown: dict[str, object] = {}
    for body in re.findall(r"-d '(\{\"[^']*\})'", text):
        with contextlib.suppress(ValueError):  # where it has words in capitals to be filled in
            shown |= json.loads(body)
    assert shown == {**told, "question": (*own.suggestions(), "What is said about Disused?")[0]}
    word = max(str(told["quote"]).removesuffix(".").split(), key=len)
    assert f"--data-urlencode q={word}" in text
    for words in ("drivers", "id-of-a-document"):
        assert words not in "".join(re.findall(r"curl .*?</pre>", text, re.DOTALL))


def test_the_manual_shows_no_words_that_hide_or_turn_others_around(settle: Settle):
    settings = settle({"mills/a.txt": "Mills \u202estand empty. They could be homes."})
    index_corpus(settings, HashEncoder())
    text = html.unescape(TestClient(create_app(open_with_fake(settings))).get("/docs").text)
    assert "\u202e" not in text
    assert '"quote": "They could be homes."' in text


def test_the_manual_says_what_an_answer_consists_of_and_within_which_limits(app: FastAPI):
    shown = TestClient(app).get("/docs").text
    led = set(re.findall(r'href="#(shape-\w+)"', shown))
    assert {
        f"shape-{name}" for name in ("QuoteBody", "PartBody", "VoiceBody", "MatchBody", "EarlierTurn", "SourceBody")
    } <= led
    assert led == set(re.findall(r'id="(shape-\w+Body|shape-\w+Turn|shape-\w+Place)"', shown))
    text = html.unescape(shown)
    for words in ("At most 2,000 characters.", "At least 1, at most 10. 3 where it is left out.", "At most 6 of them."):
        assert words in text


def test_every_example_of_the_manual_works_as_printed_but_where_it_has_capitals(app: FastAPI):
    client = TestClient(app, headers={"X-API-Key": ADMIN})
    shown = html.unescape(client.get("/docs").text)
    examples = re.findall(r"<pre[^>]*>(curl .*?)</pre>", shown, re.DOTALL)
    assert len(examples) == len(OPERATIONS)
    for example in examples:
        words = [word for word in shlex.split(example.replace("\\\n", " ")) if word.strip()]
        path = next(word for word in words if word.startswith("http://")).partition(":8000")[2]
        asked = dict(pairwise(words))
        method = "POST" if "-d" in asked else "GET"
        found = client.request(
            method, path, content=asked.get("-d"), headers={"Content-Type": "application/json"},
            params=[tuple(asked["--data-urlencode"].split("=", 1))] if "-G" in words else None,
        )  # fmt: skip
        filled_in = "/v1/feedback" in path  # whoever pastes it as it is votes on nothing
        guarded = path in ("/v1/report", "/metrics") and not app.state.explainer.settings.admin_key
        assert found.status_code == (422 if filled_in else 401 if guarded else 200), (example, found.text)


def test_the_manual_can_be_left_out(explainer: Explainer):
    without = create_app(Explainer(replace(explainer.settings, docs=False), explainer._ready))
    client = TestClient(without)
    assert client.get("/docs").status_code == 404
    for path in ("/", "/sides", "/documents", "/documents/helmets", "/report", "/nothing"):
        shown = client.get(path, headers={"Accept": "text/html"}).text
        assert ('href="/documents"' in shown, 'href="/docs"' in shown) == (True, False)
    assert 'href="/docs"' in TestClient(create_app(explainer)).get("/").text
