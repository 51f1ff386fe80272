"""What goes wrong on a disk: damage is found before use, the generation before serves, nothing is half done."""

import errno
import json
import os
import shutil
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes import TEXTS, HashEncoder, built_below, open_with_fake, write_corpus

from pullquote.answers.query import Query
from pullquote.answers.ready import Ready
from pullquote.corpus.files import only_writer
from pullquote.errors import IndexCorrupt, IndexFull, IndexLocked, IndexMissing
from pullquote.index import current_card, current_name, damage, layout, open_index
from pullquote.index.files import Stamp, json_bytes, swap_in, write_durably
from pullquote.index.layout import Layout
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

Damage = Callable[[Path, Path], object]


def _flip(path, _):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _take_from_the_generation_before(path, before):
    path.write_bytes(before.read_bytes() + b" " * (before.read_bytes() == path.read_bytes()))


def full(_):
    raise OSError(errno.ENOSPC, "No space left on device")


DAMAGES: dict[str, Damage] = {
    "flip": _flip,
    "cut": lambda path, _: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "lengthen": lambda path, _: path.write_bytes(path.read_bytes() + b"\0"),
    "empty": lambda path, _: path.write_bytes(b""),
    "remove": lambda path, _: path.unlink(),
    "folder": lambda path, _: (path.unlink(), path.mkdir()),
    "older": _take_from_the_generation_before,
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """An index of two generations; tests damage copies of it."""
    folder = tmp_path_factory.mktemp("pristine")
    settings = Settings(
        corpus=folder / "corpus", index=folder / "index", min_confidence=0.0, min_free_bytes=0
    )
    write_corpus(
        settings.corpus, {path: text for path, text in TEXTS.items() if "helmets" not in path}
    )
    index_corpus(settings, HashEncoder())
    write_corpus(settings.corpus, TEXTS)
    index_corpus(settings, HashEncoder())
    return settings


@pytest.fixture
def two(pristine, tmp_path):
    """A copy of an index of two generations."""
    return replace(pristine, index=shutil.copytree(pristine.index, tmp_path / "index"))


def manifest(settings):
    return json.loads(Layout(settings.index).manifest.read_bytes())


def folder(settings, which):
    return Layout(settings.index).generation(manifest(settings)[which]["generation"]).folder


@pytest.mark.parametrize("damage", DAMAGES)
def test_any_damage_to_any_file_lets_the_generation_before_serve(two, pristine, damage):
    for name in sorted(path.name for path in folder(two, "current").iterdir()):
        DAMAGES[damage](folder(two, "current") / name, folder(two, "previous") / name)
        opened = open_index(two)
        assert opened.generation.card.name == manifest(two)["previous"]["generation"], name
        assert name in opened.degraded or "generation" in opened.degraded
        assert "run `pullquote index`" in opened.degraded
        shutil.rmtree(two.index)
        shutil.copytree(pristine.index, two.index)


def test_a_damaged_piece_is_found_by_the_question_that_meets_it_and_the_generation_before_answers(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("pullquote.index.files.PIECES_FROM", 200)
    settings = built_below(tmp_path, TEXTS, min_confidence=0.0)
    before = open_index(settings).generation.card.name
    write_corpus(settings.corpus, {"road-tolls/more.txt": "A toll pays for the night bus."})
    now = index_corpus(settings, HashEncoder()).generation.card.name
    explainer, path = (
        open_with_fake(settings),
        Layout(settings.index).generation(now).folder / layout.TEXTS,
    )
    monkeypatch.setattr(Ready, "open", lambda settings, opened: Ready(opened, HashEncoder()))
    path.write_bytes(path.read_bytes().replace(b"night", b"light"))
    assert open_index(settings).degraded is None
    assert now in str(damage(settings)["current"])
    answer = explainer.ask(Query(question="Which bus does a toll pay for?"))
    assert (answer.generation, explainer.generation.card.name) == (before, before)
    assert now in str(explainer.degraded)
    assert not explainer.refresh()
    assert "the previous generation serves" in str(open_index(settings, thorough=True).degraded)


def test_damage_to_all_generations_is_an_error_that_names_files_and_command(two):
    for which in ("current", "previous"):
        _flip(folder(two, which) / layout.TEXTS, Path())
    with pytest.raises(IndexCorrupt, match=r"texts\.bin.*texts\.bin.*run `pullquote index`"):
        open_index(two)


def test_a_build_mends_a_damaged_index_and_keeps_the_one_that_was_whole(two):
    whole = manifest(two)["previous"]["generation"]
    _flip(folder(two, "current") / layout.TEXTS, Path())
    built = index_corpus(two, HashEncoder())
    assert open_index(two).degraded is None
    assert open_index(two).generation.card.name == built.generation.card.name
    assert manifest(two)["previous"]["generation"] == whole


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format": 2}', b'{"format": 2, "current": null}',
        b'{"format": 2, "current": {"generation": ""}}', b'{"format": 2, "current": {"generation": "x"}}',
        b'{"format": 2, "current": {"generation": ["x"], "sha256": "y"}}',
        b'{"format": 1, "current": {"generation": "x", "sha256": "y"}}',
    ],
)  # fmt: skip
def test_a_damaged_manifest_or_one_of_another_format_names_the_command(indexed, content):
    Layout(indexed.index).manifest.write_bytes(content)
    with pytest.raises(IndexCorrupt, match="run `pullquote index`"):
        open_index(indexed)
    assert current_card(indexed) is None
    index_corpus(indexed, HashEncoder())
    assert open_index(indexed).degraded is None


def test_without_an_index_the_command_that_builds_one_is_named(tmp_path):
    (tmp_path / "file").touch()
    for name in ("none", "file"):
        with pytest.raises(IndexMissing, match="run `pullquote index`"):
            open_index(Settings(index=tmp_path / name))
        assert current_name(Settings(index=tmp_path / name)) is None


_OBJECTS_HEADER = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n"
_HUGE_HEADER = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976, 256)}\n"
HUGE = b"\x93NUMPY\x01\0" + struct.pack("<H", len(_HUGE_HEADER)) + _HUGE_HEADER
OBJECTS = (
    b"\x93NUMPY\x01\0"
    + struct.pack("<H", len(_OBJECTS_HEADER))
    + _OBJECTS_HEADER
    + b"\x80\x04K\x01."
)


HOSTILE = [
    (layout.PASSAGE_VECTORS, HUGE), (layout.WINDOW_VECTORS, b""),
    (layout.SENTENCES, b"\x80\x04K\x01."), (layout.KEYS, OBJECTS), (layout.DOCUMENTS, b'[{"id": "a"}]'),
    (layout.DOCUMENTS, b"[" * 100_000), ("lexical-terms.json", b'["one"]'), ("generation.json", b"{}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), HOSTILE)
def test_hostile_content_with_the_right_hash_is_refused(two, name, content):
    place = folder(two, "current")
    card = json.loads((place / "generation.json").read_bytes())
    card["files"][name] = {"size": len(content), "sha256": Stamp.of(content).sha256}
    (place / "generation.json").write_bytes(json_bytes(card))
    (place / name).write_bytes(content)
    stamp = Stamp.of((place / "generation.json").read_bytes())
    named = manifest(two)
    named["current"]["sha256"] = stamp.sha256
    Layout(two.index).manifest.write_bytes(json_bytes(named))
    assert open_index(two).generation.card.name == named["previous"]["generation"]


# One writer


def test_a_second_build_waits_while_readers_do_not(indexed):
    with only_writer(Layout(indexed.index).lock):
        with pytest.raises(IndexLocked, match="another process is building .*wait for it"):
            index_corpus(indexed, HashEncoder())
        assert open_with_fake(indexed).ask(Query(question="Who pays for a road?")).answered


def test_the_lock_goes_however_the_build_or_its_process_ends(indexed):
    lock = Layout(indexed.index).lock
    with pytest.raises(ZeroDivisionError), only_writer(lock):
        _ = 1 / 0
    child = os.fork()
    if child == 0:
        with only_writer(lock):
            os._exit(0)
    os.waitpid(child, 0)
    with only_writer(lock):
        pass


# Builds that were interrupted: tests/torture fails every operation of one in turn


def test_what_interrupted_builds_left_is_swept_by_the_next_and_only_two_generations_are_kept(
    indexed,
):
    root = Layout(indexed.index)
    (root.generations / ".building-x").mkdir()
    (root.generations / ".building-x" / "texts.bin").write_bytes(b"half")
    (root.generations / "20200101-000000-abcdef").mkdir()
    (root.root / ".MANIFEST.json.123").write_bytes(b"{")
    (root.root / "encoders" / ".export-x" / "draft").mkdir(parents=True)
    (root.root / "encoders" / "abc").mkdir()
    names = [index_corpus(indexed, HashEncoder()).generation.card.name for _ in range(2)]
    assert {path.name for path in root.generations.iterdir()} == set(names)
    assert manifest(indexed)["previous"]["generation"] == names[0]
    assert [path.name for path in (root.root / "encoders").iterdir()] == ["abc"]
    left = {path.name for path in root.root.iterdir()}
    assert left == {"LOCK", "MANIFEST.json", "encoders", "facts.json", "generations"}


def test_a_nearly_full_disk_stops_a_build_once_what_was_left_is_swept(settle, monkeypatch):
    settings = settle(min_free_bytes=10**15)
    with pytest.raises(
        IndexFull, match="fewer than PULLQUOTE_MIN_FREE_BYTES=1,000,000,000,000,000; make room"
    ):
        index_corpus(settings, HashEncoder())
    (left := Layout(settings.index).generations / ".building-x" / "part").mkdir(parents=True)
    free = lambda folder: SimpleNamespace(free=0 if left.exists() else 10**16)  # noqa: E731
    monkeypatch.setattr("pullquote.index.layout.shutil.disk_usage", free)
    index_corpus(settings, HashEncoder())


def test_a_failed_swap_or_fsync_leaves_the_old_content(tmp_path, monkeypatch):
    swap_in(tmp_path / "a", b"old")
    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "a", b"two")
    for call in ("os.replace", "os.fsync"):
        calls: list[object] = []
        with monkeypatch.context() as patch:
            patch.setattr(
                call,
                lambda *arguments, calls=calls, **_: (calls.append(arguments), full(arguments)),
            )
            with pytest.raises(OSError, match="No space left"):
                swap_in(tmp_path / "a", b"new")
        assert len(calls) == 1, "a failed fsync is not tried again on the same file"
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]
