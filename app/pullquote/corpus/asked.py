"""Asked: interviews in which questions stand in bold letters and answers in plain ones, with no name before either."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence

LEAST_QUESTIONS = 2
LEAST_ANSWERS = 2  # in which somebody says "I" where nobody tells that it is an interview, or "we" where somebody does
LEAST_ADDRESSED = 2  # turns that say "you"

_BOLD = re.compile(r"\s*(?:\*{2,3}(?![*\s])(?:[^*]|\*(?!\*))+\*{2,3}|__(?![_\s])(?:[^_]|_(?!_))+__)\s*")
_LINE = re.compile(
    r"(?:\*{2,3}(?![*\s])(?:[^*\r\n]|\*(?!\*))+\*{2,3}|__(?![_\s])(?:[^_\r\n]|_(?!_))+__)[ \t]*\\?\r?\n(?=\s*\S)"
)
_SLANTED = re.compile(r"\s*(?:\*[^*]+\*|_[^_]+_)\s*")  # a note: "*The interview was edited.*"
_I = re.compile(r"(?<![\w’'.])(?:I|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself)(?![\w.])")
_WE = re.compile(r"\b(?:[Ww]e|[Oo]urs?)\b")
_YOU = re.compile(r"\b(?:you|yours?|yourself)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")
_WHOM = (  # who meets somebody for a paper: the paper or its reporter, or whoever is met, in full or by a pronoun
    r"(?:(?:us|me|him|her|them|[Tt]he\s(?!(?:House|Senate|Commons|Lords|Cabinet|Court|Committee|Council|King|Queen)\b)[A-Z]\w*|"
    r"this\s(?:paper|newspaper|magazine|reporter|column|site|website|podcast)|our\s\w+)\b|[A-Z][\w.’'-]*\s(?:(?:de|del|van|von|der|la|al)\s){0,2}[A-Z])"
)
_MEETS = re.compile(
    rf"\b(?:[Ss]poke|[Ss]peaks|[Tt]alked|[Ss]at\sdown|[Ss]its\sdown|[Cc]aught\sup)\s(?:with|to)\s{_WHOM}|\b[Tt]alks\sto\s{_WHOM}"
    rf"|\b[Ii]nterviewed\s(?:by\s)?{_WHOM}|\b(?:[Hh]e|[Ss]he|[Tt]hey|who)\s(?:was|were|is|has\sbeen)\sinterviewed\b"
    rf"|\b(?:[Ii]nterview|[Cc]onversation)\s(?:[Ww]ith|[Oo]f)\s{_WHOM}"
)
_EDITED = re.compile(
    r"\b(?:edited|condensed|shortened|abridged)(?:\sand\s\w+)?\sfor\s(?:length|clarity|space|brevity)\b"
    r"|\b(?:this|our|following)\s(?:[\w-]+\s){0,2}(?:interview|conversation)\s(?:was|is|has\sbeen)\s(?:\w+\s){0,2}(?:edited|condensed|shortened|abridged|conducted|recorded|translated)\b",
    re.IGNORECASE,
)
_TITLED = re.compile(r"^\W*(?:An\s)?Interview:|:\s(?:[Aa]n\s|[Tt]he\s)?[Ii]nterview\W*$")
_SOUGHT = re.compile(
    r"\b(?:[Ww]e|I)\s(?:spoke|talked)\s(?:with|to)\s"
)  # so does whoever explains with the help of others


@dataclass(frozen=True, slots=True)
class Part:
    """The sentences [first, end) of one paragraph, or of the line in bold letters that it opens with, or of what follows."""

    first: int
    end: int
    words: str
    heading: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """An interview: the turns of who asks, each with the parts of its answer, and what stands above the first of them.

    `told` where that or the title says that it is one, `addressed` where the questions say "you".
    """

    turns: tuple[tuple[Part, tuple[Part, ...]], ...]
    above: str
    told: bool
    addressed: bool

    @property
    def first(self) -> int:
        """The first sentence of who asks."""
        return self.turns[0][0].first

    @property
    def questions(self) -> frozenset[int]:
        """The sentences of who asks, by their positions."""
        return frozenset(position for turn, _ in self.turns for position in range(turn.first, turn.end))


def asked_in(document: Document, sentences: Sequence[Sentence]) -> Asked | None:
    """The interview that a document is: at least two paragraphs or lines are wholly bold and ask, and whoever answers says "I".

    Where nothing tells that it is an interview the questions must say "you", or nobody may say "I" above them: an
    essay's questions are its author's, and so are those of a body that answers as "we", or of a reporter who explains.
    Where something tells it they may be headings. Nothing does where most questions say "I": readers ask those.

    Example: "Ann Lee spoke with us.\n\n**Is it safe?**\n\nI hope so.\n\n**And dry?**\n\nNo." has two turns.
    """
    if "?" not in document.text:
        return None
    parts = tuple(_parts(document.text, sentences))
    questions = [number for number, part in enumerate(parts) if _is_bold(part) and _asks(part.words)]
    headed = len(questions) < LEAST_QUESTIONS
    if headed:
        questions = [number for number, part in enumerate(parts) if number and _is_asked(part)]
    if len(questions) < LEAST_QUESTIONS:
        return None
    first = questions[0] if headed else _first(parts[: questions[0]])
    turns = tuple(_turns(parts[first:], headed=headed))
    above = "\n".join(part.words for part in parts[:first])
    told = _is_told(above, document.source.title or "") and not _ask_for_themselves(turns)
    addressed = sum(bool(_YOU.search(turn.words)) for turn, _ in turns) >= LEAST_ADDRESSED
    answers = [answer.words for _, each in turns for answer in each]
    spoken = sum(map(says_myself, answers))
    ours = spoken or (sum(map(_says_we, answers)) >= LEAST_ANSWERS and not _SOUGHT.search(above))
    plain = spoken >= LEAST_ANSWERS and (addressed or not says_myself(above))
    found = told and plain if headed else plain or (told and ours)
    return Asked(turns, above, told, addressed) if found else None


def meets(words: str) -> bool:
    """Whether words tell that somebody met a paper, or a paper somebody: "She spoke with the Post"; "an interview" alone is any."""
    return _MEETS.search(words) is not None


def is_edited(words: str) -> bool:
    """Whether words tell how what was said was made into a text: "Our conversation was edited for length"."""
    return _EDITED.search(words) is not None


def _is_told(above: str, title: str) -> bool:
    return any(meets(words) or is_edited(words) for words in (above, title)) or _TITLED.search(title) is not None


def _ask_for_themselves(turns: Sequence[tuple[Part, tuple[Part, ...]]]) -> bool:
    return 2 * sum(says_myself(turn.words) for turn, _ in turns) > len(turns)


def says_myself(words: str) -> bool:
    """Whether one person speaks of themselves in words that no marks give to another: "I", "my"."""
    return _I.search(_QUOTED.sub("", words)) is not None


def _says_we(words: str) -> bool:
    return _WE.search(_QUOTED.sub("", words)) is not None


def _asks(words: str) -> bool:
    return words.rstrip('*_ \t\r\n"”’)').endswith("?")


def _parts(text: str, sentences: Sequence[Sentence]) -> Iterator[Part]:
    """The paragraphs, a question in bold letters apart from an answer that stands right under it."""
    for _, group in groupby(range(len(sentences)), key=lambda position: sentences[position].paragraph):
        positions = list(group)
        first, end = positions[0], positions[-1] + 1
        start, stop = sentences[first].span.start, sentences[end - 1].span.end
        line = _LINE.match(text, start, stop)
        cut = next((at for at in positions if line and sentences[at].span.start >= line.end()), end)
        for begun, ended in ((first, cut), (cut, end)):
            if begun < ended:
                words = text[sentences[begun].span.start : sentences[ended - 1].span.end]
                yield Part(begun, ended, words, sentences[begun].kind is Kind.HEADING)


def _first(parts: Sequence[Part]) -> int:
    """The number of the first turn of who asks: the question after `parts`, or what is bold there and is answered with an "I"."""
    opening = next((number for number, part in enumerate(parts) if not _is_apart(part)), len(parts))
    first, answered = len(parts), False
    for number in range(len(parts) - 1, opening, -1):
        if answered and _is_bold(parts[number]):
            first, answered = number, False
        elif _is_apart(parts[number]) or not says_myself(parts[number].words):
            break
        else:
            answered = True
    return first


def _is_apart(part: Part) -> bool:
    return part.heading or _is_bold(part)


def _is_asked(part: Part) -> bool:
    return part.heading and _asks(part.words)


def _is_bold(part: Part) -> bool:
    return _BOLD.fullmatch(part.words) is not None


def _turns(parts: Sequence[Part], *, headed: bool) -> Iterator[tuple[Part, tuple[Part, ...]]]:
    """The turns, each with what stands after it, up to a heading or a note in emphasis."""
    answers: list[Part] = []
    turn, ended = parts[0], False
    for part in parts[1:]:
        if _is_asked(part) if headed else _is_bold(part):
            yield turn, tuple(answers)
            turn, answers, ended = part, [], False
        elif part.heading or _SLANTED.fullmatch(part.words):
            ended = True
        elif not ended:
            answers.append(part)
    yield turn, tuple(answers)
