"""The learned ranker: reads a question and a window together and says whether one answers the other.

Slower than everything before it, so it reads only the first few windows, and an operator may turn
it off. How it was trained, on what and how well it does: docs/quality.md.
"""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from pullquote.answers.select import cut
from pullquote.corpus.documents import Source
from pullquote.errors import EncoderError
from pullquote.index.generation import Generation
from pullquote.index.lexical import seen
from pullquote.index.quote import Quote
from pullquote.index.search import Hit
from pullquote.models.model import fetch_model, file_sha256
from pullquote.models.onnx import open_session

BUNDLED = Path(__file__).parent / "weights" / "ranker"
BUNDLED_NAME = "on"  # in the settings
EMBEDDING, MODEL, STANCE = "embedding.onnx", "model.onnx", "stance.onnx"
FILES = (EMBEDDING, MODEL, STANCE)  # word vectors; up to relevance; from the layer where stance goes its own way
READ = 8  # windows it reads: with 4, a right one is among them less often (docs/quality.md)
WEIGHT = 0.6  # of its probability beside the score


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
    from pullquote.models.pair import CrossEncoderRanker

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


def rerank(
    generation: Generation,
    question: str,
    hits: Sequence[Hit],
    ranker: Ranker,
    named: Callable[[Quote], str] | None = None,
) -> tuple[Hit, ...]:
    """The hits anew, the first READ with what the ranker says of them.

    Args:
        named: what it reads before a quote; None means its author and title.
    """
    leads = named or _led
    read = tuple(_read(generation, question, hit, ranker, leads) for hit in hits[:READ])
    return tuple(sorted((*read, *hits[READ:]), key=lambda hit: -hit.score))


def _read(generation: Generation, question: str, hit: Hit, ranker: Ranker, leads: Callable[[Quote], str]) -> Hit:
    quote = cut(generation, hit)
    relevance = ranker.relevance(seen(question), f"{leads(quote)}{quote.text}")
    return replace(hit, relevance=relevance, score=hit.score + WEIGHT * ranker.probability(relevance))


def _led(quote: Quote) -> str:
    return lead(quote.document.source)


def lead(source: Source) -> str:
    """What the ranker reads before a quote, so that "what does the senator want?" can be told.

    Example: lead(Source(title="On the Bill", author="Senator Roe")) -> "Senator Roe: On the Bill. "
    """
    named = ": ".join(part for part in (source.author, source.title) if part)
    return f"{named}. " if named else ""
