"""Three replicas behind nginx, from one generation to the next, with one of them killed: no request fails."""

import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack

import engines
import httpx
import pytest
from fakes import settings_below
from services import nginx, redis, s3
from serving import free_port, served, wait_for

from pullquote.settings import Address
from pullquote_scale.store import push
from torture.rolling import (
    CLIENTS,
    QUESTIONS,
    Builder,
    assert_from_one_generation,
    hammer,
    rebuilding,
)

SECONDS = 60.0
pytestmark = pytest.mark.torture


class Replica:
    """A replica that can be killed and started again, with its own folder and port."""

    def __init__(self, settings, folder, url, **values):
        folder.mkdir()
        self.port, self._started = free_port(), ExitStack()
        self._settings, self._folder, self._values = (
            settings,
            folder,
            {"index": f"{url}local={folder}/index", **values},
        )
        self.service = self.start()

    def start(self):
        """Start it; it answers when this returns."""
        values = dict(trusted_proxies="127.0.0.1", admin_key="the-key-of-the-tests", **self._values)
        self.service = self._started.enter_context(
            served(self._settings, self._folder, port=self.port, **values)
        )
        return self.service

    def end(self, asked):
        """As the system does that lacks memory, or who brings a new version."""
        self.service.process.send_signal(asked)
        self.service.process.wait()

    def stop(self):
        self._started.close()


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A real store: its address, and its process."""
    with s3(tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def builder(tmp_path, store, request):
    """Who builds and pushes into it, with one generation pushed; what replicas are told, which may name an engine too."""
    url, name, engine = store[0], getattr(request, "param", None), None
    (tmp_path / "engine").mkdir()
    with ExitStack() as ending:
        if name:
            server = getattr(engines, name)(tmp_path / "engine")
            ending.callback(server.stop)
            server.start()
            engine = server.address("replicas")
        settings = settings_below(
            tmp_path / "builder", files=Address(url), engine=engine, engine_seconds=30.0
        )
        made = Builder(settings, lambda: push(settings))
        made.build(0)
        yield (
            made,
            settings,
            f"{engine.url}{'&' if '?' in engine.url else '?'}files={url}&" if engine else f"{url}?",
        )


@pytest.mark.parametrize("builder", [None, "milvus", "postgresql"], indirect=True)
def test_no_request_fails_while_generations_roll_and_replicas_are_killed(builder, tmp_path, tell):
    building, settings, url = builder
    replicas = [Replica(settings, tmp_path / f"replica-{number}", url) for number in range(3)]
    killed, over = [0], threading.Event()
    statuses = Counter[int]()

    def kill_one_after_the_other():
        while not over.wait(4):
            victim = replicas[killed[0] % 3]
            victim.end(signal.SIGTERM if killed[0] % 2 else signal.SIGKILL)
            killed[0] += 1
            over.wait(2)
            victim.start()

    with (
        nginx(tmp_path, [replica.port for replica in replicas]) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=70) as http,
        rebuilding(building),
    ):

        def ask(number):
            reply = http.post("/v1/ask", json={"question": QUESTIONS[number % 4]})
            statuses[reply.status_code] += 1
            time.sleep(0.01)
            return reply.raise_for_status().json()

        killing = threading.Thread(target=kill_one_after_the_other)
        killing.start()
        answers = hammer(ask, SECONDS, building)
        over.set()
        killing.join()
    for replica in replicas:
        replica.stop()
    quotes = sum(assert_from_one_generation(answer, building.texts) for answer in answers)
    seen = {answer["index"]["generation"] for answer in answers}
    tell(
        f"replicas: 3 behind nginx, {settings.engine or 'no engine'}, {CLIENTS} clients x {SECONDS:.0f} s, {sum(statuses.values())} requests, "
        f"{sum(statuses.values()) - statuses[200]} failed, {killed[0]} killed or stopped and started again, {quotes} quotes from {len(seen)} of "
        f"{len(building.texts)} generations pushed, 0 mixed"
    )
    assert statuses.keys() == {200}
    assert killed[0] >= 2
    assert len(seen) > 3


def test_what_was_pushed_is_taken_up_by_all_and_a_store_that_goes_away_stops_nobody(
    builder, store, tmp_path, tell
):
    building, settings, url = builder
    replicas = [Replica(settings, tmp_path / f"replica-{number}", url) for number in range(3)]

    def ready(replica):
        return httpx.get(f"http://127.0.0.1:{replica.port}/readyz").json()

    took = []
    for number in range(1, 4):
        building.build(number)
        begun, name = time.monotonic(), list(building.texts)[-1]
        while {ready(replica)["generation"] for replica in replicas} != {name}:
            assert time.monotonic() < begun + 30
            time.sleep(0.05)
        took.append(time.monotonic() - begun)
    assert {ready(replica)["status"] for replica in replicas} == {"ready"}
    store[1].kill()
    wait_for(lambda: {ready(replica)["status"] for replica in replicas} == {"degraded"})
    for replica in replicas:
        answer = httpx.post(
            f"http://127.0.0.1:{replica.port}/v1/ask", json={"question": QUESTIONS[0]}
        ).json()
        assert assert_from_one_generation(answer, building.texts)
    for replica in replicas:
        replica.stop()
    tell(
        f"replicas: 3 generations pushed, all three replicas answered from each after {', '.join(f'{one:.1f}' for one in took)} s"
    )


def test_three_replicas_together_allow_what_one_allows(builder, tmp_path, tell):
    _, settings, url = builder
    with redis(tmp_path) as state:
        given = {"state": state, "rate_limit": "30/hour", "daily_limit": 20}
        replicas = [
            Replica(settings, tmp_path / f"replica-{number}", url, **given) for number in range(3)
        ]
        asked = {"json": {"question": QUESTIONS[0]}}
        found = [
            httpx.post(f"http://127.0.0.1:{replicas[n % 3].port}/v1/ask", **asked)
            for n in range(45)
        ]
        told = Counter(
            reply.json()["type"] if reply.status_code == 429 else "answered" for reply in found
        )
        assert told == {"answered": 20, "daily-limit": 10, "rate-limited": 15}
    # With Redis gone each counts by itself.
    found = [
        httpx.post(f"http://127.0.0.1:{replicas[n % 3].port}/v1/ask", **asked) for n in range(45)
    ]
    assert {reply.status_code for reply in found} == {200}
    for replica in replicas:
        warned = replica.service.log.read_bytes().count(b"cannot be used")
        replica.stop()
        assert warned == 1
    tell(
        "replicas: 45 questions to three with Redis: 20 answered, 10 beyond the day's, 15 beyond a client's; without it 45 answered"
    )
