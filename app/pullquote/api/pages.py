"""The pages: rendered on the server, complete without JavaScript."""

from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response

from pullquote import cite
from pullquote.api import assets, places, problems
from pullquote.api.keys import Keys
from pullquote.api.reader import blocks, marks_of
from pullquote.api.render import page
from pullquote.conversation import Query as Question
from pullquote.conversation import Turn
from pullquote.errors import InvalidSpan, PullquoteError, QuestionError, UnknownDebate
from pullquote.explainer import Explainer
from pullquote.feedback import Records
from pullquote.judged import own_propositions
from pullquote.span import Span
from pullquote.voice import speaker_line
from pullquote.wire import Wire, answer_wire, sides_wire

SUGGESTED = 5
RENEWED = (
    "The documents were indexed anew since this link was made, so the answer below may differ from the one shared."
)


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add the pages to the application; they are no part of the API."""
    key = Keys.of(explainer.settings).page

    @app.get("/", include_in_schema=False)
    def home(
        q: Annotated[str, Query()] = "",
        debate: Annotated[str, Query()] = "",
        g: Annotated[str, Query(max_length=200)] = "",
        after: Annotated[str, Query()] = "",
        sides: Annotated[str, Query()] = "",
    ) -> HTMLResponse:
        opened = sides == "1"
        # Opening both sides shows the same answer again: the question is on record already.
        answer, message, status = _asked(explainer, Records(None) if opened else records, q, debate or None, after)
        found, trouble = _both(explainer, answer) if opened else (None, "")
        return page(
            "home.html", status, question=q, debate=debate, debates=explainer.generation.debates, answer=answer,
            sides=found, trouble=trouble, message=message,
            renewed=RENEWED if g and g != explainer.generation.card.name else "",
            suggestions=_suggestions(explainer, debate), feedback=records.kept, key=key,
        )  # fmt: skip

    @app.get("/documents", include_in_schema=False)
    def sources() -> HTMLResponse:
        generation = explainer.generation
        rows = [(name, [row for row in generation.rows if row.debate == name]) for name in generation.debates]
        return page("sources.html", debates=rows)

    @app.get("/documents/{document_id}", include_in_schema=False)
    def reader(document_id: str, start: int = 0, end: int = 0, sides: Annotated[str, Query()] = "") -> HTMLResponse:
        return _reader(explainer.now(), document_id, (start, end), sides)

    @app.get("/style.css", include_in_schema=False)
    def style(request: Request) -> Response:
        return assets.send(request, "api/static/style.css", "text/css")


def _suggestions(explainer: Explainer, debate: str) -> tuple[str, ...]:
    try:
        return explainer.suggestions(debate or None)[:SUGGESTED]
    except UnknownDebate:
        return ()


def _asked(
    explainer: Explainer, records: Records, question: str, debate: str | None, after: str
) -> tuple[dict[str, Any] | None, str, int]:
    """The answer to show, or what to say instead, and the status."""
    if not question.strip():
        return None, "", 200
    limit = explainer.settings.max_question
    try:
        history = [Turn(Question.checked(after, limit=limit).question)] if after.strip() else []
        query = Question.checked(question, limit=limit, debate=debate, history=history)
        answer = explainer.ask(query)
    except (QuestionError, UnknownDebate) as error:
        return None, str(error), 404 if isinstance(error, UnknownDebate) else 422
    records.asked(answer)
    return answer_wire(answer), "", 200


def _both(explainer: Explainer, answer: Wire | None) -> tuple[Wire | None, str]:
    """Both sides of what an answer's question puts up for debate, or what to say instead."""
    if answer is None or not answer["proposition"] or not answer["quotes"]:
        return None, ""
    try:
        return sides_wire(explainer.sides(answer["proposition"], debate=answer["debate"])), ""
    except QuestionError as error:
        return None, str(error)


def _reader(explainer: Explainer, document_id: str, place: tuple[int, int], sides: str) -> HTMLResponse:
    """A document with the range of `place` marked, where its end is one, and both sides of a named proposition."""
    try:
        document = explainer.document(document_id)
        span = Span(*place) if place[1] else None
        words = span.cut(document.text) if span is not None else ""
    except (PullquoteError, InvalidSpan) as error:
        return problems.page(404, str(error).partition(";")[0])  # the page links to the sources itself
    if span is not None and not places.shown(explainer, document_id, span):
        return problems.page(422, places.TOO_MUCH)
    generation, whole = explainer.generation, explainer.settings.full_text
    named = own_propositions(generation, document.debate)
    around = explainer.sides_around(document_id, sides) if sides in named else None
    citation = explainer.quote_at(document_id, span) if span is not None else None
    return page(
        "document.html", document=document, words=words, whole=whole, span=span, styles=cite.STYLES,
        byline=speaker_line(citation.voice, document.source) if citation else "",
        propositions=named, judged=explainer.propositions(), sides=sides,
        around=[sides_wire(part) for part in around] if around else None,
        alone=len(generation.documents_of(document.debate)) == 1,
        blocks=blocks(
            document, generation.sentences(generation.number(document_id)), span,
            marks_of(around[0]) if around else (), whole=whole,
        ),
    )  # fmt: skip
