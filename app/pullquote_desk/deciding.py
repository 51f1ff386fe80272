"""From what waits and what an editor chooses to the line that is written; and what the choice is made by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pullquote.answers.explainer import Explainer
from pullquote.answers.query import Query
from pullquote.corpus.documents import Document
from pullquote.corpus.quote import quote_span
from pullquote.errors import InvalidSpan, NotFound, QuestionError
from pullquote.index.generation import Generation
from pullquote.sides.stance import Citation
from pullquote.span import Span
from pullquote.voice.voices import speaker_line
from pullquote_desk.ledger import DeskError, quote_of
from pullquote_desk.waiting import Item, Kind

AROUND = 3  # sentences before and after what is to be decided
CANDIDATES = 6  # quotes that a question may be answered with
Place = tuple[str, Span]
CHOICES: dict[Kind, tuple[tuple[str, str, str], ...]] = {  # key, choice, what it is called
    Kind.SIDES: (
        ("f", "for", "For"),
        ("a", "against", "Against"),
        ("n", "neither", "Neither"),
        ("h", "hide", "Never show"),
    ),
    Kind.VOICES: (
        ("g", "guess", "As guessed"),
        ("a", "author", "The author’s own words"),
        ("o", "name", "Somebody else"),
        ("h", "hide", "Never show"),
    ),
    Kind.QUESTIONS: (("p", "pin", "Answer with these"), ("h", "hide", "Not for this question")),
}
WRITTEN = {"name": "the speaker’s name", "hide": "the reason"}  # what must be written with a choice


@dataclass(frozen=True, slots=True)
class Passage:
    """Words in their context, and whose they are."""

    document: Document
    before: str
    words: str
    after: str
    byline: str
    section: str


def passage_of(explainer: Explainer, item: Item) -> Passage | None:
    """The words of an item with the sentences around them; None where the text has none there."""
    generation = explainer.generation
    if item.span is None or not generation.has(item.document):
        return None
    number = generation.number(item.document)
    document, sentences = generation.document(number), generation.sentences(number)
    quote, citation = (
        quote_span(document, sentences, item.span),
        explainer.quote_at(item.document, item.span),
    )
    if quote is None or citation is None:
        return None
    first = sentences[max(0, quote.first - AROUND)].span.start
    last = sentences[min(len(sentences) - 1, quote.last + AROUND)].span.end
    return Passage(
        document,
        document.text[first : item.span.start],
        item.span.cut(document.text),
        document.text[item.span.end : last],
        speaker_line(citation.voice, document),
        quote.section or "",
    )


def answer_to(explainer: Explainer, item: Item) -> tuple[bool, Sequence[Citation]]:
    """Whether a question has an answer now, and the quotes that it gives and may give instead."""
    debate = item.debate or None
    try:
        answer = explainer.ask(Query(question=item.subject, debate=debate))
        more = explainer.search(item.subject, count=CANDIDATES, debate=debate)
    except (QuestionError, NotFound):
        return False, ()
    return answer.answered, list(_apart((*answer.citations, *answer.nearest, *more)))[:CANDIDATES]


def _apart(citations: Sequence[Citation]) -> Iterator[Citation]:
    taken: list[Place] = []
    for citation in citations:
        name, span = citation.quote.document.id, citation.quote.span
        if not any(name == other and span.overlaps(location) for other, location in taken):
            taken.append((name, span))
            yield citation


def body_of(
    generation: Generation, item: Item, choice: str, *, text: str = "", ranges: Sequence[Place] = ()
) -> tuple[str, dict[str, Any]]:
    """The debate and the decision that a choice on an item comes to.

    Raises:
        DeskError: the choice needs words or quotes that are not there, or is none.
    """
    if choice not in {name for _, name, _ in CHOICES[item.kind]}:
        raise DeskError("there is no such choice; take one of those that are shown")
    if choice in WRITTEN and not text.strip():
        raise DeskError(f"write {WRITTEN[choice]}, then choose again")
    text = " ".join(text.split())
    chosen = [(item.document, item.span)] if item.span else [*ranges]
    if not chosen:
        raise DeskError("choose at least one quote, then choose again")
    debate, quotes = quotes_at(generation, chosen, whole=item.kind is not Kind.VOICES)
    subject = item.subject if item.kind is Kind.QUESTIONS else ""
    match choice:
        case "hide":
            facts = {"kind": "hide", "question": subject, "reason": text}
        case "pin":
            facts = {"kind": "pin", "question": subject}
        case "for" | "against" | "neither":
            facts = {"kind": "side", "proposition": item.subject, "side": choice}
        case _:
            speaker = {"guess": item.guess or None, "name": text}.get(choice)
            return debate, {"kind": "speaker", "speaker": speaker, "quotes": quotes}
    return debate, {**facts, "quotes": quotes}


def quotes_at(
    generation: Generation, ranges: Sequence[Place], *, whole: bool
) -> tuple[str, list[dict[str, Any]]]:
    """Places of one debate as a decision names them, as whole sentences where that is wanted."""
    quotes, debates = [], set()
    for document_id, span in ranges:
        try:
            number = generation.number(document_id)
            document = generation.document(number)
            quote = quote_span(document, generation.sentences(number), span)
            quotes.append(quote_of(document, quote.span if whole and quote else span))
        except (NotFound, InvalidSpan) as error:
            raise DeskError(str(error)) from error
        debates.add(document.debate)
    if len(debates) > 1:
        raise DeskError("the quotes are of several debates; choose those of one")
    return debates.pop(), quotes
