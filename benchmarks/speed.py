"""Measure speed and size; everything that another system does too, as a ratio within one run.

    python benchmarks/speed.py [--passages 1000] [--rounds 3] [--peers] [--write] [--folder FOLDER]

Without options: a small corpus, beside sentence-transformers, in a few minutes. `--peers` adds txtai and
LlamaIndex with the same model and passages, in environments of their own, and the serving environment's
size; `--write` puts the table into benchmarks/results/performance.md. Distinct questions and one thread an answer on
all sides, unless a row says otherwise. FOLDER keeps indexes and environments from run to run.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bench import PORT, Bench, questions, texts
from load import Load, cpu, get, load, memory, post, serving
from page import ROOT, Row, page
from peers import ONE_THREAD, PEERS, environment, measured
from tokenizers import Tokenizer

from pullquote.index import open_index
from pullquote.index.generation import Generation
from pullquote.models.encoder import prepare_encoder
from pullquote.models.onnx import OnnxEncoder
from pullquote.models.ranker import bundled_words
from pullquote_eval.export import locate_model

PAGE = ROOT / "benchmarks" / "results" / "performance.md"
QUESTION = "why might killing kingpins backfire?"
TOKENS = 138  # of a sequence whose encoding is timed, as a passage has them
PROFILES = {
    "on": 0.15,
    "small": 0.3,
    "off": 0.9,
}  # by PULLQUOTE_RERANKER, the share of a round's questions asked
PEAK = 1_024  # rows and columns of the matrices that give the arithmetic peak


def cold(bench: Bench, peer: Path | str, rounds: int) -> Row:
    ours, theirs = [], []
    script, data = Path(__file__).with_name("peer.py"), bench.data
    for _ in range(rounds):
        ours.append(bench.run("ask", QUESTION)[0])
        start = time.perf_counter()
        subprocess.run(
            [peer, script, "cold", data],
            check=True,
            capture_output=True,
            env={**os.environ, **ONE_THREAD},
        )
        theirs.append(time.perf_counter() - start)
    one, other = statistics.median(ours), statistics.median(theirs)
    return (
        "first answer on a cold command line, whole process, s", f"{one:.2f}",
        f"{other:.2f} (sentence-transformers, import to first vector)", f"{one / other:.2f}",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """What one round of clients saw of a server."""

    one: Load
    many: Load
    cpu: float


def clients(process: int, requests: Sequence[bytes], *, port: int = PORT, share: int = 4) -> Served:
    """One client on its own, then 32 at once."""
    alone = len(requests) // share
    before = cpu(process)
    one = load(port, requests[:alone], 1)
    used = (cpu(process) - before) / alone * 1_000
    return Served(one, load(port, requests[alone:], 32), used)


def middle(rounds: Sequence[Served]) -> Served:
    """The medians of several rounds."""

    def of(loads: Sequence[Load]) -> Load:
        return Load(
            statistics.median(each.rate for each in loads), statistics.median(each.p50 for each in loads),
            statistics.median(each.p99 for each in loads), sum(each.errors for each in loads),
        )  # fmt: skip

    return Served(
        of([each.one for each in rounds]), of([each.many for each in rounds]),
        statistics.median(each.cpu for each in rounds),
    )  # fmt: skip


def http(bench: Bench, asked: list[str], txtai: Path | None, turns: int) -> list[Row]:
    """All profiles and txtai, turn by turn, each with questions that it was not asked before."""
    rounds: dict[str, list[Served]] = {**{name: [] for name in PROFILES}, "txtai": []}
    took: dict[str, dict[str, float]] = {}
    share = min(800, len(asked) // turns)
    for turn in range(turns):
        mine = asked[turn * share : (turn + 1) * share]
        for name, share_of in PROFILES.items():
            part = mine[: int(len(mine) * share_of)]
            with bench.served(PULLQUOTE_RERANKER=name) as process:
                rounds[name].append(clients(process, [post(text) for text in part]))
                took[name] = memory(process)
                again = load(PORT, [post(part[0])] * 500, 1)
        if txtai:
            with txtai_served(bench, txtai) as process:
                rounds["txtai"].append(
                    clients(process, [get(text) for text in mine], port=PORT + 1)
                )
                took["txtai"] = memory(process)
    return http_rows({name: found for name, found in rounds.items() if found}, took, again)


@contextmanager
def txtai_served(bench: Bench, python: Path) -> Iterator[int]:
    command = [
        str(python),
        "-m",
        "uvicorn",
        "txtai.api:app",
        "--port",
        str(PORT + 1),
        "--log-level",
        "error",
    ]
    environ = {**ONE_THREAD, "CONFIG": str(bench.data / "txtai.yml"), "HF_HUB_OFFLINE": "1"}
    with serving(command, PORT + 1, environ, "/search?query=warm&limit=3") as process:
        load(PORT + 1, [get(f"warm up {number}") for number in range(8)], 1)
        yield process


def http_rows(
    rounds: dict[str, list[Served]], took: dict[str, dict[str, float]], again: Load
) -> list[Row]:
    """Medians of the rounds; a ratio is that of the medians, with the range over the rounds."""
    peers = rounds.get("txtai", [])
    peer = middle(peers) if peers else None

    def ratio(name: str, of: Callable[[Served], float]) -> str:
        if peer is None:
            return ""
        each = sorted(of(own) / of(other) for own, other in zip(rounds[name], peers, strict=True))
        return f"{of(middle(rounds[name])) / of(peer):.2f} ({each[0]:.2f} to {each[-1]:.2f})"

    rows: list[Row] = []
    for name in PROFILES:
        own, resident = middle(rounds[name]), took[name]["resident"]
        theirs = took["txtai"]["resident"] if peer else None
        rows += [
            (f"`{name}`: one client over HTTP, p50 / p99 ms", _waits(own.one), "" if peer is None else f"{_waits(peer.one)} (txtai)",
             ratio(name, lambda served: served.one.p50)),
            (f"`{name}`: CPU time an answer, ms", f"{own.cpu:.1f}", "" if peer is None else f"{peer.cpu:.1f} (txtai)",
             ratio(name, lambda served: served.cpu)),
            (f"`{name}`: 32 clients, answers a second (p99 ms; errors)", _rate(own.many),
             "" if peer is None else f"{_rate(peer.many)} (txtai)", ratio(name, lambda served: served.many.rate)),
            (f"`{name}`: resident memory after that, MB", f"{resident:.0f}", f"{theirs:.0f} (txtai)" if theirs else "",
             f"{resident / theirs:.2f}" if theirs else ""),
        ]  # fmt: skip
    rows.append(
        ("repeated question over HTTP, p50 / p99 ms", f"{again.p50:.2f} / {again.p99:.2f}", "", "")
    )
    return rows


def _waits(found: Load) -> str:
    return f"{found.p50:.1f} / {found.p99:.1f}"


def _rate(found: Load) -> str:
    return f"{found.rate:.0f} ({found.p99:,.0f}; {found.errors})"


def build_rate(bench: Bench, passages: Sequence[str], peer: dict[str, Any] | None) -> list[Row]:
    """Sequences of TOKENS tokens a second of CPU time, and the share of the matrix peak that this is."""
    encoder = prepare_encoder(bench.settings.model, bench.folder / "models")
    assert isinstance(encoder, OnnxEncoder)
    words = " ".join(passages[:200]).split()
    lines = [" ".join(words[start : start + 200]) for start in range(0, 200 * 60, 200)]
    tokenizer = Tokenizer.from_str(bundled_words().tokenizer.to_str())
    tokenizer.no_truncation()
    # The two tokens that every text gets are part of the sequence.
    sequences = [line[: tokenizer.encode(line).offsets[TOKENS - 2][1]] for line in lines]
    rates, peaks = [], []
    square = np.random.default_rng(0).random((PEAK, PEAK), dtype=np.float32)
    for start in range(0, 60, 10):
        before = time.thread_time()
        for text in sequences[start : start + 10]:
            encoder.encode([text])
        rates.append(10 / (time.thread_time() - before))
        for _ in range(4):
            before = time.thread_time()
            square @ square
            peaks.append(2 * PEAK**3 / (time.thread_time() - before) / 1e9)
    work = 6 * (2 * TOKENS * (4 * 384**2 + 2 * 384 * 1_536) + 4 * TOKENS**2 * 384) / 1e9
    rate, peak = statistics.median(rates), max(peaks)
    theirs = peer["rate"] if peer else None
    return [
        (f"build: sequences of {TOKENS} tokens a second a core", f"{rate:.1f}", "" if theirs is None else
         f"{theirs:.1f} (sentence-transformers, passages)", "" if theirs is None else f"{rate / theirs:.2f}"),
        ("of the fp32 matrix peak of a core in the same run", f"{rate * work / peak:.0%} of {peak:.0f} GFLOP/s", "", ""),
    ]  # fmt: skip


def reindexed(bench: Bench, rounds: int) -> Row:
    """Change one document of the corpus and build again; the corpus is then as it was."""
    path = sorted((bench.settings.corpus / "generated").iterdir())[len(bench.build().rows) // 2]
    before, taken = path.read_bytes(), []
    for number in range(rounds):
        path.write_bytes(
            before
            + f"\nThe committee met again, for the {number}th time, at {time.time()}.\n".encode()
        )
        taken.append(bench.run("index"))
    path.write_bytes(before)
    bench.run("index")
    wall, used = (statistics.median(column) for column in zip(*taken, strict=True))
    documents = len(open_index(bench.settings).generation.rows)
    return (
        f"build again after one changed document of {documents}, s (CPU s)",
        f"{wall:.2f} ({used:.2f})",
        "full rebuild",
        "",
    )


def prepare_data(bench: Bench, generation: Generation, asked: Sequence[str]) -> list[str]:
    """The files that `peer.py` reads."""
    data = bench.data
    data.mkdir(exist_ok=True)
    passages = texts(generation)
    if not (data / "model").exists():
        (data / "model").symlink_to(
            locate_model(bench.settings.model).folder, target_is_directory=True
        )
    listed = data / "passages.json"
    if not listed.exists() or json.loads(listed.read_text("utf-8")) != passages:
        shutil.rmtree(data / "txtai", ignore_errors=True)  # it holds others
    listed.write_text(json.dumps(passages), encoding="utf-8")
    (data / "questions.json").write_text(json.dumps(asked[:400]), encoding="utf-8")
    np.save(data / "vectors.npy", generation.passage_vectors.take(range(len(generation.passages))))
    return passages


def measure(arguments: argparse.Namespace) -> str:
    bench = Bench(arguments.folder, arguments.passages)
    bench.folder.mkdir(parents=True, exist_ok=True)
    generation = bench.build()
    asked = questions(generation)
    passages = prepare_data(bench, generation, asked)
    peers = (
        {name: environment(bench.folder, name, needs) for name, needs in PEERS.items()}
        if arguments.peers
        else {}
    )
    others = {name: measured(python, name, bench.data) for name, python in peers.items()}
    if peers:
        others["judged"] = measured(peers["plain"], "judged", bench.data)
    rows = [cold(bench, peers.get("plain", sys.executable), arguments.rounds)]
    rows += build_rate(bench, passages, others.get("plain"))
    rows.append(reindexed(bench, arguments.rounds))
    rows += http(bench, asked, peers.get("txtai"), arguments.rounds)
    print(rows, file=sys.stderr)  # what follows may fail, and this took long
    return page(bench, generation.card.counts, rows, others)


def main() -> None:
    if os.environ.get("OMP_NUM_THREADS") != "1":  # numpy's threads are fixed when it is imported
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ONE_THREAD})
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=1_000)
    parser.add_argument(
        "--rounds", type=int, default=3, help="turns of whatever is compared; medians of these"
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="measure txtai, LlamaIndex and the serving environment too",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="write the figures into benchmarks/results/performance.md",
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "pullquote-bench"
    )
    arguments = parser.parse_args()
    if arguments.write and not arguments.peers:
        parser.error("--write needs --peers: the page compares")
    tables = measure(arguments)
    print(tables, flush=True)
    if arguments.write:
        put(tables)


def put(tables: str) -> None:
    """Replace the tables of the page."""
    marks = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)
    PAGE.write_text(
        marks.sub(lambda m: m[1] + tables + m[2], PAGE.read_text("utf-8")), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
