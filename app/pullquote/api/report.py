"""Feedback in, and the operator's report out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import spaced
from pullquote.api import bodies, reported, send
from pullquote.api.keys import Keys
from pullquote.api.render import page
from pullquote.api.visit import Kind
from pullquote.errors import NotFound, SettingsError
from pullquote.span import Span
from pullquote.upkeep.records import MOST_READ, Judgement, Records
from pullquote.upkeep.report import report_of

log = logging.getLogger("pullquote")
_OFF = "nothing is recorded here; the operator can name a file with PULLQUOTE_STORE"


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add `POST /v1/feedback`, `GET /v1/report` and the report's page."""

    @app.post("/v1/feedback", status_code=204, summary="Say whether a quote helped")
    def feedback(body: bodies.FeedbackBody) -> Response:
        """Kept only where the operator records feedback; no address is kept with it, so what is said again counts again."""
        if not records.kept:
            raise NotFound(_OFF)
        now, place = explainer.now(), Span(body.start, body.end)
        document = now.document(body.document_id)
        if body.generation == now.generation.card.name:  # of the text before this one, nobody knows how long it was
            place.cut(document.text)
        question = spaced(body.question, "question", explainer.settings.max_question)
        given = Judgement(
            verdict=body.verdict, question=question, answer_id=body.answer_id, generation=body.generation,
            document_id=body.document_id, start=place.start, end=place.end,
        )  # fmt: skip
        with _usable("what was said cannot be kept just now; try again shortly"):
            records.judged(given)
        return Response(status_code=204)

    @app.get(
        "/v1/report",
        summary="What was asked in vain, and what answers lean on (admin key)",
        responses={200: {"model": reported.ReportBody}},
    )
    def report() -> JSONResponse:
        """Gaps clustered, one-sided topics, the sources quoted most, and what visitors said of quotes.

        All questions are counted; the lists are of the latest 10,000.
        """
        if not records.kept:
            raise NotFound(_OFF)
        return send.wire(_wire(records, explainer))

    _page_routes(app, explainer, records, Keys.of(explainer.settings))


def _page_routes(app: FastAPI, explainer: Explainer, records: Records, keys: Keys) -> None:
    """The report as a page; the key is sent as a form, so that it stands in no address."""

    @app.get("/report", include_in_schema=False)
    def gate() -> HTMLResponse:
        return page("report.html", report=None, message="" if records.kept else _OFF)

    @app.post("/report", include_in_schema=False)
    def shown(key: Annotated[str, Depends(_posted)]) -> HTMLResponse:
        if keys.kind(key) is not Kind.ADMIN:
            return page("report.html", 401, report=None, message="That is not the admin key of this server.")
        if not records.kept:
            return page("report.html", 404, report=None, message=_OFF)
        return page("report.html", report=_wire(records, explainer), most=MOST_READ, message="")


def _wire(records: Records, explainer: Explainer) -> dict[str, Any]:
    with _usable("the records cannot be read just now; the operator's log says why"):
        return report_of(records, explainer.generation).wire


@contextmanager
def _usable(otherwise: str) -> Iterator[None]:
    """Answer 503 where the file of records cannot be used."""
    try:
        yield
    except SettingsError as error:  # its message names the file
        log.error("%s", error)  # noqa: TRY400 (it says all there is to know)
        raise HTTPException(503, otherwise) from error


async def _posted(request: Request) -> str:
    """The key in a form; "" where the form is none of ours."""
    body = await request.body()
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=4).get("admin_key", [""])[0]
    except ValueError:  # more fields than that
        return ""
