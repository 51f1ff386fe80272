"""Both sides and disputes: `POST /v1/sides`, `POST /v1/disputes`, and their pages, complete without JavaScript."""

from typing import Literal

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import STATEMENT, worded
from pullquote.api import bodies, ids, places, problems, quoted, send
from pullquote.api.debates import choices, known
from pullquote.api.render import page
from pullquote.api.wire import Wire, disputes_wire, sides_wire
from pullquote.errors import InvalidSpan, NotFound, QuestionError
from pullquote.span import Span


class SidesQuery(bodies.Strict):
    """A proposition, or a question that holds one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"proposition": "Drivers should pay for the road that they use."}]},
    )
    proposition: bodies.Question
    debate: str | None = Field(default=None, description="A debate's name; null asks all.", max_length=200)


class SidesBody(BaseModel):
    """What the sources say for a proposition and against it.

    `gap` names a side that was looked for and not found; `unclear` those to which something leans, too little to be
    shown on them.
    """

    proposition: str
    debate: str | None
    favour: list[quoted.QuoteBody] = Field(alias="for")
    against: list[quoted.QuoteBody]
    context: list[quoted.QuoteBody]
    gap: str | None
    unclear: list[Literal["for", "against"]]


class DisputesBody(BaseModel):
    """A quote and another voice on the other side of `proposition`; none where `message` says so."""

    quote: quoted.QuoteBody
    disputes: list[quoted.QuoteBody]
    proposition: str | None
    message: str | None


def install(app: FastAPI, explainer: Explainer) -> None:
    """Add the routes and the pages."""

    @app.post("/v1/sides", responses={200: {"model": SidesBody}}, summary="Both sides of a proposition")
    def sides(body: SidesQuery) -> JSONResponse:
        """Quotes for it and against it, from as many voices as there are, or which side is missing."""
        return send.wire(_sides(explainer, body.proposition, body.debate))

    @app.post("/v1/disputes", responses={200: {"model": DisputesBody}}, summary="Who disputes this?")
    def disputes(body: bodies.DisputedPlace) -> JSONResponse:
        """Another document's or speaker's words on the other side of what the operator put up for debate."""
        return send.wire(_disputes(explainer.now(), body.document_id, (body.start, body.end), body.text))

    _page_routes(app, explainer)


def _page_routes(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/sides", include_in_schema=False)
    def sides_page(proposition: str = "", debate: str = "") -> HTMLResponse:
        now, found, message, status = explainer.now(), None, "", 200
        try:
            now.generation.documents_of(debate or None)  # a wrong name is said before anything is asked of it
            found = _sides(now, proposition, debate or None) if proposition.strip() else None
        except NotFound as error:
            message, status = places.missing(error), 404
        except QuestionError as error:
            message, status = str(error), 422
        return page(
            "sides.html", status, sides=found, asked=proposition, message=message, debates=choices(now.generation),
            debate=known(now.generation, debate), own=now.propositions(),
        )  # fmt: skip

    @app.get("/disputes", include_in_schema=False)
    def disputes_page(document: str = "", start: str = "", end: str = "", text: str = "") -> HTMLResponse:
        now = explainer.now()
        try:
            found = _disputes(now, document, places.numbers(start, end), text)
        except NotFound as error:
            return problems.page(404, places.missing(error), document=places.page_of(now, document))
        except (QuestionError, InvalidSpan) as error:
            return places.broken(422, places.told(now, document, end, error), places.page_of(now, document))
        return page("disputes.html", **found)


def _sides(explainer: Explainer, proposition: str, debate: str | None) -> Wire:
    words = worded(proposition, *STATEMENT, limit=explainer.settings.max_question)
    return sides_wire(explainer.sides(words, debate=debate))


def _disputes(explainer: Explainer, document_id: str, place: tuple[int, int], text: str) -> Wire:
    document = explainer.document(ids.checked(document_id))
    places.in_same_text(document, text)
    span = Span(*place)
    span.cut(document.text)  # a range outside the text is told before anything is read
    places.checked(explainer, document_id, span)
    return disputes_wire(*explainer.disputes(document_id, span))
