"""Scripts and styles: sent in the form that is asked for, and not again while they are the same."""

import asgi
import pytest
from fastapi import FastAPI

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app


@pytest.fixture(scope="module")
def app(explainer: Explainer) -> FastAPI:
    return create_app(explainer)


def sent(app: FastAPI, path: str = "/widget.js", **headers: str) -> asgi.Reply:
    return asgi.ask(app, "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("path", ["/widget.js", "/embed.js", "/style.css", "/demo"])
def test_the_packed_and_the_plain_form_have_tags_of_their_own(app: FastAPI, path: str):
    plain, packed = sent(app, path), sent(app, path, Accept_Encoding="gzip")
    assert plain.headers["etag"] != packed.headers["etag"]
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("condition", ["{}", "W/{}", '"other", {}', '"other" ,W/{}', "*", " * "])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_what_the_browser_has_already_is_not_sent_again(app: FastAPI, condition: str, coding: str):
    tag = sent(app, Accept_Encoding=coding).headers["etag"]
    again = sent(app, Accept_Encoding=coding, If_None_Match=condition.format(tag))
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)


def test_another_form_or_version_than_the_browser_has_is_sent(app: FastAPI):
    packed = sent(app, Accept_Encoding="gzip").headers["etag"]
    for condition in (packed, '"other"', "", packed.strip('"'), f"w/{packed}"):
        assert sent(app, If_None_Match=condition).status == 200


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True), ("GZIP", True), ("br, gzip;q=0.5", True), ("gzip ; q=1.0", True), ("*", True),
        ("br, *;q=0.1", True), ("", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.000", False),
        ("gzip;q=0, *", False), ("*;q=0", False), ("notgzip", False), ("gzip;q=much", False),
    ],
)  # fmt: skip
def test_a_file_is_packed_for_those_who_take_it_so(app: FastAPI, accepted: str, packed: bool):
    reply = sent(app, Accept_Encoding=accepted)
    assert (reply.headers.get("content-encoding") == "gzip") is packed
