"""Antecedents: who a pronoun or "the memo" can mean, and whether a sentence may go on reporting."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pullquote.corpus.institutions import NOUN
from pullquote.corpus.writings import NAMES
from pullquote.voice.mentions import whom
from pullquote.voice.number import may_be_several
from pullquote.voice.phrases import is_first_person, is_pronoun
from pullquote.voice.pronouns import ADDRESSED, LONGEST_READ, fits, is_speaker
from pullquote.voice.subjects import main_subject

LONGEST_TAIL = 200
MOST_HOPS = 6  # sentences looked back through for what a pronoun means
SUBJECT_MEMORY = 2  # sentences after which a pronoun no longer means a subject
REFERENT_MEMORY = 8  # sentences after which "the memo" may be another memo
BODIES = frozenset({"group", "agency", "organisation", "organization"})  # what "it" can be, spelled out
MOST_WORDS_OF_A_GROUP = 5
CHAIN = 3  # sentences after an attributed one that may still go on with it

_GROUPS = BODIES | {"court"}
_REFERENTS = (*NAMES, *_GROUPS)
_NOUN = "|".join(sorted(_REFERENTS, key=len, reverse=True))
_REFERENT = re.compile(
    r"\b(?P<phrase>(?:a|an|its|their|his|her|the|new)\s(?:(?!an?\s|the\s)[\w-]+\s){0,4}?"
    rf"(?P<noun>{_NOUN}))\b",
    re.IGNORECASE,
)
_IS_NAMED = re.compile(
    r"\s(?:is|was|were|are|include|includes)\s(?P<name>[A-Z][\w’'-]*\.?(?:\s[A-Z][\w’'-]*\.?){1,4})\s*$"
)
_INSTITUTION = re.compile(
    rf"(?i:\b(?:study|survey|poll|report|evaluation|inquiry|audit|review|investigation|assessment|analysis|memorandum|brief|"
    rf"{NOUN}|statement|memo|theory|hypothesis|doctrine|church|paradox|principle|poem|article|book|paper|opinion|ruling)\b)|\b[A-Z]{{2,}}\b"
)
_NAMED = re.compile(
    r"\b(?:[Aa]n?|[Oo]ne)\s(?:[\w’'-]+,?\s){1,14}(?:named|called)\s(?P<name>(?:(?:Mr|Mrs|Ms|Dr)\.?\s)?[A-Z][\w’'-]*(?:\s[A-Z][\w’'-]*)*)\s"
)
_APPOSED_NAME = re.compile(
    r"(?P<name>[A-Z][\w’'-]+\s[A-Z][\w’'-]+),\s(?:an?\s|the\s)?[a-z][^,;:]{3,60},\s[a-z]+(?:ed|s)\s"
)
_FOR_WHOM = re.compile(
    r"\W*(?:For|To)\s(?P<name>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,2}),?\s(?:the|an?|this|all|his|her)\s"
)
_THEIR = {"he": re.compile(r"\b(?:he|his|him)\b", re.IGNORECASE), "she": re.compile(r"\b(?:she|her)\b", re.IGNORECASE)}
_POSSESSIVE = {"he": "his", "she": "her"}
_OTHERS = re.compile(r"(?P<whose>[Hh]is|[Hh]er)\s")
_OWNER = re.compile(r"(?P<name>(?:[A-Z][\w-]*\s){0,3}[A-Z][\w-]*)[’']s?\s")
_NAME_BESIDE = re.compile(
    r"(?P<name>(?:[Tt]he\s)?[A-Z][\w’'&-]*(?:\s(?:(?:of|for|on|and|the|de|du|la|à|et|pour|le)\s){0,2}[\w’'&-]*[A-Z][\w’'&-]*){0,9}(?:\s\([A-Z][\w.-]*\))?),\s$"
)
_SUBORDINATE = re.compile(r"(?:Although|Though|While|When|After|Before|Since|As|Even\sthough)\s")
_MADE_BY = re.compile(
    r"\b(?:coined|proposed|written|introduced|developed|founded|led|made|given|published|headed|put\sforward)\sby\s"
    r"(?P<name>(?:the\s)?(?:[a-z]+\s){0,2}[A-Z][\w’'-]*(?:\s[A-Z][\w’'.-]*){1,3})[\s.]*$"
)
_AUTHORS = re.compile(
    r"^(?:however|but|yet|nevertheless|nonetheless|in\sfact|clearly|obviously|meanwhile|today|so\b|and\sso)\b|\?$|"
    r"\b(?:I|we|our|my|us|let\sme|mr\.?\s(?:president|speaker)|madam\s(?:president|speaker))\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(rf"^(?:the|this|that|its)\s(?P<noun>{_NOUN})$", re.IGNORECASE)


@dataclass(slots=True)
class Antecedents:
    """The subjects and texts that a document, read sentence by sentence, has named of late."""

    read: Callable[[int], str]  # the sentence at a position, its quotations masked
    reported_at: int = -99  # the last sentence that ended with another's words
    doubted: int = 0
    _texts: dict[str, tuple[str, tuple[str, ...], int]] = field(default_factory=dict)

    def of(self, pronoun: str, position: int) -> tuple[str, int] | None:
        """Whom a pronoun means when nobody has spoken of late, and the sentence that names them.

        Example: "Smith was wary. He warned of cartels." -> "Smith" and the first sentence's position
        """
        word = pronoun.lower()
        reach = SUBJECT_MEMORY
        for hop in range(1, MOST_HOPS + 1):
            if hop > reach or position - hop < 0:
                break
            masked = self.read(position - hop)
            subject = _subject_of(masked, word)
            # "He left. He said", "His book sold well. He said": the one before them is meant
            if is_pronoun(subject) or (word in _THEIR and _THEIR[word].search(masked[:LONGEST_READ])):
                reach = hop + SUBJECT_MEMORY
            if is_pronoun(subject):
                continue
            person = word in {"he", "she"}
            if (
                person and not fits(word, subject) and (owner := _OWNER.match(subject))
            ):  # "Lee's book came out. In it he"
                subject = owner["name"]
            told = word == "it" and hop == 1 and bool(_INSTITUTION.search(subject))  # "The paradox is old. It states"
            if (told or is_speaker(subject) or _may_be_people(word, subject)) and _suits(word, subject):
                return subject, position - hop
        return None

    def mentioned(self, pronoun: str, position: int) -> tuple[str, int] | None:
        """Whom "he" or "she" means where no subject and no speaker can be meant: the nearest person who stands out.

        Example: "I met Ann Lee. The shop was shut. She said" -> "Ann Lee" and the first sentence's position
        """
        word = pronoun.lower()
        for hop in range(1, min(MOST_HOPS, position) + 1):
            if name := whom(word, self.read(position - hop)):
                return name, position - hop
        return None

    def theirs(self, pronoun: str, position: int) -> str | None:
        """Somebody of the other sex whom the sentence before is about, as another's: "Her deputy was wary. He said"."""
        word = pronoun.lower()
        subject = main_subject(self.read(position - 1)[:LONGEST_READ]) if position else ""
        another = _OTHERS.match(subject)
        return subject if another and another["whose"].lower() != _POSSESSIVE[word] and fits(word, subject) else None

    def opens_with(self, pronoun: str, position: int) -> bool:
        """Whether the sentence at `position` begins with a pronoun, so that it goes on about the one before."""
        return self.read(position).lstrip(" [|-•*").lower().startswith(f"{pronoun.lower()} ")

    def goes_on_with(self, pronoun: str, position: int) -> bool:
        """Whether the sentence at `position` says that the same speaker goes on: "It also warns"."""
        return bool(re.match(rf"\W*{pronoun}\s(?:also|further|then|thus)\b", self.read(position), re.IGNORECASE))

    def note_texts(self, position: int, words: str, through: tuple[str, ...]) -> None:
        """Take in "a memo" and the like, with the voices that told of it."""
        lowered = words[:LONGEST_READ].lower()
        for noun in _REFERENTS:
            if noun in lowered:
                break
        else:
            return
        for match in _REFERENT.finditer(words[:LONGEST_READ]):
            noun, phrase = match["noun"].lower(), match["phrase"]
            if phrase.lower().startswith("the "):
                continue
            if noun in _GROUPS and (name := _NAME_BESIDE.search(words[: match.start()])):
                phrase = name["name"]  # "The Oxford Council, a group for peace": the group is the council
            others = (voice for voice in through if voice not in phrase and phrase.lower() not in voice.lower())
            told = () if noun in _GROUPS else tuple(others)  # a text does not tell of itself
            self._texts[noun] = (phrase, told, position)

    def text(self, noun: str, position: int) -> tuple[str, tuple[str, ...], int] | None:
        """What "the memo" means: its first mention, the voices that told of it, how many sentences ago."""
        phrase, through, at = self._texts.get(noun, ("", (), -99))
        return (phrase, through, position - at) if position - at <= REFERENT_MEMORY else None

    def just_named(self, position: int) -> str | None:
        """The text that the sentence before this one was the first to name: "They published a report. It says"."""
        return next((phrase for phrase, _, at in reversed(self._texts.values()) if at == position - 1), None)

    def goes_on(self, position: int, words: str, *, same_paragraph: bool) -> bool:
        """Whether a sentence without an attribution may go on with what the one before it reported."""
        near = (
            same_paragraph and position - self.reported_at <= CHAIN and self.doubted == position - self.reported_at - 1
        )
        if not near or _AUTHORS.search(words[:LONGEST_READ].strip()):
            return False
        self.doubted += 1
        return True

    def reported(self, position: int) -> None:
        """Take note that the sentence at `position` ended with another's words."""
        self.reported_at, self.doubted = position, 0


def _suits(word: str, subject: str) -> bool:
    return fits(word, subject) and (word != "it" or bool(_INSTITUTION.search(subject)))


def _may_be_people(word: str, subject: str) -> bool:
    """Whether "they" can mean a group that no list of people knows: "modern conservatives"."""
    return word == "they" and may_be_several(subject) and len(subject.split()) <= MOST_WORDS_OF_A_GROUP


def _subject_of(masked: str, word: str) -> str:
    """Whom a sentence is about, as far as a pronoun can mean them."""
    if introduced := _IS_NAMED.search(masked[-LONGEST_TAIL:]) or _NAMED.search(masked[:LONGEST_READ]):
        return introduced["name"].rstrip(".")
    subject = main_subject(masked[:LONGEST_READ])
    if other := _beside_subject(masked, word, subject):
        return other
    if is_pronoun(subject) and (opening := _SUBORDINATE.match(masked)):  # "Although Lee supports it, he also"
        named_first = main_subject(masked[opening.end() : LONGEST_READ])
        return named_first if is_speaker(named_first) else subject
    if not (is_speaker(subject) and fits(word, subject)) and (maker := _MADE_BY.search(masked[-LONGEST_TAIL:])):
        return maker["name"].rstrip(".")
    return subject


def _beside_subject(masked: str, word: str, subject: str) -> str | None:
    """Somebody whom a pronoun means though they are no subject: for whom it is so, whom the author asked, a name explained."""
    if word in {"he", "she"} and not fits(word, subject) and (viewer := _FOR_WHOM.match(masked)):
        return viewer["name"]
    met = ADDRESSED.match(masked) if is_first_person(subject) or not fits(word, subject) else None
    if met and fits(word, met["name"]):
        return met["name"]
    apposed = None if subject else _APPOSED_NAME.search(masked[:LONGEST_READ])
    return apposed["name"] if apposed else None


def anaphor(subject: str) -> str | None:
    """The noun of a subject such as "the opinion" that points back to something named before."""
    match = _ANAPHOR.match(subject)
    return match["noun"].lower() if match else None
