"""Texts: the documents that a question asks after by what they are: "the FAQ", "the committee report"."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from pullquote.answers.spoken.naming import fold
from pullquote.index.layout import DocumentRow
from pullquote.index.lexical import stems
from pullquote.voice.phrases import DETERMINER

_KIND = re.compile(
    r"(?:faq|report|letter|memo|memorandum|pressrelease|factsheet|editorial|oped|column|essay|transcript|minute|testimony|"
    r"petition|leaflet|brochure|newsletter|guide|notice)s?"
)
_HANGS = re.compile(r"\s(?:of|from|by|on|to|for|in|about)\s")  # "the letter from the council"
_ONE_WORD = tuple(
    (re.compile(several), one)
    for several, one in (
        (r"\bfrequently[\s-]asked[\s-]questions\b|\bq\s?(?:&|and)\s?a\b", "faq"),
        (r"\b(?:press|news|media)[\s-]release", "pressrelease"),
        (r"\bfact[\s-]sheet", "factsheet"),
        (r"\bop[\s-]ed\b", "oped"),
    )
)


def is_kind(name: str) -> bool:
    """Whether a name says what a text is, and nobody's who could speak: "the FAQ", "the letter from the council"."""
    words = _HANGS.split(_joined(DETERMINER.sub("", name)), maxsplit=1)[0].split()
    return bool(words) and _KIND.fullmatch(words[-1]) is not None


def called(name: str, rows: Iterable[tuple[int, DocumentRow]]) -> list[int]:
    """The numbers of the documents of that kind, by title and file name; what else is named may be who wrote them."""
    words = _joined(DETERMINER.sub("", name))
    kinds, all_of = stems(" ".join(filter(_KIND.fullmatch, words.split()))), stems(words)
    return [number for number, row in rows if kinds <= (told := _told(row)) and all_of <= told | _whose(row)]


def _told(row: DocumentRow) -> frozenset[str]:
    file = re.sub(r"[\W_]+", " ", PurePosixPath(row.path).stem)
    return stems(_joined(f"{row.source.title or ''} . {file}"))


def _whose(row: DocumentRow) -> frozenset[str]:
    return stems(f"{row.source.author or ''} {row.source.publisher or ''}")


def _joined(text: str) -> str:
    """A folded text in which a kind that several words name is one word."""
    words = fold(text)
    for several, one in _ONE_WORD:
        words = several.sub(one, words)
    return words
