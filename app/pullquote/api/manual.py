"""The page /docs: every route with its fields and an example to paste, from the description and from nowhere else."""

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import FORM
from pullquote.api.render import page, sentence
from pullquote.corpus.hidden import HIDDEN
from pullquote.corpus.sentences import Kind
from pullquote.sides.judging import own_propositions
from pullquote.sides.proposition import proposition_of, statement_of

Schema = Mapping[str, Any]
SHOWN = 300  # letters of words in an example
_LETTERS = re.compile(r"[^\W\d_]+")
# What JSON Schema says of a value's range, in words.
_LIMITS = (
    ("minimum", "at least {}"), ("maximum", "at most {}"), ("maxLength", "at most {} characters"),
    ("maxItems", "at most {} of them"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """A part of what a field's kind is called; `shape` names the shape that it leads to."""

    text: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a route takes or gives."""

    name: str
    kind: tuple[Word, ...]
    needed: bool
    said: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object, which fields are kinds of."""

    name: str
    said: str
    fields: tuple[Field, ...]


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


def install(app: FastAPI, explainer: Explainer) -> None:
    """Add the page."""

    @app.get("/docs", include_in_schema=False)
    def manual() -> HTMLResponse:
        described = app.openapi()
        # Not the Host header: no address is made of what a client sends.
        origin = f"http://127.0.0.1:{explainer.settings.port}"
        found = tuple(operations(described, origin, _known(explainer)))
        return page("manual.html", about=described["info"], operations=found, shapes=shapes(described, found))


def _known(explainer: Explainer) -> Schema:
    """What the index holds, for the examples: a debate, a document of it, a sentence and its place, and what to ask there."""
    generation = explainer.generation
    debate = next((one for one in generation.debates if own_propositions(generation, one)), generation.debates[0])
    number = generation.documents_of(debate)[0]
    text = generation.document(number).text
    prose = [one.span for one in generation.sentences(number) if one.kind is Kind.PROSE]
    place = next((span for span in prose if _is_plain(span.cut(text))), next(iter(prose), None))
    known: dict[str, Any] = {"debate": debate, "document_id": generation.rows[number].id}
    known |= {} if place is None else {"start": place.start, "end": place.end}
    quote = None if place is None else place.cut(text)
    return known | {name: words for name, words in _words(explainer, debate, quote) if words and _is_plain(words)}


def _words(explainer: Explainer, debate: str, quote: str | None) -> Iterator[tuple[str, str | None]]:
    """What the examples ask: of what is proven, of what the operator puts up for debate, or of a sentence."""
    word = max(_LETTERS.findall(quote or ""), key=len, default=None)
    asked = (*explainer.suggestions(debate), word and FORM.format(word))
    own = own_propositions(explainer.generation, debate)
    put = (*own, *(one and proposition_of(one) for one in asked), quote and statement_of(quote))
    longest = explainer.settings.max_question
    yield from (("quote", quote), ("q", word))
    yield "question", next((one for one in asked if one and len(one) <= longest), None)
    yield "proposition", next((one for one in put if one and len(one) <= longest), None)


def _is_plain(words: str) -> bool:
    """Whether words can be shown whole and as they are in a command to paste."""
    return len(words) <= SHOWN and not HIDDEN.search(words)


def operations(described: Schema, origin: str, known: Schema) -> Iterator[Operation]:
    """Every operation of an OpenAPI description, in its order, those for the operator's machines last."""
    for path, methods in sorted(described["paths"].items(), key=lambda entry: not entry[0].startswith("/v1/")):
        for method, told in methods.items():
            body = _resolved(described, _schema(told.get("requestBody", {})))
            parameters = told.get("parameters", [])
            fields = [Field(one["name"], tuple(_kind(one["schema"])), one.get("required", False), _meaning(one["schema"]))
                      for one in parameters]  # fmt: skip
            answers = told["responses"]
            yield Operation(
                method.upper(), path, told.get("summary", ""), told.get("description", ""), "security" in told,
                (*fields, *_fields(body)), tuple(_given(described, _schema(answers.get("200", {})))),
                _curl(method.upper(), f"{origin}{path}", parameters, body, known, keyed="security" in told),
                tuple((status, answer["description"]) for status, answer in answers.items()),
            )  # fmt: skip


def shapes(described: Schema, found: Iterable[Operation]) -> tuple[Shape, ...]:
    """The shapes that the operations' fields lead to, and those that these lead to, in the order of the alphabet."""
    known: dict[str, Shape] = {}
    waiting = [field for operation in found for field in (*operation.takes, *operation.gives)]
    while waiting:
        for name in [word.shape for word in waiting.pop().kind if word.shape and word.shape not in known]:
            schema = described["components"]["schemas"][name]
            known[name] = Shape(name, schema.get("description", ""), tuple(_fields(schema)))
            waiting += known[name].fields
    return tuple(known[name] for name in sorted(known))


def _schema(holder: Schema) -> Schema:
    content: Schema = holder.get("content", {})
    shown: Schema = next(iter(content.values())).get("schema", {}) if content else {}
    return shown


def _resolved(described: Schema, schema: Schema) -> Schema:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Schema = described["components"]["schemas"][name] if name else schema
    return found


def _given(described: Schema, schema: Schema) -> Iterator[Field]:
    """The fields of an answer, or the events of a stream by their names."""
    if "anyOf" not in schema:
        yield from _fields(_resolved(described, schema))
        return
    for reference in schema["anyOf"]:
        event = _resolved(described, reference)
        name, held = (event["properties"][key] for key in ("event", "data"))
        yield Field(
            str(name["const"]), tuple(_kind(held["contentSchema"])), needed=True, said=event.get("description", "")
        )


def _fields(schema: Schema) -> Iterator[Field]:
    needed = schema.get("required", [])
    for name, told in schema.get("properties", {}).items():
        yield Field(name, tuple(_kind(told)), name in needed, _meaning(told))


def _kind(schema: Schema) -> Iterator[Word]:
    """A schema's type in a few words. Example: {"type": "array", "items": {"type": "string"}} -> "array of string"."""
    if "anyOf" in schema:
        kinds = dict.fromkeys(tuple(_kind(one)) for one in schema["anyOf"])
        for number, words in enumerate(kinds):
            yield from (Word(" or "), *words) if number else words
    elif "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield Word(name, name)
    elif "enum" in schema or "const" in schema:
        yield Word(" | ".join(json.dumps(one) for one in schema.get("enum", [schema.get("const")])))
    elif schema.get("type") == "array" and "items" in schema:
        yield Word("array of ")
        yield from _kind(schema["items"])
    else:
        yield Word(str(schema.get("type", "any")))


def _meaning(schema: Schema) -> str:
    """What is said of a field, with its limits and what it is where it is left out."""
    said = [schema.get("description", "")]
    bounds = {key: one[key] for one in (schema, *schema.get("anyOf", [])) for key, _ in _LIMITS if key in one}
    said.append(", ".join(words.format(f"{int(bounds[key]):,}") for key, words in _LIMITS if key in bounds))
    if schema.get("default") not in (None, "", []):
        said.append(f"{json.dumps(schema['default'])} where it is left out")
    return " ".join(sentence(part) for part in said if part)


def _curl(method: str, address: str, parameters: list[Schema], body: Schema, known: Schema, *, keyed: bool) -> str:
    """A command to paste; the key and what has no example stand there in capitals."""
    asked = []
    for one in parameters:
        given = one["schema"].get("examples") or [one["name"].upper()]
        shown = known.get(one["name"], given[0])
        address = address.replace(f"{{{one['name']}}}", str(shown))
        if one["in"] == "query" and one.get("required"):
            asked.append("--data-urlencode " + shlex.quote(f"{one['name']}={shown}"))
    words = [f"curl -s {'-G ' if asked else ''}{shlex.quote(address)}", *asked]
    if keyed:
        words.append("-H 'Authorization: Bearer KEY'")
    if method == "POST":
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(_body(body, known))}"]
    return " \\\n  ".join(words)


def _body(schema: Schema, known: Schema) -> str:
    """A body's own example with what this index holds, or what is needed in capitals: as it stands there, no JSON."""
    if "examples" in schema:
        example = {name: known.get(name, value) for name, value in schema["examples"][0].items()}
        example |= {name: known[name] for name in ("debate",) if name in schema["properties"]}
        return json.dumps(example, ensure_ascii=False)
    return "{" + ", ".join(f'"{name}": {name.upper()}' for name in schema.get("required", [])) + "}"
