"""What the corpus says of itself: from what is recorded of its documents, or by a lead quote from each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.about import Subject, subject_asked
from pullquote.answers.answer import Frame, Part, Shown, cite, compose
from pullquote.answers.frame import render
from pullquote.answers.query import Query
from pullquote.corpus.documents import Source
from pullquote.corpus.frontmatter import long_date
from pullquote.corpus.passages import leans
from pullquote.index.generation import Generation
from pullquote.index.quote import Quote, quote_span
from pullquote.index.search import Choice, Hit, Role, cut
from pullquote.sides.stance import Citation
from pullquote.voice import VoiceKind, summary
from pullquote.voice.book import VoiceBook
from pullquote.voice.names import straight_line

LISTED = 10  # sources that are named one by one
TRIED = 12  # most central windows of a document among which its lead is looked for
LEAD_WORDS = (8, 60)
NOVELTY = 0.75  # weight of being unlike what is chosen, against being central
_SENTENCE = re.compile(r"[\"“‘'(]?[A-Z].*[.!][\"”’')]*", re.DOTALL)  # neither a list's entry nor its opening
_OPENS_KNOWN = re.compile(r"The [a-z]")  # "The initiative…": which one was said before
_OPENS_POINTING = re.compile(  # "He's", "It'll", "Accordingly, I"
    r"[\"“‘'(]*(?:(?:he|she|it|they|this|that|these|those)['’]|(?:accordingly|finally|second(?:ly)?|third(?:ly)?|in short),)",
    re.IGNORECASE,
)
_WHOLE = (Subject.TOPIC, Subject.SUMMARY)
_POINTING = re.compile(r"\b(?:it|that|those|they|them)\b(?! (?:article|text|debate|document|source))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Overview:
    """What is said of the corpus, and the quotes that go with it; `about` are those shown before that it is said of."""

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
    if subject is None or (query.history and subject in _WHOLE and _POINTING.search(query.question)):
        return None  # or it points back to what was asked before
    shown = _shown_before(generation, query)
    if subject is Subject.SPEAKERS:
        return _speakers(voices, shown[: query.max_quotes]) if shown else None
    documents: Sequence[int] = generation.documents_of(query.debate)
    about = shown if subject in (Subject.AUTHORS, Subject.DATES) else ()
    if about:
        documents = sorted({generation.number(quote.document.id) for quote in about})
    citations: tuple[Citation, ...] = ()
    if subject in _WHOLE:
        chosen = leads(generation, voices, documents, query.max_quotes)
        citations = cite([(choice, voices.of_quote(choice.quote)) for choice in chosen])
    return Overview(
        (*_frames(generation, subject, documents, quoted=bool(citations)), *_lead_parts(citations)), citations, about
    )


def _shown_before(generation: Generation, query: Query) -> tuple[Quote, ...]:
    """The quotes of the last answer, as far as the sources still hold them there."""
    found = []
    known = {row.id for row in generation.rows}
    for document_id, span in query.history[-1].quotes if query.history else ():
        if document_id not in known:
            continue
        number = generation.number(document_id)
        quote = quote_span(generation.document(number), generation.sentences(number), span)
        if quote is not None:
            found.append(quote)
    return tuple(found)


def _speakers(voices: VoiceBook, quotes: Sequence[Quote]) -> Overview:
    citations = tuple(
        Citation(n, quote, Role.CONTEXT, voices.of_quote(quote), 1.0) for n, quote in enumerate(quotes, start=1)
    )
    return Overview(compose(citations), citations, tuple(quotes))


def _lead_parts(citations: Sequence[Citation]) -> Iterator[Part]:
    before = None
    for citation in citations:
        document = citation.quote.document
        if citation.voice.kind is not VoiceKind.AUTHOR:  # an interview may hold nothing of its author's
            yield from compose([citation])
            before = None
            continue
        same = document.id == before
        yield Frame(render("lead", author=straight_line(document.source.author), name=document.name, same=same))
        yield Shown(citation.n)
        before = document.id


def _frames(generation: Generation, subject: Subject, documents: Sequence[int], *, quoted: bool) -> tuple[Frame, ...]:
    sources = [generation.rows[number].source for number in documents]
    dates = sorted(source.date for source in sources if source.date)
    authors = list(dict.fromkeys(filter(None, (straight_line(source.author) for source in sources))))
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
    lines = [Frame(_named(source)) for source in sources[:LISTED]]
    left = len(sources) - len(lines)
    return (opening, *lines, *([Frame(f"And {left} more.")] if left else []))


def _named(source: Source) -> str:
    facts = (
        source.title and f"“{source.title}”",
        source.author,
        source.publisher,
        source.date and long_date(source.date),
    )
    return ", ".join(dict.fromkeys(fact for fact in facts if fact)) or "a source without a title"


def leads(generation: Generation, voices: VoiceBook, documents: Sequence[int], count: int) -> list[Choice]:
    """The most telling window of each of the most telling sources; of few sources, several windows.

    Central means near the mean of all vectors (Radev et al., "Centroid-based summarization", 2004),
    and each next one must also be unlike those before (maximal marginal relevance, Carbonell & Goldstein 1998).
    """
    held = [number for number in documents if len(_rows(generation, number))]
    if not held:
        return []
    means = np.stack([_vectors(generation, _rows(generation, number)).mean(axis=0) for number in held])
    sources = [held[place] for place in spread(means, min(count, len(held)))]
    each = -(-count // len(sources))
    found = [_leads_of(generation, voices, number, each) for number in sources]
    rounds = [leads[turn] for turn in range(each) for leads in found if turn < len(leads)]
    return sorted(rounds[:count], key=lambda choice: (sources.index(choice.hit.document), choice.quote.first))


def _leads_of(generation: Generation, voices: VoiceBook, number: int, count: int) -> list[Choice]:
    rows = _rows(generation, number)
    order = spread(_vectors(generation, rows), min(TRIED, len(rows)))
    choices = [_choice(generation, rows[place]) for place in order]
    fits = [_fit(voices, choice.quote) for choice in choices]
    best = min(fits)
    apart: list[Choice] = []
    for choice in (choice for choice, fit in zip(choices, fits, strict=True) if fit == best):
        if len(apart) < count and not any(choice.quote.span.overlaps(other.quote.span) for other in apart):
            apart.append(choice)
    return apart


def _fit(voices: VoiceBook, quote: Quote) -> int:
    """How well a quote can stand for its source, the best as 0.

    Best is a statement that is surely the author's own, then one that may be, then another's; a scrap or a question is last.
    """
    low, high = LEAD_WORDS
    alone = _SENTENCE.fullmatch(quote.text) and "?" not in quote.text and not _needs_before(quote.text)
    if not alone or not low <= quote.words <= high:
        return 3
    voice = summary(voices.of_quote(quote))
    if voice.kind is not VoiceKind.AUTHOR:
        return 2
    return 0 if voice.sure else 1


def _needs_before(words: str) -> bool:
    """Whether a quote opens with what was named before it."""
    return leans(words) or bool(_OPENS_KNOWN.match(words) or _OPENS_POINTING.match(words))


def _choice(generation: Generation, row: int) -> Choice:
    at = generation.window(row)
    hit = Hit(row, at.document, at.first, at.last, 1.0, 1.0, 1.0, 1.0)  # no question was asked that it could fit less
    return Choice(cut(generation, hit), hit, 1.0, Role.CONTEXT)


def _rows(generation: Generation, number: int) -> range:
    return generation.window_rows(range(number, number + 1))


def _vectors(generation: Generation, rows: range) -> NDArray[np.float32]:
    return generation.window_vectors.take(list(rows))


def spread(vectors: NDArray[np.float32], count: int) -> list[int]:
    """Places of `count` vectors that are near the mean of all and unlike each other, most central first.

    Args:
        vectors: shape (rows, dimension).
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths == 0, 1, lengths)
    central = unit @ unit.mean(axis=0)
    nearest = np.zeros(len(unit), dtype=np.float32)
    free = np.ones(len(unit), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < count:
        place = int(np.argmax(np.where(free, central - NOVELTY * nearest, -np.inf)))
        chosen.append(place)
        free[place] = False
        nearest = np.maximum(nearest, unit @ unit[place])
    return chosen
