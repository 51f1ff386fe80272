"""Who speaks inside quotation marks, where the sentence around them says so and where it does not."""

import re
from dataclasses import replace

from pullquote.voice.coreference import Memory
from pullquote.voice.frames import PREDICATE, Form
from pullquote.voice.governing import governing, retelling
from pullquote.voice.identities import Identities
from pullquote.voice.owners import is_nobodys
from pullquote.voice.pieces import TERM_WORDS, Piece, is_scare, is_term, is_title
from pullquote.voice.script import Script
from pullquote.voice.secondhand import is_answer, is_secondhand
from pullquote.voice.verbs import CLAUSE, THAT
from pullquote.voice.voices import Attributed, Speaker

STILL = 2  # sentences after which a quotation nobody is named for is no longer given to the last speaker
LOOK_ON = 4  # sentences of one quotation that may pass before its speaker is named

_NAMED = re.compile(r"\s[A-Z][a-z]|[A-Z]{2,}\b")  # a proper name in what stands before a quotation
_NOTE = re.compile(r"\[\w+\]")
_ASKS = re.compile(r"[?!][\"'”’]+\s*$")
_SAYS_NEXT = re.compile(rf"(?!(?:He|I|It|She|They|We)\s)(?:[A-Z][\w.’'-]*\s){{1,4}}(?:\w+ly\s)?(?:{CLAUSE}|{THAT})\b")


class Quoting:
    """Gives every quotation of a document to its speaker, sentence by sentence."""

    def __init__(self, script: Script, identities: Identities, memory: Memory) -> None:
        self._script = script
        self._identities = identities
        self._memory = memory

    def quoted(self, position: int, attributed: Attributed) -> list[tuple[Piece, Speaker]]:
        """The quotations of a sentence that are another's words; terms, titles and the author's own are left out."""
        words, masked = self._script.words(position), self._script.masked(position)
        attributions = [attribution for attribution, _ in attributed]
        quoted = []
        for piece in self._script.pieces[position]:
            speaker = governing(piece, attributed) or self._carried(position, piece, len(words))
            if speaker is None and is_term(piece, words):
                continue
            if is_title(piece, words) or (retelling(piece, attributed) and is_scare(piece, words)):
                continue
            speaker = speaker or self._likely(position, piece)
            if is_answer(masked, piece.start):
                speaker = Speaker(None, (), speaker.cue, sure=False)
            elif not piece.quotation.closed or is_secondhand(masked, piece.start, attributions):
                speaker = replace(speaker, sure=False)
            self._memory.by_quotation[piece.quotation.number] = speaker
            if not speaker.own:
                quoted.append((piece, speaker))
        return quoted

    def _carried(self, position: int, piece: Piece, length: int) -> Speaker | None:
        """The speaker of a quotation that no words of this sentence attribute."""
        memory = self._memory
        if piece.quotation.number in memory.by_quotation:
            return memory.by_quotation[piece.quotation.number]
        if ahead := self._named_later(position, piece.quotation.number):
            return ahead
        if piece.start > 0 or (piece.words <= TERM_WORDS and piece.end < length - 1):
            return None
        if memory.quoting and self._script.goes_on(position):
            sure = memory.quoting.sure and not self._may_be_asked(position)
            return replace(memory.quoting, sure=sure)
        if memory.speaker and memory.heard_at == position - 1:
            return replace(memory.speaker, sure=False)
        return None

    def _named_later(self, position: int, number: int) -> Speaker | None:
        """Who is named only where a later sentence closes the quotation."""
        for later in range(position + 1, min(position + LOOK_ON, len(self._script.sentences))):
            if all(piece.quotation.number != number for piece in self._script.pieces[later]):
                return None
            tags = [pair for pair in self._identities.attributed(later) if pair[0].form in {Form.AFTER, Form.INVERTED}]
            if tags:
                return tags[0][1]
        return None

    def _may_be_asked(self, position: int) -> bool:
        """Whether the sentence after a quoted question names who may have asked it: "“Who pays?” Lee said the city pays."."""
        asks = self._script.goes_on(position + 1) and _ASKS.search(self._script.words(position))
        return bool(asks and _SAYS_NEXT.match(self._script.masked(position + 1)))

    def _likely(self, position: int, piece: Piece) -> Speaker:
        """Whose a quotation most likely is that nothing attributes; never sure."""
        masked = self._script.masked(position)
        mark = self._script.words(position)[piece.start : piece.start + 1]
        owner = self._identities.owner(piece.start, position, mark)
        return owner or self._still(position, masked[: piece.start]) or Speaker(None, (), mark, sure=False)

    def _still(self, position: int, before: str) -> Speaker | None:
        """Who spoke last in this paragraph: most likely quoted once more where nobody else is named."""
        begun = self._memory.quoting and self._script.goes_on(position) and not PREDICATE.search(before)
        if is_nobodys(before) or (
            _NAMED.search(_NOTE.sub("", before).strip()) and not begun
        ):  # begun: "Without Trade in mind, “…”" goes on
            return None
        last, at = self._memory.speaker, self._memory.heard_at
        same = last and position - at <= STILL and self._script.shares_paragraph(position, at)
        return replace(last, sure=False) if last and same and not last.own else None
