"""Encoders: text in, unit vectors out. Two implementations share one vector space."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import EncoderError

Vectors = NDArray[np.float32]


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


def open_encoder(index: Path, identity: str, model: str) -> Encoder:
    """The query encoder that a built index was made for; without torch where the model was exported.

    Raises:
        EncoderError: there is none of that identity below `index`, nor by the model's name.
        IndexCorrupt: its files are not what they were when they were written.
    """
    from pullquote.encoder.onnx import OnnxEncoder

    folder = encoder_folder(index, identity)
    return OnnxEncoder.open(folder) if folder.is_dir() else _reference(model, identity)


def _reference(model: str, identity: str) -> Encoder:
    from pullquote.encoder.model import locate_model
    from pullquote.encoder.reference import SentenceTransformerEncoder

    found = locate_model(model)
    if found.identity != identity:
        raise EncoderError(f"the index was built with other weights than those of {model}; run `pullquote index`")
    return SentenceTransformerEncoder(found)


def prepare_encoder(model: str, index: Path) -> Encoder:
    """The encoder for building: exported to ONNX at first, opened from then on.

    A model that cannot be exported, or whose export disagrees, is run by sentence-transformers.

    Raises:
        EncoderError: the model is not there, or its weights are not the ones expected.
    """
    from pullquote.encoder.export import export
    from pullquote.encoder.model import locate_model

    found = locate_model(model)
    if encoder_folder(index, found.identity).is_dir():
        return open_encoder(index, found.identity, model)
    try:
        export(found, encoder_folder(index, found.identity))
    except EncoderError:
        if found.is_default:
            raise  # the default model is known to export: anything else is a fault to mend
        return _reference(model, found.identity)
    return open_encoder(index, found.identity, model)


def encoder_folder(index: Path, identity: str) -> Path:
    """Where the exported model of these weights lies, shared by all generations."""
    return index / "encoders" / identity
