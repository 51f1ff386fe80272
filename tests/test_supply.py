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
from pathlib import Path

import pytest
import yaml
from fakes import CHECKOUT, cases, load_benchmark

from pullquote.api.app import DRAIN_SECONDS, END_SECONDS
from pullquote.errors import EncoderError
from pullquote.models import bundled
from pullquote.models.ranker import checked
from pullquote.settings import Settings
from pullquote_eval.export import locate_model

APP = CHECKOUT / "app"
LOCKS = sorted(CHECKOUT.glob("requirements-*.txt"))
NAME = re.compile(r"^([a-z0-9][a-z0-9._-]*)==", re.MULTILINE | re.IGNORECASE)


def audit():
    specification = importlib.util.spec_from_file_location("audit", CHECKOUT / ".ci" / "audit.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def locked(lock: Path) -> set[str]:
    return {name.lower().replace("_", "-") for name in NAME.findall(lock.read_text())}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_version_and_a_hash(lock: Path):
    entries = re.split(r"(?m)^(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n", "", lock.read_text()))
    entries = [entry for entry in entries if entry.strip()]
    assert len(entries) > 10
    assert all(NAME.match(entry) and "--hash=sha256:" in entry for entry in entries)


def test_what_serving_needs_is_locked_without_what_only_building_needs():
    names = locked(CHECKOUT / "requirements-serve.txt")
    asked = [
        line
        for line in (CHECKOUT / "requirements-serve.in").read_text().split("\n")
        if line and line[0] != "#"
    ]
    assert {re.split(r"[<>=;\[]", line)[0] for line in asked} <= names
    assert {"mcp", "pypdfium2"} <= names, (
        "the image answers assistants and shows pages of PDF files"
    )
    assert not {"torch", "sentence-transformers", "transformers"} & names


def test_installing_brings_nothing_that_only_making_or_changing_models_needs():
    given = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    heavy = load_benchmark("newcomer").HEAVY
    assert not heavy & {distribution(line) for line in given["dependencies"]}
    assert heavy <= {distribution(line) for line in given["optional-dependencies"]["models"]}


def test_what_developing_needs_is_locked_too_but_for_torch():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    given = [
        *project["dependencies"],
        *(line for one in ("models", "dev") for line in project["optional-dependencies"][one]),
    ]
    asked = {re.split(r"[<>=;\[]", line)[0].lower() for line in given} - {"torch"}
    names = locked(CHECKOUT / "requirements-dev.txt")
    assert len(asked & names) >= 0.8 * len(
        asked
    )  # what was added since is locked with the next release
    assert not [name for name in names if name.startswith(("torch", "nvidia", "cuda"))]


def distribution(name: str) -> str:
    """A distribution's name in the one spelling that packages are compared by."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=;\[]", name)[0]).lower()


def imported() -> set[str]:
    """The libraries that some file of the package imports, at its top or late."""
    names: set[str] = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {path.name for path in APP.iterdir()}


def test_every_library_that_is_imported_is_asked_for_by_its_own_name():
    carriers = importlib.metadata.packages_distributions()
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    given = [
        *project["dependencies"],
        *(
            line
            for extra in (
                "cards",
                "mcp",
                "milvus",
                "models",
                "pdf",
                "postgresql",
                "ray",
                "s3",
                "shared",
            )
            for line in project["optional-dependencies"][extra]
        ),
    ]
    asked = {distribution(line) for line in given}
    assert len(imported()) > 15
    assert [
        name
        for name in sorted(imported())
        if not asked & {distribution(each) for each in carriers.get(name, [name])}
    ] == []


# What the Makefile makes


# What CI runs


def code_of(folder: Path, line: str, **environ: str) -> int:
    """The exit code of a run over one file of tests, whose first line is this."""
    (folder / "test_it.py").write_text(f"import pytest\n{line}\ndef test_another():\n    pass\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "skips",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "test_it.py",
    ]
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CHECKOUT / "tests"), **environ}
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, timeout=60, check=False
    ).returncode


@pytest.mark.parametrize(
    ("reason", "environ", "code"),
    cases("supply", "in_ci_a_skipped_test_fails_but_for_what_that_machine_cannot_have"),
)
def test_in_ci_a_skipped_test_fails_but_for_what_that_machine_cannot_have(
    tmp_path: Path, reason, environ, code
):
    assert code_of(tmp_path, f"def test_one(): pytest.skip({reason!r})", **environ) == code


# The image


def health_check() -> str:
    """The line of Python that the image asks its own health with."""
    instruction = re.search(
        r"^HEALTHCHECK (?:.*\\\n)+.*$", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE
    )
    assert instruction
    return json.loads(instruction[0].partition("CMD ")[2])[2]


@pytest.mark.parametrize(
    ("given", "asked"),
    [({}, 8000), ({"PULLQUOTE_PORT": ""}, 8000), ({"PULLQUOTE_PORT": "8123"}, 8123)],
)
def test_the_image_asks_its_health_on_the_port_that_is_set(
    monkeypatch: pytest.MonkeyPatch, given: dict, asked: int
):
    addresses: list[str] = []
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda address, timeout: addresses.append(address)
    )
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    exec(health_check(), {})
    assert addresses == [f"http://127.0.0.1:{asked}/readyz"]


def test_the_image_builds_the_index_with_the_versions_that_serve_it():
    stage = (CHECKOUT / "Dockerfile").read_text().partition("AS build")[2].partition("\nFROM")[0]
    pattern, read, written = re.search(r"grep -oE '(.+)' (\S+) > (\S+)", stage).groups()
    lines = (CHECKOUT / read).read_text().split("\n")
    constraints = [found[0] for line in lines if (found := re.search(pattern, line))]
    assert {line.partition("==")[0] for line in constraints} == locked(
        CHECKOUT / "requirements-serve.txt"
    )
    assert f'-c {written} "$(echo /dist/pullquote-*.whl)' in stage


def test_what_is_deployed_runs_as_the_images_user_may_write_to_its_volume_alone_and_has_time_to_end():
    image = (CHECKOUT / "Dockerfile").read_text()
    service = yaml.safe_load((CHECKOUT / "compose.yaml").read_bytes())["services"]["pullquote"]
    uid = re.search(r"--uid (\d+)", image)[1]
    assert (service["user"], service["read_only"], service["cap_drop"]) == (
        f"{uid}:{uid}",
        True,
        ["ALL"],
    )
    [volume] = service["volumes"]
    store = volume.partition(":")[2]
    assert f"mkdir {store} && chown pullquote {store}" in image
    assert f"/srv/pullquote/{service['environment']['PULLQUOTE_STORE']}".startswith(f"{store}/")
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str
    unit.read(CHECKOUT / "docs" / "deploy" / "pullquote.service")
    seconds = DRAIN_SECONDS + END_SECONDS
    assert (
        int(unit["Service"]["TimeoutStopSec"])
        > seconds
        < int(service["stop_grace_period"].removesuffix("s"))
    )
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


def licences(name: str) -> set[str]:
    """What a package says that it is under, by its metadata: an expression, classifiers, or words of its own."""
    facts = importlib.metadata.metadata(name)
    classed = [
        one.rpartition(" :: ")[2]
        for one in facts.get_all("Classifier") or ()
        if one.startswith("License ::")
    ]
    told = facts["License-Expression"] or " AND ".join(classed) or facts["License"] or "nothing"
    return set(re.split(r" (?:AND|OR) ", told))


def test_what_is_locked_is_under_licences_that_anybody_may_use_and_the_few_others_are_named():
    installed = {one.name.lower().replace("_", "-") for one in importlib.metadata.distributions()}
    known = {name: licences(name) for lock in LOCKS for name in locked(lock) & installed}
    assert len(known) > 60
    others = {
        name: " ".join(sorted(told - PERMISSIVE))
        for name, told in known.items()
        if told - PERMISSIVE
    }
    assert others.items() <= SHARED_ALIKE.items()
    told = (CHECKOUT / "THIRD-PARTY.md").read_text()
    assert [
        name
        for name in sorted(SHARED_ALIKE.keys() & locked(CHECKOUT / "requirements-serve.txt"))
        if f"`{name}`" not in told
    ] == []


MODELS = {
    path.parent.name: json.loads(path.read_bytes())
    for path in (APP / "pullquote" / "models" / "weights").glob("*/config.json")
}


@pytest.mark.parametrize("model", MODELS)
def test_every_file_of_a_model_is_told_with_what_was_changed(model: str):
    told = (CHECKOUT / "THIRD-PARTY.md").read_text()
    files = [
        path.name
        for path in (APP / "pullquote" / "models" / "weights" / model).iterdir()
        if path.name != "config.json"
    ]
    assert [name for name in files if f"| `{model}/{name}` |" not in told] == []


def test_every_licence_of_training_data_that_a_model_names_is_told():
    told = (
        (CHECKOUT / "THIRD-PARTY.md")
        .read_text()
        .replace("CDLA-Sharing-1.0", "Community Data License Agreement - Sharing 1.0")
    )
    terms = " ".join(value for model in MODELS.values() for value in model["data"].values())
    named = set(
        re.findall(
            r"CC BY-(?:SA(?: \d\.\d)?|ND)|Community Data License Agreement - Sharing 1\.0|Apache-2\.0",
            terms,
        )
    )
    assert len(named) >= 5
    assert [name for name in sorted(named) if name not in told] == []


def test_the_source_distribution_holds_what_builds_the_wheel_from_the_top_of_the_checkout():
    told = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    targets = told["tool"]["hatch"]["build"]["targets"]
    needed = {
        told["project"]["readme"],
        *(name.split("/")[0] for name in told["project"]["license-files"]),
    }
    needed |= {
        package.split("/")[0]
        for package in (*targets["wheel"]["packages"], *targets["wheel"]["force-include"])
    }
    assert {f"/{name}" for name in needed} <= set(targets["sdist"]["include"])
    assert all(
        name.startswith("/") and (CHECKOUT / name[1:]).exists()
        for name in targets["sdist"]["include"]
    )


# The weights, packages of their own


def test_whoever_changes_weights_gives_their_packages_another_version():
    cards = b"".join(path.read_bytes() for path in bundled.cards())
    assert (bundled.VERSION, hashlib.sha256(cards).hexdigest()[:16]) == ("1", "da6e9115cb9d353e")


def test_all_weights_are_in_a_package_with_the_licences_and_only_an_editable_install_asks_for_none():
    for package, names in bundled.PACKAGES.items():
        place = CHECKOUT / "packaging" / package.removeprefix("pullquote-")
        told = tomllib.loads((place / "pyproject.toml").read_text())
        included = told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
        folder = package.replace("-", "_")
        assert {f"{folder}/{name}" for name in (*names, "THIRD-PARTY.md", "Apache-2.0.txt")} < set(
            included.values()
        )
        assert all(
            (place / path).exists() and path.endswith(name.split("/")[1])
            for path, name in included.items()
        )
        assert told["project"]["name"] == package
    assert {
        path.name for path in (APP / "pullquote" / "models" / "weights").iterdir()
    } == bundled.REQUIREMENTS.keys()


@pytest.mark.parametrize("installed", [None, "0", bundled.VERSION])
def test_installed_weights_of_another_version_or_none_are_refused_with_the_command_that_brings_them(
    installed: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bundled, "_CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(bundled, "folder_of", bundled.folder_of.__wrapped__)
    monkeypatch.syspath_prepend(tmp_path)
    if installed:
        (tmp_path / "pullquote_weights" / "voice").mkdir(parents=True)
        (facts := tmp_path / f"pullquote_weights-{installed}.dist-info").mkdir()
        (facts / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: pullquote-weights\nVersion: {installed}\n"
        )
    folder = bundled.folder_of("voice")
    ours = installed == bundled.VERSION
    found = (
        "cannot be read; run `pip install --force-reinstall --no-deps"
        if ours
        else f"{installed or 'none'} is installed; run `pip install"
    )
    with pytest.raises(EncoderError, match=f"{found} pullquote-weights=={bundled.VERSION}`"):
        checked(folder, "model.onnx")
    assert (folder == tmp_path / "pullquote_weights" / "voice") == bool(installed)


# Known vulnerabilities


def package(name: str, *faults: dict) -> dict:
    return {"name": name, "version": "1", "vulns": list(faults)}


FAULT = {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2"]}


def test_a_known_vulnerability_fails_and_is_named():
    lines, code = audit().verdict({"dependencies": [package("one", FAULT), package("two")]}, {})
    assert code == 1
    assert lines == ["VULNERABLE: one 1: PYSEC-1 (mended in 2)", "2 of 2 packages audited"]


# The model


@pytest.mark.parametrize(
    "name", ["pytorch_model.bin", "model.pt", "model.pkl", "model.ckpt", "weights.npy"]
)
def test_weights_that_could_run_code_are_refused(tmp_path: Path, name: str):
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
ASK = """
from pullquote.cli.main import main
main(["ask", "why might killing kingpins backfire?"])
"""
SERVE = """
import threading, time, urllib.request
from pathlib import Path
import os, uvicorn
from pullquote.api.app import create_app
from pullquote.answers.explainer import Explainer
from pullquote.settings import Settings
app = create_app(Explainer.open(Settings.read(os.environ)))
server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
threading.Thread(target=server.run).start()
while not server.started:
    time.sleep(0.05)
port = server.servers[0].sockets[0].getsockname()[1]
for path in ("/", "/v1/search?q=kingpins", "/readyz"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
        assert answer.status == 200
server.should_exit = True
print("SERVED")
"""


def offline(settings: Settings, script: str, *before: str) -> subprocess.CompletedProcess[str]:
    environ = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "HOME": "/nonexistent",
        "PULLQUOTE_CORPUS": str(settings.corpus), "PULLQUOTE_INDEX": str(settings.index),
    }  # fmt: skip
    return subprocess.run(
        [*before, sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_asking_reaches_no_other_machine(real_index: Settings):
    done = offline(real_index, GUARD + ASK)
    assert (done.returncode, done.stderr) == (0, "")
    assert "“" in done.stdout


@pytest.mark.slow
def test_the_guard_catches_who_reaches_out(real_index: Settings):
    done = offline(
        real_index, GUARD + "import socket\nsocket.create_connection(('203.0.113.1', 80), 1)"
    )
    assert done.returncode == 1
    assert "ASKED FOR 203.0.113.1" in done.stderr
