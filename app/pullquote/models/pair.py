"""A cross-encoder of the operator's choice, from a folder or the hub, run by sentence-transformers."""

import math
import os
from typing import Any, Self

from pullquote.errors import EncoderError
from pullquote.models.model import locate_model


class CrossEncoderRanker:
    """Scores one pair at a time, so that no pair changes another's score."""

    def __init__(self, name: str, encoder: Any) -> None:
        self.name = name
        self._encoder = encoder

    @classmethod
    def open(cls, name: str) -> Self:
        """Open a cross-encoder with one output; safetensors only, no remote code.

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
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise EncoderError(
                f"the ranker {name} needs sentence-transformers; run `pip install sentence-transformers`"
            ) from error
        try:
            encoder = CrossEncoder(
                str(folder), device="cpu", local_files_only=True, trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )  # fmt: skip
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise EncoderError(f"the ranker {name} in {folder} cannot be read as a cross-encoder") from error
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
