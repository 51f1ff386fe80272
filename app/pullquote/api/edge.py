"""The edge: everything that a request passes on its way in, in order, and what watches the answers on their way out."""

from fastapi import FastAPI

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.api import logs, metrics
from pullquote.api.head import Head
from pullquote.api.headers import Cors, SecurityHeaders
from pullquote.api.hosts import Hosts
from pullquote.api.intake import CloseUnread, Intake
from pullquote.api.keys import Admit, Keys
from pullquote.api.line import Line, TurnAway, Waiting, at_work
from pullquote.api.observer import Observer
from pullquote.api.problems import Unforeseen
from pullquote.api.rates import Rates
from pullquote.settings import Settings
from pullquote.upkeep.records import Records


class Observed(Records):
    """The operator's records, with an eye for the figures and the log on every answer."""

    def __init__(self, settings: Settings, figures: metrics.Metrics) -> None:
        super().__init__(settings.store, keep_days=settings.store_days, most_bytes=settings.store_bytes)
        self._figures, self._questions = figures, settings.log_questions

    def asked(self, answer: Answer) -> None:
        """Record, count and note an answer."""
        super().asked(answer)
        self._figures.answer(answer)
        logs.answered(answer, question=self._questions)


def install(app: FastAPI, explainer: Explainer) -> Records:
    """Put the layers around the application; the records to give to its routes.

    Raises:
        SettingsError: one key is both the admin's and a search key.
    """
    settings = explainer.settings
    line = Line(at_work=at_work(settings), waiting=settings.max_queue, seconds=settings.queue_seconds)
    figures = metrics.Metrics(explainer, line)
    if settings.metrics != "off":
        metrics.install(app, figures)
    _layers(app, settings, line, figures)
    app.state.line, app.state.figures = line, figures
    return Observed(settings, figures)


def _layers(app: FastAPI, settings: Settings, line: Line, figures: metrics.Metrics) -> None:
    """From the innermost to the outermost, as the framework wants it."""
    keys = Keys.of(settings)
    app.add_middleware(Unforeseen)
    app.add_middleware(Waiting, line=line)
    app.add_middleware(Intake, settings=settings)
    app.add_middleware(TurnAway, line=line)
    app.add_middleware(Admit, keys=keys)
    app.add_middleware(
        Rates, client=settings.rate_limit, key=settings.key_rate_limit, size=settings.max_clients,
    )  # fmt: skip
    if settings.allowed_origins:
        app.add_middleware(Cors, origins=settings.allowed_origins)
    app.add_middleware(Hosts, settings=settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CloseUnread)
    app.add_middleware(Head)  # inside the observer, which decides on the rule and notes the method that was asked
    app.add_middleware(Observer, settings=settings, keys=keys, observe=figures.request)
