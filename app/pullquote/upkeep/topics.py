"""Topics: what several documents speak of, by a name that they use, and how much readers would ask about it."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from pullquote.index.lexical import STOP_WORDS, stems
from pullquote.models.onnx import Vectors

LONGEST = 3  # words of a topic
USED = 2  # documents that use it so, at least
_TOKEN = re.compile(r"[^\W_](?:[\w’'.&-]*[^\W_])?|[^\w\s]")
_BEFORE = frozenset("about against by for from in of on over with".split())  # noqa: SIM905 -- after these a noun stands
_ONE = frozenset({"a", "an"})
_JOINS = frozenset({"and", "or", ",", "-", "&"})  # before these an adjective may stand alone
_WEIGHTS = Path(__file__).with_name("topics.json")


@dataclass(frozen=True, slots=True)
class Topic:
    """A name for something, as it stands amid a sentence, and how often which documents use it, by their numbers."""

    words: str
    by: Mapping[int, int]

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its words."""
        return stems(self.words)

    def figures(self, documents: int) -> tuple[float, ...]:
        """What is weighed beside its meaning: how widely and often it is used, its length and whether it is a proper name."""
        bare = self.words.removeprefix("the ")
        return (
            len(self.by) / documents, float(np.log(sum(self.by.values()))), float(len(bare.split()) == 1),
            float(bare[0].isupper()), float(bare != self.words), 1.0,
        )  # fmt: skip


def topics(texts: Iterable[Iterable[str]], people: frozenset[str] = frozenset()) -> list[Topic]:
    """The names that several documents use, and that stand where only a noun can: after a preposition, up to a function word or a stop.

    Args:
        texts: the sentences of each document.
        people: words of people's names; who is heard is no topic.
    """
    read = [[_TOKEN.findall(sentence) for sentence in sentences] for sentences in texts]
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words in (name for document in read for tokens in document for name in _names(tokens)):
        spellings[_key(words)][words] += 1
    used = _uses(read, spellings)
    least = min(USED, len(read))
    frequent = (
        (counts.most_common(1)[0][0], used[key])
        for key, counts in spellings.items()
        if len(used[key]) >= least
    )
    counted = {
        _key(name) for document in read for tokens in document for name in _names(tokens, _ONE)
    }
    return [
        Topic(words, by)
        for words, by in frequent
        if people.isdisjoint(words.split()) and _plain(words, counted)
    ]


def _uses(
    read: Sequence[Sequence[Sequence[str]]], keys: Container[str]
) -> Mapping[str, Counter[int]]:
    """How often each document, by its number, uses each of the keys."""
    used: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for number, document in enumerate(read):
        for tokens in document:
            small = [token.lower() for token in tokens]
            runs = (
                " ".join(small[at : at + size])
                for at in range(len(small))
                for size in range(1, LONGEST + 1)
            )
            for key in filter(keys.__contains__, runs):
                used[key][number] += 1
    return used


def _plain(words: str, counted: set[str]) -> bool:
    """Whether a name says by itself what it is of: no "the chairman", and no "court" that is "a court" elsewhere."""
    bare = words.removeprefix("the ")
    several = bare.endswith("s") or " " in bare
    return not bare.endswith(("’s", "'s")) and (several if bare != words else bare not in counted)


def _key(words: str) -> str:
    return words.removeprefix("the ").lower()


def _names(tokens: Sequence[str], before: frozenset[str] = _BEFORE) -> Iterator[str]:
    for position, token in enumerate(tokens[:-1]):
        first = position + 1 + (tokens[position + 1] == "the")
        if token not in before or first == len(tokens):  # a sentence may break off after "of the"
            continue
        end = next((at for at in range(first, len(tokens)) if not _may_name(tokens[at])), first)
        # "Department of Homeland Security" is one name
        inside = position and tokens[position - 1][0].isupper()
        follows = tokens[end].lower() if end < len(tokens) else ","
        longer = (
            follows in ("of", "for") and tokens[end + 1 : end + 2] and tokens[end + 1][0].isupper()
        )
        name = " ".join(tokens[position + 1 : end])
        proper = tokens[first][0].isupper()
        verbal = tokens[first].endswith("ing") or tokens[end - 1].endswith("ed")
        plain = follows not in _JOINS and not (proper and (inside or longer)) and not verbal
        if 0 < end - first <= LONGEST and plain:
            yield name


def _may_name(token: str) -> bool:
    return token[0].isalpha() and len(token) > 1 and token.lower() not in STOP_WORDS


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, Sequence[float]]:
    weights: Mapping[str, Sequence[float]] = json.loads(_WEIGHTS.read_bytes())
    return weights


def worth(topics: Sequence[Topic], vectors: Vectors, documents: int) -> list[float]:
    """How likely readers ask about each topic, as a logit; learned from the questions of benchmarks/debates/learn.

    Args:
        vectors: of the topics' words, shape (topics, dimension); of another model than the default one they tell nothing.
    """
    weights = _weights()
    meaning = np.array(weights["meaning"], dtype=np.float32)
    by_meaning = (
        vectors @ meaning
        if vectors.shape[1:] == meaning.shape
        else np.zeros(len(topics), np.float32)
    )
    figures = (
        np.array([topic.figures(documents) for topic in topics]).reshape(len(topics), -1)
        @ weights["figures"]
    )
    return [float(value) for value in by_meaning + figures]
