"""Reading a document from its start and telling, sentence by sentence, whose voice speaks."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pullquote.corpus.documents import Document
from pullquote.corpus.passages import lead_in
from pullquote.corpus.sentences import Sentence
from pullquote.voice.announcements import Announcement
from pullquote.voice.antecedents import Antecedents
from pullquote.voice.blocks import Blocks
from pullquote.voice.bylines import bylines_of
from pullquote.voice.chapters import guests_in
from pullquote.voice.coreference import Memory
from pullquote.voice.denials import without_denied
from pullquote.voice.doubts import hints_at_others, may_report
from pullquote.voice.extent import reach, stands_apart, unsettled
from pullquote.voice.frames import LONGEST, Attribution, Form, goes_on, opens_clause
from pullquote.voice.guests import hosted
from pullquote.voice.identities import Identities
from pullquote.voice.insertions import Insertions
from pullquote.voice.interviewed import interviewed_in
from pullquote.voice.interviews import answers_in, panel_in
from pullquote.voice.leadins import disowns
from pullquote.voice.marks import Marks
from pullquote.voice.nameparts import is_no_name
from pullquote.voice.neighbours import Doubt, answers, tells_of
from pullquote.voice.nesting import nested
from pullquote.voice.phrases import is_pronoun
from pullquote.voice.pieces import TERM_WORDS, Piece, outside
from pullquote.voice.quotations import is_wrapped
from pullquote.voice.quoting import STILL, Quoting
from pullquote.voice.reading import Reader
from pullquote.voice.script import Script
from pullquote.voice.secondhand import is_answer, told_by_others
from pullquote.voice.setoff import SetOff
from pullquote.voice.settling import settled, unbroken
from pullquote.voice.subjects import subject_of
from pullquote.voice.tags import ends_in_tag, is_tagged
from pullquote.voice.voices import Speaker, Voice, VoiceKind, laid_out

TAG_WORDS = 4  # "Noem added": so few words beside a quotation do not make a sentence mixed
BARE_WORDS = 1  # beside a quotation in a sentence that names nobody for it: "Otherwise “…” would fail" is mixed
MOST_QUOTATIONS = 20  # more of them in one sentence are no sentence

_ACTS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|be|been|do|does|did|\w{2,}ed|\w{2,}ing)\b"
)
_PRONOUN_ACTS = re.compile(  # "They point to a study by Bell": the study
    r"^(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Ww]e|I)\s(?:points?|pointed|refers?|referred|cites?|cited|quotes?|quoted)\s(?:to\s)?(?=(?:an?|the)\s|[A-Z])"
)
_OURS = re.compile(r"(?:My|Our)\s", re.IGNORECASE)
_THIS_TEXT = re.compile(r"[Tt]his\s[^,]+|[Ii]t")


def _is_own(voices: tuple[Voice, ...]) -> bool:
    return all(voice.kind is VoiceKind.AUTHOR for voice in voices)


class Listener:
    """Reads one document once, in order; `hear` is called for position 0, 1, 2, …"""

    def __init__(self, document: Document, sentences: Sequence[Sentence], reader: Reader | None = None) -> None:
        self._reader = reader
        self._document = document
        self._sentences = sentences
        self._script = Script(document, sentences)
        self._memory = Memory()
        self._antecedents = Antecedents(self._script.masked)
        self._identities = Identities(self._script, self._antecedents, self._memory)
        self._quoting = Quoting(self._script, self._identities, self._memory)
        self._blocks = Blocks()
        self._announcement = Announcement(document.source.author or document.source.publisher)
        self._set_off = SetOff(document, sentences, self._identities, self._script.masked)
        self._found: list[tuple[Voice, ...]] = []
        self._insertions = Insertions(document)
        self._answers = answers_in(document, sentences)
        if not self._insertions.is_record:
            self._answers |= panel_in(document, sentences)
        self._guests = {} if self._insertions.is_record else interviewed_in(document, sentences)
        self._guests |= guests_in(document, sentences) | bylines_of(document, sentences)
        self._in_marks = is_wrapped(document.text)

    def hear(self, position: int) -> tuple[Voice, ...]:
        """The voices that cover the sentence at `position`."""
        self._found.append(self._hear(position))
        guest = self._guests.get(position)
        apart = self._script.is_heading(position) or self._insertions.reading
        return hosted(self._found[-1], guest) if guest and not apart else self._found[-1]

    def _hear(self, position: int) -> tuple[Voice, ...]:
        words = self._script.words(position)
        if self._script.is_heading(position):
            self._insertions.heading()
        if self._script.is_heading(position) and not self._insertions.reading:
            self._memory.quoting = None
            return (self._author(position),)
        if (whole := self._inserted(position, words)) is not None:
            return whole
        voices = without_denied(self._hear_prose(position, words), words)
        if self._set_off.holds(position):
            voices = self._set_off.hear(position, voices, self._found)
        elif self._reader:
            reading = self._reader.read(self._document, self._sentences, position, voices)
            author = self._document.source.author
            heard = settled(voices, reading, words, author, lambda told: self._named(told, position))
            voices = unbroken(
                voices, heard, reading, [(piece.start, piece.end) for piece in self._script.pieces[position]]
            )
        doubt = self._doubt(position, words, voices)
        if len(words) > LONGEST or self._in_marks or doubt:
            voices = tuple(replace(voice, sure=False) for voice in voices)
        if doubt is Doubt.SPEAKER and _is_own(voices):
            voices = (self._whole(position, VoiceKind.UNCLEAR, Speaker(None, sure=False)),)
        self._remember(position, words, voices)
        return voices

    def _doubt(self, position: int, words: str, voices: tuple[Voice, ...]) -> Doubt:
        """How far the sentences and the paragraphs around one take it from the author."""
        paragraph = self._sentences[position].paragraph
        named = any(voice.kind is not VoiceKind.AUTHOR and voice.speaker for voice in voices)
        beside = self._announcement.hear(paragraph, words, named=named)
        if self._script.goes_on(position + 1) and tells_of(self._script.words(position + 1)):
            beside = max(beside, Doubt.SOME)
        lead = lead_in(self._document.text, self._sentences, position)
        led = disowns(self._script.words(lead)) if lead is not None else Doubt.NONE
        answered = Doubt.SOME if paragraph in self._answers else Doubt.NONE
        return max(led, answered, beside if _is_own(voices) else Doubt.NONE)

    def _author(self, position: int, *, sure: bool = True) -> Voice:
        span = self._sentences[position].span
        return Voice(span, VoiceKind.AUTHOR, self._document.source.author, sure=sure)

    def _whole(self, position: int, kind: VoiceKind, speaker: Speaker) -> Voice:
        span = self._sentences[position].span
        return Voice(span, kind, speaker.name, speaker.via, speaker.cue, speaker.sure)

    # Texts read into a speech or set off as a block.

    def _inserted(self, position: int, words: str) -> tuple[Voice, ...] | None:
        opens = not self._script.goes_on(position)
        if (speaker := self._insertions.hear(words, self._sentences[position].span.start, opens=opens)) is None:
            return self._announced(position, words)
        told = VoiceKind.QUOTED if speaker.cue else VoiceKind.UNCLEAR
        kind = VoiceKind.AUTHOR if speaker.own else told
        return (self._whole(position, kind, speaker),)

    def _announced(self, position: int, words: str) -> tuple[Voice, ...] | None:
        heard = self._blocks.hear(self._sentences[position].paragraph, words)
        if heard is None:
            return None
        kind, speaker = heard
        if words.rstrip().endswith(":"):  # a block that announces the next one
            attributed = list(self._identities.attributed(position))
            if any(pair[0].form is Form.INTRODUCES for pair in attributed):
                self._announce(position, attributed)
        if kind is not VoiceKind.UNCLEAR:
            self._memory.speaker, self._memory.heard_at = speaker, position
        elif self._script.pieces[position] or any(True for _ in self._identities.attributed(position)):
            if self._script.pieces[position]:
                self._blocks.end()
            return None
        return (self._whole(position, kind, speaker),)

    # One sentence of prose.

    def _hear_prose(self, position: int, words: str) -> tuple[Voice, ...]:
        if len(self._script.pieces[position]) > MOST_QUOTATIONS:
            return (self._whole(position, VoiceKind.UNCLEAR, Speaker(None, sure=False)),)
        attributed = told_by_others(nested(list(self._identities.attributed(position)), words))
        quoted = self._quoting.quoted(position, attributed)
        if quoted:
            return self._split(position, words, attributed, quoted)
        others = [pair for pair in attributed if not pair[1].own and pair[0].form is not Form.INTRODUCES]
        if any(pair[0].form is Form.INTRODUCES for pair in attributed):
            self._announce(position, attributed)
        if not others:
            goes_on = self._antecedents.goes_on(position, words, same_paragraph=self._script.goes_on(position))
            masked = self._script.masked(position)
            unheard = any(piece.words > TERM_WORDS and not piece.title for piece in self._script.pieces[position])
            doubtful = unheard or hints_at_others(masked) or (not attributed and (goes_on or may_report(masked)))
            return (self._author(position, sure=not doubtful),)
        return self._reported(position, words, others)

    def _announce(self, position: int, attributed: Sequence[tuple[Attribution, Speaker]]) -> None:
        told = [speaker for attribution, speaker in attributed if attribution.form is Form.INTRODUCES]
        speaker = next((speaker for speaker in reversed(told) if not speaker.own), told[0])  # nearest to the colon
        self._memory.speaker, self._memory.heard_at = speaker, position
        ends = self._script.words(position).rstrip().endswith(":")
        if ends and not speaker.own:
            self._blocks.announce(self._sentences[position].paragraph, speaker)

    def _reported(self, position: int, words: str, others: Sequence[tuple[Attribution, Speaker]]) -> tuple[Voice, ...]:
        own = self._author(position)
        start, end = reach(words, others[0][0], others[-1][0])
        parts = [(0, own)] if start else []
        others = unsettled(others)
        for attribution, speaker in others:
            voice = self._whole(position, VoiceKind.REPORTED, speaker)
            if not parts or parts[-1][1] is own:
                parts.append((start, voice))
            elif stands_apart(attribution, parts[-1][0]) and parts[-1][1].speaker != speaker.name:
                parts.append((attribution.clause, voice))
        if end < len(words) and end > parts[-1][0]:
            parts.append((end, own))
        return laid_out(parts, own.span)

    def _split(
        self,
        position: int,
        words: str,
        attributed: Sequence[tuple[Attribution, Speaker]],
        quoted: Sequence[tuple[Piece, Speaker]],
    ) -> tuple[Voice, ...]:
        main = quoted[0][1]
        beside = outside(words, [piece for piece, _ in quoted])
        most = TAG_WORDS if attributed or not _ACTS.search(beside) else BARE_WORDS
        if len(beside.split()) <= most and len({speaker.name for _, speaker in quoted}) == 1:
            return (self._whole(position, VoiceKind.QUOTED, main),)
        if len(quoted) == 1 and is_tagged(self._script.masked(position), quoted[0][0], attributed):
            return (self._whole(position, VoiceKind.QUOTED, main),)
        marks = Marks(words, self._document.source.author)
        indirect = [pair for pair in attributed if pair[0].form is Form.INDIRECT and not pair[1].own]
        tags = [pair for pair in attributed if not pair[1].own]
        reached = 0
        attributions = [attribution for attribution, _ in attributed]
        opened = opens_clause(words, quoted[0][0].start, attributions)
        for piece, speaker in quoted:
            opened = opened and speaker == main and (not reached or goes_on(words, reached, piece.start, attributions))
            reports = [] if is_answer(self._script.masked(position), piece.start) else indirect
            marks.between(reached, piece.start, reports, main if opened and reached else None, tags)
            marks.put(piece.start, piece.end, VoiceKind.QUOTED, speaker)
            reached = piece.end
        marks.tail(reached, indirect, main if opened else None, tagged=ends_in_tag(words, reached, attributions))
        return marks.voices(self._sentences[position].span)

    # Whom the learned reader hears.

    def _named(self, attribution: Attribution | None, position: int) -> Speaker:
        """Who the subject of an attribution is, and where there is none, who goes on speaking."""
        if attribution is not None:
            attribution = replace(attribution, subject=_PRONOUN_ACTS.sub("", attribution.subject))
            found = self._identities.of(attribution, position)
            subject = attribution.subject.strip()
            if own := self._own_subject(subject, position):
                return own
            if found and not (found.name and is_no_name(found.name)):
                return found
            nobody = is_pronoun(subject) or is_no_name(subject)
            return Speaker(None if nobody else subject, (), attribution.cue, sure=False)
        told = list(self._identities.attributed(position))
        if told and all(who.own and _THIS_TEXT.fullmatch(subject_of(each.subject)) for each, who in told):
            return replace(told[0][1], sure=False)
        last, at = self._memory.speaker, self._memory.heard_at
        if any(answers(self._script.words(each)) for each in range(max(0, at + 1, position - STILL), position + 1)):
            return Speaker(self._document.source.author, sure=False, own=True)
        near = position - at <= STILL and self._sentences[position].paragraph == self._sentences[at].paragraph
        return last if last and near else Speaker(None, sure=False)

    def _own_subject(self, subject: str, position: int) -> Speaker | None:
        """The author, where a name is only a part of what they call their own: "Our survey of cooks, bakers and waiters found"."""
        told = ((subject_of(each.subject), who) for each, who in self._identities.attributed(position) if who.own)
        return next((who for phrase, who in told if subject in phrase and _OURS.match(phrase)), None)

    # What later sentences need to know.

    def _remember(self, position: int, words: str, voices: tuple[Voice, ...]) -> None:
        memory = self._memory
        others = [voice for voice in voices if voice.kind in {VoiceKind.QUOTED, VoiceKind.REPORTED}]
        if others:
            last = others[-1]
            sure = any(voice.sure for voice in others if voice.speaker == last.speaker)
            memory.speaker = Speaker(last.speaker, last.via, last.cue, sure)
            memory.heard_at = position
        memory.quoting = memory.speaker if others and others[-1].kind is VoiceKind.QUOTED else None
        reporter = memory.speaker if others else None
        through = (reporter.name, *reporter.via) if reporter and reporter.name and not reporter.own else ()
        self._antecedents.note_texts(position, words, through)
        if voices[-1].kind in {VoiceKind.QUOTED, VoiceKind.REPORTED}:
            self._antecedents.reported(position)
