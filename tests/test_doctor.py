"""The doctor: every part of an installation is looked at, and what is wrong comes with the next step."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
import serving
from fakes import HashEncoder, write_corpus

from pullquote.errors import EncoderError, SettingsError
from pullquote.index.layout import Layout
from pullquote.models.encoder import encoder_folder
from pullquote.settings import Settings
from pullquote.upkeep import doctor
from pullquote.upkeep.doctor import Finding, State, examine, healthy, report
from pullquote.upkeep.indexing import index_corpus


@pytest.fixture
def free_port():
    return serving.free_port()


@pytest.fixture
def well(settle, free_port):
    """A healthy installation: an index of two generations."""
    settings = settle(port=free_port)
    for _ in range(2):
        index_corpus(settings, HashEncoder())
    return settings


def findings(settings, state=State.WRONG):
    return [finding for finding in examine(lambda: settings) if finding.state is state]


def only(settings, state=State.WRONG):
    [found] = findings(settings, state)
    assert found.step
    return found


def now(settings, which="current"):
    named = json.loads(Layout(settings.index).manifest.read_bytes())
    return Layout(settings.index).generation(named[which]["generation"]).folder


def test_nothing_is_wrong_with_a_healthy_installation(well):
    found = examine(lambda: well)
    assert healthy(found)
    assert report(found).endswith("Nothing is wrong.")
    told = {finding.subject: finding.found for finding in found}
    assert told.keys() >= set("settings corpus index model reader disk port versions".split())
    assert told["ranker"].startswith(
        "those bundled with pullquote"
    )  # of a setting "on" the reader would learn that on can be used
    assert " GB are free in " in told["disk"]


def test_a_wrong_setting_is_named_and_the_rest_is_still_looked_at():
    def read():
        raise SettingsError("no such setting: PULLQUOTE_PROT; did you mean PULLQUOTE_PORT?")

    found = examine(read)
    assert found[0] == Finding("settings", "no such setting: PULLQUOTE_PROT; did you mean PULLQUOTE_PORT?",
                               "correct it; docs/settings.md lists every setting", State.WRONG)  # fmt: skip
    assert "versions" in {finding.subject for finding in found}


def test_before_the_demonstration_is_indexed_a_newcomer_is_told_that_it_will_be(
    tmp_path, monkeypatch, free_port
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    found = examine(lambda: Settings(port=free_port))
    assert healthy(found), report(found)
    [corpus] = [
        finding for finding in found if finding.subject == "corpus" and finding.state is State.NOTE
    ]
    assert "demonstration, which is indexed when you ask the first one" in corpus.found
    assert corpus.step == "put documents of your own into corpus/NAME/ and run `pullquote index`"
    assert "index" not in {finding.subject for finding in found if finding.state is not State.NOTE}
    assert list(tmp_path.iterdir()) == [], "a look builds nothing"


def test_a_missing_corpus_is_told_with_the_next_step(well):
    well.corpus.rename(well.corpus.with_name("elsewhere"))
    assert only(well).found == f"there is no corpus folder {well.corpus}"
    assert "create it" in only(well).step


def test_a_missing_index_is_told_with_the_command(settle, free_port):
    found = only(settle(port=free_port))
    assert (found.subject, found.step) == ("index", "run `pullquote index`")
    assert "there is no index" in found.found


@pytest.mark.parametrize("which", ["current", "previous"])
def test_damage_of_each_generation_and_of_the_manifest_is_told(well, which):
    (now(well, which) / "texts.bin").write_bytes(b"rot")
    told = only(well).found
    assert (f"the {which} generation is damaged" in told, "texts.bin" in told) == (True, True)
    Layout(well.index).manifest.write_bytes(b"{")
    assert "MANIFEST.json is damaged" in only(well).found


@pytest.mark.parametrize(
    ("given", "subject", "found"),
    [
        ({"min_free_bytes": 10**15}, "disk", "no build will start"),
        ({"host": "203.0.113.7"}, "port", "cannot listen on 203.0.113.7:"),
        ({"host": "a..b"}, "port", "not a host name"),
        ({"model": "{corpus}"}, "model", "has no model.safetensors"),
        ({"model": "nomodel"}, "model", "PULLQUOTE_MODEL is nomodel, but questions go through"),
        ({"reranker": "nomodel"}, "ranker", "the ranker nomodel is neither a folder"),
        ({"store": Path("/proc/nope/x.db")}, "records", "/proc/nope/x.db cannot be made"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told(well, given, subject, found):
    if "model" in given:
        given = {"model": str(given["model"]).format(corpus=well.corpus)}
    told = only(replace(well, **given))
    assert (told.subject, found in told.found) == (subject, True)


def test_a_damaged_model_reader_calibration_or_file_of_records_is_told(well, monkeypatch):
    def damaged():
        raise EncoderError("the reader in here is not what was published; reinstall pullquote")

    rubbish = well.index / "rubbish"
    rubbish.write_bytes(b"no database, but longer than one's head is")
    (well.index / "calibration.json").write_bytes(b"{")
    folder = encoder_folder(well.index, HashEncoder.identity)
    folder.mkdir(parents=True)
    (folder / "encoder.json").write_bytes(b"{")
    monkeypatch.setattr(doctor, "bundled", damaged)
    told = {finding.subject: finding for finding in findings(replace(well, store=rubbish))}
    assert told.keys() == {"model", "reader", "calibration", "records"}
    assert "encoder.json is damaged" in told["model"].found
    assert told["reader"].step == "reinstall pullquote"
    assert all(finding.step for finding in told.values())


def test_a_stale_index_names_what_changed(well):
    write_corpus(well.corpus, {"trams/new.txt": "New."})
    assert only(well).found == "stale: trams/new.txt changed after it was built"
    assert only(well).step == "run `pullquote index`"


def test_a_port_in_use_is_told(well):
    with socket.socket() as other:
        other.bind(("127.0.0.1", well.port))
        other.listen()
        [found] = [finding for finding in examine(lambda: well) if finding.subject == "port"]
    assert f"127.0.0.1:{well.port} is in use" in found.found


def test_the_command_prints_what_is_wrong_first_and_exits_1(well, run, monkeypatch):
    write_corpus(well.corpus, {"trams/new.txt": "New."})
    monkeypatch.setenv("PULLQUOTE_PORT", str(well.port))
    done = run(well, "doctor")
    assert done.exit_code == 1
    assert done.output.startswith("WRONG index: stale: trams/new.txt changed")
    assert "Next: run `pullquote index`." in done.output


def test_the_command_has_a_form_for_programs_and_exits_0(well, run, monkeypatch):
    monkeypatch.setenv("PULLQUOTE_PORT", str(well.port))
    done = run(well, "doctor", "--json")
    assert done.exit_code == 0
    told = json.loads(done.output)
    assert told["healthy"] is True
    assert all(
        finding.keys() == {"subject", "state", "found", "step"} for finding in told["findings"]
    )
