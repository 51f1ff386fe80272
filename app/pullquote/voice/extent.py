"""Extent: which part of a sentence an attribution reports, and what beside it is the author's."""

import re
from dataclasses import replace

from pullquote.voice.frames import PREDICATE, Attribution, Form
from pullquote.voice.nesting import is_in_subject
from pullquote.voice.pieces import MASK
from pullquote.voice.relatives import main_verb
from pullquote.voice.voices import Attributed

OWN_WORDS = 6  # fewer words of the author's beside a report belong to the attribution
OWN_CLAUSE = 4  # words of a main clause that a relative clause with a report hangs on
FEWEST_INSIDE = 2  # words before a tag that can be a clause it stands in
LONGEST_TAG = 60  # letters after its verb, of when and where it was said
CONCEDED = re.compile(
    r"\s*(?:(?:so\s|and\s|but\s)?when(?:ever)?|while|although|though|even\sthough|even\sif|whereas)\s", re.IGNORECASE
)
MAIN_CLAUSE = re.compile(
    r",\s(?=(?:I|we|one|it|the|this|that|there|they|he|she|in\sfact|our|my|no|these|those|what|[A-Z]\w+)\b)"
)
_OWN_TURN = re.compile(
    r"[,;]\s(?=(?:and|but|yet|so)\s(?:I|we|that’s|that's|that\sis|let\sme|clearly|in\sfact|the\struth)\b)|;\s(?=I\b|we\b)|\s?--\s?(?=(?:I|we|and\sI|but\sI)\b)"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|do|does|did|[a-z]{3,}ed|[’']s|[’']re|[a-z]{3,}[^s\W]s)\b"
)
_RELATIVE_LAST = re.compile(
    r"\s(?P<who>(?:(?:most|some|many|all|several|both|few|half|two|three)\sof\s)?(?:who|whom|which))(?:\s(?:has|have|had|also|later|once|then|often|\w+ly))*\s$"
)
_NO_CLAUSE = re.compile(  # "There are critics who say", "is seen as a problem by those who say": nothing but the report
    r"^\W*(?:There|Here|Among)\b|\b(?:those|people|someone|anyone|one|ones|some|many|critics|voices)$|\sof$"
)


_CIRCUMSTANCE = re.compile(  # what tells when, where or why something was said: "After the vote, Lee said, “…”"
    r"(?:about|across|after|against|although|amid|among|as|asked|at|because|before|by|despite|during|even|following|for|from|"
    r"given|if|in|like|of|on|once|over|since|though|through|to|under|unless|until|when|whenever|where|while|with|within|"
    r"without|[a-z]+ing)\b",
    re.IGNORECASE,
)


def stands_apart(attribution: Attribution, reached: int) -> bool:
    """Whether an attribution opens a clause of its own after what was read before."""
    return attribution.form is Form.INDIRECT and attribution.clause > reached


def unsettled(attributed: Attributed) -> Attributed:
    """The same attributions, none of them sure where two speakers share one clause: "In her view, the court holds that …"."""
    first = attributed[0][1].name
    reached = attributed[0][0].clause
    surveyed = attributed[0][0].cue == "in a survey"  # "In a survey, a third said"
    if surveyed or all(who.name == first or stands_apart(each, reached) for each, who in attributed[1:]):
        return attributed
    return [(each, replace(who, sure=False)) for each, who in attributed]


def insertion(words: str, attribution: Attribution) -> tuple[int, int] | None:
    """Where a tag stands within what it reports, commas included: "The mud, Lee said, is safe"; None where it is none."""
    tells = attribution.form in {Form.AFTER, Form.SOURCE} and attribution.content >= attribution.start
    if not tells or attribution.cue.startswith("in the words"):  # which are the quoted ones alone
        return None
    opened = words.rfind(",", 0, attribution.start)
    own = attribution.subject.rstrip(f"{MASK} ") if words[opened + 1 : attribution.start].strip() else ""
    if (
        opened < 0
        or words[opened + 1 : attribution.start].strip() != own
        or len(words[:opened].split()) < FEWEST_INSIDE
    ):
        return None
    closed = words.find(",", attribution.content, attribution.content + LONGEST_TAG)
    return opened, closed + 1 if closed >= 0 else attribution.content


def is_clause(words: str) -> bool:
    """Whether the words before a tag can be a claim by themselves: "The mud is safe", not "When asked about the mud"."""
    return bool(PREDICATE.search(f" {words} ")) and not _CIRCUMSTANCE.match(words.lstrip())


def reach(words: str, attribution: Attribution, last: Attribution) -> tuple[int, int]:
    """The part of a sentence that an attribution reports; what the author says beside it is left out."""
    start, end = 0, len(words)
    before = words[: attribution.clause]
    if attribution.form is Form.INDIRECT and len(before.split()) >= OWN_WORDS and _FINITE.search(before):
        start = attribution.clause
    start = _relative(words, attribution) or start
    conceded = CONCEDED.match(words[attribution.clause : attribution.start]) or CONCEDED.match(before[-12:])
    conceded = (
        None if insertion(words, attribution) else conceded
    )  # "Even if they knew, he wrote, the fault was theirs"
    pattern = MAIN_CLAUSE if conceded and start == 0 else _OWN_TURN
    turn = pattern.search(words, max(attribution.content, last.content))
    if turn and len(words[turn.end() :].split()) > 1:
        end = turn.start() + 1
    verdict = main_verb(words, last.content, clause=" " not in last.cue) if is_in_subject(words, last) else 0
    return start, min(end, verdict or end)


def _relative(words: str, attribution: Attribution) -> int:
    """Where a relative clause starts that reports beside the author's own: "The view was disputed by Lee, who argued"; else 0."""
    if attribution.form is not Form.INDIRECT or is_in_subject(words, attribution):
        return 0
    relative = _RELATIVE_LAST.search(words[: attribution.start])
    before = words[: relative.start()] if relative else ""
    main = len(before.split()) >= OWN_CLAUSE and PREDICATE.search(f"{before} ") and not _NO_CLAUSE.search(before)
    return relative.start("who") if relative and main else 0
