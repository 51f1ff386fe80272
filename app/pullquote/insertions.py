"""Insertions: letters, articles and other members' words that stand in a speech."""

import re
from dataclasses import replace

from pullquote.parts import Speaker

_READ_IN = re.compile(
    r"ordered\sto\sbe\sprinted\sin\sthe\s(?:record|appendix)|be\sprinted\sin\sthe\srecord,?\sas\sfollows", re.IGNORECASE
)
_READ_IN_FROM = re.compile(r"\[?(?:From|By)\s(?P<from>the\s[A-Z][\w .&’']{2,60}?)(?:,|\]|$)")
_TAG = re.compile(
    r"(?:Mr|Ms|Mrs|Miss|Dr)\.\s(?P<name>[A-Z][A-Z’'-]*[A-Z])(?:\sof\s[A-Z][\w ]{2,30})?\.(?:\s|$)|The\s(?:PRESIDING\sOFFICER|SPEAKER)\b[^.]{0,40}\."
)
_DEAR = re.compile(r"Dear\s[A-Z][^.!?]{0,80}[:,]")
_LETTER_END = re.compile(r"(?:Yours\s\w+|Sincerely|Respectfully|Very\struly\syours|Best\sregards)", re.IGNORECASE)


class Insertions:
    """Whether a document, read from its start, is inside a text that its author did not write."""

    def __init__(self, author: str | None) -> None:
        self._author = author
        self._speaker: Speaker | None = None
        self._letter = False

    @property
    def reading(self) -> bool:
        """Whether the last sentence heard belonged to an insertion."""
        return self._speaker is not None

    def hear(self, words: str) -> Speaker | None:
        """Who speaks in a sentence of an insertion; None outside of any."""
        if self._letter and _LETTER_END.match(words):
            signed, self._speaker, self._letter = self._speaker, None, False
            return signed
        self._turn(words)
        if self._speaker:
            if named := _READ_IN_FROM.match(words):
                self._speaker = replace(self._speaker, name=named["from"].strip(), sure=False)
            return self._speaker
        if _READ_IN.search(words):
            self._speaker = Speaker(None, (), "printed in the Record", sure=False)
            return Speaker(self._author, own=True)
        return None

    def _turn(self, words: str) -> None:
        """Take note of a member who takes the floor, or of a letter's opening."""
        if tag := _TAG.match(words):
            self._speaker, self._letter = self._member(tag), False
        elif _DEAR.match(words):
            self._speaker, self._letter = Speaker(None, (), "Dear", sure=False), True

    def _member(self, tag: re.Match[str]) -> Speaker | None:
        name = tag["name"]
        if not self._author or (name and name.casefold() in self._author.casefold()):
            return None
        return Speaker(tag.group().strip().rstrip("."), (), tag.group().strip())
