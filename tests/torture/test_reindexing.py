"""Questions while the index is built again and again: no error, and every answer from exactly one generation."""

import threading
import time
from contextlib import contextmanager
from dataclasses import fields

import httpx
import pytest
from fakes import HashEncoder, open_with_fake

from pullquote.answers.query import Query
from pullquote.api.app import create_app
from pullquote.api.wire import answer_wire
from pullquote.settings import Settings
from torture.rolling import (
    CLIENTS,
    QUESTIONS,
    Builder,
    assert_from_one_generation,
    hammer,
    rebuilding,
)

SECONDS = [pytest.param(3.0, marks=pytest.mark.slow), pytest.param(20.0, marks=pytest.mark.torture)]


@pytest.fixture
def ready(tmp_path, monkeypatch):
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
    # A field of that name may not be there: then nothing is limited either.
    names = {field.name for field in fields(Settings)}
    limits = {"PULLQUOTE_RATE_LIMIT": "off"} if "rate_limit" in names else {}
    given = {"PULLQUOTE_CORPUS": str(tmp_path / "corpus"), "PULLQUOTE_INDEX": str(tmp_path / "index"),
             "PULLQUOTE_MIN_CONFIDENCE": "0", "PULLQUOTE_MIN_FREE_BYTES": "0", **limits}  # fmt: skip
    settings = Settings.read(given)
    first = Builder(settings, lambda: None)
    first.build(0)
    explainer = open_with_fake(settings)
    builder = Builder(settings, explainer.refresh)
    builder.texts = first.texts
    return explainer, builder


@pytest.mark.parametrize("seconds", SECONDS)
def test_answers_in_process_come_from_exactly_one_generation(ready, seconds, tell):
    explainer, builder = ready
    with rebuilding(builder):
        answers = hammer(
            lambda n: answer_wire(explainer.ask(Query(question=QUESTIONS[n % 4]))), seconds, builder
        )
    quotes = sum(assert_from_one_generation(answer, builder.texts) for answer in answers)
    seen = {answer["index"]["generation"] for answer in answers}
    tell(
        f"F5 in process: {CLIENTS} clients x {seconds:.0f} s, {len(answers)} answers with {quotes} quotes from {len(seen)} "
        f"of {len(builder.texts)} generations, 0 errors, 0 mixed"
    )
    assert len(seen) > 1
    assert quotes >= len(answers) > 50


@contextmanager
def served(explainer):
    """The service on a port of its own; its address."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(create_app(explainer), port=0, log_level="warning", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.mark.parametrize("seconds", SECONDS)
def test_answers_over_http_come_from_exactly_one_generation(ready, seconds, tell):
    explainer, builder = ready
    counts = dict.fromkeys(("ask", "documents", "verify"), 0)
    with (
        served(explainer) as address,
        httpx.Client(base_url=address, timeout=30) as http,
        rebuilding(builder),
    ):

        def ask(number):
            kind = ("ask", "ask", "documents", "verify")[number % 4]
            counts[kind] += 1
            if kind == "documents":
                http.get("/v1/documents").raise_for_status()
                return None
            if kind == "verify":
                http.post(
                    "/v1/verify", json={"quote": "Odd tolls are paid by riders"}
                ).raise_for_status()
                return None
            return (
                http.post("/v1/ask", json={"question": QUESTIONS[number % 4]})
                .raise_for_status()
                .json()
            )

        answers = hammer(ask, seconds, builder)
    quotes = sum(assert_from_one_generation(answer, builder.texts) for answer in answers)
    seen = {answer["index"]["generation"] for answer in answers}
    tell(
        f"F5 over HTTP: {CLIENTS} clients x {seconds:.0f} s, {sum(counts.values())} requests, {quotes} quotes from "
        f"{len(seen)} of {len(builder.texts)} generations, 0 errors, 0 mixed"
    )
    assert len(seen) > 1
    assert quotes >= len(answers) > 20


def test_the_oracle_catches_an_answer_of_two_generations(ready):
    explainer, builder = ready
    old = answer_wire(explainer.ask(Query(question=QUESTIONS[0])))
    builder.build(1)
    new = answer_wire(explainer.ask(Query(question=QUESTIONS[0])))
    assert_from_one_generation(new, builder.texts)
    with pytest.raises(AssertionError):
        assert_from_one_generation(
            {**new, "quotes": old["quotes"], "text": old["text"]}, builder.texts
        )
