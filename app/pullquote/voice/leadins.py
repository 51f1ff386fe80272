"""Lead-ins: whether the items of the list that a sentence leads in are what the author holds."""

import re

from pullquote.voice.neighbours import Doubt

_HELD = (  # what somebody holds, and who holds it
    r"claims?|myths?|arguments?|objections?|criticisms?|complaints?|misconceptions?|misunderstandings?|fallac(?:y|ies)|excuses?|fears?|"
    r"worries|concerns|beliefs?|assertions?|allegations?|accusations?|charges|rumou?rs?|lies|falsehoods?|promises|slogans?|talking\spoints|"
    r"views?|opinions?|positions?|against|opponents?|critics?|sceptics?|skeptics?|detractors?|supporters?|advocates|proponents|campaigners?|"
    r"lobby(?:ists?)?|they|others|hears?|heard|says?|said|tells?|told|claimed|argue[sd]?|believe[sd]?|thinks?|thought"
)
_NOT = r"no|not|none|never|nothing|neither|nobody|cannot"
_UNTRUE = (
    r"un\s?true|true|false|wrong|incorrect|mistaken|reject(?:s|ed)?|den(?:y|ies|ied)|"
    r"dismiss(?:es|ed)?|disput(?:e|es|ed)|refut(?:e|es|ed)|oppos(?:e|es|ed)|supposed(?:ly)?|alleged(?:ly)?|so-called"
)
_DENIED = rf"{_NOT}|{_UNTRUE}"
_OFFERS = r"reasons?|points?|plans?|proposals?|demands?|case|terms|aims|answers?|programme|manifesto|pledges?|recommendations?"
_NOT_OWN = re.compile(  # "None of the following is true:", "The arguments against are:", "The minister's reasons are these:"
    rf"\b(?:{_HELD}|{_DENIED})\b|n[’']t\b|(?<!\blet)(?<!\bhere)(?<!\bthat)(?<!\bit)[’']s?\s(?:[\w-]+\s){{0,2}}(?:{_OFFERS})\b|"
    rf"\b(?:his|her|their)\s(?:[\w-]+\s){{0,2}}(?:{_OFFERS})\b|"
    r"\b(?:makes?|made|gives?|gave|raises?|raised|offers?|offered|lists?|listed|cites?|cited)\s(?:[\w-]+\s){0,2}(?:reasons?|points?|demands?)\b|"
    r"(?<!\bpaper)(?<!\barticle)(?<!\bbrief)\s(?:supports|backs|favou?rs|wants|seeks|demands|proposes|promises|urges)(?:\sto)?:",
    re.IGNORECASE,
)
_WEAK = re.compile(  # alone no sign of what others hold: "A town cannot:", "Guard it against:", "When they grow, trees give:"
    rf"\b(?:{_NOT}|they|others|against|thought|charges|promises)\b|n[’']t\b", re.IGNORECASE
)
_RULES = re.compile(r"\b(?:shall|must|should|ought)\b", re.IGNORECASE)  # the author's: "The fund shall pay claims for:"
_OTHERS_HOLD = re.compile(rf"\b(?:{_HELD})\b", re.IGNORECASE)
_OWN = re.compile(  # "I hold three views:", "My worries are these:", "It is not hard to see why:"
    rf"\b(?:I|we)\s(?:(?!{_DENIED})[a-z]+\s)?(?:have|hold|held|make|made|give|offer|raise|share|say|said|argue|argued|believe|think|thought|claim)\b"
    rf"(?:\s(?:[\w-]+\s){{0,2}}(?:{_HELD}|{_OFFERS})\b)?|\b(?:my|our)\s(?:[a-z]+\s){{0,2}}(?:{_HELD}|{_OFFERS})\b|"
    r"\bnot\s(?:hard|difficult)\sto\b|\bno\s(?:shortage|lack|doubt|wonder|secret)\b",
    re.IGNORECASE,
)
_HERE_IS_WHY = re.compile(r"\b(?:here|that|this)(?:\sis|[’']s)\swhy\b", re.IGNORECASE)


def disowns(words: str) -> Doubt:
    """What a lead-in leaves of the author in what it announces.

    Some doubt where that may be the opposite of what is so ("Nothing in this order shall affect:"), nothing where
    others may hold it ("Opponents make three arguments:").
    """
    why = _HERE_IS_WHY.search(words)  # what follows are the author's reasons, whatever they are reasons for
    rest, sign = (words[why.end() :], _OTHERS_HOLD) if why else (_OWN.sub(" ", words), _NOT_OWN)
    if not sign.search(rest):
        return Doubt.NONE
    plain = sign.search(_WEAK.sub(" ", rest)) and not _RULES.search(rest)
    return Doubt.SPEAKER if plain else Doubt.SOME
