"""Set-off paragraphs: those that ">" marks as another's words where no reporting verb announces them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

from pullquote.corpus.documents import Document
from pullquote.corpus.sentences import Sentence
from pullquote.span import Span
from pullquote.voice.identities import Identities
from pullquote.voice.mentions import people_in
from pullquote.voice.phrases import is_first_person
from pullquote.voice.pronouns import is_speaker, is_text
from pullquote.voice.speakers import lead
from pullquote.voice.subjects import main_subject
from pullquote.voice.voices import Speaker, Voice, VoiceKind

LONGEST_BLOCK = 60  # sentences over which a block is looked through for who signs or announces it

_MARKS = " \t>*_\"“”„«»'‘’.…"
_SIGNED = re.compile(  # "> — Ann Lee, Bakers' Union"
    r"[>\s*_]*(?:[—–―]|--)\s*[*_]*(?P<name>(?:[Tt]he\s)?[A-Z][\w.’'&-]*(?:\s(?:(?:of|for|the|and|de|del|van|von|der|la|al)\s){0,2}[A-Z][\w.’'&-]*){0,7})"
    r"[*_]*(?:[,(]\s?[^!?:;]{1,80}|\.)?[*_]*\s*"
)
_NEWLINE = re.compile(r"\r\n?|\n")
_POINTING = frozenset({"Here", "There"})  # "Here is more:"
_HERE = re.compile(r"^(?:Here|There|That|This|It)[’']s\s")
_OWN_WORDS = re.compile(  # "As I wrote in 2019:", "My argument is this:"; not "I asked a farmer:", "My neighbour is blunt:"
    r"\b(?:(?:I|we)\s(?:(?:have|had|would|will|can|could|must|[a-z]+ly)\s){0,2}(?:write|wrote|written|say|said|argued?|concluded?|"
    r"proposed?|put|believed?|think|thought|hold|held|suggest(?:ed)?|recommend(?:ed)?|claim(?:ed)?|promised?|sum|summed)|"
    r"(?:my|our)\s(?:own\s)?(?:[a-z]+\s){0,2}?(?:arguments?|views?|case|claims?|conclusions?|answers?|points?|thesis|proposals?|"
    r"positions?|advice|verdict|summary|plans?|reply|rules?|reasons?|recommendations?))\b",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\b(?:he|him|she|her|they|them|who|whom)\b", re.IGNORECASE)
_CALL_OUT = re.compile(  # "> **Bottom line:** …", "> [!NOTE]": the author's own, set off to be seen
    r">\s*(?:\[![A-Za-z]+\]|[*_]{0,3}TL;?DR\b|(?P<bold>[*_]{2,3})(?:(?:key|main|take[- ]?home)\s(?:points?|messages?|takeaways?|findings?)|"
    r"bottom\sline|notes?|(?:author|editor)[’']s\snote|tips?|warning|caution|important|attention|remember|takeaways?|summary|conclusion|"
    r"in\s(?:short|brief|sum)|update|caveat|disclosure|correction|example|definition|background)(?::(?P=bold)|(?P=bold):))",
    re.IGNORECASE,
)
_FROM_TEXT = re.compile(r"(?:From|In)\s(?P<text>[^,:]{3,60})(?:,[^:]{1,60})?:")


class SetOff:
    """The paragraphs of a document that open with ">": another's, unless a sentence of it is only shown once more."""

    def __init__(
        self, document: Document, sentences: Sequence[Sentence], identities: Identities, mask: Callable[[int], str]
    ) -> None:
        self._text = document.text
        self._author = document.source.author
        self._sentences = sentences
        self._identities = identities
        self._mask = mask

    @cached_property
    def _paragraphs(self) -> frozenset[int]:
        if ">" not in self._text:
            return frozenset()
        return frozenset(each.paragraph for each in self._sentences if self._text.startswith(">", each.span.start))

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each sentence that is not set off stands first, by its words."""
        places: dict[str, int] = {}
        for position, sentence in enumerate(self._sentences):
            if sentence.paragraph not in self._paragraphs:
                places.setdefault(_plain(sentence.span.cut(self._text)), position)
        return places

    def holds(self, position: int) -> bool:
        """Whether the sentence at `position` stands in such a paragraph."""
        return self._sentences[position].paragraph in self._paragraphs

    def hear(self, position: int, heard: tuple[Voice, ...], before: Sequence[tuple[Voice, ...]]) -> tuple[Voice, ...]:
        """The voices of a sentence that is set off, and in which the rules `heard` these.

        Args:
            before: the voices of the sentences before it.
        """
        span = Span(heard[0].span.start, heard[-1].span.end)
        if (same := self._places.get(_plain(self._words(position)))) is not None:
            known = before[same] if same < position else ()
            own = Voice(span, VoiceKind.AUTHOR, self._author, sure=False)
            return (replace(known[0], span=span) if len(known) == 1 else own,)
        speaker = self._speaker(position)
        if any(voice.kind is not VoiceKind.AUTHOR for voice in heard):
            name = None if speaker.own else speaker.name
            return tuple(replace(voice, speaker=voice.speaker or name, sure=False) for voice in heard)
        kind = VoiceKind.AUTHOR if speaker.own else VoiceKind.QUOTED if speaker.name else VoiceKind.UNCLEAR
        return (Voice(span, kind, speaker.name, (), speaker.cue, speaker.sure),)

    def _speaker(self, position: int) -> Speaker:
        """Who signs a block, surely, or whom the sentence before it names; the author whose own it seems to be."""
        if signer := self._signer(position):
            return self._identities.called(signer, position, "—", sure=True)
        at = self._announcing(position)
        before = self._mask(at) if at is not None else ""
        if _is_own(before) or _CALL_OUT.match(self._words(self._first(position))):
            return Speaker(self._author, (), None, sure=False, own=True)
        name = _announced(before) if before else None
        return self._identities.called(name, position, ":", sure=False) if name else Speaker(None, sure=False)

    def _signer(self, position: int) -> str | None:
        """The name in the line that closes the block: "> — Ann Lee, Bakers' Union"."""
        for at in range(position, min(position + LONGEST_BLOCK, len(self._sentences))):
            if at > position and self._apart(at) and self.holds(at):
                return None
            if signed := _SIGNED.fullmatch(self._words(at)):
                name = signed["name"]
                return None if lead(f"{name} ") and not name.lower().startswith("the ") else name.rstrip(".")
            if not self.holds(at):
                return None
        return None

    def _first(self, position: int) -> int:
        """The sentence that the block begins with."""
        at = position
        while at > max(0, position - LONGEST_BLOCK) and self.holds(at - 1) and not self._apart(at):
            at -= 1
        return at

    def _announcing(self, position: int) -> int | None:
        """The sentence before the block, if it ends with a colon."""
        nearest = range(position - 1, max(-1, position - LONGEST_BLOCK), -1)
        at = next((at for at in nearest if not self.holds(at)), None)
        return at if at is not None and self._words(at).endswith(":") else None

    def _words(self, position: int) -> str:
        return self._sentences[position].span.cut(self._text).strip()

    def _apart(self, position: int) -> bool:
        """Whether an empty line stands before a sentence: a block of its own begins."""
        between = self._text[self._sentences[position - 1].span.end : self._sentences[position].span.start]
        return len(_NEWLINE.findall(between)) > 1


def _plain(words: str) -> str:
    return " ".join(words.strip(_MARKS).casefold().split())


def _is_own(masked: str) -> bool:
    """Whether the sentence before a block announces the author's own words: "As I wrote in 2019:"."""
    return bool(_OWN_WORDS.search(masked)) and not _ANOTHER.search(masked) and not people_in(masked)


def _announced(masked: str) -> str | None:
    """The one speaker whom a sentence before a block names: "Here is Ann Lee, on the radio:" -> "Ann Lee"."""
    subject = main_subject(masked.rstrip(": "))
    if is_first_person(subject):
        return None
    people = {_HERE.sub("", each.name) for each in people_in(masked)}
    if people:
        return people.pop() if len(people) == 1 else None
    if is_speaker(subject) and subject not in _POINTING:
        return subject
    text = _FROM_TEXT.fullmatch(masked.strip())
    return text["text"] if text and is_text(text["text"]) else None
