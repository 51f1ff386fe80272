"""OpenAI's interface, driven by OpenAI's own client: answers, history, refusals, keys."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgi import app_with, assert_shape
from asgi import ask as send
from fakes import CHECKOUT
from fastapi import FastAPI

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.app import create_app

openai = pytest.importorskip("openai", reason="openai is not installed; pip install '.[dev]'")
import httpx2  # noqa: E402 -- which comes with it

QUESTION, MODEL = "Who should pay for a road?", "road-tolls"
ASKED = [{"role": "user", "content": QUESTION}]
WITH_HISTORY = "But what does it cost to collect?"


@pytest.fixture(scope="module")
def app(explainer: Explainer) -> FastAPI:
    return create_app(explainer)


def drive(app: FastAPI, use: Callable[[Any], Awaitable[Any]], key: str = "none") -> Any:
    """What OpenAI's client makes of the application."""

    async def scene() -> Any:
        transport = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
        async with openai.AsyncOpenAI(
            base_url="http://testserver/v1", api_key=key, http_client=transport, max_retries=0
        ) as client:
            return await use(client)

    return asyncio.run(scene())


def complete(app: FastAPI, messages: list[dict[str, Any]] = ASKED, key: str = "none", **options: Any) -> Any:
    asked = {"model": MODEL, "messages": messages, **options}
    return drive(app, lambda client: client.chat.completions.create(**asked), key)


def respond(app: FastAPI, **options: Any) -> Any:
    return drive(app, lambda client: client.responses.create(**{"model": MODEL, "input": QUESTION, **options}))


async def all_of(stream: Awaitable[Any]) -> list[Any]:
    return [part async for part in await stream]


def test_a_debate_is_a_model(app):
    listed = drive(app, all_models)
    assert [one.id for one in listed] == ["pullquote", "bicycle-helmets", "road-tolls"]
    assert drive(app, lambda client: client.models.retrieve("road-tolls")).owned_by == "pullquote"


async def all_models(client: Any) -> list[Any]:
    return [one async for one in client.models.list()]


def test_an_answer_is_markdown_whose_annotations_mark_each_quote_with_its_link(app, explainer):
    told = complete(app)
    message, answer = told.choices[0].message, told.pullquote
    assert (told.choices[0].finish_reason, message.role) == ("stop", "assistant")
    assert len(message.annotations) == len(answer["quotes"]) > 1
    for note, quote in zip(message.annotations, answer["quotes"], strict=True):
        one = note.url_citation
        block = message.content[one.start_index : one.end_index]
        assert block.startswith(f"> “{quote['exact']}”\n\n\\[{quote['n']}\\] {quote['byline']}")
        assert block.endswith(f"<{one.url}>")
        assert one.url.startswith(
            f"http://testserver/documents/{quote['document_id']}?start={quote['start']}&end={quote['end']}&"
        )
    assert told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens > 0
    assert_shape("AnswerBody", answer)


def test_a_stream_says_the_same_in_pieces_and_ends_with_the_usage(app):
    whole, options = complete(app), {"stream": True, "stream_options": {"include_usage": True}}
    *parts, last = drive(
        app, lambda client: all_of(client.chat.completions.create(model=MODEL, messages=ASKED, **options))
    )
    deltas = [part.choices[0].delta for part in parts]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert len(deltas) > 4
    assert len(deltas[-1].annotations) == len(whole.choices[0].message.annotations)
    assert (parts[-1].choices[0].finish_reason, last.choices, last.usage) == ("stop", [], whole.usage)


def test_responses_say_the_same_whole_and_in_events(app):
    content = complete(app).choices[0].message.content
    whole = respond(app)
    assert (whole.output_text, whole.status) == (content, "completed")
    [note, *_] = whole.output[0].content[0].annotations
    assert content[note.start_index :].startswith("> “")
    events = drive(app, lambda client: all_of(client.responses.create(model=MODEL, input=ASKED, stream=True)))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == content
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    assert events[-1].response.output == whole.output
    assert drive(app, streamed_text) == content


async def streamed_text(client: Any) -> str:
    """The text as the client's own helper puts it together."""
    async with client.responses.stream(model=MODEL, input=QUESTION) as stream:
        return (await stream.get_final_response()).output_text


def test_an_abstention_is_ordinary_content_with_its_reason(explainer):
    told = complete(app_with(explainer, min_confidence=1.0))
    content = told.choices[0].message.content
    assert content.startswith("Nothing here clearly answers this. The nearest passage, which may not:\n\n> “")
    assert (told.pullquote["status"], len(told.choices[0].message.annotations)) == ("abstained", 1)


def test_what_was_asked_and_quoted_before_is_read_from_the_messages(app):
    first = complete(app)
    before = [{"role": "system", "content": "Answer in rhymes."}, *ASKED, first.choices[0].message.model_dump()]
    pieces = [{"type": "text", "text": "Who said that?"}]
    told = complete(app, [*before, {"role": "user", "content": pieces}]).pullquote
    places = [(quote["document_id"], quote["start"], quote["end"]) for quote in first.pullquote["quotes"]]
    assert [(one["document_id"], one["start"], one["end"]) for one in told["about"]] == places
    alone = complete(app, [{"role": "user", "content": "Who said that?"}]).pullquote
    assert (alone["status"], alone["reason"]) == ("abstained", "needs_context")
    assert QUESTION in complete(app, [*before, {"role": "user", "content": "Why?"}]).pullquote["resolved_question"]


def test_links_that_no_answer_had_are_passed_over(app):
    odd = "/documents/for-tolls?start=9&end=3 /documents/nowhere?start=0&end=3 http://x/documents/for-tolls?start=0&end=43"
    told = complete(app, [*ASKED, {"role": "assistant", "content": odd}, {"role": "user", "content": "Who said that?"}])
    assert [(one["document_id"], one["start"]) for one in told.pullquote["about"]] == [("for-tolls", 0)]


@pytest.mark.parametrize(
    ("options", "status", "parameter", "said"),
    [
        ({"n": 2}, 400, "n", "n is not offered here"), ({"logprobs": True}, 400, "logprobs", "not offered"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, 400, "tools", "leave it out"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format", "not offered"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]}, 400, "messages", "image_url cannot be read"),
        ({"model": "gpt-5"}, 404, None, "there are: bicycle-helmets, road-tolls"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "Well."}]}, 422, None, "the last message is no question"),
        ({"messages": [*ASKED, {"role": "user", "content": " "}]}, 422, None, "the question is empty"),
        ({"messages": [{"role": "user", "content": "?"}]}, 422, None, "the question is empty"),
        ({"messages": [{"role": "user", "content": "why " * 1_000}]}, 422, None, "the limit is 2,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_is_refused_in_openais_shape(app, options, status, parameter, said):
    with pytest.raises(openai.APIStatusError, match=said) as refused:
        complete(app, **options)
    error = refused.value
    assert (error.status_code, error.param, error.type) == (status, parameter, "invalid_request_error")
    assert_shape("ProblemBody", error.response.json())


def test_what_only_tunes_a_models_writing_changes_nothing(app):
    tuned = {
        "temperature": 2,
        "top_p": 0.1,
        "max_tokens": 1,
        "stop": ["a"],
        "seed": 3,
        "user": "ann",
        "n": 1,
        "tools": [],
    }
    assert complete(app, **tuned).choices[0].message.content == complete(app).choices[0].message.content
    with pytest.raises(openai.BadRequestError, match="previous_response_id is not offered"):
        respond(app, previous_response_id="resp_1")
    assert respond(app, text={"format": {"type": "text"}}).status == "completed"


def test_keys_limits_and_sites_are_those_of_the_rest(explainer):
    key, site = "a-search-key-of-a-site", {"Origin": "https://news.example"}
    guarded = app_with(explainer, search_keys=(key,), rate_limit="3/hour", allowed_origins=("https://news.example",))
    with pytest.raises(openai.AuthenticationError, match="this needs a search key"):
        complete(guarded, key="wrong")
    assert complete(guarded, key=key).choices
    shown = send(
        guarded, "GET", "/v1/models", headers={"Authorization": f"Bearer {key}", **site}, client=("127.0.0.1", 1)
    )
    assert (shown.status, shown.headers["access-control-allow-origin"]) == (200, "https://news.example")
    with pytest.raises(openai.RateLimitError, match="more than 3 requests"):
        complete(guarded, key=key)


def test_the_lines_of_the_page_on_doors_run(app):
    page = (CHECKOUT / "docs" / "doors.md").read_bytes().decode()
    lines = re.findall(
        r"^curl -sN? http://127.0.0.1:8000(/v1/\S+)(?: -H 'Content-Type: (\S+)' -d '(.+)')?$", page, re.MULTILINE
    )
    assert len(lines) == page.count("\ncurl ") == 3
    for path, media_type, body in lines:
        shown = send(app, "POST" if body else "GET", path, headers={"Content-Type": media_type}, body=body.encode())
        assert (
            shown.status,
            b"road" in shown.body or b"response.completed" in shown.body or b"chat" in shown.body,
        ) == (200, True)


TASK = """### Task:
Do what the output shows.
### Guidelines:
- Be brief.
### Output:
JSON format: %s
### Chat History:
<chat_history>
USER: Who should pay for a road?
ASSISTANT: > “Drivers who use a road should pay for it.”
USER: But what does it cost to collect?
</chat_history>"""


@pytest.mark.parametrize(
    ("shape", "key", "value"),
    [
        ('{ "title": "your title" }', "title", QUESTION),
        ('{ "tags": ["tag1", "tag2"] }', "tags", [MODEL]),
        ('{ "queries": ["query1"] }', "queries", [WITH_HISTORY]),
    ],
)
def test_a_task_that_a_chat_client_sets_beside_the_conversation_is_answered_in_its_json(app, shape, key, value):
    told = complete(app, [{"role": "user", "content": TASK % shape}])
    assert json.loads(told.choices[0].message.content) == {key: value}
    assert (told.pullquote, told.choices[0].message.annotations) == (None, [])
    assert told.usage.total_tokens > 0


def test_what_to_ask_next_is_what_the_answer_suggests(explainer, monkeypatch):
    monkeypatch.setattr(Explainer, "suggestions", lambda self, debate=None: ("Do tolls work?", f"Of {debate}?"))
    told = complete(create_app(explainer), [{"role": "user", "content": TASK % '{ "follow_ups": ["Question 1?"] }'}])
    answered = list(explainer.ask(Query(question=WITH_HISTORY, debate=MODEL)).suggestions)
    expected = answered or ["Do tolls work?", f"Of {MODEL}?"]
    assert json.loads(told.choices[0].message.content) == {"follow_ups": expected}


@pytest.mark.parametrize("said", [f"### Task:\n{QUESTION}", TASK % "a list", "Why? " + TASK % '{ "title": "" }'])
def test_a_question_that_only_looks_like_a_task_is_answered_with_quotes_or_silence(app, said):
    assert complete(app, [{"role": "user", "content": said}]).pullquote["status"] in ("answered", "abstained")
