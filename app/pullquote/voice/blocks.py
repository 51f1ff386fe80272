"""Blocks: text that a colon announces as another's, set off in paragraphs or list items of its own."""

import re
from dataclasses import dataclass

from pullquote.voice.voices import Speaker, VoiceKind

DOUBT = 3  # paragraphs after a block quotation that may still belong to it

_AUTHOR_AGAIN = re.compile(
    r"(?:(?:mr|madam|mrs)\.?\s(?:president|speaker|chair\w*)|I\b|we\b|our\b|my\b|however|this\s|these\s|but\s|so\s|"
    r"yet\s|in\s(?:sum|short|closing|conclusion)|clearly|finally|today|bottom\sline|there\s(?:can\sbe|is)\sno\s|the\sfact\sis|let\s(?:me|us)\s)",
    re.IGNORECASE,
)
ITEM = re.compile(r"(?:[-•*–]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s")
_SET_OFF = re.compile(r">\s?")


@dataclass(slots=True)
class Blocks:
    """Which paragraphs after "X wrote:" are X's words, and from where on that is no longer known."""

    _paragraph: int | None = None
    _speaker: Speaker | None = None
    _mark: re.Pattern[str] | None = None  # what every paragraph of this block begins with
    _here: int = -1
    _reached: int = -1  # the last paragraph that surely belongs to the block

    def announce(self, paragraph: int, speaker: Speaker) -> None:
        """Take note that the paragraph after this one is the speaker's."""
        self._paragraph, self._speaker, self._mark, self._here = paragraph, speaker, None, paragraph
        self._reached = paragraph + 1

    def hear(self, paragraph: int, words: str) -> tuple[VoiceKind, Speaker] | None:
        """Whose a sentence is; `unclear` where the block may or may not go on; None outside of any.

        Example: after "The study found:", an item "1. Crime fell." is reported of the study.
        """
        if self._paragraph is None or self._speaker is None or paragraph <= self._paragraph:
            return None
        opens, self._here = paragraph != self._here, paragraph
        first = paragraph == self._paragraph + 1
        if first and opens:
            self._mark = next((mark for mark in (ITEM, _SET_OFF) if mark.match(words)), None)
        if first or (self._mark and (not opens or self._mark.match(words))):
            kind = VoiceKind.REPORTED if self._mark is ITEM else VoiceKind.QUOTED
            return kind, self._speaker
        if opens and words[:1].islower() and paragraph == self._reached + 1:
            self._reached = paragraph  # a quotation broken in the middle of a sentence
        if not self._mark and paragraph == self._reached:
            return VoiceKind.QUOTED, self._speaker
        if self._mark or paragraph > self._paragraph + DOUBT + 1 or _AUTHOR_AGAIN.match(words):
            self.end()
            return None
        return VoiceKind.UNCLEAR, Speaker(None, sure=False)

    def end(self) -> None:
        """Forget the block: the author is back."""
        self._paragraph = None
