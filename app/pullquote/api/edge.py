"""The middleware around the application, in order, with its metrics and its log."""

import datetime as dt
import json
import logging
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import TextIO

from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.api.guard import (
    Admit,
    Hosts,
    Keys,
    Rates,
    client_of,
    is_at_desk,
    matched,
    proxies_of,
    rule,
)
from pullquote.api.intake import (
    Closed,
    CloseUnread,
    Intake,
    RequestQueue,
    TurnAway,
    Waiting,
    at_work,
)
from pullquote.api.languages import language_of
from pullquote.api.responses import VISIT, Access, Layer, Unforeseen, Visit, problem
from pullquote.api.wire import Wire
from pullquote.settings import Settings
from pullquote.upkeep.counts import counts_of
from pullquote.upkeep.records import Records

# that a label may name
METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
SECURITY = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    b"content-security-policy": (
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'"
    ),
}
_METHODS = ("GET", "POST")
_OPERATORS = (Access.ADMIN, Access.DESK)
_SENT = ("Content-Type", "Authorization", "X-API-Key")
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
log = logging.getLogger("pullquote")


class Observed(Records):
    """The operator's records, with an eye for the figures and the log on every answer."""

    def __init__(self, settings: Settings, figures: "Metrics") -> None:
        super().__init__(
            settings.store, keep_days=settings.store_days, most_bytes=settings.store_bytes
        )
        self._figures, self._questions = figures, settings.log_questions

    def asked(self, answer: Answer) -> None:
        """Record, count and log an answer; the question is logged only on request."""
        super().asked(answer)
        self._figures.answer(answer)
        facts = Wire(reason=_reason(answer), confidence=round(answer.confidence, 3))
        facts |= {"quotes": len(answer.citations), "generation": answer.generation}
        facts |= {"question": answer.question} if self._questions else {}
        log.info("answer", extra={"facts": facts})


def _reason(answer: Answer) -> str:
    return answer.reason.value if answer.reason else "answered"


def install(app: FastAPI, explainer: Explainer, keys: Keys) -> Records:
    """Put the layers around the application, innermost first; the records to give to its routes."""
    settings = explainer.settings
    line = RequestQueue(
        at_work=at_work(settings), waiting=settings.max_queue, seconds=settings.queue_seconds
    )
    figures, counts = Metrics(explainer, line), counts_of(settings)
    app.add_middleware(Unforeseen)
    app.add_middleware(Waiting, line=line, seconds=settings.cpu_seconds)
    app.add_middleware(Intake, settings=settings)
    app.add_middleware(TurnAway, line=line)
    app.add_middleware(Closed, paused=settings.paused, daily=settings.daily_limit, counts=counts)
    app.add_middleware(Admit, keys=keys)
    rates = {"client": settings.rate_limit, "key": settings.key_rate_limit}
    app.add_middleware(Rates, **rates, counts=counts)
    if settings.allowed_origins:
        app.add_middleware(Cors, origins=settings.allowed_origins)
    app.add_middleware(Hosts, settings=settings)
    app.add_middleware(CloseUnread)
    app.add_middleware(Observer, settings=settings, keys=keys, figures=figures)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies_of(settings))
    app.state.line, app.state.figures, app.state.counts = line, figures, counts
    return Observed(settings, figures)


class Observer(Layer):
    """The outermost layer: describes each request as a visit, then logs and counts the outcome.

    Every answer gets its id, and security headers where a route sets none of its own. HEAD is
    answered as GET, headers and all, without the body.
    """

    def __init__(self, app: ASGIApp, settings: Settings, keys: Keys, figures: "Metrics") -> None:
        super().__init__(app)
        self._settings, self._keys, self._figures = settings, keys, figures

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and take note."""
        visit, head = self._visit(scope), scope["method"] == "HEAD"
        VISIT.set(visit)
        # as nginx says it: the client left before an answer
        begun, status = (time.perf_counter(), 499)

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name.lower() for name, _ in message["headers"]}
                defaults = SECURITY | {b"x-request-id": visit.request_id.encode()}
                more = [(name, value) for name, value in defaults.items() if name not in present]
                headers = [_with_head(*header) for header in message["headers"]]
                message["headers"] = headers + more
            elif head:
                message["body"] = b""
            await send(message)

        try:
            await self.app({**scope, "method": "GET"} if head else scope, receive, noting)
        finally:
            self._note(visit, scope["method"], status, time.perf_counter() - begun)

    def _visit(self, scope: Scope) -> Visit:
        template = matched(scope["app"].router.routes, scope)
        access = rule(template, metrics=self._settings.metrics)
        kind, key = self._keys.credential(scope, access)
        visit = Visit(template=template, access=access, kind=kind, key=key)
        visit.client, visit.docs = client_of(scope), self._settings.docs
        visit.language = language_of(scope)
        visit.at_desk = is_at_desk(scope, self._settings)
        visit.origin = f"{scope['scheme']}://{Headers(scope=scope).get('host', '')}"
        return visit

    def _note(self, visit: Visit, method: str, status: int, seconds: float) -> None:
        method = method if method in METHODS else "other"
        route = visit.template or "none"
        self._figures.request(route, method, status, seconds)
        facts = Wire(route=route, method=method, status=status, ms=round(seconds * 1_000, 1))
        facts |= {"client": visit.kind.value, "problem": visit.problem}
        log.info("request", extra={"facts": facts})


def _with_head(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header; where it lists what is allowed, HEAD beside GET."""
    methods = [method.strip() for method in value.split(b",")] if name.lower() == b"allow" else []
    if b"GET" in methods and b"HEAD" not in methods:
        value = b", ".join([*methods, b"HEAD"])
    return name, value


class Cors(Layer):
    """Lets listed sites read answers by exact origin, without credentials; never the operator's routes."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(app)
        self._cors = _Preflights(
            app,
            allow_origins=origins,
            allow_methods=_METHODS,
            allow_headers=_SENT,
            expose_headers=["Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id"],
        )

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or go on."""
        await (self.app if VISIT.get().access in _OPERATORS else self._cors)(scope, receive, send)


class _Preflights(CORSMiddleware):
    """Refuses a preflight with a problem, and hides from others what the listed sites may do."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """What a browser asks before it lets a page of another site ask."""
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        vary = {"Vary": answer.headers["vary"]}
        if self.is_allowed_origin(request_headers["origin"]):
            detail = f"a page may send {' and '.join(_METHODS)} with {', '.join(_SENT)} only"
            return problem(400, detail, kind="invalid-request", headers=vary)
        detail = "the operator does not list that site in PULLQUOTE_ALLOWED_ORIGINS"
        return problem(400, detail, kind="unknown-site", headers=vary)


class JsonLines(logging.Formatter):
    """A record as one line of ASCII JSON: control and hidden characters are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(facts_of(record, self), default=str).replace("\x7f", "\\u007f")


class Terminal(logging.Formatter):
    """A record for a person at a terminal: time, message and facts; escaped like the other."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        facts = facts_of(record, self)
        words = [str(facts.pop("time"))[11:19]]
        words += [str(facts.pop(name)) for name in ("level", "message")]
        words += [str(facts[name]) for name in ("route", "method", "status", "ms") if name in facts]
        words += [] if record.levelno < logging.WARNING else [str(facts)]
        return json.dumps(" ".join(words))[1:-1].replace("\x7f", "\\u007f")


def facts_of(record: logging.LogRecord, formatter: logging.Formatter) -> dict[str, object]:
    """What a record says, without anything that nobody meant to log."""
    time = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
    facts: dict[str, object] = {"time": time, "level": record.levelname.lower()}
    facts["message"] = record.getMessage()
    if (visit := VISIT.get(None)) is not None:
        facts["request_id"] = visit.request_id
    facts |= getattr(record, "facts", {})
    if record.exc_info:
        facts["trace"] = formatter.formatException(record.exc_info)
    return facts


def configure(stream: TextIO | None = None) -> None:
    """Log the service and its libraries to a stream (stderr): JSON, or text on a terminal."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Terminal() if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    log.setLevel(logging.INFO)


# Figures
class Metrics:
    """The Prometheus metrics of one application; labels are few, never a client's words."""

    def __init__(self, explainer: Explainer, line: RequestQueue) -> None:
        registry = self.registry = CollectorRegistry()
        counter, gauge = partial(Counter, registry=registry), partial(Gauge, registry=registry)
        histogram = partial(Histogram, registry=registry)
        labels = ("route", "method", "status")
        self._requests = counter("pullquote_requests", "Requests answered.", labels)
        name, text = "pullquote_request_seconds", "Time to answer."
        self._seconds = histogram(name, text, ["route"], buckets=_SECONDS)
        text = "Questions answered, and abstentions by reason."
        self._answers = counter("pullquote_answers", text, ["reason"])
        name, text = "pullquote_answer_stage_seconds", "Time of one stage of an answer."
        self._stages = histogram(name, text, ["stage"], buckets=_STAGE_SECONDS)
        waiting = gauge("pullquote_line_waiting", "Requests waiting for a turn.")
        waiting.set_function(lambda: line.waiting)
        working = gauge("pullquote_line_working", "Requests at work.")
        working.set_function(lambda: line.working)
        registry.register(_LiveMetrics(explainer, line))

    @property
    def text(self) -> bytes:
        """As Prometheus reads them."""
        return generate_latest(self.registry)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request by the template of its route."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer, and how long its stages took."""
        self._answers.labels(_reason(answer)).inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1_000)


class _LiveMetrics(Collector):
    """Read on demand: the serving generation, the queue's turns, and the caches."""

    def __init__(self, explainer: Explainer, line: RequestQueue) -> None:
        self._explainer, self._line = explainer, line

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment."""
        card = self._explainer.generation.card
        generation = "The generation that serves."
        info = GaugeMetricFamily("pullquote_generation_info", generation, labels=["generation"])
        info.add_metric([card.name], 1)
        yield info
        built = dt.datetime.fromisoformat(card.built_at)
        age = dt.datetime.now(dt.UTC) - (built if built.tzinfo else built.replace(tzinfo=dt.UTC))
        name, text = "pullquote_generation_age_seconds", "Since it was built."
        yield GaugeMetricFamily(name, text, age.total_seconds())
        text = "1 where an older generation than the newest serves."
        yield GaugeMetricFamily("pullquote_degraded", text, float(bool(self._explainer.degraded)))
        text = "What waiting came to."
        turns = CounterMetricFamily("pullquote_line_turns", text, labels=["turn"])
        for turn, count in self._line.counts.items():
            turns.add_metric([turn.value], count)
        yield turns
        text, labels = "Look-ups of what was kept.", ["cache", "result"]
        lookups = CounterMetricFamily("pullquote_cache", text, labels=labels)
        for name, counts in self._explainer.counts.items():
            lookups.add_metric([name, "hit"], counts.hits)
            lookups.add_metric([name, "miss"], counts.misses)
        yield lookups
