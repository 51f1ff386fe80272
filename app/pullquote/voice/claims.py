"""Claims as nouns and in the passive: "the minister's claim that", "the consensus is that", "the theory according to which"."""

import re
from collections.abc import Iterator
from itertools import islice

from pullquote.voice.asides import NOBODY, WHOSE
from pullquote.voice.frames import LOOK_BACK, Attribution, Form, clause_start, holds
from pullquote.voice.pieces import MASK

MOST_CLAIMS = 6  # of one build; a sentence with more is no sentence
_CLAIM = (
    r"(?:claims?|views?|arguments?|assertions?|beliefs?|warnings?|conclusions?|contentions?|allegations?|statements?|"
    r"suggestions?|insistence|findings?|estimates?|positions?|objections?|criticisms?|ideas?|notions?|theory|theories|thesis|charges?)"
)
_NAME = r"(?:[A-Z][\w.-]*\s(?:of\s(?:the\s)?)?){0,4}[A-Z][\w.-]*"
_POSSESSED = re.compile(
    rf"(?P<subject>(?:\b[Tt]he\s)?\b{_NAME}|\b[Tt]he\s[a-z]+)[’']s?\s(?:\w+\s){{0,2}}(?P<cue>claims?|view|arguments?|assertion|"
    r"belief|warning|conclusion|contention|allegation|statement|suggestion|insistence|finding|estimate|position|testimony|point|message|answer|response|reply|prediction|complaint|accusation|fear|concern|theory|advice|reasoning|thesis|objection|criticism|contention|charge|worry|hope|verdict|boast|excuse|defen[cs]e)\s(?:(?:is|was)\s)?that\s"
)
_ANSWERS = re.compile(  # "Dale's answer: “…”"
    rf"(?:^|[.;]\s)(?P<subject>(?:\b[Tt]he\s)?\b{_NAME}|\b[Tt]he\s[a-z]+)[’']s?\s(?:\w+\s){{0,2}}(?P<cue>view|answer|response|reply|verdict|message|advice|argument|take|conclusion|reasoning|warning):\s"
)
_CALLS = re.compile(
    rf"(?P<subject>(?:\b[Tt]he\s)?\b{_NAME})[’']s?\s(?:\w+\s)?(?P<cue>calls?|appeals?)\s(?:for|on|to)\s"
)
_THEIRS = re.compile(
    r"\b(?P<owner>[Hh]is|[Hh]er|[Tt]heir)\s(?:\w+\s){0,2}(?P<cue>claims?|view|arguments?|assertion|belief|warning|conclusion|"
    r"contention|allegation|suggestion|insistence|thesis|theory)\s(?:(?:is|was)\s)?that\s"
)
_CONSENSUS = re.compile(
    r"(?:^|[,;]\s|\b[Tt]hat\s)(?P<subject>(?:[Tt]he|[Aa]n?|[Oo]ne)\s(?:[\w-]+\s){0,3}?(?:consensus|conventional\swisdom|"
    r"(?:majority|prevailing|general|dominant|traditional|common|popular|mainstream|official|orthodox|usual|standard)\s(?:view|position|opinion|belief|stance|assumption|interpretation))"
    r"(?:\s(?!is\b|was\b)[^\s,;:§]+){0,6})(?:,\s[^,;:§]{3,90},\s|[—–][^—–§]{2,90}[—–]|\s)(?P<cue>is|was|has\sbeen)\sthat\s"
)
_CHARGE = re.compile(
    r"(?:^|[,;]\s)(?:(?:[Tt]he|[Aa]n?|[Oo]ne|[Aa]nother|[Ss]ome)\s(?:[\w-]+\s){0,3}?)(?P<cue>argument|objection|criticism|counterargument|contention|allegation|accusation|complaint)s?"
    r"(?:\s(?!is\b|was\b)[^\s,;:§]+){0,5}(?:,\s[^,;:§]{3,60},)?\s(?:is|was|remains|are|were|goes|went|runs)\s(?:the\sclaim\s)?that(?:\s|,\s)"
)
_FINDING = re.compile(  # "One of the findings documented in the report is that"
    r"\b(?:findings?|conclusions?)\s(?:[a-z]+ed\s)?(?:in|of|by|from)\s(?P<subject>[^,;:§]{2,60}?)\s(?P<cue>is|was)\sthat\s"
)
_GOES = re.compile(
    r",\s(?:so\s)?the\s(?P<cue>argument|theory|thinking|reasoning|logic|story|claim)\s(?:goes|went|runs)(?=[,.])"
)
_RAISED = re.compile(
    r"(?P<cue>\b(?:[Cc]oncerns?|[Ff]ears|[Dd]oubts|[Oo]bjections?|[Cc]riticisms?|[Aa]llegations?|[Cc]laims?|[Cc]omplaints?))\s"
    r"(?:have\sbeen|has\sbeen|were|was|are)\s(?:\w+\s)?(?:raised|expressed|voiced|made)\sthat\s|"
    r"\b[Tt]here\s(?:is|are|was|were|have\sbeen|has\sbeen)\s(?:\w+\s)?"
    r"(?P<noun>fears|concerns?|claims|allegations|suspicions?|reports|rumou?rs|complaints|criticisms?|suggestions)\sthat\s"
)
_BY_WHICH = re.compile(
    r"\b(?P<subject>(?:the|an?)\s(?:[\w-]+\s){0,4}?(?:theory|view|doctrine|principle|argument|hypothesis|school|thesis|idea)(?:\sof\s[\w-]+){0,2}),?\s"
    r"(?P<cue>according\sto)\swhich,?\s"
)
_REFUTED = re.compile(
    rf"\b{_CLAIM}\sthat\s[^.;:§]{{0,240}}?\s(?:is|are|was|were|been)\s(?:\w+ly\s)?"
    r"(?P<cue>(?:rejected|refuted|challenged|contested|denied)\sby)\s(?P<subject>[^,;:§]{2,90})(?P<clause>(?!))?"
)
_PASSIVE = re.compile(
    r"(?<!\w)(?:was|were|is|are|been|being)\s(?:\w+ly\s|nevertheless\s|also\s|often\s|sometimes\s|still\s|thus\s|once\s|then\s|later\s|first\s|long\s)?(?P<cue>(?:condemned|criticised|criticized|denounced|questioned|"
    r"disputed|described(?=\s(?:as\s|by\s[^,;:.§]{2,60}(?<!such)\sas\s))|summed\sup|termed|dubbed|derided|mocked|ridiculed|defined(?=\sby\s[^,;:.§]{2,60}\sas\s)|dismissed|seen|viewed|regarded|called|blamed|accused|considered|believed|thought|deemed|argued|claimed|alleged|"
    r"feared|praised|hailed|(?:counted|classified|classed|listed|defined|recogni[sz]ed)\sas\s(?:[^\s,.;:§]+\s){1,4}?[^\s,.;:§]+(?=\sby))(?:\s(?!that\b)[^\s,.;:§]+){0,3}?\sby)\s"
)
_CHARGING = ("accused", "blamed", "criticised", "criticized", "praised", "condemned", "denounced")
_CHARGED_WITH = re.compile(r"\s(?:of|for)\s(?!the\s[A-Z])(?=[a-z])")  # "accused by the Bank of Leeds of lying"
_DESCRIBED_BY = re.compile(  # "Described by Amnesty International as “…”, the prison"
    r"(?P<cue>(?:Described|Condemned|Denounced|Criticized|Criticised|Hailed|Praised|Dismissed|Called|Dubbed|Branded)\sby)\s(?P<subject>[^,;:§]{2,80}?)\s(?:as\s)?(?:an?\s|the\s)?§"
)
_COMPARED = re.compile(r"\b(?:how|than|what)\s(?:[\w’'-]+\s){1,4}$")  # "other than how she is seen by the public"
_ADVISED = re.compile(
    r"(?:,?(?:\[\w+\])?\s(?:and|but)(?P<clause>))?\s(?:is|are|was|were)\s(?:not\s)?(?:\w+ly\s)?(?P<cue>(?:recommended|advised|discouraged|advised\sagainst)\sby)\s(?P<subject>[^,;:§]{2,90}?)(?=\sto\s|[,;:.§]|$)"
)

# Words without which the slow patterns need not be tried.
_AGREED = ("consensus", "view", "wisdom", "position", "opinion", "belief", "stance", "assumption", "interpretation")
_RAISED_NOUNS = (
    "oncern", "ears ", "oubts ", "bjection", "riticism", "llegation", "laim", "omplaint", "suspicion", "reports", "rumo", "suggestion",
)  # fmt: skip
_CHARGES = (
    "argument",
    "objection",
    "criticism",
    "contention",
    "allegation",
    "accusation",
    "complaint",
)


def find_claims(words: str) -> Iterator[Attribution]:
    """The attributions of a masked sentence whose cue is a noun.

    Example: "The union's claim that it rained is old." -> subject "The union", content from "it".
    """
    owned = "’" in words or "'" in words
    if " that" in words:
        yield from _that(words, owned=owned)
    if ", the " in words or ", so the " in words:
        for match in islice(_GOES.finditer(words), MOST_CLAIMS):
            yield Attribution(NOBODY, match["cue"], Form.SOURCE, 0, match.start(), match.end())
    if owned and ": " in words:
        for match in islice(_ANSWERS.finditer(words), MOST_CLAIMS):
            form = Form.DIRECT if words.startswith(MASK, match.end()) else Form.INDIRECT
            yield Attribution(
                match["subject"], match["cue"], form, match.start("subject"), match.start("cue"), match.end() - 1
            )
    if " according to which" in words:
        yield from _each(_BY_WHICH, words)
    if " by " in words:
        yield from _by(words)
    if owned and ("call" in words or "appeal" in words):
        yield from _each(_CALLS, words)


def _that(words: str, *, owned: bool) -> Iterator[Attribution]:
    if owned:
        yield from _each(_POSSESSED, words)
    if holds(words, _AGREED):
        yield from _each(_CONSENSUS, words)
    for match in islice(_THEIRS.finditer(words), MOST_CLAIMS):
        subject = words[: match.start()] + WHOSE[match["owner"].lower()]
        cue = match.start() + len(match["owner"])
        yield Attribution(subject, match["cue"], Form.INDIRECT, match.start(), cue, match.end())
    raised = holds(words, _RAISED_NOUNS)
    for match in islice(_RAISED.finditer(words) if raised else (), MOST_CLAIMS):
        yield Attribution(
            NOBODY, match["cue"] or match["noun"], Form.INDIRECT, match.start(), match.start(), match.end()
        )
    if "finding" in words or "conclusion" in words:
        yield from _each(_FINDING, words)
    if holds(words, _CHARGES):
        for match in islice(_CHARGE.finditer(words), MOST_CLAIMS):
            yield Attribution(NOBODY, match["cue"], Form.INDIRECT, match.start(), match.start("cue"), match.end())


def _by(words: str) -> Iterator[Attribution]:
    if MASK in words and (opening := _DESCRIBED_BY.match(words)):
        yield Attribution(opening["subject"], opening["cue"], Form.SOURCE, 0, 0, opening.end("cue"))
    for match in _PASSIVE.finditer(words):
        if _COMPARED.search(words[max(0, match.start() - LOOK_BACK) : match.start()]):
            continue
        subject = words[match.end() : match.end() + LOOK_BACK]
        subject = _CHARGED_WITH.split(subject, maxsplit=1)[0] if match["cue"].startswith(_CHARGING) else subject
        yield Attribution(subject, match["cue"], Form.SOURCE, 0, match.start("cue"), match.end())
    if "ed by " not in words:
        return
    for pattern in (_REFUTED, _ADVISED):
        for match in islice(pattern.finditer(words), MOST_CLAIMS):
            clause = max(0, match.start("clause"))  # what stands before ", and" is the author's
            yield Attribution(
                match["subject"], match["cue"], Form.INDIRECT, clause, match.start("cue"), match.end("cue")
            )


def _each(pattern: re.Pattern[str], words: str) -> Iterator[Attribution]:
    for match in islice(pattern.finditer(words), MOST_CLAIMS):
        yield Attribution(
            match["subject"],
            match["cue"],
            Form.INDIRECT,
            clause_start(words, match.start("subject")),
            match.start("cue"),
            match.end(),
        )
