"""Voices, and the parts of one sentence that each of them reaches."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pullquote.span import Span
from pullquote.voice.frames import PREDICATE, Attribution, Form
from pullquote.voice.pieces import Piece
from pullquote.voice.relatives import in_subject, main_verb
from pullquote.voice.verbs import PLAIN

OWN_WORDS = 6  # fewer words of the author's beside a report belong to the attribution
OWN_CLAUSE = 4  # words of a main clause that a relative clause with a report hangs on
NEAR = 10  # words within which one attribution can be what another reports
_NOTE = re.compile(r"\[\w+\]")
FEWEST = 2  # words after a quotation that are no more of a report: "in May"
SPACE = 2  # letters that may lie between a reporting verb's colon and the quotation
_CONCEDED = re.compile(
    r"\s*(?:(?:so\s|and\s|but\s)?when(?:ever)?|while|although|though|even\sthough|even\sif|whereas)\s", re.IGNORECASE
)
_MAIN_CLAUSE = re.compile(
    r",\s(?=(?:I|we|one|it|the|this|that|there|they|he|she|in\sfact|our|my|no|these|those|what|[A-Z]\w+)\b)"
)
_OWN_TURN = re.compile(
    r"[,;]\s(?=(?:and|but|yet|so)\s(?:I|we|that’s|that's|that\sis|let\sme|clearly|in\sfact|the\struth)\b)|;\s(?=I\b|we\b)|\s?--\s?(?=(?:I|we|and\sI|but\sI)\b)"
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|do|does|did|[a-z]{3,}ed|[’']s|[’']re|[a-z]{3,}[^s\W]s)\b"
)
_AUXILIARY = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could|should|must|do|does|did)\b")
_PERFECT = re.compile(r"\s(?:has|have|had)(?:\s(?:also|always|never|once|\w+ly))*\s$")
_HEARERS = ("advis", "assur", "inform", "remind", "tell", "told", "warn")  # after which stands who was told
_TELLS = re.compile(
    r"(?:sa(?:id|ys?)|t(?:old|ells?)|(?:inform|remind|warn|complain|explain|claim|insist)(?:s|ed)?|(?:assure|argue|advise)[sd]?|wr(?:ote|ites?)|"
    r"promise[sd]?|admit(?:s|ted)?|testif(?:y|ies|ied)|suggest(?:s|ed)?)$"
)
_CLAUSE_SUBJECT = re.compile(
    r"\s(?!(?:he|she|they|it|I|we|you|after|as|at|before|by|during|earlier|for|from|in|last|later|of|on|that|this|to|today|when|while|with|"
    r"yesterday|\w+day)\b)(?:[^\s,;:§“”\"]+\s){1,9}(?<!\sand\s)(?<!\sbut\s)(?<!\sor\s)(?<!\sthen\s)(?<!\salso\s)(?<!\swho\s)(?<!\sthat\s)$"
)
_PRONOUN_FIRST = re.compile(r"\s*(?:he|she|they|it|I|we)\b", re.IGNORECASE)
_RELATIVE_LAST = re.compile(
    r"\s(?P<who>(?:(?:most|some|many|all|several|both|few|half|two|three)\sof\s)?(?:who|whom|which))(?:\s(?:has|have|had|also|later|once|then|often|\w+ly))*\s$"
)
_NO_CLAUSE = re.compile(  # "There are critics who say", "is seen as a problem by those who say": nothing but the report
    r"^\W*(?:There|Here|Among)\b|\b(?:those|people|someone|anyone|one|ones|some|many|critics|voices)$|\sof$"
)
_SAYS_MORE = re.compile(r"[,;§“”\"`]|\s(?:and|but|or|yet|then)\s(?:\w+\s)?$")  # "said it rained and warned that"
_OWN_CLAUSE_WORDS = re.compile(
    r"[,;]?\s*(?:and|but|so|yet)\s(?:that|this|it|he|she|they|I|we|the|there)\s", re.IGNORECASE
)
_THAT_TOO = re.compile(
    r"[,;]?\s*(?:and|but)\sthat\s(?!(?:can|could|had|has|is|made|makes?|may|means?|meant|might|was|will|would)\b)"
)


class VoiceKind(StrEnum):
    """Whether words are the author's, another's, or another's retold by the author."""

    AUTHOR = "author"
    QUOTED = "quoted"
    REPORTED = "reported"
    UNCLEAR = "unclear"
    MIXED = "mixed"  # only for a summary over several voices


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose voice a range of a document is.

    `speaker` is named as at their first mention in the document; it is None where nobody is named.
    `via` holds the voices in between, the one nearest to the speaker first: what a paper reported
    of a memo has the memo as speaker and ("the paper",) as via. `cue` is what gave it away.
    `parts` is only for a summary: the voices it sums up that are not the author's.
    """

    span: Span
    kind: VoiceKind
    speaker: str | None
    via: tuple[str, ...] = ()
    cue: str | None = None
    sure: bool = True
    parts: tuple["Voice", ...] = ()


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, through whom, and what shows it."""

    name: str | None
    via: tuple[str, ...] = ()
    cue: str | None = None
    sure: bool = True
    own: bool = False


Attributed = Sequence[tuple[Attribution, Speaker]]


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

    def between(self, start: int, end: int, indirect: Attributed, held: Speaker | None = None) -> None:
        """The words before a quotation: an attributing clause, then perhaps what it reports; or what `held` goes on with."""
        own = VoiceKind.AUTHOR
        inside = [pair for pair in indirect if pair[0].content <= end]
        if not inside:
            self.put(start, end, VoiceKind.REPORTED if held else own, held or self._author)
            return
        attribution, speaker = inside[-1]
        at = max(start, attribution.content)
        at += len(self._words[at:end]) - len(self._words[at:end].lstrip())
        self.put(start, at, own, self._author)
        self.put(at, end, VoiceKind.REPORTED, speaker)

    def tail(self, start: int, indirect: Attributed, held: Speaker | None = None, *, tagged: bool) -> None:
        """The words after the last quotation, which may be the verb of the clause that it opened for `held`.

        Args:
            tagged: whether they only tell who said it; what else the author seems to add may go on with the report.
        """
        rest = self._words[start:]
        if held and _AUXILIARY.match(rest.lstrip()):
            self.put(start, len(self._words), VoiceKind.REPORTED, held)
            return
        reporting = [speaker for attribution, speaker in indirect if attribution.content <= start]
        main = _CONCEDED.match(self._words) and _MAIN_CLAUSE.match(rest)  # "When Lee says that “…”, she means"
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


def laid_out(parts: Sequence[tuple[int, Voice]], span: Span) -> tuple[Voice, ...]:
    """Voices that start at the given places of a sentence and together cover it."""
    ends = [start for start, _ in parts[1:]] + [len(span)]
    doubted = [False, *(not voice.sure for _, voice in parts[:-1])]  # by what stands before them
    return tuple(
        replace(
            voice,
            span=Span(span.start + start, span.start + end),
            sure=voice.sure and not (doubt and voice.kind is VoiceKind.AUTHOR),
        )
        for (start, voice), end, doubt in zip(parts, ends, doubted, strict=True)
    )


def inside(attributions: Sequence[Attribution], words: str) -> list[Attribution]:
    """The same attributions, each of which another one tells of with a subject of its own: in "Lee said Moe told her that …" Moe."""
    found: list[Attribution] = []
    for each in attributions:
        said = found[-1].start + len(found[-1].cue) if found else len(words)
        told = each
        if found and said < each.start < found[-1].content and _is_told_of(found[-1], each, words[said : each.start]):
            found[-1] = replace(found[-1], content=said)
            told = replace(each, subject=words[said : each.start].lstrip().replace(" always ", " "))
        found.append(told)
    return found


def _is_told_of(outer: Attribution, inner: Attribution, between: str) -> bool:
    both = outer.form is Form.INDIRECT is inner.form and not outer.cue.startswith(_HEARERS)
    return both and bool(_TELLS.match(inner.cue) and _CLAUSE_SUBJECT.match(between))


def nested(attributed: Attributed, words: str) -> Attributed:
    """Attributions of which one reports the other, joined: "The Times reported that a memo says" is the memo's.

    "According to the Times, the minister said that …" is the minister's, through the Times.
    """
    told: list[tuple[Attribution, Speaker]] = []
    for attribution, who in attributed:
        speaker = replace(who, sure=who.sure and not _in_subject(words, attribution))
        if told and _surveyed(told, attribution, speaker):  # the survey is only where they said so
            told.pop()
        if told and _told_at_last(told[-1], attribution, speaker, words):
            last, inner_most = told[-1]
            through = (*inner_most.via, speaker.name or "", *speaker.via)
            told[-1] = last, replace(inner_most, via=through, sure=inner_most.sure and speaker.sure)
            continue
        if told and _is_retold(told[-1], attribution, speaker, words):
            continue
        outer = next((pair for pair in told if _reports(pair, attribution, speaker, words)), None)
        if outer is None:
            told.append((attribution, speaker))
            continue
        via = (*speaker.via, outer[1].name or "", *outer[1].via)
        inner = replace(speaker, via=via, sure=speaker.sure and outer[1].sure)
        told[told.index(outer)] = (replace(attribution, clause=min(attribution.clause, outer[0].clause)), inner)
    return told


def _surveyed(told: list[tuple[Attribution, Speaker]], attribution: Attribution, speaker: Speaker) -> bool:
    """Whether a sentence that opens with a survey names who spoke in it: "In a survey, the Globe suggested"."""
    last = (speaker.name or "").rpartition(" ")[2]
    named = speaker.own or (last[:1].isupper() and last in attribution.subject)  # "33 per cent said": nobody by name
    return len(told) == 1 and told[0][0].cue == "in a survey" and attribution.form is Form.INDIRECT and named


def _is_retold(last: tuple[Attribution, Speaker], inner: Attribution, speaker: Speaker, words: str) -> bool:
    """Whether a verb stands inside what its own speaker is said to say: "A memo suggests the army has decided it is"."""
    outer, who = last
    between = words[outer.content : inner.start]
    same = who.name == speaker.name and outer.clause == inner.clause
    reports = outer.form is Form.INDIRECT and outer.cue in PLAIN and inner.form in {Form.INDIRECT, Form.DIRECT}
    within = 0 < len(between.split()) <= NEAR and not (_SAYS_MORE.search(between) or inner.cue.endswith("ing"))
    return same and reports and within


def _told_at_last(last: tuple[Attribution, Speaker], attribution: Attribution, speaker: Speaker, words: str) -> bool:
    """Whether an attribution at the end tells of the one before it: "Lee told his men to go, prosecutors said"."""
    inner, who = last
    rest = _NOTE.sub("", words[attribution.content :])
    source = attribution.cue.lower() == "according to" and not (PREDICATE.search(f" {rest}") or ", " in rest)
    ends = attribution.form is Form.SOURCE and (source or not any(letter.isalpha() for letter in rest))
    told = inner.form is Form.INDIRECT and inner.cue in PLAIN and inner.content < attribution.start
    named = who.name and speaker.name and who.name != speaker.name and not (who.own or speaker.own)
    return bool(ends and told and named and (source or inner.clause == attribution.clause))


def _reports(outer: tuple[Attribution, Speaker], inner: Attribution, speaker: Speaker, words: str) -> bool:
    attribution, reporter = outer
    between = words[attribution.content : inner.start]
    if (
        inner.form is not Form.INDIRECT
        or inner.cue not in PLAIN
        or reporter.own
        or not (reporter.name and speaker.name)
        or reporter.name == speaker.name
        or _PRONOUN_FIRST.match(between)
    ):
        return False
    if attribution.form is Form.SOURCE:
        apart = inner.clause < attribution.start and words[: attribution.start].endswith(
            ", "
        )  # "Moe, according to Lee, said"
        opens = attribution.start == 0 or (apart and between.endswith(", "))
        return opens and between.count(",") == 1 and len(between.split()) <= NEAR
    near = attribution.form is Form.INDIRECT and 0 < len(between.split()) <= NEAR
    return near and not _AUXILIARY.search(_PERFECT.sub("", between)) and not re.search(r"[,;]", between)


def stands_apart(attribution: Attribution, reached: int) -> bool:
    """Whether an attribution opens a clause of its own after what was read before."""
    return attribution.form is Form.INDIRECT and attribution.clause > reached


def unsettled(attributed: Attributed) -> Attributed:
    """The same attributions, none of them sure where two speakers share one clause: "In her view, the court holds that …"."""
    first = attributed[0][1].name
    reached = attributed[0][0].clause
    surveyed = attributed[0][0].cue == "in a survey"  # "In a survey, a third said"
    if surveyed or all(who.name == first or stands_apart(each, reached) for each, who in attributed[1:]):
        return attributed
    return [(each, replace(who, sure=False)) for each, who in attributed]


def reach(words: str, attribution: Attribution, last: Attribution) -> tuple[int, int]:
    """The part of a sentence that an attribution reports; what the author says beside it is left out."""
    start, end = 0, len(words)
    before = words[: attribution.clause]
    if attribution.form is Form.INDIRECT and len(before.split()) >= OWN_WORDS and _FINITE.search(before):
        start = attribution.clause
    start = _relative(words, attribution) or start
    conceded = _CONCEDED.match(words[attribution.clause : attribution.start]) or _CONCEDED.match(before[-12:])
    pattern = _MAIN_CLAUSE if conceded and start == 0 else _OWN_TURN
    turn = pattern.search(words, max(attribution.content, last.content))
    if turn and len(words[turn.end() :].split()) > 1:
        end = turn.start() + 1
    verdict = main_verb(words, last.content, clause=" " not in last.cue) if _in_subject(words, last) else 0
    return start, min(end, verdict or end)


def _in_subject(words: str, attribution: Attribution) -> bool:
    """Whether the author speaks of those who say something: "The people who say that it is safe are wrong"."""
    return attribution.form is Form.INDIRECT and in_subject(words[attribution.clause : attribution.start])


def _relative(words: str, attribution: Attribution) -> int:
    """Where a relative clause starts that reports beside the author's own: "The view was disputed by Lee, who argued"; else 0."""
    if attribution.form is not Form.INDIRECT or _in_subject(words, attribution):
        return 0
    relative = _RELATIVE_LAST.search(words[: attribution.start])
    before = words[: relative.start()] if relative else ""
    main = len(before.split()) >= OWN_CLAUSE and PREDICATE.search(f"{before} ") and not _NO_CLAUSE.search(before)
    return relative.start("who") if relative and main else 0


def retelling(piece: Piece, attributed: Attributed) -> bool:
    """Whether a quotation stands, after words of the report, inside what an attribution retells."""
    before = [each for each, _ in attributed if each.content < piece.start]
    direct = any(each.form is Form.DIRECT and piece.start - each.content <= SPACE for each in before)
    return not direct and any(each.form is Form.INDIRECT and piece.start - each.content > SPACE for each in before)


def governing(piece: Piece, attributed: Attributed) -> Speaker | None:
    """The speaker of the attribution that a quotation in the same sentence belongs to."""
    before = [
        pair
        for pair in attributed
        if pair[0].content <= piece.start + 1 and pair[0].form not in {Form.AFTER, Form.INVERTED}
    ]
    after = [
        pair for pair in attributed if pair[0].form in {Form.AFTER, Form.INVERTED} and pair[0].content >= piece.end
    ]
    tagged = [
        pair for pair in attributed if pair[0].form in {Form.AFTER, Form.INVERTED} and pair[0].content <= piece.start
    ]
    direct = [pair for pair in before if pair[0].form is Form.DIRECT and piece.start - pair[0].content <= SPACE]
    others = [speaker for _, speaker in direct if not speaker.own]
    if others and len(others) < len(direct):  # "I agree with what Lee said: “…”"
        return replace(others[-1], sure=False)
    for pairs in (direct, after):
        if pairs:
            return pairs[0][1]
    for pairs in (before[::-1], tagged[::-1]):
        if pairs:
            several = len({speaker.name for _, speaker in pairs}) > 1
            return replace(pairs[0][1], sure=False) if several else pairs[0][1]
    return None


def spoken(voices: Sequence[Voice]) -> Voice:
    """The longest of the voices that are not the author's, or of all where there is none."""
    others = [voice for voice in voices if voice.kind is not VoiceKind.AUTHOR]
    return max(others or voices, key=lambda voice: len(voice.span))
