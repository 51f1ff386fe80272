"""OpenAI's interface to the same answers: Chat Completions, Responses and the list of models.

A debate is a model. The content is Markdown with block quotes, since most clients show nothing
else; annotations give the same positions. Nothing is kept between requests: earlier questions
and quotes are read from the messages.
"""

import json
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import MAX_QUOTES, MAX_TURNS, Turn
from pullquote.answers.query import Query as Question
from pullquote.api import schemas, wire
from pullquote.api.exhibits import sheet
from pullquote.api.languages import LANGUAGES
from pullquote.api.responses import VISIT, permalink, reply
from pullquote.api.routes import Now, RecordStore, known_parameters, quoted_before
from pullquote.api.tasks import task_of, task_reply
from pullquote.corpus.files import visible
from pullquote.errors import InvalidSpan, NotOffered, QuestionError, UnknownDebate
from pullquote.index.facets import Filter
from pullquote.span import Span
from pullquote.verify.cite import markdown, place_query
from pullquote.verify.export import Exhibit, markdown_block

MAX_SUGGESTED = 5  # questions to ask next, as clients expect three to five
ALL = "pullquote"  # the model that asks every debate
_OUR_LINK = re.compile(r"/documents/([^\s?#<>/]+)\?start=(\d{1,15})&end=(\d{1,15})")
# Options that ask for another kind of answer, with the values that do not. Options that only
# tune a model's writing are ignored.
_PLAIN: dict[str, tuple[object, ...]] = {
    "n": (1,), "logprobs": (False,), "top_logprobs": (0,), "tools": ([],),
    "tool_choice": ("none", "auto"), "functions": ([],), "function_call": ("none", "auto"),
    "response_format": ({"type": "text"},), "modalities": (["text"],), "audio": (),
    "web_search_options": (), "previous_response_id": (), "conversation": (), "prompt": (),
    "background": (False,),
}  # fmt: skip
ROUTES = APIRouter(dependencies=[Depends(known_parameters)], responses=schemas.PROBLEMS)


class Open(BaseModel):
    """A request of which more is known to others than is heeded here."""

    model_config = ConfigDict(extra="allow")


class MessagePart(Open):
    """A part of a message."""

    type: str
    text: str = ""


class Message(Open):
    """What somebody said; only what users and assistants say is heeded."""

    role: str = "user"
    content: str | list[MessagePart] | None = None

    @property
    def text(self) -> str:
        """Its text.

        Raises:
            NotOffered: it holds a picture or the like.
        """
        pieces = (
            [MessagePart(type="text", text=self.content)]
            if isinstance(self.content, str)
            else self.content or []
        )
        if unreadable := next(
            (piece.type for piece in pieces if not piece.type.endswith("text")), None
        ):
            raise NotOffered(
                f"{unreadable} cannot be read here; send the question as text", "messages"
            )
        return "\n".join(piece.text for piece in pieces)


_Model = Annotated[
    str, Field(max_length=200, description=f"A debate's name, or `{ALL}` for all of them.")
]


METADATA = f"What is looked for only in: {', '.join(schemas.Narrowing.model_fields)}; else unread."


class CompletionAsked(
    Open,
    json_schema_extra={
        "examples": [{"model": ALL, "messages": [{"role": "user", "content": "Why tolls?"}]}]
    },
):
    """A conversation whose last message is the question."""

    model: _Model
    messages: list[Message]
    stream: bool | None = None
    metadata: dict[str, Any] | None = Field(default=None, description=METADATA)


class ResponseAsked(Open, json_schema_extra={"examples": [{"model": ALL, "input": "Why tolls?"}]}):
    """A question, or a conversation that ends with one."""

    model: _Model
    input: str | list[Message]
    stream: bool | None = None
    metadata: dict[str, Any] | None = Field(default=None, description=METADATA)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer as a chat client shows it: Markdown blocks, annotations, and the wire form."""

    model: str
    blocks: tuple[str, ...]
    annotations: tuple[dict[str, Any], ...]
    answer: wire.Wire
    question_words: int  # of the messages

    @property
    def sent(self) -> wire.Wire | None:
        """The answer as it is sent beside the text; null where a client's own task was done."""
        return self.answer if "quotes" in self.answer else None

    @property
    def content(self) -> str:
        """The whole text, in which the annotations count code points."""
        return "".join(self.blocks)

    @property
    def usage(self) -> tuple[int, int, int]:
        """Words asked, answered and in all: no tokens are made here, and clients want a number."""
        answered = len(self.content.split())
        return self.question_words, answered, self.question_words + answered


def _written(
    body: CompletionAsked | ResponseAsked, request: Request, now: Now, records: RecordStore
) -> Written:
    _refuse(body.model_extra or {})
    listed = body.messages if isinstance(body, CompletionAsked) else body.input
    messages = [Message(content=listed)] if isinstance(listed, str) else listed
    word_count = sum(len(message.text.split()) for message in messages)
    task = task_of(messages[-1].text) if messages else None
    if task:
        return _tasked(*task, body.model, now, word_count)
    question = replace(_question(messages, body.model, now), only=_filter(body.metadata or {}))
    records.asked(answer := now.ask(question))
    body_wire, site = wire.answer_wire(answer), f"{request.url.scheme}://{request.url.netloc}"
    blocks, annotations = _markdown(now, body_wire, question.debate or "", site)
    return Written(body.model, blocks, annotations, body_wire, word_count)


def _filter(metadata: Mapping[str, Any]) -> Filter:
    """What a client's own notes narrow a question by; its other notes are not read."""
    values = ((name, metadata.get(name)) for name in schemas.Narrowing.model_fields)
    return Filter.checked(**{name: value for name, value in values if isinstance(value, str)})


def _tasked(key: str, questions: list[str], model: str, now: Explainer, word_count: int) -> Written:
    """Answer a client's own task about a conversation; only follow-ups need an answer."""
    words = [_question([Message(content=questions[-1])], model, now)] if questions else []
    answer = now.ask(words[0]) if key == "follow_ups" and words else None
    suggested = list(
        (answer.suggestions if answer else ())
        or now.suggestions(words[0].debate if words else None)
    )
    content = task_reply(key, questions, suggested[:MAX_SUGGESTED], model)
    return Written(model, (content,), (), {"id": uuid.uuid4().hex[:16]}, word_count)


def _refuse(extra: Mapping[str, Any]) -> None:
    """Refuse what cannot be given, by its name.

    Raises:
        NotOffered: it is asked for.
    """
    text = extra.get("text")
    shaped = isinstance(text, dict) and text.get("format") not in (None, {"type": "text"})
    refused = [
        name
        for name, plain in _PLAIN.items()
        if extra.get(name) is not None and extra[name] not in plain
    ]
    for name in [*refused, *(["text"] if shaped else [])]:
        raise NotOffered(
            f"{name} is not offered here: every answer is one text made of quotes; leave it out",
            name,
        )


def _question(messages: Iterable[Message], model: str, explainer: Explainer) -> Question:
    """The last message as a question, with the turns before it.

    Raises:
        NotOffered: a message holds what is no text.
        QuestionError: the last message is no question of a user's.
        UnknownDebate: the model is no debate.
    """
    exchanges: list[tuple[str, str]] = []  # questions with their replies
    last = ""
    for message in messages:
        last = message.role if message.role in ("user", "assistant") else last
        if message.role == "user":
            exchanges.append((message.text, ""))
        elif message.role == "assistant" and exchanges:
            exchanges[-1] = (exchanges[-1][0], message.text)
    if last != "user" or not exchanges:
        raise QuestionError("the last message is no question; end with a message of the user's")
    debates = explainer.generation.debates
    if model != ALL and model not in debates:
        explainer.generation.documents_of(model)  # accepts other spellings, else raises
    debate = None if model == ALL and ALL not in debates else model
    before = [turn for turn in exchanges[:-1] if turn[0].strip()][-MAX_TURNS:]
    history = [
        Turn(asked, tuple(quoted_before(explainer, _places(text)))) for asked, text in before
    ]
    limit, question = explainer.settings.max_question, exchanges[-1][0]
    return Question.checked(question, limit=limit, debate=debate, history=history)


def _places(content: str) -> Iterator[tuple[str, Span]]:
    """Where an earlier answer quoted, by the links in it."""
    for link in islice(_OUR_LINK.finditer(content), MAX_QUOTES):
        try:
            yield link[1], Span(int(link[2]), int(link[3]))
        except InvalidSpan:  # of a link that no answer had
            continue


def _markdown(
    explainer: Explainer, answer: wire.Wire, debate: str, site: str
) -> tuple[tuple[str, ...], tuple[dict[str, Any], ...]]:
    """An answer in blocks of Markdown, and where in it each quote stands."""
    s = LANGUAGES[VISIT.get().language]
    page = sheet(explainer, answer, None, site + permalink(answer, debate), s)
    quotes = {quote["n"]: quote for quote in answer["quotes"]}
    others = iter((*answer["nearest"], *answer["beyond"]))  # both are numbered from 1
    blocks, annotations = list[str](), list[dict[str, Any]]()
    if answer["summary"]:
        credit = s["summary_by"].replace("{model}", answer["pointed"]["model"])
        blocks.append(f"{markdown(credit)} {markdown(visible(answer['summary']))}\n\n")
    for block_source in page.parts:
        if not isinstance(block_source, Exhibit):
            blocks.append(f"{markdown_block(block_source)}\n\n")
            continue
        quote, at = quotes.get(block_source.n) or next(others), sum(map(len, blocks))
        query = place_query(quote["start"], quote["end"], quote["source"]["sha256"])
        link = f"{site}/documents/{quote['document_id']}?{query}#quote"
        block = markdown_block(replace(block_source, link=link))
        title = ", ".join(filter(None, (quote["byline"], quote["source"]["name"])))
        extent = {"start_index": at, "end_index": at + len(block)}
        annotations.append({**extent, "url": link, "title": title})
        blocks.append(f"{block}\n\n")
    notes = [
        *(markdown(visible(note)) for note in page.notes),
        f"{markdown(page.told)} <{page.link}>",
    ]
    return (*blocks, "\n\n".join(notes)), tuple(annotations)


def _events(events: Iterable[str]) -> Response:
    # Sent whole: the answer is complete before its first word, and a slow reader holds no turn.
    return Response(
        "".join(events), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def _gives(shape: str) -> dict[int | str, dict[str, Any]]:
    answers = schemas.gives(shape)
    answers[200]["content"] |= {"text/event-stream": {}}
    return answers


# Chat Completions
@ROUTES.post(
    "/v1/chat/completions",
    responses=_gives("CompletionBody"),
    summary="Ask, as OpenAI's chat clients do",
)
def completions(
    body: CompletionAsked, request: Request, now: Now, records: RecordStore
) -> Response:
    """The answer as one Markdown message or a stream; `pullquote` holds the form of `/v1/ask`."""
    written = _written(body, request, now, records)
    annotations = [{"type": "url_citation", "url_citation": link} for link in written.annotations]
    head = {"id": f"chatcmpl-{written.answer['id']}", "created": int(time.time())}
    head["model"] = written.model
    prompt, reply_words, total = written.usage
    usage = {"prompt_tokens": prompt, "completion_tokens": reply_words, "total_tokens": total}
    if body.stream:
        options = (body.model_extra or {}).get("stream_options")
        counted = usage if isinstance(options, dict) and options.get("include_usage") else None
        return _events(_chunks(head, written, annotations, counted))
    message: wire.Wire = {"role": "assistant", "content": written.content, "refusal": None}
    message["annotations"] = annotations
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    head |= {"object": "chat.completion", "choices": [choice]}
    return reply({**head, "usage": usage, "pullquote": written.sent})


def _chunks(
    head: wire.Wire, written: Written, noted: list[wire.Wire], usage: Mapping[str, int] | None
) -> Iterator[str]:
    def chunk(
        delta: Mapping[str, Any] | None, end: Literal["stop"] | None = None, **more: object
    ) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        choices = [] if delta is None else [choice]
        body = {**head, "object": "chat.completion.chunk", "choices": choices, **more}
        return f"data: {json.dumps(body)}\n\n"

    yield chunk({"role": "assistant", "content": ""})
    yield from (chunk({"content": block}) for block in written.blocks)
    yield chunk({"annotations": noted}, "stop", pullquote=written.sent)
    if usage:
        yield chunk(None, usage=usage)
    yield "data: [DONE]\n\n"


# Responses
@ROUTES.post(
    "/v1/responses", responses=_gives("ResponseBody"), summary="Ask, as OpenAI's newer clients do"
)
def responses(body: ResponseAsked, request: Request, now: Now, records: RecordStore) -> Response:
    """The answer as one message or a stream of events; history comes in `input`."""
    written = _written(body, request, now, records)
    if body.stream:
        numbered = (
            {"type": name, "sequence_number": n, **data}
            for n, (name, data) in enumerate(_steps(written))
        )
        return _events(
            f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in numbered
        )
    return reply(_response(written))


def _response(written: Written, *, done: bool = True) -> dict[str, Any]:
    asked_words, answer_words, both = written.usage
    usage = {
        "input_tokens": asked_words,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": answer_words,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": both,
    }
    body: wire.Wire = {"id": f"resp_{written.answer['id']}", "object": "response"}
    body |= {"created_at": int(time.time()), "model": written.model}
    body |= dict.fromkeys(("error", "incomplete_details", "instructions", "temperature", "top_p"))
    body |= {"metadata": {}, "parallel_tool_calls": False, "tool_choice": "none", "tools": []}
    if not done:
        return body | {"status": "in_progress", "output": [], "usage": None, "pullquote": None}
    output = [_item(written)]
    return body | {
        "status": "completed",
        "output": output,
        "usage": usage,
        "pullquote": written.sent,
    }


def _item(written: Written, *, done: bool = True) -> dict[str, Any]:
    item = {"id": f"msg_{written.answer['id']}", "type": "message", "role": "assistant"}
    return item | {
        "status": "completed" if done else "in_progress",
        "content": [_text(written)] if done else [],
    }


def _text(written: Written) -> dict[str, Any]:
    noted = [{"type": "url_citation", **citation} for citation in written.annotations]
    return {"type": "output_text", "text": written.content, "annotations": noted, "logprobs": []}


def _steps(written: Written) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a response, in the order in which OpenAI's own come."""
    item, text = _item(written), _text(written)
    position = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    yield "response.created", {"response": _response(written, done=False)}
    yield "response.output_item.added", {"output_index": 0, "item": _item(written, done=False)}
    yield (
        "response.content_part.added",
        {**position, "part": {**text, "text": "", "annotations": []}},
    )
    for block in written.blocks:
        yield "response.output_text.delta", {**position, "delta": block, "logprobs": []}
    for n, annotation in enumerate(text["annotations"]):
        yield (
            "response.output_text.annotation.added",
            {**position, "annotation_index": n, "annotation": annotation},
        )
    yield "response.output_text.done", {**position, "text": text["text"], "logprobs": []}
    yield "response.content_part.done", {**position, "part": text}
    yield "response.output_item.done", {"output_index": 0, "item": item}
    yield "response.completed", {"response": _response(written)}


# Models
@ROUTES.get(
    "/v1/models", responses=schemas.gives("ModelsBody"), summary="List the debates as models"
)
def models(now: Now) -> Response:
    """A model a debate; where there are several, one more that asks them all."""
    return reply({"object": "list", "data": _models(now)})


@ROUTES.get(
    "/v1/models/{model}", responses=schemas.gives("ModelBody"), summary="One debate as a model"
)
def model(model: str, now: Now) -> Response:
    """The same of one; 404 where there is no such debate."""
    listed = next((candidate for candidate in _models(now) if candidate["id"] == model), None)
    if listed is None and model != ALL:
        now.generation.documents_of(model)
        raise UnknownDebate(f"there is no model {model!r}; /v1/models lists them")
    return reply(listed or _model(ALL, now))


def _models(explainer: Explainer) -> list[wire.Wire]:
    debates = explainer.generation.debates
    return [
        _model(name, explainer)
        for name in ([ALL] if len(debates) > 1 and ALL not in debates else []) + [*debates]
    ]


def _model(name: str, explainer: Explainer) -> wire.Wire:
    created = int(datetime.fromisoformat(explainer.generation.card.built_at).timestamp())
    return {"id": name, "object": "model", "created": created, "owned_by": ALL}
