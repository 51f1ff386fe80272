"""Literal matches: the windows that hold what somebody typed word for word."""

import re

import numpy as np
from numpy.typing import NDArray

from pullquote.answers.select import cut
from pullquote.index.generation import Generation
from pullquote.index.lexical import terms
from pullquote.verify.typography import fold, may_hold

LOOKED_AT = 1_000  # windows with all of the words, which may be two very common ones
MIN_LETTERS = 4  # of a word that is looked for by itself
_QUOTED = re.compile(r"“([^”]+)”|«([^»]+)»|\"([^\"]+)\"")


def literal_rows(generation: Generation, query: str, documents: range) -> NDArray[np.int64]:
    """The windows of these documents that hold a query, or all that stands in its quotation marks, word for word.

    Typography and capitals are set aside. A short word by itself is no phrase.
    """
    phrases = phrases_of(query)
    wanted = terms(" ".join(phrases))
    windows = generation.window_rows(documents)
    rows = generation.lexical.holding(wanted)
    rows = rows[(rows >= windows.start) & (rows < windows.stop)]
    if len(rows) > LOOKED_AT:
        rows = rows[np.argsort(-generation.lexical.score(wanted)[rows], kind="stable")[:LOOKED_AT]]
    return np.array([row for row in rows.tolist() if _holds(generation, row, phrases)], np.int64)


def phrases_of(query: str) -> list[str]:
    """What is looked for word for word, folded: what stands in quotation marks, or all of the query."""
    quoted = ["".join(found.groups("")) for found in _QUOTED.finditer(query)]
    folded = (_folded(phrase).strip(" .,;:!?…\"'") for phrase in quoted or [query])
    return [phrase for phrase in folded if " " in phrase or len(phrase) >= MIN_LETTERS]


def _holds(generation: Generation, row: int, phrases: list[str]) -> bool:
    text = cut(generation, generation.window(row)).text.casefold()
    if not all(may_hold(text, phrase) for phrase in phrases):
        return False
    page = fold(text)
    return all(page.holds(phrase) for phrase in phrases)


def _folded(text: str) -> str:
    return fold(text.casefold()).text
