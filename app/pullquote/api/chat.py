"""The streamed answer: Server-Sent Events that show each quote as soon as it is known."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.sse import EventSourceResponse, ServerSentEvent

from pullquote.answers.answer import Answer
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query as Question
from pullquote.answers.query import Turn
from pullquote.api import bodies, events, line, places, problems
from pullquote.api.render import sided_on
from pullquote.api.wire import answer_wire
from pullquote.errors import PullquoteError, UnknownDocument
from pullquote.span import Span
from pullquote.upkeep.records import Records

log = logging.getLogger("pullquote")


def asked(body: bodies.AskBody, explainer: Explainer) -> Question:
    """The question of a request with the turns before it, as the conversation knows them.

    Raises:
        QuestionError: it cannot be used, and why.
        InvalidSpan: an earlier quote stood at what is no range.
    """
    return Question.checked(
        body.question, limit=explainer.settings.max_question, debate=body.debate, max_quotes=body.max_quotes,
        history=[Turn(turn.question, tuple(_earlier(turn, explainer))) for turn in body.history],
    )  # fmt: skip


def _earlier(turn: bodies.EarlierTurn, explainer: Explainer) -> Iterator[tuple[str, Span]]:
    quotes = ((place.document_id, Span(place.start, place.end)) for place in turn.quotes)
    yield from quoted_before(explainer, quotes)


def quoted_before(explainer: Explainer, quotes: Iterable[tuple[str, Span]]) -> Iterator[tuple[str, Span]]:
    """Where the quotes of a turn stood; what no quote can have been is passed over, as what is no longer there is."""
    for document_id, span in quotes:
        with suppress(UnknownDocument):
            if places.shown(explainer, document_id, span):
                yield document_id, span


def install(app: FastAPI, explainer: Explainer, records: Records) -> None:
    """Add `POST /v1/chat`."""

    def checked(body: bodies.AskBody) -> tuple[Explainer, Question]:
        # What is wrong with a request is told before the stream starts, with its proper status.
        now = explainer.now()
        query = asked(body, now)
        now.generation.documents_of(query.debate)
        return now, query

    @app.post(
        "/v1/chat", response_class=EventSourceResponse, responses={200: {"model": events.Event}},
        summary="Ask, and read the answer as it comes",
    )  # fmt: skip
    def chat(known: Annotated[tuple[Explainer, Question], Depends(checked)]) -> Iterator[ServerSentEvent]:
        """Takes what `/v1/ask` takes, and streams Server-Sent Events; a comment every 15 seconds keeps the line open."""
        now, query = known
        yield from _events(now, records, query)


def _events(explainer: Explainer, records: Records, query: Question) -> Iterator[ServerSentEvent]:
    """The events of one answer; FastAPI runs this in its threads, so others are served meanwhile."""
    yield ServerSentEvent(event="status", data={"stage": "searching"})
    told = _told(explainer, records, query)
    line.computed()
    yield from told


def _told(explainer: Explainer, records: Records, query: Question) -> list[ServerSentEvent]:
    """Everything after the first event, worked out before any of it is sent."""
    try:
        answer = explainer.ask(query)
        records.asked(answer)
        return list(_answer_events(answer))
    except PullquoteError as error:
        return [_error_event(error)]
    except Exception as error:  # the status line is long gone: what went wrong must be an event
        log.exception("unforeseen error", exc_info=error)
        return [_error_event(error)]


def _error_event(error: Exception) -> ServerSentEvent:
    """A problem, under its name as the other events have theirs, and its members beside it as they always were."""
    problem = problems.of(error)
    return ServerSentEvent(event="error", data={**problem, "problem": problem})


def _answer_events(answer: Answer) -> Iterator[ServerSentEvent]:
    wire = answer_wire(answer)
    # What stands above the quotes is told before them: nothing that is shown moves when the answer is whole.
    understood = {"resolved_question": wire["resolved_question"], "proposition": sided_on(wire)}
    yield ServerSentEvent(event="question", data=understood)
    for part in wire["parts"]:
        if part["kind"] == "quote":
            yield ServerSentEvent(event="quote", data={"quote": wire["quotes"][part["n"] - 1]})
        yield ServerSentEvent(event="text", data={"part": part})
    yield ServerSentEvent(event="done", data={"answer": wire})
