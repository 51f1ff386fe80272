"""Passages, the retrievable units, and the self-contained windows that quotes are cut from."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pullquote.corpus.documents import Document
from pullquote.corpus.english import LANGUAGE as ENGLISH
from pullquote.corpus.language import Language
from pullquote.corpus.sentences import Kind, Sentence

PASSAGE_WORDS = 60  # paragraphs shorter than this are joined with the next one of their section
# Words; about 180 tokens, so that a passage with its title fits the encoder's 256
PASSAGE_LIMIT = 130
MAX_LEAD = 2  # sentences before the one that leans
LIST_REACH = 60  # sentences of a list before the one whose lead-in is looked for

_ITEM = re.compile(
    r"(?:([-*+•–])|(\d{1,2}(?:\.\d{1,2})+)\.?|\(?(?:(\d{1,3})|([ivx]{1,4})|([a-z]))[.)])\s"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of prose sentences [first, end) of one document, as positions in its list of sentences."""

    first: int
    end: int


def split_passages(document: Document, sentences: Sequence[Sentence]) -> tuple[Passage, ...]:
    """Group a document's prose into passages of whole sentences; none crosses a heading."""
    passages, text = [], document.text
    start, words = 0, 0
    for position, sentence in enumerate(sentences):
        length = len(sentence.span.cut(text).split())
        new_paragraph = position > start and sentence.paragraph != sentences[position - 1].paragraph
        ends = sentence.kind is not Kind.PROSE or words + length > PASSAGE_LIMIT
        if position > start and (ends or (new_paragraph and words >= PASSAGE_WORDS)):
            passages.append(Passage(start, position))
            start, words = position, 0
        words += length
        if sentence.kind is not Kind.PROSE:
            start, words = position + 1, 0
    if start < len(sentences):
        passages.append(Passage(start, len(sentences)))
    return tuple(passages)


def lead(
    text: str,
    sentences: Sequence[Sentence],
    position: int,
    apart: Collection[int] = (),
    language: Language = ENGLISH,
) -> int:
    """The first sentence of the self-contained window that ends with the sentence at `position`.

    Goes back while the opening leans, and from an item of a list to what leads the list in: at most
    MAX_LEAD sentences, over at most one paragraph break and never over structure.

    Args:
        apart: sentences that stand in no window with others, such as the questions of an interview.
    """
    first, breaks = position, 0
    led = lead_in(text, sentences, position)
    if led is not None and _near(sentences, led, position) and led not in apart:
        first, breaks = led, 1
    while position - first < MAX_LEAD and language.leans(sentences[first].span.cut(text)):
        if first == 0 or sentences[first - 1].kind is not Kind.PROSE:
            break
        breaks += sentences[first - 1].paragraph != sentences[first].paragraph
        if breaks > 1 or (first - 1 in apart) != (first in apart):
            break
        first -= 1
    return first


def _near(sentences: Sequence[Sentence], led: int, position: int) -> bool:
    close = (
        position - led <= MAX_LEAD and sentences[position].paragraph - sentences[led].paragraph == 1
    )
    return close and all(sentences[between].kind is Kind.PROSE for between in range(led, position))


def lead_in(text: str, sentences: Sequence[Sentence], position: int) -> int | None:
    """The sentence with a colon that leads in the list in which the one at `position` stands; None outside of such a list."""
    first = _opening(sentences, position)
    mark = _mark(text, sentences[first])
    while mark and first > 0 and position - first < LIST_REACH:
        last = first - 1
        first = _opening(sentences, last)
        theirs = _mark(text, sentences[first])
        if theirs != mark and sentences[last].span.cut(text).rstrip("*_").endswith(":"):
            return last if sentences[last].kind is Kind.PROSE else None
        if theirs is None:
            return None
    return None


def _opening(sentences: Sequence[Sentence], position: int) -> int:
    """The first sentence of the paragraph, or one far enough before this one."""
    first, paragraph = position, sentences[position].paragraph
    while (
        first > 0 and position - first < LIST_REACH and sentences[first - 1].paragraph == paragraph
    ):
        first -= 1
    return first


def _mark(text: str, sentence: Sentence) -> str | int | None:
    """The kind of mark that an item opens with; "(i)" and "(a)" are of two lists."""
    item = _ITEM.match(text, sentence.span.start, sentence.span.end)
    return item and (item[1] or item.lastindex)


def search_key(document: Document, words: str, heading: str | None = None) -> str:
    """What is matched against a question: the words, with who wrote them and under which title."""
    facts = (document.source.title, document.source.author, heading)
    context = ". ".join(fact.strip(" .#*_") for fact in facts if fact)
    return f"{context}. {words}" if context else words
