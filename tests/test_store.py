"""Generations that go through a store: copied once, checked, swapped in whole, whatever becomes of the store."""

import json
import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asgi
import pytest
from conftest import Run, Settle
from fakes import TEXTS, open_with_fake, settings_below, write_corpus

from pullquote.api.app import create_app
from pullquote.errors import IndexFull, SettingsError, StoreFault
from pullquote.index.engine import open_engine, open_store
from pullquote.index.files import Stamp, json_bytes, write_durably
from pullquote.index.layout import Layout, publish, read_manifest
from pullquote.settings import Address, Settings
from pullquote_scale import store as stores
from pullquote_scale.replica import Replica, level
from pullquote_scale.store import Store, pull, push

FILES = {"texts.bin": b"Words.", "places.npy": b"\x00" * 50}
QUESTION = "Who should pay for a road?"
ASKED = {
    "headers": {"Content-Type": "application/json"},
    "body": json.dumps({"question": QUESTION}).encode(),
}


@pytest.fixture
def builder(tmp_path: Path) -> Settings:
    """Who builds, with a store that is still empty."""
    (tmp_path / "store").mkdir()
    return settings_below(tmp_path / "builder", files=Address(f"file://{tmp_path}/store"))


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were copied from a store, in their order."""
    told, copy = [], Store.copy

    def telling(self: Store, path: str, target: Path, stamp: Stamp) -> None:
        told.append(path.rpartition("/")[2])
        copy(self, path, target, stamp)

    monkeypatch.setattr(Store, "copy", telling)
    return told


def replica_of(builder: Settings, name: str = "replica") -> Settings:
    return replace(builder, index=builder.index.parents[1] / name)


def make(
    settings: Settings, name: str, files: dict[str, bytes] = FILES, bases: tuple[str, ...] = ()
) -> None:
    """Make a generation of these files the current one: nothing that a store does looks into them."""
    root = Layout(settings.index)
    folder = root.generation(name).folder
    folder.mkdir(parents=True)
    stamps = {file: write_durably(folder / file, content) for file, content in files.items()}
    known = {base: Stamp.of(root.generation(base).card.read_bytes()).sha256 for base in bases}
    facts = {"encoder": "e", "bases": list(known.items()), "files": {file: {"size": s.size, "sha256": s.sha256} for file, s in stamps.items()}}  # fmt: skip
    card = write_durably(root.generation(name).card, json_bytes(facts))
    before = read_manifest(root)["current"] if root.manifest.exists() else None
    publish(root, (name, card.sha256), before and (before["generation"], before["sha256"]))


def held(settings: Settings) -> dict[str, bytes]:
    """All that lies in an index folder, but the lock."""
    files = (path for path in settings.index.rglob("*") if path.is_file() and path.name != "LOCK")
    return {path.relative_to(settings.index).as_posix(): path.read_bytes() for path in files}


def current(settings: Settings) -> str:
    return read_manifest(Layout(settings.index))["current"]["generation"]


def place(builder: Settings) -> Path:
    assert builder.files
    return Path(builder.files.url.removeprefix("file://"))


def test_what_was_built_answers_from_a_replica_word_for_word_and_nothing_goes_over_twice(
    shared: Settings, tmp_path: Path
):
    (tmp_path / "store").mkdir()
    builder = replace(shared, files=Address(f"file://{tmp_path}/store"))
    assert push(builder)[0] > 10
    assert push(builder) == (0, 0)
    replica = replace(builder, index=tmp_path / "replica")
    assert [pull(replica), pull(replica)] == [True, False]
    folder = f"generations/{current(shared)}/"
    whole = {path: content for path, content in held(shared).items() if path.startswith(folder)}
    assert {
        path: content for path, content in held(replica).items() if path != "MANIFEST.json"
    } == whole
    found = asgi.ask(create_app(open_with_fake(replica)), "POST", "/v1/ask", **ASKED)
    assert found.json["index"]["generation"] == current(shared)
    assert found.json["quotes"][0]["exact"] in TEXTS["road-tolls/for-tolls.md"]


def test_a_generation_brings_those_that_it_uses_and_what_is_here_already_stays(
    builder: Settings, copies: list[str]
):
    make(builder, "base")
    make(builder, "next", {"delta.bin": b"New."}, ("base",))
    push(builder)
    replica = replica_of(builder)
    pull(replica)
    assert sorted(copies) == ["delta.bin", *sorted(FILES)]
    make(builder, "third", {"more.bin": b"Newer."}, ("base",))
    push(builder)
    pull(replica)
    assert copies[3:] == ["more.bin"]
    assert {path.name for path in Layout(replica.index).generations.iterdir()} == {
        "base",
        "next",
        "third",
    }


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def _altered(file: Path) -> None:
    file.write_bytes(b"\x01" + file.read_bytes()[1:])


def _longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\x00" * 9)


@pytest.mark.parametrize(("file", "harm"), [
    ("generations/next/texts.bin", _altered), ("generations/next/texts.bin", _cut), ("generations/next/texts.bin", _longer),
    ("generations/next/texts.bin", Path.unlink), ("generations/next/generation.json", _altered),
    ("generations/next/generation.json", Path.unlink), ("MANIFEST.json", _cut),
])  # fmt: skip
def test_what_is_damaged_in_the_store_never_comes_here_and_what_is_here_serves(
    builder: Settings, copies: list[str], file: str, harm: Callable[[Path], None]
):
    make(builder, "first")
    push(builder)
    replica = replica_of(builder)
    pull(replica)
    before = held(replica)
    make(builder, "next")
    push(builder)
    harm(place(builder) / file)
    looking = Replica(replica)
    looking.look()
    after = held(replica)
    assert {path: content for path, content in after.items() if "/.pulling-" not in path} == before
    assert looking.fault
    assert looking.reason in (stores.DAMAGED, stores.GONE)
    tried = list(copies)
    looking.look()
    assert looking.fault
    assert (
        copies == tried or harm is Path.unlink
    )  # what is there and wrong is left alone for a while
    make(builder, "third")
    push(builder)  # and what mends it is taken at once
    looking.look()
    assert (looking.fault, current(replica)) == (None, "third")


def test_where_nothing_is_here_and_the_newest_is_damaged_the_one_before_is_taken(builder: Settings):
    for name in ("first", "next"):
        make(builder, name)
        push(builder)
    _altered(place(builder) / "generations/next/texts.bin")
    replica = replica_of(builder)
    looking = Replica(replica)
    looking.first()
    assert current(replica) == "first"
    looking.look()
    assert looking.reason == stores.DAMAGED


@pytest.mark.parametrize("name", ["../../away", "a/b", ".hidden", "generation.json", ""])
def test_no_name_that_a_store_tells_leads_out_of_the_folder(
    builder: Settings, name: str, tmp_path: Path
):
    make(builder, "first")
    push(builder)
    card = place(builder) / "generations/first/generation.json"
    facts = json.loads(card.read_bytes())
    facts["files"][name] = facts["files"].pop("texts.bin")
    card.write_bytes(json_bytes(facts))
    manifest = json.loads((place(builder) / "MANIFEST.json").read_bytes())
    manifest["current"]["sha256"] = Stamp.of(card.read_bytes()).sha256
    (place(builder) / "MANIFEST.json").write_bytes(json_bytes(manifest))
    with pytest.raises(StoreFault, match="is not what was written"):
        pull(replica_of(builder))
    assert not list(tmp_path.rglob("away"))


def test_a_pull_that_was_cut_short_goes_on_where_it_was(
    builder: Settings, copies: list[str], monkeypatch: pytest.MonkeyPatch
):
    make(builder, "first")
    push(builder)
    replica, copy = replica_of(builder), Store.copy

    def cut_short(self: Store, path: str, target: Path, stamp: Stamp) -> None:
        if copies:
            raise KeyboardInterrupt
        copy(self, path, target, stamp)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "copy", cut_short)
        with pytest.raises(KeyboardInterrupt):
            pull(replica)
    assert not (replica.index / "MANIFEST.json").exists()
    done = list(copies)
    assert len(done) == 1
    assert pull(replica)
    assert sorted(copies) == sorted(FILES)


def test_replicas_that_pull_at_once_all_have_it_and_on_one_folder_one_of_them_copies(
    builder: Settings, copies: list[str]
):
    make(builder, "first", {f"{number}.bin": b"x" * 1_000 for number in range(20)})
    push(builder)
    replicas, found = [Replica(replica_of(builder, name)) for name in "aab"], list[str]()

    def start(one: Replica) -> None:
        one.first()
        found.append(current(one._settings))

    threads = [threading.Thread(target=start, args=(one,)) for one in replicas]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.fault for one in replicas] == [None] * 3
    assert (len(copies), found) == (40, ["first"] * 3)


def test_a_store_that_is_gone_is_told_once_and_taken_up_again_and_without_anything_here_nothing_starts(
    builder: Settings, caplog: pytest.LogCaptureFixture
):
    make(builder, "first")
    push(builder)
    replica, away = replica_of(builder), place(builder).with_name("away")
    pull(replica)
    place(builder).rename(away)
    looking = Replica(replica)
    with caplog.at_level(logging.WARNING):
        looking.look()
        looking.look()
    assert [
        record.getMessage().startswith(f"file://{place(builder)} cannot be used (")
        for record in caplog.records
    ] == [True]
    assert looking.reason == stores.GONE
    with pytest.raises(StoreFault, match="cannot be used"):
        Replica(replica_of(builder, "fresh")).first()
    assert not place(builder).exists()
    away.rename(place(builder))
    looking.look()
    assert looking.fault is None


def test_a_disk_without_room_takes_nothing(builder: Settings):
    make(builder, "first")
    push(builder)
    with pytest.raises(IndexFull, match="needs 56 bytes"):
        pull(replace(replica_of(builder), min_free_bytes=10**15))


def test_what_was_fitted_comes_along_and_goes(builder: Settings):
    make(builder, "first")
    for name in ("calibration.json", "encoders/e/model.onnx"):
        write_corpus(builder.index, {name: name})
    push(builder)
    replica = replica_of(builder)
    pull(replica)
    assert held(replica)["encoders/e/model.onnx"] == b"encoders/e/model.onnx"
    assert "calibration.json" in held(replica)
    (builder.index / "calibration.json").unlink()
    make(builder, "next")
    push(builder)
    pull(replica)
    assert "calibration.json" not in held(replica)


def test_the_store_keeps_what_some_replica_may_still_be_copying_and_then_lets_it_go(
    builder: Settings, monkeypatch: pytest.MonkeyPatch
):
    def pushed(name: str, hour: float, bases: tuple[str, ...] = ()) -> set[str]:
        monkeypatch.setattr(stores.time, "time", lambda: hour * 3_600)
        make(builder, name, bases=bases)
        push(builder)
        return {path.name for path in (place(builder) / "generations").iterdir()}

    assert pushed("a", 1) == {"a"}
    assert pushed("b", 9) == {"a", "b"}
    assert pushed("c", 9.1, ("b",)) == {"a", "b", "c"}  # a is unnamed from here on
    assert pushed("d", 10, ("b",)) == {"a", "b", "c", "d"}
    assert pushed("e", 10.2, ("b",)) == {"b", "c", "d", "e"}
    assert pushed("f", 99, ("b",)) == {
        "b",
        "d",
        "e",
        "f",
    }  # d is unnamed from now, however long ago it was pushed
    assert pushed("g", 101, ("b",)) == {"b", "e", "f", "g"}


def test_who_builds_on_a_fresh_machine_begins_with_what_was_pushed_and_never_loses_what_was_not(
    builder: Settings,
):
    make(builder, "first")
    push(builder)
    other = replica_of(builder)
    with level(other):
        assert current(other) == "first"
        make(other, "second")
    with level(builder, lambda told: None):
        assert current(builder) == "second"
    make(builder, "unpushed")
    told = list[str]()
    for _ in range(2):
        with level(builder, told.append):
            assert current(builder) == "unpushed"
    assert told == [f"pushed to {builder.files}: 3 files, {56 + len(held(builder)['generations/unpushed/generation.json'])} bytes",
                    f"{builder.files} already has it"]  # fmt: skip
    assert (
        json.loads((place(builder) / "MANIFEST.json").read_bytes())["current"]["generation"]
        == "unpushed"
    )


def test_a_service_says_that_its_store_is_gone_without_saying_where_it_was(
    shared: Settings, tmp_path: Path
):
    (tmp_path / "store").mkdir()
    builder = replace(shared, files=Address(f"file://{tmp_path}/store"))
    push(builder)
    replica = replace(builder, index=tmp_path / "replica")
    pull(replica)
    shutil.rmtree(tmp_path / "store")
    explainer = open_with_fake(replica)
    explainer.replica.look()
    told = asgi.ask(create_app(explainer), "GET", "/readyz")
    assert (told.json["status"], told.json["store"]) == ("degraded", stores.GONE)
    assert str(tmp_path) not in told.body.decode()
    asgi.assert_shape("ReadyBody", told.json)
    assert asgi.ask(create_app(explainer), "POST", "/v1/ask", **ASKED).json["quotes"]


def test_the_commands_push_pull_and_say_what_is_where(
    settle: Settle, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    settings, address = settle(), f"file://{tmp_path}/store"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "builder"))

    def told(*arguments: str, index: str = address) -> str:
        done = run(replace(settings, index=index), *arguments)
        return done.stdout + done.stderr

    assert "cannot be used (there is no such folder)" in told("index")
    (tmp_path / "store").mkdir()
    assert f"there is no index at {address}; run" in told("ask", QUESTION)
    assert f"pushed to {address}: 23 files, " in told("index")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "replica"))
    assert "is not here" in told("doctor")
    assert "Drivers who use a road should pay for it." in told("ask", QUESTION)
    assert "its newest generation is here" in told("doctor")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-ann")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    refused = told("ask", QUESTION, index="s3://bucket/prefix")
    assert refused.startswith(
        "pullquote: s3://bucket/prefix/MANIFEST.json cannot be used (it cannot be reached: "
    )
    assert not any(secret in refused for secret in ("very-secret", "key-of-ann"))


@pytest.mark.parametrize(
    ("address", "extra"), [("milvus+http://h:1/n", "milvus"), ("postgresql://h/d", "postgresql")]
)
def test_an_engine_that_nothing_installed_serves_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, address: str, extra: str
):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **asked: ())
    with pytest.raises(
        SettingsError, match=rf"serves .*; run `pip install 'pullquote\[{extra}\]'`"
    ):
        open_engine(Settings(engine=Address(address), engine_seconds=7.0))


def test_a_store_that_nothing_installed_serves_names_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **asked: ())
    with pytest.raises(SettingsError, match=r"serves file; run `pip install 'pullquote\[s3\]'`"):
        open_store(Settings(files=Address(f"file://{tmp_path}")))


def test_an_engine_is_what_an_installed_package_registers_for_the_scheme(
    monkeypatch: pytest.MonkeyPatch,
):
    class Registered:
        def load(self):
            return lambda url, seconds: (url, seconds)

    registered = {("pullquote.engines", "milvus+https"): [Registered()]}
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda *, group, name: registered.get((group, name), ()),
    )
    settings = Settings(engine=Address("milvus+https://h:1/registered"), engine_seconds=3.0)
    assert open_engine(settings) == ("milvus+https://h:1/registered", 3.0)


def test_what_an_engine_imports_and_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch):
    class Broken:
        def load(self):
            raise ModuleNotFoundError("no", name="pymilvus")

    monkeypatch.setattr("importlib.metadata.entry_points", lambda **asked: (Broken(),))
    with pytest.raises(
        SettingsError, match=r"pymilvus is not installed; run .*pullquote\[milvus\]"
    ):
        open_engine(Settings(engine=Address("milvus+http://h:1/broken"), engine_seconds=5.0))
