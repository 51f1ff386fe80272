"""The reader: tags whose words a text holds, over windows of whole sentences, when the index is built.

It stands on the ranker's word vectors and has layers of its own. It sees text alone. How it was trained, and how
well it does: docs/voice.md.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.errors import EncoderError
from pullquote.models.onnx import file_sha256, open_session
from pullquote.models.ranker import BUNDLED as RANKER
from pullquote.models.ranker import EMBEDDING, OnnxRanker

BUNDLED = Path(__file__).parent / "weights" / "voice"
FILE = "model.onnx"
ANSWERS = ("kinds", "parts", "cues", "pointers")
KINDS = ("author", "quoted", "reported", "mixed")  # in the order of its answers
PARTS = ("author", "reported", "quoted")
POINTERS = 12  # queries and keys of where the source begins and ends, where the speaker is named, and who is between
WINDOW, LEFT, RIGHT = 256, 72, 40  # tokens, and how many of them stand before and after the sentences answered for
SENTENCE = 160  # tokens that are read of a sentence
LETTERS = 10  # of a token, at most
NAME = 12  # tokens of the author's name
MENTION = 40  # tokens of a name
OPEN, CLOSE = 101, 102  # tokens: [CLS], [SEP]
GOES_ON, BEGINS, HEADING = (
    1,
    2,
    3,
)  # tokens without a meaning: a sentence follows, in a paragraph, at its start, a heading

Array = Any


@dataclass(frozen=True, slots=True)
class Tokens:
    """A document in tokens. `bounds` are the places of the mark before each sentence, and the end of all."""

    lead: tuple[int, ...]
    ids: Sequence[int]
    places: Sequence[tuple[int, int]]  # letters of the document that each token covers; of a mark none
    bounds: Sequence[int]


@dataclass(frozen=True, slots=True)
class Window:
    """What is read at once: tokens `start` to `end`, in which the sentences `first` to `last` are answered for; all half-open."""

    start: int
    end: int
    first: int
    last: int


def tokens_of(tokenizer: Any, document: Document, sentences: Sequence[Sentence]) -> Tokens:
    """A document in tokens, long sentences cut."""
    name = tokenizer.encode((document.source.author or "")[:80], add_special_tokens=False).ids[:NAME]
    ids: list[int] = []
    places: list[tuple[int, int]] = []
    bounds = [0]
    for position, sentence in enumerate(sentences):
        start, end = sentence.span.start, min(sentence.span.end, sentence.span.start + SENTENCE * LETTERS)
        found = tokenizer.encode(document.text[start:end], add_special_tokens=False)
        goes_on = position and sentences[position - 1].paragraph == sentence.paragraph
        ids += [HEADING if sentence.kind is Kind.HEADING else GOES_ON if goes_on else BEGINS, *found.ids[:SENTENCE]]
        places += [(start, start), *((start + a, start + b) for a, b in found.offsets[:SENTENCE])]
        bounds.append(len(ids))
    return Tokens((OPEN, *name, CLOSE), ids, places, bounds)


def windows(tokens: Tokens, size: int = WINDOW, left: int = LEFT, right: int = RIGHT) -> Iterator[Window]:
    """Windows of `size` tokens that answer together for every sentence once."""
    bounds, first = tokens.bounds, 0
    room = size - len(tokens.lead) - 1
    while first < len(bounds) - 1:
        start = max(0, bounds[first] - left)
        ahead = room if start + room >= bounds[-1] else room - right
        last = max(first + 1, bisect_right(bounds, start + ahead) - 1)
        yield Window(start, min(bounds[-1], start + room), first, last)
        first = last


@dataclass(frozen=True, slots=True)
class Mention:
    """Letters of the document that name somebody, and how likely they are the ones asked for."""

    start: int
    end: int
    likely: float


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What was answered to a window: of each token the letters that it covers, how likely each part and a cue, and what points.

    The document's first token is number `lead`.
    """

    lead: int
    places: Sequence[tuple[int, int]]
    parts: Array
    cues: Array
    pointers: Array  # tokens x POINTERS x width

    def point(self, number: int, asked: slice, within: slice) -> Mention | None:
        """Where the tokens asked about point to, inside others; None where that is likelier nowhere: at the first token."""
        begins, ends = (self._likely(number + side, asked, within) for side in (0, 2))
        joint = np.tril(np.triu(np.outer(begins[1:], ends[1:])), MENTION - 1)
        first, last = np.unravel_index(int(joint.argmax()), joint.shape)
        if joint[first, last] <= begins[0] * ends[0]:
            return None
        low = within.start
        return Mention(self.places[low + first][0], self.places[low + last][1], float(joint[first, last]))

    def _likely(self, number: int, asked: slice, within: slice) -> Array:
        keys = np.concatenate([self.pointers[:1, number + 1], self.pointers[within, number + 1]])
        scores = keys @ self.pointers[asked, number].mean(0) / keys.shape[1] ** 0.5
        likely = np.exp(scores - scores.max())
        return likely / likely.sum()


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A sentence as it was read: how likely each kind is, and in which tokens of the window it stands, its mark first."""

    kinds: Mapping[str, float]
    tokens: slice
    answers: Answers

    @property
    def end(self) -> int:
        """Where in the document the last letter that was read ends."""
        end: int = self.answers.places[self.tokens.stop - 1][1]
        return end

    def others(self) -> list[tuple[int, int, float]]:
        """Each token's letters, and how likely they are not the author's."""
        own = slice(self.tokens.start + 1, self.tokens.stop)
        likely = 1 - self.answers.parts[own, 0]
        return [(*place, float(others)) for place, others in zip(self.answers.places[own], likely, strict=True)]

    def cues(self) -> list[tuple[int, int, float]]:
        """Each token's letters, and how likely it is of the words that tell of a report."""
        own = slice(self.tokens.start + 1, self.tokens.stop)
        return [
            (*place, float(cue)) for place, cue in zip(self.answers.places[own], self.answers.cues[own], strict=True)
        ]

    def source(self, start: int, end: int) -> Mention | None:
        """What names in this sentence who says the letters `start` to `end` of the document."""
        return self.answers.point(0, self._asked(start, end), slice(self.tokens.start + 1, self.tokens.stop))

    def named(self, start: int, end: int) -> Mention | None:
        """Where in the window they are named best."""
        return self.answers.point(4, self._asked(start, end), slice(self.answers.lead, None))

    def between(self, start: int, end: int) -> Mention | None:
        """Who is named as having it from them: "The Times reported that a memo says"."""
        return self.answers.point(8, self._asked(start, end), slice(self.answers.lead, None))

    def _asked(self, start: int, end: int) -> slice:
        places = self.answers.places[self.tokens]
        held = [n for n, (a, b) in enumerate(places) if a < end and b > start and (n or start <= a)]
        return slice(self.tokens.start + held[0], self.tokens.start + held[-1] + 1) if held else self.tokens


class Reader(Protocol):
    """Reads the sentences of a document; the same document always gets the same readings."""

    def read(self, document: Document, sentences: Sequence[Sentence]) -> Iterator[Reading]:
        """What every sentence holds, in order."""


@dataclass(frozen=True, slots=True)
class OnnxReader:
    """The bundled reader: one window at a time."""

    beneath: OnnxRanker
    layers: Any
    tokenizer: Any

    @classmethod
    def open(cls, ranker: OnnxRanker | None = None, folder: Path = BUNDLED) -> Self:
        """Open the reader after checking its weights' hash.

        Args:
            ranker: the bundled ranker where it is open already.

        Raises:
            EncoderError: it is missing or altered, or was trained on the word vectors of another ranker.
        """
        beneath = ranker or OnnxRanker.open()
        try:
            card = json.loads((folder / "config.json").read_bytes())
            altered = file_sha256(folder / FILE) != card["weights"]["sha256"]
            ranked = json.loads((RANKER / "config.json").read_bytes())["weights"]["sha256"]
            strange = card["beneath"]["sha256"] != ranked[EMBEDDING]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EncoderError(f"the reader in {folder} cannot be read; reinstall pullquote") from error
        if altered or strange:
            raise EncoderError(f"the reader in {folder} is not what was published; reinstall pullquote")
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(beneath.tokenizer.to_str())
        tokenizer.no_truncation()
        return cls(beneath, open_session(folder / FILE), tokenizer)

    def read(self, document: Document, sentences: Sequence[Sentence]) -> Iterator[Reading]:
        """Every sentence of a document, in order."""
        tokens = tokens_of(self.tokenizer, document, sentences)
        for window in windows(tokens):
            yield from self._read(tokens, window)

    def _read(self, tokens: Tokens, window: Window) -> Iterator[Reading]:
        lead = len(tokens.lead)
        ids = (*tokens.lead, *tokens.ids[window.start : window.end], CLOSE)
        types = (*(0 for _ in tokens.lead), *(1 for _ in range(len(ids) - lead)))
        given = self.beneath.embed(ids, types)
        del given["token_type_ids"]
        shift = lead - window.start
        own = [
            slice(tokens.bounds[n] + shift, min(tokens.bounds[n + 1], window.end) + shift)
            for n in range(window.first, window.last)
        ]
        members = np.zeros((1, len(own), len(ids)), np.float32)
        for row, each in enumerate(own):
            members[0, row, each] = 1
        kinds, *answers = (answer[0] for answer in self.layers.run(ANSWERS, {**given, "members": members}))
        parts, cues, pointers = answers
        places = [(0, 0)] * lead + list(tokens.places[window.start : window.end]) + [(0, 0)]
        found = Answers(lead, places, parts, cues, pointers.reshape(len(ids), POINTERS, -1))
        for row, each in enumerate(own):
            yield Reading(dict(zip(KINDS, map(float, kinds[row]), strict=True)), each, found)


@lru_cache(maxsize=1)
def bundled() -> OnnxReader:
    """The reader that every index is built with, opened once."""
    return OnnxReader.open()
