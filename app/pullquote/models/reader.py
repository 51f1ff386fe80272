"""The reader: tags whose words a text holds, window by window, on the ranker's word vectors; docs/voice.md tells how well."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.models.bundled import folder_of
from pullquote.models.onnx import open_session
from pullquote.models.ranker import WordVectors, beside, bundled_words

BUNDLED = folder_of("voice")
FILE = "model.onnx"
ANSWERS = ("kinds", "parts", "cues", "pointers", "verdicts")
KINDS = ("author", "quoted", "reported", "mixed")  # in the order of its answers
PARTS = ("author", "reported", "quoted")
POINTERS = 12  # of a token, queries and keys of where something begins and ends that it points to:
SOURCE, NAMED, BETWEEN = (
    0,
    4,
    8,
)  # what names the speaker in the sentence, what names them best, and who is between
WINDOW, LEFT, RIGHT = (
    256,
    72,
    40,
)  # tokens, and how many of them stand before and after the sentences answered for
SENTENCE = 160  # tokens that are read of a sentence
LETTERS = 10  # of a token, at most
NAME = 12  # tokens of the author's name
OPEN, CLOSE = 101, 102  # tokens: [CLS], [SEP]
GOES_ON, BEGINS, HEADING = (
    1,
    2,
    3,
)  # tokens without a meaning before a sentence within a paragraph, its first, a heading


class Tokens(NamedTuple):
    """A document in tokens. `bounds` are the places of the mark before each sentence, and the end of all."""

    lead: tuple[int, ...]
    ids: Sequence[int]
    # Letters of the document that each token covers; of a mark none
    places: Sequence[tuple[int, int]]
    bounds: Sequence[int]


class TokenWindow(NamedTuple):
    """What is read at once: tokens `start` to `end`, in which the sentences `first` to `last` are answered for; all half-open."""

    start: int
    end: int
    first: int
    last: int


def tokens_of(tokenizer: Any, document: Document, sentences: Sequence[Sentence]) -> Tokens:
    """A document in tokens, long sentences cut."""
    name = tokenizer.encode((document.source.author or "")[:80], add_special_tokens=False).ids[
        :NAME
    ]
    ids: list[int] = []
    offsets: list[tuple[int, int]] = []
    bounds = [0]
    for position, sentence in enumerate(sentences):
        start, end = (
            sentence.span.start,
            min(sentence.span.end, sentence.span.start + SENTENCE * LETTERS),
        )
        encoding = tokenizer.encode(document.text[start:end], add_special_tokens=False)
        goes_on = position and sentences[position - 1].paragraph == sentence.paragraph
        ids += [
            HEADING if sentence.kind is Kind.HEADING else GOES_ON if goes_on else BEGINS,
            *encoding.ids[:SENTENCE],
        ]
        offsets += [
            (start, start),
            *((start + a, start + b) for a, b in encoding.offsets[:SENTENCE]),
        ]
        bounds.append(len(ids))
    return Tokens((OPEN, *name, CLOSE), ids, offsets, bounds)


def windows(
    tokens: Tokens, size: int = WINDOW, left: int = LEFT, right: int = RIGHT
) -> Iterator[TokenWindow]:
    """Windows of `size` tokens that answer together for every sentence once."""
    bounds, first = tokens.bounds, 0
    room = size - len(tokens.lead) - 1
    while first < len(bounds) - 1:
        start = max(0, bounds[first] - left)
        ahead = room if start + room >= bounds[-1] else room - right
        last = max(first + 1, bisect_right(bounds, start + ahead) - 1)
        yield TokenWindow(start, min(bounds[-1], start + room), first, last)
        first = last


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A sentence as it was read in its window.

    `sentence` are its tokens without the mark before them; the document's begin with number `lead`. Of each token of the
    window there are the letters that it covers, how likely each part and a cue, and what points (tokens x POINTERS x width).
    `verdict`: how likely it is that the sentence answers, denies or doubts the one before it.
    """

    kinds: Mapping[str, float]
    sentence: slice
    lead: int
    places: Sequence[tuple[int, int]]
    parts: Any
    cues: Any
    pointers: Any
    verdict: float


@dataclass(frozen=True, slots=True)
class OnnxReader:
    """The bundled reader: one window at a time."""

    beneath: WordVectors
    layers: Any
    tokenizer: Any

    @classmethod
    def open(cls, folder: Path = BUNDLED) -> Self:
        """Open the reader after checking its weights' hash.

        Raises:
            EncoderError: it is missing or altered, or was trained on other word vectors than the bundled ones.
        """
        beside(folder, FILE)
        beneath = bundled_words()
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(beneath.tokenizer.to_str())
        tokenizer.no_truncation()
        return cls(beneath, open_session(folder / FILE), tokenizer)

    def read(self, document: Document, sentences: Sequence[Sentence]) -> Iterator[Reading]:
        """Every sentence of a document, in order."""
        tokens = tokens_of(self.tokenizer, document, sentences)
        for window in windows(tokens):
            yield from self._read(tokens, window)

    def _read(self, tokens: Tokens, window: TokenWindow) -> Iterator[Reading]:
        lead = len(tokens.lead)
        ids = (*tokens.lead, *tokens.ids[window.start : window.end], CLOSE)
        feed = self.beneath.embed(ids, [int(number >= lead) for number in range(len(ids))])
        del feed["token_type_ids"]
        shift, bounds = lead - window.start, tokens.bounds[window.first : window.last + 1]
        edges = pairwise(min(bound, window.end) + shift for bound in bounds)
        token_ranges = [slice(start, end) for start, end in edges]
        members = np.zeros((1, len(token_ranges), len(ids)), np.float32)
        for row, token_range in enumerate(token_ranges):
            members[0, row, token_range] = 1
        kinds, part_scores, cues, pointers, verdicts = (
            answer[0] for answer in self.layers.run(ANSWERS, {**feed, "members": members})
        )
        offsets = [(0, 0)] * lead + [*tokens.places[window.start : window.end], (0, 0)]
        pointers = pointers.reshape(len(ids), POINTERS, -1)
        for row, token_range in enumerate(token_ranges):
            likely = dict(zip(KINDS, map(float, kinds[row]), strict=True))
            words = slice(token_range.start + 1, token_range.stop)
            scores = part_scores, cues, pointers, float(verdicts[row])
            yield Reading(likely, words, lead, offsets, *scores)


@lru_cache(maxsize=1)
def bundled() -> OnnxReader:
    """The reader that every index is built with, opened once."""
    return OnnxReader.open()
