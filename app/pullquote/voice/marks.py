"""The voices of a sentence with quotations, put together from left to right."""

import re
from dataclasses import replace

from pullquote.span import Span
from pullquote.voice.extent import CONCEDED, MAIN_CLAUSE, insertion, is_clause
from pullquote.voice.frames import Attribution
from pullquote.voice.verbs import AUXILIARY
from pullquote.voice.voices import Attributed, Speaker, Voice, VoiceKind

FEWEST = 2  # words after a quotation that are no more of a report: "in May"
MOST_OF_A_TAG = 4  # words between two quotations that only say who speaks: "Ann Lee said, adding"
_OWN_CLAUSE_WORDS = re.compile(
    r"[,;]?\s*(?:and|but|so|yet)\s(?:that|this|it|he|she|they|I|we|the|there)\s", re.IGNORECASE
)
_THAT_TOO = re.compile(
    r"[,;]?\s*(?:and|but)\sthat\s(?!(?:can|could|had|has|is|made|makes?|may|means?|meant|might|was|will|would)\b)"
)


class Marks:
    """The voices of one sentence while they are put together, left to right."""

    def __init__(self, words: str, author: str | None) -> None:
        self._words = words
        self._author = Speaker(author)
        self._doubtful = Speaker(author, sure=False)
        self._parts: list[tuple[int, int, VoiceKind, Speaker]] = []

    def put(self, start: int, end: int, kind: VoiceKind, speaker: Speaker) -> None:
        """Give [start, end) to a voice, and to the voice before where it is white space only."""
        if start >= end:
            return
        if self._parts and not any(letter.isalnum() for letter in self._words[start:end]):
            before = self._parts[-1]
            self._parts[-1] = (before[0], end, before[2], before[3])
            return
        self._parts.append((start, end, kind, speaker))

    def between(
        self, start: int, end: int, indirect: Attributed, held: Speaker | None = None, tags: Attributed = ()
    ) -> None:
        """The words before a quotation: an attributing clause, then perhaps what it reports; or what `held` goes on with.

        Args:
            tags: attributions that may stand within what they report.
        """
        own = VoiceKind.AUTHOR
        inside = [pair for pair in indirect if pair[0].content <= end]
        tag = next((pair for pair in tags if self._is_inserted(pair[0], start, end)), None)
        if tag and not held and (not inside or inside[-1][0].start <= tag[0].start):
            self._around(tag, start, end, inside[-1] if inside else tag)
            return
        if not inside:
            tells = start and len(self._words[start:end].split()) > MOST_OF_A_TAG  # may go on with what was quoted
            self.put(
                start, end, VoiceKind.REPORTED if held else own, held or (self._doubtful if tells else self._author)
            )
            return
        attribution, speaker = inside[-1]
        at = max(start, attribution.content)
        at += len(self._words[at:end]) - len(self._words[at:end].lstrip())
        self.put(start, at, own, self._author)
        self.put(at, end, VoiceKind.REPORTED, speaker)

    def _is_inserted(self, attribution: Attribution, start: int, end: int) -> bool:
        """Whether it stands within what it reports, and not only between its circumstances and the quotation."""
        place = insertion(self._words, attribution)
        if place is None or start > place[0] or place[1] > end:
            return False
        goes_on = any(letter.isalpha() for letter in self._words[place[1] : end])
        return goes_on or is_clause(self._words[start : place[0]])

    def _around(
        self, tag: tuple[Attribution, Speaker], start: int, end: int, told: tuple[Attribution, Speaker]
    ) -> None:
        """A tag and the clause that it stands in, which is of whoever `told` it.

        What follows the tag may be the author's, and is not surely the speaker's.
        """
        opened, closed = insertion(self._words, tag[0]) or (end, end)
        first = told[0].content if told[0].start < tag[0].start else told[0].clause
        clause = max(start, first) if first < opened else start
        self.put(start, clause, VoiceKind.AUTHOR, self._author)
        self.put(clause, opened, VoiceKind.REPORTED, told[1])
        self.put(opened, closed, VoiceKind.AUTHOR, self._author)
        self.put(closed, end, VoiceKind.REPORTED, replace(tag[1], sure=False))

    def tail(self, start: int, indirect: Attributed, held: Speaker | None = None, *, tagged: bool) -> None:
        """The words after the last quotation, which may be the verb of the clause that it opened for `held`.

        Args:
            tagged: whether they only tell who said it; what else the author seems to add may go on with the report.
        """
        rest = self._words[start:]
        if held and AUXILIARY.match(rest.lstrip()):
            self.put(start, len(self._words), VoiceKind.REPORTED, held)
            return
        reporting = [speaker for attribution, speaker in indirect if attribution.content <= start]
        main = CONCEDED.match(self._words) and MAIN_CLAUSE.match(rest)  # "When Lee says that “…”, she means"
        later = [pair for pair in indirect if pair[0].content > start]  # "“…”, she said, adding that …"
        another = reporting and later and later[0][1].name != reporting[-1].name
        if reporting and _THAT_TOO.match(rest):  # "said it was “…”, and that voters would fight it"
            goes_on = replace(reporting[-1], sure=reporting[-1].sure and not another)
            self.put(start, len(self._words), VoiceKind.REPORTED, goes_on)
        elif reporting and not (_OWN_CLAUSE_WORDS.match(rest) or main or another):
            self.put(start, len(self._words), VoiceKind.REPORTED, reporting[-1])
        elif later:
            attribution, speaker = later[0]
            self.put(start, attribution.content, VoiceKind.AUTHOR, self._author)
            self.put(attribution.content, len(self._words), VoiceKind.REPORTED, speaker)
        else:
            own = tagged or len(rest.split()) <= FEWEST
            self.put(start, len(self._words), VoiceKind.AUTHOR, self._author if own else self._doubtful)

    def voices(self, span: Span) -> tuple[Voice, ...]:
        """The finished voices, with offsets into the document."""
        parts = [(0, *self._parts[0][1:]), *self._parts[1:]]
        return tuple(
            Voice(Span(span.start + start, span.start + end), kind, who.name, who.via, who.cue, who.sure)
            for start, end, kind, who in parts
        )
