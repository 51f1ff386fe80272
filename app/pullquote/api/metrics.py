"""Figures for Prometheus: how many, how fast, how long the line; labels are few and never a client's words."""

import datetime as dt
from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.api.line import Line

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)


class Metrics:
    """The figures of one application, in a registry of its own."""

    def __init__(self, explainer: Explainer, line: Line) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "pullquote_requests", "Requests answered.", ["route", "method", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "pullquote_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=self.registry
        )
        self._answers = Counter(
            "pullquote_answers", "Questions answered, and abstentions by reason.", ["reason"], registry=self.registry
        )
        self._stages = Histogram(
            "pullquote_answer_stage_seconds", "Time of one stage of an answer.", ["stage"],
            buckets=_STAGE_SECONDS, registry=self.registry,
        )  # fmt: skip
        Gauge("pullquote_line_waiting", "Requests waiting for a turn.", registry=self.registry).set_function(
            lambda: line.waiting
        )
        Gauge("pullquote_line_working", "Requests at work.", registry=self.registry).set_function(lambda: line.working)
        self.registry.register(_Now(explainer, line))

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request by the template of its route."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Count an answer, and how long its stages took."""
        self._answers.labels(answer.reason.value if answer.reason else "answered").inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1_000)


class _Now(Collector):
    """What is read off when it is asked for."""

    def __init__(self, explainer: Explainer, line: Line) -> None:
        self._explainer, self._line = explainer, line

    def collect(self) -> Iterator[Metric]:
        """The generation that serves, the turns of the line, and the caches, where there are some."""
        card = self._explainer.generation.card
        named = GaugeMetricFamily("pullquote_generation_info", "The generation that serves.", labels=["generation"])
        named.add_metric([card.name], 1)
        yield named
        built = dt.datetime.fromisoformat(card.built_at)
        age = dt.datetime.now(dt.UTC) - (built if built.tzinfo else built.replace(tzinfo=dt.UTC))
        yield GaugeMetricFamily("pullquote_generation_age_seconds", "Since it was built.", age.total_seconds())
        degraded = float(bool(self._explainer.degraded))
        yield GaugeMetricFamily("pullquote_degraded", "1 where an older generation than the newest serves.", degraded)
        turns = CounterMetricFamily("pullquote_line_turns", "What waiting came to.", labels=["turn"])
        for turn, count in self._line.counts.items():
            turns.add_metric([turn.value], count)
        yield turns
        yield from self._kept()

    def _kept(self) -> Iterator[Metric]:
        counts = self._explainer.counts
        found = CounterMetricFamily("pullquote_cache", "Look-ups of what was kept.", labels=["cache", "result"])
        for name, count in counts.items():
            found.add_metric([name, "hit"], count.hits)
            found.add_metric([name, "miss"], count.misses)
        yield found


def install(app: FastAPI, metrics: Metrics) -> None:
    """Add `GET /metrics`."""

    @app.get(
        "/metrics", summary="Figures for Prometheus (admin key, unless the operator opened them)",
        response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    def figures() -> Response:
        """Requests, latency by route and by stage, the line, abstentions by reason, the generation's age."""
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
