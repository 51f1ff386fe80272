"""The learned rankers: they read a question and a text together and say whether one answers the other.

Slower than everything before them, so they read only the first few windows, and an operator may choose the smaller one
or turn them off. How they were trained, on what and how well they do: docs/quality.md.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from pullquote.errors import EncoderError
from pullquote.models.bundled import CARD, folder_of, mend, require
from pullquote.models.onnx import file_sha256, open_session, other_models

BUNDLED = folder_of("ranker")  # the small one
NAMES = {"on": folder_of("ranker-large"), "small": BUNDLED}  # in the settings
EMBEDDING, LOWER, MODEL, STANCE = "embedding.onnx", "lower.onnx", "model.onnx", "stance.onnx"
TOKENIZER = "tokenizer.json"
READS, WEIGHT = 8, 0.6  # of a ranker that does not say


class Ranker(Protocol):
    """Scores a pair of texts on its own: who else is asked about never matters.

    `name` tells the confidence which weights it may use: those fitted with this ranker.
    """

    @property
    def name(self) -> str:
        """Which ranker it is."""

    @property
    def reads(self) -> int:
        """How many windows it is given."""

    @property
    def weight(self) -> float:
        """What the probability that it gives counts beside the score of finding."""

    def relevance(self, question: str, text: str) -> float:
        """How well a text answers, as the logit of how likely it is that it does."""


def checked(folder: Path, *files: str) -> dict[str, Any]:
    """The card of weights in a folder, where these files are what was published.

    Raises:
        EncoderError: the card or a file is missing, altered, of another version or cannot be read.
    """
    require(folder)
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_bytes())
        hashes = card["weights"]["sha256"]
        hashed_files = (
            *files,
            *({TOKENIZER} & hashes.keys()),
        )  # of which cards of before tell nothing
        altered = any(file_sha256(folder / file) != hashes[file] for file in hashed_files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"the weights in {folder} cannot be read; {mend(folder)}") from error
    if altered:
        raise EncoderError(f"the weights in {folder} are not what was published; {mend(folder)}")
    return card


@dataclass(frozen=True, slots=True)
class WordVectors:
    """What stands beneath several networks: the vectors of tokens, and what cuts a text into these."""

    session: Any
    tokenizer: Any

    @classmethod
    def open(cls, folder: Path = BUNDLED) -> Self:
        """Open a ranker's word vectors.

        Raises:
            EncoderError: they are missing or altered.
        """
        longest = checked(folder, EMBEDDING)["max_length"]
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        tokenizer.no_padding()
        tokenizer.enable_truncation(longest)
        return cls(open_session(folder / EMBEDDING), tokenizer)

    def embed(self, ids: Sequence[int], types: Sequence[int]) -> dict[str, Any]:
        """One row of tokens: their vectors, a mask that hides none, and their types (1 in the second text)."""
        columns = [np.array([column], dtype=np.int64) for column in (ids, types)]
        inputs = dict(zip(("input_ids", "token_type_ids"), columns, strict=True))
        input_names = {declared.name for declared in self.session.get_inputs()}
        (embedded,) = self.session.run(["embedded"], {name: inputs[name] for name in input_names})
        return {
            "embedded": embedded,
            "attention_mask": np.ones_like(columns[0]),
            "token_type_ids": columns[1],
        }

    def pair(self, first: str, second: str) -> dict[str, Any]:
        """The same of two texts."""
        pair = self.tokenizer.encode(first, second)
        return self.embed(pair.ids, pair.type_ids)


def beside(folder: Path, file: str) -> dict[str, Any]:
    """The card of a network that stands on the bundled word vectors, where its file is what was published.

    Raises:
        EncoderError: it is missing or altered, or was trained on other word vectors.
    """
    card = checked(folder, file)
    if (
        card.get("beneath", {}).get("sha256")
        != checked(BUNDLED, EMBEDDING)["weights"]["sha256"][EMBEDDING]
    ):
        raise EncoderError(
            f"the weights in {folder} were trained on other word vectors; {mend(folder)}"
        )
    return card


@lru_cache(maxsize=1)
def bundled_words() -> WordVectors:
    """Those of the small ranker, on which the reader of voices and the late interaction stand too: opened once."""
    return WordVectors.open()


@dataclass(frozen=True, slots=True)
class Lower:
    """What a ranker and the judge of stance stand on: word vectors and, of the large ranker, its first layers."""

    words: WordVectors
    layers: Any | None

    def pair(self, first: str, second: str) -> dict[str, Any]:
        """Two texts as far as both go the same way: the state of each token, and what upper layers need beside it."""
        feed = self.words.pair(first, second)
        if self.layers:
            (feed["state"],) = self.layers.run(
                ["state"], {name: feed[name] for name in ("embedded", "attention_mask")}
            )
            del feed["embedded"]
        return feed


@lru_cache(maxsize=4)
def lower_of(folder: Path) -> Lower:
    """That of a folder, opened once.

    Raises:
        EncoderError: a file is missing or altered.
    """
    layers = checked(folder, LOWER) if (folder / LOWER).is_file() else None
    words = bundled_words() if folder == BUNDLED else WordVectors.open(folder)
    return Lower(words, layers and open_session(folder / LOWER))


@dataclass(frozen=True, slots=True)
class OnnxRanker:
    """A bundled ranker: a fine-tuned network that multiplies 8-bit numbers.

    The word vectors, and the large one's first layers, lie in files of their own, since other networks stand on them too.
    """

    name: str
    lower: Lower
    session: Any
    reads: int
    weight: float
    scale: float
    shift: float

    @classmethod
    def open(cls, folder: Path = BUNDLED) -> Self:
        """Open a ranker after checking its weights' hash.

        Raises:
            EncoderError: it is missing or altered.
        """
        card = checked(folder, EMBEDDING, MODEL)
        ours = next(
            (name for name, bundled_folder in NAMES.items() if bundled_folder == folder), None
        )
        relevance = card["relevance"]
        return cls(
            ours or card["weights"]["sha256"][MODEL],
            lower_of(folder),
            open_session(folder / MODEL),
            card.get("reads", READS),
            card.get("weight", WEIGHT),
            relevance["scale"],
            relevance["shift"],
        )

    def relevance(self, question: str, text: str) -> float:
        """How well a text answers, as a logit that was fitted on a held-out fold.

        One pair at a time, so that no pair changes another's.
        """
        (logits,) = self.session.run(["relevance"], self.lower.pair(question, text))
        return self.scale * float(logits.ravel()[0]) + self.shift


@dataclass(frozen=True, slots=True)
class OnnxJudge:
    """What tells stance: upper layers on the large ranker's first ones. How well: docs/sides.md."""

    lower: Lower
    session: Any
    temperature: float

    @classmethod
    def open(cls, folder: Path = NAMES["on"]) -> Self:
        """Open it after checking its weights' hash.

        Raises:
            EncoderError: it is missing or altered.
        """
        card = checked(folder, EMBEDDING, LOWER, STANCE)
        return cls(lower_of(folder), open_session(folder / STANCE), card["stance"]["temperature"])

    def read(self, proposition: str, text: str) -> tuple[float, float, float]:
        """How much a text speaks for a proposition or the yes to a question, against it, and for neither: calibrated logits."""
        feed = self.lower.pair(proposition, text)
        (stance,) = self.session.run(
            ["stance"], {name: feed[name] for name in ("state", "attention_mask")}
        )
        favour, against, neither = (float(value) / self.temperature for value in stance[0])
        return favour, against, neither


@lru_cache(maxsize=1)
def bundled_judge() -> OnnxJudge:
    """The judge of stance, whatever ranker answers: opened when the index is built or a new proposition is put up."""
    return OnnxJudge.open()


def open_ranker(chosen: str | None) -> Ranker | None:
    """The ranker that a setting names: none, a bundled one, a folder like theirs, or a cross-encoder.

    Raises:
        EncoderError: it is not there, or cannot be used.
    """
    if chosen is None:
        return None
    if chosen in NAMES:
        return _bundled(chosen)
    if (Path(chosen) / MODEL).is_file():
        return OnnxRanker.open(Path(chosen))
    ranker: Ranker = other_models().open_ranker(chosen)
    return ranker


@lru_cache(maxsize=len(NAMES))
def _bundled(name: str) -> OnnxRanker:
    """One that came with pullquote: opened once, whatever generation it reads in."""
    return OnnxRanker.open(NAMES[name])


def fetch_ranker(chosen: str | None) -> None:
    """Bring the ranker that a setting names from the hub, where it is none of those on this disk.

    Raises:
        EncoderError: it is not to be had.
    """
    if chosen is not None and chosen not in NAMES:
        other_models().fetch_model(chosen, "PULLQUOTE_RERANKER")
