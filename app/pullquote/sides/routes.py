"""Routes: whether a question asks for arguments, for who is on a side, or for more, by learned cues."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pullquote.corpus.english import LANGUAGE as ENGLISH
from pullquote.index.lexical import STOP_WORDS, clean, words_of
from pullquote.models.onnx import Vectors
from pullquote.sides.stance import Side

TOPIC = "*"  # in place of words on the subject, which tell nothing of the route
IT = "it"  # the same, for an encoder
START, END, FOLLOWS = "^", "$", "+"
LONG = 3  # words of a cue
LONGEST = 12  # words up to which a question's length is a cue
LONGEST_CLAUSE = 500  # characters of a clause that are looked at
MOST_WORDS = 60  # of a question that are looked at
# Between the weights that a word has for two routes, from which it is none of the subject's (conversations/README.md).
TELLS = 0.7
_WORDS = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_CLAUSES = re.compile(r"[?!:;]+(?:\s|$)|\.(?:\s|$)|\s[-\u2013\u2014]\s")


class Route(StrEnum):
    """What is wanted: arguments, people, the other side or more of what was shown, or what the sources say."""

    FOR = "for"
    AGAINST = "against"
    BOTH = "both"
    WHO_FOR = "who_for"
    WHO_AGAINST = "who_against"
    OTHER = "other"
    DISAGREE = "disagree"
    MORE = "more"
    NONE = "none"

    @property
    def side(self) -> Side | None:
        """The side that is asked for by itself."""
        return _SIDES.get(self)

    @property
    def turns_round(self) -> bool:
        """Whether it asks for the side opposite to what was shown."""
        return self in (Route.OTHER, Route.DISAGREE)

    @property
    def asks_for_sides(self) -> bool:
        """Whether arguments or people on a side are wanted, and not what the sources say."""
        return self not in (Route.MORE, Route.NONE)


_SIDES = {
    Route.FOR: Side.FOR,
    Route.WHO_FOR: Side.FOR,
    Route.AGAINST: Side.AGAINST,
    Route.WHO_AGAINST: Side.AGAINST,
}


def cues(words: Sequence[str], *, follows: bool) -> Iterator[str]:
    """Runs of up to LONG words, pairs with one between them, and how long a question is.

    Args:
        words: stems, with TOPIC for those on the subject.
        follows: whether anything was asked before.
    """
    marked = [START, *words, END]
    for length in range(1, LONG + 1):
        for at in range(len(marked) - length + 1):
            yield " ".join(marked[at : at + length])
    for first, _, last in zip(marked, marked[1:], marked[2:], strict=False):
        yield f"{first} _ {last}"
    form = (
        f"{min(len(marked), LONGEST)} words",
        f"names {'a' if TOPIC in words else 'no'} subject",
    )
    yield from form
    if follows:
        yield FOLLOWS
        yield from (f"{FOLLOWS} {cue}" for cue in form)


@dataclass(frozen=True, slots=True)
class Router:
    """Two logistic models, of the cues and of a vector of the words that are none on the subject, whose log-odds add up.

    Fitted by `benchmarks/conversations.py fit`, for the encoder that comes with the program.

    Attributes:
        cues: the weights of each cue, of shape (routes,); those of "" are the constants.
        vector: of shape (routes, dimension + 2): those of a vector, of coming later and the constants.
    """

    routes: tuple[Route, ...]
    cues: Mapping[str, Sequence[float]]
    vector: NDArray[np.float64]

    def words(self, question: str) -> list[tuple[str, str]]:
        """A question's words with their stems; what no label shares is on the subject, and many such are one."""
        words: list[tuple[str, str]] = []
        typed = words_of(question)[:MOST_WORDS]
        for word, stem in zip(typed, ENGLISH.stem(typed), strict=True):
            pair = (word, stem) if stem in self.cues else (IT, TOPIC)
            if pair != (IT, TOPIC) or words[-1:] != [pair]:
                words.append(pair)
        return words

    def route(
        self, question: str, *, follows: bool, encode: Callable[[str], Vectors] | None = None
    ) -> Route:
        """The likeliest route of a question, asked after others or not.

        Args:
            encode: makes a vector by the bundled encoder; without it the cues alone tell.
        """
        words = self.words(question)
        shown = set(cues([stem for _, stem in words], follows=follows))
        known = [self.cues[cue] for cue in shown if cue in self.cues]
        log_odds = np.sum([self.cues[""], *known], axis=0)
        if encode:
            vector = encode(" ".join(word for word, _ in words))
            log_odds += self.vector @ [*vector.tolist(), float(follows), 1.0]
        return self.routes[int(log_odds.argmax())]

    def subject(self, clause: str) -> str:
        """What a clause is about: from its first word that no route goes by to its last; "" where there is none."""
        told = [
            match
            for match in _WORDS.finditer(clause[:LONGEST_CLAUSE])
            if self._is_subject(match[0])
        ]
        return clause[told[0].start() : told[-1].end()] if told else ""

    def _is_subject(self, word: str) -> bool:
        weights = self.cues.get(" ".join(ENGLISH.stem([clean(word)])), (0.0,))
        return clean(word) not in STOP_WORDS and max(weights) - min(weights) < TELLS


@cache
def router() -> Router:
    """The router that comes with the program."""
    stored = json.loads(Path(__file__).with_name("routes.json").read_bytes())
    return Router(tuple(map(Route, stored["routes"])), stored["cues"], np.array(stored["vector"]))


@lru_cache(maxsize=1_024)
def route_of(question: str, *, follows: bool = False) -> Route:
    """What a question wants by its cues alone, asked after others or not."""
    return router().route(question, follows=follows)


def clauses_of(question: str) -> list[str]:
    """The clauses of a question, as its marks part them."""
    return [clause.strip() for clause in _CLAUSES.split(question) if clause.strip()]


def subject_of(question: str) -> str:
    """What a question is about, by the first clause that says so; "" where none does."""
    return next(filter(None, map(router().subject, clauses_of(question))), "")
