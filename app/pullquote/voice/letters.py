"""Letters: those of a page of letters, each by whose name and place stand in a line of their own at its end: "*Ann Lee, Ort*"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pullquote.corpus.blocks import IMAGE
from pullquote.corpus.documents import Source
from pullquote.corpus.honorifics import TITLES
from pullquote.voice.guests import ANY, PLAIN, Guest, Opening, Paragraph, in_small_letters, says_i, words_of
from pullquote.voice.mentions import people_in
from pullquote.voice.speakers import lead

LEAST_SECTIONS = 2  # under headings of their own, each ended by such a line
LEAST_LETTERS = 3  # one after the other, or in a text that somebody wrote who may have met those people
LONGEST_LINE = 160  # code points
LONGEST_IMAGE = 500  # code points of what stands over a line in which an image is looked for

_MARKS = r"[*_]{0,3}"
_WORD = r"[A-Z][\w.’'&-]*"
_SIGNED = re.compile(  # "*Ann Lee, Ort*", "— ANN LEE, chair, Ort Traders", "Ann Lee" over "Ort"
    rf"{_MARKS}(?:(?:[—–―]|--|\\?-)\s?{_MARKS})?"
    rf"(?P<name>(?:(?:{TITLES})\.?[ ])?{_WORD}(?:[ ](?:(?:and|&|de|del|van|von|der|la|al)[ ]){{0,2}}{_WORD}){{1,5}})"
    rf"{_MARKS}(?:,[ ]{_MARKS}|,?[ \t]*\\?\r?\n{_MARKS})(?P<place>[^\W\d_][^!?:;\r\n“”\"\d*_]{{1,80}}?){_MARKS}\.?{_MARKS}"
)
_NO_WRITER = re.compile(  # who took a picture, or put the page together
    r"\b(?:Editors?|Staff|Reuters|AP|AFP|PA|Photo(?:s|graph|graphs)?|Pictures?|Reporter|Correspondent)\b"
    r"|,\s(?:photographer|pictured|left|right|(?:sub-?)?editor|staff|reporter|correspondent)\b"
)
_TOLD = re.compile(r"[.!?…][*_\"”’')\]]*\Z")
_QUOTATION = re.compile(r"[*_]{0,3}(?:“[^“”]*”|\"[^\"]*\")[*_]{0,3}")
_NOTE = re.compile(
    r"(?P<mark>[*_]{1,3})[^*_]+(?P=mark)|(?:The|This)\s(?:writers?|authors?)\s(?:is|are|was|were)\s.+", re.DOTALL
)
_THEY = re.compile(r"[*_]{0,3}(?:She|He|Her|His)\b")
_LETTERS = re.compile(r"\b(?:letters?|readers?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter by the numbers of its first paragraph and of the line that signs it."""

    first: int
    line: int
    section: int
    name: str
    ends: bool  # its section, but for a note on who wrote it


def letters_in(paragraphs: Sequence[Paragraph], source: Source) -> Iterator[tuple[int, Opening]]:
    """Where each letter of a page of letters begins and ends, by the number of a paragraph.

    It is one where such lines end two sections at least, or three letters at least and the document, and somebody says
    "I" or the title says that these are letters. One line alone may be a caption, and names alone are a list.
    """
    found = tuple(_letters(paragraphs))
    ended = {each.section for each in found if each.ends}
    whole = bool(found) and found[-1].ends and _is_end(paragraphs, found[-1].line)
    if len(ended) < LEAST_SECTIONS:
        ended = {each.section for each in found} if whole and len(found) >= LEAST_LETTERS else set()
    signed = [each for each in found if each.section in ended]
    told = [each for each in signed if not _tells_of_signer(each, paragraphs)]
    if 2 * len(told) <= len(signed) or not _is_page(paragraphs, told, source):
        return
    for letter in told:
        if not words_of(letter.name) <= words_of(source.author):
            yield letter.first, Opening(Guest(letter.name, "—"), ANY)
            yield letter.line + 1, Opening(None, ANY)


def _is_page(paragraphs: Sequence[Paragraph], letters: Sequence[_Letter], source: Source) -> bool:
    """Whether letters are some people's, who speak of themselves in one of them or are called letters.

    Where a person is the author and nothing calls them so there must be more of them: it may be a page of portraits.
    """
    called = _LETTERS.search(source.title or "") is not None
    least = LEAST_LETTERS if people_in(source.author or "") and not called else LEAST_SECTIONS
    people = [each for each in letters if _is_person(each.name, paragraphs[each.line])]
    if len(people) < least:
        return False
    return called or any(
        says_i(paragraphs[number].words) for each in letters for number in range(each.first, each.line)
    )


def _tells_of_signer(letter: _Letter, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether what stands over a name tells of its bearer, as a reporter does, by that name or with "she" for a first word."""
    last = letter.name.rpartition(" ")[2].casefold()
    over = [paragraphs[number].words for number in range(letter.first, letter.line)]
    return _THEY.match(over[0]) is not None or any(last in words_of(words) for words in over)


def _is_person(name: str, line: Paragraph) -> bool:
    """Whether a name is no place's: "Town Hall, Ort" signs nothing."""
    return any(mention.name in {name, name.partition(" ")[2]} for mention in people_in(f"{name}, {_place(line)}"))


def _place(line: Paragraph) -> str:
    signed = _signed(line)
    return signed["place"] if signed else ""


def _letters(paragraphs: Sequence[Paragraph]) -> Iterator[_Letter]:
    first = section = 0
    for number, paragraph in enumerate(paragraphs):
        signed = _signed(paragraph) if _is_beneath_text(paragraphs, number) and first < number else None
        if signed:
            ends = _is_end(paragraphs, number) or _opens(paragraphs[_after(paragraphs, number)])
            yield _Letter(first, number, section, in_small_letters(signed["name"].rstrip(",")), ends)
            first = _after(paragraphs, number)
        elif _signs_block(paragraphs, number):
            first = _after(paragraphs, number)  # somebody's block in another's text
        elif _opens(paragraph):
            first, section = number + 1, section + 1


def _signed(paragraph: Paragraph) -> re.Match[str] | None:
    """The name and the place that a line is; a heading with "#" is none."""
    if len(paragraph.words) > LONGEST_LINE or paragraph.level not in {None, PLAIN}:
        return None
    signed = _SIGNED.fullmatch(paragraph.words)
    if signed is None or _NO_WRITER.search(signed.group()) or lead(f"{signed['name']} "):
        return None
    return signed


def _opens(paragraph: Paragraph) -> bool:
    return paragraph.level is not None and _signed(paragraph) is None


def _is_beneath_text(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether text that has come to its end stands right over a line: no heading, image, name or quotation of its own."""
    if number == 0 or paragraphs[number - 1].level is not None:
        return False
    words = paragraphs[number - 1].words
    if (
        _signs_block(paragraphs, number)
        or IMAGE.search(words[-LONGEST_IMAGE:])
        or _signed(paragraphs[number - 1])
        or _QUOTATION.fullmatch(words)
    ):
        return False
    return _TOLD.search(words) is not None


def _signs_block(paragraphs: Sequence[Paragraph], number: int) -> bool:
    """Whether a line signs the block with ">" that stands right over it, and nothing above that."""
    return number > 0 and paragraphs[number - 1].words.startswith(">") and _signed(paragraphs[number]) is not None


def _after(paragraphs: Sequence[Paragraph], line: int) -> int:
    """The number of the paragraph after a signature and what tells of who signed."""
    number = line + 1
    while number < len(paragraphs) and _is_note(paragraphs[number]):
        number += 1
    return number


def _is_note(paragraph: Paragraph) -> bool:
    bare = not any(map(str.isalnum, paragraph.words))
    return bare or (paragraph.level is None and _signed(paragraph) is None and bool(_NOTE.fullmatch(paragraph.words)))


def _is_end(paragraphs: Sequence[Paragraph], line: int) -> bool:
    return _after(paragraphs, line) == len(paragraphs)
