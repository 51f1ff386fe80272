"""What a corpus is about: questions on it, told from what is recorded or by lead quotes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.answer import Frame, Part, Shown, cite, compose, render
from pullquote.answers.query import Query, Subject, subject_asked
from pullquote.corpus.documents import Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.passages import leans
from pullquote.corpus.quote import Quote, quote_span
from pullquote.index.generation import Generation
from pullquote.index.layout import DocumentRow
from pullquote.index.search import Choice, Hit, Role, cut
from pullquote.sides.stance import Citation
from pullquote.voice.book import VoiceBook
from pullquote.voice.names import straight_line
from pullquote.voice.voices import VoiceKind, summary

LISTED = 10  # sources that are named one by one
SOURCES = 500  # documents of a debate, evenly drawn, among which the most telling are looked for
CENTRAL = 12  # most central windows of a document among which its lead is looked for
LEAD_WORDS = (8, 60)
NOVELTY = 0.75  # weight of being unlike what is chosen, against being central

_WHOLE = (Subject.TOPIC, Subject.SUMMARY)


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said of the corpus with its quotes; `about` are those shown before that it is said of."""

    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    about: tuple[Quote, ...] = ()


def overview_of(generation: Generation, voices: VoiceBook, query: Query) -> Overview | None:
    """Tell of the corpus what the question asks of it, or None when it asks something else.

    After an earlier answer, "who wrote this?" and "who said that?" are about the quotes shown there.

    Raises:
        UnknownDebate: the query names one that there is not.
    """
    subject = subject_asked(query.question)
    words = query.question.lower().strip("?! .").split()
    if subject is None or (
        subject in _WHOLE and query.history and ("it" in words or "they" in words)
    ):
        return None  # or it points back to what was asked before
    shown = _shown_before(generation, query)
    if subject is Subject.SPEAKERS:
        told = [(quote, voices.of_quote(quote)) for quote in shown[: query.max_quotes]]
        citations = tuple(
            Citation(n, quote, Role.CONTEXT, heard, 1.0) for n, (quote, heard) in enumerate(told, 1)
        )
        return (
            Overview(compose(citations), citations, tuple(quote for quote, _ in told))
            if shown
            else None
        )
    about = shown if subject in (Subject.AUTHORS, Subject.DATES) else ()
    numbers: Sequence[int] = generation.documents_of(query.debate)
    numbers = sorted({generation.number(quote.document.id) for quote in about}) or numbers
    chosen = leads(generation, voices, numbers, query.max_quotes) if subject in _WHOLE else []
    citations = cite([(choice, voices.of_quote(choice.quote)) for choice in chosen])
    frames = _frames(
        [_with_name(generation.rows[number]) for number in numbers], subject, quoted=bool(citations)
    )
    return Overview((*frames, *_lead_parts(citations)), citations, about)


def _shown_before(generation: Generation, query: Query) -> tuple[Quote, ...]:
    """The quotes of the last answer, as far as the sources still hold them there."""
    places = query.history[-1].quotes if query.history else ()
    held = ((generation.number(name), span) for name, span in places if generation.has(name))
    found = (
        quote_span(generation.document(number), generation.sentences(number), span)
        for number, span in held
    )
    return tuple(quote for quote in found if quote is not None)


def _lead_parts(citations: Sequence[Citation]) -> Iterator[Part]:
    before = None
    for citation in citations:
        document = citation.quote.document
        if (
            citation.voice.kind is not VoiceKind.AUTHOR
        ):  # an interview may hold nothing of its author's
            yield from compose([citation])
            before = None
            continue
        author, same = straight_line(document.source.author), document.id == before
        yield Frame(render("lead", author=author, name=document.name, same=same))
        yield Shown(citation.n)
        before = document.id


def _frames(sources: Sequence[Source], subject: Subject, *, quoted: bool) -> tuple[Frame, ...]:
    dates = sorted(source.date for source in sources if source.date)
    authors = list(
        dict.fromkeys(filter(None, (straight_line(source.author) for source in sources)))
    )
    opening = Frame(
        render(
            "about", subject=subject.value, count=len(sources), authors=tuple(authors[:LISTED]),
            more_authors=len(authors) - len(authors[:LISTED]), unsigned=sum(not source.author for source in sources),
            oldest=long_date(dates[0]) if dates else None, newest=long_date(dates[-1]) if dates else None,
            undated=len(sources) - len(dates), only=_named(sources[0]) if len(sources) == 1 else None, quoted=quoted,
            place=_named(replace(sources[0], author=None)),
        )
    )  # fmt: skip
    if subject is not Subject.SOURCES or len(sources) == 1:
        return (opening,)
    more = [Frame(f"And {len(sources) - LISTED} more.")] if len(sources) > LISTED else []
    return (opening, *(Frame(_named(source)) for source in sources[:LISTED]), *more)


def _named(source: Source) -> str:
    title, date = source.title and f"“{source.title}”", source.date and long_date(source.date)
    facts = dict.fromkeys(fact for fact in (title, source.author, source.publisher, date) if fact)
    return ", ".join(facts)


def _with_name(row: DocumentRow) -> Source:
    """A document's source under the name by which it is called."""
    return replace(row.source, title=row.name)


def leads(
    generation: Generation, voices: VoiceBook, documents: Sequence[int], count: int
) -> list[Choice]:
    """The most telling window of each of the most telling sources; of few sources, several windows; of very many, of some.

    Central means near the mean of all vectors (Radev et al., "Centroid-based summarization", 2004),
    and each next one must also be unlike those before (maximal marginal relevance, Carbonell & Goldstein 1998).
    """
    looked_at = documents[:: -(-len(documents) // SOURCES)] if documents else ()
    windows = (generation.window_rows(range(number, number + 1)) for number in looked_at)
    held = [(rows, generation.window_vectors.take(list(rows))) for rows in windows if rows]
    if not held:
        return []
    order = spread(np.stack([vectors.mean(axis=0) for _, vectors in held]), min(count, len(held)))
    each = -(-count // len(order))
    found = [_leads_of(generation, voices, *held[place], each) for place in order]
    rounds = [
        (source, own[turn])
        for turn in range(each)
        for source, own in enumerate(found)
        if turn < len(own)
    ]
    return [
        choice
        for _, choice in sorted(rounds[:count], key=lambda pair: (pair[0], pair[1].quote.first))
    ]


def _leads_of(
    generation: Generation, voices: VoiceBook, rows: range, vectors: NDArray[np.float32], count: int
) -> list[Choice]:
    choices = [
        _choice(generation, rows[place]) for place in spread(vectors, min(CENTRAL, len(rows)))
    ]
    fits = [_fit(voices, choice.quote) for choice in choices]
    apart: list[Choice] = []
    for choice in (choice for choice, fit in zip(choices, fits, strict=True) if fit == min(fits)):
        if len(apart) < count and not any(
            choice.quote.span.overlaps(other.quote.span) for other in apart
        ):
            apart.append(choice)
    return apart


def _fit(voices: VoiceBook, quote: Quote) -> int:
    """How well a quote can stand for its source, the best as 0.

    Best is a statement that is surely the author's own, then one that may be, then another's; a scrap, a question or what
    opens with something named before ("The initiative") is last.
    """
    words, voice = quote.text.strip("\"“”‘’'()"), summary(voices.of_quote(quote))
    whole = words[:1].isupper() and words.endswith((".", "!")) and "?" not in words
    known = quote.text.startswith("The ") and quote.text[4:5].islower()
    if not whole or known or leans(quote.text) or not LEAD_WORDS[0] <= quote.words <= LEAD_WORDS[1]:
        return 3
    return 2 if voice.kind is not VoiceKind.AUTHOR else 0 if voice.sure else 1


def _choice(generation: Generation, row: int) -> Choice:
    at = generation.window(row)
    hit = Hit(
        row, at.document, at.first, at.last, 1.0, 1.0, 1.0, 1.0, 1.0
    )  # no question was asked that it could fit less
    return Choice(cut(generation, hit), hit, 1.0, Role.CONTEXT)


def spread(vectors: NDArray[np.float32], count: int) -> list[int]:
    """Places of `count` vectors that are near the mean of all and unlike each other, most central first.

    Args:
        vectors: shape (rows, dimension).
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths == 0, 1, lengths)
    worth, nearest = unit @ unit.mean(axis=0), np.zeros(len(unit), dtype=np.float32)
    chosen: list[int] = []
    while len(chosen) < count:
        place = int(np.argmax(worth - NOVELTY * nearest))
        chosen.append(place)
        worth[place] = -np.inf
        nearest = np.maximum(nearest, unit @ unit[place])
    return chosen
