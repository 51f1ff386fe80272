"""The JSON API under /v1, the stream of `POST /v1/chat`, and the routes that tell how the service is."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.sse import EventSourceResponse, ServerSentEvent

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import QUOTE, SOUGHT, STATEMENT, Turn, spaced, worded
from pullquote.answers.query import Query as Question
from pullquote.api import reader, responses
from pullquote.api.guard import is_here
from pullquote.api.intake import computed
from pullquote.api.responses import VISIT, Access, Kind, reply
from pullquote.api.schemas import (
    END,
    SAME_TEXT,
    START,
    AskBody,
    DisputedPlace,
    FeedbackBody,
    SidesQuery,
    VerifyBody,
)
from pullquote.api.wire import (
    Wire,
    answer_wire,
    citation_wire,
    disputes_wire,
    document_wire,
    sides_wire,
    verdict_wire,
)
from pullquote.corpus.documents import Document
from pullquote.errors import NotFound, PullquoteError, SettingsError, UnknownDocument
from pullquote.settings import Settings
from pullquote.span import Span
from pullquote.upkeep.records import Judgement, Records
from pullquote.upkeep.report import report_of
from pullquote.verify import cite
from pullquote.voice import speaker_line

TAG = 2_000  # characters of the claim over a debate card, or what a question may have where that is more
PASSING = "_"  # what browsers' libraries add to an address so that nothing is taken from a cache
NOT_KEPT = "nothing is recorded here; the operator can name a file with PULLQUOTE_STORE"
log = logging.getLogger("pullquote")
_Style = Literal["apa", "mla", "chicago", "bibtex", "ris", "csl-json", "card"]


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add every route of the API."""
    _asking(app, explainer, records)
    _chat(app, explainer, records)
    _debating(app, explainer)
    _sources(app, explainer)
    _citing(app, explainer)
    _records(app, explainer, records)
    _health(app, explainer)


def gives(shape: str) -> dict[int | str, dict[str, Any]]:
    """How a route's answer is described: by the name of its shape in `wire.json`."""
    return {200: {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{shape}"}}}}}


async def known_parameters(request: Request) -> None:
    """Refuse a parameter that a route of the API does not have: a misspelt `debate` would search all in silence.

    Pages, and the citations that they link to, take any: other sites add names of their own to links.

    Raises:
        RequestValidationError: there is one, or one stands twice.
    """
    route = request.scope.get("route")
    if VISIT.get().access is not Access.SEARCH or not isinstance(route, APIRoute):
        return
    names = [field.alias for field in route.dependant.query_params]
    said = f"there is no such parameter; there are: {', '.join(names)}" if names else "this takes no parameters"
    wrong = dict.fromkeys(sorted(request.query_params.keys() - {*names, PASSING}), said)
    twice = [name for name in names if len(request.query_params.getlist(name)) > 1]
    wrong |= dict.fromkeys(twice, "stands there more than once")
    if wrong:
        found = [{"loc": ("query", name), "type": "name", "msg": said} for name, said in list(wrong.items())[:3]]
        raise RequestValidationError(found)


# Asking


def _asking(app: FastAPI, explainer: Explainer, records: Records) -> None:
    limit = explainer.settings.max_question

    @app.post("/v1/ask", responses=gives("AnswerBody"), summary="Ask the sources")
    def ask(body: AskBody) -> JSONResponse:
        """Answer in the sources' own words, or abstain and say why."""
        now = explainer.now()
        records.asked(answer := now.ask(asked(body, now)))
        return reply(answer_wire(answer))

    @app.get("/v1/search", responses=gives("SearchBody"), summary="Find passages")
    def search(
        q: Annotated[
            str, Query(description="What to look for", examples=["drivers"], json_schema_extra={"minLength": 1})
        ],
        k: Annotated[int, Query(ge=1, le=50)] = 10,
        debate: str | None = None,
    ) -> JSONResponse:
        """The sentences that fit best, whether or not they answer."""
        found = explainer.search(worded(q, *SOUGHT, limit=limit), count=k, debate=debate)
        return reply({"query": q, "debate": debate, "quotes": [citation_wire(citation) for citation in found]})

    @app.post("/v1/verify", responses=gives("VerdictBody"), summary="Check a quote")
    def verify(body: VerifyBody) -> JSONResponse:
        """Whether words stand in the sources, letter for letter, and where, and are whose they are said to be."""
        worded(body.quote, *QUOTE, limit=len(body.quote))
        now = explainer.now()
        verdict = now.verify(body.quote, speaker=body.speaker, document_id=body.document_id)
        return reply(verdict_wire(verdict, now.quote_at))


def asked(body: AskBody, explainer: Explainer) -> Question:
    """The question of a request with the turns before it, as the conversation knows them.

    Raises:
        QuestionError: it cannot be used, and why.
        InvalidSpan: an earlier quote stood at what is no range.
    """
    places = [[(quote.document_id, Span(quote.start, quote.end)) for quote in turn.quotes] for turn in body.history]
    before = [
        Turn(turn.question, tuple(quoted_before(explainer, quotes)))
        for turn, quotes in zip(body.history, places, strict=True)
    ]
    limit = explainer.settings.max_question
    return Question.checked(body.question, limit=limit, debate=body.debate, max_quotes=body.max_quotes, history=before)


def quoted_before(explainer: Explainer, quotes: Iterable[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """Where the quotes of a turn stood; what no quote can have been is passed over, as what is no longer there is."""
    for document_id, span in quotes:
        with suppress(UnknownDocument):
            if reader.may_be_shown(explainer, document_id, span):
                yield document_id, span


def _chat(app: FastAPI, explainer: Explainer, records: Records) -> None:
    def checked(body: AskBody) -> tuple[Explainer, Question]:
        # What is wrong with a request is told before the stream starts, with its proper status.
        now = explainer.now()
        question = asked(body, now)
        now.generation.documents_of(question.debate)
        return now, question

    @app.post("/v1/chat", response_class=EventSourceResponse, summary="Ask, and read the answer as it comes")
    def chat(known: Annotated[tuple[Explainer, Question], Depends(checked)]) -> Iterator[ServerSentEvent]:
        """Takes what `/v1/ask` takes, and streams Server-Sent Events; a comment every 15 seconds keeps the line open."""
        yield ServerSentEvent(event="status", data={"stage": "searching"})
        events = _worked_out(records, *known)
        computed()
        yield from events


def _worked_out(records: Records, explainer: Explainer, question: Question) -> list[ServerSentEvent]:
    """Every event after the first, before any of it is sent; once a stream has begun, an error is an event too."""
    try:
        records.asked(answer := explainer.ask(question))
        return list(_answer_events(answer))
    except Exception as error:  # the status line is long gone
        if not isinstance(error, PullquoteError):
            log.exception("unforeseen error")
        problem = responses.of(error)
        return [ServerSentEvent(event="error", data={**problem, "problem": problem})]


def _answer_events(answer: Answer) -> Iterator[ServerSentEvent]:
    wire = answer_wire(answer)
    # What stands above the quotes is told before them: nothing that is shown moves when the answer is whole.
    understood = {"resolved_question": wire["resolved_question"], "proposition": responses.sided_on(wire)}
    yield ServerSentEvent(event="question", data=understood)
    for part in wire["parts"]:
        if part["kind"] == "quote":
            yield ServerSentEvent(event="quote", data={"quote": wire["quotes"][part["n"] - 1]})
        yield ServerSentEvent(event="text", data={"part": part})
    yield ServerSentEvent(event="done", data={"answer": wire})


# Both sides


def _debating(app: FastAPI, explainer: Explainer) -> None:
    @app.post("/v1/sides", responses=gives("SidesBody"), summary="Both sides of a proposition")
    def sides(body: SidesQuery) -> JSONResponse:
        """Quotes for it and against it, from as many voices as there are, or which side is missing."""
        return reply(both_sides(explainer, body.proposition, body.debate))

    @app.post("/v1/disputes", responses=gives("DisputesBody"), summary="Who disputes this?")
    def disputes(body: DisputedPlace) -> JSONResponse:
        """Another document's or speaker's words on the other side of what the operator put up for debate."""
        return reply(disputed(explainer.now(), body.document_id, (body.start, body.end), body.text))


def both_sides(explainer: Explainer, proposition: str, debate: str | None) -> Wire:
    """What the sources say for a proposition and against it.

    Raises:
        QuestionError: there is nothing in it to be for or against.
    """
    words = worded(proposition, *STATEMENT, limit=explainer.settings.max_question)
    return sides_wire(explainer.sides(words, debate=debate))


def disputed(explainer: Explainer, document_id: str, place: tuple[int, int], text: str) -> Wire:
    """A quote and who disputes it.

    Raises:
        NotFound: there is no such document, or its text is another now.
        InvalidSpan: the place is none, or may not be shown.
    """
    span = reader.place(reader.document_of(explainer, document_id), *place, text)
    reader.checked(explainer, document_id, span)
    return disputes_wire(*explainer.disputes(document_id, span))


# What there is


def _sources(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/v1/debates", responses=gives("DebatesBody"), summary="List the debates")
    def debates() -> JSONResponse:
        """Every debate, with how many documents it has and from when they are."""
        found = reader.by_debate(explainer.generation)
        return reply({"debates": [reader.debate_wire(name, rows) for name, rows in found]})

    @app.get("/v1/suggestions", responses=gives("SuggestionsBody"), summary="What to ask")
    def suggestions(debate: str | None = None) -> JSONResponse:
        """Questions that were asked, and answered, when the index was built."""
        return reply({"debate": debate, "suggestions": list(explainer.suggestions(debate))})

    @app.get("/v1/documents", responses=gives("DocumentsBody"), summary="List the documents")
    def documents() -> JSONResponse:
        """Every document's facts, without its text."""
        generation = explainer.generation
        numbers = range(len(generation.rows))
        return reply({"documents": [document_wire(generation, number, full_text=False) for number in numbers]})

    @app.get("/v1/documents/{document_id}", responses=gives("DocumentBody"), summary="One document")
    def document(document_id: str) -> JSONResponse:
        """One document's facts, and its text where the operator lets it be shown whole."""
        now = explainer.now()
        number = now.generation.number(reader.document_of(now, document_id).id)
        return reply(document_wire(now.generation, number, full_text=now.settings.full_text))


def _citing(app: FastAPI, explainer: Explainer) -> None:
    longest = max(TAG, explainer.settings.max_question)
    described = gives("CitationsBody")
    described[200]["content"] |= {style.media_type: {} for style in cite.STYLES}

    @app.get("/v1/documents/{document_id}/cite", summary="Cite a document, or a quote in it", responses=described)
    def cited(
        document_id: str,
        style: _Style | None = None,
        start: Annotated[int, Query(ge=0, description=START)] = 0,
        end: Annotated[int, Query(ge=0, description=END)] = 0,
        tag: Annotated[str, Query(max_length=longest, description="The claim at the head of a debate card.")] = "",
        text: Annotated[str, Query(max_length=64, description=SAME_TEXT)] = "",
    ) -> Response:
        """In every style as JSON, or in one style as text that reference managers import."""
        now = explainer.now()
        document = reader.document_of(now, document_id)
        span = reader.place(document, start, end, text) if start or end else None
        reference = cite.Reference(document, tag=tag) if span is None else _reference(now, document, span, tag)
        if style is None:
            told = {"document_id": document_id, "start": start, "end": end}
            return JSONResponse(told | {"citations": cite.citations(reference)})
        return _file(reference, next(known for known in cite.STYLES if known.name == style))


def _reference(explainer: Explainer, document: Document, span: Span, tag: str) -> cite.Reference:
    reader.checked(explainer, document.id, span)
    citation = explainer.quote_at(document.id, span)
    if citation is None:
        return cite.Reference(document, span, tag=tag)
    byline, whole = speaker_line(citation.voice, document.source), explainer.settings.full_text
    return cite.Reference(document, span, citation.quote, byline, tag, whole)


def _file(reference: cite.Reference, style: cite.Style) -> Response:
    name = f"{reference.document.id}.{style.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if style.suffix else {}
    content = style.write(reference).encode("utf-8", "replace")
    return Response(content, media_type=f"{style.media_type}; charset=utf-8", headers=headers)


# The operator's records


def _records(app: FastAPI, explainer: Explainer, records: Records) -> None:
    @app.post("/v1/feedback", status_code=204, summary="Say whether a quote helped")
    def feedback(body: FeedbackBody) -> Response:
        """Kept only where the operator records feedback; no address is kept with it, so what is said again counts again."""
        if not records.kept:
            raise NotFound(NOT_KEPT)
        now, place = explainer.now(), Span(body.start, body.end)
        document = now.document(body.document_id)
        if body.generation == now.generation.card.name:  # of the text before this one, nobody knows how long it was
            place.cut(document.text)
        question = spaced(body.question, "question", explainer.settings.max_question)
        with _usable("what was said cannot be kept just now; try again shortly"):
            records.judged(Judgement(**(body.model_dump() | {"question": question})))
        return Response(status_code=204)

    @app.get("/v1/report", summary="What was asked in vain (admin key)", responses=gives("ReportBody"))
    def report() -> JSONResponse:
        """Gaps clustered, one-sided topics, the sources quoted most, and what visitors said of quotes.

        All questions are counted; the lists are of the latest 10,000.
        """
        if not records.kept:
            raise NotFound(NOT_KEPT)
        return reply(report_wire(records, explainer))


def report_wire(records: Records, explainer: Explainer) -> Wire:
    """The operator's report.

    Raises:
        HTTPException: with 503, where the file of records cannot be used.
    """
    with _usable("the records cannot be read just now; the operator's log says why"):
        return report_of(records, explainer.generation).wire


@contextmanager
def _usable(otherwise: str) -> Iterator[None]:
    try:
        yield
    except SettingsError as error:  # its message names the file
        log.error("%s", error)  # noqa: TRY400 (it says all there is to know)
        raise HTTPException(503, otherwise) from error


# Health


def _health(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/healthz", responses=gives("AliveBody"), summary="Is the process alive?")
    async def healthz() -> JSONResponse:
        """Always ok while the process can answer at all."""
        return reply({"status": "ok"})

    @app.get("/readyz", responses=gives("ReadyBody"), summary="Does it answer, from a fresh index?")
    def readyz(request: Request) -> JSONResponse:
        """Ready, or degraded with the reason, how many files changed and the command that mends it; names them to the operator."""
        now = explainer.now()
        card, changed, refused = now.generation.card, now.changed_files(), now.refused
        return reply(
            {
                "status": "degraded" if now.degraded else "ready", "generation": card.name, "built_at": card.built_at,
                "stale": bool(changed), "changed": len(changed),
                "changed_files": list(changed[:100]) if _is_operator(request, explainer.settings) else [],
                "skipped": len(card.skipped), "advice": _advice(now, changed),
                "refused": refused and {"generation": refused.generation, "reason": refused.reason},
            }
        )  # fmt: skip


def _is_operator(request: Request, settings: Settings) -> bool:
    """Who may read the names of files that are not published yet: where there is no admin key, who is on this machine."""
    return VISIT.get().kind is Kind.ADMIN if settings.admin_key else is_here(request.scope)


def _advice(explainer: Explainer, changed: tuple[str, ...]) -> str | None:
    if explainer.refused:
        return f"{explainer.refused}; the log says more; run `pullquote index`"
    return "the corpus changed after the index was built; run `pullquote index`" if changed else None
