"""The reference encoder: sentence-transformers, which runs any model but takes seconds to import."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from pullquote.errors import EncoderError
from pullquote.models.encoder import Vectors
from pullquote.models.model import Model


class SentenceTransformerEncoder:
    """Runs a model on torch.

    Raises:
        EncoderError: sentence-transformers is not installed.
    """

    def __init__(self, model: Model) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise EncoderError(
                "sentence-transformers is not installed, which the first build of an index needs; "
                "run `pip install sentence-transformers`, or bring an index built elsewhere"
            ) from error
        disable_progress_bar()  # ours tells what matters
        # eager attention: the fused kind cannot be exported.
        self.transformer: Any = SentenceTransformer(
            str(model.folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"attn_implementation": "eager", "use_safetensors": True},
        )
        self.transformer.eval()
        self._identity = model.identity

    @property
    def identity(self) -> str:
        """SHA-256 of the weights."""
        return self._identity

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self.transformer.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimension), each of length 1."""
        vectors = self.transformer.encode(list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=8)
        return np.asarray(vectors, dtype=np.float32)
