"""Resident memory of a serving process, part by part as it is opened: JSON of names and MB."""

import argparse
import importlib
import json
import os
from pathlib import Path

from pullquote.settings import Settings


def resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1_024


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    parts, before = [], 0.0

    def note(name: str) -> None:
        nonlocal before
        now = resident()
        parts.append((name, now - before))
        before = now

    note("Python")
    for name in ("numpy", "faiss", "onnxruntime", "tokenizers"):
        importlib.import_module(name)
    note("numpy, faiss, onnxruntime, tokenizers")
    from pullquote.answers.explainer import Explainer
    from pullquote.answers.ready import Ready
    from pullquote.index import open_index
    from pullquote.models.encoder import open_encoder

    note("Pullquote")
    settings = Settings.read(os.environ)
    opened = open_index(settings)
    note("index")
    card = opened.generation.card
    explainer = Explainer(
        settings, Ready(opened, open_encoder(settings.index, card.encoder, card.model))
    )
    note("model, with what loading it left behind")
    explainer.search("warm up")
    note("first search")
    from pullquote.api.app import create_app

    create_app(explainer)
    for name in ("uvicorn", "uvloop", "h11"):
        importlib.import_module(name)
    note("FastAPI, pydantic, uvicorn")
    from pullquote.api.app import give_back_memory

    give_back_memory()
    note("given back")
    print(json.dumps(parts))


if __name__ == "__main__":
    main()
