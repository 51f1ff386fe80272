"""Arguing: the side that a question asks for, of what, and the quotes that take it, each voice once before any twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from pullquote.answers.query import Query, Resolved
from pullquote.corpus.quote import Quote
from pullquote.index.engine import Selection
from pullquote.index.lexical import clean
from pullquote.index.search import Choice, Hit, Role, cut, is_question
from pullquote.sides.book import StanceBook
from pullquote.sides.columns import apart, speaker_of
from pullquote.sides.debater import concerned
from pullquote.sides.judging import Readings, judge_text, stance_of
from pullquote.sides.proposition import opens_yes_or_no, proposition_of, statement_of
from pullquote.sides.routes import Route, clauses_of, subject_of
from pullquote.sides.stance import BAR, Basis, Side, Stance, one_speaker
from pullquote.span import Span

# Probability from which a model's reading is shown where a side is asked for: seven in ten are right there.
LEANS = 0.3
LIKELIEST = 0.15  # the same for one quote by itself, where none reaches that: six in ten are right
SUBJECT = "There should be {}."  # how a subject without a verb is judged best, of four forms
LONGEST = 300  # characters of a quote that is itself what others may dispute


@dataclass(frozen=True, slots=True)
class Motion:
    """What is argued about, and on which side; on both where there is none.

    `shown` is how it may be told: the operator's words, a statement, or the question's subject.
    """

    proposition: str
    side: Side | None
    shown: str | None = None


def route_taken(stances: StanceBook, query: Query) -> Route:
    """What a query wants, after the turns before it, which may be part of the question as in a link."""
    link = Resolved.parse(query.question)
    return stances.route(link.question, follows=bool(query.history or link.before))


def motion_of(
    stances: StanceBook, query: Query, route: Route, quotes: Sequence[Quote], debate: str | None
) -> Motion | None:
    """What a query asks for arguments on, or None where neither it nor what came before puts anything up.

    Args:
        quotes: those shown last; after them the other side is that which they do not take.
    """
    link = Resolved.parse(query.question)
    before = [*(turn.question for turn in query.history), *filter(None, [link.before])]
    if not route.turns_round:
        # "Who supports it?" is about what came before.
        own = [link.question] if subject_of(link.question) or not before else []
        asked = (_put_up(stances, text, debate) for text in (*own, *reversed(before)))
        if (motion := next(filter(None, asked), None)) is None:
            return None
        turned = motion.side is Side.AGAINST and route.side
        return Motion(motion.proposition, turned.other if turned else route.side, motion.shown)
    for text in reversed(before):
        earlier = stances.route(text)
        debatable = earlier.side or any(map(opens_yes_or_no, clauses_of(text)))
        if motion := _put_up(stances, text, debate) if debatable else None:
            side = earlier.side or Side.FOR
            side = side.other if motion.side is Side.AGAINST else side
            return Motion(
                motion.proposition, _taken(stances, motion, quotes, side).other, motion.shown
            )
    return Motion(quotes[0].text[:LONGEST], Side.AGAINST) if quotes else None


def _put_up(stances: StanceBook, text: str, debate: str | None) -> Motion | None:
    """What a text puts up by itself: for the side FOR, or, for the opposite of the operator's proposition, AGAINST."""
    asks = stances.route(text).asks_for_sides
    concern = concerned(stances, text, stances.encode(clean(text)), debate, asks=asks)
    if concern:
        side = Side.AGAINST if concern.turned else Side.FOR
        return Motion(concern.proposition, side, concern.proposition)
    for clause in clauses_of(text):
        if opens_yes_or_no(clause):
            put_up = statement_of(f"{clause}?") or proposition_of(f"{clause}?")
            if put_up:
                return Motion(put_up, Side.FOR, put_up)
    subject = subject_of(text)
    return (
        Motion(SUBJECT.format(subject), Side.FOR, f"{subject[:1].upper()}{subject[1:]}")
        if subject
        else None
    )


def _taken(stances: StanceBook, motion: Motion, quotes: Sequence[Quote], otherwise: Side) -> Side:
    """The side that quotes take together, or another where they say nothing of it."""
    margins = [
        reading.margin * (1 - reading.neither)
        for quote in quotes
        if (reading := stances.read(motion.proposition, judge_text(quote))).leans
    ]
    return (Side.FOR if sum(margins) > 0 else Side.AGAINST) if margins else otherwise


@dataclass(frozen=True, slots=True)
class Argument:
    """A quote that takes a side, and how likely it does."""

    choice: Choice
    stance: Stance
    likely: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was found for a motion: on each side that was asked for, and whether it is sure that nothing else is.

    `absent`: every document was read for it, and none leans to a side that was asked for.
    """

    found: tuple[Argument, ...]
    absent: bool

    @property
    def stances(self) -> dict[tuple[str, Span], Stance]:
        """The stance of each quote, by its document and place."""
        quotes = ((one.choice.quote, one.stance) for one in self.found)
        return {(quote.document.id, quote.span): stance for quote, stance in quotes}


def arguments_on(
    stances: StanceBook,
    motion: Motion,
    debate: str | None,
    among: Selection | None,
    count: int,
    shown: Sequence[Quote],
) -> Arguments:
    """At most `count` quotes on the side asked for, likeliest first; of both sides in turn.

    Args:
        among: what passes a filter; None where there is none.
        shown: quotes that were shown before, which do not come again.
    """
    hits, readings = stances.read_all(motion.proposition, debate, among)
    asked = [motion.side] if motion.side else [Side.FOR, Side.AGAINST]
    sided = (list(_on_side(stances, motion, hits, readings, side, shown)) for side in asked)
    columns = [_each_voice_first(sorted(found, key=lambda one: -one.likely)) for found in sided]
    chosen = list[Argument]()
    for argument in filter(None, chain.from_iterable(zip_longest(*columns))):
        if len(chosen) < count and all(
            apart(one.choice.quote, argument.choice.quote) for one in chosen
        ):
            chosen.append(argument)
    read = {hit.document for hit in hits}
    documents = among.documents if among else stances.generation.documents_of(debate)
    every = read.issuperset(map(int, documents))
    leaning = any(readings[hit.row].argues(side) >= BAR.leans for hit in hits for side in asked)
    return Arguments(tuple(chosen), absent=every and not leaning)


def _on_side(
    stances: StanceBook,
    motion: Motion,
    hits: Sequence[Hit],
    readings: Readings,
    side: Side,
    shown: Sequence[Quote],
) -> Iterator[Argument]:
    for hit in hits:
        quote, reading = cut(stances.generation, hit), readings[hit.row]
        if is_question(quote.text) or quote.text.endswith(":") or not quote.is_prose:
            continue
        if not all(apart(earlier, quote) for earlier in shown):
            continue
        voices = stances.voices.of_quote(quote)
        stance = stance_of(stances.generation, quote, voices, motion.proposition, reading)
        if stance and stance.basis is Basis.MODEL and one_speaker(voices):
            stance = Stance(side, reading.argues(side), Basis.MODEL)
        if stance and stance.side is side:
            likely = reading.argued(stance)
            if stance.basis is not Basis.MODEL or likely >= LIKELIEST:
                role = (
                    Role.COUNTERPOINT
                    if motion.side is None and side is Side.AGAINST
                    else Role.CLAIM
                )
                yield Argument(
                    Choice(quote, hit, likely, role), stance, likely, speaker_of(quote, voices)
                )


def _each_voice_first(arguments: Sequence[Argument]) -> list[Argument]:
    """The best of each voice in order, then the second of each, and so on; one alone where none is likely."""
    likely = [
        one for one in arguments if one.likely >= LEANS or one.stance.basis is not Basis.MODEL
    ]
    spoken = Counter[str]()
    rounds: list[tuple[int, int, Argument]] = []
    for rank, argument in enumerate(likely or arguments[:1]):
        rounds.append((spoken[argument.speaker], rank, argument))
        spoken[argument.speaker] += 1
    return [argument for _, _, argument in sorted(rounds, key=lambda entry: entry[:2])]
