"""A language of documents and questions: how its words are compared, and how a sentence points back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

LANGUAGES = {"en": "pullquote.corpus.english"}
"""The module of each language by its ISO 639-1 code: to add one, write its module and name it here."""
DEFAULT = "en"  # of what is written in a language without a module, or states none


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What the index and quotes need to know of a language; a module holds it as `LANGUAGE`.

    Args:
        stemmer: the name of a Snowball algorithm.
        stop_words: words that say nothing about a subject, those that questions are made of among them.
        pronouns: words for somebody or something named before.
        pointing_back: how a sentence opens that needs the one before it to be understood.
        expletive: how one opens alike and needs none.
        reply: a whole sentence that only says yes or no to another.
    """

    code: str
    stemmer: str
    stop_words: frozenset[str]
    pronouns: frozenset[str]
    pointing_back: re.Pattern[str]
    expletive: re.Pattern[str]
    reply: re.Pattern[str]

    def leans(self, sentence: str) -> bool:
        """Whether a sentence needs the one before it to be understood: it points back, or only replies ("We disagree.")."""
        points_back = self.pointing_back.match(sentence) and not self.expletive.match(sentence)
        return bool(points_back or self.reply.fullmatch(sentence))

    def stem(self, words: Sequence[str]) -> list[str]:
        """The stem of each word."""
        stems: list[str] = _stemmer(self.stemmer).stemWords(words)
        return stems


@cache
def language_of(tag: str | None) -> Language:
    """The language of a tag such as "en" or "de-CH"; English where no module is named for it."""
    code = (tag or DEFAULT).lower().split("-")[0]
    language: Language = import_module(LANGUAGES.get(code, LANGUAGES[DEFAULT])).LANGUAGE
    return language


@cache
def _stemmer(algorithm: str) -> Any:
    import Stemmer

    return Stemmer.Stemmer(algorithm)
