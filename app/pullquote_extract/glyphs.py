"""The letters of a PDF's page as they are seen: pdfium tells them, here they become runs on a line of writing.

What cannot be seen is left out and counted: text in render mode 3 (but for the layer of read letters that lies over a
scan), paper-coloured or transparent text, letters too small to be drawn, letters off the page, text set sideways.
"""

import ctypes
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import hypot
from typing import Any
from unicodedata import normalize

import pypdfium2
import pypdfium2.raw as pdfium

SCAN = 0.5  # of the page's area that pictures must cover for invisible text over them to be what was read off them
TINY = 2.0  # points: print is set in 5 and more
PALE = 0.85  # of full light, from which text is compared with what is drawn under it
CONTRAST = 16  # of 255 levels of grey between letter and paper that a person still sees
WORD_GAP = (
    0.18  # of the letters' size: a space is 0.25 in most faces, and a letter's own room below 0.1
)
RUN_GAP = 0.9  # of the letters' size: wider than a space in justified text; what is split here is joined again in lines
SHIFT = 0.12  # of the letters' size that a line of writing may waver
INVISIBLE = "invisible text"
STROKE = 3.0  # points: lines are drawn from a hair to that
MOST_SEGMENTS = 6  # of a path that is a line or a box: five, and one more where it is closed twice
_RULES = frozenset("_-‐–—―─")  # a line of these is drawn, not read
# Marks that some files set over or under the letter before or after them.
_ACCENTS = {
    "´": "\u0301",
    "`": "\u0300",
    "ˆ": "\u0302",
    "¨": "\u0308",
    "˜": "\u0303",
    "¸": "\u0327",
    "ˇ": "\u030c",
    "˚": "\u030a",
}
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPACES = "\t \xa0\u2002\u2003\u2009\u200b"


@dataclass(slots=True)
class Run:
    """Letters that follow each other on one line of writing; in points from the page's lower left corner as it is seen.

    `boxes` holds left and right of each letter of the text.
    """

    text: str
    boxes: list[tuple[float, float]]
    base: float
    size: float
    face: str
    order: int

    @property
    def left(self) -> float:
        """Where its first letter starts."""
        return self.boxes[0][0]

    @property
    def right(self) -> float:
        """Where its last letter ends."""
        return self.boxes[-1][1]

    @property
    def top(self) -> float:
        """How high capitals and ascenders reach, about."""
        return self.base + 0.75 * self.size  # capitals and ascenders reach about that high

    @property
    def bottom(self) -> float:
        """How low descenders reach, about."""
        return self.base - 0.22 * self.size  # descenders


@dataclass(slots=True)
class Sheet:
    """A page as it is seen: width and height in points, its runs in the file's order, and what was left out of it."""

    number: int
    width: float
    height: float
    runs: list[Run]
    rules: list[tuple[float, float, float]] = field(
        default_factory=list
    )  # level strokes: left, right, height
    walls: list[tuple[float, float, float]] = field(
        default_factory=list
    )  # upright strokes: bottom, top, how far right
    pictured: bool = False  # a picture fills it
    scanned: bool = False  # its text is what a program read off that picture
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    left: float
    right: float
    base: float
    size: float
    face: str


@dataclass(frozen=True, slots=True)
class _Style:
    """What all letters of one text object share; `fault` is why none is seen."""

    size: float
    face: str
    fault: str | None
    pale: bool


def sheet_of(document: pypdfium2.PdfDocument, number: int) -> Sheet:
    """Read a page, counted from 1.

    Raises:
        pypdfium2.PdfiumError: the page is damaged.
    """
    page = document[number - 1]
    try:
        width, height = page.get_size()
        sheet = Sheet(number, width, height, [])
        sheet.pictured = _drawn(page, sheet) >= SCAN
        sheet.runs = list(_runs(_Reader(page, sheet).letters()))
        if sheet.pictured and sheet.left_out[INVISIBLE] > sum(len(run.text) for run in sheet.runs):
            sheet.scanned = True
            sheet.left_out.clear()
            sheet.runs = list(_runs(_Reader(page, sheet).letters()))
        _take_rules(sheet)
        return sheet
    finally:
        page.close()


def _drawn(page: pypdfium2.PdfPage, sheet: Sheet) -> float:
    """Note the page's level strokes; the share of the page that its largest picture covers."""
    covered, view = 0.0, _Viewed(page)
    kinds = [pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_PATH]
    for thing in page.get_objects(filter=kinds, max_depth=4):
        left, bottom, right, top = view.box(*thing.get_bounds())
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            covered = max(covered, (right - left) * (top - bottom) / (sheet.width * sheet.height))
        elif pdfium.FPDFPath_CountSegments(thing) <= MOST_SEGMENTS:
            _note_strokes(sheet, thing, left, bottom, right, top)
    return covered


def _note_strokes(
    sheet: Sheet, thing: Any, left: float, bottom: float, right: float, top: float
) -> None:
    """A line, or the four sides of a box that may be a cell; what is only filled is the ground that text stands on."""
    fill, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(thing, fill, stroked)
    if top - bottom <= STROKE:
        sheet.rules.append((left, right, (bottom + top) / 2))
    elif right - left <= STROKE:
        sheet.walls.append((bottom, top, (left + right) / 2))
    elif stroked.value:
        sheet.rules += [(left, right, bottom), (left, right, top)]
        sheet.walls += [(bottom, top, left), (bottom, top, right)]


def _take_rules(sheet: Sheet) -> None:
    """Note strokes that are made of letters with the others."""
    drawn = [run for run in sheet.runs if len(run.text) >= 3 and _RULES.issuperset(run.text)]
    sheet.rules += [(run.left, run.right, run.base) for run in drawn]
    sheet.runs = [run for run in sheet.runs if run not in drawn]


class _Viewed:
    """Turns what the file says of a place into where it is seen: a page may be turned, and cut out of a larger one."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.left, self.bottom, self.right, self.top = page.get_cropbox()
        self.turned = page.get_rotation()

    def point(self, x: float, y: float) -> tuple[float, float]:
        if self.turned == 90:
            return y - self.bottom, self.right - x
        if self.turned == 180:
            return self.right - x, self.top - y
        if self.turned == 270:
            return self.top - y, x - self.left
        return x - self.left, y - self.bottom

    def box(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        (a, b), (c, d) = self.point(left, bottom), self.point(right, top)
        return min(a, c), min(b, d), max(a, c), max(b, d)

    def along(self, a: float, b: float) -> tuple[float, float]:
        """The direction of writing."""
        return {0: (a, b), 90: (b, -a), 180: (-a, -b), 270: (-b, a)}[self.turned]


class _Reader:
    """Goes through the letters of one page in pdfium's order."""

    def __init__(self, page: pypdfium2.PdfPage, sheet: Sheet) -> None:
        self.page, self.sheet, self.seen = page, sheet, _Viewed(page)
        self.text = page.get_textpage()
        self.styles: dict[int, _Style] = {}
        self.picture: Any = None
        self.matrix, self.rectangle = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        self.x, self.y = ctypes.c_double(), ctypes.c_double()
        self.colour = [ctypes.c_uint() for _ in range(4)]

    def letters(self) -> Iterator[_Letter | None]:
        """The letters seen; None where pdfium ends a line, a letter of a space where it or the file parts words."""
        for number in range(pdfium.FPDFText_CountChars(self.text)):
            code = pdfium.FPDFText_GetUnicode(self.text, number)
            if pdfium.FPDFText_IsGenerated(self.text, number) and code != 32:
                yield None
            elif (letter := self._letter(number, code)) is not None:
                yield letter

    def _letter(self, number: int, code: int) -> _Letter | None:
        thing = pdfium.FPDFText_GetTextObject(self.text, number)
        if not thing:
            return _Letter(" ", 0, 0, 0, 0, "") if code == 32 else None
        key = ctypes.addressof(thing.contents)
        if (style := self.styles.get(key)) is None:
            style = self.styles[key] = self._style(number, thing)
        text = _written(code)
        if not text:
            return None
        pdfium.FPDFText_GetLooseCharBox(self.text, number, self.rectangle)
        pdfium.FPDFText_GetCharOrigin(self.text, number, self.x, self.y)
        box = self.rectangle
        left, bottom, right, top = self.seen.box(box.left, box.bottom, box.right, box.top)
        base = self.seen.point(self.x.value, self.y.value)[1]
        fault = style.fault or (
            None if text == " " else self._hidden(style, (left, bottom, right, top))
        )
        if fault:
            self.sheet.left_out[fault] += text != " "
            return None
        return _Letter(text, left, right, base, style.size, style.face)

    def _style(self, number: int, thing: Any) -> _Style:
        pdfium.FPDFText_GetMatrix(self.text, number, self.matrix)
        matrix, nominal = self.matrix, pdfium.FPDFText_GetFontSize(self.text, number)
        size = abs(nominal) * hypot(matrix.c, matrix.d)
        along, across = self.seen.along(matrix.a * (nominal or 1), matrix.b * (nominal or 1))
        mode = pdfium.FPDFTextObj_GetTextRenderMode(thing)
        pdfium.FPDFText_GetFillColor(self.text, number, *self.colour)
        red, green, blue, opaque = (channel.value for channel in self.colour)
        fault = None
        if (
            mode in {pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP}
            and not self.sheet.scanned
        ):
            fault = INVISIBLE
        elif size < TINY:
            fault = "letters too small to be read"
        elif abs(across) > 0.2 * abs(along) or along <= 0:  # more than 11 degrees
            fault = "text set sideways"
        pale = (0.3 * red + 0.59 * green + 0.11 * blue) / 255 >= PALE or opaque < 64
        return _Style(size, self._face(number), fault, pale and not self.sheet.scanned)

    def _face(self, number: int) -> str:
        """The name of the font, without the tag of a subset."""
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self.text, number, name, 128, flags)
        weight = pdfium.FPDFText_GetFontWeight(self.text, number)
        face = name.value.decode("utf-8", "replace")
        return face[7:] if face[6:7] == "+" else f"{face} bold" if weight >= 600 else face

    def _hidden(self, style: _Style, box: tuple[float, float, float, float]) -> str | None:
        left, bottom, right, top = box
        if right <= 0 or top <= 0 or left >= self.sheet.width or bottom >= self.sheet.height:
            return "text off the page"
        if style.pale and right - left > 0.5 and not self._contrast(box):
            return "text in the colour of its paper"
        return None

    def _contrast(self, box: tuple[float, float, float, float]) -> bool:
        """Whether the page's picture, at one dot a point, holds light and dark inside a box."""
        if self.picture is None:
            scale = min(1.0, 2_000 / max(self.sheet.width, self.sheet.height, 1))
            self.picture = (self.page.render(scale=scale, grayscale=True), scale)
        picture, scale = self.picture
        left, bottom, right, top = (int(side * scale) for side in box)
        rows = range(max(picture.height - top, 0), min(picture.height - bottom + 2, picture.height))
        starts = (row * picture.stride for row in rows)
        shades = b"".join(
            bytes(picture.buffer[at + max(left, 0) : at + min(right + 2, picture.width)])
            for at in starts
        )
        return bool(shades) and max(shades) - min(shades) >= CONTRAST


def _written(code: int) -> str:
    """A letter as it is kept; nothing for what controls, or stands for no letter."""
    if code in {0xFFFE, 0x2, 0xAD}:
        return "\xad"  # pdfium's mark, or the file's, of a word that is divided
    letter = chr(code) if code and not 0xD800 <= code < 0xE000 else ""
    if letter in _SPACES:
        return " "
    if 0xE000 <= code < 0xF900:
        return "\u2022"  # in a face of symbols: such letters open the entries of lists
    return _LIGATURES.get(letter, letter) if letter.isprintable() else ""


def _runs(letters: Iterator[_Letter | None]) -> Iterator[Run]:
    """Letters as runs: cut where the line of writing ends, wavers, goes back, or leaves much room."""
    run: Run | None = None
    spaced, order = False, 0
    for letter in letters:
        if letter is not None and letter.text == " ":
            spaced = True
            continue
        if letter is None or run is None or not _follows(run, letter):
            if run:
                yield run
            run = None
        if letter is None or (run is not None and _overprints(run, letter)):
            spaced = False
            continue
        if run is None:
            order += 1
            run = Run("", [], letter.base, letter.size, letter.face, order)
        elif spaced or letter.left - run.right > WORD_GAP * max(run.size, letter.size):
            _add(run, " ", run.right, letter.left)
        spaced = False
        _add(run, letter.text, letter.left, letter.right)
    if run:
        yield run


def _add(run: Run, text: str, left: float, right: float) -> None:
    if (
        run.text
        and left < (run.boxes[-1][0] + run.boxes[-1][1]) / 2
        and (text in _ACCENTS or run.text[-1] in _ACCENTS)
    ):
        letter, accent = (run.text[-1], text) if text in _ACCENTS else (text, run.text[-1])
        accented = normalize("NFC", letter + _ACCENTS[accent])
        if len(accented) == 1:
            run.text = run.text[:-1] + accented
            return
    run.text += text
    run.boxes += [(left, right)] * len(text)


def _overprints(run: Run, letter: _Letter) -> bool:
    """Whether a letter is the last one once more, a hair apart."""
    half = (letter.right - letter.left) / 2
    return run.text[-1] == letter.text and abs(letter.left - run.boxes[-1][0]) < half


def _follows(run: Run, letter: _Letter) -> bool:
    size = max(run.size, letter.size)
    figure = run.text[-1].isdecimal() != letter.text.isdecimal()  # may be a note's mark
    alike = (
        run.face == letter.face and min(run.size, letter.size) >= (0.9 if figure else 0.7) * size
    )
    return (
        alike
        and abs(run.base - letter.base) <= SHIFT * size
        and -0.5 * size <= letter.left - run.right <= RUN_GAP * size
    )


def undoubled(runs: Sequence[Run]) -> list[Run]:
    """Without what is drawn twice, a hair apart, to look bold or to throw a shadow."""
    single = []
    for _, same_text in groupby(
        sorted(runs, key=lambda run: (run.text, run.order)), key=lambda run: run.text
    ):
        first: list[Run] = []
        for run in same_text:
            if not any(
                abs(run.left - earlier.left) < 0.25 * run.size
                and abs(run.base - earlier.base) < 0.25 * run.size
                for earlier in first
            ):
                first.append(run)
        single += first
    drawn = Counter(mark for run in single for mark in _places(run))
    return sorted(
        (run for run in single if not _is_overprint(run, drawn)), key=lambda run: run.order
    )


def _places(run: Run) -> Iterator[tuple[str, int, int]]:
    """Each letter, and where it stands to a point."""
    letters = zip(run.text, run.boxes, strict=False)
    return ((letter, round(left), round(run.base)) for letter, (left, _) in letters)


def _is_overprint(run: Run, drawn: Counter[tuple[str, int, int]]) -> bool:
    """Whether a run is a mark or two that another run holds at the same place."""
    if len(run.text) > 2 or any(map(str.isalnum, run.text)):
        return False
    marks_around = ((letter, x + dx, y) for letter, x, y in _places(run) for dx in (-1, 0, 1))
    return sum(drawn[mark] for mark in marks_around) >= 2 * len(run.text)
