"""The service as a process of its own, with the fake encoder, and a client that counts what comes back.

python tests/serving.py PORT SECONDS-AN-ANSWER-TAKES SECONDS-TO-DRAIN
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from fakes import CHECKOUT, HashEncoder, environ_of

from pullquote.settings import Settings

QUESTION = b'{"question": "Who should pay for a road?"}'


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(fact: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something comes true; the test fails where it never does."""
    end = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.005)


@dataclass
class Served:
    """A running service."""

    port: int
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_bytes().decode()
        return int(status.split("VmRSS:")[1].split()[0]) * 1_024

    def stop(self, seconds: float = 30) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


@contextlib.contextmanager
def served(
    settings: Settings,
    folder: Path,
    *,
    seconds: float = 0.0,
    drain_seconds: int = 10,
    port: int = 0,
    **values: object,
) -> Iterator[Served]:
    """Run `serve` until the block ends."""
    port, log = port or free_port(), folder / "serve.log"
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith("PULLQUOTE_")
    }
    environ |= environ_of(settings) | {
        "PULLQUOTE_RATE_LIMIT": "off",
        "PULLQUOTE_KEY_RATE_LIMIT": "off",
    }
    environ |= {f"PULLQUOTE_{name.upper()}": str(value) for name, value in values.items()}
    environ["PYTHONPATH"] = os.pathsep.join([str(CHECKOUT / "app"), str(CHECKOUT / "tests")])
    command = [sys.executable, __file__, str(port), str(seconds), str(drain_seconds)]
    with (
        log.open("wb") as stderr,
        subprocess.Popen(command, env=environ, stdout=stderr, stderr=stderr) as process,
    ):
        try:
            _until_it_listens(port, process, log)
            yield Served(port, process, log)
        finally:
            process.kill()


def _until_it_listens(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 1) as connection,
        ):
            connection.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            )
            if connection.recv(12).endswith(b"200"):
                return
        time.sleep(0.05)
    raise AssertionError(log.read_bytes().decode())


@dataclass
class Tally:
    """What clients got."""

    statuses: "Counter[int]" = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)


async def exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    body: bytes = QUESTION,
    path: str = "/v1/ask",
) -> tuple[int, dict[str, str], bytes]:
    """One request on an open connection: status, headers, body."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    writer.write(head.encode() + b"\r\n\r\n" + body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {
        name.lower(): value
        for name, _, value in (line.partition(": ") for line in lines[1:] if line)
    }
    return int(lines[0].split()[1]), headers, await _rest(reader, headers)


async def _rest(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    found = b""
    while size := int(await reader.readline(), 16):
        found += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return found


async def _client(port: int, tally: Tally, end: float) -> None:
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    while time.monotonic() < end:
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            status, headers, body = await asyncio.wait_for(exchange(*connection), 20)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            tally.errors.append(repr(error))
            connection = None
            continue
        tally.statuses[status] += 1
        if status == 200:
            json.loads(body)
        else:
            await asyncio.sleep(0.1)
        if headers.get("connection") == "close":
            connection[1].close()
            connection = None
    if connection:
        connection[1].close()


def load(port: int, clients: int, seconds: float) -> Tally:
    """So many clients, each asking as soon as it was answered, for so long."""

    async def scene() -> Tally:
        tally, end = Tally(), time.monotonic() + seconds
        await asyncio.gather(*(_client(port, tally, end) for _ in range(clients)))
        return tally

    return asyncio.run(scene())


def main() -> None:
    """Serve with the fake encoder; an answer takes at least so long, and heeds nothing meanwhile."""
    from pullquote.answers import explainer, ready
    from pullquote.api import app as serve

    port, seconds, serve.DRAIN_SECONDS = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    ready.open_encoder = lambda index, identity, model: HashEncoder()
    ask = explainer.Explainer.ask

    def slowly(self: explainer.Explainer, query: object) -> object:
        time.sleep(seconds)
        return ask(self, query)

    explainer.Explainer.ask = slowly
    serve.serve(Settings.read(os.environ), "127.0.0.1", port)


if __name__ == "__main__":
    signal.signal(
        signal.SIGHUP, signal.SIG_DFL
    )  # whatever the tests themselves were started with, nohup or not
    main()
