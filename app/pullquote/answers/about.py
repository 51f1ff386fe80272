"""What a corpus is about: questions on it, told from what is recorded or by lead quotes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.answer import Frame, Part, Shown, cite, compose, render
from pullquote.answers.query import Query, Subject, subject_asked
from pullquote.answers.suggestions import quotes_at
from pullquote.corpus.documents import Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.language import language_of
from pullquote.corpus.quote import Quote
from pullquote.index.engine import Selection
from pullquote.index.generation import Generation
from pullquote.index.search import Choice, Hit, Role, cut
from pullquote.sides.stance import Citation
from pullquote.voice.book import VoiceBook
from pullquote.voice.names import straight_line
from pullquote.voice.voices import VoiceKind, summary

LISTED = 10  # sources that are named one by one
SOURCES = 500  # documents of a debate, evenly drawn, among which the most telling are sought
CENTRAL = 12  # most central windows of a document among which its lead is sought
LEAD_WORDS = (8, 60)
NOVELTY = 0.75  # weight of being unlike what is chosen, against being central


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said of the corpus, with quotes; `about` are the earlier quotes that it describes."""

    parts: tuple[Part, ...]
    citations: tuple[Citation, ...]
    about: tuple[Quote, ...] = ()


def overview_of(
    generation: Generation, voices: VoiceBook, query: Query, among: Selection
) -> Overview | None:
    """Tell of the corpus what the question asks of it, or None when it asks something else.

    After an earlier answer, "who wrote this?" and "who said that?" are about those quotes.

    Args:
        among: what may be told of.
    """
    subject = subject_asked(query.question)
    words = query.question.lower().strip("?! .").split()
    general = subject in (Subject.TOPIC, Subject.SUMMARY)
    points_back = query.history and ("it" in words or "they" in words)
    if subject is None or (general and points_back):
        return None
    earlier = quotes_at(generation, query.history[-1].quotes) if query.history else []
    if subject is Subject.SPEAKERS:
        return _speakers(voices, earlier[: query.max_quotes])
    about = tuple(earlier) if subject in (Subject.AUTHORS, Subject.DATES) else ()
    numbers = sorted({generation.number(quote.document.id) for quote in about})
    numbers = numbers or [int(number) for number in among.documents]
    if not numbers:
        return None
    chosen = leads(generation, voices, numbers, query.max_quotes, among) if general else []
    citations = cite([(choice, voices.of_quote(choice.quote)) for choice in chosen])
    rows = [generation.rows[number] for number in numbers]
    sources = [replace(row.source, title=row.name) for row in rows]  # by the name it goes by
    frames = _frames(sources, subject, quoted=bool(citations))
    return Overview((*frames, *_lead_parts(citations)), citations, about)


def _speakers(voices: VoiceBook, quotes: Sequence[Quote]) -> Overview | None:
    """Whose words earlier quotes hold."""
    citations = tuple(
        Citation(n, quote, Role.CONTEXT, voices.of_quote(quote), 1.0)
        for n, quote in enumerate(quotes, 1)
    )
    return Overview(compose(citations), citations, tuple(quotes)) if quotes else None


def _lead_parts(citations: Sequence[Citation]) -> Iterator[Part]:
    before = None
    for citation in citations:
        document = citation.quote.document
        if citation.voice.kind is VoiceKind.AUTHOR:
            author, again = straight_line(document.source.author), document.id == before
            yield Frame(render("lead", author=author, name=document.name, same=again))
            yield Shown(citation.n)
            before = document.id
        else:  # an interview may hold nothing of its author's
            yield from compose([citation])
            before = None


def _frames(sources: Sequence[Source], subject: Subject, *, quoted: bool) -> tuple[Frame, ...]:
    dates = sorted(source.date for source in sources if source.date)
    signed = filter(None, (straight_line(source.author) for source in sources))
    authors = tuple(dict.fromkeys(signed))
    opening = render(
        "about",
        subject=subject.value,
        count=len(sources),
        authors=authors[:LISTED],
        more_authors=len(authors[LISTED:]),
        unsigned=sum(not source.author for source in sources),
        oldest=long_date(dates[0]) if dates else None,
        newest=long_date(dates[-1]) if dates else None,
        undated=len(sources) - len(dates),
        only=_described(sources[0]) if len(sources) == 1 else None,
        quoted=quoted,
        place=_described(replace(sources[0], author=None)),
    )
    if subject is not Subject.SOURCES or len(sources) == 1:
        return (Frame(opening),)
    lines = [opening, *map(_described, sources[:LISTED])]
    if len(sources) > LISTED:
        lines.append(f"And {len(sources) - LISTED} more.")
    return tuple(map(Frame, lines))


def _described(source: Source) -> str:
    title, date = source.title and f"“{source.title}”", source.date and long_date(source.date)
    facts = dict.fromkeys(fact for fact in (title, source.author, source.publisher, date) if fact)
    return ", ".join(facts)


def leads(
    generation: Generation,
    voices: VoiceBook,
    documents: Sequence[int],
    count: int,
    among: Selection,
) -> list[Choice]:
    """The most telling window of each of the most telling sources; of few sources several, of very many a sample.

    Central means near the mean of all vectors (Radev et al., "Centroid-based summarization", 2004),
    and each next one must also be unlike those before (maximal marginal relevance, Carbonell & Goldstein 1998).
    """
    sample = documents[:: -(-len(documents) // SOURCES)] if documents else ()
    hidden = generation.desk.hidden
    windows = (generation.in_document(number, among).windows for number in sample)
    shown = ([row for row in map(int, rows) if row not in hidden] for rows in windows)
    sources = [(rows, generation.window_vectors.take(rows)) for rows in shown if rows]
    if not sources:
        return []
    means = np.stack([vectors.mean(axis=0) for _, vectors in sources])
    order = spread(means, min(count, len(sources)))
    per_source = -(-count // len(order))
    source_leads = [_leads_of(generation, voices, *sources[index], per_source) for index in order]
    ranked, turns = list(enumerate(source_leads)), range(per_source)
    rounds = [(rank, lead[turn]) for turn in turns for rank, lead in ranked if turn < len(lead)]
    in_order = sorted(rounds[:count], key=lambda pair: (pair[0], pair[1].quote.first))
    return [choice for _, choice in in_order]


def _leads_of(
    generation: Generation,
    voices: VoiceBook,
    rows: Sequence[int],
    vectors: NDArray[np.float32],
    count: int,
) -> list[Choice]:
    central = spread(vectors, min(CENTRAL, len(rows)))
    choices = [_choice(generation, rows[index]) for index in central]
    fits = [_fit(voices, choice.quote) for choice in choices]
    apart: list[Choice] = []
    for choice, fit in zip(choices, fits, strict=True):
        span = choice.quote.span
        overlaps = any(span.overlaps(earlier.quote.span) for earlier in apart)
        if fit == min(fits) and len(apart) < count and not overlaps:
            apart.append(choice)
    return apart


def _fit(voices: VoiceBook, quote: Quote) -> int:
    """How well a quote can stand for its source, the best as 0.

    Best is a statement that is surely the author's own, then one that may be, then another's. A
    scrap, a question or what opens with something named before ("The initiative") is last.
    """
    words, voice = quote.text.strip("\"“”‘’'()"), summary(voices.of_quote(quote))
    statement = words[:1].isupper() and words.endswith((".", "!")) and "?" not in words
    mentioned = quote.text.startswith("The ") and quote.text[4:5].islower()
    fitting_length = LEAD_WORDS[0] <= quote.words <= LEAD_WORDS[1]
    if (
        not statement
        or mentioned
        or language_of(quote.document.language).leans(quote.text)
        or not fitting_length
    ):
        return 3
    return 2 if voice.kind is not VoiceKind.AUTHOR else 0 if voice.sure else 1


def _choice(generation: Generation, row: int) -> Choice:
    at = generation.window(row)
    # No question was asked that it could fit less.
    hit = Hit(row, at.document, at.first, at.last, 1.0, 1.0, 1.0, 1.0, 1.0)
    return Choice(cut(generation, hit), hit, 1.0, Role.CONTEXT)


def spread(vectors: NDArray[np.float32], count: int) -> list[int]:
    """Indices of `count` vectors that are near the mean of all and unlike each other, most central first.

    Args:
        vectors: shape (rows, dimension).
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths == 0, 1, lengths)
    worth, nearest = unit @ unit.mean(axis=0), np.zeros(len(unit), dtype=np.float32)
    chosen: list[int] = []
    while len(chosen) < count:
        best = int(np.argmax(worth - NOVELTY * nearest))
        chosen.append(best)
        worth[best] = -np.inf
        nearest = np.maximum(nearest, unit @ unit[best])
    return chosen
