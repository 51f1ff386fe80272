"""What a shared link shows elsewhere: title, description, and a picture drawn on demand."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from pullquote.api.wire import Wire, narrowing
from pullquote.corpus.files import visible

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT, MARGIN = 1_200, 630, 80  # pixels, as the sites that show cards ask for
SIZES = range(58, 25, -4)  # of the quote's letters: the largest that fits, for a quote is never cut
ASKED, MOST_LINES = 34, 3  # size of the question's letters, and how many lines it may take
LEADING = 1.32  # from line to line, of the letters' size
PAPER, INK, QUIET, ACCENT = "#fbfaf7", "#1c1b19", "#5d5a54", "#8c1d18"
KEPT = 128  # pictures, of some 40 kB each
_FONT = "font_source_serif_pro"


@dataclass(frozen=True, slots=True)
class SharedLink:
    """What a page's head tells other sites: its address, and an answer's first quote."""

    address: str
    title: str = ""
    description: str = ""
    picture: str = ""


def shared_answer(answer: Wire, permalink: str, debate: str) -> SharedLink:
    """An answer as a shared link; its address is the question's, whatever the index."""
    parameters = {"q": answer["resolved_question"], "debate": debate, **narrowing(answer)}
    address = "/?" + urlencode({name: value for name, value in parameters.items() if value})
    quote = next(iter(answer["quotes"]), None)
    if quote is None:
        return SharedLink(address, answer["resolved_question"])
    words = f"“{visible(quote['shown'])}” — {visible(quote['byline'])}"
    drawable = can_draw(answer["resolved_question"], quote["shown"], quote["byline"])
    return SharedLink(
        address, answer["resolved_question"], words, f"/card.png{permalink[1:]}" if drawable else ""
    )


# The picture
def can_draw(*texts: str) -> bool:
    """Whether these words can be drawn: Pillow and the font are installed, with all letters."""
    return bool(find_spec("PIL") and find_spec(_FONT)) and all(
        map(_has, set("".join(map(visible, texts))))
    )


@lru_cache(maxsize=KEPT)
def picture(question: str, quote: str, byline: str) -> bytes:
    """A PNG of a question, the whole first quote of its answer, and whose words these are.

    Raises:
        ModuleNotFoundError: Pillow or the font is not installed.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw, foot = ImageDraw.Draw(image), HEIGHT - 62
    draw.rectangle((0, 0, WIDTH, 14), ACCENT)
    question_lines = list(_lines(visible(question), _font("Semibold", ASKED)))
    if len(question_lines) > MOST_LINES:
        question_lines[MOST_LINES - 1 :] = [f"{question_lines[MOST_LINES - 1]} …"]
    y = _write(draw, question_lines, _font("Semibold", ASKED), 62, QUIET) + 26
    draw.text((WIDTH - MARGIN, foot), "Pullquote", INK, _font("Bold", 30), anchor="rs")
    speaker = list(_lines(visible(byline), _font("Regular", 28), WIDTH - 2 * MARGIN - 190))[:2]
    below = foot - 28 - 28 * LEADING * (len(speaker) - 1)
    _write(draw, speaker, _font("Regular", 28), below, QUIET)
    draw.line((MARGIN, below - 18, MARGIN + 64, below - 18), ACCENT, 4)
    if fitted := _fitted(visible(quote), below - 44 - y):
        lines, font = fitted
        mark_font = _font("Bold", round(font.size) * 2)
        draw.text((MARGIN - 14, y - 6), "“", ACCENT, mark_font, anchor="rt")
        _write(draw, lines, font, y, INK)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _write(
    draw: "ImageDraw", lines: list[str], font: "FreeTypeFont", y: float, colour: str
) -> float:
    """Lines one under the other from a height on; the height below them."""
    for line in lines:
        draw.text((MARGIN, y), line, colour, font)
        y += font.size * LEADING
    return y


def _fitted(quote: str, height: float) -> tuple[list[str], "FreeTypeFont"] | None:
    """A quote in lines of the largest font that fits, with the font; None if none fits."""
    for font in (_font("Regular", size) for size in SIZES):
        lines = list(_lines(quote, font))
        if len(lines) * font.size * LEADING <= height:
            return lines, font
    return None


def _lines(text: str, font: "FreeTypeFont", width: float = WIDTH - 2 * MARGIN) -> Iterator[str]:
    """Words in lines of a width; a word that is longer stands alone."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and font.getlength(longer) > width:
            yield line
            longer = word
        line = longer
    yield line


@cache
def _font(name: str, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(
        io.BytesIO((files(_FONT) / "files" / f"SourceSerifPro-{name}.ttf").read_bytes()), size
    )


@lru_cache(maxsize=4_096)
def _has(letter: str) -> bool:
    """Whether the font has a letter: what it has not looks like what is no letter."""
    font = _font("Regular", 20)
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
