"""Speaks ASGI to an application without a client that tidies the request first."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
from fakes import HashEncoder, open_with_fake
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import ASGIApp, Message

from pullquote.answers.explainer import Explainer
from pullquote.api.app import create_app
from pullquote.api.schemas import SHAPES, QuotePlace
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

PEER = ("203.0.113.5", 40000)
Headers = Mapping[str, str] | Sequence[tuple[str, str]]


@cache
def shape(name: str) -> Any:
    """What holds a value against a shape of the wire: valid, and no key is missing or unknown, at any depth."""
    told = SHAPES | {"QuotePlace": QuotePlace.model_json_schema()}
    closed = {one: {**shape, "additionalProperties": False} for one, shape in told.items()}
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": {"schemas": closed}}
    )


def assert_shape(name: str, value: object) -> None:
    """Fail where a value is not of this shape."""
    shape(name).validate(value)


@dataclass
class Reply:
    """What came back, and how often the application asked for the body."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    received: int = 0

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def app_with(explainer: Explainer, **values: object) -> FastAPI:
    """An application of the same index, with these settings."""
    return create_app(Explainer(replace(explainer.settings, **values), explainer.ready))


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stream."""
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
        if fields:
            found.append((fields["event"], json.loads(fields["data"])))
    return found


def client_with(settle: Callable[..., Settings], *files: Any, **values: object) -> TestClient:
    """A client of a service over an index of these files, or of the small debates, with these settings."""
    settings = settle(*files, **values)
    index_corpus(settings, HashEncoder())
    return TestClient(create_app(open_with_fake(settings)), raise_server_exceptions=False)


def scope_of(
    method: str, path: str, headers: Headers, client: tuple[str, int] | None
) -> dict[str, Any]:
    """A connection as uvicorn describes it: the path percent-decoded once."""
    raw, _, query = path.partition("?")
    pairs = list(headers.items()) if isinstance(headers, Mapping) else list(headers)
    if not any(name.lower() == "host" for name, _ in pairs):
        pairs.append(("host", "testserver"))
    return {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": unquote(raw), "raw_path": raw.encode(), "query_string": query.encode(),
        "root_path": "", "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs if value],
        "client": client, "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip


async def request(
    app: ASGIApp, method: str, path: str, *, headers: Headers = (), body: bytes | Sequence[bytes] = b"",
    client: tuple[str, int] | None = PEER, receive: Callable[[], Awaitable[Message]] | None = None,
) -> Reply:  # fmt: skip
    """One request; the body comes in the given pieces, then the client stays until it is answered."""
    parts = [body] if isinstance(body, bytes) else list(body)
    pairs = [*(headers.items() if isinstance(headers, Mapping) else headers)]
    if isinstance(body, bytes) and body:
        pairs.append(("content-length", str(len(body))))
    elif not isinstance(body, bytes):
        pairs.append(("transfer-encoding", "chunked"))
    reply, answered, left = Reply(), asyncio.Event(), iter(parts)

    async def pieces() -> Message:
        reply.received += 1
        for at, part in enumerate(left, start=reply.received):
            return {"type": "http.request", "body": part, "more_body": at < len(parts)}
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            reply.status = message["status"]
            reply.headers = {
                name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        else:
            reply.body += message.get("body", b"")
            if not message.get("more_body", False):
                answered.set()

    await app(scope_of(method, path, pairs, client), receive or pieces, send)
    return reply


def ask(app: ASGIApp, method: str, path: str, **options: Any) -> Reply:
    """One request, from a test that is not asynchronous."""
    return asyncio.run(request(app, method, path, **options))
