"""Remarks: paragraphs that readers sign at their end, and letters to the author: "… — Worried in Wigan", "Dear Amelia, …"."""

import re
from collections.abc import Iterator, Sequence

from pullquote.clauses import has_verb
from pullquote.voice.guests import ANY, Guest, Opening, Paragraph, words_of
from pullquote.voice.mentions import people_in
from pullquote.voice.speakers import lead

MOST_WORDS = 6  # of a signature
LONGEST = 100  # code points at the end of a paragraph in which a signature is looked for

_SIGNED = re.compile(
    r"(?:[!?…]|(?<!\b[A-Z])\.)[\"”’'*_)\]]*\s+[*_]{0,3}(?:[—–―]|--)\s?[*_]{0,3}(?P<name>[A-Z][^—–―;:!?“”\"\d]{1,80}?)[*_]{0,3}\s*\Z"
)
_NO_SIGNER = re.compile(  # news agencies, editors, and notes of who else took part
    r"(?:Ed|Eds|Editors?|Staff|Reuters|AP|AFP|PA|UPI|Bloomberg|Associated|Agence|Agencies|With|Additional|Reporting|Translated|"
    r"Edited|Photo|Picture|Source|Updated|Correction|Compiled|Read|Continued|Ends?|END|ENDS|See|Chapter|Section|Part|Article)\b"
)
_DEAR = re.compile(
    r"[*_]{0,3}Dear\s(?:(?:Mr|Mrs|Ms|Miss|Dr)\.?\s)?(?P<name>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,2})[*_]{0,3}[,:]"
)


def remarks_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where readers' paragraphs begin and end, by the number of a paragraph.

    A letter to the author goes on to its signature, to the answer or to a heading.
    """
    writing = False
    for number, paragraph in enumerate(paragraphs):
        dear, signer = _DEAR.match(paragraph.words), _signer(paragraph.words, author)
        if dear:
            writing = _is_addressed(dear["name"], author)
        if signer or dear:
            yield number, Opening(_reader(signer, writing=writing), ANY)
        if signer:
            yield number + 1, Opening(None, ANY)
            writing = False


def _reader(signer: str | None, *, writing: bool) -> Guest | None:
    return Guest(signer, "—") if signer else Guest(None, "Dear") if writing else None


def _signer(words: str, author: str | None) -> str | None:
    """Who signs a paragraph behind a dash, after a stop; nobody where that is its author, an editor or an agency."""
    signed = _SIGNED.search(words[-LONGEST:])
    if signed is None or _NO_SIGNER.match(signed["name"]) or len(signed["name"].split()) > MOST_WORDS:
        return None
    if has_verb(f"{signed['name'].rstrip('.')}."):
        return None
    name = signed["name"].rstrip(",")
    told = words_of(name.partition(",")[0])
    if not told or told <= words_of(author) or (lead(f"{name} ") and not name.startswith("The ")):
        return None
    return name if re.search(r"\b[A-Z]\.$", name) else name.rstrip(".")


def _is_addressed(name: str, author: str | None) -> bool:
    """Whether a letter is to the author, who is one person."""
    people = people_in(author or "")
    return len(people) == 1 and words_of(name) <= words_of(people[0].name) and people[0].name == author
