"""Late interaction: a question is compared with a window token by token, by vectors that were made when the index was built.

Khattab and Zaharia 2020, "ColBERT". The vectors of a window's tokens are small: DIMENSION numbers of 8 bits. How the
network was trained, on what, and what it is worth: docs/quality.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pullquote.models.bundled import folder_of
from pullquote.models.onnx import open_session
from pullquote.models.ranker import WordVectors, beside, bundled_words

BUNDLED = folder_of("interaction")
FILE = "model.onnx"
DIMENSION = 64
# Of a whole: a number of a unit vector of DIMENSION is seldom over .6, and is cut there
STEPS = 200.0

TokenCodes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class QueryTokens:
    """A question's tokens: unit vectors (tokens, DIMENSION), and what each weighs; together they weigh 1."""

    vectors: NDArray[np.float32]
    weights: NDArray[np.float32]

    def maxsim(self, told: TokenCodes, starts: NDArray[np.int64]) -> NDArray[np.float32]:
        """How well windows answer, about 0 to 1: shape (windows,).

        Args:
            told: the token vectors of all windows, one window after another, shape (tokens, DIMENSION).
            starts: where each window's begin; none is without tokens.
        """
        if not len(starts):
            return np.zeros(0, np.float32)
        likeness = told.astype(np.float32) @ self.vectors.T
        best = np.maximum.reduceat(likeness, starts, axis=0)
        return np.asarray(best @ self.weights / STEPS, np.float32)


@dataclass(frozen=True, slots=True)
class Interaction:
    """The bundled network over the word vectors that it shares with the small ranker; one text at a time."""

    beneath: WordVectors
    layers: Any
    identity: str

    @classmethod
    def open(cls, folder: Path = BUNDLED) -> Self:
        """Open it after checking its weights' hash.

        Raises:
            EncoderError: it is missing or altered, or was trained on other word vectors than the bundled ones.
        """
        card = beside(folder, FILE)
        return cls(bundled_words(), open_session(folder / FILE), card["weights"]["sha256"][FILE])

    def query(self, question: str) -> QueryTokens:
        """A question's tokens."""
        vectors, weights = self._run(question)
        return QueryTokens(vectors, np.asarray(weights / weights.sum(), np.float32))

    def window(self, text: str) -> TokenCodes:
        """The token vectors of a window, shape (tokens, DIMENSION)."""
        return np.asarray(np.clip(np.rint(self._run(text)[0] * STEPS), -127, 127), np.int8)

    def _run(self, text: str) -> Sequence[Any]:
        ids = self.beneath.tokenizer.encode(text).ids
        feed = self.beneath.embed(ids, [0] * len(ids))
        del feed["token_type_ids"]
        return [output[0] for output in self.layers.run(["tokens", "weights"], feed)]


@lru_cache(maxsize=1)
def bundled() -> Interaction:
    """The one that every index is built with, opened once."""
    return Interaction.open()
