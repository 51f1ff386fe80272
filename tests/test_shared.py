"""What replicas share: counts in Redis or PostgreSQL, records in PostgreSQL; and what happens while these are away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import services
from serving import free_port

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.errors import SettingsError
from pullquote.settings import Address, Settings
from pullquote.upkeep import records
from pullquote.upkeep.counts import Counts, counts_of
from pullquote.upkeep.records import Judgement, Records
from pullquote_scale import counts

pytestmark = pytest.mark.slow
KEY = "client 198.51.100.7"


@pytest.fixture(scope="module")
def started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def servers(started: ExitStack, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The address of a server of a kind, one for all tests here."""
    known: dict[str, str] = {}

    def address(kind: str) -> str:
        if kind not in known:
            known[kind] = started.enter_context(
                getattr(services, kind)(tmp_path_factory.mktemp(kind))
            )
        return known[kind]

    return address


@asynccontextmanager
async def made(url: str, count: int = 1) -> AsyncIterator[list[Counts]]:
    """What so many replicas count with."""
    replicas = [counts_of(Settings(state=Address(url))) for _ in range(count)]
    try:
        yield replicas
    finally:
        for replica in replicas:
            await replica.close()


@pytest.mark.parametrize("kind", ["redis", "postgresql"])
def test_replicas_count_together_in_windows_that_end(
    servers: Callable[[str], str], kind: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(counts, "PATIENCE", 10.0)  # how they count, not how long they wait

    async def scene() -> None:
        async with made(servers(kind), 3) as replicas:
            await asyncio.gather(*(one.count("warm up", 60) for one in replicas))
            found = await asyncio.gather(*(replicas[n % 3].count(KEY, 60) for n in range(30)))
            assert sorted(count for count, _ in found) == list(range(1, 31))
            assert all(50 < left <= 60 for _, left in found)
            assert [(await one.count("another", 1))[0] for one in replicas] == [1, 2, 3]
            await asyncio.sleep(1.1)
            assert (await replicas[0].count("another", 1))[0] == 1

    asyncio.run(scene())


@pytest.mark.parametrize("kind", ["redis", "postgresql"])
def test_while_they_cannot_count_together_each_counts_by_itself_and_says_so_once_without_a_password(
    kind: str, caplog: pytest.LogCaptureFixture
):
    async def scene() -> list[int]:
        async with made(f"{kind}://ann:secret@127.0.0.1:{free_port()}/0") as [own]:
            return [(await own.count(KEY, 60))[0] for _ in range(5)]

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(scene()) == [1, 2, 3, 4, 5]
    [told] = [record.getMessage() for record in caplog.records]
    assert told.startswith(f"PULLQUOTE_STATE={kind}://127.0.0.1:")
    assert "secret" not in told


def test_counting_goes_on_together_when_the_server_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(counts, "PAUSE", 0.0)
    port = free_port()

    async def scene() -> None:
        async with made(f"redis://127.0.0.1:{port}", 2) as (one, other):
            with services.redis(tmp_path, port):
                assert [(await each.count(KEY, 60))[0] for each in (one, other)] == [1, 2]
            assert [(await each.count(KEY, 60))[0] for each in (one, other, one)] == [1, 1, 2]
            with services.redis(tmp_path, port):
                assert [(await each.count(KEY, 60))[0] for each in (one, other, one)] == [1, 2, 3]

    asyncio.run(scene())


def test_no_address_of_a_visitor_lies_in_the_place_that_counts(servers: Callable[[str], str]):
    from redis import Redis

    async def scene() -> None:
        async with made(servers("redis")) as [one]:
            await one.count(KEY, 60)

    asyncio.run(scene())
    with Redis.from_url(servers("redis")) as client:
        keys = client.keys("*")
        assert keys
        assert not [key for key in keys if b"198.51" in key or client.ttl(key) < 0]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, servers: Callable[[str], str], tmp_path: Path
) -> Iterator[Path | Address]:
    """Where records lie, empty."""
    if request.param == "sqlite":
        yield tmp_path / "r.db"
        return
    import psycopg

    url = servers("postgresql")
    yield Address(url)
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS pullquote CASCADE")


JUDGED = Judgement(
    generation="g",
    answer_id="a",
    question="Wh\0y?",
    document_id="d",
    start=0,
    end=4,
    verdict="helpful",
)


def test_records_are_the_same_wherever_they_lie(
    place: Path | Address, explainer: Explainer, monkeypatch: pytest.MonkeyPatch
):
    replicas = [Records(place, keep_days=30) for _ in range(2)]
    answers = [
        explainer.ask(Query(question=q))
        for q in ("Who should pay for a road?", "What is the price of gold?")
    ]
    for number, answer in enumerate(answers * 3):
        replicas[number % 2].asked(answer)
    for one in (
        JUDGED,
        replace(JUDGED, question="Who?"),
        replace(JUDGED, start=2, verdict="wrong_quote"),
    ):
        replicas[0].judged(one)
    told = replicas[1]
    assert told.counts() == (6, 3 * sum(answer.reason is not None for answer in answers))
    assert [row["question"] for row in told.questions()] == [
        answer.resolved_question for answer in answers * 3
    ]
    assert told.questions()[0]["documents"] == sorted(
        {one.quote.document.id for one in answers[0].citations}
    )
    assert [(row["verdict"], row["count"]) for row in told.verdicts()] == [
        ("helpful", 2),
        ("wrong_quote", 1),
    ]
    assert [
        (row["start"], row["end"], row["count"], row["question"]) for row in told.quotes_judged(9)
    ][1] == (0, 4, 2, "Who?")
    today = records._today()
    monkeypatch.setattr(records, "_today", lambda: today.replace(year=today.year + 1))
    assert told.questions() == []


def test_the_oldest_records_make_room(place: Path | Address):
    kept = Records(place, most_bytes=150_000)
    for number in range(25):
        kept.judged(
            replace(JUDGED, question=f"{number} " + "?" * 12_000, start=number, end=number + 1)
        )
    found = kept.quotes_judged(99)
    assert found[0]["start"] == 24
    assert 5 < len(found) < 15


def test_records_wait_while_the_database_is_away_and_it_is_told_without_a_password(
    tmp_path: Path, explainer: Explainer, caplog: pytest.LogCaptureFixture
):
    away = Records(Address(f"postgresql://ann:secret@127.0.0.1:{free_port()}/postgres"))
    answer = explainer.ask(Query(question="Who should pay for a road?"))
    with caplog.at_level(logging.WARNING):
        away.asked(answer)
        away.asked(answer)
    assert [record.getMessage() for record in caplog.records] == [
        "records wait to be written: OperationalError"
    ]
    with pytest.raises(
        SettingsError,
        match=r"PULLQUOTE_STORE=postgresql://127.* cannot be used just now \(OperationalError\)",
    ) as told:
        away.counts()
    assert "secret" not in str(told.value)
