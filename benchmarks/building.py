"""What building costs: seconds, processor and memory, of all and of one change, by the number of passages.

    python benchmarks/building.py FOLDER --passages 1000 10000 100000 [--models]

Without `--models` small stand-ins make vectors of the usual shapes from a text's hash: what is then measured is all but the
models, whose cost is so much a letter whatever else there is. Each figure comes from a process of its own.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import corpus
import numpy as np

from pullquote.corpus.documents import Document
from pullquote.index import build_index
from pullquote.models.interaction import DIMENSION, TokenCodes
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

STEPS = ("build", "change", "remove", "add", "again", "merge")


class Standing:
    """Unit vectors of 384 numbers, and five-letter tokens of 64, drawn from a text's hash."""

    identity = "5d" * 32
    dimension = 384

    def encode(self, texts: Sequence[str]) -> Vectors:
        drawn = np.stack(
            [_chance(text).standard_normal(self.dimension, np.float32) for text in texts]
        )
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)

    def window(self, text: str) -> TokenCodes:
        return _chance(text).integers(-100, 100, (max(1, len(text) // 5), DIMENSION), np.int8)


def _chance(text: str) -> np.random.Generator:
    return np.random.Generator(
        np.random.SFC64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()))
    )


def silent(_: Document, __: Sequence[Any]) -> bytes:
    return b'{"voices": [], "verdicts": []}'


def settings_of(folder: Path) -> Settings:
    return Settings(
        corpus=folder / "corpus",
        index=folder / "index",
        min_free_bytes=0,
        max_documents=10**7,
        max_corpus_bytes=10**12,
    )


def step(folder: Path, name: str, *, models: bool) -> dict[str, float]:
    """Change the corpus as the step says, and build: what that took."""
    settings, there = settings_of(folder), folder / "corpus" / "generated"
    some = sorted(there.iterdir())[len(list(there.iterdir())) // 3]
    if name == "change":
        some.write_text(
            some.read_text(encoding="utf-8") + "\nOne more sentence stands here now.\n",
            encoding="utf-8",
        )
    elif name == "remove":
        some.unlink()
    elif name == "add":
        (there / "remarks-new.txt").write_text(
            some.read_text(encoding="utf-8").replace("The", "A"), encoding="utf-8"
        )
    elif name == "merge":  # more than a tenth: a new base is made
        for path in sorted(there.iterdir())[::8]:
            path.write_text(
                path.read_text(encoding="utf-8").replace("The", "That"), encoding="utf-8"
            )
    start, used = time.perf_counter(), time.process_time()
    if models:
        index_corpus(settings)
    else:
        made: Any = Standing()
        build_index(settings, made, interaction=made, attribute=silent)
    told = {"seconds": time.perf_counter() - start, "processor": time.process_time() - used}
    return told | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024}


def measured(folder: Path, passages: int, *, models: bool) -> dict[str, Any]:
    """All steps for a corpus of so many passages."""
    if not (folder / "corpus").is_dir():
        corpus.write(folder / "corpus", passages)
    letters = sum(entry.stat().st_size for entry in os.scandir(folder / "corpus" / "generated"))
    found: dict[str, Any] = {"passages": passages, "letters": letters}
    for name in STEPS:
        command = [
            sys.executable,
            __file__,
            str(folder),
            "--step",
            name,
            *(["--models"] if models else []),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found[name] = json.loads(done.stdout)
        print(passages, name, found[name], file=sys.stderr)
    found["disk_mb"] = (
        sum(path.stat().st_size for path in (folder / "index").rglob("*") if path.is_file()) / 2**20
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument(
        "--models", action="store_true", help="the real models, in place of stand-ins"
    )
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(step(given.folder, given.step, models=given.models)))
        return
    rows = [
        measured(given.folder / str(count), count, models=given.models) for count in given.passages
    ]
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
