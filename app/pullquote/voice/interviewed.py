"""Interviewed: who answers where questions stand in bold letters, and the answers have no name before them."""

import re
from collections.abc import Iterator, Sequence

from pullquote.corpus.asked import Asked, asked_in, is_edited, meets, says_myself
from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Kind, Sentence
from pullquote.voice.guests import Guest, words_of
from pullquote.voice.mentions import people_in

CUE = "?"  # what the answers stand after

_FULL = re.compile(r"[A-Z][\w.’'-]*(?:\s(?:de|van|von|der|del|al|bin|la|[A-Z][\w.’'-]*)){1,5}")
_MEET = re.compile(r"(?:Meet|Introducing)\s")
_TITLED = re.compile(  # "An Interview With Ann Lee About Tolls"
    r"\b(?i:interview|conversation)\s(?i:with)\s(?P<name>[A-Z][\w.’'-]*(?:\s(?!(?:On|About|Of|From|In|At|The|And|Why|How)\b)[A-Z][\w.’'-]*){1,3})"
)
_PRONOUN = re.compile(r"(?:She|He|They|We|I)\s")
_CITED = re.compile(  # what stands after the name of somebody who is only cited
    r"(?:,[^,.]{1,80},)?\s(?:once\s|has\s|recently\s|famously\s){0,2}(?:says?|said|writes|wrote|written|argue[sd]|thinks?|thought|warn(?:s|ed)|believe[sd]|puts?|calls?|called)\b"
)


def interviewed_in(document: Document, sentences: Sequence[Sentence]) -> dict[int, Guest]:
    """Who most likely says the answers of an interview, by the positions of their sentences.

    It is the only one whom the words above the first question name, where they tell of a meeting with that one; where
    there is no such one, nobody knows. Where the author is that one the answers are the author's, and so is what tells
    of them without an "I". Where nobody is met, or the answers tell of whom they cite, a columnist or a paper may answer.
    """
    asked = asked_in(document, sentences)
    if asked is None or not asked.told:
        return {}
    above = [each.span.cut(document.text) for each in sentences[: asked.first] if each.kind is Kind.PROSE]
    people = list(_people(above, document.source.title or ""))
    author = words_of(document.source.author)
    others = [name for name in people if not words_of(name) <= author]
    if people and not any(_is_met(name, above) and not _is_cited(name, asked) for name in others):
        return {}
    name = others[0] if len(others) == 1 and _is_asked(asked) else None
    return dict.fromkeys(_said(asked, name), Guest(name, CUE))


def _people(above: Sequence[str], title: str) -> Iterator[str]:
    """The people above the first turn, each once by the longest name; whom the title is an interview with where none is met."""
    titled = _TITLED.search(title)
    named = [name for words in above for name in _names(words)]
    if titled and not any(_is_met(name, above) for name in named):
        named = [titled["name"]]
    bearers: dict[str, str] = {}
    for name in named:
        last = _last(name)
        bearers[last] = max(bearers.get(last, ""), name, key=len)
    yield from bearers.values()


def _is_met(name: str, above: Sequence[str]) -> bool:
    """Whether words tell that somebody met the paper, beside the name or right after it; whoever is not named there is titled.

    Where they only tell that a talk was made shorter, somebody who is cited in them is not the one.
    """
    last = _last(name)
    naming = [number for number, words in enumerate(above) if last in words]
    if not naming:
        return True
    for number in naming:
        after = above[number + 1] if number + 1 < len(above) else ""
        if meets(above[number]) or (_PRONOUN.match(after) and meets(after)):
            return True
    cited = any(_CITED.match(above[number], above[number].find(last) + len(last)) for number in naming)
    return any(map(is_edited, above)) and not cited


def _is_cited(name: str, asked: Asked) -> bool:
    """Whether an answer before the last tells of somebody by name, whom the writer asked for help."""
    answers = (answer.words for _, each in asked.turns[:-1] for answer in each)
    return any(_calls(name, words) and not says_myself(words) for words in answers)


def _names(words: str) -> list[str]:
    names = (_MEET.sub("", mention.name) for mention in people_in(words))
    return [name for name in names if _FULL.fullmatch(name)]


def _last(name: str) -> str:
    return name.rpartition(" ")[2]


def _is_asked(asked: Asked) -> bool:
    """Whether questions are put to somebody who is met, and no reporter tells of that one and asks themselves."""
    return asked.addressed or not says_myself(asked.above)


def _calls(name: str, words: str) -> bool:
    """Whether words have somebody's last name."""
    return words_of(_last(name)) <= words_of(words)


def _said(asked: Asked, name: str | None) -> Iterator[int]:
    """The sentences of the answers by their positions, each answer up to a paragraph that tells of who gave it."""
    for _, answers in asked.turns:
        for answer in answers:
            if name and _tells_of(name, answer.words):
                break
            yield from range(answer.first, answer.end)


def _tells_of(name: str, words: str) -> bool:
    """Whether words tell of somebody: without an "I", or with the name as what they open with."""
    opens = words.startswith((f"{name} ", f"{_last(name)} "))
    return _calls(name, words) and (opens or not says_myself(words))
