"""Both sides of anything, and the other side beside an answer's quotes, from one generation's stance book."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from pullquote.corpus.quote import Quote
from pullquote.errors import QuestionError
from pullquote.index.engine import Selection, passing
from pullquote.index.lexical import clean
from pullquote.index.search import Choice, Hit, Role, Sought, cut, retrieve
from pullquote.models.onnx import Vectors
from pullquote.sides.balance import LABELLED, Balanced, Balancer
from pullquote.sides.book import StanceBook
from pullquote.sides.columns import EACH, Sides, apart, both_sides, speaker_of
from pullquote.sides.judging import JudgedChoice, candidates
from pullquote.sides.proposition import Concern, concern_of, opens_yes_or_no, put_up, sentence
from pullquote.sides.stance import Citation, Side, Stance

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


def sides_of(
    stances: StanceBook,
    statement: str,
    *,
    debate: str | None = None,
    each: int = EACH,
    among: Selection | None = None,
) -> Sides:
    """What the sources say for a proposition and against it, up to `each` quotes a side, of a debate
    or `among` what passes a filter.

    Of a question it is what they say for the proposition that it concerns or puts up.

    Raises:
        UnknownDebate: there is no such debate.
        QuestionError: nothing is put up for debate.
    """
    stances.generation.documents_of(debate)
    proposed, concern = put_up(statement), None
    if proposed is None or opens_yes_or_no(statement):
        vector = stances.encode(clean(statement))
        concern = concerned(stances, statement, vector, debate, surely=True)
    proposition = concern.proposition if concern else proposed
    if proposition is None:
        quoted = [f"“{example.rstrip('.!… ')}”" for example in stances.propositions(debate)[:3]]
        such = f", such as {' or '.join(quoted)}" if quoted else DEBATABLE
        raise QuestionError(f"there is nothing here to be for or against; write a statement{such}")
    put_forward = proposition if proposition.endswith("?") else sentence(proposition)
    return _marked_sides(stances, stances.sides(put_forward, debate, each, among))


def sides_around(stances: StanceBook, number: int, proposition: str) -> tuple[Sides, Sides] | None:
    """Both sides within a document and in the others of its debate, as judged at build.

    None for a proposition that was not judged for the debate.
    """
    generation = stances.generation
    debate = generation.rows[number].debate
    readings = stances.readings(debate, proposition)
    if readings is None:
        return None
    documents = generation.documents_of(debate)
    hits = candidates(generation, proposition, stances.encode, documents)
    inside = [hit for hit in hits if hit.document == number]
    outside = [hit for hit in hits if hit.document != number]
    sides, other_sides = (
        both_sides(generation, stances.voices, proposition, group, readings, debate=debate)
        for group in (inside, outside)
    )
    return _marked_sides(stances, sides), _marked_sides(stances, other_sides)


def concerned(
    stances: StanceBook,
    question: str,
    vector: Vectors,
    debate: str | None = None,
    *,
    asks: bool | None = None,
    surely: bool = False,
) -> Concern | None:
    """The operator's proposition that a resolved question is about; see `concern_of`."""
    asks = stances.route(question).asks_for_sides if asks is None else asks
    propositions = stances.propositions(debate)
    if not propositions:
        return None
    cosines = (stances.vectors(propositions) @ vector).tolist()
    return concern_of(question, propositions, cosines, asks=asks, surely=surely)


def balance(
    stances: StanceBook,
    concern: Concern | None,
    side: Side | None,
    choices: Sequence[Choice],
    hits: Sequence[Hit],
    *,
    debate: str | None,
    count: int,
    among: Selection,
    pinned: bool = False,
) -> Balanced:
    """Stances and a counterpoint for an answer of at most `count` quotes, of what was judged at build.

    `side` is that which the question asks for, of the proposition. To quotes that an editor `pinned` nothing is added.
    """
    if concern is None or not choices:  # the other side was not looked for
        return Balanced(tuple(choices), {}, concern.proposition if concern else None)
    proposition, debate = concern.proposition, debate or choices[0].quote.document.debate
    readings = stances.readings(debate, proposition)
    if readings is None or pinned:
        known = Balancer(stances.generation, stances.voices, proposition, (), readings or {}, ())
        return known.balanced(choices)
    least = NEAR_SHARE * choices[0].hit.score
    fitting = [hit for hit in hits if hit.row in readings and hit.score >= least]
    labelled = found_among(stances.labelled(debate, proposition), among)
    balancer = Balancer(
        stances.generation, stances.voices, proposition, fitting, readings, labelled
    )
    return balancer.balance(choices, side, count, worded=concern.worded)


def found_among(judged: Sequence[JudgedChoice], among: Selection) -> Sequence[JudgedChoice]:
    """What was judged of a selection."""
    if not among.mean_words:
        return judged
    passes = passing(np.array([choice.hit.row for choice, _, _ in judged], np.int64), among.windows)
    return list(compress(judged, passes))


def labelled_on(
    stances: StanceBook, proposition: str, side: Side, debate: str | None, among: Selection
) -> list[tuple[Choice, float]]:
    """Quotes of documents labelled with a side, and how likely each argues for it; likeliest first."""
    judged = found_among(stances.labelled(debate, proposition), among)
    ours = ((choice, reading.argued(stance), stance.side) for choice, stance, reading in judged)
    return [(choice, likely) for choice, likely, taken_side in ours if taken_side is side]


def dispute_of(stances: StanceBook, quote: Quote) -> Dispute | None:
    """Who disputes a quote, or None; of one that overlaps a window found when the index was built, who disputes that."""
    row = _disputed_row(stances, quote)
    window = None if row is None else stances.generation.window(row)
    return find_dispute(stances, cut(stances.generation, window) if window else quote)


def marked(stances: StanceBook, citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Quotes with whether somebody disputes them, as it was found when the index was built."""
    return tuple(
        replace(citation, disputed=_disputed_row(stances, citation.quote) is not None)
        for citation in citations
    )


def _marked_sides(stances: StanceBook, sides: Sides) -> Sides:
    favour, against, context = (
        marked(stances, citations) for citations in (sides.favour, sides.against, sides.context)
    )
    return replace(sides, favour=favour, against=against, context=context)


def _disputed_row(stances: StanceBook, quote: Quote) -> int | None:
    number = stances.generation.number(quote.document.id)
    for row in stances.disputed:
        at = stances.generation.window(row)
        if at.document == number and at.first <= quote.last and quote.first <= at.last:
            return row
    return None


def dump_disputes(stances: StanceBook) -> bytes:
    """The rows of the windows that another voice disputes."""
    rows = set[int]()
    for debate in stances.generation.debates:
        for proposition in stances.propositions(debate):
            labelled = stances.labelled(debate, proposition)
            if len({stance.side for _, stance, _ in labelled}) > 1:
                disputed = (
                    choice for choice, _, _ in labelled if find_dispute(stances, choice.quote)
                )
                rows |= {choice.hit.row for choice in disputed}
    return json.dumps(sorted(rows)).encode("utf-8")


def find_dispute(stances: StanceBook, quote: Quote) -> Dispute | None:
    """The nearest quote of another voice that a label puts on the other side, or None."""
    sided = list(_sided(stances, quote))
    if not sided:  # nothing is sought, which for a whole book takes seconds
        return None
    words = quote.text[:SOUGHT_LETTERS]
    sought = Sought(words, stances.encode(clean(words)))
    documents = stances.generation.documents_of(quote.document.debate)
    hits = retrieve(stances.generation, sought, documents)
    for proposition, by_row, stance in sided:
        for hit in hits:
            if hit.row not in by_row:
                continue
            choice, other_stance, _ = by_row[hit.row]
            opposes = other_stance.side is stance.side.other
            if opposes and not _one_voice(stances, quote, choice.quote):
                voices = stances.voices.of_quote(choice.quote)
                other = Citation(
                    1, choice.quote, Role.COUNTERPOINT, voices, hit.score, other_stance
                )
                return Dispute(marked(stances, [other])[0], proposition, stance)
    return None


def _sided(
    stances: StanceBook, quote: Quote
) -> Iterator[tuple[str, dict[int, JudgedChoice], Stance]]:
    """The propositions on which a labelled document says what a quote says: what likely argues there, and its side."""
    debate = quote.document.debate
    for proposition in stances.propositions(debate):
        labelled = [
            entry
            for entry in stances.labelled(debate, proposition)
            if entry[2].argued(entry[1]) >= LABELLED
        ]
        repeats = (stance for choice, stance, _ in labelled if not apart(choice.quote, quote))
        if stance := next(repeats, None):
            yield proposition, {entry[0].hit.row: entry for entry in labelled}, stance


def _one_voice(stances: StanceBook, first: Quote, second: Quote) -> bool:
    pairs = ((quote, stances.voices.of_quote(quote)) for quote in (first, second))
    return len({speaker_of(quote, voices) for quote, voices in pairs}) == 1
