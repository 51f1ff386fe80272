"""Attributions: the words in a sentence that give what it says to somebody ("X claimed that …")."""

import re
from collections.abc import Iterator

from pullquote.asides import find_asides
from pullquote.claims import find_claims
from pullquote.doubts import HEDGED, NEAR
from pullquote.frames import LONGEST, LOOK_BACK, Attribution, Form, clause_start, holds
from pullquote.homographs import has_many, is_no_report
from pullquote.mainverbs import find_verb
from pullquote.pieces import MASK
from pullquote.sayings import find_sayings
from pullquote.verbs import (
    BASE_NOUN,
    CLAUSE,
    FOUND,
    NAMING,
    PLAIN,
    PLURAL_NOUN,
    SAID_PLAINLY,
    SPOKEN,
    THAT,
    find_verbs,
)

LOOK_AHEAD = 160
MOST_CUES = 40


_SOURCE = re.compile(
    r"(?<!\w)(?:(?P<cue>according\sto|according(?=\sthe\s[A-Z])|(?:estimated|reported|documented|compiled|published|confirmed)\sby|as\s(?:was\s|first\s)?(?:reported|stated|noted|argued|described|quoted|claimed)\sby"
    r"|(?:concerns?|objections?|doubts?|fears?|views?|complaints?|criticisms?)\s(?:voiced|expressed|raised|shared|put\sforward)\sby"
    r"|as\squoted\sin|in\sthe\s(?:words|view|opinion|eyes|judgment|judgement)\sof|in\sa\s(?:report|study|survey)\sby)"
    r"\s)",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\b(?:figures|data|statistics|estimates|numbers|ranking)\s(?:[\w-]+\s){0,4}$")
_COUNTED = re.compile(r"\d|\b(?:is|are|was|were|been|be|as|first|figures?|data|statistics|estimates|numbers?|deaths|cases|losses)(?:\s\w+ly|\sfirst)?\s$")
_ANNOUNCED = re.compile(r"(?P<who>[^:§]{2,120}):[\s.]*")
_TEST = re.compile(r"\b(?:that|which|if|when|where|whether|unless),?\s$")
_PASSIVE_END = re.compile(r"\b(?:is|are|was|were|be|been)(?:\snow|\snot|\s\w+ly)?$")
_AS_ROLE = re.compile(
    r"(?:an?\s|the\s)?(?:member|leader|head|president|chair\w*|director|founder|spokes\w+|minister)\s(?:of|for)\s"
)
_SOURCE_HINTS = (
    "ccording",
    " by ",
    "uoted in ",
    "he words of",
    "he view of",
    "pinion of",
    "eyes of",
    "judgment of",
    "judgement of",
)
_AS_SAID = re.compile(
    r"(?<!\w)(?P<cue>as|like)\s(?P<subject>[^,;:§]{2,80}?)\s(?P<verb>(?-i:(?:has\s|have\s|once\s|often\s|used\sto\s)*"
    r"(?:puts?(?:\sit)?|say|says|said|writes?|wrote|notes?|noted|argues?|argued|suggests?|suggested|claims?|claimed|"
    r"explains?|explained|observed?|reported|reports|warned|warns|point(?:s|ed)\sout|found|testified|stated|concluded|shows?|showed|shown|demonstrated|remarked|ma(?:de|kes?)\s(?:it\s)?clear|indicates?|admit(?:s|ted)?|acknowledge[sd]?|concede[sd]?|recall(?:s|ed)?|contends?|contended|asserts?|asserted|predicts?|predicted|maintains?|maintained)))(?=[,.;:]|\s§|\sin\s|$)",
    re.IGNORECASE,
)
_BY_AFTER = re.compile(
    r"[,.]?\s*(?P<cue>(?:said|says|added|adds|wrote|writes|told|explained|argued|warned|noted|claimed|argues|warns|notes|claims|states|explains|"
    r"believes|concludes|observes|insists|maintains|contends|asserts|suggests|recalls|"
    r"held|found|ruled|conceded|suggested|maintained|contended|asserted|reported|proclaimed|quipped|joked|lamented|tweeted|"
    r"recalled|replied|asked|answered|continued|insisted|urged|cautioned|predicted|responded|recounted|wondered|exclaimed|vowed|pledged|shouted|cautions|recounts|declared|boasted|testified|concluded|observed|remarked|"
    r"commented|stated|complained|admitted|announced|stressed|reads?))\s(?P<subject>[^§]{2,200})"
)
_BY_AGENT = re.compile(r"\s(?P<cue>by)\s(?P<subject>[^§]{2,160})")
_NAMED_PASSIVELY = re.compile(
    r"\b(?:been|is|was|are|were|being)\s(?:\w+ly\s)?(?:called|termed|labell?ed|dubbed|(?:described|condemned|criticis?z?ed|denounced|"
    r"hailed|praised|dismissed|characteri[sz]ed|seen|regarded)\sas)\s§+$"
)
_INTERRUPTION = r"(?:,\s[^,§]{1,80},)?"
_THAT_NEAR = re.compile(
    rf"(?:\s?\[[^\]\s]{{1,12}}\])?{_INTERRUPTION}(?:\s(?:also|again|publicly|here|today|yesterday|conclusively|clearly|recently|unanimously|repeatedly|flatly|later|\d[-–]\d))?\s(?:that|how|why|whether)(?=[\s:,§])"
)
_ADDRESSEE = re.compile(
    r"\s(?:(?:in|to|on|at|during|before|with|from|for\s(?=(?:[Tt]he\s)?[A-Z])|(?:by|via|through)\s(?=e-?mail|phone|telephone|text|letter|message|video|an?\s(?:aide|spokes|lawyer))|us|me|him|her|them|you(?=\sthat\b)|our|my|his|their|the|a|an|reporters|congress|[A-Z])(?:(?!\s(?:which|who|whom|where|is|was|are|were)\s)[^,;:§]){0,90}?|in\s[A-Z][^;§]{0,120}?)\s(?:that|how|why|whether)(?=[\s:])"
)
_QUOTE_NEXT = re.compile(
    rf"(?:\sthis)?{_INTERRUPTION}(?:\s[^,;:§.]{{1,60}})?[,:]\s*[\"'(]?§|\s(?:that\s)?§|\s(?:in|on|at|to|before)\s[^,;:§.]{{2,70}}\s§"
)
_CALLED = re.compile(r"\s(?:[\w.’'-]+\s){0,8}§")
_NOT_CLAUSE = re.compile(
    r"\s(?:in|about|of|for|with|to|on|at|by|from|over|as|against|so|no|yes|goodbye|again|it\.|and|or|but|than|nothing|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?=[.,;:]|\s(?:in|at|on|during|after|before|as|when|while|from|to|by|with|night|morning|evening|afternoon)\b)|"
    r"(?:today|yesterday|tonight)(?=[.,;:])|little\s(?:about|of|on|more)|much\s(?:about|of)|(?:more|less)\sabout|sorry|hello|farewell|grace|thanks|"
    r"them|into|responsibility|something|anything|everything|otherwise|whatever|what)\b",
    re.IGNORECASE,
)
_NO_OBJECT = frozenset("know knows knew fear fears feared assume assumes assumed presume presumes presumed".split())  # noqa: SIM905  # "people who fear a check" claim nothing
_COLON_SAID = re.compile(r"(?:\s[^,;:.§]{1,40})?:\s(?=[A-Z\[])")
_COMMA_SAID = re.compile(
    r"(?:\s(?:us|me|him|her|them))?,\s(?=(?:[^\s§]+\s+){3})(?!(?:and|but|or|which|who|while|though|with|in|on|at)\b)"
)
_PLAIN_CLAUSE = re.compile(r"\s(?:[^\s§]+\s+){2,}[^\s§]+")
_COLON_END = re.compile(r"(?:\s[^§:]{0,200})?:\s*$")
_INTENDS = ("propos", "promis", "pledg", "vow", "decid", "agree", "hope", "expect", "demand", "continu", "ask")  # "to strike"
_PARTICIPLES = frozenset("found reported documented recorded held written told described identified known made shown seen".split())  # noqa: SIM905
_AUXILIARY = re.compile(r"\s(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must)\s")
_TAKES_VERB = re.compile(  # "left and reported to us that", "Ann Lee, who was there, told"
    r"(?:\b(?:and|but|who|which|that|then|has|have|had|also|he|she|they|it|we|I)|,|ly|\b[A-Z][\w.’'-]*)\s$"
)
_SETTLED = ("decid", "determin", "consider", "discover", "learn", "kn", "judg", "assess", "document", "establish", "illustrat")
_FACT = re.compile(r"\s(?:an?|the|one)\s(?:\w+\s){0,3}(?:fact|truth|link|pattern|conclusion|finding):")
_WILL = re.compile(r"(?:\bwill|[’']ll)\s(?:\w+ly\s|also\s|no\sdoubt\s|then\s)?$")
_USED_TO = re.compile(
    r"\b(?:emailed|phoned|rose|stood|stood\sup|wrote|took\sto\s[\w\s]{2,30}?|(?:used|gave|held|called|convened|issued)\s(?:an?|the|his|her|its|their)\s[^,;:]{2,40})\sto\s$|"
    r"\b(?:used|(?:went|goes|go|gone|going)\son|continue[sd]?|had\sthis|(?:spoke|spoken|talked|wrote))\sto\s$",
    re.IGNORECASE,
)
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
_EVIDENCE_NOUN = re.compile(
    r"\b(?:stud(?:y|ies)|surveys?|polls?|research|report|reports|analys[ie]s|statistics|figures|data|evidence|reviews?|"
    r"news\sstories|papers?|findings|memo|memos|documents|records|investigations?|audits?|census|assessments?|"
    r"experiments?|trials?|estimates?|inquiry)\b|\((?:19|20)\d\d[a-z]?\)\s",
    re.IGNORECASE,
)


def find_attributions(masked: str) -> tuple[Attribution, ...]:
    """The attributions of a sentence whose quotations are masked, in order.

    Example: "Trump claimed that it sank." -> subject "Trump", cue "claimed", content from "it".
    """
    words = masked[:LONGEST]
    tags = list(_tags(words))
    tagged = {tag.start for tag in tags}  # "“…,” Lee said Thursday": no report of "Thursday"
    verbs = _verbs(words)
    if tagged:
        verbs = (verb for verb in verbs if verb.start not in tagged or verb.form is not Form.INDIRECT)
    found = [
        *_sources(words),
        *_as_said(words),
        *verbs,
        *find_sayings(words),
        *tags,
        *find_claims(words),
        *find_asides(words),
    ]
    return tuple(sorted(found, key=lambda attribution: (attribution.start, attribution.content)))


def _sources(words: str) -> Iterator[Attribution]:
    if not holds(words, _SOURCE_HINTS):
        return
    for match in _SOURCE.finditer(words):
        if match["cue"].startswith(("published", "compiled", "confirmed")) and not _FIGURES.search(
            words[: match.start()]
        ):
            continue  # "a game published by X"
        if match["cue"].startswith(("reported", "documented")) and not _COUNTED.search(words[: match.start()]):
            continue  # "the score reported by the bank is low"
        if match["cue"].startswith("in the ") and _TEST.search(words[: match.start()]):
            continue  # "any fact that, in the opinion of the secretary, shows": a rule
        subject = words[match.end() : match.end() + LOOK_BACK]
        announces = _ANNOUNCED.fullmatch(words, match.end())  # "In the words of Lee:" before a block
        form = Form.INTRODUCES if announces else Form.SOURCE
        subject = f"{announces['who']} has" if announces else subject
        yield Attribution(subject, match["cue"], form, match.start(), match.start(), match.end())


def _as_said(words: str) -> Iterator[Attribution]:
    if not holds(words, ("as ", "As ", "like ", "Like ")):
        return
    for match in _AS_SAID.finditer(words):
        if _PASSIVE_END.search(match["subject"]):
            continue  # "the rule as it is now observed"
        if (" " not in match["subject"] and match["subject"].islower()) or _AS_ROLE.match(match["subject"]):
            continue  # "as research reports": two nouns, most likely; "Ann Lee as leader of the party said"
        negated = re.search(r"\b(?:not|never|no)\b", words[: match.start()]) and match["cue"].lower() == "as"
        if not negated:
            direct = words[match.end() : match.end() + 3].lstrip(" ,:").startswith(MASK)
            form = Form.DIRECT if direct else Form.SOURCE
            subject = f"{match['subject']}{MASK}" if form is Form.SOURCE else match["subject"]
            yield Attribution(subject, match["verb"], form, match.start(), match.start(), match.end())


def _verbs(words: str) -> Iterator[Attribution]:
    for count, match in enumerate(find_verbs(words)):
        if count >= MOST_CUES:
            return
        before = words[max(0, match.start() - LOOK_BACK) : match.start()]
        foretold = match.group() in SAID_PLAINLY and _WILL.search(before[-NEAR:])  # "They will tell you that": never sure
        if HEDGED.search(before[-NEAR:]) and not (foretold or _USED_TO.search(before[-NEAR:])):
            continue
        if is_no_report(match.group(), before, words[match.end() : match.end() + LOOK_AHEAD]) or _lacks_evidence(
            match, before
        ):
            continue
        content = _content(words, match, before)
        if content is None:
            continue
        form, start = content
        clause = clause_start(words, match.start())
        subject = words[max(clause, match.start() - LOOK_BACK) : match.start()]
        cue = f"will {match.group()}" if foretold else match.group().strip()
        yield Attribution(subject, cue, form, clause, match.start(), start)


def _lacks_evidence(match: re.Match[str], before: str) -> bool:
    relative = before.endswith((" that ", " which "))  # "submit evidence that shows": what is asked for
    return match.lastgroup == "evidence" and (relative or not _EVIDENCE_NOUN.search(before[-160:]))


def _content(words: str, match: re.Match[str], before: str) -> tuple[Form, int] | None:
    """What a reporting verb governs and where that starts; None when it reports nothing."""
    ahead = words[match.end() : match.end() + LOOK_AHEAD]
    kind = match.lastgroup
    if kind in {"object", "as", "urge", "issue"}:
        return Form.INDIRECT, match.end()
    if kind == "comment" and not ahead.startswith(" that"):
        return (Form.DIRECT if MASK in ahead else Form.INTRODUCES), match.end()
    if _COLON_END.match(words, match.end()) and MASK not in words[match.end() :]:
        return Form.INTRODUCES, len(words)
    if quoted := _QUOTE_NEXT.match(ahead):
        return Form.DIRECT, match.end() + quoted.end() - 1
    if match.group() in NAMING:
        called = _CALLED.match(ahead)
        return (Form.DIRECT, match.end() + called.end() - 1) if called else None
    return _clause_content(match, ahead, before)


def _clause_content(match: re.Match[str], ahead: str, before: str) -> tuple[Form, int] | None:
    kind, verb = match.lastgroup, match.group()
    if that := (_THAT_NEAR.match(ahead) or _ADDRESSEE.match(ahead)):
        if match.group().startswith(_SETTLED) and not that.group().endswith(" that"):
            return None  # "officials decide whether they may stay"
        if that.re is _ADDRESSEE and (_is_reduced(verb, before) or (verb.startswith(_INTENDS) and ahead[:4] == " to ")):
            return None
        said = any(letter.isalnum() for letter in ahead[that.end() :])
        return (Form.INDIRECT if said else Form.INTRODUCES), match.end() + that.end()
    if _is_bare(match, ahead) or _is_finding(match.group(), ahead, before):
        return Form.INDIRECT, match.end()
    if kind == "evidence" and (fact := _FACT.match(ahead)):
        return Form.INDIRECT, match.end() + fact.end()
    if verb in SPOKEN - PLURAL_NOUN - BASE_NOUN and (
        spoken := _COLON_SAID.match(ahead) or (verb.startswith("sa") and _COMMA_SAID.match(ahead))
    ):
        return Form.INDIRECT, match.end() + spoken.end()
    if kind in {"clause", "that"} and verb in PLAIN - PLURAL_NOUN - BASE_NOUN and (aside := _CONCEDING.match(ahead)):
        return Form.INDIRECT, match.end() + aside.end()
    noun = (match.group() in PLURAL_NOUN and not _NAME_BEFORE.search(before)) or (
        match.group() in BASE_NOUN and not has_many(before)
    )
    noun = noun or (match.group() in _NO_OBJECT and not _BARE_CLAUSE.match(ahead))
    plain = kind == "clause" and not noun and _PLAIN_CLAUSE.match(ahead) and not _NOT_CLAUSE.match(ahead)
    return (Form.INDIRECT, match.end()) if plain else None


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
    return bool(_EVIDENCE_NOUN.search(before[-60:]) and not re.search(r"[,;]\s", before[-60:]))


def _tags(words: str) -> Iterator[Attribution]:
    """What stands after a quotation: "…”, Noem added" and "…”, said the minister"."""
    at = words.find(MASK)
    while at >= 0:
        end = at
        while end < len(words) and words[end] == MASK:
            end += 1
        yield from _tag(words, end)
        at = words.find(MASK, end)


def _tag(words: str, end: int) -> Iterator[Attribution]:
    tail = words[end : end + 240]
    if (agent := _BY_AGENT.match(tail)) and _NAMED_PASSIVELY.search(words[max(0, end - LOOK_BACK) : end]):
        start = end + agent.start("cue")
        yield Attribution(agent["subject"], "called", Form.INVERTED, start, start, end)
        return
    if inverted := _BY_AFTER.match(tail):
        start = end + inverted.start("cue")
        yield Attribution(inverted["subject"], inverted["cue"], Form.INVERTED, start, start, end)
        return
    verb = _TAG_VERB.match(tail)
    if verb and not _NO_TAG.match(verb["subject"]) and (_ASIDE.search(verb["subject"]) or not _acts(verb["subject"])):
        start = end + verb.start("subject")
        yield Attribution(verb["subject"], verb["cue"], Form.AFTER, start, end + verb.start("cue"), end)


def _acts(subject: str) -> bool:
    """Whether what stands between a quotation and a verb has a verb of its own: "“…” in the Senate passed a bill"."""
    return bool(find_verb(f" {subject} "))


_NO_TAG = re.compile(r"(?:into|in|on|at|to|for|of|with|from|by|as|over|and|or)\s", re.IGNORECASE)
_ASIDE = re.compile(r",\s")
_TAG_VERB = re.compile(
    rf"[,.]?\s+(?P<subject>[^§;:]{{1,120}}?)\s(?!(?:judge|state|rule|project|document|record|post|signal)\b)(?P<cue>(?:{CLAUSE}|{THAT}))(?=[.,;:]|\s[(§]|\s(?:in|on|to|of|at|during|while|when|as|after|before|for|about|from|last|this|earlier|later|today|yesterday|"
    r"the|a|his|her|its|their|my|our|us|me|him|them|reporters|lawmakers|investigators|journalists|police|[A-Z]\w+)\b|$)"
)
