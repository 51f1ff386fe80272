"""Signatures: who signs a letter, one or several."""

import re
from collections.abc import Iterator

from pullquote.voice.phrases import ROLE

LONGEST_SIGNATURE = 2_000  # code points after "Sincerely," in which names are read
LONGEST_LINE = 14  # words; a line of more signs no letter
MOST_NAMED = 6  # signers that are all named

_WORD = r"[^\W\d_a-z][\w.’'-]*"
_NAME = rf"{_WORD}(?:[ ](?:(?:de|del|van|von|der|la|al|ap)[ ]){{0,2}}{_WORD}){{1,5}}"
_CLOSED = re.compile(
    r"\n[ \t]*(?:Yours\s\w+|Sincerely|Respectfully|Very\struly\syours|Best\sregards)(?:[ ]\w+)?[,.]?\s+"
    rf"(?=(?P<name>{_NAME}))"
)
_LINE = re.compile(  # "Ann Lee and Bob Bell, Harbour Surgery", "Cy Dow (retired)"
    rf"[ \t*_]*(?:and[ ])?(?P<names>{_NAME}(?:[ ](?:and|&)[ ]{_NAME})*)[*_]*(?:(?:,|[ ]\(|[ ]?[—–|-]).{{0,200}})?[ \t*_.]*"
)
_JOINED = re.compile(r"[ ](?:and|&)[ ]")
_NEWLINE = re.compile(r"\r\n?|\n")
_NO_PERSON = re.compile(  # of an address or an office under a name: "Quay Street", "Harbour Surgery", "Chief Executive"
    rf"[ ](?:Street|Road|Lane|Avenue|Square|House|Surgery|School|College|University|Council|Chamber|Trust|Society|Ltd|Inc|Office|"
    rf"Committee|Department|Institute|Hospital|Church|Cent(?:re|er)|Union|Club|Group|Association|Party|Company|Foundation|"
    rf"Executive|Manager|Clinic|Practice|Bakery|Farm|(?i:{ROLE}))\b"
)


def signers(text: str, start: int, end: int) -> tuple[str, ...]:
    """The names under the first closing of a letter between `start` and `end`, a line each or joined by "and".

    Example: signers("…\nYours faithfully,\n\nAnn Lee, baker\nBob Bell\n", 0, 99) -> ("Ann Lee", "Bob Bell")
    """
    closed = _CLOSED.search(text, start, end)
    return tuple(_names(text[closed.end() : closed.end() + LONGEST_SIGNATURE])) if closed else ()


def is_last(text: str, start: int) -> bool:
    """Whether nothing but the lines of who signs follows the first closing of a letter after `start`."""
    closed = _CLOSED.search(text, start)
    after = _NEWLINE.split(text[closed.end() : closed.end() + LONGEST_SIGNATURE]) if closed else []
    whole = closed is not None and len(text.rstrip()) <= closed.end() + LONGEST_SIGNATURE
    return whole and all(len(line.split()) <= LONGEST_LINE for line in after)


def together(names: tuple[str, ...]) -> str | None:
    """Several signers as one speaker: "Ann Lee, Bob Bell and Cy Dow"."""
    if len(names) > MOST_NAMED:
        return f"{', '.join(names[:2])} and {len(names) - 2} others"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part) or None


def _names(lines: str) -> Iterator[str]:
    for number, line in enumerate(_NEWLINE.split(lines)):
        signed = _LINE.fullmatch(line)
        if signed is None:
            return
        names = _JOINED.split(signed["names"])
        yield from (name for name in names if number == 0 or not _NO_PERSON.search(name))
