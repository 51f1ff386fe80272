"""Headers that keep a page from loading, framing or guessing anything; and which other sites may read answers."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api import problems, visit
from pullquote.api.visit import Access

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"content-security-policy": (
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'"
    ),
}


class SecurityHeaders:
    """Adds them to every answer, errors too, where the route did not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *((name, value) for name, value in HEADERS.items() if name not in given),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)


_METHODS = ("GET", "POST")
_SENT = ("Content-Type", "Authorization", "X-API-Key")


class Cors:
    """Lets the listed sites read answers, by their exact origin and without credentials; the operator's routes never."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self.app = app
        self._cors = _Preflights(
            app, allow_origins=origins, allow_methods=_METHODS, allow_headers=_SENT,
            expose_headers=["Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"],
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or go on."""
        own = scope["type"] != "http" or visit.of(scope).access is Access.ADMIN
        await (self.app if own else self._cors)(scope, receive, send)


class _Preflights(CORSMiddleware):
    """Refuses a preflight as everything else is refused, and tells nobody else what the listed sites may do."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before it lets a page of another site ask."""
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        if self.is_allowed_origin(request_headers["origin"]):
            kind, detail = "invalid-request", f"a page may send {' and '.join(_METHODS)} with {', '.join(_SENT)} only"
        else:
            kind, detail = "unknown-site", "the operator does not list that site in PULLQUOTE_ALLOWED_ORIGINS"
        return problems.problem(400, detail, kind=kind, headers={"Vary": answer.headers["vary"]})
