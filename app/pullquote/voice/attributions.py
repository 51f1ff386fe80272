"""Attributions: the words in a sentence that give what it says to somebody ("X claimed that …")."""

import re
from collections.abc import Iterator

from pullquote.voice.asides import NOBODY, find_asides
from pullquote.voice.claims import find_claims
from pullquote.voice.contents import LOOK_AHEAD, OF_TIME, another_says, content_of, lacks_evidence
from pullquote.voice.doubts import HEDGED, NEAR
from pullquote.voice.frames import (
    APART,
    LONGEST,
    LOOK_BACK,
    NAMED_AS,
    NAMED_BY_SOME,
    Attribution,
    Form,
    clause_start,
    holds,
)
from pullquote.voice.homographs import is_no_report
from pullquote.voice.mainverbs import find_verb
from pullquote.voice.pieces import MASK
from pullquote.voice.sayings import find_sayings
from pullquote.voice.verbs import CLAUSE, SAID_PLAINLY, THAT, find_verbs

MOST_CUES = 40


_SOURCE = re.compile(
    r"(?<!\w)(?:(?P<cue>according\sto|according(?=\sthe\s[A-Z])|(?:estimated|reported|documented|compiled|published|confirmed)\sby|as\s(?:was\s|first\s)?(?:reported|stated|noted|argued|described|quoted|claimed)\sby"
    r"|(?:concerns?|objections?|doubts?|fears?|views?|complaints?|criticisms?)\s(?:voiced|expressed|raised|shared|put\sforward)\sby"
    r"|as\squoted\sin|in\sthe\s(?:words|view|opinion|eyes|judgment|judgement)\sof|in\sa\s(?:report|study|survey)\sby)"
    r"\s)",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\b(?:figures|data|statistics|estimates|numbers|ranking)\s(?:[\w-]+\s){0,4}$")
_COUNTED = re.compile(
    r"\d|\b(?:is|are|was|were|been|be|as|first|figures?|data|statistics|estimates|numbers?|deaths|cases|losses)(?:\s\w+ly|\sfirst)?\s$"
)
_ANNOUNCED = re.compile(r"(?P<who>[^:§]{2,120}):[\s.]*")
_TEST = re.compile(r"\b(?:that|which|if|when|where|whether|unless),?\s$")
_PASSIVE_END = re.compile(r"\b(?:who|which|that)$|\b(?:is|are|was|were|be|been)(?:\snow|\snot|\s\w+ly)?$")
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
_NAMED_PASSIVELY = re.compile(rf"(?:\b(?:been|is|was|are|were|being)\s(?:\w+ly\s)?|{APART}){NAMED_AS}\s§+$")
_NAMED_ASIDE = re.compile(rf"(?:{NAMED_BY_SOME}|{APART}{NAMED_AS}\s)§+$")
_NAMED_APART = re.compile(rf"(?P<named>{APART}{NAMED_AS}\s)§+(?P<by>\sby\s)?")
_WILL = re.compile(r"(?:\bwill|[’']ll)\s(?:\w+ly\s|also\s|no\sdoubt\s|then\s)?$")
_USED_TO = re.compile(
    r"\b(?:enough|likes?|loves?|try|tries|tried|beg[aiu]n|begins|start(?:s|ed)?|c[ao]mes?|wants?|wanted)\sto\s$|\b(?:emailed|phoned|rose|stood|stood\sup|wrote|took\sto\s[\w\s]{2,30}?|(?:used|gave|held|called|convened|issued)\s(?:an?|the|his|her|its|their)\s[^,;:]{2,40})\sto\s$|"
    r"\b(?:used|(?:went|goes|go|gone|going)\son|continue[sd]?|had\sthis|(?:spoke|spoken|talked|wrote))\sto\s$",
    re.IGNORECASE,
)


def find_attributions(masked: str) -> tuple[Attribution, ...]:
    """The attributions of a sentence whose quotations are masked, in order.

    Example: "Trump claimed that it sank." -> subject "Trump", cue "claimed", content from "it".
    """
    words = masked[:LONGEST]
    called = tuple(_called(words))
    tags = list(_tags(words))
    tagged = {tag.start for tag in tags}  # "“…,” Lee said Thursday": no report of "Thursday"
    apart = {named.content for named in called}
    verbs = (verb for verb in _verbs(words) if verb.form is not Form.DIRECT or verb.content not in apart)
    if tagged:
        verbs = (verb for verb in verbs if verb.start not in tagged or verb.form is not Form.INDIRECT)
    found = [
        *_sources(words),
        *_as_said(words),
        *verbs,
        *find_sayings(words),
        *tags,
        *(named for named in called if named.subject),
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
    opened = 0  # where a clause starts that a verb before reports: "Police said Moe wrote: “…”"
    for count, match in enumerate(find_verbs(words)):
        if count >= MOST_CUES:
            return
        before = words[max(0, match.start() - LOOK_BACK) : match.start()]
        foretold = match.group() in SAID_PLAINLY and _WILL.search(
            before[-NEAR:]
        )  # "They will tell you that": never sure
        if HEDGED.search(before[-NEAR:]) and not (foretold or _USED_TO.search(before[-NEAR:])):
            continue
        if is_no_report(match.group(), before, words[match.end() : match.end() + LOOK_AHEAD]) or lacks_evidence(
            match, before
        ):
            continue
        content = content_of(words, match, before)
        if content is None:
            continue
        form, start = content
        clause = max(opened, clause_start(words, match.start()))
        subject = words[max(clause, match.start() - LOOK_BACK) : match.start()]
        opened = match.end() if another_says(match, words) else opened
        cue = f"will {match.group()}" if foretold else match.group().strip()
        yield Attribution(subject, cue, form, clause, match.start(), start)


def _called(words: str) -> Iterator[Attribution]:
    """What a name between commas is said to be called, by nobody: "Lee, described as “…” in the press, said"; no subject where "by" follows."""
    for named in _NAMED_APART.finditer(words) if MASK in words else ():
        subject = "" if named["by"] else NOBODY
        yield Attribution(subject, "called", Form.DIRECT, named.start(), named.start(), named.end("named"))


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
    if _NAMED_ASIDE.search(words[max(0, end - LOOK_BACK) : end]):
        return  # "The firm, which Lee calls “…”, said its cars were safe"
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
    rf"[,.]?\s+(?P<subject>[^§;:]{{1,120}}?)\s(?!(?:judge|state|rule|project|document|record|post|signal)\b)(?P<cue>(?:called|cried|shouted|shot)\s(?:back|out)|(?:{CLAUSE}|{THAT}))(?=[.,;:]|\s[(§]|\s(?:in|on|to|of|at|during|while|when|as|after|before|for|about|from|by|last|this|that(?={OF_TIME})|earlier|later|today|yesterday|"
    r"the|a|his|her|its|their|my|our|us|me|him|them|reporters|lawmakers|investigators|journalists|police|[A-Z]\w+)\b|$)"
)
