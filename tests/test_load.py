"""Load: a process of its own, more clients than it has hands, and what is left of it afterwards."""

import asyncio
import signal
import socket
import time
import urllib.request
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection

import pytest
from serving import QUESTION, exchange, load, served, wait_for

pytestmark = pytest.mark.slow
MB = 1_000_000
HEALTH = ("/healthz", "/readyz")


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.torture)])
def test_thirty_two_clients_at_once_are_all_answered(shared, tmp_path, seconds):
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
    shared, tmp_path, asked
):
    async def scene(service):
        connections = [await asyncio.open_connection("127.0.0.1", service.port) for _ in range(6)]
        paths = ["/v1/ask", "/v1/chat"] * 3
        tasks = [
            asyncio.create_task(exchange(*connection, path=path))
            for connection, path in zip(connections, paths, strict=True)
        ]
        await asyncio.sleep(0.3)
        service.process.send_signal(asked)
        found = await asyncio.gather(*tasks)
        assert all(
            b"event: done" in body
            for (_, _, body), path in zip(found, paths, strict=True)
            if "chat" in path
        )
        for _, writer in connections:
            writer.close()
        return [status for status, _, _ in found]

    with served(
        shared, tmp_path, seconds=0.6, workers=2
    ) as service:  # three rounds of two: some wait for their turn
        assert asyncio.run(scene(service)) == [200] * 6
        assert service.process.wait(15) == 0
        assert "Traceback" not in service.log.read_bytes().decode()


def test_work_that_heeds_nothing_ends_with_the_process_soon_after_the_drain_and_is_named(
    shared, tmp_path
):
    with (
        served(shared, tmp_path, seconds=60, drain_seconds=1, metrics="open") as service,
        reading_nothing(service, asked=1),
    ):
        wait_for(lambda: streams_begun(service))
        assert (service.stop(10), b"in slowly" in service.log.read_bytes()) == (1, True)


def told(service, address, path="/v1/search?q=toll"):
    """The status that somebody at an address gets, and when to come again."""
    with closing(
        HTTPConnection("127.0.0.1", service.port, 10, source_address=(address, 0))
    ) as client:
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, answer.getheader("Retry-After")


def gone(client):
    """Whether the service closed a connection, which gets one byte more meanwhile."""
    client.setblocking(False)
    try:
        client.send(b"x")
        return client.recv(1) == b""
    except OSError as error:
        return not isinstance(error, BlockingIOError)


@pytest.mark.parametrize(("addresses", "seconds", "proxy", "left"), [
    (1, 600, "", range(1, 21)), (50, 600, "", range(90, 101)), (1, 600, "127.0.0.2", range(90, 101)), (1, 1, "", [0]),
])  # fmt: skip
def test_half_sent_heads_keep_nobody_out_and_are_let_go_in_time_however_they_drip(
    shared, tmp_path, addresses, seconds, proxy, left
):
    limits = dict(
        max_connections=100, client_connections=20, head_seconds=seconds, trusted_proxies=proxy
    )
    with served(shared, tmp_path, **limits) as service, ExitStack() as held:
        sources = [(f"127.0.0.{2 + number % addresses}", 0) for number in range(200)]
        opened = (
            socket.create_connection(("127.0.0.1", service.port), 10, source) for source in sources
        )
        clients = [held.enter_context(client) for client in opened]
        for client in clients:
            client.send(b"GET / HTTP/1.1\r\nHost: local")
        for address in ("127.0.0.1", "127.0.0.2"):
            actual = [told(service, address, path)[0] for path in (*HEALTH, "/documents")]
            assert actual == [200] * 3
        wait_for(lambda: 200 - sum(map(gone, clients)) in left)


def test_where_all_connections_are_at_work_one_more_may_only_ask_how_the_service_is(
    shared, tmp_path
):
    half = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    with (
        served(shared, tmp_path, max_connections=3, client_connections=2) as service,
        ExitStack() as held,
    ):

        def hold(address):
            client = socket.create_connection(("127.0.0.1", service.port), 10, (address, 0))
            held.enter_context(client).sendall(half)

        def only_health(address):
            found = [told(service, address, path) for path in (*HEALTH, "/style.css")]
            assert found[:2] == [(200, None)] * 2
            return found[2] == (503, "5")

        hold("127.0.0.1"), hold("127.0.0.1")
        wait_for(lambda: only_health("127.0.0.1"))
        assert told(service, "127.0.0.2") == (200, None)
        hold("127.0.0.2")
        wait_for(lambda: only_health("127.0.0.3"))
        held.close()
        wait_for(lambda: told(service, "127.0.0.1") == (200, None))


def test_clients_that_leave_are_not_worked_for(shared, tmp_path):
    async def scene(port):
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
def reading_nothing(service, asked):
    """A client that asks so many streams on one connection and, until the block ends, reads none of them."""
    head = f"POST /v1/chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(QUESTION)}"
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1_024)
        client.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536
        )  # so that little fits on its way
        client.connect(("127.0.0.1", service.port))
        client.sendall((head.encode() + b"\r\n\r\n" + QUESTION) * asked)
        yield client


def streams_begun(service):
    """How many streams the service has begun once it begins no more."""
    begun, before = 0, -1
    while begun != before:
        time.sleep(0.5)
        with urllib.request.urlopen(
            f"http://127.0.0.1:{service.port}/metrics", timeout=30
        ) as response:
            figures = response.read().decode()
        turns = next(
            line
            for line in figures.splitlines()
            if line.startswith('pullquote_line_turns_total{turn="work')
        )
        before, begun = begun, int(float(turns.split()[1]))
    return begun


def test_a_client_that_reads_nothing_of_its_streams_keeps_nobody_else_waiting(shared, tmp_path):
    with (
        served(shared, tmp_path, workers=1, max_queue=0, metrics="open") as service,
        reading_nothing(service, asked=100),
    ):
        assert 0 < streams_begun(service) < 100
        tally = load(service.port, 1, 0.5)
        assert (tally.errors, set(tally.statuses)) == ([], {200})
