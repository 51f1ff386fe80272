"""Asides: attributions that stand beside what is claimed, or that name nobody for it."""

import re
from collections.abc import Iterator
from itertools import islice

from pullquote.voice.frames import LOOK_BACK, Attribution, Form, clause_start, holds
from pullquote.voice.phrases import PEOPLE
from pullquote.voice.pieces import MASK

_SAY = (
    r"said|says?|argued|argues?|claimed|claims?|contended|contends?|maintained|maintains?|insisted|insists?|believed|"
    r"believes?|added|adds|explained|explains?|suggested|suggests?|warned|warns?|concluded|concludes?|wrote|writes?|"
    r"held|holds?|noted|notes?|reported|estimated|estimates?|thought|thinks?|asserted|asserts?|alleged|found|finds|announced|testified|confirmed|acknowledged|conceded|admitted|predicted|declared|reasoned|"
    r"reasons|observed|observes|stated|states|complained|feared|fears?|shows?|showed"
)
_WHO = r"(?!(?:and|but|or|which|who|that|as|like|if|when|because|since|while|it|to|by|so|than|what|there)\b)[^,;:()§]{1,70}?"
_WHEN_SAID = (
    r"(?:on|in|at|to|during|after|before|late|early|last|this|yesterday|today|here|again|online|Monday|Tuesday|Wednesday|Thursday|"
    r"Friday|Saturday|Sunday)"
)
_BETWEEN = re.compile(
    rf"(?<=,)\s(?P<subject>{_WHO})\s(?P<cue>(?:{_SAY})(?=,\s|\s{_WHEN_SAID}\b[^,;:§]{{0,60}},\s)|(?:told|tells)(?=\s[^,;:§]{{2,40}},\s))"
)
_BETWEEN_INVERTED = re.compile(
    r"(?<=,)\s(?:(?:because|for|as|and|but),?\s)?(?P<cue>said|says|argued|argues|wrote|writes|claimed)\s"
    r"(?P<subject>[A-Z][^,;:()§]{1,60}?),(?=\s)"
)
_AT_END = re.compile(
    rf"(?<=,)\s(?P<subject>{_WHO})\s(?P<cue>(?:{_SAY})(?=[.;!?]*\s*$|\s{_WHEN_SAID}\b|\s*\[)|"
    r"(?:told|tells)(?=\s))(?:\s[^,;:§]{1,60})?(?=[.;!?]*\s*(?:\[\w+\]\.?\s*)?$)"
)
_AT_END_INVERTED = re.compile(
    r"(?<=,)\s(?P<cue>said|says|argued|argues|wrote|writes|claimed|claims|warned|warns|exclaim(?:s|ed)|explain(?:s|ed)|note[sd]|add(?:s|ed)|conclude[sd]|"
    r"predict(?:s|ed)|recall(?:s|ed)|insist(?:s|ed)|observe[sd]|joke[sd]|admit(?:s|ted)|declare[sd]|complain(?:s|ed)|lament(?:s|ed))\s"
    r"(?P<subject>(?:[A-Z]|(?:the|one|his|her|its|their)\s|an?\s(?=(?:[\w-]+\s){0,3}?(?:"
    + PEOPLE
    + r")\b))[^,;:()§]{1,80}?"
    r"(?:,\s(?:[A-Z][\w.’'-]*(?:\s[A-Z][\w.’'-]*){0,3}|(?:an?|the|who|whose|then|now|president|director|chief|head)\s[^,;:()§]{2,110}))*)(?=[.;!?]*\s*$)"
)
_GROUNDS = re.compile(
    r"\b(?P<cue>(?:oppos|support|reject|object|criticiz|criticis|condemn|defend|justif|attack|dismiss|favou?r|endors|"
    r"protest|refus|resist|denounc)(?!\w*(?:als?|tions?|ments?|ances?|[eo]rs?|ants?)\b)\w*)\s(?P<target>[^.;:§]{0,120}?)(?P<reason>\s?\b(?:on|under|by)\s(?:the\s)?(?:grounds?|basis|premise|theory)\s(?:that|of)\b|"
    r"(?:\sonly|\smainly|\spartly)?\sbecause\b|\ssince\s(?=(?:there|it|they|he|she|the)\b)|,?\s(?:arguing|claiming|saying|stating|contending|asserting|maintaining)\sthat\b)"
)
_REASON = re.compile(r"grounds?\s|basis|premise|theory|because|since|ing\sthat")  # a quick look before the slow one
_OF_OPINION = re.compile(
    r"\s(?P<cue>(?:is|are|was|were)\s(?:of\sthe\s(?:opinion|view|belief|mind)|\w+ly\sconcerned|concerned|worried|afraid|confident|convinced|persuaded|adamant|skeptical|sceptical)|"
    r"(?:takes?|took|holds?|held|has|have|had|expresse[sd]|shares?|shared|advanced?|defend(?:s|ed)?|adopt(?:s|ed)?|developed|develops|makes?|made|gave|gives|reached|presented|presents|put\sforward|raised|offered|"
    r"popularized|formulated|rejected|rejects|support(?:s|ed)?|criticized|questioned)\s"
    r"(?:(?:the|an?|his|her|their|its)\s)?(?:\w+\s)?(?:view|position|opinion|belief|stance|line|hope|argument|concern|claim|case|theory|idea|"
    r"point|promise|pledge|prediction|assurances?|word))(?:\s(?:in|on|at)\s\w+)?\sthat\b"
)
_IMPERSONAL = re.compile(
    r"\b[Ii]t(?:[’']s|\s(?:is|was|has\s(?:also\s|often\s|long\s)?been|had\sbeen|has|will\s(?:no\sdoubt\s|perhaps\s|surely\s|certainly\s)?be|can\sbe|could\sbe|may\sbe|might\sbe))\s(?:also\s|often\s|further\s|sometimes\s|widely\s|commonly\s|generally\s|"
    r"frequently\s|long\s|once\s|even\s|then\s)*(?P<cue>argued|claimed|alleged|believed|feared|suggested|said|thought|"
    r"asserted|contended|objected|added|maintained|hoped|rumou?red|speculated|assumed|proposed|urged|answered|replied|complained|(?:held|ruled|decided)(?=\sin\s))(?:\s?\[\w+\])?(?:,\sby\s(?P<among>[^,;:§]{2,60}?)(?:\samong\sothers)?,)?\s(?:that\b|(?:by|in(?=\s(?:[A-Z]|the\s|an?\s|its\s|his\s|her\s)))\s(?P<by>[^,;:§]{2,90}?)\sthat\b|in\s[a-z]+\sthat\b)"
)
_IN_A_SURVEY = re.compile(
    r"^\s*(?:\w+,\s)?(?P<cue>[Ii]n)\s(?P<by>(?:an?|its|the|one|another)\s(?:[\w’'.-]+\s){0,6}?"
    r"(?:survey|poll|study|analysis)\b(?:\s[^,§]{1,90})?|(?:[\w-]+\s){0,2}(?:surveys|polls|interviews)\b(?:\s[^,§]{1,90})?),\s"
)
_IT_IS_SAID = re.compile(  # "Finland, it is often said, has had one for a century"
    r"\bheard\sit\s(?:said|argued|claimed|suggested)(?=[^.;:§]{0,60}?\sthat\b)|,\sit(?:\sis|[’']s)\s(?:\w+ly\s|often\s|sometimes\s)?(?:said|argued|claimed|alleged|objected|feared|thought|believed|urged)(?=,\s|\.?\s*$)"
)
_FOR_ITS_FRIENDS = re.compile(  # "For its proponents, the asylum was a cure"
    r"For\s(?P<by>(?:(?:its|their|his|her|the|many|some|most)\s)?(?:proponents|supporters|critics|opponents|advocates|defenders|detractors|admirers)(?:\sof\s[^,;:§]{2,60})?),\s"
)
_SAID_TO = re.compile(
    r"\s(?:is|are|was|were|has\sbeen|have\sbeen)\s(?:also\s|often\s|sometimes\s|widely\s|generally\s|commonly\s)*"
    r"(?P<cue>said|claimed|alleged|reputed|rumou?red)\s(?:by\s(?P<by>[^,;:§]{2,60}?)\s)?to\s(?=be|have|\w)"
)
_TOLD_BY = re.compile(
    r"\b(?:was|were|been|am|are|is)\s(?:\w+ly\s|also\s)?(?P<cue>told|informed|advised|warned|assured|reminded)\sby\s"
    r"(?P<by>[^,;:§]{2,80}?)(?:,\s[^,;:§]{2,60},)?(?::\s|\sthat\b)"
)
_TOLD = re.compile(
    r"\b(?:was|were|been|am|are)\s(?:\w+ly\s|also\s)?(?P<cue>told|informed|advised|warned|assured)\sthat\b"
)
_IN_THEIR_VIEW = re.compile(r"\b[Ii]n\s(?P<by>his|her|their)\s(?P<cue>view|opinion|eyes|judgment)\b")
WHOSE = {"his": "he", "her": "she", "their": "they", "its": "it"}
_IN_VIEW = re.compile(
    r"\b[Ii]n\s(?P<by>(?:the\s)?(?:[A-Z][\w.-]*\s){0,3}[A-Z][\w.-]*|the\s[a-z]+)[’']s?\s(?P<cue>view|opinion|eyes|words|judgment|account|telling)\b"
)
_BY_ACCOUNT = re.compile(  # "By the agency's own estimate, it will save money", "By one count"
    r"(?:^|[,;]\s)[Bb]y\s(?:(?P<by>(?:the\s)?(?:[A-Z][\w.-]*\s){0,3}[A-Z][\w.-]*|the\s[a-z]+|its|his|her|their)(?:[’']s?)?\s(?:own\s)?|(?:one|some|most|other)\s(?:\w+\s)?)"
    r"(?P<cue>estimates?|accounts?|count|reckoning|admission|calculations?|tally)\b"
)
_AGENTLESS = re.compile(
    r"(?<!\bwho)(?<!\bthat)(?<!\bwhich)\s(?:is|are|was|were|been|being)\s(?:\w+ly\s|also\s|often\s|sometimes\s)*"
    r"(?P<cue>condemned|criticised|criticized|denounced|accused|blamed|faulted)\s(?=as|for|of|on)"
)
_BEING = re.compile(r"\b(?:is|are|was|were|been|being|be)(?:\s\w+ly|\salso|\soften|\ssometimes)?\s$")
_DETERMINED = re.compile(
    r"\b(?:no|an?|the|any|its|their|his|her|this|that|such|of|to|valid|false)$|"
    r"\s(?:found|had|has|have|was|were|is|are|made|took|gave|[a-z]{3,}ed)\s(?:an?|the|no|its|their|in|on|to)\s"
)
_NOUN_HERE = re.compile(  # ", TV shows, films", ", all states, "
    r"(?:\b(?:all|many|most|some|several|other|few|these|those|both|two|three|four|five|six|seven|eight|nine|ten|member|TV|television|radio|talk|game)|\d+)$",
    re.IGNORECASE,
)
_PASSIVE_BEFORE = re.compile(r"\b(?:is|are|was|were|been|being|be)(?:\s\w+ly)?$")  # ", the body was found"
_MORE = re.compile(r",\s(?:and|or)\s(?:more|others?|so\son|the\slike)\b")
_AUXILIARY = re.compile(r"(?:\s(?:has|have|had|would|will|also|once|later|often|then|therefore|thus|further|\w+ly))+$")
# Words without which the slow patterns need not be tried.
_VIEWS = ("view", "opinion", "eyes", "words", "judgment", "account", "telling")
_COUNTS = ("estimate", "account", "count", "reckoning", "admission", "calculation", "tally")
_TELLINGS = (
    "told", "informed", "advised", "warned", "assured", "reminded", "condemned", "critici", "denounced", "accused", "blamed",
    "faulted",
)  # fmt: skip
MOST_ASIDES = 10  # of one build; a sentence with more is no sentence
NOBODY = "somebody"  # the subject of a claim that nobody is named for


def find_asides(words: str) -> Iterator[Attribution]:
    """The attributions that stand in the middle or at the end of what they report, or that name nobody.

    Example: "Trade, he argued, would grow." -> subject "he", and the whole sentence is reported.
    """
    if "," in words:
        yield from _between(words)
    if _REASON.search(words):
        yield from _grounds(words)
    if " that" in words:
        yield from _opinions(words)
    yield from _unnamed(words)


def _between(words: str) -> Iterator[Attribution]:
    for pattern in (_BETWEEN, _BETWEEN_INVERTED, _AT_END, _AT_END_INVERTED):
        for match in islice(pattern.finditer(words), MOST_ASIDES):
            # The whole sentence is what they say: the clause starts where the sentence does.
            at = clause_start(words, match.start())
            form = Form.AFTER if MASK in words[match.end() : match.end() + 40] else Form.SOURCE
            named = _AUXILIARY.sub("", match["subject"])
            listed = match["cue"].endswith("s") and _NOUN_HERE.search(match["subject"])
            listed = listed or _PASSIVE_BEFORE.search(match["subject"]) or _MORE.match(words, match.end("cue"))
            if listed or _DETERMINED.search(match["subject"]):  # ", the firm had no claim": a noun
                continue
            subject = named if form is Form.AFTER else f"{named}{MASK}"
            yield Attribution(subject, match["cue"], form, at, match.start("cue"), match.end())


def _grounds(words: str) -> Iterator[Attribution]:
    """Why somebody is for or against a thing: "X opposed the plan on the grounds that"."""
    for match in _GROUNDS.finditer(words):
        clause = clause_start(words, match.start())
        subject = words[max(clause, match.start() - LOOK_BACK) : match.start()]
        subject = NOBODY if _BEING.search(subject) else subject  # "The bill was opposed on the ground that"
        yield Attribution(subject, match["cue"], Form.INDIRECT, clause, match.start(), match.end())


def _opinions(words: str) -> Iterator[Attribution]:
    for match in _OF_OPINION.finditer(words):
        clause = clause_start(words, match.start("cue"))
        subject = words[max(clause, match.start() - LOOK_BACK) : match.start("cue")]
        yield Attribution(subject, match["cue"], Form.INDIRECT, clause, match.start("cue"), match.end())


def _unnamed(words: str) -> Iterator[Attribution]:
    if words.startswith("For ") and (camp := _FOR_ITS_FRIENDS.match(words)):
        yield Attribution(camp["by"] + MASK, "for", Form.SOURCE, 0, 0, camp.end())
    if survey := _IN_A_SURVEY.match(words):
        yield Attribution(survey["by"] + MASK, "in a survey", Form.SOURCE, 0, survey.start("cue"), survey.end())
    if holds(words, ("t’s ", "t's ", "t is ", "heard it ")):
        for match in _IT_IS_SAID.finditer(words):
            yield Attribution(NOBODY, "it is said", Form.SOURCE, 0, match.start(), match.end())
    if "t " in words and " that" in words:
        for match in _IMPERSONAL.finditer(words):
            subject = match["by"] or match["among"] or NOBODY
            yield Attribution(subject, match["cue"], Form.INDIRECT, match.start(), match.start("cue"), match.end())
    yield from _viewed(words)
    if holds(words, _TELLINGS):
        yield from _passive(words)
    if "d to " in words or "d by " in words:
        for match in _SAID_TO.finditer(words):
            yield Attribution(match["by"] or NOBODY, match["cue"], Form.INDIRECT, 0, match.start("cue"), match.end())


def _viewed(words: str) -> Iterator[Attribution]:
    """What is so by somebody's count or in somebody's view."""
    if (" by " in words or words.startswith("By ")) and holds(words, _COUNTS):
        for match in _BY_ACCOUNT.finditer(words):
            by = WHOSE.get((match["by"] or "").lower(), match["by"])
            yield Attribution(
                (by or NOBODY) + MASK * bool(by), match["cue"], Form.SOURCE, match.start(), match.start(), match.end()
            )
    if holds(words, _VIEWS):
        for match in _IN_VIEW.finditer(words):
            yield Attribution(match["by"] + MASK, match["cue"], Form.SOURCE, match.start(), match.start(), match.end())
        for match in _IN_THEIR_VIEW.finditer(words):
            subject = words[: match.start()] + WHOSE[match["by"]]
            yield Attribution(subject, match["cue"], Form.INDIRECT, match.start(), match.start("cue"), match.end())


def _passive(words: str) -> Iterator[Attribution]:
    for match in _TOLD_BY.finditer(words):
        yield Attribution(match["by"], match["cue"], Form.INDIRECT, match.start(), match.start("cue"), match.end())
    for pattern in (_TOLD, _AGENTLESS):
        for match in pattern.finditer(words):
            yield Attribution(NOBODY, match["cue"], Form.INDIRECT, 0, match.start("cue"), match.end())
