"""Lines joined to text: words divided at line ends put together, marks of notes apart, each page's start noted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from pullquote_extract.columns import BULLETS, Line
from pullquote_extract.glyphs import Run
from pullquote_extract.paragraphs import Kind, Pages, Paragraph
from pullquote_extract.places import Place
from pullquote_extract.vocabulary import opens_a_word, ranks

HYPHENS = "-\xad\u2010"
DASHES = "\u2012\u2013\u2014\u2015/"  # a line may end after one, with no space meant
_RAISED = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
Box = tuple[float, float, float, float]
STEM = 3  # letters of a word's second part that tell it from other words
COMMON = 24_000  # of 30,000 words by rank: "intra" is rarer, and seldom a word by itself
NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)
_AROUND = ".,;:!?()[]{}\"'“”‘’«»…*†‡"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of the text, and where it is drawn: page, left, right, base and size; NOWHERE for what only parts words."""

    text: str
    page: int
    box: Box = NOWHERE


class Joiner:
    """Knows the words of a document, and joins its lines by them."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.words: Counter[str] = Counter()
        for paragraph in [*pages.body, *pages.notes]:
            self.words.update(_whole_words(paragraph.lines))
        self.marks = {(note.lines[0].page, note.mark) for note in pages.notes if note.mark}
        self.divides = self._divides()
        self.left_out: Counter[str] = Counter()

    def blocks(self) -> Iterator[list[Letter]]:
        """The letters of each block in order: the text, then its notes."""
        rows: list[Paragraph] = []
        for paragraph in self.pages.body:
            if paragraph.kind is Kind.ROW:
                rows.append(paragraph)
                continue
            if rows:
                yield self._table(rows)
                rows = []
            yield self._block(paragraph)
        if rows:
            yield self._table(rows)
        for note in self.pages.notes:
            yield self._block(note)

    def _block(self, paragraph: Paragraph) -> list[Letter]:
        letters = self._joined(paragraph.lines, skip=paragraph.mark)
        page = paragraph.lines[0].page
        if paragraph.kind is Kind.HEADING:
            larger = paragraph.size / self.pages.size
            level = 1 if larger >= 1.5 else 2 if larger >= 1.12 else 3
            return [Letter("#" * level + " ", page), *letters]
        text = "".join(letter.text for letter in letters)
        if paragraph.kind is Kind.ENTRY and text[:1] in BULLETS and text[1:2] == " ":
            return [Letter("- ", page), *letters[2:]]
        if paragraph.kind is not Kind.ENTRY and text.startswith(("#", ">", "|", "- ", "* ", "+ ")):
            return [Letter(" ", page), *letters]
        return letters

    def _table(self, rows: Sequence[Paragraph]) -> list[Letter]:
        letters: list[Letter] = []
        for row in rows:
            page = row.lines[0].page
            letters += [Letter("\n| " if letters else "| ", page)]
            for number, cell in enumerate(row.cells):
                letters += [Letter(" | ", page)] if number else []
                letters += self._joined(cell)
            letters += [Letter(" |", page)]
        return letters

    def _joined(self, lines: Sequence[Line], skip: str = "") -> list[Letter]:
        letters: list[Letter] = []
        for number, line in enumerate(lines):
            more = self._line(line, skip if number == 0 else "")
            if letters and more:
                self._meet(letters, more)
            letters += more
        return letters

    def _line(self, line: Line, skip: str = "") -> list[Letter]:
        """A line's letters; a hyphen that only says where a word may be divided is kept at the line's end alone."""
        letters: list[Letter] = []
        for text, run in line.letters():
            words = self._written(text, run, line)
            if skip and not letters and text.startswith(skip):
                words = (" " * len(skip)) + words[len(skip) :]
            boxes = (
                run.boxes if len(words) == len(run.boxes) else [(run.left, run.left), *run.boxes]
            )
            for letter, (left, right) in zip(words, boxes, strict=False):
                letters.append(Letter(letter, line.page, (left, right, run.base, run.size)))
        while letters and letters[-1].text == " ":
            letters.pop()
        last = len(letters) - 1
        return [
            letter
            for number, letter in enumerate(letters)
            if not (letter.text == "\xad" and number < last)
            and not (letter.text == " " and (number == 0 or letters[number - 1].text == " "))
        ]

    def _written(self, text: str, run: Run, line: Line) -> str:
        """The text of a run: the mark of a note on its page is left out, other raised figures are written as such."""
        words = text.strip()
        if not line.is_raised(run) or words.isalpha():
            return text
        if (line.page, words) in self.marks:
            self.left_out["marks of notes"] += 1
            return " " if text.startswith(" ") else ""
        return text.translate(_RAISED)

    def _meet(self, letters: list[Letter], more: Sequence[Letter]) -> None:
        """Join a line's end to the next line's start: a space, a divided word, or a word that has its hyphen."""
        page = letters[-1].page
        before = "".join(letter.text for letter in letters[-80:])
        after = "".join(letter.text for letter in more[:80])
        if before.endswith(tuple(HYPHENS)) and before[-2:-1].isalnum() and after[0].isalnum():
            if self.is_divided(before.split(" ")[-1][:-1], after.split(" ")[0]):
                letters.pop()
            else:
                letters[-1] = Letter("-", letters[-1].page, letters[-1].box)
        elif not (
            before.endswith(tuple(DASHES)) and before[-2:-1] not in {"", " "}
        ) and not _is_address(before):
            letters.append(Letter(" ", page))

    def is_divided(self, start: str, end: str) -> bool:
        """Whether a word was divided at a line's end, so that its hyphen goes: its parts and whole are looked for elsewhere.

        Of 154 such places, each page read as a document by itself, two were taken for divided words that were none.
        """
        if not (halves := _parts_of(start, end)):
            return False
        head, tail = halves
        undivided, hyphened = self.words[head + tail], self.words[f"{head}-{tail}"]
        if not self.divides:
            return not hyphened and not self.words[tail] and head + tail in ranks()
        if undivided or hyphened:
            return undivided >= hyphened
        return head + tail in ranks() or not self._is_compound(head, tail)

    def _is_compound(self, head: str, tail: str) -> bool:
        """Whether two parts are words each, while no ordinary word begins so and the second is no usual ending.

        Of 1,229 hyphens in 186 debates that no figure here was chosen on, each taken for a line's end, 7 % go so (54 %
        where only the file's own words are known); of 19,490 words hyphenated by pyphen .6 % keep it (.06 %).
        """
        begun = len(tail) >= STEM and opens_a_word(head + tail[:STEM])
        ending = not self.words[tail] and ranks().get(f"##{tail}", inf) < ranks().get(tail, inf)
        return not (begun or ending) and self._are_words(head, tail, COMMON)

    def _are_words(self, head: str, tail: str, rarest: float = inf) -> bool:
        return all(self.words[word] or ranks().get(word, inf) < rarest for word in (head, tail))

    def _divides(self) -> bool:
        """Whether the document divides words at all: a hyphen at a line's end then stands once beside what is no word."""
        pairs = (
            pair
            for paragraph in (*self.pages.body, *self.pages.notes)
            for pair in pairwise(paragraph.lines)
        )
        ends = ((line.text.split(" ")[-1], after.text.split(" ")[0]) for line, after in pairs)
        words = (_parts_of(end[:-1], start) for end, start in ends if end.endswith(tuple(HYPHENS)))
        return any(not self._are_words(*halves) for halves in words if halves)


def _parts_of(start: str, end: str) -> tuple[str, str] | None:
    """The two parts of what may be one word, in small letters; nothing where the hyphen stands in a name, figure or address."""
    if "/" in start or "@" in start or "www." in start:
        return None
    head, tail = start.strip(_AROUND).split("-")[-1], _bare(end.split("-", maxsplit=1)[0])
    if not head.isalpha() or not tail.isalpha() or (tail[0].isupper() and not head.isupper()):
        return None
    return head.lower(), tail.lower()


def _is_address(text: str) -> bool:
    """Whether a line ends inside an address, at a sign after which addresses are divided."""
    word = text.rsplit(" ", maxsplit=1)[-1]
    return word[-1] in "-/@_=&?%" and any(sign in word for sign in ("://", "www.", "@"))


def _bare(word: str) -> str:
    """A word without marks around it and without its ending after an apostrophe."""
    return word.strip(_AROUND).replace("’", "'").split("'")[0].rstrip(_AROUND)


def _whole_words(lines: Iterable[Line]) -> Iterator[str]:
    """The words of lines that are not divided by a line's end, in small letters."""
    divided = False
    for line in lines:
        words = line.text.split(" ")
        ends = words[-1].endswith(tuple(HYPHENS))
        for word in words[divided : len(words) - ends]:
            if bare := _bare(word).lower():
                yield bare
                subwords = bare.split("-")
                if len(subwords) > 2:
                    yield from map("-".join, pairwise(subwords))
        divided = ends


def text_of(blocks: Iterable[Sequence[Letter]]) -> tuple[str, list[Place]]:
    """Blocks as the canonical text, and where each page starts in it."""
    pieces: list[str] = []
    places: list[Place] = []
    length = 0
    for block in blocks:
        if not "".join(letter.text for letter in block).strip():
            continue
        if pieces:
            pieces.append("\n\n")
            length += 2
        for letter in block:
            if not places or places[-1].page != letter.page:
                places.append(Place(length, letter.page))
            pieces.append(letter.text)
            length += len(letter.text)
    return "".join(pieces), places
