"""A long time of visitors: is memory flat, are descriptors, is there an error? One line a minute.

    python benchmarks/soak.py [--rate 20] [--seconds 3600] [--questions 0] [--ranker off] [--reload 300] [--clients 3]

Each question is another one (runs of words of the demo documents), so that nothing comes from a cache. After each
tenth answer its first quote is judged, and after each fifth it is checked letter for letter and its document opened in
the reader. Meanwhile a document gains a paragraph and the index is built anew, so that the service reloads. With
--questions it ends after so many answers instead.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus import real_sentences, write
from load import cpu, memory, serving

KEY = "0123456789abcdef-soak"
ASKS = (
    "Why is it that {}?",
    "Who says that {}?",
    "Is it true that {}?",
    "What follows where {}?",
    "What of {}?",
)
COMMAND = (sys.executable, "-m", "pullquote")


@dataclass(slots=True)
class Seen:
    """What the clients saw since the last line, and all errors."""

    taken: list[float] = field(default_factory=list)
    others: int = 0
    answered: int = 0
    busy: int = 0
    errors: list[str] = field(default_factory=list)


def questions() -> Iterator[str]:
    """Questions of which none comes twice."""
    chance, known = random.Random(1), set()
    words = [sentence.rstrip(".").split() for sentence in real_sentences()]
    while True:
        one = chance.choice(words)
        start, length = chance.randrange(len(one)), chance.randint(4, 12)
        question = chance.choice(ASKS).format(" ".join(one[start : start + length]))
        if question not in known:
            known.add(question)
            yield question


class Client:
    """One connection that is opened again where the server ended it."""

    def __init__(self, port: int) -> None:
        self._port, self._ends = port, None

    async def send(self, method: str, path: str, told: object = None) -> tuple[int, Any]:
        body = json.dumps(told).encode() if told is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        for ends in (self._ends, None):
            reader, writer = ends or await asyncio.open_connection("127.0.0.1", self._port)
            self._ends = reader, writer
            try:
                writer.write(head.encode() + body)
                return await self._read(reader)
            except (ConnectionError, asyncio.IncompleteReadError):
                writer.close()
                if ends is None:
                    raise
        raise AssertionError

    async def _read(self, reader: asyncio.StreamReader) -> tuple[int, Any]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:] if line)
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        return int(lines[0].split()[1]), json.loads(body) if "json" in fields.get(
            "content-type", ""
        ) else body


async def visit(client: Client, question: str, number: int, seen: Seen) -> None:
    """Ask; then now and then judge, check and open what was quoted."""
    start = time.perf_counter()
    status, answer = await client.send("POST", "/v1/ask", {"question": question})
    seen.taken.append((time.perf_counter() - start) * 1_000)
    if status == 503 and answer["type"] == "busy":
        seen.busy += 1
        return None
    if status != 200:
        return seen.errors.append(f"ask {status} {answer}"[:300])
    seen.answered += answer["status"] == "answered"
    if not answer["quotes"] or number % 5:
        return None
    quote = answer["quotes"][0]
    place = {name: quote[name] for name in ("document_id", "start", "end")}
    status, verdict = await client.send(
        "POST", "/v1/verify", {"quote": quote["exact"], "document_id": quote["document_id"]}
    )
    if status != 200 or verdict["result"] != "verbatim":
        seen.errors.append(f"verify {status} {verdict}"[:300])
    for path in (
        f"/documents/{quote['document_id']}?start={quote['start']}&end={quote['end']}",
        "/readyz",
    ):
        status, _ = await client.send("GET", path)
        if status != 200:
            seen.errors.append(f"{path} {status}")
    seen.others += 3
    if number % 10 == 0:
        told = {
            "verdict": "helpful",
            "question": question,
            "answer_id": answer["id"],
            "generation": answer["index"]["generation"],
        }
        status, problem = await client.send("POST", "/v1/feedback", place | told)
        seen.others += 1
        if status != 204:
            seen.errors.append(f"feedback {status} {problem}"[:300])
    return None


async def visits(port: int, given: argparse.Namespace, seen: Seen) -> int:
    """All visits, begun at the rate asked for, or as soon as a client is free where there is none."""
    asked, begun, number = questions(), time.monotonic(), 0
    over = begun + given.seconds

    async def one() -> None:
        nonlocal number
        client = Client(port)
        while (number < given.questions) if given.questions else time.monotonic() < over:
            number += 1
            mine = number
            if given.rate:
                await asyncio.sleep(max(0.0, begun + mine / given.rate - time.monotonic()))
            try:
                await visit(client, next(asked), mine, seen)
            except (OSError, asyncio.IncompleteReadError) as error:
                seen.errors.append(f"connection {error!r}")

    await asyncio.gather(*(one() for _ in range(given.clients)))
    return number


def _count(pid: int, what: str) -> int:
    return len(list(Path(f"/proc/{pid}/{what}").iterdir()))


async def sampled(pid: int, port: int, seen: Seen, begun: float) -> None:
    """A line a minute."""
    print(
        "| minute | answers | a second | p50 / p99 ms | resident (private) MB | descriptors | threads | errors |",
        flush=True,
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    client, total, last = Client(port), 0, time.monotonic()
    while True:
        await asyncio.sleep(60)
        now, taken, seen.taken = time.monotonic(), sorted(seen.taken), []
        total += len(taken)
        held = memory(pid)
        middle = (
            f"{statistics.median(taken):.0f} / {taken[int(len(taken) * 0.99)]:.0f}" if taken else ""
        )
        print(
            f"| {(now - begun) / 60:.0f} | {total} | {len(taken) / (now - last):.1f} | {middle} "
            f"| {held['resident']:.0f} ({held['private']:.0f}) | {_count(pid, 'fd')} "
            f"| {_count(pid, 'task')} | {len(seen.errors)} |",
            flush=True,
        )
        last = now
        status, _ = await client.send("GET", "/v1/report")
        if status != 200:
            seen.errors.append(f"report {status}")


async def rebuilt(corpus: Path, environ: dict[str, str], every: float) -> None:
    """A paragraph more, and the index built anew, again and again."""
    number = 0
    while every:
        await asyncio.sleep(every)
        number += 1
        with min((corpus / "generated").glob("*.txt")).open("a") as file:
            file.write(
                f"\n\nThe committee met again, and noted point {number} of its list without a vote.\n"
            )
        build = await asyncio.create_subprocess_exec(
            *COMMAND, "index", env=environ, stdout=subprocess.DEVNULL
        )
        print(f"| | index built: {await build.wait()} | | | | | | |", flush=True)


async def soak(pid: int, given: argparse.Namespace, corpus: Path, environ: dict[str, str]) -> None:
    seen, begun = Seen(), time.monotonic()
    beside = [
        asyncio.create_task(sampled(pid, given.port, seen, begun)),
        asyncio.create_task(rebuilt(corpus, environ, given.reload)),
    ]
    number = await visits(given.port, given, seen)
    for task in beside:
        task.cancel()
    minutes = (time.monotonic() - begun) / 60
    print(
        f"\n{number} questions and {seen.others} other requests in {minutes:.1f} minutes, {seen.answered} answered with quotes, "
        f"{seen.busy} refused for a full line, {len(seen.errors)} errors; CPU {cpu(pid):.0f} s; memory at the end {memory(pid)}"
    )
    print("\n".join(dict.fromkeys(seen.errors[:20])))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=20.0,
        help="questions a second; 0: as soon as a client is free",
    )
    parser.add_argument("--seconds", type=float, default=3_600.0)
    parser.add_argument("--questions", type=int, default=0)
    parser.add_argument("--ranker", default="off")
    parser.add_argument(
        "--reload", type=float, default=300.0, help="seconds between two builds; 0: none"
    )
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument(
        "--folder", type=Path, help="where corpus and index are, or are put and stay"
    )
    parser.add_argument(
        "--clients", type=int, default=3, help="connections that wait for an answer each"
    )
    parser.add_argument("--port", type=int, default=8077)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as own_folder:
        folder = given.folder or Path(own_folder)
        corpus = folder / "corpus"
        if not corpus.exists():
            write(corpus, given.passages)
        own = {
            "CORPUS": corpus,
            "INDEX": folder / "index",
            "STORE": folder / "records.sqlite",
            "ADMIN_KEY": KEY,
        }
        own |= {
            "PORT": given.port,
            "RERANKER": given.ranker,
            "RATE_LIMIT": "off",
            "KEY_RATE_LIMIT": "off",
        }
        environ = {**os.environ, **{f"PULLQUOTE_{name}": str(value) for name, value in own.items()}}
        subprocess.run([*COMMAND, "index"], env=environ, check=True, stdout=subprocess.DEVNULL)
        with serving([*COMMAND, "serve"], given.port, environ, "/readyz") as pid:
            asyncio.run(soak(pid, given, corpus, environ))


if __name__ == "__main__":
    main()
