"""Holders: whether what a sentence says to have a view is a person or a body, the author, or a part of the text."""

import re

from pullquote.corpus.institutions import NOUNS
from pullquote.voice.neighbours import Doubt
from pullquote.voice.phrases import ROLE

PEOPLE = (
    r"(?:advocates|backers|boosters|campaigners|champions|critics|defenders|detractors|enthusiasts|foes|lobbyists|opponents|others|"
    r"proponents|sceptics|skeptics|supporters)"
)
_HOLDER = re.compile(
    rf"(?:{NOUNS}|(?:{ROLE}|{PEOPLE}|advocate|army|boss(?:es)?|cabinet|campaign|church|councillor|critic|employer|industry|landlord|"
    r"lobby|manufacturer|opponent|opposition|police|producer|regulator|supporter|tenant|trader|treasurer|worker)s?|"
    r"armies|churches|industries|they|he|she|their|his|her)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[Tt]he\s)?[A-Z][\w.’'-]*\s(?:[A-Z][\w.’'-]*\s)+")
_TEXT = re.compile(
    r"(?:acts?|bible|bills?|charter|clauses?|code|contract|constitution|data|evidence|experience|facts|figures|history|laws?|letter|"
    r"numbers|polls?|records?|reports?|research|rules?|science|statistics|statute|stud(?:y|ies)|surveys?|texts?|treaty)",
    re.IGNORECASE,
)
_OWN_PART = re.compile(  # "The next section", "Section 2", "The following pages"
    r"(?:the\s)?(?:(?:next|following|remaining|coming|preceding|previous|present|last|first|second|third)\s(?:\w+\s)?)?"
    r"(?:appendix|chapters?|pages?|paragraphs?|parts?|sections?)(?:\s\w{1,5})?",
    re.IGNORECASE,
)
_ROLE = re.compile(ROLE, re.IGNORECASE)
_AFTER_HEAD = re.compile(r",|\s(?:of|from|in|on|for|at|by|about|against|behind|with|who|to)\s")
_ADVERB = re.compile(r"\s(?:actually|really|also|even|ever|then|now|itself|themselves|\w+ly)$")
_NO_WORD = frozenset({"the", "a", "an", "of", "and", "for", "in", "to"})


def left_by(holder: str, author: str | None) -> Doubt:
    """What is left of the author in a view that a sentence gives to a holder, told by their name or what they are.

    Example: left_by("The ministry", None) is Doubt.SPEAKER, left_by("History", None) is Doubt.SOME; of the author it is Doubt.NONE
    """
    named = _ADVERB.sub("", re.sub(r"(?:[’']s|(?<=s)[’'])$", "", holder.strip()))
    words, own = _words(named), _words(author or "")
    if _OWN_PART.fullmatch(named) or (words and words <= own and not all(_ROLE.fullmatch(word) for word in words)):
        return Doubt.NONE
    if words & own or is_text(named):
        return Doubt.SOME
    return Doubt.SPEAKER if _HOLDER.fullmatch(_head(named)) or _NAME.fullmatch(f"{named} ") else Doubt.SOME


def is_text(holder: str) -> bool:
    """Whether it is something to be read: "the data from the port"."""
    return bool(_TEXT.fullmatch(_head(_ADVERB.sub("", holder.strip()))))


def _head(named: str) -> str:
    return _AFTER_HEAD.split(named, maxsplit=1)[0].rpartition(" ")[2]


def _words(named: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", named.casefold())) - _NO_WORD
