"""The pages, complete without JavaScript, and the widget's frame."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import MAX_QUOTES, Turn
from pullquote.answers.query import Query as Question
from pullquote.api import reader
from pullquote.api.exhibits import sheet
from pullquote.api.facsimile import facsimile, page_of
from pullquote.api.guard import Keys
from pullquote.api.languages import LANGUAGES, STRINGS
from pullquote.api.responses import (
    VISIT,
    KeyKind,
    fragment,
    page,
    permalink,
    posted,
    problem,
    reply,
    trouble,
)
from pullquote.api.routes import (
    NOT_KEPT,
    Given,
    Now,
    RecordStore,
    Repeated,
    both_sides,
    disputed,
    given,
    quoted_before,
    report_wire,
)
from pullquote.api.schemas import Narrowing
from pullquote.api.sharing import SharedLink, picture, shared_answer
from pullquote.api.static_files import MAX_AGE
from pullquote.api.wire import Wire, answer_wire, narrowing, sides_wire
from pullquote.corpus.documents import Document
from pullquote.corpus.ids import slug
from pullquote.errors import DocumentError, InvalidSpan, NotFound, QuestionError, UnknownDebate
from pullquote.index.facets import Filter
from pullquote.sides.columns import EACH, MOST_EACH
from pullquote.sides.debater import sides_around
from pullquote.sides.judging import own_propositions
from pullquote.span import Span
from pullquote.upkeep.rechecked import last_checks
from pullquote.upkeep.records import MOST_READ, Records
from pullquote.verify import cite
from pullquote.verify.cite import place_query
from pullquote.verify.export import FORMS
from pullquote.voice.voices import speaker_line

SUGGESTED = 5
CUT = 80  # letters of words that answers do not show, by which a reader finds them
PICTURE_AGE = 3_600  # seconds that other sites may keep what they are told of an answer
WIDTH, HEIGHT = 640, 560  # of an embedded conversation, where nobody asks for less
LONGEST_LINK = 20_000  # characters of an address whose parts are looked at
# as a page writes a place
_SPOT = re.compile(r"(?P<id>.{1,80}):(?P<start>\d{1,9})-(?P<end>\d{1,9})")
PAGES = APIRouter(include_in_schema=False)
DOCS = APIRouter(include_in_schema=False)  # which may be left out


async def _keys(request: Request) -> Keys:
    keys: Keys = request.app.state.keys
    return keys


KeyRing = Annotated[Keys, Depends(_keys)]


# The chat page
@PAGES.get("/")
def home(
    now: Now,
    records: RecordStore,
    keys: KeyRing,
    only: Given,
    q: str = "",
    debate: str = "",
    g: str = "",
    after: str = "",
    sides: str = "",
    each: str = "",
    shown: Repeated = None,
) -> HTMLResponse:
    """A question and its answer, with both sides where they are opened; or what may be asked."""
    # A link to an answer, as when both sides are opened, was recorded when it was first asked.
    log = Records(None) if sides == "1" or g else records
    before = (after, shown or [])
    answer, message, status = _asked(now, log, q, debate or None, before, only)
    opened = sides == "1" or (answer is not None and answer["sides_asked"] and sides != "0")
    both, why = _both(now, answer, _each(each)) if opened else (None, "")
    renewed = bool(g) and g != now.generation.card.name
    context: Wire = {"question": q, "answer": answer, "sides": both, "trouble": why}
    context |= {"message": message, "renewed": renewed, "feedback": records.kept, "key": keys.page}
    context["only"] = only
    return page("home.html", status, **context, **_about_debate(now, debate, answer, message))


def _about_debate(now: Explainer, debate: str, answer: Wire | None, message: str) -> Wire:
    """What the first page says of a debate, and how it is shared; an unknown name is dropped."""
    debates = reader.choices(now.generation)
    debate = reader.known(now.generation, debate)
    return {
        "debate": debate,
        "debates": debates,
        "about": reader.chosen(debates, debate),
        "shared": None if message else _shared(answer, debate),
        "suggestions": now.suggestions(debate or None)[:SUGGESTED],
        "conversations": now.settings.conversations,
    }


def _shared(answer: Wire | None, debate: str) -> SharedLink:
    if answer is None:
        return SharedLink("/" + (f"?{urlencode({'debate': debate})}" if debate else ""))
    return shared_answer(answer, permalink(answer, debate), debate)


def _each(written: str) -> int:
    """How many quotes of a side an address asks for: the default or the maximum."""
    return MOST_EACH if written == str(MOST_EACH) else EACH


def _asked(
    explainer: Explainer,
    records: Records,
    question: str,
    debate: str | None,
    before: tuple[str, list[str]],
    only: Mapping[str, str],
) -> tuple[Wire | None, str, int]:
    """The answer to show, or what to say instead, and the status."""
    limit = explainer.settings.max_question
    try:
        # a wrong name is said before anything is asked of it
        explainer.generation.documents_of(debate)
        if not question.strip():
            return None, "", 200
        history = _turns(explainer, *before)
        options: Any = {"debate": debate, "history": history, "only": Filter.checked(**only)}
        answer = explainer.ask(Question.checked(question, limit=limit, **options))
    except UnknownDebate as error:
        return None, error.found, 404
    except QuestionError as error:
        return None, str(error), 422
    records.asked(answer)
    return answer_wire(answer), "", 200


def _turns(explainer: Explainer, asked: str, shown: list[str]) -> list[Turn]:
    """The previous turn as an address gives it; broken places in it are ignored."""
    limit = explainer.settings.max_question
    question = Question.checked(asked, limit=limit).question if asked.strip() else ""
    spots = [
        (match["id"], Span(int(match["start"]), int(match["end"])))
        for match in map(_SPOT.fullmatch, shown[:MAX_QUOTES])
        if match and int(match["start"]) < int(match["end"])
    ]
    quotes = tuple(quoted_before(explainer, spots))
    return [Turn(question, quotes)] if question or quotes else []


def _both(explainer: Explainer, answer: Wire | None, each: int) -> tuple[Wire | None, str]:
    """Both sides of what an answer's question puts up for debate, or what to say instead."""
    if not (answer and answer["proposition"] and (answer["quotes"] or answer["sides_asked"])):
        return None, ""
    try:
        options: Any = {"debate": answer["debate"], "only": Filter.checked(**narrowing(answer))}
        return sides_wire(explainer.sides(answer["proposition"], each=each, **options)), ""
    except QuestionError as error:
        return None, str(error)


# Taking an answer away
@PAGES.get("/answer")
def taken(
    request: Request,
    now: Now,
    only: Given,
    q: str = "",
    debate: str = "",
    sides: str = "",
    each: str = "",
    form: str = "markdown",
    secure: str = "",
    shown: Repeated = None,
) -> Response:
    """The answer to a question as a file, with the address that gives it again."""
    answer, message, status = _asked(now, Records(None), q, debate or None, ("", shown or []), only)
    if answer is None:
        return trouble(status if message else 422, message or STRINGS["no_question"])
    both, _ = _both(now, answer, _each(each)) if sides == "1" else (None, "")
    site = f"{'https' if secure == '1' else request.url.scheme}://{request.url.netloc}"
    chosen = next((letter for letter in FORMS if letter.name == form), FORMS[0])
    table = LANGUAGES[VISIT.get().language]
    written = chosen.write(sheet(now, answer, both, site + permalink(answer, debate), table))
    content = written.encode("utf-8", "replace") if isinstance(written, str) else written
    name = f"{slug(answer['question'])[:60].strip('-') or 'answer'}.{chosen.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=chosen.media_type, headers=headers)


# What other sites are shown of an answer
@PAGES.get("/card.png")
def card(now: Now, only: Given, q: str = "", debate: str = "", shown: Repeated = None) -> Response:
    """The preview picture of an answer, with only what the page itself would show."""
    answer, message, status = _asked(now, Records(None), q, debate or None, ("", shown or []), only)
    link = shared_answer(answer, permalink(answer, debate), debate) if answer else None
    if answer is None or link is None or not link.picture:
        missing = "there is no picture of this"
        return problem(status if message else 404, message or missing, scope=None)
    first = answer["quotes"][0]
    drawn = picture(answer["resolved_question"], first["shown"], first["byline"])
    headers = {"Cache-Control": f"max-age={PICTURE_AGE}"}
    return Response(drawn, media_type="image/png", headers=headers)


@PAGES.get("/oembed")
def oembed(
    now: Now,
    url: str = "",
    maxwidth: int = WIDTH,
    maxheight: int = HEIGHT,
    format: str = "json",  # noqa: A002 (oEmbed's name)
) -> Response:
    """What another site may embed of a link (oembed.com): an answer or the conversation."""
    origin = VISIT.get().origin
    path, _, query_string = url.removeprefix(origin).partition("#")[0].partition("?")
    query = dict(parse_qsl(query_string[:LONGEST_LINK]))
    if format != "json":
        return problem(501, "only format=json is given")
    if not url.startswith(origin) or path not in ("", "/"):
        return problem(404, "url must be this server's first page, or an answer on it")
    question, debate = query.get("q", ""), query.get("debate", "")
    only = given(**{name: query.get(name) for name in Narrowing.model_fields})
    answer, message, status = _asked(now, Records(None), question, debate or None, ("", []), only)
    if message:
        return problem(status, message)
    sizes = (("width", maxwidth, WIDTH), ("height", maxheight, HEIGHT))
    size = {name: min(most, usual) if most > 0 else usual for name, most, usual in sizes}
    carried = urlencode([pair for pair in query.items() if pair[0] in ("lang", "debate", *only)])
    link = _shared(answer, debate)
    html = fragment("oembed.html", answer=answer, named=carried, shared=link, **size)
    title = question or LANGUAGES[VISIT.get().language]["title"]
    body = {"version": "1.0", "type": "rich", "html": html, "title": title, **size}
    body |= {"provider_name": "Pullquote", "provider_url": f"{origin}/"}
    return reply(body | {"cache_age": PICTURE_AGE})


# The documents
@PAGES.get("/documents")
def sources(now: Now) -> HTMLResponse:
    """All documents, debate by debate."""
    return page("sources.html", debates=reader.by_debate(now.generation))


@PAGES.get("/documents/{document_id}")
def document(
    document_id: str,
    now: Now,
    start: str = "",
    end: str = "",
    text: str = "",
    sides: str = "",
    back: str = "",
    also: Repeated = None,
) -> HTMLResponse:
    """A document with what is asked for marked, or a page that says why not and leads on to it."""
    page_id = reader.page_of(now, document_id)
    try:
        source = now.document(document_id)
        marked = end not in ("", "0")
        changed = marked and not reader.same_text(source, text)
        offsets = reader.numbers(start or "0", end) if marked and not changed else None
        span = reader.place(source, *offsets) if offsets else None
    except NotFound as error:
        return trouble(404, error.found)
    except InvalidSpan as error:
        message = reader.told(now, document_id, end, error)
        return trouble(404, message, document=page_id, heading="broken_link")
    if span is not None and not reader.may_be_shown(now, document_id, span):
        return trouble(422, reader.TOO_MUCH, document=page_id, heading="broken_link")
    other_marks = reader.also_marked(now, source, also or []) if span is not None else ()
    options = {"sides": sides, "changed": changed, "back": reader.way_back(back)}
    return _document(now, source, span, other_marks, **options)


@PAGES.get("/documents/{document_id}/page.png")
def page_picture(
    document_id: str, now: Now, start: str = "", end: str = "", text: str = ""
) -> Response:
    """The page of the original that a quote stands on, with the quote marked."""
    try:
        source = now.document(document_id)
        if not reader.same_text(source, text):
            return trouble(404, "this text has changed since the link was made")
        span = reader.place(source, *reader.numbers(start, end))
        if not now.settings.full_text:
            why = "this document is shown only around the quote, and its pages are not"
            return trouble(404, why)
        image = facsimile(now.settings, source, span)
    except NotFound as error:
        return trouble(404, error.found)
    except (InvalidSpan, DocumentError) as error:
        return trouble(404, str(error).partition("; ")[0])
    if image is None:
        return trouble(503, "too many pages are being drawn just now")
    headers = {"Cache-Control": f"private, max-age={MAX_AGE}"}
    return Response(image, media_type="image/png", headers=headers)


def _last_check(explainer: Explainer, document: Document) -> dict[str, str] | None:
    """When this very text was last held against its page, and what was found."""
    last = last_checks(explainer.settings.index).get(document.id)
    return last if last and last.get("sha256") == document.sha256 else None


def _document(
    explainer: Explainer,
    document: Document,
    span: Span | None,
    others: tuple[reader.Mark, ...],
    **options: Any,
) -> HTMLResponse:
    """A document with a marked range if one is asked for, and the sides of a proposition."""
    generation, full_text = explainer.generation, explainer.settings.full_text
    sides = options["sides"]
    is_named = sides in own_propositions(generation, document.debate)
    number, stances = generation.number(document.id), explainer.ready.stances
    around = sides_around(stances, number, sides) if is_named else None
    citation = explainer.quote_at(document.id, span) if span is not None else None
    sentences = generation.sentences(number)
    marks = reader.marks_of(around[0]) if around else others
    quoted: Wire = {
        "place": place_query(span.start, span.end, document.sha256) if span else "",
        "page": page_of(document, span) if full_text else None,
        "byline": speaker_line(citation.voice, document) if citation else "",
        "disputed": bool(citation and citation.disputed),
        "numbered": [] if around else [mark.n for mark in others],
        "blocks": reader.blocks(document, sentences, span, marks, whole=full_text),
        "around": [sides_wire(column) for column in around] if around else None,
    }
    return page("document.html", **quoted, **_about_document(explainer, document), **options)


def _about_document(explainer: Explainer, document: Document) -> Wire:
    """What the page of a document says of it, whatever is marked."""
    return {
        "document": document,
        "checked": _last_check(explainer, document),
        "whole": explainer.settings.full_text,
        "styles": cite.STYLES,
        "propositions": own_propositions(explainer.generation, document.debate),
        "judged": explainer.ready.stances.propositions(),
        "withheld": _withheld(explainer, document),
        "people": reader.voices_in(explainer.generation, document.id),
        "alone": len(explainer.generation.documents_of(document.debate)) == 1,
    }


def _withheld(explainer: Explainer, document: Document) -> list[tuple[str, str]]:
    """The first words of what an editor never shows of a document, and why."""
    entries = explainer.generation.desk.withheld.get(explainer.generation.number(document.id), ())
    return [(f"{span.cut(document.text)[:CUT].rstrip()}…", reason) for span, reason in entries]


# Both sides
@PAGES.get("/sides")
def sides(
    now: Now, only: Given, proposition: str = "", debate: str = "", each: str = ""
) -> HTMLResponse:
    """Both sides of a proposition, or a form that asks for one."""
    both, message, status = None, "", 200
    try:
        # a wrong name is said before anything is asked of it
        now.generation.documents_of(debate or None)
        if proposition.strip():
            narrowed = Filter.checked(**only)
            both = both_sides(now, proposition, debate or None, _each(each), narrowed)
    except NotFound as error:
        message, status = error.found, 404
    except QuestionError as error:
        message, status = str(error), 422
    context: Wire = {
        "debates": reader.choices(now.generation),
        "own": now.ready.stances.propositions(),
        "only": only,
    }
    context["debate"] = reader.known(now.generation, debate)
    return page("sides.html", status, sides=both, asked=proposition, message=message, **context)


@PAGES.get("/disputes")
def disputes(
    now: Now, document: str = "", start: str = "", end: str = "", text: str = ""
) -> HTMLResponse:
    """A quote and who disputes it."""
    page_id = reader.page_of(now, document)
    try:
        return page("disputes.html", **disputed(now, document, reader.numbers(start, end), text))
    except NotFound as error:
        return trouble(404, error.found, document=page_id)
    except (QuestionError, InvalidSpan) as error:
        message = reader.told(now, document, end, error)
        return trouble(422, message, document=page_id, heading="broken_link")


# The report: its key is sent as a form, so that it stands in no address
@PAGES.get("/report")
def gate(records: RecordStore) -> HTMLResponse:
    """A form that asks for the key."""
    return page("report.html", report=None, message="" if records.kept else NOT_KEPT)


async def _admin_key(request: Request) -> str:
    return await posted(request, "admin_key")


@PAGES.post("/report")
def report(
    key: Annotated[str, Depends(_admin_key)], now: Now, records: RecordStore, keys: KeyRing
) -> HTMLResponse:
    """The operator's report, for whoever sends the key."""
    if keys.kind(key) is not KeyKind.ADMIN:
        return page("report.html", 401, report=None, message=STRINGS["wrong_key"])
    if not records.kept:
        return page("report.html", 404, report=None, message=NOT_KEPT)
    return page("report.html", report=report_wire(records, now), most=MOST_READ, message="")


# The widget's frame
@PAGES.get("/embed")
def embed(
    now: Now, records: RecordStore, keys: KeyRing, only: Given, debate: str = ""
) -> HTMLResponse:
    """The chat, as it is shown in a frame on a listed site."""
    origins, message = now.settings.allowed_origins, ""
    suggestions: tuple[str, ...] = ()
    debate = reader.known(now.generation, debate) or debate
    try:
        suggestions = now.suggestions(debate or None)[:SUGGESTED]
        now.check_filter(replace(Filter.checked(**only), debate=debate or None))
    except (UnknownDebate, QuestionError) as error:
        message = str(error)
    about = reader.chosen(reader.choices(now.generation), debate)
    context: Wire = {"debate": debate, "about": about, "message": message, "key": keys.page}
    context |= {"suggestions": suggestions, "feedback": records.kept, "origins": " ".join(origins)}
    context["only"] = only
    ancestors = " ".join(["'self'", *origins])
    return page("embed.html", 404 if message else 200, ancestors=ancestors, **context)


@DOCS.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """What the description of the API says, for people."""
    return page("docs.html", openapi=request.app.openapi())
