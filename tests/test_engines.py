"""What proposes passages: the same rows, and so the same answers, from our own files, from Milvus and from PostgreSQL."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import asgi
import engines
import numpy as np
import pytest
from fakes import (
    TEXTS,
    HashEncoder,
    built_below,
    lexical_files,
    open_with_fake,
    settings_below,
    write_corpus,
)
from fastapi import FastAPI

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.api.app import create_app
from pullquote.api.wire import answer_wire
from pullquote.errors import EngineError
from pullquote.index import build_index, open_index
from pullquote.index.engine import Engine, LocalEngine, fill
from pullquote.index.files import Stored, Within
from pullquote.index.lexical import Lexical, terms
from pullquote.index.search import Sought, retrieve
from pullquote.index.shard import Grain
from pullquote.index.vectors import VectorTable
from pullquote.settings import Address
from pullquote.upkeep import doctor
from pullquote.upkeep.indexing import index_corpus
from pullquote_scale.hosting import REST, ProvenEngine
from pullquote_scale.store import push

NAMES = ("milvus", "postgresql")
PASSAGES, WINDOWS, DIMENSION = 200, 500, 16
CHANCE = np.random.default_rng(7)
VOCABULARY = "toll road bridge fee rent cartel police tax bus city crime court".split()


@dataclass(frozen=True)
class Made:
    """A shard of chance, by which no engine can be right from memory."""

    mark: str
    exact: bool
    passage_vectors: VectorTable
    window_vectors: VectorTable
    lexical: Lexical

    def vectors(self, grain: Grain) -> VectorTable:
        return self.passage_vectors if grain is Grain.PASSAGES else self.window_vectors


def made(mark: str, passages: int = PASSAGES) -> Made:
    def table(rows: int) -> VectorTable:
        vectors = CHANCE.normal(size=(rows, DIMENSION)).astype(np.float32)
        return VectorTable(Stored(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)))

    common = 1 / np.arange(1, len(VOCABULARY) + 1)
    texts = [
        " ".join(CHANCE.choice(VOCABULARY, CHANCE.integers(0, 9), p=common / common.sum()))
        for _ in range(WINDOWS)
    ]
    return Made(
        mark * 16,
        True,
        table(passages),
        table(WINDOWS),
        Lexical.open(lexical_files(texts), WINDOWS),
    )


SHARD = made("a")


@pytest.fixture(scope="session")
def servers() -> Iterator[Callable[[str], engines.Server]]:
    """A server of each kind, started when it is first asked for, in a folder that its own user reaches."""
    started: dict[str, engines.Server] = {}
    with ExitStack() as ending:

        def get(name: str) -> engines.Server:
            if name not in started:
                started[name] = getattr(engines, name)(
                    Path(ending.enter_context(TemporaryDirectory()))
                )
                ending.callback(started[name].stop)
                started[name].start()
                engines.engine(started[name].address("contract")).put(SHARD)
            return started[name]

        yield get


@pytest.fixture(scope="session", params=("local", *NAMES))
def engine(request: pytest.FixtureRequest, servers: Callable[[str], engines.Server]) -> Engine:
    """An engine of the shard of chance."""
    if request.param == "local":
        return LocalEngine()
    return engines.engine(servers(request.param).address("contract"))


@pytest.fixture(params=NAMES)
def server(
    request: pytest.FixtureRequest, servers: Callable[[str], engines.Server]
) -> Iterator[engines.Server]:
    """A server that a test may kill; it runs again afterwards."""
    found = servers(request.param)
    yield found
    found.stop()
    found.start()


# The contract


@pytest.mark.slow
@pytest.mark.parametrize(
    "within",
    [
        range(PASSAGES),
        range(30, 71),
        range(PASSAGES - 1, PASSAGES),
        range(40, 40),
        np.array([3]),
        np.arange(20, 90),
        np.arange(1, PASSAGES, 2),
    ],
    ids=str,
)
@pytest.mark.parametrize("grain", Grain)
def test_the_nearest_of_a_range_or_of_what_passes_are_those_of_an_exhaustive_search(
    engine: Engine, grain: Grain, within: Within
):
    vectors = (
        SHARD.passage_vectors if grain is Grain.PASSAGES else SHARD.window_vectors
    ).rows.whole()
    for count in (1, 20, 100_000):
        asked = vectors[CHANCE.integers(len(vectors))] + 0.1
        best = sorted(map(int, within), key=lambda row: (-float(vectors[row] @ asked), row))[:count]
        assert engine.search_vector(SHARD, grain, asked, count, within).tolist() == best


@pytest.mark.slow
def test_milvus_has_the_nearest_of_very_many_in_a_graph(
    servers: Callable[[str], engines.Server], monkeypatch: pytest.MonkeyPatch
):
    graph, shard = engines.engine(servers("milvus").address("graph")), made("b")
    monkeypatch.setattr("pullquote_scale.milvus.GRAPH", PASSAGES - 1)
    graph.put(shard)
    vectors = shard.passage_vectors.rows.whole()
    best = np.argsort(-(vectors @ vectors[3]), kind="stable")[:20]
    assert (
        graph.search_vector(shard, Grain.PASSAGES, vectors[3], 20, range(PASSAGES)).tolist()
        == best.tolist()
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "within",
    [
        range(WINDOWS),
        range(30, 71),
        range(WINDOWS - 1, WINDOWS),
        range(40, 40),
        np.array([3]),
        np.arange(20, 90),
        np.arange(1, WINDOWS, 2),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "words", ["tolls", "toll court zebra", "the roads of a city and its courts", "zebra", ""]
)
def test_the_rows_with_the_most_telling_words_are_those_of_an_exhaustive_search(
    engine: Engine, words: str, within: Within
):
    weights, scores = {term: 1 + len(term) / 4 for term in terms(words)}, np.zeros(WINDOWS)
    for term in weights.keys() & SHARD.lexical.numbers.keys():
        start, end = SHARD.lexical.starts[SHARD.lexical.numbers[term] :][:2]
        scores[SHARD.lexical.indices.slice(start, end)] += weights[
            term
        ] * SHARD.lexical.weights.slice(start, end)
    best = -np.sort(-scores[np.asarray(within, np.int64)])
    for count in (1, 80, 100_000):
        found = engine.search_text(SHARD, weights, count, within).tolist()
        assert len(found) == len({*found} & {*within}) == min(count, int((best > 0).sum()))
        assert np.allclose(scores[found], best[: len(found)], atol=1e-5)


@pytest.mark.parametrize(
    "wrong",
    [[1, 2], [1, 2, 2], [1, 2, 99], [1, 2, 3, 4]],
    ids=["too few", "twice", "outside", "too many"],
)
def test_rows_that_cannot_be_right_are_asked_for_once_more_and_are_no_answer(wrong: list[int]):
    class Moody:
        gives: Iterator[list[int]]

        def check(self, shard: Made) -> None: ...
        def search_vector(self, *asked: object) -> list[int]:
            return next(self.gives)

    proven = ProvenEngine(Moody())
    for gives in ([wrong, [1, 2, 3]], [wrong, wrong, [1, 2, 3]]):
        proven.database.gives = iter(gives)
        with (
            nullcontext() if len(gives) == 2 else pytest.raises(EngineError, match="fill it again")
        ):
            assert {
                *proven.search_vector(
                    SHARD, Grain.PASSAGES, SHARD.passage_vectors.take([0])[0], 3, range(50)
                ).tolist()
            } == {1, 2, 3}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_shard_that_is_not_there_or_only_in_part_is_told_before_it_is_asked(
    servers: Callable[[str], engines.Server], name: str
):
    engine = ProvenEngine(engines.engine(servers(name).address("contract")).database)
    for shard in (
        made("b"),
        replace(SHARD, passage_vectors=made("c", PASSAGES + 1).passage_vectors),
    ):
        with pytest.raises(EngineError, match="run `pullquote index`"):
            engine.search_vector(
                shard, Grain.PASSAGES, shard.passage_vectors.take([0])[0], 3, range(50)
            )


# Whole answers


def told(explainer: Explainer, question: str) -> dict[str, object]:
    body = dict(answer_wire(explainer.ask(Query(question=question))))
    body.pop("timings_ms")
    return body


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_the_same_from_every_engine(
    servers: Callable[[str], engines.Server], real_explainer: Explainer, name: str
):
    settings = replace(
        real_explainer.settings, engine=servers(name).address("demo"), engine_seconds=30.0
    )
    fill(settings, real_explainer.generation.numbering.shards)
    other = Explainer.open(settings)
    assert isinstance(other.generation.engine, ProvenEngine)
    questions = [
        *real_explainer.suggestions(),
        "What do critics say of military action?",
        "kingpins",
        "Who won the cup?",
    ]
    assert [told(other, question) for question in questions] == [
        told(real_explainer, question) for question in questions
    ]


@pytest.fixture
def behind(server: engines.Server, tmp_path: Path) -> FastAPI:
    """The service of the small debates behind an engine, which may take a second."""
    settings = built_below(tmp_path, TEXTS, engine=server.address("faults"), engine_seconds=1.0)
    return create_app(open_with_fake(settings))


def asked(app: FastAPI, path: str = "/v1/search?q=who+should+pay+for+a+road") -> asgi.Reply:
    return asgi.ask(app, "GET", path)


def recovered(app: FastAPI, before: asgi.Reply) -> None:
    """Fail unless the same is answered as before, without a word from anybody, once the engine is there."""
    end = time.monotonic() + 20
    while (reply := asked(app)).status != 200:
        assert (time.monotonic() < end, reply.json["type"]) == (True, "engine-unavailable")
        time.sleep(REST / 2)
    assert reply.json == before.json


@pytest.mark.slow
def test_an_engine_that_is_slow_or_gone_is_told_in_time_and_asked_again_by_itself(
    server: engines.Server, behind: FastAPI
):
    before, settings = asked(behind), behind.state.explainer.settings
    assert before.status == asked(behind, "/readyz").status == 200
    for hurt, mend in (
        (signal.SIGSTOP, lambda: server.signal(signal.SIGCONT)),
        (signal.SIGKILL, server.start),
    ):
        server.signal(hurt)
        started = time.monotonic()
        reply = asked(behind)
        assert (reply.status, reply.json["type"], "try again" in reply.json["detail"]) == (
            503,
            "engine-unavailable",
            True,
        )
        assert time.monotonic() - started < 5, (
            "it may take one second, on a machine that does something else too"
        )
        assert asked(behind, "/readyz").json["type"] == "engine-unavailable"
        [told] = doctor._unless(
            doctor._engine(settings, open_index(settings).generation), "engine", "start it"
        )
        assert (told.state, "did not answer within" in told.found, "127.0.0.1" in told.text) == (
            "wrong",
            True,
            False,
        )
        mend()
        recovered(behind, before)
    server.stop()
    server.start()
    assert asked(behind).status == 200, "it restarted while nobody asked"


@pytest.mark.slow
def test_an_engine_that_restarts_in_the_middle_of_a_question_gives_the_whole_answer_or_none(
    server: engines.Server, behind: FastAPI, monkeypatch: pytest.MonkeyPatch
):
    before, search = asked(behind), ProvenEngine.search_vector

    def restarted(*arguments):
        monkeypatch.setattr(ProvenEngine, "search_vector", search)
        found = search(*arguments)
        server.stop()
        server.start()
        return found

    monkeypatch.setattr(ProvenEngine, "search_vector", restarted)
    reply = asked(behind)
    assert reply.status == 503 or reply.json == before.json
    recovered(behind, before)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_base_and_what_changed_since_are_searched_as_by_our_own_files(
    servers: Callable[[str], engines.Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
):
    monkeypatch.setattr("pullquote.index.plan.EXACT_WINDOWS", 20)
    texts = {
        f"{place}/{n:02}.txt": f"A toll in {place} pays for {n} roads. Bus {n} is late."
        for place in "ab"
        for n in range(20)
    }
    write_corpus(tmp_path / "corpus", texts)
    settings = settings_below(tmp_path, engine=servers(name).address("parts"), engine_seconds=30.0)
    build_index(settings, HashEncoder())
    write_corpus(
        tmp_path / "corpus", {"a/03.txt": "A toll is unfair.", "b/new.txt": "Bus 7 pays a toll."}
    )
    (tmp_path / "corpus" / "b" / "07.txt").unlink()
    build_index(settings, HashEncoder())
    found = [open_index(one).generation for one in (settings, replace(settings, engine=None))]
    assert [len(one.numbering.shards) for one in found] == [2, 2]
    for question in ("Who pays a toll?", "Is bus 7 late?", "unfair tolls", "zebra"):
        sought = Sought(question, HashEncoder().encode([question])[0])
        theirs, ours = (
            [retrieve(one, sought, one.documents_of(debate)) for debate in (None, "a", "b")]
            for one in found
        )
        assert theirs == ours
    assert isinstance(found[0].engine, ProvenEngine)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_build_that_ends_before_the_switch_leaves_the_old_one_and_the_next_sweeps(
    servers: Callable[[str], engines.Server], tmp_path, monkeypatch: pytest.MonkeyPatch, name: str
):
    settings = built_below(
        tmp_path, TEXTS, engine=servers(name).address("builds"), engine_seconds=30.0
    )
    first = open_index(settings).generation.numbering.shards[0]
    before = asked(create_app(open_with_fake(settings)))
    write_corpus(
        tmp_path / "corpus", {"road-tolls/more.txt": "A toll is paid by those who use the road."}
    )
    with monkeypatch.context() as patch:
        patch.setattr(
            "pullquote.index.build.publish",
            lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            index_corpus(settings, HashEncoder())
    assert asked(create_app(open_with_fake(settings))).json == before.json
    database, marks = engines.engine(settings.engine).database, []
    for word in ("bus", "tram"):
        write_corpus(tmp_path / "corpus", {"road-tolls/more.txt": f"A toll pays for a {word}."})
        marks.append(index_corpus(settings, HashEncoder()).generation.numbering.shards[0])
    for shard in marks:
        database.check(shard)
    with pytest.raises(EngineError, match="does not hold"):
        database.check(first)
    assert len(asked(create_app(open_with_fake(settings)), "/v1/search?q=tram").json["quotes"]) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_what_the_store_keeps_for_slow_replicas_stays_in_the_engine_as_long(
    servers: Callable[[str], engines.Server],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
):
    (tmp_path / "store").mkdir()
    engine, files = servers(name).address("replicas"), Address(f"file://{tmp_path}/store")
    settings = settings_below(tmp_path, engine=engine, files=files, engine_seconds=30.0)
    database, shards = engines.engine(engine).database, []

    def edition(number: int) -> None:
        write_corpus(tmp_path / "corpus", {"tolls/toll.txt": f"Drivers pay {number} tolls."})
        shards.append(index_corpus(settings, HashEncoder()).generation.numbering.shards[0])
        push(settings)

    for number in range(4):
        edition(number)
    for shard in shards:  # though no manifest names the first any longer, here or in the store
        database.check(shard)
    monkeypatch.setattr("pullquote_scale.store.RETIRED_SECONDS", -1.0)
    push(
        settings
    )  # the store lets go of what is not named, and the engine with the next generation
    edition(4)
    for shard in shards[2:]:
        database.check(shard)
    for shard in shards[:2]:
        with pytest.raises(EngineError, match="does not hold"):
            database.check(shard)
