"""Errors on the wire: RFC 9457 problem details, without a stack trace, a path or the input."""

import logging
from collections.abc import Mapping
from typing import Any

from anyio import BrokenResourceError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api import render, visit
from pullquote.errors import (
    EncoderError,
    IndexFault,
    InvalidSpan,
    NotFound,
    PullquoteError,
    QuestionError,
    TextChanged,
    UnknownDebate,
    UnknownDocument,
)

log = logging.getLogger("pullquote")
_STATUS: tuple[tuple[type[PullquoteError], int, str], ...] = (
    (UnknownDebate, 404, "unknown-debate"),
    (UnknownDocument, 404, "unknown-document"),
    (TextChanged, 404, "text-changed"),
    (NotFound, 404, "not-found"),
    (QuestionError, 422, "unusable-question"),
    (InvalidSpan, 422, "invalid-request"),
    (IndexFault, 503, "index-unavailable"),
    (EncoderError, 503, "index-unavailable"),
)
_TITLES = {400: "Bad request", 401: "Key needed", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
           408: "Too slow", 413: "Too large", 422: "Unusable input", 429: "Too many requests", 500: "Internal error",
           503: "Unavailable"}  # fmt: skip
# Messages of these may name folders of the server: what they say is logged, not sent.
_PRIVATE = (IndexFault, EncoderError)

Details = dict[str, str | int]


def problem(
    status: int, detail: str, *, kind: str = "about:blank", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A problem document with a request id that the log names too."""
    return response(details(status, detail, kind=kind), headers or {})


def refusal(scope: Scope, status: int, detail: str, *, kind: str, headers: Mapping[str, str]) -> Response:
    """A problem, as a page where a person asked for one."""
    return _for_whom(scope, details(status, detail, kind=kind), headers)


def _for_whom(scope: Scope, body: Details, headers: Mapping[str, str] | None = None) -> Response:
    """Problem details, as a page where a person asked for one."""
    wants = b",".join(value for name, value in scope["headers"] if name == b"accept")
    asked = visit.current()
    if asked is None or asked.access is not visit.Access.PAGE or b"text/html" not in wants:
        return response(body, headers)
    shown = page(int(body["status"]), str(body["detail"]))
    shown.headers.update({"X-Request-Id": str(body["request_id"]), "Cache-Control": "no-store", **(headers or {})})
    return shown


def page(status: int, message: str, *, document: str = "") -> HTMLResponse:
    """What went wrong, as a page that leads on, also to the page of a document where one is named."""
    heading = _TITLES.get(status, "Error")
    return render.page("missing.html", status, message=message, heading=heading, document=document)


def response(body: Details, more: Mapping[str, str] | None = None) -> JSONResponse:
    """Problem details as an answer."""
    headers = {"X-Request-Id": str(body["request_id"]), "Cache-Control": "no-store", **(more or {})}
    return JSONResponse(body, int(body["status"]), media_type="application/problem+json", headers=headers)


def details(status: int, detail: str, *, kind: str = "about:blank") -> Details:
    """The members of a problem document."""
    # The log gets the kind with the request, not the detail: it may hold words of the client.
    if (asked := visit.current()) is not None:
        asked.problem = kind
    return {
        "type": kind,
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": _sendable(detail),
        "request_id": visit.request_id(),
    }


def of(error: Exception) -> Details:
    """What may be said of an error to whoever asked; what is private is only logged."""
    status, kind = next(
        ((status, kind) for base, status, kind in _STATUS if isinstance(error, base)), (500, "internal")
    )
    if isinstance(error, PullquoteError) and not isinstance(error, _PRIVATE) and kind != "internal":
        return details(status, str(error), kind=kind)
    log.error("%s: %s", type(error).__name__, error)
    if isinstance(error, PullquoteError):
        return details(status, "the index cannot be used just now; the operator's log says why", kind=kind)
    return details(500, "something went wrong on the server; the request id finds it in the log", kind="internal")


def _fault(fault: Mapping[str, Any]) -> str:
    """Where and why, never the value: echoing it could echo what cannot be encoded."""
    where = ".".join(str(step) for step in fault["loc"][1:])
    if fault["type"] == "json_invalid":
        return f"the body is no JSON, from character {where} on"
    if fault["type"] == "model_attributes_type" and not where:
        return "the body must be a JSON object, sent with `Content-Type: application/json`"
    return f"{where or 'body'}: {fault['msg']}"


def _sendable(text: str) -> str:
    """Without lone surrogates, which no UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def install(app: FastAPI) -> None:
    """Make every error of the application a problem document."""

    @app.exception_handler(PullquoteError)
    def known(request: Request, error: PullquoteError) -> Response:
        return _for_whom(request.scope, of(error))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        found = "; ".join(_fault(fault) for fault in error.errors())
        return _for_whom(request.scope, details(422, found, kind="invalid-request"))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        detail = "nothing is at this address" if error.detail == "Not Found" else str(error.detail)
        return _for_whom(request.scope, details(error.status_code, detail), error.headers)

    @app.exception_handler(Exception)
    def unforeseen(_: Request, error: Exception) -> JSONResponse:
        log.error("unforeseen error", exc_info=error)
        return response(of(error))


class Unforeseen:
    """The innermost layer: an error nobody foresaw becomes a problem document that the outer layers still see."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 500 where nothing was sent yet; otherwise let the server cut the connection."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._answer(scope, receive, noting)
        except Exception as error:  # the last resort
            if scope["type"] != "http" or begun:
                raise
            log.exception("unforeseen error", exc_info=error)
            await response(of(error))(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except* BrokenResourceError:  # what the framework makes of a stream whose client left while it was sent
            log.info("the client left before its stream was sent")
