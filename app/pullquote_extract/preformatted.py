"""Text whose lines are laid out by hand, as in old records: which lines make a paragraph, and what is a mark of a page."""

import re

from pullquote_extract.extracted import ends_open

_PAGE_MARK = re.compile(
    r"\s*\[\[page [\w.-]{1,20}\]\]\s*", re.IGNORECASE
)  # of the United States' official records
LEAST = 2  # blanks before a line that opens a paragraph
RULE = set("-_=*~ ")  # what a line across is drawn with


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs, their lines as they are but for blanks at their ends.

    A paragraph ends at an empty line, and before a line that stands further in than the one above where that one does
    not; over a mark of a page it goes on where its sentence does.
    """
    paragraphs: list[list[str]] = []
    going_on = over_page = False
    for line in text.replace("\r\n", "\n").expandtabs(8).split("\n"):
        if _PAGE_MARK.fullmatch(line):
            over_page = True
        elif not line.strip() or set(line.strip()) <= RULE:
            going_on = False
        else:
            indented = line.startswith(" " * LEAST)
            joined = over_page and paragraphs and not indented and ends_open(paragraphs[-1][-1])
            if not (joined or (going_on and not (indented and _is_flush(paragraphs[-1])))):
                paragraphs.append([])
            paragraphs[-1].append(line.rstrip())
            going_on, over_page = True, False
    return ["\n".join([paragraph[0].lstrip(), *paragraph[1:]]) for paragraph in paragraphs]


def _is_flush(lines: list[str]) -> bool:
    """Whether the last line stands at the margin, or is all of a paragraph that could end there."""
    return not lines[-1].startswith(" " * LEAST) or (len(lines) == 1 and not ends_open(lines[0]))
