"""Encoders: text in, unit vectors out. Two implementations share one vector space."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pullquote.corpus.files import lock_of, make_folder, only_writer
from pullquote.errors import EncoderError
from pullquote.models.export import DRAFT, Model, SentenceTransformerEncoder, export, locate_model
from pullquote.models.onnx import OnnxEncoder, Vectors


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
    folder = encoder_folder(index, identity)
    if folder.is_dir():
        return OnnxEncoder.open(folder)
    try:
        return _reference(model, identity)
    except EncoderError as error:
        place = folder.relative_to(index)
        raise EncoderError(
            f"the model that the index was built with is not in its folder {place}, and {error}"
        ) from error


def _reference(model: str, identity: str) -> Encoder:
    found = locate_model(model)
    if found.identity != identity:
        raise EncoderError(f"the index was built with other weights than those of {model}; run `pullquote index`")
    return SentenceTransformerEncoder(found)


def prepare_encoder(model: str, index: Path) -> Encoder:
    """The encoder for building: exported to ONNX at first, opened from then on.

    A model that cannot be exported, or whose export disagrees, is run by sentence-transformers.

    Raises:
        EncoderError: the model is not there, or its weights are not the ones expected.
        IndexLocked: it has to be exported, and another process is building this index.
    """
    found = locate_model(model)
    try:
        _export_once(found, index)
    except EncoderError:
        if found.is_default:
            raise  # the default model is known to export: anything else is a fault to mend
        return SentenceTransformerEncoder(found)
    return open_encoder(index, found.identity, model)


def _export_once(model: Model, index: Path) -> None:
    folder = encoder_folder(index, model.identity)
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with only_writer(lock_of(index)):
        if not folder.is_dir():  # another process may have been faster
            export(model, folder)


def encoder_folder(index: Path, identity: str) -> Path:
    """Where the exported model of these weights lies, shared by all generations."""
    return index / "encoders" / identity


def unfinished_exports(index: Path) -> list[Path]:
    """What interrupted exports left, and one that is being made now."""
    return sorted((index / "encoders").glob(f"{DRAFT}*"))
