"""Doubts: whether a sentence that attributes nothing may still tell what others say."""

import re

from pullquote.voice.frames import LONGEST, holds
from pullquote.voice.verbs import find_verbs

NEAR = 80  # letters before a verb that tell whether it is hedged
_AS_SOME = re.compile(r"\bas\s(?:some|others|many|critics)\b|\bwhat\s(?:some|others|many)\scall\b")
_HINT = re.compile(
    r"\b(?:according\sto|(?:claiming|arguing|saying|suggesting|citing|alleging|contending|noting|finding|concluding)\sthat|"
    r"(?:claims?|beliefs?|arguments?|views?|criticisms?|theory|allegations?|concerns?|fears?|accusations?|conclusions?|findings?|"
    r"contention|assertion|notion|idea|premise)(?:\s\w+){0,2}\s(?:is|are|was|were|that|goes)\b|"
    r"(?:allegation|accusation|claim|argument|charge)\b[^.;]{0,40}?\s(?:is|was)\sthat\b|(?:reported|alleged|supposed|purported)ly\b|"
    r"\bit\s(?:has\s(?:\w+\s)?been|was|is)\s(?:\w+\s)?(?:found|shown|reported|noted|demonstrated|established|observed)\sthat\b|"
    r"(?:believed|thought|alleged|supposed|reported|reputed|considered|held|said)\sto\b|(?:seen|viewed|regarded|perceived|described)\sas\b|"
    r"(?:point\sof\sview|in\s(?:their|his|her)\s(?:view|opinion|eyes|words))|oppos(?:e|es|ed(?!\sto\b))\b|advocat(?:es|ed)\b|"
    r"(?:critics|opponents|proponents|supporters|advocates)\b)",
    re.IGNORECASE,
)
_HINTS = (  # without one of these the slow pattern need not be tried
    "according", "claim", "belief", "argument", "view", "critic", "theory", "allegation", "concern", "fear", "accusation", "conclusion",
    "finding", "contention", "assertion", "notion", "idea", "premise", "charge", "reportedly", "allegedly", "supposedly", "purportedly",
    "ing that", "nd that", "ed that", "wn that", "ed to", "ht to", "ld to", "id to", "en as", "wed as", "ded as", "ved as", "bed as",
    "opinion", "eyes", "words", "oppos", "advocat", "opponents", "proponents", "supporters",
)  # fmt: skip
HEDGED = re.compile(
    r"(?:\b(?:will|shall|can|could(?:\shave)?|should|must(?:\shave)?|(?-i:may)(?:\shave)?|might(?:\shave)?|to|not|never|cannot|don[’']t|doesn[’']t|didn[’']t|won[’']t|can[’']t|couldn[’']t|wouldn[’']t|shouldn[’']t|hasn[’']t|haven[’']t|hadn[’']t|aren[’']t|wasn[’']t|weren[’']t|(?:I|you|he|she|it|we|they)[’']ll|"
    r"let|let[’']s|being|be|been|is|are|was|were|am|isn[’']t|it[’']s|of|in|with|by|for|from|on|about|into|these|those|"
    r"this|recent|such|no|any|without|a|an|the|its|their|his|her|our|my|your|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|dozens|several|other|\d+(?:[.,]\d+)*|than|as\sotherwise)"
    r"(?:\s\w+ly|\salso|\sever|\seven|\soften|\ssometimes|\slong|\sstill|\snow|\sonce|\syet|\sfurther|\sfirst|\sthen|\slater)*)\s$",
    re.IGNORECASE,
)
_CLAIM_NEXT = re.compile(r"[^.;:]{0,80}?\s(?:that|how|whether|why)\s|[^.;§]{0,60}?[:,]?\s?[§“\"]")
_ACTS_OF_SPEECH = (
    "agree", "deni", "deny", "propos", "recommend", "announc", "promis", "pledg", "demand", "caution", "object", "decr", "lament",
    "vow", "declar", "urge", "assess", "concede", "conced", "admi", "bemoan", "hope", "worr", "feel", "felt", "note", "state", "add",
    "wrote", "write", "told", "tell", "hint", "cite", "maintain", "hold", "held", "rule", "conclu", "observ", "find", "found", "reveal",
)  # fmt: skip
_TOLD = re.compile(  # "Word came from the palace that"
    r"\b(?:words?|rumou?rs?|reports?|suggestions?|hopes?|doubts?|assurances?|point|promises?|warnings?|consensus|agreement|lesson|"
    r"messages?|predictions?|fears?|concerns?|feeling|impression|admission|revelation|charges?|conviction|opinion|judge?ment|expectations?|"
    r"assumption|perception|acknowledge?ment|testimony|signals?|hints?|complaints?|denial|pledges?|vow|threats?|thesis|hypothesis|proposition|"
    r"explanation|answer|reply)(?:\s[\w’'-]+){0,6}?,?\s(?:(?:is|was)\s)?that\b"
)
_OWN_NOUN = re.compile(r"\b(?:[Mm]y|[Oo]ur)\s$")
_ALOUD = re.compile(  # "they will tell you", "Her point: ", "so the mayor"
    r"\b(?:they|he|she)(?:\swill|[’']ll)\stell\syou\b|"
    r"\b(?:adamant|blunt|point|view|answer|message|verdict|warning|conclusion|lesson|word):\s|,\sso\sthe\s\w+,",
    re.IGNORECASE,
)
_COUNTRIES = re.compile(
    r"\b(?:member|nation|city|client|arab|western|islamic|southern|northern|many|all|some|most|several|other|few|which|between|among)\s$",
    re.IGNORECASE,
)
_FIRST_PERSON_BEFORE = re.compile(r"\b(?:I|[Ww]e|you|who|which|and(?!\s(?:he|she|it|they)\b))\s(?:\w+\s)?$")


def _may_govern(match: re.Match[str], words: str) -> bool:
    """Whether a verb that no rule could read may still govern a claim: not "continued to grow" or "demonstrated a will"."""
    if match.lastgroup not in {"that", "evidence"} or _CLAIM_NEXT.match(words, match.end()):
        return True
    return match.lastgroup == "that" and match.group().startswith(_ACTS_OF_SPEECH)


def may_report(masked: str) -> bool:
    """Whether a sentence without attribution still holds a reporting verb somebody else may govern."""
    words = masked[:LONGEST]
    for match in find_verbs(words):
        before = words[max(0, match.start() - NEAR) : match.start()]
        if match.group() == "states" and _COUNTRIES.search(before):
            continue
        if HEDGED.search(before) or not _may_govern(match, words):
            continue
        if not _FIRST_PERSON_BEFORE.search(before):
            return True
        if before.endswith((", which ", ", who ")) and words.startswith(" that", match.end()):
            return True
    return bool((holds(words.lower(), _HINTS) and _HINT.search(words)) or _is_told(words))


def _is_told(words: str) -> bool:
    """Whether a noun tells that somebody said so, other than the author: "rumors spread that"."""
    told = _TOLD.search(words.lower()) if " that" in words else None
    if told and not _OWN_NOUN.search(words[: told.start()]):
        return True
    aloud = ": " in words or "tell you" in words or ", so the " in words
    return aloud and bool(_ALOUD.search(words))


def hints_at_others(masked: str) -> bool:
    """Whether the author, in words of their own, points at what others say: "as some have"."""
    return bool(_AS_SOME.search(masked[:LONGEST]))
