"""Who may use which route: every route with every credential, whatever is done to the address."""

import json
import logging
from dataclasses import replace
from typing import Any

import asgi
import pytest
from conftest import Settle
from fakes import HashEncoder, open_with_fake, write_corpus
from fastapi import FastAPI

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.api.guard import RULES, Keys
from pullquote.api.responses import Access, Kind
from pullquote.errors import SettingsError
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus
from pullquote.values import sealed

ADMIN, SEARCH, OTHER = "the-operator's-own-key", "a-search-key-of-a-site", "another-search-key-1"
REVOKED = "a-search-key-of-before"
QUESTION = json.dumps({"question": "Who should pay for a road?"}).encode()
JUDGEMENT = json.dumps({
    "verdict": "helpful", "question": "a", "answer_id": "b", "generation": "c", "document_id": "helmets", "start": 0,
    "end": 1,
}).encode()  # fmt: skip

# Every route: how it is asked for, and who may. Written down again here so that a slip in one place is seen.
ROWS: dict[tuple[str, str], tuple[str, bytes, Access]] = {
    ("GET", "/healthz"): ("/healthz", b"", Access.OPEN),
    ("GET", "/readyz"): ("/readyz", b"", Access.OPEN),
    ("GET", "/openapi.json"): ("/openapi.json", b"", Access.OPEN),
    ("GET", "/docs"): ("/docs", b"", Access.OPEN),
    ("GET", "/style.css"): ("/style.css", b"", Access.OPEN),
    ("GET", "/widget.js"): ("/widget.js", b"", Access.OPEN),
    ("GET", "/embed.js"): ("/embed.js", b"", Access.OPEN),
    ("GET", "/embed"): ("/embed", b"", Access.OPEN),
    ("GET", "/demo"): ("/demo", b"", Access.OPEN),
    ("GET", "/"): ("/?q=Who+pays+for+roads", b"", Access.PAGE),
    ("GET", "/sides"): ("/sides", b"", Access.PAGE),
    ("GET", "/disputes"): ("/disputes?document=helmets&start=0&end=10", b"", Access.PAGE),
    ("GET", "/documents"): ("/documents", b"", Access.PAGE),
    ("GET", "/documents/{document_id}"): ("/documents/helmets", b"", Access.PAGE),
    ("GET", "/report"): ("/report", b"", Access.PAGE),
    ("POST", "/report"): ("/report", f"admin_key={ADMIN}".encode(), Access.PAGE),
    ("GET", "/v1/documents/{document_id}/cite"): ("/v1/documents/helmets/cite", b"", Access.PAGE),
    ("POST", "/v1/ask"): ("/v1/ask", QUESTION, Access.SEARCH),
    ("POST", "/v1/chat"): ("/v1/chat", QUESTION, Access.SEARCH),
    ("GET", "/v1/search"): ("/v1/search?q=tolls", b"", Access.SEARCH),
    ("POST", "/v1/verify"): ("/v1/verify", b'{"quote": "Nobody else should have to."}', Access.SEARCH),
    ("POST", "/v1/sides"): ("/v1/sides", b'{"proposition": "Road tolls are fair."}', Access.SEARCH),
    ("POST", "/v1/disputes"): ("/v1/disputes", b'{"document_id": "helmets", "start": 0, "end": 10}', Access.SEARCH),
    ("GET", "/v1/debates"): ("/v1/debates", b"", Access.SEARCH),
    ("GET", "/v1/suggestions"): ("/v1/suggestions", b"", Access.SEARCH),
    ("GET", "/v1/documents"): ("/v1/documents", b"", Access.SEARCH),
    ("GET", "/v1/documents/{document_id}"): ("/v1/documents/helmets", b"", Access.SEARCH),
    ("POST", "/v1/feedback"): ("/v1/feedback", JUDGEMENT, Access.SEARCH),
    ("GET", "/v1/report"): ("/v1/report", b"", Access.ADMIN),
    ("GET", "/metrics"): ("/metrics", b"", Access.ADMIN),
}
CREDENTIALS: dict[str, list[tuple[str, str]]] = {
    "none": [],
    "wrong": [("Authorization", f"Bearer {'x' * 20}")],
    "search": [("X-API-Key", SEARCH)],
    "admin": [("Authorization", f"bearer {ADMIN}")],
    "malformed": [("Authorization", f"Bearer {SEARCH}\x00\xff"), ("X-API-Key", "é" * 20)],
    "revoked": [("X-API-Key", REVOKED)],
}
REFUSED = {
    Access.OPEN: {},
    Access.PAGE: {},
    Access.SEARCH: dict.fromkeys(("none", "wrong", "malformed", "revoked"), 401),
    Access.ADMIN: {**dict.fromkeys(("none", "wrong", "malformed", "revoked"), 401), "search": 403},
}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, shared: Settings) -> tuple[FastAPI, Explainer]:
    """An application with keys of both kinds."""
    values = {name: getattr(shared, name) for name in ("corpus", "index", "min_confidence", "trusted_hosts")}
    store = tmp_path_factory.mktemp("guarded") / "records.db"
    settings = Settings(
        **values, rate_limit=None, key_rate_limit=None, store=store, admin_key=ADMIN, search_keys=(SEARCH, OTHER),
        allowed_origins=("https://news.example",),
    )  # fmt: skip
    explainer = open_with_fake(settings)
    return create_app(explainer), explainer


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    return {(method, route.path) for route in app.routes for method in route.methods - {"HEAD"}}


def header_of(body: bytes) -> list[tuple[str, str]]:
    return [("Content-Type", "application/json")] if body.startswith(b"{") else []


def test_every_route_has_a_row_here_and_a_rule_there(guarded: tuple[FastAPI, Explainer]):
    app, _ = guarded
    assert routes_of(app) == ROWS.keys()
    assert {path for _, path in ROWS} == RULES.keys()
    described = app.openapi()["paths"]
    assert {(m.upper(), path) for path, methods in described.items() for m in methods} <= ROWS.keys()


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize(("method", "template"), ROWS, ids=[" ".join(row) for row in ROWS])
def test_every_route_opens_to_the_credentials_it_should_and_to_no_other(
    guarded: tuple[FastAPI, Explainer], method: str, template: str, credential: str
):
    path, body, access = ROWS[method, template]
    reply = asgi.ask(
        guarded[0], method, path, headers=[*CREDENTIALS[credential], *header_of(body)], body=body
    )  # fmt: skip
    if (status := REFUSED[access].get(credential)) is None:
        assert reply.status in (200, 204), reply.body
    else:
        assert (reply.status, reply.json["type"]) == (status, "key-needed")
        assert reply.headers["content-type"] == "application/problem+json"
        assert ("www-authenticate" in reply.headers) == (status == 401)
        assert SEARCH not in reply.body.decode()


@pytest.mark.parametrize("credential", ["none", "wrong", "malformed", "revoked"])
def test_who_is_refused_costs_no_reading_of_the_body_and_no_work(
    guarded: tuple[FastAPI, Explainer], credential: str, monkeypatch: pytest.MonkeyPatch
):
    app, explainer = guarded
    called: list[str] = []
    for name in ("ask", "search", "verify"):
        monkeypatch.setattr(explainer, name, lambda *_, _name=name, **__: called.append(_name))
    for (method, _), (path, body, access) in ROWS.items():
        if access in (Access.SEARCH, Access.ADMIN):
            reply = asgi.ask(app, method, path, headers=[*CREDENTIALS[credential], *header_of(body)], body=body)
            assert (reply.status, reply.received) == (401, 0)
            assert (reply.headers.get("connection") == "close") == bool(body)
    assert not called


def test_without_search_keys_the_api_is_open_and_a_key_that_is_none_does_no_harm(explainer: Explainer):
    app = create_app(explainer)
    for credential in CREDENTIALS.values():
        assert asgi.ask(app, "GET", "/v1/debates", headers=credential).status == 200
        assert asgi.ask(app, "GET", "/v1/report", headers=credential).status == 401


def test_the_operators_routes_are_off_without_an_admin_key_and_say_how_to_turn_them_on(explainer: Explainer):
    reply = asgi.ask(create_app(explainer), "GET", "/v1/report", headers={"X-API-Key": ""})
    assert reply.status == 401
    assert "PULLQUOTE_ADMIN_KEY turns them on" in reply.json["detail"]


def test_a_route_without_a_rule_is_the_operators(explainer: Explainer):
    app = create_app(explainer)
    app.get("/v1/new")(lambda: "secret")
    reply = asgi.ask(app, "GET", "/v1/new")
    assert reply.status == 401
    assert b"secret" not in reply.body


HERE, ELSEWHERE = ("127.0.0.1", 1), ("203.0.113.5", 1)
NAMED = ["road-tolls/unpublished.txt"]


@pytest.mark.parametrize(
    ("headers", "client", "named"),
    [
        ({}, HERE, NAMED), ({}, ("::1", 1), NAMED), ({}, ("::ffff:127.0.0.1", 1), NAMED),
        ({}, None, NAMED), ({"Forwarded": "for=127.0.0.1"}, None, []), ({}, ELSEWHERE, []), ({"X-API-Key": ADMIN}, ELSEWHERE, []),
        ({"X-Forwarded-For": "127.0.0.1"}, HERE, []), ({"X-Forwarded-For": "127.0.0.1"}, ELSEWHERE, []),
        ({"Forwarded": "for=127.0.0.1"}, HERE, []), ({"Via": "1.1 proxy"}, HERE, []),
    ],
)  # fmt: skip
def test_without_an_admin_key_files_that_changed_are_named_on_this_machine_alone(
    own_explainer: Explainer, headers: dict[str, str], client: tuple[str, int] | None, named: list[str]
):
    write_corpus(own_explainer.settings.corpus, {NAMED[0]: "New."})
    ready = asgi.ask(create_app(own_explainer), "GET", "/readyz", headers=headers, client=client).json
    assert (ready["stale"], ready["changed"], ready["changed_files"]) == (True, 1, named)
    assert "run `pullquote index`" in ready["advice"]


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("client", [HERE, ELSEWHERE])
def test_with_an_admin_key_files_that_changed_are_named_to_who_brings_it(
    indexed: Settings, credential: str, client: tuple[str, int]
):
    write_corpus(indexed.corpus, {NAMED[0]: "New."})
    app = create_app(open_with_fake(replace(indexed, admin_key=ADMIN, search_keys=(SEARCH,))))
    ready = asgi.ask(app, "GET", "/readyz", headers=CREDENTIALS[credential], client=client).json
    assert (ready["changed"], ready["changed_files"]) == (1, NAMED if credential == "admin" else [])


MANGLED = [
    "//v1/report", "/v1//report", "/v1/report/", "/v1/report%2f", "/V1/REPORT", "/v1/%72eport", "/v1/report;x=1",
    "/v1/report%00", "/v1/report%20", "/./v1/report", "/healthz/../v1/report", "/healthz%2f..%2fv1/report",
    "/docs/%2e%2e/v1/report", "/widget.js/..%2fv1%2freport", "/v1/documents/..%2freport", "/v1/documents/../report",
    "/v1/report?/healthz", "/v1/report#/healthz", "\\v1\\report", "/v1\\report", "http://testserver/v1/report",
    "/%2fv1/report", "/v1/re%70ort", "/metrics/", "//metrics", "/metrics%2f", "/healthz%2f..%2fmetrics",
]  # fmt: skip
TRICKS: list[list[tuple[str, str]]] = [
    [],
    [("X-HTTP-Method-Override", "GET")],
    [("X-Original-URL", "/v1/report"), ("X-Rewrite-URL", "/v1/report")],
    [("X-Forwarded-Prefix", "/v1/report"), ("X-Forwarded-For", "127.0.0.1"), ("X-Real-IP", "127.0.0.1")],
    [("Cookie", f"admin_key={ADMIN}")],
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE", "get", "CONNECT"])
@pytest.mark.parametrize("path", [*MANGLED, "/v1/report", f"/v1/report?key={ADMIN}&admin_key={ADMIN}"])
def test_no_spelling_of_an_address_gets_round_the_key(
    guarded: tuple[FastAPI, Explainer], method: str, path: str
):  # fmt: skip
    for trick in TRICKS:
        reply = asgi.ask(guarded[0], method, path, headers=trick)
        assert reply.status in (400, 401, 404, 405), (path, trick)
        assert b"unanswered" not in reply.body
        assert b"pullquote_requests" not in reply.body


@pytest.mark.parametrize("host", ["testserver/", "testserver?", "a/v1/debates?", "testserver#", "testserver:80:80",
                                  "testserver\t", "te st", "testserver@evil.example", "[::1", "a,b", "%2f"])  # fmt: skip
def test_a_host_that_is_none_is_refused_and_never_takes_part_in_routing(
    guarded: tuple[FastAPI, Explainer], host: str
):  # fmt: skip
    for path in ("/v1/report", "/v1/debates"):
        assert asgi.ask(guarded[0], "GET", path, headers={"Host": host}).status == 400


def test_no_redirect_is_made_of_a_slash_too_many(guarded: tuple[FastAPI, Explainer]):
    for path in ("/v1/debates/", "/docs/", "/documents/", "//documents"):
        reply = asgi.ask(guarded[0], "GET", path, headers={"X-API-Key": ADMIN})
        assert (reply.status, "location" in reply.headers) == (404, False)


def test_the_operators_routes_are_never_readable_by_another_site(guarded: tuple[FastAPI, Explainer]):
    site = ("Origin", "https://news.example")
    asked = asgi.ask(guarded[0], "GET", "/v1/report", headers=[site, ("X-API-Key", ADMIN)])
    preflight = asgi.ask(
        guarded[0], "OPTIONS", "/v1/report", headers=[site, ("Access-Control-Request-Method", "GET")]
    )  # fmt: skip
    assert asked.status == 200
    assert not {name for reply in (asked, preflight) for name in reply.headers if name.startswith("access-control")}


def test_a_listed_site_may_send_a_search_key_and_reads_why_it_was_refused(guarded: tuple[FastAPI, Explainer]):
    site = ("Origin", "https://news.example")
    wanted = [("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type,x-api-key")]
    preflight = asgi.ask(guarded[0], "OPTIONS", "/v1/ask", headers=[site, *wanted])
    refused = asgi.ask(guarded[0], "POST", "/v1/ask", headers=[site], body=QUESTION)
    assert (preflight.status, refused.status) == (200, 401)
    for reply in (preflight, refused):
        assert reply.headers["access-control-allow-origin"] == site[1]
        assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize(
    ("site", "method", "header", "kind", "told"),
    [
        ("https://evil.example", "POST", "content-type", "unknown-site", "PULLQUOTE_ALLOWED_ORIGINS"),
        ("https://evil.example", "PUT", "x-other", "unknown-site", "PULLQUOTE_ALLOWED_ORIGINS"),
        ("https://news.example", "POST", "x-other", "invalid-request", "GET and POST with Content-Type"),
        ("https://news.example", "PUT", "content-type", "invalid-request", "GET and POST with Content-Type"),
    ],
)
def test_a_refused_preflight_is_a_problem_that_says_why_and_tells_nobody_else_what_the_listed_sites_may(
    guarded: tuple[FastAPI, Explainer], site: str, method: str, header: str, kind: str, told: str
):
    wanted = [("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", header)]
    reply = asgi.ask(guarded[0], "OPTIONS", "/v1/ask", headers=[("Origin", site), *wanted])
    assert (reply.status, reply.json["type"]) == (400, kind)
    assert told in reply.json["detail"]
    assert reply.headers["content-type"] == "application/problem+json"
    assert not [name for name in reply.headers if name.startswith("access-control")]


# Keys


def test_keys_are_kept_as_digests_alone(settle: Settle):
    settings = Settings.read({"PULLQUOTE_ADMIN_KEY": ADMIN, "PULLQUOTE_SEARCH_KEYS": f"{SEARCH}, {OTHER}"})
    keys = Keys.of(settings)
    for kept in (repr(settings), repr(vars(keys))):
        assert not [key for key in (ADMIN, SEARCH, OTHER) if key in kept]
    assert [keys.kind(key) for key in (ADMIN, SEARCH, OTHER, "", "x")] == [
        Kind.ADMIN, Kind.SEARCH, Kind.SEARCH, Kind.NONE, Kind.WRONG,
    ]  # fmt: skip


def test_a_key_may_be_set_as_its_digest_which_opens_nothing_itself():
    keys = Keys.of(Settings.read({"PULLQUOTE_ADMIN_KEY": sealed(ADMIN)}))
    assert keys.kind(ADMIN) is Kind.ADMIN
    assert keys.kind(sealed(ADMIN)) is Kind.WRONG


def test_every_kept_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch):
    keys = Keys(sealed(ADMIN), (sealed(SEARCH), sealed(OTHER)))
    compared: list[tuple[str, str]] = []
    monkeypatch.setattr("hmac.compare_digest", lambda a, b: compared.append((a, b)) or a == b)
    assert keys.kind(SEARCH) is Kind.SEARCH
    assert len(compared) == 4
    assert all(len(a) == len(b) for a, b in compared)


@pytest.mark.parametrize("headers", [
    [("X-API-Key", SEARCH), ("X-API-Key", OTHER)], [("X-API-Key", SEARCH), ("Authorization", f"Bearer {ADMIN}")],
    [("X-API-Key", "x" * 257)], [("X-API-Key", SEARCH + "é")],
])  # fmt: skip
def test_two_keys_or_one_that_is_no_key_are_a_wrong_one(headers: list[tuple[str, str]]):
    keys = Keys(sealed(ADMIN), (sealed(SEARCH), sealed(OTHER)))
    assert keys.credential(asgi.scope_of("GET", "/", headers, None))[0] is Kind.WRONG


@pytest.mark.parametrize("headers", [
    [("X-API-Key", f" {SEARCH} ")], [("Authorization", f"BEARER   {SEARCH}")],
    [("X-API-Key", SEARCH), ("Authorization", f"Bearer {SEARCH}")],
    [("X-API-Key", SEARCH), ("Authorization", "Basic dTpw")],  # a proxy's own password
])  # fmt: skip
def test_a_key_comes_in_either_header(headers: list[tuple[str, str]]):
    keys = Keys(sealed(ADMIN), (sealed(SEARCH),))
    assert keys.credential(asgi.scope_of("GET", "/", headers, None)) == (Kind.SEARCH, sealed(SEARCH))


def test_one_key_of_both_kinds_stops_the_start(settle: Settle):
    with pytest.raises(SettingsError, match="PULLQUOTE_ADMIN_KEY is among PULLQUOTE_SEARCH_KEYS"):
        Keys.of(settle(admin_key=ADMIN, search_keys=(SEARCH, ADMIN)))


@pytest.mark.parametrize("name", ["ADMIN_KEY", "SEARCH_KEYS"])
def test_a_short_key_stops_the_start_and_is_not_shown(name: str):
    with pytest.raises(SettingsError, match="at least 16 characters") as refused:
        Settings.read({f"PULLQUOTE_{name}": "fifteen-letters"})
    assert "fifteen-letters" not in str(refused.value)
    Settings.read({f"PULLQUOTE_{name}": "sixteen-letters!"})


def test_the_servers_own_pages_go_on_asking_where_the_api_needs_a_key(guarded: tuple[FastAPI, Explainer]):
    app, explainer = guarded
    page_key = Keys.of(explainer.settings).page
    for path in ("/", "/embed"):
        page = asgi.ask(app, "GET", path).body.decode()
        assert f'data-key="{page_key}"' in page
        assert not [key for key in (ADMIN, SEARCH, OTHER) if key in page]
    headers = {"X-API-Key": str(page_key), "Content-Type": "application/json"}
    assert asgi.ask(app, "POST", "/v1/ask", headers=headers, body=QUESTION).status == 200
    assert asgi.ask(app, "GET", "/v1/report", headers=headers).status == 403


def test_pages_carry_no_key_where_none_is_needed(explainer: Explainer):
    for path in ("/", "/embed"):
        assert b"data-key" not in asgi.ask(create_app(explainer), "GET", path).body


def test_the_page_key_is_that_of_every_replica_and_changes_with_the_search_keys():
    first, again = (Keys(None, (sealed(SEARCH), sealed(OTHER))).page, Keys(None, (sealed(OTHER), sealed(SEARCH))).page)
    assert first == again != Keys(None, (sealed(SEARCH),)).page


def test_no_key_reaches_a_log_or_an_answer(
    guarded: tuple[FastAPI, Explainer], caplog: pytest.LogCaptureFixture
):  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        replies: list[Any] = [
            asgi.ask(guarded[0], "GET", path, headers={"Authorization": f"Bearer {key}"})
            for key in (ADMIN, SEARCH, "a-guess-at-the-key")
            for path in ("/v1/report", "/v1/debates", "/v1/search", "/nothing", f"/{key}")
        ]
    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    told += "".join(f"{reply.headers}{reply.body!r}" for reply in replies)
    assert not [key for key in (ADMIN, SEARCH, "a-guess-at-the-key") if key in told]


def test_docs_can_be_switched_off(settle: Settle):
    settings = settle(docs=False)
    index_corpus(settings, HashEncoder())
    app = create_app(open_with_fake(settings))
    assert [asgi.ask(app, "GET", path).status for path in ("/docs", "/openapi.json", "/healthz")] == [404, 404, 200]
