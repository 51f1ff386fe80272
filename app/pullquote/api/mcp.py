"""MCP: what an assistant can ask of the sources, over stdin and stdout or at /mcp; read-only, typed, and plain to read.

The only module that imports the library of that name; it comes with `pullquote[mcp]`.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, Any, Literal

from mcp import MCPError
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError, UnexpectedToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import INTERNAL_ERROR, CallToolResult, TextContent, ToolAnnotations
from mcp.types import Resource as Listed
from pydantic import BaseModel, Field, ValidationError
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pullquote import __version__
from pullquote.answers.answer import Answer as Asked
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import QUOTE, SOUGHT, Query, worded
from pullquote.api import reader, responses, wire
from pullquote.api.mcp_shapes import (
    Answer,
    Checked,
    CheckedQuotation,
    DocumentFacts,
    Documents,
    Fetched,
    Hit,
    Hits,
    Noted,
    Passage,
    Quoted,
    Quotes,
    Sides,
    Verdict,
    caveats_of,
)
from pullquote.api.responses import VISIT, problem
from pullquote.api.routes import both_sides as sides_of
from pullquote.api.routes import keep_judgement
from pullquote.api.schemas import DraftText, FeedbackBody
from pullquote.errors import PullquoteError, UnknownDocument, WorkStopped
from pullquote.span import Span
from pullquote.upkeep.records import Records
from pullquote.voice.voices import source_line

ADDRESS = "pullquote://documents/"  # of a document as a resource
PUBLIC: ContextVar[str] = ContextVar(
    "pullquote_public", default=""
)  # where people find this server's pages, over stdio
FOUND = 8  # places that `search` names
MOST_QUOTE = 20_000  # letters of a quote that is checked
AROUND = 600  # letters of a passage around what is asked for
RESOURCES = 1_000  # documents listed as resources
RETRY_SECONDS = 5  # after which what is away may be back
READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
ADDING = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
INSTRUCTIONS = (
    "Pullquote answers questions about a policy debate with the sources' own words, letter for letter. Show quotes as they "
    "are, with the speaker and the link beside each; never reword what stands between quotation marks. Where a tool says "
    "that nothing clearly answers, say so too. Before you send a text that quotes these sources, pass it to verify_text."
)
Debate = Annotated[str | None, Field(description="A debate's name, as list_documents gives it; leave out to ask all.")]
DocumentId = Annotated[str, Field(description="A document's id, as list_documents and every quote give it.")]


def _problem(error: PullquoteError) -> tuple[str, dict[str, Any]]:
    """What went wrong as words that a model can act on, and its type; over HTTP nothing that is the operator's alone."""
    status, kind = responses.kind_of(error)
    message = str(error) if VISIT.get(None) is None else responses.of(error)["detail"]
    if isinstance(error, UnknownDocument):
        message = f"{error.found}; call list_documents for the ids that there are"
    away = status == 503 and not isinstance(error, WorkStopped)  # which the same call would meet again
    return message, {"type": kind, "retry_after": RETRY_SECONDS if away else None}


def _failed(message: str, kind: str = "invalid-request", retry_after: int | None = None) -> CallToolResult:
    error = {"type": kind, "message": message, "retry_after": retry_after}
    return CallToolResult(
        content=[TextContent(type="text", text=message)], structured_content={"error": error}, is_error=True
    )


def _said(text: str, told: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=told.model_dump(mode="json")
    )


class Tools:
    """The tools, over what answers at each call; each answer is told to whoever keeps records."""

    def __init__(
        self, current: Callable[[], Explainer], asked: Callable[[Asked], None], records: Callable[[], Records]
    ) -> None:
        self._current, self._asked, self._records = current, asked, records

    def all(self) -> list[Callable[..., Any]]:
        """Every tool; its name and what it does are the function's."""
        return [
            self.ask, self.search_quotes, self.verify_quote, self.verify_text, self.both_sides, self.list_documents,
            self.read_passage, self.search, self.fetch, self.submit_feedback,
        ]  # fmt: skip

    def ask(
        self, question: str, debate: Debate = None, max_quotes: Annotated[int, Field(ge=1, le=10)] = 3
    ) -> Annotated[CallToolResult, Answer]:
        """Answer a question in the sources' own words, or say that nothing here clearly answers it."""
        now = self._current()
        query = Query.checked(question, limit=now.settings.max_question, debate=debate, max_quotes=max_quotes)
        self._asked(answer := now.ask(query))
        told = wire.answer_wire(answer)
        quotes, nearest = _quotes(told["quotes"]), _quotes(told["nearest"])
        parts = [part.get("text") or _shown(quotes[part["n"] - 1]) for part in told["parts"]]
        lines = [*parts, *map(_shown, nearest), *([f"({told['gap']})"] if told["gap"] else [])]
        names = ("status", "reason", "confidence", "suggestions")
        own = {name: told[name] for name in names} | {"answer_id": told["id"]}
        generation = told["index"]["generation"]
        return _said("\n\n".join(lines), Answer(quotes=quotes, nearest=nearest, generation=generation, **own))

    def search_quotes(
        self, query: str, debate: Debate = None, count: Annotated[int, Field(ge=1, le=50)] = 10
    ) -> Annotated[CallToolResult, Quotes]:
        """Find the sentences that fit best, whether or not they answer a question."""
        now = self._current()
        found = now.search(worded(query, *SOUGHT, limit=now.settings.max_question), count=count, debate=debate)
        quotes = _quotes([wire.citation_wire(citation) for citation in found])
        return _said(_all(quotes) or "No sentence here holds any of these words.", Quotes(quotes=quotes))

    def verify_quote(
        self, quote: str, speaker: str | None = None, document_id: str | None = None
    ) -> Annotated[CallToolResult, Verdict]:
        """Check whether words stand in the sources, letter for letter, and are whose they are said to be."""
        now = self._current()
        worded(quote, *QUOTE, limit=MOST_QUOTE)
        told = wire.verdict_wire(now.verify(quote, speaker=speaker, document_id=document_id), now.quote_at)
        verdict = Verdict(**_verdict(told))
        whose = f", attribution {verdict.attribution}" if verdict.attribution else ""
        caveats = "\n".join(f"({caveat})" for caveat in verdict.caveats)
        return _said(f"{verdict.result}{whose}\n\n{_compared(verdict)}".strip() + f"\n\n{caveats}", verdict)

    def verify_text(self, text: DraftText) -> Annotated[CallToolResult, Checked]:
        """Check every quotation of a draft, plain or in Markdown: its words, who is said to say it, what it leaves out."""
        now = self._current()
        told = wire.checked_wire(text, now.check(text), now.quote_at)
        names = ("words", "start", "end", "speaker", "right", "omitted")
        checked = [
            CheckedQuotation(**_verdict(one), **{name: one[name] for name in names}, nearest=_matches(one["nearest"]))
            for one in told["quotations"]
        ]
        wrong = [one for one in checked if not one.right]
        lines = [f"Quotations: {len(checked)}; something is to be said against {len(wrong)}."]
        for one in wrong:
            left = f"\nLeft out: {one.omitted}" if one.omitted else ""
            lines.append(f"{one.result} (characters {one.start} to {one.end}): {one.words}{left}\n{_compared(one)}")
        return _said("\n\n".join(lines), Checked(ok=told["ok"], counts=told["counts"], quotations=checked))

    def both_sides(self, proposition: str, debate: Debate = None) -> Annotated[CallToolResult, Sides]:
        """Show what the sources say for a statement and against it, or which side is missing."""
        told = sides_of(self._current(), proposition, debate)
        sides = Sides(
            proposition=told["proposition"],
            favour=_quotes(told["for"]),
            against=_quotes(told["against"]),
            gap=told["gap"],
        )
        columns = (("For", sides.favour), ("Against", sides.against))
        lines = [f"{name}:\n\n{_all(quotes) or 'none found'}" for name, quotes in columns]
        return _said("\n\n".join([sides.proposition, *lines]), sides)

    def list_documents(self, debate: Debate = None) -> Annotated[CallToolResult, Documents]:
        """List the documents that quotes come from, with author, publisher and date."""
        now = self._current()
        told = [_facts(now, number) for number in now.generation.documents_of(debate)]
        lines = [
            f"{one.id}: {one.title} ({', '.join(filter(None, (one.author, one.publisher, one.date, one.debate)))})"
            for one in told
        ]
        return _said("\n".join(lines), Documents(documents=told))

    def read_passage(self, document_id: DocumentId, start: int, end: int) -> Annotated[CallToolResult, Passage]:
        """Read the whole sentences of a document around a quote's start and end."""
        passage = _passage(self._current(), document_id, Span(start, end))
        where = f" ({passage.url})" if passage.url else ""
        return _said(f"{passage.text}\n— {passage.byline}{where}", passage)

    def search(self, query: str) -> Annotated[CallToolResult, Hits]:
        """Find passages about something; give an id to fetch to read it."""
        now = self._current()
        found = now.search(worded(query, *SOUGHT, limit=now.settings.max_question), count=FOUND)
        hits = [
            Hit(id=f"{one.document_id}:{one.start}-{one.end}", title=f"{one.title or one.document_id}: {one.exact[:80]}", url=one.url)
            for one in _quotes([wire.citation_wire(citation) for citation in found])
        ]  # fmt: skip
        told = Hits(results=hits)
        return _said(told.model_dump_json(), told)

    def fetch(self, id: str) -> Annotated[CallToolResult, Fetched]:  # noqa: A002 (the name that assistants send)
        """Read what search found, by its id, or a whole document by its own."""
        now, (document_id, place) = self._current(), _parted(id)
        document = reader.document_of(now, document_id)
        if place is None and now.settings.full_text:
            text, url = document.text, _link(f"/documents/{document.id}", document.source.url)
        else:
            passage = _passage(now, document_id, place or Span(0, 1))
            text, url = passage.text, passage.url
        metadata = {"byline": source_line(document.source), "debate": document.debate, "sha256": document.sha256}
        told = Fetched(id=id, title=document.name, text=text, url=url, metadata=metadata)
        return _said(told.model_dump_json(), told)

    def submit_feedback(
        self, verdict: Literal["helpful", "wrong_quote", "wrong_speaker"], document_id: DocumentId, start: int, end: int,
        question: str, answer_id: str, generation: str,
    ) -> Annotated[CallToolResult, Noted]:  # fmt: skip
        """Tell the operator whether a quote of an answer helped; the last two are in what ask gave."""
        body = FeedbackBody(
            verdict=verdict, document_id=document_id, start=start, end=end, question=question, answer_id=answer_id,
            generation=generation,
        )  # fmt: skip
        keep_judgement(body, self._current(), self._records())
        return _said("It is on record for the operator.", Noted(kept=True))


def _parted(name: str) -> tuple[str, Span | None]:
    """The document and the place of an id that `search` gave; a document's own id has none."""
    document_id, _, place = name.rpartition(":")
    start, _, end = place.partition("-")
    if document_id and start.isdecimal() and end.isdecimal():
        return document_id, Span(int(start), int(end))
    return name, None


def _passage(explainer: Explainer, document_id: str, span: Span) -> Passage:
    """The sentences around a place, as many as may be shown.

    Raises:
        PullquoteError: there is no such document or place.
    """
    document = reader.document_of(explainer, document_id)
    span.cut(document.text)
    wide = Span(max(0, span.start - AROUND), min(len(document.text), span.end + AROUND))
    citation = explainer.quote_at(document.id, wide if reader.may_be_shown(explainer, document.id, wide) else span)
    if citation is None:
        raise ToolError(f"no sentence stands at {span.start} to {span.end} of {document_id}; take a place from a quote")
    reader.checked(explainer, document.id, citation.quote.span)
    quoted = _quotes([wire.citation_wire(citation)])[0]
    own = {"text": quoted.exact, "byline": source_line(document.source) or document.name, "url": quoted.url}
    return Passage(document_id=document.id, start=quoted.start, end=quoted.end, **own)


def _link(path: str, source: str | None) -> str:
    """The address of a place: this server's page, or without one what was published."""
    visit = VISIT.get(None)
    origin = visit.origin if visit else PUBLIC.get()
    return f"{origin}{path}" if origin else source or ""


def _quotes(told: list[wire.Wire]) -> list[Quoted]:
    return [_quoted(one) for one in told]


def _quoted(told: wire.Wire) -> Quoted:
    voice, links = told["voice"], told["links"]
    return Quoted(
        **{name: told[name] for name in ("exact", "byline", "document_id", "start", "end", "before", "leans")},
        title=told["source"]["title"], url=_link(links["reader"], links["source"]), speaker=voice["speaker"],
        sure=voice["sure"], side=told["stance"] and told["stance"]["side"],
    )  # fmt: skip


def _verdict(told: wire.Wire) -> dict[str, Any]:
    names = ("result", "attribution", "diff")
    return {name: told[name] for name in names} | {"matches": _matches(told["matches"]), "caveats": caveats_of(told)}


def _matches(matches: Sequence[wire.Wire]) -> list[Quoted]:
    return _quotes([{**match, **match["found"]} for match in matches])


def _shown(quote: Quoted) -> str:
    """A quote as it reads alone."""
    exact = quote.exact.replace("\n", "\n> ")
    before = f"(Just before it: {quote.before})\n" if quote.leans and quote.before else ""
    place = ", ".join(filter(None, (f"{quote.document_id}:{quote.start}-{quote.end}", quote.url)))
    return f"{before}> {exact}\n— {quote.byline} ({place})"


def _all(quotes: list[Quoted]) -> str:
    return "\n\n".join(map(_shown, quotes))


def _compared(verdict: Verdict) -> str:
    signs = {"same": " ", "only_given": "-", "only_stored": "+"}
    return "\n".join([*(f"{signs[one.kind]} {one.text}" for one in verdict.diff), *map(_shown, verdict.matches[:2])])


def _facts(explainer: Explainer, number: int) -> DocumentFacts:
    told = wire.document_wire(explainer.generation, number, full_text=False)
    source = told["source"]
    return DocumentFacts(
        **{name: told[name] for name in ("id", "debate", "characters")},
        **{name: source[name] for name in ("author", "publisher", "date")},
        title=source["name"], url=_link(f"/documents/{told['id']}", source["url"]),
    )  # fmt: skip


# The server
class Assistant(MCPServer[Any]):
    """The tools, and every document as a resource."""

    def __init__(
        self, current: Callable[[], Explainer], asked: Callable[[Asked], None] = lambda _: None,
        records: Callable[[], Records] = lambda: Records(None),
    ) -> None:  # fmt: skip
        super().__init__(
            "pullquote", title="Pullquote", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING",
            description="A policy debate in the sources' own words.", subscriptions=False,
        )  # fmt: skip
        self._current, self.serving = current, False
        self._tools = Tools(current, asked, records).all()
        for tool in self._tools:
            hints = ADDING if tool.__name__ == "submit_feedback" else READ_ONLY
            self.add_tool(_guarded(tool), annotations=hints, title=tool.__name__.replace("_", " ").capitalize())
        self.resource(ADDRESS + "{document_id}", title="A document", mime_type="text/plain")(self._document)

    def _document(self, document_id: str) -> str:
        """A document's text, letter for letter, where the operator lets it be shown whole."""
        try:
            now = self._current()
            document = reader.document_of(now, document_id)
        except UnknownDocument as error:
            raise ResourceNotFoundError(f"{error.found}; list the resources for those that there are") from error
        except PullquoteError as error:
            raise ResourceError(_problem(error)[0]) from error
        if not now.settings.full_text:
            raise ResourceError(
                "documents are shown here only around their quotes; call read_passage with a quote's place"
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
        known = [tool.__name__ for tool in self._tools]
        if name not in known:
            return f"there is no tool “{name[:80]}”; there are: {', '.join(known)}"
        if isinstance(error.__cause__, ValidationError):
            wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in error.__cause__.errors()[:3])
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
        return [
            Listed(uri=ADDRESS + row.id, name=row.id, title=row.name, description=source_line(row.source), mime_type="text/plain")
            for row in rows
        ]  # fmt: skip


def _guarded(tool: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(tool)
    def guarded(**given: Any) -> Any:
        try:
            return tool(**given)
        except PullquoteError as error:
            message, known = _problem(error)
            return _failed(message, known["type"], known["retry_after"])

    return guarded


def route_of(assistant: Assistant) -> Route:
    """The route /mcp: streamable HTTP without sessions, each answer whole."""

    async def not_yet(scope: Scope, receive: Receive, send: Send) -> None:
        await problem(503, "assistants are not answered just now; try again shortly")(scope, receive, send)

    class Endpoint:
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            answer = assistant.session_manager.handle_request if assistant.serving else not_yet
            await answer(scope, receive, send)

    return Route("/mcp", Endpoint(), methods=["POST"])


@asynccontextmanager
async def running(assistant: Assistant) -> AsyncIterator[None]:
    """Serve /mcp meanwhile."""
    open_to = TransportSecuritySettings(
        enable_dns_rebinding_protection=False
    )  # `guard.Hosts` does that, for every route
    assistant.streamable_http_app(stateless_http=True, json_response=True, transport_security=open_to)
    async with assistant.session_manager.run():
        assistant.serving = True
        yield
        assistant.serving = False
