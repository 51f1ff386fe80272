"""Where everything lies below the index folder."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pullquote.durable import lock_of

FORMAT = 1  # raise it when a file's meaning changes: older generations are then rebuilt, never misread
LIBRARIES = ("pystemmer", "pyyaml", "sentencex", "tokenizers")  # that cut texts and read what stands above them


@lru_cache(maxsize=1)
def program() -> str:
    """What built an index: a fingerprint of this package's code and bundled models, and of the libraries' versions, which
    decide how texts are cut, attributed and judged (a model's card names its weights' hash).
    """
    from importlib.metadata import version  # the parser of mail headers comes with it: only a build asks

    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted([*package.rglob("*.py"), *package.glob("models/weights/*/config.json")]):
        digest.update(path.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Layout:
    """The index folder: generations side by side, one manifest that names the current one."""

    root: Path

    @property
    def manifest(self) -> Path:
        """Names the current and the previous generation; swapped by rename, last of all."""
        return self.root / "MANIFEST.json"

    @property
    def lock(self) -> Path:
        """Held, by the kernel, by the one process that builds."""
        return lock_of(self.root)

    @property
    def calibration(self) -> Path:
        """The confidence that the operator fitted, where there is one."""
        return self.root / "calibration.json"

    def encoded(self, identity: str) -> Path:
        """Vectors of texts that an encoder encoded before; only a build reads them."""
        return self.root / "vectors" / f"{identity}.bin"

    @property
    def generations(self) -> Path:
        """The folder of all generations."""
        return self.root / "generations"

    def generation(self, name: str) -> "GenerationLayout":
        """One generation's files."""
        return GenerationLayout(self.generations / name)


@dataclass(frozen=True, slots=True)
class GenerationLayout:
    """The files of one generation; none is ever changed after it was written."""

    folder: Path

    @property
    def card(self) -> Path:
        """What was built, from what, with which model; sizes and hashes of the other files."""
        return self.folder / "generation.json"

    def file(self, name: str) -> Path:
        """One of the files that the card lists."""
        return self.folder / name


DOCUMENTS = "documents.json"
TEXTS = "texts.bin"
SENTENCES = "sentences.npy"
PASSAGES = "passages.npy"
WINDOWS = "windows.npy"
KEYS = "keys.npy"
PASSAGE_VECTORS = "passages.faiss"
WINDOW_VECTORS = "windows.faiss"
WINDOW_HALVES = "windows-f16.npy"  # in place of WINDOW_VECTORS where the windows are many
LEXICAL = ("lexical-weights.npy", "lexical-rows.npy", "lexical-starts.npy", "lexical-terms.json")
EITHER = frozenset({WINDOW_VECTORS, WINDOW_HALVES})  # a generation has one of them
CORE = frozenset({DOCUMENTS, TEXTS, SENTENCES, PASSAGES, WINDOWS, KEYS, PASSAGE_VECTORS, *LEXICAL})
COUNTS = "lexical-counts.npy"  # what the weights of the words are made of; read only to build the next generation
VOICES = "voices.jsonl"
SUGGESTIONS = "suggestions.json"
STANCES = "stances.json"
