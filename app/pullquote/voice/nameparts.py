"""Name parts: what each part of a subject between commas is: a name, an office, a description, a group."""

import re

from pullquote.voice.number import is_several
from pullquote.voice.phrases import DETERMINER, ROLE

LONGEST_OFFICE = 10  # words
OPENING = re.compile(
    r"(?:(?:and|but|plus|or|so|yet|however|meanwhile|moreover|furthermore|today|now|then|instead|indeed|also|again|still|"
    r"thus|therefore|hence|consequently|accordingly|finally|additionally|ultimately|lastly|(?:first|second|third)(?:ly)?(?=,)|similarly|likewise|nevertheless|unfortunately|yesterday|(?:more\s|most\s)?recently|in\sfact|for\sexample|"
    r"for\sinstance|in\saddition|of\scourse|as\sa\sresult|that|only\syesterday|"
    r"(?:dear\s\w+|sirs?|madam|editor)(?=,)|(?:mr|madam|mrs|ms)\.?\s(?:president|speaker|chair(?:man|woman|person)?))(?=[\s,])[,\s]*)+",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    r"(?:in|on|at|during|after|before|since|while|when|by|with|from|for|under|following|speaking|writing|asked|despite|as|if|"
    r"upon|among|against|within|throughout|regarding|concerning|considering|given|based\son|"
    r"although|though|because|to|over|last|this\s(?:week|month|year)|earlier|later|shortly)\s",
    re.IGNORECASE,
)
_APPOSITION = re.compile(r"(?:the|a|an|former|then|deputy|[a-z]+|U\.S\.|US|UN|U\.N\.)\s", re.ASCII)
_KIND_OF_PERSON = re.compile(
    r"(?:an?|one\sof\sthe)\s(?!(?:\w+\s){0,3}(?:stud(?:y|ies)|survey|poll|report|paper|memo|analysis|review)\b)[a-z]",
    re.ASCII,
)

_OFFICE_OF = re.compile(
    rf"(?=[A-Z])(?:[A-Z][\w.-]*\s){{0,2}}(?i:{ROLE}|executive|c[etfo]o|chair|fellow|(?:co-?)?founder|professor)"
    r"(?:\s(?:and|&)\s(?:[A-Z][\w.-]*\s?){1,3})?(?:\sof\s[A-Z][\w’'-]*)?\s(?:of|at|for|from|to|on)\s"
)


_NO_NAME = re.compile(
    r"(?:who|whom|whose|which|that|says?|said|argues?|argued)\b|(?:his|her|their|its)$|an?\s(?:[\w-]+\s){1,2}(?:who|whose|which)\b"
)
_ASKS = re.compile(r"\s(?:on|of|to|with|upon)\s(?:how\s(?:far|few|little|many|much|often)|what)\s")
_NOT_BETTER = re.compile(r"(?:his|her|their|its)\s|(?:an?\s)?[a-z-]+$", re.ASCII)


def is_no_name(part: str, known: str | None = None) -> bool:
    """Whether a phrase can be nobody's name, or none that is worth more than the `known` one: "who runs the club", "a man"."""
    return bool(_NO_NAME.match(part) or (known and known != known.lower() and _NOT_BETTER.match(part)))


def fuller(one: str | None, other: str | None) -> str | None:
    """The longer of two names where the shorter is all of it but what explains it; None where they are two people.

    Example: fuller("Ann Lee", "Ann Lee, the mayor") -> "Ann Lee, the mayor"
    """
    short, long = sorted((one or "", other or ""), key=len)
    apart = short != long and (" " not in short or short not in long.split(", ") or is_several(long))
    return None if apart or not short else long


def asks(part: str) -> bool:
    """Whether a phrase holds a question of another clause, so that it names nobody: "It depends on how much wood people"."""
    return bool(_ASKS.search(part))


def is_group(part: str) -> bool:
    """Whether a part of a list reads like a group: "human rights activists"."""
    return bool(re.fullmatch(r"(?:[\w’'-]+\s){0,4}[\w-]{3,}s", part)) and not PREPOSITION.match(part)


def is_description(part: str) -> bool:
    """Whether a part says what somebody is: "the chairman of the board", "a former teacher"."""
    if _KIND_OF_PERSON.match(part):
        return True
    return (
        bool(
            _APPOSITION.match(part)
            or re.match(
                r"(?:[A-Z][\w.]+\s){0,3}[A-Z][\w.]+(?:[’']s?\s(?:[\w-]+\s){0,3}|\s)(?:" + ROLE + r")\b",
                part,
                re.IGNORECASE,
            )
        )
        and bool(re.search(rf"\b(?:{ROLE})\b", part, re.IGNORECASE))
        and len(part.split()) <= LONGEST_OFFICE
    )


def is_office_held(part: str) -> bool:
    """Whether a part after a name is an office in capitals, and what it is of: "Mayor of Leeds", "CEO of Northgrid"."""
    return bool(_OFFICE_OF.match(part)) and len(part.split()) <= LONGEST_OFFICE


def ends_in_name(part: str) -> bool:
    """Whether a part ends in a name of several words: "the mayor of Bolton, Ann Lee"."""
    return bool(
        re.search(
            r"[A-Z][\w.’'-]*\s(?:(?:en|de|del|van|von|der|la|el|al|bin|of|for|on)\s){0,2}(?:[A-Z][\w.’'-]*|\([A-Z][\w.-]*\))$",
            part,
        )
    )


def is_office(part: str) -> bool:
    """Whether a phrase can be what a name after it explains: "The harbour master"."""
    plain = DETERMINER.match(part) and part[-1:].islower() and len(part.split()) <= LONGEST_OFFICE
    return bool(plain or re.search(rf"\b(?:{ROLE})\b", part, re.IGNORECASE))


def is_surname(part: str) -> bool:
    """Whether a part is one name: "Finucane, a former lawyer, said"."""
    return (
        bool(re.fullmatch(r"[A-Z][\w.’'-]+", part)) and not OPENING.fullmatch(f"{part}, ") and not part.endswith("ly")
    )


def is_name(part: str) -> bool:
    """Whether a part is nothing but a name: "Ann Lee"."""
    return bool(re.fullmatch(r"(?:[A-Z][\w.’'-]*\s?){1,5}", part))
