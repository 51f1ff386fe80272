"""The page /docs: every route with its fields and an example to paste, from the description and from nowhere else."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from pullquote.api.render import page

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a route takes or gives."""

    name: str
    kind: str
    needed: bool
    said: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the page shows it."""

    method: str
    path: str
    summary: str
    said: str
    key: bool
    takes: tuple[Field, ...]
    gives: tuple[Field, ...]
    example: str
    answers: tuple[tuple[str, str], ...]


def install(app: FastAPI, port: int) -> None:
    """Add the page."""

    @app.get("/docs", include_in_schema=False)
    def manual() -> HTMLResponse:
        described = app.openapi()
        # Not the Host header: no address is made of what a client sends.
        found = tuple(operations(described, f"http://127.0.0.1:{port}"))
        return page("manual.html", about=described["info"], operations=found)


def operations(described: Schema, origin: str) -> Iterator[Operation]:
    """Every operation of an OpenAPI description, in its order, those for the operator's machines last."""
    for path, methods in sorted(described["paths"].items(), key=lambda entry: not entry[0].startswith("/v1/")):
        for method, told in methods.items():
            body = _resolved(described, _schema(told.get("requestBody", {})))
            parameters = told.get("parameters", [])
            fields = [Field(one["name"], _kind(one["schema"]), one.get("required", False), one.get("description", ""))
                      for one in parameters]  # fmt: skip
            answers = told["responses"]
            good = _resolved(described, _schema(answers.get("200", {})))
            yield Operation(
                method.upper(), path, told.get("summary", ""), told.get("description", ""), "security" in told,
                (*fields, *_fields(body)), tuple(_fields(good)),
                _curl(method.upper(), f"{origin}{path}", parameters, body, keyed="security" in told),
                tuple((status, answer["description"]) for status, answer in answers.items()),
            )  # fmt: skip


def _schema(holder: Schema) -> Schema:
    content: Schema = holder.get("content", {})
    shown: Schema = next(iter(content.values())).get("schema", {}) if content else {}
    return shown


def _resolved(described: Schema, schema: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = described["components"]["schemas"][name] if name else schema
    return found


def _fields(schema: Schema) -> Iterator[Field]:
    needed = schema.get("required", [])
    for name, told in schema.get("properties", {}).items():
        yield Field(name, _kind(told), name in needed, told.get("description", ""))


def _kind(schema: Schema) -> str:
    """A schema's type in a few words. Example: {"type": "array", "items": {"type": "string"}} -> "array of string"."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    kind = str(schema.get("type", "any"))
    return f"array of {_kind(schema['items'])}" if kind == "array" and "items" in schema else kind


def _curl(method: str, address: str, parameters: list[Schema], body: Schema, *, keyed: bool) -> str:
    """A command to paste; the key and what has no example stand there in capitals."""
    asked = []
    for one in parameters:
        shown = one["schema"].get("examples") or [one.get("example", one["name"].upper())]
        address = address.replace(f"{{{one['name']}}}", str(shown[0]))
        if one["in"] == "query" and one.get("required"):
            asked.append("--data-urlencode " + shlex.quote(f"{one['name']}={shown[0]}"))
    words = [f"curl -s {'-G ' if asked else ''}{shlex.quote(address)}", *asked]
    if keyed:
        words.append("-H 'Authorization: Bearer KEY'")
    if method == "POST":
        example = (body.get("examples") or [{}])[0]
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(example, ensure_ascii=False))}"]
    return " \\\n  ".join(words)
