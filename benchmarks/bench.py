"""A generated corpus with its index, and the commands that are measured over it."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import corpus
from load import load, post, serving
from peers import ONE_THREAD

from pullquote.index import open_index
from pullquote.index.generation import Generation
from pullquote.settings import PREFIX, Settings

PORT = 8_190


@dataclass(frozen=True, slots=True)
class Bench:
    """A corpus and its index, and where the rest is kept."""

    folder: Path
    passages: int

    @property
    def settings(self) -> Settings:
        place = self.folder / f"{self.passages}"
        return Settings(corpus=place / "corpus", index=place / "index", reranker=False)

    @property
    def data(self) -> Path:
        """What other systems are given, and make of it."""
        return self.folder / f"{self.passages}" / "data"

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a command: this corpus and index, and no limit on how often one may ask."""
        known = {field.name for field in fields(Settings)}
        limits = {f"{PREFIX}RATE_LIMIT": "off"} if "rate_limit" in known else {}
        own = {
            f"{PREFIX}CORPUS": str(self.settings.corpus),
            f"{PREFIX}INDEX": str(self.settings.index),
        }
        return {**os.environ, **ONE_THREAD, **own, **limits, **more}

    def run(self, *arguments: str, **more: str) -> tuple[float, float]:
        """Seconds, and seconds of CPU time, that a command takes."""
        before, start = os.times(), time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pullquote", *arguments],
            check=False,
            capture_output=True,
            env=self.environ(**more),
        )
        after = os.times()
        used = (
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
        return time.perf_counter() - start, used

    def build(self) -> Generation:
        """The index, built where it is not there yet."""
        if not self.settings.corpus.is_dir():
            corpus.write(self.settings.corpus, self.passages)
        self.run("index")
        return open_index(self.settings).generation

    @contextmanager
    def served(self, **more: str) -> Iterator[int]:
        """The service, answering."""
        command = [sys.executable, "-m", "pullquote", "serve", "--port", str(PORT)]
        with serving(command, PORT, self.environ(**more), "/readyz") as process:
            load(PORT, [post(f"warm up {number}") for number in range(8)], 1)
            yield process


def questions(generation: Generation) -> list[str]:
    """Distinct runs of nine words out of the sentences, shuffled."""
    found = []
    for number in range(min(len(generation.rows), 500)):
        text = generation.document(number).text
        words = (sentence.span.cut(text).split() for sentence in generation.sentences(number))
        found += [" ".join(part[-10:-1]) for part in words if len(part) > 12]
    found = list(dict.fromkeys(found))
    random.Random(1).shuffle(found)
    return found


def texts(generation: Generation) -> list[str]:
    """The passages' words."""
    found = []
    for document, first, end in generation.passages.tolist():
        sentences = generation.sentences(document)
        start, stop = sentences[first].span.start, sentences[end - 1].span.end
        found.append(generation.document(document).text[start:stop])
    return found
