"""The debater: what one generation holds on both sides of anything, with what was judged when it was built."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache, partial

from pullquote.answers.query import AFTER, STATEMENT, Leaning, Query, leaning, resolve
from pullquote.errors import QuestionError
from pullquote.index.generation import Generation
from pullquote.index.lexical import clean, terms
from pullquote.index.quote import Quote
from pullquote.index.search import Choice, Hit, retrieve
from pullquote.models.ranker import OnnxRanker
from pullquote.sides.columns import Sides, both_sides
from pullquote.sides.counterpoint import Told, Weighed, labelled_quotes, weigh
from pullquote.sides.disputes import Dispute, claim_of, contested, nearest_dispute
from pullquote.sides.dissent import settled
from pullquote.sides.judging import CONSIDERED, Encode, StanceBook, candidates, judge_hits, wordings
from pullquote.sides.matter import Matter, in_full, matter_of, requested, the_one, under_debate, worded_as
from pullquote.sides.pleas import asks_for_words
from pullquote.sides.proposition import statement_of
from pullquote.sides.relation import relation, turns
from pullquote.sides.stance import Judge, Side, read
from pullquote.voice.book import VoiceBook

LEAST_WORDS = 2  # that say something, of what is put up for debate
UNKNOWN = 0.5  # share of its words above which, where they do not occur in the sources, these say nothing on it
KEPT = 256  # propositions asked lately with both their sides; a new one takes up to a second to judge


class Debater:
    """Answers about sides from one generation; the judge is opened only where the index was not built with it."""

    def __init__(
        self, generation: Generation, voices: VoiceBook, encode: Encode, judge: Callable[[], Judge] = OnnxRanker.open
    ) -> None:
        self.generation = generation
        self.voices = voices
        self.stances = StanceBook(generation)
        self._encode = encode
        self._judge = lru_cache(maxsize=1)(judge)
        known = partial(_both, generation, voices, self.stances, encode, self._judge)
        self._sides = lru_cache(maxsize=KEPT)(known)  # not of the debater itself: no ring
        self._labelled = lru_cache(maxsize=KEPT)(partial(_labelled, generation, voices, self.stances))

    def expect_many(self) -> None:
        """Gather what the operator's labels put on the sides of each proposition now, and not when it is first asked."""
        for debate in self.generation.debates:
            for proposition in self.stances.of(debate):
                self._labelled(debate, proposition)

    def sides(self, statement: str, *, debate: str | None = None) -> Sides:
        """What the sources say for a proposition and against it; a question is turned into its proposition first.

        Raises:
            UnknownDebate: there is no such debate.
            QuestionError: nothing is put up for debate.
        """
        self.generation.documents_of(debate)
        named = self._named(debate)
        proposition = requested(in_full(statement, the_one(named)), named) or statement_of(statement)
        proposition = proposition or worded_as(statement, named)
        asks = proposition == " ".join(statement.split()) and asks_for_words(statement)
        if proposition is None or asks or len(terms(proposition)) < LEAST_WORDS:
            raise QuestionError(f"there is nothing here to be for or against; {self._what_to_write(debate)}")
        return self._sides(f"{proposition.rstrip('.!… ')}.", debate)  # a mark more or less changes no reading

    def _what_to_write(self, debate: str | None) -> str:
        """What would put something up for debate: what the operator named, where there is anything."""
        named = self._named(debate)
        such = " or ".join(f"“{one.rstrip('.!… ')}”" for one in named[:3])
        return f"write a statement, such as {such}" if named else STATEMENT[1]

    def _named(self, debate: str | None) -> Sequence[str]:
        """The operator's propositions of a debate, or of all of them."""
        return list(self.stances.of(debate)) if debate else self.stances.propositions

    def around(self, number: int, proposition: str) -> tuple[Sides, Sides] | None:
        """Both sides within a document and in the others of its debate, from what was judged at build: nothing is read now.

        None for a proposition that was not judged for the debate.
        """
        debate = self.generation.rows[number].debate
        readings = self.stances.readings(debate, proposition)
        if readings is None:
            return None
        documents = self.generation.documents_of(debate)
        hits = candidates(self.generation, wordings(proposition), self._encode, documents)
        own = [hit for hit in hits if hit.document == number]
        others = [hit for hit in hits if hit.document != number]
        inside, outside = (
            both_sides(self.generation, self.voices, proposition, part, readings, debate=debate)
            for part in (own, others)
        )
        return inside, outside

    def knows(self, query: Query) -> bool:
        """Whether a question, after those before it, is about one of the operator's propositions."""
        named = self._named(query.debate)
        matter = matter_in(query, named)
        return matter is not None and matter.proposition in named

    def weigh(
        self, query: Query, choices: Sequence[Choice], hits: Sequence[Hit], *, than: AbstractSet[str] = frozenset()
    ) -> Weighed:
        """Stances and a counterpoint for an answer, from what was judged when the index was built: nothing is read now.

        Args:
            than: the ids of what somebody wrote, where it is asked who says otherwise.
        """
        debate = query.debate or next((choice.quote.document.debate for choice in choices), None)
        named = self._named(debate)
        matter = self._otherwise(query.question, debate, named, than) or matter_in(query, named)
        if matter is None or not choices:
            return Weighed(settled(self.voices, query.question, choices), {}, matter.proposition if matter else None)
        readings = self.stances.readings(debate, matter.proposition)
        labelled = {} if readings is None else self._labelled(debate, matter.proposition)
        others = {
            side: [one for one in told if one[0].quote.document.id not in than] for side, told in labelled.items()
        }
        weighed = weigh(
            self.generation, self.voices, matter, choices, hits, readings or {}, others, count=query.max_quotes
        )
        return weighed if readings is not None else replace(weighed, gap=None)  # the other side was not looked for

    def _otherwise(
        self, question: str, debate: str | None, named: Sequence[str], than: AbstractSet[str]
    ) -> Matter | None:
        """The other side of the one proposition on which the operator puts what somebody wrote on a side, or None."""
        found = [
            Matter(question, proposition, side.other)
            for proposition in (named if than else ())
            for side, told in self._labelled(debate, proposition).items()
            if any(choice.quote.document.id in than for choice, _, _ in told)
        ]
        chosen = the_one([matter.proposition for matter in found])
        agreed = all(
            (matter.asked is found[0].asked) is (relation(matter.proposition, chosen) > 0) for matter in found if chosen
        )
        return found[0] if chosen and agreed else None

    def dispute(self, quote: Quote) -> Dispute | None:
        """The nearest quote of another voice that takes the other side of one of its debate's own propositions, or None."""
        debate, claim = quote.document.debate, claim_of(quote)
        judged = self.stances.of(debate)
        found = {proposition: read(self._judge(), proposition, claim) for proposition in judged}
        on = contested(self.generation, quote, self.voices.of_quote(quote), found)
        if on is None:
            return None
        hits = retrieve(self.generation, claim, self._encode(clean(claim)), self.generation.documents_of(debate))
        return nearest_dispute(self.generation, self.voices, quote, hits[:CONSIDERED], on, judged[on[0]])


def matter_in(query: Query, named: Sequence[str]) -> Matter | None:
    """What a question is about, after those before it: "And against?" asks for a side of what they put up.

    Example: after "Why should we sell the pier?", "And the other side?" asks for what is against selling it
    """
    before, side = _leant_on(query), leaning(query.question)
    if side is None or not before:
        return matter_of(query.question, named, before)
    camp = "supporters" if side is Leaning.FOR else "critics"
    matter = matter_of(f"What do {camp} say?", named, before)
    if matter is None:
        return None
    # No side was asked for that this could be the other of; nor is it told whether a ban or what is banned is meant.
    if under_debate(before, named) is None and (side is Leaning.OTHER or turns(matter.proposition)):
        return None
    if side is not Leaning.OTHER:
        return replace(matter, question=query.question)
    last = _last_side(query, matter.proposition, named)
    return replace(matter, question=query.question, asked=last.other if last else matter.asked)


def _last_side(query: Query, proposition: str, named: Sequence[str]) -> Side | None:
    """The side of a proposition that the nearest earlier question on it asked for, or None where it asked for none."""
    for place in reversed(range(len(query.history))):
        turn = replace(query, question=query.history[place].question, history=query.history[:place])
        if (matter := matter_in(turn, named)) and matter.proposition == proposition:
            return matter.asked
    return None


def _leant_on(query: Query) -> str:
    """The nearest question that stands alone, of those that a query leans on, or nothing where it leans on none."""
    leant = resolve(query).removeprefix(query.question).removeprefix(AFTER)  # that question comes first
    return max((turn.question for turn in query.history if leant.startswith(turn.question)), key=len, default="")


def _labelled(
    generation: Generation, voices: VoiceBook, stances: StanceBook, debate: str | None, proposition: str
) -> Mapping[Side, Sequence[Told]]:
    readings = stances.readings(debate, proposition) or {}
    return labelled_quotes(generation, voices, proposition, readings, generation.documents_of(debate))


def _both(
    generation: Generation, voices: VoiceBook, stances: StanceBook, encode: Encode, judge: Callable[[], Judge],
    proposition: str, debate: str | None,
) -> Sides:  # fmt: skip
    asked = terms(proposition)  # counted, not weighed: in a small corpus no rarity tells anything
    if sum(term not in generation.lexical.numbers for term in asked) > UNKNOWN * len(asked):
        return Sides(proposition, debate, (), (), ())
    hits = candidates(generation, wordings(proposition), encode, generation.documents_of(debate))
    known = stances.readings(debate, proposition) or {}
    missing = [hit for hit in hits if hit.row not in known]
    read = judge_hits(generation, judge(), proposition, missing) if missing else {}
    return both_sides(generation, voices, proposition, hits, {**known, **read}, debate=debate)
