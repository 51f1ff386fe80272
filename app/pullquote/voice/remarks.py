"""Remarks: paragraphs that readers sign, letters to the author, quotations with a name: "… — Worried in Wigan", "Dear Amelia, …", "Sen. Lee: “…”"."""

import re
from collections.abc import Iterator, Sequence

from pullquote.corpus.clauses import has_verb
from pullquote.corpus.honorifics import TITLES
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
_PERSON = rf"(?:(?:{TITLES}|Hon|Cllr|Sir|Dame)\.?[ ])?[A-Z][\w’'&-]*(?:[ ](?:(?:of|for|the|and|de|van|von)[ ]){{0,2}}[A-Z][\w.’'&-]*){{0,6}}"
_ASIDE = r"(?:[ ]\([^()\n]{1,40}\))?(?:,[ ][^!?:;\n“”\"]{1,80})?"
_SAID = r"[*_]{0,3}(?:“[^“”]{10,}[.!?…]”|\"[^\"]{10,}[.!?…]\")[*_]{0,3}"
_TOLD = re.compile(rf"(?:[-*•+]\s+)?[*_]{{0,3}}(?P<name>{_PERSON}){_ASIDE}[*_]{{0,3}}:[*_]{{0,3}}\s+{_SAID}")
_WHOLE = re.compile(_SAID)
_UNDER = re.compile(rf"[*_]{{0,3}}(?:[—–―]|--)\s*[*_]{{0,3}}(?P<name>{_PERSON}){_ASIDE}[*_.]{{0,3}}")
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


def quoted_in(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[int, Opening]]:
    """Where a paragraph is one quotation and a name with it says whose: before a colon, or in a line of its own under it.

    Example: "Sen. Ann Lee: “We must.”"; "“We must.”" over "— Sen. Ann Lee (R-Neb.), to reporters".
    """
    for number, paragraph in enumerate(paragraphs):
        below = paragraphs[number + 1].words if number + 1 < len(paragraphs) else ""
        told = _TOLD.fullmatch(paragraph.words)
        signed = _UNDER.fullmatch(below) if _WHOLE.fullmatch(paragraph.words) else None
        found = told or signed
        if found and " " in found["name"] and not lead(f"{found['name']} "):
            yield number, Opening(Guest(found["name"], ":" if told else "—"), ANY)
            yield number + (1 if told else 2), Opening(None, ANY)


def sections_in(paragraphs: Sequence[Paragraph], author: str | None) -> Iterator[tuple[int, Opening]]:
    """Where a section begins that a line under it signs for another: "## From our chair", "Last year was hard.", "— Ann Lee, chair"."""
    begun: int | None = None  # after a heading that some text stands before
    text = False
    for number, paragraph in enumerate(paragraphs):
        text = text or paragraph.level is None
        if paragraph.level is not None:
            begun = number + 1 if text else None
        elif begun is not None and (signed := _UNDER.fullmatch(paragraph.words)):
            told = words_of(signed["name"])
            whole = _WHOLE.fullmatch(paragraphs[number - 1].words)
            if not whole and begun < number and len(told) > 1 and not told <= words_of(author):
                yield begun, Opening(Guest(signed["name"], "—"), ANY)
                yield number + 1, Opening(None, ANY)
            begun = number + 1


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
