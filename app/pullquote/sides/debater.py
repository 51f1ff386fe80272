"""The debater: both sides of anything in one generation, and the other side beside an answer's quotes."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import chain, islice

import numpy as np

from pullquote.corpus.quote import Quote
from pullquote.errors import QuestionError
from pullquote.index.generation import Generation
from pullquote.index.layout import DISPUTES
from pullquote.index.lexical import clean, terms
from pullquote.index.search import Choice, Hit, Role, Sought, cut, is_question, retrieve
from pullquote.models.onnx import Vectors
from pullquote.models.ranker import bundled_judge
from pullquote.sides.columns import EACH, NO_OTHER_SIDE, Sides, apart, both_sides, speaker_of
from pullquote.sides.judging import Encode, Readings, StanceBook, candidates, heard, read, stance_of, taking_sides
from pullquote.sides.proposition import Concern, concern_of, opens_yes_or_no, put_up, sentence
from pullquote.sides.stance import Basis, Citation, Judge, Reading, Side, Stance
from pullquote.span import Span
from pullquote.voice.book import VoiceBook

UNKNOWN = 0.5  # share of its words above which, where they do not occur in the sources, these say nothing on it
KEPT = 256  # propositions asked lately with both their sides; a new one takes up to a second to judge
NEAR_SHARE = 0.45  # of the best quote's score that the other side needs: it seldom fits the question as well
SOUGHT_LETTERS = 20_000  # of a quote, by which others on its subject are sought; no sentence has as many
LABELLED = 0.5  # least likelihood of a quote in a dispute, and of what a model alone reads beside labels of the side
NONE = "No other voice was found in these sources that clearly disputes this."

JudgedChoice = tuple[Choice, Stance, Reading]  # a quote with its stance and what was read in it


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer's choices after both sides were looked for."""

    choices: tuple[Choice, ...]
    stances: Mapping[tuple[str, Span], Stance]
    proposition: str | None = None
    gap: str | None = None

    def stance(self, quote: Quote) -> Stance | None:
        """The stance of a quote of the answer, where it is known."""
        return self.stances.get((quote.document.id, quote.span))


@dataclass(frozen=True, slots=True)
class Dispute:
    """A quote that takes the other side, of what, and the side that the disputed quote takes."""

    citation: Citation
    proposition: str
    own: Stance


class Debater:
    """Answers about sides from one generation; the judge is opened only where the index was not built with it."""

    def __init__(
        self, generation: Generation, voices: VoiceBook, encode: Encode, judge: Callable[[], Judge] = bundled_judge
    ) -> None:
        self.generation = generation
        self.voices = voices
        self.stances = StanceBook(generation)
        self._encode = encode
        self._disputed: list[int] = json.loads(generation.extra.get(DISPUTES, b"[]"))
        judged = partial(_judged, generation, self.stances, encode, judge)
        both = partial(_both, generation, voices, lru_cache(maxsize=KEPT)(judged))
        self._sides = lru_cache(maxsize=KEPT)(both)  # not of the debater itself: no ring
        self._labelled = lru_cache(maxsize=KEPT)(partial(_labelled, generation, voices, self.stances))
        self._vectors = lru_cache(maxsize=KEPT)(lambda texts: np.stack([encode(clean(text)) for text in texts]))

    def expect_many(self) -> None:
        """Gather what the operator's labels put on the sides of each proposition now, and not when it is first asked."""
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
            examples = " or ".join(f"“{example.rstrip('.!… ')}”" for example in self.propositions(debate)[:3])
            examples = f", such as {examples}" if examples else " that somebody may be for or against"
            raise QuestionError(f"there is nothing here to be for or against; write a statement{examples}")
        put_forward = proposition if proposition.endswith("?") else sentence(proposition)
        return self._marked(self._sides(put_forward, debate, each))

    def around(self, number: int, proposition: str) -> tuple[Sides, Sides] | None:
        """Both sides within a document and in the others of its debate, from what was judged at build: nothing is read now.

        None for a proposition that was not judged for the debate.
        """
        debate = self.generation.rows[number].debate
        readings = self.stances.readings(debate, proposition)
        if readings is None:
            return None
        hits = candidates(self.generation, proposition, self._encode, self.generation.documents_of(debate))
        split_hits = [[hit for hit in hits if (hit.document == number) is inside] for inside in (True, False)]
        own_sides, other_sides = (
            self._marked(both_sides(self.generation, self.voices, proposition, hits_of, readings, debate=debate))
            for hits_of in split_hits
        )
        return own_sides, other_sides

    def concerned(
        self, question: str, vector: Vectors, debate: str | None = None, *, surely: bool = False
    ) -> Concern | None:
        """The one of the operator's propositions that a question, with what it points back to, is about; see `concern_of`."""
        propositions = self.propositions(debate)
        return (
            concern_of(question, propositions, (self._vectors(propositions) @ vector).tolist(), surely=surely)
            if propositions
            else None
        )

    def weigh(
        self, concern: Concern | None, side: Side | None, choices: Sequence[Choice], hits: Sequence[Hit],
        *, debate: str | None, count: int,
    ) -> Weighed:  # fmt: skip
        """Stances and a counterpoint for an answer of at most `count` quotes, from what was judged at build: nothing is read now.

        `side` is that which the question asks for, of the proposition.
        """
        debate = debate or next((choice.quote.document.debate for choice in choices), None)
        readings = self.stances.readings(debate, concern.proposition) if concern and choices else None
        if concern is None or readings is None:  # the other side was not looked for
            return Weighed(tuple(choices), {}, concern.proposition if concern else None)
        fitting_hits = [hit for hit in hits if hit.row in readings and hit.score >= NEAR_SHARE * choices[0].hit.score]
        labelled = self._labelled(debate, concern.proposition)
        scale = _Scale(self.generation, self.voices, concern.proposition, fitting_hits, readings, labelled)
        return _weigh(scale, choices, side, count, worded=concern.worded)

    def labelled(self, proposition: str, side: Side, debate: str | None) -> list[tuple[Choice, float]]:
        """What the operator's documents say on their side of a proposition, and how likely each argues for it; likeliest first."""
        judged = self._labelled(debate, proposition)
        return [(choice, reading.argued(stance)) for choice, stance, reading in judged if stance.side is side]

    def dispute(self, quote: Quote) -> Dispute | None:
        """Who disputes a quote, or None; of one that overlaps a window found when the index was built, who disputes that."""
        row = self._disputed_row(quote)
        return self.find_dispute(quote if row is None else cut(self.generation, self.generation.window(row)))

    def marked(self, citations: Sequence[Citation]) -> tuple[Citation, ...]:
        """Quotes with whether somebody disputes them, as it was found when the index was built."""
        return tuple(
            replace(citation, disputed=self._disputed_row(citation.quote) is not None) for citation in citations
        )

    def _marked(self, sides: Sides) -> Sides:
        favour, against, context = map(self.marked, (sides.favour, sides.against, sides.context))
        return replace(sides, favour=favour, against=against, context=context)

    def _disputed_row(self, quote: Quote) -> int | None:
        windows = ((row, self.generation.window(row)) for row in self._disputed)
        in_document = (window for window in windows if window[1].document == self.generation.number(quote.document.id))
        return next((row for row, at in in_document if at.first <= quote.last and quote.first <= at.last), None)

    def dump_disputes(self) -> bytes:
        """The rows of the windows that another voice disputes."""
        disputed_rows = set()
        for debate in self.generation.debates:
            for proposition in self.propositions(debate):
                labelled = self._labelled(debate, proposition)
                if len({stance.side for _, stance, _ in labelled}) > 1:
                    disputed_rows |= {choice.hit.row for choice, _, _ in labelled if self.find_dispute(choice.quote)}
        return json.dumps(sorted(disputed_rows)).encode("utf-8")

    def find_dispute(self, quote: Quote) -> Dispute | None:
        """The nearest quote that the operator's labels put on the other side of a proposition, and another voice's, or None."""
        debate, sided = quote.document.debate, list[tuple[str, list[JudgedChoice], Stance]]()
        for proposition in self.propositions(debate):
            labelled = [
                judged for judged in self._labelled(debate, proposition) if judged[2].argued(judged[1]) >= LABELLED
            ]
            own_stance = next((stance for choice, stance, _ in labelled if not apart(choice.quote, quote)), None)
            if own_stance:
                sided.append((proposition, labelled, own_stance))
        if not sided:  # nothing is sought, which for a whole book takes seconds
            return None
        words, voice = quote.text[:SOUGHT_LETTERS], speaker_of(quote, self.voices.of_quote(quote))
        sought = Sought(words, self._encode(clean(words)))
        hits = retrieve(self.generation, sought, self.generation.documents_of(debate))
        for proposition, labelled, own_stance in sided:
            labelled_by_row = {choice.hit.row: (choice.quote, stance) for choice, stance, _ in labelled}
            for hit in hits:
                candidate, stance = labelled_by_row.get(hit.row, (quote, own_stance))
                if stance.side is not own_stance.side.other:
                    continue
                voices = self.voices.of_quote(candidate)
                if speaker_of(candidate, voices) != voice:
                    marked = self.marked([Citation(1, candidate, Role.COUNTERPOINT, voices, hit.score, stance)])
                    return Dispute(marked[0], proposition, own_stance)
        return None


def _both(
    generation: Generation, voices: VoiceBook, judged: Callable[[str, str | None], tuple[Sequence[Hit], Readings]],
    proposition: str, debate: str | None, each: int,
) -> Sides:  # fmt: skip
    hits, readings = judged(proposition, debate)
    return both_sides(generation, voices, proposition, hits, readings, debate=debate, each=each)


def _judged(
    generation: Generation, stances: StanceBook, encode: Encode, judge: Callable[[], Judge],
    proposition: str, debate: str | None,
) -> tuple[Sequence[Hit], Readings]:  # fmt: skip
    """What may be said on a proposition, and what is read in it: now, where it was not when the index was built."""
    proposition_terms = terms(proposition)  # counted, not weighed: in a small corpus no rarity tells anything
    if sum(term not in generation.words for term in proposition_terms) > UNKNOWN * len(proposition_terms):
        return (), {}
    hits = candidates(generation, proposition, encode, generation.documents_of(debate))
    kept_readings = stances.readings(debate, proposition) or {}
    missing = (hit for hit in hits if hit.row not in kept_readings)
    new_readings = {hit.row: read(judge(), proposition, heard(cut(generation, hit))) for hit in missing}
    return hits, {**kept_readings, **new_readings}


def _labelled(
    generation: Generation, voices: VoiceBook, stances: StanceBook, debate: str | None, proposition: str
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
        sided = stance is not None and stance.basis is Basis.LABEL and stance.taken and not is_question(quote.text)
        if stance and sided:
            hit = Hit(
                row, window.document, window.first, window.last, 0.0, 0.0, 0.0, 0.0, 0.0
            )  # that no question found
            judged.append((Choice(quote, hit, 0.0), stance, reading))
    return sorted(judged, key=lambda entry: -entry[2].argued(entry[1]))


@dataclass(frozen=True, slots=True)
class _Scale:
    """What the quotes of one answer are weighed with."""

    generation: Generation
    voices: VoiceBook
    proposition: str
    hits: Sequence[Hit]  # judged, and good enough to be shown
    readings: Mapping[int, Reading]
    labelled: Sequence[JudgedChoice]

    def stance(self, choice: Choice) -> Stance | None:
        """The stance of a quote; beside what the operator put on a side, what a model reads there must be plain."""
        quote_voices, reading = self.voices.of_quote(choice.quote), self.readings.get(choice.hit.row)
        stance = stance_of(self.generation, choice.quote, quote_voices, self.proposition, reading)
        doubted = stance and stance.basis is Basis.MODEL and stance.side in self.sides and stance.probability < LABELLED
        return replace(stance, side=Side.UNCLEAR) if stance and doubted else stance

    @property
    def sides(self) -> set[Side]:
        """The sides that the operator put something on."""
        return {stance.side for _, stance, _ in self.labelled}

    def side(self, choice: Choice) -> Side | None:
        """The side that a quote takes, if any."""
        stance = self.stance(choice)
        return stance.taken if stance else None

    def others(self, side: Side, beside: Sequence[Choice]) -> Iterator[JudgedChoice]:
        """What else there is: what the question found, then what the operator put on a side, found or not."""
        choices = (Choice(cut(self.generation, hit), hit, hit.score) for hit in self.hits)
        judged = ((entry, stance, self.readings[entry.hit.row]) for entry in choices if (stance := self.stance(entry)))
        for entry in chain(judged, (entry for entry in self.labelled if entry[1].side is side)):
            if not is_question(entry[0].quote.text) and all(apart(choice.quote, entry[0].quote) for choice in beside):
                yield entry

    def weighed(self, choices: Sequence[Choice], gap: str | None = None) -> Weighed:
        """An answer with these quotes."""
        quotes = [(choice.quote, stance) for choice in choices if (stance := self.stance(choice))]
        stances = {(quote.document.id, quote.span): stance for quote, stance in quotes}
        return Weighed(tuple(choices), stances, self.proposition, gap)


def _weigh(scale: _Scale, choices: Sequence[Choice], asked_side: Side | None, count: int, *, worded: bool) -> Weighed:
    """Give the quotes of an answer their stances, and it a counterpoint where the readings hold one.

    Where one side is asked for, what takes it comes first, and of the other side there is but one quote. Where the
    proposition itself is asked (`worded`) and no quote takes a side, one that the operator put on a side comes last.
    """
    chosen = list(choices)
    if asked_side:
        first = (candidate for candidate, stance, _ in scale.others(asked_side, chosen) if stance.taken is asked_side)
        on_side = [choice for choice in chosen if scale.side(choice) is asked_side] or list(islice(first, 1))
        chosen = [*on_side, *(choice for choice in chosen if scale.side(choice) is None)][:count] if on_side else chosen
    elif worded and count > 1 and not any(map(scale.side, chosen)):
        chosen = [*chosen[: count - len(scale.sides)], *(candidate for candidate, _, _ in scale.labelled[:1])]
    side = asked_side or next(filter(None, map(scale.side, chosen)), None)
    if side is None:
        return scale.weighed(chosen)
    chosen = [
        _with_role(choice, scale.side(choice), side, first=not (asked_side or at)) for at, choice in enumerate(chosen)
    ]
    if any(choice.role is Role.COUNTERPOINT for choice in chosen):
        return scale.weighed(chosen)
    return _with_other(scale, chosen, side.other, count)


def _with_role(choice: Choice, taken_side: Side | None, side: Side, *, first: bool) -> Choice:
    """A quote of the other side is a counterpoint; one of the same side is none, whatever its first word."""
    if taken_side is side.other and not first:
        return replace(choice, role=Role.COUNTERPOINT)
    return replace(choice, role=Role.CLAIM) if taken_side is side and choice.role is Role.COUNTERPOINT else choice


def _with_other(scale: _Scale, chosen: Sequence[Choice], side: Side, count: int) -> Weighed:
    """An answer with a counterpoint on this side, or with the gap where nothing even leans to it.

    Where there is no room, the last quote goes that is neither the first nor the only one to take a side.
    """
    sided = next((choice for choice in chosen if scale.side(choice)), None)
    spare = [choice for choice in chosen[1:] if choice is not sided] if len(chosen) == count else []
    remaining = [choice for choice in chosen if choice not in spare[-1:]]
    leaning = False
    for candidate, stance, reading in scale.others(side, chosen):
        leaning = leaning or side in (reading.leans, stance.side)
        if stance.side is side and len(remaining) < count:
            return scale.weighed([*remaining, replace(candidate, role=Role.COUNTERPOINT)])
    return scale.weighed(chosen, None if leaning else NO_OTHER_SIDE)
