"""Every operation of an index build fails once, in every way: the old index is there whole, or the new one is."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pullquote.corpus.files import sync_folder
from pullquote.errors import PullquoteError
from pullquote.index import build as building
from pullquote.index import layout
from pullquote.index.files import write_durably
from pullquote.settings import Settings
from torture.shim import Fault, Killed, watched
from torture.small import NEW, OLD, build, faults_of, lay_out, settings_of

MODES = [
    ("kill", True), ("torn", True), ("EIO", False), ("EIO", True), ("ENOSPC", False), ("ENOSPC", True),
    ("EMFILE", False), ("EMFILE", True),
]  # fmt: skip
Again = Callable[[], Settings]


def disturbed(settings, fault):
    """Build under a fault: whether it struck, and whether the build said that it was done."""
    with watched(settings.index.parent, fault) as disk:
        try:
            build(settings)
        except (PullquoteError, OSError, Killed):
            return disk.struck, False
    return disk.struck, True


def operations(settings):
    with watched(settings.index.parent) as disk:
        build(settings)
    return disk.log


def sweep(again, mode, before=OLD, step=1):
    """Fail every `step`th operation in turn: how many there were, and all that was wrong after."""
    kind, lasting = mode
    wrong: list[str] = []
    count = len(operations(again()))
    for number in range(MODES.index(mode) % step, count, step):
        settings = again()
        struck, done = disturbed(settings, Fault(kind, number, lasting))
        found = faults_of(settings, before=before, acknowledged=done)
        wrong += [f"{kind} at {number}: {fault}" for fault in found]
        assert struck or kind == "EMFILE"
    return count, wrong


@pytest.fixture
def bare(pristine, tmp_path):
    """A place where nothing was built yet."""
    settings = Settings(corpus=pristine.corpus, index=tmp_path / "deep" / "index", min_free_bytes=0)

    def empty():
        shutil.rmtree(tmp_path / "deep", ignore_errors=True)
        return settings

    return empty


@pytest.mark.parametrize("step", [
    pytest.param(4, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.torture),
])  # fmt: skip
@pytest.mark.parametrize(
    "mode", MODES, ids=lambda mode: f"{mode[0]}-{'lasting' if mode[1] else 'once'}"
)
def test_whatever_fails_the_old_index_or_the_new_one_is_there_whole(again, mode, step, tell):
    count, wrong = sweep(again, mode, step=step)
    tell(
        f"F1 in process, {mode[0]} {'lasting' if mode[1] else 'once'}: {count} points, {len(wrong)} wrong"
    )
    assert count > 60
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES[:3], ids=lambda mode: mode[0])
def test_whatever_fails_in_the_first_build_there_is_a_whole_index_or_none(bare, mode):
    count, wrong = sweep(bare, mode, before=None, step=3)
    assert count > 40
    assert not wrong


@pytest.mark.torture
@pytest.mark.parametrize("first", range(0, 98, 7))
def test_a_second_fault_while_the_first_is_mended_changes_nothing(again, first, tell):
    wrong, number = [], 0
    for number in range(0, 400, 7):
        settings = again()
        disturbed(settings, Fault("kill", first))
        struck, done = disturbed(settings, Fault("torn", number))
        wrong += faults_of(settings, before=OLD, acknowledged=done)
        if not struck:
            break
    tell(
        f"F1 fault at {first}, then at every seventh of the mending build's operations up to {number}: {len(wrong)} wrong"
    )
    assert not wrong


def test_every_kind_of_operation_is_among_those_that_fail(again):
    kinds = {operation.kind for operation in operations(again())}
    assert kinds >= {"open", "create", "write", "fsync", "rename", "mkdir", "unlink", "rmdir"}


# Writers that are wrong on purpose: a harness that lets them pass proves nothing


def in_place(path, content):
    """Wrong: writes over the manifest that readers need."""
    with path.open("wb") as file:
        for place in range(0, len(content), 64):
            file.write(content[place : place + 64])


def manifest_first(root, *given, write=building._write):
    """Wrong: names a generation whose files are not there yet."""
    with tempfile.TemporaryDirectory() as elsewhere:
        pair = write(layout.Layout(Path(elsewhere)), *given)
        contents = {
            path.name: path.read_bytes()
            for path in Path(elsewhere, "generations", pair[0]).iterdir()
        }
    building.publish(root, pair, None)
    folder = root.generation(pair[0]).folder
    folder.mkdir(parents=True)
    for name, content in contents.items():
        write_durably(folder / name, content)
    sync_folder(folder)
    return pair


@pytest.mark.slow
def test_the_harness_catches_a_manifest_written_in_place(again, monkeypatch, tell):
    monkeypatch.setattr(layout, "swap_in", in_place)
    count, wrong = sweep(again, ("kill", True))
    tell(f"F1 control, manifest written in place: caught {len(wrong)} times in {count} points")
    assert any("does not open" in fault for fault in wrong)


@pytest.mark.slow
def test_the_harness_catches_a_manifest_that_comes_before_the_files(again, monkeypatch, tell):
    monkeypatch.setattr(building, "_write", manifest_first)
    count, wrong = sweep(again, ("kill", True), step=4)
    tell(f"F1 control, manifest before the files: caught {len(wrong)} times in {count} points")
    assert wrong


@pytest.mark.slow
def test_the_harness_catches_a_build_that_loses_a_document(again, monkeypatch):
    settings = again()
    lost = {path: text for path, text in NEW.items() if "kept" not in path}
    other = settings_of(settings.index.parent, settings.index)
    lay_out(other, lost)
    build(other)
    assert "mixed" in "".join(faults_of(settings, before=OLD))
