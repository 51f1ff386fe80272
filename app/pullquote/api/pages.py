"""What people are shown: pages, complete without JavaScript, the widget's frame, and the static files."""

import gzip
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import MAX_QUOTES, Turn
from pullquote.answers.query import Query as Question
from pullquote.api import reader
from pullquote.api.guard import Keys
from pullquote.api.responses import BROKEN_LINK, Kind, missing, page, trouble
from pullquote.api.routes import NOT_KEPT, both_sides, disputed, quoted_before, report_wire
from pullquote.api.wire import Wire, answer_wire, sides_wire
from pullquote.corpus.documents import Document
from pullquote.errors import InvalidSpan, NotFound, QuestionError, UnknownDebate
from pullquote.sides.judging import own_propositions
from pullquote.span import Span
from pullquote.upkeep.records import MOST_READ, Records
from pullquote.verify import cite
from pullquote.verify.cite import place_query
from pullquote.voice import speaker_line

SUGGESTED = 5
MAX_AGE = 300  # seconds a browser may keep a script or style without asking
RENEWED = (
    "The documents were indexed anew since this link was made, so the answer below may differ from the one shared."
)
_PACKAGE = Path(__file__).parent.parent
_SPOT = re.compile(r"(?P<id>.{1,80}):(?P<start>\d{1,9})-(?P<end>\d{1,9})")  # as a page writes a place
_DEMO_POLICY = (
    "default-src 'none'; img-src 'self' data:; script-src 'self'; frame-src 'self'; style-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# The page on the API is the framework's: its script sets HTML, which trusted types would not let it.
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_SCRIPT, _STYLE = "text/javascript", "text/css"
_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
FILES: dict[str, tuple[str, str, dict[str, str]]] = {
    "/style.css": ("api/static/style.css", _STYLE, {}),
    "/widget.js": ("widget/widget.js", _SCRIPT, _ANYWHERE),  # any page may load it; who may frame us is said by /embed
    "/embed.js": ("widget/embed.js", _SCRIPT, {}),
    "/demo": ("widget/demo.html", "text/html", {"Content-Security-Policy": _DEMO_POLICY}),
    "/docs/docs.js": ("api/static/docs.js", _SCRIPT, {}),
    "/docs/swagger-ui-bundle.js": ("api/static/swagger-ui-bundle.js", _SCRIPT, {}),
    "/docs/swagger-ui.css": ("api/static/swagger-ui.css", _STYLE, {}),
}


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add the pages and files to the application; they are no part of the API."""
    keys = Keys.of(explainer.settings)
    _home(app, explainer, records, keys.page)
    _sources(app, explainer)
    _debating(app, explainer)
    _report(app, explainer, records, keys)
    _embed(app, explainer, records, keys.page)
    _files(app, docs=explainer.settings.docs)


# The chat page


@dataclass(frozen=True, slots=True)
class Before:
    """What an address says of the turn before: its question, and where the quotes stood that were shown."""

    question: str
    shown: Sequence[str]

    def turns(self, explainer: Explainer) -> Sequence[Turn]:
        """That turn, or none where nothing is said of it.

        Raises:
            QuestionError: its question cannot have been asked.
        """
        limit = explainer.settings.max_question
        question = Question.checked(self.question, limit=limit).question if self.question.strip() else ""
        quotes = tuple(quoted_before(explainer, self._places()))
        return [Turn(question, quotes)] if question or quotes else []

    def _places(self) -> Iterator[tuple[str, Span]]:
        """Of a broken link what is a place; what is none says nothing."""
        for found in filter(None, map(_SPOT.fullmatch, self.shown[:MAX_QUOTES])):
            start, end = int(found["start"]), int(found["end"])
            if start < end:
                yield found["id"], Span(start, end)


def _home(app: FastAPI, explainer: Explainer, records: Records, key: str | None) -> None:
    @app.get("/", include_in_schema=False)
    def home(
        q: str = "", debate: str = "", g: str = "", after: str = "", sides: str = "",
        shown: Annotated[list[str] | None, Query()] = None,
    ) -> HTMLResponse:  # fmt: skip
        now, opened = explainer.now(), sides == "1"
        # A link to an answer, as when both sides are opened, shows it again: the question is on record already.
        kept = Records(None) if opened or g else records
        answer, message, status = _asked(now, kept, q, debate or None, Before(after, shown or ()))
        found, why = _both(now, answer) if opened else (None, "")
        debates = reader.choices(now.generation)
        debate = reader.known(now.generation, debate)  # what is not there is said, and not asked again
        return page(
            "home.html", status, question=q, debate=debate, debates=debates, about=reader.chosen(debates, debate),
            answer=answer, sides=found, trouble=why, message=message,
            renewed=RENEWED if g and g != now.generation.card.name else "",
            suggestions=now.suggestions(debate or None)[:SUGGESTED], feedback=records.kept, key=key,
        )  # fmt: skip


def _asked(
    explainer: Explainer, records: Records, question: str, debate: str | None, before: Before
) -> tuple[Wire | None, str, int]:
    """The answer to show, or what to say instead, and the status."""
    limit = explainer.settings.max_question
    try:
        explainer.generation.documents_of(debate)  # a wrong name is said before anything is asked of it
        if not question.strip():
            return None, "", 200
        query = Question.checked(question, limit=limit, debate=debate, history=before.turns(explainer))
        answer = explainer.ask(query)
    except UnknownDebate as error:
        return None, missing(error), 404
    except QuestionError as error:
        return None, str(error), 422
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


# The documents


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a reader's page asks for; the numbers as they stand there, since a broken link gets a page too."""

    start: str
    end: str
    text: str
    sides: str

    @property
    def a_place(self) -> bool:
        """Whether it asks for a range to be marked."""
        return self.end not in ("", "0")

    def elsewhere(self, document: Document) -> bool:
        """Whether the range that it asks for was found in another text than the document has now."""
        return self.a_place and not reader.same_text(document, self.text)

    def span(self, document: Document) -> Span | None:
        """The range to mark, or None where none is asked for, or one of another text.

        Raises:
            InvalidSpan: it is no range of this text.
        """
        if not self.a_place or self.elsewhere(document):
            return None
        return reader.place(document, *reader.numbers(self.start or "0", self.end))


def _sources(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/documents", include_in_schema=False)
    def sources() -> HTMLResponse:
        return page("sources.html", debates=reader.by_debate(explainer.generation))

    @app.get("/documents/{document_id}", include_in_schema=False)
    def document(document_id: str, start: str = "", end: str = "", text: str = "", sides: str = "") -> HTMLResponse:
        """The document with what is asked for marked, or a page that says why not and leads on to it."""
        now, asked = explainer.now(), Asked(start, end, text, sides)
        try:
            found = now.document(document_id)
        except NotFound as error:
            return trouble(404, missing(error))
        here = reader.page_of(now, document_id)
        try:
            span = asked.span(found)
        except InvalidSpan as error:
            why = reader.told(now, document_id, end, error)
            return trouble(404, why, document=here, heading=BROKEN_LINK)
        if span is not None and not reader.may_be_shown(now, document_id, span):
            return trouble(422, reader.TOO_MUCH, document=here, heading=BROKEN_LINK)
        return _document(now, found, span, asked)


def _document(explainer: Explainer, document: Document, span: Span | None, asked: Asked) -> HTMLResponse:
    """A document with a range marked, where one is asked for, and both sides of a named proposition."""
    generation, whole = explainer.generation, explainer.settings.full_text
    named = own_propositions(generation, document.debate)
    around = explainer.sides_around(document.id, asked.sides) if asked.sides in named else None
    citation = explainer.quote_at(document.id, span) if span is not None else None
    sentences, marks = (
        generation.sentences(generation.number(document.id)),
        reader.marks_of(around[0]) if around else (),
    )
    return page(
        "document.html", document=document, whole=whole, styles=cite.STYLES, sides=asked.sides,
        place=place_query(span.start, span.end, document.sha256) if span else "", changed=asked.elsewhere(document),
        byline=speaker_line(citation.voice, document.source) if citation else "",
        propositions=named, judged=explainer.propositions(),
        around=[sides_wire(part) for part in around] if around else None,
        alone=len(generation.documents_of(document.debate)) == 1,
        blocks=reader.blocks(document, sentences, span, marks, whole=whole),
    )  # fmt: skip


# Both sides


def _debating(app: FastAPI, explainer: Explainer) -> None:
    @app.get("/sides", include_in_schema=False)
    def sides(proposition: str = "", debate: str = "") -> HTMLResponse:
        now, found, message, status = explainer.now(), None, "", 200
        try:
            now.generation.documents_of(debate or None)  # a wrong name is said before anything is asked of it
            found = both_sides(now, proposition, debate or None) if proposition.strip() else None
        except NotFound as error:
            message, status = missing(error), 404
        except QuestionError as error:
            message, status = str(error), 422
        return page(
            "sides.html", status, sides=found, asked=proposition, message=message,
            debates=reader.choices(now.generation), debate=reader.known(now.generation, debate), own=now.propositions(),
        )  # fmt: skip

    @app.get("/disputes", include_in_schema=False)
    def disputes(document: str = "", start: str = "", end: str = "", text: str = "") -> HTMLResponse:
        now = explainer.now()
        try:
            found = disputed(now, document, reader.numbers(start, end), text)
        except NotFound as error:
            return trouble(404, missing(error), document=reader.page_of(now, document))
        except (QuestionError, InvalidSpan) as error:
            why = reader.told(now, document, end, error)
            return trouble(422, why, document=reader.page_of(now, document), heading=BROKEN_LINK)
        return page("disputes.html", **found)


# The report


def _report(app: FastAPI, explainer: Explainer, records: Records, keys: Keys) -> None:
    """The report as a page; the key is sent as a form, so that it stands in no address."""

    @app.get("/report", include_in_schema=False)
    def gate() -> HTMLResponse:
        return page("report.html", report=None, message="" if records.kept else NOT_KEPT)

    @app.post("/report", include_in_schema=False)
    def report(key: Annotated[str, Depends(_posted)]) -> HTMLResponse:
        if keys.kind(key) is not Kind.ADMIN:
            return page("report.html", 401, report=None, message="That is not the admin key of this server.")
        if not records.kept:
            return page("report.html", 404, report=None, message=NOT_KEPT)
        return page("report.html", report=report_wire(records, explainer), most=MOST_READ, message="")


async def _posted(request: Request) -> str:
    """The key in a form; "" where the form is none of ours."""
    body = await request.body()
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=4).get("admin_key", [""])[0]
    except ValueError:  # more fields than that
        return ""


# The widget's frame, and files


def _embed(app: FastAPI, explainer: Explainer, records: Records, key: str | None) -> None:
    origins = explainer.settings.allowed_origins

    @app.get("/embed", include_in_schema=False)
    def embed(debate: str = "") -> HTMLResponse:
        now, message = explainer.now(), ""
        suggestions: tuple[str, ...] = ()
        debate = reader.known(now.generation, debate) or debate
        try:
            suggestions = now.suggestions(debate or None)[:SUGGESTED]
        except UnknownDebate as error:
            message = str(error)
        return page(
            "embed.html", 404 if message else 200, ancestors=" ".join(["'self'", *origins]), debate=debate,
            about=reader.chosen(reader.choices(now.generation), debate), message=message, suggestions=suggestions,
            origins=" ".join(origins), feedback=records.kept, key=key,
        )  # fmt: skip


def _files(app: FastAPI, *, docs: bool) -> None:
    def add(address: str, file: tuple[str, str, dict[str, str]]) -> None:
        @app.get(address, include_in_schema=False)
        def send(request: Request) -> Response:
            return sent(request, *file)

    for address, file in FILES.items():
        if docs or not address.startswith("/docs/"):
            add(address, file)
    if docs:
        app.get("/docs", include_in_schema=False)(lambda: page("docs.html", policy=_DOCS_POLICY))


@lru_cache(maxsize=32)
def _read(path: str, *, packed: bool) -> tuple[bytes, str]:
    """A file of the package, and the tag that tells it from every other version and form."""
    content = (_PACKAGE / path).read_bytes()
    tag = hashlib.sha256(content).hexdigest()[:20]
    return (gzip.compress(content, 9, mtime=0), f'"{tag}-gzip"') if packed else (content, f'"{tag}"')


def sent(request: Request, path: str, media_type: str, headers: dict[str, str]) -> Response:
    """A file in the form that is asked for, or 304 where the browser's copy is the same."""
    packed = _takes_gzip(_joined(request, "accept-encoding"))
    content, tag = _read(path, packed=packed)
    told = {"Cache-Control": f"public, max-age={MAX_AGE}", "ETag": tag, "Vary": "Accept-Encoding", **headers}
    known = [part.strip().removeprefix("W/") for part in _joined(request, "if-none-match").split(",")]
    if tag in known or known == ["*"]:
        return Response(None, 304, headers=told)
    return Response(content, headers=told | ({"Content-Encoding": "gzip"} if packed else {}), media_type=media_type)


def _joined(request: Request, name: str) -> str:
    return ",".join(request.headers.getlist(name))


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding lets gzip in."""
    codings = {}
    for part in accepted.lower().replace(" ", "").split(","):
        coding, _, weight = part.partition(";q=")
        codings[coding] = weight.strip("0.") != "" if weight else True
    return codings.get("gzip", codings.get("*", False))
