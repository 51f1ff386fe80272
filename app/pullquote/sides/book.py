"""The stance book: what a generation holds about sides, and what is read only when it is asked for."""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import chain

import numpy as np

from pullquote.index.engine import Selection
from pullquote.index.generation import Generation
from pullquote.index.layout import DISPUTES, STANCES
from pullquote.index.lexical import clean, terms
from pullquote.index.search import Choice, Hit, cut, is_question
from pullquote.models.encoder import DEFAULT_WEIGHTS
from pullquote.models.ranker import bundled_judge
from pullquote.sides.columns import Sides, both_sides
from pullquote.sides.judging import (
    NO_SCORES,
    Encode,
    JudgedChoice,
    Readings,
    candidates,
    decided_rows,
    judge_text,
    read,
    stance_of,
    taking_sides,
)
from pullquote.sides.proposition import same
from pullquote.sides.routes import Route, router
from pullquote.sides.stance import Basis, Judge, StanceReading
from pullquote.voice.book import VoiceBook

# Where more than this share of its words does not occur in the sources, these say nothing on it.
UNKNOWN = 0.5
CACHED = 256  # propositions asked lately with both their sides: a new one takes up to a second

UNREAD = StanceReading(0.0, 1.0)  # of what an editor decided, and no model read

JudgedProposition = tuple[str, str, dict[int, StanceReading]]
"""A debate, one of the operator's propositions for it, and what was read by row of the window."""


class StanceBook:
    """Who is for and against in one generation: what was read at the build, and what is read since.

    Attributes:
        read_all: the windows that may bear on a proposition in a debate, best first, and what is read in them.
        read: what is read in a text against a proposition.
        sides: both sides of a proposition, by debate, quotes a side and selection, if any.
        labelled: what the documents of a debate say on the side that the operator puts them on,
            likeliest first; nothing is read for it.
        vectors: a row of shape (dimension,) for each of some propositions.
        disputed: the rows of the windows that another voice disputes.
    """

    def __init__(
        self,
        generation: Generation,
        voices: VoiceBook,
        encode: Encode,
        judge: Callable[[], Judge] = bundled_judge,
    ) -> None:
        self.generation, self.voices, self.encode = generation, voices, encode
        self.judged = judged_at_build(generation)
        self.disputed: list[int] = json.loads(generation.extra.get(DISPUTES, b"[]"))
        cached = lru_cache(maxsize=CACHED)
        # Not of methods: a cache that holds the book would be a reference cycle.
        self.read_all = cached(partial(_read_all, generation, self.judged, encode, judge))
        self.read = cached(lambda proposition, text: read(judge(), proposition, text))
        self.sides = cached(partial(_sides, generation, voices, self.read_all))
        self.labelled = cached(partial(_labelled, generation, voices, self.judged))
        self.vectors = cached(lambda texts: np.stack([encode(clean(text)) for text in texts]))

    def propositions(self, debate: str | None = None) -> tuple[str, ...]:
        """The operator's propositions of a debate, or of all of them, in the order of the debates."""
        entries = (entry for entry in self.judged if debate in (None, entry[0]))
        return tuple(dict.fromkeys(proposition for _, proposition, _ in entries))

    def readings(self, debate: str | None, proposition: str) -> Readings | None:
        """What was read for a proposition at the build; see `readings_of`."""
        return readings_of(self.judged, debate, proposition)

    def route(self, question: str, *, follows: bool = False) -> Route:
        """What a question wants, asked after others or not."""
        ours = (
            self.generation.card.encoder == DEFAULT_WEIGHTS
        )  # the routes are fitted for its vectors
        return router().route(question, follows=follows, encode=self.encode if ours else None)

    def expect_many(self) -> None:
        """Gather the labelled quotes of each proposition now, not when it is first asked."""
        for debate in self.generation.debates:
            for proposition in self.propositions(debate):
                self.labelled(debate, proposition)


def judged_at_build(generation: Generation) -> list[JudgedProposition]:
    """What was read for the operator's propositions when the index was built."""
    return [
        (debate, proposition, {row: StanceReading(*values) for row, *values in rows})
        for debate, proposition, rows in json.loads(generation.extra.get(STANCES, b"[]"))
    ]


def readings_of(
    judged: Sequence[JudgedProposition], debate: str | None, proposition: str
) -> Readings | None:
    """What was read for a proposition that is one of the operator's or its denial, or None for any other."""
    matching = [
        readings if stands > 0 else {row: reading.turned for row, reading in readings.items()}
        for name, judged_proposition, readings in judged
        if debate in (None, name) and (stands := same(proposition, judged_proposition))
    ]
    return dict(chain.from_iterable(map(dict.items, matching))) if matching else None


def readings_by_text(generation: Generation) -> dict[tuple[str, str], StanceReading]:
    """Every reading by proposition and quote, for the next build."""
    return {
        (proposition, cut(generation, generation.window(row)).text): reading
        for _, proposition, readings in judged_at_build(generation)
        for row, reading in readings.items()
    }


def _sides(
    generation: Generation,
    voices: VoiceBook,
    read_all: Callable[[str, str | None, Selection | None], tuple[Sequence[Hit], Readings]],
    proposition: str,
    debate: str | None,
    each: int,
    among: Selection | None,
) -> Sides:
    hits, readings = read_all(proposition, debate, among)
    return both_sides(generation, voices, proposition, hits, readings, debate=debate, each=each)


def _read_all(
    generation: Generation,
    judged: Sequence[JudgedProposition],
    encode: Encode,
    judge: Callable[[], Judge],
    proposition: str,
    debate: str | None,
    among: Selection | None,
) -> tuple[Sequence[Hit], Readings]:
    """What may be said on a proposition, and what is read in it: now, where it was not when the index was built."""
    # Counted, not weighted: in a small corpus rarity means nothing.
    words = terms(proposition)
    if sum(word not in generation.words for word in words) > UNKNOWN * len(words):
        return (), {}
    documents = among or generation.documents_of(debate)
    hits = candidates(generation, proposition, encode, documents)
    readings = dict(readings_of(judged, debate, proposition) or {})
    for hit in hits:
        if hit.row not in readings:
            readings[hit.row] = read(judge(), proposition, judge_text(cut(generation, hit)))
    return hits, readings


def _labelled(
    generation: Generation,
    voices: VoiceBook,
    judged: Sequence[JudgedProposition],
    debate: str | None,
    proposition: str,
) -> Sequence[JudgedChoice]:
    """What the operator's documents say on their side of a proposition, likeliest first; nothing is read now."""
    documents = generation.documents_of(debate)
    numbers = frozenset(taking_sides(generation, proposition, documents))
    rows = decided_rows(generation, proposition, documents)
    choices: list[JudgedChoice] = []
    readings = dict.fromkeys(rows, UNREAD) | dict(readings_of(judged, debate, proposition) or {})
    for row, reading in readings.items():
        window = generation.window(row)
        if row in generation.desk.hidden or not (window.document in numbers or row in rows):
            continue
        quote = cut(generation, window)
        stance = stance_of(generation, quote, voices.of_quote(quote), proposition, reading)
        sided = stance is not None and stance.basis is not Basis.MODEL and stance.taken
        if stance and sided and not is_question(quote.text):
            hit = Hit(row, window.document, window.first, window.last, *NO_SCORES)
            choices.append((Choice(quote, hit, 0.0), stance, reading))
    return sorted(choices, key=lambda entry: -entry[2].argued(entry[1]))
