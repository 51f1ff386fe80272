"""Coreference: whom "he", "she", "it" or "they" means, by who spoke of late and whom the sentences before name."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pullquote.corpus.sentences import Sentence
from pullquote.voice.antecedents import Antecedents
from pullquote.voice.mentions import is_other
from pullquote.voice.number import is_several, may_be_several
from pullquote.voice.pronouns import (
    alone,
    another_group,
    another_person,
    fits,
    is_one_person,
    is_person,
    is_speaker,
    is_text,
    is_thing,
    means_person,
    others_after,
)
from pullquote.voice.speakers import Names
from pullquote.voice.voices import Speaker

MEMORY = 3  # sentences after which a pronoun no longer means the last speaker
# what "it" does only where it is a text or a body
_CHARGES = ("alleg", "argu", "claim", "contend", "assert", "warn", "accus", "insist")
# what the one who was spoken of does
_ANSWERS = ("den", "disput", "reject", "retort", "counter", "repl", "respon", "answer", "refus")

Mention = tuple[str, int]  # a name as a sentence has it, and the position of that sentence


@dataclass(slots=True)
class Memory:
    """What the reading so far has left behind."""

    speaker: Speaker | None = None
    heard_at: int = -99
    quoting: Speaker | None = None  # the speaker of the quotation the last sentence ended with
    by_quotation: dict[int, Speaker] = field(default_factory=dict)


class Coreference:
    """Tells whom a pronoun means; it shares memory and names with what reads the document."""

    def __init__(self, sentences: Sequence[Sentence], antecedents: Antecedents, memory: Memory, names: Names) -> None:
        self._sentences = sentences
        self._antecedents = antecedents
        self._memory = memory
        self._names = names

    def meant(self, pronoun: str, position: int, cue: str, beside: str | None = None) -> Speaker | None:
        """Whom the pronoun before `cue` means in the sentence at `position`, or None where nobody speaks.

        `beside` is the one person named before it in its own sentence.
        """
        person = means_person(pronoun)
        if person and not beside and (another := self._antecedents.theirs(pronoun, position)):
            return self._likely((another, position), position, cue)
        recent = self._recent(pronoun, position)
        if subject := self._subject(pronoun, position):
            return self._speaker_or_subject(pronoun, position, cue, recent, subject)
        named = (beside, position) if beside else None
        if person and not beside:
            named = self._antecedents.mentioned(pronoun, position)
        return self._speaker_or_named(pronoun, position, cue, recent, named)

    def _recent(self, pronoun: str, position: int) -> Speaker | None:
        """Who spoke of late, unless the pronoun cannot mean them."""
        recent = self._memory.speaker if position - self._memory.heard_at <= MEMORY else None
        name = recent.name or "" if recent else ""
        return None if is_other(pronoun.lower(), name) or is_one_person(pronoun, name) else recent

    def _subject(self, pronoun: str, position: int) -> Mention | None:
        """Whom the sentences before are about, where the pronoun can mean them."""
        subject = self._antecedents.of(pronoun, position)
        return None if subject and means_person(pronoun) and self._names.is_word(subject[0]) else subject

    def _speaker_or_subject(
        self, pronoun: str, position: int, cue: str, recent: Speaker | None, subject: Mention
    ) -> Speaker:
        name, at = subject
        between = at > self._memory.heard_at
        nearer = self._is_nearer(pronoun, position, recent, subject)
        if recent and not (recent.own or nearer) and fits(pronoun, recent.name or ""):
            return self._again(recent, pronoun, position, cue, doubtful=between)
        found = self._names.resolve(name, self._sentences[position].span.start)
        last = position - 1
        only = means_person(pronoun) and at == last and alone(self._antecedents.read(last), name)
        return Speaker(found.shown, (), cue, sure=only and found.sure, own=found.own)

    def _is_nearer(self, pronoun: str, position: int, recent: Speaker | None, subject: Mention) -> bool:
        """Whether a subject is likelier meant than whoever spoke last."""
        name, at = subject
        if _are_several(pronoun, position, recent, subject):
            return True
        if at != position - 1:
            return False
        wrote = pronoun.lower() == "it" and is_text(name) and not (recent and recent.name == name)
        return wrote or (at > self._memory.heard_at and is_speaker(name))

    def _speaker_or_named(
        self, pronoun: str, position: int, cue: str, recent: Speaker | None, named: Mention | None
    ) -> Speaker | None:
        """Where the sentences before have no subject that can be meant."""
        it = pronoun.lower() == "it"
        if named and recent and self._is_after(named, recent, position):
            recent = None
        if recent and means_person(pronoun) and _cannot_be_one(pronoun, recent.name or ""):
            return self._likely(named, position, cue)  # "she" is no council and no survey
        if recent and it and is_person(recent.name or "The") and not fits("it", recent.name or ""):
            recent = None
        if recent and not recent.own:
            return self._again(recent, pronoun, position, cue)
        if it:
            text = self._antecedents.just_named(position)
            return Speaker(text, (), cue, sure=False) if text or cue.startswith(_CHARGES) else None
        return self._likely(named, position, cue)

    def _is_after(self, named: Mention, recent: Speaker, position: int) -> bool:
        """Whether the sentence before names somebody else, and whoever spoke last did so before that."""
        last = position - 1
        other = not set((recent.name or "").split()) & set(named[0].split())
        return other and named[1] == last and self._memory.heard_at < last

    def _again(self, recent: Speaker, pronoun: str, position: int, cue: str, *, doubtful: bool = False) -> Speaker:
        """Whoever spoke last once more: surely only in the next sentence, where nobody else can be meant."""
        near = recent.sure and position - self._memory.heard_at <= 1 and not doubtful
        return replace(recent, cue=cue, sure=near and self._can_only_mean(pronoun, recent.name or "", position, cue))

    def _likely(self, named: Mention | None, position: int, cue: str) -> Speaker:
        """Somebody whom a sentence before has named, as the speaker, never sure; nobody where there is none."""
        name = self._names.resolve(named[0], self._sentences[position].span.start) if named else None
        return Speaker(name.shown if name and not name.own else None, (), cue, sure=False)

    def _can_only_mean(self, pronoun: str, name: str, position: int, cue: str) -> bool:
        """Whether a pronoun can mean nobody but the one who spoke in the sentence before."""
        before = self._antecedents.read(position - 1)
        if cue.startswith(_ANSWERS):  # "The bank said the firm had lied. It denied that": the other one
            return False
        goes_on = cue.startswith("add") or self._antecedents.goes_on_with(pronoun, position)
        if means_person(pronoun):
            only = goes_on or not others_after(before, name)
            return is_person(name) and only and not another_person(before, name)
        alike = is_several(name) if pronoun.lower() == "they" else is_thing(name)
        only = goes_on or not another_group(before, name)
        return alike and only and self._antecedents.opens_with(pronoun, position)


def _cannot_be_one(pronoun: str, name: str) -> bool:
    """Whether a name is no single person's: a body's, a text's, or a common noun that does not fit the pronoun."""
    return is_thing(name) or (name.islower() and not fits(pronoun, name))


def _are_several(pronoun: str, position: int, recent: Speaker | None, subject: Mention) -> bool:
    """Whether "they" are the several that a sentence nearby is about, and not the one body that spoke last."""
    if pronoun.lower() != "they" or recent is None or position - subject[1] > MEMORY:
        return False
    return may_be_several(subject[0]) and not may_be_several(recent.name or "")
