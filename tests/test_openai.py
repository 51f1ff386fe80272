"""OpenAI's interface, driven by OpenAI's own client: answers, history, refusals, keys."""

import asyncio
import json
import re

import pytest
from asgi import app_with, assert_shape
from asgi import ask as send
from fakes import CHECKOUT

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.app import create_app

openai = pytest.importorskip("openai", reason="openai is not installed; pip install '.[dev]'")
import httpx2  # noqa: E402 -- which comes with it

QUESTION, MODEL = "Who should pay for a road?", "road-tolls"
ASKED = [{"role": "user", "content": QUESTION}]
WITH_HISTORY = "But what does it cost to collect?"


@pytest.fixture(scope="module")
def app(explainer):
    return create_app(explainer)


def drive(app, use, key="none"):
    """What OpenAI's client makes of the application."""

    async def scene():
        transport = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
        reached = dict(base_url="http://testserver/v1", api_key=key, http_client=transport)
        async with openai.AsyncOpenAI(**reached, max_retries=0) as client:
            return await use(client)

    return asyncio.run(scene())


def complete(app, messages=ASKED, key="none", **options):
    asked = {"model": MODEL, "messages": messages, **options}
    return drive(app, lambda client: client.chat.completions.create(**asked), key)


def respond(app, **options):
    asked = {"model": MODEL, "input": QUESTION, **options}
    return drive(app, lambda client: client.responses.create(**asked))


def said(*words):
    return [{"role": "user", "content": one} for one in words]


async def all_of(stream):
    return [part async for part in await stream]


def test_a_debate_is_a_model(app):
    listed = drive(app, all_models)
    assert [one.id for one in listed] == ["pullquote", "bicycle-helmets", "road-tolls"]
    assert drive(app, lambda client: client.models.retrieve("road-tolls")).owned_by == "pullquote"


async def all_models(client):
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
        place = f"{quote['document_id']}?start={quote['start']}&end={quote['end']}&"
        assert one.url.startswith(f"http://testserver/documents/{place}")
    assert told.usage.total_tokens == told.usage.prompt_tokens + told.usage.completion_tokens > 0
    assert_shape("AnswerBody", answer)


@pytest.mark.parametrize(
    ("narrowed", "nearest"), [({"until": "1990"}, 0), ({"document": "against-tolls"}, 1)]
)
def test_what_answers_without_the_filter_is_quoted_with_its_own_link(explainer, narrowed, nearest):
    told = complete(app_with(explainer, min_confidence=0.2), metadata=narrowed)
    message, answer = told.choices[0].message, told.pullquote
    assert (len(answer["nearest"]), len(answer["beyond"])) == (nearest, 3)
    quotes = [*answer["nearest"], *answer["beyond"]]
    cited = [note.url_citation for note in message.annotations]
    for one, quote in zip(cited, quotes, strict=True):
        assert message.content[one.start_index :].startswith(f"> “{quote['exact']}”")
        assert f"/{quote['document_id']}?start={quote['start']}&end={quote['end']}&" in one.url


def test_a_stream_says_the_same_in_pieces_and_ends_with_the_usage(app):
    whole = complete(app)
    asked = dict(model=MODEL, messages=ASKED, stream=True, stream_options={"include_usage": True})
    *parts, last = drive(app, lambda client: all_of(client.chat.completions.create(**asked)))
    deltas = [part.choices[0].delta for part in parts]
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert len(deltas) > 4
    assert len(deltas[-1].annotations) == len(whole.choices[0].message.annotations)
    assert parts[-1].choices[0].finish_reason == "stop"
    assert last.choices == []
    assert last.usage == whole.usage


def test_responses_say_the_same_whole_and_in_events(app):
    content = complete(app).choices[0].message.content
    whole = respond(app)
    assert (whole.output_text, whole.status) == (content, "completed")
    [note, *_] = whole.output[0].content[0].annotations
    assert content[note.start_index :].startswith("> “")
    asked = dict(model=MODEL, input=ASKED, stream=True)
    events = drive(app, lambda client: all_of(client.responses.create(**asked)))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == content
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    assert events[-1].response.output == whole.output
    assert drive(app, streamed_text) == content


async def streamed_text(client):
    """The text as the client's own helper puts it together."""
    async with client.responses.stream(model=MODEL, input=QUESTION) as stream:
        return (await stream.get_final_response()).output_text


def test_an_abstention_is_ordinary_content_with_its_reason(explainer):
    told = complete(app_with(explainer, min_confidence=1.0))
    message = told.choices[0].message
    silence = "Nothing here clearly answers this. The nearest passage, which may not:\n\n> “"
    assert message.content.startswith(silence)
    assert (told.pullquote["status"], len(message.annotations)) == ("abstained", 1)


def test_what_was_asked_and_quoted_before_is_read_from_the_messages(app):
    first = complete(app)
    rhymes = {"role": "system", "content": "Answer in rhymes."}
    before = [rhymes, *ASKED, first.choices[0].message.model_dump()]
    pieces = [{"type": "text", "text": "Who said that?"}]
    about = complete(app, [*before, *said(pieces)]).pullquote["about"]
    places = [
        [(one["document_id"], one["start"], one["end"]) for one in quotes]
        for quotes in (about, first.pullquote["quotes"])
    ]
    assert places[0] == places[1]
    alone = complete(app, said("Who said that?")).pullquote
    assert (alone["status"], alone["reason"]) == ("abstained", "needs_context")
    assert QUESTION in complete(app, [*before, *said("Why?")]).pullquote["resolved_question"]


def test_links_that_no_answer_had_are_passed_over(app):
    odd = "/documents/for-tolls?start=9&end=3 /documents/nowhere?start=0&end=3 http://x/documents/for-tolls?start=0&end=43"
    answered = {"role": "assistant", "content": odd}
    [about] = complete(app, [*ASKED, answered, *said("Who said that?")]).pullquote["about"]
    assert (about["document_id"], about["start"]) == ("for-tolls", 0)


@pytest.mark.parametrize(
    ("options", "status", "parameter", "said"),
    [
        ({"n": 2}, 400, "n", "n is not offered here"), ({"logprobs": True}, 400, "logprobs", "not offered"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, 400, "tools", "leave it out"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format", "not offered"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:"}}]}]}, 400, "messages", "image_url cannot be read"),
        ({"model": "gpt-5"}, 404, None, "there are: bicycle-helmets, road-tolls"),
        ({"messages": [*ASKED, {"role": "assistant", "content": "Well."}]}, 422, None, "the last message is no question"),
        ({"messages": said(QUESTION, " ")}, 422, None, "the question is empty"), ({"messages": said("?")}, 422, None, "the question is empty"),
        ({"messages": said("why " * 1_000)}, 422, None, "the limit is 2,000"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_is_refused_in_openais_shape(app, options, status, parameter, said):
    with pytest.raises(openai.APIStatusError, match=said) as refused:
        complete(app, **options)
    error = refused.value
    assert error.status_code == status
    assert error.param == parameter
    assert error.type == "invalid_request_error"
    assert_shape("ProblemBody", error.response.json())


def test_what_only_tunes_a_models_writing_changes_nothing(app):
    tuned = dict(
        temperature=2, top_p=0.1, max_tokens=1, stop=["a"], seed=3, user="a", n=1, tools=[]
    )
    written, plain = (complete(app, **one).choices[0].message.content for one in (tuned, {}))
    assert written == plain
    with pytest.raises(openai.BadRequestError, match="previous_response_id is not offered"):
        respond(app, previous_response_id="resp_1")
    assert respond(app, text={"format": {"type": "text"}}).status == "completed"


def test_keys_limits_and_sites_are_those_of_the_rest(explainer):
    key, site = "a-search-key-of-a-site", "https://news.example"
    values = dict(search_keys=(key,), rate_limit="3/hour", allowed_origins=(site,))
    guarded = app_with(explainer, **values)
    with pytest.raises(openai.AuthenticationError, match="this needs a search key"):
        complete(guarded, key="wrong")
    assert complete(guarded, key=key).choices
    headers = {"Authorization": f"Bearer {key}", "Origin": site}
    shown = send(guarded, "GET", "/v1/models", headers=headers, client=("127.0.0.1", 1))
    assert (shown.status, shown.headers["access-control-allow-origin"]) == (200, site)
    with pytest.raises(openai.RateLimitError, match="more than 3 requests"):
        complete(guarded, key=key)


def test_the_lines_of_the_page_on_doors_run(app):
    page = (CHECKOUT / "docs" / "doors.md").read_bytes().decode()
    curl = r"^curl -sN? http://127.0.0.1:8000(/v1/\S+)(?: -H 'Content-Type: (\S+)' -d '(.+)')?$"
    lines = re.findall(curl, page, re.MULTILINE)
    assert len(lines) == page.count("\ncurl ") == 3
    for path, media_type, body in lines:
        asked = dict(headers={"Content-Type": media_type}, body=body.encode())
        shown = send(app, "POST" if body else "GET", path, **asked)
        assert shown.status == 200
        assert re.search(b"road|response.completed|chat", shown.body)


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


@pytest.mark.parametrize(("shape", "answer"), [
    ('{ "title": "your title" }', {"title": QUESTION}), ('{ "tags": ["tag1", "tag2"] }', {"tags": [MODEL]}),
    ('{ "queries": ["query1"] }', {"queries": [WITH_HISTORY]}),
])  # fmt: skip
def test_a_task_that_a_chat_client_sets_is_answered_in_its_json(app, shape, answer):
    told = complete(app, said(TASK % shape))
    assert json.loads(told.choices[0].message.content) == answer
    assert (told.pullquote, told.choices[0].message.annotations) == (None, [])
    assert told.usage.total_tokens > 0


def test_what_to_ask_next_is_what_the_answer_suggests(explainer, monkeypatch):
    asked = ("Do tolls work?", f"Of {MODEL}?")
    monkeypatch.setattr(Explainer, "suggestions", lambda self, debate=None: asked)
    task = said(TASK % '{ "follow_ups": ["Question 1?"] }')
    told = complete(create_app(explainer), task)
    suggested = explainer.ask(Query(question=WITH_HISTORY, debate=MODEL)).suggestions or asked
    assert json.loads(told.choices[0].message.content) == {"follow_ups": list(suggested)}


NO_TASKS = [f"### Task:\n{QUESTION}", TASK % "a list", "Why? " + TASK % '{ "title": "" }']


@pytest.mark.parametrize("asked", NO_TASKS)
def test_a_question_that_only_looks_like_a_task_is_answered_with_quotes_or_silence(app, asked):
    assert complete(app, said(asked)).pullquote["status"] in ("answered", "abstained")
