"""The same faults as the kernel sees them: strace fails or kills a real process at each of its system calls."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import wait_for

from pullquote.settings import Settings
from torture.child import DONE
from torture.small import OLD, faults_of

HERE = Path(__file__).parent
STRACE = shutil.which("strace")
CALLS = {
    "write": "write,pwrite64,writev",
    "fsync": "fsync,fdatasync",
    "rename": "rename,renameat,renameat2",
    "mkdir": "mkdir,mkdirat",
    "unlink": "unlink,unlinkat,rmdir",
}
MODES = {
    "kill": "signal=KILL:when={}", "EIO once": "error=EIO:when={}", "EIO lasting": "error=EIO:when={}+",
    "ENOSPC once": "error=ENOSPC:when={}", "ENOSPC lasting": "error=ENOSPC:when={}+",
    "EMFILE once": "error=EMFILE:when={}",
}  # fmt: skip
SHORT = [
    ("kill", "fsync", 1),
    ("kill", "rename", 1),
    ("EIO lasting", "fsync", 4),
    ("ENOSPC once", "write", 4),
]
needs_strace = pytest.mark.skipif(
    STRACE is None, reason="strace is not installed; the in-process sweep still ran"
)
Again = Callable[[], Settings]


class Builders:
    """Starts builders, each under strace, and tells how each one ended."""

    def __init__(self, folder, index, log):
        self._line, self._log = f"{folder}\t{index}\n", log
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), *sys.path])}
        self._server = subprocess.Popen(
            [sys.executable, str(HERE / "child.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environ,
        )
        assert self._read() == "ready"

    def _read(self):
        assert self._server.stdout
        return self._server.stdout.readline().strip()

    def start(self):
        """A builder that has stopped itself before its first step; its process id."""
        assert self._server.stdin
        self._server.stdin.write(self._line)
        self._server.stdin.flush()
        pid = int(self._read())
        wait_for(lambda: "State:\tT" in Path(f"/proc/{pid}/status").read_text())
        return pid

    def ended(self):
        """Wait for the builder; its exit code, negative for a signal."""
        return int(self._read())

    def run(self, call, inject):
        """Build under strace: the exit code, and how many such calls were made."""
        pid = self.start()
        options = [] if inject is None else ["-e", f"inject={call}:{inject}"]
        command = [
            str(STRACE),
            "-f",
            "-o",
            str(self._log),
            "-e",
            f"trace={call}",
            *options,
            "-p",
            str(pid),
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr
            # Only then is the builder held: before, it would run on untouched.
            assert "attached" in tracer.stderr.readline()
            os.kill(pid, signal.SIGCONT)
            code = self.ended()
            tracer.communicate(timeout=60)
        lines = self._log.read_text().split("\n")
        return code, sum(
            "(" in line and "---" not in line and "resumed" not in line for line in lines
        )

    def close(self):
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.wait(10)
        self._server.stdout.close()


@pytest.fixture
def builders(pristine, tmp_path):
    running = Builders(pristine.corpus.parent, tmp_path / "index", tmp_path / "strace.log")
    yield running
    running.close()


def sweep(again, builders, mode, call, step):
    """Inject at every `step`th call of a kind: how many were struck, and what was wrong after them."""
    struck, wrong = 0, []
    for name in CALLS[call].split(","):  # strace counts each system call for itself
        again()
        code, count = builders.run(name, None)
        assert code == DONE
        for number in range(1, count + 1, step):
            settings = again()
            code, _ = builders.run(name, MODES[mode].format(number))
            if mode == "kill" and code == DONE:  # no thread makes so many: each counts for itself
                break
            assert code in ((-signal.SIGKILL,) if mode == "kill" else (DONE, 3))
            found = faults_of(settings, before=OLD, acknowledged=code == DONE)
            wrong += [f"{mode} at {name} {number}: {fault}" for fault in found]
            struck += 1
    assert struck
    return struck, wrong


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize(("mode", "call", "step"), SHORT)
def test_a_process_that_is_struck_at_a_system_call_leaves_a_whole_index(
    again, builders, mode, call, step, tell
):
    count, wrong = sweep(again, builders, mode, call, step)
    tell(f"F1 strace, {mode} at {call}: {count} points, {len(wrong)} wrong")
    assert not wrong


@needs_strace
@pytest.mark.torture
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("mode", MODES)
def test_at_every_system_call_of_every_kind(again, builders, mode, call, tell):
    count, wrong = sweep(again, builders, mode, call, 1)
    tell(f"F1 strace, {mode} at {call}: {count} points, {len(wrong)} wrong")
    assert not wrong
