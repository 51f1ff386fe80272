"""Dissent: where the words of critics and opponents are the other side of an answer, as far as only these words tell."""

from collections.abc import Sequence
from dataclasses import replace

from pullquote.answers.select import plain_role, role_of
from pullquote.index.search import Choice, Role
from pullquote.sides.camps import camp_asked, camp_told
from pullquote.sides.pleas import asks_for_dissent
from pullquote.voice import VoiceKind, summary
from pullquote.voice.book import VoiceBook


def settled(voices: VoiceBook, question: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The choices with no counterpoint by the word "critics" or "opponents" alone that counters nothing shown.

    They are against the author who reports them: on the other side only beside this author's own words, and never
    where the question is for them. Where arguments for something are asked for, they are no claim even in front; and
    of those who are for it, or against it, none comes after what the others say.
    """
    favour = camp_asked(question)
    choices = sorted(choices, key=lambda choice: _is_others(choice, favour))

    def turned(choice: Choice, *, first: bool) -> Choice:
        words = choice.quote.text
        role = role_of(words, first=first and favour is not True)
        if role is not Role.COUNTERPOINT:  # one that came to the front counters nothing before it
            return replace(choice, role=role) if choice.role is Role.COUNTERPOINT else choice
        beside = any(_speaks_for(voices, other, choice) for other in choices if other is not choice)
        countered = beside and not asks_for_dissent(question)
        return replace(choice, role=role if countered else plain_role(words, first=first))

    return tuple(turned(choice, first=place == 0) for place, choice in enumerate(choices))


def _is_others(choice: Choice, favour: bool | None) -> bool:
    """Whether a quote opens with the words of those who are for a thing, where those against it are asked for, or the reverse."""
    told = camp_told(choice.quote.text)
    return None not in (told, favour) and told is not favour


def _speaks_for(voices: VoiceBook, other: Choice, choice: Choice) -> bool:
    """Whether another quote holds the words of the author of this one's document."""
    ours, theirs = choice.quote.document, other.quote.document
    same = ours.id == theirs.id or (ours.source.author is not None and ours.source.author == theirs.source.author)
    return same and summary(voices.of_quote(other.quote)).kind is VoiceKind.AUTHOR
