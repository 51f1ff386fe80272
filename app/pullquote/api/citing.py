"""Citations over HTTP: one style as a file, or all of them as JSON."""

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from fastapi.responses import JSONResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.api import bodies, ids, places, quoted
from pullquote.corpus.documents import Document
from pullquote.span import Span
from pullquote.verify import cite
from pullquote.voice import speaker_line

TAG = 2_000  # characters of the claim over a debate card, or what a question may have where that is more
_FORMS: dict[str, dict[str, str]] = {media: {} for media in ("application/json", *(s.media_type for s in cite.STYLES))}
Style = Literal["apa", "mla", "chicago", "bibtex", "ris", "csl-json", "card"]


def install(app: FastAPI, explainer: Explainer) -> None:
    """Add `GET /v1/documents/{id}/cite`."""
    longest = max(TAG, explainer.settings.max_question)

    @app.get(
        "/v1/documents/{document_id}/cite",
        summary="Cite a document, or a quote in it",
        responses={200: {"model": bodies.CitationsBody, "content": _FORMS}},
    )
    def cited(
        document_id: str,
        style: Style | None = None,
        start: Annotated[int, Query(ge=0, description=quoted.START)] = 0,
        end: Annotated[int, Query(ge=0, description=quoted.END)] = 0,
        tag: Annotated[str, Query(max_length=longest, description="The claim at the head of a debate card.")] = "",
        text: Annotated[str, Query(max_length=64, description=places.TEXT)] = "",
    ) -> Response:
        """In every style as JSON, or in one style as text that reference managers import."""
        reference = _reference(explainer, document_id, (start, end, text), tag)
        if style is None:
            return JSONResponse({
                "document_id": document_id, "start": start, "end": end, "citations": cite.citations(reference),
            })  # fmt: skip
        return _file(reference, next(known for known in cite.STYLES if known.name == style))


def _reference(explainer: Explainer, document_id: str, place: tuple[int, int, str], tag: str) -> cite.Reference:
    explainer, (start, end, text) = explainer.now(), place
    document = explainer.document(ids.checked(document_id))
    if not (start or end):
        return cite.Reference(document, tag=tag)
    places.in_same_text(document, text)
    span = _span(document, start, end)
    places.checked(explainer, document.id, span)
    citation = explainer.quote_at(document_id, span)
    if citation is None:
        return cite.Reference(document, span, tag=tag)
    byline, whole = speaker_line(citation.voice, document.source), explainer.settings.full_text
    return cite.Reference(document, span, citation.quote, byline, tag, whole)


def _span(document: Document, start: int, end: int) -> Span:
    span = Span(start, end)
    span.cut(document.text)
    return span


def _file(reference: cite.Reference, style: cite.Style) -> Response:
    name = f"{reference.document.id}.{style.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if style.suffix else {}
    content = style.write(reference).encode("utf-8", "replace")
    return Response(content, media_type=f"{style.media_type}; charset=utf-8", headers=headers)
