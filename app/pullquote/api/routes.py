"""The JSON API under /v1, the stream of `POST /v1/chat`, and the routes on the service's health."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute
from fastapi.sse import EventSourceResponse, ServerSentEvent
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import QUOTE, SOUGHT, STATEMENT, Turn, spaced, worded
from pullquote.answers.query import Query as Question
from pullquote.api import reader, responses, schemas, wire
from pullquote.api.guard import is_here
from pullquote.api.responses import VISIT, Access, KeyKind, reply
from pullquote.corpus.documents import Document
from pullquote.errors import NotFound, PullquoteError, SettingsError, UnknownDocument
from pullquote.index.facets import EVERYTHING, Filter
from pullquote.settings import Settings
from pullquote.sides.columns import EACH
from pullquote.span import Span
from pullquote.upkeep.records import Judgement, Records
from pullquote.upkeep.report import report_of
from pullquote.verify import cite
from pullquote.voice.voices import speaker_line, spoken_by

TAG = 100_000  # characters of the claim over a debate card
MANY = 1_000_000  # documents, more than there are
PASSING = "_"  # what browsers' libraries add to an address so that nothing is taken from a cache
NOT_KEPT = "nothing is recorded here; the operator can name a file with PULLQUOTE_STORE"
log = logging.getLogger("pullquote")


async def _now(request: Request) -> Explainer:
    explainer: Explainer = request.app.state.explainer
    return explainer.now()


async def _kept(request: Request) -> Records:
    records: Records = request.app.state.records
    return records


# over the generation of this moment: no answer sees a swap
Now = Annotated[Explainer, Depends(_now)]
RecordStore = Annotated[Records, Depends(_kept)]
Repeated = Annotated[list[str] | None, Query()]  # a parameter that may stand there several times


async def known_parameters(request: Request) -> None:
    """Refuse an unknown query parameter: a misspelt `debate` would silently search everything.

    Pages and the citations they link to accept any: other sites add names of their own.

    Raises:
        RequestValidationError: there is one, or one stands twice.
    """
    route = request.scope.get("route")
    if VISIT.get().access is not Access.SEARCH or not isinstance(route, APIRoute):
        return
    names = list(_parameters(route.dependant))
    message = f"there is no such parameter; there are: {', '.join(names)}"
    message = message if names else "this takes no parameters"
    wrong = dict.fromkeys(sorted(request.query_params.keys() - {*names, PASSING}), message)
    twice = [name for name in names if len(request.query_params.getlist(name)) > 1]
    wrong |= dict.fromkeys(twice, "stands there more than once")
    if wrong:
        faults = [
            {"loc": ("query", name), "type": "name", "msg": message}
            for name, message in list(wrong.items())[:3]
        ]
        raise RequestValidationError(faults)


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    yield from chain.from_iterable(map(_parameters, dependant.dependencies))


def given(
    who: schemas.Narrowed = None,
    document: schemas.Narrowed = None,
    outlet: schemas.Narrowed = None,
    since: schemas.Narrowed = None,
    until: schemas.Narrowed = None,
    kind: schemas.Narrowed = None,
    side: schemas.Narrowed = None,
) -> dict[str, str]:
    """What an address narrows by, by name, unchecked."""
    values = {"who": who, "document": document, "outlet": outlet, "since": since, "until": until}
    values |= {"kind": kind, "side": side}
    return {name: value for name, value in values.items() if value and value.strip()}


Given = Annotated[dict[str, str], Depends(given)]


def narrowed(values: Given) -> Filter:
    """The filter of an address.

    Raises:
        QuestionError: a date is none, or the dates are the wrong way round.
    """
    return Filter.checked(**values)


Narrowed = Annotated[Filter, Depends(narrowed)]
API = APIRouter(dependencies=[Depends(known_parameters)], responses=schemas.PROBLEMS)
FIGURES = APIRouter(responses=schemas.PROBLEMS)  # which may be left out


@API.post("/v1/ask", responses=schemas.gives("AnswerBody"), summary="Ask the sources")
def ask(body: schemas.AskBody, now: Now, records: RecordStore) -> JSONResponse:
    """Answer in the sources' own words, or abstain and say why."""
    records.asked(answer := now.ask(asked(body, now)))
    return reply(wire.answer_wire(answer))


def asked(body: schemas.AskBody, explainer: Explainer) -> Question:
    """The question of a request with the turns before it, as the conversation knows them.

    Raises:
        QuestionError: it cannot be used, and why.
        InvalidSpan: an earlier quote stood at what is no range.
    """
    quotes = [
        [(quote.document_id, Span(quote.start, quote.end)) for quote in turn.quotes]
        for turn in body.history
    ]
    history = [
        Turn(turn.question, tuple(quoted_before(explainer, spans)))
        for turn, spans in zip(body.history, quotes, strict=True)
    ]
    limit = explainer.settings.max_question
    options: Any = {"debate": body.debate, "max_quotes": body.max_quotes, "history": history}
    options["only"], extractive = body.filter, body.mode == "extractive"
    return Question.checked(body.question, limit=limit, extractive=extractive, **options)


def quoted_before(
    explainer: Explainer, quotes: Iterable[tuple[str, Span]]
) -> Iterator[tuple[str, Span]]:
    """Where the quotes of a turn stood; impossible or missing places are skipped."""
    for document_id, span in quotes:
        with suppress(UnknownDocument):
            if reader.may_be_shown(explainer, document_id, span):
                yield document_id, span


def _checked(body: schemas.AskBody, now: Now) -> tuple[Explainer, Question]:
    # What is wrong with a request is told before the stream starts, with its proper status.
    question = asked(body, now)
    now.check_filter(question.filter)
    return now, question


@API.post(
    "/v1/chat", response_class=EventSourceResponse, summary="Ask, and read the answer as it comes"
)
def chat(
    known: Annotated[tuple[Explainer, Question], Depends(_checked)], records: RecordStore
) -> Iterator[ServerSentEvent]:
    """Takes what `/v1/ask` takes and streams Server-Sent Events, with a comment every 15 s."""
    yield ServerSentEvent(event="status", data={"stage": "searching"})
    yield from _worked_out(*known, records)


def _worked_out(
    explainer: Explainer, question: Question, records: Records
) -> list[ServerSentEvent]:
    """All events after the first, computed before any is sent; later errors are events too."""
    try:
        records.asked(answer := explainer.ask(question))
        return list(_events(wire.answer_wire(answer)))
    except Exception as error:  # the status line is long gone
        if not isinstance(error, PullquoteError):
            log.exception("unforeseen error")
        problem = responses.of(error)
        return [ServerSentEvent(event="error", data={**problem, "problem": problem})]


def _events(answer: wire.Wire) -> Iterator[ServerSentEvent]:
    # What stands above the quotes is sent first: nothing on the page moves afterwards.
    understood = {
        "resolved_question": answer["resolved_question"],
        "proposition": responses.sided_on(answer),
    }
    yield ServerSentEvent(event="question", data=understood)
    for fragment in answer["parts"]:
        if fragment["kind"] == "quote":
            quote = answer["quotes"][fragment["n"] - 1]
            yield ServerSentEvent(event="quote", data={"quote": quote})
        yield ServerSentEvent(event="text", data={"part": fragment})
    yield ServerSentEvent(event="done", data={"answer": answer})


@API.get("/v1/search", responses=schemas.gives("SearchBody"), summary="Find passages")
def search(
    now: Now,
    q: Annotated[
        str,
        Query(
            description="What to look for", examples=["drivers"], json_schema_extra={"minLength": 1}
        ),
    ],
    only: Narrowed,
    k: Annotated[int, Query(ge=1, le=50)] = 10,
    debate: str | None = None,
) -> JSONResponse:
    """The sentences that fit best, whether or not they answer."""
    words = worded(q, *SOUGHT, limit=now.settings.max_question)
    citations = now.search(words, count=k, debate=debate, only=only)
    filtered = wire.filter_wire(only, now.passing(only, debate)) if only.values else None
    quotes = [wire.citation_wire(citation) for citation in citations]
    return reply({"query": q, "debate": debate, "filter": filtered, "quotes": quotes})


@API.post("/v1/verify", responses=schemas.gives("VerdictBody"), summary="Check a quote")
def verify(body: schemas.VerifyBody, now: Now) -> JSONResponse:
    """Whether words stand in the sources, letter for letter, where, and who says them."""
    worded(body.quote, *QUOTE, limit=len(body.quote))
    verdict = now.verify(body.quote, speaker=body.speaker, document_id=body.document_id)
    return reply(wire.verdict_wire(verdict, now.quote_at))


# Both sides
@API.post("/v1/sides", responses=schemas.gives("SidesBody"), summary="Both sides of a proposition")
def sides(body: schemas.SidesQuery, now: Now) -> JSONResponse:
    """Quotes for it and against it, from as many voices as there are, or which side is missing."""
    return reply(both_sides(now, body.proposition, body.debate, body.each, body.filter))


def both_sides(
    explainer: Explainer,
    proposition: str,
    debate: str | None,
    each: int = EACH,
    only: Filter = EVERYTHING,
) -> wire.Wire:
    """What the sources say for a proposition and against it, up to `each` quotes a side.

    Raises:
        QuestionError: there is nothing in it to be for or against.
    """
    words = worded(proposition, *STATEMENT, limit=explainer.settings.max_question)
    sides = explainer.sides(words, debate=debate, each=each, only=only)
    return wire.sides_wire(sides, only, explainer.passing(only, debate))


@API.post("/v1/disputes", responses=schemas.gives("DisputesBody"), summary="Who disputes this?")
def disputes(body: schemas.DisputedPlace, now: Now) -> JSONResponse:
    """Another document's or speaker's words on the other side of what the operator put up for debate."""
    return reply(disputed(now, body.document_id, (body.start, body.end), body.text))


def disputed(
    explainer: Explainer, document_id: str, place: tuple[int, int], text: str
) -> wire.Wire:
    """A quote and who disputes it.

    Raises:
        NotFound: there is no such document, or its text is another now.
        InvalidSpan: the place is none, or may not be shown.
    """
    span = reader.place(reader.document_of(explainer, document_id), *place, text)
    reader.checked(explainer, document_id, span)
    return wire.disputes_wire(*explainer.disputes(document_id, span))


# What there is
@API.get("/v1/debates", responses=schemas.gives("DebatesBody"), summary="List the debates")
def debates(now: Now) -> JSONResponse:
    """Every debate, with how many documents it has and from when they are."""
    debates = reader.by_debate(now.generation)
    return reply({"debates": [reader.debate_wire(name, rows) for name, rows in debates]})


@API.get("/v1/suggestions", responses=schemas.gives("SuggestionsBody"), summary="What to ask")
def suggestions(now: Now, debate: str | None = None) -> JSONResponse:
    """Questions that were asked, and answered, when the index was built."""
    return reply({"debate": debate, "suggestions": list(now.suggestions(debate))})


@API.get("/v1/documents", responses=schemas.gives("DocumentsBody"), summary="List the documents")
def documents(
    now: Now,
    debate: str | None = None,
    start: Annotated[
        int, Query(ge=0, le=MANY, description="How many come before the first that is listed.")
    ] = 0,
    count: Annotated[int, Query(ge=1, le=MANY, description="How many are listed at most.")] = MANY,
) -> JSONResponse:
    """The documents' facts without their texts, of all or of one debate; paged if very many."""
    generation = now.generation
    numbers = generation.documents_of(debate)[start : start + count]
    listed = [wire.document_wire(generation, number, full_text=False) for number in numbers]
    return reply({"documents": listed})


@API.get(
    "/v1/documents/{document_id}", responses=schemas.gives("DocumentBody"), summary="One document"
)
def document(document_id: str, now: Now) -> JSONResponse:
    """One document's facts, and its text where the operator lets it be shown whole."""
    number = now.generation.number(reader.document_of(now, document_id).id)
    return reply(wire.document_wire(now.generation, number, full_text=now.settings.full_text))


_CITED = schemas.gives("CitationsBody")
_CITED[200]["content"] |= {style.media_type: {} for style in cite.STYLES}


@API.get(
    "/v1/documents/{document_id}/cite",
    summary="Cite a document, or a quote in it",
    responses=_CITED,
)
def cited(
    now: Now,
    document_id: str,
    style: cite.StyleName | None = None,
    start: Annotated[int, Query(ge=0, description=schemas.START)] = 0,
    end: Annotated[int, Query(ge=0, description=schemas.END)] = 0,
    tag: Annotated[
        str, Query(max_length=TAG, description="The claim at the head of a debate card.")
    ] = "",
    text: Annotated[str, Query(max_length=64, description=schemas.SAME_TEXT)] = "",
) -> Response:
    """In every style as JSON, or in one style as text that reference managers import."""
    document = reader.document_of(now, document_id)
    span = reader.place(document, start, end, text) if start or end else None
    reference = _reference(now, document, span, tag)
    if style is None:
        written = {style.name: style.write(reference) for style in cite.STYLES}
        body = {"document_id": document_id, "start": start, "end": end, "citations": written}
        return JSONResponse(body)
    return _file(reference, next(candidate for candidate in cite.STYLES if candidate.name == style))


def _reference(
    explainer: Explainer, document: Document, span: Span | None, tag: str
) -> cite.Reference:
    if span is None:
        return cite.Reference(document, tag=tag)
    reader.checked(explainer, document.id, span)
    citation = explainer.quote_at(document.id, span)
    if citation is None:
        return cite.Reference(document, span, tag=tag)
    byline, full_text = speaker_line(citation.voice, document), explainer.settings.full_text
    quoted = citation.said if span == citation.quote.span else span
    who = spoken_by(citation.voice)
    return cite.Reference(document, quoted, citation.quote, byline, tag, full_text, speaker=who)


def _file(reference: cite.Reference, style: cite.Style) -> Response:
    name = f"{reference.document.id}.{style.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'} if style.suffix else {}
    content = style.write(reference).encode("utf-8", "replace")
    return Response(content, media_type=f"{style.media_type}; charset=utf-8", headers=headers)


# The operator's records
@API.post("/v1/feedback", status_code=204, summary="Say whether a quote helped")
def feedback(body: schemas.FeedbackBody, now: Now, records: RecordStore) -> Response:
    """Kept only where the operator records feedback, without an address; repeats count again."""
    with _usable("what was said cannot be kept just now; try again shortly"):
        keep_judgement(body, now, records)
    return Response(status_code=204)


def keep_judgement(body: schemas.FeedbackBody, now: Explainer, records: Records) -> None:
    """Keep what is said of a quote.

    Raises:
        NotFound: nothing is recorded, or there is no such document.
        InvalidSpan: the place is none of the document's text.
        SettingsError: the records cannot be used just now.
    """
    if not records.kept:
        raise NotFound(NOT_KEPT)
    span, document = Span(body.start, body.end), now.document(body.document_id)
    # of the text before this one, nobody knows how long it was
    if body.generation == now.generation.card.name:
        span.cut(document.text)
    question = spaced(body.question, "question", now.settings.max_question)
    records.judged(Judgement(**(body.model_dump() | {"question": question})))


@API.get(
    "/v1/report",
    summary="What was asked in vain, and what answers lean on (admin key)",
    responses=schemas.gives("ReportBody"),
)
def report(now: Now, records: RecordStore) -> JSONResponse:
    """Gaps clustered, one-sided topics, the sources quoted most, and what visitors said of quotes.

    All questions are counted; the lists are of the latest 10,000.
    """
    if not records.kept:
        raise NotFound(NOT_KEPT)
    return reply(report_wire(records, now))


def report_wire(records: Records, explainer: Explainer) -> wire.Wire:
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


@FIGURES.get(
    "/metrics",
    summary="Figures for Prometheus (admin key, unless the operator opened them)",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def figures(request: Request) -> Response:
    """Requests, latency by route and stage, the queue, abstentions, the generation's age."""
    return Response(request.app.state.figures.text, media_type=CONTENT_TYPE_LATEST)


@API.get("/healthz", responses=schemas.gives("AliveBody"), summary="Is the process alive?")
async def healthz() -> JSONResponse:
    """Always ok while the process can answer at all."""
    return reply({"status": "ok"})


@API.get(
    "/readyz", responses=schemas.gives("ReadyBody"), summary="Does it answer, from a fresh index?"
)
def readyz(request: Request, now: Now) -> JSONResponse:
    """Ready, or degraded with the reason, the number of changed files and the command to run.

    503 where an engine that others run finds the passages, and does not now.
    """
    now.generation.check_engine()
    card, changed, refused = now.generation.card, now.changed_files(), now.refused
    return reply(
        wire.Wire(
            status="degraded" if now.degraded else "ready",
            generation=card.name,
            built_at=card.built_at,
            stale=bool(changed),
            changed=len(changed),
            changed_files=list(changed[:100]) if _is_operator(request, now.settings) else [],
            skipped=len(card.skipped),
            advice=_advice(now, changed),
            refused=refused and {"generation": refused.generation, "reason": refused.reason},
            store=now.replica.reason,
        )
    )


def _is_operator(request: Request, settings: Settings) -> bool:
    """Who may read names of unpublished files: without an admin key, clients on this machine."""
    return VISIT.get().kind is KeyKind.ADMIN if settings.admin_key else is_here(request.scope)


def _advice(explainer: Explainer, changed: tuple[str, ...]) -> str | None:
    if explainer.refused:
        return f"{explainer.refused}; the log says more; run `pullquote index`"
    if reason := explainer.replica.reason:
        return f"{reason}; what was pulled before serves; the log says more, and `pullquote doctor`"
    return (
        "the corpus changed after the index was built; run `pullquote index`" if changed else None
    )
