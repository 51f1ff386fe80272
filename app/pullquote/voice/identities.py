"""Who the subject of an attribution is, by the names of the document and by what was heard before."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pullquote.documents import Document
from pullquote.sentences import Sentence
from pullquote.voice.antecedents import BODIES, Antecedents, anaphor
from pullquote.voice.coreference import MEMORY, Coreference, Memory
from pullquote.voice.frames import Attribution, Form
from pullquote.voice.lists import is_cut
from pullquote.voice.mentions import whom
from pullquote.voice.outlets import outlet_in
from pullquote.voice.owners import owner_before
from pullquote.voice.phrases import (
    is_first_person,
    is_fragment,
    is_generic_source,
    is_nobody,
    is_pronoun,
    is_well_formed,
    speaks,
)
from pullquote.voice.plainnames import plain
from pullquote.voice.pronouns import (
    asked_before,
    fits,
    is_share,
    means_person,
    named_before,
    names_another,
    person_before,
)
from pullquote.voice.relatives import stands_inside
from pullquote.voice.secondhand import is_passed_on
from pullquote.voice.sourcenames import source_of
from pullquote.voice.speakers import Names
from pullquote.voice.subjects import subject_of
from pullquote.voice.tidying import is_title
from pullquote.voice.verbs import IMPLYING, PLAIN, PLAIN_ACTS, PLAIN_PARTICIPLES, SPOKEN
from pullquote.voice.voices import Speaker

_NOMINATIVE = {"him": "he", "her": "she", "them": "they"}  # "according to them"
_SAME = re.compile(r"^[Tt]he\s(?:very\s)?same\s(?=\w)")  # "the same Chamber" is the Chamber
_SAME_PERSON = re.compile(r"^[Tt]he\s(?:very\s)?same\s(?=[A-Z]\S+\s[A-Z]\S*$)")
_HEDGED = re.compile(r"^(?:perhaps|maybe|probably|possibly|even|only|surely)\s(?=\w)", re.IGNORECASE)
# those whom the document has named before, by more words, and those who may not have said it
_LOOSE = re.compile(
    r"[Aa]nother$|(?:these|those|such|the\s(?:very\s)?same|perhaps|maybe|probably|possibly)\s\w", re.IGNORECASE
)
_THE_TWO = frozenset({"the two", "the pair", "the three"})
_THIS_TEXT = re.compile(
    r"[Tt]his\s(?:brief|report|article|paper|study|review|essay|chapter|note|memorandum|assessment|analysis|audit|survey|evaluation|inquiry|document)"
    r"|(?:Table|Figure|Fig\.|Chart|Graph|Box|Appendix|Annex)\s(?:\d[\w.]*|[A-Z])"
)

_FORMS = {"he": "he|his|him", "she": "she|her", "they": "they|their|them"}
_GOES_ON = re.compile(r"(?:;|,?\s(?:and|but|so|yet|though|although))\s(?:that\s)?(?:he|she|it|they)\s(?:\w+\s)?$")
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur)\b")
_REASON = re.compile(r"\b(?:since|because)\s+(?:[\w’'-]+\s?){0,4}$")
_SOME_OF_THEM = re.compile(  # no name, and nobody whom the text has named
    r"(?:every|each|any)(?:\s(?:single\s)?one)?\sof\sthem|(?:[\w-]+\s){1,3}of\s(?:us|you)", re.IGNORECASE
)
_HEARSAY = r"(?:alleged|apparent|ostensib|presumab|purported|reported|supposed)ly"
# "Lee reportedly said", "Reportedly, Lee said", "Lee would have said", "Lee would say that … if"
_AS_TOLD = re.compile(
    rf"\b{_HEARSAY}(?:\s\w+)?,?\s*$|^\W*(?:{_HEARSAY}|imagine|suppose|pretend)\b|\bwould\s(?:\w+\s)?have\s(?:\w+\s)?$",
    re.IGNORECASE,
)
_WOULD = re.compile(r"\bwould\s(?:\w+ly\s)?$")


class Identities:
    """Tells who speaks; it shares the memory of the listener that reads the document."""

    def __init__(
        self, document: Document, sentences: Sequence[Sentence], antecedents: Antecedents, memory: Memory
    ) -> None:
        self.memory = memory
        self._document = document
        self._sentences = sentences
        self._antecedents = antecedents
        self._names = Names(document)
        self._coreference = Coreference(sentences, antecedents, memory, self._names)

    def of(
        self, attribution: Attribution, position: int, masked: str, earlier: Speaker | None = None
    ) -> Speaker | None:
        """The speaker of an attribution in the sentence at `position`, or None where nobody speaks.

        `earlier` spoke in a clause before it in the same sentence.
        """
        subject = _subject(attribution)
        loose = _LOOSE.match(subject) is not None
        subject = _SAME.sub("the ", _SAME_PERSON.sub("", _HEDGED.sub("", subject)))
        subject = _NOMINATIVE.get(subject.lower(), subject) if attribution.form is Form.SOURCE else subject
        subject = "they" if subject.lower() in _THE_TWO else subject
        left = "" if attribution.form in {Form.SOURCE, Form.INVERTED} else attribution.subject
        if is_first_person(subject, left) or self._is_this_text(subject, position):
            return Speaker(self._document.source.author, (), attribution.cue, own=True)
        if is_pronoun(subject):
            return self._within(subject, position, attribution, masked, earlier)
        quoted = attribution.form in {Form.AFTER, Form.INVERTED}
        if (
            is_title(subject)
            or subject.lower() == "those"
            or _SOME_OF_THEM.fullmatch(subject)
            or (quoted and subject.lower() in {"one", "another"})
        ):  # whoever they are
            return Speaker(None, (), attribution.cue, sure=False)
        if (
            is_nobody(subject)
            or is_fragment(subject)
            or (attribution.form is Form.SOURCE and is_generic_source(subject))
        ):
            return None
        if (noun := anaphor(subject)) and (
            referent := self._referent(noun, position, attribution.cue, plain=_is_plain(attribution))
        ):
            return referent
        name = self._names.resolve(subject, self._sentences[position].span.start + attribution.start)
        via = outlet_in(masked)
        to_another = via and via not in name.shown and not self._is_publisher(via)
        through: tuple[str, ...] = (via,) if via and to_another and attribution.form is not Form.SOURCE else ()
        last = self.memory.speaker
        if not name.sure and last and last.name and last.name.endswith(f" {name.shown}"):
            name = replace(name, shown=last.name)  # of two by that surname the one who spoke last
        if not through and last and last.name == name.shown and position - self.memory.heard_at <= MEMORY:
            through = last.via
        told = name.own or (
            is_well_formed(subject) and speaks(subject, attribution.cue) and not stands_inside(left or f"{subject} ")
        )
        reason = _REASON.search(f"{masked[: attribution.start]}{attribution.subject}")  # the author's, for an event
        sure = name.sure and told and reason is None and _is_plain(attribution) and not loose
        sure = sure and not (
            is_cut(masked, subject) or _is_hearsay(attribution, masked) or is_passed_on(masked, attribution)
        )
        return Speaker(name.shown, through, attribution.cue, sure, name.own)

    def _is_publisher(self, name: str) -> bool:
        """Whether a name means the paper that the document stands in: "the Post" in the Lakeside Post."""
        own = (self._document.source.publisher or "").casefold().split()
        return bool(own) and set(name.casefold().removeprefix("the ").split()) <= set(own)

    def _is_this_text(self, subject: str, position: int) -> bool:
        """Whether a document speaks of itself, and of no other text that it has named: "This brief argues"."""
        noun = anaphor(subject)
        known = noun is not None and self._antecedents.text(noun, position) is not None
        return bool(_THIS_TEXT.fullmatch(subject)) and not known

    def _within(
        self, pronoun: str, position: int, attribution: Attribution, masked: str, earlier: Speaker | None
    ) -> Speaker | None:
        """Whom a pronoun means: somebody of the same sentence first, then the speakers and subjects before it."""
        named = person_before(masked[: attribution.start])
        if named and means_person(pronoun):
            known = self._known(named, position, attribution)
            return replace(known, sure=known.sure and not names_another(masked[: attribution.start], named))
        named = named_before(_before(masked, pronoun, attribution.start), pronoun)
        if named and not (means_person(pronoun) and self._names.is_word(named)):
            return replace(self._known(named, position, attribution), sure=False)
        if is_share(pronoun):
            return self._share(pronoun, position, attribution, masked)
        told = attribution.form is Form.INDIRECT  # "The judge wept, he said": somebody else
        beside = whom(pronoun, _before(masked, pronoun, attribution.start)) if told and means_person(pronoun) else None
        meant = self._coreference.meant(pronoun, position, attribution.cue, beside)
        if earlier and earlier.name and not (meant and meant.name == earlier.name):
            before = masked[: attribution.start]
            own = pronoun.lower() == "it" and not _FIRST_PERSON.search(
                before
            )  # "The Commission believes …, and it recommends"
            joined = own if earlier.own else fits(pronoun, earlier.name)
            if joined and _GOES_ON.search(before):  # "The bank said that it rained, and it warns"
                return replace(earlier, cue=attribution.cue, sure=False)
        return replace(meant, sure=meant.sure and _is_plain(attribution)) if meant else None

    def _share(self, share: str, position: int, attribution: Attribution, masked: str) -> Speaker | None:
        """Of whom "68 percent" are a part: those whom the sentence says were asked, or the survey that was spoken of."""
        if asked := asked_before(masked[: attribution.start]):
            return Speaker(asked, (), attribution.cue, sure=False)
        meant = self._coreference.meant(share, position, attribution.cue)
        return replace(meant, sure=False) if meant else None

    def _known(self, named: str, position: int, attribution: Attribution) -> Speaker:
        name = self._names.resolve(named, self._sentences[position].span.start)
        sure = name.sure and is_well_formed(named) and _is_plain(attribution)
        return Speaker(name.shown, (), attribution.cue, sure, name.own)

    def called(self, name: str, position: int, cue: str, *, sure: bool) -> Speaker:
        """Who a name outside of any sentence is, such as the one that signs a block."""
        found = self._names.resolve(name, self._sentences[position].span.start)
        return Speaker(found.shown, (), cue, sure and found.sure and not found.own, found.own)

    def owner(self, masked: str, start: int, position: int, cue: str) -> Speaker | None:
        """Whose a quotation that starts at `start` most likely is, where nothing attributes it; never sure."""
        subject = plain(owner_before(masked[:start]) or "")
        if not subject:
            return None
        if is_pronoun(subject):
            within = named_before(_before(masked, subject, start), subject)
            if within is None:
                meant = self._coreference.meant(subject, position, cue)
                return replace(meant, sure=False) if meant and not meant.own else None
            subject = within
        name = self._names.resolve(subject, self._sentences[position].span.start)
        return None if name.own else Speaker(name.shown, (), cue, sure=False)

    def _referent(self, noun: str, position: int, cue: str, *, plain: bool) -> Speaker | None:
        if found := self._antecedents.text(noun, position):
            return Speaker(found[0], found[1], cue, sure=found[2] <= MEMORY and plain)
        body = self._antecedents.of("it", position) if noun in BODIES else None
        return Speaker(body[0], (), cue, sure=False) if body else None


def _before(masked: str, pronoun: str, end: int) -> str:
    """The words of a sentence before the pronoun that is the subject of an attribution."""
    forms = rf"\b(?:{_FORMS.get(pronoun.lower(), re.escape(pronoun))})\b"
    places = [match.start() for match in re.finditer(forms, masked[:end], re.IGNORECASE)]
    return masked[: places[-1] if places else end]


def _is_hearsay(attribution: Attribution, masked: str) -> bool:
    """Whether somebody is only thought to have said it, or would say it: "Lee reportedly said", "Lee would have said"."""
    supposed = _WOULD.search(attribution.subject) and " if " in masked[attribution.content :]
    return bool(supposed or _AS_TOLD.search(attribution.subject))


def _is_plain(attribution: Attribution) -> bool:
    if attribution.form is Form.INTRODUCES:
        return attribution.cue in SPOKEN or attribution.cue.startswith(("had this", "put it"))
    if attribution.cue.endswith(" by") and attribution.cue.startswith(IMPLYING):
        return False
    if attribution.cue.endswith("ing") and attribution.cue not in PLAIN_ACTS:
        return attribution.cue in PLAIN_PARTICIPLES
    told = attribution.cue in PLAIN or attribution.cue.partition(" ")[0] in PLAIN_ACTS
    return attribution.form is not Form.INDIRECT or told


def _subject(attribution: Attribution) -> str:
    if attribution.form in {Form.SOURCE, Form.INVERTED}:
        return plain(source_of(attribution.subject, tag=attribution.form is Form.INVERTED))
    return plain(subject_of(attribution.subject))
