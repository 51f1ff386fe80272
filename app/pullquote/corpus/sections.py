"""Sections: the numbered questions that stand over the parts of a paper, told from questions that follow each other."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pullquote.corpus.tables import END_MARK
from pullquote.span import Span

LONGEST = 80  # letters of a heading
_HEADING = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})\s+[\"'“‘(*_]{0,3}[A-Z][^\r\n]*")
_QUESTION = re.compile(  # "2  Who pays?", but not "2. Who pays?", which may be an item of a list
    r"[\d.]+\s+(?:Who|Whose|What|Which|Why|How|When|Where|Is|Are|Was|Were|Do|Does|Did|Has|Have|Can|Could|Should|"
    r"Will|Would|Must|May|Might)\b[^.?!]*\?"
)


def section_questions(text: str, blocks: Sequence[Span]) -> frozenset[Span]:
    """The questions over a text's sections; none unless its headings count from 1 and each question has prose below it.

    So "1  Who pays?" over a paragraph is one, and is none where "2  Who rows?" comes next.
    """
    headings = dict(_headings(text, blocks))
    firsts = [int(number.split(".")[0]) for number in headings.values()]
    asked = [place for place in headings if _QUESTION.fullmatch(blocks[place].cut(text))]
    if firsts[:1] != [1] or any(later - first not in (0, 1) for first, later in pairwise(firsts)):
        return frozenset()
    if not all(_is_headed(text, blocks[place + 1 : place + 2], headings, place) for place in asked):
        return frozenset()
    return frozenset(blocks[place] for place in asked)


def _headings(text: str, blocks: Sequence[Span]) -> Iterator[tuple[int, str]]:
    """The places of what may be a numbered heading, each with its number."""
    for place, block in enumerate(blocks):
        words = block.cut(text) if block.end - block.start <= LONGEST else ""
        found = _HEADING.fullmatch(words)
        if found and (_QUESTION.fullmatch(words) or not END_MARK.search(words)):
            yield place, found["number"]


def _is_headed(text: str, below: Sequence[Span], headings: dict[int, str], place: int) -> bool:
    """Whether the block below a heading is prose, or the heading of a section within its own."""
    if place + 1 in headings:
        return headings[place + 1].startswith(f"{headings[place]}.")
    return bool(below and END_MARK.search(below[0].cut(text)))
