"""Second hand: what somebody is reported to say that another said, and what another answered to it."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pullquote.voice.denials import blames
from pullquote.voice.frames import Attribution, Form
from pullquote.voice.governing import SPACE
from pullquote.voice.pieces import MASK
from pullquote.voice.voices import Attributed, Speaker

_SAYS = (
    r"(?:call(?:s|ed|ing)|sa(?:ys|id|ying)|writ(?:es|ten|ing)|wrote|t(?:ells|old|elling)|describ(?:es|ed|ing)|brand(?:s|ed|ing)|"
    r"labell?(?:s|ed|ing)|dubb?(?:s|ed|ing)|term(?:s|ed|ing)|dismiss(?:es|ed|ing)|denounc(?:es|ed|ing)|reject(?:s|ed|ing)|"
    r"condemn(?:s|ed|ing)|to\s(?:call|say|write|tell|describe|brand|label|dub|term|dismiss|denounce|reject|condemn))"
)
_TOLD_INSIDE = re.compile(rf"\b{_SAYS}\b[^;:§]{{0,60}}$")  # "Lee accused Bell of calling it “…”"
_ANSWERED = re.compile(  # "Lee said that Bell had lied, a charge that she called “…”"
    r",\san?\s(?:[\w-]+\s){0,2}(?:accusation|allegation|argument|assertion|characteri[sz]ation|charge|claim|comment|criticism|"
    r"description|idea|insult|label|line|notion|phrase|remark|slur|statement|suggestion|term|view|word)\s(?:(?:that|which)\s)?"
    rf"(?:he|she|they|it)\s(?:[\w-]+\s){{0,3}}?{_SAYS}\b[^,;:§]{{0,40}}$"
)
_TEXT_SENT_ON = re.compile(  # "Lee retweeted a post that said"
    r"\b(?:retweet|re-?post|shar|receiv|forward|circulat|re-?publish)(?:e?d|e?s|ing)?\s(?:an?|the|this|that|one)"
    r"(?:\s(?!(?:and|as|but|he|it|she|they|to|when|while|who)\b)[\w’'-]+){1,6}?(?:\s(?:that|which))?\s?$"
)
_ANOTHERS = re.compile(  # "Lee recalled her mother saying", "said Lee, quoting Winston Churchill"
    r"\s(?:(?:an?|her|his|its|their|the)\s(?:(?!to\b)[\w’'-]+\s){1,3}|(?:[A-Z][\w.’'-]*\s){1,4})(?:say|tell)(?:ing)?\b|"
    r",?\s(?:quoting|paraphrasing|borrowing|echoing)\s|,?\sciting\s(?:[A-Z][\w.’'-]*\s?){1,4}(?:[,.;]|$)"
)
_QUOTING = re.compile(r"\b[Qq]uoting\s|\b[Pp]araphrasing\s")


def is_passed_on(masked: str, attribution: Attribution) -> bool:
    """Whether the one who speaks says another's words: "“…,” Lee recalled her mother saying", "Lee shared a post that said"."""
    before = masked[attribution.clause : attribution.start]
    if attribution.form in {Form.AFTER, Form.INVERTED}:
        said = masked[attribution.start :].partition(MASK)[0]
        return bool(_ANOTHERS.search(said))
    between = masked[attribution.start : attribution.content]
    sent_on = not masked.startswith(",", attribution.start) and _TEXT_SENT_ON.search(before)
    return bool(sent_on or _QUOTING.search(before) or _QUOTING.search(between))


def told_by_others(attributed: Attributed) -> Attributed:
    """The same attributions, those inside another's report not sure and heard through that one.

    Example: in "Police claim that Moe said “…”" the words are Moe's through the police.
    """
    told: list[tuple[Attribution, Speaker]] = []
    for attribution, speaker in attributed:
        outer = next((who for each, who in reversed(told) if _holds(each, who, attribution, speaker)), None)
        via = (*speaker.via, outer.name or "", *outer.via) if outer else speaker.via
        told.append((attribution, replace(speaker, via=via, sure=speaker.sure and outer is None)))
    return told


def _holds(outer: Attribution, reporter: Speaker, inner: Attribution, speaker: Speaker) -> bool:
    """Whether an attribution stands in the clause that another one reports."""
    within = inner.clause <= outer.content <= inner.start
    others = reporter.name and speaker.name and reporter.name != speaker.name and not (reporter.own or speaker.own)
    return bool(outer.form is Form.INDIRECT and inner.form is Form.DIRECT and within and others)


def is_secondhand(masked: str, start: int, attributions: Sequence[Attribution]) -> bool:
    """Whether a verb of saying stands between a report and a quotation in it, whose speaker it leaves open."""
    if blames(masked[:start]):
        return True
    before = [each for each in attributions if each.content <= start + 1]
    if any(each.form is Form.DIRECT and start - each.content <= SPACE for each in before):
        return False
    reports = [each for each in before if each.form is Form.INDIRECT]
    return bool(reports and _TOLD_INSIDE.search(masked[reports[-1].content : start]))


def is_answer(masked: str, start: int) -> bool:
    """Whether a quotation is what somebody, who is meant by a pronoun, makes of the words before it."""
    return bool(_ANSWERED.search(masked[:start]))
