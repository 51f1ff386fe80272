"""A build that is killed: what it had worked out and written is not worked out again, here or on a Ray cluster."""

import os
import signal
import time

from fakes import write_corpus
from serving import wait_for

from pullquote.index import build_index, open_index
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from torture.small import TinyEncoder

TALKS = {
    f"a/talk-{n:02}.txt": f"Talk {n} was long. It ended at {n} o'clock.\n\nRoom {n} was full."
    for n in range(12)
}
LETTERS = 70  # of a part: one or two documents


class Slow(TinyEncoder):
    """Takes its time, and counts."""

    def __init__(self, seconds=0.0):
        self.seconds, self.encoded = seconds, list[str]()

    def encode(self, texts):
        time.sleep(self.seconds)
        self.encoded.extend(texts)
        return super().encode(texts)


def files_of(settings):
    """The files of the current generation, but its card, which has a name and a date."""
    folder = Layout(settings.index).generation(open_index(settings).generation.card.name).folder
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name != "generation.json"
    }


def parts_in(settings):
    """The parts that are written, and when each was."""
    return {
        path.name: path.stat().st_mtime_ns for path in Layout(settings.index).parts.glob("*.part")
    }


def below(folder, corpus):
    return Settings(corpus=corpus, index=folder / "index", min_free_bytes=0, reranker=None)


def killed_when(settings, build, parts):
    """Build in a child, and kill it once so many parts are there."""
    child = os.fork()
    if child == 0:
        build()
        os._exit(0)
    wait_for(lambda: len(parts_in(settings)) >= parts)
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return parts_in(settings)


def test_a_build_that_is_killed_again_and_again_goes_on_from_the_parts_that_are_there(
    tmp_path, monkeypatch, tell
):
    monkeypatch.setattr("pullquote.index.parts.LETTERS", LETTERS)
    corpus = write_corpus(tmp_path / "corpus", TALKS)
    settings, calm = below(tmp_path / "killed", corpus), below(tmp_path / "calm", corpus)
    whole = Slow()
    build_index(calm, whole)
    first = killed_when(settings, lambda: build_index(settings, Slow(0.02)), 2)
    second = killed_when(settings, lambda: build_index(settings, Slow(0.02)), len(first) + 2)
    assert {name: second[name] for name in first} == first, "what was written is written once"
    built = build_index(settings, again := Slow())
    assert built.resumed == len(second)
    assert len(again.encoded) < len(whole.encoded) * (1 - len(second) / len(TALKS)) + 1
    assert files_of(settings) == files_of(calm)
    assert not Layout(settings.index).parts.exists()
    tell(
        f"a build of {len(TALKS)} documents killed twice: {len(second)} parts kept, {len(again.encoded)} of {len(whole.encoded)} texts left"
    )


def test_a_part_that_is_damaged_or_of_another_text_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("pullquote.index.parts.LETTERS", LETTERS)
    corpus = write_corpus(tmp_path / "corpus", TALKS)
    settings, calm = below(tmp_path / "killed", corpus), below(tmp_path / "calm", corpus)
    there = killed_when(settings, lambda: build_index(settings, Slow(0.02)), 3)
    damaged = Layout(settings.index).parts / min(there)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    write_corpus(corpus, {"a/talk-00.txt": "Other words."})
    assert build_index(settings, Slow()).resumed < len(there)
    build_index(calm, Slow())
    assert files_of(settings) == files_of(calm)
