"""What the program is made of: locked by hash, asked for known faults, and never fetched while it answers."""

import ast
import configparser
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
import urllib.request

import pytest
import yaml
from fakes import CHECKOUT, load_benchmark, rows
from skips import excused

from pullquote.api.app import DRAIN_SECONDS, END_SECONDS
from pullquote.errors import EncoderError
from pullquote.models import bundled
from pullquote.models.ranker import checked
from pullquote_eval.export import locate_model

APP = CHECKOUT / "app"
WEIGHTS = APP / "pullquote" / "models" / "weights"
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
IMAGE = (CHECKOUT / "Dockerfile").read_text()
THIRD_PARTY = (CHECKOUT / "THIRD-PARTY.md").read_text()
LOCKS = sorted(CHECKOUT.glob("requirements-*.txt"))
NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE | re.IGNORECASE)


def distribution(name):
    """A distribution's name in the one spelling that packages are compared by."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=;\[]", name)[0]).lower()


def asked(*extras):
    """What an installation with these extras asks for."""
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]
    return {distribution(line) for line in lines}


def locked(lock):
    return {distribution(name) for name in NAME.findall(lock.read_text())}


SERVING = locked(CHECKOUT / "requirements-serve.txt")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_version_and_a_hash(lock):
    entries = re.split(r"(?m)^(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", lock.read_text()))
    entries = [entry for entry in entries if entry.strip()]
    assert len(entries) > 10
    assert all(NAME.match(entry) and "--hash=sha256:" in entry for entry in entries)


def test_what_serving_needs_is_locked_without_what_only_building_needs():
    lines = (CHECKOUT / "requirements-serve.in").read_text().split("\n")
    assert {distribution(line) for line in lines if line and line[0] != "#"} <= SERVING
    # The image answers assistants and shows pages of PDF files.
    assert {"mcp", "pypdfium2"} <= SERVING
    assert not {"torch", "sentence-transformers", "transformers"} & SERVING


def test_installing_brings_nothing_that_only_making_or_changing_models_needs():
    heavy = load_benchmark("newcomer").HEAVY
    assert not heavy & asked()
    assert heavy <= {distribution(line) for line in EXTRAS["models"]}


def test_what_developing_needs_is_locked_too_but_for_torch():
    wanted, names = asked("models", "dev") - {"torch"}, locked(CHECKOUT / "requirements-dev.txt")
    # What was added since is locked with the next release.
    assert len(wanted & names) >= 0.8 * len(wanted)
    assert not [name for name in names if name.startswith(("torch", "nvidia", "cuda"))]


def imported():
    """The libraries that some file of the packages imports, at its top or late."""
    names = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return sorted(names - sys.stdlib_module_names - {path.name for path in APP.iterdir()})


def test_every_library_that_is_imported_is_asked_for_by_its_own_name():
    carriers, names = importlib.metadata.packages_distributions(), imported()
    known = asked(*"cards mcp milvus models pdf postgresql ray s3 shared".split())
    assert len(names) > 15
    carried = {name: {distribution(one) for one in carriers.get(name, [name])} for name in names}
    assert [name for name in names if not known & carried[name]] == []


# What CI runs


@rows("reason, environ, code")
def test_in_ci_a_skipped_test_fails_but_for_what_that_machine_cannot_have(reason, environ, code):
    assert excused(reason, environ) == (code == 0)


def test_a_skipped_test_that_is_not_excused_fails_its_run(tmp_path):
    (tmp_path / "test_it.py").write_text("import pytest\ndef test_it(): pytest.skip('no browser')")
    command = [sys.executable, *"-m pytest -p skips -p no:cacheprovider -c".split(), os.devnull]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT / "tests"), "CI": "true"}
    run = dict(cwd=tmp_path, env=environ, capture_output=True, timeout=60)
    assert subprocess.run([*command, "test_it.py"], check=False, **run).returncode == 1


# The image


@pytest.mark.parametrize(("port", "asked_at"), [(None, 8000), ("", 8000), ("8123", 8123)])
def test_the_image_asks_its_health_on_the_port_that_is_set(monkeypatch, port, asked_at):
    addresses = []
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: addresses.append(url))
    if port is not None:
        monkeypatch.setenv("PULLQUOTE_PORT", port)
    [check] = re.findall(r"^HEALTHCHECK (?:.*\\\n)+.*CMD (.*)$", IMAGE, re.MULTILINE)
    exec(json.loads(check)[2], {})
    assert addresses == [f"http://127.0.0.1:{asked_at}/readyz"]


def test_the_image_builds_the_index_with_the_versions_that_serve_it():
    stage = IMAGE.partition("AS build")[2].partition("\nFROM")[0]
    pattern, read, written = re.search(r"grep -oE '(.+)' (\S+) > (\S+)", stage).groups()
    lines = (CHECKOUT / read).read_text().split("\n")
    constraints = [found[0] for line in lines if (found := re.search(pattern, line))]
    assert {distribution(line) for line in constraints} == SERVING
    assert f'-c {written} "$(echo /dist/pullquote-*.whl)' in stage


def test_what_is_deployed_may_write_to_its_volume_alone_and_has_time_to_end():
    service = yaml.safe_load((CHECKOUT / "compose.yaml").read_bytes())["services"]["pullquote"]
    uid = re.search(r"--uid (\d+)", IMAGE)[1]
    assert (service["user"], service["read_only"]) == (f"{uid}:{uid}", True)
    assert service["cap_drop"] == ["ALL"]
    [volume] = service["volumes"]
    store = volume.partition(":")[2]
    assert f"mkdir {store} && chown pullquote {store}" in IMAGE
    assert f"/srv/pullquote/{service['environment']['PULLQUOTE_STORE']}".startswith(f"{store}/")
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str
    unit.read(CHECKOUT / "docs" / "deploy" / "pullquote.service")
    graces = unit["Service"]["TimeoutStopSec"], service["stop_grace_period"].removesuffix("s")
    assert min(map(int, graces)) > DRAIN_SECONDS + END_SECONDS
    assert (unit["Service"]["DynamicUser"], unit["Service"]["ProtectSystem"]) == ("yes", "strict")


# Licences


def test_what_is_installed_carries_every_licence_and_names_what_is_not_ours():
    facts = importlib.metadata.distribution("pullquote")
    carried = {path.name for path in facts.files or () if "licenses" in path.parts}
    assert carried == {"LICENSE", "Apache-2.0.txt", "THIRD-PARTY.md"}
    assert facts.metadata["License-Expression"] == "MIT AND Apache-2.0"


PERMISSIVE = frozenset(
    """0BSD|3-Clause BSD License|Apache 2.0 License|Apache Software License|Apache-2.0|BSD License|BSD-2-Clause|BSD-3-Clause|CC0-1.0
    |CNRI-Python|ISC License (ISCL)|MIT|MIT-0|MIT License|MIT-CMU|PSF-2.0|Python Software Foundation License|Zlib""".replace(
        "\n    ", ""
    ).split("|")
)
SHARED_ALIKE = {  # what is changed of them is passed on under the same terms; each with its own
    "nameparser": "LGPL-2.1-or-later", "tqdm": "MPL-2.0", "hypothesis": "MPL-2.0", "fqdn": "MPL-2.0",
    "pypdfium2": "BSD-3-Clause, Apache-2.0, dependency licenses",
    "font-source-serif-pro": "SIL Open Font License 1.1 (OFL-1.1)",
    "certifi": "Mozilla Public License 2.0 (MPL 2.0)", "pathspec": "Mozilla Public License 2.0 (MPL 2.0)",
}  # fmt: skip


def licences(name):
    """What a package says that it is under, by its metadata: an expression, classifiers, or words of its own."""
    facts = importlib.metadata.metadata(name)
    classifiers = [one for one in facts.get_all("Classifier") or () if one.startswith("License ::")]
    classed = " AND ".join(one.rpartition(" :: ")[2] for one in classifiers)
    told = facts["License-Expression"] or classed or facts["License"] or "nothing"
    return set(re.split(r" (?:AND|OR) ", told))


def test_what_is_locked_is_under_licences_that_anybody_may_use_and_the_few_others_are_named():
    installed = {distribution(one.name) for one in importlib.metadata.distributions()}
    known = {name: licences(name) - PERMISSIVE for lock in LOCKS for name in locked(lock) & installed}  # fmt: skip
    assert len(known) > 60
    others = {name: " ".join(sorted(terms)) for name, terms in known.items() if terms}
    assert others.items() <= SHARED_ALIKE.items()
    assert [name for name in SHARED_ALIKE.keys() & SERVING if f"`{name}`" not in THIRD_PARTY] == []


def test_every_file_of_a_model_is_told_with_what_was_changed():
    files = [path for path in WEIGHTS.glob("*/*") if path.name != "config.json"]
    named = [f"`{path.parent.name}/{path.name}`" for path in files]
    assert len(named) > 5
    assert [name for name in named if f"| {name} |" not in THIRD_PARTY] == []


def test_every_licence_of_training_data_that_a_model_names_is_told():
    sharing = "Community Data License Agreement - Sharing 1.0"
    cards = [json.loads(path.read_bytes()) for path in WEIGHTS.glob("*/config.json")]
    terms = " ".join(value for card in cards for value in card["data"].values())
    known = rf"CC BY-(?:SA(?: \d\.\d)?|ND)|{re.escape(sharing)}|Apache-2\.0"
    named = set(re.findall(known, terms))
    assert len(named) >= 5
    told = THIRD_PARTY.replace("CDLA-Sharing-1.0", sharing)
    assert [name for name in sorted(named) if name not in told] == []


def test_the_source_distribution_holds_what_builds_the_wheel_from_the_top_of_the_checkout():
    targets = PYPROJECT["tool"]["hatch"]["build"]["targets"]
    packaged = (*targets["wheel"]["packages"], *targets["wheel"]["force-include"])
    needed = {PROJECT["readme"], *PROJECT["license-files"], *packaged}
    included = targets["sdist"]["include"]
    assert {f"/{name.split('/')[0]}" for name in needed} <= set(included)
    assert all(name.startswith("/") and (CHECKOUT / name[1:]).exists() for name in included)


# The weights, packages of their own


def test_whoever_changes_weights_gives_their_packages_another_version():
    cards = b"".join(path.read_bytes() for path in bundled.cards())
    assert (bundled.VERSION, hashlib.sha256(cards).hexdigest()[:16]) == ("1", "da6e9115cb9d353e")


def test_all_weights_are_in_a_package_with_the_licences():
    for package, names in bundled.PACKAGES.items():
        place = CHECKOUT / "packaging" / package.removeprefix("pullquote-")
        told = tomllib.loads((place / "pyproject.toml").read_text())
        included = told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
        folder = package.replace("-", "_")
        needed = {f"{folder}/{name}" for name in (*names, "THIRD-PARTY.md", "Apache-2.0.txt")}
        assert needed < set(included.values())
        for path, name in included.items():
            assert (place / path).exists()
            assert path.endswith(name.split("/")[1])
        assert told["project"]["name"] == package
    assert {path.name for path in WEIGHTS.iterdir()} == bundled.REQUIREMENTS.keys()


@pytest.mark.parametrize("installed", [None, "0", bundled.VERSION])
def test_weights_of_another_version_or_none_are_refused_with_the_command_that_brings_them(
    installed, tmp_path, monkeypatch
):
    monkeypatch.setattr(bundled, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(bundled, "folder_of", bundled.folder_of.__wrapped__)
    monkeypatch.syspath_prepend(tmp_path)
    if installed:
        (tmp_path / "pullquote_weights" / "voice").mkdir(parents=True)
        (facts := tmp_path / f"pullquote_weights-{installed}.dist-info").mkdir()
        name = f"Metadata-Version: 2.1\nName: pullquote-weights\nVersion: {installed}\n"
        (facts / "METADATA").write_text(name)
    folder = bundled.folder_of("voice")
    found = f"{installed or 'none'} is installed; run `pip install"
    if installed == bundled.VERSION:
        found = "cannot be read; run `pip install --force-reinstall --no-deps"
    with pytest.raises(EncoderError, match=f"{found} pullquote-weights=={bundled.VERSION}`"):
        checked(folder, "model.onnx")
    assert (folder == tmp_path / "pullquote_weights" / "voice") == bool(installed)


def test_a_known_vulnerability_fails_and_is_named():
    path = CHECKOUT / ".ci" / "audit.py"
    specification = importlib.util.spec_from_file_location("audit", path)
    audit = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(audit)
    fault = {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2"]}
    packages = [{"name": "one", "version": "1", "vulns": [fault]}, {"name": "two", "version": "1", "vulns": []}]  # fmt: skip
    lines, code = audit.verdict({"dependencies": packages}, {})
    assert code == 1
    assert lines == ["VULNERABLE: one 1: PYSEC-1 (mended in 2)", "2 of 2 packages audited"]


@pytest.mark.parametrize("name", "pytorch_model.bin model.pt model.pkl model.ckpt weights.npy".split())  # fmt: skip
def test_weights_that_could_run_code_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04.")
    with pytest.raises(EncoderError, match="other weight formats are refused"):
        locate_model(str(tmp_path))


# Offline

GUARD = """
import sys
def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        raise SystemExit(f"REACHED OUT to {arguments[1]}")
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost", None):
        raise SystemExit(f"ASKED FOR {arguments[0]}")
sys.addaudithook(guard)
"""
ASK = "from pullquote.cli.main import main; main(['ask', 'why might killing kingpins backfire?'])"
REACH = "import socket; socket.create_connection(('203.0.113.1', 80), 1)"


@pytest.mark.slow
def test_asking_reaches_no_other_machine_and_the_guard_catches_who_does(real_index):
    places = {"PULLQUOTE_CORPUS": str(real_index.corpus), "PULLQUOTE_INDEX": str(real_index.index)}
    path = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]}
    run = dict(capture_output=True, text=True, timeout=120)
    run |= {"env": path | places | {"HOME": "/nonexistent"}}
    asked, reached = (
        subprocess.run([sys.executable, "-c", GUARD + script], check=False, **run)
        for script in (ASK, REACH)
    )
    assert (asked.returncode, asked.stderr, "“" in asked.stdout) == (0, "", True)
    assert (reached.returncode, "ASKED FOR 203.0.113.1" in reached.stderr) == (1, True)
