"""Two writers, signals at any moment, clocks that jump and files that change while they are read."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pullquote.corpus import files
from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.files import only_writer
from pullquote.corpus.folder import folder_hashes
from pullquote.errors import CorpusError, IndexLocked
from pullquote.index import open_index
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from torture.small import NEW, OLD, build, edition_of, faults_of, lay_out

HERE = Path(__file__).parent
Again = Callable[[], Settings]


def started(*arguments):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])}
    return subprocess.Popen(
        [sys.executable, "-c", LOOP, *arguments], stdout=subprocess.PIPE, text=True, env=environ,
    )  # fmt: skip


LOOP = """
import sys
from pathlib import Path
from torture.small import build, settings_of
from pullquote.errors import IndexLocked
settings = settings_of(Path(sys.argv[1]), Path(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    try:
        name = build(settings)
    except IndexLocked:
        name = "locked"
    print(name, flush=True)
"""


def died(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize(
    "count",
    [pytest.param(25, marks=pytest.mark.slow), pytest.param(300, marks=pytest.mark.torture)],
)
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_a_random_moment_leaves_a_whole_index(again, sign, count, tell):
    wrong, ends = [], {"hit": 0, "done": 0}
    build(again())  # the first one imports, too
    settings = again()
    start = time.perf_counter()
    build(settings)
    usual = time.perf_counter() - start
    for number in range(count):
        settings = again()
        child = os.fork()
        if child == 0:
            signal.signal(
                signal.SIGHUP, signal.SIG_DFL
            )  # which a test run under nohup has switched off
            build(settings)
            os._exit(0)
        time.sleep(random.Random(number).random() * usual * 3)
        os.kill(child, sign)
        end = died(child)
        assert end in (0, -sign)
        ends["hit" if end else "done"] += 1
        wrong += faults_of(settings, before=OLD, acknowledged=end == 0)
    tell(
        f"S10 {sign.name} at {count} random moments: {ends['hit']} struck a build, {len(wrong)} wrong"
    )
    assert not wrong
    assert ends["hit"] > count / 10


@pytest.mark.slow
def test_of_writers_at_the_same_time_one_builds_and_the_others_are_told(again, tell):
    settings = again()
    writers = [started(str(settings.corpus.parent), str(settings.index), "15") for _ in range(3)]
    told = [line for writer in writers for line in writer.communicate(timeout=100)[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert len(told) == 45
    names = [line for line in told if line != "locked"]
    assert len(set(names)) == len(names) > 0
    tell(f"S8 three writers, 45 attempts: {len(names)} built, {told.count('locked')} told to wait")
    assert open_index(settings).generation.card.name in names
    assert not faults_of(settings, before=NEW, acknowledged=True)


def test_a_lock_file_that_a_dead_process_left_does_not_keep_anybody_out(again):
    settings = again()
    Layout(settings.index).lock.write_text("999999")  # what a file of process ids would hold
    build(settings)


def test_a_child_of_the_builder_does_not_keep_the_lock(again):
    settings = again()
    with only_writer(Layout(settings.index).lock):
        sleeper = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        with pytest.raises(IndexLocked):
            build(settings)
    build(settings)
    sleeper.communicate(b"\n")


# Clocks and files that change


def test_a_change_is_seen_though_time_and_size_of_the_file_are_the_same(again, tmp_path):
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "own", min_free_bytes=0)
    lay_out(settings, {"a/one.txt": "Old words."})
    build(settings)
    path = settings.corpus / "a" / "one.txt"
    then = path.stat()
    path.write_bytes(b"New words.")
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert path.stat().st_mtime_ns == then.st_mtime_ns
    assert folder_hashes(settings, {})[0] != {
        row.path: row.file_sha256 for row in open_index(settings).generation.rows
    }
    build(settings)
    assert edition_of(open_index(settings).generation) == {"a/one.txt": "New words."}


@pytest.mark.parametrize("year", [1970, 2099])
def test_a_clock_that_jumps_changes_neither_order_nor_names(again, monkeypatch, year):
    from datetime import datetime

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(year, 1, 1, tzinfo=tz)

    settings = again()
    monkeypatch.setattr("pullquote.index.build.datetime", Clock)
    names = [build(settings) for _ in range(3)]  # three in the same second
    assert len(set(names)) == 3
    assert open_index(settings).generation.card.name == names[-1]
    monkeypatch.undo()
    assert (
        open_index(settings).generation.card.name
        != build(settings)
        == open_index(settings).generation.card.name
    )


def test_a_file_that_is_replaced_while_it_is_read_is_one_or_the_other(tmp_path, monkeypatch):
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "own", min_free_bytes=0)
    lay_out(settings, {"a/one.txt": "Old words."})
    path, real, editions = settings.corpus / "a" / "one.txt", os.fstat, ["Old words."]

    def swap(descriptor):
        editions.append(f"Entirely new words, edition {len(editions)}.")
        path.with_name("new").write_text(editions[-1])
        path.with_name("new").replace(path)
        return real(descriptor)

    monkeypatch.setattr(files.os, "fstat", swap)
    corpus = load_corpus(settings)
    monkeypatch.undo()
    assert corpus.documents[0].text in editions[:-1]
    assert corpus.hashes != folder_hashes(settings, {})[0]  # so the index is stale, and says so


@pytest.mark.parametrize("code", ["EIO", "EMFILE", "ENFILE", "ENOMEM"])
def test_a_disk_that_will_not_give_a_file_just_now_stops_the_build_and_loses_nothing(
    again, monkeypatch, code
):
    import errno

    settings, real = again(), os.open
    before = open_index(settings).generation.card.name

    def failing(path, *arguments, **options):
        if str(path).endswith("kept.txt"):
            raise OSError(getattr(errno, code), "just now", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(
        CorpusError, match=r"a/kept\.txt cannot be read just now .*the index stays as it was"
    ):
        build(settings)
    monkeypatch.undo()
    assert open_index(settings).generation.card.name == before
