"""The documented proxy in front of the service: slow clients are its business, and it minds it."""

import asyncio
import contextlib
import json
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import CHECKOUT
from serving import Served, exchange, free_port, served

from pullquote.settings import Settings

pytestmark = pytest.mark.slow
DOCUMENTED = CHECKOUT / "docs" / "deploy" / "nginx.conf"
DEADLINE = 5  # seconds, of the documented configuration
NAME = "debates.example"


def nginx() -> str:
    """Where nginx is; without it the test is skipped."""
    if (found := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")) is None:
        pytest.skip("no nginx here; `apt-get install nginx-light` brings it")
    return found


def configured(folder: Path, port: int, upstream: int) -> Path:
    """The documented file with other ports and folders, in the frame that Debian's nginx.conf gives it."""
    text = DOCUMENTED.read_bytes().decode()
    assert (text.count("127.0.0.1:8000"), text.count("listen 80;"), text.count("/var/log/nginx/")) == (1, 1, 2)
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{upstream}").replace("listen 80;", f"listen 127.0.0.1:{port};")
    (folder / "pullquote.conf").write_bytes(text.replace("/var/log/nginx/", f"{folder}/").encode())
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_bytes(
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{ worker_connections 768; }}\n"
        f"http {{\n{temporary}  access_log off;\n  include {folder}/pullquote.conf;\n}}\n".encode()
    )
    return main


@pytest.fixture
def behind(shared: Settings, tmp_path: Path) -> Iterator[tuple[int, Served]]:
    """The port of a proxy, and the service behind it."""
    command = nginx()
    with served(
        shared, tmp_path, trusted_proxies="127.0.0.1", trusted_hosts=NAME, rate_limit="60/minute"
    ) as service:  # fmt: skip
        port = free_port()
        main = configured(tmp_path, port, service.port)
        subprocess.run(
            [command, "-t", "-p", tmp_path, "-c", main, "-e", tmp_path / "error.log"], check=True, capture_output=True
        )
        with subprocess.Popen([command, "-p", tmp_path, "-c", main, "-e", tmp_path / "error.log"]) as process:
            try:
                _until_it_listens(port)
                yield port, service
            finally:
                process.terminate()


def _until_it_listens(port: int) -> None:
    async def connect() -> None:
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(OSError):
                    (await asyncio.open_connection("127.0.0.1", port))[1].close()
                    return
                await asyncio.sleep(0.05)

    asyncio.run(connect())


async def dripping(port: int, head: bytes) -> tuple[float, bytes]:
    """A client that sends a byte a second: how long it was borne, and what it was told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun, told = time.monotonic(), asyncio.create_task(reader.read(200))
    with contextlib.suppress(OSError):
        writer.write(head)
        for byte in b"X-Slow: " + b"x" * 100:
            await writer.drain()
            await asyncio.wait({told}, timeout=1)
            if told.done():
                break
            writer.write(bytes([byte]))
    with contextlib.suppress(OSError):
        answer = b""
        answer = await told
    writer.close()
    return time.monotonic() - begun, answer


async def normal(port: int, count: int) -> list[float]:
    """A normal client, on one connection: seconds of each answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        status, _, _ = await exchange(reader, writer, path="/v1/verify", body=b'{"quote": "Road tolls cut traffic."}')
        taken.append(time.perf_counter() - begun)
        assert status == 200
        await asyncio.sleep(0.03)
    writer.close()
    return taken


@pytest.mark.parametrize("clients", [100, pytest.param(500, marks=pytest.mark.torture)])
def test_slow_clients_are_let_go_in_time_and_keep_nobody_waiting(behind: tuple[int, Served], clients: int):
    port, _ = behind
    slow_head = b"POST /v1/ask HTTP/1.1\r\nHost: debates.example\r\n"

    async def scene() -> tuple[list[float], list[float], list[tuple[float, bytes]]]:
        alone = await normal(port, 25)
        slow = [asyncio.create_task(dripping(port, slow_head)) for _ in range(clients)]
        await asyncio.sleep(1)
        assert not [task for task in slow if task.done()]
        beside = await normal(port, 25)
        return alone, beside, await asyncio.gather(*slow)

    alone, beside, slow = asyncio.run(scene())
    assert statistics.median(beside) < 3 * statistics.median(alone) + 0.1
    assert max(beside) < DEADLINE
    assert max(borne for borne, _ in slow) < 4 * DEADLINE  # who is not let go sends for 108 seconds
    assert min(borne for borne, _ in slow) > DEADLINE - 1
    assert not [answer for _, answer in slow if answer.startswith(b"HTTP/1.1 200")]


def test_a_body_that_pauses_is_let_go_and_never_reaches_the_service(behind: tuple[int, Served]):
    port, service = behind

    async def scene() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /v1/ask HTTP/1.1\r\nHost: debates.example\r\nContent-Length: 50\r\n\r\n{")
        await writer.drain()
        told = b""
        async with asyncio.timeout(6 * DEADLINE):
            with contextlib.suppress(ConnectionResetError):
                told = await reader.read(100)
        writer.close()
        return told

    assert not asyncio.run(scene()).startswith(b"HTTP/1.1 200")
    assert '"route": "/v1/ask"' not in service.log.read_bytes().decode()


def test_events_come_one_by_one_and_clients_are_told_apart_whatever_they_claim(behind: tuple[int, Served]):
    port, service = behind

    async def scene() -> list[int]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        status, headers, body = await exchange(reader, writer, path="/v1/chat")
        assert (status, headers["content-type"].split(";")[0]) == (200, "text/event-stream")
        assert b"event: done" in body
        statuses = []
        for n in range(65):
            writer.write(
                f"GET /v1/debates HTTP/1.1\r\nHost: {NAME}\r\nX-Forwarded-For: 198.51.100.{n}\r\n\r\n".encode()
            )
            lines = (await reader.readuntil(b"\r\n\r\n")).decode()
            statuses.append(int(lines.split()[1]))
            await reader.readexactly(int(re.search(r"(?i)content-length: (\d+)", lines)[1]))
        writer.close()
        return statuses

    statuses = asyncio.run(scene())
    assert statuses == [200] * 59 + [429] * 6
    for line in service.log.read_bytes().decode().split("\n"):
        if line.startswith("{"):
            assert "198.51.100" not in json.dumps(json.loads(line))


def test_the_proxys_logs_hold_no_question_also_where_the_service_is_down(behind: tuple[int, Served], tmp_path: Path):
    port, service = behind

    async def status() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /?q=zebra+crossings HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        first = await reader.readline()
        await reader.read()
        writer.close()
        return first

    assert b"200" in asyncio.run(status())
    service.process.kill()
    service.process.wait()
    assert b"502" in asyncio.run(status())
    logged = (tmp_path / "pullquote.log").read_bytes().decode()
    assert '"GET /" 200' in logged
    assert '"GET /" 502' in logged
    for written in ("pullquote.log", "pullquote.error.log", "error.log"):
        assert b"zebra" not in (tmp_path / written).read_bytes()
