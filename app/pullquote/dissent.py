"""Dissent: where the words of critics and opponents are the other side of an answer, as far as only these words tell."""

from collections.abc import Sequence
from dataclasses import replace

from pullquote.pleas import asks_for_dissent, plea_of
from pullquote.select import Choice, Role, plain_role, role_of
from pullquote.voice import VoiceKind, summary
from pullquote.voice.voicebook import VoiceBook


def settled(voices: VoiceBook, question: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """The choices with no counterpoint by the word "critics" or "opponents" alone that counters nothing shown.

    They are against the author who reports them: on the other side only beside this author's own words, and never
    where the question is for them. Where arguments for something are asked for, they are no claim even in front.
    """
    plea = plea_of(question)
    favour = plea is not None and plea.favour is True

    def turned(choice: Choice, *, first: bool) -> Choice:
        words = choice.quote.text
        role = role_of(words, first=first and not favour)
        if role is not Role.COUNTERPOINT:
            return choice
        beside = any(_speaks_for(voices, other, choice) for other in choices if other is not choice)
        countered = beside and not asks_for_dissent(question)
        return replace(choice, role=role if countered else plain_role(words, first=first))

    return tuple(turned(choice, first=place == 0) for place, choice in enumerate(choices))


def _speaks_for(voices: VoiceBook, other: Choice, choice: Choice) -> bool:
    """Whether another quote holds the words of the author of this one's document."""
    ours, theirs = choice.quote.document, other.quote.document
    same = ours.id == theirs.id or (ours.source.author is not None and ours.source.author == theirs.source.author)
    return same and summary(voices.of_quote(other.quote)).kind is VoiceKind.AUTHOR
