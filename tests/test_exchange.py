"""Exchanges with servers that mean harm: whatever comes, and however slowly, they end in time, with an error of ours."""

import json
import threading
import time

import httpcore2
import pytest
from fakes import CHECKOUT, load_benchmark

from pullquote.errors import FetchError
from pullquote.models.exchange import _Backend, _Stream, open_client
from pullquote.settings import Settings
from pullquote_collect import fetching
from pullquote_collect.adding import add
from pullquote_llm.pointer import Breaker, Fault, PointerFault, Purse, ServedPointer

HOSTILE = load_benchmark("hostile")
SECONDS, SPARE = 0.4, 0.6  # the bound of a test, and what a busy machine may take beyond it
GARBLED = tuple(
    "endless-head flood-continue flood-hints packed-twice".split()
)  # known for what they are before time is up


@pytest.fixture(scope="module")
def endless():
    """The address of a server whose replies never end."""
    with HOSTILE.EndlessServer(("127.0.0.1", 0), HOSTILE.Endless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    "seed", json.loads((CHECKOUT / "benchmarks" / "fuzz_seeds.json").read_bytes())["reply"]
)
def test_whatever_a_server_says_is_kept_as_a_document_or_refused_with_a_next_step(
    seed, tmp_path, monkeypatch
):
    sent = seed.encode("utf-8", "surrogateescape")
    monkeypatch.setattr(fetching, "checked", lambda *_, **__: "93.184.216.34")
    monkeypatch.setattr(
        _Backend, "connect_tcp", lambda *_, **__: _Stream(httpcore2.MockStream([sent]))
    )
    [added] = add(Settings(corpus=tmp_path), ["http://a.example/page"], "d")
    assert (added.path is None) == bool(added.reason)
    assert added.path or "; " in str(added.reason)


@pytest.mark.parametrize("kind", HOSTILE.REPLIES)
def test_a_reply_that_never_ends_takes_no_more_than_the_time_of_a_fetch(kind, endless, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", SECONDS)
    began, worked = time.monotonic(), time.thread_time()
    with pytest.raises(FetchError) as caught:
        fetching.fetch(f"{endless}/{kind}", most=1_000_000, local=True)
    assert time.monotonic() - began < SECONDS + SPARE
    assert time.thread_time() - worked < SECONDS + SPARE
    assert caught.value.step
    assert str(caught.value).startswith("cannot be fetched") or kind not in GARBLED


@pytest.mark.parametrize("kind", HOSTILE.REPLIES)
def test_a_reply_that_never_ends_takes_no_more_than_the_time_of_a_language_model(kind, endless):
    with open_client() as client:
        pointer = ServedPointer(
            f"{endless}/{kind}", "m", None, SECONDS, 4_000, Purse(0), Breaker(), client
        )
        began = time.monotonic()
        with pytest.raises(PointerFault) as caught:
            pointer.ask("told", "shown", None, 100, str)
    assert time.monotonic() - began < SECONDS + SPARE
    assert caught.value.fault is Fault.SLOW or not kind.startswith("dripped")
    assert caught.value.fault in {Fault.SLOW, Fault.UNREADABLE, Fault.UNREACHABLE}
