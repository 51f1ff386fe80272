"""Who may pass: every route with every credential, the names this server answers to, and how often somebody may ask."""

import asyncio
import html
import itertools
import json
import logging
import re
from types import SimpleNamespace

import asgi
import pytest
from asgi import app_with
from fakes import rows
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pullquote.api.app import create_app
from pullquote.api.guard import RULES, Keys, client_of, proxies_of
from pullquote.api.languages import LANGUAGES
from pullquote.api.responses import Access, KeyKind
from pullquote.settings import Settings, sealed

ADMIN, SEARCH, OTHER = "the-operator's-own-key", "a-search-key-of-a-site", "another-search-key-1"
SITE = ("Origin", "https://news.example")
QUESTION = json.dumps({"question": "Who should pay for a road?"}).encode()
JUDGEMENT = json.dumps({
    "verdict": "helpful", "question": "a", "answer_id": "b", "generation": "c", "document_id": "helmets", "start": 0,
    "end": 1,
}).encode()  # fmt: skip
PLACE = b'{"document_id": "helmets", "start": 0, "end": 10}'

# How each route is asked for. Written down again here so that a slip in one place is seen.
OPEN = ["/healthz", "/readyz", "/openapi.json", "/style.css", "/widget.js", "/embed.js", "/page.js", "/tray.js", "/embed", "/demo", "/icon.svg",
        "/robots.txt"]  # fmt: skip
PAGE = {"/docs": "/docs", "/card.png": "/card.png?q=Who+pays+for+roads", "/oembed": "/oembed?url=http://testserver/",
        "/": "/?q=Who+pays+for+roads", "/answer": "/answer?q=Who+pays+for+roads", "/sides": "/sides", "/search": "/search?q=tolls", "/tray": "/tray", "/voices": "/voices", "/voices/{name}": "/voices/ada-finch", "/disputes": "/disputes?document=helmets&start=0&end=10",
        "/documents": "/documents", "/documents/{document_id}": "/documents/helmets", "/report": "/report", "/check": "/check",
        "/documents/{document_id}/page.png": "/documents/helmets/page.png",
        "/v1/documents/{document_id}/cite": "/v1/documents/helmets/cite"}  # fmt: skip
SEARCHED = {"/v1/search": "/v1/search?q=tolls", "/v1/debates": "/v1/debates", "/v1/suggestions": "/v1/suggestions",
            "/v1/voices": "/v1/voices", "/v1/voices/{name}": "/v1/voices/ada-finch",
            "/v1/documents": "/v1/documents", "/v1/documents/{document_id}": "/v1/documents/helmets",
            "/v1/models": "/v1/models", "/v1/models/{model}": "/v1/models/road-tolls"}  # fmt: skip
POSTED = {"/v1/ask": QUESTION, "/v1/chat": QUESTION, "/v1/verify": b'{"quote": "Nobody else should have to."}',
          "/v1/sides": b'{"proposition": "Road tolls are fair."}', "/v1/disputes": PLACE, "/v1/feedback": JUDGEMENT,
          "/v1/verify-text": b'{"text": "He said: \xe2\x80\x9cNobody else should have to.\xe2\x80\x9d"}',
          "/mcp": b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}',
          "/v1/responses": b'{"model": "road-tolls", "input": "Who should pay for a road?"}',
          "/v1/chat/completions": b'{"model": "pullquote", "messages": [{"role": "user", "content": "Who pays for roads?"}]}'}  # fmt: skip
ROWS: dict[tuple[str, str], tuple[str, bytes, Access]] = {
    **{("GET", path): (path, b"", Access.OPEN) for path in OPEN},
    **{("GET", path): (asked, b"", Access.PAGE) for path, asked in PAGE.items()},
    ("POST", "/check"): ("/check", b"text=Nothing", Access.PAGE),
    ("POST", "/report"): ("/report", f"admin_key={ADMIN}".encode(), Access.PAGE),
    **{("GET", path): (asked, b"", Access.SEARCH) for path, asked in SEARCHED.items()},
    **{("POST", path): (path, body, Access.SEARCH) for path, body in POSTED.items()},
    **{("GET", path): (path, b"", Access.ADMIN) for path in ("/v1/report", "/metrics")},
    **{("GET", path): (path, b"", Access.DESK) for path in ("/desk", "/desk.js", "/desk.css")},
    ("POST", "/desk"): ("/desk", b"item=none", Access.DESK),
}
WRONG: dict[str, list[tuple[str, str]]] = {
    "none": [],
    "wrong": [("Authorization", f"Bearer {'x' * 20}")],
    "malformed": [("Authorization", f"Bearer {SEARCH}\x00\xff"), ("X-API-Key", "é" * 20)],
    "sealed": [("X-API-Key", sealed(SEARCH))],
}
CREDENTIALS = dict(
    **WRONG, search=[("X-API-Key", SEARCH)], admin=[("Authorization", f"bearer {ADMIN}")]
)
REFUSED = {
    Access.OPEN: {}, Access.PAGE: {}, Access.SEARCH: dict.fromkeys(WRONG, 401),
    Access.ADMIN: {**dict.fromkeys(WRONG, 401), "search": 403},
    Access.DESK: {**dict.fromkeys(WRONG, 401), "search": 403},
}  # fmt: skip


@pytest.fixture(scope="module")
def guarded(tmp_path_factory, explainer):
    """An application with keys of both kinds."""
    store = tmp_path_factory.mktemp("guarded") / "records.db"
    values = dict(
        store=store, admin_key=ADMIN, search_keys=(SEARCH, OTHER), allowed_origins=(SITE[1],)
    )
    return app_with(explainer, **values)


def headers_of(credential, body):
    written = [("Content-Type", "application/json")] if body.startswith(b"{") else []
    return CREDENTIALS[credential] + written


def test_every_route_has_a_row_here_and_a_rule_there(guarded):
    routes = [(method, route.path) for route in guarded.routes for method in route.methods]
    assert {route for route in routes if route[0] != "HEAD"} == ROWS.keys()
    assert {path: access for (_, path), (_, _, access) in ROWS.items()} == RULES


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_every_route_opens_to_the_credentials_it_should_and_to_no_other(guarded, credential):
    for (method, template), (path, body, access) in ROWS.items():
        reply = asgi.ask(guarded, method, path, headers=headers_of(credential, body), body=body)
        if (status := REFUSED[access].get(credential)) is None:
            # A text of its own has no page to be drawn; assistants are answered while a server runs.
            # A decision is sent from a page of the server, which these requests are not.
            bare = {"/documents/{document_id}/page.png": (404,), "/mcp": (503,)}
            bare |= {"/desk": (200, 403) if method == "POST" else (200,)}
            assert reply.status in bare.get(template, (200, 204)), (template, reply.body)
            continue
        actual = (reply.status, reply.json["type"], reply.received)
        assert actual == (status, "key-needed", 0), template
        assert ("www-authenticate" in reply.headers) == (status == 401)
        assert (reply.headers.get("connection") == "close") == bool(body)
        assert SEARCH not in reply.body.decode()


def test_without_keys_the_api_is_open_and_the_operators_routes_say_how_to_turn_them_on(explainer):
    app = create_app(explainer)
    for credential in CREDENTIALS.values():
        assert asgi.ask(app, "GET", "/v1/debates", headers=credential).status == 200
        assert asgi.ask(app, "GET", "/v1/report", headers=credential).status == 401
    assert "PULLQUOTE_ADMIN_KEY turns them on" in asgi.ask(app, "GET", "/v1/report").json["detail"]


def test_a_route_without_a_rule_is_the_operators(explainer):
    app = create_app(explainer)
    app.get("/v1/new")(lambda: "secret")
    app.post("/documents/{document_id}/{part}")(lambda: "open")
    app.get("/documents/{document_id}/text")(lambda: "secret")
    for method in ("GET", "HEAD"):
        actual = [asgi.ask(app, method, path).status for path in ("/v1/new", "/documents/a/text")]
        assert actual == [401, 401]


MANGLED = [
    "//v1/report", "/v1/report/", "/v1/report%2f", "/V1/REPORT", "/v1/%72eport", "/v1/report;x=1", "/v1/report%00",
    "/./v1/report", "/healthz/../v1/report", "/healthz%2f..%2fv1/report", "/docs/%2e%2e/v1/report",
    "/v1/documents/..%2freport", "/v1/report?/healthz", "/v1/report#/healthz", "\\v1\\report",
    "http://testserver/v1/report", "/metrics/", "//metrics", "/healthz%2f..%2fmetrics", f"/v1/report?key={ADMIN}",
]  # fmt: skip
TRICKS: list[list[tuple[str, str]]] = [
    [], [("X-HTTP-Method-Override", "GET")], [("X-Original-URL", "/v1/report"), ("X-Rewrite-URL", "/v1/report")],
    [("X-Forwarded-Prefix", "/v1/report"), ("X-Forwarded-For", "127.0.0.1")], [("Cookie", f"admin_key={ADMIN}")],
]  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "TRACE", "get"])
def test_no_spelling_of_an_address_gets_round_the_key(guarded, method):
    for path, trick in itertools.product(MANGLED, TRICKS):
        reply = asgi.ask(guarded, method, path, headers=trick)
        assert reply.status in (400, 401, 404, 405), (path, trick)
        assert not re.search(b"unanswered|pullquote_requests", reply.body)


# Keys


def test_keys_are_kept_as_digests_alone_and_each_is_what_it_is():
    written = {"ADMIN_KEY": sealed(ADMIN), "SEARCH_KEYS": f"{SEARCH}, {OTHER}"}
    settings = Settings.read({f"PULLQUOTE_{name}": value for name, value in written.items()})
    keys = Keys.of(settings)
    kept = repr(settings) + repr(vars(keys))
    assert not [key for key in (ADMIN, SEARCH, OTHER) if key in kept]
    kinds = [keys.kind(key).name for key in (ADMIN, SEARCH, OTHER, "", "x", sealed(ADMIN))]
    assert kinds == "ADMIN SEARCH SEARCH NONE WRONG WRONG".split()


@pytest.mark.parametrize(("headers", "kind"), [
    ([("X-API-Key", SEARCH), ("Authorization", f"Bearer {ADMIN}")], KeyKind.WRONG), ([("X-API-Key", "x" * 257)], KeyKind.WRONG),
    ([("X-API-Key", f" {SEARCH} ")], KeyKind.SEARCH), ([("Authorization", f"BEARER   {SEARCH}")], KeyKind.SEARCH),
    ([("X-API-Key", SEARCH), ("Authorization", "Basic dTpw")], KeyKind.SEARCH),  # a proxy's own password
])  # fmt: skip
def test_a_key_comes_in_either_header_and_two_are_a_wrong_one(headers, kind):
    keys = Keys(sealed(ADMIN), (sealed(SEARCH), sealed(OTHER)))
    assert keys.credential(asgi.scope_of("GET", "/", headers, None))[0] is kind


def test_the_servers_own_pages_go_on_asking_where_the_api_needs_a_key(guarded, explainer):
    key = Keys(None, (sealed(OTHER), sealed(SEARCH))).page  # the same on every replica
    assert key != Keys(None, (sealed(SEARCH),)).page
    for path in ("/", "/embed"):
        page = asgi.ask(guarded, "GET", path).body.decode()
        assert f'data-key="{key}"' in page
        assert not [secret for secret in (ADMIN, SEARCH, OTHER) if secret in page]
        assert b"data-key" not in asgi.ask(create_app(explainer), "GET", path).body
    headers = {"X-API-Key": str(key), "Content-Type": "application/json"}
    assert asgi.ask(guarded, "POST", "/v1/ask", headers=headers, body=QUESTION).status == 200
    assert asgi.ask(guarded, "GET", "/v1/report", headers=headers).status == 403


def test_no_key_reaches_a_log_or_an_answer(guarded, caplog):
    keys = (ADMIN, SEARCH, "a-guess-at-the-key")
    with caplog.at_level(logging.DEBUG):
        replies = [
            asgi.ask(guarded, "GET", path, headers={"Authorization": f"Bearer {key}"})
            for key in keys for path in ("/v1/report", "/v1/debates", "/v1/search", f"/{key}")
        ]  # fmt: skip
    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    told += "".join(f"{reply.headers}{reply.body!r}" for reply in replies)
    assert not [key for key in keys if key in told]


# Names


@pytest.mark.parametrize("host", ["testserver/", "a/healthz?", "testserver#", "testserver:80:80", "te st", "a,b", "%2f",
                                  "testserver@evil.example", "[::1", "a\\healthz"])  # fmt: skip
def test_a_host_that_is_none_is_refused_and_never_takes_part_in_routing(guarded, host):
    for path in ("/v1/report", "/v1/debates"):
        assert asgi.ask(guarded, "GET", path, headers={"Host": host}).status == 400


@rows("values, host, status")
def test_the_server_answers_to_its_own_names_and_addresses_alone(explainer, values, host, status):
    app = app_with(explainer, **{"trusted_hosts": (), **values})
    for path in ("/v1/debates", "/", "/healthz", "/widget.js"):
        reply = asgi.ask(app, "GET", path, headers={"Host": host})
        assert reply.status == status
        if status == 400:
            assert reply.json["type"] == "unknown-host"
            assert "PULLQUOTE_TRUSTED_HOSTS" in reply.json["detail"]
            assert "evil" not in reply.body.decode()


@pytest.mark.parametrize(("proxies", "peer", "told", "client"), [
    ([], "203.0.113.5", "1.1.1.1", "203.0.113.5"),
    (["10.0.0.0/8"], "10.0.0.1", "1.1.1.1, 2.2.2.2", "2.2.2.2"),
    (["10.0.0.0/8"], "10.0.0.1", "2.2.2.2, 10.0.0.7", "2.2.2.2"),
    (["10.0.0.0/8"], "10.0.0.1", "10.0.0.9, 10.0.0.7", "10.0.0.9"),
    (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
    (["10.0.0.0/8"], "10.0.0.1", "2.2.2.2, nonsense", "unknown"),
    (["10.0.0.0/8"], "10.0.0.1", "[2001:db8::1]:443", "2001:db8::/64"),
    (["10.0.0.0/8"], "::ffff:10.0.0.1", "::ffff:2.2.2.2", "2.2.2.2"),
    (["10.0.0.0/8"], "10.0.0.1", "1.1.1.1, " * 100_000 + "2.2.2.2:8080", "2.2.2.2"),
    ([], "2001:db8:0:1:ffff::2", "", "2001:db8:0:1::/64"),
    ([], "/run/socket", "1.1.1.1", "unknown"),
])  # fmt: skip
def test_the_client_is_the_nearest_address_that_no_trusted_proxy_has(proxies, peer, told, client):
    found: list[str] = []

    async def inner(scope, *_):
        found.append(client_of(scope))

    settings = Settings.read({"PULLQUOTE_TRUSTED_PROXIES": ",".join(proxies)})
    behind = ProxyHeadersMiddleware(inner, trusted_hosts=proxies_of(settings))
    scope = asgi.scope_of("GET", "/", [("X-Forwarded-For", told)], (peer, 1))
    asyncio.run(behind(scope, None, None))
    assert found == [client]


def test_behind_a_trusted_proxy_every_client_has_its_own_limit_and_cannot_forge_another(explainer):
    app = app_with(explainer, rate_limit="1/minute", trusted_proxies=("127.0.0.1/32",))
    told = ["198.51.100.1", "198.51.100.2", "198.51.100.1", "10.0.0.1, 198.51.100.2"]
    asked = [dict(headers={"X-Forwarded-For": one}, client=("127.0.0.1", 1)) for one in told]
    assert [statuses(app, 1, **one) for one in asked] == [[200], [200], [429], [429]]


# Rates


@pytest.fixture
def clock(monkeypatch):
    """The time that has passed, as the test wants it."""
    clock = SimpleNamespace(now=1_000_000.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr("pullquote.upkeep.counts.time", clock)
    return clock


def statuses(app, count, path="/v1/debates", **options):
    return [asgi.ask(app, "GET", path, **options).status for _ in range(count)]


def test_the_limit_is_the_last_request_answered_and_one_more_is_refused(explainer, clock):
    app = app_with(explainer, rate_limit="3/minute")
    assert statuses(app, 4) == [200, 200, 200, 429]
    clock.now += 59
    assert statuses(app, 1) == [429]
    clock.now += 1.01
    assert statuses(app, 4) == [200, 200, 200, 429]
    assert statuses(app, 1, client=("203.0.113.6", 1)) == [200]
    assert statuses(app_with(explainer, rate_limit=Settings().rate_limit), 61) == [200] * 60 + [429]
    assert set(statuses(app_with(explainer, rate_limit=None), 70)) == {200}


def test_refusals_and_what_is_not_there_are_counted_so_that_keys_cannot_be_guessed(explainer):
    app = app_with(explainer, rate_limit="2/minute", admin_key=ADMIN)
    actual = statuses(app, 3, "/v1/report", headers={"X-API-Key": "a-guess-at-the-key"})
    assert actual == [401, 401, 429]
    assert statuses(app, 3, "/nothing", client=("203.0.113.6", 1)) == [404, 404, 429]
    asked = dict(body=b"admin_key=x", client=("203.0.113.7", 1))
    posted = [asgi.ask(app, "POST", "/report", **asked).status for _ in "abc"]
    assert posted == [401, 401, 429]


# Paused, or asked enough for a day

OURS = "Answering is paused here for now. The sources can still be read."
ASKED = [(method, path, body) for (method, _), (path, body, access) in ROWS.items()
         if path.startswith(("/?q", "/answer", "/v1/ask", "/v1/chat", "/v1/search", "/v1/verify", "/v1/sides", "/v1/disputes",
                          "/v1/responses", "/mcp"))]  # fmt: skip
READ = (
    "/ /documents /documents/helmets /v1/debates /v1/documents /v1/suggestions /healthz /widget.js"
)


def asked_with(app, credential, method="POST", path="/v1/ask", body=QUESTION):
    return asgi.ask(app, method, path, headers=headers_of(credential, body), body=body)


def test_while_paused_nothing_is_answered_sources_stay_readable_and_the_operator_may_try(explainer):
    app = app_with(explainer, paused="on", admin_key=ADMIN)
    assert len(ASKED) == 12
    for method, path, body in ASKED:
        reply = asked_with(app, "none", method, path, body)
        assert (reply.status, reply.json["type"]) == (503, "paused"), path
        assert reply.json["detail"] == OURS
        if path != "/mcp":  # which is answered by a service that has been started alone
            assert asked_with(app, "admin", method, path, body).status == 200
    assert {asgi.ask(app, "GET", path).status for path in READ.split()} == {200}


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt"])
@pytest.mark.parametrize("written", ["on", "Zurück am Montag, <b>6 Uhr</b>."])
def test_a_page_says_that_it_is_paused_in_its_language_or_as_written(explainer, language, written):
    headers = [("Accept", "text/html"), ("Accept-Language", language)]
    shown = asgi.ask(app_with(explainer, paused=written), "GET", "/?q=Who+pays", headers=headers)
    own = LANGUAGES[language]["told_paused"] if written == "on" else written
    assert (shown.status, html.escape(own) in shown.body.decode()) == (503, True)


def test_a_days_last_question_is_answered_one_more_is_not_until_midnight(explainer, monkeypatch):
    moment = SimpleNamespace(now=20_000 * 86_400 + 86_400 - 90.0)
    monkeypatch.setattr("pullquote.api.intake.time", SimpleNamespace(time=lambda: moment.now))
    app = app_with(explainer, daily_limit=2, admin_key=ADMIN)
    assert {asked_with(app, who).status for who in ("none", "admin")} == {200}
    assert asgi.ask(app, "GET", "/v1/search?q=tolls").status == 200
    refused = asked_with(app, "none")
    assert (refused.status, refused.json["type"]) == (429, "daily-limit")
    assert refused.headers["retry-after"] == "90"
    assert asgi.ask(app, "GET", "/documents").status == 200
    moment.now += 90
    assert asked_with(app, "none").status == 200
