"""MCP: tools over stdin and stdout or at /mcp; read-only but for feedback, typed results.

The only module that imports the library of that name; it comes with `pullquote[mcp]`.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import Annotated, Any, Literal

from mcp import MCPError
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import (
    ResourceError,
    ResourceNotFoundError,
    ToolError,
    UnexpectedToolError,
)
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import INTERNAL_ERROR, CallToolResult, TextContent, ToolAnnotations
from mcp.types import Resource as Listed
from pydantic import BaseModel, Field, ValidationError
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pullquote import __version__
from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import QUOTE, SOUGHT, Query, worded
from pullquote.api import mcp_shapes as shapes
from pullquote.api import reader, responses, wire
from pullquote.api.responses import VISIT, problem
from pullquote.api.routes import both_sides as sides_of
from pullquote.api.routes import keep_judgement
from pullquote.api.schemas import DraftText, FeedbackBody, Narrowing
from pullquote.errors import PullquoteError, UnknownDocument, WorkStopped
from pullquote.index.facets import EVERYTHING, Filter
from pullquote.index.layout import DocumentRow
from pullquote.span import Span
from pullquote.upkeep.records import Records
from pullquote.voice.voices import source_line

ADDRESS = "pullquote://documents/"  # of a document as a resource
FOUND = 8  # places that `search` names
MOST_QUOTE = 20_000  # letters of a quote that is checked
AROUND = 600  # letters of a passage around what is asked for
RESOURCES = 1_000  # documents listed as resources
RETRY_SECONDS = 5  # after which what is away may be back
ADDING = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False
)
READ_ONLY = ADDING.model_copy(update={"read_only_hint": True, "idempotent_hint": True})
INSTRUCTIONS = (
    "Pullquote answers questions about a policy debate with the sources' own words, letter for "
    "letter. Show quotes as they are, with the speaker and the link beside each; never reword "
    "what stands between quotation marks. Where a tool says that nothing clearly answers, say so "
    "too. Before you send a text that quotes these sources, pass it to verify_text."
)
DebateArgument = Annotated[
    str | None,
    Field(description="A debate's name, as list_documents gives it; leave out to ask all."),
]
OnlyArgument = Annotated[
    Narrowing | None, Field(description="What to look in only; leave out to look in everything.")
]
QuoteCount = Annotated[int, Field(ge=1, le=10)]
SentenceCount = Annotated[int, Field(ge=1, le=50)]
DocumentName = Annotated[
    str, Field(description="A document's id, as list_documents and every quote give it.")
]


def _problem(error: PullquoteError) -> tuple[str, dict[str, Any]]:
    """An error in words that a model can act on, and its type; nothing private over HTTP."""
    status, kind = responses.kind_of(error)
    message = str(error) if VISIT.get(None) is None else responses.of(error)["detail"]
    if isinstance(error, UnknownDocument):
        message = f"{error.found}; call list_documents for the ids that there are"
    # which the same call would meet again
    away = status == 503 and not isinstance(error, WorkStopped)
    return message, {"type": kind, "retry_after": RETRY_SECONDS if away else None}


def _failed(
    message: str, kind: str = "invalid-request", retry_after: int | None = None
) -> CallToolResult:
    error = {"type": kind, "message": message, "retry_after": retry_after}
    return CallToolResult(
        content=[TextContent(type="text", text=message)],
        structured_content={"error": error},
        is_error=True,
    )


def _said(text: str, result: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=result.model_dump(mode="json"),
    )


class Tools:
    """The tools, over what answers at each call; each answer is told to whoever keeps records."""

    def __init__(
        self,
        current: Callable[[], Explainer],
        on_answer: Callable[[Answer], None],
        records: Callable[[], Records],
    ) -> None:
        self._current, self._asked, self._records = current, on_answer, records

    def all(self) -> list[Callable[..., Any]]:
        """Every tool; its name and what it does are the function's."""
        checks: list[Callable[..., Any]] = [self.verify_quote, self.verify_text, self.both_sides]
        texts: list[Callable[..., Any]] = [self.list_documents, self.read_passage, self.search]
        return [self.ask, self.search_quotes, *checks, *texts, self.fetch, self.submit_feedback]

    def ask(
        self,
        question: str,
        debate: DebateArgument = None,
        max_quotes: QuoteCount = 3,
        only: OnlyArgument = None,
    ) -> Annotated[CallToolResult, shapes.AskResult]:
        """Answer a question in the sources' own words, or say that nothing clearly answers it."""
        now = self._current()
        limit = now.settings.max_question
        options: Any = {"debate": debate, "max_quotes": max_quotes, "only": _filter(only)}
        query = Query.checked(question, limit=limit, **options)
        self._asked(answer := now.ask(query))
        body = wire.answer_wire(answer)
        names = ("quotes", "nearest", "beyond")
        quotes, nearest, beyond = (shapes.quotes_of(body[name]) for name in names)
        lines = [part.get("text") or quotes[part["n"] - 1].shown for part in body["parts"]]
        lines += [quote.shown for quote in (*nearest, *beyond)] + [f"({body['gap']})"] * bool(
            body["gap"]
        )
        body |= {"answer_id": body["id"], "generation": body["index"]["generation"]}
        body |= {"quotes": quotes, "nearest": nearest, "beyond": beyond}
        result = shapes.AskResult.model_validate(body)
        return _said("\n\n".join(lines), result)

    def search_quotes(
        self,
        query: str,
        debate: DebateArgument = None,
        count: SentenceCount = 10,
        only: OnlyArgument = None,
    ) -> Annotated[CallToolResult, shapes.Quotes]:
        """Find the sentences that fit best, whether or not they answer a question."""
        quotes = self._search(query, count, debate, _filter(only))
        shown = shapes.shown(quotes) or "No sentence here holds any of these words."
        return _said(shown, shapes.Quotes(quotes=quotes))

    def _search(
        self, query: str, count: int, debate: str | None = None, only: Filter = EVERYTHING
    ) -> list[shapes.Quoted]:
        now = self._current()
        words = worded(query, *SOUGHT, limit=now.settings.max_question)
        return shapes.quotes_of(
            wire.citation_wire(citation)
            for citation in now.search(words, count=count, debate=debate, only=only)
        )

    def verify_quote(
        self, quote: str, speaker: str | None = None, document_id: str | None = None
    ) -> Annotated[CallToolResult, shapes.VerifyResult]:
        """Check whether words stand in the sources, letter for letter, and who says them."""
        now = self._current()
        worded(quote, *QUOTE, limit=MOST_QUOTE)
        checked = now.verify(quote, speaker=speaker, document_id=document_id)
        verdict = shapes.VerifyResult.of(wire.verdict_wire(checked, now.quote_at))
        whose = f", attribution {verdict.attribution}" if verdict.attribution else ""
        caveats = "\n".join(f"({caveat})" for caveat in verdict.caveats)
        text = f"{verdict.result}{whose}\n\n{verdict.compared}".strip()
        return _said(f"{text}\n\n{caveats}", verdict)

    def verify_text(self, text: DraftText) -> Annotated[CallToolResult, shapes.DraftResult]:
        """Check every quotation of a draft (plain or Markdown): words, speaker, omissions."""
        now = self._current()
        body = wire.checked_wire(text, now.check(text), now.quote_at)
        checked = [shapes.CheckedQuotation.of(quotation) for quotation in body["quotations"]]
        wrong = [quotation for quotation in checked if not quotation.right]
        lines = [f"Quotations: {len(checked)}; something is to be said against {len(wrong)}."]
        for quotation in wrong:
            left = f"\nLeft out: {quotation.omitted}" if quotation.omitted else ""
            head = f"{quotation.result} (characters {quotation.start} to {quotation.end})"
            lines.append(f"{head}: {quotation.words}{left}\n{quotation.compared}")
        result = shapes.DraftResult(ok=body["ok"], counts=body["counts"], quotations=checked)
        return _said("\n\n".join(lines), result)

    def both_sides(
        self, proposition: str, debate: DebateArgument = None, only: OnlyArgument = None
    ) -> Annotated[CallToolResult, shapes.SidesResult]:
        """Show what the sources say for a statement and against it, or which side is missing."""
        body = sides_of(self._current(), proposition, debate, only=_filter(only))
        columns = {"favour": shapes.quotes_of(body["for"])}
        columns |= {"against": shapes.quotes_of(body["against"])}
        sides = shapes.SidesResult.model_validate(body | columns)
        named = (("For", sides.favour), ("Against", sides.against))
        lines = [f"{name}:\n\n{shapes.shown(quotes) or 'none found'}" for name, quotes in named]
        return _said("\n\n".join([sides.proposition, *lines]), sides)

    def list_documents(
        self, debate: DebateArgument = None
    ) -> Annotated[CallToolResult, shapes.Documents]:
        """List the documents that quotes come from, with author, publisher and date."""
        now = self._current()
        documents = [
            shapes.DocumentFacts.of(wire.document_wire(now.generation, number, full_text=False))
            for number in now.generation.documents_of(debate)
        ]
        lines = []
        for row in documents:
            origin = ", ".join(filter(None, (row.author, row.publisher, row.date, row.debate)))
            lines.append(f"{row.id}: {row.title} ({origin})")
        return _said("\n".join(lines), shapes.Documents(documents=documents))

    def read_passage(
        self, document_id: DocumentName, start: int, end: int
    ) -> Annotated[CallToolResult, shapes.PassageResult]:
        """Read the whole sentences of a document around a quote's start and end."""
        passage = _passage(self._current(), document_id, Span(start, end))
        where = f" ({passage.url})" if passage.url else ""
        return _said(f"{passage.text}\n— {passage.byline}{where}", passage)

    def search(self, query: str) -> Annotated[CallToolResult, shapes.SearchHits]:
        """Find passages about something; give an id to fetch to read it."""
        hits = [
            shapes.SearchHit(
                id=quote.place,
                title=f"{quote.title or quote.document_id}: {quote.exact[:80]}",
                url=quote.url,
            )
            for quote in self._search(query, FOUND)
        ]
        result = shapes.SearchHits(results=hits)
        return _said(result.model_dump_json(), result)

    def fetch(self, id: str) -> Annotated[CallToolResult, shapes.FetchResult]:  # noqa: A002
        """Read what search found, by its id, or a whole document by its own."""
        now, (document_id, span) = self._current(), _parted(id)
        document = reader.document_of(now, document_id)
        if span is None and now.settings.full_text:
            text, url = (
                document.text,
                shapes.link_to(f"/documents/{document.id}", document.source.url),
            )
        else:
            passage = _passage(now, document_id, span or Span(0, 1))
            text, url = passage.text, passage.url
        metadata = {"byline": source_line(document.source), "debate": document.debate}
        metadata["sha256"] = document.sha256
        texts: Any = {"title": document.name, "text": text, "url": url, "metadata": metadata}
        result = shapes.FetchResult(id=id, **texts)
        return _said(result.model_dump_json(), result)

    def submit_feedback(
        self,
        verdict: Literal["helpful", "wrong_quote", "wrong_speaker"],
        document_id: DocumentName,
        start: int,
        end: int,
        question: str,
        answer_id: str,
        generation: str,
    ) -> Annotated[CallToolResult, shapes.FeedbackResult]:
        """Tell the operator whether a quote helped; ask gives answer_id and generation."""
        place: Any = {"document_id": document_id, "start": start, "end": end}
        answer: Any = {"question": question, "answer_id": answer_id, "generation": generation}
        body = FeedbackBody(verdict=verdict, **place, **answer)
        keep_judgement(body, self._current(), self._records())
        return _said("It is on record for the operator.", shapes.FeedbackResult(kept=True))


def _filter(only: Narrowing | None) -> Filter:
    return only.filter if only else EVERYTHING


def _parted(name: str) -> tuple[str, Span | None]:
    """The document and the place of an id that `search` gave; a document's own id has none."""
    document_id, _, offsets = name.rpartition(":")
    start, _, end = offsets.partition("-")
    if document_id and start.isdecimal() and end.isdecimal():
        return document_id, Span(int(start), int(end))
    return name, None


def _passage(explainer: Explainer, document_id: str, span: Span) -> shapes.PassageResult:
    """The sentences around a place, as many as may be shown.

    Raises:
        PullquoteError: there is no such document or place.
    """
    document = reader.document_of(explainer, document_id)
    span.cut(document.text)
    wide = Span(max(0, span.start - AROUND), min(len(document.text), span.end + AROUND))
    shown = wide if reader.may_be_shown(explainer, document.id, wide) else span
    citation = explainer.quote_at(document.id, shown)
    if citation is None:
        raise ToolError(
            f"no sentence stands at {span.start} to {span.end} of {document_id}; "
            "take a place from a quote"
        )
    reader.checked(explainer, document.id, citation.quote.span)
    quoted = shapes.Quoted.of(wire.citation_wire(citation))
    byline = source_line(document.source) or document.name
    fields = quoted.model_dump() | {"text": quoted.exact, "byline": byline}
    return shapes.PassageResult.model_validate(fields)


# The server
class Assistant(MCPServer[Any]):
    """The tools, and every document as a resource."""

    def __init__(
        self,
        current: Callable[[], Explainer],
        on_answer: Callable[[Answer], None] = lambda _: None,
        records: Callable[[], Records] = lambda: Records(None),
    ) -> None:
        description = "A policy debate in the sources' own words."
        about: Any = {"title": "Pullquote", "description": description}
        options: Any = {"version": __version__, "log_level": "WARNING", "subscriptions": False}
        super().__init__("pullquote", instructions=INSTRUCTIONS, **about, **options)
        self._current, self.serving = current, False
        self._tools = Tools(current, on_answer, records).all()
        for tool in self._tools:
            hints = ADDING if tool.__name__ == "submit_feedback" else READ_ONLY
            title = tool.__name__.replace("_", " ").capitalize()
            self.add_tool(_guarded(tool), annotations=hints, title=title)
        resource = self.resource(
            ADDRESS + "{document_id}", title="A document", mime_type="text/plain"
        )
        resource(self._document)

    def _document(self, document_id: str) -> str:
        """A document's text, letter for letter, where the operator lets it be shown whole."""
        try:
            now = self._current()
            document = reader.document_of(now, document_id)
        except UnknownDocument as error:
            known = "list the resources for those that there are"
            raise ResourceNotFoundError(f"{error.found}; {known}") from error
        except PullquoteError as error:
            raise ResourceError(_problem(error)[0]) from error
        if not now.settings.full_text:
            raise ResourceError(
                "documents are shown only around quotes; call read_passage with a quote's place"
            )
        return document.text

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Any = None) -> Any:
        """Call a tool; what is wrong with a call is told in plain words, with its type."""
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError:
            raise
        except ToolError as error:
            return _failed(self._plain(name, error))

    def _plain(self, name: str, error: ToolError) -> str:
        tools = [tool.__name__ for tool in self._tools]
        if name not in tools:
            return f"there is no tool “{name[:80]}”; there are: {', '.join(tools)}"
        if isinstance(error.__cause__, ValidationError):
            faults = error.__cause__.errors()[:3]
            wrong = (
                f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in faults
            )
            return f"{'; '.join(wrong)}; the tool's input schema says what {name} takes"
        return str(error).removeprefix(f"Error executing tool {name}: ")

    async def list_resources(self) -> list[Listed]:
        """The documents of the index of this moment; of very many the first.

        Raises:
            MCPError: there is no index, or it cannot be used.
        """
        try:
            rows = self._current().generation.rows[:RESOURCES]
        except PullquoteError as error:
            raise MCPError(INTERNAL_ERROR, *_problem(error)) from error
        return [_listed(row) for row in rows]


def _listed(row: DocumentRow) -> Listed:
    about: Any = {"title": row.name, "description": source_line(row.source)}
    return Listed(uri=ADDRESS + row.id, name=row.id, mime_type="text/plain", **about)


def _guarded(tool: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(tool)
    def guarded(**arguments: Any) -> Any:
        try:
            return tool(**arguments)
        except PullquoteError as error:
            message, details = _problem(error)
            return _failed(message, details["type"], details["retry_after"])

    return guarded


def route_of(assistant: Assistant) -> Route:
    """The route /mcp: streamable HTTP without sessions, each answer whole."""

    async def not_yet(scope: Scope, receive: Receive, send: Send) -> None:
        away = problem(503, "assistants are not answered just now; try again shortly")
        await away(scope, receive, send)

    class Endpoint:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            answer = assistant.session_manager.handle_request if assistant.serving else not_yet
            await answer(scope, receive, send)

    return Route("/mcp", Endpoint(), methods=["POST"])


@asynccontextmanager
async def running(assistant: Assistant) -> AsyncIterator[None]:
    """Serve /mcp meanwhile."""
    # `guard.Hosts` does that, for every route
    open_to = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    options: Any = {"stateless_http": True, "json_response": True, "transport_security": open_to}
    assistant.streamable_http_app(**options)
    async with assistant.session_manager.run():
        assistant.serving = True
        yield
        assistant.serving = False
