"""The memory of answers: bounded, shared by threads, and never a reason for a wrong word."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fakes import HashEncoder, open_with_fake
from fastapi.testclient import TestClient

from pullquote.answers.cache import Cache, Counts
from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query, Turn
from pullquote.answers.ready import Ready
from pullquote.api.app import create_app
from pullquote.corpus.corpus import read_file
from pullquote.index import STALE_SECONDS, open_index
from pullquote.span import Span
from pullquote.upkeep.indexing import index_corpus
from pullquote.upkeep.records import Records

KNOWN = "Do road tolls cut traffic jams in crowded cities?"


def test_the_least_recently_used_goes_first():
    cache = Cache(2, 1_000)
    for key in "ab":
        cache.put(key, key.upper(), {key: 1})
    assert cache.get("a") == "A"
    cache.put("c", "C", {"c": 1})
    assert [cache.get(key) for key in "abc"] == ["A", None, "C"]
    assert cache.counts == Counts(hits=3, misses=1, entries=2)


def test_bytes_are_bounded_and_a_shared_part_weighs_once():
    cache = Cache(10, 100)
    cache.put("a", 1, {"own a": 10, "document": 50})
    cache.put("b", 2, {"own b": 10, "document": 50})
    assert cache.size == 70
    cache.put("c", 3, {"own c": 40})
    assert (cache.get("a"), cache.get("b"), cache.size) == (None, 2, 100)
    cache.put("d", 4, {"own d": 101})
    assert (cache.get("d"), cache.size) == (None, 100)


def test_a_value_put_again_replaces_the_one_before():
    cache = Cache(2, 100)
    for value in (1, 2):
        cache.put("a", value, {"own": 30})
    assert (cache.get("a"), cache.size, cache.counts.entries) == (2, 30, 1)


def test_a_cache_of_no_entries_keeps_nothing():
    cache = Cache(0, 100)
    cache.put("a", 1, {})
    assert cache.get("a") is None


def test_many_threads_leave_the_bounds_as_they_are():
    cache = Cache(5, 60)

    def use(number):
        cache.put(number % 9, number, {number % 9: 10, "shared": 10})
        return cache.get(number % 9)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(use, range(2_000)))
    assert all(value is None or value % 9 == number % 9 for number, value in enumerate(found))
    assert cache.counts.entries <= 5
    assert cache.size == 10 * cache.counts.entries + 10
    assert cache.counts.hits + cache.counts.misses == 2_000


@pytest.fixture
def counting(indexed):
    """An explainer, and the encoder that tells what it was asked."""
    encoder = HashEncoder()
    return Explainer(indexed, Ready(open_index(indexed), encoder)), encoder


def test_the_same_question_is_worked_out_once_and_answered_alike(counting):
    explainer, encoder = counting
    first, second = (explainer.ask(Query(question=KNOWN)) for _ in range(2))
    assert replace(first, timings_ms={}) == replace(second, timings_ms={})
    assert first.id == second.id
    assert len(encoder.encoded) == 1
    assert explainer.counts["answers"] == Counts(hits=1, misses=1, entries=1)


def test_the_timings_of_a_repeated_question_are_its_own(counting):
    explainer, _ = counting
    first, second = (explainer.ask(Query(question=KNOWN)).timings_ms for _ in range(2))
    assert {"encode", "retrieve", "select", "compose"} < first.keys()
    assert second.keys() == {"recall"}


@pytest.mark.parametrize(
    "other",
    [
        {"debate": "road-tolls"},
        {"max_quotes": 1},
        {"history": (Turn("Who pays for a road?"),)},
        {"question": KNOWN.lower()},
    ],
)
def test_whatever_an_answer_depends_on_makes_it_another_question(counting, other):
    explainer, _ = counting
    explainer.ask(Query(question=KNOWN))
    explainer.ask(Query(**{"question": KNOWN} | other))
    assert explainer.counts["answers"].hits == 0


def test_other_settings_do_not_share_answers(indexed):
    ready = Ready(open_index(indexed), HashEncoder())
    assert Explainer(indexed, ready).ask(Query(question=KNOWN)).answered
    assert not Explainer(replace(indexed, min_confidence=1.0), ready).ask(Query(question=KNOWN)).answered


def test_a_repeated_question_is_told_when_the_corpus_moved_on(counting, indexed, monkeypatch):
    explainer, _ = counting
    assert not explainer.ask(Query(question=KNOWN)).stale
    (indexed.corpus / "road-tolls" / "new.txt").write_text("Road tolls pay for tunnels.\n", encoding="utf-8")
    monkeypatch.setattr("pullquote.index.STALE_SECONDS", -1.0)
    repeated = explainer.ask(Query(question=KNOWN))
    assert (repeated.stale, explainer.counts["answers"].hits) == (True, 1)


def test_a_new_generation_starts_with_no_answers_and_keeps_counting(counting, indexed, monkeypatch):
    explainer, _ = counting
    old = [explainer.ask(Query(question=KNOWN)) for _ in range(2)][-1]
    (indexed.corpus / "road-tolls" / "new.txt").write_text(f"---\ndate: 2030\n---\n{KNOWN[3:-1]}.\n", encoding="utf-8")
    index_corpus(indexed, HashEncoder())
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda index, identity, model: HashEncoder())
    assert explainer.refresh()
    assert explainer.counts["answers"] == Counts(hits=1, misses=1, entries=0)
    new = explainer.ask(Query(question=KNOWN))
    assert (new.generation != old.generation, new.as_of[1], new.stale) == (True, "2030", False)
    assert explainer.counts["answers"] == Counts(hits=1, misses=2, entries=1)


def test_the_settings_bound_what_is_kept(indexed, monkeypatch):
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda index, identity, model: HashEncoder())
    for bound in ({"answer_cache": 0}, {"answer_cache_bytes": 100}):
        explainer = Explainer.open(replace(indexed, **bound))
        for _ in range(2):
            explainer.ask(Query(question=KNOWN))
        assert explainer.counts["answers"] == Counts(hits=0, misses=2, entries=0)


def test_what_was_asked_weighs_with_the_answer(counting):
    explainer, _ = counting
    explainer.ask(Query(question=KNOWN))
    before = explainer._ready.answers.size
    places = tuple(("a" * 70 + str(n), Span(0, n + 1)) for n in range(10))
    history = tuple(Turn(f"{n}" * 10_000, places) for n in range(6))
    explainer.ask(Query(question=KNOWN, history=history))
    assert 60_000 + 60 * 70 < explainer._ready.answers.size - before < 100_000


def test_long_questions_make_the_memory_of_vectors_hold_fewer(counting, monkeypatch):
    explainer, encoder = counting
    question = "Do road tolls " + "cut " * 100
    monkeypatch.setattr("pullquote.answers.ready.QUERY_CACHE_BYTES", 10_000)
    ready = Ready(open_index(explainer.settings), encoder)
    for n in range(20):
        ready.vector(f"{question}{n}")
    assert 1 < ready.counts["vectors"].entries <= 10_000 // len(question)
    ready.vector(f"{question}19")
    assert (ready.counts["vectors"].hits, len(encoder.encoded)) == (1, 20)
    ready.vector("cut " * 10_000)
    assert ready.counts["vectors"].entries > 1


def test_an_unanswered_question_is_recorded_each_time_it_is_asked(indexed, tmp_path):
    settings = replace(indexed, store=tmp_path / "asked.sqlite", min_confidence=1.0)
    explainer = open_with_fake(settings)
    with TestClient(create_app(explainer)) as client:
        for _ in range(3):
            assert client.post("/v1/ask", json={"question": KNOWN}).json()["status"] == "abstained"
    assert [asked.reason for asked in Records.of(settings).questions()] == ["not_covered"] * 3
    assert explainer.counts["answers"].hits == 2


def test_threads_that_ask_the_same_get_the_same(explainer):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: explainer.ask(Query(question="Who barely notices the charge?")), range(40)))
    assert len({(answer.id, answer.text, answer.stale) for answer in answers}) == 1


def test_while_one_thread_compares_the_corpus_the_others_do_not_wait(counting, indexed, monkeypatch):
    explainer, _ = counting
    explainer.ask(Query(question=KNOWN))
    monkeypatch.setattr("pullquote.index.STALE_SECONDS", -1.0)
    started, go = threading.Event(), threading.Event()

    def slowly(settings):
        started.set()
        assert go.wait(10)
        return []

    monkeypatch.setattr("pullquote.index.corpus_paths", slowly)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(explainer.changed_files)
        assert started.wait(10)
        assert explainer.ask(Query(question=KNOWN)).stale is False
        go.set()
        assert len(waiting.result(10)) == 3


def test_a_file_is_read_again_only_when_its_facts_changed(counting, indexed, monkeypatch):
    explainer, _ = counting
    for path in indexed.corpus.rglob("*.*"):
        os.utime(path, (1, 1))
    monkeypatch.setattr("pullquote.index.SETTLED_SECONDS", -1.0)
    monkeypatch.setattr("pullquote.index.STALE_SECONDS", -STALE_SECONDS)
    read = []
    monkeypatch.setattr("pullquote.index.read_file", lambda *a, **k: read.append(a[1]) or read_file(*a, **k))
    assert explainer.changed_files() == ()
    assert explainer.changed_files() == ()
    assert len(read) == 3
    changed = indexed.corpus / "bicycle-helmets" / "helmets.txt"
    same_size = changed.read_bytes().replace(b"Helmet laws", b"Helmet rule")
    changed.write_bytes(same_size)
    assert explainer.changed_files() == ("bicycle-helmets/helmets.txt",)
    assert len(read) == 4
