"""Passages to look through: found by meaning or by words, counted by what they can be narrowed by."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from operator import itemgetter

from pullquote.answers.answer import Timings
from pullquote.answers.query import NamedSpeaker
from pullquote.answers.ready import Ready, as_context, find, quote_at, selected, sought_for
from pullquote.errors import spend
from pullquote.index.facets import Filter
from pullquote.index.lexical import terms
from pullquote.index.search import (
    MAX_SENTENCES,
    MAX_WORDS,
    Choice,
    Hit,
    cut,
    literal_rows,
    retrieve_among,
)
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.voice.names import fold, names_of, same_person
from pullquote.voice.people import Person
from pullquote.voice.voices import VoiceKind

MOST = 200  # passages that are listed and counted, the best
NAMES = 12  # of a facet, the most frequent
QUOTATION_MARKS = '“«"'
FACETS = ("who", "outlet", "year", "side", "debate")


@dataclass(frozen=True, slots=True)
class Passages:
    """The best passages in the order asked for, how many there are in all, and how often each facet
    has each name among those listed, the most frequent first.
    """

    citations: tuple[Citation, ...]
    total: int
    facets: dict[str, list[tuple[str, int]]]


def find_passages(
    ready: Ready, words: str, only: Filter, *, by_words: bool, newest: bool
) -> Passages:
    """The passages that fit a query among what passes a filter.

    Args:
        by_words: only those with all of its words, or very words in quotation marks; else by meaning.
        newest: the latest dated first, not the best.

    Raises:
        QuestionError: the filter names nothing that is here.
    """
    hits, total = _hits(ready, words, only, by_words=by_words)
    choices = [Choice(cut(ready.generation, hit), hit, hit.score) for hit in _apart(hits)]
    citations = as_context(ready, choices)
    if newest:
        citations = _newest_first(citations)
    counts = {name: Counter[str]() for name in FACETS}
    for citation in citations:
        for name, value in _values(ready, citation):
            counts[name][value] += 1
    facets = {name: counts[name].most_common(NAMES) for name in FACETS}
    everything = range(len(ready.generation.rows))
    facets["who"] = [
        (name, count)
        for name, count in facets["who"]
        if ready.roster.witness(NamedSpeaker(name, bare=True), everything)
    ]
    return Passages(citations, max(total - len(hits), 0) + len(citations), facets)


def _newest_first(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    dated = sorted(citations, key=lambda each: each.quote.document.source.date or "", reverse=True)
    return tuple(replace(each, n=n) for n, each in enumerate(dated, start=1))


def _hits(ready: Ready, words: str, only: Filter, *, by_words: bool) -> tuple[list[Hit], int]:
    generation, among = ready.generation, selected(ready, only)
    if not terms(words):
        return [], 0
    if not by_words:
        hits = find(ready, words, among, Timings())[:MOST]
        return list(hits), len(hits)
    if any(mark in words for mark in QUOTATION_MARKS):
        rows = literal_rows(generation, words, among)
    else:
        rows = generation.words.rows_containing(generation.words.terms(words), among.windows)
    hits = retrieve_among(generation, sought_for(ready, words), rows, among, MOST)
    return list(hits), len(rows)


def _apart(hits: list[Hit]) -> Iterator[Hit]:
    """The hits that share no sentence with a better one."""
    seen = set[tuple[int, int]]()
    for hit in hits:
        sentences = {(hit.document, position) for position in range(hit.first, hit.last + 1)}
        if not sentences & seen:
            seen |= sentences
            yield hit


def _values(ready: Ready, citation: Citation) -> Iterator[tuple[str, str]]:
    """What a passage counts for, facet by facet."""
    document, voice = citation.quote.document, citation.voice
    source = document.source
    own = voice.kind is VoiceKind.AUTHOR or not voice.speaker
    yield from (
        ("who", name) for name in (names_of(source.author) if own else [voice.speaker]) if name
    )
    yield from (("outlet", source.publisher),) if source.publisher else ()
    yield from (("year", source.date[:4]),) if source.date else ()
    number = ready.generation.number(document.id)
    yield from (("side", side) for side in ready.facets.sides[number] if side)
    yield "debate", document.debate


# Everything that somebody says
def passages_of(ready: Ready, person: Person) -> list[tuple[int, Span]]:
    """Where somebody's words surely stand in others' documents, the latest dated first: the document's number, and sentences in a row.

    Editors' decisions hold: what one withholds, or says to be another's, is left out.
    """
    places = {*person.sure_places, *_decided(ready, person)}
    shown = [place for place in sorted(places) if _is_theirs(ready, person, *place)]
    runs = chain.from_iterable(
        _in_a_row(ready, number, [position for _, position in places])
        for number, places in groupby(shown, itemgetter(0))
    )
    rows = ready.generation.rows
    return sorted(runs, key=lambda run: rows[run[0]].source.date or "", reverse=True)


def _decided(ready: Ready, person: Person) -> Iterator[tuple[int, int]]:
    """The sentences that an editor says to be somebody's."""
    names, generation = {fold(name) for name in (person.name, *person.forms)}, ready.generation
    for number, decisions in generation.desk.speakers.items():
        for words, speaker in decisions:
            spend()
            if speaker and fold(speaker) in names:
                sentences = enumerate(generation.sentences(number))
                yield from ((number, at) for at, one in sentences if one.span.overlaps(words))


def _is_theirs(ready: Ready, person: Person, number: int, position: int) -> bool:
    spend()
    span = ready.generation.sentences(number)[position].span
    desk = ready.generation.desk
    if any(span.overlaps(hidden) for hidden, _ in desk.withheld.get(number, ())):
        return False
    decided = [
        speaker
        for words, speaker in desk.speakers.get(number, ())
        if words.start <= span.start and span.end <= words.end
    ]
    return not decided or bool(decided[-1] and same_person(decided[-1], person.name))


def _in_a_row(ready: Ready, number: int, positions: list[int]) -> Iterator[tuple[int, Span]]:
    """Sentences of one paragraph that follow each other, as many as a quote has at most."""
    text, sentences = ready.generation.document(number).text, ready.generation.sentences(number)
    first = last = positions[0]
    span = sentences[first].span
    for position in positions[1:]:
        longer = Span(span.start, sentences[position].span.end)
        fits = position - first < MAX_SENTENCES and len(longer.cut(text).split()) <= MAX_WORDS
        beside = sentences[position].paragraph == sentences[last].paragraph
        if not (fits and beside and position == last + 1):
            yield number, span
            first, longer = position, sentences[position].span
        last, span = position, longer
    yield number, span


def said_by(
    ready: Ready, person: Person, start: int = 0, count: int | None = None
) -> tuple[int, list[Citation]]:
    """How many passages somebody has, and `count` of them (or all) from `start` on as quotes, numbered from `start` + 1."""
    passages, ids = passages_of(ready, person), ready.generation.column("id")
    shown = passages[start:][:count]
    citations = (quote_at(ready, ids[number], span) for number, span in shown)
    numbered = enumerate(filter(None, citations), start=start + 1)
    return len(passages), [replace(citation, n=n) for n, citation in numbered]
