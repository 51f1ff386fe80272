"""Antecedents: who a pronoun or "the memo" can mean, and whether a sentence may go on reporting."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from pullquote.phrases import is_first_person, is_nobody, is_pronoun, is_well_formed
from pullquote.subjects import main_subject, subject_of

LONGEST_READ = 2_000
LONGEST_TAIL = 200
MOST_HOPS = 6  # sentences looked back through for what a pronoun means
SUBJECT_MEMORY = 2  # sentences after which a pronoun no longer means a subject
REFERENT_MEMORY = 8  # sentences after which "the memo" may be another memo
BODIES = frozenset({"group", "agency", "organisation", "organization"})  # what "it" can be, spelled out
CHAIN = 3  # sentences after an attributed one that may still go on with it

_REFERENT = re.compile(
    r"\b(?P<phrase>(?:a|an|its|their|his|her|the|new)\s(?:(?!an?\s|the\s)[\w-]+\s){0,4}?"
    r"(?P<noun>opinion|memo|memorandum|report|study|survey|analysis|poll|letter|document|assessment|article|book|paper|"
    r"group|agency|organisation|organization|ruling|court))\b",
    re.IGNORECASE,
)
_IS_NAMED = re.compile(
    r"\s(?:is|was|were|are|include|includes)\s(?P<name>[A-Z][\w’'-]*\.?(?:\s[A-Z][\w’'-]*\.?){1,4})\s*$"
)
_THING = re.compile(
    r"\b(?:stud(?:y|ies)|surveys?|polls?|reports?|research|court|commission|committee|council|government|agency|department|"
    r"organi[sz]ation|groups?|union|association|institute|center|centre|bank|company|foundation|statement|memo|press|media|"
    r"critics|opponents|proponents|supporters|experts|officials|many|some|others|data|analysis|act|law|party|states)\b|\s(?:and|&)\s",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"\b(?:study|survey|poll|report|court|commission|committee|council|government|agency|department|organi[sz]ation|group|"
    r"union|association|institute|center|centre|bank|company|foundation|statement|memo|theory|hypothesis|doctrine|party|"
    r"church|ministry|paradox|principle|poem|article|book|paper|opinion|ruling|[A-Z]{2,})\b"
)
_AUTHORS = re.compile(
    r"^(?:however|but|yet|nevertheless|nonetheless|in\sfact|clearly|obviously|meanwhile|today|so\b|and\sso)\b|\?$|"
    r"\b(?:I|we|our|my|us|let\sme|mr\.?\s(?:president|speaker)|madam\s(?:president|speaker))\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"^(?:the|this|that|its)\s(?P<noun>opinion|memo|memorandum|report|study|survey|analysis|poll|letter|document|"
    r"assessment|article|book|paper|group|agency|organisation|organization|ruling|court)$",
    re.IGNORECASE,
)
_BEST_WHEN = re.compile(r"\s(?:said\sit\sbest|put\sit\sbest|got\sit\sright|was\s\w+)?\s?(?:when|as)\s(?:he|she)\s$")


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
            subject = _subject_of(self.read(position - hop))
            if is_pronoun(subject):  # "He left. He said": the one before them is meant
                reach = hop + SUBJECT_MEMORY
            elif not is_nobody(subject) and not is_first_person(subject) and is_well_formed(subject):
                fits = word == "they" or bool(_INSTITUTION.search(subject)) if word in {"it", "they"} else True
                return (subject, position - hop) if fits and not (word in {"he", "she"} and is_thing(subject)) else None
        return None

    def note_texts(self, position: int, words: str, through: tuple[str, ...]) -> None:
        """Take in "a memo" and the like, with the voices that told of it."""
        for match in _REFERENT.finditer(words[:LONGEST_READ]):
            if not match["phrase"].lower().startswith("the "):
                self._texts[match["noun"].lower()] = (match["phrase"], through, position)

    def text(self, noun: str, position: int) -> tuple[str, tuple[str, ...], int] | None:
        """What "the memo" means: its first mention, the voices that told of it, how many sentences ago."""
        phrase, through, at = self._texts.get(noun, ("", (), -99))
        return (phrase, through, position - at) if position - at <= REFERENT_MEMORY else None

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


def is_thing(name: str) -> bool:
    """Whether a speaker is a text, a body or a group, which "he" cannot mean."""
    return bool(_THING.search(name)) and not re.search(r"\bby\s.*[A-Z]\w+\s[A-Z]", name)


def _subject_of(masked: str) -> str:
    named = _IS_NAMED.search(masked[-LONGEST_TAIL:])
    return named["name"].rstrip(".") if named else main_subject(masked[:LONGEST_READ])


def person_before(words: str) -> str | None:
    """The subject that "when he said" points back to: the sentence's only person before it."""
    match = _BEST_WHEN.search(words)
    return subject_of(words[: match.start()]) if match and match.start() else None


def anaphor(subject: str) -> str | None:
    """The noun of a subject such as "the opinion" that points back to something named before."""
    match = _ANAPHOR.match(subject)
    return match["noun"].lower() if match else None
