"""Watching: a change is indexed while the old index serves, and a build that fails changes nothing."""

import threading
import time
from contextlib import contextmanager

import pytest
from fakes import HashEncoder, open_with_fake, write_corpus
from serving import wait_for

from pullquote.index import current_name, open_index
from pullquote.upkeep import watch
from pullquote.upkeep.indexing import index_changes, index_corpus

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(watch, "QUIET_MS", 100)


@contextmanager
def following(settings, build):
    told: list[str] = []
    stop = watch.follow_beside(settings, build, told.append)
    yield told
    stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "watch"]


def test_a_change_is_indexed_and_taken_up_by_what_serves(indexed, monkeypatch):
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
    explainer = open_with_fake(indexed)
    with following(indexed, lambda: index_corpus(indexed, HashEncoder())) as told:
        wait_for(lambda: told)
        write_corpus(indexed.corpus, {"trams/trams.txt": "Trams carry more people than cars."})
        wait_for(lambda: any("indexed 4 documents" in line for line in told))
    assert explainer.refresh()
    assert "trams" in explainer.generation.debates


def test_what_is_saved_while_the_first_build_runs_is_indexed_too(indexed):
    seen: list[bool] = []

    def build():
        seen.append((indexed.corpus / "late" / "late.txt").is_file())
        if len(seen) == 1:
            write_corpus(indexed.corpus, {"late/late.txt": "Words that came late."})

    with following(indexed, build):
        wait_for(lambda: len(seen) == 2)
    assert seen == [False, True]


def test_many_changes_at_once_are_one_build(indexed):
    builds: list[int] = []
    with following(indexed, lambda: builds.append(1)):
        wait_for(lambda: builds)
        for number in range(30):
            write_corpus(indexed.corpus, {f"many/{number}.txt": f"Words {number}."})
        wait_for(lambda: len(builds) == 2)
        time.sleep(0.5)
    assert len(builds) == 2


def fail():
    raise OSError("the disk is full")


def test_a_build_that_fails_keeps_the_old_index_says_why_and_is_tried_again(indexed):
    before = current_name(indexed)
    with following(
        indexed,
        lambda: (
            index_corpus(indexed, HashEncoder()) if (indexed.corpus / "go").exists() else fail()
        ),
    ) as told:
        wait_for(lambda: told)
        assert told[0].startswith("not indexed: the disk is full; the index stays as it was")
        assert current_name(indexed) == before
        write_corpus(indexed.corpus, {"go/on.txt": "Go on."})
        wait_for(lambda: any("indexed" in line and "not" not in line for line in told))
    assert open_index(indexed).degraded is None


def test_what_was_skipped_or_is_odd_is_told(settle):
    settings = settle({"d/good.txt": "Good \u202ewords.", "d/bad.txt": b"\xff"})
    with following(settings, lambda: index_corpus(settings, HashEncoder())) as told:
        wait_for(lambda: len(told) == 3)
    assert "skipped d/bad.txt" in told[1]
    assert "note: d/good.txt holds 1 hidden" in told[2]


def test_nothing_is_built_where_nothing_changed(indexed, monkeypatch):
    current = open_index(indexed).generation
    monkeypatch.setattr("pullquote.upkeep.indexing.up_to_date", lambda settings: current)
    assert index_changes(indexed) is None


def test_serving_may_watch_beside_and_stops_watching_when_it_ends(indexed, run, monkeypatch):
    seen: list[str] = []

    def serve(*_):
        seen.extend(thread.name for thread in threading.enumerate())

    monkeypatch.setattr("pullquote.api.app.serve", serve)
    assert run(indexed, "serve", "--watch").exit_code == 0
    assert "watch" in seen
    assert "watch" not in {thread.name for thread in threading.enumerate()}
