"""The pages: rendered on the server, complete without JavaScript."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import MAX_QUOTES, Turn
from pullquote.answers.query import Query as Question
from pullquote.api import assets, places, problems
from pullquote.api.chat import quoted_before
from pullquote.api.debates import by_debate, choices, chosen, known
from pullquote.api.keys import Keys
from pullquote.api.reader import blocks, marks_of
from pullquote.api.render import page
from pullquote.api.wire import Wire, answer_wire, sides_wire
from pullquote.corpus.documents import Document
from pullquote.errors import InvalidSpan, NotFound, QuestionError, UnknownDebate
from pullquote.sides.judging import own_propositions
from pullquote.span import Span
from pullquote.upkeep.records import Records
from pullquote.verify import cite
from pullquote.verify.links import place_query
from pullquote.voice import speaker_line

SUGGESTED = 5
_SPOT = re.compile(r"(?P<id>.{1,80}):(?P<start>\d{1,9})-(?P<end>\d{1,9})")  # as render.spot writes it
RENEWED = (
    "The documents were indexed anew since this link was made, so the answer below may differ from the one shared."
)


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
        return self.a_place and not places.same_text(document, self.text)

    def span(self, document: Document) -> Span | None:
        """The range to mark, or None where none is asked for, or one of another text.

        Raises:
            InvalidSpan: it is no range of this text.
        """
        if not self.a_place or self.elsewhere(document):
            return None
        span = Span(*places.numbers(self.start or "0", self.end))
        span.cut(document.text)
        return span


@dataclass(frozen=True, slots=True)
class Before:
    """What an address says of the turn before: its question, and where the quotes stood that were shown."""

    question: str
    shown: tuple[str, ...]

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


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add the pages to the application; they are no part of the API."""
    key = Keys.of(explainer.settings).page

    @app.get("/", include_in_schema=False)
    def home(
        q: Annotated[str, Query()] = "",
        debate: Annotated[str, Query()] = "",
        g: Annotated[str, Query()] = "",
        after: Annotated[str, Query()] = "",
        shown: Annotated[list[str] | None, Query()] = None,
        sides: Annotated[str, Query()] = "",
    ) -> HTMLResponse:
        now = explainer.now()
        opened = sides == "1"
        # A link to an answer, as when both sides are opened, shows it again: the question is on record already.
        kept = Records(None) if opened or g else records
        answer, message, status = _asked(now, kept, q, debate or None, Before(after, tuple(shown or ())))
        found, trouble = _both(now, answer) if opened else (None, "")
        debates = choices(now.generation)
        debate = known(now.generation, debate)  # what is not there is said, and not asked again
        return page(
            "home.html", status, question=q, debate=debate, debates=debates, about=chosen(debates, debate), answer=answer,
            sides=found, trouble=trouble, message=message,
            renewed=RENEWED if g and g != now.generation.card.name else "",
            suggestions=now.suggestions(debate or None)[:SUGGESTED], feedback=records.kept, key=key,
        )  # fmt: skip

    @app.get("/documents", include_in_schema=False)
    def sources() -> HTMLResponse:
        return page("sources.html", debates=by_debate(explainer.generation))

    @app.get("/documents/{document_id}", include_in_schema=False)
    def reader(document_id: str, start: str = "", end: str = "", text: str = "", sides: str = "") -> HTMLResponse:
        return _reader(explainer.now(), document_id, Asked(start, end, text, sides))

    @app.get("/style.css", include_in_schema=False)
    def style(request: Request) -> Response:
        return assets.send(request, "api/static/style.css", "text/css")


def _asked(
    explainer: Explainer, records: Records, question: str, debate: str | None, before: Before
) -> tuple[dict[str, Any] | None, str, int]:
    """The answer to show, or what to say instead, and the status."""
    limit = explainer.settings.max_question
    try:
        explainer.generation.documents_of(debate)  # a wrong name is said before anything is asked of it
        if not question.strip():
            return None, "", 200
        query = Question.checked(question, limit=limit, debate=debate, history=before.turns(explainer))
        answer = explainer.ask(query)
    except UnknownDebate as error:
        return None, places.missing(error), 404
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


def _reader(explainer: Explainer, document_id: str, asked: Asked) -> HTMLResponse:
    """A document with what is asked for marked, or a page that says why not and leads on to it."""
    try:
        document = explainer.document(document_id)
    except NotFound as error:
        return problems.page(404, places.missing(error))
    here = places.page_of(explainer, document_id)
    try:
        span = asked.span(document)
    except InvalidSpan as error:
        return places.broken(404, places.told(explainer, document_id, asked.end, error), here)
    if span is not None and not places.shown(explainer, document_id, span):
        return places.broken(422, places.TOO_MUCH, here)
    return _document(explainer, document, span, asked)


def _document(explainer: Explainer, document: Document, span: Span | None, asked: Asked) -> HTMLResponse:
    """A document with a range marked, where one is asked for, and both sides of a named proposition."""
    generation, whole = explainer.generation, explainer.settings.full_text
    named = own_propositions(generation, document.debate)
    around = explainer.sides_around(document.id, asked.sides) if asked.sides in named else None
    citation = explainer.quote_at(document.id, span) if span is not None else None
    return page(
        "document.html", document=document, whole=whole, styles=cite.STYLES, sides=asked.sides,
        place=place_query(span.start, span.end, document.sha256) if span else "", changed=asked.elsewhere(document),
        byline=speaker_line(citation.voice, document.source) if citation else "",
        propositions=named, judged=explainer.propositions(),
        around=[sides_wire(part) for part in around] if around else None,
        alone=len(generation.documents_of(document.debate)) == 1,
        blocks=blocks(
            document, generation.sentences(generation.number(document.id)), span,
            marks_of(around[0]) if around else (), whole=whole,
        ),
    )  # fmt: skip
