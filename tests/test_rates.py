"""Rate limits: by client and by key, in bounded memory, and told in headers."""

import re
import threading
import tracemalloc
from types import SimpleNamespace

import asgi
import pytest
from conftest import Settle
from fakes import HashEncoder, open_with_fake
from fastapi import FastAPI
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from pullquote.api.rates import Bounded

from pullquote.api import rates
from pullquote.api.app import create_app
from pullquote.api.guard import Clients
from pullquote.errors import SettingsError
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

SEARCH, OTHER, ADMIN = "a-search-key-of-a-site", "another-search-key-1", "the-operator's-own-key"
MB = 1_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time that has passed, as the test wants it."""
    clock = SimpleNamespace(now=1_000_000.0)
    monkeypatch.setattr(rates, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def app_with(settle: Settle, **values: object) -> FastAPI:
    settings = settle(**values)
    index_corpus(settings, HashEncoder())
    return create_app(open_with_fake(settings))


def statuses(app: FastAPI, count: int, path: str = "/v1/debates", **options: object) -> list[int]:
    return [asgi.ask(app, "GET", path, **options).status for _ in range(count)]


def test_the_limit_is_the_last_request_answered_and_one_more_is_refused(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="3/minute")
    assert statuses(app, 4) == [200, 200, 200, 429]
    clock.now += 59
    assert statuses(app, 1) == [429]
    clock.now += 1.01
    assert statuses(app, 4) == [200, 200, 200, 429]


def test_a_clock_that_is_set_back_keeps_nobody_out(
    settle: Settle, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    app = app_with(settle, rate_limit="2/minute")
    assert statuses(app, 3) == [200, 200, 429]
    monkeypatch.setattr("time.time", lambda: 0.0)
    assert asgi.ask(app, "GET", "/v1/debates").headers["retry-after"] == "60"
    clock.now += 60.01
    assert statuses(app, 3) == [200, 200, 429]


def test_headers_tell_the_limit_what_is_left_and_when_to_try_again(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="2/minute")
    first, second, refused = (asgi.ask(app, "GET", "/v1/debates") for _ in range(3))
    assert first.headers["ratelimit-policy"] == '"client";q=2;w=60'
    assert [reply.headers["ratelimit"] for reply in (first, second, refused)] == [
        '"client";r=1;t=60', '"client";r=0;t=60', '"client";r=0;t=60',
    ]  # fmt: skip
    assert refused.headers["retry-after"] == "60"
    assert (refused.json["type"], refused.json["status"]) == ("rate-limited", 429)
    assert "more than 2 requests in 60 seconds" in refused.json["detail"]


def test_the_default_is_sixty_a_minute_for_this_machine_too(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit=Settings().rate_limit)
    assert statuses(app, 61, client=("127.0.0.1", 1)) == [200] * 60 + [429]
    assert statuses(app, 1, client=("127.0.0.2", 1)) == [200]


def test_health_scripts_and_styles_are_never_counted(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="1/minute")
    for path in ("/healthz", "/readyz", "/widget.js", "/embed.js", "/style.css", "/embed", "/demo"):
        reply = asgi.ask(app, "GET", path)
        assert (reply.status, "ratelimit" in reply.headers) == (200, False)
    assert statuses(app, 2) == [200, 429]
    assert statuses(app, 2, "/healthz") == [200, 200]


def test_refusals_and_what_is_not_there_are_counted_so_that_keys_cannot_be_guessed(
    settle: Settle, clock: SimpleNamespace
):  # fmt: skip
    app = app_with(settle, rate_limit="2/minute", admin_key=ADMIN)
    assert statuses(app, 3, "/v1/report", headers={"X-API-Key": "a-guess-at-the-key"}) == [401, 401, 429]
    assert statuses(app, 3, "/nothing", client=("203.0.113.6", 1)) == [404, 404, 429]
    posted = [asgi.ask(app, "POST", "/report", body=b"admin_key=x", client=("203.0.113.7", 1)).status for _ in "abc"]
    assert posted == [401, 401, 429]


def test_a_person_is_refused_with_a_page_and_a_program_with_a_problem(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="1/minute")
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    first, page, api = (asgi.ask(app, "GET", path, headers=browser) for path in ("/", "/", "/v1/debates"))
    assert (first.status, page.status, api.status) == (200, 429, 429)
    assert (page.headers["content-type"], page.headers["retry-after"]) == ("text/html; charset=utf-8", "60")
    assert "try again in 60 seconds" in page.body.decode()
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert api.headers["content-type"] == "application/problem+json"
    assert asgi.ask(app, "GET", "/").headers["content-type"] == "application/problem+json"


def test_a_key_has_a_limit_of_its_own_over_all_who_use_it(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="100/minute", key_rate_limit="3/minute", search_keys=(SEARCH, OTHER))
    replies = [
        asgi.ask(app, "GET", "/v1/debates", headers={"X-API-Key": SEARCH}, client=(f"203.0.113.{n}", 1))
        for n in range(4)
    ]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert statuses(app, 1, headers={"X-API-Key": OTHER}) == [200]


def test_both_limits_are_told_so_that_the_one_that_refuses_next_is_seen_coming(
    settle: Settle, clock: SimpleNamespace
):  # fmt: skip
    app = app_with(settle, rate_limit="2/minute", key_rate_limit="600/minute", search_keys=(SEARCH,))
    first, second, refused = (asgi.ask(app, "GET", "/v1/debates", headers={"X-API-Key": SEARCH}) for _ in range(3))
    assert first.headers["ratelimit-policy"] == '"client";q=2;w=60, "key";q=600;w=60'
    assert first.headers["ratelimit"] == '"client";r=1;t=60, "key";r=599;t=60'
    assert second.headers["ratelimit"] == '"client";r=0;t=60, "key";r=598;t=60'
    assert (refused.status, refused.headers["ratelimit"]) == (429, '"client";r=0;t=60')


def test_a_key_does_not_lift_the_limit_of_a_client(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="1/minute", search_keys=(SEARCH, OTHER))
    assert [statuses(app, 1, headers={"X-API-Key": key}) for key in (SEARCH, OTHER)] == [[200], [429]]


def test_who_brings_the_admin_key_is_not_counted(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="1/minute", key_rate_limit="1/minute", admin_key=ADMIN, search_keys=(SEARCH,))
    assert statuses(app, 3, headers={"X-API-Key": ADMIN}) == [200, 200, 200]


def test_the_limit_can_be_switched_off(settle: Settle):
    assert set(statuses(app_with(settle, rate_limit=None), 70)) == {200}


# Whose request it is


def test_a_header_that_nobody_trusted_wrote_changes_nothing(settle: Settle, clock: SimpleNamespace):
    app = app_with(settle, rate_limit="2/minute")
    forged = [
        asgi.ask(app, "GET", "/v1/debates", headers={name: f"198.51.100.{n}"}).status
        for n, name in enumerate(["X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"])
    ]
    assert forged == [200, 200, 429, 429, 429]


def test_behind_a_trusted_proxy_every_client_has_its_own_limit_and_cannot_forge_another(
    settle: Settle, clock: SimpleNamespace
):  # fmt: skip
    app = app_with(settle, rate_limit="1/minute", trusted_proxies=("127.0.0.1/32",))

    def status(told: str) -> int:
        return asgi.ask(
            app, "GET", "/v1/debates", headers={"X-Forwarded-For": told}, client=("127.0.0.1", 1)
        ).status  # fmt: skip

    assert [status("198.51.100.1"), status("198.51.100.2"), status("198.51.100.1")] == [200, 200, 429]
    assert [status(f"10.0.0.{n}, 198.51.100.2") for n in range(3)] == [429, 429, 429]


@pytest.mark.parametrize(("proxies", "peer", "told", "client"), [
    ([], "203.0.113.5", "1.1.1.1", "203.0.113.5"),
    (["10.0.0.0/8"], "10.0.0.1", "1.1.1.1", "1.1.1.1"),
    (["10.0.0.0/8"], "10.0.0.1", "1.1.1.1, 2.2.2.2", "2.2.2.2"),
    (["10.0.0.0/8"], "10.0.0.1", "2.2.2.2, 10.0.0.7", "2.2.2.2"),
    (["10.0.0.0/8"], "10.0.0.1", "10.0.0.9, 10.0.0.7", "10.0.0.9"),
    (["10.0.0.0/8"], "10.0.0.1", "", "10.0.0.1"),
    (["10.0.0.0/8"], "10.0.0.1", "2.2.2.2, nonsense", "10.0.0.1"),
    (["10.0.0.0/8"], "10.0.0.1", "2.2.2.2:8080", "2.2.2.2"),
    (["10.0.0.0/8"], "10.0.0.1", "[2001:db8::1]:443", "2001:db8::/64"),
    (["10.0.0.0/8"], "::ffff:10.0.0.1", "::ffff:2.2.2.2", "2.2.2.2"),
    (["::1/128"], "::1", "2.2.2.2", "2.2.2.2"),
    ([], "2001:db8:0:1::1", "", "2001:db8:0:1::/64"),
    ([], "2001:db8:0:1:ffff::2", "", "2001:db8:0:1::/64"),
    ([], "2001:db8:0:2::1", "", "2001:db8:0:2::/64"),
    ([], "/run/socket", "1.1.1.1", "unknown"),
])  # fmt: skip
def test_the_client_is_the_nearest_address_that_no_trusted_proxy_has(
    proxies: list[str], peer: str, told: str, client: str
):
    scope = asgi.scope_of("GET", "/", [("X-Forwarded-For", told)], (peer, 1))
    assert Clients(proxies).of(scope) == client


def test_a_header_of_a_megabyte_is_read_from_its_end():
    scope = asgi.scope_of("GET", "/", [("X-Forwarded-For", "1.1.1.1," * 100_000 + "2.2.2.2")], ("10.0.0.1", 1))
    assert Clients(["10.0.0.0/8"]).of(scope) == "2.2.2.2"


# Memory


def test_ten_thousand_clients_stay_in_bounded_memory():
    limiter, rate = FixedWindowRateLimiter(storage := Bounded(10_000)), parse("60/minute")
    tracemalloc.start()
    for n in range(10_000):
        limiter.hit(rate, "client", f"2001:db8:{n:x}::/64")
    full = tracemalloc.get_traced_memory()[0]
    for n in range(10_000, 40_000):
        limiter.hit(rate, "client", f"2001:db8:{n // 65_536:x}:{n % 65_536:x}::/64")
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(storage) == 10_000
    assert full < 10 * MB
    assert after < full * 1.2


def test_at_the_bound_all_are_remembered_and_one_more_forgets_the_one_not_seen_for_longest():
    limiter, rate = FixedWindowRateLimiter(storage := Bounded(3)), parse("1/minute")
    assert all(limiter.hit(rate, who) for who in "abc")
    assert not any(limiter.hit(rate, who) for who in "bca")
    assert limiter.hit(rate, "d")
    assert not limiter.hit(rate, "a")
    assert limiter.hit(rate, "b")
    storage.clear(rate.key_for("a"))
    assert limiter.hit(rate, "a")
    assert storage.check()
    assert storage.reset() == 3
    assert len(storage) == 0


def test_forged_addresses_bring_no_memory_and_no_thread(settle: Settle):
    app = app_with(settle, rate_limit="60/minute", max_clients=50)
    for n in range(200):
        asgi.ask(app, "GET", "/v1/nothing", client=(f"198.51.{n}.1", 1))
    found = app.middleware_stack
    while not isinstance(found, rates.Rates):
        found = found.app
    assert len(found.storage) == 50
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


@pytest.mark.parametrize("value", ["60", "0/minute", "60/week", "-1/minute", "60/minute; 5/second", "many", "1e3/hour"])
def test_a_rate_that_is_none_stops_the_start(value: str):
    with pytest.raises(SettingsError, match=re.escape("must be a number and a time such as 60/minute")):
        Settings.read({"PULLQUOTE_RATE_LIMIT": value})


@pytest.mark.parametrize(("value", "meant"), [("off", None), ("OFF", None), ("1/second", "1/second"),
                                              ("9999999/DAY", "9999999/day")])  # fmt: skip
def test_a_rate_is_read_as_what_it_means(value: str, meant: str | None):
    assert Settings.read({"PULLQUOTE_KEY_RATE_LIMIT": value}).key_rate_limit == meant
