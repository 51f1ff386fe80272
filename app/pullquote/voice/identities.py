"""Who the subject of an attribution is, by the names of the document and by what was heard before."""

import re
from collections.abc import Iterator
from dataclasses import replace

from pullquote.corpus.writings import NOUN as TEXT
from pullquote.corpus.writings import is_own
from pullquote.voice.antecedents import BODIES, Antecedents, anaphor
from pullquote.voice.asides import NOBODY
from pullquote.voice.assurance import is_doubted, is_plain
from pullquote.voice.attributions import find_attributions
from pullquote.voice.coreference import MEMORY, Coreference, Memory
from pullquote.voice.frames import Attribution, Form
from pullquote.voice.mentions import whom
from pullquote.voice.nameparts import asks
from pullquote.voice.nesting import inside
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
from pullquote.voice.script import Script
from pullquote.voice.sourcenames import source_of
from pullquote.voice.speakers import Names
from pullquote.voice.subjects import subject_of
from pullquote.voice.tidying import is_title
from pullquote.voice.voices import Speaker

_NOMINATIVE = {"him": "he", "her": "she", "them": "they"}  # "according to them"
_SAME = re.compile(r"^[Tt]he\s(?:very\s)?same\s(?=\w)")  # "the same Chamber" is the Chamber
_SAME_PERSON = re.compile(r"^[Tt]he\s(?:very\s)?same\s(?=[A-Z]\S+\s[A-Z]\S*$)")
_HEDGED = re.compile(r"^(?:perhaps|maybe|probably|possibly|even|only|surely)\s(?=\w)", re.IGNORECASE)
# those whom the document has named before, by more words, and those who may not have said it
_LOOSE = re.compile(
    r"[Aa]nother$|(?:these|those|such|the\s(?:very\s)?same|perhaps|maybe|probably|possibly)\s\w", re.IGNORECASE
)
_BEFORE_NAME = re.compile(  # the object of what opens a sentence, and a pointer: "In a letter to us its chair", "See Lee (2020), who"
    r"^(?:(?:us|them|me|him)\s(?=(?:the|its|his|her|their|our|an?|[A-Z][\w.]*)\s)|(?:[Ss]ee(?:\salso)?|[Cc]ompare|[Cc]f\.)\s(?=[A-Z]))"
)
_PER_CENT = re.compile(r"^([\d.]+)\s?%$")
_THE_TWO = frozenset({"the two", "the pair", "the three"})
_THIS_TEXT = re.compile(
    rf"[Tt]his\s(?:(?P<noun>{TEXT})|chapter|note)|(?:Table|Figure|Fig\.|Chart|Graph|Box|Appendix|Annex)\s(?:\d[\w.]*|[A-Z])"
)

_FORMS = {"he": "he|his|him", "she": "she|her", "they": "they|their|them"}
_GOES_ON = re.compile(r"(?:;|,?\s(?:and|but|so|yet|though|although))\s(?:that\s)?(?:he|she|it|they)\s(?:\w+\s)?$")
_FIRST_PERSON = re.compile(r"\b(?:I|[Ww]e|[Mm]y|[Oo]ur)\b")
_SOME_OF_THEM = re.compile(  # no name, and nobody whom the text has named
    r"(?:every|each|any)(?:\s(?:single\s)?one)?\sof\sthem|(?:[\w-]+\s){1,3}of\s(?:us|you)", re.IGNORECASE
)
_SHARED = re.compile(
    r"(?:and|but|then|yet)\s(?:(?:also|then|later|once|even|\w+ly)\s)*"
)  # "called it “…” and noted that"
_UNNAMED = Speaker(None, (), "it is said", sure=False)


class Identities:
    """Tells who speaks; it shares the memory of the listener that reads the document."""

    def __init__(self, script: Script, antecedents: Antecedents, memory: Memory) -> None:
        self.memory = memory
        self._script = script
        self._source = script.document.source
        self._antecedents = antecedents
        self._names = Names(script.document)
        self._own_texts: dict[str, bool] = {}  # whether "this letter" is the document, by such a noun
        self._coreference = Coreference(script.sentences, antecedents, memory, self._names)

    def attributed(self, position: int) -> Iterator[tuple[Attribution, Speaker]]:
        """The attributions of the sentence at `position` in which somebody speaks, and who it is."""
        masked = self._script.masked(position)
        earlier: Speaker | None = None
        tag: Attribution | None = None
        several = False  # more than one has spoken in the sentence, so that a verb without a subject may be either's
        for attribution in inside(find_attributions(masked), masked):
            unnamed = attribution.subject == NOBODY
            speaker = _UNNAMED if unnamed else self.of(attribution, position, earlier)
            if (
                tag
                and earlier
                and attribution.cue.endswith("ing")
                and not masked[tag.content : attribution.start].strip(" ,")
            ):
                speaker = replace(
                    earlier, cue=attribution.cue, sure=False
                )  # "Rents would rise, he said, calling it “…”"
            if speaker is None and earlier and not earlier.own and _SHARED.fullmatch(attribution.subject):
                speaker = replace(earlier, cue=attribution.cue, sure=earlier.sure and not several)
            if speaker is None and attribution.form is Form.INVERTED and attribution.cue == "called":
                speaker = _UNNAMED  # "Lee, described as “…” by rivals": never Lee
            if speaker is not None:
                yield attribution, speaker
                several = several or (earlier is not None and earlier.name != speaker.name)
                earlier = speaker
                tag = attribution if attribution.form in {Form.AFTER, Form.SOURCE} else tag

    def of(self, attribution: Attribution, position: int, earlier: Speaker | None = None) -> Speaker | None:
        """The speaker of an attribution in the sentence at `position`, or None where nobody speaks.

        `earlier` spoke in a clause before it in the same sentence.
        """
        named, cue = _subject(attribution), attribution.cue
        subject = _without_pointing(named, attribution.form)
        if is_first_person(subject, _left(attribution)) or self._is_this_text(subject, position):
            return Speaker(self._source.author, (), cue, own=True)
        if is_pronoun(subject):
            return self._within(subject, position, attribution, earlier)
        if _is_somebody(subject, attribution.form):
            return Speaker(None, (), cue, sure=False)
        generic = attribution.form is Form.SOURCE and is_generic_source(subject)
        if is_nobody(subject) or is_fragment(subject) or generic or asks(subject):
            return None
        noun = anaphor(subject)
        if noun and (referent := self._referent(noun, position, cue, plain=is_plain(attribution))):
            return referent
        return self._by_name(subject, position, attribution, loose=_LOOSE.match(named) is not None)

    def _by_name(self, subject: str, position: int, attribution: Attribution, *, loose: bool) -> Speaker:
        """Whoever a name or a description means, and through whom."""
        masked, last = self._script.masked(position), self.memory.speaker
        name = self._names.resolve(subject, self._start(position) + attribution.start)
        through = self._through(name.shown, masked, attribution.form)
        if not name.sure and last and last.name and last.name.endswith(f" {name.shown}"):
            name = replace(name, shown=last.name)  # of two by that surname the one who spoke last
        if not through and last and last.name == name.shown and position - self.memory.heard_at <= MEMORY:
            through = last.via
        left = _left(attribution) or f"{subject} "
        speaking = is_well_formed(subject) and speaks(subject, attribution.cue) and not stands_inside(left)
        sure = name.sure and (name.own or speaking) and is_plain(attribution) and not loose
        sure = sure and not is_doubted(attribution, masked, subject)
        return Speaker(name.shown, through, attribution.cue, sure, name.own)

    def _through(self, shown: str, masked: str, form: Form) -> tuple[str, ...]:
        """The outlet, another than the document's own, to which the sentence says somebody spoke."""
        via = outlet_in(masked)
        if not via or form is Form.SOURCE or via in shown or self._is_publisher(via):
            return ()
        return (via,)

    def _start(self, position: int) -> int:
        return self._script.sentences[position].span.start

    def _is_publisher(self, name: str) -> bool:
        """Whether a name means the paper that the document stands in: "the Post" in the Lakeside Post."""
        own = (self._source.publisher or "").casefold().split()
        return bool(own) and set(name.casefold().removeprefix("the ").split()) <= set(own)

    def _is_this_text(self, subject: str, position: int) -> bool:
        """Whether a document speaks of itself, and of no other text that it has named: "This brief argues"."""
        noun = anaphor(subject)
        known = noun is not None and self._antecedents.text(noun, position) is not None
        this = _THIS_TEXT.fullmatch(subject)
        if this is None or known or not this["noun"]:
            return this is not None and not known
        if this["noun"] not in self._own_texts:
            self._own_texts[this["noun"]] = is_own(this["noun"], self._script.document)
        return self._own_texts[this["noun"]]

    def _within(self, pronoun: str, position: int, attribution: Attribution, earlier: Speaker | None) -> Speaker | None:
        """Whom a pronoun means: somebody of the same sentence first, then the speakers and subjects before it."""
        left = self._script.masked(position)[: attribution.start]
        named = person_before(left)
        if named and means_person(pronoun):
            known = self._known(named, position, attribution)
            return replace(known, sure=known.sure and not names_another(left, named))
        before = _before(left, pronoun)
        named = named_before(before, pronoun)
        if named and not (means_person(pronoun) and self._names.is_word(named)):
            return replace(self._known(named, position, attribution), sure=False)
        if is_share(pronoun):
            return self._share(pronoun, position, attribution)
        told = attribution.form is Form.INDIRECT  # "The judge wept, he said": somebody else
        beside = whom(pronoun, before) if told and means_person(pronoun) else None
        meant = self._coreference.meant(pronoun, position, attribution.cue, beside)
        if meant and meant.name and self._is_this_text(meant.name, position):  # "This letter is short. It argues"
            return Speaker(self._source.author, (), attribution.cue, sure=False, own=True)
        if earlier and earlier.name and not (meant and meant.name == earlier.name) and _goes_on(earlier, pronoun, left):
            return replace(earlier, cue=attribution.cue, sure=False)
        return replace(meant, sure=meant.sure and is_plain(attribution)) if meant else None

    def _share(self, share: str, position: int, attribution: Attribution) -> Speaker | None:
        """Of whom "68 percent" are a part: those whom the sentence says were asked, or the survey that was spoken of."""
        if asked := asked_before(self._script.masked(position)[: attribution.start]):
            return Speaker(asked, (), attribution.cue, sure=False)
        meant = self._coreference.meant(share, position, attribution.cue)
        return replace(meant, sure=False) if meant else None

    def _known(self, named: str, position: int, attribution: Attribution) -> Speaker:
        name = self._names.resolve(named, self._start(position))
        sure = name.sure and is_well_formed(named) and is_plain(attribution)
        return Speaker(name.shown, (), attribution.cue, sure, name.own)

    def called(self, name: str, position: int, cue: str, *, sure: bool) -> Speaker:
        """Who a name outside of any sentence is, such as the one that signs a block."""
        found = self._names.resolve(name, self._start(position))
        return Speaker(found.shown, (), cue, sure and found.sure and not found.own, found.own)

    def owner(self, start: int, position: int, cue: str) -> Speaker | None:
        """Whose a quotation that starts at `start` of the sentence most likely is, where nothing attributes it; never sure."""
        left = self._script.masked(position)[:start]
        subject = plain(owner_before(left) or "")
        if not subject:
            return None
        if is_pronoun(subject):
            within = named_before(_before(left, subject), subject)
            if within is None:
                meant = self._coreference.meant(subject, position, cue)
                return replace(meant, sure=False) if meant and not meant.own else None
            subject = within
        name = self._names.resolve(subject, self._start(position))
        return None if name.own else Speaker(name.shown, (), cue, sure=False)

    def _referent(self, noun: str, position: int, cue: str, *, plain: bool) -> Speaker | None:
        if found := self._antecedents.text(noun, position):
            return Speaker(found[0], found[1], cue, sure=found[2] <= MEMORY and plain)
        body = self._antecedents.of("it", position) if noun in BODIES else None
        return Speaker(body[0], (), cue, sure=False) if body else None


def _before(left: str, pronoun: str) -> str:
    """The words of a sentence before the pronoun that is the subject of an attribution; `left` are those before its verb."""
    forms = rf"\b(?:{_FORMS.get(pronoun.lower(), re.escape(pronoun))})\b"
    places = [match.start() for match in re.finditer(forms, left, re.IGNORECASE)]
    return left[: places[-1]] if places else left


def _goes_on(earlier: Speaker, pronoun: str, left: str) -> bool:
    """Whether a pronoun means who spoke in the clause before: "The bank said that it rained, and it warns"."""
    own = pronoun.lower() == "it" and not _FIRST_PERSON.search(left)  # "The Commission believes …, and it recommends"
    joined = own if earlier.own else fits(pronoun, earlier.name or "")
    return bool(joined and _GOES_ON.search(left))


def _left(attribution: Attribution) -> str:
    """The words before an attribution's verb, which hold its subject; none where the subject stands after it."""
    return "" if attribution.form in {Form.SOURCE, Form.INVERTED} else attribution.subject


def _without_pointing(subject: str, form: Form) -> str:
    """A subject without what only points or hedges: "the very same bank" is "the bank", "perhaps Lee" "Lee", "the two" "they"."""
    subject = _PER_CENT.sub(r"\1 percent", _BEFORE_NAME.sub("", subject))
    subject = _SAME.sub("the ", _SAME_PERSON.sub("", _HEDGED.sub("", subject)))
    subject = _NOMINATIVE.get(subject.lower(), subject) if form is Form.SOURCE else subject
    return "they" if subject.lower() in _THE_TWO else subject


def _is_somebody(subject: str, form: Form) -> bool:
    """Whether a subject speaks, whoever it is: "another", "some of them", a title alone."""
    alone = form in {Form.AFTER, Form.INVERTED} and subject.lower() in {"one", "another"}
    return is_title(subject) or subject.lower() == "those" or bool(_SOME_OF_THEM.fullmatch(subject)) or alone


def _subject(attribution: Attribution) -> str:
    if attribution.form in {Form.SOURCE, Form.INVERTED}:
        return plain(source_of(attribution.subject, tag=attribution.form is Form.INVERTED))
    return plain(subject_of(attribution.subject))
