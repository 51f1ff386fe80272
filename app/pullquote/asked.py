"""Asked: interviews in which questions stand in bold letters and answers in plain ones, with no name before either."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pullquote.documents import Document
from pullquote.sentences import Kind, Sentence

LEAST_QUESTIONS = 2
LEAST_ANSWERS = 2  # in which somebody says "I", where nobody tells that it is an interview
LEAST_ADDRESSED = 2  # turns that say "you"

_BOLD = re.compile(r"\s*(?:\*{2,3}(?![*\s])(?:[^*]|\*(?!\*))+\*{2,3}|__(?![_\s])(?:[^_]|_(?!_))+__)\s*")
_SLANTED = re.compile(r"\s*(?:\*[^*]+\*|_[^_]+_)\s*")  # a note: "*The interview was edited.*"
_I = re.compile(r"(?<![\w’'.])(?:I|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself)(?![\w.])")
_YOU = re.compile(r"\b(?:you|yours?|yourself)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
_INTERVIEW = re.compile(
    r"\b(?:[Ss]poke|[Ss]peaks|[Tt]alked|[Tt]alks|[Ss]at\sdown|[Ss]its\sdown|[Cc]aught\sup)\s(?:with|to)\s(?:us|me|[Tt]he\s[A-Z]|this\s\w|our\s|[A-Z])"
    r"|\b(?i:interview(?:ed)?\s(?:with|by|of)|(?:was|were|been|we|i|edited)\sinterviewed"
    r"|(?:this|our|the|an|following)\s(?:[\w-]+\s){0,2}interview|(?:this|our|the|in|following)\s(?:[\w-]+\s){0,2}conversation"
    r"|(?:edited|condensed|shortened|abridged)(?:\sand\s\w+)?\sfor\s(?:length|clarity|space|brevity))\b"
    r"|^\W*Interview:"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A paragraph of an answer, with the number of the turn that it answers."""

    paragraph: int
    turn: int
    words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An interview: the turns of who asks, by the numbers of their paragraphs, the answers, and what stands above both.

    `told` where that or the title says that it is one, `addressed` where the questions say "you".
    """

    turns: dict[int, str]
    answers: tuple[Answer, ...]
    above: str
    told: bool
    addressed: bool


def asked_in(document: Document, sentences: Sequence[Sentence]) -> Asked | None:
    """The interview that a document is: at least two paragraphs are wholly bold and ask, and whoever answers says "I".

    Where nothing tells that it is an interview the questions must say "you", or nobody may say "I" above them: an
    essay's questions are its author's, and so are those of a body that answers as "we".

    Example: "Ann Lee spoke with us.\n\n**Is it safe?**\n\nI hope so.\n\n**And dry?**\n\nNo." has the turns 1 and 3.
    """
    if "**" not in document.text and "__" not in document.text:
        return None
    paragraphs = dict(_paragraphs(document.text, sentences))
    bold = {number: words for number, (words, _) in paragraphs.items() if _BOLD.fullmatch(words)}
    questions = [number for number, words in bold.items() if words.rstrip('*_ \t\r\n"”’)').endswith("?")]
    if len(questions) < LEAST_QUESTIONS:
        return None
    first = _first(paragraphs, questions[0], bold)
    turns = {number: words for number, words in bold.items() if number >= first}
    answers = tuple(_answers(paragraphs, turns))
    above = "\n".join(words for number, (words, _) in paragraphs.items() if number < first)
    told = any(_INTERVIEW.search(words) for words in (above, document.source.title or ""))
    addressed = sum(bool(_YOU.search(words)) for words in turns.values()) >= LEAST_ADDRESSED
    plain = sum(says_myself(each.words) for each in answers) >= LEAST_ANSWERS
    if told or (plain and (addressed or not says_myself(above))):
        return Asked(turns, answers, above, told, addressed)
    return None


def says_myself(words: str) -> bool:
    """Whether one person speaks of themselves in words that no marks give to another: "I", "my"."""
    return _I.search(_QUOTED.sub("", words)) is not None


def _paragraphs(text: str, sentences: Sequence[Sentence]) -> Iterator[tuple[int, tuple[str, bool]]]:
    """The words of every paragraph by its number, and whether it is a heading."""
    for number, group in groupby(sentences, key=lambda sentence: sentence.paragraph):
        told = list(group)
        yield number, (text[told[0].span.start : told[-1].span.end], told[0].kind is Kind.HEADING)


def _first(paragraphs: dict[int, tuple[str, bool]], question: int, bold: Collection[int]) -> int:
    """The first turn of who asks: the first question, or what else is bold before it and is answered with an "I"."""
    opening = next((number for number, (_, heading) in paragraphs.items() if not heading and number not in bold), 0)
    first, answered = question, False
    for number in sorted((number for number in paragraphs if opening < number < question), reverse=True):
        words, heading = paragraphs[number]
        if number in bold and answered:
            first, answered = number, False
        elif heading or number in bold or not says_myself(words):
            break
        else:
            answered = True
    return first


def _answers(paragraphs: dict[int, tuple[str, bool]], turns: dict[int, str]) -> Iterator[Answer]:
    """What stands after the turns, up to a heading or a note in emphasis."""
    turn: int | None = None
    for number, (words, heading) in paragraphs.items():
        if number in turns:
            turn = number
        elif heading or _SLANTED.fullmatch(words):
            turn = None
        elif turn is not None:
            yield Answer(number, turn, words)
