"""The learned ranker: reads a question and a text together and says whether one answers the other.

Slower than everything before it, so it reads only the first few windows, and an operator may turn
it off. How it was trained, on what and how well it does: docs/quality.md.
"""

import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from pullquote.errors import EncoderError
from pullquote.models.export import fetch_model, locate_model
from pullquote.models.onnx import file_sha256, open_session

BUNDLED = Path(__file__).parent / "weights" / "ranker"
BUNDLED_NAME = "on"  # in the settings
EMBEDDING, MODEL, STANCE = "embedding.onnx", "model.onnx", "stance.onnx"
FILES = (EMBEDDING, MODEL, STANCE)  # word vectors; up to relevance; from the layer where stance goes its own way


class Ranker(Protocol):
    """Scores a pair of texts on its own: who else is asked about never matters.

    `name` tells the confidence which weights it may use: those fitted with this ranker.
    """

    @property
    def name(self) -> str:
        """Which ranker it is."""

    def relevance(self, question: str, text: str) -> float:
        """How well a text answers, as a logit."""

    def probability(self, relevance: float) -> float:
        """The same from 0 to 1."""


@dataclass(frozen=True, slots=True)
class OnnxRanker:
    """The bundled ranker: a fine-tuned MiniLM that multiplies 8-bit numbers, its upper half there once for each head.

    The half that tells stance is opened when it is first needed: no answer needs it. The word vectors lie in a file of
    their own, since the reader of voices stands on them too.
    """

    name: str
    embedding: Any
    session: Any
    stance: Callable[[], Any]
    tokenizer: Any
    scale: float
    shift: float
    temperature: float

    @classmethod
    def open(cls, folder: Path = BUNDLED) -> Self:
        """Open a ranker after checking its weights' hash.

        Raises:
            EncoderError: it is missing or altered.
        """
        mend = "reinstall pullquote" if folder == BUNDLED else "train it again with this version's benchmarks"
        try:
            card = json.loads((folder / "config.json").read_bytes())
            altered = any(file_sha256(folder / file) != card["weights"]["sha256"][file] for file in FILES)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EncoderError(f"the ranker in {folder} cannot be read; {mend}") from error
        if altered:
            raise EncoderError(f"the ranker in {folder} is not what was published; {mend}")
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(card["max_length"])
        relevance, stance = card["relevance"], card["stance"]
        name = BUNDLED_NAME if folder == BUNDLED else card["weights"]["sha256"][MODEL]
        return cls(
            name, open_session(folder / EMBEDDING), open_session(folder / MODEL),
            lru_cache(1)(partial(open_session, folder / STANCE)), tokenizer, relevance["scale"], relevance["shift"], stance["temperature"],
        )  # fmt: skip

    def relevance(self, question: str, text: str) -> float:
        """How well a text answers, as a logit; one pair at a time, so that no pair changes another's."""
        return float(self.session.run(["relevance"], self._feed(question, text))[0].ravel()[0])

    def read(self, proposition: str, sentence: str) -> tuple[float, tuple[float, float, float]]:
        """Both heads at once: relevance, then for, against and neither as calibrated logits."""
        feed = self._feed(proposition, sentence)
        relevance, state = self.session.run(["relevance", "state"], feed)
        (stance,) = self.stance().run(["stance"], {"state": state, "attention_mask": feed["attention_mask"]})
        favour, against, neither = (float(value) / self.temperature for value in stance[0])
        return float(relevance.ravel()[0]), (favour, against, neither)

    def embed(self, ids: Sequence[int], types: Sequence[int]) -> dict[str, Any]:
        """What stands beneath all heads, for one row of tokens: their vectors, a mask that hides none, and their types."""
        columns = [np.array([column], dtype=np.int64) for column in (ids, types)]
        (embedded,) = self.embedding.run(["embedded"], {"input_ids": columns[0], "token_type_ids": columns[1]})
        return {"embedded": embedded, "attention_mask": np.ones_like(columns[0]), "token_type_ids": columns[1]}

    def _feed(self, first: str, second: str) -> dict[str, Any]:
        pair = self.tokenizer.encode(first, second)
        return self.embed(pair.ids, pair.type_ids)

    def probability(self, relevance: float) -> float:
        """The same from 0 to 1, fitted on a held-out fold."""
        return 1 / (1 + math.exp(-(self.scale * relevance + self.shift)))


class CrossEncoderRanker:
    """A cross-encoder of the operator's choice; scores one pair at a time, so that no pair changes another's score."""

    def __init__(self, name: str, encoder: Any) -> None:
        self.name = name
        self._encoder = encoder

    @classmethod
    def open(cls, name: str) -> Self:
        """Open a cross-encoder with one output by sentence-transformers; safetensors only, no remote code.

        Raises:
            EncoderError: it is not there, cannot be read, or gives more than one score.
        """
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            folder = locate_model(name).folder
        except EncoderError as error:
            raise EncoderError(
                f"the ranker {name} is neither a folder with safetensors weights nor was it fetched from the hub; run "
                "`pullquote index`, which fetches it, or set PULLQUOTE_RERANKER to such a folder, or to on or off"
            ) from error
        encoder = _cross_encoder(name, folder)
        if encoder.num_labels != 1:
            raise EncoderError(f"the ranker {name} gives {encoder.num_labels} scores a pair; one is needed")
        encoder.eval()
        return cls(name, encoder)

    def relevance(self, question: str, text: str) -> float:
        """How well a text answers, as a logit."""
        from torch.nn import Identity

        scores = self._encoder.predict([(question, text)], activation_fn=Identity(), show_progress_bar=False)
        return float(scores[0])

    def probability(self, relevance: float) -> float:
        """The same from 0 to 1, as cross-encoders are trained: not fitted to any corpus."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, relevance))))


def _cross_encoder(name: str, folder: Path) -> Any:
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise EncoderError(
            f"the ranker {name} needs sentence-transformers; run `pip install sentence-transformers`"
        ) from error
    try:
        return CrossEncoder(
            str(folder), device="cpu", local_files_only=True, trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        )  # fmt: skip
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise EncoderError(f"the ranker {name} in {folder} cannot be read as a cross-encoder") from error


def open_ranker(chosen: str | None) -> Ranker | None:
    """The ranker that a setting names: none, the bundled one, a folder like its own, or a cross-encoder.

    Raises:
        EncoderError: it is not there, or cannot be used.
    """
    if chosen is None:
        return None
    if chosen == BUNDLED_NAME:
        return OnnxRanker.open()
    if (Path(chosen) / MODEL).is_file():
        return OnnxRanker.open(Path(chosen))
    return CrossEncoderRanker.open(chosen)


def fetch_ranker(chosen: str | None) -> None:
    """Bring the ranker that a setting names from the hub, where it is none of those on this disk.

    Raises:
        EncoderError: it is not to be had.
    """
    if chosen not in (None, BUNDLED_NAME):
        fetch_model(chosen, "PULLQUOTE_RERANKER")


def judge_of(ranker: Ranker | None) -> OnnxRanker:
    """What tells sides: the ranker where it has that head, else the bundled one.

    Raises:
        EncoderError: the bundled one is missing or altered.
    """
    return ranker if isinstance(ranker, OnnxRanker) else OnnxRanker.open()


def bundled_of(ranker: Ranker | None) -> OnnxRanker | None:
    """The ranker where it is the bundled one, so that it need not be opened twice."""
    return ranker if isinstance(ranker, OnnxRanker) and ranker.name == BUNDLED_NAME else None
