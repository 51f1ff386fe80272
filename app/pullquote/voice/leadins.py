"""Lead-ins: the sentence with a colon that a list hangs on, and whether its items are what the author holds."""

import re
from collections.abc import Sequence
from functools import cached_property

from pullquote.documents import Document
from pullquote.sentences import Kind, Sentence
from pullquote.voice.blocks import ITEM

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


_ROMAN = re.compile(r"\(?[ivx]+\b")


def _mark(words: str) -> str | None:
    """The kind of mark that an item opens with; one with another mark stands in another list: "(b)" after "(i)", "(ii)"."""
    if not (item := ITEM.match(words)):
        return None
    first = item.group().lstrip("(")[0]
    return "i" if _ROMAN.match(words) else "1" if first.isdigit() else "a" if first.isalpha() else first


class LeadIns:
    """The lists of a document and the sentences that lead them in."""

    def __init__(self, document: Document, sentences: Sequence[Sentence]) -> None:
        self._text = document.text
        self._sentences = sentences

    @cached_property
    def _leads(self) -> dict[int, int]:
        """Where the sentence stands that leads a list in, by the paragraphs of its items."""
        leads: dict[int, int] = {}
        lead, paragraph, mark = None, None, None
        for position, sentence in enumerate(self._sentences):
            words = sentence.span.cut(self._text)
            opens, paragraph = sentence.paragraph != paragraph, sentence.paragraph
            item = _mark(words) if opens else None
            if lead is not None and (paragraph in leads or (item and item == (mark or item))):
                leads[paragraph] = lead
                mark = mark or item
            else:
                lead = position if sentence.kind is not Kind.HEADING and words.endswith(":") else None
                mark = None
        return leads

    def before(self, position: int) -> int | None:
        """The sentence that leads in the list in which the one at `position` stands."""
        return self._leads.get(self._sentences[position].paragraph)

    def disowns(self, lead: int) -> bool:
        """Whether what a lead-in announces may be what others hold, or the opposite of what is so."""
        words = self._sentences[lead].span.cut(self._text)
        if why := _HERE_IS_WHY.search(words):  # what follows are the author's reasons, whatever they are reasons for
            return bool(_OTHERS_HOLD.search(words, why.end()))
        return bool(_NOT_OWN.search(_OWN.sub(" ", words)))
