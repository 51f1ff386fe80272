"""Sayings: participles that attribute what follows: "saying that", "describing it as “…”", "with critics arguing that"."""

import re
from collections.abc import Iterator
from itertools import chain

from pullquote.voice.frames import LOOK_BACK, Attribution, Form, clause_start, holds, main_clause_start
from pullquote.voice.phrases import is_fragment
from pullquote.voice.pieces import MASK
from pullquote.voice.subjects import main_subject
from pullquote.voice.verbs import PARTICIPLE

_SAYING = re.compile(
    rf",?\s(?:{PARTICIPLE}|telling\s(?:us|me|them|people|reporters|[A-Z]\w+|the\s\w+))"
    r"(?=\sthat\s|[,:]?\s§|:\s*$|(?<=writing)\s(?:in|to|for)\s[^,;:§]{2,60}[,:]\s§|(?<=[blmnsz]ing)\s(?:[\w.’'-]+\s){1,8}§)"
)
_BARE = re.compile(  # "arguing the law is void"
    r",?\s(?:saying|arguing|claiming|charging|alleging|insisting|stating|asserting|contending|complaining|warning)"
    r"(?=\s(?:it|they|he|she|there|the|this|these|its|their|his|her|[A-Z][\w’'-]*)\s(?:[^\s§,;:]+\s){1,8}?"
    r"(?:is|are|was|were|has|have|had|will|would|can|could|should|must|does|did)\b|\s(?:it|they|he|she)\s)"
)
_NOW_CALLING = re.compile(  # "The union has been urging parliament to act"
    r"\s(?:is|are|was|were|been)(?:\snow|\salso|\sstill)?\s(?P<cue>calling\s(?:for|on)|urging|demanding|accusing|blaming)\s"
)
_CALLING = ("calling ", "urging", "demanding", "accusing", "blaming")  # without these it need not be tried
_READS = re.compile(  # "A statement from the firm read: “…”"
    r"(?:^|[,;.]\s)(?P<subject>(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|[Oo]ne)\s[^,;:§]{2,80}?)(?:,\s[^,;:§]{2,60},)?\s"
    r"(?P<cue>reads?|goes|runs)(?:\s(?:in\spart|as\sfollows))?\s?[:,]\s§"
)
_QUOTED_FROM = re.compile(  # "To quote the Attorney General, “…”", "I quote from the GAO report: “…”"
    r"\b(?P<cue>quot(?:e|es|ed|ing))\s(?:(?:directly\s|briefly\s|again\s)?from\s)?(?P<subject>(?:(?:the|this|that|a|an|his|her|its|their)\s|[A-Z])[^,;:§]{1,80}?)"
    r"(?:,\s(?:page\s\w+|which|who)[^,;:§]{0,60})?[,:]\s?§"
)
_SAID_FIRST = re.compile(  # "Said Ann Lee of the plan, “…”"
    r"\W*(?P<cue>Said|Says|Wrote|Writes|Added|Adds|Explained|Explains|Noted|Notes|Recalled|Recalls|Asked|Argued|Argues)\s"
    r"(?P<subject>(?:[A-Z]|the\s|one\s|an?\s|his\s|her\s|its\s)[^,;:§]{1,80}?)(?:\s(?:of|in|about|on|at|after|when|to)\s[^,;:§]{1,60})?[,:]\s§"
)
_MAKES_POINT = re.compile(  # "Its defender, Ann Lee, adds a practical point: …"
    r"\s(?P<cue>(?:add|make|offer|raise|draw|advance|voice)(?:s|d|ed)?|made|gives|gave|drew|puts|put)\s(?:an?|the|another|one|his|her|its|their|this|two|three)\s"
    r"(?:[\w-]+\s){0,3}?(?:points?|arguments?|reasons?|objections?|warnings?|claims?|answer|explanation|complaint|theory|suggestion|proposal|"
    r"lesson|conclusion|reply|prediction|comparison|estimate|promise):\s"
)
_NO_SAYING = re.compile(  # "the risk of concluding that", "the mayor's warning that"
    r"\b(?:of|for|without|before|after|than|from|about|to|the|this|an?|his|her|its|their|any|no|another)(?:\s\w+ly)?$|"
    r"[’']s?$|\b(?:an?|his|her|its|their)\s\w+$"
)
_SIGNED = re.compile(  # "signed a petition calling"
    r"\b(?:signed|issued|released|published|sent|wrote|adopted|passed|filed|posted|made|gave|read)\s(?:an?|the|his|her|its|their)\s(?:[\w-]+\s){0,2}[\w-]+$"
)
_MODAL = re.compile(r"\s(?:will|may|can|should|must|might)\s")  # "The court will send a notice saying that"
_WITH = re.compile(r"(?:^|[,;]\s)with\s(?P<subject>(?!(?:him|her|them|it)\b)[^,;:§]{2,80})$")
_THERE = re.compile(  # "There have been lawsuits claiming that"
    r"\W*(?:However,\s)?[Tt]here\s(?:is|are|was|were|has\sbeen|have\sbeen)\s(?P<subject>(?:an?\s|some\s|many\s|several\s|multiple\s|numerous\s)?(?:[\w-]+\s){0,2}[\w-]+)$"
)
_QUOTED_AS = re.compile(
    r"\s(?:is|was|were|are)(?:\s\w+)?\s(?:(?:quoted|cited|recorded|reported)(?:\sby\s[^,;:§]{2,60})?\sas|recorded\s[^,;:§]{0,60})$"
)
_MISQUOTED = re.compile(r"\bmis-?(?:cit|quot|report|represent)(?:ed|ing|s)\b[^,;:§]{0,60}\sas$")
_DOES = re.compile(r"\s(?:denies|regrets|admits|stops|keeps|avoids|recalls|defends)$")  # "Lee denies calling it"
_CITED_AS = re.compile(r"\s(?:quoted|quotes|quoting|cited|cites|citing)\s(?!by\s)(?P<subject>[^,;:§]{2,70})\sas$")


def find_sayings(words: str) -> Iterator[Attribution]:
    """The attributions of a masked sentence whose cue is a participle.

    Example: "The union left, saying that it rained." -> subject "The union has", content from " that".
    """
    if MASK in words and (read := _READS.search(words)):
        yield Attribution(read["subject"], read["cue"], Form.DIRECT, 0, read.start("cue"), read.end() - 1)
    if MASK in words and "uot" in words and (quoted := _QUOTED_FROM.search(words)):
        yield Attribution(
            quoted["subject"] + " has", quoted["cue"], Form.DIRECT, 0, quoted.start("cue"), quoted.end() - 1
        )
    if MASK in words and (first := _SAID_FIRST.match(words)):
        yield Attribution(
            f"{first['subject']} has", first["cue"].lower(), Form.DIRECT, 0, first.start("cue"), first.end() - 1
        )
    for match in _MAKES_POINT.finditer(words) if ": " in words else ():
        clause = clause_start(words, match.start())
        subject = words[max(clause, match.start() - LOOK_BACK) : match.start()]
        form = Form.DIRECT if words.startswith(MASK, match.end()) else Form.INDIRECT
        yield Attribution(subject, match["cue"], form, clause, match.start("cue"), match.end() - 1)
    if "ing" not in words:
        return
    for match in _NOW_CALLING.finditer(words) if holds(words, _CALLING) else ():
        clause = clause_start(words, match.start())
        subject = words[clause : min(match.start(), clause + LOOK_BACK)] + " has"
        yield Attribution(subject, match["cue"], Form.INDIRECT, clause, match.start("cue"), match.end())
    for match in chain(_SAYING.finditer(words), _BARE.finditer(words)):
        yield from _participle(words, match)


def _participle(words: str, match: re.Match[str]) -> Iterator[Attribution]:
    comma = match.group().startswith(",")
    near = words[max(0, match.start() - 40) : match.start()]
    clause = (main_clause_start if comma else clause_start)(words, match.start())
    noun = _NO_SAYING.search(near) and not (comma or _SIGNED.search(near))
    misquoted = _MISQUOTED.search(words, clause, match.start())
    if noun or misquoted or _MODAL.search(words, clause, match.start()):
        return
    cited = _CITED_AS.search(words, clause, match.start())
    bare = cited or match.re is _BARE or words.startswith(" that", match.end())
    form = Form.INDIRECT if bare else Form.DIRECT
    form = Form.INTRODUCES if not cited and words[match.end() :].strip() == ":" else form
    named = cited or _THERE.match(words, clause, match.start())
    subject = named["subject"] if named else _saying_subject(words, clause, match.start())
    yield Attribution(f"{subject} has", match.group().strip(" ,"), form, clause, match.start(), match.end())


def _saying_subject(words: str, clause: int, end: int) -> str:
    """Whose a participle at `end` is: the subject of its clause, or whoever "with" sets beside it."""
    before = _DOES.sub("", _QUOTED_AS.sub("", words[clause : min(end, clause + LOOK_BACK)]))
    if beside := _WITH.search(before):
        return beside["subject"]
    subject = main_subject(f"{before} has ") or before
    if is_fragment(subject):  # "The union supports it, but blocked the plan, saying that"
        whole = main_subject(f"{words[:end]} has ")
        return whole if whole and MASK not in whole else subject  # "“…,” she said, adding": she
    return subject
