"""Judging: which windows bear on a proposition and what is read in them; once at build for the debates' own."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from pullquote.corpus.documents import Document, Position
from pullquote.index.generation import Generation
from pullquote.index.layout import STANCES
from pullquote.index.lexical import clean, terms
from pullquote.index.quote import Quote
from pullquote.index.search import Hit, cut, retrieve
from pullquote.models.onnx import Vectors
from pullquote.sides.avowal import disavows, limits
from pullquote.sides.motion import plainly
from pullquote.sides.negation import negate
from pullquote.sides.proposition import alike
from pullquote.sides.relation import relation, turns
from pullquote.sides.stance import BAR, Basis, Judge, Reading, Side, Stance, labelled, one_speaker, read
from pullquote.voice import Voice

CONSIDERED = 40  # windows looked at for each wording of a proposition
OF_EACH = 5  # of one document before those of others: author and title count in finding, so one could take all places
LABELLED = 8  # and of each document that the operator puts on a side, whatever the others hold
OWN = 12  # propositions of one debate that are judged when the index is built
# What is odd about a document with a side that `positions_of` gives it no proposition for.
UNUSED_SIDE = "has a side and no proposition, and its debate names several: the side is not used"
NAME_IT = "name the proposition under `sides:` in its front matter"
_POLICY = re.compile(r"\b(?:should|must|ought)\b", re.IGNORECASE)
Encode = Callable[[str], Vectors]
Readings = Mapping[int, Reading]  # by row of the window


def candidates(generation: Generation, wordings: Sequence[str], encode: Encode, documents: range) -> list[Hit]:
    """The windows that fit any of the wordings, each at its best score, best first."""
    best: dict[int, Hit] = {}
    for wording in dict.fromkeys(wordings):
        vector = encode(clean(wording))
        found = _spread(retrieve(generation, wording, vector, documents))[:CONSIDERED]
        for document in taking_sides(generation, wording, documents):
            found += retrieve(generation, wording, vector, document)[:LABELLED]
        for hit in found:
            if hit.row not in best or hit.score > best[hit.row].score:
                best[hit.row] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.row))


def _spread(hits: Iterable[Hit]) -> list[Hit]:
    """The best few of each document first, then the others; either in the order they came in."""
    seen: Counter[int] = Counter()
    first: list[Hit] = []
    rest: list[Hit] = []
    for hit in hits:
        seen[hit.document] += 1
        (first if seen[hit.document] <= OF_EACH else rest).append(hit)
    return first + rest


def taking_sides(generation: Generation, proposition: str, documents: range) -> list[range]:
    """The documents that the operator puts on a side of a proposition, each as a range of its own."""
    return [
        range(number, number + 1)
        for number in documents
        if any(relation(proposition, place.proposition) for place in positions_of(generation, number, proposition))
    ]


def wordings(proposition: str) -> tuple[str, str]:
    """What is searched for: those who deny a thing seldom use the words of those who say it."""
    return proposition, negate(proposition)


def judge_hits(generation: Generation, judge: Judge, proposition: str, hits: Iterable[Hit]) -> dict[int, Reading]:
    """What the judge reads in each hit's quote."""
    return {hit.row: read(judge, proposition, cut(generation, hit).text) for hit in hits}


def own_propositions(generation: Generation, debate: str) -> tuple[str, ...]:
    """The propositions that the operator names for a debate, in the order of its documents; of a motion what it puts up."""
    named: dict[str, str] = {}
    for proposition in map(plainly, generation.named(debate)):
        named.setdefault(alike(proposition), proposition)
        if len(named) == OWN:
            break
    return tuple(named.values())


def positions_of(generation: Generation, number: int, asked: str) -> tuple[Position, ...]:
    """The sides that the operator gives a document.

    A `side` without a proposition is on the debate's only one; where none is named, on what the
    debate's folder is called ("road-tolls"), if what is asked is what should be done about that.
    """
    row = generation.rows[number]
    if row.side is None or row.proposition is not None:
        return row.positions
    own = own_propositions(generation, row.debate)
    if own:
        return (*row.positions, Position(own[0], row.side)) if len(own) == 1 else row.positions
    name = set(terms(row.debate.replace("-", " ").replace("_", " ")))
    if not name or row.debate == "default" or not name <= set(terms(asked)) or not _POLICY.search(asked):
        return row.positions
    return (*row.positions, Position(negate(asked) if turns(asked) else asked, row.side))


def unused_sides(documents: Iterable[Document]) -> tuple[str, ...]:
    """The paths of the documents whose `side` is on nothing: it names no proposition, and their debate names several."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    open_ended = []
    for document in documents:
        given = (document.proposition, *(position.proposition for position in document.positions))
        named[document.debate] |= {alike(proposition) for proposition in given if proposition}
        if document.side is not None and document.proposition is None:
            open_ended.append(document)
    return tuple(document.path for document in open_ended if len(named[document.debate]) > 1)


def stance_of(
    generation: Generation, quote: Quote, voices: tuple[Voice, ...], proposition: str, reading: Reading | None,
    bar: float = BAR.plain,
) -> Stance | None:  # fmt: skip
    """The stance of a quote: the operator's label first, else what was read, else None.

    Where an author's words stand beside another's, the quote as a whole takes no side: one of them would be misplaced.
    Nor does it where whoever speaks does not hold what it says.
    """
    number = generation.number(quote.document.id)
    label = labelled(positions_of(generation, number, proposition), proposition, voices)
    if label is not None and _is_held(quote, label, reading):
        return label
    if reading is None:
        return None
    stance = reading.stance(bar)
    held = label is None and one_speaker(quote.document.text, voices) and _is_held(quote, stance, reading)
    return stance if held else replace(stance, side=Side.UNCLEAR)


def _is_held(quote: Quote, stance: Stance, reading: Reading | None) -> bool:
    """Whether who speaks may hold what a quote says for the side that it is given.

    A label is also set aside where the words plainly read for the other side, or only tell limits and lean to it.
    """
    if stance.side.other is stance.side:
        return True
    if disavows(quote):
        return False
    if stance.basis is Basis.MODEL or reading is None:
        return True
    return not reading.concedes(stance.side) and (reading.likelier is stance.side or not limits(quote))


def dump_stances(
    generation: Generation, judge: Callable[[], Judge], encode: Encode, known: Mapping[tuple[str, str], Reading]
) -> bytes:
    """What is read for the debates' own propositions: debate, proposition, and rows of window and reading.

    Args:
        judge: opened only where something is to be read.
        known: readings of the generation before, by proposition and quote, which are not made again.
    """
    found = []
    for debate in generation.debates:
        for proposition in own_propositions(generation, debate):
            hits = candidates(generation, wordings(proposition), encode, generation.documents_of(debate))
            rows = []
            for hit in hits:
                reading = known.get((proposition, cut(generation, hit).text))
                if reading is None:
                    reading = judge_hits(generation, judge(), proposition, [hit])[hit.row]
                rows.append([hit.row, round(reading.margin, 4), round(reading.neither, 4), round(reading.relevance, 4)])
            found.append([debate, proposition, rows])
    return json.dumps(found, ensure_ascii=False).encode("utf-8")


class StanceBook:
    """The readings that a generation holds for its debates' own propositions."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._entries: list[tuple[str, str, dict[int, Reading]]] = [
            (debate, proposition, {row: Reading(*values) for row, *values in rows})
            for debate, proposition, rows in json.loads(generation.extra.get(STANCES, b"[]"))
        ]

    @property
    def propositions(self) -> tuple[str, ...]:
        """All of them, in the order of the debates."""
        return tuple(dict.fromkeys(proposition for _, proposition, _ in self._entries))

    def readings(self, debate: str | None, proposition: str) -> Readings | None:
        """What was read for a proposition that is one of the operator's or its denial, or None for any other."""
        found: dict[int, Reading] = {}
        known = False
        for name, named, readings in self._entries:
            same = relation(proposition, named) if debate in (None, name) else 0
            if same:
                known = True
                found |= readings if same > 0 else {row: reading.turned for row, reading in readings.items()}
        return found if known else None

    def of(self, debate: str) -> dict[str, Readings]:
        """A debate's own propositions, with what was read for each."""
        return {proposition: readings for name, proposition, readings in self._entries if name == debate}

    def by_text(self) -> dict[tuple[str, str], Reading]:
        """Every reading by proposition and quote, for the next build."""
        return {
            (proposition, cut(self._generation, self._generation.window(row)).text): reading
            for _, proposition, readings in self._entries
            for row, reading in readings.items()
        }
