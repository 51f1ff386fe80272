"""Servers of the engines, started by hand on loopback as processes that a test may stop, hold up and kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest
from services import cluster
from serving import free_port

from pullquote.errors import EngineError
from pullquote.index.engine import Engine, open_engine
from pullquote.settings import Address, Settings

LIFE = 30  # seconds that a server may take to come


def engine(address: Address, seconds: float = 30.0) -> Engine:
    """The engine at an address."""
    return open_engine(Settings(engine=address, engine_seconds=seconds))


@dataclass
class Server:
    """A server of an engine, and the address that Pullquote finds it at."""

    command: list[str]
    url: str
    ping: Callable[[], None]
    environ: dict[str, object] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        end = time.monotonic() + LIFE
        while True:
            if (
                self.process is None or self.process.poll() is not None
            ):  # what was killed may hold its folder for a while
                quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                self.process = subprocess.Popen(self.command, **quiet, **self.environ)
            with suppress(EngineError):
                return self.ping()
            assert time.monotonic() < end, f"{self.command[0]} does not come"
            time.sleep(0.1)

    def signal(self, number: int) -> None:
        """To all its processes: PostgreSQL has one a connection."""
        assert self.process
        children = (
            Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        )
        for process in (self.process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, number)
        if number == signal.SIGKILL:
            self.process.wait(LIFE)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.signal(signal.SIGKILL)

    def address(self, name: str) -> Address:
        """A database, or a name in it, of a test's own."""
        return Address(self.url.format(name))


def milvus(folder: Path) -> Server:
    """The server that comes with milvus-lite."""
    if not find_spec("milvus_lite"):
        pytest.skip("milvus-lite is not installed; run `pip install milvus-lite`")
    port = free_port()
    run = "from milvus_lite.cmdline import main; main()"
    command = [
        sys.executable,
        "-c",
        run,
        "server",
        "--data-dir",
        str(folder / "data"),
        "--host",
        "127.0.0.1",
        "--port",
        f"{port}",
    ]
    url = f"milvus+http://127.0.0.1:{port}/"

    def ping() -> None:
        database = engine(Address(f"{url}ping"), 1.0)
        database.switch({}, ())
        database.close()

    return Server(command, url + "{}", ping)


def postgresql(folder: Path) -> Server:
    """Debian's PostgreSQL with pgvector."""
    if not find_spec("psycopg"):
        pytest.skip("psycopg is not installed; run `pip install 'psycopg[binary]'`")
    command, port, options = cluster(folder, "vector")
    url = f"postgresql://ann@127.0.0.1:{port}/postgres"

    def ping() -> None:
        database = engine(Address(f"{url}?schema=ping"), 1.0).database
        with database._session():
            pass
        database.close()

    return Server(command, url + "?schema={}", ping, options)
