"""The outermost layer: gives a request its id and its rule, then tells the log and the figures what came of it."""

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pullquote.api import access, visit
from pullquote.api.clients import Clients
from pullquote.api.keys import Keys
from pullquote.settings import Settings

log = logging.getLogger("pullquote.request")
METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
Observe = Callable[[str, str, int, float], None]  # route, method, status, seconds


class Observer:
    """Knows where a request goes and who asks before anything else happens to it."""

    def __init__(self, app: ASGIApp, settings: Settings, keys: Keys, observe: Observe) -> None:
        self.app = app
        self._metrics, self._manual = settings.metrics, settings.docs
        self._clients = Clients(settings.trusted_proxies)
        self._keys, self._observe = keys, observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and take note."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = self._visit(scope)
        begun, status = time.perf_counter(), 499  # as nginx says it: the client left before an answer

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not any(name.lower() == b"x-request-id" for name, _ in message["headers"]):
                    message["headers"] = [*message["headers"], (b"x-request-id", asked.request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            self._note(asked, scope["method"], status, time.perf_counter() - begun)

    def _visit(self, scope: Scope) -> visit.Visit:
        template = access.matched(scope["app"].router.routes, scope)
        asked = visit.begin(template, access.rule(template, metrics=self._metrics))
        asked.client, asked.manual = self._clients.of(scope), self._manual
        asked.kind, asked.key = self._keys.credential(scope)
        visit.keep(scope, asked)
        return asked

    def _note(self, asked: visit.Visit, method: str, status: int, seconds: float) -> None:
        method = method if method in METHODS else "other"
        route = asked.template or "none"
        self._observe(route, method, status, seconds)
        log.info("request", extra={"facts": {
            "route": route, "method": method, "status": status, "ms": round(seconds * 1_000, 1),
            "client": asked.kind.value, "problem": asked.problem,
        }})  # fmt: skip
