"""Judging: which windows bear on a proposition and what is read in them; once at build for the debates' own."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from pullquote.corpus.documents import Document, Position
from pullquote.corpus.quote import Quote
from pullquote.errors import spend
from pullquote.index.engine import Selection
from pullquote.index.generation import Generation
from pullquote.index.layout import DocumentRow
from pullquote.index.lexical import clean, terms
from pullquote.index.search import Choice, Hit, Sought, cut, lead, retrieve
from pullquote.models.onnx import Vectors
from pullquote.sides.proposition import alike, denies, opposite, same, turns
from pullquote.sides.stance import BAR, Basis, Judge, Side, Stance, StanceReading, one_speaker
from pullquote.voice.voices import Voice, VoiceKind, summary

CONSIDERED = 40  # windows looked at for each wording of a proposition
# Of one document before those of others: author and title count in finding, so one could fill the list.
OF_EACH = 5
LABELLED = 8  # and of each document that the operator puts on a side, whatever the others hold
NO_SCORES = (0.0,) * 5  # of a window that no question found
OWN = 12  # propositions of one debate that are judged when the index is built
# What is odd about a document with a side that `positions_of` gives it no proposition for.
UNUSED_SIDE = "has a side and no proposition, and its debate names several: the side is not used"
NAME_IT = "name the proposition under `sides:` in its front matter"
_SIDES = {"pro": Side.FOR, "con": Side.AGAINST, **{side.value: side for side in Side}}
Encode = Callable[[str], Vectors]
Readings = Mapping[int, StanceReading]  # by row of the window
# A quote with its stance and what was read in it
JudgedChoice = tuple[Choice, Stance, StanceReading]


def candidates(
    generation: Generation, proposition: str, encode: Encode, among: range | Selection
) -> list[Hit]:
    """The windows that fit a proposition or its denial, which is seldom put in the same words, best first.

    What an editor decided comes before the rest.
    """
    hits: list[Hit] = []
    among = generation.selection(among)
    sided = taking_sides(generation, proposition, among)
    alone = [generation.in_document(number, among) for number in sided]
    for wording in (proposition, opposite(proposition)):
        sought = Sought(wording, encode(clean(wording)))
        hits += _spread(retrieve(generation, sought, among))[:CONSIDERED]
        for document in alone:
            hits += retrieve(generation, sought, document)[:LABELLED]
    rows = decided_rows(generation, proposition, among)
    windows = map(generation.window, rows)
    hits += [Hit(at.row, at.document, at.first, at.last, *NO_SCORES) for at in windows]
    best = {hit.row: hit for hit in sorted(hits, key=lambda hit: hit.score)}
    return sorted(best.values(), key=lambda hit: (hit.row not in rows, -hit.score, hit.row))


def _spread(hits: Sequence[Hit]) -> list[Hit]:
    """The best few of each document first, then the others; either in the order they came in."""
    counts, late = Counter[int](), dict[int, bool]()
    for hit in hits:
        counts[hit.document] += 1
        late[hit.row] = counts[hit.document] > OF_EACH
    return sorted(hits, key=lambda hit: late[hit.row])


def taking_sides(
    generation: Generation, proposition: str, documents: range | Selection
) -> list[int]:
    """The numbers of the documents that the operator puts on a side of a proposition."""
    sided = (
        (number, positions_of(generation, number, proposition))
        for number in generation.sided.tolist()
        if number in documents
    )
    return [number for number, positions in sided if side_of(positions, proposition)]


def decided_rows(
    generation: Generation, proposition: str, documents: range | Selection
) -> list[int]:
    """The rows of the windows that an editor put on a side of a proposition, or on neither."""
    sides = generation.desk.sides.items()
    entries = (entry for number, group in sides if number in documents for entry in group)
    rows = (entry.row for entry in entries if same(proposition, entry.proposition))
    return [row for row in rows if row is not None and row not in generation.desk.hidden]


def decided(generation: Generation, quote: Quote, proposition: str) -> Stance | None:
    """The side that an editor put a quote on, or words in it; unclear where these are on several."""
    sides = set[Side]()
    for entry in generation.desk.sides.get(generation.number(quote.document.id), ()):
        stands = entry.span.overlaps(quote.span) and same(proposition, entry.proposition)
        side = Side(entry.side)
        # That a sentence takes no side says nothing of those beside it.
        if stands and (side.other is not side or entry.span.end == quote.span.end):
            sides.add(side if stands > 0 else side.other)
    if not sides:
        return None
    return Stance(sides.pop() if len(sides) == 1 else Side.UNCLEAR, 1.0, Basis.EDITOR)


def read(judge: Judge, proposition: str, text: str) -> StanceReading:
    """Read a text against a proposition in its positive form; a denial gets the opposite of what is read.

    So the two always get opposite sides.
    """
    spend()
    if denies(proposition):
        return read(judge, opposite(proposition), text).turned
    return StanceReading.of(judge.read(proposition, text))


def judge_text(quote: Quote) -> str:
    """A quote as it is judged: behind its author and title."""
    return f"{lead(quote.document.source)}{quote.text}"


def own_propositions(generation: Generation, debate: str) -> tuple[str, ...]:
    """The propositions that the operator names for a debate, each once, in the order of its documents."""
    named = reversed(generation.propositions(debate))
    by_key = {alike(proposition): proposition for proposition in named}
    return tuple(reversed(by_key.values()))[:OWN]


def positions_of(generation: Generation, number: int, proposition: str) -> tuple[Position, ...]:
    """The sides that the operator gives a document; a `side` without a proposition is on the debate's only one.

    Where none is named it is on what the debate's folder is called, if it is asked what should be done about that.
    """
    spend()
    row = generation.rows[number]
    if row.side is None or row.proposition is not None:
        return row.positions
    propositions = own_propositions(generation, row.debate)
    if not propositions and _is_about(proposition, row.debate):
        propositions = (opposite(proposition) if turns(proposition) else proposition,)
    only = [Position(propositions[0], row.side)] if len(propositions) == 1 else []
    return (*row.positions, *only)


def _is_about(proposition: str, debate: str) -> bool:
    name = {*terms(debate.replace("-", " ").replace("_", " "))} - {"default"}
    advises = not {"should", "must", "ought"}.isdisjoint(proposition.lower().split())
    return bool(name) and name <= {*terms(proposition)} and advises


def unused_sides(documents: Sequence[Document | DocumentRow]) -> tuple[str, ...]:
    """The paths of the documents whose `side` is on nothing: it names no proposition, and their debate names several."""
    propositions: defaultdict[str, set[str]] = defaultdict(set)
    for document in documents:
        stated = [position.proposition for position in document.positions]
        keys = map(alike, (*stated, document.proposition or ""))
        propositions[document.debate].update(filter(None, keys))
    several = {debate for debate, keys in propositions.items() if len(keys) > 1}
    return tuple(
        document.path
        for document in documents
        if document.side is not None and document.proposition is None and document.debate in several
    )


def side_of(positions: Sequence[Position], proposition: str) -> Side | None:
    """Where the operator puts a document on a proposition or its denial, or None where nothing is said of it."""
    for position in positions:
        side, stands = _SIDES.get(position.side.casefold()), same(proposition, position.proposition)
        if side is not None and stands:
            return side if stands > 0 else side.other
    return None


def labelled(
    positions: Sequence[Position], proposition: str, voices: tuple[Voice, ...]
) -> Stance | None:
    """The operator's label of a document, where it speaks of this proposition and the words are the author's.

    What an author reports of others is not on the document's side.
    """
    side = side_of(positions, proposition) if summary(voices).kind is VoiceKind.AUTHOR else None
    return None if side is None else Stance(side, 1.0, Basis.LABEL)


def stance_of(
    generation: Generation,
    quote: Quote,
    voices: tuple[Voice, ...],
    proposition: str,
    reading: StanceReading | None,
) -> Stance | None:
    """The stance of a quote: an editor's decision, else on the side of the operator's label where it argues, else what was
    read, else None.

    What is not likely to argue for its author's side is unclear, and never stands on the other.

    Where an author's words stand beside another's, the quote as a whole takes no side: one of them would be misplaced.
    """
    if stance := decided(generation, quote, proposition):
        return stance
    number = generation.number(quote.document.id)
    label = labelled(positions_of(generation, number, proposition), proposition, voices)
    if reading is None or label is None:
        return label if reading is None else _read_of(reading.stance, voices)
    probability = reading.argues(label.side, labelled=True) if label.taken else 1.0
    if probability >= BAR.labelled:
        return label
    return replace(label, side=Side.UNCLEAR, probability=probability)


def _read_of(stance: Stance, voices: tuple[Voice, ...]) -> Stance:
    return stance if one_speaker(voices) else replace(stance, side=Side.UNCLEAR)


def dump_stances(
    generation: Generation,
    judge: Callable[[], Judge],
    encode: Encode,
    earlier: Mapping[tuple[str, str], StanceReading],
    tell: Callable[[str], object] = lambda debate: None,
) -> bytes:
    """What is read for the debates' own propositions: debate, proposition, and rows of window and reading.

    What the generation before read (`earlier`, by proposition and quote) is not read again.
    """
    entries = []
    for debate in generation.debates:
        for proposition in own_propositions(generation, debate):
            rows = []
            tell(debate)
            for hit in candidates(generation, proposition, encode, generation.documents_of(debate)):
                quote = cut(generation, hit)
                reading = earlier.get((proposition, quote.text))
                reading = reading or read(judge(), proposition, judge_text(quote))
                rows.append([hit.row, round(reading.margin, 4), round(reading.neither, 4)])
            entries.append([debate, proposition, rows])
    return json.dumps(entries, ensure_ascii=False).encode("utf-8")
