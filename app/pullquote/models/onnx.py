"""The query encoder: onnxruntime and tokenizers, ready in a fifth of a second, without torch."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pullquote.errors import EncoderError, IndexCorrupt, SettingsError
from pullquote.settings import registered

Vectors = NDArray[np.float32]

OTHERS = "pullquote.models"  # the group of entry points of what runs models of other makers
MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
CARD_FILE = "encoder.json"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known about an exported model: its shapes, its files' hashes, how well it agrees."""

    identity: str
    name: str
    dimension: int
    max_tokens: int
    inputs: tuple[str, ...]
    files: dict[str, str]
    parity_texts: int
    parity_cosine: float

    def to_json(self) -> str:
        """The card as it is written beside the model."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def read(cls, folder: Path) -> "ModelCard":
        """Read the card of an exported model.

        Raises:
            EncoderError: there is none.
            IndexCorrupt: it cannot be understood.
        """
        try:
            facts = json.loads((folder / CARD_FILE).read_bytes())
            return cls(**{**facts, "inputs": tuple(facts["inputs"])})
        except FileNotFoundError as error:
            raise EncoderError(
                f"the index has no model {folder.name[:12]}; run `pullquote index`"
            ) from error
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise IndexCorrupt(f"{folder / CARD_FILE} is damaged; {MEND.format(folder)}") from error


MEND = "delete the folder {0} and run `pullquote index`"


class OnnxEncoder:
    """Runs an exported model, one text at a time on one thread.

    On a CPU, batches gain nothing and padding costs; several threads call it at once instead.
    """

    def __init__(self, card: ModelCard, session: Any, tokenizer: Any) -> None:
        self.card = card
        self.identity = card.identity
        self.dimension = card.dimension
        self._session = session
        self._tokenizer = tokenizer

    @classmethod
    def open(cls, folder: Path) -> "OnnxEncoder":
        """Open an exported model after checking its files' hashes.

        Raises:
            EncoderError: there is none in this folder.
            IndexCorrupt: a file is missing or altered.
        """
        card = ModelCard.read(folder)
        check_files(folder, card)
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        # The packaged file pads everything to 128 tokens and cuts there: ten times the cost, and a loss.
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.max_tokens)
        return cls(card, open_session(folder / MODEL_FILE), tokenizer)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), each of length 1."""
        return np.concatenate(
            [np.zeros((0, self.dimension), np.float32), *map(self._encode_one, texts)]
        )

    def _encode_one(self, text: str) -> Vectors:
        encoding = self._tokenizer.encode(text)
        columns = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed: dict[str, Any] = {
            name: np.array([columns[name]], dtype=np.int64) for name in self.card.inputs
        }
        return np.asarray(
            self._session.run(None, {**feed, **self._more(encoding.ids)})[0], dtype=np.float32
        )

    def _more(self, ids: Sequence[int]) -> Mapping[str, Any]:  # noqa: ARG002 -- for the bundled one
        """What the graph takes besides the tokens."""
        return {}


class OtherModels(Protocol):
    """What finds, runs and exports models that did not come with the program; all raise EncoderError."""

    def fetch_model(self, name: str, setting: str) -> None:
        """Bring a model of the hub to this disk; `setting` is what names it."""

    def locate_model(self, name: str) -> Any:
        """Where it lies on this disk, with the `identity` of its weights."""

    def open_encoder(self, model: Any) -> Any:
        """An encoder that runs a located model as it was published."""

    def export(self, model: Any, folder: Path) -> object:
        """Write it as ONNX into a new folder, whole or not at all, proven against the original."""

    def open_ranker(self, name: str) -> Any:
        """A cross-encoder as a ranker."""


def other_models() -> OtherModels:
    """What runs models that did not come with the program.

    Raises:
        EncoderError: no installed package does.
    """
    try:
        others: OtherModels = registered(OTHERS, "sentence-transformers", "models")
    except SettingsError as error:
        raise EncoderError(str(error)) from error
    return others


def check_files(folder: Path, card: ModelCard) -> None:
    """Compare the files' hashes with the card's before anything opens them.

    Raises:
        IndexCorrupt: a file is missing or altered.
    """
    for name, expected in card.files.items():
        path = folder / name
        if not path.is_file() or file_sha256(path) != expected:
            raise IndexCorrupt(f"{path} is damaged or missing; {MEND.format(folder)}")


def open_session(path: Path, weights: Mapping[str, Any] | None = None) -> Any:
    """An inference session on one thread that does not spin while it waits; `weights` are those that the file lacks."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Spinning threads starve FAISS and the other requests on a small machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
        options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
