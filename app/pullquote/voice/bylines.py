"""Bylines: whose words the items of a newsletter are, where a line over each names its own author."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pullquote.corpus.blocks import IMAGE
from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.voice.guests import Guest

_NAME = r"(?:[A-Z][\w.’'-]*)(?:[ ](?:(?:de|del|van|von|der|la|al|ap|of|the)[ ]){0,2}[A-Z][\w.’'-]*){1,5}"
_LINE = re.compile(  # "*By Ann Lee*", "By Ann Lee and Bob Bell, Bakers' Union"
    rf"(?:\A|(?<=[\n\r]))[ \t]*(?:[*_]{{1,3}}[Bb]y|By|BY):?[ \t]+[*_]{{0,3}}(?P<names>{_NAME}(?:(?:,|,?[ ]and|[ ]&)[ ]{_NAME})*)[*_]{{0,3}}"
    r"(?:,[^.!?\n\r]{1,60}|[ ][|•·–—-][^.!?\n\r]{1,60})?[*_]{0,3}[ \t]*(?=[\n\r]|\Z)"
)
# "By Monday Morning", "By Spring Bank Holiday", "By Executive Order": no names.
_NO_NAME = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|June|July|August|September|October|November|"
    r"December|Spring|Summer|Autumn|Winter|Christmas|Easter|Holiday|Morning|Afternoon|Evening|Night|Week|Month|Year|Order|Law|"
    r"Decree|Default|Design|Numbers|Request|Invitation|Appointment)\b"
)
_RULE = re.compile(
    r"(?:\A|(?<=[\n\r]))[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,}|~{3,}|#{3,})(?=[\n\r]|\Z)"
)
_LEVEL = re.compile(r"\s*(#{1,6})\s")
_WORD = re.compile(r"[^\W\d_]+")
FEWEST = 2  # bylines that make a newsletter wherever they stand; one alone must stand under a heading or a rule
LONGEST_IMAGE = 500  # code points of the line over a byline in which an image is looked for


@dataclass(frozen=True, slots=True)
class _Byline:
    start: int
    name: str
    own: bool


def bylines_of(document: Document, sentences: Sequence[Sentence]) -> dict[int, Guest]:
    """The names under which the sentences of a document stand, where another than its author signs for them.

    A byline holds up to the next one, a rule, or a heading that is no part of what stands under it. Those over
    the whole document are only another form of its author's name, unless there are others further down.

    Example: "# News\\n\\nBy Ann Lee\\n\\nIt rained.\\n\\n## Sport\\n\\n*By Bob Bell*\\n\\nWe won." by Cy Dow gives
    "It rained." to Ann Lee and "We won." to Bob Bell.
    """
    found = list(_found(document))
    if not any(not each.own for each in found) or not _is_newsletter(document, sentences, found):
        return {}
    breaks = [match.start() for match in _RULE.finditer(document.text)]
    return dict(_under(document, sentences, found, breaks))


def _found(document: Document) -> Iterator[_Byline]:
    author = _words(document.source.author or "")
    for match in _LINE.finditer(document.text):
        words = _words(match["names"])
        if not _beneath_image(document.text, match.start()) and not _NO_NAME.search(match["names"]):
            yield _Byline(match.start(), match["names"], own=words <= author or (bool(author) and author <= words))


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(name.casefold()) if len(word) > 1)


def _beneath_image(text: str, start: int) -> bool:
    """Whether a line names who took the picture over it."""
    line = text[max(0, start - LONGEST_IMAGE) : start].rstrip().rpartition("\n")[2]
    return line.endswith((")", "]")) and IMAGE.search(line) is not None


def _is_newsletter(document: Document, sentences: Sequence[Sentence], found: Sequence[_Byline]) -> bool:
    """Whether bylines divide a document, and do not only stand over the whole of it or sign it."""
    first = next((each.span.start for each in sentences if _is_told(document, each)), len(document.text))
    later = [each for each in found if each.start > first]
    if len(later) >= FEWEST or (later and len(found) > len(later)):
        return True
    return bool(later) and _opens(document.text, sentences, later[0].start)


def _is_told(document: Document, sentence: Sentence) -> bool:
    return sentence.kind is Kind.PROSE and _LINE.match(sentence.span.cut(document.text)) is None


def _opens(text: str, sentences: Sequence[Sentence], start: int) -> bool:
    """Whether a byline stands right under a heading or a rule."""
    before = [each for each in sentences if each.span.end <= start]
    if not before:
        return False
    last = before[-1]
    return last.kind is Kind.HEADING or _RULE.fullmatch(last.span.cut(text)) is not None


def _under(
    document: Document, sentences: Sequence[Sentence], found: Sequence[_Byline], breaks: Sequence[int]
) -> Iterator[tuple[int, Guest]]:
    signs: _Byline | None = None
    level = over = 0  # of the last heading, and of the one over the byline
    ahead, rules = list(found[::-1]), list(breaks[::-1])
    for position, sentence in enumerate(sentences):
        while rules and rules[-1] < sentence.span.end:
            rules.pop()
            signs = None
        here = bool(ahead) and ahead[-1].start < sentence.span.end
        while ahead and ahead[-1].start < sentence.span.end:
            signs, over = ahead.pop(), level
        if sentence.kind is Kind.HEADING and not here:
            words = _LEVEL.match(sentence.span.cut(document.text))
            level = len(words[1]) if words else level
            signs = signs if over and (words is None or level > over) else None
        elif signs and not signs.own and (sentence.kind is Kind.PROSE or not here):
            yield position, Guest(signs.name, "By")
