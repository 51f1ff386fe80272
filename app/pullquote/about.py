"""Questions about the corpus itself: who wrote it, what it is about, which sources there are.

They are answered from what is recorded of the documents, not from the documents' words.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

import numpy as np

from pullquote.conversation import Query
from pullquote.documents import Document
from pullquote.frame import render
from pullquote.quote import Quote, quote_span
from pullquote.span import Span
from pullquote.store.generation import Generation

LISTED = 12  # sources named in one line; the rest is counted
LEAD_WORDS = 8  # of a document's opening sentence; a shorter one is a scrap


class Subject(StrEnum):
    """What of the corpus is asked for."""

    AUTHORS = "authors"
    SOURCES = "sources"
    CONTENT = "content"
    SPEAKER = "speaker"


_WHOLE = (
    r"(?:this|that|it|these|those|all this|everything|(?:this|that|the|these|those|your|all the) (?:whole )?"
    r"(?:articles?|texts?|documents?|sources?|debates?|pieces?|reports?|papers?|corpus|collection|material|pages?))"
)
_POLITE = r"^\W*(?:(?:and|but|so|please|now|ok|okay|well),? )*(?:(?:can|could|would) you (?:please )?|please )?"
_ASKED = tuple(
    (subject, re.compile(_POLITE + rf"(?:{pattern})\W*(?:please)?\W*$", re.IGNORECASE))
    for subject, pattern in (
        (Subject.SPEAKER, (r"who (?:said|says|claims?|claimed|argues?|argued|thinks|thought|told you) (?:that|this|so|it)"
                          r"|says who|whose (?:words|claim|opinion|view) (?:is|was) (?:that|this|it)"
                          r"|(?:whose (?:words|view|opinion) (?:are|were) (?:these|those|they))")),
        (Subject.AUTHORS, (rf"who (?:wrote|authored|published|is behind|made) {_WHOLE}|(?:and )?who(?: is|'s|’s| are| was| were) the "
                          rf"(?:authors?|writers?|publishers?)(?: of {_WHOLE})?|(?:tell me )?who the authors? (?:is|are)"
                          rf"|(?:name|list|give me|show me) (?:all )?the authors(?: of {_WHOLE})?")),
        (Subject.SOURCES, (r"(?:which|what|how many) (?:sources|documents|articles|texts|papers|reports|authors|files) "
                          r"(?:do you (?:have|know|use|cite|quote|hold|draw on)|are (?:there|these|in here|here|included|you using))"
                          rf"|(?:list|show|name|give)(?: me)?(?: all)?(?: of)?(?: the| your)? (?:sources|documents|articles)"
                          r"|what (?:are|is) (?:your|the) sources?|where does (?:this|it|that|your (?:information|knowledge)) come from"
                          rf"|when (?:was|were) {_WHOLE} (?:written|published)|what (?:do you know|is in here|is this based on)")),
        (Subject.CONTENT, (rf"what(?: is|'s|’s| are) {_WHOLE} (?:all )?about|(?:summari[sz]e|sum up|outline|recap|introduce) {_WHOLE}"
                          rf"|(?:give (?:me )?|write )?(?:an? |the )?(?:short |brief )?(?:summary|overview|outline|synopsis)(?: of {_WHOLE})?"
                          rf"|what(?: is|'s|’s| are) the (?:main |central )?(?:topics?|subjects?|themes?|points?|arguments?)(?: of {_WHOLE}| here)?"
                          r"|what (?:topics|subjects) (?:do you (?:know|cover)|are covered|are there)"
                          rf"|what (?:does|do) {_WHOLE} say|what can (?:i|you|we) (?:ask|tell)(?: you| me| us)?(?: about)?(?: here)?"
                          r"|tl;? ?dr|what is going on here")),
    )
)  # fmt: skip


def asked_about(query: Query) -> Subject | None:
    """What a question asks of the corpus itself, or None where it asks about its subject.

    Who said something can only be told of quotes that were shown before.

    Example: asked_about(Query(question="Who wrote this?")) -> Subject.AUTHORS
    """
    found = next((subject for subject, pattern in _ASKED if pattern.search(query.question)), None)
    return None if found is Subject.SPEAKER and not _quoted(query) else found


def _quoted(query: Query) -> bool:
    return bool(query.history and query.history[-1].quotes)


def quoted(generation: Generation, query: Query, subject: Subject) -> tuple[Quote, ...]:
    """The quotes that belong to it: the sources' openings, or what was shown before."""
    if subject is Subject.CONTENT:
        return leads(generation, documents_meant(generation, query), query.max_quotes)
    if subject is Subject.SPEAKER:
        return tuple(_again(generation, query.history[-1].quotes[: query.max_quotes]))
    return ()


def _again(generation: Generation, places: Sequence[tuple[str, Span]]) -> Iterator[Quote]:
    """Quotes of the turn before, but for those that another generation held."""
    numbers = {row.id: number for number, row in enumerate(generation.rows)}
    for name, span in places:
        if name in numbers:
            number = numbers[name]
            quote = quote_span(generation.document(number), generation.sentences(number), span)
            if quote is not None:
                yield quote


def documents_meant(generation: Generation, query: Query) -> tuple[int, ...]:
    """The documents that were quoted last where there are any, else all of the debate."""
    numbers = generation.documents_of(query.debate)
    if not _quoted(query):
        return tuple(numbers)
    names = {name for name, _ in query.history[-1].quotes}
    return tuple(number for number in numbers if generation.rows[number].id in names) or tuple(numbers)


def described(generation: Generation, subject: Subject, numbers: Sequence[int]) -> str:
    """The sources in one line: titles, authors, publishers and dates, as far as they are recorded."""
    documents = [generation.document(number) for number in numbers[:LISTED]]
    return render(
        "about", subject=subject.value, count=len(numbers), more=max(0, len(numbers) - LISTED),
        sources=[_facts(document) for document in documents],
    )  # fmt: skip


def _facts(document: Document) -> dict[str, str | None]:
    source = document.source
    return {
        "name": document.name, "author": source.author, "publisher": source.publisher,
        "date": source.date[:10] if source.date else None,
    }  # fmt: skip


def leads(generation: Generation, numbers: Sequence[int], count: int) -> tuple[Quote, ...]:
    """The openings of the documents nearest to what all of them have in common, in their order."""
    opening = {number: quote for number in numbers if (quote := _opening(generation, number)) is not None}
    if len(opening) > count:
        middle = {number: _middle(generation, range(number, number + 1)) for number in opening}
        common = np.mean(list(middle.values()), axis=0)
        nearest = sorted(opening, key=lambda number: (-float(middle[number] @ common), number))[:count]
        opening = {number: opening[number] for number in sorted(nearest)}
    return tuple(opening.values())


def _middle(generation: Generation, documents: range) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    rows = generation.passage_rows(documents)
    mean = np.asarray(generation.passage_vectors.rows[rows.start : rows.stop].mean(axis=0), dtype=np.float32)
    return mean / (float(np.linalg.norm(mean)) or 1.0)


def _opening(generation: Generation, number: int) -> Quote | None:
    """The first window that is more than a scrap, or the first there is."""
    document, sentences = generation.document(number), generation.sentences(number)
    base = generation.rows[number].first_sentence
    rows = generation.window_rows(range(number, number + 1))
    quotes = (
        Quote(document, sentences, int(generation.windows[row][1]) - base, int(generation.windows[row][2]) - base)
        for row in rows
    )
    first = next(quotes, None)
    if first is None or first.words >= LEAD_WORDS:
        return first
    return next((quote for quote in quotes if quote.words >= LEAD_WORDS), first)
