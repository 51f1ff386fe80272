"""The power fails: whatever the disk may then hold, the old index or the new one opens whole."""

import random
import shutil
from collections.abc import Callable

import pytest

from pullquote.settings import Settings
from torture.disk import PowerLoss
from torture.shim import Operation, watched
from torture.small import OLD, build, faults_of

Again = Callable[[], Settings]
Change = Callable[[list[Operation]], list[Operation]]


def states(again, count, alter=list, *, first=False):
    """Record one build, draw `count` states that a power loss may leave of it, and open each: all that was wrong."""
    settings = again()
    place = settings.index.parent / "power"
    start = place / "start"
    start.mkdir(parents=True)
    if first:
        shutil.rmtree(settings.index)
    else:
        shutil.copytree(settings.index, start / settings.index.name)
    with watched(settings.index.parent) as disk:
        build(settings)
    log, wrong = alter(disk.log), []
    for number in range(count):
        rng = random.Random(number)
        moment = rng.randrange(len(log) + 1) if number % 8 else len(log)
        PowerLoss(start).replay(log[:moment]).draw(rng, place / "disk")
        left = Settings(
            corpus=settings.corpus, index=place / "disk" / settings.index.name, min_free_bytes=0
        )
        done = moment == len(log)
        found = faults_of(left, before=None if first else OLD, acknowledged=done)
        wrong += [f"state {number} after {moment} of {len(log)}: {fault}" for fault in found]
        shutil.rmtree(place / "disk")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("first", [False, True], ids=["a later build", "the first build"])
def test_no_power_loss_loses_or_mixes_anything(again, first, tell):
    wrong = states(again, 100, first=first)
    tell(f"F2 power loss, {'first' if first else 'later'} build: 100 states, {len(wrong)} wrong")
    assert not wrong


@pytest.mark.torture
@pytest.mark.parametrize("first", [False, True], ids=["a later build", "the first build"])
def test_no_power_loss_of_very_many_loses_or_mixes_anything(again, first, tell):
    wrong = states(again, 2_000, first=first)
    tell(f"F2 power loss, {'first' if first else 'later'} build: 2,000 states, {len(wrong)} wrong")
    assert not wrong


def without_fsync(log):
    return [done for done in log if done.kind != "fsync"]


def without_fsync_of_folders(log):
    files = {done.path for done in log if done.kind == "write"}
    return [done for done in log if done.kind != "fsync" or done.path in files]


def without_fsync_of_files(log):
    files = {done.path for done in log if done.kind == "write"}
    return [done for done in log if done.kind != "fsync" or done.path not in files]


@pytest.mark.slow
@pytest.mark.parametrize("alter", [without_fsync, without_fsync_of_folders, without_fsync_of_files])
def test_the_harness_catches_a_writer_that_does_not_wait_for_the_disk(again, alter, tell):
    wrong = states(again, 60, alter)
    tell(f"F2 control, {alter.__name__.replace('_', ' ')}: caught {len(wrong)} times in 60 states")
    assert wrong


def test_what_was_waited_for_is_there_in_every_state(tmp_path):
    start = tmp_path / "start"
    start.mkdir()
    log = [
        Operation("create", "a"),
        Operation("write", "a", b"words"),
        Operation("fsync", "a"),
        Operation("fsync", "."),
    ]
    for number in range(20):
        PowerLoss(start).replay(log).draw(random.Random(number), tmp_path / "disk")
        assert (tmp_path / "disk" / "a").read_bytes() == b"words"
        shutil.rmtree(tmp_path / "disk")


def test_what_was_not_waited_for_is_in_some_states_torn_and_in_some_gone(tmp_path):
    start = tmp_path / "start"
    start.mkdir()
    log = [Operation("create", "a"), Operation("write", "a", b"words")]
    seen = set()
    for number in range(60):
        PowerLoss(start).replay(log).draw(random.Random(number), tmp_path / "disk")
        seen.add(
            (tmp_path / "disk" / "a").read_bytes() if (tmp_path / "disk" / "a").exists() else None
        )
        shutil.rmtree(tmp_path / "disk")
    assert {None, b"", b"words", bytes(5)} <= seen
