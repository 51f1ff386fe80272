"""The page of figures: tables in Markdown, the machine and the versions."""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import Bench
from peers import PEERS, parts, serving_environment, size, versions

ROOT = Path(__file__).parents[1]
Row = tuple[str, str, str, str]
NAMES = {
    "plain": "sentence-transformers and FAISS, no words, no text kept",
    "judged": "sentence-transformers and FAISS, and a cross-encoder of the size of `on` over eight passages",
    "llama": "LlamaIndex, FAISS and BM25",
    "txtai": "txtai, hybrid",
}
LOAD = os.getloadavg()[0]  # before anything is measured


def memory_parts(bench: Bench) -> list[tuple[str, float]]:
    script = Path(__file__).with_name("resident.py")
    done = subprocess.run(
        [sys.executable, script], check=True, capture_output=True, text=True, env=bench.environ()
    )
    return [(name, float(value)) for name, value in json.loads(done.stdout)]


def page(
    bench: Bench,
    counts: Mapping[str, int],
    rows: Sequence[Row],
    others: Mapping[str, Mapping[str, Any]],
) -> str:
    """All tables; those of other systems where these were measured."""
    name = f"{counts['documents']} documents, {counts['passages']:,} passages, {counts['windows']:,} sentences"
    lines = [machine(), "", f"| {name} | pullquote | peer | ratio |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    if others:
        place = serving_environment(bench.folder, ROOT)
        own, sizes = size(place), {peer: size(bench.folder / peer) for peer in PEERS}
        theirs = ", ".join(f"{taken:,.0f} ({NAMES[peer]})" for peer, taken in sizes.items())
        lines.append(
            f"| serving environment on disk, MB | {own:.0f} | {theirs} | {own / min(sizes.values()):.2f} |"
        )
        lines += [
            "",
            "| other systems, in process, same passages and model | p50 / p99 ms | CPU ms | passages indexed a second of CPU | MB |",
        ]
        lines += ["|---|---|---|---|---|"]
        for peer, found in others.items():
            rate = f"{found['rate']:.1f}" if "rate" in found else ""
            waits = ("", "", rate, "")
            if "p50" in found:
                waits = (
                    f"{found['p50']:.1f} / {found['p99']:.1f}",
                    f"{found['cpu']:.1f}",
                    rate,
                    f"{found['resident']:.0f}",
                )
            lines.append(f"| {NAMES[peer]} | {' | '.join(waits)} |")
    lines += ["", "| resident memory by part | MB |", "|---|---|"]
    lines += [f"| {part} | {taken:.0f} |" for part, taken in memory_parts(bench)]
    if others:
        lines += ["", "| serving environment by part | MB |", "|---|---|"]
        lines += [f"| {part} | {taken:.0f} |" for part, taken in parts(place)]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Date, machine, threads and versions, in a sentence or two."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    flags = [
        flag
        for flag in ("avx2", "avx512f", "amx_bf16")
        if flag in Path("/proc/cpuinfo").read_text("utf-8")
    ]
    known = ", ".join(f"{package} {version}" for package, version in versions().items())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {model[1] if model else platform.machine()} ({', '.join(flags)}), "
        f"{len(os.sched_getaffinity(0))} cores with a load of {LOAD:.1f} before the run, Python {platform.python_version()}, "
        f"{known}. One thread an answer on all sides."
    )
