"""A corpus of any size, and vectors for it without encoding it: both put together of halves of real sentences.

A generated sentence is the head of one real sentence and the tail of another, cut at the same connective. Its vector is the sum of
those of the two real sentences, which the program's own encoder made, and of noise of a fixed length; a passage's is the sum
of its sentences' and noise of its own. So neighbours lie as they do among real texts, at many distances, and no two rows are
the same. A document draws its heads from one debate's texts and two in three of its tails; questions are really encoded.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import numpy as np

from pullquote.corpus.corpus import load_corpus
from pullquote.corpus.sentences import Kind, split_sentences
from pullquote.models.encoder import Encoder
from pullquote.models.interaction import Interaction, TokenCodes
from pullquote.models.onnx import Vectors
from pullquote.settings import Settings

SEED = 20_261_201
NOISE = 0.35  # length of what is added to a unit vector
OWN = 2 / 3  # tails of the document's own debate
PARAGRAPH, DOCUMENT = 4, 40  # sentences
_PARTED = re.compile(r"(?<=\.)\s+(?=[A-Z])")
_JOINT = corpus.JOINT
_PLAIN = re.compile(
    r"[A-Z][^\"“”‘()\[\]\n;:.]*[.]"
)  # without a second full stop: sentences can be told apart again


@dataclass(frozen=True, slots=True)
class Half:
    """The head, with its connective, or the tail of a real sentence, which is told by its number."""

    text: str
    joint: str
    source: int


@dataclass(frozen=True)
class Halves:
    """The halves of real sentences: of each debate the heads, and all tails by debate and connective."""

    sources: tuple[str, ...]
    heads: tuple[tuple[Half, ...], ...]
    tails: dict[tuple[int, str], tuple[Half, ...]]
    debates: tuple[str, ...]
    everywhere: dict[str, tuple[Half, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "Halves":
        """Those of the texts below a folder, a debate a folder."""
        sources: dict[str, int] = {}
        heads: dict[str, list[Half]] = {}
        tails: dict[tuple[str, str], list[Half]] = {}
        for document in load_corpus(Settings(corpus=folder)).documents:
            for one in split_sentences(document):
                text = " ".join(one.span.cut(document.text).split())
                fits = (
                    one.kind is Kind.PROSE
                    and 8 <= len(text.split()) <= 45
                    and _PLAIN.fullmatch(text)
                )
                if not fits or text in sources or not (joints := list(_JOINT.finditer(text))):
                    continue
                joint = min(joints, key=lambda match: abs(match.start() - len(text) / 2))
                number = sources[text] = len(sources)
                heads.setdefault(document.debate, []).append(
                    Half(text[: joint.end()], joint.group(), number)
                )
                tails.setdefault((document.debate, joint.group()), []).append(
                    Half(text[joint.end() :], joint.group(), number)
                )
        debates = sorted(heads)
        joints = {joint for _, joint in tails}
        return cls(
            tuple(sources), tuple(tuple(heads[name]) for name in debates),
            {(number, joint): tuple(tails.get((name, joint), ())) for number, name in enumerate(debates) for joint in joints},
            tuple(debates),
            {joint: tuple(half for (_, other), found in sorted(tails.items()) if other == joint for half in found) for joint in joints},
        )  # fmt: skip

    def document(self, number: int, of: int) -> tuple[str, list[tuple[Half, Half]]]:
        """The debate and the sentences of a document, always the same for the same number of so many."""
        debate = number * len(self.debates) // of
        chance = np.random.default_rng([SEED, number])
        picks = chance.random((DOCUMENT, 3))
        made = []
        for first, second, which in picks.tolist():
            head = self.heads[debate][int(first * len(self.heads[debate]))]
            tails = self.tails[debate, head.joint] if which < OWN else ()
            tails = tails or self.everywhere[head.joint]
            made.append((head, tails[int(second * len(tails))]))
        return self.debates[debate], made


def text_of(sentences: Sequence[tuple[Half, Half]]) -> str:
    """A document's text: paragraphs of four sentences, each of which is a passage."""
    words = [head.text + tail.text for head, tail in sentences]
    return (
        "\n\n".join(" ".join(words[at : at + PARAGRAPH]) for at in range(0, len(words), PARAGRAPH))
        + "\n"
    )


def write(halves: Halves, folder: Path, passages: int) -> int:
    """Write documents of so many passages in all, a debate a folder; how many documents there are."""
    documents = passages * PARAGRAPH // DOCUMENT
    for number in range(documents):
        debate, sentences = halves.document(number, documents)
        place = folder / debate
        place.mkdir(parents=True, exist_ok=True)
        text = f"---\ntitle: {title(number)}\nlanguage: en\n---\n{text_of(sentences)}"
        (place / f"remarks-{number:06d}.txt").write_text(text, encoding="utf-8")
    return documents


def title(number: int) -> str:
    """What a document is called."""
    return f"Remarks {number}"


class Composed:
    """Stands in for the encoder where all of a corpus is too much for it: vectors put together, those of questions real."""

    def __init__(self, halves: Halves, encoder: Encoder, folder: Path) -> None:
        self.identity, self.dimension = encoder.identity, encoder.dimension
        self._encoder = encoder
        self._sources = {half.text: half.source for found in halves.heads for half in found}
        self._tails = {
            half.text: half.source for found in halves.everywhere.values() for half in found
        }
        self.vectors = _encoded(halves, encoder, folder)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A unit vector a text, shape (texts, dimension)."""
        return (
            np.stack([self._one(text) for text in texts])
            if texts
            else np.zeros((0, self.dimension), np.float32)
        )

    def _one(self, text: str) -> Vectors:
        parts = self.pairs(text)
        if not parts:
            return self._encoder.encode([text])[0]
        vector = sum(sentence_vector(self.vectors, *pair) for pair in parts)
        return noisy(np.asarray(vector, np.float32), text if len(parts) > 1 else "")

    def pairs(self, text: str) -> list[tuple[int, int]]:
        """The two real sentences that each sentence of a text was made of, by number."""
        return [pair for one in _PARTED.split(text) if (pair := self._pair(one)) is not None]

    def _pair(self, sentence: str) -> tuple[int, int] | None:
        for joint in _JOINT.finditer(sentence):
            head, tail = (
                self._sources.get(sentence[: joint.end()]),
                self._tails.get(sentence[joint.end() :]),
            )
            if head is not None and tail is not None:
                return head, tail
        return None


class ComposedTokens:
    """Stands in for late interaction: a sentence has the first half of the token vectors of one real one, the last of another."""

    def __init__(self, halves: Halves, made: Composed, network: Interaction, folder: Path) -> None:
        self.identity, self._made, self._network = network.identity, made, network
        mark = hashlib.sha256("\n".join((network.identity, *halves.sources)).encode()).hexdigest()[
            :16
        ]
        path = folder / f"tokens-{mark}.npz"
        if not path.exists():
            found = [network.window(text) for text in halves.sources]
            folder.mkdir(parents=True, exist_ok=True)
            np.savez(path, codes=np.concatenate(found), counts=[len(each) for each in found])
        with np.load(path) as kept:
            self._codes = np.split(kept["codes"], np.cumsum(kept["counts"])[:-1])

    def window(self, text: str) -> TokenCodes:
        """The token vectors of a window, shape (tokens, DIMENSION)."""
        pairs = self._made.pairs(text)
        if not pairs:
            return self._network.window(text)
        heads, tails = ([self._codes[number] for number in one] for one in zip(*pairs, strict=True))
        return np.concatenate([
            part for head, tail in zip(heads, tails, strict=True)
            for part in (head[: len(head) // 2 + 1], tail[len(tail) // 2 :])
        ])  # fmt: skip


def sentence_vector(sources: Vectors, head: int, tail: int) -> Vectors:
    """The vector of a generated sentence."""
    return noisy(sources[head] + sources[tail], f"{head} {tail}")


def noisy(vector: Vectors, mark: str) -> Vectors:
    """A vector made a unit, with noise that the mark decides (an empty one: without), and made a unit again."""
    unit = vector / np.linalg.norm(vector)
    if not mark:
        return np.asarray(unit, np.float32)
    seed = int.from_bytes(hashlib.blake2b(mark.encode(), digest_size=8).digest(), "little")
    noise = np.random.default_rng(seed).standard_normal(len(unit), np.float32)
    unit = unit + NOISE * noise / np.linalg.norm(noise)
    return np.asarray(unit / np.linalg.norm(unit), np.float32)


def _encoded(halves: Halves, encoder: Encoder, folder: Path) -> Vectors:
    """The real sentences' vectors, kept in a folder."""
    from concurrent.futures import ThreadPoolExecutor
    from os import sched_getaffinity

    mark = hashlib.sha256("\n".join((encoder.identity, *halves.sources)).encode()).hexdigest()[:16]
    path = folder / f"sources-{mark}.npy"
    if not path.exists():
        with ThreadPoolExecutor(len(sched_getaffinity(0))) as pool:
            made = list(pool.map(lambda text: encoder.encode([text])[0], halves.sources))
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, np.stack(made))
    return np.asarray(np.load(path), np.float32)


def questions(halves: Halves, count: int) -> list[str]:
    """Runs of nine words out of real sentences, each another."""
    drawn = np.random.default_rng(SEED + 1).permutation(len(halves.sources))
    runs = (halves.sources[number].rstrip(".").split() for number in drawn.tolist())
    return [" ".join(words[-9:]) for words in runs if len(words) > 12][:count]
