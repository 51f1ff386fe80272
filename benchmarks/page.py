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


def memory_parts(bench: Bench) -> list[tuple[str, float]]:
    script = Path(__file__).with_name("resident.py")
    done = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True, env=bench.environ())
    return [(name, float(value)) for name, value in json.loads(done.stdout)]


def page(bench: Bench, counts: Mapping[str, int], rows: Sequence[Row], others: Mapping[str, Mapping[str, Any]]) -> str:
    """All tables; those of other systems where these were measured."""
    name = f"{counts['documents']} documents, {counts['passages']:,} passages, {counts['windows']:,} sentences"
    lines = [machine(), "", f"| {name} | pullquote | peer | ratio |", "|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    lines += ["", "| other systems, same passages and model | p50 / p99 ms | CPU ms | passages a second a core | MB |"]
    lines += ["|---|---|---|---|---|"]
    for peer, found in others.items():
        if "p50" in found:
            lines.append(
                f"| {peer}, in process | {found['p50']:.1f} / {found['p99']:.1f} | {found['cpu']:.1f} | {found['rate']:.1f} | {found['resident']:.0f} |"
            )
    lines += ["", "| resident memory | MB |", "|---|---|"]
    lines += [f"| {part} | {taken:.0f} |" for part, taken in memory_parts(bench)]
    if others:
        place = serving_environment(bench.folder, ROOT)
        lines += ["", f"| serving environment on disk: {size(place):.0f} MB; of it | MB |", "|---|---|"]
        lines += [f"| {part} | {taken:.0f} |" for part, taken in parts(place)]
        for peer in PEERS:
            lines.append(f"| environment of {peer} | {size(bench.folder / peer):.0f} |")
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Date, machine, threads and versions, in a sentence or two."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    flags = [flag for flag in ("avx512f", "amx_bf16") if flag in Path("/proc/cpuinfo").read_text("utf-8")]
    known = ", ".join(f"{package} {version}" for package, version in versions().items())
    busy = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {model[1] if model else platform.machine()} ({', '.join(flags)}), "
        f"{len(os.sched_getaffinity(0))} cores with a load of {busy:.1f} when the run ended, Python {platform.python_version()}, "
        f"{known}. One thread an answer on all sides."
    )
