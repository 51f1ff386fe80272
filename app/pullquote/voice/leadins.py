"""Lead-ins: whether the items of the list that a sentence leads in are what the author holds."""

import re

_HELD = (  # what somebody holds, and who holds it
    r"claims?|myths?|arguments?|objections?|criticisms?|complaints?|misconceptions?|misunderstandings?|fallac(?:y|ies)|excuses?|fears?|"
    r"worries|concerns|beliefs?|assertions?|allegations?|accusations?|charges|rumou?rs?|lies|falsehoods?|promises|slogans?|talking\spoints|"
    r"views?|opinions?|positions?|against|opponents?|critics?|sceptics?|skeptics?|detractors?|supporters?|advocates|proponents|campaigners?|"
    r"lobby(?:ists?)?|they|others|hears?|heard|says?|said|tells?|told|claimed|argue[sd]?|believe[sd]?|thinks?|thought"
)
_DENIED = (
    r"no|not|none|never|nothing|neither|nobody|cannot|un\s?true|true|false|wrong|incorrect|mistaken|reject(?:s|ed)?|den(?:y|ies|ied)|"
    r"dismiss(?:es|ed)?|disput(?:e|es|ed)|refut(?:e|es|ed)|oppos(?:e|es|ed)|supposed(?:ly)?|alleged(?:ly)?|so-called"
)
_OFFERS = r"reasons?|points?|plans?|proposals?|demands?|case|terms|aims|answers?|programme|manifesto|pledges?|recommendations?"
_NOT_OWN = re.compile(  # "None of the following is true:", "The arguments against are:", "The minister's reasons are these:"
    rf"\b(?:{_HELD}|{_DENIED})\b|n[’']t\b|(?<!\blet)(?<!\bhere)(?<!\bthat)(?<!\bit)[’']s?\s(?:[\w-]+\s){{0,2}}(?:{_OFFERS})\b|"
    rf"\b(?:his|her|their)\s(?:[\w-]+\s){{0,2}}(?:{_OFFERS})\b|"
    r"\b(?:makes?|made|gives?|gave|raises?|raised|offers?|offered|lists?|listed|cites?|cited)\s(?:[\w-]+\s){0,2}(?:reasons?|points?|demands?)\b|"
    r"(?<!\bpaper)(?<!\barticle)(?<!\bbrief)\s(?:supports|backs|favou?rs|wants|seeks|demands|proposes|promises|urges)(?:\sto)?:",
    re.IGNORECASE,
)
_OTHERS_HOLD = re.compile(rf"\b(?:{_HELD})\b", re.IGNORECASE)
_OWN = re.compile(  # "I hold three views:", "My worries are these:", "It is not hard to see why:"
    rf"\b(?:I|we)\s(?:(?!{_DENIED})[a-z]+\s)?(?:have|hold|held|make|made|give|offer|raise|share|say|said|argue|argued|believe|think|thought|claim)\b"
    rf"(?:\s(?:[\w-]+\s){{0,2}}(?:{_HELD}|{_OFFERS})\b)?|\b(?:my|our)\s(?:[a-z]+\s){{0,2}}(?:{_HELD}|{_OFFERS})\b|"
    r"\bnot\s(?:hard|difficult)\sto\b|\bno\s(?:shortage|lack|doubt|wonder|secret)\b",
    re.IGNORECASE,
)
_HERE_IS_WHY = re.compile(r"\b(?:here|that|this)(?:\sis|[’']s)\swhy\b", re.IGNORECASE)


def disowns(words: str) -> bool:
    """Whether what a lead-in announces may be what others hold, or the opposite of what is so."""
    if why := _HERE_IS_WHY.search(words):  # what follows are the author's reasons, whatever they are reasons for
        return bool(_OTHERS_HOLD.search(words, why.end()))
    return bool(_NOT_OWN.search(_OWN.sub(" ", words)))
