"""Routes: whether a question asks for arguments, for who is on a side, or for more, by learned cues."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from pullquote.index.lexical import ENGLISH, words_of
from pullquote.sides.stance import Side

TOPIC = "*"  # in place of words on the subject, which tell nothing of the route
START, END, FOLLOWS = "^", "$", "+"
LONG = 3  # words of a cue
LONGEST = 12  # words up to which a question's length is a cue
MOST_WORDS = 60  # of a question that are looked at


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
    form = (f"{min(len(marked), LONGEST)} words", f"names {'a' if TOPIC in words else 'no'} subject")
    yield from form
    if follows:
        yield FOLLOWS
        yield from (f"{FOLLOWS} {cue}" for cue in form)


@dataclass(frozen=True, slots=True)
class Router:
    """A logistic model of the cues; fitted by `benchmarks/conversations.py fit`."""

    routes: tuple[Route, ...]
    weights: Mapping[str, Sequence[float]]  # of each cue, one for each route

    def words(self, question: str) -> list[str]:
        """A question's stems; what no label shares is on the subject, and many such are one."""
        words: list[str] = []
        for stem in stems_of(question):
            word = stem if stem in self.weights else TOPIC
            if word != TOPIC or words[-1:] != [TOPIC]:
                words.append(word)
        return words

    def route(self, question: str, *, follows: bool) -> Route:
        """The likeliest route of a question, asked after others or not."""
        totals = list(self.weights[""])
        for cue in set(cues(self.words(question), follows=follows)):
            for index, weight in enumerate(self.weights.get(cue, ())):
                totals[index] += weight
        return self.routes[totals.index(max(totals))]


def stems_of(question: str) -> list[str]:
    """The stems of a question's words in order, stop words included."""
    return ENGLISH.stem(words_of(question)[:MOST_WORDS])


@cache
def router() -> Router:
    """The router that comes with the program."""
    stored = json.loads(Path(__file__).with_name("routes.json").read_bytes())
    return Router(tuple(map(Route, stored["routes"])), stored["weights"])


@lru_cache(maxsize=1_024)
def route_of(question: str, *, follows: bool = False) -> Route:
    """What a question wants, asked after others or not."""
    return router().route(question, follows=follows)
