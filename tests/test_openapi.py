"""The description of the API holds: whatever it allows or forbids is sent, and only what it says comes back."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest
import schemathesis
from asgi import app_with, assert_shape, events_of
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as configured
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

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.api.schemas import PROBLEMS, SHAPES

ADMIN, SEARCH = "the-operator's-own-key", "a-search-key-of-a-site"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, missing_required_header, unsupported_method,
]  # fmt: skip
TAKE_INPUT = ["POST /v1/ask", "POST /v1/chat", "GET /v1/search", "POST /v1/verify", "POST /v1/feedback", "POST /v1/sides",
              "POST /v1/disputes", "POST /v1/verify-text", "POST /v1/chat/completions", "POST /v1/responses", "GET /v1/suggestions",
              "GET /v1/documents/{document_id}/cite", "GET /v1/voices", "GET /v1/voices/{name}"]  # fmt: skip
OPERATIONS = [*TAKE_INPUT, "GET /v1/documents/{document_id}", "GET /v1/debates", "GET /v1/documents", "GET /v1/report", "GET /v1/models", "GET /v1/models/{model}",
              "GET /healthz", "GET /readyz", "GET /metrics"]  # fmt: skip
QUICK, LONG = 10, 300  # cases of each of the two modes


@pytest.fixture(scope="module", params=["open", "guarded"])
def app(
    explainer: Explainer, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> FastAPI:
    """One application that anyone may use, and one with keys, limits and records."""
    if request.param == "open":
        return create_app(explainer)
    folder: Path = tmp_path_factory.mktemp("guarded")
    return app_with(
        explainer, admin_key=ADMIN, search_keys=(SEARCH,), rate_limit="100/second", store=folder / "records.db",
        full_text=False,
    )  # fmt: skip


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


def made_up(app: FastAPI, count: int) -> None:
    for operation in OPERATIONS:
        send(app, operation, GenerationMode.POSITIVE, count)
    for operation in TAKE_INPUT:
        send(app, operation, GenerationMode.NEGATIVE, count)


@pytest.mark.slow
def test_only_what_is_described_comes_back(app: FastAPI):
    made_up(app, QUICK)


def test_the_description_is_openapi_as_its_version_has_it_and_every_operation_is_tried(
    app: FastAPI,
):
    described = app.openapi()
    assert described["openapi"].startswith("3.1.")
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(described)] == []
    found = {f"{m.upper()} {path}" for path, methods in described["paths"].items() for m in methods}
    assert found == set(OPERATIONS)


def test_every_operation_says_what_it_gives_which_problems_and_which_key_it_needs(app: FastAPI):
    described, keyed = app.openapi(), bool(app.state.explainer.settings.search_keys)
    for path, methods in described["paths"].items():
        for operation in methods.values():
            shown = operation["responses"].get("200", {}).get("content", {}).get("application/json")
            assert shown is None or shown["schema"]["$ref"].rpartition("/")[2] in SHAPES, path
            for status, problem in PROBLEMS.items():
                assert operation["responses"][str(status)]["description"] == problem["description"]
                assert list(operation["responses"][str(status)]["content"]) == [
                    "application/problem+json"
                ]
            open_to_all = path.startswith(("/healthz", "/readyz")) or path.endswith("/cite")
            assert ("security" in operation) == (
                path in ("/v1/report", "/metrics") or (keyed and not open_to_all)
            )


def test_no_shape_of_the_wire_leads_nowhere_or_is_left_over(app: FastAPI):
    told = str(app.openapi())
    assert [
        name for name in app.openapi()["components"]["schemas"] if f"schemas/{name}'" not in told
    ] == []
    for name, shape in SHAPES.items():
        places = [field for key, field in shape["properties"].items() if key in ("start", "end")]
        assert all(field["description"].startswith("In code points") for field in places), name


def test_every_event_of_a_stream_is_described(
    explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    app = create_app(explainer)
    client = TestClient(app, raise_server_exceptions=False)
    question = {"question": "Who should pay for a road?"}
    events = events_of(client.post("/v1/chat", json=question).text)
    monkeypatch.setattr(Explainer, "ask", lambda *_: 1 / 0)
    events += events_of(client.post("/v1/chat", json=question).text)
    [content] = app.openapi()["paths"]["/v1/chat"]["post"]["responses"]["200"]["content"].values()
    told = {one["$ref"].rpartition("/")[2] for one in content["schema"]["anyOf"]}
    described = {SHAPES[name]["properties"]["event"]["const"]: SHAPES[name] for name in told}
    assert {name for name, _ in events} == set(described)
    for name, data in events:
        held = described[name]["properties"]["data"]["contentSchema"]["$ref"].rpartition("/")[2]
        assert_shape(held, data)


def test_the_page_on_the_api_tells_all_that_its_description_does(explainer: Explainer):
    app = create_app(explainer)
    shown = TestClient(app).get("/docs")
    text, described = html.unescape(re.sub(r"<[^>]*>", "", shown.text)), app.openapi()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert text.count(f"{method.upper()} {path}") >= 2
            assert (
                f'<h2 id="{operation["operationId"]}">{html.escape(operation["summary"]).replace("&#x27;", "&#39;")}'
                in shown.text
            )
    for name, shape in described["components"]["schemas"].items():
        assert shown.text.count(f'id="{name}"') == 1
        assert all(field in text for field in shape.get("properties", {}))
    assert {*re.findall(r'href="#([^"]+)"', shown.text)} <= {
        *re.findall(r'id="([^"]+)"', shown.text)
    }
    assert (
        """curl http://testserver/v1/ask --json '{"question": "Why should drivers pay for the road?"}'"""
        in text
    )
    without = Explainer(replace(explainer.settings, docs=False), explainer.ready)
    assert TestClient(create_app(without)).get("/docs").status_code == 404
