"""Interviewed: who answers where questions stand in bold letters, and the answers have no name before them."""

import re
from collections.abc import Iterator, Sequence

from pullquote.asked import Asked, asked_in, says_myself
from pullquote.documents import Document
from pullquote.sentences import Kind, Sentence
from pullquote.voice.guests import Guest, words_of
from pullquote.voice.mentions import people_in

CUE = "?"  # what the answers stand after

_FULL = re.compile(r"[A-Z][\w.’'-]*(?:\s(?:de|van|von|der|del|al|bin|la|[A-Z][\w.’'-]*)){1,5}")
_MEET = re.compile(r"(?:Meet|Introducing)\s")
_TITLED = re.compile(  # "An Interview With Ann Lee About Tolls"
    r"\b(?i:interview|conversation)\s(?i:with)\s(?P<name>[A-Z][\w.’'-]*(?:\s(?!(?:On|About|Of|From|In|At|The|And|Why|How)\b)[A-Z][\w.’'-]*){1,3})"
)
_READERS = re.compile(r"\b(?:mail\s?bag|[Rr]eaders?|[Yy]our\s(?:[\w-]+\s)?questions)\b")


def interviewed_in(document: Document, sentences: Sequence[Sentence]) -> dict[int, Guest]:
    """Who most likely says the answers of an interview, by the positions of their sentences.

    It is the only one whom the words above the first question name; where there is no such one, nobody knows. Where
    the author is that one the answers are the author's, and so is what tells of them without an "I".
    """
    asked = asked_in(document, sentences)
    if asked is None:
        return {}
    people = list(_people(document, sentences, asked))
    author = words_of(document.source.author)
    others = [name for name in people if not words_of(name) <= author]
    if people and not others:
        return {}
    name = others[0] if len(others) == 1 and _is_asked(others[0], document, asked) else None
    return dict.fromkeys(_said(asked, name), Guest(name, CUE))


def _people(document: Document, sentences: Sequence[Sentence], asked: Asked) -> Iterator[str]:
    """The people above the first turn, each once by the longest name; those of the title where there are none."""
    above = [
        name
        for each in sentences[: asked.first]
        if each.kind is Kind.PROSE
        for name in _names(each.span.cut(document.text))
    ]
    bearers: dict[str, str] = {}
    titled = _TITLED.search(document.source.title or "")
    for name in above or ([titled["name"]] if titled else []):
        last = _last(name)
        bearers[last] = max(bearers.get(last, ""), name, key=len)
    yield from bearers.values()


def _names(words: str) -> list[str]:
    names = (_MEET.sub("", mention.name) for mention in people_in(words))
    return [name for name in names if _FULL.fullmatch(name)]


def _last(name: str) -> str:
    return name.rpartition(" ")[2]


def _is_asked(name: str, document: Document, asked: Asked) -> bool:
    """Whether the one who is named answers, and no reporter tells of them, nor a columnist of what readers ask about them."""
    if asked.told:
        return asked.addressed or not says_myself(asked.above)
    called = any(_calls(name, turn.words) for turn, _ in asked.turns)
    readers = _READERS.search(f"{document.source.title or ''}\n{asked.above}")
    return asked.addressed and not called and not readers


def _calls(name: str, words: str) -> bool:
    """Whether words have somebody's last name."""
    return words_of(_last(name)) <= words_of(words)


def _said(asked: Asked, name: str | None) -> Iterator[int]:
    """The sentences of the answers by their positions, each answer up to a paragraph that tells of who gave it."""
    for _, answers in asked.turns:
        for answer in answers:
            if name and _calls(name, answer.words) and not says_myself(answer.words):
                break
            yield from range(answer.first, answer.end)
