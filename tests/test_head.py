"""HEAD: answered as GET is, to whom GET is, without the body."""

import asgi
import pytest
from conftest import Settle
from fakes import HashEncoder, open_with_fake
from fastapi import FastAPI

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.upkeep.indexing import index_corpus

ADMIN = "the-operator's-own-key"
SHOWN = [
    "/", "/healthz", "/readyz", "/openapi.json", "/docs", "/style.css", "/widget.js", "/embed", "/demo", "/sides",
    "/documents", "/documents/helmets", "/v1/debates", "/v1/documents/helmets", "/v1/search?q=tolls",
    "/v1/documents/helmets/cite?style=apa",
]  # fmt: skip
CHANGING = {"x-request-id", "date"}


@pytest.fixture(scope="module")
def app(explainer: Explainer) -> FastAPI:
    return create_app(explainer)


def told(reply: asgi.Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name not in CHANGING}


@pytest.mark.parametrize("path", SHOWN)
def test_head_has_the_status_and_the_headers_of_get_and_no_body(app: FastAPI, path: str):
    head, shown = asgi.ask(app, "HEAD", path), asgi.ask(app, "GET", path)
    assert (head.status, head.body) == (200, b"")
    assert told(head) == told(shown)
    assert int(head.headers["content-length"]) == len(shown.body) > 0


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/v1/ask", 405), ("/v1/search?q=", 422)])
def test_head_of_what_get_refuses_is_refused_as_get_is(app: FastAPI, path: str, status: int):
    head, shown = asgi.ask(app, "HEAD", path), asgi.ask(app, "GET", path)
    assert (head.status, shown.status, head.body) == (status, status, b"")
    assert told(head) == told(shown)


def test_head_opens_nothing_that_get_does_not(settle: Settle):
    settings = settle(admin_key=ADMIN, search_keys=("a-search-key-of-a-site",), store=settle().index.parent / "kept.db")
    index_corpus(settings, HashEncoder())
    app = create_app(open_with_fake(settings))
    for path in ("/v1/report", "/metrics", "/v1/debates"):
        asked = [asgi.ask(app, "HEAD", path, headers=headers) for headers in ({}, {"X-API-Key": ADMIN})]
        assert [(reply.status, reply.body) for reply in asked] == [(401, b""), (200, b"")]


def test_the_rule_is_that_of_the_route_that_get_would_reach(explainer: Explainer):
    app = create_app(explainer)
    app.post("/documents/{document_id}/{part}")(lambda: "open")  # without a rule: the operator's
    app.get("/documents/{document_id}/text")(lambda: "secret")
    assert [asgi.ask(app, method, "/documents/helmets/text").status for method in ("GET", "HEAD")] == [401, 401]


def test_head_is_counted_like_get_and_stands_in_the_figures_as_what_it_was(settle: Settle):
    settings = settle(rate_limit="1/minute", metrics="open")
    index_corpus(settings, HashEncoder())
    app = create_app(open_with_fake(settings))
    assert [asgi.ask(app, "HEAD", "/v1/debates").status for _ in "ab"] == [200, 429]
    assert b'pullquote_requests_total{method="HEAD",route="/v1/debates",status="200"} 1.0' in (
        asgi.ask(app, "GET", "/metrics").body
    )


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("POST", "/v1/debates", "GET, HEAD"), ("GET", "/v1/ask", "POST")]
)
def test_head_is_named_among_what_is_allowed_where_get_is(app: FastAPI, method: str, path: str, allowed: str):
    refused = asgi.ask(app, method, path)
    assert (refused.status, refused.headers["allow"]) == (405, allowed)
