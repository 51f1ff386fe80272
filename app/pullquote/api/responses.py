"""Pages, JSON and RFC 9457 problems, and what is known of the request that they answer."""

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode
from urllib.parse import quote as percent

from anyio import BrokenResourceError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote import errors
from pullquote.answers.query import Resolved
from pullquote.api.languages import ENGLISH, LANGUAGES, date_in, for_browser, own_words, place_in
from pullquote.api.wire import Wire, narrowing
from pullquote.corpus.files import visible
from pullquote.sides.columns import EACH, MOST_EACH
from pullquote.sides.stance import WEAK
from pullquote.span import sendable
from pullquote.verify.cite import STYLES, place_query

log = logging.getLogger("pullquote")
TEMPLATES = Path(__file__).parent / "templates"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# routes whose clients read errors in a shape of their own
OPENAI = ("/v1/chat/completions", "/v1/responses", "/v1/models")
_JOINT = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")  # between letters, unlike that of "COVID-19"
_APART = re.compile(r"(\n[^\S\n]*\n\s*)")
_STATUS: tuple[tuple[type[errors.PullquoteError], int, str], ...] = (
    (errors.UnknownDebate, 404, "unknown-debate"),
    (errors.UnknownDocument, 404, "unknown-document"),
    (errors.TextChanged, 404, "text-changed"),
    (errors.NotFound, 404, "not-found"),
    (errors.NotOffered, 400, "not-offered"),
    (errors.QuestionError, 422, "unusable-question"),
    (errors.InvalidSpan, 422, "invalid-request"),
    (errors.IndexFault, 503, "index-unavailable"),
    (errors.EncoderError, 503, "index-unavailable"),
    (errors.EngineError, 503, "engine-unavailable"),
    (errors.WorkStopped, 503, "too-costly"),
)
_TITLES = {
    400: "Bad request", 401: "Key needed", 403: "Not allowed", 404: "Not found",
    405: "Method not allowed", 408: "Too slow", 413: "Too large", 422: "Unusable input",
    429: "Too many requests", 500: "Internal error", 503: "Unavailable",
}  # fmt: skip


class Access(Enum):
    """Who may use a route."""

    OPEN = "open"  # health, scripts, styles: anyone, never counted, never waiting
    PAGE = "page"  # what the server shows to people: anyone, counted
    SEARCH = "search"  # the API: a search key, where the operator set some
    ADMIN = "admin"  # the operator's routes: the admin key, and off without one
    DESK = (
        "desk"  # where a person decides: the admin key; without one, whoever sits at this machine
    )


class KeyKind(Enum):
    """What a request's credential is."""

    NONE = "none"
    WRONG = "wrong"
    PAGE = "page"  # the key that this server's own pages carry
    SEARCH = "search"
    ADMIN = "admin"


@dataclass(slots=True, kw_only=True)
class Visit:
    """One request: its route and client. Its id is never the client's, who could forge one."""

    # of the matched route, such as /v1/documents/{document_id}; None where there is none
    template: str | None
    access: Access
    client: str = "unknown"  # an address, or a /64 network of IPv6
    kind: KeyKind = KeyKind.NONE
    key: str = ""  # what the key is kept as; "" without one
    at_desk: bool = False  # whether a person at this machine asks, and nobody else can
    docs: bool = True  # whether this server has a page on its API to link to
    language: str = ENGLISH  # of the frame around quotes
    origin: str = ""  # of the address that was asked for, such as https://debates.example
    problem: str | None = None  # the kind of problem that it was answered with
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)


# set by the outermost layer, before anything else happens
VISIT: ContextVar[Visit] = ContextVar("pullquote_visit")


class Layer:
    """A layer around the application; what is no HTTP request passes it untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or look at the request first."""
        await (self.http if scope["type"] == "http" else self.app)(scope, receive, send)

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or go on."""
        raise NotImplementedError


# JSON and pages
def reply(body: Wire) -> JSONResponse:
    """An answer in JSON, never kept by a browser or a proxy: the next index may say otherwise."""
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


def sentence(message: str) -> str:
    """A message as a sentence of a page, such as "No debate there." for "no debate there"."""
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "!", "?")) else ".")


def safe_url(url: str | None) -> str:
    """The address if it is one of the web, else nothing."""
    return url if url and url.startswith(("https://", "http://", "/")) else ""


def _at(quote: Wire) -> str:
    """Where a quote stands, for an address."""
    return place_query(quote["start"], quote["end"], quote["source"]["sha256"])


def _spot(quote: Wire) -> str:
    """Where a quote stands, in one word, such as "for-tolls:0-43"."""
    return f"{quote['document_id']}:{quote['start']}-{quote['end']}"


def permalink(answer: Wire, debate: str) -> str:
    """The address that gives an answer again, with the quotes it was about: as in embed.js."""
    parameters = {
        "q": answer["resolved_question"],
        "debate": debate,
        **narrowing(answer),
        "shown": [_spot(quote) for quote in answer["about"]],
        "g": answer["index"]["generation"],
    }
    present = {name: value for name, value in parameters.items() if value}
    return "/?" + urlencode(present, doseq=True, quote_via=percent)


def paragraphs(text: str) -> list[str]:
    """Paragraphs and, every other one, what parts them."""
    return _APART.split(text.replace("\r\n", "\n"))


def in_words(debate: str) -> str:
    """A debate's name in words, such as "phones in schools" for "phones-in-schools"."""
    return _JOINT.sub(" ", debate)


def titled(debate: str) -> str:
    """The same with a capital."""
    words = in_words(debate)
    return words[:1].upper() + words[1:]


def _carried(question: str) -> tuple[str, str]:
    """A question as it is resolved, as the words asked and those that they follow up, or ""."""
    resolved = Resolved.parse(question)
    return resolved.question, resolved.before


def byline(quote: Wire) -> tuple[str, str]:
    """A quote's byline as the longest name that begins it, if any, and the rest."""
    words: str = quote["byline"]
    names = (quote["voice"]["speaker"], quote["source"]["author"], quote["source"]["publisher"])
    length = max((len(name) for name in names if name and _begins(words, name)), default=0)
    return words[:length], words[length:]


def _begins(words: str, name: str) -> bool:
    """Whether words begin with a name, and not with a longer word that begins so."""
    return words[: len(name)].lower() == name.lower() and not words[len(name) :][:1].isalpha()


def _isolated(rest: str) -> list[str]:
    """The parts of a byline and the commas between: each is read in its own direction."""
    pieces = [piece for name in rest.split(", ") for piece in (name, ", ")]
    return pieces[:-1]


def sided_on(answer: Wire) -> str | None:
    """What the quotes of an answer are for or against, or None where none of them is."""
    sides = {quote["stance"]["side"] for quote in answer["quotes"] if quote["stance"]}
    proposition: str | None = answer["proposition"]
    return proposition if sides & {"for", "against"} else None


def groups(answer: Wire) -> dict[int, Wire]:
    """What adjacent quotes share, by number: one speaker, else one side; none for two quotes.

    The first quote `opens` its group; its heading is the shortest `byline`, or the `side`.
    """
    quotes = answer["quotes"] if len(answer["quotes"]) > 2 else []
    speakers = _runs(quotes, lambda quote: (quote["document_id"], byline(quote)[0]))
    runs = speakers or _runs(
        quotes, lambda quote: sided_on(answer | {"quotes": [quote]}) and quote["stance"]["side"]
    )
    return {
        quote["n"]: {
            "opens": quote is run[0],
            "side": None if speakers else quote["stance"]["side"],
            "byline": min((member["byline"] for member in run), key=len) if speakers else None,
        }
        for run in runs
        for quote in run
    }


def _runs(quotes: list[Wire], key: Callable[[Wire], object]) -> list[list[Wire]]:
    """Two or more in a row with one key, which is not nothing."""
    runs = ([*run] for value, run in groupby(quotes, key=key) if value)
    return [run for run in runs if len(run) > 1]


@pass_context
def _long_date(context: Context, date: str) -> str:
    """A date in words of the page's language."""
    return date_in(context["s"], date)


@pass_context
def _own(context: Context, english: str) -> str:
    """A fixed sentence of the server in the page's language; "" where there is none."""
    return own_words(context["s"], english)


@pass_context
def _whereabouts(context: Context, quote: Wire) -> str:
    """The page or time of a quote in the page's language; "" where its file has neither."""
    return place_in(context["s"], quote["page"], quote["time"])


@lru_cache(maxsize=8)
def _templates(folder: Path = TEMPLATES) -> Environment:
    """Escaped always, strict about names, with what is invisible written out."""
    options: Any = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    environment = Environment(
        loader=FileSystemLoader([TEMPLATES, folder]), autoescape=True, **options
    )
    filters: list[Callable[..., object]] = [_at, _carried, _isolated, _long_date, _own, _spot]
    filters += [_whereabouts, byline, groups, paragraphs, permalink, safe_url, sentence]
    filters += [sided_on, titled, visible]
    environment.filters |= {function.__name__.lstrip("_"): function for function in filters}
    environment.globals |= {"weak": WEAK, "styles": STYLES, "fewest": EACH, "most": MOST_EACH}
    return environment


def page(
    template: str,
    status: int = 200,
    *,
    policy: str = PAGE_POLICY,
    ancestors: str = "'none'",
    folder: Path = TEMPLATES,
    **values: object,
) -> HTMLResponse:
    """A page with its own content security policy, in the language of the visit.

    The template of another package lies in a `folder` of its own.
    """
    visit = VISIT.get(None)
    table = LANGUAGES[visit.language if visit else ENGLISH]
    origin = visit.origin if visit else ""
    context = {**values, "s": table, "origin": origin, "strings": for_browser(table)}
    context["manual"] = visit is None or visit.docs
    html = _templates(folder).get_template(template).render(context)
    headers = {"Content-Security-Policy": policy.format(ancestors=ancestors)}
    headers |= {"Content-Language": table["lang"], "Vary": "Accept-Language"}
    return HTMLResponse(html.encode("utf-8", "replace"), status, headers)


async def posted(request: Request, name: str) -> str:
    """A field of a form; "" where the form is none of ours."""
    body = await request.body()
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=4).get(name, [""])[0]
    except ValueError:  # more fields than that
        return ""


def fragment(template: str, **values: object) -> str:
    """A part of a page for another site, in the language of the visit."""
    visit = VISIT.get()
    context = {**values, "s": LANGUAGES[visit.language], "origin": visit.origin}
    return _templates().get_template(template).render(context).strip()


def trouble(status: int, message: str, *, document: str = "", heading: str = "") -> HTMLResponse:
    """What went wrong, as a page that leads on, also to the page of a document where one is named.

    `heading` is the name of words in the tables; without it the status is named.
    """
    heading_key = heading or (f"status_{status}" if status in _TITLES else "error")
    return page("missing.html", status, message=message, heading=heading_key, document=document)


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
    scope: Scope | None = None,
) -> Response:
    """A problem document with the request's id; for a `scope`, a page if a person asked."""
    return _sent(details(status, detail, kind=kind), headers, scope)


def details(
    status: int, detail: str, *, kind: str = "about:blank", parameter: str | None = None
) -> Wire:
    """The members of a problem document; for OpenAI's clients also the member they read."""
    visit = VISIT.get(None)
    if visit is not None:
        # for the log, which does not get the detail: it may hold words of the client
        visit.problem = kind
    message = sendable(detail)
    title = _TITLES.get(status, "Error")
    body: Wire = {"type": kind, "title": title, "status": status, "detail": message}
    if visit is not None and (visit.template or "").startswith(OPENAI):
        whose = "invalid_request_error" if status < 500 else "server_error"
        body["error"] = {"message": message, "type": whose, "param": parameter, "code": kind}
    return body | {"request_id": visit.request_id if visit else uuid.uuid4().hex}


def _sent(
    body: Wire, headers: Mapping[str, str] | None = None, scope: Scope | None = None
) -> Response:
    headers = {"X-Request-Id": body["request_id"], "Cache-Control": "no-store", **(headers or {})}
    accepted = Headers(scope=scope).getlist("accept") if scope else []
    visit = VISIT.get(None)
    if visit is not None and visit.access is Access.PAGE and "text/html" in ",".join(accepted):
        html = trouble(body["status"], body["detail"])
        html.headers.update(headers)
        return html
    media_type = "application/problem+json"
    return JSONResponse(body, body["status"], media_type=media_type, headers=headers)


def kind_of(error: Exception) -> tuple[int, str]:
    """The status and the type of a problem that an error becomes."""
    matching = ((status, kind) for base, status, kind in _STATUS if isinstance(error, base))
    return next(matching, (500, "internal"))


def of(error: Exception) -> Wire:
    """What may be said of an error to whoever asked; what is private is only logged."""
    status, kind = kind_of(error)
    if status < 500 or isinstance(error, errors.WorkStopped):  # of which there is nothing to mend
        return details(status, str(error), kind=kind, parameter=getattr(error, "parameter", None))
    log.error("%s: %s", type(error).__name__, error)
    detail = "something went wrong on the server; the request id finds it in the log"
    if isinstance(error, errors.EngineError):
        detail = "what finds passages is away or too slow just now; try again in a moment"
    elif isinstance(error, errors.PullquoteError):
        detail = "the index cannot be used just now; the operator's log says why"
    return details(status, detail, kind=kind)


def _fault(fault: Mapping[str, Any]) -> str:
    """Where and why, never the value: echoing it could echo what cannot be encoded."""
    where = ".".join(str(step) for step in fault["loc"][1:])
    if fault["type"] == "json_invalid":
        return f"the body is no JSON, from character {where} on"
    if fault["type"] == "model_attributes_type" and not where:
        return "the body must be a JSON object, sent with `Content-Type: application/json`"
    return f"{where or 'body'}: {fault['msg']}"


def _example(request: Request) -> str:
    """How the address that was asked is asked with a body of JSON; "" where it takes none."""
    template = VISIT.get().template
    routes = (route for route in request.app.routes if getattr(route, "path", "") == template)
    body = next(filter(None, (getattr(route, "body_field", None) for route in routes)), None)
    if body is None:
        return ""
    required = body.field_info.annotation.model_json_schema().get("required", [])
    example, header = json.dumps(dict.fromkeys(required, "...")), "Content-Type: application/json"
    return f"; for example: curl {request.url.path} -H '{header}' -d '{example}'"


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""

    @app.exception_handler(errors.PullquoteError)
    def known(request: Request, error: errors.PullquoteError) -> Response:
        return _sent(of(error), scope=request.scope)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        faults = "; ".join(_fault(fault) for fault in error.errors())
        return problem(422, faults, kind="invalid-request", scope=request.scope)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        detail = "nothing is at this address" if error.detail == "Not Found" else str(error.detail)
        if allowed := (error.headers or {}).get("Allow") if error.status_code == 405 else None:
            detail = f"this address takes {allowed}, not {request.method}{_example(request)}"
        return problem(error.status_code, detail, headers=error.headers, scope=request.scope)

    @app.exception_handler(Exception)
    def unforeseen(_: Request, error: Exception) -> Response:
        log.error("unforeseen error", exc_info=error)
        return _sent(of(error))


class Unforeseen(Layer):
    """The innermost layer: makes an unforeseen error a problem that the outer layers see."""

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 500 where nothing was sent yet; otherwise let the server cut the connection."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._answer(scope, receive, noting)
        except Exception as error:  # the last resort
            if begun:
                raise
            log.exception("unforeseen error", exc_info=error)
            await _sent(of(error))(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except* BrokenResourceError:  # the client left while its stream was sent
            log.info("the client left before its stream was sent")
