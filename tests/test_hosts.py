"""The names that the server answers to."""

import asgi
import pytest
from fastapi import FastAPI

from pullquote.answers.explainer import Explainer
from pullquote.api.guard import is_local
from pullquote.errors import SettingsError
from pullquote.settings import Settings

LOCAL = ("localhost", "LOCALHOST:8000", "app.localhost", "127.0.0.1", "127.0.0.1:8000", "[::1]:8000", "192.0.2.7")


def app_with(explainer: Explainer, **values: object) -> FastAPI:
    return asgi.app_with(explainer, **{"trusted_hosts": (), **values})


def status(app: FastAPI, host: str, path: str = "/v1/debates") -> int:
    return asgi.ask(app, "GET", path, headers={"Host": host}).status


def test_on_this_machine_alone_a_page_that_points_its_own_name_here_gets_nothing(explainer: Explainer):
    app = app_with(explainer)
    for path in ("/v1/debates", "/", "/healthz", "/widget.js", "/nothing"):
        reply = asgi.ask(app, "GET", path, headers={"Host": "rebound.evil.example:8000"})
        assert (reply.status, reply.json["type"]) == (400, "unknown-host")
        assert "PULLQUOTE_TRUSTED_HOSTS" in reply.json["detail"]
        assert "evil" not in reply.body.decode()


@pytest.mark.parametrize("host", LOCAL)
def test_this_machines_names_and_addresses_are_always_fine(explainer: Explainer, host: str):
    for values in ({}, {"trusted_hosts": ("debates.example",)}, {"host": "0.0.0.0"}):
        assert status(app_with(explainer, **values), host) == 200


@pytest.mark.parametrize("values", [{"host": "0.0.0.0"}, {"host": "::"}, {"trusted_proxies": ("127.0.0.1/32",)},
                                    {"trusted_hosts": ("*",)}])  # fmt: skip
def test_in_a_container_or_behind_a_proxy_any_name_is_fine_until_some_are_listed(
    explainer: Explainer, values: dict[str, object]
):
    assert status(app_with(explainer, **values), "debates.example") == 200
    if "trusted_hosts" not in values:
        assert status(app_with(explainer, **values, trusted_hosts=("debates.example",)), "other.example") == 400


@pytest.mark.parametrize(("host", "code"), [
    ("debates.example", 200), ("DEBATES.example:443", 200), ("debates.example.", 200), ("www.debates.example", 400),
    ("evildebates.example", 400), ("debates.example.evil.example", 400), ("debates.example:80@evil.example", 400),
])  # fmt: skip
def test_only_the_listed_names_are_answered_to_letter_for_letter(explainer: Explainer, host: str, code: int):
    assert status(app_with(explainer, trusted_hosts=("debates.example",)), host) == code


def test_two_host_headers_are_none_and_a_missing_one_which_no_browser_sends_is_fine(explainer: Explainer):
    twice = [("Host", "localhost"), ("Host", "evil.example")]
    assert asgi.ask(app_with(explainer), "GET", "/healthz", headers=twice).status == 400
    missing = {"host": ""}  # leaves the header out
    for app in (app_with(explainer), app_with(explainer, trusted_hosts=("debates.example",))):
        assert asgi.ask(app, "GET", "/healthz", headers=missing).status == 200


@pytest.mark.parametrize("value", ["https://debates.example", "debates.example:443", "a b", "*.example", "é.example"])
def test_a_name_that_is_none_stops_the_start(value: str):
    with pytest.raises(SettingsError, match="must be names such as debates.example"):
        Settings.read({"PULLQUOTE_TRUSTED_HOSTS": value})


@pytest.mark.parametrize("value", ["proxy", "10.0.0.1/8", "10.0.0.0/99", "*"])
def test_a_proxy_that_is_no_address_stops_the_start(value: str):
    with pytest.raises(SettingsError, match="must be addresses or networks"):
        Settings.read({"PULLQUOTE_TRUSTED_PROXIES": value})


def test_proxies_are_addresses_or_networks():
    read = Settings.read({"PULLQUOTE_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,::1"})
    assert read.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(("name", "local"), [("localhost", True), ("127.9.9.9", True), ("[::1]", True), ("::1", True),
                                             ("0.0.0.0", False), ("localhost.evil.example", False)])  # fmt: skip
def test_what_this_machine_is_called(name: str, local: bool):
    assert is_local(name) is local
