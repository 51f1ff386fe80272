"""A Ray cluster builds what this machine builds; a worker or driver that is killed loses nothing that was written."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fakes import NAMED, SPOKEN, environ_of, settings_below, write_corpus
from serving import wait_for

from pullquote.index import layout, open_index
from pullquote.index.files import array_of
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus
from pullquote_scale.cluster import over_ray

pytestmark = [pytest.mark.torture, pytest.mark.filterwarnings("ignore")]  # Ray's own
TALK = "Talk {0} was long. “It ended,” said Ann Lee.\n\nRoom {0} was full of people who had paid. Nobody left."
FILES = {**NAMED, **SPOKEN, **{f"talks/talk-{n}.txt": TALK.format(n) for n in range(60)}}
LETTERS = 400  # of a part, so that there are many
DRIVER = f"import pullquote.index.parts as part; part.LETTERS = {LETTERS}; from pullquote.cli.main import main; main()"


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two workers that outlives its drivers."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'pullquote[ray]'")
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        running = Cluster(
            initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
        )
        yield running
        ray.shutdown()
        running.shutdown()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """What this machine builds of the files."""
    folder = tmp_path_factory.mktemp("here")
    write_corpus(folder / "corpus", FILES)
    index_corpus(settings := settings_below(folder))
    return settings


@pytest.fixture(autouse=True)
def _many_parts(monkeypatch):
    monkeypatch.setattr("pullquote.index.parts.LETTERS", LETTERS)


def there(here, folder):
    return Settings(
        corpus=here.corpus,
        index=folder / "index",
        min_confidence=0.0,
        min_free_bytes=0,
        reranker=None,
    )


def files_of(settings):
    folder = Layout(settings.index).generation(open_index(settings).generation.card.name).folder
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "generation.json"
    }


def assert_same(here, other):
    """File by file; numbers of models to what a machine's own rounding is."""
    ours, theirs = files_of(here), files_of(other)
    assert ours.keys() == theirs.keys()
    for name in (layout.PASSAGE_VECTORS, layout.WINDOW_VECTORS):
        numbers = [array_of(files.pop(name)) for files in (ours, theirs)]
        assert np.allclose(*numbers, atol=1e-5)
    tokens = [array_of(files.pop(layout.TOKEN_VECTORS)).astype(int) for files in (ours, theirs)]
    assert np.abs(tokens[0] - tokens[1]).max() <= 1
    assert [name for name in ours if ours[name] != theirs[name]] == []


def parts_in(settings):
    return list(Layout(settings.index).parts.glob("*.part"))


def test_a_cluster_builds_what_this_machine_builds(cluster, here, tmp_path):
    other = there(here, tmp_path)
    index_corpus(other, work=over_ray(cluster.address, other))
    assert_same(here, other)


def test_a_worker_that_is_killed_is_replaced(cluster, here, tmp_path, tell):
    other, done = there(here, tmp_path), list[object]()
    build = threading.Thread(
        target=lambda: done.append(index_corpus(other, work=over_ray(cluster.address, other)))
    )
    build.start()
    wait_for(lambda: len(parts_in(other)) > 2, 400)
    raylet = cluster.head_node.all_processes["raylet"][0].process.pid
    workers = [
        int(path.parent.name)
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if b"Worker(" in read(path) and parent(path.parent) == raylet
    ]
    os.kill(workers[0], signal.SIGKILL)
    build.join(600)
    tell(
        f"Ray: one of {len(workers)} workers killed after {len(parts_in(other))} parts: built all the same: {bool(done)}"
    )
    assert done
    assert_same(here, other)


def test_a_driver_that_is_killed_goes_on_from_what_was_written(cluster, here, tmp_path, tell):
    other = there(here, tmp_path)
    command = [sys.executable, "-c", DRIVER, "index", "--ray", cluster.address]
    driver = subprocess.Popen(
        command, env=os.environ | environ_of(other), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for(lambda: len(parts_in(other)) > 3, 400)
    driver.kill()
    driver.communicate()
    written = len(parts_in(other))
    built = index_corpus(other, work=over_ray(cluster.address, other))
    tell(f"Ray: driver killed after {written} parts, {built.resumed} of them used")
    assert built.resumed >= written
    assert_same(here, other)


def read(path):
    try:
        return path.read_bytes()
    except OSError:  # it ended meanwhile
        return b""


def parent(process):
    return int((read(process / "stat").rpartition(b")")[2].split() or [0, 0])[1])
