"""Interviews: paragraphs that open with who speaks, as in "Ann Lee: We did.", "LEE: We did." or "AL: We did."."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pullquote.documents import Document
from pullquote.sentences import Kind, Sentence
from pullquote.voice.speakers import lead

LEAST_TURNS = 2  # of each of
LEAST_SPEAKERS = 2
LEAST_QUESTIONS = 2  # in bold letters, each a paragraph of its own
_NAME = r"[A-Z][\w.’'-]*"
_LABEL = re.compile(  # with the marks of bold or italic letters that printed text leaves out
    rf"(?:\A|(?<=[\n\r]))[ \t]*(?P<turn>[*_]{{0,3}}(?P<label>{_NAME}(?:[ ]{_NAME}){{0,4}})[*_]{{0,3}}:)[*_]{{0,3}}[ \t]+(?=\S)"
)
_FULL = re.compile(rf"(?<![\w’'-])[A-Z](?=[\w’'-]*[a-z])[\w’'-]*(?:[ ](?:[A-Z]\.|{_NAME})){{1,5}}")
_ENDING = re.compile(r"\.$|[’']s?$")
_JOINING = re.compile(r"[ ](?:With|Of|By|And|To|On|For|From|In|At|Meets|Asks|Interviews)[ ]")  # in the words of a title
_QUESTION = re.compile(r"\s*(?P<bold>\*\*|__)(?=\w)[^*_]+\?(?P=bold)\s*")
_FORM_OF_ADDRESS = re.compile(r"(?:Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov)\.?[ ]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A paragraph's opening that says who speaks: by which name, in which letters, and whether it is the author.

    Nobody's name where the document gives none for the label; not `sure` where two people of the document bear it.
    """

    name: str | None
    label: str
    own: bool
    sure: bool


def turns_of(document: Document) -> dict[int, Turn]:
    """Who takes the word, by where a paragraph starts; empty where the document is no interview.

    It is one where at least two people take the word twice each, and the document, its title or its author's
    name gives their names in full: "FACT:" and "Note:" are nobody's.

    Example: "Ann Lee, mayor, spoke to us.\n\nOTT: Why?\n\nLEE: We must." with Bob Ott as author and two
    turns more has Ann Lee at the place of "LEE".
    """
    found = [(match.start("turn"), match["label"]) for match in _LABEL.finditer(document.text)]
    if len(found) < LEAST_SPEAKERS * LEAST_TURNS:
        return {}
    known = _forms(dict.fromkeys(_full_names(document)))
    author = (document.source.author or "").casefold()
    turns = {start: _turn(label, known.get(_FORM_OF_ADDRESS.sub("", label), []), author) for start, label in found}
    taken = Counter(turn.name for turn in turns.values() if turn.name)
    several = sum(count >= LEAST_TURNS for count in taken.values()) >= LEAST_SPEAKERS
    return turns if several else {}


def answers_in(document: Document, sentences: Sequence[Sentence]) -> frozenset[int]:
    """The paragraphs between bold questions and after them, up to a heading: an author may ask, and another answer.

    Example: "**Is it safe?**\n\nNo.\n\n**Why?**\n\nIt is dust." has the paragraphs of "No." and "It is dust."
    """
    if "?**" not in document.text and "?__" not in document.text:
        return frozenset()
    questions, answers, asked = 0, set(), False
    for paragraph, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        told = list(group)
        if _QUESTION.fullmatch(document.text, told[0].span.start, told[-1].span.end):
            questions, asked = questions + 1, True
        elif told[0].kind is Kind.HEADING:
            asked = False
        elif asked:
            answers.add(paragraph)
    return frozenset(answers) if questions >= LEAST_QUESTIONS else frozenset()


def _turn(label: str, names: list[str], author: str) -> Turn:
    name = names[0] if names else None
    return Turn(name, label, own=name is not None and name.casefold() == author, sure=len(names) == 1)


def _full_names(document: Document) -> Iterator[str]:
    """The names of several words that stand in the author's name, the title, or the text beside its labels."""
    yield from (author for author in [document.source.author] if author and " " in author)
    for text in (document.source.title or "", _LABEL.sub(" ", document.text)):
        for match in _FULL.finditer(text):
            run = match.group()[lead(match.group()) :]  # "Yesterday Ann Lee"
            name = _ENDING.sub("", _JOINING.split(run)[-1])  # "Interview With Ann Lee"
            if " " in name:
                yield name


def _forms(names: Iterable[str]) -> dict[str, list[str]]:
    """The people by the labels that stand for them: their name itself, its surname in capitals, its initials.

    "Mayor Ann Lee" and "Ann Lee" are one, by the shorter name.
    """
    forms: dict[str, list[str]] = {}
    for name in names:
        words = name.split()
        short = " ".join(words[-2:])
        initials = [word[0].upper() for word in words]
        labels = (
            name,
            name.upper(),
            short,
            short.upper(),
            words[-1].upper(),
            "".join(initials),
            ".".join((*initials, "")),
        )
        for label in dict.fromkeys(labels):
            bearers = forms.setdefault(label, [])
            if bearers and (set(words) <= set(bearers[0].split()) or set(words) >= set(bearers[0].split())):
                bearers[0] = min(bearers[0], name, key=len)
            elif len(bearers) < LEAST_SPEAKERS:
                bearers.append(name)
    return forms
