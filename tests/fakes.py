"""Stand-ins for what is slow or far away, and the small documents that most tests read."""

import hashlib
import importlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from pullquote.answers.explainer import Explainer
from pullquote.answers.ready import Ready
from pullquote.corpus.documents import Document, Source
from pullquote.index import layout, open_index
from pullquote.index.lexical import terms
from pullquote.index.postings import count_words, merge_words
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings
from pullquote.upkeep.indexing import index_corpus

CHECKOUT = Path(__file__).parents[1]
# Small enough to know by heart: two debates, one repeated sentence, one leaning one, no facts to look up.
TEXTS = {
    "road-tolls/for-tolls.md": """---
title: The case for road tolls
author: Ada Finch
publisher: The Toll Review
date: 2021-03
url: https://tolls.example/case
licence: CC0
language: en
side: for
headings:
  - "Fairness"
not_prose:
  - "Picture of a bridge."
---
Road tolls cut traffic jams in crowded cities. They also pay for better buses.

Picture of a bridge.

Fairness

Drivers who use a road should pay for it. Nobody else should have to.
""",
    "road-tolls/against-tolls.txt": (
        "Road tolls hit poor commuters hardest. Wealthy drivers barely notice the charge.\n\n"
        "Nobody else should have to. A fuel tax is cheaper to collect than a toll.\n"
    ),
    "bicycle-helmets/helmets.txt": (
        "Helmet laws discourage cycling. Fewer cyclists means less safety in numbers.\n\n"
        "However, a helmet protects the skull in a fall. “Wear one \N{BICYCLE},” said the surgeon.\n"
    ),
}
SPOKEN = {  # several people speak
    "d/hall.md": """---
author: Ada Finch
publisher: The Toll Review
url: https://toll.example/hall#top
---
Tolls raise money for buses. “Fares will rise in May,” said Senator Tom Barlow. Critics met the mayor and Ruth Adeyemi \
on Monday in the old hall. She said that the schools would close at noon.

Ruth Adeyemi, president of the Harlow Federation of Teachers, said that pay is too low. The ministry disagreed.

“Pupils would lose,” said the Harlow Federation of Teachers.
""",
    "d/unsigned.txt": "“Fares will rise in May,” said Bo Reed. Buses are late.",
}

TOLLS = "Cities should charge road tolls."
# The same, with what the operator puts up for debate.
NAMED = {
    **TEXTS,
    "road-tolls/for-tolls.md": TEXTS["road-tolls/for-tolls.md"].replace(
        "side: for\n", f"side: for\nproposition: {TOLLS}\n"
    ),
}


class HashEncoder:
    """Turns a text into a bag of its stems: unit vectors without a model, and a list of what was encoded."""

    identity = "fa" * 32
    dimension = 256

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        return (
            np.stack([self._vector(text) for text in texts])
            if texts
            else np.zeros((0, self.dimension), np.float32)
        )

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for stem in terms(text) or [text]:
            vector[hashlib.sha256(stem.encode("utf-8", "surrogatepass")).digest()[0]] += 1
        return vector / np.linalg.norm(vector)


class OtherEncoder(HashEncoder):
    """The same vectors under the name of other weights."""

    identity = "0b" * 32


def write_corpus(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Lay files out below a folder, letter for letter."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def settings_below(folder: Path, **values: object) -> Settings:
    """Settings whose corpus and index lie below a folder, and that never abstain for want of confidence."""
    given = {
        "corpus": folder / "corpus",
        "index": folder / "index",
        "min_confidence": 0.0,
        "min_free_bytes": 0,
    }
    given |= {"reranker": None}  # it reads English: the fake vectors of the small debates suffice
    # Tests ask as often as they like, from the host name that the test client uses.
    given |= {"rate_limit": None, "key_rate_limit": None, "trusted_hosts": ("testserver",)}
    return Settings(**{**given, **values})


def built_below(folder: Path, files: Mapping[str, str | bytes], **values: object) -> Settings:
    """Settings of an index of these files, laid out and built below a folder with the fake encoder."""
    write_corpus(folder / "corpus", files)
    settings = settings_below(folder, **values)
    index_corpus(settings, HashEncoder())
    return settings


def open_with_fake(settings: Settings) -> Explainer:
    """An explainer over a built index, with the fake encoder."""
    return Explainer(settings, Ready(open_index(settings), HashEncoder()))


def judged_below(folder: Path, files: Mapping[str, str | bytes], **values: object) -> Explainer:
    """An explainer over these files, laid out and built below a folder, with the fake encoder and judge."""
    write_corpus(folder / "corpus", files)
    settings, judge = settings_below(folder, **values), WordJudge()
    index_corpus(settings, HashEncoder(), judge=judge)
    return Explainer(settings, Ready(open_index(settings), HashEncoder(), None, judge))


def environ_of(settings: Settings) -> dict[str, str]:
    """The environment variables that give these settings."""
    names = (
        "corpus",
        "index",
        "min_confidence",
        "min_free_bytes",
        "max_question",
        "public_address",
    )
    values = {name: getattr(settings, name) for name in names}
    given = {
        f"PULLQUOTE_{name.upper()}": str(value)
        for name, value in values.items()
        if value is not None
    }
    return given | {"PULLQUOTE_RERANKER": settings.reranker or "off"}


def load_benchmark(name: str) -> ModuleType:
    """A module of benchmarks/, which is no package: its tests hold what the docs say was measured."""
    folder = str(CHECKOUT / "benchmarks")
    if folder not in sys.path:
        sys.path.append(folder)  # last, so that it hides no module
    return importlib.import_module(name)


def cases(file: str, name: str) -> list[object]:
    """What a test is tried with: the rows of that name in `cases/FILE.json`."""

    def frozen(value: object) -> object:
        return tuple(map(frozen, value)) if isinstance(value, list) else value

    return list(
        map(frozen, json.loads((CHECKOUT / "tests" / "cases" / f"{file}.json").read_bytes())[name])
    )


def rows(names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Try a test with each row of its own name in `cases/FILE.json`, where it stands in `test_FILE.py`."""

    def tried(test: Callable[..., None]) -> Callable[..., None]:
        file = Path(test.__code__.co_filename).stem.removeprefix("test_")
        table = cases(file, test.__name__.removeprefix("test_"))
        return pytest.mark.parametrize(names, table)(test)

    return tried


def document_of(text: str, **facts: object) -> Document:
    """A document of just these words."""
    return Document(
        **{"id": "page", "debate": "default", "path": "page.txt", "text": text, "source": Source()}
        | facts
    )


class WordJudge:
    """Stands in for the model: a few words tell the side, where a stem is shared; it hears no "not" by itself."""

    GOOD = frozenset(terms("cut jams better fair protects should"))
    BAD = frozenset(terms("hit poor hardest discourage cheaper unfair"))

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def read(self, proposition: str, sentence: str) -> tuple[float, float, float]:
        self.pairs.append((proposition, sentence))
        stems = set(terms(sentence))
        sign = -1 if " not " in f" {proposition} " else 1
        margin = sign * (len(stems & self.GOOD) - len(stems & self.BAD))
        return float(margin), -float(margin), -9.0 if stems & set(terms(proposition)) else 9.0


def lexical_files(texts: Sequence[str]) -> tuple[bytes, ...]:
    """The lexical index of texts, one row each, as files in the order of `layout.LEXICAL`."""
    files = dict.fromkeys(layout.LEXICAL, b"")
    source = (count_words(texts), np.arange(len(texts), dtype=np.int32))
    merge_words(
        [source], len(texts), lambda name, content: files.update({name: files[name] + content})
    )
    return tuple(files.values())
