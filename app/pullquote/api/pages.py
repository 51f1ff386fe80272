"""The pages: rendered on the server, complete without JavaScript."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query
from fastapi.responses import HTMLResponse, Response

from pullquote.conversation import Query as Question
from pullquote.dates import long_date
from pullquote.errors import InvalidSpan, PullquoteError, QuestionError, UnknownDebate
from pullquote.explainer import Explainer
from pullquote.span import Span
from pullquote.voice import speaker_line
from pullquote.wire import answer_wire

_HERE = Path(__file__).parent
_CONTEXT = 600  # code points shown around a quote where the text may not be shown whole


@lru_cache(maxsize=1)
def _templates() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), undefined=StrictUndefined,
        autoescape=select_autoescape(default=True), trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["long_date"] = long_date
    return environment


def _page(template: str, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(_templates().get_template(template).render(**values), status)


def install(app: FastAPI, explainer: Explainer) -> None:
    """Add the pages to the application; they are no part of the API."""

    @app.get("/", include_in_schema=False)
    def home(
        q: Annotated[str, Query()] = "", debate: Annotated[str, Query()] = ""
    ) -> HTMLResponse:
        answer, message, status = _asked(explainer, q, debate or None)
        return _page(
            "home.html", status, question=q, debate=debate, debates=explainer.generation.debates, answer=answer,
            message=message, suggestions=explainer.suggestions(debate or None) if not message else (),
        )  # fmt: skip

    @app.get("/documents/{document_id}", include_in_schema=False)
    def reader(document_id: str, start: int = 0, end: int = 0) -> HTMLResponse:
        return _reader(explainer, document_id, start, end)

    @app.get("/style.css", include_in_schema=False)
    def style() -> Response:
        css = (_HERE / "static" / "style.css").read_bytes()
        return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})


def _asked(explainer: Explainer, question: str, debate: str | None) -> tuple[dict[str, Any] | None, str, int]:
    """The answer to show, or what to say instead, and the status."""
    if not question.strip():
        return None, "", 200
    try:
        query = Question.checked(question, limit=explainer.settings.max_question, debate=debate)
        return _shown(explainer, query), "", 200
    except (QuestionError, UnknownDebate) as error:
        return None, str(error), 404 if isinstance(error, UnknownDebate) else 422


def _shown(explainer: Explainer, query: Question) -> dict[str, Any]:
    answer = explainer.ask(query)
    wire = answer_wire(answer)
    for citations, quotes in ((answer.citations, wire["quotes"]), (answer.nearest, wire["nearest"])):
        for citation, quote in zip(citations, quotes, strict=True):
            quote["byline"] = speaker_line(citation.voice, citation.quote.document.source)
    return wire


def _reader(explainer: Explainer, document_id: str, start: int, end: int) -> HTMLResponse:
    try:
        document = explainer.document(document_id)
        span = Span(start, end) if end else None
        words = span.cut(document.text) if span else ""
    except (PullquoteError, InvalidSpan) as error:
        return _page("missing.html", 404, message=str(error))
    text = document.text
    low, high = (span.start, span.end) if span else (0, 0)
    first, last = 0, len(text)
    if not explainer.settings.full_text:
        first, last = (max(0, low - _CONTEXT), min(len(text), high + _CONTEXT)) if span else (0, 0)
    return _page(
        "document.html", document=document, before=text[first:low], marked=words, after=text[high:last],
        whole=explainer.settings.full_text, sha256=document.sha256,
    )  # fmt: skip
