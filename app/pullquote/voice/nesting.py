"""Attributions inside attributions: who speaks where one report tells of another."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pullquote.voice.frames import PREDICATE, Attribution, Form
from pullquote.voice.relatives import in_subject
from pullquote.voice.verbs import AUXILIARY, PLAIN
from pullquote.voice.voices import Attributed, Speaker

NEAR = 10  # words within which one attribution can be what another reports
_NOTE = re.compile(r"\[\w+\]")
_PERFECT = re.compile(r"\s(?:has|have|had)(?:\s(?:also|always|never|once|\w+ly))*\s$")
_HEARERS = ("advis", "assur", "inform", "remind", "tell", "told", "warn")  # after which stands who was told
_TELLS = re.compile(
    r"(?:sa(?:id|ys?)|t(?:old|ells?)|(?:inform|remind|warn|complain|explain|claim|insist)(?:s|ed)?|(?:assure|argue|advise)[sd]?|wr(?:ote|ites?)|"
    r"promise[sd]?|admit(?:s|ted)?|testif(?:y|ies|ied)|suggest(?:s|ed)?)$"
)
_CLAUSE_SUBJECT = re.compile(
    r"\s(?!(?:he|she|they|it|I|we|you|after|as|at|before|by|during|earlier|for|from|in|last|later|of|on|that|this|to|today|when|while|with|"
    r"yesterday|\w+day)\b)(?:[^\s,;:§“”\"]+\s){1,9}(?<!\sand\s)(?<!\sbut\s)(?<!\sor\s)(?<!\sthen\s)(?<!\salso\s)(?<!\swho\s)(?<!\sthat\s)$"
)
_PRONOUN_FIRST = re.compile(r"\s*(?:he|she|they|it|I|we)\b", re.IGNORECASE)
_SAYS_MORE = re.compile(r"[,;§“”\"`]|\s(?:and|but|or|yet|then)\s(?:\w+\s)?$")  # "said it rained and warned that"


def inside(attributions: Sequence[Attribution], words: str) -> list[Attribution]:
    """The same attributions, each of which another one tells of with a subject of its own: in "Lee said Moe told her that …" Moe."""
    found: list[Attribution] = []
    for each in attributions:
        said = found[-1].start + len(found[-1].cue) if found else len(words)
        told = each
        if found and said < each.start < found[-1].content and _is_told_of(found[-1], each, words[said : each.start]):
            found[-1] = replace(found[-1], content=said)
            told = replace(each, subject=words[said : each.start].lstrip().replace(" always ", " "))
        found.append(told)
    return found


def _is_told_of(outer: Attribution, inner: Attribution, between: str) -> bool:
    both = outer.form is Form.INDIRECT is inner.form and not outer.cue.startswith(_HEARERS)
    return both and bool(_TELLS.match(inner.cue) and _CLAUSE_SUBJECT.match(between))


def nested(attributed: Attributed, words: str) -> Attributed:
    """Attributions of which one reports the other, joined: "The Times reported that a memo says" is the memo's.

    "According to the Times, the minister said that …" is the minister's, through the Times.
    """
    told: list[tuple[Attribution, Speaker]] = []
    for attribution, who in attributed:
        speaker = replace(who, sure=who.sure and not is_in_subject(words, attribution))
        if told and _surveyed(told, attribution, speaker):  # the survey is only where they said so
            told.pop()
        if told and _told_at_last(told[-1], attribution, speaker, words):
            last, inner_most = told[-1]
            through = (*inner_most.via, speaker.name or "", *speaker.via)
            told[-1] = last, replace(inner_most, via=through, sure=inner_most.sure and speaker.sure)
            continue
        if told and _is_retold(told[-1], attribution, speaker, words):
            continue
        outer = next((pair for pair in told if _reports(pair, attribution, speaker, words)), None)
        if outer is None:
            told.append((attribution, speaker))
            continue
        via = (*speaker.via, outer[1].name or "", *outer[1].via)
        inner = replace(speaker, via=via, sure=speaker.sure and outer[1].sure)
        told[told.index(outer)] = (replace(attribution, clause=min(attribution.clause, outer[0].clause)), inner)
    return told


def _surveyed(told: list[tuple[Attribution, Speaker]], attribution: Attribution, speaker: Speaker) -> bool:
    """Whether a sentence that opens with a survey names who spoke in it: "In a survey, the Globe suggested"."""
    last = (speaker.name or "").rpartition(" ")[2]
    named = speaker.own or (last[:1].isupper() and last in attribution.subject)  # "33 per cent said": nobody by name
    return len(told) == 1 and told[0][0].cue == "in a survey" and attribution.form is Form.INDIRECT and named


def _is_retold(last: tuple[Attribution, Speaker], inner: Attribution, speaker: Speaker, words: str) -> bool:
    """Whether a verb stands inside what its own speaker is said to say: "A memo suggests the army has decided it is"."""
    outer, who = last
    between = words[outer.content : inner.start]
    same = who.name == speaker.name and outer.clause == inner.clause
    reports = outer.form is Form.INDIRECT and outer.cue in PLAIN and inner.form in {Form.INDIRECT, Form.DIRECT}
    within = 0 < len(between.split()) <= NEAR and not (_SAYS_MORE.search(between) or inner.cue.endswith("ing"))
    return same and reports and within


def _told_at_last(last: tuple[Attribution, Speaker], attribution: Attribution, speaker: Speaker, words: str) -> bool:
    """Whether an attribution at the end tells of the one before it: "Lee told his men to go, prosecutors said"."""
    inner, who = last
    rest = _NOTE.sub("", words[attribution.content :])
    source = attribution.cue.lower() == "according to" and not (PREDICATE.search(f" {rest}") or ", " in rest)
    ends = attribution.form is Form.SOURCE and (source or not any(letter.isalpha() for letter in rest))
    told = inner.form is Form.INDIRECT and inner.cue in PLAIN and inner.content < attribution.start
    named = who.name and speaker.name and who.name != speaker.name and not (who.own or speaker.own)
    return bool(ends and told and named and (source or inner.clause == attribution.clause))


def _reports(outer: tuple[Attribution, Speaker], inner: Attribution, speaker: Speaker, words: str) -> bool:
    attribution, reporter = outer
    between = words[attribution.content : inner.start]
    if (
        inner.form is not Form.INDIRECT
        or inner.cue not in PLAIN
        or reporter.own
        or not (reporter.name and speaker.name)
        or reporter.name == speaker.name
        or _PRONOUN_FIRST.match(between)
    ):
        return False
    if attribution.form is Form.SOURCE:
        apart = inner.clause < attribution.start and words[: attribution.start].endswith(
            ", "
        )  # "Moe, according to Lee, said"
        opens = attribution.start == 0 or (apart and between.endswith(", "))
        return opens and between.count(",") == 1 and len(between.split()) <= NEAR
    near = attribution.form is Form.INDIRECT and 0 < len(between.split()) <= NEAR
    return near and not AUXILIARY.search(_PERFECT.sub("", between)) and not re.search(r"[,;]", between)


def is_in_subject(words: str, attribution: Attribution) -> bool:
    """Whether the author speaks of those who say something: "The people who say that it is safe are wrong"."""
    return attribution.form is Form.INDIRECT and in_subject(words[attribution.clause : attribution.start])
