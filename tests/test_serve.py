"""The command that serves, as a process of its own: how it ends."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from conftest import Run
from fakes import CHECKOUT, environ_of
from serving import free_port

from pullquote.settings import Settings

# Tells at its very end whether the corpus is still watched; heeds SIGHUP though the tests may run under nohup.
SCRIPT = """
import atexit, signal, threading
from fakes import HashEncoder
from pullquote.upkeep import indexing
from pullquote.answers import reply
from pullquote.cli.main import main

reply.open_encoder = lambda *_: HashEncoder()
indexing.index_changes = lambda settings: None
signal.signal(signal.SIGHUP, signal.SIG_DFL)
atexit.register(lambda: print("watched:", "watch" in {thread.name for thread in threading.enumerate()}))
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_being_asked_to_end_is_no_failure_and_ends_the_watching_too(shared: Settings, tmp_path: Path, asked: int):
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    port = free_port()
    environ = environ_of(shared) | {"PATH": os.environ["PATH"]}
    environ["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT / "app"), str(CHECKOUT / "tests")])
    command = [sys.executable, tmp_path / "script.py", "serve", "--watch", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            until_it_answers(f"http://127.0.0.1:{port}/healthz", process)
            process.send_signal(asked)
            stdout, stderr = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, stdout.splitlines()[-1]) == (0, "watched: False")
    assert "Aborted" not in stderr
    assert "Traceback" not in stderr


def until_it_answers(url: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the service does not answer")


@pytest.fixture
def _started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets nothing listen for long."""
    monkeypatch.setattr("uvicorn.Server.run", lambda server, sockets: None)
    monkeypatch.setattr("pullquote.api.app.signal.signal", lambda number, handler: None)
    monkeypatch.setattr("pullquote.api.edge.configure", lambda: None)


@pytest.mark.usefixtures("_started")
@pytest.mark.parametrize(("before", "heard"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)])
def test_under_nohup_it_goes_on_when_its_terminal_is_gone(
    run: Run, shared: Settings, monkeypatch: pytest.MonkeyPatch, before: signal.Handlers, heard: bool
):
    handled: list[int] = []
    monkeypatch.setattr("pullquote.api.app.signal.getsignal", lambda number: before)
    monkeypatch.setattr("pullquote.api.app.signal.signal", lambda number, handler: handled.append(number))
    assert run(shared, "serve", "--port", str(free_port())).exit_code == 0
    assert (signal.SIGHUP in handled) == heard


@pytest.mark.usefixtures("_started")
def test_it_is_not_said_to_answer_where_its_records_keep_it_from_that(
    run: Run, shared: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PULLQUOTE_STORE", "/proc/nope/x.db")
    done = run(shared, "serve", "--port", str(free_port()))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "PULLQUOTE_STORE=/proc/nope/x.db cannot be used" in done.stderr


@pytest.mark.usefixtures("_started")
@pytest.mark.parametrize("docs", ["on", "off"])
def test_the_description_is_named_where_there_is_one(
    run: Run, shared: Settings, monkeypatch: pytest.MonkeyPatch, docs: str
):
    monkeypatch.setenv("PULLQUOTE_DOCS", docs)
    done = run(shared, "serve", "--port", str(free_port()))
    assert "Pullquote answers on http://127.0.0.1:" in done.stdout
    assert ("(API: /docs)" in done.stdout) == (docs == "on")
