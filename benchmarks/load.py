"""Clients over HTTP: each sends a question, waits for the whole answer, and sends the next."""

import asyncio
import json
import os
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Load:
    """What clients saw: answers a second, the median and the 99th percentile in milliseconds, and failures."""

    rate: float
    p50: float
    p99: float
    errors: int


def post(question: str) -> bytes:
    """A request to `POST /v1/ask`."""
    body = json.dumps({"question": question}).encode("utf-8")
    head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def get(question: str) -> bytes:
    """A request to txtai's `GET /search`."""
    return (
        f"GET /search?query={quote(question)}&limit=10 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(
            "ascii"
        )
    )


def load(port: int, requests: Sequence[bytes], clients: int) -> Load:
    """Send all requests, shared out among so many clients that each keep one connection."""
    return asyncio.run(_load(port, requests, clients))


async def _load(port: int, requests: Sequence[bytes], clients: int) -> Load:
    waiting, taken, errors = iter(requests), [], []
    start = time.perf_counter()
    await asyncio.gather(*(_client(port, waiting, taken, errors) for _ in range(clients)))
    seconds = time.perf_counter() - start
    taken.sort()
    return Load(
        len(taken) / seconds, statistics.median(taken), taken[int(len(taken) * 0.99)], len(errors)
    )


async def _client(
    port: int, waiting: Iterator[bytes], taken: list[float], errors: list[str]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in waiting:
        start = time.perf_counter()
        writer.write(request)
        status, body = await _answer(reader)
        taken.append((time.perf_counter() - start) * 1_000)
        if status != 200 or not body:
            errors.append(f"{status} {body[:200]!r}")
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = head.lower().split(b"content-length:")
    return int(head.split(b" ", 2)[1]), await reader.readexactly(
        int(fields[1].split(b"\r\n", 1)[0])
    )


@contextmanager
def serving(
    command: Sequence[str], port: int, environ: Mapping[str, str], path: str
) -> Iterator[int]:
    """A server in a process of its own, once it answers at a path; gives its process id."""
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(
            command, env={**os.environ, **environ}, stdout=nowhere, stderr=nowhere
        )
    try:
        _wait(f"http://127.0.0.1:{port}{path}", process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"the server of {url} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=10).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"{url} does not answer")


def memory(process: int) -> dict[str, float]:
    """A process's memory in MB: resident in all, of it private and of mapped files, and the highest it was."""
    fields = dict(
        line.split(":", 1)
        for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    )
    names = {"resident": "VmRSS", "private": "RssAnon", "files": "RssFile", "highest": "VmHWM"}
    return {name: int(fields[field].split()[0]) / 1_024 for name, field in names.items()}


def cpu(process: int) -> float:
    """Seconds of CPU time that a process took so far."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
