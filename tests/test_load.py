"""Load: a process of its own, more clients than it has hands, and what is left of it afterwards."""

import asyncio
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serving import QUESTION, Served, exchange, load, served

from pullquote.settings import Settings

pytestmark = pytest.mark.slow
MB = 1_000_000


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.torture)])
def test_thirty_two_clients_at_once_are_all_answered(shared: Settings, tmp_path: Path, seconds: int):
    with served(shared, tmp_path) as service:
        load(service.port, 32, 1)
        before = service.memory
        tally = load(service.port, 32, seconds)
        assert not tally.errors
        assert set(tally.statuses) == {200}
        assert tally.statuses[200] > 32
        assert service.memory - before < 30 * MB
        assert service.stop() == 0


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_asked_before_it_is_told_to_end_is_answered_and_the_exit_is_clean(
    shared: Settings, tmp_path: Path, asked: int
):
    async def scene(service: Served) -> list[int]:
        connections = [await asyncio.open_connection("127.0.0.1", service.port) for _ in range(6)]
        paths = ["/v1/ask", "/v1/chat"] * 3
        tasks = [
            asyncio.create_task(exchange(*connection, path=path))
            for connection, path in zip(connections, paths, strict=True)
        ]
        await asyncio.sleep(0.3)
        service.process.send_signal(asked)
        found = await asyncio.gather(*tasks)
        assert all(b"event: done" in body for (_, _, body), path in zip(found, paths, strict=True) if "chat" in path)
        for _, writer in connections:
            writer.close()
        return [status for status, _, _ in found]

    with served(shared, tmp_path, seconds=0.6, workers=2) as service:  # three rounds of two: some wait for their turn
        assert asyncio.run(scene(service)) == [200] * 6
        assert service.process.wait(15) == 0
        assert "Traceback" not in service.log.read_bytes().decode()


def test_a_connection_more_than_the_limit_is_refused_and_there_is_room_when_one_leaves(
    shared: Settings, tmp_path: Path
):
    async def scene(port: int) -> None:
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
        assert (await exchange(*held[-1]))[0] == 200
        one_more = await asyncio.open_connection("127.0.0.1", port)
        assert (await exchange(*one_more))[0] == 503
        one_more[1].close()
        held[0][1].close()
        assert 200 in [await attempt(port) for _ in range(20)]
        for _, writer in held:
            writer.close()

    async def attempt(port: int) -> int:
        await asyncio.sleep(0.1)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        status, _, _ = await exchange(reader, writer)
        writer.close()
        return status

    with served(shared, tmp_path, max_connections=5) as service:
        time.sleep(0.2)  # the connection that saw it listen is gone by now
        asyncio.run(scene(service.port))


def test_clients_that_leave_are_not_worked_for(shared: Settings, tmp_path: Path):
    async def scene(port: int) -> None:
        for _ in range(20):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(QUESTION)}\r\n\r\n"
            writer.write(head.encode() + QUESTION)
            await writer.drain()
            await asyncio.sleep(0.01)
            writer.close()
        begun = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await exchange(reader, writer))[0] == 200
        assert time.perf_counter() - begun < 8  # twenty of them would have taken ten seconds
        writer.close()

    with served(shared, tmp_path, seconds=0.5, workers=1) as service:
        asyncio.run(scene(service.port))


@contextmanager
def reading_nothing(service: Served, asked: int) -> Iterator[socket.socket]:
    """A client that asks so many streams on one connection and, until the block ends, reads none of them."""
    head = f"POST /v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(QUESTION)}"
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # so that little fits on its way
        client.connect(("127.0.0.1", service.port))
        client.sendall((head.encode() + b"\r\n\r\n" + QUESTION) * asked)
        yield client


def streams_begun(service: Served) -> int:
    """How many streams the service has begun once it begins no more."""
    begun, before = 0, -1
    while begun != before:
        time.sleep(0.5)
        with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/metrics", timeout=30) as response:
            figures = response.read().decode()
        turns = next(line for line in figures.splitlines() if line.startswith('pullquote_line_turns_total{turn="work'))
        before, begun = begun, int(float(turns.split()[1]))
    return begun


def test_a_client_that_reads_nothing_of_its_streams_keeps_nobody_else_waiting(shared: Settings, tmp_path: Path):
    with (
        served(shared, tmp_path, workers=1, max_queue=0, metrics="open") as service,
        reading_nothing(service, asked=100),
    ):
        assert 0 < streams_begun(service) < 100
        tally = load(service.port, 1, 0.5)
        assert (tally.errors, set(tally.statuses)) == ([], {200})
