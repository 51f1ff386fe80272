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
from conftest import Settle
from fakes import TEXTS, HashEncoder, open_with_fake, write_corpus

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.corpus.files import only_writer
from pullquote.errors import IndexCorrupt, IndexFault, IndexFull, IndexLocked, IndexMismatch, IndexMissing
from pullquote.index import current_name, layout, open_index
from pullquote.index.files import Stamp, json_bytes, read_checked, swap_in, write_durably
from pullquote.index.generation import Generation
from pullquote.index.layout import FORMAT, Card, Layout
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

FILES = sorted(layout.CORE | {layout.WINDOW_VECTORS, layout.VOICES, layout.SUGGESTIONS, "generation.json"})


def _flip(path: Path, _: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _cut(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _lengthen(path: Path, _: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def _empty(path: Path, _: Path) -> None:
    path.write_bytes(b"")


def _remove(path: Path, _: Path) -> None:
    path.unlink()


def _make_a_folder(path: Path, _: Path) -> None:
    path.unlink()
    path.mkdir()


def _take_from_the_generation_before(path: Path, before: Path) -> None:
    shutil.copyfile(before, path)
    if path.name == layout.SUGGESTIONS:  # may well be the same in both
        path.write_bytes(path.read_bytes() + b" ")


DAMAGES = [_flip, _cut, _lengthen, _empty, _remove, _make_a_folder, _take_from_the_generation_before]
Damage = Callable[[Path, Path], None]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of two generations; tests damage copies of it."""
    folder = tmp_path_factory.mktemp("pristine")
    settings = Settings(corpus=folder / "corpus", index=folder / "index", min_confidence=0.0, min_free_bytes=0)
    write_corpus(settings.corpus, {path: text for path, text in TEXTS.items() if "helmets" not in path})
    index_corpus(settings, HashEncoder())
    write_corpus(settings.corpus, TEXTS)
    index_corpus(settings, HashEncoder())
    return settings


@pytest.fixture
def two(pristine: Settings, tmp_path: Path) -> Settings:
    """A copy of an index of two generations."""
    shutil.copytree(pristine.index, tmp_path / "index")
    return Settings(corpus=pristine.corpus, index=tmp_path / "index", min_confidence=0.0, min_free_bytes=0)


def manifest(settings: Settings) -> dict:
    return json.loads(Layout(settings.index).manifest.read_bytes())


def folder(settings: Settings, which: str) -> Path:
    return Layout(settings.index).generation(manifest(settings)[which]["generation"]).folder


def written(settings: Settings, *names: str) -> set[bytes]:
    return {(folder(settings, which) / name).read_bytes() for which in ("current", "previous") for name in names}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_any_damage_to_any_file_lets_the_generation_before_serve(
    two: Settings, name: str, damage: Damage, read_by_faiss: list[bytes]
):
    whole = written(two, layout.PASSAGE_VECTORS, layout.WINDOW_VECTORS)
    damage(folder(two, "current") / name, folder(two, "previous") / name)
    opened = open_index(two)
    assert opened.generation.card.name == manifest(two)["previous"]["generation"]
    assert name in opened.degraded or "generation" in opened.degraded
    assert "run `pullquote index`" in opened.degraded
    assert set(read_by_faiss) <= whole


def test_a_degraded_explainer_answers_from_the_generation_before(two: Settings):
    _flip(folder(two, "current") / layout.TEXTS, Path())
    explainer = open_with_fake(two)
    answer = explainer.ask(Query(question="Who pays for a road?"))
    assert "previous generation serves" in explainer.degraded
    assert answer.generation == manifest(two)["previous"]["generation"]
    assert "Drivers who use a road should pay for it." in answer.text


@pytest.mark.parametrize("damage", [_flip, _remove])
def test_damage_to_both_generations_is_an_error_that_names_files_and_command(two: Settings, damage: Damage):
    for which in ("current", "previous"):
        damage(folder(two, which) / layout.TEXTS, Path())
    with pytest.raises(IndexCorrupt, match=r"texts\.bin.*texts\.bin.*run `pullquote index`"):
        open_index(two)


def test_damage_to_the_only_generation_is_an_error_that_names_the_command(indexed: Settings):
    _cut(folder(indexed, "current") / layout.WINDOW_VECTORS, Path())
    with pytest.raises(IndexCorrupt, match=r"windows\.faiss .*run `pullquote index`"):
        open_index(indexed)


def test_a_build_mends_a_damaged_index_and_keeps_the_one_that_was_whole(two: Settings):
    whole = manifest(two)["previous"]["generation"]
    _flip(folder(two, "current") / layout.TEXTS, Path())
    built = index_corpus(two, HashEncoder())
    assert open_index(two).degraded is None
    assert open_index(two).generation.card.name == built.generation.card.name
    assert manifest(two)["previous"]["generation"] == whole


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        b'{"format": 1}',
        b'{"format": 1, "current": null}',
        b'{"format": 1, "current": {"generation": ""}}',
        b'{"format": 1, "current": {"generation": "x"}}',
        b'{"format": 1, "current": {"generation": "x", "sha256": "y"}}',
        b'{"format": 1, "current": {"generation": ["x"], "sha256": "y"}}',
        b'{"format": 99, "current": {"generation": "x", "sha256": "y"}}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_manifest_is_an_error_that_names_the_command(indexed: Settings, content: bytes):
    Layout(indexed.index).manifest.write_bytes(content)
    with pytest.raises(IndexCorrupt, match="run `pullquote index`"):
        open_index(indexed)
    index_corpus(indexed, HashEncoder())
    assert open_index(indexed).degraded is None


def test_without_an_index_the_command_that_builds_one_is_named(tmp_path: Path):
    settings = Settings(index=tmp_path / "none")
    with pytest.raises(IndexMissing, match="run `pullquote index`"):
        open_index(settings)
    assert current_name(settings) is None


def test_an_index_that_is_a_file_is_missing(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(IndexMissing):
        open_index(Settings(index=tmp_path / "file"))


def test_a_generation_of_another_format_is_refused_by_name(indexed: Settings):
    card = json.loads((folder(indexed, "current") / "generation.json").read_bytes())
    with pytest.raises(IndexMismatch, match=rf"format {FORMAT + 1}, this program reads {FORMAT}"):
        Card.of(json_bytes({**card, "format": FORMAT + 1}))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "files": [], "skipped": []}'])
def test_a_card_that_is_none_is_refused(content: bytes):
    with pytest.raises(IndexCorrupt):
        Card.of(content)


def _restamp(settings: Settings, name: str, content: bytes) -> None:
    """Write other content into the current generation, with hashes that agree: as an attacker would."""
    place = folder(settings, "current")
    (place / name).write_bytes(content)
    card = json.loads((place / "generation.json").read_bytes())
    stamp = Stamp.of(content)
    card["files"][name] = {"size": stamp.size, "sha256": stamp.sha256}
    (place / "generation.json").write_bytes(json_bytes(card))
    named = manifest(settings)
    named["current"]["sha256"] = Stamp.of(json_bytes(card)).sha256
    Layout(settings.index).manifest.write_bytes(json_bytes(named))


_OBJECTS_HEADER = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n"
OBJECTS = b"\x93NUMPY\x01\0" + struct.pack("<H", len(_OBJECTS_HEADER)) + _OBJECTS_HEADER + b"\x80\x04K\x01."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (layout.PASSAGE_VECTORS, b"IxFI" + struct.pack("<iqqqBiQ", 256, 2**60, 1, 1, 1, 0, 2**62)),
        (layout.PASSAGE_VECTORS, b"IHNf" + b"\0" * 200),
        (layout.WINDOW_VECTORS, b""),
        (layout.SENTENCES, b"\x80\x04K\x01."),
        (layout.KEYS, OBJECTS),
        (layout.DOCUMENTS, b"[]"),
        (layout.DOCUMENTS, b'[{"id": "a"}]'),
        (layout.DOCUMENTS, b"[" * 100_000),
        ("lexical-terms.json", b'["one"]'),
        ("lexical-terms.json", b"[" * 100_000),
    ],
)
def test_hostile_content_with_the_right_hash_is_refused_before_faiss_or_pickle_sees_it(
    two: Settings, name: str, content: bytes, read_by_faiss: list[bytes]
):
    whole = written(two, layout.PASSAGE_VECTORS, layout.WINDOW_VECTORS)
    _restamp(two, name, content)
    assert open_index(two).generation.card.name == manifest(two)["previous"]["generation"]
    assert set(read_by_faiss) <= whole


# One writer


def test_a_second_build_at_the_same_time_is_told_to_wait(indexed: Settings):
    with (
        only_writer(Layout(indexed.index).lock),
        pytest.raises(IndexLocked, match="another process is building .*wait for it"),
    ):
        index_corpus(indexed, HashEncoder())


def test_the_lock_goes_when_the_build_ends_however_that_happens(indexed: Settings):
    with pytest.raises(ZeroDivisionError), only_writer(Layout(indexed.index).lock):
        _ = 1 / 0
    index_corpus(indexed, HashEncoder())


def test_the_lock_goes_with_the_process_that_held_it(indexed: Settings):
    lock = Layout(indexed.index).lock
    child = os.fork()
    if child == 0:
        with only_writer(lock):
            os._exit(0)
    os.waitpid(child, 0)
    with only_writer(lock):
        pass


def test_readers_are_not_kept_waiting_by_a_build(indexed: Settings):
    with only_writer(Layout(indexed.index).lock):
        assert open_with_fake(indexed).ask(Query(question="Who pays for a road?")).answered


# Interrupted builds


class Interrupted(BaseException):
    """The process ends here."""


FAULTY_CALLS = ("os.fsync", "os.replace", "pathlib.Path.rename", "pathlib.Path.mkdir", "shutil.rmtree")


def _fail_at(monkeypatch: pytest.MonkeyPatch, call: str, number: int, error: BaseException) -> list[int]:
    """Let the call of this number fail, counting from 0; the list holds how many there were."""
    owner, name = call.rsplit(".", 1)
    target = {"os": os, "pathlib.Path": Path, "shutil": shutil}[owner]
    real, calls = getattr(target, name), [0]

    def failing(*arguments, **options):
        calls[0] += 1
        if calls[0] == number + 1:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(target, name, failing)
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("error", [Interrupted(), OSError(28, "No space left on device")], ids=["interrupted", "full"])
@pytest.mark.parametrize("call", FAULTY_CALLS)
def test_a_build_that_fails_anywhere_leaves_the_old_index_or_the_new_one(
    two: Settings, tmp_path: Path, call: str, error: BaseException
):
    shutil.copytree(two.corpus, corpus := tmp_path / "corpus")
    settings = Settings(corpus=corpus, index=two.index, min_confidence=0.0, min_free_bytes=0)
    for number in range(100):
        write_corpus(corpus, {"trams/trams.txt": f"Trams carry {number} people."})
        old = open_index(settings).generation.card.name
        with pytest.MonkeyPatch.context() as patch:
            calls = _fail_at(patch, call, number, error)
            failed = _fails(settings, type(error))
        opened = open_index(settings)
        assert opened.degraded is None
        assert open_with_fake(settings).ask(Query(question="Who pays for a road?")).answered
        if not failed:
            assert opened.generation.card.name != old
        if calls[0] <= number:
            break
    assert number > 0
    assert sorted(path.name for path in Layout(settings.index).generations.iterdir()) == sorted(
        manifest(settings)[which]["generation"] for which in ("current", "previous")
    )


def _fails(settings: Settings, error: type[BaseException]) -> bool:
    try:
        index_corpus(settings, HashEncoder())
    except (error, IndexFault):
        return True
    return False


def test_what_an_interrupted_build_left_is_swept_by_the_next(indexed: Settings):
    root = Layout(indexed.index)
    (root.generations / ".building-x").mkdir()
    (root.generations / ".building-x" / "texts.bin").write_bytes(b"half")
    (root.generations / "20200101-000000-abcdef").mkdir()
    (root.root / ".MANIFEST.json.123").write_bytes(b"{")
    (root.root / "encoders" / ".export-x" / "draft").mkdir(parents=True)
    (root.root / "encoders" / "abc").mkdir()
    kept = current_name(indexed)
    built = index_corpus(indexed, HashEncoder())
    assert {path.name for path in root.generations.iterdir()} == {kept, built.generation.card.name}
    assert [path.name for path in (root.root / "encoders").iterdir()] == ["abc"]
    assert sorted(path.name for path in root.root.iterdir()) == [
        "LOCK",
        "MANIFEST.json",
        "encoders",
        "generations",
        "vectors",
    ]


def test_only_the_last_two_generations_are_kept(indexed: Settings):
    names = [index_corpus(indexed, HashEncoder()).generation.card.name for _ in range(3)]
    assert {path.name for path in Layout(indexed.index).generations.iterdir()} == set(names[-2:])
    assert manifest(indexed)["previous"]["generation"] == names[-2]


def test_a_nearly_full_disk_stops_a_build_before_it_starts(settle: Settle):
    settings = settle(min_free_bytes=10**15)
    with pytest.raises(IndexFull, match="fewer than PULLQUOTE_MIN_FREE_BYTES=1,000,000,000,000,000; make room"):
        index_corpus(settings, HashEncoder())
    with pytest.raises(IndexMissing):
        open_index(settings)


def test_what_an_interrupted_build_left_makes_room_before_room_is_looked_for(
    indexed: Settings, monkeypatch: pytest.MonkeyPatch
):
    left = Layout(indexed.index).generations / ".building-x"
    (left / "part").mkdir(parents=True)

    def free(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=0 if left.exists() else 10**12)

    monkeypatch.setattr("pullquote.index.build.shutil.disk_usage", free)
    index_corpus(replace(indexed, min_free_bytes=10**6), HashEncoder())
    assert not left.exists()


def test_a_build_that_the_disk_ends_takes_its_draft_away(indexed: Settings, monkeypatch: pytest.MonkeyPatch):
    before = {path.name for path in Layout(indexed.index).generations.iterdir()}
    monkeypatch.setattr("pullquote.index.build.sync_folder", lambda _: full())
    with pytest.raises(OSError, match="No space left"):
        index_corpus(indexed, HashEncoder())
    assert {path.name for path in Layout(indexed.index).generations.iterdir()} == before


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


# The files themselves


def test_a_file_is_never_written_over(tmp_path: Path):
    write_durably(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "a", b"two")


def test_a_swap_that_fails_leaves_the_old_content_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    swap_in(tmp_path / "a", b"old")
    _fail_at(monkeypatch, "os.replace", 0, OSError(5, "Input/output error"))
    with pytest.raises(OSError, match="Input/output"):
        swap_in(tmp_path / "a", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_failed_fsync_is_not_tried_again_on_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    calls = _fail_at(monkeypatch, "os.fsync", 0, OSError(5, "Input/output error"))
    with pytest.raises(OSError, match="Input/output"):
        write_durably(tmp_path / "a", b"new")
    assert calls == [1]


def test_a_file_that_grew_is_not_read_further_than_its_stamp(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"x" * 1_000_000)
    with pytest.raises(IndexCorrupt, match="is not what was written"):
        read_checked(tmp_path / "a", Stamp.of(b"x" * 10))


def test_a_refresh_onto_a_damaged_generation_keeps_the_present_one(
    own_explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pullquote.answers.ready.open_encoder", lambda *_: HashEncoder())
    settings, before = own_explainer.settings, own_explainer.generation.card.name
    index_corpus(settings, HashEncoder())
    for which in ("current", "previous"):
        _flip(folder(settings, which) / layout.TEXTS, Path())
    assert not own_explainer.refresh()
    assert own_explainer.generation.card.name == before
    assert own_explainer.ask(Query(question="Who pays for a road?")).answered


def test_a_generation_is_opened_by_the_hash_that_names_it(indexed: Settings):
    place = Layout(indexed.index).generation(current_name(indexed))
    with pytest.raises(IndexCorrupt, match=r"generation\.json is not what was written"):
        Generation.open(place, "0" * 64)
