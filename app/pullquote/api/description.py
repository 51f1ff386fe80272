"""OpenAPI: every route says which problems it answers with, in the media type they have, and which key it needs."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from pullquote.api import access, bodies
from pullquote.api.visit import Access
from pullquote.settings import Settings

_MEDIA, _STREAM = "application/problem+json", "text/event-stream"
_SAID = {
    400: "The request cannot be read, or names another host",
    401: "A key is needed",
    403: "The key is of another kind",
    404: "There is no such thing here",
    405: "This address takes another method; Allow names it",
    408: "The body did not arrive in time",
    413: "The body is over the limit",
    422: "The input cannot be used, and why",
    429: "Too many requests; Retry-After says when to try again",
    500: "Something went wrong here; the request id finds it in the log",
    503: "Busy, or the index cannot be used; Retry-After says when to try again, where that is known",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": bodies.ProblemBody, "description": said} for status, said in _SAID.items()
}
_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def install(app: FastAPI, settings: Settings) -> None:
    """Complete the description that the framework makes of the routes."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(made(), settings)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as the framework's manual has it


def _completed(schema: dict[str, Any], settings: Settings) -> dict[str, Any]:
    schema["components"]["securitySchemes"] = _SCHEMES
    for template, methods in schema["paths"].items():
        for operation in methods.values():
            for response in operation["responses"].values():
                _as_problem(response)
                _as_stream(response, schema["components"]["schemas"])
            if _needs_key(template, settings):
                operation["security"] = [{name: []} for name in _SCHEMES]
    for part in _parts(schema):
        if setting := part.pop(bodies.LONGEST, None):
            part["maxLength"] = getattr(settings, setting)
    return schema


def _as_problem(response: dict[str, Any]) -> None:
    """Give a problem its media type: the framework writes down that of the route's other answers."""
    for shown in list(response.get("content", {}).values()):
        if shown.get("schema", {}).get("$ref", "").endswith("/ProblemBody"):
            response["content"] = {_MEDIA: shown}


def _as_stream(response: dict[str, Any], shapes: dict[str, Any]) -> None:
    """Say what the events of a stream are in the words of OpenAPI 3.1: the framework adds one that only 3.2 has."""
    if shown := response.get("content", {}).get(_STREAM):
        for reference in shown["schema"]["anyOf"]:
            held = shapes[reference["$ref"].rpartition("/")[2]]["properties"]
            held["data"] = {"type": "string", "contentMediaType": "application/json", "contentSchema": held["data"]}
        response["content"][_STREAM] = {"schema": shown["schema"]}


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value, at any depth."""
    if isinstance(value, dict):
        yield value
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in below:
        yield from _parts(part)


def _needs_key(template: str, settings: Settings) -> bool:
    rule = access.rule(template, metrics=settings.metrics)
    return rule is Access.ADMIN or (rule is Access.SEARCH and bool(settings.search_keys))
