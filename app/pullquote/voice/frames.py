"""Frames: how an attribution is built, and the clause of a sentence that it stands in."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pullquote.corpus.honorifics import TITLES

LOOK_BACK = 400
LONGEST = 4_000
MOST_JOINED = 9  # words of a subject that a bare "and" may set off from the clause before it

NAMED_AS = (  # before a quotation: what somebody is called, by another than themselves
    r"(?:called|termed|branded|labell?ed|dubbed|(?:described|condemned|criticis?z?ed|denounced|hailed|praised|dismissed|derided|"
    r"mocked|attacked|characteri[sz]ed|seen|regarded)(?:\sin\s[^,;§]{2,30})?\sas)"
)
APART = r",\s(?:\w+ly\s|once\s|long\s)?"  # where a name is set apart from what is said of it
NAMED_BY_SOME = rf",\swhich\s[^,;§]{{2,40}}\s(?:calls?|describes?\sas|{NAMED_AS})\s(?=§)"
PREDICATE = re.compile(
    r"\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|does|did|came|went|left|met|took|made|gave|got|saw|knew|taught|sought|fought|felt|heard|read|paid|sold|chose|drew|set|bore|broke|meant|dealt|struck|"
    r"became|began|wrote|won|lost|fell|rose|ran|grew|led|held|kept|built|brought|stood|sent|spoke|sat|lay|ate|drove|rode|flew|wore|threw|shook|bought|caught|sang|slept|woke|leaned|told|said|says|put|[a-z]{2,}(?:ed|ses|ies|ates|[^sui\W]s))\s"
)


class Form(StrEnum):
    """How the attribution is built, which decides what it governs."""

    INDIRECT = "indirect"  # X claimed that …
    DIRECT = "direct"  # X wrote: “…”
    AFTER = "after"  # “…”, X added
    INVERTED = "inverted"  # “…”, added X
    SOURCE = "source"  # according to X
    INTRODUCES = "introduces"  # X testified that: [a block of text follows]


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution within a sentence, with offsets into that sentence.

    `clause` is where the attributing clause starts and `content` where its content does.
    """

    subject: str
    cue: str
    form: Form
    clause: int
    start: int
    content: int


_LEAVES_CLAUSE = re.compile(
    r"[^.;:—–]*[.;:—–]|,?\s(?:after|before|when|while|whereas|as|because|since|until|although|though)\s|"
    r"[,;]?\s*(?:and|but|so|yet)\s(?:this|it|he|she|they|I|we|the|there)\s",
    re.IGNORECASE,
)
DASHED = re.compile(r"(?:\s[—–]\s|\s?--\s?|—)[^—–§.;:]{2,90}(?:\s[—–]|\s?--|—)\s$")  # "Dale — a Republican — says"
_CLAUSE_BREAK = re.compile(
    r"[;:]\s|\[[A-Z]{2,5}\](?=[A-Z])|(?<!\d)(?<!\d\s)\s?--\s?|\s?--\s?(?![\s\d])|(?<!\d)\s[—–]\s|\s[—–]\s(?!\d)|§,?\s|[.!?]\)?\s|,[\"”’]?\s(?:and|but|yet|while|although|though|whereas|"
    r"so|because|as(?!\s\w+(?:ed|en)\b)|since)\s|,\sand\s(?=some\b)|,\s(?=which\s(?:some|many|most|several|critics|it|he|she|they|[A-Z]\w+)\s)"
)


def holds(words: str, hints: Sequence[str]) -> bool:
    """Whether any of the hints stands in the words: a quick look before a slow pattern is tried."""
    for hint in hints:  # noqa: SIM110  any() over a generator takes half as long again
        if hint in words:
            return True
    return False


def clause_start(words: str, position: int) -> int:
    """Where the clause of a verb at `position` begins, by the punctuation and conjunctions before it."""
    start = main_clause_start(words, position)
    after = _after_conjunction(words, start, position)
    return start if after == start else _joined_clause(words, after, position)


def opens_clause(words: str, quotation: int, attributions: Iterable[Attribution]) -> bool:
    """Whether the quotation at that place is the start of a reported clause: "Lee said that “the gangs” had …"."""
    direct = any(each.form is Form.DIRECT and 0 <= quotation - each.content <= 1 for each in attributions)
    return direct and words[:quotation].endswith(" that ")


def goes_on(words: str, start: int, end: int, attributions: Iterable[Attribution]) -> bool:
    """Whether [start, end) between two quotations belongs to the clause they stand in: “the gangs” had already “won”."""
    named = any(start <= each.start < end for each in attributions)
    return not named and not _LEAVES_CLAUSE.match(words, start, end)


def main_clause_start(words: str, position: int) -> int:
    """The same for a participle after a comma, which belongs to the main clause: "Lee left when it rained, saying"."""
    start = max(0, position - LOOK_BACK)
    if inserted := DASHED.search(words, start, position):
        position = inserted.start()
    position = closed_aside(words, start, position)
    for match in _CLAUSE_BREAK.finditer(words, start, position):
        rest = words[match.end() : position]
        before = words[start : match.start()]
        listed = match.group().startswith(", and") and (not PREDICATE.search(f"{before} ") or _is_list(before))
        if (
            len(rest) > 1
            and not listed
            and (")" not in rest or before.count("(") <= before.count(")"))  # "Lee (“Stop it”, May 2) writes"
            and (
                not _ABBREVIATED.search(words[max(0, match.start() - 8) : match.start() + 1])
                or (_COMPANY.search(words, 0, match.start() + 1) and _NEW_SENTENCE.match(words, match.end()))
            )
        ):
            begins_subject = not _AUX_START.match(rest)
            start = match.end() if begins_subject else start
    if _CONCEDED.match(words):  # "While the army said it had won, residents said"
        at = words.rfind(", ", start, position)
        apart = at > start and len(words[at:position].split()) <= MOST_JOINED and PREDICATE.search(words, 0, at)
        start = at + 2 if apart else start
    return _joined_clause(words, start, position)


def closed_aside(words: str, start: int, position: int) -> int:
    """Where an aside starts that ends right before the verb at `position`, else `position`.

    Example: in "Lee, while she agreed that it rained, argues" the comma after "Lee".
    """
    if words.find(", ", start, position) < 0 or not _COMMA_LAST.search(
        words[max(start, position - LONGEST_ADVERB) : position]
    ):
        return position
    for opens in _ASIDE_OPENS.finditer(words, start, position):
        begins = max(start, *(words.rfind(mark, start, opens.start()) for mark in (". ", "; ", ": ")))
        if opens.end() < position and not PREDICATE.search(words, begins, opens.start() + 1):
            return opens.start()
    return position


def _after_conjunction(words: str, start: int, position: int) -> int:
    """Where a clause begins that follows another without a comma: "Jack joins in when Larry says"."""
    found = [
        match
        for match in _CONJUNCTION.finditer(words, start, position)
        if PREDICATE.search(words, start, match.start() + 1)
    ]
    if not found:
        return start
    rest = words[found[-1].end() : position]
    named = _SUBJECT_START.match(rest) and not _PRONOUN_START.match(rest)
    whole = named and (PREDICATE.search(f" {rest}") or not _JOINED.search(rest))
    return found[-1].end() if whole else start


def _is_list(before: str) -> bool:
    """Whether the words before ", and" are names or groups set apart by commas: "Ann Lee, many teachers"."""
    parts = before.split(", ")[1:]
    return bool(parts) and all(_LISTED.fullmatch(part) for part in parts)


def _joined_clause(words: str, start: int, position: int) -> int:
    """Where a clause begins that a bare "and" joins to one before: "A fell and a study found that …"."""
    at = max(words.rfind(f" {joint} ", start, position) for joint in ("and", "but", "yet"))
    if at < 0:
        return start
    after = words.index(" ", at + 1) + 1
    subject = words[after:position]
    if _NAME_HERE.search(words[start:at]) and _NAME_ALONE.match(subject):
        return start  # "Ann Lee and Bob Bell said"
    whole = len(subject.split()) <= MOST_JOINED and _SUBJECT_START.match(subject) and not _FINITE.search(subject[:-12])
    return after if whole and _FINITE.search(words, start, at) else start


_CONJUNCTION = re.compile(r"(?<!,)\s(?:when|because|after|before|until|although|though|whereas|while|where)\s")
_PRONOUN_START = re.compile(r"(?:he|she|they|it|we|I)\s", re.IGNORECASE)
_JOINED = re.compile(r"\s(?:and|but|or)\s")
_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|do|does|did|must|should)\s")
_SUBJECT_START = re.compile(
    r"(?:an?|the|one|another|some|many|most|other|several|recent|he|she|they|it|[A-Z][\w.-]*)\s"
)


_NAME_HERE = re.compile(r"(?:^|[.,;:]\s)(?:[A-Z][\w’'-]*\s?){1,4}$")
_NAME_ALONE = re.compile(r"(?:[A-Z][\w’'-]*\s){1,3}(?:[a-z]+ly\s|also\s|both\s)?$")
_CONCEDED = re.compile(r"(?:\[\w+\]\s)*(?:While|Although|Though|Whereas)\s")
_LISTED = re.compile(r"(?:[A-Z][\w.’'-]*\s?){1,4}|(?:[\w’'-]+\s){0,3}[\w-]{3,}s")
LONGEST_ADVERB = 24  # letters
_COMMA_LAST = re.compile(r",(?:\s(?:also|still|then|[a-z]+ly))*\s*$")
_ASIDE_OPENS = re.compile(
    rf"{APART}{NAMED_AS}\s(?=§)|{NAMED_BY_SOME}|"
    r",\s(?:while|although|though|when|after|before|if|as|because|having|despite)\s|,\s(?:referring|citing|responding|reacting|commenting|quoting|reflecting|describing|noting|recalling|using|drawing|looking|working|basing|pressed|quoted|interviewed|questioned)\s"
)
_ABBREVIATED = re.compile(rf"\b(?:[A-Z]|U\.S|U\.N|{TITLES}|St|No|al|Jr|Sr|Inc|Ltd|Co|Corp|v|vs)\.$")
_COMPANY = re.compile(r"\b(?:Inc|Ltd|Co|Corp)\.$")
_NEW_SENTENCE = re.compile(r"[A-Z][a-z]+\s[a-z]")  # "for a million from Bell Ltd. Some observers say"
_AUX_START = re.compile(
    r"(?:has|have|had|is|was|also|then|later|now|often|still|thus|therefore|sometimes|usually|even)\s|\w+ly\s$|$"
)
