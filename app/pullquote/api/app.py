"""The application: routes of the JSON API, security headers, and the swap to newer generations."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse

from pullquote import __version__
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import QUOTE, SOUGHT, worded
from pullquote.answers.ready import Refused
from pullquote.api import (
    bodies,
    chat,
    citing,
    clients,
    description,
    edge,
    embed,
    ids,
    manual,
    names,
    pages,
    problems,
    report,
    send,
    sides,
    visit,
)
from pullquote.api.debates import by_debate, debate_wire
from pullquote.api.line import SPARE, at_work
from pullquote.api.visit import Kind
from pullquote.api.wire import Wire, answer_wire, citation_wire, document_wire, verdict_wire
from pullquote.settings import Settings
from pullquote.upkeep.records import Records

REFRESH_SECONDS = 1.0
log = logging.getLogger("pullquote")
_DESCRIPTION = (
    "Ask a policy debate; every answer quotes its sources word for word, says whose words they are, "
    "and says plainly when they do not answer."
)


def create_app(explainer: Explainer) -> FastAPI:
    """The service over an opened index."""
    app = FastAPI(
        title="Pullquote", version=__version__, description=_DESCRIPTION, lifespan=_lifespan,
        docs_url=None, redoc_url=None, redirect_slashes=False, dependencies=[Depends(names.known)],
        openapi_url="/openapi.json" if explainer.settings.docs else None, responses=description.PROBLEMS,
    )  # fmt: skip
    app.state.explainer = explainer
    problems.install(app)
    records = app.state.records = edge.install(app, explainer)
    _answer_routes(app, explainer, records)
    chat.install(app, explainer, records)
    _source_routes(app, explainer)
    _health_routes(app, explainer)
    citing.install(app, explainer)
    sides.install(app, explainer)
    report.install(app, explainer, records)
    pages.install(app, explainer, records)
    embed.install(app, explainer, records)
    description.install(app, explainer.settings)
    if explainer.settings.docs:
        manual.install(app, explainer)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    explainer: Explainer = app.state.explainer
    to_thread.current_default_thread_limiter().total_tokens = at_work(explainer.settings) + SPARE
    watcher = asyncio.create_task(_take_up_newer(explainer))
    yield
    watcher.cancel()
    with suppress(asyncio.CancelledError):
        await watcher
    await to_thread.run_sync(app.state.records.flush)


async def _take_up_newer(explainer: Explainer) -> None:
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        try:
            await to_thread.run_sync(explainer.refresh)
        except Exception:  # nobody foresaw it: the next look may succeed
            log.exception("looking for a newer generation failed")


def _answer_routes(app: FastAPI, explainer: Explainer, records: Records) -> None:
    limit = explainer.settings.max_question
    size: dict[str, Any] = {"minLength": 1, "maxLength": limit}  # only told: what is wrong with words is said in words

    @app.post("/v1/ask", responses={200: {"model": bodies.AnswerBody}}, summary="Ask the sources")
    def ask(body: bodies.AskBody) -> JSONResponse:
        """Answer in the sources' own words, or abstain and say why."""
        now = explainer.now()
        records.asked(answer := now.ask(chat.asked(body, now)))
        return send.wire(answer_wire(answer))

    @app.get("/v1/search", responses={200: {"model": bodies.SearchBody}}, summary="Find passages")
    def search(
        q: Annotated[str, Query(description="What to look for", examples=["drivers"], json_schema_extra=size)],
        k: Annotated[int, Query(ge=1, le=50)] = 10,
        debate: str | None = None,
    ) -> JSONResponse:
        """The sentences that fit best, whether or not they answer."""
        found = explainer.search(worded(q, *SOUGHT, limit=limit), count=k, debate=debate)
        return send.wire({"query": q, "debate": debate, "quotes": [citation_wire(citation) for citation in found]})

    @app.post("/v1/verify", responses={200: {"model": bodies.VerdictBody}}, summary="Check a quote")
    def verify(body: bodies.VerifyBody) -> JSONResponse:
        """Whether words stand in the sources, letter for letter, and where, and are whose they are said to be."""
        worded(body.quote, *QUOTE, limit=len(body.quote))
        now = explainer.now()
        verdict = now.verify(body.quote, speaker=body.speaker, document_id=body.document_id)
        return send.wire(verdict_wire(verdict, now.quote_at))


def _source_routes(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/v1/debates", responses={200: {"model": bodies.DebatesBody}}, summary="List the debates")
    def debates() -> JSONResponse:
        """Every debate, with how many documents it has and from when they are."""
        return send.wire({"debates": [debate_wire(name, rows) for name, rows in by_debate(explainer.generation)]})

    @app.get("/v1/suggestions", responses={200: {"model": bodies.SuggestionsBody}}, summary="What to ask")
    def suggestions(debate: str | None = None) -> JSONResponse:
        """Questions that were asked, and answered, when the index was built."""
        return send.wire({"debate": debate, "suggestions": list(explainer.suggestions(debate))})

    @app.get("/v1/documents", responses={200: {"model": bodies.DocumentsBody}}, summary="List the documents")
    def documents() -> JSONResponse:
        """Every document's facts, without its text."""
        generation = explainer.generation
        numbers = range(len(generation.rows))
        return send.wire({"documents": [document_wire(generation, number, full_text=False) for number in numbers]})

    @app.get(
        "/v1/documents/{document_id}", responses={200: {"model": bodies.DocumentBody}},
        summary="One document",
    )  # fmt: skip
    def document(document_id: str) -> JSONResponse:
        """One document's facts, and its text where the operator lets it be shown whole."""
        generation = explainer.generation
        number = generation.number(ids.checked(document_id))
        return send.wire(document_wire(generation, number, full_text=explainer.settings.full_text))


def _health_routes(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/healthz", responses={200: {"model": bodies.AliveBody}}, summary="Is the process alive?")
    async def healthz() -> JSONResponse:
        """Always ok while the process can answer at all."""
        return send.wire({"status": "ok"})

    @app.get("/readyz", responses={200: {"model": bodies.ReadyBody}}, summary="Does it answer, from a fresh index?")
    def readyz(request: Request) -> JSONResponse:
        """Ready, or degraded with the reason, how many files changed and the command that mends it; names them to the operator."""
        now = explainer.now()
        card, changed = now.generation.card, now.changed_files()
        return send.wire(
            {
                "status": "degraded" if now.degraded else "ready",
                "generation": card.name,
                "built_at": card.built_at,
                "stale": bool(changed),
                "changed": len(changed),
                "changed_files": list(changed[:100]) if _is_operator(request, explainer.settings) else [],
                "skipped": len(card.skipped),
                "advice": _advice(now, changed),
                "refused": _refused_wire(now.refused),
            }
        )


def _is_operator(request: Request, settings: Settings) -> bool:
    """Who may read the names of files that are not published yet: where there is no admin key, who is on this machine."""
    if settings.admin_key:
        return visit.of(request.scope).kind is Kind.ADMIN
    return clients.is_here(request.scope)


def _refused_wire(refused: Refused | None) -> Wire | None:
    return None if refused is None else {"generation": refused.generation, "reason": refused.reason}


def _advice(explainer: Explainer, changed: tuple[str, ...]) -> str | None:
    if explainer.refused:
        return f"{explainer.refused}; the log says more; run `pullquote index`"
    return "the corpus changed after the index was built; run `pullquote index`" if changed else None
