"""Claimed speakers: whether whoever is said to have said something is the one whose words they are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pullquote.answers.query import worded
from pullquote.answers.spoken.namesake import namesakes
from pullquote.answers.spoken.naming import ALIKE, SMALL, Body, Named, Person, fold, lone, named, signed
from pullquote.answers.spoken.offices import is_title
from pullquote.corpus.documents import Source
from pullquote.errors import QuestionError
from pullquote.verify.match import Attribution
from pullquote.voice import Voice, VoiceKind
from pullquote.voice.joint import listed
from pullquote.voice.number import is_several
from pullquote.voice.phrases import DETERMINER, ROLE, is_pronoun
from pullquote.voice.pronouns import is_text, is_thing
from pullquote.voice.titles import OFFICES

LONGEST = 500  # characters of a speaker's name
SPEAKER = ("speaker", "write who is said to have said it, such as: Ann Lee")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_EDGES = " ,.;:?!\"“”'’-–—"
_WORD = re.compile(r"[^\W\d_][\w.’'-]*")
_ROLE = re.compile(rf"\b(?:{ROLE}|{OFFICES})\b", re.IGNORECASE)
_RANK = re.compile(r"(?:M[ES]P|TD|Honou?rable|Baron|Viscount(?:ess)?|Earl|Countess|Duke|Duchess)", re.IGNORECASE)
_ONE_OF = re.compile(r"(?:an?|one|another)\s", re.IGNORECASE)
_OF = re.compile(r"(?P<who>.+?)\s(?:of|from|at|for|with)\s(?:the\s)?(?P<rest>.+)")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it is compared: its words, the persons and bodies that it can stand for, and a likely family name.

    `kept` are the words without titles.
    """

    text: str
    words: frozenset[str]
    kept: frozenset[str]
    persons: tuple[Person, ...] = ()
    bodies: tuple[Body, ...] = ()
    family: str = ""

    @property
    def describes(self) -> bool:
        """Whether it says what somebody is and not who: "the surgeon"."""
        return not (self.persons or self.bodies)


def checked(speaker: str) -> str:
    """A claimed speaker, with single spaces.

    Raises:
        QuestionError: it is empty or too long, or no word of it could name somebody: "the", "Senator".
    """
    name = worded(speaker, *SPEAKER, limit=LONGEST)
    bare = _bare(name)
    office = DETERMINER.match(bare) and _ROLE.search(bare)  # "the president" may be all that a source says
    if not (office or _naming(bare)) or is_pronoun(bare):
        raise QuestionError(f"the speaker is no name; {SPEAKER[1]}")
    return name


def attribution(speaker: str, voices: Iterable[Voice], source: Source) -> Attribution:
    """Whether words that these voices say are those of a claimed speaker: unsure wherever a guess would decide it."""
    claimed = _read(_capital(speaker))
    found = [(_fit(claimed, voice, source), voice.sure) for voice in voices]
    if (Attribution.RIGHT, True) in found:
        return Attribution.RIGHT
    wrong = found and all(fit is Attribution.WRONG and sure for fit, sure in found)
    return Attribution.WRONG if wrong else Attribution.UNSURE


def conceivable(speaker: str, voices: Iterable[Voice], source: Source) -> bool:
    """Whether words by voices that are not sure may be a claimed speaker's: the one guessed at, or the author."""
    claimed = _read(_capital(speaker))
    return _wrote(claimed, source) or any(_fit(claimed, voice, source) is not Attribution.WRONG for voice in voices)


def _fit(claimed: _Name, voice: Voice, source: Source) -> Attribution:
    """Whether a claimed name is that of a voice, as if the voice were sure."""
    if voice.kind is not VoiceKind.AUTHOR:
        return _fit_reported(claimed, _read(voice.speaker), source) if voice.speaker else Attribution.UNSURE
    if source.author:
        return _compare(claimed, _signer(source.author))
    published = _compare(claimed, _read(source.publisher)) if source.publisher else Attribution.UNSURE
    return published if published is Attribution.RIGHT else Attribution.UNSURE  # whoever wrote it is not recorded


def _fit_reported(claimed: _Name, known: _Name, source: Source) -> Attribution:
    fit = _compare(claimed, known)
    if fit is not Attribution.WRONG or not claimed.persons or _is_other(known) or not _is_rank(known.text):
        return fit
    return fit if _wrote(claimed, source) else Attribution.UNSURE


def _compare(claimed: _Name, known: _Name) -> Attribution:
    same = claimed.words and claimed.words == known.words
    if same or _same_person(claimed, known) or _same_body(claimed, known):
        return Attribution.RIGHT
    if _near(claimed, known):
        return Attribution.UNSURE
    if known.describes:  # "the surgeon" may be Ann Lee; "critics" and "a memo" are not
        other = _is_other(known) and not claimed.words & known.words
        return Attribution.WRONG if other else Attribution.UNSURE
    return Attribution.UNSURE if claimed.describes else Attribution.WRONG


def _wrote(claimed: _Name, source: Source) -> bool:
    return bool(source.author) and _compare(claimed, _signer(source.author or "")) is Attribution.RIGHT


def _is_other(known: _Name) -> bool:
    return is_text(known.text) or is_thing(known.text) or is_several(known.text)


def _same_person(claimed: _Name, known: _Name) -> bool:
    """Whether the two can be one person; an office that is not theirs counts only where no given name is known."""
    if any(claimed.kept == set(one.family) for one in known.persons):
        return True
    full = [one for one in known.persons if one.given]
    bare = [replace(one, titles=frozenset()) for one in claimed.persons]
    return any(namesakes(one, known.persons) for one in claimed.persons) or any(namesakes(one, full) for one in bare)


def _same_body(claimed: _Name, known: _Name) -> bool:
    return any(_is_body(one, other) for one in claimed.bodies for other in known.bodies)


def _is_body(one: Body, other: Body) -> bool:
    if one.words == other.words:
        return True
    initials = " " not in one.name or " " not in other.name
    return initials and bool((one.short | {one.name.upper()}) & (other.short | {other.name.upper()}))


def _near(claimed: _Name, known: _Name) -> bool:
    """Whether the names share what two of one bearer would: a family name, or a part of a longer name."""
    persons = any(_may_be(one, other) for one in claimed.persons for other in known.persons)
    bodies = any(one.words < other.words or other.words < one.words for one in claimed.bodies for other in known.bodies)
    return persons or bodies or _ends_in(claimed, known) or _ends_in(known, claimed)


def _may_be(one: Person, other: Person) -> bool:
    """Whether a given name is missing, or the names of one are some of the other's: "Roe Lee", "Ann Roe Lee"."""
    if one.family[-1] == other.family[-1] and not (one.given and other.given):
        return True
    fewer, more = sorted(({*one.given, *one.family}, {*other.given, *other.family}), key=len)
    return len(fewer) > 1 and fewer <= more


def _ends_in(name: _Name, other: _Name) -> bool:
    return any(name.family == one.family[-1] for one in other.persons)


def _signer(author: str) -> _Name:
    """Everybody whom a line of authors names; a given name by itself is nobody."""
    found = signed(author.translate(ALIKE))
    given = {name for one in found if isinstance(one, Person) for name in one.given}
    return _of(author, [one for one in found if isinstance(one, Person) or not one.words <= given])


@lru_cache(maxsize=1_024)
def _read(name: str) -> _Name:
    bare = _bare(name.translate(ALIKE))
    beside = _OF.fullmatch(bare) if len(listed(bare)) == 1 else None
    if beside and not any(word[0].isupper() for word in DETERMINER.sub("", beside["who"]).split()):
        return _of(bare, [])  # "a critic of the World Bank" is not the bank
    found = list(named(bare)) if _naming(bare) else []
    if beside is None:
        return _of(bare, found)
    rest = beside["rest"].split() if is_title(beside["who"].split()[-1]) else []
    if len(rest) < 2:
        return _of(bare, [*found, *_persons(beside["who"])])  # "Ann Lee of the Roe Institute"
    # "Secretary of State Ann Lee": where an office ends and a name begins cannot be told for sure
    held = _persons(f"Mr. {' '.join(rest[-1:] if len(rest) == 2 else rest[-2:])}")
    return replace(_of(bare, held or found), family=fold(rest[-1]))


def _is_rank(name: str) -> bool:
    """Whether a name only says what somebody is, with a capital: "the noble Baroness", "the Leeds MP", "an American".

    So may anybody be called, but for whoever calls them that.
    """
    last = name.rpartition(" ")[2].rstrip(".")
    ranked = is_title(last) or _RANK.fullmatch(last)
    return bool(_ONE_OF.match(name) or (DETERMINER.match(name) and ranked))


def _persons(name: str) -> list[Person]:
    return [one for one in named(name) if isinstance(one, Person)]


def _of(text: str, entities: Sequence[Named]) -> _Name:
    persons = [one for one in entities if isinstance(one, Person)]
    full = [{part for name in (*one.given, *one.family) for part in name.split("-")} for one in persons]
    bodies = [one for one in entities if isinstance(one, Body) and set(one.words) not in full]
    alone = [person for one in bodies if (person := lone(one))]
    kept = frozenset(part for word in _naming(text) for part in fold(word).split("-") if part)
    return _Name(text, _words(text), kept, (*persons, *alone), tuple(bodies))


def _bare(name: str) -> str:
    """A name without what stands in brackets, and with small letters where it has none but capitals."""
    bare = " ".join(_ASIDE.sub(" ", name).split()).strip(_EDGES)
    return bare.title() if bare.isupper() and " " in bare else bare


def _capital(name: str) -> str:
    """A name with capitals at its beginnings where somebody typed none."""
    return name.title() if name.islower() else name


def _naming(bare: str) -> list[str]:
    """The words of a name that are no title, and no article or the like."""
    return [word for word in _WORD.findall(bare) if not is_title(word) and word.casefold() not in SMALL]


def _words(bare: str) -> frozenset[str]:
    return frozenset(word for found in _WORD.findall(fold(bare)) if (word := found.strip(".’'")) not in SMALL)
