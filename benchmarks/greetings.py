"""How many greetings of the held-out half are recognised, and how many real questions are taken for one.

    python benchmarks/greetings.py

`greetings.jsonl` is drawn from CLINC150: the 40 of its training texts that lie nearest to the others, which the program
compares with, and all its test texts of the same seven intents. Questions that sources answer are never compared, so
fewer are wrongly taken than stand here.
"""

import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from pullquote.answers.query import GREETS, courteous, greetings
from pullquote.index.lexical import clean
from pullquote.models.encoder import prepare_encoder
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

HOME = Path(__file__).parent
BATCH = 64


def rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="pullquote-greetings-") as folder:
        encoder = prepare_encoder(Settings().model, Path(folder))

    def vectors(texts: list[str]) -> Vectors:
        words = [clean(text) for text in texts]
        return np.concatenate(
            [encoder.encode(words[at : at + BATCH]) for at in range(0, len(words), BATCH)]
        )

    examples = vectors(list(greetings()))

    def taken(texts: list[str]) -> list[bool]:
        cosines = (vectors(texts) @ examples.T).max(axis=1)
        return [
            courteous(text) or cosine >= GREETS for text, cosine in zip(texts, cosines, strict=True)
        ]

    held = [row for row in rows(HOME / "greetings.jsonl") if row["half"] == "held"]
    kinds = Counter(row["kind"] for row in held)
    right = Counter(
        row["kind"]
        for row, found in zip(held, taken([row["text"] for row in held]), strict=True)
        if found
    )
    print(
        f"held out: {right.total()} of {len(held)}:",
        ", ".join(f"{kind} {right[kind]}/{kinds[kind]}" for kind in kinds),
    )
    for part in ("learn", "choose"):
        questions = [row["text"] for row in rows(HOME / "debates" / part / "queries.jsonl")]
        wrong = [text for text, found in zip(questions, taken(questions), strict=True) if found]
        print(f"questions of {part}: {len(wrong)} of {len(questions):,} taken for one: {wrong}")


if __name__ == "__main__":
    main()
