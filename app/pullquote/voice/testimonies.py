"""Testimonies: what people tell under a line in bold or italic letters with their name and age: "**Joseph M., 51, carpenter**"."""

import re
from collections.abc import Iterator, Sequence

from pullquote.corpus.blocks import IMAGE
from pullquote.voice.guests import ANY, Guest, Opening, Paragraph, says_i, words_of

LONGEST_LINE = 200
SEVERAL = 2  # such lines that make any other line in emphasis under a heading one too

_NAME = r"[A-Z][\w’'-]*\.?(?:\s(?:(?:de|del|van|von|bin|al|la)\s){0,2}[A-Z][\w’'-]*\.?){0,3}"
_AGE = r"(?:,\s(?:aged?\s)?(?:1[2-9]|[2-9]\d)(?!\d)|\s\((?:aged?\s)?(?:1[2-9]|[2-9]\d)\))"
_LINE = re.compile(rf"(?P<mark>[*_]{{1,3}})(?P<name>{_NAME}){_AGE}(?:,\s(?!\d)[^*\n]{{2,100}}(?<![.!?:]))?(?P=mark)")
_UNNAMED = re.compile(r"(?P<mark>[*_]{1,3})[A-Z][^*_\n]{2,100}(?<![.!?:])(?P=mark)")


def testimonies_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where each testimony begins, by the number of a paragraph; none where nobody says "I" under any such line.

    Example: "**Joseph M., 51, carpenter**" opens what Joseph M. most likely says.
    """
    lines = {number: line for number in range(len(paragraphs)) if (line := _line(paragraphs, number))}
    if not any(_speaks(paragraphs, number) for number in lines):
        return
    for number, line in lines.items():
        told = words_of(line["name"])
        own = bool(told) and told <= words_of(author)
        named = _speaks(paragraphs, number)
        guest = Guest(line["name"], line.group(), doubtful=not named)
        yield number, Opening(None if own else guest, ANY)
    if len(lines) >= SEVERAL:
        unnamed = (number for number in range(1, len(paragraphs)) if number not in lines)
        yield from ((n, Opening(Guest(None, "", doubtful=True), ANY)) for n in unnamed if _is_unnamed(paragraphs, n))


def _line(paragraphs: Sequence[Paragraph], number: int) -> re.Match[str] | None:
    """The line with a name and an age that a paragraph is; those under an image tell who is to be seen there."""
    words = paragraphs[number].words
    beneath = number > 0 and IMAGE.search(paragraphs[number - 1].words[-LONGEST_LINE:])
    return _LINE.fullmatch(words) if len(words) <= LONGEST_LINE and not beneath else None


def _is_unnamed(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether a line in emphasis stands right under a heading, as those with names do: "*An agent who asked not to be named*"."""
    words = paragraphs[number].words
    return len(words) <= LONGEST_LINE and bool(_UNNAMED.fullmatch(words)) and paragraphs[number - 1].level is not None


def _speaks(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether somebody says "I" in the paragraphs under a line, up to a heading or another line."""
    for below in range(number + 1, len(paragraphs)):
        if paragraphs[below].level is not None or _line(paragraphs, below):
            return False
        if says_i(paragraphs[below].words):
            return True
    return False
