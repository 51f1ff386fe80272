"""Two engines for the words, inside the product: the product's own weights (those of bm25s), and tantivy.

    python benchmarks/lexical.py [--passages 5000 50000] [--folder FOLDER]

Both get the same stems of the same windows, and queries of single terms joined by "or": no query
parser ever sees a user's text. tantivy is installed into FOLDER when it is needed. Each engine runs in a process of its
own, on one thread.
"""

import argparse
import json
import math
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import corpus
import numpy as np

from pullquote.corpus.corpus import load_corpus
from pullquote.index import layout
from pullquote.index.lexical import Lexical, terms
from pullquote.index.parts import keys_of, split
from pullquote.index.postings import count_words, merge_words
from pullquote.settings import Settings

NEAR = 40  # rows that the product takes from its words
ADDED = 40  # windows of one further document
QUERIES = 300


def resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


def timed(
    search: Callable[[list[str]], object], queries: Sequence[list[str]]
) -> tuple[float, float]:
    taken = []
    for query in queries:
        start = time.thread_time()
        search(query)
        taken.append((time.thread_time() - start) * 1_000)
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.99)]


def lexical_files(texts: Sequence[str]) -> tuple[bytes, ...]:
    files: dict[str, list[bytes]] = {name: [] for name in layout.LEXICAL}
    source = (count_words(texts), np.arange(len(texts), dtype=np.int32))
    merge_words([source], len(texts), lambda name, content: files[name].append(content))
    return tuple(map(b"".join, files.values()))


def ours(texts: Sequence[str], queries: Sequence[list[str]], _: Path) -> dict[str, float]:
    start = time.process_time()
    files = lexical_files(texts)
    built = time.process_time() - start
    size = sum(map(len, files)) / 1e6
    opened = Lexical.open(files, len(texts))

    def rarity(term: str) -> float:
        found = opened.count(term)
        return math.log(1 + (len(texts) - found + 0.5) / (found + 0.5))

    def search(query: list[str]) -> object:
        return opened.best({term: rarity(term) for term in set(query)}, NEAR, range(len(texts)))

    p50, p99 = timed(search, queries)
    del files
    start = time.process_time()
    lexical_files([*texts, *texts[:ADDED]])
    added = (time.process_time() - start) * 1_000
    return {
        "build": built,
        "p50": p50,
        "p99": p99,
        "disk": size,
        "resident": resident_of(opened),
        "add": added,
    }


def resident_of(opened: Lexical) -> float:
    """The arrays and the table of terms, in MB: what an open index holds."""
    held = (opened.weights, opened.indices, opened.lengths)
    arrays = (
        sum(one.whole().nbytes for one in held) + opened.starts.nbytes + opened.peaks.nbytes
    ) / 1e6
    return arrays + sum(sys.getsizeof(term) + 60 for term in opened.numbers) / 1e6


def tantivy(texts: Sequence[str], queries: Sequence[list[str]], folder: Path) -> dict[str, float]:
    start = time.process_time()
    stems = [" ".join(terms(text)) for text in texts]
    stemmed = time.process_time() - start
    before = resident()
    import tantivy as engine

    builder = engine.SchemaBuilder()
    builder.add_integer_field("row", stored=True, fast=True)
    builder.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    place = folder / f"tantivy-{len(texts)}"
    place.mkdir()
    index = engine.Index(schema, path=str(place))
    start = time.process_time()
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for row, words in enumerate(stems):
        writer.add_document(engine.Document(row=row, words=words))
    writer.commit()
    writer.wait_merging_threads()
    built = stemmed + time.process_time() - start
    index.reload()
    searcher = index.searcher()

    def search(query: list[str]) -> object:
        clauses = [
            (engine.Occur.Should, engine.Query.term_query(schema, "words", term, "freq"))
            for term in set(query)
        ]
        found = searcher.search(engine.Query.boolean_query(clauses), NEAR, count=False).hits
        return [searcher.doc(address)["row"][0] for _, address in found]

    p50, p99 = timed(search, queries)
    taken = resident() - before
    size = sum(path.stat().st_size for path in place.rglob("*")) / 1e6
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    start = time.process_time()
    for row, words in enumerate(stems[:ADDED]):
        writer.add_document(engine.Document(row=len(stems) + row, words=words))
    writer.commit()
    index.reload()
    added = (time.process_time() - start) * 1_000
    return {"build": built, "p50": p50, "p99": p99, "disk": size, "resident": taken, "add": added}


def windows(passages: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        corpus.write(Path(folder), passages)
        documents = load_corpus(Settings(corpus=Path(folder))).documents
    return [key for document in documents for key in keys_of(document, split(document))[1]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "pullquote-bench"
    )
    parser.add_argument("--engine", choices=("weights", "tantivy"))
    arguments = parser.parse_args()
    library = arguments.folder / "tantivy"
    if arguments.engine:
        sys.path.append(str(library))
        texts = windows(arguments.passages[0])
        drawn = random.Random(2).sample(range(len(texts)), QUERIES)
        queries = [terms(" ".join(texts[row].split()[-12:])) for row in drawn]
        run = {"weights": ours, "tantivy": tantivy}[arguments.engine]
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(run(texts, queries, Path(folder))))
        return
    if not library.is_dir():
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", library, "tantivy"],
            check=True,
        )
    print(
        "| passages, engine | build, CPU s | query p50 / p99, CPU ms | MB in memory | MB on disk | one document more, CPU ms |\n|---|---|---|---|---|---|"
    )
    for passages in arguments.passages:
        for engine in ("weights", "tantivy"):
            print(row(passages, engine, arguments.folder))


def row(passages: int, engine: str, folder: Path) -> str:
    command = [
        sys.executable,
        __file__,
        "--passages",
        str(passages),
        "--engine",
        engine,
        "--folder",
        str(folder),
    ]
    found: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return (
        f"| {passages:,}, {engine} | {found['build']:.2f} | {found['p50']:.2f} / {found['p99']:.2f} | "
        f"{found['resident']:.0f} | {found['disk']:.0f} | {found['add']:.0f} |"
    )


if __name__ == "__main__":
    main()
