"""Interviews: paragraphs that open with who speaks, as in "Ann Lee: We did.", "LEE: We did." or "AL: We did."."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pullquote.documents import Document

LEAST_TURNS = 4
LEAST_SPEAKERS = 2
_NAME = r"[A-Z][\w.’'-]*"
_LABEL = re.compile(  # with the marks of bold or italic letters that printed text leaves out
    rf"(?:\A|(?<=[\n\r]))[ \t]*(?P<turn>[*_]{{0,3}}(?P<label>{_NAME}(?:[ ]{_NAME}){{0,4}})[*_]{{0,3}}:)[*_]{{0,3}}[ \t]+(?=\S)"
)
_FULL = re.compile(rf"(?<![\w’'-])[A-Z][\w’'-]*[a-z][\w’'-]*(?:[ ](?:[A-Z]\.|{_NAME})){{1,3}}")
_ENDING = re.compile(r"\.$|[’']s?$")
_FORM_OF_ADDRESS = re.compile(r"(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov)\.?[ ]", re.IGNORECASE)
_WORD = re.compile(r"[\w’'-]+")


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph's opening that says who speaks: by which name, in which letters, and whether it is the author.

    Not `sure` where two people of the document bear the surname or the initials.
    """

    name: str
    label: str
    own: bool
    sure: bool


def turns_of(document: Document) -> dict[int, Turn]:
    """Who takes the word, by where a paragraph starts; empty where the document is no interview.

    It is one where at least two people take the word, four times in all, and each label is a name that
    the document, its title or its author's name gives in full: "FACT:" and "Note:" are nobody's.

    Example: "Ann Lee, mayor, spoke to us.\n\nOTT: Why?\n\nLEE: We must." with Ott as author and two
    turns more has Ann Lee at the place of "LEE".
    """
    found = [(match.start("turn"), match["label"]) for match in _LABEL.finditer(document.text)]
    if len(found) < LEAST_TURNS:
        return {}
    known = _forms(dict.fromkeys(_full_names(document, {label for _, label in found})))
    author = (document.source.author or "").casefold()
    turns = {
        start: Turn(names[0], label, own=names[0].casefold() == author, sure=len(names) == 1)
        for start, label in found
        if (names := known.get(_FORM_OF_ADDRESS.sub("", label), []))
    }
    several = len({turn.name for turn in turns.values()}) >= LEAST_SPEAKERS
    return turns if several and len(turns) >= LEAST_TURNS else {}


def _full_names(document: Document, labels: set[str]) -> Iterator[str]:
    """The names of several words that stand in the author's name, the title, or the text beside its labels."""
    yield from (author for author in [document.source.author] if author and " " in author)
    prose = _LABEL.sub(" ", document.text)
    for text in (document.source.title or "", prose):
        yield from (_ENDING.sub("", match.group()) for match in _FULL.finditer(text))
    written = set(_WORD.findall(f"{document.source.title or ''} {prose}"))
    for label in sorted(labels):  # "Ann Lee: …" where the text calls her Lee or the mayor
        if _FULL.fullmatch(label) and label.split()[-1] in written:
            yield label


def _forms(names: Iterable[str]) -> dict[str, list[str]]:
    """The people by the labels that stand for them: their name itself, its surname in capitals, its initials.

    "Ann Lee" and "Mayor Ann Lee" are one.
    """
    forms: dict[str, list[str]] = {}
    for name in names:
        words = name.split()
        initials = [word[0].upper() for word in words]
        for form in dict.fromkeys(
            (name, name.upper(), words[-1].upper(), "".join(initials), ".".join((*initials, "")))
        ):
            bearers = forms.setdefault(form, [])
            one = bearers and (set(words) <= set(bearers[0].split()) or set(words) >= set(bearers[0].split()))
            if not one and len(bearers) < LEAST_SPEAKERS:
                bearers.append(name)
    return forms
