"""Contents: what a reporting verb governs, and where in its sentence that starts."""

import re

from pullquote.voice.frames import Form, clause_start
from pullquote.voice.homographs import has_many
from pullquote.voice.pieces import MASK
from pullquote.voice.verbs import BASE_NOUN, FOUND, NAMING, PLAIN, PLURAL_NOUN, SPOKEN

LOOK_AHEAD = 160
OF_TIME = (
    r"\s(?:day|night|morning|afternoon|evening|week|month|year|spring|summer|fall|autumn|winter)(?:[.,;:!?§]|\s?$)"
)
_THAT = rf"(?:that(?!{OF_TIME})|how|why|whether)"  # no conjunction in "said that night."
_INTERRUPTION = r"(?:,\s[^,§]{1,80},)?"
_THAT_NEAR = re.compile(
    rf"(?:\s?\[[^\]\s]{{1,12}}\])?{_INTERRUPTION}(?:\s(?:also|again|publicly|here|today|yesterday|conclusively|clearly|recently|unanimously|repeatedly|flatly|later|\d[-–]\d))?\s{_THAT}(?=[\s:,§])"
)
_ADDRESSEE = re.compile(
    rf"\s(?:(?:in|to|on|at|during|before|with|from|for\s(?=(?:[Tt]he\s)?[A-Z])|(?:by|via|through)\s(?=e-?mail|phone|telephone|text|letter|message|video|an?\s(?:aide|spokes|lawyer))|us|me|him|her|them|you(?=\sthat\b)|our|my|his|their|the|a|an|reporters|congress|[A-Z])(?:(?!\s(?:which|who|whom|where|is|was|are|were|and\s(?:\w+ed|found|said))\s)[^,;:§]){{0,90}}?|in\s[A-Z][^;§]{{0,120}}?)\s{_THAT}(?=[\s:])"
)
_QUOTE_NEXT = re.compile(
    rf"(?:\sthis)?{_INTERRUPTION}(?:\s[^,;:§.]{{1,60}})?[,:]\s*[\"'(]?§|\s(?:that\s)?§|\s(?:in|on|at|to|before)\s[^,;:§.]{{2,70}}\s§"
)
_ANOTHER_SAYS = re.compile(  # "Police said Moe wrote: “…”"
    r"\s(?:[A-Z][\w.’'-]*\s){1,4}(?:has\s|had\s|once\s)?(?:said|says|wrote|writes|told|tells|called|calls|added|adds)(?:\s[^,:;§]{1,40})?[,:]?\s§"
)
_RETOLD = re.compile(r"\sthat\s(?:[^\s§]+\s+){3}")  # "said that she liked the idea, “…”": a clause comes first
_CALLED = re.compile(r"\s(?:[\w.’'-]+\s){0,8}§")
_NOT_CLAUSE = re.compile(
    r"\s(?:in|about|of|for|with|to|on|at|by|from|over|as|against|so|no|yes|goodbye|again|it\.|and|or|but|than|nothing|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?=[.,;:]|\s(?:in|at|on|during|after|before|as|when|while|from|to|by|with|night|morning|evening|afternoon)\b)|"
    r"(?:today|yesterday|tonight)(?=[.,;:])|little\s(?:about|of|on|more)|much\s(?:about|of)|(?:more|less)\sabout|sorry|hello|farewell|grace|thanks|"
    r"once|twice|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|many|several|\d+)\stimes|them(?=[.,;]|\saloud)|into|responsibility|something|anything|everything|otherwise|whatever|what)\b",
    re.IGNORECASE,
)
_NO_OBJECT = (
    "know",
    "knows",
    "knew",
    "fear",
    "fears",
    "feared",
    "assume",
    "assumes",
    "assumed",
    "presume",
    "presumes",
    "presumed",
)
_PLAIN_CLAUSE = re.compile(r"\s(?:[^\s§]+\s+){2,}[^\s§]+")
_COLON_END = re.compile(r"(?:\s[^§:]{0,200})?:\s*$")
_COLON_SAID = re.compile(r"(?:\s[^,;:.§]{1,40})?:\s(?=[A-Z\[])")
_COMMA_SAID = re.compile(
    r"(?:\s(?:us|me|him|her|them))?,\s(?=(?:[^\s§]+\s+){3})(?!(?:and|but|or|which|who|while|though|with|in|on|at)\b)"
)
_SPOKEN = SPOKEN - PLURAL_NOUN - BASE_NOUN
_PLAIN = PLAIN - PLURAL_NOUN - BASE_NOUN
_PLACES = ("put", "puts", "call", "calls", "called")  # "put an end to the tax that"
_RESULT = re.compile(r"\b(?:such|so)\s(?!many\swords)")  # "wrote with such care that"
_TELLS = ("told", "tells", "informed", "reminded", "assured")
_TOLD_ASIDE = re.compile(  # "told the envoy, Ann Lee, that", "told councillors that"
    r"\s(?:[^;:.§]{2,90}?,|[a-z]{3,}s|[a-z]*men|people|police)\sthat(?=\s)"
)
_INTENDS = (
    "propos",
    "promis",
    "pledg",
    "vow",
    "decid",
    "agree",
    "hope",
    "expect",
    "demand",
    "continu",
    "ask",
)  # "to strike"
_PARTICIPLES = (
    "found",
    "reported",
    "documented",
    "recorded",
    "held",
    "written",
    "told",
    "described",
    "identified",
    "known",
    "made",
    "shown",
    "seen",
)
_AUXILIARY = re.compile(r"\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must)\s")
_TAKES_VERB = re.compile(  # "left and reported to us that", "Ann Lee, who was there, told"
    r"(?:\b(?:and|but|who|which|that|then|(?:has|have|had)(?:\s(?:already|now|long|since|often|never|always))?|also|he|she|they|it|we|I)|,|ly|\b[A-Z][\w.’'-]*)\s$"
)
_SETTLED = (
    "decid",
    "determin",
    "consider",
    "discover",
    "learn",
    "kn",
    "judg",
    "assess",
    "document",
    "establish",
    "illustrat",
)
_FACT = re.compile(r"\s(?:an?|the|one)\s(?:\w+\s){0,3}(?:fact|truth|link|pattern|conclusion|finding):")
_NAME_BEFORE = re.compile(r"(?:\b[A-Z][\w.)’'-]*|\bwho|\bhas|\bhave|\bhad|ly)\s$")
_TOLD_CLAUSE = re.compile(  # "told the committee the data were poor"
    r"\s(?:(?:the|an?|his|her|its|their|my|our|this)\s[\w’'-]+(?:\s(?!the\b)[\w’'-]+)?|[A-Z][\w’'-]*(?:\s(?:of\s)?[A-Z][\w’'-]*){0,4}|[a-z]{4,}s)\s"
    r"(?:(?:he|she|they|it|there)|(?:the|an?|its|his|her|their|this|these)\s(?:[\w’'-]+\s){0,3}?[\w’'-]+|[A-Z]\w+(?:\s[A-Z]\w+)?|[a-z]{3,}s)\s"
    r"(?:will|would|is|are|was|were|has|have|had|can|could|should|must|[a-z]{3,}ed)\b"
)
_SHORT_CLAUSE = re.compile(r"\s(?:he|she|they)\s[a-z]{3,}")  # "says he lied"
_BARE_CLAUSE = re.compile(
    r"\s(?:(?:us|me|him|her|them|reporters|congress)\s)?(?:he|she|they|it|there|(?:the|its|his|their|this|these|our|my)\s[\w’\'-]+(?:\s[\w-]+)?|"
    r"[A-Z]\w+(?:\s[A-Z]\w+)?|[a-z]{4,}(?<!ing)(?<!that))\s(?:(?:already|never|still|also|now|not)\s)?(?:will|would|is|are|was|were|has|have|had|can|could|should|must)\b"
)
_CONCEDING = re.compile(r",\s(?=(?:while|although|though|if|when|since|because|as|even)\s(?:[^\s§]+\s+){3})")
_ONE_OF_THEM = re.compile(
    r"(?:^|[.;]\s)(?:One|Another|A\s(?:second|third)|The\s(?:first|second|third|latter|former|other))(?:,\s(?:at|of|by|from|in)\s[^,]{3,60},)?\s$"
)
_EVIDENCE_NOUN = re.compile(
    r"\b(?:stud(?:y|ies)|surveys?|polls?|research|report|reports|analys[ie]s|statistics|figures|data|evidence|reviews?|"
    r"news\sstories|papers?|findings|memo|memos|documents|records|investigations?|audits?|census|assessments?|"
    r"experiments?|trials?|estimates?|inquiry)\b|\((?:19|20)\d\d[a-z]?\)\s",
    re.IGNORECASE,
)


def content_of(words: str, match: re.Match[str], before: str) -> tuple[Form, int] | None:
    """What a reporting verb governs and where that starts; None when it reports nothing."""
    ahead = words[match.end() : match.end() + LOOK_AHEAD]
    kind = match.lastgroup
    if kind in {"object", "as", "urge", "issue"} or another_says(match, words):
        return Form.INDIRECT, match.end()
    if kind == "comment" and not ahead.startswith(" that"):
        return (Form.DIRECT if MASK in ahead else Form.INTRODUCES), match.end()
    if _COLON_END.match(words, match.end()) and MASK not in words[match.end() :]:
        return Form.INTRODUCES, len(words)
    if (quoted := _QUOTE_NEXT.match(ahead)) and not _RETOLD.match(ahead):
        return Form.DIRECT, match.end() + quoted.end() - 1
    if match.group() in NAMING:
        called = _CALLED.match(ahead)
        return (Form.DIRECT, match.end() + called.end() - 1) if called else None
    return _clause_content(match, ahead, before)


def another_says(match: re.Match[str], words: str) -> bool:
    """Whether a verb's clause, which no "that" opens, is that another said what is quoted."""
    return match.lastgroup == "clause" and bool(_ANOTHER_SAYS.match(words, match.end()))


def _clause_content(match: re.Match[str], ahead: str, before: str) -> tuple[Form, int] | None:
    told = _TOLD_ASIDE.match(ahead) if match.group() in _TELLS else None
    if that := (_THAT_NEAR.match(ahead) or _ADDRESSEE.match(ahead) or told):
        said = any(letter.isalnum() for letter in ahead[that.end() :])
        form = Form.INDIRECT if said else Form.INTRODUCES
        return None if _is_no_clause(match.group(), before, ahead, that) else (form, match.end() + that.end())
    if match.group() in _NO_OBJECT and before.endswith("who "):
        return None  # "a guard who knows the children's faces"
    if match.lastgroup == "that" and before.endswith(" that "):
        return None  # "the only plant that accepts foam is far away"
    if _is_bare(match, ahead) or _is_finding(match.group(), ahead, before):
        return Form.INDIRECT, match.end()
    if opens := _opening(match, ahead):
        return Form.INDIRECT, match.end() + opens.end()
    clause = match.lastgroup == "clause" and _PLAIN_CLAUSE.match(ahead) and not _NOT_CLAUSE.match(ahead)
    return (Form.INDIRECT, match.end()) if clause and not _is_noun(match.group(), before, ahead) else None


def _is_no_clause(verb: str, before: str, ahead: str, that: re.Match[str]) -> bool:
    """Whether no claim follows, though "that" or "whether" does: "decide whether they may stay", "proposes to strike what"."""
    if verb in {"put", "puts"}:  # "put that promise into law"
        return True
    if verb.startswith((*_SETTLED, "argu")) and not that.group().endswith(" that"):
        return True
    if that.re is _ADDRESSEE and (verb in _PLACES or _RESULT.search(that.group())):
        return True
    intends = verb.startswith(_INTENDS) and ahead.startswith(" to ")
    return that.re is _ADDRESSEE and (intends or _is_reduced(verb, before))


def _opening(match: re.Match[str], ahead: str) -> re.Match[str] | None:
    """What stands between a verb and a clause that no "that" opens: a colon, or a comma before "while"."""
    verb = match.group()
    if match.lastgroup == "evidence" and (fact := _FACT.match(ahead)):
        return fact
    if verb in _SPOKEN and (spoken := _COLON_SAID.match(ahead) or (verb.startswith("sa") and _COMMA_SAID.match(ahead))):
        return spoken
    reports = match.lastgroup in {"clause", "that"} and verb in _PLAIN
    return _CONCEDING.match(ahead) if reports else None


def _is_noun(verb: str, before: str, ahead: str) -> bool:
    """Whether a form is a noun here ("their claims about"), or has a thing for its object ("people who fear a check")."""
    plural = verb in PLURAL_NOUN and not _NAME_BEFORE.search(before)
    return (
        plural or (verb in BASE_NOUN and not has_many(before)) or (verb in _NO_OBJECT and not _BARE_CLAUSE.match(ahead))
    )


def _is_reduced(verb: str, before: str) -> bool:
    """Whether a participle hangs on the noun before it: "an organelle found in cells that divide"."""
    clause = before[clause_start(before, len(before)) :]
    return verb in _PARTICIPLES and bool(_AUXILIARY.search(clause)) and not _TAKES_VERB.search(clause)


def _is_bare(match: re.Match[str], ahead: str) -> bool:
    """Whether a clause follows without "that": "says he lied", "told the committee the data were poor"."""
    if match.group() in {"told", "tells", "assured", "informed"} and _TOLD_CLAUSE.match(ahead):
        return True
    bare = match.lastgroup in {"that", "clause"} and _BARE_CLAUSE.match(ahead)
    return bool(bare or (match.lastgroup == "clause" and _SHORT_CLAUSE.match(ahead)))


def _is_finding(verb: str, ahead: str, before: str) -> bool:
    """Whether a study is said to have found a thing: "the survey found widespread doubt"."""
    if verb not in FOUND or _NOT_CLAUSE.match(ahead) or not _PLAIN_CLAUSE.match(ahead):
        return False
    if _ONE_OF_THEM.search(before):  # "One, at the University of Bell, found a gain"
        return True
    return bool(_EVIDENCE_NOUN.search(before[-60:]) and not re.search(r"[,;]\s", before[-60:]))


def lacks_evidence(match: re.Match[str], before: str) -> bool:
    """Whether a verb of showing has no evidence for its subject: "the map shows" is no report."""
    relative = before.endswith((" that ", " which "))  # "submit evidence that shows": what is asked for
    return match.lastgroup == "evidence" and (relative or not _EVIDENCE_NOUN.search(before[-160:]))
