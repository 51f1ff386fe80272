"""The debater: both sides of anything in one generation, and the other side beside an answer's quotes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from pullquote.corpus.quote import Quote
from pullquote.errors import QuestionError
from pullquote.index.generation import Generation
from pullquote.index.layout import DISPUTES
from pullquote.index.lexical import clean, terms
from pullquote.index.search import Choice, Hit, Role, Sought, cut, is_question, retrieve
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import bundled_judge
from pullquote.sides.balance import LABELLED, Balanced, Balancer, JudgedChoice
from pullquote.sides.columns import EACH, Sides, apart, both_sides, speaker_of
from pullquote.sides.judging import (
    Encode,
    Readings,
    StanceBook,
    candidates,
    judge_text,
    read,
    stance_of,
    taking_sides,
)
from pullquote.sides.proposition import Concern, concern_of, opens_yes_or_no, put_up, sentence
from pullquote.sides.stance import Basis, Citation, Judge, Side, Stance
from pullquote.voice.book import VoiceBook

# Where more than this share of its words does not occur in the sources, these say nothing on it.
UNKNOWN = 0.5
CACHED = 256  # propositions asked lately with both their sides: a new one takes up to a second
# Share of the best quote's score that the other side needs: it seldom fits the question as well.
NEAR_SHARE = 0.45
SOUGHT_LETTERS = 20_000  # of a quote, by which others on its subject are sought
DEBATABLE = " that somebody may be for or against"
NONE = "No other voice was found in these sources that clearly disputes this."


@dataclass(frozen=True, slots=True)
class Dispute:
    """A quote that takes the other side, of what, and the side that the disputed quote takes."""

    citation: Citation
    proposition: str
    disputed_stance: Stance


class Debater:
    """Answers about sides from one generation; the judge is opened only where the index was not built with it."""

    def __init__(
        self,
        generation: Generation,
        voices: VoiceBook,
        encode: Encode,
        judge: Callable[[], Judge] = bundled_judge,
    ) -> None:
        self.generation = generation
        self.voices = voices
        self.stances = StanceBook(generation)
        self._encode = encode
        self._disputed: list[int] = json.loads(generation.extra.get(DISPUTES, b"[]"))
        cached = lru_cache(maxsize=CACHED)
        judged = cached(partial(_judged, generation, self.stances, encode, judge))
        # Not of methods: a cache that holds the debater would be a reference cycle.
        self._sides = cached(partial(_both, generation, voices, judged))
        self._labelled = cached(partial(_labelled, generation, voices, self.stances))
        self._vectors = cached(lambda texts: np.stack([encode(clean(text)) for text in texts]))

    def expect_many(self) -> None:
        """Gather the labelled quotes of each proposition now, not when it is first asked."""
        for debate in self.generation.debates:
            for proposition in self.propositions(debate):
                self._labelled(debate, proposition)

    def propositions(self, debate: str | None = None) -> tuple[str, ...]:
        """The operator's propositions of a debate, or of all of them."""
        return self.stances.propositions(debate)

    def sides(self, statement: str, *, debate: str | None = None, each: int = EACH) -> Sides:
        """What the sources say for a proposition and against it, up to `each` quotes a side.

        Of a question it is what they say for the proposition that it concerns or puts up.

        Raises:
            UnknownDebate: there is no such debate.
            QuestionError: nothing is put up for debate.
        """
        self.generation.documents_of(debate)
        proposed, concern = put_up(statement), None
        if proposed is None or opens_yes_or_no(statement):
            concern = self.concerned(statement, self._encode(clean(statement)), debate, surely=True)
        proposition = concern.proposition if concern else proposed
        if proposition is None:
            quoted = [f"“{example.rstrip('.!… ')}”" for example in self.propositions(debate)[:3]]
            such = f", such as {' or '.join(quoted)}" if quoted else DEBATABLE
            raise QuestionError(
                f"there is nothing here to be for or against; write a statement{such}"
            )
        put_forward = proposition if proposition.endswith("?") else sentence(proposition)
        return self._marked(self._sides(put_forward, debate, each))

    def around(self, number: int, proposition: str) -> tuple[Sides, Sides] | None:
        """Both sides within a document and in the others of its debate, as judged at build.

        None for a proposition that was not judged for the debate.
        """
        generation, debate = self.generation, self.generation.rows[number].debate
        readings = self.stances.readings(debate, proposition)
        if readings is None:
            return None
        documents = generation.documents_of(debate)
        hits = candidates(generation, proposition, self._encode, documents)
        inside = [hit for hit in hits if hit.document == number]
        outside = [hit for hit in hits if hit.document != number]
        sides, other_sides = (
            both_sides(generation, self.voices, proposition, group, readings, debate=debate)
            for group in (inside, outside)
        )
        return self._marked(sides), self._marked(other_sides)

    def concerned(
        self, question: str, vector: Vectors, debate: str | None = None, *, surely: bool = False
    ) -> Concern | None:
        """The operator's proposition that a resolved question is about; see `concern_of`."""
        propositions = self.propositions(debate)
        if not propositions:
            return None
        cosines = (self._vectors(propositions) @ vector).tolist()
        return concern_of(question, propositions, cosines, surely=surely)

    def balance(
        self,
        concern: Concern | None,
        side: Side | None,
        choices: Sequence[Choice],
        hits: Sequence[Hit],
        *,
        debate: str | None,
        count: int,
    ) -> Balanced:
        """Stances and a counterpoint for an answer of at most `count` quotes, from what was judged at build.

        `side` is that which the question asks for, of the proposition.
        """
        if concern is None or not choices:  # the other side was not looked for
            return Balanced(tuple(choices), {}, concern.proposition if concern else None)
        proposition, debate = concern.proposition, debate or choices[0].quote.document.debate
        readings = self.stances.readings(debate, proposition)
        if readings is None:
            return Balanced(tuple(choices), {}, proposition)
        least = NEAR_SHARE * choices[0].hit.score
        fitting = [hit for hit in hits if hit.row in readings and hit.score >= least]
        labelled = self._labelled(debate, proposition)
        balancer = Balancer(self.generation, self.voices, proposition, fitting, readings, labelled)
        return balancer.balance(choices, side, count, worded=concern.worded)

    def labelled(
        self, proposition: str, side: Side, debate: str | None
    ) -> list[tuple[Choice, float]]:
        """Quotes of documents labelled with a side, and how likely each argues for it; likeliest first."""
        judged = self._labelled(debate, proposition)
        ours = ((choice, reading.argued(stance), stance.side) for choice, stance, reading in judged)
        return [(choice, likely) for choice, likely, taken_side in ours if taken_side is side]

    def dispute(self, quote: Quote) -> Dispute | None:
        """Who disputes a quote, or None; of one that overlaps a window found when the index was built, who disputes that."""
        row = self._disputed_row(quote)
        window = None if row is None else self.generation.window(row)
        return self.find_dispute(cut(self.generation, window) if window else quote)

    def marked(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Quotes with whether somebody disputes them, as it was found when the index was built."""
        return tuple(
            replace(citation, disputed=self._disputed_row(citation.quote) is not None)
            for citation in citations
        )

    def _marked(self, sides: Sides) -> Sides:
        favour, against, context = map(self.marked, (sides.favour, sides.against, sides.context))
        return replace(sides, favour=favour, against=against, context=context)

    def _disputed_row(self, quote: Quote) -> int | None:
        number = self.generation.number(quote.document.id)
        for row in self._disputed:
            at = self.generation.window(row)
            if at.document == number and at.first <= quote.last and quote.first <= at.last:
                return row
        return None

    def dump_disputes(self) -> bytes:
        """The rows of the windows that another voice disputes."""
        rows = set[int]()
        for debate in self.generation.debates:
            for proposition in self.propositions(debate):
                labelled = self._labelled(debate, proposition)
                if len({stance.side for _, stance, _ in labelled}) > 1:
                    disputed = (
                        choice for choice, _, _ in labelled if self.find_dispute(choice.quote)
                    )
                    rows |= {choice.hit.row for choice in disputed}
        return json.dumps(sorted(rows)).encode("utf-8")

    def find_dispute(self, quote: Quote) -> Dispute | None:
        """The nearest quote of another voice that a label puts on the other side, or None."""
        debate, sided = quote.document.debate, list[tuple[str, dict[int, JudgedChoice], Stance]]()
        for proposition in self.propositions(debate):
            labelled = [
                entry
                for entry in self._labelled(debate, proposition)
                if entry[2].argued(entry[1]) >= LABELLED
            ]
            repeats = (stance for choice, stance, _ in labelled if not apart(choice.quote, quote))
            if stance := next(repeats, None):
                sided.append((proposition, {entry[0].hit.row: entry for entry in labelled}, stance))
        if not sided:  # nothing is sought, which for a whole book takes seconds
            return None
        words = quote.text[:SOUGHT_LETTERS]
        sought = Sought(words, self._encode(clean(words)))
        hits = retrieve(self.generation, sought, self.generation.documents_of(debate))
        for proposition, by_row, stance in sided:
            labelled_hits = ((hit, by_row[hit.row]) for hit in hits if hit.row in by_row)
            for hit, (choice, other_stance, _) in labelled_hits:
                if other_stance.side is stance.side.other and not self._one_voice(
                    quote, choice.quote
                ):
                    citation = self._counterpoint(choice.quote, hit.score, other_stance)
                    return Dispute(citation, proposition, stance)
        return None

    def _one_voice(self, first: Quote, second: Quote) -> bool:
        speakers = {speaker_of(quote, self.voices.of_quote(quote)) for quote in (first, second)}
        return len(speakers) == 1

    def _counterpoint(self, quote: Quote, score: float, stance: Stance) -> Citation:
        voices = self.voices.of_quote(quote)
        return self.marked([Citation(1, quote, Role.COUNTERPOINT, voices, score, stance)])[0]


def _both(
    generation: Generation,
    voices: VoiceBook,
    judged: Callable[[str, str | None], tuple[Sequence[Hit], Readings]],
    proposition: str,
    debate: str | None,
    each: int,
) -> Sides:
    hits, readings = judged(proposition, debate)
    return both_sides(generation, voices, proposition, hits, readings, debate=debate, each=each)


def _judged(
    generation: Generation,
    stances: StanceBook,
    encode: Encode,
    judge: Callable[[], Judge],
    proposition: str,
    debate: str | None,
) -> tuple[Sequence[Hit], Readings]:
    """What may be said on a proposition, and what is read in it: now, where it was not when the index was built."""
    # Counted, not weighted: in a small corpus rarity means nothing.
    words = terms(proposition)
    if sum(word not in generation.words for word in words) > UNKNOWN * len(words):
        return (), {}
    hits = candidates(generation, proposition, encode, generation.documents_of(debate))
    readings = dict(stances.readings(debate, proposition) or {})
    for hit in hits:
        if hit.row not in readings:
            readings[hit.row] = read(judge(), proposition, judge_text(cut(generation, hit)))
    return hits, readings


def _labelled(
    generation: Generation,
    voices: VoiceBook,
    stances: StanceBook,
    debate: str | None,
    proposition: str,
) -> Sequence[JudgedChoice]:
    """What the operator's documents say on their side of a proposition, likeliest first; nothing is read now."""
    numbers = frozenset(taking_sides(generation, proposition, generation.documents_of(debate)))
    judged: list[JudgedChoice] = []
    for row, reading in (stances.readings(debate, proposition) or {}).items():
        window = generation.window(row)
        if window.document not in numbers:
            continue
        quote = cut(generation, window)
        stance = stance_of(generation, quote, voices.of_quote(quote), proposition, reading)
        sided = stance is not None and stance.basis is Basis.LABEL and stance.taken
        if stance and sided and not is_question(quote.text):
            # No question found it.
            hit = Hit(row, window.document, window.first, window.last, 0.0, 0.0, 0.0, 0.0, 0.0)
            judged.append((Choice(quote, hit, 0.0), stance, reading))
    return sorted(judged, key=lambda entry: -entry[2].argued(entry[1]))
